//! Listings between court days: a hearing gets its date, another date or another court, and no share says so.
//!
//! A court's list is worked on between hearings. Its own message names a hearing by an id, or somebody reads it in a
//! mail from the listing office. Either is true from when it was said, and later shares are read over it: so listings
//! are kept and folded in with the shares, by when each was said, whatever order they arrive in.

use super::by_hand::{self, same_day, same_place};
use super::court::{NextHearing, Share};
use super::court_news::CaseName;
use super::hearing::{Hearing, HearingKind, HearingState, When};
use super::ids::{CaseId, CourtHearingId, DefendantId, HearingId, derived};
use super::london;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a court's message says of one hearing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourtListing {
    /// The court's id of the hearing.
    pub hearing: CourtHearingId,
    /// What it is, where and when; its `existing` is that id.
    pub is: NextHearing,
    /// When the court said so, where the message tells.
    pub said_at: Option<DateTime<Utc>>,
    /// The cases to be heard. Never empty.
    pub cases: Vec<CaseListed>,
}

/// One case's part of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseListed {
    /// Which case.
    pub name: CaseName,
    /// Whose hearing it is, in order.
    pub defendants: Vec<DefendantId>,
}

/// A listing of one case, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// From when on it is true: when the event happened, where it is not said.
    pub said_at: Option<DateTime<Utc>>,
    /// Which hearing of the case, where somebody listed it by hand; a court names it by its own id.
    pub hearing: Option<HearingId>,
    /// What it is, where and when.
    pub is: NextHearing,
    /// Whose hearing it is, where the court says.
    pub defendants: Vec<DefendantId>,
    /// Whether only its day is known, so that the court's hour of that day is no other listing.
    #[serde(default)]
    pub whole_day: bool,
    /// Whether it is a listing of its own even for the date that was held: the hearing had been taken out.
    #[serde(default)]
    pub anew: bool,
}

/// Takes those off the list that were said before a share of a hearing day: a listing that is made after a day counts
/// more than what was ordered on it, even where the court shares that day again later.
pub(super) fn said_before<'a>(waiting: &mut Vec<&'a Listing>, share: &Share) -> Vec<&'a Listing> {
    let before = |listing: &&Listing| {
        let said_at = listing.said_at.unwrap_or_default();
        (london::date(said_at), said_at) < (share.day, share.shared_at)
    };
    let (before, later) = std::mem::take(waiting).into_iter().partition(before);
    *waiting = later;
    before
}

/// Brings a listing into the hearings of a case.
pub(super) fn put(case: CaseId, hearings: &mut Vec<Hearing>, listing: &Listing) {
    let order = &listing.is;
    if let Some(index) = meant(hearings, listing) {
        relist(&mut hearings[index], listing);
        return;
    }
    // Whoever moved a hearing by hand saw it in the case; it is gone where the court took its order back.
    if listing.hearing.is_some() || by_hand::take_order(hearings, order, &listing.defendants) {
        return;
    }
    let Some(existing) = order.existing else { return };
    hearings.push(Hearing {
        id: HearingId(derived(&[b"hearing", case.as_bytes(), existing.as_bytes()])),
        court_ids: vec![existing],
        kind: order.kind(),
        hearing_type: order.hearing_type.clone(),
        jurisdiction: order.jurisdiction,
        court: order.court.clone(),
        when: order.when,
        whole_day: listing.whole_day,
        off_because: None,
        defendants: listing.defendants.clone(),
        state: HearingState::Listed,
        listing: 1,
        earlier: Vec::new(),
        sat_on: Vec::new(),
        ambiguous: candidates(hearings, listing).len() > 1,
        by_hand: None,
    });
}

/// The place of the hearing that a listing is of: by our id, by the court's, or as the one planned hearing it can be.
#[must_use]
pub fn meant(hearings: &[Hearing], listing: &Listing) -> Option<usize> {
    if let Some(id) = listing.hearing {
        return hearings.iter().position(|held| held.id == id);
    }
    let existing = listing.is.existing?;
    let known = hearings.iter().position(|held| held.court_ids.contains(&existing));
    known.or_else(|| match candidates(hearings, listing)[..] {
        [only] => Some(only),
        _ => None,
    })
}

/// The planned hearings that the court may mean by an id that is new.
fn candidates(hearings: &[Hearing], listing: &Listing) -> Vec<usize> {
    let order = &listing.is;
    let fits = |held: &Hearing| {
        held.court_ids.is_empty()
            && held.by_hand.is_none()
            && held.state == HearingState::Listed
            && held.kind == order.kind()
            && held.defendants.iter().any(|defendant| listing.defendants.contains(defendant))
            && (held.kind == HearingKind::Trial || is_near(held.when, order.when))
    };
    let fitting: Vec<usize> = (0..hearings.len()).filter(|index| fits(&hearings[*index])).collect();
    let on_day = |index: &usize| same_day(hearings[*index].when, order.when);
    if fitting.len() > 1 && fitting.iter().filter(|index| on_day(index)).count() == 1 {
        return fitting.into_iter().filter(on_day).collect();
    }
    fitting
}

/// Whether a date may be the one that was ordered: the same day, a day of the week that was named, or any where none was.
fn is_near(held: When, listed: When) -> bool {
    match (held, listed.day()) {
        (When::Unfixed, _) => true,
        (When::Week(monday), Some(day)) => (0..7).contains(&(day - monday).num_days()),
        _ => same_day(held, listed),
    }
}

/// Gives a hearing its new listing, or only what else the court says of the one it has.
fn relist(held: &mut Hearing, listing: &Listing) {
    let order = &listing.is;
    held.court_ids.extend(order.existing.filter(|id| !held.court_ids.contains(id)));
    let sat = held.sat_on.iter().max();
    if sat.is_some_and(|sat| order.when.day().is_none_or(|day| day <= *sat)) {
        // A day of it is heard already: what follows is said by the court's results.
        return;
    }
    let elsewhere = !order.court.name.is_empty() && !same_place(&held.court, &order.court);
    let other_date = held.when != order.when && !by_hand::is_only_its_hour(held, order.when);
    if other_date || elsewhere || listing.anew {
        held.earlier.push(held.when);
        held.listing += 1;
    }
    held.state = HearingState::Listed;
    held.when = order.when;
    held.whole_day = listing.whole_day;
    // The same place under another spelling stays as courts themselves write it.
    if elsewhere || order.court.id.is_some() || order.court.code.is_some() {
        held.court = order.court.clone();
    }
    if !order.hearing_type.is_empty() {
        held.kind = order.kind();
        held.hearing_type.clone_from(&order.hearing_type);
    }
    held.jurisdiction = order.jurisdiction.or(held.jurisdiction);
    for defendant in &listing.defendants {
        if !held.defendants.contains(defendant) {
            held.defendants.push(*defendant);
        }
    }
}
