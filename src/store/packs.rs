//! Packs by content hash, and which is active for which unit.

use super::Error;
use super::entity::{pack, rule_month, unit_pack};
use super::rows::millis;
use crate::domain::ids::UnitId;
use crate::domain::london;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use std::collections::{BTreeMap, HashMap};

/// Anything that queries can be sent through.
pub trait Conn: ConnectionTrait {}
impl<C: ConnectionTrait> Conn for C {}

/// The content hash of the pack active for a unit.
///
/// # Errors
/// [`Error::Database`].
pub async fn active_hash(conn: &impl ConnectionTrait, unit: UnitId) -> Result<Option<String>, Error> {
    let find = unit_pack::Entity::find_by_id(unit.0).select_only().column(unit_pack::Column::Hash);
    Ok(find.into_tuple::<String>().one(conn).await?)
}

/// The files of a stored pack.
///
/// # Errors
/// [`Error::Missing`] if no such pack is stored, [`Error::Database`].
pub async fn files(conn: &impl ConnectionTrait, hash: &str) -> Result<BTreeMap<String, String>, Error> {
    let missing = || Error::Missing { what: "pack", id: hash.to_owned() };
    let row = pack::Entity::find_by_id(hash).one(conn).await?.ok_or_else(missing)?;
    let json = lz4_flex::decompress_size_prepended(&row.files).map_err(|_| missing())?;
    serde_json::from_slice(&json).map_err(|_| missing())
}

/// What names a pack that is to be stored.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// Its content hash.
    pub hash: &'a str,
    /// Its id.
    pub id: &'a str,
    /// Its version.
    pub version: &'a str,
    /// Its files by path.
    pub files: &'a BTreeMap<String, String>,
}

/// Stores a pack; one that is stored already stays as it is.
///
/// # Errors
/// [`Error::Database`].
pub async fn store(conn: &impl ConnectionTrait, named: Named<'_>, now: DateTime<Utc>) -> Result<(), Error> {
    let json = serde_json::to_vec(named.files).expect("texts by path are plain data");
    let row = pack::Model {
        hash: named.hash.to_owned(),
        pack: named.id.to_owned(),
        version: named.version.to_owned(),
        stored_at: millis(now),
        files: lz4_flex::compress_prepend_size(&json),
    };
    let keep = OnConflict::column(pack::Column::Hash).do_nothing().to_owned();
    pack::Entity::insert(row.into_active_model()).on_conflict(keep).exec_without_returning(conn).await?;
    Ok(())
}

/// Makes a stored pack the active one of a unit, from now on.
///
/// # Errors
/// [`Error::Database`].
pub async fn activate(
    conn: &impl ConnectionTrait,
    unit: UnitId,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let row = unit_pack::Model { unit: unit.0, hash: hash.to_owned(), active_from: millis(now) };
    let replace = OnConflict::column(unit_pack::Column::Unit)
        .update_columns([unit_pack::Column::Hash, unit_pack::Column::ActiveFrom])
        .to_owned();
    unit_pack::Entity::insert(row.into_active_model())
        .on_conflict(replace)
        .exec_without_returning(conn)
        .await?;
    Ok(())
}

/// Every stored pack: hash, id, version, when it was stored; newest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(conn: &impl ConnectionTrait) -> Result<Vec<(String, String, String, i64)>, Error> {
    use pack::Column;
    use sea_orm::QueryOrder;
    let find = pack::Entity::find()
        .select_only()
        .columns([Column::Hash, Column::Pack, Column::Version, Column::StoredAt])
        .order_by_desc(Column::StoredAt);
    Ok(find.into_tuple().all(conn).await?)
}

/// The content hash of the pack active for a unit, and from when it is, in unix milliseconds.
///
/// # Errors
/// [`Error::Database`].
pub async fn active(conn: &impl ConnectionTrait, unit: UnitId) -> Result<Option<(String, i64)>, Error> {
    let row = unit_pack::Entity::find_by_id(unit.0).one(conn).await?;
    Ok(row.map(|row| (row.hash, row.active_from)))
}

/// The month in which what rules said at an instant is counted, `YYYY-MM`, in London.
pub(super) fn month(at: DateTime<Utc>) -> String {
    london::date(at).format("%Y-%m").to_string()
}

/// In how many cases each rule of a unit spoke in the month of `at`.
///
/// # Errors
/// [`Error::Database`].
pub async fn spoke(
    store: &super::Store,
    unit: UnitId,
    at: DateTime<Utc>,
) -> Result<HashMap<String, i64>, Error> {
    use rule_month::{Column, Entity};
    let find = Entity::find()
        .select_only()
        .column(Column::Rule)
        .column_as(Expr::cust("CAST(SUM(cases) AS BIGINT)"), "spoke")
        .filter(Column::Unit.eq(unit.0))
        .filter(Column::Month.eq(month(at)))
        .group_by(Column::Rule);
    Ok(find.into_tuple::<(String, i64)>().all(store.reader()).await?.into_iter().collect())
}
