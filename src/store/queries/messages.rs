//! Lists of correspondence.

use super::{CHUNK, CHUNKS_MAX, Page, opened};
use crate::domain::ids::{CaseId, UnitId};
use crate::domain::message::{Audience, Message, MessageState, Recipient};
use crate::store::entity::message::{Column, Entity};
use crate::store::{Error, Store};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
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
}

/// Where a message stands in the order of a list: ids rise with the time of writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark(Uuid);

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
