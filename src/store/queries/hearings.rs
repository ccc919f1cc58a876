//! Hearings with their cases.

use super::opened;
use crate::domain::case::Case;
use crate::domain::hearing::{Hearing, HearingKind, HearingState};
use crate::domain::ids::{CaseId, HearingId, UnitId};
use crate::domain::words::Word;
use crate::store::among::among;
use crate::store::entity::{case, hearing};
use crate::store::seal::Keys;
use crate::store::{Error, Store, read};
use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The unit's trials that are listed for `day`, a day in Europe/London, each with its case, in order of id.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn trials_on(store: &Store, unit: UnitId, day: NaiveDate) -> Result<Vec<(Case, Hearing)>, Error> {
    use hearing::Column;
    let rows = hearing::Entity::find()
        .filter(Column::Unit.eq(unit.0))
        .filter(Column::Day.eq(day.to_string()))
        .filter(Column::Kind.eq(HearingKind::Trial.word()))
        .filter(Column::State.eq(HearingState::Listed.word()))
        .order_by_asc(Column::Id)
        .all(store.reader())
        .await?;
    let hearings: Vec<Hearing> = opened(store, &rows).await?;
    let cases = cases(store, rows.iter().map(|row| row.case_id)).await?;
    let paired = rows
        .iter()
        .zip(hearings)
        .filter_map(|(row, hearing)| Some((cases.get(&row.case_id)?.clone(), hearing)));
    Ok(paired.collect())
}

/// The cases with these ids.
pub(super) async fn cases(
    store: &Store,
    ids: impl Iterator<Item = Uuid>,
) -> Result<BTreeMap<Uuid, Case>, Error> {
    let ids: Vec<Uuid> = ids.collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut keys = Keys::new(store.ring());
    let conn = store.reader();
    read::keys(conn, &mut keys, ids.iter().copied()).await?;
    let rows = case::Entity::find().filter(among(conn, case::Column::Id, ids)).all(conn).await?;
    rows.into_iter().map(|row| Ok((row.id, keys.open("cases.body", &row.body)?))).collect()
}

/// The case of a hearing of this unit.
///
/// # Errors
/// [`Error::Database`].
pub async fn case_of(store: &Store, unit: UnitId, id: HearingId) -> Result<Option<CaseId>, Error> {
    use hearing::Column;
    let find = hearing::Entity::find_by_id(id.0).filter(Column::Unit.eq(unit.0));
    let case = find.select_only().column(Column::CaseId).into_tuple::<Uuid>().one(store.reader()).await?;
    Ok(case.map(CaseId))
}
