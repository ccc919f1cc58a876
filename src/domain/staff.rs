//! The unit and its own people: who they are, when they work, what they may do.

use super::court::Court;
use super::email::EmailAddress;
use super::ids::{AbsenceId, CaseId, PersonId, StaffId, TeamId, UnitId};
use crate::words;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// Whether a unit's correspondence really leaves.
    pub enum UnitMode as "unit mode" {
        /// It does.
        Live = "live",
        /// Everything goes to one address, with a banner.
        Test = "test",
    }
}

/// A Victim and Witness Care Unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// Its name.
    pub name: String,
    /// The two-figure codes with which its force's URNs begin, such as `52`.
    pub urn_forces: Vec<String>,
    /// Codes of the prosecuting authorities whose cases without a URN are the unit's.
    pub authorities: Vec<String>,
    /// Whether correspondence really leaves.
    pub mode: UnitMode,
    /// Rises with every change to the unit, its teams, staff, absences or directory.
    pub version: i64,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Its name.
    pub name: String,
}

/// The longest name of a team or of one of the unit's people, in characters.
pub const NAME_MAX: usize = 200;

/// Checks what a team, or one of the unit's people, is to be called: names stand in one line of lists, subjects and
/// headings.
///
/// # Errors
/// What is wrong with it and what is expected; never the name.
pub fn check_name(name: &str) -> Result<(), String> {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if name.trim().is_empty() {
        return Err(format!("must be a name of 1 to {NAME_MAX} characters"));
    }
    if name.chars().any(breaks) {
        return Err("must be one line, without line breaks, tabs or other control characters".to_owned());
    }
    if name.chars().count() > NAME_MAX {
        return Err(format!("must have at most {NAME_MAX} characters"));
    }
    Ok(())
}

/// A skill as it is kept and compared: `Domestic Violence` is `domestic-violence`.
#[must_use]
pub fn skill(text: &str) -> String {
    text.trim().to_lowercase().replace(' ', "-")
}

words! {
    /// What a member of staff is in the unit.
    pub enum StaffRole as "staff role" {
        /// A Victim and Witness Care Officer.
        CareOfficer = "care-officer",
        /// A team leader.
        TeamLeader = "team-leader",
        /// A manager.
        Manager = "manager",
    }
}

/// When somebody works on one day of the week, in Europe/London.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// The day: 1 Monday to 7 Sunday.
    pub weekday: u8,
    /// From.
    pub starts: NaiveTime,
    /// Until.
    pub ends: NaiveTime,
}

/// One of the unit's own people.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// Their id.
    pub id: StaffId,
    /// Their team.
    pub team: TeamId,
    /// Their name.
    pub name: String,
    /// Where their lists and alerts go.
    pub email: Option<EmailAddress>,
    /// What they are.
    pub role: StaffRole,
    /// Skills such as `rasso`, `domestic-violence`, `child`; words that the unit and its pack agree on.
    pub skills: Vec<String>,
    /// Their weekly pattern.
    pub shifts: Vec<Shift>,
    /// Cases they must not work.
    pub case_conflicts: Vec<CaseId>,
    /// People whose cases they must not work.
    pub person_conflicts: Vec<PersonId>,
    /// How many minutes of a day they have for work; as long as their shifts run where none.
    #[serde(default)]
    pub minutes_a_day: Option<u32>,
    /// Until when their vetting is valid.
    pub vetting_valid_until: Option<NaiveDate>,
    /// When they left the unit.
    pub left_at: Option<DateTime<Utc>>,
    /// Rises with every change.
    pub version: i64,
}

impl std::fmt::Debug for Staff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Staff({}, {})", self.id, self.role)
    }
}

words! {
    /// Why somebody is away; never more than the kind.
    pub enum AbsenceKind as "absence kind" {
        /// Ill.
        Sickness = "sickness",
        /// On leave.
        Leave = "leave",
        /// At a training.
        Training = "training",
        /// At court all day.
        Court = "court",
    }
}

/// A period in which somebody is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// Its id.
    pub id: AbsenceId,
    /// Who.
    pub staff: StaffId,
    /// Why.
    pub kind: AbsenceKind,
    /// From, inclusive.
    pub from: DateTime<Utc>,
    /// Until, exclusive; open-ended where none.
    pub until: Option<DateTime<Utc>>,
}

impl Absence {
    /// Whether it goes on at `at`.
    #[must_use]
    pub fn covers(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }

    /// Whether it goes on at `now` or is still to come; one that was called off before it began is neither.
    #[must_use]
    pub fn lasts_beyond(&self, now: DateTime<Utc>) -> bool {
        self.until.is_none_or(|until| until > now && until > self.from)
    }
}

/// Everything about a unit that a decision may need beside the case: read often, changed rarely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// The unit.
    pub unit: Unit,
    /// Its teams.
    pub teams: Vec<Team>,
    /// Its people, those who left included.
    pub staff: Vec<Staff>,
    /// Absences that have not ended long ago.
    pub absences: Vec<Absence>,
    /// The contact directory.
    pub directory: Vec<super::contact::DirectoryEntry>,
    /// The open work that people have, as it was counted lately: advisory.
    pub work: Vec<Work>,
}

/// Open work of one member of staff that must be done by one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// Whose it is.
    pub staff: StaffId,
    /// By when: the earlier of target and due, to the hour; none where it has no clock yet.
    pub by: Option<DateTime<Utc>>,
    /// How many tasks.
    pub tasks: u32,
    /// How long they take together, in minutes.
    pub minutes: u32,
}

impl Work {
    /// Whether it must be done by `by`. Work without a clock comes last.
    #[must_use]
    pub fn is_due_by(&self, by: DateTime<Utc>) -> bool {
        self.by.is_some_and(|due| due <= by)
    }
}

impl Roster {
    /// The member of staff with this id.
    #[must_use]
    pub fn staff(&self, id: StaffId) -> Option<&Staff> {
        self.staff.iter().find(|staff| staff.id == id)
    }

    /// A court with its code and its name as the contact directory has them, where it has it by that name or code.
    #[must_use]
    pub fn court_in_directory(&self, court: Court) -> Court {
        let named = court.name.to_lowercase();
        let is = |entry: &&super::contact::DirectoryEntry| {
            let code = entry.court_code.as_ref().map(|code| code.to_lowercase());
            entry.kind == super::contact::DirectoryKind::Court
                && (entry.name.to_lowercase() == named || code.as_ref() == Some(&named))
        };
        match self.directory.iter().find(is) {
            Some(entry) => Court { code: entry.court_code.clone(), name: entry.name.clone(), ..court },
            None => court,
        }
    }

    /// The teams of this name, whatever its case: one at most, unless an earlier version took in several.
    pub fn teams_called(&self, name: &str) -> impl Iterator<Item = &Team> {
        let name = name.to_lowercase();
        self.teams.iter().filter(move |team| team.name.to_lowercase() == name)
    }

    /// How many minutes of open work somebody has that must be done by `by`; all of it where none. Work without a
    /// clock comes last.
    #[must_use]
    pub fn minutes_of_work(&self, staff: StaffId, by: Option<DateTime<Utc>>) -> u32 {
        let counts = |work: &&Work| work.staff == staff && by.is_none_or(|by| work.is_due_by(by));
        self.work.iter().filter(counts).map(|work| work.minutes).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_of_at_most_200_characters() {
        for name in ["Ada Fennick", "Siân O’Neill", &"é".repeat(NAME_MAX)] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in ["", " ", "Ada\nFennick", "Ada\tFennick", "Ada\u{2028}Fennick", &"é".repeat(NAME_MAX + 1)]
        {
            assert!(check_name(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_skill_is_a_word_in_lower_case() {
        assert_eq!(skill(" Domestic Violence "), "domestic-violence");
        assert_eq!(skill("RASSO"), "rasso");
    }
}
