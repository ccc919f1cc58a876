//! Literals: what is written out becomes a value at load, and what cannot be one is refused there.

use std::borrow::Cow;
use std::ops::Range;

use cel::IdedExpr;
use cel::common::ast::{Expr, ListExpr, LiteralValue};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Checker, unwrapped};
use crate::rules::condition::program::{Node, Step};
use crate::rules::condition::types::Type;
use crate::rules::condition::value::Value;

impl Checker<'_> {
    pub(super) fn literal(
        &mut self,
        expr: &IdedExpr,
        literal: &LiteralValue,
        wanted: Option<&Type>,
    ) -> Option<Node> {
        let span = self.syntax.extent(expr);
        let (kind, value) = match literal {
            LiteralValue::Boolean(value) => (Type::Bool, Value::Bool(*value.inner())),
            LiteralValue::Int(value) => (Type::Int, Value::Int(*value.inner())),
            LiteralValue::String(text) => match wanted.map(unwrapped) {
                Some(Type::Word(vocabulary)) => return self.word(span, text.inner(), vocabulary),
                _ => (Type::Text, Value::Text(Cow::Owned(text.inner().to_owned()))),
            },
            LiteralValue::Null => {
                let advice = "compare an optional fact with it: `x.f != null`".to_owned();
                return self.fault(span, "`null` is no value of its own", Some(advice));
            }
            LiteralValue::Double(_) => return self.fault(span, "conditions have whole numbers only", None),
            LiteralValue::UInt(_) => return self.fault(span, "numbers are written without `u`", None),
            LiteralValue::Bytes(_) => return self.fault(span, "texts are written without `b`", None),
        };
        Some(Node { kind, span, step: Step::Literal(value) })
    }

    pub(super) fn list(&mut self, expr: &IdedExpr, list: &ListExpr, wanted: Option<&Type>) -> Option<Node> {
        let span = self.syntax.extent(expr);
        let wanted = match wanted.map(unwrapped) {
            Some(Type::List(element)) => Some(element.as_ref()),
            _ => None,
        };
        let mut nodes = Vec::with_capacity(list.elements.len());
        let mut kind = wanted.cloned();
        for element in &list.elements {
            let node = match &kind {
                Some(kind) => self.of_type(element, kind, "each element here"),
                None => self.plain(element, None),
            };
            kind = kind.or_else(|| node.as_ref().map(|node| node.kind.clone()));
            nodes.push(node);
        }
        if !list.optional_indices.is_empty() {
            return self.fault(span, "a list cannot hold `?` elements", None);
        }
        let Some(kind) = kind else {
            return if list.elements.is_empty() {
                self.fault(span, "an empty list has no use here", None)
            } else {
                None
            };
        };
        let nodes = nodes.into_iter().collect::<Option<Vec<_>>>()?;
        Some(Node { kind: kind.list(), span, step: Step::List(nodes) })
    }

    /// `duration('24h')`, `timestamp('2026-11-02T09:00:00Z')` and `date('2026-11-02')`: read at load.
    pub(super) fn time(&mut self, span: Range<usize>, name: &str, args: &[IdedExpr]) -> Option<Node> {
        let (kind, example) = match name {
            "duration" => (Type::Duration, "24h"),
            "timestamp" => (Type::Instant, "2026-11-02T09:00:00Z"),
            _ => (Type::Date, "2026-11-02"),
        };
        let form = Some(format!("write `{name}('{example}')`"));
        let [IdedExpr { expr: Expr::Literal(LiteralValue::String(text)), .. }] = args else {
            return self.fault(span, format!("`{name}` takes one text, written out"), form);
        };
        let text = text.inner();
        let value = match kind {
            Type::Duration => duration(text).map(Value::Duration),
            Type::Instant => text.parse::<DateTime<Utc>>().ok().map(Value::Instant),
            _ => text.parse::<NaiveDate>().ok().map(Value::Date),
        };
        match value {
            Some(value) => Some(Node { kind, span, step: Step::Literal(value) }),
            None => {
                let place = self.syntax.extent(&args[0]);
                self.fault(place, format!("this is not a {name}"), form)
            }
        }
    }
}

/// `1h30m`: numbers with `h`, `m` or `s`, as CEL writes them, in whole units.
fn duration(text: &str) -> Option<TimeDelta> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let mut seconds: i64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let count: i64 = rest[..digits].parse().ok()?;
        let unit = match rest.as_bytes()[digits] {
            b'h' => 3600,
            b'm' => 60,
            b's' => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(count.checked_mul(unit)?)?;
        rest = &rest[digits + 1..];
    }
    TimeDelta::try_seconds(sign * seconds)
}
