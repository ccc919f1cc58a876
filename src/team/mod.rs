//! What a team leader asks and decides: who covers, who gets what, how much everybody has to do.
//!
//! Everything here looks at the store and makes a proposal; nothing is changed but by an event that carries it, and
//! the engine looks at every line of that again under the locks of its cases.

pub mod allocation;
pub mod briefing;
pub mod cover;
pub mod handback;
pub mod reassign;
pub mod workload;

use crate::domain::handover::Listed;
use crate::domain::ids::{CaseId, UnitId};
use crate::domain::staff::Roster;
use crate::domain::state::CaseState;
use crate::store::queries::work::{Around, OpenTask};
use crate::store::{self, Store, read};
use std::collections::{BTreeMap, BTreeSet};

/// What there is to say of a task in a list.
fn listed(task: &OpenTask, around: &BTreeMap<CaseId, Around>) -> Listed {
    Listed {
        case: around.get(&task.case).and_then(|around| around.label.clone()),
        kind: task.kind.clone(),
        priority: task.priority,
        target_at: task.target_at,
        due_at: task.due_at,
    }
}

/// The cases of tasks; the desk is none.
fn cases_of(tasks: &[OpenTask], unit: UnitId) -> BTreeSet<CaseId> {
    let desk = CaseState::desk_of(unit);
    tasks.iter().map(|task| task.case).filter(|case| *case != desk).collect()
}

/// The unit's people with the work that they have now.
///
/// # Errors
/// [`store::Error`].
pub async fn roster_now(store: &Store, roster: &Roster) -> Result<Roster, store::Error> {
    let work = read::open_work(store.reader(), roster.unit.id, None).await?;
    Ok(Roster { work, ..roster.clone() })
}
