//! Cover for somebody who is away: the plan, and the handover that carries it out.

use super::{cases_of, listed, roster_now};
use crate::domain::handover::{Handover, HandoverKind, Listed, TaskLine};
use crate::domain::ids::{AbsenceId, StaffId, TaskId};
use crate::domain::refusal::Refusal;
use crate::domain::staff::{Absence, Roster};
use crate::people::cover::{self, Method, Piece, Plan};
use crate::people::fitness;
use crate::rules::pack::Pack;
use crate::store::queries::work::{self, Around, OpenTask};
use crate::store::{self, Store};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// A plan of who covers, with what lists say of its tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverPlan {
    /// For which absence.
    pub absence: Absence,
    /// The plan.
    pub plan: Plan,
    /// What there is to say of each of its tasks.
    pub listed: BTreeMap<TaskId, Listed>,
    /// How many open tasks stay with whoever is away: they are due when they are back, or have no clock.
    pub stays: usize,
}

/// Plans who does what somebody who is away should do meanwhile. Nothing changes.
///
/// # Errors
/// [`store::Error`].
pub async fn plan(
    store: &Store,
    pack: &Pack,
    roster: &Roster,
    absence: &Absence,
    now: DateTime<Utc>,
) -> Result<CoverPlan, store::Error> {
    let roster = roster_now(store, roster).await?;
    let tasks = work::open_of(store, roster.unit.id, absence.staff).await?;
    let all = tasks.len();
    let needs = |task: &OpenTask| {
        let period = (absence.from, absence.until);
        cover::needs_cover(&roster, absence.staff, task.by(), period, now)
    };
    let tasks: Vec<OpenTask> = tasks.into_iter().filter(needs).collect();
    let around = work::around(store, &cases_of(&tasks, roster.unit.id)).await?;
    let pieces = tasks.iter().map(|task| piece(task, &around, pack, &roster)).collect();
    let listed = tasks.iter().map(|task| (task.id, listed(task, &around))).collect();
    // Whoever will be away may be here until then; covering for oneself hands nothing over.
    let others = roster.staff.iter().filter(|staff| staff.id != absence.staff).cloned().collect();
    let plan = cover::plan(&Roster { staff: others, ..roster }, pieces, now, Method::Best);
    Ok(CoverPlan { absence: absence.clone(), plan, listed, stays: all - tasks.len() })
}

/// A task as a piece of work that looks for somebody.
pub(super) fn piece(
    task: &OpenTask,
    around: &BTreeMap<crate::domain::ids::CaseId, Around>,
    pack: &Pack,
    roster: &Roster,
) -> Piece {
    let kind = pack.task_kinds.get(&task.kind);
    let case = around.get(&task.case);
    Piece {
        task: task.id,
        version: task.version,
        from: task.assignee,
        case: task.case,
        people: case.map(|case| case.people.clone()).unwrap_or_default(),
        team: case.and_then(|case| case.team).or(task.team),
        familiar: case.map(|case| case.familiar.clone()).unwrap_or_default(),
        owner: fitness::cover_word(roster, task.assignee, kind.map(|kind| &kind.owner)),
        skills: kind.map(|kind| kind.skills.clone()).unwrap_or_default(),
        priority: task.priority,
        by: task.by(),
        minutes: task.minutes,
    }
}

/// One line of a plan as a team leader wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The task.
    pub task: TaskId,
    /// Its version in the plan.
    pub version: i64,
    /// Whose it is to be; none for the team's queue.
    pub to: Option<StaffId>,
    /// Why.
    pub because: String,
}

/// The handover that gives tasks to those who cover, as they were planned and adjusted.
///
/// # Errors
/// [`store::Error`]; [`Refusal`] where a task is not open any more or is not theirs who is away.
pub async fn handover(
    store: &Store,
    roster: &Roster,
    absence: &Absence,
    wishes: &[Wish],
) -> Result<Result<Handover, Refusal>, store::Error> {
    let unit = roster.unit.id;
    let ids: Vec<TaskId> = wishes.iter().map(|wish| wish.task).collect();
    let tasks = work::open_among(store, unit, &ids).await?;
    let around = work::around(store, &cases_of(&tasks, unit)).await?;
    let mut lines = Vec::with_capacity(wishes.len());
    for wish in wishes {
        if wish.to == Some(absence.staff) {
            return Ok(Err(Refusal::unsuitable(absence.staff, "they are who is away")));
        }
        let Some(task) = tasks.iter().find(|task| task.id == wish.task) else {
            let (what, id, state) = ("task".to_owned(), wish.task.to_string(), "not open".to_owned());
            let wanted = "only open work is covered: plan again".to_owned();
            return Ok(Err(Refusal::IllegalMove { what, id, state, wanted }));
        };
        if task.assignee != Some(absence.staff) {
            let (what, id) = ("task".to_owned(), wish.task.to_string());
            let state = "with somebody else by now".to_owned();
            let wanted = "only work of whoever is away is covered: plan again".to_owned();
            return Ok(Err(Refusal::IllegalMove { what, id, state, wanted }));
        }
        lines.push(TaskLine {
            task: wish.task,
            version: wish.version,
            from: Some(absence.staff),
            to: wish.to,
            team: None,
            because: wish.because.clone(),
            listed: listed(task, &around),
        });
    }
    Ok(Ok(of_lines(HandoverKind::Cover, Some(absence.id), String::new(), lines)))
}

/// A handover of tasks alone.
pub(super) fn of_lines(
    kind: HandoverKind,
    absence: Option<AbsenceId>,
    words: String,
    tasks: Vec<TaskLine>,
) -> Handover {
    Handover { kind, absence, words, asked: String::new(), tasks, cases: Vec::new() }
}
