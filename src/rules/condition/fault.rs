//! What can be wrong with a condition: faults at load, all of them at once; failures when it is asked.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Something wrong in the text of a condition, found at load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, in bytes of the condition's text; always on character boundaries.
    pub span: Range<usize>,
    /// What is wrong there and what was expected.
    pub message: String,
    /// What to write instead.
    pub suggestion: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; {suggestion}"),
            None => Ok(()),
        }
    }
}

/// A checked condition could not be answered. It counts as an error, never as false: whoever asked must raise it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{part}` in the condition `{source_text}` could not be answered: {reason}")]
pub struct Failure {
    /// The whole condition.
    pub source_text: Arc<str>,
    /// The part that failed, as written.
    pub part: String,
    /// Where that part is, in bytes of the condition's text.
    pub span: Range<usize>,
    /// Why.
    pub reason: String,
}

/// "did you mean `x`?", when one of `known` differs from what was written in at most every third letter.
pub(in crate::rules) fn did_you_mean<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-', ' '], "");
    let wanted = plain(written);
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&wanted, &plain(name)), name))
        .filter(|(distance, name)| *distance <= name.len().min(written.len()) / 3)
        .min()
        .map(|(_, name)| format!("did you mean `{name}`?"))
}

/// Names for a message: `` `a`, `b` and `c` ``, the first dozen of them.
pub(in crate::rules) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN_MAX: usize = 12;
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "none".to_owned(),
        [only] => only.clone(),
        many if many.len() > SHOWN_MAX => {
            format!("{} and {} more", many[..SHOWN_MAX].join(", "), many.len() - SHOWN_MAX)
        }
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
