//! One batch in one transaction: look up, lock, read, work, draft, write, commit.
//!
//! An event that cannot be handled is found while the batch is worked in memory. Then nothing has been written: the
//! transaction is given back and the batch begins anew with that event marked to be parked, so that it is parked
//! alone and the others are not touched by it. So it is with an event over several cases that is refused by one of them
//! when others have taken it in already: all of it or nothing.
//!
//! Nothing is written before everything is drafted: what takes time in this process is done by then.

mod again;
mod commit;
pub(super) mod item;
mod states;
mod write;

pub use again::Keep;
pub(super) use again::{again, foresee};

use super::resolve::{self, Aim, Part};
use super::{Error, Inner, NewEvent, late};
use crate::casework::{self, Desk, Handled, Mode, Unhandled, raised};
use crate::domain::case::{Reference, ReferenceKind};
use crate::domain::event::{Actor, Event, Payload, Subject};
use crate::domain::explanation::Cause;
use crate::domain::ids::{CaseId, EventId, TaskId, UnitId};
use crate::domain::london;
use crate::domain::receipt::{CaseReceipt, Outcome, Receipt};
use crate::domain::refusal::Refusal;
use crate::domain::staff::Roster;
use crate::domain::state::{CaseState, Mark};
use crate::store::audit::{Chain, Entry};
use crate::store::seal::Keys;
use crate::store::tape::Tape;
use crate::store::write::{Draft, Waiting};
use crate::store::{self, Backend, Transaction, read, waiting};
use chrono::{DateTime, Utc};
use item::{InHand, Item, Standing};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant as Stopwatch;

/// What became of each call of a batch.
pub(super) type Results = Vec<Result<Receipt, Error>>;

/// Why an event of the batch is to be parked, once that is known.
#[derive(Debug, Clone)]
struct Parking {
    reason: String,
    /// Whether even telling the desk of it failed; it is then parked without a task, and logged.
    silently: bool,
}

/// What names an event within a batch from one beginning to the next: new ones by their call, kept ones by their id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Which {
    Call(usize),
    Kept(EventId),
}

/// Runs a batch of one unit: events handed over just now, and events that wait in the inbox.
///
/// # Errors
/// [`store::Error`]: nothing of the batch was committed, or it is not known whether it was.
pub(super) async fn run(
    inner: &Inner,
    unit: UnitId,
    news: &[NewEvent],
    inbox: &[EventId],
    chain: &mut Chain,
) -> Result<Results, store::Error> {
    begin(inner, unit, news, inbox, BTreeMap::new(), chain).await
}

/// Parks one event without trying it.
///
/// # Errors
/// [`store::Error`]: it is not even possible to park it.
pub(super) async fn park(
    inner: &Inner,
    unit: UnitId,
    news: &[NewEvent],
    inbox: &[EventId],
    why: &str,
    chain: &mut Chain,
) -> Result<Results, store::Error> {
    let parking = || Parking { reason: why.to_owned(), silently: false };
    let calls = (0..news.len()).map(Which::Call);
    let which = calls.chain(inbox.iter().copied().map(Which::Kept));
    begin(inner, unit, news, inbox, which.map(|which| (which, parking())).collect(), chain).await
}

async fn begin(
    inner: &Inner,
    unit: UnitId,
    news: &[NewEvent],
    inbox: &[EventId],
    mut parked: BTreeMap<Which, Parking>,
    chain: &mut Chain,
) -> Result<Results, store::Error> {
    let mut refused: BTreeMap<Which, Refusal> = BTreeMap::new();
    loop {
        let txn = inner.store.begin().await?;
        let mut batch = Batch::new(inner, unit, news, inbox, &parked, &refused);
        match batch.work(&txn).await? {
            Worked::Refuses(which, refusal) => {
                txn.rollback().await.map_err(store::Error::from)?;
                refused.insert(which, refusal);
            }
            Worked::Parks(which, reason) => {
                txn.rollback().await.map_err(store::Error::from)?;
                if let Which::Kept(event) = which {
                    tracing::warn!(%event, reason, "a kept event cannot be handled and is parked");
                }
                let silently = parked.contains_key(&which);
                parked.insert(which, Parking { reason, silently });
            }
            Worked::Done(results) => {
                batch.commit(txn, chain).await?;
                item::log_parked(&results);
                return Ok(results);
            }
        }
    }
}

enum Worked {
    Done(Results),
    Parks(Which, String),
    /// One case of an event refused it after others had taken it in: what they took in is to be forgotten.
    Refuses(Which, Refusal),
}

struct Batch<'a> {
    inner: &'a Inner,
    unit: UnitId,
    news: &'a [NewEvent],
    inbox: &'a [EventId],
    parked: &'a BTreeMap<Which, Parking>,
    /// Events that are known to be refused by one of their cases.
    refused: &'a BTreeMap<Which, Refusal>,
    /// Whether the event in hand was taken in by some of its cases.
    is_half_in: bool,
    keys: Keys<'a>,
    /// The roster as the batch changed it, to be written.
    roster: Option<Arc<Roster>>,
    /// The roster with what this batch gave out counted in.
    lent: Option<Arc<Roster>>,
    /// The tasks that were counted in.
    given: BTreeSet<TaskId>,
    /// The one event of the batch, where it is recorded already and handled again.
    again: Option<Event>,
    /// What became of that, with what was done, a line each.
    told: Option<(Receipt, Vec<String>)>,
    read_ns: u64,
    work_ns: u64,
    write_ns: u64,
    events: u64,
    /// How many events it leaves waiting in the inbox.
    leaves: usize,
    /// What it writes.
    draft: Draft,
    /// In how many cases each rule spoke.
    spoke: BTreeMap<String, i64>,
    draft_ns: u64,
    /// What the audit says of single things: work that was handed over.
    entries: Vec<Entry>,
    /// The cases as they will be once this is committed.
    states: BTreeMap<CaseId, CaseState>,
    /// How many transactions were on the tape when it began, where one is kept for the bench.
    after: usize,
}

fn nanos(since: Stopwatch) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

impl<'a> Batch<'a> {
    fn new(
        inner: &'a Inner,
        unit: UnitId,
        news: &'a [NewEvent],
        inbox: &'a [EventId],
        parked: &'a BTreeMap<Which, Parking>,
        refused: &'a BTreeMap<Which, Refusal>,
    ) -> Self {
        Self {
            inner,
            unit,
            news,
            inbox,
            parked,
            refused,
            is_half_in: false,
            keys: Keys::new(inner.store.ring()),
            roster: None,
            lent: None,
            given: BTreeSet::new(),
            again: None,
            told: None,
            read_ns: 0,
            work_ns: 0,
            write_ns: 0,
            events: 0,
            leaves: 0,
            draft: Draft::new(inner.store.backend(), unit),
            spoke: BTreeMap::new(),
            draft_ns: 0,
            entries: Vec::new(),
            states: BTreeMap::new(),
            after: inner.store.tape().map_or(0, Tape::len),
        }
    }

    async fn work(&mut self, txn: &Transaction) -> Result<Worked, store::Error> {
        let begun = Stopwatch::now();
        let now = self.inner.clock.now();
        let unit = self.unit;
        let mut roster = self.inner.rosters.get(txn, self.inner, unit).await?;
        let ruleset = self.inner.rulesets.active(txn, unit).await?;
        let standings = item::standings(txn, unit, self.news).await?;
        let mut results: Vec<Option<Result<Receipt, Error>>> = self.news.iter().map(|_| None).collect();
        let mut twins: Vec<(usize, usize)> = Vec::new();
        let mut items: Vec<Item> = Vec::new();
        self.lock_references(txn, &standings).await?;
        for (index, standing) in standings.into_iter().enumerate() {
            match standing {
                Standing::Answered(answer) => results[index] = Some(answer),
                Standing::Twin(first) => twins.push((index, first)),
                Standing::Fresh => match self.item(index, now) {
                    Ok(item) => {
                        let kept = self.kept(txn, &item).await?;
                        match kept {
                            Err(refusal) => results[index] = Some(Err(Error::Refused(refusal))),
                            Ok(kept) => {
                                items.push(item);
                                items.extend(kept);
                            }
                        }
                    }
                    Err(refusal) => results[index] = Some(Err(Error::Refused(refusal))),
                },
            }
        }
        items.extend(self.again.take().map(|event| Item { event, mode: Mode::Anew, answers: None }));
        for event in waiting::taken(txn, &mut self.keys, unit, self.inbox).await? {
            items.push(Item { event, mode: Mode::Working, answers: None });
        }
        let mut aims = resolve::aims(txn, &roster, &items).await?;
        for (aim, item) in aims.iter_mut().zip(&items) {
            if let Some(refusal) = self.refused.get(&which(item)) {
                *aim = Aim::Refused(refusal.clone());
            } else if let Some(parking) = self.parked.get(&which(item)) {
                *aim = Aim::Parked(parking.reason.clone());
            } else if let Payload::Unreadable { reason, .. } = item.payload() {
                *aim = Aim::Parked(reason.clone());
            }
        }
        let mut states = self.states(txn, unit, &items, &aims, &roster, now).await?;
        self.read_ns += nanos(begun);

        let mut hands: Vec<InHand> = Vec::new();
        let mut opened: BTreeSet<CaseId> = BTreeSet::new();
        for (item, aim) in items.into_iter().zip(aims) {
            let begun = Stopwatch::now();
            let desk = Desk {
                pack: &ruleset.pack,
                templates: &ruleset.templates,
                roster: &roster,
                ids: &self.inner.ids,
                now,
                mail_domain: &self.inner.settings.mail_domain,
                mode: item.mode,
            };
            let which = which(&item);
            let (answers, opens) = (item.answers, item.payload().opening().map(|new| new.id));
            if opens.is_some_and(|case| opened.contains(&case)) {
                let why =
                    Refusal::AlreadyExists { what: "case".to_owned(), id: "of the same batch".to_owned() };
                answers.into_iter().for_each(|index| results[index] = Some(Err(Error::Refused(why.clone()))));
                continue;
            }
            let done = self.one(&mut states, item, aim, desk);
            self.work_ns += nanos(begun);
            match done {
                Ok(hand) => {
                    if let Some(after) = casework::roster::after(&roster, &hand.event) {
                        roster = Arc::new(after);
                        self.roster = Some(roster.clone());
                    }
                    opened.extend(opens);
                    self.count_given(&hand, &states, &mut roster);
                    hands.push(hand);
                }
                Err(Unhandled::Refused(refusal)) => {
                    if self.is_half_in && answers.is_some() {
                        return Ok(Worked::Refuses(which, refusal));
                    }
                    if let Some(case) = opens {
                        states.remove(&case);
                    }
                    match answers {
                        Some(index) => results[index] = Some(Err(Error::Refused(refusal))),
                        None => return Ok(Worked::Parks(which, refusal.to_string())),
                    }
                }
                Err(Unhandled::Parked(why)) => return Ok(Worked::Parks(which, why.to_string())),
            }
        }
        if !self.given.is_empty() {
            self.lent = Some(roster);
        }
        let begun = Stopwatch::now();
        self.draft(txn, &states, &hands, &ruleset.pack.hash, now).await?;
        self.draft_ns += nanos(begun);
        self.states = states;
        self.entries = hands.iter().flat_map(|hand| write::entries(hand, now)).collect();
        for hand in hands {
            if hand.kept && self.news.is_empty() {
                let done = hand.handled.iter().flat_map(|one| one.trace.done.iter().cloned());
                self.told = Some((Receipt::of(hand.event.id, hand.receipts.clone()), done.collect()));
            }
            if let Some(index) = hand.answers {
                results[index] = Some(Ok(Receipt::of(hand.event.id, hand.receipts)));
            }
        }
        for (index, first) in twins {
            let answer =
                results[first].as_ref().map(|of| item::twin(of, &self.news[first], &self.news[index]));
            results[index] = answer;
        }
        let missing = "every call of a batch is a repeat, refused or handled";
        Ok(Worked::Done(results.into_iter().map(|result| result.expect(missing)).collect()))
    }

    /// A call's event as it will be recorded.
    fn item(&self, index: usize, now: DateTime<Utc>) -> Result<Item, Refusal> {
        let new = &self.news[index];
        let received_at = new.received_at.unwrap_or(now);
        if received_at > now {
            return Err(Refusal::ahead("received_at"));
        }
        let event = Event {
            id: item::body_id(new).unwrap_or_else(|| EventId(self.inner.ids.next(now))),
            unit: new.unit,
            source: new.source.clone(),
            reference: new.reference.clone(),
            actor: new.actor.clone(),
            occurred_at: new.occurred_at,
            received_at,
            recorded_at: now,
            subject: new.subject.clone(),
            payload: new.payload.clone(),
        };
        Ok(Item { event, mode: new.mode, answers: Some(index) })
    }

    /// The kept events that an item brings up again: a parked one that is retried, results that waited for a case.
    async fn kept(
        &mut self,
        txn: &Transaction,
        item: &Item,
    ) -> Result<Result<Vec<Item>, Refusal>, store::Error> {
        let kept = |event| Item { event, mode: Mode::Working, answers: None };
        if let Some((id, instead)) = item::again(item.payload()) {
            if let Some(refusal) = waiting::not_parked(txn, item.event.unit, id).await? {
                return Ok(Err(refusal));
            }
            let Some(mut event) = waiting::parked(txn, &mut self.keys, item.event.unit, id).await? else {
                return Ok(Err(Refusal::not_found("parked event", id)));
            };
            if let Some(instead) = instead {
                again::put_right(&mut event, instead);
            }
            return Ok(Ok(vec![kept(event)]));
        }
        if let Payload::ParkedDiscarded { event, .. } = item.payload() {
            let refusal = waiting::not_parked(txn, item.event.unit, *event).await?;
            if let Some(refusal) = refusal {
                return Ok(Err(refusal));
            }
            self.draft.discarded(*event);
            return Ok(Ok(Vec::new()));
        }
        let gained = late::gained(item.payload());
        if gained.is_empty() {
            return Ok(Ok(Vec::new()));
        }
        let events = late::events(txn, &mut self.keys, item.event.unit, gained).await?;
        Ok(Ok(events.into_iter().map(kept).collect()))
    }

    /// Locks the references by which cases are about to be found, or not to be found: those that events of the batch
    /// make a case's own, and those of results whose case is not held. Each sees what the other committed before it.
    /// SQLite's one writer holds everything anyway.
    async fn lock_references(&self, txn: &Transaction, standings: &[Standing]) -> Result<(), store::Error> {
        if self.inner.store.backend() != Backend::Postgres {
            return Ok(());
        }
        let fresh = |(new, standing): (&'a NewEvent, &Standing)| {
            matches!(standing, Standing::Fresh).then_some(&new.payload)
        };
        let payloads: Vec<&Payload> = self.news.iter().zip(standings).filter_map(fresh).collect();
        let contended = resolve::contended(txn, self.unit, &payloads).await?;
        read::lock_references(txn, self.unit, &contended).await
    }

    /// Works one event for each of its cases.
    fn one(
        &mut self,
        states: &mut BTreeMap<CaseId, CaseState>,
        item: Item,
        aim: Aim,
        desk: Desk<'_>,
    ) -> Result<InHand, Unhandled> {
        self.is_half_in = false;
        let silently = self.parked.get(&which(&item)).is_some_and(|parking| parking.silently);
        let kept = item.is_kept();
        let mut hand = InHand {
            event: item.event,
            answers: item.answers,
            kept,
            waits_still: None,
            receipts: Vec::new(),
            handled: Vec::new(),
            waiting: Vec::new(),
        };
        let parts = match aim {
            Aim::Cases(parts) => parts,
            Aim::Refused(refusal) => return Err(refusal.into()),
            Aim::Parked(reason) => {
                hand.receipts.push(without_case(Outcome::Parked, reason.clone()));
                hand.handled.extend(parked_at_desk(states, &hand.event, reason));
                if silently {
                    tracing::error!(event = %hand.event.id, "an event is parked and the desk cannot be told");
                } else {
                    self.at_desk(states, &mut hand, "event.parked", desk)?;
                }
                return Ok(hand);
            }
        };
        if casework::roster::touches(&hand.event.payload) {
            casework::roster::apply(&mut desk.roster.clone(), &hand.event)?;
        }
        for part in parts {
            match part {
                Part::Held(case) => {
                    let Some(state) = states.get_mut(&case) else {
                        return Err(Refusal::not_found("case", case).into());
                    };
                    let mut handled = casework::handle(state, hand.event.clone(), desk)?;
                    self.is_half_in = true;
                    if kept {
                        // What follows from it now is not what followed from it before.
                        for following in handled.iter_mut().skip(1) {
                            let again = following.event.id;
                            following.event.reference.push_str(&format!("/{again}"));
                        }
                    }
                    self.events += u64::try_from(handled.len()).unwrap_or(0);
                    let mut receipt = handled[0].receipt.clone();
                    receipt.effects = handled.iter().map(|one| one.receipt.effects).sum();
                    if receipt.effects > 0 && receipt.outcome == Outcome::Nothing {
                        receipt.outcome = Outcome::Applied;
                    }
                    hand.receipts.push(receipt);
                    hand.handled.extend(handled);
                }
                // A kept result waits on for its other cases; they are on the list already.
                Part::Unlinked { .. } if kept => hand.waits_still = Some(Outcome::Unlinked),
                Part::Unlinked { court_case, urn, marked } => {
                    let urn = urn.map(|urn| Reference::new(ReferenceKind::Urn, &urn).value);
                    let (event, received_at) = (hand.event.id, hand.event.received_at);
                    let day = hand.event.payload.court_day().unwrap_or_else(|| london::date(received_at));
                    hand.waiting.push(Waiting { event, court_case, urn, day, received_at });
                    let reason = "the case is not held: kept until it is opened or linked".to_owned();
                    hand.receipts.push(without_case(Outcome::Unlinked, reason));
                    if marked {
                        self.at_desk(states, &mut hand, "result.unlinked", desk)?;
                    }
                }
                Part::NotOurs(_) if kept => {}
                Part::NotOurs(reason) => hand.receipts.push(without_case(Outcome::NotOurs, reason)),
            }
        }
        Ok(hand)
    }

    /// Counts the tasks that an event gave out, so that the next event of the batch sees who has got how much.
    fn count_given(&mut self, hand: &InHand, states: &BTreeMap<CaseId, CaseState>, roster: &mut Arc<Roster>) {
        let cases = hand.handled.iter().filter_map(|one| states.get(&one.receipt.case?));
        for task in cases.flat_map(|state| &state.tasks).filter(|task| task.mark() == Mark::New) {
            let Some(staff) = task.assignee else { continue };
            if self.given.insert(task.id) {
                Arc::make_mut(roster).work.push(task.work(staff));
            }
        }
    }

    /// Tells the unit's desk of something, by an event of its own.
    fn at_desk(
        &mut self,
        states: &mut BTreeMap<CaseId, CaseState>,
        hand: &mut InHand,
        name: &str,
        desk: Desk<'_>,
    ) -> Result<(), Unhandled> {
        let Some(state) = states.get_mut(&CaseState::desk_of(hand.event.unit)) else { return Ok(()) };
        let id = EventId(self.inner.ids.next(desk.now));
        let event = Event {
            id,
            source: "usher:engine".to_owned(),
            reference: format!("{name}/{}/{id}", hand.event.id),
            actor: Actor::usher("engine"),
            subject: Subject::Desk,
            payload: raised(name, None, None, vec![Cause(hand.event.id.to_string())]),
            recorded_at: desk.now,
            unit: hand.event.unit,
            occurred_at: hand.event.occurred_at,
            received_at: hand.event.received_at,
        };
        let handled = casework::handle(state, event, desk)?;
        self.events += u64::try_from(handled.len()).unwrap_or(0);
        hand.handled.extend(handled);
        Ok(())
    }
}

/// Why an event is parked, kept as how it was handled at the unit's desk: lists of what is parked show it.
fn parked_at_desk(
    states: &mut BTreeMap<CaseId, CaseState>,
    event: &Event,
    reason: String,
) -> Option<Handled> {
    let state = states.get_mut(&CaseState::desk_of(event.unit))?;
    let case = state.case.change();
    case.sequence += 1;
    let receipt = CaseReceipt { case: Some(case.id), ..without_case(Outcome::Parked, reason.clone()) };
    let trace = casework::Trace { nothing_because: Some(reason), ..casework::Trace::default() };
    let (event, sequence) = (event.clone(), case.sequence);
    Some(Handled { event, receipt, facts: None, trace, sequence, elsewhere: Vec::new() })
}

fn which(item: &Item) -> Which {
    item.answers.map_or(Which::Kept(item.event.id), Which::Call)
}

fn without_case(outcome: Outcome, reason: String) -> CaseReceipt {
    CaseReceipt { case: None, outcome, effects: 0, reason: Some(reason) }
}
