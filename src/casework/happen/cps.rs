//! What the CPS sends, matched to the people of the case: what is sure becomes what it means, the rest reaches a person.
//!
//! The forms give witnesses no number that lasts, so they are found by name, and by date of birth where both sides
//! know it. Whoever could be two people, or is nobody here, is raised as an event of its own: to warn the wrong person
//! is worse than to ask. Everything that follows is a further event in the same commit.

use super::super::{Desk, Unhandled, raised};
use super::Happened;
use crate::domain::cps::{CpsKind, CpsMessage, CpsWitness, News, Wanted, Who, WhyNot};
use crate::domain::duty::DutyState;
use crate::domain::event::{Event, Payload};
use crate::domain::explanation::Cause;
use crate::domain::hearing::{AttendanceState, Hearing, HearingKind, HearingState};
use crate::domain::ids::{ParticipantId, TaskId};
use crate::domain::london;
use crate::domain::person::{Identity, Participant, Role};
use crate::domain::state::CaseState;
use crate::domain::task::Priority;
use crate::domain::words::Word;
use crate::rules::facts::Occurrence;

/// The kind of task by which a question of the CPS is answered within the time it gives.
const ANSWER: &str = "answer-the-cps";

/// A message of the CPS came in.
pub(super) fn received(
    state: &CaseState,
    event: &Event,
    message: &CpsMessage,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    let hearing = hearing_of(state, message);
    let id = hearing.map(|hearing| hearing.id);
    let mut further = Vec::new();
    let mut required = Vec::new();
    let mut unmatched = Vec::new();
    for (nth, witness) in message.witnesses.iter().enumerate() {
        let Some(who) = find(state, &witness.who) else {
            unmatched.push(Cause(format!("{}/witness-{}", event.id, nth + 1)));
            continue;
        };
        match witness.wanted {
            Wanted::Yes => required.push((who, witness.phase.clone())),
            Wanted::No => further.extend(not_required(state, who, (message, witness), hearing)),
            Wanted::Unsaid => {}
        }
        let news = witness.news.iter().filter(|news| **news != News::NotRequired);
        further.extend(news.map(|news| told(*news, Some(who), hearing)));
    }
    if !unmatched.is_empty() {
        further.push(raised(News::WitnessUnmatched.word(), None, id, unmatched));
    }
    match hearing {
        _ if required.is_empty() => {}
        Some(hearing) => {
            // Before what else is said of them, so that rules find them among the witnesses.
            further.insert(0, Payload::WitnessesRequired { hearing: Some(hearing.id), witnesses: required });
        }
        None => further.push(told(News::RequiredWithoutTrial, None, None)),
    }
    further.extend(message.news.iter().map(|news| match news {
        News::QuestionAsked => question(event, message, hearing, desk),
        news => told(*news, None, hearing),
    }));
    let occurrence =
        Occurrence { hearing: id, word: Some(message.kind.to_string()), ..Occurrence::default() };
    Ok(Happened { further, ..Happened::news(occurrence) })
}

fn told(news: News, about: Option<ParticipantId>, hearing: Option<&Hearing>) -> Payload {
    raised(news.word(), about, hearing.map(|hearing| hearing.id), Vec::new())
}

/// The hearing that a message means: the one it names, else the one trial to come, on the day it says.
fn hearing_of<'s>(state: &'s CaseState, message: &CpsMessage) -> Option<&'s Hearing> {
    let listed = || state.hearings.iter().filter(|hearing| hearing.state == HearingState::Listed);
    if let Some(id) = message.hearing {
        return listed().map(|hearing| &**hearing).find(|hearing| hearing.id == id);
    }
    let is_meant = |hearing: &&_| {
        let hearing: &&crate::domain::state::Tracked<Hearing> = hearing;
        let on = hearing.when.day();
        hearing.kind == HearingKind::Trial
            && (message.trial_on.is_none() || on.is_none() || message.trial_on == on)
    };
    let mut trials = listed().filter(is_meant);
    match (trials.next(), trials.next()) {
        (Some(trial), None) => Some(trial),
        _ => None,
    }
}

/// The one participant who is meant; nobody where it could be another.
fn find(state: &CaseState, who: &Who) -> Option<ParticipantId> {
    let here = |held: &&crate::domain::state::Tracked<Participant>| held.left_at.is_none();
    let mut fits = state.participants.iter().filter(here).filter(|held| match who {
        Who::Id(id) => held.id == *id,
        Who::Number(number) => held.witness_number == Some(*number),
        Who::Name { forename, surname, born_on } => {
            let may_be = held.gives_evidence()
                || [Role::Victim, Role::OfficerInCase].into_iter().any(|role| held.is(role));
            may_be
                && state.person(held.person).is_some_and(|person| {
                    let same_day = match (born_on, person.identity.born_on) {
                        (Some(said), Some(held)) => *said == held,
                        _ => true,
                    };
                    same_day && is_called(&person.identity, forename, surname)
                })
        }
    });
    match (fits.next(), fits.next()) {
        (Some(one), None) => Some(one.id),
        _ => None,
    }
}

/// Whether somebody is called this, whatever the capitals; of several given names the first counts.
fn is_called(identity: &Identity, forename: &str, surname: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    let (held, said) = (plain(&identity.first_name), plain(forename));
    plain(&identity.last_name) == plain(surname) && !said.is_empty() && held.first() == said.first()
}

/// Somebody need not come. Whoever was not told to come yet is simply not expected; whoever was must be told.
fn not_required(
    state: &CaseState,
    who: ParticipantId,
    (message, witness): (&CpsMessage, &CpsWitness),
    hearing: Option<&Hearing>,
) -> Vec<Payload> {
    let Some(hearing) = hearing else {
        let said = witness.news.contains(&News::NotRequired);
        return said.then(|| told(News::NotRequired, Some(who), None)).into_iter().collect();
    };
    let theirs =
        state.attendances.iter().filter(|held| held.participant == who && held.hearing == hearing.id);
    // Whoever was told of an earlier date, and not yet of the present one, believes that they are to come as well.
    let expects =
        theirs.clone().any(|held| matches!(held.state, AttendanceState::Warned | AttendanceState::Confirmed));
    let Some(latest) = theirs.max_by_key(|held| held.listing) else { return Vec::new() };
    if !expects && latest.state != AttendanceState::Required {
        return Vec::new();
    }
    let mut further = Vec::new();
    let listings = format!("{}/", hearing.id);
    let of_it = |cause: &Cause| cause.0.starts_with(&listings);
    for duty in state.duties.iter().filter(|duty| duty.state == DutyState::Open && duty.to == who) {
        let causes: Vec<&Cause> = duty.causes().collect();
        if !causes.is_empty() && causes.into_iter().all(of_it) {
            let why = match message.why_not {
                Some(WhyNot::AgreedSection9) => ": their statement is agreed (section 9)",
                Some(WhyNot::AgreedSection10) => ": what they would say is admitted (section 10)",
                Some(WhyNot::NotReliedOn) => ": it does not rely on them any more",
                Some(WhyNot::Other) | None => "",
            };
            let reason = format!("the CPS does not require them{why}");
            further.push(Payload::DutyExcused { duty: duty.id, reason });
        }
    }
    if expects {
        further.push(told(News::NotRequired, Some(who), Some(hearing)));
    } else {
        let (participant, hearing, state) = (who, hearing.id, AttendanceState::DeWarned);
        further.push(Payload::AttendanceRecorded { participant, hearing, state, told_by: None });
    }
    further
}

/// The CPS asks something: work that is due by the day it names; where that is no use, an event for rules.
fn question(event: &Event, message: &CpsMessage, hearing: Option<&Hearing>, desk: Desk<'_>) -> Payload {
    let due_at = message.reply_by.map(london::end_of_day).filter(|due| *due > desk.now);
    let may_be_made = desk.pack.task_kinds.get(ANSWER).is_some_and(|kind| kind.by_hand);
    if due_at.is_none() || !may_be_made || desk.mode == super::super::Mode::Quiet {
        return told(News::QuestionAsked, None, hearing);
    }
    Payload::TaskCreated {
        id: TaskId(crate::domain::ids::derived(&[b"cps-question", event.id.as_bytes()])),
        task: ANSWER.to_owned(),
        about: None,
        priority: Priority::P2,
        due_at,
        assignee: None,
        words: format!("The CPS asks ({})", CpsKind::Question),
    }
}
