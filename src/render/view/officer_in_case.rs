//! The police officer in the case: every outcome, by initials, and which victims are being told by when.
//!
//! The officer knows the case; the e-mail does not repeat it. An offence is its CJS code, a person is initials.

use super::parts::{AnswerPart, HearingPart, Letterhead, PersonPart, initials_of};
use super::{Subject, Unviewable};
use crate::domain::duty::DutyState;
use crate::domain::london::Instant;
use crate::domain::message::Audience;
use crate::domain::person::Role;
use chrono::NaiveDate;
use serde::Serialize;

/// What the officer in the case may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfficerInCaseView {
    /// Who writes.
    pub unit: Letterhead,
    /// What the case is known by.
    pub urn: String,
    /// What the court decided.
    pub outcomes: Vec<OffenceOutcome>,
    /// The next hearing.
    pub hearing: Option<HearingPart>,
    /// Whom alone it is about, where it is about one.
    pub people: Vec<PersonPart>,
    /// What was answered and may be told.
    pub answers: Vec<AnswerPart>,
    /// Victims who are being told.
    pub telling: Vec<Telling>,
    /// Who in the unit owns the case: whom to ask for. None while nobody does.
    pub contact: Option<String>,
}

/// What became of one offence of one defendant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OffenceOutcome {
    /// The defendant's initials.
    pub defendant: Option<String>,
    /// The offence's CJS code; its title is left out.
    pub offence_code: Option<String>,
    /// What it is called, such as "Warrant issued".
    pub title: String,
    /// The day in court, Europe/London.
    pub on: NaiveDate,
}

/// A victim whom the unit will tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Telling {
    /// Who.
    pub person: PersonPart,
    /// By when at the latest; the earliest of what they are owed. None while it waits for a date.
    pub by: Option<Instant>,
}

impl OfficerInCaseView {
    pub(super) fn of(subject: &Subject<'_>) -> Result<Self, Unviewable> {
        subject.participant(Audience::OfficerInCase, &[Role::OfficerInCase], "the officer in the case")?;
        let owner = subject.state.case.owner.and_then(|owner| subject.roster.staff(owner));
        Ok(Self {
            unit: subject.unit.clone(),
            urn: subject.urn(),
            people: subject.about_part()?,
            answers: subject.answers.to_vec(),
            outcomes: outcomes(subject),
            hearing: subject.hearing_part(),
            telling: telling(subject)?,
            contact: owner.map(|owner| owner.name.clone()),
        })
    }
}

fn outcomes(subject: &Subject<'_>) -> Vec<OffenceOutcome> {
    let mut told = Vec::new();
    for standing in subject.lines {
        let line = &standing.line;
        let meaning = subject.outcomes.of(line);
        let defendant = line.defendant.and_then(|id| subject.defendant(id));
        let offences = subject.state.record.defendants.iter().flat_map(|held| &held.offences);
        let offence = line.offence.and_then(|id| offences.into_iter().find(|offence| offence.id == id));
        let outcome = OffenceOutcome {
            defendant: defendant.map(initials_of),
            offence_code: offence.map(|offence| offence.code.clone()),
            title: meaning.title.clone(),
            on: standing.day,
        };
        if meaning.told && !told.contains(&outcome) {
            told.push(outcome);
        }
    }
    told
}

/// Victims with something open; of those the message is about, where it says.
fn telling(subject: &Subject<'_>) -> Result<Vec<Telling>, Unviewable> {
    let mut telling = Vec::new();
    for victim in subject.state.participants.iter().filter(|participant| participant.is(Role::Victim)) {
        let wanted = subject.participants.is_empty() || subject.participants.contains(&victim.id);
        let open =
            subject.state.duties.iter().filter(|duty| duty.to == victim.id && duty.state == DutyState::Open);
        let mut open = open.peekable();
        if wanted && open.peek().is_some() {
            let person = PersonPart::of(victim, subject.identity(victim)?);
            telling
                .push(Telling { person, by: open.filter_map(|duty| duty.target_at.or(duty.due_at)).min() });
        }
    }
    Ok(telling)
}
