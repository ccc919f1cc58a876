//! What changes while a page is open: `GET /live` tells, by server-sent events, that something of a list changed. It tells
//! no contents: the page asks for itself again, and so shows only what its visitor may see.

use super::admit::Visitor;
use super::board::Board;
use super::refusal::Refusal;
use crate::grpc::pb;
use axum::Router;
use axum::extract::Query;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::StreamExt as _;
use futures::stream::{self, Stream};
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;

/// Changes that come within this long are told as one.
const GATHER: Duration = Duration::from_millis(300);

pub(super) fn router() -> Router<Board> {
    Router::new().route("/live", get(live))
}

/// Of which tasks changes are told.
#[derive(Debug, Deserialize)]
struct Of {
    /// Somebody's.
    #[serde(default)]
    assignee: String,
    /// A team's.
    #[serde(default)]
    team: String,
    /// A case's.
    #[serde(default)]
    case: String,
}

async fn live(visitor: Visitor, Query(of): Query<Of>) -> Response {
    let asked = pb::WatchTasksRequest {
        assignee_id: of.assignee,
        team_id: of.team,
        case_id: of.case,
        ..pb::WatchTasksRequest::default()
    };
    match visitor.calls.tasks().watch_tasks(asked).await {
        Ok(watch) => {
            let closing = visitor.board.closing().clone().cancelled_owned();
            let told = told(watch.into_inner()).take_until(closing);
            Sse::new(told).keep_alive(KeepAlive::new().interval(Duration::from_secs(20))).into_response()
        }
        Err(status) => super::page::refused(&visitor, &Refusal::from(status)),
    }
}

/// One `changed` for all that changes at about the same time, once what was there at the beginning has been passed over.
/// The stream ends with the watch; the browser then comes again by itself.
fn told(
    watch: tonic::Streaming<pb::WatchTasksResponse>,
) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    use pb::watch_tasks_response::Item;
    stream::unfold((watch, false), |(mut watch, mut caught_up)| async move {
        loop {
            let item = watch.message().await.ok()??.item?;
            match item {
                Item::CaughtUp(_) if !caught_up => {
                    caught_up = true;
                    return Some((Ok(told_as("watching")), (watch, caught_up)));
                }
                Item::CaughtUp(_) => {}
                Item::Changed(_) | Item::Left(_) if caught_up => {
                    // More of the same commit follows at once.
                    let until = tokio::time::Instant::now() + GATHER;
                    while let Ok(Ok(Some(_))) = tokio::time::timeout_at(until, watch.message()).await {}
                    return Some((Ok(told_as("changed")), (watch, caught_up)));
                }
                Item::Changed(_) | Item::Left(_) => {}
            }
        }
    })
}

/// Browsers pass over an event without data.
fn told_as(name: &str) -> Event {
    Event::default().event(name).data(name)
}
