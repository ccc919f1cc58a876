//! What a view's fields are, learnt from its samples, and the views that a template is tried on.

use crate::domain::message::Audience;
use crate::render::view::sample::{Fill, sample};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What stands in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// Text or a number.
    Plain,
    /// A list, of which each item has this shape.
    List(Box<Shape>),
    /// A part with fields of its own.
    Fields(BTreeMap<String, Shape>),
}

impl Shape {
    /// The shape of an audience's view.
    pub(super) fn of(audience: Audience) -> Self {
        Self::of_json(&json(audience, Fill::Full))
    }

    fn of_json(json: &Json) -> Self {
        match json {
            Json::Array(items) => Self::List(Box::new(items.first().map_or(Self::Plain, Self::of_json))),
            Json::Object(fields) => {
                let fields = fields.iter().map(|(name, field)| (name.clone(), Self::of_json(field)));
                Self::Fields(fields.collect())
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Self::Plain,
        }
    }
}

/// The audience's sample views: full, bare and absent, then full with one optional thing missing at a time.
pub(super) fn trials(audience: Audience) -> Vec<Json> {
    let [full, bare, absent] = Fill::ALL.map(|fill| json(audience, fill));
    let mut trials = vec![full.clone(), bare.clone(), absent.clone()];
    for lacking in [&bare, &absent] {
        let mut paths = Vec::new();
        lacks(lacking, "", &mut paths);
        for path in paths {
            let mut trial = full.clone();
            if let Some(place) = trial.pointer_mut(&path)
                && let Some(less) = lacking.pointer(&path)
            {
                *place = less.clone();
            }
            if !trials.contains(&trial) {
                trials.push(trial);
            }
        }
    }
    trials
}

fn json(audience: Audience, fill: Fill) -> Json {
    serde_json::to_value(sample(audience, fill)).expect("views are plain data with text for keys")
}

/// JSON pointers to everything that is null or an empty list.
fn lacks(json: &Json, at: &str, paths: &mut Vec<String>) {
    match json {
        Json::Null => paths.push(at.to_owned()),
        Json::Array(items) if items.is_empty() => paths.push(at.to_owned()),
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| lacks(item, &format!("{at}/{index}"), paths));
        }
        Json::Object(fields) => {
            fields.iter().for_each(|(name, field)| lacks(field, &format!("{at}/{name}"), paths));
        }
        Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::words::{Word, parse};

    #[test]
    fn a_full_sample_lacks_nothing() {
        for word in Audience::WORDS {
            let mut paths = Vec::new();
            lacks(&json(parse(word).unwrap(), Fill::Full), "", &mut paths);
            assert_eq!(paths, Vec::<String>::new(), "{word}");
        }
    }

    #[test]
    fn a_template_is_tried_with_each_optional_thing_missing() {
        let trials = trials(Audience::OfficerInCase);
        for path in ["/hearing", "/hearing/was", "/hearing/room", "/telling/0/by", "/unit/phone"] {
            let only = trials.iter().filter(|trial| trial.pointer(path).is_none_or(Json::is_null));
            assert!(only.count() >= 2, "{path}");
        }
    }
}
