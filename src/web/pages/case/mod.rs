//! A case: everything that somebody with the victim on the telephone needs, the most pressing on top.
//!
//! The page is what several calls answer that do not wait for each other. What is long by nature, such as the timeline,
//! documents and forms, has pages of its own, so that a case with many people stays readable.

mod add;
mod banners;
mod correct;
mod court;
mod documents;
mod done;
mod facts;
pub(super) mod hearings;
mod list;
mod mail;
mod new;
mod people;
mod proof;
pub(super) mod seen;
mod timeline;
mod uncopied;
mod work;

use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::{Board, Pack, People};
use crate::web::clocks;
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::try_join;
use maud::{Markup, html};
use people::Blocks;
use seen::Seen;
use std::sync::Arc;

/// Entries of the timeline in which the latest contacts are looked for.
const LATEST: i32 = 60;
/// The unit's people who are looked through for conflicts.
const STAFF_MAX: i32 = 500;

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route("/cases/{id}", get(show))
        .merge(add::router())
        .merge(correct::router())
        .merge(court::router())
        .merge(documents::router())
        .merge(done::router())
        .merge(facts::router())
        .merge(list::router())
        .merge(mail::router())
        .merge(new::router())
        .merge(proof::router())
        .merge(timeline::router())
        .merge(uncopied::router())
        .merge(work::router())
}

async fn show(visitor: Visitor, Path(id): Path<String>) -> Response {
    // What so many calls answer is large: it is not copied from future to future.
    match Box::pin(read(&visitor, &id)).await {
        Ok(all) => shown(&visitor, &all),
        Err(refusal) => page::refused(&visitor, &refusal),
    }
}

/// All that the page shows.
struct All {
    seen: Seen,
    duties: Vec<pb::Duty>,
    tasks: pb::ListTasksResponse,
    done: Vec<pb::Task>,
    messages: pb::ListMessagesResponse,
    documents: pb::ListDocumentsResponse,
    latest: Vec<pb::TimelineEntry>,
    staff: Vec<pb::Staff>,
    people: Arc<People>,
    pack: Arc<Pack>,
}

async fn read(visitor: &Visitor, id: &str) -> Result<All, Refusal> {
    let (mut cases, mut timeline, mut team) =
        (visitor.calls.cases(), visitor.calls.cases(), visitor.calls.team());
    let timeline_of =
        pb::GetTimelineRequest { case_id: id.to_owned(), page_size: LATEST, ..Default::default() };
    let documents_of = documents::request(id, documents::ON_CASE, "");
    let staff_of = pb::ListStaffRequest { page_size: STAFF_MAX, ..pb::ListStaffRequest::default() };
    let (seen, duties, tasks, done, messages, documents, latest, staff, people, pack) = try_join!(
        Seen::read(visitor, id),
        work::owed(visitor, id),
        work::tasks(visitor, id, work::ON_CASE, ""),
        done::that_ask(visitor, id),
        mail::messages(visitor, id, mail::ON_CASE, ""),
        async { Ok::<_, Refusal>(cases.list_documents(documents_of).await?.into_inner()) },
        async { Ok(timeline.get_timeline(timeline_of).await?.into_inner().entries) },
        async {
            // Conflicts are for those who give work away.
            if visitor.leads() {
                Ok(team.list_staff(staff_of).await?.into_inner().staff)
            } else {
                Ok(Vec::new())
            }
        },
        visitor.people(),
        visitor.pack(),
    )?;
    Ok(All { seen, duties, tasks, done, messages, documents, latest, staff, people, pack })
}

/// The parts of the page, to jump to.
const PARTS: [(&str, &str); 8] = [
    ("people", "People"),
    ("owed", "Owed and to do"),
    ("hearings", "Hearings"),
    ("defendants", "Defendants"),
    ("found", "Found out"),
    ("contacts", "Contact log"),
    ("messages", "Messages"),
    ("documents", "Documents"),
];

fn shown(visitor: &Visitor, all: &All) -> Response {
    let (seen, now) = (&all.seen, visitor.now);
    let id = &seen.case.id;
    let banners = banners::of(seen, &all.staff, &all.people, now);
    let content = html! {
        (heading(seen))
        (banners::shown(&banners, &banners::settle(visitor, seen)))
        nav.case-parts aria-label="On this page" {
            ul { @for (part, label) in PARTS { li { a href=(format!("#{part}")) { (label) } } } }
        }
        div.columns {
            div.main-column {
                (Blocks { seen, duties: &all.duties, now }.section())
                (work::section(visitor, seen, &all.duties, &all.tasks, &all.people, &all.pack))
                (hearings::section(seen, now))
                (court::section(seen))
            }
            div.side-column {
                (facts(seen, &all.people))
                (done::section(seen, &all.done, &all.pack, &all.people))
                (timeline::contacts_section(visitor, seen, &all.latest, &all.people))
                (mail::section(seen, &all.messages, now))
                (documents::section(seen, &all.documents, now))
                section aria-labelledby="more-title" {
                    h2 id="more-title" { "More of this case" }
                    ul.case-list {
                        li { a href=(format!("/cases/{id}/timeline")) { "Timeline: all that happened" } }
                        li { a href=(format!("/cases/{id}/proof")) { "Proof: who was told what" } }
                        @if !seen.held.lines.is_empty() { li { a href=(format!("/cases/{id}/court")) { "All that the court said" } } }
                    }
                }
            }
        }
    };
    Page::new(visitor, &seen.case.label, Part::Cases, content).into_response()
}

fn heading(seen: &Seen) -> Markup {
    let case = &seen.case;
    html! {
        div.heading {
            p.crumbs { a href="/cases" { "Cases" } }
            h1 { (case.label) }
            p.facts {
                span.tag { (words::phase(case.phase())) } " "
                span class=(risk_class(case.risk())) { (words::risk(case.risk())) }
                @for word in &case.flags { " " span.tag { (banners::flag(word)) } }
                @for word in &case.proposed_flags { " " span.tag.warn { (banners::flag(word)) " (proposed)" } }
            }
            p.buttons {
                a.button.primary href=(format!("/record?case={}", case.id)) { "Call or record in this case" }
                a.button href=(format!("/cases/{}/note", case.id)) { "Add a note" }
                a.button href=(format!("/cases/{}/tasks/new", case.id)) { "Add a task" }
                a.button href=(format!("/calendar/new?case={}", case.id)) { "Make an appointment" }
                a.button href=(format!("/cases/{}/documents#add", case.id)) { "Add a document" }
                a.button href=(format!("/cases/{}/proof", case.id)) { "Proof" }
            }
        }
    }
}

/// How a risk is shown; its words say it as well.
#[must_use]
fn risk_class(risk: pb::Risk) -> &'static str {
    match risk {
        pb::Risk::High => "tag bad",
        pb::Risk::Medium => "tag warn",
        _ => "tag",
    }
}

/// What the case is, and whose.
fn facts(seen: &Seen, people: &People) -> Markup {
    let case = &seen.case;
    html! {
        section.case-facts id="facts" aria-labelledby="facts-title" {
            div.section-head {
                h2 id="facts-title" { "Facts" }
                a href=(format!("/cases/{}/facts", case.id)) { "Change the facts" }
            }
            dl {
                dt { "Owner" }
                dd {
                    @if case.owner_id.is_empty() { "Nobody" } @else { (people.name(&case.owner_id)) }
                    @if !case.owner_because.is_empty() { ": " (case.owner_because) }
                }
                @if !case.cover_id.is_empty() { dt { "Covered by" } dd { (people.name(&case.cover_id)) } }
                @if !case.team_id.is_empty() { dt { "Team" } dd { (people.team(&case.team_id)) } }
                @for reference in &case.references {
                    dt { (words::reference_kind(reference.kind())) }
                    dd.reference { (reference.value) }
                }
                dt { "Taken on" }
                dd { (clocks::full_if(case.opened_at.as_ref())) }
            }
        }
    }
}
