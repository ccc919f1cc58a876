//! What is wrong with a pack, told so that its author can mend it: where, what, and what was perhaps meant.
//!
//! The text follows rustc's, which people who edit files have learnt to read:
//!
//! ```text
//! error: a rule has no `wen`
//!   --> rules/outcomes.yaml:4:3
//!    |
//!  4 |   wen: size(event.added) > 0
//!    |   ^^^ did you mean `when`?
//! ```

use super::Place;
use super::source::SourceFile;
use std::fmt;
use std::ops::Range;

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The pack cannot be used.
    Error,
    /// The pack can be used, and its author should look at this.
    Warning,
}

/// The line a fault is on, with what is wrong marked in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excerpt {
    /// The line as it stands in the file.
    pub line: String,
    /// The characters of the line that are wrong, from 0.
    pub marked: Range<usize>,
}

/// One thing that is wrong with a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// Whether it stops the pack from being used.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub suggestion: Option<String>,
    /// The line it is on; none for a file that is missing.
    pub excerpt: Option<Excerpt>,
}

/// A fault that does not stop a pack from being used.
pub type Warning = Fault;

/// Everything that is wrong with a pack, by file and line, warnings included. At least one is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl Fault {
    /// A fault on these bytes of a file; only the first line of them is marked.
    pub(super) fn on(file: &SourceFile, bytes: &Range<usize>, message: impl Into<String>) -> Self {
        let place = file.place(bytes.start);
        let line = file.line(place.line);
        let length = file
            .text
            .get(bytes.clone())
            .map_or(1, |text| text.lines().next().unwrap_or_default().trim_end().chars().count());
        let excerpt =
            Excerpt { line: line.to_owned(), marked: place.column - 1..place.column - 1 + length.max(1) };
        Self {
            place,
            severity: Severity::Error,
            message: message.into(),
            suggestion: None,
            excerpt: Some(excerpt),
        }
    }

    /// A fault about a whole file, which may not be there.
    pub(super) fn of_file(path: &str, message: impl Into<String>) -> Self {
        Self {
            place: Place { file: path.to_owned(), line: 0, column: 0 },
            severity: Severity::Error,
            message: message.into(),
            suggestion: None,
            excerpt: None,
        }
    }

    pub(super) fn suggest(mut self, suggestion: Option<String>) -> Self {
        self.suggestion = suggestion;
        self
    }

    pub(super) fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.severity, self.message)?;
        let suggestion = self.suggestion.as_deref().unwrap_or_default();
        let Some(excerpt) = &self.excerpt else {
            write!(f, "  --> {}", self.place.file)?;
            return match suggestion {
                "" => Ok(()),
                advice => write!(f, "\n   = {advice}"),
            };
        };
        let gutter = self.place.line.to_string().len().max(2);
        writeln!(f, "{:gutter$}--> {}", "", self.place)?;
        writeln!(f, "{:gutter$} |", "")?;
        writeln!(f, "{:>gutter$} | {}", self.place.line, excerpt.line)?;
        // A tab stays a tab under a tab, so that the mark stands where the eye looks for it.
        let indent: String = excerpt
            .line
            .chars()
            .take(excerpt.marked.start)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        let mark = "^".repeat(excerpt.marked.len());
        write!(f, "{}", format_args!("{:gutter$} | {indent}{mark} {suggestion}", "").to_string().trim_end())
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.0 {
            writeln!(f, "{fault}\n")?;
        }
        let count = |severity| self.0.iter().filter(|fault| fault.severity == severity).count();
        f.write_str(&tally(count(Severity::Error), count(Severity::Warning)))
    }
}

impl std::error::Error for Faults {}

fn tally(errors: usize, warnings: usize) -> String {
    let counted = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        many => format!("{many} {word}s"),
    };
    match (errors, warnings) {
        (errors, 0) => counted(errors, "error"),
        (0, warnings) => counted(warnings, "warning"),
        (errors, warnings) => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
    }
}
