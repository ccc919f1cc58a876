//! Who gets a piece of work: qualified, at work before it is due, not in conflict. The case's owner first, then
//! whoever covers the case, then somebody who knows it, then the lightest load in minutes until it is due. Never
//! whoever comes first in a list.

use super::fitness::{self, Unfit};
use super::presence;
use crate::domain::case::Case;
use crate::domain::ids::{PersonId, StaffId, TeamId};
use crate::domain::staff::{Roster, Staff, Work};
use crate::rules::pack::Owner;
use chrono::{DateTime, TimeDelta, Utc};

/// Work that looks for somebody.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The case it belongs to.
    pub case: &'a Case,
    /// The people in the case, for conflicts.
    pub people: &'a [PersonId],
    /// Who knows the case or the person it is about: they have had work there.
    pub familiar: &'a [StaffId],
    /// Whose it is by the pack's word.
    pub owner: &'a Owner,
    /// Skills it needs.
    pub skills: &'a [String],
    /// How long it takes, in minutes.
    pub minutes: u32,
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
    /// Whether it is in the queue for want of somebody, and not because its kind belongs there.
    pub stranded: bool,
}

/// Work without a due time looks for somebody who works within this.
pub const HORIZON: TimeDelta = TimeDelta::days(3);

/// Until when somebody must be at work to do what is due at `by`: something that is overdue waits for whoever comes
/// first.
#[must_use]
pub fn window(by: Option<DateTime<Utc>>, now: DateTime<Utc>) -> DateTime<Utc> {
    by.filter(|by| *by > now).unwrap_or(now + HORIZON)
}

/// Whether somebody may and can do it, and is at work in time.
///
/// # Errors
/// Why not.
pub fn fits(roster: &Roster, staff: &Staff, wanted: &Wanted<'_>, now: DateTime<Utc>) -> Result<(), Unfit> {
    fitness::may(staff, wanted.case.id, wanted.people, now)?;
    fitness::can(staff, wanted.owner, wanted.skills)?;
    let is_there = presence::works_before(roster, staff, now, window(wanted.by, now));
    if is_there { Ok(()) } else { Err(Unfit::Away) }
}

/// How full somebody's time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Room {
    /// Minutes of work that must be done by then.
    taken: u32,
    /// Minutes that they have until then.
    of: u32,
}

impl Room {
    /// Thousandths of the time that are taken.
    fn filled(self) -> u64 {
        u64::from(self.taken) * 1_000 / u64::from(self.of.max(1))
    }

    fn holds(self, minutes: u32) -> bool {
        self.taken + minutes <= self.of
    }
}

/// Finds who gets a piece of work. `taken` is what this decision has already given to whom.
#[must_use]
pub fn assign(roster: &Roster, wanted: Wanted<'_>, now: DateTime<Utc>, taken: &[Work]) -> Assignment {
    let team = wanted.case.team.or_else(|| roster.teams.first().map(|team| team.id));
    let queue = |because: &str, stranded: bool| Assignment {
        staff: None,
        team,
        because: because.to_owned(),
        stranded,
    };
    let to = |staff: &Staff, because: String| Assignment {
        staff: Some(staff.id),
        team: Some(staff.team),
        because,
        stranded: false,
    };
    if *wanted.owner == Owner::Team {
        return queue("the team's queue, by the kind of task", false);
    }
    let fit = |staff: &&Staff| fits(roster, staff, &wanted, now).is_ok();
    let named = |id: Option<StaffId>| id.and_then(|id| roster.staff(id)).filter(fit);
    if *wanted.owner == Owner::CaseOwner {
        if let Some(owner) = named(wanted.case.owner) {
            return to(owner, "owns the case".to_owned());
        }
        if let Some(cover) = named(wanted.case.cover.map(|cover| cover.staff)) {
            return to(cover, "covers the case while its owner is away".to_owned());
        }
    }
    let until = window(wanted.by, now);
    let room = |staff: &Staff| {
        let given =
            taken.iter().filter(|work| work.staff == staff.id && work.by.is_none_or(|by| by <= until));
        Room {
            taken: roster.minutes_of_work(staff.id, wanted.by.map(|_| until))
                + given.map(|work| work.minutes).sum::<u32>(),
            of: presence::minutes_between(roster, staff, now, until),
        }
    };
    let found = roster.staff.iter().filter(fit).map(|staff| (staff, room(staff)));
    // Continuity counts while there is room for it; then the own team before others, then whoever has most room.
    // What has no time to be done by is for whoever is there now, before who comes in days.
    let later =
        |staff: &Staff| wanted.by.is_none_or(|by| by <= now) && !presence::is_present(roster, staff, now);
    let place = |(staff, room): &(&Staff, Room)| {
        let knows = wanted.familiar.contains(&staff.id) && room.holds(wanted.minutes);
        let own = team.is_none_or(|team| staff.team == team);
        (later(staff), !knows, !own, room.filled(), staff.id)
    };
    let Some((staff, room)) = found.min_by_key(place) else {
        return queue(
            match wanted.owner {
                Owner::TeamLeader => "no team leader is at work in time",
                Owner::Manager => "no manager is at work in time",
                _ => "nobody who may and can is at work in time",
            },
            true,
        );
    };
    let why = match (wanted.owner, wanted.case.owner) {
        (Owner::TeamLeader, _) => "team leader at work in time",
        (Owner::Manager, _) => "manager at work in time",
        (Owner::CaseOwner, Some(_)) => "covers for the case's owner",
        (Owner::CaseOwner | Owner::Team, _) => "nobody owns the case",
        (Owner::Skill(_), _) => "has the skill",
    };
    let chosen = if wanted.familiar.contains(&staff.id) && room.holds(wanted.minutes) {
        "knows the case"
    } else {
        "lightest load of those who may and can"
    };
    to(staff, format!("{why}; {chosen} ({} of {} minutes until then are taken)", room.taken, room.of))
}

#[cfg(test)]
mod tests {
    use super::super::presence::tests::{officer, roster};
    use super::*;
    use crate::domain::case::{CaseCover, Phase, Risk};
    use crate::domain::ids::{AbsenceId, CaseId};
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
            cover: None,
            owned_since: None,
            owned_because: String::new(),
            opened_at: DateTime::UNIX_EPOCH,
            sequence: 0,
            version: 1,
        }
    }

    fn given(roster: &Roster, case: &Case, skills: &[String]) -> Option<StaffId> {
        given_to_one_of(roster, case, skills, &[]).staff
    }

    fn given_to_one_of(roster: &Roster, case: &Case, skills: &[String], familiar: &[StaffId]) -> Assignment {
        let owner = &Owner::CaseOwner;
        let wanted = Wanted { case, people: &[], familiar, owner, skills, minutes: 30, by: None };
        assign(roster, wanted, london::parse("2026-11-20T09:00").unwrap(), &[])
    }

    fn work(staff: &Staff, minutes: u32) -> Work {
        Work { staff: staff.id, by: None, tasks: 1, minutes }
    }

    #[test]
    fn the_owner_of_the_case_comes_first_whatever_their_load() {
        let mut roster = roster(vec![officer(1), officer(2)]);
        roster.work = vec![work(&roster.staff[1], 5_000)];
        let case = case(Some(roster.staff[1].id));
        assert_eq!(given(&roster, &case, &[]), Some(roster.staff[1].id));
    }

    #[test]
    fn without_an_owner_the_lightest_load_counts() {
        let mut roster = roster(vec![officer(1), officer(2)]);
        roster.work = vec![work(&roster.staff[0], 60), work(&roster.staff[1], 45)];
        assert_eq!(given(&roster, &case(None), &[]), Some(roster.staff[1].id));
    }

    #[test]
    fn nobody_in_conflict_or_without_the_skill_is_given_work() {
        let mut roster = roster(vec![officer(1), officer(2)]);
        roster.staff[0].case_conflicts.push(case(None).id);
        assert_eq!(given(&roster, &case(None), &[]), Some(roster.staff[1].id));
        assert_eq!(given(&roster, &case(None), &["rasso".to_owned()]), None);
    }

    #[test]
    fn the_lightest_load_is_measured_against_the_time_that_somebody_has() {
        let mut roster = roster(vec![officer(1), officer(2)]);
        roster.staff[1].minutes_a_day = Some(60);
        roster.work = vec![work(&roster.staff[0], 60), work(&roster.staff[1], 45)];
        assert_eq!(given(&roster, &case(None), &[]), Some(roster.staff[0].id));
    }

    #[test]
    fn whoever_knows_the_case_comes_before_a_lighter_load_while_they_have_room() {
        let mut roster = roster(vec![officer(1), officer(2)]);
        let knows = roster.staff[1].id;
        roster.work = vec![work(&roster.staff[1], 60)];
        let assignment = given_to_one_of(&roster, &case(None), &[], &[knows]);
        assert_eq!(assignment.staff, Some(knows));
        assert!(assignment.because.contains("knows the case"), "{}", assignment.because);
        roster.work = vec![work(&roster.staff[1], 5_000)];
        assert_eq!(given_to_one_of(&roster, &case(None), &[], &[knows]).staff, Some(roster.staff[0].id));
    }

    #[test]
    fn whoever_covers_the_case_gets_what_arises_while_its_owner_is_away() {
        let mut roster = roster(vec![officer(1), officer(2), officer(3)]);
        let (owner, cover) = (roster.staff[0].id, roster.staff[2].id);
        roster.staff[0].shifts.clear();
        roster.work = vec![work(&roster.staff[2], 60)];
        let mut case = case(Some(owner));
        case.cover = Some(CaseCover { absence: AbsenceId(Uuid::from_u128(1)), staff: cover });
        assert_eq!(given(&roster, &case, &[]), Some(cover));
    }

    #[test]
    fn work_that_nobody_may_and_can_do_in_time_is_stranded_in_the_queue() {
        let roster = roster(vec![officer(1)]);
        let assignment = given_to_one_of(&roster, &case(None), &["rasso".to_owned()], &[]);
        assert_eq!((assignment.staff, assignment.stranded), (None, true));
    }
}
