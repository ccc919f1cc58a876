//! Briefings: one message to one of the unit's people, of what the schedule found for them. They are written at the
//! desk; the event holds all there is to say.

use super::{Done, explained, messages};
use crate::casework::{Desk, Mode, Parked};
use crate::domain::event::{Event, Payload};
use crate::domain::explanation::Cause;
use crate::domain::message::{BRIEFING_KEY, Recipient};
use crate::domain::state::{CaseState, Tracked};
use crate::render::{Subject, WorkLine};
use crate::rules::pack::{List, Pack};

/// What a kind of task is called.
pub(super) fn title<'a>(pack: &'a Pack, kind: &str) -> &'a str {
    pack.task_kinds.get(kind).map_or("Work", |kind| kind.title.as_str())
}

/// Writes the message of a briefing, where the pack has a template for its kind.
///
/// # Errors
/// [`Parked::Unwritten`] if the template fails.
pub(super) fn write(
    state: &mut CaseState,
    event: &Event,
    desk: Desk<'_>,
    done: &mut Done,
) -> Result<(), Parked> {
    let Payload::StaffBriefed { briefing } = &event.payload else { return Ok(()) };
    let template =
        desk.pack.lists.get(&List::of(briefing.kind)).and_then(|name| desk.pack.templates.get(name));
    let Some(template) = template.filter(|_| desk.mode != Mode::Quiet) else { return Ok(()) };
    let work = briefing.tasks.iter().map(|line| WorkLine {
        title: title(desk.pack, &line.listed.kind),
        listed: &line.listed,
        next_attempt_at: line.next_attempt_at,
        with: line.with,
        note: None,
    });
    let work: Vec<WorkLine<'_>> = work.collect();
    let to = Recipient::Staff(briefing.to);
    let subject =
        Subject { work: &work, briefing: Some(briefing), ..messages::about_nothing(state, to, desk) };
    let Some(rendered) = messages::text_of(template, &subject, desk, done)? else { return Ok(()) };
    let tasks = briefing.tasks.iter().map(|line| Cause(line.task.to_string()));
    let notices = briefing.notices.iter().map(|line| Cause(line.notice.to_string()));
    let because = explained(event, "briefing", tasks.chain(notices).collect(), Vec::new(), desk);
    let key = |_| format!("{BRIEFING_KEY}{}/{}/{}", briefing.kind, briefing.to, event.id);
    let message = messages::queued(template, to, key, rendered, vec![because], desk);
    state.messages.push(Tracked::new(message));
    done.note(format!("message {}", template.name));
    Ok(())
}
