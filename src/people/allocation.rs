//! The daily allocation of cases before charge: who takes on which new case today.
//!
//! Nobody gets more than a few a day. High risk goes first, and of one risk the longest waiting. A case that needs a
//! skill goes to somebody who has it, and people whose skills others lack are kept for such cases as long as there is
//! anybody else. Each risk is shared out by itself, yesterday's share counted and by the time that people have in a day, so
//! that nobody gets all the hard cases; whoever has no time left today comes last, then the lighter load decides.

use super::fitness;
use super::presence;
use crate::domain::case::Risk;
use crate::domain::ids::{CaseId, PersonId, StaffId, TeamId};
use crate::domain::london;
use crate::domain::staff::{Roster, Staff, StaffRole};
use chrono::{DateTime, Utc};

/// Minutes in a usual day's work.
const DAY: u32 = 480;

/// What the first work on a new case takes, in minutes: about what its background checks do.
const FIRST_WORK: u32 = 30;

/// A case that waits for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The case.
    pub case: CaseId,
    /// Risk to the victim.
    pub risk: Risk,
    /// Its flags: those that name a skill of the unit's people ask for it.
    pub flags: Vec<String>,
    /// The people in it, for conflicts.
    pub people: Vec<PersonId>,
    /// The team that holds it.
    pub team: Option<TeamId>,
    /// Since when it waits.
    pub since: DateTime<Utc>,
}

/// A case that somebody took on, today or on the day before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Who.
    pub staff: StaffId,
    /// Its risk.
    pub risk: Risk,
    /// Whether it was today, and so counts towards what they may take on.
    pub today: bool,
}

/// A case with whoever takes it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocated {
    /// The case.
    pub case: CaseId,
    /// Who takes it on.
    pub to: StaffId,
    /// Why, for people.
    pub because: String,
}

/// Who takes on what, and what waits on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Allocation {
    /// What is given, high risk first.
    pub given: Vec<Allocated>,
    /// What waits on, in the same order, each with the reason.
    pub left: Vec<(CaseId, String)>,
}

/// Allocates the waiting cases at `now` among the care officers who are or will be at work today: `a_day` to each at
/// most, with what they have taken on today.
#[must_use]
pub fn allocate(
    roster: &Roster,
    mut waiting: Vec<Waiting>,
    taken: &[Taken],
    a_day: usize,
    now: DateTime<Utc>,
) -> Allocation {
    let here: Vec<&Staff> = roster
        .staff
        .iter()
        .filter(|staff| staff.role == StaffRole::CareOfficer)
        .filter(|staff| presence::works_before(roster, staff, now, london::end_of_day(london::date(now))))
        .collect();
    let ends = london::end_of_day(london::date(now));
    let begins = london::from_local(london::date(now).and_time(chrono::NaiveTime::MIN));
    let day = |staff: &Staff| {
        let minutes = presence::minutes_between(roster, staff, begins, ends);
        usize::try_from(minutes).unwrap_or(0).max(1)
    };
    let asked = |case: &Waiting| -> Vec<String> {
        let is_skill = |flag: &&String| roster.staff.iter().any(|staff| staff.skills.contains(flag));
        case.flags.iter().filter(is_skill).cloned().collect()
    };
    // Of one risk, cases that need a skill choose first: they have fewer to choose from.
    waiting.sort_by_key(|case| (case.risk, asked(case).is_empty(), case.since, case.case));
    let mut taken = taken.to_vec();
    let mut allocation = Allocation::default();
    let wanted: Vec<Vec<String>> = waiting.iter().map(asked).collect();
    for (nth, case) in waiting.iter().enumerate() {
        let skills = &wanted[nth];
        let may = |staff: &&&Staff| {
            skills.iter().all(|skill| staff.skills.contains(skill))
                && fitness::may(staff, case.case, &case.people, now).is_ok()
        };
        let today = |staff: StaffId| taken.iter().filter(|one| one.staff == staff && one.today).count();
        let able: Vec<&Staff> = here.iter().filter(may).copied().collect();
        // Cases still to come that somebody's skills are wanted for: they are kept for those.
        let kept_for = |staff: &Staff| {
            let later = wanted[nth + 1..].iter();
            later
                .filter(|skills| {
                    !skills.is_empty() && skills.iter().all(|skill| staff.skills.contains(skill))
                })
                .count()
        };
        let of_risk =
            |staff: StaffId| taken.iter().filter(|one| one.staff == staff && one.risk == case.risk).count();
        let share = |staff: &Staff| of_risk(staff.id) * usize::try_from(DAY).unwrap_or(1) * 100 / day(staff);
        let is_full = |staff: &Staff| {
            let new = u32::try_from(today(staff.id) + 1).unwrap_or(u32::MAX).saturating_mul(FIRST_WORK);
            roster.minutes_of_work(staff.id, Some(ends)) + new
                > presence::minutes_between(roster, staff, now, ends)
        };
        let has_room = |staff: &&&Staff| today(staff.id) < a_day;
        let chosen = able.iter().filter(has_room).min_by_key(|staff| {
            let other_team = case.team.is_some_and(|team| team != staff.team);
            let kept = skills.is_empty() && kept_for(staff) > 0;
            let load = roster.minutes_of_work(staff.id, None);
            (kept, is_full(staff), other_team, share(staff), today(staff.id), load, staff.id)
        });
        match chosen {
            Some(staff) => {
                let because = format!(
                    "{} risk: takes on {} of {a_day} today{}",
                    case.risk,
                    today(staff.id) + 1,
                    if skills.is_empty() { String::new() } else { format!(", has {}", skills.join(", ")) }
                );
                taken.push(Taken { staff: staff.id, risk: case.risk, today: true });
                allocation.given.push(Allocated { case: case.case, to: staff.id, because });
            }
            None => {
                let why = if able.is_empty() {
                    "nobody at work today may and can take it on".to_owned()
                } else {
                    format!("everybody at work today who may and can has taken on {a_day}")
                };
                allocation.left.push((case.case, why));
            }
        }
    }
    allocation
}

#[cfg(test)]
mod tests {
    use super::super::presence::tests::{officer, roster};
    use super::*;
    use uuid::Uuid;

    fn now() -> DateTime<Utc> {
        london::parse("2026-11-20T08:30").unwrap()
    }

    fn case(nth: u128, risk: Risk) -> Waiting {
        Waiting {
            case: CaseId(Uuid::from_u128(nth)),
            risk,
            flags: Vec::new(),
            people: Vec::new(),
            team: None,
            since: now() - chrono::TimeDelta::hours(i64::try_from(100 - nth).unwrap()),
        }
    }

    fn mix(allocation: &Allocation, waiting: &[Waiting], nth: u128) -> [usize; 3] {
        let own = allocation.given.iter().filter(|one| one.to == StaffId(Uuid::from_u128(nth)));
        let mut mix = [0; 3];
        for one in own {
            let risk = waiting.iter().find(|case| case.case == one.case).unwrap().risk;
            mix[match risk {
                Risk::High => 0,
                Risk::Medium => 1,
                Risk::Low => 2,
            }] += 1;
        }
        mix
    }

    #[test]
    fn everybody_gets_four_at_most_with_a_fair_share_of_each_risk() {
        let roster = roster((1..=3).map(officer).collect());
        let mut waiting: Vec<Waiting> = (0..6).map(|nth| case(nth, Risk::High)).collect();
        waiting.extend((6..9).map(|nth| case(nth, Risk::Medium)));
        waiting.extend((9..15).map(|nth| case(nth, Risk::Low)));
        let allocation = allocate(&roster, waiting.clone(), &[], 4, now());
        for nth in 1..=3 {
            assert_eq!(mix(&allocation, &waiting, nth), [2, 1, 1], "officer {nth}");
        }
        assert_eq!(allocation.left.len(), 3);
        assert!(allocation.left.iter().all(|(case, _)| case.0 >= Uuid::from_u128(9)), "low risk waits");
        assert_eq!(allocation.left[0].1, "everybody at work today who may and can has taken on 4");
    }

    #[test]
    fn high_risk_goes_first_and_of_one_risk_the_longest_waiting() {
        let roster = roster(vec![officer(1)]);
        let waiting = vec![case(3, Risk::Low), case(2, Risk::High), case(1, Risk::High)];
        let allocation = allocate(&roster, waiting, &[], 4, now());
        let order: Vec<u128> = allocation.given.iter().map(|one| one.case.0.as_u128()).collect();
        assert_eq!(order, [1, 2, 3]);
    }

    #[test]
    fn a_skill_is_kept_for_the_cases_that_need_it() {
        let mut roster = roster(vec![officer(1), officer(2)]);
        roster.staff[0].skills = vec!["rasso".to_owned()];
        let mut waiting: Vec<Waiting> = (0..4).map(|nth| case(nth, Risk::High)).collect();
        waiting.extend((4..8).map(|nth| Waiting { flags: vec!["rasso".to_owned()], ..case(nth, Risk::Low) }));
        let allocation = allocate(&roster, waiting.clone(), &[], 4, now());
        assert!(allocation.left.is_empty());
        assert_eq!((mix(&allocation, &waiting, 1), mix(&allocation, &waiting, 2)), ([0, 0, 4], [4, 0, 0]));
    }

    #[test]
    fn what_somebody_took_on_yesterday_counts_in_the_mix_and_what_they_took_on_today_in_the_number() {
        let roster = roster(vec![officer(1), officer(2)]);
        let (one, two) = (roster.staff[0].id, roster.staff[1].id);
        let yesterday = [Taken { staff: one, risk: Risk::High, today: false }];
        let allocation = allocate(&roster, vec![case(1, Risk::High)], &yesterday, 4, now());
        assert_eq!(allocation.given[0].to, two);
        let today = [Taken { staff: two, risk: Risk::Low, today: true }; 4];
        let allocation = allocate(&roster, vec![case(1, Risk::High)], &today, 4, now());
        assert_eq!(allocation.given[0].to, one);
    }

    #[test]
    fn nobody_absent_or_in_conflict_takes_anything_on() {
        let mut roster = roster(vec![officer(1), officer(2)]);
        roster.staff[0].shifts.clear();
        roster.staff[1].case_conflicts.push(CaseId(Uuid::from_u128(1)));
        let allocation = allocate(&roster, vec![case(1, Risk::High)], &[], 4, now());
        assert_eq!(allocation.left[0].1, "nobody at work today may and can take it on");
    }

    #[test]
    fn whoever_has_an_hour_a_day_takes_on_less_than_whoever_has_eight() {
        let mut roster = roster(vec![officer(1), officer(2)]);
        roster.staff[0].minutes_a_day = Some(60);
        let waiting: Vec<Waiting> = (1..=5).map(|nth| case(nth, Risk::High)).collect();
        let allocation = allocate(&roster, waiting.clone(), &[], 4, now());
        let given = [1, 2].map(|nth| mix(&allocation, &waiting, nth)[0]);
        assert_eq!(given, [1, 4]);
    }
}
