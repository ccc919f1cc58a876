//! The Monday: what the courts share, from ten in the morning to half past four; and what they ordered before it.

use super::cast::goes_to_trial;
use super::courts::{Bench, COMMON_ASSAULT, Sitting, adjourned, next, plea, result, trial, verdict};
use crate::domain::court::{Category, ResultLine, Share, TrialOutcome};
use crate::domain::london::{self, Instant};
use chrono::TimeDelta;

/// How many cases the unit has.
pub const CASES: usize = 30;

/// A time of the demo: London's.
pub(super) fn at(text: &str) -> Instant {
    london::parse(text).expect("the times of the demo are times")
}

/// Something that arrives on the Monday.
pub struct Arrival {
    /// When.
    pub at: Instant,
    /// The body.
    pub body: Vec<u8>,
}

/// Three weeks before: the shares that listed the Monday's trials.
#[must_use]
pub fn earlier() -> Vec<Share> {
    let sitting = |nth| Sitting {
        nth,
        hearing: "plea",
        kind: "Plea & Trial Preparation",
        bench: bench(nth),
        at: at("2026-11-02T10:00"),
        shared_at: at("2026-11-02T12:30"),
        charge: COMMON_ASSAULT,
        markers: markers(nth),
    };
    let listed = |nth| {
        let mut lines = vec![plea("NOT_GUILTY")];
        lines.extend(adjourned("Trial", bench(nth), at("2026-11-23T10:00")));
        sitting(nth).share(lines)
    };
    (0..CASES).filter(|nth| goes_to_trial(*nth)).map(listed).collect()
}

/// What the courts share on the Monday, in the order of the day: a share a case, one of them again, one put right,
/// one of another force's case, one of a case that is not held, and one that cannot be read.
#[must_use]
pub fn arrivals() -> Vec<Arrival> {
    let compose = crate::intake::common_platform::compose;
    let shares: Vec<Share> = (0..CASES).map(share).collect();
    let mut arrivals: Vec<Arrival> = shares
        .iter()
        .map(|share| Arrival { at: share.shared_at + TimeDelta::minutes(1), body: compose(share) })
        .collect();
    // Court puts a result right within minutes: what was about to be told is told otherwise.
    let fined = sitting(6, "Sentence").share(vec![plea("GUILTY"), order("1015", "FO", "Fine")]);
    let mut ordered =
        sitting(6, "Sentence").share(vec![plea("GUILTY"), order("1116", "CO", "Community order")]);
    ordered.shared_at = fined.shared_at + TimeDelta::minutes(6);
    ordered.cases[0].amended = true;
    arrivals
        .push(Arrival { at: ordered.shared_at + TimeDelta::minutes(1), body: compose(&ordered.canonical()) });
    // The same share twice.
    arrivals.push(Arrival { at: at("2026-11-23T16:31"), body: compose(&shares[7]) });
    let mut theirs = sitting(CASES + 1, "First hearing").share(vec![plea("GUILTY")]);
    theirs.cases[0].urn = Some("28XX0000126".to_owned());
    arrivals.push(Arrival { at: at("2026-11-23T16:32"), body: compose(&theirs.canonical()) });
    let unknown = sitting(CASES + 5, "First hearing").share(adjourned(
        "Sentence",
        Bench::Magistrates,
        at("2026-12-14T10:00"),
    ));
    arrivals.push(Arrival { at: at("2026-11-23T16:33"), body: compose(&unknown) });
    arrivals.push(Arrival { at: at("2026-11-23T16:34"), body: b"{\"hearing\": {\"id\": ".to_vec() });
    arrivals.sort_by_key(|arrival| arrival.at);
    arrivals
}

fn bench(nth: usize) -> Bench {
    if nth.is_multiple_of(3) { Bench::Crown } else { Bench::Magistrates }
}

/// The nth case's sitting on the Monday: shared one after another through the day.
fn sitting(nth: usize, kind: &str) -> Sitting<'_> {
    let shared_at = at("2026-11-23T10:20") + TimeDelta::minutes(12 * i64::try_from(nth % 32).unwrap_or(0));
    let hearing = if goes_to_trial(nth) { "trial" } else { "monday" };
    let (at, charge, markers) = (at("2026-11-23T10:00"), COMMON_ASSAULT, markers(nth));
    Sitting { nth, hearing, kind, bench: bench(nth), at, shared_at, charge, markers }
}

/// Every fifth case is of domestic violence, and the court says so.
fn markers(nth: usize) -> &'static [&'static str] {
    if nth.is_multiple_of(5) { &["Domestic Violence"] } else { &[] }
}

/// A sentence, or another order that ends the case for its offence.
fn order(cjs: &str, short: &str, label: &str) -> ResultLine {
    result(cjs, short, label, Category::Final)
}

fn share(nth: usize) -> Share {
    let bench = bench(nth);
    let sentence = || adjourned("Sentence", bench, at("2026-12-14T10:00"));
    let custody = || order("1002", "IMP", "Imprisonment");
    let (kind, lines) = match nth {
        0..=5 => ("First hearing", [vec![plea("GUILTY")], sentence()].concat()),
        6 | 8 => ("Sentence", vec![plea("GUILTY"), order("1015", "FO", "Fine")]),
        7 => ("Sentence", vec![plea("GUILTY"), order("1116", "CO", "Community order")]),
        9 | 10 => ("Sentence", vec![plea("GUILTY"), custody()]),
        11..=13 => {
            let fixed = adjourned("Trial", bench, at("2027-03-01T10:00"));
            ("Plea & Trial Preparation", [vec![plea("NOT_GUILTY")], fixed].concat())
        }
        14 => ("First hearing", vec![result("4575", "WOFN", "Warrant without bail", Category::Interim)]),
        15 => ("First hearing", vec![order("2051", "WDRN", "Withdrawn")]),
        16 => ("First hearing", vec![order("2053", "DISC", "Discontinued")]),
        17 | 18 => {
            let bail = result("4027", "RC", "Remanded on conditional bail", Category::Interim);
            ("First hearing", vec![bail, next("First hearing", bench, at("2026-12-07T10:00"))])
        }
        19 => {
            let restraining = result("3047", "RESTRAOP", "Restraining order", Category::Ancillary);
            ("Sentence", vec![plea("GUILTY"), custody(), restraining])
        }
        20 | 21 => ("Trial", [vec![plea("GUILTY"), trial(TrialOutcome::Cracked)], sentence()].concat()),
        22 | 23 => {
            let again = adjourned("Trial", bench, at("2027-02-15T10:00"));
            ("Trial", [vec![trial(TrialOutcome::Ineffective)], again].concat())
        }
        24 | 25 => ("Trial", vec![trial(TrialOutcome::Effective), verdict("GUILTY"), custody()]),
        26 => {
            let freed = order("2004", "NG", "Found not guilty");
            ("Trial", vec![trial(TrialOutcome::Effective), verdict("NOT_GUILTY"), freed])
        }
        27 => {
            let again = adjourned("Trial", bench, at("2027-01-18T10:00"));
            ("Trial", [vec![trial(TrialOutcome::Vacated)], again].concat())
        }
        28 => {
            let warrant = result("4575", "WOFN", "Warrant without bail", Category::Interim);
            ("Trial", vec![trial(TrialOutcome::Ineffective), warrant])
        }
        _ => ("Trial", [vec![trial(TrialOutcome::Effective), verdict("GUILTY")], sentence()].concat()),
    };
    sitting(nth, kind).share(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{Hints, read};

    #[test]
    fn every_share_of_the_monday_is_read_as_it_was_meant() {
        for share in (0..CASES).map(share).chain(earlier()) {
            let body = crate::intake::common_platform::compose(&share);
            let read = read(&body, &Hints::default()).unwrap_or_else(|bad| panic!("{bad}"));
            assert_eq!(
                read.share().unwrap().cases[0].lines.len(),
                share.cases[0].lines.len(),
                "{}",
                share.hearing_type
            );
        }
    }
}
