//! Feeds: which part of the diary a calendar program may follow, by the digest of the token that it asks with.

use crate::table::Kind::{Bytes, Id, Number, Text};
use crate::table::{TableOf, may, must};
use sea_orm_migration::prelude::*;

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0006_feeds"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let feeds = TableOf {
            name: "feeds",
            columns: vec![
                must("id", Id),
                must("unit", Id),
                must("case_id", Id),
                must("digest", Text),
                must("made_at", Number),
                may("revoked_at", Number),
                must("body", Bytes),
            ],
            key: &["id"],
            indexes: &[
                ("unique_digest", &["digest"]),
                ("made", &["unit", "made_at"]),
                ("case", &["case_id"]),
            ],
        };
        feeds.create(manager).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("a schema is never taken back: restore the backup instead".to_owned()))
    }
}
