//! `rules/*.yaml`: when a rule listens, for whom, on what condition, and what follows.

use super::Sources;
use super::terms::{Asker, Terms};
use crate::rules::pack::Rule;
use crate::rules::pack::reader::Reader;
use crate::rules::pack::yaml::Node;

const KEYS: [&str; 8] = ["rule", "because", "cites", "rows", "on", "for", "when", "do"];

pub(super) fn read(sources: &Sources<'_>, terms: &Terms) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for (reader, node) in sources.elements("rules/", "a list of rules") {
        let Some(rule) = rule(reader, node, terms) else { continue };
        if let Some(first) = rules.iter().find(|known| known.name == rule.name)
            && let Some(at) = node.get("rule")
        {
            let advice = format!("the first is at {}", first.place);
            reader.fault(&at.at, format!("there is a second rule `{}`", rule.name), Some(advice));
        }
        rules.push(rule);
    }
    rules
}

fn rule(reader: Reader<'_>, node: &Node, terms: &Terms) -> Option<Rule> {
    let fields = reader.fields(node, "a rule", &KEYS)?;
    let name_at = fields.need("rule");
    let name = name_at.and_then(|node| reader.name(node));
    let rows = fields.many("rows").iter().filter_map(|node| reader.count(node)).collect();
    fields.need("on");
    let mut on: Vec<String> = Vec::new();
    for node in fields.many("on") {
        let Some(event) = terms.event(reader, node) else { continue };
        if on.contains(&event) {
            reader.fault(&node.at, format!("the rule listens to `{event}` already"), None);
        } else {
            on.push(event);
        }
    }
    let mut asker = Asker { reader, terms, scope: Vec::new() };
    let each = fields.node("for").map(|node| asker.selection(node));
    // Without its variable every condition of the rule would be wrong too, which would hide what is.
    let each = match each {
        None => None,
        Some(each) => {
            let each = each?;
            let (variable, kind) = each.variable();
            asker.scope.push((variable.to_owned(), kind));
            Some(each)
        }
    };
    let when = fields.node("when").map(|node| asker.truth(node));
    let does = fields.need("do");
    let effects = does.map_or(&[][..], |node| reader.one_or_many(node));
    if let Some(node) = does.filter(|_| effects.is_empty()) {
        reader.fault(&node.at, "a rule that does nothing", None);
    }
    let effects = effects.iter().filter_map(|node| asker.effect(node)).collect();
    Some(Rule {
        name: name?.to_owned(),
        cites: fields.text("cites"),
        because: fields.text("because"),
        rows,
        on,
        each,
        when: match when {
            None => None,
            Some(when) => Some(when?),
        },
        effects,
        place: reader.file.place(name_at?.at.bytes.start),
    })
}
