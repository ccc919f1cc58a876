//! What a message is about, as the engine hands it over: more than any reader may know.
//!
//! The questions that several views ask of it are answered here, once: who the recipient is, which lines concern
//! somebody, whether a hearing does.

use super::Unviewable;
use super::parts::{AnswerPart, HearingPart, Letterhead, OutcomePart, PersonPart, initials_of};
use crate::domain::availability::{self, Grid};
use crate::domain::briefing::Briefing;
use crate::domain::calendar::Calendar;
use crate::domain::contact::{DirectoryEntry, DirectoryKind};
use crate::domain::court::{Defendant, Line};
use crate::domain::handover::Listed;
use crate::domain::hearing::{Hearing, HearingState, When};
use crate::domain::ids::{DefendantId, ParticipantId, StaffId};
use crate::domain::london::{self, Instant};
use crate::domain::message::{Audience, Recipient};
use crate::domain::person::{Days, Identity, Participant, Role};
use crate::domain::record::Standing;
use crate::domain::staff::{Roster, Staff};
use crate::domain::state::CaseState;
use crate::domain::task::Task;
use crate::rules::outcomes::Outcomes;
use chrono::Months;

/// A task with its kind's title, for messages to staff.
#[derive(Debug, Clone, Copy)]
pub struct TaskLine<'a> {
    /// The kind's title; `{about}` and `{hearing}` are still to be filled in.
    pub title: &'a str,
    /// The task.
    pub task: &'a Task,
}

/// Work in a list of work from many cases, with what its kind is called.
#[derive(Debug, Clone, Copy)]
pub struct WorkLine<'a> {
    /// The kind's title; whom and which hearing it is about is not told.
    pub title: &'a str,
    /// What may be told of it.
    pub listed: &'a Listed,
    /// When to try again, where that is to be said.
    pub next_attempt_at: Option<Instant>,
    /// Who has it, where that is to be said.
    pub with: Option<StaffId>,
    /// What else is to be said of it.
    pub note: Option<&'a str>,
}

/// What a message is about and whom it is for.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The case, with the event's effects already in it: duties are read for who is to be told by when.
    pub state: &'a CaseState,
    /// The unit, its people and its directory.
    pub roster: &'a Roster,
    /// What the court's codes mean.
    pub outcomes: &'a Outcomes,
    /// How the unit signs.
    pub unit: &'a Letterhead,
    /// The days on which courts sit.
    pub calendar: &'a Calendar,
    /// Whom it is for.
    pub to: Recipient,
    /// The participants it is about: a resource team's police witnesses, those whom an adviser supports, the
    /// victims to be told. Those whom the recipient has nothing to do with are left out again.
    pub participants: &'a [ParticipantId],
    /// The court's lines that caused it.
    pub lines: &'a [&'a Standing],
    /// The hearing it is about.
    pub hearing: Option<&'a Hearing>,
    /// The listing that no longer holds and that the recipient knew of; the last one of a hearing that is off where none.
    pub earlier: Option<When>,
    /// What was answered in the forms that it rests on and may be told.
    pub answers: &'a [AnswerPart],
    /// Whom alone it is about, where the rule says so.
    pub about: Option<ParticipantId>,
    /// Tasks it is about: messages to staff alone.
    pub tasks: &'a [TaskLine<'a>],
    /// Work of other cases that it is about: messages to staff alone.
    pub work: &'a [WorkLine<'a>],
    /// Whose work it was, where somebody is away or has left.
    pub away: Option<StaffId>,
    /// What else one of the unit's people is told of their day.
    pub briefing: Option<&'a Briefing>,
    /// The instant of the decision.
    pub now: Instant,
}

impl<'a> Subject<'a> {
    /// What the case is known by outside: its URN, else the authority's reference.
    pub(super) fn urn(&self) -> String {
        self.state.case.label().to_owned()
    }

    /// The recipient as a participant who has not left and plays one of `roles`.
    pub(super) fn participant(
        &self,
        audience: Audience,
        roles: &[Role],
        expected: &'static str,
    ) -> Result<&'a Participant, Unviewable> {
        let Recipient::Participant(id) = self.to else {
            return Err(Unviewable::WrongRecipient { audience, expected });
        };
        let found: &Participant = self.state.participant(id).ok_or(Unviewable::Unknown { expected })?;
        if !roles.iter().any(|role| found.is(*role)) {
            return Err(Unviewable::WrongRecipient { audience, expected });
        }
        if found.left_at.is_some_and(|left| left <= self.now) {
            return Err(Unviewable::Left);
        }
        Ok(found)
    }

    /// The recipient as a directory entry of one of `kinds`.
    pub(super) fn directory(
        &self,
        audience: Audience,
        kinds: &[DirectoryKind],
        expected: &'static str,
    ) -> Result<&'a DirectoryEntry, Unviewable> {
        let Recipient::Directory(id) = self.to else {
            return Err(Unviewable::WrongRecipient { audience, expected });
        };
        let found = self.roster.directory.iter().find(|entry| entry.id == id);
        let found = found.ok_or(Unviewable::Unknown { expected })?;
        if kinds.contains(&found.kind) {
            Ok(found)
        } else {
            Err(Unviewable::WrongRecipient { audience, expected })
        }
    }

    /// The recipient as one of the unit's people.
    pub(super) fn staff(&self) -> Result<&'a Staff, Unviewable> {
        let expected = "one of the unit's own people";
        let Recipient::Staff(id) = self.to else {
            return Err(Unviewable::WrongRecipient { audience: Audience::Staff, expected });
        };
        let found = self.roster.staff(id).ok_or(Unviewable::Unknown { expected })?;
        if found.left_at.is_some_and(|left| left <= self.now) { Err(Unviewable::Left) } else { Ok(found) }
    }

    /// Who a participant is.
    pub(super) fn identity(&self, participant: &Participant) -> Result<&'a Identity, Unviewable> {
        let person = self.state.person(participant.person);
        let person = person.ok_or(Unviewable::Unknown { expected: "a participant whose person is held" })?;
        Ok(&person.identity)
    }

    /// On which day and for which part of the hearing's present listing somebody is needed.
    pub(super) fn phase_of(&self, participant: &Participant) -> Option<String> {
        let hearing = self.hearing.filter(|hearing| hearing.state == HearingState::Listed)?;
        let mut attendances = self.state.attendances.iter();
        let own = attendances.find(|held| {
            (held.participant, held.hearing, held.listing) == (participant.id, hearing.id, hearing.listing)
        });
        own?.phase.clone()
    }

    /// When those who are wanted at the hearing, or all witnesses where nobody is yet, can come in the half year ahead;
    /// none where the pack's calendar ends before.
    pub(super) fn availability(&self) -> Option<Grid> {
        let today = london::date(self.now);
        let over = Days { from: today.succ_opt()?, to: today.checked_add_months(Months::new(6))? };
        availability::grid(self.state, self.hearing, over, self.calendar).ok()
    }

    /// What was answered in forms about one of these.
    pub(super) fn answers_of(&self, people: &[ParticipantId]) -> Vec<AnswerPart> {
        let theirs = |answer: &&AnswerPart| answer.about.is_some_and(|about| people.contains(&about));
        self.answers.iter().filter(theirs).cloned().collect()
    }

    /// Whom alone the message is about, where the rule says so, as initials and number.
    pub(super) fn about_part(&self) -> Result<Vec<PersonPart>, Unviewable> {
        let about = self.about.and_then(|id| self.state.participant(id));
        about.into_iter().map(|held| Ok(PersonPart::of(held, self.identity(held)?))).collect()
    }

    /// The participants this message is about, in the order given, those who left not among them.
    pub(super) fn present(&self) -> impl Iterator<Item = &'a Participant> + '_ {
        let state = self.state;
        let found = self.participants.iter().filter_map(move |id| state.participant(*id));
        found
            .map(|tracked| -> &'a Participant { tracked })
            .filter(|p| p.left_at.is_none_or(|left| left > self.now))
    }

    /// For whom a recipient is told: themselves where they are a victim or may give evidence, and those they speak
    /// for or support.
    pub(super) fn behalf_of(&self, recipient: &'a Participant) -> Vec<&'a Participant> {
        let own = recipient.is(Role::Victim) || recipient.gives_evidence();
        let mut all: Vec<&Participant> = own.then_some(recipient).into_iter().collect();
        let supported = recipient.supports.iter().filter_map(|id| self.state.participant(*id));
        all.extend(supported.map(|tracked| -> &'a Participant { tracked }));
        all
    }

    /// Whether a line concerns any of `people`.
    fn concerns_any(&self, people: &[&Participant], standing: &Standing) -> bool {
        let offences_of = |defendant: DefendantId| self.state.record.offences_of(defendant);
        people.iter().any(|participant| participant.concerns(&standing.line, offences_of))
    }

    /// What `people` may be told: outcomes of lines that concern one of them, and the hearing if it does.
    ///
    /// A witness whom nothing links to an offence yet, but who must come to court, is told the date and no outcome.
    ///
    /// # Errors
    /// Where there are results to tell and neither they nor the hearing are for these people.
    pub(super) fn told_to(
        &self,
        people: &[&Participant],
    ) -> Result<(Vec<OutcomePart>, Option<HearingPart>), Unviewable> {
        let hearing = self.hearing_for(people);
        match self.outcomes_for(people) {
            Ok(outcomes) => Ok((outcomes, hearing)),
            Err(_) if hearing.is_some() => Ok((Vec::new(), hearing)),
            Err(nothing) => Err(nothing),
        }
    }

    /// The outcomes of lines that concern one of `people` and that the pack tells at all, each once.
    fn outcomes_for(&self, people: &[&Participant]) -> Result<Vec<OutcomePart>, Unviewable> {
        if !self.lines.is_empty()
            && let Some(first) = people.first()
            && people.iter().all(|participant| participant.is_unlinked())
        {
            return Err(Unviewable::Unlinked(first.id));
        }
        let mut told = Vec::new();
        let mut concerned = false;
        let mut theirs: Vec<&Standing> =
            self.lines.iter().filter(|standing| self.concerns_any(people, standing)).copied().collect();
        theirs.sort_by_key(|standing| (standing.day, place(standing.line.line)));
        for standing in theirs {
            concerned = true;
            let meaning = self.outcomes.of(&standing.line);
            let defendant = standing.line.defendant.and_then(|id| self.defendant(id)).map(initials_of);
            let outcome = OutcomePart { defendant, title: meaning.title.clone(), on: standing.day };
            if meaning.told && !told.contains(&outcome) {
                told.push(outcome);
            }
        }
        if self.lines.is_empty() || concerned { Ok(told) } else { Err(Unviewable::NothingConcerns) }
    }

    /// A defendant of the case.
    pub(super) fn defendant(&self, id: DefendantId) -> Option<&'a Defendant> {
        self.state.record.defendants.iter().find(|defendant| defendant.id == id)
    }

    /// The hearing for readers who may see every hearing of the case.
    pub(super) fn hearing_part(&self) -> Option<HearingPart> {
        self.hearing.map(|hearing| HearingPart::of(hearing, self.earlier))
    }

    /// The hearing for readers who may see only what concerns `people`: one they were required to attend, or one of
    /// a defendant who concerns them.
    fn hearing_for(&self, people: &[&Participant]) -> Option<HearingPart> {
        let hearing = self.hearing?;
        let required = |participant: &Participant| {
            let at = self.state.attendances.iter().filter(|attendance| attendance.hearing == hearing.id);
            at.into_iter().any(|attendance| attendance.participant == participant.id)
        };
        let of_theirs = |participant: &Participant, defendant: &DefendantId| {
            let offences = self.state.record.offences_of(*defendant);
            participant.defendants.contains(defendant)
                || offences.iter().any(|id| participant.offences.contains(id))
        };
        let concerns = people.iter().any(|participant| {
            required(participant)
                || hearing.defendants.iter().any(|defendant| of_theirs(participant, defendant))
        });
        concerns.then(|| HearingPart::of(hearing, self.earlier))
    }
}

/// Where a line stands when a day in court is told: a plea before a verdict, a verdict before what followed from it.
fn place(line: Line) -> u8 {
    match line {
        Line::Plea => 0,
        Line::Trial => 1,
        Line::Verdict => 2,
        Line::Judicial => 3,
        Line::NextHearing => 4,
    }
}
