//! How much work came and went, day by day: a few counts, whatever the number of people.

use super::whose::Whose;
use crate::domain::ids::{StaffId, TeamId, UnitId};
use crate::domain::london;
use crate::store::entity::task::{Column, Entity};
use crate::store::rows::millis;
use crate::store::{Error, Store};
use chrono::{Days, NaiveDate};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

/// Tasks of one member of staff or queue that came and went on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayCount {
    /// The day, in Europe/London.
    pub day: NaiveDate,
    /// Who has them, or had them when they ended; none for a queue.
    pub assignee: Option<StaffId>,
    /// Whose queue, or the team of whoever has them.
    pub team: Option<TeamId>,
    /// How many were raised that day.
    pub raised: u64,
    /// How many ended that day, in whatever way.
    pub ended: u64,
}

/// Counts what was raised and what ended on each of the `days` days up to `today`. Days on which nothing did are left
/// out, and so is what ended before usher kept the instant.
///
/// # Errors
/// [`Error::Database`].
pub async fn count(
    store: &Store,
    unit: UnitId,
    whose: &Whose,
    today: NaiveDate,
    days: u32,
) -> Result<Vec<DayCount>, Error> {
    let days: Vec<NaiveDate> =
        (0..days).rev().filter_map(|back| today.checked_sub_days(Days::new(back.into()))).collect();
    let mut counts = Vec::new();
    for (day, assignee, team, raised) in
        by_day(store, unit, whose, Column::RaisedAt, "raised_at", &days).await?
    {
        counts.push(DayCount { day, assignee, team, raised, ended: 0 });
    }
    for (day, assignee, team, ended) in by_day(store, unit, whose, Column::EndedAt, "ended_at", &days).await?
    {
        counts.push(DayCount { day, assignee, team, raised: 0, ended });
    }
    Ok(counts)
}

type Row = (NaiveDate, Option<StaffId>, Option<TeamId>, u64);

/// Counts the tasks of which an instant lies on one of these days, by day and whose they are.
async fn by_day(
    store: &Store,
    unit: UnitId,
    whose: &Whose,
    column: Column,
    name: &str,
    days: &[NaiveDate],
) -> Result<Vec<Row>, Error> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok(Vec::new()) };
    let conn = store.reader();
    let mut rows = Vec::new();
    for theirs in whose.conditions(conn, unit) {
        let find = Entity::find()
            .select_only()
            .column_as(nth_day(name, days), "nth")
            .columns([Column::Assignee, Column::Team])
            // Not the id, which is not in the index.
            .column_as(Expr::cust("COUNT(*)"), "counted")
            .filter(theirs)
            .filter(column.gte(millis(london::start_of_day(*first))))
            .filter(column.lt(millis(end_of(*last))))
            .group_by(Expr::cust("nth"))
            .group_by(Column::Assignee)
            .group_by(Column::Team);
        rows.extend(find.into_tuple::<(i64, Option<Uuid>, Option<Uuid>, i64)>().all(conn).await?);
    }
    let row = |(nth, assignee, team, tasks): (i64, Option<Uuid>, Option<Uuid>, i64)| {
        let day = usize::try_from(nth).ok().and_then(|nth| days.get(nth))?;
        Some((*day, assignee.map(StaffId), team.map(TeamId), u64::try_from(tasks).unwrap_or(0)))
    };
    Ok(rows.into_iter().filter_map(row).collect())
}

/// On which of these days an instant lies, counted from nought. Days of London are not all equally long, so each says
/// where it ends; the instants are ours, so that they may stand in the text.
fn nth_day(name: &str, days: &[NaiveDate]) -> SimpleExpr {
    let one = |(nth, day): (usize, &NaiveDate)| format!("WHEN {name} < {} THEN {nth}", millis(end_of(*day)));
    let cases: Vec<String> = days.iter().enumerate().map(one).collect();
    Expr::cust(format!("CAST(CASE {} END AS BIGINT)", cases.join(" ")))
}

/// The first instant after a day.
fn end_of(day: NaiveDate) -> chrono::DateTime<chrono::Utc> {
    london::start_of_day(day.succ_opt().unwrap_or(day))
}
