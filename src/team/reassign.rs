//! Work and cases that a team leader gives to others: some tasks by a filter, all cases of somebody who leaves.

use super::cover::{of_lines, piece};
use super::{cases_of, listed, roster_now};
use crate::domain::handover::{CaseLine, Handover, HandoverKind, Listed, TaskLine};
use crate::domain::ids::{CaseId, PersonId, StaffId, TaskId};
use crate::domain::refusal::Refusal;
use crate::domain::staff::{Roster, Work};
use crate::people::cover::{self, Method, Unplaced};
use crate::people::fitness;
use crate::people::presence;
use crate::rules::pack::Pack;
use crate::store::queries::work::{self, OpenTask};
use crate::store::{self, Store};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// To whom work goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// All of it to one person.
    One(StaffId),
    /// Each piece to whoever may and can, as cover is planned.
    Spread,
}

/// What would go where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The handover that does it.
    pub handover: Handover,
    /// Work that nobody may and can do; it stays where it is.
    pub unplaced: Vec<Unplaced>,
    /// What there is to say of each task that was looked at.
    pub listed: BTreeMap<TaskId, Listed>,
}

/// Proposes to give tasks to somebody, or to whoever may and can.
///
/// # Errors
/// [`store::Error`].
pub async fn tasks(
    store: &Store,
    pack: &Pack,
    roster: &Roster,
    tasks: &[OpenTask],
    to: To,
    words: &str,
    now: DateTime<Utc>,
) -> Result<Result<Proposal, Refusal>, store::Error> {
    let unit = roster.unit.id;
    let around = work::around(store, &cases_of(tasks, unit)).await?;
    let line = |task: &OpenTask, to: StaffId, because: String| TaskLine {
        task: task.id,
        version: task.version,
        from: task.assignee,
        to: Some(to),
        team: None,
        because,
        listed: listed(task, &around),
    };
    let (lines, unplaced) = match to {
        To::One(staff) => {
            for task in tasks {
                let people = around.get(&task.case).map_or(&[][..], |case| &case.people);
                if let Err(refusal) = may_have(roster, staff, task.case, people, now) {
                    return Ok(Err(refusal));
                }
            }
            let others = tasks.iter().filter(|task| task.assignee != Some(staff));
            (others.map(|task| line(task, staff, words.to_owned())).collect(), Vec::new())
        }
        To::Spread => {
            let roster = without(roster_now(store, roster).await?, tasks);
            let pieces = tasks.iter().map(|task| piece(task, &around, pack, &roster)).collect();
            let plan = cover::plan(&roster, pieces, now, Method::Best);
            let find = |id| tasks.iter().find(|task| task.id == id);
            let moved = plan.lines.into_iter().filter(|planned| planned.from != Some(planned.to));
            let lines =
                moved.filter_map(|planned| Some(line(find(planned.task)?, planned.to, planned.because)));
            (lines.collect(), plan.unplaced)
        }
    };
    let handover = of_lines(HandoverKind::Reassignment, None, words.to_owned(), lines);
    let listed = tasks.iter().map(|task| (task.id, listed(task, &around))).collect();
    Ok(Ok(Proposal { handover, unplaced, listed }))
}

/// Whether somebody may have work of a case: what the handover itself would be refused for is said before.
fn may_have(
    roster: &Roster,
    staff: StaffId,
    case: CaseId,
    people: &[PersonId],
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let held = roster.staff(staff).ok_or_else(|| Refusal::not_found("member of staff", staff))?;
    let may = fitness::may(held, case, people, now);
    may.map_err(|unfit| Refusal::unsuitable(staff, &format!("{unfit} (case {case})")))
}

/// The roster as if nobody had this work yet.
fn without(mut roster: Roster, tasks: &[OpenTask]) -> Roster {
    for task in tasks {
        let Some(staff) = task.assignee else { continue };
        let clock = [task.target_at, task.due_at].into_iter().flatten().min();
        let same = |work: &&mut Work| {
            let hour = |at: DateTime<Utc>| at.timestamp() / 3_600;
            work.staff == staff && work.by.map(hour) == clock.map(hour)
        };
        if let Some(work) = roster.work.iter_mut().find(same) {
            work.minutes = work.minutes.saturating_sub(task.minutes);
            work.tasks = work.tasks.saturating_sub(1);
        }
    }
    roster
}

/// Proposes to give cases to another owner, with the open tasks in them that their owner has: all to one person, or
/// each case to whoever may and has most room.
///
/// # Errors
/// [`store::Error`].
pub async fn cases(
    store: &Store,
    roster: &Roster,
    from: StaffId,
    cases: &[CaseId],
    to: To,
    words: &str,
    now: DateTime<Utc>,
) -> Result<Result<(Handover, Vec<CaseId>), Refusal>, store::Error> {
    let unit = roster.unit.id;
    let roster = roster_now(store, roster).await?;
    let ids = cases.iter().copied().collect();
    let around = work::around(store, &ids).await?;
    let tasks = work::open_in(store, unit, cases).await?;
    let mut given: Vec<Work> = Vec::new();
    let (mut case_lines, mut task_lines, mut left) = (Vec::new(), Vec::new(), Vec::new());
    for case in cases {
        let Some(known) = around.get(case).filter(|known| known.owner == Some(from)) else { continue };
        let theirs: Vec<&OpenTask> =
            tasks.iter().filter(|task| task.case == *case && task.assignee == Some(from)).collect();
        let next = match to {
            To::One(staff) => match may_have(&roster, staff, *case, &known.people, now) {
                Ok(()) => Some((staff, words.to_owned())),
                Err(refusal) => return Ok(Err(refusal)),
            },
            To::Spread => lightest(&roster, from, *case, known, &given, now),
        };
        let Some((staff, because)) = next else {
            left.push(*case);
            continue;
        };
        let minutes = theirs.iter().map(|task| task.minutes).sum();
        // A case without open work weighs as well: it will have some.
        given.push(Work { staff, by: None, tasks: 1, minutes: u32::max(minutes, WEIGHT) });
        case_lines.push(CaseLine {
            case: *case,
            version: known.version,
            to: staff,
            because: because.clone(),
            tasks: u32::try_from(theirs.len()).unwrap_or(u32::MAX),
            label: known.label.clone(),
            risk: known.risk,
        });
        task_lines.extend(theirs.into_iter().map(|task| TaskLine {
            task: task.id,
            version: task.version,
            from: Some(from),
            to: Some(staff),
            team: None,
            because: because.clone(),
            listed: listed(task, &around),
        }));
    }
    let given = of_lines(HandoverKind::Transfer, None, words.to_owned(), task_lines);
    Ok(Ok((Handover { cases: case_lines, ..given }, left)))
}

/// What a case counts as while it has no open work, in minutes.
const WEIGHT: u32 = 15;

/// Over how long loads are compared.
const AHEAD: TimeDelta = TimeDelta::days(14);

/// Whoever may own a case and is least full, those who know it first; somebody who is away now only where nobody else may.
fn lightest(
    roster: &Roster,
    from: StaffId,
    case: CaseId,
    known: &work::Around,
    given: &[Work],
    now: DateTime<Utc>,
) -> Option<(StaffId, String)> {
    let may = roster.staff.iter().filter(|staff| {
        staff.id != from
            && staff.role == crate::domain::staff::StaffRole::CareOfficer
            && fitness::may(staff, case, &known.people, now).is_ok()
    });
    let full = |staff: &crate::domain::staff::Staff| {
        let own = roster.minutes_of_work(staff.id, None);
        let new: u32 = given.iter().filter(|work| work.staff == staff.id).map(|work| work.minutes).sum();
        let of = presence::minutes_between(roster, staff, now, now + AHEAD);
        (own + new, of)
    };
    let found = may.map(|staff| (staff, full(staff))).filter(|(_, (_, of))| *of > 0).min_by_key(
        |(staff, (taken, of))| {
            let knows = known.familiar.contains(&staff.id);
            let own_team = known.team.is_none_or(|team| staff.team == team);
            let is_away = roster.absences.iter().any(|away| away.staff == staff.id && away.covers(now));
            (is_away, !knows, !own_team, u64::from(*taken) * 1_000 / u64::from(*of), staff.id)
        },
    );
    found.map(|(staff, (taken, of))| {
        let why = if known.familiar.contains(&staff.id) { "knows the case" } else { "lightest load" };
        (staff.id, format!("{why}: {taken} of {of} minutes of the next fortnight are taken"))
    })
}
