//! Defendants on a case's page, with what the court said of each offence in its own words, and the page of all it said.

use super::seen::{Seen, offence_title, shortened};
use crate::domain::london;
use crate::grpc::pb::{self, Line, TrialOutcome};
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::clocks;
use crate::web::page::{self, Page, Part};
use crate::web::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::NaiveDate;
use maud::{Markup, html};
use serde::Deserialize;

/// Results beside an offence, the latest first, before the rest is on a page of its own.
const RESULTS_MAX: usize = 3;
/// So many result lines are shown with the court's words; of more only the label.
const WORDY_MAX: usize = 30;
/// Names of those whom a defendant concerns, at most.
const NAMES_MAX: usize = 8;
/// Lines on a page of all that the court said.
const PAGE: usize = 80;

pub(super) fn router() -> Router<Board> {
    Router::new().route("/cases/{id}/court", get(all))
}

/// The section of the defendants.
#[must_use]
pub(super) fn section(seen: &Seen) -> Markup {
    let held = &seen.held;
    let wordy = held.lines.len() <= WORDY_MAX;
    html! {
        section.case-court id="defendants" aria-labelledby="defendants-title" {
            div.section-head {
                h2 id="defendants-title" { "Defendants " span.count { (held.defendants.len()) } }
                @if !held.lines.is_empty() { a href=(format!("/cases/{}/court", seen.case.id)) { "All that the court said" } }
            }
            @if held.defendants.is_empty() { p.empty { "No court has shared this case yet. Defendants and offences come with the first hearing." } }
            @for defendant in &held.defendants { (one(seen, defendant, wordy)) }
        }
    }
}

fn one(seen: &Seen, defendant: &pb::Defendant, wordy: bool) -> Markup {
    let whole: Vec<&pb::Standing> = of(seen, &defendant.id, "")
        .into_iter()
        .filter(|standing| is_said(standing))
        .take(RESULTS_MAX)
        .collect();
    html! {
        article.case-defendant id=(format!("d-{}", defendant.id)) {
            h3 { (words::defendant(defendant)) }
            p.parts {
                (remand_told(seen, defendant))
                @if defendant.youth { " · " strong { "youth" } }
                @if defendant.concluded { " · proceedings ended" }
            }
            @if !defendant.bail_conditions.is_empty() {
                div.conditions { p { strong { (conditions_title(seen, defendant)) } } (shortened(&defendant.bail_conditions, 400)) }
            }
            @if !defendant.offences.is_empty() {
                table aria-label=(format!("Offences of {}", words::defendant(defendant))) {
                    thead { tr { th scope="col" { "Offence" } th scope="col" { "Plea" } th scope="col" { "Verdict" } th scope="col" { "Result" } } }
                    tbody { @for offence in &defendant.offences { (offence_row(seen, defendant, offence, wordy)) } }
                }
            }
            @if !whole.is_empty() {
                p { strong { "Of the defendant as a whole" } }
                ul.said-list { @for standing in whole { (said(standing, wordy)) } }
            }
            (concerns(seen, defendant))
        }
    }
}

fn offence_row(seen: &Seen, defendant: &pb::Defendant, offence: &pb::Offence, wordy: bool) -> Markup {
    let lines = of(seen, &defendant.id, &offence.id);
    let latest = |kind: Line| {
        let found = lines.iter().find(|standing| line_kind(standing) == kind);
        found.map(|standing| label(standing.line.as_ref()))
    };
    let results: Vec<&&pb::Standing> = lines.iter().filter(|standing| is_said(standing)).collect();
    let (shown, more) = results.split_at(results.len().min(RESULTS_MAX));
    html! {
        tr {
            th scope="row" { (offence_title(offence)) @if offence.concluded { " " span.tag { "ended" } } }
            td { (latest(Line::Plea).unwrap_or_else(|| "–".to_owned())) }
            td { (latest(Line::Verdict).unwrap_or_else(|| "–".to_owned())) }
            td {
                @if shown.is_empty() { "–" }
                @else { ul.said-list { @for standing in shown { (said(standing, wordy)) } } }
                @if !more.is_empty() {
                    p { a href=(format!("/cases/{}/court", seen.case.id)) { (more.len()) " earlier of " (offence_title(offence)) } }
                }
            }
        }
    }
}

/// Whom this defendant concerns.
fn concerns(seen: &Seen, defendant: &pb::Defendant) -> Markup {
    let is_of = |participant: &&pb::Participant| {
        participant.defendant_ids.contains(&defendant.id)
            || defendant.offences.iter().any(|offence| participant.offence_ids.contains(&offence.id))
    };
    let concerned: Vec<&pb::Participant> = seen.present().into_iter().filter(is_of).collect();
    html! {
        p.concerns {
            strong { "Concerns: " }
            @if concerned.is_empty() { "nobody yet" }
            @for (nth, participant) in concerned.iter().take(NAMES_MAX).enumerate() {
                @if nth > 0 { ", " } a href=(format!("#p-{}", participant.id)) { (seen.name(&participant.id)) }
            }
            @if concerned.len() > NAMES_MAX { " and " (concerned.len() - NAMES_MAX) " more" }
        }
    }
}

/// What was said of a defendant, or of one of their offences, the latest first.
fn of<'a>(seen: &'a Seen, defendant_id: &str, offence_id: &str) -> Vec<&'a pb::Standing> {
    let is = |standing: &&pb::Standing| {
        standing
            .line
            .as_ref()
            .is_some_and(|line| line.defendant_id == defendant_id && line.offence_id == offence_id)
    };
    seen.held.lines.iter().rev().filter(is).collect()
}

fn line_kind(standing: &pb::Standing) -> Line {
    standing.line.as_ref().map_or(Line::Unspecified, pb::ResultLine::line)
}

/// Whether a line is a result, and neither a plea, a verdict nor a next hearing, which stand elsewhere.
fn is_said(standing: &pb::Standing) -> bool {
    matches!(line_kind(standing), Line::Judicial | Line::Trial)
}

/// A line in the court's words, or in ours where it has none.
fn label(line: Option<&pb::ResultLine>) -> String {
    let Some(line) = line else { return String::new() };
    let trial = match line.trial() {
        TrialOutcome::Unspecified => "",
        TrialOutcome::Effective => "Trial effective: it went ahead",
        TrialOutcome::Cracked => "Trial cracked: it ended without being tried",
        TrialOutcome::Ineffective => "Trial ineffective: it is to be listed again",
        TrialOutcome::Vacated => "Trial vacated: taken out before the day",
    };
    // A plea's label often says no more than that it is one: its value does.
    let is_bare = line.label.is_empty()
        || line.label.eq_ignore_ascii_case("plea")
        || line.label.eq_ignore_ascii_case("verdict");
    match (trial, line.label.as_str()) {
        ("", _) if is_bare && !line.short_code.is_empty() => {
            crate::web::form::sentence(&line.short_code.to_lowercase().replace('_', " "))
        }
        ("", label) => label.to_owned(),
        (trial, _) => trial.to_owned(),
    }
}

fn said(standing: &pb::Standing, wordy: bool) -> Markup {
    let line = standing.line.as_ref();
    let text = line.map(words_of).unwrap_or_default();
    html! {
        li {
            strong { (label(line)) } " "
            span.when { (clocks::day(&standing.day).map(london::human_date).unwrap_or_default()) }
            @if line.is_some_and(|line| line.urgent) { " " span.tag { "urgent" } }
            @if wordy && !text.is_empty() { (shortened(&text, 180)) }
        }
    }
}

/// The court's free text; the answers to its prompts where there is none.
fn words_of(line: &pb::ResultLine) -> String {
    if !line.text.is_empty() {
        return line.text.clone();
    }
    let prompts = line.prompts.iter().filter(|prompt| !prompt.value.is_empty());
    let said = prompts.map(|prompt| {
        let label = if prompt.label.is_empty() { &prompt.reference } else { &prompt.label };
        format!("{label}: {}", prompt.value)
    });
    said.collect::<Vec<_>>().join("; ")
}

/// Remand as the court codes it, in words.
fn remand(code: &str) -> &'static str {
    match code {
        "A" => "Neither on bail nor in custody in this case",
        "B" => "On bail with conditions",
        "C" => "In custody",
        "L" => "In the care of the local authority",
        "P" => "In custody, with a direction that bail may be granted",
        "U" => "On bail without conditions",
        "" => "Bail or custody not shared by the court",
        _ => "Bail or custody unknown: ask the court",
    }
}

/// The hearing day that a defendant's remand was last shared with, and what the hearing was.
fn shared_last(seen: &Seen, defendant: &pb::Defendant) -> Option<(NaiveDate, String)> {
    let hearings = seen.held.hearings.iter().filter(|hearing| hearing.defendant_ids.contains(&defendant.id));
    let days = hearings.filter_map(|hearing| {
        let day = hearing.sat_on.iter().filter_map(|day| clocks::day(day)).max()?;
        Some((day, hearing.hearing_type.clone()))
    });
    days.max_by_key(|(day, _)| *day)
}

/// Whether the proceedings against a defendant have ended, or each offence has its final result.
#[must_use]
pub(super) fn is_final(seen: &Seen, defendant: &pb::Defendant) -> bool {
    let has_final = |offence: &pb::Offence| {
        offence.concluded
            || of(seen, &defendant.id, &offence.id)
                .into_iter()
                .filter_map(|standing| standing.line.as_ref())
                .any(|line| line.category() == pb::Category::Final)
    };
    defendant.concluded || (!defendant.offences.is_empty() && defendant.offences.iter().all(has_final))
}

/// Bail or custody with the hearing that it is known from. Once all is decided it is what it was then, and no longer said
/// as if it were so now.
fn remand_told(seen: &Seen, defendant: &pb::Defendant) -> String {
    let said = remand(&defendant.remand);
    let known = !defendant.remand.is_empty();
    match shared_last(seen, defendant).filter(|_| known) {
        Some((day, _)) if is_final(seen, defendant) => {
            format!("Remand status as last shared on {}: {}", london::human_date(day), lower(said))
        }
        None if known && is_final(seen, defendant) => {
            format!("Remand status as last shared: {}", lower(said))
        }
        Some((day, hearing)) if hearing.is_empty() => {
            format!("{said}, as of the hearing on {}", london::human_date(day))
        }
        Some((day, hearing)) => {
            format!("{said}, as of the hearing on {} ({hearing})", london::human_date(day))
        }
        None => said.to_owned(),
    }
}

/// The beginning of a sentence as it stands within one.
fn lower(said: &str) -> String {
    let mut letters = said.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// What stands above a defendant's bail conditions.
fn conditions_title(seen: &Seen, defendant: &pb::Defendant) -> String {
    match shared_last(seen, defendant) {
        Some((day, _)) if is_final(seen, defendant) => {
            format!("Bail conditions as last shared on {}, in the court’s words", london::human_date(day))
        }
        _ => "Bail conditions, in the court’s words".to_owned(),
    }
}

/// Where a page of all that was said begins.
#[derive(Debug, Default, Deserialize)]
struct From {
    /// The number of its first line.
    #[serde(default)]
    from: usize,
}

async fn all(visitor: Visitor, Path(id): Path<String>, Query(from): Query<From>) -> Response {
    match Seen::read(&visitor, &id).await {
        Ok(seen) => all_page(&visitor, &seen, from.from),
        Err(refusal) => page::refused(&visitor, &refusal),
    }
}

fn all_page(visitor: &Visitor, seen: &Seen, from: usize) -> Response {
    let lines: Vec<&pb::Standing> = seen.held.lines.iter().rev().skip(from).take(PAGE).collect();
    let next = from + lines.len();
    let content = html! {
        (seen.heading("All that the court said"))
        p { "What stands now, the latest first, in the court’s words. What the court took back is in the "
            a href=(format!("/cases/{}/timeline", seen.case.id)) { "timeline of the case" } "." }
        @if lines.is_empty() { p.empty { "The court has said nothing yet. Results come here as soon as it shares a hearing day." } }
        @else {
            table {
                caption.visually-hidden { "Lines of the court, the latest first" }
                thead { tr {
                    th scope="col" { "Day" } th scope="col" { "Defendant" } th scope="col" { "Offence" } th scope="col" { "What it said" }
                } }
                tbody { @for standing in &lines { (all_row(seen, standing)) } }
            }
        }
        @if next < seen.held.lines.len() {
            p.pages { a rel="next" href=(format!("/cases/{}/court?from={next}", seen.case.id)) { "Earlier lines of the court" } }
        }
    };
    Page::new(visitor, &format!("Court, {}", seen.case.label), Part::Cases, content).into_response()
}

fn all_row(seen: &Seen, standing: &pb::Standing) -> Markup {
    let line = standing.line.clone().unwrap_or_default();
    let kind = match line.line() {
        Line::Plea => "Plea: ",
        Line::Verdict => "Verdict: ",
        Line::NextHearing => "Next hearing: ",
        _ => "",
    };
    html! {
        tr {
            td { (clocks::day(&standing.day).map(london::human_date).unwrap_or_default()) }
            td { @if line.defendant_id.is_empty() { "the whole hearing" } @else { (seen.defendant(&line.defendant_id)) } }
            td { @if line.offence_id.is_empty() { "–" } @else { (seen.offence(&line.offence_id)) } }
            td { strong { (kind) (label(Some(&line))) } (shortened(&words_of(&line), 400)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_told_in_the_courts_words_and_else_in_ours() {
        let plea = pb::ResultLine { short_code: "NOT_GUILTY".to_owned(), ..pb::ResultLine::default() };
        assert_eq!(label(Some(&plea)), "Not guilty");
        let trial =
            pb::ResultLine { trial: TrialOutcome::Cracked as i32, label: "J".to_owned(), ..plea.clone() };
        assert!(label(Some(&trial)).starts_with("Trial cracked"));
        let result = pb::ResultLine { label: "Adjournment".to_owned(), ..plea };
        assert_eq!(label(Some(&result)), "Adjournment");
    }

    #[test]
    fn bail_is_said_as_of_its_hearing_and_after_the_sentence_as_last_shared() {
        let offence = pb::Offence { id: "o".to_owned(), ..Default::default() };
        let defendant = pb::Defendant {
            id: "d".to_owned(),
            remand: "B".to_owned(),
            offences: vec![offence],
            ..Default::default()
        };
        let hearing = pb::Hearing {
            hearing_type: "First hearing".to_owned(),
            defendant_ids: vec!["d".to_owned()],
            sat_on: vec!["2026-11-20".to_owned()],
            ..Default::default()
        };
        let held = pb::GetCaseResponse { hearings: vec![hearing], ..Default::default() };
        let mut seen = Seen { case: pb::Case::default(), held };
        assert!(remand_told(&seen, &defendant).ends_with("(First hearing)"));
        let line = pb::ResultLine {
            defendant_id: "d".to_owned(),
            offence_id: "o".to_owned(),
            category: pb::Category::Final as i32,
            ..Default::default()
        };
        seen.held.lines.push(pb::Standing { line: Some(line), ..Default::default() });
        let told = remand_told(&seen, &defendant);
        assert!(
            told.starts_with("Remand status as last shared on ")
                && told.ends_with(": on bail with conditions")
        );
    }

    #[test]
    fn answers_to_prompts_stand_where_the_court_wrote_no_text() {
        let prompt =
            pb::Prompt { label: "Length".to_owned(), value: "18 months".to_owned(), ..pb::Prompt::default() };
        let mut line = pb::ResultLine { prompts: vec![prompt], ..pb::ResultLine::default() };
        assert_eq!(words_of(&line), "Length: 18 months");
        line.text = "18 months, suspended".to_owned();
        assert_eq!(words_of(&line), "18 months, suspended");
    }
}
