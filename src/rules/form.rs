//! The form of a kind of task: what is asked, what may be answered, and what rules may know of the answers.
//!
//! Answers become facts without their free text: a rule can ask which words were chosen, which day and which number
//! were given and whether something was written, never what was written.

use crate::domain::contact::{DirectoryEntry, DirectoryKind};
use crate::domain::hearing::{MeasureKind, MeasureState};
use crate::domain::ids::DirectoryId;
use crate::domain::person::{Channel, Days};
use crate::domain::words::Word;
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Answers by the names of their questions.
pub type Answers = BTreeMap<String, Value>;

/// A question of a kind's form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its name: what its answer is called.
    pub name: String,
    /// What is asked.
    pub asks: String,
    /// What may be answered.
    pub answer: Answer,
    /// Whether it must be answered before the task ends.
    pub required: Required,
    /// It is asked only where one of these was answered; always where there are none.
    pub asked_if: Vec<Given>,
    /// Kinds of task whose latest answer to the question of the same name stands here until somebody answers anew:
    /// about the same person, else about the case as a whole.
    pub from: Vec<String>,
    /// Whether its answer may be told in messages that rest on the task; never free text.
    pub told: bool,
    /// What the answer becomes, beyond a fact about the task.
    pub sets: Option<Sets>,
    /// The least and the most that a number may be.
    pub between: Option<(i64, i64)>,
    /// On which side of today a date must lie.
    pub day: Option<Side>,
}

/// What may be answered to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Yes or no.
    YesNo,
    /// Text.
    Text,
    /// A whole number.
    Number,
    /// A day.
    Date,
    /// Days and spans of days.
    Dates,
    /// One of these.
    OneOf(Vec<Choice>),
    /// Any of these.
    AnyOf(Vec<Choice>),
    /// An entry of the contact directory, by its id.
    Entry(DirectoryKind),
}

words! {
    /// On which side of today a date must lie; today is on both.
    pub enum Side as "side of today" {
        /// It was, or is today.
        Past = "past",
        /// It is today, or will be.
        Future = "future",
    }
}

/// What answers are checked against beside the form.
#[derive(Debug, Clone, Copy)]
pub struct Against<'a> {
    /// Today, Europe/London.
    pub today: NaiveDate,
    /// The contact directory.
    pub directory: &'a [DirectoryEntry],
}

/// One of several answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its word: what is answered.
    pub word: String,
    /// What it is called for people.
    pub title: String,
}

/// When a question must be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Required {
    /// Never.
    No,
    /// However the task ends.
    Yes,
    /// Where the task ends in, or is tried with, one of these outcomes.
    For(Vec<String>),
}

/// An answer that was given: a question and one of its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The question.
    pub question: String,
    /// The word; `yes` or `no` for a question that takes these.
    pub word: String,
}

words! {
    /// What an answer becomes for the person whom the task is about.
    pub enum Sets as "what an answer sets" {
        /// The days on which they cannot come to court; an empty list says that they can come on any.
        Unavailable = "unavailable",
        /// The ways in which they may not be reached.
        UnsafeChannels = "unsafe-channels",
        /// Special measures that they want or need.
        MeasuresWanted = "measures-wanted",
        /// Special measures that the court was asked for.
        MeasuresAppliedFor = "measures-applied-for",
        /// Special measures that the court granted.
        MeasuresGranted = "measures-granted",
        /// Special measures that the court refused.
        MeasuresRefused = "measures-refused",
    }
}

impl Sets {
    /// The state to which it brings special measures, where it is about these.
    #[must_use]
    pub fn measures(self) -> Option<MeasureState> {
        match self {
            Self::Unavailable | Self::UnsafeChannels => None,
            Self::MeasuresWanted => Some(MeasureState::Wanted),
            Self::MeasuresAppliedFor => Some(MeasureState::AppliedFor),
            Self::MeasuresGranted => Some(MeasureState::Granted),
            Self::MeasuresRefused => Some(MeasureState::Refused),
        }
    }
}

/// An answer that cannot be taken, or is wanting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The question.
    pub question: String,
    /// What is wrong, and what was expected.
    pub problem: String,
    /// Whether it is wanting.
    pub missing: bool,
}

/// What rules may know of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answered {
    /// These words were chosen; `yes` or `no` for a question that takes these.
    Words(Vec<String>),
    /// A day.
    Day(NaiveDate),
    /// A whole number.
    Number(i64),
    /// Something was written, or days were named.
    Something,
}

impl Answer {
    /// The words that may be answered.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let (plain, choices): (&[&str], &[Choice]) = match self {
            Self::YesNo => (&["yes", "no"], &[]),
            Self::OneOf(choices) | Self::AnyOf(choices) => (&[], choices),
            Self::Text | Self::Number | Self::Date | Self::Dates | Self::Entry(_) => (&[], &[]),
        };
        plain.iter().copied().chain(choices.iter().map(|choice| choice.word.as_str()))
    }

    /// What was expected instead, if `value` cannot be taken.
    fn expected(&self, value: &Value) -> Option<String> {
        let known =
            |value: &Value| value.as_str().is_some_and(|word| self.words().any(|known| known == word));
        let words = || self.words().collect::<Vec<_>>().join(", ");
        let (fits, expected) = match self {
            Self::YesNo => (value.is_boolean(), "yes or no (true or false)".to_owned()),
            Self::Text => (value.is_string(), "text".to_owned()),
            Self::Number => (value.is_i64(), "a whole number".to_owned()),
            Self::Date => (day(value).is_some(), "a date, YYYY-MM-DD".to_owned()),
            Self::Entry(kind) => {
                (entry(value).is_some(), format!("the id of a {kind} of the contact directory"))
            }
            Self::Dates => (
                days(value).is_some(),
                "a list of dates, YYYY-MM-DD, and of spans of days, YYYY-MM-DD/YYYY-MM-DD".to_owned(),
            ),
            Self::OneOf(_) => (known(value), format!("one of {}", words())),
            Self::AnyOf(_) => (
                value.as_array().is_some_and(|values| values.iter().all(known)),
                format!("a list of any of {}", words()),
            ),
        };
        (!fits).then_some(expected)
    }

    /// What rules may know of `value`, where it can be taken.
    fn known(&self, value: &Value) -> Option<Answered> {
        Some(match self {
            Self::YesNo => Answered::Words(vec![if value.as_bool()? { "yes" } else { "no" }.to_owned()]),
            Self::Text => {
                value.as_str().filter(|text| !text.trim().is_empty())?;
                Answered::Something
            }
            Self::Number => Answered::Number(value.as_i64()?),
            Self::Date => Answered::Day(day(value)?),
            Self::Dates => {
                days(value)?;
                Answered::Something
            }
            Self::OneOf(_) => Answered::Words(vec![value.as_str()?.to_owned()]),
            Self::AnyOf(_) => {
                let words = value.as_array()?.iter().filter_map(Value::as_str);
                Answered::Words(words.map(str::to_owned).collect())
            }
            Self::Entry(_) => {
                entry(value)?;
                Answered::Something
            }
        })
    }
}

/// The entry of the directory that answers a question.
#[must_use]
pub fn entry(value: &Value) -> Option<DirectoryId> {
    value.as_str()?.parse().ok()
}

fn day(value: &Value) -> Option<NaiveDate> {
    value.as_str()?.parse().ok()
}

fn days(value: &Value) -> Option<Vec<Days>> {
    value.as_array()?.iter().map(|value| value.as_str()?.parse().ok()).collect()
}

impl Question {
    /// What was expected instead, if `value` cannot be taken.
    fn expected(&self, value: &Value, against: Against<'_>) -> Option<String> {
        if let Some(expected) = self.answer.expected(value) {
            return Some(expected);
        }
        if let (Some((least, most)), Some(number)) = (self.between, value.as_i64())
            && !(least..=most).contains(&number)
        {
            return Some(format!("a number from {least} to {most}"));
        }
        if let (Some(side), Some(day)) = (self.day, day(value)) {
            let today = against.today;
            return match side {
                Side::Past if day > today => Some(format!("a day that is not after today, {today}")),
                Side::Future if day < today => Some(format!("a day that is not before today, {today}")),
                _ => None,
            };
        }
        if let (Answer::Entry(kind), Some(id)) = (&self.answer, entry(value)) {
            let known = against.directory.iter().any(|held| held.id == id && held.kind == *kind);
            return (!known).then(|| format!("the id of a {kind} of the contact directory"));
        }
        None
    }

    /// Whether it is asked, given these answers.
    #[must_use]
    pub fn is_asked(&self, form: &[Self], answers: &Answers) -> bool {
        let given = |given: &Given| {
            let question = form.iter().find(|question| question.name == given.question);
            question
                .and_then(|question| question.answer.known(answers.get(&question.name)?))
                .is_some_and(|known| known.chose(&given.word))
        };
        self.asked_if.is_empty() || self.asked_if.iter().any(given)
    }
}

impl Answered {
    /// Whether `word` was chosen.
    #[must_use]
    pub fn chose(&self, word: &str) -> bool {
        matches!(self, Self::Words(words) if words.iter().any(|chosen| chosen == word))
    }
}

/// Everything that is wrong with the answers `given` to a form.
#[must_use]
pub fn check(form: &[Question], given: &Answers, against: Against<'_>) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    for (name, answer) in given {
        let problem = match form.iter().find(|question| question.name == *name) {
            None => Some("there is no such question in the form".to_owned()),
            Some(question) => {
                question.expected(answer, against).map(|expected| format!("expected {expected}"))
            }
        };
        wrong.extend(problem.map(|problem| Wrong { question: name.clone(), problem, missing: false }));
    }
    wrong
}

/// The questions that are asked, must be answered for this outcome, and are not. What is always required is wanted only
/// where the outcome `ends` the task.
#[must_use]
pub fn missing(form: &[Question], answers: &Answers, outcome: &str, ends: bool) -> Vec<Wrong> {
    let needed = |question: &&Question| {
        let required = match &question.required {
            Required::No => false,
            Required::Yes => ends,
            Required::For(outcomes) => outcomes.iter().any(|known| known == outcome),
        };
        required && question.is_asked(form, answers)
    };
    let unanswered = |question: &&Question| {
        let answer = answers.get(&question.name);
        answer.and_then(|answer| question.answer.known(answer)).is_none()
    };
    let wrong = |question: &Question| Wrong {
        question: question.name.clone(),
        problem: format!("must be answered: {}", question.asks),
        missing: true,
    };
    form.iter().filter(needed).filter(unanswered).map(wrong).collect()
}

/// What rules may know of the answers to a form: of those that are asked.
#[must_use]
pub fn known(form: &[Question], answers: &Answers) -> BTreeMap<String, Answered> {
    if answers.is_empty() {
        return BTreeMap::new();
    }
    let asked = form.iter().filter(|question| question.is_asked(form, answers));
    let known = asked.filter_map(|question| {
        let known = question.answer.known(answers.get(&question.name)?)?;
        Some((question.name.clone(), known))
    });
    known.collect()
}

/// An answer as it is told to people: what was chosen in words, a day or number as given; nothing of free text.
#[must_use]
pub fn told(question: &Question, answers: &Answers) -> Vec<String> {
    let known = answers.get(&question.name).and_then(|answer| question.answer.known(answer));
    let title = |word: &String| match &question.answer {
        Answer::OneOf(choices) | Answer::AnyOf(choices) => choices
            .iter()
            .find(|choice| choice.word == *word)
            .map_or_else(|| word.clone(), |choice| choice.title.clone()),
        _ => word.clone(),
    };
    match known {
        Some(Answered::Words(words)) => words.iter().map(title).collect(),
        Some(Answered::Day(day)) => vec![crate::domain::london::written_date(day)],
        Some(Answered::Number(number)) => vec![number.to_string()],
        Some(Answered::Something) | None => Vec::new(),
    }
}

/// The days of an answer that sets when somebody cannot come.
#[must_use]
pub fn unavailable(answer: &Value) -> Vec<Days> {
    days(answer).unwrap_or_default()
}

/// The channels of an answer that sets how somebody may not be reached.
#[must_use]
pub fn channels(answer: &Value) -> Vec<Channel> {
    let words = answer.as_array().into_iter().flatten().filter_map(Value::as_str);
    words.filter_map(Channel::from_word).collect()
}

/// The special measures of an answer that sets them.
#[must_use]
pub fn measures(answer: &Value) -> Vec<MeasureKind> {
    let words = answer.as_array().into_iter().flatten().filter_map(Value::as_str);
    words.filter_map(MeasureKind::from_word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn question(name: &str, answer: Answer) -> Question {
        Question {
            name: name.to_owned(),
            asks: format!("{name}?"),
            answer,
            required: Required::No,
            asked_if: Vec::new(),
            from: Vec::new(),
            told: false,
            sets: None,
            between: None,
            day: None,
        }
    }

    const NOW: Against<'static> =
        Against { today: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(), directory: &[] };

    fn choices(words: &[&str]) -> Vec<Choice> {
        words.iter().map(|word| Choice { word: (*word).to_owned(), title: (*word).to_owned() }).collect()
    }

    fn form() -> Vec<Question> {
        let given = Given { question: "support".to_owned(), word: "idva".to_owned() };
        vec![
            question("support", Answer::AnyOf(choices(&["idva", "isva"]))),
            Question {
                required: Required::For(vec!["done".to_owned()]),
                asked_if: vec![given],
                ..question("agreed", Answer::YesNo)
            },
            question("away", Answer::Dates),
            question("note", Answer::Text),
        ]
    }

    fn answers(value: Value) -> Answers {
        value.as_object().unwrap().clone().into_iter().collect()
    }

    #[test]
    fn every_answer_that_cannot_be_taken_is_told_at_once() {
        let given =
            answers(json!({ "support": ["idva", "nobody"], "agreed": "yes", "away": ["soon"], "x": 1 }));
        let wrong = check(&form(), &given, NOW);
        let fields: Vec<&str> = wrong.iter().map(|wrong| wrong.question.as_str()).collect();
        assert_eq!(fields, ["agreed", "away", "support", "x"]);
    }

    #[test]
    fn a_number_and_a_day_keep_within_their_bounds() {
        let form = [
            Question { between: Some((0, 24)), ..question("ticks", Answer::Number) },
            Question { day: Some(Side::Past), ..question("agreed-on", Answer::Date) },
            Question { day: Some(Side::Future), ..question("look-again", Answer::Date) },
        ];
        let right = answers(json!({ "ticks": 24, "agreed-on": "2026-11-23", "look-again": "2026-11-23" }));
        assert_eq!(check(&form, &right, NOW), []);
        let wrong = answers(json!({ "ticks": -5, "agreed-on": "2026-12-30", "look-again": "2020-01-01" }));
        let told: Vec<String> = check(&form, &wrong, NOW).into_iter().map(|wrong| wrong.problem).collect();
        assert_eq!(
            told,
            [
                "expected a day that is not after today, 2026-11-23",
                "expected a day that is not before today, 2026-11-23",
                "expected a number from 0 to 24",
            ]
        );
    }

    #[test]
    fn an_entry_of_the_directory_must_be_there_and_of_its_kind() {
        let form = [question("prison", Answer::Entry(DirectoryKind::Prison))];
        let given = answers(json!({ "prison": "00000000-0000-4000-8000-000000000001" }));
        let told = check(&form, &given, NOW);
        assert_eq!(told[0].problem, "expected the id of a prison of the contact directory");
    }

    #[test]
    fn a_question_is_wanted_only_where_it_is_asked_and_for_the_outcomes_that_want_it() {
        let chosen = answers(json!({ "support": ["idva"] }));
        assert_eq!(missing(&form(), &chosen, "done", true).len(), 1);
        assert_eq!(missing(&form(), &chosen, "declined", true), []);
        assert_eq!(missing(&form(), &answers(json!({ "support": ["isva"] })), "done", true), []);
    }

    #[test]
    fn rules_learn_that_something_was_written_and_never_what() {
        let known =
            known(&form(), &answers(json!({ "note": "a name", "support": ["isva"], "agreed": true })));
        assert_eq!(known.get("note"), Some(&Answered::Something));
        assert!(known["support"].chose("isva"));
        assert_eq!(known.get("agreed"), None, "it was not asked");
    }
}
