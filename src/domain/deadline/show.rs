//! A deadline written back in canonical words: what the board shows beside a task, and what parses to the same again.

use std::fmt;

use super::{Deadline, Moment, NOW, Quantity, Which};

impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Deadline::Anchor(name) => f.write_str(name),
            Deadline::After { amount, from } => write!(f, "{amount} after {from}"),
            Deadline::Before { amount, from } => write!(f, "{amount} before {from}"),
            Deadline::On { moment, day, of } => on(f, *moment, *day, of),
            Deadline::EndOfShift { from } => write!(f, "end of shift{}", After(from)),
            Deadline::OtherHalf { from } => {
                write!(f, "the other half of the next working day{}", After(from))
            }
            Deadline::EarlierOf(parts) => write!(f, "earlier of ({})", List(parts)),
            Deadline::LaterOf(parts) => write!(f, "later of ({})", List(parts)),
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Quantity::Plain(amount) => write!(f, "{amount}"),
            Quantity::Limit { name, .. } => write!(f, "limit.{name}"),
        }
    }
}

fn on(f: &mut fmt::Formatter<'_>, moment: Moment, day: Which, of: &Deadline) -> fmt::Result {
    match (moment, day) {
        (Moment::At(time), Which::NextWorkingDay) => {
            return write!(f, "next working day {}{}", time.format("%H:%M"), After(of));
        }
        (Moment::Opening, Which::NextWorkingDay) => return write!(f, "next working day{}", After(of)),
        (Moment::End, Which::NextWorkingDay) => return write!(f, "end of the next working day{}", After(of)),
        (Moment::End, _) => f.write_str("end of ")?,
        (Moment::At(time), Which::Same) if is_now(of) => return write!(f, "{} today", time.format("%H:%M")),
        (Moment::Opening, Which::Same) if is_now(of) => return f.write_str("opening today"),
        (Moment::At(time), _) => write!(f, "{} on ", time.format("%H:%M"))?,
        (Moment::Opening, _) => f.write_str("opening on ")?,
    }
    match day {
        Which::Same if is_now(of) => f.write_str("today"),
        Which::Same | Which::NextWorkingDay => write!(f, "{of}"),
        Which::DayBefore => write!(f, "the day before {of}"),
        Which::DayAfter => write!(f, "the day after {of}"),
        Which::WorkingDayBefore => write!(f, "the working day before {of}"),
    }
}

fn is_now(deadline: &Deadline) -> bool {
    matches!(deadline, Deadline::Anchor(name) if name == NOW)
}

/// ` after X`, or nothing where X is now.
struct After<'a>(&'a Deadline);

impl fmt::Display for After<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_now(self.0) { Ok(()) } else { write!(f, " after {}", self.0) }
    }
}

struct List<'a>(&'a [Deadline]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{part}")?;
        }
        Ok(())
    }
}
