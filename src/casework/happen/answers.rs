//! Answers to the form of a task: checked, saved before it ends, brought over from earlier work, and what they set.

use super::super::Desk;
use super::tasks::{change, kind};
use crate::domain::ids::{ParticipantId, TaskId};
use crate::domain::person::Availability;
use crate::domain::refusal::{Refusal, Violation};
use crate::domain::state::CaseState;
use crate::domain::task::{Task, TaskState};
use crate::rules::form::{self, Answers, Sets, Wrong};
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
) -> Result<Answers, Refusal> {
    let mut wrong = form::check(&kind.form, given);
    let mut all = task.answers.clone();
    all.extend(given.clone());
    if let Some(outcome) = outcome
        && wrong.is_empty()
    {
        wrong = form::missing(&kind.form, &all, outcome);
    }
    if wrong.is_empty() {
        return Ok(all);
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
    let all = checked(task, kind, given, None)?;
    let task = change(state, id);
    task.answers = all;
    if task.state != TaskState::InProgress {
        task.state = TaskState::InProgress;
    }
    settle(state, id, kind, given, desk.now);
    Ok(())
}

/// Makes what the answers set: when somebody cannot come, how they may not be reached.
pub(super) fn settle(state: &mut CaseState, id: TaskId, kind: &TaskKind, given: &Answers, at: DateTime<Utc>) {
    let about = state.tasks.iter().find(|task| task.id == id).and_then(|task| task.about);
    let Some(about) = about else { return };
    for question in &kind.form {
        let (Some(sets), Some(answer)) = (question.sets, given.get(&question.name)) else { continue };
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
            && form::check(&kind.form, &[(question.name.clone(), answer.clone())].into()).is_empty()
        {
            answers.insert(question.name.clone(), answer.clone());
        }
    }
    answers
}
