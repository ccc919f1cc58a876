//! What became of a message outside, and what people do to one that has not left.

use super::super::{Desk, Unhandled};
use super::{Happened, Verdict};
use crate::casework::carry_out::duties;
use crate::domain::duty::{Duty, DutyState, Met};
use crate::domain::event::{Event, Fate, MessageAction};
use crate::domain::ids::{DutyId, MessageId};
use crate::domain::message::{Audience, Message, MessageState, Recipient};
use crate::domain::refusal::Refusal;
use crate::domain::state::{CaseState, Tracked};
use crate::domain::task::{Task, TaskState};
use crate::rules::facts::Occurrence;

fn held(state: &mut CaseState, id: MessageId) -> Result<&mut Tracked<Message>, Refusal> {
    let found = state.messages.iter_mut().find(|message| message.id == id);
    found.ok_or_else(|| Refusal::not_found("message of this case", id))
}

/// The outbox says how a message fared.
///
/// What it tells is thereby told: duties that were to be met by it are met. Where it does not arrive, they become
/// work for a person.
pub(super) fn fared(
    state: &mut CaseState,
    event: &Event,
    id: MessageId,
    fate: &Fate,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    let message = held(state, id)?;
    let (to, reason) = fate.brings();
    if message.state == to {
        return Ok(Happened::nothing_new(Verdict::Duplicate, "the message is in that state already"));
    }
    let settled = matches!(message.state, MessageState::Sent | MessageState::Printed | MessageState::Bounced);
    if settled && !matches!(fate, Fate::Sent | Fate::Printed | Fate::Bounced { .. })
        || message.state == MessageState::Bounced
    {
        // A sender that was slow and is not gone: what it saw stands against what was concluded in its stead.
        return Ok(Happened::nothing_new(Verdict::Stale, "it is known how the message fared"));
    }
    let about = match message.to {
        Recipient::Participant(participant) => Some(participant),
        Recipient::Directory(_) | Recipient::Staff(_) => None,
    };
    let changed = message.change();
    changed.state = to;
    changed.state_reason = reason.map(str::to_owned);
    let (medium, hearing) = (changed.medium.to_string(), changed.hearing);
    let told = told_by(state, id);
    match to {
        MessageState::Sent | MessageState::Printed => {
            duties::meet(state, &told, &Met { at: desk.now, channel: medium, by: None, words: None });
        }
        _ => {
            duties::gather_again(state, &told, event, desk);
        }
    }
    Ok(Happened::news(Occurrence { message: Some(id), about, hearing, ..Occurrence::default() }))
}

/// Whether a message tells all that a duty of its recipient rests on.
fn tells(message: &Message, duty: &Duty) -> bool {
    let causes = || message.because.iter().flat_map(|why| &why.causes);
    message.to == Recipient::Participant(duty.to)
        && duty.causes().all(|cause| causes().any(|other| other == cause))
}

/// The open duties that a message was to meet: its recipient's, in no task, resting on what it tells.
fn told_by(state: &CaseState, id: MessageId) -> Vec<DutyId> {
    let Some(message) = state.messages.iter().find(|message| message.id == id) else { return Vec::new() };
    let open = state.duties.iter().filter(|duty| duty.state == DutyState::Open && duty.task.is_none());
    open.filter(|duty| tells(message, duty)).map(|duty| duty.id).collect()
}

/// What a letter told that was not printed after all is owed again.
fn owe_again(state: &mut CaseState, id: MessageId) {
    let Some(message) = state.messages.iter().find(|message| message.id == id) else { return };
    let medium = message.medium.to_string();
    let told = |duty: &mut Tracked<Duty>| {
        let by_this = duty.met.as_ref().is_some_and(|met| met.by.is_none() && met.channel == medium);
        by_this && matches!(duty.state, DutyState::Met | DutyState::Late) && tells(message, duty)
    };
    for duty in state.duties.iter_mut() {
        if told(duty) {
            let duty = duty.change();
            duty.state = DutyState::Open;
            duty.met = None;
        }
    }
}

/// Whether a message would tell a victim or a witness what is to be told in a call that nobody has tried yet: the task that it
/// waits for is not done, and no task that it ever waited for has an attempt.
fn untried(state: &CaseState, id: MessageId) -> bool {
    let Some(message) = state.messages.iter().find(|message| message.id == id) else { return false };
    let (Audience::Victim | Audience::Witness, Some(after)) = (message.audience, message.after_task) else {
        return false;
    };
    let waited = |task: &Task| task.id == after || task.drafts.contains(&id);
    let tried = |task: &Task| !task.attempts.is_empty() || task.id == after && task.state == TaskState::Done;
    !state.tasks.iter().any(|task| waited(task) && tried(task))
}

/// A person lets a message leave, keeps it back, stops it or tries it again.
pub(super) fn acted(
    state: &mut CaseState,
    event: &Event,
    id: MessageId,
    action: MessageAction,
    reason: &str,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    let message = held(state, id)?;
    let (may, to, wanted) = match action {
        MessageAction::Release => (
            matches!(message.state, MessageState::Draft | MessageState::Held),
            MessageState::Queued,
            "only a draft or a held message can be released",
        ),
        MessageAction::Hold => (
            matches!(message.state, MessageState::Draft | MessageState::Queued | MessageState::Deferred),
            MessageState::Held,
            "only a message that has not left can be held",
        ),
        MessageAction::Cancel => (
            message.state.is_unsent(),
            MessageState::Cancelled,
            "only a message that has not left can be cancelled",
        ),
        MessageAction::Retry => (
            matches!(message.state, MessageState::Refused | MessageState::Unknown | MessageState::Bounced),
            MessageState::Queued,
            "only a refused, bounced or unknown message can be tried again",
        ),
        MessageAction::Unmark => (
            message.state == MessageState::Printed,
            MessageState::Queued,
            "only a letter that is marked as printed can be unmarked",
        ),
    };
    if !may {
        let state = message.state.to_string();
        let (what, id, wanted) = ("message".to_owned(), id.to_string(), wanted.to_owned());
        return Err(Refusal::IllegalMove { what, id, state, wanted }.into());
    }
    if action == MessageAction::Release && untried(state, id) {
        let (what, state) =
            ("message".to_owned(), "an outcome for a victim whom nobody has tried to call".to_owned());
        let wanted =
            "first record a failed attempt on the task that it waits for, or complete that task".to_owned();
        return Err(Refusal::IllegalMove { what, id: id.to_string(), state, wanted }.into());
    }
    if action == MessageAction::Unmark {
        owe_again(state, id);
    }
    let message = held(state, id)?.change();
    message.state = to;
    message.state_reason = Some(reason.to_owned());
    if to == MessageState::Queued {
        message.not_before = desk.now;
        message.after_task = None;
    }
    if to == MessageState::Cancelled {
        // What it was to tell is still owed.
        let untold = told_by(state, id);
        duties::gather_again(state, &untold, event, desk);
    }
    Ok(Happened::news(Occurrence { message: Some(id), ..Occurrence::default() }))
}
