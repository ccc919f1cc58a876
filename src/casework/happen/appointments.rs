//! Appointments and reminders that staff put into the diary of a case: made, moved, called off.

use super::super::{Desk, Unhandled};
use super::{Happened, participant_of};
use crate::domain::diary::{Appointment, DiaryEntry, DiaryState};
use crate::domain::event::{Event, Payload};
use crate::domain::explanation::Explanation;
use crate::domain::hearing::When;
use crate::domain::ids::DiaryEntryId;
use crate::domain::london;
use crate::domain::refusal::Refusal;
use crate::domain::state::{CaseState, Tracked};
use crate::rules::facts::Occurrence;
use chrono::{DateTime, Datelike, Utc};

/// An appointment is made, moved or otherwise changed.
pub(super) fn put(state: &mut CaseState, event: &Event, desk: Desk<'_>) -> Result<Happened, Unhandled> {
    let Payload::AppointmentPut { entry: id, at, appointment, version } = &event.payload else {
        unreachable!("called for this payload alone")
    };
    check(state, *at, appointment, desk)?;
    let occurrence = Occurrence { about: appointment.with, ..Occurrence::default() };
    let did = |what: &str| Happened { did: vec![what.to_owned()], ..Happened::news(occurrence.clone()) };
    let Some(nth) = state.diary.iter().position(|held| held.id == *id) else {
        if *version != 0 {
            return Err(Refusal::not_found("diary entry of this case", id).into());
        }
        state.diary.push(Tracked::new(DiaryEntry {
            id: *id,
            key: format!("appointment/{id}"),
            kind: appointment.kind.entry().to_owned(),
            hearing: None,
            when: When::At(*at),
            state: DiaryState::Listed,
            earlier: Vec::new(),
            appointment: Some((**appointment).clone()),
            version: 1,
            because: vec![by_hand(event, desk)],
        }));
        return Ok(did("diary entry made"));
    };
    open(&state.diary[nth], *version)?;
    let before = state.diary[nth].when;
    if before != When::At(*at) {
        move_entry(state, nth, *at, desk);
    }
    let held = state.diary[nth].change();
    held.appointment = Some((**appointment).clone());
    held.version += 1;
    held.because.push(by_hand(event, desk));
    Ok(did("diary entry changed"))
}

/// An appointment is called off.
pub(super) fn cancelled(state: &mut CaseState, event: &Event, desk: Desk<'_>) -> Result<Happened, Unhandled> {
    let Payload::AppointmentCancelled { entry: id, version, .. } = &event.payload else {
        unreachable!("called for this payload alone")
    };
    let held = state.diary.iter_mut().find(|held| held.id == *id);
    let held = held.ok_or_else(|| Refusal::not_found("diary entry of this case", id))?;
    open(held, *version)?;
    let held = held.change();
    held.state = DiaryState::Vacated;
    held.version += 1;
    held.because.push(by_hand(event, desk));
    let about = held.appointment.as_ref().and_then(|appointment| appointment.with);
    let occurrence = Occurrence { about, ..Occurrence::default() };
    Ok(Happened { did: vec!["diary entry cancelled".to_owned()], ..Happened::news(occurrence) })
}

/// Moves an entry; the old day keeps a line, so that whoever looks there sees that it is off.
pub(in crate::casework) fn move_entry(state: &mut CaseState, nth: usize, at: DateTime<Utc>, desk: Desk<'_>) {
    let held = &state.diary[nth];
    let moved = DiaryEntry {
        id: DiaryEntryId(desk.ids.next(desk.now)),
        key: format!("{}/{}", held.key, held.earlier.len() + 1),
        state: DiaryState::Moved,
        ..(**held).clone()
    };
    state.diary.push(Tracked::new(moved));
    let held = state.diary[nth].change();
    held.earlier.push(held.when);
    held.when = When::At(at);
}

/// Refuses what cannot be kept: in the past, beyond the calendar, with nobody.
fn check(
    state: &CaseState,
    at: DateTime<Utc>,
    appointment: &Appointment,
    desk: Desk<'_>,
) -> Result<(), Refusal> {
    if at < desk.now {
        return Err(Refusal::invalid("at", "must not lie in the past"));
    }
    let year = london::date(at).year();
    if !desk.pack.calendar.covers(year) {
        let last = desk.pack.calendar.years().max().unwrap_or(year);
        return Err(Refusal::invalid(
            "at",
            format!("must lie within the pack's calendar, which ends with {last}"),
        ));
    }
    if let Some(with) = appointment.with {
        participant_of(state, with)?;
    }
    if let Some(staff) = appointment.staff {
        let held = desk.roster.staff(staff);
        let held = held.ok_or_else(|| Refusal::not_found("member of staff", staff))?;
        if held.left_at.is_some_and(|left| left <= at) {
            return Err(Refusal::invalid("staff", "must still be of the unit then"));
        }
    }
    Ok(())
}

/// Refuses a change of what is no appointment to come, or was changed since the caller looked.
fn open(held: &DiaryEntry, given: i64) -> Result<(), Refusal> {
    let (what, id) = ("diary entry".to_owned(), held.id.to_string());
    let wanted = |state: &str| Refusal::IllegalMove {
        what: what.clone(),
        id: id.clone(),
        state: state.to_owned(),
        wanted: "only an appointment or a reminder that stands can be changed".to_owned(),
    };
    if held.appointment.is_none() {
        return Err(wanted(&held.kind));
    }
    if held.state != DiaryState::Listed {
        return Err(wanted(&held.state.to_string()));
    }
    if held.version != given {
        return Err(Refusal::Stale { what, id, held: held.version, given });
    }
    Ok(())
}

fn by_hand(event: &Event, desk: Desk<'_>) -> Explanation {
    Explanation::of(event, "by-hand", &desk.pack.hash, desk.now)
}
