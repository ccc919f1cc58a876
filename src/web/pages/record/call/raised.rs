//! What a call raised, with the form of each piece of work as it is filled in already, and a day for a further call: done
//! while they are still on the telephone.
//!
//! Each form goes where the form on a task's own page goes, and leads back to the call.

use super::super::frame::scoped;
use super::super::topics::{self, Came};
use super::{Call, PATH, within};
use crate::domain::london;
use crate::grpc::pb::{self, AppointmentKind};
use crate::web::admit::Visitor;
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted, REQUEST};
use crate::web::page;
use crate::web::pages::calendar::appointment::said;
use crate::web::pages::told;
use crate::web::question;
use crate::web::refusal::Refusal;
use crate::web::tasks;
use crate::web::words;
use axum::response::Response;
use maud::{Markup, html};

/// Forms that are shown at once: who raised more finds the others in the list beside.
const FORMS: usize = 8;

/// Every tick of the call, with what came of it.
pub(super) fn ticked(call: &Call<'_>, raised: &[&pb::Task], others: &[&pb::Task]) -> Markup {
    let now = call.visitor.now;
    let (new, held): (Vec<&pb::Task>, Vec<&pb::Task>) =
        call.of_case.iter().partition(|task| within(&call.of.since, task.raised_at.as_ref()));
    let raised: Vec<&pb::Task> = raised.iter().copied().chain(new).collect();
    let others: Vec<&pb::Task> = others.iter().copied().chain(held).collect();
    let links = |tasks: &[&pb::Task]| {
        html! { @for (nth, task) in tasks.iter().enumerate() {
            @if nth > 0 { ", " }
            a href=(format!("/tasks/{}", task.id)) { (task.title) }
        } }
    };
    let topics: Vec<&str> = topics::split(&call.of.came).collect();
    html! {
        @if !topics.is_empty() || !call.told.is_empty() {
            section.ticked {
                h2 { "What you ticked" }
                dl {
                    @for duty in &call.told { dt { (told::title(duty, &call.about.held, &call.participant.id, now)) } dd { "told: it is not owed any more" } }
                    @for topic in topics {
                        dt { (topics::label(&call.pack, topic)) }
                        dd { @match topics::came(topic, &raised, &others, &call.duties) {
                            Came::Raised(tasks) => { "raised: " (links(&tasks)) },
                            Came::Open(tasks) => { "open already: " (links(&tasks)) },
                            Came::Owed => { "they are owed a call back: " (links(&call.gathering())) },
                            Came::Nothing => { "is in the record; no work follows from it for them here" },
                        } }
                    }
                }
            }
        }
    }
}

/// The forms of what the call raised.
///
/// # Errors
/// What the API refuses.
pub(super) async fn forms(call: &Call<'_>, raised: &[&pb::Task]) -> Result<Markup, Refusal> {
    if call.of.since.is_empty() {
        return Ok(html! {});
    }
    let form_of = |task: &pb::Task| call.pack.kinds.get(&task.kind).and_then(|kind| kind.form.as_ref());
    // The directory is asked once for all the forms.
    let questions = raised.iter().filter_map(|task| form_of(task)).flat_map(|form| &form.questions);
    let entries = call.visitor.contacts(questions.map(|question| question.directory_kind).collect()).await?;
    // What is owed is ticked off on the page of its task, or in the next call.
    let has_form = |task: &&pb::Task| form_of(task).is_some_and(|form| !form.gathers);
    let (forms, mut linked): (Vec<&pb::Task>, Vec<&pb::Task>) = raised.iter().copied().partition(has_form);
    linked.extend(forms.iter().skip(FORMS));
    let with_form = forms.iter().take(FORMS).filter_map(|task| Some((*task, form_of(task)?)));
    Ok(html! {
        section.raised id="raised" {
            h2 { "What this call raised" }
            @if raised.is_empty() { p.empty { "Nothing that is still to be done." } }
            @for (task, form) in with_form { (one(call, task, form, &entries)) }
            @if !linked.is_empty() {
                ul { @for task in linked {
                    li {
                        a href=(format!("/tasks/{}", task.id)) { (task.title) }
                        @for (words, press) in tasks::clocks(task, call.visitor.now) { " " (tasks::clock(&words, press)) }
                    }
                } }
            }
        }
    })
}

/// One piece of work with its form.
fn one(call: &Call<'_>, task: &pb::Task, form: &pb::TaskForm, entries: &[pb::DirectoryEntry]) -> Markup {
    let mut shown = Posted::default();
    question::fill(&mut shown, form, task.answers.as_ref());
    let ends: Vec<&pb::OutcomeChoice> = form.choices.iter().filter(|choice| choice.ends).collect();
    if let [only] = ends[..] {
        shown.set("outcome", only.word.clone());
    }
    let outcomes: Vec<(String, String)> =
        ends.iter().map(|choice| (choice.word.clone(), choice.label.clone())).collect();
    let none = Faults::none();
    let inputs = html! {
        (question::inputs(form, entries, &shown, &none))
        (Input::new("outcome", "What came of it").required().choices(false, &outcomes, &shown, &none))
        (Input::new("words", "Notes").lines(2, &shown, &none))
    };
    html! {
        section.raised-task aria-labelledby=(format!("title-{}", task.id)) {
            h3 id=(format!("title-{}", task.id)) {
                span class=(format!("priority {}", words::priority(task.priority()).to_lowercase())) { (words::priority(task.priority())) }
                " " a href=(format!("/tasks/{}", task.id)) { (task.title) }
            }
            p.facts { @for (words, press) in tasks::clocks(task, call.visitor.now) { (tasks::clock(&words, press)) " " } }
            @if !form.guidance.is_empty() { details { summary { "What to do" } @for part in form.guidance.split("\n\n") { p { (part) } } } }
            form method="post" action=(format!("/tasks/{}/do", task.id)) id=(format!("do-{}", task.id)) data-form {
                (form::carried(call.visitor, &Posted::default()))
                input type="hidden" name="version" value=(task.version);
                input type="hidden" name="filled" value="yes";
                input type="hidden" name="to" value=(call.of.address(PATH));
                (scoped(&inputs, &task.id))
                div.buttons {
                    button.primary type="submit" name="act" value="do" { "Save" span.visually-hidden { ": " (task.title) } }
                    @if !form.questions.is_empty() { button type="submit" name="act" value="answer" { "Keep the answers, finish later" } }
                }
            }
        }
    }
}

/// What may be put into the diary from a call.
const KINDS: [AppointmentKind; 4] = [
    AppointmentKind::Call,
    AppointmentKind::VictimPersonalStatement,
    AppointmentKind::PreTrialVisit,
    AppointmentKind::Meeting,
];

/// A day and time that were agreed in the call.
pub(super) fn appointment(call: &Call<'_>, posted: &Posted, faults: &Faults) -> Markup {
    let kinds: Vec<(String, String)> = KINDS
        .iter()
        .map(|kind| (kind.as_str_name().to_owned(), words::appointment_kind(*kind).to_owned()))
        .collect();
    let inputs = html! {
        (Input::new("appointment", "What").required().select("", &kinds, posted, faults))
        (Input::new("appointment_at", "Day and time").required().line("datetime-local", posted, faults))
        (Input::new("appointment_words", "Note").hint("What to bring, what is to be asked").line("text", posted, faults))
    };
    html! {
        details.appointment open[faults.is_about("appointment_at") || faults.is_about("appointment")] {
            summary { "Put a day and time that you agreed into the diary" }
            p.hint { "A form above that asks for a day and a time puts it there by itself." }
            form method="post" action=(PATH) id=(format!("appointment-{}", call.participant.id)) data-form {
                (form::carried(call.visitor, posted))
                (call.of.hidden())
                input type="hidden" name="since" value=(call.of.since);
                input type="hidden" name="came" value=(call.of.came);
                input type="hidden" name="call_at" value=(call.of.at);
                input type="hidden" name="act" value="appointment";
                (inputs)
                div.buttons { button.primary type="submit" { "Put it into the diary" } }
            }
        }
    }
}

/// Puts it into the diary of the case, as the visitor's own.
///
/// # Errors
/// The faults of the form, or what cannot be mended.
pub(super) async fn put(
    visitor: &Visitor,
    of: &super::super::about::Of,
    posted: &Posted,
) -> Result<Result<Response, Faults>, Refusal> {
    let Ok(at) = london::parse(posted.get("appointment_at")) else {
        return Ok(Err(Faults::one("appointment_at", "Enter the day and time that you agreed")));
    };
    let kind = AppointmentKind::from_str_name(posted.get("appointment")).unwrap_or(AppointmentKind::Call);
    let appointment = pb::Appointment {
        kind: kind.into(),
        participant_id: of.participant.clone(),
        staff_id: visitor.me.id.clone(),
        minutes: 0,
        words: posted.get("appointment_words").to_owned(),
    };
    let asked = pb::PutAppointmentRequest {
        request_id: posted.get(REQUEST).to_owned(),
        case_id: of.case.clone(),
        at: Some(clocks::timestamp(at)),
        appointment: Some(appointment),
        ..pb::PutAppointmentRequest::default()
    };
    match visitor.calls.diary().put_appointment(asked).await {
        Ok(answer) => {
            let done = format!("It is in the diary: {}.", clocks::full(at));
            let said = said(&done, &answer.into_inner().warnings);
            Ok(Ok(page::done(visitor, &of.address(PATH), &said)))
        }
        Err(status) => {
            let inputs = [("at", "appointment_at"), ("words", "appointment_words"), ("kind", "appointment")];
            super::super::mended(status.into(), &inputs).map(Err)
        }
    }
}
