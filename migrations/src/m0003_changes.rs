//! What live boards and trends ask of tasks: in which order they changed, and when they ended.

use crate::table::Kind::Number;
use crate::table::{may, must};
use sea_orm_migration::prelude::*;

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0003_changes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Tasks from before count as changed before everything that is watched.
        let mut changed = must("changed", Number);
        changed.default(0);
        // When a task from before ended is in its sealed body alone: it stays out of trends, which look back weeks.
        for mut column in [changed, may("ended_at", Number)] {
            let mut table = Table::alter();
            table.table(Alias::new("tasks")).add_column(&mut column);
            manager.alter_table(table.take()).await?;
        }
        let indexes = [
            // With the id, so that one who goes on in the middle of a large transaction has the order from the index.
            "CREATE INDEX tasks_changed ON tasks (unit, changed, id)",
            "CREATE INDEX tasks_raised ON tasks (unit, raised_at)",
            "CREATE INDEX tasks_ended ON tasks (unit, ended_at) WHERE ended_at IS NOT NULL",
        ];
        for index in indexes {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("a schema is never taken back: restore the backup instead".to_owned()))
    }
}
