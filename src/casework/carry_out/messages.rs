//! Correspondence: written once everything it may speak of is in place, frozen from then on.
//!
//! A message of the same template to the same recipient about the same hearing day that has not left is written
//! anew with all that now stands; one that has left stays as it is, and what is new goes in a further one.

use super::{Done, explanation};
use crate::casework::{Desk, Parked};
use crate::domain::contact::DirectoryEntry;
use crate::domain::event::Event;
use crate::domain::explanation::Explanation;
use crate::domain::hearing::Hearing;
use crate::domain::ids::{DirectoryId, MessageId, ParticipantId, TaskId};
use crate::domain::message::{Message, MessageState, Recipient};
use crate::domain::record::Standing;
use crate::domain::state::{CaseState, Tracked};
use crate::render::{Subject, Unviewable, letterbox::Private, view};
use crate::rules::effect::{Addressee, Decided, Effect};
use crate::rules::pack::Template;

/// Writes the message of an effect, or one for each resource team.
pub(super) fn write(
    state: &mut CaseState,
    event: &Event,
    decided: &Decided,
    desk: Desk<'_>,
    done: &mut Done,
) -> Result<(), Parked> {
    let Effect::Message { template, to, hearing, after } = &decided.effect else { return Ok(()) };
    let Some(template) = desk.pack.templates.get(template) else { return Ok(()) };
    let after = after.as_deref();
    match to {
        Addressee::Participant(to) => {
            let about = about_of(state, *to);
            one(
                state,
                event,
                decided,
                template,
                Recipient::Participant(*to),
                &about,
                *hearing,
                after,
                desk,
                done,
            )
        }
        Addressee::ResourceTeamsOf(of) => {
            for (team, theirs) in teams(state, of, done) {
                let to = Recipient::Directory(team);
                one(state, event, decided, template, to, &theirs, *hearing, after, desk, done)?;
            }
            Ok(())
        }
        Addressee::Directory(kind) => {
            let court = hearing.and_then(|id| state.hearings.iter().find(|held| held.id == id));
            let court = court.and_then(|hearing| hearing.court.code.as_deref());
            let entries = || desk.roster.directory.iter().filter(|entry| entry.kind == *kind);
            let found: Option<&DirectoryEntry> = entries()
                .find(|entry| entry.court_code.is_some() && entry.court_code.as_deref() == court)
                .or_else(|| entries().find(|entry| entry.court_code.is_none()));
            let Some(entry) = found else {
                done.note(format!(
                    "message {} not written: the directory has no {kind} for the court",
                    template.name
                ));
                return Ok(());
            };
            let attending: Vec<ParticipantId> =
                state.attendances.iter().map(|held| held.participant).collect();
            let to = Recipient::Directory(entry.id);
            one(state, event, decided, template, to, &attending, *hearing, after, desk, done)
        }
    }
}

/// Whom a message to a participant is about: themselves, those they support, and the victims for police.
fn about_of(state: &CaseState, to: ParticipantId) -> Vec<ParticipantId> {
    let mut about = vec![to];
    if let Some(held) = state.participant(to) {
        about.extend(held.supports.iter().copied());
    }
    let victims = state.participants.iter().filter(|held| held.is(crate::domain::person::Role::Victim));
    about.extend(victims.map(|held| held.id));
    about.dedup();
    about
}

/// The resource teams of participants, each with its own; those without one are noted.
fn teams(state: &CaseState, of: &[ParticipantId], done: &mut Done) -> Vec<(DirectoryId, Vec<ParticipantId>)> {
    let mut teams: Vec<(DirectoryId, Vec<ParticipantId>)> = Vec::new();
    for id in of {
        let team = state.participant(*id).and_then(|held| held.resource_team);
        match team {
            None => done.note(format!("participant {id} has no resource team: nobody rosters them")),
            Some(team) => match teams.iter_mut().find(|(known, _)| *known == team) {
                Some((_, theirs)) => theirs.push(*id),
                None => teams.push((team, vec![*id])),
            },
        }
    }
    teams
}

#[allow(clippy::too_many_arguments, reason = "what one message is made from; each is another thing")]
fn one(
    state: &mut CaseState,
    event: &Event,
    decided: &Decided,
    template: &Template,
    to: Recipient,
    about: &[ParticipantId],
    hearing: Option<crate::domain::ids::HearingId>,
    after: Option<&str>,
    desk: Desk<'_>,
    done: &mut Done,
) -> Result<(), Parked> {
    let why = explanation(event, decided, None, None, desk);
    let held = hearing.and_then(|id| state.hearings.iter().find(|held| held.id == id));
    let slot = held.map_or_else(|| "case".to_owned(), |held| format!("{}/{}", held.id, held.listing));
    let base = format!("{}/{}/{slot}", template.name, named(to));
    let unsent = state.messages.iter().position(|held| held.key.starts_with(&base) && held.state.is_unsent());
    let mut because: Vec<Explanation> =
        unsent.map(|index| state.messages[index].because.clone()).unwrap_or_default();
    because.push(why);
    let causes: Vec<&str> =
        because.iter().flat_map(|why| why.causes.iter().map(|cause| cause.0.as_str())).collect();
    let lines: Vec<&Standing> = state
        .record
        .lines
        .iter()
        .filter(|standing| causes.contains(&standing.line.id.to_string().as_str()))
        .collect();
    let hearing: Option<Hearing> = held.map(|held| (**held).clone());
    let subject = Subject {
        state,
        roster: desk.roster,
        outcomes: &desk.pack.outcomes,
        unit: &desk.pack.letterhead,
        to,
        participants: about,
        lines: &lines,
        hearing: hearing.as_ref(),
        earlier: hearing.as_ref().and_then(|hearing| hearing.earlier.last().copied()),
        tasks: &[],
        now: desk.now,
    };
    let seen = match view(template.audience, &subject) {
        Ok(seen) => seen,
        Err(Unviewable::NothingConcerns) => return Ok(()),
        Err(why) => {
            done.note(format!("message {} not written: {why}", template.name));
            return Ok(());
        }
    };
    let rendered = desk.templates.render(template, &seen, &Private::of(state)).map_err(|failure| {
        Parked::Unwritten { template: template.name.clone(), reason: failure.to_string() }
    })?;
    let not_before = if template.settles { desk.now + desk.pack.settle } else { desk.now };
    let after_task = after.and_then(|kind| open_task(state, kind, to));
    if let Some(index) = unsent {
        let message = state.messages[index].change();
        message.subject = rendered.subject;
        message.text = rendered.text;
        message.written_at = desk.now;
        message.not_before = message.not_before.max(not_before);
        message.because = because;
        done.note(format!("message {} written anew", template.name));
        return Ok(());
    }
    let nth = state.messages.iter().filter(|held| held.key.starts_with(&base)).count();
    let id = MessageId(desk.ids.next(desk.now));
    state.messages.push(Tracked::new(Message {
        id,
        key: format!("{base}/{nth}"),
        template: template.name.clone(),
        medium: template.medium,
        audience: template.audience,
        to,
        hearing: hearing.as_ref().map(|hearing| hearing.id),
        state: if after.is_some() { MessageState::Draft } else { MessageState::Queued },
        state_reason: None,
        not_before,
        after_task,
        message_id: format!("{id}@{}", desk.mail_domain),
        subject: rendered.subject,
        text: rendered.text,
        written_at: desk.now,
        because,
    }));
    if let Some(task) = after_task
        && let Some(task) = state.tasks.iter_mut().find(|held| held.id == task)
    {
        task.change().drafts.push(id);
    }
    done.note(format!("message {}", template.name));
    Ok(())
}

/// The open task of a kind about the recipient.
fn open_task(state: &CaseState, kind: &str, to: Recipient) -> Option<TaskId> {
    let Recipient::Participant(to) = to else { return None };
    let fits = |task: &&Tracked<crate::domain::task::Task>| {
        task.kind == kind && task.about == Some(to) && task.state.is_open()
    };
    state.tasks.iter().find(fits).map(|task| task.id)
}

fn named(to: Recipient) -> String {
    match to {
        Recipient::Participant(id) => id.to_string(),
        Recipient::Directory(id) => id.to_string(),
        Recipient::Staff(id) => id.to_string(),
    }
}
