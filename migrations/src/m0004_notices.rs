//! Notices: what team leaders tell the unit's people, with who has read them.

use crate::table::Kind::{Bytes, Id, Number};
use crate::table::{TableOf, must};
use sea_orm_migration::prelude::*;

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0004_notices"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let notices = TableOf {
            name: "notices",
            columns: vec![
                must("id", Id),
                must("unit", Id),
                must("case_id", Id),
                must("posted_at", Number),
                must("until_at", Number),
                must("body", Bytes),
            ],
            key: &["id"],
            indexes: &[("until", &["unit", "until_at"]), ("case", &["case_id"])],
        };
        notices.create(manager).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("a schema is never taken back: restore the backup instead".to_owned()))
    }
}
