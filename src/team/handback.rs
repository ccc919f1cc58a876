//! What comes back to somebody when they return, or when their cover is undone: everything that nobody has begun.

use super::cover::of_lines;
use crate::domain::handover::{Handover, HandoverKind, Listed, TaskLine};
use crate::domain::ids::{AbsenceId, StaffId};
use crate::domain::staff::Roster;
use crate::domain::task::{Covered, Task};
use crate::people::assignment::window;
use crate::people::presence;
use crate::store::queries::work;
use crate::store::{self, Store};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// Why work comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Back {
    /// They are at work again from this instant: what is due before that stays where it is.
    Returned(DateTime<Utc>),
    /// The cover was a mistake: whatever nobody has begun is theirs again.
    Undone,
}

/// The handover that takes covered work back; lines whose task stays where it is say so by their `to`.
///
/// # Errors
/// [`store::Error`].
pub async fn handover(
    store: &Store,
    roster: &Roster,
    absence: AbsenceId,
    back: Back,
    now: DateTime<Utc>,
) -> Result<Handover, store::Error> {
    let tasks = work::covered_by(store, roster.unit.id, absence).await?;
    let cases: BTreeSet<_> = tasks.iter().filter_map(|task| task.case).collect();
    let around = work::around(store, &cases).await?;
    let line = |task: &Task| {
        let covered = task.covered.iter().find(|covered| covered.absence == absence);
        let goes = covered.filter(|covered| goes_back(roster, task, covered, absence, back, now));
        let to = goes.map_or(task.assignee, |covered| covered.from);
        TaskLine {
            task: task.id,
            version: task.version,
            from: task.assignee,
            to,
            team: to.and_then(|to| roster.staff(to)).map(|staff| staff.team),
            because: match covered {
                Some(covered) if goes.is_none() && task.is_begun_since(covered) => BEGUN.to_owned(),
                Some(_) if goes.is_none() => ELSEWHERE.to_owned(),
                _ => String::new(),
            },
            listed: Listed {
                case: task.case.and_then(|case| around.get(&case)).and_then(|case| case.label.clone()),
                kind: task.kind.clone(),
                priority: task.priority,
                target_at: task.target_at,
                due_at: task.due_at,
            },
        }
    };
    let lines = tasks.iter().map(line).collect();
    Ok(of_lines(HandoverKind::Return, Some(absence), String::new(), lines))
}

/// Why a task stays with whoever covers it, in the words of a list: somebody is on it already.
const BEGUN: &str = "who has begun it";

/// The same: nobody has begun it, and it cannot wait for whoever had it.
const ELSEWHERE: &str = "as it is due before you are back at work";

/// Whether a covered task goes back: nobody has begun it, and whoever had it is there to do it in time.
fn goes_back(
    roster: &Roster,
    task: &Task,
    covered: &Covered,
    absence: AbsenceId,
    back: Back,
    now: DateTime<Utc>,
) -> bool {
    if task.is_begun_since(covered) {
        return false;
    }
    let Some(from) = covered.from else { return back == Back::Undone };
    match back {
        Back::Undone => still_there(roster, from, now),
        Back::Returned(at) => is_back_in_time(roster, from, absence, at, task.clock(), now),
    }
}

fn still_there(roster: &Roster, staff: StaffId, now: DateTime<Utc>) -> bool {
    roster.staff(staff).is_some_and(|staff| staff.left_at.is_none_or(|left| left > now))
}

/// Whether somebody is at work between their return and a task's clock, with this absence over and others in force.
fn is_back_in_time(
    roster: &Roster,
    staff: StaffId,
    absence: AbsenceId,
    at: DateTime<Utc>,
    by: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> bool {
    let mut after = roster.clone();
    for held in after.absences.iter_mut().filter(|held| held.id == absence) {
        held.until = Some(at);
    }
    let Some(staff) = after.staff(staff) else { return false };
    let from = now.max(at);
    // What is due before they are back stays where it is. What was overdue already waits for whoever comes first, and
    // that is not somebody who comes later.
    if by.is_some_and(|by| by <= from) && at > now {
        return false;
    }
    presence::works_before(&after, staff, from, window(by, from))
}
