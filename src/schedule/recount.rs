//! Once for each pack that comes into force: every case with open clocks counts them anew.
//!
//! Under which pack it was done is a cursor in the database, moved last; whoever is killed before does it again, and a
//! clock that was counted anew is not moved twice.

use super::{Clockwork, Error, lines};
use crate::domain::event::Payload;
use crate::domain::ids::{CaseId, UnitId};
use crate::domain::london::Instant;
use crate::domain::state::CaseState;
use crate::store::{clock, selections};
use chrono::DateTime;

/// The cursor's name.
const CURSOR: &str = "recounted";

/// A pack as a cursor holds it: an instant made from its content hash.
fn mark(hash: &str) -> Instant {
    let digits = hash.get(..10).and_then(|digits| i64::from_str_radix(digits, 16).ok()).unwrap_or_default();
    DateTime::from_timestamp_millis(digits).unwrap_or_default()
}

/// Cases a page.
const PAGE: u64 = 250;

/// Counts the open clocks of a unit anew, if that was not done yet under the pack with this content hash.
pub(super) async fn under(work: &Clockwork, unit: UnitId, hash: &str) -> Result<(), Error> {
    if work.is_recounted(unit, hash) {
        return Ok(());
    }
    let store = work.engine.store();
    let from = clock::cursor(store, unit, CURSOR, DateTime::UNIX_EPOCH).await?;
    let done = mark(hash);
    if from != done {
        let now = work.engine.clock().now();
        let name = format!("{CURSOR}/{hash}/{}", now.timestamp_millis());
        let mut after: Option<CaseId> = None;
        loop {
            let page = selections::cases_with_open_clocks(store, unit, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(*last);
            let mut answers = Vec::with_capacity(page.len());
            for case in &page {
                let of =
                    if *case == CaseState::desk_of(unit) { lines::Of::Desk } else { lines::Of::Case(*case) };
                let payload = Payload::DeadlinesRecounted { pack: hash.to_owned() };
                let event = lines::event(unit, &format!("{name}/{case}"), now, of, payload);
                answers.push(work.engine.hand_over(event).await?);
            }
            for answer in answers {
                lines::recorded(answer.await.map_err(|_| crate::engine::Error::Closing)?)?;
            }
        }
        clock::move_cursor(store, unit, CURSOR, from, done).await?;
    }
    work.note_recounted(unit, hash);
    Ok(())
}
