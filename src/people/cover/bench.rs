//! What a plan is made from: who may and can do which piece, what each pairing costs, and everybody's minutes by day.

use super::cost::Weights;
use super::{Piece, Unfit};
use crate::domain::ids::StaffId;
use crate::domain::london;
use crate::domain::staff::{Roster, Staff};
use crate::domain::task::Priority;
use crate::people::assignment::window;
use crate::people::{fitness, presence};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use std::collections::BTreeMap;

/// Days that are told apart; work due later counts on the last of them.
const DAYS_MAX: usize = 21;

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
    /// The day of each piece.
    pub(super) day: Vec<usize>,
    /// The case of each piece, numbered.
    pub(super) case: Vec<usize>,
    /// How many cases there are.
    pub(super) cases: usize,
    /// Cumulative minutes of work that each has, by day.
    pub(super) taken: Vec<Vec<i64>>,
    /// Cumulative minutes that each is present, by day.
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
        let today = london::date(now);
        let last = pieces.iter().map(|piece| day_of(piece.by, now, today)).max().unwrap_or(0);
        let days: Vec<NaiveDate> =
            (0..=last as u64).filter_map(|n| today.checked_add_days(Days::new(n))).collect();
        let minutes: Vec<Vec<i64>> = people.iter().map(|staff| present(roster, staff, now, &days)).collect();
        let taken: Vec<Vec<i64>> = people.iter().map(|staff| held(roster, staff, now, today, last)).collect();
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
        let day = pieces.iter().map(|piece| day_of(piece.by, now, today)).collect();
        let staff = people.iter().map(|staff| staff.id).collect();
        let cases = numbers.len();
        Self { pieces, staff, choices, kept_from, day, case, cases, taken, minutes, tasks, weights }
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

/// Which day a clock falls on, counted from today; what is overdue is today's, what has no clock is the last day's.
fn day_of(by: Option<DateTime<Utc>>, now: DateTime<Utc>, today: NaiveDate) -> usize {
    let by = by.unwrap_or(now + TimeDelta::days(3));
    let days = (london::date(by) - today).num_days().max(0);
    usize::try_from(days).unwrap_or(0).min(DAYS_MAX - 1)
}

/// The minutes somebody is present from now to the end of each day, together.
fn present(roster: &Roster, staff: &Staff, now: DateTime<Utc>, days: &[NaiveDate]) -> Vec<i64> {
    let mut sum = 0;
    let mut from = now;
    let each = days.iter().map(|day| {
        let until = london::end_of_day(*day);
        sum += i64::from(presence::minutes_between(roster, staff, from, until));
        from = until + TimeDelta::milliseconds(1);
        sum
    });
    each.collect()
}

/// The minutes of work somebody has that must be done by the end of each day, together.
fn held(roster: &Roster, staff: &Staff, now: DateTime<Utc>, today: NaiveDate, last: usize) -> Vec<i64> {
    let mut by_day = vec![0; last + 1];
    for work in roster.work.iter().filter(|work| work.staff == staff.id) {
        let day = day_of(work.by, now, today);
        if day <= last {
            by_day[day] += i64::from(work.minutes);
        }
    }
    let mut sum = 0;
    by_day
        .into_iter()
        .map(|minutes| {
            sum += minutes;
            sum
        })
        .collect()
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
