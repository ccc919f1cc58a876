//! A page of Record: one that is shown in a tab of its own, or over another page.
//!
//! Over another page its inputs stand in one document with the inputs of that page, which may have the same names, and a
//! label leads to whichever comes first. So every id of such a page is its own; those of forms stay as they are, since
//! drafts are kept by them.

use super::about::{About, Of};
use crate::web::admit::Visitor;
use crate::web::form::Faults;
use crate::web::page::{self, Page, Part};
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use maud::{Markup, PreEscaped, html};

/// Where one comes once something is recorded from which nothing is to be done at once.
pub(super) const SAVED: &str = "/record/saved";
/// Letters of an id that make another one of it.
const LETTERS: usize = 8;
/// Attributes that hold ids.
const HOLD_IDS: [&str; 4] = [" id=\"", " for=\"", " aria-describedby=\"", " aria-labelledby=\""];

/// A page with ids of its own.
#[must_use]
pub(super) fn shown(visitor: &Visitor, title: &str, content: &Markup, faults: &Faults) -> Response {
    let scope: String = visitor.new_id().chars().take(LETTERS).collect();
    let content = scoped(content, &format!("r{scope}"));
    Page::new(visitor, title, Part::None, content).status(faults.status()).into_response()
}

/// The same under other ids, with the labels and links that lead to them.
#[must_use]
pub(super) fn scoped(content: &Markup, scope: &str) -> Markup {
    let mut rest = content.0.as_str();
    let mut scoped = String::with_capacity(rest.len() + rest.len() / 8);
    // Text is escaped, so that a quotation mark stands only where the value of an attribute begins or ends.
    while let Some(start) = rest.find("=\"") {
        let (before, from) = rest.split_at(start + 2);
        let Some(end) = from.find('"') else { break };
        let (value, after) = from.split_at(end);
        scoped.push_str(before);
        let tag = scoped.rfind('<').map_or("", |at| &scoped[at..]);
        if HOLD_IDS.iter().any(|name| before.ends_with(name)) && !tag.starts_with("<form") {
            let ids: Vec<String> = value.split(' ').map(|id| format!("{scope}-{id}")).collect();
            scoped.push_str(&ids.join(" "));
        } else if let (true, Some(id)) = (before.ends_with(" href=\""), value.strip_prefix('#')) {
            scoped.push_str(&format!("#{scope}-{id}"));
        } else {
            scoped.push_str(value);
        }
        rest = after;
    }
    scoped.push_str(rest);
    PreEscaped(scoped)
}

/// What is said once something is recorded: the frame says what, this page where to go on.
pub(super) async fn saved(visitor: Visitor, Query(of): Query<Of>) -> Response {
    match About::read(&visitor, &of).await {
        Ok(about) => shown(&visitor, "Recorded", &ways_on(&about, &of), &Faults::none()),
        Err(refusal) => page::refused(&visitor, &refusal),
    }
}

fn ways_on(about: &About, of: &Of) -> Markup {
    let again = Of { case: of.case.clone(), participant: of.participant.clone(), ..Of::default() };
    html! {
        div.heading { (about.crumbs()) h1 { "Recorded" } }
        ul.whats {
            li { a.button.primary href=(format!("/cases/{}", about.case.id)) { "To the case " (about.case.label) } }
            li { a.button href=(again.address("/record")) { "Record something else for it" } }
            li { a.button href="/uncopied" { "Copy it for WMS and Niche" } }
        }
    }
}

/// A field of one input, which is where one types as soon as the page is there.
#[must_use]
pub(super) fn typed_at_once(field: &Markup) -> Markup {
    PreEscaped(field.0.replacen("<input ", "<input autofocus ", 1))
}

/// Leads there, and says what was done.
pub(super) fn done(visitor: &Visitor, of: &Of, said: &str) -> Response {
    let of = Of { case: of.case.clone(), participant: of.participant.clone(), ..Of::default() };
    page::done(visitor, &of.address(SAVED), said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_have_ids_of_their_own_and_texts_and_forms_stay() {
        let typed = "say id=\"f-x\" to them";
        let inputs = html! {
            form id="call-p" {
                a href="#f-x" { "X" }
                a href="/cases/c#p-x" { "The case" }
                label for="f-x" { "X" }
                input id="f-x" name="x" value=(typed) aria-describedby="f-x-hint f-x-error";
            }
        };
        let text = scoped(&inputs, "t").0;
        for part in [
            "<form id=\"call-p\">",
            "href=\"#t-f-x\"",
            "href=\"/cases/c#p-x\"",
            "for=\"t-f-x\"",
            "<input id=\"t-f-x\"",
            "aria-describedby=\"t-f-x-hint t-f-x-error\"",
            "value=\"say id=&quot;f-x&quot; to them\"",
            "name=\"x\"",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
