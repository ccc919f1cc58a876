//! Notices at the desk: posted, read, withdrawn.

use super::{Happened, Verdict};
use crate::casework::{Desk, Unhandled};
use crate::domain::event::Event;
use crate::domain::ids::NoticeId;
use crate::domain::notice::{Addressees, Notice, Reading};
use crate::domain::refusal::Refusal;
use crate::domain::state::{CaseState, Tracked};
use crate::rules::facts::Occurrence;

/// A notice is posted.
pub(super) fn posted(state: &mut CaseState, notice: &Notice, desk: Desk<'_>) -> Result<Happened, Unhandled> {
    if notice.until <= desk.now {
        return Err(Refusal::invalid("until", "must lie in the future").into());
    }
    if let Addressees::These { teams, staff } = &notice.to {
        if let Some(team) = teams.iter().find(|id| !desk.roster.teams.iter().any(|team| team.id == **id)) {
            return Err(Refusal::not_found("team", team).into());
        }
        if let Some(id) = staff.iter().find(|id| desk.roster.staff(**id).is_none()) {
            return Err(Refusal::not_found("member of staff", id).into());
        }
    }
    if notice.unread_by(desk.roster, desk.now).is_empty() {
        return Err(Refusal::invalid("to", "must reach somebody else of the unit").into());
    }
    state.notices.push(Tracked::new(notice.clone()));
    Ok(Happened::news(Occurrence::default()))
}

/// Whoever recorded the event has read a notice.
pub(super) fn read(
    state: &mut CaseState,
    event: &Event,
    id: NoticeId,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    let notice = held(state, id)?;
    let reader = event.actor.staff.and_then(|staff| desk.roster.staff(staff));
    let Some(reader) = reader.filter(|staff| notice.is_for(staff)) else {
        return Err(Refusal::not_found("notice for you", id).into());
    };
    if notice.read_at(reader.id).is_some() {
        return Ok(Happened::nothing_new(Verdict::Duplicate, "it was read before"));
    }
    notice.change().read.push(Reading { staff: reader.id, at: desk.now });
    Ok(Happened::news(Occurrence::default()))
}

/// A notice stands no longer.
pub(super) fn withdrawn(state: &mut CaseState, id: NoticeId, desk: Desk<'_>) -> Result<Happened, Unhandled> {
    let notice = held(state, id)?;
    if !notice.stands(desk.now) {
        return Ok(Happened::nothing_new(Verdict::Duplicate, "it had ended"));
    }
    notice.change().until = desk.now;
    Ok(Happened::news(Occurrence::default()))
}

fn held(state: &mut CaseState, id: NoticeId) -> Result<&mut Tracked<Notice>, Refusal> {
    let held = state.notices.iter_mut().find(|notice| notice.id == id);
    held.ok_or_else(|| Refusal::not_found("notice", id))
}
