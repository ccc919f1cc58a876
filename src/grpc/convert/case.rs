//! Cases and what they are found by.

use super::field::{self, NAME_MAX, number, shown, text, timestamp};
use super::person;
use crate::domain::case::{Case, Reference, ReferenceKind};
use crate::domain::event::{NewCase, Payload};
use crate::domain::ids::{CaseId, CourtCaseId, derived};
use crate::domain::staff::Absence;
use crate::grpc::pb;
use crate::grpc::refused::Refused;
use chrono::{DateTime, Utc};

/// Flags a case may have at most.
const FLAGS_MAX: usize = 100;
/// References a call may name at most.
const REFERENCES_MAX: usize = 50;
/// People a case may be opened with at most.
const PARTICIPANTS_MAX: usize = 500;

/// A case on the wire, with whoever covers it now.
#[must_use]
pub fn case(case: &Case, absences: &[Absence], now: DateTime<Utc>) -> pb::Case {
    pb::Case {
        id: case.id.to_string(),
        references: case.references.iter().map(reference).collect(),
        label: case.label().to_owned(),
        phase: number(case.phase),
        risk: number(case.risk),
        flags: case.flags.clone(),
        proposed_flags: case.proposed_flags.clone(),
        owner_id: shown(case.owner),
        team_id: shown(case.team),
        opened_at: Some(timestamp(case.opened_at)),
        sequence: case.sequence,
        version: case.version,
        cover_id: shown(case.cover_at(absences, now)),
        owner_because: case.owned_because.clone(),
    }
}

fn reference(reference: &Reference) -> pb::Reference {
    pb::Reference { kind: number(reference.kind), value: reference.value.clone() }
}

/// A reference as it is compared.
///
/// # Errors
/// [`Refused`].
pub fn reference_from(at: &str, reference: &pb::Reference) -> Result<Reference, Refused> {
    let kind: ReferenceKind = field::word(&format!("{at}.kind"), reference.kind)?;
    let value = text(&format!("{at}.value"), &reference.value, NAME_MAX)?;
    if kind == ReferenceKind::CourtCase {
        let id: CourtCaseId = field::id(&format!("{at}.value"), &value)?;
        return Ok(Reference::new(kind, &id.to_string()));
    }
    let reference = Reference::new(kind, &value);
    if reference.value.is_empty() {
        return Err(Refused::invalid(&format!("{at}.value"), "must have letters or figures"));
    }
    Ok(reference)
}

/// References; at least one.
///
/// # Errors
/// [`Refused`].
pub fn references_from(at: &str, references: &[pb::Reference]) -> Result<Vec<Reference>, Refused> {
    if references.is_empty() {
        return Err(Refused::required(at));
    }
    field::at_most(at, references, REFERENCES_MAX)?;
    let read = |(nth, one)| reference_from(&format!("{at}[{nth}]"), one);
    let mut read: Vec<Reference> = references.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    read.sort();
    read.dedup();
    Ok(read)
}

/// A case to be opened; its ids follow from `seed`, the source and reference of the call.
///
/// # Errors
/// [`Refused`].
pub fn new_case(at: &str, new: &pb::NewCase, seed: &[&[u8]]) -> Result<NewCase, Refused> {
    field::at_most(&format!("{at}.participants"), &new.participants, PARTICIPANTS_MAX)?;
    let participant = |(nth, one): (usize, &pb::NewParticipant)| {
        let nth_seed = nth.to_string();
        let seed: Vec<&[u8]> = seed.iter().copied().chain([nth_seed.as_bytes()]).collect();
        person::new_participant(&format!("{at}.participants[{nth}]"), one, &seed)
    };
    Ok(NewCase {
        id: CaseId(derived(&[&[&b"case"[..]], seed].concat())),
        references: references_from(&format!("{at}.references"), &new.references)?,
        phase: field::word(&format!("{at}.phase"), new.phase)?,
        risk: field::word(&format!("{at}.risk"), new.risk)?,
        flags: flags(&format!("{at}.flags"), &new.flags)?,
        owner: field::id_if_given(&format!("{at}.owner_id"), &new.owner_id)?,
        team: field::id_if_given(&format!("{at}.team_id"), &new.team_id)?,
        participants: new.participants.iter().enumerate().map(participant).collect::<Result<_, _>>()?,
    })
}

/// What is to change in a case.
///
/// # Errors
/// [`Refused`].
pub fn change(at: &str, change: &pb::CaseChange, version: Option<i64>) -> Result<Payload, Refused> {
    let flags =
        change.flags.as_ref().map(|set| flags(&format!("{at}.flags.flags"), &set.flags)).transpose()?;
    let payload = Payload::CaseUpdated {
        phase: field::word_if_given(&format!("{at}.phase"), change.phase)?,
        risk: field::word_if_given(&format!("{at}.risk"), change.risk)?,
        flags,
        owner: field::id_if_given(&format!("{at}.owner_id"), &change.owner_id)?,
        team: field::id_if_given(&format!("{at}.team_id"), &change.team_id)?,
        version,
    };
    if let Payload::CaseUpdated { phase: None, risk: None, flags: None, owner: None, team: None, .. } =
        payload
    {
        return Err(Refused::required(at));
    }
    Ok(payload)
}

fn flags(at: &str, flags: &[String]) -> Result<Vec<String>, Refused> {
    field::at_most(at, flags, FLAGS_MAX)?;
    flags.iter().enumerate().map(|(nth, flag)| text(&format!("{at}[{nth}]"), flag, NAME_MAX)).collect()
}
