//! A unit begins to use usher: what becomes of each of its live cases, before anything is recorded.
//!
//! Every case is tried in memory, by the very rules that take it in, so that a file which is taken in at all is taken in
//! whole.

mod bring;

use crate::casework::{self, Desk, Unhandled, empty};
use crate::clock::Ids;
use crate::domain::case::Reference;
use crate::domain::event::{Actor, Event, Payload, Subject};
use crate::domain::ids::{CaseId, EventId};
use crate::domain::london::Instant;
use crate::domain::refusal::Refusal;
use crate::domain::staff::Roster;
use crate::engine::Mode;
use crate::engine::rulesets::Ruleset;
use crate::intake::case_list::{Case, Entry, Fault, WHOLE_LINE};
use crate::words;
use serde::Serialize;
use std::collections::HashMap;

words! {
    /// What becomes of a case.
    pub enum Outcome as "outcome" {
        /// It is opened.
        Opened = "opened",
        /// It is held already, and left as it is.
        Held = "already-held",
        /// It cannot be taken, so that nothing of the file is.
        Refused = "refused",
    }
}

/// What is told of a case.
#[derive(Debug, Serialize)]
pub struct Told {
    /// The line on which it begins.
    pub line: u64,
    /// The reference that people know it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// What becomes of it.
    pub outcome: Outcome,
    /// How many people it comes with.
    pub people: usize,
    /// All that is wrong with it.
    #[serde(serialize_with = "faults")]
    pub faults: Vec<Fault>,
    /// What whoever sends the file may want to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

fn faults<S: serde::Serializer>(faults: &[Fault], serializer: S) -> Result<S::Ok, S::Error> {
    let each = |fault: &Fault| serde_json::json!({ "line": fault.line, "column": fault.column, "problem": fault.problem });
    serializer.collect_seq(faults.iter().map(each))
}

/// A case to be recorded, and the line on which it begins.
pub struct Planned {
    /// The line.
    pub line: u64,
    /// The event by which it comes in.
    pub payload: Payload,
}

impl Planned {
    /// What it is found by.
    #[must_use]
    pub fn references(&self) -> &[Reference] {
        self.payload.opening().map_or(&[], |case| &case.references)
    }
}

/// What is to be recorded, and what is told of each case.
pub struct Plan {
    /// What is to be recorded.
    pub cases: Vec<Planned>,
    /// What is told of each case of the file.
    pub told: Vec<Told>,
}

/// The unit that takes cases in.
pub struct Unit<'a> {
    /// Its people, teams and contact directory.
    pub roster: &'a Roster,
    /// Its rules.
    pub rules: &'a Ruleset,
    /// The cases that the file's references find.
    pub held: &'a HashMap<Reference, CaseId>,
    /// Now.
    pub now: Instant,
}

impl Plan {
    /// What becomes of these cases.
    #[must_use]
    pub fn of(entries: Vec<Entry>, unit: &Unit<'_>) -> Self {
        let mut plan = Self { cases: Vec::new(), told: Vec::new() };
        let mut seen: HashMap<Reference, u64> = HashMap::new();
        for entry in entries {
            let Entry { line, label, case } = entry;
            let people = case.as_ref().map_or(0, |case| case.people.len());
            let done = case.and_then(|case| plan.case(line, case, unit, &mut seen));
            let (outcome, faults, note) = match done {
                Ok((outcome, note)) => (outcome, Vec::new(), note),
                Err(faults) => (Outcome::Refused, faults, None),
            };
            plan.told.push(Told { line, case: label, outcome, people, faults, note });
        }
        plan
    }

    /// Whether a case is refused, so that nothing is to be recorded.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        self.told.iter().any(|told| told.outcome == Outcome::Refused)
    }

    fn case(
        &mut self,
        line: u64,
        case: Case,
        unit: &Unit<'_>,
        seen: &mut HashMap<Reference, u64>,
    ) -> Result<(Outcome, Option<String>), Vec<Fault>> {
        let whole = |problem: String| vec![Fault { line, column: WHOLE_LINE.to_owned(), problem }];
        for reference in &case.references {
            if let Some(other) = seen.insert(reference.clone(), line) {
                let kind = reference.kind;
                return Err(whole(format!(
                    "has the {kind} of the case of line {other}: give both the same references, or keep one of the two"
                )));
            }
        }
        let mut found: Vec<CaseId> =
            case.references.iter().filter_map(|reference| unit.held.get(reference)).copied().collect();
        found.sort_unstable();
        found.dedup();
        match found.len() {
            0 => {}
            1 => return Ok((Outcome::Held, None)),
            _ => {
                let problem = "its references are of several cases that are held: put the wrong one right";
                return Err(whole(problem.to_owned()));
            }
        }
        let lines: Vec<(u64, String)> =
            case.people.iter().map(|person| (person.line, person.place.clone())).collect();
        let (payload, note) = bring::payload(line, case, unit)?;
        try_out(&payload, unit).map_err(|unhandled| vec![placed(unhandled, line, &lines)])?;
        self.cases.push(Planned { line, payload });
        Ok((Outcome::Opened, note))
    }
}

/// Lets a case come in, in memory.
fn try_out(payload: &Payload, unit: &Unit<'_>) -> Result<(), Unhandled> {
    let Some(new) = payload.opening() else { return Ok(()) };
    let (roster, now) = (unit.roster, unit.now);
    let mut state = empty::opened(new, roster.unit.id, roster, now);
    let event = Event {
        id: EventId(Ids::Random.next(now)),
        unit: roster.unit.id,
        source: "import".to_owned(),
        reference: String::new(),
        actor: Actor::usher("import"),
        occurred_at: None,
        received_at: now,
        recorded_at: now,
        subject: Subject::Case(new.id),
        payload: payload.clone(),
    };
    let desk = Desk {
        pack: &unit.rules.pack,
        templates: &unit.rules.templates,
        roster,
        ids: &Ids::Random,
        now,
        mail_domain: "usher.invalid",
        mode: Mode::Working,
    };
    casework::handle(&mut state, event, desk).map(drop)
}

/// A refusal at the line and column that it is about.
fn placed(unhandled: Unhandled, line: u64, people: &[(u64, String)]) -> Fault {
    let refusal = match unhandled {
        Unhandled::Refused(refusal) => refusal,
        Unhandled::Parked(why) => {
            return Fault { line, column: WHOLE_LINE.to_owned(), problem: why.to_string() };
        }
    };
    let (field, problem) = match refusal {
        Refusal::Invalid { field, problem }
        | Refusal::Required { field, problem }
        | Refusal::UnknownWord { field, problem } => (field, problem),
        Refusal::Ahead { field } => (field, "must not lie ahead".to_owned()),
        Refusal::Unsuitable { why, .. } => ("owner".to_owned(), format!("cannot have the case: {why}")),
        other => (WHOLE_LINE.to_owned(), other.to_string()),
    };
    let of_person = field.strip_prefix("people[").or_else(|| field.strip_prefix("participants["));
    if let Some((nth, column)) = of_person.and_then(|rest| rest.split_once("]."))
        && let Some((line, place)) = nth.parse::<usize>().ok().and_then(|nth| people.get(nth))
    {
        return Fault { line: *line, column: format!("{place}{column}"), problem };
    }
    Fault { line, column: field, problem }
}
