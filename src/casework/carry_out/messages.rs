//! Correspondence: written once everything it may speak of is in place, frozen from then on.
//!
//! A message of the same template to the same recipient about the same hearing day that has not left is written
//! anew with all that now stands; one that has left stays as it is, and what is new goes in a further one.

use super::{Done, calendars, duties, explanation};
use crate::casework::{Desk, Mode, Parked};
use crate::domain::contact::{DirectoryEntry, DirectoryKind};
use crate::domain::event::{Event, Payload};
use crate::domain::explanation::{Cause, Explanation};
use crate::domain::hearing::{AttendanceState, Hearing, HearingState, When};
use crate::domain::ids::{DirectoryId, HearingId, MessageId, ParticipantId, TaskId};
use crate::domain::message::{CalendarPart, Message, MessageState, Recipient};
use crate::domain::person::Role;
use crate::domain::record::Standing;
use crate::domain::state::{CaseState, Tracked};
use crate::domain::task::Task;
use crate::render::view::AnswerPart;
use crate::render::{Rendered, Subject, Unviewable, letterbox::Private, view};
use crate::rules::effect::{Addressee, Decided, Effect};
use crate::rules::form::{self, Answer};
use crate::rules::pack::Template;

/// Writes the message of an effect, or one for each resource team.
pub(super) fn write(
    state: &mut CaseState,
    event: &Event,
    decided: &Decided,
    desk: Desk<'_>,
    done: &mut Done,
) -> Result<(), Parked> {
    let Effect::Message { template, to, about: alone, hearing, after } = &decided.effect else {
        return Ok(());
    };
    let Some(template) = desk.pack.templates.get(template) else { return Ok(()) };
    let after = after.as_deref();
    match to {
        Addressee::Participant(to) => {
            let about = alone.map_or_else(|| about_of(state, *to), |about| vec![about]);
            one(
                state,
                event,
                decided,
                template,
                Recipient::Participant(*to),
                &about,
                *alone,
                *hearing,
                after,
                desk,
                done,
            )
        }
        Addressee::ResourceTeamsOf(of) => {
            for (team, theirs) in teams(state, of, done) {
                let to = Recipient::Directory(team);
                one(state, event, decided, template, to, &theirs, *alone, *hearing, after, desk, done)?;
            }
            Ok(())
        }
        Addressee::Directory(kind) => {
            let court = hearing.and_then(|id| state.hearings.iter().find(|held| held.id == id));
            let court = court.and_then(|hearing| hearing.court.code.as_deref());
            let entries = || desk.roster.directory.iter().filter(|entry| entry.kind == *kind);
            let chosen = chosen(state, event, decided, *kind, desk);
            let found: Option<&DirectoryEntry> = entries()
                .find(|entry| chosen == Some(entry.id))
                .or_else(|| {
                    entries().find(|entry| entry.court_code.is_some() && entry.court_code.as_deref() == court)
                })
                .or_else(|| entries().find(|entry| entry.court_code.is_none()));
            let Some(entry) = found else {
                done.note(format!(
                    "message {} not written: the directory has no {kind} for the court",
                    template.name
                ));
                return Ok(());
            };
            // To write of a prisoner to another prison is worse than to write later.
            let unsure = chosen.is_none() && is_one_of_many(*kind) && entries().count() > 1;
            let attending = match alone {
                Some(about) => vec![*about],
                None => hearing.map(|id| public_at(state, id)).unwrap_or_default(),
            };
            let to = Recipient::Directory(entry.id);
            let before = state.messages.len();
            one(state, event, decided, template, to, &attending, *alone, *hearing, after, desk, done)?;
            if unsure {
                for message in &mut state.messages[before..] {
                    let message = message.change();
                    message.state = MessageState::Held;
                    message.state_reason = Some(format!(
                        "the directory has several of the kind {kind}, and nobody said which: see that this is the right one"
                    ));
                }
            }
            Ok(())
        }
    }
}

/// The entry of the directory that somebody named in the form of a task on which a message rests, or that was just done.
fn chosen(
    state: &CaseState,
    event: &Event,
    decided: &Decided,
    kind: DirectoryKind,
    desk: Desk<'_>,
) -> Option<DirectoryId> {
    let done_now = match &event.payload {
        Payload::TaskActed { task, .. } => Some(task.to_string()),
        _ => None,
    };
    let rests = |task: &&Tracked<Task>| {
        let id = task.id.to_string();
        done_now.as_ref() == Some(&id) || decided.causes.iter().any(|cause| cause.0 == id)
    };
    state.tasks.iter().filter(rests).find_map(|task| {
        let form = desk.pack.task_kinds.get(&task.kind).map_or(&[][..], |kind| &kind.form);
        let asked = form.iter().filter(|question| question.answer == Answer::Entry(kind));
        let asked = asked.filter(|question| question.is_asked(form, &task.answers));
        asked.filter_map(|question| form::entry(task.answers.get(&question.name)?)).next()
    })
}

/// Whether a unit deals with several bodies of a kind, of which only one is meant.
fn is_one_of_many(kind: DirectoryKind) -> bool {
    matches!(kind, DirectoryKind::Prison | DirectoryKind::Force | DirectoryKind::Agency)
}

/// The members of the public who were ever wanted at a hearing, each once: those a court's volunteers look after.
fn public_at(state: &CaseState, hearing: HearingId) -> Vec<ParticipantId> {
    let at_it = |id: ParticipantId| {
        state.attendances.iter().any(|held| held.hearing == hearing && held.participant == id)
    };
    let public = state.participants.iter().filter(|held| !held.is(Role::PoliceWitness) && at_it(held.id));
    public.map(|held| held.id).collect()
}

/// Whom a message to a participant is about: themselves, those they support, and the victims for police.
fn about_of(state: &CaseState, to: ParticipantId) -> Vec<ParticipantId> {
    let mut about = vec![to];
    if let Some(held) = state.participant(to) {
        about.extend(held.supports.iter().copied());
    }
    let victims = state.participants.iter().filter(|held| held.is(Role::Victim));
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
    alone: Option<ParticipantId>,
    hearing: Option<crate::domain::ids::HearingId>,
    after: Option<&str>,
    desk: Desk<'_>,
    done: &mut Done,
) -> Result<(), Parked> {
    let why = explanation(event, decided, None, None, desk);
    if desk.mode == Mode::Anew && is_told(state, template, to, &why) {
        return Ok(());
    }
    let held = hearing.and_then(|id| state.hearings.iter().find(|held| held.id == id));
    let slot = held.map_or_else(|| "case".to_owned(), |held| format!("{}/{}", held.id, held.listing));
    let whom = alone.map(|about| format!("{about}/")).unwrap_or_default();
    let base = format!("{}/{}/{whom}{slot}/", template.name, named(to));
    // What waits for the court to settle is written anew with whatever the court adds meanwhile.
    let unsent = state.messages.iter().position(|held| {
        let same = held.key.starts_with(&base)
            || template.settles && held.template == template.name && held.to == to && held.about == alone;
        same && held.state.is_unsent()
    });
    let mut because: Vec<Explanation> =
        unsent.map(|index| state.messages[index].because.clone()).unwrap_or_default();
    because.push(why);
    let before = unsent.and_then(|index| state.messages[index].hearing);
    let hearing = hearing.or(before);
    let Some(rendered) = rendered(state, template, to, about, alone, hearing, &because, desk, done)? else {
        return Ok(());
    };
    let written = unsent.map(|index| state.messages[index].id);
    let calendar = calendar(state, template, to, hearing, written, desk);
    let not_before = if template.settles { desk.now + desk.pack.settle } else { desk.now };
    let after_task = after.and_then(|kind| open_task(state, kind, to, alone, event));
    if let Some(index) = unsent {
        let message = state.messages[index].change();
        done.stale.retain(|stale| *stale != message.id);
        message.hearing = hearing;
        message.subject = rendered.subject;
        message.text = rendered.text;
        message.calendar = calendar;
        message.written_at = desk.now;
        message.not_before = message.not_before.max(not_before);
        message.because = because;
        done.note(format!("message {} written anew", template.name));
        return Ok(());
    }
    let nth = state.messages.iter().filter(|held| held.key.starts_with(&base)).count();
    let message = queued(template, to, |_| format!("{base}{nth}"), rendered, because, desk);
    let id = message.id;
    state.messages.push(Tracked::new(Message {
        about: alone,
        hearing,
        state: match (after, after_task) {
            (None, _) => MessageState::Queued,
            (Some(_), Some(_)) => MessageState::Draft,
            (Some(_), None) => MessageState::Held,
        },
        state_reason: match (after, after_task) {
            (Some(kind), None) => Some(format!("no open task {kind} releases it: a person must")),
            _ => None,
        },
        not_before,
        after_task,
        calendar,
        ..message
    }));
    if let Some(task) = after_task
        && let Some(task) = state.tasks.iter_mut().find(|held| held.id == task)
    {
        task.change().drafts.push(id);
    }
    done.note(format!("message {}", template.name));
    Ok(())
}

/// Whether a message by this template has told the recipient, or is to tell them, of everything that `why` rests on.
fn is_told(state: &CaseState, template: &Template, to: Recipient, why: &Explanation) -> bool {
    state.messages.iter().any(|held| {
        let tells = |cause: &Cause| held.because.iter().any(|known| known.causes.contains(cause));
        held.template == template.name && held.to == to && why.causes.iter().all(tells)
    })
}

/// A message that may leave now.
pub(super) fn queued(
    template: &Template,
    to: Recipient,
    key: impl FnOnce(MessageId) -> String,
    rendered: Rendered,
    because: Vec<Explanation>,
    desk: Desk<'_>,
) -> Message {
    let id = MessageId(desk.ids.next(desk.now));
    Message {
        id,
        key: key(id),
        template: template.name.clone(),
        medium: template.medium,
        audience: template.audience,
        to,
        about: None,
        hearing: None,
        state: MessageState::Queued,
        state_reason: None,
        not_before: desk.now,
        after_task: None,
        message_id: format!("{id}@{}", desk.mail_domain),
        subject: rendered.subject,
        text: rendered.text,
        calendar: None,
        written_at: desk.now,
        because,
    }
}

/// The text for a recipient as the case now stands; none where there is nothing that they may be told.
#[allow(clippy::too_many_arguments, reason = "what one text is made from; each is another thing")]
fn rendered(
    state: &CaseState,
    template: &Template,
    to: Recipient,
    about: &[ParticipantId],
    alone: Option<ParticipantId>,
    hearing: Option<HearingId>,
    because: &[Explanation],
    desk: Desk<'_>,
    done: &mut Done,
) -> Result<Option<Rendered>, Parked> {
    let causes: Vec<&str> =
        because.iter().flat_map(|why| why.causes.iter().map(|cause| cause.0.as_str())).collect();
    let lines = state.record.lines.iter();
    let lines: Vec<&Standing> =
        lines.filter(|standing| causes.contains(&standing.line.id.to_string().as_str())).collect();
    let hearing = hearing.and_then(|id| state.hearings.iter().find(|held| held.id == id));
    let hearing: Option<&Hearing> = hearing.map(|held| &**held);
    let answers = answers(state, &causes, desk);
    let subject = Subject {
        participants: about,
        about: alone,
        answers: &answers,
        lines: &lines,
        hearing,
        earlier: hearing.and_then(|hearing| told_of_before(state, to, hearing)),
        ..about_nothing(state, to, desk)
    };
    text_of(template, &subject, desk, done)
}

/// What was answered in the forms of these tasks and may be told.
fn answers(state: &CaseState, causes: &[&str], desk: Desk<'_>) -> Vec<AnswerPart> {
    let mut told = Vec::new();
    for task in state.tasks.iter().filter(|task| causes.contains(&task.id.to_string().as_str())) {
        let form = desk.pack.task_kinds.get(&task.kind).map_or(&[][..], |kind| &kind.form);
        for question in form.iter().filter(|question| question.told) {
            if !question.is_asked(form, &task.answers) {
                continue;
            }
            let answers = form::told(question, &task.answers);
            if !answers.is_empty() {
                let (question, asks) = (question.name.clone(), question.asks.clone());
                told.push(AnswerPart { about: task.about, question, asks, answers });
            }
        }
    }
    told
}

/// What goes with a template's message for its reader's calendar; `written` is the message where it is there already.
fn calendar(
    state: &CaseState,
    template: &Template,
    to: Recipient,
    hearing: Option<HearingId>,
    written: Option<MessageId>,
    desk: Desk<'_>,
) -> Option<CalendarPart> {
    let hearing = state.hearings.iter().find(|held| Some(held.id) == hearing)?;
    let earlier = told_of_before(state, to, hearing);
    calendars::part(state, template.calendar?, to, hearing, earlier, written, desk)
}

/// A message of a case to somebody, before it is said what it is about.
pub(super) fn about_nothing<'a>(state: &'a CaseState, to: Recipient, desk: Desk<'a>) -> Subject<'a> {
    Subject {
        state,
        roster: desk.roster,
        outcomes: &desk.pack.outcomes,
        unit: &desk.pack.letterhead,
        calendar: &desk.pack.calendar,
        to,
        participants: &[],
        about: None,
        answers: &[],
        lines: &[],
        hearing: None,
        earlier: None,
        tasks: &[],
        work: &[],
        away: None,
        briefing: None,
        now: desk.now,
    }
}

/// A template's text for its recipient; none, with a note, where they may not be told, and without one where nothing
/// concerns them.
///
/// # Errors
/// [`Parked::Unwritten`] if the template fails.
pub(super) fn text_of(
    template: &Template,
    subject: &Subject<'_>,
    desk: Desk<'_>,
    done: &mut Done,
) -> Result<Option<Rendered>, Parked> {
    // A list is no reason to write to nobody, and to have somebody look into why that did not arrive.
    if let Recipient::Staff(staff) = subject.to
        && subject.roster.staff(staff).is_none_or(|staff| staff.email.is_none())
    {
        done.note(format!("message {} not written: no e-mail address is held", template.name));
        return Ok(None);
    }
    let seen = match view(template.audience, subject) {
        Ok(seen) => seen,
        Err(Unviewable::NothingConcerns) => return Ok(None),
        Err(why) => {
            done.note(format!("message {} not written: {why}", template.name));
            return Ok(None);
        }
    };
    let rendered = desk.templates.render(template, &seen, &Private::of(subject.state));
    rendered
        .map(Some)
        .map_err(|failure| Parked::Unwritten { template: template.name.clone(), reason: failure.to_string() })
}

/// When a hearing was to be as the recipient last heard of it; as it last was, where they are not to attend. None for
/// somebody who was to attend and heard of no date that is off now.
fn told_of_before(state: &CaseState, to: Recipient, hearing: &Hearing) -> Option<When> {
    let off = hearing.state != HearingState::Listed;
    let theirs = || {
        state.attendances.iter().filter(|held| {
            to == Recipient::Participant(held.participant)
                && held.hearing == hearing.id
                && (held.listing < hearing.listing || off)
        })
    };
    let told = theirs().filter(|held| {
        matches!(held.state, AttendanceState::Warned | AttendanceState::Confirmed | AttendanceState::DeWarned)
    });
    match told.map(|held| held.listing).max() {
        Some(listing) if listing >= hearing.listing => Some(hearing.when),
        Some(listing) => hearing.earlier.get(usize::try_from(listing - 1).ok()?).copied(),
        None if theirs().next().is_some() => None,
        None if off => Some(hearing.when),
        None => hearing.earlier.last().copied(),
    }
}

/// Writes anew the messages that speak of something that is gone and that no rule has written anew by now.
pub(super) fn write_stale(state: &mut CaseState, desk: Desk<'_>, done: &mut Done) -> Result<(), Parked> {
    for id in std::mem::take(&mut done.stale) {
        let Some(index) = state.messages.iter().position(|held| held.id == id) else { continue };
        let message = &state.messages[index];
        let Some(template) = desk.pack.templates.get(&message.template) else { continue };
        let about = match (message.about, message.to) {
            (Some(about), _) => vec![about],
            (None, Recipient::Participant(to)) => about_of(state, to),
            (None, _) => state.participants.iter().map(|held| held.id).collect(),
        };
        let (to, alone, hearing) = (message.to, message.about, message.hearing);
        let text = rendered(state, template, to, &about, alone, hearing, &message.because, desk, done)?;
        let calendar = calendar(state, template, to, hearing, Some(id), desk);
        let same = text.as_ref().is_some_and(|text| {
            text.subject == message.subject && text.text == message.text && calendar == message.calendar
        });
        if same {
            continue;
        }
        let message = state.messages[index].change();
        match text {
            Some(text) => {
                message.subject = text.subject;
                message.text = text.text;
                message.calendar = calendar;
                message.written_at = desk.now;
                done.note(format!("message {} written anew", template.name));
            }
            None => {
                message.state = MessageState::Superseded;
                message.state_reason = Some("nothing of what it told still stands".to_owned());
                done.note(format!("message {} stopped", template.name));
            }
        }
    }
    Ok(())
}

/// The open task of a kind about whom the message is, or about the recipient.
fn open_task(
    state: &CaseState,
    kind: &str,
    to: Recipient,
    alone: Option<ParticipantId>,
    event: &Event,
) -> Option<TaskId> {
    let of = |id: ParticipantId| {
        let open =
            |task: &&Tracked<Task>| task.kind == kind && task.about == Some(id) && task.state.is_open();
        state.tasks.iter().find(open).map(|task| task.id)
    };
    let Recipient::Participant(to) = to else { return alone.and_then(of) };
    let of_kind = of(alone.unwrap_or(to));
    // Where the event's duties are gathered elsewhere, in a correction for instance, that is what it waits for.
    duties::open_task_of(state, event, to).or(of_kind)
}

fn named(to: Recipient) -> String {
    match to {
        Recipient::Participant(id) => id.to_string(),
        Recipient::Directory(id) => id.to_string(),
        Recipient::Staff(id) => id.to_string(),
    }
}
