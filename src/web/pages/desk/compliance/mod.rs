//! Victims' Code compliance: how the duties that fell due in each week ended, kind by kind, as little plots and as
//! numbers, each of which leads to the duties behind it.

mod list;
mod plot;

use super::kit::filled;
use crate::domain::london;
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::clocks;
use crate::web::form::{self, Faults, Input};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{Days, NaiveDate};
use list::{State, csv};
use maud::{Markup, html};
use serde::Deserialize;

/// Weeks that are shown where nothing else is asked for.
const WEEKS: u64 = 8;
/// Weeks of all kinds whose numbers are on one page, and whose plots are; above that each kind has its own page.
const NUMBERS_MAX: usize = 60;
const PLOTS_MAX: usize = 500;

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route("/desk/compliance", get(show))
        .route("/desk/compliance.csv", get(export))
        .merge(list::router())
}

/// Which weeks, and which kind, as the address has them.
#[derive(Debug, Default, Clone, Deserialize)]
struct Filters {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    kind: String,
}

/// The counts of one kind, a week each, without gaps.
struct Kind {
    /// The kind, a word of the pack.
    pub(super) name: String,
    /// Its weeks in order, those without any duty too.
    pub(super) weeks: Vec<(NaiveDate, pb::ComplianceCount)>,
}

impl Kind {
    fn total(&self, state: State) -> i64 {
        self.weeks.iter().map(|(_, count)| state.of(count)).sum()
    }
}

/// The weeks between two days, as their Mondays.
fn weeks(from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
    london::monday_of(from).iter_weeks().take_while(|monday| *monday <= to).take(60).collect()
}

/// The counts, kind by kind, each with every week.
fn kinds(counts: &[pb::ComplianceCount], weeks: &[NaiveDate]) -> Vec<Kind> {
    let mut names: Vec<&str> = counts.iter().map(|count| count.kind.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let of = |name: &str, week: NaiveDate| {
        let found = counts.iter().find(|count| count.kind == name && clocks::day(&count.week) == Some(week));
        found.cloned().unwrap_or_default()
    };
    let kind = |name: &str| Kind {
        name: name.to_owned(),
        weeks: weeks.iter().map(|week| (*week, of(name, *week))).collect(),
    };
    names.into_iter().map(kind).collect()
}

/// The days that are asked for: the last weeks where none are.
fn days(filters: &Filters, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), Faults> {
    let mut faults = Faults::none();
    let mut day = |name: &str, text: &str, otherwise: NaiveDate| match clocks::day(text) {
        Some(day) => day,
        None if text.is_empty() => otherwise,
        None => {
            faults.field(name, "Choose a day");
            otherwise
        }
    };
    let to = day("to", &filters.to, today);
    let from = day("from", &filters.from, london::monday_of(today) - Days::new(7 * (WEEKS - 1)));
    if from > to {
        faults.field("from", "The first day must not lie after the last");
    } else if weeks(from, to).len() > 53 {
        faults.field("from", "At most 53 weeks are counted at once");
    }
    if faults.is_none() { Ok((from, to)) } else { Err(faults) }
}

async fn counted(
    visitor: &Visitor,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<pb::ComplianceCount>, Refusal> {
    let asked = pb::GetComplianceRequest { from_day: from.to_string(), to_day: to.to_string() };
    Ok(visitor.calls.operations().get_compliance(asked).await?.into_inner().counts)
}

async fn show(visitor: Visitor, Query(filters): Query<Filters>) -> Response {
    page::or_refused(&visitor, shown(&visitor, &filters).await)
}

async fn shown(visitor: &Visitor, filters: &Filters) -> Result<Response, Refusal> {
    let (period, faults) = match days(filters, london::date(visitor.now)) {
        Ok(period) => (Some(period), Faults::none()),
        Err(faults) => (None, faults),
    };
    let (found, weeks) = match period {
        Some((from, to)) => (counted(visitor, from, to).await?, weeks(from, to)),
        None => (Vec::new(), Vec::new()),
    };
    let all = kinds(&found, &weeks);
    let one = !filters.kind.is_empty();
    let shown: Vec<&Kind> = all.iter().filter(|kind| !one || kind.name == filters.kind).collect();
    let cells = shown.len() * weeks.len();
    let (numbers, plots) = (cells <= NUMBERS_MAX || one, cells <= PLOTS_MAX);
    let title = if one { words::plain(&filters.kind) } else { "Victims’ Code compliance".to_owned() };
    let content = html! {
        (faults.summary())
        div.heading {
            p.crumbs {
                a href="/desk" { "Desk" }
                @if one {
                    " › " a href=(self::address_of(filters, period, "", "/desk/compliance")) {
                        "Victims’ Code compliance"
                    }
                }
            }
            h1 { (title) }
        }
        p {
            "Duties by the week in which they fell due, and how they stand: whether people were told in time. A number leads to the duties behind it."
        }
        (period_form(filters, period, &faults))
        @if period.is_some() {
            @if shown.is_empty() {
                p.empty {
                    "No duty fell due in these weeks. Duties arise from what courts and the CPS share, and are counted here by when they were due."
                }
            }
            @else {
                @let (from, to) = period.unwrap_or_default();
                (totals(&shown, from, to))
                p {
                    a href=(address_of(filters, period, &filters.kind, "/desk/compliance.csv")) {
                        "Download the numbers by week (CSV)"
                    }
                }
                @if plots {
                    (plot::legend())
                    div.plots.one[one] {
                        @for kind in &shown { (kind_shown(kind, filters, period, one, numbers)) }
                    }
                } @else { p { "Choose one duty in the table, or fewer weeks, to see it week by week." } }
            }
        }
    };
    Ok(Page::new(visitor, &title, Part::Desk, content).status(faults.status()).into_response())
}

/// One kind of duty: its plot, and its numbers where there is room for them.
fn kind_shown(
    kind: &Kind,
    filters: &Filters,
    period: Option<(NaiveDate, NaiveDate)>,
    one: bool,
    numbers: bool,
) -> Markup {
    let (name, own) = (words::plain(&kind.name), address_of(filters, period, &kind.name, "/desk/compliance"));
    html! {
        section.plot {
            h2 { @if one { "Week by week" } @else { a href=(own) { (name) } } }
            (plot::plot(kind))
            @if one { (by_week(kind)) }
            @else if numbers {
                details { summary { "Numbers by week" span.visually-hidden { ": " (name) } } (by_week(kind)) }
            }
        }
    }
}

fn address_of(filters: &Filters, period: Option<(NaiveDate, NaiveDate)>, kind: &str, path: &str) -> String {
    let (from, to) = period.map_or_else(
        || (filters.from.clone(), filters.to.clone()),
        |(from, to)| (from.to_string(), to.to_string()),
    );
    form::address(path, &[("from", &from), ("to", &to), ("kind", kind)])
}

fn period_form(filters: &Filters, period: Option<(NaiveDate, NaiveDate)>, faults: &Faults) -> Markup {
    let (from, to) = period.map_or_else(
        || (filters.from.clone(), filters.to.clone()),
        |(from, to)| (from.to_string(), to.to_string()),
    );
    let posted = filled(&[("from", &from), ("to", &to)]);
    html! {
        form.in-line method="get" action="/desk/compliance" {
            (Input::new("from", "From the week of").required().line("date", &posted, faults))
            (Input::new("to", "to the week of").required().line("date", &posted, faults))
            @if !filters.kind.is_empty() { input type="hidden" name="kind" value=(filters.kind); }
            button type="submit" { "Show" }
        }
    }
}

/// A number that leads to the duties behind it; nought leads nowhere.
fn number(count: i64, to: &str, of: &str) -> Markup {
    html! {
        @if count == 0 { "0" } @else { a href=(to) { (count) span.visually-hidden { " " (of) } } }
    }
}

fn totals(kinds: &[&Kind], from: NaiveDate, to: NaiveDate) -> Markup {
    let (first, last) =
        (london::monday_of(from).to_string(), (london::monday_of(to) + Days::new(6)).to_string());
    html! {
        (page::scrolls("All weeks together", html! {
            table.numbers {
                caption { "All weeks together" }
                thead {
                    tr {
                        th scope="col" { "Duty" }
                        @for state in State::ALL { th scope="col" { (state.sign()) " " (state.words()) } }
                        th scope="col" { "In time (without excused)" }
                    }
                }
                tbody { @for kind in kinds {
                    tr {
                        th scope="row" {
                            a href=(form::address("/desk/compliance", &[("from", &from.to_string()), ("to", &to.to_string()), ("kind", &kind.name)])) {
                                (words::plain(&kind.name))
                            }
                        }
                        @for state in State::ALL {
                            @let list = form::address("/desk/compliance/list", &[("kind", &kind.name), ("from", &first), ("to", &last), ("state", state.word())]);
                            td.number {
                                (number(kind.total(state), &list, &format!("{}, {}", words::plain(&kind.name), state.words().to_lowercase())))
                            }
                        }
                        td.number {
                            (share(kind.total(State::Met), kind.total(State::Late) + kind.total(State::Overdue)))
                        }
                    }
                } }
            }
        }))
    }
}

/// How many of a hundred were told in time, among those who were or should have been told.
fn share(met: i64, not: i64) -> String {
    match met + not {
        0 => "–".to_owned(),
        // Rounded down: "100 %" is said where nobody was told late, and nowhere else.
        all => format!("{} %", met * 100 / all),
    }
}

fn by_week(kind: &Kind) -> Markup {
    html! {
        (page::scrolls(format!("{}, by week", words::plain(&kind.name)), html! {
            table.numbers {
                caption.visually-hidden { (words::plain(&kind.name)) ", by week" }
                thead {
                    tr {
                        th scope="col" { "Week of" }
                        @for state in State::ALL { th scope="col" { (state.sign()) " " (state.words()) } }
                    }
                }
                tbody { @for (week, count) in &kind.weeks {
                    @let day = week.format("%-d %b %Y").to_string();
                    tr {
                        th.day scope="row" { (day) }
                        @for state in State::ALL {
                            @let list = form::address("/desk/compliance/list", &[("kind", &kind.name), ("week", &week.to_string()), ("state", state.word())]);
                            td.number {
                                (number(state.of(count), &list, &format!("{}, week of {day}", state.words().to_lowercase())))
                            }
                        }
                    }
                } }
            }
        }))
    }
}

async fn export(visitor: Visitor, Query(filters): Query<Filters>) -> Response {
    let period = days(&filters, london::date(visitor.now));
    let Ok((from, to)) = period else {
        return page::refused(
            &visitor,
            &Refusal::field("from", "choose a first and a last day, at most 53 weeks apart"),
        );
    };
    let found = match counted(&visitor, from, to).await {
        Ok(found) => found,
        Err(refusal) => return page::refused(&visitor, &refusal),
    };
    let mut rows = vec![["Duty", "Week of"].map(str::to_owned).to_vec()];
    rows[0].extend(State::ALL.map(|state| state.words().to_owned()));
    for kind in kinds(&found, &weeks(from, to))
        .iter()
        .filter(|kind| filters.kind.is_empty() || kind.name == filters.kind)
    {
        for (week, count) in &kind.weeks {
            let mut row = vec![words::plain(&kind.name), week.format("%d/%m/%Y").to_string()];
            row.extend(State::ALL.map(|state| state.of(count).to_string()));
            rows.push(row);
        }
    }
    list::download(&format!("compliance-{from}-to-{to}.csv"), &csv(&rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        clocks::day(text).unwrap()
    }

    #[test]
    fn every_week_has_its_place_even_where_nothing_fell_due() {
        let weeks = weeks(day("2026-11-04"), day("2026-11-23"));
        assert_eq!(weeks, [day("2026-11-02"), day("2026-11-09"), day("2026-11-16"), day("2026-11-23")]);
        let count = pb::ComplianceCount {
            kind: "outcome".into(),
            week: "2026-11-09".into(),
            met: 3,
            ..Default::default()
        };
        let kinds = kinds(&[count], &weeks);
        assert_eq!(kinds.len(), 1);
        assert_eq!(kinds[0].weeks.iter().map(|(_, count)| count.met).collect::<Vec<_>>(), [0, 3, 0, 0]);
        assert_eq!(kinds[0].total(State::Met), 3);
    }

    #[test]
    fn a_hundred_of_a_hundred_is_said_only_where_nobody_was_told_late() {
        assert_eq!(share(0, 0), "–");
        assert_eq!(share(999, 1), "99 %");
        assert_eq!(share(7, 0), "100 %");
    }

    #[test]
    fn a_period_that_cannot_be_counted_is_said_beside_its_day() {
        let today = day("2026-11-24");
        let asked = |from: &str, to: &str| {
            days(&Filters { from: from.into(), to: to.into(), ..Filters::default() }, today)
        };
        assert_eq!(asked("", "").unwrap().0, day("2026-10-05"));
        assert!(asked("2026-11-25", "").unwrap_err().is_about("from"));
        assert!(asked("2020-01-01", "").unwrap_err().is_about("from"));
        assert!(asked("", "31 April").unwrap_err().is_about("to"));
    }
}
