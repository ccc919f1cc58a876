//! Dates of birth as people say them: with the month in figures or as a word, and the year with two figures or four.
//!
//! Whoever types what a caller says has no time for a form of dates; and what is read wrongly would cost a try of theirs.

use chrono::{Datelike as _, NaiveDate};

/// The months, by what each begins with.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// Letters by which a month is known.
const MONTH_LETTERS: usize = 3;
/// Nobody is older: what lies before was mistyped.
const YEARS_MAX: i32 = 130;
/// A year of two figures is of the last century where they would be younger.
const YEARS_MIN: u32 = 10;

/// A date of birth as the British say it, or as ISO 8601 writes it; none where it cannot be read or has not come yet.
#[must_use]
pub(in crate::web::pages) fn born(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let text = text.trim().to_lowercase();
    let parts: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty() && *part != "of").collect();
    let [first, second, third] = parts[..] else { return None };
    let read = if first.len() == 4 && figures(first).is_some() {
        NaiveDate::from_ymd_opt(figures(first)?, month(second)?, figures(third)?.try_into().ok()?)
    } else {
        // The month may be said first only where it is a word.
        let (day, of) = if month_word(first).is_some() { (second, first) } else { (first, second) };
        let day: u32 = figures(without_ordinal(day))?.try_into().ok()?;
        let year = figures(third)?;
        match third.len() {
            4 => NaiveDate::from_ymd_opt(year, month(of)?, day),
            2 => of_two_figures(year, month(of)?, day, today),
            _ => None,
        }
    };
    read.filter(|day| *day <= today && today.year() - day.year() <= YEARS_MAX)
}

/// A day of a year of two figures: of this century, unless that is still to come or makes them a small child.
fn of_two_figures(year: i32, month: u32, day: u32, today: NaiveDate) -> Option<NaiveDate> {
    let old_enough = |day: &NaiveDate| today.years_since(*day).is_some_and(|years| years >= YEARS_MIN);
    let of = |century: i32| NaiveDate::from_ymd_opt(century + year, month, day);
    of(2000).filter(old_enough).or_else(|| of(1900))
}

fn figures(text: &str) -> Option<i32> {
    text.chars().all(|c| c.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// `23rd` as `23`.
fn without_ordinal(text: &str) -> &str {
    ["st", "nd", "rd", "th"].iter().find_map(|ending| text.strip_suffix(ending)).unwrap_or(text)
}

fn month(text: &str) -> Option<u32> {
    month_word(text).or_else(|| figures(text)?.try_into().ok())
}

fn month_word(text: &str) -> Option<u32> {
    let text = if text == "sept" { "sep" } else { text };
    let nth = MONTHS.iter().position(|name| text.len() >= MONTH_LETTERS && name.starts_with(text))?;
    u32::try_from(nth + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        born(text, NaiveDate::from_ymd_opt(2026, 11, 24)?).map(|day| day.to_string())
    }

    #[test]
    fn a_date_of_birth_is_read_as_people_say_it() {
        for (text, day) in [
            ("18/4/85", "1985-04-18"),
            ("8 4 1985", "1985-04-08"),
            ("23 April 1985", "1985-04-23"),
            ("3 Apr 85", "1985-04-03"),
            ("04.04.1985", "1985-04-04"),
            ("23rd of April, 1985", "1985-04-23"),
            ("April 23 1985", "1985-04-23"),
            ("8-4-1985", "1985-04-08"),
            ("9 Sept 1985", "1985-09-09"),
            ("1985-04-18", "1985-04-18"),
        ] {
            assert_eq!(read(text).as_deref(), Some(day), "{text}");
        }
    }

    #[test]
    fn a_year_of_two_figures_is_never_to_come_and_makes_nobody_a_small_child() {
        assert_eq!(read("1/1/30").as_deref(), Some("1930-01-01"));
        assert_eq!(read("24/11/16").as_deref(), Some("2016-11-24"));
        assert_eq!(read("25/11/16").as_deref(), Some("1916-11-25"));
        assert_eq!(read("1/1/05").as_deref(), Some("2005-01-01"));
    }

    #[test]
    fn what_cannot_be_a_date_of_birth_is_not_read() {
        for text in ["", "1985", "31/2/1985", "18/4/085", "18/4/0085", "25/11/2026", "x/4/1985", "18 Ma 1985"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
