//! A case that the unit worked before it used usher: its people, dates and duties as they stood.
//!
//! Nobody is told again what they were told before, and what was still owed is work from now on. So this is no quiet
//! event: what is known to be done is put down as done, and rules speak of the rest.

use super::super::{Desk, Unhandled, raised};
use super::{Happened, case};
use crate::casework::carry_out::duties;
use crate::domain::brought::{About, AttendanceSoFar, PersonSoFar, SoFar};
use crate::domain::deadline::{Anchor, Deadline, NoLimits};
use crate::domain::duty::{Duty, DutyState, Met};
use crate::domain::event::{Event, NewCase, Payload};
use crate::domain::explanation::{Cause, Explanation};
use crate::domain::hearing::{Attendance, AttendanceState, AttendanceStep};
use crate::domain::ids::{AttendanceId, DutyId, HearingId, ParticipantId, ResultId, derived};
use crate::domain::refusal::Refusal;
use crate::domain::state::{CaseState, Tracked};
use crate::domain::task::Priority;
use crate::rules::decide;
use crate::rules::facts::Occurrence;
use chrono::{DateTime, NaiveDate, Utc};

/// Why a duty is there that was owed, or met, before.
const RULE: &str = "usher:before-go-live";
/// By when something is to be told where the unit does not say.
const DUE: &str = "end of 1 working day after received";

/// A case comes in with how it stood.
pub(super) fn brought(
    state: &mut CaseState,
    event: &Event,
    new: &NewCase,
    so_far: &SoFar,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    check(new, so_far, desk)?;
    let opened = case::opened(state, new, desk)?;
    if let Some(at) = so_far.opened_at {
        state.case.change().opened_at = at;
    }
    for (id, by_hand) in &so_far.hearings {
        state.hearings.push(Tracked::new(by_hand.hearing(*id)));
    }
    let mut did = vec!["hearing listed by hand".to_owned(); so_far.hearings.len()];
    let mut owed = Vec::new();
    for person in &so_far.people {
        identity(state, person);
        for attendance in &person.attendances {
            attend(state, person.participant, attendance, desk);
        }
        for told in &person.told {
            let met = Met { at: told.at, channel: told.by.to_string(), by: None, words: None };
            let duty = duty(state, event, person.participant, (&told.kind, told.about), desk);
            did.push(format!("duty {} was met before", duty.kind));
            let duty = Duty { state: DutyState::Met, arose_at: told.at, met: Some(met), ..duty };
            state.duties.push(Tracked::new(duty));
        }
        for one in &person.owed {
            let duty = duty(state, event, person.participant, (&one.kind, one.about), desk);
            did.push(format!("duty {}", duty.kind));
            owed.push(duty.id);
            let due_at = one.due_at.or_else(|| due(event, desk));
            state.duties.push(Tracked::new(Duty { due_at, ..duty }));
        }
    }
    let tasks = duties::gather_again(state, &owed, event, desk);
    did.extend(tasks.iter().map(|_| "task to tell what was owed".to_owned()));
    let occurrence =
        Occurrence { listed: so_far.hearings.iter().map(|(id, _)| *id).collect(), ..opened.occurrence };
    let mut further = required(so_far);
    // What is planned from a hearing on, such as the last check before a trial, is planned from now on.
    further.extend(so_far.hearings.iter().map(|(id, _)| raised(BROUGHT, None, Some(*id), Vec::new())));
    Ok(Happened { did, further, ..Happened::news(occurrence) })
}

/// What rules may listen to for each hearing that is brought, once everybody who attends it is known.
const BROUGHT: &str = "hearing.brought";

/// Refuses what does not fit the case or the pack, before anything is touched.
fn check(new: &NewCase, so_far: &SoFar, desk: Desk<'_>) -> Result<(), Refusal> {
    if so_far.opened_at.is_some_and(|at| at > desk.now) {
        return Err(Refusal::ahead("opened_at"));
    }
    let known = |id: &HearingId| so_far.hearings.iter().any(|(hearing, _)| hearing == id);
    for (n, person) in so_far.people.iter().enumerate() {
        let at = |name: &str| format!("people[{n}].{name}");
        if !new.participants.iter().any(|held| held.id == person.participant) {
            return Err(Refusal::invalid(&at("participant"), "is nobody in this case"));
        }
        let told = person.told.iter().map(|told| ("told", &told.kind, told.about));
        let owed = person.owed.iter().map(|owed| ("owed", &owed.kind, owed.about));
        for (field, kind, about) in told.chain(owed) {
            if !desk.pack.duty_kinds.contains_key(kind) {
                let kinds = desk.pack.duty_kinds.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                return Err(Refusal::unknown_word(&at(field), format!("expected one of {kinds}")));
            }
            if let About::Hearing(id) = about
                && !known(&id)
            {
                return Err(Refusal::invalid(&at(field), "is about a hearing that is not brought"));
            }
        }
        let ahead = |at: Option<DateTime<Utc>>| at.is_some_and(|at| at > desk.now);
        if person.told.iter().any(|told| ahead(Some(told.at))) {
            return Err(Refusal::ahead(&at("told")));
        }
        for attendance in &person.attendances {
            if !known(&attendance.hearing) {
                return Err(Refusal::invalid(&at("attendance"), "is of a hearing that is not brought"));
            }
            if ahead(attendance.at) {
                return Err(Refusal::ahead(&at("attendance")));
            }
        }
    }
    Ok(())
}

/// Safe contact, and whom they name.
fn identity(state: &mut CaseState, person: &PersonSoFar) {
    let Some(held) = state.participants.iter_mut().find(|held| held.id == person.participant) else { return };
    if !person.concerns.is_empty() {
        held.change().awaits.clone_from(&person.concerns);
    }
    let who = held.person;
    if let Some(held) = state.people.iter_mut().find(|held| held.id == who)
        && !person.unsafe_channels.is_empty()
    {
        held.change().unsafe_channels.clone_from(&person.unsafe_channels);
    }
}

/// Somebody who was told of a hearing. Whoever is only required is asked for by an event that rules listen to.
fn attend(state: &mut CaseState, who: ParticipantId, so_far: &AttendanceSoFar, desk: Desk<'_>) {
    if so_far.state == AttendanceState::Required {
        return;
    }
    let told_by = so_far.told_by.map(|means| means.to_string());
    let step = AttendanceStep { state: so_far.state, at: so_far.at.unwrap_or(desk.now), told_by };
    let id = AttendanceId(desk.ids.next(desk.now));
    state.attendances.push(Tracked::new(Attendance::new(id, who, so_far.hearing, 1, step)));
}

/// Those who are required and have not been told: for each hearing the event by which rules have them warned.
fn required(so_far: &SoFar) -> Vec<Payload> {
    let of = |hearing: HearingId| {
        let required = so_far.people.iter().flat_map(|person| {
            let theirs = person.attendances.iter();
            let theirs =
                theirs.filter(move |held| held.hearing == hearing && held.state == AttendanceState::Required);
            theirs.map(|_| (person.participant, None))
        });
        required.collect::<Vec<_>>()
    };
    let hearings = so_far.hearings.iter().map(|(id, _)| (*id, of(*id)));
    hearings
        .filter(|(_, witnesses)| !witnesses.is_empty())
        .map(|(hearing, witnesses)| Payload::WitnessesRequired { hearing: Some(hearing), witnesses })
        .collect()
}

/// A duty from before, open.
fn duty(
    state: &CaseState,
    event: &Event,
    to: ParticipantId,
    (kind, about): (&str, About),
    desk: Desk<'_>,
) -> Duty {
    let cause = match about {
        About::Hearing(id) => Cause(format!("{id}/1")),
        About::Day(day) => day_cause(day),
        About::Case => Cause(event.id.to_string()),
    };
    let enhanced = state.participant(to).is_some_and(|held| held.is_enhanced());
    let base = format!("{kind}/{to}/{}/", derived(&[cause.0.as_bytes()]).simple());
    let nth = state.duties.iter().filter(|duty| duty.key.starts_with(&base)).count();
    Duty {
        id: DutyId(desk.ids.next(desk.now)),
        key: format!("{base}{nth}"),
        kind: kind.to_owned(),
        to,
        state: DutyState::Open,
        priority: if enhanced { Priority::P2 } else { Priority::P3 },
        target_at: None,
        due_at: None,
        waits_for: None,
        task: None,
        arose_at: event.received_at,
        met: None,
        moved: Vec::new(),
        because: vec![Explanation {
            causes: vec![cause],
            ..Explanation::of(event, RULE, &desk.pack.hash, desk.now)
        }],
    }
}

/// The cause of a duty about whatever a court decided on a day, before it is known what that was.
fn day_cause(day: NaiveDate) -> Cause {
    Cause(format!("day/{day}"))
}

fn due(event: &Event, desk: Desk<'_>) -> Option<DateTime<Utc>> {
    let deadline = Deadline::parse(DUE, &NoLimits).ok()?;
    let anchors = |_: &str| Anchor::At(event.received_at);
    decide::count(desk.pack, &deadline, &anchors, None).ok()?.at
}

/// What a court decided on a day joins what somebody was told of that day before: it is not told again. It joins what
/// they are still owed of it as well.
pub(super) fn told_of_day(state: &mut CaseState, day: NaiveDate, lines: &[ResultId]) {
    let cause = day_cause(day);
    let fits = |duty: &Duty| {
        matches!(duty.state, DutyState::Met | DutyState::Late | DutyState::Open)
            && duty.causes().any(|held| *held == cause)
    };
    let causes: Vec<Cause> = lines.iter().map(|line| Cause(line.to_string())).collect();
    if causes.is_empty() {
        return;
    }
    for duty in state.duties.iter_mut().filter(|duty| fits(duty)) {
        let Some(why) = duty.because.iter().find(|why| why.rule == RULE).cloned() else { continue };
        duty.change().because.push(Explanation { causes: causes.clone(), ..why });
    }
}
