//! The invented unit and the case that a scenario plays in, with the names that its author uses for everything.
//!
//! Ids follow from names, so that a scenario comes out the same on every machine and in every order.

use super::read::{Part, Wrong};
use crate::casework::{Desk, Handled, Mode, Unhandled, handle};
use crate::clock::Ids;
use crate::domain::case::{Case, Phase, Reference, ReferenceKind, Risk};
use crate::domain::contact::{DirectoryEntry, DirectoryKind};
use crate::domain::court::Court;
use crate::domain::event::{Actor, Event, Payload, Subject};
use crate::domain::ids::{
    CaseId, CourtCaseId, CourtHearingId, DefendantId, DirectoryId, EventId, HearingId, OffenceId,
    ParticipantId, StaffId, TeamId, UnitId, derived,
};
use crate::domain::message::Recipient;
use crate::domain::staff::{Roster, Shift, Staff, StaffRole, Team, Unit, UnitMode};
use crate::domain::state::{CaseState, Tracked};
use crate::domain::words::Word;
use crate::render::Letterbox;
use crate::rules::decide::Heard;
use crate::rules::pack::Pack;
use chrono::{DateTime, NaiveTime, Utc};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A scenario in play.
pub(super) struct World<'a> {
    pub pack: &'a Pack,
    templates: &'a Letterbox,
    pub roster: Roster,
    ids: Ids,
    pub now: DateTime<Utc>,
    pub state: CaseState,
    /// Defendants by name, each with the names of the offences.
    pub defendants: Vec<(String, Vec<String>)>,
    /// People by name.
    pub people: Vec<String>,
    /// Hearings that the scenario gave a name, with the court's part of them.
    pub hearings: Vec<Named>,
    /// What opens the case, where a step does.
    pub opening: Option<Payload>,
    /// The rules that listened in the last step.
    pub last: Vec<Heard>,
    /// Every rule that spoke so far.
    pub spoke: BTreeSet<String>,
}

/// A hearing with the name that its author gave it.
pub(super) struct Named {
    pub name: String,
    pub id: HearingId,
}

fn id(kind: &str, name: &str) -> Uuid {
    derived(&[b"scenario", kind.as_bytes(), name.as_bytes()])
}

pub(super) fn participant(name: &str) -> ParticipantId {
    ParticipantId(id("person", name))
}

pub(super) fn defendant(name: &str) -> DefendantId {
    DefendantId(id("defendant", name))
}

pub(super) fn offence(name: &str) -> OffenceId {
    OffenceId(id("offence", name))
}

pub(super) fn team_of(name: &str) -> DirectoryId {
    DirectoryId(id("directory", name))
}

pub(super) fn court_hearing(name: &str) -> CourtHearingId {
    CourtHearingId(id("court-hearing", name))
}

pub(super) fn court_case() -> CourtCaseId {
    CourtCaseId(id("court-case", "the"))
}

/// The URN of every scenario's case.
pub(super) const URN: &str = "52AB0000126";

/// The care officer who owns the case, by the name scenarios use.
pub(super) const OWNER: &str = "sam";

pub(super) fn staff(name: &str) -> StaffId {
    StaffId(id("staff", name))
}

/// A magistrates' or Crown Court house.
pub(super) fn court(crown: bool) -> Court {
    let (code, name) = match crown {
        true => ("C52NG00", "Northgate Crown Court"),
        false => ("B52NG00", "Northgate Magistrates' Court"),
    };
    Court { id: None, code: Some(code.to_owned()), name: name.to_owned(), room: None }
}

impl<'a> World<'a> {
    pub fn new(pack: &'a Pack, templates: &'a Letterbox, now: DateTime<Utc>) -> Self {
        let unit = UnitId(id("unit", "the"));
        let case = Case {
            id: CaseId(id("case", "the")),
            unit,
            references: vec![Reference::new(ReferenceKind::Urn, URN)],
            phase: Phase::PostCharge,
            risk: Risk::Medium,
            flags: Vec::new(),
            proposed_flags: Vec::new(),
            owner: Some(staff(OWNER)),
            team: Some(TeamId(id("team", "east"))),
            cover: None,
            owned_since: None,
            owned_because: String::new(),
            opened_at: now,
            sequence: 0,
            version: 1,
        };
        Self {
            pack,
            templates,
            roster: roster(unit),
            ids: Ids::seeded(1),
            now,
            state: CaseState::new(Tracked::new(case)),
            defendants: Vec::new(),
            people: Vec::new(),
            hearings: Vec::new(),
            opening: None,
            last: Vec::new(),
            spoke: BTreeSet::new(),
        }
    }

    /// Lets something happen to the case, and remembers which rules were asked.
    pub fn happens(&mut self, at: Part<'_>, payload: Payload) -> Result<(), Wrong> {
        match self.handle(payload, Mode::Working) {
            Ok(handled) => {
                let heard: Vec<Heard> = handled.into_iter().flat_map(|one| one.trace.heard).collect();
                let spoke = heard.iter().filter(|heard| heard.spoke > 0);
                self.spoke.extend(spoke.map(|heard| heard.rule.clone()));
                self.last.extend(heard);
                Ok(())
            }
            Err(problem) => at.wrong(problem.to_string()),
        }
    }

    /// Lets something happen before the scenario begins: it leaves facts and diary, and no work.
    pub fn happened(&mut self, at: Part<'_>, payload: Payload) -> Result<(), Wrong> {
        match self.handle(payload, Mode::Quiet) {
            Ok(_) => Ok(()),
            Err(problem) => at.wrong(problem.to_string()),
        }
    }

    fn handle(&mut self, payload: Payload, mode: Mode) -> Result<Vec<Handled>, Unhandled> {
        let event = Event {
            id: EventId(self.ids.next(self.now)),
            unit: self.state.case.unit,
            source: "scenario".to_owned(),
            reference: self.ids.next(self.now).to_string(),
            actor: Actor { name: "scenario".to_owned(), staff: Some(staff(OWNER)) },
            occurred_at: None,
            received_at: self.now,
            recorded_at: self.now,
            subject: Subject::Case(self.state.case.id),
            payload,
        };
        let desk = Desk {
            pack: self.pack,
            templates: self.templates,
            roster: &self.roster,
            ids: &self.ids,
            now: self.now,
            mail_domain: "scenario.test",
            mode,
        };
        let handled = handle(&mut self.state, event, desk)?;
        self.state.settle();
        Ok(handled)
    }

    /// The name of a participant.
    pub fn name_of(&self, id: ParticipantId) -> &str {
        self.people.iter().find(|name| participant(name) == id).map_or("somebody", String::as_str)
    }

    /// The name of a message's recipient: a person's, or the resource team's or agency's in the directory.
    pub fn recipient(&self, to: Recipient) -> String {
        match to {
            Recipient::Participant(id) => self.name_of(id).to_owned(),
            Recipient::Directory(id) => {
                let entry = self.roster.directory.iter().find(|entry| entry.id == id);
                entry.map_or_else(|| "nobody".to_owned(), |entry| entry.name.clone())
            }
            Recipient::Staff(id) => {
                self.roster.staff(id).map_or_else(|| "nobody".to_owned(), |staff| staff.name.clone())
            }
        }
    }

    /// The hearing that a scenario means: by the name it gave it, else the last of that kind.
    pub fn hearing(&self, part: Part<'_>) -> Result<HearingId, Wrong> {
        let name = part.text()?;
        if let Some(named) = self.hearings.iter().find(|named| named.name == name) {
            return Ok(named.id);
        }
        let of_kind = self.state.hearings.iter().filter(|hearing| hearing.kind.word() == name);
        match of_kind.max_by_key(|hearing| (hearing.sat_on.is_empty(), hearing.sat_on.last().copied())) {
            Some(hearing) => Ok(hearing.id),
            None => part.wrong(format!("there is no hearing `{name}`")),
        }
    }

    /// The name of a hearing, else its kind.
    pub fn hearing_name(&self, id: HearingId) -> String {
        let named = self.hearings.iter().find(|named| named.id == id);
        let hearing = || self.state.hearings.iter().find(|hearing| hearing.id == id);
        match named {
            Some(named) => named.name.clone(),
            None => hearing().map_or_else(|| "?".to_owned(), |hearing| hearing.kind.to_string()),
        }
    }

    /// Somebody whom the scenario names.
    pub fn person(&self, part: Part<'_>) -> Result<ParticipantId, Wrong> {
        let name = part.text()?;
        match self.people.iter().any(|known| known == name) {
            true => Ok(participant(name)),
            false => part.wrong(format!("there is nobody called `{name}`")),
        }
    }
}

/// Two care officers, a team leader and a manager at work every day, and a directory with one body of each sort.
fn roster(unit: UnitId) -> Roster {
    let team = TeamId(id("team", "east"));
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
    let member = |name: &str, role| Staff {
        id: staff(name),
        team,
        name: name.to_owned(),
        email: format!("{name}@unit.test").parse().ok(),
        role,
        skills: Vec::new(),
        shifts: (1..=7).map(|weekday| Shift { weekday, starts: hour(8), ends: hour(18) }).collect(),
        case_conflicts: Vec::new(),
        person_conflicts: Vec::new(),
        minutes_a_day: None,
        vetting_valid_until: None,
        left_at: None,
        version: 1,
    };
    let entry = |name: &str, kind| DirectoryEntry {
        id: team_of(name),
        kind,
        name: name.to_owned(),
        email: format!("{name}@partner.test").parse().ok(),
        phone: None,
        court_code: None,
        review_on: None,
        version: 1,
    };
    Roster {
        unit: Unit {
            id: unit,
            name: "Northgate Victim and Witness Care Unit".to_owned(),
            urn_forces: vec!["52".to_owned()],
            authorities: Vec::new(),
            mode: UnitMode::Live,
            version: 1,
        },
        teams: vec![Team { id: team, name: "East".to_owned() }],
        staff: vec![
            member(OWNER, StaffRole::CareOfficer),
            member("kim", StaffRole::CareOfficer),
            member("lee", StaffRole::TeamLeader),
            member("mo", StaffRole::Manager),
        ],
        absences: Vec::new(),
        directory: DirectoryKind::WORDS
            .iter()
            .filter_map(|word| DirectoryKind::from_word(word))
            .flat_map(|kind| match kind {
                DirectoryKind::ResourceTeam => vec![entry("east", kind), entry("west", kind)],
                kind => vec![entry(kind.word(), kind)],
            })
            .collect(),
        work: Vec::new(),
    }
}
