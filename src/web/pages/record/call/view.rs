//! What the page of a call shows: what is owed and why, what came up, what was said, and beside it all that is asked while
//! somebody is on the telephone.

use super::super::about::{About, Of};
use super::super::topics;
use super::check::{self, Asking, Verdict};
use super::{Call, PATH};
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::Pack;
use crate::web::form::{self, Faults, Input, Posted};
use crate::web::pages::told::{self, hearing_words};
use crate::web::tasks;
use crate::web::words;
use maud::{Markup, html};

/// Who it is, and who rang whom.
pub(super) fn heading(call: &Call<'_>) -> Markup {
    let way = |way: &str| Of { way: way.to_owned(), since: String::new(), ..call.of.clone() }.address(PATH);
    let current = |is: bool| is.then_some("page");
    html! {
        div.heading {
            (call.about.crumbs())
            h1 { (call.title()) }
            p.facts {
                (words::roles(&call.participant))
                @if call.participant.child { " · " strong { "under 18" } }
                @if call.about.case.risk() == pb::Risk::High { " " strong.tag.high { "High risk" } }
            }
            @if !call.incoming() && call.of.since.is_empty() { (numbers(call)) }
            nav.way aria-label="Who rang whom" {
                ul {
                    li { a href=(way("in")) aria-current=[current(call.incoming())] { "They rang us" } }
                    li { a href=(way("out")) aria-current=[current(!call.incoming())] { "We ring them" } }
                }
            }
        }
    }
}

/// The numbers to ring, where it is safe to ring at all, and through whom.
fn numbers(call: &Call<'_>) -> Markup {
    let through = call.about.through(&call.participant);
    let person = call.about.person(through.unwrap_or(&call.participant));
    let is_safe = person.is_some_and(|person| !person.unsafe_channels().any(|way| way == pb::Channel::Phone));
    let phones: Vec<&str> = person
        .and_then(|person| person.identity.as_ref())
        .map(|identity| identity.phones.iter().map(String::as_str).collect())
        .unwrap_or_default();
    html! {
        @if let Some(through) = through { p.warning { strong { "Ring " (call.about.name_of(through)) " instead: " } "they are reached only so." } }
        @if !is_safe && !phones.is_empty() { p.warning { strong { "Do not ring: it is not safe." } } }
        @else if phones.is_empty() { p.hint { "No number is held." } }
        @else { p.numbers { "☎ " (phones.join(", ")) } }
    }
}

/// In one press, on top, that nobody was reached. Before it stands a button that is seen nowhere: Enter in any field of
/// the form presses the first one, and is to save what was filled in.
fn ends(call: &Call<'_>) -> Markup {
    let reached = call.about.through(&call.participant).unwrap_or(&call.participant);
    let person = call.about.person(reached);
    let is_unsafe =
        person.is_some_and(|person| person.unsafe_channels().any(|way| way == pb::Channel::Voicemail));
    html! {
        button.visually-hidden type="submit" name="act" value="save" tabindex="-1" aria-hidden="true" { "Save the call" }
        @if !call.incoming() {
            div.ends {
                button type="submit" name="act" value="no-answer" { "No answer" }
                @if is_unsafe { strong.unsafe { "Leave no voicemail: it is not safe" } }
                @else { button type="submit" name="act" value="voicemail" { "Voicemail left" } }
            }
        }
    }
}

/// The hidden fields that name the tasks in which duties gather, each with its version.
fn gathers(call: &Call<'_>) -> Markup {
    html! { @for task in call.gathering() { input type="hidden" name="gathers" value=(format!("{}:{}", task.id, task.version)); } }
}

/// What is said where somebody else may answer.
const IDENTITY_FIRST: &str = "Check who it is first: ask for their name and date of birth before you say anything. \
                              Somebody else may answer, and the number alone does not do.";

/// The id of the form of a call.
pub(super) fn form_id(of: &Of) -> String {
    format!("call-{}", of.participant)
}

/// The form of the call.
pub(super) fn form(call: &Call<'_>, posted: &Posted, faults: &Faults) -> Markup {
    let mut shown = posted.clone();
    let checks = checks(call);
    if shown.get("check").is_empty() || !checks.iter().any(|(word, _)| word == shown.get("check")) {
        shown.set("check", preset(call));
    }
    let now = call.visitor.now;
    let sheets: Vec<(String, String)> =
        call.about.coming().iter().map(|hearing| (hearing.id.clone(), hearing_words(hearing, now))).collect();
    let hows = [("call".to_owned(), "By telephone".to_owned()), ("visit".to_owned(), "In person".to_owned())];
    let has_more = ["at", "how", "hearing"]
        .iter()
        .any(|name| !posted.get(name).is_empty() && posted.get(name) != "call");
    html! {
        // After a check nothing of it is saved: it stands here as it was.
        form.call-form method="post" action=(PATH) id=(form_id(call.of)) data-form data-unsaved[posted.get("act") == "check"] {
            (form::carried(call.visitor, posted))
            (call.of.hidden())
            (gathers(call))
            @if let Some(verdict) = &call.verdict { (verdict.hidden(call.visitor)) }
            input type="hidden" name="filled" value="yes";
            @if call.known() { (ends(call)) }
            (owed(call, &shown, faults))
            (topics::ticks(&call.pack, &shown, faults))
            (Input::new("words", "What was said, and what is next").lines(4, &shown, faults))
            details.more open[has_more] {
                summary { "Earlier, in person, or for the sheet of a hearing" }
                (Input::new("at", "When, if not just now").line("datetime-local", &shown, faults))
                (Input::new("how", "How").select("", &hows, &shown, faults))
                @if call.known() && !sheets.is_empty() { (Input::new("hearing", "On the sheet of").select("No hearing", &sheets, &shown, faults)) }
            }
            (Input::new("check", "Who they are").hint(if call.endangered() { IDENTITY_FIRST } else { "" }).required().choices(false, &checks, &shown, faults))
            div.buttons { button.primary type="submit" name="act" value="save" { "Save the call" } }
        }
    }
}

/// By what it may be said that they were made sure of, as far as the check has come.
fn checks(call: &Call<'_>) -> Vec<(String, String)> {
    let held = if call.incoming() {
        "We rang them back on a number that is held"
    } else if call.endangered() {
        "We rang a number that is held, and they said their name and date of birth"
    } else {
        "We rang a number that is held"
    };
    let outcome = call.verdict.as_ref().map(|verdict| verdict.outcome);
    let option = |word: &str, label: &str| (word.to_owned(), label.to_owned());
    let mut checks = match outcome {
        Some(pb::CheckOutcome::Matched) => vec![option("verified", "They were checked: it all matched")],
        Some(pb::CheckOutcome::NotMatched) => vec![option("failed", "The check failed: nothing was told")],
        Some(pb::CheckOutcome::CallBack) => {
            vec![option("failed", "They could not be checked: nothing was told")]
        }
        _ => Vec::new(),
    };
    checks.push(option("held", held));
    checks.push(option("none", "Nothing was told, so nothing was checked: what is owed stays owed"));
    checks
}

/// What stands for it before anybody chooses; nothing before a caller was asked.
fn preset(call: &Call<'_>) -> &'static str {
    match call.verdict.as_ref().map(|verdict| verdict.outcome) {
        Some(pb::CheckOutcome::Matched) => "verified",
        Some(pb::CheckOutcome::NotMatched) => "failed",
        // Where somebody else may answer it is said each time how it was made sure.
        _ if call.incoming() || call.endangered() => "",
        _ if call.about.through(&call.participant).is_some() => "",
        _ => "held",
    }
}

/// What is owed: a tick each, with what there is to tell.
fn owed(call: &Call<'_>, shown: &Posted, faults: &Faults) -> Markup {
    let now = call.visitor.now;
    html! {
        fieldset.field.owed.wrong[faults.is_about("met")] {
            legend { "What they are owed" }
            (faults.beside("met"))
            @if call.locked() { p.hint { "Nothing is told on this call." } }
            @else if call.duties.is_empty() { p.empty { "Nothing is owed to them now. What the court decides, lists or changes will stand here." } }
            @else if !call.known() { p.hint { "Nothing is told before the check is passed. What is owed to them stands here then." } }
            @else {
                p.hint { "Tick what you told them in this call. What stays unticked stays owed." }
                @for duty in &call.duties { input type="hidden" name="owed" value=(format!("{}:{}", duty.id, duty.task_id)); }
                (told::ticks(&call.duties, &call.about.held, &call.participant.id, shown, now))
            }
        }
    }
}

/// How they are safely reached, once it may be shown.
pub(super) fn reached(call: &Call<'_>) -> Markup {
    let about = &call.about;
    let (own, through) = (about.person(&call.participant), about.through(&call.participant));
    let reached = through.map_or(own, |through| about.person(through));
    html! {
        section.who aria-labelledby="reach-title" {
            h2 id="reach-title" { "How they are reached" }
            @if call.known() {
                (crate::web::pages::people::card(&about.case, &call.participant, own, through, reached))
                p { a href=(format!("/cases/{}/people/{}", about.case.id, call.participant.id)) { "Change how they are reached" } }
            } @else if call.locked() { p.empty { "Shown once you ring them back." } }
            @else { p.empty { "Shown once the check is passed." } }
        }
    }
}

/// What they may be told, where the API has said it.
pub(super) fn may(call: &Call<'_>) -> Markup {
    let verdict = match (&call.verdict, &call.asking) {
        (Some(verdict), _) if call.known() => verdict,
        (None, Asking::RungBack(back)) if !call.incoming() => back,
        _ => return html! {},
    };
    check::may_be_told(&verdict.topics)
}

/// The hearings to come: whether they are to be there, how they give evidence, what is booked.
pub(super) fn hearings(call: &Call<'_>) -> Markup {
    let (about, now) = (&call.about, call.visitor.now);
    let coming = about.coming();
    html! {
        section.hearings {
            h2 { "Hearings to come" }
            @if !call.known() { p.empty { "Shown once the check is passed." } }
            @else if coming.is_empty() { p.empty { "None is listed." } }
            @for hearing in coming.into_iter().filter(|_| call.known()) {
                @let attendance = about.held.attendances.iter().find(|held| {
                    held.participant_id == call.participant.id && (held.hearing_id.as_str(), held.listing) == (hearing.id.as_str(), hearing.listing)
                });
                @let booked: Vec<&pb::Arrangement> = about.held.arrangements.iter().filter(|held| {
                    held.participant_id == call.participant.id && (held.hearing_id.as_str(), held.listing) == (hearing.id.as_str(), hearing.listing)
                }).collect();
                div.hearing {
                    p { a href=(format!("/hearings/{}", hearing.id)) { (hearing_words(hearing, now)) } }
                    @match attendance {
                        Some(held) => {
                            p { span.tag { (words::attendance_state(held.state())) } @if !held.phase.is_empty() { " " (held.phase) } }
                            @if !held.measures.is_empty() {
                                ul { @for measure in &held.measures { li { (words::measure_kind(measure.kind())) ", " (words::measure_state(measure.state())) } } }
                            }
                        },
                        None => p.hint { "They are not asked to be there." },
                    }
                    @if !booked.is_empty() {
                        ul { @for one in booked { li { (words::arrangement_kind(one.kind())) ", " (words::arrangement_state(one.state())) } } }
                    }
                }
            }
        }
    }
}

/// The other work that is open about them.
pub(super) fn open_tasks(call: &Call<'_>, others: &[&pb::Task]) -> Markup {
    html! {
        section.open-tasks {
            h2 { "Other open tasks about them" }
            @if others.is_empty() && call.of.since.is_empty() { p.empty { "None but what you ring for. What comes up in the call is raised when you save." } }
            @else if others.is_empty() { p.empty { "None." } }
            ul { @for task in others {
                li {
                    @if call.known() { a href=(format!("/tasks/{}", task.id)) { (task.title) } }
                    @else { a href=(format!("/tasks/{}", task.id)) { (words::plain(&task.kind)) } }
                    @for (words, press) in tasks::clocks(task, call.visitor.now) { " " (tasks::clock(&words, press)) }
                }
            } }
        }
    }
}

/// The page of a call with somebody who is not in the case.
pub(super) fn other(
    visitor: &Visitor,
    of: &Of,
    about: &About,
    verdict: &Verdict,
    pack: &Pack,
    posted: &Posted,
    faults: &Faults,
) -> Markup {
    let mut shown = posted.clone();
    if !posted.has("filled") && of.body == check::THIRD_PARTY {
        shown.add(topics::INPUT, check::THIRD_PARTY);
    }
    html! {
        (faults.summary())
        div.heading { (about.crumbs()) h1 { "Call: " (check::body_words(&of.body)) } }
        div.columns.call {
            div.main-column {
                p.warning { strong { "Ring them back before you say anything." } " A number is taken from the directory, never from the caller." }
                @if verdict.numbers.is_empty() { p { "The directory holds no number for them." } }
                ul.reach { @for number in &verdict.numbers { li { "☎ " (number) } } }
                form.call-form method="post" action=(PATH) id=(format!("call-{}-{}", about.case.id, of.body.to_lowercase())) data-form {
                    (form::carried(visitor, posted))
                    (of.hidden())
                    input type="hidden" name="body" value=(of.body);
                    input type="hidden" name="filled" value="yes";
                    (topics::ticks(pack, &shown, faults))
                    (Input::new("words", "Who it was, what was said, and what is next").required().lines(4, &shown, faults))
                    (Input::new("check", "Who they are").required().choices(false, &[
                        ("held".to_owned(), "We rang back a number that is held".to_owned()),
                        ("none".to_owned(), "Nothing was told, so nothing was checked".to_owned()),
                    ], &shown, faults))
                    div.buttons { button.primary type="submit" name="act" value="other" { "Save the call" } }
                }
            }
            div.side-column { (check::may_be_told(&verdict.topics)) }
        }
    }
}
