//! Titles of tasks as a list shows them: initials instead of names, since lists are read over shoulders.

use crate::domain::hearing::{Hearing, When};
use crate::domain::ids::ParticipantId;
use crate::domain::london;
use crate::domain::person::Person;
use crate::domain::task::Task;
use crate::engine::rulesets::{Ruleset, Rulesets};
use std::sync::Arc;

/// The rules a task keeps, or those now active.
pub(super) fn rules_of(held: &Rulesets, task: &Task, active: &Arc<Ruleset>) -> Arc<Ruleset> {
    held.by_hash(&task.pack).unwrap_or_else(|| active.clone())
}

/// A task's title for whoever reads it.
pub(super) fn title(
    rules: &Ruleset,
    task: &Task,
    person: impl Fn(ParticipantId) -> Option<Person>,
    hearing: Option<&Hearing>,
) -> String {
    let Some(kind) = rules.pack.task_kinds.get(&task.kind) else { return task.kind.clone() };
    let about = task.about.and_then(person).map(|person| person.identity.initials());
    let hearing = hearing.map(|hearing| match hearing.when {
        When::At(at) => format!("{}, {}", hearing.hearing_type, london::human_date(london::date(at))),
        When::Week(monday) => format!("{}, week of {}", hearing.hearing_type, london::human_date(monday)),
        When::Unfixed => format!("{}, date to be fixed", hearing.hearing_type),
    });
    let title = kind.title.replace("{about}", about.as_deref().unwrap_or("somebody"));
    title.replace("{hearing}", hearing.as_deref().unwrap_or("the hearing"))
}
