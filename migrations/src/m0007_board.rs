//! What the board needs: accounts and sessions of the unit's people, what they put on top of their own day, which contact
//! records wait to be copied, and how often each rule spoke.

use crate::table::Kind::{Bytes, Id, Number, Text};
use crate::table::{TableOf, may, must};
use sea_orm_migration::prelude::*;

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0007_board"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables() {
            table.create(manager).await?;
        }
        let mut table = Table::alter();
        // Who logged a record that nobody has copied yet; nobody in records from before.
        table.table(Alias::new("contacts")).add_column(may("to_copy", Id));
        manager.alter_table(table.take()).await?;
        let index = "CREATE INDEX contacts_to_copy ON contacts (to_copy, at, id) WHERE to_copy IS NOT NULL";
        manager.get_connection().execute_unprepared(index).await?;
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("a schema is never taken back: restore the backup instead".to_owned()))
    }
}

fn tables() -> Vec<TableOf> {
    vec![
        TableOf {
            name: "accounts",
            columns: vec![
                must("staff", Id),
                must("unit", Id),
                must("name", Text),
                must("digest", Text),
                must("must_change", Number),
                must("wrong", Number),
                may("waits_until", Number),
                may("closed_at", Number),
                may("signed_in_at", Number),
            ],
            key: &["staff"],
            indexes: &[("unique_name", &["unit", "name"])],
        },
        TableOf {
            name: "sessions",
            columns: vec![
                must("digest", Text),
                must("unit", Id),
                must("staff", Id),
                must("made_at", Number),
                must("seen_at", Number),
                must("ends_at", Number),
            ],
            key: &["digest"],
            indexes: &[("staff", &["staff"]), ("ends", &["ends_at"])],
        },
        TableOf {
            name: "own_lines",
            columns: vec![
                must("id", Id),
                must("unit", Id),
                must("staff", Id),
                may("task", Id),
                may("day", Text),
                must("place", Number),
                may("done_at", Number),
                may("body", Bytes),
            ],
            key: &["id"],
            indexes: &[("staff", &["staff", "done_at", "place"])],
        },
        TableOf {
            name: "rule_months",
            columns: vec![
                must("unit", Id),
                must("month", Text),
                must("rule", Text),
                must("writer", Text),
                must("cases", Number),
            ],
            key: &["unit", "month", "rule", "writer"],
            indexes: &[],
        },
    ]
}
