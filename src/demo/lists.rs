//! Everybody's list at the end of the Monday: what they have to do, most urgent first.

use crate::cli::output::{counted, table};
use crate::cli::titles;
use crate::domain::ids::{StaffId, TaskId, TeamId};
use crate::domain::london::{self, Instant};
use crate::domain::staff::Roster;
use crate::domain::state::CaseState;
use crate::domain::task::Priority;
use crate::rules::pack::Pack;
use serde::Serialize;

/// Somebody's list, or a team's queue.
#[derive(Debug, Serialize)]
pub(super) struct List {
    /// Whose.
    pub(super) name: String,
    /// What they are.
    role: String,
    /// Their team.
    team: String,
    /// What they have to do.
    pub(super) tasks: Vec<Item>,
}

/// A line of a list.
#[derive(Debug, Serialize)]
pub(super) struct Item {
    /// The task.
    pub(super) id: TaskId,
    priority: Priority,
    title: String,
    kind: String,
    /// Initials of whom it is about.
    about: String,
    /// The case's URN.
    case: String,
    /// RFC 3339 in Europe/London.
    target_at: Option<String>,
    due_at: Option<String>,
    /// The same for people.
    #[serde(skip)]
    target: String,
    #[serde(skip)]
    due: String,
    /// The rules that asked for it.
    rules: Vec<String>,
    /// The duties gathered in it.
    duties: usize,
}

/// The list of each member of staff, and the queue of each team that has one.
pub(super) fn of(states: &[CaseState], roster: &Roster, pack: &Pack) -> Vec<List> {
    let team_name = |team: TeamId| {
        roster.teams.iter().find(|known| known.id == team).map(|team| team.name.clone()).unwrap_or_default()
    };
    let mut staff: Vec<_> = roster.staff.iter().collect();
    staff.sort_by(|a, b| a.name.cmp(&b.name));
    let mut lists: Vec<List> = staff
        .into_iter()
        .map(|staff| List {
            name: staff.name.clone(),
            role: staff.role.to_string(),
            team: team_name(staff.team),
            tasks: items(states, pack, |assignee, _| assignee == Some(staff.id)),
        })
        .collect();
    let queues = roster.teams.iter().map(|team| List {
        name: format!("Queue of {}", team.name),
        role: "queue".to_owned(),
        team: team.name.clone(),
        tasks: items(states, pack, |assignee, of| assignee.is_none() && of == Some(team.id)),
    });
    lists.extend(queues.filter(|list| !list.tasks.is_empty()));
    lists
}

fn items(
    states: &[CaseState],
    pack: &Pack,
    is_theirs: impl Fn(Option<StaffId>, Option<TeamId>) -> bool,
) -> Vec<Item> {
    let mut items: Vec<(Option<Instant>, Item)> = Vec::new();
    for state in states {
        for task in state.tasks.iter().filter(|task| task.state.is_open()) {
            if !is_theirs(task.assignee, task.team) {
                continue;
            }
            let duties: Vec<_> = state.duties.iter().filter(|duty| duty.task == Some(task.id)).collect();
            let of_task = task.because.iter();
            let whys = of_task.chain(duties.iter().flat_map(|duty| &duty.because));
            let mut rules: Vec<String> = whys.map(|why| why.rule.clone()).collect();
            rules.sort_unstable();
            rules.dedup();
            let stamp = |at: Option<Instant>| at.map(london::rfc3339);
            let human = |at: Option<Instant>| at.map(london::human).unwrap_or_default();
            let item = Item {
                id: task.id,
                priority: task.priority,
                title: titles::title(pack, state, task),
                kind: task.kind.clone(),
                about: titles::initials(state, task),
                case: if state.is_desk() { "desk".to_owned() } else { state.case.label().to_owned() },
                target_at: stamp(task.target_at),
                due_at: stamp(task.due_at),
                target: human(task.target_at),
                due: task.waits_for.clone().unwrap_or_else(|| human(task.due_at)),
                rules,
                duties: duties.len(),
            };
            items.push((task.due_at, item));
        }
    }
    items.sort_by(|(due_a, a), (due_b, b)| {
        (a.priority.to_string(), due_a, &a.case, a.id).cmp(&(b.priority.to_string(), due_b, &b.case, b.id))
    });
    items.into_iter().map(|(_, item)| item).collect()
}

pub(super) fn text(lists: &[List]) -> String {
    let mut text = String::new();
    for list in lists {
        text.push_str(&format!(
            "\n{} ({}, {}): {}\n",
            list.name,
            list.role,
            list.team,
            counted(list.tasks.len(), "task")
        ));
        if list.tasks.is_empty() {
            continue;
        }
        let mut rows = table(&["", "task", "about", "case", "target", "due", "rule"]);
        for item in &list.tasks {
            rows.add_row([
                item.priority.to_string(),
                item.title.clone(),
                item.about.clone(),
                item.case.clone(),
                item.target.clone(),
                item.due.clone(),
                item.rules.join("\n"),
            ]);
        }
        text.push_str(&format!("{rows}\n"));
    }
    text
}
