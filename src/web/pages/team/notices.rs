//! Notices: what team leaders tell the unit, some teams or some people; for whoever posts them, who has read them.

use crate::domain::london;
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted, REQUEST, encode};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures::try_join;
use maud::{Markup, html};
use serde::Deserialize;

/// Notices on one page.
const PAGE: i32 = 20;
/// Names of readers that are told one by one.
const NAMES_MAX: usize = 30;

pub(super) fn router() -> Router<Board> {
    Router::new().route("/notices", get(show).post(put)).route("/notices/{id}/withdraw", post(withdraw))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// Whether those that have ended are shown as well.
    #[serde(default)]
    ended: String,
    #[serde(default)]
    page: String,
}

async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    page(&visitor, &asked, &Posted::default(), &Faults::none()).await
}

async fn page(visitor: &Visitor, asked: &Asked, posted: &Posted, faults: &Faults) -> Response {
    page::or_refused(visitor, made(visitor, asked, posted, faults).await)
}

async fn made(
    visitor: &Visitor,
    asked: &Asked,
    posted: &Posted,
    faults: &Faults,
) -> Result<Response, Refusal> {
    let with_ended = asked.ended == "yes";
    let mut team = visitor.calls.team();
    let request = pb::ListNoticesRequest {
        unread_only: false,
        include_ended: with_ended,
        page_size: PAGE,
        page_token: asked.page.clone(),
    };
    let (listed, people) = try_join!(
        async { Ok::<_, Refusal>(team.list_notices(request).await?.into_inner()) },
        visitor.people(),
    )?;
    let word = if with_ended { "yes" } else { "" };
    let content = html! {
        (faults.summary())
        h1 { "Notices" }
        div.columns {
            div.main-column {
                @if listed.notices.is_empty() {
                    p.empty {
                        "No notice stands. What team leaders post stands here, on everybody’s day and in the mail that each "
                        "gets as their shift begins."
                    }
                }
                @for notice in &listed.notices { (one(visitor, notice, &people)) }
                p.pages {
                    @if !listed.next_page_token.is_empty() {
                        a rel="next" href=(format!("/notices?ended={word}&page={}", encode(&listed.next_page_token))) { "More notices" } " "
                    }
                    @if with_ended { a href="/notices" { "Only those that stand" } }
                    @else { a href="/notices?ended=yes" { "Those that have ended as well" } }
                }
            }
            @if visitor.leads() { div.side-column { (posting(visitor, &people, posted, faults)) } }
        }
    };
    Ok(Page::new(visitor, "Notices", Part::Team, content).status(faults.status()).into_response())
}

fn one(visitor: &Visitor, notice: &pb::Notice, people: &People) -> Markup {
    let ended = clocks::instant_if(notice.until.as_ref()).is_some_and(|until| until <= visitor.now);
    let unread = notice.read_at.is_none() && notice.unread_staff_ids.contains(&visitor.me.id);
    let from = if notice.from_staff_id.is_empty() { "The unit" } else { people.name(&notice.from_staff_id) };
    // A care officer is not told who has read a notice; what is for them and unread waits for them on their day.
    let waits =
        unread || (!visitor.leads() && notice.read_at.is_none() && notice.from_staff_id != visitor.me.id);
    html! {
        article.notice-card {
            h2 { (from) ", " (clocks::full_if(notice.posted_at.as_ref())) @if ended { " " span.tag { "ended" } } }
            p { (notice.words) }
            p.hint {
                "For " (whom(notice, people)) ", until " (clocks::full_if(notice.until.as_ref())) "."
                @if notice.read_at.is_some() { " You read it " (clocks::full_if(notice.read_at.as_ref())) "." }
            }
            @if waits && !ended {
                form method="post" action=(format!("/notices/{}/read", notice.id)) { button type="submit" { "I have read it" } }
            }
            @if visitor.leads() {
                details {
                    summary { "Read by " (notice.readers.len()) ", not yet by " (notice.unread_staff_ids.len()) }
                    @if !notice.readers.is_empty() {
                        ul { @for reader in notice.readers.iter().take(NAMES_MAX) {
                            li { (people.name(&reader.staff_id)) ", " (clocks::full_if(reader.read_at.as_ref())) }
                        } }
                        @if notice.readers.len() > NAMES_MAX { p { "and " (notice.readers.len() - NAMES_MAX) " more" } }
                    }
                    @if !notice.unread_staff_ids.is_empty() {
                        p { "Not yet: " (names(&notice.unread_staff_ids, people)) }
                    }
                }
                @if !ended {
                    form method="post" action=(format!("/notices/{}/withdraw", notice.id)) data-keep="no" {
                        (form::carried(visitor, &Posted::default()))
                        button type="submit" { "Take it down" span.visually-hidden { ": notice of " (clocks::full_if(notice.posted_at.as_ref())) } }
                    }
                }
            }
        }
    }
}

fn names(ids: &[String], people: &People) -> String {
    let mut names: Vec<&str> = ids.iter().take(NAMES_MAX).map(|id| people.name(id)).collect();
    let more = format!("and {} more", ids.len().saturating_sub(NAMES_MAX));
    if ids.len() > NAMES_MAX {
        names.push(&more);
    }
    names.join(", ")
}

/// For whom a notice is.
fn whom(notice: &pb::Notice, people: &People) -> String {
    if notice.team_ids.is_empty() && notice.staff_ids.is_empty() {
        return "everybody".to_owned();
    }
    let teams = notice.team_ids.iter().map(|id| people.team(id));
    teams.chain(notice.staff_ids.iter().map(|id| people.name(id))).collect::<Vec<_>>().join(", ")
}

fn posting(visitor: &Visitor, people: &People, posted: &Posted, faults: &Faults) -> Markup {
    let teams = people.team_options();
    let staff = people.staff_options();
    html! {
        section aria-labelledby="post" {
            h2 id="post" { "Post a notice" }
            form method="post" action="/notices" {
                (form::carried(visitor, posted))
                (Input::new("words", "What it says").hint("It is mailed: name no victim and no witness").required().lines(4, posted, faults))
                (Input::new("team", "For these teams").hint("With no team and nobody named it is for everybody")
                    .choices(true, &teams, posted, faults))
                details open[posted.has("staff")] {
                    summary { "Or for some people" }
                    (Input::new("staff", "For these people").choices(true, &staff, posted, faults))
                }
                (Input::new("until", "Until the end of").hint("For a week where left empty").line("date", posted, faults))
                button.primary type="submit" { "Post it" }
            }
        }
    }
}

async fn put(visitor: Visitor, posted: Posted) -> Response {
    let until = posted.get("until");
    let day = clocks::day(until);
    let mut faults = Faults::none();
    if !until.is_empty() && day.is_none() {
        faults.field("until", "Enter a day");
    }
    if posted.get("words").is_empty() {
        faults.field("words", "Write what the notice says");
    }
    if !faults.is_none() {
        return page(&visitor, &Asked::default(), &posted, &faults).await;
    }
    let notice = pb::Notice {
        team_ids: posted.all("team").map(str::to_owned).collect(),
        staff_ids: posted.all("staff").map(str::to_owned).collect(),
        words: posted.get("words").to_owned(),
        until: day.and_then(|day| day.succ_opt()).map(|day| clocks::timestamp(london::start_of_day(day))),
        ..pb::Notice::default()
    };
    let asked = pb::PostNoticeRequest { request_id: posted.get(REQUEST).to_owned(), notice: Some(notice) };
    match visitor.calls.team().post_notice(asked).await {
        Ok(_) => page::done(&visitor, "/notices", "The notice is posted."),
        Err(status) => {
            let refusal = Refusal::from(status);
            if !refusal.is_mendable() {
                return page::refused(&visitor, &refusal);
            }
            let faults = Faults::of(&refusal, |path| match path.rsplit('.').next() {
                Some("words") => Some("words".to_owned()),
                Some("until") => Some("until".to_owned()),
                Some("team_ids" | "staff_ids") => Some("team".to_owned()),
                _ => None,
            });
            page(&visitor, &Asked::default(), &posted, &faults).await
        }
    }
}

async fn withdraw(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    let asked = pb::WithdrawNoticeRequest { request_id: posted.get(REQUEST).to_owned(), notice_id: id };
    match visitor.calls.team().withdraw_notice(asked).await {
        Ok(_) => page::done(&visitor, "/notices", "The notice is taken down."),
        Err(status) => page::refused(&visitor, &status.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_that_names_nobody_is_for_everybody() {
        let people = People {
            teams: vec![pb::Team { id: "t".into(), name: "East".into() }],
            staff: vec![pb::Staff { id: "s".into(), name: "Bo".into(), ..pb::Staff::default() }],
            ..People::default()
        };
        assert_eq!(whom(&pb::Notice::default(), &people), "everybody");
        let some =
            pb::Notice { team_ids: vec!["t".into()], staff_ids: vec!["s".into()], ..pb::Notice::default() };
        assert_eq!(whom(&some, &people), "East, Bo");
    }

    #[test]
    fn of_many_readers_the_first_are_named() {
        let ids: Vec<String> = (0..32).map(|nth| nth.to_string()).collect();
        assert!(names(&ids, &People::default()).ends_with("and 2 more"));
    }
}
