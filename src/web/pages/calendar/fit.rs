//! Whether a time suits an appointment: what speaks against it is said once before it is saved, and whoever means it saves
//! it all the same.

use crate::domain::london;
use crate::grpc::pb;
use crate::web::form::Posted;
use chrono::{DateTime, Datelike as _, TimeDelta, Utc, Weekday};
use maud::{Markup, html};

/// The field that says which time is meant in spite of what speaks against it.
const MEANT: &str = "meant";

/// The time, how long and whose, as they were filled in: what is meant is meant for just that.
fn filled(posted: &Posted) -> String {
    format!("{}|{}|{}", posted.get("at"), posted.get("minutes"), posted.get("staff"))
}

/// Whether whoever fills in the form means this time, having read what speaks against it.
#[must_use]
pub(super) fn is_meant(posted: &Posted) -> bool {
    posted.get(MEANT) == filled(posted)
}

/// What speaks against a time, for whoever is to keep it.
#[must_use]
pub(super) fn doubts(at: DateTime<Utc>, minutes: i32, keeper: Option<&pb::Staff>) -> Vec<String> {
    let (day, local) = (london::date(at), london::to_local(at));
    let mut doubts = Vec::new();
    if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
        doubts.push(format!("{} is a {}", day.format("%-d %B %Y"), day.format("%A")));
    }
    let Some(keeper) = keeper.filter(|keeper| !keeper.shifts.is_empty()) else { return doubts };
    let weekday = i32::try_from(day.weekday().number_from_monday()).unwrap_or_default();
    let shifts: Vec<&pb::Shift> = keeper.shifts.iter().filter(|shift| shift.weekday == weekday).collect();
    if shifts.is_empty() {
        doubts.push(format!("{} does not work on a {}", keeper.name, day.format("%A")));
        return doubts;
    }
    let ends = local + TimeDelta::minutes(i64::from(minutes));
    let clock = |at: &str| local.format("%H:%M").to_string().as_str() >= at;
    let is_within = |shift: &&pb::Shift| {
        clock(&shift.starts)
            && ends.date() == local.date()
            && ends.format("%H:%M").to_string() <= shift.ends
            && !clock(&shift.ends)
    };
    if !shifts.iter().any(is_within) {
        let hours: Vec<String> =
            shifts.iter().map(|shift| format!("{} to {}", shift.starts, shift.ends)).collect();
        doubts.push(format!("{} works from {} on that day", keeper.name, hours.join(" and from ")));
    }
    doubts
}

/// What speaks against the time, on top of the form.
#[must_use]
pub(super) fn told(doubts: &[String]) -> Markup {
    html! {
        @if !doubts.is_empty() {
            div.warning role="alert" tabindex="-1" autofocus {
                p { strong { "Nothing is saved yet." } " Look at the time again, or save it all the same at the end of the form." }
                ul { @for doubt in doubts { li { (doubt) "." } } }
            }
        }
    }
}

/// The button that saves in spite of it.
#[must_use]
pub(super) fn all_the_same(doubts: &[String], posted: &Posted) -> Markup {
    html! {
        @if !doubts.is_empty() {
            button type="submit" name=(MEANT) value=(filled(posted)) { "Save all the same" }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeper() -> pb::Staff {
        let shift = |weekday| pb::Shift { weekday, starts: "08:00".into(), ends: "16:00".into() };
        pb::Staff { name: "Ann Example".into(), shifts: vec![shift(1), shift(2)], ..pb::Staff::default() }
    }

    fn of(at: &str, minutes: i32) -> Vec<String> {
        doubts(london::parse(at).unwrap(), minutes, Some(&keeper()))
    }

    #[test]
    fn a_weekend_a_free_day_and_an_hour_outside_the_shift_are_doubted() {
        assert!(of("2026-11-23T08:00", 60).is_empty() && of("2026-11-23T15:00", 60).is_empty());
        assert_eq!(of("2026-11-23T15:30", 60), ["Ann Example works from 08:00 to 16:00 on that day"]);
        assert_eq!(of("2026-11-23T16:00", 0).len(), 1);
        assert_eq!(of("2026-11-25T10:00", 0), ["Ann Example does not work on a Wednesday"]);
        assert_eq!(of("2026-11-28T10:00", 0).len(), 2);
        assert_eq!(doubts(london::parse("2026-11-25T10:00").unwrap(), 0, None), Vec::<String>::new());
    }

    #[test]
    fn what_is_meant_is_meant_for_the_time_that_was_doubted() {
        let mut posted = Posted::parse("at=2026-11-28T10:00&minutes=&staff=a");
        assert!(!is_meant(&posted));
        posted.set(MEANT, filled(&posted));
        assert!(is_meant(&posted));
        posted.set("at", "2026-11-29T10:00");
        assert!(!is_meant(&posted));
    }
}
