//! Tasks, their forms, and duties.

use super::explanation::explanations;
use super::field::{number, shown, texts, timestamp, timestamp_of};
use crate::domain::duty::Duty;
use crate::domain::ids::CaseId;
use crate::domain::task::Task;
use crate::grpc::pb;
use crate::grpc::refused::Refused;
use crate::rules::form::{Answer, Choice, Question, Required, Side};
use crate::rules::pack::TaskKind;
use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value};
use std::collections::BTreeMap;

/// What is shown of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// All of it.
    Whole,
    /// Without title and answers: for those who run usher.
    Bare,
}

/// A task on the wire, with its title as rendered for the caller and what its case is known by.
#[must_use]
pub fn task(task: &Task, title: String, label: &str, body: Body) -> pb::Task {
    let whole = body == Body::Whole;
    let attempt = |attempt: &crate::domain::task::Attempt| pb::Attempt {
        at: Some(timestamp(attempt.at)),
        staff_id: shown(attempt.by),
        outcome: attempt.outcome.clone(),
    };
    pb::Task {
        id: task.id.to_string(),
        case_id: shown(task.case),
        key: task.key.clone(),
        kind: task.kind.clone(),
        title: if whole { title } else { String::new() },
        participant_id: shown(task.about),
        hearing_id: shown(task.hearing),
        state: number(task.state),
        priority: number(task.priority),
        assignee_id: shown(task.assignee),
        team_id: shown(task.team),
        assigned_because: if whole { task.assigned_because.clone() } else { String::new() },
        target_at: timestamp_of(task.target_at),
        due_at: timestamp_of(task.due_at),
        waits_for: task.waits_for.clone().unwrap_or_default(),
        next_attempt_at: timestamp_of(task.next_attempt_at),
        deferred_until: timestamp_of(task.deferred_until),
        raised_at: Some(timestamp(task.raised_at)),
        ended_at: timestamp_of(task.ended_at),
        outcome: task.outcome.clone().unwrap_or_default(),
        attempts: task.attempts.iter().map(attempt).collect(),
        answers: whole.then(|| answers(&task.answers)),
        draft_ids: texts(&task.drafts),
        pack_hash: task.pack.clone(),
        version: task.version,
        case_label: label.to_owned(),
    }
}

/// A duty on the wire.
#[must_use]
pub fn duty(case: CaseId, duty: &Duty, body: Body) -> pb::Duty {
    pb::Duty {
        id: duty.id.to_string(),
        case_id: case.to_string(),
        key: duty.key.clone(),
        kind: duty.kind.clone(),
        participant_id: duty.to.to_string(),
        state: number(duty.state),
        priority: number(duty.priority),
        target_at: timestamp_of(duty.target_at),
        due_at: timestamp_of(duty.due_at),
        waits_for: duty.waits_for.clone().unwrap_or_default(),
        task_id: shown(duty.task),
        arose_at: Some(timestamp(duty.arose_at)),
        met: duty.met.as_ref().map(|met| pb::Met {
            at: Some(timestamp(met.at)),
            channel: met.channel.clone(),
            staff_id: shown(met.by),
            words: if body == Body::Whole { met.words.clone().unwrap_or_default() } else { String::new() },
        }),
        because: explanations(&duty.because),
        case_label: String::new(),
    }
}

/// What a kind asks of whoever does the task.
#[must_use]
pub fn form(kind: &TaskKind) -> pb::TaskForm {
    let outcomes = |ends: bool| {
        let fitting = kind.outcomes.iter().filter(move |(_, outcome)| outcome.ends == ends);
        fitting.map(|(word, _)| word.clone()).collect()
    };
    pb::TaskForm {
        gathers: kind.gathers,
        guidance: kind.guidance.clone().unwrap_or_default(),
        outcomes: outcomes(true),
        attempt_outcomes: outcomes(false),
        questions: kind.form.iter().map(question).collect(),
        choices: [true, false]
            .into_iter()
            .flat_map(|ends| kind.outcomes.iter().filter(move |(_, outcome)| outcome.ends == ends))
            .map(|(word, outcome)| pb::OutcomeChoice {
                word: word.clone(),
                label: outcome.title.clone(),
                ends: outcome.ends,
                meets: outcome.meets,
            })
            .collect(),
    }
}

fn question(question: &Question) -> pb::Question {
    use pb::AnswerType;
    let (answer, choices): (_, &[Choice]) = match &question.answer {
        Answer::Text => (AnswerType::Text, &[]),
        Answer::YesNo => (AnswerType::YesNo, &[]),
        Answer::Number => (AnswerType::Number, &[]),
        Answer::Date => (AnswerType::Date, &[]),
        Answer::Dates => (AnswerType::Dates, &[]),
        Answer::OneOf(choices) => (AnswerType::Choice, choices),
        Answer::AnyOf(choices) => (AnswerType::Choices, choices),
        Answer::Entry(_) => (AnswerType::Entry, &[]),
    };
    pb::Question {
        name: question.name.clone(),
        label: question.asks.clone(),
        answer_type: answer as i32,
        choices: choices.iter().map(|choice| choice.word.clone()).collect(),
        required: question.required == Required::Yes,
        required_for: match &question.required {
            Required::For(outcomes) => outcomes.clone(),
            Required::No | Required::Yes => Vec::new(),
        },
        choice_labels: choices.iter().map(|choice| choice.title.clone()).collect(),
        asked_if: question
            .asked_if
            .iter()
            .map(|given| format!("{}/{}", given.question, given.word))
            .collect(),
        directory_kind: match question.answer {
            Answer::Entry(kind) => number(kind),
            _ => 0,
        },
        bounded: question.between.is_some(),
        least: question.between.map_or(0, |(least, _)| least),
        most: question.between.map_or(0, |(_, most)| most),
        date_side: match question.day {
            None => pb::DateSide::Unspecified,
            Some(Side::Past) => pb::DateSide::Past,
            Some(Side::Future) => pb::DateSide::Future,
        } as i32,
    }
}

fn answers(answers: &BTreeMap<String, serde_json::Value>) -> Struct {
    Struct { fields: answers.iter().map(|(name, answer)| (name.clone(), answer_of(answer))).collect() }
}

fn answer_of(answer: &serde_json::Value) -> Value {
    let kind = match answer {
        serde_json::Value::Null => Kind::NullValue(0),
        serde_json::Value::Bool(value) => Kind::BoolValue(*value),
        serde_json::Value::Number(value) => Kind::NumberValue(value.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(value) => Kind::StringValue(value.clone()),
        serde_json::Value::Array(values) => {
            Kind::ListValue(ListValue { values: values.iter().map(answer_of).collect() })
        }
        serde_json::Value::Object(fields) => Kind::StructValue(Struct {
            fields: fields.iter().map(|(name, value)| (name.clone(), answer_of(value))).collect(),
        }),
    };
    Value { kind: Some(kind) }
}

/// How many answers may come.
const ANSWERS_MAX: usize = 200;

/// Answers by name. Whole numbers come as whole numbers, which the wire does not tell apart.
///
/// # Errors
/// [`Refused`] for an answer that no question can take.
pub fn answers_from(
    at: &str,
    given: Option<&Struct>,
) -> Result<BTreeMap<String, serde_json::Value>, Refused> {
    let Some(given) = given else { return Ok(BTreeMap::new()) };
    if given.fields.len() > ANSWERS_MAX {
        return Err(Refused::invalid(at, format!("must hold at most {ANSWERS_MAX} answers")));
    }
    let wrong = || Refused::invalid(at, "an answer must be a text, a number, a boolean or a list of texts");
    let plain = |value: &Value| match &value.kind {
        Some(Kind::StringValue(text)) if text.len() <= super::field::WORDS_MAX * 4 => {
            Some(text.clone().into())
        }
        Some(Kind::BoolValue(value)) => Some((*value).into()),
        Some(Kind::NumberValue(number)) if number.fract() == 0.0 && number.abs() < 9e15 =>
        {
            #[allow(clippy::cast_possible_truncation, reason = "it is whole and small, as was just asked")]
            Some((*number as i64).into())
        }
        Some(Kind::NumberValue(number)) => Some((*number).into()),
        _ => None,
    };
    let mut answers = BTreeMap::new();
    for (name, value) in &given.fields {
        let answer: serde_json::Value = match &value.kind {
            Some(Kind::ListValue(list)) => list
                .values
                .iter()
                .map(|one| plain(one).ok_or_else(wrong))
                .collect::<Result<Vec<_>, _>>()?
                .into(),
            _ => plain(value).ok_or_else(wrong)?,
        };
        answers.insert(name.clone(), answer);
    }
    Ok(answers)
}
