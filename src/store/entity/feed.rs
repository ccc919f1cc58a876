//! What calendar programs may follow.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "feeds")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub unit: Uuid,
    pub case_id: Uuid,
    pub digest: String,
    pub made_at: i64,
    pub revoked_at: Option<i64>,
    pub body: Vec<u8>,
}

/// None: rows are joined by the engine.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
