//! Correspondence: e-mail, letter, form.
//!
//! Text and Message-ID are frozen when a message is decided; the address, consent and safe contact are checked
//! again when it leaves.
//!
//! ```text
//! draft → queued → sending → sent → bounced
//!   │        │        ├──→ deferred → sending
//!   │        │        ├──→ refused
//!   │        │        └──→ unknown
//!   │        └─→ held → queued        letters: queued → printed
//!   └─→ superseded | cancelled
//! ```

use super::event::Fate;
use super::explanation::Explanation;
use super::ids::{DirectoryId, HearingId, MessageId, ParticipantId, StaffId, TaskId, derived};
use crate::words;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How the keys of messages begin that brief somebody; thousands of them leave a unit's desk in a year.
pub const BRIEFING_KEY: &str = "briefing/";

words! {
    /// How a message travels.
    pub enum Medium as "medium" {
        /// By e-mail.
        Email = "email",
        /// Printed and posted.
        Letter = "letter",
        /// A form sent by e-mail as structured text.
        Form = "form",
    }
}

words! {
    /// Who a message is written for: a view of the facts is chosen by it, and the text is rendered from that view
    /// alone.
    pub enum Audience as "audience" {
        /// The police officer in the case.
        OfficerInCase = "officer-in-case",
        /// The team that rosters police witnesses: sees witnesses by collar number, courts and dates only.
        ResourceTeam = "resource-team",
        /// A police witness.
        PoliceWitness = "police-witness",
        /// An adviser with consent.
        Adviser = "adviser",
        /// An agency such as the Witness Service.
        Agency = "agency",
        /// A court.
        Court = "court",
        /// The Crown Prosecution Service.
        Cps = "cps",
        /// A victim.
        Victim = "victim",
        /// A civilian or professional witness.
        Witness = "witness",
        /// The unit's own people.
        Staff = "staff",
        /// A body that somebody is referred to, or that is asked to make them safer: sees who they are, how they may
        /// safely be reached and what may be passed on.
        Referral = "referral",
    }
}

words! {
    /// What a message does to its reader's calendar.
    pub enum CalendarUse as "calendar" {
        /// It enters a hearing that they must attend, or moves it to its new date.
        Invitation = "invitation",
        /// It takes the hearing out.
        Cancellation = "cancellation",
    }
}

/// The calendar object that goes with a message, frozen like its text; who asks and who is asked are added when it
/// leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarPart {
    /// What it does.
    pub does: CalendarUse,
    /// The object (RFC 5545).
    pub text: String,
}

words! {
    /// Where a message stands.
    pub enum MessageState as "message state" {
        /// Written, and waits for a task to be completed or a person to release it.
        Draft = "draft",
        /// May leave from its `not_before` on.
        Queued = "queued",
        /// Leased by a process that is sending it.
        Sending = "sending",
        /// The relay has taken it.
        Sent = "sent",
        /// The relay put it off; it will be tried again.
        Deferred = "deferred",
        /// The relay refused it.
        Refused = "refused",
        /// It may or may not have been taken: the line broke after its text was handed over.
        Unknown = "unknown",
        /// It came back.
        Bounced = "bounced",
        /// Printed.
        Printed = "printed",
        /// Kept back, with a reason.
        Held = "held",
        /// A newer message says what this one would have said.
        Superseded = "superseded",
        /// Stopped by a person, or because what it rested on was removed.
        Cancelled = "cancelled",
    }
}

impl MessageState {
    /// Whether the outbox may move a message from here by itself, without its case.
    #[must_use]
    pub fn is_with_outbox(self) -> bool {
        matches!(self, Self::Queued | Self::Deferred | Self::Sending)
    }

    /// Whether the message has not left and may still be changed or stopped.
    #[must_use]
    pub fn is_unsent(self) -> bool {
        matches!(self, Self::Draft | Self::Queued | Self::Held | Self::Deferred)
    }
}

impl Message {
    /// Whether it briefs one of the unit's people.
    #[must_use]
    pub fn is_briefing(&self) -> bool {
        self.key.starts_with(BRIEFING_KEY)
    }
}

impl Fate {
    /// The state to which it brings a message, and what there is to say of it.
    #[must_use]
    pub fn brings(&self) -> (MessageState, Option<&str>) {
        match self {
            Self::Sent => (MessageState::Sent, None),
            Self::Printed => (MessageState::Printed, None),
            Self::Refused { reason } => (MessageState::Refused, Some(reason)),
            Self::Unknown { reason } => (MessageState::Unknown, Some(reason)),
            Self::Bounced { reason } => (MessageState::Bounced, Some(reason)),
            Self::Unaddressed { reason } => (MessageState::Held, Some(reason)),
        }
    }
}

/// Who a message is for: a reference, resolved to an address again each time it is about to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recipient {
    /// Somebody in the case.
    Participant(ParticipantId),
    /// An entry of the contact directory: a resource team, an agency, a court.
    Directory(DirectoryId),
    /// One of the unit's own people.
    Staff(StaffId),
}

/// Versions of a calendar entry for one listing of its hearing: its number is the listing's times this, and one more for
/// each version before it.
pub const ENTRY_VERSIONS: i64 = 100;

impl Recipient {
    /// The name, for ever, of the entry that they have in their calendar of a hearing.
    #[must_use]
    pub fn calendar_entry(self, hearing: HearingId) -> Uuid {
        let to = match self {
            Self::Participant(id) => id.0,
            Self::Directory(id) => id.0,
            Self::Staff(id) => id.0,
        };
        derived(&[b"calendar entry", hearing.0.as_bytes(), to.as_bytes()])
    }
}

/// A piece of correspondence.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// What makes it the same message: template, recipient, and what it is about.
    pub key: String,
    /// The pack's template.
    pub template: String,
    /// How it travels.
    pub medium: Medium,
    /// Whom it is written for.
    pub audience: Audience,
    /// Whom it goes to.
    pub to: Recipient,
    /// Whom it is about, where a rule says so.
    #[serde(default)]
    pub about: Option<ParticipantId>,
    /// Which hearing it is about.
    pub hearing: Option<HearingId>,
    /// Where it stands.
    pub state: MessageState,
    /// Why it is held, superseded, cancelled or refused.
    pub state_reason: Option<String>,
    /// Not before this: court results settle first.
    pub not_before: DateTime<Utc>,
    /// The task that must be completed first.
    pub after_task: Option<TaskId>,
    /// The frozen Message-ID, without angle brackets.
    pub message_id: String,
    /// The subject: never a name or an offence.
    pub subject: String,
    /// The frozen text.
    pub text: String,
    /// What goes with it for its reader's calendar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarPart>,
    /// When it was written.
    pub written_at: DateTime<Utc>,
    /// Why it is sent.
    pub because: Vec<Explanation>,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Message({}, {}, {}, {})", self.id, self.template, self.audience, self.state)
    }
}
