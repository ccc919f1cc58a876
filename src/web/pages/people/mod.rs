//! People of a case: how they may safely be reached, who they are, and what changes of that.

mod enhanced;
mod form;
mod save;

use super::record::about::Of;
use super::record::call;
use crate::grpc::pb::{self, EnhancedState};
use crate::web::board::Board;
use crate::web::words;
use axum::Router;
use axum::routing::{get, post};
use maud::{Markup, html};

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route("/cases/{id}/people/new", get(form::new).post(save::add))
        .route("/cases/{id}/people/{participant_id}", get(form::show).post(save::change))
        .route("/cases/{id}/people/{participant_id}/enhanced", post(enhanced::settle))
}

/// Who somebody is and how they may safely be reached, with the way to the page on which a call with them is recorded.
#[must_use]
pub(super) fn reach(
    case: &pb::Case,
    participant: &pb::Participant,
    own: Option<&pb::Person>,
    through: Option<&pb::Participant>,
    reached: Option<&pb::Person>,
) -> Markup {
    let (case_id, participant_id) = (case.id.clone(), participant.id.clone());
    let call = Of { case: case_id, participant: participant_id, way: "out".to_owned(), ..Of::default() };
    html! {
        (card(case, participant, own, through, reached))
        p { a.button href=(call.address(call::PATH)) { "Call them, and record it" } }
    }
}

/// Who somebody is and how they may safely be reached: through whom, by what, and by what not.
#[must_use]
pub(super) fn card(
    case: &pb::Case,
    participant: &pb::Participant,
    own: Option<&pb::Person>,
    through: Option<&pb::Participant>,
    reached: Option<&pb::Person>,
) -> Markup {
    let identity = reached.and_then(|person| person.identity.as_ref());
    let enhanced = participant.enhanced.as_ref().map(|enhanced| enhanced.state());
    let is_unsafe = |channel: pb::Channel| {
        reached.is_some_and(|person| person.unsafe_channels.contains(&(channel as i32)))
    };
    html! {
        div.person {
            h3 { a href=(format!("/cases/{}#p-{}", case.id, participant.id)) { (words::name(own.and_then(|person| person.identity.as_ref()))) } }
            p {
                (words::roles(participant))
                @if participant.child { " · " strong { "under 18" } }
                @if case.risk() == pb::Risk::High { " " strong.tag.high { "High risk" } }
                @if matches!(enhanced, Some(EnhancedState::Confirmed | EnhancedState::Proposed)) { " " span.tag.enhanced { "Enhanced Rights" } }
            }
            @if through.is_some() { p.warning { strong { "Only through " (words::name(identity)) } } }
            @if let Some(identity) = identity {
                ul.reach {
                    @for phone in &identity.phones { li { "☎ " (phone) @if is_unsafe(pb::Channel::Phone) { " " strong.unsafe { "not safe" } } } }
                    @if !identity.email.is_empty() { li { "✉ " (identity.email) @if is_unsafe(pb::Channel::Email) { " " strong.unsafe { "not safe" } } } }
                    @if is_unsafe(pb::Channel::Voicemail) { li { strong.unsafe { "Leave no voicemail" } } }
                    @if is_unsafe(pb::Channel::Post) { li { strong.unsafe { "Post is not safe" } } }
                    @if !identity.language.is_empty() { li { "Language: " (identity.language) } }
                    @if !identity.contact_note.is_empty() { li { (identity.contact_note) } }
                    @if !identity.safe_word.is_empty() { li { "Safe word is held" } }
                }
            }
        }
    }
}
