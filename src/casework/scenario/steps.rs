//! What happens in a scenario, step by step.
//!
//! Between steps the world goes on as it does outside: while time passes, mail that may leave leaves and timers fire
//! at their instants, so that a scenario says only what people and courts do.

use super::read::{Part, Wrong};
use super::world::{World, staff};
use super::{by_hand, court};
use crate::casework::raised;
use crate::domain::deadline::{Amount, Unit};
use crate::domain::diary::TimerState;
use crate::domain::event::{Completion, Fate, NewParticipant, Payload, TaskAction};
use crate::domain::handover::{CaseLine, Handover, HandoverKind};
use crate::domain::ids::{MessageId, TaskId};
use crate::domain::message::{Medium, MessageState};
use crate::rules::form::Answers;
use chrono::{DateTime, TimeDelta, Utc};
use std::str::FromStr;

const STEPS: [&str; 24] = [
    "court",
    "wait",
    "until",
    "open",
    "update",
    "complete",
    "answer",
    "create",
    "contact",
    "add",
    "moved",
    "enhanced",
    "attempt",
    "excuse",
    "required",
    "taken_out",
    "listed",
    "attendance",
    "mail",
    "mail_in",
    "raise",
    "link",
    "allocated",
    "transferred",
];

/// Lets a step happen.
pub(super) fn step(world: &mut World<'_>, part: Part<'_>) -> Result<(), Wrong> {
    let entries = part.entries()?;
    let [(name, step)] = entries[..] else {
        return part.wrong(format!("a step is one of {}", STEPS.join(", ")));
    };
    world.last.clear();
    match name {
        "court" => {
            let share = court::share(world, step)?;
            world.happens(step, Payload::HearingResulted { share: Box::new(share) })
        }
        "wait" => {
            let to = world.now + length(step)?;
            go_on(world, step, to)
        }
        "until" => {
            let to = step.instant()?;
            go_on(world, step, to)
        }
        "open" => match world.opening.take() {
            Some(opening) => world.happens(step, opening),
            None => step.wrong("the case is open already"),
        },
        "update" => update(world, step),
        "complete" => {
            step.only(&["task", "about", "outcome", "channel", "answers"])?;
            let completion = Completion {
                outcome: step.need("outcome")?.text()?.to_owned(),
                answers: answers(step)?,
                channel: step.get("channel").map(Part::text).transpose()?.map(str::to_owned),
                ..Completion::default()
            };
            act(world, step, TaskAction::Complete(completion))
        }
        "attempt" => {
            step.only(&["task", "about", "outcome"])?;
            let outcome = step.need("outcome")?.text()?.to_owned();
            act(world, step, TaskAction::Attempt { outcome, at: None, words: None })
        }
        "answer" => {
            step.only(&["task", "about", "answers"])?;
            act(world, step, TaskAction::Answer { answers: answers(step)? })
        }
        "create" | "contact" | "add" | "moved" | "enhanced" | "mail_in" => by_hand::step(world, name, step),
        "excuse" => excuse(world, step),
        "required" => {
            step.only(&["hearing", "witnesses"])?;
            let hearing = step.get("hearing").map(|hearing| world.hearing(hearing)).transpose()?;
            let who = step.many("witnesses")?.into_iter().map(|name| Ok((world.person(name)?, None)));
            let witnesses = who.collect::<Result<_, Wrong>>()?;
            world.happens(step, Payload::WitnessesRequired { hearing, witnesses })
        }
        "taken_out" => {
            step.only(&["hearing", "reason"])?;
            let hearing = step.get("hearing").map(|hearing| world.hearing(hearing)).transpose()?;
            let reason = step.get("reason").map_or(Ok("late-guilty-plea"), Part::text)?.to_owned();
            world.happens(step, Payload::TrialTakenOut { hearing, reason })
        }
        "listed" => {
            let listing = Box::new(court::listed(world, step)?);
            world.happens(step, Payload::HearingListed { listing })
        }
        "attendance" => {
            step.only(&["who", "hearing", "state"])?;
            let participant = world.person(step.need("who")?)?;
            let hearing = world.hearing(step.need("hearing")?)?;
            let state = step.need("state")?.word()?;
            world.happens(step, Payload::AttendanceRecorded { participant, hearing, state, told_by: None })
        }
        "mail" => mail(world, step),
        "link" => link(world, step),
        "allocated" => world.happens(step, given_to(world, HandoverKind::Allocation, step)?),
        "transferred" => world.happens(step, given_to(world, HandoverKind::Transfer, step)?),
        "raise" => {
            step.only(&["name", "hearing", "about"])?;
            let hearing = step.get("hearing").map(|hearing| world.hearing(hearing)).transpose()?;
            let about = step.get("about").map(|about| world.person(about)).transpose()?;
            let name = step.need("name")?;
            if !world.pack.raises.contains(name.text()?) && !Payload::raised_names().contains(&name.text()?) {
                return name.wrong(format!("neither the pack nor usher raises `{}`", name.shown()));
            }
            world.happens(step, raised(name.text()?, about, hearing, Vec::new()))
        }
        other => part.wrong(format!("there is no step `{other}`: there are {}", STEPS.join(", "))),
    }
}

/// The case gets another owner.
fn given_to(world: &World<'_>, kind: HandoverKind, step: Part<'_>) -> Result<Payload, Wrong> {
    let to = staff(step.text()?);
    if world.roster.staff(to).is_none() {
        return step.wrong("expected one of the unit's people: sam, kim, lee");
    }
    let case = &world.state.case;
    let line = CaseLine {
        case: case.id,
        version: case.version,
        to,
        because: "takes it on".to_owned(),
        tasks: 0,
        label: None,
        risk: case.risk,
    };
    let (words, asked) = (String::new(), String::new());
    let handover = Handover { kind, absence: None, words, asked, tasks: Vec::new(), cases: vec![line] };
    Ok(Payload::WorkHandedOver { handover: Box::new(handover) })
}

/// Elapsed time, such as `2 hours`.
fn length(part: Part<'_>) -> Result<TimeDelta, Wrong> {
    let text = part.text()?;
    let amount = Amount::from_str(text).ok();
    let length = amount.and_then(|amount| {
        let count = i64::from(amount.count());
        match amount.unit() {
            Unit::Minutes => TimeDelta::try_minutes(count),
            Unit::Hours => TimeDelta::try_hours(count),
            Unit::Days => TimeDelta::try_days(count),
            _ => None,
        }
    });
    match length {
        Some(length) => Ok(length),
        None => part.wrong(format!("`{text}` is no length of time: write minutes, hours or days")),
    }
}

/// Time passes: what is due on the way happens on the way.
fn go_on(world: &mut World<'_>, at: Part<'_>, to: DateTime<Utc>) -> Result<(), Wrong> {
    if to < world.now {
        return at.wrong("time does not go back");
    }
    while let Some((due, next)) = next_due(world, to) {
        world.now = world.now.max(due);
        world.happens(at, next)?;
    }
    world.now = to;
    Ok(())
}

/// The first thing that the world does by itself before `to`.
fn next_due(world: &World<'_>, to: DateTime<Utc>) -> Option<(DateTime<Utc>, Payload)> {
    let timers = world.state.timers.iter().filter(|timer| timer.state == TimerState::Waiting);
    let timers = timers.filter_map(|timer| {
        let due_at = timer.due_at?;
        Some((due_at, Payload::TimerFired { timer: timer.id, due_at }))
    });
    let leaving = world.state.messages.iter().filter(|message| message.state == MessageState::Queued);
    let leaving = leaving.map(|message| {
        let fate = if message.medium == Medium::Letter { Fate::Printed } else { Fate::Sent };
        (message.not_before, Payload::MessageFared { message: message.id, fate })
    });
    timers.chain(leaving).filter(|(due, _)| *due <= to).min_by_key(|(due, _)| *due)
}

fn update(world: &mut World<'_>, step: Part<'_>) -> Result<(), Wrong> {
    step.only(&["phase", "risk", "owner", "flags"])?;
    let flags = |part: Part<'_>| -> Result<Vec<String>, Wrong> {
        part.list()?.into_iter().map(|flag| flag.text().map(str::to_owned)).collect()
    };
    let owner = step.get("owner").map(Part::text).transpose()?.map(super::world::staff);
    let payload = Payload::CaseUpdated {
        phase: step.get("phase").map(Part::word).transpose()?,
        risk: step.get("risk").map(Part::word).transpose()?,
        flags: step.get("flags").map(flags).transpose()?,
        owner,
        team: None,
        version: None,
    };
    world.happens(step, payload)
}

/// The answers that a step gives to a task's form.
fn answers(step: Part<'_>) -> Result<Answers, Wrong> {
    let Some(part) = step.get("answers") else { return Ok(Answers::new()) };
    part.entries()?.into_iter().map(|(name, part)| Ok((name.to_owned(), part.answer()?))).collect()
}

fn act(world: &mut World<'_>, step: Part<'_>, action: TaskAction) -> Result<(), Wrong> {
    let task = task(world, step)?;
    world.happens(step, Payload::TaskActed { task, version: None, action })
}

/// The open task that a step names by its kind and whom it is about.
fn task(world: &World<'_>, step: Part<'_>) -> Result<TaskId, Wrong> {
    let kind = step.need("task")?;
    let about = step.get("about").map(|about| world.person(about)).transpose()?;
    let mut fits = world.state.tasks.iter().filter(|task| {
        task.state.is_open()
            && kind.text().is_ok_and(|kind| task.kind == kind)
            && (about.is_none() || task.about == about)
    });
    match (fits.next(), fits.next()) {
        (Some(task), None) => Ok(task.id),
        (None, _) => step.wrong(format!("there is no open task {}", kind.shown())),
        _ => step.wrong(format!("there are several open tasks {}: say `about`", kind.shown())),
    }
}

fn excuse(world: &mut World<'_>, step: Part<'_>) -> Result<(), Wrong> {
    step.only(&["duty", "to"])?;
    let (kind, to) = (step.need("duty")?.text()?, world.person(step.need("to")?)?);
    let open = |duty: &&crate::domain::state::Tracked<crate::domain::duty::Duty>| {
        duty.kind == kind && duty.to == to && duty.state == crate::domain::duty::DutyState::Open
    };
    let Some(duty) = world.state.duties.iter().find(open).map(|duty| duty.id) else {
        return step.wrong(format!("no open duty {kind} is owed to them"));
    };
    world.happens(step, Payload::DutyExcused { duty, reason: "as the scenario says".to_owned() })
}

/// Somebody is linked to the offences that concern them.
fn link(world: &mut World<'_>, step: Part<'_>) -> Result<(), Wrong> {
    step.only(&["who", "offences"])?;
    let id = world.person(step.need("who")?)?;
    let mut offences = Vec::new();
    for name in step.need("offences")?.list()? {
        offences.push(super::world::offence(name.text()?));
    }
    let Some(held) = world.state.participant(id) else { return step.wrong("they are not in the case yet") };
    let version = held.version;
    let participant = NewParticipant { offences, ..by_hand::as_held(held) };
    world.happens(step, Payload::ParticipantUpdated { participant: Box::new(participant), version })
}

/// Something becomes of a message outside.
fn mail(world: &mut World<'_>, step: Part<'_>) -> Result<(), Wrong> {
    step.only(&["template", "to", "fate"])?;
    let (template, to) = (step.need("template")?.text()?, step.get("to").map(Part::text).transpose()?);
    let fits = world.state.messages.iter().rev().find(|message| {
        message.template == template && to.is_none_or(|to| world.recipient(message.to) == to)
    });
    let Some(message): Option<MessageId> = fits.map(|message| message.id) else {
        return step.wrong(format!("there is no message {template}"));
    };
    let reason = "as the scenario says".to_owned();
    let fate = step.need("fate")?;
    let fate = match fate.text()? {
        "sent" => Fate::Sent,
        "printed" => Fate::Printed,
        "refused" => Fate::Refused { reason },
        "unknown" => Fate::Unknown { reason },
        "bounced" => Fate::Bounced { reason },
        "unaddressed" => Fate::Unaddressed { reason },
        other => return fate.wrong(format!("`{other}` is no fate of a message")),
    };
    world.happens(step, Payload::MessageFared { message, fate })
}
