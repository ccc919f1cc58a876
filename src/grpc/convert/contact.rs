//! Contacts and the contact directory.

use super::field::{self, NAME_MAX, WORDS_MAX, number, shown, text, text_if_given, timestamp};
use super::person::email;
use crate::domain::contact::{CallerCheck, Contact, ContactKind, DirectoryEntry};
use crate::domain::event::Payload;
use crate::domain::explanation::Cause;
use crate::domain::ids::{ContactId, DirectoryId};
use crate::grpc::pb;
use crate::grpc::refused::Refused;

/// Duties met or things told in one contact, at most.
const LIST_MAX: usize = 500;

/// A contact on the wire.
#[must_use]
pub fn contact(contact: &Contact) -> pb::Contact {
    pb::Contact {
        id: contact.id.to_string(),
        kind: number(contact.kind),
        participant_id: shown(contact.with),
        at: Some(timestamp(contact.at)),
        staff_id: shown(contact.by),
        incoming: contact.incoming,
        check: number(contact.check),
        told: contact.told.iter().map(|cause| cause.0.clone()).collect(),
        words: contact.words.clone(),
        corrects_id: shown(contact.corrects),
        topics: contact.topics.clone(),
        hearing_id: shown(contact.hearing),
    }
}

/// A contact to be logged under this id.
///
/// # Errors
/// [`Refused`].
pub fn logged(
    at: &str,
    given: &pb::NewContact,
    id: ContactId,
    corrects: Option<ContactId>,
) -> Result<Payload, Refused> {
    let field = |name: &str| format!("{at}.{name}");
    let kind: ContactKind = field::word(&field("kind"), given.kind)?;
    let check = match (kind, field::word_if_given(&field("check"), given.check)?) {
        (ContactKind::Note, None) => CallerCheck::NotNeeded,
        (_, Some(check)) => check,
        (_, None) => return Err(Refused::required(&field("check"))),
    };
    field::at_most(&field("met_duty_ids"), &given.met_duty_ids, LIST_MAX)?;
    field::at_most(&field("told"), &given.told, LIST_MAX)?;
    field::at_most(&field("topics"), &given.topics, LIST_MAX)?;
    let topic = |(nth, topic): (usize, &String)| text(&format!("{at}.topics[{nth}]"), topic, NAME_MAX);
    let cause =
        |(nth, cause): (usize, &String)| text(&format!("{at}.told[{nth}]"), cause, NAME_MAX).map(Cause);
    Ok(Payload::ContactLogged {
        id,
        contact: kind,
        with: field::id_if_given(&field("participant_id"), &given.participant_id)?,
        at: field::instant_if_given(&field("at"), given.at.as_ref())?,
        incoming: given.incoming,
        check,
        met: field::ids(&field("met_duty_ids"), &given.met_duty_ids)?,
        told: given.told.iter().enumerate().map(cause).collect::<Result<_, _>>()?,
        topics: given.topics.iter().enumerate().map(topic).collect::<Result<_, _>>()?,
        words: text_if_given(&field("words"), &given.words, WORDS_MAX)?.unwrap_or_default(),
        corrects,
        hearing: field::id_if_given(&field("hearing_id"), &given.hearing_id)?,
    })
}

/// A directory entry on the wire.
#[must_use]
pub fn entry(entry: &DirectoryEntry) -> pb::DirectoryEntry {
    pb::DirectoryEntry {
        id: entry.id.to_string(),
        kind: number(entry.kind),
        name: entry.name.clone(),
        email: entry.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        phone: entry.phone.clone().unwrap_or_default(),
        court_code: entry.court_code.clone().unwrap_or_default(),
        review_on: shown(entry.review_on),
        version: entry.version,
    }
}

/// A directory entry as it is to be; a new one gets `new` as its id.
///
/// # Errors
/// [`Refused`].
pub fn entry_from(at: &str, given: &pb::DirectoryEntry, new: DirectoryId) -> Result<DirectoryEntry, Refused> {
    let field = |name: &str| format!("{at}.{name}");
    Ok(DirectoryEntry {
        id: field::id_if_given(&field("id"), &given.id)?.unwrap_or(new),
        kind: field::word(&field("kind"), given.kind)?,
        name: text(&field("name"), &given.name, NAME_MAX)?,
        email: email(&field("email"), &given.email)?,
        phone: text_if_given(&field("phone"), &given.phone, NAME_MAX)?,
        court_code: text_if_given(&field("court_code"), &given.court_code, NAME_MAX)?,
        review_on: field::day_if_given(&field("review_on"), &given.review_on)?,
        version: given.version,
    })
}
