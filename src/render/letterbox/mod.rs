//! A pack's templates, compiled once, and the one way to fill them.
//!
//! The language is a small part of Jinja: `{{ field|filter }}`, `if`, `for … in` and comments. No includes, no
//! assignments, no functions, no built-in filter that could hide a missing value. Undefined is an error, an absent
//! optional value is an error where it is printed, and every filling has a limit, so that a template can neither
//! say "Dear none" nor run for ever.

mod check;
mod fields;
mod filters;
mod lines;
mod private;
mod scan;
mod subject_line;
mod value;

#[cfg(test)]
mod tests;

pub use check::{TemplateFault, template_faults};
pub use private::Private;
pub use subject_line::SUBJECT_FIELDS;

use super::view::View;
use crate::domain::message::Audience;
use crate::rules::pack::Template;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};
use std::fmt;

/// Steps that one filling of a template may take: a form for a trial with hundreds of witnesses takes a few thousand.
const STEPS_MAX: u64 = 100_000;
/// Longest subject in characters, its reference and court included.
const SUBJECT_CHARS_MAX: usize = 200;
/// Longest text in bytes: some forty pages.
const TEXT_BYTES_MAX: usize = 128 * 1024;

/// A part of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// `subject.txt`.
    Subject,
    /// `body.txt`.
    Body,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Subject => "subject",
            Self::Body => "body",
        })
    }
}

/// A message as it will be read. Personal data: never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject, on one line.
    pub subject: String,
    /// The text, with the unit's contact line and the marking at its end.
    pub text: String,
}

impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rendered(…)")
    }
}

/// Why a template could not be filled. Names the template, the part and the line, never a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The letterbox was built from a pack without this template.
    #[error("there is no template {template:?} in this pack")]
    NoTemplate {
        /// Its name.
        template: String,
    },
    /// The template does not parse.
    #[error("{template}: the {part} does not parse at line {line}: {detail}")]
    Syntax {
        /// The template.
        template: String,
        /// Which part of it.
        part: Part,
        /// The line, from 1.
        line: usize,
        /// What was expected.
        detail: String,
    },
    /// The view was made for others.
    #[error("{template} is written for the audience {expected}, and was given a view for {found}")]
    WrongAudience {
        /// The template.
        template: String,
        /// Whom it is written for.
        expected: Audience,
        /// Whose view it was given.
        found: Audience,
    },
    /// A field is missing or empty, or is put to a use it does not have.
    #[error("{template}: the {part} cannot be filled at line {line}: {problem}")]
    Unfilled {
        /// The template.
        template: String,
        /// Which part of it.
        part: Part,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// A limit was reached.
    #[error("{template}: the {part} grew past {limit}: shorten it")]
    TooLong {
        /// The template.
        template: String,
        /// Which part of it.
        part: Part,
        /// The limit.
        limit: &'static str,
    },
    /// The finished subject holds a name or an offence.
    #[error(
        "{template}: the subject would hold a name or an offence; subjects bear references, courts and dates only"
    )]
    SubjectNames {
        /// The template.
        template: String,
    },
    /// The finished subject is empty.
    #[error("{template}: the subject is empty")]
    EmptySubject {
        /// The template.
        template: String,
    },
}

/// A pack's templates, ready to be filled. Build one for each pack.
#[derive(Debug)]
pub struct Letterbox {
    environment: Environment<'static>,
}

impl Letterbox {
    /// Compiles the templates.
    ///
    /// # Errors
    /// Every part that does not parse, in the order of the templates.
    pub fn new<'a>(templates: impl IntoIterator<Item = &'a Template>) -> Result<Self, Vec<Failure>> {
        let mut environment = environment();
        let mut failures = Vec::new();
        for template in templates {
            for (part, source) in [(Part::Subject, &template.subject), (Part::Body, &template.body)] {
                let added = environment.add_template_owned(key(&template.name, part), lines::marked(source));
                failures.extend(added.err().map(|error| failure(&template.name, part, &error)));
            }
        }
        if failures.is_empty() { Ok(Self { environment }) } else { Err(failures) }
    }

    /// Fills a template from a view of its audience. `private` holds what a subject must not contain.
    ///
    /// # Errors
    /// [`Failure`]: nothing half-filled is ever returned.
    pub fn render(&self, template: &Template, view: &View, private: &Private) -> Result<Rendered, Failure> {
        if view.audience() != template.audience {
            return Err(Failure::WrongAudience {
                template: template.name.clone(),
                expected: template.audience,
                found: view.audience(),
            });
        }
        let context = value::of(view);
        let subject = self.fill(template, Part::Subject, &context)?;
        let subject = subject_line::finish(template, &subject, view, private)?;
        let body = self.fill(template, Part::Body, &context)?;
        let text = with_footer(&body, view, &template.marking);
        if text.len() > TEXT_BYTES_MAX {
            let template = template.name.clone();
            return Err(Failure::TooLong { template, part: Part::Body, limit: "128 KiB" });
        }
        Ok(Rendered { subject, text })
    }

    fn fill(&self, template: &Template, part: Part, context: &Value) -> Result<String, Failure> {
        let found = self.environment.get_template(&key(&template.name, part));
        let found = found.map_err(|_| Failure::NoTemplate { template: template.name.clone() })?;
        let filled = found.render(context.clone());
        filled.map_err(|error| failure(&template.name, part, &error))
    }
}

/// The text with its last lines: how to reach the unit, and the marking.
fn with_footer(body: &str, view: &View, marking: &str) -> String {
    let mut text = lines::tidied(body);
    text.push('\n');
    text.push_str(&view.unit().contact_line());
    text.push('\n');
    text.push_str(marking);
    text.push('\n');
    text
}

/// The environment that templates are compiled and checked in: nothing but what is added here.
fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_fuel(Some(STEPS_MAX));
    // The engine's debug mode keeps the values of a failed template, and they are personal data.
    environment.set_debug(false);
    environment.set_formatter(|out, _, printed| value::print(out, printed));
    filters::add_to(&mut environment);
    environment
}

fn key(template: &str, part: Part) -> String {
    format!("{template}/{part}")
}

/// An engine's error in our words. Its own detail is kept for syntax alone, where it speaks of the template; at
/// filling it may repeat a value.
fn failure(template: &str, part: Part, error: &Error) -> Failure {
    let template = template.to_owned();
    let line = error.line().unwrap_or(1);
    let problem = match error.kind() {
        ErrorKind::SyntaxError | ErrorKind::BadEscape => {
            let detail = error.detail().unwrap_or("the syntax is wrong").to_owned();
            return Failure::Syntax { template, part, line, detail };
        }
        ErrorKind::OutOfFuel => return Failure::TooLong { template, part, limit: "100,000 steps" },
        ErrorKind::UndefinedError => {
            "the audience's view has no such field, or it is part of something absent"
        }
        ErrorKind::UnknownFilter => "there is no such filter",
        ErrorKind::UnknownTest => "there is no such test",
        ErrorKind::UnknownFunction | ErrorKind::UnknownMethod => "functions cannot be used",
        ErrorKind::TemplateNotFound | ErrorKind::BadInclude => "other templates cannot be included",
        ErrorKind::InvalidOperation if error.detail() == Some(value::ABSENT) => value::ABSENT,
        ErrorKind::InvalidOperation if error.detail() == Some(value::NOT_PRINTABLE) => value::NOT_PRINTABLE,
        ErrorKind::InvalidOperation if error.detail() == Some(filters::NO_TIME) => filters::NO_TIME,
        ErrorKind::InvalidOperation if error.detail() == Some(filters::NOT_A_DATE) => filters::NOT_A_DATE,
        ErrorKind::InvalidOperation if error.detail() == Some(filters::NOT_A_LIST) => filters::NOT_A_LIST,
        _ => "a value is put to a use it does not have",
    };
    Failure::Unfilled { template, part, line, problem }
}
