//! A unit's people as a table: comma-separated values in UTF-8 with a heading, as a spreadsheet saves them.
//!
//! ```text
//! name,email,team,role,skills,shifts,minutes_a_day,vetting_valid_until,left_on
//! Ada Fennick,ada@unit.example,East,care-officer,rasso;child,mon-fri 08:00-16:00,,2027-03-31,
//! ```
//! `name`, `team` and `role` are needed, and columns may come in any order. Of the other columns, one that the file
//! does not have says nothing: what is held stays as it is. One that it has says all: an empty cell clears what is
//! held. So a table of names and e-mail addresses takes nobody's shifts away.
//!
//! Every line is looked at, so that all that is wrong is told at once, by line and column and never with what stands
//! there.

mod pattern;

use crate::domain::email::EmailAddress;
use crate::domain::staff::{Shift, StaffRole, check_name, skill};
use crate::domain::words;
use crate::intake::table::{self, Cells, Wrong};
pub use crate::intake::table::{Fault, Unreadable, WHOLE_LINE};
use chrono::NaiveDate;

/// The columns that are known, in the order in which they are usually written.
pub const COLUMNS: [&str; 9] =
    ["name", "email", "team", "role", "skills", "shifts", "minutes_a_day", "vetting_valid_until", "left_on"];

/// What a line says in a column that a file need not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell<T> {
    /// The file has no such column: what is held stays.
    Absent,
    /// This, which may be nothing.
    Says(T),
}

impl<T> Cell<T> {
    /// The same with what it says made into something else.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Cell<U> {
        match self {
            Self::Absent => Cell::Absent,
            Self::Says(said) => Cell::Says(make(said)),
        }
    }

    /// What is to be where `held` is now.
    pub fn or(self, held: T) -> T {
        match self {
            Self::Absent => held,
            Self::Says(said) => said,
        }
    }
}

/// Somebody, as one line says.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of the file on which they begin, from 1, as an editor shows it.
    pub line: u64,
    /// Their name.
    pub name: String,
    /// Where their lists and alerts go.
    pub email: Cell<Option<EmailAddress>>,
    /// The name of their team.
    pub team: String,
    /// What they are.
    pub role: StaffRole,
    /// Their skills.
    pub skills: Cell<Vec<String>>,
    /// Their weekly pattern.
    pub shifts: Cell<Vec<Shift>>,
    /// How many minutes of a day they have for work.
    pub minutes_a_day: Cell<Option<u32>>,
    /// The last day on which their vetting is valid.
    pub vetting_valid_until: Cell<Option<NaiveDate>>,
    /// The first day on which they are not in the unit any more.
    pub left_on: Cell<Option<NaiveDate>>,
}

impl Row {
    /// Their address, where the line gives one.
    #[must_use]
    pub fn address(&self) -> Option<&EmailAddress> {
        match &self.email {
            Cell::Says(email) => email.as_ref(),
            Cell::Absent => None,
        }
    }
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Row({}, {})", self.line, self.role)
    }
}

/// Reads a table: every line as somebody, or as what is wrong with it.
///
/// # Errors
/// [`Unreadable`] if the file is no table of ours: its encoding, its separator or its heading is another.
pub fn read(file: &[u8]) -> Result<Vec<Result<Row, Fault>>, Unreadable> {
    table::read(file, &COLUMNS, &["name", "team", "role"], row)
}

/// What `read` makes of a column; of an empty cell it makes nothing.
fn cell<T: Default>(
    cells: &Cells<'_>,
    column: &str,
    read: impl FnOnce(&str) -> Result<T, String>,
) -> Result<Cell<T>, Wrong> {
    match cells.get(column) {
        None => Ok(Cell::Absent),
        Some("") => Ok(Cell::Says(T::default())),
        Some(text) => read(text).map(Cell::Says).map_err(|problem| (column.to_owned(), problem)),
    }
}

/// A name of a team or of somebody.
fn name(cells: &Cells<'_>, column: &str) -> Result<String, Wrong> {
    let name = cells.needed(column)?;
    check_name(name).map_err(|problem| (column.to_owned(), problem))?;
    Ok(name.to_owned())
}

fn row(line: u64, cells: &Cells<'_>) -> Result<Row, Wrong> {
    let day = |text: &str| match text.parse::<NaiveDate>() {
        Ok(day) => Ok(Some(day)),
        Err(_) => Err("expected a day as YYYY-MM-DD".to_owned()),
    };
    let email = |text: &str| match text.parse::<EmailAddress>() {
        Ok(email) => Ok(Some(email)),
        Err(_) => Err("expected one bare address".to_owned()),
    };
    let minutes = |text: &str| match text.parse::<u32>() {
        Ok(minutes) if (1..=24 * 60).contains(&minutes) => Ok(Some(minutes)),
        _ => Err("expected 1 to 1440 minutes, or nothing".to_owned()),
    };
    let role = words::parse(&cells.needed("role")?.to_lowercase().replace([' ', '_'], "-"));
    Ok(Row {
        line,
        name: name(cells, "name")?,
        email: cell(cells, "email", email)?,
        team: name(cells, "team")?,
        role: role.map_err(|unknown| {
            ("role".to_owned(), format!("expected one of {}", unknown.expected.join(", ")))
        })?,
        skills: cell(cells, "skills", |text| Ok(skills(text)))?,
        shifts: cell(cells, "shifts", pattern::shifts)?,
        minutes_a_day: cell(cells, "minutes_a_day", minutes)?,
        vetting_valid_until: cell(cells, "vetting_valid_until", day)?,
        left_on: cell(cells, "left_on", day)?,
    })
}

/// What stands between semicolons.
fn skills(text: &str) -> Vec<String> {
    text.split(';').map(skill).filter(|skill| !skill.is_empty()).collect()
}

#[cfg(test)]
mod tests;
