//! The list of court results whose case is not held.

use super::{Page, after};
use crate::domain::ids::{CaseId, CourtCaseId, EventId, UnitId};
use crate::store::among::among;
use crate::store::entity::unlinked::{Column, Entity};
use crate::store::rows::instant;
use crate::store::{Error, Store};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A court result that waits for its case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlinked {
    /// The event that brought it.
    pub event: EventId,
    /// The court's id of the case.
    pub court_case: CourtCaseId,
    /// Its URN.
    pub urn: Option<String>,
    /// The hearing day, `YYYY-MM-DD`.
    pub day: String,
    /// When it first reached the unit.
    pub received_at: DateTime<Utc>,
}

/// Where a result stands in the order of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark(String, Uuid, Uuid);

/// A page of results that wait, newest hearing day first.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(
    store: &Store,
    unit: UnitId,
    days: (Option<NaiveDate>, Option<NaiveDate>),
    from: Option<Mark>,
    size: usize,
) -> Result<Page<Unlinked, Mark>, Error> {
    let mut find = Entity::find().filter(Column::Unit.eq(unit.0)).filter(Column::CaseId.is_null());
    if let Some(first) = days.0 {
        find = find.filter(Column::Day.gte(first.to_string()));
    }
    if let Some(last) = days.1 {
        find = find.filter(Column::Day.lte(last.to_string()));
    }
    if let Some(Mark(day, event, court_case)) = from {
        let columns = [Column::Day, Column::Event, Column::CourtCase];
        find = find.filter(after::below(&columns, vec![day.into(), event.into(), court_case.into()]));
    }
    let mut rows = find
        .order_by_desc(Column::Day)
        .order_by_desc(Column::Event)
        .order_by_desc(Column::CourtCase)
        .limit(size as u64 + 1)
        .all(store.reader())
        .await?;
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(|row| Mark(row.day.clone(), row.event, row.court_case));
    let items = rows.into_iter().map(|row| Unlinked {
        event: EventId(row.event),
        court_case: CourtCaseId(row.court_case),
        urn: row.urn,
        day: row.day,
        received_at: instant(row.received_at),
    });
    Ok(Page { items: items.collect(), next })
}

/// How many results that waited were handled for one of these cases.
///
/// # Errors
/// [`Error::Database`].
pub async fn taken_up(store: &Store, unit: UnitId, cases: &[CaseId]) -> Result<u64, Error> {
    if cases.is_empty() {
        return Ok(0);
    }
    let of_cases = among(store.reader(), Column::CaseId, cases.iter().map(|case| case.0));
    let find = Entity::find().filter(Column::Unit.eq(unit.0)).filter(of_cases);
    Ok(find.count(store.reader()).await?)
}
