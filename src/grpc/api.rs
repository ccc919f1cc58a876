//! What all services need: recording for a caller, reading what the caller may see, and the audit of that.

use super::access::{Identity, Role, Roll};
use super::convert::{field, names};
use super::page::Pages;
use super::pb::Reason;
use super::refused::Refused;
use super::settings::Settings;
use crate::domain::event::{Event, Payload, Subject};
use crate::domain::ids::{CaseId, EventId, StaffId, UnitId, derived};
use crate::domain::receipt::{Outcome, Receipt};
use crate::domain::staff::{Roster, Staff};
use crate::domain::state::CaseState;
use crate::engine::rulesets::Ruleset;
use crate::engine::{self, Engine, Mode, NewEvent};
use crate::people::fitness;
use crate::store::audit::{Auditor, Entry, Verb};
use crate::store::queries::events::{self, Name};
use crate::store::{Store, read};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tonic::codegen::BoxFuture;
use uuid::Uuid;

/// A body that was read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What it was taken for.
    pub format: String,
    /// What happened, or why that cannot be told.
    pub payload: Result<Payload, String>,
}

impl Reading {
    /// What is recorded of it: a body that cannot be read is recorded as that, to be parked.
    #[must_use]
    pub fn recorded(self) -> Payload {
        self.payload.unwrap_or_else(|reason| Payload::Unreadable { format: self.format, reason })
    }
}

/// Reads raw bodies: given in, since intake is another edge.
pub type ReadBody = Arc<dyn Fn(&[u8]) -> Reading + Send + Sync>;

/// What runs a pack's scenarios: given in, since they run on casework. Path, name, row, rule, and what was different.
pub type TestPack = Arc<dyn Fn(&Ruleset, &str) -> Vec<ScenarioResult> + Send + Sync>;

/// How a scenario went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioResult {
    /// The file.
    pub path: String,
    /// Its name.
    pub scenario: String,
    /// The row of the acceptance table.
    pub row: String,
    /// The rule it is about.
    pub rule: String,
    /// What followed that was not expected; none where it passed.
    pub difference: Option<String>,
}

/// Makes tokens that are shown once: given in, since randomness is. None where the system gives none.
pub type NewToken = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// What the API is made of.
pub struct Parts {
    /// Records and handles.
    pub engine: Engine,
    /// Writes who looked.
    pub auditor: Auditor,
    /// Reads raw bodies.
    pub read_body: ReadBody,
    /// Runs a pack's scenarios.
    pub test_pack: TestPack,
    /// Makes tokens.
    pub new_token: NewToken,
    /// The unit whose people sign in here.
    pub unit: UnitId,
    /// The limits.
    pub settings: Settings,
}

/// The API behind every service. Cheap to clone.
#[derive(Clone)]
pub struct Api(Arc<Inner>);

struct Inner {
    parts: Parts,
    pages: Pages,
    rosters: Mutex<HashMap<UnitId, Arc<Roster>>>,
    closing: CancellationToken,
}

/// How often a call that met its own repeat in the same batch is tried again.
const TRIES_MAX: u32 = 20;
/// A queue that asks for less than this asks for the end of the batch, not for patience.
const SOON: Duration = Duration::from_millis(10);

impl Api {
    /// The API over these parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let key = parts.engine.store().ring().token("page tokens");
        let (pages, closing) = (Pages::new(&key), CancellationToken::new());
        Self(Arc::new(Inner { parts, pages, rosters: Mutex::default(), closing }))
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.0.parts.engine.clock().now()
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.0.parts.engine
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        self.engine().store()
    }

    /// Page tokens.
    #[must_use]
    pub fn pages(&self) -> &Pages {
        &self.0.pages
    }

    /// Cancelled when the server begins to stop: a call that would go on for ever ends then.
    #[must_use]
    pub fn closing(&self) -> &CancellationToken {
        &self.0.closing
    }

    /// The unit whose people sign in here.
    #[must_use]
    pub fn unit(&self) -> UnitId {
        self.0.parts.unit
    }

    /// The limits.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.parts.settings
    }

    /// Reads a raw body, away from the threads that serve.
    ///
    /// # Errors
    /// [`Refused`] where reading broke down, which is a fault of ours.
    pub async fn read_body(&self, body: bytes::Bytes) -> Result<Reading, Refused> {
        let read = self.0.parts.read_body.clone();
        let reading = tokio::task::spawn_blocking(move || read(&body)).await;
        reading.map_err(|_| Refused::new(Reason::Internal, "reading the body broke down; it is logged"))
    }

    /// Runs a pack's scenarios, away from the threads that serve.
    ///
    /// # Errors
    /// [`Refused`] where running broke down, which is a fault of ours.
    pub async fn test_pack(
        &self,
        rules: Arc<Ruleset>,
        filter: String,
    ) -> Result<Vec<ScenarioResult>, Refused> {
        let test = self.0.parts.test_pack.clone();
        let results = tokio::task::spawn_blocking(move || test(&rules, &filter)).await;
        results.map_err(|_| Refused::new(Reason::Internal, "running the scenarios broke down; it is logged"))
    }

    /// An id that follows from the call, so that a repeat of it names the same thing.
    pub fn id<T: From<Uuid>>(what: &str, caller: &Identity, request_id: &str) -> T {
        T::from(derived(&[what.as_bytes(), caller.name.as_bytes(), request_id.as_bytes()]))
    }

    /// An event as this caller records it.
    #[must_use]
    pub fn event(caller: &Identity, request_id: &str, subject: Subject, payload: Payload) -> NewEvent {
        NewEvent {
            unit: caller.unit,
            source: caller.name.clone(),
            reference: request_id.to_owned(),
            actor: caller.actor(),
            occurred_at: None,
            received_at: None,
            subject,
            payload,
            raw: None,
            mode: Mode::Working,
        }
    }

    /// Records an event for a caller; answers after the commit.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn record(&self, event: NewEvent) -> Result<Receipt, Refused> {
        for _ in 0..TRIES_MAX {
            match self.engine().record_or_busy(event.clone()).await {
                Err(engine::Error::Busy { after }) if after < SOON => tokio::time::sleep(after).await,
                answer => return Ok(answer?),
            }
        }
        Ok(self.engine().record_or_busy(event).await?)
    }

    /// Records a payload that changes something for the caller of a unary call.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn write(
        &self,
        caller: &Identity,
        request_id: &str,
        subject: Subject,
        payload: Payload,
    ) -> Result<Receipt, Refused> {
        self.write_with(caller, request_id, subject, payload, None).await
    }

    /// The same with bytes that come beside the payload: a document's.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn write_with(
        &self,
        caller: &Identity,
        request_id: &str,
        subject: Subject,
        payload: Payload,
        raw: Option<Bytes>,
    ) -> Result<Receipt, Refused> {
        let names = names::of(&payload);
        let event = NewEvent { raw, ..Self::event(caller, request_id, subject, payload) };
        let receipt = self.record(event).await;
        let receipt = receipt.map_err(|refused| names.of_call(refused))?;
        if receipt.outcome == Outcome::Parked {
            let why = receipt.cases.first().and_then(|case| case.reason.clone()).unwrap_or_default();
            return Err(Refused::new(
                Reason::StateForbids,
                format!("it is kept as event {}, and a person must see to it: {why}", receipt.event),
            ));
        }
        Ok(receipt)
    }

    /// The event that this caller recorded under this reference, if there is one.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn recorded(&self, caller: &Identity, request_id: &str) -> Result<Option<Event>, Refused> {
        let name = Name::Reference(caller.name.clone(), request_id.to_owned());
        Ok(events::event(self.store(), caller.unit, &name).await?)
    }

    /// The caller's unit and its people as they now are.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn roster(&self, unit: UnitId) -> Result<Arc<Roster>, Refused> {
        let version = read::roster_version(self.store().reader(), unit).await?;
        let held = self.0.rosters.lock().expect("no holder of the rosters panics").get(&unit).cloned();
        if let Some(held) = held.filter(|held| Some(held.unit.version) == version) {
            return Ok(held);
        }
        let roster = Arc::new(read::roster(self.store().reader(), self.store(), unit).await?);
        self.0.rosters.lock().expect("no holder of the rosters panics").insert(unit, roster.clone());
        Ok(roster)
    }

    /// The rules active for a unit.
    ///
    /// # Errors
    /// [`Refused`] with `PACK_FAULTY` where there are none.
    pub async fn rules(&self, unit: UnitId) -> Result<Arc<Ruleset>, Refused> {
        self.engine().rulesets().active(self.store().reader(), unit).await.map_err(|error| match error {
            crate::store::Error::Missing { .. } => {
                Refused::new(Reason::PackFaulty, "no pack is active for the unit: activate one first")
            }
            error => error.into(),
        })
    }

    /// All that is held of a case of the caller's unit, which the caller may work.
    ///
    /// # Errors
    /// [`Refused`]: `NOT_HELD`, `CONFLICT_OF_INTEREST`.
    pub async fn case(&self, caller: &Identity, id: CaseId) -> Result<CaseState, Refused> {
        let state = self.any_case(caller, id).await?;
        if state.is_desk() {
            return Err(Refused::not_held("case", &id.to_string()));
        }
        Ok(state)
    }

    /// The same; the unit's desk as well.
    ///
    /// # Errors
    /// As [`Api::case`].
    pub async fn any_case(&self, caller: &Identity, id: CaseId) -> Result<CaseState, Refused> {
        let state = read::cases(self.store(), &[id]).await?.pop();
        let state = state.filter(|state| state.case.unit == caller.unit);
        let state = state.ok_or_else(|| Refused::not_held("case", &id.to_string()))?;
        self.may_work(caller, &state).await?;
        Ok(state)
    }

    /// Refuses a member of staff with a conflict of interest in one of these cases; one that is not held is passed
    /// over.
    ///
    /// # Errors
    /// [`Refused`] with `CONFLICT_OF_INTEREST`.
    pub async fn may_work_on(&self, caller: &Identity, cases: &[CaseId]) -> Result<(), Refused> {
        let Some(me) = caller.staff else { return Ok(()) };
        let roster = self.roster(caller.unit).await?;
        let torn = |me: &Staff| !me.case_conflicts.is_empty() || !me.person_conflicts.is_empty();
        if !roster.staff(me).is_some_and(torn) {
            return Ok(());
        }
        for state in read::cases(self.store(), cases).await? {
            if state.case.unit == caller.unit {
                self.may_work(caller, &state).await?;
            }
        }
        Ok(())
    }

    /// The cases with which the caller is in conflict: lists leave them out.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn kept_from(&self, caller: &Identity) -> Result<Vec<CaseId>, Refused> {
        let Some(me) = caller.staff else { return Ok(Vec::new()) };
        let roster = self.roster(caller.unit).await?;
        let Some(me) = roster.staff(me) else { return Ok(Vec::new()) };
        let mut cases = me.case_conflicts.clone();
        if !me.person_conflicts.is_empty() {
            cases.extend(read::cases_of_people(self.store().reader(), &me.person_conflicts).await?);
        }
        Ok(cases)
    }

    /// Refuses a member of staff with a conflict of interest in this case.
    async fn may_work(&self, caller: &Identity, state: &CaseState) -> Result<(), Refused> {
        let Some(me) = caller.staff else { return Ok(()) };
        let roster = self.roster(caller.unit).await?;
        let Some(me) = roster.staff(me) else { return Ok(()) };
        if fitness::is_in_conflict(me, state.case.id, &state.people_ids()) {
            let text =
                "a conflict of interest with this case is recorded for the caller: a colleague must work it";
            return Err(Refused::new(Reason::ConflictOfInterest, text));
        }
        Ok(())
    }

    /// Writes that a caller looks at one thing; what is looked at may be answered only after this.
    ///
    /// # Errors
    /// [`Refused`] with `AUDIT_UNAVAILABLE`.
    pub async fn looked(&self, caller: &Identity, kind: &'static str, subject: Uuid) -> Result<(), Refused> {
        self.audit(caller, kind, Some(subject), 1).await
    }

    /// Writes that a caller looks at a list of `count` things.
    ///
    /// # Errors
    /// [`Refused`] with `AUDIT_UNAVAILABLE`.
    pub async fn listed(&self, caller: &Identity, kind: &'static str, count: usize) -> Result<(), Refused> {
        if count == 0 {
            return Ok(());
        }
        self.audit(caller, kind, None, i64::try_from(count).unwrap_or(i64::MAX)).await
    }

    async fn audit(
        &self,
        caller: &Identity,
        subject_kind: &'static str,
        subject: Option<Uuid>,
        count: i64,
    ) -> Result<(), Refused> {
        // What another program reads leaves the unit; what its own people read does not.
        let verb = if caller.role.is_staff() || caller.role == Role::Administrator {
            Verb::Consult
        } else {
            Verb::Disclose
        };
        let (at, unit, actor) = (self.now(), caller.unit, caller.name.clone());
        let entry = Entry { at, unit, actor, verb, subject_kind, subject, count };
        Ok(self.0.parts.auditor.write(vec![entry]).await?)
    }

    /// Writes that a caller changed something beside the engine: an account.
    ///
    /// # Errors
    /// [`Refused`] with `AUDIT_UNAVAILABLE`.
    pub(super) async fn wrote(
        &self,
        caller: &Identity,
        verb: Verb,
        subject_kind: &'static str,
        subject: Uuid,
    ) -> Result<(), Refused> {
        let (at, unit, actor) = (self.now(), caller.unit, caller.name.clone());
        let entry = Entry { at, unit, actor, verb, subject_kind, subject: Some(subject), count: 1 };
        Ok(self.0.parts.auditor.write(vec![entry]).await?)
    }

    /// Writes that something outside the unit is told a list of `count` things; it may be answered only after this.
    ///
    /// # Errors
    /// [`Refused`] with `AUDIT_UNAVAILABLE`.
    pub(super) async fn disclosed(
        &self,
        unit: UnitId,
        actor: String,
        subject_kind: &'static str,
        subject: Uuid,
        count: usize,
    ) -> Result<(), Refused> {
        let (at, count) = (self.now(), i64::try_from(count).unwrap_or(i64::MAX));
        let entry =
            Entry { at, unit, actor, verb: Verb::Disclose, subject_kind, subject: Some(subject), count };
        Ok(self.0.parts.auditor.write(vec![entry]).await?)
    }

    /// A token that nobody has had before, to be shown once.
    ///
    /// # Errors
    /// [`Refused`] where the system gives no randomness.
    pub(super) fn new_token(&self) -> Result<String, Refused> {
        let none = || Refused::new(Reason::Internal, "the system gives no randomness; nothing was made");
        (self.0.parts.new_token)().ok_or_else(none)
    }

    /// The receipt of an event as it stands by now.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn standing(&self, unit: UnitId, held: &events::Held) -> Result<super::pb::Receipt, Refused> {
        let handlings = self.handlings(held.id).await?;
        Ok(super::convert::receipt::standing(held, &handlings, CaseState::desk_of(unit)))
    }

    /// How an event was handled for each case, with what there is to say of it.
    async fn handlings(&self, event: EventId) -> Result<Vec<(events::Handling, Option<String>)>, Refused> {
        let handlings = events::handlings(self.store(), &[event]).await?;
        Ok(handlings
            .into_iter()
            .map(|handling| (handling.clone(), trace(&handling).nothing_because))
            .collect())
    }

    /// Looks an id up among the rows of the caller's unit.
    ///
    /// # Errors
    /// [`Refused`] with `NOT_HELD`.
    pub fn found<T>(found: Option<T>, what: &str, id: impl ToString) -> Result<T, Refused> {
        found.ok_or_else(|| Refused::not_held(what, &id.to_string()))
    }

    /// The name of a call.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn request_id(text: &str) -> Result<&str, Refused> {
        field::request_id(text)
    }
}

impl Roll for Api {
    fn has_left(&self, unit: UnitId, staff: StaffId) -> BoxFuture<bool, Refused> {
        let api = self.clone();
        Box::pin(async move {
            let (roster, now) = (api.roster(unit).await?, api.now());
            Ok(roster.staff(staff).is_some_and(|staff| staff.left_at.is_some_and(|left| left <= now)))
        })
    }
}

/// What was asked and done in a handling; nothing where it is no longer readable.
#[must_use]
pub fn trace(handling: &events::Handling) -> engine::Trace {
    serde_json::from_slice(&handling.trace).unwrap_or_default()
}
