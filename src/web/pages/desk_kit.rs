//! What the lists of the desk, of letters, messages, rules and the directory have in common: addresses that hold a
//! filter, options of a choice, and a case that is named by whatever people know it by.

use crate::grpc::pb::{self, Reason, ReferenceKind};
use crate::web::admit::Visitor;
use crate::web::form::{Faults, Input, Posted, encode};
use crate::web::refusal::Refusal;
use maud::{Markup, html};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Pages of cases that are gone through for what cases are known by, at most.
const LABEL_PAGES_MAX: usize = 4;

/// An address with a query; what is empty is left out.
#[must_use]
pub(super) fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    let given = pairs.iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<String> = given.map(|(name, value)| format!("{name}={}", encode(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// The inputs of a filter as they are filled in.
#[must_use]
pub(super) fn filled(pairs: &[(&str, &str)]) -> Posted {
    Posted::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

/// The input of a filter: nobody needs to be told that a filter may be left as it is.
#[must_use]
pub(super) fn filter<'a>(name: &'a str, label: &'a str) -> Input<'a> {
    Input { required: true, ..Input::new(name, label) }
}

/// A word of the contract's enums as addresses have it: `MESSAGE_STATE_SENT` as `sent`.
#[must_use]
pub(super) fn word(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_lowercase().replace('_', "-")
}

/// The same the other way round.
#[must_use]
pub(super) fn enum_name(word: &str, prefix: &str) -> String {
    format!("{prefix}{}", word.to_uppercase().replace('-', "_"))
}

/// The way to the next page; nothing on the last one.
#[must_use]
pub(super) fn more(token: &str, to: &str, words: &str) -> Markup {
    html! { @if !token.is_empty() { p.pages { a.button rel="next" href=(to) { (words) } } } }
}

/// "1 letter", "3 letters".
#[must_use]
pub(super) fn count(of: usize, one: &str, many: &str) -> String {
    if of == 1 { format!("1 {one}") } else { format!("{of} {many}") }
}

/// The reason that a button wants.
///
/// # Errors
/// That none was given.
pub(super) fn reason(posted: &Posted, name: &str) -> Result<String, Faults> {
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
pub(super) async fn case_by(visitor: &Visitor, text: &str) -> Result<Option<pb::Case>, Refusal> {
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

/// What cases are known by, for lists of what names its case by an id alone: a few calls, however long the list is. A
/// case that is not among the unit's latest is left out.
///
/// # Errors
/// What the API refuses.
pub(super) async fn labels<'a>(
    visitor: &Visitor,
    cases: impl Iterator<Item = &'a str>,
) -> Result<HashMap<String, String>, Refusal> {
    let mut wanted: BTreeSet<&str> = cases.filter(|id| !id.is_empty()).collect();
    let mut found = HashMap::new();
    let mut page_token = String::new();
    for _ in 0..LABEL_PAGES_MAX {
        if wanted.is_empty() {
            break;
        }
        let asked = pb::ListCasesRequest { page_size: 500, page_token, ..pb::ListCasesRequest::default() };
        let page = visitor.calls.cases().list_cases(asked).await?.into_inner();
        for case in page.cases {
            if wanted.remove(case.id.as_str()) {
                found.insert(case.id, case.label);
            }
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_what_is_given_and_nothing_else() {
        assert_eq!(
            address("/messages", &[("state", ""), ("case", "52AA 1/26")]),
            "/messages?case=52AA+1%2F26"
        );
        assert_eq!(address("/messages", &[("state", "")]), "/messages");
    }

    #[test]
    fn a_button_that_wants_a_reason_says_so_beside_its_field() {
        assert_eq!(reason(&filled(&[("words", " it jammed ")]), "words").ok().as_deref(), Some("it jammed"));
        assert!(reason(&filled(&[("words", " ")]), "words").is_err_and(|faults| faults.is_about("words")));
    }

    #[test]
    fn a_word_of_the_contract_is_read_back_as_it_was_written() {
        let prefix = "AUDIENCE_";
        assert_eq!(word("AUDIENCE_OFFICER_IN_CASE", prefix), "officer-in-case");
        assert_eq!(enum_name("officer-in-case", prefix), "AUDIENCE_OFFICER_IN_CASE");
    }
}
