//! `earlier of` and `later of`: several deadlines weighed against each other, some of which may not be known yet.
//!
//! `earlier of` goes by the parts it knows: a part that waits must not hide one that is known, or a clock that already
//! runs would be lost sight of. `later of` cannot be known before all its parts are.

use std::cmp::Reverse;

use super::Deadline;
use super::count::{Counting, Stop, out_of_range};
use crate::domain::london::{Instant, human_with_zone};

/// The parts with an instant, each with its number as people count, and why the first of the others has none.
struct Parts {
    known: Vec<(Instant, usize)>,
    waiting: Option<Stop>,
}

pub(super) fn earlier_of(
    counting: &mut Counting<'_, '_>,
    whole: &Deadline,
    parts: &[Deadline],
) -> Result<Instant, Stop> {
    let Parts { known, waiting } = each(counting, parts)?;
    let Some((at, number)) = known.into_iter().min() else {
        return Err(waiting.unwrap_or_else(|| out_of_range(whole)));
    };
    let so_far = if waiting.is_some() { " of those known so far" } else { "" };
    counting.steps.say(|| format!("the earlier{so_far} is ({number}): {}", human_with_zone(at)));
    Ok(at)
}

pub(super) fn later_of(
    counting: &mut Counting<'_, '_>,
    whole: &Deadline,
    parts: &[Deadline],
) -> Result<Instant, Stop> {
    let Parts { known, waiting } = each(counting, parts)?;
    if let Some(stop) = waiting {
        counting.steps.say(|| "the later of these is not known yet".to_owned());
        return Err(stop);
    }
    let latest = known.into_iter().max_by_key(|(at, number)| (*at, Reverse(*number)));
    let (at, number) = latest.ok_or_else(|| out_of_range(whole))?;
    counting.steps.say(|| format!("the later is ({number}): {}", human_with_zone(at)));
    Ok(at)
}

fn each(counting: &mut Counting<'_, '_>, parts: &[Deadline]) -> Result<Parts, Stop> {
    let mut all = Parts { known: Vec::with_capacity(parts.len()), waiting: None };
    for (part, number) in parts.iter().zip(1..) {
        counting.steps.say(|| format!("({number}) {part}"));
        match counting.instant(part) {
            Ok(at) => all.known.push((at, number)),
            Err(Stop::Failed(error)) => return Err(Stop::Failed(error)),
            Err(stop) => all.waiting = all.waiting.or(Some(stop)),
        }
    }
    Ok(all)
}
