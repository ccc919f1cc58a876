//! The questions of a kind's form, as inputs, and what was put into them, as answers of the contract.

use super::form::{Faults, Input, Posted, id_of};
use crate::grpc::pb::{AnswerType, DateSide, DirectoryEntry, Question, TaskForm};
use maud::{Markup, html};
use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value};
use std::collections::BTreeMap;

/// What stands before a question's name in the name of its input.
const PREFIX: &str = "answers.";

/// The name of a question's input.
#[must_use]
pub fn input_name(question: &str) -> String {
    format!("{PREFIX}{question}")
}

/// Every question of a form. One that is asked only after another answer says so, and is hidden by the script until then.
/// `entries` are the directory's, for questions that name a body.
#[must_use]
pub fn inputs(form: &TaskForm, entries: &[DirectoryEntry], posted: &Posted, faults: &Faults) -> Markup {
    html! { @for question in &form.questions { (input(form, question, entries, posted, faults)) } }
}

fn input(
    form: &TaskForm,
    question: &Question,
    entries: &[DirectoryEntry],
    posted: &Posted,
    faults: &Faults,
) -> Markup {
    let name = input_name(&question.name);
    let hint = hint(form, question);
    let shown = Input {
        name: &name,
        label: &question.label,
        hint: &hint,
        required: question.required || !question.required_for.is_empty(),
    };
    let choices = || -> Vec<(String, String)> {
        question.choices.iter().cloned().zip(question.choice_labels.iter().cloned()).collect()
    };
    let yes_no = || vec![("true".to_owned(), "Yes".to_owned()), ("false".to_owned(), "No".to_owned())];
    let control = match question.answer_type() {
        AnswerType::Unspecified | AnswerType::Text => shown.lines(2, posted, faults),
        AnswerType::YesNo => shown.choices(false, &yes_no(), posted, faults),
        AnswerType::Number => shown.line("number", posted, faults),
        AnswerType::Date => shown.line("date", posted, faults),
        AnswerType::Dates => shown.lines(3, posted, faults),
        AnswerType::Choice if question.choices.len() > 8 => {
            shown.select("Choose", &choices(), posted, faults)
        }
        AnswerType::Choice => shown.choices(false, &choices(), posted, faults),
        AnswerType::Choices => shown.choices(true, &choices(), posted, faults),
        AnswerType::Entry => {
            let fitting = entries.iter().filter(|entry| entry.kind == question.directory_kind);
            let fitting: Vec<_> = fitting.map(|entry| (entry.id.clone(), entry.name.clone())).collect();
            shown.select("Choose", &fitting, posted, faults)
        }
    };
    let asked_if =
        question.asked_if.iter().map(|given| format!("{PREFIX}{given}")).collect::<Vec<_>>().join(" ");
    html! { div.question data-asked-if=[(!asked_if.is_empty()).then_some(asked_if)] id=(format!("{}-question", id_of(&name))) { (control) } }
}

/// What is expected of an answer, in words.
fn hint(form: &TaskForm, question: &Question) -> String {
    let mut parts = Vec::new();
    if !question.asked_if.is_empty() {
        let given: Vec<String> = question.asked_if.iter().map(|given| given_in_words(form, given)).collect();
        parts.push(format!("Only if {}", given.join(", or ")));
    }
    if question.bounded {
        parts.push(format!("{} to {}", question.least, question.most));
    }
    match question.date_side() {
        DateSide::Past => parts.push("Today or earlier".to_owned()),
        DateSide::Future => parts.push("Today or later".to_owned()),
        DateSide::Unspecified => {}
    }
    if question.answer_type() == AnswerType::Dates {
        parts.push("One date on each line, such as 24/12/2026; a span as 24/12/2026 to 2/1/2027".to_owned());
    }
    if !question.required_for.is_empty() {
        let label = |word: &String| {
            form.choices
                .iter()
                .find(|choice| choice.word == *word)
                .map_or(word.clone(), |choice| choice.label.clone())
        };
        let outcomes: Vec<String> = question.required_for.iter().map(label).collect();
        parts.push(format!("Needed for: {}", outcomes.join(", ")));
    }
    parts.join(". ")
}

/// `question/word` as people read it: the question, and the answer's label.
fn given_in_words(form: &TaskForm, given: &str) -> String {
    let (name, word) = given.split_once('/').unwrap_or((given, ""));
    let Some(question) = form.questions.iter().find(|question| question.name == name) else {
        return given.to_owned();
    };
    let label = question.choices.iter().position(|choice| choice == word);
    let label = label.and_then(|nth| question.choice_labels.get(nth)).map_or(word, String::as_str);
    let label = match label {
        "true" => "yes",
        "false" => "no",
        label => label,
    };
    format!("“{}” is answered with “{label}”", question.label.trim_end_matches('?'))
}

/// What was put into a form's inputs, as answers; what was left empty is no answer.
///
/// # Errors
/// What cannot be read, beside its input.
pub fn answers(form: &TaskForm, posted: &Posted) -> Result<Struct, Faults> {
    let (mut fields, mut faults) = (BTreeMap::new(), Faults::none());
    for question in &form.questions {
        let name = input_name(&question.name);
        let text = posted.get(&name);
        let kind = match question.answer_type() {
            AnswerType::Choices => {
                let values: Vec<Value> = posted.all(&name).map(text_value).collect();
                (!values.is_empty()).then_some(Ok(Kind::ListValue(ListValue { values })))
            }
            _ if text.is_empty() => None,
            AnswerType::YesNo => Some(Ok(Kind::BoolValue(text == "true"))),
            AnswerType::Number => {
                let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
                Some(number.map(Kind::NumberValue).ok_or("Enter a number"))
            }
            AnswerType::Dates => Some(dates(text)),
            _ => Some(Ok(Kind::StringValue(text.to_owned()))),
        };
        match kind {
            Some(Ok(kind)) => drop(fields.insert(question.name.clone(), Value { kind: Some(kind) })),
            Some(Err(expected)) => faults.field(&name, expected),
            None => {}
        }
    }
    if faults.is_none() { Ok(Struct { fields }) } else { Err(faults) }
}

fn text_value(text: &str) -> Value {
    Value { kind: Some(Kind::StringValue(text.to_owned())) }
}

/// Dates as people write them, a line or a comma each, with spans: every day of a span is a date.
fn dates(text: &str) -> Result<Kind, &'static str> {
    const WRONG: &str = "Enter dates such as 24/12/2026, one on each line";
    let mut days = Vec::new();
    for part in text.split(['\n', ',', ';']).map(str::trim).filter(|part| !part.is_empty()) {
        let (from, to) = part.split_once(" to ").unwrap_or((part, part));
        let (from, to) = (british(from).ok_or(WRONG)?, british(to).ok_or(WRONG)?);
        if to < from || (to - from).num_days() > 366 {
            return Err("Enter spans that end after they begin, within a year");
        }
        days.extend(from.iter_days().take_while(|day| *day <= to));
    }
    days.sort_unstable();
    days.dedup();
    let values = days.iter().map(|day| text_value(&day.to_string())).collect();
    Ok(Kind::ListValue(ListValue { values }))
}

/// A date as the British write it, or as ISO 8601 does.
#[must_use]
pub fn british(text: &str) -> Option<chrono::NaiveDate> {
    let text = text.trim();
    ["%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d", "%d %B %Y", "%d %b %Y"]
        .iter()
        .find_map(|shape| chrono::NaiveDate::parse_from_str(text, shape).ok())
}

/// What stands for a task's questions, as its form shows it.
pub fn fill(posted: &mut Posted, form: &TaskForm, answers: Option<&Struct>) {
    let Some(answers) = answers else { return };
    for question in &form.questions {
        let name = input_name(&question.name);
        let Some(kind) = answers.fields.get(&question.name).and_then(|value| value.kind.as_ref()) else {
            continue;
        };
        match kind {
            Kind::ListValue(list) if question.answer_type() == AnswerType::Dates => {
                posted.set(&name, list.values.iter().filter_map(shown).collect::<Vec<_>>().join("\n"));
            }
            Kind::ListValue(list) => {
                for value in list.values.iter().filter_map(shown) {
                    posted.add(&name, value);
                }
            }
            _ => {
                if let Some(text) = shown(&Value { kind: Some(kind.clone()) }) {
                    posted.set(&name, text);
                }
            }
        }
    }
}

/// An answer as text.
#[must_use]
pub fn shown(value: &Value) -> Option<String> {
    match value.kind.as_ref()? {
        Kind::StringValue(text) => Some(text.clone()),
        Kind::BoolValue(value) => Some(value.to_string()),
        Kind::NumberValue(number) => Some(number.to_string()),
        Kind::ListValue(list) => Some(list.values.iter().filter_map(shown).collect::<Vec<_>>().join(", ")),
        Kind::NullValue(_) | Kind::StructValue(_) => None,
    }
}

/// The answers that were given, as people read them: the question's label and the answer's.
#[must_use]
pub fn given(form: &TaskForm, answers: Option<&Struct>, entries: &[DirectoryEntry]) -> Vec<(String, String)> {
    let Some(answers) = answers else { return Vec::new() };
    let label_of = |question: &Question, word: &str| {
        let nth = question.choices.iter().position(|choice| choice == word);
        let label = nth.and_then(|nth| question.choice_labels.get(nth)).cloned();
        let entry = || entries.iter().find(|entry| entry.id == word).map(|entry| entry.name.clone());
        let day = || super::clocks::day(word).map(crate::domain::london::human_date);
        label.or_else(entry).or_else(day).unwrap_or_else(|| match word {
            "true" => "Yes".to_owned(),
            "false" => "No".to_owned(),
            word => word.to_owned(),
        })
    };
    form.questions
        .iter()
        .filter_map(|question| {
            let value = answers.fields.get(&question.name)?;
            let words: Vec<String> = match value.kind.as_ref()? {
                Kind::ListValue(list) => list.values.iter().filter_map(shown).collect(),
                _ => vec![shown(value)?],
            };
            let words: Vec<String> = words.iter().map(|word| label_of(question, word)).collect();
            Some((question.label.clone(), words.join(", ")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: &str, answer: AnswerType) -> Question {
        Question {
            name: name.to_owned(),
            label: name.to_owned(),
            answer_type: answer as i32,
            ..Question::default()
        }
    }

    #[test]
    fn what_was_typed_becomes_answers_and_stands_in_the_form_again() {
        let form = TaskForm {
            questions: vec![
                asked("count", AnswerType::Number),
                asked("agrees", AnswerType::YesNo),
                asked("away", AnswerType::Dates),
                asked("needs", AnswerType::Choices),
                asked("empty", AnswerType::Text),
            ],
            ..TaskForm::default()
        };
        let posted = Posted::parse(
            "answers.count=3&answers.agrees=false&answers.away=24/12/2026+to+26/12/2026%0D%0A1/1/2027\
             &answers.needs=screens&answers.needs=travel&answers.empty=+",
        );
        let read = answers(&form, &posted).unwrap();
        assert!(!read.fields.contains_key("empty"));
        assert_eq!(shown(&read.fields["away"]).unwrap(), "2026-12-24, 2026-12-25, 2026-12-26, 2027-01-01");
        let mut again = Posted::default();
        fill(&mut again, &form, Some(&read));
        assert_eq!(again.get("answers.count"), "3");
        assert_eq!(again.all("answers.needs").collect::<Vec<_>>(), ["screens", "travel"]);
        assert_eq!(answers(&form, &again).unwrap(), read);
    }

    #[test]
    fn what_cannot_be_read_is_told_beside_its_input() {
        let form = TaskForm {
            questions: vec![asked("count", AnswerType::Number), asked("away", AnswerType::Dates)],
            ..TaskForm::default()
        };
        let faults =
            answers(&form, &Posted::parse("answers.count=three&answers.away=31/2/2027")).unwrap_err();
        assert!(faults.is_about("answers.count") && faults.is_about("answers.away"));
    }
}
