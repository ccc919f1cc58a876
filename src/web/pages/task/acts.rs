//! What is done to tasks: by the buttons of a list, and by the form of a task's page.

use super::{Filled, log};
use crate::domain::london;
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::clocks;
use crate::web::form::{Faults, Posted, REQUEST, sentence};
use crate::web::page;
use crate::web::pages::told;
use crate::web::question;
use crate::web::refusal::Refusal;
use crate::web::tasks::{ACT, tomorrow};
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::post;
use chrono::{DateTime, Utc};
use tonic::Status;

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route(ACT, post(act))
        .route("/tasks/{id}/do", post(do_it))
        .route("/tasks/{id}/{what}", post(manage))
}

/// The pack's word for telling somebody in writing.
const IN_WRITING: &str = "told-in-writing";
/// That a number that is held was rung.
pub(super) const HELD: &str = "held";

/// The page to go back to: one of ours.
fn back(posted: &Posted) -> String {
    page::own(posted.get("to"))
}

/// A button of a list: `what:task:version`.
async fn act(visitor: Visitor, posted: Posted) -> Response {
    let mut parts = posted.get("act").splitn(3, ':');
    let (what, task_id, version) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let (Some(task_id), Some(Ok(version))) = (task_id.map(str::to_owned), version.map(str::parse::<i64>))
    else {
        return page::refused(&visitor, &Refusal::not_here("the button names no task"));
    };
    let (what, outcome) = what.split_once('/').unwrap_or((what, ""));
    // One form serves the whole list: the task makes the id the button's own.
    let request_id = format!("{}-{what}-{task_id}-{version}", posted.get(REQUEST));
    let request_id = request_id.chars().take(128).collect::<String>();
    let mut tasks = visitor.calls.tasks();
    let now = visitor.now;
    let said = match what {
        "acknowledge" => tasks
            .acknowledge_task(pb::AcknowledgeTaskRequest { request_id, task_id, version })
            .await
            .map(|_| "Seen.".to_owned()),
        "start" => tasks
            .start_task(pb::StartTaskRequest { request_id, task_id, version })
            .await
            .map(|_| "Started.".to_owned()),
        "claim" => {
            let asked =
                pb::ClaimTaskRequest { request_id, task_id, version, staff_id: visitor.me.id.clone() };
            tasks.claim_task(asked).await.map(|_| "It is yours.".to_owned())
        }
        "attempt" => {
            let asked = pb::RecordAttemptRequest {
                request_id,
                task_id,
                version,
                outcome: outcome.to_owned(),
                ..Default::default()
            };
            let key = asked.request_id.clone();
            match tasks.record_attempt(asked).await {
                Ok(answer) => {
                    let task = answer.into_inner().task.unwrap_or_default();
                    let logged = log::tried(&visitor, &task, "", &key).await;
                    Ok(format!("{}{}", attempt_said(&task, now), not_logged(logged)))
                }
                Err(status) => Err(status),
            }
        }
        "complete" => {
            let asked = pb::CompleteTaskRequest {
                request_id,
                task_id,
                version,
                outcome: outcome.to_owned(),
                ..Default::default()
            };
            tasks.complete_task(asked).await.map(|_| "Done.".to_owned())
        }
        "tomorrow" => {
            let until = Some(clocks::timestamp(tomorrow(now)));
            let asked =
                pb::DeferTaskRequest { request_id, task_id, version, until, words: "not today".to_owned() };
            tasks.defer_task(asked).await.map(|_| "Put aside until tomorrow morning.".to_owned())
        }
        "pin" | "unpin" => {
            let line = pb::OwnLine { task_id, ..pb::OwnLine::default() };
            let asked =
                pb::PutOwnLineRequest { line: Some(line), done: what == "unpin", before_id: String::new() };
            let said = if what == "pin" { "Pinned." } else { "No longer pinned." };
            tasks.put_own_line(asked).await.map(|_| said.to_owned())
        }
        _ => Err(Status::invalid_argument("the button does nothing")),
    };
    match said {
        Ok(said) => page::done(&visitor, &back(&posted), &said),
        Err(status) => page::refused(&visitor, &status.into()),
    }
}

/// The form of a task: finished, tried, or kept for later.
async fn do_it(mut visitor: Visitor, Path(id): Path<String>, mut posted: Posted) -> Response {
    match did(&visitor, &id, &posted).await {
        Ok(Some((to, said))) => page::done(&visitor, &to, &said),
        Ok(None) => {
            visitor.said = Some(KEPT.to_owned());
            posted.set(REQUEST, visitor.new_id());
            again(&visitor, &id, Filled::Kept(posted), &Faults::none()).await
        }
        Err(Undone::Faults(faults)) => again(&visitor, &id, Filled::So(posted), &faults).await,
        Err(Undone::Refused(refusal)) => page::refused(&visitor, &refusal),
    }
}

/// The page of a task, with a form of it as it was filled in.
async fn again(visitor: &Visitor, id: &str, filled: Filled, faults: &Faults) -> Response {
    page::or_refused(visitor, super::page(visitor, id, filled, faults).await)
}

/// What is said where answers are kept of a form in which more than answers was filled in.
const KEPT: &str = "The answers are kept. What came of it, what they were told and the notes stay below until you save the task.";

/// Why a form was not taken.
enum Undone {
    /// It can be mended.
    Faults(Faults),
    /// It cannot.
    Refused(Refusal),
}

impl From<Status> for Undone {
    fn from(status: Status) -> Self {
        let refusal = Refusal::from(status);
        if refusal.is_mendable() {
            let input = |path: &str| match path {
                "outcome" | "words" | "channel" => Some(path.to_owned()),
                _ => path.starts_with("answers.").then(|| path.to_owned()),
            };
            Self::Faults(Faults::of(&refusal, input))
        } else {
            Self::Refused(refusal)
        }
    }
}

/// Where to go and what to say there.
type Said = (String, String);

/// Nothing is said where only the answers were kept: the rest stands in the form until it is saved.
async fn did(visitor: &Visitor, id: &str, posted: &Posted) -> Result<Option<Said>, Undone> {
    let mut tasks = visitor.calls.tasks();
    let held = tasks.get_task(pb::GetTaskRequest { task_id: id.to_owned() }).await?.into_inner();
    let form = held.form.unwrap_or_default();
    let answers = question::answers(&form, posted).map_err(Undone::Faults)?;
    let (request_id, version, task_id) = (posted.get(REQUEST).to_owned(), posted.version(), id.to_owned());
    if posted.get("act") == "answer" {
        // No event has room for notes of what is not done yet: they stand in the form, and the browser keeps them.
        let more =
            ["words", "outcome"].iter().any(|name| !posted.get(name).is_empty()) || told::is_any(posted);
        if !more || !answers.fields.is_empty() {
            let asked = pb::AnswerTaskRequest { request_id, task_id, version, answers: Some(answers) };
            tasks.answer_task(asked).await?;
        }
        if more {
            return Ok(None);
        }
        let to = if posted.get("to").is_empty() { format!("/tasks/{id}") } else { back(posted) };
        return Ok(Some((to, "The answers are kept.".to_owned())));
    }
    let outcome = posted.get("outcome").to_owned();
    let Some(choice) = form.choices.iter().find(|choice| choice.word == outcome) else {
        return Err(Undone::Faults(Faults::one("outcome", "Choose what came of it")));
    };
    let words = posted.get("words").to_owned();
    if !choice.ends {
        if told::is_any(posted) {
            let expected = "Untick it, as nobody was reached, or choose another outcome";
            return Err(Undone::Faults(Faults::one("met", expected)));
        }
        let mut version = version;
        if !answers.fields.is_empty() {
            let asked = pb::AnswerTaskRequest {
                request_id: format!("{request_id}-answers"),
                task_id: task_id.clone(),
                version,
                answers: Some(answers),
            };
            let answered = tasks.answer_task(asked).await?.into_inner();
            version = answered.task.map_or(version, |task| task.version);
        }
        let asked = pb::RecordAttemptRequest { request_id, task_id, version, outcome, at: None, words };
        return tried(visitor, back(posted), asked).await.map(Some);
    }
    let telling = telling(posted, &form, choice, &held.duties, held.task.as_ref())?;
    let asked = pb::CompleteTaskRequest {
        request_id,
        task_id,
        version,
        outcome,
        answers: Some(answers),
        met: telling.met.clone(),
        channel: telling.channel.clone(),
        words: words.clone(),
        at: None,
    };
    let done = tasks.complete_task(asked).await?.into_inner();
    let effects = done.receipt.map_or(0, |receipt| receipt.effects);
    let task = done.task.unwrap_or_default();
    let said: Vec<&pb::Duty> = held.duties.iter().filter(|duty| telling.is_told(&duty.id)).collect();
    let logged = log::told(visitor, &task, &said, (&telling.channel, &words, posted.get(REQUEST))).await;
    let said = match effects {
        0 | 1 => "Done.".to_owned(),
        _ => format!("Done; {effects} things followed from it. The task’s page undoes it."),
    };
    Ok(Some((back(posted), format!("{said}{}", not_logged(logged)))))
}

/// What was told by completing a task, and by what means.
struct Telling {
    /// The duties that were met; none given where the outcome alone says so.
    met: Option<pb::DutyIds>,
    channel: String,
}

impl Telling {
    fn is_told(&self, duty: &str) -> bool {
        self.met.as_ref().is_some_and(|met| met.ids.iter().any(|id| id == duty))
    }
}

/// Reads it from the form of a task in which what somebody is owed gathers; any other meets its duties by its outcome.
fn telling(
    posted: &Posted,
    form: &pb::TaskForm,
    choice: &pb::OutcomeChoice,
    duties: &[pb::Duty],
    task: Option<&pb::Task>,
) -> Result<Telling, Undone> {
    let channel = posted.get("channel");
    if !form.gathers || !choice.meets {
        return Ok(Telling { met: None, channel: channel.to_owned() });
    }
    let fault = |name: &str, expected: &str| Err(Undone::Faults(Faults::one(name, expected)));
    if choice.word == IN_WRITING && ["", "call", "voicemail"].contains(&channel) {
        return fault("channel", "Choose by letter or by e-mail: they were told in writing");
    }
    let channel = if channel.is_empty() { "call" } else { channel }.to_owned();
    let open: Vec<&pb::Duty> = duties.iter().filter(|duty| duty.state() == pb::DutyState::Open).collect();
    if open.is_empty() {
        return Ok(Telling { met: None, channel });
    }
    let ids: Vec<String> =
        open.iter().filter(|duty| told::is_ticked(posted, &duty.id)).map(|duty| duty.id.clone()).collect();
    if ids.is_empty() {
        return fault("met", "Tick what they were told, or choose another outcome: nothing is ticked");
    }
    let somebody = task.is_some_and(|task| !task.participant_id.is_empty());
    if somebody && channel == "call" && posted.get("check") != HELD {
        return fault("check", "Say how you made sure who they are; if they rang you, record it as a call");
    }
    Ok(Telling { met: Some(pb::DutyIds { ids }), channel })
}

async fn tried(visitor: &Visitor, to: String, asked: pb::RecordAttemptRequest) -> Result<Said, Undone> {
    let (key, words) = (asked.request_id.clone(), asked.words.clone());
    let task = visitor.calls.tasks().record_attempt(asked).await?.into_inner().task.unwrap_or_default();
    let logged = log::tried(visitor, &task, &words, &key).await;
    Ok((to, format!("{}{}", attempt_said(&task, visitor.now), not_logged(logged))))
}

/// What is said of an attempt: when it is to be tried again.
fn attempt_said(task: &pb::Task, now: DateTime<Utc>) -> String {
    let next = clocks::instant_if(task.next_attempt_at.as_ref());
    next.map_or("Attempt recorded.".to_owned(), |at| {
        format!("Attempt recorded; try again {}.", clocks::half(at, now))
    })
}

/// What is said where the contact log could not be written beside it.
fn not_logged(logged: bool) -> &'static str {
    if logged { "" } else { " The contact log could not be written: add the call there by hand." }
}

/// What changes whose a task is and when, and what undoes it.
async fn manage(visitor: Visitor, Path((id, what)): Path<(String, String)>, posted: Posted) -> Response {
    match managed(&visitor, &id, &what, &posted).await {
        Ok(said) => page::done(&visitor, &format!("/tasks/{id}"), &said),
        Err(Undone::Faults(faults)) => again(&visitor, &id, Filled::Managed(posted), &faults).await,
        Err(Undone::Refused(refusal)) => page::refused(&visitor, &refusal),
    }
}

async fn managed(visitor: &Visitor, id: &str, what: &str, posted: &Posted) -> Result<String, Undone> {
    let (request_id, version, task_id) = (posted.get(REQUEST).to_owned(), posted.version(), id.to_owned());
    // Each form of the page has a field of its own for why, so that every label leads to its own.
    let why = format!("why-{what}");
    let words = posted.get(&why).to_owned();
    let fault = |name: &str, expected: &str| Err(Undone::Faults(Faults::one(name, expected)));
    let mut tasks = visitor.calls.tasks();
    let said: Result<String, Status> = match what {
        "defer" => {
            let Ok(until) = london::parse(posted.get("until")) else {
                return fault("until", "Choose a day and a time");
            };
            if words.is_empty() {
                return fault(&why, "Say why it is put aside");
            }
            let asked = pb::DeferTaskRequest {
                request_id,
                task_id,
                version,
                until: Some(clocks::timestamp(until)),
                words,
            };
            tasks
                .defer_task(asked)
                .await
                .map(|_| format!("Put aside until {}.", clocks::near(until, visitor.now)))
        }
        "release" => tasks
            .release_task(pb::ReleaseTaskRequest { request_id, task_id, version })
            .await
            .map(|_| "It is in the team’s queue.".to_owned()),
        "claim" => {
            let asked =
                pb::ClaimTaskRequest { request_id, task_id, version, staff_id: visitor.me.id.clone() };
            tasks.claim_task(asked).await.map(|_| "It is yours.".to_owned())
        }
        "assign" => {
            let staff_id = posted.get("staff").to_owned();
            if staff_id.is_empty() {
                return fault("staff", "Choose who gets it");
            }
            // A team leader's word is reason enough.
            let words = if words.is_empty() { "given by a team leader".to_owned() } else { words };
            let asked =
                pb::AssignTaskRequest { request_id, task_id, version, staff_id, words, ..Default::default() };
            tasks.assign_task(asked).await.map(|answer| {
                let warnings = answer.into_inner().warnings;
                if warnings.is_empty() {
                    "Given.".to_owned()
                } else {
                    let warnings: Vec<String> = warnings.iter().map(|words| sentence(words)).collect();
                    format!("Given. {}.", warnings.join(". "))
                }
            })
        }
        // Whoever may not cancel it is told that first.
        "cancel" if words.is_empty() && visitor.leads() => return fault(&why, "Say why it need not be done"),
        "cancel" => {
            let asked = pb::CancelTaskRequest { request_id, task_id, version, words };
            tasks.cancel_task(asked).await.map(|_| "Cancelled.".to_owned())
        }
        "reopen" if words.is_empty() => return fault(&why, "Say why it is opened again"),
        "reopen" => {
            let asked = pb::ReopenTaskRequest { request_id, task_id, version, words };
            tasks.reopen_task(asked).await.map(|_| "It is open again, as it was.".to_owned())
        }
        _ => return Err(Undone::Refused(Refusal::not_here("there is no such button"))),
    };
    said.map_err(|status| {
        let refusal = Refusal::from(status);
        if !refusal.is_mendable() {
            return Undone::Refused(refusal);
        }
        let input = |path: &str| match path {
            "words" => Some(why.clone()),
            "until" => Some("until".to_owned()),
            "staff_id" => Some("staff".to_owned()),
            _ => None,
        };
        Undone::Faults(Faults::of(&refusal, input))
    })
}
