//! Units and their people, as they are stored.

use super::among::among;
use super::rows::{EARLIER_CLOCK, IS_OPEN, instant};
use super::seal::Keys;
use super::{Error, Store, entity, read};
use crate::domain::ids::{AbsenceId, StaffId, TeamId, UnitId};
use crate::domain::staff::{Absence, Roster, Team, Unit, Work};
use crate::domain::words;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// The version of a unit's roster, which rises with every change to it; none where there is no such unit.
///
/// # Errors
/// [`Error::Database`].
pub async fn roster_version(conn: &impl ConnectionTrait, unit: UnitId) -> Result<Option<i64>, Error> {
    use entity::unit::{Column, Entity};
    let find = Entity::find_by_id(unit.0).select_only().column(Column::Version);
    Ok(find.into_tuple::<i64>().one(conn).await?)
}

/// The units.
///
/// # Errors
/// [`Error::Database`], [`Error::Missing`] if a row is not what it should be.
pub async fn units(conn: &impl ConnectionTrait) -> Result<Vec<Unit>, Error> {
    let rows = entity::unit::Entity::find().order_by_asc(entity::unit::Column::Id).all(conn).await?;
    rows.into_iter().map(unit_of).collect()
}

fn unit_of(row: entity::unit::Model) -> Result<Unit, Error> {
    let broken = |_| Error::Missing { what: "readable unit", id: row.id.to_string() };
    Ok(Unit { version: row.version, ..serde_json::from_str(&row.body).map_err(broken)? })
}

/// A unit with its teams, staff, absences and directory.
///
/// # Errors
/// [`Error::Missing`] if there is no such unit, [`Error::Database`], [`Error::Seal`], [`Error::Word`].
pub async fn roster(conn: &impl ConnectionTrait, store: &Store, unit: UnitId) -> Result<Roster, Error> {
    let row = entity::unit::Entity::find_by_id(unit.0).one(conn).await?;
    let unit = unit_of(row.ok_or_else(|| Error::Missing { what: "unit", id: unit.to_string() })?)?;
    let mut keys = Keys::new(store.ring());
    read::keys(conn, &mut keys, [unit.id.0]).await?;
    let teams =
        entity::team::Entity::find().filter(entity::team::Column::Unit.eq(unit.id.0)).all(conn).await?;
    let teams = teams.into_iter().map(|row| Team { id: TeamId(row.id), name: row.name });
    let staff = entity::staff::Entity::find()
        .filter(entity::staff::Column::Unit.eq(unit.id.0))
        .order_by_asc(entity::staff::Column::Id)
        .all(conn)
        .await?;
    let staff = staff.iter().map(|row| keys.open("staff.body", &row.body)).collect::<Result<_, _>>()?;
    let absences = entity::absence::Entity::find()
        .filter(entity::absence::Column::Unit.eq(unit.id.0))
        .order_by_asc(entity::absence::Column::FromAt)
        .all(conn)
        .await?;
    let absences = absences.into_iter().map(|row| {
        Ok(Absence {
            id: AbsenceId(row.id),
            staff: StaffId(row.staff),
            kind: words::parse(&row.kind)?,
            from: instant(row.from_at),
            until: row.until_at.map(instant),
        })
    });
    let absences = absences.collect::<Result<_, Error>>()?;
    let directory = entity::directory::Entity::find()
        .filter(entity::directory::Column::Unit.eq(unit.id.0))
        .order_by_asc(entity::directory::Column::Id)
        .all(conn)
        .await?;
    let directory =
        directory.iter().map(|row| keys.open("directory.body", &row.body)).collect::<Result<_, _>>()?;
    let work = open_work(conn, unit.id, None).await?;
    Ok(Roster { unit, teams: teams.collect(), staff, absences, directory, work })
}

/// The open work of each member of staff, or of these alone, by the hour in which it must be done.
///
/// # Errors
/// [`Error::Database`].
pub async fn open_work(
    conn: &impl ConnectionTrait,
    unit: UnitId,
    of: Option<&[StaffId]>,
) -> Result<Vec<Work>, Error> {
    use entity::task::{Column, Entity};
    let hour = || Expr::cust(format!("{EARLIER_CLOCK} / {HOUR_MS}"));
    let rows = Entity::find()
        .select_only()
        .column(Column::Assignee)
        .column_as(hour(), "hour")
        .column_as(Expr::cust("COUNT(*)"), "open")
        .column_as(Expr::cust("CAST(SUM(minutes) AS BIGINT)"), "minutes")
        .filter(Column::Unit.eq(unit.0))
        .filter(match of {
            Some(these) => among(conn, Column::Assignee, these.iter().map(|staff| staff.0)),
            None => Column::Assignee.is_not_null(),
        })
        .filter(Expr::cust(IS_OPEN))
        .group_by(Column::Assignee)
        .group_by(hour())
        .order_by_asc(Column::Assignee)
        .order_by(hour(), Order::Asc);
    let rows = rows.into_tuple::<(Uuid, Option<i64>, i64, i64)>().all(conn).await?;
    let count = |count| u32::try_from(count).unwrap_or(u32::MAX);
    let work = |(staff, hour, open, minutes): (Uuid, Option<i64>, i64, i64)| Work {
        staff: StaffId(staff),
        by: hour.map(|hour| instant(hour * HOUR_MS)),
        tasks: count(open),
        minutes: count(minutes),
    };
    Ok(rows.into_iter().map(work).collect())
}

/// Milliseconds in an hour.
const HOUR_MS: i64 = 3_600_000;
