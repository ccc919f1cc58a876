//! Why a task is there.

use crate::cli::output::{Ended, Output, print, print_json};
use crate::cli::titles;
use crate::domain::duty::Duty;
use crate::domain::explanation::Explanation;
use crate::domain::ids::{CaseId, TaskId};
use crate::domain::london::{self, Instant};
use crate::domain::message::Message;
use crate::domain::staff::{Roster, Unit};
use crate::domain::state::CaseState;
use crate::domain::task::Task;
use crate::rules::pack::Pack;
use crate::store::{Store, read};
use anyhow::Context;
use serde_json::{Value, json};

pub(super) async fn explain(
    store: &Store,
    unit: &Unit,
    case: CaseId,
    id: TaskId,
    output: Output,
) -> anyhow::Result<Ended> {
    let state = read::cases(store, &[case]).await?.pop().context("the task's case is gone")?;
    let roster = read::roster(store.reader(), store, unit.id).await?;
    let task = state.tasks.iter().find(|task| task.id == id).context("the task is gone")?;
    let ruleset = super::pack(store, &task.pack).await?;
    let told = Told { state: &state, roster: &roster, pack: &ruleset.pack, task };
    match output {
        Output::Json => print_json(&told.json())?,
        Output::Text => print(&told.text())?,
    }
    Ok(Ended::Well)
}

struct Told<'a> {
    state: &'a CaseState,
    roster: &'a Roster,
    pack: &'a Pack,
    task: &'a Task,
}

impl Told<'_> {
    fn duties(&self) -> impl Iterator<Item = &Duty> {
        self.state.duties.iter().map(|duty| &**duty).filter(|duty| duty.task == Some(self.task.id))
    }

    fn messages(&self) -> impl Iterator<Item = &Message> {
        let is_its = |message: &&Message| {
            message.after_task == Some(self.task.id) || self.task.drafts.contains(&message.id)
        };
        self.state.messages.iter().map(|message| &**message).filter(is_its)
    }

    fn assignee(&self) -> Option<&str> {
        Some(self.roster.staff(self.task.assignee?)?.name.as_str())
    }

    fn team(&self) -> Option<&str> {
        let team = self.task.team?;
        self.roster.teams.iter().find(|known| known.id == team).map(|team| team.name.as_str())
    }

    fn duty_title(&self, duty: &Duty) -> String {
        self.pack.duty_kinds.get(&duty.kind).map_or_else(|| duty.kind.clone(), |kind| kind.title.clone())
    }

    fn json(&self) -> Value {
        let task = self.task;
        let duty = |duty: &Duty| {
            json!({
                "id": duty.id, "kind": duty.kind, "title": self.duty_title(duty), "to": duty.to,
                "state": duty.state, "priority": duty.priority, "target_at": stamp(duty.target_at),
                "due_at": stamp(duty.due_at), "waits_for": duty.waits_for, "because": whys(&duty.because),
            })
        };
        let message = |message: &Message| {
            json!({
                "id": message.id, "template": message.template, "medium": message.medium,
                "audience": message.audience, "state": message.state, "reason": message.state_reason,
                "not_before": london::rfc3339(message.not_before), "because": whys(&message.because),
            })
        };
        json!({
            "task": {
                "id": task.id, "kind": task.kind, "title": titles::title(self.pack, self.state, task),
                "case": self.state.case.label(), "state": task.state, "priority": task.priority,
                "assignee": self.assignee(), "team": self.team(), "assigned_because": task.assigned_because,
                "raised_at": london::rfc3339(task.raised_at), "target_at": stamp(task.target_at),
                "due_at": stamp(task.due_at), "waits_for": task.waits_for, "outcome": task.outcome,
                "because": whys(&task.because),
            },
            "duties": self.duties().map(duty).collect::<Vec<_>>(),
            "messages": self.messages().map(message).collect::<Vec<_>>(),
        })
    }

    fn text(&self) -> String {
        let task = self.task;
        let mut text = format!(
            "{} ({}, {}, {})\n",
            titles::title(self.pack, self.state, task),
            task.kind,
            task.priority,
            task.state
        );
        let mut line = |name: &str, value: String| text.push_str(&format!("  {name:9} {value}\n"));
        line("case", self.state.case.label().to_owned());
        let owner = self.assignee().map(str::to_owned);
        let queue = || self.team().map_or_else(|| "nobody".to_owned(), |team| format!("the queue of {team}"));
        line("goes to", format!("{}: {}", owner.unwrap_or_else(queue), task.assigned_because));
        line("target", shown(task.target_at, None));
        line("due", shown(task.due_at, task.waits_for.as_deref()));
        for why in &task.because {
            why_text(&mut text, why, "  ");
        }
        for duty in self.duties() {
            text.push_str(&format!(
                "\nduty: {} ({}, {})\n",
                self.duty_title(duty),
                duty.priority,
                duty.state
            ));
            text.push_str(&format!("  target    {}\n", shown(duty.target_at, None)));
            text.push_str(&format!("  due       {}\n", shown(duty.due_at, duty.waits_for.as_deref())));
            for why in &duty.because {
                why_text(&mut text, why, "  ");
            }
        }
        for message in self.messages() {
            let reason = message.state_reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            text.push_str(&format!(
                "\nmessage: {} to {} ({}{reason})\n",
                message.template, message.audience, message.state
            ));
        }
        text
    }
}

fn stamp(at: Option<Instant>) -> Option<String> {
    at.map(london::rfc3339)
}

fn shown(at: Option<Instant>, waits: Option<&str>) -> String {
    match (at, waits) {
        (Some(at), _) => london::human_with_zone(at),
        (None, Some(waits)) => format!("waits for {waits}"),
        (None, None) => "none".to_owned(),
    }
}

fn whys(because: &[Explanation]) -> Vec<Value> {
    let one = |why: &Explanation| {
        json!({
            "event": why.event, "event_kind": why.event_kind, "rule": why.rule, "cites": why.cites,
            "pack": why.pack, "decided_at": london::rfc3339(why.decided_at), "causes": why.causes,
            "target_steps": why.target_steps, "due_steps": why.due_steps,
        })
    };
    because.iter().map(one).collect()
}

fn why_text(text: &mut String, why: &Explanation, indent: &str) {
    let cites = why.cites.as_ref().map(|cites| format!(" ({cites})")).unwrap_or_default();
    text.push_str(&format!("{indent}because   {}{cites}, on {}\n", why.rule, why.event_kind));
    text.push_str(&format!("{indent}  event   {}\n", why.event));
    for cause in &why.causes {
        text.push_str(&format!("{indent}  cause   {}\n", cause.0));
    }
    for (name, steps) in [("target", &why.target_steps), ("due", &why.due_steps)] {
        for (nth, step) in steps.iter().enumerate() {
            let name = if nth == 0 { name } else { "" };
            text.push_str(&format!("{indent}  {name:7} {step}\n"));
        }
    }
    text.push_str(&format!(
        "{indent}  pack    {}, decided {}\n",
        short(&why.pack),
        london::human(why.decided_at)
    ));
}

/// The beginning of a hash: enough to tell packs apart.
pub(super) fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}
