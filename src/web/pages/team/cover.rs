//! Cover for somebody who is away: the plan before anything changes, line by line with why and who would be next, how full
//! everybody would be; then its carrying out, what went where, and the way back.
//!
//! What is carried out is what was seen: each line goes back with its version. Where a task was changed meanwhile nothing is
//! handed over, and a new plan is shown with the changes that were made by hand.

use super::handed::{self, Handed};
use super::{absence, cover_plan, leaders_only};
use crate::domain::london;
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::clocks;
use crate::web::form::{self, Faults, Posted, REQUEST, sentence};
use crate::web::page::{self, Page, Part};
use crate::web::pages::me::said_of_return;
use crate::web::refusal::Refusal;
use crate::web::titles::Titles;
use crate::web::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::TimeDelta;
use futures::try_join;
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::HashMap;
use tonic::Status;
use tonic_types::StatusExt as _;

/// Absences among which one that is over is looked for.
const PAGE: i32 = 500;
/// How long after it began an absence may be called a mistake.
const NEW_FOR: TimeDelta = TimeDelta::hours(24);

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route("/team/cover/{id}", get(show).post(apply))
        .route("/team/cover/{id}/undo", post(undo))
        .route("/team/cover/{id}/back", post(back))
}

/// What was done just now, sealed.
#[derive(Debug, Default, Deserialize)]
struct Done {
    /// What went to others.
    #[serde(default)]
    went: String,
    /// What came back.
    #[serde(default)]
    came: String,
    /// What stays where it is.
    #[serde(default)]
    stays: String,
}

async fn show(visitor: Visitor, Path(id): Path<String>, Query(done): Query<Done>) -> Response {
    if let Err(refusal) = leaders_only(&visitor) {
        return page::refused(&visitor, &refusal);
    }
    page::or_refused(&visitor, page(&visitor, &id, &done, &Posted::default(), &Faults::none(), None).await)
}

/// The absence: among those that have not ended, else among all.
async fn absence(visitor: &Visitor, people: &People, id: &str) -> Result<pb::Absence, Refusal> {
    if let Some(held) = people.absences.iter().find(|held| held.id == id) {
        return Ok(held.clone());
    }
    let asked = pb::ListAbsencesRequest { page_size: PAGE, ..pb::ListAbsencesRequest::default() };
    let listed = visitor.calls.team().list_absences(asked).await?.into_inner().absences;
    listed.into_iter().find(|held| held.id == id).ok_or_else(|| Refusal::not_here("there is no such absence"))
}

/// What the open work of whoever an absence is of is called.
async fn titles(visitor: &Visitor, id: &str) -> Result<Titles, Refusal> {
    let people = visitor.people().await?;
    titles_of(visitor, &absence(visitor, &people, id).await?.staff_id).await
}

/// What the open work of somebody is called.
async fn titles_of(visitor: &Visitor, staff: &str) -> Result<Titles, Refusal> {
    let theirs = pb::ListTasksRequest { assignee_id: staff.to_owned(), ..pb::ListTasksRequest::default() };
    Titles::read(visitor, theirs).await
}

async fn planned(visitor: &Visitor, id: &str) -> Result<pb::PlanCoverResponse, Refusal> {
    let asked = pb::PlanCoverRequest { absence_id: id.to_owned() };
    Ok(visitor.calls.team().plan_cover(asked).await?.into_inner())
}

/// The page, with the plan that is held already or a new one.
async fn page(
    visitor: &Visitor,
    id: &str,
    done: &Done,
    posted: &Posted,
    faults: &Faults,
    held: Option<pb::PlanCoverResponse>,
) -> Result<Response, Refusal> {
    let people = visitor.people().await?;
    let away = absence(visitor, &people, id).await?;
    let over = absence::is_over(&away, visitor.now) || absence::was_called_off(&away);
    let plan = match held {
        _ if over => None,
        Some(plan) => Some(plan),
        None => Some(planned(visitor, id).await?),
    };
    // The tasks are named in the plan alone.
    let titles = if plan.is_some() { titles_of(visitor, &away.staff_id).await? } else { Titles::default() };
    let name = people.name(&away.staff_id);
    let title = format!("Cover for {name}");
    let went = handed::opened(&visitor.board, id, &done.went);
    let content = html! {
        (faults.summary())
        div.heading {
            p.crumbs { a href="/team" { "Team" } }
            h1 { (title) }
            p.facts {
                @if absence::was_called_off(&away) { "The absence was called off." }
                @else { "Away " (absence::period(&away, visitor.now)) @if over { ". The absence is over." } }
            }
        }
        @if !over && went.is_empty() { (mistaken(visitor, &away)) }
        (done_shown(visitor, id, done, &went, &people))
        @if let Some(plan) = &plan {
            (cover_plan::shown(visitor, &away, plan, &people, &titles, posted, went.len()))
            div.after-plan {
                (back_button(visitor, &away, name))
                @if went.is_empty() {
                    form method="post" action=(format!("/team/cover/{id}/undo")) data-keep="no" {
                        (form::carried(visitor, &Posted::default()))
                        button type="submit" { "Take back what others cover" }
                    }
                }
            }
        }
    };
    Ok(Page::new(visitor, &title, Part::Team, content).status(faults.status()).into_response())
}

/// The button that says that somebody is not away at all, while the absence is new: it ends now, or is called off where it
/// has not begun.
fn mistaken(visitor: &Visitor, away: &pb::Absence) -> Markup {
    let is_new =
        clocks::instant_if(away.starts_at.as_ref()).is_some_and(|starts| visitor.now - starts < NEW_FOR);
    html! {
        @if is_new {
            form method="post" action=(format!("/team/cover/{}/back", away.id)) data-keep="no" {
                (form::carried(visitor, &Posted::default()))
                button type="submit" { "This was a mistake: they are not away" }
            }
        }
    }
}

/// What was done just now, and what undoes it.
fn done_shown(visitor: &Visitor, id: &str, done: &Done, went: &[Handed], people: &People) -> Markup {
    let came = handed::opened(&visitor.board, id, &done.came);
    let stays = handed::opened(&visitor.board, id, &done.stays);
    html! {
        @if !went.is_empty() {
            section.did aria-labelledby="went" {
                h2 id="went" { "What went to whom" }
                (handed::shown(went, people))
                form method="post" action=(format!("/team/cover/{id}/undo")) data-keep="no" {
                    (form::carried(visitor, &Posted::default()))
                    button type="submit" { "Undo: give it all back" }
                }
                p.hint { "What somebody has begun by then stays with them." }
            }
        }
        @if !came.is_empty() { section.did { h2 { "What came back" } (handed::shown(&came, people)) } }
        @if !stays.is_empty() {
            section.did {
                h2 { "What stays where it is" }
                p.hint { "It was begun, or it is due before they are back at work." }
                (handed::shown(&stays, people))
            }
        }
    }
}

/// The button that ends an absence that has begun.
#[must_use]
pub(super) fn back_button(visitor: &Visitor, absence: &pb::Absence, name: &str) -> Markup {
    let has_begun = clocks::instant_if(absence.starts_at.as_ref()).is_some_and(|at| at <= visitor.now);
    html! {
        @if has_begun {
            form method="post" action=(format!("/team/cover/{}/back", absence.id)) data-keep="no" {
                (form::carried(visitor, &Posted::default()))
                button type="submit" { "Is back" span.visually-hidden { ": " (name) } }
            }
        } @else { span.hint { "Has not begun" } }
    }
}

/// A line of a plan as its form sends it back: the task, its version, to whom it was planned, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sent {
    task: String,
    version: i64,
    planned: String,
    urn: String,
    title: String,
}

impl Sent {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(5, '|').map(str::to_owned);
        let (task, version, planned) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
        let (urn, title) = (parts.next()?, parts.next()?);
        Some(Self { task, version, planned, urn, title })
    }

    /// Whom it is to go to; none where it is left out.
    fn chosen<'a>(&'a self, posted: &'a Posted) -> Option<&'a str> {
        match posted.get(&cover_plan::to_name(&self.task)) {
            cover_plan::STAYS => None,
            "" => Some(&self.planned),
            to => Some(to),
        }
    }

    fn words(&self) -> String {
        if self.urn.is_empty() { self.title.clone() } else { format!("{}, {}", self.title, self.urn) }
    }
}

/// The lines to be carried out, as they were seen and changed.
fn chosen(posted: &Posted) -> (Vec<Sent>, Vec<pb::PlanLine>) {
    let sent: Vec<Sent> = posted.all(cover_plan::LINE).filter_map(Sent::read).collect();
    let line = |sent: &Sent| {
        let to = sent.chosen(posted)?;
        // Where a team leader chose somebody else, the reason that the plan gave is no longer why.
        let because = if to == sent.planned { posted.get(&cover_plan::because_name(&sent.task)) } else { "" };
        Some(pb::PlanLine {
            task: Some(pb::ListedTask {
                id: sent.task.clone(),
                version: sent.version,
                ..pb::ListedTask::default()
            }),
            to_staff_id: to.to_owned(),
            because: because.to_owned(),
            ..pb::PlanLine::default()
        })
    };
    let lines = sent.iter().filter_map(line).collect();
    (sent, lines)
}

async fn apply(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    let (sent, lines) = chosen(&posted);
    if lines.is_empty() {
        let mut faults = Faults::none();
        faults.whole.push("Every line is left out: choose somebody for at least one".to_owned());
        return again(&visitor, &id, &posted, &faults, None).await;
    }
    let went: Vec<Handed> = sent
        .iter()
        .filter_map(|line| {
            let to = line.chosen(&posted)?;
            Some(Handed { to: to.to_owned(), urn: line.urn.clone(), title: line.title.clone() })
        })
        .collect();
    let asked =
        pb::ApplyCoverRequest { request_id: posted.get(REQUEST).to_owned(), absence_id: id.clone(), lines };
    match visitor.calls.team().apply_cover(asked).await {
        Ok(applied) => {
            let tasks = usize::try_from(applied.into_inner().tasks).unwrap_or_default();
            let to = format!("/team/cover/{id}?went={}", handed::sealed(&visitor.board, &id, &went));
            page::done(
                &visitor,
                &to,
                &format!(
                    "Handed over: {}. Everybody who covers gets a list.",
                    words::count(tasks, "task", "tasks")
                ),
            )
        }
        Err(status) => not_applied(&visitor, &id, posted, status, &sent).await,
    }
}

/// A new plan in place of the one that could not be carried out, with what stood in its way.
async fn not_applied(
    visitor: &Visitor,
    id: &str,
    mut posted: Posted,
    status: Status,
    sent: &[Sent],
) -> Response {
    let cannot = cannot_take(&status);
    let refusal = Refusal::from(status);
    if !refusal.is_mendable() {
        return page::refused(visitor, &refusal);
    }
    let (plan, people) = match try_join!(planned(visitor, id), visitor.people()) {
        Ok(read) => read,
        Err(refusal) => return page::refused(visitor, &refusal),
    };
    let lines: Vec<&Sent> = sent.iter().filter(|line| line.chosen(&posted).is_some()).collect();
    let mut why = match cannot {
        Some((staff, why)) => {
            let theirs =
                lines.iter().filter(|line| line.chosen(&posted) == Some(&staff)).map(|line| line.words());
            vec![format!(
                "{} cannot take it: {why}. Theirs: {}",
                people.name(&staff),
                theirs.collect::<Vec<_>>().join("; ")
            )]
        }
        None => differing(&lines, &plan),
    };
    if why.is_empty() {
        why.push(sentence(&refusal.message));
    }
    let mut faults = Faults::none();
    faults.whole.extend(why);
    faults
        .whole
        .push("Nothing was handed over. Below is a new plan, with the changes that you had made".to_owned());
    // What was refused is not sent a second time under its id.
    posted.set(REQUEST, visitor.new_id());
    again(visitor, id, &posted, &faults, Some(plan)).await
}

/// Who cannot take what they were to get, and why.
fn cannot_take(status: &Status) -> Option<(String, String)> {
    let details = status.get_error_details();
    let in_the_way = details.precondition_failure()?.violations.first()?;
    let staff = in_the_way.subject.strip_prefix("staff/")?;
    Some((staff.to_owned(), in_the_way.description.clone()))
}

/// The lines that are not as they were when the plan was made, each in words.
fn differing(lines: &[&Sent], plan: &pb::PlanCoverResponse) -> Vec<String> {
    let placed = plan.lines.iter().filter_map(|line| line.task.as_ref());
    let now: HashMap<&str, i64> = placed
        .chain(plan.unplaced.iter().filter_map(|left| left.task.as_ref()))
        .map(|task| (task.id.as_str(), task.version))
        .collect();
    let differs = |line: &&&Sent| match now.get(line.task.as_str()) {
        Some(version) if *version == line.version => None,
        Some(_) => Some(format!("{}: it was changed since the plan was made", line.words())),
        None => Some(format!("{}: it is done, can wait, or is with somebody else by now", line.words())),
    };
    lines.iter().filter_map(|line| differs(&line)).collect()
}

async fn again(
    visitor: &Visitor,
    id: &str,
    posted: &Posted,
    faults: &Faults,
    held: Option<pb::PlanCoverResponse>,
) -> Response {
    page::or_refused(visitor, page(visitor, id, &Done::default(), posted, faults, held).await)
}

async fn undo(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    let asked = pb::UndoCoverRequest { request_id: posted.get(REQUEST).to_owned(), absence_id: id.clone() };
    match visitor.calls.team().undo_cover(asked).await {
        Ok(undone) => {
            let titles = titles(&visitor, &id).await.unwrap_or_default();
            let (came, stays) = handed::of_return(&undone.into_inner().handed_back, &titles);
            let said = match (came.len(), stays.len()) {
                (0, 0) => "Nothing was covered.".to_owned(),
                (came, 0) => format!("Undone: {} went back.", words::count(came, "task", "tasks")),
                (came, stays) => format!(
                    "{} went back, {stays} stay with whoever has begun them.",
                    words::count(came, "task", "tasks")
                ),
            };
            page::done(&visitor, &returned(&visitor, &id, &came, &stays), &said)
        }
        Err(status) => page::refused(&visitor, &status.into()),
    }
}

async fn back(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    let asked = pb::EndAbsenceRequest {
        request_id: posted.get(REQUEST).to_owned(),
        absence_id: id.clone(),
        ends_at: None,
    };
    match visitor.calls.team().end_absence(asked).await {
        Ok(ended) => {
            visitor.board.people_changed();
            let titles = titles(&visitor, &id).await.unwrap_or_default();
            let (came, stays) = handed::of_return(&ended.into_inner().handed_back, &titles);
            let said = said_of_return(came.len(), stays.len());
            page::done(&visitor, &returned(&visitor, &id, &came, &stays), &said)
        }
        Err(status) => page::refused(&visitor, &status.into()),
    }
}

fn returned(visitor: &Visitor, id: &str, came: &[Handed], stays: &[Handed]) -> String {
    let sealed = |lines: &[Handed]| handed::sealed(&visitor.board, id, lines);
    format!("/team/cover/{id}?came={}&stays={}", sealed(came), sealed(stays))
}

/// Whether a clock runs out today or has run out.
#[must_use]
pub(super) fn presses(task: &pb::ListedTask, now: chrono::DateTime<chrono::Utc>) -> bool {
    let clocks = [&task.target_at, &task.due_at].into_iter().filter_map(|at| clocks::instant_if(at.as_ref()));
    clocks.min().is_some_and(|at| london::date(at) <= london::date(now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic_types::ErrorDetails;

    const TASK: &str = "01a2080b-7ba0-72cb-a114-7dea31cf5fb8";

    fn posted(to: &str) -> Posted {
        let line = form::encode(&format!("{TASK}|3|anna|52NG1000426|Tell A.F."));
        Posted::parse(&format!("line={line}&to.{TASK}={to}&because.{TASK}=knows+the+case"))
    }

    #[test]
    fn a_line_goes_back_as_it_was_seen() {
        let (_, lines) = chosen(&posted("anna"));
        let line = &lines[0];
        assert_eq!((line.to_staff_id.as_str(), line.because.as_str()), ("anna", "knows the case"));
        assert_eq!(line.task.as_ref().unwrap().version, 3);
    }

    #[test]
    fn a_line_that_was_changed_goes_without_the_reason_of_the_plan() {
        let (_, lines) = chosen(&posted("bo"));
        assert_eq!((lines[0].to_staff_id.as_str(), lines[0].because.as_str()), ("bo", ""));
    }

    #[test]
    fn a_line_that_is_left_out_is_not_sent() {
        let (sent, lines) = chosen(&posted(cover_plan::STAYS));
        assert_eq!((sent.len(), lines.len()), (1, 0));
    }

    #[test]
    fn the_lines_that_stand_in_the_way_are_said_in_words() {
        let (sent, _) = chosen(&posted("anna"));
        let lines: Vec<&Sent> = sent.iter().collect();
        let task = |version| Some(pb::ListedTask { id: TASK.into(), version, ..pb::ListedTask::default() });
        let plan = |task| pb::PlanCoverResponse {
            lines: vec![pb::PlanLine { task, ..pb::PlanLine::default() }],
            ..pb::PlanCoverResponse::default()
        };
        assert!(differing(&lines, &plan(task(3))).is_empty());
        let changed = differing(&lines, &plan(task(4)));
        assert_eq!(changed, ["Tell A.F., 52NG1000426: it was changed since the plan was made"]);
        assert!(differing(&lines, &plan(None))[0].starts_with("Tell A.F., 52NG1000426: it is done"));
    }

    #[test]
    fn whoever_cannot_take_it_is_known() {
        let mut details = ErrorDetails::new();
        details.add_precondition_failure_violation(
            "ASSIGNEE_UNSUITABLE",
            "staff/s-1",
            "their vetting has run out",
        );
        let status = Status::with_error_details(tonic::Code::FailedPrecondition, "no", details);
        assert_eq!(cannot_take(&status).unwrap(), ("s-1".to_owned(), "their vetting has run out".to_owned()));
        assert_eq!(cannot_take(&Status::aborted("no")), None);
    }
}
