//! Whose tasks are counted: those of some people, and of some teams' queues.

use super::also_of;
use crate::domain::ids::{StaffId, TeamId, UnitId};
use crate::store::among::among;
use crate::store::entity::task::Column;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait, ConnectionTrait};

/// Whose tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whose {
    /// Of these people.
    pub staff: Vec<StaffId>,
    /// In the queues of these teams.
    pub queues: Vec<TeamId>,
}

impl Whose {
    /// Tasks of a unit that are theirs: a condition for the people and one for the queues, each of which an index answers.
    /// Both in one would have every task of the unit looked at.
    pub(super) fn conditions(&self, conn: &impl ConnectionTrait, unit: UnitId) -> Vec<Condition> {
        let mut conditions = Vec::new();
        if !self.staff.is_empty() {
            let theirs = among(conn, Column::Assignee, self.staff.iter().map(|staff| staff.0));
            conditions.push(Condition::all().add(also_of(Column::Unit, unit)).add(theirs));
        }
        if !self.queues.is_empty() {
            let theirs = among(conn, Column::Team, self.queues.iter().map(|team| team.0));
            let queued = Condition::all().add(Column::Assignee.is_null()).add(theirs);
            conditions.push(queued.add(also_of(Column::Unit, unit)));
        }
        conditions
    }
}
