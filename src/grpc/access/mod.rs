//! Who calls, and what they may do.
//!
//! A call is admitted before its body is read: [`guard`] asks an [`Authority`] who the caller is, and one [`table`]
//! whether that role may make that call. What is not in the table is denied, and of what an event may tell the same
//! holds by [`payloads`]. Bearer tokens of the configuration and of [`sessions`] are the first
//! authorities; client certificates, signed tokens and OpenID Connect are further ones behind the same trait.

pub mod guard;
pub mod payloads;
pub mod sessions;
pub mod table;
pub mod tokens;

use crate::domain::event::Actor;
use crate::domain::ids::{StaffId, UnitId};
use crate::grpc::refused::Refused;
use crate::words;
use tonic::codegen::BoxFuture;
use tonic::codegen::http::HeaderMap;

words! {
    /// What a caller is.
    pub enum Role as "caller role" {
        /// Brings what happened elsewhere.
        Feed = "feed",
        /// Another program of the force's.
        Service = "service",
        /// A care officer.
        CareOfficer = "care-officer",
        /// A team leader.
        TeamLeader = "team-leader",
        /// A manager.
        Manager = "manager",
        /// Runs usher; reads no case.
        Administrator = "administrator",
    }
}

impl Role {
    /// Whether it is one of the unit's own people, who work cases.
    #[must_use]
    pub fn is_staff(self) -> bool {
        matches!(self, Self::CareOfficer | Self::TeamLeader | Self::Manager)
    }
}

/// A caller who is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name the access table knows them by, such as `feed:common-platform`: the source of what they record.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// Whose data they see.
    pub unit: UnitId,
    /// The member of staff they are.
    pub staff: Option<StaffId>,
}

impl Identity {
    /// Who caused what they record.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor { name: self.name.clone(), staff: self.staff }
    }
}

/// Why nobody is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// Nothing came that names somebody.
    Missing,
    /// What came names nobody.
    Invalid,
    /// The session has ended.
    Ended,
    /// It cannot be told just now.
    Away,
}

/// Knows the unit's people: the token of somebody who has left is good for nothing.
pub trait Roll: Send + Sync + 'static {
    /// Whether somebody has left the unit.
    fn has_left(&self, unit: UnitId, staff: StaffId) -> BoxFuture<bool, Refused>;
}

/// Tells from a call's headers who makes it.
pub trait Authority: Send + Sync + 'static {
    /// The caller, or [`Unknown`].
    fn identify(&self, headers: &HeaderMap) -> BoxFuture<Identity, Unknown>;
}
