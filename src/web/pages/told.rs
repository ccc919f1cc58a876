//! What somebody is owed and what there is to tell them: duties with the results and listings that they rest on, as ticks of
//! a form, and the court's lines in words.
//!
//! Nothing is ticked beforehand: nothing counts as told before somebody says so.

use crate::grpc::pb;
use crate::web::clocks;
use crate::web::form::{self, Posted};
use crate::web::words;
use chrono::{DateTime, Utc};
use maud::{Markup, html};

/// The box that counts as a tick at everything that is owed.
const ALL: &str = "all";

/// Duties as ticks, each with what there is to tell. `participant` is whom the page is about, who need not be named.
#[must_use]
pub(super) fn ticks(
    duties: &[pb::Duty],
    held: &pb::GetCaseResponse,
    participant: &str,
    shown: &Posted,
    now: DateTime<Utc>,
) -> Markup {
    let id = form::id_of("met");
    html! {
        div.choice.all {
            input id=(id) type="checkbox" name=(ALL) value="yes" checked[shown.has(ALL)];
            label for=(id) { "I told them all of this" }
        }
        @for (nth, duty) in duties.iter().enumerate() {
            @let own = format!("{id}-{nth}");
            div.choice.duty {
                input id=(own) type="checkbox" name="met" value=(duty.id) checked[shown.holds("met", &duty.id)];
                div {
                    label for=(own) { (title(duty, held, participant, now)) }
                    (to_tell(duty, held, now))
                }
            }
        }
    }
}

/// Whether anything was ticked.
#[must_use]
pub(super) fn is_any(posted: &Posted) -> bool {
    posted.has(ALL) || posted.has("met")
}

/// Whether this duty was ticked.
#[must_use]
pub(super) fn is_ticked(posted: &Posted, duty: &str) -> bool {
    posted.has(ALL) || posted.holds("met", duty)
}

/// How many things were ticked one by one, or all together as one.
#[must_use]
pub(super) fn ticked(posted: &Posted) -> usize {
    posted.all("met").count().max(usize::from(posted.has(ALL)))
}

/// A duty in words: what is owed, by when, and to whom where that is not `participant`.
#[must_use]
pub(super) fn title(
    duty: &pb::Duty,
    held: &pb::GetCaseResponse,
    participant: &str,
    now: DateTime<Utc>,
) -> String {
    let what = words::plain(&duty.kind);
    let due = clocks::instant_if(duty.due_at.as_ref()).map(|at| clocks::clock("due", at, now).0);
    let other = held.participants.iter().find(|other| other.id == duty.participant_id);
    let owed_to = other.filter(|other| other.id != participant).map(|other| {
        let person = held.people.iter().find(|person| person.id == other.person_id);
        format!(" (owed to {})", words::name(person.and_then(|person| person.identity.as_ref())))
    });
    let due = due.map_or_else(String::new, |due| format!(", {due}"));
    format!("{what}{due}{}", owed_to.unwrap_or_default())
}

/// What there is to tell: the results and listings that a duty rests on.
#[must_use]
pub(super) fn to_tell(duty: &pb::Duty, held: &pb::GetCaseResponse, now: DateTime<Utc>) -> Markup {
    let mut said: Vec<String> = Vec::new();
    for cause in duty.because.iter().flat_map(|why| &why.causes) {
        let id = cause.split('/').next().unwrap_or(cause);
        let line = held.lines.iter().filter_map(|standing| standing.line.as_ref()).find(|line| line.id == id);
        let hearing = held.hearings.iter().find(|hearing| hearing.id == id);
        let words = line
            .map(|line| line_words(held, line, now))
            .or_else(|| hearing.map(|hearing| hearing_words(hearing, now)));
        said.extend(words.filter(|words| !said.contains(words)));
    }
    html! { @if !said.is_empty() { ul.told { @for said in said { li { (said) } } } } }
}

/// A line of the court in words: about whom, what, of which offence.
#[must_use]
pub(super) fn line_words(held: &pb::GetCaseResponse, line: &pb::ResultLine, now: DateTime<Utc>) -> String {
    let defendant = held.defendants.iter().find(|defendant| defendant.id == line.defendant_id);
    let offence = defendant.and_then(|one| one.offences.iter().find(|offence| offence.id == line.offence_id));
    // Of a plea or a verdict the value says what it was, and the label often only that it was one.
    let value = words::plain(&line.short_code.to_lowercase());
    let of_kind = |kind: &str| {
        let said = if value.is_empty() { &line.label } else { &value };
        format!("{kind}: {}", said.to_lowercase())
    };
    let what = match (line.line(), &line.next_hearing) {
        (_, Some(next)) => {
            let court = next.court.as_ref().map_or("", |court| court.name.as_str());
            format!("next hearing: {}, {}, {court}", next.hearing_type, words::when(next.when.as_ref(), now))
        }
        (pb::Line::Plea, None) => of_kind("plea"),
        (pb::Line::Verdict, None) => of_kind("verdict"),
        (pb::Line::Trial, None) => format!("the trial: {}", trial_words(line.trial())),
        _ if line.label.is_empty() => value,
        _ => line.label.clone(),
    };
    let whom = defendant.map_or_else(String::new, |one| format!("{}: ", words::defendant(one)));
    let of = offence.map_or_else(String::new, |offence| format!(" ({})", offence.title));
    format!("{whom}{what}{of}")
}

/// What became of a trial, in words.
#[must_use]
pub(super) fn trial_words(outcome: pb::TrialOutcome) -> &'static str {
    match outcome {
        pb::TrialOutcome::Unspecified => "not said",
        pb::TrialOutcome::Effective => "went ahead",
        pb::TrialOutcome::Cracked => "cracked: it ended without being tried",
        pb::TrialOutcome::Ineffective => "ineffective: to be listed again",
        pb::TrialOutcome::Vacated => "vacated: taken out before the day",
    }
}

/// A hearing in one line: what for, when, where.
#[must_use]
pub(super) fn hearing_words(hearing: &pb::Hearing, now: DateTime<Utc>) -> String {
    let court = hearing.court.as_ref().map_or("", |court| court.name.as_str());
    format!("{}, {}, {court}", hearing.hearing_type, words::when(hearing.when.as_ref(), now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held() -> pb::GetCaseResponse {
        let person = |id: &str, last_name: &str| pb::Person {
            id: id.to_owned(),
            identity: Some(pb::Identity { last_name: last_name.to_owned(), ..pb::Identity::default() }),
            ..pb::Person::default()
        };
        let participant = |id: &str, person: &str| pb::Participant {
            id: id.to_owned(),
            person_id: person.to_owned(),
            ..pb::Participant::default()
        };
        let line = pb::ResultLine { id: "fine".to_owned(), label: "Fine".to_owned(), ..Default::default() };
        pb::GetCaseResponse {
            people: vec![person("p1", "Lovell"), person("p2", "Marsh")],
            participants: vec![participant("child", "p1"), participant("parent", "p2")],
            lines: vec![pb::Standing { line: Some(line), ..Default::default() }],
            ..pb::GetCaseResponse::default()
        }
    }

    fn duty(causes: &[&str]) -> pb::Duty {
        let causes = causes.iter().map(|cause| (*cause).to_owned()).collect();
        pb::Duty {
            kind: "outcome".to_owned(),
            participant_id: "child".to_owned(),
            because: vec![pb::Explanation { causes, ..pb::Explanation::default() }],
            ..pb::Duty::default()
        }
    }

    #[test]
    fn a_duty_says_to_whom_it_is_owed_where_that_is_not_whom_one_rings() {
        assert_eq!(title(&duty(&[]), &held(), "child", DateTime::UNIX_EPOCH), "Outcome");
        let through = title(&duty(&[]), &held(), "parent", DateTime::UNIX_EPOCH);
        assert_eq!(through, "Outcome (owed to Lovell)");
    }

    #[test]
    fn what_there_is_to_tell_stands_once_whatever_rests_on_it() {
        let shown = to_tell(&duty(&["fine", "fine/2", "gone"]), &held(), DateTime::UNIX_EPOCH).into_string();
        assert_eq!(shown, "<ul class=\"told\"><li>Fine</li></ul>");
        assert!(to_tell(&duty(&["gone"]), &held(), DateTime::UNIX_EPOCH).into_string().is_empty());
    }

    #[test]
    fn a_tick_at_everything_counts_for_each() {
        let one = Posted::parse("met=a");
        assert!(is_any(&one) && is_ticked(&one, "a") && !is_ticked(&one, "b"));
        assert!(is_ticked(&Posted::parse("all=yes"), "b"));
        assert!(!is_any(&Posted::parse("words=x")));
    }
}
