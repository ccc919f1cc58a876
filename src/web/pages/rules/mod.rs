//! Rules: the active pack in words. Every rule says what it listens to, when it speaks, what it does, and what it rests
//! on; a list shows one file, one kind of event or what a search finds, and each rule has a page of its own.
//!
//! The first page names every rule, so that an address with a rule's name behind a `#` leads to it from everywhere.

pub(super) mod explain;
mod pack;

use super::desk::kit::{filled, filter};
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::form::{self, Faults};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Rules on one page.
const PAGE: usize = 30;

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route("/rules", get(list))
        .route("/rules/{name}", get(one))
        .merge(explain::router())
        .merge(pack::router())
}

/// The filters of the list, as the address has them.
#[derive(Debug, Default, Deserialize)]
struct Filters {
    /// Words that a rule must hold, each of them.
    #[serde(default)]
    q: String,
    /// Only rules of this file.
    #[serde(default)]
    file: String,
    /// Only rules that listen to this kind of event.
    #[serde(default)]
    on: String,
    /// How many rules came before.
    #[serde(default)]
    page: String,
}

impl Filters {
    fn pairs(&self) -> [(&'static str, &str); 3] {
        [("q", &self.q), ("file", &self.file), ("on", &self.on)]
    }

    fn is_narrow(&self) -> bool {
        self.pairs().iter().any(|(_, value)| !value.trim().is_empty())
    }

    fn fits(&self, rule: &pb::RuleText) -> bool {
        (self.file.is_empty() || rule.path == self.file)
            && (self.on.is_empty() || rule.on.contains(&self.on))
            && holds(rule, &self.q)
    }
}

/// Whether a rule holds each of the words, wherever: in its name, its citation, what it listens to, what it does.
fn holds(rule: &pb::RuleText, words: &str) -> bool {
    let mut text =
        [&rule.name, &rule.name.replace('-', " "), &rule.because, &rule.cites, &rule.path, &rule.when]
            .map(String::as_str)
            .join(" ");
    for part in rule.on.iter().chain(&rule.effects).chain(&rule.limits).chain(&rule.scenarios) {
        text.push(' ');
        text.push_str(part);
    }
    let text = text.to_lowercase();
    words.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

/// The active pack with all of its rules.
///
/// # Errors
/// What the API refuses.
async fn pack(visitor: &Visitor) -> Result<pb::ReadPackResponse, Refusal> {
    Ok(visitor.calls.packs().read_pack(pb::ReadPackRequest { without_rules: false }).await?.into_inner())
}

async fn list(visitor: Visitor, Query(filters): Query<Filters>) -> Response {
    page::or_refused(&visitor, listed(&visitor, &filters).await)
}

async fn listed(visitor: &Visitor, filters: &Filters) -> Result<Response, Refusal> {
    let read = pack(visitor).await?;
    let found: Vec<&pb::RuleText> = read.rules.iter().filter(|rule| filters.fits(rule)).collect();
    let from = filters.page.parse::<usize>().unwrap_or_default();
    let next = (from + PAGE).to_string();
    let held = read.pack.clone().unwrap_or_default();
    let content = html! {
        h1 { "Rules" }
        p {
            "What usher does by itself, and why. Pack " strong { (held.id) " " (held.version) } ", "
            (words::count(read.rules.len(), "rule", "rules")) "."
        }
        (tabs("/rules", visitor))
        (filters_shown(filters, &read.rules))
        @if filters.is_narrow() {
            p role="status" {
                (words::count(found.len(), "rule fits", "rules fit")) ". " a href="/rules" {
                    "Show the list of all rules"
                }
            }
            @for rule in found.iter().skip(from).take(PAGE) {
                article.rule id=(rule.name) {
                    h2 { a href=(own(&rule.name)) { (words::plain(&rule.name)) } }
                    (body(rule))
                }
            }
            @if found.is_empty() { p.empty { "No rule holds all of these words. Fewer words find more." } }
            @if from + PAGE < found.len() {
                @let pairs = [("q", filters.q.as_str()), ("file", &filters.file), ("on", &filters.on), ("page", &next)];
                p.pages { a.button rel="next" href=(form::address("/rules", &pairs)) { "More rules" } }
            }
        } @else { (index(&read.rules)) }
    };
    Ok(Page::new(visitor, "Rules", Part::Rules, content).into_response())
}

/// The address of a rule's own page.
#[must_use]
pub(super) fn own(name: &str) -> String {
    format!("/rules/{}", crate::web::form::encode(name))
}

/// The pages about the pack.
fn tabs(here: &str, visitor: &Visitor) -> Markup {
    let mut tabs = vec![
        ("/rules", "Rules"),
        ("/rules/limits", "Limits"),
        ("/rules/kinds", "Kinds of task"),
        ("/rules/packs", "Packs"),
    ];
    if visitor.leads() {
        tabs.push(("/rules/test", "Test the pack"));
    }
    html! {
        nav.tabs aria-label="About the pack" { ul { @for (to, words) in tabs {
            li { a href=(to) aria-current=[(to == here).then_some("page")] { (words) } }
        } } }
    }
}

fn filters_shown(filters: &Filters, rules: &[pb::RuleText]) -> Markup {
    let (posted, none) = (filled(&filters.pairs()), Faults::none());
    let files: BTreeSet<&str> = rules.iter().map(|rule| rule.path.as_str()).collect();
    let kinds: BTreeSet<&str> = rules.iter().flat_map(|rule| &rule.on).map(String::as_str).collect();
    let files: Vec<_> = files.into_iter().map(|file| (file.to_owned(), file_words(file))).collect();
    let kinds: Vec<_> = kinds.into_iter().map(|kind| (kind.to_owned(), words::event_kind(kind))).collect();
    html! {
        form.in-line method="get" action="/rules" role="search" aria-label="Rules" {
            (filter("q", "Search the rules").hint("A rule’s name, a Right of the Victims’ Code, a word of what it does").line("search", &posted, &none))
            (filter("file", "About").select("Anything", &files, &posted, &none))
            (filter("on", "When this happens").select("Anything", &kinds, &posted, &none))
            button type="submit" { "Show" }
        }
    }
}

/// `rules/bail-and-warrants.yaml` as "Bail and warrants".
fn file_words(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    words::plain(name.strip_suffix(".yaml").unwrap_or(name))
}

/// Every rule by its name, file by file.
fn index(rules: &[pb::RuleText]) -> Markup {
    let mut files: Vec<(&str, Vec<&pb::RuleText>)> = Vec::new();
    for rule in rules {
        match files.last_mut() {
            Some((file, held)) if *file == rule.path => held.push(rule),
            _ => files.push((&rule.path, vec![rule])),
        }
    }
    html! {
        @for (file, rules) in files {
            section.rule-index {
                h2 {
                    a href=(form::address("/rules", &[("file", file)])) { (file_words(file)) }
                    " " span.count { (rules.len()) }
                }
                ul {
                    @for rule in rules {
                        li id=(rule.name) { a href=(own(&rule.name)) { (words::plain(&rule.name)) } }
                    }
                }
            }
        }
    }
}

/// What a rule says.
fn body(rule: &pb::RuleText) -> Markup {
    html! {
        @if !rule.because.is_empty() { p { (rule.because) } }
        @if !rule.cites.is_empty() { p.cites { "Rests on: " (rule.cites) } }
        dl {
            dt { "When this happens" }
            dd {
                ul.inline {
                    @for kind in &rule.on {
                        li { a href=(form::address("/rules", &[("on", kind)])) { (words::event_kind(kind)) } }
                    }
                }
            }
            @if !rule.for_each.is_empty() { dt { "For each" } dd { code { (rule.for_each) } } }
            dt { "It speaks" }
            dd { @if rule.when.is_empty() { "Always" } @else { "if " code { (rule.when) } } }
            dt { "It does" }
            dd { ul { @for effect in &rule.effects { li { (effect) } } } }
            @if !rule.limits.is_empty() {
                dt { "Limits" }
                dd {
                    ul.inline {
                        @for limit in &rule.limits {
                            li { a href=(format!("/rules/limits#{limit}")) { (words::plain(limit)) } }
                        }
                    }
                }
            }
            @if !rule.scenarios.is_empty() {
                dt { "Scenarios" }
                dd { @if rule.scenarios.len() > 3 {
                    details {
                        summary { (rule.scenarios.len()) " scenarios are about it" }
                        ul { @for scenario in &rule.scenarios { li { (scenario) } } }
                    }
                } @else { ul { @for scenario in &rule.scenarios { li { (scenario) } } } } }
            }
            dt { "This month" }
            dd {
                @if rule.spoke == 0 {
                    "It has not spoken"
                } @else {
                    "It spoke in " (words::count(usize::try_from(rule.spoke).unwrap_or_default(), "case", "cases"))
                }
            }
            dt { "Stands in" }
            dd {
                a href=(form::address("/rules", &[("file", &rule.path)])) { (file_words(&rule.path)) }
                " " code { (rule.path) @if rule.line > 0 { ", line " (rule.line) } }
            }
        }
    }
}

async fn one(visitor: Visitor, Path(name): Path<String>) -> Response {
    let read = match pack(&visitor).await {
        Ok(read) => read,
        Err(refusal) => return page::refused(&visitor, &refusal),
    };
    let Some(rule) = read.rules.iter().find(|rule| rule.name == name) else {
        let refusal = Refusal::not_here(
            "the active pack has no rule of this name; a pack that was active before may have had it",
        );
        return page::refused(&visitor, &refusal);
    };
    let title = words::plain(&rule.name);
    let content = html! {
        div.heading {
            p.crumbs { a href=(format!("/rules#{}", rule.name)) { "Rules" } }
            h1 { (title) }
            p { code { (rule.name) } }
        }
        article.rule { (body(rule)) }
        @if visitor.leads() && !rule.scenarios.is_empty() {
            p {
                a href=(form::address("/rules/test", &[("filter", &rule.name)])) {
                    "Run the scenarios that are about it"
                }
            }
        }
    };
    Page::new(&visitor, &title, Part::Rules, content).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_finds_rules_that_hold_every_word_wherever_it_stands() {
        let rule = pb::RuleText {
            name: "tell-victim-of-bail".into(),
            cites: "Victims’ Code 2021, Right 8".into(),
            on: vec!["hearing.resulted".into()],
            ..pb::RuleText::default()
        };
        for (words, found) in [
            ("", true),
            ("Bail right", true),
            ("victim of bail", true),
            ("resulted 8", true),
            ("bail trial", false),
        ] {
            assert_eq!(holds(&rule, words), found, "{words}");
        }
    }

    #[test]
    fn a_file_is_named_by_what_it_is_about() {
        assert_eq!(file_words("rules/bail-and-warrants.yaml"), "Bail and warrants");
    }
}
