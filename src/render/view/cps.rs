//! The Crown Prosecution Service: which case, which hearing, which witnesses, by their numbers on its own list.

use super::parts::{AnswerPart, HearingPart, Letterhead, PersonPart};
use super::{Subject, Unviewable};
use crate::domain::contact::DirectoryKind;
use crate::domain::message::Audience;
use serde::Serialize;

/// What the CPS is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CpsView {
    /// Who writes.
    pub unit: Letterhead,
    /// What the case is known by.
    pub urn: String,
    /// The hearing.
    pub hearing: Option<HearingPart>,
    /// Those the message is about.
    pub people: Vec<PersonPart>,
    /// What was answered and may be told.
    pub answers: Vec<AnswerPart>,
}

impl CpsView {
    pub(super) fn of(subject: &Subject<'_>) -> Result<Self, Unviewable> {
        subject.directory(Audience::Cps, &[DirectoryKind::Cps], "a CPS unit of the directory")?;
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
