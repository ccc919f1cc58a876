//! Working a case in memory: an event happens to it, rules decide, and what they ask for is carried out.
//!
//! Pure: a [`CaseState`] and an event go in, the changed state and an account of it come out. The engine calls this
//! under the case's lock and writes what is marked; scenarios call it without a database. Three steps, each in a
//! room of its own:
//!
//! 1. [`happen`]: the event's own change to what is known (a share is folded, a task is completed). Refusals are
//!    found here, before anything is touched.
//! 2. [`crate::rules::decide`]: what follows, from the facts as they now are.
//! 3. [`carry_out`]: duties are gathered, keys are merged, work is given to people, messages are written.
//!
//! Further events that follow on the same case are handled in the same way, to a small depth.

pub mod carry_out;
pub mod empty;
pub mod happen;
mod ownership;
pub mod roster;
pub mod scenario;

use crate::clock::Ids;
use crate::domain::event::{Actor, Event, Payload, Subject};
use crate::domain::explanation::Cause;
use crate::domain::ids::{EventId, HearingId, ParticipantId};
use crate::domain::receipt::{CaseReceipt, Outcome};
use crate::domain::refusal::Refusal;
use crate::domain::staff::Roster;
use crate::domain::state::CaseState;
use crate::people::presence;
use crate::render::Letterbox;
use crate::rules::decide::{self, Heard, Undecided};
use crate::rules::facts::{self, Facts};
use crate::rules::pack::Pack;
use carry_out::Elsewhere;
use chrono::{DateTime, Utc};
use happen::{Happened, Verdict};
use serde::{Deserialize, Serialize};

/// How deep further events may follow from one.
pub const DEPTH_MAX: usize = 8;

/// Whether work and correspondence follow from events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They do.
    Working,
    /// Facts and diary only: what happened before the unit went live is taken in quietly.
    Quiet,
    /// They do, from an event that was handled before: what stands of it is looked at as if it were news, under the
    /// rules as they now are. What is there already is merged, and nobody is written to twice about the same.
    Anew,
}

/// What working a case needs beside the case.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The rules.
    pub pack: &'a Pack,
    /// The rules' templates, ready to render.
    pub templates: &'a Letterbox,
    /// The unit and its people.
    pub roster: &'a Roster,
    /// Where ids come from.
    pub ids: &'a Ids,
    /// Now.
    pub now: DateTime<Utc>,
    /// The domain in the Message-IDs of mail.
    pub mail_domain: &'a str,
    /// Whether work follows.
    pub mode: Mode,
}

/// Why an event cannot be handled: it is kept whole and parked, and nothing of it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Parked {
    /// A rule cannot be decided.
    #[error(transparent)]
    Undecided(#[from] Undecided),
    /// What it says must be looked at by a person first.
    #[error("{0}")]
    Held(String),
    /// Events follow from each other too deep.
    #[error("events follow from each other deeper than {DEPTH_MAX}: {0}")]
    TooDeep(String),
    /// A message cannot be written.
    #[error("message {template} cannot be written: {reason}")]
    Unwritten {
        /// Its template.
        template: String,
        /// Why.
        reason: String,
    },
}

/// Why nothing came of an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unhandled {
    /// It is refused: nothing is recorded.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It is kept and parked.
    #[error(transparent)]
    Parked(#[from] Parked),
}

/// What rules were asked and what they asked for: kept with each handling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Trace {
    /// Each rule that listened, and how often it spoke.
    pub heard: Vec<Heard>,
    /// What was done, a line each; never personal data.
    pub done: Vec<String>,
    /// Why nothing followed, where nothing did.
    pub nothing_because: Option<String>,
}

/// An event handled for one case, with what is kept of that.
#[derive(Debug, Clone)]
pub struct Handled {
    /// The event.
    pub event: Event,
    /// What became of it.
    pub receipt: CaseReceipt,
    /// What was decided on; none where nothing was to be decided.
    pub facts: Option<Facts>,
    /// Which rules were asked, and what was done.
    pub trace: Trace,
    /// Its number in the case's order.
    pub sequence: i64,
    /// Events that follow elsewhere.
    pub elsewhere: Vec<Elsewhere>,
}

/// Handles an event for a case; gives it and every event that followed from it, in order.
///
/// # Errors
/// [`Unhandled::Refused`]: the state is untouched. [`Unhandled::Parked`]: the state must be read afresh.
pub fn handle(state: &mut CaseState, event: Event, desk: Desk<'_>) -> Result<Vec<Handled>, Unhandled> {
    let mut handled = Vec::new();
    let mut waiting = std::collections::VecDeque::from([(event, 0)]);
    while let Some((event, depth)) = waiting.pop_front() {
        if depth > DEPTH_MAX {
            return Err(Parked::TooDeep(event.payload.kind().to_owned()).into());
        }
        let (one, further) = turn(state, event, desk).map_err(|why| match why {
            // Whoever sent the first event cannot put right what follows from it, and by now the state is touched.
            Unhandled::Refused(refusal) if depth > 0 => Parked::Held(refusal.to_string()).into(),
            why => why,
        })?;
        for payload in further {
            let nth = handled.len() + waiting.len();
            waiting.push_back((following(&one.event, payload, nth, desk), depth + 1));
        }
        handled.push(one);
    }
    Ok(handled)
}

/// An event that follows from another on the same case.
fn following(parent: &Event, payload: Payload, nth: usize, desk: Desk<'_>) -> Event {
    Event {
        id: EventId(desk.ids.next(desk.now)),
        unit: parent.unit,
        source: "usher:rules".to_owned(),
        reference: format!("{}/{}/{nth}", parent.id, payload.kind()),
        actor: Actor::usher("rules"),
        occurred_at: parent.occurred_at,
        received_at: parent.received_at,
        recorded_at: desk.now,
        subject: Subject::Desk,
        payload,
    }
}

/// One event, one step.
fn turn(state: &mut CaseState, event: Event, desk: Desk<'_>) -> Result<(Handled, Vec<Payload>), Unhandled> {
    let Happened { verdict, occurrence, mut further, released, did, note } =
        happen::happen(state, &event, desk)?;
    let case = state.case.change();
    case.sequence += 1;
    let sequence = case.sequence;
    let receipt =
        |outcome, effects, reason| CaseReceipt { case: Some(state.case.id), outcome, effects, reason };
    let nothing = match verdict {
        Verdict::News => None,
        Verdict::Duplicate => Some(Outcome::Duplicate),
        Verdict::Stale => Some(Outcome::Stale),
    };
    if let Some(outcome) = nothing {
        let trace = Trace { nothing_because: note.clone(), ..Trace::default() };
        let receipt = receipt(outcome, 0, note);
        return Ok((
            Handled { event, receipt, facts: None, trace, sequence, elsewhere: Vec::new() },
            further,
        ));
    }
    let owned = ownership::settle(state, desk);
    let facts = facts::build(&event, &occurrence, state, desk.pack, desk.now);
    let shifts = state.case.owner.map(|owner| presence::shifts_of(desk.roster, owner));
    let shifts = shifts.as_ref().map(|shifts| shifts as &dyn crate::domain::deadline::Hours);
    let decision = decide::decide(desk.pack, &facts, shifts).map_err(Parked::from)?;
    let outcome = carry_out::carry_out(state, &event, decision.effects, released, desk)?;
    further.extend(outcome.further);
    let mut done = did;
    done.extend(outcome.done);
    if owned {
        done.insert(0, "the case has an owner".to_owned());
    }
    let effects = i64::try_from(done.len()).unwrap_or(i64::MAX);
    let mut trace = Trace { heard: decision.heard, done, nothing_because: None };
    if effects == 0 && further.is_empty() {
        trace.nothing_because = note.or_else(|| Some(why_nothing(&trace.heard)));
    }
    let word = if effects == 0 && further.is_empty() { Outcome::Nothing } else { Outcome::Applied };
    let receipt = CaseReceipt {
        case: Some(state.case.id),
        outcome: word,
        effects,
        reason: trace.nothing_because.clone(),
    };
    Ok((
        Handled { event, receipt, facts: Some(facts), trace, sequence, elsewhere: outcome.elsewhere },
        further,
    ))
}

fn why_nothing(heard: &[Heard]) -> String {
    match heard.len() {
        0 => "no rule listens to this kind of event".to_owned(),
        _ if heard.iter().all(|heard| heard.spoke == 0) => {
            format!("{} rules listened and none of their conditions held", heard.len())
        }
        _ => "what the rules ask for is there already".to_owned(),
    }
}

/// A payload that a rule, a timer or a retry raises.
#[must_use]
pub fn raised(
    name: &str,
    about: Option<ParticipantId>,
    hearing: Option<HearingId>,
    causes: Vec<Cause>,
) -> Payload {
    Payload::Raised { name: name.to_owned(), about, person: None, hearing, causes }
}
