//! The history of a task: what people did to it, with what they wrote, the latest first.

use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::clocks;
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::try_join;
use maud::html;

/// Events of the case that are looked through at a time.
const PAGE: i32 = 200;
/// Pages that are looked through: what lies further back is in the case's own timeline.
const PAGES_MAX: usize = 5;

pub(super) fn router() -> Router<Board> {
    Router::new().route("/tasks/{id}/history", get(show))
}

async fn show(visitor: Visitor, Path(id): Path<String>) -> Response {
    page::or_refused(&visitor, history(&visitor, id).await)
}

async fn history(visitor: &Visitor, task_id: String) -> Result<Response, Refusal> {
    let mut tasks = visitor.calls.tasks();
    let asked = pb::GetTaskRequest { task_id };
    let (held, people) =
        try_join!(async { Ok::<_, Refusal>(tasks.get_task(asked).await?.into_inner()) }, visitor.people())?;
    let task = held.task.unwrap_or_default();
    let (mut entries, mut page_token) = (Vec::new(), String::new());
    for _ in 0..PAGES_MAX {
        let asked = pb::GetTimelineRequest { case_id: task.case_id.clone(), page_size: PAGE, page_token };
        let page = visitor.calls.cases().get_timeline(asked).await?.into_inner();
        entries.extend(page.entries);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let found: Vec<&pb::TimelineEntry> = entries.iter().filter(|entry| entry.task_id == task.id).collect();
    let raised = clocks::full_if(task.raised_at.as_ref());
    let content = html! {
        p.crumbs { a href=(format!("/tasks/{}", task.id)) { (task.title) } }
        h1 { "History" }
        ol.history {
            @for entry in found {
                li {
                    strong { (clocks::full_if(entry.handled_at.as_ref())) } " "
                    a href=(format!("/events/{}", entry.event_id)) { (words::event_kind(&entry.event_kind)) }
                    ", " (words::actor(&entry.actor, &people))
                    @if !entry.words.is_empty() { blockquote { (entry.words) } }
                }
            }
            li { strong { (raised) } " Raised. Why it was raised, and what came to it later, is on the task’s page." }
        }
        @if !page_token.is_empty() { p { "What lies further back is in " a href=(format!("/cases/{}/timeline", task.case_id)) { "the case’s timeline" } "." } }
    };
    Ok(Page::new(visitor, "History of a task", Part::MyDay, content).into_response())
}
