//! Who must come to a hearing, who was told, and what becomes of it when the trial is taken out.

use super::super::{Desk, Unhandled, raised};
use super::{Happened, Verdict, participant_of};
use crate::domain::duty::DutyState;
use crate::domain::event::Payload;
use crate::domain::hearing::{
    Attendance, AttendanceState, AttendanceStep, Hearing, HearingKind, HearingState, When,
};
use crate::domain::ids::{AttendanceId, HearingId, ParticipantId};
use crate::domain::london;
use crate::domain::person::Role;
use crate::domain::refusal::Refusal;
use crate::domain::state::{CaseState, Tracked};
use crate::rules::facts::Occurrence;

/// The hearing that is named, else the one trial to come.
fn hearing_of(state: &CaseState, named: Option<HearingId>) -> Result<&Hearing, Refusal> {
    if let Some(id) = named {
        let found = state.hearings.iter().find(|hearing| hearing.id == id);
        return found.map(|hearing| &**hearing).ok_or_else(|| Refusal::not_found("hearing of this case", id));
    }
    let mut trials = state
        .hearings
        .iter()
        .filter(|hearing| hearing.kind == HearingKind::Trial && hearing.state == HearingState::Listed);
    match (trials.next(), trials.next()) {
        (Some(trial), None) => Ok(trial),
        (None, _) => {
            Err(Refusal::invalid("hearing", "the case has no trial to come: name the hearing that is meant"))
        }
        _ => Err(Refusal::invalid(
            "hearing",
            "the case has several trials to come: name the one that is meant",
        )),
    }
}

/// The CPS says who is required.
pub(super) fn required(
    state: &mut CaseState,
    hearing: Option<HearingId>,
    witnesses: &[(ParticipantId, Option<String>)],
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    let (id, listing) = {
        let hearing = hearing_of(state, hearing)?;
        (hearing.id, hearing.listing)
    };
    for (nth, (participant, _)) in witnesses.iter().enumerate() {
        if state.participant(*participant).is_none() {
            let field = format!("witnesses[{nth}].participant");
            return Err(Refusal::invalid(&field, format!("{participant} is nobody in this case")).into());
        }
    }
    let mut news = false;
    let mut rephased = Vec::new();
    for held in state.participants.iter_mut() {
        let required = witnesses.iter().any(|(participant, _)| *participant == held.id);
        // Whom the CPS requires gives evidence, whatever else they are in the case: they hear what witnesses hear.
        if required && !held.roles.iter().any(|role| role.gives_evidence()) {
            let police = held.is(Role::OfficerInCase);
            let held = held.change();
            held.roles.push(if police { Role::PoliceWitness } else { Role::CivilianWitness });
            held.version += 1;
        }
    }
    let newly = || AttendanceStep { state: AttendanceState::Required, at: desk.now, told_by: None };
    for (participant, phase) in witnesses {
        let held = state
            .attendances
            .iter_mut()
            .find(|held| held.participant == *participant && held.hearing == id && held.listing == listing);
        match held {
            Some(held)
                if held.state == AttendanceState::DeWarned || phase.is_some() && held.phase != *phase =>
            {
                let held = held.change();
                if phase.is_some() && held.phase != *phase {
                    held.phase.clone_from(phase);
                    rephased.extend(is_told(held).then_some(*participant));
                }
                if held.state == AttendanceState::DeWarned {
                    held.comes_to(newly());
                }
                news = true;
            }
            Some(_) => {
                // Whoever is still to be told that they need not come must not be told so any more.
                let listing = format!("{id}/{listing}");
                news |= state.duties.iter().any(|duty| {
                    duty.to == *participant
                        && duty.state == DutyState::Open
                        && duty.causes().any(|cause| cause.0 == listing)
                });
            }
            None => {
                news = true;
                let new = AttendanceId(desk.ids.next(desk.now));
                let new = Attendance::new(new, *participant, id, listing, newly());
                state.attendances.push(Tracked::new(Attendance { phase: phase.clone(), ..new }));
            }
        }
    }
    if !news {
        return Ok(Happened::nothing_new(
            Verdict::Duplicate,
            "everybody named is required for that listing already",
        ));
    }
    let further = rephased.into_iter().map(|of| raised(PHASE_CHANGED, Some(of), Some(id), Vec::new()));
    let happened = Happened::news(Occurrence { hearing: Some(id), ..Occurrence::default() });
    Ok(Happened { further: further.collect(), ..happened })
}

/// What usher raises where somebody who was told to come is needed on another day or part of day.
const PHASE_CHANGED: &str = "attendance.phase-changed";

/// Whether somebody believes that they are to come.
fn is_told(held: &Attendance) -> bool {
    matches!(held.state, AttendanceState::Warned | AttendanceState::Confirmed)
}

/// Somebody's attendance comes to another state.
pub(super) fn recorded(
    state: &mut CaseState,
    participant: ParticipantId,
    hearing: HearingId,
    to: AttendanceState,
    told_by: Option<&str>,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    participant_of(state, participant)?;
    let held = hearing_of(state, Some(hearing))?;
    let listing = held.listing;
    let on_the_day = matches!(to, AttendanceState::Attended | AttendanceState::Failed);
    let first_day = match held.when {
        When::At(at) => Some(london::date(at)),
        When::Week(monday) => Some(monday),
        When::Unfixed => None,
    };
    if on_the_day && first_day.is_none_or(|day| day > london::date(desk.now)) {
        let problem = "cannot be so before the day of the hearing";
        return Err(Refusal::invalid("state", problem).into());
    }
    let id = set_attendance(state, participant, hearing, listing, to, told_by, desk);
    let occurrence = Occurrence {
        about: Some(participant),
        hearing: Some(hearing),
        attendance: Some(id),
        ..Occurrence::default()
    };
    Ok(Happened::news(occurrence))
}

/// How somebody is to give evidence.
pub(super) fn planned(state: &mut CaseState, payload: &Payload) -> Result<Happened, Unhandled> {
    let Payload::AttendancePlanned { participant, hearing, phase, order, measures } = payload else {
        unreachable!("called for this payload alone")
    };
    participant_of(state, *participant)?;
    let (id, listing) = {
        let hearing = hearing_of(state, Some(*hearing))?;
        (hearing.id, hearing.listing)
    };
    let held = state
        .attendances
        .iter_mut()
        .find(|held| held.participant == *participant && held.hearing == id && held.listing == listing);
    let Some(held) = held else {
        let problem = format!("{participant} is not wanted at the hearing's present listing");
        return Err(Refusal::invalid("participant", problem).into());
    };
    let planned = Attendance {
        phase: phase.clone().or_else(|| held.phase.clone()),
        order: order.or(held.order),
        measures: measures.clone().unwrap_or_else(|| held.measures.clone()),
        ..(**held).clone()
    };
    if planned == **held {
        return Ok(Happened::nothing_new(Verdict::Duplicate, "it is planned so already"));
    }
    let attendance = held.id;
    let rephased = planned.phase != held.phase && is_told(held);
    *held.change() = planned;
    let occurrence = Occurrence {
        about: Some(*participant),
        hearing: Some(id),
        attendance: Some(attendance),
        ..Occurrence::default()
    };
    let further = rephased.then(|| raised(PHASE_CHANGED, Some(*participant), Some(id), Vec::new()));
    Ok(Happened {
        did: vec!["attendance planned".to_owned()],
        further: further.into_iter().collect(),
        ..Happened::news(occurrence)
    })
}

/// Sets an attendance at a listing, making it where there is none.
pub(in crate::casework) fn set_attendance(
    state: &mut CaseState,
    participant: ParticipantId,
    hearing: HearingId,
    listing: i32,
    to: AttendanceState,
    told_by: Option<&str>,
    desk: Desk<'_>,
) -> AttendanceId {
    let step = |state| AttendanceStep { state, at: desk.now, told_by: told_by.map(str::to_owned) };
    // Whoever is told of this listing, or that it is off, is thereby told that an earlier one is off.
    if matches!(to, AttendanceState::Warned | AttendanceState::Confirmed | AttendanceState::DeWarned) {
        for held in state.attendances.iter_mut() {
            let of_earlier =
                held.participant == participant && held.hearing == hearing && held.listing < listing;
            if of_earlier && matches!(held.state, AttendanceState::Warned | AttendanceState::Confirmed) {
                held.change().comes_to(step(AttendanceState::DeWarned));
            }
        }
    }
    let held = state
        .attendances
        .iter_mut()
        .find(|held| held.participant == participant && held.hearing == hearing && held.listing == listing);
    if let Some(held) = held {
        if held.state != to {
            held.change().comes_to(step(to));
        }
        return held.id;
    }
    let id = AttendanceId(desk.ids.next(desk.now));
    state.attendances.push(Tracked::new(Attendance::new(id, participant, hearing, listing, step(to))));
    id
}

/// A trial is taken out before its day.
pub(super) fn taken_out(
    state: &mut CaseState,
    hearing: Option<HearingId>,
    reason: &str,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    let known = &desk.pack.taken_out_for;
    if !known.is_empty() && !known.iter().any(|word| word == reason) {
        return Err(Refusal::unknown_word("reason", format!("expected one of {}", known.join(", "))).into());
    }
    let id = hearing_of(state, hearing)?.id;
    let held = state.hearings.iter_mut().find(|held| held.id == id).expect("it was found above");
    if held.state != HearingState::Listed {
        return Ok(Happened::nothing_new(Verdict::Duplicate, "the hearing is not to come any more"));
    }
    held.change().state = HearingState::Vacated;
    held.change().off_because = Some(reason.to_owned());
    if matches!(held.when, When::Week(_) | When::Unfixed) {
        held.change().ambiguous = false;
    }
    let occurrence = Occurrence { hearing: Some(id), word: Some(reason.to_owned()), ..Occurrence::default() };
    Ok(Happened::news(occurrence))
}
