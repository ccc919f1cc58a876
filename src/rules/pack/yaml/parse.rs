//! From text to the tree, through serde-saphyr.
//!
//! Parsing stops at the first place that is no YAML at all: what comes after it cannot be trusted. Everything that is
//! YAML but wrong is left to the readers of the tree, who report all of it.

use super::scalar::Block;
use super::{Entry, Node, Spot, Value};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, Location, MergeKeyPolicy, Spanned};
use std::fmt;

/// How much of a tree its aliases may repeat: a file of a few lines may not become millions of values.
const REPLAYED_MAX: usize = 20_000;

/// A text that is no YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Where it stops being YAML.
    pub at: Spot,
    /// Why.
    pub message: String,
}

/// Reads one YAML document. An empty file is [`Value::Null`].
///
/// # Errors
/// [`Broken`] at the first place where the text is not YAML.
pub fn parse(text: &str) -> Result<Node, Broken> {
    let options = serde_saphyr::options! {
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: REPLAYED_MAX,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        with_snippet: false,
    };
    let tree: Spanned<Raw> = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let at = error.location().map_or_else(Spot::default, |place| spot(text, &place));
        let key = text.get(at.bytes.clone()).unwrap_or_default();
        Broken { message: in_our_words(&error, key), at }
    })?;
    Ok(node(text, tree))
}

/// The library's words without the place, which is shown in our own way, and without advice to programmers.
fn in_our_words(error: &serde_saphyr::Error, key: &str) -> String {
    let text = error.without_snippet().to_string();
    let text = text.lines().next().unwrap_or_default();
    let text = text.rsplit_once(" at line ").map_or(text, |(message, _)| message);
    if text.starts_with("duplicate mapping key") {
        return format!("`{key}` stands twice in one map");
    }
    if text.starts_with("multiple YAML documents") {
        return "a pack's file holds one YAML document, without `---`".to_owned();
    }
    format!("this is not YAML: {text}")
}

fn spot(text: &str, place: &Location) -> Spot {
    let bytes = place.span().byte_offset().zip(place.span().byte_len());
    let (start, length) = bytes.map_or((0, 0), |(start, length)| (size(start), size(length)));
    let start = start.min(text.len());
    let end = start.saturating_add(length).min(text.len());
    Spot { line: size(place.line()), column: size(place.column()), bytes: start..end }
}

fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn node(text: &str, raw: Spanned<Raw>) -> Node {
    let mut at = spot(text, &raw.defined);
    let value = match raw.value {
        Raw::Scalar(value) => {
            let written = text.get(at.bytes.clone()).unwrap_or_default();
            let trimmed = written.trim_end();
            at.bytes.end = at.bytes.start + trimmed.len();
            match super::scalar::is_block(text, at.bytes.start) {
                Block::Yes => value.map_or(Value::Null, Value::Text),
                Block::No => resolved(trimmed, value),
            }
        }
        Raw::List(elements) => Value::List(elements.into_iter().map(|element| node(text, element)).collect()),
        Raw::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| Entry {
                    key_at: spot(text, &key.defined),
                    key: key.value,
                    value: node(text, value),
                })
                .collect(),
        ),
    };
    Node { value, at }
}

/// A plain scalar on one line is what YAML 1.2 says of its letters; any other is what the parser made of it.
fn resolved(written: &str, parsed: Option<String>) -> Value {
    let Some(parsed) = parsed else { return Value::Null };
    let quoted = written.starts_with(['"', '\'']);
    if quoted || written.is_empty() || written.contains('\n') {
        return Value::Text(parsed);
    }
    let leading_zero = written.len() > 1 && written.starts_with('0');
    match written {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        number if !leading_zero => number.parse().map_or_else(|_| Value::Text(number.to_owned()), Value::Int),
        other => Value::Text(other.to_owned()),
    }
}

/// What serde shows of the text, before places are looked up in it. A scalar's text is `None` for null.
enum Raw {
    Scalar(Option<String>),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scalar, a list or a map")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Scalar(None))
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Scalar(None))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Scalar(Some(value.to_string())))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Scalar(Some(value.to_string())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Scalar(Some(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Scalar(Some(value.to_string())))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Scalar(Some(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Scalar(Some(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Raw, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = list.next_element()? {
            elements.push(element);
        }
        Ok(Raw::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}
