//! All that happened in a case, each with what followed from it, and the contact log, which is a part of the same history.

use super::mail;
use super::seen::{Seen, shortened, template};
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::clocks;
use crate::web::form::encode;
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::titles::Titles;
use crate::web::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, TimeDelta, Utc};
use futures::try_join;
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::HashMap;

/// Entries on a page.
const PAGE: i32 = 40;
/// Messages that are called by what they are.
const NAMED: i32 = 500;
/// Contacts on the case's page.
const CONTACTS_ON_CASE: usize = 6;
/// Contacts on a page of the log.
const CONTACTS: usize = 30;
/// Entries that are read at once while contacts are looked for, and how often at most.
const LOOKED_AT: i32 = 50;
/// How often, at most.
const LOOKS: usize = 8;
/// What followed, before the rest of it is left to the event's own page.
const EFFECTS_MAX: usize = 12;
/// So few are shown without a line that opens.
const EFFECTS_FEW: usize = 3;
pub(super) fn router() -> Router<Board> {
    Router::new().route("/cases/{id}/timeline", get(show))
}

/// What of the history is shown, as the address has it.
#[derive(Debug, Default, Deserialize)]
struct Shown {
    /// `contacts` for the contact log alone.
    #[serde(default)]
    only: String,
    /// Where to go on.
    #[serde(default)]
    page: String,
}

async fn show(visitor: Visitor, Path(id): Path<String>, Query(shown): Query<Shown>) -> Response {
    let made = if shown.only == "contacts" {
        contacts_page(&visitor, &id, &shown.page).await
    } else {
        timeline_page(&visitor, &id, &shown.page).await
    };
    page::or_refused(&visitor, made)
}

async fn history(
    visitor: &Visitor,
    id: &str,
    page_size: i32,
    token: &str,
) -> Result<pb::GetTimelineResponse, Refusal> {
    let asked = pb::GetTimelineRequest { case_id: id.to_owned(), page_size, page_token: token.to_owned() };
    Ok(visitor.calls.cases().get_timeline(asked).await?.into_inner())
}

async fn timeline_page(visitor: &Visitor, id: &str, token: &str) -> Result<Response, Refusal> {
    let (seen, listed, people, named) = try_join!(
        Seen::read(visitor, id),
        history(visitor, id, PAGE, token),
        visitor.people(),
        Named::read(visitor, id)
    )?;
    let content = html! {
        (seen.heading("Timeline"))
        p { "All that happened in this case, the latest first. "
            a href=(format!("/cases/{id}/timeline?only=contacts")) { "Show the contact log alone" } }
        @if listed.entries.is_empty() { p.empty { "Nothing has happened yet. The first entry comes when the case is taken on." } }
        ol.case-timeline { @for entry in listed.entries.iter().filter(|entry| !is_mere_timer(entry)) { (entry_shown(visitor, &seen, entry, &people, &named)) } }
        @if !listed.next_page_token.is_empty() {
            p.pages { a rel="next" href=(format!("/cases/{id}/timeline?page={}", encode(&listed.next_page_token))) { "Earlier in this case" } }
        }
    };
    let title = format!("Timeline, {}", seen.case.label);
    Ok(Page::new(visitor, &title, Part::Cases, content).into_response())
}

fn entry_shown(
    visitor: &Visitor,
    seen: &Seen,
    entry: &pb::TimelineEntry,
    people: &People,
    named: &Named,
) -> Markup {
    let happened = entry.occurred_at.as_ref().or(entry.received_at.as_ref());
    let (received, handled) =
        (clocks::instant_if(entry.received_at.as_ref()), clocks::instant_if(entry.handled_at.as_ref()));
    let by = words::actor(&entry.actor, people);
    let long = |(from, to): &(DateTime<Utc>, DateTime<Utc>)| *to - *from > TimeDelta::minutes(5);
    // What usher notices itself reaches the unit by no way.
    let reached = clocks::instant_if(entry.occurred_at.as_ref())
        .zip(received)
        .filter(|span| by != words::USHER && long(span));
    let handled = received.zip(handled).filter(long);
    html! {
        li id=(format!("e-{}", entry.sequence)) {
            p.what {
                strong { (headline(entry, named)) } " "
                span.when { (clocks::full_if(happened)) ", " (by) }
                @match entry.outcome() {
                    pb::Outcome::Applied => {}
                    pb::Outcome::Nothing => { span.when { ", nothing followed" } }
                    other => { " " span.tag { (words::outcome(other)) } }
                }
                " "
                a href=(format!("/events/{}", entry.event_id)) {
                    "Why" span.visually-hidden { " this followed, and what did not: entry " (entry.sequence) }
                }
            }
            @if let Some((_, received)) = reached { p.when { "It reached the unit " (clocks::full(received)) } }
            @if let Some((_, handled)) = handled { p.when { "It was handled " (clocks::full(handled)) } }
            @if let Some(contact) = &entry.contact { (contact_shown(visitor, seen, contact, people, 400)) }
            @if is_quoted(entry) { blockquote { (shortened(&entry.words, 400)) } }
            (followed(entry))
        }
    }
}

/// Whether it says no more than that a time came: what usher made of that has an entry of its own.
fn is_mere_timer(entry: &pb::TimelineEntry) -> bool {
    entry.event_kind == "timer.fired" && entry.effects.iter().all(|effect| effect.subject == "event")
}

/// What the tasks and the messages of a case are called, by id.
#[derive(Default)]
struct Named {
    tasks: Titles,
    messages: HashMap<String, String>,
}

impl Named {
    async fn read(visitor: &Visitor, case: &str) -> Result<Self, Refusal> {
        let tasks = pb::ListTasksRequest {
            case_id: case.to_owned(),
            states: (pb::TaskState::Open as i32..=pb::TaskState::Withdrawn as i32).collect(),
            ..pb::ListTasksRequest::default()
        };
        let messages = mail::messages(visitor, case, NAMED, "");
        let (tasks, messages) = try_join!(Titles::read(visitor, tasks), messages)?;
        let called = |message: pb::Message| (message.id, template(&message.template));
        Ok(Self { tasks, messages: messages.messages.into_iter().map(called).collect() })
    }

    /// What the task of an entry is called, else its message.
    fn of(&self, entry: &pb::TimelineEntry) -> Option<&str> {
        let message = || self.messages.get(&entry.message_id).map(String::as_str);
        self.tasks.known(&entry.task_id).or_else(message)
    }
}

/// What happened, as a link to the task or the message that it is about.
fn headline(entry: &pb::TimelineEntry, named: &Named) -> Markup {
    let (task, message) = (&entry.task_id, &entry.message_id);
    let to = match (task.as_str(), message.as_str()) {
        ("", "") => None,
        ("", message) => Some(format!("/messages/{message}")),
        (task, _) => Some(format!("/tasks/{task}")),
    };
    let said = words::event_kind(&entry.event_kind);
    html! {
        @match to {
            Some(to) => a href=(to) {
                (said)
                @if let Some(name) = named.of(entry) { ": " (name) }
                span.visually-hidden { ": entry " (entry.sequence) }
            },
            None => (said),
        }
        @if !task.is_empty() && !message.is_empty() {
            ", " a href=(format!("/messages/{message}")) { "its message" span.visually-hidden { ": entry " (entry.sequence) } }
        }
    }
}

/// Whether what somebody wrote is to be told: a contact's record has its words already.
fn is_quoted(entry: &pb::TimelineEntry) -> bool {
    !entry.words.is_empty() && entry.contact.as_ref().is_none_or(|contact| contact.words != entry.words)
}

fn followed(entry: &pb::TimelineEntry) -> Markup {
    let count = entry.effects.len();
    html! {
        @if count > 0 && count <= EFFECTS_FEW {
            ul.followed { @for effect in &entry.effects { li { (effect_words(effect)) } } }
        } @else if count > 0 {
            details {
                summary { (count) " things followed" }
                ul {
                    @for effect in entry.effects.iter().take(EFFECTS_MAX) { li { (effect_words(effect)) } }
                    @if count > EFFECTS_MAX { li { "and " (count - EFFECTS_MAX) " more" } }
                }
            }
        }
    }
}

/// An effect in words: "Task: contact victim, merged".
fn effect_words(effect: &pb::Effect) -> String {
    let (subject, rest) = (effect.subject.as_str(), words::effect(effect));
    let known =
        matches!(subject, "task" | "duty" | "message" | "diary" | "timer" | "attendance" | "flag" | "event");
    match (known, subject) {
        (false, _) => crate::web::form::sentence(&effect.summary.replace(['-', '_'], " ")),
        (true, "duty") => format!("Owed: {rest}"),
        (true, "diary") => format!("Diary: {}", rest.trim_start_matches("entry ")),
        (true, subject) => format!("{}: {rest}", crate::web::form::sentence(subject)),
    }
}

/// A contact in words.
fn contact_shown(
    visitor: &Visitor,
    seen: &Seen,
    contact: &pb::Contact,
    people: &People,
    letters: usize,
) -> Markup {
    let topics: Vec<String> = contact.topics.iter().map(|topic| topic.replace('-', " ")).collect();
    html! {
        div.contact {
            p {
                (words::contact_kind(contact.kind()))
                @if !contact.participant_id.is_empty() {
                    (match (contact.kind(), contact.incoming) {
                        (pb::ContactKind::Note, _) => " about ",
                        (_, true) => " from ",
                        (_, false) => " to ",
                    })
                    a href=(format!("/cases/{}#p-{}", seen.case.id, contact.participant_id)) { (seen.name(&contact.participant_id)) }
                }
                span.when {
                    @if let Some(at) = clocks::instant_if(contact.at.as_ref()) { ", " (clocks::near(at, visitor.now)) }
                    @if !contact.staff_id.is_empty() { ", " (people.name(&contact.staff_id)) }
                }
            }
            @if contact.kind() != pb::ContactKind::Note { p.when { (words::caller_check(contact.check())) } }
            @if !contact.corrects_id.is_empty() {
                p { span.tag.warn { "Corrects an earlier record" } " " a href=(format!("/cases/{}/timeline?only=contacts#c-{}", seen.case.id, contact.corrects_id)) { "which" span.visually-hidden { " record this corrects" } } }
            }
            @if !contact.words.is_empty() { (shortened(&contact.words, letters)) }
            @if !topics.is_empty() { p.when { "Came up: " (topics.join(", ")) } }
            p.when { a href=(format!("/cases/{}/contacts/{}/correct", seen.case.id, contact.id)) {
                "Correct" span.visually-hidden { " the record of " (clocks::full_if(contact.at.as_ref())) }
            } }
        }
    }
}

/// The contact log on the case's page.
#[must_use]
pub(super) fn contacts_section(
    visitor: &Visitor,
    seen: &Seen,
    latest: &[pb::TimelineEntry],
    people: &People,
) -> Markup {
    let contacts: Vec<&pb::Contact> =
        latest.iter().filter_map(|entry| entry.contact.as_ref()).take(CONTACTS_ON_CASE).collect();
    html! {
        section.case-contacts id="contacts" aria-labelledby="contacts-title" {
            div.section-head {
                h2 id="contacts-title" { "Contact log" }
                a href=(format!("/cases/{}/timeline?only=contacts", seen.case.id)) { "The whole contact log" }
            }
            @if contacts.is_empty() { p.empty { "No recent call, voicemail, visit or note. Record one with “Call or record”." } }
            @else { ul.case-list { @for contact in contacts { li { (contact_shown(visitor, seen, contact, people, 160)) } } } }
        }
    }
}

/// One record of the contact log.
///
/// # Errors
/// What the API refuses, and a record that is not in the case.
pub(super) async fn contact(visitor: &Visitor, id: &str, contact_id: &str) -> Result<pb::Contact, Refusal> {
    let mut token = String::new();
    loop {
        let page = history(visitor, id, LOOKED_AT, &token).await?;
        let mut contacts = page.entries.into_iter().filter_map(|entry| entry.contact);
        if let Some(found) = contacts.find(|contact| contact.id == contact_id) {
            return Ok(found);
        }
        token = page.next_page_token;
        if token.is_empty() {
            return Err(Refusal::not_here("the contact log of this case has no record with that id"));
        }
    }
}

/// Contacts from a place in the history on, and where to go on.
async fn contacts(visitor: &Visitor, id: &str, from: &str) -> Result<(Vec<pb::Contact>, String), Refusal> {
    let (mut found, mut token) = (Vec::new(), from.to_owned());
    for _ in 0..LOOKS {
        let page = history(visitor, id, LOOKED_AT, &token).await?;
        found.extend(page.entries.into_iter().filter_map(|entry| entry.contact));
        token = page.next_page_token;
        if token.is_empty() || found.len() >= CONTACTS {
            break;
        }
    }
    Ok((found, token))
}

async fn contacts_page(visitor: &Visitor, id: &str, from: &str) -> Result<Response, Refusal> {
    let (seen, (found, next), people) =
        try_join!(Seen::read(visitor, id), contacts(visitor, id, from), visitor.people())?;
    let content = html! {
        (seen.heading("Contact log"))
        p { "Calls, voicemails, visits and notes, the latest first. "
            a href=(format!("/cases/{id}/timeline")) { "Show all that happened" } }
        @if found.is_empty() { p.empty { "Nobody was in contact here. Record a call, a voicemail or a note with “Call or record”." } }
        @else { ol.case-timeline { @for contact in &found {
            li id=(format!("c-{}", contact.id)) {
                (contact_shown(visitor, &seen, contact, &people, 600))
                @if let Some(by) = found.iter().find(|other| other.corrects_id == contact.id) {
                    p { span.tag.warn { "Corrected since" } " " a href=(format!("#c-{}", by.id)) { "by what" } }
                }
            }
        } } }
        @if !next.is_empty() {
            p.pages { a rel="next" href=(format!("/cases/{id}/timeline?only=contacts&page={}", encode(&next))) { "Earlier contacts" } }
        }
    };
    let title = format!("Contact log, {}", seen.case.label);
    Ok(Page::new(visitor, &title, Part::Cases, content).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_leads_to_its_task_or_its_message() {
        let entry = pb::TimelineEntry { event_kind: "task.completed".to_owned(), ..Default::default() };
        assert_eq!(headline(&entry, &Named::default()).into_string(), "A task was done");
        let of_task = pb::TimelineEntry { task_id: "t".to_owned(), ..entry.clone() };
        assert!(headline(&of_task, &Named::default()).into_string().contains("href=\"/tasks/t\""));
        let of_message = pb::TimelineEntry { message_id: "m".to_owned(), ..entry };
        assert!(headline(&of_message, &Named::default()).into_string().contains("href=\"/messages/m\""));
    }

    #[test]
    fn a_time_that_came_is_told_where_something_followed_from_it_alone() {
        let of = |subject: &str| pb::Effect { subject: subject.to_owned(), ..pb::Effect::default() };
        let fired = |effects| pb::TimelineEntry {
            event_kind: "timer.fired".to_owned(),
            effects,
            ..Default::default()
        };
        assert!(is_mere_timer(&fired(vec![])) && is_mere_timer(&fired(vec![of("event")])));
        assert!(!is_mere_timer(&fired(vec![of("event"), of("task")])));
        let told = pb::TimelineEntry { event_kind: "hearing.today".to_owned(), ..Default::default() };
        assert!(!is_mere_timer(&told));
    }

    #[test]
    fn words_that_a_contact_has_are_not_told_twice() {
        let contact = pb::Contact { words: "rang".to_owned(), ..Default::default() };
        let mut entry = pb::TimelineEntry { words: "rang".to_owned(), ..Default::default() };
        assert!(is_quoted(&entry));
        entry.contact = Some(contact);
        assert!(!is_quoted(&entry));
    }

    #[test]
    fn what_followed_is_told_in_words() {
        let of = |subject: &str, summary: &str| {
            effect_words(&pb::Effect {
                subject: subject.to_owned(),
                summary: summary.to_owned(),
                ..pb::Effect::default()
            })
        };
        assert_eq!(of("task", "task contact-victim merged"), "Task: contact victim merged");
        assert_eq!(of("duty", "duty outcome"), "Owed: outcome");
        assert_eq!(of("diary", "diary entry hearing changed"), "Diary: hearing changed");
        assert_eq!(of("the", "the case is post-charge"), "The case is post charge");
    }
}
