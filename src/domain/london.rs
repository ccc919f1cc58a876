//! Europe/London: the one place where wall-clock time and instants meet.
//!
//! usher stores and compares instants in UTC, but people, courts and the Victims' Code speak London time, where
//! one hour a year is missing and one happens twice. Two decisions are made here once, for everybody: a local time
//! in the spring gap means the first instant after it, and a doubled autumn time means the first of the two, so
//! that nothing is skipped and nothing fires twice. No function here panics, whatever it is given.

use std::fmt;

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta};
use chrono::{MappedLocalTime, TimeZone, Timelike, Utc};
use chrono_tz::Europe::London;
use serde::{Deserialize, Serialize};

/// A point in time. UTC inside, Europe/London wherever a person reads it.
pub type Instant = DateTime<Utc>;

/// The last second of a London day, 23:59:59: where "by the end of the day" ends.
pub const LAST_SECOND: NaiveTime = NaiveTime::from_hms_opt(23, 59, 59).expect("23:59:59 is a time of day");

/// Noon, where the day is split into its two [halves](Half).
pub const NOON: NaiveTime = NaiveTime::from_hms_opt(12, 0, 0).expect("12:00 is a time of day");

/// The instant at which London clocks show `local`: in the spring gap the first instant after it, for a doubled
/// autumn time the first of the two.
pub fn from_local(local: NaiveDateTime) -> Instant {
    match London.from_local_datetime(&local) {
        MappedLocalTime::Single(at) => at.to_utc(),
        MappedLocalTime::Ambiguous(one, other) => one.to_utc().min(other.to_utc()),
        MappedLocalTime::None => first_after_gap(local),
    }
}

/// What London clocks show at `at`.
pub fn to_local(at: Instant) -> NaiveDateTime {
    let utc = at.naive_utc();
    // At the very edge of chrono's range the sum does not exist; an hour's error there harms nobody.
    utc.checked_add_offset(offset(at)).unwrap_or(utc)
}

/// The London date of an instant.
pub fn date(at: Instant) -> NaiveDate {
    to_local(at).date()
}

/// The London time of day of an instant.
pub fn time_of_day(at: Instant) -> NaiveTime {
    to_local(at).time()
}

/// The Monday of a day's week.
#[must_use]
pub fn monday_of(day: NaiveDate) -> NaiveDate {
    let since = u64::from(day.weekday().num_days_from_monday());
    day.checked_sub_days(Days::new(since)).unwrap_or(day)
}

/// The first instant of a London day.
pub fn start_of_day(day: NaiveDate) -> Instant {
    from_local(day.and_time(NaiveTime::MIN))
}

/// 23:59:59 London time of a day: what every `end of …` deadline means.
pub fn end_of_day(day: NaiveDate) -> Instant {
    from_local(day.and_time(LAST_SECOND))
}

/// London's distance from UTC at `at`: nothing in winter, an hour in summer.
pub fn offset(at: Instant) -> FixedOffset {
    London.offset_from_utc_datetime(&at.naive_utc()).fix()
}

/// `GMT` or `BST`, whichever London clocks show at `at`.
pub fn zone_name(at: Instant) -> &'static str {
    if offset(at).local_minus_utc() == 0 { "GMT" } else { "BST" }
}

/// RFC 3339 with London's offset, `2027-01-05T23:59:59+00:00`; fractions of a second only where there are any.
pub fn rfc3339(at: Instant) -> String {
    format!("{}{}", to_local(at).format("%Y-%m-%dT%H:%M:%S%.f"), offset(at))
}

/// For people: `Mon 23 Nov 2026 23:59`, London time.
pub fn human(at: Instant) -> String {
    to_local(at).format("%a %-d %b %Y %H:%M").to_string()
}

/// For people who must see which side of a clock change they are on: `Sun 28 Mar 2027 15:00 BST`. Seconds show
/// where there are any, so that an end of day reads 23:59:59.
pub fn human_with_zone(at: Instant) -> String {
    let local = to_local(at);
    let shape = if local.second() == 0 { "%a %-d %b %Y %H:%M" } else { "%a %-d %b %Y %H:%M:%S" };
    format!("{} {}", local.format(shape), zone_name(at))
}

/// For people: `Mon 23 Nov 2026`.
pub fn human_date(day: NaiveDate) -> String {
    day.format("%a %-d %b %Y").to_string()
}

/// For readers of letters and mails: `Monday 23 November 2026`.
pub fn written_date(day: NaiveDate) -> String {
    day.format("%A %-d %B %Y").to_string()
}

/// An instant from text: RFC 3339 (`2026-12-24T15:00:00Z`), or London wall-clock time without an offset
/// (`2026-12-24T15:00`, `2026-12-24 15:00:30`).
///
/// # Errors
/// [`NotAnInstant`] where the text is neither. The text itself is not repeated: it may be a field filled in wrongly.
pub fn parse(text: &str) -> Result<Instant, NotAnInstant> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.to_utc());
    }
    if let Ok(at) = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z") {
        return Ok(at.to_utc());
    }
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S%.f"]
        .iter()
        .find_map(|shape| NaiveDateTime::parse_from_str(text, shape).ok())
        .map(from_local)
        .ok_or(NotAnInstant)
}

/// The text is neither a London wall-clock time nor RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a date and time: write London time as 2026-12-24T15:00, or RFC 3339 with an offset as 2026-12-24T15:00:00Z"
)]
pub struct NotAnInstant;

/// Half of a day, split at noon: whoever does not answer in one half is tried in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    /// Before 12:00 London time.
    Am,
    /// From 12:00 London time on.
    Pm,
}

impl Half {
    /// The half of the London day in which `at` lies.
    pub fn of(at: Instant) -> Half {
        if time_of_day(at) < NOON { Half::Am } else { Half::Pm }
    }

    /// The half in which to try again.
    pub fn other(self) -> Half {
        match self {
            Half::Am => Half::Pm,
            Half::Pm => Half::Am,
        }
    }
}

impl fmt::Display for Half {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Half::Am => "morning",
            Half::Pm => "afternoon",
        })
    }
}

/// Halves the hours around a gap until they close on its end: gaps are found, not assumed to be an hour long.
fn first_after_gap(local: NaiveDateTime) -> Instant {
    let guess = local.and_utc();
    let reach = TimeDelta::hours(3);
    let (Some(mut before), Some(mut after)) =
        (guess.checked_sub_signed(reach), guess.checked_add_signed(reach))
    else {
        return guess; // the edge of chrono's range, thousands of centuries away
    };
    while after - before > TimeDelta::seconds(1) {
        let middle = before + (after - before) / 2;
        if to_local(middle) < local { before = middle } else { after = middle }
    }
    // Clocks change on whole seconds, and `after` is less than one second past the change.
    DateTime::from_timestamp(after.timestamp(), 0).unwrap_or(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn local(text: &str) -> Instant {
        parse(text).unwrap()
    }

    #[test]
    fn a_time_in_the_spring_gap_is_the_first_instant_after_it() {
        for text in ["2026-03-29T01:00", "2026-03-29T01:30", "2026-03-29T01:59:59", "2026-03-29T01:30:00.250"]
        {
            assert_eq!(rfc3339(local(text)), "2026-03-29T02:00:00+01:00", "{text}");
        }
        assert_eq!(rfc3339(local("2026-03-29T00:59:59")), "2026-03-29T00:59:59+00:00");
        assert_eq!(rfc3339(local("2026-03-29T02:00")), "2026-03-29T02:00:00+01:00");
    }

    #[test]
    fn a_doubled_time_is_the_first_of_the_two() {
        assert_eq!(rfc3339(local("2026-10-25T01:30")), "2026-10-25T01:30:00+01:00");
        assert_eq!(rfc3339(local("2026-10-25T02:00")), "2026-10-25T02:00:00+00:00");
    }

    #[test]
    fn the_day_ends_at_the_last_second_of_the_london_day() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(rfc3339(end_of_day(day("2026-07-01"))), "2026-07-01T23:59:59+01:00");
        assert_eq!(rfc3339(start_of_day(day("2026-07-01"))), "2026-07-01T00:00:00+01:00");
        let hours = |text: &str| (end_of_day(day(text)) - start_of_day(day(text))).num_minutes() / 60;
        assert_eq!((hours("2026-03-29"), hours("2026-10-25"), hours("2026-10-26")), (22, 24, 23));
    }

    #[test]
    fn a_summer_evening_belongs_to_the_london_day() {
        let late = "2026-06-30T23:30:00Z".parse().unwrap();
        assert_eq!(human_date(date(late)), "Wed 1 Jul 2026");
        assert_eq!(human_with_zone(late), "Wed 1 Jul 2026 00:30 BST");
        assert_eq!(human(local("2026-11-23T23:59:59")), "Mon 23 Nov 2026 23:59");
    }

    #[test]
    fn text_is_london_time_unless_it_says_otherwise() {
        for text in [
            "2026-06-24T15:00",
            "2026-06-24 15:00",
            " 2026-06-24T15:00:00 ",
            "2026-06-24T14:00:00Z",
            "2026-06-24T15:00:00+01:00",
            "2026-06-24T15:00+01:00",
        ] {
            assert_eq!(rfc3339(local(text)), "2026-06-24T15:00:00+01:00", "{text}");
        }
        for text in ["", "2026-06-24", "24/06/2026 15:00", "2026-06-31T10:00", "tomorrow"] {
            assert_eq!(parse(text), Err(NotAnInstant), "{text}");
        }
    }

    #[test]
    fn noon_belongs_to_the_afternoon() {
        assert_eq!(Half::of(local("2026-06-24T11:59:59")), Half::Am);
        assert_eq!(Half::of(local("2026-06-24T12:00")), Half::Pm);
        assert_eq!(Half::Am.other(), Half::Pm);
    }

    #[test]
    fn the_edges_of_time_do_not_panic() {
        for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            let _ = (to_local(at), human(at), human_with_zone(at), rfc3339(at), from_local(at.naive_utc()));
        }
        for day in [NaiveDate::MIN, NaiveDate::MAX] {
            let _ = (start_of_day(day), end_of_day(day), human_date(day));
        }
    }

    proptest! {
        #[test]
        fn going_to_local_time_and_back_loses_at_most_the_doubled_hour(seconds in 0i64..4_000_000_000) {
            let at = DateTime::from_timestamp(seconds, 0).unwrap();
            let back = from_local(to_local(at));
            prop_assert!(back == at || back == at - TimeDelta::hours(1));
            prop_assert_eq!(to_local(back), to_local(at));
        }

        #[test]
        fn what_is_rendered_is_read_back(millis in 0i64..4_000_000_000_000) {
            let at = DateTime::from_timestamp_millis(millis).unwrap();
            prop_assert_eq!(parse(&rfc3339(at)), Ok(at));
        }

        #[test]
        fn parsing_never_panics(text in ".{0,40}") {
            let _ = parse(&text);
        }
    }
}
