//! Why something that was asked is refused: the few kinds that a caller can act on.

use serde::{Deserialize, Serialize};

/// A refusal. Nothing was recorded and nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// There is no such thing, or the caller may not see it.
    #[error("there is no {what} {id}")]
    NotFound {
        /// What was looked for.
        what: String,
        /// By which id or reference.
        id: String,
    },
    /// It is there already.
    #[error("{what} {id} is there already")]
    AlreadyExists {
        /// What.
        what: String,
        /// Under which id or reference.
        id: String,
    },
    /// Somebody changed it since the caller looked.
    #[error("{what} {id} is at version {held}, not {given}: read it again, then decide again")]
    Stale {
        /// What.
        what: String,
        /// Which.
        id: String,
        /// Its version.
        held: i64,
        /// The version that was given.
        given: i64,
    },
    /// It is not in a state in which that can be done.
    #[error("{what} {id} is {state}: {wanted}")]
    IllegalMove {
        /// What.
        what: String,
        /// Which.
        id: String,
        /// Its state.
        state: String,
        /// What would be needed.
        wanted: String,
    },
    /// A value is missing or wrong.
    #[error("{field}: {problem}")]
    Invalid {
        /// The field, by its path in the request.
        field: String,
        /// What is wrong with it and what was expected.
        problem: String,
    },
    /// A value that must be given is not.
    #[error("{field}: {problem}")]
    Required {
        /// The field, by its path in the request.
        field: String,
        /// What is wanted there.
        problem: String,
    },
    /// A word that the active pack does not know there.
    #[error("{field}: {problem}")]
    UnknownWord {
        /// The field, by its path in the request.
        field: String,
        /// What was expected.
        problem: String,
    },
    /// Several values are missing or wrong.
    #[error("{} fields are missing or wrong: {}", .violations.len(), .violations[0])]
    Fields {
        /// Whether all of them are missing.
        missing: bool,
        /// Each of them; at least one.
        violations: Vec<Violation>,
    },
    /// An instant that must have passed lies in the future.
    #[error("{field}: must not lie ahead")]
    Ahead {
        /// The field, by its path in the request.
        field: String,
    },
    /// A member of staff cannot take the work.
    #[error("member of staff {staff} cannot take it: {why}")]
    Unsuitable {
        /// Who.
        staff: String,
        /// Why.
        why: String,
    },
    /// A `request_id` was used before for something else.
    #[error("request {reference} was used before for something else: take a new one")]
    Reused {
        /// The reference.
        reference: String,
    },
}

/// A field that is missing or wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The field, by its path in the request.
    pub field: String,
    /// What is wrong with it and what was expected.
    pub problem: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.field, self.problem)
    }
}

impl Refusal {
    /// There is no `what` with this id.
    pub fn not_found(what: &str, id: impl ToString) -> Self {
        Self::NotFound { what: what.to_owned(), id: id.to_string() }
    }

    /// A field is missing or wrong.
    pub fn invalid(field: &str, problem: impl Into<String>) -> Self {
        Self::Invalid { field: field.to_owned(), problem: problem.into() }
    }

    /// A value that must be given is not.
    pub fn required(field: &str, problem: impl Into<String>) -> Self {
        Self::Required { field: field.to_owned(), problem: problem.into() }
    }

    /// A word is not one of the active pack's.
    pub fn unknown_word(field: &str, problem: impl Into<String>) -> Self {
        Self::UnknownWord { field: field.to_owned(), problem: problem.into() }
    }

    /// An instant lies in the future and must not.
    pub fn ahead(field: &str) -> Self {
        Self::Ahead { field: field.to_owned() }
    }

    /// A member of staff cannot take the work.
    pub fn unsuitable(staff: impl ToString, why: &str) -> Self {
        Self::Unsuitable { staff: staff.to_string(), why: why.to_owned() }
    }
}
