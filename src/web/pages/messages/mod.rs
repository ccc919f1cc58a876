//! Messages: what was written for whom, and what became of it, as a list that can be narrowed.

mod one;

use super::desk::kit::{case_by, filled, filter, more};
use crate::grpc::pb::{self, Audience, MessageState};
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::clocks;
use crate::web::form::{self, Faults};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use maud::{Markup, html};
use serde::Deserialize;

/// Messages on one page.
const PAGE: i32 = 50;
/// The word of the filter for what a person has to see to.
pub(super) const STUCK: &str = "stuck";
/// How those stand: usher does not try them again by itself.
pub(super) const STUCK_STATES: [MessageState; 3] =
    [MessageState::Refused, MessageState::Bounced, MessageState::Unknown];
/// How messages may stand, in the order of their life.
const STATES: [MessageState; 12] = [
    MessageState::Draft,
    MessageState::Queued,
    MessageState::Sending,
    MessageState::Deferred,
    MessageState::Held,
    MessageState::Sent,
    MessageState::Printed,
    MessageState::Refused,
    MessageState::Bounced,
    MessageState::Unknown,
    MessageState::Superseded,
    MessageState::Cancelled,
];
/// Whom messages are written for.
const AUDIENCES: [Audience; 11] = [
    Audience::Victim,
    Audience::Witness,
    Audience::PoliceWitness,
    Audience::OfficerInCase,
    Audience::ResourceTeam,
    Audience::Adviser,
    Audience::Agency,
    Audience::Referral,
    Audience::Court,
    Audience::Cps,
    Audience::Staff,
];

pub(super) fn router() -> Router<Board> {
    Router::new().route("/messages", get(list)).merge(one::router())
}

/// The filters of the list, as the address has them.
#[derive(Debug, Default, Deserialize)]
struct Filters {
    /// Only those that stand so, such as `sent`, or `stuck`.
    #[serde(default)]
    state: String,
    /// Only those written for them, such as `victim`.
    #[serde(default)]
    audience: String,
    /// Only those of this case, by whatever it is known by.
    #[serde(default)]
    case: String,
    /// Only those of this template.
    #[serde(default)]
    template: String,
    /// Where to go on.
    #[serde(default)]
    page: String,
}

impl Filters {
    fn pairs(&self) -> [(&'static str, &str); 4] {
        [
            ("state", &self.state),
            ("audience", &self.audience),
            ("case", &self.case),
            ("template", &self.template),
        ]
    }

    fn is_narrow(&self) -> bool {
        self.pairs().iter().any(|(_, value)| !value.is_empty())
    }

    fn states(&self) -> Vec<i32> {
        if self.state == STUCK {
            return STUCK_STATES.iter().map(|state| *state as i32).collect();
        }
        let state = MessageState::from_str_name(&words::enum_name(&self.state, "MESSAGE_STATE_"));
        state.map(|state| state as i32).into_iter().collect()
    }
}

async fn list(visitor: Visitor, Query(filters): Query<Filters>) -> Response {
    page::or_refused(&visitor, listed(&visitor, &filters).await)
}

async fn listed(visitor: &Visitor, filters: &Filters) -> Result<Response, Refusal> {
    let mut faults = Faults::none();
    let case = if filters.case.trim().is_empty() {
        None
    } else {
        let case = case_by(visitor, filters.case.trim()).await?;
        if case.is_none() {
            faults.field("case", "No case of the unit is known by this: type a URN or an occurrence number");
        }
        case
    };
    let audience = Audience::from_str_name(&words::enum_name(&filters.audience, "AUDIENCE_"));
    let asked = pb::ListMessagesRequest {
        case_id: case.map(|case| case.id).unwrap_or_default(),
        states: filters.states(),
        audiences: audience.map(|audience| audience as i32).into_iter().collect(),
        template: filters.template.clone(),
        page_size: PAGE,
        page_token: filters.page.clone(),
        ..pb::ListMessagesRequest::default()
    };
    let page = if faults.is_none() {
        visitor.calls.correspondence().list_messages(asked).await?.into_inner()
    } else {
        pb::ListMessagesResponse::default()
    };
    let mut next = filters.pairs().to_vec();
    next.push(("page", &page.next_page_token));
    let content = html! {
        (faults.summary())
        h1 { "Messages" }
        p {
            "All that usher wrote, last written first. " a href="/letters" { "Letters to print" }
            " have a page of their own."
        }
        (filters_shown(filters, &faults))
        @if page.messages.is_empty() {
            p.empty {
                @if !faults.is_none() { "Nothing is shown until the filter is right." }
                @else if filters.is_narrow() {
                    "No message fits this filter. " a href="/messages" { "Show all messages" }
                }
                @else {
                    "Nothing was written yet. Rules write messages when courts share results, when trials move and when tasks are done."
                }
            }
        } @else {
            (table("Messages, last written first", &page.messages, visitor.now))
        }
        (more(&page.next_page_token, &form::address("/messages", &next), "More messages"))
    };
    Ok(Page::new(visitor, "Messages", Part::Letters, content).status(faults.status()).into_response())
}

fn filters_shown(filters: &Filters, faults: &Faults) -> Markup {
    let posted = filled(&filters.pairs());
    let mut states = vec![(STUCK.to_owned(), "Needs a hand: refused, came back or unknown".to_owned())];
    states.extend(STATES.map(|state| (state_word(state), words::message_state(state).to_owned())));
    let audiences = AUDIENCES.map(|audience| {
        (words::word(audience.as_str_name(), "AUDIENCE_"), words::audience(audience).to_owned())
    });
    html! {
        details.filters open[filters.is_narrow()] {
            summary { "Filter" }
            form method="get" action="/messages" {
                (filter("state", "How it stands").select("Any way", &states, &posted, faults))
                (filter("audience", "Written for").select("Anybody", &audiences, &posted, faults))
                (filter("case", "Case").hint("URN or occurrence number").line("text", &posted, faults))
                @if !filters.template.is_empty() {
                    input type="hidden" name="template" value=(filters.template);
                }
                button type="submit" { "Show" }
                @if filters.is_narrow() { " " a href="/messages" { "Show all messages" } }
            }
        }
    }
}

/// A state as addresses have it.
fn state_word(state: MessageState) -> String {
    words::word(state.as_str_name(), "MESSAGE_STATE_")
}

/// The address of the list of what stands so.
#[must_use]
pub(super) fn in_state(state: MessageState) -> String {
    form::address("/messages", &[("state", &state_word(state))])
}

/// Messages as a table: what, for whom, how it stands.
#[must_use]
pub(super) fn table(caption: &str, messages: &[pb::Message], now: DateTime<Utc>) -> Markup {
    html! {
        (page::scrolls(caption, html! {
            table.messages {
                caption.visually-hidden { (caption) }
                thead { tr {
                    th scope="col" { "Message" }
                    th scope="col" { "Written for" }
                    th scope="col" { "How it stands" }
                    th scope="col" { "Written" } th scope="col" { "Case" }
                } }
                tbody { @for message in messages { (row(message, now)) } }
            }
        }))
    }
}

fn row(message: &pb::Message, now: DateTime<Utc>) -> Markup {
    let written = clocks::instant_if(message.written_at.as_ref());
    html! {
        tr {
            th scope="row" {
                a href=(format!("/messages/{}", message.id)) { (subject(message)) }
                p.about { (words::plain(&message.template)) }
            }
            td { (words::audience(message.audience())) p.about { (words::medium(message.medium())) } }
            td {
                (state_tag(message.state()))
                @if !message.state_reason.is_empty() { p.about { (form::sentence(&message.state_reason)) } }
                @if let Some(at) = waits(message, now) { p.about { "not before " (clocks::near(at, now)) } }
            }
            td { (written.map_or_else(String::new, |at| clocks::near(at, now))) }
            td {
                @if message.case_id.is_empty() { "Desk" }
                @else {
                    a href=(format!("/cases/{}", message.case_id)) {
                        (message.case_label)
                    }
                }
            }
        }
    }
}

/// What a message is called: its subject, or its template where that is not shown.
#[must_use]
pub(super) fn subject(message: &pb::Message) -> String {
    if message.subject.is_empty() { words::plain(&message.template) } else { message.subject.clone() }
}

/// How a message stands, as a tag; what needs a hand has a sign beside its colour.
#[must_use]
pub(super) fn state_tag(state: MessageState) -> Markup {
    let stuck = STUCK_STATES.contains(&state);
    html! { span.tag.bad[stuck] { @if stuck { "! " } (words::message_state(state)) } }
}

/// Before when it does not leave.
fn waits(message: &pb::Message, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let goes = matches!(message.state(), MessageState::Queued | MessageState::Deferred | MessageState::Draft);
    clocks::instant_if(message.not_before.as_ref()).filter(|at| goes && *at > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_for_what_needs_a_hand_means_three_states() {
        let states = |state: &str| Filters { state: state.to_owned(), ..Filters::default() }.states();
        assert_eq!(states(STUCK).len(), 3);
        assert_eq!(states("printed"), [MessageState::Printed as i32]);
        assert!(states("").is_empty() && states("nonsense").is_empty());
    }
}
