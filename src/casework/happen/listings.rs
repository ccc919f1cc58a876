//! A hearing is listed between court days: by the court's own message, or by somebody who read it in a mail.
//!
//! Both end as one [`Listing`], which is folded in with the court's shares, so that what a later share says is read over
//! it. What the listing does not say (a court that gives only the id of its house, a date that alone was moved) is
//! filled in from the hearing it is of before it is kept.

use super::super::{Desk, Parked, Unhandled};
use super::court::{self, Lined};
use super::{Happened, Verdict};
use crate::domain::by_hand::ByHand;
use crate::domain::court::{Court, Jurisdiction, NextHearing};
use crate::domain::event::{Event, Payload};
use crate::domain::hearing::{Hearing, HearingState};
use crate::domain::ids::{HearingId, derived};
use crate::domain::listing::{self, CourtListing, Listing};
use crate::domain::london;
use crate::domain::refusal::Refusal;
use crate::domain::state::CaseState;
use crate::rules::facts::Occurrence;

/// The court listed a hearing: what follows is the event of a hearing that is listed.
pub(super) fn by_court(state: &CaseState, listed: &CourtListing) -> Result<Happened, Unhandled> {
    let ours = |reference: &_| state.case.references.contains(reference);
    let part = listed.cases.iter().find(|case| case.name.named().references().iter().any(ours));
    let Some(part) = part else {
        let why = "the message names no case with one of this case's references";
        return Err(Parked::Held(why.to_owned()).into());
    };
    let listing = Listing {
        said_at: listed.said_at,
        hearing: None,
        is: listed.is.clone(),
        defendants: part.defendants.clone(),
        whole_day: false,
        anew: false,
    };
    let further = vec![Payload::HearingListed { listing: Box::new(listing) }];
    Ok(Happened { further, ..Happened::news(Occurrence::default()) })
}

/// A hearing is listed: one that the case has, by hand or by the court, or a new one.
pub(super) fn listed(
    state: &mut CaseState,
    event: &Event,
    listing: &Listing,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    let by_hand = listing.is.existing.is_none();
    if by_hand && listing.is.when.day().is_some_and(|day| day < london::date(desk.now)) {
        return Err(Refusal::invalid("when", "must not have passed: courts say what was heard").into());
    }
    let hearings: Vec<Hearing> = state.hearings.iter().map(|held| (**held).clone()).collect();
    let held = listing::meant(&hearings, listing).map(|index| &hearings[index]);
    let said_at = listing.said_at.or(event.occurred_at).unwrap_or(event.received_at);
    let is = filled(state, &listing.is, held, desk)?;
    let new = match (held, listing.hearing) {
        (None, Some(id)) => return Err(Refusal::not_found("hearing of this case", id).into()),
        (None, None) if by_hand => {
            let listing = Listing { is, said_at: Some(said_at), ..listing.clone() };
            Some(new_by_hand(state, event, listing)?)
        }
        (held, named) => {
            let heard = held.filter(|held| held.state == HearingState::Resulted);
            if let (Some(heard), Some(_)) = (heard, named) {
                let (what, id, state) = ("hearing".to_owned(), heard.id.to_string(), heard.state.to_string());
                let wanted =
                    "only a hearing to come can be listed by hand; list what follows it as a new one";
                return Err(Refusal::IllegalMove { what, id, state, wanted: wanted.to_owned() }.into());
            }
            let anew = held.is_some_and(|held| held.state == HearingState::Vacated);
            let listing = Listing { is, anew, said_at: Some(said_at), ..listing.clone() };
            let record = state.record.change();
            record.listings.push(listing);
            record.listings.sort_by_key(|listing| listing.said_at);
            None
        }
    };
    let Lined { listed, withdrawn, .. } = court::list_anew(state, new);
    if state.hearings.iter().map(|held| &**held).eq(&hearings) {
        return Ok(Happened::nothing_new(
            Verdict::Duplicate,
            "the hearing is listed so already, or was heard since",
        ));
    }
    let hearing = listed.first().copied().or_else(|| held.map(|held| held.id));
    Ok(Happened::news(Occurrence { hearing, listed, withdrawn, ..Occurrence::default() }))
}

/// What a listing leaves empty, from the hearing it is of; a court's house by name, from wherever it is known.
fn filled(
    state: &CaseState,
    is: &NextHearing,
    held: Option<&Hearing>,
    desk: Desk<'_>,
) -> Result<NextHearing, Unhandled> {
    let mut is = is.clone();
    if let Some(held) = held {
        if is.hearing_type.is_empty() {
            is.hearing_type.clone_from(&held.hearing_type);
        }
        is.jurisdiction = is.jurisdiction.or(held.jurisdiction);
        if is.court == Court::default() {
            is.court = held.court.clone();
        }
    }
    if is.court.name.is_empty() {
        let same = |held: &Hearing| held.court.id.is_some() && held.court.id == is.court.id;
        let known = state.hearings.iter().map(|held| &**held).find(|held| same(held));
        let Some(known) = known else {
            let why = "the court names its house by an id alone, which no hearing of the case has: record by hand where \
                       the hearing is listed, and discard this";
            return Err(Parked::Held(why.to_owned()).into());
        };
        is.court = Court { room: is.court.room.or_else(|| known.court.room.clone()), ..known.court.clone() };
    }
    if is.court.code.is_none() && is.court.id.is_none() {
        is.court = desk.roster.court_in_directory(is.court);
    }
    Ok(is)
}

/// A hearing that nobody has listed before.
fn new_by_hand(state: &CaseState, event: &Event, listing: Listing) -> Result<Hearing, Unhandled> {
    let is = listing.is;
    if is.hearing_type.is_empty() {
        return Err(Refusal::invalid("hearing_type", "is needed for a new hearing, such as Trial").into());
    }
    let kind = is.kind();
    let same = |held: &&Hearing| {
        held.state == HearingState::Listed && held.kind == kind && held.when.day() == is.when.day()
    };
    if let Some(held) = state.hearings.iter().map(|held| &**held).find(same) {
        let problem =
            format!("a hearing of that kind is listed for that date: name it to change it ({})", held.id);
        return Err(Refusal::invalid("hearing", problem).into());
    }
    let named = is.court.name.to_lowercase();
    let named = |word: &str, which| named.contains(word).then_some(which);
    let by_name = named("crown", Jurisdiction::Crown).or(named("magistrates", Jurisdiction::Magistrates));
    let known = state.record.defendants.iter().map(|defendant| defendant.id);
    let by_hand = ByHand {
        as_of: listing.said_at.unwrap_or(event.received_at),
        kind,
        hearing_type: is.hearing_type,
        jurisdiction: is.jurisdiction.or(by_name),
        court: is.court,
        when: is.when,
        whole_day: listing.whole_day,
        defendants: if listing.defendants.is_empty() { known.collect() } else { listing.defendants },
    };
    Ok(by_hand.hearing(HearingId(derived(&[b"listed", state.case.id.as_bytes(), event.id.as_bytes()]))))
}
