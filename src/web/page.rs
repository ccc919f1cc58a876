//! The frame around every page: where one is, where one can go, search and Record on each, and what was done just now.

use super::admit::{SAID, Visitor};
use super::assets;
use super::board::Board;
use super::form::encode;
use super::refusal::Refusal;
use crate::grpc::pb::Reason;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{DOCTYPE, Markup, Render, html};
use std::any::Any;
use tonic::Status;

/// A part of the board, as the navigation names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// My day.
    MyDay,
    /// Cases.
    Cases,
    /// The calendar.
    Calendar,
    /// The team.
    Team,
    /// Letters.
    Letters,
    /// The desk.
    Desk,
    /// Rules and limits.
    Rules,
    /// Search.
    Search,
    /// None of them.
    None,
}

/// The navigation: part, words, address.
const PARTS: [(Part, &str, &str); 7] = [
    (Part::MyDay, "My day", "/"),
    (Part::Cases, "Cases", "/cases"),
    (Part::Calendar, "Calendar", "/calendar"),
    (Part::Letters, "Letters", "/letters"),
    (Part::Team, "Team", "/team"),
    (Part::Desk, "Desk", "/desk"),
    (Part::Rules, "Rules", "/rules"),
];

/// A page as it is shown.
pub struct Page<'a> {
    /// Whose it is.
    pub visitor: &'a Visitor,
    /// What it is called, in the browser's tab.
    pub title: &'a str,
    /// Where it belongs.
    pub part: Part,
    /// Its status.
    pub status: StatusCode,
    /// What is on it, its `h1` included.
    pub content: Markup,
}

impl<'a> Page<'a> {
    /// A page.
    #[must_use]
    pub fn new(visitor: &'a Visitor, title: &'a str, part: Part, content: Markup) -> Self {
        Self { visitor, title, part, status: StatusCode::OK, content }
    }

    /// The same under another status.
    #[must_use]
    pub fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

impl IntoResponse for Page<'_> {
    fn into_response(self) -> Response {
        let visitor = self.visitor;
        let unit = &visitor.session.unit_name;
        let frame = html! {
            a.skip href="#main" { "Skip to the main content" }
            @if visitor.session.test_mode {
                p.banner.test { strong { "Trying out. " } "All mail of this unit goes to one address, with a banner." }
            }
            header {
                a.brand href="/" { "usher" }
                form.search role="search" action="/search" method="get" {
                    label.visually-hidden for="search" { "Search cases: name, last digits of a number, URN" }
                    input id="search" type="search" name="q" placeholder="Name, last digits, URN" autocomplete="off" accesskey="s";
                    button type="submit" { "Search" }
                }
                a.button.record href="/record" accesskey="r" target="_blank" rel="opener" data-record { "Record" }
                details.me {
                    summary { (visitor.me.name) }
                    ul {
                        li { a href="/keys" { "Keys" } }
                        li { a href="/me" { "My absences and feeds" } }
                        li { a href=(super::pages::sign_in::PASSWORD) { "Password" } }
                        li { form method="post" action="/sign-out" { button.link type="submit" { "Sign out" } } }
                    }
                }
            }
            nav aria-label="Parts of the board" {
                ul { @for (part, words, address) in PARTS {
                    li { a href=(address) aria-current=[(part == self.part).then_some("page")] { (words) } }
                } }
            }
            @if let Some(said) = &visitor.said { p.said role="status" { (said) } }
            main id="main" tabindex="-1" { (self.content) }
            footer { (unit) " · OFFICIAL-SENSITIVE · " a href="/keys" { "Keys" } }
        };
        whole(self.status, self.title, Some(&visitor.me.id), &frame)
    }
}

/// A whole document around what is in its body.
pub fn whole(status: StatusCode, title: &str, me: Option<&str>, body: &Markup) -> Response {
    let document = html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – usher" }
                link rel="stylesheet" href=(assets::address("board.css"));
                link rel="icon" href=(assets::address("usher.svg")) type="image/svg+xml";
                script src=(assets::address("board.js")) defer {}
            }
            body data-me=[me] { (body) }
        }
    };
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (status, kind, document.into_string()).into_response()
}

/// What may be wider than the window, such as a table: it scrolls within the page, also by keyboard, and the page does not
/// scroll with it. The label says aloud what it is.
#[must_use]
pub fn scrolls(label: impl Render, wide: Markup) -> Markup {
    html! { div.scrolls tabindex="0" role="region" aria-label=(label) { (wide) } }
}

/// Leads to another page, which says what was done. `said` names nobody: it goes through the browser.
pub fn done(visitor: &Visitor, to: &str, said: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    set_cookie(&mut response, &visitor.board, SAID, &encode(said), Some(60));
    response
}

/// A page of ours, as an address within the board: nobody is sent on to another host, whatever a link said.
#[must_use]
pub fn own(to: &str) -> String {
    // Browsers take a backslash for a slash, and leave line breaks out.
    let is_own = to.starts_with('/') && !to.starts_with("//") && !to.contains(['\\', '\n', '\r', '\t']);
    if is_own { to.to_owned() } else { "/".to_owned() }
}

/// Sets a cookie that scripts cannot read; with no age it ends with the browser.
pub fn set_cookie(response: &mut Response, board: &Board, name: &str, value: &str, age: Option<u32>) {
    let secure = if board.over_tls() { "; Secure" } else { "" };
    let age = age.map(|age| format!("; Max-Age={age}")).unwrap_or_default();
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// A page, or what is said where it is refused.
pub fn or_refused(visitor: &Visitor, page: Result<Response, Refusal>) -> Response {
    page.unwrap_or_else(|refusal| refused(visitor, &refusal))
}

/// A page or a button that is refused, to a visitor.
pub fn refused(visitor: &Visitor, refusal: &Refusal) -> Response {
    let (title, more) = said(refusal);
    let content = html! {
        h1 { (title) }
        // What the API says of a token is for programs.
        @if refusal.reason != Reason::PageTokenInvalid { p { (super::form::sentence(&refusal.message)) "." } }
        p { (more) }
        p { a href="/" { "Back to my day" } }
    };
    Page::new(visitor, title, Part::None, content).status(refusal.status()).into_response()
}

/// The same where nobody is known.
pub fn refused_to_nobody(refusal: &Refusal) -> Response {
    let (title, more) = said(refusal);
    let body = html! {
        main id="main" { h1 { (title) } p { (super::form::sentence(&refusal.message)) "." } p { (more) } p { a href="/" { "Try again" } } }
    };
    whole(refusal.status(), title, None, &body)
}

fn said(refusal: &Refusal) -> (&'static str, &'static str) {
    match refusal.reason {
        Reason::NotHeld => ("Not found", "It may have been merged, or the address was typed wrongly."),
        Reason::RoleForbids => ("Not yours to do", "Ask a team leader."),
        Reason::PageTokenInvalid => {
            ("That page is not there", "It belongs to another list or filter: begin the list anew.")
        }
        Reason::ConflictOfInterest => {
            ("Not for you", "A conflict of interest is recorded: a colleague works this case.")
        }
        Reason::VersionStale => {
            ("Changed meanwhile", "Somebody else was quicker. Open the page anew and decide again.")
        }
        Reason::DatabaseUnavailable | Reason::AuditUnavailable | Reason::QueueFull | Reason::ShuttingDown => {
            ("usher cannot answer just now", "Nothing was lost. Try again in a moment.")
        }
        Reason::Internal | Reason::Unspecified => {
            ("Something broke", "It is logged. Tell whoever runs usher when it happened.")
        }
        _ => ("That cannot be done", "Go back and change what it says."),
    }
}

/// What is answered where there is no such page, and no such call.
pub async fn lost(headers: HeaderMap) -> Response {
    let is_call = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"));
    if is_call {
        return Status::unimplemented("usher has no such call: see its reflection").into_http();
    }
    refused_to_nobody(&Refusal::not_here("there is no such page"))
}

/// What is answered where a page broke down.
pub fn broken(_: Box<dyn Any + Send + 'static>) -> axum::http::Response<Body> {
    tracing::error!("a page broke down");
    refused_to_nobody(&Refusal::new(Reason::Internal, "the page broke down"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_on_to_another_host() {
        assert_eq!(own("/cases?own=yes"), "/cases?own=yes");
        for to in
            ["", "cases", "//evil.example", "/\\evil.example", "https://evil.example", "/\n/evil.example"]
        {
            assert_eq!(own(to), "/", "{to}");
        }
    }
}
