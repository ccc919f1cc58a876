//! The filters and tests that templates may use. There are no others.
//!
//! Dates are London dates. `date`, `day_and_time`, `on` and `by` take an instant, a day, or a listing: of a listing of which only
//! the week is known they say the week, and of one without a date that it is still to be fixed.

use crate::domain::london::{self, Instant, written_date};
use chrono::{DateTime, NaiveDate};
use minijinja::{Environment, Error, ErrorKind, Value};

/// Every filter's name.
pub(super) const FILTERS: [&str; 8] =
    ["date", "born", "time", "day_and_time", "on", "by", "listed", "length"];
/// Every test's name.
pub(super) const TESTS: [&str; 1] = ["none"];

pub(super) const NO_TIME: &str = "no time of day is fixed: put `if ….at` around it";
pub(super) const NOT_A_DATE: &str =
    "date, time, day_and_time, on and by take an instant, a day or a hearing's listing";
pub(super) const NOT_A_DAY: &str = "born takes a day";
pub(super) const NOT_A_LIST: &str = "listed and length take a list";

/// Adds them to an environment.
pub(super) fn add_to(environment: &mut Environment<'static>) {
    environment.add_filter("date", date);
    environment.add_filter("born", born);
    environment.add_filter("time", time);
    environment.add_filter("day_and_time", day_and_time);
    environment.add_filter("on", on);
    environment.add_filter("by", by);
    environment.add_filter("listed", listed);
    environment.add_filter("length", length);
    environment.add_test("none", minijinja::tests::is_none);
}

/// A point in time as exactly as it is known.
enum Moment {
    At(Instant),
    Day(NaiveDate),
    Week(NaiveDate),
    Unfixed,
}

fn moment(value: &Value) -> Result<Moment, Error> {
    let wrong = || Error::new(ErrorKind::InvalidOperation, NOT_A_DATE);
    if let Some(text) = value.as_str() {
        return match (DateTime::parse_from_rfc3339(text), text.parse()) {
            (Ok(at), _) => Ok(Moment::At(at.to_utc())),
            (Err(_), Ok(day)) => Ok(Moment::Day(day)),
            (Err(_), Err(_)) => Err(wrong()),
        };
    }
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    if value.is_none() {
        return Err(Error::new(ErrorKind::InvalidOperation, super::value::ABSENT));
    }
    let (at, week) = (value.get_attr("at")?, value.get_attr("week_of")?);
    if at.is_undefined() || week.is_undefined() {
        return Err(wrong());
    }
    match (at.as_str(), week.as_str()) {
        (Some(_), _) => moment(&at),
        (None, Some(monday)) => Ok(Moment::Week(monday.parse().map_err(|_| wrong())?)),
        (None, None) => Ok(Moment::Unfixed),
    }
}

fn date(value: &Value) -> Result<String, Error> {
    Ok(match moment(value)? {
        Moment::At(at) => written_date(london::date(at)),
        Moment::Day(on) => written_date(on),
        Moment::Week(monday) => format!("the week beginning {}", written_date(monday)),
        Moment::Unfixed => "a date to be fixed".to_owned(),
    })
}

/// A date of birth, as it is said: `24 April 1985`.
fn born(value: &Value) -> Result<String, Error> {
    match moment(value)? {
        Moment::Day(on) => Ok(on.format("%-d %B %Y").to_string()),
        _ => Err(Error::new(ErrorKind::InvalidOperation, NOT_A_DAY)),
    }
}

fn time(value: &Value) -> Result<String, Error> {
    match moment(value)? {
        Moment::At(at) => Ok(london::to_local(at).format("%H:%M").to_string()),
        Moment::Day(_) | Moment::Week(_) | Moment::Unfixed => {
            Err(Error::new(ErrorKind::InvalidOperation, NO_TIME))
        }
    }
}

fn day_and_time(value: &Value) -> Result<String, Error> {
    match moment(value)? {
        Moment::At(at) => Ok(format!("{} at {}", written_date(london::date(at)), time(value)?)),
        Moment::Day(_) | Moment::Week(_) | Moment::Unfixed => date(value),
    }
}

/// A date as it stands in a sentence: `on Monday 23 November 2026 at 10:00`, `in the week beginning …`.
fn on(value: &Value) -> Result<String, Error> {
    let preposition = if let Moment::Week(_) = moment(value)? { "in" } else { "on" };
    Ok(format!("{preposition} {}", day_and_time(value)?))
}

/// A deadline as it stands in a sentence: `by Monday 23 November 2026 at 16:10`, `by the end of Monday 23 November 2026`.
fn by(value: &Value) -> Result<String, Error> {
    Ok(match moment(value)? {
        Moment::At(at) if london::time_of_day(at) == london::LAST_SECOND => {
            format!("by the end of {}", written_date(london::date(at)))
        }
        Moment::At(_) => format!("by {}", day_and_time(value)?),
        Moment::Day(on) => format!("by the end of {}", written_date(on)),
        Moment::Week(_) | Moment::Unfixed => format!("by {}", date(value)?),
    })
}

/// `a, b and c`; of a list of parts, the field named: `{{ witnesses|listed("number") }}`.
fn listed(value: &Value, field: Option<&str>) -> Result<String, Error> {
    let mut texts = Vec::new();
    for item in value.try_iter().map_err(|_| Error::new(ErrorKind::InvalidOperation, NOT_A_LIST))? {
        let item = match field {
            Some(field) => item.get_attr(field)?,
            None => item,
        };
        if item.is_undefined() {
            return Err(Error::from(ErrorKind::UndefinedError));
        }
        match item.as_str() {
            Some(text) => texts.push(text.to_owned()),
            None if item.is_number() => texts.push(item.to_string()),
            None if item.is_none() => {
                return Err(Error::new(ErrorKind::InvalidOperation, super::value::ABSENT));
            }
            None => return Err(Error::new(ErrorKind::InvalidOperation, super::value::NOT_PRINTABLE)),
        }
    }
    Ok(match texts.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    })
}

fn length(value: &Value) -> Result<usize, Error> {
    // A text has a length too, but it is nobody's business in a letter.
    match value.as_str() {
        None => value.len().ok_or_else(|| Error::new(ErrorKind::InvalidOperation, NOT_A_LIST)),
        Some(_) => Err(Error::new(ErrorKind::InvalidOperation, NOT_A_LIST)),
    }
}
