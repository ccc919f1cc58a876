//! A month as a table of weeks, and a week as columns. A cell shows the first few lines of its day and says how many more
//! there are, so that a full day stays readable.

use super::line::{Lines, Place, Told, colour, place, rank};
use super::{Shown, View, this_week};
use crate::domain::london;
use crate::grpc::pb;
use crate::web::page;
use chrono::{Datelike as _, NaiveDate, Weekday};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Lines in a cell of a month.
const CELL_MAX: usize = 4;
/// Lines in a column of a week.
const COLUMN_MAX: usize = 14;

/// Lines by where they stand, what will be heard before what is over or off.
fn placed<'a>(lines: &Lines<'a>) -> BTreeMap<Place, Vec<&'a pb::DiaryLine>> {
    let mut placed: BTreeMap<Place, Vec<&pb::DiaryLine>> = BTreeMap::new();
    for line in lines.all {
        placed.entry(place(line)).or_default().push(line);
    }
    for lines in placed.values_mut() {
        lines.sort_by_key(|line| rank(line));
    }
    placed
}

/// A month: a row a week, a column a day, and in front what is listed for the week alone.
#[must_use]
pub(super) fn month(
    shown: &Shown,
    lines: &Lines<'_>,
    span: (NaiveDate, NaiveDate),
    today: NaiveDate,
) -> Markup {
    let placed = placed(lines);
    // Courts seldom sit at weekends: where nothing is on any, they are narrow.
    let free = |day: NaiveDate| {
        is_weekend(day)
            && !placed.keys().any(|place| matches!(place, Place::Day(of) if of.weekday() == day.weekday()))
    };
    let weeks = span.0.iter_weeks().take_while(|monday| *monday <= span.1);
    html! {
        (page::scrolls("The month", html! {
            table.month .with-weeks[placed.keys().any(|place| matches!(place, Place::Week(_)))] {
                caption.visually-hidden { "The diary of " (shown.day.format("%B %Y")) ", a row a week" }
                thead { tr {
                    th scope="col" { "Week" }
                    @for day in span.0.iter_days().take(7) {
                        th scope="col" .narrow[free(day)] { (day.format("%a")) span.visually-hidden { (rest_of_name(day)) } }
                    }
                } }
                tbody { @for monday in weeks {
                    tr {
                        th.week scope="row" {
                            a href=(shown.address(View::Week, monday)) { span.visually-hidden { "Week of " } (monday.format("%-d %b")) }
                            (few(shown, lines, placed.get(&Place::Week(monday)), View::Week, monday))
                        }
                        @for day in monday.iter_days().take(7) {
                            td.other[day.month() != shown.day.month()].today[day == today] {
                                a.day href=(shown.address(View::Day, day)) aria-label=(london::written_date(day))
                                    aria-current=[(day == today).then_some("date")] { (day.day()) }
                                (few(shown, lines, placed.get(&Place::Day(day)), View::Day, day))
                            }
                        }
                    }
                } }
            }
        }))
    }
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// What is left of a weekday's name after its first three letters.
fn rest_of_name(day: NaiveDate) -> String {
    day.format("%A").to_string().chars().skip(3).collect()
}

/// The first few lines of a cell, and how many more there are where.
fn few(
    shown: &Shown,
    lines: &Lines<'_>,
    of: Option<&Vec<&pb::DiaryLine>>,
    view: View,
    day: NaiveDate,
) -> Markup {
    let Some(of) = of else { return html! {} };
    html! {
        ul.entries { @for line in of.iter().take(CELL_MAX) { (lines.line(line, Told::Briefly)) } }
        (more(&of[of.len().min(CELL_MAX)..], &shown.address(view, day), day))
    }
}

/// How many more there are, and how many of these need somebody.
fn more(rest: &[&pb::DiaryLine], address: &str, day: NaiveDate) -> Markup {
    let red = rest.iter().filter(|line| colour(line) == "red").count();
    html! {
        @if !rest.is_empty() {
            a.more href=(address) {
                (rest.len()) " more"
                @if red > 0 { ", " (red) " with a problem" }
                span.visually-hidden { ", " (london::written_date(day)) }
            }
        }
    }
}

/// A week: a column a day, and above them what is listed for the week alone.
#[must_use]
pub(super) fn week(shown: &Shown, lines: &Lines<'_>, monday: NaiveDate, today: NaiveDate) -> Markup {
    let placed = placed(lines);
    let days: Vec<NaiveDate> = monday.iter_days().take(7).collect();
    let free = |day: &NaiveDate| !placed.contains_key(&Place::Day(*day));
    html! {
        @if let Some(week) = placed.get(&Place::Week(monday)) { (this_week(lines, week)) }
        (page::scrolls("The week", html! {
            table.week {
                caption.visually-hidden { "The diary of the week of " (monday.format("%-d %B %Y")) ", a column a day" }
                thead { tr { @for day in &days {
                    th scope="col" .today[*day == today] .narrow[is_weekend(*day) && free(day)] {
                        a href=(shown.address(View::Day, *day)) aria-current=[(*day == today).then_some("date")] { (day.format("%a %-d %b")) }
                    }
                } } }
                tbody { tr { @for day in &days {
                    td.today[*day == today] {
                        @match placed.get(&Place::Day(*day)) {
                            None => span.visually-hidden { "Nothing" },
                            Some(of) => {
                                ul.entries { @for line in of.iter().take(COLUMN_MAX) { (lines.line(line, Told::Fully)) } }
                                (more(&of[of.len().min(COLUMN_MAX)..], &shown.address(View::Day, *day), *day))
                            }
                        }
                    }
                } } }
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_cell_says_how_many_more_there_are_and_how_many_need_somebody() {
        let line =
            |colour: pb::DiaryColour| pb::DiaryLine { colour: colour as i32, ..pb::DiaryLine::default() };
        let (red, grey) = (line(pb::DiaryColour::Red), line(pb::DiaryColour::Grey));
        let day = "2026-11-23".parse().unwrap();
        let shown = more(&[&red, &grey, &grey], "/calendar", day).into_string();
        assert!(shown.contains("3 more, 1 with a problem"), "{shown}");
        assert!(more(&[], "/calendar", day).into_string().is_empty());
    }
}
