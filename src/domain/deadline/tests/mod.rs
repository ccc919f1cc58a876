//! The deadline engine against the domain reference's vectors, the odd days of the year, and a slow oracle.

mod grammar;
mod properties;
mod sentences;
mod vectors;

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};

use super::*;
use crate::domain::calendar::Calendar;
use crate::domain::london::{self, Instant, rfc3339};

const CALENDAR: &str = include_str!("../../../../config/packs/england-and-wales/calendar.json");

fn calendar() -> Calendar {
    Calendar::parse(CALENDAR).unwrap()
}

fn limits() -> BTreeMap<String, Amount> {
    [("enhanced_outcome_target", "24 hours"), ("other_outcome_due", "5 working days"), ("listing", "4 weeks")]
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.parse().unwrap()))
        .collect()
}

fn parse(text: &str) -> Deadline {
    Deadline::parse(text, &limits()).unwrap_or_else(|error| panic!("{}", error.excerpt(text)))
}

fn at(text: &str) -> Instant {
    london::parse(text).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn time(text: &str) -> NaiveTime {
    text.parse().unwrap()
}

/// One situation: a unit open 08:00–18:00 on weekdays, an early shift 07:00–15:00 there, and named anchors.
struct Situation {
    calendar: Calendar,
    unit_hours: WeeklyHours,
    shifts: Option<WeeklyHours>,
    anchors: BTreeMap<&'static str, Anchor>,
}

impl Situation {
    fn new() -> Situation {
        Situation {
            calendar: calendar(),
            unit_hours: WeeklyHours::monday_to_friday(time("08:00:00"), time("18:00:00")),
            shifts: Some(WeeklyHours::monday_to_friday(time("07:00:00"), time("15:00:00"))),
            anchors: BTreeMap::new(),
        }
    }

    fn with(mut self, name: &'static str, anchor: Anchor) -> Situation {
        self.anchors.insert(name, anchor);
        self
    }

    fn reckon(&self, text: &str) -> Result<Reckoned, ReckonError> {
        let anchors = |name: &str| self.anchors.get(name).copied().unwrap_or(Anchor::Missing);
        let with = Reckoning {
            calendar: &self.calendar,
            unit_hours: &self.unit_hours,
            shifts: self.shifts.as_ref().map(|shifts| shifts as &dyn Hours),
            anchors: &anchors,
        };
        let deadline = parse(text);
        let reckoned = deadline.reckon(&with);
        assert_eq!(
            deadline.due(&with),
            reckoned.clone().map(|reckoned| reckoned.due),
            "{text}: the fast way differs"
        );
        reckoned
    }

    fn due(&self, text: &str) -> String {
        match self.reckon(text).unwrap().due {
            Due::At(at) => rfc3339(at),
            waits => waits.to_string(),
        }
    }

    fn steps(&self, text: &str) -> String {
        let steps = self.reckon(text).unwrap().steps;
        steps.iter().map(|step| format!("{step}\n")).collect()
    }
}

/// Everything is anchored at one moment, as `usher pack when … --at` does it.
fn from(text: &str) -> Situation {
    let moment = Anchor::At(at(text));
    Situation::new().with("received", moment).with("hearing", moment).with("now", moment)
}
