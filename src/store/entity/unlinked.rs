//! Results that wait for a case to be opened or linked.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unlinked")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: Uuid,
    pub unit: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub court_case: Uuid,
    pub urn: Option<String>,
    pub day: String,
    pub received_at: i64,
    pub case_id: Option<Uuid>,
}

/// None: rows are joined by the engine.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
