//! Work for a person, apart from the gathering of duties.

use super::{Done, duties, earlier, explanation};
use crate::casework::Desk;
use crate::domain::event::Event;
use crate::domain::ids::TaskId;
use crate::domain::state::{CaseState, Tracked};
use crate::domain::task::Priority;
use crate::rules::effect::{Decided, Effect};

/// A task is raised, or merged into the same one where that is open; one that ended is not born again.
pub(super) fn raise(
    state: &mut CaseState,
    event: &Event,
    decided: &Decided,
    desk: Desk<'_>,
    done: &mut Done,
) {
    let Effect::Task { kind, about, hearing, key, target, due, priority, owner } = &decided.effect else {
        return;
    };
    let Some(kind) = desk.pack.task_kinds.get(kind) else { return };
    let why = explanation(event, decided, target.as_ref(), due.as_ref(), desk);
    let listing =
        hearing.and_then(|id| state.hearings.iter().find(|held| held.id == id)).map(|held| held.listing);
    let mut parts = vec![kind.name.clone()];
    parts.extend(about.map(|about| about.to_string()));
    parts.extend(hearing.map(|hearing| format!("{hearing}/{}", listing.unwrap_or_default())));
    parts.extend(key.clone());
    if hearing.is_none() && key.is_none() {
        parts.push(super::digest(&why.causes));
    }
    let key = parts.join("/");
    let target_at = target.as_ref().and_then(|target| target.at);
    let due_at = due.as_ref().and_then(|due| due.at);
    if let Some(same) = state.tasks.iter_mut().find(|task| task.key == key) {
        let known = same.because.iter().any(|other| other.rule == why.rule && other.causes == why.causes);
        if same.state.is_open() && !known {
            let task = same.change();
            task.target_at = earlier(task.target_at, target_at);
            task.due_at = earlier(task.due_at, due_at);
            task.priority = task.priority.min(*priority);
            task.because.push(why);
            task.version += 1;
            done.note(format!("task {} merged", kind.name));
        }
        return;
    }
    let mut task = duties::new_task(state, kind, key, *about, *hearing, *priority, why, desk, done);
    task.target_at = target_at;
    task.due_at = due_at;
    task.waits_for = due.as_ref().and_then(|due| due.waits_for.clone());
    done.owners.extend(owner.clone().map(|owner| (task.id, owner)));
    state.tasks.push(Tracked::new(task));
}

/// Open tasks become more urgent, and say why.
pub(super) fn hurry(
    state: &mut CaseState,
    event: &Event,
    decided: &Decided,
    tasks: &[TaskId],
    priority: Priority,
    desk: Desk<'_>,
    done: &mut Done,
) {
    let is_meant = |task: &&mut Tracked<crate::domain::task::Task>| {
        tasks.contains(&task.id) && task.state.is_open() && task.priority > priority
    };
    for task in state.tasks.iter_mut().filter(is_meant) {
        let task = task.change();
        task.priority = priority;
        task.because.push(explanation(event, decided, None, None, desk));
        task.version += 1;
        done.note(format!("task {} is {priority}", task.kind));
    }
}
