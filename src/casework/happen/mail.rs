//! Mail came in: it is kept as a document, and what it answers is found in the case.
//!
//! Only what is sure is acted on by itself: a delivery that failed, and an answer to an entry in somebody's calendar
//! that comes from their own address and is to the listing that stands. The rest reaches a person.

use super::super::{Desk, Unhandled};
use super::{Happened, Verdict};
use crate::domain::document::{Document, DocumentReader, Marking, NewDocument};
use crate::domain::email::EmailAddress;
use crate::domain::event::{Event, Fate, Payload};
use crate::domain::hearing::{AttendanceState, Hearing, HearingState};
use crate::domain::ids::{HearingId, MessageId, ParticipantId};
use crate::domain::mail_in::{EntryAnswered, MailIn, MailWord};
use crate::domain::message::{CalendarUse, ENTRY_VERSIONS, Message, MessageState, Recipient};
use crate::domain::person::Role;
use crate::domain::state::{CaseState, Tracked};
use crate::rules::facts::Occurrence;

/// What a mail is called as a document: who wrote it and about what is personal data.
const NAME: &str = "mail.eml";

/// A mail came in.
pub(super) fn received(
    state: &mut CaseState,
    event: &Event,
    mail: &MailIn,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    if state.documents.iter().any(|held| held.added.hash == mail.hash) {
        return Ok(Happened::nothing_new(Verdict::Duplicate, "the case has this mail already"));
    }
    let message = mail
        .answers
        .and_then(|id| state.messages.iter().find(|held| held.id == id))
        .map(|held| (held.id, held.to, held.hearing, held.state));
    let entry = mail.entry.and_then(|entry| {
        let (to, hearing) = entry_of(state, entry, desk)?;
        Some((to, hearing, is_of_this_listing(state, entry, mail.answers, hearing)))
    });
    let writer = writer(state, mail.from.as_ref());
    let addressee = message.and_then(|(_, to, ..)| match to {
        Recipient::Participant(id) => Some(id),
        Recipient::Directory(_) | Recipient::Staff(_) => None,
    });
    let about = writer.or(addressee);
    let hearing = entry.map(|(_, hearing, _)| hearing.id).or(message.and_then(|(_, _, hearing, _)| hearing));
    let is_meeting = matches!(mail.word, MailWord::Accepted | MailWord::Declined | MailWord::Tentative);
    let word = match mail.word {
        _ if is_meeting => match (entry, writer) {
            (Some((Recipient::Participant(asked), _, true)), Some(writer)) if asked == writer => mail.word,
            // Somebody else answers for them, or answers what does not stand any more: a person reads what they say.
            (None, _) if message.is_none() => MailWord::Other,
            _ => MailWord::Reply,
        },
        MailWord::Reply | MailWord::Other if message.is_some() => MailWord::Reply,
        MailWord::Reply => MailWord::Other,
        word => word,
    };
    let mut further = Vec::new();
    let mut confirms = None;
    if let (MailWord::Bounce, Some((id, _, _, held))) = (word, message)
        && held != MessageState::Bounced
    {
        further.push(came_back(id, mail.status.as_deref()));
    }
    let word = match (word, entry, writer) {
        (MailWord::Accepted, Some((_, hearing, _)), Some(writer)) => {
            match confirmed(state, writer, hearing) {
                Some(payload) => {
                    confirms = payload;
                    MailWord::Accepted
                }
                // They are not wanted there, or are no police witness: nobody takes a click for more than it says.
                None => MailWord::Reply,
            }
        }
        (word, ..) => word,
    };
    further.extend(confirms);
    state.documents.push(Tracked::new(document(event, mail, about, desk)));
    let occurrence = Occurrence {
        word: Some(word.to_string()),
        message: message.map(|(id, ..)| id),
        about,
        hearing,
        ..Occurrence::default()
    };
    let did = vec!["the mail is kept as a document".to_owned()];
    Ok(Happened { further, did, ..Happened::news(occurrence) })
}

/// Whose entry of which hearing is answered.
fn entry_of<'s>(
    state: &'s CaseState,
    entry: EntryAnswered,
    desk: Desk<'_>,
) -> Option<(Recipient, &'s Hearing)> {
    let people = state.participants.iter().map(|held| Recipient::Participant(held.id));
    let bodies = desk.roster.directory.iter().map(|entry| Recipient::Directory(entry.id));
    let hearings = || state.hearings.iter().map(|held| &**held);
    people.chain(bodies).find_map(|to| {
        let hearing = hearings().find(|hearing| to.calendar_entry(hearing.id) == entry.uid)?;
        Some((to, hearing))
    })
}

/// Whether an answer is to the listing of the hearing that stands: by the version that it names, else by that of the
/// message which it answers.
fn is_of_this_listing(
    state: &CaseState,
    entry: EntryAnswered,
    answers: Option<MessageId>,
    hearing: &Hearing,
) -> bool {
    let of_message = || {
        let message = state.messages.iter().find(|held| Some(held.id) == answers)?;
        version(message, hearing.id)
    };
    let listing = entry.sequence.or_else(of_message).map(|sequence| sequence / ENTRY_VERSIONS);
    listing == Some(i64::from(hearing.listing)) && hearing.state == HearingState::Listed
}

/// The version of a hearing's entry that a message invited to.
fn version(message: &Message, hearing: HearingId) -> Option<i64> {
    let part = message.calendar.as_ref().filter(|part| part.does == CalendarUse::Invitation)?;
    let said = part.text.lines().find_map(|line| line.strip_prefix("SEQUENCE:"))?;
    if message.hearing == Some(hearing) { said.trim().parse().ok() } else { None }
}

/// The one participant whose address a mail comes from.
fn writer(state: &CaseState, from: Option<&EmailAddress>) -> Option<ParticipantId> {
    let from = from?.as_str().to_ascii_lowercase();
    let is_theirs = |email: &EmailAddress| email.as_str().eq_ignore_ascii_case(&from);
    let mut fits = state.participants.iter().filter(|held| {
        held.left_at.is_none()
            && state
                .person(held.person)
                .is_some_and(|person| person.identity.email.as_ref().is_some_and(is_theirs))
    });
    match (fits.next(), fits.next()) {
        (Some(one), None) => Some(one.id),
        _ => None,
    }
}

/// What it means that a police witness accepts an entry: none where they are not wanted there; nothing further where
/// it is known already.
fn confirmed(state: &CaseState, who: ParticipantId, hearing: &Hearing) -> Option<Option<Payload>> {
    let held = state.participant(who)?;
    let attendance = state.attendances.iter().find(|held| {
        held.participant == who && held.hearing == hearing.id && held.listing == hearing.listing
    })?;
    if !held.is(Role::PoliceWitness) {
        return None;
    }
    match attendance.state {
        AttendanceState::Confirmed => Some(None),
        AttendanceState::Required | AttendanceState::Warned => Some(Some(Payload::AttendanceRecorded {
            participant: who,
            hearing: hearing.id,
            state: AttendanceState::Confirmed,
            told_by: Some("email".to_owned()),
        })),
        _ => None,
    }
}

/// What a delivery that failed means for its message.
fn came_back(message: MessageId, status: Option<&str>) -> Payload {
    let reason = match status {
        Some(status) => format!("it came back: {status}"),
        None => "it came back".to_owned(),
    };
    Payload::MessageFared { message, fate: Fate::Bounced { reason } }
}

fn document(event: &Event, mail: &MailIn, about: Option<ParticipantId>, desk: Desk<'_>) -> Document {
    let added = NewDocument {
        id: mail.document,
        name: NAME.to_owned(),
        content_type: "message/rfc822".to_owned(),
        hash: mail.hash.clone(),
        bytes: mail.bytes,
        marking: Marking::OfficialSensitive,
        audience: DocumentReader::STAFF.to_vec(),
        about,
        task: None,
        added_as: DocumentReader::Service,
    };
    Document { added, by: event.actor.name.clone(), by_staff: event.actor.staff, at: desk.now }
}
