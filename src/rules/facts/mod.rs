//! What a rule may ask: the event, the case, and now. No names, no addresses, no free text.
//!
//! [`Facts`] are made once for each event and case, from the state under the case's lock. They are plain data: the
//! same value is what conditions read, what is kept as the decision input, and what a scenario states.

mod build;
mod declare;
mod functions;

pub use build::{Occurrence, build};
pub use declare::{Anchored, AnswerWords, QuestionWords, TopicWords, schema};

use crate::domain::case::{Phase, Risk};
use crate::domain::contact::CallerCheck;
use crate::domain::court::{Jurisdiction, Line, TrialOutcome};
use crate::domain::explanation::Cause;
use crate::domain::hearing::{
    ArrangementKind, ArrangementState, AttendanceState, HearingKind, HearingState, When,
};
use crate::domain::message::Medium;
use crate::domain::person::{Channel, Days, Role};
use crate::domain::task::Priority;
use crate::rules::form::Answered;
use crate::rules::outcomes::Topic;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How messages travelled that were kept before that was a fact.
fn by_email() -> Medium {
    Medium::Email
}

/// Everything a decision rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// What happened.
    pub event: EventFacts,
    /// The case it happened to.
    pub case: CaseFacts,
    /// The instant of the decision.
    pub now: DateTime<Utc>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventFacts {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// When it first reached the unit.
    pub received_at: DateTime<Utc>,
    /// When it happened in the world, where known.
    pub occurred_at: Option<DateTime<Utc>>,
    /// Lines of the court that stand now and did not before.
    pub added: Vec<ResultFacts>,
    /// Lines of the court that stood before and are gone.
    pub removed: Vec<ResultFacts>,
    /// Whether the court had shared this hearing day before.
    pub again: bool,
    /// The hearing it is about.
    pub hearing: Option<HearingFacts>,
    /// Hearings that were newly listed, or listed again.
    pub listed: Vec<HearingFacts>,
    /// Hearings that had been ordered and are not any more.
    pub withdrawn: Vec<HearingFacts>,
    /// Whom it is about.
    pub about: Option<ParticipantFacts>,
    /// The task it is about, as it stands after the event.
    pub task: Option<TaskFacts>,
    /// A completed or attempted task's outcome; how a logged contact was made; the reason of a trial taken out.
    pub word: Option<String>,
    /// What came up in a logged contact, in words of the pack.
    #[serde(default)]
    pub topics: Vec<String>,
    /// Whether somebody turned to the unit in a logged contact, and not the unit to them.
    #[serde(default)]
    pub incoming: bool,
    /// What of somebody's details changed: name, born-on, phone, email, address, language, safe-word.
    #[serde(default)]
    pub changed: Vec<String>,
    /// How it was made sure of whom a logged contact was with.
    #[serde(default)]
    pub check: Option<CallerCheck>,
    /// The attendance it is about.
    pub attendance: Option<AttendanceFacts>,
    /// The kind of the message it is about.
    pub message: Option<MessageFacts>,
    /// What a raised event rests on.
    pub causes: Vec<Cause>,
}

/// The case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFacts {
    /// Its id.
    pub id: String,
    /// How far it has come.
    pub phase: Phase,
    /// Risk to the victim.
    pub risk: Risk,
    /// Flags, proposed ones included.
    pub flags: Vec<String>,
    /// Whether somebody owns it.
    pub has_owner: bool,
    /// When the unit took it on.
    pub opened_at: DateTime<Utc>,
    /// Everybody in it who has not left.
    pub participants: Vec<ParticipantFacts>,
    /// Those who are charged.
    pub defendants: Vec<DefendantFacts>,
    /// Every line of the court that stands.
    pub results: Vec<ResultFacts>,
    /// Its hearings.
    pub hearings: Vec<HearingFacts>,
    /// Attendances at the present listing of each hearing, and at earlier ones.
    pub attendances: Vec<AttendanceFacts>,
    /// What is booked.
    pub arrangements: Vec<ArrangementFacts>,
    /// What is and was owed.
    pub duties: Vec<DutyFacts>,
    /// Work to be done and done.
    pub tasks: Vec<TaskFacts>,
    /// Correspondence.
    pub messages: Vec<MessageFacts>,
}

/// Somebody's part in the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantFacts {
    /// Their id in the case.
    pub id: String,
    /// The parts they play.
    pub roles: Vec<Role>,
    /// Whether they were under 18 at the time of the offence.
    pub child: bool,
    /// Whether they have Enhanced Rights, or it is proposed.
    pub enhanced: bool,
    /// Whether nothing says which offence or defendant concerns them.
    pub unlinked: bool,
    /// Whether they asked to hear of every hearing.
    pub wants_updates: bool,
    /// The offences that concern them.
    pub offences: Vec<String>,
    /// The defendants who concern them.
    pub defendants: Vec<String>,
    /// Whom they support or speak for.
    pub supports: Vec<String>,
    /// Whether they have leave to be told, now.
    pub consent: bool,
    /// Their resource team's directory entry.
    pub resource_team: Option<String>,
    /// Whether a person confirmed that they have Enhanced Rights.
    #[serde(default)]
    pub confirmed: bool,
    /// Whether they are reached through somebody else alone.
    #[serde(default)]
    pub through_another: bool,
    /// When they were last asked on which days they can come to court.
    #[serde(default)]
    pub availability_at: Option<DateTime<Utc>>,
    /// The days on which they cannot.
    #[serde(default)]
    pub unavailable: Vec<Days>,
    /// Ways in which they may not be reached.
    #[serde(default)]
    pub unsafe_channels: Vec<Channel>,
}

/// Somebody who is charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefendantFacts {
    /// The court's id.
    pub id: String,
    /// Whether the court treats them as a youth.
    pub youth: bool,
    /// Whether they are a company or other legal entity.
    pub organisation: bool,
    /// Whether the court says the proceedings against them have ended.
    pub concluded: bool,
    /// The offences they are charged with.
    pub offences: Vec<String>,
}

/// A line of the court.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultFacts {
    /// Its id.
    pub id: String,
    /// What sort of line.
    pub line: Line,
    /// What it means here, a word of `outcomes.yaml`.
    pub outcome: String,
    /// Whether it settles the outcome of the case for its offence.
    pub is_final: bool,
    /// Whether people who concern it are told of it at all.
    pub told: bool,
    /// What it is about.
    pub topic: Topic,
    /// The codes it came with, by which another pack may read it otherwise: type id, CJS code, short code.
    pub codes: [Option<String>; 3],
    /// Its qualifiers.
    pub qualifiers: Vec<String>,
    /// The defendant it is about.
    pub defendant: Option<String>,
    /// The offence it is about.
    pub offence: Option<String>,
    /// The day it was ordered.
    pub ordered_on: Option<NaiveDate>,
    /// Whether the court marked it urgent.
    pub urgent: bool,
    /// What became of a trial; trial lines only.
    pub trial: Option<TrialOutcome>,
    /// The kind of hearing ordered; next-hearing lines only.
    pub next: Option<HearingKind>,
}

/// A hearing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HearingFacts {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub kind: HearingKind,
    /// Which kind of court.
    pub jurisdiction: Option<Jurisdiction>,
    /// Where it stands.
    pub state: HearingState,
    /// Its listing number.
    pub listing: i32,
    /// When, in full: what a deadline counts from.
    pub when: When,
    /// Whose hearing it is.
    pub defendants: Vec<String>,
    /// Whether the court's hearing could be any of several planned ones.
    pub ambiguous: bool,
}

/// Somebody's attendance at a listing of a hearing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttendanceFacts {
    /// Its id.
    pub id: String,
    /// Who.
    pub participant: String,
    /// Which hearing.
    pub hearing: String,
    /// Which listing.
    pub listing: i32,
    /// Whether that is the hearing's present listing.
    pub current: bool,
    /// How far it has come.
    pub state: AttendanceState,
}

/// A booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArrangementFacts {
    /// Its id.
    pub id: String,
    /// Which hearing.
    pub hearing: String,
    /// Which listing.
    pub listing: i32,
    /// What.
    pub kind: ArrangementKind,
    /// For whom, where it is for one participant.
    #[serde(default)]
    pub of: Option<String>,
    /// How far it has come.
    pub state: ArrangementState,
}

/// Something owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyFacts {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// To whom.
    pub to: String,
    /// Whether it is still owed.
    pub open: bool,
    /// Whether the person was told.
    pub met: bool,
    /// When it is due.
    pub due_at: Option<DateTime<Utc>>,
    /// When it arose: what its clocks count from.
    #[serde(default)]
    pub arose_at: DateTime<Utc>,
    /// What it rests on.
    pub causes: Vec<Cause>,
}

/// Work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskFacts {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Whom it is about.
    pub about: Option<String>,
    /// Which hearing it is about.
    pub hearing: Option<String>,
    /// Whether work is still to be done.
    pub open: bool,
    /// How urgent it is.
    pub priority: Priority,
    /// How it ended.
    pub outcome: Option<String>,
    /// Tries so far.
    pub attempts: usize,
    /// When it is due.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether somebody has it.
    pub assigned: bool,
    /// When it was raised.
    #[serde(default)]
    pub raised_at: DateTime<Utc>,
    /// When it ended.
    #[serde(default)]
    pub ended_at: Option<DateTime<Utc>>,
    /// What is known of its answers.
    #[serde(default)]
    pub answers: BTreeMap<String, Answered>,
    /// What it rests on.
    pub causes: Vec<Cause>,
}

/// A piece of correspondence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageFacts {
    /// Its id.
    pub id: String,
    /// Its template.
    pub template: String,
    /// How it travels.
    #[serde(default = "by_email")]
    pub medium: Medium,
    /// The participant it is for.
    pub to: Option<String>,
    /// The participant it is about, where its rule says so.
    #[serde(default)]
    pub about: Option<String>,
    /// Whether it has left.
    pub sent: bool,
    /// Whether it can still be stopped.
    pub unsent: bool,
    /// What it rests on.
    pub causes: Vec<Cause>,
}
