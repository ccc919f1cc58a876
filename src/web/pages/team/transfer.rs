//! Giving cases to another owner for good, with the open tasks in them: first what would go where, then the doing of just that.

use super::allocation::why_not;
use super::{absence, leaders_only};
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::form::{self, Faults, Input, Posted, REQUEST};
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
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Cases of a preview that are listed one by one; of more than that the numbers are told.
const LISTED_MAX: usize = 150;

pub(super) fn router() -> Router<Board> {
    Router::new().route("/team/transfer", get(show).post(transfer))
}

#[derive(Deserialize)]
struct Asked {
    /// Whose cases.
    #[serde(default)]
    from: String,
}

async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    if let Err(refusal) = leaders_only(&visitor) {
        return page::refused(&visitor, &refusal);
    }
    let mut posted = Posted::default();
    posted.set("from", &asked.from);
    page(&visitor, &posted, &Faults::none(), None).await
}

/// What would go where, with what each case is known by.
struct Preview {
    answer: pb::TransferCasesResponse,
    labels: HashMap<String, String>,
}

async fn page(visitor: &Visitor, posted: &Posted, faults: &Faults, preview: Option<&Preview>) -> Response {
    let people = match visitor.people().await {
        Ok(people) => people,
        Err(refusal) => return page::refused(visitor, &refusal),
    };
    // Somebody who left has cases still, as long as nobody gave them to others.
    let from: Vec<(String, String)> = people
        .staff
        .iter()
        .map(|staff| {
            let left = if staff.left_at.is_some() { " (left)" } else { "" };
            (staff.id.clone(), format!("{}{left}", absence::named(&people, &staff.id, visitor.now)))
        })
        .collect();
    let to = absence::staff_options(&people, visitor.now);
    let content = html! {
        (faults.summary())
        div.heading {
            p.crumbs { a href="/team" { "Team" } }
            h1 { "Give cases to another owner" }
            p { "For good, with the open tasks in them. For somebody who is away, plan cover instead: it comes back." }
        }
        form method="post" action="/team/transfer" data-keep="no" {
            (form::carried(visitor, posted))
            (Input::new("from", "Whose cases").required().select("Choose", &from, posted, faults))
            (Input::new("to", "To whom").required().select("Each to whoever knows it, then the least full", &to, posted, faults))
            (Input::new("words", "Why").hint("Seen with each case").required().line("text", posted, faults))
            div.buttons { button.primary[preview.is_none()] type="submit" name="act" value="preview" { "See what would go where" } }
            @if let Some(preview) = preview { (preview_shown(visitor, preview, &people)) }
        }
    };
    Page::new(visitor, "Give cases to another owner", Part::Team, content)
        .status(faults.status())
        .into_response()
}

fn preview_shown(visitor: &Visitor, preview: &Preview, people: &People) -> Markup {
    let cases = &preview.answer.cases;
    let tasks: i32 = cases.iter().map(|case| case.tasks).sum();
    let mut by_owner: BTreeMap<&str, (usize, i32)> = BTreeMap::new();
    for case in cases {
        let of = by_owner.entry(people.name(&case.to_staff_id)).or_default();
        *of = (of.0 + 1, of.1 + case.tasks);
    }
    let label = |id: &str| preview.labels.get(id).map_or("a case", String::as_str).to_owned();
    html! {
        section aria-labelledby="preview" {
            h2 id="preview" { "What would go where" }
            @if cases.is_empty() { p.empty { "No case would go to anybody." } }
            @else {
                p {
                    (counted(cases.len(), tasks)) ": "
                    @for (nth, (name, (cases, tasks))) in by_owner.iter().enumerate() {
                        @if nth > 0 { "; " } (name) " " (counted(*cases, *tasks))
                    } "."
                }
                @if cases.len() <= LISTED_MAX {
                    table.plan {
                        caption { "Untick a case that is to stay" }
                        thead { tr {
                            th scope="col" { "Goes" } th scope="col" { "Case" } th scope="col" { "To" }
                            th scope="col" { "Tasks" } th scope="col" { "Why" }
                        } }
                        tbody { @for case in cases {
                            @let id = format!("case-{}", case.case_id);
                            tr {
                                td { input id=(id) type="checkbox" name="case" value=(case.case_id) checked; }
                                th scope="row" { label for=(id) { (label(&case.case_id)) } }
                                td { (people.name(&case.to_staff_id)) (absence::note(people, &case.to_staff_id, visitor.now)) }
                                td { (case.tasks) }
                                td { (case.because) }
                            }
                        } }
                    }
                } @else {
                    input type="hidden" name="all" value="yes";
                    @for to in receivers(cases) {
                        @let note = absence::note(people, to, visitor.now);
                        @if !note.0.is_empty() { p.warning { (people.name(to)) (note) } }
                    }
                }
                button.primary type="submit" name="act" value="apply" { "Give them" }
            }
            @if !preview.answer.left_case_ids.is_empty() {
                @let left: Vec<String> = preview.answer.left_case_ids.iter().take(LISTED_MAX).map(|id| label(id)).collect();
                p.warning { "Nobody may have: " (left.join(", ")) ". They stay where they are." }
            }
        }
    }
}

/// Whoever gets a case, each once.
fn receivers(cases: &[pb::CaseTransfer]) -> BTreeSet<&str> {
    cases.iter().map(|case| case.to_staff_id.as_str()).collect()
}

/// Cases and the tasks in them, in words.
fn counted(cases: usize, tasks: i32) -> String {
    let cases = words::count(cases, "case", "cases");
    match tasks {
        0 => cases,
        1 => format!("{cases} with 1 open task"),
        tasks => format!("{cases} with {tasks} open tasks"),
    }
}

/// The call that is asked for; the cases that were ticked where there are any to tick.
fn asked(posted: &Posted, validate_only: bool) -> pb::TransferCasesRequest {
    let case_ids = if validate_only { Vec::new() } else { posted.all("case").map(str::to_owned).collect() };
    pb::TransferCasesRequest {
        request_id: if validate_only { String::new() } else { posted.get(REQUEST).to_owned() },
        from_staff_id: posted.get("from").to_owned(),
        case_ids,
        to_staff_id: posted.get("to").to_owned(),
        words: posted.get("words").to_owned(),
        validate_only,
    }
}

async fn preview(visitor: &Visitor, posted: &Posted) -> Result<Preview, Refusal> {
    let (mut cases, mut listed) = (visitor.calls.cases(), visitor.calls.cases());
    let request = asked(posted, true);
    let own = pb::ListCasesRequest {
        owner_id: posted.get("from").to_owned(),
        phases: vec![pb::Phase::PreCharge as i32, pb::Phase::PostCharge as i32],
        page_size: 500,
        ..pb::ListCasesRequest::default()
    };
    let (answer, own) = try_join!(cases.transfer_cases(request), listed.list_cases(own))?;
    let labels = own.into_inner().cases.into_iter().map(|case| (case.id, case.label)).collect();
    Ok(Preview { answer: answer.into_inner(), labels })
}

async fn transfer(visitor: Visitor, mut posted: Posted) -> Response {
    let applies = posted.get("act") == "apply";
    let mut faults = Faults::none();
    if posted.get("from").is_empty() {
        faults.field("from", "Choose whose cases");
    }
    if posted.get("words").is_empty() {
        faults.field("words", "Say why: it is seen with each case");
    }
    if applies && posted.get("all").is_empty() && !posted.has("case") {
        faults.whole.push("Every case is unticked: nothing would go to anybody".to_owned());
    }
    if !faults.is_none() {
        return page(&visitor, &posted, &faults, None).await;
    }
    let answer = if applies {
        let done = visitor.calls.cases().transfer_cases(asked(&posted, false)).await;
        done.map(|done| Some(done.into_inner().cases.len())).map_err(Refusal::from)
    } else {
        Ok(None)
    };
    match answer {
        Ok(Some(count)) => page::done(&visitor, "/team", &format!("{count} cases have another owner now.")),
        Ok(None) => again(&visitor, &posted, faults).await,
        Err(refusal) if refusal.is_mendable() => {
            let faults = faults_of(&visitor, &refusal).await;
            posted.set(REQUEST, visitor.new_id());
            again(&visitor, &posted, faults).await
        }
        Err(refusal) => page::refused(&visitor, &refusal),
    }
}

/// The form with what would go where by now.
async fn again(visitor: &Visitor, posted: &Posted, faults: Faults) -> Response {
    match preview(visitor, posted).await {
        Ok(preview) => page(visitor, posted, &faults, Some(&preview)).await,
        Err(refusal) if refusal.is_mendable() => {
            let faults = if faults.is_none() { faults_of(visitor, &refusal).await } else { faults };
            page(visitor, posted, &faults, None).await
        }
        Err(refusal) => page::refused(visitor, &refusal),
    }
}

async fn faults_of(visitor: &Visitor, refusal: &Refusal) -> Faults {
    if refusal.fields.is_empty() {
        let mut faults = Faults::none();
        let people = visitor.people().await.unwrap_or_default();
        faults.whole.push(why_not(refusal, &people));
        return faults;
    }
    Faults::of(refusal, |path| match path {
        "from_staff_id" => Some("from".to_owned()),
        "to_staff_id" => Some("to".to_owned()),
        "words" => Some("words".to_owned()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_case_is_not_many() {
        assert_eq!(counted(1, 1), "1 case with 1 open task");
        assert_eq!(counted(3, 0), "3 cases");
    }

    #[test]
    fn what_is_given_is_what_was_ticked() {
        let posted = Posted::parse("request_id=r&from=a&to=b&words=leaves&case=1&case=2");
        assert_eq!(asked(&posted, false).case_ids, ["1", "2"]);
        let preview = asked(&posted, true);
        assert!(preview.case_ids.is_empty() && preview.request_id.is_empty() && preview.validate_only);
    }
}
