//! Where in a document something stands, and the readings that can fail there.
//!
//! A path lives on the stack as a chain of steps and becomes text only when something is wrong, so that keeping it
//! costs a good payload nothing.

use super::super::{Fault, Format, Unusable};
use super::leaf::Text;
use crate::domain::london;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Europe::London;
use std::fmt;
use uuid::Uuid;

/// A place in the document.
#[derive(Clone, Copy)]
pub(super) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    step: Step,
}

#[derive(Clone, Copy)]
enum Step {
    Field(&'static str),
    Index(usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Field(name) if self.parent.is_some() => write!(f, ".{name}"),
            Step::Field(name) => f.write_str(name),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}

impl<'p> Path<'p> {
    /// A field of the outermost object.
    pub(super) fn root(name: &'static str) -> Self {
        Self { parent: None, step: Step::Field(name) }
    }

    /// A field of the object here.
    pub(super) fn field(&'p self, name: &'static str) -> Self {
        Self { parent: Some(self), step: Step::Field(name) }
    }

    /// An item of the list here.
    pub(super) fn index(&'p self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Index(index) }
    }

    /// Something missing or unreadable here.
    pub(super) fn incomplete(&self, reason: impl Into<String>) -> Unusable {
        Unusable::new(Format::HearingResulted, Fault::Incomplete, reason).at(self.to_string())
    }

    /// Something here that contradicts another part of the document.
    pub(super) fn contradictory(&self, reason: impl Into<String>) -> Unusable {
        Unusable::new(Format::HearingResulted, Fault::Contradictory, reason).at(self.to_string())
    }

    /// The id that must stand here.
    pub(super) fn id<I: From<Uuid>>(&self, text: &Text<'_>, whose: &str) -> Result<I, Unusable> {
        let found = self.id_if_any(text, whose)?;
        found.ok_or_else(|| self.incomplete(format!("missing: expected the id of {whose}, a UUID")))
    }

    /// The id that may stand here, but must then be one.
    pub(super) fn id_if_any<I: From<Uuid>>(
        &self,
        text: &Text<'_>,
        whose: &str,
    ) -> Result<Option<I>, Unusable> {
        let Some(text) = text.get() else { return Ok(None) };
        match Uuid::try_parse(text) {
            Ok(id) => Ok(Some(I::from(id))),
            Err(_) => Err(self.incomplete(format!("not a UUID: expected the id of {whose}"))),
        }
    }

    /// The date that may stand here, but must then exist; of an instant, the day in Europe/London.
    pub(super) fn date(&self, text: &Text<'_>) -> Result<Option<NaiveDate>, Unusable> {
        let Some(text) = text.get() else { return Ok(None) };
        let day = date(text).or_else(|| instant(text).map(london::date));
        day.map(Some)
            .ok_or_else(|| self.incomplete("no such date: expected a day that exists, as YYYY-MM-DD"))
    }

    /// The instant that may stand here, but must then exist. A day without a time is its first moment in London.
    pub(super) fn instant(&self, text: &Text<'_>) -> Result<Option<DateTime<Utc>>, Unusable> {
        let Some(text) = text.get() else { return Ok(None) };
        let at = instant(text).or_else(|| date(text).and_then(start_of));
        at.map(Some).ok_or_else(|| {
            self.incomplete("no such time: expected an instant that exists, as 2026-03-02T10:00:00.000Z")
        })
    }
}

/// A date of ten characters in a year that courts sit in.
pub(in crate::intake) fn date(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (text.len() == 10 && text.starts_with(['1', '2'])).then_some(day)
}

/// An instant with its offset, or without one, when it is UTC: Common Platform writes no other.
pub(in crate::intake) fn instant(text: &str) -> Option<DateTime<Utc>> {
    date(text.get(..10)?)?;
    let zoned = DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc());
    zoned.or_else(|| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok().map(|at| at.and_utc()))
}

/// The first moment of a day in London; the clocks never change at midnight there.
fn start_of(day: NaiveDate) -> Option<DateTime<Utc>> {
    day.and_time(NaiveTime::MIN).and_local_timezone(London).earliest().map(|at| at.to_utc())
}
