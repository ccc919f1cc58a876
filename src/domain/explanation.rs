//! Why something is there: the event, the rule and its citation, the causes, and how each clock was counted.

use super::deadline::{Formula, Step};
use super::event::Event;
use super::ids::EventId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What an effect rests on, by id: result lines, a hearing's listing, a duty, a task.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cause(pub String);

/// One reason for an effect. An effect that several rules or events asked for carries one for each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// What happened.
    pub event: EventId,
    /// The kind of event, such as `hearing.resulted`.
    pub event_kind: String,
    /// The rule that asked for it.
    pub rule: String,
    /// What the rule rests on, such as a paragraph of the Victims' Code.
    pub cites: Option<String>,
    /// The content hash of the pack that held the rule.
    pub pack: String,
    /// When it was decided.
    pub decided_at: DateTime<Utc>,
    /// What it rests on.
    pub causes: Vec<Cause>,
    /// How the local target was counted.
    pub target_steps: Vec<Step>,
    /// How the statutory due time was counted.
    pub due_steps: Vec<Step>,
    /// What to count the local target by again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_formula: Option<Formula>,
    /// What to count the statutory due time by again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_formula: Option<Formula>,
}

impl Explanation {
    /// Why something is there that follows from an event itself: no causes, no clocks, no citation yet.
    #[must_use]
    pub fn of(event: &Event, rule: &str, pack: &str, decided_at: DateTime<Utc>) -> Self {
        Self {
            event: event.id,
            event_kind: event.payload.kind().to_owned(),
            rule: rule.to_owned(),
            cites: None,
            pack: pack.to_owned(),
            decided_at,
            causes: Vec::new(),
            target_steps: Vec::new(),
            due_steps: Vec::new(),
            target_formula: None,
            due_formula: None,
        }
    }
}

/// Clocks that were counted anew, because the calendar or a limit changed: what they were before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockMoved {
    /// When they were counted anew.
    pub at: DateTime<Utc>,
    /// The event by which they were.
    pub event: EventId,
    /// The content hash of the pack under which they were.
    pub pack: String,
    /// The local target as it was.
    pub target_was: Option<DateTime<Utc>>,
    /// The due time as it was.
    pub due_was: Option<DateTime<Utc>>,
}
