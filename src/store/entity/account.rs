//! Accounts by which the unit's people sign in. The digest is Argon2id's, which holds its own salt and cost.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub staff: Uuid,
    pub unit: Uuid,
    pub name: String,
    pub digest: String,
    pub must_change: i64,
    pub wrong: i64,
    pub waits_until: Option<i64>,
    pub closed_at: Option<i64>,
    pub signed_in_at: Option<i64>,
}

/// None: rows are joined by the engine.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
