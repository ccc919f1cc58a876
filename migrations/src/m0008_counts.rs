//! How much open work there is, and what came and went, from indexes alone: a year of a force's tasks is too much to look up
//! each one that is counted.

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
            "CREATE INDEX tasks_raised ON tasks (assignee, raised_at, team, unit)",
            "CREATE INDEX tasks_ended ON tasks (assignee, ended_at, team, unit) WHERE ended_at IS NOT NULL",
            // Of the few that are open: a task that ends leaves it.
            "CREATE INDEX tasks_open ON tasks (unit, assignee, team, priority, state, due_at, target_at, minutes) \
             WHERE state IN ('open', 'acknowledged', 'in-progress')",
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
