//! Operators: each says what it takes, and refuses to compare or reckon with things of different types.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, LiteralValue, operators};

use super::guards::{When, null_compared, optional_select, path};
use super::{Checker, unwrapped};
use crate::rules::condition::program::{Arithmetic, Comparison, Node, Step};
use crate::rules::condition::types::Type;
use crate::rules::condition::value::Value;

impl Checker<'_> {
    /// Checks a call that is an operator; `None` when it is not one.
    pub(super) fn operator(
        &mut self,
        expr: &IdedExpr,
        call: &CallExpr,
        wanted: Option<&Type>,
    ) -> Option<Option<Node>> {
        let name = call.func_name.as_str();
        Some(match (name, call.args.as_slice()) {
            (operators::LOGICAL_AND, [left, right]) => self.both(expr, left, right, When::True),
            (operators::LOGICAL_OR, [left, right]) => self.both(expr, left, right, When::False),
            (operators::LOGICAL_NOT, [operand]) => self.not(expr, operand),
            (operators::CONDITIONAL, [test, yes, no]) => self.choice(expr, [test, yes, no], wanted),
            (operators::NEGATE, [operand]) => self.negation(expr, operand),
            (operators::IN, [element, list]) => self.membership(expr, element, list),
            (operators::OPT_SELECT, _) => self.optional_field(expr, call),
            (operators::INDEX | operators::OPT_INDEX, _) => {
                let span = self.syntax.extent(expr);
                let advice = "ask `….exists(x, …)` or take `….filter(x, …)`".to_owned();
                self.fault(span, "a list has no numbered elements here", Some(advice))
            }
            (_, [left, right]) => match (comparison(name), arithmetic(name)) {
                (Some(comparison), _) => self.comparison(expr, comparison, left, right),
                (_, Some(operation)) => self.arithmetic(expr, operation, left, right),
                _ => return None,
            },
            _ => return None,
        })
    }

    fn node(&self, expr: &IdedExpr, kind: Type, step: Step) -> Option<Node> {
        Some(Node { kind, span: self.syntax.extent(expr), step })
    }

    /// `&&` and `||`: the right side knows what the left one showed by not having settled the matter.
    fn both(&mut self, expr: &IdedExpr, left: &IdedExpr, right: &IdedExpr, goes_on: When) -> Option<Node> {
        let place = if goes_on == When::True { "each side of `&&`" } else { "each side of `||`" };
        let checked = self.of_type(left, &Type::Bool, place);
        let other = self.guarded(left, goes_on, |checker| checker.of_type(right, &Type::Bool, place));
        let (left, right) = (Box::new(checked?), Box::new(other?));
        let step = if goes_on == When::True { Step::And(left, right) } else { Step::Or(left, right) };
        self.node(expr, Type::Bool, step)
    }

    fn not(&mut self, expr: &IdedExpr, operand: &IdedExpr) -> Option<Node> {
        let operand = self.of_type(operand, &Type::Bool, "what `!` turns round")?;
        self.node(expr, Type::Bool, Step::Not(Box::new(operand)))
    }

    fn choice(
        &mut self,
        expr: &IdedExpr,
        [test, yes, no]: [&IdedExpr; 3],
        wanted: Option<&Type>,
    ) -> Option<Node> {
        let checked = self.of_type(test, &Type::Bool, "what `?` asks");
        let first = self.guarded(test, When::True, |checker| checker.plain(yes, wanted));
        let known = first.as_ref().map(|node| node.kind.clone());
        let wanted = wanted.or(known.as_ref());
        let second = self.guarded(test, When::False, |checker| checker.plain(no, wanted));
        let (checked, first, second) = (checked?, first?, second?);
        let kind = match (first.kind.fits(&second.kind), second.kind.fits(&first.kind)) {
            (true, _) => second.kind.clone(),
            (_, true) => first.kind.clone(),
            _ => {
                let message = format!("one answer is {}, the other {}", first.kind, second.kind);
                return self.fault(self.syntax.extent(expr), message, None);
            }
        };
        self.node(expr, kind, Step::If(Box::new(checked), Box::new(first), Box::new(second)))
    }

    fn negation(&mut self, expr: &IdedExpr, operand: &IdedExpr) -> Option<Node> {
        let operand = self.plain(operand, None)?;
        match operand.kind {
            Type::Int | Type::Duration => {
                self.node(expr, operand.kind.clone(), Step::Negate(Box::new(operand)))
            }
            _ => self.fault(
                operand.span,
                format!("`-` takes int or duration, and this is {}", operand.kind),
                None,
            ),
        }
    }

    fn comparison(
        &mut self,
        expr: &IdedExpr,
        comparison: Comparison,
        left: &IdedExpr,
        right: &IdedExpr,
    ) -> Option<Node> {
        let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        if let (true, Some(operand)) = (equality, null_compared(left, right)) {
            let present = self.presence(expr, operand)?;
            return match comparison {
                Comparison::NotEqual => Some(present),
                _ => self.node(expr, Type::Bool, Step::Not(Box::new(present))),
            };
        }
        let (left, right) = self.pair(left, right)?;
        let span = self.syntax.extent(expr);
        if left.kind != right.kind {
            let message = format!("{} is compared with {}", left.kind, right.kind);
            return self.fault(span, message, None);
        }
        if let (Type::List(_), true) = (&left.kind, equality) {
            let advice = "ask `size(…)`, `….all(x, …)` or `… in …`".to_owned();
            return self.fault(span, "lists are not compared", Some(advice));
        }
        let ordered =
            matches!(left.kind, Type::Int | Type::Text | Type::Instant | Type::Date | Type::Duration);
        if !equality && !ordered {
            return self.fault(span, format!("{} has no order, only `==` and `!=`", left.kind), None);
        }
        self.node(expr, Type::Bool, Step::Compare(comparison, Box::new(left), Box::new(right)))
    }

    /// Both sides, the one that says what it is first, so that a literal on the other is read as that.
    fn pair(&mut self, left: &IdedExpr, right: &IdedExpr) -> Option<(Node, Node)> {
        if self.is_open(left) && !self.is_open(right) {
            let (right, left) = self.in_turn(right, left)?;
            return Some((left, right));
        }
        self.in_turn(left, right)
    }

    fn in_turn(&mut self, first: &IdedExpr, second: &IdedExpr) -> Option<(Node, Node)> {
        let first = self.plain(first, None);
        // After a fault on one side a text on the other cannot be judged, only what stands on its own.
        if first.is_none() && self.is_open(second) {
            return None;
        }
        let wanted = first.as_ref().map(|node| node.kind.clone());
        let second = self.plain(second, wanted.as_ref());
        Some((first?, second?))
    }

    /// Whether an expression gets its type from what it is compared with: a text, or a bare word.
    fn is_open(&self, expr: &IdedExpr) -> bool {
        match &expr.expr {
            Expr::Literal(LiteralValue::String(_)) => true,
            Expr::Ident(name) => {
                self.variable(name).is_none() && !self.locals.iter().any(|(local, _)| local == name)
            }
            Expr::Call(call) if call.func_name == operators::CONDITIONAL => {
                call.args.get(1..).is_some_and(|answers| answers.iter().all(|answer| self.is_open(answer)))
            }
            Expr::List(list) => list.elements.iter().all(|element| self.is_open(element)),
            _ => false,
        }
    }

    /// `has(x.f)`, `x.f != null` or `x.?f.hasValue()`.
    pub(super) fn presence(&mut self, expr: &IdedExpr, tested: &IdedExpr) -> Option<Node> {
        // Asking twice is harmless: what an outer guard showed of this path is set aside here.
        let known = self.present.clone();
        self.present.retain(|present| Some(present) != path(tested).as_ref());
        let operand = self.expression(tested, None);
        self.present = known;
        let operand = operand?;
        if !matches!(operand.kind, Type::Optional(_)) {
            let written = self.syntax.at(&operand.span).to_owned();
            return self.fault(
                operand.span,
                format!("`{written}` is never absent: there is nothing to ask"),
                None,
            );
        }
        self.node(expr, Type::Bool, Step::Present(Box::new(operand)))
    }

    fn membership(&mut self, expr: &IdedExpr, element: &IdedExpr, list: &IdedExpr) -> Option<Node> {
        let (element, list) = if self.is_open(element) && !self.is_open(list) {
            let list = self.plain(list, None)?;
            let wanted = match &list.kind {
                Type::List(element) => Some(element.as_ref().clone()),
                _ => None,
            };
            (self.plain(element, wanted.as_ref())?, list)
        } else {
            let element = self.plain(element, None)?;
            let wanted = element.kind.clone().list();
            (element, self.plain(list, Some(&wanted))?)
        };
        match &list.kind {
            Type::List(kind) if element.kind == **kind => {
                self.node(expr, Type::Bool, Step::In(Box::new(element), Box::new(list)))
            }
            Type::List(kind) => {
                let message = format!("{} is looked for in a list of {kind}", element.kind);
                self.fault(self.syntax.extent(expr), message, None)
            }
            other => self.fault(list.span.clone(), format!("`in` takes a list, and this is {other}"), None),
        }
    }

    fn optional_field(&mut self, expr: &IdedExpr, call: &CallExpr) -> Option<Node> {
        let (operand, field) = optional_select(call)?;
        let operand = self.expression(operand, None)?;
        let (index, kind) = self.field_of(&operand, field, self.syntax.name(expr))?;
        self.node(expr, kind.optional(), Step::Chain(Box::new(operand), index))
    }

    fn arithmetic(
        &mut self,
        expr: &IdedExpr,
        operation: Arithmetic,
        left: &IdedExpr,
        right: &IdedExpr,
    ) -> Option<Node> {
        use Arithmetic::{Add, Divide, Multiply, Remainder, Subtract};
        let (left, right) = (self.plain(left, None), self.plain(right, None));
        let (left, right) = (left?, right?);
        let divides = matches!(operation, Divide | Remainder);
        if divides && !matches!(right.step, Step::Literal(Value::Int(divisor)) if divisor != 0) {
            return self.fault(right.span, "a divisor is written out, and not 0", None);
        }
        let kind = match (operation, unwrapped(&left.kind), unwrapped(&right.kind)) {
            (_, Type::Int, Type::Int) => Type::Int,
            (Add, Type::Text | Type::Word(_), Type::Text | Type::Word(_)) => Type::Text,
            (Add | Subtract, Type::Instant, Type::Duration) | (Add, Type::Duration, Type::Instant) => {
                Type::Instant
            }
            (Subtract, Type::Instant, Type::Instant) | (Add | Subtract, Type::Duration, Type::Duration) => {
                Type::Duration
            }
            (_, a, b) => {
                let sign = match operation {
                    Add => '+',
                    Subtract => '-',
                    Multiply => '*',
                    Divide => '/',
                    Remainder => '%',
                };
                let message = format!("`{sign}` does not go with {a} and {b}");
                let advice = (*a == Type::Date || *b == Type::Date)
                    .then(|| "days have functions of their own".to_owned());
                return self.fault(self.syntax.extent(expr), message, advice);
            }
        };
        self.node(expr, kind, Step::Arithmetic(operation, Box::new(left), Box::new(right)))
    }
}

fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        operators::EQUALS => Comparison::Equal,
        operators::NOT_EQUALS => Comparison::NotEqual,
        operators::LESS => Comparison::Less,
        operators::LESS_EQUALS => Comparison::LessOrEqual,
        operators::GREATER => Comparison::Greater,
        operators::GREATER_EQUALS => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn arithmetic(name: &str) -> Option<Arithmetic> {
    Some(match name {
        operators::ADD => Arithmetic::Add,
        operators::SUBSTRACT => Arithmetic::Subtract,
        operators::MULTIPLY => Arithmetic::Multiply,
        operators::DIVIDE => Arithmetic::Divide,
        operators::MODULO => Arithmetic::Remainder,
        _ => return None,
    })
}
