//! A plan in words: why each line goes to whom, who would be next, and why a piece goes to nobody.

use super::bench::Bench;
use super::search::{self, Places, Search};
use super::{Line, Plan, Seat, Unplaced};
use crate::domain::ids::StaffId;
use crate::people::fitness::Unfit;
use chrono::{DateTime, Utc};

pub(super) fn explain(bench: &Bench, places: &Places, now: DateTime<Utc>) -> Plan {
    let mut search = Search::of(bench, places.clone(), u64::MAX);
    let mut after = bench.taken.clone();
    let mut lines = Vec::new();
    let mut unplaced = Vec::new();
    for (piece, place) in places.iter().enumerate() {
        let Some(place) = *place else {
            unplaced.push(left_over(bench, piece));
            continue;
        };
        let (bound, minutes) = (bench.bound[piece], bench.minutes_of(piece));
        after[place][bound..].iter_mut().for_each(|taken| *taken += minutes);
        lines.push(line(bench, &mut search, piece, place));
    }
    let seat = |(place, staff): (usize, &StaffId)| {
        let last = |days: &Vec<i64>| u32::try_from(days.last().copied().unwrap_or(0)).unwrap_or(0);
        Seat {
            staff: *staff,
            before: last(&bench.taken[place]),
            after: last(&after[place]),
            minutes: last(&bench.minutes[place]),
            pieces: places.iter().filter(|held| **held == Some(place)).count(),
        }
    };
    let able = |place: &usize| bench.choices.iter().flatten().any(|(known, _)| known == place);
    let seats = bench.staff.iter().enumerate().filter(|(place, _)| able(place)).map(seat).collect();
    Plan { at: now, lines, unplaced, seats, cost: search::cost(bench, places) }
}

fn line(bench: &Bench, search: &mut Search<'_>, piece: usize, place: usize) -> Line {
    let held = &bench.pieces[piece];
    let bound = bench.bound[piece];
    let taken = search.taken(place)[bound];
    let of = bench.minutes[place][bound];
    let over =
        search.taken(place)[bound..].iter().zip(&bench.minutes[place][bound..]).any(|(taken, of)| taken > of);
    search.put(piece, None);
    let here = search.adding(piece, place);
    let others = bench.choices[piece].iter().map(|(other, _)| *other).filter(|other| *other != place);
    let next = others.map(|other| (search.adding(piece, other) - here, other)).min();
    search.put(piece, Some(place));
    let staff = bench.staff[place];
    let of_case = || (0..bench.pieces.len()).filter(|other| bench.case[*other] == bench.case[piece]);
    let whole = of_case().all(|other| search.places[other] == Some(place)) && of_case().count() > 1;
    let why = match (held.familiar.contains(&staff), whole, bench.choices[piece].len()) {
        (true, ..) => "knows the case",
        (_, _, 1) => "the only one who may and can before it is due",
        (_, true, _) => "takes the case as a whole",
        _ => "has room, of those who may and can",
    };
    let room = if over {
        "more than they have minutes for: nobody who may and can has room".to_owned()
    } else {
        format!("{taken} of {of} minutes until then are taken with this")
    };
    Line {
        task: held.task,
        version: held.version,
        from: held.from,
        to: staff,
        because: format!("{why}; {room}"),
        over,
        next: next.map(|(dearer, other)| (bench.staff[other], dearer)),
    }
}

fn left_over(bench: &Bench, piece: usize) -> Unplaced {
    let held = &bench.pieces[piece];
    // What is nobody's fault and can be changed today is said first; those of another role were never meant.
    let mut kept_from = bench.kept_from[piece].clone();
    kept_from.retain(|(unfit, _)| !matches!(unfit, Unfit::Role | Unfit::Left));
    kept_from.sort_by_key(|(unfit, _)| std::cmp::Reverse(*unfit));
    let said = kept_from.iter().map(|(unfit, people)| {
        let what = match unfit {
            Unfit::Away => "not at work before it is due",
            Unfit::Unskilled => "without a skill that it needs",
            Unfit::Conflict => "in conflict with the case",
            Unfit::Unvetted => "without valid vetting",
            Unfit::Role | Unfit::Left => "of another role",
        };
        format!("{people} {what}")
    });
    let said: Vec<String> = said.collect();
    let because = if said.is_empty() {
        "nobody of the role it needs is in the unit".to_owned()
    } else {
        format!("nobody who may and can: {}", said.join(", "))
    };
    Unplaced { task: held.task, version: held.version, from: held.from, because, kept_from }
}
