//! The stage of the Monday: the unit is founded, its cases are opened, its mail and its clock are the real ones, and a
//! standing clock is moved through the day.

use super::cast;
use super::monday::{self, CASES};
use super::story;
use super::unit::{self, DOMAIN, address};
use crate::casework::Mode;
use crate::clock::{Clock, Ids};
use crate::domain::event::{Actor, Payload, Subject};
use crate::domain::hearing::AttendanceState;
use crate::domain::ids::CaseId;
use crate::domain::receipt::Receipt;
use crate::domain::staff::Unit;
use crate::domain::state::CaseState;
use crate::engine::rulesets::{Ruleset, Rulesets};
use crate::engine::{Engine, NewEvent, Settings, found};
use crate::mail::Transport;
use crate::outbox::{self, Outbox};
use crate::pack_files;
use crate::rules::pack::Pack;
use crate::schedule::Clockwork;
use crate::store::{Store, read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where every run's ids begin: the same run has the same ids.
const SEED: u64 = 20_261_123;

/// The unit with its engine and its clock.
pub(super) struct Stage {
    pub(super) engine: Engine,
    pub(super) clock: Clock,
    pub(super) unit: Unit,
    pub(super) ruleset: Arc<Ruleset>,
    pub(super) clockwork: Clockwork,
    counter: AtomicU64,
}

impl Stage {
    /// Founds the unit and opens its cases, three weeks before the Monday.
    pub(super) async fn set(store: Store) -> anyhow::Result<Self> {
        let clock = Clock::standing_at(monday::at("2026-11-02T09:00"));
        let unit = unit::unit();
        // Its templates are checked by tests: checking them once more takes longer than the day.
        let (pack, _) = Pack::load(pack_files::embedded())?;
        let ruleset = Ruleset::new(pack).map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
        found::found(&store, &unit, &ruleset, clock.now()).await?;
        // One event at a time: ids are given as events are handled, and how many come together is chance.
        let settings = Settings { mail_domain: DOMAIN.to_owned(), batch_max: 1, ..Settings::default() };
        let rulesets = Rulesets::with(ruleset.clone());
        let engine = Engine::start(store, rulesets, clock.clone(), Ids::seeded(SEED), settings);
        let clockwork = Clockwork::new(engine.clone());
        let stage = Self { engine, clock, unit, ruleset, clockwork, counter: AtomicU64::new(0) };
        for payload in unit::founding() {
            stage.record("demo", Actor::usher("demo"), Subject::Desk, payload).await?;
        }
        for nth in 0..CASES {
            let case = cast::case(nth, stage.clock.now());
            let subject = Subject::Reference(case.references.clone());
            stage.quietly(subject, Payload::CaseOpened { case: Box::new(case) }).await?;
        }
        stage.list_trials().await?;
        Ok(stage)
    }

    /// The trials are listed, and whoever is to give evidence was warned in time.
    async fn list_trials(&self) -> anyhow::Result<()> {
        self.clock.set(monday::at("2026-11-02T13:00"));
        for share in monday::earlier() {
            self.quietly(Subject::Share, Payload::HearingResulted { share: Box::new(share) }).await?;
        }
        self.clock.set(monday::at("2026-11-03T11:00"));
        for nth in (0..CASES).filter(|nth| cast::goes_to_trial(*nth)) {
            let case = Subject::Case(cast::case_id(nth));
            let witnesses = cast::witnesses(nth).into_iter().map(|witness| (witness.id, None)).collect();
            self.quietly(case.clone(), Payload::WitnessesRequired { hearing: None, witnesses }).await?;
            for attendance in self.case(cast::case_id(nth)).await?.attendances {
                let warned = Payload::AttendanceRecorded {
                    participant: attendance.participant,
                    hearing: attendance.hearing,
                    state: AttendanceState::Warned,
                    told_by: Some("call".to_owned()),
                };
                self.quietly(case.clone(), warned).await?;
            }
        }
        Ok(())
    }

    /// What sends the unit's mail by `transport`, one after the other, so that every run does the same.
    ///
    /// # Errors
    /// Where the demo's own address is none.
    pub(super) fn outbox(&self, transport: Transport) -> anyhow::Result<Outbox> {
        let settings = outbox::Settings {
            return_path: address("bounces", DOMAIN),
            from: Some(address("witness.care", DOMAIN)),
            at_once: 1,
            ..outbox::Settings::default()
        };
        Ok(Outbox::new(self.engine.clone(), transport, settings)?)
    }

    /// Everything that is held, the desk last.
    pub(super) async fn states(&self) -> anyhow::Result<Vec<CaseState>> {
        let mut ids: Vec<CaseId> = (0..CASES).chain(story::people::CASES).map(cast::case_id).collect();
        ids.push(CaseState::desk_of(self.unit.id));
        let mut states = read::cases(self.engine.store(), &ids).await?;
        states.sort_by_key(|state| (state.is_desk(), state.case.label().to_owned()));
        Ok(states)
    }

    /// All that is held of a case.
    pub(super) async fn case(&self, id: CaseId) -> anyhow::Result<CaseState> {
        let mut states = read::cases(self.engine.store(), &[id]).await?;
        states.pop().ok_or_else(|| anyhow::anyhow!("case {id} is gone"))
    }

    /// Records an event under a reference of its own.
    pub(super) async fn record(
        &self,
        source: &str,
        actor: Actor,
        subject: Subject,
        payload: Payload,
    ) -> anyhow::Result<Receipt> {
        Ok(self.engine.record(NewEvent { actor, ..self.event(source, subject, payload) }).await?)
    }

    /// Records what a body says under a reference of its own.
    pub(super) async fn record_body(
        &self,
        source: &str,
        body: Vec<u8>,
        subject: Subject,
        payload: Payload,
    ) -> anyhow::Result<Receipt> {
        let event = NewEvent { raw: Some(body.into()), ..self.event(source, subject, payload) };
        Ok(self.engine.record(event).await?)
    }

    /// Records what was before the unit began to use usher: no work follows.
    pub(super) async fn quietly(&self, subject: Subject, payload: Payload) -> anyhow::Result<()> {
        let event = NewEvent { mode: Mode::Quiet, ..self.event("demo", subject, payload) };
        self.engine.record(event).await?;
        Ok(())
    }

    fn event(&self, source: &str, subject: Subject, payload: Payload) -> NewEvent {
        let nth = self.counter.fetch_add(1, Ordering::Relaxed);
        NewEvent {
            unit: self.unit.id,
            source: source.to_owned(),
            reference: format!("demo-{nth}"),
            actor: Actor::usher("demo"),
            occurred_at: None,
            received_at: None,
            subject,
            payload,
            raw: None,
            mode: Mode::Working,
        }
    }
}
