//! Calls: the comprehensions, the few functions of CEL that are allowed, and those of the schema.
//!
//! Refused on purpose: `matches` (a regular expression is code nobody reviews), `type` and `dyn` (they undo the
//! checking), `map` with a filter in it (write the filter).

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, LiteralValue};

use super::{Checker, guards};
use crate::rules::condition::fault::{did_you_mean, listed};
use crate::rules::condition::function::Function;
use crate::rules::condition::program::{Each, InText, Node, Step};
use crate::rules::condition::types::Type;

/// The functions that every schema has.
const BUILT_IN: [&str; 6] = ["has", "size", "string", "duration", "timestamp", "date"];
/// The methods that every schema has.
const BUILT_IN_METHODS: [&str; 11] = [
    "exists",
    "exists_one",
    "all",
    "filter",
    "map",
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "hasValue",
    "orValue",
];

impl Checker<'_> {
    pub(super) fn call(&mut self, expr: &IdedExpr, call: &CallExpr, wanted: Option<&Type>) -> Option<Node> {
        let name = call.func_name.as_str();
        match &call.target {
            Some(target) => self.method(expr, name, target, &call.args, wanted),
            None => match self.operator(expr, call, wanted) {
                Some(outcome) => outcome,
                None => self.function(expr, name, &call.args),
            },
        }
    }

    fn function(&mut self, expr: &IdedExpr, name: &str, args: &[IdedExpr]) -> Option<Node> {
        let span = self.syntax.extent(expr);
        match (name, args) {
            ("has", [tested]) => match guards::path(tested) {
                Some(_) if !matches!(tested.expr, Expr::Ident(_)) => self.presence(expr, tested),
                _ => {
                    let place = self.syntax.extent(tested);
                    self.fault(place, "`has` asks for a field", Some("write `has(x.field)`".to_owned()))
                }
            },
            ("size", [measured]) => self.size(expr, measured),
            ("string", [shown]) => {
                let node = self.plain(shown, None)?;
                match node.kind {
                    Type::Int | Type::Text | Type::Word(_) | Type::Date => {
                        Some(Node { kind: Type::Text, span, step: Step::AsText(Box::new(node)) })
                    }
                    other => self.fault(node.span, format!("{other} does not become a text"), None),
                }
            }
            ("duration" | "timestamp" | "date", _) => self.time(span, name, args),
            ("has" | "size" | "string", _) => {
                self.fault(span, format!("`{name}` takes 1 argument, and this gives {}", args.len()), None)
            }
            _ => self.declared(expr, name, None, args),
        }
    }

    fn method(
        &mut self,
        expr: &IdedExpr,
        name: &str,
        target: &IdedExpr,
        args: &[IdedExpr],
        wanted: Option<&Type>,
    ) -> Option<Node> {
        if let Some(each) = comprehension(name) {
            return self.each(expr, each, target, args, wanted);
        }
        match (name, args) {
            ("size", []) => self.size(expr, target),
            ("hasValue", []) => self.presence(expr, target),
            ("orValue", [otherwise]) => self.or_value(expr, target, otherwise, wanted),
            ("contains", [part]) => self.in_text(expr, InText::Contains, target, part),
            ("startsWith", [part]) => self.in_text(expr, InText::StartsWith, target, part),
            ("endsWith", [part]) => self.in_text(expr, InText::EndsWith, target, part),
            _ if BUILT_IN_METHODS.contains(&name) => {
                let takes = usize::from(!matches!(name, "size" | "hasValue"));
                let span = self.syntax.extent(expr);
                self.fault(
                    span,
                    format!("`{name}` takes {takes} argument, and this gives {}", args.len()),
                    None,
                )
            }
            _ => self.declared(expr, name, Some(target), args),
        }
    }

    fn size(&mut self, expr: &IdedExpr, measured: &IdedExpr) -> Option<Node> {
        let node = self.plain(measured, None)?;
        match node.kind {
            Type::List(_) | Type::Text => Some(Node {
                kind: Type::Int,
                span: self.syntax.extent(expr),
                step: Step::Size(Box::new(node)),
            }),
            other => {
                self.fault(node.span, format!("`size` takes a list or a text, and this is {other}"), None)
            }
        }
    }

    fn or_value(
        &mut self,
        expr: &IdedExpr,
        target: &IdedExpr,
        otherwise: &IdedExpr,
        wanted: Option<&Type>,
    ) -> Option<Node> {
        if !guards::is_chain(target) && !guards::is_method(target) {
            let span = self.syntax.extent(target);
            return self.fault(
                span,
                "`orValue` follows an optional field",
                Some("write `x.?f.orValue(…)`".to_owned()),
            );
        }
        let operand = self.expression(target, wanted)?;
        let Type::Optional(plain) = operand.kind.clone() else { return Some(operand) };
        let otherwise = self.of_type(otherwise, &plain, "what `orValue` takes")?;
        let step = Step::OrElse(Box::new(operand), Box::new(otherwise));
        Some(Node { kind: *plain, span: self.syntax.extent(expr), step })
    }

    fn in_text(&mut self, expr: &IdedExpr, test: InText, whole: &IdedExpr, part: &IdedExpr) -> Option<Node> {
        let whole = self.of_type(whole, &Type::Text, "what is looked through");
        let part = self.of_type(part, &Type::Text, "what is looked for");
        let step = Step::InText(test, Box::new(whole?), Box::new(part?));
        Some(Node { kind: Type::Bool, span: self.syntax.extent(expr), step })
    }

    fn each(
        &mut self,
        expr: &IdedExpr,
        each: Each,
        list: &IdedExpr,
        args: &[IdedExpr],
        wanted: Option<&Type>,
    ) -> Option<Node> {
        let span = self.syntax.extent(expr);
        let wanted = wanted.filter(|_| each == Each::Filter);
        let list = self.plain(list, wanted)?;
        let [variable, body] = args else {
            let name = self.syntax.at(&self.syntax.name(expr)).to_owned();
            let advice = Some(format!("write `….{name}(x, …)`"));
            return self.fault(span, format!("`{name}` takes a name and an expression"), advice);
        };
        let Type::List(element) = list.kind.clone() else {
            let message = format!("this is {}, and should be a list", list.kind);
            return self.fault(list.span, message, None);
        };
        let place = self.syntax.extent(variable);
        let Expr::Ident(variable) = &variable.expr else {
            return self.fault(place, "this should be a new name for each element", None);
        };
        if self.variable(variable).is_some() || self.locals.iter().any(|(local, _)| local == variable) {
            return self.fault(
                place,
                format!("`{variable}` is already something else"),
                Some("choose another name".into()),
            );
        }
        let slot = self.locals.len();
        self.locals.push((variable.clone(), *element));
        let body = match each {
            Each::Map => self.plain(body, None),
            _ => self.of_type(body, &Type::Bool, "what is asked of each element"),
        };
        self.locals.truncate(slot);
        let body = body?;
        let kind = match each {
            Each::Exists | Each::ExistsOne | Each::All => Type::Bool,
            Each::Filter => list.kind.clone(),
            Each::Map => body.kind.clone().list(),
        };
        Some(Node { kind, span, step: Step::Each(each, slot, Box::new(list), Box::new(body)) })
    }

    /// A function or method of the schema.
    fn declared(
        &mut self,
        expr: &IdedExpr,
        name: &str,
        target: Option<&IdedExpr>,
        args: &[IdedExpr],
    ) -> Option<Node> {
        let receiver = match target {
            Some(target) => Some(self.plain(target, None)?),
            None => None,
        };
        let kind = receiver.as_ref().map(|node| &node.kind);
        let Some(function) = self.find(name, kind).cloned() else {
            let suggestion = did_you_mean(name, self.callable(kind));
            let message = match (&suggestion, kind) {
                (Some(_), None) => format!("there is no function `{name}`"),
                _ => self.no_such(name, kind),
            };
            return self.fault(self.syntax.name(expr), message, suggestion);
        };
        self.uses.functions.insert(name.to_owned());
        let span = self.syntax.extent(expr);
        if args.len() != function.takes().len() {
            return self.fault(
                span,
                format!("`{function}` is given {} of its {} arguments", args.len(), function.takes().len()),
                None,
            );
        }
        let checked: Vec<_> = args
            .iter()
            .zip(function.takes())
            .map(|(arg, wanted)| self.of_type(arg, wanted, &format!("what `{function}` takes here")))
            .collect();
        let checked = checked.into_iter().collect::<Option<Vec<_>>>()?;
        self.written_out(&function, args)?;
        let kind = self.narrowed(expr, function.gives().clone());
        Some(Node { kind, span, step: Step::Call(function, receiver.into_iter().chain(checked).collect()) })
    }

    /// An argument in a language of its own is read now.
    fn written_out(&mut self, function: &Function, args: &[IdedExpr]) -> Option<()> {
        let (Some(check), Some(arg)) = (function.literal_check(), args.first()) else { return Some(()) };
        let span = self.syntax.extent(arg);
        match &arg.expr {
            Expr::Literal(LiteralValue::String(text)) => match check(text.inner()) {
                Ok(()) => Some(()),
                Err(reason) => self.fault(span, reason, None),
            },
            _ => self.fault(span, format!("`{}` takes a text that is written out", function.name()), None),
        }
    }

    fn find(&self, name: &str, receiver: Option<&Type>) -> Option<&Function> {
        self.schema.functions().find(|function| {
            function.name() == name
                && match (function.receiver(), receiver) {
                    (None, None) => true,
                    (Some(wanted), Some(given)) => given.fits(wanted),
                    _ => false,
                }
        })
    }

    fn callable(&self, receiver: Option<&Type>) -> Vec<&str> {
        let built_in: &[&str] = if receiver.is_some() { &BUILT_IN_METHODS } else { &BUILT_IN };
        let declared = self.schema.functions().filter(|function| match (function.receiver(), receiver) {
            (None, None) => true,
            (Some(wanted), Some(given)) => given.fits(wanted),
            _ => false,
        });
        built_in.iter().copied().chain(declared.map(Function::name)).collect()
    }

    fn no_such(&self, name: &str, receiver: Option<&Type>) -> String {
        match (name, receiver) {
            ("matches", _) => "regular expressions are not used in conditions".to_owned(),
            ("type" | "dyn", None) => format!("`{name}` is not used in conditions: everything has its type"),
            (_, Some(kind)) if self.schema.functions().any(|function| function.name() == name) => {
                format!("`{name}` is not a method of {kind}")
            }
            (_, Some(kind)) => format!("{kind} has no method `{name}`"),
            (_, None) => format!("there is no function `{name}`, only {}", listed(self.callable(None))),
        }
    }
}

fn comprehension(name: &str) -> Option<Each> {
    Some(match name {
        "exists" => Each::Exists,
        "exists_one" => Each::ExistsOne,
        "all" => Each::All,
        "filter" => Each::Filter,
        "map" => Each::Map,
        _ => return None,
    })
}
