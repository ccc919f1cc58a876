//! What a line gives, by the names of its columns: cells of a table and values of JSON read alike.

use crate::domain::london::{self, Instant};
use crate::domain::words::{self, Word};
use crate::intake::table::Wrong;
use chrono::NaiveDate;
use serde_json::Value;

/// Values by their names.
pub(super) type Object = serde_json::Map<String, Value>;

/// The longest text of a single value that is taken.
const NAME_MAX: usize = 200;
/// The longest note that is taken.
const WORDS_MAX: usize = 10_000;
/// The most values of a list.
const LIST_MAX: usize = 50;

/// What is said of one thing.
pub(super) struct Given<'a> {
    object: &'a Object,
    /// What its names begin with when something is wrong with them.
    place: &'a str,
}

impl<'a> Given<'a> {
    pub(super) fn new(object: &'a Object, place: &'a str) -> Self {
        Self { object, place }
    }

    /// What is wrong with a value.
    pub(super) fn wrong(&self, column: &str, problem: &str) -> Wrong {
        (format!("{}{column}", self.place), problem.to_owned())
    }

    /// A value as text; an empty one is none.
    pub(super) fn text(&self, column: &str) -> Result<Option<String>, Wrong> {
        let text = match self.object.get(column) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
            Some(Value::Array(_) | Value::Object(_)) => {
                return Err(self.wrong(column, "expected a single text"));
            }
        };
        if text.chars().any(char::is_control) {
            return Err(
                self.wrong(column, "has a line break or another control character: keep it in one line")
            );
        }
        if text.chars().count() > WORDS_MAX {
            return Err(self.wrong(column, &format!("must have at most {WORDS_MAX} characters")));
        }
        Ok((!text.is_empty()).then_some(text))
    }

    /// A text no longer than a name.
    pub(super) fn name(&self, column: &str) -> Result<Option<String>, Wrong> {
        let text = self.text(column)?;
        match text {
            Some(text) if text.chars().count() > NAME_MAX => {
                Err(self.wrong(column, &format!("must have at most {NAME_MAX} characters")))
            }
            text => Ok(text),
        }
    }

    /// The texts of a list: of JSON, or between semicolons.
    pub(super) fn list(&self, column: &str) -> Result<Vec<String>, Wrong> {
        let texts: Vec<String> = match self.object.get(column) {
            Some(Value::Array(values)) => {
                let text = |value: &Value| value.as_str().map(|text| text.trim().to_owned());
                let texts = values.iter().map(text).collect::<Option<_>>();
                texts.ok_or_else(|| self.wrong(column, "expected a list of texts"))?
            }
            _ => {
                let text = self.text(column)?.unwrap_or_default();
                text.split(';').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
            }
        };
        if texts.len() > LIST_MAX {
            return Err(self.wrong(column, &format!("must have at most {LIST_MAX} parts")));
        }
        match texts.iter().any(|text| text.chars().count() > NAME_MAX || text.chars().any(char::is_control)) {
            true => {
                Err(self
                    .wrong(column, &format!("each part must be one line of at most {NAME_MAX} characters")))
            }
            false => Ok(texts),
        }
    }

    /// A word of a closed list.
    pub(super) fn word<W: Word>(&self, column: &str) -> Result<Option<W>, Wrong> {
        let text = self.text(column)?;
        text.map(|text| word(&text)).transpose().map_err(|problem| self.wrong(column, &problem))
    }

    /// Words of a closed list, each once.
    pub(super) fn words<W: Word + PartialEq>(&self, column: &str) -> Result<Vec<W>, Wrong> {
        let mut words = Vec::new();
        for text in self.list(column)? {
            let word = word(&text).map_err(|problem| self.wrong(column, &problem))?;
            if !words.contains(&word) {
                words.push(word);
            }
        }
        Ok(words)
    }

    /// A day.
    pub(super) fn day(&self, column: &str) -> Result<Option<NaiveDate>, Wrong> {
        let text = self.text(column)?;
        text.map(|text| day(&text)).transpose().map_err(|problem| self.wrong(column, &problem))
    }

    /// An instant, or the beginning of a day.
    pub(super) fn instant(&self, column: &str) -> Result<Option<Instant>, Wrong> {
        let text = self.text(column)?;
        text.map(|text| instant(&text)).transpose().map_err(|problem| self.wrong(column, &problem))
    }

    /// A yes or no; no where nothing is said.
    pub(super) fn flag(&self, column: &str) -> Result<bool, Wrong> {
        match self.text(column)?.map(|text| text.to_lowercase()).as_deref() {
            Some("yes" | "y" | "true") => Ok(true),
            None | Some("no" | "n" | "false") => Ok(false),
            Some(_) => Err(self.wrong(column, "expected yes or no")),
        }
    }
}

/// A word as people write it: `Care Officer` is `care-officer`.
pub(super) fn word<W: Word>(text: &str) -> Result<W, String> {
    words::parse(&text.to_lowercase().replace([' ', '_'], "-"))
        .map_err(|unknown| format!("expected one of {}", unknown.expected.join(", ")))
}

/// A day.
pub(super) fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| "expected a day as YYYY-MM-DD".to_owned())
}

/// An instant, or the beginning of a day.
pub(super) fn instant(text: &str) -> Result<Instant, String> {
    if let Ok(day) = text.parse() {
        return Ok(london::start_of_day(day));
    }
    london::parse(text)
        .map_err(|_| "expected London time as YYYY-MM-DD HH:MM, or a day as YYYY-MM-DD".to_owned())
}
