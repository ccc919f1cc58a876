//! The board: the pages that the unit's people work in all day, on the port of the API.
//!
//! The board is a client of the API. It holds no data, asks no database and decides nothing: a page is what some calls
//! answer, a button is one call that records an event, and what a page does not show the API refuses as well. It calls the
//! services of its own process, with the visitor's session as the bearer token, so that the access table, the audit and
//! the refusals are those of every other caller.
//!
//! ```text
//!  browser ──► admit ──► pages::* ──► calls ──► the API's services (access table, audit, engine)
//!                │           │
//!          who it is     page + form + words: HTML, escaped by maud
//! ```
//!
//! - [`board`] is what all pages share, [`admit`] finds out who visits, [`calls`] is the API as they call it.
//! - [`page`] is the frame around every page, [`form`] reads and shows forms, [`words`] says the contract's words in
//!   English, [`clocks`] says instants as people do, [`refusal`] says what was refused.
//! - `pages` holds a folder a subject, and in it a file a page. Each works without JavaScript; `board.js` adds keys, live lists and kept drafts.
//!
//! No page asks anything of another host; scripts and styles are files of ours, and nothing inline is ever run.

pub mod admit;
mod assets;
pub mod board;
pub mod calls;
pub mod clocks;
pub mod form;
mod live;
pub mod page;
pub mod pages;
pub mod question;
pub mod refusal;
mod tasks;
mod titles;
pub mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware;
use board::Board;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};
use tower_http::csrf::CsrfLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// The largest form that is read, in bytes: one with a document of a case has a limit of its own.
const FORM_BYTES_MAX: usize = 2 * 1024 * 1024;

/// What a page may load and do: files of ours alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      frame-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'";

/// The pages, to be merged into the router of the API.
pub fn router(board: Board) -> Router {
    let visitors = pages::router().layer(middleware::from_fn_with_state(board.clone(), admit::admit));
    let always = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    Router::new()
        .merge(visitors)
        .merge(pages::sign_in::router())
        .fallback(page::lost)
        .with_state(board)
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        // Pages are of one person and one moment.
        .layer(always(header::CACHE_CONTROL, "no-store"))
        .merge(assets::router())
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::custom(page::broken))
        .layer(always(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(header::REFERRER_POLICY, "same-origin"))
        .layer(always(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(always(
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=(), payment=()",
        ))
        .layer(
            CompressionLayer::new()
                .compress_when(SizeAbove::new(1024).and(NotForContentType::new("text/event-stream"))),
        )
}
