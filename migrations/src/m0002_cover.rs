//! Who covers for whom: how long a task takes, and which tasks are kept for somebody who is away.

use crate::table::Kind::{Id, Number};
use crate::table::{may, must};
use sea_orm_migration::prelude::*;

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_cover"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Tasks from before count as a quarter of an hour each: what they count as when they are read.
        let mut minutes = must("minutes", Number);
        minutes.default(15);
        for mut column in [minutes, may("covered_for", Id)] {
            let mut table = Table::alter();
            table.table(Alias::new("tasks")).add_column(&mut column);
            manager.alter_table(table.take()).await?;
        }
        // Few tasks are covered at a time: an index over those alone costs the others nothing.
        let index = "CREATE INDEX tasks_covered_for ON tasks (unit) WHERE covered_for IS NOT NULL";
        manager.get_connection().execute_unprepared(index).await?;
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("a schema is never taken back: restore the backup instead".to_owned()))
    }
}
