//! The board's pages over a unit with very many tasks: how long one waits for each, from the request to its last byte.
//!
//! Cases are opened and listed by the engine, which raises what is open then; what ended in the year before is written beside
//! it. So a force looks: a million tasks are some nine months of it, and most have ended.
//! The whole way is measured but the network: session, calls through the access table, audit, queries, HTML. Each page is
//! asked for as different people, tasks and cases, one after the other, as a care officer does.

use super::Place;
use super::history;
use super::load;
use super::town::Town;
use crate::app::{self, App};
use crate::config::Config;
use crate::demo::{cast, unit};
use crate::domain::event::{Payload, Subject};
use crate::domain::ids::{StaffId, TeamId, derived};
use crate::domain::staff::{Shift, Staff, StaffRole, Team};
use crate::engine::NewEvent;
use crate::store::queries::tasks;
use crate::store::sign_ins::{self, Account};
use crate::{grpc, web};
use anyhow::{Context, ensure};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, header};
use chrono::NaiveTime;
use serde::Serialize;
use std::sync::Arc;
use std::time::Instant;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// Care officers among whom the cases are shared out: a large force's, so that nobody has more than anybody could.
const OFFICERS: usize = 500;
/// Care officers in a team.
const TEAM: usize = 20;
/// Times that each page is asked for.
const TIMES: usize = 200;
/// Times before that, which are not counted: connections are opened and statements prepared once a day, not once a page.
const WARM: usize = 20;
/// Tasks of a case in all, open and ended: from a theft's 24 to some 54 of domestic abuse.
const TASKS_OF_CASE: usize = 40;
/// A page's largest size, in bytes, that is read at all.
const PAGE_MAX: usize = 4 * 1024 * 1024;
/// The password of the one account that is made.
const PASSWORD: &str = "a bench of its own";

/// What the pages came to.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Pages {
    pub(super) tasks: u64,
    pub(super) open: u64,
    pub(super) cases: usize,
    pub(super) pages: Vec<Timed>,
}

/// How long one waits for a page, in milliseconds, and how large it is.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Timed {
    pub(super) page: &'static str,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) max_ms: f64,
    pub(super) bytes_max: usize,
}

pub(super) async fn measure(place: &Place, wanted: usize, callers: usize) -> anyhow::Result<Pages> {
    let (scratch, store) = place.database("pages").await?;
    let town = Arc::new(Town::found(store.clone()).await?);
    for nth in (0..OFFICERS).step_by(TEAM) {
        let payload =
            Payload::TeamPut { team: Team { id: team_of(nth), name: format!("Team {}", nth / TEAM) } };
        town.engine.record(town.event(format!("team-{}", nth / TEAM), Subject::Desk, payload)).await?;
    }
    for nth in 0..OFFICERS {
        let payload = Payload::StaffPut { staff: Box::new(officer(nth)) };
        town.engine.record(town.event(format!("officer-{nth}"), Subject::Desk, payload)).await?;
    }
    let cases = (wanted / TASKS_OF_CASE).max(OFFICERS);
    let (opening, listing) = (town.clone(), town.clone());
    load::run(&town.engine, cases, callers, move |nth| owned(opening.opening(nth), nth)).await?;
    load::run(&town.engine, cases, callers, move |nth| {
        listing.shared(format!("listing-{nth}"), listing.listing(nth))
    })
    .await?;
    let open = tasks::count_open(&store, unit::unit().id).await?;
    let all = history::write(&store, unit::unit().id, wanted as u64, town.now).await?;
    scratch.keep_house(&store).await?;
    let visitor = Visitor::signed_in(&town).await?;
    let own: Vec<usize> = (0..cases).filter(|nth| nth % OFFICERS == 0).collect();
    let at = |nth: usize| own[(nth * 7_919) % own.len()];
    let mine = tasks::Filter { assignee: Some(officer(0).id), ..tasks::Filter::default() };
    let listed = tasks::list(&store, unit::unit().id, &mine, None, TIMES).await?.items;
    ensure!(!listed.is_empty(), "the first care officer has no task");
    let surname = |nth: usize| format!("{}{}", beginning(at(nth)), cast::name(at(nth)).1);
    let mut pages = Vec::new();
    pages.push(visitor.time("My day", |_| "/".to_owned()).await?);
    pages.push(visitor.time("task", |nth| format!("/tasks/{}", listed[nth % listed.len()].id)).await?);
    pages.push(visitor.time("case", |nth| format!("/cases/{}", cast::case_id(at(nth)))).await?);
    pages.push(visitor.time("search by name", |nth| format!("/search?q={}", surname(nth))).await?);
    pages.push(visitor.time("search by URN", |nth| format!("/search?q={}", cast::urn(at(nth)))).await?);
    pages.push(
        visitor.time("search, URN's end", |nth| format!("/search?q={}", end(&cast::urn(at(nth))))).await?,
    );
    pages.push(visitor.time("calendar, a week", |_| "/calendar?view=week".to_owned()).await?);
    pages.push(visitor.time("letters", |_| "/letters".to_owned()).await?);
    pages.push(visitor.time("team", |_| "/team".to_owned()).await?);
    pages.push(visitor.time("all teams", |_| "/team?team=all".to_owned()).await?);
    pages.push(visitor.time("team, overdue", |_| "/team/work?of=overdue".to_owned()).await?);
    pages.push(visitor.time("call", |nth| format!("/record/call?case={}", cast::case_id(at(nth)))).await?);
    drop((visitor, town));
    scratch.destroy(store).await?;
    Ok(Pages { tasks: all, open, cases, pages })
}

/// The last figures of a reference, as people read it out.
fn end(urn: &str) -> &str {
    &urn[urn.len().saturating_sub(7)..]
}

/// The team of the nth care officer.
fn team_of(nth: usize) -> TeamId {
    TeamId(derived(&[b"bench", b"team", &(nth / TEAM).to_be_bytes()]))
}

/// The nth care officer of the bench.
fn officer(nth: usize) -> Staff {
    let id = StaffId(derived(&[b"bench", b"officer", &nth.to_be_bytes()]));
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("hours of a shift are hours of a day");
    Staff {
        id,
        team: team_of(nth),
        name: format!("Care officer {nth}"),
        email: None,
        role: StaffRole::CareOfficer,
        skills: Vec::new(),
        shifts: (1..=5).map(|weekday| Shift { weekday, starts: hour(8), ends: hour(16) }).collect(),
        case_conflicts: Vec::new(),
        person_conflicts: Vec::new(),
        minutes_a_day: None,
        vetting_valid_until: None,
        left_at: None,
        version: 0,
    }
}

/// What a surname of the nth case begins with: so that the commonest are those of one person in a hundred, as they are here.
fn beginning(nth: usize) -> &'static str {
    ["", "Ash", "Bur", "Cor", "Dun", "Elm", "Fen", "Gor", "Hol", "Ing"][nth / OFFICERS % 10]
}

/// A case's opening, with one of them as its owner.
fn owned(mut opening: NewEvent, nth: usize) -> NewEvent {
    if let Payload::CaseOpened { case } = &mut opening.payload {
        let owner = officer(nth % OFFICERS);
        for identity in case.participants.iter_mut().filter_map(|one| one.identity.as_mut()) {
            identity.last_name.insert_str(0, beginning(nth));
        }
        case.owner = Some(owner.id);
        case.team = Some(owner.team);
    }
    opening
}

/// A care officer in front of the board.
struct Visitor {
    board: Router,
    cookie: String,
}

impl Visitor {
    async fn signed_in(town: &Town) -> anyhow::Result<Self> {
        let app = App { config: Config::default(), unit: unit::unit(), engine: town.engine.clone() };
        let (api, authority) = app.api(app::test_pack())?;
        let services = grpc::serve::services(&api, &authority, &tonic_health::server::HealthReporter::new())?;
        let board = web::router(app::board(&app, services, CancellationToken::new()));
        let digest = grpc::services::accounts::digest(PASSWORD.to_owned()).await;
        let account = Account {
            staff: officer(0).id,
            name: "bench".to_owned(),
            digest: digest.map_err(|refused| anyhow::anyhow!("{}", refused.message()))?,
            must_change: false,
            wrong: 0,
            waits_until: None,
            closed_at: None,
            signed_in_at: None,
        };
        sign_ins::put_account(town.engine.store(), app.unit.id, &account).await?;
        let form = Request::post("/sign-in")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("name=bench&password={}", PASSWORD.replace(' ', "+"))))?;
        let answer: Response<Body> = board.clone().oneshot(form).await?;
        let cookie = answer.headers().get(header::SET_COOKIE).context("nobody was signed in")?;
        let cookie = cookie.to_str()?.split(';').next().unwrap_or_default().to_owned();
        Ok(Self { board, cookie })
    }

    async fn time(&self, page: &'static str, address: impl Fn(usize) -> String) -> anyhow::Result<Timed> {
        let (mut waits, mut bytes_max) = (Vec::with_capacity(TIMES), 0);
        for nth in 0..WARM + TIMES {
            let address = address(nth);
            let request = Request::get(&address).header(header::COOKIE, &self.cookie).body(Body::empty())?;
            let begun = Instant::now();
            let answer: Response<Body> = self.board.clone().oneshot(request).await?;
            let status = answer.status();
            let body = to_bytes(answer.into_body(), PAGE_MAX).await?;
            if nth >= WARM {
                waits.push(begun.elapsed());
            }
            ensure!(status.is_success(), "{page}: {address} is answered with {status}");
            bytes_max = bytes_max.max(body.len());
        }
        waits.sort_unstable();
        let at = |share: f64| waits[((TIMES as f64 * share) as usize).min(TIMES - 1)].as_secs_f64() * 1e3;
        Ok(Timed { page, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: at(1.0), bytes_max })
    }
}
