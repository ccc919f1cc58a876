//! The script of a journey: a page of people, then dated steps in which they and the courts act.
//!
//! ```text
//! The title
//! ---
//! people: { ada: { name: Ada Lovell, roles: [victim] } }
//! ---
//! 2026-11-02 09:10  The police refer a victim.
//!     opens
//! 2026-11-02 10:00  Somebody rings her.
//!     rings contact ada told { question: an answer }
//! ```
//!
//! A step is a day and a time in London and a sentence; below it, indented, an action a line. What an action says beyond
//! its bare words is YAML in braces, and may go on in lines that are indented further.

use chrono::{DateTime, Utc};
use serde_json::Value;
use usher::domain::london;

/// A journey as it is written.
pub struct Script {
    /// What it is.
    pub title: String,
    /// The case, its people and what they are charged with.
    pub cast: Value,
    /// What happens, in the order of time.
    pub steps: Vec<Step>,
}

/// What happens at one time.
pub struct Step {
    /// When.
    pub at: DateTime<Utc>,
    /// In a sentence.
    pub says: String,
    /// What is recorded.
    pub actions: Vec<Action>,
}

/// One thing that is recorded.
pub struct Action {
    /// Its line, for whoever must put it right.
    pub line: usize,
    /// The first word.
    pub verb: String,
    /// The words after it.
    pub words: Vec<String>,
    /// What stands in braces; nothing where none do.
    pub with: Value,
}

/// How far an action is indented; what is indented further goes on.
const INDENT: &str = "    ";

impl Script {
    /// Reads a script.
    pub fn read(text: &str) -> Self {
        let mut parts = text.splitn(3, "\n---\n");
        let title = parts.next().unwrap().trim().to_owned();
        let cast_text = parts.next().expect("the cast stands between two lines of ---");
        let body = parts.next().expect("the steps follow the cast");
        let cast = serde_saphyr::from_str(cast_text).unwrap_or_else(|wrong| panic!("the cast: {wrong}"));
        let before = text.lines().count() - body.lines().count();
        let mut steps: Vec<Step> = Vec::new();
        let mut raw: Option<(usize, String)> = None;
        let flush = |steps: &mut Vec<Step>, raw: &mut Option<(usize, String)>| {
            if let Some((line, text)) = raw.take() {
                steps
                    .last_mut()
                    .expect("an action belongs to a step")
                    .actions
                    .push(Action::read(line, &text));
            }
        };
        for (nth, line) in body.lines().enumerate() {
            let number = before + nth + 1;
            if line.trim().is_empty() || line.trim_start().starts_with('#') {
                continue;
            }
            match line.strip_prefix(INDENT) {
                Some(rest) if rest.starts_with(' ') => {
                    let (_, text) =
                        raw.as_mut().unwrap_or_else(|| panic!("line {number} goes on from nothing"));
                    text.push(' ');
                    text.push_str(rest.trim());
                }
                Some(rest) => {
                    flush(&mut steps, &mut raw);
                    raw = Some((number, rest.to_owned()));
                }
                None => {
                    flush(&mut steps, &mut raw);
                    let (at, says) =
                        line.split_at_checked(16).unwrap_or_else(|| panic!("line {number} has no time"));
                    let at = london::parse(at).unwrap_or_else(|_| panic!("line {number}: `{at}` is no time"));
                    assert!(steps.last().is_none_or(|last| last.at <= at), "line {number} goes back in time");
                    steps.push(Step { at, says: says.trim().to_owned(), actions: Vec::new() });
                }
            }
        }
        flush(&mut steps, &mut raw);
        Self { title, cast, steps }
    }
}

impl Action {
    fn read(line: usize, text: &str) -> Self {
        let (words, with) = match text.find('{') {
            Some(brace) => {
                let with = serde_saphyr::from_str(&text[brace..]);
                (&text[..brace], with.unwrap_or_else(|wrong| panic!("line {line}: {wrong}")))
            }
            None => (text, Value::Null),
        };
        let mut words = words.split_whitespace().map(str::to_owned);
        let verb = words.next().unwrap_or_else(|| panic!("line {line} says nothing"));
        Self { line, verb, words: words.collect(), with }
    }

    /// The nth word after the verb.
    pub fn word(&self, nth: usize) -> &str {
        self.words.get(nth).unwrap_or_else(|| panic!("line {}: {} wants more words", self.line, self.verb))
    }

    /// What stands under a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.with.get(key)
    }

    /// The text under a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// The texts under a key.
    pub fn texts(&self, key: &str) -> Vec<String> {
        texts(self.get(key))
    }
}

/// A list of texts, or one.
pub fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(list)) => list.iter().map(plain).collect(),
        Some(one) => vec![plain(one)],
    }
}

/// A text, or a number as it is written.
pub fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
