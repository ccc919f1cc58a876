//! Reading single fields: what is missing or wrong is refused with the path of the field from the request down.

use crate::domain::london;
use crate::domain::words::Word;
use crate::grpc::refused::Refused;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use prost_types::Timestamp;
use std::fmt::Display;
use std::str::FromStr;

/// The longest text of staff's.
pub const WORDS_MAX: usize = 10_000;
/// The longest reason.
pub const REASON_MAX: usize = 1_000;
/// The longest name, reference or word.
pub const NAME_MAX: usize = 200;

/// The number on the wire of a word: the contract lists the words in the domain's order, from 1.
#[must_use]
pub fn number<W: Word>(value: W) -> i32 {
    let place = W::WORDS.iter().position(|word| *word == value.word());
    place.and_then(|place| i32::try_from(place + 1).ok()).unwrap_or(0)
}

/// The number of a word that may be missing.
#[must_use]
pub fn number_of<W: Word>(value: Option<W>) -> i32 {
    value.map_or(0, number)
}

/// The word of a number on the wire; none where it was left unspecified.
///
/// # Errors
/// [`Refused`] for a number that the list does not have.
pub fn word_if_given<W: Word>(field: &str, number: i32) -> Result<Option<W>, Refused> {
    if number == 0 {
        return Ok(None);
    }
    let word = usize::try_from(number - 1).ok().and_then(|place| W::WORDS.get(place));
    let value = word.and_then(|word| W::from_word(word));
    value.map(Some).ok_or_else(|| {
        Refused::invalid(
            field,
            format!("must be a {} that this version knows: {}", W::LIST, W::WORDS.join(", ")),
        )
    })
}

/// The word of a number on the wire.
///
/// # Errors
/// [`Refused`] for a number that was left unspecified, or that the list does not have.
pub fn word<W: Word>(field: &str, number: i32) -> Result<W, Refused> {
    word_if_given(field, number)?.ok_or_else(|| Refused::required(field))
}

/// The words of numbers on the wire.
///
/// # Errors
/// As [`word`].
pub fn words<W: Word>(field: &str, numbers: &[i32]) -> Result<Vec<W>, Refused> {
    numbers.iter().enumerate().map(|(nth, number)| word(&format!("{field}[{nth}]"), *number)).collect()
}

/// An id.
///
/// # Errors
/// [`Refused`] where it is missing or no UUID.
pub fn id<T: FromStr>(field: &str, text: &str) -> Result<T, Refused> {
    id_if_given(field, text)?.ok_or_else(|| Refused::required(field))
}

/// An id that may be left out.
///
/// # Errors
/// [`Refused`] where it is no UUID.
pub fn id_if_given<T: FromStr>(field: &str, text: &str) -> Result<Option<T>, Refused> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Refused::invalid(field, "must be a UUID"))
}

/// Ids.
///
/// # Errors
/// As [`id`].
pub fn ids<T: FromStr>(field: &str, texts: &[String]) -> Result<Vec<T>, Refused> {
    texts.iter().enumerate().map(|(nth, text)| id(&format!("{field}[{nth}]"), text)).collect()
}

/// A text that must be there, of at most `max` characters.
///
/// # Errors
/// [`Refused`].
pub fn text(field: &str, text: &str, max: usize) -> Result<String, Refused> {
    text_if_given(field, text, max)?.ok_or_else(|| Refused::required(field))
}

/// A text that may be left out.
///
/// # Errors
/// [`Refused`] where it is too long.
pub fn text_if_given(field: &str, text: &str, max: usize) -> Result<Option<String>, Refused> {
    let trimmed = text.trim();
    if trimmed.len() > max && trimmed.chars().count() > max {
        return Err(Refused::invalid(field, format!("must have at most {max} characters")));
    }
    Ok((!trimmed.is_empty()).then(|| trimmed.to_owned()))
}

/// A day, `YYYY-MM-DD`.
///
/// # Errors
/// [`Refused`].
pub fn day(field: &str, text: &str) -> Result<NaiveDate, Refused> {
    day_if_given(field, text)?.ok_or_else(|| Refused::required(field))
}

/// A day that may be left out.
///
/// # Errors
/// [`Refused`] where there is no such day.
pub fn day_if_given(field: &str, text: &str) -> Result<Option<NaiveDate>, Refused> {
    if text.is_empty() {
        return Ok(None);
    }
    let day = (text.len() == 10).then(|| text.parse::<NaiveDate>().ok()).flatten();
    day.map(Some).ok_or_else(|| Refused::invalid(field, "must be a day that exists, as YYYY-MM-DD"))
}

/// A time of day, `HH:MM`.
///
/// # Errors
/// [`Refused`].
pub fn time(field: &str, text: &str) -> Result<NaiveTime, Refused> {
    if text.is_empty() {
        return Err(Refused::required(field));
    }
    let time = (text.len() == 5).then(|| NaiveTime::parse_from_str(text, "%H:%M").ok()).flatten();
    time.ok_or_else(|| Refused::invalid(field, "must be a time of day, as HH:MM"))
}

/// An instant that may be left out.
///
/// # Errors
/// [`Refused`] where there is no such instant.
pub fn instant_if_given(field: &str, at: Option<&Timestamp>) -> Result<Option<DateTime<Utc>>, Refused> {
    let Some(at) = at else { return Ok(None) };
    let nanos = u32::try_from(at.nanos).ok().filter(|nanos| *nanos < 1_000_000_000);
    let found = nanos.and_then(|nanos| DateTime::from_timestamp(at.seconds, nanos));
    // What is stored is counted in milliseconds, and must compare equal to what was sent.
    let found = found.and_then(|found| DateTime::from_timestamp_millis(found.timestamp_millis()));
    // Beyond these years no hearing lies, and London's clocks are not known.
    let known = found.filter(|found| (1900..2200).contains(&chrono::Datelike::year(found)));
    known.map(Some).ok_or_else(|| Refused::invalid(field, "must be an instant between 1900 and 2200"))
}

/// An instant.
///
/// # Errors
/// As [`instant_if_given`], and where it is missing.
pub fn instant(field: &str, at: Option<&Timestamp>) -> Result<DateTime<Utc>, Refused> {
    instant_if_given(field, at)?.ok_or_else(|| Refused::required(field))
}

/// An instant that may be left out and must have passed.
///
/// # Errors
/// As [`instant_if_given`], and `TIME_IN_FUTURE`.
pub fn past_if_given(
    field: &str,
    at: Option<&Timestamp>,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Refused> {
    match instant_if_given(field, at)? {
        Some(at) if at > now => Err(Refused::ahead(field)),
        at => Ok(at),
    }
}

/// The name of a call: 1 to 128 visible ASCII characters.
///
/// # Errors
/// [`Refused`].
pub fn request_id(text: &str) -> Result<&str, Refused> {
    if text.is_empty() {
        return Err(Refused::required("request_id"));
    }
    if text.len() > 128 || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Refused::invalid("request_id", "must be 1 to 128 visible ASCII characters"));
    }
    Ok(text)
}

/// A message that must be there.
///
/// # Errors
/// [`Refused`].
pub fn given<'a, T>(field: &str, message: Option<&'a T>) -> Result<&'a T, Refused> {
    message.ok_or_else(|| Refused::required(field))
}

/// A version that the caller read: from 1.
///
/// # Errors
/// [`Refused`].
pub fn version(field: &str, version: i64) -> Result<i64, Refused> {
    match version {
        0 => Err(Refused::required(field)),
        1.. => Ok(version),
        _ => Err(Refused::invalid(field, "must be the version as it was read")),
    }
}

/// Refuses a list that is longer than `max`.
///
/// # Errors
/// [`Refused`].
pub fn at_most<T>(field: &str, list: &[T], max: usize) -> Result<(), Refused> {
    if list.len() > max {
        return Err(Refused::invalid(field, format!("must name at most {max}")));
    }
    Ok(())
}

/// An instant on the wire.
#[must_use]
pub fn timestamp(at: DateTime<Utc>) -> Timestamp {
    let nanos = i32::try_from(at.timestamp_subsec_nanos()).unwrap_or(0);
    Timestamp { seconds: at.timestamp(), nanos }
}

/// An instant that may be missing, on the wire.
#[must_use]
pub fn timestamp_of(at: Option<DateTime<Utc>>) -> Option<Timestamp> {
    at.map(timestamp)
}

/// What may be missing, as text: empty where it is.
#[must_use]
pub fn shown<T: Display>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Each of them as text.
pub fn texts<T: Display>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    values.into_iter().map(|value| value.to_string()).collect()
}

/// A London time for reading out, such as `Mon 23 Nov 2026 23:59 GMT`.
#[must_use]
pub fn said(at: DateTime<Utc>) -> String {
    london::human_with_zone(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::task::Priority;
    use crate::grpc::pb::{self, Reason};

    #[test]
    fn words_have_the_numbers_of_the_contract() {
        assert_eq!(number(Priority::P2), pb::Priority::P2 as i32);
        assert_eq!(word::<Priority>("priority", 4).unwrap(), Priority::P4);
    }

    #[test]
    fn what_is_missing_and_what_is_unknown_are_told_apart() {
        assert_eq!(word::<Priority>("priority", 0).unwrap_err().reason(), Reason::FieldRequired);
        assert_eq!(word::<Priority>("priority", 9).unwrap_err().reason(), Reason::FieldInvalid);
        assert_eq!(id::<uuid::Uuid>("task_id", "").unwrap_err().reason(), Reason::FieldRequired);
        assert_eq!(id::<uuid::Uuid>("task_id", "x").unwrap_err().reason(), Reason::FieldInvalid);
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in ["2026-04-31", "2027-02-29", "2026-4-3", "31/12/2026"] {
            assert_eq!(day("day", text).unwrap_err().reason(), Reason::FieldInvalid, "{text}");
        }
    }

    #[test]
    fn an_instant_comes_back_as_it_was_sent_to_the_millisecond() {
        let at = Timestamp { seconds: 1_795_000_000, nanos: 123_000_000 };
        assert_eq!(timestamp(instant("at", Some(&at)).unwrap()), at);
        let year_9999 = Timestamp { seconds: 253_402_300_799, nanos: 0 };
        for wrong in
            [Timestamp { seconds: 0, nanos: -1 }, Timestamp { seconds: i64::MAX, nanos: 0 }, year_9999]
        {
            assert!(instant("at", Some(&wrong)).is_err());
        }
    }
}
