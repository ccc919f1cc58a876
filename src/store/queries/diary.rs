//! The diary over all cases, day by day.

use super::hearings::cases;
use super::{CHUNK, CHUNKS_MAX, Page, opened};
use crate::domain::case::Case;
use crate::domain::diary::DiaryEntry;
use crate::domain::hearing::{AttendanceState, Hearing};
use crate::domain::ids::{StaffId, TeamId, UnitId};
use crate::domain::person::Participant;
use crate::domain::words;
use crate::store::among::among;
use crate::store::entity::diary_entry::{Column, Entity};
use crate::store::entity::{attendance, hearing, participant};
use crate::store::{Error, Store};
use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Which part of the diary; what is none asks nothing.
#[derive(Debug, Clone)]
pub struct Filter {
    /// From the one day to the other, inclusive, in Europe/London; what has no date where none.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// Cases that this member of staff owns or covers, and their own appointments.
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
    /// How far everybody's attendance at its present listing has come.
    pub attendances: Vec<AttendanceState>,
    /// Whether somebody with Enhanced Rights is in the case.
    pub enhanced: bool,
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
        let mut find = Entity::find().filter(Column::Unit.eq(unit.0));
        find = match filter.days {
            Some((first, last)) => {
                find.filter(Column::Day.gte(first.to_string())).filter(Column::Day.lte(last.to_string()))
            }
            None => find.filter(Column::Day.is_null()),
        };
        if let (Some(Mark(_, _, id)), None) = (&from, filter.days) {
            find = find.filter(Column::Id.gt(*id));
        } else if let Some(Mark(day, at, id)) = &from {
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
                return whole(store, items, from).await;
            }
            let day = row.day.clone().unwrap_or_default();
            from = Some(Mark(day, row.at.unwrap_or(NO_TIME), row.id));
            let Some(case) = cases.get(&row.case_id) else { continue };
            let hearing = row.hearing.and_then(|hearing| hearings.get(&hearing));
            if wanted(filter, &entry, case, hearing) {
                let (case, hearing) = (case.clone(), hearing.cloned());
                items.push(Line { entry, case, hearing, attendances: Vec::new(), enhanced: false });
            }
        }
        if (rows.len() as u64) < CHUNK {
            return whole(store, items, None).await;
        }
    }
    whole(store, items, from).await
}

/// The page, its lines with who is to attend and whether somebody has Enhanced Rights.
async fn whole(store: &Store, mut items: Vec<Line>, next: Option<Mark>) -> Result<Page<Line, Mark>, Error> {
    let hearings: Vec<Uuid> = items.iter().filter_map(|line| Some(line.hearing.as_ref()?.id.0)).collect();
    let attending = attending(store, hearings).await?;
    let enhanced = enhanced(store, items.iter().map(|line| line.case.id.0).collect()).await?;
    for line in &mut items {
        if let Some(hearing) = &line.hearing {
            let states = attending.get(&(hearing.id.0, i64::from(hearing.listing)));
            line.attendances = states.cloned().unwrap_or_default();
        }
        line.enhanced = enhanced.contains(&line.case.id.0);
    }
    Ok(Page { items, next })
}

/// How far attendances have come, by hearing and listing.
async fn attending(
    store: &Store,
    hearings: Vec<Uuid>,
) -> Result<BTreeMap<(Uuid, i64), Vec<AttendanceState>>, Error> {
    use attendance::{Column, Entity};
    let mut attending: BTreeMap<(Uuid, i64), Vec<AttendanceState>> = BTreeMap::new();
    if hearings.is_empty() {
        return Ok(attending);
    }
    let find = Entity::find().select_only().columns([Column::Hearing, Column::Listing, Column::State]);
    let find = find.filter(among(store.reader(), Column::Hearing, hearings));
    for (hearing, listing, state) in find.into_tuple::<(Uuid, i64, String)>().all(store.reader()).await? {
        attending.entry((hearing, listing)).or_default().push(words::parse(&state)?);
    }
    Ok(attending)
}

/// Those of these cases in which somebody with Enhanced Rights is.
async fn enhanced(store: &Store, cases: BTreeSet<Uuid>) -> Result<BTreeSet<Uuid>, Error> {
    use participant::{Column, Entity};
    if cases.is_empty() {
        return Ok(BTreeSet::new());
    }
    let which = among(store.reader(), Column::CaseId, cases);
    let rows = Entity::find().filter(which).all(store.reader()).await?;
    let people: Vec<Participant> = opened(store, &rows).await?;
    let has = |held: &Participant| held.is_enhanced() && held.left_at.is_none();
    Ok(rows.iter().zip(&people).filter(|(_, held)| has(held)).map(|(row, _)| row.case_id).collect())
}

fn wanted(filter: &Filter, entry: &DiaryEntry, case: &Case, hearing: Option<&Hearing>) -> bool {
    let keeps =
        |staff| entry.appointment.as_ref().is_some_and(|appointment| appointment.staff == Some(staff));
    let theirs = |staff| case.owner == Some(staff) || case.cover.is_some_and(|cover| cover.staff == staff);
    let there = |court: &String| hearing.is_some_and(|hearing| hearing.court.code.as_ref() == Some(court));
    filter.staff.is_none_or(|staff| theirs(staff) || keeps(staff))
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
