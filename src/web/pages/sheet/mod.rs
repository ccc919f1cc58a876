//! The sheet of a hearing: who gives evidence, in which order, how far each has come, how they are reached, what is booked
//! and how they are to give evidence; above it what one needs on the morning of the trial.
//!
//! It prints on A4 landscape, with room for a pen: whether somebody came, and what is to be noted.

mod acts;
mod dates;
mod table;

use crate::domain::london;
use crate::grpc::pb::{self, ArrangementState, AttendanceState, MeasureState};
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted};
use crate::web::page::{self, Page, Part};
use crate::web::pages::case::hearings;
use crate::web::refusal::Refusal;
use crate::web::tasks;
use crate::web::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, NaiveDate, Utc};
use futures::try_join;
use maud::{Markup, html};
use pb::when::Kind;
use std::sync::Arc;

/// Open tasks of the case among which those of the hearing are looked for.
const TASKS: i32 = 200;

pub(super) fn router() -> Router<Board> {
    Router::new().route("/hearings/{id}", get(show)).merge(acts::router())
}

/// All that a sheet shows.
struct Sheet {
    /// The sheet.
    pub sheet: pb::GetTrialSheetResponse,
    /// Its case, for how people are reached.
    pub case: pb::GetCaseResponse,
    /// The unit's people.
    pub people: Arc<People>,
    /// Bodies of the court: itself, its Witness Service.
    bodies: Vec<pb::DirectoryEntry>,
    /// Open tasks that are about the hearing.
    tasks: Vec<pb::Task>,
}

impl Sheet {
    /// Reads the sheet of a hearing.
    pub async fn read(visitor: &Visitor, id: &str) -> Result<Self, Refusal> {
        let asked = pb::GetTrialSheetRequest { hearing_id: id.to_owned() };
        let sheet = visitor.calls.diary().get_trial_sheet(asked).await?.into_inner();
        let (mut cases, mut directory) = (visitor.calls.cases(), visitor.calls.directory());
        let name = pb::get_case_request::Name::CaseId(sheet.case_id.clone());
        let court = sheet.hearing.as_ref().and_then(|hearing| hearing.court.as_ref());
        let code = court.map_or(String::new(), |court| court.code.clone());
        let bodies = pb::ListContactsRequest {
            court_code: code.clone(),
            page_size: 20,
            ..pb::ListContactsRequest::default()
        };
        let mut listed = visitor.calls.tasks();
        let of_case = pb::ListTasksRequest {
            case_id: sheet.case_id.clone(),
            page_size: TASKS,
            ..pb::ListTasksRequest::default()
        };
        let (case, bodies, tasks, people) = try_join!(
            async {
                Ok::<_, Refusal>(cases.get_case(pb::GetCaseRequest { name: Some(name) }).await?.into_inner())
            },
            async {
                if code.is_empty() {
                    Ok(Vec::new())
                } else {
                    Ok(directory.list_contacts(bodies).await?.into_inner().entries)
                }
            },
            async { Ok(listed.list_tasks(of_case).await?.into_inner().tasks) },
            visitor.people(),
        )?;
        let tasks = tasks.into_iter().filter(|task| task.hearing_id == id).collect();
        Ok(Self { sheet, case, people, bodies, tasks })
    }

    /// The hearing.
    #[must_use]
    pub fn hearing(&self) -> pb::Hearing {
        self.sheet.hearing.clone().unwrap_or_default()
    }

    /// The first day of the hearing, where it has one.
    #[must_use]
    pub fn day(&self) -> Option<NaiveDate> {
        match self.sheet.hearing.as_ref()?.when.as_ref()?.kind.as_ref()? {
            Kind::At(at) => clocks::instant(*at).map(london::date),
            Kind::WeekOf(monday) => clocks::day(monday),
            Kind::Unfixed(_) => None,
        }
    }

    /// Whether it is to come, or is today.
    #[must_use]
    pub fn is_to_come(&self, now: DateTime<Utc>) -> bool {
        self.hearing().state() == pb::HearingState::Listed
            && self.day().is_none_or(|day| day >= london::date(now))
    }

    /// What it is called: the court's word and the court.
    #[must_use]
    pub fn title(&self) -> String {
        let hearing = self.hearing();
        match hearing.court {
            Some(court) if !court.name.is_empty() => format!("{}, {}", hearing.hearing_type, court.name),
            _ => hearing.hearing_type,
        }
    }
}

async fn show(visitor: Visitor, Path(id): Path<String>, Query(span): Query<dates::Span>) -> Response {
    page::or_refused(&visitor, page(&visitor, &id, &span, &Posted::default(), &Faults::none()).await)
}

/// The sheet, with its form for a note as it was filled in where it was refused.
async fn page(
    visitor: &Visitor,
    id: &str,
    span: &dates::Span,
    posted: &Posted,
    faults: &Faults,
) -> Result<Response, Refusal> {
    let seen = Sheet::read(visitor, id).await?;
    let dates = if seen.is_to_come(visitor.now) || seen.hearing().state() == pb::HearingState::Vacated {
        dates::shown(visitor, &seen, span).await
    } else {
        html! {}
    };
    let title = seen.title();
    let content = html! {
        div.trial-sheet {
            (on_paper(&seen, visitor.now))
            div.sheet-body {
                (faults.summary())
                (heading(&seen, &title, visitor.now))
                (morning(&seen, visitor.now))
                (table::shown(visitor, &seen))
                (notes(visitor, &seen, posted, faults))
                (dates)
            }
        }
    };
    Ok(Page::new(visitor, &title, Part::Calendar, content).status(faults.status()).into_response())
}

/// What stands on top of each printed sheet: its marking, which case, whose, where and when.
fn on_paper(seen: &Sheet, now: DateTime<Utc>) -> Markup {
    let hearing = seen.hearing();
    let court = hearing.court.clone().unwrap_or_default();
    let case = seen.case.case.clone().unwrap_or_default();
    let mut urns: Vec<&str> = case
        .references
        .iter()
        .filter(|reference| reference.kind() == pb::ReferenceKind::Urn)
        .map(|reference| reference.value.as_str())
        .collect();
    if urns.is_empty() {
        urns.push(&seen.sheet.case_label);
    }
    let mut place = vec![words::when(hearing.when.as_ref(), now)];
    place.extend([court.name, court.room].into_iter().filter(|part| !part.is_empty()));
    html! {
        div.paper-head aria-hidden="true" {
            p { strong { (words::marking(pb::Marking::OfficialSensitive)) } }
            p { strong { (urns.join(", ")) } " · " (defendants(seen)) " · " (place.join(", ")) }
        }
    }
}

/// The names of those whose hearing it is; of all defendants of the case where the court has not said whose.
fn defendants(seen: &Sheet) -> String {
    let whose = seen.hearing().defendant_ids;
    let held = seen.case.defendants.iter();
    let names: Vec<String> = held
        .filter(|defendant| whose.is_empty() || whose.contains(&defendant.id))
        .map(words::defendant)
        .collect();
    if names.is_empty() { "no defendant shared yet".to_owned() } else { names.join(", ") }
}

fn heading(seen: &Sheet, title: &str, now: DateTime<Utc>) -> Markup {
    let (hearing, sheet) = (seen.hearing(), &seen.sheet);
    let court = hearing.court.clone().unwrap_or_default();
    html! {
        div.heading {
            p.crumbs {
                a href="/calendar" { "Calendar" } " › " a href=(format!("/cases/{}", sheet.case_id)) { (sheet.case_label) }
            }
            h1 { (title) }
            p.facts {
                strong { (words::when(hearing.when.as_ref(), now)) @if !court.room.is_empty() { ", " (court.room) } }
                " " span.tag { (hearings::state_of(&seen.case, &hearing)) }
                " " span.tag { (words::risk(sheet.risk())) }
                @if hearing.ambiguous { " " strong.tag.bad { "It could be either of two hearings: a task asks which" } }
            }
            p {
                "Case of " (owner(seen, &sheet.owner_id))
                @if !sheet.cover_id.is_empty() { ", " strong { "cover: " (seen.people.name(&sheet.cover_id)) } }
                @if !hearing.earlier.is_empty() {
                    ". Listed before for " @for (nth, when) in hearing.earlier.iter().enumerate() {
                        @if nth > 0 { ", " } s { (words::when(Some(when), now)) }
                    }
                    ": only what was done for the present listing counts here"
                }
                "."
            }
        }
    }
}

fn owner<'a>(seen: &'a Sheet, id: &str) -> &'a str {
    if id.is_empty() { "nobody" } else { seen.people.name(id) }
}

/// What somebody is called on the sheet: their number and name.
#[must_use]
fn called(line: &pb::SheetLine) -> String {
    let name = if line.name.is_empty() { "name not known" } else { line.name.as_str() };
    if line.witness_number > 0 { format!("W{} {name}", line.witness_number) } else { name.to_owned() }
}

/// Whether somebody is wanted at the hearing still.
fn is_wanted(line: &pb::SheetLine) -> bool {
    line.state() != AttendanceState::DeWarned
}

/// What is not as it should be, for each who is wanted: what to see to before the hearing begins.
#[must_use]
fn open_ends(line: &pb::SheetLine) -> Vec<String> {
    let mut ends = Vec::new();
    match line.state() {
        AttendanceState::Required => ends.push("has not been told to come".to_owned()),
        AttendanceState::Warned => ends.push("has not confirmed".to_owned()),
        AttendanceState::Failed => ends.push("did not come".to_owned()),
        _ => {}
    }
    for measure in &line.measures {
        if matches!(measure.state(), MeasureState::Wanted | MeasureState::AppliedFor | MeasureState::Refused)
        {
            let kind = words::measure_kind(measure.kind()).to_lowercase();
            ends.push(format!("{kind} {}, not granted", words::measure_state(measure.state())));
        }
    }
    for booking in &line.arrangements {
        if booking.state() == ArrangementState::Wanted {
            ends.push(format!(
                "{} wanted, not booked",
                words::arrangement_kind(booking.kind()).to_lowercase()
            ));
        }
    }
    ends
}

fn counts(lines: &[pb::SheetLine]) -> String {
    use AttendanceState::{Attended, Confirmed, Failed, Required, Warned};
    let count = |state| lines.iter().filter(|line| line.state() == state).count();
    let said = [
        (Attended, "came"),
        (Failed, "did not come"),
        (Confirmed, "confirmed"),
        (Warned, "warned, not confirmed"),
        (Required, "not yet warned"),
    ];
    let parts: Vec<String> = said
        .into_iter()
        .filter(|(state, _)| count(*state) > 0)
        .map(|(state, words)| format!("{} {words}", count(state)))
        .collect();
    let wanted = lines.iter().filter(|line| is_wanted(line)).count();
    if wanted == 0 {
        "Nobody is wanted.".to_owned()
    } else {
        format!("{wanted} wanted: {}.", parts.join(", "))
    }
}

/// What one needs on the morning of the trial.
fn morning(seen: &Sheet, now: DateTime<Utc>) -> Markup {
    let lines = &seen.sheet.lines;
    let wanting: Vec<(&pb::SheetLine, Vec<String>)> = lines
        .iter()
        .filter(|line| is_wanted(line))
        .map(|line| (line, open_ends(line)))
        .filter(|(_, ends)| !ends.is_empty())
        .collect();
    let bodies: Vec<&pb::DirectoryEntry> = seen.bodies.iter().filter(|body| !body.phone.is_empty()).collect();
    html! {
        section.morning aria-labelledby="morning" {
            h2 id="morning" { @if seen.day() == Some(london::date(now)) { "This morning" } @else { "On the morning" } }
            div.columns {
                div.main-column {
                    p { strong { (counts(lines)) } }
                    @if wanting.is_empty() {
                        @if !lines.is_empty() {
                            p { "Everybody has confirmed or come, and what is known that they need is granted and booked." }
                        }
                    } @else {
                        ul.open-ends { @for (line, ends) in wanting {
                            li { a href=(format!("#w-{}", line.participant_id)) { (called(line)) } ": " (ends.join("; ")) }
                        } }
                    }
                    @if !seen.tasks.is_empty() {
                        p { "Still to be done for it:" }
                        ul.open-ends { @for task in &seen.tasks {
                            li { a href=(format!("/tasks/{}", task.id)) { (task.title) }
                                @for (words, press) in tasks::clocks(task, now) { " " (tasks::clock(&words, press)) } }
                        } }
                    }
                    @for booking in &seen.sheet.arrangements {
                        p { (words::arrangement_kind(booking.kind())) " for the hearing: " (words::arrangement_state(booking.state())) }
                    }
                }
                div.side-column {
                    @if !bodies.is_empty() {
                        dl.numbers { @for body in bodies { dt { (body.name) } dd { (body.phone) } } }
                    }
                    p.noprint { "Print this page for the day: it has room for a pen." }
                }
            }
        }
    }
}

/// Notes on the sheet that are about nobody on it, and the form for one more.
fn notes(visitor: &Visitor, seen: &Sheet, posted: &Posted, faults: &Faults) -> Markup {
    html! {
        section.sheet-notes aria-labelledby="notes" {
            h2 id="notes" { "Notes on this sheet" }
            @if seen.sheet.notes.is_empty() { p.empty { "A note stands here for whoever works from this sheet." } }
            (written(&seen.sheet.notes, &seen.people))
            form.noprint method="post" action=(format!("/hearings/{}/notes", seen.hearing().id)) {
                (form::carried(visitor, posted))
                input type="hidden" name="case" value=(seen.sheet.case_id);
                (Input::new("words", "Add a note").required().lines(2, posted, faults))
                button type="submit" { "Add the note" }
            }
        }
    }
}

/// Notes with when and by whom.
#[must_use]
fn written(notes: &[pb::Contact], people: &People) -> Markup {
    html! {
        @if !notes.is_empty() {
            ul.notes { @for note in notes {
                li {
                    (note.words) " "
                    span.hint {
                        (clocks::full_if(note.at.as_ref()))
                        @if !note.staff_id.is_empty() { ", " (people.name(&note.staff_id)) }
                    }
                }
            } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(state: AttendanceState) -> pb::SheetLine {
        pb::SheetLine {
            state: state as i32,
            name: "Ann Example".into(),
            witness_number: 3,
            ..pb::SheetLine::default()
        }
    }

    #[test]
    fn what_is_left_open_is_said_for_each_who_is_wanted() {
        let mut warned = line(AttendanceState::Warned);
        warned.measures.push(pb::Measure {
            kind: pb::MeasureKind::Screens as i32,
            state: MeasureState::AppliedFor as i32,
        });
        warned.arrangements.push(pb::Arrangement {
            kind: pb::ArrangementKind::Interpreter as i32,
            state: ArrangementState::Wanted as i32,
            ..pb::Arrangement::default()
        });
        let ends = open_ends(&warned);
        assert_eq!(
            ends,
            ["has not confirmed", "screens applied for, not granted", "interpreter wanted, not booked"]
        );
        assert!(open_ends(&line(AttendanceState::Confirmed)).is_empty());
    }

    #[test]
    fn whoever_was_told_not_to_come_is_not_counted() {
        let lines = [
            line(AttendanceState::Confirmed),
            line(AttendanceState::DeWarned),
            line(AttendanceState::Required),
        ];
        assert_eq!(counts(&lines), "2 wanted: 1 confirmed, 1 not yet warned.");
        assert_eq!(called(&lines[0]), "W3 Ann Example");
    }
}
