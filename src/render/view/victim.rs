//! A victim, or whoever speaks for one: the outcomes and the hearing that concern that victim.
//!
//! Bail conditions are told by a person on the telephone: the court's wording of them is free text and may name
//! somebody else.

use super::parts::{AnswerPart, HearingPart, Letterhead, Named, OutcomePart, PersonPart};
use super::{Subject, Unviewable};
use crate::domain::message::Audience;
use crate::domain::person::{Participant, Role};
use serde::Serialize;

/// What a victim may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VictimView {
    /// Who writes.
    pub unit: Letterhead,
    /// What the case is known by.
    pub urn: String,
    /// The reader: the victim, or the one through whom alone they may be reached.
    pub recipient: Named,
    /// For whom the reader is written to, where that is somebody else.
    pub on_behalf_of: Option<PersonPart>,
    /// Outcomes that concern the victim.
    pub outcomes: Vec<OutcomePart>,
    /// What they answered and may be told back.
    pub answers: Vec<AnswerPart>,
    /// The hearing, where it concerns the victim.
    pub hearing: Option<HearingPart>,
}

impl VictimView {
    pub(super) fn of(subject: &Subject<'_>) -> Result<Self, Unviewable> {
        let roles = [Role::Victim, Role::Parent, Role::Spokesperson];
        let recipient = subject.participant(Audience::Victim, &roles, "a victim, or who speaks for one")?;
        let victims: Vec<&Participant> =
            subject.behalf_of(recipient).into_iter().filter(|person| person.is(Role::Victim)).collect();
        let Some(first) = victims.first() else { return Err(Unviewable::SupportsNobody) };
        let (recipient, on_behalf_of) = reader(subject, first, recipient)?;
        let (outcomes, hearing) = subject.told_to(&victims)?;
        Ok(Self {
            unit: subject.unit.clone(),
            urn: subject.urn(),
            recipient,
            on_behalf_of,
            outcomes,
            answers: subject.answers_of(&victims.iter().map(|person| person.id).collect::<Vec<_>>()),
            hearing,
        })
    }
}

/// Who reads a message about `about` that is for `recipient`, and for whom: whoever they may alone be reached
/// through reads it in their place.
pub(super) fn reader(
    subject: &Subject<'_>,
    about: &Participant,
    recipient: &Participant,
) -> Result<(Named, Option<PersonPart>), Unviewable> {
    let via = recipient.contact_via.and_then(|id| subject.state.participant(id));
    let reads: &Participant = via.map_or(recipient, |via| via);
    let named = Named { name: subject.identity(reads)?.full_name() };
    let about = (reads.id != about.id).then(|| Ok(PersonPart::of(about, subject.identity(about)?)));
    Ok((named, about.transpose()?))
}
