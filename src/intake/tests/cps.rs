//! Forms and messages of the CPS: who is meant and what is asked; never what is written in words.

use crate::domain::cps::{CpsKind, CpsMessage, Measure, News, Wanted, Who, WhyNot};
use crate::domain::event::{Payload, Subject};
use crate::intake::{Format, Hints, Read, Unusable, read};
use chrono::NaiveDate;
use serde_json::{Value, json};

fn of(body: &Value) -> Result<Read, Unusable> {
    read(body.to_string().as_bytes(), &Hints::default())
}

fn message(body: &Value) -> CpsMessage {
    match of(body).unwrap_or_else(|bad| panic!("{bad}")).payload {
        Payload::CpsReceived { message } => *message,
        other => panic!("{other:?}"),
    }
}

fn pet(witness: Value) -> Value {
    json!({
        "prosecutionCaseSubject": { "urn": "52NG0000126", "prosecutingAuthority": "NGPF" },
        "doesTheProsecutorIntendToServeMoreEvidence": "N",
        "additionalInformation": "invented words that nobody reads",
        "Witnesses": [witness],
    })
}

#[test]
fn a_pet_says_who_is_to_come_and_what_they_need() {
    let message = message(&pet(json!({
        "forename": "Wilhelmina", "surname": "Inventedson", "dateOfBirth": "1980-01-24",
        "interpreterRequired": true, "interpreterLanguageDialect": "Invented", "welshLanguage": false,
        "prosecutionWitnessRequiringAssistanceSpecialMeasures": "Y",
        "prosecutionWitnessRequiringAssistanceSpecialMeasuresDetails": "invented words",
        "prosecutionRequireAttendance": true,
    })));
    assert_eq!((message.kind, message.urn.as_str()), (CpsKind::Pet, "52NG0000126"));
    let witness = &message.witnesses[0];
    assert_eq!(witness.wanted, Wanted::Yes);
    assert_eq!(witness.news, [News::InterpreterWanted, News::SpecialMeasuresWanted]);
    let born_on = NaiveDate::from_ymd_opt(1980, 1, 24);
    let (forename, surname) = ("Wilhelmina".to_owned(), "Inventedson".to_owned());
    assert_eq!(witness.who, Who::Name { forename, surname, born_on });
}

#[test]
fn the_words_of_a_form_are_not_read() {
    let body = pet(json!({
        "forename": "Wilhelmina", "surname": "Inventedson",
        "prosecutionWitnessRequiringAssistanceSpecialMeasuresDetails": "afraid of the defendant",
    }));
    let kept = serde_json::to_string(&of(&body).unwrap().payload).unwrap();
    assert!(!kept.contains("afraid") && !kept.contains("invented words"), "{kept}");
    assert!(!format!("{:?}", message(&body)).contains("Wilhelmina"));
}

#[test]
fn attendance_that_is_not_said_is_neither_wanted_nor_unwanted() {
    for (said, wanted) in
        [(json!(true), Wanted::Yes), (json!("N"), Wanted::No), (Value::Null, Wanted::Unsaid)]
    {
        let witness = json!({ "forename": "W", "surname": "I", "prosecutionRequireAttendance": said });
        assert_eq!(message(&pet(witness)).witnesses[0].wanted, wanted);
    }
}

#[test]
fn a_ptph_form_says_who_needs_an_intermediary_and_that_there_is_a_statement() {
    let message = message(&json!({
        "prosecutionCaseSubject": { "urn": "52NG0000126" },
        "ptphAdvocate": { "name": "somebody" },
        "specialMeasures": "Y", "victimPersonalStatement": "N", "victimPersonalStatementNotes": "invented",
        "Witnesses": [{ "witnessFirstName": "W", "witnessLastName": "I", "intermediaryForWitness": "Y" }],
    }));
    assert_eq!(message.kind, CpsKind::Ptph);
    assert_eq!(message.witnesses[0].news, [News::IntermediaryWanted]);
    assert_eq!(message.news, [News::SpecialMeasuresWanted, News::PersonalStatementNoted]);
}

#[test]
fn a_certificate_brings_the_questions_that_are_answered_with_no() {
    let yes = json!({
        "prosecutionCaseSubject": { "urn": "52NG0000126" }, "trialDate": "2027-02-01",
        "haveTheProsecutionWitnessesRequiredToAttendAcknowledgedThatTheyWillAttend": "Y",
        "haveAnyWitnessSummonsesRequiredBeenReceivedAndServed": "Y",
        "haveSpecialMeasuresOrRemoteAttendanceIssuesForWitnessesBeenResolved": "Y",
        "haveInterpretersForWitnessesBeenArranged": "Y",
        "certifyThatTheProsecutionIsTrialReady": "Y",
    });
    assert_eq!(message(&yes).news, []);
    assert_eq!(message(&yes).trial_on, NaiveDate::from_ymd_opt(2027, 2, 1));
    for (question, news) in [
        (
            "haveTheProsecutionWitnessesRequiredToAttendAcknowledgedThatTheyWillAttend",
            News::WitnessesNotAcknowledged,
        ),
        ("haveAnyWitnessSummonsesRequiredBeenReceivedAndServed", News::SummonsesNotServed),
        (
            "haveSpecialMeasuresOrRemoteAttendanceIssuesForWitnessesBeenResolved",
            News::SpecialMeasuresNotResolved,
        ),
        ("haveInterpretersForWitnessesBeenArranged", News::InterpretersNotArranged),
        ("certifyThatTheProsecutionIsTrialReady", News::NotTrialReady),
    ] {
        let mut no = yes.clone();
        no[question] = json!("N");
        assert_eq!(message(&no).news, [news]);
    }
}

fn own(kind: &str, more: Value) -> Value {
    let mut body = json!({
        "cpsMessage": kind, "version": 1, "urn": "52NG0000126", "trialDate": "2027-02-01", "text": "invented words",
        "witnesses": [{ "number": 3, "day": "2027-02-02", "order": 1, "phase": "week 1" }],
    });
    for (field, value) in more.as_object().unwrap() {
        body[field] = value.clone();
    }
    body
}

#[test]
fn a_list_of_witnesses_says_who_when_and_in_which_order() {
    let body = own("witnesses-required", json!({}));
    let message = message(&body);
    let witness = &message.witnesses[0];
    assert_eq!((&witness.who, witness.wanted), (&Who::Number(3), Wanted::Yes));
    assert_eq!(witness.phase.as_deref(), Some("Tuesday 2 February 2027, number 1 to be heard, week 1"));
    assert_eq!(message.trial_on, NaiveDate::from_ymd_opt(2027, 2, 1));
    assert!(matches!(of(&body).unwrap().subject(), Subject::Reference(references) if references.len() == 1));
}

#[test]
fn each_message_says_its_one_thing_of_each_witness() {
    for (kind, more, news) in [
        ("witnesses-not-required", json!({ "reason": "agreed-section-9" }), News::NotRequired),
        (
            "special-measures",
            json!({ "decision": "granted", "measures": ["screen"] }),
            News::SpecialMeasuresGranted,
        ),
        ("special-measures", json!({ "decision": "refused" }), News::SpecialMeasuresRefused),
        ("special-measures", json!({ "decision": "varied" }), News::SpecialMeasuresVaried),
        ("summons", json!({ "action": "issued" }), News::SummonsIssued),
        ("summons", json!({ "action": "withdrawn" }), News::SummonsWithdrawn),
    ] {
        let message = message(&own(kind, more));
        assert_eq!(message.witnesses[0].news, [news], "{kind}");
        assert_eq!(message.news, []);
    }
    let agreed = message(&own("witnesses-not-required", json!({ "reason": "agreed-section-10" })));
    assert_eq!((agreed.why_not, agreed.witnesses[0].wanted), (Some(WhyNot::AgreedSection10), Wanted::No));
    let granted = json!({ "decision": "granted", "measures": ["live-link", "without-wigs"] });
    let granted = message(&own("special-measures", granted));
    assert_eq!(granted.measures, [Measure::LiveLink, Measure::WithoutWigs]);
}

#[test]
fn a_question_waits_until_a_day_and_an_acknowledgement_for_nothing() {
    let question = message(&own("question", json!({ "replyBy": "2026-12-01", "witnesses": [] })));
    assert_eq!(
        (&question.news[..], question.reply_by),
        (&[News::QuestionAsked][..], NaiveDate::from_ymd_opt(2026, 12, 1))
    );
    assert_eq!(message(&own("acknowledgement", json!({ "witnesses": null }))).news, [News::Acknowledged]);
}

#[test]
fn what_would_change_the_meaning_of_a_message_is_refused_by_its_place() {
    for (kind, more, place) in [
        ("witnesses-needed", json!({}), "cpsMessage"),
        ("pet", json!({}), "cpsMessage"),
        ("witnesses-required", json!({ "version": 2 }), "version"),
        ("witnesses-required", json!({ "urn": " " }), "urn"),
        ("witnesses-required", json!({ "witnesses": [] }), "witnesses"),
        ("witnesses-required", json!({ "witnesses": [{ "number": 0 }] }), "witnesses[0].number"),
        ("witnesses-required", json!({ "witnesses": [{ "forename": "W" }] }), "witnesses[0]"),
        (
            "witnesses-required",
            json!({ "witnesses": [{ "participantId": "x" }] }),
            "witnesses[0].participantId",
        ),
        ("witnesses-required", json!({ "trialDate": "2027-02-30" }), "trialDate"),
        ("witnesses-required", json!({ "hearingId": "the trial" }), "hearingId"),
        ("witnesses-not-required", json!({}), "reason"),
        ("special-measures", json!({ "decision": "perhaps" }), "decision"),
        ("special-measures", json!({ "decision": "granted", "measures": ["a wall"] }), "measures[0]"),
        ("summons", json!({}), "action"),
        ("question", json!({ "replyBy": "soon" }), "replyBy"),
    ] {
        let unusable = of(&own(kind, more)).unwrap_err();
        assert_eq!(
            (unusable.format, unusable.place.as_deref()),
            (Format::CpsMessage, Some(place)),
            "{unusable}"
        );
        assert!(!unusable.to_string().contains("a wall") && !unusable.to_string().contains("perhaps"));
    }
}
