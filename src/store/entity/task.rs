//! Work for people.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tasks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub unit: Uuid,
    pub case_id: Uuid,
    pub key: String,
    pub kind: String,
    pub state: String,
    pub priority: String,
    pub assignee: Option<Uuid>,
    pub team: Option<Uuid>,
    pub target_at: Option<i64>,
    pub due_at: Option<i64>,
    pub next_attempt_at: Option<i64>,
    pub deferred_until: Option<i64>,
    pub raised_at: i64,
    pub version: i64,
    pub minutes: i64,
    pub covered_for: Option<Uuid>,
    pub changed: i64,
    pub ended_at: Option<i64>,
    pub body: Vec<u8>,
}

/// None: rows are joined by the engine.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
