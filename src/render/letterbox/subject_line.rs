//! Subjects: made from references, courts and dates alone, and searched for names once more when they are finished.
//!
//! A subject is read on locked screens, in lists and by relays. The pack checker lets it use only the fields below;
//! what is done here is the second gate, for a template that was never checked and for a view that has changed.

use super::private::{Private, folded};
use super::{Failure, Part, SUBJECT_CHARS_MAX};
use crate::render::view::View;
use crate::rules::pack::Template;

/// The fields that a subject may use, with all that is beneath them.
pub const SUBJECT_FIELDS: [&str; 7] =
    ["urn", "count", "unit.name", "hearing.title", "hearing.court", "hearing.when", "hearing.was"];

/// The finished subject, on one line.
pub(super) fn finish(
    template: &Template,
    filled: &str,
    view: &View,
    private: &Private,
) -> Result<String, Failure> {
    let name = || template.name.clone();
    let filled = super::lines::tidied(filled);
    let subject = filled.split_whitespace().collect::<Vec<_>>().join(" ");
    if subject.is_empty() {
        return Err(Failure::EmptySubject { template: name() });
    }
    if subject.chars().count() > SUBJECT_CHARS_MAX {
        return Err(Failure::TooLong { template: name(), part: Part::Subject, limit: "200 characters" });
    }
    // The template's own words, the court's name and the unit's name nobody: a witness called Court stops nothing.
    let court = view.hearing().map(|hearing| hearing.court.as_str()).unwrap_or_default();
    let harmless = folded(&format!("{} {court} {}", static_text(&template.subject), view.unit().name));
    let harmless: Vec<&str> = harmless.split_whitespace().collect();
    let named = private.is_in(&folded(&subject), &harmless);
    if named { Err(Failure::SubjectNames { template: name() }) } else { Ok(subject) }
}

/// What a template says by itself, whatever it is filled with, and the months and weekdays that dates are made of.
fn static_text(source: &str) -> String {
    let mut text = String::from(
        "january february march april may june july august september october november december \
         mon tue wed thu fri sat sun trial sentence hearing appeal bail first plea ",
    );
    let mut rest = source;
    while let Some(opens) = rest.find(['{']) {
        text.push_str(&rest[..opens]);
        rest = &rest[opens..];
        let closes = ["}}", "%}", "#}"].iter().filter_map(|end| rest.find(end)).min();
        match closes {
            Some(at) => rest = &rest[at + 2..],
            None => return text,
        }
        text.push(' ');
    }
    text.push_str(rest);
    text
}
