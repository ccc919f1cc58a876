//! Functions and methods that conditions may call: Rust closures with a declared signature.
//!
//! A function is pure: it answers from its arguments and from the facts in scope, and the same facts always give the
//! same answer. It may fail, with a reason; that fails the condition and is never taken for false.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::facts::Fact;
use super::scope::Scope;
use super::types::{Name, Type};
use super::value::Value;

type Body = dyn for<'c, 'a> Fn(&Call<'c, 'a>) -> Result<Value<'a>, String> + Send + Sync;
type LiteralCheck = dyn Fn(&str) -> Result<(), String> + Send + Sync;

/// A function `name(a, b)`, or a method `x.name(a, b)` when it has a receiver.
#[derive(Clone)]
pub struct Function {
    name: Name,
    about: Name,
    receiver: Option<Type>,
    takes: Vec<Type>,
    gives: Type,
    literal: Option<Arc<LiteralCheck>>,
    body: Arc<Body>,
}

/// One call of a [`Function`]: what it was given. A method's receiver is argument 0.
pub struct Call<'c, 'a> {
    /// The facts in scope.
    pub scope: &'c Scope<'a>,
    /// The arguments, of the types declared.
    pub arguments: &'c [Value<'a>],
}

impl Function {
    /// A function that takes `takes`, gives `gives` and does `body`.
    pub fn new(
        name: impl Into<Name>,
        takes: impl Into<Vec<Type>>,
        gives: Type,
        body: impl for<'c, 'a> Fn(&Call<'c, 'a>) -> Result<Value<'a>, String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            about: Cow::Borrowed(""),
            receiver: None,
            takes: takes.into(),
            gives,
            literal: None,
            body: Arc::new(body),
        }
    }

    /// Makes it a method of `receiver`, which becomes argument 0 of each call.
    pub fn on(mut self, receiver: Type) -> Self {
        self.receiver = Some(receiver);
        self
    }

    /// Says what it does, in a sentence.
    pub fn about(mut self, about: impl Into<Name>) -> Self {
        self.about = about.into();
        self
    }

    /// Demands that its first argument is written out as a text that `check` accepts at load: for arguments that
    /// are a language of their own, such as a deadline.
    pub fn literal(mut self, check: impl Fn(&str) -> Result<(), String> + Send + Sync + 'static) -> Self {
        self.literal = Some(Arc::new(check));
        self
    }

    /// The name rules use.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type a method is called on.
    pub fn receiver(&self) -> Option<&Type> {
        self.receiver.as_ref()
    }

    /// What it does, in a sentence.
    pub fn meaning(&self) -> &str {
        &self.about
    }

    /// The types in its signature: receiver, arguments, result.
    pub fn types(&self) -> impl Iterator<Item = &Type> {
        self.receiver.iter().chain(&self.takes).chain([&self.gives])
    }

    pub(super) fn takes(&self) -> &[Type] {
        &self.takes
    }

    pub(super) fn gives(&self) -> &Type {
        &self.gives
    }

    pub(super) fn literal_check(&self) -> Option<&LiteralCheck> {
        self.literal.as_deref()
    }

    pub(super) fn call<'a>(&self, scope: &Scope<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>, String> {
        (self.body)(&Call { scope, arguments })
    }
}

/// The signature: `participant.concerns(result) → bool`.
impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(receiver) = &self.receiver {
            write!(f, "{receiver}.")?;
        }
        let takes: Vec<String> = self.takes.iter().map(Type::to_string).collect();
        write!(f, "{}({}) → {}", self.name, takes.join(", "), self.gives)
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl<'a> Call<'_, 'a> {
    /// The argument at `index` as the Rust struct it is.
    ///
    /// # Errors
    ///
    /// A reason to fail with, when it is not a `T`: the signature promised something else.
    pub fn fact<T: Fact>(&self, index: usize) -> Result<&'a T, String> {
        let fact = self.arguments.get(index).and_then(Value::fact::<T>);
        fact.ok_or_else(|| format!("argument {index} is not the struct that the function expects"))
    }

    /// The argument at `index` as a text or word.
    ///
    /// # Errors
    ///
    /// A reason to fail with, when it is not one: the signature promised something else.
    pub fn text(&self, index: usize) -> Result<&str, String> {
        self.arguments
            .get(index)
            .and_then(Value::text)
            .ok_or_else(|| format!("argument {index} is not a text"))
    }

    /// The variable `name` as the Rust struct it is.
    ///
    /// # Errors
    ///
    /// A reason to fail with, when the scope holds no `T` under that name.
    pub fn variable<T: Fact>(&self, name: &str) -> Result<&'a T, String> {
        self.scope
            .get(name)
            .and_then(Value::fact::<T>)
            .ok_or_else(|| format!("`{name}` is not among the facts"))
    }
}
