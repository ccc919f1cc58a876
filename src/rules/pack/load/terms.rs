//! The words that a pack's rules may use, and the reading of conditions against them.

use super::Sources;
use super::events::{self, Raised};
use super::kinds::Names;
use super::{limits, messages, outcomes, settings};
use crate::domain::deadline::{Amount, Limits};
use crate::domain::diary::DiaryState;
use crate::domain::event::Payload;
use crate::domain::message::Medium;
use crate::domain::person::{Channel, EnhancedCategory};
use crate::domain::task::Priority;
use crate::domain::words::Word;
use crate::rules::condition::PackVocabulary;
use crate::rules::condition::{Condition, Fault, Function, Schema, Selection, Type, did_you_mean};
use crate::rules::facts::{AnswerWords, QuestionWords, TopicWords};
use crate::rules::pack::reader::{Reader, head};
use crate::rules::pack::yaml::{Node, Value};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Everything that can be named.
pub(super) struct Terms {
    pub(super) schema: Schema,
    pub(super) limits: KnownLimits,
    task_kinds: Vec<String>,
    duty_kinds: Vec<String>,
    templates: BTreeMap<String, Option<Medium>>,
    events: Vec<String>,
    /// Whether every file that raises events could be read: else any name may be an event.
    events_whole: bool,
    limits_used: Arc<Mutex<BTreeSet<String>>>,
    templates_used: RefCell<BTreeSet<String>>,
}

/// The limits; any name is one where their file could not be read, which is told by then.
pub(super) struct KnownLimits {
    known: BTreeMap<String, Amount>,
    whole: bool,
}

impl Limits for KnownLimits {
    fn amount(&self, name: &str) -> Option<Amount> {
        self.known.get(name).copied().or_else(|| (!self.whole).then(limits::stand_in))
    }

    fn names(&self) -> Vec<String> {
        self.known.keys().cloned().collect()
    }
}

/// `limit("trial_soon")`: how many of its unit a limit of the pack is, for conditions that compare with a count.
fn limit_function(
    known: BTreeMap<String, Amount>,
    used: Arc<Mutex<BTreeSet<String>>>,
    whole: bool,
) -> Function {
    let names: Vec<String> = known.keys().cloned().collect();
    Function::new("limit", [Type::Text], Type::Int, move |call| {
        let name = call.arguments.first().and_then(crate::rules::condition::Value::text).unwrap_or_default();
        let amount = known.get(name).ok_or_else(|| format!("there is no limit `{name}`"))?;
        Ok(crate::rules::condition::Value::Int(amount.count().into()))
    })
    .about("how many of its unit a limit of the pack is, such as 5 for 5 working days")
    .literal(move |name| {
        used.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
        if !whole || names.iter().any(|known| known == name) {
            return Ok(());
        }
        let advice = did_you_mean(name, names.iter().map(String::as_str)).unwrap_or_default();
        Err(format!("there is no limit `{name}`; {advice}"))
    })
}

impl Terms {
    pub(super) fn new(
        mut schema: Schema,
        sources: &Sources<'_>,
        limits: &BTreeMap<String, limits::Found>,
        outcomes: &outcomes::Found,
        kinds: &Names,
        templates: &BTreeMap<String, messages::Found>,
        raised: &Raised,
    ) -> Self {
        // A template whose `meta.yaml` is wrong is a template all the same.
        let medium = |name: &String| templates.get(name).and_then(|found| found.medium);
        let templates: BTreeMap<_, _> =
            sources.folders("messages/").into_iter().map(|name| (name.clone(), medium(&name))).collect();
        schema
            .vocabulary("outcome", outcomes.words.clone())
            .vocabulary("task kind", kinds.tasks.clone())
            .vocabulary("duty kind", kinds.duties.clone())
            .vocabulary(TopicWords::NAME, settings::topic_words(sources))
            .vocabulary(QuestionWords::NAME, kinds.questions.clone())
            .vocabulary(AnswerWords::NAME, kinds.answers.clone())
            .vocabulary(Channel::LIST, Channel::WORDS.iter().copied())
            .vocabulary("template", templates.keys().cloned())
            .vocabulary(Priority::LIST, Priority::WORDS.iter().copied())
            .vocabulary(DiaryState::LIST, DiaryState::WORDS.iter().copied())
            .vocabulary(EnhancedCategory::LIST, EnhancedCategory::WORDS.iter().copied());
        let known: BTreeMap<String, Amount> =
            limits.iter().map(|(name, found)| (name.clone(), found.limit.amount)).collect();
        let limits_used: Arc<Mutex<BTreeSet<String>>> = Arc::default();
        schema.function(limit_function(known.clone(), limits_used.clone(), sources.whole("limits.yaml")));
        Self {
            schema,
            limits: KnownLimits { known, whole: sources.whole("limits.yaml") },
            task_kinds: kinds.tasks.clone(),
            duty_kinds: kinds.duties.clone(),
            templates,
            events_whole: ["rules/", "kinds/", "schedule.yaml"].iter().all(|path| {
                // A schedule need not be there.
                sources.whole(path) || *path == "schedule.yaml" && sources.absent(path)
            }),
            events: events::known(raised).map(str::to_owned).collect(),
            limits_used,
            templates_used: RefCell::default(),
        }
    }

    pub(super) fn task_kind(&self, reader: Reader<'_>, node: &Node) -> Option<String> {
        reader.known(node, "kind of task", self.task_kinds.iter().map(String::as_str)).map(str::to_owned)
    }

    pub(super) fn duty_kind(&self, reader: Reader<'_>, node: &Node) -> Option<String> {
        reader.known(node, "kind of duty", self.duty_kinds.iter().map(String::as_str)).map(str::to_owned)
    }

    /// A template that travels by `medium`.
    pub(super) fn template(&self, reader: Reader<'_>, node: &Node, medium: Medium) -> Option<String> {
        let name = reader.known(node, "template", self.templates.keys().map(String::as_str))?;
        self.templates_used.borrow_mut().insert(name.to_owned());
        match self.templates.get(name) {
            Some(Some(own)) if *own != medium => {
                let message = format!("the template `{name}` is for {own}, not for {medium}");
                reader.fault(&node.at, message, Some(format!("write `{own}: {name}`")));
                None
            }
            _ => Some(name.to_owned()),
        }
    }

    /// An event that a rule may listen to.
    pub(super) fn event(&self, reader: Reader<'_>, node: &Node) -> Option<String> {
        if !self.events_whole {
            return reader.event_name(node).map(str::to_owned);
        }
        reader.known(node, "event", self.events.iter().map(String::as_str)).map(str::to_owned)
    }

    /// An event that a pack raises: its own name, never one of usher's.
    pub(super) fn raise(&self, reader: Reader<'_>, node: &Node) -> Option<String> {
        let name = reader.event_name(node)?;
        let own = |name: &str| Payload::KINDS.contains(&name) || Payload::raised_names().contains(&name);
        if own(name) {
            let advice = "usher's own events are not raised by a pack: choose another name".to_owned();
            reader.fault(&node.at, format!("`{name}` is usher's own event"), Some(advice));
            return None;
        }
        Some(name.to_owned())
    }

    pub(super) fn use_limits<'l>(&self, names: impl IntoIterator<Item = &'l str>) {
        let mut used = self.limits_used.lock().unwrap_or_else(PoisonError::into_inner);
        used.extend(names.into_iter().map(str::to_owned));
    }

    /// Warns of what nothing uses.
    pub(super) fn check_use(&self, sources: &Sources<'_>, limits: &BTreeMap<String, limits::Found>) {
        let used = self.limits_used.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((reader, _)) = sources.yaml("limits.yaml") {
            for (name, found) in limits.iter().filter(|(name, _)| !used.contains(*name)) {
                reader.warn(&found.at, format!("nothing uses the limit `{name}`"));
            }
        }
        let used = self.templates_used.borrow();
        for name in self.templates.keys().filter(|name| !used.contains(*name)) {
            if let Some((reader, node)) = sources.yaml(&format!("messages/{name}/meta.yaml")) {
                reader.warn(&head(node), format!("nothing uses the template `{name}`"));
            }
        }
    }
}

/// The types of things that can be a cause: whatever has an id.
const CAUSES: [&str; 9] =
    ["result", "hearing", "duty", "task", "participant", "attendance", "arrangement", "message", "defendant"];

/// Reads conditions of one rule: with the rule's own variable in scope.
pub(super) struct Asker<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) terms: &'a Terms,
    pub(super) scope: Vec<(String, Type)>,
}

impl Asker<'_> {
    fn scope(&self) -> Vec<(&str, Type)> {
        self.scope.iter().map(|(name, kind)| (name.as_str(), kind.clone())).collect()
    }

    pub(super) fn selection(&self, node: &Node) -> Option<Selection> {
        let text = self.reader.text(node)?;
        let selection = Selection::parse(text, &self.terms.schema, &self.scope());
        selection.map_err(|faults| self.note(node, 0, &faults, None)).ok()
    }

    /// A condition of one of these types; `said` names them for people where the types' own names would not do.
    pub(super) fn condition(&self, node: &Node, types: &[Type], said: Option<&str>) -> Option<Condition> {
        let text = match &node.value {
            Value::Bool(flag) => flag.to_string(),
            Value::Int(number) => number.to_string(),
            _ => self.reader.text(node)?.to_owned(),
        };
        self.parse(&text, types).map_err(|faults| self.note(node, 0, &faults, said)).ok()
    }

    pub(super) fn parse(&self, text: &str, types: &[Type]) -> Result<Condition, Vec<Fault>> {
        Condition::parse(text, &self.terms.schema, types, &self.scope())
    }

    pub(super) fn truth(&self, node: &Node) -> Option<Condition> {
        self.condition(node, &[Type::Bool], None)
    }

    /// A participant, who may be absent, or a list of them.
    pub(super) fn people(&self, node: &Node) -> Option<Condition> {
        self.condition(node, &one_or_many("participant"), Some("a participant or a list of them"))
    }

    /// A participant, who may be absent.
    pub(super) fn person(&self, node: &Node) -> Option<Condition> {
        self.condition(node, &[Type::object("participant").optional()], Some("a participant"))
    }

    /// A hearing, which may be absent.
    pub(super) fn hearing(&self, node: &Node) -> Option<Condition> {
        self.condition(node, &[Type::object("hearing").optional()], Some("a hearing"))
    }

    pub(super) fn hearings(&self, node: &Node) -> Option<Condition> {
        self.condition(node, &one_or_many("hearing"), Some("a hearing or a list of them"))
    }

    pub(super) fn tasks(&self, node: &Node) -> Option<Condition> {
        self.condition(node, &one_or_many("task"), Some("a task or a list of them"))
    }

    pub(super) fn duties(&self, node: &Node) -> Option<Condition> {
        self.condition(node, &one_or_many("duty"), Some("a duty or a list of them"))
    }

    pub(super) fn messages(&self, node: &Node) -> Option<Condition> {
        self.condition(node, &one_or_many("message"), Some("a message or a list of them"))
    }

    /// What an effect rests on: one thing that has an id, or a list of them.
    pub(super) fn causes(&self, node: &Node) -> Option<Condition> {
        let types: Vec<Type> = CAUSES.into_iter().flat_map(one_or_many).collect();
        self.condition(node, &types, Some("results, or other things with an id, or one of them"))
    }

    /// What makes two tasks the same: a text, a number or a day.
    pub(super) fn key(&self, node: &Node) -> Option<Condition> {
        self.condition(node, &[Type::Text, Type::Int, Type::Date], Some("a text, a number or a day"))
    }

    /// A word of the closed list `W`, plain or by a condition. What looks like a word is read as one.
    pub(super) fn word<W: Word>(&self, node: &Node) -> Option<Condition> {
        if let Some(text) = node.text()
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        {
            let word = self.reader.word::<W>(node)?.word();
            return self.parse(&format!("\"{word}\""), &[Type::word(W::LIST)]).ok();
        }
        self.condition(node, &[Type::word(W::LIST)], None)
    }

    /// Notes the faults of a condition that begins at `shift` of the node's text.
    pub(super) fn note(&self, node: &Node, shift: usize, faults: &[Fault], said: Option<&str>) {
        for fault in faults {
            let span = fault.span.start + shift..fault.span.end + shift;
            // The checker names every type it was given; where there are many, people are better told in words.
            let message = match (said, fault.message.split_once(", and should be ")) {
                (Some(said), Some((found, _))) => format!("{found}, and should be {said}"),
                _ => fault.message.clone(),
            };
            self.reader.fault_in(node, span, message, fault.suggestion.clone());
        }
    }
}

fn one_or_many(object: &'static str) -> [Type; 2] {
    [Type::object(object).optional(), Type::object(object).list()]
}
