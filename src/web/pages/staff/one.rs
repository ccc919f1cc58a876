//! One of the unit's people, for its managers: name, team, role, skills, when they work, what they must not work on, and when
//! they leave.

use super::{account_state, accounts, managers_only};
use crate::domain::london;
use crate::grpc::pb::{self, StaffRole, get_case_request::Name};
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted, REQUEST};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::future::join_all;
use futures::try_join;
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;

/// Somebody new, in place of an id.
const NEW: &str = "new";
/// Cases of a conflict whose references are asked for.
const CONFLICTS_MAX: usize = 20;
/// Roles: word of the form, role.
const ROLES: [(&str, StaffRole); 3] = [
    ("care-officer", StaffRole::CareOfficer),
    ("team-leader", StaffRole::TeamLeader),
    ("manager", StaffRole::Manager),
];
/// The days of the week, as the contract numbers them.
const DAYS: [(i32, &str); 7] = [
    (1, "Monday"),
    (2, "Tuesday"),
    (3, "Wednesday"),
    (4, "Thursday"),
    (5, "Friday"),
    (6, "Saturday"),
    (7, "Sunday"),
];

pub(super) fn router() -> Router<Board> {
    Router::new().route("/staff/{id}", get(show).post(put))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// The case among whose people one in conflict is chosen.
    #[serde(default)]
    of: String,
}

/// All that the page shows.
struct Seen {
    /// Whom it is about; somebody empty where they are new.
    member: pb::Staff,
    account: Option<pb::Account>,
    people: Arc<People>,
    /// Cases that they must not work, with what these are known by.
    cases: Vec<(String, String)>,
    /// People of the case that was asked for, to choose one in conflict.
    of_case: Vec<(String, String)>,
}

async fn read(visitor: &Visitor, id: &str, of: &str) -> Result<Seen, Refusal> {
    managers_only(visitor)?;
    let (member, accounts, people, of_case) =
        try_join!(member(visitor, id), accounts(visitor), visitor.people(), people_of(visitor, of))?;
    let labels = member.case_conflict_ids.iter().take(CONFLICTS_MAX).map(|id| label(visitor, id));
    let mut cases = join_all(labels).await;
    cases.extend(
        member.case_conflict_ids.iter().skip(CONFLICTS_MAX).map(|id| (id.clone(), nameless("Case", id))),
    );
    Ok(Seen { account: accounts.get(id).cloned(), member, people, cases, of_case })
}

/// The member of staff, with what only managers see of them.
async fn member(visitor: &Visitor, id: &str) -> Result<pb::Staff, Refusal> {
    if id == NEW {
        return Ok(pb::Staff::default());
    }
    let mut page_token = String::new();
    loop {
        let asked = pb::ListStaffRequest {
            include_left: true,
            page_size: 500,
            page_token,
            ..pb::ListStaffRequest::default()
        };
        let listed = visitor.calls.team().list_staff(asked).await?.into_inner();
        if let Some(found) = listed.staff.into_iter().find(|staff| staff.id == id) {
            return Ok(found);
        }
        page_token = listed.next_page_token;
        if page_token.is_empty() {
            return Err(Refusal::not_here("there is no such member of staff"));
        }
    }
}

fn nameless(what: &str, id: &str) -> String {
    format!("{what} {}", id.chars().skip(id.len().saturating_sub(8)).collect::<String>())
}

/// What a case is known by; a part of its id where that may not be seen.
async fn label(visitor: &Visitor, id: &str) -> (String, String) {
    let name = Some(Name::CaseId(id.to_owned()));
    let found = visitor.calls.cases().get_case(pb::GetCaseRequest { name }).await;
    let label = found.ok().and_then(|found| found.into_inner().case).map(|case| case.label);
    (id.to_owned(), label.unwrap_or_else(|| nameless("Case", id)))
}

async fn by_urn(visitor: &Visitor, urn: &str) -> Result<pb::GetCaseResponse, Refusal> {
    let reference = pb::Reference { kind: pb::ReferenceKind::Urn as i32, value: urn.to_owned() };
    let asked = pb::GetCaseRequest { name: Some(Name::Reference(reference)) };
    Ok(visitor.calls.cases().get_case(asked).await?.into_inner())
}

/// The people of a case; nobody where none is found.
async fn people_of(visitor: &Visitor, urn: &str) -> Result<Vec<(String, String)>, Refusal> {
    if urn.is_empty() {
        return Ok(Vec::new());
    }
    let found = match by_urn(visitor, urn).await {
        Ok(found) => found,
        Err(refusal) if matches!(refusal.reason, pb::Reason::NotHeld | pb::Reason::FieldInvalid) => {
            return Ok(Vec::new());
        }
        Err(refusal) => return Err(refusal),
    };
    let named = |person: pb::Person| {
        let parts: Vec<&str> = found
            .participants
            .iter()
            .filter(|participant| participant.person_id == person.id)
            .flat_map(|participant| participant.roles().map(words::role))
            .collect();
        (
            person.id,
            format!("{} ({})", words::name(person.identity.as_ref()), parts.join(", ").to_lowercase()),
        )
    };
    Ok(found.people.clone().into_iter().map(named).collect())
}

async fn show(visitor: Visitor, Path(id): Path<String>, Query(asked): Query<Asked>) -> Response {
    page(&visitor, &id, &asked.of, None, &Faults::none()).await
}

/// The page again after a form on it was refused.
pub(super) async fn again(visitor: &Visitor, id: &str, posted: &Posted, faults: &Faults) -> Response {
    page(visitor, id, posted.get("of"), Some(posted), faults).await
}

async fn page(visitor: &Visitor, id: &str, of: &str, filled: Option<&Posted>, faults: &Faults) -> Response {
    match read(visitor, id, of).await {
        Ok(seen) => made(visitor, id, of, &seen, filled, faults),
        Err(refusal) => page::refused(visitor, &refusal),
    }
}

/// What stands, as the form shows it.
fn standing(member: &pb::Staff) -> Posted {
    let mut posted = Posted::default();
    posted.set("name", &member.name);
    posted.set("email", &member.email);
    posted.set("team", &member.team_id);
    posted.set(
        "role",
        ROLES.iter().find(|(_, role)| *role == member.role()).map_or("care-officer", |(word, _)| word),
    );
    posted.set("skills", member.skills.join(", "));
    posted.set("vetting", &member.vetting_valid_until);
    if member.minutes_a_day > 0 {
        posted.set("minutes", member.minutes_a_day.to_string());
    }
    if let Some(left) = clocks::instant_if(member.left_at.as_ref()) {
        let last = london::date(left - chrono::TimeDelta::seconds(1));
        posted.set("last_day", last.to_string());
    }
    for id in &member.case_conflict_ids {
        posted.add("case", id);
    }
    for id in &member.person_conflict_ids {
        posted.add("person", id);
    }
    let mut row = 0;
    for (day, _) in DAYS {
        let mut shifts = member.shifts.iter().filter(|shift| shift.weekday == day).peekable();
        let free = shifts.peek().is_none();
        for (starts, ends) in
            shifts.map(|shift| (shift.starts.as_str(), shift.ends.as_str())).chain(free.then_some(("", "")))
        {
            posted.set(&format!("shift.{row}.day"), day.to_string());
            posted.set(&format!("shift.{row}.starts"), starts);
            posted.set(&format!("shift.{row}.ends"), ends);
            row += 1;
        }
    }
    posted
}

/// The rows of the weekly pattern: which, on which day.
fn rows(posted: &Posted) -> Vec<(usize, i32)> {
    let day = |row: usize| posted.get(&format!("shift.{row}.day")).parse::<i32>().ok();
    (0..).map_while(|row| Some((row, day(row)?))).collect()
}

fn made(
    visitor: &Visitor,
    id: &str,
    of: &str,
    seen: &Seen,
    filled: Option<&Posted>,
    faults: &Faults,
) -> Response {
    let member = &seen.member;
    // The form of the account comes back without what the other form has.
    let stands = standing(member);
    let posted = filled.filter(|filled| filled.has("name")).unwrap_or(&stands);
    let title = if id == NEW { "New member of staff".to_owned() } else { member.name.clone() };
    let pairs = |of: &[(&str, StaffRole)]| -> Vec<(String, String)> {
        of.iter().map(|(word, role)| ((*word).to_owned(), words::staff_role(*role).to_owned())).collect()
    };
    let teams = seen.people.team_options();
    // Nobody takes their own role away, nor the unit its last manager.
    let own = member.id == visitor.me.id;
    let content = html! {
        (faults.summary())
        div.heading {
            p.crumbs { a href="/accounts" { "People, teams and accounts" } }
            h1 { (title) }
        }
        div.columns {
            div.main-column {
                form method="post" action=(format!("/staff/{id}")) {
                    (form::carried(visitor, &Posted::default()))
                    input type="hidden" name="version" value=(member.version);
                    input type="hidden" name="of" value=(of);
                    (Input::new("name", "Name").required().line("text", posted, faults))
                    (Input::new("email", "E-mail").hint("Where their lists and alerts go").line("email", posted, faults))
                    (Input::new("team", "Team").required().select("Choose", &teams, posted, faults))
                    @if own { (own_field("role", "What you are", words::staff_role(member.role()), posted)) }
                    @else { (Input::new("role", "What they are").required().choices(false, &pairs(&ROLES), posted, faults)) }
                    (Input::new("skills", "Skills").hint("With commas between them, such as rasso, domestic-violence, child")
                        .line("text", posted, faults))
                    (pattern(posted, faults))
                    (Input::new("minutes", "Minutes of a day for work").hint("As long as their shifts run where left empty")
                        .line("number", posted, faults))
                    (Input::new("vetting", "Vetting valid until").line("date", posted, faults))
                    (conflicts(seen, posted, faults))
                    @if own { (own_field("last_day", "Last day in the unit", "not set", posted)) }
                    @else {
                        (Input::new("last_day", "Last day in the unit")
                            .hint("Nothing new goes to them after it; give their cases and tasks to others")
                            .line("date", posted, faults))
                    }
                    button.primary type="submit" { "Save" }
                }
            }
            @if id != NEW { div.side-column { (account(visitor, seen, filled, faults)) (leaving(id)) (choosing(id, of)) } }
        }
    };
    Page::new(visitor, &title, Part::Team, content).status(faults.status()).into_response()
}

/// A field that nobody changes of themselves, as text; what stands goes back with the form.
fn own_field(name: &str, label: &str, none: &str, posted: &Posted) -> Markup {
    let held = clocks::day(posted.get(name)).map(london::written_date);
    html! {
        input type="hidden" name=(name) value=(posted.get(name));
        dl { dt { (label) } dd { (held.as_deref().unwrap_or(none)) p.hint { "Another manager changes this for you." } } }
    }
}

/// When they work: a row a shift.
fn pattern(posted: &Posted, faults: &Faults) -> Markup {
    let name = |day: i32| DAYS.iter().find(|(nth, _)| *nth == day).map_or("", |(_, name)| name);
    html! {
        fieldset.shifts {
            legend { "When they work" }
            p.hint { "A day without hours is free. Without any they are never taken to be present." }
            @for (row, day) in rows(posted) {
                div.across {
                    input type="hidden" name=(format!("shift.{row}.day")) value=(day);
                    (Input::new(&format!("shift.{row}.starts"), &format!("{} from", name(day))).required().line("time", posted, faults))
                    (Input::new(&format!("shift.{row}.ends"), &format!("{} until", name(day))).required().line("time", posted, faults))
                }
            }
        }
    }
}

fn conflicts(seen: &Seen, posted: &Posted, faults: &Faults) -> Markup {
    let held =
        seen.member.person_conflict_ids.iter().filter(|id| !seen.of_case.iter().any(|(of, _)| of == *id));
    let mut people: Vec<(String, String)> = held.map(|id| (id.clone(), nameless("Person", id))).collect();
    people.extend(seen.of_case.iter().cloned());
    html! {
        section aria-labelledby="conflicts" {
            h2 id="conflicts" { "Conflicts of interest" }
            @if !seen.cases.is_empty() {
                (Input::new("case", "Cases they must not work").hint("Untick one that is none any more")
                    .choices(true, &seen.cases, posted, faults))
            }
            (Input::new("case_add", "Further cases").hint("By URN, one on each line").lines(2, posted, faults))
            @if !people.is_empty() { (Input::new("person", "People whose cases they must not work").choices(true, &people, posted, faults)) }
        }
    }
}

/// Finds the people of a case, so that one of them can be ticked as in conflict.
fn choosing(id: &str, of: &str) -> Markup {
    let mut posted = Posted::default();
    posted.set("of", of);
    html! {
        section aria-labelledby="choosing" {
            h2 id="choosing" { "Add a person they must not work with" }
            form method="get" action=(format!("/staff/{id}")) data-keep="no" {
                (Input::new("of", "A case in which that person is").hint("By its URN; then tick the person under conflicts")
                    .required().line("text", &posted, &Faults::none()))
                button type="submit" { "Show its people" }
            }
        }
    }
}

fn leaving(id: &str) -> Markup {
    html! {
        section aria-labelledby="leaving" {
            h2 id="leaving" { "Their work" }
            ul {
                li { a href=(format!("/?staff={id}")) { "Their day" } }
                li { a href=(format!("/team/transfer?from={id}")) { "Give their cases to others" } }
                li { a href=(format!("/team/reassign?staff={id}")) { "Give their tasks to others" } }
            }
        }
    }
}

/// How they sign in.
fn account(visitor: &Visitor, seen: &Seen, filled: Option<&Posted>, faults: &Faults) -> Markup {
    let mut posted = Posted::default();
    let proposed = seen.member.email.split('@').next().unwrap_or_default();
    let held = seen.account.as_ref().map_or(proposed, |account| account.name.as_str());
    posted.set(
        "account",
        filled.filter(|filled| filled.has("account")).map_or(held, |filled| filled.get("account")),
    );
    html! {
        section aria-labelledby="account" {
            h2 id="account" { "How they sign in" }
            @match &seen.account {
                None => p { "They have no account yet." },
                Some(account) => {
                    p {
                        "As " code { (account.name) } " " (account_state(account, visitor))
                        ", last " (clocks::full_if(account.signed_in_at.as_ref()))
                    }
                }
            }
            form method="post" action="/accounts" data-keep="no" {
                (form::carried(visitor, &Posted::default()))
                input type="hidden" name="staff" value=(seen.member.id);
                (Input::new("account", "Name to sign in with").required().line("text", &posted, faults))
                div.buttons {
                    @match &seen.account {
                        None => button type="submit" name="act" value="put" { "Make the account" },
                        Some(account) if account.closed => button type="submit" name="act" value="put" { "Open it with a new password" },
                        Some(_) => {
                            button type="submit" name="act" value="put" { "Give a new password" }
                            @if seen.member.id != visitor.me.id {
                                button type="submit" name="act" value="close" { "Close the account" }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The weekly pattern that is filled in.
fn shifts(posted: &Posted, faults: &mut Faults) -> Vec<pb::Shift> {
    let mut shifts = Vec::new();
    for (row, weekday) in rows(posted) {
        let (from, until) = (format!("shift.{row}.starts"), format!("shift.{row}.ends"));
        let (starts, ends) = (posted.get(&from), posted.get(&until));
        match (starts.is_empty(), ends.is_empty()) {
            (true, true) => {}
            (false, false) if starts < ends => {
                shifts.push(pb::Shift { weekday, starts: starts.to_owned(), ends: ends.to_owned() });
            }
            (true, false) => faults.field(&from, "Enter from when they work"),
            (false, true) => faults.field(&until, "Enter until when they work"),
            (false, false) => faults.field(&until, "A shift ends later than it starts"),
        }
    }
    shifts
}

/// The member of staff that is filled in, without the conflicts that are looked up.
fn filled_in(id: &str, posted: &Posted) -> Result<pb::Staff, Faults> {
    let mut faults = Faults::none();
    let shifts = shifts(posted, &mut faults);
    let minutes = match posted.get("minutes") {
        "" => Some(0),
        text => text.parse::<i32>().ok().filter(|minutes| (1..=1_440).contains(minutes)),
    };
    if minutes.is_none() {
        faults.field("minutes", "Enter a number of minutes from 1 to 1,440");
    }
    let last_day = posted.get("last_day");
    let last = clocks::day(last_day);
    if !last_day.is_empty() && last.is_none() {
        faults.field("last_day", "Enter a day");
    }
    for (name, expected) in [("name", "Enter their name"), ("team", "Choose their team")] {
        if posted.get(name).is_empty() {
            faults.field(name, expected);
        }
    }
    let role = ROLES.iter().find(|(word, _)| *word == posted.get("role"));
    if role.is_none() {
        faults.field("role", "Choose what they are");
    }
    let (Some((_, role)), Some(minutes_a_day), true) = (role, minutes, faults.is_none()) else {
        return Err(faults);
    };
    let skills = posted.get("skills").split(',').map(str::trim).filter(|skill| !skill.is_empty());
    Ok(pb::Staff {
        id: if id == NEW { String::new() } else { id.to_owned() },
        team_id: posted.get("team").to_owned(),
        name: posted.get("name").to_owned(),
        email: posted.get("email").to_owned(),
        role: *role as i32,
        skills: skills.map(str::to_owned).collect(),
        shifts,
        case_conflict_ids: posted.all("case").map(str::to_owned).collect(),
        person_conflict_ids: posted.all("person").map(str::to_owned).collect(),
        vetting_valid_until: posted.get("vetting").to_owned(),
        left_at: last
            .and_then(|last| last.succ_opt())
            .map(|gone| clocks::timestamp(london::start_of_day(gone))),
        version: posted.version(),
        minutes_a_day,
    })
}

async fn put(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    if let Err(refusal) = managers_only(&visitor) {
        return page::refused(&visitor, &refusal);
    }
    let mut member = match filled_in(&id, &posted) {
        Ok(member) => member,
        Err(faults) => return again(&visitor, &id, &posted, &faults).await,
    };
    for urn in posted.get("case_add").lines().map(str::trim).filter(|urn| !urn.is_empty()) {
        match by_urn(&visitor, urn).await {
            Ok(found) => member.case_conflict_ids.extend(found.case.map(|case| case.id)),
            Err(refusal) if matches!(refusal.reason, pb::Reason::NotHeld | pb::Reason::FieldInvalid) => {
                return again(
                    &visitor,
                    &id,
                    &posted,
                    &Faults::one("case_add", format!("No case has the URN {urn}")),
                )
                .await;
            }
            Err(refusal) => return page::refused(&visitor, &refusal),
        }
    }
    member.case_conflict_ids.sort_unstable();
    member.case_conflict_ids.dedup();
    let asked = pb::PutStaffRequest { request_id: posted.get(REQUEST).to_owned(), staff: Some(member) };
    match visitor.calls.team().put_staff(asked).await {
        Ok(put) => {
            visitor.board.people_changed();
            let id = put.into_inner().staff.map_or(id, |staff| staff.id);
            page::done(&visitor, &format!("/staff/{id}"), "Saved.")
        }
        Err(status) => {
            let refusal = Refusal::from(status);
            if !refusal.is_mendable() {
                return page::refused(&visitor, &refusal);
            }
            again(&visitor, &id, &posted, &faults_of(&refusal)).await
        }
    }
}

fn faults_of(refusal: &Refusal) -> Faults {
    if refusal.reason == pb::Reason::VersionStale {
        let mut faults = Faults::none();
        let said = "Somebody else changed this meanwhile. What you filled in is kept below: look it over, and save again \
                    to put it in place of theirs";
        faults.whole.push(said.to_owned());
        return faults;
    }
    Faults::of(refusal, |path| {
        let field = path.strip_prefix("staff.").unwrap_or(path);
        let input = match field.split(['[', '.']).next().unwrap_or(field) {
            "name" | "email" | "role" | "skills" => field.split('[').next().unwrap_or(field),
            "team_id" => "team",
            "vetting_valid_until" => "vetting",
            "left_at" => "last_day",
            "minutes_a_day" => "minutes",
            _ => return None,
        };
        Some(input.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member() -> pb::Staff {
        let shift = |weekday, starts: &str, ends: &str| pb::Shift {
            weekday,
            starts: starts.into(),
            ends: ends.into(),
        };
        pb::Staff {
            id: "s".into(),
            name: "Ann Example".into(),
            team_id: "t".into(),
            role: StaffRole::CareOfficer as i32,
            skills: vec!["rasso".into(), "child".into()],
            shifts: vec![shift(1, "08:00", "12:00"), shift(1, "13:00", "16:00"), shift(3, "08:00", "16:00")],
            case_conflict_ids: vec!["c".into()],
            version: 4,
            ..pb::Staff::default()
        }
    }

    #[test]
    fn what_is_saved_unchanged_is_what_stood() {
        let mut posted = standing(&member());
        posted.set("version", "4");
        assert_eq!(filled_in("s", &posted).unwrap(), member());
    }

    #[test]
    fn a_day_may_have_two_shifts_and_every_day_has_a_row() {
        let days: Vec<i32> = rows(&standing(&member())).into_iter().map(|(_, day)| day).collect();
        assert_eq!(days, [1, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn a_shift_that_ends_before_it_starts_is_told_beside_its_end() {
        let posted = Posted::parse(
            "name=Bo&team=t&role=manager&shift.0.day=1&shift.0.starts=16:00&shift.0.ends=08:00",
        );
        assert!(filled_in(NEW, &posted).unwrap_err().is_about("shift.0.ends"));
    }

    #[test]
    fn whoever_leaves_is_gone_after_their_last_day() {
        let posted = Posted::parse("role=manager&name=Bo&team=t&last_day=2026-11-30");
        let member = filled_in("s", &posted).unwrap();
        assert_eq!(member.left_at, Some(clocks::timestamp(london::parse("2026-12-01T00:00").unwrap())));
        assert_eq!(standing(&member).get("last_day"), "2026-11-30");
    }
}
