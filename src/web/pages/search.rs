//! Search, while somebody is on the telephone: what was found and by what, masked by initials until the caller is made
//! sure of. Each hit leads to the page of a call with whom was found, and to the case.

use super::record::about::Of;
use crate::grpc::pb::{self, FoundBy};
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::form::{Faults, Input, Posted, sentence};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;

/// Hits that are shown: whoever has more says more.
const HITS: i32 = 20;

pub(super) fn router() -> Router<Board> {
    Router::new().route("/search", get(show))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
}

async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    page::or_refused(&visitor, page_of(&visitor, &asked.q).await)
}

async fn page_of(visitor: &Visitor, q: &str) -> Result<Response, Refusal> {
    let (found, faults) = found(visitor, q).await?;
    let mut posted = Posted::default();
    posted.set("q", q);
    let content = html! {
        (faults.summary())
        h1 { "Search" }
        form.find method="get" action="/search" id="search-form" data-keep="no" {
            (Input::new("q", "Whom or what are you looking for?").required().line("search", &posted, &faults))
            button.primary type="submit" { "Search" }
        }
        @match &found {
            Some(found) => section.hits aria-label="What was found" {
                h2 { (count_words(found)) }
                (list(visitor, found, &call_link).await?)
                (none_or_more(found, q))
            },
            None => (hints()),
        }
    };
    Ok(Page::new(visitor, "Search", Part::Search, content).status(faults.status()).into_response())
}

/// What was found; nothing where nothing was typed, or what was typed cannot be looked for.
pub(super) async fn found(
    visitor: &Visitor,
    q: &str,
) -> Result<(Option<pb::SearchCasesResponse>, Faults), Refusal> {
    if q.trim().is_empty() {
        return Ok((None, Faults::none()));
    }
    let asked = pb::SearchCasesRequest { words: q.trim().to_owned(), page_size: HITS };
    match visitor.calls.cases().search_cases(asked).await {
        Ok(found) => Ok((Some(found.into_inner()), Faults::none())),
        Err(status) => {
            let refusal = Refusal::from(status);
            if !refusal.is_mendable() {
                return Err(refusal);
            }
            let mut faults = Faults::none();
            let expected = refusal.fields.first().map_or(refusal.message.as_str(), |(_, expected)| expected);
            faults.field("q", sentence(expected));
            Ok((None, faults))
        }
    }
}

/// How much was found.
#[must_use]
pub(super) fn count_words(found: &pb::SearchCasesResponse) -> String {
    match (found.hits.len(), found.more) {
        (0, _) => "Nothing found".to_owned(),
        (1, _) => "1 found".to_owned(),
        (count, true) => format!("The first {count}"),
        (count, false) => format!("{count} found"),
    }
}

/// The hits, each with `leads`, the way on, and the way to its case.
pub(super) async fn list(
    visitor: &Visitor,
    found: &pb::SearchCasesResponse,
    leads: &(dyn Fn(&pb::CaseHit) -> Markup + Sync),
) -> Result<Markup, Refusal> {
    let people = visitor.people().await?;
    Ok(html! {
        ol.hits-list {
            @for (nth, hit) in found.hits.iter().enumerate() {
                li.hit {
                    p.who {
                        strong { (who(hit)) }
                        @if hit.participant_id.is_empty() { " " (words::phase(hit.phase())) }
                        @else { " " (hit.roles().map(words::role).collect::<Vec<_>>().join(", ")) }
                        " " span.tag { (by(hit.found_by())) }
                        @if hit.risk() == pb::Risk::High { " " strong.tag.high { (words::risk(hit.risk())) } }
                    }
                    p.about {
                        (words::phase(hit.phase())) ", "
                        @if hit.owner_id.is_empty() { "nobody’s" } @else { "with " (people.name(&hit.owner_id)) }
                    }
                    p.ways {
                        @if nth == 0 { (reached_at_once(&leads(hit))) } @else { (leads(hit)) }
                        " " a href=(format!("/cases/{}", hit.case_id)) { "Case " (hit.case_label) }
                    }
                }
            }
        }
    })
}

/// The way on from the surest hit is where one is as soon as the page is there: Enter goes on.
fn reached_at_once(link: &Markup) -> Markup {
    PreEscaped(link.0.replacen("<a ", "<a autofocus ", 1))
}

/// Whom or what a hit is.
fn who(hit: &pb::CaseHit) -> String {
    if hit.participant_id.is_empty() { hit.case_label.clone() } else { hit.initials.clone() }
}

/// By what something was found, in words.
fn by(found_by: FoundBy) -> &'static str {
    match found_by {
        FoundBy::Unspecified => "found",
        FoundBy::Reference => "by its reference",
        FoundBy::Name => "by name",
        FoundBy::Sound => "sounds alike",
        FoundBy::Phone => "by the number",
    }
}

/// The way to the page of a call with whom was found.
fn call_link(hit: &pb::CaseHit) -> Markup {
    let of = Of {
        case: hit.case_id.clone(),
        participant: hit.participant_id.clone(),
        way: "in".to_owned(),
        ..Of::default()
    };
    html! {
        a.button href=(of.address("/record/call")) {
            @if hit.participant_id.is_empty() { "Call about " (hit.case_label) }
            @else { "Call from " (who(hit)) span.visually-hidden { " in " (hit.case_label) } }
        }
    }
}

/// What helps where nothing was found, or too much.
#[must_use]
pub(super) fn none_or_more(found: &pb::SearchCasesResponse, q: &str) -> Markup {
    html! {
        @if found.hits.is_empty() {
            div.empty {
                p { "Nothing that you may see is found by “" (q) "”. Try:" }
                ul {
                    li { "fewer letters: the beginning of a first or last name is enough" }
                    li { "the last digits of the number they ring from, four at least" }
                    li { "the URN or the occurrence number, with or without blanks" }
                }
                p { "A case that the unit does not hold yet may wait " a href="/desk" { "on the desk" } "." }
            }
        }
        @if found.more { p { "There is more: type more letters or digits." } }
    }
}

fn hints() -> Markup {
    html! {
        section.hints {
            h2 { "What can be found" }
            dl {
                dt { "By name" } dd { "The beginning of first and last names, and names that sound alike: " kbd { "lov ad" } }
                dt { "By telephone" } dd { "The last digits of a number that is held, four at least: " kbd { "4071" } }
                dt { "By reference" } dd { "URN, court case, occurrence number; blanks and slashes do not matter: " kbd { "52AA 12345 26" } }
            }
            p { "Names are shown as initials until the caller is made sure of. Cases in which you have a conflict of interest are left out." }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_much_was_found_is_said_in_words() {
        let found =
            |hits: usize, more| pb::SearchCasesResponse { hits: vec![pb::CaseHit::default(); hits], more };
        assert_eq!(count_words(&found(0, false)), "Nothing found");
        assert_eq!(count_words(&found(1, false)), "1 found");
        assert_eq!(count_words(&found(20, true)), "The first 20");
    }
}
