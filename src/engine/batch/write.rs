//! Drafting what a worked batch writes: states, events, handlings, what waits.

use super::Batch;
use super::item::InHand;
use super::item::digest;
use crate::casework::Handled;
use crate::casework::carry_out::Place;
use crate::domain::event::{Actor, Event, Payload, Subject};
use crate::domain::ids::{CaseId, DocumentId, EventId};
use crate::domain::receipt::{Outcome, Receipt};
use crate::domain::state::{CaseState, Mark};
use crate::engine::KeepInputs;
use crate::store::audit::{Entry, Verb};
use crate::store::queries::documents;
use crate::store::stamps::{self, Stamp};
use crate::store::write::{Draft, Handling, Recorded, Waiting};
use crate::store::{self, Transaction, read};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("facts and traces are plain data")
}

impl Batch<'_> {
    /// Drafts everything that the batch changed.
    pub(super) async fn draft(
        &mut self,
        txn: &Transaction,
        states: &BTreeMap<CaseId, CaseState>,
        hands: &[InHand],
        pack: &str,
        now: DateTime<Utc>,
    ) -> Result<(), store::Error> {
        let unit = self.unit;
        let mut draft = std::mem::replace(&mut self.draft, Draft::new(self.inner.store.backend(), unit));
        if let Some(roster) = &self.roster {
            read::keys(txn, &mut self.keys, [unit.0]).await?;
            draft.roster(roster, &mut self.keys)?;
        }
        read::keys(txn, &mut self.keys, [unit.0]).await?;
        self.keys.ensure(unit.0)?;
        // A case that nothing happened to was made for an event that was then refused: it is not there.
        let changed: Vec<&CaseState> = states.values().filter(|state| state.case.sequence > 0).collect();
        let people = changed.iter().flat_map(|state| &state.people);
        let people = people.filter(|person| person.mark() == Mark::Changed).map(|person| person.id.0);
        read::keys(txn, &mut self.keys, people).await?;
        let mut tasks = changed.iter().flat_map(|state| &state.tasks);
        let stamp = match tasks.any(|task| task.mark() != Mark::Clean) {
            true => stamps::next(txn, unit).await?,
            false => Stamp::default(),
        };
        draft.cases(&changed, stamp, &mut self.keys)?;

        for hand in hands {
            self.document(txn, hand, &mut draft).await?;
        }

        let left = self.elsewhere(txn, hands, now).await?;
        self.leaves = left.len();
        let (mut fresh, kept): (Vec<Recorded<'_>>, Vec<Recorded<'_>>) = self.recorded(hands);
        fresh.extend(left.iter().map(|event| Recorded {
            event,
            outcome: Outcome::Waiting,
            effects: 0,
            digest: None,
            raw: None,
            key: unit.0,
        }));
        // Two processes that insert the same references do so in one order, and never wait for each other in a ring.
        fresh.sort_by(|a, b| {
            (&a.event.source, &a.event.reference).cmp(&(&b.event.source, &b.event.reference))
        });
        draft.events(&fresh, &self.keys)?;
        draft.events_again(&kept, &self.keys)?;

        let keep = self.inner.settings.keep_inputs == KeepInputs::Yes;
        let handled: Vec<&Handled> = hands.iter().flat_map(|hand| &hand.handled).collect();
        let bodies: Vec<(Option<Vec<u8>>, Vec<u8>)> = handled
            .iter()
            .map(|one| (one.facts.as_ref().filter(|_| keep).map(json), json(&one.trace)))
            .collect();
        let handlings: Vec<Handling<'_>> = handled
            .iter()
            .zip(&bodies)
            .filter_map(|(one, (input, trace))| {
                Some(Handling {
                    event: one.event.id,
                    case: one.receipt.case?,
                    sequence: one.sequence,
                    receipt: &one.receipt,
                    pack,
                    handled_at: now,
                    input: input.as_deref(),
                    trace,
                })
            })
            .collect();
        draft.handlings(&handlings, &self.keys)?;
        for heard in handled.iter().flat_map(|one| &one.trace.heard).filter(|heard| heard.spoke > 0) {
            *self.spoke.entry(heard.rule.clone()).or_default() += 1;
        }

        let waits: Vec<Waiting> = hands.iter().flat_map(|hand| &hand.waiting).cloned().collect();
        draft.waiting(&waits);
        for hand in hands.iter().filter(|hand| hand.kept) {
            settle(&mut draft, states, hand);
        }
        self.draft = draft;
        Ok(())
    }

    /// The bytes of a document that an event added: as they came with it, or were kept while it could not be handled.
    async fn document(
        &mut self,
        txn: &Transaction,
        hand: &InHand,
        draft: &mut Draft,
    ) -> Result<(), store::Error> {
        let Some((case, document)) = document_of(hand) else { return Ok(()) };
        let came = hand.answers.and_then(|index| self.news[index].raw.clone());
        if let Some(bytes) = came {
            return draft.document(case, document, &bytes, &self.keys);
        }
        match documents::kept_with(txn, &mut self.keys, hand.event.id).await? {
            Some(bytes) => draft.document(case, document, &bytes, &self.keys),
            None => Ok(()),
        }
    }

    /// The events that follow elsewhere, as they are left in the inbox.
    async fn elsewhere(
        &self,
        txn: &Transaction,
        hands: &[InHand],
        now: DateTime<Utc>,
    ) -> Result<Vec<Event>, store::Error> {
        let mut left = Vec::new();
        let mut all: Vec<(bool, &Handled)> = Vec::new();
        for hand in hands {
            all.extend(hand.handled.iter().map(|one| (hand.kept, one)));
        }
        for (again, one) in all {
            // What follows from an event that is handled again is not what followed from it before.
            let again = if again { format!("/{}", EventId(self.inner.ids.next(now))) } else { String::new() };
            for elsewhere in &one.elsewhere {
                let places = match &elsewhere.place {
                    Place::Desk => vec![(Subject::Desk, elsewhere.key.clone())],
                    Place::OtherCasesOf(people) => {
                        let cases = read::cases_of_people(txn, people).await?;
                        let others = cases.into_iter().filter(|case| Some(*case) != one.receipt.case);
                        others
                            .map(|case| (Subject::Case(case), format!("{}/{case}", elsewhere.key)))
                            .collect()
                    }
                };
                left.extend(places.into_iter().map(|(subject, key)| Event {
                    id: EventId(self.inner.ids.next(now)),
                    unit: self.unit,
                    source: "usher:rules".to_owned(),
                    reference: format!("{}/{key}{again}", one.event.id),
                    actor: Actor::usher("rules"),
                    occurred_at: one.event.occurred_at,
                    received_at: one.event.received_at,
                    recorded_at: now,
                    subject,
                    payload: elsewhere.payload.clone(),
                }));
            }
        }
        Ok(left)
    }

    /// The events to be written: those that are new, and those that were recorded before and have now fared otherwise.
    fn recorded<'h>(&'h self, hands: &'h [InHand]) -> (Vec<Recorded<'h>>, Vec<Recorded<'h>>) {
        let mut fresh = Vec::new();
        let mut kept = Vec::new();
        for hand in hands {
            let whole = Receipt::of(hand.event.id, hand.receipts.clone());
            let own = match (&hand.handled[..], &hand.receipts[..]) {
                ([only, ..], [_]) => only.receipt.case,
                _ => None,
            };
            let new = hand.answers.map(|index| &self.news[index]);
            let recorded = Recorded {
                event: &hand.event,
                outcome: hand.waits_still.unwrap_or(whole.outcome),
                effects: whole.effects(),
                digest: new.map(digest),
                // A document that joined its case is kept there, and not once more with the event.
                raw: new.filter(|_| document_of(hand).is_none()).and_then(|new| new.raw.as_deref()),
                key: own.map_or(hand.event.unit.0, |case| case.0),
            };
            if hand.kept {
                kept.push(recorded)
            } else {
                fresh.push(recorded)
            }
            // What followed from the event on the same case, and what the desk was told.
            let mut seen: BTreeSet<EventId> = BTreeSet::from([hand.event.id]);
            for one in hand.handled.iter().filter(|one| seen.insert(one.event.id)) {
                fresh.push(Recorded {
                    event: &one.event,
                    outcome: one.receipt.outcome,
                    effects: one.receipt.effects,
                    digest: None,
                    raw: None,
                    key: one.receipt.case.map_or(one.event.unit.0, |case| case.0),
                });
            }
        }
        (fresh, kept)
    }
}

/// The document that an event added, with its case; none where it added none, or one that was there.
fn document_of(hand: &InHand) -> Option<(CaseId, DocumentId)> {
    let document = match &hand.event.payload {
        Payload::DocumentAdded { document } => document.id,
        Payload::MailReceived { mail } => mail.document,
        _ => return None,
    };
    let is_new = |outcome| matches!(outcome, Outcome::Applied | Outcome::Nothing);
    let receipt = hand.receipts.iter().find(|receipt| is_new(receipt.outcome))?;
    Some((receipt.case?, document))
}

/// What the audit says of single things: a document that was collected; of work that went to others one entry for the
/// whole, by whoever did it, and one for each task and case.
pub(super) fn entries(hand: &InHand, at: DateTime<Utc>) -> Vec<Entry> {
    let event = &hand.event;
    if let Some((_, document)) = document_of(hand) {
        return vec![Entry {
            at,
            unit: event.unit,
            actor: event.source.clone(),
            verb: Verb::Collect,
            subject_kind: "document",
            subject: Some(document.0),
            count: 1,
        }];
    }
    let Some(handover) = event.payload.handover() else { return Vec::new() };
    let entry = |subject_kind, subject, count| Entry {
        at,
        unit: event.unit,
        actor: event.source.clone(),
        verb: Verb::Alter,
        subject_kind,
        subject: Some(subject),
        count,
    };
    let whole = i64::try_from(handover.tasks.len() + handover.cases.len()).unwrap_or(i64::MAX);
    let tasks = handover.tasks.iter().map(|line| entry("task", line.task.0, 1));
    let cases = handover.cases.iter().map(|line| entry("case", line.case.0, 1));
    std::iter::once(entry("handover", event.id.0, whole)).chain(tasks).chain(cases).collect()
}

/// Says of a kept result that it was handled for the cases it was waiting for.
fn settle(draft: &mut Draft, states: &BTreeMap<CaseId, CaseState>, hand: &InHand) {
    let cases = hand.event.payload.court_cases();
    if cases.is_empty() {
        return;
    }
    for receipt in &hand.receipts {
        let handled = receipt.outcome != Outcome::Unlinked && receipt.outcome != Outcome::Parked;
        let Some(state) = receipt.case.filter(|_| handled).and_then(|case| states.get(&case)) else {
            continue;
        };
        let ours = |reference: &_| state.case.references.contains(reference);
        if let Some(case) = cases.iter().find(|case| case.references().iter().any(ours)) {
            draft.settled(hand.event.id, case.court_case, state.case.id);
        }
    }
}
