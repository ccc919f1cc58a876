//! Invented teams and work, the same for the same seed: for the bench and for tests.

use super::Piece;
use crate::domain::ids::{AbsenceId, CaseId, PersonId, StaffId, TaskId, TeamId, UnitId};
use crate::domain::london;
use crate::domain::staff::{
    Absence, AbsenceKind, Roster, Shift, Staff, StaffRole, Team, Unit, UnitMode, Work,
};
use crate::domain::task::Priority;
use crate::rules::pack::Owner;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use uuid::Uuid;

/// How large a team is, and how much work is to be placed.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// People, of whom a few are away.
    pub staff: usize,
    /// Pieces of work.
    pub pieces: usize,
}

/// A unit on a Monday morning, with work of some who are away.
#[must_use]
pub fn team(seed: u64, size: Size) -> (Roster, Vec<Piece>, DateTime<Utc>) {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let now = london::parse("2026-11-23T07:40").unwrap_or_default();
    let staff: Vec<Staff> = (0..size.staff).map(|nth| person(nth, &mut dice)).collect();
    let away = staff.iter().enumerate().filter(|(nth, _)| nth % 8 == 0).map(|(nth, staff)| Absence {
        id: AbsenceId(Uuid::from_u128(nth as u128 + 1)),
        staff: staff.id,
        kind: AbsenceKind::Sickness,
        from: now,
        until: (nth % 16 == 0).then_some(now + TimeDelta::days(5)),
    });
    let absences: Vec<Absence> = away.collect();
    let mut work = Vec::new();
    for staff in &staff {
        for day in 0..5 {
            let minutes = dice.upto(5) as u32 * 30;
            let by = Some(now + TimeDelta::days(day) + TimeDelta::hours(9));
            work.push(Work { staff: staff.id, by, tasks: minutes / 15, minutes });
        }
    }
    let pieces = (0..size.pieces).map(|nth| piece(nth, &staff, now, &mut dice)).collect();
    let unit = Unit {
        id: UnitId(Uuid::from_u128(9)),
        name: "Northgate".to_owned(),
        urn_forces: vec!["99".to_owned()],
        authorities: Vec::new(),
        mode: UnitMode::Test,
        version: 1,
    };
    let team = |nth: u128| Team { id: TeamId(Uuid::from_u128(nth)), name: format!("Team {nth}") };
    let roster = Roster { unit, teams: vec![team(1), team(2)], staff, absences, directory: Vec::new(), work };
    (roster, pieces, now)
}

fn person(nth: usize, dice: &mut Dice) -> Staff {
    let (starts, ends) = if dice.one_in(3) { (10, 18) } else { (8, 16) };
    let time = |hour| NaiveTime::from_hms_opt(hour, if hour == 10 { 30 } else { 0 }, 0).unwrap_or_default();
    let last = if dice.one_in(5) { 7 } else { 5 };
    let shifts = (1..=last).map(|weekday| Shift { weekday, starts: time(starts), ends: time(ends) });
    let skills = ["rasso", "domestic-violence", "child"];
    Staff {
        id: StaffId(Uuid::from_u128(1_000 + nth as u128)),
        team: TeamId(Uuid::from_u128(1 + nth as u128 % 2)),
        name: format!("Officer {nth}"),
        email: None,
        role: if nth % 15 == 14 { StaffRole::TeamLeader } else { StaffRole::CareOfficer },
        skills: skills.iter().filter(|_| dice.one_in(2)).map(|skill| (*skill).to_owned()).collect(),
        shifts: shifts.collect(),
        case_conflicts: if dice.one_in(6) { vec![case(dice.upto(20) as usize)] } else { Vec::new() },
        person_conflicts: Vec::new(),
        minutes_a_day: dice.one_in(4).then_some(240),
        vetting_valid_until: None,
        left_at: None,
        version: 1,
    }
}

fn case(nth: usize) -> CaseId {
    CaseId(Uuid::from_u128(100_000 + nth as u128))
}

fn piece(nth: usize, staff: &[Staff], now: DateTime<Utc>, dice: &mut Dice) -> Piece {
    let of_case = nth * 2 / 3;
    let familiar = &staff[dice.upto(staff.len() as u64) as usize];
    let days = [0, 0, 1, 1, 2, 4, 7][dice.upto(7) as usize];
    let priority = [Priority::P1, Priority::P2, Priority::P2, Priority::P3, Priority::P3, Priority::P4]
        [dice.upto(6) as usize];
    Piece {
        task: TaskId(Uuid::from_u128(1_000_000 + nth as u128)),
        version: 1,
        from: Some(staff[0].id),
        case: case(of_case),
        people: vec![PersonId(Uuid::from_u128(500_000 + of_case as u128))],
        team: Some(familiar.team),
        familiar: vec![familiar.id],
        owner: Owner::CaseOwner,
        skills: if dice.one_in(5) { vec!["rasso".to_owned()] } else { Vec::new() },
        priority,
        by: Some(now + TimeDelta::days(days) + TimeDelta::hours(10)),
        minutes: [5, 10, 15, 20, 30, 45][dice.upto(6) as usize],
    }
}

/// Numbers that follow from a seed (xorshift): good enough to invent with.
struct Dice(u64);

impl Dice {
    fn upto(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end.max(1)
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.upto(many) == 0
    }
}
