//! A police witness: which case, which court, when. Their own number, nobody else's anything.

use super::parts::{HearingPart, Letterhead};
use super::resource_team::Rostered;
use super::{Subject, Unviewable};
use crate::domain::message::Audience;
use crate::domain::person::Role;
use serde::Serialize;

/// What a police witness may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PoliceWitnessView {
    /// Who writes.
    pub unit: Letterhead,
    /// What the case is known by.
    pub urn: String,
    /// The hearing they were or are wanted for.
    pub hearing: HearingPart,
    /// "collar 4321", or "witness 3" where no collar number is held.
    pub number: Option<String>,
    /// On which day and for which part of the hearing they are needed, as the unit writes it.
    pub phase: Option<String>,
}

impl PoliceWitnessView {
    pub(super) fn of(subject: &Subject<'_>) -> Result<Self, Unviewable> {
        let audience = Audience::PoliceWitness;
        let recipient = subject.participant(audience, &[Role::PoliceWitness], "a police witness")?;
        // An officer is often linked to no offence: it is the listing that concerns them.
        let hearing = subject.hearing_part().ok_or(Unviewable::NoHearing(audience))?;
        let number = Rostered::of(recipient, subject).ok().map(|rostered| rostered.number);
        let phase = subject.phase_of(recipient);
        Ok(Self { unit: subject.unit.clone(), urn: subject.urn(), hearing, number, phase })
    }
}
