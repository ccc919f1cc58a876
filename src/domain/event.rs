//! Everything that can happen, as one closed enum in one envelope.
//!
//! There is no second way to cause anything: a feed, a button, a timer and a cron line all make an [`Event`], which
//! is recorded once (unique by source and reference) and handled under its case's lock. Three times are never
//! mixed: `occurred_at` (in court, on the phone), `received_at` (first reached the unit: duties count from it) and
//! `recorded_at` (ours).

pub use super::action::{Completion, TaskAction};
use super::briefing::Briefing;
use super::case::{Phase, Reference, Risk};
use super::contact::{CallerCheck, ContactKind, DirectoryEntry};
use super::court::Share;
use super::diary::Appointment;
use super::explanation::Cause;
pub use super::fate::{Fate, MessageAction};
use super::feed::Feed;
use super::handover::Handover;
use super::hearing::{AttendanceState, Measure};
use super::ids::{
    AbsenceId, CaseId, ContactId, DefendantId, DiaryEntryId, DirectoryId, DutyId, EventId, FeedId, HearingId,
    MessageId, NoticeId, OffenceId, ParticipantId, PersonId, StaffId, TaskId, TeamId, TimerId, UnitId,
};
use super::notice::Notice;
pub use super::parked::ParkedAction;
use super::person::{Consent, EnhancedCategory, EnhancedState, Identity, Role};
use super::staff::{Absence, Staff, Team};
use super::task::Priority;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Who caused an event: a name that the access table knows, and the member of staff where it was one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The name of the token or part of usher, such as `feed:common-platform` or `usher:clock`.
    pub name: String,
    /// The member of staff.
    pub staff: Option<StaffId>,
}

impl Actor {
    /// A part of usher itself.
    #[must_use]
    pub fn usher(part: &str) -> Self {
        Self { name: format!("usher:{part}"), staff: None }
    }
}

/// What an event is about: how the engine finds the cases whose lock it is handled under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// The unit's own desk: staff, directory, schedules and work that belongs to no case.
    Desk,
    /// This case.
    Case(CaseId),
    /// The case with one of these references; a new one where the event opens it.
    Reference(Vec<Reference>),
    /// The case that this task belongs to.
    Task(TaskId),
    /// The case that this duty belongs to.
    Duty(DutyId),
    /// The case that this message belongs to.
    Message(MessageId),
    /// The cases of the share that the event carries.
    Share,
    /// The desk, and the cases that the handover which the event carries is about.
    Handover,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// The unit it happened to.
    pub unit: UnitId,
    /// Where it came from: with the reference, what makes it the same event when it is repeated.
    pub source: String,
    /// The source's reference: a call's `request_id`, a digest of a body, a rule and key.
    pub reference: String,
    /// Who caused it.
    pub actor: Actor,
    /// When it happened in the world, where that is known.
    pub occurred_at: Option<DateTime<Utc>>,
    /// When it first reached the unit.
    pub received_at: DateTime<Utc>,
    /// When usher recorded it.
    pub recorded_at: DateTime<Utc>,
    /// What it is about.
    pub subject: Subject,
    /// What happened.
    pub payload: Payload,
}

/// Somebody to be added to a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewParticipant {
    /// Their id in the case.
    pub id: ParticipantId,
    /// A person who is held already.
    pub person: PersonId,
    /// Who they are; left out where the person is held already and nothing is new.
    pub identity: Option<Identity>,
    /// The parts they play.
    pub roles: Vec<Role>,
    /// Whether they were under 18 at the time of the offence.
    pub child: bool,
    /// The offences that concern them.
    pub offences: Vec<OffenceId>,
    /// The defendants who concern them.
    pub defendants: Vec<DefendantId>,
    /// Enhanced Rights as first assessed; victims only.
    pub enhanced: Option<(EnhancedState, Vec<EnhancedCategory>)>,
    /// Whom they support or speak for.
    pub supports: Vec<ParticipantId>,
    /// Leave to be told.
    pub consent: Option<Consent>,
    /// Through whom alone they may be contacted.
    pub contact_via: Option<ParticipantId>,
    /// Whether they asked to hear of every hearing.
    pub wants_updates: bool,
    /// Collar number.
    pub collar: Option<String>,
    /// Resource team.
    pub resource_team: Option<DirectoryId>,
    /// Number on the CPS's list.
    pub witness_number: Option<i32>,
}

/// A case to be opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCase {
    /// Its id.
    pub id: CaseId,
    /// What it is found by.
    pub references: Vec<Reference>,
    /// How far it has come.
    pub phase: Phase,
    /// Risk to the victim.
    pub risk: Risk,
    /// Flags.
    pub flags: Vec<String>,
    /// Who owns it; the pack's assignment where none.
    pub owner: Option<StaffId>,
    /// The team that holds it.
    pub team: Option<TeamId>,
    /// The people in it.
    pub participants: Vec<NewParticipant>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Payload {
    /// A court shared a hearing day.
    HearingResulted {
        /// What it shared.
        share: Box<Share>,
    },
    /// A body came in that cannot be used; it is kept and parked.
    Unreadable {
        /// The format it was taken for.
        format: String,
        /// What is wrong with it, and where.
        reason: String,
    },
    /// A person had a parked event handled again, as it was or as something else.
    ParkedRetried {
        /// The event.
        event: EventId,
        /// What it is to be instead, where it was put right.
        instead: Option<Box<Payload>>,
    },
    /// A person discarded a parked event.
    ParkedDiscarded {
        /// The event.
        event: EventId,
        /// Why.
        reason: String,
    },
    /// The unit took on a case.
    CaseOpened {
        /// The case.
        case: Box<NewCase>,
    },
    /// Something about a case changed; what is none stays.
    CaseUpdated {
        /// How far it has come.
        phase: Option<Phase>,
        /// Risk to the victim.
        risk: Option<Risk>,
        /// All its flags.
        flags: Option<Vec<String>>,
        /// Who owns it.
        owner: Option<StaffId>,
        /// The team that holds it.
        team: Option<TeamId>,
        /// The version it was changed from; none where nobody looked before.
        #[serde(default)]
        version: Option<i64>,
    },
    /// A further reference was found to be the case's.
    CaseLinked {
        /// The references.
        references: Vec<Reference>,
    },
    /// Somebody was added.
    ParticipantAdded {
        /// Who.
        participant: Box<NewParticipant>,
    },
    /// Somebody's part or identity changed: the whole of it as it now is.
    ParticipantUpdated {
        /// As it now is.
        participant: Box<NewParticipant>,
        /// The version it was changed from.
        version: i64,
    },
    /// A person settled the question of Enhanced Rights.
    EnhancedRightsSet {
        /// Whose.
        participant: ParticipantId,
        /// How.
        state: EnhancedState,
        /// Why.
        categories: Vec<EnhancedCategory>,
        /// What it rests on.
        source: String,
        /// The participant's version that it was decided on; none where nobody looked before.
        #[serde(default)]
        version: Option<i64>,
    },
    /// A call, voicemail, visit or note.
    ContactLogged {
        /// Its id.
        id: ContactId,
        /// How.
        contact: ContactKind,
        /// With whom.
        with: Option<ParticipantId>,
        /// When; as it was recorded where none.
        at: Option<DateTime<Utc>>,
        /// How it was made sure who they were.
        check: CallerCheck,
        /// The duties it met.
        met: Vec<DutyId>,
        /// What they were told about beyond those.
        told: Vec<Cause>,
        /// What was said, and what is next.
        words: String,
        /// The record that this one corrects.
        corrects: Option<ContactId>,
        /// The hearing on whose sheet it stands.
        #[serde(default)]
        hearing: Option<HearingId>,
    },
    /// The CPS said who is required to give evidence (LWAC).
    WitnessesRequired {
        /// The hearing; the one coming trial where none is named.
        hearing: Option<HearingId>,
        /// Who, with day and phase where given.
        witnesses: Vec<(ParticipantId, Option<String>)>,
    },
    /// Somebody's attendance came to another state.
    AttendanceRecorded {
        /// Who.
        participant: ParticipantId,
        /// Which hearing.
        hearing: HearingId,
        /// To which state.
        state: AttendanceState,
        /// By what means they were told.
        told_by: Option<String>,
    },
    /// How somebody is to give evidence at the present listing of a hearing; what is none stays.
    AttendancePlanned {
        /// Who.
        participant: ParticipantId,
        /// Which hearing.
        hearing: HearingId,
        /// Which day of the hearing and which part of it they are wanted.
        phase: Option<String>,
        /// Their place in the order of evidence, from 1.
        order: Option<i32>,
        /// All their special measures.
        measures: Option<Vec<Measure>>,
    },
    /// An appointment or a reminder was made or moved.
    AppointmentPut {
        /// Its diary entry.
        entry: DiaryEntryId,
        /// When.
        at: DateTime<Utc>,
        /// What, with whom.
        appointment: Box<Appointment>,
        /// The version it was changed from; 0 for a new one.
        version: i64,
    },
    /// An appointment or a reminder was called off.
    AppointmentCancelled {
        /// Its diary entry.
        entry: DiaryEntryId,
        /// Why.
        reason: String,
        /// The version it was changed from.
        version: i64,
    },
    /// The CPS or the court took a trial out.
    TrialTakenOut {
        /// Which hearing; the one coming trial where none is named.
        hearing: Option<HearingId>,
        /// Why, in a word of the pack such as `late-guilty-plea`.
        reason: String,
    },
    /// Staff made a task by hand.
    TaskCreated {
        /// Its id.
        id: TaskId,
        /// Its kind.
        task: String,
        /// Whom it is about.
        about: Option<ParticipantId>,
        /// How urgent.
        priority: Priority,
        /// When it is due.
        due_at: Option<DateTime<Utc>>,
        /// To whom it goes; the kind's policy where none.
        assignee: Option<StaffId>,
        /// What is to be done, in words.
        words: String,
    },
    /// Somebody acted on a task.
    TaskActed {
        /// Which.
        task: TaskId,
        /// Its version as the caller last saw it.
        version: Option<i64>,
        /// What they did.
        action: TaskAction,
    },
    /// A duty is not owed after all.
    DutyExcused {
        /// Which.
        duty: DutyId,
        /// Why.
        reason: String,
    },
    /// Something became of a message.
    MessageFared {
        /// Which.
        message: MessageId,
        /// What.
        fate: Fate,
    },
    /// A person let a message leave, kept it back or stopped it.
    MessageActed {
        /// Which.
        message: MessageId,
        /// What they did.
        action: MessageAction,
        /// Why.
        reason: String,
    },
    /// A timer's instant came.
    TimerFired {
        /// Which.
        timer: TimerId,
        /// The instant it was due.
        due_at: DateTime<Utc>,
    },
    /// A line of the schedule came due.
    ScheduleTicked {
        /// The line's name.
        line: String,
        /// The instant it was due.
        due_at: DateTime<Utc>,
    },
    /// A rule, or a schedule's line for each of its subjects, raised something of the pack's own naming.
    Raised {
        /// Its name, such as `hearing.without-result`.
        name: String,
        /// Whom it is about.
        about: Option<ParticipantId>,
        /// Which hearing.
        hearing: Option<HearingId>,
        /// What it rests on.
        causes: Vec<Cause>,
    },
    /// Somebody joined the unit, or something about them changed.
    StaffPut {
        /// As they now are.
        staff: Box<Staff>,
    },
    /// A team was made or renamed.
    TeamPut {
        /// As it now is.
        team: Team,
    },
    /// An entry of the directory was made or changed.
    DirectoryPut {
        /// As it now is.
        entry: Box<DirectoryEntry>,
    },
    /// Somebody is away.
    AbsenceRecorded {
        /// The absence.
        absence: Absence,
    },
    /// Somebody is back.
    AbsenceEnded {
        /// Which absence.
        absence: AbsenceId,
        /// From when; as it was recorded where none.
        at: Option<DateTime<Utc>>,
        /// The work that others did for them, as far as nobody has begun it: it is theirs again.
        #[serde(default)]
        handover: Option<Box<Handover>>,
    },
    /// Work went to others.
    WorkHandedOver {
        /// Which, to whom and why.
        handover: Box<Handover>,
    },
    /// One of the unit's people is told of work, by the schedule.
    StaffBriefed {
        /// Who, and what.
        briefing: Box<Briefing>,
    },
    /// A team leader posted a notice.
    NoticePosted {
        /// The notice.
        notice: Box<Notice>,
    },
    /// Somebody has read a notice: whoever recorded it.
    NoticeRead {
        /// Which.
        notice: NoticeId,
    },
    /// A notice stands no longer.
    NoticeWithdrawn {
        /// Which.
        notice: NoticeId,
    },
    /// A part of the diary may be followed by a calendar program.
    FeedCreated {
        /// The feed.
        feed: Box<Feed>,
    },
    /// A feed answers no longer.
    FeedRevoked {
        /// Which.
        feed: FeedId,
    },
}

impl Payload {
    /// The handover that it carries, where it carries one.
    #[must_use]
    pub fn handover(&self) -> Option<&Handover> {
        match self {
            Self::WorkHandedOver { handover } => Some(handover),
            Self::AbsenceEnded { handover, .. } => handover.as_deref(),
            _ => None,
        }
    }

    /// The kind of event: what rules listen to. Events that a pack names have its own names.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::HearingResulted { .. } => "hearing.resulted",
            Self::Unreadable { .. } => "body.unreadable",
            Self::ParkedRetried { .. } => "event.retried",
            Self::ParkedDiscarded { .. } => "event.discarded",
            Self::CaseOpened { .. } => "case.opened",
            Self::CaseUpdated { .. } => "case.updated",
            Self::CaseLinked { .. } => "case.linked",
            Self::ParticipantAdded { .. } => "participant.added",
            Self::ParticipantUpdated { .. } => "participant.updated",
            Self::EnhancedRightsSet { .. } => "participant.enhanced-rights-set",
            Self::ContactLogged { .. } => "contact.logged",
            Self::WitnessesRequired { .. } => "witnesses.required",
            Self::AttendanceRecorded { .. } => "attendance.recorded",
            Self::AttendancePlanned { .. } => "attendance.planned",
            Self::AppointmentPut { .. } => "appointment.put",
            Self::AppointmentCancelled { .. } => "appointment.cancelled",
            Self::TrialTakenOut { .. } => "trial.taken-out",
            Self::TaskCreated { .. } => "task.created",
            Self::TaskActed { action, .. } => action.kind(),
            Self::DutyExcused { .. } => "duty.excused",
            Self::MessageFared { fate, .. } => fate.kind(),
            Self::MessageActed { .. } => "message.acted",
            Self::TimerFired { .. } => "timer.fired",
            Self::ScheduleTicked { .. } => "schedule.ticked",
            Self::Raised { name, .. } => name,
            Self::StaffPut { .. } => "staff.put",
            Self::TeamPut { .. } => "team.put",
            Self::DirectoryPut { .. } => "directory.put",
            Self::AbsenceRecorded { .. } => "absence.recorded",
            Self::AbsenceEnded { .. } => "absence.ended",
            Self::WorkHandedOver { .. } => "work.handed-over",
            Self::StaffBriefed { .. } => "staff.briefed",
            Self::NoticePosted { .. } => "notice.posted",
            Self::NoticeRead { .. } => "notice.read",
            Self::NoticeWithdrawn { .. } => "notice.withdrawn",
            Self::FeedCreated { .. } => "feed.created",
            Self::FeedRevoked { .. } => "feed.revoked",
        }
    }

    /// Every kind of event that usher itself knows; a pack's own names come on top.
    pub const KINDS: &'static [&'static str] = &[
        "hearing.resulted",
        "body.unreadable",
        "event.retried",
        "event.discarded",
        "case.opened",
        "case.updated",
        "case.linked",
        "participant.added",
        "participant.updated",
        "participant.enhanced-rights-set",
        "contact.logged",
        "witnesses.required",
        "attendance.recorded",
        "attendance.planned",
        "appointment.put",
        "appointment.cancelled",
        "trial.taken-out",
        "task.created",
        "task.acknowledged",
        "task.claimed",
        "task.released",
        "task.assigned",
        "task.started",
        "task.attempted",
        "task.completed",
        "task.reopened",
        "task.deferred",
        "task.cancelled",
        "duty.excused",
        "message.sent",
        "message.refused",
        "message.unknown",
        "message.bounced",
        "message.unaddressed",
        "message.printed",
        "message.acted",
        "timer.fired",
        "schedule.ticked",
        "staff.put",
        "team.put",
        "directory.put",
        "absence.recorded",
        "absence.ended",
        "work.handed-over",
        "staff.briefed",
        "notice.posted",
        "notice.read",
        "notice.withdrawn",
        "feed.created",
        "feed.revoked",
        "event.parked",
        "result.unlinked",
        "task.escalated",
    ];
}
