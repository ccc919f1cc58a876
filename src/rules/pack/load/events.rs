//! The events that a pack raises itself, by its timers, its schedule, its retries and `emit`.
//!
//! Their names are found in a first look over the files, so that rules can be checked against them in any order.
//! What they amount to together is checked at the end: an event that follows from itself at once would never end.

use super::Sources;
use crate::domain::cps::News;
use crate::domain::event::Payload;
use crate::domain::words::Word;
use crate::rules::pack::reader::Reader;
use crate::rules::pack::yaml::{Node, Spot};
use crate::rules::pack::{EffectRule, Rule};
use std::collections::BTreeMap;

/// Where each is raised first: the file and the place.
pub(super) type Raised = BTreeMap<String, (String, Spot)>;

pub(super) fn raised(sources: &Sources<'_>) -> Raised {
    let mut raised = Raised::new();
    let mut note = |reader: Reader<'_>, node: Option<&Node>| {
        if let Some((node, name)) = node.and_then(|node| Some((node, node.text()?))) {
            raised.entry(name.to_owned()).or_insert_with(|| (reader.file.path.clone(), node.at.clone()));
        }
    };
    for (reader, rule) in sources.peek("rules/") {
        for effect in rule.get("do").map_or(&[][..], |node| reader.one_or_many(node)) {
            note(reader, effect.get("timer"));
            note(reader, effect.get("emit"));
        }
    }
    for (reader, kind) in sources.peek("kinds/") {
        note(reader, kind.get("retry").and_then(|retry| retry.get("then")));
    }
    if let Some((reader, node)) = sources.yaml("schedule.yaml") {
        for line in node.elements().unwrap_or_default() {
            note(reader, line.get("raise"));
        }
    }
    raised
}

/// Every kind of event that a rule may listen to.
pub(super) fn known(raised: &Raised) -> impl Iterator<Item = &str> + Clone {
    let own = Payload::KINDS.iter().chain(News::WORDS).copied();
    own.chain(raised.keys().map(String::as_str))
}

/// Warns of events that nobody listens to.
pub(super) fn check_heard(sources: &Sources<'_>, raised: &Raised, rules: &[Rule]) {
    for (name, (path, at)) in raised {
        if let Some((reader, _)) = sources.yaml(path)
            && !rules.iter().any(|rule| rule.on.contains(name))
        {
            reader.warn(at, format!("no rule listens to `{name}`"));
        }
    }
}

/// Notes events that follow from themselves without a timer between.
pub(super) fn check_ends(sources: &Sources<'_>, raised: &Raised, rules: &[Rule]) {
    for name in raised.keys() {
        let Some(way) = way_back(name, rules) else { continue };
        // Told once, at the rule of the loop that stands first.
        if way.iter().any(|(event, _)| *event < name.as_str()) {
            continue;
        }
        let Some((_, rule)) = way.first() else { continue };
        let Some((reader, _)) = sources.yaml(&rule.place.file) else { continue };
        let next = way.iter().skip(1).map(|(event, _)| *event).chain([name.as_str()]);
        let steps: Vec<String> = way
            .iter()
            .zip(next)
            .map(|((_, rule), next)| format!("makes `{}` emit `{next}`", rule.name))
            .collect();
        let message = format!("this never ends: `{name}` {}", steps.join(", which "));
        let at = reader.file.start(rule.place.line) + rule.place.column - 1;
        let advice = Some("let a timer stand between".to_owned());
        reader.fault_on(&(at..at + rule.name.len()), message, advice);
    }
}

/// The shortest way by which an event leads to itself without a timer: each event with the rule that goes on from it.
fn way_back<'r>(name: &'r str, rules: &'r [Rule]) -> Option<Vec<(&'r str, &'r Rule)>> {
    let mut ways: Vec<Vec<(&str, &Rule)>> = vec![Vec::new()];
    let mut seen: Vec<&str> = Vec::new();
    let mut ends = vec![name];
    while !ends.is_empty() {
        let (mut next_ways, mut next_ends) = (Vec::new(), Vec::new());
        for (end, way) in ends.iter().zip(&ways) {
            for rule in rules.iter().filter(|rule| rule.on.iter().any(|event| event == end)) {
                for emitted in emitted(rule) {
                    let mut way = way.clone();
                    way.push((*end, rule));
                    if emitted == name {
                        return Some(way);
                    }
                    if !seen.contains(&emitted) {
                        seen.push(emitted);
                        next_ways.push(way);
                        next_ends.push(emitted);
                    }
                }
            }
        }
        (ways, ends) = (next_ways, next_ends);
    }
    None
}

fn emitted(rule: &Rule) -> impl Iterator<Item = &str> {
    rule.effects.iter().filter_map(|effect| match effect {
        EffectRule::Emit { name, .. } => Some(name.as_str()),
        _ => None,
    })
}
