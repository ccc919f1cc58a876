//! A checked condition as a tree of typed steps, and its evaluation.
//!
//! The checker builds this tree, so whatever it accepted is what runs: fields are numbers, comprehension variables
//! are slots, words are known to exist. Steps borrow from the facts and allocate only for lists and joined texts.
//! `&&` and `||` go from left to right and stop early; in a checked condition that gives what CEL gives.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use chrono::TimeDelta;

use super::facts::Fact;
use super::function::Function;
use super::scope::Scope;
use super::types::{Name, Type};
use super::value::{List, Value};

/// The most elements that one evaluation looks at, over all its comprehensions.
const ELEMENTS_MAX: u32 = 1_000_000;

/// One step, with the type of its value and its place in the text.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: Type,
    pub(super) span: Range<usize>,
    pub(super) step: Step,
}

/// What a [`Node`] does.
#[derive(Debug)]
pub(super) enum Step {
    Literal(Value<'static>),
    Variable(Name),
    Local(usize),
    Field(Box<Node>, usize),
    /// A field of what may be absent, and then absent too.
    Chain(Box<Node>, usize),
    Present(Box<Node>),
    OrElse(Box<Node>, Box<Node>),
    Not(Box<Node>),
    Negate(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    If(Box<Node>, Box<Node>, Box<Node>),
    Compare(Comparison, Box<Node>, Box<Node>),
    Arithmetic(Arithmetic, Box<Node>, Box<Node>),
    In(Box<Node>, Box<Node>),
    List(Vec<Node>),
    Size(Box<Node>),
    InText(InText, Box<Node>, Box<Node>),
    AsText(Box<Node>),
    /// A comprehension over a list; its variable is the local slot given.
    Each(Each, usize, Box<Node>, Box<Node>),
    Call(Function, Vec<Node>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum InText {
    Contains,
    StartsWith,
    EndsWith,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Each {
    Exists,
    ExistsOne,
    All,
    Filter,
    Map,
}

/// Why a step had no answer, and where.
pub(super) struct Stuck {
    pub(super) span: Range<usize>,
    pub(super) reason: String,
}

/// Boxed, because it is passed up through every step and hardly ever there.
type Answer<T> = Result<T, Box<Stuck>>;

/// One evaluation: the facts, the comprehension variables, and how much may still be looked at.
pub(super) struct Run<'s, 'a> {
    scope: &'s Scope<'a>,
    locals: Vec<Value<'a>>,
    elements_left: u32,
}

impl<'s, 'a> Run<'s, 'a> {
    pub(super) fn new(scope: &'s Scope<'a>) -> Self {
        Self { scope, locals: Vec::new(), elements_left: ELEMENTS_MAX }
    }

    pub(super) fn value(&mut self, node: &'a Node) -> Answer<Value<'a>> {
        Ok(match &node.step {
            Step::Literal(value) => lent(value),
            Step::Variable(name) => self.variable(node, name)?,
            Step::Local(slot) => self.locals[*slot].clone(),
            Step::Field(operand, index) => self.fact(operand)?.at(*index),
            Step::Chain(operand, index) => match self.value(operand)? {
                Value::Object(fact) => fact.at(*index),
                Value::Absent => Value::Absent,
                other => return Err(operand.unexpected(&other)),
            },
            Step::OrElse(operand, otherwise) => match self.value(operand)? {
                Value::Absent => self.value(otherwise)?,
                present => present,
            },
            Step::Negate(operand) => self.negated(node, operand)?,
            Step::If(test, yes, no) => {
                let chosen = if self.truth(test)? { yes } else { no };
                self.value(chosen)?
            }
            Step::Arithmetic(operation, left, right) => {
                let (a, b) = (self.value(left)?, self.value(right)?);
                calculated(*operation, &a, &b).map_err(|reason| node.stuck(reason))?
            }
            Step::List(nodes) => {
                let values: Vec<_> = nodes.iter().map(|node| self.value(node)).collect::<Answer<_>>()?;
                Value::List(List::Made(values.into()))
            }
            Step::Size(operand) => self.size(operand)?,
            Step::AsText(operand) => Value::Text(match self.value(operand)? {
                Value::Text(text) => text,
                other => Cow::Owned(other.to_string()),
            }),
            Step::Each(each @ (Each::Filter | Each::Map), slot, list, body) => {
                self.gather(*each, *slot, list, body)?
            }
            Step::Call(function, arguments) => {
                let arguments: Vec<_> =
                    arguments.iter().map(|node| self.value(node)).collect::<Answer<_>>()?;
                node.checked(function.call(self.scope, &arguments).map_err(|reason| node.stuck(reason))?)?
            }
            Step::Present(_)
            | Step::Not(_)
            | Step::And(..)
            | Step::Or(..)
            | Step::Compare(..)
            | Step::In(..)
            | Step::InText(..)
            | Step::Each(..) => Value::Bool(self.truth(node)?),
        })
    }

    /// The answer of a step that is a bool: most steps are, and need no [`Value`] made of it.
    pub(super) fn truth(&mut self, node: &'a Node) -> Answer<bool> {
        Ok(match &node.step {
            Step::Present(operand) => !matches!(self.value(operand)?, Value::Absent),
            Step::Not(operand) => !self.truth(operand)?,
            Step::And(left, right) => self.truth(left)? && self.truth(right)?,
            Step::Or(left, right) => self.truth(left)? || self.truth(right)?,
            Step::Compare(comparison, left, right) => self.comparison(*comparison, left, right)?,
            Step::In(wanted, list) => self.membership(wanted, list)?,
            Step::InText(test, whole, part) => self.in_text(*test, whole, part)?,
            Step::Each(each @ (Each::Exists | Each::ExistsOne | Each::All), slot, list, body) => {
                self.count(*each, *slot, list, body)?
            }
            _ => match self.value(node)? {
                Value::Bool(truth) => truth,
                other => return Err(node.unexpected(&other)),
            },
        })
    }

    fn variable(&self, node: &Node, name: &str) -> Answer<Value<'a>> {
        match self.scope.get(name) {
            Some(value) => node.checked(value.clone()),
            None => Err(node.stuck(format!("`{name}` is not among the facts"))),
        }
    }

    /// The fact whose field is asked.
    fn fact(&mut self, node: &'a Node) -> Answer<&'a dyn Fact> {
        if let Step::Local(slot) = node.step
            && let Value::Object(fact) = self.locals[slot]
        {
            return Ok(fact);
        }
        match self.value(node)? {
            Value::Object(fact) => Ok(fact),
            other => Err(node.unexpected(&other)),
        }
    }

    fn size(&mut self, operand: &'a Node) -> Answer<Value<'a>> {
        let size = match self.value(operand)? {
            Value::List(list) => list.len(),
            Value::Text(text) => text.chars().count(),
            other => return Err(operand.unexpected(&other)),
        };
        Ok(Value::Int(i64::try_from(size).unwrap_or(i64::MAX)))
    }

    fn membership(&mut self, wanted: &'a Node, list: &'a Node) -> Answer<bool> {
        let wanted = self.value(wanted)?;
        if let Step::List(nodes) = &list.step {
            // Written out, as nearly always: nothing need be collected.
            for node in nodes {
                if self.value(node)? == wanted {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        Ok(self.list(list)?.iter().any(|value| value == wanted))
    }

    fn in_text(&mut self, test: InText, whole: &'a Node, part: &'a Node) -> Answer<bool> {
        let (whole, part) = (self.text(whole)?, self.text(part)?);
        Ok(match test {
            InText::Contains => whole.contains(part.as_ref()),
            InText::StartsWith => whole.starts_with(part.as_ref()),
            InText::EndsWith => whole.ends_with(part.as_ref()),
        })
    }

    fn text(&mut self, node: &'a Node) -> Answer<Cow<'a, str>> {
        match self.value(node)? {
            Value::Text(text) => Ok(text),
            other => Err(node.unexpected(&other)),
        }
    }

    fn list(&mut self, node: &'a Node) -> Answer<List<'a>> {
        match self.value(node)? {
            Value::List(list) => Ok(list),
            other => Err(node.unexpected(&other)),
        }
    }

    fn comparison(&mut self, comparison: Comparison, left: &'a Node, right: &'a Node) -> Answer<bool> {
        let (a, b) = (self.value(left)?, self.value(right)?);
        if let Comparison::Equal | Comparison::NotEqual = comparison {
            return Ok((a == b) == (comparison == Comparison::Equal));
        }
        let order = a.compare(&b).ok_or_else(|| left.unexpected(&a))?;
        Ok(match comparison {
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterOrEqual | Comparison::Equal | Comparison::NotEqual => order.is_ge(),
        })
    }

    fn negated(&mut self, node: &'a Node, operand: &'a Node) -> Answer<Value<'a>> {
        match self.value(operand)? {
            Value::Int(value) => {
                value.checked_neg().map(Value::Int).ok_or_else(|| node.stuck(TOO_LARGE.to_owned()))
            }
            Value::Duration(value) => Ok(Value::Duration(-value)),
            other => Err(operand.unexpected(&other)),
        }
    }

    fn count(&mut self, each: Each, slot: usize, list: &'a Node, body: &'a Node) -> Answer<bool> {
        let mut found = 0_usize;
        for element in self.list(list)?.iter() {
            self.enter(slot, element, body)?;
            match (each, self.truth(body)?) {
                (Each::Exists, true) => return Ok(true),
                (Each::All, false) => return Ok(false),
                (_, true) => found += 1,
                _ => {}
            }
        }
        Ok(match each {
            Each::ExistsOne => found == 1,
            _ => each == Each::All,
        })
    }

    fn gather(&mut self, each: Each, slot: usize, list: &'a Node, body: &'a Node) -> Answer<Value<'a>> {
        let mut made = Vec::new();
        for element in self.list(list)?.iter() {
            self.enter(slot, element.clone(), body)?;
            if each == Each::Map {
                made.push(self.value(body)?);
            } else if self.truth(body)? {
                made.push(element);
            }
        }
        Ok(Value::List(List::Made(made.into())))
    }

    /// Makes `element` the comprehension variable of `slot`, over whatever an earlier element or comprehension left.
    fn enter(&mut self, slot: usize, element: Value<'a>, body: &Node) -> Answer<()> {
        self.elements_left = match self.elements_left.checked_sub(1) {
            Some(left) => left,
            None => return Err(body.stuck(format!("it looks at more than {ELEMENTS_MAX} elements"))),
        };
        self.locals.truncate(slot);
        self.locals.push(element);
        Ok(())
    }
}

const TOO_LARGE: &str = "the result is too large";

fn calculated<'a>(operation: Arithmetic, a: &Value<'a>, b: &Value<'a>) -> Result<Value<'a>, String> {
    use Arithmetic::{Add, Divide, Multiply, Remainder, Subtract};
    let value = match (operation, a, b) {
        (Add, Value::Int(a), Value::Int(b)) => a.checked_add(*b).map(Value::Int),
        (Subtract, Value::Int(a), Value::Int(b)) => a.checked_sub(*b).map(Value::Int),
        (Multiply, Value::Int(a), Value::Int(b)) => a.checked_mul(*b).map(Value::Int),
        (Divide, Value::Int(a), Value::Int(b)) => a.checked_div(*b).map(Value::Int),
        (Remainder, Value::Int(a), Value::Int(b)) => a.checked_rem(*b).map(Value::Int),
        (Add, Value::Text(a), Value::Text(b)) => Some(Value::Text(Cow::Owned(format!("{a}{b}")))),
        (Add, Value::Instant(a), Value::Duration(b)) => a.checked_add_signed(*b).map(Value::Instant),
        (Add, Value::Duration(a), Value::Instant(b)) => b.checked_add_signed(*a).map(Value::Instant),
        (Subtract, Value::Instant(a), Value::Duration(b)) => a.checked_sub_signed(*b).map(Value::Instant),
        (Subtract, Value::Instant(a), Value::Instant(b)) => Some(Value::Duration(*a - *b)),
        (Add, Value::Duration(a), Value::Duration(b)) => TimeDelta::checked_add(a, b).map(Value::Duration),
        (Subtract, Value::Duration(a), Value::Duration(b)) => {
            TimeDelta::checked_sub(a, b).map(Value::Duration)
        }
        _ => return Err(format!("{a} and {b} cannot be reckoned with")),
    };
    value.ok_or_else(|| TOO_LARGE.to_owned())
}

/// A literal, borrowed from the condition.
fn lent<'a>(value: &'a Value<'static>) -> Value<'a> {
    match value {
        Value::Text(text) => Value::Text(Cow::Borrowed(text.as_ref())),
        other => other.clone(),
    }
}

impl Node {
    fn stuck(&self, reason: String) -> Box<Stuck> {
        Box::new(Stuck { span: self.span.clone(), reason })
    }

    /// A value that came from outside, when it is of the type that was promised: fields are read by number.
    fn checked<'a>(&self, value: Value<'a>) -> Answer<Value<'a>> {
        if value.is_of(&self.kind) { Ok(value) } else { Err(self.unexpected(&value)) }
    }

    fn unexpected(&self, value: &Value<'_>) -> Box<Stuck> {
        self.stuck(match value {
            Value::Absent => format!("it is absent, and should be {}", self.kind),
            other => format!("it is {other}, and should be {}", self.kind),
        })
    }
}

/// The words of which what `is_path` finds must be one for `node` to hold; none where others may do.
pub(super) fn words_wanted<'a>(
    node: &'a Node,
    is_path: &impl Fn(&Node) -> bool,
) -> Option<BTreeSet<&'a str>> {
    let word = |node: &'a Node| match &node.step {
        Step::Literal(Value::Text(word)) => Some(word.as_ref()),
        _ => None,
    };
    match &node.step {
        Step::And(left, right) => words_wanted(left, is_path).or_else(|| words_wanted(right, is_path)),
        Step::Or(left, right) => {
            let (left, right) = (words_wanted(left, is_path)?, words_wanted(right, is_path)?);
            Some(left.into_iter().chain(right).collect())
        }
        Step::Compare(Comparison::Equal, left, right) if is_path(left) => word(right).map(|it| [it].into()),
        Step::Compare(Comparison::Equal, left, right) if is_path(right) => word(left).map(|it| [it].into()),
        Step::In(wanted, list) if is_path(wanted) => match &list.step {
            Step::List(nodes) => nodes.iter().map(word).collect(),
            _ => None,
        },
        _ => None,
    }
}

/// Keeps [`Arc`]-shared conditions usable from every thread.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Arc<Node>>();
};
