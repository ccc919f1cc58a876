//! Trends from their index alone: a year of a force's tasks is too much to look up each one that came or went in a fortnight.

use sea_orm_migration::prelude::*;

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0008_counts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements = [
            "DROP INDEX tasks_raised",
            "DROP INDEX tasks_ended",
            "CREATE INDEX tasks_raised ON tasks (unit, raised_at, assignee, team)",
            "CREATE INDEX tasks_ended ON tasks (unit, ended_at, assignee, team) WHERE ended_at IS NOT NULL",
        ];
        for statement in statements {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("a schema is never taken back: restore the backup instead".to_owned()))
    }
}
