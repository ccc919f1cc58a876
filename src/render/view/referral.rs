//! A body that somebody agreed to be referred to, or that must be asked to make them safer: who they are, how they
//! may safely be reached, and what they need. No outcomes, no offence.
//!
//! The one view with a name, a date of birth and an address in it: it goes to bodies of the directory alone, about the
//! one person whom the rule names, and what was answered is told only where the form's question says so.

use super::parts::{AnswerPart, HearingPart, Letterhead};
use super::{Subject, Unviewable};
use crate::domain::contact::DirectoryKind;
use crate::domain::message::Audience;
use crate::domain::person::{Channel, Identity, Participant, Person, Role};
use crate::domain::words::Word;
use chrono::NaiveDate;
use serde::Serialize;

/// What a body may know of somebody who is referred to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReferralView {
    /// Who writes.
    pub unit: Letterhead,
    /// What the case is known by.
    pub urn: String,
    /// The body it goes to, by its name in the directory.
    pub to: String,
    /// Who is referred.
    pub person: ReferredPart,
    /// Through whom alone they may be reached.
    pub through: Option<ReachedThrough>,
    /// The grade of risk: `high`, `medium` or `low`.
    pub risk: &'static str,
    /// What was answered and may be passed on.
    pub answers: Vec<AnswerPart>,
    /// The police officer in the case, by name.
    pub officer: Option<String>,
    /// Who in the unit owns the case: whom to ask for.
    pub contact: Option<String>,
    /// The hearing, where it is about one.
    pub hearing: Option<HearingPart>,
}

/// Somebody who is referred.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReferredPart {
    /// Their name.
    pub name: String,
    /// Date of birth.
    pub born_on: Option<NaiveDate>,
    /// Whether they were under 18 at the time of the offence.
    pub child: bool,
    /// Telephone numbers, the best first; none where ringing them is unsafe.
    pub phones: Vec<String>,
    /// E-mail address; none where writing to it is unsafe.
    pub email: Option<String>,
    /// Where they live, a line each, the postcode last.
    pub address: Vec<String>,
    /// The language they are best spoken to in, where not English.
    pub language: Option<String>,
    /// Ways of reaching them that are unsafe: `phone`, `voicemail`, `email`, `post`.
    pub never_by: Vec<String>,
    /// When and how to call, as the unit noted it.
    pub contact_note: Option<String>,
}

/// Through whom somebody may be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReachedThrough {
    /// Their name.
    pub name: String,
    /// Telephone numbers, the best first; none where ringing them is unsafe.
    pub phones: Vec<String>,
}

/// The bodies that somebody may be referred to.
pub const BODIES: [DirectoryKind; 13] = [
    DirectoryKind::Agency,
    DirectoryKind::WitnessService,
    DirectoryKind::Probation,
    DirectoryKind::Force,
    DirectoryKind::IdvaService,
    DirectoryKind::IsvaService,
    DirectoryKind::YoungVictimsService,
    DirectoryKind::SocialServices,
    DirectoryKind::ControlRoom,
    DirectoryKind::Carpenters,
    DirectoryKind::Interpreters,
    DirectoryKind::Prison,
    DirectoryKind::Travel,
];

impl ReferralView {
    pub(super) fn of(subject: &Subject<'_>) -> Result<Self, Unviewable> {
        let to = subject.directory(Audience::Referral, &BODIES, "a body that people are referred to")?;
        let expected = "somebody on the case who is referred: the rule's `about`";
        let mut present = subject.present();
        let (Some(who), None) = (present.next(), present.next()) else {
            return Err(Unviewable::Unknown { expected });
        };
        let person = |who: &Participant| {
            let held = subject.state.person(who.person);
            held.map(|held| -> &Person { held }).ok_or(Unviewable::Unknown { expected })
        };
        let via = who.contact_via.and_then(|via| subject.state.participant(via));
        let through = via.map(|via| person(via).map(reached_through)).transpose()?;
        let case = &subject.state.case;
        let officer = subject.state.participants.iter().find(|held| held.is(Role::OfficerInCase));
        let officer = officer.and_then(|held| subject.state.person(held.person));
        let owner = case.owner.and_then(|owner| subject.roster.staff(owner));
        Ok(Self {
            unit: subject.unit.clone(),
            urn: subject.urn(),
            to: to.name.clone(),
            person: referred(who, person(who)?),
            through,
            risk: case.risk.word(),
            answers: subject.answers_of(&[who.id]),
            officer: officer.map(|officer| officer.identity.full_name()),
            contact: owner.map(|owner| owner.name.clone()),
            hearing: subject.hearing_part(),
        })
    }
}

fn referred(who: &Participant, person: &Person) -> ReferredPart {
    let identity = &person.identity;
    let safe = |channel: Channel| !person.unsafe_channels.contains(&channel);
    ReferredPart {
        name: identity.full_name(),
        born_on: identity.born_on,
        child: who.child,
        phones: phones(identity, safe(Channel::Phone) && who.contact_via.is_none()),
        email: identity
            .email
            .as_ref()
            .filter(|_| safe(Channel::Email) && who.contact_via.is_none())
            .map(|email| email.as_str().to_owned()),
        address: identity.address.iter().chain(&identity.postcode).cloned().collect(),
        language: identity.language.clone(),
        never_by: person.unsafe_channels.iter().map(|channel| channel.word().to_owned()).collect(),
        contact_note: identity.contact_note.clone(),
    }
}

fn reached_through(via: &Person) -> ReachedThrough {
    let safe = !via.unsafe_channels.contains(&Channel::Phone);
    ReachedThrough { name: via.identity.full_name(), phones: phones(&via.identity, safe) }
}

fn phones(identity: &Identity, safe: bool) -> Vec<String> {
    if safe { identity.phones.clone() } else { Vec::new() }
}
