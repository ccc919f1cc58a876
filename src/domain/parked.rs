//! Events that cannot be handled wait for a person, who has them handled again or lets them go.

use serde::{Deserialize, Serialize};

/// What a person does to an event that is parked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParkedAction {
    /// Have it handled again.
    Retry,
    /// It need not be handled.
    Discard {
        /// Why.
        reason: String,
    },
}
