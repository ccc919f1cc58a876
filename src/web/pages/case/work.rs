//! What is owed in a case and what is to be done in it: on the case's page the most pressing, on pages of their own all.

use super::people::clock;
use super::seen::Seen;
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::{Board, Pack, People};
use crate::web::form::encode;
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::tasks::Rows;
use crate::web::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use futures::try_join;
use maud::{Markup, html};
use serde::Deserialize;

/// Tasks on the case's page.
pub(super) const ON_CASE: i32 = 6;
/// Tasks on a page of their own.
const PAGE: i32 = 25;
/// Duties that are read for the case's page.
const DUTIES: i32 = 200;
/// Duties on the case's page; the rest are with their people.
const DUTIES_SHOWN: usize = 12;

pub(super) fn router() -> Router<Board> {
    Router::new().route("/cases/{id}/tasks", get(show_tasks)).route("/cases/{id}/owed", get(show_owed))
}

/// What is owed in a case, the earliest due first.
///
/// # Errors
/// What the API refuses.
pub(super) async fn owed(visitor: &Visitor, id: &str) -> Result<Vec<pb::Duty>, Refusal> {
    let asked = pb::ListDutiesRequest {
        case_id: id.to_owned(),
        page_size: DUTIES,
        ..pb::ListDutiesRequest::default()
    };
    Ok(visitor.calls.tasks().list_duties(asked).await?.into_inner().duties)
}

/// Open tasks of a case, in the order in which they are to be done.
///
/// # Errors
/// What the API refuses.
pub(super) async fn tasks(
    visitor: &Visitor,
    id: &str,
    page_size: i32,
    page_token: &str,
) -> Result<pb::ListTasksResponse, Refusal> {
    let asked = pb::ListTasksRequest {
        case_id: id.to_owned(),
        page_size,
        page_token: page_token.to_owned(),
        ..pb::ListTasksRequest::default()
    };
    Ok(visitor.calls.tasks().list_tasks(asked).await?.into_inner())
}

/// The section of what is owed and to be done.
#[must_use]
pub(super) fn section(
    visitor: &Visitor,
    seen: &Seen,
    duties: &[pb::Duty],
    tasks: &pb::ListTasksResponse,
    people: &People,
    pack: &Pack,
) -> Markup {
    let id = &seen.case.id;
    let rows = Rows { visitor, pack, people: Some(people), pinned: &[], new_since: None };
    let listed: Vec<&pb::Task> = tasks.tasks.iter().collect();
    html! {
        section.case-work id="owed" aria-labelledby="owed-title" {
            h2 id="owed-title" { "Owed and to do" }
            div data-live=(format!("/live?case={id}")) id="case-work" {
                h3 { "Who is to be told what " span.count { (duties.len()) } }
                @if duties.is_empty() { p.empty { "Nobody is owed news. What the court and the CPS say raises it, with its clock." } }
                @else { (table(seen, &duties[..duties.len().min(DUTIES_SHOWN)], visitor.now)) }
                @if duties.len() > DUTIES_SHOWN { p.pages { a href=(format!("/cases/{id}/owed")) { "All " (duties.len()) " things that are owed" } } }
                div.section-head { h3 { "Open tasks" } a href=(format!("/cases/{id}/tasks/new")) { "Add a task by hand" } }
                @if listed.is_empty() { p.empty { "Nothing is to be done in this case." } }
                @else { (rows.form(&rows.list(&listed))) }
                @if !tasks.next_page_token.is_empty() { p.pages { a href=(format!("/cases/{id}/tasks")) { "All open tasks of this case" } } }
            }
        }
    }
}

fn table(seen: &Seen, duties: &[pb::Duty], now: DateTime<Utc>) -> Markup {
    html! {
        table aria-label="What is owed" {
            thead { tr { th scope="col" { "Whom" } th scope="col" { "What" } th scope="col" { "By when" } th scope="col" { "How" } } }
            tbody { @for duty in duties {
                tr {
                    th scope="row" { a href=(format!("/cases/{}#p-{}", seen.case.id, duty.participant_id)) { (seen.name(&duty.participant_id)) } }
                    td { (words::plain(&duty.kind)) }
                    td { (clock(duty, now)) }
                    td {
                        @if duty.task_id.is_empty() { "A message tells it" }
                        @else {
                            a href=(format!("/tasks/{}", duty.task_id)) { "Do it" span.visually-hidden { ": tell " (seen.name(&duty.participant_id)) } }
                        }
                    }
                }
            } }
        }
    }
}

/// Where a list goes on.
#[derive(Debug, Default, Deserialize)]
pub(super) struct OnPage {
    /// The page's token; empty for the first.
    #[serde(default)]
    pub page: String,
}

async fn show_tasks(visitor: Visitor, Path(id): Path<String>, Query(on): Query<OnPage>) -> Response {
    page::or_refused(&visitor, tasks_page(&visitor, &id, &on.page).await)
}

async fn tasks_page(visitor: &Visitor, id: &str, token: &str) -> Result<Response, Refusal> {
    let (seen, listed, people, pack) = try_join!(
        Seen::read(visitor, id),
        tasks(visitor, id, PAGE, token),
        visitor.people(),
        visitor.pack()
    )?;
    let rows = Rows { visitor, pack: &pack, people: Some(&people), pinned: &[], new_since: None };
    let all: Vec<&pb::Task> = listed.tasks.iter().collect();
    let content = html! {
        (seen.heading("Open tasks of this case"))
        p { a.button href=(format!("/cases/{id}/tasks/new")) { "Add a task by hand" } }
        div data-live=(format!("/live?case={id}")) id="case-tasks" {
            @if all.is_empty() { p.empty { "Nothing is to be done in this case. Tasks come here as courts, the CPS, callers and clocks raise them." } }
            @else { (rows.form(&rows.list(&all))) }
        }
        @if !listed.next_page_token.is_empty() {
            p.pages { a rel="next" href=(format!("/cases/{id}/tasks?page={}", encode(&listed.next_page_token))) { "More tasks" } }
        }
    };
    let title = format!("Tasks, {}", seen.case.label);
    Ok(Page::new(visitor, &title, Part::Cases, content).into_response())
}

async fn show_owed(visitor: Visitor, Path(id): Path<String>, Query(on): Query<OnPage>) -> Response {
    page::or_refused(&visitor, owed_page(&visitor, &id, &on.page).await)
}

async fn owed_page(visitor: &Visitor, id: &str, token: &str) -> Result<Response, Refusal> {
    let mut duties = visitor.calls.tasks();
    let asked = pb::ListDutiesRequest {
        case_id: id.to_owned(),
        page_size: 100,
        page_token: token.to_owned(),
        ..pb::ListDutiesRequest::default()
    };
    let (seen, listed) =
        try_join!(Seen::read(visitor, id), async { Ok(duties.list_duties(asked).await?.into_inner()) },)?;
    let content = html! {
        (seen.heading("All that is owed"))
        @if listed.duties.is_empty() { p.empty { "Nobody is owed news. What the court and the CPS say raises it, with its clock." } }
        @else { (table(&seen, &listed.duties, visitor.now)) }
        @if !listed.next_page_token.is_empty() {
            p.pages { a rel="next" href=(format!("/cases/{id}/owed?page={}", encode(&listed.next_page_token))) { "More that is owed" } }
        }
    };
    let title = format!("Owed, {}", seen.case.label);
    Ok(Page::new(visitor, &title, Part::Cases, content).into_response())
}
