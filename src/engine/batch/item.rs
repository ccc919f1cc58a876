//! What a batch works through: events handed over just now, and kept ones that are handled again.

use crate::casework::{Handled, Mode};
use crate::domain::event::{Event, Payload, Subject};
use crate::domain::ids::{EventId, UnitId};
use crate::domain::receipt::{CaseReceipt, Outcome, Receipt};
use crate::domain::refusal::Refusal;
use crate::engine::{Error, NewEvent};
use crate::store::read::Known;
use crate::store::write::Waiting;
use crate::store::{self, Transaction, read};
use std::collections::HashMap;

/// One event of the batch once it is worked.
pub(super) struct InHand {
    pub(super) event: Event,
    pub(super) answers: Option<usize>,
    pub(super) kept: bool,
    /// For a kept result of which other cases still wait: it stays unlinked.
    pub(super) waits_still: Option<Outcome>,
    pub(super) receipts: Vec<CaseReceipt>,
    pub(super) handled: Vec<Handled>,
    pub(super) waiting: Vec<Waiting>,
}

/// One event to be worked.
#[derive(Debug)]
pub(in crate::engine) struct Item {
    /// The event, as it is or will be recorded.
    pub(in crate::engine) event: Event,
    /// Whether work follows.
    pub(in crate::engine) mode: Mode,
    /// Which call it answers, by its place in the batch; none for a kept event that is handled again.
    pub(in crate::engine) answers: Option<usize>,
}

impl Item {
    /// What it is about.
    pub(in crate::engine) fn subject(&self) -> &Subject {
        &self.event.subject
    }

    /// What happened.
    pub(in crate::engine) fn payload(&self) -> &Payload {
        &self.event.payload
    }

    /// Whether the event was recorded before this batch.
    pub(in crate::engine) fn is_kept(&self) -> bool {
        self.answers.is_none()
    }
}

/// Where a call stands before it is worked.
#[derive(Debug)]
pub(super) enum Standing {
    /// It is new.
    Fresh,
    /// It was recorded before, or is refused.
    Answered(Result<Receipt, Error>),
    /// It stands in the batch before, at this place, and fares as that does.
    Twin(usize),
}

/// Tells calls that are new from repeats of what is recorded, and of each other.
pub(super) async fn standings(
    txn: &Transaction,
    unit: UnitId,
    news: &[NewEvent],
) -> Result<Vec<Standing>, store::Error> {
    let references: Vec<(&str, &str)> =
        news.iter().map(|new| (new.source.as_str(), new.reference.as_str())).collect();
    let known = read::events_known(txn, unit, &references).await?;
    let bodies: Vec<Option<EventId>> = news.iter().map(body_id).collect();
    let ids: Vec<EventId> = bodies.iter().flatten().copied().collect();
    let known_bodies = if ids.is_empty() { HashMap::new() } else { read::events_by_id(txn, &ids).await? };
    let mut seen: HashMap<(&str, &str), usize> = HashMap::new();
    let mut seen_bodies: HashMap<EventId, usize> = HashMap::new();
    let mut standings = Vec::with_capacity(news.len());
    for (index, (new, body)) in news.iter().zip(bodies).enumerate() {
        let known = known.get(&(new.source.clone(), new.reference.clone()));
        let first = *seen.entry((&new.source, &new.reference)).or_insert(index);
        let first_body = body.map_or(index, |body| *seen_bodies.entry(body).or_insert(index));
        let same_body = body.and_then(|body| known_bodies.get(&body));
        standings.push(match (known, same_body) {
            (Some(known), _) => Standing::Answered(repeat(known, &digest(new), &new.reference)),
            (None, Some(known)) => Standing::Answered(Ok(recorded_before(known))),
            (None, None) if first.min(first_body) < index => Standing::Twin(first.min(first_body)),
            (None, None) => Standing::Fresh,
        });
    }
    Ok(standings)
}

/// Tells the log of events that were just parked, by their ids: bodies that cannot be read, references that no case has,
/// and what cannot be handled.
pub(super) fn log_parked(results: &[Result<Receipt, Error>]) {
    for receipt in results.iter().flatten().filter(|receipt| receipt.outcome == Outcome::Parked) {
        let reason = receipt.cases.iter().find_map(|case| case.reason.as_deref());
        tracing::warn!(event = %receipt.event, reason, "an event cannot be handled and is parked");
    }
}

/// The answer to a call that repeats one of the same batch.
pub(super) fn twin(first: &Result<Receipt, Error>, of: &NewEvent, new: &NewEvent) -> Result<Receipt, Error> {
    match first {
        Ok(receipt) => {
            let known = Known { id: receipt.event, outcome: receipt.outcome, digest: Some(digest(of)) };
            repeat(&known, &digest(new), &new.reference)
        }
        Err(Error::Refused(refusal)) => Err(Error::Refused(refusal.clone())),
        Err(_) => Err(Error::Busy { after: std::time::Duration::from_millis(10) }),
    }
}

/// The answer to an event that was recorded before.
fn repeat(known: &Known, digest: &str, reference: &str) -> Result<Receipt, Error> {
    if known.digest.as_ref().is_some_and(|held| held != digest) {
        return Err(Error::Refused(Refusal::Reused { reference: reference.to_owned() }));
    }
    Ok(recorded_before(known))
}

fn recorded_before(known: &Known) -> Receipt {
    let reason = format!("recorded before; it then was {}", known.outcome);
    let receipt = CaseReceipt { case: None, outcome: Outcome::Duplicate, effects: 0, reason: Some(reason) };
    Receipt { event: known.id, outcome: Outcome::Duplicate, cases: vec![receipt] }
}

/// The id of an event that came as a body: it follows from who sent it and what it is, so that the same news under
/// another reference is the same event. But the CPS's short messages are told from their repeats by their reference alone:
/// a witness may be required, not required, and required again, in the same few words each time.
pub(super) fn body_id(new: &NewEvent) -> Option<EventId> {
    let may_be_said_again =
        matches!(&new.payload, Payload::CpsReceived { message } if !message.kind.is_form());
    let raw = new.raw.as_ref().filter(|_| !carries_document(new) && !may_be_said_again)?;
    let digest = ring::digest::digest(&ring::digest::SHA256, raw);
    let parts: [&[u8]; 4] = [b"body", new.unit.as_bytes(), new.source.as_bytes(), digest.as_ref()];
    Some(EventId(crate::domain::ids::derived(&parts)))
}

/// Whether the bytes beside an event are a document and no body that was read. The same document may be added to several
/// cases, and each is an event of its own.
pub(super) fn carries_document(new: &NewEvent) -> bool {
    matches!(new.payload, Payload::DocumentAdded { .. })
}

/// Digest of what is recorded: tells a repeat from a reference that is used for something else.
pub(super) fn digest(new: &NewEvent) -> String {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    // A document's payload has the digest of its bytes.
    if let Some(raw) = new.raw.as_ref().filter(|_| !carries_document(new)) {
        context.update(raw);
    } else {
        let body = serde_json::to_vec(&(&new.subject, &new.payload)).expect("events are plain data");
        context.update(&body);
    }
    context.finish().as_ref()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The kept event that a call asks to be handled again, with what it is to be instead where that is given.
pub(super) fn again(payload: &Payload) -> Option<(EventId, Option<&Payload>)> {
    match payload {
        Payload::ParkedRetried { event, instead } => Some((*event, instead.as_deref())),
        _ => None,
    }
}
