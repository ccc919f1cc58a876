//! The functions and methods that join facts: what a rule can ask beyond a field.

use super::declare::{AnswerWords, QuestionWords, TopicWords};
use super::{
    AttendanceFacts, CaseFacts, DutyFacts, EventFacts, HearingFacts, ParticipantFacts, ResultFacts, TaskFacts,
};
use crate::domain::calendar::{Calendar, working_days_until};
use crate::domain::explanation::Cause;
use crate::domain::hearing::{AttendanceState, HearingState};
use crate::domain::person::Channel;
use crate::domain::words::Word;
use crate::rules::condition::{Function, PackVocabulary, Type, Value};
use crate::rules::form::Answered;

/// Every function and method beside the fields.
pub(super) fn all(calendar: &Calendar) -> Vec<Function> {
    let participant = || Type::object("participant");
    let result = || Type::object("result");
    let hearing = || Type::object("hearing");
    let calendar = calendar.clone();
    vec![
        Function::new("concerns", [result()], Type::Bool, |call| {
            let (who, line) = (call.fact::<ParticipantFacts>(0)?, call.fact::<ResultFacts>(1)?);
            Ok(Value::Bool(who.concerns(line, case(call)?)))
        })
        .on(participant())
        .about("whether a line is about one of their offences or defendants"),
        Function::new("concerned_by", [hearing()], Type::Bool, |call| {
            let (who, hearing) = (call.fact::<ParticipantFacts>(0)?, call.fact::<HearingFacts>(1)?);
            Ok(Value::Bool(who.concerned_by(hearing, case(call)?)))
        })
        .on(participant())
        .about("whether a hearing is of a defendant who concerns them, or nobody knows yet of whom"),
        Function::new("is_about", [hearing()], Type::Bool, |call| {
            let (duty, hearing) = (call.fact::<DutyFacts>(0)?, call.fact::<HearingFacts>(1)?);
            let listing = Cause(format!("{}/{}", hearing.id, hearing.listing));
            Ok(Value::Bool(duty.causes.contains(&listing)))
        })
        .on(Type::object("duty"))
        .about("whether what is owed rests on the present listing of a hearing"),
        Function::new("away_on", [Type::Date], Type::Bool, |call| {
            let who = call.fact::<ParticipantFacts>(0)?;
            let Some(Value::Date(day)) = call.arguments.get(1) else {
                return Err("away_on takes a date".to_owned());
            };
            Ok(Value::Bool(who.unavailable.iter().any(|days| days.has(*day))))
        })
        .on(participant())
        .about("whether they said that they cannot come to court on a day"),
        Function::new("unsafe_by", [Type::word(Channel::LIST)], Type::Bool, |call| {
            let (who, channel) = (call.fact::<ParticipantFacts>(0)?, text(call, 1)?);
            Ok(Value::Bool(who.unsafe_channels.iter().any(|unsafe_one| unsafe_one.word() == channel)))
        })
        .on(participant())
        .about("whether they may not be reached by phone, voicemail, email or post"),
        Function::new("raised", [Type::word(TopicWords::NAME)], Type::Bool, |call| {
            let (event, topic) = (call.fact::<EventFacts>(0)?, text(call, 1)?);
            Ok(Value::Bool(event.topics.iter().any(|raised| raised == topic)))
        })
        .on(Type::object("event"))
        .about("whether something came up in a logged contact"),
        Function::new("chose", [Type::word(AnswerWords::NAME)], Type::Bool, |call| {
            let (task, answer) = (call.fact::<TaskFacts>(0)?, text(call, 1)?);
            let (question, word) = answer.split_once('/').unwrap_or((answer, ""));
            Ok(Value::Bool(task.answers.get(question).is_some_and(|answered| answered.chose(word))))
        })
        .on(Type::object("task"))
        .about("whether a question of its form was answered with a word, such as support/idva or agreed/yes"),
        Function::new("answered", [Type::word(QuestionWords::NAME)], Type::Bool, |call| {
            let (task, question) = (call.fact::<TaskFacts>(0)?, text(call, 1)?);
            Ok(Value::Bool(task.answers.contains_key(question)))
        })
        .on(Type::object("task"))
        .about("whether a question of its form was answered at all"),
        Function::new("day", [Type::word(QuestionWords::NAME)], Type::Date.optional(), |call| {
            let (task, question) = (call.fact::<TaskFacts>(0)?, text(call, 1)?);
            Ok(match task.answers.get(question) {
                Some(Answered::Day(day)) => Value::Date(*day),
                _ => Value::Absent,
            })
        })
        .on(Type::object("task"))
        .about("the day that answers a question of its form, where one was given"),
        Function::new("number", [Type::word(QuestionWords::NAME)], Type::Int.optional(), |call| {
            let (task, question) = (call.fact::<TaskFacts>(0)?, text(call, 1)?);
            Ok(match task.answers.get(question) {
                Some(Answered::Number(number)) => Value::Int(*number),
                _ => Value::Absent,
            })
        })
        .on(Type::object("task"))
        .about("the number that answers a question of its form, where one was given"),
        Function::new("supports", [participant()], Type::Bool, |call| {
            let (who, other) = (call.fact::<ParticipantFacts>(0)?, call.fact::<ParticipantFacts>(1)?);
            Ok(Value::Bool(who.supports.contains(&other.id)))
        })
        .on(participant())
        .about("whether they support or speak for somebody"),
        Function::new("attendance", [hearing()], Type::object("attendance").optional(), |call| {
            let (who, hearing) = (call.fact::<ParticipantFacts>(0)?, call.fact::<HearingFacts>(1)?);
            let theirs = |a: &&AttendanceFacts| {
                a.participant == who.id && a.hearing == hearing.id && a.listing == hearing.listing
            };
            Ok(optional(case(call)?.attendances.iter().find(theirs)))
        })
        .on(participant())
        .about("their attendance at the present listing of a hearing"),
        Function::new("last_attendance", [hearing()], Type::object("attendance").optional(), |call| {
            let (who, hearing) = (call.fact::<ParticipantFacts>(0)?, call.fact::<HearingFacts>(1)?);
            let theirs =
                case(call)?.attendances.iter().filter(|a| a.participant == who.id && a.hearing == hearing.id);
            Ok(optional(theirs.max_by_key(|a| a.listing)))
        })
        .on(participant())
        .about("their attendance at the latest listing of a hearing for which there is one"),
        Function::new("is_to_attend", [hearing()], Type::Bool, |call| {
            let (who, hearing) = (call.fact::<ParticipantFacts>(0)?, call.fact::<HearingFacts>(1)?);
            let theirs = |a: &&AttendanceFacts| a.participant == who.id && a.hearing == hearing.id;
            let expects =
                |a: &AttendanceFacts| matches!(a.state, AttendanceState::Warned | AttendanceState::Confirmed);
            Ok(Value::Bool(case(call)?.attendances.iter().filter(theirs).any(expects)))
        })
        .on(participant())
        .about("whether they believe they are to come to a hearing, at whatever listing they were told"),
        Function::new("is_wanted_at", [hearing()], Type::Bool, |call| {
            let (who, hearing) = (call.fact::<ParticipantFacts>(0)?, call.fact::<HearingFacts>(1)?);
            let theirs =
                case(call)?.attendances.iter().filter(|a| a.participant == who.id && a.hearing == hearing.id);
            Ok(Value::Bool(theirs.max_by_key(|a| a.listing).is_some_and(AttendanceFacts::wanted)))
        })
        .on(participant())
        .about("whether they are required, warned or confirmed for a hearing, at its latest listing with anybody"),
        Function::new("corrects", [participant()], Type::Bool, |call| {
            let (event, who) = (call.fact::<EventFacts>(0)?, call.fact::<ParticipantFacts>(1)?);
            let case = case(call)?;
            let gone = |r: &ResultFacts| case.was_told(&who.id, &Cause(r.id.clone()));
            Ok(Value::Bool(event.removed.iter().any(gone)))
        })
        .on(Type::object("event"))
        .about("whether it takes back something that somebody was told"),
        Function::new("told", [participant(), result()], Type::Bool, |call| {
            let (who, line) = (call.fact::<ParticipantFacts>(0)?, call.fact::<ResultFacts>(1)?);
            Ok(Value::Bool(case(call)?.was_told(&who.id, &Cause(line.id.clone()))))
        })
        .about("whether somebody was told of a line"),
        Function::new("told_of", [participant(), hearing()], Type::Bool, |call| {
            let (who, hearing) = (call.fact::<ParticipantFacts>(0)?, call.fact::<HearingFacts>(1)?);
            let listing = Cause(format!("{}/{}", hearing.id, hearing.listing));
            Ok(Value::Bool(case(call)?.was_told(&who.id, &listing)))
        })
        .about("whether somebody was told of a hearing's present listing"),
        Function::new("next_hearing", [participant()], hearing().optional(), |call| {
            let who = call.fact::<ParticipantFacts>(0)?;
            let case = case(call)?;
            let theirs = |h: &&HearingFacts| h.state == HearingState::Listed && who.concerned_by(h, case);
            Ok(optional(case.hearings.iter().filter(theirs).min_by_key(|h| h.instant())))
        })
        .about("the next listed hearing of a defendant who concerns somebody"),
        Function::new("working_days_until", [Type::Date], Type::Int, move |call| {
            let (Some(Value::Date(day)), Some(Value::Instant(now))) =
                (call.arguments.first(), call.scope.get("now"))
            else {
                return Err("working_days_until takes a date".to_owned());
            };
            working_days_until(*now, *day, &calendar).map(Value::Int).map_err(|needs| needs.to_string())
        })
        .about("how many working days lie between now and a day"),
    ]
}

fn case<'a>(call: &crate::rules::condition::Call<'_, 'a>) -> Result<&'a CaseFacts, String> {
    call.scope
        .get("case")
        .and_then(Value::fact::<CaseFacts>)
        .ok_or_else(|| "there is no case here".to_owned())
}

/// A text that was given as an argument.
fn text<'c>(call: &'c crate::rules::condition::Call<'_, '_>, index: usize) -> Result<&'c str, String> {
    call.arguments.get(index).and_then(Value::text).ok_or_else(|| "a word was expected".to_owned())
}

fn optional<'a, T: crate::rules::condition::Fact>(found: Option<&'a T>) -> Value<'a> {
    found.map_or(Value::Absent, |fact| Value::Object(fact))
}
