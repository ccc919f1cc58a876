//! Feeds at the desk: created, revoked.

use super::{Happened, Verdict};
use crate::casework::{Desk, Unhandled};
use crate::domain::feed::{FEEDS_MAX, Feed, FeedOf};
use crate::domain::ids::FeedId;
use crate::domain::refusal::Refusal;
use crate::domain::state::{CaseState, Tracked};
use crate::rules::facts::Occurrence;

/// A part of the diary may be followed.
pub(super) fn created(state: &mut CaseState, feed: &Feed, desk: Desk<'_>) -> Result<Happened, Unhandled> {
    match &feed.of {
        FeedOf::Staff(staff) if desk.roster.staff(*staff).is_none() => {
            return Err(Refusal::not_found("member of staff", staff).into());
        }
        FeedOf::Team(team) if !desk.roster.teams.iter().any(|held| held.id == *team) => {
            return Err(Refusal::not_found("team", team).into());
        }
        FeedOf::Staff(_) | FeedOf::Team(_) | FeedOf::Court(_) => {}
    }
    let theirs = |held: &&Tracked<Feed>| held.made_by == feed.made_by && held.revoked_at.is_none();
    if state.feeds.iter().filter(theirs).count() >= FEEDS_MAX {
        let problem = format!("{FEEDS_MAX} feeds of yours stand already: revoke one that nobody follows");
        return Err(Refusal::invalid("of", problem).into());
    }
    state.feeds.push(Tracked::new(feed.clone()));
    Ok(Happened::news(Occurrence::default()))
}

/// A feed answers no longer.
pub(super) fn revoked(state: &mut CaseState, id: FeedId, desk: Desk<'_>) -> Result<Happened, Unhandled> {
    let held = state.feeds.iter_mut().find(|feed| feed.id == id);
    let held = held.ok_or_else(|| Refusal::not_found("feed", id))?;
    if held.revoked_at.is_some() {
        return Ok(Happened::nothing_new(Verdict::Duplicate, "it was revoked before"));
    }
    held.change().revoked_at = Some(desk.now);
    Ok(Happened::news(Occurrence::default()))
}
