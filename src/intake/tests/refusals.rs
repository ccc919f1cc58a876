//! Bodies that cannot be used: each is refused for its own reason, at its own place.

use super::invented::{at, case, next, plea, result, share};
use crate::domain::court::Line;
use crate::domain::hearing::When;
use crate::intake::common_platform::compose;
use crate::intake::{Fault, Format, Hints, Remark, Unusable, read};
use serde_json::{Value, json};

/// A first hearing with a plea and an adjournment for trial, as JSON to be spoilt.
fn body() -> Value {
    let mut case = case("0000126");
    case.lines.push(plea("0000126", "NOT_GUILTY", "Not guilty"));
    case.lines.push(result("0000126", "A", Some("4506"), "Adjournment"));
    case.lines.push(next("0000126", "Trial", When::At(at(20, 10))));
    let mut share = share("First hearing");
    share.cases.push(case);
    serde_json::from_slice(&compose(&share.canonical())).unwrap()
}

fn refused(body: &Value) -> Unusable {
    read(body.to_string().as_bytes(), &Hints::default()).unwrap_err()
}

/// The body with another value at a JSON pointer.
fn with(pointer: &str, value: Value) -> Value {
    let mut body = body();
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[field] = value;
    body
}

const OTHER: &str = "0d000000-0000-4000-8000-000000000001";
const DEFENDANT: &str = "/hearing/prosecutionCases/0/defendants/0";
const OFFENCE: &str = "/hearing/prosecutionCases/0/defendants/0/offences/0";

#[test]
fn what_is_missing_or_impossible_is_named_by_its_path() {
    let offence = |rest: &str| format!("{OFFENCE}{rest}");
    for (pointer, value, place) in [
        ("/sharedTime".to_owned(), Value::Null, "sharedTime"),
        ("/sharedTime".to_owned(), json!("yesterday"), "sharedTime"),
        ("/hearingDay".to_owned(), json!("2026-02-30"), "hearingDay"),
        ("/hearing/id".to_owned(), Value::Null, "hearing.id"),
        ("/hearing/id".to_owned(), json!("HEARING_ID"), "hearing.id"),
        ("/hearing/jurisdictionType".to_owned(), json!("MARTIAN"), "hearing.jurisdictionType"),
        ("/hearing/prosecutionCases/0/id".to_owned(), Value::Null, "hearing.prosecutionCases[0].id"),
        (format!("{DEFENDANT}/id"), Value::Null, "hearing.prosecutionCases[0].defendants[0].id"),
        (offence("/id"), Value::Null, "hearing.prosecutionCases[0].defendants[0].offences[0].id"),
        (
            offence("/plea/pleaDate"),
            json!("2026-13-01"),
            "hearing.prosecutionCases[0].defendants[0].offences[0].plea.pleaDate",
        ),
        (
            offence("/judicialResults/0/orderedDate"),
            json!("2025-02-29"),
            "hearing.prosecutionCases[0].defendants[0].offences[0].judicialResults[0].orderedDate",
        ),
        ("/hearing/prosecutionCases".to_owned(), json!([]), "hearing"),
        ("/hearing/crackedIneffectiveTrial".to_owned(), json!({}), "hearing.crackedIneffectiveTrial.type"),
    ] {
        let unusable = refused(&with(&pointer, value));
        assert_eq!(
            (unusable.fault, unusable.place.as_deref()),
            (Fault::Incomplete, Some(place)),
            "{unusable}"
        );
        assert_eq!(unusable.format, Format::HearingResulted);
    }
}

#[test]
fn references_that_contradict_each_other_are_refused() {
    let cracked = json!({ "type": "Cracked" });
    let of_nobody = json!([{ "masterDefendantId": OTHER, "judicialResult": { "label": "Surcharge" } }]);
    for (pointer, value) in [
        ("/hearingId".to_owned(), json!(OTHER)),
        (format!("{DEFENDANT}/prosecutionCaseId"), json!(OTHER)),
        (format!("{OFFENCE}/plea/offenceId"), json!(OTHER)),
        (format!("{OFFENCE}/indicatedPlea"), json!({ "offenceId": OTHER })),
        (format!("{OFFENCE}/verdict"), json!({ "offenceId": OTHER })),
        (format!("{OFFENCE}/judicialResults/0/offenceId"), json!(OTHER)),
        ("/hearing/defendantJudicialResults".to_owned(), of_nobody),
    ] {
        let unusable = refused(&with(&pointer, value));
        assert_eq!(unusable.fault, Fault::Contradictory, "{unusable}");
        assert!(unusable.place.is_some());
    }
    let mut both = with("/hearing/crackedIneffectiveTrial", cracked);
    both["hearing"]["isEffectiveTrial"] = json!(true);
    assert_eq!(refused(&both).fault, Fault::Contradictory);
}

#[test]
fn what_stands_twice_is_refused() {
    for list in [
        "/hearing/prosecutionCases",
        "/hearing/prosecutionCases/0/defendants",
        &format!("{DEFENDANT}/offences"),
    ] {
        let mut body = body();
        let items = body.pointer_mut(list).unwrap().as_array_mut().unwrap();
        items.push(items[0].clone());
        let unusable = refused(&body);
        assert_eq!(unusable.fault, Fault::Contradictory, "{list}");
        assert!(unusable.reason.contains("twice"), "{unusable}");
    }
}

#[test]
fn a_joint_charge_stands_under_each_of_its_defendants() {
    let mut body = body();
    let mut second = body.pointer(DEFENDANT).unwrap().clone();
    second["id"] = json!(OTHER);
    body["hearing"]["prosecutionCases"][0]["defendants"].as_array_mut().unwrap().push(second);
    let share = read(body.to_string().as_bytes(), &Hints::default()).unwrap().share().unwrap().clone();
    let pleas = share.cases[0].lines.iter().filter(|line| line.line == Line::Plea);
    assert_eq!(pleas.count(), 2);
}

#[test]
fn what_was_entered_in_error_or_reopened_counts_as_amended() {
    for cjs in ["4583", "4584", "1017"] {
        let body = with(&format!("{OFFENCE}/judicialResults/0/cjsCode"), json!(cjs));
        let share = read(body.to_string().as_bytes(), &Hints::default()).unwrap().share().unwrap().clone();
        assert_eq!(share.cases[0].amended, cjs != "1017", "{cjs}");
    }
}

#[test]
fn a_defendants_result_entered_on_anothers_offence_is_refused() {
    let mut body = body();
    let mut second = body.pointer(DEFENDANT).unwrap().clone();
    second["id"] = json!(OTHER);
    second["masterDefendantId"] = json!(OTHER);
    second["offences"] = json!([]);
    let offence = body.pointer(OFFENCE).unwrap()["id"].clone();
    body["hearing"]["prosecutionCases"][0]["defendants"].as_array_mut().unwrap().push(second);
    body["hearing"]["defendantJudicialResults"] = json!([{ "masterDefendantId": OTHER, "judicialResult": { "label": "Surcharge", "offenceId": offence } }]);
    let unusable = refused(&body);
    assert_eq!(
        unusable.place.as_deref(),
        Some("hearing.defendantJudicialResults[0].judicialResult.offenceId")
    );
}

#[test]
fn bodies_of_other_formats_are_recognised_and_kept() {
    for (body, format) in [
        (json!({ "judicialResultTypeId": OTHER, "label": "x" }), Format::JudicialResult),
        (json!({ "eventType": "Hearing_Resulted", "data": { "hearingId": OTHER } }), Format::HearingPointer),
        (
            json!([{ "eventType": "SJP_Hearing_Resulted", "data": { "hearingId": OTHER } }]),
            Format::HearingPointer,
        ),
    ] {
        let unusable = refused(&body);
        assert_eq!((unusable.format, unusable.fault), (format, Fault::NotYetRead));
        assert!(unusable.reason.starts_with("format not yet read"), "{unusable}");
    }
}

#[test]
fn what_other_formats_lack_is_told_under_their_own_name() {
    for (body, format, place) in [
        (json!({ "vacatedTrialReasonId": OTHER, "hearingId": OTHER }), Format::TrialVacated, "caseDetails"),
        (json!({ "prosecutionConcluded": [] }), Format::ProsecutionConcluded, "prosecutionConcluded"),
        (json!({ "courtCentreWithLJA": {}, "sessionDays": [], "urn": "x" }), Format::PoliceResult, "id"),
        (
            json!({ "prosecutionCaseSubject": {}, "ptphAdvocate": {} }),
            Format::CpsPtph,
            "prosecutionCaseSubject.urn",
        ),
        (json!({ "cpsMessage": "hello" }), Format::CpsMessage, "cpsMessage"),
    ] {
        let unusable = refused(&body);
        let found = (unusable.format, unusable.fault, unusable.place.as_deref());
        assert_eq!(found, (format, Fault::Incomplete, Some(place)), "{unusable}");
    }
}

#[test]
fn a_cps_form_is_known_by_its_media_type_too() {
    let hints = Hints { media_type: Some("application/vnd.stagingprosecutors.cps-serve-pet+json") };
    let unusable = read(br#"{"prosecutionCaseSubject":{}}"#, &hints).unwrap_err();
    assert_eq!(unusable.format, Format::CpsPet);
}

#[test]
fn what_is_no_message_at_all_is_said_to_be_none() {
    for (body, fault) in [
        ("", Fault::Malformed),
        ("  \n ", Fault::Malformed),
        ("{}", Fault::UnknownFormat),
        ("[]", Fault::UnknownFormat),
        ("<html/>", Fault::UnknownFormat),
        ("{\"hearing\":", Fault::Malformed),
        ("{\"hearing\" 7}", Fault::Malformed),
        ("7", Fault::Malformed),
        ("{\"hearing\":7}", Fault::Malformed),
    ] {
        assert_eq!(read(body.as_bytes(), &Hints::default()).unwrap_err().fault, fault, "{body:?}");
    }
}

#[test]
fn a_parsers_error_says_line_and_column() {
    let unusable = read(b"{\n  \"hearing\" 7}", &Hints::default()).unwrap_err();
    assert_eq!(unusable.to_string(), "unknown: not well-formed JSON (at line 2, column 13)");
}

#[test]
fn a_hearing_by_itself_waits_for_when_it_was_shared() {
    let bare = body()["hearing"].clone();
    let unusable = refused(&bare);
    assert_eq!(unusable.place.as_deref(), Some("sharedTime"));
    let mut dated = bare;
    dated["sharedTime"] = json!("2026-03-02T15:00:00Z");
    assert!(read(dated.to_string().as_bytes(), &Hints::default()).is_ok());
}

#[test]
fn a_day_of_more_than_any_court_can_order_is_refused() {
    let mut body = body();
    let result = body.pointer(&format!("{OFFENCE}/judicialResults/0")).unwrap().clone();
    let many: Vec<Value> = (0..101).map(|minute| {
        let mut result = result.clone();
        result["nextHearing"] = json!({
            "type": { "description": "Trial" }, "listedStartDateTime": format!("2026-04-{:02}T10:{:02}:00Z", 1 + minute / 60, minute % 60),
        });
        result
    }).collect();
    body.pointer_mut(OFFENCE).unwrap()["judicialResults"] = json!(many);
    assert_eq!(refused(&body).fault, Fault::TooLarge);
}

#[test]
fn a_box_hearing_is_read_and_remarked_upon() {
    let body = with("/hearing/isVirtualBoxHearing", json!("Y"));
    let read = read(body.to_string().as_bytes(), &Hints::default()).unwrap();
    assert_eq!(read.remarks, [Remark::BoxHearing]);
}

#[test]
fn results_of_an_application_that_names_no_case_are_counted() {
    let application =
        json!([{ "judicialResults": [{ "label": "Granted" }], "applicant": { "organisation": {} } }]);
    let body = with("/hearing/courtApplications", application);
    let read = read(body.to_string().as_bytes(), &Hints::default()).unwrap();
    assert_eq!(read.remarks, [Remark::ApplicationResultsLeftOut(1)]);
}
