//! A document is added to a case: once, whoever sends it again.

use super::super::{Desk, Unhandled};
use super::{Happened, Verdict, participant_of};
use crate::domain::document::{Document, NewDocument};
use crate::domain::event::Event;
use crate::domain::refusal::Refusal;
use crate::domain::state::{CaseState, Tracked};
use crate::rules::facts::Occurrence;

/// The document joins the case, unless one of the same bytes is there that whoever adds it may know of.
pub(super) fn added(
    state: &mut CaseState,
    event: &Event,
    new: &NewDocument,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    if let Some(about) = new.about {
        participant_of(state, about)?;
    }
    if let Some(task) = new.task
        && !state.tasks.iter().any(|held| held.id == task)
    {
        return Err(Refusal::not_found("task of this case", task).into());
    }
    let known = |held: &Document| held.is_for(new.added_as) || held.by == event.actor.name;
    if state.documents.iter().any(|held| held.added.hash == new.hash && known(held)) {
        return Ok(Happened::nothing_new(Verdict::Duplicate, "the case has this document already"));
    }
    state.documents.push(Tracked::new(Document {
        added: new.clone(),
        by: event.actor.name.clone(),
        by_staff: event.actor.staff,
        at: desk.now,
    }));
    let occurrence = Occurrence { about: new.about, task: new.task, ..Occurrence::default() };
    Ok(Happened { did: vec!["document added".to_owned()], ..Happened::news(occurrence) })
}
