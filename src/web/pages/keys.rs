//! Keys: what the keyboard does, and how to turn it off.

use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::page::{Page, Part};
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::html;

/// Keys and what they do, by where they do it; the script knows the same.
const KEYS: [(&str, &[(&str, &str)]); 3] = [
    (
        "Everywhere",
        &[
            ("/", "Search"),
            ("r", "Record a call, mail, result or note"),
            ("g then d", "My day"),
            ("g then c", "Calendar"),
            ("g then t", "Team"),
            ("g then l", "Letters"),
            ("g then k", "Desk"),
            ("g then r", "Rules"),
            ("?", "This page"),
        ],
    ),
    (
        "On a list of tasks",
        &[
            ("j or ↓, k or ↑", "The next task, the one before"),
            ("Enter or o", "Open the task"),
            ("a", "Seen: acknowledge it"),
            ("s", "Start it"),
            ("n", "No answer: record an attempt"),
            ("c", "Done, or the form where something is asked"),
            ("d", "Put it aside until tomorrow morning"),
            ("p", "Pin it, or take the pin away"),
        ],
    ),
    ("In a form", &[("Ctrl + Enter", "Send it"), ("Esc", "Close Record; what was typed stays")]),
];

pub(super) fn router() -> Router<Board> {
    Router::new().route("/keys", get(show))
}

async fn show(visitor: Visitor) -> Response {
    let content = html! {
        h1 { "Keys" }
        p { "Single keys work while nothing is being typed. They can be turned off, for whoever speaks to their computer." }
        p { button type="button" data-keys-toggle hidden { "Turn single keys off" } }
        noscript { p { "Without JavaScript the browser's own keys do everything: Tab, Enter, and the access keys S (search) and R (Record)." } }
        @for (place, keys) in KEYS {
            h2 { (place) }
            table {
                thead { tr { th scope="col" { "Key" } th scope="col" { "What it does" } } }
                tbody { @for (key, does) in keys { tr { td { kbd { (key) } } td { (does) } } } }
            }
        }
    };
    Page::new(&visitor, "Keys", Part::None, content).into_response()
}
