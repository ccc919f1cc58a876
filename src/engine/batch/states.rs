//! The states of every case that a batch is about, read under their locks; cases to be opened are made.

use super::super::resolve::{Aim, Part};
use super::Batch;
use super::item::Item;
use crate::casework::empty;
use crate::domain::event::{NewCase, Payload};
use crate::domain::ids::{CaseId, MessageId, PersonId, UnitId};
use crate::domain::staff::Roster;
use crate::domain::state::{CaseState, Here, Tracked};
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
        roster: &Roster,
        now: DateTime<Utc>,
    ) -> Result<BTreeMap<CaseId, CaseState>, store::Error> {
        let desk = CaseState::desk_of(unit);
        let mut wanted: BTreeSet<CaseId> = BTreeSet::new();
        let mut people: Vec<(CaseId, PersonId)> = Vec::new();
        let mut opened: Vec<&NewCase> = Vec::new();
        let mut lists = Here::NONE;
        let mut named: Vec<MessageId> = Vec::new();
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
                    opened.extend(item.payload().opening());
                }
                Aim::Parked(_) => drop(wanted.insert(desk)),
                Aim::Refused(_) => {}
            }
            if matches!(
                item.payload(),
                Payload::HearingResulted { .. }
                    | Payload::ProsecutionConcluded { .. }
                    | Payload::CourtListed { .. }
                    | Payload::HearingListed { .. }
            ) {
                lists.snapshots = true;
            }
            if matches!(item.payload(), Payload::DocumentAdded { .. } | Payload::MailReceived { .. }) {
                lists.documents = true;
            }
            if matches!(
                item.payload(),
                Payload::ContactLogged { corrects: Some(_), .. } | Payload::ContactsCopied { .. }
            ) {
                lists.contacts = true;
            }
            match item.payload() {
                Payload::NoticePosted { .. }
                | Payload::NoticeRead { .. }
                | Payload::NoticeWithdrawn { .. } => lists.notices = true,
                Payload::FeedCreated { .. } | Payload::FeedRevoked { .. } => lists.feeds = true,
                Payload::MessageFared { message, .. } | Payload::MessageActed { message, .. } => {
                    named.push(*message);
                }
                Payload::MailReceived { mail } => named.extend(mail.answers),
                _ => {}
            }
        }
        let ids: Vec<CaseId> = wanted.iter().copied().collect();
        let mut states: BTreeMap<CaseId, CaseState> = BTreeMap::new();
        if !ids.is_empty() {
            let read = self.held(txn, &ids, lists).await?;
            states.extend(read.into_iter().map(|state| (state.case.id, state)));
        }
        if wanted.contains(&desk) && !states.contains_key(&desk) {
            states.insert(desk, CaseState::new(Tracked::new(empty::case(desk, unit, now))));
        }
        for new in opened {
            states.entry(new.id).or_insert_with(|| empty::opened(new, unit, roster, now));
        }
        self.known_people(txn, &mut states, &people).await?;
        if let Some(desk) = states.get_mut(&desk) {
            self.named_briefings(txn, desk, &named).await?;
        }
        Ok(states)
    }

    /// Locks cases and gives them as they stand: as they are remembered where nothing has happened since, else read.
    async fn held(
        &mut self,
        txn: &Transaction,
        ids: &[CaseId],
        lists: Here,
    ) -> Result<Vec<CaseState>, store::Error> {
        let mut held = Vec::with_capacity(ids.len());
        let mut unknown = Vec::new();
        for (case, sequence) in read::lock(txn, ids).await? {
            match self.inner.remembered.take(case, sequence) {
                Some(state) => held.push(state),
                None => unknown.push(case),
            }
        }
        read::refresh(txn, &mut self.keys, &mut held).await?;
        read::complete(txn, &self.keys, &mut held, lists).await?;
        if !unknown.is_empty() {
            held.extend(read::cases_locked(txn, &mut self.keys, &unknown, lists).await?);
        }
        Ok(held)
    }

    /// A desk is read without the briefings that have left; what became of one of them is still to be said of it.
    async fn named_briefings(
        &mut self,
        txn: &Transaction,
        desk: &mut CaseState,
        named: &[MessageId],
    ) -> Result<(), store::Error> {
        for id in named {
            if desk.messages.iter().any(|held| held.id == *id) {
                continue;
            }
            let found = read::message(txn, &self.keys, desk.case.id, *id).await?;
            desk.messages.extend(found.map(Tracked::read));
        }
        Ok(())
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

/// The people whom a payload adds.
fn people_of(payload: &Payload) -> Vec<PersonId> {
    match payload {
        Payload::CaseOpened { case } | Payload::CaseBrought { case, .. } => {
            case.participants.iter().map(|one| one.person).collect()
        }
        Payload::ParticipantAdded { participant } => vec![participant.person],
        _ => Vec::new(),
    }
}
