//! Cover: who does the work of somebody who is away. An assignment of many pieces of work to many people at once, as
//! cheap as can be found by the cost of the whole ([`Weights`]), and explained line by line.
//!
//! ```text
//! pieces of work ─┐                      ┌─ lines: to whom, why, who would be next
//!                 ├─ bench ── search ── explain
//! roster ─────────┘   who may and can    └─ unplaced: why nobody
//! ```
//!
//! Deadlines never move: a plan moves work between people and nothing else. The same pieces, people and instant give
//! the same plan, whatever the order they come in.

mod bench;
mod cost;
mod explain;
mod search;
pub mod seeded;
#[cfg(test)]
mod tests;

pub use cost::Weights;

use super::fitness::Unfit;
use crate::domain::ids::{CaseId, PersonId, StaffId, TaskId, TeamId};
use crate::domain::staff::Roster;
use crate::domain::task::Priority;
use crate::rules::pack::Owner;
use bench::Bench;
use chrono::{DateTime, TimeDelta, Utc};

/// For how long work is covered at a time where the absence is open-ended; what is due later is planned when it is
/// nearer, or when the end is known.
pub const AHEAD: TimeDelta = TimeDelta::days(14);

/// A piece of work that looks for somebody.
#[derive(Debug, Clone)]
pub struct Piece {
    /// The task.
    pub task: TaskId,
    /// Its version when it was read.
    pub version: i64,
    /// Whose it is.
    pub from: Option<StaffId>,
    /// Its case; the desk's id for a desk task.
    pub case: CaseId,
    /// The people in the case, for conflicts.
    pub people: Vec<PersonId>,
    /// The team whose work it is.
    pub team: Option<TeamId>,
    /// Who knows the case.
    pub familiar: Vec<StaffId>,
    /// Whose it is by the pack's word.
    pub owner: Owner,
    /// Skills it needs.
    pub skills: Vec<String>,
    /// How urgent.
    pub priority: Priority,
    /// The earliest of its clocks: target, due, the next attempt.
    pub by: Option<DateTime<Utc>>,
    /// How long it takes.
    pub minutes: u32,
}

/// One line of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The task.
    pub task: TaskId,
    /// Its version when it was read.
    pub version: i64,
    /// Whose it was.
    pub from: Option<StaffId>,
    /// Whose it is to be.
    pub to: StaffId,
    /// Why, for people.
    pub because: String,
    /// Whether it is more than they have minutes for: nobody who may and can has room.
    pub over: bool,
    /// Who would be next, and by how much the plan would cost more.
    pub next: Option<(StaffId, i64)>,
}

/// A piece of work that could not be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unplaced {
    /// The task.
    pub task: TaskId,
    /// Its version when it was read.
    pub version: i64,
    /// Whose it was.
    pub from: Option<StaffId>,
    /// Why, for people.
    pub because: String,
    /// How many people were kept from it by what.
    pub kept_from: Vec<(Unfit, usize)>,
}

/// Somebody's minutes before and after a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// Who.
    pub staff: StaffId,
    /// Minutes of work that they have until the last day of the plan.
    pub before: u32,
    /// The same with what the plan gives them.
    pub after: u32,
    /// Minutes that they are present until then.
    pub minutes: u32,
    /// How many pieces it gives them.
    pub pieces: usize,
}

/// Who does what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// When it was made.
    pub at: DateTime<Utc>,
    /// What is placed: the most urgent first.
    pub lines: Vec<Line>,
    /// What is not.
    pub unplaced: Vec<Unplaced>,
    /// Everybody who may be given something, and how full they get.
    pub seats: Vec<Seat>,
    /// What it costs by [`Weights`]: less is better.
    pub cost: i64,
}

/// How a plan is made; the search is what is used, the other is what it is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The best that is found for all pieces together.
    Best,
    /// Each piece, in order of urgency, to whoever may and can and has fewest tasks.
    FewestTasks,
}

/// Plans who does the pieces at `now`.
#[must_use]
pub fn plan(roster: &Roster, pieces: Vec<Piece>, now: DateTime<Utc>, method: Method) -> Plan {
    let bench = Bench::new(roster, pieces, now);
    let places = match method {
        Method::Best => search::best(&bench),
        Method::FewestTasks => search::fewest_tasks(&bench),
    };
    explain::explain(&bench, &places, now)
}

/// Whether a task needs somebody else while its owner is away from `from` to `until`: its clock runs out before they
/// are back at work. What is due before an absence that has not begun is still theirs.
#[must_use]
pub fn needs_cover(
    roster: &Roster,
    owner: StaffId,
    by: Option<DateTime<Utc>>,
    (from, until): (DateTime<Utc>, Option<DateTime<Utc>>),
    now: DateTime<Utc>,
) -> bool {
    let Some((by, staff)) = by.zip(roster.staff(owner)) else { return false };
    let starts = now.max(from);
    if (by < from && from > now) || (until.is_none() && by > starts + AHEAD) {
        return false;
    }
    !super::presence::works_before(roster, staff, starts, by.max(starts + TimeDelta::minutes(1)))
}
