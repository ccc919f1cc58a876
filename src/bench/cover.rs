//! Cover plans: how long one takes, and how much it saves against giving work out piece by piece.

use crate::people::cover::seeded::{Size, team};
use crate::people::cover::{Method, Plan, plan};
use serde::Serialize;
use std::time::Instant;

/// As large as a plan gets: a whole unit, and a fortnight of its work.
const LARGE: Size = Size { staff: 60, pieces: 3_000 };
/// A colleague's work on a morning.
const MORNING: Size = Size { staff: 12, pieces: 60 };
/// Teams that are planned for, of which the middle one counts.
const TEAMS: u64 = 5;

/// What plans of one size take and cost.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Sized {
    pub(super) staff: usize,
    pub(super) tasks: usize,
    /// The middle of several teams.
    pub(super) ms: f64,
    pub(super) longest_ms: f64,
    /// What the plans cost together.
    pub(super) cost: i64,
    /// What it costs to give each task to whoever may and can and has fewest.
    pub(super) cost_one_by_one: i64,
    /// How full the fullest person gets, the mean of the teams: 1 is all their time.
    pub(super) fullest: f64,
    pub(super) fullest_one_by_one: f64,
}

/// Cover plans of both sizes.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Cover {
    pub(super) morning: Sized,
    pub(super) large: Sized,
}

pub(super) fn measure() -> Cover {
    Cover { morning: sized(MORNING), large: sized(LARGE) }
}

fn sized(size: Size) -> Sized {
    let mut all = Vec::new();
    let (mut cost, mut cost_one_by_one, mut fullest, mut fullest_one_by_one) = (0, 0, 0.0, 0.0);
    for seed in 0..TEAMS {
        let (roster, pieces, now) = team(seed, size);
        let begun = Instant::now();
        let best = plan(&roster, pieces.clone(), now, Method::Best);
        all.push(begun.elapsed().as_secs_f64() * 1e3);
        let greedy = plan(&roster, pieces, now, Method::FewestTasks);
        cost += best.cost;
        cost_one_by_one += greedy.cost;
        fullest += worst(&best) / TEAMS as f64;
        fullest_one_by_one += worst(&greedy) / TEAMS as f64;
    }
    all.sort_by(f64::total_cmp);
    Sized {
        staff: size.staff,
        tasks: size.pieces,
        ms: all[all.len() / 2],
        longest_ms: all[all.len() - 1],
        cost,
        cost_one_by_one,
        fullest,
        fullest_one_by_one,
    }
}

fn worst(plan: &Plan) -> f64 {
    let filled = plan.seats.iter().map(|seat| f64::from(seat.after) / f64::from(seat.minutes.max(1)));
    filled.fold(0.0, f64::max)
}
