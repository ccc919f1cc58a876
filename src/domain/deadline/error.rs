//! What is wrong with a deadline's text: where, what was expected there, and what was perhaps meant.

use std::fmt;
use std::ops::Range;

/// How alike two words must be for one to be suggested for the other (0 not at all, 1 the same).
const LIKENESS_MIN: f64 = 0.55;

/// Short forms people write that are unlike what the grammar wants.
const SHORT_FORMS: [(&str, &str); 3] = [("wd", "working days"), ("hr", "hours"), ("mth", "months")];

/// A text that is no deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// The bytes of the text that are wrong; empty and at its end where something is missing.
    pub span: Range<usize>,
    /// What may stand there, in words.
    pub expected: String,
    /// What stands there instead.
    pub found: String,
    /// The nearest word the grammar or the pack knows.
    pub suggestion: Option<String>,
}

impl std::error::Error for ParseError {}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found {}", self.expected, self.found)?;
        match &self.suggestion {
            Some(word) => write!(f, "; did you mean `{word}`?"),
            None => Ok(()),
        }
    }
}

impl ParseError {
    /// The error under the line of `text` it is about:
    ///
    /// ```text
    /// 24 hours aftr received
    ///          ^^^^ expected `after` or `before`, found `aftr`; did you mean `after`?
    /// ```
    pub fn excerpt(&self, text: &str) -> String {
        let start = self.span.start.min(text.len());
        let line_start = text.get(..start).and_then(|head| head.rfind('\n')).map_or(0, |newline| newline + 1);
        let line = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or("");
        let indent = text.get(line_start..start).map_or(0, |head| head.chars().count());
        let wide =
            text.get(self.span.clone()).map_or(1, |wrong| wrong.chars().take_while(|c| *c != '\n').count());
        format!("{line}\n{}{} {self}", " ".repeat(indent), "^".repeat(wide.max(1)))
    }
}

/// The candidate most like `word`, if one is near enough to be meant.
pub(super) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let word = word.to_ascii_lowercase();
    if let Some((_, meant)) = SHORT_FORMS.iter().find(|(short, _)| *short == word) {
        return Some((*meant).to_owned());
    }
    candidates
        .into_iter()
        .filter(|candidate| !candidate.eq_ignore_ascii_case(&word))
        .map(|candidate| (likeness(&word, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, candidate)| candidate.to_owned())
}

fn likeness(word: &str, candidate: &str) -> f64 {
    let candidate = candidate.to_ascii_lowercase();
    if !word.is_empty() && candidate.starts_with(word) {
        return LIKENESS_MIN.max(strsim::normalized_damerau_levenshtein(word, &candidate));
    }
    strsim::normalized_damerau_levenshtein(word, &candidate)
}
