//! What is wrong with a template, told when the pack is checked: all of it, each with its line and a suggestion.
//!
//! Three looks, each for what the one before cannot see: the engine parses it; every name in it is looked up in the
//! audience's view, on every branch; and it is filled from samples with each optional thing missing in turn, which
//! finds what is printed without an `if` around it.

use super::fields::{Shape, trials};
use super::scan::{Use, uses};
use super::{Failure, Part, SUBJECT_FIELDS, environment, failure, filters, lines, value};
use crate::rules::pack::Template;
use std::collections::BTreeSet;

/// Something wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{which}, line {line}: {message}{}", suggestion.as_ref().map(|word| format!("; did you mean {word:?}?")).unwrap_or_default())]
pub struct TemplateFault {
    /// In which part.
    pub which: Part,
    /// On which line of it, from 1.
    pub line: usize,
    /// What is wrong, and what was expected.
    pub message: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

/// Everything that is wrong with a template, subject first, in order of lines. Empty for a good one.
#[must_use]
pub fn template_faults(template: &Template) -> Vec<TemplateFault> {
    let shape = Shape::of(template.audience);
    let mut faults = BTreeSet::new();
    for (part, source) in [(Part::Subject, &template.subject), (Part::Body, &template.body)] {
        part_faults(template, part, source, &shape, &mut faults);
    }
    if template.subject.trim().is_empty() {
        faults.insert(fault(Part::Subject, 1, "the subject is empty".to_owned(), None));
    }
    if template.body.trim().is_empty() {
        faults.insert(fault(Part::Body, 1, "the text is empty".to_owned(), None));
    }
    if template.marking.trim().is_empty() {
        faults.insert(fault(
            Part::Body,
            1,
            "there is no marking: expected OFFICIAL-SENSITIVE or the like".to_owned(),
            None,
        ));
    }
    faults.into_iter().collect()
}

fn fault(which: Part, line: usize, message: String, suggestion: Option<String>) -> TemplateFault {
    TemplateFault { which, line, message, suggestion }
}

fn part_faults(
    template: &Template,
    part: Part,
    source: &str,
    shape: &Shape,
    faults: &mut BTreeSet<TemplateFault>,
) {
    let environment = environment();
    let marked = lines::marked(source);
    let compiled = match environment.template_from_str(&marked) {
        Ok(compiled) => compiled,
        Err(error) => {
            if let Failure::Syntax { line, detail, .. } = failure(&template.name, part, &error) {
                faults.insert(fault(part, line, format!("does not parse: {detail}"), None));
            }
            return;
        }
    };
    let known = faults.len();
    for (line, used) in uses(source) {
        let found = use_fault(&used, part, shape, template);
        faults.extend(found.map(|(message, suggestion)| fault(part, line, message, suggestion)));
    }
    if faults.len() > known {
        return; // what the samples would say follows from what is said already
    }
    for trial in trials(template.audience) {
        if let Err(error) = compiled.render(value::from_json(trial)) {
            let (line, message) = match failure(&template.name, part, &error) {
                Failure::Unfilled { line, problem, .. } => (line, problem.to_owned()),
                other => (1, other.to_string()),
            };
            faults.insert(fault(part, line, message, None));
        }
    }
}

type Wrong = (String, Option<String>);

fn use_fault(used: &Use, part: Part, shape: &Shape, template: &Template) -> Option<Wrong> {
    match used {
        Use::Field(way) => field_fault(way, part, shape, template).or_else(|| subject_fault(way, part)),
        Use::Loop(way) => match look_up(way, shape) {
            _ if way.is_empty() => Some(("for goes through a field that is a list".to_owned(), None)),
            Ok(Shape::List(_)) => subject_fault(way, part),
            Ok(_) => Some((format!("{} is not a list", shown(way)), None)),
            Err(_) => field_fault(way, part, shape, template),
        },
        Use::UnknownFilter(name) => {
            Some((format!("there is no filter {name}"), nearest(name, &filters::FILTERS)))
        }
        Use::UnknownTest(name) => Some((format!("there is no test {name}"), nearest(name, &filters::TESTS))),
        Use::Function(name) => Some((format!("{name}(…): functions cannot be used"), None)),
        Use::UnknownTag(tag) => Some((
            format!("the tag {tag} cannot be used: there are if and for"),
            nearest(tag, &["if", "for"]),
        )),
        Use::Unsupported(what) => Some(((*what).to_owned(), None)),
    }
}

fn field_fault(way: &[String], part: Part, shape: &Shape, template: &Template) -> Option<Wrong> {
    let (depth, known) = look_up(way, shape).err()?;
    let place = if depth == 0 { format!("the view for {}", template.audience) } else { shown(&way[..depth]) };
    let message = match known {
        Known::Fields(_) => format!("{place} has no field {}", way[depth]),
        Known::List => format!("{place} is a list: go through it with for"),
        Known::Nothing => format!("{place} has no fields of its own"),
    };
    let suggestion = match (&known, part) {
        (Known::Fields(names), Part::Subject) if depth == 0 => nearest(&way[depth], &allowed(names)),
        (Known::Fields(names), _) => nearest(&way[depth], names),
        _ => None,
    };
    Some((message, suggestion))
}

/// The names with which a way to a subject's field may begin.
fn allowed<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let begins = |name: &&&str| SUBJECT_FIELDS.iter().any(|field| field.split('.').next() == Some(**name));
    names.iter().filter(begins).copied().collect()
}

/// A subject may use only what is listed for it. A part on the way to a listed field may be asked about.
fn subject_fault(way: &[String], part: Part) -> Option<Wrong> {
    if part == Part::Body || way.is_empty() {
        return None;
    }
    let way = way.join(".");
    let listed = SUBJECT_FIELDS.iter().any(|field| {
        way == *field || way.starts_with(&format!("{field}.")) || field.starts_with(&format!("{way}."))
    });
    let message = || format!("a subject cannot use {way}: it may use {}", SUBJECT_FIELDS.join(", "));
    (!listed).then(|| (message(), None))
}

/// What is known where a way ends too early.
enum Known<'a> {
    Fields(Vec<&'a str>),
    List,
    Nothing,
}

/// What stands at the end of the way; or how far it leads, and what is there.
fn look_up<'a>(way: &[String], shape: &'a Shape) -> Result<&'a Shape, (usize, Known<'a>)> {
    let mut here = shape;
    for (depth, name) in way.iter().enumerate() {
        here = match here {
            Shape::List(item) if name == "[]" => item,
            Shape::List(_) => return Err((depth, Known::List)),
            Shape::Plain => return Err((depth, Known::Nothing)),
            Shape::Fields(fields) => fields
                .get(name)
                .ok_or_else(|| (depth, Known::Fields(fields.keys().map(String::as_str).collect())))?,
        };
    }
    Ok(here)
}

/// A way as it is written for people: `outcomes` for an item of the list.
fn shown(way: &[String]) -> String {
    let names: Vec<&str> = way.iter().map(String::as_str).filter(|name| *name != "[]").collect();
    names.join(".")
}

/// The name that was probably meant.
fn nearest(name: &str, names: &[&str]) -> Option<String> {
    let scored = names.iter().map(|known| (strsim::damerau_levenshtein(name, known), *known));
    let (distance, known) = scored.min()?;
    (distance <= 1 + name.chars().count() / 3).then(|| known.to_owned())
}
