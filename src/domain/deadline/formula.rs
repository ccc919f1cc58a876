//! A deadline with what it was counted from, kept so that it can be counted again under another calendar.

use super::Anchor;
use serde::{Deserialize, Serialize};

/// How an instant came about, in the grammar of this module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Formula {
    /// The deadline's text; limits stand in it by their names.
    pub deadline: String,
    /// What each anchor stood for when it was counted.
    pub anchors: Vec<(String, Anchor)>,
}

impl Formula {
    /// What an anchor stood for.
    #[must_use]
    pub fn anchor(&self, name: &str) -> Anchor {
        self.anchors.iter().find(|(known, _)| known == name).map_or(Anchor::Missing, |(_, anchor)| *anchor)
    }
}
