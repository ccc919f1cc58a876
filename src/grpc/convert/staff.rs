//! Teams, staff and absences.

use super::field::{self, NAME_MAX, number, shown, text, texts, timestamp, timestamp_of};
use super::person::email;
use crate::domain::ids::{AbsenceId, StaffId, TeamId};
use crate::domain::staff::{Absence, AbsenceKind, Shift, Staff, Team, skill};
use crate::grpc::pb;
use crate::grpc::refused::Refused;

/// Skills, shifts or conflicts of one member of staff, at most.
const LIST_MAX: usize = 1_000;

/// What is shown of colleagues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Conflicts, vetting, and why somebody is away.
    All,
    /// Conflicts and vetting, but not why somebody is away.
    NoKinds,
    /// What working together needs.
    Little,
}

/// A team on the wire.
#[must_use]
pub fn team(team: &Team) -> pb::Team {
    pb::Team { id: team.id.to_string(), name: team.name.clone() }
}

/// A team as it is to be; a new one gets `new` as its id.
///
/// # Errors
/// [`Refused`].
pub fn team_from(at: &str, given: &pb::Team, new: TeamId) -> Result<Team, Refused> {
    Ok(Team {
        id: field::id_if_given(&format!("{at}.id"), &given.id)?.unwrap_or(new),
        name: text(&format!("{at}.name"), &given.name, NAME_MAX)?,
    })
}

/// A member of staff on the wire.
#[must_use]
pub fn staff(staff: &Staff, seen: Shown) -> pb::Staff {
    let confidential = seen != Shown::Little;
    let shift = |shift: &Shift| pb::Shift {
        weekday: i32::from(shift.weekday),
        starts: shift.starts.format("%H:%M").to_string(),
        ends: shift.ends.format("%H:%M").to_string(),
    };
    pb::Staff {
        id: staff.id.to_string(),
        team_id: staff.team.to_string(),
        name: staff.name.clone(),
        email: staff.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        role: number(staff.role),
        skills: staff.skills.clone(),
        shifts: staff.shifts.iter().map(shift).collect(),
        case_conflict_ids: if confidential { texts(&staff.case_conflicts) } else { Vec::new() },
        person_conflict_ids: if confidential { texts(&staff.person_conflicts) } else { Vec::new() },
        vetting_valid_until: if confidential { shown(staff.vetting_valid_until) } else { String::new() },
        left_at: timestamp_of(staff.left_at),
        version: staff.version,
        minutes_a_day: staff.minutes_a_day.and_then(|minutes| i32::try_from(minutes).ok()).unwrap_or(0),
    }
}

/// A member of staff as they are to be; somebody new gets `new` as their id.
///
/// # Errors
/// [`Refused`].
pub fn staff_from(at: &str, given: &pb::Staff, new: StaffId) -> Result<Staff, Refused> {
    let field = |name: &str| format!("{at}.{name}");
    field::at_most(&field("skills"), &given.skills, LIST_MAX)?;
    field::at_most(&field("shifts"), &given.shifts, LIST_MAX)?;
    field::at_most(&field("case_conflict_ids"), &given.case_conflict_ids, LIST_MAX)?;
    field::at_most(&field("person_conflict_ids"), &given.person_conflict_ids, LIST_MAX)?;
    let skill = |(nth, given): (usize, &String)| {
        text(&format!("{at}.skills[{nth}]"), given, NAME_MAX).map(|given| skill(&given))
    };
    let shift = |(nth, shift)| shift_from(&format!("{at}.shifts[{nth}]"), shift);
    Ok(Staff {
        id: field::id_if_given(&field("id"), &given.id)?.unwrap_or(new),
        team: field::id(&field("team_id"), &given.team_id)?,
        name: text(&field("name"), &given.name, NAME_MAX)?,
        email: email(&field("email"), &given.email)?,
        role: field::word(&field("role"), given.role)?,
        skills: given.skills.iter().enumerate().map(skill).collect::<Result<_, _>>()?,
        shifts: given.shifts.iter().enumerate().map(shift).collect::<Result<_, _>>()?,
        case_conflicts: field::ids(&field("case_conflict_ids"), &given.case_conflict_ids)?,
        person_conflicts: field::ids(&field("person_conflict_ids"), &given.person_conflict_ids)?,
        vetting_valid_until: field::day_if_given(&field("vetting_valid_until"), &given.vetting_valid_until)?,
        left_at: field::instant_if_given(&field("left_at"), given.left_at.as_ref())?,
        version: given.version,
        minutes_a_day: minutes_from(&field("minutes_a_day"), given.minutes_a_day)?,
    })
}

fn minutes_from(at: &str, given: i32) -> Result<Option<u32>, Refused> {
    match u32::try_from(given) {
        Ok(0) => Ok(None),
        Ok(minutes) if minutes <= 24 * 60 => Ok(Some(minutes)),
        _ => Err(Refused::invalid(at, "must be 0, for as long as the shifts run, or 1 to 1440 minutes")),
    }
}

fn shift_from(at: &str, given: &pb::Shift) -> Result<Shift, Refused> {
    let weekday = match given.weekday {
        0 => return Err(Refused::required(&format!("{at}.weekday"))),
        day => u8::try_from(day).ok().filter(|day| (1..=7).contains(day)),
    };
    let weekday = weekday
        .ok_or_else(|| Refused::invalid(&format!("{at}.weekday"), "must be a day of the week, 1 to 7"))?;
    let starts = field::time(&format!("{at}.starts"), &given.starts)?;
    let ends = field::time(&format!("{at}.ends"), &given.ends)?;
    if ends <= starts {
        return Err(Refused::invalid(&format!("{at}.ends"), "must be later than starts"));
    }
    Ok(Shift { weekday, starts, ends })
}

/// An absence on the wire.
#[must_use]
pub fn absence(absence: &Absence, seen: Shown) -> pb::Absence {
    pb::Absence {
        id: absence.id.to_string(),
        staff_id: absence.staff.to_string(),
        kind: if seen == Shown::All { number(absence.kind) } else { 0 },
        starts_at: Some(timestamp(absence.from)),
        ends_at: timestamp_of(absence.until),
    }
}

/// An absence to be recorded under this id.
///
/// # Errors
/// [`Refused`].
pub fn absence_from(at: &str, given: &pb::Absence, id: AbsenceId) -> Result<Absence, Refused> {
    let field = |name: &str| format!("{at}.{name}");
    if !given.id.is_empty() {
        return Err(Refused::invalid(&field("id"), "must be empty: usher gives it"));
    }
    Ok(Absence {
        id,
        staff: field::id(&field("staff_id"), &given.staff_id)?,
        kind: field::word::<AbsenceKind>(&field("kind"), given.kind)?,
        from: field::instant(&field("starts_at"), given.starts_at.as_ref())?,
        until: field::instant_if_given(&field("ends_at"), given.ends_at.as_ref())?,
    })
}
