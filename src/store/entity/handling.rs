//! How each event was handled for each case, in the case's order.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "handlings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub case_id: Uuid,
    pub sequence: i64,
    pub outcome: String,
    pub effects: i64,
    pub pack: String,
    pub handled_at: i64,
    pub input: Option<Vec<u8>>,
    pub trace: Vec<u8>,
}

/// None: rows are joined by the engine.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
