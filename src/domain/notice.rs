//! Notices: what a team leader tells the unit, a team or some of its people, and who has read it.
//!
//! They stand on the board and in everybody's digest until they end. Their words are mailed to whoever they are for, so
//! they name no victim or witness.

use super::ids::{NoticeId, StaffId, TeamId};
use super::staff::{Roster, Staff};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Whom a notice is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Addressees {
    /// Everybody in the unit.
    Unit,
    /// These teams and these people.
    These {
        /// The teams.
        teams: Vec<TeamId>,
        /// The people.
        staff: Vec<StaffId>,
    },
}

/// That somebody has read a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Who.
    pub staff: StaffId,
    /// When.
    pub at: DateTime<Utc>,
}

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// Who posted it; none where it was not one of the unit's people.
    pub from: Option<StaffId>,
    /// Whom it is for.
    pub to: Addressees,
    /// What it says.
    pub words: String,
    /// Since when it stands.
    pub posted_at: DateTime<Utc>,
    /// Until when, exclusive.
    pub until: DateTime<Utc>,
    /// Who has read it, in the order in which they did.
    pub read: Vec<Reading>,
}

impl Notice {
    /// Whether it is for a member of staff: who wrote it need not read it.
    #[must_use]
    pub fn is_for(&self, staff: &Staff) -> bool {
        let named = match &self.to {
            Addressees::Unit => true,
            Addressees::These { teams, staff: people } => {
                teams.contains(&staff.team) || people.contains(&staff.id)
            }
        };
        named && self.from != Some(staff.id)
    }

    /// When somebody read it, if they have.
    #[must_use]
    pub fn read_at(&self, staff: StaffId) -> Option<DateTime<Utc>> {
        self.read.iter().find(|reading| reading.staff == staff).map(|reading| reading.at)
    }

    /// Whether it stands at `now`.
    #[must_use]
    pub fn stands(&self, now: DateTime<Utc>) -> bool {
        self.posted_at <= now && now < self.until
    }

    /// The people of the unit it is for who have not read it, in order of id.
    #[must_use]
    pub fn unread_by<'a>(&self, roster: &'a Roster, now: DateTime<Utc>) -> Vec<&'a Staff> {
        let here = |staff: &&Staff| staff.left_at.is_none_or(|left| left > now);
        let waits = |staff: &&Staff| self.is_for(staff) && self.read_at(staff.id).is_none();
        let mut waiting: Vec<&Staff> = roster.staff.iter().filter(here).filter(waits).collect();
        waiting.sort_by_key(|staff| staff.id);
        waiting
    }
}
