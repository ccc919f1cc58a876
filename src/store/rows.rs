//! Domain values to rows and back, in one place for the whole store.
//!
//! A row's columns are copies of what queries ask for; its sealed `body` is the whole value. The one exception is
//! the state and the `not_before` of a message, whose columns are the truth: the outbox moves them without opening
//! the body.

use super::entity;
use super::seal::{self, Keys};
use crate::domain::contact::{Contact, DirectoryEntry};
use crate::domain::diary::{DiaryEntry, Timer};
use crate::domain::document::Document;
use crate::domain::duty::Duty;
use crate::domain::feed::Feed;
use crate::domain::hearing::{Arrangement, Attendance, Hearing, When};
use crate::domain::ids::{CaseId, UnitId};
use crate::domain::message::Message;
use crate::domain::notice::Notice;
use crate::domain::person::{Participant, Person};
use crate::domain::record::Snapshot;
use crate::domain::staff::Staff;
use crate::domain::task::Task;
use crate::domain::words;
use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, EntityTrait};
use serde::de::DeserializeOwned;

/// Whose row it is.
#[derive(Clone, Copy)]
pub struct Place {
    /// The unit.
    pub unit: UnitId,
    /// The case.
    pub case: CaseId,
}

/// A value that is stored as a row of its own.
pub trait Stored: Sized + DeserializeOwned {
    /// Its table.
    type Entity: EntityTrait<ActiveModel: ActiveModelTrait<Entity = Self::Entity> + Send>;
    /// What its body is sealed for.
    const PURPOSE: &'static str;
    /// Its case column.
    fn case_column() -> <Self::Entity as EntityTrait>::Column;
    /// The column of its sealed body.
    fn body_column() -> <Self::Entity as EntityTrait>::Column;
    /// The columns that stay as they were first written, beside the primary key: writing them again would touch the
    /// indexes over them for nothing.
    fn constant() -> &'static [<Self::Entity as EntityTrait>::Column];
    /// Its row.
    ///
    /// # Errors
    /// If its key is not among `keys`.
    fn row(&self, place: Place, keys: &Keys<'_>)
    -> Result<<Self::Entity as EntityTrait>::Model, seal::Error>;
    /// The value of a row.
    ///
    /// # Errors
    /// If it does not open.
    fn value(row: &<Self::Entity as EntityTrait>::Model, keys: &Keys<'_>) -> Result<Self, seal::Error>;
    /// The sealed body of a row, whose key must be had to open it.
    fn body(row: &<Self::Entity as EntityTrait>::Model) -> &[u8];
}

/// An instant as it is stored.
#[must_use]
pub fn millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

/// An instant as it was stored.
#[must_use]
pub fn instant(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::UNIX_EPOCH)
}

/// That a task is open, in the words of the index over those that are.
pub(super) const IS_OPEN: &str = "state IN ('open', 'acknowledged', 'in-progress')";

/// The earlier of a task's target and due time, as a query asks for it; null where it has neither.
pub(super) const EARLIER_CLOCK: &str =
    "COALESCE(CASE WHEN target_at < due_at THEN target_at ELSE due_at END, target_at)";

/// The columns by which a hearing or diary entry is found: its day, its instant.
fn day_and_instant(when: &When) -> (Option<String>, Option<i64>) {
    match when {
        When::At(at) => (when.day().map(|day| day.to_string()), Some(millis(*at))),
        When::Week(monday) => (Some(monday.to_string()), None),
        When::Unfixed => (None, None),
    }
}

macro_rules! stored {
    ($type:ty, $entity:ident, $purpose:literal, constant $constant:tt, $make:expr) => {
        stored!($type, $entity, $purpose, constant $constant, $make, |value, _row| value);
    };
    ($type:ty, $entity:ident, $purpose:literal, constant [$($constant:ident),*], $make:expr, $mend:expr) => {
        impl Stored for $type {
            type Entity = entity::$entity::Entity;
            const PURPOSE: &'static str = $purpose;

            fn case_column() -> entity::$entity::Column {
                entity::$entity::Column::CaseId
            }

            fn body_column() -> entity::$entity::Column {
                entity::$entity::Column::Body
            }

            fn constant() -> &'static [entity::$entity::Column] {
                &[$(entity::$entity::Column::$constant),*]
            }

            fn row(&self, place: Place, keys: &Keys<'_>) -> Result<entity::$entity::Model, seal::Error> {
                let make: fn(&Self, Place, Vec<u8>) -> entity::$entity::Model = $make;
                Ok(make(self, place, keys.seal(place.case.0, Self::PURPOSE, self)?))
            }

            fn value(row: &entity::$entity::Model, keys: &Keys<'_>) -> Result<Self, seal::Error> {
                let mend: fn(Self, &entity::$entity::Model) -> Self = $mend;
                Ok(mend(keys.open(Self::PURPOSE, &row.body)?, row))
            }

            fn body(row: &entity::$entity::Model) -> &[u8] {
                &row.body
            }
        }
    };
}

stored!(Participant, participant, "participants.body", constant[CaseId], |value, place, body| {
    entity::participant::Model {
        id: value.id.0,
        case_id: place.case.0,
        person: value.person.0,
        version: value.version,
        body,
    }
});

stored!(Snapshot, snapshot, "snapshots.body", constant [], |value, place, body| {
    entity::snapshot::Model {
        case_id: place.case.0,
        court_hearing: value.share.hearing.0,
        day: value.share.day.to_string(),
        shared_at: millis(value.share.shared_at),
        digest: value.digest.clone(),
        body,
    }
});

stored!(Hearing, hearing, "hearings.body", constant [Unit, CaseId], |value, place, body| {
    let (day, at) = day_and_instant(&value.when);
    entity::hearing::Model {
        id: value.id.0,
        unit: place.unit.0,
        case_id: place.case.0,
        kind: value.kind.to_string(),
        state: value.state.to_string(),
        day,
        at,
        court_code: value.court.code.clone(),
        listing: i64::from(value.listing),
        body,
    }
});

stored!(Attendance, attendance, "attendances.body", constant [CaseId, Participant, Hearing, Listing], |value, place, body| {
    entity::attendance::Model {
        id: value.id.0,
        case_id: place.case.0,
        participant: value.participant.0,
        hearing: value.hearing.0,
        listing: i64::from(value.listing),
        state: value.state.to_string(),
        body,
    }
});

stored!(
    Arrangement,
    arrangement,
    "arrangements.body",
    constant [CaseId, Hearing, Listing, Kind],
    |value, place, body| {
        entity::arrangement::Model {
            id: value.id.0,
            case_id: place.case.0,
            hearing: value.hearing.0,
            listing: i64::from(value.listing),
            kind: value.kind.to_string(),
            state: value.state.to_string(),
            body,
        }
    }
);

stored!(Duty, duty, "duties.body", constant [Unit, CaseId, Key, Kind, Participant], |value, place, body| {
    entity::duty::Model {
        id: value.id.0,
        unit: place.unit.0,
        case_id: place.case.0,
        key: value.key.clone(),
        kind: value.kind.clone(),
        participant: value.to.0,
        state: value.state.to_string(),
        target_at: value.target_at.map(millis),
        due_at: value.due_at.map(millis),
        task: value.task.map(|task| task.0),
        body,
    }
});

stored!(Task, task, "tasks.body", constant [Unit, CaseId, Key, Kind, RaisedAt, Minutes], |value, place, body| {
    entity::task::Model {
        id: value.id.0,
        unit: place.unit.0,
        case_id: place.case.0,
        key: value.key.clone(),
        kind: value.kind.clone(),
        state: value.state.to_string(),
        priority: value.priority.to_string(),
        assignee: value.assignee.map(|staff| staff.0),
        team: value.team.map(|team| team.0),
        target_at: value.target_at.map(millis),
        due_at: value.due_at.map(millis),
        next_attempt_at: value.next_attempt_at.map(millis),
        deferred_until: value.deferred_until.map(millis),
        raised_at: millis(value.raised_at),
        version: value.version,
        minutes: i64::from(value.minutes),
        covered_for: value.covered.last().map(|covered| covered.absence.0),
        // What writes it says by which transaction.
        changed: 0,
        ended_at: value.ended_at.map(millis),
        body,
    }
});

stored!(
    Message,
    message,
    "messages.body",
    constant [Unit, CaseId, Key, Template, Medium],
    |value, place, body| entity::message::Model {
        id: value.id.0,
        unit: place.unit.0,
        case_id: place.case.0,
        key: value.key.clone(),
        template: value.template.clone(),
        medium: value.medium.to_string(),
        state: value.state.to_string(),
        not_before: millis(value.not_before),
        lease_until: None,
        attempts: 0,
        body,
    },
    |mut value, row| {
        if let Ok(state) = words::parse(&row.state) {
            value.state = state;
        }
        value.not_before = instant(row.not_before);
        value
    }
);

stored!(
    DiaryEntry,
    diary_entry,
    "diary_entries.body",
    constant [Unit, CaseId, Key, Kind],
    |value, place, body| {
        let (day, at) = day_and_instant(&value.when);
        entity::diary_entry::Model {
            id: value.id.0,
            unit: place.unit.0,
            case_id: place.case.0,
            key: value.key.clone(),
            kind: value.kind.clone(),
            state: value.state.to_string(),
            day,
            at,
            hearing: value.hearing.map(|hearing| hearing.0),
            body,
        }
    }
);

stored!(Timer, timer, "timers.body", constant [Unit, CaseId, Key], |value, place, body| {
    entity::timer::Model {
        id: value.id.0,
        unit: place.unit.0,
        case_id: place.case.0,
        key: value.key.clone(),
        state: value.state.to_string(),
        due_at: value.due_at.map(millis),
        body,
    }
});

stored!(Contact, contact, "contacts.body", constant [CaseId, Kind, Participant, At], |value, place, body| {
    entity::contact::Model {
        id: value.id.0,
        case_id: place.case.0,
        kind: value.kind.to_string(),
        participant: value.with.map(|with| with.0),
        at: millis(value.at),
        body,
        to_copy: value.by.filter(|_| value.copied_at.is_none()).map(|by| by.0),
    }
});

stored!(Document, document, "documents.body", constant [CaseId, AddedAt], |value, place, body| {
    entity::document::Model {
        id: value.added.id.0,
        case_id: place.case.0,
        added_at: millis(value.at),
        body,
    }
});

stored!(Notice, notice, "notices.body", constant [Unit, CaseId, PostedAt], |value, place, body| {
    entity::notice::Model {
        id: value.id.0,
        unit: place.unit.0,
        case_id: place.case.0,
        posted_at: millis(value.posted_at),
        until_at: millis(value.until),
        body,
    }
});

stored!(Feed, feed, "feeds.body", constant [Unit, CaseId, Digest, MadeAt], |value, place, body| {
    entity::feed::Model {
        id: value.id.0,
        unit: place.unit.0,
        case_id: place.case.0,
        digest: value.digest.clone(),
        made_at: millis(value.made_at),
        revoked_at: value.revoked_at.map(millis),
        body,
    }
});

/// A person's row: sealed under a key of their own, since they outlive any one case.
///
/// # Errors
/// If their key is not among `keys`.
pub fn person_row(
    person: &Person,
    unit: UnitId,
    keys: &Keys<'_>,
) -> Result<entity::person::Model, seal::Error> {
    let body = keys.seal(person.id.0, "people.body", person)?;
    Ok(entity::person::Model { id: person.id.0, unit: unit.0, version: person.version, body })
}

/// A member of staff's row, under the unit's key.
///
/// # Errors
/// If the unit's key is not among `keys`.
pub fn staff_row(staff: &Staff, unit: UnitId, keys: &Keys<'_>) -> Result<entity::staff::Model, seal::Error> {
    let body = keys.seal(unit.0, "staff.body", staff)?;
    Ok(entity::staff::Model {
        id: staff.id.0,
        unit: unit.0,
        team: staff.team.0,
        version: staff.version,
        body,
    })
}

/// A directory entry's row, under the unit's key.
///
/// # Errors
/// If the unit's key is not among `keys`.
pub fn directory_row(
    entry: &DirectoryEntry,
    unit: UnitId,
    keys: &Keys<'_>,
) -> Result<entity::directory::Model, seal::Error> {
    Ok(entity::directory::Model {
        id: entry.id.0,
        unit: unit.0,
        kind: entry.kind.to_string(),
        court_code: entry.court_code.clone(),
        version: entry.version,
        body: keys.seal(unit.0, "directory.body", entry)?,
    })
}
