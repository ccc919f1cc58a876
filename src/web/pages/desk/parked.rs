//! What came in and could not be handled: why, what it says, and what a team leader does about it. It is retried as it
//! came, put right and handled in the place of the old one, or discarded with a reason.

use super::kit::{filled, filter, more, reason};
use super::{became, for_leaders};
use crate::grpc::pb::{self, Outcome, Reason};
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted, REQUEST};
use crate::web::page::{self, Page, Part};
use crate::web::pages::rules;
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use futures::try_join;
use maud::{Markup, html};
use serde::Deserialize;

/// Events on one page.
const PAGE: i32 = 50;
/// The largest body that can be put right on a page, in bytes; of a larger one the beginning is shown.
const EDIT_MAX: usize = 40_000;

/// What whoever may not do it is told.
const FOR_LEADERS: &str = "What could not be handled is kept whole and blocks nobody. Team leaders and managers see it here, and retry it, \
                           put it right or discard it with a reason. Tell one of them if news is missing from a case of yours.";

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route("/desk/parked", get(list))
        .route("/desk/parked/{id}", get(show))
        .route("/desk/parked/{id}/retry", post(retry))
        .route("/desk/parked/{id}/correct", post(correct))
        .route("/desk/parked/{id}/discard", post(discard))
}

/// Which events, as the address has them.
#[derive(Debug, Default, Deserialize)]
struct Filters {
    #[serde(default)]
    source: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    page: String,
}

/// Parked events, longest parked first.
///
/// # Errors
/// What the API refuses.
pub(super) async fn listed(
    visitor: &Visitor,
    source: &str,
    kind: &str,
    page_size: i32,
    page_token: &str,
) -> Result<pb::ListParkedResponse, Refusal> {
    let asked = pb::ListParkedRequest {
        source: source.to_owned(),
        event_kind: kind.to_owned(),
        page_size,
        page_token: page_token.to_owned(),
    };
    Ok(visitor.calls.operations().list_parked(asked).await?.into_inner())
}

async fn list(visitor: Visitor, Query(filters): Query<Filters>) -> Response {
    if !visitor.leads() {
        return for_leaders(&visitor, "Parked", FOR_LEADERS);
    }
    let events = listed(&visitor, filters.source.trim(), filters.kind.trim(), PAGE, &filters.page);
    let (page, people) = match try_join!(events, visitor.people()) {
        Ok(found) => found,
        Err(refusal) => return page::refused(&visitor, &refusal),
    };
    let next =
        [("source", filters.source.as_str()), ("kind", &filters.kind), ("page", &page.next_page_token)];
    let narrow = !(filters.source.is_empty() && filters.kind.is_empty());
    let (posted, none) = (filled(&next), Faults::none());
    let content = html! {
        div.heading { p.crumbs { a href="/desk" { "Desk" } } h1 { "Parked" } }
        p {
            "What came in and could not be handled, longest parked first. It is kept whole. The sender need not send it again."
        }
        details.filters open[narrow] {
            summary { "Filter" }
            form method="get" action="/desk/parked" {
                (filter("source", "Who told it").hint("Such as feed:common-platform").line("text", &posted, &none))
                (filter("kind", "Kind of event").hint("Such as hearing.resulted; body.unreadable for what could not be read").line("text", &posted, &none))
                button type="submit" { "Show" }
                @if narrow { " " a href="/desk/parked" { "Show all" } }
            }
        }
        @if page.events.is_empty() {
            p.empty {
                @if narrow {
                    "Nothing parked fits this filter."
                } @else {
                    "Nothing is parked. What cannot be read or handled comes here and blocks nobody."
                }
            }
        }
        @else { (table(&page.events, &people, visitor.now)) }
        (more(&page.next_page_token, &form::address("/desk/parked", &next), "More of what is parked"))
    };
    Page::new(&visitor, "Parked", Part::Desk, content).into_response()
}

/// Parked events as a table.
#[must_use]
pub(super) fn table(events: &[pb::ParkedEvent], people: &People, now: DateTime<Utc>) -> Markup {
    let near = |at: Option<&prost_types::Timestamp>| {
        clocks::instant_if(at).map_or_else(String::new, |at| clocks::near(at, now))
    };
    html! {
        (page::scrolls("Parked events", html! {
            table {
                caption.visually-hidden { "Parked events, longest parked first" }
                thead {
                    tr {
                        th scope="col" { "What" }
                        th scope="col" { "Why" }
                        th scope="col" { "Told by" }
                        th scope="col" { "Parked" }
                    }
                }
                tbody { @for event in events {
                    tr {
                        th scope="row" {
                            a href=(format!("/desk/parked/{}", event.event_id)) {
                                (words::event_kind(&event.event_kind)) span.visually-hidden {
                                    ", " (event.reference)
                                }
                            }
                        }
                        td {
                            (form::sentence(&event.words))
                        }
                        td { (words::actor(&event.source, people)) p.about { (event.reference) } }
                        td { (near(event.parked_at.as_ref())) }
                    }
                } }
            }
        }))
    }
}

async fn show(visitor: Visitor, Path(id): Path<String>) -> Response {
    shown(&visitor, &id, None, &Faults::none()).await
}

/// A parked event, with the form that was refused as it was filled in.
async fn shown(visitor: &Visitor, id: &str, filled: Option<(&str, &Posted)>, faults: &Faults) -> Response {
    if !visitor.leads() {
        return for_leaders(visitor, "Parked", FOR_LEADERS);
    }
    let asked = pb::GetParkedRequest { event_id: id.to_owned() };
    let mut operations = visitor.calls.operations();
    let held = async { Ok(operations.get_parked(asked).await?.into_inner()) };
    let (held, people) = match try_join!(held, visitor.people()) {
        Ok(found) => found,
        Err(refusal) if refusal.reason == Reason::StateForbids => {
            return page::done(
                visitor,
                &format!("/events/{id}"),
                "It is parked no longer: this is what became of it.",
            );
        }
        Err(refusal) => return page::refused(visitor, &refusal),
    };
    let event = held.event.unwrap_or_default();
    let title = format!("Parked: {}", words::event_kind(&event.event_kind));
    let content = html! {
        (faults.summary())
        div.heading {
            p.crumbs { a href="/desk" { "Desk" } " › " a href="/desk/parked" { "Parked" } }
            h1 { (title) }
            p { strong { (form::sentence(&event.words)) } }
        }
        div.columns {
            div.main-column { (body_shown(visitor, &event.event_id, &held.body, filled, faults)) }
            div.side-column {
                (facts(&event, &people))
                (retry_form(visitor, &event.event_id))
                (discard_form(visitor, &event.event_id, filled, faults))
            }
        }
    };
    Page::new(visitor, &title, Part::Desk, content).status(faults.status()).into_response()
}

fn facts(event: &pb::ParkedEvent, people: &People) -> Markup {
    html! {
        section {
            h2 { "What is known of it" }
            dl {
                dt { "Told by" }
                dd { (words::actor(&event.source, people)) @if !event.reference.is_empty() { ", as " code { (event.reference) } } }
                dt { "Reached the unit" } dd { (clocks::full_if(event.received_at.as_ref())) }
                dt { "Parked" }
                dd { (clocks::full_if(event.parked_at.as_ref())) }
                @if !event.rule.is_empty() {
                    dt { "Rule that failed" }
                    dd { a href=(rules::own(&event.rule)) { (words::plain(&event.rule)) } }
                }
                @if !event.case_ids.is_empty() {
                    dt { "For" }
                    dd {
                        ul {
                            @for (nth, id) in event.case_ids.iter().enumerate() {
                                li {
                                    a href=(format!("/cases/{id}")) {
                                        "Case " (nth + 1) " of " (event.case_ids.len())
                                    }
                                }
                            }
                        }
                    }
                }
                dt { "Event" }
                dd { a href=(format!("/events/{}", event.event_id)) { "What was made of it so far" } }
            }
        }
    }
}

fn retry_form(visitor: &Visitor, id: &str) -> Markup {
    html! {
        section {
            h2 { "Try it again" }
            p {
                "As it came, under the pack that is active now: for instance after a case was opened, or a code was added to the pack."
            }
            form method="post" action=(format!("/desk/parked/{id}/retry")) {
                (form::carried(visitor, &Posted::default())) button type="submit" { "Try again" }
            }
        }
    }
}

fn discard_form(visitor: &Visitor, id: &str, filled: Option<(&str, &Posted)>, faults: &Faults) -> Markup {
    let (empty, none) = (Posted::default(), Faults::none());
    let own = filled.filter(|(what, _)| *what == "discard").map(|(_, posted)| posted);
    html! {
        section {
            h2 { "It need not be handled" }
            details open[own.is_some()] {
                summary { "Discard it" }
                form method="post" action=(format!("/desk/parked/{id}/discard")) {
                    (form::carried(visitor, own.unwrap_or(&empty)))
                    (Input::new("discard-words", "Why").hint("It stays in the record as discarded, with your name and this reason").required().lines(2, own.unwrap_or(&empty), if own.is_some() { faults } else { &none }))
                    button type="submit" { "Discard it" }
                }
            }
        }
    }
}

/// What it says, to be put right where that can be done on a page.
fn body_shown(
    visitor: &Visitor,
    id: &str,
    body: &[u8],
    filled: Option<(&str, &Posted)>,
    faults: &Faults,
) -> Markup {
    let Ok(text) = std::str::from_utf8(body) else {
        return html! { section { h2 { "What it says" } p { "It is no text (" (body.len()) " bytes), so it cannot be shown or put right here. It can be tried again, or discarded." } } };
    };
    if text.trim().is_empty() {
        return html! { section { h2 { "What it says" } p { "No body was kept of it: it came as a call, or it is too old. It can be tried again, or discarded." } } };
    }
    if text.len() > EDIT_MAX {
        let beginning: String = text.chars().take(EDIT_MAX / 2).collect();
        return html! { section {
            h2 { "What it says" }
            p { "It is too long to be put right here (" (text.len()) " bytes). This is how it begins." }
            pre.letter-text tabindex="0" role="region" aria-label="Beginning of the body" { (beginning) }
        } };
    }
    let none = Faults::none();
    let own = filled.filter(|(what, _)| *what == "correct").map(|(_, posted)| posted.clone());
    let faults = if own.is_some() { faults } else { &none };
    let posted = own.unwrap_or_else(|| self::filled(&[("body", &indented(text))]));
    html! {
        section.correct {
            h2 { "What it says, to be put right" }
            form method="post" action=(format!("/desk/parked/{id}/correct")) data-keep="no" {
                (form::carried(visitor, &posted))
                (Input::new("body", "As it should have come").hint("Blanks and line breaks may have been added, to make it readable").required().lines(24, &posted, faults))
                (Input::new("correct-words", "What you changed, and why").required().lines(2, &posted, faults))
                button.primary type="submit" { "Handle it as it stands here" }
                p.hint {
                    "It is recorded as an event of its own, as of when the old one reached the unit; the old one is discarded and names it."
                }
            }
        }
    }
}

/// A JSON text with a line for each of its parts; every sign of it stays as it came. What is no JSON is left alone.
fn indented(text: &str) -> String {
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        if quoted {
            out.push(sign);
            quoted = escaped || sign != '"';
            escaped = !escaped && sign == '\\';
            continue;
        }
        let line = |out: &mut String, depth: usize| {
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
        };
        match sign {
            '"' => {
                quoted = true;
                out.push(sign);
            }
            '{' | '[' => {
                out.push(sign);
                while signs.next_if(|next| next.is_whitespace()).is_some() {}
                if signs.peek().is_some_and(|next| matches!(next, '}' | ']')) {
                    out.extend(signs.next());
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(sign);
            }
            ',' => {
                out.push(sign);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            sign if sign.is_whitespace() => {}
            sign => out.push(sign),
        }
    }
    out
}

async fn retry(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    let asked = pb::RetryParkedRequest { request_id: posted.get(REQUEST).to_owned(), event_id: id.clone() };
    match visitor.calls.operations().retry_parked(asked).await {
        Ok(answer) => led_on(&visitor, &id, answer.into_inner().receipt.as_ref()),
        Err(status) => refused(&visitor, &id, ("retry", &posted), &status.into()).await,
    }
}

async fn correct(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    let filled = ("correct", &posted);
    let words = match reason(&posted, "correct-words") {
        Ok(words) => words,
        Err(faults) => return shown(&visitor, &id, Some(filled), &faults).await,
    };
    let asked = pb::CorrectParkedRequest {
        request_id: posted.get(REQUEST).to_owned(),
        event_id: id.clone(),
        body: posted.get("body").as_bytes().to_vec(),
        words,
    };
    match visitor.calls.operations().correct_parked(asked).await {
        Ok(answer) => {
            let receipt = answer.into_inner().receipt.unwrap_or_default();
            if receipt.outcome() == Outcome::Parked {
                let said = "It could not be handled as you put it either: this is yours, and the old one is parked as well.";
                return page::done(&visitor, &format!("/desk/parked/{}", receipt.event_id), said);
            }
            led_on(&visitor, &receipt.event_id, Some(&receipt))
        }
        Err(status) => refused(&visitor, &id, filled, &status.into()).await,
    }
}

/// On to what followed, or back to what is still parked.
fn led_on(visitor: &Visitor, id: &str, receipt: Option<&pb::Receipt>) -> Response {
    let parked = receipt.is_some_and(|receipt| receipt.outcome() == Outcome::Parked);
    let to = if parked { format!("/desk/parked/{id}") } else { format!("/events/{id}") };
    page::done(visitor, &to, &became(receipt))
}

async fn discard(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    let filled = ("discard", &posted);
    let words = match reason(&posted, "discard-words") {
        Ok(words) => words,
        Err(faults) => return shown(&visitor, &id, Some(filled), &faults).await,
    };
    let asked =
        pb::DiscardParkedRequest { request_id: posted.get(REQUEST).to_owned(), event_id: id.clone(), words };
    match visitor.calls.operations().discard_parked(asked).await {
        Ok(_) => page::done(&visitor, "/desk/parked", "Discarded. It stays in the record, with your reason."),
        Err(status) => refused(&visitor, &id, filled, &status.into()).await,
    }
}

async fn refused(visitor: &Visitor, id: &str, filled: (&str, &Posted), refusal: &Refusal) -> Response {
    if !refusal.is_mendable() {
        return page::refused(visitor, refusal);
    }
    let faults = Faults::of(refusal, |path| match path {
        "words" => Some(format!("{}-words", filled.0)),
        "body" => Some("body".to_owned()),
        _ => None,
    });
    shown(visitor, id, Some(filled), &faults).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_made_readable_and_every_sign_of_it_stays() {
        let text = r#"{"a":[1.00,{"b, {":"x \" } y"}],"c":{},"d":[]}"#;
        let shown = indented(text);
        assert!(shown.lines().count() > 6, "{shown}");
        assert!(shown.contains("1.00") && shown.contains(r#""b, {": "x \" } y""#), "{shown}");
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&shown), value(text));
    }

    #[test]
    fn what_is_no_json_is_left_as_it_came() {
        for text in ["<spi/>", "{\"a\":", "URN 52AA"] {
            assert_eq!(indented(text), text);
        }
    }
}
