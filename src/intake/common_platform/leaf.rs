//! The leaves of a wire document: text, flags and lists that take whatever was sent.
//!
//! Published schemas are strict and real payloads are not: a flag comes as `"Y"` or `true`, a number as text,
//! a list as `null`. A leaf never fails. What it could not make out it leaves empty, and whoever needs the
//! value says, with its path, that it is missing.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Declares structs that read camelCase JSON objects, take any field as optional and borrow from the body.
macro_rules! wire {
    ($($(#[$meta:meta])* struct $name:ident = $what:literal { $($(#[$fmeta:meta])* $field:ident: $type:ty),+ $(,)? })+) => { $(
        $(#[$meta])*
        #[derive(Deserialize, Default)]
        #[serde(rename_all = "camelCase", default, expecting = $what, bound(deserialize = "'de: 'a"))]
        pub(super) struct $name<'a> {
            $($(#[$fmeta])* pub(super) $field: $type,)+
            #[serde(skip)]
            borrowed: std::marker::PhantomData<&'a ()>,
        }
    )+ };
}
pub(in crate::intake) use wire;

/// Text, borrowed from the body where it needs no unescaping; empty where something else stands.
#[derive(Clone, Default)]
pub(in crate::intake) struct Text<'a>(Option<Cow<'a, str>>);

impl Text<'_> {
    /// The text without surrounding space; nothing where there is none.
    pub(in crate::intake) fn get(&self) -> Option<&str> {
        self.0.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }

    /// The same, owned.
    pub(in crate::intake) fn owned(&self) -> Option<String> {
        self.get().map(str::to_owned)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor).map(Text)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(if value { "true" } else { "false" })))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(value.to_string())))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(value.to_string())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// A yes or no, however it is spelt; not stated counts as no.
#[derive(Clone, Copy, Default)]
pub(in crate::intake) struct Flag(pub(in crate::intake) bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        let yes = |text: &str| ["true", "y", "yes", "1"].iter().any(|word| text.eq_ignore_ascii_case(word));
        Ok(Self(text.get().is_some_and(yes)))
    }
}

/// Whether a field is there at all.
#[derive(Clone, Copy, Default)]
pub(in crate::intake) struct Present(pub(in crate::intake) bool);

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self(true))
    }
}

/// A list; `null` is an empty one.
pub(in crate::intake) struct List<T>(Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> std::ops::Deref for List<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<Vec<T>>::deserialize(deserializer).map(|items| Self(items.unwrap_or_default()))
    }
}
