//! Everything that can happen, as one closed enum in one envelope.
//!
//! There is no second way to cause anything: a feed, a button, a timer and a cron line all make an [`Event`], which
//! is recorded once (unique by source and reference) and handled under its case's lock. Three times are never
//! mixed: `occurred_at` (in court, on the phone), `received_at` (first reached the unit: duties count from it) and
//! `recorded_at` (ours).

pub use super::action::{Completion, TaskAction};
use super::briefing::Briefing;
use super::brought::SoFar;
use super::caller::Stated;
use super::case::{Phase, Reference, ReferenceKind, Risk};
use super::contact::{CallerCheck, ContactKind, DirectoryEntry};
use super::court::{CaseNamed, CaseShare, Share};
use super::court_news::{Concluded, Vacated};
use super::cps::CpsMessage;
use super::diary::Appointment;
use super::document::NewDocument;
use super::explanation::Cause;
pub use super::fate::{Fate, MessageAction};
use super::feed::Feed;
use super::handover::Handover;
use super::hearing::{AttendanceState, Measure};
use super::ids::{
    AbsenceId, CaseId, ContactId, DiaryEntryId, DutyId, EventId, FeedId, HearingId, MessageId, NoticeId,
    ParticipantId, PersonId, StaffId, TaskId, TeamId, TimerId, UnitId,
};
use super::listing::{CourtListing, Listing};
use super::london;
use super::mail_in::MailIn;
use super::notice::Notice;
pub use super::opening::{NewCase, NewParticipant};
pub use super::parked::ParkedAction;
use super::person::{EnhancedCategory, EnhancedState};
use super::staff::{Absence, Staff, Team};
use super::task::Priority;
use chrono::{DateTime, NaiveDate, Utc};
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
    /// The cases that a court's message names: the share, the vacated trial or the conclusion that the event carries.
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

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Payload {
    /// A court shared a hearing day.
    HearingResulted {
        /// What it shared.
        share: Box<Share>,
    },
    /// The court took a hearing out of its list.
    TrialVacated {
        /// Which, and in which cases.
        vacated: Box<Vacated>,
    },
    /// The court listed a hearing between court days, or listed it otherwise.
    CourtListed {
        /// Which, when and where, and in which cases.
        listed: Box<CourtListing>,
    },
    /// The court says of defendants that the proceedings against them have ended, or have not ended after all.
    ProsecutionConcluded {
        /// Of whom.
        concluded: Box<Concluded>,
    },
    /// The CPS sent a form or a message.
    CpsReceived {
        /// What it says.
        message: Box<CpsMessage>,
    },
    /// Mail came in; its bytes come beside the event, and are kept as a document of the case.
    MailReceived {
        /// What is known of it.
        mail: Box<MailIn>,
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
    /// The unit brought a case that it had worked before it used usher: what had been told is not told again, and what was
    /// still to be told is.
    CaseBrought {
        /// The case.
        case: Box<NewCase>,
        /// How it stood.
        so_far: Box<SoFar>,
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
        /// Whether they turned to the unit, and not the unit to them.
        #[serde(default)]
        incoming: bool,
        /// How it was made sure who they were.
        check: CallerCheck,
        /// The duties it met.
        met: Vec<DutyId>,
        /// What they were told about beyond those.
        told: Vec<Cause>,
        /// What came up, in words of the pack.
        #[serde(default)]
        topics: Vec<String>,
        /// What was said, and what is next.
        words: String,
        /// The record that this one corrects.
        corrects: Option<ContactId>,
        /// The hearing on whose sheet it stands.
        #[serde(default)]
        hearing: Option<HearingId>,
    },
    /// Contact records were copied into the force's other systems, or were not after all.
    ContactsCopied {
        /// Which.
        contacts: Vec<ContactId>,
        /// Whether they are to be copied after all.
        undo: bool,
    },
    /// Somebody who rang was asked who they are.
    CallerChecked {
        /// Whom they said they are.
        participant: ParticipantId,
        /// What they said.
        stated: Box<Stated>,
    },
    /// A document was added; its bytes come beside the event.
    DocumentAdded {
        /// What it is.
        document: Box<NewDocument>,
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
    /// A hearing got its date, another date or another place between court days.
    HearingListed {
        /// Which, where somebody lists by hand a hearing that the case has; a court names it by its own id, and what
        /// neither names is new. What the listing leaves empty stays as the hearing has it.
        listing: Box<Listing>,
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
        /// Whom it is about where it was raised in another case, in which they have another part.
        #[serde(default)]
        person: Option<PersonId>,
        /// Which hearing.
        hearing: Option<HearingId>,
        /// What it rests on.
        causes: Vec<Cause>,
    },
    /// The calendar or a limit is another: open clocks are counted anew.
    DeadlinesRecounted {
        /// The content hash of the pack in force.
        pack: String,
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

    /// The cases that it names, where it is a court's message.
    #[must_use]
    pub fn court_cases(&self) -> Vec<CaseNamed<'_>> {
        match self {
            Self::HearingResulted { share } => share.cases.iter().map(CaseShare::named).collect(),
            Self::TrialVacated { vacated } => vacated.cases.iter().map(|case| case.named()).collect(),
            Self::CourtListed { listed } => listed.cases.iter().map(|case| case.name.named()).collect(),
            Self::ProsecutionConcluded { concluded } => {
                concluded.cases.iter().map(|case| case.name.named()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The day in Europe/London of the hearing that a court's message is about, where it says one.
    #[must_use]
    pub fn court_day(&self) -> Option<NaiveDate> {
        match self {
            Self::HearingResulted { share } => Some(share.day),
            Self::TrialVacated { vacated } => vacated.at.map(london::date),
            Self::CourtListed { listed } => listed.is.when.day(),
            Self::ProsecutionConcluded { concluded } => concluded.latest_on(),
            _ => None,
        }
    }

    /// What it is about, where it says so itself: messages of courts and of the CPS do.
    #[must_use]
    pub fn own_subject(&self) -> Option<Subject> {
        match self {
            Self::HearingResulted { .. }
            | Self::TrialVacated { .. }
            | Self::CourtListed { .. }
            | Self::ProsecutionConcluded { .. } => Some(Subject::Share),
            Self::CpsReceived { message } => {
                Some(Subject::Reference(vec![Reference::new(ReferenceKind::Urn, &message.urn)]))
            }
            Self::Unreadable { .. } => Some(Subject::Desk),
            _ => None,
        }
    }

    /// The case that it makes the unit's.
    #[must_use]
    pub fn opening(&self) -> Option<&NewCase> {
        match self {
            Self::CaseOpened { case } | Self::CaseBrought { case, .. } => Some(case),
            _ => None,
        }
    }
}
