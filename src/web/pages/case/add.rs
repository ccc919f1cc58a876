//! What somebody adds to a case by hand: a note, or a task of a kind that may be made so.

use super::seen::Seen;
use crate::domain::london;
use crate::grpc::pb::{self, Priority};
use crate::web::admit::Visitor;
use crate::web::board::{Board, Pack};
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted, REQUEST};
use crate::web::page::{self, Page, Part};
use crate::web::pages::team::absence;
use crate::web::refusal::Refusal;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::try_join;
use maud::html;
use serde::Deserialize;

/// Priorities with what they mean.
const PRIORITIES: [(&str, Priority, &str); 4] = [
    ("P1", Priority::P1, "P1: now, a trial today or somebody’s safety"),
    ("P2", Priority::P2, "P2: today"),
    ("P3", Priority::P3, "P3: by its due time"),
    ("P4", Priority::P4, "P4: routine"),
];

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route("/cases/{id}/note", get(note).post(add_note))
        .route("/cases/{id}/tasks/new", get(task).post(add_task))
}

/// What an address may say of a form before it is filled in.
#[derive(Debug, Default, Deserialize)]
struct About {
    /// The participant it is about.
    #[serde(default)]
    participant: String,
    /// The hearing on whose sheet a note stands.
    #[serde(default)]
    hearing: String,
}

async fn note(visitor: Visitor, Path(id): Path<String>, Query(about): Query<About>) -> Response {
    let mut posted = Posted::default();
    posted.set("participant", about.participant);
    posted.set("hearing", about.hearing);
    note_page(&visitor, &id, &posted, &Faults::none()).await
}

async fn note_page(visitor: &Visitor, id: &str, posted: &Posted, faults: &Faults) -> Response {
    let seen = match Seen::read(visitor, id).await {
        Ok(seen) => seen,
        Err(refusal) => return page::refused(visitor, &refusal),
    };
    let hearings: Vec<(String, String)> = seen
        .coming()
        .into_iter()
        .map(|hearing| (hearing.id.clone(), super::seen::hearing_in_brief(hearing, visitor.now)))
        .collect();
    let content = html! {
        (faults.summary())
        (seen.heading("Add a note"))
        p { "A note says what nobody was told. What passed with somebody is a contact: "
            a href=(format!("/record?case={id}")) { "record a call, voicemail or visit" } "." }
        form method="post" action=(format!("/cases/{id}/note")) data-form {
            (form::carried(visitor, posted))
            (Input::new("words", "Note").required().hint("It may be disclosed later. It cannot be changed, only added to").lines(6, posted, faults))
            (Input::new("participant", "Whom it is about").select("The case as a whole", &seen.choices(), posted, faults))
            @if !hearings.is_empty() { (Input::new("hearing", "On the sheet of a hearing").select("No", &hearings, posted, faults)) }
            button.primary type="submit" { "Add the note" }
        }
    };
    let title = format!("Note, {}", seen.case.label);
    Page::new(visitor, &title, Part::Cases, content).status(faults.status()).into_response()
}

async fn add_note(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    let mut faults = Faults::none();
    if posted.get("words").is_empty() {
        faults.field("words", "Write the note");
        return note_page(&visitor, &id, &posted, &faults).await;
    }
    let asked = pb::AddNoteRequest {
        request_id: posted.get(REQUEST).to_owned(),
        case_id: id.clone(),
        words: posted.get("words").to_owned(),
        participant_id: posted.get("participant").to_owned(),
        hearing_id: posted.get("hearing").to_owned(),
    };
    match visitor.calls.cases().add_note(asked).await {
        Ok(_) => page::done(&visitor, &format!("/cases/{id}#contacts"), "The note is added."),
        Err(status) => {
            let refusal = Refusal::from(status);
            if !refusal.is_mendable() {
                return page::refused(&visitor, &refusal);
            }
            let faults = Faults::of(&refusal, |path| match path {
                "words" => Some("words".to_owned()),
                "participant_id" => Some("participant".to_owned()),
                "hearing_id" => Some("hearing".to_owned()),
                _ => None,
            });
            note_page(&visitor, &id, &posted, &faults).await
        }
    }
}

async fn task(visitor: Visitor, Path(id): Path<String>, Query(about): Query<About>) -> Response {
    let mut posted = Posted::default();
    posted.set("participant", about.participant);
    posted.set("priority", "P3");
    task_page(&visitor, &id, &posted, &Faults::none()).await
}

async fn task_page(visitor: &Visitor, id: &str, posted: &Posted, faults: &Faults) -> Response {
    let read = async { try_join!(Seen::read(visitor, id), visitor.people(), visitor.pack()) };
    let (seen, people, pack) = match read.await {
        Ok(read) => read,
        Err(refusal) => return page::refused(visitor, &refusal),
    };
    let priorities: Vec<(String, String)> =
        PRIORITIES.iter().map(|(word, _, label)| ((*word).to_owned(), (*label).to_owned())).collect();
    let content = html! {
        (faults.summary())
        (seen.heading("Add a task by hand"))
        form method="post" action=(format!("/cases/{id}/tasks/new")) data-form {
            (form::carried(visitor, posted))
            (Input::new("kind", "What sort of work").required().hint("Its form and what follows from it come with it")
                .select("Choose", &kinds(&pack), posted, faults))
            (Input::new("words", "What is to be done").required().lines(3, posted, faults))
            (Input::new("participant", "Whom it is about").select("The case as a whole", &seen.choices(), posted, faults))
            (Input::new("priority", "How urgent it is").required().choices(false, &priorities, posted, faults))
            (Input::new("due", "Due").hint("Left empty, the deadline of its kind").line("datetime-local", posted, faults))
            (Input::new("assignee", "Who does it")
                .select("As the unit’s rules say", &absence::staff_options(&people, visitor.now), posted, faults))
            button.primary type="submit" { "Add the task" }
        }
    };
    let title = format!("New task, {}", seen.case.label);
    Page::new(visitor, &title, Part::Cases, content).status(faults.status()).into_response()
}

/// Kinds that may be made by hand, by what they are called.
fn kinds(pack: &Pack) -> Vec<(String, String)> {
    let mut kinds: Vec<(String, String)> = pack
        .kinds
        .values()
        .filter(|kind| kind.by_hand)
        .map(|kind| (kind.name.clone(), without_braces(&kind.title)))
        .collect();
    kinds.sort_by(|(_, one), (_, other)| one.cmp(other));
    kinds
}

/// A title without what a rule would fill into it.
fn without_braces(title: &str) -> String {
    let mut said = String::new();
    let mut rest = title;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        said.push_str(before);
        said.push_str(if name == "about" { "somebody" } else { "…" });
        rest = after;
    }
    said.push_str(rest);
    said
}

async fn add_task(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    let mut faults = Faults::none();
    for (name, expected) in
        [("kind", "Choose what sort of work it is"), ("words", "Write what is to be done")]
    {
        if posted.get(name).is_empty() {
            faults.field(name, expected);
        }
    }
    let priority = PRIORITIES
        .iter()
        .find(|(word, ..)| *word == posted.get("priority"))
        .map(|(_, priority, _)| *priority);
    if priority.is_none() {
        faults.field("priority", "Choose how urgent it is");
    }
    let due = match posted.get("due") {
        "" => None,
        text => london::parse(text)
            .map_err(|_| faults.field("due", "Enter a day and a time that the clock shows"))
            .ok(),
    };
    let (Some(priority), true) = (priority, faults.is_none()) else {
        return task_page(&visitor, &id, &posted, &faults).await;
    };
    let asked = pb::CreateTaskRequest {
        request_id: posted.get(REQUEST).to_owned(),
        case_id: id.clone(),
        kind: posted.get("kind").to_owned(),
        participant_id: posted.get("participant").to_owned(),
        priority: priority as i32,
        due_at: due.map(clocks::timestamp),
        assignee_id: posted.get("assignee").to_owned(),
        words: posted.get("words").to_owned(),
    };
    match visitor.calls.tasks().create_task(asked).await {
        Ok(answer) => {
            let task = answer.into_inner().task.unwrap_or_default();
            let to =
                if task.id.is_empty() { format!("/cases/{id}#owed") } else { format!("/tasks/{}", task.id) };
            page::done(&visitor, &to, "The task is made.")
        }
        Err(status) => {
            let refusal = Refusal::from(status);
            if !refusal.is_mendable() {
                return page::refused(&visitor, &refusal);
            }
            let mut faults = Faults::of(&refusal, |path| match path {
                "kind" | "words" | "priority" => Some(path.to_owned()),
                "participant_id" => Some("participant".to_owned()),
                "assignee_id" => Some("assignee".to_owned()),
                "due_at" => Some("due".to_owned()),
                _ => None,
            });
            if refusal.reason == pb::Reason::AssigneeUnsuitable && !faults.is_about("assignee") {
                faults = Faults::none();
                faults.field("assignee", form::sentence(&refusal.message));
            }
            task_page(&visitor, &id, &posted, &faults).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_rule_would_fill_in_is_left_out_of_a_kinds_title() {
        assert_eq!(without_braces("Tell {about} of {what}"), "Tell somebody of …");
        assert_eq!(without_braces("Ring back"), "Ring back");
        assert_eq!(without_braces("Broken {brace"), "Broken …");
    }
}
