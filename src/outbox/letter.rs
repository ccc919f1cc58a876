//! From a leased message to the mail that leaves: the second check, and the frozen text in its envelope.

use super::settings::Settings;
use crate::domain::email::EmailAddress;
use crate::domain::london::Instant;
use crate::domain::message::{CalendarPart, CalendarUse, Message};
use crate::domain::staff::Roster;
use crate::domain::state::CaseState;
use crate::mail::{Attachment, Mail, MessageId, ReturnPath, Sender};
use crate::render::{Destination, calendar, resolve};

/// What becomes of a leased message before any relay is asked.
#[derive(Debug)]
pub(super) enum Checked {
    /// It leaves as this.
    Leaves(Box<Mail>),
    /// It must not leave, and why: for staff, without personal data.
    Stays(String),
}

/// Asks once more whether and where the message may go, as things stand at `now`, and puts it in its envelope.
///
/// Subject, text, Message-ID and date are those of the decision. A unit in test mode has a banner put above the text.
pub(super) fn check(
    message: &Message,
    state: &CaseState,
    roster: &Roster,
    settings: &Settings,
    return_path: &ReturnPath,
    now: Instant,
) -> Checked {
    let test = settings.test_address.as_ref();
    let address = match resolve(message.to, state, roster, message.medium, test, now) {
        Ok(address) => address,
        Err(why) => return Checked::Stays(why.to_string()),
    };
    let Destination::Email(to) = address.to else {
        return Checked::Stays("it goes by post: print it".to_owned());
    };
    let Ok(message_id) = MessageId::parse(&message.message_id) else {
        return Checked::Stays("its Message-ID is not one of ours: cancel it and decide anew".to_owned());
    };
    let text = match address.banner {
        Some(banner) => format!("{banner}\n\n{}", message.text),
        None => message.text.clone(),
    };
    let from = settings.from.clone().unwrap_or_else(|| settings.return_path.clone());
    let unit = &roster.unit.name;
    let answers_to = settings.reply_to.as_ref().unwrap_or(&from);
    let calendar = message.calendar.as_ref();
    let attachments = calendar.map(|part| attached(part, unit, answers_to, &to)).into_iter().collect();
    Checked::Leaves(Box::new(Mail {
        message_id,
        date: message.written_at,
        envelope_from: return_path.of(message.id.0),
        from: Sender { name: Some(unit.clone()), address: from },
        reply_to: settings.reply_to.clone(),
        to,
        subject: message.subject.clone(),
        text,
        html: None,
        attachments,
        // No vacation notice answers it (RFC 3834).
        headers: vec![("Auto-Submitted".to_owned(), "auto-generated".to_owned())],
    }))
}

/// The entry for the reader's calendar, from the unit and to them; a calendar program asks the address it comes from.
fn attached(part: &CalendarPart, unit: &str, from: &EmailAddress, to: &EmailAddress) -> Attachment {
    let method = match part.does {
        CalendarUse::Invitation => "REQUEST",
        CalendarUse::Cancellation => "CANCEL",
    };
    Attachment {
        name: "court-attendance.ics".to_owned(),
        content_type: format!("text/calendar; method={method}; charset=utf-8"),
        bytes: calendar::addressed(&part.text, unit, from, to).into_bytes(),
    }
}
