//! A court: which case and which hearing. It knows the rest; who the witnesses are it hears from the CPS.

use super::parts::{HearingPart, Letterhead, span};
use super::{Subject, Unviewable};
use crate::domain::contact::DirectoryKind;
use crate::domain::message::Audience;
use serde::Serialize;

/// What a court is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CourtView {
    /// Who writes.
    pub unit: Letterhead,
    /// What the case is known by.
    pub urn: String,
    /// The hearing.
    pub hearing: HearingPart,
    /// The days of the coming half year on which all witnesses can come, as spans; dates alone, nobody's name. None as
    /// long as somebody has not been asked.
    pub free: Vec<String>,
}

impl CourtView {
    pub(super) fn of(subject: &Subject<'_>) -> Result<Self, Unviewable> {
        subject.directory(Audience::Court, &[DirectoryKind::Court], "a court of the directory")?;
        let hearing = subject.hearing_part().ok_or(Unviewable::NoHearing(Audience::Court))?;
        let free = subject.availability().map(|grid| grid.free_for_all()).unwrap_or_default();
        let free = free.iter().map(span).collect();
        Ok(Self { unit: subject.unit.clone(), urn: subject.urn(), hearing, free })
    }
}
