//! What becomes of a message outside, and what people do to one.

use serde::{Deserialize, Serialize};

/// What became of a message outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// The relay took it.
    Sent,
    /// The relay refused it.
    Refused {
        /// What it answered, with addresses masked.
        reason: String,
    },
    /// The line broke after its text was handed over.
    Unknown {
        /// What happened.
        reason: String,
    },
    /// It came back.
    Bounced {
        /// What the other side said, with addresses masked.
        reason: String,
    },
    /// At lease or at print its recipient could not be resolved: no consent, no safe address.
    Unaddressed {
        /// Why.
        reason: String,
    },
    /// Its letter was printed.
    Printed,
}

impl Fate {
    /// The kind of event that it makes.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sent => "message.sent",
            Self::Refused { .. } => "message.refused",
            Self::Unknown { .. } => "message.unknown",
            Self::Bounced { .. } => "message.bounced",
            Self::Unaddressed { .. } => "message.unaddressed",
            Self::Printed => "message.printed",
        }
    }
}

/// What a person does to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageAction {
    /// Let it leave.
    Release,
    /// Keep it back.
    Hold,
    /// Stop it.
    Cancel,
    /// Try again after a refusal or an unknown outcome.
    Retry,
    /// A letter that was marked as printed is still here.
    Unmark,
}
