//! Days put into sentences: which were counted, which were not, and why.

use std::fmt;

use chrono::NaiveDate;

use super::steps::Steps;
use crate::domain::calendar::{Calendar, Days, Rest};
use crate::domain::london::{self, Instant, human_date};

/// Up to this count every day is named; beyond it only what interrupts the weeks.
const DETAIL_MAX: u32 = 10;

/// Up to this many stretches of open time are named.
const STRETCHES_MAX: usize = 5;

/// Which way a count goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Forward,
    Back,
}

impl Direction {
    /// The next day this way; none at the end of all dates.
    pub(super) fn next(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Direction::Forward => day.succ_opt(),
            Direction::Back => day.pred_opt(),
        }
    }

    fn reversed(self) -> Direction {
        match self {
            Direction::Forward => Direction::Back,
            Direction::Back => Direction::Forward,
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Direction::Forward => "later",
            Direction::Back => "earlier",
        })
    }
}

/// Says how `count` working days lead from day 0 to the day counted to, which lies before it in a count back.
pub(super) fn tell(
    steps: &mut Steps,
    calendar: &Calendar,
    days: Days,
    from: NaiveDate,
    to: NaiveDate,
    direction: Direction,
    count: u32,
) {
    if !steps.wanted() {
        return;
    }
    let mut number = 0;
    let mut today = from;
    let mut weekend: Option<NaiveDate> = None;
    if count > DETAIL_MAX {
        steps.say(|| "weekends are not counted".to_owned());
    }
    while today != to {
        let Some(next) = direction.next(today) else { return };
        today = next;
        let rest = calendar.rest(today);
        if rest == Some(Rest::Weekend) {
            weekend = weekend.or(Some(today));
            continue;
        }
        if let Some(first) = weekend.take().filter(|_| count <= DETAIL_MAX) {
            say_weekend(steps, first, today, direction);
        }
        match rest {
            Some(Rest::UnitClosed(_)) if days == Days::Statutory => {}
            Some(rest) => {
                steps.say(|| format!("{} is {rest}, not counted", human_date(today)));
                continue;
            }
            None => {}
        }
        number += 1;
        if count <= DETAIL_MAX || today == to {
            let closed = if rest.is_some() { ", though the unit is closed" } else { "" };
            steps.say(|| format!("{} is working day {number}{closed}", human_date(today)));
        }
    }
}

/// The weekend from `first` to just before `after`, in the order of counting; said in the order of the week.
fn say_weekend(steps: &mut Steps, first: NaiveDate, after: NaiveDate, direction: Direction) {
    let last = direction.reversed().next(after).unwrap_or(first);
    let (first, last) = (first.min(last), first.max(last));
    steps.say(|| {
        if first == last {
            format!("{}: weekend, not counted", human_date(first))
        } else {
            format!("{} – {}: weekend, not counted", first.format("%a %-d %b"), human_date(last))
        }
    });
}

/// Says which open time was counted, where it was more than one stretch.
pub(super) fn tell_stretches(steps: &mut Steps, through: &[(Instant, Instant)]) {
    if through.len() < 2 {
        return;
    }
    for (from, to) in through.iter().take(STRETCHES_MAX) {
        let minutes = (*to - *from).num_minutes();
        steps.say(|| {
            let until = london::time_of_day(*to).format("%H:%M");
            format!(
                "{}–{until}: {minutes} minute{} counted",
                london::human(*from),
                if minutes == 1 { "" } else { "s" }
            )
        });
    }
    if let Some(more) = through.len().checked_sub(STRETCHES_MAX).filter(|more| *more > 0) {
        steps.say(|| format!("and {more} more such stretches"));
    }
}

/// The day on which the clocks change between two instants, and which way; `None` where both keep the same time.
pub(super) fn clock_change(from: Instant, to: Instant) -> Option<(NaiveDate, &'static str)> {
    let (before, after) = (london::offset(from), london::offset(to));
    if before == after {
        return None;
    }
    let way = if before.local_minus_utc() < after.local_minus_utc() { "forward" } else { "back" };
    let changed = |day: &NaiveDate| london::offset(london::end_of_day(*day)) != before;
    let last = london::date(to);
    let day = london::date(from).iter_days().take_while(|day| *day <= last).find(changed)?;
    Some((day, way))
}
