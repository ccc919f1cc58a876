//! Who collected, altered, consulted, disclosed, combined or erased what.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub writer: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    pub at: i64,
    pub unit: Uuid,
    pub actor: String,
    pub verb: String,
    pub subject_kind: String,
    pub subject: Option<Uuid>,
    pub count: i64,
    pub reason: Option<String>,
    pub digest: Vec<u8>,
    pub chain: Vec<u8>,
}

/// None: rows are joined by the engine.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
