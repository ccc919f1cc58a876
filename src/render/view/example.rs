//! An invented case for tests: two victims of two defendants, and everybody who hears of such a case.
//!
//! Free text, addresses and numbers hold `PRIVATE`, so that a test can say that none of them is ever written down.

use super::{Letterhead, Subject, TaskLine};
use crate::domain::calendar::Calendar;
use crate::domain::case::{Case, Phase, Reference, ReferenceKind, Risk};
use crate::domain::contact::{DirectoryEntry, DirectoryKind};
use crate::domain::court::{Court, Defendant, Line, Offence, Party, Prompt, ResultLine};
use crate::domain::duty::{Duty, DutyState};
use crate::domain::email::EmailAddress;
use crate::domain::hearing::{Attendance, AttendanceState, Hearing, HearingKind, HearingState, When};
use crate::domain::ids::*;
use crate::domain::london::{self, Instant};
use crate::domain::message::Recipient;
use crate::domain::person::{Consent, Identity, Participant, Person, Role};
use crate::domain::record::Standing;
use crate::domain::staff::{Roster, Staff, StaffRole, Unit, UnitMode};
use crate::domain::state::{CaseState, Tracked};
use crate::domain::task::{Priority, Task, TaskState};
use crate::rules::outcomes::{Codes, Meaning, Outcomes};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Victim of the first defendant; a child, reached through nobody else unless a test says so.
pub const FIRST_VICTIM: u128 = 1;
/// Victim of the second defendant.
pub const SECOND_VICTIM: u128 = 2;
/// Saw what the first defendant did.
pub const WITNESS: u128 = 3;
/// Police witnesses of one resource team.
pub const CONSTABLE: u128 = 4;
/// The other.
pub const SERGEANT: u128 = 5;
/// Supports the first victim, with consent.
pub const ADVISER: u128 = 6;
/// The officer in the case.
pub const OFFICER: u128 = 7;
/// Supports the second victim.
pub const FAMILY_LIAISON: u128 = 8;
/// Speaks for the first victim.
pub const PARENT: u128 = 9;

pub fn participant_id(n: u128) -> ParticipantId {
    ParticipantId(Uuid::from_u128(n))
}

pub fn now() -> Instant {
    london::parse("2026-11-20T16:10").unwrap()
}

pub fn defendant_id(n: u128) -> DefendantId {
    DefendantId(Uuid::from_u128(0xd0 + n))
}

pub fn offence_id(n: u128) -> OffenceId {
    OffenceId(Uuid::from_u128(0x0f + n))
}

pub fn resource_team() -> DirectoryId {
    DirectoryId(Uuid::from_u128(0x71))
}

pub fn witness_service() -> DirectoryId {
    DirectoryId(Uuid::from_u128(0x72))
}

pub fn court() -> DirectoryId {
    DirectoryId(Uuid::from_u128(0x73))
}

pub fn cps() -> DirectoryId {
    DirectoryId(Uuid::from_u128(0x74))
}

pub fn team_leader() -> StaffId {
    StaffId(Uuid::from_u128(0x51))
}

fn participant(n: u128, role: Role) -> Participant {
    Participant {
        id: participant_id(n),
        person: PersonId(Uuid::from_u128(n)),
        roles: vec![role],
        child: false,
        offences: Vec::new(),
        defendants: Vec::new(),
        enhanced: None,
        supports: Vec::new(),
        consent: None,
        contact_via: None,
        wants_updates: false,
        caller_checks: Vec::new(),
        availability: None,
        left_at: None,
        collar: None,
        resource_team: None,
        witness_number: None,
        awaits: Vec::new(),
        version: 1,
    }
}

fn person(n: u128, first_name: &str, last_name: &str) -> Person {
    Person {
        id: PersonId(Uuid::from_u128(n)),
        identity: Identity {
            first_name: first_name.into(),
            last_name: last_name.into(),
            born_on: "1990-01-01".parse().ok(),
            phones: vec!["PRIVATE-01632-960001".into()],
            email: EmailAddress::parse(&format!("person{n}@example.org")).ok(),
            address: vec!["1 PRIVATE Street".into(), "Exampleton".into()],
            postcode: Some("ZZ1 1ZZ".into()),
            language: None,
            safe_word: Some("PRIVATE-word".into()),
            contact_note: Some("PRIVATE note".into()),
        },
        unsafe_channels: Vec::new(),
        version: 1,
    }
}

/// A line of the first or second defendant.
pub fn line(defendant: u128, short_code: &str) -> Standing {
    line_of(Some(defendant_id(defendant)), Some(offence_id(defendant)), short_code)
}

pub fn line_of(defendant: Option<DefendantId>, offence: Option<OffenceId>, short_code: &str) -> Standing {
    let hearing = CourtHearingId(Uuid::from_u128(0xc0));
    let day = "2026-11-20".parse().unwrap();
    let mut line = ResultLine {
        id: ResultId(Uuid::nil()),
        line: Line::Judicial,
        defendant,
        offence,
        type_id: None,
        cjs_code: None,
        short_code: Some(short_code.into()),
        qualifiers: Vec::new(),
        label: "PRIVATE label".into(),
        category: None,
        ordered_on: None,
        text: Some("PRIVATE result text".into()),
        prompts: vec![Prompt {
            reference: "PRIVATE reference".into(),
            label: "PRIVATE prompt".into(),
            value: "PRIVATE answer".into(),
        }],
        next_hearing: None,
        trial: None,
        trial_reason: None,
        urgent: false,
        terminates: false,
        source_id: None,
    };
    line.id = line.content_id(hearing, day);
    Standing { line, hearing, day }
}

fn defendant(n: u128, first_name: &str, last_name: &str, offence: &str) -> Defendant {
    Defendant {
        id: defendant_id(n),
        master: None,
        party: Party::Person {
            first_name: Some(first_name.into()),
            last_name: last_name.into(),
            born_on: None,
        },
        youth: false,
        remand: Some("B".into()),
        bail_conditions: Some("PRIVATE bail conditions".into()),
        concluded: false,
        offences: vec![Offence {
            id: offence_id(n),
            code: format!("ZZ0000{n}"),
            title: offence.into(),
            concluded: false,
        }],
    }
}

fn duty(n: u128, to: u128, target: &str, due: &str) -> Duty {
    Duty {
        id: DutyId(Uuid::from_u128(n)),
        key: format!("outcome/{to}"),
        kind: "outcome".into(),
        to: participant_id(to),
        state: DutyState::Open,
        priority: Priority::P2,
        target_at: london::parse(target).ok(),
        due_at: london::parse(due).ok(),
        waits_for: None,
        task: None,
        arose_at: now(),
        met: None,
        moved: Vec::new(),
        because: Vec::new(),
    }
}

pub fn hearing() -> Hearing {
    Hearing {
        id: HearingId(Uuid::from_u128(0xe0)),
        court_ids: Vec::new(),
        kind: HearingKind::Trial,
        hearing_type: "PRIVATE trial of somebody".into(),
        jurisdiction: None,
        court: Court {
            name: "Exampleton Crown Court".into(),
            room: Some("Courtroom 2".into()),
            ..Court::default()
        },
        when: When::At(london::parse("2027-03-29T10:00").unwrap()),
        whole_day: false,
        off_because: None,
        defendants: vec![defendant_id(1)],
        state: HearingState::Listed,
        listing: 2,
        earlier: vec![When::At(london::parse("2027-01-11T10:00").unwrap())],
        sat_on: Vec::new(),
        ambiguous: false,
        by_hand: None,
    }
}

fn attendance(n: u128, of: u128) -> Attendance {
    Attendance {
        id: AttendanceId(Uuid::from_u128(n)),
        participant: participant_id(of),
        hearing: hearing().id,
        listing: 2,
        state: AttendanceState::Required,
        since: now(),
        told_by: None,
        phase: Some("day 2, morning".into()),
        order: None,
        measures: Vec::new(),
        steps: Vec::new(),
    }
}

/// A task about the first victim, due on Monday.
pub fn task() -> Task {
    Task {
        id: TaskId(Uuid::from_u128(0x7a)),
        unit: UnitId(Uuid::from_u128(0x0a)),
        case: None,
        key: "contact/1".into(),
        kind: "contact".into(),
        about: Some(participant_id(FIRST_VICTIM)),
        hearing: Some(hearing().id),
        state: TaskState::Open,
        priority: Priority::P2,
        assignee: Some(team_leader()),
        team: None,
        assigned_because: String::new(),
        stranded: false,
        covered: Vec::new(),
        minutes: 15,
        target_at: None,
        due_at: london::parse("2026-11-23T23:59:59").ok(),
        waits_for: None,
        next_attempt_at: None,
        deferred_until: None,
        raised_at: now(),
        ended_at: None,
        outcome: None,
        attempts: Vec::new(),
        answers: BTreeMap::new(),
        drafts: Vec::new(),
        pack: String::new(),
        moved: Vec::new(),
        because: Vec::new(),
        version: 1,
    }
}

/// Everything that a view is made from, to be changed by a test.
#[derive(Clone)]
pub struct Example {
    pub state: CaseState,
    pub roster: Roster,
    pub outcomes: Outcomes,
    pub unit: Letterhead,
    pub lines: Vec<Standing>,
    pub calendar: Calendar,
    pub hearing: Option<Hearing>,
    pub participants: Vec<ParticipantId>,
    pub task: Task,
}

impl Example {
    pub fn subject<R>(&self, to: Recipient, ask: impl FnOnce(&Subject<'_>) -> R) -> R {
        let lines: Vec<&Standing> = self.lines.iter().collect();
        let tasks = [TaskLine { title: "Ring {about} about the {hearing}", task: &self.task }];
        ask(&Subject {
            about: None,
            answers: &[],
            state: &self.state,
            roster: &self.roster,
            outcomes: &self.outcomes,
            unit: &self.unit,
            calendar: &self.calendar,
            to,
            participants: &self.participants,
            lines: &lines,
            hearing: self.hearing.as_ref(),
            earlier: self
                .hearing
                .as_ref()
                .filter(|held| held.state == HearingState::Listed)
                .and_then(|held| held.earlier.last().copied()),
            tasks: &tasks,
            work: &[],
            away: None,
            briefing: None,
            now: now(),
        })
    }

    pub fn participant(&mut self, n: u128) -> &mut Participant {
        let found = self.state.participants.iter_mut().find(|held| held.id == participant_id(n));
        found.unwrap().change()
    }

    pub fn person(&mut self, n: u128) -> &mut Person {
        self.state.people.iter_mut().find(|held| held.id.0 == Uuid::from_u128(n)).unwrap().change()
    }
}

pub fn to(n: u128) -> Recipient {
    Recipient::Participant(participant_id(n))
}

fn meaning(word: &str, title: &str, told: bool) -> (Meaning, Codes) {
    let meaning = Meaning {
        word: word.into(),
        title: title.into(),
        is_final: false,
        told,
        topic: crate::rules::outcomes::Topic::Outcome,
    };
    (meaning, Codes { short: vec![word.into()], ..Codes::default() })
}

/// The case: a warrant for the first defendant, a guilty verdict for the second, and a trial of the first that moved.
pub fn example() -> Example {
    let unit = UnitId(Uuid::from_u128(0x0a));
    let mut state = CaseState::new(Tracked::read(Case {
        id: CaseId(Uuid::from_u128(0xca)),
        unit,
        references: vec![Reference::new(ReferenceKind::Urn, "01ZZ0000126")],
        phase: Phase::PostCharge,
        risk: Risk::High,
        flags: Vec::new(),
        proposed_flags: Vec::new(),
        owner: None,
        team: None,
        cover: None,
        owned_since: None,
        owned_because: String::new(),
        opened_at: now(),
        sequence: 1,
        version: 1,
    }));
    let names = [
        (FIRST_VICTIM, "Ada", "Lovell", Role::Victim),
        (SECOND_VICTIM, "Bea", "Marsden", Role::Victim),
        (WITNESS, "Cai", "Norwood", Role::CivilianWitness),
        (CONSTABLE, "Dot", "Oakes", Role::PoliceWitness),
        (SERGEANT, "Eve", "Pryor", Role::PoliceWitness),
        (ADVISER, "Fay", "Quill", Role::Adviser),
        (OFFICER, "Gus", "Rook", Role::OfficerInCase),
        (FAMILY_LIAISON, "Hal", "Stott", Role::FamilyLiaisonOfficer),
        (PARENT, "Ivy", "Lovell", Role::Parent),
    ];
    for (n, first_name, last_name, role) in names {
        state.people.push(Tracked::read(person(n, first_name, last_name)));
        state.participants.push(Tracked::read(participant(n, role)));
    }
    state.record = Tracked::read(crate::domain::record::Record {
        defendants: vec![
            defendant(1, "Zed", "Villain", "Wounding with intent"),
            defendant(2, "Yan", "Rascal", "Theft from shop"),
        ],
        ..Default::default()
    });
    state.duties = vec![
        Tracked::read(duty(1, FIRST_VICTIM, "2026-11-21T16:10", "2026-11-23T23:59:59")),
        Tracked::read(duty(2, SECOND_VICTIM, "", "2026-11-23T23:59:59")),
    ];
    state.hearings = vec![Tracked::read(hearing())];
    state.attendances =
        [WITNESS, CONSTABLE, SERGEANT].map(|of| Tracked::read(attendance(0xa0 + of, of))).into();
    let entry = |id, kind, n: u8| DirectoryEntry {
        id,
        kind,
        name: format!("Body {n}"),
        email: EmailAddress::parse(&format!("body{n}@example.police.uk")).ok(),
        phone: None,
        court_code: None,
        review_on: None,
        version: 1,
    };
    let roster = Roster {
        unit: Unit {
            id: unit,
            name: "Exampleton".into(),
            urn_forces: vec!["01".into()],
            authorities: Vec::new(),
            mode: UnitMode::Live,
            version: 1,
        },
        teams: Vec::new(),
        staff: vec![Staff {
            id: team_leader(),
            team: TeamId(Uuid::from_u128(0x7e)),
            name: "Kit Leader".into(),
            email: EmailAddress::parse("kit@example.police.uk").ok(),
            role: StaffRole::TeamLeader,
            skills: Vec::new(),
            shifts: Vec::new(),
            case_conflicts: Vec::new(),
            person_conflicts: Vec::new(),
            minutes_a_day: None,
            vetting_valid_until: None,
            left_at: None,
            version: 1,
        }],
        absences: Vec::new(),
        directory: vec![
            entry(resource_team(), DirectoryKind::ResourceTeam, 1),
            entry(witness_service(), DirectoryKind::WitnessService, 2),
            entry(court(), DirectoryKind::Court, 3),
            entry(cps(), DirectoryKind::Cps, 4),
        ],
        work: Vec::new(),
    };
    let holidays = include_str!("../../../config/packs/england-and-wales/calendar.json");
    let mut example = Example {
        state,
        roster,
        calendar: Calendar::parse(holidays).unwrap(),
        outcomes: Outcomes::new(vec![
            meaning("WARRANT", "Warrant issued", true),
            meaning("GUILTY", "Guilty verdict", true),
            meaning("COSTS", "Costs", false),
        ]),
        unit: Letterhead {
            name: "Exampleton Victim and Witness Care Unit".into(),
            address: Vec::new(),
            phone: Some("01632 960000".into()),
            email: None,
            hours: Some("Monday to Saturday, 8am to 6pm".into()),
        },
        lines: vec![line(1, "WARRANT"), line(1, "COSTS"), line(2, "GUILTY")],
        hearing: Some(hearing()),
        participants: Vec::new(),
        task: task(),
    };
    example.participant(FIRST_VICTIM).offences = vec![offence_id(1)];
    example.participant(SECOND_VICTIM).offences = vec![offence_id(2)];
    example.participant(WITNESS).offences = vec![offence_id(1)];
    example.participant(WITNESS).witness_number = Some(3);
    for (n, collar) in [(CONSTABLE, Some("4321")), (SERGEANT, None)] {
        let officer = example.participant(n);
        officer.collar = collar.map(str::to_owned);
        officer.witness_number = Some(i32::try_from(n).unwrap());
        officer.resource_team = Some(resource_team());
    }
    let adviser = example.participant(ADVISER);
    adviser.supports = vec![participant_id(FIRST_VICTIM)];
    adviser.consent = Some(Consent { from: now() - chrono::TimeDelta::days(30), until: None });
    example.participant(FAMILY_LIAISON).supports = vec![participant_id(SECOND_VICTIM)];
    example.participant(PARENT).supports = vec![participant_id(FIRST_VICTIM)];
    example
}
