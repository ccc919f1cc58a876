//! Answers to the form of a task: checked, saved before it ends, brought over from earlier work, and what they set.

use super::super::Desk;
use super::tasks::{change, kind};
use crate::domain::hearing::{HearingState, Measure, MeasureKind, MeasureState};
use crate::domain::ids::{HearingId, ParticipantId, TaskId};
use crate::domain::london;
use crate::domain::person::Availability;
use crate::domain::refusal::{Refusal, Violation};
use crate::domain::state::CaseState;
use crate::domain::task::{Task, TaskState};
use crate::rules::form::{self, Against, Answers, Sets, Wrong};
use crate::rules::pack::TaskKind;
use chrono::{DateTime, Utc};

/// The task's answers with these on top. For a task that ends in `outcome`, those that it needs must be there.
///
/// # Errors
/// [`Refusal::Fields`] with everything that is wrong or wanting.
pub(super) fn checked(
    task: &Task,
    kind: &TaskKind,
    given: &Answers,
    outcome: Option<&str>,
    desk: Desk<'_>,
) -> Result<Answers, Refusal> {
    let mut wrong = form::check(&kind.form, given, against(desk));
    let mut all = task.answers.clone();
    all.extend(given.clone());
    if let Some(outcome) = outcome
        && wrong.is_empty()
    {
        wrong = form::missing(&kind.form, &all, outcome, true);
    }
    refused(wrong)?;
    Ok(all)
}

/// Refuses a try of a task whose outcome needs answers that are not there yet.
///
/// # Errors
/// [`Refusal::Fields`] with everything that is wanting.
pub(super) fn enough_to_try(task: &Task, kind: &TaskKind, outcome: &str) -> Result<(), Refusal> {
    refused(form::missing(&kind.form, &task.answers, outcome, false))
}

fn refused(wrong: Vec<Wrong>) -> Result<(), Refusal> {
    if wrong.is_empty() {
        return Ok(());
    }
    let field =
        |wrong: Wrong| Violation { field: format!("answers.{}", wrong.question), problem: wrong.problem };
    let missing = wrong.iter().all(|wrong| wrong.missing);
    Err(Refusal::Fields { missing, violations: wrong.into_iter().map(field).collect() })
}

/// Answers are kept before the task ends: what was said on the phone is not lost with the line.
pub(super) fn saved(
    state: &mut CaseState,
    id: TaskId,
    given: &Answers,
    desk: Desk<'_>,
) -> Result<(), Refusal> {
    if given.is_empty() {
        return Err(Refusal::required("answers", "name at least one question and its answer"));
    }
    let task = state.tasks.iter().find(|task| task.id == id).ok_or_else(|| Refusal::not_found("task", id))?;
    let kind = kind(task, desk)?;
    let all = checked(task, kind, given, None, desk)?;
    let task = change(state, id);
    task.answers = all;
    task.state = TaskState::InProgress;
    settle(state, id, kind, given, desk.now);
    Ok(())
}

/// What answers are checked against.
fn against(desk: Desk<'_>) -> Against<'_> {
    Against { today: london::date(desk.now), directory: &desk.roster.directory }
}

/// Makes what the answers set: how special measures stand, when somebody cannot come, how they may not be reached.
pub(super) fn settle(state: &mut CaseState, id: TaskId, kind: &TaskKind, given: &Answers, at: DateTime<Utc>) {
    let task = state.tasks.iter().find(|task| task.id == id);
    let (about, hearing) = task.map_or((None, None), |task| (task.about, task.hearing));
    let Some(about) = about else { return };
    for question in &kind.form {
        let (Some(sets), Some(answer)) = (question.sets, given.get(&question.name)) else { continue };
        if let Some(to) = sets.measures() {
            bring_measures(state, about, hearing, &form::measures(answer), to);
            continue;
        }
        let Some(participant) = state.participants.iter_mut().find(|held| held.id == about) else { continue };
        match sets {
            Sets::Unavailable => {
                let availability = Availability { asked_at: at, unavailable: form::unavailable(answer) };
                let participant = participant.change();
                participant.availability = Some(availability);
                participant.version += 1;
            }
            Sets::UnsafeChannels => {
                let person = participant.person;
                let channels = form::channels(answer);
                if let Some(person) = state.people.iter_mut().find(|held| held.id == person)
                    && person.unsafe_channels != channels
                {
                    let person = person.change();
                    person.unsafe_channels = channels;
                    person.version += 1;
                }
            }
            _ => {}
        }
    }
}

/// Special measures come to a state on the sheet of a hearing, else of every hearing to come at which somebody is wanted.
/// What the court decided is not taken back by what is wished for.
fn bring_measures(
    state: &mut CaseState,
    who: ParticipantId,
    hearing: Option<HearingId>,
    kinds: &[MeasureKind],
    to: MeasureState,
) {
    let rank = |state: MeasureState| match state {
        MeasureState::Wanted => 0,
        MeasureState::AppliedFor => 1,
        MeasureState::Granted | MeasureState::Refused => 2,
    };
    let listed: Vec<(HearingId, i32)> = state
        .hearings
        .iter()
        .filter(|held| held.state == HearingState::Listed && hearing.is_none_or(|id| id == held.id))
        .map(|held| (held.id, held.listing))
        .collect();
    for held in state.attendances.iter_mut() {
        if held.participant != who || !listed.contains(&(held.hearing, held.listing)) {
            continue;
        }
        let mut measures = held.measures.clone();
        for kind in kinds {
            match measures.iter_mut().find(|measure| measure.kind == *kind) {
                Some(measure) if rank(measure.state) <= rank(to) => measure.state = to,
                Some(_) => {}
                None => measures.push(Measure { kind: *kind, state: to }),
            }
        }
        if measures != held.measures {
            held.change().measures = measures;
        }
    }
}

/// What stands in a new task's form already: the answers to the same questions in the latest task of the kinds that
/// the form names, about the same person.
#[must_use]
pub(in crate::casework) fn prefilled(
    state: &CaseState,
    kind: &TaskKind,
    about: Option<ParticipantId>,
    desk: Desk<'_>,
) -> Answers {
    let mut answers = Answers::new();
    for question in &kind.form {
        let answered = |of: Option<ParticipantId>| {
            let tasks =
                state.tasks.iter().filter(|task| question.from.contains(&task.kind) && task.about == of);
            let answered = tasks.filter_map(|task| Some((task, task.answers.get(&question.name)?)));
            answered.max_by_key(|(task, _)| (task.ended_at, task.raised_at))
        };
        let latest = answered(about).or_else(|| answered(None));
        // The kind may have asked it otherwise under an earlier pack.
        if let Some((_, answer)) = latest
            && form::check(&kind.form, &[(question.name.clone(), answer.clone())].into(), against(desk))
                .is_empty()
        {
            answers.insert(question.name.clone(), answer.clone());
        }
    }
    answers
}
