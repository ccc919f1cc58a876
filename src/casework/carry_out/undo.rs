//! Undoing what followed from causes that are gone.

use super::{Done, duties, explanation};
use crate::casework::Desk;
use crate::domain::duty::{Duty, DutyState};
use crate::domain::event::Event;
use crate::domain::explanation::{Cause, Explanation};
use crate::domain::hearing::Hearing;
use crate::domain::ids::{MessageId, TaskId};
use crate::domain::message::MessageState;
use crate::domain::state::CaseState;
use crate::domain::task::TaskState;
use crate::rules::effect::{Decided, Effect};

/// Open duties and tasks that rest on nothing but these causes are withdrawn, unsent messages stopped. What rests
/// on others too stays, without these.
pub(super) fn withdraw(
    state: &mut CaseState,
    event: &Event,
    decided: &Decided,
    desk: Desk<'_>,
    done: &mut Done,
) {
    let gone = &decided.causes;
    let why = explanation(event, decided, None, None, desk);
    for duty in state.duties.iter_mut().filter(|duty| duty.state == DutyState::Open) {
        match rests_on(&duty.because, gone) {
            Rests::NotAtAll => {}
            Rests::Alone => {
                let duty: &mut Duty = duty.change();
                duty.state = DutyState::Withdrawn;
                duty.because.push(why.clone());
                done.emptied.extend(duty.task.map(|task| (task, why.clone())));
                done.note(format!("duty {} withdrawn", duty.kind));
            }
            Rests::OnOthersToo => {
                let duty = duty.change();
                without(&mut duty.because, gone);
            }
        }
    }
    for task in state.tasks.iter_mut().filter(|task| task.state.is_open()) {
        let gathers = desk.pack.task_kinds.get(&task.kind).is_some_and(|kind| kind.gathers);
        if !gathers && rests_on(&task.because, gone) == Rests::Alone {
            end(task.change(), &why, desk, done);
        }
    }
    for message in state.messages.iter_mut().filter(|message| message.state.is_unsent()) {
        if rests_on(&message.because, gone) == Rests::OnOthersToo {
            let message = message.change();
            without(&mut message.because, gone);
            done.stale.push(message.id);
        } else if rests_on(&message.because, gone) == Rests::Alone {
            let message = message.change();
            message.state = MessageState::Superseded;
            message.state_reason = Some("the court removed what it rested on".to_owned());
            message.because.push(why.clone());
            done.note(format!("message {} stopped", message.template));
        }
    }
}

/// What is still to be told of a listing that no longer holds need not be told: there is a newer one.
pub(super) fn forget_earlier_listings(state: &mut CaseState, event: &Event, desk: Desk<'_>, done: &mut Done) {
    let listings = |hearing: &Hearing| {
        (1..hearing.listing).map(|listing| Cause(format!("{}/{listing}", hearing.id))).collect::<Vec<_>>()
    };
    let causes: Vec<Cause> = state.hearings.iter().flat_map(|hearing| listings(hearing)).collect();
    if causes.is_empty() {
        return;
    }
    let rule = "usher:the-listing-moved".to_owned();
    let decided = Decided { rule, cites: None, causes, effect: Effect::Withdraw };
    withdraw(state, event, &decided, desk, done);
}

/// Ends the tasks that were emptied and in which nothing was gathered since.
pub(super) fn end_emptied(state: &mut CaseState, desk: Desk<'_>, done: &mut Done) {
    for (id, why) in std::mem::take(&mut done.emptied) {
        duties::bring_clocks(state, id);
        let owes = state.duties.iter().any(|duty| duty.task == Some(id) && duty.state == DutyState::Open);
        let Some(task) = state.tasks.iter_mut().find(|task| task.id == id && task.state.is_open()) else {
            continue;
        };
        match owes {
            true => without(&mut task.change().because, &why.causes),
            false => end(task.change(), &why, desk, done),
        }
    }
}

fn end(task: &mut crate::domain::task::Task, why: &Explanation, desk: Desk<'_>, done: &mut Done) {
    task.state = TaskState::Withdrawn;
    task.ended_at = Some(desk.now);
    task.next_attempt_at = None;
    task.because.push(why.clone());
    task.version += 1;
    done.note(format!("task {} withdrawn", task.kind));
}

/// Tasks need not be done.
pub(super) fn cancel(state: &mut CaseState, tasks: &[TaskId], reason: &str, desk: Desk<'_>, done: &mut Done) {
    for task in state.tasks.iter_mut().filter(|task| tasks.contains(&task.id) && task.state.is_open()) {
        let owes =
            state.duties.iter().any(|duty| duty.task == Some(task.id) && duty.state == DutyState::Open);
        if owes {
            // A duty ends by being met, excused or withdrawn; never because its task was tidied away.
            continue;
        }
        let task = task.change();
        task.state = TaskState::Cancelled;
        task.ended_at = Some(desk.now);
        task.answers.insert("cancelled_because".to_owned(), serde_json::Value::String(reason.to_owned()));
        task.version += 1;
        done.note(format!("task {} cancelled", task.kind));
    }
}

#[derive(PartialEq, Eq)]
enum Rests {
    NotAtAll,
    OnOthersToo,
    Alone,
}

fn rests_on(because: &[Explanation], gone: &[Cause]) -> Rests {
    let causes = || because.iter().flat_map(|why| &why.causes);
    if !causes().any(|cause| gone.contains(cause)) {
        Rests::NotAtAll
    } else if causes().all(|cause| gone.contains(cause)) {
        Rests::Alone
    } else {
        Rests::OnOthersToo
    }
}

/// Takes causes out of explanations; one that rested on them alone goes with them.
pub(super) fn without(because: &mut Vec<Explanation>, gone: &[Cause]) {
    for why in because.iter_mut() {
        why.causes.retain(|cause| !gone.contains(cause));
    }
    because.retain(|why| !why.causes.is_empty());
}

/// Stops messages that have not left.
pub(super) fn stop(state: &mut CaseState, messages: &[MessageId], reason: &str, done: &mut Done) {
    let mut tasks = Vec::new();
    for message in state.messages.iter_mut() {
        if messages.contains(&message.id) && message.state.is_unsent() {
            let message = message.change();
            message.state = MessageState::Cancelled;
            message.state_reason = Some(reason.to_owned());
            tasks.extend(message.after_task);
            done.note(format!("message {} stopped", message.template));
        }
    }
    for id in tasks {
        if let Some(task) = state.tasks.iter_mut().find(|held| held.id == id) {
            task.change().drafts.retain(|draft| !messages.contains(draft));
        }
    }
}
