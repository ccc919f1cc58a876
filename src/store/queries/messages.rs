//! Lists of correspondence.

use super::{CHUNK, CHUNKS_MAX, Page, opened};
use crate::domain::ids::{CaseId, StaffId, UnitId};
use crate::domain::message::{Audience, Medium, Message, MessageState, Recipient};
use crate::domain::words::Word;
use crate::store::entity::case;
use crate::store::entity::message::{Column, Entity};
use crate::store::rows::millis;
use crate::store::{Error, Store};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Which messages; what is none or empty asks nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this case.
    pub case: Option<CaseId>,
    /// That stand so.
    pub states: Vec<MessageState>,
    /// Written for one of these.
    pub audiences: Vec<Audience>,
    /// Of this template.
    pub template: Option<String>,
    /// To this recipient.
    pub to: Option<Recipient>,
    /// That travel so.
    pub medium: Option<Medium>,
    /// That may leave at this instant.
    pub ready_at: Option<DateTime<Utc>>,
    /// Of cases that this member of staff owns.
    pub owner: Option<StaffId>,
    /// Of none of these cases.
    pub not_cases: Vec<CaseId>,
}

/// Where a message stands in the order of a list: ids rise with the time of writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark(Uuid);

/// How many letters wait to be printed, by the owner of their case; those of cases that nobody owns are left out.
///
/// # Errors
/// [`Error::Database`].
pub async fn letters_waiting(
    store: &Store,
    unit: UnitId,
    now: DateTime<Utc>,
) -> Result<BTreeMap<StaffId, u32>, Error> {
    let waiting: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::CaseId)
        .filter(Column::Unit.eq(unit.0))
        .filter(Column::State.eq(MessageState::Queued.word()))
        .filter(Column::Medium.eq(Medium::Letter.word()))
        .filter(Column::NotBefore.lte(millis(now)))
        .into_tuple()
        .all(store.reader())
        .await?;
    let mut cases = waiting.clone();
    cases.sort_unstable();
    cases.dedup();
    let mut owners: BTreeMap<Uuid, Uuid> = BTreeMap::new();
    for some in cases.chunks(IDS_MAX) {
        let found = case::Entity::find()
            .select_only()
            .columns([case::Column::Id, case::Column::Owner])
            .filter(case::Column::Id.is_in(some.iter().copied()))
            .filter(case::Column::Owner.is_not_null());
        owners.extend(found.into_tuple::<(Uuid, Uuid)>().all(store.reader()).await?);
    }
    let mut letters = BTreeMap::new();
    for owner in waiting.iter().filter_map(|case| owners.get(case)) {
        *letters.entry(StaffId(*owner)).or_insert(0) += 1;
    }
    Ok(letters)
}

/// Ids in one query, at most.
const IDS_MAX: usize = 500;

/// A page of a unit's messages with their cases, last written first.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn list(
    store: &Store,
    unit: UnitId,
    filter: &Filter,
    mut from: Option<Mark>,
    size: usize,
) -> Result<Page<(CaseId, Message), Mark>, Error> {
    let asks_body = !filter.audiences.is_empty() || filter.to.is_some();
    let chunk = if asks_body { CHUNK } else { size as u64 + 1 };
    let mut items = Vec::new();
    for _ in 0..CHUNKS_MAX {
        let mut find = Entity::find().filter(Column::Unit.eq(unit.0));
        if let Some(case) = filter.case {
            find = find.filter(Column::CaseId.eq(case.0));
        }
        if !filter.states.is_empty() {
            find = find.filter(Column::State.is_in(filter.states.iter().map(ToString::to_string)));
        }
        if let Some(template) = &filter.template {
            find = find.filter(Column::Template.eq(template));
        }
        if let Some(medium) = filter.medium {
            find = find.filter(Column::Medium.eq(medium.word()));
        }
        if let Some(at) = filter.ready_at {
            find = find.filter(Column::NotBefore.lte(millis(at)));
        }
        if let Some(owner) = filter.owner {
            let owned = sea_orm::QuerySelect::query(&mut case::Entity::find().select_only())
                .column(case::Column::Id)
                .and_where(case::Column::Owner.eq(owner.0))
                .to_owned();
            find = find.filter(Column::CaseId.in_subquery(owned));
        }
        if !filter.not_cases.is_empty() {
            find = find.filter(Column::CaseId.is_not_in(filter.not_cases.iter().map(|case| case.0)));
        }
        if let Some(Mark(id)) = &from {
            find = find.filter(Column::Id.lt(*id));
        }
        let rows = find.order_by_desc(Column::Id).limit(chunk).all(store.reader()).await?;
        let messages: Vec<Message> = opened(store, &rows).await?;
        for (row, message) in rows.iter().zip(messages) {
            if items.len() == size {
                return Ok(Page { items, next: from });
            }
            from = Some(Mark(row.id));
            let wanted = (filter.audiences.is_empty() || filter.audiences.contains(&message.audience))
                && filter.to.is_none_or(|to| to == message.to);
            if wanted {
                items.push((CaseId(row.case_id), message));
            }
        }
        if (rows.len() as u64) < chunk {
            return Ok(Page { items, next: None });
        }
    }
    Ok(Page { items, next: from })
}
