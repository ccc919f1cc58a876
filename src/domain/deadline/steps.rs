//! How a deadline was counted, in short sentences for the people who work by it.
//!
//! Sentences cost more than the arithmetic, so they are made only where somebody asked for them: the counting code
//! hands over a closure, and [`Steps::Unwanted`] never calls it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One sentence of an explanation: `Tue 29 Dec 2026 is working day 1`. Times in it are London's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Step(String);

impl Step {
    /// The sentence.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where the sentences go.
#[derive(Debug)]
pub(super) enum Steps {
    Wanted(Vec<Step>),
    Unwanted,
}

impl Steps {
    /// Adds the sentence that `sentence` makes, if anybody wants it.
    pub(super) fn say(&mut self, sentence: impl FnOnce() -> String) {
        if let Steps::Wanted(steps) = self {
            steps.push(Step(sentence()));
        }
    }

    pub(super) fn wanted(&self) -> bool {
        matches!(self, Steps::Wanted(_))
    }

    pub(super) fn into_vec(self) -> Vec<Step> {
        match self {
            Steps::Wanted(steps) => steps,
            Steps::Unwanted => Vec::new(),
        }
    }
}
