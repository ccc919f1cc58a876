//! What stands beside the rules in the pack: its limits, its kinds of task with their questions, the packs that are
//! stored, and how the scenarios of the active one go.

use super::{own, pack, tabs};
use crate::grpc::pb::{self, AnswerType};
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::clocks;
use crate::web::form::{self, Faults, Posted};
use crate::web::page::{self, Page, Part};
use crate::web::pages::desk::kit::{filled, filter, more};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

/// Rules that a limit names before the rest is folded away.
const USERS: usize = 3;
/// Scenarios that passed, and scenarios that failed, that are listed one by one.
const PASSED: usize = 200;
const FAILED: usize = 50;

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route("/rules/limits", get(limits))
        .route("/rules/kinds", get(kinds))
        .route("/rules/kinds/{name}", get(kind))
        .route("/rules/packs", get(packs))
        .route("/rules/test", get(test).post(tested))
}

/// What the addresses of these pages hold.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// Words that are looked for.
    #[serde(default)]
    q: String,
    /// Which scenarios are run.
    #[serde(default)]
    filter: String,
    /// Which pack, by its hash.
    #[serde(default)]
    hash: String,
    /// Where to go on.
    #[serde(default)]
    page: String,
}

async fn limits(visitor: Visitor) -> Response {
    let page = async {
        let read = pack(&visitor).await?;
        let content = html! {
            h1 { "Limits" }
            p {
                "Every figure that rules count with, by name. A limit is changed in the pack, and then holds in every rule that uses it."
            }
            (tabs("/rules/limits", &visitor))
            @if read.limits.is_empty() {
                p.empty { "The pack has no limits. Its file of limits would name them." }
            } @else {
                (limits_table(&read.limits))
            }
        };
        Ok(Page::new(&visitor, "Limits", Part::Rules, content).into_response())
    };
    page::or_refused(&visitor, page.await)
}

fn limits_table(limits: &[pb::LimitText]) -> Markup {
    html! {
        (page::scrolls("Limits", html! {
            table {
                caption.visually-hidden { "Limits of the active pack" }
                thead {
                    tr {
                        th scope="col" { "Limit" }
                        th scope="col" { "Value" }
                        th scope="col" { "Rests on" }
                        th scope="col" { "Used by" }
                    }
                }
                tbody { @for limit in limits {
                    tr id=(limit.name) {
                        th scope="row" {
                            (words::plain(&limit.name))
                            @if !limit.about.is_empty() { p.about { "For " (limit.about) } }
                            p.about { code { (limit.name) } }
                        }
                        td { strong { (limit.value) } }
                        td { (limit.cites) }
                        td { (users(&limit.used_by, &limit.name)) }
                    }
                } }
            }
        }))
    }
}

fn users(rules: &[String], limit: &str) -> Markup {
    html! {
        @if rules.is_empty() { "No rule" }
        @else if rules.len() > USERS {
            a href=(form::address("/rules", &[("q", limit)])) {
                (rules.len()) " rules" span.visually-hidden { " that use " (words::plain(limit)) }
            }
        }
        @else { ul { @for rule in rules { li { a href=(own(rule)) { (words::plain(rule)) } } } } }
    }
}

async fn kinds(visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let page = async {
        let pack = visitor.pack().await?;
        let words_asked = asked.q.to_lowercase();
        let fits = |kind: &&pb::KindText| {
            let text = format!("{} {} {}", kind.name.replace('-', " "), kind.name, kind.title).to_lowercase();
            words_asked.split_whitespace().all(|word| text.contains(word))
        };
        let mut found: Vec<&pb::KindText> = pack.kinds.values().filter(fits).collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        let content = html! {
            h1 { "Kinds of task" }
            p { "What tasks ask for, and how long they are reckoned to take." }
            (tabs("/rules/kinds", &visitor))
            form.in-line method="get" action="/rules/kinds" role="search" aria-label="Kinds of task" {
                (filter("q", "Search the kinds").line("search", &filled(&[("q", &asked.q)]), &Faults::none()))
                button type="submit" { "Show" }
            }
            @if found.is_empty() {
                p.empty { "No kind of task is called so. " a href="/rules/kinds" { "Show all kinds" } }
            } @else {
                (kinds_table(&found))
            }
        };
        Ok(Page::new(&visitor, "Kinds of task", Part::Rules, content).into_response())
    };
    page::or_refused(&visitor, page.await)
}

fn kinds_table(kinds: &[&pb::KindText]) -> Markup {
    html! {
        (page::scrolls("Kinds of task", html! {
            table {
                caption.visually-hidden { "Kinds of task, by name" }
                thead {
                    tr {
                        th scope="col" { "Kind" }
                        th scope="col" { "Title" }
                        th scope="col" { "Asks" }
                        th scope="col" { "Minutes" }
                        th scope="col" { "By hand" }
                    }
                }
                tbody { @for kind in kinds {
                    @let questions = kind.form.as_ref().map_or(0, |form| form.questions.len());
                    tr {
                        th scope="row" {
                            a href=(format!("/rules/kinds/{}", kind.name)) { (words::plain(&kind.name)) }
                        }
                        td { (kind.title) }
                        td {
                            @if questions == 0 {
                                "Nothing"
                            } @else {
                                (words::count(questions, "question", "questions"))
                            }
                        }
                        td.number { (kind.minutes) }
                        td { (if kind.by_hand { "Yes" } else { "No" }) }
                    }
                } }
            }
        }))
    }
}

async fn kind(visitor: Visitor, Path(name): Path<String>) -> Response {
    let page = async {
        let pack = visitor.pack().await?;
        let Some(kind) = pack.kinds.get(&name) else {
            return Err(Refusal::not_here("the active pack has no kind of task of this name"));
        };
        let (title, form) = (words::plain(&kind.name), kind.form.clone().unwrap_or_default());
        let content = html! {
            div.heading {
                p.crumbs { a href="/rules/kinds" { "Kinds of task" } }
                h1 { (title) }
                p { (kind.title) }
            }
            @if !form.guidance.is_empty() {
                h2 { "What to do" }
                @for part in form.guidance.split("\n\n") { p { (part) } }
            }
            h2 { "What is asked" }
            @if form.questions.is_empty() { p { "Nothing but what came of it." } }
            @else { ol.questions { @for question in &form.questions { (question_shown(question)) } } }
            h2 { "How it ends" }
            ul {
                @for choice in &form.choices {
                    li {
                        (choice.label)
                        @if !choice.ends { " (a try: it stays open)" }
                        @if choice.meets { " (what is owed counts as told)" }
                    }
                }
            }
            dl {
                dt { "Takes" } dd { (kind.minutes) " minutes" }
                dt { "Made by hand" }
                dd { (if kind.by_hand { "Yes, on the page of a case" } else { "No, by rules alone" }) }
                dt { "Rules about it" }
                dd { a href=(form::address("/rules", &[("q", &kind.name)])) { "Rules that name this kind" } }
            }
        };
        Ok(Page::new(&visitor, &title, Part::Rules, content).into_response())
    };
    page::or_refused(&visitor, page.await)
}

fn question_shown(question: &pb::Question) -> Markup {
    let needed = if question.required { "must be answered" } else { "may be left open" };
    html! {
        li {
            strong { (question.label) }
            p.about {
                (answer(question.answer_type())) "; " (needed)
                @if !question.asked_if.is_empty() {
                    "; asked only after " (question.asked_if.join(" or ").replace(['/', '-'], " "))
                }
            }
            @if !question.choice_labels.is_empty() {
                ul.inline { @for label in &question.choice_labels { li { (label) } } }
            }
        }
    }
}

fn answer(kind: AnswerType) -> &'static str {
    match kind {
        AnswerType::Unspecified | AnswerType::Text => "Text",
        AnswerType::YesNo => "Yes or no",
        AnswerType::Number => "A number",
        AnswerType::Date => "A day",
        AnswerType::Choice => "One of",
        AnswerType::Choices => "Any of",
        AnswerType::Dates => "Days",
        AnswerType::Entry => "An entry of the directory",
    }
}

async fn packs(visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let page = async {
        let request = pb::ListPacksRequest { page_size: 50, page_token: asked.page.clone() };
        let page = visitor.calls.packs().list_packs(request).await?.into_inner();
        let next = form::address("/rules/packs", &[("page", &page.next_page_token)]);
        let content = html! {
            h1 { "Packs" }
            p {
                "Each pack that was ever active here is kept as it was, so that what was decided under it can be explained. Another pack is made active by whoever runs usher."
            }
            (tabs("/rules/packs", &visitor))
            @if page.packs.is_empty() {
                p.empty { "No pack is stored. The first one is stored when the unit is set up." }
            } @else {
                (packs_table(&visitor, &page.packs))
            }
            (more(&page.next_page_token, &next, "More packs"))
        };
        Ok(Page::new(&visitor, "Packs", Part::Rules, content).into_response())
    };
    page::or_refused(&visitor, page.await)
}

fn packs_table(visitor: &Visitor, packs: &[pb::Pack]) -> Markup {
    html! {
        (page::scrolls("Packs", html! {
            table {
                caption.visually-hidden { "Stored packs, last stored first" }
                thead {
                    tr {
                        th scope="col" { "Pack" }
                        th scope="col" { "Stored" }
                        th scope="col" { "Active" }
                        th scope="col" { "Hash" }
                        @if visitor.leads() { th scope="col" { "Test" } }
                    }
                }
                tbody { @for pack in packs {
                    tr {
                        th scope="row" { (pack.id) " " (pack.version) }
                        td { (clocks::full_if(pack.stored_at.as_ref())) }
                        td {
                            @if pack.active_from.is_some() {
                                strong { "✓ Active" }
                                " since " (clocks::full_if(pack.active_from.as_ref()))
                            } @else {
                                "Not now"
                            }
                        }
                        td { code { (words::short_hash(&pack.hash)) } }
                        @if visitor.leads() {
                            td {
                                a href=(form::address("/rules/test", &[("hash", &pack.hash)])) {
                                    "Test " (pack.version)
                                }
                            }
                        }
                    }
                } }
            }
        }))
    }
}

async fn test(visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let posted = filled(&[("filter", &asked.filter), ("hash", &asked.hash)]);
    test_page(&visitor, &posted, &Faults::none(), None)
}

/// Runs scenarios. Nothing is changed by it, so the answer is the page: sent again, it runs them again.
async fn tested(visitor: Visitor, posted: Posted) -> Response {
    let hash = posted.get("hash").to_owned();
    let asked = pb::TestPackRequest {
        pack: (!hash.is_empty()).then_some(pb::test_pack_request::Pack::Hash(hash)),
        filter: posted.get("filter").to_owned(),
    };
    match visitor.calls.packs().test_pack(asked).await.map(tonic::Response::into_inner) {
        Ok(results) => test_page(&visitor, &posted, &Faults::none(), Some(&results)),
        Err(status) => {
            let refusal = Refusal::from(status);
            if !refusal.is_mendable() {
                return page::refused(&visitor, &refusal);
            }
            let faults = Faults::of(&refusal, |path| (path == "filter").then(|| path.to_owned()));
            test_page(&visitor, &posted, &faults, None)
        }
    }
}

fn test_page(
    visitor: &Visitor,
    posted: &Posted,
    faults: &Faults,
    results: Option<&pb::TestPackResponse>,
) -> Response {
    let hash = posted.get("hash");
    let content = html! {
        (faults.summary())
        h1 { "Test the pack" }
        (tabs("/rules/test", visitor))
        @if visitor.leads() {
            p {
                "Each scenario tells a little story and says what is to follow from it. Running them changes nothing; all of them take some ten seconds."
            }
            form method="post" action="/rules/test" data-keep="no" {
                (form::carried(visitor, &Posted::default()))
                @if !hash.is_empty() {
                    input type="hidden" name="hash" value=(hash); p {
                        "Pack with the hash " code { (words::short_hash(hash)) }
                        ". " a href="/rules/test" { "Test the active pack instead" }
                    }
                }
                (filter("filter", "Only scenarios that name").hint("A part of a scenario’s name, a rule or a row; empty for all").line("text", posted, faults))
                button.primary type="submit" { "Run the scenarios" }
            }
            @if let Some(results) = results { (results_shown(results)) }
        } @else {
            p {
                "Team leaders and managers can run the scenarios of the pack here. What each scenario is about is said at its rule."
            }
        }
    };
    Page::new(visitor, "Test the pack", Part::Rules, content).status(faults.status()).into_response()
}

fn results_shown(results: &pb::TestPackResponse) -> Markup {
    let failed: Vec<&pb::ScenarioResult> = results.results.iter().filter(|result| !result.passed).collect();
    let passed: Vec<&pb::ScenarioResult> = results.results.iter().filter(|result| result.passed).collect();
    html! {
        h2 { "How they went" }
        p role="status" {
            @if results.results.is_empty() { "No scenario is called so." }
            @else {
                strong { "✓ " (results.passed) " passed" }
                ", " strong { @if results.failed > 0 { "✗ " } (results.failed) " failed" }
                "."
            }
        }
        @for result in failed.iter().take(FAILED) {
            section.failed {
                h3 { "✗ " (result.scenario) }
                (about(result))
                pre.letter-text tabindex="0" role="region" aria-label="What was expected and what followed" {
                    (result.difference)
                }
            }
        }
        @if passed.len() > PASSED {
            p { "The first " (PASSED) " that passed are listed; name a rule to see others." }
        }
        @if !passed.is_empty() {
            details { summary { "Scenarios that passed" }
                ul {
                    @for result in passed.iter().take(PASSED) {
                        li { "✓ " (result.scenario) (about(result)) }
                    }
                }
            }
        }
    }
}

fn about(result: &pb::ScenarioResult) -> Markup {
    html! {
        p.about {
            code { (result.path) }
            @if !result.row.is_empty() { ", row " (result.row) }
            @if !result.rule.is_empty() {
                ", rule " a href=(own(&result.rule)) { (words::plain(&result.rule)) }
            }
        }
    }
}
