//! The checker: from CEL's tree to typed steps, or to every fault at once.
//!
//! It walks the tree once. Each expression comes back as a [`Node`] with its type, or as `None` when its fault has
//! been noted, so that one mistake is reported once and its neighbours are still looked at. What an expression is
//! *wanted* as flows down, which is how `'victim'` becomes a word of the right vocabulary instead of any text.

mod calls;
mod guards;
mod literals;
mod operations;

use std::borrow::Cow;
use std::ops::Range;

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, SelectExpr, operators};

use super::fault::{Fault, did_you_mean, listed};
use super::program::{Node, Step};
use super::schema::Schema;
use super::syntax::Syntax;
use super::types::{Name, Type};
use super::uses::Uses;

/// How deep an expression may lie in a condition: what runs it needs stack for each level, on any thread.
const DEPTH_MAX: usize = 100;

/// One check: what is known, and what was found out so far.
pub(super) struct Checker<'c> {
    syntax: &'c Syntax<'c>,
    schema: &'c Schema,
    scope: &'c [(&'c str, Type)],
    /// Comprehension variables, outermost first: their slots.
    locals: Vec<(String, Type)>,
    /// Paths such as `p.attendance` that a guard has shown to be there.
    present: Vec<String>,
    /// How deep the expression being checked lies in the whole.
    depth: usize,
    pub(super) faults: Vec<Fault>,
    pub(super) uses: Uses,
}

impl<'c> Checker<'c> {
    pub(super) fn new(syntax: &'c Syntax<'c>, schema: &'c Schema, scope: &'c [(&'c str, Type)]) -> Self {
        Self {
            syntax,
            schema,
            scope,
            locals: vec![],
            present: vec![],
            depth: 0,
            faults: vec![],
            uses: Uses::default(),
        }
    }

    /// Checks the whole of a condition, which must be one of `expected`; absent only where one of them may be.
    pub(super) fn whole(&mut self, expr: &IdedExpr, expected: &[Type]) -> Option<Node> {
        let wanted = match expected {
            [only] => Some(only),
            _ => expected.iter().find(|kind| matches!(kind, Type::Word(_))),
        };
        let node = match expected.iter().any(|kind| matches!(kind, Type::Optional(_))) {
            true => self.expression(expr, wanted)?,
            false => self.plain(expr, wanted)?,
        };
        if expected.is_empty() || expected.iter().any(|kind| node.kind.fits(kind)) {
            return Some(node);
        }
        let kinds: Vec<String> = expected.iter().map(Type::to_string).collect();
        let advice = match (&node.kind, expected) {
            (Type::List(_), [Type::Bool]) => Some("ask `size(…) > 0` or `….exists(x, …)`".to_owned()),
            _ => None,
        };
        self.fault(node.span, format!("this is {}, and should be {}", node.kind, kinds.join(" or ")), advice)
    }

    /// Checks an expression whose value must be there.
    fn plain(&mut self, expr: &IdedExpr, wanted: Option<&Type>) -> Option<Node> {
        let node = self.expression(expr, wanted)?;
        let Type::Optional(_) = node.kind else { return Some(node) };
        let written = self.syntax.at(&node.span).to_owned();
        let advice = match guards::path(expr) {
            Some(path) if !guards::is_chain(expr) => format!("guard it: `has({path}) && …`"),
            _ => "say what else to take: `.orValue(…)`".to_owned(),
        };
        self.fault(node.span, format!("`{written}` may be absent"), Some(advice))
    }

    /// Checks an expression that must be of the type `wanted`.
    fn of_type(&mut self, expr: &IdedExpr, wanted: &Type, place: &str) -> Option<Node> {
        let node = match wanted {
            Type::Optional(_) => self.expression(expr, Some(wanted))?,
            _ => self.plain(expr, Some(wanted))?,
        };
        if node.kind.fits(wanted) {
            return Some(node);
        }
        self.fault(node.span, format!("{place} is {wanted}, and this is {}", node.kind), None)
    }

    fn expression(&mut self, expr: &IdedExpr, wanted: Option<&Type>) -> Option<Node> {
        self.depth += 1;
        let node = match self.depth <= DEPTH_MAX {
            true => self.shallow(expr, wanted),
            false => {
                let span = self.syntax.extent(expr);
                self.fault(span, "this lies too deep in the condition", Some("split it in two".to_owned()))
            }
        };
        self.depth -= 1;
        node
    }

    fn shallow(&mut self, expr: &IdedExpr, wanted: Option<&Type>) -> Option<Node> {
        match &expr.expr {
            Expr::Ident(name) => self.name(expr, name, wanted),
            Expr::Literal(literal) => self.literal(expr, literal, wanted),
            Expr::Select(select) => self.field(expr, select),
            Expr::List(list) => self.list(expr, list, wanted),
            Expr::Call(call) => self.call(expr, call, wanted),
            Expr::Map(_) | Expr::Struct(_) => {
                let span = self.syntax.extent(expr);
                self.fault(span, "conditions have no `{…}`", None)
            }
            Expr::Comprehension(_) | Expr::Unspecified => {
                let span = self.syntax.extent(expr);
                self.fault(span, "this is not an expression", None)
            }
        }
    }

    fn name(&mut self, expr: &IdedExpr, name: &str, wanted: Option<&Type>) -> Option<Node> {
        let span = self.syntax.name(expr);
        if let Some(slot) = self.locals.iter().rposition(|(local, _)| local == name) {
            let kind = self.locals[slot].1.clone();
            return Some(Node { kind, span, step: Step::Local(slot) });
        }
        if let Some(kind) = self.variable(name) {
            self.uses.variables.insert(name.to_owned());
            let kind = self.narrowed(expr, kind);
            return Some(Node { kind, span, step: Step::Variable(Cow::Owned(name.to_owned())) });
        }
        if let Some(Type::Word(vocabulary)) = wanted.map(unwrapped) {
            return self.word(span, name, vocabulary);
        }
        let names: Vec<&str> = self.names().collect();
        let suggestion = did_you_mean(name, names.iter().copied());
        let message = match suggestion {
            Some(_) => format!("there is no `{name}` here"),
            None => format!("there is no `{name}` here, only {}", listed(names)),
        };
        self.fault(span, message, suggestion)
    }

    fn field(&mut self, expr: &IdedExpr, select: &SelectExpr) -> Option<Node> {
        let chained = guards::is_chain(&select.operand);
        let operand = if chained {
            self.expression(&select.operand, None)?
        } else {
            self.plain(&select.operand, None)?
        };
        let field = self.field_of(&operand, &select.field, self.syntax.name(expr))?;
        let span = self.syntax.extent(expr);
        let (index, kind) = field;
        if chained {
            return Some(Node { kind: kind.optional(), span, step: Step::Chain(Box::new(operand), index) });
        }
        let kind = self.narrowed(expr, kind);
        Some(Node { kind, span, step: Step::Field(Box::new(operand), index) })
    }

    /// The index and type of the field `name` of an object.
    fn field_of(&mut self, operand: &Node, name: &str, span: Range<usize>) -> Option<(usize, Type)> {
        let object = match unwrapped(&operand.kind) {
            Type::Object(object) => object,
            Type::List(_) => {
                let message = format!("{} has no field `{name}`", operand.kind);
                let advice = "ask its elements: `….exists(x, x.…)`".to_owned();
                return self.fault(span, message, Some(advice));
            }
            other => return self.fault(span, format!("{other} has no fields"), None),
        };
        let Some(object) = self.schema.object_named(object) else {
            return self.fault(span, format!("the object type `{object}` is not declared"), None);
        };
        if let Some((index, field)) = object.field(name) {
            self.uses.fields.insert(format!("{}.{name}", object.name));
            return Some((index, field.kind.clone()));
        }
        let names: Vec<&str> = object.fields.iter().map(|field| field.name.as_ref()).collect();
        let suggestion = did_you_mean(name, names.iter().copied());
        let message = match suggestion {
            Some(_) => format!("{} has no field `{name}`", object.name),
            None => format!("{} has no field `{name}`, only {}", object.name, listed(names)),
        };
        self.fault(span, message, suggestion)
    }

    /// The type of a variable of the schema or of this condition's own scope.
    fn variable(&self, name: &str) -> Option<Type> {
        let own = self.scope.iter().find(|(known, _)| *known == name).map(|(_, kind)| kind.clone());
        own.or_else(|| self.schema.variable_named(name).map(|variable| variable.kind.clone()))
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let locals = self.locals.iter().map(|(name, _)| name.as_str());
        let scope = self.scope.iter().map(|(name, _)| *name);
        locals.chain(scope).chain(self.schema.variables().map(|(name, _)| name))
    }

    /// The type of a path, which is plain where a guard has shown it to be there.
    pub(super) fn narrowed(&self, expr: &IdedExpr, kind: Type) -> Type {
        match kind {
            Type::Optional(plain) if guards::path(expr).is_some_and(|path| self.present.contains(&path)) => {
                *plain
            }
            kind => kind,
        }
    }

    fn word(&mut self, span: Range<usize>, word: &str, vocabulary: &Name) -> Option<Node> {
        let words = self.schema.words(vocabulary);
        if words.iter().any(|known| known == word) {
            self.uses.words.insert((vocabulary.to_string(), word.to_owned()));
            let step = Step::Literal(super::Value::Text(Cow::Owned(word.to_owned())));
            return Some(Node { kind: Type::Word(vocabulary.clone()), span, step });
        }
        let suggestion = did_you_mean(word, words.iter().map(AsRef::as_ref));
        let message = match suggestion {
            Some(_) => format!("`{word}` is no {vocabulary} word"),
            None => {
                format!("`{word}` is no {vocabulary} word, only {}", listed(words.iter().map(AsRef::as_ref)))
            }
        };
        self.fault(span, message, suggestion)
    }

    /// Notes a fault; always `None`, so that it can end a check.
    fn fault<T>(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        suggestion: Option<String>,
    ) -> Option<T> {
        self.faults.push(Fault { span, message: message.into(), suggestion });
        None
    }
}

/// The type without "may be absent".
fn unwrapped(kind: &Type) -> &Type {
    match kind {
        Type::Optional(plain) => plain,
        plain => plain,
    }
}

impl Checker<'_> {
    /// `name in list`: the name and the list.
    pub(super) fn selection(&mut self, tree: &IdedExpr) -> Option<(String, Node)> {
        let span = self.syntax.extent(tree);
        let form = Some("write `name in list`, such as `p in case.victims`".to_owned());
        let Expr::Call(CallExpr { func_name, args, .. }) = &tree.expr else {
            return self.fault(span, "this selects nothing", form);
        };
        let (operators::IN, [variable, list]) = (func_name.as_str(), args.as_slice()) else {
            return self.fault(span, "this selects nothing", form);
        };
        let Expr::Ident(variable) = &variable.expr else {
            return self.fault(
                self.syntax.extent(variable),
                "this should be a new name for each element",
                form,
            );
        };
        if self.variable(variable).is_some() {
            let place = self.syntax.extent(tree).start..self.syntax.extent(tree).start + variable.len();
            return self.fault(
                place,
                format!("`{variable}` is already something else"),
                Some("choose another name".into()),
            );
        }
        let node = self.plain(list, None)?;
        match node.kind {
            Type::List(_) => Some((variable.clone(), node)),
            other => self.fault(node.span, format!("this is {other}, and should be a list"), None),
        }
    }
}
