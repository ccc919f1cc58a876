//! From a case's state to the facts of a decision.

use super::{
    ArrangementFacts, AttendanceFacts, CaseFacts, DefendantFacts, DutyFacts, EventFacts, Facts, HearingFacts,
    MessageFacts, ParticipantFacts, ResultFacts, TaskFacts,
};
use crate::domain::contact::CallerCheck;
use crate::domain::court::Party;
use crate::domain::duty::{Duty, DutyState};
use crate::domain::event::Event;
use crate::domain::explanation::{Cause, Explanation};
use crate::domain::hearing::{Attendance, Hearing};
use crate::domain::ids::{AttendanceId, HearingId, MessageId, ParticipantId, TaskId};
use crate::domain::message::{Message, MessageState, Recipient};
use crate::domain::person::{EnhancedState, Participant, Role};
use crate::domain::record::{Difference, Standing};
use crate::domain::state::CaseState;
use crate::domain::task::Task;
use crate::rules::form;
use crate::rules::outcomes::Outcomes;
use crate::rules::pack::Pack;
use chrono::{DateTime, Utc};

/// What an event did to a case, beyond what the case's state shows: what the facts of the event are made from.
#[derive(Debug, Clone, Default)]
pub struct Occurrence {
    /// What a share changed in what stands.
    pub difference: Difference,
    /// Whether the court had shared this hearing day before.
    pub again: bool,
    /// The hearing it is about.
    pub hearing: Option<HearingId>,
    /// Hearings that were newly listed, or listed again.
    pub listed: Vec<HearingId>,
    /// Hearings that had been ordered and are not any more.
    pub withdrawn: Vec<HearingId>,
    /// Whom it is about.
    pub about: Option<ParticipantId>,
    /// The task it is about.
    pub task: Option<TaskId>,
    /// See [`EventFacts::word`].
    pub word: Option<String>,
    /// See [`EventFacts::topics`].
    pub topics: Vec<String>,
    /// See [`EventFacts::incoming`].
    pub incoming: bool,
    /// See [`EventFacts::changed`].
    pub changed: Vec<String>,
    /// See [`EventFacts::check`].
    pub check: Option<CallerCheck>,
    /// The attendance it is about.
    pub attendance: Option<AttendanceId>,
    /// The message it is about.
    pub message: Option<MessageId>,
    /// What it rests on.
    pub causes: Vec<Cause>,
}

/// The facts of `event` for the case as it stands once the event's own changes are made.
#[must_use]
pub fn build(
    event: &Event,
    happened: &Occurrence,
    state: &CaseState,
    pack: &Pack,
    now: DateTime<Utc>,
) -> Facts {
    let outcomes = &pack.outcomes;
    let result = |standing: &Standing| result_facts(standing, outcomes);
    let hearing =
        |id: HearingId| state.hearings.iter().find(|hearing| hearing.id == id).map(|it| hearing_facts(it));
    let event = EventFacts {
        id: event.id.to_string(),
        kind: event.payload.kind().to_owned(),
        received_at: event.received_at,
        occurred_at: event.occurred_at,
        added: happened.difference.added.iter().filter_map(|id| state.record.line(*id)).map(result).collect(),
        removed: happened.difference.removed.iter().map(result).collect(),
        again: happened.again,
        hearing: happened.hearing.and_then(hearing),
        listed: happened.listed.iter().filter_map(|id| hearing(*id)).collect(),
        withdrawn: happened.withdrawn.iter().filter_map(|id| hearing(*id)).collect(),
        about: happened
            .about
            .and_then(|id| state.participant(id))
            .map(|it| participant_facts(it, state, now)),
        task: happened
            .task
            .and_then(|id| state.tasks.iter().find(|task| task.id == id))
            .map(|it| task_facts(it, pack)),
        word: happened.word.clone(),
        topics: happened.topics.clone(),
        check: happened.check,
        incoming: happened.incoming,
        changed: happened.changed.clone(),
        attendance: happened
            .attendance
            .and_then(|id| state.attendances.iter().find(|attendance| attendance.id == id))
            .map(|it| attendance_facts(it, state)),
        message: happened
            .message
            .and_then(|id| state.messages.iter().find(|message| message.id == id))
            .map(|it| message_facts(it)),
        causes: happened.causes.clone(),
    };
    Facts { event, case: case_facts(state, pack, now), now }
}

fn case_facts(state: &CaseState, pack: &Pack, now: DateTime<Utc>) -> CaseFacts {
    let outcomes = &pack.outcomes;
    let here = |participant: &&_| -> bool {
        let participant: &Participant = participant;
        participant.left_at.is_none()
    };
    let participants = state.participants.iter().map(|it| &**it).filter(here);
    CaseFacts {
        id: state.case.id.to_string(),
        phase: state.case.phase,
        risk: state.case.risk,
        flags: state.case.flags.iter().chain(&state.case.proposed_flags).cloned().collect(),
        has_owner: state.case.owner.is_some(),
        opened_at: state.case.opened_at,
        participants: participants.map(|participant| participant_facts(participant, state, now)).collect(),
        defendants: state
            .record
            .defendants
            .iter()
            .map(|defendant| DefendantFacts {
                id: defendant.id.to_string(),
                youth: defendant.youth,
                organisation: matches!(defendant.party, Party::Organisation { .. }),
                concluded: defendant.concluded,
                offences: defendant.offences.iter().map(|offence| offence.id.to_string()).collect(),
            })
            .collect(),
        results: state.record.lines.iter().map(|standing| result_facts(standing, outcomes)).collect(),
        hearings: state.hearings.iter().map(|hearing| hearing_facts(hearing)).collect(),
        attendances: state.attendances.iter().map(|attendance| attendance_facts(attendance, state)).collect(),
        arrangements: state
            .arrangements
            .iter()
            .map(|arrangement| ArrangementFacts {
                id: arrangement.id.to_string(),
                hearing: arrangement.hearing.to_string(),
                listing: arrangement.listing,
                kind: arrangement.kind,
                of: arrangement.participant.map(|of| of.to_string()),
                state: arrangement.state,
            })
            .collect(),
        duties: state.duties.iter().map(|duty| duty_facts(duty)).collect(),
        tasks: state.tasks.iter().map(|task| task_facts(task, pack)).collect(),
        messages: state.messages.iter().map(|message| message_facts(message)).collect(),
    }
}

fn participant_facts(participant: &Participant, state: &CaseState, now: DateTime<Utc>) -> ParticipantFacts {
    let availability = participant.availability.as_ref();
    let enhanced = participant.enhanced.as_ref();
    ParticipantFacts {
        id: participant.id.to_string(),
        roles: participant.roles.clone(),
        child: participant.child,
        enhanced: participant.is_enhanced(),
        unlinked: participant.is_unlinked(),
        wants_updates: participant.wants_updates,
        offences: participant.offences.iter().map(ToString::to_string).collect(),
        defendants: participant.defendants.iter().map(ToString::to_string).collect(),
        supports: participant.supports.iter().map(ToString::to_string).collect(),
        consent: participant.consent.is_some_and(|consent| consent.covers(now)),
        resource_team: participant.resource_team.map(|team| team.to_string()),
        confirmed: enhanced.is_some_and(|enhanced| enhanced.state == EnhancedState::Confirmed),
        through_another: participant.contact_via.is_some(),
        availability_at: availability.map(|known| known.asked_at),
        unavailable: availability.map(|known| known.unavailable.clone()).unwrap_or_default(),
        unsafe_channels: state
            .person(participant.person)
            .map(|person| person.unsafe_channels.clone())
            .unwrap_or_default(),
    }
}

fn result_facts(standing: &Standing, outcomes: &Outcomes) -> ResultFacts {
    let line = &standing.line;
    let meaning = outcomes.of(line);
    ResultFacts {
        id: line.id.to_string(),
        line: line.line,
        outcome: meaning.word.clone(),
        is_final: meaning.is_final,
        told: meaning.told,
        topic: meaning.topic,
        codes: [line.type_id.map(|id| id.to_string()), line.cjs_code.clone(), line.short_code.clone()],
        qualifiers: line.qualifiers.clone(),
        defendant: line.defendant.map(|id| id.to_string()),
        offence: line.offence.map(|id| id.to_string()),
        ordered_on: line.ordered_on,
        urgent: line.urgent,
        trial: line.trial,
        next: line.next_hearing.as_ref().map(crate::domain::court::NextHearing::kind),
    }
}

fn hearing_facts(hearing: &Hearing) -> HearingFacts {
    HearingFacts {
        id: hearing.id.to_string(),
        kind: hearing.kind,
        jurisdiction: hearing.jurisdiction,
        state: hearing.state,
        listing: hearing.listing,
        when: hearing.when,
        defendants: hearing.defendants.iter().map(ToString::to_string).collect(),
        ambiguous: hearing.ambiguous,
    }
}

fn attendance_facts(attendance: &Attendance, state: &CaseState) -> AttendanceFacts {
    let hearing = state.hearings.iter().find(|hearing| hearing.id == attendance.hearing);
    AttendanceFacts {
        id: attendance.id.to_string(),
        participant: attendance.participant.to_string(),
        hearing: attendance.hearing.to_string(),
        listing: attendance.listing,
        current: hearing.is_some_and(|hearing| hearing.listing == attendance.listing),
        state: attendance.state,
    }
}

fn duty_facts(duty: &Duty) -> DutyFacts {
    DutyFacts {
        id: duty.id.to_string(),
        kind: duty.kind.clone(),
        to: duty.to.to_string(),
        open: duty.state == DutyState::Open,
        met: matches!(duty.state, DutyState::Met | DutyState::Late),
        due_at: duty.due_at,
        arose_at: duty.arose_at,
        causes: causes(&duty.because),
    }
}

fn task_facts(task: &Task, pack: &Pack) -> TaskFacts {
    let form = pack.task_kinds.get(&task.kind).map_or(&[][..], |kind| &kind.form);
    TaskFacts {
        id: task.id.to_string(),
        kind: task.kind.clone(),
        about: task.about.map(|about| about.to_string()),
        hearing: task.hearing.map(|hearing| hearing.to_string()),
        open: task.state.is_open(),
        priority: task.priority,
        outcome: task.outcome.clone(),
        attempts: task.attempts.len(),
        due_at: task.due_at,
        assigned: task.assignee.is_some(),
        raised_at: task.raised_at,
        ended_at: task.ended_at,
        answers: form::known(form, &task.answers),
        causes: causes(&task.because),
    }
}

fn message_facts(message: &Message) -> MessageFacts {
    let to = match message.to {
        Recipient::Participant(participant) => Some(participant.to_string()),
        Recipient::Directory(_) | Recipient::Staff(_) => None,
    };
    MessageFacts {
        id: message.id.to_string(),
        template: message.template.clone(),
        medium: message.medium,
        to,
        about: message.about.map(|about| about.to_string()),
        sent: matches!(
            message.state,
            MessageState::Sent | MessageState::Unknown | MessageState::Printed | MessageState::Sending
        ),
        unsent: message.state.is_unsent(),
        causes: causes(&message.because),
    }
}

fn causes(because: &[Explanation]) -> Vec<Cause> {
    let mut causes: Vec<Cause> = because.iter().flat_map(|why| why.causes.iter().cloned()).collect();
    causes.sort();
    causes.dedup();
    causes
}

impl CaseFacts {
    /// The participant with this id.
    #[must_use]
    pub fn participant(&self, id: &str) -> Option<&ParticipantFacts> {
        self.participants.iter().find(|participant| participant.id == id)
    }

    /// The hearing with this id.
    #[must_use]
    pub fn hearing(&self, id: &str) -> Option<&HearingFacts> {
        self.hearings.iter().find(|hearing| hearing.id == id)
    }

    /// The offences that a defendant is charged with.
    #[must_use]
    pub fn offences_of(&self, defendant: &str) -> &[String] {
        self.defendants.iter().find(|held| held.id == defendant).map_or(&[], |held| &held.offences)
    }
}

impl ParticipantFacts {
    /// Whether they play `role`.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether a line concerns them; see [`Participant::concerns`].
    #[must_use]
    pub fn concerns(&self, line: &ResultFacts, case: &CaseFacts) -> bool {
        let Some(defendant) = &line.defendant else { return !self.unlinked };
        if self.defendants.contains(defendant) {
            return true;
        }
        match &line.offence {
            Some(offence) => self.offences.contains(offence),
            None => case.offences_of(defendant).iter().any(|offence| self.offences.contains(offence)),
        }
    }

    /// Whether a hearing is of a defendant who concerns them. Of one that was listed by hand before any court shared who
    /// its defendants are, everybody hears.
    #[must_use]
    pub fn concerned_by(&self, hearing: &HearingFacts, case: &CaseFacts) -> bool {
        let theirs = |defendant: &String| {
            self.defendants.contains(defendant)
                || case.offences_of(defendant).iter().any(|offence| self.offences.contains(offence))
        };
        hearing.defendants.is_empty() || hearing.defendants.iter().any(theirs)
    }
}

impl HearingFacts {
    /// Whether witnesses may be called to it.
    #[must_use]
    pub fn calls_witnesses(&self) -> bool {
        self.kind.calls_witnesses()
    }
}
