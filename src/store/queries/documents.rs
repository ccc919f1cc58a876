//! The bytes of a document.

use crate::domain::ids::{CaseId, DocumentId, EventId};
use crate::store::entity::{document_content, event};
use crate::store::seal::{self, Keys};
use crate::store::{Error, Store, read};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

/// What the bytes of documents are sealed for.
pub const PURPOSE: &str = "document_contents.body";

/// The bytes of a document of this case.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn content(store: &Store, case: CaseId, id: DocumentId) -> Result<Option<Vec<u8>>, Error> {
    use document_content::{Column, Entity};
    let find = Entity::find_by_id(id.0).filter(Column::CaseId.eq(case.0));
    let Some(row) = find.one(store.reader()).await? else { return Ok(None) };
    let mut keys = Keys::new(store.ring());
    read::keys(store.reader(), &mut keys, [case.0]).await?;
    Ok(Some(keys.open_bytes(PURPOSE, &row.body)?))
}

/// The bytes that were kept with an event which could not be handled when it came.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn kept_with(
    conn: &impl ConnectionTrait,
    keys: &mut Keys<'_>,
    id: EventId,
) -> Result<Option<Vec<u8>>, Error> {
    let row = event::Entity::find_by_id(id.0).one(conn).await?;
    let Some(raw) = row.and_then(|row| row.raw) else { return Ok(None) };
    read::keys(conn, keys, [seal::key_of("events.raw", &raw)?]).await?;
    Ok(Some(keys.open_bytes("events.raw", &raw)?))
}
