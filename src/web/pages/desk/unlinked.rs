//! Court results that may be the unit's but whose case is not held, by the day of the hearing: for each the way to open
//! its case, or to link it to one that is held.

use super::kit::{case_by, filled, more};
use crate::grpc::pb::{self, ReferenceKind};
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted, REQUEST};
use crate::web::page::{self, Page, Part};
use crate::web::pages::case::seen::Seen;
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use maud::{Markup, html};
use serde::Deserialize;

/// Results on one page.
const PAGE: i32 = 100;

pub(super) fn router() -> Router<Board> {
    Router::new().route("/desk/unlinked", get(list)).route("/desk/unlinked/link", get(ask).post(link))
}

/// Which days, as the address has them.
#[derive(Debug, Default, Deserialize)]
struct Filters {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    page: String,
}

async fn list(visitor: Visitor, Query(filters): Query<Filters>) -> Response {
    let asked = pb::ListUnlinkedRequest {
        from_day: filters.from.clone(),
        to_day: filters.to.clone(),
        page_size: PAGE,
        page_token: filters.page.clone(),
    };
    let page = match visitor.calls.intake().list_unlinked(asked).await {
        Ok(page) => page.into_inner(),
        Err(status) => return page::refused(&visitor, &status.into()),
    };
    let next = [("from", filters.from.as_str()), ("to", &filters.to), ("page", &page.next_page_token)];
    let posted = filled(&next);
    let none = Faults::none();
    let narrow = !(filters.from.is_empty() && filters.to.is_empty());
    let content = html! {
        div.heading { p.crumbs { a href="/desk" { "Desk" } } h1 { "Results without a case" } }
        p {
            "Courts shared these, and they may be ours. Opening or linking a case takes them from here and handles them as of when they first reached the unit."
        }
        form.in-line method="get" action="/desk/unlinked" {
            (Input::new("from", "Hearing days from").required().line("date", &posted, &none))
            (Input::new("to", "to").required().line("date", &posted, &none))
            button type="submit" { "Show" }
            @if narrow { " " a href="/desk/unlinked" { "Show all days" } }
        }
        @if page.results.is_empty() {
            p.empty {
                @if narrow {
                    "No result of these days is without a case."
                } @else {
                    "Every result has its case. Results that may be ours but whose case is not held come here."
                }
            }
        }
        @else { (by_day(&page.results, visitor.now)) }
        (more(&page.next_page_token, &form::address("/desk/unlinked", &next), "More results"))
    };
    Page::new(&visitor, "Results without a case", Part::Desk, content).into_response()
}

/// Results under the day of their hearing, in the order in which they came.
#[must_use]
pub(super) fn by_day(results: &[pb::UnlinkedResult], now: DateTime<Utc>) -> Markup {
    html! {
        @for of_day in results.chunk_by(|a, b| a.day == b.day) {
            @let day = of_day.first().and_then(|result| clocks::day(&result.day)).map_or_else(|| "Day not known".to_owned(), |day| clocks::short_day(day, now));
            (page::scrolls(format!("Hearings of {day}"), html! {
                table.unlinked {
                    caption { "Hearings of " (day) }
                    thead {
                        tr {
                            th scope="col" { "URN" }
                            th scope="col" { "Reached the unit" }
                            th scope="col" { "What to do" }
                            th scope="col" { "Event" }
                        }
                    }
                    tbody { @for result in of_day { (row(result, &day, now)) } }
                }
            }))
        }
    }
}

fn row(result: &pb::UnlinkedResult, day: &str, now: DateTime<Utc>) -> Markup {
    let name = if result.urn.is_empty() {
        format!("Court case {}", result.court_case_id.get(..8).unwrap_or_default())
    } else {
        result.urn.clone()
    };
    let pairs = [("urn", result.urn.as_str()), ("court_case", &result.court_case_id)];
    let received = clocks::instant_if(result.received_at.as_ref());
    html! {
        tr {
            th scope="row" { (name) @if result.urn.is_empty() { p.about { "has no URN" } } }
            td { (received.map_or_else(String::new, |at| clocks::near(at, now))) }
            td {
                a href=(form::address("/cases/new", &pairs)) {
                    "Open a case" span.visually-hidden { " for " (name) }
                }
                " · "
                a href=(form::address("/desk/unlinked/link", &pairs)) {
                    "Link it to a case" span.visually-hidden { ": " (name) }
                }
            }
            td {
                a href=(format!("/events/{}", result.event_id)) {
                    "Explain" span.visually-hidden { " the result of " (name) ", " (day) }
                }
            }
        }
    }
}

/// Which result is to be linked, as the address has it.
#[derive(Debug, Default, Deserialize)]
struct Waiting {
    #[serde(default)]
    urn: String,
    #[serde(default)]
    court_case: String,
}

async fn ask(visitor: Visitor, Query(result): Query<Waiting>) -> Response {
    let posted = filled(&[("urn", &result.urn), ("court_case", &result.court_case)]);
    form_page(&visitor, &posted, &Faults::none())
}

fn form_page(visitor: &Visitor, posted: &Posted, faults: &Faults) -> Response {
    let (urn, court_case) = (posted.get("urn"), posted.get("court_case"));
    let content = html! {
        (faults.summary())
        div.heading {
            p.crumbs { a href="/desk" { "Desk" } " › " a href="/desk/unlinked" { "Results without a case" } }
            h1 { "Link a result to a case" }
        }
        p {
            "The case is then found by these references as well, and all results that wait under them are handled at once. It cannot be undone here: you look at the case before it is linked."
        }
        dl {
            @if !urn.is_empty() { dt { "URN" } dd { (urn) } }
            @if !court_case.is_empty() { dt { "The court’s id of the case" } dd { code { (court_case) } } }
        }
        form method="post" action="/desk/unlinked/link" {
            (form::carried(visitor, posted))
            input type="hidden" name="urn" value=(urn);
            input type="hidden" name="court_case" value=(court_case);
            (Input::new("case", "Which case is it").hint("Its URN or occurrence number, as the case has it now").required().line("text", posted, faults))
            button.primary type="submit" { "Look at the case" }
            " " a href=(form::address("/cases/new", &[("urn", urn), ("court_case", court_case)])) {
                "Open a case instead"
            }
        }
    };
    Page::new(visitor, "Link a result to a case", Part::Desk, content).status(faults.status()).into_response()
}

/// What came of a form.
enum Linked {
    /// It is done: the case.
    Done(String),
    /// The case is found; a person looks at it first.
    Ask(Box<pb::Case>),
    /// It can be mended.
    Faults(Faults),
}

async fn link(visitor: Visitor, posted: Posted) -> Response {
    let page = match linked(&visitor, &posted).await {
        Ok(Linked::Done(case_id)) => {
            let to = format!("/cases/{case_id}");
            return page::done(&visitor, &to, "Linked. What waited for this case is handled.");
        }
        Ok(Linked::Ask(case)) => sure_page(&visitor, &posted, &case).await,
        Ok(Linked::Faults(faults)) => return form_page(&visitor, &posted, &faults),
        Err(refusal) => Err(refusal),
    };
    page::or_refused(&visitor, page)
}

/// Whose case it is, for a yes: a number that was typed wrongly would tell a stranger's result to the wrong people.
async fn sure_page(visitor: &Visitor, posted: &Posted, case: &pb::Case) -> Result<Response, Refusal> {
    let seen = Seen::read(visitor, &case.id).await?;
    let is_victim = |one: &&pb::Participant| one.roles().any(|role| role == pb::Role::Victim);
    let of_victims = seen.held.participants.iter().filter(is_victim);
    let victims: Vec<String> = of_victims.map(|one| seen.name_of(one)).collect();
    let defendants: Vec<String> = seen.held.defendants.iter().map(words::defendant).collect();
    let listed = |names: &[String]| if names.is_empty() { "None yet".to_owned() } else { names.join(", ") };
    let (urn, court_case) = (posted.get("urn"), posted.get("court_case"));
    let content = html! {
        div.heading {
            p.crumbs { a href="/desk" { "Desk" } " › " a href="/desk/unlinked" { "Results without a case" } }
            h1 { "Is this the case?" }
        }
        dl {
            dt { "The result is of" } dd { @if urn.is_empty() { code { (court_case) } } @else { (urn) } }
            dt { "Linked to the case" } dd { strong { (case.label) } ", " (words::phase(case.phase())) }
            dt { "Defendants" } dd { (listed(&defendants)) }
            dt { "Victims" } dd { (listed(&victims)) }
        }
        p.warning { "If it is not, strangers are told of each other, and it cannot be undone here." }
        form method="post" action="/desk/unlinked/link" {
            (form::carried(visitor, posted))
            @for (name, value) in [("urn", urn), ("court_case", court_case), ("case", posted.get("case")), ("sure", &case.id)] {
                input type="hidden" name=(name) value=(value);
            }
            button.primary type="submit" { "Yes, link it" }
            " " a href=(form::address("/desk/unlinked/link", &[("urn", urn), ("court_case", court_case)])) { "No, another case" }
        }
    };
    Ok(Page::new(visitor, "Is this the case?", Part::Desk, content).into_response())
}

async fn linked(visitor: &Visitor, posted: &Posted) -> Result<Linked, Refusal> {
    let named = posted.get("case");
    if named.is_empty() {
        let expected = "Type the URN or the occurrence number of the case";
        return Ok(Linked::Faults(Faults::one("case", expected)));
    }
    let Some(case) = case_by(visitor, named).await? else {
        return Ok(Linked::Faults(Faults::one("case", "No case of the unit is known by this")));
    };
    if posted.get("sure") != case.id {
        return Ok(Linked::Ask(Box::new(case)));
    }
    let given =
        [(ReferenceKind::Urn, posted.get("urn")), (ReferenceKind::CourtCase, posted.get("court_case"))];
    let references = given
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(kind, value)| pb::Reference { kind: kind as i32, value: value.to_owned() })
        .collect();
    let asked = pb::LinkCaseRequest {
        request_id: posted.get(REQUEST).to_owned(),
        case_id: case.id.clone(),
        references,
    };
    match visitor.calls.cases().link_case(asked).await {
        Ok(_) => Ok(Linked::Done(case.id)),
        Err(status) => match Refusal::from(status) {
            refusal if refusal.is_mendable() => {
                Ok(Linked::Faults(Faults::of(&refusal, |_| Some("case".to_owned()))))
            }
            refusal => Err(refusal),
        },
    }
}
