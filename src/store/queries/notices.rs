//! Lists of notices.

use super::{CHUNK, CHUNKS_MAX, Page, opened};
use crate::domain::ids::{NoticeId, UnitId};
use crate::domain::notice::Notice;
use crate::store::entity::notice::{Column, Entity};
use crate::store::rows::millis;
use crate::store::{Error, Store};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where a notice stands in the order of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark(i64, Uuid);

/// The notices of a unit that stand at `now`, the latest first.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn standing(store: &Store, unit: UnitId, now: DateTime<Utc>) -> Result<Vec<Notice>, Error> {
    let rows = Entity::find()
        .filter(Column::Unit.eq(unit.0))
        .filter(Column::UntilAt.gt(millis(now)))
        .order_by_desc(Column::PostedAt)
        .order_by_desc(Column::Id)
        .all(store.reader())
        .await?;
    opened(store, &rows).await
}

/// The notice with this id.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn one(store: &Store, unit: UnitId, id: NoticeId) -> Result<Option<Notice>, Error> {
    let rows = Entity::find_by_id(id.0).filter(Column::Unit.eq(unit.0)).all(store.reader()).await?;
    Ok(opened(store, &rows).await?.pop())
}

/// A page of a unit's notices that are `wanted`, the latest first; only those that end after an instant where one is given.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn list(
    store: &Store,
    unit: UnitId,
    ends_after: Option<DateTime<Utc>>,
    mut from: Option<Mark>,
    size: usize,
    wanted: impl Fn(&Notice) -> bool,
) -> Result<Page<Notice, Mark>, Error> {
    let mut items = Vec::new();
    for _ in 0..CHUNKS_MAX {
        let mut find = Entity::find().filter(Column::Unit.eq(unit.0));
        if let Some(at) = ends_after {
            find = find.filter(Column::UntilAt.gt(millis(at)));
        }
        if let Some(Mark(at, id)) = &from {
            let same = Column::PostedAt.eq(*at).and(Column::Id.lt(*id));
            find = find.filter(Column::PostedAt.lt(*at).or(same));
        }
        let find = find.order_by_desc(Column::PostedAt).order_by_desc(Column::Id);
        let rows = find.limit(CHUNK).all(store.reader()).await?;
        let notices: Vec<Notice> = opened(store, &rows).await?;
        for (row, notice) in rows.iter().zip(notices) {
            if items.len() == size {
                return Ok(Page { items, next: from });
            }
            from = Some(Mark(row.posted_at, row.id));
            if wanted(&notice) {
                items.push(notice);
            }
        }
        if (rows.len() as u64) < CHUNK {
            return Ok(Page { items, next: None });
        }
    }
    Ok(Page { items, next: from })
}
