//! Task titles as they are shown: placeholders filled for the reader, people by their initials.

use crate::domain::state::CaseState;
use crate::domain::task::Task;
use crate::rules::pack::Pack;

/// The initials of whom a task is about; nothing where it is about nobody.
#[must_use]
pub fn initials(state: &CaseState, task: &Task) -> String {
    let person = task.about.and_then(|about| state.participant(about)).map(|participant| participant.person);
    let person = person.and_then(|person| state.person(person));
    person.map(|person| person.identity.initials()).unwrap_or_default()
}

/// A task's title.
#[must_use]
pub fn title(pack: &Pack, state: &CaseState, task: &Task) -> String {
    let template = pack.task_kinds.get(&task.kind).map_or(task.kind.as_str(), |kind| kind.title.as_str());
    let hearing = task.hearing.and_then(|id| state.hearings.iter().find(|hearing| hearing.id == id));
    let hearing = hearing.map_or_else(|| "the hearing".to_owned(), |hearing| hearing.hearing_type.clone());
    template.replace("{about}", &initials(state, task)).replace("{hearing}", &hearing)
}
