//! The counting itself: one walk down a [`Deadline`], each form in its own function.
//!
//! Hours are counted on UTC, days in London. A form that only needs the *day* of what it counts from asks for the day
//! ([`Counting::day_of`]), so that `end of 5 working days after X` never invents a time of day on the way.

use chrono::{Datelike, Months, NaiveDate, NaiveTime, TimeDelta};

use super::compare;
use super::days::{self, Direction};
use super::steps::Steps;
use super::{Amount, Anchor, Deadline, Hours, Moment, Quantity, ReckonError, Reckoning, Unit, Which, hours};
use crate::domain::calendar::{Days, NeedsCalendar};
use crate::domain::london::{self, Half, Instant, human_date, human_with_zone};

/// Why there is no instant.
pub(super) enum Stop {
    Waits { anchor: String },
    Needs { year: i32 },
    Failed(ReckonError),
}

pub(super) struct Counting<'r, 'a> {
    pub(super) with: &'r Reckoning<'a>,
    pub(super) steps: Steps,
}

/// What a count starts from.
#[derive(Clone, Copy)]
pub(super) struct Base<'d> {
    name: Option<&'d str>,
    point: Point,
}

#[derive(Clone, Copy)]
enum Point {
    At(Instant),
    Day(NaiveDate),
}

impl Base<'_> {
    fn instant(self) -> Instant {
        match self.point {
            Point::At(at) => at,
            Point::Day(day) => london::start_of_day(day),
        }
    }

    pub(super) fn day(self) -> NaiveDate {
        match self.point {
            Point::At(at) => london::date(at),
            Point::Day(day) => day,
        }
    }

    /// `received Thu 24 Dec 2026 15:00`
    pub(super) fn words(self) -> String {
        let when = match self.point {
            Point::At(at) => london::human(at),
            Point::Day(day) => human_date(day),
        };
        self.name.map_or(when.clone(), |name| format!("{name} {when}"))
    }
}

impl Counting<'_, '_> {
    /// The instant a deadline comes to.
    pub(super) fn instant(&mut self, deadline: &Deadline) -> Result<Instant, Stop> {
        match deadline {
            Deadline::Anchor(_) => {
                let base = self.base(deadline)?;
                self.steps.say(|| match base.point {
                    Point::At(at) => format!("{} is {}", base.name.unwrap_or("it"), human_with_zone(at)),
                    Point::Day(_) => format!("{}, from its first moment", base.words()),
                });
                Ok(base.instant())
            }
            Deadline::After { amount, from } => self.counted(deadline, amount, from, Direction::Forward),
            Deadline::Before { amount, from } => self.counted(deadline, amount, from, Direction::Back),
            Deadline::On { moment, day, of } => {
                let day = self.which_day(deadline, *moment, *day, of)?;
                self.moment_of(day, *moment)
            }
            Deadline::EndOfShift { from } => self.end_of_shift(from),
            Deadline::OtherHalf { from } => self.other_half(from),
            Deadline::EarlierOf(parts) => compare::earlier_of(self, deadline, parts),
            Deadline::LaterOf(parts) => compare::later_of(self, deadline, parts),
        }
    }

    /// The London day a deadline comes to, without asking for the time where the day is enough.
    fn day_of(&mut self, deadline: &Deadline) -> Result<NaiveDate, Stop> {
        match deadline {
            Deadline::Anchor(_) => {
                let base = self.base(deadline)?;
                self.steps.say(|| format!("counted from {}", base.words()));
                Ok(base.day())
            }
            Deadline::After { amount, from } if in_days(amount.amount().unit()) => {
                self.counted_day(deadline, amount, from, Direction::Forward).map(|(day, _)| day)
            }
            Deadline::Before { amount, from } if in_days(amount.amount().unit()) => {
                self.counted_day(deadline, amount, from, Direction::Back).map(|(day, _)| day)
            }
            _ => self.instant(deadline).map(london::date),
        }
    }

    /// What a count starts from. An anchor is not yet spoken of; any other deadline has said its own steps.
    fn base<'d>(&mut self, from: &'d Deadline) -> Result<Base<'d>, Stop> {
        let Deadline::Anchor(name) = from else {
            return self.instant(from).map(|at| Base { name: None, point: Point::At(at) });
        };
        let point = match self.with.anchors.anchor(name) {
            Anchor::At(at) => Point::At(at),
            Anchor::Day(day) => Point::Day(day),
            Anchor::Week(day) => {
                let monday = london::monday_of(day);
                self.steps.say(|| {
                    format!("{name} is in the week of {}, counted from its Monday", human_date(monday))
                });
                Point::Day(monday)
            }
            Anchor::Unfixed => {
                self.steps.say(|| format!("{name} has no date yet, so this waits for it"));
                return Err(Stop::Waits { anchor: name.clone() });
            }
            Anchor::Missing => return Err(Stop::Failed(ReckonError::MissingAnchor { anchor: name.clone() })),
        };
        Ok(Base { name: Some(name), point })
    }

    fn counted(
        &mut self,
        whole: &Deadline,
        quantity: &Quantity,
        from: &Deadline,
        direction: Direction,
    ) -> Result<Instant, Stop> {
        let amount = quantity.amount();
        if !in_days(amount.unit()) {
            return self.counted_time(whole, quantity, from, direction);
        }
        let (day, base) = self.counted_day(whole, quantity, from, direction)?;
        match (direction, base.point) {
            (Direction::Forward, Point::At(at)) => {
                Ok(self.at_time(day, london::time_of_day(at), "same time of day"))
            }
            (Direction::Forward, Point::Day(_)) | (Direction::Back, _) => self.moment_of(day, Moment::End),
        }
    }

    /// Days, weeks, months and working days: the day they lead to, and what they were counted from.
    fn counted_day<'d>(
        &mut self,
        whole: &Deadline,
        quantity: &Quantity,
        from: &'d Deadline,
        direction: Direction,
    ) -> Result<(NaiveDate, Base<'d>), Stop> {
        let base = self.base(from)?;
        self.say_limit(quantity);
        let amount = quantity.amount();
        if amount.unit() == Unit::WorkingDays {
            let days = match direction {
                Direction::Forward => Days::Statutory,
                Direction::Back => Days::Unit,
            };
            return Ok((self.working_day(base, amount.count(), direction, days)?, base));
        }
        self.steps.say(|| format!("{} is day 0", base.words()));
        let day = shifted(base.day(), amount, direction).ok_or_else(|| out_of_range(whole))?;
        self.steps.say(|| {
            let short = amount.unit() == Unit::Months && day.day() != base.day().day();
            let note = if short { ", the last day of that month" } else { "" };
            format!("{amount} {direction} is {}{note}", human_date(day))
        });
        Ok((day, base))
    }

    fn working_day(
        &mut self,
        base: Base<'_>,
        count: u32,
        direction: Direction,
        days: Days,
    ) -> Result<NaiveDate, Stop> {
        let calendar = self.with.calendar;
        self.steps.say(|| format!("{} is day 0", base.words()));
        let day = match direction {
            Direction::Forward => calendar.working_day_after(days, base.day(), count),
            Direction::Back => calendar.working_day_before(days, base.day(), count),
        };
        let day = day.map_err(|needs| self.needs(needs))?;
        days::tell(&mut self.steps, calendar, days, base.day(), day, direction, count);
        Ok(day)
    }

    /// Minutes and hours: elapsed, while the unit is open, or on shift.
    fn counted_time(
        &mut self,
        whole: &Deadline,
        quantity: &Quantity,
        from: &Deadline,
        direction: Direction,
    ) -> Result<Instant, Stop> {
        let base = self.base(from)?;
        self.say_limit(quantity);
        let amount = quantity.amount();
        let from = base.instant();
        self.steps.say(|| match base.name {
            Some(name) => format!("counted from {name}, {}", human_with_zone(from)),
            None => format!("counted from {}", human_with_zone(from)),
        });
        let to = match amount.unit() {
            Unit::UnitMinutes | Unit::UnitHours => {
                let open = self.within(self.with.unit_hours, from, length(amount), direction)?;
                open.ok_or(Stop::Failed(ReckonError::NeverOpen { from }))?
            }
            Unit::ShiftMinutes | Unit::ShiftHours => {
                let shifts = self.shifts();
                let worked = self.within(shifts, from, length(amount), direction)?;
                worked.ok_or(Stop::Failed(ReckonError::NoShift { from }))?
            }
            _ => match direction {
                Direction::Forward => from.checked_add_signed(length(amount)),
                Direction::Back => from.checked_sub_signed(length(amount)),
            }
            .ok_or_else(|| out_of_range(whole))?,
        };
        if self.steps.wanted()
            && let Some((day, way)) = days::clock_change(from.min(to), from.max(to))
        {
            self.steps
                .say(|| format!("the clocks go {way} on {}; time is counted as it passes", human_date(day)));
        }
        self.steps.say(|| format!("{amount} {direction} is {}", human_with_zone(to)));
        Ok(to)
    }

    fn within(
        &mut self,
        hours: &dyn Hours,
        from: Instant,
        length: TimeDelta,
        direction: Direction,
    ) -> Result<Option<Instant>, Stop> {
        let within = hours::within(hours, from, length, direction).map_err(|needs| self.needs(needs))?;
        Ok(within.map(|within| {
            days::tell_stretches(&mut self.steps, &within.through);
            within.at
        }))
    }

    fn which_day(
        &mut self,
        whole: &Deadline,
        moment: Moment,
        which: Which,
        of: &Deadline,
    ) -> Result<NaiveDate, Stop> {
        let (day, words) = match which {
            Which::Same => return self.day_of(of),
            Which::WorkingDayBefore => {
                let base = self.base(of)?;
                return self.working_day(base, 1, Direction::Back, Days::Unit);
            }
            Which::NextWorkingDay => {
                let base = self.base(of)?;
                let days = if moment == Moment::End { Days::Statutory } else { Days::Unit };
                return self.working_day(base, 1, Direction::Forward, days);
            }
            Which::DayBefore => (self.day_of(of)?.pred_opt(), "the day before"),
            Which::DayAfter => (self.day_of(of)?.succ_opt(), "the day after"),
        };
        let day = day.ok_or_else(|| out_of_range(whole))?;
        self.steps.say(|| format!("{words} is {}", human_date(day)));
        Ok(day)
    }

    fn moment_of(&mut self, day: NaiveDate, moment: Moment) -> Result<Instant, Stop> {
        match moment {
            Moment::At(time) => Ok(self.at_time(day, time, "at that time")),
            Moment::End => {
                let at = london::end_of_day(day);
                self.steps.say(|| format!("end of day: {}", human_with_zone(at)));
                Ok(at)
            }
            Moment::Opening => self.opening(day, NaiveTime::MIN, "the unit opens"),
        }
    }

    fn at_time(&mut self, day: NaiveDate, time: NaiveTime, words: &str) -> Instant {
        let at = london::from_local(day.and_time(time));
        if london::time_of_day(at) != time {
            let time = time.format("%H:%M");
            self.steps.say(|| format!("{time} does not exist on {}: the clocks go forward", human_date(day)));
        }
        self.steps.say(|| format!("{words}: {}", human_with_zone(at)));
        at
    }

    /// The unit's first open moment of `day` from a time of day on; that time itself where the unit is shut.
    fn opening(&mut self, day: NaiveDate, from: NaiveTime, words: &str) -> Result<Instant, Stop> {
        let opening =
            hours::opening_on(self.with.unit_hours, day, from).map_err(|needs| self.needs(needs))?;
        let at = opening.unwrap_or_else(|| london::from_local(day.and_time(from)));
        self.steps.say(|| match opening {
            Some(_) => format!("{words}: {}", human_with_zone(at)),
            None => {
                format!("the unit has no hours on {} from then: {}", human_date(day), human_with_zone(at))
            }
        });
        Ok(at)
    }

    fn end_of_shift(&mut self, from: &Deadline) -> Result<Instant, Stop> {
        let base = self.base(from)?;
        let at = base.instant();
        let shifts = self.shifts();
        let shift = hours::running_or_next(shifts, at).map_err(|needs| self.needs(needs))?;
        let (starts, ends) = shift.ok_or(Stop::Failed(ReckonError::NoShift { from: at }))?;
        self.steps.say(|| {
            let when = if starts <= at { "in the shift that began" } else { "before the shift that begins" };
            format!("{} is {when} {}", base.words(), london::human(starts))
        });
        self.steps.say(|| format!("end of shift: {}", human_with_zone(ends)));
        Ok(ends)
    }

    fn other_half(&mut self, from: &Deadline) -> Result<Instant, Stop> {
        let base = self.base(from)?;
        let half = Half::of(base.instant()).other();
        self.steps.say(|| format!("{} is in the {}, so the {half} is meant", base.words(), half.other()));
        let day = self.working_day(base, 1, Direction::Forward, Days::Unit)?;
        match half {
            Half::Pm => self.opening(day, london::NOON, "the afternoon starts"),
            Half::Am => self.opening(day, NaiveTime::MIN, "the unit opens"),
        }
    }

    fn needs(&mut self, NeedsCalendar { year }: NeedsCalendar) -> Stop {
        self.steps
            .say(|| format!("the bank holidays of {year} are not loaded, so this waits for the calendar"));
        Stop::Needs { year }
    }

    fn say_limit(&mut self, quantity: &Quantity) {
        if let Quantity::Limit { amount, .. } = quantity {
            self.steps.say(|| format!("{quantity} is {amount}"));
        }
    }
}

impl<'a> Counting<'_, 'a> {
    fn shifts(&mut self) -> &'a dyn Hours {
        self.with.shifts.unwrap_or_else(|| {
            self.steps.say(|| "no shifts are known here, so the unit's hours are used".to_owned());
            self.with.unit_hours
        })
    }
}

fn in_days(unit: Unit) -> bool {
    matches!(unit, Unit::Days | Unit::WorkingDays | Unit::Weeks | Unit::Months)
}

/// The length of an amount of minutes or hours; no other unit has one.
fn length(amount: Amount) -> TimeDelta {
    let count = i64::from(amount.count());
    match amount.unit() {
        Unit::Minutes | Unit::UnitMinutes | Unit::ShiftMinutes => TimeDelta::minutes(count),
        _ => TimeDelta::hours(count),
    }
}

fn shifted(day: NaiveDate, amount: Amount, direction: Direction) -> Option<NaiveDate> {
    let count = amount.count();
    let days = chrono::Days::new(u64::from(if amount.unit() == Unit::Weeks { 7 * count } else { count }));
    match (amount.unit(), direction) {
        (Unit::Months, Direction::Forward) => day.checked_add_months(Months::new(count)),
        (Unit::Months, Direction::Back) => day.checked_sub_months(Months::new(count)),
        (_, Direction::Forward) => day.checked_add_days(days),
        (_, Direction::Back) => day.checked_sub_days(days),
    }
}

pub(super) fn out_of_range(deadline: &Deadline) -> Stop {
    Stop::Failed(ReckonError::OutOfRange { deadline: deadline.to_string() })
}
