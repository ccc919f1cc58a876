//! Correspondence.

use super::explanation::explanations;
use super::field::{self, number, shown, timestamp, timestamp_of};
use crate::domain::ids::CaseId;
use crate::domain::message::{Message, MessageState, Recipient};
use crate::grpc::pb;
use crate::grpc::refused::Refused;
use crate::render::address::{Address, Destination, Unaddressed};
use crate::store::outbox::Tried;

/// What is shown of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// All of it, with the reasons.
    Whole,
    /// Without its text and reasons.
    Listed,
    /// Without its subject either: for those who run usher.
    Bare,
}

/// Why a message is deferred. What the relay answered stands in the log alone.
const PUT_OFF: &str = "the relay could not be reached or put it off: it is tried again from not_before on";

/// A message on the wire.
#[must_use]
pub fn message(case: Option<CaseId>, message: &Message, body: Body) -> pb::Message {
    let whole = body == Body::Whole;
    pb::Message {
        id: message.id.to_string(),
        case_id: shown(case),
        key: message.key.clone(),
        template: message.template.clone(),
        medium: number(message.medium),
        audience: number(message.audience),
        recipient: Some(recipient(message.to)),
        hearing_id: shown(message.hearing),
        state: number(message.state),
        state_reason: match (body, message.state) {
            (Body::Bare, _) => String::new(),
            (_, MessageState::Deferred) => PUT_OFF.to_owned(),
            _ => message.state_reason.clone().unwrap_or_default(),
        },
        not_before: Some(timestamp(message.not_before)),
        after_task_id: shown(message.after_task),
        message_id_header: message.message_id.clone(),
        subject: if body == Body::Bare { String::new() } else { message.subject.clone() },
        text: if whole { message.text.clone() } else { String::new() },
        written_at: Some(timestamp(message.written_at)),
        calendar: message
            .calendar
            .as_ref()
            .filter(|_| whole)
            .map(|part| part.text.clone())
            .unwrap_or_default(),
        because: if whole { explanations(&message.because) } else { Vec::new() },
        case_label: String::new(),
    }
}

/// A recipient on the wire.
#[must_use]
pub fn recipient(recipient: Recipient) -> pb::Recipient {
    use pb::recipient::Kind;
    let kind = match recipient {
        Recipient::Participant(id) => Kind::ParticipantId(id.to_string()),
        Recipient::Directory(id) => Kind::DirectoryEntryId(id.to_string()),
        Recipient::Staff(id) => Kind::StaffId(id.to_string()),
    };
    pb::Recipient { kind: Some(kind) }
}

/// A try to send something, on the wire.
#[must_use]
pub fn attempt(tried: &Tried) -> pb::DeliveryAttempt {
    pb::DeliveryAttempt {
        at: timestamp_of(tried.at),
        state: number(tried.state),
        answer: tried.answer.clone().unwrap_or_default(),
    }
}

/// A recipient.
///
/// # Errors
/// [`Refused`].
pub fn recipient_from(at: &str, given: &pb::Recipient) -> Result<Recipient, Refused> {
    use pb::recipient::Kind;
    match &given.kind {
        Some(Kind::ParticipantId(id)) => {
            Ok(Recipient::Participant(field::id(&format!("{at}.participant_id"), id)?))
        }
        Some(Kind::DirectoryEntryId(id)) => {
            Ok(Recipient::Directory(field::id(&format!("{at}.directory_entry_id"), id)?))
        }
        Some(Kind::StaffId(id)) => Ok(Recipient::Staff(field::id(&format!("{at}.staff_id"), id)?)),
        None => Err(Refused::required(at)),
    }
}

/// Where something would go, or why to nobody, on the wire.
#[must_use]
pub fn resolved(to: Recipient, address: Result<Address, Unaddressed>) -> pb::ResolvedRecipient {
    let (masked_address, unaddressed_because) = match address {
        Ok(Address { to: Destination::Email(email), .. }) => (mask(email.as_str()), String::new()),
        Ok(Address { to: Destination::Post { .. }, .. }) => ("by post".to_owned(), String::new()),
        Err(why) => (String::new(), why.to_string()),
    };
    pb::ResolvedRecipient { recipient: Some(recipient(to)), masked_address, unaddressed_because }
}

/// An address with all but the first letter before the @ masked.
fn mask(email: &str) -> String {
    match email.split_once('@') {
        Some((local, domain)) => {
            let first = local.chars().next().map(String::from).unwrap_or_default();
            format!("{first}***@{domain}")
        }
        None => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn an_address_shows_its_first_letter_and_its_domain() {
        assert_eq!(mask("person@example.org"), "p***@example.org");
    }
}
