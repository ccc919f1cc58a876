//! Deadlines of rules: the words are parsed, and each anchor in them becomes a condition.

use super::terms::{Asker, Terms};
use crate::domain::deadline::{Deadline, NOW};
use crate::rules::condition::{Condition, Type, did_you_mean, listed};
use crate::rules::pack::reader::Reader;
use crate::rules::pack::yaml::{Node, Value};
use crate::rules::pack::{Clock, Reckonable};
use std::ops::Range;

/// Short names of anchors, with what they stand for.
const ALIASES: [(&str, &str); 3] =
    [("received", "event.received_at"), ("occurred", "event.occurred_at"), (NOW, "now")];

/// The anchor for the hearing at hand: the variable of that name, else the event's.
const HEARING: &str = "hearing";

impl Asker<'_> {
    /// A deadline, or several with conditions: the first that holds.
    pub(super) fn clock(&self, node: &Node) -> Option<Clock> {
        let nodes = self.reader.one_or_many(node);
        let mut choices = Vec::with_capacity(nodes.len());
        let mut closed = false;
        for node in nodes {
            if closed {
                let advice = Some("the one before it always holds".to_owned());
                self.reader.fault(&node.at, "this deadline is never reached", advice);
            }
            let (when, by) = match &node.value {
                Value::Map(_) => {
                    let fields = self.reader.fields(node, "a deadline", &["when", "by"])?;
                    let when = fields.node("when").map(|node| self.truth(node));
                    let by = fields.need("by").and_then(|node| self.reckonable(node));
                    (when, by)
                }
                _ => (None, self.reckonable(node)),
            };
            closed = when.is_none();
            choices.push(match when {
                None => by.map(|by| (None, by)),
                Some(when) => when.zip(by).map(|(when, by)| (Some(when), by)),
            });
        }
        if choices.is_empty() {
            return self.reader.expected(node, "a deadline");
        }
        let choices = choices.into_iter().collect::<Option<Vec<_>>>()?;
        Some(Clock { choices })
    }

    fn reckonable(&self, node: &Node) -> Option<Reckonable> {
        let (deadline, mentions) = parse(self.reader, self.terms, node)?;
        let mut anchors: Vec<(String, Condition)> = Vec::new();
        let mut whole = true;
        for (name, span) in mentions {
            if anchors.iter().any(|(known, _)| *known == name) {
                continue;
            }
            match self.anchor(node, &name, span) {
                Some(condition) => anchors.push((name, condition)),
                None => whole = false,
            }
        }
        whole.then_some(Reckonable { deadline, anchors })
    }

    fn anchor(&self, node: &Node, name: &str, span: Range<usize>) -> Option<Condition> {
        let types = [Type::Instant.optional(), Type::Date.optional(), Type::object("hearing").optional()];
        let alias = ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, stands_for)| *stands_for);
        let in_scope = self.scope.iter().any(|(variable, _)| variable == name);
        let alias = alias.or((name == HEARING && !in_scope).then_some("event.hearing"));
        match self.parse(alias.unwrap_or(name), &types) {
            Ok(condition) => Some(condition),
            Err(_) if !name.contains('.') && !in_scope && alias.is_none() => {
                let variables = self.scope.iter().map(|(variable, _)| variable.as_str());
                let known = ALIASES.iter().map(|(alias, _)| *alias).chain([HEARING]).chain(variables);
                let advice = did_you_mean(name, known.clone())
                    .unwrap_or_else(|| format!("there are {}", listed(known)));
                self.reader.fault_in(node, span, format!("nothing here is called `{name}`"), Some(advice));
                None
            }
            Err(faults) => {
                self.note(node, span.start, &faults, Some("a time, a day or a hearing"));
                None
            }
        }
    }
}

/// A deadline of a policy, which may count from these anchors only: they come with the task and not from the facts.
pub(super) fn policy(reader: Reader<'_>, terms: &Terms, node: &Node, allowed: &[&str]) -> Option<Deadline> {
    let (deadline, mentions) = parse(reader, terms, node)?;
    let mut known = true;
    for (name, span) in mentions.into_iter().filter(|(name, _)| !allowed.contains(&name.as_str())) {
        let advice = did_you_mean(&name, allowed.iter().copied())
            .unwrap_or_else(|| format!("count from {}", listed(allowed.iter().copied())));
        reader.fault_in(node, span, format!("a policy of a kind cannot count from `{name}`"), Some(advice));
        known = false;
    }
    known.then_some(deadline)
}

type Mentions = Vec<(String, Range<usize>)>;

/// The deadline with its anchors; one that counts from now without saying so is noted with an empty place.
fn parse(reader: Reader<'_>, terms: &Terms, node: &Node) -> Option<(Deadline, Mentions)> {
    let text = reader.text(node)?;
    match Deadline::parse_noting(text, &terms.limits) {
        Ok((deadline, mentions)) => {
            terms.use_limits(deadline.limits());
            let mut mentions: Mentions = mentions.into_iter().map(|it| (it.name, it.span)).collect();
            if deadline.anchors().contains(&NOW) && !mentions.iter().any(|(name, _)| name == NOW) {
                mentions.push((NOW.to_owned(), 0..0));
            }
            Some((deadline, mentions))
        }
        Err(error) => {
            reader.deadline_fault(node, &error);
            None
        }
    }
}
