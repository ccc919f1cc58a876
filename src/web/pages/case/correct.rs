//! A record of the contact log that was wrong: a further record says how it was, and the first stays.
//!
//! What the record met stays met. A duty that was met wrongly is put before a team leader, by the rules.

use super::seen::Seen;
use super::timeline;
use crate::domain::london;
use crate::grpc::pb::{self, CallerCheck, ContactKind};
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted, REQUEST};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::try_join;
use maud::html;
use prost_types::Timestamp;

/// Kinds of contact by their word in forms.
const KINDS: [(&str, ContactKind); 6] = [
    ("call", ContactKind::Call),
    ("no-answer", ContactKind::NoAnswer),
    ("voicemail", ContactKind::Voicemail),
    ("email", ContactKind::Email),
    ("visit", ContactKind::Visit),
    ("note", ContactKind::Note),
];
/// Ways of making sure of somebody, by their word in forms.
const CHECKS: [(&str, CallerCheck); 4] = [
    ("verified", CallerCheck::Verified),
    ("held", CallerCheck::HeldNumber),
    ("failed", CallerCheck::Failed),
    ("none", CallerCheck::NotNeeded),
];
/// Who turned to whom.
const WAYS: [(&str, &str); 2] = [("in", "They turned to us"), ("out", "We turned to them")];

pub(super) fn router() -> Router<Board> {
    Router::new().route("/cases/{id}/contacts/{contact}/correct", get(show).post(correct))
}

async fn show(visitor: Visitor, Path((id, contact)): Path<(String, String)>) -> Response {
    page::or_refused(&visitor, shown(&visitor, (&id, &contact), None, &Faults::none()).await)
}

/// The word of a value, as a form has it.
fn word_of<T: PartialEq>(of: &[(&'static str, T)], value: &T) -> &'static str {
    of.iter().find(|(_, held)| held == value).map_or("", |(word, _)| word)
}

/// An instant as an input of a day and a time has it.
fn typed(at: Option<&Timestamp>) -> String {
    clocks::instant_if(at).map_or_else(String::new, clocks::typed)
}

/// The record as the form first shows it.
fn filled(contact: &pb::Contact) -> Posted {
    let mut posted = Posted::default();
    posted.set("kind", word_of(&KINDS, &contact.kind()));
    posted.set("participant", &contact.participant_id);
    posted.set("at", typed(contact.at.as_ref()));
    posted.set("incoming", if contact.incoming { "in" } else { "out" });
    posted.set("check", word_of(&CHECKS, &contact.check()));
    posted.set("words", &contact.words);
    posted
}

async fn shown(
    visitor: &Visitor,
    (id, contact_id): (&str, &str),
    posted: Option<&Posted>,
    faults: &Faults,
) -> Result<Response, Refusal> {
    let (seen, contact) = try_join!(Seen::read(visitor, id), timeline::contact(visitor, id, contact_id))?;
    let posted = posted.cloned().unwrap_or_else(|| filled(&contact));
    let kinds: Vec<(String, String)> = KINDS
        .iter()
        .map(|(word, kind)| ((*word).to_owned(), words::contact_kind(*kind).to_owned()))
        .collect();
    let checks: Vec<(String, String)> = CHECKS
        .iter()
        .map(|(word, check)| ((*word).to_owned(), words::caller_check(*check).to_owned()))
        .collect();
    let content = html! {
        (faults.summary())
        (seen.heading("Correct a record of the contact log"))
        p { "The record of " (clocks::full_if(contact.at.as_ref())) " stays as it is. What you save stands beside it, and says that it corrects it. "
            "What it met stays met; where somebody was not told after all, "
            a href=(format!("/cases/{id}/tasks/new?participant={}", contact.participant_id)) { "add a task" } " or open its task again." }
        form method="post" action=(format!("/cases/{id}/contacts/{contact_id}/correct")) data-form {
            (form::carried(visitor, &posted))
            (Input::new("kind", "What it was").required().select("", &kinds, &posted, faults))
            (Input::new("participant", "With whom").select("Nobody of the case", &seen.choices(), &posted, faults))
            (Input::new("at", "When").required().line("datetime-local", &posted, faults))
            (Input::new("incoming", "Who turned to whom").required().choices(false, &form::options(&WAYS), &posted, faults))
            (Input::new("check", "How it was made sure who they were").hint("Must be said of everything but a note").select("Not said", &checks, &posted, faults))
            (Input::new("words", "How it was").required().hint("Say what was wrong in the record as well").lines(6, &posted, faults))
            button.primary type="submit" { "Save the correction" }
        }
    };
    let title = format!("Correct a record, {}", seen.case.label);
    Ok(Page::new(visitor, &title, Part::Cases, content).status(faults.status()).into_response())
}

async fn correct(visitor: Visitor, Path((id, contact)): Path<(String, String)>, posted: Posted) -> Response {
    let made = match corrected(&visitor, (&id, &contact), &posted).await {
        Ok(Ok(())) => {
            let to = format!("/cases/{id}/timeline?only=contacts");
            return page::done(&visitor, &to, "The correction is recorded.");
        }
        Ok(Err(faults)) => shown(&visitor, (&id, &contact), Some(&posted), &faults).await,
        Err(refusal) => Err(refusal),
    };
    page::or_refused(&visitor, made)
}

async fn corrected(
    visitor: &Visitor,
    (id, contact_id): (&str, &str),
    posted: &Posted,
) -> Result<Result<(), Faults>, Refusal> {
    let held = timeline::contact(visitor, id, contact_id).await?;
    let mut faults = Faults::none();
    // A time that nobody touched keeps its seconds.
    let at = match posted.get("at") {
        same if same == typed(held.at.as_ref()) => held.at,
        text => london::parse(text).ok().map(clocks::timestamp),
    };
    if at.is_none() {
        faults.field("at", "Enter the day and the time");
    }
    if posted.get("words").is_empty() {
        faults.field("words", "Say how it was, and what was wrong in the record");
    }
    let names = ["kind", "participant", "at", "incoming", "check", "words"];
    let before = filled(&held);
    if names.iter().all(|name| posted.get(name) == before.get(name)) {
        faults.field("words", "Nothing differs from the record: say how it was, and what was wrong in it");
    }
    let named = |of: &str| KINDS.iter().find(|(word, _)| *word == of).map(|(_, kind)| *kind);
    let Some(kind) = named(posted.get("kind")).filter(|_| faults.is_none()) else {
        return Ok(Err(faults));
    };
    let check = CHECKS.iter().find(|(word, _)| *word == posted.get("check")).map(|(_, check)| *check);
    let contact = pb::NewContact {
        kind: kind.into(),
        participant_id: posted.get("participant").to_owned(),
        at,
        check: check.unwrap_or_default().into(),
        met_duty_ids: Vec::new(),
        // Where nobody was made sure of, nobody was told.
        told: match check {
            Some(CallerCheck::Verified | CallerCheck::HeldNumber) => held.told,
            _ => Vec::new(),
        },
        words: posted.get("words").to_owned(),
        // What came up was raised by the first record, and is not raised again.
        topics: Vec::new(),
        incoming: posted.get("incoming") == "in",
        hearing_id: held.hearing_id,
    };
    let asked = pb::CorrectContactRequest {
        request_id: posted.get(REQUEST).to_owned(),
        case_id: id.to_owned(),
        contact_id: contact_id.to_owned(),
        contact: Some(contact),
    };
    let Err(status) = visitor.calls.cases().correct_contact(asked).await else { return Ok(Ok(())) };
    let refusal = Refusal::from(status);
    if !refusal.is_mendable() {
        return Err(refusal);
    }
    Ok(Err(Faults::of(&refusal, |path| match path.rsplit('.').next().unwrap_or(path) {
        "participant_id" => Some("participant".to_owned()),
        word @ ("kind" | "at" | "check" | "words") => Some(word.to_owned()),
        _ => None,
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_stands_in_the_form_as_it_was() {
        let contact = pb::Contact {
            kind: ContactKind::Voicemail.into(),
            check: CallerCheck::HeldNumber.into(),
            at: Some(Timestamp { seconds: 1_780_000_000, nanos: 0 }),
            words: "rang".to_owned(),
            ..pb::Contact::default()
        };
        let posted = filled(&contact);
        assert_eq!((posted.get("kind"), posted.get("check")), ("voicemail", "held"));
        assert_eq!((posted.get("incoming"), posted.get("at")), ("out", "2026-05-28T21:26"));
    }
}
