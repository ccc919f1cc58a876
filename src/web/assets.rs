//! The files that pages load: our stylesheet, our script, our sign. Their address names their contents, so that a browser
//! may keep them for ever and asks for others as soon as they differ.

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::LazyLock;

/// Name, kind, contents.
const FILES: [(&str, &str, &str); 3] = [
    (
        "board.css",
        "text/css; charset=utf-8",
        concat!(
            include_str!("assets/board.css"),
            include_str!("assets/case.css"),
            include_str!("assets/record.css"),
            include_str!("assets/desk.css"),
            include_str!("assets/team.css")
        ),
    ),
    ("board.js", "text/javascript; charset=utf-8", include_str!("assets/board.js")),
    ("usher.svg", "image/svg+xml", include_str!("assets/usher.svg")),
];

/// What names the contents of all files.
static STAMP: LazyLock<String> = LazyLock::new(|| {
    let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
    for (_, _, contents) in FILES {
        digest.update(contents.as_bytes());
    }
    digest.finish().as_ref()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
});

/// Where a file is.
pub(super) fn address(name: &str) -> String {
    format!("/assets/{}/{name}", *STAMP)
}

/// The files.
pub(super) fn router() -> Router {
    Router::new().route("/assets/{stamp}/{name}", get(file))
}

async fn file(Path((stamp, name)): Path<(String, String)>) -> Response {
    let found = FILES.iter().find(|(of, _, _)| *of == name).filter(|_| stamp == *STAMP);
    let Some((_, kind, contents)) = found else {
        return (StatusCode::NOT_FOUND, "there is no such file\n").into_response();
    };
    let headers =
        [(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, *contents).into_response()
}
