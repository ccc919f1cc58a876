//! What the court's shares add up to: a pure fold over the latest share of each hearing day.
//!
//! The fold is the whole of what is believed about a case's court side. It takes the latest share of each (hearing,
//! day), latest by when the court shared it and, for two at the same instant, by digest; it never looks at the order
//! in which they came in. So importing the same files in any order ends in the same facts.

use super::by_hand;
use super::court::{COURTS_SIT, CaseShare, Court, Defendant, Feed, Line, ResultLine, Share, TrialOutcome};
use super::court_news::Conclusion;
use super::hearing::{Hearing, HearingKind, HearingState, When};
use super::ids::{CaseId, CourtHearingId, DefendantId, HearingId, OffenceId, ResultId, derived};
use super::listing::{self, Listing};
use super::london;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// The latest share of one hearing day of one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The share, with this case's part alone in `cases`.
    pub share: Share,
    /// Digest of that content, hex: which of two shares of the same instant counts.
    pub digest: String,
    /// The hearing id of the entry by hand that this share stands for: hearings planned from that keep their ids.
    #[serde(default)]
    pub stands_for: Option<CourtHearingId>,
    /// For an entry by hand, or what the police feed said: the hearing of the feed that now stands for it. It is kept,
    /// and counts no more.
    #[serde(default)]
    pub replaced_by: Option<CourtHearingId>,
    /// Hearings that this share orders and another feed had ordered before, by the line that orders them: they keep the
    /// ids under which people were told of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub planned: Vec<(ResultId, HearingId)>,
}

impl Snapshot {
    /// The part of `share` that is about the case at `index`, as a snapshot.
    #[must_use]
    pub fn of(share: &Share, index: usize) -> Self {
        let share = Share { cases: vec![share.cases[index].clone()], ..share.clone() };
        let body = serde_json::to_vec(&share.cases).expect("a share is plain data");
        let digest = derived(&[b"snapshot", share.hearing.as_bytes(), &body]).simple().to_string();
        Self { share, digest, stands_for: None, replaced_by: None, planned: Vec::new() }
    }

    /// The case's part.
    #[must_use]
    pub fn case(&self) -> &CaseShare {
        &self.share.cases[0]
    }

    /// Which hearing day it is of.
    #[must_use]
    pub fn slot(&self) -> (CourtHearingId, NaiveDate) {
        (self.share.hearing, self.share.day)
    }

    /// The court's hearing id by which its hearings are known: its own, or that of the entry it stands for.
    #[must_use]
    pub fn known_as(&self) -> CourtHearingId {
        self.stands_for.unwrap_or(self.share.hearing)
    }

    /// Whether it came by the police feed, which knows neither what a hearing is for nor who else is heard in it.
    fn is_of_police_feed(&self) -> bool {
        self.share.feed == Feed::Spi
    }

    /// The id under which a hearing that it orders is planned already.
    fn planned_as(&self, order: &super::court::NextHearing) -> Option<HearingId> {
        let orders = |line: &&ResultLine| line.next_hearing.as_ref() == Some(order);
        let mut ids = self.case().lines.iter().filter(orders).map(|line| line.id);
        ids.find_map(|id| self.planned.iter().find(|(line, _)| *line == id).map(|(_, hearing)| *hearing))
    }

    /// Orders snapshots of the same slot.
    #[must_use]
    pub fn version(&self) -> (DateTime<Utc>, &str) {
        (self.share.shared_at, &self.digest)
    }
}

/// A line that stands, with where it was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The line.
    pub line: ResultLine,
    /// The court's hearing in which it was said.
    pub hearing: CourtHearingId,
    /// The day on which it was said.
    pub day: NaiveDate,
}

/// All that a case's court side comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Record {
    /// Each defendant as last shared, with every offence ever shared for them; in order of id.
    pub defendants: Vec<Defendant>,
    /// Every line that stands; in order of day, then id.
    pub lines: Vec<Standing>,
    /// Markers, in alphabetical order.
    pub markers: Vec<String>,
    /// What the court last said by itself of the proceedings against each defendant; in order of defendant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conclusions: Vec<Conclusion>,
    /// What was listed between court days; in order of when it was said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listings: Vec<Listing>,
}

impl Record {
    /// Folds the snapshots of one case; any order will do, one for each slot.
    #[must_use]
    pub fn fold(snapshots: &[&Snapshot]) -> Self {
        let mut record = Self::default();
        for snapshot in in_order(snapshots) {
            let case = snapshot.case();
            for shared in &case.defendants {
                record.take_defendant(shared);
            }
            for line in &case.lines {
                if !record.lines.iter().any(|standing| standing.line.id == line.id) {
                    let (hearing, day) = snapshot.slot();
                    record.lines.push(Standing { line: line.clone(), hearing, day });
                }
            }
            for marker in &case.markers {
                if !record.markers.contains(marker) {
                    record.markers.push(marker.clone());
                }
            }
        }
        record.defendants.sort_by_key(|defendant| defendant.id);
        record.lines.sort_by_key(|standing| (standing.day, standing.line.id));
        record.markers.sort();
        record
    }

    /// The fold, with what the court said by itself of the proceedings, which counts until a share of a later day says
    /// otherwise, and with what was listed between court days.
    #[must_use]
    pub fn fold_with(snapshots: &[&Snapshot], conclusions: Vec<Conclusion>, listings: Vec<Listing>) -> Self {
        let mut record = Self { conclusions, listings, ..Self::fold(snapshots) };
        let ordered = in_order(snapshots);
        for said in &record.conclusions {
            let heard = |held: &&&Snapshot| held.case().defendants.iter().any(|one| one.id == said.defendant);
            let last = ordered.iter().rev().find(heard).map(|held| held.share.day);
            let held = record.defendants.iter_mut().find(|held| held.id == said.defendant);
            let (Some(held), Some(last)) = (held, last) else { continue };
            if said.on.is_some_and(|on| on < last) {
                continue;
            }
            held.concluded = said.concluded;
            for offence in &mut held.offences {
                let own = said.offences.iter().find(|(id, _)| *id == offence.id);
                offence.concluded = own.map_or(offence.concluded, |(_, concluded)| *concluded);
            }
        }
        record
    }

    /// Whether the court has said by itself that the proceedings have ended, and they have against everybody.
    #[must_use]
    pub fn is_concluded(&self) -> bool {
        let known = !self.conclusions.is_empty() && !self.defendants.is_empty();
        known && self.defendants.iter().all(|defendant| defendant.concluded)
    }

    fn take_defendant(&mut self, shared: &Defendant) {
        let Some(held) = self.defendants.iter_mut().find(|held| held.id == shared.id) else {
            self.defendants.push(shared.clone());
            return;
        };
        let earlier = std::mem::replace(held, shared.clone());
        for offence in earlier.offences {
            if !held.offences.iter().any(|known| known.id == offence.id) {
                held.offences.push(offence);
            }
        }
        held.offences.sort_by_key(|offence| offence.id);
        held.master = held.master.or(earlier.master);
        held.bail_conditions = held.bail_conditions.take().or(earlier.bail_conditions);
    }

    /// The line with this id.
    #[must_use]
    pub fn line(&self, id: ResultId) -> Option<&Standing> {
        self.lines.iter().find(|standing| standing.line.id == id)
    }

    /// The offences that a defendant is charged with.
    #[must_use]
    pub fn offences_of(&self, defendant: DefendantId) -> Vec<OffenceId> {
        let held = self.defendants.iter().find(|held| held.id == defendant);
        held.map(|held| held.offences.iter().map(|offence| offence.id).collect()).unwrap_or_default()
    }
}

/// Snapshots by court day, then by when they were shared.
fn in_order<'a>(snapshots: &[&'a Snapshot]) -> Vec<&'a Snapshot> {
    let mut ordered: Vec<&Snapshot> =
        snapshots.iter().filter(|held| held.replaced_by.is_none()).copied().collect();
    ordered.sort_by(|a, b| {
        (a.share.day, a.version(), a.share.hearing).cmp(&(b.share.day, b.version(), b.share.hearing))
    });
    ordered
}

/// The hearings of a case that its snapshots speak of: those that sat, and those that were ordered.
///
/// A next hearing has no id of its own at the court. It is planned here under an id that follows from the case, the
/// hearing day that ordered it, its type and its defendants; when the court's own hearing appears it is adopted by
/// court, kind, defendants and date. A trial that did not go ahead and was ordered to be heard again is the same
/// hearing at its next listing, so that whoever was warned for it is known.
#[must_use]
pub fn hearings(case: CaseId, snapshots: &[&Snapshot]) -> Vec<Hearing> {
    hearings_with(case, Vec::new(), &[], snapshots)
}

/// The same with hearings that were listed `by_hand`: they are there from when they were known on, and a court's order
/// for one of them is taken for it; and with what was listed between court days.
#[must_use]
pub fn hearings_with(
    case: CaseId,
    mut by_hand: Vec<Hearing>,
    listings: &[Listing],
    snapshots: &[&Snapshot],
) -> Vec<Hearing> {
    let mut hearings: Vec<Hearing> = Vec::new();
    let mut listings: Vec<&Listing> = listings.iter().collect();
    for snapshot in in_order(snapshots) {
        for known in by_hand::known_before(&mut by_hand, &snapshot.share) {
            by_hand::put(&mut hearings, known);
        }
        for listing in listing::said_before(&mut listings, &snapshot.share) {
            listing::put(case, &mut hearings, listing);
        }
        let sat = sit(case, &mut hearings, snapshot);
        let known = hearings.len();
        for (order, defendants) in ordered_by(snapshot) {
            list(case, &mut hearings, (sat, known), snapshot, order, defendants);
        }
    }
    for known in by_hand {
        by_hand::put(&mut hearings, known);
    }
    for listing in listings {
        listing::put(case, &mut hearings, listing);
    }
    hearings.sort_by_key(|hearing| hearing.id);
    hearings
}

/// Finds, adopts or makes the hearing that sat; gives its place in the list.
fn sit(case: CaseId, hearings: &mut Vec<Hearing>, snapshot: &Snapshot) -> usize {
    let share = &snapshot.share;
    let mut defendants: Vec<DefendantId> =
        snapshot.case().defendants.iter().map(|defendant| defendant.id).collect();
    defendants.sort_unstable();
    let known_as = snapshot.known_as();
    let is_it = |hearing: &Hearing| {
        hearing.court_ids.contains(&share.hearing) || hearing.court_ids.contains(&known_as)
    };
    let known = hearings.iter().position(is_it);
    let (found, ambiguous) = match known {
        Some(index) => (Some(index), false),
        None => adoptable(hearings, snapshot, &defendants),
    };
    let index = found.unwrap_or_else(|| {
        hearings.push(Hearing {
            id: HearingId(derived(&[b"hearing", case.as_bytes(), known_as.as_bytes()])),
            court_ids: Vec::new(),
            kind: share.kind(),
            hearing_type: share.hearing_type.clone(),
            jurisdiction: Some(share.jurisdiction),
            court: share.court.clone(),
            when: sat_at(share),
            whole_day: share.sitting_at.is_none(),
            off_because: None,
            defendants: defendants.clone(),
            state: HearingState::Resulted,
            listing: 1,
            earlier: Vec::new(),
            sat_on: Vec::new(),
            ambiguous,
            by_hand: None,
        });
        hearings.len() - 1
    });
    let hearing = &mut hearings[index];
    for id in [known_as, share.hearing] {
        if !hearing.court_ids.contains(&id) {
            hearing.court_ids.push(id);
        }
    }
    if !hearing.sat_on.contains(&share.day) {
        hearing.sat_on.push(share.day);
    }
    hearing.state = HearingState::Resulted;
    let knows_little = snapshot.is_of_police_feed() && found.is_some();
    if !knows_little {
        hearing.court = share.court.clone();
    }
    hearing.jurisdiction = Some(share.jurisdiction);
    if hearing.sat_on.len() == 1 && !knows_little {
        hearing.kind = share.kind();
        hearing.hearing_type = share.hearing_type.clone();
        if let Some(at) = share.sitting_at {
            hearing.when = When::At(at);
            hearing.whole_day = false;
        }
    }
    for defendant in defendants {
        if !hearing.defendants.contains(&defendant) {
            hearing.defendants.push(defendant);
        }
    }
    index
}

/// When a hearing sat: the day is always known, and courts begin at ten where the hour is not.
fn sat_at(share: &Share) -> When {
    When::At(share.sitting_at.unwrap_or_else(|| london::from_local(share.day.and_time(COURTS_SIT))))
}

/// The one planned hearing that this share's hearing can be, and whether there were several.
fn adoptable(hearings: &[Hearing], snapshot: &Snapshot, defendants: &[DefendantId]) -> (Option<usize>, bool) {
    let (share, police) = (&snapshot.share, snapshot.is_of_police_feed());
    let candidates: Vec<usize> = (0..hearings.len())
        .filter(|&index| {
            let hearing = &hearings[index];
            if hearing.by_hand.is_some() {
                return by_hand::may_have_sat(hearing, share, defendants);
            }
            (hearing.court_ids.is_empty() || police && hearing.sat_on.is_empty())
                && hearing.state == HearingState::Listed
                && (hearing.kind == share.kind() || police)
                && (same_court(&hearing.court, &share.court)
                    || police && same_house(&hearing.court, &share.court))
                && hearing.defendants.iter().any(|defendant| defendants.contains(defendant))
                && on_day(&hearing.when, share.day)
        })
        .collect();
    match candidates[..] {
        [] => (None, false),
        [one] => (Some(one), false),
        _ => (None, true),
    }
}

fn same_people(a: &[DefendantId], b: &[DefendantId]) -> bool {
    a.len() == b.len() && a.iter().all(|defendant| b.contains(defendant))
}

/// Whether two courts are in one house: codes of the police feed may name a room in their last two places.
fn same_house(a: &Court, b: &Court) -> bool {
    match (&a.code, &b.code) {
        (Some(a), Some(b)) => a.get(..5).is_some_and(|house| b.get(..5) == Some(house)),
        _ => false,
    }
}

fn same_court(a: &Court, b: &Court) -> bool {
    match (&a.code, &b.code) {
        (Some(a), Some(b)) => a == b,
        _ => a.name == b.name,
    }
}

fn on_day(when: &When, day: NaiveDate) -> bool {
    match when {
        When::At(_) => when.day() == Some(day),
        When::Week(monday) => (0..7).contains(&(day - *monday).num_days()),
        When::Unfixed => true,
    }
}

/// The hearings that a snapshot orders, each once, with the defendants it is ordered for.
fn ordered_by(snapshot: &Snapshot) -> Vec<(&super::court::NextHearing, Vec<DefendantId>)> {
    let mut orders: Vec<(&super::court::NextHearing, Vec<DefendantId>)> = Vec::new();
    for line in snapshot.case().lines.iter().filter(|line| line.line == Line::NextHearing) {
        let (Some(next), Some(defendant)) = (&line.next_hearing, line.defendant) else { continue };
        match orders.iter_mut().find(|(known, _)| *known == next) {
            Some((_, defendants)) if defendants.contains(&defendant) => {}
            Some((_, defendants)) => defendants.push(defendant),
            None => orders.push((next, vec![defendant])),
        }
    }
    for (_, defendants) in &mut orders {
        defendants.sort_unstable();
    }
    orders
}

/// Lists an ordered hearing: again, if it is a trial that this sitting did not try or that was to come; else as a
/// planned one. `sat` is the place of the hearing that sat; the first `known` hearings were there before this order.
fn list(
    case: CaseId,
    hearings: &mut Vec<Hearing>,
    (sat, known): (usize, usize),
    snapshot: &Snapshot,
    order: &super::court::NextHearing,
    defendants: Vec<DefendantId>,
) {
    if by_hand::take_order(&mut hearings[..known], order, &defendants) {
        return;
    }
    let kind = order.kind();
    let tried = snapshot.case().lines.iter().any(|line| line.trial == Some(TrialOutcome::Effective));
    if kind == HearingKind::Trial && hearings[sat].kind == HearingKind::Trial && !tried {
        let hearing = &mut hearings[sat];
        hearing.earlier.push(hearing.when);
        hearing.listing += 1;
        hearing.when = order.when;
        hearing.whole_day = false;
        hearing.court = order.court.clone();
        hearing.state = HearingState::Listed;
        hearing.court_ids.extend(order.existing.filter(|id| !hearing.court_ids.contains(id)));
        return;
    }
    // A trial still to come that is ordered for another day by a hearing before it has moved: there is one trial of
    // the same defendants at a time.
    if kind == HearingKind::Trial && order.existing.is_none() {
        let mut to_come = hearings.iter_mut().take(known).filter(|hearing| {
            hearing.kind == HearingKind::Trial
                && hearing.state == HearingState::Listed
                && hearing.sat_on.is_empty()
                && if snapshot.is_of_police_feed() {
                    // One message for each of its defendants: the first moves it, the others say the same.
                    defendants.iter().all(|defendant| hearing.defendants.contains(defendant))
                } else {
                    same_people(&hearing.defendants, &defendants)
                }
        });
        if let (Some(trial), None) = (to_come.next(), to_come.next()) {
            if trial.when != order.when {
                trial.earlier.push(trial.when);
                trial.listing += 1;
                trial.when = order.when;
                trial.whole_day = false;
                trial.court = order.court.clone();
            }
            return;
        }
    }
    if let Some(existing) = order.existing
        && let Some(hearing) = hearings.iter_mut().find(|hearing| hearing.court_ids.contains(&existing))
    {
        if hearing.when != order.when && !hearing.sat_on.iter().any(|day| on_day(&order.when, *day)) {
            hearing.earlier.push(hearing.when);
            hearing.listing += 1;
            hearing.when = order.when;
            hearing.whole_day = false;
            hearing.state = HearingState::Listed;
        }
        return;
    }
    // The police feed has one message for each defendant of a hearing: the order of the others is for the same one.
    if snapshot.is_of_police_feed() {
        let same = hearings.iter_mut().find(|hearing| {
            hearing.court_ids.is_empty()
                && hearing.state == HearingState::Listed
                && (hearing.kind, hearing.when) == (kind, order.when)
                && same_court(&hearing.court, &order.court)
        });
        if let Some(hearing) = same {
            for defendant in defendants {
                if !hearing.defendants.contains(&defendant) {
                    hearing.defendants.push(defendant);
                }
            }
            hearing.defendants.sort_unstable();
            return;
        }
    }
    let known_as = snapshot.known_as();
    let mut parts: Vec<&[u8]> = vec![b"planned", case.as_bytes(), known_as.as_bytes()];
    let day = snapshot.share.day.to_string();
    parts.extend([day.as_bytes(), order.hearing_type.as_bytes()]);
    if !snapshot.is_of_police_feed() {
        parts.extend(defendants.iter().map(|defendant| &defendant.as_bytes()[..]));
    }
    let planned = snapshot.planned_as(order).into_iter();
    let id = planned
        .chain((0_u8..=u8::MAX).map(|nth| HearingId(derived(&[&parts[..], &[&[nth]]].concat()))))
        .find(|id| hearings.iter().all(|hearing| hearing.id != *id))
        .expect("a share is limited to far fewer than 256 next hearings of one type");
    hearings.push(Hearing {
        id,
        court_ids: order.existing.into_iter().collect(),
        kind,
        hearing_type: order.hearing_type.clone(),
        jurisdiction: order.jurisdiction.or(Some(snapshot.share.jurisdiction)),
        court: order.court.clone(),
        when: order.when,
        whole_day: false,
        off_because: None,
        defendants,
        state: HearingState::Listed,
        listing: 1,
        earlier: Vec::new(),
        sat_on: Vec::new(),
        ambiguous: false,
        by_hand: None,
    });
}

/// What one share changes in what stands: ids in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Difference {
    /// Lines that stand now and did not before.
    pub added: Vec<ResultId>,
    /// Lines that stood before and are gone.
    pub removed: Vec<Standing>,
}

impl Difference {
    /// From one record to the next.
    #[must_use]
    pub fn between(before: &Record, after: &Record) -> Self {
        let added = after.lines.iter().filter(|standing| before.line(standing.line.id).is_none());
        let removed = before.lines.iter().filter(|standing| after.line(standing.line.id).is_none());
        Self { added: added.map(|standing| standing.line.id).collect(), removed: removed.cloned().collect() }
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}
