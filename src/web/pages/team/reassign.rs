//! Giving tasks to others by what they are: first what would go where, then the doing of just that many.

use super::allocation::why_not;
use super::{absence, leaders_only};
use crate::domain::london;
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::{Board, Pack, People};
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted, REQUEST};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::titles::Titles;
use crate::web::words;
use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::try_join;
use maud::{Markup, html};
use serde::Deserialize;

/// Lines of a preview that are shown; of more the number is told.
const LISTED_MAX: usize = 120;

pub(super) fn router() -> Router<Board> {
    Router::new().route("/team/reassign", get(show).post(reassign))
}

#[derive(Deserialize)]
struct Asked {
    /// Only this team's.
    #[serde(default)]
    team: String,
    /// Only this member of staff's.
    #[serde(default)]
    staff: String,
}

async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    if let Err(refusal) = leaders_only(&visitor) {
        return page::refused(&visitor, &refusal);
    }
    let mut posted = Posted::default();
    posted.set("team", &asked.team);
    posted.set("whose", &asked.staff);
    page(&visitor, &posted, &Faults::none(), None).await
}

/// Nobody's tasks, in place of somebody's.
const NOBODYS: &str = "nobody";

async fn page(
    visitor: &Visitor,
    posted: &Posted,
    faults: &Faults,
    preview: Option<&pb::ReassignTasksResponse>,
) -> Response {
    let (people, pack) = match try_join!(visitor.people(), visitor.pack()) {
        Ok(read) => read,
        Err(refusal) => return page::refused(visitor, &refusal),
    };
    let titles = match titles(visitor, posted, preview.is_some()).await {
        Ok(titles) => titles,
        Err(refusal) => return page::refused(visitor, &refusal),
    };
    let content = html! {
        (faults.summary())
        div.heading {
            p.crumbs { a href="/team" { "Team" } }
            h1 { "Give tasks to others" }
            p { "Choose which tasks, see what would go where, then give them. Deadlines do not move." }
        }
        form method="post" action="/team/reassign" data-keep="no" {
            (form::carried(visitor, posted))
            (inputs(visitor, &people, &pack, posted, faults))
            div.buttons { button.primary[preview.is_none()] type="submit" name="act" value="preview" { "See what would go where" } }
            @if let Some(preview) = preview { (preview_shown(visitor, preview, &people, &titles)) }
        }
    };
    Page::new(visitor, "Give tasks to others", Part::Team, content).status(faults.status()).into_response()
}

/// What the tasks that fit are called, where they are shown.
async fn titles(visitor: &Visitor, posted: &Posted, are_shown: bool) -> Result<Titles, Refusal> {
    let Some(asked) = asked(posted, true).ok().filter(|_| are_shown) else { return Ok(Titles::default()) };
    let fit = pb::ListTasksRequest {
        assignee_id: asked.assignee_id,
        team_id: asked.team_id,
        unassigned: asked.unassigned,
        kinds: asked.kinds,
        priorities: asked.priorities,
        due_before: asked.due_before,
        ..pb::ListTasksRequest::default()
    };
    Titles::read(visitor, fit).await
}

fn inputs(visitor: &Visitor, people: &People, pack: &Pack, posted: &Posted, faults: &Faults) -> Markup {
    let staff = absence::staff_options(people, visitor.now);
    let mut whose = vec![(NOBODYS.to_owned(), "Nobody’s: in a queue".to_owned())];
    whose.extend(
        people.staff.iter().map(|staff| (staff.id.clone(), absence::named(people, &staff.id, visitor.now))),
    );
    let teams = people.team_options();
    let kinds = pack.kind_options();
    let priorities: Vec<(String, String)> =
        ["P1", "P2", "P3", "P4"].map(|word| (word.to_owned(), word.to_owned())).into();
    html! {
        fieldset.across {
            legend { "Which tasks" }
            (Input::new("whose", "Whose").required().select("Anybody’s", &whose, posted, faults))
            (Input::new("team", "Team").required().select("Any", &teams, posted, faults))
            (Input::new("kind", "Kind").required().select("Any", &kinds, posted, faults))
            (Input::new("due", "Due by the end of").line("date", posted, faults))
            (Input::new("priority", "Priority").choices(true, &priorities, posted, faults))
        }
        (Input::new("to", "To whom").required().select("Each to whoever may and can, as cover is planned", &staff, posted, faults))
        (Input::new("words", "Why").required().line("text", posted, faults))
    }
}

fn preview_shown(
    visitor: &Visitor,
    preview: &pb::ReassignTasksResponse,
    people: &People,
    titles: &Titles,
) -> Markup {
    html! {
        section aria-labelledby="preview" {
            h2 id="preview" { "What would go where" }
            @if preview.count == 0 { p.empty { "No task that fits would go to somebody else." } }
            @else {
                input type="hidden" name="count" value=(preview.count);
                p {
                    (preview.count) @if preview.count == 1 { " task goes" } @else { " tasks go" } " to somebody else."
                    @let stay = titles.count().saturating_sub(preview.lines.len() + preview.unplaced.len());
                    @if stay > 0 {
                        " " (stay) @if stay == 1 { " stays" } @else { " stay" }
                        " with whoever has it: nobody else would do it better."
                    }
                }
                @for warning in &preview.warnings { p.warning { (form::sentence(warning)) "." } }
                table.plan {
                    caption.visually-hidden { "Tasks that would go to somebody else" }
                    thead { tr { th scope="col" { "Task" } th scope="col" { "From" } th scope="col" { "To" } th scope="col" { "Why" } } }
                    tbody { @for line in preview.lines.iter().take(LISTED_MAX) {
                        @let task = line.task.clone().unwrap_or_default();
                        tr {
                            th scope="row" {
                                (words::priority(task.priority())) " " (titles.of(&task.id, &task.kind, &task.urn))
                            }
                            td { @if line.from_staff_id.is_empty() { "a queue" } @else { (people.name(&line.from_staff_id)) } }
                            td { (people.name(&line.to_staff_id)) (absence::note(people, &line.to_staff_id, visitor.now)) }
                            td { (line.because) @if line.over { " " strong.tag.bad { "more than they have time for" } } }
                        }
                    } }
                }
                @if preview.lines.len() > LISTED_MAX { p.hint { "And " (preview.lines.len() - LISTED_MAX) " more." } }
                button.primary type="submit" name="act" value="apply" { "Give them" }
            }
            @if !preview.unplaced.is_empty() {
                p { (preview.unplaced.len()) " tasks stay where they are, as nobody may and can do them in time:" }
                ul { @for left in preview.unplaced.iter().take(LISTED_MAX) {
                    @let task = left.task.clone().unwrap_or_default();
                    li { (titles.of(&task.id, &task.kind, &task.urn)) ": " (left.because) }
                } }
            }
        }
    }
}

/// The call that is asked for.
///
/// # Errors
/// What cannot be read, beside its input.
fn asked(posted: &Posted, validate_only: bool) -> Result<pb::ReassignTasksRequest, Faults> {
    let mut faults = Faults::none();
    let due = posted.get("due");
    let due_day = clocks::day(due);
    if !due.is_empty() && due_day.is_none() {
        faults.field("due", "Enter a day");
    }
    if posted.get("words").is_empty() {
        faults.field("words", "Say why: whoever gets the tasks reads it");
    }
    if !faults.is_none() {
        return Err(faults);
    }
    let whose = posted.get("whose");
    let priorities =
        posted.all("priority").filter_map(|word| pb::Priority::from_str_name(&format!("PRIORITY_{word}")));
    Ok(pb::ReassignTasksRequest {
        request_id: if validate_only { String::new() } else { posted.get(REQUEST).to_owned() },
        assignee_id: if whose == NOBODYS { String::new() } else { whose.to_owned() },
        team_id: posted.get("team").to_owned(),
        unassigned: whose == NOBODYS,
        case_id: String::new(),
        kinds: Some(posted.get("kind").to_owned()).filter(|kind| !kind.is_empty()).into_iter().collect(),
        priorities: priorities.map(|priority| priority as i32).collect(),
        due_before: due_day
            .and_then(|day| day.succ_opt())
            .map(|day| clocks::timestamp(london::start_of_day(day))),
        to_staff_id: posted.get("to").to_owned(),
        words: posted.get("words").to_owned(),
        validate_only,
        expected_count: if validate_only { 0 } else { posted.get("count").parse().unwrap_or_default() },
    })
}

async fn reassign(visitor: Visitor, mut posted: Posted) -> Response {
    let applies = posted.get("act") == "apply";
    let asked = match asked(&posted, !applies) {
        Ok(asked) => asked,
        Err(faults) => return page(&visitor, &posted, &faults, None).await,
    };
    let answer = visitor.calls.tasks().reassign_tasks(asked).await.map_err(Refusal::from);
    match answer {
        Ok(done) if applies => {
            let done = done.into_inner();
            page::done(&visitor, "/team", &format!("{} tasks are with somebody else now.", done.count))
        }
        Ok(preview) => page(&visitor, &posted, &Faults::none(), Some(&preview.into_inner())).await,
        Err(refusal) if refusal.is_mendable() => {
            posted.set(REQUEST, visitor.new_id());
            let faults = faults_of(&visitor, &refusal).await;
            again(&visitor, &posted, &faults, applies).await
        }
        Err(refusal) => page::refused(&visitor, &refusal),
    }
}

/// The form again; where something else would go by now than was seen, with what that is.
async fn again(visitor: &Visitor, posted: &Posted, faults: &Faults, applied: bool) -> Response {
    let preview = match asked(posted, true) {
        Ok(asked) if applied => visitor.calls.tasks().reassign_tasks(asked).await.ok(),
        _ => None,
    };
    page(visitor, posted, faults, preview.map(tonic::Response::into_inner).as_ref()).await
}

async fn faults_of(visitor: &Visitor, refusal: &Refusal) -> Faults {
    let mut faults = Faults::none();
    if refusal.fields.iter().any(|(path, _)| path == "expected_count") {
        faults.whole.push(
            "Other tasks fit by now than you had seen, so nothing was given: below is how it stands now"
                .to_owned(),
        );
        return faults;
    }
    if refusal.fields.is_empty() {
        let people = visitor.people().await.unwrap_or_default();
        faults.whole.push(why_not(refusal, &people));
        return faults;
    }
    Faults::of(refusal, |path| match path {
        "to_staff_id" => Some("to".to_owned()),
        "assignee_id" => Some("whose".to_owned()),
        "words" => Some("words".to_owned()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_is_read_as_it_was_chosen() {
        let posted = Posted::parse(
            "whose=nobody&priority=P1&priority=P2&due=2026-11-24&words=queue&count=7&request_id=r",
        );
        let asked = asked(&posted, false).unwrap();
        assert!(asked.unassigned && asked.assignee_id.is_empty());
        assert_eq!(asked.priorities, [pb::Priority::P1 as i32, pb::Priority::P2 as i32]);
        assert_eq!(asked.due_before, Some(clocks::timestamp(london::parse("2026-11-25T00:00").unwrap())));
        assert_eq!(asked.expected_count, 7);
    }

    #[test]
    fn nothing_is_given_without_a_reason() {
        assert!(asked(&Posted::parse("whose=nobody"), true).unwrap_err().is_about("words"));
    }
}
