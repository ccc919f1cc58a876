//! `outcomes.yaml`: the court's codes and what they mean here.

use super::Sources;
use crate::domain::court::TrialOutcome;
use crate::rules::condition::listed;
use crate::rules::outcomes::{Codes, Meaning, Outcomes, Topic, spelling};
use crate::rules::pack::reader::{Fields, Reader};
use crate::rules::pack::yaml::Node;
use std::collections::HashMap;
use uuid::Uuid;

const KEYS: [&str; 13] = [
    "outcome",
    "title",
    "final",
    "told",
    "topic",
    "types",
    "cjs",
    "short",
    "qualifiers",
    "pleas",
    "verdicts",
    "trial",
    "also",
];
/// The keys of codes, which an outcome has, and each of its `also`.
const CODES: [&str; 7] = ["types", "cjs", "short", "qualifiers", "pleas", "verdicts", "trial"];

/// The meanings, and every word of them even where the rest could not be read.
pub(super) struct Found {
    pub(super) outcomes: Outcomes,
    pub(super) words: Vec<String>,
}

pub(super) fn read(sources: &Sources<'_>) -> Found {
    let mut words: Vec<String> = Outcomes::BUILT_IN.iter().map(ToString::to_string).collect();
    let mut meanings = Vec::new();
    if let Some((reader, node)) = sources.need("outcomes.yaml") {
        let mut claims = Claims::default();
        for node in reader.list(node, "outcomes.yaml: a list of outcomes") {
            let Some(fields) = reader.fields(node, "an outcome", &KEYS) else { continue };
            let word = fields.need("outcome").and_then(|node| reader.name(node));
            if let Some(word) = word {
                if Outcomes::BUILT_IN.contains(&word) {
                    let message = format!("`{word}` is usher's own word, which every pack has");
                    reader.fault(&fields.at, message, None);
                } else if words.iter().any(|known| known == word)
                    && let Some(node) = fields.node("outcome")
                {
                    let message = format!("there is a second outcome `{word}`");
                    reader.fault(&node.at, message, Some("give all its codes in one place".to_owned()));
                } else {
                    words.push(word.to_owned());
                }
            }
            let meaning = meaning(&fields, word);
            let own = codes(reader, &fields, &mut claims);
            let also = fields.many("also").iter().filter_map(|node| {
                let fields = reader.fields(node, "`also`", &CODES)?;
                Some(codes(reader, &fields, &mut claims))
            });
            let all: Vec<Codes> = std::iter::once(own).chain(also).collect();
            if all
                .iter()
                .all(|codes| *codes == Codes { qualifiers: codes.qualifiers.clone(), ..Codes::default() })
            {
                let advice = Some(format!(
                    "it needs one of {}",
                    listed(CODES.into_iter().filter(|key| *key != "qualifiers"))
                ));
                reader.fault(&fields.at, "no code has this meaning", advice);
            }
            if let Some(meaning) = meaning {
                meanings.extend(all.into_iter().map(|codes| (meaning.clone(), codes)));
            }
        }
    }
    Found { outcomes: Outcomes::new(meanings), words }
}

fn meaning(fields: &Fields<'_>, word: Option<&str>) -> Option<Meaning> {
    let title = fields.need_text("title");
    let is_final = fields.flag("final").unwrap_or(false);
    let told = fields.flag("told").unwrap_or(true);
    let topic = fields.node("topic").map_or(Some(Topic::Outcome), |node| fields.reader.word::<Topic>(node));
    Some(Meaning { word: word?.to_owned(), title: title?, is_final, told, topic: topic? })
}

fn codes(reader: Reader<'_>, fields: &Fields<'_>, claims: &mut Claims) -> Codes {
    let types = fields.many("types").iter().filter_map(|node| {
        let id = node.text().and_then(|text| Uuid::parse_str(text).ok());
        id.or_else(|| reader.expected(node, "the id of a result definition, a UUID"))
    });
    let trials = fields.many("trial").iter().filter_map(|node| reader.word::<TrialOutcome>(node));
    let codes = Codes {
        types: types.collect(),
        cjs: fields.codes("cjs"),
        short: fields.codes("short"),
        qualifiers: fields.codes("qualifiers"),
        pleas: fields.codes("pleas"),
        verdicts: fields.codes("verdicts"),
        trials: trials.collect(),
    };
    for key in ["types", "cjs", "short", "pleas", "verdicts", "trial"] {
        for node in fields.many(key) {
            claims.note(reader, key, node, &codes.qualifiers);
        }
    }
    codes
}

/// Which codes are taken: a code means one thing, unless qualifiers tell two meanings apart.
#[derive(Default)]
struct Claims(HashMap<(String, String, String), ()>);

impl Claims {
    fn note(&mut self, reader: Reader<'_>, key: &str, node: &Node, qualifiers: &[String]) {
        let Some(code) = written(node) else { return };
        let plain = [String::new()];
        for qualifier in if qualifiers.is_empty() { &plain } else { qualifiers } {
            let claim = (key.to_owned(), spelling(&code), qualifier.clone());
            if self.0.insert(claim, ()).is_some() {
                let message = format!("`{code}` has a meaning above already");
                reader.fault(&node.at, message, Some("a code means one thing".to_owned()));
                return;
            }
        }
    }
}

fn written(node: &Node) -> Option<String> {
    match &node.value {
        crate::rules::pack::yaml::Value::Text(text) => Some(text.clone()),
        crate::rules::pack::yaml::Value::Int(number) => Some(number.to_string()),
        _ => None,
    }
}
