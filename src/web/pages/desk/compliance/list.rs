//! The duties behind a number of the compliance page, on the screen and as a file.

use super::super::kit::more;
use crate::domain::london;
use crate::grpc::pb::{self, DutyState};
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::clocks;
use crate::web::form;
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::Query;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, Days, NaiveDate, Utc};
use maud::{Markup, html};
use serde::Deserialize;

/// Duties on one page.
const PAGE: i32 = 100;
/// Duties of one file, in pages of 500.
const EXPORT_PAGES_MAX: usize = 20;

pub(super) fn router() -> Router<Board> {
    Router::new().route("/desk/compliance/list", get(show)).route("/desk/compliance/list.csv", get(export))
}

/// How a duty stands, as compliance counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Met in time.
    Met,
    /// Met, but late.
    Late,
    /// Excused, with a reason.
    Excused,
    /// Owed and past due.
    Overdue,
    /// Owed, and not due yet.
    Open,
}

impl State {
    /// All, in the order of their layers.
    pub(super) const ALL: [Self; 5] = [Self::Met, Self::Late, Self::Excused, Self::Overdue, Self::Open];

    /// As addresses have it.
    #[must_use]
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Late => "late",
            Self::Excused => "excused",
            Self::Overdue => "overdue",
            Self::Open => "open",
        }
    }

    /// As people read it.
    #[must_use]
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Met => "Met in time",
            Self::Late => "Met late",
            Self::Excused => "Excused",
            Self::Overdue => "Overdue",
            Self::Open => "Not due yet",
        }
    }

    /// The sign beside its colour.
    #[must_use]
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Met => "✓",
            Self::Late => "!",
            Self::Excused => "~",
            Self::Overdue => "✗",
            Self::Open => "○",
        }
    }

    /// How many of a count stand so.
    #[must_use]
    pub(super) fn of(self, count: &pb::ComplianceCount) -> i64 {
        match self {
            Self::Met => count.met,
            Self::Late => count.late,
            Self::Excused => count.excused,
            Self::Overdue => count.overdue,
            Self::Open => count.open,
        }
    }

    fn duty(self) -> DutyState {
        match self {
            Self::Met => DutyState::Met,
            Self::Late => DutyState::Late,
            Self::Excused => DutyState::Excused,
            Self::Overdue | Self::Open => DutyState::Open,
        }
    }
}

/// Which duties, as the address has them.
#[derive(Debug, Default, Deserialize)]
struct Filters {
    /// Only this kind.
    #[serde(default)]
    kind: String,
    /// Only those due in the week of this Monday.
    #[serde(default)]
    week: String,
    /// Only those due from this day on.
    #[serde(default)]
    from: String,
    /// Only those due up to this day, inclusive.
    #[serde(default)]
    to: String,
    /// Only those that stand so.
    #[serde(default)]
    state: String,
    /// Where to go on.
    #[serde(default)]
    page: String,
}

impl Filters {
    fn pairs(&self) -> [(&'static str, &str); 5] {
        [
            ("kind", &self.kind),
            ("week", &self.week),
            ("from", &self.from),
            ("to", &self.to),
            ("state", &self.state),
        ]
    }

    fn state(&self) -> Option<State> {
        State::ALL.into_iter().find(|state| state.word() == self.state)
    }

    /// The first day and the last.
    fn days(&self) -> (Option<NaiveDate>, Option<NaiveDate>) {
        match clocks::day(&self.week) {
            Some(monday) => (Some(monday), Some(monday + Days::new(6))),
            None => (clocks::day(&self.from), clocks::day(&self.to)),
        }
    }

    fn request(&self, now: DateTime<Utc>, page_size: i32, page_token: String) -> pb::ListDutiesRequest {
        let (first, last) = self.days();
        let mut after = first.map(london::start_of_day);
        let mut before = last.map(|day| london::start_of_day(day + Days::new(1)));
        match self.state() {
            Some(State::Overdue) => before = Some(before.map_or(now, |before| before.min(now))),
            Some(State::Open) => after = Some(after.map_or(now, |after| after.max(now))),
            _ => {}
        }
        let every = [DutyState::Met, DutyState::Late, DutyState::Excused, DutyState::Open];
        let states = self.state().map_or(every.to_vec(), |state| vec![state.duty()]);
        pb::ListDutiesRequest {
            states: states.into_iter().map(|state| state as i32).collect(),
            kinds: Some(self.kind.clone()).filter(|kind| !kind.is_empty()).into_iter().collect(),
            due_after: after.map(clocks::timestamp),
            due_before: before.map(clocks::timestamp),
            page_size,
            page_token,
            ..pb::ListDutiesRequest::default()
        }
    }

    /// What the list is of, in words.
    fn words(&self, now: DateTime<Utc>) -> String {
        let state = self.state().map_or("All duties", State::words);
        let kind = if self.kind.is_empty() {
            String::new()
        } else {
            format!(": {}", words::plain(&self.kind).to_lowercase())
        };
        let period = match self.days() {
            (Some(first), Some(last)) => {
                format!(", due {} to {}", clocks::short_day(first, now), clocks::short_day(last, now))
            }
            (Some(first), None) => format!(", due from {}", clocks::short_day(first, now)),
            (None, Some(last)) => format!(", due up to {}", clocks::short_day(last, now)),
            (None, None) => String::new(),
        };
        format!("{state}{kind}{period}")
    }
}

async fn show(visitor: Visitor, Query(filters): Query<Filters>) -> Response {
    page::or_refused(&visitor, shown(&visitor, &filters).await)
}

async fn shown(visitor: &Visitor, filters: &Filters) -> Result<Response, Refusal> {
    let asked = filters.request(visitor.now, PAGE, filters.page.clone());
    let page = visitor.calls.tasks().list_duties(asked).await?.into_inner();
    let people = visitor.people().await?;
    let title = filters.words(visitor.now);
    let mut next = filters.pairs().to_vec();
    next.push(("page", &page.next_page_token));
    let content = html! {
        div.heading {
            p.crumbs {
                a href="/desk" { "Desk" }
                " › " a href="/desk/compliance" { "Victims’ Code compliance" }
            }
            h1 { (title) }
        }
        @if page.duties.is_empty() {
            p.empty {
                "No duty stands so any more: it was met, excused or withdrawn since the numbers were counted."
            }
        }
        @else {
            p {
                a href=(form::address("/desk/compliance/list.csv", &filters.pairs())) { "Download this list (CSV)" }
            }
            (table(&page.duties, &title, &people, visitor.now))
        }
        (more(&page.next_page_token, &form::address("/desk/compliance/list", &next), "More duties"))
    };
    Ok(Page::new(visitor, &title, Part::Desk, content).into_response())
}

fn table(
    duties: &[pb::Duty],
    caption: &str,
    people: &crate::web::board::People,
    now: DateTime<Utc>,
) -> Markup {
    html! {
        (page::scrolls(caption, html! {
            table {
                caption.visually-hidden { (caption) }
                thead {
                    tr {
                        th scope="col" { "Case" }
                        th scope="col" { "Duty" }
                        th scope="col" { "How it stands" }
                        th scope="col" { "Due" }
                        th scope="col" { "Told" }
                        th scope="col" { "Task" }
                    }
                }
                tbody { @for duty in duties {
                    @let met = duty.met.clone().unwrap_or_default();
                    tr {
                        th scope="row" {
                            a href=(format!("/cases/{}#p-{}", duty.case_id, duty.participant_id)) {
                                (label(duty))
                            }
                        }
                        td { (words::plain(&duty.kind)) }
                        td {
                            @if let Some(state) = standing(duty, now) { (state.sign()) " " (state.words()) }
                        }
                        td { (clocks::full_if(duty.due_at.as_ref())) }
                        td {
                            @if met.at.is_some() {
                                (clocks::full_if(met.at.as_ref())) p.about { (told(&met, people)) }
                            }
                            @else { "–" }
                        }
                        td {
                            @if duty.task_id.is_empty() {
                                "By a message"
                            } @else {
                                a href=(format!("/tasks/{}", duty.task_id)) {
                                    "Task" span.visually-hidden {
                                        " of " (label(duty)) ": " (words::plain(&duty.kind))
                                    }
                                }
                            }
                        }
                    }
                } }
            }
        }))
    }
}

fn label(duty: &pb::Duty) -> &str {
    if duty.case_label.is_empty() { "no reference" } else { &duty.case_label }
}

/// How it stands as compliance counts it; none where it was withdrawn.
fn standing(duty: &pb::Duty, now: DateTime<Utc>) -> Option<State> {
    match duty.state() {
        DutyState::Met => Some(State::Met),
        DutyState::Late => Some(State::Late),
        DutyState::Excused => Some(State::Excused),
        DutyState::Open if clocks::instant_if(duty.due_at.as_ref()).is_some_and(|due| due <= now) => {
            Some(State::Overdue)
        }
        DutyState::Open => Some(State::Open),
        DutyState::Withdrawn | DutyState::Unspecified => None,
    }
}

/// By what means and by whom they were told.
fn told(met: &pb::Met, people: &crate::web::board::People) -> String {
    let by = if met.staff_id.is_empty() { "by a message" } else { people.name(&met.staff_id) };
    if met.channel.is_empty() { by.to_owned() } else { format!("{}, {by}", met.channel) }
}

async fn export(visitor: Visitor, Query(filters): Query<Filters>) -> Response {
    page::or_refused(&visitor, exported(&visitor, &filters).await)
}

async fn exported(visitor: &Visitor, filters: &Filters) -> Result<Response, Refusal> {
    let mut duties = Vec::new();
    let mut token = String::new();
    for _ in 0..EXPORT_PAGES_MAX {
        let asked = filters.request(visitor.now, 500, token);
        let page = visitor.calls.tasks().list_duties(asked).await?.into_inner();
        duties.extend(page.duties);
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let people = visitor.people().await?;
    let mut rows =
        vec![["Case", "Duty", "How it stands", "Due", "Told", "How and by whom"].map(str::to_owned).to_vec()];
    for duty in &duties {
        let met = duty.met.clone().unwrap_or_default();
        let instant = |at: Option<&prost_types::Timestamp>| {
            clocks::instant_if(at)
                .map_or_else(String::new, |at| london::to_local(at).format("%d/%m/%Y %H:%M").to_string())
        };
        rows.push(vec![
            label(duty).to_owned(),
            words::plain(&duty.kind),
            standing(duty, visitor.now).map_or("", State::words).to_owned(),
            instant(duty.due_at.as_ref()),
            instant(met.at.as_ref()),
            if met.at.is_some() { told(&met, &people) } else { String::new() },
        ]);
    }
    if !token.is_empty() {
        rows.push(vec!["The list goes on: choose fewer weeks".to_owned()]);
    }
    Ok(download("duties.csv", &csv(&rows)))
}

/// Rows as spreadsheets read them: each value in quotes, and none that a spreadsheet would take for a formula.
#[must_use]
pub(super) fn csv(rows: &[Vec<String>]) -> String {
    let value = |text: &String| {
        let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
        format!("\"{}{}\"", if is_formula { "'" } else { "" }, text.replace('"', "\"\""))
    };
    let line = |row: &Vec<String>| row.iter().map(value).collect::<Vec<_>>().join(",") + "\r\n";
    rows.iter().map(line).collect()
}

/// A file for a spreadsheet, which knows by its first sign that it is UTF-8.
#[must_use]
pub(super) fn download(name: &str, csv: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, format!("\u{feff}{csv}")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_of_a_file_is_taken_for_a_formula_and_quotes_stay_quotes() {
        let row = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        let text = csv(&[row(&["=1+1", "say \"yes\", now", "-5", "@x", "plain"])]);
        assert_eq!(text, "\"'=1+1\",\"say \"\"yes\"\", now\",\"'-5\",\"'@x\",\"plain\"\r\n");
    }

    #[test]
    fn overdue_and_not_yet_due_are_told_apart_by_the_clock() {
        let now = london::parse("2026-11-25T12:00").unwrap();
        let asked = |state: &str| {
            let filters = Filters { week: "2026-11-23".into(), state: state.into(), ..Filters::default() };
            let request = filters.request(now, 10, String::new());
            (
                clocks::instant_if(request.due_after.as_ref()).unwrap(),
                clocks::instant_if(request.due_before.as_ref()).unwrap(),
            )
        };
        let (monday, next) =
            (london::parse("2026-11-23T00:00").unwrap(), london::parse("2026-11-30T00:00").unwrap());
        assert_eq!(asked("met"), (monday, next));
        assert_eq!(asked("overdue"), (monday, now));
        assert_eq!(asked("open"), (now, next));
    }

    #[test]
    fn the_list_says_what_it_is_of() {
        let now = london::parse("2026-11-25T12:00").unwrap();
        let filters = Filters {
            kind: "first-hearing".into(),
            week: "2026-11-16".into(),
            state: "late".into(),
            ..Filters::default()
        };
        assert_eq!(filters.words(now), "Met late: first hearing, due Mon 16 Nov to Sun 22 Nov");
    }
}
