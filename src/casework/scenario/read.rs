//! Reading a scenario's tree: the first thing that is wrong is told, with its line.

use crate::domain::london;
use crate::domain::words::Word;
use crate::rules::pack::yaml::{Node, Spot, Value};
use chrono::{DateTime, NaiveDate, Utc};
use std::str::FromStr;

/// What is wrong with a scenario's text.
#[derive(Debug)]
pub(super) struct Wrong {
    /// Where.
    pub at: Spot,
    /// What, and what was expected.
    pub problem: String,
}

/// A part of a scenario.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a>(&'a Node);

impl<'a> Part<'a> {
    pub fn new(node: &'a Node) -> Self {
        Self(node)
    }

    /// An error at this part.
    pub fn wrong<T>(self, problem: impl Into<String>) -> Result<T, Wrong> {
        Err(Wrong { at: self.0.at.clone(), problem: problem.into() })
    }

    fn expected<T>(self, what: &str) -> Result<T, Wrong> {
        self.wrong(format!("expected {what}, found {}", self.0.value.kind()))
    }

    /// Refuses keys beside these.
    pub fn only(self, known: &[&str]) -> Result<(), Wrong> {
        let other = self.0.entries().unwrap_or_default().iter();
        match other.into_iter().find(|entry| !known.contains(&entry.key.as_str())) {
            Some(entry) => {
                let problem = format!("there is no `{}` here: it may have {}", entry.key, known.join(", "));
                Err(Wrong { at: entry.key_at.clone(), problem })
            }
            None => Ok(()),
        }
    }

    pub fn get(self, key: &str) -> Option<Part<'a>> {
        self.0.get(key).filter(|node| node.value != Value::Null).map(Part)
    }

    pub fn need(self, key: &str) -> Result<Part<'a>, Wrong> {
        match self.get(key) {
            Some(part) => Ok(part),
            None => self.wrong(format!("`{key}` is missing")),
        }
    }

    /// The entries of a map, in order.
    pub fn entries(self) -> Result<Vec<(&'a str, Part<'a>)>, Wrong> {
        match self.0.entries() {
            Some(entries) => {
                Ok(entries.iter().map(|entry| (entry.key.as_str(), Part(&entry.value))).collect())
            }
            None => self.expected("a map"),
        }
    }

    /// The elements of a list, or the one value that stands for it.
    pub fn list(self) -> Result<Vec<Part<'a>>, Wrong> {
        match &self.0.value {
            Value::List(elements) => Ok(elements.iter().map(Part).collect()),
            Value::Null => Ok(Vec::new()),
            _ => Ok(vec![self]),
        }
    }

    /// The elements under a key; none where it is not there.
    pub fn many(self, key: &str) -> Result<Vec<Part<'a>>, Wrong> {
        self.get(key).map_or(Ok(Vec::new()), Part::list)
    }

    pub fn text(self) -> Result<&'a str, Wrong> {
        match self.0.text() {
            Some(text) => Ok(text),
            None => self.expected("text"),
        }
    }

    /// A text, or a number as it is written.
    pub fn code(self) -> Result<String, Wrong> {
        match &self.0.value {
            Value::Text(text) => Ok(text.clone()),
            Value::Int(number) => Ok(number.to_string()),
            _ => self.expected("a code"),
        }
    }

    /// The value as it would be written.
    pub fn shown(self) -> String {
        match &self.0.value {
            Value::Null => "nothing".to_owned(),
            Value::Bool(flag) => flag.to_string(),
            Value::Int(number) => number.to_string(),
            Value::Text(text) => text.clone(),
            Value::List(elements) => {
                let shown: Vec<String> = elements.iter().map(|node| Part(node).shown()).collect();
                format!("[{}]", shown.join(", "))
            }
            Value::Map(entries) => {
                let shown =
                    entries.iter().map(|entry| format!("{}: {}", entry.key, Part(&entry.value).shown()));
                format!("{{ {} }}", shown.collect::<Vec<_>>().join(", "))
            }
        }
    }

    pub fn count(self) -> Result<usize, Wrong> {
        match &self.0.value {
            Value::Int(number) if *number >= 0 => Ok(usize::try_from(*number).unwrap_or(usize::MAX)),
            _ => self.expected("a number"),
        }
    }

    /// The value as an answer to a form's question.
    pub fn answer(self) -> Result<serde_json::Value, Wrong> {
        Ok(match &self.0.value {
            Value::Bool(flag) => (*flag).into(),
            Value::Int(number) => (*number).into(),
            Value::Text(text) => text.as_str().into(),
            Value::List(elements) => {
                let answers = elements.iter().map(|node| Part(node).answer());
                answers.collect::<Result<Vec<_>, _>>()?.into()
            }
            _ => return self.expected("true or false, a number, a text or a list"),
        })
    }

    /// Whether a key says `true`.
    pub fn flag(self, key: &str) -> Result<bool, Wrong> {
        match self.get(key) {
            None => Ok(false),
            Some(part) => match part.0.value {
                Value::Bool(flag) => Ok(flag),
                _ => part.expected("true or false"),
            },
        }
    }

    pub fn instant(self) -> Result<DateTime<Utc>, Wrong> {
        let text = self.text()?;
        match london::parse(text) {
            Ok(at) => Ok(at),
            Err(_) => self.wrong(format!("`{text}` is no time: write 2026-11-20T16:10")),
        }
    }

    pub fn day(self) -> Result<NaiveDate, Wrong> {
        let text = self.text()?;
        match NaiveDate::from_str(text) {
            Ok(day) => Ok(day),
            Err(_) => self.wrong(format!("`{text}` is no day: write 2026-11-20")),
        }
    }

    pub fn word<W: Word>(self) -> Result<W, Wrong> {
        let text = self.text()?;
        match W::from_word(text) {
            Some(word) => Ok(word),
            None => self.wrong(format!("`{text}` is no {}: there are {}", W::LIST, W::WORDS.join(", "))),
        }
    }

    pub fn words<W: Word>(self, key: &str) -> Result<Vec<W>, Wrong> {
        self.many(key)?.into_iter().map(Part::word).collect()
    }
}
