//! Carrying out what a decision asks for, on a case in memory.
//!
//! Every effect has a key made from what makes it the same thing. Where the same thing is there and open, the two
//! are merged: earliest clocks, highest priority, union of causes, both explanations. Where it is there and ended,
//! nothing is born again. Effects are carried out in the order of the rules, messages last, when everything they
//! may speak of is in place.

mod arrangements;
mod briefings;
mod calendars;
mod diary;
pub(in crate::casework) mod duties;
mod escalation;
mod lists;
mod messages;
mod tasks;
mod undo;

pub(in crate::casework) use diary::limits_of;

use super::happen::set_attendance;
use super::{Desk, Mode, Parked, raised};
use crate::domain::case::Phase;
use crate::domain::contact::Means;
use crate::domain::deadline::Step;
use crate::domain::duty::DutyState;
use crate::domain::event::{Event, Payload, TaskAction};
use crate::domain::explanation::{Cause, Explanation};
use crate::domain::hearing::AttendanceState;
use crate::domain::ids::{MessageId, PersonId, TaskId};
use crate::domain::person::{Enhanced, EnhancedState, Participant};
use crate::domain::staff::Work;
use crate::domain::state::Mark::Clean;
use crate::domain::state::{CaseState, Tracked};
use crate::rules::effect::{Counted, Decided, Effect};
use crate::rules::pack::{EmitAt, Owner};

/// What usher raises where a rule makes somebody enhanced who was not.
const ENHANCED_PROPOSED: &str = "participant.enhanced-rights-proposed";

/// An event that follows elsewhere: kept in the same commit, handled in one of its own.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    /// Where.
    pub place: Place,
    /// What makes it the same event, beside the event that it follows from.
    pub key: String,
    /// What happened.
    pub payload: Payload,
}

/// Where an event follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// At the unit's desk.
    Desk,
    /// On the other cases of these people.
    OtherCasesOf(Vec<PersonId>),
}

/// What was done.
#[derive(Debug, Default)]
pub struct Done {
    /// A line each; never personal data.
    pub done: Vec<String>,
    /// Further events on the same case.
    pub further: Vec<Payload>,
    /// Further events elsewhere.
    pub elsewhere: Vec<Elsewhere>,
    /// How much of this decision's work went to whom.
    taken: Vec<Work>,
    /// Who gets a task where its rule says so.
    owners: Vec<(TaskId, Owner)>,
    /// Tasks out of which a duty was withdrawn, with the reason.
    emptied: Vec<(TaskId, Explanation)>,
    /// Unsent messages to write anew: they may speak of something that is gone, or are about to leave.
    stale: Vec<MessageId>,
}

impl Done {
    fn note(&mut self, line: String) {
        self.done.push(line);
    }
}

/// Carries out effects. What was `released` from its wait leaves as the case then stands.
///
/// # Errors
/// [`Parked::Unwritten`] if a message's template fails.
pub fn carry_out(
    state: &mut CaseState,
    event: &Event,
    mut effects: Vec<Decided>,
    released: Vec<MessageId>,
    desk: Desk<'_>,
) -> Result<Done, Parked> {
    let mut done = Done { stale: released, ..Done::default() };
    let mut letters = Vec::new();
    undo::forget_earlier_listings(state, event, desk, &mut done);
    // What is gone goes first. Then a task that a rule names takes in whatever else is owed to the same people.
    effects.sort_by_key(|decided| match decided.effect {
        Effect::Withdraw => 0,
        Effect::Owe { task: Some(_), .. } => 1,
        _ => 2,
    });
    for decided in effects {
        let quiet = desk.mode == Mode::Quiet;
        match &decided.effect {
            Effect::Owe { .. } | Effect::Task { .. } | Effect::Message { .. } | Effect::Timer { .. }
                if quiet => {}
            Effect::Owe { .. } => duties::owe(state, event, &decided, desk, &mut done),
            Effect::Task { .. } => tasks::raise(state, event, &decided, desk, &mut done),
            Effect::Message { .. } => letters.push(decided),
            Effect::Diary { hearing, state: shown } => {
                diary::show(state, event, &decided, *hearing, *shown, desk, &mut done);
            }
            Effect::Timer { .. } => diary::set_timer(state, event, &decided, desk, &mut done),
            Effect::StopTimer { raises, about, hearing } => {
                diary::stop_timers(state, raises, *about, *hearing, &mut done);
            }
            Effect::Attendance { of, hearing, state: to } => {
                let held = state.hearings.iter().find(|held| held.id == *hearing).map(|held| held.listing);
                if let Some(listing) = held {
                    let before = state.attendances.iter().filter(|held| held.mark() != Clean).count();
                    let told_by = means(state, event, *to);
                    set_attendance(state, *of, *hearing, listing, *to, told_by.as_deref(), desk);
                    if state.attendances.iter().filter(|held| held.mark() != Clean).count() > before {
                        done.note(format!("attendance {to} at listing {listing}"));
                    }
                }
            }
            Effect::Arrangement { of, hearing, kind, state: to } => {
                arrangements::bring(state, *of, *hearing, *kind, *to, desk, &mut done);
            }
            Effect::Phase(phase) => bring_phase(state, *phase, &mut done),
            Effect::Excuse { duties, reason } => {
                for kind in duties::excuse(state, duties, reason, None, desk) {
                    done.note(format!("duty {kind} excused"));
                }
            }
            Effect::Shorten { .. } => duties::shorten(state, event, &decided, desk, &mut done),
            Effect::Stop { messages, reason } => undo::stop(state, messages, reason, &mut done),
            Effect::Appointment { .. } => diary::appoint(state, event, &decided, desk, &mut done),
            Effect::CallOff { kind, with, key } => {
                diary::call_off(state, *kind, *with, key.as_deref(), &mut done);
            }
            Effect::Withdraw => undo::withdraw(state, event, &decided, desk, &mut done),
            Effect::Cancel { tasks, reason } => undo::cancel(state, tasks, reason, desk, &mut done),
            Effect::Hurry { tasks, priority } => {
                tasks::hurry(state, event, &decided, tasks, *priority, desk, &mut done);
            }
            Effect::Propose { flag } => {
                if !state.case.flags.contains(flag) && !state.case.proposed_flags.contains(flag) {
                    let case = state.case.change();
                    case.proposed_flags.push(flag.clone());
                    case.version += 1;
                    done.note(format!("flag {flag} proposed"));
                }
            }
            Effect::RaiseRisk(risk) => {
                // High stands first.
                if *risk < state.case.risk {
                    let case = state.case.change();
                    case.risk = *risk;
                    case.version += 1;
                    done.note(format!("risk raised to {risk}"));
                }
            }
            Effect::ProposeEnhanced { to, category } => {
                let held = state.participants.iter_mut().find(|held| held.id == *to);
                // What a person settled stays; what was only proposed may get a further reason.
                let open = |held: &&mut Tracked<Participant>| {
                    held.enhanced.as_ref().is_none_or(|enhanced| {
                        enhanced.state == EnhancedState::Proposed && !enhanced.categories.contains(category)
                    })
                };
                if let Some(held) = held.filter(open) {
                    let held = held.change();
                    if !held.is_enhanced() {
                        done.further.push(raised(ENHANCED_PROPOSED, Some(*to), None, decided.causes.clone()));
                    }
                    let mut categories =
                        held.enhanced.take().map(|enhanced| enhanced.categories).unwrap_or_default();
                    categories.push(*category);
                    held.enhanced = Some(Enhanced {
                        state: EnhancedState::Proposed,
                        categories,
                        assessed_at: desk.now,
                        source: format!("rule {}", decided.rule),
                    });
                    held.version += 1;
                    done.note(format!("Enhanced Rights proposed: {category}"));
                }
            }
            Effect::Emit { name, at, about, hearing } => {
                let payload = raised(name, *about, *hearing, decided.causes.clone());
                emit(state, &decided.rule, *at, payload, &mut done);
                done.note(format!("event {name}"));
            }
        }
    }
    undo::end_emptied(state, desk, &mut done);
    duties::give_out(state, desk, &mut done);
    for decided in letters {
        messages::write(state, event, &decided, desk, &mut done)?;
    }
    messages::write_stale(state, desk, &mut done)?;
    duties::gather_unwritten(state, event, desk, &mut done);
    diary::count_anew(state, desk, &mut done);
    diary::show_ends_of_consent(state, event, desk, &mut done);
    lists::write(state, event, desk, &mut done)?;
    briefings::write(state, event, desk, &mut done)?;
    escalation::alert(state, event, desk, &mut done)?;
    escalation::keep(state, event, desk);
    Ok(done)
}

/// By what means an event told somebody that they are, or are not, to attend.
fn means(state: &CaseState, event: &Event, to: AttendanceState) -> Option<String> {
    if !matches!(to, AttendanceState::Warned | AttendanceState::Confirmed | AttendanceState::DeWarned) {
        return None;
    }
    match &event.payload {
        Payload::TaskActed { action: TaskAction::Complete(completion), .. } => {
            Some(completion.channel.clone().unwrap_or_else(|| Means::Call.to_string()))
        }
        Payload::ContactLogged { contact, .. } => Some(contact.to_string()),
        Payload::MessageFared { message, .. } => {
            let held = state.messages.iter().find(|held| held.id == *message);
            held.map(|held| held.medium.to_string())
        }
        _ => None,
    }
}

/// The case comes to another phase; to its end only when nothing is owed any more.
fn bring_phase(state: &mut CaseState, phase: Phase, done: &mut Done) {
    if state.case.phase == phase {
        return;
    }
    let open = state.duties.iter().filter(|duty| duty.state == DutyState::Open).count();
    if phase == Phase::Concluded && open > 0 {
        done.note(format!("the case is not concluded: {open} duties are still owed"));
        return;
    }
    let case = state.case.change();
    case.phase = phase;
    case.version += 1;
    done.note(format!("the case is {phase}"));
}

/// A further event: in this commit on the same case, or kept for elsewhere.
fn emit(state: &CaseState, rule: &str, at: EmitAt, payload: Payload, done: &mut Done) {
    let nth = done.elsewhere.len();
    let mut elsewhere = |place, payload| {
        done.elsewhere.push(Elsewhere { place, key: format!("{rule}/{nth}"), payload });
    };
    match at {
        EmitAt::Case => done.further.push(payload),
        EmitAt::Desk => elsewhere(Place::Desk, payload),
        EmitAt::OtherCases => {
            let Payload::Raised { name, about, causes, .. } = payload else { return };
            let person = about.and_then(|about| state.participant(about)).map(|one| one.person);
            let people: Vec<PersonId> = match person {
                Some(person) => vec![person],
                None => state.people.iter().map(|person| person.id).collect(),
            };
            let payload = Payload::Raised { name, about: None, person, hearing: None, causes };
            elsewhere(Place::OtherCasesOf(people), payload);
        }
    }
}

/// Why an effect is there.
fn explanation(
    event: &Event,
    decided: &Decided,
    target: Option<&Counted>,
    due: Option<&Counted>,
    desk: Desk<'_>,
) -> Explanation {
    let steps = |counted: Option<&Counted>| counted.map(|counted| counted.steps.clone()).unwrap_or_default();
    let formula = |counted: Option<&Counted>| counted.and_then(|counted| counted.formula.clone());
    let own = || vec![Cause(event.id.to_string())];
    Explanation {
        cites: decided.cites.clone(),
        causes: if decided.causes.is_empty() { own() } else { decided.causes.clone() },
        target_steps: steps(target),
        due_steps: steps(due),
        target_formula: formula(target),
        due_formula: formula(due),
        ..Explanation::of(event, &decided.rule, &desk.pack.hash, desk.now)
    }
}

/// Why something is there that no rule of the pack asked for.
fn explained(
    event: &Event,
    rule: &str,
    causes: Vec<Cause>,
    due_steps: Vec<Step>,
    desk: Desk<'_>,
) -> Explanation {
    Explanation { causes, due_steps, ..Explanation::of(event, rule, &desk.pack.hash, desk.now) }
}

/// The earlier of two clocks; one that waits gives way to one that is known.
pub(in crate::casework) fn earlier<T: Ord + Copy>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// A digest of causes, short enough for a key.
fn digest(causes: &[Cause]) -> String {
    let parts: Vec<&[u8]> = causes.iter().map(|cause| cause.0.as_bytes()).collect();
    crate::domain::ids::derived(&parts).simple().to_string()
}
