//! An event explained: what it led to in each case and why, and which rules were asked and stayed silent, because of what.

use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::clocks;
use crate::web::form::{self, Faults};
use crate::web::page::{self, Page, Part};
use crate::web::pages::desk::kit::{filled, filter};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use futures::{future, try_join};
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Cases of one event that are called by what they are known by.
const CASES_NAMED: usize = 6;
/// Silent rules that are listed on a page, whatever the number of its cases.
const SILENT_MAX: usize = 400;
/// People about whom a rule was asked that are named by their initials.
const PEOPLE_NAMED: usize = 6;

pub(super) fn router() -> Router<Board> {
    Router::new().route("/events", get(ask)).route("/events/{id}", get(show))
}

/// The event that is asked for.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    id: String,
}

async fn ask(visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let mut faults = Faults::none();
    let id = asked.id.trim();
    if !id.is_empty() {
        match Uuid::try_parse(id) {
            Ok(id) => return Redirect::to(&format!("/events/{id}")).into_response(),
            Err(_) => faults.field("id", "An event’s id has 32 digits and letters in five groups, as the timeline of a case and the desk show it"),
        }
    }
    let content = html! {
        (faults.summary())
        h1 { "Why did this happen, or nothing?" }
        p {
            "Every event can be explained: what followed from it in each case, which rule asked for it, and which rules were asked and stayed silent."
        }
        (search(id, &faults))
    };
    Page::new(&visitor, "Explain an event", Part::Desk, content).status(faults.status()).into_response()
}

/// The box for an event's id.
pub(in crate::web::pages) fn search(id: &str, faults: &Faults) -> Markup {
    html! {
        form method="get" action="/events" role="search" aria-label="Events" {
            (filter("id", "Id of an event").hint("It stands at each event in the timeline of a case").line("text", &filled(&[("id", id)]), faults))
            button type="submit" { "Explain it" }
        }
    }
}

async fn show(visitor: Visitor, Path(id): Path<String>) -> Response {
    page::or_refused(&visitor, explained(&visitor, &id).await)
}

async fn explained(visitor: &Visitor, id: &str) -> Result<Response, Refusal> {
    let (mut packs, mut intake) = (visitor.calls.packs(), visitor.calls.intake());
    let of = pb::get_receipt_request::Event::EventId(id.to_owned());
    let (why, told, people) = try_join!(
        async {
            Ok::<_, Refusal>(
                packs.explain_event(pb::ExplainEventRequest { event_id: id.to_owned() }).await?.into_inner(),
            )
        },
        // Where it came from is told for as long as its reference is kept; the explanation is kept longer.
        async {
            Ok(intake
                .get_receipt(pb::GetReceiptRequest { event: Some(of) })
                .await
                .ok()
                .map(tonic::Response::into_inner))
        },
        visitor.people(),
    )?;
    let cases = known(visitor, &why.traces).await;
    let title = words::event_kind(&why.event_kind);
    let receipt = why.receipt.clone().unwrap_or_default();
    let content = html! {
        div.heading {
            p.crumbs { a href="/desk" { "Desk" } " › " a href="/events" { "Events" } }
            h1 { (title) }
            p.facts {
                span.tag { (words::outcome(receipt.outcome())) }
                " " (words::count(usize::try_from(receipt.effects).unwrap_or_default(), "thing followed", "things followed"))
            }
        }
        (facts(id, told.as_ref(), &people))
        (outcomes(&receipt, &cases))
        @for trace in &why.traces { (trace_shown(trace, &cases, SILENT_MAX / why.traces.len())) }
        @if why.traces.is_empty() {
            p.empty { "No case of yours was asked about it. " (nothing(receipt.outcome())) }
        }
        @if !why.text.is_empty() {
            details {
                summary { "The same as text" }
                pre.letter-text tabindex="0" role="region" aria-label="Explanation as text" { (why.text) }
            }
        }
    };
    Ok(Page::new(visitor, &title, Part::Desk, content).into_response())
}

/// What a case is known by, and the initials of those in it.
struct Known {
    label: String,
    initials: HashMap<String, String>,
}

/// The first cases of an event; a case that is not for the visitor stays unnamed.
async fn known(visitor: &Visitor, traces: &[pb::CaseTrace]) -> HashMap<String, Known> {
    let ids = traces.iter().map(|trace| trace.case_id.clone()).filter(|id| !id.is_empty()).take(CASES_NAMED);
    let asked = ids.map(|id| {
        let mut cases = visitor.calls.cases();
        async move {
            let name = Some(pb::get_case_request::Name::CaseId(id.clone()));
            let found = cases.get_case(pb::GetCaseRequest { name }).await.ok()?.into_inner();
            let of = |participant: &pb::Participant| {
                let person = found.people.iter().find(|person| person.id == participant.person_id);
                let initials = person.and_then(|person| person.identity.as_ref()).map(initials);
                Some((participant.id.clone(), initials.filter(|initials| !initials.is_empty())?))
            };
            let initials = found.participants.iter().filter_map(of).collect();
            Some((id, Known { label: found.case?.label, initials }))
        }
    });
    future::join_all(asked).await.into_iter().flatten().collect()
}

/// Somebody's initials: an event may be about several cases, so that no name stands on its page.
fn initials(identity: &pb::Identity) -> String {
    let names = identity.first_name.split_whitespace().chain(identity.last_name.split_whitespace());
    names.filter_map(|name| name.chars().next()).map(|letter| format!("{letter}.")).collect()
}

fn case_name<'a>(id: &str, cases: &'a HashMap<String, Known>) -> &'a str {
    match cases.get(id) {
        Some(known) => &known.label,
        None if id.is_empty() => "The unit’s desk",
        None => "A case",
    }
}

fn facts(id: &str, told: Option<&pb::GetReceiptResponse>, people: &People) -> Markup {
    html! {
        dl {
            dt { "Event" } dd { code { (id) } }
            @if let Some(told) = told {
                dt { "Told by" }
                dd { (words::actor(&told.source, people)) @if !told.reference.is_empty() { ", as " code { (told.reference) } } }
                @if told.occurred_at.is_some() {
                    dt { "Happened" }
                    dd { (clocks::full_if(told.occurred_at.as_ref())) }
                }
                dt { "Reached the unit" } dd { (clocks::full_if(told.received_at.as_ref())) }
                dt { "Recorded" } dd { (clocks::full_if(told.recorded_at.as_ref())) }
            }
        }
    }
}

/// What became of it where that is more than that it was handled.
fn outcomes(receipt: &pb::Receipt, cases: &HashMap<String, Known>) -> Markup {
    let said: Vec<&pb::CaseReceipt> = receipt.cases.iter().filter(|case| !case.reason.is_empty()).collect();
    html! {
        @if !said.is_empty() {
            h2 { "What became of it" }
            ul { @for case in said {
                li {
                    @if !case.case_id.is_empty() { (case_name(&case.case_id, cases)) ": " }
                    (words::outcome(case.outcome())) ". " (form::sentence(&case.reason))
                }
            } }
        }
        @if receipt.outcome() == pb::Outcome::Parked {
            p { a href=(format!("/desk/parked/{}", receipt.event_id)) { "Look at it among what is parked" } }
        }
        @if receipt.outcome() == pb::Outcome::Unlinked {
            p { a href="/desk/unlinked" { "Look for its case among the results without one" } }
        }
    }
}

fn nothing(outcome: pb::Outcome) -> &'static str {
    match outcome {
        pb::Outcome::Waiting => "It waits to be handled: come back in a moment.",
        pb::Outcome::NotOurs => "It is about another force.",
        pb::Outcome::Duplicate => "It was known already, so nobody was told twice.",
        pb::Outcome::Stale => "Newer news of the same day was here before it.",
        _ => "Where it touched a case, what followed is shown to those who may work that case.",
    }
}

fn trace_shown(trace: &pb::CaseTrace, cases: &HashMap<String, Known>, silent_max: usize) -> Markup {
    let name = case_name(&trace.case_id, cases);
    html! {
        section.trace {
            h2 {
                @if trace.case_id.is_empty() {
                    (name)
                } @else {
                    a href=(format!("/cases/{}", trace.case_id)) { (name) }
                }
            }
            p {
                "Handled " (clocks::full_if(trace.handled_at.as_ref())) ", as event " (trace.sequence) " here, under the pack " code {
                    (words::short_hash(&trace.pack_hash))
                }
                "."
            }
            @if trace.effects.is_empty() {
                p { strong { "Nothing followed here." } }
            } @else {
                (effects(trace, name))
            }
            (silent(trace, cases.get(&trace.case_id), silent_max))
        }
    }
}

fn effects(trace: &pb::CaseTrace, name: &str) -> Markup {
    let caption = format!("What followed in {name}");
    // Where no rule is named at all, a column that says so of each would say nothing.
    let named = trace.effects.iter().any(|effect| !effect.rule.is_empty());
    html! {
        (page::scrolls(&caption, html! {
            table {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { "What followed" }
                        th scope="col" { "What it is" }
                        @if named { th scope="col" { "Which rule asked for it" } }
                    }
                }
                tbody { @for effect in &trace.effects {
                    tr {
                        td { (form::sentence(&words::effect(effect))) }
                        td { (subject(effect, &trace.case_id)) " " span.tag { (effect.change) } }
                        @if named { td { (asked_by(&effect.rule)) } }
                    }
                } }
            }
        }))
    }
}

fn asked_by(rule: &str) -> Markup {
    html! {
        @if rule.is_empty() { "usher itself" } @else { a href=(super::own(rule)) { (words::plain(rule)) } }
    }
}

/// What an effect is, with the way to it where it has a page.
fn subject(effect: &pb::Effect, case_id: &str) -> Markup {
    let id = &effect.subject_id;
    let to = match effect.subject.as_str() {
        _ if id.is_empty() => None,
        "task" => Some(format!("/tasks/{id}")),
        "message" => Some(format!("/messages/{id}")),
        "event" => Some(format!("/events/{id}")),
        "participant" if !case_id.is_empty() => Some(format!("/cases/{case_id}#p-{id}")),
        "case" => Some(format!("/cases/{id}")),
        _ => None,
    };
    html! {
        @match to {
            Some(to) => a href=(to) { (words::plain(&effect.subject)) span.visually-hidden { ": " (words::effect(effect)) } },
            None => (words::plain(&effect.subject)),
        }
    }
}

/// Rules that were asked and stayed silent, by why they did; where that was not the same for everybody, for whom.
fn silent(trace: &pb::CaseTrace, case: Option<&Known>, most: usize) -> Markup {
    let rules: BTreeSet<&str> = trace.silent.iter().map(|silent| silent.rule.as_str()).collect();
    let mut reasons: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    let listed: BTreeSet<&str> = rules.iter().copied().take(most).collect();
    for silent in trace.silent.iter().filter(|silent| listed.contains(silent.rule.as_str())) {
        let asked = reasons.entry(&silent.because).or_default().entry(&silent.rule).or_default();
        asked.push(&silent.participant_id);
    }
    html! {
        @if rules.is_empty() { p { "Which rules stayed silent is no longer kept, or none did." } }
        @else {
            details open[trace.effects.is_empty()] {
                summary {
                    "Why did nothing else happen? "
                    (words::count(rules.len(), "rule was asked and stayed silent", "rules were asked and stayed silent"))
                }
                @if rules.len() > most { p { "The first " (most) " of them, by name." } }
                @for (because, rules) in reasons {
                    p { "Because: " strong { (because) } }
                    ul.silent { @for (rule, asked) in rules {
                        li { a href=(super::own(rule)) { (words::plain(rule)) } (for_whom(&asked, case)) }
                    } }
                }
            }
        }
    }
}

/// Whom a rule was asked about, by initials; nothing where it is not about people.
fn for_whom(asked: &[&str], case: Option<&Known>) -> Markup {
    let people: Vec<&str> = asked.iter().copied().filter(|id| !id.is_empty()).collect();
    let named: Vec<&str> =
        people.iter().filter_map(|id| Some(case?.initials.get(*id)?.as_str())).take(PEOPLE_NAMED).collect();
    let others = people.len() - named.len();
    html! {
        @if !people.is_empty() {
            span.about {
                " for " (named.join(", "))
                @if named.is_empty() { (words::count(others, "person", "people")) }
                @else if others > 0 { " and " (words::count(others, "other", "others")) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_named_by_their_initials_alone() {
        let identity = pb::Identity {
            first_name: "Kim Anne".into(),
            last_name: "Grey".into(),
            ..pb::Identity::default()
        };
        assert_eq!(initials(&identity), "K.A.G.");
        let case = Known { label: "52NG1".into(), initials: [("a".to_owned(), "K.G.".to_owned())].into() };
        assert_eq!(
            for_whom(&["a", "b"], Some(&case)).into_string(),
            "<span class=\"about\"> for K.G. and 1 other</span>"
        );
        assert_eq!(for_whom(&[""], None).into_string(), "");
    }
}
