//! My day: what is to be done, the most pressing first, with what one put on top oneself, notices, and today's diary.
//!
//! Filters are the address: a list can be bookmarked, shared with a colleague and gone back to.

use crate::domain::london;
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::tasks::{GROUPS, Group, Rows, group};
use crate::web::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::{DateTime, TimeDelta, Utc};
use futures::try_join;
use maud::{Markup, html};
use serde::Deserialize;

/// Tasks on one page.
const PAGE: i32 = 50;
/// P1 and overdue tasks that are shown whatever the page.
const PRESSING: i32 = 50;
/// Calls to be tried again today that are shown.
const TO_RING: i32 = 50;
/// New tasks that are counted; of as many "or more" is said.
const NEW: usize = 100;
/// The cookie that says up to when somebody has seen what came.
const LOOKED: &str = "usher_looked";

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route("/", get(show))
        .route("/seen", post(seen))
        .route("/own", post(put_own))
        .route("/own/{id}", post(change_own))
        .route("/notices/{id}/read", post(read_notice))
}

/// The filters of the list, as the address has them.
#[derive(Debug, Default, Deserialize)]
struct Filters {
    /// Whose day; the visitor's own where empty.
    #[serde(default)]
    staff: String,
    /// Only this priority, such as `P1`.
    #[serde(default)]
    priority: String,
    /// Only what is due by then: `today`, `week`, `overdue`.
    #[serde(default)]
    due: String,
    /// Only this kind.
    #[serde(default)]
    kind: String,
    /// Where to go on.
    #[serde(default)]
    page: String,
    /// Against which instant what is overdue is held, in Unix seconds: on later pages that of the first.
    #[serde(default)]
    at: String,
}

impl Filters {
    fn is_narrow(&self) -> bool {
        !(self.priority.is_empty() && self.due.is_empty() && self.kind.is_empty())
    }

    fn address(&self, page: &str, now: DateTime<Utc>) -> String {
        let at = match self.due.as_str() {
            "overdue" => clocks::carried(&self.at, now).timestamp().to_string(),
            _ => String::new(),
        };
        let pairs = [
            ("staff", self.staff.as_str()),
            ("priority", &self.priority),
            ("due", &self.due),
            ("kind", &self.kind),
            ("page", page),
            ("at", &at),
        ];
        form::address("/", &pairs)
    }

    fn request(&self, staff: &str, now: DateTime<Utc>) -> pb::ListTasksRequest {
        let today = london::date(now);
        let due_before = match self.due.as_str() {
            "overdue" => Some(clocks::carried(&self.at, now)),
            "today" => Some(london::end_of_day(today) + TimeDelta::seconds(1)),
            "week" => Some(london::end_of_day(today + chrono::Days::new(7))),
            _ => None,
        };
        let priority = pb::Priority::from_str_name(&format!("PRIORITY_{}", self.priority));
        pb::ListTasksRequest {
            assignee_id: staff.to_owned(),
            kinds: Some(self.kind.clone()).filter(|kind| !kind.is_empty()).into_iter().collect(),
            priorities: priority.map(|priority| priority as i32).into_iter().collect(),
            due_before: due_before.map(clocks::timestamp),
            page_size: PAGE,
            page_token: self.page.clone(),
            ..pb::ListTasksRequest::default()
        }
    }
}

async fn show(visitor: Visitor, headers: HeaderMap, Query(filters): Query<Filters>) -> Response {
    let (empty, none) = (Posted::default(), Faults::none());
    day(&visitor, &headers, &filters, &empty, &none).await
}

/// The day, with a reminder that was refused as it was typed.
async fn day(
    visitor: &Visitor,
    headers: &HeaderMap,
    filters: &Filters,
    posted: &Posted,
    faults: &Faults,
) -> Response {
    // What so many calls answer is large: it is not copied from future to future.
    page::or_refused(visitor, Box::pin(made(visitor, headers, filters, posted, faults)).await)
}

async fn made(
    visitor: &Visitor,
    headers: &HeaderMap,
    filters: &Filters,
    posted: &Posted,
    faults: &Faults,
) -> Result<Response, Refusal> {
    let now = visitor.now;
    let whose = if filters.staff.is_empty() { visitor.me.id.clone() } else { filters.staff.clone() };
    let own = whose == visitor.me.id;
    let people = visitor.people().await?;
    if !own && !people.staff.iter().any(|staff| staff.id == whose) {
        return Err(Refusal::not_here("there is nobody of this id in the unit"));
    }
    let today = london::date(now).to_string();
    let request = filters.request(&whose, now);
    // What is overdue stands on top even where it is of a low priority and the list is long.
    let overdue = pb::ListTasksRequest {
        due_before: Some(clocks::timestamp(now)),
        page_size: PRESSING,
        page_token: String::new(),
        ..request.clone()
    };
    let is_first = filters.page.is_empty();
    let (mut tasks, mut team, mut diary, mut lines) =
        (visitor.calls.tasks(), visitor.calls.team(), visitor.calls.diary(), visitor.calls.tasks());
    let (mut late, mut again, mut new) =
        (visitor.calls.tasks(), visitor.calls.tasks(), visitor.calls.tasks());
    // What is to be rung again today and what is new is so whatever one filters by.
    let to_ring = pb::ListTasksRequest {
        assignee_id: whose.clone(),
        try_before: Some(clocks::timestamp(london::end_of_day(london::date(now)) + TimeDelta::seconds(1))),
        page_size: TO_RING,
        ..pb::ListTasksRequest::default()
    };
    let looked = looked(visitor, headers);
    let since = pb::ListTasksRequest {
        assignee_id: whose.clone(),
        raised_after: looked.map(clocks::timestamp),
        page_size: i32::try_from(NEW).unwrap_or_default(),
        ..pb::ListTasksRequest::default()
    };
    let entries = pb::ListEntriesRequest {
        from_day: today.clone(),
        to_day: today,
        staff_id: whose.clone(),
        page_size: 50,
        ..pb::ListEntriesRequest::default()
    };
    let notices =
        pb::ListNoticesRequest { unread_only: true, page_size: 20, ..pb::ListNoticesRequest::default() };
    let (listed, late, to_ring, fresh, notices, diary, lines, pack) = try_join!(
        async { Ok::<_, Refusal>(tasks.list_tasks(request).await?.into_inner()) },
        async {
            if is_first { Ok(late.list_tasks(overdue).await?.into_inner().tasks) } else { Ok(Vec::new()) }
        },
        async { Ok(again.list_tasks(to_ring).await?.into_inner().tasks) },
        async {
            if own && looked.is_some() {
                Ok(new.list_tasks(since).await?.into_inner().tasks.len())
            } else {
                Ok(0)
            }
        },
        async {
            if own { Ok(team.list_notices(notices).await?.into_inner().notices) } else { Ok(Vec::new()) }
        },
        async { Ok(diary.list_entries(entries).await?.into_inner().lines) },
        async {
            if own {
                Ok(lines.list_own_lines(pb::ListOwnLinesRequest::default()).await?.into_inner().lines)
            } else {
                Ok(Vec::new())
            }
        },
        visitor.pack(),
    )?;
    let pinned: Vec<String> =
        lines.iter().filter(|line| !line.task_id.is_empty()).map(|line| line.task_id.clone()).collect();
    let mut all = late;
    for task in listed.tasks {
        if !all.iter().any(|held| held.id == task.id) {
            all.push(task);
        }
    }
    let missing: Vec<&String> = pinned.iter().filter(|id| !all.iter().any(|task| task.id == **id)).collect();
    let mut elsewhere = Vec::new();
    for id in missing.into_iter().take(20) {
        let found = visitor.calls.tasks().get_task(pb::GetTaskRequest { task_id: id.clone() }).await;
        elsewhere.extend(found.ok().and_then(|found| found.into_inner().task));
    }
    let rows = Rows { visitor, pack: &pack, people: None, pinned: &pinned, new_since: looked };
    let name = if own { "My day".to_owned() } else { format!("{}’s day", people.name(&whose)) };
    let lists = html! {
        @if own && is_first { (own_lines(&rows, &lines, &all, &elsewhere)) }
        @for part in GROUPS {
            @let of: Vec<&pb::Task> = all.iter().filter(|task| group(task, now) == part && !pinned.contains(&task.id)).collect();
            @if !of.is_empty() {
                section class=(if part == Group::Overdue { "group overdue" } else { "group" }) id=(format!("g-{part:?}").to_lowercase()) {
                    h2 { (part.words()) " " span.count { (of.len()) } }
                    (rows.list(&of))
                }
            }
        }
        @if all.is_empty() { (nothing(filters, own)) }
    };
    let content = html! {
        (faults.summary())
        div.heading {
            h1 { (name) }
            p { (london::written_date(london::date(now))) ", " (london::time_of_day(now).format("%H:%M")) }
        }
        @if own && fresh > 0 {
            form.since method="post" action="/seen" {
                p role="status" { (if fresh == NEW { format!("{fresh} or more") } else { fresh.to_string() }) " new since " (looked.map_or(String::new(), |at| clocks::near(at, now))) }
                button type="submit" { "I have seen them" }
            }
        }
        (notices_shown(&notices, &people))
        (diary_shown(&diary, now))
        (ring_again(&to_ring, &all, now))
        (filters_shown(filters, &pack, visitor, &people))
        div data-live=(format!("/live?assignee={whose}")) id="day" { (rows.form(&lists)) }
        @if !listed.next_page_token.is_empty() {
            p.pages { a rel="next" href=(filters.address(&listed.next_page_token, now)) { "More tasks" } }
        }
        @if own { (reminder(visitor, posted, faults)) }
    };
    let mut response =
        Page::new(visitor, &name, Part::MyDay, content).status(faults.status()).into_response();
    if looked.is_none() {
        look(visitor, &mut response);
    }
    Ok(response)
}

fn looked(visitor: &Visitor, headers: &HeaderMap) -> Option<DateTime<Utc>> {
    let cookie = crate::web::admit::cookie(headers, LOOKED)?;
    let (staff, at) = cookie.split_once('.')?;
    let at = DateTime::from_timestamp_millis(at.parse().ok()?)?;
    (staff == visitor.me.id).then_some(at)
}

fn look(visitor: &Visitor, response: &mut Response) {
    let value = format!("{}.{}", visitor.me.id, visitor.now.timestamp_millis());
    page::set_cookie(response, &visitor.board, LOOKED, &value, Some(60 * 60 * 24 * 30));
}

async fn seen(visitor: Visitor) -> Response {
    let mut response = page::done(&visitor, "/", "Marked as seen.");
    look(&visitor, &mut response);
    response
}

fn nothing(filters: &Filters, own: bool) -> Markup {
    html! {
        p.empty {
            @if filters.is_narrow() { "No task fits this filter. " a href="/" { "Show all" } }
            @else if own { "Nothing is waiting for you. Tasks come here as courts, the CPS, callers and clocks raise them." }
            @else { "Nothing is waiting for them." }
        }
    }
}

/// What somebody put on top of their day, in their order.
fn own_lines(rows: &Rows<'_>, lines: &[pb::OwnLine], tasks: &[pb::Task], elsewhere: &[pb::Task]) -> Markup {
    let find = |id: &str| tasks.iter().chain(elsewhere).find(|task| task.id == id);
    html! {
        @if !lines.is_empty() {
            section.group.own id="g-own" {
                h2 { "On top " span.count { (lines.len()) } }
                ol.own {
                    @for (nth, line) in lines.iter().enumerate() {
                        li id=(format!("own-{}", line.id)) {
                            @if line.task_id.is_empty() {
                                p.reminder { (line.words) @if let Some(day) = clocks::day(&line.day) { " · " (clocks::near_day(day, rows.visitor.now)) } }
                                button name="own" value=(format!("done:{}", line.id)) formaction=(format!("/own/{}", line.id)) { "Done" }
                            } @else if let Some(task) = find(&line.task_id) {
                                (rows.list(&[task]))
                            }
                            @if nth > 0 {
                                button name="own" value=(format!("before:{}", lines[nth - 1].id)) formaction=(format!("/own/{}", line.id)) aria-label="Move up" { "↑" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn reminder(visitor: &Visitor, posted: &Posted, faults: &Faults) -> Markup {
    html! {
        form.reminder method="post" action="/own" {
            (form::carried(visitor, posted))
            (Input::new("words", "Remind me").required().line("text", posted, faults))
            (Input::new("day", "On").line("date", posted, faults))
            button type="submit" { "Add" }
        }
    }
}

async fn put_own(mut visitor: Visitor, headers: HeaderMap, posted: Posted) -> Response {
    let line = pb::OwnLine {
        words: posted.get("words").to_owned(),
        day: posted.get("day").to_owned(),
        ..pb::OwnLine::default()
    };
    let asked = pb::PutOwnLineRequest { line: Some(line), ..pb::PutOwnLineRequest::default() };
    match visitor.calls.tasks().put_own_line(asked).await {
        Ok(_) => page::done(&visitor, "/", "Reminder added."),
        Err(status) => {
            let refusal = Refusal::from(status);
            if !refusal.is_mendable() {
                return page::refused(&visitor, &refusal);
            }
            // What is pressed on the day below leads back to the day.
            visitor.here = "/".to_owned();
            let input = |path: &str| path.strip_prefix("line.").map(str::to_owned);
            let faults = Faults::of(&refusal, input);
            day(&visitor, &headers, &Filters::default(), &posted, &faults).await
        }
    }
}

async fn change_own(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    let (what, of) = posted.get("own").split_once(':').unwrap_or_default();
    let before = if what == "before" { of.to_owned() } else { String::new() };
    let asked = pb::PutOwnLineRequest {
        line: Some(pb::OwnLine { id, ..pb::OwnLine::default() }),
        done: what == "done",
        before_id: before,
    };
    match visitor.calls.tasks().put_own_line(asked).await {
        Ok(_) => page::done(&visitor, "/", if what == "done" { "Ticked off." } else { "Moved up." }),
        Err(status) => page::refused(&visitor, &status.into()),
    }
}

fn notices_shown(notices: &[pb::Notice], people: &crate::web::board::People) -> Markup {
    html! {
        @for notice in notices {
            form.notice method="post" action=(format!("/notices/{}/read", notice.id)) {
                p { strong { (people.name(&notice.from_staff_id)) ": " } (notice.words) }
                button type="submit" { "I have read it" }
            }
        }
    }
}

async fn read_notice(visitor: Visitor, Path(id): Path<String>) -> Response {
    let asked = pb::ReadNoticeRequest { request_id: format!("read-{id}"), notice_id: id };
    match visitor.calls.team().read_notice(asked).await {
        Ok(_) => page::done(&visitor, "/", "Marked as read."),
        Err(status) => page::refused(&visitor, &status.into()),
    }
}

/// Today's hearings and appointments: trials first.
fn diary_shown(lines: &[pb::DiaryLine], now: DateTime<Utc>) -> Markup {
    let is_trial = |line: &&pb::DiaryLine| {
        line.hearing.as_ref().is_some_and(|hearing| {
            matches!(hearing.kind(), pb::HearingKind::Trial | pb::HearingKind::TrialWithoutWitnesses)
        })
    };
    let (trials, others): (Vec<_>, Vec<_>) = lines.iter().filter(|line| !line.struck_out).partition(is_trial);
    html! {
        @if !lines.is_empty() {
            section.today aria-labelledby="today" {
                h2 id="today" { "In the diary today" }
                ul { @for line in trials.into_iter().chain(others) { (diary_line(line, now)) } }
            }
        }
    }
}

/// Calls that are to be tried again today, by the half of the day that each is for; what is late of an earlier half first.
/// Each leads to its row where the list below has it, else to its page.
fn ring_again(tasks: &[pb::Task], listed: &[pb::Task], now: DateTime<Utc>) -> Markup {
    let again = |task: &pb::Task| clocks::instant_if(task.next_attempt_at.as_ref());
    let mut due: Vec<(DateTime<Utc>, &pb::Task)> =
        tasks.iter().filter_map(|task| Some((again(task)?, task))).collect();
    due.sort_by_key(|(at, _)| *at);
    let leads = |task: &pb::Task| {
        let is_below = listed.iter().any(|other| other.id == task.id);
        if is_below { format!("#t-{}", task.id) } else { format!("/tasks/{}", task.id) }
    };
    html! {
        @if !due.is_empty() {
            section.today aria-labelledby="ring" {
                h2 id="ring" { "To ring again today" }
                ul { @for (at, task) in due {
                    li {
                        strong { (clocks::half(at, now)) } " "
                        a href=(leads(task)) { (task.title) }
                        @if !task.case_label.is_empty() { " " a href=(format!("/cases/{}", task.case_id)) { (task.case_label) } }
                    }
                } }
            }
        }
    }
}

fn diary_line(line: &pb::DiaryLine, now: DateTime<Utc>) -> Markup {
    let entry = line.entry.clone().unwrap_or_default();
    let at = match entry.when.as_ref().and_then(|when| when.kind.as_ref()) {
        Some(pb::when::Kind::At(at)) => {
            clocks::instant(*at).map_or(String::new(), |at| clocks::near(at, now))
        }
        _ => words::when(entry.when.as_ref(), now),
    };
    html! {
        li {
            strong { (at) } " "
            @match (&line.hearing, &entry.appointment) {
                (Some(hearing), _) => {
                    a href=(format!("/hearings/{}", hearing.id)) { (hearing.hearing_type) ", " (hearing.court.as_ref().map_or("", |court| court.name.as_str())) }
                }
                (None, Some(appointment)) => { (words::appointment_kind(appointment.kind())) }
                (None, None) => { (words::plain(&entry.kind)) }
            }
            " " a href=(format!("/cases/{}", line.case_id)) { (line.case_label) }
            " " span.tag { (line.sign) " " (line.words) }
        }
    }
}

fn filters_shown(
    filters: &Filters,
    pack: &crate::web::board::Pack,
    visitor: &Visitor,
    people: &crate::web::board::People,
) -> Markup {
    let mut posted = Posted::default();
    posted.set("priority", &filters.priority);
    posted.set("due", &filters.due);
    posted.set("kind", &filters.kind);
    posted.set("staff", &filters.staff);
    let none = Faults::none();
    let pairs = |of: &[(&str, &str)]| {
        of.iter().map(|(word, label)| ((*word).to_owned(), (*label).to_owned())).collect::<Vec<_>>()
    };
    let kinds = pack.kind_options();
    let staff = people.staff_options();
    html! {
        details.filters open[filters.is_narrow() || !filters.staff.is_empty()] {
            summary { "Filter" }
            form method="get" action="/" {
                @if visitor.leads() { (Input { required: true, ..Input::new("staff", "Whose") }.select("Mine", &staff, &posted, &none)) }
                (Input { required: true, ..Input::new("priority", "Priority") }.select("All", &pairs(&[("P1", "P1"), ("P2", "P2"), ("P3", "P3"), ("P4", "P4")]), &posted, &none))
                (Input { required: true, ..Input::new("due", "Due") }.select("Any time", &pairs(&[("overdue", "Overdue"), ("today", "By the end of today"), ("week", "Within 7 days")]), &posted, &none))
                (Input { required: true, ..Input::new("kind", "Kind") }.select("All", &kinds, &posted, &none))
                button type="submit" { "Show" }
                @if filters.is_narrow() || !filters.staff.is_empty() { a href="/" { "Show all" } }
            }
        }
    }
}
