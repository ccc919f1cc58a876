//! Who is present: one definition, used for assignment, alerts and the end of a shift.
//!
//! Somebody is present at an instant if a shift of theirs runs then, by the clock of Europe/London, no absence of
//! theirs covers it, they have not left, and their vetting has not run out.

use crate::domain::ids::StaffId;
use crate::domain::london;
use crate::domain::staff::{Absence, Roster, Staff};
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};

/// How far ahead somebody's next shift is looked for.
pub const LOOK_AHEAD_DAYS: usize = 90;

/// Whether somebody is at work at `at`.
#[must_use]
pub fn is_present(roster: &Roster, staff: &Staff, at: DateTime<Utc>) -> bool {
    let local = london::to_local(at);
    may_work(roster, staff, at)
        && windows(staff, local.date()).iter().any(|(starts, ends)| (*starts..*ends).contains(&local.time()))
}

/// Whether somebody works at all around `at`: not away, not gone, vetted.
#[must_use]
pub fn may_work(roster: &Roster, staff: &Staff, at: DateTime<Utc>) -> bool {
    let away = roster.absences.iter().any(|absence| {
        absence.staff == staff.id && absence.from <= at && absence.until.is_none_or(|until| at < until)
    });
    let gone = staff.left_at.is_some_and(|left| left <= at);
    let vetted = staff.vetting_valid_until.is_none_or(|until| london::date(at) <= until);
    !away && !gone && vetted
}

/// Whether somebody has a shift, and is not away, at some time before `until`.
#[must_use]
pub fn works_before(roster: &Roster, staff: &Staff, from: DateTime<Utc>, until: DateTime<Utc>) -> bool {
    let mut day = london::date(from);
    let last = london::date(until);
    while day <= last {
        for (starts, ends) in windows(staff, day) {
            let (starts, ends) =
                (london::from_local(day.and_time(starts)), london::from_local(day.and_time(ends)));
            if ends > from && starts < until && may_work(roster, staff, starts.max(from)) {
                return true;
            }
        }
        let Some(next) = day.checked_add_days(Days::new(1)) else { break };
        day = next;
    }
    false
}

/// The first instant from `from` on at which somebody is present; none within [`LOOK_AHEAD_DAYS`].
#[must_use]
pub fn next_present(roster: &Roster, staff: &Staff, from: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if is_present(roster, staff, from) {
        return Some(from);
    }
    let of_them = |absence: &&Absence| absence.staff == staff.id;
    let back: Vec<DateTime<Utc>> =
        roster.absences.iter().filter(of_them).filter_map(|absence| absence.until).collect();
    let days = std::iter::successors(Some(london::date(from)), |day| day.checked_add_days(Days::new(1)));
    days.take(LOOK_AHEAD_DAYS).find_map(|day| {
        let starts =
            windows(staff, day).into_iter().map(|(starts, _)| london::from_local(day.and_time(starts)));
        // Whoever comes back in the middle of a shift is present from then on.
        let back = back.iter().copied().filter(|until| london::date(*until) == day);
        starts.chain(back).filter(|at| *at >= from && is_present(roster, staff, *at)).min()
    })
}

/// The shifts of somebody's pattern on a day, in Europe/London.
#[must_use]
pub fn windows(staff: &Staff, day: NaiveDate) -> Vec<(NaiveTime, NaiveTime)> {
    let weekday = u8::try_from(day.weekday().number_from_monday()).unwrap_or(0);
    let on_day = staff.shifts.iter().filter(|shift| shift.weekday == weekday);
    on_day.map(|shift| (shift.starts, shift.ends)).collect()
}

/// The shifts that somebody really works on a day: of their pattern, without absences. What an owner's deadlines
/// count by.
pub fn shifts_of(roster: &Roster, staff: StaffId) -> impl Fn(NaiveDate) -> Vec<(NaiveTime, NaiveTime)> + '_ {
    move |day| {
        let Some(staff) = roster.staff(staff) else { return Vec::new() };
        let mut shifts = windows(staff, day);
        shifts.retain(|(starts, _)| may_work(roster, staff, london::from_local(day.and_time(*starts))));
        shifts
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::ids::{AbsenceId, TeamId, UnitId};
    use crate::domain::staff::{AbsenceKind, Shift, StaffRole, Unit, UnitMode};
    use uuid::Uuid;

    /// A care officer who works Monday to Friday, 8 to 4.
    pub(crate) fn officer(id: u128) -> Staff {
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        Staff {
            id: StaffId(Uuid::from_u128(id)),
            team: TeamId(Uuid::from_u128(1)),
            name: format!("Officer {id}"),
            email: None,
            role: StaffRole::CareOfficer,
            skills: Vec::new(),
            shifts: (1..=5).map(|weekday| Shift { weekday, starts: time(8), ends: time(16) }).collect(),
            case_conflicts: Vec::new(),
            person_conflicts: Vec::new(),
            vetting_valid_until: None,
            left_at: None,
            version: 1,
        }
    }

    pub(crate) fn roster(staff: Vec<Staff>) -> Roster {
        Roster {
            unit: Unit {
                id: UnitId(Uuid::from_u128(9)),
                name: "Northgate".into(),
                urn_forces: vec!["99".into()],
                authorities: Vec::new(),
                mode: UnitMode::Live,
                version: 1,
            },
            teams: vec![crate::domain::staff::Team { id: TeamId(Uuid::from_u128(1)), name: "East".into() }],
            staff,
            absences: Vec::new(),
            directory: Vec::new(),
            load: Vec::new(),
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        london::parse(text).unwrap()
    }

    #[test]
    fn somebody_is_present_while_their_shift_runs() {
        let roster = roster(vec![officer(1)]);
        for (when, present) in [
            ("2026-11-20T07:59", false),
            ("2026-11-20T08:00", true),
            ("2026-11-20T15:59", true),
            ("2026-11-20T16:00", false),
            ("2026-11-21T10:00", false),
            // In summer the shift still begins at eight by the clock on the wall.
            ("2026-07-06T08:00", true),
        ] {
            assert_eq!(is_present(&roster, &roster.staff[0], at(when)), present, "{when}");
        }
    }

    #[test]
    fn an_absence_without_an_end_goes_on() {
        let mut roster = roster(vec![officer(1)]);
        roster.absences.push(Absence {
            id: AbsenceId(Uuid::from_u128(1)),
            staff: roster.staff[0].id,
            kind: AbsenceKind::Sickness,
            from: at("2026-11-20T07:40"),
            until: None,
        });
        assert!(!is_present(&roster, &roster.staff[0], at("2026-11-24T10:00")));
        assert!(is_present(&roster, &roster.staff[0], at("2026-11-19T10:00")));
        assert!(!works_before(&roster, &roster.staff[0], at("2026-11-20T08:00"), at("2026-12-20T08:00")));
    }

    #[test]
    fn vetting_that_ran_out_keeps_somebody_from_work() {
        let mut officer = officer(1);
        officer.vetting_valid_until = NaiveDate::from_ymd_opt(2026, 11, 19);
        let roster = roster(vec![officer]);
        assert!(is_present(&roster, &roster.staff[0], at("2026-11-19T10:00")));
        assert!(!is_present(&roster, &roster.staff[0], at("2026-11-20T10:00")));
    }

    #[test]
    fn the_next_shift_is_the_first_that_is_really_worked() {
        let mut roster = roster(vec![officer(1)]);
        let absence = |from, until| Absence {
            id: AbsenceId(Uuid::from_u128(1)),
            staff: StaffId(Uuid::from_u128(1)),
            kind: AbsenceKind::Leave,
            from: at(from),
            until: Some(at(until)),
        };
        roster.absences.push(absence("2026-11-23T00:00", "2026-11-24T10:30"));
        for (from, next) in [
            ("2026-11-20T10:00", "2026-11-20T10:00"),
            ("2026-11-20T07:00", "2026-11-20T08:00"),
            // Friday evening: not Monday, which is leave, and Tuesday from when the leave ends.
            ("2026-11-20T16:00", "2026-11-24T10:30"),
            ("2026-11-24T16:00", "2026-11-25T08:00"),
        ] {
            assert_eq!(next_present(&roster, &roster.staff[0], at(from)), Some(at(next)), "{from}");
        }
        roster.staff[0].left_at = Some(at("2026-11-20T12:00"));
        assert_eq!(next_present(&roster, &roster.staff[0], at("2026-11-20T12:00")), None);
    }
}
