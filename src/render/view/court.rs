//! A court: which case and which hearing. It knows the rest; who the witnesses are it hears from the CPS.

use super::parts::{HearingPart, Letterhead};
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
}

impl CourtView {
    pub(super) fn of(subject: &Subject<'_>) -> Result<Self, Unviewable> {
        subject.directory(Audience::Court, &[DirectoryKind::Court], "a court of the directory")?;
        let hearing = subject.hearing_part().ok_or(Unviewable::NoHearing(Audience::Court))?;
        Ok(Self { unit: subject.unit.clone(), urn: subject.urn(), hearing })
    }
}
