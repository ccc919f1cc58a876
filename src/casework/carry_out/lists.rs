//! Lists of work that went to others: one message to each person, whatever number of cases it came from. They are
//! written at the desk, which hears of every handover as a whole.

use super::{Done, briefings, explained, messages};
use crate::casework::{Desk, Mode, Parked};
use crate::domain::case::Risk;
use crate::domain::event::{Event, Payload};
use crate::domain::explanation::Cause;
use crate::domain::handover::{CaseLine, Handover, HandoverKind, Listed, TaskLine};
use crate::domain::ids::StaffId;
use crate::domain::message::{Message, Recipient};
use crate::domain::state::{CaseState, Tracked};
use crate::domain::task::Priority;
use crate::people::presence;
use crate::render::{Subject, WorkLine};
use crate::rules::pack::List;
use chrono::{DateTime, Utc};
use std::borrow::Cow;

/// Writes the lists of a handover.
///
/// # Errors
/// [`Parked::Unwritten`] if a template fails.
pub(super) fn write(
    state: &mut CaseState,
    event: &Event,
    desk: Desk<'_>,
    done: &mut Done,
) -> Result<(), Parked> {
    let Some(handover) = event.payload.handover().filter(|_| state.is_desk() && desk.mode != Mode::Quiet)
    else {
        return Ok(());
    };
    let absent = handover.absence.and_then(|id| desk.roster.absences.iter().find(|held| held.id == id));
    let absent = absent.map(|absence| absence.staff);
    if handover.kind == HandoverKind::Return {
        let lines: Vec<&TaskLine> = handover.tasks.iter().collect();
        let Some(back) = absent.filter(|_| !lines.is_empty()) else { return Ok(()) };
        one(state, event, List::Return, handover, back, None, &lines, desk, done)?;
        for coverer in handover.givers() {
            let given = |line: &&TaskLine| line.from == Some(coverer) && line.to != line.from;
            let lines: Vec<&TaskLine> = handover.tasks.iter().filter(given).collect();
            one(state, event, List::TakenBack, handover, coverer, Some(back), &lines, desk, done)?;
        }
        return Ok(());
    }
    let list = match handover.kind {
        HandoverKind::Cover => List::Cover,
        HandoverKind::Return => List::Return,
        HandoverKind::Transfer => List::Transfer,
        HandoverKind::Reassignment => List::Reassignment,
        HandoverKind::Allocation => List::Allocation,
    };
    for staff in handover.receivers() {
        let theirs = |line: &&TaskLine| line.to == Some(staff) && line.from != Some(staff);
        let lines: Vec<&TaskLine> = handover.tasks.iter().filter(theirs).collect();
        let from = absent.or_else(|| lines.first().and_then(|line| line.from));
        one(state, event, list, handover, staff, from, &lines, desk, done)?;
    }
    Ok(())
}

#[allow(clippy::too_many_arguments, reason = "what one list is made from; each is another thing")]
fn one(
    state: &mut CaseState,
    event: &Event,
    list: List,
    handover: &Handover,
    staff: StaffId,
    away: Option<StaffId>,
    lines: &[&TaskLine],
    desk: Desk<'_>,
    done: &mut Done,
) -> Result<(), Parked> {
    let Some(template) = desk.pack.lists.get(&list).and_then(|name| desk.pack.templates.get(name)) else {
        return Ok(());
    };
    let Some(arrives_at) = arrives_at(event, staff, desk) else {
        done.note(format!("message {} not written: whoever it is for is away", template.name));
        return Ok(());
    };
    let mut lines = lines.to_vec();
    lines.sort_by_key(|line| {
        (line.listed.priority, line.listed.due_at.is_none(), line.listed.due_at, line.task)
    });
    // In a return, whoever has begun something keeps it.
    let with = |to: &StaffId| list == List::Return && *to != staff;
    let work = lines.iter().map(|line| WorkLine {
        title: briefings::title(desk.pack, &line.listed.kind),
        listed: &line.listed,
        next_attempt_at: None,
        with: line.to.filter(with),
        note: Some(line.because.as_str()).filter(|_| list == List::Return && !line.because.is_empty()),
    });
    let cases: Vec<(String, Listed)> =
        handover.cases.iter().filter(|line| line.to == staff).map(taken_on).collect();
    let cases = cases.iter().filter(|_| handover.kind == HandoverKind::Allocation);
    let cases = cases.map(|(title, listed)| WorkLine {
        title,
        listed,
        next_attempt_at: None,
        with: None,
        note: None,
    });
    let work: Vec<WorkLine<'_>> = work.chain(cases).collect();
    let to = Recipient::Staff(staff);
    let subject = Subject { work: &work, away, ..messages::about_nothing(state, to, desk) };
    let Some(rendered) = messages::text_of(template, &subject, desk, done)? else {
        return Ok(());
    };
    let causes = lines.iter().map(|line| Cause(line.task.to_string())).collect();
    let because = explained(event, "handover", causes, Vec::new(), desk);
    let key = |_| format!("{}/{staff}/{}", template.name, event.id);
    let message = messages::queued(template, to, key, rendered, vec![because], desk);
    state.messages.push(Tracked::new(Message { not_before: arrives_at, ..message }));
    done.note(format!("message {}", template.name));
    Ok(())
}

/// When a list should arrive: now, or once whoever it is for is at work. None where that is not known to come.
fn arrives_at(event: &Event, staff: StaffId, desk: Desk<'_>) -> Option<DateTime<Utc>> {
    let mut roster = Cow::Borrowed(desk.roster);
    if let Payload::AbsenceEnded { absence, at, .. } = &event.payload {
        let at = at.unwrap_or(event.recorded_at);
        for held in roster.to_mut().absences.iter_mut().filter(|held| held.id == *absence) {
            held.until = Some(at);
        }
    }
    let staff = roster.staff(staff)?;
    // Nobody keeps a rota for them: they are reached at any time.
    if staff.shifts.is_empty() {
        return Some(desk.now);
    }
    presence::next_present(&roster, staff, desk.now)
}

/// A case in the list of what somebody takes on today: its name, its risk and how soon that asks for work.
fn taken_on(line: &CaseLine) -> (String, Listed) {
    let priority = match line.risk {
        Risk::High => Priority::P2,
        Risk::Medium => Priority::P3,
        Risk::Low => Priority::P4,
    };
    let (case, kind) = (line.label.clone(), String::new());
    (format!("{} risk", line.risk), Listed { case, kind, priority, target_at: None, due_at: None })
}
