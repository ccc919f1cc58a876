//! A YAML file as a tree that knows where each part of it stands.
//!
//! serde-saphyr reads the text; this tree keeps, for every key and value, its place, so that whatever is found wrong
//! with a value later (a word, a condition, a deadline inside a block of text) can be shown on its own line. What a
//! plain scalar *is* follows YAML 1.2 alone: `on`, `no` and `08:00` are texts, and `1.10` keeps its zero.

mod parse;
mod scalar;
#[cfg(test)]
mod tests;

pub use parse::{Broken, parse};

use std::fmt;
use std::ops::Range;

/// Where a key or a value stands in its file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spot {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The bytes of the file it stands on, quotes included.
    pub bytes: Range<usize>,
}

/// A value with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it stands.
    pub at: Spot,
}

/// What a YAML value can be, as packs use it. A number that is not whole stays the text it was written as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other scalar.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the file.
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_at: Spot,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The value under `key`, where this is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()?.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The entries, where this is a map.
    #[must_use]
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The elements, where this is a list.
    #[must_use]
    pub fn elements(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// The text, where this is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The bytes of `file` on which the part `span` of this text stands, whatever its quotes, escapes or folding.
    #[must_use]
    pub fn part(&self, file: &str, span: Range<usize>) -> Range<usize> {
        match &self.value {
            Value::Text(text) => scalar::part(file, &self.at.bytes, text, span),
            _ => self.at.bytes.clone(),
        }
    }
}

impl Value {
    /// What it is, for "expected …, found …".
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Int(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}
