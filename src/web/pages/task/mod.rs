//! A task: its form, whom it is about, what is owed in it, what was tried, and why it is there.

mod acts;
mod history;
mod log;
mod why;

use crate::grpc::pb::{self, TaskState};
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted};
use crate::web::page::{self, Page, Part};
use crate::web::pages::team::absence;
use crate::web::pages::told;
use crate::web::question;
use crate::web::refusal::Refusal;
use crate::web::tasks;
use crate::web::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::try_join;
use maud::{Markup, html};
use serde::Deserialize;

pub(super) fn router() -> Router<Board> {
    Router::new().route("/tasks/{id}", get(show)).merge(acts::router()).merge(history::router())
}

/// Where one came from, to go back to once it is done.
#[derive(Deserialize)]
struct From {
    #[serde(default)]
    to: String,
}

async fn show(visitor: Visitor, Path(id): Path<String>, Query(from): Query<From>) -> Response {
    page::or_refused(&visitor, page(&visitor, &id, Filled::Not { to: from.to }, &Faults::none()).await)
}

/// How a task's form was filled in.
pub(super) enum Filled {
    /// Not yet; where to go back to.
    Not {
        /// The page that one came from; one's own day where empty.
        to: String,
    },
    /// As it was refused.
    So(Posted),
    /// As it was when its answers were kept; the rest of it is not saved.
    Kept(Posted),
    /// Not: another form of the page was refused.
    Managed(Posted),
}

/// All that a task's page shows.
struct Seen {
    task: pb::Task,
    form: pb::TaskForm,
    duties: Vec<pb::Duty>,
    why: pb::ExplainTaskResponse,
    /// Its case; nothing for a task of the desk.
    held: pb::GetCaseResponse,
    people: std::sync::Arc<People>,
    entries: Vec<pb::DirectoryEntry>,
    messages: Vec<pb::Message>,
}

/// What is said to whoever sent the form of a task that ended meanwhile.
const ENDED_MEANWHILE: &str = "Somebody ended this task since you opened it, and nothing that you sent was saved. What you typed stands below";

impl Seen {
    /// What an outcome of the task is called.
    fn label(&self, outcome: &str) -> String {
        let choice = self.form.choices.iter().find(|choice| choice.word == outcome);
        choice.map_or_else(|| words::plain(outcome), |choice| choice.label.clone())
    }
}

async fn read(visitor: &Visitor, id: &str) -> Result<Seen, Refusal> {
    let (mut tasks, mut why) = (visitor.calls.tasks(), visitor.calls.tasks());
    let task_id = id.to_owned();
    let (held, why, people) = try_join!(
        async {
            Ok::<_, Refusal>(
                tasks.get_task(pb::GetTaskRequest { task_id: task_id.clone() }).await?.into_inner(),
            )
        },
        async {
            Ok(why.explain_task(pb::ExplainTaskRequest { task_id: task_id.clone() }).await?.into_inner())
        },
        visitor.people(),
    )?;
    let (task, form) = (held.task.unwrap_or_default(), held.form.unwrap_or_default());
    let mut of_case = pb::GetCaseResponse::default();
    let mut messages = Vec::new();
    if !task.case_id.is_empty() && !task.case_label.is_empty() {
        let name = pb::get_case_request::Name::CaseId(task.case_id.clone());
        let (mut cases, mut letters) = (visitor.calls.cases(), visitor.calls.correspondence());
        let drafts = pb::ListMessagesRequest {
            case_id: task.case_id.clone(),
            page_size: 200,
            ..pb::ListMessagesRequest::default()
        };
        let (found, listed) = try_join!(
            async {
                Ok::<_, Refusal>(cases.get_case(pb::GetCaseRequest { name: Some(name) }).await?.into_inner())
            },
            async {
                if task.draft_ids.is_empty() {
                    Ok(Vec::new())
                } else {
                    Ok(letters.list_messages(drafts).await?.into_inner().messages)
                }
            },
        )?;
        of_case = found;
        messages = listed;
        messages.retain(|message| task.draft_ids.contains(&message.id));
    }
    // The directory's entries that the questions may name.
    let kinds = form.questions.iter().map(|question| question.directory_kind).collect();
    let entries = visitor.contacts(kinds).await?;
    Ok(Seen { task, form, duties: held.duties, why, held: of_case, people, entries, messages })
}

/// The page of a task, with its form as it was filled in where it was refused.
async fn page(visitor: &Visitor, id: &str, filled: Filled, faults: &Faults) -> Result<Response, Refusal> {
    let seen = read(visitor, id).await?;
    let (task, now) = (&seen.task, visitor.now);
    let held = |to: &str| {
        let mut posted = Posted::default();
        question::fill(&mut posted, &seen.form, task.answers.as_ref());
        posted.set("to", page::own(to));
        posted
    };
    let unsaved = matches!(filled, Filled::Kept(_));
    let (posted, managed) = match filled {
        Filled::So(posted) | Filled::Kept(posted) => (posted, Posted::default()),
        Filled::Not { to } => (held(&to), Posted::default()),
        Filled::Managed(posted) => (held(""), posted),
    };
    let open = tasks::is_open(task);
    // There is no form any more in which anything could be mended.
    let too_late = Faults { whole: vec![ENDED_MEANWHILE.to_owned()], ..Faults::none() };
    let faults = if !open && posted.has("filled") { &too_late } else { faults };
    let content = html! {
        (faults.summary())
        div.heading {
            p.crumbs {
                a href="/" { "My day" }
                @if !task.case_label.is_empty() { " › " a href=(format!("/cases/{}", task.case_id)) { (task.case_label) } }
            }
            h1 { (task.title) }
            p.facts {
                span class=(format!("priority {}", words::priority(task.priority()).to_lowercase())) { (words::priority(task.priority())) }
                " " span.tag { (words::task_state(task.state())) }
                @if open { @for (words, press) in tasks::clocks(task, now) { " " (tasks::clock(&words, press)) } }
                @else { " " (ended(&seen)) }
                @if let Some(at) = tasks::waits_until(task, now) { " " span.tag.later { "not before " (clocks::near(at, now)) } }
            }
            p { (tasks::owner(task, &seen.people)) @if !task.assigned_because.is_empty() { ": " (task.assigned_because) } }
        }
        div.columns {
            div.main-column {
                (asked(task))
                (who(&seen))
                @if open { (doing(visitor, &seen, &posted, unsaved, faults)) } @else { (typed(&seen, &posted)) (left(task)) (done(visitor, &seen, &managed, faults)) }
            }
            div.side-column {
                (guidance(&seen.form))
                (owed(&seen, now))
                (tried(task, &seen.people, &seen.form))
                (drafts(&seen.messages))
                (why::shown(task, &seen.why, now))
                @if seen.held.case.is_some() { p { a href=(format!("/tasks/{}/history", task.id)) { "History of this task" } } }
                (managing(visitor, &seen, &managed, faults))
            }
        }
    };
    let page = Page::new(visitor, &task.title, Part::MyDay, content);
    Ok(page.status(faults.status()).into_response())
}

/// What is to be done, where somebody made the task by hand and said so.
fn asked(task: &pb::Task) -> Markup {
    let words = written(task, "words");
    html! { @if let Some(words) = words { section { h2 { "What is to be done" } blockquote { (words) } } } }
}

/// A note that is kept with a task under a name of its own.
fn written(task: &pb::Task, name: &str) -> Option<String> {
    question::shown(task.answers.as_ref()?.fields.get(name)?).filter(|words| !words.is_empty())
}

/// Whom it is about, and how they may safely be reached.
fn who(seen: &Seen) -> Markup {
    let case = &seen.held;
    let participant = case.participants.iter().find(|participant| participant.id == seen.task.participant_id);
    let Some(participant) = participant else { return html! {} };
    let through = case
        .participants
        .iter()
        .find(|other| !participant.contact_via_id.is_empty() && other.id == participant.contact_via_id);
    let reached = through.unwrap_or(participant);
    let person = case.people.iter().find(|person| person.id == reached.person_id);
    let own = case.people.iter().find(|person| person.id == participant.person_id);
    html! {
        section.who aria-labelledby="who" {
            h2.visually-hidden id="who" { "Whom it is about" }
            (super::people::reach(&case.case.clone().unwrap_or_default(), participant, own, through, person))
        }
    }
}

fn guidance(form: &pb::TaskForm) -> Markup {
    html! {
        @if !form.guidance.is_empty() {
            section.guidance { h2 { "What to do" } @for part in form.guidance.split("\n\n") { p { (part) } } }
        }
    }
}

/// The words of a channel that a task can be done by; the API knows the same.
const CHANNELS: [(&str, &str); 5] = [
    ("call", "By phone"),
    ("email", "By e-mail"),
    ("letter", "By letter"),
    ("visit", "In person"),
    ("voicemail", "By voicemail"),
];

/// The form by which it is done.
fn doing(visitor: &Visitor, seen: &Seen, posted: &Posted, unsaved: bool, faults: &Faults) -> Markup {
    let (task, form) = (&seen.task, &seen.form);
    let open: Vec<pb::Duty> =
        seen.duties.iter().filter(|duty| duty.state() == pb::DutyState::Open).cloned().collect();
    let outcomes: Vec<(String, String)> = form
        .choices
        .iter()
        .map(|choice| {
            (
                choice.word.clone(),
                if choice.ends { choice.label.clone() } else { format!("{} (it stays open)", choice.label) },
            )
        })
        .collect();
    let mut shown = posted.clone();
    if !posted.has("filled") && outcomes.len() == 1 {
        shown.set("outcome", outcomes[0].0.clone());
    }
    let channels = form::options(&CHANNELS);
    html! {
        section.doing id="do" {
            h2 { "Do it" }
            form method="post" action=(format!("/tasks/{}/do", task.id)) data-form data-unsaved[unsaved] {
                (form::carried(visitor, posted))
                input type="hidden" name="version" value=(task.version);
                input type="hidden" name="filled" value="yes";
                @if !posted.get("to").is_empty() { input type="hidden" name="to" value=(posted.get("to")); }
                (question::inputs(form, &seen.entries, &shown, faults))
                @if form.gathers && !open.is_empty() {
                    fieldset.field.owed.wrong[faults.is_about("met")] {
                        legend { "What they were told" }
                        (faults.beside("met"))
                        p.hint { "What stays unticked stays owed." }
                        (told::ticks(&open, &seen.held, &task.participant_id, &shown, visitor.now))
                    }
                }
                @if form.gathers && seen.messages.is_empty() {
                    p.hint {
                        "No letter and no mail waits to leave with this task: whoever is told in writing is told by what you write yourself. "
                        a href=(format!("/cases/{}/documents#add", task.case_id)) { "Add it to the case" } "."
                    }
                }
                (Input::new("outcome", "What came of it").required().choices(false, &outcomes, &shown, faults))
                @if form.gathers { (Input::new("channel", "How").select("By phone", &channels[1..], &shown, faults)) }
                @if form.gathers && !open.is_empty() && !task.participant_id.is_empty() {
                    (Input::new("check", "Where you told them by phone").choices(true, &form::options(&[(acts::HELD, "I rang a number that is held and made sure who they are")]), &shown, faults))
                }
                (Input::new("words", "Notes").hint("Kept with the task and the case; nothing of it goes into a mail").lines(3, &shown, faults))
                div.buttons {
                    button.primary type="submit" name="act" value="do" { "Save" }
                    @if !form.questions.is_empty() { button type="submit" name="act" value="answer" { "Keep the answers, finish later" } }
                }
            }
        }
    }
}

/// What was filled into the form of a task that ended meanwhile.
fn typed(seen: &Seen, posted: &Posted) -> Markup {
    let (task, words, outcome) = (&seen.task, posted.get("words"), posted.get("outcome"));
    let told = told::ticked(posted);
    html! {
        @if posted.has("filled") {
            section {
                h2 { "What you typed" }
                @if !outcome.is_empty() { p { "What came of it: " strong { (seen.label(outcome)) } } }
                @if told > 0 {
                    p {
                        "What they were told: " (words::count(told, "thing was ticked", "things were ticked")) ". "
                        @if !task.case_id.is_empty() { a href=(format!("/cases/{}/owed", task.case_id)) { "What is still owed in the case" } }
                    }
                }
                @if !words.is_empty() { blockquote { (words) } }
                (noted(task))
            }
        }
    }
}

/// What the browser kept of a form that was not saved before the task ended: the script fills it in.
fn left(task: &pb::Task) -> Markup {
    html! {
        section hidden data-ended=(format!("/tasks/{}/do", task.id)) {
            h2 { "What you had typed" }
            p { "It was not saved with the task, and stands in this browser alone." }
            blockquote {}
            (noted(task))
            button type="button" { "Throw it away" }
        }
    }
}

fn noted(task: &pb::Task) -> Markup {
    html! {
        @if !task.case_label.is_empty() {
            p { a href=(format!("/cases/{}/note?participant={}", task.case_id, task.participant_id)) { "Add it as a note to the case" } }
        }
    }
}

/// What came of it, and when.
fn ended(seen: &Seen) -> String {
    let at = clocks::full_if(seen.task.ended_at.as_ref());
    match seen.label(&seen.task.outcome) {
        label if label.is_empty() => at,
        label => format!("{label}, {at}"),
    }
}

/// What was done, and the way back.
fn done(visitor: &Visitor, seen: &Seen, posted: &Posted, faults: &Faults) -> Markup {
    let task = &seen.task;
    let given = question::given(&seen.form, task.answers.as_ref(), &seen.entries);
    let unsent = seen
        .messages
        .iter()
        .filter(|message| {
            matches!(
                message.state(),
                pb::MessageState::Draft | pb::MessageState::Queued | pb::MessageState::Held
            )
        })
        .count();
    let left = seen.messages.len() - unsent;
    html! {
        section {
            h2 { (words::task_state(task.state())) }
            @if task.state() == TaskState::Done { p { (ended(seen)) } }
            @if !given.is_empty() { dl { @for (question, answer) in given { dt { (question) } dd { (answer) } } } }
            @if task.state() == TaskState::Done && (visitor.leads() || (task.assignee_id == visitor.me.id && left == 0)) {
                details.undo open[faults.is_about("why-reopen")] {
                    summary { "This was not right: undo" }
                    form method="post" action=(format!("/tasks/{}/reopen", task.id)) {
                        (form::carried(visitor, &Posted::default()))
                        input type="hidden" name="version" value=(task.version);
                        p {
                            "The task is open again with its old deadlines, and what it met is owed again. "
                            @if !seen.messages.is_empty() {
                                (unsent) " of its messages have not left and are stopped; " (left) " have left"
                                @if left > 0 { ", and a task says who was told what" } "."
                            }
                        }
                        (Input::new("why-reopen", "Why").required().line("text", posted, faults))
                        button type="submit" { "Open it again" }
                    }
                }
            }
        }
    }
}

fn owed(seen: &Seen, now: chrono::DateTime<chrono::Utc>) -> Markup {
    html! {
        @if !seen.duties.is_empty() {
            section { h2 { "What is owed" }
                ul { @for duty in &seen.duties {
                    li { (told::title(duty, &seen.held, &seen.task.participant_id, now)) " " span.tag { (words::duty_state(duty.state())) }
                        // While it is open the form says it.
                        @if !tasks::is_open(&seen.task) { (told::to_tell(duty, &seen.held, now)) }
                        @if let Some(why) = duty.because.first() { @if !why.cites.is_empty() { p.cites { (why.cites) } } }
                    }
                } }
            }
        }
    }
}

fn tried(task: &pb::Task, people: &People, form: &pb::TaskForm) -> Markup {
    let label = |word: &str| {
        form.choices
            .iter()
            .find(|choice| choice.word == word)
            .map_or_else(|| words::plain(word), |choice| choice.label.clone())
    };
    html! {
        @if !task.attempts.is_empty() {
            section { h2 { "Attempts" }
                ol { @for (nth, attempt) in (1..).zip(&task.attempts) {
                    li { (clocks::full_if(attempt.at.as_ref())) ": " (label(&attempt.outcome)) @if !attempt.staff_id.is_empty() { ", " (people.name(&attempt.staff_id)) }
                        @if let Some(words) = written(task, &format!("attempt_{nth}")) { blockquote { (words) } } }
                } }
            }
        }
    }
}

fn drafts(messages: &[pb::Message]) -> Markup {
    html! {
        @if !messages.is_empty() {
            section { h2 { "What leaves with it" }
                ul { @for message in messages {
                    li { a href=(format!("/messages/{}", message.id)) { (words::medium(message.medium())) " to " (words::audience(message.audience()).to_lowercase()) }
                        " " span.tag { (words::message_state(message.state())) } }
                } }
            }
        }
    }
}

/// What changes whose it is and when, without doing it.
fn managing(visitor: &Visitor, seen: &Seen, posted: &Posted, faults: &Faults) -> Markup {
    let task = &seen.task;
    if !tasks::is_open(task) {
        return html! {};
    }
    let own = task.assignee_id == visitor.me.id;
    let staff = absence::staff_options(&seen.people, visitor.now);
    let hidden = || {
        html! {
            (form::carried(visitor, &Posted::default()))
            input type="hidden" name="version" value=(task.version);
        }
    };
    html! {
        section.managing {
            h2 { "Whose, and when" }
            @if own || visitor.leads() {
                form method="post" action=(format!("/tasks/{}/defer", task.id)) {
                    (hidden())
                    (Input::new("until", "Put aside until").hint("Its deadlines do not move").required().line("datetime-local", posted, faults))
                    (Input::new("why-defer", "Because").required().line("text", posted, faults))
                    button type="submit" { "Put aside" }
                }
                form method="post" action=(format!("/tasks/{}/release", task.id)) { (hidden()) button type="submit" disabled[task.assignee_id.is_empty()] { "Back to the team’s queue" } }
            }
            @if task.assignee_id.is_empty() { form method="post" action=(format!("/tasks/{}/claim", task.id)) { (hidden()) button type="submit" { "Take it" } } }
            @if visitor.leads() {
                form method="post" action=(format!("/tasks/{}/assign", task.id)) {
                    (hidden())
                    (Input::new("staff", "Give it to").required().select("Choose", &staff, posted, faults))
                    (Input::new("why-assign", "Why").line("text", posted, faults))
                    button type="submit" { "Give" }
                }
                form method="post" action=(format!("/tasks/{}/cancel", task.id)) {
                    (hidden())
                    (Input::new("why-cancel", "It need not be done, because").required().line("text", posted, faults))
                    button type="submit" { "Cancel the task" }
                }
            }
        }
    }
}
