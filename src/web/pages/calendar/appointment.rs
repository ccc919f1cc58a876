//! Appointments and reminders: made in a case's diary, moved, changed, called off.
//!
//! One that moves keeps a line on its old day, struck through; what there is to think of, such as that whoever is to keep it
//! is away then, is said after it was made.

use super::fit;
use crate::domain::london;
use crate::grpc::pb::{self, AppointmentKind, DiaryState, ReferenceKind};
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted, REQUEST, sentence};
use crate::web::page::{self, Page, Part};
use crate::web::pages::team::absence;
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use futures::try_join;
use maud::{Markup, html};
use pb::get_case_request::Name;
use pb::when::Kind;
use serde::Deserialize;
use std::sync::Arc;

/// Own cases among which one may choose.
const OWN_MAX: i32 = 200;
/// By what a case may be found, the likeliest first.
const FOUND_BY: [ReferenceKind; 3] =
    [ReferenceKind::Urn, ReferenceKind::AuthorityReference, ReferenceKind::Occurrence];
/// All kinds, in the order in which they are offered.
const KINDS: [AppointmentKind; 6] = [
    AppointmentKind::VictimPersonalStatement,
    AppointmentKind::Call,
    AppointmentKind::PreTrialVisit,
    AppointmentKind::Meeting,
    AppointmentKind::Reminder,
    AppointmentKind::Expiry,
];

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route("/calendar/new", get(new).post(make))
        .route("/calendar/entries/{id}", get(show).post(change))
}

/// For which case, and what is filled in already.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    case: String,
    /// What the case is found by, where it is not chosen.
    #[serde(default)]
    reference: String,
    #[serde(default)]
    day: String,
    /// Whom of the case it is with.
    #[serde(default)]
    with: String,
    /// What it is.
    #[serde(default)]
    kind: String,
}

/// A case and the unit's people, for whom an appointment is.
struct Around {
    case: pb::GetCaseResponse,
    people: Arc<People>,
}

impl Around {
    async fn read(visitor: &Visitor, name: Name) -> Result<Self, Refusal> {
        let mut cases = visitor.calls.cases();
        let (case, people) = try_join!(
            async {
                Ok::<_, Refusal>(cases.get_case(pb::GetCaseRequest { name: Some(name) }).await?.into_inner())
            },
            visitor.people(),
        )?;
        Ok(Self { case, people })
    }

    fn held(&self) -> pb::Case {
        self.case.case.clone().unwrap_or_default()
    }

    /// Those of the case whom it may be with.
    fn participants(&self) -> Vec<(String, String)> {
        let here = self.case.participants.iter().filter(|participant| participant.left_at.is_none());
        here.map(|participant| {
            let person = self.case.people.iter().find(|person| person.id == participant.person_id);
            let roles = words::roles(participant);
            let name = words::name(person.and_then(|person| person.identity.as_ref()));
            (participant.id.clone(), format!("{name} ({})", roles.to_lowercase()))
        })
        .collect()
    }

    fn entry(&self, id: &str) -> Result<&pb::DiaryEntry, Refusal> {
        let found = self.case.diary.iter().find(|entry| entry.id == id);
        found.ok_or_else(|| Refusal::not_here("the diary of this case has no such entry"))
    }
}

async fn new(visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let mut posted = Posted::default();
    if let Some(day) = clocks::day(&asked.day) {
        posted.set("at", format!("{day}T10:00"));
    }
    posted.set("with", &asked.with);
    posted.set("kind", &asked.kind);
    posted.set("reference", &asked.reference);
    let found = match (asked.case.as_str(), asked.reference.as_str()) {
        ("", "") => return which(&visitor, &asked, &posted, &Faults::none()).await,
        ("", reference) => find(&visitor, reference).await,
        (case, _) => Around::read(&visitor, Name::CaseId(case.to_owned())).await.map(Some),
    };
    match found {
        Ok(Some(around)) => new_page(&visitor, &around, &posted, &Faults::none(), &[]),
        Ok(None) => {
            which(
                &visitor,
                &asked,
                &posted,
                &Faults::one("reference", "No case of the unit is found by this: look at the number again"),
            )
            .await
        }
        Err(refusal) => page::refused(&visitor, &refusal),
    }
}

/// The case that is found by what was typed; none where there is none.
async fn find(visitor: &Visitor, typed: &str) -> Result<Option<Around>, Refusal> {
    for kind in FOUND_BY {
        let name = Name::Reference(pb::Reference { kind: kind as i32, value: typed.to_owned() });
        match Around::read(visitor, name).await {
            Ok(around) => return Ok(Some(around)),
            Err(refusal) if matches!(refusal.reason, pb::Reason::NotHeld | pb::Reason::FieldInvalid) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(None)
}

/// Asks for which case it is.
async fn which(visitor: &Visitor, asked: &Asked, posted: &Posted, faults: &Faults) -> Response {
    let own = pb::ListCasesRequest {
        owner_id: visitor.me.id.clone(),
        phases: vec![pb::Phase::PreCharge as i32, pb::Phase::PostCharge as i32],
        page_size: OWN_MAX,
        ..pb::ListCasesRequest::default()
    };
    let own = match visitor.calls.cases().list_cases(own).await {
        Ok(listed) => listed.into_inner().cases,
        Err(status) => return page::refused(visitor, &status.into()),
    };
    let own: Vec<(String, String)> = own.into_iter().map(|case| (case.id, case.label)).collect();
    let content = html! {
        (faults.summary())
        h1 { "New appointment" }
        p { "It stands in the diary of a case, so that whoever covers the case sees it." }
        form method="get" action="/calendar/new" data-keep="no" {
            input type="hidden" name="day" value=(asked.day);
            @if !own.is_empty() { (Input::new("case", "One of my cases").select("Choose", &own, posted, faults)) }
            (Input::new("reference", "Another case").hint("Its URN, occurrence number or reference").line("text", posted, faults))
            button.primary type="submit" { "Go on" }
        }
    };
    Page::new(visitor, "New appointment", Part::Calendar, content).status(faults.status()).into_response()
}

fn new_page(
    visitor: &Visitor,
    around: &Around,
    posted: &Posted,
    faults: &Faults,
    doubts: &[String],
) -> Response {
    let case = around.held();
    let content = html! {
        (faults.summary())
        div.heading {
            p.crumbs { a href="/calendar" { "Calendar" } " › " a href=(format!("/cases/{}", case.id)) { (case.label) } }
            h1 { "New appointment" }
        }
        p { "In the diary of " strong { (case.label) } ". " a href="/calendar/new" { "Choose another case" } }
        (fit::told(doubts))
        form method="post" action="/calendar/new" {
            (form::carried(visitor, posted))
            input type="hidden" name="case" value=(case.id);
            (inputs(around, posted, faults, visitor.now))
            div.buttons {
                button.primary type="submit" { "Put it in the diary" }
                (fit::all_the_same(doubts, posted))
            }
        }
    };
    Page::new(visitor, "New appointment", Part::Calendar, content).status(faults.status()).into_response()
}

fn inputs(around: &Around, posted: &Posted, faults: &Faults, now: DateTime<Utc>) -> Markup {
    let kinds: Vec<(String, String)> =
        KINDS.iter().map(|kind| (word(*kind), words::appointment_kind(*kind).to_owned())).collect();
    let staff = absence::staff_options(&around.people, now);
    html! {
        (Input::new("kind", "What").required().select("Choose", &kinds, posted, faults))
        (Input::new("at", "When").required().line("datetime-local", posted, faults))
        (Input::new("minutes", "How long, in minutes").line("number", posted, faults))
        (Input::new("with", "With").select("Nobody of the case", &around.participants(), posted, faults))
        (Input::new("staff", "Whose it is").select("The owner of the case", &staff, posted, faults))
        (Input::new("words", "Notes").hint("Where, what to bring, what is to be asked. Seen on this page alone")
            .lines(3, posted, faults))
    }
}

fn word(kind: AppointmentKind) -> String {
    words::word(kind.as_str_name(), "APPOINTMENT_KIND_")
}

/// What was filled in, as the contract has it.
fn read(posted: &Posted) -> Result<(DateTime<Utc>, pb::Appointment), Faults> {
    let mut faults = Faults::none();
    let kind = KINDS.iter().find(|kind| word(**kind) == posted.get("kind"));
    if kind.is_none() {
        faults.field("kind", "Choose what it is");
    }
    let at = london::parse(posted.get("at"));
    if at.is_err() {
        faults.field("at", "Enter a day and a time");
    }
    let minutes = match posted.get("minutes") {
        "" => Some(0),
        text => text.parse::<i32>().ok().filter(|minutes| (0..=1_440).contains(minutes)),
    };
    if minutes.is_none() {
        faults.field("minutes", "Enter a number of minutes, at most 1,440");
    }
    match (kind, at, minutes) {
        (Some(kind), Ok(at), Some(minutes)) => {
            let appointment = pb::Appointment {
                kind: *kind as i32,
                participant_id: posted.get("with").to_owned(),
                staff_id: posted.get("staff").to_owned(),
                minutes,
                words: posted.get("words").to_owned(),
            };
            Ok((at, appointment))
        }
        _ => Err(faults),
    }
}

/// The input that a field of the calls is filled in by.
fn input_of(path: &str) -> Option<String> {
    let field = path.strip_prefix("appointment.").unwrap_or(path);
    let input = match field {
        "at" | "kind" | "minutes" => field,
        "participant_id" | "with" => "with",
        "staff_id" | "staff" => "staff",
        "words" if path.starts_with("appointment.") => "words",
        "words" => "why",
        _ => return None,
    };
    Some(input.to_owned())
}

/// What is said after an appointment was put: with what there is to think of, and without anybody's id.
pub(in crate::web::pages) fn said(done: &str, warnings: &[String]) -> String {
    let plain = |warning: &String| {
        let before = warning.split(" (").next().unwrap_or_default();
        let behind = warning.split_once(") ").map_or(String::new(), |(_, behind)| format!(" {behind}"));
        format!(" {}.", sentence(&format!("{before}{behind}")))
    };
    format!("{done}{}", warnings.iter().map(plain).collect::<String>())
}

async fn make(visitor: Visitor, posted: Posted) -> Response {
    put(&visitor, "", &posted).await
}

/// Puts an appointment: a new one where no entry is named.
async fn put(visitor: &Visitor, entry: &str, posted: &Posted) -> Response {
    let (at, appointment) = match read(posted) {
        Ok(read) => read,
        Err(faults) => return again(visitor, entry, posted, &faults).await,
    };
    if !fit::is_meant(posted) {
        let around = match Around::read(visitor, Name::CaseId(posted.get("case").to_owned())).await {
            Ok(around) => around,
            Err(refusal) => return page::refused(visitor, &refusal),
        };
        let doubts = doubts(&around, at, &appointment);
        if !doubts.is_empty() {
            return shown_again(visitor, &around, entry, posted, &Faults::none(), &doubts);
        }
    }
    let asked = pb::PutAppointmentRequest {
        request_id: posted.get(REQUEST).to_owned(),
        case_id: posted.get("case").to_owned(),
        entry_id: entry.to_owned(),
        at: Some(clocks::timestamp(at)),
        appointment: Some(appointment),
        version: posted.version(),
    };
    match visitor.calls.diary().put_appointment(asked).await {
        Ok(put) => {
            let done = if entry.is_empty() { "It is in the diary." } else { "The diary is changed." };
            let to = format!("/calendar?view=day&day={}", london::date(at));
            page::done(visitor, &to, &said(done, &put.into_inner().warnings))
        }
        Err(status) => refused(visitor, entry, posted, &status.into()).await,
    }
}

async fn refused(visitor: &Visitor, entry: &str, posted: &Posted, refusal: &Refusal) -> Response {
    if refusal.is_mendable() {
        again(visitor, entry, posted, &faults_of(refusal)).await
    } else {
        page::refused(visitor, refusal)
    }
}

fn faults_of(refusal: &Refusal) -> Faults {
    if refusal.reason == pb::Reason::VersionStale {
        let mut faults = Faults::none();
        let said = "A colleague changed this appointment meanwhile: what stands now is below the form. Yours is kept in the \
                    form; save it to put it in place of theirs";
        faults.whole.push(said.to_owned());
        return faults;
    }
    Faults::of(refusal, input_of)
}

/// What speaks against the time: of whoever is to keep it, the owner of the case where nobody is named.
fn doubts(around: &Around, at: DateTime<Utc>, appointment: &pb::Appointment) -> Vec<String> {
    let case = around.held();
    let keeper = if appointment.staff_id.is_empty() { &case.owner_id } else { &appointment.staff_id };
    let keeper = around.people.staff.iter().find(|staff| staff.id == *keeper);
    fit::doubts(at, appointment.minutes, keeper)
}

/// The form again, as it was filled in.
async fn again(visitor: &Visitor, entry: &str, posted: &Posted, faults: &Faults) -> Response {
    match Around::read(visitor, Name::CaseId(posted.get("case").to_owned())).await {
        Ok(around) => shown_again(visitor, &around, entry, posted, faults, &[]),
        Err(refusal) => page::refused(visitor, &refusal),
    }
}

/// The same of a case that is read already, with what speaks against the time.
fn shown_again(
    visitor: &Visitor,
    around: &Around,
    entry: &str,
    posted: &Posted,
    faults: &Faults,
    doubts: &[String],
) -> Response {
    if entry.is_empty() {
        return new_page(visitor, around, posted, faults, doubts);
    }
    match around.entry(entry) {
        Ok(held) => entry_page(visitor, around, held, Some(posted), faults, doubts),
        Err(refusal) => page::refused(visitor, &refusal),
    }
}

async fn show(visitor: Visitor, Path(id): Path<String>, Query(asked): Query<Asked>) -> Response {
    let around = match Around::read(&visitor, Name::CaseId(asked.case)).await {
        Ok(around) => around,
        Err(refusal) => return page::refused(&visitor, &refusal),
    };
    match around.entry(&id) {
        Ok(entry) if !entry.hearing_id.is_empty() => {
            Redirect::to(&format!("/hearings/{}", entry.hearing_id)).into_response()
        }
        Ok(entry) => entry_page(&visitor, &around, entry, None, &Faults::none(), &[]),
        Err(refusal) => page::refused(&visitor, &refusal),
    }
}

async fn change(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    if posted.get("act") != "cancel" {
        return put(&visitor, &id, &posted).await;
    }
    if posted.get("why").is_empty() {
        return again(&visitor, &id, &posted, &Faults::one("why", "Say why it is called off")).await;
    }
    let asked = pb::CancelAppointmentRequest {
        request_id: posted.get(REQUEST).to_owned(),
        case_id: posted.get("case").to_owned(),
        entry_id: id.clone(),
        words: posted.get("why").to_owned(),
        version: posted.version(),
    };
    match visitor.calls.diary().cancel_appointment(asked).await {
        Ok(_) => {
            page::done(&visitor, "/calendar", "Called off. Its line stays in the diary, struck through.")
        }
        Err(status) => refused(&visitor, &id, &posted, &status.into()).await,
    }
}

/// What stands of an entry, as its form shows it.
fn filled(entry: &pb::DiaryEntry) -> Posted {
    let mut posted = Posted::default();
    if let Some(Kind::At(at)) = entry.when.as_ref().and_then(|when| when.kind.as_ref())
        && let Some(at) = clocks::instant(*at)
    {
        posted.set("at", clocks::typed(at));
    }
    if let Some(held) = &entry.appointment {
        posted.set("kind", word(held.kind()));
        posted.set("with", &held.participant_id);
        posted.set("staff", &held.staff_id);
        posted.set("words", &held.words);
        if held.minutes > 0 {
            posted.set("minutes", held.minutes.to_string());
        }
    }
    posted
}

fn entry_page(
    visitor: &Visitor,
    around: &Around,
    entry: &pb::DiaryEntry,
    posted: Option<&Posted>,
    faults: &Faults,
    doubts: &[String],
) -> Response {
    let case = around.held();
    let held = entry.appointment.clone().unwrap_or_default();
    let title = if entry.appointment.is_some() {
        words::appointment_kind(held.kind()).to_owned()
    } else {
        words::plain(&entry.kind)
    };
    let stands = entry.appointment.is_some() && entry.state() == DiaryState::Listed;
    // The form that calls it off comes without what the other one has.
    let mut shown = posted.filter(|posted| posted.has("kind")).cloned().unwrap_or_else(|| filled(entry));
    shown.set("why", posted.map_or("", |posted| posted.get("why")));
    let content = html! {
        (faults.summary())
        div.heading {
            p.crumbs { a href="/calendar" { "Calendar" } " › " a href=(format!("/cases/{}", case.id)) { (case.label) } }
            h1 { (title) }
            p.facts { (words::when(entry.when.as_ref(), visitor.now)) " " span.tag { (words::diary_state(entry.state())) } }
        }
        (fit::told(doubts))
        div.columns {
            div.main-column {
                @if stands { (changing(visitor, around, entry, &shown, faults, doubts)) }
                @else { p { "This entry stands no longer: it was moved, called off, or its day has passed." } }
                @if posted.is_some() || !stands { (facts(around, entry, &held)) }
            }
            div.side-column {
                @if !entry.earlier.is_empty() {
                    section { h2 { "When it was before" }
                        ul { @for when in &entry.earlier { li { s { (words::when(Some(when), visitor.now)) } } } }
                    }
                }
                @if stands { (calling_off(visitor, &case.id, entry, &shown, faults)) }
            }
        }
    };
    Page::new(visitor, &title, Part::Calendar, content).status(faults.status()).into_response()
}

fn changing(
    visitor: &Visitor,
    around: &Around,
    entry: &pb::DiaryEntry,
    shown: &Posted,
    faults: &Faults,
    doubts: &[String],
) -> Markup {
    // What was opened at another version is not saved over it because of a doubt.
    let version = if doubts.is_empty() { entry.version } else { shown.version() };
    html! {
        form method="post" action=(format!("/calendar/entries/{}", entry.id)) {
            (form::carried(visitor, &Posted::default()))
            input type="hidden" name="case" value=(around.held().id);
            input type="hidden" name="version" value=(version);
            (inputs(around, shown, faults, visitor.now))
            div.buttons {
                button.primary type="submit" name="act" value="save" { "Save" }
                (fit::all_the_same(doubts, shown))
            }
        }
    }
}

fn calling_off(
    visitor: &Visitor,
    case: &str,
    entry: &pb::DiaryEntry,
    shown: &Posted,
    faults: &Faults,
) -> Markup {
    html! {
        section {
            h2 { "Call it off" }
            form method="post" action=(format!("/calendar/entries/{}", entry.id)) {
                (form::carried(visitor, &Posted::default()))
                input type="hidden" name="case" value=(case);
                input type="hidden" name="version" value=(entry.version);
                (Input::new("why", "Why").required().line("text", shown, faults))
                button type="submit" name="act" value="cancel" { "Call it off" }
            }
        }
    }
}

/// What stands, where the form shows something else or there is none.
fn facts(around: &Around, entry: &pb::DiaryEntry, held: &pb::Appointment) -> Markup {
    let with = around.participants().into_iter().find(|(id, _)| *id == held.participant_id);
    let minutes = (held.minutes > 0).then(|| format!("{} minutes", held.minutes));
    html! {
        section {
            h2 { "What stands" }
            dl {
                dt { "When" } dd { (clocks_of(entry)) }
                @if let Some(minutes) = minutes { dt { "How long" } dd { (minutes) } }
                @if let Some((_, with)) = with { dt { "With" } dd { (with) } }
                @if !held.staff_id.is_empty() { dt { "Whose" } dd { (around.people.name(&held.staff_id)) } }
                @if !held.words.is_empty() { dt { "Notes" } dd { (held.words) } }
            }
        }
    }
}

fn clocks_of(entry: &pb::DiaryEntry) -> String {
    match entry.when.as_ref().and_then(|when| when.kind.as_ref()) {
        Some(Kind::At(at)) => clocks::instant(*at).map_or_else(String::new, clocks::full),
        _ => "no time".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_said_without_the_id_of_anybody() {
        let warning =
            "whoever is to keep it (01a2080b-7ba0-72cb-a114-7dea31cf5fb8) is away then, with no end known";
        assert_eq!(
            said("It is in the diary.", &[warning.to_owned()]),
            "It is in the diary. Whoever is to keep it is away then, with no end known."
        );
        assert_eq!(said("Done.", &["nobody owns the case".to_owned()]), "Done. Nobody owns the case.");
    }

    #[test]
    fn what_cannot_be_read_is_told_beside_its_input() {
        let faults = read(&Posted::parse("kind=tea&at=tomorrow&minutes=lots")).unwrap_err();
        assert!(faults.is_about("kind") && faults.is_about("at") && faults.is_about("minutes"));
        let (at, appointment) = read(&Posted::parse("kind=call&at=2026-12-01T14:30&minutes=")).unwrap();
        assert_eq!((clocks::full(at).as_str(), appointment.minutes), ("Tue 1 Dec 2026, 14:30", 0));
    }

    #[test]
    fn every_kind_has_a_word_of_its_own() {
        let words: std::collections::BTreeSet<String> = KINDS.iter().map(|kind| word(*kind)).collect();
        assert_eq!(words.len(), KINDS.len());
        assert!(words.contains("victim-personal-statement"));
    }
}
