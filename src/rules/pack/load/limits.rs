//! `limits.yaml`: every figure with a name, so that a unit changes it in one place.

use super::Sources;
use crate::domain::deadline::{Amount, Unit};
use crate::rules::pack::Limit;
use crate::rules::pack::yaml::{Spot, Value};
use std::collections::BTreeMap;

/// A limit with its place.
pub(super) struct Found {
    pub(super) limit: Limit,
    pub(super) at: Spot,
}

/// Stands where an amount could not be read: the pack is refused by then, and rules that name the limit are right.
pub(super) fn stand_in() -> Amount {
    Amount::new(1, Unit::Days).expect("one is a number that an amount may have")
}

pub(super) fn read(sources: &Sources<'_>) -> BTreeMap<String, Found> {
    let mut limits = BTreeMap::new();
    let Some((reader, node)) = sources.need("limits.yaml") else { return limits };
    for entry in reader.entries(node, "limits.yaml: a map from names to amounts") {
        let is_name = entry.key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !is_name {
            let message = format!("`{}` is no name of a limit: small letters, digits and `_`", entry.key);
            reader.fault(&entry.key_at, message, None);
        }
        let limit = match &entry.value.value {
            Value::Map(_) => {
                let Some(fields) = reader.fields(&entry.value, "a limit", &["is", "cites", "for"]) else {
                    continue;
                };
                let amount = fields.need("is").and_then(|node| reader.amount(node));
                let (cites, about) = (fields.text("cites"), fields.text("for").unwrap_or_default());
                Limit { amount: amount.unwrap_or(stand_in()), cites, about }
            }
            _ => {
                let amount = reader.amount(&entry.value);
                Limit { amount: amount.unwrap_or(stand_in()), cites: None, about: String::new() }
            }
        };
        limits.insert(entry.key.clone(), Found { limit, at: entry.key_at.clone() });
    }
    limits
}
