//! Copy for WMS / Niche: what was logged here and not yet entered in the force's other systems, with the text to copy.
//!
//! What was just marked is named in the address of the page that follows, so that a slip can be undone at once.

use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted, REQUEST, id_of};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::try_join;
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Records on a page.
const PAGE: i32 = 20;
/// Lines of a text that are shown without scrolling, at most.
const ROWS_MAX: usize = 12;
/// Letters of a text that take one such line.
const LETTERS: usize = 90;

pub(super) fn router() -> Router<Board> {
    Router::new().route("/uncopied", get(show).post(mark))
}

/// Whose records, as the address has it.
#[derive(Debug, Default, Deserialize)]
struct Of {
    /// Who logged them; the visitor where empty.
    #[serde(default)]
    staff: String,
    /// Where to go on.
    #[serde(default)]
    page: String,
    /// What was marked just now: `case/contact` with commas between.
    #[serde(default)]
    marked: String,
}

async fn show(visitor: Visitor, Query(of): Query<Of>) -> Response {
    shown(&visitor, &of, &Posted::default(), &Faults::none()).await
}

async fn shown(visitor: &Visitor, of: &Of, posted: &Posted, faults: &Faults) -> Response {
    page::or_refused(visitor, list(visitor, of, posted, faults).await)
}

async fn list(visitor: &Visitor, of: &Of, posted: &Posted, faults: &Faults) -> Result<Response, Refusal> {
    let mut cases = visitor.calls.cases();
    let asked =
        pb::ListUncopiedRequest { staff_id: of.staff.clone(), page_size: PAGE, page_token: of.page.clone() };
    let (listed, people) = try_join!(
        async { Ok::<_, Refusal>(cases.list_uncopied(asked).await?.into_inner()) },
        visitor.people(),
    )?;
    let content = html! {
        (faults.summary())
        div.heading {
            h1 { "Copy for WMS / Niche" }
            p { "What " (whose(visitor, of, &people)) " logged here and nobody has entered in the other systems yet, the oldest first." }
        }
        (undo(visitor, of))
        @if visitor.leads() { (filter(of, &people)) }
        @if listed.contacts.is_empty() {
            p.empty { "Everything is copied. Calls, voicemails, visits and notes come here as they are logged." }
        } @else {
            form.uncopied method="post" action="/uncopied" data-keep="no" {
                (form::carried(visitor, posted))
                input type="hidden" name="staff" value=(of.staff);
                p { "Copy each text into the other system, tick it, and mark what you ticked." }
                ol { @for (nth, contact) in listed.contacts.iter().enumerate() { (record(visitor, contact, nth, posted)) } }
                (faults.beside("mark"))
                button.primary type="submit" { "Mark what is ticked as copied" }
            }
        }
        @if !listed.next_page_token.is_empty() {
            p.pages { a rel="next" href=(address(&of.staff, &[("page", &listed.next_page_token)])) { "Later records" } }
        }
    };
    let page = Page::new(visitor, "Copy for WMS / Niche", Part::None, content);
    Ok(page.status(faults.status()).into_response())
}

fn whose(visitor: &Visitor, of: &Of, people: &People) -> String {
    if of.staff.is_empty() || of.staff == visitor.me.id {
        "you".to_owned()
    } else {
        people.name(&of.staff).to_owned()
    }
}

/// The page's address for somebody's records.
fn address(staff: &str, more: &[(&str, &str)]) -> String {
    form::address("/uncopied", &[&[("staff", staff)], more].concat())
}

fn filter(of: &Of, people: &People) -> Markup {
    let mut posted = Posted::default();
    posted.set("staff", &of.staff);
    let staff = people.staff_options();
    html! {
        form.case-filter method="get" action="/uncopied" {
            (Input::new("staff", "Whose records").required().select("Mine", &staff, &posted, &Faults::none()))
            button type="submit" { "Show" }
        }
    }
}

/// The way back from what was marked just now.
fn undo(visitor: &Visitor, of: &Of) -> Markup {
    let marked: Vec<&str> =
        of.marked.split(',').filter(|one| one.contains('/')).take(PAGE as usize).collect();
    html! {
        @if !marked.is_empty() {
            form.case-undo method="post" action="/uncopied" data-keep="no" {
                (form::carried(visitor, &Posted::default()))
                input type="hidden" name="staff" value=(of.staff);
                input type="hidden" name="undo" value="yes";
                @for one in &marked { input type="hidden" name="mark" value=(one); }
                p { (records(marked.len())) " marked by mistake?" }
                button type="submit" { "Undo: put " (if marked.len() == 1 { "it" } else { "them" }) " back on the list" }
            }
        }
    }
}

fn records(count: usize) -> String {
    words::count(count, "record", "records")
}

fn record(visitor: &Visitor, uncopied: &pb::UncopiedContact, nth: usize, posted: &Posted) -> Markup {
    let contact = uncopied.contact.clone().unwrap_or_default();
    let value = format!("{}/{}", uncopied.case_id, contact.id);
    let at =
        clocks::instant_if(contact.at.as_ref()).map(|at| clocks::near(at, visitor.now)).unwrap_or_default();
    let what =
        format!("{}, {}, {at}", uncopied.case_label, words::contact_kind(contact.kind()).to_lowercase());
    // The first has the id to which the summary of what is wrong leads.
    let tick = if nth == 0 { id_of("mark") } else { format!("tick-{nth}") };
    html! {
        li {
            h2 { a href=(format!("/cases/{}", uncopied.case_id)) { (uncopied.case_label) } ", " (words::contact_kind(contact.kind()).to_lowercase()) ", " (at) }
            div.field {
                label for=(format!("text-{nth}")) { "Text to copy" span.visually-hidden { ": " (what) } }
                textarea id=(format!("text-{nth}")) rows=(rows(&uncopied.text)) readonly { (uncopied.text) }
            }
            div.choice {
                input id=(tick) type="checkbox" name="mark" value=(value) checked[posted.holds("mark", &value)];
                label for=(tick) { "Copied" span.visually-hidden { ": " (what) } }
            }
        }
    }
}

/// How many lines a text takes.
fn rows(text: &str) -> usize {
    text.lines().map(|line| 1 + line.chars().count() / LETTERS).sum::<usize>().clamp(2, ROWS_MAX)
}

/// What was ticked, by case: records are marked a case at a time.
fn by_case(posted: &Posted) -> BTreeMap<&str, Vec<String>> {
    let mut cases: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (case, contact) in posted.all("mark").filter_map(|one| one.split_once('/')) {
        cases.entry(case).or_default().push(contact.to_owned());
    }
    cases
}

async fn mark(visitor: Visitor, mut posted: Posted) -> Response {
    let of = Of { staff: posted.get("staff").to_owned(), ..Of::default() };
    let undo = posted.has("undo");
    if by_case(&posted).is_empty() {
        return shown(&visitor, &of, &posted, &Faults::one("mark", "Tick what you have copied")).await;
    }
    let count: usize = by_case(&posted).values().map(Vec::len).sum();
    if let Err(refusal) = mark_all(&visitor, &posted, undo).await {
        if !refusal.is_mendable() {
            return page::refused(&visitor, &refusal);
        }
        // Some of it may be done: what is marked already is passed over when the rest is sent again.
        posted.set(REQUEST, visitor.new_id());
        return shown(&visitor, &of, &posted, &Faults::of(&refusal, |_| None)).await;
    }
    if undo {
        let said = format!("{} put back on the list.", records(count));
        return page::done(&visitor, &address(&of.staff, &[]), &said);
    }
    let marked = posted.all("mark").collect::<Vec<_>>().join(",");
    page::done(
        &visitor,
        &address(&of.staff, &[("marked", &marked)]),
        &format!("{} marked as copied.", records(count)),
    )
}

/// Marks what was ticked: records of several cases come in one form, and each case is a call of its own.
async fn mark_all(visitor: &Visitor, posted: &Posted, undo: bool) -> Result<(), Refusal> {
    for (case_id, contact_ids) in by_case(posted) {
        let asked = pb::MarkCopiedRequest {
            request_id: format!("{}-{case_id}", posted.get(REQUEST)),
            case_id: case_id.to_owned(),
            contact_ids,
            undo,
        };
        visitor.calls.cases().mark_copied(asked).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_ticked_is_marked_a_case_at_a_time() {
        let posted = Posted::parse("mark=a/1&mark=b/2&mark=a/3&mark=nonsense");
        let cases = by_case(&posted);
        assert_eq!(cases["a"], ["1", "3"]);
        assert_eq!(cases["b"], ["2"]);
        assert_eq!(cases.len(), 2);
    }

    #[test]
    fn the_address_says_whose_records_and_what_was_marked() {
        assert_eq!(address("", &[]), "/uncopied");
        assert_eq!(address("s", &[("marked", "a/1,b/2")]), "/uncopied?staff=s&marked=a%2F1%2Cb%2F2");
    }

    #[test]
    fn a_text_has_as_many_lines_as_it_takes_within_bounds() {
        assert_eq!(rows("short"), 2);
        assert_eq!(rows(&"x".repeat(5 * LETTERS)), 6);
        assert_eq!(rows(&"line\n".repeat(40)), ROWS_MAX);
    }
}
