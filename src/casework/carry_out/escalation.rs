//! Escalation: who hears when a task's clocks pass, and when.
//!
//! A task whose kind has steps has one timer, which moves from step to step. When it fires, the steps that have passed
//! and of which nobody was told become one alert to each person concerned, however many they are. Alerts go to people
//! who are present; where nobody is, the timer moves to the instant at which the first of them comes on shift. A step
//! is told once for each instant it falls on: a deadline that moves later is told again when it passes.
//!
//! Alerts to one person about one case are bundled: within an hour of one, further ones wait and are told together;
//! P1 never waits. What an alert rests on is kept as its causes, and is how it is known that a step was told. An alert
//! that has not left is stopped when all the work it speaks of has ended.

use super::{Done, briefings, explained, messages};
use crate::casework::{Desk, Mode, Parked};
use crate::domain::deadline::{Anchor, Step as Counting};
use crate::domain::diary::{Timer, TimerState};
use crate::domain::event::{Event, Payload};
use crate::domain::explanation::{Cause, Explanation};
use crate::domain::ids::{StaffId, TaskId, TimerId};
use crate::domain::message::{Message, MessageState, Recipient};
use crate::domain::staff::{Staff, StaffRole};
use crate::domain::state::Mark::Clean;
use crate::domain::state::{CaseState, Tracked};
use crate::domain::task::{Priority, Task};
use crate::people::{fitness, leaders, presence};
use crate::render::Subject;
use crate::render::view::TaskLine;
use crate::rules::decide;
use crate::rules::pack::{List, Owner, Template};
use chrono::{DateTime, TimeDelta, Utc};

/// The event that an escalation timer becomes.
const ESCALATED: &str = "task.escalated";

/// What explains a timer and an alert: a kind's policy is no rule of the pack's.
const RULE: &str = "escalation";

/// How long after one alert the next to the same person about the same case waits, to be told with others.
const BUNDLE: TimeDelta = TimeDelta::hours(1);

/// When an alert is tried again that could be told to nobody: no such person is found on any shift, or none of them
/// can be written to.
const AGAIN: TimeDelta = TimeDelta::hours(1);

/// A step of a task, counted.
#[derive(Clone)]
struct Step<'a> {
    at: DateTime<Utc>,
    cause: Cause,
    tell: &'a Owner,
    template: &'a Template,
    counting: Vec<Counting>,
}

/// Sets, moves or stops the timers of the tasks that changed.
pub(super) fn keep(state: &mut CaseState, event: &Event, desk: Desk<'_>) {
    if desk.mode == Mode::Quiet {
        return;
    }
    let changed = state.tasks.iter().filter(|task| task.mark() != Clean);
    for task in changed.map(|task| task.id).collect::<Vec<_>>() {
        set(state, event, task, desk.now, desk);
    }
}

/// Tells of the steps that have passed, where the event is that of an escalation timer.
///
/// # Errors
/// [`Parked::Unwritten`] if an alert's template fails.
pub(super) fn alert(
    state: &mut CaseState,
    event: &Event,
    desk: Desk<'_>,
    done: &mut Done,
) -> Result<(), Parked> {
    let Payload::Raised { name, causes, .. } = &event.payload else { return Ok(()) };
    if name != ESCALATED {
        return Ok(());
    }
    let found = causes.iter().find_map(|cause| {
        let id = cause.0.parse().ok()?;
        state.tasks.iter().find(|task| task.id == id)
    });
    let Some(task) = found.map(|task| (**task).clone()) else { return Ok(()) };
    let mut again = desk.now;
    if task.state.is_open() {
        // The latest step speaks for those before it: one alert a person, by that step's template.
        let mut alerts: Vec<(StaffId, Vec<Step<'_>>)> = Vec::new();
        for step in untold(state, &task, desk).into_iter().filter(|step| step.at <= desk.now) {
            for staff in present(&step, &task, state, desk) {
                match alerts.iter_mut().find(|(known, _)| *known == staff) {
                    Some((_, steps)) => steps.push(step.clone()),
                    None => alerts.push((staff, vec![step.clone()])),
                }
            }
        }
        for (staff, steps) in alerts {
            if !write(state, event, &task, staff, &steps, desk, done)? {
                again = desk.now + AGAIN;
            }
        }
    }
    set(state, event, task.id, again, desk);
    Ok(())
}

/// The steps of which nobody was told yet, in the order of their instants; those that wait for a date are left out.
fn untold<'a>(state: &CaseState, task: &Task, desk: Desk<'a>) -> Vec<Step<'a>> {
    let Some(kind) = desk.pack.task_kinds.get(&task.kind) else { return Vec::new() };
    let clock = |at: Option<DateTime<Utc>>| at.map_or(Anchor::Unfixed, Anchor::At);
    let anchors = |name: &str| match name {
        "target" => clock(task.target_at),
        "due" => clock(task.due_at),
        "raised" => Anchor::At(task.raised_at),
        _ => Anchor::Missing,
    };
    let shifts = task.assignee.map(|staff| presence::shifts_of(desk.roster, staff));
    let shifts = shifts.as_ref().map(|shifts| shifts as &dyn crate::domain::deadline::Hours);
    let told = |cause: &Cause| {
        state.messages.iter().any(|message| message.because.iter().any(|why| why.causes.contains(cause)))
    };
    let steps = kind.escalation.iter().enumerate().filter_map(|(nth, step)| {
        let counted = decide::count(desk.pack, &step.at, &anchors, shifts).ok()?;
        let at = counted.at?;
        let cause = Cause(format!("escalation/{}/{nth}/{}", task.id, at.timestamp_millis()));
        let template = desk.pack.templates.get(&step.template)?;
        let step = Step { at, cause, tell: &step.tell, template, counting: counted.steps };
        Some(step).filter(|step| !told(&step.cause))
    });
    let mut steps: Vec<Step<'_>> = steps.collect();
    steps.extend(stranded(task, desk).into_iter().filter(|step| !told(&step.cause)));
    steps.sort_by_key(|step| step.at);
    steps
}

/// Work that nobody who may and can is there for: the team leader hears of it at once.
fn stranded<'a>(task: &Task, desk: Desk<'a>) -> Option<Step<'a>> {
    let template =
        desk.pack.lists.get(&List::Stranded).filter(|_| task.stranded && task.assignee.is_none())?;
    let template = desk.pack.templates.get(template)?;
    let at = task.raised_at;
    let cause = Cause(format!("stranded/{}/{}", task.id, at.timestamp_millis()));
    Some(Step { at, cause, tell: &Owner::TeamLeader, template, counting: Vec::new() })
}

/// Those who may hear of a step: the first group of which somebody is present is told.
fn hearers<'a>(tell: &Owner, task: &Task, state: &CaseState, desk: Desk<'a>) -> Vec<Vec<&'a Staff>> {
    let roster = desk.roster;
    let people = state.people_ids();
    let may = |staff: &&Staff| !fitness::is_in_conflict(staff, state.case.id, &people);
    let those = |which: &dyn Fn(&Staff) -> bool| -> Vec<&'a Staff> {
        roster.staff.iter().filter(may).filter(|staff| which(staff)).collect()
    };
    let in_team = |staff: &Staff| task.team.is_none_or(|team| staff.team == team);
    let team = || vec![those(&|staff| in_team(staff) && staff.role != StaffRole::Manager)];
    match tell {
        Owner::CaseOwner => match task.assignee.or(state.case.owner) {
            Some(owner) => vec![those(&|staff| staff.id == owner)],
            None => team(),
        },
        Owner::Team => team(),
        Owner::TeamLeader => {
            let groups = leaders::of_team(roster, task.team).into_iter();
            groups.map(|group| group.into_iter().filter(may).collect()).collect()
        }
        Owner::Manager => vec![those(&|staff| staff.role == StaffRole::Manager)],
        Owner::Skill(skill) => {
            let has = |staff: &Staff| staff.skills.contains(skill);
            vec![those(&|staff| in_team(staff) && has(staff)), those(&has)]
        }
    }
}

/// Who hears of a step now.
fn present(step: &Step<'_>, task: &Task, state: &CaseState, desk: Desk<'_>) -> Vec<StaffId> {
    let here = |staff: &&Staff| presence::is_present(desk.roster, staff, desk.now);
    let groups = hearers(step.tell, task, state, desk).into_iter();
    let mut groups =
        groups.map(|group| group.into_iter().filter(here).map(|staff| staff.id).collect::<Vec<_>>());
    groups.find(|group| !group.is_empty()).unwrap_or_default()
}

/// When the task must be looked at next: at its next step, or for one that passed and could be told to nobody, when
/// the first of those who should hear is on shift. None where nothing is left to tell.
fn next_look(state: &CaseState, task: &Task, desk: Desk<'_>) -> Option<DateTime<Utc>> {
    let look = |step: &Step<'_>| {
        if step.at > desk.now {
            return step.at;
        }
        let hearers = hearers(step.tell, task, state, desk).into_iter().flatten();
        let on_shift = hearers.filter_map(|staff| presence::next_present(desk.roster, staff, desk.now));
        on_shift.min().unwrap_or(desk.now + AGAIN)
    };
    untold(state, task, desk).iter().map(look).min()
}

/// Brings the task's timer in line: it waits for the next look, which is not before `earliest`, or is stopped.
fn set(state: &mut CaseState, event: &Event, id: TaskId, earliest: DateTime<Utc>, desk: Desk<'_>) {
    let Some(task) = state.tasks.iter().find(|task| task.id == id) else { return };
    let due_at =
        if task.state.is_open() { next_look(state, task, desk).map(|at| at.max(earliest)) } else { None };
    if !task.state.is_open() {
        stop_alerts(state, id);
    }
    let key = format!("escalate/{id}");
    match (state.timers.iter_mut().find(|timer| timer.key == key), due_at) {
        (Some(timer), Some(_)) if timer.state == TimerState::Waiting && timer.due_at == due_at => {}
        (Some(timer), Some(_)) => {
            let timer = timer.change();
            timer.state = TimerState::Waiting;
            timer.due_at = due_at;
        }
        (Some(timer), None) if timer.state == TimerState::Waiting => {
            timer.change().state = TimerState::Stopped
        }
        (None, Some(_)) => state.timers.push(Tracked::new(Timer {
            id: TimerId(desk.ids.next(desk.now)),
            key,
            raises: ESCALATED.to_owned(),
            due_at,
            deadline: "escalation".to_owned(),
            hearing: None,
            about: None,
            task: Some(id),
            state: TimerState::Waiting,
            because: vec![explained(event, RULE, vec![Cause(id.to_string())], Vec::new(), desk)],
        })),
        (_, None) => {}
    }
}

/// Stops alerts that have not left and speak of nothing but work that has ended.
fn stop_alerts(state: &mut CaseState, ended: TaskId) {
    let open: Vec<Cause> = state
        .tasks
        .iter()
        .filter(|task| task.state.is_open())
        .map(|task| Cause(task.id.to_string()))
        .collect();
    let ended = Cause(ended.to_string());
    for message in state.messages.iter_mut().filter(|message| message.state.is_unsent() && is_alert(message))
    {
        let causes = || message.because.iter().flat_map(|why| &why.causes);
        if causes().any(|cause| *cause == ended) && !causes().any(|cause| open.contains(cause)) {
            let message = message.change();
            message.state = MessageState::Superseded;
            message.state_reason = Some("the work it speaks of has ended".to_owned());
        }
    }
}

fn is_alert(message: &Message) -> bool {
    message.key.contains("/alert/")
}

/// Writes an alert to somebody, or writes the one anew that is still kept back for them; gives whether there is one.
fn write(
    state: &mut CaseState,
    event: &Event,
    task: &Task,
    staff: StaffId,
    steps: &[Step<'_>],
    desk: Desk<'_>,
    done: &mut Done,
) -> Result<bool, Parked> {
    let Some(latest) = steps.last() else { return Ok(false) };
    let template = latest.template;
    let mut causes = vec![Cause(task.id.to_string())];
    causes.extend(steps.iter().map(|step| step.cause.clone()));
    let base = format!("{}/{staff}/alert/", template.name);
    let urgent = task.priority == Priority::P1;
    let kept_back = state.messages.iter().position(|held| {
        !urgent
            && held.key.starts_with(&base)
            && held.state == MessageState::Queued
            && held.not_before > desk.now
    });
    let mut because = kept_back.map(|index| state.messages[index].because.clone()).unwrap_or_default();
    because.push(explained(event, RULE, causes, latest.counting.clone(), desk));

    let to = Recipient::Staff(staff);
    let lines = lines(state, &because, desk);
    let subject = Subject { tasks: &lines, ..messages::about_nothing(state, to, desk) };
    let Some(rendered) = messages::text_of(template, &subject, desk, done)? else {
        return Ok(false);
    };
    done.note(format!("message {}", template.name));
    if let Some(index) = kept_back {
        let message = state.messages[index].change();
        message.subject = rendered.subject;
        message.text = rendered.text;
        message.written_at = desk.now;
        message.because = because;
        return Ok(true);
    }
    let last =
        state.messages.iter().filter(|held| held.key.starts_with(&base)).map(|held| held.not_before).max();
    let bundled = last.map_or(desk.now, |last| desk.now.max(last + BUNDLE));
    let key = |id| format!("{base}{id}");
    let message = messages::queued(template, to, key, rendered, because, desk);
    let not_before = if urgent { desk.now } else { bundled };
    state.messages.push(Tracked::new(Message { not_before, ..message }));
    Ok(true)
}

/// The open tasks that an alert speaks of, the one due first at the top.
fn lines<'a>(state: &'a CaseState, because: &[Explanation], desk: Desk<'a>) -> Vec<TaskLine<'a>> {
    let spoken_of = |task: &Task| {
        let own = Cause(task.id.to_string());
        because.iter().any(|why| why.causes.contains(&own))
    };
    let mut tasks: Vec<&Task> = state
        .tasks
        .iter()
        .map(|task| &**task)
        .filter(|task| task.state.is_open() && spoken_of(task))
        .collect();
    tasks.sort_by_key(|task| (task.due_at.is_none(), task.due_at, task.id));
    tasks.into_iter().map(|task| TaskLine { title: briefings::title(desk.pack, &task.kind), task }).collect()
}
