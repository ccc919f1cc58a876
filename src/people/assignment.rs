//! Who gets a task: qualified, at work before it is due, not in conflict; the case's owner first, then the
//! lightest load. Never whoever comes first in a list.

use super::presence;
use crate::domain::case::Case;
use crate::domain::ids::{PersonId, StaffId, TeamId};
use crate::domain::staff::{Roster, Staff, StaffRole};
use crate::rules::pack::Owner;
use chrono::{DateTime, TimeDelta, Utc};

/// Work that looks for somebody.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The case it belongs to.
    pub case: &'a Case,
    /// The people in the case, for conflicts.
    pub people: &'a [PersonId],
    /// Whose it is by the pack's word.
    pub owner: &'a Owner,
    /// Skills it needs.
    pub skills: &'a [String],
    /// When it is due, or its target where that is earlier.
    pub by: Option<DateTime<Utc>>,
}

/// Where work went, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// To whom; the team's queue where nobody.
    pub staff: Option<StaffId>,
    /// Whose queue.
    pub team: Option<TeamId>,
    /// Why, for people.
    pub because: String,
}

/// Work without a due time looks for somebody who works within this.
const HORIZON: TimeDelta = TimeDelta::days(3);

/// Finds who gets a piece of work. `taken` counts what this decision has already given to whom.
#[must_use]
pub fn assign(
    roster: &Roster,
    wanted: Wanted<'_>,
    now: DateTime<Utc>,
    taken: &[(StaffId, i64)],
) -> Assignment {
    let team = wanted.case.team.or_else(|| roster.teams.first().map(|team| team.id));
    let queue = |because: String| Assignment { staff: None, team, because };
    let to = |staff: &Staff, because: String| Assignment {
        staff: Some(staff.id),
        team: Some(staff.team),
        because,
    };
    let by = wanted.by.map_or(now + HORIZON, |by| by.max(now + TimeDelta::minutes(1)));
    let free = |staff: &&Staff| {
        !staff.case_conflicts.contains(&wanted.case.id)
            && !staff.person_conflicts.iter().any(|person| wanted.people.contains(person))
            && presence::works_before(roster, staff, now, by)
    };
    let able = |staff: &&Staff| wanted.skills.iter().all(|skill| staff.skills.contains(skill));
    let lightest = |found: &mut dyn Iterator<Item = &Staff>| -> Option<StaffId> {
        found.min_by_key(|staff| (load(roster, staff.id, taken), staff.id)).map(|staff| staff.id)
    };
    match wanted.owner {
        Owner::Team => queue("the team's queue, by the kind of task".to_owned()),
        Owner::TeamLeader => {
            let leaders =
                || roster.staff.iter().filter(|staff| staff.role == StaffRole::TeamLeader).filter(free);
            let own = lightest(&mut leaders().filter(|staff| Some(staff.team) == team));
            match own.or_else(|| lightest(&mut leaders())).and_then(|id| roster.staff(id)) {
                Some(leader) => to(leader, "team leader at work before it is due".to_owned()),
                None => queue("no team leader is at work before it is due".to_owned()),
            }
        }
        Owner::CaseOwner | Owner::Skill(_) => {
            if *wanted.owner == Owner::CaseOwner
                && let Some(owner) = wanted.case.owner.and_then(|owner| roster.staff(owner))
                && free(&owner)
                && able(&owner)
            {
                return to(owner, "owns the case".to_owned());
            }
            let named = match wanted.owner {
                Owner::Skill(skill) => Some(skill),
                _ => None,
            };
            let officers = || {
                roster
                    .staff
                    .iter()
                    .filter(|staff| staff.role == StaffRole::CareOfficer)
                    .filter(free)
                    .filter(able)
            };
            let officers =
                || officers().filter(|staff| named.is_none_or(|skill| staff.skills.contains(skill)));
            let own = lightest(&mut officers().filter(|staff| team.is_none_or(|team| staff.team == team)));
            match own.or_else(|| lightest(&mut officers())).and_then(|id| roster.staff(id)) {
                Some(officer) => {
                    let open = load(roster, officer.id, taken);
                    let why = match (wanted.case.owner, wanted.owner) {
                        (Some(_), Owner::CaseOwner) => "covers for the case's owner",
                        (None, Owner::CaseOwner) => "nobody owns the case",
                        _ => "has the skill",
                    };
                    to(officer, format!("{why}; lightest load of those who may and can ({open} open)"))
                }
                None => queue("nobody who may and can is at work before it is due".to_owned()),
            }
        }
    }
}

fn load(roster: &Roster, staff: StaffId, taken: &[(StaffId, i64)]) -> i64 {
    let of = |loads: &[(StaffId, i64)]| {
        loads.iter().filter(|(id, _)| *id == staff).map(|(_, open)| open).sum::<i64>()
    };
    of(&roster.load) + of(taken)
}

#[cfg(test)]
mod tests {
    use super::super::presence::tests::{officer, roster};
    use super::*;
    use crate::domain::case::{Phase, Risk};
    use crate::domain::ids::CaseId;
    use crate::domain::london;
    use uuid::Uuid;

    fn case(owner: Option<StaffId>) -> Case {
        Case {
            id: CaseId(Uuid::from_u128(5)),
            unit: roster(Vec::new()).unit.id,
            references: Vec::new(),
            phase: Phase::PostCharge,
            risk: Risk::Low,
            flags: Vec::new(),
            proposed_flags: Vec::new(),
            owner,
            team: None,
            opened_at: DateTime::UNIX_EPOCH,
            sequence: 0,
            version: 1,
        }
    }

    fn given(roster: &Roster, case: &Case, skills: &[String]) -> Option<StaffId> {
        let wanted = Wanted { case, people: &[], owner: &Owner::CaseOwner, skills, by: None };
        assign(roster, wanted, london::parse("2026-11-20T09:00").unwrap(), &[]).staff
    }

    #[test]
    fn the_owner_of_the_case_comes_first_whatever_their_load() {
        let mut roster = roster(vec![officer(1), officer(2)]);
        roster.load = vec![(roster.staff[1].id, 50)];
        let case = case(Some(roster.staff[1].id));
        assert_eq!(given(&roster, &case, &[]), Some(roster.staff[1].id));
    }

    #[test]
    fn without_an_owner_the_lightest_load_counts() {
        let mut roster = roster(vec![officer(1), officer(2)]);
        roster.load = vec![(roster.staff[0].id, 3), (roster.staff[1].id, 2)];
        assert_eq!(given(&roster, &case(None), &[]), Some(roster.staff[1].id));
    }

    #[test]
    fn nobody_in_conflict_or_without_the_skill_is_given_work() {
        let mut roster = roster(vec![officer(1), officer(2)]);
        roster.staff[0].case_conflicts.push(case(None).id);
        assert_eq!(given(&roster, &case(None), &[]), Some(roster.staff[1].id));
        assert_eq!(given(&roster, &case(None), &["rasso".to_owned()]), None);
    }
}
