//! What a plan is made from: who may and can do which piece, what each pairing costs, and everybody's minutes until each
//! of the instants by which something must be done.
//!
//! Those instants are few, so that thousands of pieces are planned in a moment: deadlines are taken earlier to a round
//! time, the finest that gives few enough. Nobody has time for something after it is due.

use super::cost::Weights;
use super::{Piece, Unfit};
use crate::domain::ids::StaffId;
use crate::domain::london;
use crate::domain::staff::{Roster, Staff};
use crate::domain::task::Priority;
use crate::people::assignment::window;
use crate::people::{fitness, presence};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// Instants that are told apart, at most.
const BOUNDS_MAX: usize = 24;

/// To how many minutes deadlines are taken earlier, the finest first; the last leaves one instant a day.
const ROUND: [i64; 6] = [30, 60, 120, 240, 480, 1_440];

/// How far ahead instants are told apart; what is due later counts there.
const AHEAD: TimeDelta = TimeDelta::days(20);

/// Everything that a plan is made from. People and pieces are known by their place in these lists.
pub(super) struct Bench {
    /// The pieces: the most urgent first, then the earliest.
    pub(super) pieces: Vec<Piece>,
    /// Everybody who may be given something.
    pub(super) staff: Vec<StaffId>,
    /// For each piece those who may and can, with what the pairing costs; in order of place.
    pub(super) choices: Vec<Vec<(usize, i64)>>,
    /// For each piece how many were kept from it by what.
    pub(super) kept_from: Vec<Vec<(Unfit, usize)>>,
    /// By which of the instants each piece must be done.
    pub(super) bound: Vec<usize>,
    /// The case of each piece, numbered.
    pub(super) case: Vec<usize>,
    /// How many cases there are.
    pub(super) cases: usize,
    /// Minutes of work that each has to do until each instant.
    pub(super) taken: Vec<Vec<i64>>,
    /// Minutes that each is present until each instant.
    pub(super) minutes: Vec<Vec<i64>>,
    /// How many open tasks each has.
    pub(super) tasks: Vec<u32>,
    /// What things cost.
    pub(super) weights: Weights,
}

impl Bench {
    pub(super) fn new(roster: &Roster, mut pieces: Vec<Piece>, now: DateTime<Utc>) -> Self {
        pieces.sort_by_key(|piece| (piece.priority, piece.by.is_none(), piece.by, piece.task));
        let mut people: Vec<&Staff> = roster.staff.iter().collect();
        people.sort_by_key(|staff| staff.id);
        let weights = Weights::OURS;
        let (bounds, bound) = bounds(&pieces, now);
        let minutes: Vec<Vec<i64>> =
            people.iter().map(|staff| present(roster, staff, now, &bounds)).collect();
        let taken: Vec<Vec<i64>> = people.iter().map(|staff| held(roster, staff, now, &bounds)).collect();
        let tasks = people.iter().map(|staff| {
            roster.work.iter().filter(|work| work.staff == staff.id).map(|work| work.tasks).sum()
        });
        let tasks = tasks.collect();
        let next: Vec<Option<DateTime<Utc>>> =
            people.iter().map(|staff| presence::next_present(roster, staff, now)).collect();

        let (mut choices, mut kept_from) = (Vec::new(), Vec::new());
        for piece in &pieces {
            let until = window(piece.by, now);
            let mut able = Vec::new();
            let mut kept: BTreeMap<Unfit, usize> = BTreeMap::new();
            for (place, staff) in people.iter().enumerate() {
                match fit(roster, staff, piece, next[place], now, until) {
                    Ok(()) => able.push((place, pairing(piece, staff, next[place], now, &weights))),
                    Err(unfit) => *kept.entry(unfit).or_default() += 1,
                }
            }
            choices.push(able);
            kept_from.push(kept.into_iter().collect());
        }
        let mut numbers = BTreeMap::new();
        let case = pieces.iter().map(|piece| {
            let next = numbers.len();
            *numbers.entry(piece.case).or_insert(next)
        });
        let case = case.collect();
        let staff = people.iter().map(|staff| staff.id).collect();
        let cases = numbers.len();
        Self { pieces, staff, choices, kept_from, bound, case, cases, taken, minutes, tasks, weights }
    }

    /// What it costs that somebody does a piece, where they may and can.
    pub(super) fn pairing(&self, piece: usize, place: usize) -> Option<i64> {
        let choices = &self.choices[piece];
        choices.binary_search_by_key(&place, |(known, _)| *known).ok().map(|at| choices[at].1)
    }

    /// A piece's minutes.
    pub(super) fn minutes_of(&self, piece: usize) -> i64 {
        i64::from(self.pieces[piece].minutes)
    }
}

/// Until when work must be done: what is overdue by the end of today, what has no clock in three days.
fn until(by: Option<DateTime<Utc>>, now: DateTime<Utc>) -> DateTime<Utc> {
    match by {
        Some(by) if by > now => by.min(now + AHEAD),
        Some(_) => london::end_of_day(london::date(now)),
        None => london::end_of_day(london::date(now + TimeDelta::days(3))),
    }
}

/// An instant taken earlier to a round time of its day in Europe/London; the end of a day stays, and what would lie in
/// the past.
fn rounded(at: DateTime<Utc>, minutes: i64, now: DateTime<Utc>) -> DateTime<Utc> {
    let day = london::date(at);
    let ends = london::end_of_day(day);
    if minutes == ROUND[ROUND.len() - 1] || at >= ends {
        return ends;
    }
    let midnight = london::from_local(day.and_time(NaiveTime::MIN));
    let into = (at - midnight).num_minutes();
    let earlier = midnight + TimeDelta::minutes(into - into % minutes);
    if earlier > now { earlier } else { at }
}

/// The instants by which something must be done, in order, and for each piece which of them is its own.
fn bounds(pieces: &[Piece], now: DateTime<Utc>) -> (Vec<DateTime<Utc>>, Vec<usize>) {
    let untils: Vec<DateTime<Utc>> = pieces.iter().map(|piece| until(piece.by, now)).collect();
    let of = |minutes: i64| -> Vec<DateTime<Utc>> {
        let all: BTreeSet<_> = untils.iter().map(|at| rounded(*at, minutes, now)).collect();
        all.into_iter().collect()
    };
    let fits = ROUND.into_iter().find(|minutes| of(*minutes).len() <= BOUNDS_MAX);
    let minutes = fits.unwrap_or(ROUND[ROUND.len() - 1]);
    let bounds = of(minutes);
    let place = |at: &DateTime<Utc>| bounds.partition_point(|bound| *bound < rounded(*at, minutes, now));
    let own = untils.iter().map(place).collect();
    (bounds, own)
}

/// The minutes somebody is present from now until each instant.
fn present(roster: &Roster, staff: &Staff, now: DateTime<Utc>, bounds: &[DateTime<Utc>]) -> Vec<i64> {
    let (mut days_before, mut day) = (0, london::date(now));
    let between = |from, until| i64::from(presence::minutes_between(roster, staff, from, until));
    let begins = |day: NaiveDate| now.max(london::from_local(day.and_time(NaiveTime::MIN)));
    let until = |bound: &DateTime<Utc>| {
        while day < london::date(*bound) {
            days_before += between(begins(day), london::end_of_day(day));
            day = day.succ_opt().unwrap_or(day);
        }
        days_before + between(begins(day), *bound)
    };
    bounds.iter().map(until).collect()
}

/// The minutes of work somebody has to do until each instant.
fn held(roster: &Roster, staff: &Staff, now: DateTime<Utc>, bounds: &[DateTime<Utc>]) -> Vec<i64> {
    let mut taken = vec![0; bounds.len()];
    for work in roster.work.iter().filter(|work| work.staff == staff.id) {
        let first = bounds.partition_point(|bound| *bound < until(work.by, now));
        taken[first..].iter_mut().for_each(|taken| *taken += i64::from(work.minutes));
    }
    taken
}

fn fit(
    roster: &Roster,
    staff: &Staff,
    piece: &Piece,
    next: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<(), Unfit> {
    fitness::may(staff, piece.case, &piece.people, now)?;
    fitness::can(staff, &piece.owner, &piece.skills)?;
    debug_assert_eq!(
        next.is_some_and(|next| next < until),
        presence::works_before(roster, staff, now, until),
        "the two say the same"
    );
    if next.is_some_and(|next| next < until) { Ok(()) } else { Err(Unfit::Away) }
}

fn pairing(
    piece: &Piece,
    staff: &Staff,
    next: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    weights: &Weights,
) -> i64 {
    let mut cost = 0;
    if !piece.familiar.contains(&staff.id) {
        cost += weights.unknown_case;
    }
    if piece.team.is_some_and(|team| team != staff.team) {
        cost += weights.other_team;
    }
    let waits = next.map_or(0, |next| (next - now).num_minutes()) * weights.waiting_hour / 60;
    cost + match piece.priority {
        Priority::P1 => waits.min(weights.waiting_max),
        Priority::P2 => waits.min(weights.waiting_max) / 20,
        Priority::P3 | Priority::P4 => 0,
    }
}
