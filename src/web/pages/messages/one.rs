//! One message: what it says, where it goes, why it is sent, and the buttons that send it again, let it go, hold it back
//! or stop it. Nothing is written here: rules decide what is said.

use super::{state_tag, subject};
use crate::grpc::pb::{self, Medium, MessageState};
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted, REQUEST};
use crate::web::page::{self, Page, Part};
use crate::web::pages::desk::kit::reason;
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use futures::try_join;
use maud::{Markup, html};
use std::sync::Arc;

pub(super) fn router() -> Router<Board> {
    Router::new().route("/messages/{id}", get(show)).route("/messages/{id}/{what}", post(act))
}

/// All that a message's page shows.
struct Seen {
    message: pb::Message,
    attempts: Vec<pb::DeliveryAttempt>,
    preview: Option<pb::PreviewMessageResponse>,
    case: Option<pb::GetCaseResponse>,
    people: Arc<People>,
    entry: Option<pb::DirectoryEntry>,
}

async fn show(visitor: Visitor, Path(id): Path<String>) -> Response {
    page::or_refused(&visitor, shown(&visitor, &id, None, &Faults::none()).await)
}

async fn read(visitor: &Visitor, id: &str) -> Result<Seen, Refusal> {
    let calls = &visitor.calls;
    let asked = pb::GetMessageRequest { message_id: id.to_owned() };
    let held = calls.correspondence().get_message(asked).await?.into_inner();
    let message = held.message.unwrap_or_default();
    let (mut correspondence, mut cases, mut directory) =
        (calls.correspondence(), calls.cases(), calls.directory());
    let preview = async {
        if !is_unsent(message.state()) {
            return Ok::<_, Refusal>(None);
        }
        // It may leave between the two calls: then there is nothing to preview any more.
        let asked = pb::PreviewMessageRequest { message_id: id.to_owned() };
        Ok(correspondence.preview_message(asked).await.ok().map(tonic::Response::into_inner))
    };
    let case = async {
        if message.case_id.is_empty() {
            return Ok(None);
        }
        let name = pb::get_case_request::Name::CaseId(message.case_id.clone());
        Ok(Some(cases.get_case(pb::GetCaseRequest { name: Some(name) }).await?.into_inner()))
    };
    let entry = async {
        let Some(pb::recipient::Kind::DirectoryEntryId(entry)) = kind(&message) else { return Ok(None) };
        let asked = pb::ListContactsRequest { page_size: 500, ..pb::ListContactsRequest::default() };
        let entries = directory.list_contacts(asked).await?.into_inner().entries;
        Ok(entries.into_iter().find(|held| held.id == *entry))
    };
    let (preview, case, people, entry) = try_join!(preview, case, visitor.people(), entry)?;
    Ok(Seen { message, attempts: held.attempts, preview, case, people, entry })
}

fn kind(message: &pb::Message) -> Option<&pb::recipient::Kind> {
    message.recipient.as_ref().and_then(|recipient| recipient.kind.as_ref())
}

/// Whether it has neither left nor ended.
fn is_unsent(state: MessageState) -> bool {
    matches!(state, MessageState::Draft | MessageState::Queued | MessageState::Deferred | MessageState::Held)
}

async fn shown(
    visitor: &Visitor,
    id: &str,
    filled: Option<(&str, Posted)>,
    faults: &Faults,
) -> Result<Response, Refusal> {
    let seen = read(visitor, id).await?;
    let message = &seen.message;
    let title = subject(message);
    let content = html! {
        (faults.summary())
        div.heading {
            p.crumbs { a href="/letters" { "Letters" } " › " a href="/messages" { "Messages" } }
            h1 { (title) }
            p.facts {
                (state_tag(message.state())) " "
                (words::medium(message.medium())) " for: " (words::audience(message.audience()))
            }
            @if !message.state_reason.is_empty() { p { (form::sentence(&message.state_reason)) } }
        }
        div.columns {
            div.main-column {
                section {
                    h2 { "What it says" }
                    pre.letter-text tabindex="0" role="region" aria-label="Text of the message" {
                        (message.text)
                    }
                }
                (calendar(&message.calendar))
            }
            div.side-column {
                (facts(&seen, visitor.now))
                (deeds_shown(visitor, message, filled, faults))
                (attempts(&seen.attempts))
                (why(&message.because))
            }
        }
    };
    Ok(Page::new(visitor, &title, Part::Letters, content).status(faults.status()).into_response())
}

fn calendar(calendar: &str) -> Markup {
    html! {
        @if !calendar.is_empty() {
            section {
                h2 { "For the reader’s calendar" }
                p {
                    "This goes with it, so that the day stands in their calendar. Who asks and who is asked are added when it leaves."
                }
                details {
                    summary { "The calendar entry as it is written" }
                    pre.letter-text tabindex="0" role="region" aria-label="Calendar entry" { (calendar) }
                }
            }
        }
    }
}

/// Whom it goes to, when, and where it belongs.
fn facts(seen: &Seen, now: DateTime<Utc>) -> Markup {
    let message = &seen.message;
    let resolved = seen.preview.as_ref().and_then(|preview| preview.recipient.as_ref());
    let leaves = seen.preview.as_ref().and_then(|preview| clocks::instant_if(preview.leaves_at.as_ref()));
    html! {
        section {
            h2 { "Where it goes" }
            dl {
                dt { "To" }
                dd { (recipient(seen)) }
                @if let Some(resolved) = resolved {
                    @if resolved.unaddressed_because.is_empty() {
                        dt { "Address as of now" }
                        dd { (resolved.masked_address) }
                    }
                    @else {
                        dt { "Why it cannot go" }
                        dd { strong { (form::sentence(&resolved.unaddressed_because)) } }
                    }
                }
                dt { "Leaves" }
                dd {
                    @match (message.state(), leaves) {
                        (MessageState::Held, _) => "Not while it is held back",
                        (MessageState::Draft, _) => { @if message.after_task_id.is_empty() { "When it is released" } @else { "When its task is done" } },
                        (_, Some(at)) if message.medium() == Medium::Letter => { "When it is printed, from " (clocks::near(at, now)) },
                        (_, Some(at)) if at <= now => "Now",
                        (_, Some(at)) => (clocks::near(at, now)),
                        (MessageState::Sent | MessageState::Printed | MessageState::Bounced, None) => "It has left",
                        (state, None) => (words::message_state(state)),
                    }
                }
                @if !message.after_task_id.is_empty() {
                    dt { (if is_unsent(message.state()) { "Waits for" } else { "Belongs to" }) }
                    dd {
                        a href=(format!("/tasks/{}", message.after_task_id)) { "a task that was raised with it" }
                    }
                }
                @if let Some(case) = seen.case.as_ref().and_then(|case| case.case.as_ref()) {
                    dt { "Case" }
                    dd { a href=(format!("/cases/{}", case.id)) { (case.label) } }
                }
                @if !message.hearing_id.is_empty() {
                    dt { "Hearing" }
                    dd { a href=(format!("/hearings/{}", message.hearing_id)) { "the hearing it is about" } }
                }
                dt { "Written" } dd { (clocks::full_if(message.written_at.as_ref())) }
                dt { "Template" }
                dd {
                    a href=(form::address("/messages", &[("template", &message.template)])) {
                        (words::plain(&message.template))
                    }
                }
                @if !message.message_id_header.is_empty() && message.medium() != Medium::Letter {
                    dt { "Message-ID" }
                    dd { code { (message.message_id_header) } }
                }
            }
            @match (message.medium(), message.state()) {
                (Medium::Letter, MessageState::Queued) => p {
                    a href=(format!("/letters/{}", message.id)) { "See the letter as it is printed, and print it" }
                },
                (Medium::Letter, MessageState::Printed) => p {
                    a href=(format!("/letters/{}", message.id)) { "It did not go: put it back to be printed" }
                },
                _ => {},
            }
        }
    }
}

fn recipient(seen: &Seen) -> Markup {
    use pb::recipient::Kind;
    match kind(&seen.message) {
        Some(Kind::ParticipantId(id)) => {
            let case = seen.case.as_ref();
            let participant = case.and_then(|case| case.participants.iter().find(|part| part.id == *id));
            let person =
                participant.and_then(|part| case?.people.iter().find(|person| person.id == part.person_id));
            html! {
                a href=(format!("/cases/{}#p-{id}", seen.message.case_id)) {
                    (words::name(person.and_then(|person| person.identity.as_ref())))
                }
            }
        }
        Some(Kind::DirectoryEntryId(id)) => html! {
            a href=(format!("/directory/{id}")) {
                (seen.entry.as_ref().map_or("an entry of the directory", |entry| entry.name.as_str()))
            }
        },
        Some(Kind::StaffId(id)) => html! { (seen.people.name(id)) },
        None => html! { "nobody" },
    }
}

fn attempts(attempts: &[pb::DeliveryAttempt]) -> Markup {
    html! {
        @if !attempts.is_empty() {
            section {
                h2 { "Tries to send it" }
                ol { @for attempt in attempts {
                    li {
                        (clocks::instant_if(attempt.at.as_ref()).map_or_else(|| "Time not kept".to_owned(), clocks::full))
                        ": " (words::message_state(attempt.state()))
                        @if !attempt.answer.is_empty() { p.about { (attempt.answer) } }
                    }
                } }
            }
        }
    }
}

fn why(because: &[pb::Explanation]) -> Markup {
    html! {
        @if !because.is_empty() {
            section.why {
                h2 { "Why it is sent" }
                ul { @for because in because {
                    li {
                        (words::event_kind(&because.event_kind)) ", " (clocks::full_if(because.decided_at.as_ref())) " "
                        a href=(format!("/events/{}", because.event_id)) { "all that followed" }
                        @if !because.rule.is_empty() {
                            p.about {
                                "Rule: " a href=(format!("/rules/{}", because.rule)) {
                                    (words::plain(&because.rule))
                                }
                            }
                        }
                        @if !because.cites.is_empty() { p.cites { (because.cites) } }
                    }
                } }
            }
        }
    }
}

/// Something that a person does to a message.
struct Deed {
    what: &'static str,
    summary: &'static str,
    hint: &'static str,
    button: &'static str,
    said: &'static str,
}

const RETRY: Deed = Deed {
    what: "retry",
    summary: "Try again",
    hint: "It keeps its text and its Message-ID, so whoever has it already can tell. Put the address right first",
    button: "Try again",
    said: "It is tried again.",
};
const RELEASE: Deed = Deed {
    what: "release",
    summary: "Let it go",
    hint: "It waits for its task no longer. An outcome goes to a victim only once somebody has tried to ring them",
    button: "Let it go",
    said: "It may leave now.",
};
const HOLD: Deed = Deed {
    what: "hold",
    summary: "Hold it back",
    hint: "Until somebody lets it go",
    button: "Hold it back",
    said: "It is held back.",
};
const CANCEL: Deed = Deed {
    what: "cancel",
    summary: "Stop it for good",
    hint: "What it was to tell stays owed, so somebody else has to tell it",
    button: "Stop it",
    said: "It is stopped. What it was to tell is still owed.",
};

/// What can be done to a message that stands so.
fn deeds(state: MessageState) -> &'static [Deed] {
    match state {
        MessageState::Draft => &[RELEASE, HOLD, CANCEL],
        MessageState::Queued | MessageState::Deferred => &[HOLD, CANCEL],
        MessageState::Held => &[RELEASE, CANCEL],
        MessageState::Refused | MessageState::Bounced | MessageState::Unknown => &[RETRY],
        _ => &[],
    }
}

fn deeds_shown(
    visitor: &Visitor,
    message: &pb::Message,
    filled: Option<(&str, Posted)>,
    faults: &Faults,
) -> Markup {
    let (empty, none) = (Posted::default(), Faults::none());
    let deeds = deeds(message.state());
    html! {
        @if !deeds.is_empty() {
            section {
                h2 { "What can be done" }
                @if message.state() == MessageState::Unknown {
                    p { "The line broke after it was handed over: they may have it." }
                }
                @for deed in deeds {
                    @let own = filled.as_ref().filter(|(what, _)| *what == deed.what).map(|(_, posted)| posted);
                    @let name = format!("{}-words", deed.what);
                    details open[own.is_some()] {
                        summary { (deed.summary) }
                        form method="post" action=(format!("/messages/{}/{}", message.id, deed.what)) {
                            (form::carried(visitor, own.unwrap_or(&empty)))
                            (Input::new(&name, "Why").hint(deed.hint).required().line("text", own.unwrap_or(&empty), if own.is_some() { faults } else { &none }))
                            button type="submit" { (deed.button) }
                        }
                    }
                }
            }
        }
    }
}

async fn act(visitor: Visitor, Path((id, what)): Path<(String, String)>, posted: Posted) -> Response {
    let Some(deed) = [RETRY, RELEASE, HOLD, CANCEL].into_iter().find(|deed| deed.what == what) else {
        return page::refused(&visitor, &Refusal::not_here("there is no such button"));
    };
    let faults = match acted(&visitor, &id, &deed, &posted).await {
        Ok(Ok(())) => return page::done(&visitor, &format!("/messages/{id}"), deed.said),
        Ok(Err(faults)) => faults,
        Err(refusal) => return page::refused(&visitor, &refusal),
    };
    page::or_refused(&visitor, shown(&visitor, &id, Some((deed.what, posted)), &faults).await)
}

/// Does it; where a person can mend what is wrong, answers that.
async fn acted(
    visitor: &Visitor,
    id: &str,
    deed: &Deed,
    posted: &Posted,
) -> Result<Result<(), Faults>, Refusal> {
    let name = format!("{}-words", deed.what);
    let words = match reason(posted, &name) {
        Ok(words) => words,
        Err(faults) => return Ok(Err(faults)),
    };
    let (request_id, message_id) = (posted.get(REQUEST).to_owned(), id.to_owned());
    let mut calls = visitor.calls.correspondence();
    let done = match deed.what {
        "retry" => {
            calls.retry_message(pb::RetryMessageRequest { request_id, message_id, words }).await.map(|_| ())
        }
        "release" => calls
            .release_message(pb::ReleaseMessageRequest { request_id, message_id, words })
            .await
            .map(|_| ()),
        "hold" => {
            calls.hold_message(pb::HoldMessageRequest { request_id, message_id, words }).await.map(|_| ())
        }
        _ => {
            calls.cancel_message(pb::CancelMessageRequest { request_id, message_id, words }).await.map(|_| ())
        }
    };
    match done.map_err(Refusal::from) {
        Ok(()) => Ok(Ok(())),
        Err(refusal) if refusal.is_mendable() => {
            Ok(Err(Faults::of(&refusal, |path| (path == "words").then(|| name.clone()))))
        }
        Err(refusal) => Err(refusal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_left_cannot_be_stopped_and_what_came_back_can_be_sent_again() {
        let offered = |state| deeds(state).iter().map(|deed| deed.what).collect::<Vec<_>>();
        assert_eq!(offered(MessageState::Draft), ["release", "hold", "cancel"]);
        assert_eq!(offered(MessageState::Held), ["release", "cancel"]);
        assert_eq!(offered(MessageState::Bounced), ["retry"]);
        assert!(offered(MessageState::Sent).is_empty() && offered(MessageState::Superseded).is_empty());
    }
}
