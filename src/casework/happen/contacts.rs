//! Contacts that are logged, and the duties that they meet.

use super::super::{Desk, Unhandled, raised};
use super::tasks::{happened_at, release_drafts};
use super::{Happened, participant_of};
use crate::casework::carry_out::duties;
use crate::domain::caller::{self, Checked, Stated};
use crate::domain::contact::{CallerCheck, Contact, ContactKind};
use crate::domain::duty::{DutyState, Met};
use crate::domain::event::{Event, Payload};
use crate::domain::explanation::Cause;
use crate::domain::ids::{ContactId, ParticipantId, TaskId};
use crate::domain::refusal::Refusal;
use crate::domain::state::{CaseState, Tracked};
use crate::rules::facts::Occurrence;
use chrono::TimeDelta;

/// How far back a contact may lie that is logged only now, where the case was opened later than that.
const BACK: TimeDelta = TimeDelta::days(365);

/// A contact is logged; duties it met are met, and a task left without duties is done.
pub(super) fn logged(state: &mut CaseState, event: &Event, desk: Desk<'_>) -> Result<Happened, Unhandled> {
    let Payload::ContactLogged {
        id,
        contact,
        with,
        at,
        incoming,
        check,
        met,
        told,
        topics,
        words,
        corrects,
        hearing,
    } = &event.payload
    else {
        unreachable!("called for this payload alone")
    };
    if let Some(with) = with {
        participant_of(state, *with)?;
    }
    if let Some(hearing) = hearing
        && !state.hearings.iter().any(|held| held.id == *hearing)
    {
        return Err(Refusal::not_found("hearing of this case", hearing).into());
    }
    let earliest = state.case.opened_at.min(desk.now - BACK);
    let at = happened_at(*at, earliest, "a year ago, or when the case was opened", event, desk)?;
    if let Some(corrects) = corrects
        && !state.contacts.iter().any(|held| held.id == *corrects)
    {
        return Err(Refusal::not_found("contact", corrects).into());
    }
    if !met.is_empty() && *contact == ContactKind::NoAnswer {
        return Err(
            Refusal::invalid("met", "nobody was told anything in a call that was not answered").into()
        );
    }
    if *check == CallerCheck::Verified
        && let Some(held) = with.and_then(|with| state.participant(with))
        && caller::is_locked(&held.caller_checks, desk.now)
    {
        let problem = "cannot be verified after two checks that failed: ring the number that is held, and say \
                       held-number";
        return Err(Refusal::invalid("check", problem).into());
    }
    // Whoever fails the check is told nothing, so nothing was met and nobody heard of anything.
    if *check == CallerCheck::Failed {
        for (list, field) in [(met.is_empty(), "met"), (told.is_empty(), "told")] {
            if !list {
                let problem = "must be left out: after a failed check of the caller nothing may be disclosed";
                return Err(Refusal::invalid(field, problem).into());
            }
        }
    }
    if let Some(nth) = topics.iter().position(|topic| !desk.pack.contact_topics.contains_key(topic)) {
        let known = desk.pack.contact_topics.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        return Err(
            Refusal::unknown_word(&format!("topics[{nth}]"), format!("expected one of {known}")).into()
        );
    }
    for (nth, duty) in met.iter().enumerate() {
        let open = state.duties.iter().any(|held| held.id == *duty && held.state == DutyState::Open);
        if !open {
            let problem = format!("{duty} is no open duty of this case");
            return Err(Refusal::invalid(&format!("met[{nth}]"), problem).into());
        }
    }
    let causes = state.duties.iter().filter(|duty| met.contains(&duty.id));
    let mut told: Vec<Cause> = told.iter().chain(causes.flat_map(|duty| duty.causes())).cloned().collect();
    told.sort();
    told.dedup();
    let how = Met { at, channel: contact.to_string(), by: event.actor.staff, words: Some(words.clone()) };
    duties::meet(state, met, &how);
    let mut tasks: Vec<TaskId> =
        state.duties.iter().filter(|duty| met.contains(&duty.id)).filter_map(|duty| duty.task).collect();
    tasks.sort_unstable();
    tasks.dedup();
    let (mut released, mut further) = (Vec::new(), Vec::new());
    for task in tasks {
        duties::bring_clocks(state, task);
        if duties::end_if_empty(state, task, "told", desk) {
            released.extend(release_drafts(state, task, desk));
            // Rules hear of it as of any other task that is done: what follows from that must not hang on how it was said.
            further.push(raised("task.completed", *with, None, vec![Cause(task.to_string())]));
        }
    }
    state.contacts.push(Tracked::new(Contact {
        id: *id,
        kind: *contact,
        with: *with,
        at,
        by: event.actor.staff,
        incoming: *incoming,
        check: *check,
        told,
        topics: topics.clone(),
        words: words.clone(),
        corrects: *corrects,
        hearing: *hearing,
        copied_at: None,
    }));
    let happened = Happened::news(Occurrence {
        about: *with,
        word: Some(contact.to_string()),
        topics: topics.clone(),
        check: Some(*check),
        incoming: *incoming,
        ..Occurrence::default()
    });
    Ok(Happened { released, further, ..happened })
}

/// Contact records were copied into the force's other systems, or are to be copied after all.
pub(super) fn copied(
    state: &mut CaseState,
    ids: &[ContactId],
    undo: bool,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    for id in ids {
        if !state.contacts.iter().any(|held| held.id == *id) {
            return Err(Refusal::not_found("contact", id).into());
        }
    }
    let to = (!undo).then_some(desk.now);
    for contact in &mut state.contacts {
        if ids.contains(&contact.id) && contact.copied_at.is_some() == undo {
            contact.change().copied_at = to;
        }
    }
    Ok(Happened::news(Occurrence::default()))
}

/// A caller is asked who they are. What they said is kept nowhere but in the event; what came of it stays with the
/// participant.
pub(super) fn caller_checked(
    state: &mut CaseState,
    event: &Event,
    id: ParticipantId,
    stated: &Stated,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    let held = participant_of(state, id)?;
    let person =
        state.person(held.person).ok_or_else(|| Refusal::not_found("person of this case", held.person))?;
    let outcome = caller::check(&person.identity, stated, &held.caller_checks, desk.now);
    let check = Checked { event: event.id, at: desk.now, by: event.actor.staff, outcome };
    let held = state.participants.iter_mut().find(|held| held.id == id).expect("it was found above");
    caller::keep(&mut held.change().caller_checks, check);
    Ok(Happened {
        did: vec![format!("caller {outcome}")],
        ..Happened::news(Occurrence {
            about: Some(id),
            word: Some(outcome.to_string()),
            ..Occurrence::default()
        })
    })
}
