//! What events without a case do to the unit's roster: staff, teams, absences, the directory.

use crate::domain::event::{Event, Payload};
use crate::domain::refusal::Refusal;
use crate::domain::staff::{Roster, Staff, Team, check_name};

/// Whether a payload is one of the roster's.
#[must_use]
pub fn touches(payload: &Payload) -> bool {
    matches!(
        payload,
        Payload::StaffPut { .. }
            | Payload::TeamPut { .. }
            | Payload::DirectoryPut { .. }
            | Payload::AbsenceRecorded { .. }
            | Payload::AbsenceEnded { .. }
    )
}

/// Applies an event to the roster; gives whether it was one of the roster's.
///
/// # Errors
/// [`Refusal`]: the roster is untouched.
pub fn apply(roster: &mut Roster, event: &Event) -> Result<bool, Refusal> {
    match &event.payload {
        Payload::StaffPut { staff } => put_staff(roster, staff)?,
        Payload::TeamPut { team } => put_team(roster, team)?,
        Payload::DirectoryPut { entry } => {
            put(
                &mut roster.directory,
                (**entry).clone(),
                |held| held.id == entry.id,
                |held| held.version,
                entry.version,
                "directory entry",
            )?;
        }
        Payload::AbsenceRecorded { absence } => {
            if roster.staff(absence.staff).is_none() {
                return Err(Refusal::not_found("member of staff", absence.staff));
            }
            if absence.until.is_some_and(|until| until <= absence.from) {
                return Err(Refusal::invalid("absence.until", "must lie after the absence's beginning"));
            }
            match roster.absences.iter_mut().find(|held| held.id == absence.id) {
                Some(held) => *held = absence.clone(),
                None => roster.absences.push(absence.clone()),
            }
        }
        Payload::AbsenceEnded { absence, at, .. } => {
            let held = roster.absences.iter_mut().find(|held| held.id == *absence);
            let held = held.ok_or_else(|| Refusal::not_found("absence", absence))?;
            let at = at.unwrap_or(event.recorded_at);
            if held.until.is_some_and(|until| until <= at) {
                let (what, id) = ("absence".to_owned(), absence.to_string());
                let (state, wanted) = ("over".to_owned(), "only an absence that goes on can end".to_owned());
                return Err(Refusal::IllegalMove { what, id, state, wanted });
            }
            // One that has not begun is called off: it then covers no time at all.
            let called_off = held.from > event.recorded_at;
            if at <= held.from && !called_off {
                return Err(Refusal::invalid("at", "must lie after the absence's beginning"));
            }
            held.until = Some(at.max(held.from));
        }
        _ => return Ok(false),
    }
    roster.unit.version += 1;
    Ok(true)
}

/// Puts one of the unit's people, under the version that is held.
///
/// # Errors
/// [`Refusal`]: the roster is untouched.
pub fn put_staff(roster: &mut Roster, staff: &Staff) -> Result<(), Refusal> {
    check_name(&staff.name).map_err(|problem| Refusal::invalid("staff.name", problem))?;
    if !roster.teams.iter().any(|team| team.id == staff.team) {
        return Err(Refusal::invalid("staff.team", format!("there is no team {}", staff.team)));
    }
    if staff.shifts.iter().any(|shift| !(1..=7).contains(&shift.weekday)) {
        return Err(Refusal::invalid("staff.shifts", "weekday must be 1 (Monday) to 7 (Sunday)"));
    }
    put(
        &mut roster.staff,
        staff.clone(),
        |held| held.id == staff.id,
        |held| held.version,
        staff.version,
        "member of staff",
    )
}

/// Puts a team. Its name is its own, whatever its case: people are moved, and tables read, by the names of teams.
///
/// # Errors
/// [`Refusal`]: the roster is untouched.
pub fn put_team(roster: &mut Roster, team: &Team) -> Result<(), Refusal> {
    check_name(&team.name).map_err(|problem| Refusal::invalid("team.name", problem))?;
    if let Some(other) = roster.teams_called(&team.name).find(|held| held.id != team.id) {
        let problem = format!("must be its own, and is the name of team {}: choose another", other.id);
        return Err(Refusal::invalid("team.name", problem));
    }
    match roster.teams.iter_mut().find(|held| held.id == team.id) {
        Some(held) => *held = team.clone(),
        None => roster.teams.push(team.clone()),
    }
    Ok(())
}

/// Puts a value whose `given` version is the one held, or 0 for a new one; it is then one higher.
fn put<T: Versioned>(
    list: &mut Vec<T>,
    mut value: T,
    same: impl Fn(&T) -> bool,
    version: impl Fn(&T) -> i64,
    given: i64,
    what: &str,
) -> Result<(), Refusal> {
    let held = list.iter().position(same);
    let now = held.map_or(0, |index| version(&list[index]));
    if now != given {
        return Err(Refusal::Stale { what: what.to_owned(), id: value.id(), held: now, given });
    }
    value.raise(now + 1);
    match held {
        Some(index) => list[index] = value,
        None => list.push(value),
    }
    Ok(())
}

/// A value that is replaced as a whole, under a version.
trait Versioned {
    fn id(&self) -> String;
    fn raise(&mut self, to: i64);
}

impl Versioned for Staff {
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn raise(&mut self, to: i64) {
        self.version = to;
    }
}

impl Versioned for crate::domain::contact::DirectoryEntry {
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn raise(&mut self, to: i64) {
        self.version = to;
    }
}

/// A roster after an event that changes it; none where the event is not about the roster, or changes nothing.
#[must_use]
pub fn after(roster: &Roster, event: &Event) -> Option<Roster> {
    if !touches(&event.payload) {
        return None;
    }
    let mut after = roster.clone();
    apply(&mut after, event).ok()?.then_some(after)
}
