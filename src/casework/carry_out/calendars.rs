//! What goes with a message for its reader's calendar: one entry for each hearing and reader, under one name for ever.
//!
//! Each version of the entry has a higher number than those before it: a later listing than an earlier one, and what is
//! said of the same listing later (that it is off, that it stands again) than what was said first. A calendar program
//! keeps the highest, in whatever order the mails arrive.

use crate::casework::Desk;
use crate::domain::hearing::{Hearing, HearingState, When};
use crate::domain::ids::MessageId;
use crate::domain::message::{CalendarPart, CalendarUse, ENTRY_VERSIONS, Recipient};
use crate::domain::state::CaseState;
use crate::render::calendar::{Entry, Method, Span, Standing, write};

/// What goes with a message about a hearing; `earlier` is the listing that the reader knew of, and `written` the message
/// itself where it is there already. None where nothing stands in their calendar or is to: the date is to be fixed.
pub(super) fn part(
    state: &CaseState,
    does: CalendarUse,
    to: Recipient,
    hearing: &Hearing,
    earlier: Option<When>,
    written: Option<MessageId>,
    desk: Desk<'_>,
) -> Option<CalendarPart> {
    let told = state.messages.iter().filter(|held| {
        held.to == to
            && held.hearing == Some(hearing.id)
            && held.calendar.is_some()
            && Some(held.id) != written
    });
    let told = i64::try_from(told.count()).unwrap_or(ENTRY_VERSIONS);
    let listed = hearing.state == HearingState::Listed;
    let (does, when) = match does {
        CalendarUse::Invitation if !listed => return None,
        // Moved to no date: what they have is off, and there is nothing to enter instead.
        CalendarUse::Invitation if hearing.when == When::Unfixed && told > 0 => {
            (CalendarUse::Cancellation, earlier?)
        }
        CalendarUse::Invitation => (does, hearing.when),
        CalendarUse::Cancellation if hearing.when == When::Unfixed => (does, earlier?),
        CalendarUse::Cancellation => (does, hearing.when),
    };
    let span = Span::of(when)?;
    let case = state.case.label();
    let court = &hearing.court;
    let location = match &court.room {
        Some(room) => format!("{}, {room}", court.name),
        None => court.name.clone(),
    };
    let (method, standing, said) = match (does, when) {
        (CalendarUse::Cancellation, _) => (Method::Cancel, Standing::Cancelled, "Court attendance cancelled"),
        (CalendarUse::Invitation, When::Week(_)) => {
            (Method::Request, Standing::Tentative, "Court attendance, on a day of this week")
        }
        (CalendarUse::Invitation, _) => (Method::Request, Standing::Confirmed, "Court attendance"),
    };
    let entry = Entry {
        uid: to.calendar_entry(hearing.id),
        stamp: desk.now,
        sequence: i64::from(hearing.listing) * ENTRY_VERSIONS + told.min(ENTRY_VERSIONS - 1),
        span,
        standing,
        summary: format!("Court attendance: {case}"),
        description: format!("{said}\nCase: {case}\nCourt: {location}"),
        location,
    };
    Some(CalendarPart { does, text: write(method, None, &[entry]) })
}
