//! What an event itself changes in a case, before any rule is asked; and what makes it refused.
//!
//! Each file takes the payloads of one subject. A refusal is found before anything is touched, so that a refused
//! event leaves the state as it was.

mod answers;
mod appointments;
mod brought;
mod case;
mod contacts;
mod court;
mod court_news;
mod cps;
mod documents;
mod feeds;
mod handover;
mod linking;
mod listings;
mod mail;
mod messages;
mod notices;
mod recount;
mod spi;
mod tasks;
mod witnesses;

pub(in crate::casework) use answers::prefilled;
pub(in crate::casework) use appointments::move_entry;
pub(in crate::casework) use tasks::stop_drafts;
pub(in crate::casework) use witnesses::set_attendance;

use super::{Desk, Parked, Unhandled, raised};
use crate::domain::diary::TimerState;
use crate::domain::event::{Event, Payload};
use crate::domain::ids::MessageId;
use crate::domain::refusal::Refusal;
use crate::domain::state::CaseState;
use crate::rules::facts::Occurrence;

/// Whether an event is news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is, and rules are asked.
    News,
    /// It adds nothing to what stands.
    Duplicate,
    /// Newer news is held.
    Stale,
}

/// What happened.
#[derive(Debug)]
pub struct Happened {
    /// Whether it is news.
    pub verdict: Verdict,
    /// What the facts of the event are made from.
    pub occurrence: Occurrence,
    /// Events that follow whatever the rules say.
    pub further: Vec<Payload>,
    /// Drafts that may leave now, and leave as the case stands now.
    pub released: Vec<MessageId>,
    /// What the event itself did to work, a line each, where a rule need not speak for something to have happened.
    pub did: Vec<String>,
    /// What there is to say about it.
    pub note: Option<String>,
}

impl Happened {
    /// News, about `occurrence`.
    #[must_use]
    pub fn news(occurrence: Occurrence) -> Self {
        Self {
            verdict: Verdict::News,
            occurrence,
            further: Vec::new(),
            released: Vec::new(),
            did: Vec::new(),
            note: None,
        }
    }

    /// Nothing new, and why.
    #[must_use]
    pub fn nothing_new(verdict: Verdict, why: &str) -> Self {
        Self {
            verdict,
            occurrence: Occurrence::default(),
            further: Vec::new(),
            released: Vec::new(),
            did: Vec::new(),
            note: Some(why.to_owned()),
        }
    }
}

/// Makes the event's own change.
///
/// # Errors
/// [`Unhandled`]: refused, or to be parked.
pub fn happen(state: &mut CaseState, event: &Event, desk: Desk<'_>) -> Result<Happened, Unhandled> {
    let happened = match &event.payload {
        Payload::HearingResulted { share } => court::share(state, share, event, desk)?,
        Payload::TrialVacated { vacated } => court_news::vacated(state, vacated, desk)?,
        Payload::CourtListed { listed } => listings::by_court(state, listed)?,
        Payload::HearingListed { listing } => listings::listed(state, event, listing, desk)?,
        Payload::ProsecutionConcluded { concluded } => court_news::concluded(state, event, concluded)?,
        Payload::CpsReceived { message } => cps::received(state, event, message, desk)?,
        Payload::MailReceived { mail } => mail::received(state, event, mail, desk)?,
        Payload::Unreadable { format, reason } => {
            return Err(Parked::Held(format!("{format}: {reason}")).into());
        }
        Payload::CaseOpened { case } => case::opened(state, case, desk)?,
        Payload::CaseBrought { case, so_far } => brought::brought(state, event, case, so_far, desk)?,
        Payload::CaseUpdated { .. } => case::updated(state, &event.payload, desk)?,
        Payload::DeadlinesRecounted { .. } => recount::recounted(state, event, desk),
        Payload::CaseLinked { references } => case::linked(state, references),
        Payload::ParticipantAdded { participant } => case::participant_added(state, participant, desk)?,
        Payload::ParticipantUpdated { participant, version } => {
            case::participant_updated(state, participant, *version, desk)?
        }
        Payload::EnhancedRightsSet { .. } => case::enhanced_rights_set(state, &event.payload, desk)?,
        Payload::ContactLogged { .. } => contacts::logged(state, event, desk)?,
        Payload::ContactsCopied { contacts, undo } => contacts::copied(state, contacts, *undo, desk)?,
        Payload::CallerChecked { participant, stated } => {
            contacts::caller_checked(state, event, *participant, stated, desk)?
        }
        Payload::DocumentAdded { document } => documents::added(state, event, document, desk)?,
        Payload::WitnessesRequired { hearing, witnesses } => {
            witnesses::required(state, *hearing, witnesses, desk)?
        }
        Payload::AttendanceRecorded { participant, hearing, state: to, told_by } => {
            witnesses::recorded(state, *participant, *hearing, *to, told_by.as_deref(), desk)?
        }
        Payload::AttendancePlanned { .. } => witnesses::planned(state, &event.payload)?,
        Payload::AppointmentPut { .. } => appointments::put(state, event, desk)?,
        Payload::AppointmentCancelled { .. } => appointments::cancelled(state, event, desk)?,
        Payload::TrialTakenOut { hearing, reason } => witnesses::taken_out(state, *hearing, reason, desk)?,
        Payload::TaskCreated { .. } => tasks::created(state, event, desk)?,
        Payload::TaskActed { task, version, action } => {
            tasks::acted(state, event, *task, *version, action, desk)?
        }
        Payload::DutyExcused { duty, reason } => tasks::duty_excused(state, event, *duty, reason, desk)?,
        Payload::MessageFared { message, fate } => messages::fared(state, event, *message, fate, desk)?,
        Payload::MessageActed { message, action, reason } => {
            messages::acted(state, event, *message, *action, reason, desk)?
        }
        Payload::TimerFired { timer, due_at } => {
            let fired = state.timers.iter_mut().find(|held| held.id == *timer);
            match fired {
                Some(timer) if timer.state == TimerState::Waiting && timer.due_at == Some(*due_at) => {
                    let timer = timer.change();
                    timer.state = TimerState::Fired;
                    let causes =
                        timer.task.iter().map(|task| crate::domain::explanation::Cause(task.to_string()));
                    let hearing = timer.hearing.map(|(hearing, _)| hearing);
                    let further = vec![raised(&timer.raises, timer.about, hearing, causes.collect())];
                    Happened { further, ..Happened::news(Occurrence::default()) }
                }
                _ => Happened::nothing_new(Verdict::Stale, "the timer was moved or stopped before it fired"),
            }
        }
        Payload::Raised { about, person, hearing, causes, .. } => Happened::news(Occurrence {
            about: about.or_else(|| {
                let theirs = |held: &&crate::domain::person::Participant| Some(held.person) == *person;
                state.participants.iter().map(|held| &**held).find(theirs).map(|held| held.id)
            }),
            hearing: *hearing,
            causes: causes.clone(),
            task: causes.iter().find_map(|cause| {
                let id = cause.0.parse().ok()?;
                state.tasks.iter().find(|task| task.id == id).map(|task| task.id)
            }),
            ..Occurrence::default()
        }),
        Payload::WorkHandedOver { handover } | Payload::AbsenceEnded { handover: Some(handover), .. } => {
            handover::handed_over(state, handover, desk)?
        }
        Payload::NoticePosted { notice } => notices::posted(state, notice, desk)?,
        Payload::NoticeRead { notice } => notices::read(state, event, *notice, desk)?,
        Payload::NoticeWithdrawn { notice } => notices::withdrawn(state, *notice, desk)?,
        Payload::FeedCreated { feed } => feeds::created(state, feed, desk)?,
        Payload::FeedRevoked { feed } => feeds::revoked(state, *feed, desk)?,
        Payload::ParkedRetried { .. }
        | Payload::StaffBriefed { .. }
        | Payload::ParkedDiscarded { .. }
        | Payload::ScheduleTicked { .. }
        | Payload::StaffPut { .. }
        | Payload::TeamPut { .. }
        | Payload::DirectoryPut { .. }
        | Payload::AbsenceRecorded { .. }
        | Payload::AbsenceEnded { .. } => Happened::news(Occurrence::default()),
    };
    Ok(happened)
}

/// The participant with this id, or a refusal that names the field.
fn participant_of(
    state: &CaseState,
    id: crate::domain::ids::ParticipantId,
) -> Result<&crate::domain::person::Participant, Refusal> {
    state
        .participant(id)
        .map(|held| &**held)
        .ok_or_else(|| Refusal::not_found("participant of this case", id))
}
