//! A civilian or professional witness, or a victim who is called as one: when and where, and what concerns them.

use super::parts::{AnswerPart, HearingPart, Letterhead, Named, OutcomePart, PersonPart};
use super::victim::reader;
use super::{Subject, Unviewable};
use crate::domain::message::Audience;
use crate::domain::person::Role;
use serde::Serialize;

/// What a witness may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WitnessView {
    /// Who writes.
    pub unit: Letterhead,
    /// What the case is known by.
    pub urn: String,
    /// The reader: the witness, or the one through whom alone they may be reached.
    pub recipient: Named,
    /// For whom the reader is written to, where that is somebody else.
    pub on_behalf_of: Option<PersonPart>,
    /// Outcomes that concern the witness.
    pub outcomes: Vec<OutcomePart>,
    /// What they answered and may be told back.
    pub answers: Vec<AnswerPart>,
    /// The hearing, where they must attend it or it concerns them.
    pub hearing: Option<HearingPart>,
    /// On which day and for which part of it they are needed, as the unit writes it.
    pub phase: Option<String>,
}

impl WitnessView {
    pub(super) fn of(subject: &Subject<'_>) -> Result<Self, Unviewable> {
        let roles = [Role::CivilianWitness, Role::ProfessionalWitness, Role::Victim];
        let expected = "a civilian or professional witness, or a victim";
        let recipient = subject.participant(Audience::Witness, &roles, expected)?;
        let (named, on_behalf_of) = reader(subject, recipient, recipient)?;
        let (outcomes, hearing) = subject.told_to(&[recipient])?;
        Ok(Self {
            unit: subject.unit.clone(),
            urn: subject.urn(),
            recipient: named,
            on_behalf_of,
            outcomes,
            answers: subject.answers_of(&[recipient.id]),
            hearing,
            phase: subject.phase_of(recipient),
        })
    }
}
