//! Letters: the print queue, what is held back, what was printed lately, and one letter as it is printed.
//!
//! A letter is looked at in a frame that can do nothing, under a policy of its own; how that is made is in
//! [`print`], with the print job.

mod print;

use super::desk::kit::{more, reason};
use super::messages::{self, state_tag, subject};
use crate::grpc::pb::{self, Medium, MessageState};
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted, REQUEST};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures::try_join;
use maud::{Markup, html};
use print::Paper;
use serde::Deserialize;

/// Letters of one page, which is one print job at most.
const PAGE: i32 = 80;
/// Letters held back and letters printed lately that are shown.
const LATELY: i32 = 25;

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route("/letters", get(list))
        .route("/letters/{id}", get(show))
        .route("/letters/{id}/paper", get(paper))
        .route("/letters/{id}/unmark", post(unmark))
        .merge(print::router())
}

/// Whose letters, as the address has it.
#[derive(Debug, Default, Deserialize)]
struct Filters {
    /// `all` for everybody's cases; the visitor's own where empty.
    #[serde(default)]
    whose: String,
    /// Where to go on.
    #[serde(default)]
    page: String,
}

impl Filters {
    /// The first page of somebody's letters.
    #[must_use]
    pub(super) fn of(whose: &str) -> Self {
        Self { whose: whose.to_owned(), page: String::new() }
    }
}

async fn list(visitor: Visitor, Query(filters): Query<Filters>) -> Response {
    page::or_refused(&visitor, queue(&visitor, &filters, None, &Faults::none()).await)
}

/// The print queue, with what was ticked and what is wrong where a print job was refused.
///
/// # Errors
/// What the API refuses.
async fn queue(
    visitor: &Visitor,
    filters: &Filters,
    ticked: Option<&Posted>,
    faults: &Faults,
) -> Result<Response, Refusal> {
    let everybody = filters.whose == "all";
    let asked = pb::ListPrintQueueRequest {
        owner_id: if everybody { String::new() } else { visitor.me.id.clone() },
        page_size: PAGE,
        page_token: filters.page.clone(),
        ..pb::ListPrintQueueRequest::default()
    };
    let of = |state: MessageState| pb::ListMessagesRequest {
        states: vec![state as i32],
        page_size: LATELY * 2,
        ..pb::ListMessagesRequest::default()
    };
    let calls = &visitor.calls;
    let (mut waiting, mut held, mut printed) =
        (calls.correspondence(), calls.correspondence(), calls.correspondence());
    let (queue, held, printed) = try_join!(
        async { Ok::<_, Refusal>(waiting.list_print_queue(asked).await?.into_inner()) },
        async { Ok(held.list_messages(of(MessageState::Held)).await?.into_inner().messages) },
        async { Ok(printed.list_messages(of(MessageState::Printed)).await?.into_inner().messages) },
    )?;
    let (going, blocked): (Vec<_>, Vec<_>) =
        queue.letters.iter().partition(|letter| letter.blocked_because.is_empty());
    let next = form::address("/letters", &[("whose", &filters.whose), ("page", &queue.next_page_token)]);
    let content = html! {
        (faults.summary())
        div.heading {
            h1 { "Letters" }
            p { a href="/messages" { "All messages" } ", sent and unsent" }
        }
        nav.tabs aria-label="Whose letters" { ul {
            li { a href="/letters" aria-current=[(!everybody).then_some("true")] { "Of my cases" } }
            li {
                a href="/letters?whose=all" aria-current=[everybody.then_some("true")] {
                    "Of everybody’s cases"
                }
            }
        } }
        section aria-labelledby="to-print" {
            h2 id="to-print" { "To print " span.count { (going.len()) } }
            @if going.is_empty() {
                (nothing(everybody))
            } @else {
                (print_form(visitor, filters, &going, ticked))
            }
            (more(&queue.next_page_token, &next, "More letters"))
        }
        (cannot_go(&blocked))
        (short_list("held", "Held back", "In all cases. Each says why; open one to let it go or to stop it.", &held, visitor))
        (short_list("printed", "Printed lately", "In all cases. A letter that was marked too soon, or that never left the building, can be put back.", &printed, visitor))
    };
    Ok(Page::new(visitor, "Letters", Part::Letters, content).status(faults.status()).into_response())
}

fn nothing(everybody: bool) -> Markup {
    html! {
        p.empty {
            "No letter waits to be printed. Letters come here as courts share results and trials are fixed, for people \
             who are not reached by e-mail. "
            a href=(messages::in_state(MessageState::Draft)) { "Drafts" }
            " wait for a task, such as a call, and come here when it is done."
            @if !everybody { " " a href="/letters?whose=all" { "Look at everybody’s letters" } }
        }
    }
}

fn print_form(
    visitor: &Visitor,
    filters: &Filters,
    going: &[&pb::QueuedLetter],
    ticked: Option<&Posted>,
) -> Markup {
    html! {
        form method="post" action="/letters/print" data-keep="no" {
            (form::carried(visitor, &Posted::default()))
            input type="hidden" name="whose" value=(filters.whose);
            (page::scrolls("Letters to print", html! {
                table.letters {
                    caption.visually-hidden { "Letters that may be printed now, first written first" }
                    thead { tr {
                        th scope="col" { "Print" } th scope="col" { "Letter" } th scope="col" { "To" }
                        th scope="col" { "Written" } th scope="col" { "Case" }
                    } }
                    tbody { @for letter in going { (waiting_row(letter, ticked, visitor)) } }
                }
            }))
            div.buttons {
                button.primary type="submit" name="act" value="all" { "Print all " (going.len()) }
                button type="submit" name="act" value="ticked" { "Print ticked" }
            }
            p.hint {
                "They come as one print job, each letter on a sheet of its own with the address where a window envelope shows it. Nothing counts as sent until you have said what came out of the printer."
            }
        }
    }
}

fn waiting_row(letter: &pb::QueuedLetter, ticked: Option<&Posted>, visitor: &Visitor) -> Markup {
    let message = letter.message.clone().unwrap_or_default();
    let id = format!("l-{}", message.id);
    let is_ticked = ticked.is_none_or(|posted| posted.holds("id", &message.id));
    let written = clocks::instant_if(message.written_at.as_ref());
    html! {
        tr {
            td.tick {
                input type="hidden" name="all" value=(message.id);
                input id=(id) type="checkbox" name="id" value=(message.id) checked[is_ticked];
                label.visually-hidden for=(id) {
                    "Print “" (subject(&message)) "”, " (words::plain(&message.template))
                }
            }
            th scope="row" {
                a href=(format!("/letters/{}", message.id)) { (subject(&message)) }
                p.about { (words::plain(&message.template)) }
            }
            td { (words::audience(message.audience())) }
            td { (written.map_or_else(String::new, |at| clocks::near(at, visitor.now))) }
            td { (case_link(&message)) }
        }
    }
}

/// The way to a message's case.
fn case_link(message: &pb::Message) -> Markup {
    html! {
        @if !message.case_id.is_empty() {
            @let label = if message.case_label.is_empty() { "The case" } else { message.case_label.as_str() };
            a href=(format!("/cases/{}", message.case_id)) { (label) }
        }
    }
}

/// Letters in the queue that may not go, each with why.
fn cannot_go(blocked: &[&pb::QueuedLetter]) -> Markup {
    html! {
        @if !blocked.is_empty() {
            section aria-labelledby="blocked" {
                h2 id="blocked" { "Cannot go as things stand " span.count { (blocked.len()) } }
                p {
                    "They are left out of every print job until what stands in the way is put right in the case: then they are among the others."
                }
                (held_list(blocked))
            }
        }
    }
}

/// Letters, each with what stands in its way.
fn held_list(letters: &[&pb::QueuedLetter]) -> Markup {
    html! {
        ul.letters-held { @for letter in letters {
            @let message = letter.message.clone().unwrap_or_default();
            li {
                a href=(format!("/letters/{}", message.id)) { (subject(&message)) }
                p {
                    strong { "! " (form::sentence(&letter.blocked_because)) }
                    " " (case_link(&message))
                }
            }
        } }
    }
}

fn short_list(id: &str, heading: &str, about: &str, messages: &[pb::Message], visitor: &Visitor) -> Markup {
    let shown = usize::try_from(LATELY).unwrap_or_default();
    let letters: Vec<&pb::Message> =
        messages.iter().filter(|message| message.medium() == Medium::Letter).take(shown).collect();
    html! {
        @if !letters.is_empty() {
            section aria-labelledby=(id) {
                h2 id=(id) { (heading) " " span.count { (letters.len()) } }
                p { (about) }
                ul.letters-held { @for message in letters {
                    li {
                        a href=(format!("/letters/{}", message.id)) { (subject(message)) }
                        " " (words::audience(message.audience())) ", written "
                        (clocks::near_if(message.written_at.as_ref(), visitor.now))
                        @if !message.state_reason.is_empty() {
                            p { strong { (form::sentence(&message.state_reason)) } }
                        }
                    }
                } }
            }
        }
    }
}

async fn show(visitor: Visitor, Path(id): Path<String>) -> Response {
    page::or_refused(&visitor, one(&visitor, &id, None, &Faults::none()).await)
}

async fn one(
    visitor: &Visitor,
    id: &str,
    filled: Option<&Posted>,
    faults: &Faults,
) -> Result<Response, Refusal> {
    let asked = pb::GetMessageRequest { message_id: id.to_owned() };
    let message =
        visitor.calls.correspondence().get_message(asked).await?.into_inner().message.unwrap_or_default();
    if message.medium() != Medium::Letter {
        return Err(Refusal::not_here("this message is no letter: it leaves by e-mail"));
    }
    let title = subject(&message);
    let waits = message.state() == MessageState::Queued;
    let content = html! {
        (faults.summary())
        div.heading {
            p.crumbs { a href="/letters" { "Letters" } }
            h1 { (title) }
            p.facts {
                (state_tag(message.state())) " Letter for: " (words::audience(message.audience())) " " (case_link(&message))
            }
            @if !message.state_reason.is_empty() {
                p { @if waits { "Put back, because: " } strong { (form::sentence(&message.state_reason)) } }
            }
        }
        @if waits {
            (print_one(visitor, &message))
            iframe.paper sandbox="" src=(format!("/letters/{}/paper", message.id)) title="The letter as it is printed" {
            }
        } @else {
            @if message.state() == MessageState::Printed { (unmark_form(visitor, &message, filled, faults)) }
            h2 { "What it says" }
            pre.letter-text tabindex="0" role="region" aria-label="Text of the letter" { (message.text) }
        }
        p {
            a href=(format!("/messages/{}", message.id)) { "Why it is sent, and to hold it back or stop it" }
        }
    };
    Ok(Page::new(visitor, &title, Part::Letters, content).status(faults.status()).into_response())
}

fn print_one(visitor: &Visitor, message: &pb::Message) -> Markup {
    html! {
        form method="post" action="/letters/print" data-keep="no" {
            (form::carried(visitor, &Posted::default()))
            input type="hidden" name="id" value=(message.id);
            button.primary type="submit" name="act" value="ticked" { "Print this letter" }
        }
    }
}

fn unmark_form(visitor: &Visitor, message: &pb::Message, filled: Option<&Posted>, faults: &Faults) -> Markup {
    let empty = Posted::default();
    let posted = filled.unwrap_or(&empty);
    html! {
        details open[filled.is_some()] {
            summary { "It did not go: put it back to be printed" }
            form method="post" action=(format!("/letters/{}/unmark", message.id)) {
                (form::carried(visitor, posted))
                p { "What it was to tell is owed again, with its old deadline." }
                (Input::new("words", "Why").hint("Such as: the printer jammed; it came back unopened").required().line("text", posted, faults))
                button type="submit" { "Put it back" }
            }
        }
    }
}

async fn unmark(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    let faults = match unmarked(&visitor, &id, &posted).await {
        Ok(Ok(())) => {
            let said = "The letter is in the print queue again. What it was to tell is owed again.";
            return page::done(&visitor, &format!("/letters/{id}"), said);
        }
        Ok(Err(faults)) => faults,
        Err(refusal) => return page::refused(&visitor, &refusal),
    };
    page::or_refused(&visitor, one(&visitor, &id, Some(&posted), &faults).await)
}

/// Puts it back; where a person can mend what is wrong, answers that.
async fn unmarked(visitor: &Visitor, id: &str, posted: &Posted) -> Result<Result<(), Faults>, Refusal> {
    let words = match reason(posted, "words") {
        Ok(words) => words,
        Err(faults) => return Ok(Err(faults)),
    };
    let asked = pb::UnmarkPrintedRequest {
        request_id: posted.get(REQUEST).to_owned(),
        message_id: id.to_owned(),
        words,
    };
    match visitor.calls.correspondence().unmark_printed(asked).await.map_err(Refusal::from) {
        Ok(_) => Ok(Ok(())),
        Err(refusal) if refusal.is_mendable() => {
            Ok(Err(Faults::of(&refusal, |path| (path == "words").then(|| path.to_owned()))))
        }
        Err(refusal) => Err(refusal),
    }
}

/// One letter as it is printed, for the frame of its page.
async fn paper(visitor: Visitor, Path(id): Path<String>) -> Response {
    match print::job(&visitor, vec![id]).await {
        Ok(job) if !job.html.is_empty() => Paper::of(&job.html).into_response(),
        Ok(job) => {
            let why = job.blocked.first().map(|letter| letter.blocked_because.as_str()).unwrap_or_default();
            Paper::instead(&format!("The letter cannot go as things stand: {why}.")).into_response()
        }
        Err(refusal) => Paper::instead(&format!("{}.", form::sentence(&refusal.message))).into_response(),
    }
}

/// "3 letters", for what a page says was done.
#[must_use]
fn letters(of: usize) -> String {
    words::count(of, "letter", "letters")
}
