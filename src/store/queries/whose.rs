//! Whose tasks are counted: those of some people, and of some teams' queues.

use super::also_of;
use crate::domain::ids::{StaffId, TeamId, UnitId};
use crate::store::among::among;
use crate::store::entity::task::Column;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait, ConnectionTrait};

/// Whose tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's, and those of all queues.
    Everybody,
    /// Some people's, and those of some queues.
    These {
        /// Of these people.
        staff: Vec<StaffId>,
        /// In the queues of these teams.
        queues: Vec<TeamId>,
    },
}

impl Whose {
    /// Tasks of a unit that are theirs, as conditions each of which an index answers: of some, one for the people and one for
    /// the queues, as both in one would have every task of the unit looked at.
    pub(super) fn conditions(&self, conn: &impl ConnectionTrait, unit: UnitId) -> Vec<Condition> {
        let Self::These { staff, queues } = self else {
            return vec![Condition::all().add(Column::Unit.eq(unit.0))];
        };
        let mut conditions = Vec::new();
        if !staff.is_empty() {
            let theirs = among(conn, Column::Assignee, staff.iter().map(|staff| staff.0));
            conditions.push(Condition::all().add(also_of(Column::Unit, unit)).add(theirs));
        }
        if !queues.is_empty() {
            let theirs = among(conn, Column::Team, queues.iter().map(|team| team.0));
            let queued = Condition::all().add(Column::Assignee.is_null()).add(theirs);
            conditions.push(queued.add(also_of(Column::Unit, unit)));
        }
        conditions
    }
}
