//! A court shared a hearing day: the snapshot is replaced, the record folded anew, the hearings brought in line.
//!
//! Common Platform counts before the police feed, and both before what was entered by hand: whichever came first is
//! what people were told of, and the others are compared with it.

use super::super::{Desk, Mode, Parked, Unhandled, raised};
use super::{Happened, Verdict, brought, linking, spi};
use crate::domain::by_hand;
use crate::domain::court::{Feed, Line, ResultLine, Share};
use crate::domain::event::Event;
use crate::domain::hearing::{Hearing, HearingState};
use crate::domain::ids::{CourtHearingId, HearingId};
use crate::domain::london;
use crate::domain::record::{self, Difference, Record, Snapshot};
use crate::domain::state::{CaseState, Tracked};
use crate::rules::facts::Occurrence;
use crate::rules::outcomes::Outcomes;
use chrono::TimeDelta;

/// How far a court's clock may be ahead of ours.
const AHEAD: TimeDelta = TimeDelta::minutes(5);
/// How far ahead a hearing day may lie that is said to have had results.
const DAYS_AHEAD: TimeDelta = TimeDelta::days(366);

/// Holds a share that cannot be of now: the latest share of a day stands, so that one from a clock that runs ahead
/// would keep out all that follows.
fn of_now(share: &Share, index: usize, desk: Desk<'_>) -> Result<(), Parked> {
    let field = |common_platform: &'static str, typed: &'static str| match share.feed {
        Feed::CommonPlatform => common_platform,
        Feed::Spi | Feed::Manual => typed,
    };
    if share.shared_at > desk.now + AHEAD {
        let (name, at) = (field("sharedTime", "shared_at"), london::human_with_zone(share.shared_at));
        return Err(Parked::Held(format!(
            "{name} is {at}, which lies more than five minutes ahead: have whoever sent it look at the clock, then \
             retry it once that instant has passed, or discard it"
        )));
    }
    if share.day > london::date(desk.now + DAYS_AHEAD) && !share.cases[index].lines.is_empty() {
        let (name, day) = (field("hearingDay", "day"), share.day);
        return Err(Parked::Held(format!(
            "{name} is {day}, more than a year ahead, and there are results of it already: have whoever sent it put \
             the day right, then discard this one"
        )));
    }
    Ok(())
}

/// Takes in the one case of `share` that is this case's.
pub(super) fn share(
    state: &mut CaseState,
    share: &Share,
    event: &Event,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    let Some(index) = state.part_of(share) else {
        return Err(
            Parked::Held("the share holds no case with one of this case's references".to_owned()).into()
        );
    };
    of_now(share, index, desk)?;
    if share.feed != Feed::Spi {
        return take(state, share, index, None, desk);
    }
    match spi::placed(state, share, index, event.received_at, desk)? {
        Some(placed) => take(state, &placed, 0, Some(share.hearing), desk),
        None => {
            let why = "Common Platform's own share of that day is held, and counts before what the police feed says";
            Ok(Happened::nothing_new(Verdict::Stale, why))
        }
    }
}

/// Takes in the part of a share at `index`; `sat` is the hearing that it is known by, where that is not its own id.
fn take(
    state: &mut CaseState,
    share: &Share,
    index: usize,
    sat: Option<CourtHearingId>,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    let whole = share.cases[index].lines.iter().any(is_of_whole_trial);
    let mut snapshot = match whole {
        true => Snapshot::of(&whose_trial(share.clone()), index),
        false => Snapshot::of(share, index),
    };
    snapshot.stands_for = sat;
    if let Some(held) = state.snapshots.iter().find(|held| held.slot() == snapshot.slot()) {
        match held.version().cmp(&snapshot.version()) {
            std::cmp::Ordering::Equal if desk.mode == Mode::Anew => {
                return Ok(looked_at_anew(state, &snapshot));
            }
            std::cmp::Ordering::Equal => {
                return Ok(Happened::nothing_new(
                    Verdict::Duplicate,
                    "this share of the hearing day is held",
                ));
            }
            std::cmp::Ordering::Greater => {
                return Ok(Happened::nothing_new(Verdict::Stale, "a later share of the hearing day is held"));
            }
            std::cmp::Ordering::Less => {
                let (before, now) = (held.case(), snapshot.case());
                if !before.lines.is_empty() && now.lines.is_empty() && !now.amended {
                    let why = "every result of the hearing day is gone, and nothing says that it was amended";
                    return Err(Parked::Held(why.to_owned()).into());
                }
            }
        }
    }
    if snapshot.share.feed == Feed::CommonPlatform {
        spi::give_true_ids(state, snapshot.case());
    }
    spi::keep_what_was_said(state, &mut snapshot, &desk.pack.outcomes);
    let again = adopt(state, &mut snapshot, &desk.pack.outcomes);
    let again = again || state.snapshots.iter().any(|held| held.slot() == snapshot.slot());
    let sat = snapshot.known_as();
    place(state, snapshot);

    let snapshots: Vec<&Snapshot> = state.snapshots.iter().map(|snapshot| &**snapshot).collect();
    let (conclusions, listings) = (state.record.conclusions.clone(), state.record.listings.clone());
    let after = Record::fold_with(&snapshots, conclusions, listings);
    let difference = Difference::between(&state.record, &after);
    if *state.record != after {
        *state.record.change() = after;
    }
    let Lined { listed, withdrawn, confirmed } = list_anew(state, None);
    linking::link_by_name(state);
    if !again && !share.cases[index].amended {
        brought::told_of_day(state, share.day, &difference.added);
    }
    if difference.is_empty() && listed.is_empty() && withdrawn.is_empty() && confirmed.is_empty() {
        return Ok(Happened::nothing_new(Verdict::Duplicate, "nothing in it differs from what stands"));
    }
    let hearing =
        state.hearings.iter().find(|hearing| hearing.court_ids.contains(&sat)).map(|hearing| hearing.id);
    let occurrence = Occurrence { difference, again, hearing, listed, withdrawn, ..Occurrence::default() };
    let further = confirmed.into_iter().map(|id| raised("hearing.confirmed", None, Some(id), Vec::new()));
    Ok(Happened { further: further.collect(), ..Happened::news(occurrence) })
}

/// A share that is held, looked at under other rules: every line of it that stands is asked about again.
fn looked_at_anew(state: &CaseState, snapshot: &Snapshot) -> Happened {
    let of_it = |standing: &&record::Standing| (standing.hearing, standing.day) == snapshot.slot();
    let added = state.record.lines.iter().filter(of_it).map(|standing| standing.line.id).collect();
    let difference = Difference { added, removed: Vec::new() };
    let sat = snapshot.known_as();
    let is_it = |hearing: &&Tracked<Hearing>| hearing.court_ids.contains(&sat);
    let hearing = state.hearings.iter().find(is_it).map(|hearing| hearing.id);
    Happened::news(Occurrence { difference, hearing, ..Occurrence::default() })
}

/// What became of a trial is said of a whole hearing. Here it is said of each defendant who was heard, so that it
/// concerns their victims and witnesses and nobody else's.
fn whose_trial(mut share: Share) -> Share {
    for case in share.cases.iter_mut().filter(|case| !case.defendants.is_empty()) {
        let (whole, mut lines): (Vec<ResultLine>, Vec<ResultLine>) =
            std::mem::take(&mut case.lines).into_iter().partition(is_of_whole_trial);
        for line in whole {
            let each = case.defendants.iter().map(|defendant| defendant.id);
            lines.extend(each.map(|id| ResultLine { defendant: Some(id), ..line.clone() }));
        }
        case.lines = lines;
    }
    share.canonical()
}

fn is_of_whole_trial(line: &ResultLine) -> bool {
    line.line == Line::Trial && line.defendant.is_none()
}

/// Puts a snapshot in its slot.
fn place(state: &mut CaseState, snapshot: Snapshot) {
    match state.snapshots.iter_mut().find(|held| held.slot() == snapshot.slot()) {
        Some(held) => *held.change() = snapshot,
        None => state.snapshots.push(Tracked::new(snapshot)),
    }
}

/// How far a feed is believed, where several speak of one day.
fn rank(feed: Feed) -> u8 {
    match feed {
        Feed::Manual => 0,
        Feed::Spi => 1,
        Feed::CommonPlatform => 2,
    }
}

/// Lets a share stand for what a lesser feed, or somebody by hand, said of the same day: equal lines keep the ids under
/// which people were told of them, and so do the hearings they order. Gives whether there was such an entry.
fn adopt(state: &mut CaseState, snapshot: &mut Snapshot, outcomes: &Outcomes) -> bool {
    let own = snapshot.share.hearing;
    let concerned = |held: &Snapshot| {
        let theirs = &held.case().defendants;
        snapshot.case().defendants.iter().any(|defendant| theirs.iter().any(|other| other.id == defendant.id))
    };
    let is_lesser = |held: &Snapshot| {
        rank(held.share.feed) < rank(snapshot.share.feed)
            && held.share.day == snapshot.share.day
            && held.replaced_by.is_none_or(|by| by == own)
            && concerned(held)
    };
    let lesser: Vec<usize> =
        (0..state.snapshots.len()).filter(|index| is_lesser(&state.snapshots[*index])).collect();
    let Some(first) = lesser.first() else { return false };
    snapshot.stands_for = Some(state.snapshots[*first].known_as());
    for index in lesser {
        let entered = state.snapshots[index].share.cases[0].lines.clone();
        for line in &mut snapshot.share.cases[0].lines {
            let Some(same) = entered.iter().find(|other| is_same(other, line, outcomes)) else { continue };
            line.id = same.id;
            if let Some(order) = &same.next_hearing {
                let is_it = |hearing: &&Tracked<Hearing>| {
                    hearing.kind == order.kind()
                        && hearing.when == order.when
                        && same.defendant.is_some_and(|whose| hearing.defendants.contains(&whose))
                };
                let planned = state.hearings.iter().find(is_it).map(|hearing| (line.id, hearing.id));
                snapshot.planned.extend(planned.filter(|known| !snapshot.planned.contains(known)));
            }
        }
        state.snapshots[index].change().replaced_by = Some(own);
    }
    true
}

/// Whether a line says what another feed, or somebody by hand, said before.
fn is_same(other: &ResultLine, line: &ResultLine, outcomes: &Outcomes) -> bool {
    other.defendant == line.defendant
        && (other.offence == line.offence || other.offence.is_none() || line.line == Line::NextHearing)
        && other.line == line.line
        && match (&other.next_hearing, &line.next_hearing) {
            (Some(a), Some(b)) => a.kind() == b.kind() && a.when.day() == b.when.day(),
            _ => outcomes.of(other).word == outcomes.of(line).word,
        }
}

/// What bringing hearings in line changed.
pub(super) struct Lined {
    /// Newly listed, or listed again.
    pub(super) listed: Vec<HearingId>,
    /// Not ordered any more.
    pub(super) withdrawn: Vec<HearingId>,
    /// Listed by hand before, and now by a court for the first time, for the same date.
    pub(super) confirmed: Vec<HearingId>,
}

/// Works the case's hearings out anew, from all that courts shared and listed, and that was listed by hand, with one
/// that is listed by hand just now.
pub(super) fn list_anew(state: &mut CaseState, new: Option<Hearing>) -> Lined {
    // A fold over shares that were not read would take back what courts ordered.
    debug_assert!(state.here.snapshots, "the shares of a case are read before its hearings are worked out");
    let snapshots: Vec<&Snapshot> = state.snapshots.iter().map(|snapshot| &**snapshot).collect();
    let mut by_hand = by_hand::listed(state.hearings.iter().map(|held| &**held));
    by_hand.extend(new);
    let hearings = record::hearings_with(state.case.id, by_hand, &state.record.listings, &snapshots);
    bring_in_line(state, hearings)
}

/// Brings the case's hearings in line with what the fold says.
fn bring_in_line(state: &mut CaseState, folded: Vec<Hearing>) -> Lined {
    let (mut listed, mut withdrawn, mut confirmed) = (Vec::new(), Vec::new(), Vec::new());
    for hearing in state.hearings.iter_mut() {
        let ordered_by_court = folded.iter().any(|other| other.id == hearing.id);
        if !ordered_by_court && hearing.state == HearingState::Listed {
            hearing.change().state = HearingState::Withdrawn;
            withdrawn.push(hearing.id);
        }
    }
    for mut computed in folded {
        let Some(held) = state.hearings.iter_mut().find(|held| held.id == computed.id) else {
            if computed.state == HearingState::Listed {
                listed.push(computed.id);
            }
            state.hearings.push(Tracked::new(computed));
            continue;
        };
        let moved = computed.state == HearingState::Listed
            && held.when != computed.when
            && !by_hand::is_only_its_hour(held, computed.when);
        if moved && computed.listing <= held.listing {
            // A correction of the date within one listing by the court is a new listing to whoever was warned.
            computed.listing = held.listing + 1;
            computed.earlier = held.earlier.clone();
            computed.earlier.push(held.when);
        }
        computed.listing = computed.listing.max(held.listing);
        let taken_out = held.state == HearingState::Vacated && computed.state == HearingState::Listed;
        if taken_out && computed.listing == held.listing {
            computed.state = HearingState::Vacated;
            computed.off_because.clone_from(&held.off_because);
        }
        if computed.listing > held.listing && computed.state == HearingState::Listed {
            listed.push(computed.id);
        } else if computed.state == HearingState::Listed && by_hand::is_confirmed_by(held, &computed) {
            confirmed.push(computed.id);
        }
        if **held != computed {
            *held.change() = computed;
        }
    }
    Lined { listed, withdrawn, confirmed }
}
