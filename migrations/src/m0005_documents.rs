//! Documents of cases, and their bytes in a table of their own.

use crate::table::Kind::{Bytes, Id, Number};
use crate::table::{TableOf, must};
use sea_orm_migration::prelude::*;

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0005_documents"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let documents = TableOf {
            name: "documents",
            columns: vec![must("id", Id), must("case_id", Id), must("added_at", Number), must("body", Bytes)],
            key: &["id"],
            indexes: &[("case", &["case_id", "added_at"])],
        };
        documents.create(manager).await?;
        let contents = TableOf {
            name: "document_contents",
            columns: vec![must("document", Id), must("case_id", Id), must("body", Bytes)],
            key: &["document"],
            indexes: &[("case", &["case_id"])],
        };
        contents.create(manager).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("a schema is never taken back: restore the backup instead".to_owned()))
    }
}
