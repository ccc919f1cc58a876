//! What is one's own: absences, and the calendar feeds that one's calendar program follows.

use super::sign_in;
use super::team::{absence, handed};
use crate::grpc::pb::{self, create_feed_request, diary_feed};
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted, REQUEST};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::titles::Titles;
use crate::web::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures::try_join;
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;

/// Absences on one page.
const PAGE: i32 = 20;
/// The page.
const ME: &str = "/me";

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route(ME, get(show))
        .route("/me/absences", post(away))
        .route("/me/absences/{id}/end", post(back))
        .route("/me/feeds", post(follow))
        .route("/me/feeds/{id}/revoke", post(revoke))
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// Where the list of absences goes on.
    #[serde(default)]
    page: String,
    /// What came back, sealed.
    #[serde(default)]
    came: String,
    /// What stays with others, sealed.
    #[serde(default)]
    stays: String,
}

/// What the page is shown with beside what it reads.
#[derive(Default)]
struct With<'a> {
    asked: Asked,
    posted: Posted,
    faults: Faults,
    /// The address of a feed that was made just now: shown this once.
    feed: Option<&'a str>,
}

async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    page(&visitor, With { asked, ..With::default() }).await
}

async fn page(visitor: &Visitor, with: With<'_>) -> Response {
    page::or_refused(visitor, made(visitor, &with).await)
}

async fn made(visitor: &Visitor, with: &With<'_>) -> Result<Response, Refusal> {
    let (mut team, mut diary) = (visitor.calls.team(), visitor.calls.diary());
    let absences = pb::ListAbsencesRequest {
        staff_id: visitor.me.id.clone(),
        page_size: PAGE,
        page_token: with.asked.page.clone(),
    };
    let feeds = pb::ListFeedsRequest { page_size: 100, ..pb::ListFeedsRequest::default() };
    let (absences, feeds, courts, people) = try_join!(
        async { Ok::<_, Refusal>(team.list_absences(absences).await?.into_inner()) },
        async { Ok(diary.list_feeds(feeds).await?.into_inner().feeds) },
        visitor.contacts(vec![pb::DirectoryKind::Court.into()]),
        visitor.people(),
    )?;
    let own = |feed: &&pb::DiaryFeed| feed.made_by_staff_id == visitor.me.id;
    let feeds: Vec<&pb::DiaryFeed> = feeds.iter().filter(own).collect();
    let content = html! {
        (with.faults.summary())
        h1 { "My absences and feeds" }
        (came_back(visitor, &with.asked, &people))
        div.columns {
            div.main-column {
                (my_absences(visitor, &absences))
                (my_feeds(visitor, &feeds, &people, &courts, with))
            }
            div.side-column {
                section {
                    h2 { "I will be away" }
                    form method="post" action="/me/absences" data-keep="no" {
                        (form::carried(visitor, &with.posted))
                        (absence::inputs(&with.posted, &with.faults))
                        button.primary type="submit" { "Record it" }
                    }
                    p.hint { "Your team leader sees it and plans who covers. Deadlines do not move." }
                }
                section { h2 { "My account" } p { a href=(sign_in::PASSWORD) { "Change my password" } } }
            }
        }
    };
    Ok(Page::new(visitor, "My absences and feeds", Part::None, content)
        .status(with.faults.status())
        .into_response())
}

fn came_back(visitor: &Visitor, asked: &Asked, people: &People) -> Markup {
    let came = handed::opened(&visitor.board, ME, &asked.came);
    let stays = handed::opened(&visitor.board, ME, &asked.stays);
    html! {
        @if !came.is_empty() { section { h2 { "What came back to you" } (handed::shown(&came, people)) } }
        @if !stays.is_empty() {
            section { h2 { "What stays with colleagues" }
                p.hint { "They have begun it, or it is due before you are back at work." }
                (handed::shown(&stays, people))
            }
        }
    }
}

fn my_absences(visitor: &Visitor, listed: &pb::ListAbsencesResponse) -> Markup {
    html! {
        section aria-labelledby="absences" {
            h2 id="absences" { "Absences" }
            @if listed.absences.is_empty() {
                p.empty { "Leave, sickness, training and days at court stand here once you or a team leader record them." }
            } @else {
                table {
                    caption.visually-hidden { "My absences, the latest first" }
                    thead { tr { th scope="col" { "Why" } th scope="col" { "When" } th scope="col" { "End it" } } }
                    tbody { @for absence in &listed.absences {
                        tr {
                            th scope="row" { (words::absence_kind(absence.kind())) }
                            td { (absence::period(absence, visitor.now)) }
                            td { @if absence::is_over(absence, visitor.now) { "over" } @else { (ending(visitor, absence)) } }
                        }
                    } }
                }
            }
            @if !listed.next_page_token.is_empty() {
                p.pages { a rel="next" href=(format!("{ME}?page={}", form::encode(&listed.next_page_token))) { "Earlier absences" } }
            }
        }
    }
}

/// The button that ends an absence: one is back, or does not go.
fn ending(visitor: &Visitor, absence: &pb::Absence) -> Markup {
    let has_begun = clocks::instant_if(absence.starts_at.as_ref()).is_some_and(|at| at <= visitor.now);
    html! {
        @if has_begun {
            form method="post" action=(format!("/me/absences/{}/end", absence.id)) data-keep="no" {
                (form::carried(visitor, &Posted::default()))
                button type="submit" { "I am back" }
            }
        } @else { span.hint { "A team leader changes it" } }
    }
}

async fn away(visitor: Visitor, posted: Posted) -> Response {
    let absence = match absence::read(&posted, &visitor.me.id, visitor.now) {
        Ok(absence) => absence,
        Err(faults) => return page(&visitor, With { posted, faults, ..With::default() }).await,
    };
    let asked =
        pb::RecordAbsenceRequest { request_id: posted.get(REQUEST).to_owned(), absence: Some(absence) };
    match visitor.calls.team().record_absence(asked).await {
        Ok(_) => {
            visitor.board.people_changed();
            page::done(&visitor, ME, "Recorded. Your team leader sees it.")
        }
        Err(status) => {
            let refusal = Refusal::from(status);
            if !refusal.is_mendable() {
                return page::refused(&visitor, &refusal);
            }
            let faults = Faults::of(&refusal, absence::input_of);
            page(&visitor, With { posted, faults, ..With::default() }).await
        }
    }
}

async fn back(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    let asked =
        pb::EndAbsenceRequest { request_id: posted.get(REQUEST).to_owned(), absence_id: id, ends_at: None };
    match visitor.calls.team().end_absence(asked).await {
        Ok(ended) => {
            visitor.board.people_changed();
            let mine = pb::ListTasksRequest { assignee_id: visitor.me.id.clone(), ..Default::default() };
            let titles = Titles::read(&visitor, mine).await.unwrap_or_default();
            let (came, stays) = handed::of_return(&ended.into_inner().handed_back, &titles);
            let said = said_of_return(came.len(), stays.len());
            let sealed = |lines: &[handed::Handed]| handed::sealed(&visitor.board, ME, lines);
            let to = format!("{ME}?came={}&stays={}", sealed(&came), sealed(&stays));
            page::done(&visitor, &to, &said)
        }
        Err(status) => page::refused(&visitor, &status.into()),
    }
}

/// What is said of an absence that ended.
#[must_use]
pub(super) fn said_of_return(came: usize, stays: usize) -> String {
    match (came, stays) {
        (0, 0) => "The absence has ended. Nothing was covered.".to_owned(),
        (came, 0) => format!("The absence has ended. All {came} covered tasks came back."),
        (came, stays) => {
            format!("The absence has ended. {came} covered tasks came back, {stays} stay where they are.")
        }
    }
}

/// What a feed shows, in words.
fn shows(feed: &pb::DiaryFeed, visitor: &Visitor, people: &People, courts: &[pb::DirectoryEntry]) -> String {
    match &feed.shows {
        Some(diary_feed::Shows::StaffId(id)) if *id == visitor.me.id => "My diary".to_owned(),
        Some(diary_feed::Shows::StaffId(id)) => format!("{}’s diary", people.name(id)),
        Some(diary_feed::Shows::TeamId(id)) => format!("Cases of {}", people.team(id)),
        Some(diary_feed::Shows::CourtCode(code)) => {
            let court = courts.iter().find(|court| court.court_code == *code);
            format!("Hearings at {}", court.map_or(code.as_str(), |court| court.name.as_str()))
        }
        None => "–".to_owned(),
    }
}

fn my_feeds(
    visitor: &Visitor,
    feeds: &[&pb::DiaryFeed],
    people: &Arc<People>,
    courts: &[pb::DirectoryEntry],
    with: &With<'_>,
) -> Markup {
    html! {
        section aria-labelledby="feeds" {
            h2 id="feeds" { "Calendar feeds" }
            p {
                "A calendar program, such as Outlook, follows a part of the diary by its address: references, courts and "
                "states, and nobody’s name."
            }
            @if let Some(address) = with.feed {
                div.notice role="status" {
                    p { strong { "The address of the new feed, shown this once: " } }
                    p { code.secret { (address) } }
                    p { "Whoever has it can read the feed without signing in: give it to your calendar program and to nobody." }
                }
            }
            @if feeds.is_empty() { p.empty { "You have no feed yet." } }
            @else {
                table {
                    caption.visually-hidden { "My calendar feeds" }
                    thead { tr { th scope="col" { "Shows" } th scope="col" { "Made" } th scope="col" { "End it" } } }
                    tbody { @for feed in feeds {
                        @let shows = shows(feed, visitor, people, courts);
                        tr {
                            th scope="row" { (shows) }
                            td { (clocks::full_if(feed.made_at.as_ref())) }
                            td { form method="post" action=(format!("/me/feeds/{}/revoke", feed.id)) data-keep="no" {
                                (form::carried(visitor, &Posted::default()))
                                button type="submit" { "End this feed" span.visually-hidden { ": " (shows) } }
                            } }
                        }
                    } }
                }
            }
            form.across method="post" action="/me/feeds" data-keep="no" {
                (form::carried(visitor, &Posted::default()))
                (Input::new("shows", "New feed of").required().select("", &choices(visitor, people, courts), &with.posted, &with.faults))
                button type="submit" { "Make the feed" }
            }
        }
    }
}

/// What a feed may show: one's own diary, teams, courts, and for team leaders everybody's.
fn choices(visitor: &Visitor, people: &People, courts: &[pb::DirectoryEntry]) -> Vec<(String, String)> {
    let mut choices = vec![(format!("staff:{}", visitor.me.id), "My diary".to_owned())];
    choices.extend(
        people.teams.iter().map(|team| (format!("team:{}", team.id), format!("Cases of {}", team.name))),
    );
    let courts = courts.iter().filter(|court| !court.court_code.is_empty());
    choices.extend(
        courts.map(|court| (format!("court:{}", court.court_code), format!("Hearings at {}", court.name))),
    );
    if visitor.leads() {
        let others = people.present().filter(|staff| staff.id != visitor.me.id);
        choices
            .extend(others.map(|staff| (format!("staff:{}", staff.id), format!("{}’s diary", staff.name))));
    }
    choices
}

/// What was chosen, as the contract has it.
fn chosen(posted: &Posted) -> Option<create_feed_request::Shows> {
    let (what, id) = posted.get("shows").split_once(':')?;
    let id = id.to_owned();
    match what {
        "staff" => Some(create_feed_request::Shows::StaffId(id)),
        "team" => Some(create_feed_request::Shows::TeamId(id)),
        "court" => Some(create_feed_request::Shows::CourtCode(id)),
        _ => None,
    }
}

async fn follow(visitor: Visitor, headers: HeaderMap, posted: Posted) -> Response {
    let Some(shows) = chosen(&posted) else {
        return page(
            &visitor,
            With { posted, faults: Faults::one("shows", "Choose what the feed shows"), ..With::default() },
        )
        .await;
    };
    let asked = pb::CreateFeedRequest { request_id: posted.get(REQUEST).to_owned(), shows: Some(shows) };
    match visitor.calls.diary().create_feed(asked).await {
        Ok(made) => {
            let path = made.into_inner().path;
            if path.is_empty() {
                return page::done(
                    &visitor,
                    ME,
                    "The feed was made before; its address was shown then. End it and make another if it is lost.",
                );
            }
            // The path is a secret that is answered once: it is shown here and goes through no cookie and no address.
            let address = format!("{}{path}", origin(&visitor, &headers));
            page(&visitor, With { feed: Some(&address), ..With::default() }).await
        }
        Err(status) => {
            let refusal = Refusal::from(status);
            if !refusal.is_mendable() {
                return page::refused(&visitor, &refusal);
            }
            let faults = Faults::of(&refusal, |_| Some("shows".to_owned()));
            page(&visitor, With { posted, faults, ..With::default() }).await
        }
    }
}

/// The server's own address, as the browser has it.
fn origin(visitor: &Visitor, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if visitor.board.over_tls() { "https" } else { "http" };
    if host.is_empty() { String::new() } else { format!("{scheme}://{host}") }
}

async fn revoke(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    let asked = pb::RevokeFeedRequest { request_id: posted.get(REQUEST).to_owned(), feed_id: id };
    match visitor.calls.diary().revoke_feed(asked).await {
        Ok(_) => {
            page::done(&visitor, ME, "The feed has ended: whoever asks for it is told that there is none.")
        }
        Err(status) => page::refused(&visitor, &status.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_shows_what_was_chosen() {
        let chosen = |text: &str| chosen(&Posted::parse(text));
        assert_eq!(
            chosen("shows=court:B01LY00"),
            Some(create_feed_request::Shows::CourtCode("B01LY00".into()))
        );
        assert_eq!(chosen("shows=moon:1"), None);
        assert_eq!(chosen(""), None);
    }

    #[test]
    fn whoever_is_back_is_told_what_came_back() {
        assert_eq!(said_of_return(4, 0), "The absence has ended. All 4 covered tasks came back.");
        assert!(said_of_return(4, 2).contains("2 stay where they are"));
    }
}
