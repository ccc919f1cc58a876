//! Who somebody in a list is.

use super::opened;
use crate::domain::ids::ParticipantId;
use crate::domain::person::{Participant, Person};
use crate::store::entity::participant::{Column, Entity};
use crate::store::seal::Keys;
use crate::store::{Error, Store, read};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::collections::HashMap;

/// These participants with who they are; who is not held is left out.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn of(
    store: &Store,
    ids: &[ParticipantId],
) -> Result<HashMap<ParticipantId, (Participant, Person)>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let find = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.0)));
    let rows = find.all(store.reader()).await?;
    let participants: Vec<Participant> = opened(store, &rows).await?;
    let mut keys = Keys::new(store.ring());
    let wanted: Vec<_> = participants.iter().map(|participant| participant.person).collect();
    let people = read::people_by_id(store.reader(), &mut keys, &wanted).await?;
    let people: HashMap<_, _> = people.into_iter().map(|person| (person.id, person)).collect();
    Ok(participants
        .into_iter()
        .filter_map(|participant| {
            let person = people.get(&participant.person)?.clone();
            Some((participant.id, (participant, person)))
        })
        .collect())
}
