//! The diary and the timers: set, moved with their hearing, stopped.

use super::{Done, explained, explanation};
use crate::casework::Desk;
use crate::casework::happen::move_entry;
use crate::domain::deadline::{Anchor, Deadline, NoLimits};
use crate::domain::diary::{
    Appointment, AppointmentKind, DiaryEntry, DiaryState, EXPIRY, HEARING, Timer, TimerState,
};
use crate::domain::event::Event;
use crate::domain::hearing::{HearingState, When};
use crate::domain::ids::{DiaryEntryId, HearingId, ParticipantId, TimerId};
use crate::domain::state::{CaseState, Tracked};
use crate::rules::decide;
use crate::rules::effect::{Decided, Effect};

/// Shows a hearing in the diary as it now stands; a moved one keeps its old date.
pub(super) fn show(
    state: &mut CaseState,
    event: &Event,
    decided: &Decided,
    id: HearingId,
    shown: DiaryState,
    desk: Desk<'_>,
    done: &mut Done,
) {
    let Some(hearing) = state.hearings.iter().find(|held| held.id == id) else { return };
    let (when, earlier) = (hearing.when, hearing.earlier.clone());
    let key = format!("hearing/{id}");
    let why = explanation(event, decided, None, None, desk);
    match state.diary.iter_mut().find(|entry| entry.key == key) {
        Some(entry) if entry.state == shown && entry.when == when => {}
        Some(entry) => {
            let entry = entry.change();
            entry.state = shown;
            entry.when = when;
            entry.earlier = earlier;
            entry.because.push(why);
            done.note(format!("diary entry {shown}"));
        }
        None => {
            state.diary.push(Tracked::new(DiaryEntry {
                id: DiaryEntryId(desk.ids.next(desk.now)),
                key,
                kind: HEARING.to_owned(),
                hearing: Some(id),
                when,
                state: shown,
                earlier,
                appointment: None,
                version: 1,
                because: vec![why],
            }));
            done.note(format!("diary entry {shown}"));
        }
    }
}

/// Shows when an adviser's consent ends, and no longer where it has no end, is withdrawn or they have left.
pub(super) fn show_ends_of_consent(state: &mut CaseState, event: &Event, desk: Desk<'_>, done: &mut Done) {
    // Few cases have one: the others are told apart without a key being made for each participant.
    let shown = state.diary.iter().any(|entry| entry.kind == EXPIRY);
    for nth in 0..state.participants.len() {
        let held = &state.participants[nth];
        if !shown && held.consent.is_none() {
            continue;
        }
        let key = format!("consent/{}", held.id);
        let ends = held.consent.and_then(|consent| consent.until).filter(|_| held.left_at.is_none());
        let why = || explained(event, "show-when-a-consent-ends", Vec::new(), Vec::new(), desk);
        match (ends, state.diary.iter_mut().find(|entry| entry.key == key)) {
            (Some(ends), Some(entry))
                if entry.when == When::At(ends) && entry.state == DiaryState::Listed => {}
            (Some(ends), Some(entry)) => {
                let because = why();
                let entry = entry.change();
                if entry.when != When::At(ends) {
                    entry.earlier.push(entry.when);
                }
                entry.when = When::At(ends);
                entry.state = DiaryState::Listed;
                entry.because.push(because);
                done.note("diary entry of a consent changed".to_owned());
            }
            (Some(ends), None) => {
                let because = vec![why()];
                state.diary.push(Tracked::new(DiaryEntry {
                    id: DiaryEntryId(desk.ids.next(desk.now)),
                    key,
                    kind: EXPIRY.to_owned(),
                    hearing: None,
                    when: When::At(ends),
                    state: DiaryState::Listed,
                    earlier: Vec::new(),
                    appointment: None,
                    version: 1,
                    because,
                }));
                done.note("diary entry of a consent".to_owned());
            }
            (None, Some(entry)) if entry.state == DiaryState::Listed => {
                entry.change().state = DiaryState::Vacated;
                done.note("diary entry of a consent withdrawn".to_owned());
            }
            (None, _) => {}
        }
    }
}

/// Puts an entry of its own into the diary, or moves the one that is there under the same key.
pub(super) fn appoint(
    state: &mut CaseState,
    event: &Event,
    decided: &Decided,
    desk: Desk<'_>,
    done: &mut Done,
) {
    let Effect::Appointment { kind, words, at, with, key } = &decided.effect else { return };
    let with_whom = with.map_or_else(|| "case".to_owned(), |with| with.to_string());
    let key = format!("rule/{kind}/{with_whom}/{}", key.as_deref().unwrap_or(&decided.rule));
    let why = explanation(event, decided, None, None, desk);
    let appointment =
        Appointment { kind: *kind, with: *with, staff: None, minutes: None, words: words.clone() };
    let Some(nth) = state.diary.iter().position(|held| held.key == key) else {
        state.diary.push(Tracked::new(DiaryEntry {
            id: DiaryEntryId(desk.ids.next(desk.now)),
            key,
            kind: kind.entry().to_owned(),
            hearing: None,
            when: When::At(*at),
            state: DiaryState::Listed,
            earlier: Vec::new(),
            appointment: Some(appointment),
            version: 1,
            because: vec![why],
        }));
        done.note(format!("diary entry {kind}"));
        return;
    };
    let held = &state.diary[nth];
    let same = held.when == When::At(*at) && held.state == DiaryState::Listed;
    if same && held.appointment.as_ref() == Some(&appointment) {
        return;
    }
    if held.when != When::At(*at) {
        move_entry(state, nth, *at, desk);
    }
    let held = state.diary[nth].change();
    held.state = DiaryState::Listed;
    held.appointment = Some(appointment);
    held.version += 1;
    held.because.push(why);
    done.note(format!("diary entry {kind} changed"));
}

/// Takes entries that rules made out of the diary; each keeps its line, struck out.
pub(super) fn call_off(
    state: &mut CaseState,
    kind: AppointmentKind,
    with: Option<ParticipantId>,
    key: Option<&str>,
    done: &mut Done,
) {
    let named = key.map(|key| format!("/{key}"));
    let is_meant = |held: &&mut Tracked<DiaryEntry>| {
        let own = held.appointment.as_ref().filter(|_| held.key.starts_with("rule/"));
        held.state == DiaryState::Listed
            && own.is_some_and(|own| own.kind == kind && (with.is_none() || own.with == with))
            && named.as_ref().is_none_or(|named| held.key.ends_with(named.as_str()))
    };
    for held in state.diary.iter_mut().filter(is_meant) {
        let held = held.change();
        held.state = DiaryState::Vacated;
        held.version += 1;
        done.note(format!("diary entry {kind} called off"));
    }
}

/// Sets a timer, or moves the one that waits under the same key.
pub(super) fn set_timer(
    state: &mut CaseState,
    event: &Event,
    decided: &Decided,
    desk: Desk<'_>,
    done: &mut Done,
) {
    let Effect::Timer { raises, at, deadline, about, hearing } = &decided.effect else { return };
    let listing =
        hearing.and_then(|id| state.hearings.iter().find(|held| held.id == id)).map(|held| held.listing);
    let mut parts = vec![raises.clone()];
    parts.extend(about.map(|about| about.to_string()));
    parts.extend(hearing.map(|hearing| format!("{hearing}/{}", listing.unwrap_or_default())));
    if hearing.is_none() {
        parts.push(super::digest(&decided.causes));
    }
    let key = parts.join("/");
    match state.timers.iter_mut().find(|timer| timer.key == key) {
        Some(timer) if timer.state == TimerState::Waiting && timer.due_at != at.at => {
            timer.change().due_at = at.at;
            done.note(format!("timer {raises} moved"));
        }
        // One that ended may be wanted again, for a later instant.
        Some(timer) if timer.state != TimerState::Waiting && at.at > timer.due_at => {
            let timer = timer.change();
            timer.state = TimerState::Waiting;
            timer.due_at = at.at;
            timer.because.push(explanation(event, decided, None, Some(at), desk));
            done.note(format!("timer {raises} set again"));
        }
        Some(_) => {}
        None => {
            state.timers.push(Tracked::new(Timer {
                id: TimerId(desk.ids.next(desk.now)),
                key,
                raises: raises.clone(),
                due_at: at.at,
                deadline: deadline.clone(),
                hearing: (*hearing).zip(listing),
                about: *about,
                task: None,
                state: TimerState::Waiting,
                because: vec![explanation(event, decided, None, Some(at), desk)],
            }));
            done.note(format!("timer {raises}"));
        }
    }
}

/// Stops the timers of this name that wait.
pub(super) fn stop_timers(
    state: &mut CaseState,
    raises: &str,
    about: Option<ParticipantId>,
    hearing: Option<HearingId>,
    done: &mut Done,
) {
    for timer in state.timers.iter_mut() {
        let meant = timer.raises == raises
            && timer.state == TimerState::Waiting
            && about.is_none_or(|about| timer.about == Some(about))
            && hearing.is_none_or(|hearing| timer.hearing.is_some_and(|(of, _)| of == hearing));
        if meant {
            timer.change().state = TimerState::Stopped;
            done.note(format!("timer {raises} stopped"));
        }
    }
}

/// Counts anew the timers of hearings that moved, and stops those of hearings that are no more to come.
pub(super) fn count_anew(state: &mut CaseState, desk: Desk<'_>, done: &mut Done) {
    let hearings: Vec<(HearingId, i32, HearingState, When)> =
        state.hearings.iter().map(|held| (held.id, held.listing, held.state, held.when)).collect();
    for timer in state.timers.iter_mut().filter(|timer| timer.state == TimerState::Waiting) {
        let Some((of, listing)) = timer.hearing else { continue };
        let Some((_, now_listing, now_state, when)) = hearings.iter().find(|(id, ..)| *id == of).copied()
        else {
            continue;
        };
        if matches!(now_state, HearingState::Vacated | HearingState::Withdrawn) {
            timer.change().state = TimerState::Stopped;
            done.note(format!("timer {} stopped", timer.raises));
            continue;
        }
        if now_listing == listing {
            continue;
        }
        let anchor = match when {
            When::At(at) => Anchor::At(at),
            When::Week(monday) => Anchor::Week(monday),
            When::Unfixed => Anchor::Unfixed,
        };
        let Ok(deadline) = Deadline::parse(&timer.deadline, &LimitsOf(desk)) else { continue };
        // What does not count from the news or from then counts from the hearing, whatever the rule called it.
        let set_at = timer.because.last().map(|why| Anchor::At(why.decided_at));
        let anchors = |name: &str| match name {
            "received" | "occurred" | "now" => set_at.unwrap_or(Anchor::Missing),
            _ => anchor,
        };
        let counted = decide::count(desk.pack, &deadline, &anchors, None);
        let Ok(counted) = counted else { continue };
        let timer = timer.change();
        timer.due_at = counted.at;
        timer.hearing = Some((of, now_listing));
        done.note(format!("timer {} moved", timer.raises));
    }
}

/// The limits of the active pack, for a deadline that was stored with their names.
pub(in crate::casework) struct LimitsOf<'a>(Desk<'a>);

/// The limits of the active pack.
pub(in crate::casework) fn limits_of(desk: Desk<'_>) -> LimitsOf<'_> {
    LimitsOf(desk)
}

impl crate::domain::deadline::Limits for LimitsOf<'_> {
    fn amount(&self, name: &str) -> Option<crate::domain::deadline::Amount> {
        let limit = self.0.pack.limits.get(name).map(|limit| limit.amount);
        limit.or_else(|| NoLimits.amount(name))
    }

    fn names(&self) -> Vec<String> {
        self.0.pack.limits.keys().cloned().collect()
    }
}
