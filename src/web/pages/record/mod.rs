//! Record: what came just now, and for whom. One key away from everywhere, in a tab of its own or over the page.
//!
//! It is a page like any other: what is typed leads on by links and forms with whole addresses, so that the script can
//! show it over another page and needs to know nothing of it.

pub(super) mod about;
pub(super) mod born;
pub(super) mod call;
mod cps;
mod frame;
mod result;
mod topics;
mod written;

use super::search;
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::form::{Faults, Input, Posted, REQUEST};
use crate::web::page;
use crate::web::refusal::Refusal;
use crate::web::words;
use about::{About, Of, WHATS};
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use frame::{SAVED, saved, shown, typed_at_once};
use maud::{Markup, html};

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route("/record", get(show))
        .route(SAVED, get(saved))
        .merge(call::router())
        .merge(written::router())
        .merge(result::router())
        .merge(cps::router())
}

async fn show(visitor: Visitor, Query(of): Query<Of>) -> Response {
    let shown = if of.case.is_empty() { asked(&visitor, &of).await } else { of_case(&visitor, &of).await };
    page::or_refused(&visitor, shown)
}

/// Where what is asked for by its word is recorded; a call where the word is none of ours.
fn path_of(what: &str) -> (&'static str, &'static str) {
    let found = WHATS.iter().find(|(word, _, _)| *word == what).unwrap_or(&WHATS[0]);
    (found.1, found.2)
}

/// What came, and for whom.
async fn asked(visitor: &Visitor, of: &Of) -> Result<Response, Refusal> {
    let mut posted = Posted::default();
    posted.set("what", if of.what.is_empty() { WHATS[0].0 } else { &of.what });
    posted.set("q", &of.q);
    let (found, faults) = search::found(visitor, &of.q).await?;
    let whats: Vec<(String, String)> =
        WHATS.iter().map(|(word, label, _)| ((*word).to_owned(), (*label).to_owned())).collect();
    let (label, path) = path_of(posted.get("what"));
    let whom = Input::new("q", "For whom?")
        .required()
        .hint("Beginning of a name, last digits of a telephone number, or URN")
        // No search field: Escape would empty it instead of closing what stands over the page.
        .line("text", &posted, &faults);
    let content = html! {
        (faults.summary())
        h1 { "Record" }
        form.record-first method="get" action="/record" id="record-first" data-keep="no" {
            (Input::new("what", "What came?").required().choices(false, &whats, &posted, &faults))
            div.find {
                @if found.as_ref().is_some_and(|found| !found.hits.is_empty()) { (whom) } @else { (typed_at_once(&whom)) }
                button.primary type="submit" { "Find" }
            }
        }
        @if let Some(found) = &found {
            section.hits aria-label="What was found" {
                h2 { (search::count_words(found)) }
                (search::list(visitor, found, &|hit| hit_link(label, path, hit)).await?)
                (search::none_or_more(found, &of.q))
            }
        }
    };
    Ok(shown(visitor, "Record", &content, &faults))
}

/// The way from a hit to where what came is recorded.
fn hit_link(label: &str, path: &str, hit: &crate::grpc::pb::CaseHit) -> Markup {
    let is_person = !hit.participant_id.is_empty();
    let of = Of {
        case: hit.case_id.clone(),
        participant: hit.participant_id.clone(),
        way: if path == WHATS[0].2 { "in".to_owned() } else { String::new() },
        ..Of::default()
    };
    let who =
        if is_person { format!("{} in {}", hit.initials, hit.case_label) } else { hit.case_label.clone() };
    html! { a.button href=(of.address(path)) { (label) ": " (who) } }
}

/// What came for a case that is known, or for somebody in it.
async fn of_case(visitor: &Visitor, of: &Of) -> Result<Response, Refusal> {
    let about = About::read(visitor, of).await?;
    let whom = about
        .participant
        .as_ref()
        .map(|one| format!("{}, {}", about.name_of(one), words::roles(one).to_lowercase()));
    let of = Of { case: of.case.clone(), participant: of.participant.clone(), ..Of::default() };
    let content = html! {
        div.heading {
            (about.crumbs())
            h1 { "Record: " (about.case.label) }
            @if let Some(whom) = &whom { p { "For " (whom) } }
        }
        ul.whats {
            @for (_, label, path) in WHATS { li { a.button href=(of.address(path)) { (label) } } }
        }
        p { a href="/record" { "It is for another case" } }
    };
    Ok(shown(visitor, "Record", &content, &Faults::none()))
}

/// A page that cannot go on before it is known whom it is about: everybody in the case, with a way to go on with each.
fn choose(
    visitor: &Visitor,
    about: &About,
    title: &str,
    of: &Of,
    path: &str,
    masked: bool,
    more: &Markup,
) -> Response {
    let present: Vec<_> = about.held.participants.iter().filter(|one| one.left_at.is_none()).collect();
    let with = |id: &str| Of { participant: id.to_owned(), ..of.clone() }.address(path);
    let content = html! {
        div.heading { (about.crumbs()) h1 { (title) } }
        @if present.is_empty() { p.empty { "Nobody is in this case yet. People come with it from the force’s systems, or are added on its page." } }
        ul.whats {
            @for one in present {
                li { a.button href=(with(&one.id)) {
                    (if masked { about.initials(one) } else { about.name_of(one) }) ", " (words::roles(one).to_lowercase())
                } }
            }
        }
        (more)
    };
    shown(visitor, title, &content, &Faults::none())
}

/// Tells usher an event, and says what became of it.
async fn told(
    visitor: &Visitor,
    of: &Of,
    posted: &Posted,
    event: pb::Event,
    said: &str,
    inputs: &[(&str, &str)],
) -> Result<Result<Response, Faults>, Refusal> {
    let asked = pb::RecordEventRequest {
        request_id: posted.get(REQUEST).to_owned(),
        event: Some(event),
        validate_only: false,
    };
    match visitor.calls.intake().record_event(asked).await {
        Ok(answer) => {
            let receipt = answer.into_inner().receipt.unwrap_or_default();
            Ok(Ok(frame::done(visitor, of, &became(&receipt, said))))
        }
        Err(status) => mended(status.into(), inputs).map(Err),
    }
}

/// What became of an event, in words: what was kept but not handled is said, and never as done.
fn became(receipt: &pb::Receipt, done: &str) -> String {
    let why =
        receipt.cases.iter().map(|case| case.reason.as_str()).find(|reason| !reason.is_empty()).unwrap_or("");
    match receipt.outcome() {
        pb::Outcome::Parked => format!("It is kept, and a person must see to it on the desk: {why}."),
        pb::Outcome::Duplicate => "That was known already: nothing followed.".to_owned(),
        pb::Outcome::Stale => "Something newer is held of that day: nothing followed.".to_owned(),
        pb::Outcome::Unlinked | pb::Outcome::NotOurs => {
            "It is kept, and waits on the desk for its case.".to_owned()
        }
        pb::Outcome::Nothing => format!("{done} Nothing followed from it."),
        _ => match receipt.effects {
            0 => done.to_owned(),
            1 => format!("{done} 1 thing followed from it."),
            effects => format!("{done} {effects} things followed from it."),
        },
    }
}

/// A form's faults that stand for a refusal, where a person can mend it.
pub(super) fn mended(refusal: Refusal, inputs: &[(&str, &str)]) -> Result<Faults, Refusal> {
    use crate::grpc::pb::Reason;
    match refusal.reason {
        Reason::VersionStale => {
            let said = "Somebody changed this while the page was open. It shows now how it stands: look again, then save";
            Ok(Faults { whole: vec![said.to_owned()], ..Faults::none() })
        }
        _ if refusal.is_mendable() => Ok(Faults::of(&refusal, about::input_of(inputs))),
        _ => Err(refusal),
    }
}
