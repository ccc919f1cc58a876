//! Cases, and each unit's desk.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cases")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub unit: Uuid,
    pub phase: String,
    pub risk: String,
    pub owner: Option<Uuid>,
    pub team: Option<Uuid>,
    pub opened_at: i64,
    pub sequence: i64,
    pub version: i64,
    pub body: Vec<u8>,
    pub record: Vec<u8>,
}

/// None: rows are joined by the engine.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
