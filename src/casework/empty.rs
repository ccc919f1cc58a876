//! The state that an event finds which opens a case: there is nothing in it yet.

use crate::domain::case::{Case, Phase, Risk};
use crate::domain::event::NewCase;
use crate::domain::ids::{CaseId, UnitId};
use crate::domain::staff::Roster;
use crate::domain::state::{CaseState, Tracked};
use chrono::{DateTime, Utc};

/// A case that is about to be opened: without its people, who come in with the event.
#[must_use]
pub fn opened(new: &NewCase, unit: UnitId, roster: &Roster, now: DateTime<Utc>) -> CaseState {
    let mut empty = case(new.id, unit, now);
    empty.references.clone_from(&new.references);
    empty.references.sort();
    empty.phase = new.phase;
    empty.risk = new.risk;
    empty.flags.clone_from(&new.flags);
    empty.owner = new.owner;
    empty.team = new.team.or_else(|| Some(roster.staff(new.owner?)?.team));
    let mut state = CaseState::new(Tracked::new(empty));
    state.new_references.clone_from(&new.references);
    state
}

/// A case of which nothing is known yet.
#[must_use]
pub fn case(id: CaseId, unit: UnitId, now: DateTime<Utc>) -> Case {
    Case {
        id,
        unit,
        references: Vec::new(),
        phase: Phase::PreCharge,
        risk: Risk::Low,
        flags: Vec::new(),
        proposed_flags: Vec::new(),
        owner: None,
        team: None,
        cover: None,
        owned_since: None,
        owned_because: String::new(),
        opened_at: now,
        sequence: 0,
        version: 1,
    }
}
