//! Mail that came in, as far as it is acted on: what it is, which message of ours it answers, and who wrote it.
//!
//! What is written in it stays in its bytes, which are sealed as a document of the case, and reaches neither a rule nor a
//! message.

use super::email::EmailAddress;
use super::ids::{DocumentId, MessageId};
use crate::words;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

words! {
    /// What a mail is, as rules hear of it.
    pub enum MailWord as "incoming mail" {
        /// It answers a message of ours.
        Reply = "reply",
        /// A message came back.
        Bounce = "bounce",
        /// Written by a machine for somebody who is away, or to say that a mail has come (RFC 3834).
        OutOfOffice = "out-of-office",
        /// They come to a hearing that we entered in their calendar (RFC 5546).
        Accepted = "accepted",
        /// They do not come.
        Declined = "declined",
        /// They may come, or ask for another time.
        Tentative = "tentative",
        /// A machine says that a mail was delivered, displayed or is late: there is nothing to do.
        DeliveryNotice = "delivery-notice",
        /// Something else.
        Other = "other",
    }
}

/// Which entry of a calendar is answered, and which version of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryAnswered {
    /// The entry's name; see [`super::message::Recipient::calendar_entry`].
    pub uid: Uuid,
    /// The version, where the answer says it.
    pub sequence: Option<i64>,
}

/// A mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailIn {
    /// Under which it is kept as a document.
    pub document: DocumentId,
    /// What it is; once its case is at hand, an answer may turn out to be one that a person must read.
    pub word: MailWord,
    /// The message of ours that it answers.
    pub answers: Option<MessageId>,
    /// The entry of a calendar that it answers.
    pub entry: Option<EntryAnswered>,
    /// Who wrote it, as it says.
    pub from: Option<EmailAddress>,
    /// The status of a delivery that failed (RFC 3463), such as 5.1.1.
    pub status: Option<String>,
    /// SHA-256 of its bytes, hex.
    pub hash: String,
    /// How many bytes it has.
    pub bytes: u64,
}

impl std::fmt::Debug for MailIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MailIn({}, {}, {} bytes)", self.document, self.word, self.bytes)
    }
}
