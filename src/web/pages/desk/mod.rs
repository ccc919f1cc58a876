//! The desk: what belongs to no case, or needs a hand before it can belong to one. What came in and could not be handled,
//! results whose case is not held, mail that did not arrive, and the numbers that say whether all is well.
//!
//! Each part is asked for by itself: where one cannot be shown the page says why, and shows the others.

mod compliance;
mod directory;
pub(super) mod kit;
mod parked;
mod reconcile;
mod unlinked;

use super::messages;
use super::rules::explain;
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::{Board, Pack, People};
use crate::web::clocks;
use crate::web::form::{self, Faults, sentence};
use crate::web::page::{Page, Part};
use crate::web::refusal::Refusal;
use crate::web::tasks::Rows;
use crate::web::words;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use futures::join;
use maud::{Markup, html};
use std::sync::Arc;

/// Kinds of task that the pack raises for what has no case; mail that names none is among the last.
const KINDS: [&str; 3] = ["look-at-parked", "link-result", "read-mail"];
/// Of each list that has a page of its own.
const FEW: i32 = 10;

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route("/desk", get(show))
        .merge(compliance::router())
        .merge(directory::router())
        .merge(parked::router())
        .merge(reconcile::router())
        .merge(unlinked::router())
}

/// A part of the page, or why it cannot be shown.
type Shown<T> = Result<T, Refusal>;

async fn show(visitor: Visitor) -> Response {
    let leads = visitor.leads();
    let pack = visitor.pack().await;
    let (tasks, stats, parked, unlinked, stuck, people) = join!(
        desk_tasks(&visitor, &pack),
        async { if leads { stats(&visitor).await.map(Some) } else { Ok(None) } },
        async { if leads { parked::listed(&visitor, "", "", FEW, "").await.map(Some) } else { Ok(None) } },
        unlinked(&visitor),
        stuck(&visitor),
        visitor.people(),
    );
    let (people, pack) = (people.unwrap_or_default(), pack.unwrap_or_default());
    let content = html! {
        h1 { "Desk" }
        p {
            "What belongs to no case, or cannot be handled without a hand. Nothing that came in is ever dropped: it is in a case, or here."
        }
        nav.tabs aria-label="The desk’s other pages" { ul {
            li { a href="/desk/unlinked" { "Results without a case" } }
            li { a href=(form::address("/messages", &[("state", messages::STUCK)])) { "Mail that did not arrive" } }
            @if leads {
                li { a href="/desk/parked" { "Parked" } }
                li { a href="/desk/reconcile" { "Reconcile" } }
            }
            li { a href="/desk/compliance" { "Victims’ Code compliance" } }
            li { a href="/directory" { "Directory" } }
        } }
        (part("tasks", "Tasks of the desk", &tasks, |tasks| tasks_shown(&visitor, tasks, &pack, &people)))
        div.columns {
            div.main-column {
                (part("parked", "Parked", &parked, |parked| parked_shown(parked.as_ref(), &people, visitor.now)))
                (part("unlinked", "Results without a case", &unlinked, |page| unlinked_shown(page, visitor.now)))
                (part("stuck", "Mail that did not arrive", &stuck, |page| stuck_shown(page, visitor.now)))
            }
            div.side-column {
                (part("stats", "As of now", &stats, |stats| stats_shown(stats.as_ref(), visitor.now)))
                section aria-labelledby="why" {
                    h2 id="why" { "Why did it, or why did it not?" }
                    (explain::search("", &Faults::none()))
                }
            }
        }
    };
    Page::new(&visitor, "Desk", Part::Desk, content).into_response()
}

/// A part of the page; where it cannot be shown, why.
fn part<T>(id: &str, heading: &str, shown: &Shown<T>, show: impl FnOnce(&T) -> Markup) -> Markup {
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (heading) }
            @match shown {
                Ok(held) => (show(held)),
                Err(refusal) => p.warning { "This cannot be shown just now: " (refusal.message) "." },
            }
        }
    }
}

/// Open tasks that belong to no case, of the kinds that the active pack has.
async fn desk_tasks(visitor: &Visitor, pack: &Shown<Arc<Pack>>) -> Shown<Vec<pb::Task>> {
    let pack = pack.as_ref().map_err(Refusal::clone)?;
    let kinds: Vec<String> =
        KINDS.iter().filter(|kind| pack.kinds.contains_key(**kind)).map(|kind| (*kind).to_owned()).collect();
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let asked = pb::ListTasksRequest { kinds, page_size: 200, ..pb::ListTasksRequest::default() };
    let mut tasks = visitor.calls.tasks().list_tasks(asked).await?.into_inner().tasks;
    tasks.retain(|task| task.case_id.is_empty());
    Ok(tasks)
}

async fn stats(visitor: &Visitor) -> Shown<pb::GetStatsResponse> {
    Ok(visitor.calls.operations().get_stats(pb::GetStatsRequest {}).await?.into_inner())
}

async fn unlinked(visitor: &Visitor) -> Shown<pb::ListUnlinkedResponse> {
    let asked = pb::ListUnlinkedRequest { page_size: FEW, ..pb::ListUnlinkedRequest::default() };
    Ok(visitor.calls.intake().list_unlinked(asked).await?.into_inner())
}

async fn stuck(visitor: &Visitor) -> Shown<pb::ListMessagesResponse> {
    let states = messages::STUCK_STATES.iter().map(|state| *state as i32).collect();
    let asked = pb::ListMessagesRequest { states, page_size: FEW, ..pb::ListMessagesRequest::default() };
    Ok(visitor.calls.correspondence().list_messages(asked).await?.into_inner())
}

fn tasks_shown(visitor: &Visitor, tasks: &[pb::Task], pack: &Pack, people: &People) -> Markup {
    let rows = Rows { visitor, pack, people: Some(people), pinned: &[], new_since: None };
    html! {
        @if tasks.is_empty() {
            p.empty {
                "No task of the desk is open. They are raised for what is parked, for results without a case that speak of somebody vulnerable, and for mail that names no case."
            }
        }
        @else { (rows.form(&rows.list(&tasks.iter().collect::<Vec<_>>()))) }
    }
}

fn parked_shown(parked: Option<&pb::ListParkedResponse>, people: &People, now: DateTime<Utc>) -> Markup {
    html! {
        @match parked {
            None => p { "What cannot be handled is kept whole. Team leaders see it here: they retry it, put it right or discard it with a reason. Tell one of them if news is missing from a case of yours." },
            Some(parked) if parked.events.is_empty() => p.empty { "Nothing is parked. What cannot be read or handled comes here and blocks nobody." },
            Some(parked) => {
                (parked::table(&parked.events, people, now))
                p { a href="/desk/parked" { "All that is parked" } }
            },
        }
    }
}

fn unlinked_shown(page: &pb::ListUnlinkedResponse, now: DateTime<Utc>) -> Markup {
    html! {
        @if page.results.is_empty() {
            p.empty {
                "Every result has its case. Results that may be ours but whose case is not held come here."
            }
        }
        @else {
            (unlinked::by_day(&page.results, now))
            p { a href="/desk/unlinked" { "All results without a case" } }
        }
    }
}

fn stuck_shown(page: &pb::ListMessagesResponse, now: DateTime<Utc>) -> Markup {
    html! {
        @if page.messages.is_empty() {
            p.empty {
                "All mail arrived, as far as is known. What a relay refuses, what comes back and what may or may not have arrived comes here."
            }
        }
        @else {
            (messages::table("Mail that did not arrive, last written first", &page.messages, now))
            p {
                a href=(form::address("/messages", &[("state", messages::STUCK)])) {
                    "All mail that did not arrive"
                }
            }
        }
    }
}

fn stats_shown(stats: Option<&pb::GetStatsResponse>, now: DateTime<Utc>) -> Markup {
    let Some(stats) = stats else {
        return html! { p { "Team leaders see here how much is open, overdue and waiting in the whole unit." } };
    };
    let since = |at: Option<&prost_types::Timestamp>| clocks::instant_if(at).map(|at| clocks::long(now - at));
    html! {
        dl.stats {
            (figure("Cases open", stats.cases_open, Some("/cases"), false, None))
            (figure("Tasks open", stats.tasks_open, Some("/team"), false, None))
            (figure("Tasks past due", stats.tasks_overdue, Some("/team/work?of=overdue&team=all"), true, None))
            (figure("Tasks of nobody", stats.tasks_unassigned, Some("/team/work?of=unassigned&team=all"), false, None))
            (figure("Duties open", stats.duties_open, None, false, None))
            (figure("Duties overdue", stats.duties_overdue, Some("/desk/compliance/list?state=overdue"), true, None))
            (figure("Parked", stats.events_parked, Some("/desk/parked"), true, None))
            (figure("Results without a case", stats.results_unlinked, Some("/desk/unlinked"), false, None))
            (figure("Waiting to be handled", stats.events_waiting, None, false, since(stats.oldest_waiting_at.as_ref())))
            (figure("Timers that wait", stats.timers_waiting, None, false, since(stats.oldest_timer_at.as_ref()).map(|late| format!("{late} late"))))
            @for held in &stats.messages {
                @let state = held.state();
                (figure(&format!("Messages: {}", words::message_state(state).to_lowercase()), held.messages, Some(&messages::in_state(state)), messages::STUCK_STATES.contains(&state), None))
            }
        }
        p.about {
            "Counted " (clocks::full_if(stats.counted_at.as_ref())) ", under the pack " code {
                (words::short_hash(&stats.pack_hash))
            }
        }
    }
}

/// One number; where it should be nought and is not, it has a sign.
fn figure(
    name: &str,
    number: i64,
    to: Option<&str>,
    should_be_nought: bool,
    beside: Option<String>,
) -> Markup {
    let presses = should_be_nought && number > 0;
    html! {
        dt { @match to { Some(to) => a href=(to) { (name) }, None => (name) } }
        dd {
            strong.clock.over[presses] { @if presses { "! " } (number) }
            @if let Some(beside) = beside { " " span.about { (sentence(&beside)) } }
        }
    }
}

/// What a page says to whoever may not do what is on it.
fn for_leaders(visitor: &Visitor, title: &str, words: &str) -> Response {
    let content = html! {
        div.heading { p.crumbs { a href="/desk" { "Desk" } } h1 { (title) } }
        p { (words) }
    };
    Page::new(visitor, title, Part::Desk, content).status(axum::http::StatusCode::FORBIDDEN).into_response()
}

/// What became of an event that was handled again, for what a page says was done.
#[must_use]
fn became(receipt: Option<&pb::Receipt>) -> String {
    let Some(receipt) = receipt else { return "Done.".to_owned() };
    match receipt.outcome() {
        pb::Outcome::Applied => {
            let effects = usize::try_from(receipt.effects).unwrap_or_default();
            format!("Handled: {}.", words::count(effects, "thing followed", "things followed"))
        }
        pb::Outcome::Nothing => "Handled: nothing followed from it. The explanation says why.".to_owned(),
        pb::Outcome::Parked => "It could not be handled this time either.".to_owned(),
        pb::Outcome::Unlinked => "It can be read now, and waits for its case.".to_owned(),
        outcome => format!("{}.", words::outcome(outcome)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_an_event_is_said_in_words() {
        let receipt = |outcome: pb::Outcome, effects| pb::Receipt {
            outcome: outcome as i32,
            effects,
            ..pb::Receipt::default()
        };
        assert_eq!(became(Some(&receipt(pb::Outcome::Applied, 3))), "Handled: 3 things followed.");
        assert_eq!(became(Some(&receipt(pb::Outcome::NotOurs, 0))), "Not ours.");
        assert_eq!(became(None), "Done.");
    }
}
