//! From what events are about to the cases whose locks they are handled under.

use super::Inner;
use super::batch::item::Item;
use super::late::gained;
use crate::domain::case::Reference;
use crate::domain::event::{Payload, Subject};
use crate::domain::handover::TaskLine;
use crate::domain::ids::{CaseId, CourtCaseId, TaskId, UnitId};
use crate::domain::ours::{Ours, ours};
use crate::domain::refusal::Refusal;
use crate::domain::staff::Roster;
use crate::domain::state::CaseState;
use crate::store::{self, Transaction, read};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

/// What an event comes to once its subject is looked up.
#[derive(Debug)]
pub(super) enum Aim {
    /// The cases it is handled for.
    Cases(Vec<Part>),
    /// It is refused.
    Refused(Refusal),
    /// It is parked.
    Parked(String),
}

/// One case of an event.
#[derive(Debug)]
pub(super) enum Part {
    /// A case that is held, or that the event opens.
    Held(CaseId),
    /// A case of the court's that may be the unit's and is not held.
    Unlinked {
        /// The court's id of it.
        court_case: CourtCaseId,
        /// Its URN.
        urn: Option<String>,
        /// Whether its markers ask for a person now: domestic abuse, somebody vulnerable.
        marked: bool,
    },
    /// A case of another's.
    NotOurs(String),
}

/// How long counts of open tasks are believed before they are counted again; in between, what this process gives
/// out is added to them.
const LOADS_FOR: TimeDelta = TimeDelta::seconds(10);

/// The rosters this process has read, by unit; read again when their version rises.
#[derive(Default)]
pub(super) struct Rosters(Mutex<HashMap<UnitId, Counted>>);

#[derive(Clone)]
struct Counted {
    roster: Arc<Roster>,
    /// When the open tasks were counted.
    at: DateTime<Utc>,
}

impl Rosters {
    /// The unit's roster as it now is.
    pub(super) async fn get(
        &self,
        txn: &Transaction,
        inner: &Inner,
        unit: UnitId,
    ) -> Result<Arc<Roster>, store::Error> {
        let now = inner.clock.now();
        let version = read::roster_version(txn, unit).await?;
        let held = self.held().get(&unit).cloned();
        let held = held.filter(|held| Some(held.roster.unit.version) == version);
        let roster = match held {
            Some(held) if now - held.at < LOADS_FOR => return Ok(held.roster),
            Some(held) => {
                let work = read::open_work(txn, unit, None).await?;
                Arc::new(Roster { work, ..(*held.roster).clone() })
            }
            None => Arc::new(read::roster(txn, &inner.store, unit).await?),
        };
        self.held().insert(unit, Counted { roster: roster.clone(), at: now });
        Ok(roster)
    }

    /// Keeps a roster that was just written, or to whose people work was just given.
    pub(super) fn put(&self, roster: Arc<Roster>) {
        let mut held = self.held();
        let at = held.get(&roster.unit.id).map_or(DateTime::UNIX_EPOCH, |held| held.at);
        held.insert(roster.unit.id, Counted { roster, at });
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<UnitId, Counted>> {
        self.0.lock().expect("no holder of the rosters panics")
    }
}

/// The references that another lane or process may be about to give to a case, or not to find: those that events make
/// a case's own, and those of results whose case is not held.
pub(super) async fn contended(
    txn: &Transaction,
    unit: UnitId,
    payloads: &[&Payload],
) -> Result<Vec<Reference>, store::Error> {
    let mut contended: Vec<Reference> =
        payloads.iter().flat_map(|payload| gained(payload)).cloned().collect();
    let named = payloads.iter().flat_map(|payload| payload.court_cases());
    let cases: Vec<Vec<Reference>> = named.map(|case| case.references()).collect();
    let all: Vec<Reference> = cases.iter().flatten().cloned().collect();
    let held = read::cases_by_reference(txn, unit, &all).await?;
    let unfound = cases.into_iter().filter(|case| !case.iter().any(|reference| held.contains_key(reference)));
    contended.extend(unfound.flatten());
    contended.sort_unstable();
    contended.dedup();
    Ok(contended)
}

/// Looks every event's subject up, a query a kind for all of them.
pub(super) async fn aims(
    txn: &Transaction,
    roster: &Roster,
    events: &[Item],
) -> Result<Vec<Aim>, store::Error> {
    let unit = roster.unit.id;
    let (mut references, mut tasks, mut duties, mut messages) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for event in events {
        match event.subject() {
            Subject::Reference(wanted) => references.extend(wanted.iter().cloned()),
            Subject::Task(task) => tasks.push(*task),
            Subject::Duty(duty) => duties.push(*duty),
            Subject::Message(message) => messages.push(*message),
            Subject::Desk | Subject::Case(_) | Subject::Share => {}
            Subject::Handover => tasks.extend(handed_over(event.payload()).map(|line| line.task)),
        }
        references.extend(event.payload().court_cases().iter().flat_map(|case| case.references()));
        match event.payload() {
            Payload::CaseOpened { case } | Payload::CaseBrought { case, .. } => {
                references.extend(case.references.iter().cloned());
            }
            Payload::CaseLinked { references: new } => references.extend(new.iter().cloned()),
            _ => {}
        }
    }
    references.sort_unstable();
    references.dedup();
    let mut by_reference = read::cases_by_reference(txn, unit, &references).await?;
    let by_task =
        if tasks.is_empty() { HashMap::new() } else { read::cases_of_tasks(txn, unit, &tasks).await? };
    let by_duty =
        if duties.is_empty() { HashMap::new() } else { read::cases_of_duties(txn, unit, &duties).await? };
    let by_message = if messages.is_empty() {
        HashMap::new()
    } else {
        read::cases_of_messages(txn, unit, &messages).await?
    };
    let mut aims = Vec::with_capacity(events.len());
    for event in events {
        let one = |found: Option<CaseId>, what: &str, id: String| match found {
            Some(case) => Aim::Cases(vec![Part::Held(case)]),
            None => Aim::Refused(Refusal::not_found(what, id)),
        };
        let aim = if let Some(new) = event.payload().opening() {
            match new.references.iter().find(|reference| by_reference.contains_key(reference)) {
                Some(taken) => Aim::Refused(Refusal::AlreadyExists {
                    what: format!("case with {}", taken.kind),
                    id: taken.value.clone(),
                }),
                None => {
                    // Later events of the same batch find the case that this one opens.
                    by_reference.extend(new.references.iter().map(|reference| (reference.clone(), new.id)));
                    Aim::Cases(vec![Part::Held(new.id)])
                }
            }
        } else {
            match event.subject() {
                Subject::Desk => Aim::Cases(vec![Part::Held(CaseState::desk_of(unit))]),
                Subject::Case(case) => linkable(event, *case, &mut by_reference),
                Subject::Task(task) => one(by_task.get(task).copied(), "task", task.to_string()),
                Subject::Duty(duty) => one(by_duty.get(duty).copied(), "duty", duty.to_string()),
                Subject::Message(message) => {
                    one(by_message.get(message).copied(), "message", message.to_string())
                }
                Subject::Reference(wanted) => match cases_of(wanted, &by_reference)[..] {
                    // Whoever sent it may know the case before the unit does: a person looks.
                    [] => Aim::Parked(format!(
                        "no case is found by {}: open or link the case, then retry the event",
                        said(wanted)
                    )),
                    [case] => Aim::Cases(vec![Part::Held(case)]),
                    _ => Aim::Parked(format!("the references {} are of several cases", said(wanted))),
                },
                Subject::Share => share(event, roster, &by_reference),
                Subject::Handover => handover(unit, event.payload(), &by_task),
            }
        };
        aims.push(aim);
    }
    Ok(aims)
}

fn handed_over(payload: &Payload) -> impl Iterator<Item = &TaskLine> {
    payload.handover().into_iter().flat_map(|handover| &handover.tasks)
}

/// The cases that a handover is about, and the desk, which tells people of it, last.
fn handover(unit: UnitId, payload: &Payload, by_task: &HashMap<TaskId, CaseId>) -> Aim {
    let mut cases: BTreeSet<CaseId> = BTreeSet::new();
    for line in handed_over(payload) {
        match by_task.get(&line.task) {
            Some(case) => drop(cases.insert(*case)),
            None => return Aim::Refused(Refusal::not_found("task", line.task)),
        }
    }
    cases.extend(payload.handover().into_iter().flat_map(|handover| &handover.cases).map(|line| line.case));
    let desk = CaseState::desk_of(unit);
    cases.remove(&desk);
    Aim::Cases(cases.into_iter().chain([desk]).map(Part::Held).collect())
}

/// A case by its id; references to be linked to it must not be another's.
fn linkable(event: &Item, case: CaseId, by_reference: &mut HashMap<Reference, CaseId>) -> Aim {
    if let Payload::CaseLinked { references } = event.payload() {
        for reference in references {
            match by_reference.get(reference) {
                Some(other) if *other != case => {
                    return Aim::Refused(Refusal::AlreadyExists {
                        what: format!("another case with {}", reference.kind),
                        id: reference.value.clone(),
                    });
                }
                _ => drop(by_reference.insert(reference.clone(), case)),
            }
        }
    }
    Aim::Cases(vec![Part::Held(case)])
}

fn said(references: &[Reference]) -> String {
    let said = references.iter().map(|reference| format!("{} {}", reference.kind, reference.value));
    said.collect::<Vec<_>>().join(", ")
}

fn cases_of(references: &[Reference], by_reference: &HashMap<Reference, CaseId>) -> Vec<CaseId> {
    let mut cases: Vec<CaseId> =
        references.iter().filter_map(|known| by_reference.get(known)).copied().collect();
    cases.sort_unstable();
    cases.dedup();
    cases
}

/// The cases of a court's message: held, unlinked or not ours; parked where one's references are of several.
fn share(event: &Item, roster: &Roster, by_reference: &HashMap<Reference, CaseId>) -> Aim {
    let cases = event.payload().court_cases();
    if cases.is_empty() {
        return Aim::Parked("a court's message was announced and none is there".to_owned());
    }
    let mut parts = Vec::with_capacity(cases.len());
    for case in cases {
        let references = case.references();
        match cases_of(&references, by_reference)[..] {
            [held] => parts.push(Part::Held(held)),
            [] => parts.push(match ours(case, &roster.unit) {
                Ours::No { reason } => Part::NotOurs(reason),
                Ours::Yes | Ours::Unknown => {
                    let asks = |marker: &String| {
                        let marker = marker.to_lowercase();
                        ["domestic", "vulnerable", "intimidated"].iter().any(|word| marker.contains(word))
                    };
                    let marked = case.markers.iter().any(asks);
                    let urn = case.urn.map(str::to_owned);
                    Part::Unlinked { court_case: case.court_case, urn, marked }
                }
            }),
            _ => return Aim::Parked(format!("the references {} are of several cases", said(&references))),
        }
    }
    Aim::Cases(parts)
}
