//! A case as the unit works it.

use super::ids::{AbsenceId, CaseId, StaffId, TeamId, UnitId};
use super::staff::Absence;
use crate::words;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// How far a case has come.
    pub enum Phase as "phase" {
        /// Before a decision to charge.
        PreCharge = "pre-charge",
        /// From charge on.
        PostCharge = "post-charge",
        /// Over, and everybody told.
        Concluded = "concluded",
    }
}

words! {
    /// A grade of risk.
    pub enum Risk as "risk" {
        /// High.
        High = "high",
        /// Medium.
        Medium = "medium",
        /// Low, or "standard".
        Low = "low",
    }
}

words! {
    /// What a case may be found by.
    pub enum ReferenceKind as "reference kind" {
        /// The police unique reference number.
        Urn = "urn",
        /// The court's own id of the case.
        CourtCase = "court-case",
        /// A prosecuting authority's reference, for cases without a URN.
        Authority = "authority-reference",
        /// The occurrence number in the police record system.
        Occurrence = "occurrence",
    }
}

/// One reference that a case is found by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// What it is.
    pub kind: ReferenceKind,
    /// Its text, without spaces and in capitals: courts and forces write the same URN differently.
    pub value: String,
}

impl Reference {
    /// A reference with its text brought to the one spelling it is compared in.
    #[must_use]
    pub fn new(kind: ReferenceKind, text: &str) -> Self {
        let value = text.chars().filter(|c| !c.is_whitespace() && *c != '/' || *c == '-').collect::<String>();
        Self { kind, value: value.to_uppercase() }
    }
}

/// Who covers a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseCover {
    /// The absence it is covered for.
    pub absence: AbsenceId,
    /// Who covers it.
    pub staff: StaffId,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// The unit whose case it is.
    pub unit: UnitId,
    /// What it is found by, in order of kind and text.
    pub references: Vec<Reference>,
    /// How far it has come.
    pub phase: Phase,
    /// Risk to the victim.
    pub risk: Risk,
    /// Flags such as `domestic-violence`, `rasso`, `hate-crime`, `child`; words that the unit and its pack agree on.
    pub flags: Vec<String>,
    /// Flags that a rule proposed and no person has confirmed; they count until refused.
    pub proposed_flags: Vec<String>,
    /// Who owns it.
    pub owner: Option<StaffId>,
    /// Since when it is theirs, where it was given to them.
    #[serde(default)]
    pub owned_since: Option<DateTime<Utc>>,
    /// Why it is theirs, where usher gave it to them.
    #[serde(default)]
    pub owned_because: String,
    /// The team that holds it.
    pub team: Option<TeamId>,
    /// Who does its work while its owner is away.
    #[serde(default)]
    pub cover: Option<CaseCover>,
    /// When the unit took it on.
    pub opened_at: DateTime<Utc>,
    /// How many events it has handled: the number of the last one.
    pub sequence: i64,
    /// Rises with every change.
    pub version: i64,
}

impl Case {
    /// The URN, where the case has one.
    #[must_use]
    pub fn urn(&self) -> Option<&str> {
        self.references
            .iter()
            .find(|reference| reference.kind == ReferenceKind::Urn)
            .map(|r| r.value.as_str())
    }

    /// Who covers it at `at`: while its owner is away by the absence that it is covered for.
    #[must_use]
    pub fn cover_at(&self, absences: &[Absence], at: DateTime<Utc>) -> Option<StaffId> {
        let cover = self.cover?;
        let absence = absences.iter().find(|absence| absence.id == cover.absence)?;
        absence.covers(at).then_some(cover.staff)
    }

    /// The reference that people know the case by: the URN, else the authority's, else the occurrence number.
    #[must_use]
    pub fn label(&self) -> &str {
        let by = |kind| self.references.iter().find(move |reference: &&Reference| reference.kind == kind);
        by(ReferenceKind::Urn)
            .or_else(|| by(ReferenceKind::Authority))
            .or_else(|| by(ReferenceKind::Occurrence))
            .or_else(|| by(ReferenceKind::CourtCase))
            .map_or("no reference", |reference| reference.value.as_str())
    }
}
