//! Reconciliation: what came from a sender in a period against what became of it, and against the sender's own list.

use super::for_leaders;
use super::kit::filled;
use crate::domain::london;
use crate::grpc::pb::{self, Outcome};
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use maud::{Markup, html};

/// References that are listed one by one.
const LISTED: usize = 500;
/// What whoever may not do it is told.
const FOR_LEADERS: &str = "Team leaders and managers count here what came from a court’s feed or another sender against what became of it, \
                           as proof that nothing was dropped. Ask one of them if you miss something.";

pub(super) fn router() -> Router<Board> {
    Router::new().route("/desk/reconcile", get(ask).post(answer))
}

async fn ask(visitor: Visitor) -> Response {
    if !visitor.leads() {
        return for_leaders(&visitor, "Reconcile", FOR_LEADERS);
    }
    let today = london::date(visitor.now);
    let yesterday = today.pred_opt().unwrap_or(today);
    let posted = filled(&[
        ("source", "feed:common-platform"),
        ("from", &format!("{yesterday}T00:00")),
        ("to", &format!("{today}T00:00")),
    ]);
    shown(&visitor, &posted, &Faults::none(), None)
}

/// Counts. Nothing is changed by it, so the answer is the page: sent again, it counts again.
async fn answer(visitor: Visitor, posted: Posted) -> Response {
    if !visitor.leads() {
        return for_leaders(&visitor, "Reconcile", FOR_LEADERS);
    }
    let asked = match asked(&posted) {
        Ok(asked) => asked,
        Err(faults) => return shown(&visitor, &posted, &faults, None),
    };
    let listed = asked.references.len();
    match visitor.calls.operations().reconcile(asked).await.map(tonic::Response::into_inner) {
        Ok(found) => shown(&visitor, &posted, &Faults::none(), Some((&found, listed))),
        Err(status) => {
            let refusal = Refusal::from(status);
            if !refusal.is_mendable() {
                return page::refused(&visitor, &refusal);
            }
            let faults = Faults::of(&refusal, |path| match path {
                "source" => Some("source".to_owned()),
                "starts_at" => Some("from".to_owned()),
                "ends_at" => Some("to".to_owned()),
                _ => path.starts_with("references").then(|| "references".to_owned()),
            });
            shown(&visitor, &posted, &faults, None)
        }
    }
}

/// What was filled in, as the call.
fn asked(posted: &Posted) -> Result<pb::ReconcileRequest, Faults> {
    let mut faults = Faults::none();
    if posted.get("source").is_empty() {
        faults.field("source", "Say whose events are to be counted");
    }
    let mut instant = |name: &str| -> Option<DateTime<Utc>> {
        let at = london::parse(posted.get(name)).ok();
        if at.is_none() {
            faults.field(name, "Choose a day and a time");
        }
        at
    };
    let (starts_at, ends_at) = (instant("from"), instant("to"));
    if !faults.is_none() {
        return Err(faults);
    }
    Ok(pb::ReconcileRequest {
        source: source(posted.get("source")),
        starts_at: starts_at.map(clocks::timestamp),
        ends_at: ends_at.map(clocks::timestamp),
        references: references(posted.get("references")),
    })
}

/// A sender as events name it: a feed may be written as the desk shows it, "Common Platform".
fn source(text: &str) -> String {
    if text.contains(':') {
        return text.to_owned();
    }
    format!("feed:{}", text.to_lowercase().split_whitespace().collect::<Vec<_>>().join("-"))
}

/// A pasted list: one reference a line, or with commas between, as spreadsheets copy them.
fn references(text: &str) -> Vec<String> {
    let parts = text.split(|sign: char| sign.is_whitespace() || matches!(sign, ',' | ';'));
    parts
        .map(|part| part.trim_matches(['"', '\'']))
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

fn shown(
    visitor: &Visitor,
    posted: &Posted,
    faults: &Faults,
    found: Option<(&pb::ReconcileResponse, usize)>,
) -> Response {
    let content = html! {
        (faults.summary())
        div.heading { p.crumbs { a href="/desk" { "Desk" } } h1 { "Reconcile" } }
        p {
            "What came from a sender in a period, and what became of it. With the sender’s own list of ids it is seen at once what never arrived."
        }
        @if let Some((found, listed)) = found { (found_shown(found, listed)) }
        h2 { @if found.is_some() { "Count again" } @else { "What to count" } }
        form method="post" action="/desk/reconcile" data-keep="no" {
            (form::carried(visitor, &Posted::default()))
            (Input::new("source", "Sender").hint("Such as Common Platform; a program that is no feed as the explanation of its event names it").required().line("text", posted, faults))
            (Input::new("from", "From").hint("By when it reached the unit").required().line("datetime-local", posted, faults))
            (Input::new("to", "Until").required().line("datetime-local", posted, faults))
            (Input::new("references", "The sender’s list of ids").hint("One on each line, or with commas; at most 10,000. Without it nothing is compared").lines(6, posted, faults))
            button.primary type="submit" { "Count" }
        }
    };
    Page::new(visitor, "Reconcile", Part::Desk, content).status(faults.status()).into_response()
}

fn found_shown(found: &pb::ReconcileResponse, listed: usize) -> Markup {
    html! {
        h2 { "What the counts say" }
        p role="status" {
            @if found.recorded == 0 {
                strong { "Nothing came from a sender of this name in this time. " }
                "Look whether the name is right: the explanation of an event says who told it."
            } @else if found.agrees {
                strong { "✓ All agrees. " }
                "Everything that was recorded has an outcome"
                @if listed > 0 { ", and nothing of the sender’s list is missing" }
                "."
            }
            @else {
                strong { "✗ It does not agree. " }
                @if found.missing.is_empty() {
                    "Something still waits to be handled."
                } @else {
                    (words::count(found.missing.len(), "id of the list was never recorded", "ids of the list were never recorded")) ": ask the sender to send what is missing."
                }
            }
        }
        table.numbers {
            caption { "What was recorded, by what became of it" }
            thead { tr { th scope="col" { "What became of it" } th scope="col" { "Events" } } }
            tbody { @for outcome in &found.outcomes {
                tr { th scope="row" { (outcome_words(outcome.outcome())) } td.number { (outcome.events) } }
            } }
            tfoot { tr { th scope="row" { "Recorded in all" } td.number { (found.recorded) } } }
        }
        (ids("On the list, but never recorded", &found.missing, true))
        (ids("Recorded, but not on the list", &found.unlisted, false))
    }
}

fn outcome_words(outcome: Outcome) -> Markup {
    html! {
        @match outcome {
            Outcome::Parked => a href="/desk/parked" { (words::outcome(outcome)) },
            Outcome::Unlinked => a href="/desk/unlinked" { (words::outcome(outcome)) },
            _ => (words::outcome(outcome)),
        }
    }
}

fn ids(heading: &str, ids: &[String], open: bool) -> Markup {
    html! {
        @if !ids.is_empty() {
            details open[open] {
                summary { (heading) ": " (ids.len()) }
                @if ids.len() > LISTED { p { "The first " (LISTED) " of them." } }
                ul.ids { @for id in ids.iter().take(LISTED) { li { code { (id) } } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_however_it_was_pasted() {
        assert_eq!(references("a-1\n b-2,\"c-3\";\n\n'd-4'\t"), ["a-1", "b-2", "c-3", "d-4"]);
        assert!(references(" \n").is_empty());
    }

    #[test]
    fn a_feed_is_known_by_the_name_that_the_desk_shows() {
        assert_eq!(source("Common Platform"), "feed:common-platform");
        assert_eq!(source("feed:common-platform"), "feed:common-platform");
        assert_eq!(source("service:records"), "service:records");
    }

    #[test]
    fn what_is_left_out_is_said_beside_its_field() {
        let faults =
            asked(&filled(&[("source", ""), ("from", "2026-11-23T00:00"), ("to", "soon")])).unwrap_err();
        assert!(faults.is_about("source") && faults.is_about("to") && !faults.is_about("from"));
    }
}
