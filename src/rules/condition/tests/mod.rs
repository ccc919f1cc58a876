//! Invented facts, and what the condition language makes of them.

mod asking;
mod faults;
mod properties;
mod schemas;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{
    Call, Condition, Fault, Field, Function, ObjectType, PackVocabulary, PackWord, Record, Schema, Scope,
    Type, Value, Word, facts,
};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Role {
    Victim,
    Witness,
    PoliceWitness,
}

impl Word for Role {
    const VOCABULARY: &'static str = "participant-role";
    const WORDS: &'static [&'static str] = &["victim", "witness", "police-witness"];
    fn word(&self) -> &'static str {
        match self {
            Role::Victim => "victim",
            Role::Witness => "witness",
            Role::PoliceWitness => "police-witness",
        }
    }
}

/// The outcomes, whose words the pack brings.
struct Outcomes;
impl PackVocabulary for Outcomes {
    const NAME: &'static str = "outcome";
}

#[derive(Clone, Debug)]
struct Attendance {
    id: String,
    day: u32,
    warned_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug)]
struct Participant {
    id: String,
    role: Role,
    enhanced: bool,
    attendance: Option<Attendance>,
    offences: Vec<String>,
}

#[derive(Clone, Debug)]
struct CourtResult {
    id: String,
    outcome: String,
    last: bool,
    offence: String,
    sentenced_on: Option<NaiveDate>,
}

#[derive(Clone, Debug)]
struct Event {
    id: String,
    received_at: DateTime<Utc>,
    added: Vec<CourtResult>,
}

#[derive(Clone, Debug)]
struct Case {
    id: String,
    participants: Vec<Participant>,
    officer: Option<Participant>,
    told: Vec<(String, String)>,
}

facts! {
    /// One listing of a hearing, as it concerns a participant.
    a: Attendance as "attendance" (&a.id) {
        /// The day of the trial on which they are wanted, from 1.
        day => a.day;
        /// When they were warned.
        warned_at => a.warned_at;
    }
    /// A person in the case, in one role.
    p: Participant as "participant" (&p.id) {
        /// Their id.
        id => &p.id;
        /// Who they are to the case.
        role => p.role;
        /// Whether they have Enhanced Rights, proposed or confirmed.
        enhanced => p.enhanced;
        /// Their attendance at the next hearing.
        attendance => p.attendance.as_ref();
        /// The ids of the offences that concern them.
        offences => &p.offences;
    }
    /// One result that a court gave.
    r: CourtResult as "result" (&r.id) {
        /// What it means here.
        outcome => PackWord::<Outcomes>::of(&r.outcome);
        /// Whether it ends the matter.
        final => r.last;
        /// The id of the offence it is about.
        offence => &r.offence;
        /// The day of the sentence.
        sentenced_on => r.sentenced_on;
    }
    /// What happened.
    e: Event as "event" (&e.id) {
        /// When it first reached the unit.
        received_at => e.received_at;
        /// The results that are new with it.
        added => &e.added;
    }
    /// The case it happened to.
    c: Case as "case" (&c.id) {
        /// Everybody in it.
        participants => &c.participants;
        /// The victims among them.
        victims => c.participants.iter().filter(|p| p.role == Role::Victim).collect::<Vec<_>>();
        /// The officer in the case.
        officer_in_case => c.officer.as_ref();
    }
}

fn limit_type() -> Arc<ObjectType> {
    let field = |name: &'static str, kind| Field { name: name.into(), about: "".into(), kind };
    Arc::new(ObjectType {
        name: "limit".into(),
        about: "The figures of limits.yaml.".into(),
        fields: vec![field("outcome_target", Type::Duration), field("attempts", Type::Int)],
    })
}

fn limits() -> Record {
    let values = [("outcome_target", Value::Duration(TimeDelta::hours(24))), ("attempts", Value::Int(3))];
    Record::new(limit_type(), "limits", values).unwrap()
}

fn concerns<'a>(call: &Call<'_, 'a>) -> Result<Value<'a>, String> {
    let (person, result) = (call.fact::<Participant>(0)?, call.fact::<CourtResult>(1)?);
    Ok(Value::Bool(person.offences.contains(&result.offence)))
}

fn told<'a>(call: &Call<'_, 'a>) -> Result<Value<'a>, String> {
    let case = call.variable::<Case>("case")?;
    let (person, result) = (call.fact::<Participant>(0)?, call.fact::<CourtResult>(1)?);
    Ok(Value::Bool(case.told.iter().any(|(who, what)| *who == person.id && *what == result.id)))
}

fn deadline<'a>(call: &Call<'_, 'a>) -> Result<Value<'a>, String> {
    let hours: i64 = call.text(0)?.trim_end_matches("h").parse().map_err(|_| "no hours".to_owned())?;
    Ok(Value::Instant(call.variable::<Event>("event")?.received_at + TimeDelta::hours(hours)))
}

fn working_days_until<'a>(_: &Call<'_, 'a>) -> Result<Value<'a>, String> {
    Err("the calendar ends in 2027".to_owned())
}

fn schema() -> Schema {
    let mut schema = Schema::new();
    schema
        .object::<Attendance>()
        .object::<Participant>()
        .object::<CourtResult>()
        .object::<Event>()
        .object::<Case>()
        .object_type(limit_type())
        .vocabulary("outcome", ["convicted", "acquitted", "bailed", "remanded-in-custody"])
        .vocabulary("priority", ["P1", "P2", "P3", "P4"])
        .variable("case", Type::object("case"), "the case it happened to")
        .variable("event", Type::object("event"), "what happened")
        .variable("limit", Type::object("limit"), "the figures of limits.yaml")
        .function(
            Function::new("concerns", [Type::object("result")], Type::Bool, concerns)
                .on(Type::object("participant")),
        )
        .function(Function::new(
            "told",
            [Type::object("participant"), Type::object("result")],
            Type::Bool,
            told,
        ))
        .function(Function::new("working_days_until", [Type::Date], Type::Int, working_days_until))
        .function(Function::new("deadline", [Type::Text], Type::Instant, deadline).literal(|text| {
            if text.ends_with('h') { Ok(()) } else { Err(format!("`{text}` is not a deadline")) }
        }));
    schema
}

fn participant(id: &str, role: Role) -> Participant {
    let attendance = Attendance { id: format!("a-{id}"), day: 2, warned_at: None };
    Participant {
        id: id.to_owned(),
        role,
        enhanced: role == Role::Victim,
        attendance: (role == Role::Witness).then_some(attendance),
        offences: vec!["o-1".to_owned()],
    }
}

fn result(id: &str, outcome: &str, offence: &str) -> CourtResult {
    CourtResult {
        id: id.to_owned(),
        outcome: outcome.to_owned(),
        last: outcome != "bailed",
        offence: offence.to_owned(),
        sentenced_on: NaiveDate::from_ymd_opt(2026, 11, 2),
    }
}

/// A victim p-1, a witness p-2 with an attendance, an officer p-9; a conviction r-1 that concerns them, told to p-1,
/// and bail r-2 that does not; received on 2 November 2026 at 09:00 UTC.
#[derive(Debug)]
struct Example {
    case: Case,
    event: Event,
    limit: Record,
}

fn example() -> Example {
    Example {
        case: Case {
            id: "c-1".to_owned(),
            participants: vec![participant("p-1", Role::Victim), participant("p-2", Role::Witness)],
            officer: Some(participant("p-9", Role::PoliceWitness)),
            told: vec![("p-1".to_owned(), "r-1".to_owned())],
        },
        event: Event {
            id: "e-1".to_owned(),
            received_at: "2026-11-02T09:00:00Z".parse().unwrap(),
            added: vec![result("r-1", "convicted", "o-1"), result("r-2", "bailed", "o-2")],
        },
        limit: limits(),
    }
}

impl Example {
    /// The facts, with `p` as the participant of that index.
    fn scope(&self, p: usize) -> Scope<'_> {
        Scope::new()
            .with("case", &self.case)
            .with("event", &self.event)
            .with_object("limit", &self.limit)
            .with("p", &self.case.participants[p])
    }
}

const P: &[(&str, Type)] = &[("p", Type::object("participant"))];

fn parse(text: &str, expected: &[Type]) -> Result<Condition, Vec<Fault>> {
    Condition::parse(text, &schema(), expected, P)
}

fn condition(text: &str) -> Condition {
    parse(text, &[]).unwrap_or_else(|faults| panic!("{text}: {faults:?}"))
}
