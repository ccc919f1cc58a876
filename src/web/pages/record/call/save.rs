//! What the forms of a call do.
//!
//! A call is one record, whatever it does. What it told somebody ends what they are owed in one of two ways, and never in
//! both: a task in which everything was told is finished, so that all that waits for it goes on, and the record of the
//! call names what was told at that instant; what was told of a task that is not finished is met by the record itself,
//! and the rest stays owed. Either way the proof has one line for each thing that was told.

use super::super::about::{About, Of};
use super::super::frame::done;
use super::super::{mended, topics};
use super::check::{self, Verdict};
use super::{PATH, raised};
use crate::domain::london;
use crate::grpc::pb::{self, CallerCheck, CheckOutcome, ContactKind};
use crate::web::admit::Visitor;
use crate::web::clocks;
use crate::web::form::{Faults, Posted, REQUEST};
use crate::web::page;
use crate::web::pages::told;
use crate::web::refusal::Refusal;
use crate::web::tasks;
use axum::response::Response;
use prost_types::Timestamp;

/// The pack's word for telling somebody through whoever alone may be rung for them.
const THROUGH: &str = "told-through-another";
/// The pack's word for a try that ended at a voicemail.
const VOICEMAIL: &str = "voicemail";
/// The inputs of a call's form, by the fields that they fill.
const INPUTS: [(&str, &str); 7] = [
    ("words", "words"),
    ("at", "at"),
    ("check", "check"),
    ("met_duty_ids", "met"),
    ("met", "met"),
    ("topics", "topics"),
    ("hearing_id", "hearing"),
];

/// Why a form was not taken: it can be mended, or not.
enum Undone {
    Faults(Faults),
    Refused(Refusal),
}

impl From<tonic::Status> for Undone {
    fn from(status: tonic::Status) -> Self {
        match mended(status.into(), &INPUTS) {
            Ok(faults) => Self::Faults(faults),
            Err(refusal) => Self::Refused(refusal),
        }
    }
}

impl From<Refusal> for Undone {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Takes whichever form of the page was sent.
pub(super) async fn post(visitor: Visitor, posted: Posted) -> Response {
    let get = |name: &str| posted.get(name).to_owned();
    let of = Of {
        since: get("since"),
        came: get("came"),
        at: get("call_at"),
        failed: get("failed"),
        ..Of::posted(&posted)
    };
    let verdict = Verdict::carried(&visitor, &posted, &of.participant);
    let sent = match posted.get("act") {
        "check" => return checked(&visitor, &of, &posted).await,
        "no-answer" | VOICEMAIL => tried(&visitor, &of, &posted).await,
        "appointment" => match raised::put(&visitor, &of, &posted).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(faults)) => Err(Undone::Faults(faults)),
            Err(refusal) => Err(Undone::Refused(refusal)),
        },
        _ => saved(&visitor, &of, &posted, verdict.as_ref()).await,
    };
    let page = match sent {
        Ok(response) => Ok(response),
        Err(Undone::Faults(faults)) if of.participant.is_empty() => {
            super::other(&visitor, &of, &posted, &faults).await
        }
        Err(Undone::Faults(faults)) => super::page(&visitor, &of, &posted, verdict, &faults).await,
        Err(Undone::Refused(refusal)) => Err(refusal),
    };
    page::or_refused(&visitor, page)
}

/// Checks the caller, and shows the page with what came of it, and the form of the call as it was filled in. What they said
/// is shown again only where it did not match.
async fn checked(visitor: &Visitor, of: &Of, posted: &Posted) -> Response {
    let mut again = posted.clone();
    again.set(REQUEST, visitor.new_id());
    let page = match check::check(visitor, of, posted).await {
        Ok(Ok(verdict)) => {
            let again = if verdict.matched() { unsaid(&again) } else { again };
            super::page(visitor, of, &again, Some(verdict), &Faults::none()).await
        }
        Ok(Err(faults)) => super::page(visitor, of, &again, None, &faults).await,
        Err(refusal) => Err(refusal),
    };
    page::or_refused(visitor, page)
}

/// What was filled in, without what the caller said and by what they were to be made sure of: that is answered now.
fn unsaid(posted: &Posted) -> Posted {
    let answered = ["name", "born", "address_line", "postcode", "safe_word", "check"];
    let fields = posted.fields().iter().filter(|(name, _)| !answered.contains(&name.as_str()));
    Posted::of(fields.cloned().collect())
}

/// A task in which duties gather, as the form was opened at.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Gathered {
    task: String,
    version: i64,
    duties: Vec<String>,
}

/// How what was told ends what is owed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Telling {
    /// Tasks in which everything was told.
    whole: Vec<Gathered>,
    /// What was told beside that.
    rest: Vec<String>,
}

/// Reads it from the form alone, so that a form that is sent twice says the same twice.
fn telling(posted: &Posted) -> Telling {
    let owed: Vec<(&str, &str)> = posted.all("owed").filter_map(|owed| owed.split_once(':')).collect();
    let ticked: Vec<&str> =
        owed.iter().map(|(duty, _)| *duty).filter(|duty| told::is_ticked(posted, duty)).collect();
    let mut telling = Telling::default();
    for gathers in posted.all("gathers") {
        let Some((task, Ok(version))) =
            gathers.split_once(':').map(|(task, version)| (task, version.parse()))
        else {
            continue;
        };
        let duties: Vec<String> =
            owed.iter().filter(|(_, of)| *of == task).map(|(duty, _)| (*duty).to_owned()).collect();
        if !duties.is_empty() && duties.iter().all(|duty| ticked.contains(&duty.as_str())) {
            telling.whole.push(Gathered { task: task.to_owned(), version, duties });
        }
    }
    let in_whole =
        |duty: &str| telling.whole.iter().any(|whole| whole.duties.iter().any(|held| held == duty));
    telling.rest = ticked.iter().filter(|duty| !in_whole(duty)).map(|duty| (*duty).to_owned()).collect();
    telling
}

/// The outcome by which a task of this form ends where everything was told; none where more than that is asked.
fn told_by(form: &pb::TaskForm, through: bool) -> Option<String> {
    let mut meets = form.choices.iter().filter(|choice| choice.ends && choice.meets);
    let first = meets.clone().next()?;
    let choice = if through { meets.find(|choice| choice.word == THROUGH).unwrap_or(first) } else { first };
    let asks = form
        .questions
        .iter()
        .any(|question| question.required || question.required_for.contains(&choice.word));
    (!asks).then(|| choice.word.clone())
}

/// How it was made sure of whom staff spoke to, as the form says it.
fn check_of(posted: &Posted, verdict: Option<&Verdict>) -> Result<CallerCheck, Faults> {
    let outcome = verdict.map(|verdict| verdict.outcome);
    let problem = match (posted.get("check"), outcome) {
        ("verified", Some(CheckOutcome::Matched)) => return Ok(CallerCheck::Verified),
        ("failed", _) => return Ok(CallerCheck::Failed),
        ("held", _) => return Ok(CallerCheck::HeldNumber),
        ("none", _) => return Ok(CallerCheck::NotNeeded),
        ("verified", _) => "Check the caller again: the check on this page is too old",
        _ => "Say how you made sure who they are, or that nothing was told",
    };
    Err(Faults::one("check", problem))
}

/// What is missing in a call, or said twice in ways that do not fit.
fn unfit(of: &Of, posted: &Posted, check: CallerCheck) -> Faults {
    let mut faults = Faults::none();
    let (words, told) = (!posted.get("words").is_empty(), told::is_any(posted));
    let spoken = matches!(check, CallerCheck::Verified | CallerCheck::HeldNumber);
    if of.participant.is_empty() && !words {
        faults.field("words", "Enter who it was and what was said");
    }
    if told && !spoken {
        faults.field("check", "You ticked what was told: say how you made sure who they are, or untick it");
    }
    // That a check failed is worth a record of its own.
    if !told && !words && !posted.has(topics::INPUT) && check != CallerCheck::Failed {
        faults.field("words", "Enter what was said, or tick what you told them or what came up");
    }
    faults
}

/// Records the call.
async fn saved(
    visitor: &Visitor,
    of: &Of,
    posted: &Posted,
    verdict: Option<&Verdict>,
) -> Result<Response, Undone> {
    let check = check_of(posted, verdict).map_err(Undone::Faults)?;
    let mut faults = unfit(of, posted, check);
    let mut at = match posted.get("at") {
        "" => None,
        text => match london::parse(text) {
            Ok(at) => Some(clocks::timestamp(at)),
            Err(_) => {
                faults.field("at", "Enter the day and time of the call");
                None
            }
        },
    };
    if !faults.is_none() {
        return Err(Undone::Faults(faults));
    }
    let spoken = matches!(check, CallerCheck::Verified | CallerCheck::HeldNumber);
    let telling = if spoken { telling(posted) } else { Telling::default() };
    let (kind, channel) = match posted.get("how") {
        "visit" => (ContactKind::Visit, "visit"),
        _ => (ContactKind::Call, "call"),
    };
    let request_id = posted.get(REQUEST).to_owned();
    let count = telling.rest.len() + telling.whole.iter().map(|whole| whole.duties.len()).sum::<usize>();
    let (mut met, mut told) = (telling.rest, Vec::new());
    let about = match telling.whole[..] {
        [] => None,
        _ => Some(About::read(visitor, &Of { case: of.case.clone(), ..Of::default() }).await?),
    };
    for (nth, whole) in telling.whole.into_iter().enumerate() {
        let request_id = format!("{request_id}-told-{nth}");
        match finish(visitor, request_id, &whole, channel, at, about.as_ref()).await? {
            Some((causes, ended_at)) => {
                told.extend(causes);
                at = at.or(ended_at);
            }
            None => met.extend(whole.duties),
        }
    }
    told.sort();
    told.dedup();
    let contact = pb::NewContact {
        kind: kind.into(),
        participant_id: of.participant.clone(),
        at,
        check: check.into(),
        met_duty_ids: met,
        told,
        words: posted.get("words").to_owned(),
        topics: posted.all(topics::INPUT).map(str::to_owned).collect(),
        incoming: of.way == "in" || of.participant.is_empty(),
        hearing_id: of.hearing.clone(),
    };
    let asked = pb::LogContactRequest { request_id, case_id: of.case.clone(), contact: Some(contact) };
    let logged = visitor.calls.cases().log_contact(asked).await?.into_inner().contact.unwrap_or_default();
    let said = match count {
        0 => "The call is recorded.".to_owned(),
        1 => "The call is recorded; 1 thing was told.".to_owned(),
        count => format!("The call is recorded; {count} things were told."),
    };
    if of.participant.is_empty() {
        return Ok(done(visitor, of, &said));
    }
    // What it raised was raised as it was recorded, which for a call of just now is when it was.
    let recorded = logged.at.filter(|_| posted.get("at").is_empty()).map(|at| at.seconds);
    let since = recorded.unwrap_or_else(|| visitor.now.timestamp()).to_string();
    let at = if count == 0 { None } else { logged.at.map(|at| at.seconds.to_string()) };
    let came = topics::joined(posted.all(topics::INPUT));
    let failed = if check == CallerCheck::Failed { "yes".to_owned() } else { String::new() };
    let at = at.unwrap_or_default();
    let to = Of { since, came, at, failed, hearing: String::new(), ..of.clone() }.address(PATH);
    Ok(page::done(visitor, &to, &said))
}

/// Finishes a task in which everything was told: gives what was told, by its causes, and when. None where the task asks
/// for more than that; it is then ended by the record of the call.
async fn finish(
    visitor: &Visitor,
    request_id: String,
    whole: &Gathered,
    channel: &str,
    at: Option<Timestamp>,
    about: Option<&About>,
) -> Result<Option<(Vec<String>, Option<Timestamp>)>, Undone> {
    let mut calls = visitor.calls.tasks();
    let held = calls.get_task(pb::GetTaskRequest { task_id: whole.task.clone() }).await?.into_inner();
    // Whether whoever it is about may be reached through somebody else alone.
    let one = about.zip(held.task.as_ref()).and_then(|(about, task)| about.participant(&task.participant_id));
    let through = one.is_some_and(|one| !one.contact_via_id.is_empty());
    let Some(outcome) = told_by(&held.form.unwrap_or_default(), through) else { return Ok(None) };
    let told = held.duties.iter().filter(|duty| whole.duties.contains(&duty.id));
    let causes = told.flat_map(|duty| &duty.because).flat_map(|why| why.causes.clone()).collect();
    let asked = pb::CompleteTaskRequest {
        request_id,
        task_id: whole.task.clone(),
        version: whole.version,
        outcome,
        met: Some(pb::DutyIds { ids: whole.duties.clone() }),
        channel: channel.to_owned(),
        at,
        // What was said stands in the record of the call, once.
        ..pb::CompleteTaskRequest::default()
    };
    let task = calls.complete_task(asked).await?.into_inner().task.unwrap_or_default();
    Ok(Some((causes, task.ended_at)))
}

/// A call that reached nobody: a try at what is owed, and a record of the same instant.
async fn tried(visitor: &Visitor, of: &Of, posted: &Posted) -> Result<Response, Undone> {
    let is_voicemail = posted.get("act") == VOICEMAIL;
    // Nobody heard anything, so that a tick was made for another ending of the call.
    let mut faults = Faults::none();
    for (name, ticked) in [("met", told::is_any(posted)), (topics::INPUT, posted.has(topics::INPUT))] {
        if ticked {
            faults.field(name, "Untick it, as nobody was reached, or save the call");
        }
    }
    if !faults.is_none() {
        return Err(Undone::Faults(faults));
    }
    let request_id = posted.get(REQUEST).to_owned();
    let (mut at, mut next) = (None, None);
    let mut calls = visitor.calls.tasks();
    for (nth, gathers) in posted.all("gathers").enumerate() {
        let Some((task_id, Ok(version))) =
            gathers.split_once(':').map(|(task, version)| (task, version.parse()))
        else {
            continue;
        };
        let task_id = task_id.to_owned();
        let held = calls.get_task(pb::GetTaskRequest { task_id: task_id.clone() }).await?.into_inner();
        let form = held.form.unwrap_or_default();
        let voicemail = form.choices.iter().find(|choice| !choice.ends && choice.word == VOICEMAIL);
        let choice = voicemail.filter(|_| is_voicemail).or_else(|| tasks::no_answer(&form));
        let Some(outcome) = choice.map(|choice| choice.word.clone()) else { continue };
        let request_id = format!("{request_id}-try-{nth}");
        let asked =
            pb::RecordAttemptRequest { request_id, task_id, version, outcome, at, words: String::new() };
        let task = calls.record_attempt(asked).await?.into_inner().task.unwrap_or_default();
        at = at.or_else(|| task.attempts.last().and_then(|attempt| attempt.at));
        next = next.or(clocks::instant_if(task.next_attempt_at.as_ref()));
    }
    let kind = if is_voicemail { ContactKind::Voicemail } else { ContactKind::NoAnswer };
    let contact = pb::NewContact {
        kind: kind.into(),
        participant_id: of.participant.clone(),
        at,
        check: CallerCheck::NotNeeded.into(),
        words: posted.get("words").to_owned(),
        ..pb::NewContact::default()
    };
    let asked = pb::LogContactRequest { request_id, case_id: of.case.clone(), contact: Some(contact) };
    visitor.calls.cases().log_contact(asked).await?;
    let what = if is_voicemail { "The voicemail is recorded" } else { "No answer: it is recorded" };
    let said = next.map_or_else(
        || format!("{what}."),
        |at| format!("{what}; try again {}.", clocks::half(at, visitor.now)),
    );
    Ok(page::done(visitor, &of.address(PATH), &said))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "gathers=t:4&gathers=u:1&owed=a:t&owed=b:t&owed=c:u&owed=d:u&owed=e:";

    #[test]
    fn a_task_in_which_everything_was_told_is_finished_and_the_rest_is_met_by_the_record() {
        let told = telling(&Posted::parse(&format!("{FORM}&met=a&met=b&met=c&met=e")));
        let whole =
            Gathered { task: "t".to_owned(), version: 4, duties: vec!["a".to_owned(), "b".to_owned()] };
        assert_eq!(told, Telling { whole: vec![whole], rest: vec!["c".to_owned(), "e".to_owned()] });
    }

    #[test]
    fn one_tick_counts_as_all_of_them() {
        let told = telling(&Posted::parse(&format!("{FORM}&all=yes")));
        assert_eq!(told.whole.len(), 2);
        assert_eq!(told.rest, ["e"]);
    }

    #[test]
    fn an_empty_call_and_one_that_contradicts_itself_are_refused() {
        let of = Of { participant: "p".to_owned(), ..Of::default() };
        let faults = |text: &str, check| unfit(&of, &Posted::parse(text), check);
        assert!(faults("met=", CallerCheck::NotNeeded).is_about("check"));
        assert!(faults("words=+", CallerCheck::HeldNumber).is_about("words"));
        assert!(faults("words=", CallerCheck::Failed).is_none());
        for some in ["words=x", "topics=fear", "all=yes", "met=a"] {
            assert!(faults(some, CallerCheck::HeldNumber).is_none(), "{some}");
        }
    }

    #[test]
    fn what_was_not_ticked_stays_owed() {
        assert_eq!(telling(&Posted::parse(FORM)), Telling::default());
    }

    #[test]
    fn a_task_that_asks_for_more_is_not_finished_by_a_call() {
        let choice = |word: &str| pb::OutcomeChoice {
            word: word.to_owned(),
            ends: true,
            meets: true,
            ..Default::default()
        };
        let mut form = pb::TaskForm { choices: vec![choice("told"), choice(THROUGH)], ..Default::default() };
        assert_eq!(told_by(&form, false).as_deref(), Some("told"));
        assert_eq!(told_by(&form, true).as_deref(), Some(THROUGH));
        form.questions.push(pb::Question { required_for: vec!["told".to_owned()], ..Default::default() });
        assert_eq!(told_by(&form, false), None);
        assert_eq!(told_by(&form, true).as_deref(), Some(THROUGH));
    }

    #[test]
    fn nobody_counts_as_checked_who_was_not() {
        let check = |text: &str| check_of(&Posted::parse(text), None);
        assert!(check("check=verified").is_err_and(|faults| faults.is_about("check")));
        assert!(check("").is_err());
        assert_eq!(check("check=held").ok(), Some(CallerCheck::HeldNumber));
    }
}
