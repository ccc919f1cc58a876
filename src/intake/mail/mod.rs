//! Mail that comes in (RFC 5322): who wrote it, what it answers, and what kind of mail it is.
//!
//! A message of ours is known by its id, which is a UUID and stands in its Message-ID and in its return path; domains
//! are not compared, because relays rewrite them. Nothing is believed of a mail but what it takes to find its place:
//! what is written in it is for people.

mod answers;
mod itip;
mod kind;
mod references;
#[cfg(test)]
mod tests;

pub use kind::{Kind, MeetingAnswer};

use crate::domain::email::EmailAddress;
use crate::domain::mail_in::{EntryAnswered, MailWord};
use chrono::{DateTime, Utc};
use mail_parser::{Address, Message, MessageParser, MimeHeaders, PartType};
use std::panic::{AssertUnwindSafe, catch_unwind};
use uuid::Uuid;

/// The most headers of content that a mail may have: messages lie in messages at most so deep.
const PARTS_MAX: usize = 500;
/// How much of the text is looked through for references, in characters.
const TEXT_CHARS_MAX: usize = 40_000;
/// How many addressees, and names of attachments, are kept.
const LIST_MAX: usize = 50;

/// A mail as it was read.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Who wrote it, as it says; none where that is no address that usher could write to.
    pub from: Option<EmailAddress>,
    /// To whom it went, as far as it says.
    pub to: Vec<EmailAddress>,
    /// When it was written, as it says.
    pub date: Option<DateTime<Utc>>,
    /// Its Message-ID, without brackets.
    pub message_id: Option<String>,
    /// What may be messages of ours that it answers, the likeliest first.
    pub answers: Vec<Uuid>,
    /// Its subject.
    pub subject: String,
    /// What kind of mail it is.
    pub kind: Kind,
    /// What is written in it, its beginning.
    pub text: String,
    /// What is attached.
    pub attachments: Vec<Attached>,
}

/// Something attached to a mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Attached {
    /// Its file name; empty where it has none.
    pub name: String,
    /// How many bytes it has.
    pub bytes: usize,
}

/// Bytes that are no mail, or one that is not taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoMail {
    /// They are something else.
    #[error("it is no mail: expected headers such as From and Date, and a body (RFC 5322)")]
    Other,
    /// It has more parts than anybody writes.
    #[error("it has more than {PARTS_MAX} parts: a person must look at it")]
    TooManyParts,
    /// It cannot be taken apart.
    #[error("it cannot be taken apart: a person must look at it")]
    Broken,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { kind, answers, attachments, .. } = self;
        write!(f, "Mail({kind:?}, answers {}, {} attached)", answers.len(), attachments.len())
    }
}

impl Mail {
    /// What it is, in the domain's words.
    #[must_use]
    pub fn word(&self) -> MailWord {
        match self.kind {
            Kind::Bounce { .. } => MailWord::Bounce,
            Kind::DeliveryNotice => MailWord::DeliveryNotice,
            Kind::AutoReply => MailWord::OutOfOffice,
            Kind::Meeting { answer: MeetingAnswer::Accepted, .. } => MailWord::Accepted,
            Kind::Meeting { answer: MeetingAnswer::Declined, .. } => MailWord::Declined,
            Kind::Meeting { answer: MeetingAnswer::Tentative, .. } => MailWord::Tentative,
            Kind::Ordinary => MailWord::Other,
        }
    }

    /// The entry of a calendar that it answers.
    #[must_use]
    pub fn entry(&self) -> Option<EntryAnswered> {
        match self.kind {
            Kind::Meeting { entry, .. } => entry,
            _ => None,
        }
    }

    /// The status of a delivery that failed.
    #[must_use]
    pub fn status(&self) -> Option<&str> {
        match &self.kind {
            Kind::Bounce { status } => status.as_deref(),
            _ => None,
        }
    }

    /// What in its subject, else in its text, may be references of cases.
    #[must_use]
    pub fn references(&self) -> [Vec<crate::domain::case::Reference>; 2] {
        [references::in_text(&self.subject), references::in_text(&self.text)]
    }
}

/// Reads a mail.
///
/// # Errors
/// [`NoMail`], which repeats nothing of it.
pub fn read(bytes: &[u8]) -> Result<Mail, NoMail> {
    // Messages lie in messages, and are let go of one within the other: without a limit that ends the process.
    if headers_of_content(bytes) > PARTS_MAX {
        return Err(NoMail::TooManyParts);
    }
    // The parser is meant never to panic; bytes that anybody may send are no place to rely on that.
    catch_unwind(AssertUnwindSafe(|| taken_apart(bytes))).unwrap_or(Err(NoMail::Broken))
}

fn headers_of_content(bytes: &[u8]) -> usize {
    const NAME: &[u8] = b"content-type";
    bytes.windows(NAME.len()).filter(|window| window.eq_ignore_ascii_case(NAME)).count()
}

fn taken_apart(bytes: &[u8]) -> Result<Mail, NoMail> {
    let message = MessageParser::default().parse(bytes).ok_or(NoMail::Other)?;
    if message.from().is_none() && message.date().is_none() && message.message_id().is_none() {
        return Err(NoMail::Other);
    }
    let subject = one_line(message.subject().unwrap_or_default());
    let text = message.body_text(0).unwrap_or_default();
    let text: String = text.chars().take(TEXT_CHARS_MAX).collect();
    let kind = kind::of(&message, &subject);
    let date = message.date().and_then(|date| DateTime::from_timestamp(date.to_timestamp(), 0));
    Ok(Mail {
        from: addresses(message.from()).next(),
        to: addresses(message.to()).chain(addresses(message.cc())).take(LIST_MAX).collect(),
        date,
        message_id: message.message_id().map(|id| id.chars().take(500).collect()),
        answers: answers::of(&message),
        subject,
        kind,
        text,
        attachments: message.attachments().take(LIST_MAX).map(attached).collect(),
    })
}

fn attached(part: &mail_parser::MessagePart<'_>) -> Attached {
    let name = part.attachment_name().unwrap_or_default();
    Attached { name: one_line(name).chars().take(200).collect(), bytes: part.len() }
}

fn addresses<'m>(list: Option<&'m Address<'_>>) -> impl Iterator<Item = EmailAddress> + 'm {
    let all = list.into_iter().flat_map(Address::iter);
    all.filter_map(|one| EmailAddress::parse(one.address()?).ok())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(500).collect()
}

/// The text of the first part of this type, in the message itself or in a message within it.
fn part_of(message: &Message<'_>, of: &str, subtypes: &[&str]) -> Option<String> {
    let is_it = |part: &&mail_parser::MessagePart<'_>| {
        subtypes.iter().any(|subtype| part.is_content_type(of, subtype))
    };
    let part = message.parts.iter().find(is_it)?;
    match &part.body {
        PartType::Multipart(_) => None,
        _ => Some(String::from_utf8_lossy(part.contents()).into_owned()),
    }
}
