//! What a condition mentions: for "where is this limit used" and for asking only the rules a change concerns.

use std::collections::BTreeSet;

/// The names a condition mentions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// Variables, such as `case`.
    pub variables: BTreeSet<String>,
    /// Fields with their object type, such as `participant.enhanced`.
    pub fields: BTreeSet<String>,
    /// Words with their vocabulary, such as (`participant-role`, `victim`).
    pub words: BTreeSet<(String, String)>,
    /// Functions and methods of the schema, such as `concerns`.
    pub functions: BTreeSet<String>,
}
