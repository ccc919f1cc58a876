//! The inbox: everything that happened, once.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub unit: Uuid,
    pub source: String,
    pub reference: String,
    pub kind: String,
    pub occurred_at: Option<i64>,
    pub received_at: i64,
    pub recorded_at: i64,
    pub state: String,
    pub effects: i64,
    pub digest: Option<String>,
    pub body: Vec<u8>,
    pub raw: Option<Vec<u8>>,
}

/// None: rows are joined by the engine.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
