//! Making sure of a caller: staff type what the caller says of themselves, the API compares, and nothing is shown before
//! that would give an answer away. What came of it goes sealed into the form of the call, so that a call is recorded as
//! checked only where it was.

use super::super::about::{About, Of, input_of};
use super::super::born::born;
use super::super::frame::typed_at_once;
use super::view;
use crate::domain::london;
use crate::grpc::pb::{self, CallTopic, CheckOutcome, DirectoryKind, Reason, verify_caller_request::Caller};
use crate::web::admit::Visitor;
use crate::web::form::{Faults, Input, Posted, REQUEST};
use crate::web::refusal::Refusal;
use crate::web::words;
use chrono::{DateTime, TimeDelta, Utc};
use maud::{Markup, PreEscaped, html};

/// For how long a check that was passed holds for the call whose form carries it.
const HOLDS: TimeDelta = TimeDelta::hours(12);
/// The fields of what a caller says, with the inputs that ask them.
const STATED: [(&str, &str); 6] = [
    ("name", "name"),
    ("born_on", "born"),
    ("address_line", "address_line"),
    ("postcode", "postcode"),
    ("safe_word", "safe_word"),
    ("stated", "name"),
];

/// What came of a check.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Verdict {
    /// Whom it was about.
    participant: String,
    /// What came of it.
    pub outcome: CheckOutcome,
    /// What may be said.
    pub topics: Vec<CallTopic>,
    /// Numbers to ring back on: not carried further.
    pub numbers: Vec<String>,
}

impl Verdict {
    fn of(participant: &str, answer: &pb::VerifyCallerResponse) -> Self {
        Self {
            participant: participant.to_owned(),
            outcome: answer.outcome(),
            topics: answer.topics().collect(),
            numbers: answer.numbers.clone(),
        }
    }

    /// Whether they are made sure of.
    #[must_use]
    pub fn matched(&self) -> bool {
        self.outcome == CheckOutcome::Matched
    }

    fn text(&self, at: DateTime<Utc>) -> String {
        let topics: Vec<&str> = self.topics.iter().map(|topic| topic.as_str_name()).collect();
        format!(
            "{}\n{}\n{}\n{}",
            self.participant,
            at.timestamp(),
            self.outcome.as_str_name(),
            topics.join(" ")
        )
    }

    fn read(text: &str, participant: &str, now: DateTime<Utc>) -> Option<Self> {
        let mut lines = text.split('\n');
        let whom = lines.next().filter(|whom| *whom == participant)?;
        let at = DateTime::from_timestamp(lines.next()?.parse().ok()?, 0)?;
        let outcome = CheckOutcome::from_str_name(lines.next()?)?;
        let topics = lines.next()?.split(' ').filter_map(CallTopic::from_str_name).collect();
        (now - at < HOLDS).then(|| Self {
            participant: whom.to_owned(),
            outcome,
            topics,
            numbers: Vec::new(),
        })
    }

    /// The hidden field by which the form of the call carries it.
    #[must_use]
    pub fn hidden(&self, visitor: &Visitor) -> Markup {
        html! {
            @if let Some(sealed) = visitor.board.seal(&self.text(visitor.now)) {
                input type="hidden" name="verdict" value=(sealed);
            }
        }
    }

    /// What a form carries of the check that was made for it.
    #[must_use]
    pub fn carried(visitor: &Visitor, posted: &Posted, participant: &str) -> Option<Self> {
        let text = visitor.board.open(posted.get("verdict"))?;
        Self::read(&text, participant, visitor.now)
    }
}

/// How somebody who rings is made sure of.
pub(super) enum Asking {
    /// By what they say of themselves.
    Said,
    /// They are rung back: what may be said then, and on which numbers.
    RungBack(Verdict),
}

/// Finds out how somebody is made sure of: the API asks for what they say, or answers at once. Nothing is recorded by it.
///
/// # Errors
/// What the API refuses.
pub(super) async fn asking(visitor: &Visitor, of: &Of) -> Result<Asking, Refusal> {
    let asked = pb::VerifyCallerRequest {
        request_id: visitor.new_id(),
        case_id: of.case.clone(),
        caller: Some(Caller::ParticipantId(of.participant.clone())),
        stated: None,
    };
    match visitor.calls.cases().verify_caller(asked).await {
        Ok(answer) => Ok(Asking::RungBack(Verdict::of(&of.participant, answer.get_ref()))),
        Err(status) => {
            let refusal = Refusal::from(status);
            if refusal.reason == Reason::FieldRequired { Ok(Asking::Said) } else { Err(refusal) }
        }
    }
}

/// Checks a caller by what they said.
///
/// # Errors
/// The faults of the form, or what cannot be mended.
pub(super) async fn check(
    visitor: &Visitor,
    of: &Of,
    posted: &Posted,
) -> Result<Result<Verdict, Faults>, Refusal> {
    let mut faults = Faults::none();
    let born = born(posted.get("born"), london::date(visitor.now));
    if born.is_none() {
        let problem = match posted.get("born") {
            "" => "Enter the date of birth they say, such as 31/3/1980",
            _ => "Enter a date of birth such as 31/3/1980: this one cannot be read, and nothing was checked",
        };
        faults.field("born", problem);
    }
    for (name, expected) in [
        ("name", "Enter the name they say"),
        ("address_line", "Enter the first line of the address they say"),
        ("postcode", "Enter the postcode they say"),
    ] {
        if posted.get(name).is_empty() {
            faults.field(name, expected);
        }
    }
    if !faults.is_none() {
        return Ok(Err(faults));
    }
    let get = |name: &str| posted.get(name).to_owned();
    let stated = pb::StatedIdentity {
        name: get("name"),
        born_on: born.map_or_else(String::new, |born| born.to_string()),
        address_line: get("address_line"),
        postcode: get("postcode"),
        safe_word: get("safe_word"),
    };
    let asked = pb::VerifyCallerRequest {
        // The call has an id of its own: both come from one form.
        request_id: format!("{}-check", get(REQUEST)),
        case_id: of.case.clone(),
        caller: Some(Caller::ParticipantId(of.participant.clone())),
        stated: Some(stated),
    };
    match visitor.calls.cases().verify_caller(asked).await {
        Ok(answer) => Ok(Ok(Verdict::of(&of.participant, answer.get_ref()))),
        Err(status) => {
            let refusal = Refusal::from(status);
            if refusal.is_mendable() {
                Ok(Err(Faults::of(&refusal, input_of(&STATED))))
            } else {
                Err(refusal)
            }
        }
    }
}

/// The form that asks what a caller says, and what came of it before.
pub(super) fn shown(
    of: &Of,
    asking: &Asking,
    verdict: Option<&Verdict>,
    posted: &Posted,
    faults: &Faults,
) -> Markup {
    let ring_back = Of { way: "out".to_owned(), ..of.clone() }.address("/record/call");
    let outcome = verdict.map(|verdict| verdict.outcome);
    html! {
        section.check aria-labelledby="check-title" {
            h2 id="check-title" { "Who is speaking" }
            @if let Some(verdict) = verdict { (answered(verdict, &ring_back)) }
            @match asking {
                Asking::RungBack(back) => {
                    p { "Say nothing yet: people of their part are rung back on a number that is held." }
                    (numbers(&back.numbers))
                    p { a.button href=(ring_back) { "I am ringing them back" } }
                },
                Asking::Said if !matches!(outcome, Some(CheckOutcome::Matched | CheckOutcome::CallBack)) => {
                    // The inputs belong to the form of the call: what is written there already comes with the answer.
                    p.hint { "Type what they say. All of it must match; you are not told which part does not." }
                    div.stated {
                        (of_call(of, &typed_at_once(&Input::new("name", "First and last name").required().line("text", posted, faults))))
                        (of_call(of, &Input::new("born", "Date of birth").hint("Such as 31/3/80 or 31 March 1980").required().line("text", posted, faults)))
                        (of_call(of, &Input::new("address_line", "First line of the address").required().line("text", posted, faults)))
                        (of_call(of, &Input::new("postcode", "Postcode").required().line("text", posted, faults)))
                        (of_call(of, &Input::new("safe_word", "Safe word").hint("If they name one").line("text", posted, faults)))
                    }
                    div.buttons {
                        button.primary type="submit" form=(view::form_id(of)) name="act" value="check" { "Check" }
                        a.button href=(ring_back) { "Ring them back instead" }
                    }
                },
                Asking::Said => {},
            }
        }
    }
}

/// An input of what a caller says, in the form of their call. The browser keeps no draft of it.
fn of_call(of: &Of, input: &Markup) -> Markup {
    let owned = format!("<input form=\"{}\" data-keep=\"no\" ", view::form_id(of));
    PreEscaped(input.0.replacen("<input ", &owned, 1))
}

/// What came of a check, in words.
fn answered(verdict: &Verdict, ring_back: &str) -> Markup {
    html! {
        @match verdict.outcome {
            CheckOutcome::Matched => p.passed role="status" { strong { "✓ It all matches." } " You may speak to them." },
            CheckOutcome::NotMatched => p.warning role="status" {
                strong { "It does not match." }
                " Say nothing, not even that they are known here. Ask once more, or ring back on a number that is held."
            },
            CheckOutcome::CallBack | CheckOutcome::Unspecified => {
                p.warning role="status" {
                    strong { "No further check is made." }
                    " Say nothing, and ring them back on a number that is held."
                }
                (numbers(&verdict.numbers))
                p { a.button href=(ring_back) { "I am ringing them back" } }
            },
        }
    }
}

fn numbers(numbers: &[String]) -> Markup {
    html! {
        @if numbers.is_empty() { p { "No number is held that is safe to ring: nothing is said." } }
        @else { ul.reach { @for number in numbers { li { "☎ " (number) } } } }
    }
}

/// What may be said, in words.
pub(super) fn may_be_told(topics: &[CallTopic]) -> Markup {
    let said = |topic: &CallTopic| match topic {
        CallTopic::Unspecified => "–",
        CallTopic::Outcomes => "What the court decided",
        CallTopic::Hearings => "Dates of hearings",
        CallTopic::Attendance => "Whether and when witnesses come to court",
        CallTopic::Arrangements => "What was arranged: support, special measures, travel",
    };
    html! {
        section.may {
            h2 { "What they may be told, as far as it concerns them" }
            @if topics.is_empty() { p { strong { "Nothing." } " Not even that anybody is known here." } }
            @else { ul { @for topic in topics { li { (said(topic)) } } } }
        }
    }
}

/// Bodies that ring, in the order in which they are offered.
const BODIES: [DirectoryKind; 9] = [
    DirectoryKind::Court,
    DirectoryKind::Cps,
    DirectoryKind::WitnessService,
    DirectoryKind::ResourceTeam,
    DirectoryKind::Force,
    DirectoryKind::Agency,
    DirectoryKind::IdvaService,
    DirectoryKind::IsvaService,
    DirectoryKind::SocialServices,
];
/// The word for somebody who is neither in the case nor of a body that may hear anything.
pub(super) const THIRD_PARTY: &str = "third-party";

/// What somebody who rings for a body may be told, and on which numbers they are rung back.
///
/// # Errors
/// What the API refuses, and a body that nobody knows.
pub(super) async fn of_body(visitor: &Visitor, of: &Of) -> Result<Verdict, Refusal> {
    let caller = if of.body == THIRD_PARTY {
        Caller::ThirdParty(true)
    } else {
        let kind = DirectoryKind::from_str_name(&of.body)
            .ok_or_else(|| Refusal::not_here("there is no such body"))?;
        Caller::Body(kind.into())
    };
    let (request_id, case_id) = (visitor.new_id(), of.case.clone());
    let asked = pb::VerifyCallerRequest { request_id, case_id, caller: Some(caller), stated: None };
    Ok(Verdict::of("", visitor.calls.cases().verify_caller(asked).await?.get_ref()))
}

/// What somebody rings for, in words.
pub(super) fn body_words(body: &str) -> &'static str {
    DirectoryKind::from_str_name(body).map_or("Somebody else", words::directory_kind)
}

/// The choice of a body, where the caller is nobody in the case.
pub(super) fn bodies(of: &Of, about: &About) -> Markup {
    let link = |body: &str| Of { body: body.to_owned(), ..of.clone() }.address("/record/call");
    let police = about.held.participants.iter().any(|one| words::roles(one).contains("in the case"));
    html! {
        section.bodies {
            h2 { "Somebody who is not in the case" }
            @if police { p { "The officer in the case and their colleagues are in the case: choose them above." } }
            ul.whats {
                @for body in BODIES { li { a.button href=(link(body.as_str_name())) { (words::directory_kind(body)) } } }
                li { a.button href=(link(THIRD_PARTY)) { "Anybody else: a solicitor, an insurer, a relative" } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_holds_for_whom_it_was_made_of_and_for_a_while() {
        let now = DateTime::from_timestamp(1_795_428_000, 0).unwrap();
        let verdict = Verdict {
            participant: "p".to_owned(),
            outcome: CheckOutcome::Matched,
            topics: vec![CallTopic::Outcomes, CallTopic::Hearings],
            numbers: Vec::new(),
        };
        let text = verdict.text(now);
        assert_eq!(Verdict::read(&text, "p", now + TimeDelta::hours(1)), Some(verdict));
        assert_eq!(Verdict::read(&text, "another", now), None);
        assert_eq!(Verdict::read(&text, "p", now + TimeDelta::hours(13)), None);
    }
}
