//! Feeds: a part of the diary that a calendar program follows, behind a token that can be revoked.
//!
//! Calendar programs ask with nothing but an address, so the address holds the token. It is random and shown once; what
//! is kept is its digest. A feed says of a case its reference, a court and a state, and ends with whoever made it: once
//! they have left the unit it answers nobody.

use super::ids::{FeedId, StaffId, TeamId};
use super::staff::Roster;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Standing feeds that one maker may have.
pub const FEEDS_MAX: usize = 20;

/// Which part of the diary a feed shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeedOf {
    /// Cases that this member of staff owns or covers, and their appointments.
    Staff(StaffId),
    /// Cases of this team.
    Team(TeamId),
    /// Hearings at the court with this OU code.
    Court(String),
}

/// A feed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// Its id.
    pub id: FeedId,
    /// SHA-256 of its token, hexadecimal.
    pub digest: String,
    /// What it shows.
    pub of: FeedOf,
    /// Who made it, by the name the access table knows them by.
    pub made_by: String,
    /// The member of staff who made it.
    pub by: Option<StaffId>,
    /// When.
    pub made_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Feed({}, {:?})", self.id, self.of)
    }
}

impl Feed {
    /// Whether it answers at `now`: it is not revoked, and neither who made it nor whose diary it shows has left.
    #[must_use]
    pub fn answers(&self, roster: &Roster, now: DateTime<Utc>) -> bool {
        let shown = if let FeedOf::Staff(staff) = self.of { Some(staff) } else { None };
        let is_here =
            |id: StaffId| roster.staff(id).is_some_and(|staff| staff.left_at.is_none_or(|left| left > now));
        self.revoked_at.is_none() && self.by.is_none_or(is_here) && shown.is_none_or(is_here)
    }
}
