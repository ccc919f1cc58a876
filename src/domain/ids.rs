//! Identifiers: a type for each, so that a task's id cannot be given where a duty's is wanted.
//!
//! Ids of our own making are UUIDv7 and come in by argument (see [`crate::clock`]); ids that must come out the
//! same from the same facts, whatever the order they arrive in, are UUIDv5 by [`derived`].

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// The name space of every id that usher derives from facts.
const DERIVED: Uuid = Uuid::from_u128(0x6f1d_3c0a_52b7_5e0f_9a41_7553_4845_5231);

/// An id that follows from what it names: the same parts give the same id on every machine.
///
/// Parts are kept apart by a byte that cannot occur in text, so `["ab", "c"]` and `["a", "bc"]` differ.
#[must_use]
pub fn derived(parts: &[&[u8]]) -> Uuid {
    let mut name = Vec::with_capacity(parts.iter().map(|part| part.len() + 1).sum());
    for part in parts {
        name.extend_from_slice(part);
        name.push(0xff);
    }
    Uuid::new_v5(&DERIVED, &name)
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { Uuid::parse_str(text).map(Self) }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self { Self(id) }
        }

        impl $name {
            /// The bytes of the id, for keys and digests.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 16] { self.0.as_bytes() }
        }
    )+ };
}

ids! {
    /// A Victim and Witness Care Unit of one force.
    UnitId,
    /// A team within a unit.
    TeamId,
    /// One of the unit's own people: care officer, team leader or manager.
    StaffId,
    /// A case as the unit works it.
    CaseId,
    /// A person, the same across cases.
    PersonId,
    /// A person's part in one case.
    ParticipantId,
    /// A hearing of one case, planned or listed.
    HearingId,
    /// A court's own id of a hearing, shared by all cases heard in it.
    CourtHearingId,
    /// A court's own id of a prosecution case.
    CourtCaseId,
    /// A court's own id of a defendant in a case.
    DefendantId,
    /// A court's own id of an offence.
    OffenceId,
    /// One fact that a court shared, by its content: see [`crate::domain::court::ResultLine`].
    ResultId,
    /// A participant's attendance at one listing of a hearing.
    AttendanceId,
    /// A body's or provider's booking for one listing of a hearing.
    ArrangementId,
    /// What is owed to somebody.
    DutyId,
    /// Work for a person.
    TaskId,
    /// A piece of correspondence.
    MessageId,
    /// A line of the diary.
    DiaryEntryId,
    /// A point in time that will become an event.
    TimerId,
    /// A call, voicemail, visit or note.
    ContactId,
    /// An entry of the contact directory.
    DirectoryId,
    /// Something that happened.
    EventId,
    /// A period in which a member of staff is away.
    AbsenceId,
    /// A document of a case.
    DocumentId,
    /// What a team leader tells the unit's people.
    NoticeId,
    /// A part of the diary that a calendar program follows.
    FeedId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_parts_give_the_same_id() {
        assert_eq!(derived(&[b"case", b"1"]), derived(&[b"case", b"1"]));
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(derived(&[b"ab", b"c"]), derived(&[b"a", b"bc"]));
    }
}
