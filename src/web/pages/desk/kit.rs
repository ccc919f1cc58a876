//! What the lists of the desk, of letters, messages, rules and the directory have in common: the inputs of a filter, the
//! way to the next page, the reason that a button wants, and a case that is named by whatever people know it by.

use crate::grpc::pb::{self, Reason, ReferenceKind};
use crate::web::admit::Visitor;
use crate::web::form::{Faults, Input, Posted};
use crate::web::refusal::Refusal;
use maud::{Markup, html};
use uuid::Uuid;

/// The inputs of a filter as they are filled in.
#[must_use]
pub(in crate::web::pages) fn filled(pairs: &[(&str, &str)]) -> Posted {
    Posted::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

/// The input of a filter: nobody needs to be told that a filter may be left as it is.
#[must_use]
pub(in crate::web::pages) fn filter<'a>(name: &'a str, label: &'a str) -> Input<'a> {
    Input { required: true, ..Input::new(name, label) }
}

/// The way to the next page; nothing on the last one.
#[must_use]
pub(in crate::web::pages) fn more(token: &str, to: &str, words: &str) -> Markup {
    html! { @if !token.is_empty() { p.pages { a.button rel="next" href=(to) { (words) } } } }
}

/// The reason that a button wants.
///
/// # Errors
/// That none was given.
pub(in crate::web::pages) fn reason(posted: &Posted, name: &str) -> Result<String, Faults> {
    let mut faults = Faults::none();
    match posted.get(name) {
        "" => {
            faults.field(name, "Say why, in a few words: it is kept with what was done");
            Err(faults)
        }
        words => Ok(words.to_owned()),
    }
}

/// A case by its id, its URN or its occurrence number; none where the unit holds none.
///
/// # Errors
/// What the API refuses otherwise.
pub(in crate::web::pages) async fn case_by(
    visitor: &Visitor,
    text: &str,
) -> Result<Option<pb::Case>, Refusal> {
    use pb::get_case_request::Name;
    let by =
        |kind: ReferenceKind| Name::Reference(pb::Reference { kind: kind as i32, value: text.to_owned() });
    let names = match Uuid::try_parse(text) {
        Ok(id) => vec![Name::CaseId(id.to_string())],
        Err(_) => {
            vec![by(ReferenceKind::Urn), by(ReferenceKind::Occurrence), by(ReferenceKind::AuthorityReference)]
        }
    };
    for name in names {
        match visitor.calls.cases().get_case(pb::GetCaseRequest { name: Some(name) }).await {
            Ok(found) => return Ok(found.into_inner().case),
            Err(status) => match Refusal::from(status) {
                refusal if matches!(refusal.reason, Reason::NotHeld | Reason::FieldInvalid) => {}
                refusal => return Err(refusal),
            },
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_that_wants_a_reason_says_so_beside_its_field() {
        assert_eq!(reason(&filled(&[("words", " it jammed ")]), "words").ok().as_deref(), Some("it jammed"));
        assert!(reason(&filled(&[("words", " ")]), "words").is_err_and(|faults| faults.is_about("words")));
    }
}
