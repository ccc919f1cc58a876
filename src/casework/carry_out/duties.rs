//! Duties: what is owed, gathered so that one call can meet all that is owed to one person.

use super::{Done, earlier, explanation};
use crate::casework::Desk;
use crate::casework::happen::stop_drafts;
use crate::domain::case::Case;
use crate::domain::duty::{Duty, DutyState, Met};
use crate::domain::event::Event;
use crate::domain::explanation::{Cause, Explanation};
use crate::domain::hearing::AttendanceState;
use crate::domain::ids::{DutyId, HearingId, ParticipantId, StaffId, TaskId};
use crate::domain::message::{MessageState, Recipient};
use crate::domain::staff::Absence;
use crate::domain::state::{CaseState, Mark, Tracked};
use crate::domain::task::{Covered, Priority, Task, TaskState};
use crate::people::assignment::{Wanted, assign, window};
use crate::rules::effect::{Counted, Decided, Effect};
use crate::rules::pack::{By, Owner, TaskKind};
use chrono::{DateTime, Utc};
use serde_json::json;

/// Somebody is owed something: a duty is made, or an open one of the same kind takes the causes in.
pub(super) fn owe(state: &mut CaseState, event: &Event, decided: &Decided, desk: Desk<'_>, done: &mut Done) {
    let Effect::Owe { kind, to, task, hearing, target, due, priority, by } = &decided.effect else { return };
    let mut why = explanation(event, decided, target.as_ref(), due.as_ref(), desk);
    let told = task.as_ref().map(|_| told_before(state, *to, &why.causes));
    // What they were told of, or will be told of, is not owed twice.
    let owed = |cause: &Cause| {
        state.duties.iter().any(|duty| {
            duty.to == *to
                && duty.kind == *kind
                && match task {
                    // What was told and then taken back is owed again, in a task of its own.
                    Some(_) => duty.state == DutyState::Open,
                    None => duty.state != DutyState::Withdrawn,
                }
                && duty.causes().any(|known| known == cause)
                && !(duty.state != DutyState::Open && was_turned(state, duty, cause))
        })
    };
    why.causes.retain(|cause| !owed(cause));
    if why.causes.is_empty() {
        return;
    }
    let target_at = target.as_ref().and_then(|target| target.at);
    let due_at = due.as_ref().and_then(|due| due.at);
    let same = state.duties.iter_mut().find(|duty| {
        duty.to == *to
            && duty.kind == *kind
            && duty.state == DutyState::Open
            && duty.because.iter().any(|other| other.event == event.id)
    });
    let (id, into) = match same {
        Some(duty) => {
            let duty = duty.change();
            duty.target_at = earlier(duty.target_at, target_at);
            duty.due_at = earlier(duty.due_at, due_at);
            duty.priority = duty.priority.min(*priority);
            duty.because.push(why.clone());
            done.note(format!("duty {kind} merged"));
            (duty.id, duty.task)
        }
        None => {
            let id = DutyId(desk.ids.next(desk.now));
            // What was withdrawn with its cause and is owed again with it is another duty.
            let base = format!("{kind}/{to}/{}/", super::digest(&why.causes));
            let nth = state.duties.iter().filter(|duty| duty.key.starts_with(&base)).count();
            state.duties.push(Tracked::new(Duty {
                id,
                key: format!("{base}{nth}"),
                kind: kind.clone(),
                to: *to,
                state: DutyState::Open,
                priority: *priority,
                target_at,
                due_at,
                waits_for: due.as_ref().and_then(|due| due.waits_for.clone()),
                task: None,
                arose_at: event.received_at,
                met: None,
                moved: Vec::new(),
                because: vec![why.clone()],
            }));
            done.note(format!("duty {kind}"));
            (id, None)
        }
    };
    if *by == By::Message {
        return;
    }
    let into = match into {
        Some(task) => {
            if let Some(task) = state.tasks.iter_mut().find(|held| held.id == task) {
                task.change().because.push(why);
            }
            task
        }
        None => gathering_task(state, event, task.as_deref(), *to, *hearing, *priority, &why, desk, done),
    };
    if let Some(duty) = state.duties.iter_mut().find(|duty| duty.id == id) {
        duty.change().task = Some(into);
    }
    if let Some(told) = told {
        note_told(state, into, told);
    }
    bring_clocks(state, into);
}

/// Whether somebody was stood down for a listing and required for it again since a duty that rests on it ended: what
/// they were told before is not what holds now.
fn was_turned(state: &CaseState, duty: &Duty, listing: &Cause) -> bool {
    let ended = duty.met.as_ref().map_or(duty.arose_at, |met| met.at);
    let theirs = state.attendances.iter().find(|held| {
        held.participant == duty.to && listing.0 == format!("{}/{}", held.hearing, held.listing)
    });
    let Some(theirs) = theirs else { return false };
    let mut since = theirs.steps.iter().filter(|step| step.at >= ended);
    since.any(|step| step.state == AttendanceState::DeWarned)
        && since.any(|step| step.state == AttendanceState::Required)
}

/// Open duties get shorter clocks; each keeps the earlier of both.
pub(super) fn shorten(
    state: &mut CaseState,
    event: &Event,
    decided: &Decided,
    desk: Desk<'_>,
    done: &mut Done,
) {
    let Effect::Shorten { duties, target, due, priority } = &decided.effect else { return };
    let at = |counted: &Option<Counted>| counted.as_ref().and_then(|counted| counted.at);
    let mut tasks = Vec::new();
    for duty in state.duties.iter_mut() {
        if !duties.contains(&duty.id) || duty.state != DutyState::Open {
            continue;
        }
        let clocks = (earlier(duty.target_at, at(target)), earlier(duty.due_at, at(due)));
        if (clocks.0, clocks.1, duty.priority) == (duty.target_at, duty.due_at, duty.priority.min(*priority))
        {
            continue;
        }
        let duty = duty.change();
        (duty.target_at, duty.due_at) = clocks;
        duty.priority = duty.priority.min(*priority);
        duty.because.push(explanation(event, decided, target.as_ref(), due.as_ref(), desk));
        done.note(format!("duty {} has shorter clocks", duty.kind));
        tasks.extend(duty.task);
    }
    for task in tasks {
        bring_clocks(state, task);
    }
}

/// What somebody was told that rests on these causes: duties that were met, messages that left.
fn told_before(state: &CaseState, to: ParticipantId, causes: &[Cause]) -> Vec<serde_json::Value> {
    let rests = |because: &[Explanation]| {
        because.iter().flat_map(|why| &why.causes).any(|cause| causes.contains(cause))
    };
    let duties = state.duties.iter().filter(|duty| duty.to == to && rests(&duty.because));
    let duties = duties.filter_map(|duty| {
        let met = duty.met.as_ref().filter(|_| duty.state != DutyState::Excused)?;
        let of: Vec<&Cause> = duty.causes().filter(|cause| causes.contains(cause)).collect();
        Some(json!({ "who": to, "told": duty.kind, "of": of, "at": met.at, "by": met.channel }))
    });
    let messages = state.messages.iter().filter(|message| {
        message.to == Recipient::Participant(to)
            && matches!(message.state, MessageState::Sent | MessageState::Printed | MessageState::Unknown)
            && rests(&message.because)
    });
    let messages = messages.map(
        |message| json!({ "who": to, "told": message.template, "message": message.id, "by": message.medium }),
    );
    duties.chain(messages).collect()
}

/// Lists in the task who was told what, for whoever puts it right.
fn note_told(state: &mut CaseState, task: TaskId, told: Vec<serde_json::Value>) {
    let Some(task) = state.tasks.iter_mut().find(|held| held.id == task) else { return };
    let list = task.change().answers.entry("told".to_owned()).or_insert_with(|| json!([]));
    if let Some(list) = list.as_array_mut() {
        list.extend(told.into_iter().filter(|one| !one.is_null()));
    }
}

/// The open task in which duties to somebody gather, made where there is none.
#[allow(clippy::too_many_arguments, reason = "what a new task is made from; each is another thing")]
fn gathering_task(
    state: &mut CaseState,
    event: &Event,
    named: Option<&str>,
    to: ParticipantId,
    hearing: Option<HearingId>,
    priority: Priority,
    why: &Explanation,
    desk: Desk<'_>,
    done: &mut Done,
) -> TaskId {
    if named.is_none()
        && let Some(task) = open_task_of(state, event, to)
    {
        return task;
    }
    let kind = kind_of(desk, named);
    // A kind that was named gathers what one event owes to several people; the usual one gathers by person.
    let about = named.is_none().then_some(to);
    let fits = |task: &Task| {
        task.kind == kind.name
            && task.state.is_open()
            && task.about == about
            && (about.is_some() || task.because.iter().any(|other| other.event == event.id))
    };
    if let Some(task) = state.tasks.iter_mut().find(|task| fits(task)) {
        let task = task.change();
        task.because.push(why.clone());
        task.version += 1;
        return task.id;
    }
    let about_key = about.map_or_else(|| event.id.to_string(), |about| about.to_string());
    let nth = state.tasks.iter().filter(|task| task.kind == kind.name && task.about == about).count() + 1;
    let key = format!("{}/{about_key}/{nth}", kind.name);
    let task = new_task(state, kind, key, about, hearing, priority, why.clone(), desk, done);
    let id = task.id;
    state.tasks.push(Tracked::new(task));
    id
}

/// The open task in which this event's duties to somebody are gathered already.
pub(super) fn open_task_of(state: &CaseState, event: &Event, to: ParticipantId) -> Option<TaskId> {
    let of_event = |duty: &&Tracked<Duty>| {
        duty.to == to && duty.state == DutyState::Open && duty.because.iter().any(|why| why.event == event.id)
    };
    let tasks = state.duties.iter().filter(of_event).filter_map(|duty| duty.task);
    tasks.into_iter().find(|id| state.tasks.iter().any(|task| task.id == *id && task.state.is_open()))
}

/// Duties that a message was to meet which could not be written become work for a person.
pub(super) fn gather_unwritten(state: &mut CaseState, event: &Event, desk: Desk<'_>, done: &mut Done) {
    let written = |duty: &Duty| {
        state.messages.iter().any(|message| {
            message.to == Recipient::Participant(duty.to)
                && message.because.iter().any(|why| why.event == event.id)
                && duty.causes().all(|cause| message.because.iter().any(|why| why.causes.contains(cause)))
        })
    };
    let unwritten = state.duties.iter().filter(|duty| {
        duty.state == DutyState::Open
            && duty.task.is_none()
            && duty.because.iter().any(|why| why.event == event.id)
            && !written(duty)
    });
    let unwritten: Vec<DutyId> = unwritten.map(|duty| duty.id).collect();
    if !unwritten.is_empty() {
        gather_again(state, &unwritten, event, desk);
        done.note("what could not be written is to be told in person".to_owned());
    }
}

/// The kind of task by that name, else the one in which duties gather; a checked pack has both.
fn kind_of<'a>(desk: Desk<'a>, named: Option<&str>) -> &'a TaskKind {
    let kinds = &desk.pack.task_kinds;
    let named = named.and_then(|name| kinds.get(name));
    named
        .or_else(|| kinds.values().find(|kind| kind.gathers))
        .expect("a checked pack has exactly one gathering kind")
}

/// A new task, given to somebody; its clocks are still to be brought.
#[allow(clippy::too_many_arguments, reason = "what a new task is made from; each is another thing")]
pub(super) fn new_task(
    state: &CaseState,
    kind: &TaskKind,
    key: String,
    about: Option<ParticipantId>,
    hearing: Option<HearingId>,
    priority: Priority,
    why: Explanation,
    desk: Desk<'_>,
    done: &mut Done,
) -> Task {
    done.note(format!("task {}", kind.name));
    Task {
        id: TaskId(desk.ids.next(desk.now)),
        unit: state.case.unit,
        case: (!state.is_desk()).then_some(state.case.id),
        key,
        kind: kind.name.clone(),
        about,
        hearing,
        state: TaskState::Open,
        priority,
        assignee: None,
        team: state.case.team,
        assigned_because: String::new(),
        stranded: false,
        covered: Vec::new(),
        minutes: kind.minutes,
        target_at: None,
        due_at: None,
        waits_for: None,
        next_attempt_at: None,
        deferred_until: None,
        raised_at: desk.now,
        ended_at: None,
        outcome: None,
        attempts: Vec::new(),
        answers: crate::casework::happen::prefilled(state, kind, about, desk),
        drafts: Vec::new(),
        moved: Vec::new(),
        pack: desk.pack.hash.clone(),
        because: vec![why],
        version: 1,
    }
}

/// Gives every new task that nobody has to somebody, once its clocks are known.
pub(super) fn give_out(state: &mut CaseState, desk: Desk<'_>, done: &mut Done) {
    if state.tasks.iter().all(|task| !task.assigned_because.is_empty()) {
        return;
    }
    let people = state.people_ids();
    let case = (*state.case).clone();
    let familiar = familiar(state);
    for task in state.tasks.iter_mut().filter(|task| task.assigned_because.is_empty()) {
        let Some(kind) = desk.pack.task_kinds.get(&task.kind) else { continue };
        let owner = task_owner(task, kind, done);
        let wanted = Wanted {
            case: &case,
            people: &people,
            familiar: &familiar,
            owner: &owner,
            skills: &kind.skills,
            minutes: task.minutes,
            by: task.clock(),
        };
        let assignment = assign(desk.roster, wanted, desk.now, &done.taken);
        if let Some(staff) = assignment.staff {
            done.taken.push(task.work(staff));
        }
        let covered = covering(task, &case, &owner, assignment.staff, desk);
        let task = task.change();
        task.assignee = assignment.staff;
        task.team = assignment.team.or(task.team);
        task.assigned_because = assignment.because;
        task.stranded = assignment.stranded;
        task.covered.extend(covered);
    }
}

/// How a task that arises while the case's owner is away is kept for them: it goes back to them when they return.
fn covering(task: &Task, case: &Case, word: &Owner, to: Option<StaffId>, desk: Desk<'_>) -> Option<Covered> {
    let owner = case.owner.filter(|owner| *word == Owner::CaseOwner && to != Some(*owner))?;
    let by = window(task.clock(), desk.now);
    let away = |absence: &&Absence| {
        absence.staff == owner && absence.from <= by && absence.until.is_none_or(|until| until > desk.now)
    };
    let absence = desk.roster.absences.iter().find(away)?.id;
    let because = "owns the case".to_owned();
    Some(Covered { absence, from: Some(owner), to, at: desk.now, state: TaskState::Open, because })
}

/// Who has had work in this case: they know it, and the people in it. The desk is nobody's case.
pub(in crate::casework) fn familiar(state: &CaseState) -> Vec<StaffId> {
    if state.is_desk() {
        return Vec::new();
    }
    let tries =
        |task: &Tracked<Task>| task.attempts.iter().filter_map(|attempt| attempt.by).collect::<Vec<_>>();
    let had = state.tasks.iter().flat_map(|task| task.assignee.into_iter().chain(tries(task)));
    let mut familiar: Vec<StaffId> = had.collect();
    familiar.sort_unstable();
    familiar.dedup();
    familiar
}

fn task_owner(task: &Task, kind: &TaskKind, done: &Done) -> Owner {
    done.owners
        .iter()
        .find(|(id, _)| *id == task.id)
        .map_or_else(|| kind.owner.clone(), |(_, owner)| owner.clone())
}

/// Brings a gathering task's clocks and priority in line with its open duties: earliest and highest.
pub(in crate::casework) fn bring_clocks(state: &mut CaseState, task: TaskId) {
    let mut target: Option<DateTime<Utc>> = None;
    let mut due: Option<DateTime<Utc>> = None;
    let mut waits = None;
    let mut priority = None;
    for duty in state.duties.iter().filter(|duty| duty.task == Some(task) && duty.state == DutyState::Open) {
        target = earlier(target, duty.target_at);
        due = earlier(due, duty.due_at);
        waits = waits.or_else(|| duty.waits_for.clone());
        priority = Some(priority.map_or(duty.priority, |held: Priority| held.min(duty.priority)));
    }
    let Some(priority) = priority else { return };
    let Some(task) = state.tasks.iter_mut().find(|held| held.id == task) else { return };
    let waits = if due.is_some() { None } else { waits };
    if (task.target_at, task.due_at, task.priority, &task.waits_for) != (target, due, priority, &waits) {
        let is_new = task.mark() == Mark::New;
        let task = task.change();
        task.target_at = target;
        task.due_at = due;
        task.priority = priority;
        task.waits_for = waits;
        task.version += i64::from(!is_new);
    }
}

/// Duties are met, in time or late.
pub(in crate::casework) fn meet(state: &mut CaseState, duties: &[DutyId], how: &Met) {
    for duty in state.duties.iter_mut().filter(|duty| duties.contains(&duty.id)) {
        let late = duty.due_at.is_some_and(|due| how.at > due);
        let duty = duty.change();
        duty.state = if late { DutyState::Late } else { DutyState::Met };
        duty.met = Some(how.clone());
    }
}

/// Duties are not owed after all, by a rule or by somebody's word; gives the kinds of those that were still open.
pub(in crate::casework) fn excuse(
    state: &mut CaseState,
    duties: &[DutyId],
    reason: &str,
    by: Option<StaffId>,
    desk: Desk<'_>,
) -> Vec<String> {
    let (mut tasks, mut kinds) = (Vec::new(), Vec::new());
    let open = |duty: &&mut Tracked<Duty>| duties.contains(&duty.id) && duty.state == DutyState::Open;
    for duty in state.duties.iter_mut().filter(open) {
        let duty = duty.change();
        duty.state = DutyState::Excused;
        let (channel, words) = ("excused".to_owned(), Some(reason.to_owned()));
        duty.met = Some(Met { at: desk.now, channel, by, words });
        tasks.extend(duty.task);
        kinds.push(duty.kind.clone());
    }
    tasks.sort_unstable();
    tasks.dedup();
    for task in tasks {
        bring_clocks(state, task);
        if end_if_empty(state, task, "excused", desk) {
            stop_drafts(state, task, "excused");
        }
    }
    kinds
}

/// Ends a gathering task that has no open duty left; gives whether it did.
pub(in crate::casework) fn end_if_empty(
    state: &mut CaseState,
    task: TaskId,
    outcome: &str,
    desk: Desk<'_>,
) -> bool {
    if state.duties.iter().any(|duty| duty.task == Some(task) && duty.state == DutyState::Open) {
        return false;
    }
    let Some(task) = state.tasks.iter_mut().find(|held| held.id == task && held.state.is_open()) else {
        return false;
    };
    let task = task.change();
    task.state = TaskState::Done;
    task.outcome = Some(outcome.to_owned());
    task.ended_at = Some(desk.now);
    task.next_attempt_at = None;
    task.version += 1;
    true
}

/// Duties that a finished task left open, or that a message did not meet, gather in a fresh task; gives the tasks.
pub(in crate::casework) fn gather_again(
    state: &mut CaseState,
    left: &[DutyId],
    event: &Event,
    desk: Desk<'_>,
) -> Vec<TaskId> {
    let mut done = Done::default();
    let mut tasks = Vec::new();
    for id in left {
        let Some(duty) = state.duties.iter().find(|duty| duty.id == *id) else { continue };
        let (to, priority) = (duty.to, duty.priority);
        let Some(why) = duty.because.last().cloned() else { continue };
        let into = gathering_task(state, event, None, to, None, priority, &why, desk, &mut done);
        tasks.push(into);
        if let Some(duty) = state.duties.iter_mut().find(|duty| duty.id == *id) {
            duty.change().task = Some(into);
        }
        bring_clocks(state, into);
    }
    give_out(state, desk, &mut done);
    tasks.sort_unstable();
    tasks.dedup();
    tasks
}
