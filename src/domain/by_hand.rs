//! Hearings that the unit listed by hand, because it knew of them before a court's share did.
//!
//! Courts name defendants and hearings by ids that nobody can write in a list, so a hearing listed by hand has neither:
//! it is the court's own as soon as a share orders it, or sits. From then on it is the court's to move. It keeps what was
//! written by hand beside it, since the [fold](super::record) begins anew with every share.

use super::court::{Court, Jurisdiction, NextHearing, Share};
use super::hearing::{Hearing, HearingKind, HearingState, When};
use super::ids::{DefendantId, HearingId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// A hearing as it was listed by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByHand {
    /// As of when it is true: what a court shared before is older news.
    pub as_of: DateTime<Utc>,
    /// What it is for.
    pub kind: HearingKind,
    /// The same in words, such as "Trial".
    pub hearing_type: String,
    /// Which kind of court, where known.
    pub jurisdiction: Option<Jurisdiction>,
    /// Where.
    pub court: Court,
    /// When.
    pub when: When,
    /// Whether only its day is known, so that the court's hour of that day is no other listing.
    pub whole_day: bool,
    /// Whose hearing it is, where the court has said who its defendants are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub defendants: Vec<DefendantId>,
}

impl ByHand {
    /// The hearing as it is before any court speaks of it.
    #[must_use]
    pub fn hearing(&self, id: HearingId) -> Hearing {
        Hearing {
            id,
            court_ids: Vec::new(),
            kind: self.kind,
            hearing_type: self.hearing_type.clone(),
            jurisdiction: self.jurisdiction,
            court: self.court.clone(),
            when: self.when,
            whole_day: self.whole_day,
            off_because: None,
            defendants: self.defendants.clone(),
            state: HearingState::Listed,
            listing: 1,
            earlier: Vec::new(),
            sat_on: Vec::new(),
            ambiguous: false,
            by_hand: Some(Box::new(self.clone())),
        }
    }
}

/// The hearings of these that were listed by hand, as they were listed, the earliest known first.
#[must_use]
pub fn listed<'a>(hearings: impl IntoIterator<Item = &'a Hearing>) -> Vec<Hearing> {
    let with = |hearing: &Hearing| Some(hearing.by_hand.as_ref()?.hearing(hearing.id));
    let mut listed: Vec<Hearing> = hearings.into_iter().filter_map(with).collect();
    listed.sort_by_key(|hearing| (as_of(hearing), hearing.id));
    listed
}

fn as_of(hearing: &Hearing) -> Option<DateTime<Utc>> {
    hearing.by_hand.as_ref().map(|by_hand| by_hand.as_of)
}

/// Takes those off the list that were known before a share was made.
pub(super) fn known_before(waiting: &mut Vec<Hearing>, share: &Share) -> Vec<Hearing> {
    let (known, later) = std::mem::take(waiting)
        .into_iter()
        .partition(|hearing| as_of(hearing).is_none_or(|as_of| as_of < share.shared_at));
    *waiting = later;
    known
}

/// Puts a hearing that was listed by hand among those that are known from older shares: it is the one of them that is
/// still to come and fits, under its own name and date, else another.
pub(super) fn put(hearings: &mut Vec<Hearing>, by_hand: Hearing) {
    let mut fitting = hearings.iter_mut().filter(|held| {
        held.by_hand.is_none()
            && held.state == HearingState::Listed
            && held.sat_on.is_empty()
            && held.kind == by_hand.kind
            && (held.kind == HearingKind::Trial || same_day(held.when, by_hand.when))
    });
    match (fitting.next(), fitting.next()) {
        (Some(held), None) => {
            let (court_ids, defendants) = (held.court_ids.clone(), held.defendants.clone());
            *held = Hearing { court_ids, defendants, ..by_hand };
        }
        _ => hearings.push(by_hand),
    }
}

/// Whether a hearing listed by hand can be the one that a share says sat.
pub(super) fn may_have_sat(hearing: &Hearing, share: &Share, defendants: &[DefendantId]) -> bool {
    let on_day = match hearing.when {
        When::At(_) => hearing.when.day() == Some(share.day),
        When::Week(monday) => (0..7).contains(&(share.day - monday).num_days()),
        When::Unfixed => true,
    };
    hearing.by_hand.is_some()
        && hearing.court_ids.is_empty()
        && hearing.state == HearingState::Listed
        && hearing.kind == share.kind()
        && on_day
        && (hearing.defendants.is_empty() || shares_one(&hearing.defendants, defendants))
}

/// Takes an order of a court for the one hearing to come that was listed by hand and that it fits; gives whether there
/// was one. Another date, or another place, is another listing.
pub(super) fn take_order(hearings: &mut [Hearing], order: &NextHearing, defendants: &[DefendantId]) -> bool {
    let fits = |held: &&mut Hearing| {
        let theirs = held.defendants.is_empty() || shares_one(&held.defendants, defendants);
        let known = |id| held.court_ids.is_empty() || held.court_ids.contains(&id);
        held.by_hand.is_some()
            && held.state == HearingState::Listed
            && held.sat_on.is_empty()
            && held.kind == order.kind()
            && order.existing.is_none_or(known)
            && (theirs || held.when == order.when)
            && (held.kind == HearingKind::Trial || same_day(held.when, order.when))
    };
    let mut fitting: Vec<&mut Hearing> = hearings.iter_mut().filter(fits).collect();
    // Of several trials it is the one of that day; which of them moved to another day, nobody can tell.
    if fitting.len() > 1 {
        fitting.retain(|held| same_day(held.when, order.when));
    }
    let [held] = &mut fitting[..] else { return false };
    let elsewhere = held
        .by_hand
        .as_ref()
        .is_some_and(|by| by.court == held.court && !same_place(&by.court, &order.court));
    let other_date = held.when != order.when && !is_only_its_hour(held, order.when);
    if other_date || elsewhere {
        held.earlier.push(held.when);
        held.listing += 1;
    }
    held.when = order.when;
    held.whole_day = false;
    held.court = order.court.clone();
    held.hearing_type.clone_from(&order.hearing_type);
    held.jurisdiction = order.jurisdiction.or(held.jurisdiction);
    held.court_ids.extend(order.existing.filter(|id| !held.court_ids.contains(id)));
    for defendant in defendants {
        if !held.defendants.contains(defendant) {
            held.defendants.push(*defendant);
        }
    }
    true
}

/// Whether a date only says at what hour a hearing is of which the day alone was known.
#[must_use]
pub fn is_only_its_hour(held: &Hearing, when: When) -> bool {
    held.whole_day && same_day(held.when, when)
}

/// Whether a court's share speaks for the first time of a hearing that was listed by hand.
#[must_use]
pub fn is_confirmed_by(held: &Hearing, computed: &Hearing) -> bool {
    held.by_hand.is_some() && held.defendants.is_empty() && !computed.defendants.is_empty()
}

fn shares_one(a: &[DefendantId], b: &[DefendantId]) -> bool {
    a.iter().any(|defendant| b.contains(defendant))
}

pub(super) fn same_day(a: When, b: When) -> bool {
    let day = |when: When| -> Option<NaiveDate> { when.day() };
    a == b || day(a).is_some() && day(a) == day(b)
}

/// Whether two courts are one place: by their codes, else by their names as people write them.
pub(super) fn same_place(a: &Court, b: &Court) -> bool {
    match (&a.code, &b.code) {
        (Some(a), Some(b)) => a == b,
        _ => place(&a.name) == place(&b.name),
    }
}

/// The words of a court's name that tell it from others: "Northgate MC" and "Northgate Magistrates' Court" are one, and
/// so is plain "Northgate".
fn place(name: &str) -> Vec<String> {
    const OF_ANY: [&str; 12] =
        ["the", "at", "in", "of", "court", "courts", "mc", "cc", "magistrates", "mags", "crown", "centre"];
    let lower = name.to_lowercase().replace(['\'', '\u{2019}'], "");
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words: Vec<String> = words.filter(|word| !OF_ANY.contains(word)).map(str::to_owned).collect();
    words.sort_unstable();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_court_is_the_same_place_however_its_name_is_written() {
        let named = |name: &str| Court { name: name.to_owned(), ..Court::default() };
        for (a, b, same) in [
            ("Northgate MC", "Northgate Magistrates' Court", true),
            ("northgate", "The Crown Court at Northgate", true),
            ("Northgate", "Southgate", false),
        ] {
            assert_eq!(same_place(&named(a), &named(b)), same, "{a} and {b}");
        }
        let coded = |code: &str| Court { code: Some(code.to_owned()), ..named("Northgate") };
        assert!(!same_place(&coded("B52NG00"), &coded("C52NG00")));
    }
}
