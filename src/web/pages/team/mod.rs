//! The team: how much everybody has to do and how long they are there for it, who is away, and what nobody is at.
//!
//! A morning on which somebody is ill takes three presses: Team, "Off sick" beside their name, and "Hand over" on the plan
//! that follows.

pub(super) mod absence;
mod allocation;
mod cover;
mod cover_plan;
mod draw;
pub(super) mod handed;
mod notices;
mod reassign;
mod transfer;

use crate::grpc::pb::{self, Reason};
use crate::web::admit::Visitor;
use crate::web::board::{Board, Pack, People};
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted, REQUEST};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::tasks::Rows;
use crate::web::words;
use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use futures::try_join;
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Tasks of a list on the page of the team.
const FEW: i32 = 8;
/// Tasks on a page of their own.
const PAGE: i32 = 40;
/// People and queues that are shown one by one where everybody is asked for; a larger unit is shown team by team.
const EACH_MAX: usize = 60;
/// Everybody of the unit, in place of a team.
const ALL: &str = "all";

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route("/team", get(show))
        .route("/team/work", get(work))
        .route("/team/absences", post(away))
        .merge(allocation::router())
        .merge(cover::router())
        .merge(notices::router())
        .merge(reassign::router())
        .merge(transfer::router())
}

/// Refuses whoever leads no team.
///
/// # Errors
/// [`Reason::RoleForbids`].
fn leaders_only(visitor: &Visitor) -> Result<(), Refusal> {
    if visitor.leads() {
        return Ok(());
    }
    Err(Refusal::new(Reason::RoleForbids, "sharing out work is for team leaders"))
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// Which team; the visitor's own where empty, `all` for everybody.
    #[serde(default)]
    team: String,
    /// Which work: `unassigned` or `overdue`.
    #[serde(default)]
    of: String,
    #[serde(default)]
    page: String,
    /// Against which instant what is overdue is held, in Unix seconds: on later pages that of the first.
    #[serde(default)]
    at: String,
}

impl Asked {
    fn team(&self, visitor: &Visitor) -> String {
        match self.team.as_str() {
            "" => visitor.me.team_id.clone(),
            ALL => String::new(),
            team => team.to_owned(),
        }
    }

    /// The team as the address has it.
    fn word(&self, visitor: &Visitor) -> String {
        let team = self.team(visitor);
        if team.is_empty() { ALL.to_owned() } else { team }
    }
}

async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    overview(&visitor, &asked, &Posted::default(), &Faults::none()).await
}

async fn overview(visitor: &Visitor, asked: &Asked, posted: &Posted, faults: &Faults) -> Response {
    page::or_refused(visitor, made(visitor, asked, posted, faults).await)
}

fn listed(team: &str, of: &str, now: DateTime<Utc>, size: i32, token: &str) -> pb::ListTasksRequest {
    pb::ListTasksRequest {
        team_id: team.to_owned(),
        unassigned: of == "unassigned",
        due_before: (of == "overdue").then(|| clocks::timestamp(now)),
        page_size: size,
        page_token: token.to_owned(),
        ..pb::ListTasksRequest::default()
    }
}

async fn made(
    visitor: &Visitor,
    asked: &Asked,
    posted: &Posted,
    faults: &Faults,
) -> Result<Response, Refusal> {
    let team_id = asked.team(visitor);
    let (mut team, mut nobodys, mut late) =
        (visitor.calls.team(), visitor.calls.tasks(), visitor.calls.tasks());
    // Of everybody neither days nor trends are shown.
    let span = team_id.is_empty().then_some(0);
    let load = pb::GetWorkloadRequest {
        team_id: team_id.clone(),
        days: span,
        trend_days: span,
        ..pb::GetWorkloadRequest::default()
    };
    let unassigned = listed(&team_id, "unassigned", visitor.now, FEW, "");
    let overdue = listed(&team_id, "overdue", visitor.now, FEW, "");
    let (loads, unassigned, overdue, people, pack) = try_join!(
        async { Ok::<_, Refusal>(team.get_workload(load).await?.into_inner().workloads) },
        async { Ok(nobodys.list_tasks(unassigned).await?.into_inner()) },
        async { Ok(late.list_tasks(overdue).await?.into_inner()) },
        visitor.people(),
        visitor.pack(),
    )?;
    let name = if team_id.is_empty() { "Everybody" } else { people.team(&team_id) };
    let word = asked.word(visitor);
    let content = html! {
        (faults.summary())
        div.heading { h1 { "Team: " (name) } }
        (teams(&people, &word))
        @if team_id.is_empty() && loads.len() > EACH_MAX { (by_team(&loads, &people, visitor.now)) }
        @else { (loads_shown(visitor, &loads, &people, team_id.is_empty())) }
        div.columns {
            div.main-column {
                (away_shown(visitor, &loads, &people))
            }
            div.side-column {
                @if visitor.leads() {
                    (recording(visitor, &people, &team_id, posted, faults))
                    (ways(visitor, &team_id))
                }
            }
        }
        (lists(visitor, &pack, &people, &word, &unassigned, &overdue))
    };
    Ok(Page::new(visitor, "Team", Part::Team, content).status(faults.status()).into_response())
}

fn teams(people: &People, shown: &str) -> Markup {
    html! {
        nav.views aria-label="Teams" {
            ul {
                @for team in &people.teams {
                    li { a href=(format!("/team?team={}", team.id)) aria-current=[(team.id == shown).then_some("true")] { (team.name) } }
                }
                li { a href=(format!("/team?team={ALL}")) aria-current=[(shown == ALL).then_some("true")] { "Everybody" } }
            }
        }
    }
}

fn loads_shown(visitor: &Visitor, loads: &[pb::Workload], people: &People, everybody: bool) -> Markup {
    let most = loads.iter().map(|load| load.open).max().unwrap_or(0);
    // By team, in each by name, the queue last.
    let mut loads: Vec<&pb::Workload> = loads.iter().collect();
    loads.sort_by_key(|load| {
        (people.team(&load.team_id), load.staff_id.is_empty(), people.name(&load.staff_id))
    });
    let table = html! {
        (page::scrolls("The table of who has how much", html! {
            table.loads {
                caption.visually-hidden { "Open work of everybody, most urgent first, and the time they have for it" }
                thead { tr {
                    th scope="col" { "Who" }
                    th scope="col" { "Open work" }
                    th scope="col" { "Overdue" }
                    th scope="col" { "Due today" }
                    @if !everybody {
                        th scope="col" { "Work and time, 5 days" }
                        th scope="col" { "14 days" }
                    }
                    @if visitor.leads() { th scope="col" { span.visually-hidden { "Sickness" } } }
                } }
                tbody { @for load in &loads { (load_row(visitor, load, people, most, everybody)) } }
            }
        }))
    };
    html! {
        section aria-labelledby="load" {
            h2 id="load" { "Who has how much" }
            @if visitor.leads() {
                form method="post" action="/team/absences" data-keep="no" {
                    (form::carried(visitor, &Posted::default()))
                    input type="hidden" name="kind" value="sickness";
                    (table)
                }
            } @else { (table) }
            @if !everybody {
                p.hint {
                    "Bars: digits are priorities, 1 before all else. Days: the frame is the time somebody is there, what fills "
                    "it is work that must be done by then; ! says that it does not fit. Lines: dashed is what came, full is "
                    "what was done."
                }
            }
        }
    }
}

/// A large unit: a line a team, with what its people and its queue have together.
fn by_team(loads: &[pb::Workload], people: &People, now: DateTime<Utc>) -> Markup {
    let mut teams: BTreeMap<(&str, &str), Vec<&pb::Workload>> = BTreeMap::new();
    for load in loads {
        teams.entry((people.team(&load.team_id), &load.team_id)).or_default().push(load);
    }
    let of = |loads: &[&pb::Workload], count: fn(&pb::Workload) -> i64| {
        loads.iter().copied().map(count).sum::<i64>()
    };
    let counts = |loads: &[&pb::Workload]| {
        loads.iter().map(|load| draw::by_priority(load)).fold([0; 4], |mut all, of| {
            all.iter_mut().zip(of).for_each(|(all, of)| *all += of);
            all
        })
    };
    let most = teams.values().map(|loads| of(loads, |load| load.open)).max().unwrap_or(0);
    html! {
        section aria-labelledby="load" {
            h2 id="load" { "Which team has how much" }
            (page::scrolls("The table of which team has how much", html! {
                table.loads {
                    caption.visually-hidden { "Open work of every team, most urgent first" }
                    thead { tr {
                        th scope="col" { "Team" } th scope="col" { "Open work" } th scope="col" { "Overdue" }
                        th scope="col" { "Due today" } th scope="col" { "People" }
                    } }
                    tbody { @for ((name, id), loads) in &teams {
                        @let counts = counts(loads);
                        @let staff = loads.iter().filter(|load| !load.staff_id.is_empty());
                        @let away = staff.clone().filter(|load| is_away(load, now)).count();
                        tr {
                            th scope="row" { a href=(form::address("/team", &[("team", id)])) { (name) } }
                            td { (draw::stacked(counts, most)) p.hint { (of(loads, |load| load.open)) ": " (draw::counted(counts)) } }
                            td { (of(loads, |load| load.overdue)) }
                            td { (of(loads, |load| load.due_today)) }
                            td { (staff.count()) @if away > 0 { ", " strong { (away) " away" } } }
                        }
                    } }
                }
            }))
        }
    }
}

/// Whether somebody is away now.
fn is_away(load: &pb::Workload, now: DateTime<Utc>) -> bool {
    let begun =
        |absence: &pb::Absence| clocks::instant_if(absence.starts_at.as_ref()).is_some_and(|at| at <= now);
    load.absences.iter().any(begun)
}

fn load_row(visitor: &Visitor, load: &pb::Workload, people: &People, most: i64, everybody: bool) -> Markup {
    let counts = draw::by_priority(load);
    let is_queue = load.staff_id.is_empty();
    let away = is_away(load, visitor.now);
    let (fits, words) = draw::fits(&load.days);
    html! {
        tr.away[away] {
            th scope="row" {
                @if is_queue { "Queue of " (people.team(&load.team_id)) }
                @else {
                    a href=(format!("/?staff={}", load.staff_id)) { (people.name(&load.staff_id)) }
                    @if away { " " span.tag.bad { "away" } }
                    @else if !load.is_present { " " span.tag { "not at work now" } }
                }
            }
            td { (draw::stacked(counts, most)) p.hint { (load.open) ": " (draw::counted(counts)) } }
            td { @if load.overdue > 0 { strong.clock.over { (load.overdue) } } @else { "0" } }
            td { @if load.due_today > 0 { strong { (load.due_today) } } @else { "0" } }
            @if !everybody {
                td { @if !is_queue { (draw::days(&load.days)) p.hint { @if fits { (words) } @else { strong { (words) } } } } }
                td { (draw::trend(&load.trend)) p.hint { (draw::came_and_went(&load.trend)) } }
            }
            @if visitor.leads() {
                td { @if !is_queue && !away && load.staff_id != visitor.me.id {
                    button name="staff" value=(load.staff_id) { "Off sick" span.visually-hidden { ": " (people.name(&load.staff_id)) } }
                } }
            }
        }
    }
}

fn away_shown(visitor: &Visitor, loads: &[pb::Workload], people: &People) -> Markup {
    let absences: Vec<&pb::Absence> = loads.iter().flat_map(|load| &load.absences).collect();
    html! {
        section aria-labelledby="away" {
            h2 id="away" { "Who is away" }
            @if absences.is_empty() {
                p.empty { "Nobody is away or going to be. Sickness and leave stand here once they are recorded." }
            } @else {
                table {
                    caption.visually-hidden { "Absences that have not ended" }
                    thead { tr {
                        th scope="col" { "Who" } th scope="col" { "When" }
                        @if visitor.leads() { th scope="col" { "Cover" } th scope="col" { "End" } }
                    } }
                    tbody { @for absence in absences {
                        @let name = people.name(&absence.staff_id);
                        tr {
                            th scope="row" { (name) }
                            td { @if visitor.leads() { (words::absence_kind(absence.kind())) ", " } (absence::period(absence, visitor.now)) }
                            @if visitor.leads() {
                                td { a href=(format!("/team/cover/{}", absence.id)) { "Cover plan" span.visually-hidden { " for " (name) } } }
                                td { (cover::back_button(visitor, absence, name)) }
                            }
                        }
                    } }
                }
            }
        }
    }
}

fn recording(visitor: &Visitor, people: &People, team: &str, posted: &Posted, faults: &Faults) -> Markup {
    let of_team = people.present().filter(|staff| team.is_empty() || staff.team_id == team);
    let staff: Vec<(String, String)> = of_team.map(|staff| (staff.id.clone(), staff.name.clone())).collect();
    html! {
        details open[!faults.is_none()] {
            summary { "Record another absence" }
            form method="post" action="/team/absences" {
                (form::carried(visitor, posted))
                input type="hidden" name="team" value=(team);
                (Input::new("staff", "Who").required().select("Choose", &staff, posted, faults))
                (absence::inputs(posted, faults))
                button.primary type="submit" { "Record it and plan cover" }
            }
        }
    }
}

/// What else a team leader does with work.
fn ways(visitor: &Visitor, team: &str) -> Markup {
    html! {
        section aria-labelledby="ways" {
            h2 id="ways" { "Share out work" }
            ul {
                li { a href="/team/allocation" { "Cases before charge that nobody owns" } }
                li { a href=(form::address("/team/reassign", &[("team", team)])) { "Give tasks to others" } }
                li { a href="/team/transfer" { "Give cases to another owner for good" } }
                li { a href="/notices" { "Notices" } }
                @if visitor.manages() { li { a href="/accounts" { "People, teams and accounts" } } }
            }
        }
    }
}

fn lists(
    visitor: &Visitor,
    pack: &Pack,
    people: &People,
    team: &str,
    unassigned: &pb::ListTasksResponse,
    overdue: &pb::ListTasksResponse,
) -> Markup {
    let rows = Rows { visitor, pack, people: Some(people), pinned: &[], new_since: None };
    let list = |id: &str, title: &str, empty: &str, listed: &pb::ListTasksResponse| {
        let tasks: Vec<&pb::Task> = listed.tasks.iter().collect();
        html! {
            section.group aria-labelledby=(id) {
                h2 id=(id) { (title) }
                @if id == "overdue" {
                    p.hint { "Past its due time. The numbers above count what is past its target as well, where it has no due time." }
                }
                @if tasks.is_empty() { p.empty { (empty) } } @else { (rows.list(&tasks)) }
                @if !listed.next_page_token.is_empty() {
                    p.pages { a href=(form::address("/team/work", &[("of", id), ("team", team)])) { "All: " (title.to_lowercase()) } }
                }
            }
        }
    };
    let live = if team == ALL { "/live".to_owned() } else { format!("/live?team={team}") };
    let lists = html! {
        (list("unassigned", "Work without an owner", "Every open task has somebody who is to do it.", unassigned))
        (list("overdue", "Overdue work", "Nothing is overdue.", overdue))
    };
    html! { div id="work" data-live=(live) { (rows.form(&lists)) } }
}

async fn work(visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    page::or_refused(&visitor, work_page(&visitor, &asked).await)
}

async fn work_page(visitor: &Visitor, asked: &Asked) -> Result<Response, Refusal> {
    let (team, of) = (asked.team(visitor), if asked.of == "overdue" { "overdue" } else { "unassigned" });
    let mut tasks = visitor.calls.tasks();
    // Of whole seconds, so that the address of the next page can say it.
    let at = clocks::carried(&asked.at, visitor.now);
    let request = listed(&team, of, at, PAGE, &asked.page);
    let (listed, people, pack) = try_join!(
        async { Ok::<_, Refusal>(tasks.list_tasks(request).await?.into_inner()) },
        visitor.people(),
        visitor.pack(),
    )?;
    let rows = Rows { visitor, pack: &pack, people: Some(&people), pinned: &[], new_since: None };
    let title = if of == "overdue" { "Overdue work" } else { "Work without an owner" };
    let tasks: Vec<&pb::Task> = listed.tasks.iter().collect();
    let word = asked.word(visitor);
    let content = html! {
        div.heading {
            p.crumbs { a href=(format!("/team?team={word}")) { "Team" } }
            h1 { (title) }
            p { (if team.is_empty() { "Everybody" } else { people.team(&team) }) }
        }
        @if tasks.is_empty() { p.empty { "There is none." } } @else { (rows.form(&rows.list(&tasks))) }
        @if !listed.next_page_token.is_empty() {
            p.pages { a rel="next" href=(form::address("/team/work", &[("of", of), ("team", &word), ("page", &listed.next_page_token), ("at", &at.timestamp().to_string())])) { "More tasks" } }
        }
    };
    Ok(Page::new(visitor, title, Part::Team, content).into_response())
}

/// Records somebody's absence, and leads to the plan of who covers.
async fn away(visitor: Visitor, posted: Posted) -> Response {
    let asked = Asked { team: posted.get("team").to_owned(), ..Asked::default() };
    let staff = posted.get("staff");
    let read = if staff.is_empty() {
        Err(Faults::one("staff", "Choose who is away"))
    } else {
        absence::read(&posted, staff, visitor.now)
    };
    let absence = match read {
        Ok(absence) => absence,
        Err(faults) => return overview(&visitor, &asked, &posted, &faults).await,
    };
    // One form serves the whole table: whom it is about makes the id the button's own.
    let request_id = format!("{}-{staff}", posted.get(REQUEST));
    match visitor
        .calls
        .team()
        .record_absence(pb::RecordAbsenceRequest { request_id, absence: Some(absence) })
        .await
    {
        Ok(recorded) => {
            visitor.board.people_changed();
            let id = recorded.into_inner().absence.map_or_else(String::new, |absence| absence.id);
            page::done(
                &visitor,
                &format!("/team/cover/{id}"),
                "The absence is recorded. This is who could cover.",
            )
        }
        Err(status) => {
            let refusal = Refusal::from(status);
            if !refusal.is_mendable() {
                return page::refused(&visitor, &refusal);
            }
            overview(&visitor, &asked, &posted, &Faults::of(&refusal, absence::input_of)).await
        }
    }
}
