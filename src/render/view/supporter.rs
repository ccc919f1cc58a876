//! Those who support somebody: an adviser with consent, a family liaison officer by their duty.
//!
//! They are told what the people they support are told, and nothing of anybody else. An adviser without a consent
//! that is in force is told nothing at all; a family liaison officer is police and needs none.

use super::parts::{HearingPart, Letterhead, Named, OutcomePart, PersonPart};
use super::{Subject, Unviewable};
use crate::domain::message::Audience;
use crate::domain::person::{Participant, Role};
use serde::Serialize;

/// What an adviser or a family liaison officer may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SupporterView {
    /// Who writes.
    pub unit: Letterhead,
    /// What the case is known by.
    pub urn: String,
    /// The reader.
    pub recipient: Named,
    /// Whom they support.
    pub supports: Vec<PersonPart>,
    /// Outcomes that concern those people.
    pub outcomes: Vec<OutcomePart>,
    /// The next hearing, where it concerns those people.
    pub hearing: Option<HearingPart>,
}

impl SupporterView {
    pub(super) fn of(subject: &Subject<'_>) -> Result<Self, Unviewable> {
        let roles = [Role::Adviser, Role::FamilyLiaisonOfficer];
        let expected = "an adviser or a family liaison officer";
        let recipient = subject.participant(Audience::Adviser, &roles, expected)?;
        check_consent(recipient, subject)?;
        let wanted = |id| subject.participants.is_empty() || subject.participants.contains(&id);
        let supported = recipient.supports.iter().filter(|id| wanted(**id));
        let supported: Vec<&Participant> =
            supported.filter_map(|id| subject.state.participant(*id)).map(|tracked| &**tracked).collect();
        if supported.is_empty() {
            return Err(Unviewable::SupportsNobody);
        }
        let people: Result<Vec<_>, _> =
            supported.iter().map(|person| Ok(PersonPart::of(person, subject.identity(person)?))).collect();
        let (outcomes, hearing) = subject.told_to(&supported)?;
        Ok(Self {
            unit: subject.unit.clone(),
            urn: subject.urn(),
            recipient: Named { name: subject.identity(recipient)?.full_name() },
            supports: people?,
            outcomes,
            hearing,
        })
    }
}

/// Whether somebody who supports others may be told today.
pub(in crate::render) fn needs_consent(recipient: &Participant) -> bool {
    recipient.is(Role::Adviser) && !recipient.is(Role::FamilyLiaisonOfficer)
}

fn check_consent(recipient: &Participant, subject: &Subject<'_>) -> Result<(), Unviewable> {
    match recipient.consent {
        _ if !needs_consent(recipient) => Ok(()),
        None => Err(Unviewable::NoConsent),
        Some(consent) if consent.covers(subject.now) => Ok(()),
        Some(_) => Err(Unviewable::ConsentNotInForce),
    }
}
