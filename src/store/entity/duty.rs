//! What is owed.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "duties")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub unit: Uuid,
    pub case_id: Uuid,
    pub key: String,
    pub kind: String,
    pub participant: Uuid,
    pub state: String,
    pub target_at: Option<i64>,
    pub due_at: Option<i64>,
    pub task: Option<Uuid>,
    pub body: Vec<u8>,
}

/// None: rows are joined by the engine.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
