//! Open clocks are counted anew because the calendar or a limit changed: a bank holiday was proclaimed, a pack came into
//! force. What they were before stays with them. Clocks that a person set, and those whose counting was not kept, stay.

use super::super::{Desk, raised};
use super::Happened;
use crate::casework::carry_out::{duties, earlier, limits_of};
use crate::domain::deadline::{Deadline, Formula, Hours};
use crate::domain::duty::DutyState;
use crate::domain::event::Event;
use crate::domain::explanation::{ClockMoved, Explanation};
use crate::domain::ids::TaskId;
use crate::domain::state::CaseState;
use crate::people::presence;
use crate::rules::decide;
use crate::rules::effect::Counted;
use crate::rules::facts::Occurrence;
use chrono::{DateTime, Utc};

/// What rules may listen to where a clock moved.
const MOVED: &str = "deadlines.moved";

/// Both clocks.
type Clocks = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// Counts every open clock of the case anew.
pub(super) fn recounted(state: &mut CaseState, event: &Event, desk: Desk<'_>) -> Happened {
    let shifts = state.case.owner.map(|owner| presence::shifts_of(desk.roster, owner));
    let shifts = shifts.as_ref().map(|shifts| shifts as &dyn Hours);
    let moved = |(target_was, due_was): Clocks| ClockMoved {
        at: desk.now,
        event: event.id,
        pack: desk.pack.hash.clone(),
        target_was,
        due_was,
    };
    let mut did = Vec::new();
    let mut gathered: Vec<TaskId> = Vec::new();
    for duty in state.duties.iter_mut().filter(|duty| duty.state == DutyState::Open) {
        let was = (duty.target_at, duty.due_at);
        let Some((now, waits_for)) = anew(&duty.because, was, desk, shifts) else { continue };
        let duty = duty.change();
        (duty.target_at, duty.due_at) = now;
        duty.waits_for = waits_for;
        duty.moved.push(moved(was));
        gathered.extend(duty.task);
        did.push(format!(
            "duty {}: due {} instead of {}",
            duty.kind,
            said(now.1.or(now.0)),
            said(was.1.or(was.0))
        ));
    }
    gathered.sort_unstable();
    gathered.dedup();
    for task in &gathered {
        let clocks = |state: &CaseState| {
            let task = state.tasks.iter().find(|held| held.id == *task);
            task.map(|task| (task.target_at, task.due_at))
        };
        let was = clocks(state);
        duties::bring_clocks(state, *task);
        if let Some(was) = was.filter(|was| clocks(state) != Some(*was))
            && let Some(task) = state.tasks.iter_mut().find(|held| held.id == *task)
        {
            task.change().moved.push(moved(was));
        }
    }
    for task in state.tasks.iter_mut().filter(|task| task.state.is_open() && !gathered.contains(&task.id)) {
        let was = (task.target_at, task.due_at);
        let Some((now, waits_for)) = anew(&task.because, was, desk, shifts) else { continue };
        let task = task.change();
        (task.target_at, task.due_at) = now;
        task.waits_for = waits_for;
        task.version += 1;
        task.moved.push(moved(was));
        did.push(format!(
            "task {}: due {} instead of {}",
            task.kind,
            said(now.1.or(now.0)),
            said(was.1.or(was.0))
        ));
    }
    if did.is_empty() {
        return Happened {
            note: Some("no open clock is another under the calendar and limits in force".to_owned()),
            ..Happened::news(Occurrence::default())
        };
    }
    let further = vec![raised(MOVED, None, None, Vec::new())];
    Happened { further, did, ..Happened::news(Occurrence::default()) }
}

fn said(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| "no day yet".to_owned(), crate::domain::london::rfc3339)
}

/// The clocks as they now come out, with what the due time waits for; none where nothing changes, or where how one of
/// them was counted is not known.
fn anew(
    because: &[Explanation],
    was: Clocks,
    desk: Desk<'_>,
    shifts: Option<&dyn Hours>,
) -> Option<(Clocks, Option<String>)> {
    let counted_somehow = |why: &&Explanation| !why.target_steps.is_empty() || !why.due_steps.is_empty();
    let known = |why: &Explanation| {
        (why.target_steps.is_empty() || why.target_formula.is_some())
            && (why.due_steps.is_empty() || why.due_formula.is_some())
    };
    let mut counted = because.iter().filter(counted_somehow).peekable();
    counted.peek()?;
    let (mut target, mut due, mut waits_for) = (None, None, None);
    for why in counted {
        if !known(why) {
            return None;
        }
        if let Some(formula) = &why.target_formula {
            target = earlier(target, count(formula, desk, shifts)?.at);
        }
        if let Some(formula) = &why.due_formula {
            let counted = count(formula, desk, shifts)?;
            due = earlier(due, counted.at);
            waits_for = waits_for.or(counted.waits_for);
        }
    }
    let waits_for = waits_for.filter(|_| due.is_none());
    ((target, due) != was).then_some(((target, due), waits_for))
}

/// What a formula comes to now; none where the pack in force does not know one of its limits.
fn count(formula: &Formula, desk: Desk<'_>, shifts: Option<&dyn Hours>) -> Option<Counted> {
    let deadline = Deadline::parse(&formula.deadline, &limits_of(desk)).ok()?;
    decide::count(desk.pack, &deadline, &|name: &str| formula.anchor(name), shifts).ok()
}
