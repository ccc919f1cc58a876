//! Lists of cases, and which case something belongs to.

use super::{CHUNK, CHUNKS_MAX, Page, after};
use crate::domain::case::{Case, Phase, ReferenceKind};
use crate::domain::ids::{CaseId, ParticipantId, StaffId, TeamId, UnitId};
use crate::domain::state::CaseState;
use crate::domain::words;
use crate::store::among::among;
use crate::store::entity::case::{Column, Entity};
use crate::store::entity::{case_reference, participant};
use crate::store::seal::Keys;
use crate::store::{Error, Store, read};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Which cases; what is none or empty asks nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this owner.
    pub owner: Option<StaffId>,
    /// Of this team.
    pub team: Option<TeamId>,
    /// In one of these phases.
    pub phases: Vec<Phase>,
    /// With every one of these flags, proposed ones included.
    pub flags: Vec<String>,
}

/// Where a case stands in the order of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark(i64, Uuid);

/// A page of a unit's cases, last opened first. The desk is none.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn list(
    store: &Store,
    unit: UnitId,
    filter: &Filter,
    mut from: Option<Mark>,
    size: usize,
) -> Result<Page<Case, Mark>, Error> {
    let mut items = Vec::new();
    for _ in 0..CHUNKS_MAX {
        let chunk = if filter.flags.is_empty() { size as u64 + 1 } else { CHUNK };
        let mut find =
            Entity::find().filter(Column::Unit.eq(unit.0)).filter(Column::Id.ne(CaseState::desk_of(unit).0));
        if let Some(owner) = filter.owner {
            find = find.filter(Column::Owner.eq(owner.0));
        }
        if let Some(team) = filter.team {
            find = find.filter(Column::Team.eq(team.0));
        }
        if !filter.phases.is_empty() {
            find = find.filter(Column::Phase.is_in(filter.phases.iter().map(ToString::to_string)));
        }
        if let Some(Mark(opened_at, id)) = &from {
            let values = vec![(*opened_at).into(), (*id).into()];
            find = find.filter(after::below(&[Column::OpenedAt, Column::Id], values));
        }
        let find = find.order_by_desc(Column::OpenedAt).order_by_desc(Column::Id).limit(chunk);
        let rows = find.all(store.reader()).await?;
        let mut keys = Keys::new(store.ring());
        read::keys(store.reader(), &mut keys, rows.iter().map(|row| row.id)).await?;
        for row in &rows {
            if items.len() == size {
                return Ok(Page { items, next: from });
            }
            from = Some(Mark(row.opened_at, row.id));
            let case: Case = keys.open("cases.body", &row.body)?;
            let has = |flag: &String| case.flags.contains(flag) || case.proposed_flags.contains(flag);
            if filter.flags.iter().all(has) {
                items.push(case);
            }
        }
        if (rows.len() as u64) < chunk {
            return Ok(Page { items, next: None });
        }
    }
    Ok(Page { items, next: from })
}

/// The case in which somebody plays a part.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_participant(store: &Store, id: ParticipantId) -> Result<Option<CaseId>, Error> {
    let find = participant::Entity::find_by_id(id.0).select_only().column(participant::Column::CaseId);
    Ok(find.into_tuple::<Uuid>().one(store.reader()).await?.map(CaseId))
}

/// What people know each of these cases by, as [`Case::label`] says it; one without a reference is left out.
///
/// # Errors
/// [`Error::Database`].
pub async fn labels(
    store: &Store,
    cases: impl IntoIterator<Item = CaseId>,
) -> Result<BTreeMap<CaseId, String>, Error> {
    use case_reference::Column;
    let ids: BTreeSet<CaseId> = cases.into_iter().collect();
    let mut labels = BTreeMap::new();
    if ids.is_empty() {
        return Ok(labels);
    }
    let conn = store.reader();
    let these = among(conn, Column::CaseId, ids.iter().map(|case| case.0));
    let mut references = case_reference::Entity::find().filter(these).all(conn).await?;
    let rank = |kind: &str| match words::parse::<ReferenceKind>(kind) {
        Ok(ReferenceKind::Urn) => 0,
        Ok(ReferenceKind::Authority) => 1,
        Ok(ReferenceKind::Occurrence) => 2,
        Ok(ReferenceKind::CourtCase) | Err(_) => 3,
    };
    references.sort_by(|a, b| (rank(&a.kind), &a.value).cmp(&(rank(&b.kind), &b.value)));
    for reference in references {
        labels.entry(CaseId(reference.case_id)).or_insert(reference.value);
    }
    Ok(labels)
}
