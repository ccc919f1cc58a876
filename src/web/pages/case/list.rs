//! Cases: a list by owner, team, phase and flag, the last that was taken on first.

use super::facts::{self, meant};
use super::{banners, risk_class};
use crate::domain::london;
use crate::grpc::pb::{self, Phase};
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted};
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

/// Cases on a page.
const PAGE: i32 = 50;
/// The filter's word for everybody's cases.
const EVERYBODY: &str = "all";

pub(super) fn router() -> Router<Board> {
    Router::new().route("/cases", get(show))
}

/// The filter, as the address has it.
#[derive(Debug, Default, Deserialize)]
struct Filter {
    /// Whose: the visitor's own where empty, everybody's for `all`, else a colleague's.
    #[serde(default)]
    own: String,
    /// Only those of this team.
    #[serde(default)]
    team: String,
    /// Only those in this phase; those that are not concluded where empty.
    #[serde(default)]
    phase: String,
    /// Only those with this flag.
    #[serde(default)]
    flag: String,
    /// Where to go on.
    #[serde(default)]
    page: String,
}

impl Filter {
    fn owner<'a>(&'a self, me: &'a str) -> &'a str {
        match self.own.as_str() {
            "" => me,
            EVERYBODY => "",
            staff => staff,
        }
    }

    fn request(&self, me: &str) -> pb::ListCasesRequest {
        let phases = match (self.phase.as_str(), meant(&facts::PHASES, &self.phase)) {
            (_, Some(phase)) => vec![phase as i32],
            (EVERYBODY, None) => Vec::new(),
            (_, None) => vec![Phase::PreCharge as i32, Phase::PostCharge as i32],
        };
        pb::ListCasesRequest {
            owner_id: self.owner(me).to_owned(),
            team_id: self.team.clone(),
            phases,
            flags: Some(self.flag.clone()).filter(|flag| !flag.is_empty()).into_iter().collect(),
            page_size: PAGE,
            page_token: self.page.clone(),
        }
    }

    fn is_narrow(&self) -> bool {
        !(self.own.is_empty() && self.team.is_empty() && self.phase.is_empty() && self.flag.is_empty())
    }

    fn address(&self, page: &str) -> String {
        let pairs = [
            ("own", self.own.as_str()),
            ("team", &self.team),
            ("phase", &self.phase),
            ("flag", &self.flag),
            ("page", page),
        ];
        form::address("/cases", &pairs)
    }
}

async fn show(visitor: Visitor, Query(filter): Query<Filter>) -> Response {
    page::or_refused(&visitor, list(&visitor, &filter).await)
}

async fn list(visitor: &Visitor, filter: &Filter) -> Result<Response, Refusal> {
    let mut cases = visitor.calls.cases();
    let asked = filter.request(&visitor.me.id);
    let (listed, people) = try_join!(
        async { Ok::<_, Refusal>(cases.list_cases(asked).await?.into_inner()) },
        visitor.people(),
    )?;
    let content = html! {
        div.heading {
            h1 { "Cases" }
            p.buttons {
                a.button href="/cases/new" { "Open a case" }
                a.button href="/uncopied" { "Copy for WMS / Niche" }
            }
        }
        (filter_shown(visitor, filter, &people))
        @if listed.cases.is_empty() { (nothing(filter)) } @else { (table(&listed.cases, filter, &people)) }
        @if !listed.next_page_token.is_empty() {
            p.pages { a rel="next" href=(filter.address(&listed.next_page_token)) { "More cases" } }
        }
    };
    Ok(Page::new(visitor, "Cases", Part::Cases, content).into_response())
}

fn filter_shown(visitor: &Visitor, filter: &Filter, people: &People) -> Markup {
    let mut posted = Posted::default();
    for (name, value) in
        [("own", &filter.own), ("team", &filter.team), ("phase", &filter.phase), ("flag", &filter.flag)]
    {
        posted.set(name, value);
    }
    let none = Faults::none();
    let mut owners = vec![(EVERYBODY.to_owned(), "Everybody’s".to_owned())];
    owners.extend(
        people
            .present()
            .filter(|staff| staff.id != visitor.me.id)
            .map(|staff| (staff.id.clone(), staff.name.clone())),
    );
    let mut phases = facts::phases();
    phases.push((EVERYBODY.to_owned(), "All, concluded as well".to_owned()));
    let mut flags = banners::known_flags();
    if !filter.flag.is_empty() && !flags.iter().any(|(word, _)| *word == filter.flag) {
        flags.push((filter.flag.clone(), banners::flag(&filter.flag)));
    }
    html! {
        form.case-filter method="get" action="/cases" {
            (Input::new("own", "Whose").required().select("Mine", &owners, &posted, &none))
            (Input::new("team", "Team").required().select("Any", &people.team_options(), &posted, &none))
            (Input::new("phase", "Phase").required().select("Not concluded", &phases, &posted, &none))
            (Input::new("flag", "Flag").required().select("Any", &flags, &posted, &none))
            button type="submit" { "Show" }
            @if filter.is_narrow() { a href="/cases" { "Show mine" } }
        }
    }
}

fn nothing(filter: &Filter) -> Markup {
    html! {
        p.empty {
            @if filter.is_narrow() { "No case fits this filter. " a href="/cases?own=all" { "Show everybody’s" } }
            @else {
                "You own no case that is still open. Cases come here when they are allocated to you or you open one. "
                a href="/cases?own=all" { "Show everybody’s" }
            }
        }
    }
}

fn table(cases: &[pb::Case], filter: &Filter, people: &People) -> Markup {
    let whose = match filter.own.as_str() {
        "" => "Your cases",
        EVERYBODY => "Everybody’s cases",
        staff => return table_of(cases, &format!("Cases of {}", people.name(staff)), people),
    };
    table_of(cases, whose, people)
}

fn table_of(cases: &[pb::Case], caption: &str, people: &People) -> Markup {
    html! {
        (page::scrolls("The table of cases", html! {
            table.cases {
                caption { (caption) ", the last that was taken on first" }
                thead { tr {
                    th scope="col" { "Case" } th scope="col" { "Phase" } th scope="col" { "Risk" } th scope="col" { "Flags" }
                    th scope="col" { "Owner" } th scope="col" { "Taken on" }
                } }
                tbody { @for case in cases { (row(case, people)) } }
            }
        }))
    }
}

fn row(case: &pb::Case, people: &People) -> Markup {
    html! {
        tr {
            th scope="row" { a href=(format!("/cases/{}", case.id)) { (case.label) } }
            td { (words::phase(case.phase())) }
            td { span class=(risk_class(case.risk())) { (words::risk(case.risk())) } }
            td {
                @for word in &case.flags { span.tag { (banners::flag(word)) } " " }
                @for word in &case.proposed_flags { span.tag.warn { (banners::flag(word)) " (proposed)" } " " }
            }
            td {
                @if case.owner_id.is_empty() { "nobody" } @else { (people.name(&case.owner_id)) }
                @if !case.cover_id.is_empty() { ", covered by " (people.name(&case.cover_id)) }
            }
            td.day { @if let Some(at) = clocks::instant_if(case.opened_at.as_ref()) { (london::human_date(london::date(at))) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_filter_ones_own_open_cases_are_asked_for() {
        let asked = Filter::default().request("me");
        assert_eq!(asked.owner_id, "me");
        assert_eq!(asked.phases, [Phase::PreCharge as i32, Phase::PostCharge as i32]);
        let filter = Filter { own: "all".to_owned(), phase: "concluded".to_owned(), ..Filter::default() };
        let asked = filter.request("me");
        assert_eq!((asked.owner_id.as_str(), asked.phases), ("", vec![Phase::Concluded as i32]));
    }

    #[test]
    fn the_address_keeps_the_filter() {
        let filter = Filter { own: "all".to_owned(), flag: "rasso".to_owned(), ..Filter::default() };
        assert_eq!(filter.address("t/1"), "/cases?own=all&flag=rasso&page=t%2F1");
        assert_eq!(Filter::default().address(""), "/cases");
    }
}
