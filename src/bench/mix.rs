//! The mix of typed events: what a unit's day is made of, in tenths.
//!
//! An hour is about half as many cases as it has events: something comes in about each, and later the task that is
//! open there is done. Cases were opened and first resulted long before, so each is met unread the first time.

use super::town::Town;
use crate::demo::cast;
use crate::domain::contact::{CallerCheck, ContactKind};
use crate::domain::event::{Completion, Payload, Subject, TaskAction};
use crate::domain::ids::{ContactId, TaskId, derived};
use crate::engine::NewEvent;
use crate::rules::form::{Answer, Required};
use crate::rules::pack::{Pack, TaskKind};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the report calls it.
pub(super) const NAME: &str =
    "2 court results, 2 contacts logged, 1 CPS list of witnesses, and a task completed after each";

/// How many of ten events are tasks completed: a task of its own for each.
pub(super) const COMPLETED_OF_TEN: usize = 5;

/// The typed events over cases that are open, each with a task.
pub(super) struct Mix {
    pub(super) town: Arc<Town>,
    /// A task of each case, with its kind.
    pub(super) tasks: Vec<(TaskId, String)>,
    /// How many events come in before the first of the tasks is done.
    pub(super) half_hour: usize,
}

impl Mix {
    /// The nth event.
    pub(super) fn event(&self, nth: usize) -> NewEvent {
        let reference = format!("mix-{nth}");
        let half = self.half_hour;
        let (hour, place) = (nth / (2 * half), nth % (2 * half));
        let case = (hour * half + place % half) % self.tasks.len();
        match place {
            done if done >= half => self.completion(reference, case),
            _ => match case % 5 {
                0 | 1 => self.town.shared(reference, self.town.sentence(case)),
                2 | 3 => self.contact(reference, nth, case),
                _ => self.witnesses(reference, case),
            },
        }
    }

    fn completion(&self, reference: String, nth: usize) -> NewEvent {
        let (task, kind) = &self.tasks[nth];
        let pack = &self.town.ruleset.pack;
        let completion = pack.task_kinds.get(kind).map(completed).unwrap_or_default();
        let action = TaskAction::Complete(completion);
        let payload = Payload::TaskActed { task: *task, version: None, action };
        self.town.event(reference, Subject::Task(*task), payload)
    }

    /// Somebody rings about a case.
    pub(super) fn contact(&self, reference: String, nth: usize, case: usize) -> NewEvent {
        let payload = Payload::ContactLogged {
            id: ContactId(derived(&[b"bench", &nth.to_be_bytes()])),
            contact: ContactKind::Call,
            with: Some(cast::participant(case, "victim")),
            at: None,
            incoming: false,
            check: CallerCheck::Verified,
            met: Vec::new(),
            told: Vec::new(),
            topics: Vec::new(),
            words: "Asked how the case stands; will ring again on Thursday.".to_owned(),
            corrects: None,
            hearing: None,
        };
        self.town.event(reference, Subject::Case(cast::case_id(case)), payload)
    }

    fn witnesses(&self, reference: String, case: usize) -> NewEvent {
        let witnesses = cast::witnesses(case).into_iter().map(|witness| (witness.id, None)).collect();
        let payload = Payload::WitnessesRequired { hearing: None, witnesses };
        self.town.event(reference, Subject::Case(cast::case_id(case)), payload)
    }
}

/// How a task of a kind is completed: by the first outcome that ends it, with every question answered.
fn completed(kind: &TaskKind) -> Completion {
    let ends = || kind.outcomes.iter().filter(|(_, outcome)| outcome.ends);
    let outcome = ends().find(|(_, outcome)| outcome.meets).or_else(|| ends().next());
    let answer = |answer: &Answer| match answer {
        Answer::YesNo => serde_json::json!(true),
        Answer::Text => serde_json::json!("as agreed"),
        Answer::Number => serde_json::json!(1),
        Answer::Dates => serde_json::json!([]),
        Answer::Entry(_) => serde_json::json!(null),
        Answer::Date => serde_json::json!("2026-11-23"),
        Answer::OneOf(choices) => serde_json::json!(choices.first().map(|choice| &choice.word)),
        Answer::AnyOf(choices) => {
            serde_json::json!(choices.iter().take(1).map(|choice| &choice.word).collect::<Vec<_>>())
        }
    };
    let asked = kind.form.iter().filter(|question| question.required != Required::No);
    Completion {
        outcome: outcome.map(|(word, _)| word.clone()).unwrap_or_default(),
        answers: asked
            .map(|question| (question.name.clone(), answer(&question.answer)))
            .collect::<BTreeMap<_, _>>(),
        channel: Some("call".to_owned()),
        words: Some("Told the outcome.".to_owned()),
        ..Completion::default()
    }
}

/// Whether a task of this kind can be completed by the mix.
pub(super) fn can_complete(pack: &Pack, kind: &str) -> bool {
    pack.task_kinds.get(kind).is_some_and(|kind| kind.gathers)
}
