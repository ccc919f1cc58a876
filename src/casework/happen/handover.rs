//! Work that goes to others: each line is looked at as the case now stands, and all of a case's lines or none are taken.

use super::Happened;
use crate::casework::carry_out::duties;
use crate::casework::{Desk, Unhandled};
use crate::domain::case::{CaseCover, Phase};
use crate::domain::handover::{CaseLine, Handover, HandoverKind, TaskLine};
use crate::domain::ids::{AbsenceId, StaffId};
use crate::domain::refusal::Refusal;
use crate::domain::staff::{Absence, Roster, Staff};
use crate::domain::state::CaseState;
use crate::domain::task::{Covered, Task, TaskState};
use crate::people::assignment::{self, Wanted};
use crate::people::fitness;
use crate::rules::facts::Occurrence;
use crate::rules::pack::Owner;

/// A case's part of a handover. The desk hears of the whole, and has tasks of its own in it.
///
/// # Errors
/// [`Refusal::Stale`] where a task or case was changed since it was decided on, [`Refusal::IllegalMove`] where a task
/// has ended or an absence is over, [`Refusal::Unsuitable`] where somebody may not or cannot take it any more.
pub(super) fn handed_over(
    state: &mut CaseState,
    handover: &Handover,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    let here = |line: &&TaskLine| state.tasks.iter().any(|task| task.id == line.task);
    let lines: Vec<&TaskLine> = handover.tasks.iter().filter(here).collect();
    let case = handover.cases.iter().find(|line| line.case == state.case.id);
    for line in &lines {
        check_line(state, line, handover, desk)?;
    }
    if let Some(line) = case {
        check_case(state, line, handover, desk)?;
    }
    if let (HandoverKind::Cover, Some(absence)) = (handover.kind, handover.absence) {
        going_on(desk.roster, absence, desk)?;
    }
    let moved = lines.iter().filter(|line| line.to != line.from).count();
    for line in lines {
        match (handover.kind, handover.absence) {
            (HandoverKind::Cover, Some(absence)) => cover(state, line, absence, desk),
            (HandoverKind::Return, Some(absence)) => take_back(state, line, absence, desk),
            _ => give(state, line, &handover.words, desk),
        }
    }
    if let Some(line) = case {
        let case = state.case.change();
        case.owner = Some(line.to);
        case.team = desk.roster.staff(line.to).map(|staff| staff.team).or(case.team);
        case.owned_since = Some(desk.now);
        case.owned_because.clone_from(&line.because);
        case.cover = None;
        case.version += 1;
    }
    // The desk hears of the whole; rules listen where the work is.
    let word = (!state.is_desk()).then(|| handover.kind.to_string());
    let mut did = vec![format!("task handed over: {}", handover.kind); moved];
    did.extend(case.map(|_| format!("case handed over: {}", handover.kind)));
    Ok(Happened { did, ..Happened::news(Occurrence { word, ..Occurrence::default() }) })
}

fn check_line(
    state: &CaseState,
    line: &TaskLine,
    handover: &Handover,
    desk: Desk<'_>,
) -> Result<(), Refusal> {
    let Some(task) = state.tasks.iter().find(|task| task.id == line.task) else { return Ok(()) };
    if task.version != line.version {
        let (what, id) = ("task".to_owned(), task.id.to_string());
        return Err(Refusal::Stale { what, id, held: task.version, given: line.version });
    }
    if !task.state.is_open() {
        let (what, id) = ("task".to_owned(), task.id.to_string());
        let wanted = "only open work can go to somebody else: plan again".to_owned();
        return Err(Refusal::IllegalMove { what, id, state: task.state.to_string(), wanted });
    }
    let Some(to) = line.to.filter(|to| handover.kind != HandoverKind::Return || task.assignee != Some(*to))
    else {
        return Ok(());
    };
    let to = desk.roster.staff(to).ok_or_else(|| Refusal::not_found("member of staff", to))?;
    let unfit = match handover.kind {
        HandoverKind::Cover => fits(state, task, to, desk),
        _ => fitness::may(to, state.case.id, &state.people_ids(), desk.now),
    };
    unfit.map_err(|unfit| Refusal::unsuitable(to.id, &format!("{unfit} (task {})", task.id)))
}

/// Whether somebody may and can do a task, and is there in time: what held when it was planned must hold now.
fn fits(state: &CaseState, task: &Task, to: &Staff, desk: Desk<'_>) -> Result<(), fitness::Unfit> {
    let kind = desk.pack.task_kinds.get(&task.kind);
    let owner = owner_word(task, desk);
    let wanted = Wanted {
        case: &state.case,
        people: &state.people_ids(),
        familiar: &duties::familiar(state),
        owner: &owner,
        skills: kind.map_or(&[], |kind| &kind.skills),
        minutes: task.minutes,
        by: task.clock(),
    };
    assignment::fits(desk.roster, to, &wanted, desk.now)
}

fn owner_word(task: &Task, desk: Desk<'_>) -> Owner {
    let from = task.covered.first().map_or(task.assignee, |covered| covered.from);
    fitness::cover_word(desk.roster, from, desk.pack.task_kinds.get(&task.kind).map(|kind| &kind.owner))
}

fn check_case(
    state: &CaseState,
    line: &CaseLine,
    handover: &Handover,
    desk: Desk<'_>,
) -> Result<(), Refusal> {
    if state.case.version != line.version {
        let (what, id) = ("case".to_owned(), state.case.id.to_string());
        return Err(Refusal::Stale { what, id, held: state.case.version, given: line.version });
    }
    if handover.kind == HandoverKind::Allocation && state.case.phase != Phase::PreCharge {
        let (what, id) = ("case".to_owned(), state.case.id.to_string());
        let (state, wanted) =
            (state.case.phase.to_string(), "only cases before charge are allocated".to_owned());
        return Err(Refusal::IllegalMove { what, id, state, wanted });
    }
    let to = desk.roster.staff(line.to).ok_or_else(|| Refusal::not_found("member of staff", line.to))?;
    fitness::may(to, state.case.id, &state.people_ids(), desk.now)
        .map_err(|unfit| Refusal::unsuitable(to.id, &unfit.to_string()))
}

/// Cover is given while its absence goes on or is still to come.
fn going_on(roster: &Roster, absence: AbsenceId, desk: Desk<'_>) -> Result<(), Refusal> {
    let held = roster.absences.iter().find(|held| held.id == absence);
    let held = held.ok_or_else(|| Refusal::not_found("absence", absence))?;
    if !held.lasts_beyond(desk.now) {
        let (what, id, state) = ("absence".to_owned(), absence.to_string(), "over".to_owned());
        let wanted = "only an absence that goes on or is to come is covered".to_owned();
        return Err(Refusal::IllegalMove { what, id, state, wanted });
    }
    Ok(())
}

fn change(state: &mut CaseState, line: &TaskLine, change: impl FnOnce(&mut Task)) {
    if let Some(task) = state.tasks.iter_mut().find(|task| task.id == line.task) {
        let task = task.change();
        change(task);
        task.version += 1;
    }
}

/// The team whose queue a task is in once `to` has it.
fn team_of(
    line: &TaskLine,
    to: Option<StaffId>,
    task: &Task,
    roster: &Roster,
) -> Option<crate::domain::ids::TeamId> {
    line.team.or_else(|| to.and_then(|to| roster.staff(to)).map(|staff| staff.team)).or(task.team)
}

fn cover(state: &mut CaseState, line: &TaskLine, absence: AbsenceId, desk: Desk<'_>) {
    change(state, line, |task| {
        task.covered.push(Covered {
            absence,
            from: task.assignee,
            to: line.to,
            at: desk.now,
            state: task.state,
            because: std::mem::take(&mut task.assigned_because),
        });
        task.team = team_of(line, line.to, task, desk.roster);
        task.assignee = line.to;
        task.state = TaskState::Open;
        task.stranded = false;
        task.assigned_because.clone_from(&line.because);
    });
    let owned = state.case.owner.is_some() && state.case.owner == line.from;
    if let (true, Some(staff)) = (owned, line.to)
        && state.case.cover.is_none_or(|cover| cover.absence != absence)
    {
        let case = state.case.change();
        case.cover = Some(CaseCover { absence, staff });
        case.version += 1;
    }
}

/// A task goes back to whose it was, or stays with whoever began it; either way it is covered no longer.
fn take_back(state: &mut CaseState, line: &TaskLine, absence: AbsenceId, desk: Desk<'_>) {
    let still_away = still_away(desk.roster, absence, desk);
    change(state, line, |task| {
        let Some(place) = task.covered.iter().position(|covered| covered.absence == absence) else { return };
        if line.to == task.assignee {
            // Away for another reason as well: it is covered for that one from now on.
            match still_away.filter(|_| !task.is_begun_since(&task.covered[place])) {
                Some(other) => task.covered[place].absence = other,
                None => drop(task.covered.remove(place)),
            }
            return;
        }
        // Whoever covered for the coverer is out of it as well.
        let covered = task.covered.drain(place..).next();
        let Some(covered) = covered else { return };
        task.assignee = covered.from;
        task.team = line.team.or(task.team);
        task.state = covered.state;
        task.assigned_because = covered.because;
    });
    if state.case.cover.is_some_and(|cover| cover.absence == absence) {
        let case = state.case.change();
        case.cover = case.cover.and_then(|cover| Some(CaseCover { absence: still_away?, ..cover }));
        case.version += 1;
    }
}

/// Another absence of the same person that goes on, the one that ends last.
fn still_away(roster: &Roster, absence: AbsenceId, desk: Desk<'_>) -> Option<AbsenceId> {
    let ended = roster.absences.iter().find(|held| held.id == absence)?;
    let goes_on = |held: &&Absence| held.id != absence && held.staff == ended.staff && held.covers(desk.now);
    let others = roster.absences.iter().filter(goes_on);
    others.max_by_key(|held| (held.until.is_none(), held.until)).map(|held| held.id)
}

fn give(state: &mut CaseState, line: &TaskLine, words: &str, desk: Desk<'_>) {
    change(state, line, |task| {
        task.team = team_of(line, line.to, task, desk.roster);
        task.assignee = line.to;
        task.covered.clear();
        task.stranded = false;
        task.assigned_because = if line.because.is_empty() { words.to_owned() } else { line.because.clone() };
    });
}
