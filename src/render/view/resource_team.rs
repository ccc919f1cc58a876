//! The team that rosters police witnesses: who of its own, where and when. Nothing of the case beyond that.

use super::parts::{HearingPart, Letterhead};
use super::{Subject, Unviewable};
use crate::domain::contact::DirectoryKind;
use crate::domain::message::Audience;
use crate::domain::person::{Participant, Role};
use serde::Serialize;

/// What a resource team may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResourceTeamView {
    /// Who writes.
    pub unit: Letterhead,
    /// What the case is known by.
    pub urn: String,
    /// The hearing they were or are wanted for.
    pub hearing: HearingPart,
    /// The team's own police witnesses.
    pub witnesses: Vec<Rostered>,
}

/// A police witness as a roster knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rostered {
    /// "collar 4321", or "witness 3" where no collar number is held.
    pub number: String,
    /// On which day and for which part of the hearing they are needed, as the unit writes it.
    pub phase: Option<String>,
}

impl Rostered {
    pub(super) fn of(participant: &Participant, subject: &Subject<'_>) -> Result<Self, Unviewable> {
        let number = match (&participant.collar, participant.witness_number) {
            (Some(collar), _) => format!("collar {collar}"),
            (None, Some(number)) => format!("witness {number}"),
            (None, None) => return Err(Unviewable::NoNumber(participant.id)),
        };
        Ok(Self { number, phase: subject.phase_of(participant) })
    }
}

impl ResourceTeamView {
    pub(super) fn of(subject: &Subject<'_>) -> Result<Self, Unviewable> {
        let audience = Audience::ResourceTeam;
        let team = subject.directory(
            audience,
            &[DirectoryKind::ResourceTeam, DirectoryKind::Force],
            "a resource team of the directory",
        )?;
        let its_own = |participant: &&Participant| {
            participant.is(Role::PoliceWitness) && participant.resource_team == Some(team.id)
        };
        let own = subject.present().filter(its_own);
        let witnesses: Vec<_> = own.map(|one| Rostered::of(one, subject)).collect::<Result<_, _>>()?;
        if witnesses.is_empty() {
            return Err(Unviewable::SupportsNobody);
        }
        let hearing = subject.hearing_part().ok_or(Unviewable::NoHearing(audience))?;
        Ok(Self { unit: subject.unit.clone(), urn: subject.urn(), hearing, witnesses })
    }
}
