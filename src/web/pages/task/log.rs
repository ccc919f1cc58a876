//! What was done to a task by telephone goes into the contact log as well, so that the log, and what is copied from it into
//! the force's other systems, has every call, by whichever page it was recorded.

use crate::grpc::pb::{self, CallerCheck, ContactKind};
use crate::web::admit::Visitor;

/// Means that are calls of ours: a number that is held was rung.
fn of_channel(channel: &str) -> Option<ContactKind> {
    match channel {
        "call" => Some(ContactKind::Call),
        "voicemail" => Some(ContactKind::Voicemail),
        _ => None,
    }
}

/// Outcomes of an attempt that are calls of ours.
fn of_attempt(outcome: &str) -> Option<ContactKind> {
    match outcome {
        "no-answer" => Some(ContactKind::NoAnswer),
        "voicemail" | "voicemail-left" => Some(ContactKind::Voicemail),
        _ => None,
    }
}

/// Logs that somebody was told by telephone what a task gathered; answers false where that could not be written.
pub(super) async fn told(
    visitor: &Visitor,
    task: &pb::Task,
    met: &[&pb::Duty],
    (channel, words, request_id): (&str, &str, &str),
) -> bool {
    let Some(kind) = of_channel(channel).filter(|_| !met.is_empty() && !task.participant_id.is_empty())
    else {
        return true;
    };
    let mut told: Vec<String> =
        met.iter().flat_map(|duty| &duty.because).flat_map(|why| why.causes.clone()).collect();
    told.sort();
    told.dedup();
    let contact = pb::NewContact {
        kind: kind as i32,
        participant_id: task.participant_id.clone(),
        at: task.ended_at,
        check: CallerCheck::HeldNumber as i32,
        told,
        words: words.to_owned(),
        ..pb::NewContact::default()
    };
    log(visitor, task, contact, request_id).await
}

/// Logs that somebody was not reached; answers false where that could not be written.
pub(super) async fn tried(visitor: &Visitor, task: &pb::Task, words: &str, request_id: &str) -> bool {
    let attempt = task.attempts.last();
    let kind = attempt.and_then(|attempt| of_attempt(&attempt.outcome));
    let Some(kind) = kind.filter(|_| !task.participant_id.is_empty()) else { return true };
    let contact = pb::NewContact {
        kind: kind as i32,
        participant_id: task.participant_id.clone(),
        at: attempt.and_then(|attempt| attempt.at),
        check: CallerCheck::NotNeeded as i32,
        words: words.to_owned(),
        ..pb::NewContact::default()
    };
    log(visitor, task, contact, request_id).await
}

async fn log(visitor: &Visitor, task: &pb::Task, mut contact: pb::NewContact, request_id: &str) -> bool {
    if contact.words.is_empty() {
        contact.words = task.title.clone();
    }
    let request_id = format!("{request_id}-log").chars().take(128).collect();
    let asked = pb::LogContactRequest { request_id, case_id: task.case_id.clone(), contact: Some(contact) };
    visitor.calls.cases().log_contact(asked).await.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_by_telephone_is_logged_and_a_letter_is_not() {
        assert_eq!(of_channel("call"), Some(ContactKind::Call));
        assert_eq!(of_channel("letter"), None);
        assert_eq!(of_attempt("no-answer"), Some(ContactKind::NoAnswer));
        assert_eq!(of_attempt("asked-again"), None);
    }
}
