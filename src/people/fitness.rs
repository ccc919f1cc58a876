//! Who may and can do a piece of work: still in the unit, vetted, not in conflict, skilled, of the right role.
//!
//! Whether they are there in time is [`super::presence`]'s to say, and how much they have to do already is
//! [`super::assignment`]'s and [`super::cover`]'s to weigh.

use crate::domain::ids::{CaseId, PersonId, StaffId};
use crate::domain::london;
use crate::domain::staff::{Roster, Staff, StaffRole};
use crate::rules::pack::Owner;
use chrono::{DateTime, Utc};

/// Why somebody must not or cannot do a piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Unfit {
    /// They left the unit.
    #[error("they have left the unit")]
    Left,
    /// Their vetting is not valid any more.
    #[error("their vetting has run out")]
    Unvetted,
    /// A conflict of interest with the case or somebody in it.
    #[error("a conflict of interest with this case is recorded")]
    Conflict,
    /// Work of this kind is done by people of another role.
    #[error("it is not work for somebody of their role")]
    Role,
    /// They lack a skill that it needs.
    #[error("they lack a skill that it needs")]
    Unskilled,
    /// They are not at work before it is due.
    #[error("they are not at work before it is due")]
    Away,
}

/// Whether somebody may have work of a case at all: what even a team leader cannot override.
///
/// # Errors
/// [`Unfit::Left`], [`Unfit::Unvetted`], [`Unfit::Conflict`].
pub fn may(staff: &Staff, case: CaseId, people: &[PersonId], now: DateTime<Utc>) -> Result<(), Unfit> {
    if staff.left_at.is_some_and(|left| left <= now) {
        return Err(Unfit::Left);
    }
    if staff.vetting_valid_until.is_some_and(|until| until < london::date(now)) {
        return Err(Unfit::Unvetted);
    }
    if is_in_conflict(staff, case, people) { Err(Unfit::Conflict) } else { Ok(()) }
}

/// Whether a conflict of interest with a case, or with somebody in it, is recorded for somebody.
#[must_use]
pub fn is_in_conflict(staff: &Staff, case: CaseId, people: &[PersonId]) -> bool {
    staff.case_conflicts.contains(&case)
        || staff.person_conflicts.iter().any(|person| people.contains(person))
}

/// Whether somebody can do work that goes to `owner` by the pack's word and needs these skills.
///
/// # Errors
/// [`Unfit::Role`], [`Unfit::Unskilled`].
pub fn can(staff: &Staff, owner: &Owner, skills: &[String]) -> Result<(), Unfit> {
    let role = match owner {
        Owner::TeamLeader => StaffRole::TeamLeader,
        Owner::Manager => StaffRole::Manager,
        Owner::CaseOwner | Owner::Team | Owner::Skill(_) => StaffRole::CareOfficer,
    };
    if staff.role != role {
        return Err(Unfit::Role);
    }
    let named = match owner {
        Owner::Skill(skill) => Some(skill),
        Owner::CaseOwner | Owner::Team | Owner::TeamLeader | Owner::Manager => None,
    };
    let has = |skill: &String| staff.skills.contains(skill);
    if skills.iter().all(has) && named.is_none_or(has) { Ok(()) } else { Err(Unfit::Unskilled) }
}

/// Whose work it is for cover, by the pack's word: a team leader's goes to team leaders, whatever its kind says, and
/// what a team's queue would have had goes to a care officer.
#[must_use]
pub fn cover_word(roster: &Roster, from: Option<StaffId>, kind: Option<&Owner>) -> Owner {
    let leads =
        from.and_then(|from| roster.staff(from)).is_some_and(|staff| staff.role == StaffRole::TeamLeader);
    match kind {
        _ if leads => Owner::TeamLeader,
        Some(Owner::Skill(skill)) => Owner::Skill(skill.clone()),
        _ => Owner::CaseOwner,
    }
}
