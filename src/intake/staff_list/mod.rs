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

mod encoding;
mod pattern;

use crate::domain::email::EmailAddress;
use crate::domain::staff::{Shift, StaffRole, check_name, skill};
use crate::domain::words;
use chrono::NaiveDate;
use encoding::{Lines, damage};

/// The columns that are known, in the order in which they are usually written.
pub const COLUMNS: [&str; 9] =
    ["name", "email", "team", "role", "skills", "shifts", "minutes_a_day", "vetting_valid_until", "left_on"];

/// The column of a fault that is no single column's.
pub const WHOLE_LINE: &str = "the whole line";

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

/// What is wrong with a line. It names the column and never what stands in it: that may be somebody's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {column}: {problem}")]
pub struct Fault {
    /// The line of the file, from 1, as an editor shows it.
    pub line: u64,
    /// The column.
    pub column: String,
    /// What is wrong, and what was expected.
    pub problem: String,
}

/// Why a table cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It has no heading, or the heading is not one of ours.
    #[error("the heading: {0}")]
    Heading(String),
    /// Its columns are separated by something else than commas.
    #[error(
        "the columns are separated by {0}, and commas are expected: save it as \"CSV UTF-8 (comma delimited)\", or \
         choose the comma where the spreadsheet asks for the separator"
    )]
    Separator(&'static str),
    /// It is not in UTF-8 from its first byte on.
    #[error(
        "the file is in UTF-16 (\"Unicode text\") or is no text, and UTF-8 is expected: save the table as \"CSV UTF-8 \
         (comma delimited)\""
    )]
    Utf16,
}

/// Reads a table: every line as somebody, or as what is wrong with it.
///
/// # Errors
/// [`Unreadable`] if the file is no table of ours: its encoding, its separator or its heading is another.
pub fn read(file: &[u8]) -> Result<Vec<Result<Row, Fault>>, Unreadable> {
    let text = encoding::decode(file)?;
    let lines = Lines::of(&text);
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let heading = reader.headers().map_err(|error| Unreadable::Heading(error.to_string()))?;
    let heading = columns(heading)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) if record.iter().all(str::is_empty) => {}
            Ok(record) => {
                let line = line_of(record.position(), &text, &lines);
                rows.push(row(line, &Cells { heading: &heading, record: &record }));
            }
            Err(error) => {
                let line = line_of(error.position(), &text, &lines);
                let problem = "cannot be read as comma-separated values: write it again".to_owned();
                rows.push(Err(Fault { line, column: WHOLE_LINE.to_owned(), problem }));
            }
        }
    }
    Ok(rows)
}

/// The line on which a record begins. The reader stands before the line ends that it has yet to skip.
fn line_of(place: Option<&csv::Position>, text: &str, lines: &Lines) -> u64 {
    let from = place.and_then(|place| usize::try_from(place.byte()).ok()).unwrap_or(0);
    let skipped = text.as_bytes().iter().skip(from).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    lines.at(from + skipped)
}

/// The columns that a heading names.
fn columns(heading: &csv::StringRecord) -> Result<Vec<String>, Unreadable> {
    let expected = || format!("expected a first line such as {}", COLUMNS.join(","));
    let names: Vec<String> = heading.iter().map(|name| name.to_lowercase().replace(' ', "_")).collect();
    if let [only] = names.as_slice() {
        for (separator, what) in [('\t', "tabs"), (';', "semicolons")] {
            if only.contains(separator) {
                return Err(Unreadable::Separator(what));
            }
        }
    }
    let is_known = |name: &String| COLUMNS.contains(&name.as_str());
    // A file without a heading begins with somebody, whose name is not for repeating.
    if !names.iter().any(is_known) {
        return Err(Unreadable::Heading(format!(
            "the first line names no column that is known; {}",
            expected()
        )));
    }
    for (nth, name) in names.iter().enumerate() {
        let place = nth + 1;
        if name.is_empty() {
            let told = format!("column {place} has no name: name it, or delete the column");
            return Err(Unreadable::Heading(told));
        }
        if let Some(problem) = damage(name) {
            return Err(Unreadable::Heading(format!("column {place} {problem}")));
        }
        if !is_known(name) {
            let known = COLUMNS.join(", ");
            return Err(Unreadable::Heading(format!("there is no column {name:?}; known are {known}")));
        }
        if let Some(first) = names[..nth].iter().position(|other| other == name) {
            let told =
                format!("columns {} and {place} are both called `{name}`: keep one of them", first + 1);
            return Err(Unreadable::Heading(told));
        }
    }
    for needed in ["name", "team", "role"] {
        if !names.iter().any(|name| name == needed) {
            return Err(Unreadable::Heading(format!("the column `{needed}` is needed")));
        }
    }
    Ok(names)
}

struct Cells<'a> {
    heading: &'a [String],
    record: &'a csv::StringRecord,
}

impl Cells<'_> {
    /// What stands in a column; none where the file has no such column.
    fn get(&self, column: &str) -> Option<&str> {
        let place = self.heading.iter().position(|name| name == column);
        place.and_then(|place| self.record.get(place))
    }

    /// What `read` makes of a column; of an empty cell it makes nothing.
    fn read<T: Default>(
        &self,
        column: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Cell<T>, (String, String)> {
        match self.get(column) {
            None => Ok(Cell::Absent),
            Some("") => Ok(Cell::Says(T::default())),
            Some(text) => read(text).map(Cell::Says).map_err(|problem| (column.to_owned(), problem)),
        }
    }

    /// What stands in a column that must not be empty.
    fn needed(&self, column: &str) -> Result<&str, (String, String)> {
        let text = self.get(column).filter(|text| !text.is_empty());
        text.ok_or_else(|| (column.to_owned(), "is needed".to_owned()))
    }

    /// A name of a team or of somebody.
    fn name(&self, column: &str) -> Result<String, (String, String)> {
        let name = self.needed(column)?;
        check_name(name).map_err(|problem| (column.to_owned(), problem))?;
        Ok(name.to_owned())
    }

    /// Refuses a line that does not fit the heading, or has cells that cannot be read.
    fn check(&self) -> Result<(), (String, String)> {
        let cells = self.record.iter().zip(self.heading);
        for (cell, column) in cells {
            if let Some(problem) = damage(cell) {
                return Err((column.clone(), problem.to_owned()));
            }
        }
        let (cells, columns) = (self.record.len(), self.heading.len());
        if cells == columns {
            return Ok(());
        }
        let problem =
            format!("{cells} cells, and the heading has {columns}: put a cell with commas in quotes");
        Err((WHOLE_LINE.to_owned(), problem))
    }
}

fn row(line: u64, cells: &Cells<'_>) -> Result<Row, Fault> {
    of_cells(line, cells).map_err(|(column, problem)| Fault { line, column, problem })
}

fn of_cells(line: u64, cells: &Cells<'_>) -> Result<Row, (String, String)> {
    cells.check()?;
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
        name: cells.name("name")?,
        email: cells.read("email", email)?,
        team: cells.name("team")?,
        role: role.map_err(|unknown| {
            ("role".to_owned(), format!("expected one of {}", unknown.expected.join(", ")))
        })?,
        skills: cells.read("skills", |text| Ok(skills(text)))?,
        shifts: cells.read("shifts", pattern::shifts)?,
        minutes_a_day: cells.read("minutes_a_day", minutes)?,
        vetting_valid_until: cells.read("vetting_valid_until", day)?,
        left_on: cells.read("left_on", day)?,
    })
}

/// What stands between semicolons.
fn skills(text: &str) -> Vec<String> {
    text.split(';').map(skill).filter(|skill| !skill.is_empty()).collect()
}

#[cfg(test)]
mod tests;
