//! The types a rule can see.
//!
//! Few on purpose: no decimals, no maps, no "any". A word is not just a text: it belongs to a closed
//! vocabulary, so that a misspelt word is a fault at load instead of a rule that is quietly never true.

use std::borrow::Cow;
use std::fmt;

/// A name that is either written in the program or comes with the pack.
pub type Name = Cow<'static, str>;

/// What an expression is, known before it is ever asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// Any text, such as an id.
    Text,
    /// A word of the vocabulary with this name.
    Word(Name),
    /// A moment, in UTC.
    Instant,
    /// A day of the calendar, in Europe/London.
    Date,
    /// A length of elapsed time.
    Duration,
    /// A fact with fields, of the object type with this name.
    Object(Name),
    /// Several values of one type.
    List(Box<Type>),
    /// A value that may be absent, and so must be guarded before use.
    Optional(Box<Type>),
}

impl Type {
    /// A word of the named vocabulary.
    pub const fn word(vocabulary: &'static str) -> Self {
        Type::Word(Cow::Borrowed(vocabulary))
    }

    /// A fact of the named object type.
    pub const fn object(name: &'static str) -> Self {
        Type::Object(Cow::Borrowed(name))
    }

    /// A list of this type.
    pub fn list(self) -> Self {
        Type::List(Box::new(self))
    }

    /// This type, or nothing.
    pub fn optional(self) -> Self {
        match self {
            Type::Optional(_) => self,
            plain => Type::Optional(Box::new(plain)),
        }
    }

    /// Whether a value of this type may stand where `wanted` is asked for: the same type, a word as a text, or a
    /// plain value where it may be absent.
    pub fn fits(&self, wanted: &Type) -> bool {
        match (self, wanted) {
            (Type::Word(_), Type::Text) => true,
            (Type::List(own), Type::List(wanted)) => own.fits(wanted),
            (Type::Optional(own), Type::Optional(wanted)) => own.fits(wanted),
            (own, Type::Optional(wanted)) => own.fits(wanted),
            (own, wanted) => own == wanted,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Bool => f.write_str("bool"),
            Type::Int => f.write_str("int"),
            Type::Text => f.write_str("text"),
            Type::Word(vocabulary) => write!(f, "{vocabulary} word"),
            Type::Instant => f.write_str("instant"),
            Type::Date => f.write_str("date"),
            Type::Duration => f.write_str("duration"),
            Type::Object(name) => f.write_str(name),
            Type::List(element) => write!(f, "list of {element}"),
            Type::Optional(plain) => write!(f, "optional {plain}"),
        }
    }
}
