//! What a scenario expects in the end, against what there is.
//!
//! Where a list is given, it is the whole of what is open: something over (a task done, a message superseded) need
//! not be listed, but may be. Each expectation is met by one thing, and names only what matters to it.

use super::read::{Part, Wrong};
use super::world::World;
use crate::domain::diary::TimerState;
use crate::domain::duty::DutyState;
use crate::domain::explanation::Explanation;
use crate::domain::hearing::When;
use crate::domain::ids::HearingId;
use crate::domain::london;
use crate::domain::message::MessageState;
use crate::domain::task::TaskState;
use chrono::{DateTime, Utc};

const KEYS: [&str; 9] =
    ["duties", "tasks", "messages", "diary", "attendances", "timers", "counts", "flags", "enhanced"];

/// A thing as expectations see it: keys with values, and texts that may be looked through.
struct Seen {
    shown: Vec<(&'static str, String)>,
    text: String,
    over: bool,
}

/// Compares everything that is expected.
pub(super) fn check(world: &World<'_>, then: Part<'_>) -> Result<Vec<String>, Wrong> {
    then.only(&KEYS)?;
    let mut failures = Vec::new();
    if let Some(part) = then.get("duties") {
        set("duty", &duties(world), part, &mut failures)?;
    }
    if let Some(part) = then.get("tasks") {
        set("task", &tasks(world), part, &mut failures)?;
    }
    if let Some(part) = then.get("messages") {
        set("message", &messages(world), part, &mut failures)?;
    }
    if let Some(part) = then.get("diary") {
        diary(world, part, &mut failures)?;
    }
    if let Some(part) = then.get("attendances") {
        attendances(world, part, &mut failures)?;
    }
    if let Some(part) = then.get("timers") {
        timers(world, part, &mut failures)?;
    }
    if let Some(part) = then.get("counts") {
        part.only(&["duties", "tasks", "messages"])?;
        for (name, expected) in part.entries()? {
            let all = match name {
                "duties" => duties(world),
                "tasks" => tasks(world),
                _ => messages(world),
            };
            let open: Vec<String> = all.iter().filter(|seen| !seen.over).map(show).collect();
            if open.len() != expected.count()? {
                let list = open.join("\n      ");
                failures.push(format!(
                    "{} {name} expected, there are {}:\n      {list}",
                    expected.count()?,
                    open.len()
                ));
            }
        }
    }
    for flag in then.many("flags")? {
        let flag = flag.text()?;
        let case = &world.state.case;
        if !case.flags.iter().chain(&case.proposed_flags).any(|held| held == flag) {
            failures.push(format!("the case has no flag {flag}"));
        }
    }
    if let Some(enhanced) = then.get("enhanced") {
        for (name, expected) in enhanced.entries()? {
            let found = world.state.participants.iter().find(|held| world.name_of(held.id) == name);
            let state = found.and_then(|held| held.enhanced.as_ref()).map(|enhanced| enhanced.state);
            let state = state.map_or_else(|| "none".to_owned(), |state| state.to_string());
            if state != expected.text()? {
                failures.push(format!("Enhanced Rights of {name} are {state}, not {}", expected.shown()));
            }
        }
    }
    Ok(failures)
}

fn show(seen: &Seen) -> String {
    let shown = seen.shown.iter().filter(|(_, value)| !value.is_empty());
    shown.map(|(key, value)| format!("{key} {value}")).collect::<Vec<_>>().join(", ")
}

/// Each expectation with one thing that meets it; what is open and met none is too much.
fn set(what: &str, all: &[Seen], part: Part<'_>, failures: &mut Vec<String>) -> Result<(), Wrong> {
    let mut expected = part.list()?;
    // Those that say most choose first.
    expected.sort_by_key(|one| std::cmp::Reverse(one.entries().map_or(0, |entries| entries.len())));
    let mut left: Vec<&Seen> = all.iter().collect();
    left.sort_by_key(|seen| seen.over);
    for one in expected {
        for (key, _) in one.entries()? {
            let known = all.iter().flat_map(|seen| &seen.shown).any(|(known, _)| *known == key);
            if !known && !all.is_empty() && !matches!(key, "says" | "does_not_say") {
                return one.wrong(format!("a {what} has no `{key}`"));
            }
        }
        let mut found = None;
        for (index, seen) in left.iter().enumerate() {
            if fits(seen, one)? {
                found = Some(index);
                break;
            }
        }
        match found {
            Some(index) => {
                left.remove(index);
            }
            None => {
                let there: Vec<String> = all.iter().map(show).collect();
                let there = match there.is_empty() {
                    true => "there is none".to_owned(),
                    false => format!("there are\n      {}", there.join("\n      ")),
                };
                failures.push(format!("a {what} {} was expected; {there}", one.shown()));
            }
        }
    }
    for seen in left.into_iter().filter(|seen| !seen.over) {
        failures.push(format!("there is a further {what}: {}", show(seen)));
    }
    Ok(())
}

fn fits(seen: &Seen, expected: Part<'_>) -> Result<bool, Wrong> {
    for (key, value) in expected.entries()? {
        let holds = match key {
            "says" => value.list()?.iter().all(|text| seen.text.contains(&text.shown())),
            "does_not_say" => !value.list()?.iter().any(|text| seen.text.contains(&text.shown())),
            _ => {
                let given = value.shown();
                seen.shown.iter().any(|(known, held)| {
                    *known == key && (*held == given || given == "none" && held.is_empty())
                })
            }
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

/// An instant as scenarios write it: London time, without seconds where there are none.
fn instant(at: Option<DateTime<Utc>>) -> String {
    let Some(at) = at else { return String::new() };
    let shown = london::to_local(at).format("%Y-%m-%dT%H:%M:%S").to_string();
    shown.strip_suffix(":00").filter(|short| short.len() == 16).map_or(shown.clone(), str::to_owned)
}

fn rule(because: &[Explanation]) -> String {
    because.first().map(|why| why.rule.clone()).unwrap_or_default()
}

fn hearing(world: &World<'_>, id: Option<HearingId>) -> String {
    id.map(|id| world.hearing_name(id)).unwrap_or_default()
}

fn duties(world: &World<'_>) -> Vec<Seen> {
    let all = world.state.duties.iter().map(|duty| {
        let task = world.state.tasks.iter().find(|task| Some(task.id) == duty.task);
        Seen {
            shown: vec![
                ("kind", duty.kind.clone()),
                ("to", world.name_of(duty.to).to_owned()),
                ("target", instant(duty.target_at)),
                ("due", instant(duty.due_at)),
                ("priority", duty.priority.to_string()),
                ("state", duty.state.to_string()),
                ("task", task.map(|task| task.kind.clone()).unwrap_or_default()),
                ("rule", rule(&duty.because)),
            ],
            text: String::new(),
            over: duty.state != DutyState::Open,
        }
    });
    all.collect()
}

fn tasks(world: &World<'_>) -> Vec<Seen> {
    let all = world.state.tasks.iter().map(|task| {
        let staff = task.assignee.and_then(|id| world.roster.staff(id));
        Seen {
            shown: vec![
                ("kind", task.kind.clone()),
                ("about", task.about.map(|id| world.name_of(id).to_owned()).unwrap_or_default()),
                ("hearing", hearing(world, task.hearing)),
                ("priority", task.priority.to_string()),
                ("target", instant(task.target_at)),
                ("due", instant(task.due_at)),
                ("next_attempt", instant(task.next_attempt_at)),
                ("state", task.state.to_string()),
                ("with", staff.map_or_else(|| NOBODY.to_owned(), |staff| staff.name.clone())),
                ("rule", rule(&task.because)),
            ],
            text: serde_json::to_string(&task.answers).unwrap_or_default(),
            over: matches!(task.state, TaskState::Done | TaskState::Cancelled | TaskState::Withdrawn),
        }
    });
    all.collect()
}

/// What a task in a queue is said to be with.
const NOBODY: &str = "nobody";

fn messages(world: &World<'_>) -> Vec<Seen> {
    let all = world.state.messages.iter().map(|message| {
        let after = world.state.tasks.iter().find(|task| Some(task.id) == message.after_task);
        Seen {
            shown: vec![
                ("template", message.template.clone()),
                ("to", world.recipient(message.to)),
                ("state", message.state.to_string()),
                ("hearing", hearing(world, message.hearing)),
                ("after", after.map(|task| task.kind.clone()).unwrap_or_default()),
                ("not_before", instant(Some(message.not_before))),
                ("rule", rule(&message.because)),
            ],
            text: format!("{}\n{}", message.subject, message.text),
            over: matches!(
                message.state,
                MessageState::Superseded
                    | MessageState::Cancelled
                    | MessageState::Sent
                    | MessageState::Printed
            ),
        }
    });
    all.collect()
}

fn diary(world: &World<'_>, part: Part<'_>, failures: &mut Vec<String>) -> Result<(), Wrong> {
    for (name, expected) in part.entries()? {
        let ids: Vec<HearingId> = world
            .state
            .hearings
            .iter()
            .map(|hearing| hearing.id)
            .filter(|id| world.hearing_name(*id) == name)
            .collect();
        let entries =
            world.state.diary.iter().filter(|entry| entry.hearing.is_some_and(|id| ids.contains(&id)));
        let shown: Vec<String> = entries
            .map(|entry| match entry.when {
                When::At(at) => format!("{} {}", entry.state, instant(Some(at))),
                when => format!("{} {when}", entry.state),
            })
            .collect();
        let expected = expected.text()?;
        let holds = match expected {
            "none" => shown.is_empty(),
            _ => shown.iter().any(|shown| shown == expected || shown.split(' ').next() == Some(expected)),
        };
        if !holds {
            let there = if shown.is_empty() { "nothing".to_owned() } else { shown.join(", ") };
            failures.push(format!("the diary shows {there} for {name}, not {expected}"));
        }
    }
    Ok(())
}

fn attendances(world: &World<'_>, part: Part<'_>, failures: &mut Vec<String>) -> Result<(), Wrong> {
    for (name, people) in part.entries()? {
        for (who, expected) in people.entries()? {
            let held = world.state.attendances.iter().filter(|held| {
                world.name_of(held.participant) == who && world.hearing_name(held.hearing) == name
            });
            let held = held.max_by_key(|held| held.listing);
            let state = held.map_or_else(
                || "none".to_owned(),
                |held| format!("{} at listing {}", held.state, held.listing),
            );
            let expected = expected.text()?;
            if state != expected && state.split(' ').next() != Some(expected) {
                failures.push(format!("{who} is {state} for {name}, not {expected}"));
            }
        }
    }
    Ok(())
}

fn timers(world: &World<'_>, part: Part<'_>, failures: &mut Vec<String>) -> Result<(), Wrong> {
    for (name, expected) in part.entries()? {
        let waiting = world
            .state
            .timers
            .iter()
            .filter(|timer| timer.raises == name && timer.state == TimerState::Waiting);
        let shown: Vec<String> = waiting
            .map(|timer| timer.due_at.map_or_else(|| "waiting".to_owned(), |at| instant(Some(at))))
            .collect();
        let expected = expected.text()?;
        let holds = match expected {
            "none" => shown.is_empty(),
            "waiting" => !shown.is_empty(),
            at => shown.iter().any(|shown| shown == at),
        };
        if !holds {
            failures.push(format!("the timer {name} is [{}], not {expected}", shown.join(", ")));
        }
    }
    Ok(())
}
