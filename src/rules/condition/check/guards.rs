//! What a guard shows: `has(p.attendance) && …` makes `p.attendance` plain in the rest.
//!
//! Understood: `has(x.f)`, `x.f != null`, `x.f == null` and `x.?f.hasValue()`, under `!`, `&&`, `||` and `? :`. A
//! path stands for the same value throughout, because facts are pure and no name may be used for two things at once.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, LiteralValue, operators};

use super::Checker;

/// The answer of a condition under which something is shown.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum When {
    True,
    False,
}

impl Checker<'_> {
    /// Does `then` knowing what `guard` shows when it comes out as `when`.
    pub(super) fn guarded<T>(
        &mut self,
        guard: &IdedExpr,
        when: When,
        then: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let known = self.present.len();
        shown(guard, when, &mut self.present);
        let outcome = then(self);
        self.present.truncate(known);
        outcome
    }
}

/// Enters the paths that are present when `guard` comes out as `when`.
fn shown(guard: &IdedExpr, when: When, paths: &mut Vec<String>) {
    let Expr::Call(call) = &guard.expr else { return };
    match (call.func_name.as_str(), call.args.as_slice(), when) {
        (operators::LOGICAL_NOT, [inner], When::True) => shown(inner, When::False, paths),
        (operators::LOGICAL_NOT, [inner], When::False) => shown(inner, When::True, paths),
        (operators::LOGICAL_AND, [left, right], When::True)
        | (operators::LOGICAL_OR, [left, right], When::False) => {
            shown(left, when, paths);
            shown(right, when, paths);
        }
        (operators::HAS, [tested], When::True) => paths.extend(path(tested)),
        (operators::NOT_EQUALS, [left, right], When::True)
        | (operators::EQUALS, [left, right], When::False) => {
            paths.extend(null_compared(left, right).and_then(path));
        }
        ("hasValue", [], When::True) => paths.extend(call.target.as_deref().into_iter().flat_map(prefixes)),
        _ => {}
    }
}

/// The side that is compared with `null`.
pub(super) fn null_compared<'e>(left: &'e IdedExpr, right: &'e IdedExpr) -> Option<&'e IdedExpr> {
    let is_null = |expr: &IdedExpr| matches!(expr.expr, Expr::Literal(LiteralValue::Null));
    match (is_null(left), is_null(right)) {
        (true, false) => Some(right),
        (false, true) => Some(left),
        _ => None,
    }
}

/// `p.attendance.state`: a name and fields of it, `.?` included, and methods of a word, such as `t.day("until")`.
pub(super) fn path(expr: &IdedExpr) -> Option<String> {
    match &expr.expr {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(select) => Some(format!("{}.{}", path(&select.operand)?, select.field)),
        Expr::Call(call) => match (optional_select(call), &call.target, call.args.as_slice()) {
            (Some((operand, field)), _, _) => Some(format!("{}.{field}", path(operand)?)),
            (None, Some(target), [IdedExpr { expr: Expr::Literal(LiteralValue::String(word)), .. }]) => {
                Some(format!("{}.{}({:?})", path(target)?, call.func_name, word.inner()))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The path of an expression and of all it goes through: a chain with a value has one at each of its links.
fn prefixes(expr: &IdedExpr) -> Vec<String> {
    let whole = path(expr).unwrap_or_default();
    let dots = whole.match_indices('.').map(|(dot, _)| whole[..dot].to_owned());
    dots.chain([whole.clone()]).collect()
}

/// Whether an expression goes on from a `.?`, and so is absent where that was.
pub(super) fn is_chain(expr: &IdedExpr) -> bool {
    match &expr.expr {
        Expr::Select(select) => is_chain(&select.operand),
        Expr::Call(call) => optional_select(call).is_some(),
        _ => false,
    }
}

/// Whether an expression asks a method: what that gives may be absent.
pub(super) fn is_method(expr: &IdedExpr) -> bool {
    matches!(&expr.expr, Expr::Call(call) if call.target.is_some())
}

/// The parts of `x.?f`.
pub(super) fn optional_select(call: &CallExpr) -> Option<(&IdedExpr, &str)> {
    match (call.func_name.as_str(), call.args.as_slice()) {
        (operators::OPT_SELECT, [operand, field]) => match &field.expr {
            Expr::Literal(LiteralValue::String(field)) => Some((operand, field.inner())),
            _ => None,
        },
        _ => None,
    }
}
