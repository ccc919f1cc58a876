//! What courts say beside their shares: a hearing taken out of the list, proceedings that have ended or go on.

use super::court::CaseNamed;
use super::ids::{CourtCaseId, CourtHearingId, DefendantId, OffenceId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The name of a case in a court's message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseName {
    /// The court's id of the case.
    pub court_case: CourtCaseId,
    /// Its URN, where the message says it.
    pub urn: Option<String>,
}

impl CaseName {
    /// The same, as cases are looked for.
    #[must_use]
    pub fn named(&self) -> CaseNamed<'_> {
        let urn = self.urn.as_deref();
        CaseNamed {
            court_case: self.court_case,
            urn,
            authority_reference: None,
            authority: None,
            markers: &[],
        }
    }
}

/// A hearing that the court took out of its list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vacated {
    /// The court's id of the hearing.
    pub hearing: CourtHearingId,
    /// When it was to begin, where the court says.
    pub at: Option<DateTime<Utc>>,
    /// The court's id of the reason, which a pack puts into a word.
    pub reason: Option<Uuid>,
    /// The cases that were to be heard. Never empty.
    pub cases: Vec<CaseName>,
}

/// Defendants against whom the proceedings have ended, or have not ended after all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concluded {
    /// By case. Never empty.
    pub cases: Vec<CaseConcluded>,
}

impl Concluded {
    /// The latest day on which something of it was ordered, where the court says.
    #[must_use]
    pub fn latest_on(&self) -> Option<NaiveDate> {
        self.cases.iter().flat_map(|case| &case.defendants).filter_map(|one| one.on).max()
    }
}

/// One case's part of a conclusion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseConcluded {
    /// Which case.
    pub name: CaseName,
    /// Of whom it is said.
    pub defendants: Vec<Conclusion>,
}

/// What the court says of the proceedings against one defendant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conclusion {
    /// The court's id of the defendant in the case.
    pub defendant: DefendantId,
    /// Whether no offence is left to be decided.
    pub concluded: bool,
    /// The hearing in which that changed.
    pub hearing: Option<CourtHearingId>,
    /// The latest day, in Europe/London, on which one of the offences was decided, where the court says.
    pub on: Option<NaiveDate>,
    /// Each offence, and whether its proceedings have ended.
    pub offences: Vec<(OffenceId, bool)>,
}
