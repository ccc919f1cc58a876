//! Who is present: one definition, used for assignment, cover, alerts and the end of a shift.
//!
//! Somebody is present at an instant if a shift of theirs runs then, by the clock of Europe/London, no absence of
//! theirs covers it, they have not left, and their vetting has not run out. [`spans`] says when that is on a day, and
//! everything else here follows from it.

use crate::domain::ids::StaffId;
use crate::domain::london;
use crate::domain::staff::{Roster, Staff};
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

/// How far ahead somebody's next shift is looked for.
pub const LOOK_AHEAD_DAYS: usize = 90;

/// A stretch of time in which somebody is present: from, inclusive, and until, exclusive.
pub type Span = (DateTime<Utc>, DateTime<Utc>);

/// When somebody is present on a day of Europe/London, in order.
#[must_use]
pub fn spans(roster: &Roster, staff: &Staff, day: NaiveDate) -> Vec<Span> {
    if staff.vetting_valid_until.is_some_and(|until| day > until) {
        return Vec::new();
    }
    let mut spans: Vec<Span> = windows(staff, day)
        .map(|(starts, ends)| {
            let ends = london::from_local(day.and_time(ends));
            (london::from_local(day.and_time(starts)), staff.left_at.map_or(ends, |left| ends.min(left)))
        })
        .collect();
    for absence in roster.absences.iter().filter(|absence| absence.staff == staff.id) {
        let cut = |(from, until): Span| {
            let before = (from, until.min(absence.from));
            let after = (absence.until.map_or(until, |back| from.max(back)), until);
            [before, after]
        };
        spans = spans.into_iter().flat_map(cut).filter(|(from, until)| from < until).collect();
    }
    spans.retain(|(from, until)| from < until);
    spans.sort_unstable();
    // Shifts of one pattern may overlap; nobody is present twice.
    spans.into_iter().fold(Vec::new(), |mut merged: Vec<Span>, span| {
        match merged.last_mut() {
            Some(last) if span.0 <= last.1 => last.1 = last.1.max(span.1),
            _ => merged.push(span),
        }
        merged
    })
}

/// The shifts of somebody's pattern on a day, in Europe/London, absences and all.
pub fn windows(staff: &Staff, day: NaiveDate) -> impl Iterator<Item = (NaiveTime, NaiveTime)> + '_ {
    let weekday = u8::try_from(day.weekday().number_from_monday()).unwrap_or(0);
    staff.shifts.iter().filter(move |shift| shift.weekday == weekday).map(|shift| (shift.starts, shift.ends))
}

/// Whether somebody is at work at `at`.
#[must_use]
pub fn is_present(roster: &Roster, staff: &Staff, at: DateTime<Utc>) -> bool {
    spans(roster, staff, london::date(at)).iter().any(|(from, until)| (*from..*until).contains(&at))
}

/// Whether somebody is present at some time from `from` on and before `until`.
#[must_use]
pub fn works_before(roster: &Roster, staff: &Staff, from: DateTime<Utc>, until: DateTime<Utc>) -> bool {
    let within = |(starts, ends): &Span| *ends > from && *starts < until;
    days(from, until).any(|day| spans(roster, staff, day).iter().any(within))
}

/// The first instant from `from` on at which somebody is present; none within [`LOOK_AHEAD_DAYS`].
#[must_use]
pub fn next_present(roster: &Roster, staff: &Staff, from: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let days = std::iter::successors(Some(london::date(from)), |day| day.checked_add_days(Days::new(1)));
    days.take(LOOK_AHEAD_DAYS).find_map(|day| {
        spans(roster, staff, day)
            .into_iter()
            .find(|(_, ends)| *ends > from)
            .map(|(starts, _)| starts.max(from))
    })
}

/// How many minutes somebody has for work from `from` on and before `until`: on each day as long as they are present,
/// and no more than their capacity.
#[must_use]
pub fn minutes_between(roster: &Roster, staff: &Staff, from: DateTime<Utc>, until: DateTime<Utc>) -> u32 {
    let within = |(starts, ends): Span| ends.min(until) - starts.max(from);
    let on = |day| {
        let spans = spans(roster, staff, day).into_iter();
        let minutes: i64 = spans.map(|span| within(span).max(TimeDelta::zero()).num_minutes()).sum();
        let minutes = u32::try_from(minutes).unwrap_or(u32::MAX);
        staff.minutes_a_day.map_or(minutes, |capacity| minutes.min(capacity))
    };
    days(from, until).map(on).sum()
}

fn days(from: DateTime<Utc>, until: DateTime<Utc>) -> impl Iterator<Item = NaiveDate> {
    let last = london::date(until);
    std::iter::successors(Some(london::date(from)), |day| day.checked_add_days(Days::new(1)))
        .take_while(move |day| *day <= last)
}

/// The shifts that somebody really works on a day: of their pattern, without absences. What an owner's deadlines
/// count by.
pub fn shifts_of(roster: &Roster, staff: StaffId) -> impl Fn(NaiveDate) -> Vec<(NaiveTime, NaiveTime)> + '_ {
    move |day| {
        let Some(staff) = roster.staff(staff) else { return Vec::new() };
        let local = |at| london::to_local(at).time();
        let spans = spans(roster, staff, day);
        spans.into_iter().map(|(from, until)| (local(from), local(until))).collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::ids::{AbsenceId, TeamId, UnitId};
    use crate::domain::staff::{Absence, AbsenceKind, Shift, StaffRole, Unit, UnitMode};
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
            minutes_a_day: None,
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
            work: Vec::new(),
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

    #[test]
    fn an_absence_that_ends_in_the_middle_of_a_shift_leaves_the_rest_of_it() {
        let mut roster = roster(vec![officer(1)]);
        roster.absences.push(Absence {
            id: AbsenceId(Uuid::from_u128(1)),
            staff: StaffId(Uuid::from_u128(1)),
            kind: AbsenceKind::Court,
            from: at("2026-11-20T10:00"),
            until: Some(at("2026-11-20T12:30")),
        });
        let day = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        let spans = spans(&roster, &roster.staff[0], day);
        let expected = [
            (at("2026-11-20T08:00"), at("2026-11-20T10:00")),
            (at("2026-11-20T12:30"), at("2026-11-20T16:00")),
        ];
        assert_eq!(spans, expected);
    }

    #[test]
    fn minutes_are_those_present_and_no_more_than_the_capacity() {
        let mut roster = roster(vec![officer(1)]);
        let minutes =
            |roster: &Roster, from, until| minutes_between(roster, &roster.staff[0], at(from), at(until));
        assert_eq!(minutes(&roster, "2026-11-20T08:00", "2026-11-20T23:59"), 480);
        assert_eq!(minutes(&roster, "2026-11-20T15:00", "2026-11-23T09:30"), 60 + 90);
        roster.staff[0].minutes_a_day = Some(240);
        assert_eq!(minutes(&roster, "2026-11-20T08:00", "2026-11-23T23:59"), 480);
        assert_eq!(minutes(&roster, "2026-11-20T08:00", "2026-11-20T10:00"), 120);
        assert_eq!(minutes(&roster, "2026-11-20T14:00", "2026-11-20T23:59"), 120);
    }
}
