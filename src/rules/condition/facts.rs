//! How Rust structs become facts that rules can ask.
//!
//! `facts!` takes each field once: from that one expression come both the field's
//! type, for the checker, and its value, for the evaluation. The two therefore cannot disagree, and nothing is
//! copied or computed until a rule asks for it.

use std::any::Any;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::types::{Name, Type};
use super::value::{List, Sequence, Value};

/// A thing with fields that a rule can ask about.
pub trait Fact: Any + Send + Sync {
    /// The name of its object type, such as `participant`.
    fn object(&self) -> &str;
    /// What tells it from others of its type: an id, never a name or an address.
    fn key(&self) -> &str;
    /// The value of the field at `index` of the declaration; [`Value::Absent`] past the end.
    fn at(&self, index: usize) -> Value<'_>;
    /// The struct itself, for functions that take it.
    fn as_any(&self) -> &dyn Any;
}

/// A Rust struct whose fields are declared by `facts!`.
pub trait Declared: Fact {
    /// Its name and its fields, in the order of [`Fact::at`].
    const OBJECT: Declaration;
}

/// What `facts!` says of one struct.
#[derive(Debug)]
pub struct Declaration {
    /// The name of the object type.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// Its fields.
    pub fields: &'static [DeclaredField],
}

/// One field of a [`Declaration`].
#[derive(Debug)]
pub struct DeclaredField {
    /// The name rules use.
    pub name: &'static str,
    /// What it means, in a sentence.
    pub about: &'static str,
    /// Its type; vocabularies met on the way are entered into the given list.
    pub kind: fn(&mut Vocabularies) -> Type,
}

/// The closed lists of words, by name.
pub type Vocabularies = BTreeMap<Name, Vec<Name>>;

/// An enum that rules see as a kebab-case word.
pub trait Word: Copy + 'static {
    /// The name of the vocabulary, such as `participant-role`.
    const VOCABULARY: &'static str;
    /// Every word of it.
    const WORDS: &'static [&'static str];
    /// The word for this value.
    fn word(&self) -> &'static str;
}

/// A vocabulary whose words come with the pack, such as the outcomes of `outcomes.yaml`.
pub trait PackVocabulary: 'static {
    /// Its name; the words are given to [`Schema::vocabulary`](super::Schema::vocabulary).
    const NAME: &'static str;
}

/// A word of a [`PackVocabulary`], as a field of a struct holds it.
pub struct PackWord<'a, V>(&'a str, PhantomData<V>);

impl<'a, V: PackVocabulary> PackWord<'a, V> {
    /// The word `word` of the vocabulary `V`.
    pub fn of(word: &'a str) -> Self {
        Self(word, PhantomData)
    }
}

/// What may stand behind a field: says its type and gives its value.
pub trait IntoValue<'a> {
    /// The type; vocabularies met on the way are entered into `words`.
    fn kind(words: &mut Vocabularies) -> Type;
    /// The value.
    fn into_value(self) -> Value<'a>;
}

/// The type that the value of `field` has.
#[doc(hidden)]
pub fn kind_of<'a, T: 'a, V: IntoValue<'a>>(words: &mut Vocabularies, _field: impl Fn(&'a T) -> V) -> Type {
    V::kind(words)
}

macro_rules! plain {
    ($($rust:ty => $kind:expr, |$this:ident| $value:expr;)+) => {$(
        impl<'a> IntoValue<'a> for $rust {
            fn kind(_: &mut Vocabularies) -> Type {
                $kind
            }
            fn into_value(self) -> Value<'a> {
                let $this = self;
                $value
            }
        }
    )+};
}

plain! {
    bool => Type::Bool, |it| Value::Bool(it);
    i64 => Type::Int, |it| Value::Int(it);
    i32 => Type::Int, |it| Value::Int(it.into());
    u32 => Type::Int, |it| Value::Int(it.into());
    u16 => Type::Int, |it| Value::Int(it.into());
    usize => Type::Int, |it| Value::Int(i64::try_from(it).unwrap_or(i64::MAX));
    &'a str => Type::Text, |it| Value::Text(Cow::Borrowed(it));
    &'a String => Type::Text, |it| Value::Text(Cow::Borrowed(it));
    String => Type::Text, |it| Value::Text(Cow::Owned(it));
    DateTime<Utc> => Type::Instant, |it| Value::Instant(it);
    NaiveDate => Type::Date, |it| Value::Date(it);
    TimeDelta => Type::Duration, |it| Value::Duration(it);
}

impl<'a, W: Word> IntoValue<'a> for W {
    fn kind(words: &mut Vocabularies) -> Type {
        words.insert(W::VOCABULARY.into(), W::WORDS.iter().map(|word| Name::from(*word)).collect());
        Type::word(W::VOCABULARY)
    }
    fn into_value(self) -> Value<'a> {
        Value::Text(Cow::Borrowed(self.word()))
    }
}

impl<'a, V: PackVocabulary> IntoValue<'a> for PackWord<'a, V> {
    fn kind(_: &mut Vocabularies) -> Type {
        Type::word(V::NAME)
    }
    fn into_value(self) -> Value<'a> {
        Value::Text(Cow::Borrowed(self.0))
    }
}

impl<'a, V: IntoValue<'a>> IntoValue<'a> for Option<V> {
    fn kind(words: &mut Vocabularies) -> Type {
        V::kind(words).optional()
    }
    fn into_value(self) -> Value<'a> {
        self.map_or(Value::Absent, V::into_value)
    }
}

impl<'a, V: IntoValue<'a>> IntoValue<'a> for Vec<V> {
    fn kind(words: &mut Vocabularies) -> Type {
        V::kind(words).list()
    }
    fn into_value(self) -> Value<'a> {
        Value::List(List::Made(self.into_iter().map(V::into_value).collect::<Arc<[_]>>()))
    }
}

impl<T: Send + Sync> Sequence for Vec<T>
where
    for<'a> &'a T: IntoValue<'a>,
{
    fn count(&self) -> usize {
        self.len()
    }
    fn at(&self, index: usize) -> Value<'_> {
        self.get(index).map_or(Value::Absent, IntoValue::into_value)
    }
}

impl<'a, T: Send + Sync + 'static> IntoValue<'a> for &'a Vec<T>
where
    for<'b> &'b T: IntoValue<'b>,
{
    fn kind(words: &mut Vocabularies) -> Type {
        <&'a T as IntoValue<'a>>::kind(words).list()
    }
    fn into_value(self) -> Value<'a> {
        Value::List(List::Lent(self))
    }
}

/// Declares structs as facts: the name rules use, the key, and each field with what it means.
///
/// ```text
/// facts! {
///     /// A person in the case, in one role.
///     p: Participant as "participant" (&p.id) {
///         /// Who they are to the case.
///         role => p.role;
///         /// Their attendance at the next hearing.
///         attendance => p.attendance.as_ref();
///         /// The victims among those they look after.
///         wards => p.wards.iter().filter(|ward| ward.is_victim()).collect::<Vec<_>>();
///     }
/// }
/// ```
#[allow(unused_macros, reason = "until the first facts of the domain are declared")]
macro_rules! facts {
    ($(
        $(#[doc = $about:literal])+
        $this:ident : $object:ty as $name:literal ($key:expr) {
            $( $(#[doc = $meaning:literal])+ $field:ident => $value:expr; )*
        }
    )+) => {$(
        impl $crate::rules::condition::Declared for $object {
            const OBJECT: $crate::rules::condition::Declaration = $crate::rules::condition::Declaration {
                name: $name,
                about: concat!($($about),+),
                fields: &[$($crate::rules::condition::DeclaredField {
                    name: stringify!($field),
                    about: concat!($($meaning),+),
                    kind: |words| $crate::rules::condition::kind_of::<$object, _>(words, |$this| $value),
                }),*],
            };
        }

        impl<'a> $crate::rules::condition::IntoValue<'a> for &'a $object {
            fn kind(_: &mut $crate::rules::condition::Vocabularies) -> $crate::rules::condition::Type {
                $crate::rules::condition::Type::object($name)
            }
            fn into_value(self) -> $crate::rules::condition::Value<'a> {
                $crate::rules::condition::Value::Object(self)
            }
        }

        impl $crate::rules::condition::Fact for $object {
            fn object(&self) -> &str {
                $name
            }
            fn key(&self) -> &str {
                let $this = self;
                $key
            }
            fn at(&self, index: usize) -> $crate::rules::condition::Value<'_> {
                const FIELDS: &[for<'a> fn(&'a $object) -> $crate::rules::condition::Value<'a>] =
                    &[$(|$this| $crate::rules::condition::IntoValue::into_value($value)),*];
                FIELDS.get(index).map_or($crate::rules::condition::Value::Absent, |field| field(self))
            }
            fn as_any(&self) -> &dyn std::any::Any {
                self
            }
        }
    )+};
}
pub(crate) use facts;

/// Every closed list of the domain is one for conditions.
impl<W: crate::domain::words::Word> Word for W {
    const VOCABULARY: &'static str = W::LIST;
    const WORDS: &'static [&'static str] = W::WORDS;

    fn word(&self) -> &'static str {
        crate::domain::words::Word::word(*self)
    }
}
