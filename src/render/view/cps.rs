//! The Crown Prosecution Service: which case, which hearing, which witnesses, by their numbers on its own list.

use super::parts::{AnswerPart, AwayPart, HearingPart, Letterhead, PersonPart, span};
use super::{Subject, Unviewable};
use crate::domain::availability::Grid;
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
    /// When each witness cannot come in the coming half year, without reasons.
    pub availability: Vec<AwayPart>,
    /// The days of the coming half year on which all of them can, as spans. None as long as somebody has not been asked.
    pub free: Vec<String>,
}

impl CpsView {
    pub(super) fn of(subject: &Subject<'_>) -> Result<Self, Unviewable> {
        subject.directory(Audience::Cps, &[DirectoryKind::Cps], "a CPS unit of the directory")?;
        let people = subject.present().map(|person| Ok(PersonPart::of(person, subject.identity(person)?)));
        let grid = subject.availability();
        let rows = grid.iter().flat_map(|grid| &grid.rows);
        let away = rows.filter_map(|row| Some((subject.state.participant(row.participant)?, row)));
        let away = away.map(|(held, row)| {
            Ok(AwayPart {
                person: PersonPart::of(held, subject.identity(held)?),
                asked: row.asked_at.is_some(),
                away: row.away.iter().map(span).collect(),
            })
        });
        Ok(Self {
            unit: subject.unit.clone(),
            urn: subject.urn(),
            hearing: subject.hearing_part(),
            people: people.collect::<Result<_, Unviewable>>()?,
            answers: subject.answers.to_vec(),
            availability: away.collect::<Result<_, Unviewable>>()?,
            free: grid.iter().flat_map(Grid::free_for_all).map(|days| span(&days)).collect(),
        })
    }
}
