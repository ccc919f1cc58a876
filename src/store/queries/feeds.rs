//! Feeds: by their token's digest, and listed.

use super::{CHUNK, CHUNKS_MAX, Page, opened};
use crate::domain::feed::Feed;
use crate::domain::ids::{FeedId, UnitId};
use crate::store::entity::feed::{Column, Entity};
use crate::store::{Error, Store};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where a feed stands in the order of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark(i64, Uuid);

/// The feed whose token has this digest, and its unit.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn of_digest(store: &Store, digest: &str) -> Result<Option<(UnitId, Feed)>, Error> {
    let rows = Entity::find().filter(Column::Digest.eq(digest)).all(store.reader()).await?;
    let units: Vec<UnitId> = rows.iter().map(|row| UnitId(row.unit)).collect();
    Ok(units.into_iter().zip(opened(store, &rows).await?).next())
}

/// The feed with this id.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn one(store: &Store, unit: UnitId, id: FeedId) -> Result<Option<Feed>, Error> {
    let rows = Entity::find_by_id(id.0).filter(Column::Unit.eq(unit.0)).all(store.reader()).await?;
    Ok(opened(store, &rows).await?.pop())
}

/// A page of a unit's feeds that are `wanted`, the latest first.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn list(
    store: &Store,
    unit: UnitId,
    mut from: Option<Mark>,
    size: usize,
    wanted: impl Fn(&Feed) -> bool,
) -> Result<Page<Feed, Mark>, Error> {
    let mut items = Vec::new();
    for _ in 0..CHUNKS_MAX {
        let mut find = Entity::find().filter(Column::Unit.eq(unit.0));
        if let Some(Mark(at, id)) = &from {
            let same = Column::MadeAt.eq(*at).and(Column::Id.lt(*id));
            find = find.filter(Column::MadeAt.lt(*at).or(same));
        }
        let find = find.order_by_desc(Column::MadeAt).order_by_desc(Column::Id);
        let rows = find.limit(CHUNK).all(store.reader()).await?;
        let feeds: Vec<Feed> = opened(store, &rows).await?;
        for (row, feed) in rows.iter().zip(feeds) {
            if items.len() == size {
                return Ok(Page { items, next: from });
            }
            from = Some(Mark(row.made_at, row.id));
            if wanted(&feed) {
                items.push(feed);
            }
        }
        if (rows.len() as u64) < CHUNK {
            return Ok(Page { items, next: None });
        }
    }
    Ok(Page { items, next: from })
}
