//! Typed reading of a file's tree: every reader says what it expected, notes what is wrong, and goes on.
//!
//! A reader answers `None` where the value is missing *or* wrong; what was wrong is noted by then. So loading never
//! stops at a fault, and one fault is told once.

use super::fault::{Fault, Severity};
use super::source::SourceFile;
use super::yaml::{Entry, Node, Spot, Value};
use crate::domain::deadline::Amount;
use crate::domain::words::Word;
use crate::rules::condition::{did_you_mean, listed};
use std::cell::RefCell;
use std::ops::Range;

/// What has been found wrong so far.
#[derive(Debug, Default)]
pub(super) struct Findings(RefCell<Vec<Fault>>);

impl Findings {
    pub(super) fn note(&self, fault: Fault) {
        self.0.borrow_mut().push(fault);
    }

    pub(super) fn has_errors(&self) -> bool {
        self.0.borrow().iter().any(|fault| fault.severity == Severity::Error)
    }

    pub(super) fn into_faults(self) -> Vec<Fault> {
        let mut faults = self.0.into_inner();
        faults.sort_by(|one, other| (&one.place, one.severity).cmp(&(&other.place, other.severity)));
        faults.dedup();
        faults
    }
}

/// Reads one file's tree and notes what is wrong in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) findings: &'a Findings,
}

impl<'a> Reader<'a> {
    /// Notes a fault at a place.
    pub(super) fn fault(self, at: &Spot, message: impl Into<String>, suggestion: Option<String>) {
        self.fault_on(&at.bytes, message, suggestion);
    }

    pub(super) fn fault_on(self, on: &Range<usize>, message: impl Into<String>, suggestion: Option<String>) {
        self.findings.note(Fault::on(self.file, on, message).suggest(suggestion));
    }

    /// Notes a fault in a part of a text.
    pub(super) fn fault_in(
        self,
        node: &Node,
        span: Range<usize>,
        message: impl Into<String>,
        suggestion: Option<String>,
    ) {
        self.fault_on(&node.part(&self.file.text, span), message, suggestion);
    }

    pub(super) fn warn(self, at: &Spot, message: impl Into<String>) {
        self.findings.note(Fault::on(self.file, &at.bytes, message).warning());
    }

    /// Notes that `node` is not what was expected.
    pub(super) fn expected<T>(self, node: &Node, expected: &str) -> Option<T> {
        self.fault(&node.at, format!("expected {expected}, found {}", node.value.kind()), None);
        None
    }

    /// A map all of whose keys are known; `what` is what it describes, with its article.
    pub(super) fn fields(self, node: &'a Node, what: &str, known: &[&str]) -> Option<Fields<'a>> {
        let Value::Map(entries) = &node.value else {
            return self.expected(node, &format!("{what}: a map with {}", listed(known.iter().copied())));
        };
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let advice = did_you_mean(&entry.key, known.iter().copied())
                .or_else(|| Some(format!("it may have {}", listed(known.iter().copied()))));
            self.fault(&entry.key_at, format!("{what} has no `{}`", entry.key), advice);
        }
        Some(Fields { reader: self, what: what.to_owned(), at: head(node), entries })
    }

    /// A map with free keys, in the order of the file.
    pub(super) fn entries(self, node: &'a Node, what: &str) -> &'a [Entry] {
        match &node.value {
            Value::Map(entries) => entries,
            _ => {
                self.expected::<()>(node, what);
                &[]
            }
        }
    }

    /// The elements of a list; nothing is an empty list.
    pub(super) fn list(self, node: &'a Node, what: &str) -> &'a [Node] {
        match &node.value {
            Value::List(elements) => elements,
            Value::Null => &[],
            _ => {
                self.expected::<()>(node, what);
                &[]
            }
        }
    }

    /// The elements of a list, or the one value that stands for a list of one.
    pub(super) fn one_or_many(self, node: &'a Node) -> &'a [Node] {
        match &node.value {
            Value::List(elements) => elements,
            _ => std::slice::from_ref(node),
        }
    }

    pub(super) fn text(self, node: &'a Node) -> Option<&'a str> {
        match &node.value {
            Value::Text(text) if !text.trim().is_empty() => Some(text),
            _ => self.expected(node, "text"),
        }
    }

    /// A text or a whole number, as it is written: codes are no numbers.
    pub(super) fn code(self, node: &Node) -> Option<String> {
        match &node.value {
            Value::Text(text) if !text.is_empty() => Some(text.clone()),
            Value::Int(number) => Some(number.to_string()),
            _ => self.expected(node, "a code"),
        }
    }

    pub(super) fn flag(self, node: &Node) -> Option<bool> {
        match &node.value {
            Value::Bool(flag) => Some(*flag),
            _ => self.expected(node, "true or false"),
        }
    }

    /// A whole number from 1 on.
    pub(super) fn count(self, node: &Node) -> Option<u32> {
        match &node.value {
            Value::Int(number) => match u32::try_from(*number) {
                Ok(count) if count > 0 => Some(count),
                _ => {
                    self.fault(&node.at, format!("expected a number from 1 on, found {number}"), None);
                    None
                }
            },
            _ => self.expected(node, "a number"),
        }
    }

    /// A name in kebab-case: `owe-final-outcome`.
    pub(super) fn name(self, node: &'a Node) -> Option<&'a str> {
        let text = self.text(node)?;
        if is_kebab(text) {
            return Some(text);
        }
        let advice = format!("write `{}`", kebab(text));
        self.fault(
            &node.at,
            "a name is in kebab-case: small letters, digits and single dashes",
            Some(advice),
        );
        None
    }

    /// The name of an event that a pack raises: kebab-case words, joined by dots.
    pub(super) fn event_name(self, node: &'a Node) -> Option<&'a str> {
        let text = self.text(node)?;
        if text.split('.').all(is_kebab) {
            return Some(text);
        }
        let message = "an event's name is words in kebab-case, joined by dots: `trial.vacated`";
        self.fault(&node.at, message, None);
        None
    }

    /// A word of a closed list of usher's own.
    pub(super) fn word<W: Word>(self, node: &Node) -> Option<W> {
        let text = match &node.value {
            Value::Text(text) => text,
            _ => {
                return self
                    .expected(node, &format!("a {}: one of {}", W::LIST, listed(W::WORDS.iter().copied())));
            }
        };
        let word = W::from_word(text);
        if word.is_none() {
            self.unknown(node, W::LIST, W::WORDS.iter().copied());
        }
        word
    }

    /// A name that must be one of `known`.
    pub(super) fn known<'k>(
        self,
        node: &'a Node,
        what: &str,
        known: impl IntoIterator<Item = &'k str> + Clone,
    ) -> Option<&'a str> {
        let text = self.text(node)?;
        if known.clone().into_iter().any(|word| word == text) {
            return Some(text);
        }
        self.unknown(node, what, known);
        None
    }

    fn unknown<'k>(self, node: &Node, what: &str, known: impl IntoIterator<Item = &'k str> + Clone) {
        let text = node.text().unwrap_or_default();
        let advice = did_you_mean(text, known.clone());
        let advice = advice.unwrap_or_else(|| format!("there are {}", listed(known)));
        self.fault(&node.at, format!("there is no {what} `{text}`"), Some(advice));
    }

    pub(super) fn amount(self, node: &'a Node) -> Option<Amount> {
        let text = self.text(node)?;
        match text.parse() {
            Ok(amount) => Some(amount),
            Err(error) => {
                let error: crate::domain::deadline::ParseError = error;
                self.deadline_fault(node, &error);
                None
            }
        }
    }

    /// Notes what is wrong with an amount or a deadline, at its place in the text.
    pub(super) fn deadline_fault(self, node: &Node, error: &crate::domain::deadline::ParseError) {
        let advice = error.suggestion.as_ref().map(|word| format!("did you mean `{word}`?"));
        let message = format!("expected {}, found {}", error.expected, error.found);
        self.fault_in(node, error.span.clone(), message, advice);
    }
}

/// Where to point when something is missing from a value: the first key of a map, else the value.
pub(super) fn head(node: &Node) -> Spot {
    match &node.value {
        Value::Map(entries) => entries.first().map_or_else(|| node.at.clone(), |entry| entry.key_at.clone()),
        _ => node.at.clone(),
    }
}

/// A map whose keys are known.
#[derive(Debug, Clone)]
pub(super) struct Fields<'a> {
    pub(super) reader: Reader<'a>,
    what: String,
    /// Where to point when a key is missing.
    pub(super) at: Spot,
    pub(super) entries: &'a [Entry],
}

impl<'a> Fields<'a> {
    /// The entry of a key, where it is there and says something.
    pub(super) fn entry(&self, key: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key == key && entry.value.value != Value::Null)
    }

    pub(super) fn node(&self, key: &str) -> Option<&'a Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The value of a key that must be there.
    pub(super) fn need(&self, key: &str) -> Option<&'a Node> {
        let found = self.node(key);
        if found.is_none() {
            match self.entries.iter().find(|entry| entry.key == key) {
                Some(entry) => self.reader.fault(&entry.key_at, format!("`{key}` says nothing"), None),
                None => self.reader.fault(&self.at, format!("{} needs `{key}`", self.what), None),
            }
        }
        found
    }

    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.reader.text(self.node(key)?).map(str::to_owned)
    }

    pub(super) fn need_text(&self, key: &str) -> Option<String> {
        self.reader.text(self.need(key)?).map(str::to_owned)
    }

    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        self.reader.flag(self.node(key)?)
    }

    /// The elements of a list, or the one value; none where the key is not there.
    pub(super) fn many(&self, key: &str) -> &'a [Node] {
        self.node(key).map_or(&[], |node| self.reader.one_or_many(node))
    }

    /// A list of texts or numbers as written.
    pub(super) fn codes(&self, key: &str) -> Vec<String> {
        self.many(key).iter().filter_map(|node| self.reader.code(node)).collect()
    }
}

/// Whether a text is small letters, digits and single dashes.
pub(super) fn is_kebab(text: &str) -> bool {
    let word =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    text.split('-').all(word)
}

fn kebab(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}
