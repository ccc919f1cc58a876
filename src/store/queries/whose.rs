//! Whose tasks are counted: a unit's, or those of some people and of one queue.

use super::also_of;
use crate::domain::ids::{StaffId, TeamId, UnitId};
use crate::store::among::among;
use crate::store::entity::task::Column;
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait};

/// Whose tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's of the unit, and those of every queue.
    Unit,
    /// Of these people, and of this team's queue where there is one.
    These {
        /// The people.
        staff: Vec<StaffId>,
        /// The team whose queue counts as well.
        queue: Option<TeamId>,
    },
}

impl Whose {
    /// Tasks of a unit that are theirs, found by whose they are.
    pub(in crate::store) fn of(&self, conn: &impl ConnectionTrait, unit: UnitId) -> Condition {
        match self {
            Self::Unit => Condition::all().add(Column::Unit.eq(unit.0)),
            Self::These { .. } => Condition::all().add(also_of(Column::Unit, unit)).add(self.theirs(conn)),
        }
    }

    /// That a task is theirs, asked of a unit's tasks that another column finds.
    pub(in crate::store) fn theirs(&self, conn: &impl ConnectionTrait) -> Condition {
        let Self::These { staff, queue } = self else { return Condition::all() };
        let queue = queue.map(|team| Column::Team.eq(team.0).and(Column::Assignee.is_null()));
        match (staff.is_empty(), queue) {
            (true, None) => Condition::all().add(Expr::value(false)),
            (true, Some(queue)) => Condition::all().add(queue),
            (false, queue) => Condition::any()
                .add(among(conn, Column::Assignee, staff.iter().map(|staff| staff.0)))
                .add_option(queue),
        }
    }
}
