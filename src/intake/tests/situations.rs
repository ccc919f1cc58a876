//! Situations of an ordinary week, composed, read back and folded.

use super::invented::{at, case, day, invent, next, northgate, plea, result, share};
use crate::domain::court::{CaseShare, Court, Jurisdiction, Line, Party, ResultLine, Share, TrialOutcome};
use crate::domain::hearing::{HearingKind, HearingState, When};
use crate::domain::ids::CaseId;
use crate::domain::record::{Difference, Record, Snapshot, hearings};
use crate::intake::common_platform::compose;
use crate::intake::{Hints, read};
use uuid::Uuid;

const NAME: &str = "0000126";

fn heard(hearing_type: &str, lines: Vec<ResultLine>) -> Share {
    Share { cases: vec![CaseShare { lines, ..case(NAME) }], ..share(hearing_type) }.canonical()
}

fn read_back(share: &Share) -> Share {
    read(&compose(share), &Hints::default()).unwrap().share().unwrap().clone()
}

fn crown(line: ResultLine) -> ResultLine {
    let court = Court { code: Some("C99NG00".into()), name: "Northgate Crown Court".into(), ..northgate() };
    let next = line.next_hearing.map(|next| crate::domain::court::NextHearing {
        court,
        jurisdiction: Some(Jurisdiction::Crown),
        ..next
    });
    ResultLine { next_hearing: next, ..line }
}

#[test]
fn every_situation_is_read_as_it_was_composed() {
    let trial = |outcome: TrialOutcome| ResultLine {
        trial: Some(outcome),
        short_code: Some(outcome.to_string()),
        label: "Invented reason".into(),
        trial_reason: Some(invent("reason")),
        ..ResultLine::blank(Line::Trial)
    };
    let adjourned = || result(NAME, "A", Some("4506"), "Adjournment");
    let company = {
        let mut share = heard("First hearing", vec![plea(NAME, "GUILTY", "Guilty"), adjourned()]);
        let defendant = &mut share.cases[0].defendants[0];
        defendant.party = Party::Organisation { name: "Imaginary Holdings Ltd".into() };
        defendant.remand = None;
        share
    };
    let without_urn = {
        let mut share = heard("First hearing", vec![adjourned()]);
        share.cases[0].urn = None;
        share.cases[0].authority_reference = Some("Invented 12".into());
        share
    };
    let two_cases = Share {
        cases: vec![
            case("0000126"),
            CaseShare {
                lines: vec![result("0000226", "WDRN", Some("2063"), "Withdrawn")],
                ..case("0000226")
            },
        ],
        ..share("First hearing")
    };
    let mut bailed =
        heard("First hearing", vec![result(NAME, "RC", Some("4027"), "Remanded on conditional bail")]);
    bailed.cases[0].defendants[0].remand = Some("B".into());
    bailed.cases[0].defendants[0].bail_conditions = Some("Not to enter Invented Street;".into());
    for (situation, share) in [
        (
            "guilty plea, adjourned for sentence",
            heard(
                "First hearing",
                vec![
                    plea(NAME, "GUILTY", "Guilty"),
                    adjourned(),
                    next(NAME, "Sentence", When::At(at(20, 10))),
                ],
            ),
        ),
        (
            "not guilty plea, trial fixed at the Crown Court",
            heard(
                "First hearing",
                vec![
                    plea(NAME, "NOT_GUILTY", "Not guilty"),
                    result(NAME, "CCIU", Some("4558"), "Sent to Crown Court for trial"),
                    crown(next(NAME, "Trial", When::At(at(23, 10)))),
                ],
            ),
        ),
        ("conditional bail", bailed),
        (
            "warrant for failing to appear",
            heard(
                "First hearing",
                vec![ResultLine {
                    urgent: true,
                    qualifiers: vec!["CG".into()],
                    ..result(NAME, "WOFN", Some("4576"), "Warrant for arrest without bail")
                }],
            ),
        ),
        ("two cases", two_cases.canonical()),
        ("a company", company.canonical()),
        ("no URN", without_urn.canonical()),
        ("cracked trial", heard("Trial", vec![trial(TrialOutcome::Cracked), adjourned()])),
        ("vacated trial", heard("Trial", vec![trial(TrialOutcome::Vacated)])),
        ("a week", heard("Sentence", vec![adjourned(), next(NAME, "Trial", When::Week(day(23)))])),
        ("no date yet", heard("Sentence", vec![adjourned(), next(NAME, "Trial", When::Unfixed)])),
        (
            "trial without witnesses",
            heard(
                "First hearing",
                vec![adjourned(), next(NAME, "Trial - no witnesses", When::At(at(20, 10)))],
            ),
        ),
        ("nothing said", heard("Mention", vec![])),
    ] {
        assert_eq!(read_back(&share), share, "{situation}");
    }
}

#[test]
fn a_next_hearing_without_a_result_is_written_with_one() {
    let share = heard("First hearing", vec![next(NAME, "Trial", When::Unfixed)]);
    let read = read_back(&share);
    let kinds: Vec<Line> = read.cases[0].lines.iter().map(|line| line.line).collect();
    assert!(kinds.contains(&Line::NextHearing) && kinds.contains(&Line::Judicial), "{kinds:?}");
}

fn snapshot(share: &Share) -> Snapshot {
    Snapshot::of(&read_back(share), 0)
}

#[test]
fn a_correction_takes_away_what_it_replaces_and_says_so() {
    let first = heard("Sentence", vec![result(NAME, "CD", Some("1018"), "Conditional discharge")]);
    let mut second = heard("Sentence", vec![result(NAME, "AD", Some("1017"), "Absolute discharge")]);
    second.shared_at = at(2, 16);
    second.cases[0].amended = true;
    let (first, second) = (snapshot(&first), snapshot(&second));
    let difference = Difference::between(&Record::fold(&[&first]), &Record::fold(&[&second]));
    assert_eq!((difference.added.len(), difference.removed.len()), (1, 1));
    assert!(second.case().amended && !first.case().amended);
}

#[test]
fn a_result_entered_afresh_under_another_id_of_the_courts_is_the_same_fact() {
    let line = |id: &str| ResultLine {
        source_id: Some(invent(id)),
        ..result(NAME, "CD", Some("1018"), "Conditional discharge")
    };
    let first = snapshot(&heard("Sentence", vec![line("first")]));
    let second = snapshot(&heard("Sentence", vec![line("second")]));
    assert!(Difference::between(&Record::fold(&[&first]), &Record::fold(&[&second])).is_empty());
}

#[test]
fn a_trial_that_was_ordered_is_planned_until_it_sits() {
    let snapshot = snapshot(&heard(
        "First hearing",
        vec![result(NAME, "A", Some("4506"), "Adjournment"), next(NAME, "Trial", When::At(at(20, 10)))],
    ));
    let hearings = hearings(CaseId(Uuid::from_u128(1)), &[&snapshot]);
    let trial = hearings.iter().find(|hearing| hearing.kind == HearingKind::Trial).unwrap();
    assert_eq!((trial.state, trial.when), (HearingState::Listed, When::At(at(20, 10))));
}

#[test]
fn an_id_the_court_gives_a_next_hearing_once_counts_for_every_defendant() {
    let mut share = heard("First hearing", vec![result(NAME, "A", Some("4506"), "Adjournment")]);
    let mut second = share.cases[0].defendants[0].clone();
    second.id = invent("second");
    second.master = Some(invent("second"));
    second.offences.clear();
    share.cases[0].defendants.push(second);
    let mut one = next(NAME, "Trial", When::At(at(20, 10)));
    one.next_hearing.as_mut().unwrap().existing = Some(invent("listed"));
    let other = ResultLine { defendant: Some(invent("second")), ..next(NAME, "Trial", When::At(at(20, 10))) };
    share.cases[0].lines.extend([one, other]);
    let read = read_back(&share.canonical());
    let existing: Vec<_> = read.cases[0]
        .lines
        .iter()
        .filter_map(|line| line.next_hearing.as_ref())
        .map(|next| next.existing)
        .collect();
    assert_eq!(existing, [Some(invent("listed")), Some(invent("listed"))]);
}
