//! Which rules to ask of an event, found without asking them all.
//!
//! A large pack has hundreds of rules for what follows when a task is completed, and nearly every one of them names the
//! kind of task. Asking each would cost time on every event, and would answer "which rules stayed silent" with a list
//! in which the few that might have spoken are lost. So a rule whose condition cannot hold but for named kinds of task
//! is asked only for those.

use super::Rule;
use crate::rules::facts::EventFacts;
use std::collections::{BTreeSet, HashMap};

/// How a condition names the kind of task that an event is about.
const TASK_KIND: &str = "event.task.kind";

/// The rules by what they listen to, as places in the pack's order.
#[derive(Debug, Clone, Default)]
pub struct Listening(HashMap<String, Listeners>);

/// The rules that listen to one kind of event.
#[derive(Debug, Clone, Default)]
struct Listeners {
    /// Those that any task may concern, or none.
    any: Vec<usize>,
    /// By kind of task: those of `any` and those for that kind, in order.
    by_task: HashMap<String, Vec<usize>>,
}

impl Listening {
    /// Sorts rules by what they listen to.
    #[must_use]
    pub fn of(rules: &[Rule]) -> Self {
        let named: Vec<Option<BTreeSet<&str>>> =
            rules.iter().map(|rule| rule.when.as_ref()?.words_wanted(TASK_KIND)).collect();
        let mut listening = Self::default();
        let kinds: HashMap<&str, BTreeSet<&str>> = named.iter().zip(rules).fold(
            HashMap::new(),
            |mut kinds: HashMap<&str, BTreeSet<&str>>, (named, rule)| {
                for event in &rule.on {
                    kinds.entry(event).or_default().extend(named.iter().flatten());
                }
                kinds
            },
        );
        for (index, rule) in rules.iter().enumerate() {
            for event in &rule.on {
                let listeners = listening.0.entry(event.clone()).or_default();
                match &named[index] {
                    None => {
                        listeners.any.push(index);
                        for kind in &kinds[event.as_str()] {
                            listeners.by_task.entry((*kind).to_owned()).or_default().push(index);
                        }
                    }
                    Some(named) => {
                        for kind in named {
                            listeners.by_task.entry((*kind).to_owned()).or_default().push(index);
                        }
                    }
                }
            }
        }
        listening
    }

    /// The rules to ask of an event of `kind` that is about a task of `task`'s kind, or about none.
    #[must_use]
    pub fn to(&self, kind: &str, task: Option<&str>) -> &[usize] {
        let Some(listeners) = self.0.get(kind) else { return &[] };
        task.and_then(|task| listeners.by_task.get(task)).unwrap_or(&listeners.any)
    }

    /// The rules to ask of an event.
    #[must_use]
    pub fn to_event(&self, event: &EventFacts) -> &[usize] {
        self.to(&event.kind, event.task.as_ref().map(|task| task.kind.as_str()))
    }
}
