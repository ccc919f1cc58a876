//! A body that helps people at court, such as the Witness Service: who, where and when. No outcomes, no names.

use super::parts::{AnswerPart, HearingPart, Letterhead, PersonPart};
use super::{Subject, Unviewable};
use crate::domain::contact::DirectoryKind;
use crate::domain::message::Audience;
use serde::Serialize;

/// What an agency may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgencyView {
    /// Who writes.
    pub unit: Letterhead,
    /// What the case is known by.
    pub urn: String,
    /// The hearing.
    pub hearing: Option<HearingPart>,
    /// Those the agency was asked to help.
    pub people: Vec<PersonPart>,
    /// What was answered and may be told.
    pub answers: Vec<AnswerPart>,
}

impl AgencyView {
    pub(super) fn of(subject: &Subject<'_>) -> Result<Self, Unviewable> {
        let kinds = [
            DirectoryKind::Agency,
            DirectoryKind::WitnessService,
            DirectoryKind::Probation,
            DirectoryKind::Force,
            DirectoryKind::Interpreters,
            DirectoryKind::Travel,
            DirectoryKind::VictimLiaisonUnit,
            DirectoryKind::DataProtection,
            DirectoryKind::ControlRoom,
        ];
        subject.directory(Audience::Agency, &kinds, "an agency of the directory")?;
        let people = subject.present().map(|person| Ok(PersonPart::of(person, subject.identity(person)?)));
        Ok(Self {
            unit: subject.unit.clone(),
            urn: subject.urn(),
            hearing: subject.hearing_part(),
            people: people.collect::<Result<_, Unviewable>>()?,
            answers: subject.answers.to_vec(),
        })
    }
}
