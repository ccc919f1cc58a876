//! `kinds/*.yaml`: kinds of task and of duty, with the policies that a kind names.

use super::clock::policy;
use super::terms::Terms;
use super::{Sources, forms};
use crate::domain::message::Medium;
use crate::rules::pack::fault::Fault;
use crate::rules::pack::reader::{Fields, Reader};
use crate::rules::pack::yaml::{Node, Value};
use crate::rules::pack::{DutyKind, Escalation, Owner, Retry, TaskKind, TaskOutcome};
use std::collections::{BTreeMap, BTreeSet};

const LIST: &str = "a list of kinds, each with `task` or `duty`";
const TASK: [&str; 12] = [
    "task",
    "title",
    "guidance",
    "gathers",
    "by_hand",
    "minutes",
    "skills",
    "owner",
    "outcomes",
    "retry",
    "escalation",
    "form",
];
const DUTY: [&str; 3] = ["duty", "title", "cites"];
/// How long a task takes where its kind does not say, in minutes.
const MINUTES: u32 = 15;
const OWNERS: [&str; 4] = ["case-owner", "team", "team-leader", "manager"];

/// The names of a pack's kinds, found in a first look.
pub(super) struct Names {
    pub(super) tasks: Vec<String>,
    pub(super) duties: Vec<String>,
    pub(super) questions: BTreeSet<String>,
    /// Each question with each of its words, as `question/word`.
    pub(super) answers: BTreeSet<String>,
}

impl Names {
    pub(super) fn read(sources: &Sources<'_>) -> Self {
        let names = |key: &str| {
            let named =
                sources.peek("kinds/").filter_map(|(_, node)| node.get(key)?.text().map(str::to_owned));
            let mut names: Vec<String> = named.collect();
            names.sort();
            names.dedup();
            names
        };
        let (questions, answers) = forms::names(sources);
        Self { tasks: names("task"), duties: names("duty"), questions, answers }
    }
}

pub(super) fn read(
    sources: &Sources<'_>,
    terms: &Terms,
) -> (BTreeMap<String, TaskKind>, BTreeMap<String, DutyKind>) {
    let (mut tasks, mut duties) = (BTreeMap::new(), BTreeMap::new());
    let mut seen = Vec::new();
    let mut gathering: Vec<(Reader<'_>, &Node, String)> = Vec::new();
    for (reader, node) in sources.elements("kinds/", LIST) {
        let what = if node.get("duty").is_some() { "duty" } else { "task" };
        let keys: &[&str] = if what == "duty" { &DUTY } else { &TASK };
        let Some(fields) = reader.fields(node, &format!("a kind of {what}"), keys) else { continue };
        let Some(name_at) = fields.need(what) else { continue };
        let Some(name) = reader.name(name_at) else { continue };
        if seen.contains(&(what, name)) {
            reader.fault(&name_at.at, format!("there is a second kind of {what} `{name}`"), None);
            continue;
        }
        seen.push((what, name));
        if what == "duty" {
            duties.extend(duty(&fields, name).map(|kind| (name.to_owned(), kind)));
            continue;
        }
        if fields.flag("gathers") == Some(true)
            && let Some(at) = fields.node("gathers")
        {
            gathering.push((reader, at, name.to_owned()));
        }
        tasks.extend(task(&fields, name, terms).map(|kind| (name.to_owned(), kind)));
    }
    match gathering.as_slice() {
        [] if tasks.is_empty() && sources.peek("kinds/").next().is_none() => {
            let fault = Fault::of_file("kinds/", "there are no kinds of task");
            sources
                .findings
                .note(fault.suggest(Some("a pack needs at least one, with `gathers: true`".to_owned())));
        }
        [] => {
            let fault = Fault::of_file("kinds/", "no kind of task has `gathers: true`");
            let advice = "one kind gathers all that one person is to be told, so that they are rung once";
            sources.findings.note(fault.suggest(Some(advice.to_owned())));
        }
        [_] => {}
        [(_, _, first), others @ ..] => {
            for (reader, node, _) in others {
                let message = "a second kind of task that gathers";
                reader.fault(&node.at, message, Some(format!("`{first}` gathers already: one kind does")));
            }
        }
    }
    (tasks, duties)
}

fn duty(fields: &Fields<'_>, name: &str) -> Option<DutyKind> {
    Some(DutyKind { name: name.to_owned(), title: fields.need_text("title")?, cites: fields.text("cites") })
}

fn task(fields: &Fields<'_>, name: &str, terms: &Terms) -> Option<TaskKind> {
    let reader = fields.reader;
    let title = fields.need_text("title");
    let (gathers, by_hand) = (fields.flag("gathers").unwrap_or(false), fields.flag("by_hand"));
    if let (true, Some(true), Some(node)) = (gathers, by_hand, fields.node("by_hand")) {
        let advice = "leave it out: what is owed comes from the rules, each duty with its reason";
        reader.fault(&node.at, "a kind that gathers may not be made by hand", Some(advice.to_owned()));
    }
    let minutes = fields.node("minutes").map_or(Some(MINUTES), |node| reader.count(node));
    let owner = fields.node("owner").map_or(Some(Owner::CaseOwner), |node| owner(reader, node));
    let skills =
        fields.many("skills").iter().filter_map(|node| reader.name(node)).map(str::to_owned).collect();
    let outcomes = outcomes(fields);
    let retry = fields.node("retry").map(|node| retry(reader, node, terms));
    let escalation = fields.node("escalation").map_or(&[][..], |node| reader.list(node, "a list of steps"));
    let escalation = escalation.iter().filter_map(|node| step(reader, node, terms)).collect();
    let form = fields.node("form").map_or(&[][..], |node| reader.list(node, "a list of questions"));
    let form = forms::questions(reader, form, &outcomes, terms);
    Some(TaskKind {
        name: name.to_owned(),
        title: title?,
        guidance: fields.text("guidance"),
        gathers,
        by_hand: by_hand.unwrap_or(!gathers),
        minutes: minutes?,
        skills,
        owner: owner?,
        outcomes,
        retry: match retry {
            None => None,
            Some(retry) => Some(retry?),
        },
        escalation,
        form,
    })
}

/// Who gets a task: a word, or `skill: …`.
pub(super) fn owner(reader: Reader<'_>, node: &Node) -> Option<Owner> {
    if let Value::Map(_) = &node.value {
        let fields = reader.fields(node, "an owner", &["skill"])?;
        let skill = fields.need("skill").and_then(|node| reader.name(node))?;
        return Some(Owner::Skill(skill.to_owned()));
    }
    match reader.known(node, "owner", OWNERS)? {
        "case-owner" => Some(Owner::CaseOwner),
        "team" => Some(Owner::Team),
        "manager" => Some(Owner::Manager),
        _ => Some(Owner::TeamLeader),
    }
}

fn outcomes(fields: &Fields<'_>) -> BTreeMap<String, TaskOutcome> {
    let reader = fields.reader;
    let Some(node) = fields.need("outcomes") else { return BTreeMap::new() };
    let mut outcomes = BTreeMap::new();
    for entry in reader.entries(node, "a map from outcomes to what they mean") {
        if !crate::rules::pack::reader::is_kebab(&entry.key) {
            reader.fault(&entry.key_at, format!("`{}` is no name in kebab-case", entry.key), None);
        }
        let Some(fields) = reader.fields(&entry.value, "an outcome of a task", &["title", "ends", "meets"])
        else {
            continue;
        };
        let (ends, meets) = (fields.flag("ends").unwrap_or(false), fields.flag("meets").unwrap_or(false));
        if let Some(title) = fields.need_text("title") {
            outcomes.insert(entry.key.clone(), TaskOutcome { title, ends, meets });
        }
    }
    if !outcomes.is_empty() && !outcomes.values().any(|outcome| outcome.ends) {
        reader.fault(&node.at, "no outcome ends the task", Some("one needs `ends: true`".to_owned()));
    }
    outcomes
}

fn retry(reader: Reader<'_>, node: &Node, terms: &Terms) -> Option<Retry> {
    let fields = reader.fields(node, "a retry", &["again", "sooner", "attempts_max", "then"])?;
    let again = fields.need("again").and_then(|node| policy(reader, terms, node, &["now"]));
    let anchors = ["now", "due", "target"];
    let sooner = fields.node("sooner").map(|node| policy(reader, terms, node, &anchors));
    let attempts_max = fields.need("attempts_max").and_then(|node| reader.count(node));
    let then = fields.need("then").and_then(|node| terms.raise(reader, node));
    let sooner = match sooner {
        None => None,
        Some(sooner) => Some(sooner?),
    };
    Some(Retry { again: again?, sooner, attempts_max: attempts_max?, then: then? })
}

fn step(reader: Reader<'_>, node: &Node, terms: &Terms) -> Option<Escalation> {
    let fields = reader.fields(node, "a step of escalation", &["at", "tell", "template"])?;
    let anchors = ["target", "due", "raised"];
    let at = fields.need("at").and_then(|node| policy(reader, terms, node, &anchors));
    let tell = fields.need("tell").and_then(|node| owner(reader, node));
    let template = fields.need("template").and_then(|node| terms.template(reader, node, Medium::Email));
    Some(Escalation { at: at?, tell: tell?, template: template? })
}
