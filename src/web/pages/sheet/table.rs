//! The table of a trial sheet: a row a witness, in the order of evidence.

use super::{Sheet, called, written};
use crate::domain::london;
use crate::grpc::pb::{self, AttendanceState, Channel};
use crate::web::admit::Visitor;
use crate::web::clocks;
use crate::web::form::{self, Posted};
use crate::web::page;
use crate::web::words;
use chrono::{DateTime, Utc};
use maud::{Markup, html};

/// The sign of how far somebody's attendance has come, and its colour.
#[must_use]
pub(super) fn sign(state: AttendanceState) -> (&'static str, &'static str) {
    match state {
        AttendanceState::Unspecified | AttendanceState::Required => ("○", "grey"),
        AttendanceState::Warned => ("◐", "amber"),
        AttendanceState::Confirmed => ("●", "green"),
        AttendanceState::DeWarned => ("╱", "grey"),
        AttendanceState::Attended => ("✓", "green"),
        AttendanceState::Failed => ("!", "red"),
    }
}

/// The table.
#[must_use]
pub(super) fn shown(visitor: &Visitor, seen: &Sheet) -> Markup {
    let lines = &seen.sheet.lines;
    html! {
        section aria-labelledby="witnesses" {
            h2 id="witnesses" { "Witnesses, in the order of evidence" }
            @if lines.is_empty() {
                p.empty { "Nobody is wanted yet. Witnesses come here as the CPS says who is required." }
            } @else {
                (page::scrolls("The table of witnesses", html! {
                    table.witnesses {
                        caption.visually-hidden { "Witnesses of this hearing, in the order of evidence" }
                        thead { tr {
                            th scope="col" { "Order" }
                            th scope="col" { "Witness" }
                            th.noprint scope="col" { "Record" }
                            th scope="col" { "How to reach them" }
                            th scope="col" { "Status and steps" }
                            th scope="col" { "Day and part" }
                            th scope="col" { "Special measures" }
                            th scope="col" { "Booked" }
                            th scope="col" { "Notes" }
                            th.print-only scope="col" { "Came" }
                            th.print-only scope="col" { "Pen" }
                        } }
                        tbody { @for line in lines { (row(visitor, seen, line)) } }
                    }
                }))
            }
        }
    }
}

fn row(visitor: &Visitor, seen: &Sheet, line: &pb::SheetLine) -> Markup {
    let (sign, colour) = sign(line.state());
    let off = line.state() == AttendanceState::DeWarned;
    html! {
        tr.off[off] id=(format!("w-{}", line.participant_id)) {
            td.order { @if line.evidence_order > 0 { strong { (line.evidence_order) } } @else { span.hint { "not given" } } }
            th scope="row" {
                @if off { s { (called(line)) } } @else { (called(line)) }
                p.hint {
                    (line.roles().map(words::role).collect::<Vec<_>>().join(", "))
                    @if !line.collar.is_empty() { ", " (line.collar) }
                }
                @if line.enhanced { span.tag.enhanced { "Enhanced Rights" } " " }
                @if line.child { span.tag { "Under 18" } }
            }
            td.noprint { (record(visitor, seen, line)) }
            td { (reach(seen, &line.participant_id)) }
            td class={ "status " (colour) } {
                strong { span.sign aria-hidden="true" { (sign) } " " (words::attendance_state(line.state())) }
                (steps(&line.steps, visitor.now))
            }
            td { (line.phase) }
            td { @if !line.measures.is_empty() { ul { @for measure in &line.measures {
                li { (words::measure_kind(measure.kind())) ": " strong { (words::measure_state(measure.state())) } }
            } } } }
            td { @if !line.arrangements.is_empty() { ul { @for booking in &line.arrangements {
                li { (words::arrangement_kind(booking.kind())) ": " strong { (words::arrangement_state(booking.state())) } }
            } } } }
            td { (written(&line.notes, &seen.people)) }
            td.print-only {}
            td.print-only {}
        }
    }
}

/// The steps before the present one, and when each was: how they were told.
fn steps(steps: &[pb::AttendanceStep], now: DateTime<Utc>) -> Markup {
    html! {
        @if !steps.is_empty() {
            ol.steps { @for step in steps {
                li {
                    (words::attendance_state(step.state()).to_lowercase())
                    // Dates and not "yesterday": the sheet is printed.
                    @if let Some(at) = clocks::instant_if(step.at.as_ref()) {
                        " " (clocks::short_day(london::date(at), now)) " " (london::time_of_day(at).format("%H:%M"))
                    }
                    @if !step.told_by.is_empty() { ", by " (step.told_by.replace('-', " ")) }
                }
            } }
        }
    }
}

/// How somebody is safely reached: through whom, and by which number.
fn reach(seen: &Sheet, participant: &str) -> Markup {
    let participants = &seen.case.participants;
    let Some(own) = participants.iter().find(|held| held.id == participant) else { return html! {} };
    let through =
        participants.iter().find(|held| !own.contact_via_id.is_empty() && held.id == own.contact_via_id);
    let reached = through.unwrap_or(own);
    let Some(person) = seen.case.people.iter().find(|person| person.id == reached.person_id) else {
        return html! {};
    };
    let identity = person.identity.clone().unwrap_or_default();
    let is_unsafe = |channel: Channel| person.unsafe_channels.contains(&(channel as i32));
    html! {
        @if through.is_some() { p { strong { "Only through " (words::name(person.identity.as_ref())) } } }
        @if is_unsafe(Channel::Phone) {
            p { strong.unsafe { "Phone is not safe" } }
        } @else {
            @for phone in &identity.phones { p { (phone) } }
        }
        @if identity.phones.is_empty() && !identity.email.is_empty() && !is_unsafe(Channel::Email) { p { (identity.email) } }
        @if !identity.language.is_empty() { p.hint { "Language: " (identity.language) } }
        @if !identity.contact_note.is_empty() { p.hint { (identity.contact_note) } }
    }
}

/// What is recorded with one press, and the way to the rest.
fn record(visitor: &Visitor, seen: &Sheet, line: &pb::SheetLine) -> Markup {
    let hearing = seen.hearing();
    let has_begun = seen.day().is_some_and(|day| day <= london::date(visitor.now));
    let listed =
        hearing.state() != pb::HearingState::Withdrawn && hearing.state() != pb::HearingState::Vacated;
    let waits = matches!(line.state(), AttendanceState::Required | AttendanceState::Warned);
    let mut pressed = Vec::new();
    if listed && has_begun && line.state() != AttendanceState::DeWarned {
        pressed.push(("attended", AttendanceState::Attended, "Attended"));
        pressed.push(("failed", AttendanceState::Failed, "Did not attend"));
    }
    if listed && waits {
        pressed.push(("confirmed", AttendanceState::Confirmed, "Confirmed"));
    }
    html! {
        form.presses method="post" action=(format!("/hearings/{}/attendance", hearing.id)) data-keep="no" {
            (form::carried(visitor, &Posted::default()))
            input type="hidden" name="case" value=(seen.sheet.case_id);
            input type="hidden" name="participant" value=(line.participant_id);
            @for (word, state, label) in pressed {
                @if state != line.state() {
                    button name="did" value=(word) { (label) span.visually-hidden { ": " (called(line)) } }
                }
            }
        }
        a href=(format!("/hearings/{}/witnesses/{}", hearing.id, line.participant_id)) {
            "Plan or note" span.visually-hidden { ": " (called(line)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_that_differs_in_colour_differs_in_its_sign() {
        use AttendanceState::{Attended, Confirmed, DeWarned, Failed, Required, Warned};
        let signs: std::collections::BTreeSet<&str> =
            [Required, Warned, Confirmed, DeWarned, Attended, Failed].map(|state| sign(state).0).into();
        assert_eq!(signs.len(), 6);
    }
}
