//! The forms of `kinds/*.yaml`: what a kind of task asks.

use super::Sources;
use super::terms::Terms;
use crate::domain::contact::DirectoryKind;
use crate::domain::hearing::MeasureKind;
use crate::domain::person::Channel;
use crate::domain::words::Word;
use crate::rules::form::{Answer, Choice, Given, Question, Required, Sets, Side};
use crate::rules::pack::TaskOutcome;
use crate::rules::pack::reader::{Reader, is_kebab};
use crate::rules::pack::yaml::{Node, Value};
use std::collections::{BTreeMap, BTreeSet};

const QUESTION: [&str; 10] =
    ["question", "asks", "answer", "required", "asked_if", "from", "told", "sets", "between", "day"];
const PLAIN: [&str; 5] = ["yes-no", "text", "number", "date", "dates"];

/// The names of all questions, and of all answers that are words, found in a first look.
pub(super) fn names(sources: &Sources<'_>) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut questions, mut answers) = (BTreeSet::new(), BTreeSet::new());
    for (_, kind) in sources.peek("kinds/") {
        for node in kind.get("form").and_then(Node::elements).unwrap_or_default() {
            let Some(name) = node.get("question").and_then(Node::text) else { continue };
            questions.insert(name.to_owned());
            let words = node.get("answer").map(words).unwrap_or_default();
            answers.extend(words.into_iter().map(|word| format!("{name}/{word}")));
        }
    }
    (questions, answers)
}

/// The words of an answer, as far as it can be read.
fn words(answer: &Node) -> Vec<&str> {
    if answer.text() == Some("yes-no") {
        return vec!["yes", "no"];
    }
    let Some(choices) = answer.get("one-of").or_else(|| answer.get("any-of")) else { return Vec::new() };
    match &choices.value {
        Value::Map(entries) => entries.iter().map(|entry| entry.key.as_str()).collect(),
        Value::List(elements) => elements.iter().filter_map(Node::text).collect(),
        _ => Vec::new(),
    }
}

/// The questions of one form.
pub(super) fn questions(
    reader: Reader<'_>,
    nodes: &[Node],
    outcomes: &BTreeMap<String, TaskOutcome>,
    terms: &Terms,
) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    for node in nodes {
        if let Some(question) = question(reader, node, &questions, outcomes, terms) {
            questions.push(question);
        }
    }
    questions
}

fn question(
    reader: Reader<'_>,
    node: &Node,
    before: &[Question],
    outcomes: &BTreeMap<String, TaskOutcome>,
    terms: &Terms,
) -> Option<Question> {
    let fields = reader.fields(node, "a question", &QUESTION)?;
    let name_at = fields.need("question");
    let name = name_at.and_then(|node| reader.name(node));
    let asks = fields.need_text("asks");
    let answer_at = fields.need("answer");
    let answer = answer_at.and_then(|node| answer(reader, node));
    let required = fields.node("required").map(|node| required(reader, node, outcomes));
    let asked_if = fields.many("asked_if").iter().filter_map(|node| given(reader, node, before)).collect();
    let from: Option<Vec<String>> =
        fields.many("from").iter().map(|node| terms.task_kind(reader, node)).collect();
    let sets = fields.node("sets").map(|node| reader.word::<Sets>(node));
    if let (Some(name), Some(at)) = (name, name_at)
        && before.iter().any(|question| question.name == name)
    {
        reader.fault(&at.at, format!("there is a second question `{name}`"), None);
    }
    let told = fields.flag("told").unwrap_or(false);
    if told
        && matches!(answer, Some(Answer::Text | Answer::Dates | Answer::Entry(_)))
        && let Some(at) = fields.node("told")
    {
        let advice = "a person writes what may be passed on; tell words, days and numbers".to_owned();
        reader.fault(&at.at, "free text is never told", Some(advice));
    }
    let (name, asks, answer) = (name?.to_owned(), asks?, answer?);
    let sets = match sets {
        None => None,
        Some(sets) => Some(sets?),
    };
    if let (Some(sets), Some(at)) = (sets, answer_at)
        && let Some(expected) = unfit(sets, &answer)
    {
        reader.fault(&at.at, format!("an answer that sets `{sets}` is {expected}"), None);
    }
    let between = fields.node("between").and_then(|node| between(reader, node));
    if let (Some(at), false) = (fields.node("between"), answer == Answer::Number) {
        reader.fault(&at.at, "only a number lies between others", None);
    }
    let day = fields.node("day").and_then(|node| reader.word::<Side>(node));
    if let (Some(at), false) = (fields.node("day"), answer == Answer::Date) {
        reader.fault(&at.at, "only a date lies in the past or in the future", None);
    }
    Some(Question {
        name,
        asks,
        answer,
        required: match required {
            None => Required::No,
            Some(required) => required?,
        },
        asked_if,
        from: from?,
        told,
        sets,
        between,
        day,
    })
}

/// The least and the most: `[0, 24]`.
fn between(reader: Reader<'_>, node: &Node) -> Option<(i64, i64)> {
    if let Some([Node { value: Value::Int(least), .. }, Node { value: Value::Int(most), .. }]) =
        node.elements()
        && least <= most
    {
        return Some((*least, *most));
    }
    reader.expected(node, "the least and the most, such as [0, 24]")
}

/// What an answer should be that sets something, if it is not.
fn unfit(sets: Sets, answer: &Answer) -> Option<String> {
    match (sets, answer) {
        (Sets::Unavailable, Answer::Dates) => None,
        (Sets::Unavailable, _) => Some("`dates`".to_owned()),
        (Sets::UnsafeChannels, Answer::AnyOf(choices))
            if choices.iter().all(|choice| Channel::from_word(&choice.word).is_some()) =>
        {
            None
        }
        (Sets::UnsafeChannels, _) => Some(format!("any of {}", Channel::WORDS.join(", "))),
        (_, Answer::AnyOf(choices))
            if choices.iter().all(|choice| MeasureKind::from_word(&choice.word).is_some()) =>
        {
            None
        }
        _ => Some(format!("any of {}", MeasureKind::WORDS.join(", "))),
    }
}

/// Whether an answer is needed: whenever the task ends, never, or for some of its outcomes.
fn required(reader: Reader<'_>, node: &Node, outcomes: &BTreeMap<String, TaskOutcome>) -> Option<Required> {
    if let Value::Bool(always) = node.value {
        return Some(if always { Required::Yes } else { Required::No });
    }
    let known: Vec<&str> = outcomes.keys().map(String::as_str).collect();
    let mut wanted = Vec::new();
    for node in reader.one_or_many(node) {
        wanted.push(reader.known(node, "outcome of the task", known.iter().copied())?.to_owned());
    }
    Some(Required::For(wanted))
}

/// An earlier question of the form, and one of its words: `question/word`.
fn given(reader: Reader<'_>, node: &Node, before: &[Question]) -> Option<Given> {
    let known: Vec<String> = before
        .iter()
        .flat_map(|question| question.answer.words().map(move |word| format!("{}/{word}", question.name)))
        .collect();
    let found = reader.known(node, "answer to an earlier question", known.iter().map(String::as_str))?;
    let (question, word) = found.split_once('/')?;
    Some(Given { question: question.to_owned(), word: word.to_owned() })
}

fn answer(reader: Reader<'_>, node: &Node) -> Option<Answer> {
    if let Value::Map(_) = &node.value {
        let fields = reader.fields(node, "an answer", &["one-of", "any-of", "directory"])?;
        if let Some(kind) = fields.node("directory") {
            return reader.word::<DirectoryKind>(kind).map(Answer::Entry);
        }
        let choices = |key: &str| fields.node(key).map(|node| choices(reader, node)).unwrap_or_default();
        let (one, any) = (choices("one-of"), choices("any-of"));
        return match (one.is_empty(), any.is_empty()) {
            (false, true) => Some(Answer::OneOf(one)),
            (true, false) => Some(Answer::AnyOf(any)),
            _ => reader.expected(
                node,
                "`one-of` or `any-of` with what may be answered, or `directory` with a kind of entry",
            ),
        };
    }
    match reader.known(node, "answer", PLAIN)? {
        "yes-no" => Some(Answer::YesNo),
        "text" => Some(Answer::Text),
        "number" => Some(Answer::Number),
        "date" => Some(Answer::Date),
        _ => Some(Answer::Dates),
    }
}

/// What may be chosen: words alone, or each with its name for people.
fn choices(reader: Reader<'_>, node: &Node) -> Vec<Choice> {
    let choice = |word: &str, title: String| Choice { word: word.to_owned(), title };
    if let Value::Map(entries) = &node.value {
        for entry in entries.iter().filter(|entry| !is_kebab(&entry.key)) {
            reader.fault(&entry.key_at, format!("`{}` is no name in kebab-case", entry.key), None);
        }
        let titled = entries.iter().filter_map(|entry| Some((entry, reader.text(&entry.value)?)));
        return titled.map(|(entry, title)| choice(&entry.key, title.to_owned())).collect();
    }
    let words = reader.one_or_many(node).iter().filter_map(|node| reader.code(node));
    words.map(|word| choice(&word, plain(&word))).collect()
}

/// A word as people read it: `social-services` is "Social services".
fn plain(word: &str) -> String {
    let mut letters = word.chars().map(|letter| if letter == '-' { ' ' } else { letter });
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
