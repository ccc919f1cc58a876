//! The states of every case that a batch is about, read under their locks; cases to be opened are made.

use super::super::resolve::{Aim, Part};
use super::Batch;
use super::item::Item;
use crate::casework::happen;
use crate::domain::case::{Case, Phase, Risk};
use crate::domain::event::{NewCase, Payload};
use crate::domain::ids::{CaseId, PersonId, UnitId};
use crate::domain::state::{CaseState, Tracked};
use crate::store::read::{Contacts, Snapshots};
use crate::store::{self, Transaction, read};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

impl Batch<'_> {
    /// Reads them, all in a query a table.
    pub(super) async fn states(
        &mut self,
        txn: &Transaction,
        unit: UnitId,
        items: &[Item],
        aims: &[Aim],
        now: DateTime<Utc>,
    ) -> Result<BTreeMap<CaseId, CaseState>, store::Error> {
        let desk = CaseState::desk_of(unit);
        let mut wanted: BTreeSet<CaseId> = BTreeSet::new();
        let mut people: Vec<(CaseId, PersonId)> = Vec::new();
        let mut opened: Vec<&NewCase> = Vec::new();
        let mut snapshots = Snapshots::Leave;
        let mut contacts = Contacts::Leave;
        for (item, aim) in items.iter().zip(aims) {
            match aim {
                Aim::Cases(parts) => {
                    for part in parts {
                        match part {
                            Part::Held(case) => {
                                wanted.insert(*case);
                                people.extend(
                                    people_of(item.payload()).into_iter().map(|person| (*case, person)),
                                );
                            }
                            Part::Unlinked { marked: true, .. } => drop(wanted.insert(desk)),
                            Part::Unlinked { .. } | Part::NotOurs(_) => {}
                        }
                    }
                    opened.extend(happen::opening(item.payload()));
                }
                Aim::Parked(_) => drop(wanted.insert(desk)),
                Aim::Refused(_) => {}
            }
            if matches!(item.payload(), Payload::HearingResulted { .. }) {
                snapshots = Snapshots::Read;
            }
            if matches!(item.payload(), Payload::ContactLogged { corrects: Some(_), .. }) {
                contacts = Contacts::Read;
            }
        }
        let ids: Vec<CaseId> = wanted.iter().copied().collect();
        let mut states: BTreeMap<CaseId, CaseState> = BTreeMap::new();
        if !ids.is_empty() {
            let read = read::cases_locked(txn, &mut self.keys, &ids, snapshots, contacts).await?;
            states.extend(read.into_iter().map(|state| (state.case.id, state)));
        }
        if wanted.contains(&desk) && !states.contains_key(&desk) {
            states.insert(desk, CaseState::new(Tracked::new(empty(desk, unit, now))));
        }
        for new in opened {
            states.entry(new.id).or_insert_with(|| opening(new, unit, now));
        }
        self.known_people(txn, &mut states, &people).await?;
        Ok(states)
    }

    /// People whom an event names may be held already, by other cases of theirs.
    async fn known_people(
        &mut self,
        txn: &Transaction,
        states: &mut BTreeMap<CaseId, CaseState>,
        wanted: &[(CaseId, PersonId)],
    ) -> Result<(), store::Error> {
        let ids: Vec<PersonId> = wanted.iter().map(|(_, person)| *person).collect();
        for person in read::people_by_id(txn, &mut self.keys, &ids).await? {
            for (case, _) in wanted.iter().filter(|(_, id)| *id == person.id) {
                if let Some(state) = states.get_mut(case)
                    && state.person(person.id).is_none()
                {
                    state.people.push(Tracked::read(person.clone()));
                }
            }
        }
        Ok(())
    }
}

fn opening(new: &NewCase, unit: UnitId, now: DateTime<Utc>) -> CaseState {
    let mut case = empty(new.id, unit, now);
    case.references.clone_from(&new.references);
    case.references.sort();
    case.phase = new.phase;
    case.risk = new.risk;
    case.flags.clone_from(&new.flags);
    case.owner = new.owner;
    case.team = new.team;
    let mut state = CaseState::new(Tracked::new(case));
    state.new_references.clone_from(&new.references);
    state
}

fn empty(id: CaseId, unit: UnitId, now: DateTime<Utc>) -> Case {
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
        opened_at: now,
        sequence: 0,
        version: 1,
    }
}

/// The people whom a payload adds.
fn people_of(payload: &Payload) -> Vec<PersonId> {
    match payload {
        Payload::CaseOpened { case } => case.participants.iter().map(|one| one.person).collect(),
        Payload::ParticipantAdded { participant } => vec![participant.person],
        _ => Vec::new(),
    }
}
