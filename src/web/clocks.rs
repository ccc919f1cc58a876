//! Instants and days as people say them: British dates, London time, and how long until a clock runs out.

use crate::domain::london;
use crate::grpc::pb;
use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};
use prost_types::Timestamp;

/// An instant of the contract.
#[must_use]
pub fn instant(at: Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).ok()?)
}

/// The same, where one is given.
#[must_use]
pub fn instant_if(at: Option<&Timestamp>) -> Option<DateTime<Utc>> {
    at.copied().and_then(instant)
}

/// An instant for the contract.
#[must_use]
pub fn timestamp(at: DateTime<Utc>) -> Timestamp {
    let nanos = i32::try_from(at.timestamp_subsec_nanos()).unwrap_or_default();
    Timestamp { seconds: at.timestamp(), nanos }
}

/// A day of the contract.
#[must_use]
pub fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

/// The instant that an address carries in Unix seconds, so that a later page is held against the same one as the first; now
/// where it carries none. Of whole seconds either way.
#[must_use]
pub fn carried(text: &str, now: DateTime<Utc>) -> DateTime<Utc> {
    let at = text.parse().unwrap_or_else(|_| now.timestamp());
    DateTime::from_timestamp(at, 0).unwrap_or(now)
}

/// Where a hearing stands among others by when it is; what has no date comes last.
#[must_use]
pub fn order(when: Option<&pb::When>) -> i64 {
    use pb::when::Kind;
    match when.and_then(|when| when.kind.as_ref()) {
        Some(Kind::At(at)) => at.seconds,
        Some(Kind::WeekOf(monday)) => {
            day(monday).map_or(i64::MAX, |monday| london::start_of_day(monday).timestamp())
        }
        Some(Kind::Unfixed(_)) | None => i64::MAX,
    }
}

/// As an input of a day and a time has it: `2026-11-23T14:05`.
#[must_use]
pub fn typed(at: DateTime<Utc>) -> String {
    london::to_local(at).format("%Y-%m-%dT%H:%M").to_string()
}

/// `Mon 23 Nov 2026, 14:05`.
#[must_use]
pub fn full(at: DateTime<Utc>) -> String {
    london::to_local(at).format("%a %-d %b %Y, %H:%M").to_string()
}

/// The same, where one is given; a dash else.
#[must_use]
pub fn full_if(at: Option<&Timestamp>) -> String {
    instant_if(at).map_or_else(|| "–".to_owned(), full)
}

/// The same near now; empty where there is none.
#[must_use]
pub fn near_if(at: Option<&Timestamp>, now: DateTime<Utc>) -> String {
    instant_if(at).map_or_else(String::new, |at| near(at, now))
}

/// `Mon 23 Nov`, with the year where it is not this one's.
#[must_use]
pub fn short_day(day: NaiveDate, now: DateTime<Utc>) -> String {
    let shape = if day.year() == london::date(now).year() { "%a %-d %b" } else { "%a %-d %b %Y" };
    day.format(shape).to_string()
}

/// A day beside today: "today", "tomorrow", "Mon", "Mon 23 Nov".
#[must_use]
pub fn near_day(day: NaiveDate, now: DateTime<Utc>) -> String {
    match (day - london::date(now)).num_days() {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        2..=6 => day.format("%a").to_string(),
        _ => short_day(day, now),
    }
}

/// An instant beside now: "14:05", "tomorrow 09:00", "Mon 23 Nov 09:00". The end of a day is told as the day alone.
#[must_use]
pub fn near(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let (day, time) = (london::date(at), london::time_of_day(at));
    let is_end = time.format("%H:%M").to_string() == "23:59";
    match (is_end, day == london::date(now)) {
        (true, _) => near_day(day, now),
        (false, true) => time.format("%H:%M").to_string(),
        (false, false) => format!("{} {}", near_day(day, now), time.format("%H:%M")),
    }
}

/// The half of a day in which a call is to be tried: "this morning", "tomorrow afternoon", "Mon 23 Nov, morning".
#[must_use]
pub fn half(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let half = match london::Half::of(at) {
        london::Half::Am => "morning",
        london::Half::Pm => "afternoon",
    };
    match (london::date(at) - london::date(now)).num_days() {
        0 => format!("this {half}"),
        1 => format!("tomorrow {half}"),
        _ => format!("{} {half}", near_day(london::date(at), now)),
    }
}

/// How long: "5 min", "3 h", "2 days".
#[must_use]
pub fn long(span: TimeDelta) -> String {
    let minutes = span.num_minutes().max(0);
    match minutes {
        0 => "less than a minute".to_owned(),
        1..=89 => format!("{minutes} min"),
        90..=2_159 => format!("{} h", (minutes + 30) / 60),
        _ => format!("{} days", (minutes + 720) / 1_440),
    }
}

/// How pressing a clock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Press {
    /// There is time.
    Calm,
    /// It runs out today.
    Soon,
    /// It has run out.
    Over,
}

/// One clock in words: "target in 3 h", "due Mon", "overdue since Fri 20 Nov".
#[must_use]
pub fn clock(name: &str, at: DateTime<Utc>, now: DateTime<Utc>) -> (String, Press) {
    if at <= now {
        let words = match name {
            "due" => format!("overdue since {}", near(at, now)),
            _ => format!("{name} passed {}", near(at, now)),
        };
        return (words, Press::Over);
    }
    let left = at - now;
    if left < TimeDelta::hours(12) {
        return (format!("{name} in {}", long(left)), Press::Soon);
    }
    let press = if london::date(at) == london::date(now) { Press::Soon } else { Press::Calm };
    (format!("{name} {}", near(at, now)), press)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        london::parse(text).unwrap()
    }

    #[test]
    fn a_clock_says_how_long_it_has_and_how_pressing_it_is() {
        let now = at("2026-11-24T09:00");
        for (clock_at, words, press) in [
            ("2026-11-24T12:00", "due in 3 h", Press::Soon),
            ("2026-11-24T23:59:59", "due today", Press::Soon),
            ("2026-11-25T23:59:59", "due tomorrow", Press::Calm),
            ("2026-11-27T23:59:59", "due Fri", Press::Calm),
            ("2027-01-05T15:00", "due Tue 5 Jan 2027 15:00", Press::Calm),
            ("2026-11-23T23:59:59", "overdue since yesterday", Press::Over),
        ] {
            assert_eq!(clock("due", at(clock_at), now), (words.to_owned(), press), "{clock_at}");
        }
        assert_eq!(clock("target", at("2026-11-24T08:00"), now).0, "target passed 08:00");
    }

    #[test]
    fn a_call_is_tried_in_a_half_of_a_day() {
        let now = at("2026-11-24T09:00");
        assert_eq!(half(at("2026-11-24T14:00"), now), "this afternoon");
        assert_eq!(half(at("2026-11-25T09:00"), now), "tomorrow morning");
    }

    #[test]
    fn hearings_without_a_date_come_last() {
        use pb::when::Kind;
        let when = |kind| pb::When { kind: Some(kind) };
        let at = when(Kind::At(Timestamp { seconds: 2_000_000_000, nanos: 0 }));
        let week = when(Kind::WeekOf("2026-11-23".to_owned()));
        let unfixed = when(Kind::Unfixed(pb::Unfixed {}));
        assert!(order(Some(&week)) < order(Some(&at)) && order(Some(&at)) < order(Some(&unfixed)));
    }
}
