//! A weekly pattern as it is written in a cell: `mon-fri 08:00-16:00; sat,sun 10:00-14:00`.
//!
//! A day is a whole word. A pattern that is guessed at puts somebody on duty who is not there, so that work waits for
//! them unseen.

use crate::domain::staff::Shift;
use chrono::NaiveTime;

/// The days of a week as they are written, short and in full.
const DAYS: [(&str, &str); 7] = [
    ("mon", "monday"),
    ("tue", "tuesday"),
    ("wed", "wednesday"),
    ("thu", "thursday"),
    ("fri", "friday"),
    ("sat", "saturday"),
    ("sun", "sunday"),
];

const EXPECTED: &str = "expected days and hours such as mon-fri 08:00-16:00; sat,sun 10:00-14:00, each day as mon, tue, \
                        wed, thu, fri, sat, sun or its full name";

/// The shifts of a pattern.
///
/// # Errors
/// What is wrong with it and what is expected; never what stands in it.
pub(super) fn shifts(text: &str) -> Result<Vec<Shift>, String> {
    let mut shifts = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let hours_at = part.find(|c: char| c.is_ascii_digit()).ok_or(EXPECTED)?;
        let (days, hours) = part.split_at(hours_at);
        // Days and hours are words of their own: `mon08:00` is a slip somewhere.
        if !days.ends_with(char::is_whitespace) {
            return Err(EXPECTED.to_owned());
        }
        let (starts, ends) = hours.split_once('-').ok_or(EXPECTED)?;
        let (starts, ends) = (time(starts)?, time(ends)?);
        if ends <= starts {
            return Err("a shift must end later than it begins".to_owned());
        }
        for weekday in weekdays(days)? {
            shifts.push(Shift { weekday, starts, ends });
        }
    }
    Ok(shifts)
}

/// Days as a list of single days and of rows of days; each once.
fn weekdays(text: &str) -> Result<Vec<u8>, String> {
    let mut weekdays = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (weekday(first)?, weekday(last)?);
        if last < first {
            return Err("the first day of a row of days comes after the last".to_owned());
        }
        for day in first..=last {
            if weekdays.contains(&day) {
                return Err("a day is named twice for the same hours".to_owned());
            }
            weekdays.push(day);
        }
    }
    Ok(weekdays)
}

fn weekday(text: &str) -> Result<u8, String> {
    let word = text.trim().to_lowercase();
    let place = DAYS.iter().position(|(short, full)| word == *short || word == *full);
    place.and_then(|place| u8::try_from(place + 1).ok()).ok_or_else(|| EXPECTED.to_owned())
}

fn time(text: &str) -> Result<NaiveTime, String> {
    NaiveTime::parse_from_str(text.trim(), "%H:%M").map_err(|_| EXPECTED.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str) -> Result<Vec<u8>, String> {
        Ok(shifts(text)?.into_iter().map(|shift| shift.weekday).collect())
    }

    #[test]
    fn days_are_single_days_rows_and_lists_short_or_in_full() {
        for (text, expected) in [
            ("mon 08:00-16:00", &[1][..]),
            ("Monday - Wednesday 08:00 - 16:00", &[1, 2, 3]),
            ("mon,tue 08:00-16:00", &[1, 2]),
            ("mon-wed, FRI 08:00-16:00; sun 10:00-14:00;", &[1, 2, 3, 5, 7]),
            ("", &[]),
        ] {
            assert_eq!(days(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_day_that_is_no_whole_word_is_told_with_the_expected_form() {
        for text in [
            "monkey-sunset 08:00-16:00",
            "mo 08:00-16:00",
            "mon;tue 08:00-16:00",
            "mon/tue 08:00-16:00",
            "mon, 08:00-16:00",
            "mon tue 08:00-16:00",
            "mon08:00-16:00",
            "08:00-16:00",
            "mon 08:00",
            "mon 08:00-16:00 09:00-10:00",
            "mon 25:00-26:00",
        ] {
            assert_eq!(days(text), Err(EXPECTED.to_owned()), "{text}");
        }
    }

    #[test]
    fn rows_run_forwards_and_shifts_end_on_their_day() {
        assert!(days("fri-mon 08:00-16:00").unwrap_err().contains("comes after"));
        assert!(days("mon 16:00-08:00").unwrap_err().contains("later than it begins"));
        assert!(days("mon-fri,wed 08:00-16:00").unwrap_err().contains("twice"));
    }
}
