//! The invented unit of the bench, with as many cases as a part needs: a victim, three witnesses and an officer each.

use crate::casework::Mode;
use crate::demo::courts::{Bench, COMMON_ASSAULT, Sitting, adjourned, result};
use crate::demo::{cast, unit};
use crate::domain::court::{Category, Share};
use crate::domain::event::{Actor, Payload, Subject};
use crate::domain::london::{self, Instant};
use crate::engine::rulesets::{Ruleset, Rulesets};
use crate::engine::{Engine, NewEvent, found};
use crate::rules::pack::Pack;
use crate::store::Store;
use crate::{pack_files, render};
use chrono::TimeDelta;
use std::sync::Arc;

/// The unit, and what makes events of it.
pub(super) struct Town {
    pub(super) engine: Engine,
    pub(super) ruleset: Arc<Ruleset>,
    pub(super) now: Instant,
}

impl Town {
    /// Founds the unit in an empty database.
    pub(super) async fn found(store: Store) -> anyhow::Result<Self> {
        let (clock, ids) = super::sources();
        let now = clock.now();
        let (pack, _): (Pack, _) = render::load_checked(pack_files::embedded())?;
        let ruleset = Ruleset::new(pack).map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
        found::found(&store, &unit::unit(), &ruleset, now).await?;
        let rulesets = Rulesets::with(ruleset.clone());
        let engine = Engine::start(store, rulesets, clock, ids, super::settings());
        let town = Self { engine, ruleset, now };
        for (nth, payload) in unit::founding().into_iter().enumerate() {
            town.engine.record(town.event(format!("found-{nth}"), Subject::Desk, payload)).await?;
        }
        Ok(town)
    }

    pub(super) fn event(&self, reference: String, subject: Subject, payload: Payload) -> NewEvent {
        NewEvent {
            unit: unit::unit().id,
            source: "bench".to_owned(),
            reference,
            actor: Actor { name: "bench".to_owned(), staff: Some(unit::owner(0).0) },
            occurred_at: None,
            received_at: None,
            subject,
            payload,
            raw: None,
            mode: Mode::Working,
        }
    }

    /// The nth case is opened.
    pub(super) fn opening(&self, nth: usize) -> NewEvent {
        let mut case = cast::case(nth, self.now);
        if !cast::goes_to_trial(nth) {
            case.participants.extend(cast::witnesses(nth));
        }
        let subject = Subject::Reference(case.references.clone());
        self.event(format!("open-{nth}"), subject, Payload::CaseOpened { case: Box::new(case) })
    }

    /// The nth case's victim is owed an outcome, and a trial is listed.
    pub(super) fn listing(&self, nth: usize) -> Share {
        let mut lines = vec![result("1015", "FO", "Fine", Category::Final)];
        lines.extend(adjourned("Trial", Bench::Crown, self.now + TimeDelta::days(90)));
        self.sitting(nth, "listing", 20).share(lines)
    }

    /// The nth case's victim is owed a further outcome.
    pub(super) fn sentence(&self, nth: usize) -> Share {
        self.sitting(nth, "sentence", 1).share(vec![result("1002", "IMP", "Imprisonment", Category::Final)])
    }

    fn sitting<'a>(&self, nth: usize, hearing: &'a str, days_ago: i64) -> Sitting<'a> {
        let day = london::date(self.now - TimeDelta::days(days_ago));
        let at = london::start_of_day(day) + TimeDelta::hours(10);
        let shared_at = at + TimeDelta::hours(3);
        let markers: &[&str] = if nth.is_multiple_of(5) { &["Domestic Violence"] } else { &[] };
        let charge = COMMON_ASSAULT;
        Sitting { nth, hearing, kind: "Sentence", bench: Bench::Crown, at, shared_at, charge, markers }
    }

    /// A share as an event.
    pub(super) fn shared(&self, reference: String, share: Share) -> NewEvent {
        self.event(reference, Subject::Share, Payload::HearingResulted { share: Box::new(share) })
    }
}
