//! A unit's people as a table: comma-separated values with a heading, as a spreadsheet saves them.
//!
//! ```text
//! name,email,team,role,skills,shifts,minutes_a_day,vetting_valid_until,left_on
//! Ada Fennick,ada@unit.example,East,care-officer,rasso;child,mon-fri 08:00-16:00,,2027-03-31,
//! ```
//! `name`, `team` and `role` are needed; the other columns may be empty or left out, and columns may come in any
//! order. Every line is looked at, so that all that is wrong is told at once.

use crate::domain::email::EmailAddress;
use crate::domain::staff::{Shift, StaffRole};
use crate::domain::words;
use chrono::{NaiveDate, NaiveTime};

/// The columns that are known, in the order in which they are usually written.
pub const COLUMNS: [&str; 9] =
    ["name", "email", "team", "role", "skills", "shifts", "minutes_a_day", "vetting_valid_until", "left_on"];

/// The days of a week as they are written in shifts.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Somebody, as one line says.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of the file, from 1.
    pub line: u64,
    /// Their name.
    pub name: String,
    /// Where their lists and alerts go.
    pub email: Option<EmailAddress>,
    /// The name of their team.
    pub team: String,
    /// What they are.
    pub role: StaffRole,
    /// Their skills.
    pub skills: Vec<String>,
    /// Their weekly pattern.
    pub shifts: Vec<Shift>,
    /// How many minutes of a day they have for work.
    pub minutes_a_day: Option<u32>,
    /// The last day on which their vetting is valid.
    pub vetting_valid_until: Option<NaiveDate>,
    /// The first day on which they are not in the unit any more.
    pub left_on: Option<NaiveDate>,
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
    /// The line of the file, from 1.
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
}

/// Reads a table: every line as somebody, or as what is wrong with it.
///
/// # Errors
/// [`Unreadable`] if the heading says nothing of what the columns are.
pub fn read(text: &str) -> Result<Vec<Result<Row, Fault>>, Unreadable> {
    // A spreadsheet on Windows begins its files with a mark that is no letter of the first column's name.
    let text = text.trim_start_matches('\u{feff}');
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let heading = reader.headers().map_err(|error| Unreadable::Heading(error.to_string()))?;
    let heading: Vec<String> = heading.iter().map(|name| name.to_lowercase().replace(' ', "_")).collect();
    if let Some(other) = heading.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
        let known = COLUMNS.join(", ");
        return Err(Unreadable::Heading(format!("there is no column {other:?}; known are {known}")));
    }
    for needed in ["name", "team", "role"] {
        if !heading.iter().any(|name| name == needed) {
            return Err(Unreadable::Heading(format!("the column `{needed}` is needed")));
        }
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) if record.iter().all(str::is_empty) => {}
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                rows.push(if record.len() == heading.len() {
                    row(line, &Cells { heading: &heading, record: &record })
                } else {
                    let problem = format!("{} cells, and the heading has {}", record.len(), heading.len());
                    Err(Fault { line, column: "the whole line".to_owned(), problem })
                });
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                let problem = "it is not text in UTF-8, or a quotation mark is not closed".to_owned();
                rows.push(Err(Fault { line, column: "the whole line".to_owned(), problem }));
            }
        }
    }
    Ok(rows)
}

struct Cells<'a> {
    heading: &'a [String],
    record: &'a csv::StringRecord,
}

impl Cells<'_> {
    fn get(&self, column: &str) -> &str {
        let place = self.heading.iter().position(|name| name == column);
        place.and_then(|place| self.record.get(place)).unwrap_or("")
    }
}

fn row(line: u64, cells: &Cells<'_>) -> Result<Row, Fault> {
    let fault = |column: &str, problem: String| Fault { line, column: column.to_owned(), problem };
    let needed = |column: &str| match cells.get(column) {
        "" => Err(fault(column, "is needed".to_owned())),
        text => Ok(text.to_owned()),
    };
    let day = |column: &str| match cells.get(column) {
        "" => Ok(None),
        text => match text.parse::<NaiveDate>() {
            Ok(day) => Ok(Some(day)),
            Err(_) => Err(fault(column, "expected a day as YYYY-MM-DD".to_owned())),
        },
    };
    let email = match cells.get("email") {
        "" => None,
        text => Some(text.parse().map_err(|_| fault("email", "expected one bare address".to_owned()))?),
    };
    let role = words::parse(&needed("role")?.to_lowercase().replace([' ', '_'], "-"))
        .map_err(|unknown| fault("role", format!("expected one of {}", unknown.expected.join(", "))))?;
    let minutes_a_day = match cells.get("minutes_a_day") {
        "" => None,
        text => match text.parse::<u32>() {
            Ok(minutes) if (1..=24 * 60).contains(&minutes) => Some(minutes),
            _ => return Err(fault("minutes_a_day", "expected 1 to 1440 minutes, or nothing".to_owned())),
        },
    };
    Ok(Row {
        line,
        name: needed("name")?,
        email,
        team: needed("team")?,
        role,
        skills: list(cells.get("skills")),
        shifts: shifts(cells.get("shifts")).map_err(|problem| fault("shifts", problem))?,
        minutes_a_day,
        vetting_valid_until: day("vetting_valid_until")?,
        left_on: day("left_on")?,
    })
}

/// What stands between semicolons.
fn list(text: &str) -> Vec<String> {
    let parts = text.split(';').map(|part| part.trim().to_lowercase().replace(' ', "-"));
    parts.filter(|part| !part.is_empty()).collect()
}

/// A weekly pattern such as `mon-fri 08:00-16:00; sat 10:00-14:00`.
fn shifts(text: &str) -> Result<Vec<Shift>, String> {
    const EXPECTED: &str = "expected days and hours such as mon-fri 08:00-16:00; sat 10:00-14:00";
    let mut shifts = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (days, hours) = part.split_once(' ').ok_or_else(|| EXPECTED.to_owned())?;
        let number = |day: &str| {
            let day = day.trim().to_lowercase();
            DAYS.iter().position(|known| day.starts_with(known)).ok_or_else(|| EXPECTED.to_owned())
        };
        let (first, last) = match days.split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None => (number(days)?, number(days)?),
        };
        if last < first {
            return Err("the first day of a row of days comes after the last".to_owned());
        }
        let time =
            |time: &str| NaiveTime::parse_from_str(time.trim(), "%H:%M").map_err(|_| EXPECTED.to_owned());
        let (starts, ends) = hours.split_once('-').ok_or_else(|| EXPECTED.to_owned())?;
        let (starts, ends) = (time(starts)?, time(ends)?);
        if ends <= starts {
            return Err("a shift must end later than it begins".to_owned());
        }
        let weekdays = (first..=last).map(|day| u8::try_from(day + 1).unwrap_or(1));
        shifts.extend(weekdays.map(|weekday| Shift { weekday, starts, ends }));
    }
    Ok(shifts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(lines: &str) -> Vec<Result<Row, Fault>> {
        read(&format!("name,email,team,role,skills,shifts,minutes_a_day\n{lines}")).unwrap()
    }

    #[test]
    fn a_line_is_read_with_its_pattern_and_skills() {
        let rows = rows(
            "Ada F,ada@unit.test,East,Care Officer,RASSO; child,mon-fri 08:00-16:00; sat 10:00-14:00,240\n",
        );
        let row = rows[0].as_ref().unwrap();
        assert_eq!((row.line, row.role, row.team.as_str()), (2, StaffRole::CareOfficer, "East"));
        assert_eq!(
            (row.skills.as_slice(), row.minutes_a_day),
            (&["rasso".to_owned(), "child".to_owned()][..], Some(240))
        );
        let days: Vec<u8> = row.shifts.iter().map(|shift| shift.weekday).collect();
        assert_eq!(days, [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn everything_that_is_wrong_is_told_with_its_line_and_column_and_without_the_cell() {
        let rows = rows(
            "Ada,ada@unit.test,East,care-officer,,,\n\
             ,x@unit.test,East,care-officer,,,\n\
             Bo,not an address,East,care-officer,,,\n\
             Cy,,East,chief,,,\n\
             Di,,East,manager,,mon 16:00-08:00,\n\
             Ed,,East,manager,,whenever,\n\
             Fy,,East,manager,,,0\n\
             Gi,East\n",
        );
        let faults: Vec<String> =
            rows.into_iter().filter_map(Result::err).map(|fault| fault.to_string()).collect();
        assert_eq!(
            faults,
            [
                "line 3: name: is needed",
                "line 4: email: expected one bare address",
                "line 5: role: expected one of care-officer, team-leader, manager",
                "line 6: shifts: a shift must end later than it begins",
                "line 7: shifts: expected days and hours such as mon-fri 08:00-16:00; sat 10:00-14:00",
                "line 8: minutes_a_day: expected 1 to 1440 minutes, or nothing",
                "line 9: the whole line: 2 cells, and the heading has 7",
            ]
        );
    }

    #[test]
    fn a_heading_that_is_not_known_is_told_before_any_line() {
        let told = |heading: &str| read(&format!("{heading}\n")).unwrap_err().to_string();
        assert_eq!(told("name,team"), "the heading: the column `role` is needed");
        assert!(
            told("name,team,role,rank")
                .starts_with("the heading: there is no column \"rank\"; known are name,")
        );
        assert!(read("\u{feff}Name,Team,Role\nAda,East,manager\n").unwrap()[0].is_ok());
    }
}
