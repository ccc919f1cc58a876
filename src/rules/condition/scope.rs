//! The facts one condition is asked about: a few names, each a reference.
//!
//! Names are found by walking the few there are: with under ten of them that beats any map, and building a scope
//! for an event costs one small allocation.

use super::facts::Fact;
use super::facts::IntoValue;
use super::value::Value;

/// The variables and their values.
#[derive(Clone, Debug, Default)]
pub struct Scope<'a> {
    variables: Vec<(&'a str, Value<'a>)>,
}

impl<'a> Scope<'a> {
    /// A scope without variables.
    pub fn new() -> Self {
        Self::default()
    }

    /// This scope with `name` as well; a later binding of the same name wins.
    pub fn with(mut self, name: &'a str, value: impl IntoValue<'a>) -> Self {
        self.bind(name, value.into_value());
        self
    }

    /// This scope with an object of any type as well.
    pub fn with_object(mut self, name: &'a str, fact: &'a dyn Fact) -> Self {
        self.bind(name, Value::Object(fact));
        self
    }

    /// Binds a value that is already one, such as an element of a [`Selection`](super::Selection).
    pub fn bind(&mut self, name: &'a str, value: Value<'a>) {
        self.variables.push((name, value));
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.variables.iter().rev().find(|(bound, _)| *bound == name).map(|(_, value)| value)
    }
}
