//! The case of an entry in somebody's calendar: the entry's name follows from hearing and reader, and is kept nowhere.

use crate::domain::hearing::HearingState;
use crate::domain::ids::{CaseId, DirectoryId, HearingId, ParticipantId, UnitId};
use crate::domain::message::Recipient;
use crate::domain::words::Word;
use crate::store::among::among;
use crate::store::entity::{attendance, directory, hearing};
use crate::store::{Error, Store};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::HashMap;
use uuid::Uuid;

/// Hearings whose attendances are read together.
const TOGETHER: usize = 2_000;

/// The case of the hearing to come that somebody has in their calendar under this name: asked only where nothing else
/// says what is answered, because every hearing to come is looked through.
///
/// # Errors
/// [`Error::Database`].
pub async fn case_of(store: &Store, unit: UnitId, entry: Uuid) -> Result<Option<CaseId>, Error> {
    let conn = store.reader();
    let hearings: HashMap<Uuid, Uuid> = hearing::Entity::find()
        .select_only()
        .columns([hearing::Column::Id, hearing::Column::CaseId])
        .filter(hearing::Column::Unit.eq(unit.0))
        .filter(hearing::Column::State.eq(HearingState::Listed.word()))
        .into_tuple::<(Uuid, Uuid)>()
        .all(conn)
        .await?
        .into_iter()
        .collect();
    let bodies: Vec<Uuid> = directory::Entity::find()
        .select_only()
        .column(directory::Column::Id)
        .filter(directory::Column::Unit.eq(unit.0))
        .into_tuple()
        .all(conn)
        .await?;
    let is_it = |to: Recipient, hearing: Uuid| to.calendar_entry(HearingId(hearing)) == entry;
    let of_a_body = hearings.iter().find(|(hearing, _)| {
        bodies.iter().any(|body| is_it(Recipient::Directory(DirectoryId(*body)), **hearing))
    });
    if let Some((_, case)) = of_a_body {
        return Ok(Some(CaseId(*case)));
    }
    let ids: Vec<Uuid> = hearings.keys().copied().collect();
    for some in ids.chunks(TOGETHER) {
        let wanted = attendance::Entity::find()
            .select_only()
            .columns([attendance::Column::Hearing, attendance::Column::Participant])
            .filter(among(conn, attendance::Column::Hearing, some.iter().copied()))
            .into_tuple::<(Uuid, Uuid)>()
            .all(conn)
            .await?;
        let found = wanted.into_iter().find(|(hearing, participant)| {
            is_it(Recipient::Participant(ParticipantId(*participant)), *hearing)
        });
        if let Some((hearing, _)) = found {
            return Ok(hearings.get(&hearing).copied().map(CaseId));
        }
    }
    Ok(None)
}
