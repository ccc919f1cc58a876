//! What people do to tasks and duties, and contacts that meet duties.

use super::super::{Desk, Unhandled, raised};
use super::{Happened, answers, participant_of};
use crate::casework::carry_out::duties;
use crate::domain::contact::Means;
use crate::domain::deadline::Anchor;
use crate::domain::duty::{DutyState, Met};
use crate::domain::event::{Completion, Event, Payload, TaskAction};
use crate::domain::explanation::{Cause, Explanation};
use crate::domain::hearing::{AttendanceState, Hearing, HearingState};
use crate::domain::ids::{DutyId, HearingId, MessageId, ParticipantId, TaskId};
use crate::domain::message::{Message, MessageState};
use crate::domain::refusal::Refusal;
use crate::domain::state::{CaseState, Tracked};
use crate::domain::task::{Attempt, Task, TaskState};
use crate::domain::words::Word;
use crate::people::assignment::{Wanted, assign};
use crate::people::{fitness, presence};
use crate::rules::decide;
use crate::rules::facts::Occurrence;
use crate::rules::pack::TaskKind;
use chrono::{DateTime, Utc};
use serde_json::Value;

fn about(task: &Task) -> Occurrence {
    Occurrence { task: Some(task.id), about: task.about, hearing: task.hearing, ..Occurrence::default() }
}

pub(super) fn kind<'a>(task: &Task, desk: Desk<'a>) -> Result<&'a TaskKind, Refusal> {
    let found = desk.pack.task_kinds.get(&task.kind);
    found.ok_or_else(|| Refusal::not_found("kind of task in the active pack", &task.kind))
}

/// Somebody makes a task by hand.
pub(super) fn created(state: &mut CaseState, event: &Event, desk: Desk<'_>) -> Result<Happened, Unhandled> {
    let Payload::TaskCreated { id, task: kind, about: whom, priority, due_at, assignee, words } =
        &event.payload
    else {
        unreachable!("called for this payload alone")
    };
    let Some(found) = desk.pack.task_kinds.get(kind).filter(|found| found.by_hand) else {
        let known = desk.pack.task_kinds.values().filter(|found| found.by_hand);
        let known = known.map(|found| found.name.as_str()).collect::<Vec<_>>().join(", ");
        let problem = format!("expected one of those that may be made by hand: {known}");
        return Err(Refusal::unknown_word("kind", problem).into());
    };
    if due_at.is_some_and(|due| due < desk.now) {
        return Err(Refusal::invalid("due_at", "must not have passed already").into());
    }
    if let Some(whom) = whom {
        participant_of(state, *whom)?;
    }
    let assigned = match assignee {
        Some(staff) => {
            let staff =
                desk.roster.staff(*staff).ok_or_else(|| Refusal::not_found("member of staff", staff))?;
            suitable(state, staff, desk)?;
            (Some(staff.id), Some(staff.team), "given by hand".to_owned(), false)
        }
        None => {
            let people = state.people_ids();
            let wanted = Wanted {
                case: &state.case,
                people: &people,
                familiar: &duties::familiar(state),
                owner: &found.owner,
                skills: &found.skills,
                minutes: found.minutes,
                by: *due_at,
            };
            let assignment = assign(desk.roster, wanted, desk.now, &[]);
            (assignment.staff, assignment.team, assignment.because, assignment.stranded)
        }
    };
    let task = Task {
        id: *id,
        unit: state.case.unit,
        case: (!state.is_desk()).then_some(state.case.id),
        key: format!("by-hand/{id}"),
        kind: kind.clone(),
        about: *whom,
        hearing: next_with_witnesses(state, *whom),
        state: TaskState::Open,
        priority: *priority,
        assignee: assigned.0,
        team: assigned.1,
        assigned_because: assigned.2,
        stranded: assigned.3,
        covered: Vec::new(),
        minutes: found.minutes,
        target_at: None,
        due_at: *due_at,
        waits_for: None,
        next_attempt_at: None,
        deferred_until: None,
        raised_at: desk.now,
        ended_at: None,
        outcome: None,
        attempts: Vec::new(),
        answers: {
            let mut answers = answers::prefilled(state, found, *whom, desk);
            answers.insert("words".to_owned(), Value::String(words.clone()));
            answers
        },
        drafts: Vec::new(),
        moved: Vec::new(),
        pack: desk.pack.hash.clone(),
        because: vec![Explanation::of(event, "by-hand", &desk.pack.hash, desk.now)],
        version: 1,
    };
    let occurrence = about(&task);
    state.tasks.push(Tracked::new(task));
    Ok(Happened::news(occurrence))
}

/// Somebody acts on a task.
pub(super) fn acted(
    state: &mut CaseState,
    event: &Event,
    id: TaskId,
    version: Option<i64>,
    action: &TaskAction,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    let task = state.tasks.iter().find(|task| task.id == id).ok_or_else(|| Refusal::not_found("task", id))?;
    if let Some(given) = version
        && given != task.version
    {
        return Err(Refusal::Stale {
            what: "task".to_owned(),
            id: id.to_string(),
            held: task.version,
            given,
        }
        .into());
    }
    let reopens = matches!(action, TaskAction::Reopen { .. });
    if task.state.is_open() == reopens {
        let wanted = if reopens { "only a task that has ended can be reopened" } else { "it must be open" };
        let state = task.state.to_string();
        let (what, id, wanted) = ("task".to_owned(), id.to_string(), wanted.to_owned());
        return Err(Refusal::IllegalMove { what, id, state, wanted }.into());
    }
    may_move(task, event, action)?;
    let occurrence = about(task);
    let mut further = Vec::new();
    let mut released = Vec::new();
    let mut word = None;
    match action {
        TaskAction::Acknowledge => change(state, id).state = TaskState::Acknowledged,
        TaskAction::Start => change(state, id).state = TaskState::InProgress,
        TaskAction::Claim { staff } => give(state, id, Some(*staff), None, "claimed from the queue", desk)?,
        TaskAction::Release => give(state, id, None, None, "released to the queue", desk)?,
        TaskAction::Assign { staff, team, reason } => give(state, id, *staff, *team, reason, desk)?,
        TaskAction::Defer { until, reason } => {
            if *until <= desk.now {
                return Err(Refusal::invalid("until", "must lie ahead").into());
            }
            let task = change(state, id);
            task.deferred_until = Some(*until);
            task.answers.insert("deferred_because".to_owned(), Value::String(reason.clone()));
        }
        TaskAction::Cancel { reason } => {
            let task = change(state, id);
            task.state = TaskState::Cancelled;
            task.ended_at = Some(desk.now);
            task.next_attempt_at = None;
            task.answers.insert("cancelled_because".to_owned(), Value::String(reason.clone()));
            // A duty ends by being met, excused or withdrawn; never because its task was tidied away.
            let owed = open_duties(state, id);
            let next = duties::gather_again(state, &owed, event, desk);
            match next.first() {
                Some(next) => move_drafts(state, id, *next),
                None => stop_drafts(state, id, "cancelled"),
            }
        }
        TaskAction::Reopen { reason } => reopen(state, id, reason),
        TaskAction::Attempt { outcome, at, words } => {
            further = attempt(state, event, id, outcome, *at, words.as_deref(), desk)?;
            word = Some(outcome.clone());
        }
        TaskAction::Answer { answers } => answers::saved(state, id, answers, desk)?,
        TaskAction::Complete(completion) => {
            released = complete(state, event, id, completion, desk)?;
            word = Some(completion.outcome.clone());
        }
    }
    let happened = Happened::news(Occurrence { word, ..occurrence });
    Ok(Happened { further, released, ..happened })
}

/// The hearing that work made by hand belongs to: the next one that calls witnesses, and before the others one at which
/// the person whom it is about is wanted.
fn next_with_witnesses(state: &CaseState, whom: Option<ParticipantId>) -> Option<HearingId> {
    let wanted = |hearing: &Hearing| {
        state.attendances.iter().any(|held| {
            (held.hearing, held.listing) == (hearing.id, hearing.listing)
                && whom == Some(held.participant)
                && held.state != AttendanceState::DeWarned
        })
    };
    let to_come = state.hearings.iter().map(|held| &**held);
    let to_come = to_come.filter(|held| held.state == HearingState::Listed && held.kind.calls_witnesses());
    let order = |held: &&Hearing| (!wanted(held), held.when.day().is_none(), held.when.day(), held.id);
    to_come.min_by_key(order).map(|held| held.id)
}

/// Refuses what the task's owner or state does not allow.
fn may_move(task: &Task, event: &Event, action: &TaskAction) -> Result<(), Refusal> {
    let forbid = |state: &str, wanted: &str| {
        let (what, id) = ("task".to_owned(), task.id.to_string());
        Err(Refusal::IllegalMove { what, id, state: state.to_owned(), wanted: wanted.to_owned() })
    };
    match action {
        TaskAction::Claim { .. } if task.assignee.is_some() => {
            forbid("somebody's already", "only a task in a team's queue can be claimed")
        }
        TaskAction::Release if task.assignee.is_none() => {
            forbid("in a queue already", "only a task that somebody has can be released")
        }
        TaskAction::Acknowledge
            if task.state != TaskState::Open
                || event.actor.staff.is_some_and(|me| task.assignee != Some(me)) =>
        {
            forbid(&task.state.to_string(), "only its owner can acknowledge it, while it is open")
        }
        TaskAction::Start if task.state == TaskState::InProgress => {
            forbid("in progress already", "it must be open or acknowledged")
        }
        TaskAction::Reopen { .. } if task.state != TaskState::Done => {
            forbid(&task.state.to_string(), "only a task that is done can be reopened")
        }
        TaskAction::Defer { until, .. } if task.due_at.is_some_and(|due| *until > due) => {
            Err(Refusal::invalid("until", "must not lie beyond the task's due time"))
        }
        _ => Ok(()),
    }
}

/// The earliest that something can have been done about a task.
const RAISED: &str = "when the task was raised";

/// When something was done that is said only now: as it was recorded where nobody said when. Refused where it lies
/// ahead, or before the `earliest` that it can have been.
pub(super) fn happened_at(
    at: Option<DateTime<Utc>>,
    earliest: DateTime<Utc>,
    earliest_is: &str,
    event: &Event,
    desk: Desk<'_>,
) -> Result<DateTime<Utc>, Refusal> {
    match at {
        None => Ok(event.recorded_at),
        Some(at) if at > desk.now => Err(Refusal::ahead("at")),
        Some(at) if at < earliest => {
            Err(Refusal::invalid("at", format!("must not lie before {earliest_is}")))
        }
        Some(at) => Ok(at),
    }
}

/// What is still owed of what a task gathers.
fn open_duties(state: &CaseState, task: TaskId) -> Vec<DutyId> {
    let open = state.duties.iter().filter(|duty| duty.task == Some(task) && duty.state == DutyState::Open);
    open.map(|duty| duty.id).collect()
}

/// A task, to be changed; it was found before.
pub(super) fn change(state: &mut CaseState, id: TaskId) -> &mut Task {
    let task = state.tasks.iter_mut().find(|task| task.id == id).expect("it was found before").change();
    task.version += 1;
    task
}

fn give(
    state: &mut CaseState,
    id: TaskId,
    staff: Option<crate::domain::ids::StaffId>,
    team: Option<crate::domain::ids::TeamId>,
    reason: &str,
    desk: Desk<'_>,
) -> Result<(), Refusal> {
    if let Some(team) = team
        && !desk.roster.teams.iter().any(|held| held.id == team)
    {
        return Err(Refusal::not_found("team", team));
    }
    let own = match staff {
        None => None,
        Some(staff) => {
            let staff =
                desk.roster.staff(staff).ok_or_else(|| Refusal::not_found("member of staff", staff))?;
            suitable(state, staff, desk)?;
            Some(staff.team)
        }
    };
    let task = change(state, id);
    task.assignee = staff;
    task.stranded = false;
    task.covered.clear();
    task.team = team.or(own).or(task.team);
    task.assigned_because = reason.to_owned();
    Ok(())
}

/// Refuses a member of staff who cannot take work on this case.
fn suitable(state: &CaseState, staff: &crate::domain::staff::Staff, desk: Desk<'_>) -> Result<(), Refusal> {
    let people = state.people_ids();
    fitness::may(staff, state.case.id, &people, desk.now)
        .map_err(|unfit| Refusal::unsuitable(staff.id, &unfit.to_string()))?;
    Ok(())
}

fn reopen(state: &mut CaseState, id: TaskId, reason: &str) {
    let task = change(state, id);
    task.state = TaskState::Open;
    task.ended_at = None;
    task.outcome = None;
    task.answers.insert("reopened_because".to_owned(), Value::String(reason.to_owned()));
    let drafts = task.drafts.clone();
    for duty in state.duties.iter_mut().filter(|duty| duty.task == Some(id)) {
        if matches!(duty.state, DutyState::Met | DutyState::Late) {
            let duty = duty.change();
            duty.state = DutyState::Open;
            duty.met = None;
        }
    }
    for message in state.messages.iter_mut().filter(|message| drafts.contains(&message.id)) {
        if message.state == MessageState::Queued {
            message.change().state = MessageState::Draft;
        }
    }
    duties::bring_clocks(state, id);
}

/// A try that did not finish the task; after the last one, the kind's further event.
fn attempt(
    state: &mut CaseState,
    event: &Event,
    id: TaskId,
    outcome: &str,
    at: Option<DateTime<Utc>>,
    words: Option<&str>,
    desk: Desk<'_>,
) -> Result<Vec<Payload>, Refusal> {
    let task = state.tasks.iter().find(|task| task.id == id).expect("it was found before");
    let kind = kind(task, desk)?;
    outcome_of(kind, outcome, Ending::Attempt)?;
    answers::enough_to_try(task, kind, outcome)?;
    let at = happened_at(at, task.raised_at, RAISED, event, desk)?;
    let due = task.due_at;
    let about = task.about;
    let hearing = task.hearing;
    let assignee = task.assignee;
    let by = event.actor.staff;
    let task = change(state, id);
    task.attempts.push(Attempt { at, by, outcome: outcome.to_owned() });
    if let Some(words) = words {
        task.answers.insert(format!("attempt_{}", task.attempts.len()), Value::String(words.to_owned()));
    }
    let tries = u32::try_from(task.attempts.len()).unwrap_or(u32::MAX);
    let Some(retry) = &kind.retry else { return Ok(Vec::new()) };
    if tries >= retry.attempts_max {
        task.next_attempt_at = None;
        return Ok(vec![raised(&retry.then, about, hearing, vec![Cause(id.to_string())])]);
    }
    let shifts = assignee.map(|staff| presence::shifts_of(desk.roster, staff));
    let shifts = shifts.as_ref().map(|shifts| shifts as &dyn crate::domain::deadline::Hours);
    let anchors = |name: &str| match name {
        "now" => Anchor::At(at),
        "due" => due.map_or(Anchor::Unfixed, Anchor::At),
        _ => Anchor::Missing,
    };
    let count = |deadline| {
        let counted = decide::count(desk.pack, deadline, &anchors, shifts);
        counted.map_err(|error| {
            Refusal::invalid("outcome", format!("the next attempt cannot be counted: {error}"))
        })
    };
    let mut next = count(&retry.again)?.at;
    if let (Some(sooner), Some(due)) = (&retry.sooner, due)
        && next.is_none_or(|next| next > due)
    {
        next = count(sooner)?.at;
    }
    task.next_attempt_at = next;
    Ok(Vec::new())
}

/// The task is finished: its duties are met, its drafts are released; gives those.
fn complete(
    state: &mut CaseState,
    event: &Event,
    id: TaskId,
    completion: &Completion,
    desk: Desk<'_>,
) -> Result<Vec<MessageId>, Refusal> {
    let task = state.tasks.iter().find(|task| task.id == id).expect("it was found before");
    let kind = kind(task, desk)?;
    let meets = outcome_of(kind, &completion.outcome, Ending::End)?;
    let all = answers::checked(task, kind, &completion.answers, Some(&completion.outcome), desk)?;
    let at = happened_at(completion.at, task.raised_at, RAISED, event, desk)?;
    let channel = match &completion.channel {
        None => Means::Call,
        Some(word) => Means::from_word(word).ok_or_else(|| {
            Refusal::unknown_word("channel", format!("expected one of {}", Means::WORDS.join(", ")))
        })?,
    };
    let open = open_duties(state, id);
    let met = match &completion.duties {
        Some(chosen) => {
            if let Some(other) = chosen.iter().find(|duty| !open.contains(duty)) {
                return Err(Refusal::invalid("duties", format!("{other} is no open duty of this task")));
            }
            chosen.clone()
        }
        None if meets => open.clone(),
        None => Vec::new(),
    };
    let left: Vec<DutyId> = open.into_iter().filter(|duty| !met.contains(duty)).collect();
    let how =
        Met { at, channel: channel.to_string(), by: event.actor.staff, words: completion.words.clone() };
    duties::meet(state, &met, &how);
    let task = change(state, id);
    task.state = TaskState::Done;
    task.ended_at = Some(at);
    task.outcome = Some(completion.outcome.clone());
    task.answers = all;
    task.next_attempt_at = None;
    answers::settle(state, id, kind, &completion.answers, at);
    let next = duties::gather_again(state, &left, event, desk);
    match next.first() {
        // What was not said yet is still to be said before it is written.
        Some(next) if !meets => move_drafts(state, id, *next),
        _ if meets => return Ok(release_drafts(state, id, desk)),
        _ => stop_drafts(state, id, &completion.outcome),
    }
    Ok(Vec::new())
}

/// Drafts that waited for the task may leave, no earlier than they might have without it; gives them.
pub(super) fn release_drafts(state: &mut CaseState, id: TaskId, desk: Desk<'_>) -> Vec<MessageId> {
    let mut released = Vec::new();
    for message in state.messages.iter_mut() {
        if message.after_task == Some(id) && message.state == MessageState::Draft {
            let message = message.change();
            message.state = MessageState::Queued;
            message.not_before = message.not_before.max(desk.now);
            released.push(message.id);
        }
    }
    released
}

/// A message that waits for a task, though a person may keep it back as well.
fn waits_for(message: &Message, task: TaskId) -> bool {
    message.after_task == Some(task) && matches!(message.state, MessageState::Draft | MessageState::Held)
}

/// Drafts wait for the task in which their duties are now gathered.
fn move_drafts(state: &mut CaseState, from: TaskId, to: TaskId) {
    let mut moved = Vec::new();
    for message in state.messages.iter_mut().filter(|message| waits_for(message, from)) {
        message.change().after_task = Some(to);
        moved.push(message.id);
    }
    if let Some(task) = state.tasks.iter_mut().find(|task| task.id == to) {
        task.change().drafts.extend(moved);
    }
}

/// Drafts of a task that ended without anybody being told are not for sending.
pub(in crate::casework) fn stop_drafts(state: &mut CaseState, id: TaskId, outcome: &str) {
    for message in state.messages.iter_mut() {
        if waits_for(message, id) {
            let message = message.change();
            message.state = MessageState::Cancelled;
            message.state_reason = Some(format!("the task that it waited for ended as {outcome}"));
        }
    }
}

#[derive(PartialEq, Eq)]
enum Ending {
    End,
    Attempt,
}

/// Whether the outcome meets duties; refused if the kind has no such outcome, or not of that sort.
fn outcome_of(kind: &TaskKind, word: &str, wanted: Ending) -> Result<bool, Refusal> {
    match kind.outcomes.get(word) {
        Some(outcome) if outcome.ends == (wanted == Ending::End) => Ok(outcome.meets),
        _ => {
            let fits = kind.outcomes.iter().filter(|(_, outcome)| outcome.ends == (wanted == Ending::End));
            let fits: Vec<&str> = fits.map(|(word, _)| word.as_str()).collect();
            Err(Refusal::unknown_word("outcome", format!("expected one of {}", fits.join(", "))))
        }
    }
}

/// A duty is not owed after all.
pub(super) fn duty_excused(
    state: &mut CaseState,
    event: &Event,
    id: DutyId,
    reason: &str,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    let Some(duty) = state.duties.iter().find(|duty| duty.id == id) else {
        return Err(Refusal::not_found("duty", id).into());
    };
    if duty.state != DutyState::Open {
        let (what, state) = ("duty".to_owned(), duty.state.to_string());
        let wanted = "only a duty that is still owed can be excused".to_owned();
        return Err(Refusal::IllegalMove { what, id: id.to_string(), state, wanted }.into());
    }
    if reason.trim().is_empty() {
        return Err(Refusal::invalid("reason", "must say why it is not owed").into());
    }
    let (to, task) = (duty.to, duty.task);
    duties::excuse(state, &[id], reason, event.actor.staff, desk);
    Ok(Happened::news(Occurrence { about: Some(to), task, ..Occurrence::default() }))
}
