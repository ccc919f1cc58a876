//! What the police feed says, put into the case's own terms.
//!
//! Its messages have neither the court's ids nor its names of courts: the defendant is found by name and date of birth,
//! an offence by its code. Where a code could be one of several offences, nothing is guessed: an outcome told to the
//! wrong victim cannot be taken back. Each message is of one defendant, so each defendant's part of a hearing day is a
//! snapshot of its own, known by the hearing they share.

use super::super::{Desk, Parked};
use crate::domain::contact::DirectoryKind;
use crate::domain::court::{CaseShare, Court, Defendant, Feed, Line, Offence, Party, ResultLine, Share};
use crate::domain::ids::{CourtHearingId, DefendantId, OffenceId, derived};
use crate::domain::record::Snapshot;
use crate::domain::state::CaseState;
use crate::rules::outcomes::Outcomes;
use chrono::{DateTime, Utc};

/// The case's part of a share of the police feed, in the case's own terms; none where Common Platform has shared that
/// day itself.
pub(super) fn placed(
    state: &CaseState,
    share: &Share,
    index: usize,
    received_at: DateTime<Utc>,
    desk: Desk<'_>,
) -> Result<Option<Share>, Parked> {
    let mut case = share.cases[index].clone();
    let mut known = true;
    let mut changed: Vec<(DefendantId, DefendantId)> = Vec::new();
    let mut offences: Vec<(OffenceId, OffenceId)> = Vec::new();
    for defendant in &mut case.defendants {
        let Some(held) = held(&state.record.defendants, defendant)? else {
            known = false;
            defendant.offences.iter_mut().for_each(|offence| name(offence, None));
            continue;
        };
        changed.push((defendant.id, held.id));
        defendant.id = held.id;
        defendant.youth |= held.youth;
        defendant.master = held.master;
        for nth in 0..defendant.offences.len() {
            let found = offence_of(held, &defendant.offences, nth)?;
            let offence = &mut defendant.offences[nth];
            name(offence, found);
            if let Some(found) = found {
                offences.push((offence.id, found.id));
                offence.id = found.id;
            }
        }
    }
    let of_theirs = |held: &Snapshot| {
        let theirs = &held.case().defendants;
        !known || case.defendants.iter().any(|defendant| theirs.iter().any(|other| other.id == defendant.id))
    };
    let shared = state.snapshots.iter().any(|held| {
        held.share.feed == Feed::CommonPlatform && held.share.day == share.day && of_theirs(held)
    });
    if shared {
        return Ok(None);
    }
    for line in &mut case.lines {
        let new = |id: DefendantId| changed.iter().find(|(old, _)| *old == id).map_or(id, |(_, new)| *new);
        line.defendant = line.defendant.map(new);
        let new = |id: OffenceId| offences.iter().find(|(old, _)| *old == id).map_or(id, |(_, new)| *new);
        line.offence = line.offence.map(new);
        if let Some(next) = &mut line.next_hearing {
            house(&mut next.court, desk);
        }
    }
    let mut court = share.court.clone();
    house(&mut court, desk);
    // Where the message does not say when it was shared, it is of when it came: it then says when the court sat.
    let sat_from = share.sitting_at.unwrap_or_else(|| crate::domain::london::start_of_day(share.day));
    let shared_at = if share.shared_at <= sat_from { received_at } else { share.shared_at };
    let mut whose: Vec<DefendantId> = case.defendants.iter().map(|defendant| defendant.id).collect();
    whose.sort_unstable();
    let mut parts: Vec<&[u8]> = vec![b"spi-part", share.hearing.as_bytes()];
    parts.extend(whose.iter().map(|id| &id.as_bytes()[..]));
    let hearing = CourtHearingId(derived(&parts));
    Ok(Some(Share { hearing, shared_at, court, cases: vec![case], ..share.clone() }.canonical()))
}

/// The defendant of the case who is meant, by the court's id or by who they are.
fn held<'s>(record: &'s [Defendant], said: &Defendant) -> Result<Option<&'s Defendant>, Parked> {
    if let Some(held) = record.iter().find(|held| held.id == said.id) {
        return Ok(Some(held));
    }
    let mut same = record.iter().filter(|held| is_same_party(&held.party, &said.party));
    match (same.next(), same.next()) {
        (found, None) => Ok(found),
        _ => {
            let why = "the police feed names a defendant who could be several of the case's: enter the results by hand, \
                       then discard this";
            Err(Parked::Held(why.to_owned()))
        }
    }
}

/// Whether two feeds mean the same person or organisation: the family name, and whatever else both know.
fn is_same_party(a: &Party, b: &Party) -> bool {
    let plain = |text: &str| text.trim().to_lowercase();
    match (a, b) {
        (Party::Organisation { name: a }, Party::Organisation { name: b }) => plain(a) == plain(b),
        (
            Party::Person { first_name: first, last_name: last, born_on: born },
            Party::Person { first_name, last_name, born_on },
        ) => {
            let given = |text: &Option<String>| {
                text.as_deref().and_then(|text| text.split_whitespace().next()).map(str::to_lowercase)
            };
            let (a, b) = (given(first), given(first_name));
            let differs = a.is_some() && b.is_some() && a != b;
            let born_otherwise = born.is_some() && born_on.is_some() && born != born_on;
            let both_know = (a.is_some() && b.is_some()) || (born.is_some() && born_on.is_some());
            plain(last) == plain(last_name) && !differs && !born_otherwise && both_know
        }
        _ => false,
    }
}

/// The held offence that the nth of a message is, by id or by code.
fn offence_of<'s>(held: &'s Defendant, said: &[Offence], nth: usize) -> Result<Option<&'s Offence>, Parked> {
    let one = &said[nth];
    if let Some(same) = held.offences.iter().find(|offence| offence.id == one.id) {
        return Ok(Some(same));
    }
    let is_code = |offence: &&Offence| offence.code.eq_ignore_ascii_case(&one.code);
    let fits: Vec<&Offence> = held.offences.iter().filter(is_code).collect();
    let asking = said.iter().filter(is_code).count();
    match (&fits[..], asking) {
        ([], _) => Ok(None),
        ([only], 1) => Ok(Some(only)),
        _ => Err(Parked::Held(format!(
            "the police feed says something of an offence {}, of which the defendant has several: enter the results by \
             hand, then discard this",
            one.code
        ))),
    }
}

/// Gives an offence a title: the held one's; its code where there is none.
fn name(offence: &mut Offence, held: Option<&Offence>) {
    if offence.title.is_empty() {
        offence.title = held.map_or_else(|| offence.code.clone(), |held| held.title.clone());
    }
}

/// Gives a court that is known by its code alone the name that the directory has for it.
fn house(court: &mut Court, desk: Desk<'_>) {
    let Some(code) = court.code.clone().filter(|code| court.name == *code) else { return };
    let same = |held: &str| held.get(..5).is_some_and(|house| code.get(..5) == Some(house));
    let courts = desk.roster.directory.iter().filter(|entry| entry.kind == DirectoryKind::Court);
    let mut known = courts.filter(|entry| entry.court_code.as_deref().is_some_and(same));
    if let Some(entry) = known.next() {
        court.name = entry.name.clone();
    }
}

/// Pleas and verdicts are one fact on whichever day they are repeated, and the police feed does not date them: the ids
/// under which people were told of them are kept.
pub(super) fn keep_what_was_said(state: &CaseState, snapshot: &mut Snapshot, outcomes: &Outcomes) {
    let own = snapshot.slot();
    let of_police = snapshot.share.feed == Feed::Spi;
    let counts = |held: &&crate::domain::state::Tracked<Snapshot>| {
        held.replaced_by.is_none() && held.slot() != own && (of_police || held.share.feed == Feed::Spi)
    };
    let said: Vec<&ResultLine> =
        state.snapshots.iter().filter(counts).flat_map(|held| &held.case().lines).collect();
    for line in &mut snapshot.share.cases[0].lines {
        if !matches!(line.line, Line::Plea | Line::Verdict) {
            continue;
        }
        let same = said.iter().find(|other| {
            (other.line, other.defendant, other.offence) == (line.line, line.defendant, line.offence)
                && outcomes.of(other).word == outcomes.of(line).word
        });
        if let Some(same) = same {
            line.id = same.id;
        }
    }
}

/// Common Platform names defendants whom the police feed named first: what is held of them gets the court's own ids,
/// and so do the links of the people whom they concern.
pub(super) fn give_true_ids(state: &mut CaseState, shared: &CaseShare) {
    let mut people: Vec<(DefendantId, DefendantId)> = Vec::new();
    let mut offences: Vec<(OffenceId, OffenceId)> = Vec::new();
    for new in &shared.defendants {
        if state.record.defendants.iter().any(|held| held.id == new.id) {
            continue;
        }
        let by_police = |held: &&Defendant| {
            let mut of = state.snapshots.iter().filter(|snapshot| names(snapshot, held.id)).peekable();
            of.peek().is_some() && of.all(|snapshot| snapshot.share.feed == Feed::Spi)
        };
        let same = |held: &&Defendant| is_same_party(&held.party, &new.party);
        let mut found = state.record.defendants.iter().filter(by_police).filter(same);
        let (Some(old), None) = (found.next(), found.next()) else { continue };
        people.push((old.id, new.id));
        for offence in &old.offences {
            let is_code = |other: &&Offence| other.code.eq_ignore_ascii_case(&offence.code);
            let mut fits = new.offences.iter().filter(is_code);
            let alone = old.offences.iter().filter(is_code).count() == 1;
            if let (Some(fits), None, true) = (fits.next(), fits.next(), alone) {
                offences.push((offence.id, fits.id));
            }
        }
    }
    if people.is_empty() {
        return;
    }
    let person = |id: DefendantId| people.iter().find(|(old, _)| *old == id).map_or(id, |(_, new)| *new);
    let offence = |id: OffenceId| offences.iter().find(|(old, _)| *old == id).map_or(id, |(_, new)| *new);
    for snapshot in state.snapshots.iter_mut().filter(|snapshot| snapshot.share.feed == Feed::Spi) {
        for case in &mut snapshot.change().share.cases {
            for held in &mut case.defendants {
                held.id = person(held.id);
                held.offences.iter_mut().for_each(|one| one.id = offence(one.id));
            }
            for line in &mut case.lines {
                line.defendant = line.defendant.map(person);
                line.offence = line.offence.map(offence);
            }
        }
    }
    for held in state.participants.iter_mut() {
        let linked = held.defendants.iter().any(|id| person(*id) != *id)
            || held.offences.iter().any(|id| offence(*id) != *id);
        if linked {
            let held = held.change();
            held.defendants.iter_mut().for_each(|id| *id = person(*id));
            held.offences.iter_mut().for_each(|id| *id = offence(*id));
            held.version += 1;
        }
    }
}

fn names(snapshot: &Snapshot, defendant: DefendantId) -> bool {
    snapshot.case().defendants.iter().any(|held| held.id == defendant)
}
