//! A mail as it was frozen when it was decided: all it takes to write the same bytes on every try.
//!
//! One mail has one recipient. A relay may take one of several recipients and refuse another in the same transaction,
//! and then no single outcome is true; and nobody is to see who else was told.

use std::fmt;

use chrono::{DateTime, Utc};

use super::MessageId;
use crate::domain::email::EmailAddress;

/// A frozen mail. Nothing in it comes from the moment of sending.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Fixed before the first try; without brackets.
    pub message_id: MessageId,
    /// The `Date` header, UTC: when it was decided.
    pub date: DateTime<Utc>,
    /// The envelope's sender, to which bounces go ([`ReturnPath`](super::ReturnPath)).
    pub envelope_from: EmailAddress,
    /// Whom it says it is from.
    pub from: Sender,
    /// Where answers go, if elsewhere.
    pub reply_to: Option<EmailAddress>,
    /// The one recipient, of envelope and header alike.
    pub to: EmailAddress,
    /// The subject: one line, any letters.
    pub subject: String,
    /// The text, any line endings.
    pub text: String,
    /// The same in HTML.
    pub html: Option<String>,
    /// Files that go with it.
    pub attachments: Vec<Attachment>,
    /// Further headers, such as `Auto-Submitted`. Those that this type already has a field for, and those that
    /// belong to MIME or to relays, are refused.
    pub headers: Vec<(String, String)>,
}

/// Name and address a mail comes from.
#[derive(Clone, PartialEq, Eq)]
pub struct Sender {
    /// Shown name: the unit's, as a rule.
    pub name: Option<String>,
    /// Address.
    pub address: EmailAddress,
}

/// A file that goes with a mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// File name shown, without folders.
    pub name: String,
    /// MIME type: `text/calendar; method=REQUEST; charset=utf-8`.
    pub content_type: String,
    /// Content.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Mail {
    /// Identity and sizes: never the recipient, the subject or the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("message_id", &self.message_id)
            .field("date", &self.date)
            .field("to", &self.to)
            .field("text_bytes", &self.text.len())
            .field("attachments", &self.attachments)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("address", &self.address).finish_non_exhaustive()
    }
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachment")
            .field("content_type", &self.content_type)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}
