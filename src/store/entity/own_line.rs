//! What members of staff put on top of their own day.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "own_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub unit: Uuid,
    pub staff: Uuid,
    pub task: Option<Uuid>,
    pub day: Option<String>,
    pub place: i64,
    pub done_at: Option<i64>,
    pub body: Option<Vec<u8>>,
}

/// None: rows are joined by the engine.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
