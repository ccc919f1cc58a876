//! Tables of comma-separated values in UTF-8 with a heading, as a spreadsheet saves them.
//!
//! Every line is looked at, so that all that is wrong is told at once, by line and column and never with what stands
//! there.

pub(super) mod encoding;

use encoding::{Lines, damage};

/// The column of a fault that is no single column's.
pub const WHOLE_LINE: &str = "the whole line";

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

/// What is wrong with a line: the column, and the problem.
pub(super) type Wrong = (String, String);

/// Reads a table with these columns, some of which are needed: each line as what `row` makes of it, or as what is wrong
/// with it.
///
/// # Errors
/// [`Unreadable`] if the file is no table of ours: its encoding, its separator or its heading is another.
pub(super) fn read<T>(
    file: &[u8],
    known: &[&str],
    needed: &[&str],
    row: impl Fn(u64, &Cells<'_>) -> Result<T, Wrong>,
) -> Result<Vec<Result<T, Fault>>, Unreadable> {
    let text = encoding::decode(file)?;
    let lines = Lines::of(&text);
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let heading = reader.headers().map_err(|error| Unreadable::Heading(error.to_string()))?;
    let heading = columns(heading, known, needed)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) if record.iter().all(str::is_empty) => {}
            Ok(record) => {
                let line = line_of(record.position(), &text, &lines);
                let cells = Cells { heading: &heading, record: &record };
                let read = cells.check().and_then(|()| row(line, &cells));
                rows.push(read.map_err(|(column, problem)| Fault { line, column, problem }));
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
fn columns(heading: &csv::StringRecord, known: &[&str], needed: &[&str]) -> Result<Vec<String>, Unreadable> {
    let expected = || format!("expected a first line such as {}", known.join(","));
    let names: Vec<String> = heading.iter().map(|name| name.to_lowercase().replace(' ', "_")).collect();
    if let [only] = names.as_slice() {
        for (separator, what) in [('\t', "tabs"), (';', "semicolons")] {
            if only.contains(separator) {
                return Err(Unreadable::Separator(what));
            }
        }
    }
    let is_known = |name: &String| known.contains(&name.as_str());
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
            let known = known.join(", ");
            return Err(Unreadable::Heading(format!("there is no column {name:?}; known are {known}")));
        }
        if let Some(first) = names[..nth].iter().position(|other| other == name) {
            let told =
                format!("columns {} and {place} are both called `{name}`: keep one of them", first + 1);
            return Err(Unreadable::Heading(told));
        }
    }
    for needed in needed {
        if !names.iter().any(|name| name == *needed) {
            return Err(Unreadable::Heading(format!("the column `{needed}` is needed")));
        }
    }
    Ok(names)
}

/// The cells of one line.
pub(super) struct Cells<'a> {
    heading: &'a [String],
    record: &'a csv::StringRecord,
}

impl Cells<'_> {
    /// What stands in a column; none where the file has no such column.
    pub(super) fn get(&self, column: &str) -> Option<&str> {
        let place = self.heading.iter().position(|name| name == column);
        place.and_then(|place| self.record.get(place))
    }

    /// What stands in a column that must not be empty.
    pub(super) fn needed(&self, column: &str) -> Result<&str, Wrong> {
        let text = self.get(column).filter(|text| !text.is_empty());
        text.ok_or_else(|| (column.to_owned(), "is needed".to_owned()))
    }

    /// Refuses a line that does not fit the heading, or has cells that cannot be read.
    fn check(&self) -> Result<(), Wrong> {
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
