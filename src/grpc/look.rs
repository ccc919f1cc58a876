//! How a line of the diary looks, asked of the domain with what the line was read with.

use crate::domain::calendar::{Calendar, working_days_until};
use crate::domain::diary_look::Look;
use crate::domain::hearing::When;
use crate::store::queries::diary::Line;
use chrono::{DateTime, Utc};

/// How a line looks at `now`, by the pack's calendar where there is one.
pub(super) fn of(line: &Line, now: DateTime<Utc>, calendar: Option<&Calendar>) -> Look {
    let day = match line.entry.when {
        When::Week(monday) => Some(monday),
        when => when.day(),
    };
    let days = day.zip(calendar).and_then(|(day, calendar)| working_days_until(now, day, calendar).ok());
    let ambiguous = line.hearing.as_ref().is_some_and(|hearing| hearing.ambiguous);
    Look::of(&line.entry, ambiguous, &line.attendances, days)
}
