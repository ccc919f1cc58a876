//! The invented bodies of `tests/fixtures/common-platform`: what is made of each.

use super::invented::reversed;
use crate::domain::court::{CaseShare, Line, Party, ResultLine, Share, TrialOutcome};
use crate::domain::hearing::When;
use crate::intake::common_platform::DayRule;
use crate::intake::{Hints, Read, Remark, read};
use chrono::{NaiveDate, TimeZone, Utc};

const FIRST_HEARING: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/common-platform/external-first-hearing.json"
));
const CRACKED_TRIAL: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/common-platform/internal-cracked-trial.json"
));
const BREACH: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/common-platform/internal-breach-of-order.json"
));

fn of(body: &[u8]) -> Read {
    read(body, &Hints::default()).unwrap()
}

fn share_of(body: &[u8]) -> Share {
    of(body).share().unwrap().clone()
}

fn lines(case: &CaseShare, line: Line) -> Vec<&ResultLine> {
    case.lines.iter().filter(|said| said.line == line).collect()
}

fn only(share: &Share) -> &CaseShare {
    assert_eq!(share.cases.len(), 1);
    &share.cases[0]
}

#[test]
fn the_external_shape_gets_its_day_from_its_results() {
    let read = of(FIRST_HEARING);
    assert_eq!(read.share().unwrap().day, NaiveDate::from_ymd_opt(2026, 7, 6).unwrap());
    assert_eq!(read.remarks, [Remark::DayDerived(DayRule::OrderedOn)]);
    assert_eq!(read.share().unwrap().sitting_at, Some(Utc.with_ymd_and_hms(2026, 7, 6, 9, 0, 0).unwrap()));
}

#[test]
fn a_next_hearing_repeated_on_each_offence_is_one_hearing() {
    let share = share_of(FIRST_HEARING);
    let orders = lines(only(&share), Line::NextHearing);
    let [order] = orders[..] else { panic!("{orders:?}") };
    let next = order.next_hearing.as_ref().unwrap();
    assert_eq!(next.when, When::At(Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).unwrap()));
    assert_eq!(next.hearing_type, "Sentence");
}

#[test]
fn pleas_results_bail_and_markers_are_read() {
    let share = share_of(FIRST_HEARING);
    let case = only(&share);
    let pleas: Vec<_> = lines(case, Line::Plea).iter().map(|plea| plea.short_code.clone().unwrap()).collect();
    assert_eq!(pleas.iter().filter(|value| *value == "GUILTY").count(), 2);
    assert_eq!(pleas.iter().filter(|value| *value == "INDICATED_GUILTY").count(), 1);
    let results = lines(case, Line::Judicial);
    assert_eq!(results.len(), 2);
    for result in results {
        assert_eq!(result.short_code.as_deref(), Some("A"));
        assert_eq!(result.text.as_deref(), Some("Adjourned for sentence."));
    }
    assert_eq!(case.markers, ["Domestic Violence"]);
    let defendant = &case.defendants[0];
    assert_eq!(defendant.remand.as_deref(), Some("B"));
    assert!(defendant.bail_conditions.as_deref().unwrap().starts_with("Not to contact"));
    assert!(!case.amended);
}

#[test]
fn a_booking_reference_is_no_part_of_a_result() {
    let share = share_of(FIRST_HEARING);
    let results = lines(only(&share), Line::Judicial);
    let prompts: Vec<_> =
        results.iter().flat_map(|line| &line.prompts).map(|p| p.reference.as_str()).collect();
    assert_eq!(prompts, ["reason"]);
    assert!(results.iter().any(|line| line.qualifiers == ["GJ"]));
}

#[test]
fn a_cracked_trial_keeps_its_reason_by_id() {
    let share = share_of(CRACKED_TRIAL);
    let trial = lines(only(&share), Line::Trial);
    assert_eq!(trial[0].trial, Some(TrialOutcome::Cracked));
    assert_eq!(trial[0].trial_reason.unwrap().as_u128() & 0xff, 0x90);
    assert_eq!(trial[0].label, "Prosecution end case: invented reason");
    assert_eq!(trial[0].defendant, None);
}

#[test]
fn a_deleted_result_is_left_out_and_the_case_says_it_was_amended() {
    let share = share_of(CRACKED_TRIAL);
    let case = only(&share);
    assert!(case.amended);
    let codes: Vec<_> =
        lines(case, Line::Judicial).iter().filter_map(|line| line.short_code.as_deref()).collect();
    assert!(!codes.contains(&"WDRN"), "{codes:?}");
    assert!(codes.contains(&"NOEVS") && codes.contains(&"SMLL") && codes.contains(&"FVS"), "{codes:?}");
}

#[test]
fn a_result_for_the_defendant_across_cases_finds_its_defendant_and_no_offence() {
    let share = share_of(CRACKED_TRIAL);
    let case = only(&share);
    let surcharge = case.lines.iter().find(|line| line.short_code.as_deref() == Some("FVS")).unwrap();
    assert_eq!(surcharge.defendant, Some(case.defendants[0].id));
    assert_eq!(surcharge.offence, None);
}

#[test]
fn a_week_is_known_by_its_monday() {
    let share = share_of(CRACKED_TRIAL);
    let order = lines(only(&share), Line::NextHearing)[0].next_hearing.clone().unwrap();
    assert_eq!(order.when, When::Week(NaiveDate::from_ymd_opt(2026, 9, 7).unwrap()));
}

#[test]
fn a_company_a_case_without_urn_and_an_impossible_birthday_are_no_obstacle() {
    let share = share_of(CRACKED_TRIAL);
    let case = only(&share);
    assert!(matches!(case.defendants[0].party, Party::Person { born_on: None, .. }));
    assert!(matches!(case.defendants[1].party, Party::Organisation { .. }));
    assert_eq!(case.urn, None);
    let found: Vec<_> = case.references().into_iter().map(|reference| reference.value).collect();
    assert!(found.contains(&"INV77B".to_owned()), "{found:?}");
}

#[test]
fn a_verdict_is_read_by_its_category() {
    let share = share_of(CRACKED_TRIAL);
    let verdict = lines(only(&share), Line::Verdict)[0];
    assert_eq!(verdict.short_code.as_deref(), Some("NOT_GUILTY"));
    assert_eq!(verdict.label, "Found not guilty");
}

#[test]
fn an_application_speaks_in_its_own_case_and_in_the_orders() {
    let share = share_of(BREACH);
    let labels = |urn: &str| {
        let case = share.cases.iter().find(|case| case.urn.as_deref() == Some(urn)).unwrap();
        let mut labels: Vec<_> =
            case.lines.iter().map(|line| (line.label.as_str(), line.offence.is_some())).collect();
        labels.sort_unstable();
        labels
    };
    assert_eq!(labels("52NG0000326"), [("Fine", true), ("Order revoked", false)]);
    assert_eq!(labels("52NG0000225"), [("Imprisonment", true), ("Order revoked", false)]);
}

#[test]
fn an_applications_subject_has_in_each_case_the_id_of_that_case() {
    let share = share_of(BREACH);
    let ids: Vec<u128> =
        share.cases.iter().flat_map(|case| &case.defendants).map(|held| held.id.0.as_u128() & 0xff).collect();
    assert_eq!(ids, [0x20, 0x22]);
    for case in &share.cases {
        assert!(case.lines.iter().all(|line| line.defendant == Some(case.defendants[0].id)));
        assert_eq!(case.defendants[0].offences.len(), 1);
    }
}

#[test]
fn each_says_the_same_with_its_lists_turned_round() {
    for body in [FIRST_HEARING, CRACKED_TRIAL, BREACH] {
        let turned = reversed(&serde_json::from_slice(body).unwrap()).to_string();
        assert_eq!(of(turned.as_bytes()), of(body));
    }
}
