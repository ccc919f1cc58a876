//! Contact records that wait to be copied into the force's other systems.

use super::{Page, after, opened};
use crate::domain::contact::Contact;
use crate::domain::ids::{CaseId, StaffId};
use crate::store::entity::contact::{Column, Entity};
use crate::store::{Error, Store};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where a record stands in the order of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark(i64, Uuid);

/// A page of the records that somebody logged and nobody has copied, oldest first, with their cases.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn to_copy(
    store: &Store,
    staff: StaffId,
    from: Option<Mark>,
    size: usize,
) -> Result<Page<(CaseId, Contact), Mark>, Error> {
    let mut find = Entity::find().filter(Column::ToCopy.eq(staff.0));
    if let Some(Mark(at, id)) = from {
        let order = Expr::tuple([Expr::col(Column::At), Expr::col(Column::Id)]);
        find = find.filter(order.gt(after::given(vec![at.into(), id.into()])));
    }
    let find = find.order_by_asc(Column::At).order_by_asc(Column::Id).limit(size as u64 + 1);
    let mut rows = find.all(store.reader()).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(|row| Mark(row.at, row.id));
    let contacts: Vec<Contact> = opened(store, &rows).await?;
    let items = rows.iter().map(|row| CaseId(row.case_id)).zip(contacts).collect();
    Ok(Page { items, next })
}
