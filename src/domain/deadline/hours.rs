//! When the unit is open and when shifts run, and time counted only within that.
//!
//! Windows are London wall-clock times; counting in them is elapsed time, so a night shift over a clock change is as
//! long as it was for those who worked it. A window that closes at or before its opening ends on the next day.

use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta};

use super::LOOK_AHEAD_DAYS;
use super::days::Direction;
use crate::domain::calendar::{Calendar, NeedsCalendar};
use crate::domain::london::{self, Instant};

/// Opening and closing time, London.
pub type Window = (NaiveTime, NaiveTime);

/// Windows of a day: opening hours of a unit, shifts of its people.
///
/// A closure from a day to its windows is one.
pub trait Hours {
    /// The windows that *open* on `day`, in any order; none where it is closed.
    ///
    /// # Errors
    /// [`NeedsCalendar`] where they depend on bank holidays that are not known.
    fn on(&self, day: NaiveDate) -> Result<Vec<Window>, NeedsCalendar>;
}

impl<F: Fn(NaiveDate) -> Vec<Window>> Hours for F {
    fn on(&self, day: NaiveDate) -> Result<Vec<Window>, NeedsCalendar> {
        Ok(self(day))
    }
}

/// The same hours every week, bank holidays or not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WeeklyHours {
    /// The windows of Monday, Tuesday … Sunday.
    pub days: [Vec<Window>; 7],
}

impl WeeklyHours {
    /// One window on Monday to Friday, none at the weekend.
    pub fn monday_to_friday(opens: NaiveTime, closes: NaiveTime) -> WeeklyHours {
        let mut hours = WeeklyHours::default();
        for day in &mut hours.days[..5] {
            day.push((opens, closes));
        }
        hours
    }
}

impl Hours for WeeklyHours {
    fn on(&self, day: NaiveDate) -> Result<Vec<Window>, NeedsCalendar> {
        let weekday = day.weekday().num_days_from_monday() as usize;
        Ok(self.days.get(weekday).cloned().unwrap_or_default())
    }
}

/// Weekly hours, shut on bank holidays and on the unit's own closed days.
#[derive(Debug, Clone, Copy)]
pub struct OpenExceptHolidays<'a> {
    /// The hours of an ordinary week; a weekend day may have some.
    pub weekly: &'a WeeklyHours,
    /// Knows the days on which they do not hold.
    pub calendar: &'a Calendar,
}

impl Hours for OpenExceptHolidays<'_> {
    fn on(&self, day: NaiveDate) -> Result<Vec<Window>, NeedsCalendar> {
        let windows = self.weekly.on(day)?;
        if !windows.is_empty() && !self.calendar.covers(day.year()) {
            return Err(NeedsCalendar { year: day.year() });
        }
        Ok(if self.calendar.is_shut(day) { Vec::new() } else { windows })
    }
}

/// Where a count of open time ends, and the open time it went through, in the order of counting.
pub(super) struct Within {
    pub(super) at: Instant,
    pub(super) through: Vec<(Instant, Instant)>,
}

/// Lets `length` of open time pass after or before `from`. `None` where nothing opens for [`LOOK_AHEAD_DAYS`]. Exactly
/// used up means the edge of that window, not of the next.
pub(super) fn within(
    hours: &dyn Hours,
    from: Instant,
    length: TimeDelta,
    direction: Direction,
) -> Result<Option<Within>, NeedsCalendar> {
    let (mut left, mut idle, mut through) = (length, 0, Vec::new());
    let mut next = Some(london::date(from));
    while let Some(day) = next.filter(|_| idle <= LOOK_AHEAD_DAYS) {
        idle += 1;
        for (opens, closes) in open_on(hours, day, direction)? {
            let (opens, closes) = match direction {
                Direction::Forward => (opens.max(from), closes),
                Direction::Back => (opens, closes.min(from)),
            };
            if closes <= opens {
                continue;
            }
            let used = left.min(closes - opens);
            let (from, to) = match direction {
                Direction::Forward => (opens, opens + used),
                Direction::Back => (closes - used, closes),
            };
            through.push((from, to));
            if used == left {
                let at = if direction == Direction::Forward { to } else { from };
                return Ok(Some(Within { at, through }));
            }
            left -= used;
            idle = 0;
        }
        next = direction.next(day);
    }
    Ok(None)
}

/// The window that runs at `at`, else the next to open; `None` where none opens for [`LOOK_AHEAD_DAYS`].
pub(super) fn running_or_next(
    hours: &dyn Hours,
    at: Instant,
) -> Result<Option<(Instant, Instant)>, NeedsCalendar> {
    let today = london::date(at);
    let first = today.pred_opt().unwrap_or(today); // a night shift may have begun yesterday
    for day in first.iter_days().take(LOOK_AHEAD_DAYS + 2) {
        let mut windows = windows_of(hours, day)?;
        windows.sort_unstable();
        if let Some(window) = windows.into_iter().find(|(_, ends)| *ends > at) {
            return Ok(Some(window));
        }
    }
    Ok(None)
}

/// The first opening on `day` at or after the London time `from`; where a window runs at `from`, `from` itself.
pub(super) fn opening_on(
    hours: &dyn Hours,
    day: NaiveDate,
    from: NaiveTime,
) -> Result<Option<Instant>, NeedsCalendar> {
    let from = london::from_local(day.and_time(from));
    let open = open_on(hours, day, Direction::Forward)?;
    Ok(open.into_iter().find(|(_, closes)| *closes > from).map(|(opens, _)| opens.max(from)))
}

/// The open time within the London day, without overlaps, night windows of the day before included, in the order of
/// counting.
fn open_on(
    hours: &dyn Hours,
    day: NaiveDate,
    direction: Direction,
) -> Result<Vec<(Instant, Instant)>, NeedsCalendar> {
    let mut windows = windows_of(hours, day)?;
    if let Some(yesterday) = day.pred_opt() {
        windows.extend(windows_of(hours, yesterday)?);
    }
    windows.sort_unstable();
    let starts = london::start_of_day(day);
    let ends = day.succ_opt().map_or(london::end_of_day(day), london::start_of_day);
    let mut open: Vec<(Instant, Instant)> = Vec::with_capacity(windows.len());
    for (opens, closes) in windows {
        let so_far = open.last().map_or(starts, |(_, closes)| *closes);
        let (opens, closes) = (opens.max(so_far), closes.min(ends));
        if opens < closes {
            open.push((opens, closes));
        }
    }
    if direction == Direction::Back {
        open.reverse();
    }
    Ok(open)
}

fn windows_of(hours: &dyn Hours, day: NaiveDate) -> Result<Vec<(Instant, Instant)>, NeedsCalendar> {
    let windows = hours.on(day)?.into_iter().filter_map(|(opens, closes)| {
        let last = if closes > opens { day } else { day.succ_opt()? };
        Some((london::from_local(day.and_time(opens)), london::from_local(last.and_time(closes))))
    });
    Ok(windows.filter(|(opens, closes)| opens < closes).collect())
}
