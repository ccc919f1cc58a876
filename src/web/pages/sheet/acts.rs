//! What is recorded on a trial sheet: who came, how somebody is to give evidence, and notes. Each is an event of the case.

use super::dates::Span;
use super::table::sign;
use super::{Sheet, called, written};
use crate::domain::london;
use crate::grpc::pb::{self, AttendanceState, MeasureKind, MeasureState, Outcome};
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::form::{self, Faults, Input, Posted, REQUEST};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use pb::event::Payload;

/// What can be recorded: word of the form, state, words.
const STATES: [(&str, AttendanceState, &str); 5] = [
    ("confirmed", AttendanceState::Confirmed, "Confirmed: they say they will come"),
    ("attended", AttendanceState::Attended, "Attended: they came"),
    ("failed", AttendanceState::Failed, "Did not attend"),
    ("warned", AttendanceState::Warned, "Warned: they have been told to come"),
    ("de-warned", AttendanceState::DeWarned, "De-warned: they have been told not to come"),
];
/// By what means somebody was told.
const TOLD_BY: [(&str, &str); 5] = [
    ("call", "By phone"),
    ("email", "By e-mail"),
    ("letter", "By letter"),
    ("form", "By form"),
    ("in-person", "In person"),
];
/// All special measures.
const MEASURES: [MeasureKind; 8] = [
    MeasureKind::Screens,
    MeasureKind::LiveLink,
    MeasureKind::InPrivate,
    MeasureKind::WigsRemoved,
    MeasureKind::RecordedEvidence,
    MeasureKind::RecordedCrossExamination,
    MeasureKind::Intermediary,
    MeasureKind::CommunicationAids,
];
/// How far each may have come.
const MEASURE_STATES: [MeasureState; 4] =
    [MeasureState::Wanted, MeasureState::AppliedFor, MeasureState::Granted, MeasureState::Refused];

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route("/hearings/{id}/attendance", post(attendance))
        .route("/hearings/{id}/plan", post(plan))
        .route("/hearings/{id}/notes", post(note))
        .route("/hearings/{id}/witnesses/{participant}", get(witness))
}

/// Records something about a case, and says what became of it where a person must see to it.
async fn record(visitor: &Visitor, posted: &Posted, payload: Payload, done: &str) -> Result<String, Refusal> {
    let event =
        pb::Event { case_id: posted.get("case").to_owned(), payload: Some(payload), ..pb::Event::default() };
    let request_id = posted.get(REQUEST).to_owned();
    let asked = pb::RecordEventRequest { request_id, event: Some(event), validate_only: false };
    let receipt = visitor.calls.intake().record_event(asked).await?.into_inner().receipt.unwrap_or_default();
    Ok(match receipt.outcome() {
        Outcome::Parked => "It is kept but could not be handled: it is on the desk.".to_owned(),
        Outcome::Duplicate => "Nothing changed: it stood so already.".to_owned(),
        _ => done.to_owned(),
    })
}

async fn attendance(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    let Some((word, state, _)) = STATES.iter().find(|(word, _, _)| *word == posted.get("did")) else {
        return again(&visitor, &id, &posted, &Faults::one("did", "Choose what is to be recorded")).await;
    };
    let payload = Payload::AttendanceRecorded(pb::AttendanceRecorded {
        participant_id: posted.get("participant").to_owned(),
        hearing_id: id.clone(),
        state: *state as i32,
        told_by: posted.get("told_by").to_owned(),
    });
    let said = format!("Recorded: {}.", words::plain(word).to_lowercase());
    match record(&visitor, &posted, payload, &said).await {
        Ok(said) => page::done(&visitor, &format!("/hearings/{id}#w-{}", posted.get("participant")), &said),
        Err(refusal) => mend(&visitor, &id, &posted, &refusal).await,
    }
}

/// What is filled in of how somebody is to give evidence.
fn planned(hearing: &str, posted: &Posted) -> Result<pb::AttendancePlanned, Faults> {
    let order = match posted.get("order") {
        "" => Some(0),
        text => text.parse::<i32>().ok().filter(|order| (1..=999).contains(order)),
    };
    let Some(evidence_order) = order else {
        return Err(Faults::one("order", "Enter a place from 1 to 999"));
    };
    let measure = |kind: &MeasureKind| {
        let state = posted.get(&measure_name(*kind));
        let state = MEASURE_STATES.iter().find(|of| words::measure_state(**of) == state)?;
        Some(pb::Measure { kind: *kind as i32, state: *state as i32 })
    };
    Ok(pb::AttendancePlanned {
        participant_id: posted.get("participant").to_owned(),
        hearing_id: hearing.to_owned(),
        phase: posted.get("phase").to_owned(),
        evidence_order,
        measures: MEASURES.iter().filter_map(measure).collect(),
        sets_measures: true,
    })
}

fn measure_name(kind: MeasureKind) -> String {
    format!("measure.{}", kind as i32)
}

async fn plan(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    let planned = match planned(&id, &posted) {
        Ok(planned) => planned,
        Err(faults) => return again(&visitor, &id, &posted, &faults).await,
    };
    match record(&visitor, &posted, Payload::AttendancePlanned(planned), "The plan is kept.").await {
        Ok(said) => page::done(&visitor, &format!("/hearings/{id}#w-{}", posted.get("participant")), &said),
        Err(refusal) => mend(&visitor, &id, &posted, &refusal).await,
    }
}

async fn note(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    let participant = posted.get("participant").to_owned();
    if posted.get("words").is_empty() {
        return again(&visitor, &id, &posted, &Faults::one("words", "Write what is to stand on the sheet"))
            .await;
    }
    let asked = pb::AddNoteRequest {
        request_id: posted.get(REQUEST).to_owned(),
        case_id: posted.get("case").to_owned(),
        words: posted.get("words").to_owned(),
        participant_id: participant.clone(),
        hearing_id: id.clone(),
    };
    let to = if participant.is_empty() {
        format!("/hearings/{id}#notes")
    } else {
        format!("/hearings/{id}#w-{participant}")
    };
    match visitor.calls.cases().add_note(asked).await {
        Ok(_) => page::done(&visitor, &to, "The note is on the sheet."),
        Err(status) => mend(&visitor, &id, &posted, &status.into()).await,
    }
}

/// The form again where a person can mend it.
async fn mend(visitor: &Visitor, id: &str, posted: &Posted, refusal: &Refusal) -> Response {
    if !refusal.is_mendable() {
        return page::refused(visitor, refusal);
    }
    let input = |path: &str| {
        let field = path.rsplit('.').next().unwrap_or(path);
        let input = match field {
            "state" => "did",
            "evidence_order" | "order" => "order",
            "phase" | "words" | "told_by" => field,
            _ => return None,
        };
        Some(input.to_owned())
    };
    again(visitor, id, posted, &Faults::of(refusal, input)).await
}

/// The page that a form came from, as it was filled in.
async fn again(visitor: &Visitor, id: &str, posted: &Posted, faults: &Faults) -> Response {
    let participant = posted.get("participant");
    let shown = if participant.is_empty() {
        super::page(visitor, id, &Span::default(), posted, faults).await
    } else {
        witness_page(visitor, id, participant, Some(posted), faults).await
    };
    page::or_refused(visitor, shown)
}

async fn witness(visitor: Visitor, Path((id, participant)): Path<(String, String)>) -> Response {
    let shown = witness_page(&visitor, &id, &participant, None, &Faults::none()).await;
    page::or_refused(&visitor, shown)
}

/// One witness of a hearing: how they give evidence, how far they have come, notes.
async fn witness_page(
    visitor: &Visitor,
    id: &str,
    participant: &str,
    filled: Option<&Posted>,
    faults: &Faults,
) -> Result<Response, Refusal> {
    let seen = Sheet::read(visitor, id).await?;
    let line = seen.sheet.lines.iter().find(|line| line.participant_id == participant);
    let line = line.ok_or_else(|| Refusal::not_here("they are not on the sheet of this hearing"))?;
    let posted = filled.cloned().unwrap_or_else(|| standing(line));
    let title = called(line);
    let (sign, _) = sign(line.state());
    let content = html! {
        (faults.summary())
        div.heading {
            p.crumbs {
                a href="/calendar" { "Calendar" } " › " a href=(format!("/hearings/{id}#w-{participant}")) { (seen.title()) }
            }
            h1 { (title) }
            p.facts {
                span.tag { span aria-hidden="true" { (sign) } " " (words::attendance_state(line.state())) }
                " " (words::when(seen.hearing().when.as_ref(), visitor.now))
            }
        }
        div.columns {
            div.main-column { (planning(visitor, &seen, line, &posted, faults)) }
            div.side-column {
                (attending(visitor, &seen, line, &posted, faults))
                (noting(visitor, &seen, line, &posted, faults))
            }
        }
    };
    Ok(Page::new(visitor, &title, Part::Calendar, content).status(faults.status()).into_response())
}

/// What stands, as the form shows it.
fn standing(line: &pb::SheetLine) -> Posted {
    let mut posted = Posted::default();
    posted.set("phase", &line.phase);
    if line.evidence_order > 0 {
        posted.set("order", line.evidence_order.to_string());
    }
    for measure in &line.measures {
        posted.set(&measure_name(measure.kind()), words::measure_state(measure.state()));
    }
    posted
}

fn carried(visitor: &Visitor, seen: &Sheet, line: &pb::SheetLine) -> Markup {
    html! {
        (form::carried(visitor, &Posted::default()))
        input type="hidden" name="case" value=(seen.sheet.case_id);
        input type="hidden" name="participant" value=(line.participant_id);
    }
}

fn planning(
    visitor: &Visitor,
    seen: &Sheet,
    line: &pb::SheetLine,
    posted: &Posted,
    faults: &Faults,
) -> Markup {
    let states: Vec<(String, String)> = MEASURE_STATES
        .iter()
        .map(|state| (words::measure_state(*state).to_owned(), form::sentence(words::measure_state(*state))))
        .collect();
    html! {
        section aria-labelledby="plan" {
            h2 id="plan" { "How they give evidence" }
            form method="post" action=(format!("/hearings/{}/plan", seen.hearing().id)) {
                (carried(visitor, seen, line))
                (Input::new("order", "Place in the order of evidence").line("number", posted, faults))
                (Input::new("phase", "Day and part of the hearing")
                    .hint("In the CPS’s words, such as “day 2, morning”. Whoever was told of another is told anew")
                    .line("text", posted, faults))
                fieldset.measures {
                    legend { "Special measures" }
                    @for kind in MEASURES {
                        (Input { required: true, ..Input::new(&measure_name(kind), words::measure_kind(kind)) }
                            .select("Not wanted", &states, posted, faults))
                    }
                }
                button.primary type="submit" { "Keep the plan" }
            }
        }
    }
}

fn attending(
    visitor: &Visitor,
    seen: &Sheet,
    line: &pb::SheetLine,
    posted: &Posted,
    faults: &Faults,
) -> Markup {
    let has_begun = seen.day().is_some_and(|day| day <= london::date(visitor.now));
    let on_the_day =
        |state: &AttendanceState| matches!(state, AttendanceState::Attended | AttendanceState::Failed);
    let states: Vec<(String, String)> = STATES
        .iter()
        .filter(|(_, state, _)| has_begun || !on_the_day(state))
        .map(|(word, _, label)| ((*word).to_owned(), (*label).to_owned()))
        .collect();
    let told = form::options(&TOLD_BY);
    html! {
        section aria-labelledby="attendance" {
            h2 id="attendance" { "Attendance" }
            form method="post" action=(format!("/hearings/{}/attendance", seen.hearing().id)) {
                (carried(visitor, seen, line))
                (Input::new("did", "What is so now").required().choices(false, &states, posted, faults))
                (Input::new("told_by", "How they were told").select("Not told", &told, posted, faults))
                button type="submit" { "Record it" }
            }
        }
    }
}

fn noting(visitor: &Visitor, seen: &Sheet, line: &pb::SheetLine, posted: &Posted, faults: &Faults) -> Markup {
    html! {
        section aria-labelledby="note" {
            h2 id="note" { "Notes on the sheet" }
            (written(&line.notes, &seen.people))
            form method="post" action=(format!("/hearings/{}/notes", seen.hearing().id)) {
                (carried(visitor, seen, line))
                (Input::new("words", "Add a note").required().lines(2, posted, faults))
                button type="submit" { "Add the note" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read_as_it_was_shown() {
        let line = pb::SheetLine {
            participant_id: "p".into(),
            phase: "day 2".into(),
            evidence_order: 4,
            measures: vec![pb::Measure {
                kind: MeasureKind::Screens as i32,
                state: MeasureState::AppliedFor as i32,
            }],
            ..pb::SheetLine::default()
        };
        let mut posted = standing(&line);
        posted.set("participant", "p");
        let read = planned("h", &posted).unwrap();
        assert_eq!((read.phase.as_str(), read.evidence_order, read.measures), ("day 2", 4, line.measures));
        assert!(read.sets_measures);
    }

    #[test]
    fn a_place_beyond_the_order_of_evidence_is_told_beside_its_input() {
        assert!(planned("h", &Posted::parse("order=1000")).unwrap_err().is_about("order"));
        assert_eq!(planned("h", &Posted::parse("order=")).unwrap().evidence_order, 0);
    }
}
