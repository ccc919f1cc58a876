//! What Common Platform says beside its shares.

use super::invented::invent;
use crate::domain::court::{Feed, Line, Share};
use crate::domain::court_news::{Concluded, Vacated};
use crate::domain::event::{Payload, Subject};
use crate::domain::hearing::{HearingKind, When};
use crate::domain::ids::{CourtCaseId, CourtHearingId, DefendantId, OffenceId};
use crate::domain::listing::CourtListing;
use crate::intake::{Fault, Format, Hints, Read, Unusable, read};
use chrono::{NaiveDate, TimeZone, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

fn of(body: &Value) -> Result<Read, Unusable> {
    read(body.to_string().as_bytes(), &Hints::default())
}

fn vacated() -> Value {
    json!({
        "hearingId": invent::<CourtHearingId>("hearing"),
        "vacatedTrialReasonId": invent::<Uuid>("reason"),
        "hasInterpreter": false,
        "hearingDateTime:": "2026-08-24T09:30:00.000Z",
        "caseDetails": [{ "caseId": invent::<CourtCaseId>("case"), "caseUrn": "52NG0000126" }],
    })
}

fn as_vacated(body: &Value) -> Vacated {
    match of(body).unwrap().payload {
        Payload::TrialVacated { vacated } => *vacated,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_vacated_trial_is_read_with_its_time_under_either_key() {
    let found = as_vacated(&vacated());
    assert_eq!(found.hearing, invent("hearing"));
    assert_eq!(found.reason, Some(invent("reason")));
    assert_eq!(found.at, Some(Utc.with_ymd_and_hms(2026, 8, 24, 9, 30, 0).unwrap()));
    assert_eq!(found.cases[0].urn.as_deref(), Some("52NG0000126"));
    let mut rightly = vacated();
    rightly["hearingDateTime"] = rightly.as_object_mut().unwrap().remove("hearingDateTime:").unwrap();
    assert_eq!(as_vacated(&rightly), found);
    assert_eq!(of(&rightly).unwrap().subject(), Subject::Share);
}

#[test]
fn a_vacated_trial_without_cases_or_with_an_impossible_time_is_refused() {
    for (field, value, place) in [
        ("caseDetails", json!([]), "caseDetails"),
        ("hearingId", json!("x"), "hearingId"),
        ("hearingDateTime", json!("2026-02-30T10:00:00Z"), "hearingDateTime"),
    ] {
        let mut body = vacated();
        body[field] = value;
        let unusable = of(&body).unwrap_err();
        assert_eq!((unusable.format, unusable.place.as_deref()), (Format::TrialVacated, Some(place)));
    }
}

fn listing(name: &str) -> Value {
    json!({
        "_metadata": { "createdAt": "2026-08-20T16:00:00Z" },
        name: {
            "id": invent::<CourtHearingId>("hearing"),
            "type": { "id": invent::<Uuid>("type"), "description": "Trial" },
            "jurisdictionType": "CROWN",
            "courtCentre": { "id": invent::<Uuid>("court"), "roomName": "Court 2" },
            "hearingDays": [
                { "sittingDay": "2026-09-28T09:00:00.000Z", "isCancelled": true },
                { "sittingDay": "2026-09-30T09:00:00.000Z" },
                { "sittingDay": "2026-09-29T09:00:00.000Z" },
            ],
            "prosecutionCases": [
                { "id": invent::<CourtCaseId>("case"), "defendants": [{ "id": invent::<DefendantId>("a") }] },
            ],
        },
    })
}

fn as_listed(body: &Value) -> CourtListing {
    match of(body).unwrap().payload {
        Payload::CourtListed { listed } => *listed,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_listing_is_read_by_its_first_day_that_is_not_cancelled() {
    let found = as_listed(&listing("confirmedHearing"));
    assert_eq!(found.is.when, When::At(Utc.with_ymd_and_hms(2026, 9, 29, 9, 0, 0).unwrap()));
    assert_eq!((found.is.existing, found.is.kind()), (Some(invent("hearing")), HearingKind::Trial));
    assert_eq!((found.is.court.id, found.is.court.name.as_str()), (Some(invent("court")), ""));
    assert_eq!(found.cases[0].defendants, [invent("a")]);
    assert_eq!(found.said_at, Some(Utc.with_ymd_and_hms(2026, 8, 20, 16, 0, 0).unwrap()));
    assert_eq!(as_listed(&listing("updatedHearing")), found);
    assert_eq!(of(&listing("updatedHearing")).unwrap().subject(), Subject::Share);
}

#[test]
fn a_listing_for_a_week_is_read_by_its_monday() {
    let mut body = listing("updatedHearing");
    body["updatedHearing"]["hearingDays"] = json!([]);
    body["updatedHearing"]["weekCommencingDate"] = json!("2026-09-30");
    assert_eq!(as_listed(&body).is.when, When::Week(NaiveDate::from_ymd_opt(2026, 9, 28).unwrap()));
}

#[test]
fn a_listing_without_cases_days_or_ids_is_refused_at_its_place() {
    for (field, value, place) in [
        ("prosecutionCases", json!([]), "updatedHearing.prosecutionCases"),
        ("id", json!("x"), "updatedHearing.id"),
        (
            "hearingDays",
            json!([{ "sittingDay": "2026-02-30T10:00:00Z" }]),
            "updatedHearing.hearingDays[0].sittingDay",
        ),
        ("hearingDays", json!([]), "updatedHearing.hearingDays"),
    ] {
        let mut body = listing("updatedHearing");
        body["updatedHearing"][field] = value;
        let unusable = of(&body).unwrap_err();
        assert_eq!((unusable.format, unusable.place.as_deref()), (Format::HearingListed, Some(place)));
    }
}

fn conclusion(defendant: &str, concluded: Value) -> Value {
    json!({
        "prosecutionCaseId": invent::<CourtCaseId>("case"),
        "defendantId": invent::<DefendantId>(defendant),
        "isConcluded": concluded,
        "hearingIdWhereChangeOccurred": invent::<CourtHearingId>("hearing"),
        "offenceSummary": [
            { "offenceId": invent::<OffenceId>("a"), "offenceCode": "CJ88116", "proceedingsConcluded": true,
              "proceedingsConcludedChangedDate": "2026-03-02" },
            { "offenceId": invent::<OffenceId>("b"), "offenceCode": "TH68001", "proceedingsConcluded": concluded,
              "proceedingsConcludedChangedDate": "2026-03-05" },
        ],
    })
}

fn as_concluded(said: &[Value]) -> Result<Concluded, Unusable> {
    match of(&json!({ "prosecutionConcluded": said }))?.payload {
        Payload::ProsecutionConcluded { concluded } => Ok(*concluded),
        other => panic!("{other:?}"),
    }
}

#[test]
fn conclusions_are_read_by_case_with_the_latest_day_of_their_offences() {
    let found = as_concluded(&[conclusion("one", json!(true)), conclusion("two", json!(false))]).unwrap();
    assert_eq!(found.cases.len(), 1);
    let said = &found.cases[0].defendants;
    assert_eq!(said.iter().filter(|one| one.concluded).count(), 1);
    assert!(said.iter().all(|one| one.on == NaiveDate::from_ymd_opt(2026, 3, 5)));
    assert_eq!(said[0].offences.len(), 2);
}

#[test]
fn a_conclusion_that_does_not_say_which_or_says_it_twice_is_refused() {
    let unsaid = as_concluded(&[conclusion("one", Value::Null)]).unwrap_err();
    assert_eq!(unsaid.place.as_deref(), Some("prosecutionConcluded[0].isConcluded"));
    let twice = [conclusion("one", json!(true)), conclusion("one", json!(false))];
    assert_eq!(as_concluded(&twice).unwrap_err().fault, Fault::Contradictory);
}

fn police() -> Value {
    json!({
        "id": invent::<CourtHearingId>("hearing"),
        "caseId": invent::<CourtCaseId>("case"),
        "urn": "52NG0000126",
        "sessionDays": [{ "sittingDay": "2026-03-02T10:00:00.000Z" }],
        "courtCentreWithLJA": {
            "courtCentre": { "name": "Northgate Magistrates' Court" },
            "courtHearingLocation": "B99NG00",
        },
        "defendant": {
            "defendantId": invent::<DefendantId>("one"),
            "individualDefendant": {
                "person": { "firstName": "Percival", "lastName": "Inventedson", "dateOfBirth": "1990-02-28" },
                "bailStatus": { "code": "B" },
                "bailConditions": "Not to contact the complainant",
            },
            "offences": [{
                "id": invent::<OffenceId>("a"),
                "offenceCode": "CJ88116",
                "finalDisposal": "Y",
                "plea": { "offenceId": invent::<OffenceId>("a"), "pleaValue": "GUILTY", "pleaDate": "2026-03-02" },
                "judicialResults": [{ "label": "Urgent notice", "cjsCode": "4594", "qualifier": "LG,LH",
                                      "orderedDate": "2026-03-02", "category": "FINAL" }],
            }],
        },
    })
}

fn share(body: &Value) -> Share {
    of(body).unwrap().share().unwrap().clone()
}

#[test]
fn a_police_result_is_a_share_of_the_police_feed_with_the_courts_ids() {
    let share = share(&police());
    assert_eq!((share.feed, share.hearing), (Feed::Spi, invent("hearing")));
    assert_eq!(share.court.code.as_deref(), Some("B99NG00"));
    let case = &share.cases[0];
    assert_eq!(case.defendants[0].remand.as_deref(), Some("B"));
    assert!(case.defendants[0].concluded && case.defendants[0].offences[0].concluded);
    let notice = case.lines.iter().find(|line| line.line == Line::Judicial).unwrap();
    assert_eq!(notice.qualifiers, ["LG", "LH"]);
    assert!(case.lines.iter().any(|line| line.line == Line::Plea));
}

#[test]
fn a_police_result_of_nobody_or_of_no_day_is_refused() {
    let mut nobody = police();
    nobody["defendant"] = Value::Null;
    assert_eq!(of(&nobody).unwrap_err().place.as_deref(), Some("defendant"));
    let mut timeless = police();
    timeless["sessionDays"] = json!([]);
    timeless["defendant"]["offences"] = json!([]);
    assert_eq!(of(&timeless).unwrap_err().place.as_deref(), Some("sessionDays"));
}
