//! Hearings on a case's page: what is to come with who is told of it, what is over, and what else stands in the diary.

use super::seen::Seen;
use crate::domain::london;
use crate::grpc::pb::{self, AttendanceState, DiaryState, HearingKind, HearingState, when::Kind};
use crate::web::clocks;
use crate::web::words;
use chrono::{DateTime, Utc};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Hearings that are over and shown, at most.
const PAST_MAX: usize = 12;

/// The section of the hearings.
#[must_use]
pub(super) fn section(seen: &Seen, now: DateTime<Utc>) -> Markup {
    let (coming, past) = (seen.coming(), seen.past());
    html! {
        section.case-hearings id="hearings" aria-labelledby="hearings-title" {
            h2 id="hearings-title" { "Hearings " span.count { (coming.len()) } }
            @if coming.is_empty() { p.empty { "No hearing is to come. The next one comes from the court, or is put in from a listing." } }
            @else { ul.hearings { @for hearing in coming { (one(seen, hearing, now)) } } }
            (appointments(seen, now))
            @if !past.is_empty() {
                details { summary { "Over or taken out " span.count { (past.len()) } }
                    ul.hearings { @for hearing in past.iter().take(PAST_MAX) { (one(seen, hearing, now)) } }
                    @if past.len() > PAST_MAX {
                        p { "Earlier ones are in the " a href=(format!("/cases/{}/timeline", seen.case.id)) { "timeline of the case" } "." }
                    }
                }
            }
        }
    }
}

/// How a hearing stands, in words: what the court said of it, and until it sits how the diary shows it.
#[must_use]
pub(in crate::web::pages) fn state_of(held: &pb::GetCaseResponse, hearing: &pb::Hearing) -> &'static str {
    let shown =
        held.diary.iter().rfind(|entry| entry.hearing_id == hearing.id && entry.state() != DiaryState::Moved);
    match (hearing.state(), shown) {
        (HearingState::Listed, Some(entry)) if entry.state() == DiaryState::NotYetWarned => {
            how_far(&wanted(held, hearing))
        }
        (HearingState::Listed, Some(entry)) => words::diary_state(entry.state()),
        (state, _) => words::hearing_state(state),
    }
}

fn one(seen: &Seen, hearing: &pb::Hearing, now: DateTime<Utc>) -> Markup {
    let state = state_of(&seen.held, hearing);
    let told = attendance(seen, hearing);
    html! {
        li {
            p {
                @for earlier in &hearing.earlier { s { span.visually-hidden { "moved from " } (words::when(Some(earlier), now)) } " " }
                strong { (words::when(hearing.when.as_ref(), now)) }
                @if let Some(days) = days_to(hearing, now) { " " span.when { "(" (days) ")" } }
                " " span.tag { (state) }
            }
            p {
                a href=(format!("/hearings/{}", hearing.id)) { (hearing.hearing_type) @if is_trial(hearing) { ": trial sheet" } }
                ", " (place(hearing))
                @if !hearing.defendant_ids.is_empty() && seen.held.defendants.len() > 1 {
                    ", of " (hearing.defendant_ids.iter().map(|id| seen.defendant(id)).collect::<Vec<_>>().join(", "))
                }
            }
            @if !told.is_empty() { p.told { (told) } }
            @if hearing.ambiguous { p.warning { "The court’s own hearing could be any of several planned ones: a person must say which." } }
            @if !hearing.sat_on.is_empty() && hearing.state() == HearingState::Listed { p { "Has sat on " (days(&hearing.sat_on)) } }
        }
    }
}

fn is_trial(hearing: &pb::Hearing) -> bool {
    matches!(hearing.kind(), HearingKind::Trial | HearingKind::TrialWithoutWitnesses)
}

fn days(on: &[String]) -> String {
    on.iter().filter_map(|day| clocks::day(day)).map(london::human_date).collect::<Vec<_>>().join(", ")
}

/// Where it sits.
fn place(hearing: &pb::Hearing) -> String {
    let Some(court) = &hearing.court else { return words::jurisdiction(hearing.jurisdiction()).to_owned() };
    match court.room.as_str() {
        "" => court.name.clone(),
        room if room.to_lowercase().contains("court") => format!("{}, {room}", court.name),
        room => format!("{}, courtroom {room}", court.name),
    }
}

/// In how many days it is; nothing for one without a day of its own.
fn days_to(hearing: &pb::Hearing, now: DateTime<Utc>) -> Option<String> {
    let Some(Kind::At(at)) = hearing.when.as_ref()?.kind.as_ref() else { return None };
    let days = (london::date(clocks::instant(*at)?) - london::date(now)).num_days();
    match days {
        0 => Some("today".to_owned()),
        1 => Some("tomorrow".to_owned()),
        2.. => Some(format!("in {days} days")),
        _ => None,
    }
}

/// The attendances at its present listing of those who are still to come.
fn wanted(held: &pb::GetCaseResponse, hearing: &pb::Hearing) -> Vec<AttendanceState> {
    let here = |held: &&pb::Attendance| held.hearing_id == hearing.id && held.listing == hearing.listing;
    let states = held.attendances.iter().filter(here).map(pb::Attendance::state);
    states.filter(|state| *state != AttendanceState::DeWarned).collect()
}

/// How far the warning of a hearing's witnesses is, in two words.
fn how_far(wanted: &[AttendanceState]) -> &'static str {
    let confirmed =
        |state: &AttendanceState| matches!(state, AttendanceState::Confirmed | AttendanceState::Attended);
    if !wanted.is_empty() && wanted.iter().all(confirmed) {
        "All confirmed"
    } else if wanted.iter().any(|state| confirmed(state) || *state == AttendanceState::Warned) {
        "Being warned"
    } else {
        words::diary_state(DiaryState::NotYetWarned)
    }
}

/// How far those are who are wanted: "2 warned, 1 confirmed; Witness Service booked".
fn attendance(seen: &Seen, hearing: &pb::Hearing) -> String {
    let mut counts: BTreeMap<i32, (AttendanceState, usize)> = BTreeMap::new();
    let of = |id: &str, listing: i32| id == hearing.id && listing == hearing.listing;
    for attendance in seen.held.attendances.iter().filter(|held| of(&held.hearing_id, held.listing)) {
        counts.entry(attendance.state).or_insert((attendance.state(), 0)).1 += 1;
    }
    let mut said: Vec<String> = counts
        .values()
        .map(|(state, count)| format!("{count} {}", words::attendance_state(*state).to_lowercase()))
        .collect();
    let booked = seen.held.arrangements.iter().filter(|held| of(&held.hearing_id, held.listing));
    let mut booked: Vec<String> = booked
        .map(|held| {
            format!("{} {}", words::arrangement_kind(held.kind()), words::arrangement_state(held.state()))
        })
        .collect();
    booked.sort();
    booked.dedup();
    said.extend(booked);
    said.join(", ")
}

/// Appointments and reminders to come.
fn appointments(seen: &Seen, now: DateTime<Utc>) -> Markup {
    let stands = |entry: &&pb::DiaryEntry| {
        entry.hearing_id.is_empty()
            && !matches!(entry.state(), DiaryState::Moved | DiaryState::Vacated | DiaryState::Closed)
            && is_to_come(entry.when.as_ref(), now)
    };
    let entries: Vec<&pb::DiaryEntry> = seen.held.diary.iter().filter(stands).collect();
    html! {
        @if !entries.is_empty() {
            h3 { "Also in the diary" }
            ul { @for entry in entries {
                li {
                    strong { (words::when(entry.when.as_ref(), now)) } " "
                    @match &entry.appointment {
                        Some(appointment) => {
                            (words::appointment_kind(appointment.kind()))
                            @if !appointment.participant_id.is_empty() {
                                " with " a href=(format!("#p-{}", appointment.participant_id)) { (seen.name(&appointment.participant_id)) }
                            }
                            @if !appointment.words.is_empty() { ": " (appointment.words) }
                        }
                        None => (words::plain(&entry.kind)),
                    }
                }
            } }
        }
    }
}

/// Whether an entry's day has not passed.
fn is_to_come(when: Option<&pb::When>, now: DateTime<Utc>) -> bool {
    match when.and_then(|when| when.kind.as_ref()) {
        Some(Kind::At(at)) => clocks::instant(*at).is_some_and(|at| london::date(at) >= london::date(now)),
        Some(Kind::WeekOf(_) | Kind::Unfixed(_)) => true,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trial_is_not_called_unwarned_once_somebody_is_warned() {
        use AttendanceState::{Confirmed, Required, Warned};
        assert_eq!(how_far(&[]), "Not yet warned");
        assert_eq!(how_far(&[Required]), "Not yet warned");
        assert_eq!(how_far(&[Required, Warned]), "Being warned");
        assert_eq!(how_far(&[Required, Confirmed]), "Being warned");
        assert_eq!(how_far(&[Confirmed, Confirmed]), "All confirmed");
    }

    #[test]
    fn a_hearing_says_how_many_are_told_at_its_present_listing() {
        let hearing = pb::Hearing { id: "h".to_owned(), listing: 2, ..pb::Hearing::default() };
        let of = |listing, state: AttendanceState| pb::Attendance {
            hearing_id: "h".to_owned(),
            listing,
            state: state as i32,
            ..pb::Attendance::default()
        };
        let attendances = vec![
            of(1, AttendanceState::Confirmed),
            of(2, AttendanceState::Warned),
            of(2, AttendanceState::Warned),
            of(2, AttendanceState::Required),
        ];
        let held = pb::GetCaseResponse { attendances, ..pb::GetCaseResponse::default() };
        let seen = Seen { case: pb::Case::default(), held };
        assert_eq!(attendance(&seen, &hearing), "1 required, 2 warned");
    }

    #[test]
    fn a_courtroom_is_named_once() {
        let at = |room: &str| pb::Hearing {
            court: Some(pb::Court {
                name: "Northgate Crown Court".to_owned(),
                room: room.to_owned(),
                ..pb::Court::default()
            }),
            ..pb::Hearing::default()
        };
        assert_eq!(place(&at("Courtroom 2")), "Northgate Crown Court, Courtroom 2");
        assert_eq!(place(&at("2")), "Northgate Crown Court, courtroom 2");
        assert_eq!(place(&at("")), "Northgate Crown Court");
    }
}
