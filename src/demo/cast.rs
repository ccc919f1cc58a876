//! The invented cases and the people in them, each from its number alone.

use super::unit::{FORCE, address, owner, resource_team};
use crate::domain::case::{Phase, Reference, ReferenceKind, Risk};
use crate::domain::event::NewCase;
use crate::domain::event::NewParticipant;
use crate::domain::ids::{
    CaseId, CourtCaseId, CourtHearingId, DefendantId, OffenceId, ParticipantId, PersonId, derived,
};
use crate::domain::london::Instant;
use crate::domain::person::{Consent, EnhancedCategory, EnhancedState, Identity, Role};
use chrono::NaiveDate;
use uuid::Uuid;

const FIRST: [&str; 12] = [
    "Arwen",
    "Balthazar",
    "Clementine",
    "Dorian",
    "Elowen",
    "Fitzroy",
    "Guinevere",
    "Horatio",
    "Isolde",
    "Jago",
    "Kerensa",
    "Lysander",
];
const LAST: [&str; 11] = [
    "Applegarth",
    "Brambleby",
    "Cobblepot",
    "Dandelyon",
    "Everdeane",
    "Foxglove",
    "Gillyflower",
    "Hollybush",
    "Inkpen",
    "Jollyboat",
    "Larkspur",
];

/// An invented id of the court's.
pub(super) fn id<I: From<Uuid>>(case: usize, what: &str) -> I {
    I::from(derived(&[b"demo", &case.to_be_bytes(), what.as_bytes()]))
}

/// An invented id of ours: in the order of the cases, as ids are that usher gives out.
pub(super) fn own<I: From<Uuid>>(case: usize, what: &str) -> I {
    let random = derived(&[b"demo", &case.to_be_bytes(), what.as_bytes()]);
    let tail: [u8; 10] = random.as_bytes()[..10].try_into().expect("ten of sixteen bytes");
    let millis = FIRST_MILLIS + u64::try_from(case).unwrap_or(0);
    I::from(uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid())
}

/// When the first of our own invented ids was made: in October 2026.
const FIRST_MILLIS: u64 = 1_791_000_000_000;

/// The nth case's URN.
#[must_use]
pub fn urn(nth: usize) -> String {
    format!("{FORCE}NG{:05}26", 10_000 + nth)
}

/// The nth case's one defendant.
#[must_use]
pub fn defendant(nth: usize) -> DefendantId {
    id(nth, "defendant")
}

/// The nth case's one offence.
#[must_use]
pub fn offence(nth: usize) -> OffenceId {
    id(nth, "offence")
}

/// The court's id of the nth case.
#[must_use]
pub fn court_case(nth: usize) -> CourtCaseId {
    id(nth, "court-case")
}

/// The court's id of a hearing of the nth case.
#[must_use]
pub fn court_hearing(nth: usize, which: &str) -> CourtHearingId {
    id(nth, which)
}

/// The nth case's id.
#[must_use]
pub fn case_id(nth: usize) -> CaseId {
    own(nth, "case")
}

/// Somebody in the nth case.
#[must_use]
pub fn participant(nth: usize, part: &str) -> ParticipantId {
    own(nth, part)
}

/// A first and a last name that follow from a number.
#[must_use]
pub fn name(number: usize) -> (&'static str, &'static str) {
    (FIRST[number % FIRST.len()], LAST[(number / 3 + number) % LAST.len()])
}

/// Whether a trial of the nth case is listed for the Monday.
#[must_use]
pub fn goes_to_trial(nth: usize) -> bool {
    nth % 30 >= 20
}

/// The nth case, opened at `now`: a victim always, and by its number advisers, parents and witnesses.
#[must_use]
pub fn case(nth: usize, now: Instant) -> NewCase {
    let (owner, team) = owner(nth);
    let mut participants = vec![victim(nth), officer_in_case(nth)];
    if nth.is_multiple_of(5) {
        participants.push(adviser(nth, now));
    }
    if nth % 9 == 4 {
        let parent = NewParticipant {
            supports: vec![participant(nth, "victim")],
            ..somebody(nth, "parent", 5, Role::Parent)
        };
        participants[0].child = true;
        participants[0].contact_via = Some(parent.id);
        participants.push(parent);
    }
    if goes_to_trial(nth) {
        participants.extend(witnesses(nth));
    }
    let domestic = nth.is_multiple_of(5);
    NewCase {
        id: case_id(nth),
        references: vec![Reference::new(ReferenceKind::Urn, &urn(nth))],
        phase: Phase::PostCharge,
        risk: if domestic { Risk::High } else { Risk::Medium },
        flags: if domestic { vec!["domestic-violence".to_owned()] } else { Vec::new() },
        owner: Some(owner),
        team: Some(team),
        participants,
    }
}

/// The witnesses of a trial: two members of the public and a police officer.
#[must_use]
pub fn witnesses(nth: usize) -> Vec<NewParticipant> {
    let public = |part, number, witness| NewParticipant {
        witness_number: Some(witness),
        ..somebody(nth, part, number, Role::CivilianWitness)
    };
    let police = NewParticipant {
        collar: Some(format!("{}", 4_000 + nth)),
        resource_team: Some(resource_team(nth)),
        witness_number: Some(3),
        ..somebody(nth, "police-witness", 8, Role::PoliceWitness)
    };
    vec![public("witness-1", 6, 1), public("witness-2", 7, 2), police]
}

fn victim(nth: usize) -> NewParticipant {
    let enhanced = nth.is_multiple_of(2).then(|| {
        let why = if nth.is_multiple_of(5) {
            EnhancedCategory::MostSerious
        } else {
            EnhancedCategory::VulnerableOrIntimidated
        };
        (EnhancedState::Confirmed, vec![why])
    });
    NewParticipant { enhanced, ..somebody(nth, "victim", 1, Role::Victim) }
}

fn officer_in_case(nth: usize) -> NewParticipant {
    NewParticipant {
        collar: Some(format!("{}", 2_000 + nth)),
        ..somebody(nth, "officer-in-case", 2, Role::OfficerInCase)
    }
}

fn adviser(nth: usize, now: Instant) -> NewParticipant {
    NewParticipant {
        supports: vec![participant(nth, "victim")],
        consent: Some(Consent { from: now, until: None }),
        ..somebody(nth, "adviser", 3, Role::Adviser)
    }
}

/// Somebody in the nth case, concerned by its one offence, with all else left out: members of the public have a home.
pub(super) fn somebody(nth: usize, part: &str, number: usize, role: Role) -> NewParticipant {
    let (first, last) = name(nth * 9 + number);
    let local = format!("{}.{}{nth}", first.to_lowercase(), last.to_lowercase());
    let domain = match role {
        Role::OfficerInCase | Role::PoliceWitness | Role::FamilyLiaisonOfficer => "police.example",
        Role::Adviser => "advice.example",
        _ => "people.example",
    };
    let at_home = domain == "people.example";
    let day = u32::try_from((nth + number) % 28 + 1).unwrap_or(1);
    NewParticipant {
        id: participant(nth, part),
        person: own::<PersonId>(nth, &format!("person-{part}")),
        identity: Some(Identity {
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            phones: vec![format!("07700 900{:03}", (nth * 10 + number) % 1_000)],
            email: Some(address(&local, domain)),
            born_on: NaiveDate::from_ymd_opt(1985, 4, day).filter(|_| at_home),
            address: if at_home {
                vec![format!("{} Example Street", nth * 10 + number), "Northgate".to_owned()]
            } else {
                Vec::new()
            },
            postcode: at_home.then(|| format!("ZZ{} {}ZZ", nth % 9 + 1, number % 9 + 1)),
            ..Identity::default()
        }),
        roles: vec![role],
        child: false,
        offences: vec![offence(nth)],
        defendants: Vec::new(),
        enhanced: None,
        supports: Vec::new(),
        consent: None,
        contact_via: None,
        wants_updates: false,
        collar: None,
        resource_team: None,
        witness_number: None,
        awaits: Vec::new(),
    }
}
