//! A print job, and what came out of the printer.
//!
//! The API writes all letters of a job as one document; it is answered as it is, under a policy that lets it do nothing
//! but look as its own style says. A bar above it, which is not printed, leads on to where the letters are marked: a
//! letter counts as sent once somebody has said that it came out of the printer, and not before. Whatever jammed stays in
//! the queue, and whatever a colleague was quicker with is named, so that it is not posted twice.

use super::letters;
use crate::grpc::pb::{self, Reason};
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::form::{self, Faults, Posted, REQUEST};
use crate::web::page::{self, Page, Part};
use crate::web::pages::messages::subject;
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::Query;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures::StreamExt as _;
use maud::{Markup, html};
use serde::Deserialize;

/// Letters that are marked at the same time.
const AT_ONCE: usize = 8;
/// Pages of the print queue that are gone through for the letters of a job, at most.
const QUEUE_PAGES_MAX: usize = 6;
/// How the bar looks, and that it is never printed.
const BAR: &str = ".usher-bar { font: 1rem/1.5 Arial, Helvetica, sans-serif; padding: 1rem; background: #fff; color: #0b0c0c; \
                   border-bottom: 0.25rem solid #1d70b8; } .usher-bar a { color: #1d70b8; display: inline-block; min-height: 24px; } \
                   @media print { .usher-bar { display: none; } }";

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route("/letters/print", post(print))
        .route("/letters/printed", get(printed))
        .route("/letters/mark", post(mark))
}

/// Letters as one document.
///
/// # Errors
/// What the API refuses.
pub(super) async fn job(
    visitor: &Visitor,
    message_ids: Vec<String>,
) -> Result<pb::PrintLettersResponse, Refusal> {
    Ok(visitor
        .calls
        .correspondence()
        .print_letters(pb::PrintLettersRequest { message_ids })
        .await?
        .into_inner())
}

/// A document that is shown under a policy of its own.
pub(super) struct Paper {
    html: String,
    policy: String,
}

impl Paper {
    /// The document as the API wrote it.
    #[must_use]
    pub(super) fn of(html: &str) -> Self {
        Self { html: html.to_owned(), policy: policy(html) }
    }

    /// A few words where there is no letter to be shown.
    #[must_use]
    pub(super) fn instead(words: &str) -> Self {
        let document = html! {
            (maud::DOCTYPE)
            html lang="en-GB" { head { meta charset="utf-8"; title { "No letter" } } body { p { (words) } } }
        };
        Self::of(&document.into_string())
    }

    /// The document with a bar above its letters.
    fn with_bar(html: &str, bar: &Markup) -> Self {
        let style = format!("<style>{BAR}</style>\n</head>");
        let html = html.replacen("</head>", &style, 1);
        // What was written is escaped, so that these tags are the document's own.
        let html = html
            .replacen("<body>", &format!("<body>\n{}<main>", bar.0), 1)
            .replace("</body>", "</main>\n</body>");
        Self::of(&html)
    }
}

impl IntoResponse for Paper {
    fn into_response(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
            (header::CONTENT_SECURITY_POLICY, self.policy),
        ];
        (headers, self.html).into_response()
    }
}

/// What a document may do: look as each of its own style elements says, and nothing else.
fn policy(html: &str) -> String {
    let mut hashes = String::new();
    for rest in html.split("<style>").skip(1) {
        let Some((style, _)) = rest.split_once("</style>") else { continue };
        let digest = ring::digest::digest(&ring::digest::SHA256, style.as_bytes());
        hashes.push_str(&format!(" 'sha256-{}'", base64(digest.as_ref())));
    }
    let style = if hashes.is_empty() { " 'none'" } else { &hashes };
    format!(
        "default-src 'none'; style-src{style}; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    )
}

/// Bytes in base64, as a policy names a digest.
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let whole = (0..3)
            .fold(0_u32, |whole, nth| whole << 8 | u32::from(chunk.get(nth).copied().unwrap_or_default()));
        for nth in 0..4 {
            let sign = SIGNS[(whole >> (18 - 6 * nth) & 63) as usize];
            text.push(if nth <= chunk.len() { char::from(sign) } else { '=' });
        }
    }
    text
}

async fn print(visitor: Visitor, posted: Posted) -> Response {
    let field = if posted.get("act") == "all" { "all" } else { "id" };
    let ids: Vec<String> = posted.all(field).map(str::to_owned).collect();
    if ids.is_empty() {
        return again(&visitor, &posted, "Tick at least one letter, or print all").await;
    }
    let job = match job(&visitor, ids).await {
        Ok(job) => job,
        Err(refusal) if refusal.reason == Reason::StateForbids => {
            let words = "Nothing is printed yet: since this list was shown, one of the letters was printed by a colleague, \
                         held back or stopped. The list below is new; print again";
            return again(&visitor, &posted, words).await;
        }
        Err(refusal) if refusal.is_mendable() => {
            return again(&visitor, &posted, &form::sentence(&refusal.message)).await;
        }
        Err(refusal) => return page::refused(&visitor, &refusal),
    };
    if job.html.is_empty() {
        let words = "None of these letters may go as things stand: each says below what stands in its way";
        return again(&visitor, &posted, words).await;
    }
    Paper::with_bar(&job.html, &bar(&job)).into_response()
}

async fn again(visitor: &Visitor, posted: &Posted, fault: &str) -> Response {
    let mut faults = Faults::none();
    faults.whole.push(fault.to_owned());
    let filters = super::Filters::of(posted.get("whose"));
    page::or_refused(visitor, super::queue(visitor, &filters, Some(posted), &faults).await)
}

/// What stands above a print job on the screen, and on no paper.
fn bar(job: &pb::PrintLettersResponse) -> Markup {
    let left: Vec<&str> =
        job.blocked.iter().filter_map(|letter| Some(letter.message.as_ref()?.id.as_str())).collect();
    let next =
        form::address("/letters/printed", &[("ids", &job.printed_ids.join(",")), ("left", &left.join(","))]);
    html! {
        nav.usher-bar aria-label="Print job" {
            strong { (letters(job.printed_ids.len())) " to print." }
            " Print this page with your browser (Ctrl + P); this bar does not come out. Then: "
            a href=(next) { "Say what came out of the printer" }
            @if !left.is_empty() {
                p {
                    "! " (letters(left.len())) " left out, because something stands in the way: the next page says what."
                }
            }
        }
    }
}

/// The letters of a job, as the address has them.
#[derive(Debug, Default, Deserialize)]
struct Job {
    /// Those that were printed.
    #[serde(default)]
    ids: String,
    /// Those that were left out.
    #[serde(default)]
    left: String,
}

fn listed(ids: &str) -> Vec<&str> {
    ids.split(',').filter(|id| !id.is_empty()).collect()
}

async fn printed(visitor: Visitor, Query(job): Query<Job>) -> Response {
    page::or_refused(&visitor, asked(&visitor, &job).await)
}

/// The letters of a job that are still in the queue, in the order of the job.
async fn still_queued(visitor: &Visitor, wanted: &[&str]) -> Result<Vec<pb::QueuedLetter>, Refusal> {
    let mut found = Vec::new();
    let mut page_token = String::new();
    for _ in 0..QUEUE_PAGES_MAX {
        let asked =
            pb::ListPrintQueueRequest { page_size: 500, page_token, ..pb::ListPrintQueueRequest::default() };
        let page = visitor.calls.correspondence().list_print_queue(asked).await?.into_inner();
        let is_wanted = |letter: &pb::QueuedLetter| wanted.contains(&id_of(letter));
        found.extend(page.letters.into_iter().filter(is_wanted));
        page_token = page.next_page_token;
        if page_token.is_empty() || found.len() == wanted.len() {
            break;
        }
    }
    found.sort_by_key(|letter| wanted.iter().position(|id| *id == id_of(letter)));
    Ok(found)
}

fn id_of(letter: &pb::QueuedLetter) -> &str {
    letter.message.as_ref().map_or("", |message| message.id.as_str())
}

async fn asked(visitor: &Visitor, job: &Job) -> Result<Response, Refusal> {
    let (ids, left) = (listed(&job.ids), listed(&job.left));
    let all: Vec<&str> = ids.iter().chain(&left).copied().collect();
    let queued = still_queued(visitor, &all).await?;
    let (of_job, left_out): (Vec<_>, Vec<_>) = queued.iter().partition(|letter| ids.contains(&id_of(letter)));
    let gone = ids.len() - of_job.len();
    let content = html! {
        div.heading { p.crumbs { a href="/letters" { "Letters" } } h1 { "What came out of the printer" } }
        @if gone > 0 {
            p { "! " (letters(gone)) " of this job "
                (if gone == 1 { "is" } else { "are" })
                " no longer in the queue: marked already, held back or stopped meanwhile. If a colleague marked one just now, it may be in two envelopes: ask before you post yours." }
        }
        @if of_job.is_empty() {
            p.empty {
                "No letter of this job waits to be marked. " a href="/letters" { "Back to the letters" }
            }
        }
        @else { (mark_form(visitor, &of_job, &ids)) }
        @if !left_out.is_empty() {
            h2 { "Left out of the job" }
            (super::held_list(&left_out))
        }
    };
    Ok(Page::new(visitor, "What came out of the printer", Part::Letters, content).into_response())
}

fn mark_form(visitor: &Visitor, letters: &[&pb::QueuedLetter], ids: &[&str]) -> Markup {
    html! {
        form method="post" action="/letters/mark" data-keep="no" {
            (form::carried(visitor, &Posted::default()))
            fieldset.field {
                legend { "Printed, and on their way" }
                p.hint {
                    "In the order in which they came out. Untick what jammed or came out spoilt: it stays in the queue. \
                     What is ticked counts as told from now on."
                }
                div.choices.stacked { @for letter in letters { (mark_choice(letter, ids)) } }
            }
            button.primary type="submit" { "Mark what is ticked as printed" }
            " " a href="/letters" { "Nothing came out: back to the letters" }
        }
    }
}

/// One letter of the job, with its place in it: two letters of one case may be called the same.
fn mark_choice(letter: &pb::QueuedLetter, ids: &[&str]) -> Markup {
    let message = letter.message.clone().unwrap_or_default();
    let id = format!("m-{}", message.id);
    let place = ids.iter().position(|id| *id == message.id).unwrap_or_default() + 1;
    html! {
        div.choice {
            input type="hidden" name="all" value=(message.id);
            input type="hidden" name=(named(&message.id)) value=(format!("{place}: {}", subject(&message)));
            input id=(id) type="checkbox" name="id" value=(message.id) checked[letter.blocked_because.is_empty()];
            label for=(id) {
                (place) " of " (ids.len()) ": " (subject(&message)) ", "
                (words::audience(message.audience()).to_lowercase()) ", "
                (words::plain(&message.template).to_lowercase())
                @if !letter.blocked_because.is_empty() { br; strong { "! Do not post it: " (letter.blocked_because) } }
            }
            a href=(format!("/letters/{}", message.id)) { "Look at letter " (place) }
        }
    }
}

/// The field that keeps what a letter is called, so that it can be found on the tray where it could not be marked.
fn named(id: &str) -> String {
    format!("subject-{id}")
}

async fn mark(visitor: Visitor, posted: Posted) -> Response {
    let ticked: Vec<String> = posted.all("id").map(str::to_owned).collect();
    let stays = posted.all("all").filter(|id| !posted.holds("id", id)).count();
    let request = posted.get(REQUEST).to_owned();
    let marks = ticked.into_iter().map(|message_id| {
        let mut calls = visitor.calls.correspondence();
        // One form marks them all: the letter makes the id of the call its own.
        let request_id = format!("{request}-{message_id}").chars().take(128).collect();
        async move {
            let asked = pb::MarkPrintedRequest { request_id, message_id: message_id.clone() };
            let done = calls.mark_printed(asked).await;
            (message_id, done.map(|_| ()).map_err(Refusal::from))
        }
    });
    let results: Vec<(String, Result<(), Refusal>)> =
        futures::stream::iter(marks).buffered(AT_ONCE).collect().await;
    let marked = results.iter().filter(|(_, result)| result.is_ok()).count();
    let refused: Vec<(&str, &Refusal)> =
        results.iter().filter_map(|(id, result)| Some((id.as_str(), result.as_ref().err()?))).collect();
    let said = match stays {
        0 => format!("{} marked as printed.", letters(marked)),
        _ => format!("{} marked as printed. Still in the queue: {}.", letters(marked), letters(stays)),
    };
    if refused.is_empty() {
        return page::done(&visitor, "/letters", &said);
    }
    let content = html! {
        div.heading { p.crumbs { a href="/letters" { "Letters" } } h1 { "Some letters were not marked" } }
        p { (said) }
        div.error-summary role="alert" {
            h2 { "Take these out of the tray before you post" }
            ul { @for (id, refusal) in refused {
                li {
                    a href=(format!("/letters/{id}")) { (posted.get(&named(id))) }
                    ": " (form::sentence(&refusal.message)) ". " (what_to_do(refusal.reason))
                }
            } }
        }
        p { a.button href="/letters" { "Back to the letters" } }
    };
    Page::new(&visitor, "Some letters were not marked", Part::Letters, content)
        .status(StatusCode::CONFLICT)
        .into_response()
}

/// What is done with a sheet of paper whose letter could not be marked.
fn what_to_do(reason: Reason) -> &'static str {
    match reason {
        Reason::StateForbids => {
            "Either a colleague marked it already, so that yours is a second copy, or it may no longer go: do not post it until you have looked at it."
        }
        Reason::DatabaseUnavailable | Reason::QueueFull | Reason::DeadlinePassed => {
            "Keep the sheet and mark it in a moment."
        }
        _ => "Do not post it until you have looked at it.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_in_base64_whatever_their_number() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn a_document_may_look_as_each_of_its_style_elements_says_and_do_nothing_else() {
        let policy = policy("<head><style></style><style>b{}</style></head>");
        assert!(
            policy.contains("style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-"),
            "{policy}"
        );
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
        assert!(super::policy("<p>no style</p>").contains("style-src 'none'"));
    }

    #[test]
    fn the_bar_stands_above_the_letters_and_its_style_in_the_head() {
        let paper = Paper::with_bar(
            "<head><style>a{}</style></head>\n<body>\n<p>x</p></body>",
            &html! { nav { "bar" } },
        );
        assert!(paper.html.contains("<body>\n<nav>bar</nav><main>\n<p>x</p></main>"), "{}", paper.html);
        assert_eq!(paper.html.matches("<style>").count(), 2);
        assert_eq!(paper.policy.matches("sha256-").count(), 2);
    }
}
