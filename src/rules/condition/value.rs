//! The values a condition works on, borrowed from the facts wherever possible.
//!
//! An object is a reference to the Rust struct itself and a list is a reference to its `Vec`: binding a case costs
//! the same whether it holds one fact or a thousand, and what a rule selects *is* the struct, so that its caller
//! gets back which results, which participant.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};

use super::facts::Fact;
use super::types::Type;

/// A value of a fact or of an expression.
#[derive(Clone)]
pub enum Value<'a> {
    /// An optional fact that is not there.
    Absent,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text, or a word of a vocabulary.
    Text(Cow<'a, str>),
    /// A moment, in UTC.
    Instant(DateTime<Utc>),
    /// A day, in Europe/London.
    Date(NaiveDate),
    /// A length of elapsed time.
    Duration(TimeDelta),
    /// A fact with fields.
    Object(&'a dyn Fact),
    /// Several values.
    List(List<'a>),
}

/// Several values: a `Vec` of the facts themselves, or what an expression selected from them.
#[derive(Clone)]
pub enum List<'a> {
    /// The facts' own, read an element at a time.
    Lent(&'a dyn Sequence),
    /// Made by `filter`, `map`, a literal, or a field that computes.
    Made(Arc<[Value<'a>]>),
}

/// Something that holds values in an order: implemented for the `Vec`s of the facts.
pub trait Sequence: Send + Sync {
    /// How many values there are.
    fn count(&self) -> usize;
    /// The value at `index`, or [`Value::Absent`] past the end.
    fn at(&self, index: usize) -> Value<'_>;
}

impl<'a> List<'a> {
    /// How many values there are.
    pub fn len(&self) -> usize {
        match self {
            List::Lent(sequence) => sequence.count(),
            List::Made(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values, in order.
    pub fn iter(&self) -> impl Iterator<Item = Value<'a>> + '_ {
        (0..self.len()).map(|index| match self {
            List::Lent(sequence) => sequence.at(index),
            List::Made(values) => values[index].clone(),
        })
    }
}

impl<'a> Value<'a> {
    /// The fact, when this is an object.
    pub fn object(&self) -> Option<&'a dyn Fact> {
        match self {
            Value::Object(fact) => Some(*fact),
            _ => None,
        }
    }

    /// The Rust struct behind an object, when it is a `T`.
    pub fn fact<T: Fact>(&self) -> Option<&'a T> {
        self.object().and_then(|fact| fact.as_any().downcast_ref())
    }

    /// The text or word.
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The keys of the objects in here: of one object, or of each of a list; none of anything else.
    pub fn keys(&self) -> Vec<&'a str> {
        match self {
            Value::Object(fact) => vec![fact.key()],
            Value::List(list) => list.iter().filter_map(|value| Some(value.object()?.key())).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether this is a value of type `kind`. Of a list only the first element is looked at: lists hold one type.
    pub(super) fn is_of(&self, kind: &Type) -> bool {
        match (self, kind) {
            (Value::Absent, Type::Optional(_)) => true,
            (value, Type::Optional(plain)) => value.is_of(plain),
            (Value::List(list), Type::List(element)) => {
                list.iter().next().is_none_or(|first| first.is_of(element))
            }
            (Value::Object(fact), Type::Object(name)) => fact.object() == name,
            (Value::Bool(_), Type::Bool)
            | (Value::Int(_), Type::Int)
            | (Value::Text(_), Type::Text | Type::Word(_))
            | (Value::Instant(_), Type::Instant)
            | (Value::Date(_), Type::Date)
            | (Value::Duration(_), Type::Duration) => true,
            _ => false,
        }
    }

    /// How two values of one ordered type stand to each other; `None` for types that have no order.
    pub(super) fn compare(&self, other: &Value<'_>) -> Option<Ordering> {
        match (self, other) {
            (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
            (Value::Text(a), Value::Text(b)) => Some(a.as_ref().cmp(b.as_ref())),
            (Value::Instant(a), Value::Instant(b)) => Some(a.cmp(b)),
            (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
            (Value::Duration(a), Value::Duration(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

/// Objects are the same when type and key are: two copies of one participant are one participant.
impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Absent, Value::Absent) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Object(a), Value::Object(b)) => a.object() == b.object() && a.key() == b.key(),
            (Value::List(a), Value::List(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a == b)
            }
            (a, b) => a.compare(b) == Some(Ordering::Equal),
        }
    }
}

/// As a rule would write it; an object as its type and key, a long list by its first few.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN_MAX: usize = 5;
        match self {
            Value::Absent => f.write_str("absent"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Int(value) => write!(f, "{value}"),
            Value::Text(value) => write!(f, "'{value}'"),
            Value::Instant(value) => f.write_str(&value.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            Value::Date(value) => write!(f, "{value}"),
            Value::Duration(value) => f.write_str(&hours_and_minutes(*value)),
            Value::Object(fact) => write!(f, "{} {}", fact.object(), fact.key()),
            Value::List(list) => {
                f.write_str("[")?;
                for (index, value) in list.iter().take(SHOWN_MAX).enumerate() {
                    let separator = if index == 0 { "" } else { ", " };
                    write!(f, "{separator}{value}")?;
                }
                match list.len().saturating_sub(SHOWN_MAX) {
                    0 => f.write_str("]"),
                    more => write!(f, ", and {more} more]"),
                }
            }
        }
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// `26h30m`, the way CEL writes a duration, without the parts that are nought.
fn hours_and_minutes(duration: TimeDelta) -> String {
    let sign = if duration < TimeDelta::zero() { "-" } else { "" };
    let seconds = duration.num_seconds().unsigned_abs();
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    let text: String =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    if text.is_empty() { "0s".to_owned() } else { format!("{sign}{text}") }
}
