//! The unit's own people: they may see names. Court free text and home addresses they read on the board, where each
//! look is logged, not in their mail.

use super::parts::{HearingPart, Letterhead, Named, OutcomePart, name_of};
use super::{Subject, TaskLine, Unviewable, WorkLine};
use crate::domain::briefing::{BriefedNotice, BriefedTrial, Counts};
use crate::domain::london::Instant;
use crate::domain::task::Priority;
use serde::Serialize;

/// What the unit's people may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StaffView {
    /// Who writes.
    pub unit: Letterhead,
    /// What the case is known by; none for work that belongs to no case.
    pub urn: Option<String>,
    /// The reader.
    pub recipient: Named,
    /// The colleague whose work it was; none where nobody's.
    pub away: Option<String>,
    /// How many tasks there are.
    pub count: usize,
    /// The tasks.
    pub tasks: Vec<TaskPart>,
    /// How much work there is in all, in a briefing.
    pub counts: Option<Counts>,
    /// Trials of today, in a briefing.
    pub trials: Vec<TrialPart>,
    /// Notices, in a briefing.
    pub notices: Vec<NoticePart>,
    /// What the court decided, with defendants' names.
    pub outcomes: Vec<OutcomePart>,
    /// The hearing.
    pub hearing: Option<HearingPart>,
}

/// A task in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaskPart {
    /// What its case is known by, in a list of work from several cases.
    pub urn: Option<String>,
    /// Its title, with initials for the person it is about: lists are read over shoulders.
    pub title: String,
    /// The name of the person it is about.
    pub about: Option<String>,
    /// How urgent it is.
    pub priority: Priority,
    /// Who is to do it; none while it waits in a queue.
    pub assignee: Option<String>,
    /// The local target.
    pub target: Option<Instant>,
    /// The clock it must not miss; none while it waits for a date.
    pub due: Option<Instant>,
    /// When to try again, where somebody could not be reached.
    pub next_attempt: Option<Instant>,
    /// What else is to be said of it.
    pub note: Option<String>,
}

/// A trial of today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrialPart {
    /// What its case is known by.
    pub urn: String,
    /// The court.
    pub court: String,
    /// When.
    pub at: Instant,
}

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoticePart {
    /// Who posted it.
    pub from: Option<String>,
    /// What it says.
    pub words: String,
    /// For whoever posted it: who has not read it.
    pub unread_by: Vec<String>,
}

impl StaffView {
    pub(super) fn of(subject: &Subject<'_>) -> Result<Self, Unviewable> {
        let recipient = subject.staff()?;
        let own = subject.tasks.iter().map(|line| task(subject, line));
        let tasks: Vec<TaskPart> = own.chain(subject.work.iter().map(|line| work(subject, line))).collect();
        let named = |id| subject.roster.staff(id).map(|staff| staff.name.clone());
        let trial = |trial: &BriefedTrial| TrialPart {
            urn: trial.case.clone(),
            court: trial.court.clone(),
            at: trial.at,
        };
        let notice = |notice: &BriefedNotice| NoticePart {
            from: notice.from.and_then(named),
            words: notice.words.clone(),
            unread_by: notice.unread_by.iter().filter_map(|id| named(*id)).collect(),
        };
        let briefing = subject.briefing;
        let trials = briefing.map(|briefing| briefing.trials.iter().map(trial).collect());
        let notices = briefing.map(|briefing| briefing.notices.iter().map(notice).collect());
        Ok(Self {
            unit: subject.unit.clone(),
            urn: (!subject.state.is_desk()).then(|| subject.urn()),
            recipient: Named { name: recipient.name.clone() },
            away: subject.away.and_then(named),
            count: tasks.len(),
            tasks,
            counts: briefing.map(|briefing| briefing.counts),
            trials: trials.unwrap_or_default(),
            notices: notices.unwrap_or_default(),
            outcomes: outcomes(subject),
            hearing: subject.hearing_part(),
        })
    }
}

fn outcomes(subject: &Subject<'_>) -> Vec<OutcomePart> {
    let mut all = Vec::new();
    for standing in subject.lines {
        let defendant = standing.line.defendant.and_then(|id| subject.defendant(id)).map(name_of);
        let title = subject.outcomes.of(&standing.line).title.clone();
        let outcome = OutcomePart { defendant, title, on: standing.day };
        if !all.contains(&outcome) {
            all.push(outcome);
        }
    }
    all
}

fn work(subject: &Subject<'_>, line: &WorkLine<'_>) -> TaskPart {
    let with = line.with.and_then(|id| subject.roster.staff(id));
    TaskPart {
        urn: line.listed.case.clone(),
        title: line.title.replace("{about}", "the person").replace("{hearing}", "the hearing"),
        about: None,
        priority: line.listed.priority,
        assignee: with.map(|staff| staff.name.clone()),
        target: line.listed.target_at,
        due: line.listed.due_at,
        next_attempt: line.next_attempt_at,
        note: line.note.map(str::to_owned),
    }
}

fn task(subject: &Subject<'_>, line: &TaskLine<'_>) -> TaskPart {
    let about = line.task.about.and_then(|id| subject.state.participant(id));
    let identity = about.and_then(|participant| subject.identity(participant).ok());
    let hearing =
        line.task.hearing.and_then(|id| subject.state.hearings.iter().find(|hearing| hearing.id == id));
    let hearing = hearing.map_or("the hearing", |hearing| HearingPart::of(hearing, None).title);
    let initials = identity.map_or_else(|| "the person".to_owned(), |identity| identity.initials());
    let assignee = line.task.assignee.and_then(|id| subject.roster.staff(id));
    TaskPart {
        urn: None,
        title: line.title.replace("{about}", &initials).replace("{hearing}", hearing),
        about: identity.map(|identity| identity.full_name()),
        priority: line.task.priority,
        assignee: assignee.map(|staff| staff.name.clone()),
        target: line.task.target_at,
        due: line.task.due_at,
        next_attempt: line.task.next_attempt_at,
        note: None,
    }
}
