//! What was found out and done in a case: tasks that ended, with the answers that were given in them, so that whoever works
//! the case next sees a DASH, a BRAG rating or an order of the family court without looking for the task.

use super::seen::Seen;
use super::work::OnPage;
use crate::grpc::pb::{self, TaskState};
use crate::web::admit::Visitor;
use crate::web::board::{Board, Pack, People};
use crate::web::clocks;
use crate::web::form::encode;
use crate::web::page::{self, Page, Part};
use crate::web::question;
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::try_join;
use maud::{Markup, html};

/// Tasks that ask something, of which the case's page looks at the latest: not every one was answered.
const LOOKED_AT: i32 = 20;
/// Tasks of which the case's page shows the answers.
const ON_CASE: usize = 8;
/// Tasks on a page of their own.
const PAGE: i32 = 50;

pub(super) fn router() -> Router<Board> {
    Router::new().route("/cases/{id}/done", get(show))
}

/// Tasks of a case that were done, the latest first; of these kinds, or of any where none is named.
async fn done(
    visitor: &Visitor,
    id: &str,
    kinds: Vec<String>,
    page_size: i32,
    page_token: &str,
) -> Result<pb::ListTasksResponse, Refusal> {
    let asked = pb::ListTasksRequest {
        case_id: id.to_owned(),
        states: vec![TaskState::Done.into()],
        kinds,
        page_size,
        page_token: page_token.to_owned(),
        latest_ended_first: true,
        ..pb::ListTasksRequest::default()
    };
    Ok(visitor.calls.tasks().list_tasks(asked).await?.into_inner())
}

/// The latest tasks of a case in whose form something is asked.
///
/// # Errors
/// What the API refuses.
pub(super) async fn that_ask(visitor: &Visitor, id: &str) -> Result<Vec<pb::Task>, Refusal> {
    let pack = visitor.pack().await?;
    let asks = |kind: &&pb::KindText| kind.form.as_ref().is_some_and(|form| !form.questions.is_empty());
    let kinds: Vec<String> = pack.kinds.values().filter(asks).map(|kind| kind.name.clone()).collect();
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    Ok(done(visitor, id, kinds, LOOKED_AT, "").await?.tasks)
}

/// The answers of a task by the form of its kind; the names of bodies stand on the task's own page.
fn given(task: &pb::Task, pack: &Pack) -> Vec<(String, String)> {
    let form = pack.kinds.get(&task.kind).and_then(|kind| kind.form.as_ref());
    form.map_or_else(Vec::new, |form| question::given(form, task.answers.as_ref(), &[]))
}

fn outcome<'a>(task: &'a pb::Task, pack: &'a Pack) -> Option<&'a str> {
    let form = pack.kinds.get(&task.kind)?.form.as_ref()?;
    form.choices.iter().find(|choice| choice.word == task.outcome).map(|choice| choice.label.as_str())
}

/// What was found out, on the case's page: before charge it is what one reads first, and stands open.
#[must_use]
pub(super) fn section(seen: &Seen, done: &[pb::Task], pack: &Pack, people: &People) -> Markup {
    let id = &seen.case.id;
    let open = seen.case.phase() == pb::Phase::PreCharge;
    let found = done.iter().map(|task| (task, given(task, pack)));
    let found: Vec<(&pb::Task, Vec<(String, String)>)> =
        found.filter(|(_, given)| !given.is_empty()).take(ON_CASE).collect();
    html! {
        section.case-found id="found" aria-labelledby="found-title" {
            div.section-head {
                h2 id="found-title" { "Found out" }
                a href=(format!("/cases/{id}/done")) { "All that was done" }
            }
            @if found.is_empty() { p.empty { "What is asked in forms, such as the DASH and the BRAG of the background checks, stands here once it is answered." } }
            @for (nth, (task, given)) in found.iter().enumerate() {
                details open[open && nth == 0] {
                    summary { (task.title) span.when { ", " (ended(task, people)) } }
                    (answers(given))
                    p { a href=(format!("/tasks/{}", task.id)) { "The task" span.visually-hidden { ": " (task.title) } } }
                }
            }
        }
    }
}

/// When it ended, and by whom.
fn ended(task: &pb::Task, people: &People) -> String {
    let by = if task.assignee_id.is_empty() { "" } else { people.name(&task.assignee_id) };
    let at = clocks::full_if(task.ended_at.as_ref());
    if by.is_empty() { at } else { format!("{at}, {by}") }
}

fn answers(given: &[(String, String)]) -> Markup {
    html! { @if !given.is_empty() { dl { @for (question, answer) in given { dt { (question) } dd { (answer) } } } } }
}

async fn show(visitor: Visitor, Path(id): Path<String>, Query(on): Query<OnPage>) -> Response {
    page::or_refused(&visitor, done_page(&visitor, &id, &on.page).await)
}

async fn done_page(visitor: &Visitor, id: &str, token: &str) -> Result<Response, Refusal> {
    let (seen, listed, people, pack) = try_join!(
        Seen::read(visitor, id),
        done(visitor, id, Vec::new(), PAGE, token),
        visitor.people(),
        visitor.pack()
    )?;
    let content = html! {
        (seen.heading("What was done"))
        @if listed.tasks.is_empty() { p.empty { "No task of this case is done yet." } }
        ol.case-timeline { @for task in &listed.tasks {
            li {
                p.what {
                    a href=(format!("/tasks/{}", task.id)) { strong { (task.title) } } " "
                    span.when { (ended(task, &people)) }
                }
                p { (outcome(task, &pack).map_or_else(|| words::plain(&task.outcome), str::to_owned)) }
                (answers(&given(task, &pack)))
            }
        } }
        @if !listed.next_page_token.is_empty() {
            p.pages { a rel="next" href=(format!("/cases/{id}/done?page={}", encode(&listed.next_page_token))) { "More that was done" } }
        }
    };
    let title = format!("Done, {}", seen.case.label);
    Ok(Page::new(visitor, &title, Part::Cases, content).into_response())
}
