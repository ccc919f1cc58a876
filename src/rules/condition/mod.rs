//! The condition language: what rules ask of the facts.
//!
//! A condition is written in CEL, Google's expression language, and read by the `cel` crate's parser. It is checked
//! against a [`Schema`] of typed facts, all faults at once, and becomes a small tree of typed steps: a [`Condition`].
//! Rust structs join the schema through the `facts!` macro, which takes each field once for both its type and its value.
//!
//! # Design notes
//!
//! - **`cel` parses, we evaluate.** Its interpreter has no types: `event.type == 5` and a misspelt word are quietly
//!   false there. The checker has to know what everything is anyway, so it builds the tree that runs; what was
//!   checked and what is asked cannot differ. A property test holds our answers against the interpreter's.
//! - **Facts are lent, not copied.** Measured with 10 participants, 10 hearings and 30 results, asking 40 conditions
//!   of which most walk a list: eager `cel` values took 770 µs, 131 µs of it to build them; these steps over borrowed
//!   structs 30 µs, where binding a case costs nothing. Lazy `cel` objects, asked 28 of the 40, took 235 µs against
//!   25 µs: `cel` boxes every element, looks fields up by name, and needs a list's elements to exist beforehand.
//! - **No answer is not "no".** Absent facts must be guarded at load. What can still go wrong when asked is a
//!   [`Failure`], never `false`: a function's own reason, a number too large, a missing or mistyped variable, more
//!   than a million elements looked at.
//! - **Nothing can run away.** There are no loops but those over lists, no recursion, no regular expressions, and
//!   limits on length, nesting and elements.
//! - **Texts become words where words are expected.** `p.role == 'victm'` is a fault; so is comparing words of two
//!   vocabularies. A word that is a plain name may go without quotes: `p.enhanced ? P2 : P3`.

mod check;
mod explain;
mod facts;
mod fault;
mod function;
mod program;
mod record;
mod schema;
mod scope;
mod syntax;
mod types;
mod uses;
mod value;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

pub use explain::{Explanation, Part};
#[allow(unused_imports, reason = "until the first facts of the domain are declared")]
pub(crate) use facts::facts;
#[doc(hidden)]
pub use facts::kind_of;
pub use facts::{
    Declaration, Declared, DeclaredField, Fact, IntoValue, PackVocabulary, PackWord, Vocabularies, Word,
};
pub use fault::{Failure, Fault};
pub(in crate::rules) use fault::{did_you_mean, listed};
pub use function::{Call, Function};
pub use record::{Record, RecordError};
pub use schema::{Field, ObjectType, Schema, Variable};
pub use scope::Scope;
pub use types::{Name, Type};
pub use uses::Uses;
pub use value::{List, Sequence, Value};

use check::Checker;
use program::{Node, Run, Stuck};

/// A checked expression over the facts. Cheap to clone and to share between threads.
#[derive(Clone)]
pub struct Condition {
    inner: Arc<Inner>,
}

struct Inner {
    source: Arc<str>,
    root: Node,
    uses: Uses,
}

impl Condition {
    /// Reads and checks `text`, which must be one of the types `expected` (any type, when there are none). `scope`
    /// holds the names, besides the schema's variables, that this condition may use.
    ///
    /// # Errors
    ///
    /// Every fault in the text, in its order.
    pub fn parse(
        text: &str,
        schema: &Schema,
        expected: &[Type],
        scope: &[(&str, Type)],
    ) -> Result<Self, Vec<Fault>> {
        syntax::with_tree(text, |syntax, tree| {
            let mut checker = Checker::new(syntax, schema, scope);
            let root = checker.whole(tree, expected);
            Self::built(text, root, checker)
        })
    }

    fn built(text: &str, root: Option<Node>, checker: Checker<'_>) -> Result<Self, Vec<Fault>> {
        let Checker { mut faults, uses, .. } = checker;
        match root {
            Some(root) if faults.is_empty() => {
                Ok(Self { inner: Arc::new(Inner { source: text.into(), root, uses }) })
            }
            _ if faults.is_empty() => Err(vec![Fault {
                span: 0..text.len(),
                message: "this is not a condition".to_owned(),
                suggestion: None,
            }]),
            _ => {
                faults.sort_by_key(|fault| (fault.span.start, fault.span.end));
                Err(faults)
            }
        }
    }

    /// Whether the condition holds.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it cannot be answered, which is never to be taken for `false`.
    pub fn test(&self, scope: &Scope<'_>) -> Result<bool, Failure> {
        Run::new(scope).truth(&self.inner.root).map_err(|stuck| self.failure(*stuck))
    }

    /// The value, borrowed from the facts.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it cannot be answered.
    pub fn value<'a>(&'a self, scope: &Scope<'a>) -> Result<Value<'a>, Failure> {
        Run::new(scope).value(&self.inner.root).map_err(|stuck| self.failure(*stuck))
    }

    /// Why it comes out as it does: each part that `&&` joins, and the facts that part asks.
    pub fn explain(&self, scope: &Scope<'_>) -> Explanation {
        explain::explain(&self.inner.source, &self.inner.root, scope)
    }

    /// The type of its value.
    pub fn kind(&self) -> &Type {
        &self.inner.root.kind
    }

    /// The text it was read from.
    pub fn source(&self) -> &str {
        &self.inner.source
    }

    /// The variables, fields, words and functions it mentions.
    pub fn uses(&self) -> &Uses {
        &self.inner.uses
    }

    /// The words of which `path`, such as `event.task.kind`, must be one for this to hold, where it says so plainly: by
    /// `==` or `in` among what `&&` joins, or in everything that `||` joins. None where it does not.
    pub fn words_wanted(&self, path: &str) -> Option<BTreeSet<&str>> {
        program::words_wanted(&self.inner.root, &|node| {
            self.inner.source.get(node.span.clone()) == Some(path)
        })
    }

    fn failure(&self, stuck: Stuck) -> Failure {
        Failure {
            source_text: self.inner.source.clone(),
            part: self.inner.source.get(stuck.span.clone()).unwrap_or_default().to_owned(),
            span: stuck.span,
            reason: stuck.reason,
        }
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Condition({})", self.source())
    }
}

/// `p in case.victims`: a name, and the list whose elements it stands for in turn.
#[derive(Clone, Debug)]
pub struct Selection {
    variable: Arc<str>,
    element: Type,
    list: Condition,
}

impl Selection {
    /// Reads and checks `text`. `scope` holds the names, besides the schema's variables, that the list may use.
    ///
    /// # Errors
    ///
    /// Every fault in the text, in its order.
    pub fn parse(text: &str, schema: &Schema, scope: &[(&str, Type)]) -> Result<Self, Vec<Fault>> {
        let (variable, list) = syntax::with_tree(text, |syntax, tree| {
            let mut checker = Checker::new(syntax, schema, scope);
            let parts = checker.selection(tree);
            let (variable, root) = parts.unzip();
            let list = Condition::built(text, root, checker)?;
            Ok((variable, list))
        })?;
        match (variable, list.kind().clone()) {
            (Some(variable), Type::List(element)) => {
                Ok(Self { variable: variable.into(), element: *element, list })
            }
            (_, kind) => {
                let message = format!("this is {kind}, and should be `name in list`");
                Err(vec![Fault { span: 0..text.len(), message, suggestion: None }])
            }
        }
    }

    /// The name and its type: what to add to the scope of the conditions that follow.
    pub fn variable(&self) -> (&str, Type) {
        (&self.variable, self.element.clone())
    }

    /// The list, as a condition.
    pub fn list(&self) -> &Condition {
        &self.list
    }

    /// The elements, in order.
    ///
    /// # Errors
    ///
    /// [`Failure`] when the list cannot be worked out.
    pub fn each<'a>(&'a self, scope: &Scope<'a>) -> Result<Vec<Value<'a>>, Failure> {
        match self.list.value(scope)? {
            Value::List(list) => Ok(list.iter().collect()),
            other => Ok(vec![other]),
        }
    }
}
