//! Who hears of a team's trouble: its own team leaders, else any of the unit's, else its managers; whoever of them is
//! present.

use super::presence;
use crate::domain::ids::TeamId;
use crate::domain::staff::{Roster, Staff, StaffRole};
use chrono::{DateTime, Utc};

/// The team leaders of a team, then those of the unit: the first group of which somebody is there is told.
#[must_use]
pub fn of_team(roster: &Roster, team: Option<TeamId>) -> [Vec<&Staff>; 2] {
    let leads = |staff: &&Staff| staff.role == StaffRole::TeamLeader;
    let own = |staff: &&Staff| team.is_none_or(|team| staff.team == team);
    [roster.staff.iter().filter(leads).filter(own).collect(), roster.staff.iter().filter(leads).collect()]
}

/// Those who hear of a team's trouble now, in order of id: none where neither a team leader nor a manager is present.
#[must_use]
pub fn present(roster: &Roster, team: Option<TeamId>, now: DateTime<Utc>) -> Vec<&Staff> {
    let managers = roster.staff.iter().filter(|staff| staff.role == StaffRole::Manager).collect();
    let here = |staff: &&Staff| presence::is_present(roster, staff, now);
    let groups = of_team(roster, team).into_iter().chain([managers]);
    let mut groups = groups.map(|group| group.into_iter().filter(here).collect::<Vec<_>>());
    let mut told = groups.find(|group| !group.is_empty()).unwrap_or_default();
    told.sort_by_key(|staff| staff.id);
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::london;
    use crate::people::presence::tests::{officer, roster};

    fn with(role: StaffRole, id: u128, team: u128) -> Staff {
        let team = TeamId(uuid::Uuid::from_u128(team));
        Staff { role, team, ..officer(id) }
    }

    fn told(people: Vec<Staff>, at: &str) -> Vec<u128> {
        let team = Some(TeamId(uuid::Uuid::from_u128(1)));
        let roster = roster(people);
        let now = london::parse(at).unwrap();
        present(&roster, team, now).iter().map(|staff| staff.id.0.as_u128()).collect()
    }

    #[test]
    fn a_teams_own_leader_hears_of_it_first() {
        let people = vec![with(StaffRole::TeamLeader, 2, 2), with(StaffRole::TeamLeader, 3, 1), officer(4)];
        assert_eq!(told(people, "2026-11-18T09:00"), [3]);
    }

    #[test]
    fn another_teams_leader_hears_where_the_own_one_is_not_there() {
        let mut away = with(StaffRole::TeamLeader, 3, 1);
        away.shifts.clear();
        let people = vec![with(StaffRole::TeamLeader, 2, 2), away, with(StaffRole::Manager, 5, 1)];
        assert_eq!(told(people, "2026-11-18T09:00"), [2]);
    }

    #[test]
    fn a_manager_hears_where_no_team_leader_is_there_and_nobody_at_night() {
        let people = vec![officer(4), with(StaffRole::Manager, 5, 2)];
        assert_eq!(told(people.clone(), "2026-11-18T09:00"), [5]);
        assert_eq!(told(people, "2026-11-18T23:00"), Vec::<u128>::new());
    }
}
