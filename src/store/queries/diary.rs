//! The diary over all cases, day by day.

use super::hearings::cases;
use super::{CHUNK, CHUNKS_MAX, Page, opened};
use crate::domain::case::Case;
use crate::domain::diary::DiaryEntry;
use crate::domain::hearing::Hearing;
use crate::domain::ids::{StaffId, TeamId, UnitId};
use crate::store::among::among;
use crate::store::entity::diary_entry::{Column, Entity};
use crate::store::entity::hearing;
use crate::store::{Error, Store};
use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Which part of the diary; what is none asks nothing.
#[derive(Debug, Clone)]
pub struct Filter {
    /// From this day on, in Europe/London.
    pub from: NaiveDate,
    /// To this day, inclusive.
    pub to: NaiveDate,
    /// Cases that this member of staff owns or covers.
    pub staff: Option<StaffId>,
    /// Cases of this team.
    pub team: Option<TeamId>,
    /// Hearings at this court.
    pub court: Option<String>,
}

/// A line of the diary.
#[derive(Debug, Clone)]
pub struct Line {
    /// The entry.
    pub entry: DiaryEntry,
    /// Its case.
    pub case: Case,
    /// The hearing it shows.
    pub hearing: Option<Hearing>,
}

/// Where a line stands in the order of the diary. What has no time of day comes first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark(String, i64, Uuid);

/// What an entry without a time of day counts as.
const NO_TIME: i64 = 0;

/// A page of a unit's diary.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn list(
    store: &Store,
    unit: UnitId,
    filter: &Filter,
    mut from: Option<Mark>,
    size: usize,
) -> Result<Page<Line, Mark>, Error> {
    let time = || Expr::cust(format!("COALESCE(at, {NO_TIME})"));
    let mut items = Vec::new();
    for _ in 0..CHUNKS_MAX {
        let mut find = Entity::find()
            .filter(Column::Unit.eq(unit.0))
            .filter(Column::Day.gte(filter.from.to_string()))
            .filter(Column::Day.lte(filter.to.to_string()));
        if let Some(Mark(day, at, id)) = &from {
            let order = Expr::tuple([Expr::col(Column::Day), time(), Expr::col(Column::Id)]);
            let values = vec![day.clone().into(), (*at).into(), (*id).into()];
            find = find.filter(order.gt(super::after::given(values)));
        }
        let find = find.order_by_asc(Column::Day).order_by(time(), sea_orm::Order::Asc);
        let rows = find.order_by_asc(Column::Id).limit(CHUNK).all(store.reader()).await?;
        let entries: Vec<DiaryEntry> = opened(store, &rows).await?;
        let cases = cases(store, rows.iter().map(|row| row.case_id)).await?;
        let hearings = hearings(store, rows.iter().filter_map(|row| row.hearing)).await?;
        for (row, entry) in rows.iter().zip(entries) {
            if items.len() == size {
                return Ok(Page { items, next: from });
            }
            let day = row.day.clone().unwrap_or_default();
            from = Some(Mark(day, row.at.unwrap_or(NO_TIME), row.id));
            let Some(case) = cases.get(&row.case_id) else { continue };
            let hearing = row.hearing.and_then(|hearing| hearings.get(&hearing));
            if wanted(filter, case, hearing) {
                items.push(Line { entry, case: case.clone(), hearing: hearing.cloned() });
            }
        }
        if (rows.len() as u64) < CHUNK {
            return Ok(Page { items, next: None });
        }
    }
    Ok(Page { items, next: from })
}

fn wanted(filter: &Filter, case: &Case, hearing: Option<&Hearing>) -> bool {
    let theirs = |staff| case.owner == Some(staff) || case.cover.is_some_and(|cover| cover.staff == staff);
    let there = |court: &String| hearing.is_some_and(|hearing| hearing.court.code.as_ref() == Some(court));
    filter.staff.is_none_or(theirs)
        && filter.team.is_none_or(|team| case.team == Some(team))
        && filter.court.as_ref().is_none_or(there)
}

async fn hearings(store: &Store, ids: impl Iterator<Item = Uuid>) -> Result<BTreeMap<Uuid, Hearing>, Error> {
    let ids: Vec<Uuid> = ids.collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let which = among(store.reader(), hearing::Column::Id, ids);
    let rows = hearing::Entity::find().filter(which).all(store.reader()).await?;
    let hearings: Vec<Hearing> = opened(store, &rows).await?;
    Ok(rows.into_iter().map(|row| row.id).zip(hearings).collect())
}
