//! Why a body cannot be used, said so that somebody who has never seen it can put it right.
//!
//! What stands here is shown on the desk and written to the log, while the body itself stays sealed. So it names
//! places, fields and the courts' own ids, never a value a person could be known by: the text of a parser's error,
//! which quotes the document, is not passed on.

use super::format::Format;
use crate::words;

words! {
    /// What is wrong with a body that cannot be used.
    pub enum Fault as "fault" {
        /// It is not well-formed.
        Malformed = "malformed",
        /// Something without which it has no meaning is missing or unreadable.
        Incomplete = "incomplete",
        /// Parts of it contradict each other.
        Contradictory = "contradictory",
        /// It says more than a hearing day can.
        TooLarge = "too-large",
        /// The format is known, and not yet read.
        NotYetRead = "not-yet-read",
        /// Nothing known looks like this.
        UnknownFormat = "unknown-format",
    }
}

/// A body that cannot be used: to be kept, and parked with this reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{format}: {reason}{}", place.as_ref().map(|place| format!(" (at {place})")).unwrap_or_default())]
pub struct Unusable {
    /// What it was recognised as.
    pub format: Format,
    /// What sort of fault it is.
    pub fault: Fault,
    /// What is wrong, what was expected, and what to do about it.
    pub reason: String,
    /// Where: a path such as `hearing.prosecutionCases[0].id`, or a line and column.
    pub place: Option<String>,
}

impl Unusable {
    /// A fault that has no one place.
    #[must_use]
    pub fn new(format: Format, fault: Fault, reason: impl Into<String>) -> Self {
        Self { format, fault, reason: reason.into(), place: None }
    }

    /// The same, with where it is.
    #[must_use]
    pub fn at(self, place: impl Into<String>) -> Self {
        Self { place: Some(place.into()), ..self }
    }
}
