//! What a unit brings of a case that it worked before it used usher: how things stood, and who had been told what.
//!
//! It comes in with the case in one event, so that nothing is between: a court result that waited for the case finds
//! everybody's dates and duties in place, and nobody is told a second time.

use super::by_hand::ByHand;
use super::contact::Means;
use super::hearing::AttendanceState;
use super::ids::{HearingId, ParticipantId};
use super::person::{Channel, Named};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// How a case stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct SoFar {
    /// When the unit took it on; when it was brought where none.
    pub opened_at: Option<DateTime<Utc>>,
    /// Hearings to come.
    pub hearings: Vec<(HearingId, ByHand)>,
    /// How things stood with each of its people.
    pub people: Vec<PersonSoFar>,
}

/// How things stood with somebody in the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonSoFar {
    /// Who.
    pub participant: ParticipantId,
    /// Ways of reaching them that are unsafe.
    pub unsafe_channels: Vec<Channel>,
    /// The defendants and offences that concern them, by name.
    pub concerns: Vec<Named>,
    /// How far they were with each hearing.
    pub attendances: Vec<AttendanceSoFar>,
    /// What they had been told.
    pub told: Vec<Told>,
    /// What they were still to be told.
    pub owed: Vec<Owed>,
}

/// How far somebody's attendance had come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttendanceSoFar {
    /// Which hearing of those brought.
    pub hearing: HearingId,
    /// How far: required, warned or confirmed.
    pub state: AttendanceState,
    /// Since when; as it was recorded where none.
    pub at: Option<DateTime<Utc>>,
    /// By what means they were told.
    pub told_by: Option<Means>,
}

/// What something was, or is to be, told about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// A hearing of those brought: its date, that they must come to it.
    Hearing(HearingId),
    /// What a court decided on this day.
    Day(NaiveDate),
    /// The case as a whole: the charge.
    Case,
}

/// Something that somebody had been told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The kind of duty that was met, a word of the pack.
    pub kind: String,
    /// About what.
    pub about: About,
    /// When.
    pub at: DateTime<Utc>,
    /// By what means.
    pub by: Means,
}

/// Something that somebody was still to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// The kind of duty, a word of the pack.
    pub kind: String,
    /// About what.
    pub about: About,
    /// By when; by the end of the next working day where none.
    pub due_at: Option<DateTime<Utc>>,
}
