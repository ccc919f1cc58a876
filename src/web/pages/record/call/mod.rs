//! A call, on one page: who is speaking, how they are safely reached, what they are owed, what came up, and what was said.
//!
//! Once it is recorded the same page shows the forms of the work that it raised, so that special measures, what they need
//! and a day for a statement are seen to while they are still on the telephone.

mod check;
mod raised;
mod save;
pub(super) mod view;

use super::about::{About, Of};
use super::choose;
use super::frame::shown;
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::{Board, Pack};
use crate::web::form::{Faults, Posted};
use crate::web::page;
use crate::web::refusal::Refusal;
use crate::web::tasks;
use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use check::{Asking, Verdict};
use futures::try_join;
use maud::html;
use std::sync::Arc;

/// Where calls are recorded.
pub(in crate::web::pages) const PATH: &str = "/record/call";
/// What a call raises is there at once, in seconds: what follows once its forms are filled in is for another day.
const AT_ONCE: i64 = 10;
/// Open tasks of a case that are looked through for those about one person.
const TASKS: i32 = 200;
/// Duties that ended in a case that are looked through for those of one call.
const DUTIES: i32 = 500;

pub(super) fn router() -> Router<Board> {
    Router::new().route(PATH, get(show).post(save::post))
}

async fn show(visitor: Visitor, Query(of): Query<Of>) -> Response {
    if of.case.is_empty() {
        return Redirect::to("/record?what=call").into_response();
    }
    let page = if of.participant.is_empty() {
        nobody_yet(&visitor, &of).await
    } else {
        page(&visitor, &of, &Posted::default(), None, &Faults::none()).await
    };
    page::or_refused(&visitor, page)
}

/// A call of which the case is known and the caller is not.
async fn nobody_yet(visitor: &Visitor, of: &Of) -> Result<Response, Refusal> {
    if !of.body.is_empty() {
        return other(visitor, of, &Posted::default(), &Faults::none()).await;
    }
    let about = About::read(visitor, of).await?;
    let bodies = check::bodies(of, &about);
    Ok(choose(visitor, &about, "Who is on the telephone?", of, PATH, of.way != "out", &bodies))
}

/// A call with somebody who is not in the case.
async fn other(visitor: &Visitor, of: &Of, posted: &Posted, faults: &Faults) -> Result<Response, Refusal> {
    let (about, verdict, pack) =
        try_join!(About::read(visitor, of), check::of_body(visitor, of), visitor.pack())?;
    let content = view::other(visitor, of, &about, &verdict, &pack, posted, faults);
    Ok(shown(visitor, "Call", &content, faults))
}

/// All that the page of a call shows.
struct Call<'a> {
    /// Whose page it is.
    pub visitor: &'a Visitor,
    /// What it is about.
    pub of: &'a Of,
    /// The case.
    pub about: About,
    /// The person.
    pub participant: pb::Participant,
    /// What is owed to them, and to those who are reached through them alone.
    pub duties: Vec<pb::Duty>,
    /// The open tasks about them, and those in which the duties gather.
    pub tasks: Vec<pb::Task>,
    /// The other open tasks of the case that are about nobody: some of what a call raises is.
    pub of_case: Vec<pb::Task>,
    /// What was told in the call that is recorded.
    pub told: Vec<pb::Duty>,
    /// The pack, for topics and forms.
    pub pack: Arc<Pack>,
    /// How they are made sure of.
    pub asking: Asking,
    /// What came of a check.
    pub verdict: Option<Verdict>,
}

impl Call<'_> {
    /// Whether they rang us.
    #[must_use]
    pub fn incoming(&self) -> bool {
        self.of.way == "in"
    }

    /// Whether it is known whom staff speak to: they rang a number that is held, the check was passed, or it is over.
    #[must_use]
    pub fn known(&self) -> bool {
        let is_over = !self.of.since.is_empty() && self.of.failed.is_empty();
        !self.incoming() || is_over || self.verdict.as_ref().is_some_and(Verdict::matched)
    }

    /// Whether no further check is made: then nothing is shown that might be said.
    #[must_use]
    pub fn locked(&self) -> bool {
        let back = |verdict: &Verdict| verdict.outcome == pb::CheckOutcome::CallBack;
        let asked = matches!(&self.asking, Asking::RungBack(verdict) if back(verdict));
        !self.known() && (asked || self.verdict.as_ref().is_some_and(back))
    }

    /// Whether somebody else may answer on a number that is held, so that the number alone makes sure of nobody.
    #[must_use]
    pub fn endangered(&self) -> bool {
        let case = &self.about.case;
        let mut words = case.flags.iter().chain(&case.proposed_flags).chain(&self.about.held.markers);
        let domestic = words.any(|word| word.to_lowercase().contains("domestic"));
        !self.incoming() && (domestic || case.risk() == pb::Risk::High)
    }

    /// What the page is called, as it may say by now who it is.
    #[must_use]
    pub fn title(&self) -> String {
        let one = &self.participant;
        let who = if self.known() { self.about.name_of(one) } else { self.about.initials(one) };
        match (self.of.since.is_empty(), self.incoming()) {
            (false, _) => format!("Recorded: {who}"),
            (true, true) => format!("Call from {who}"),
            (true, false) => format!("Call to {who}"),
        }
    }

    /// The tasks in which the duties gather.
    #[must_use]
    pub fn gathering(&self) -> Vec<&pb::Task> {
        self.tasks.iter().filter(|task| self.duties.iter().any(|duty| duty.task_id == task.id)).collect()
    }

    /// The tasks that this call raised, and the others about them.
    #[must_use]
    pub fn raised(&self) -> (Vec<&pb::Task>, Vec<&pb::Task>) {
        // Before the call is recorded they are what one rings for; what is open of them then is still to be done.
        let gathering: Vec<&str> = self.gathering().iter().map(|task| task.id.as_str()).collect();
        let is_recorded = !self.of.since.is_empty();
        let own = self.tasks.iter().filter(|task| is_recorded || !gathering.contains(&task.id.as_str()));
        own.partition(|task| within(&self.of.since, task.raised_at.as_ref()))
    }
}

/// Whether an instant is that of a call, whose own is given in seconds.
fn within(call: &str, at: Option<&prost_types::Timestamp>) -> bool {
    match (call.parse::<i64>(), at) {
        (Ok(from), Some(at)) => (from..from + AT_ONCE).contains(&at.seconds),
        _ => false,
    }
}

/// What was told to people of a case in the call that is recorded.
async fn told(visitor: &Visitor, of: &Of) -> Result<Vec<pb::Duty>, Refusal> {
    if of.at.is_empty() {
        return Ok(Vec::new());
    }
    let asked = pb::ListDutiesRequest {
        case_id: of.case.clone(),
        states: vec![pb::DutyState::Met.into(), pb::DutyState::Late.into()],
        page_size: DUTIES,
        ..pb::ListDutiesRequest::default()
    };
    let mut told = visitor.calls.tasks().list_duties(asked).await?.into_inner().duties;
    told.retain(|duty| within(&of.at, duty.met.as_ref().and_then(|met| met.at.as_ref())));
    Ok(told)
}

/// Reads all that the page shows.
async fn read<'a>(visitor: &'a Visitor, of: &'a Of, verdict: Option<Verdict>) -> Result<Call<'a>, Refusal> {
    let (mut duties, mut listed) = (visitor.calls.tasks(), visitor.calls.tasks());
    let owed = pb::ListDutiesRequest {
        case_id: of.case.clone(),
        page_size: TASKS,
        ..pb::ListDutiesRequest::default()
    };
    let open = pb::ListTasksRequest {
        case_id: of.case.clone(),
        page_size: TASKS,
        ..pb::ListTasksRequest::default()
    };
    let (about, duties, tasks, pack, asking, told) = try_join!(
        About::read(visitor, of),
        async { Ok::<_, Refusal>(duties.list_duties(owed).await?.into_inner().duties) },
        async { Ok(listed.list_tasks(open).await?.into_inner().tasks) },
        visitor.pack(),
        check::asking(visitor, of),
        told(visitor, of),
    )?;
    let participant = about.participant.clone().unwrap_or_default();
    let through_them = |id: &str| {
        id == participant.id
            || about.participant(id).is_some_and(|other| other.contact_via_id == participant.id)
    };
    let duties: Vec<pb::Duty> =
        duties.into_iter().filter(|duty| through_them(&duty.participant_id)).collect();
    let gathers = |task: &pb::Task| duties.iter().any(|duty| duty.task_id == task.id);
    let told = told.into_iter().filter(|duty| through_them(&duty.participant_id)).collect();
    let open = tasks.into_iter().filter(tasks::is_open);
    let (tasks, mut of_case): (Vec<_>, Vec<_>) =
        open.partition(|task| task.participant_id == participant.id || gathers(task));
    of_case.retain(|task| task.participant_id.is_empty());
    Ok(Call { visitor, of, about, participant, duties, tasks, of_case, told, pack, asking, verdict })
}

/// The page of a call, with its form as it was filled in where it was refused.
///
/// # Errors
/// What the API refuses.
async fn page(
    visitor: &Visitor,
    of: &Of,
    posted: &Posted,
    verdict: Option<Verdict>,
    faults: &Faults,
) -> Result<Response, Refusal> {
    let call = read(visitor, of, verdict).await?;
    let (raised, others) = call.raised();
    let forms = raised::forms(&call, &raised).await?;
    let is_recorded = !of.since.is_empty();
    let content = html! {
        (faults.summary())
        (view::heading(&call))
        div.columns.call {
            div.main-column {
                @if is_recorded {
                    p { a href="/uncopied" { "Copy it for WMS and Niche" } }
                    (raised::ticked(&call, &raised, &others))
                    (forms)
                    (raised::appointment(&call, posted, faults))
                    details.again { summary { "Record another call with them" } (view::form(&call, &Posted::default(), &Faults::none())) }
                } @else {
                    @if call.incoming() { (check::shown(of, &call.asking, call.verdict.as_ref(), posted, faults)) }
                    (view::form(&call, posted, faults))
                }
            }
            div.side-column {
                (view::reached(&call))
                @if !call.locked() {
                    (view::may(&call))
                    (view::hearings(&call))
                    (view::open_tasks(&call, &others))
                }
            }
        }
    };
    Ok(shown(visitor, "Call", &content, faults))
}
