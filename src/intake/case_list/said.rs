//! Hearings, and what was and is to be told, as they are written in a cell.

use super::given::{day, instant, word};
use super::{Owed, Told};
use crate::domain::by_hand::ByHand;
use crate::domain::court::{COURTS_SIT, Court, Jurisdiction};
use crate::domain::hearing::{HearingKind, When};
use crate::domain::london::{self, Instant};
use crate::domain::words::Word;
use chrono::{Datelike, NaiveDate};

const HEARING: &str = "expected a kind, a date and a court, such as \"trial on 2027-02-01 10:00 at Northgate Crown Court\", \
                       \"sentence in week of 2027-03-01 at …\" or \"trial unfixed at …\"";
const TOLD: &str =
    "expected what, when and how, such as \"date about 2027-02-01 on 2026-11-02 14:10 by call\"";
const OWED: &str = "expected what and by when, such as \"outcome about 2026-11-12 due 2026-11-24 17:00\"";

/// A hearing to come.
pub(super) fn hearing(text: &str, as_of: Instant) -> Result<ByHand, String> {
    let (what, court) = text.split_once(" at ").ok_or(HEARING)?;
    let (kind, date) = what.trim().split_once(' ').ok_or(HEARING)?;
    let kind: HearingKind = word(kind).map_err(|problem| format!("the kind of hearing: {problem}"))?;
    let court = court.trim();
    if court.is_empty() {
        return Err(HEARING.to_owned());
    }
    let (when, whole_day) = when(date.trim())?;
    let named = court.to_lowercase();
    let crown = named.contains("crown").then_some(Jurisdiction::Crown);
    let jurisdiction = crown.or_else(|| named.contains("magistrates").then_some(Jurisdiction::Magistrates));
    let title = kind.word().replace('-', " ");
    let hearing_type = title[..1].to_uppercase() + &title[1..];
    let court = Court { name: court.to_owned(), ..Court::default() };
    Ok(ByHand { as_of, kind, hearing_type, jurisdiction, court, when, whole_day, defendants: Vec::new() })
}

/// A date, and whether it is a whole day.
fn when(text: &str) -> Result<(When, bool), String> {
    if text == "unfixed" {
        return Ok((When::Unfixed, false));
    }
    if let Some(text) = text.strip_prefix("in week of ") {
        let day = day(text.trim())?;
        return match day.weekday() {
            chrono::Weekday::Mon => Ok((When::Week(day), false)),
            _ => Err("a week is named by its Monday".to_owned()),
        };
    }
    let text = text.strip_prefix("on ").ok_or(HEARING)?.trim();
    match text.parse::<NaiveDate>() {
        Ok(day) => Ok((When::At(london::from_local(day.and_time(COURTS_SIT))), true)),
        Err(_) => Ok((When::At(instant(text)?), false)),
    }
}

/// Something that was told.
pub(super) fn told(text: &str) -> Result<Told, String> {
    let (what, by) = text.rsplit_once(" by ").ok_or(TOLD)?;
    let (what, on) = what.split_once(" on ").ok_or(TOLD)?;
    let (kind, about) = what_about(what, TOLD)?;
    Ok(Told {
        kind,
        about,
        at: instant(on.trim())?,
        by: word(by.trim()).map_err(|problem| format!("by what means: {problem}"))?,
    })
}

/// Something that is still to be told.
pub(super) fn owed(text: &str) -> Result<Owed, String> {
    let (what, due) = match text.split_once(" due ") {
        Some((what, due)) => (what, Some(due.trim())),
        None => (text, None),
    };
    let (kind, about) = what_about(what, OWED)?;
    let due_at = match due {
        None => None,
        // A day is over at its end.
        Some(due) => Some(due.parse().map_or_else(|_| instant(due), |day| Ok(london::end_of_day(day)))?),
    };
    Ok(Owed { kind, about, due_at })
}

fn what_about(text: &str, expected: &str) -> Result<(String, Option<NaiveDate>), String> {
    let (kind, about) = match text.split_once(" about ") {
        Some((kind, about)) => (kind, Some(day(about.trim())?)),
        None => (text, None),
    };
    let kind = kind.trim().to_lowercase().replace([' ', '_'], "-");
    if kind.is_empty() { Err(expected.to_owned()) } else { Ok((kind, about)) }
}
