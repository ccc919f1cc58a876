//! Proof: who was told what, how, when and by whom, and whether the clock was kept; made to be printed and handed over.

use super::seen::{Seen, template};
use crate::domain::london;
use crate::grpc::pb::{self, ProofKind};
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::try_join;
use maud::{Markup, html};
use serde::Deserialize;

/// Lines on a page.
const PAGE: i32 = 80;

pub(super) fn router() -> Router<Board> {
    Router::new().route("/cases/{id}/proof", get(show))
}

/// Whose proof, as the address has it.
#[derive(Debug, Default, Deserialize)]
struct Of {
    /// The participant; everybody where empty.
    #[serde(default)]
    participant: String,
    /// Where to go on.
    #[serde(default)]
    page: String,
}

async fn show(visitor: Visitor, Path(id): Path<String>, Query(of): Query<Of>) -> Response {
    page::or_refused(&visitor, proof(&visitor, &id, &of).await)
}

async fn proof(visitor: &Visitor, id: &str, of: &Of) -> Result<Response, Refusal> {
    let (mut cases, mut directory) = (visitor.calls.cases(), visitor.calls.directory());
    let asked = pb::GetProofRequest {
        case_id: id.to_owned(),
        participant_id: of.participant.clone(),
        page_size: PAGE,
        page_token: of.page.clone(),
    };
    let entries = pb::ListContactsRequest { page_size: 500, ..pb::ListContactsRequest::default() };
    let (seen, listed, people, entries) = try_join!(
        Seen::read(visitor, id),
        async { Ok(cases.get_proof(asked).await?.into_inner()) },
        visitor.people(),
        async { Ok(directory.list_contacts(entries).await?.into_inner().entries) },
    )?;
    let names = Names { seen: &seen, people: &people, entries: &entries };
    let whose = if of.participant.is_empty() {
        "everybody in the case".to_owned()
    } else {
        seen.name(&of.participant)
    };
    let content = html! {
        (seen.heading("Proof: who was told what"))
        p { "Of " strong { (whose) } " in case " strong { (seen.case.label) } ", as recorded on " (clocks::full(visitor.now)) " London time." }
        (filter(&seen, of))
        p.noprint { "To hand it over, print this page. Menus and buttons are left out on paper." }
        (counts(&listed.lines))
        @if listed.lines.is_empty() { p.empty { "Nobody was told anything yet. Calls, letters and e-mails stand here as soon as they are made or leave." } }
        @else { (table(&names, &listed.lines)) }
        @if !listed.next_page_token.is_empty() {
            p.pages { a rel="next" href=(address(id, &of.participant, &listed.next_page_token)) { "Later lines of the proof" } }
        }
        p.print-only { "Printed by " (visitor.me.name) ", " (visitor.session.unit_name) ". OFFICIAL-SENSITIVE." }
    };
    let title = format!("Proof, {}", seen.case.label);
    Ok(Page::new(visitor, &title, Part::Cases, content).into_response())
}

fn address(id: &str, participant: &str, token: &str) -> String {
    form::address(&format!("/cases/{id}/proof"), &[("participant", participant), ("page", token)])
}

fn filter(seen: &Seen, of: &Of) -> Markup {
    let mut posted = Posted::default();
    posted.set("participant", &of.participant);
    let people = seen.present().into_iter().chain(seen.left());
    let people: Vec<(String, String)> = people
        .map(|participant| {
            (
                participant.id.clone(),
                format!("{} ({})", seen.name(&participant.id), words::roles(participant).to_lowercase()),
            )
        })
        .collect();
    html! {
        form.case-filter method="get" action=(format!("/cases/{}/proof", seen.case.id)) {
            (Input::new("participant", "Whom").required().select("Everybody", &people, &posted, &Faults::none()))
            button type="submit" { "Show" }
        }
    }
}

/// What the lines of this page come to.
fn counts(lines: &[pb::ProofLine]) -> Markup {
    let of = |kind: ProofKind| lines.iter().filter(|line| line.kind() == kind).count();
    let clocks = lines.iter().filter_map(|line| line.clock.as_ref()).filter(|clock| clock.due_at.is_some());
    let (late, kept): (Vec<&pb::ProofClock>, Vec<&pb::ProofClock>) = clocks.partition(|clock| clock.late);
    html! {
        @if !lines.is_empty() {
            dl.proof-counts {
                div { dt { "Told" } dd { (of(ProofKind::Told)) } }
                @let corrected = lines.iter().filter(|line| !line.corrected_by_id.is_empty()).count();
                @if corrected > 0 { div { dt { "Of these corrected since" } dd { (corrected) } } }
                div { dt { "Tried" } dd { (of(ProofKind::Tried)) } }
                div { dt { "Excused" } dd { (of(ProofKind::Excused)) } }
                div { dt { "Clocks kept" } dd { (kept.len()) } }
                div { dt { "Clocks missed" } dd { (late.len()) } }
            }
        }
    }
}

/// Names for the ids of a proof.
struct Names<'a> {
    seen: &'a Seen,
    people: &'a People,
    entries: &'a [pb::DirectoryEntry],
}

impl Names<'_> {
    /// Who was to be told.
    fn whom(&self, line: &pb::ProofLine) -> String {
        if !line.participant_id.is_empty() {
            return self.seen.name(&line.participant_id);
        }
        let entry = self.entries.iter().find(|entry| entry.id == line.directory_id);
        entry.map_or_else(|| "a body of the directory".to_owned(), |entry| entry.name.clone())
    }

    /// Who told them.
    fn by(&self, line: &pb::ProofLine) -> String {
        match (line.staff_id.as_str(), line.message_id.is_empty()) {
            ("", false) => "sent by usher".to_owned(),
            ("", true) => "logged by another program".to_owned(),
            (staff, _) => self.people.name(staff).to_owned(),
        }
    }
}

fn table(names: &Names<'_>, lines: &[pb::ProofLine]) -> Markup {
    html! {
        (page::scrolls("The table of who was told what", html! {
            table.proof {
                caption.visually-hidden { "Who was told what, in order of time" }
                thead { tr {
                    th scope="col" { "When" } th scope="col" { "Whom" } th scope="col" { "What" }
                    th scope="col" { "How and by whom" } th scope="col" { "Clock" }
                } }
                tbody { @for line in lines { (row(names, line)) } }
            }
        }))
    }
}

fn row(names: &Names<'_>, line: &pb::ProofLine) -> Markup {
    let class = match line.kind() {
        ProofKind::Told => "tag good",
        ProofKind::Tried => "tag warn",
        _ => "tag",
    };
    let causes: Vec<String> = line
        .causes
        .iter()
        .filter(|cause| !cause.words.is_empty())
        .map(|cause| cause_words(&cause.words))
        .collect();
    html! {
        tr {
            td { (clocks::full_if(line.at.as_ref())) }
            th scope="row" { (names.whom(line)) }
            td {
                span class=(class) { (words::proof_kind(line.kind())) } " "
                (title(line))
                @if !causes.is_empty() { ul { @for cause in causes { li { (cause) } } } }
                @if !line.words.is_empty() { p.words { "“" (line.words) "”" } }
                @if !line.corrects_id.is_empty() { p { strong.tag.warn { "Corrects an earlier record" } } }
                @if !line.corrected_by_id.is_empty() {
                    p {
                        strong.tag.warn { "Corrected since" } " "
                        a.noprint href=(format!("/cases/{}/timeline?only=contacts#c-{}", names.seen.case.id, line.corrected_by_id)) {
                            "The record that corrects it" span.visually-hidden { " of " (clocks::full_if(line.at.as_ref())) }
                        }
                    }
                }
            }
            td {
                @if !line.channel.is_empty() { (channel(&line.channel)) ", " }
                (names.by(line))
                @if line.check() != pb::CallerCheck::Unspecified { p { (words::caller_check(line.check())) } }
                @if !line.message_id.is_empty() {
                    p.noprint { a href=(format!("/messages/{}", line.message_id)) {
                        "Read the message" span.visually-hidden { " to " (names.whom(line)) ", " (clocks::full_if(line.at.as_ref())) }
                    } }
                }
            }
            td { (clock(line.clock.as_ref())) }
        }
    }
}

/// What they were told of; a task by its kind in words.
fn cause_words(said: &str) -> String {
    match said.strip_prefix("task ") {
        Some(kind) => words::plain(kind),
        None => form::sentence(said),
    }
}

/// By what means, as people write it.
fn channel(word: &str) -> String {
    if word == "email" { "E-mail".to_owned() } else { words::plain(word) }
}

/// What they were owed, or the message's template in words.
fn title(line: &pb::ProofLine) -> String {
    let is_template = !line.title.contains(' ') && line.title.contains('-');
    form::sentence(&if is_template { template(&line.title) } else { line.title.clone() })
}

/// Whether its clock was kept.
fn clock(clock: Option<&pb::ProofClock>) -> Markup {
    let Some(clock) = clock else { return html! { "–" } };
    let due = clocks::instant_if(clock.due_at.as_ref());
    let target = clocks::instant_if(clock.target_at.as_ref());
    html! {
        @if let Some(due) = due {
            p {
                @if clock.late { strong.tag.bad { "Missed" } } @else { span.tag.good { "Kept" } }
                " due " (said(due))
            }
        }
        @if let Some(target) = target { p { (if clock.target_missed { "Target missed: " } else { "Target kept: " }) (said(target)) } }
        @if due.is_none() && target.is_none() { "No clock" }
        @if !clock.cites.is_empty() { p.when { (clock.cites) } }
    }
}

/// An instant of a clock; the end of a day as the day alone.
fn said(at: chrono::DateTime<chrono::Utc>) -> String {
    let is_end = london::time_of_day(at).format("%H:%M").to_string() == "23:59";
    if is_end { format!("by the end of {}", london::human_date(london::date(at))) } else { clocks::full(at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_said_in_words_and_a_sentence_as_it_is() {
        let of = |text: &str| title(&pb::ProofLine { title: text.to_owned(), ..pb::ProofLine::default() });
        assert_eq!(of("acquittal-to-victim"), "Acquittal to victim");
        assert_eq!(of("the date, time and place of a hearing"), "The date, time and place of a hearing");
        assert_eq!(of("Follow-up of the call"), "Follow-up of the call");
    }

    #[test]
    fn what_they_were_told_of_is_said_in_words() {
        assert_eq!(cause_words("task order-of-evidence"), "Order of evidence");
        assert_eq!(cause_words("Custody, Thu 19 Nov 2026"), "Custody, Thu 19 Nov 2026");
        assert_eq!((channel("email").as_str(), channel("in-person").as_str()), ("E-mail", "In person"));
    }

    #[test]
    fn a_clock_says_in_words_whether_it_was_kept() {
        let due_at = Some(clocks::timestamp(london::parse("2026-11-24T23:59:59").unwrap()));
        let late = pb::ProofClock { due_at, late: true, ..pb::ProofClock::default() };
        let shown = clock(Some(&late)).into_string();
        assert!(shown.contains("Missed") && shown.contains("by the end of Tue 24 Nov 2026"));
        assert_eq!(clock(None).into_string(), "–");
    }

    #[test]
    fn the_address_keeps_whose_proof_it_is() {
        assert_eq!(address("c", "p", "t"), "/cases/c/proof?participant=p&page=t");
        assert_eq!(address("c", "", "t"), "/cases/c/proof?page=t");
    }
}
