//! Messages of a case: the latest on its page, all of them on a page of their own.

use super::seen::{Seen, template};
use super::work::OnPage;
use crate::grpc::pb::{self, MessageState, recipient::Kind};
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::clocks;
use crate::web::form::encode;
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use futures::try_join;
use maud::{Markup, html};

/// Messages on the case's page.
pub(super) const ON_CASE: i32 = 8;
/// Messages on a page of their own.
const PAGE: i32 = 60;

pub(super) fn router() -> Router<Board> {
    Router::new().route("/cases/{id}/messages", get(show))
}

/// Messages of a case, the latest first.
///
/// # Errors
/// What the API refuses.
pub(super) async fn messages(
    visitor: &Visitor,
    id: &str,
    page_size: i32,
    page_token: &str,
) -> Result<pb::ListMessagesResponse, Refusal> {
    let asked = pb::ListMessagesRequest {
        case_id: id.to_owned(),
        page_size,
        page_token: page_token.to_owned(),
        ..pb::ListMessagesRequest::default()
    };
    Ok(visitor.calls.correspondence().list_messages(asked).await?.into_inner())
}

/// The section of the messages.
#[must_use]
pub(super) fn section(seen: &Seen, listed: &pb::ListMessagesResponse, now: DateTime<Utc>) -> Markup {
    html! {
        section id="messages" aria-labelledby="messages-title" {
            div.section-head {
                h2 id="messages-title" { "Messages" }
                @if !listed.next_page_token.is_empty() { a href=(format!("/cases/{}/messages", seen.case.id)) { "All messages of this case" } }
            }
            @if listed.messages.is_empty() { p.empty { "Nothing was written yet. Rules write e-mails, letters and forms when something happens." } }
            @else {
                ul.case-list { @for message in &listed.messages {
                    li {
                        a href=(format!("/messages/{}", message.id)) { (title(message)) }
                        " to " (recipient(seen, message, None))
                        br;
                        span.when { (clocks::instant_if(message.written_at.as_ref()).map(|at| clocks::near(at, now)).unwrap_or_default()) }
                        " " (state(message))
                    }
                } }
            }
        }
    }
}

/// What it is: its template in words, and how it travels.
fn title(message: &pb::Message) -> String {
    format!("{}: {}", words::medium(message.medium()), template(&message.template))
}

fn state(message: &pb::Message) -> Markup {
    let class = match message.state() {
        MessageState::Sent | MessageState::Printed => "tag good",
        MessageState::Refused | MessageState::Bounced | MessageState::Unknown => "tag bad",
        MessageState::Held | MessageState::Deferred | MessageState::Draft => "tag warn",
        _ => "tag",
    };
    html! { span class=(class) { (words::message_state(message.state())) } }
}

/// Whom it is for, as far as the case or the unit knows them by name.
fn recipient(seen: &Seen, message: &pb::Message, people: Option<&People>) -> String {
    let kind = message.recipient.as_ref().and_then(|recipient| recipient.kind.as_ref());
    match (kind, people) {
        (Some(Kind::ParticipantId(id)), _) if seen.participant(id).is_some() => seen.name(id),
        (Some(Kind::StaffId(id)), Some(people)) => people.name(id).to_owned(),
        _ => audience(message.audience()).to_owned(),
    }
}

/// For whom a message is written whose reader has no name here.
fn audience(audience: pb::Audience) -> &'static str {
    use pb::Audience;
    match audience {
        Audience::Cps => "the CPS",
        Audience::Court => "the court",
        Audience::ResourceTeam => "the resource team",
        Audience::Agency => "an agency",
        Audience::Referral => "a body that helps",
        Audience::Staff => "staff",
        Audience::OfficerInCase => "the officer in the case",
        Audience::PoliceWitness => "a police witness",
        Audience::Adviser => "an adviser",
        Audience::Victim => "a victim",
        Audience::Witness => "a witness",
        Audience::Unspecified => "somebody",
    }
}

async fn show(visitor: Visitor, Path(id): Path<String>, Query(on): Query<OnPage>) -> Response {
    page::or_refused(&visitor, whole(&visitor, &id, &on.page).await)
}

async fn whole(visitor: &Visitor, id: &str, token: &str) -> Result<Response, Refusal> {
    let (seen, listed, people) =
        try_join!(Seen::read(visitor, id), messages(visitor, id, PAGE, token), visitor.people())?;
    let content = html! {
        (seen.heading("Messages of this case"))
        @if listed.messages.is_empty() { p.empty { "Nothing was written yet. Rules write e-mails, letters and forms when something happens." } }
        @else {
            table {
                caption.visually-hidden { "Messages, the latest first" }
                thead { tr { th scope="col" { "Written" } th scope="col" { "What" } th scope="col" { "To" } th scope="col" { "Where it stands" } } }
                tbody { @for message in &listed.messages {
                    tr {
                        td { (clocks::full_if(message.written_at.as_ref())) }
                        td { a href=(format!("/messages/{}", message.id)) { (title(message)) } }
                        td { (recipient(&seen, message, Some(&people))) }
                        td { (state(message)) @if !message.state_reason.is_empty() { " " (message.state_reason) } }
                    }
                } }
            }
        }
        @if !listed.next_page_token.is_empty() {
            p.pages { a rel="next" href=(format!("/cases/{id}/messages?page={}", encode(&listed.next_page_token))) { "Earlier messages" } }
        }
    };
    let title = format!("Messages, {}", seen.case.label);
    Ok(Page::new(visitor, &title, Part::Cases, content).into_response())
}
