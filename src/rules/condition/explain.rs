//! Why a condition came out as it did: its parts, with what each of them was.

use std::fmt;

use super::program::{Node, Run, Step};
use super::scope::Scope;

/// The parts of one answer, in the order they were asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The condition's own answer, or why it has none.
    pub answer: String,
    /// Each part that `&&` joins, and under it the facts it asked.
    pub parts: Vec<Part>,
}

/// A part of a condition, as written, and what it came out as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The part, as written.
    pub text: String,
    /// Its value; `not asked` when an earlier part settled the matter.
    pub value: String,
    /// The facts it asked that do not depend on an element of a list, as (text, value).
    pub facts: Vec<(String, String)>,
}

pub(super) fn explain<'a>(source: &str, root: &'a Node, scope: &Scope<'a>) -> Explanation {
    let mut conjuncts = Vec::new();
    split(root, &mut conjuncts);
    let text = |node: &Node| source.get(node.span.clone()).unwrap_or_default().to_owned();
    let asked = |node: &'a Node| match Run::new(scope).value(node) {
        Ok(value) => value.to_string(),
        Err(stuck) => format!("no answer: {}", stuck.reason),
    };
    let mut settled = false;
    let parts = conjuncts
        .into_iter()
        .map(|node| {
            if settled {
                return Part { text: text(node), value: "not asked".to_owned(), facts: Vec::new() };
            }
            let value = asked(node);
            settled = value != "true";
            let mut paths = Vec::new();
            facts_in(node, scope, &mut paths);
            let mut facts: Vec<(String, String)> = Vec::new();
            for path in paths.into_iter().filter(|path| path.span != node.span) {
                let fact = (text(path), asked(path));
                if !facts.contains(&fact) {
                    facts.push(fact);
                }
            }
            Part { text: text(node), value, facts }
        })
        .collect();
    Explanation { answer: asked(root), parts }
}

/// The parts that `&&` joins, left to right.
fn split<'a>(node: &'a Node, into: &mut Vec<&'a Node>) {
    match &node.step {
        Step::And(left, right) => {
            split(left, into);
            split(right, into);
        }
        _ => into.push(node),
    }
}

/// The longest paths that were asked for a part, without those of a comprehension's variable.
fn facts_in<'a>(node: &'a Node, scope: &Scope<'a>, into: &mut Vec<&'a Node>) {
    if is_path(node) {
        into.push(node);
        return;
    }
    let is = |node: &'a Node, truth: bool| Run::new(scope).truth(node).is_ok_and(|answer| answer == truth);
    match &node.step {
        Step::Literal(_) | Step::Variable(_) | Step::Local(_) => {}
        Step::Field(inner, _)
        | Step::Chain(inner, _)
        | Step::Present(inner)
        | Step::Not(inner)
        | Step::Negate(inner)
        | Step::Size(inner)
        | Step::AsText(inner)
        | Step::Each(_, _, inner, _)
        | Step::OrElse(inner, _) => facts_in(inner, scope, into),
        Step::And(left, right) | Step::Or(left, right) => {
            facts_in(left, scope, into);
            if is(left, matches!(node.step, Step::And(..))) {
                facts_in(right, scope, into);
            }
        }
        Step::If(test, yes, no) => {
            facts_in(test, scope, into);
            facts_in(if is(test, true) { yes } else { no }, scope, into);
        }
        Step::Compare(_, left, right)
        | Step::Arithmetic(_, left, right)
        | Step::In(left, right)
        | Step::InText(_, left, right) => {
            facts_in(left, scope, into);
            facts_in(right, scope, into);
        }
        Step::List(nodes) | Step::Call(_, nodes) => nodes.iter().for_each(|node| facts_in(node, scope, into)),
    }
}

/// `p.attendance.state`: a variable and at least one field.
fn is_path(node: &Node) -> bool {
    match &node.step {
        Step::Field(inner, _) | Step::Chain(inner, _) => {
            matches!(inner.step, Step::Variable(_)) || is_path(inner)
        }
        _ => false,
    }
}

/// A line for each part, its facts indented under it.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            writeln!(f, "{} → {}", part.text, part.value)?;
            for (text, value) in &part.facts {
                writeln!(f, "    {text} → {value}")?;
            }
        }
        Ok(())
    }
}
