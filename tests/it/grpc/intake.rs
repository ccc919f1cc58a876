//! What comes in: typed events, raw bodies, streams, and everything that can be wrong with them.

use super::{Caller, Served, fields, refused, wire};
use crate::app::{at, enhanced, person, urn};
use crate::database::on_both_databases;
use tonic::Code;
use usher::domain::person::Role;
use usher::grpc::pb;
use usher::store::Store;

/// A case-updated event about the nth case, by its URN.
fn updated(n: u128, risk: pb::Risk) -> pb::Event {
    let reference = pb::Reference { kind: pb::ReferenceKind::Urn as i32, value: urn(n) };
    let change = pb::CaseChange { risk: risk as i32, ..Default::default() };
    pb::Event {
        references: vec![reference],
        payload: Some(pb::event::Payload::CaseUpdated(pb::CaseUpdated { change: Some(change) })),
        ..Default::default()
    }
}

fn record(request_id: &str, event: pb::Event) -> pb::RecordEventRequest {
    pb::RecordEventRequest { request_id: request_id.into(), event: Some(event), validate_only: false }
}

fn body(request_id: &str, body: &[u8]) -> pb::RecordCourtResultRequest {
    pb::RecordCourtResultRequest { request_id: request_id.into(), body: body.to_vec(), ..Default::default() }
}

/// A Common Platform body of the fixtures.
fn fixture() -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut found: Vec<_> =
        walk(&folder).into_iter().filter(|path| path.extension() == Some("json".as_ref())).collect();
    found.sort();
    for path in found {
        let bytes = std::fs::read(&path).unwrap();
        if bytes.len() < 60_000 && usher::intake::read(&bytes, &Default::default()).is_ok() {
            return bytes;
        }
    }
    panic!("no readable Common Platform body in tests/fixtures")
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}

on_both_databases! {
    async fn an_event_is_answered_once_it_and_its_effects_are_committed(store: Store) {
        let served = Served::new(store).await;
        let id = served.app.open(crate::app::case(1, vec![])).await;
        let mut intake = served.intake(Caller::SERVICE);
        let answer = intake.record_event(record("r1", updated(1, pb::Risk::Low))).await.unwrap();
        let receipt = answer.into_inner().receipt.unwrap();
        assert_eq!(receipt.cases[0].case_id, id.to_string());
        assert_eq!(served.app.case(id).await.case.risk, usher::domain::case::Risk::Low);
        let ask = pb::GetReceiptRequest { event: Some(pb::get_receipt_request::Event::RequestId("r1".into())) };
        let held = intake.get_receipt(ask).await.unwrap().into_inner();
        assert_eq!(held.receipt.unwrap().event_id, receipt.event_id);
        assert_eq!(held.event_kind, "case.updated");
    }
}

on_both_databases! {
    async fn the_same_request_id_is_the_same_event_and_never_another(store: Store) {
        let served = Served::new(store).await;
        served.app.open(crate::app::case(1, vec![])).await;
        let mut intake = served.intake(Caller::SERVICE);
        let first = intake.record_event(record("r1", updated(1, pb::Risk::Low))).await.unwrap().into_inner();
        let again = intake.record_event(record("r1", updated(1, pb::Risk::Low))).await.unwrap().into_inner();
        let (first, again) = (first.receipt.unwrap(), again.receipt.unwrap());
        assert_eq!((again.event_id, again.outcome), (first.event_id, pb::Outcome::Duplicate as i32));
        let other = intake.record_event(record("r1", updated(1, pb::Risk::High))).await;
        let status = refused(other, Code::AlreadyExists, "REQUEST_ID_REUSED");
        assert_eq!(fields(&status), ["request_id"]);
    }
}

on_both_databases! {
    async fn what_is_missing_or_wrong_is_named_by_its_field(store: Store) {
        let served = Served::new(store).await;
        served.app.open(crate::app::case(1, vec![])).await;
        let mut intake = served.intake(Caller::SERVICE);
        let cases = [
            (record("", updated(1, pb::Risk::Low)), "FIELD_REQUIRED", "request_id"),
            (record("r", pb::Event::default()), "FIELD_REQUIRED", "event.payload"),
            (record("r", pb::Event { references: vec![], ..updated(1, pb::Risk::Low) }), "FIELD_REQUIRED", "event.case_id"),
            (record("r", pb::Event { occurred_at: Some(wire("2026-11-21T09:00")), ..updated(1, pb::Risk::Low) }), "TIME_IN_FUTURE", "event.occurred_at"),
            (record("r", pb::Event { received_at: Some(wire("2026-11-21T09:00")), ..updated(1, pb::Risk::Low) }), "TIME_IN_FUTURE", "event.received_at"),
            (record("r", updated(1, pb::Risk::Unspecified)), "FIELD_REQUIRED", "event.case_updated.change"),
        ];
        for (request, reason, field) in cases {
            let status = refused(intake.record_event(request).await, Code::InvalidArgument, reason);
            assert_eq!(fields(&status), [field]);
        }
        let missing = pb::RecordEventRequest { request_id: "r".into(), ..Default::default() };
        refused(intake.record_event(missing).await, Code::InvalidArgument, "FIELD_REQUIRED");
    }
}

on_both_databases! {
    async fn a_check_records_nothing_and_says_what_to_expect(store: Store) {
        let served = Served::new(store).await;
        let id = served.app.open(crate::app::case(1, vec![])).await;
        let mut intake = served.intake(Caller::SERVICE);
        let check = pb::RecordEventRequest { validate_only: true, ..record("r1", updated(1, pb::Risk::Low)) };
        let receipt = intake.record_event(check).await.unwrap().into_inner().receipt.unwrap();
        assert_eq!((receipt.event_id.as_str(), receipt.outcome), ("", pb::Outcome::Waiting as i32));
        assert_eq!(served.app.case(id).await.case.risk, usher::domain::case::Risk::High);
        let recorded = intake.record_event(record("r1", updated(1, pb::Risk::Low))).await.unwrap().into_inner();
        assert_ne!(recorded.receipt.unwrap().outcome, pb::Outcome::Duplicate as i32);
    }
}

on_both_databases! {
    async fn a_body_that_cannot_be_read_is_kept_and_parked_once(store: Store) {
        let served = Served::new(store).await;
        let mut feed = served.intake(Caller::FEED);
        let first = feed.record_court_result(body("m1", b"{\"hearing\": ")).await.unwrap().into_inner();
        let first = first.receipt.unwrap();
        assert_eq!(first.outcome, pb::Outcome::Parked as i32);
        assert!(!first.event_id.is_empty() && !first.cases[0].reason.is_empty());
        let again = feed.record_court_result(body("m2", b"{\"hearing\": ")).await.unwrap().into_inner();
        let again = again.receipt.unwrap();
        assert_eq!((again.event_id, again.outcome), (first.event_id, pb::Outcome::Duplicate as i32));
    }
}

on_both_databases! {
    async fn an_empty_body_and_one_too_large_are_refused(store: Store) {
        let served = Served::new(store).await;
        let mut feed = served.intake(Caller::FEED);
        refused(feed.record_court_result(body("m1", b"")).await, Code::InvalidArgument, "BODY_EMPTY");
        let little = vec![b' '; 65 * 1024];
        refused(feed.record_court_result(body("m2", &little)).await, Code::InvalidArgument, "BODY_TOO_LARGE");
        let large = vec![b' '; 60 * 1024 * 1024];
        refused(feed.record_court_result(body("m3", &large)).await, Code::InvalidArgument, "BODY_TOO_LARGE");
    }
}

on_both_databases! {
    async fn a_court_result_is_read_and_the_same_news_is_a_duplicate(store: Store) {
        let served = Served::new(store).await;
        let mut feed = served.intake(Caller::FEED);
        let bytes = fixture();
        let first = feed.record_court_result(body("m1", &bytes)).await.unwrap().into_inner().receipt.unwrap();
        let outcomes = [pb::Outcome::Unlinked as i32, pb::Outcome::NotOurs as i32];
        assert!(outcomes.contains(&first.outcome), "{first:?}");
        let again = feed.record_court_result(body("m2", &bytes)).await.unwrap().into_inner().receipt.unwrap();
        assert_eq!((again.event_id, again.outcome), (first.event_id, pb::Outcome::Duplicate as i32));
    }
}

on_both_databases! {
    async fn one_bad_item_never_ends_a_stream(store: Store) {
        let served = Served::new(store).await;
        for n in 1..=20 {
            served.app.open(crate::app::case(n, vec![enhanced(person(n, 1, Role::Victim))])).await;
        }
        let items: Vec<pb::RecordEventsRequest> = (1..=20)
            .map(|n: i64| pb::RecordEventsRequest {
                sequence: n,
                request_id: format!("s{n}"),
                event: (n != 7).then(|| updated(u128::try_from(n).unwrap(), pb::Risk::Medium)),
                validate_only: false,
            })
            .collect();
        let mut service = served.intake(Caller::SERVICE);
        let mut answers = service.record_events(tokio_stream::iter(items)).await.unwrap().into_inner();
        let mut seen = Vec::new();
        while let Some(answer) = answers.message().await.unwrap() {
            let bad = answer.sequence == 7;
            assert_eq!(answer.outcome == pb::Outcome::Rejected as i32, bad, "{answer:?}");
            assert_eq!(answer.refusal.is_some(), bad);
            if let Some(refusal) = answer.refusal {
                assert_eq!(refusal.fields[0].field, "event");
            }
            seen.push(answer.sequence);
        }
        seen.sort_unstable();
        assert_eq!(seen, (1..=20).collect::<Vec<_>>());
    }
}

on_both_databases! {
    async fn a_stream_of_bodies_is_acknowledged_item_by_item(store: Store) {
        let served = Served::new(store).await;
        let bytes = fixture();
        let item = |sequence: i64, body: Vec<u8>| pb::RecordCourtResultsRequest {
            sequence,
            request_id: format!("b{sequence}"),
            body,
            ..Default::default()
        };
        let items = vec![item(1, bytes.clone()), item(2, b"nonsense".to_vec()), item(3, Vec::new()), item(4, bytes)];
        let mut feed = served.intake(Caller::FEED);
        let mut answers = feed.record_court_results(tokio_stream::iter(items)).await.unwrap().into_inner();
        let mut outcomes = std::collections::BTreeMap::new();
        while let Some(answer) = answers.message().await.unwrap() {
            outcomes.insert(answer.sequence, answer.outcome());
        }
        assert_eq!(outcomes[&2], pb::Outcome::Parked);
        assert_eq!(outcomes[&3], pb::Outcome::Rejected);
        let same: Vec<_> = [outcomes[&1], outcomes[&4]].into_iter().filter(|one| *one == pb::Outcome::Duplicate).collect();
        assert_eq!(same.len(), 1, "{outcomes:?}");
    }
}

on_both_databases! {
    async fn an_item_that_is_too_large_is_rejected_and_the_stream_goes_on(store: Store) {
        let served = Served::new(store).await;
        let item = |sequence: i64, body: Vec<u8>| pb::RecordCourtResultsRequest {
            sequence,
            request_id: format!("b{sequence}"),
            body,
            ..Default::default()
        };
        let large = vec![b' '; 60 * 1024 * 1024];
        let items = vec![item(1, b"nonsense".to_vec()), item(2, large), item(3, b"more nonsense".to_vec())];
        let mut feed = served.intake(Caller::FEED);
        let mut answers = feed.record_court_results(tokio_stream::iter(items)).await.unwrap().into_inner();
        let mut outcomes = std::collections::BTreeMap::new();
        while let Some(answer) = answers.message().await.unwrap() {
            outcomes.insert(answer.sequence, (answer.outcome(), answer.refusal.map(|refusal| refusal.reason())));
        }
        assert_eq!(outcomes[&2], (pb::Outcome::Rejected, Some(pb::Reason::BodyTooLarge)));
        assert_eq!((outcomes[&1].0, outcomes[&3].0), (pb::Outcome::Parked, pb::Outcome::Parked));
        // A typed event is held to the same measure.
        let note = pb::Event {
            payload: Some(pb::event::Payload::TrialTakenOut(pb::TrialTakenOut { reason: "x".repeat(65 * 1024), ..Default::default() })),
            ..updated(1, pb::Risk::Low)
        };
        let items = vec![
            pb::RecordEventsRequest { sequence: 1, request_id: "e1".into(), event: Some(note), validate_only: false },
            pb::RecordEventsRequest { sequence: 2, request_id: "e2".into(), event: Some(updated(99, pb::Risk::Low)), validate_only: false },
        ];
        let mut answers = served.intake(Caller::SERVICE).record_events(tokio_stream::iter(items)).await.unwrap().into_inner();
        let mut outcomes = std::collections::BTreeMap::new();
        while let Some(answer) = answers.message().await.unwrap() {
            outcomes.insert(answer.sequence, answer.outcome());
        }
        assert_eq!((outcomes[&1], outcomes[&2]), (pb::Outcome::Rejected, pb::Outcome::Parked));
    }
}

on_both_databases! {
    async fn a_reference_that_no_case_has_parks_an_event_instead_of_failing(store: Store) {
        let served = Served::new(store).await;
        let mut service = served.intake(Caller::SERVICE);
        let answer = service.record_event(record("r1", updated(99, pb::Risk::Low))).await.unwrap().into_inner();
        assert_eq!(answer.receipt.unwrap().outcome, pb::Outcome::Parked as i32);
        let unknown = pb::Event {
            references: vec![],
            case_id: "00000000-0000-0000-0000-00000000abcd".into(),
            ..updated(1, pb::Risk::Low)
        };
        refused(service.record_event(record("r2", unknown)).await, Code::NotFound, "NOT_HELD");
        assert!(at("2026-11-20T09:00") <= served.app.clock.now());
    }
}

/// An event about the first case.
fn about(payload: pb::event::Payload) -> pb::Event {
    pb::Event { payload: Some(payload), ..updated(1, pb::Risk::Low) }
}

on_both_databases! {
    async fn what_usher_fills_in_itself_does_not_make_a_repeat_another_event(store: Store) {
        let served = Served::new(store).await;
        served.app.open(crate::app::case(1, vec![person(1, 1, Role::Victim)])).await;
        let contact = pb::NewContact {
            kind: pb::ContactKind::Call as i32,
            check: pb::CallerCheck::HeldNumber as i32,
            ..Default::default()
        };
        let logged = pb::ContactLogged { contact: Some(contact), corrects_id: String::new() };
        let event = about(pb::event::Payload::ContactLogged(logged));
        let mut service = served.intake(Caller::SERVICE);
        let first = service.record_event(record("r1", event.clone())).await.unwrap().into_inner().receipt.unwrap();
        served.app.wait(chrono::TimeDelta::minutes(1));
        let again = service.record_event(record("r1", event)).await.unwrap().into_inner().receipt.unwrap();
        assert_eq!((again.event_id, again.outcome), (first.event_id, pb::Outcome::Duplicate as i32));
    }
}

on_both_databases! {
    async fn an_event_is_no_way_round_the_access_table(store: Store) {
        use pb::event::Payload;
        let served = Served::new(store).await;
        let id = served.app.open(crate::app::case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
        let victim = served.app.case(id).await.participants[0].id.to_string();
        let rights = Payload::EnhancedRightsSet(pb::EnhancedRightsSet {
            participant_id: victim,
            state: pb::EnhancedState::Refused as i32,
            source: "nobody".into(),
            ..Default::default()
        });
        let opened = Payload::CaseOpened(pb::CaseOpened::default());
        let forbidden = [
            (Caller::FEED, updated(1, pb::Risk::Low)),
            (Caller::FEED, about(opened)),
            (Caller::FEED, about(Payload::ParticipantAdded(Box::default()))),
            (Caller::FEED, about(Payload::ContactLogged(pb::ContactLogged::default()))),
            (Caller::FEED, about(rights.clone())),
            (Caller::SERVICE, about(rights.clone())),
        ];
        for (caller, event) in forbidden {
            refused(served.intake(caller).record_event(record("r1", event)).await, Code::PermissionDenied, "ROLE_FORBIDS");
        }
        let items = vec![pb::RecordEventsRequest {
            sequence: 1,
            request_id: "r2".into(),
            event: Some(about(rights.clone())),
            validate_only: false,
        }];
        let answers = served.intake(Caller::FEED).record_events(tokio_stream::iter(items)).await.unwrap();
        let answer = answers.into_inner().message().await.unwrap().unwrap();
        assert_eq!(answer.refusal.unwrap().reason, pb::Reason::RoleForbids as i32);
        served.intake(Caller::OFFICER).record_event(record("r3", about(rights))).await.unwrap();
    }
}

on_both_databases! {
    async fn a_trial_is_taken_out_for_a_reason_of_the_pack_and_the_field_is_named(store: Store) {
        let served = Served::new(store).await;
        served.app.open(crate::app::case(1, vec![])).await;
        let mut feed = served.intake(Caller::FEED);
        let taken_out = |reason: &str| {
            about(pb::event::Payload::TrialTakenOut(pb::TrialTakenOut { reason: reason.into(), ..Default::default() }))
        };
        let bogus = feed.record_event(record("r1", taken_out("bogus"))).await;
        let status = refused(bogus, Code::InvalidArgument, "WORD_UNKNOWN");
        assert_eq!(fields(&status), ["event.trial_taken_out.reason"]);
        let none = feed.record_event(record("r2", taken_out("vacated"))).await;
        let status = refused(none, Code::InvalidArgument, "FIELD_INVALID");
        assert_eq!(fields(&status), ["event.trial_taken_out.hearing_id"]);
    }
}

on_both_databases! {
    async fn a_hearing_is_listed_by_hand_moved_and_found_by_the_court_again(store: Store) {
        use pb::when::Kind;
        let served = Served::new(store).await;
        let id = served.app.open(crate::app::case(1, vec![])).await;
        let mut officer = served.intake(Caller::OFFICER);
        let listed = |hearing: &str, kind: &str, at: &str, court: &str| {
            let court = (!court.is_empty()).then(|| pb::Court { name: court.into(), ..Default::default() });
            let when = pb::When { kind: Some(Kind::At(wire(at))) };
            about(pb::event::Payload::HearingListed(pb::HearingListed {
                hearing_id: hearing.into(),
                hearing_type: kind.into(),
                court,
                when: Some(when),
                whole_day: true,
                ..Default::default()
            }))
        };
        let new = listed("", "Trial", "2027-02-01T10:00", "northgate magistrates' court");
        officer.record_event(record("r1", new)).await.unwrap();
        let twin = officer.record_event(record("r2", listed("", "Trial", "2027-02-01T14:00", "Elsewhere"))).await;
        assert_eq!(fields(&refused(twin, Code::InvalidArgument, "FIELD_INVALID")), ["event.hearing_listed.hearing_id"]);
        let trial = served.app.case(id).await.hearings[0].id.to_string();
        officer.record_event(record("r3", listed(&trial, "", "2027-03-01T10:00", ""))).await.unwrap();
        let held = served.app.case(id).await;
        assert_eq!((held.hearings.len(), held.hearings[0].listing, held.hearings[0].earlier.len()), (1, 2, 1));
        let share = crate::app::share(1, vec![crate::app::trial("2027-03-01T10:30")]);
        served.app.share(share).await;
        let held = served.app.case(id).await;
        let trials: Vec<_> = held.hearings.iter().filter(|held| held.hearing_type == "Trial").collect();
        assert_eq!((trials.len(), trials[0].listing), (1, 2), "only its hour was new");
    }
}

on_both_databases! {
    async fn a_listing_by_hand_that_cannot_be_is_refused_at_its_field(store: Store) {
        use pb::when::Kind;
        let served = Served::new(store).await;
        served.app.open(crate::app::case(1, vec![])).await;
        let mut feed = served.intake(Caller::FEED);
        let on = |at: &str| Some(pb::When { kind: Some(Kind::At(wire(at))) });
        let court = || Some(pb::Court { name: "Northgate".into(), ..Default::default() });
        let new = || pb::HearingListed {
            hearing_type: "Trial".into(),
            court: court(),
            when: on("2027-02-01T10:00"),
            ..Default::default()
        };
        let nobody = uuid::Uuid::from_u128(0x999).to_string();
        for (nth, given, code, reason, field) in [
            (1, pb::HearingListed { hearing_type: String::new(), ..new() }, Code::InvalidArgument, "FIELD_REQUIRED", "hearing_type"),
            (2, pb::HearingListed { court: None, ..new() }, Code::InvalidArgument, "FIELD_REQUIRED", "court"),
            (3, pb::HearingListed { when: None, ..new() }, Code::InvalidArgument, "FIELD_REQUIRED", "when"),
            (4, pb::HearingListed { when: on("2026-01-05T10:00"), ..new() }, Code::InvalidArgument, "FIELD_INVALID", "when"),
            (5, pb::HearingListed { hearing_id: nobody.clone(), ..new() }, Code::NotFound, "NOT_HELD", ""),
        ] {
            let event = about(pb::event::Payload::HearingListed(given));
            let status = refused(feed.record_event(record(&format!("r{nth}"), event)).await, code, reason);
            if !field.is_empty() {
                assert_eq!(fields(&status), [format!("event.hearing_listed.{field}")]);
            }
        }
    }
}

on_both_databases! {
    async fn the_same_short_message_of_the_cps_may_be_said_again(store: Store) {
        let served = Served::new(store).await;
        served.app.open(crate::app::case(1, vec![person(1, 1, Role::CivilianWitness)])).await;
        let mut feed = served.intake(Caller::FEED);
        let thanks = format!(r#"{{"cpsMessage": "acknowledgement", "version": 1, "urn": "{}"}}"#, urn(1));
        let mut events = Vec::new();
        for request in ["a1", "a2", "a2"] {
            let answer = feed.record_cps_message(cps(request, &thanks)).await.unwrap();
            events.push(answer.into_inner().receipt.unwrap().event_id);
        }
        assert_ne!(events[0], events[1], "another message");
        assert_eq!(events[1], events[2], "the same call");
    }
}

fn cps(request_id: &str, body: &str) -> pb::RecordCpsMessageRequest {
    let body = body.as_bytes().to_vec();
    pb::RecordCpsMessageRequest { request_id: request_id.into(), body, ..Default::default() }
}

/// A PET of the first case that requires its first person.
fn pet() -> String {
    format!(
        r#"{{"prosecutionCaseSubject": {{"urn": "{}"}}, "doesTheProsecutorIntendToServeMoreEvidence": "N",
            "Witnesses": [{{"forename": "First1", "surname": "Last1", "interpreterRequired": true}}]}}"#,
        urn(1)
    )
}

on_both_databases! {
    async fn a_form_of_the_cps_is_recorded_for_its_case_once(store: Store) {
        let served = Served::new(store).await;
        let id = served.app.open(crate::app::case(1, vec![person(1, 1, Role::CivilianWitness)])).await;
        let mut feed = served.intake(Caller::FEED);
        let check = pb::RecordCpsMessageRequest { validate_only: true, format: "pet".into(), ..cps("p1", &pet()) };
        let expected = feed.record_cps_message(check).await.unwrap().into_inner().receipt.unwrap();
        assert_eq!(expected.outcome, pb::Outcome::Waiting as i32);
        let first = feed.record_cps_message(cps("p1", &pet())).await.unwrap().into_inner().receipt.unwrap();
        assert_eq!((first.outcome, first.cases[0].case_id.as_str()), (pb::Outcome::Applied as i32, &*id.to_string()));
        let again = feed.record_cps_message(cps("p2", &pet())).await.unwrap().into_inner().receipt.unwrap();
        assert_eq!((again.event_id, again.outcome), (first.event_id, pb::Outcome::Duplicate as i32));
        let tasks = served.app.case(id).await.tasks.len();
        assert_eq!(tasks, 1);
    }
}

on_both_databases! {
    async fn a_form_of_a_case_that_is_not_held_is_parked_and_retried_once_it_is(store: Store) {
        let served = Served::new(store).await;
        let mut feed = served.intake(Caller::FEED);
        let parked = feed.record_cps_message(cps("p1", &pet())).await.unwrap().into_inner().receipt.unwrap();
        assert_eq!(parked.outcome, pb::Outcome::Parked as i32);
        let id = served.app.open(crate::app::case(1, vec![person(1, 1, Role::CivilianWitness)])).await;
        let event = parked.event_id.parse().unwrap();
        let retried = usher::domain::event::Payload::ParkedRetried { event, instead: None };
        served.app.record(usher::domain::event::Subject::Desk, retried).await.unwrap();
        assert_eq!(served.app.case(id).await.tasks.len(), 1);
    }
}

on_both_databases! {
    async fn a_message_of_the_cps_that_cannot_be_read_or_taken_is_said_to_be_so(store: Store) {
        let served = Served::new(store).await;
        let mut feed = served.intake(Caller::FEED);
        refused(feed.record_cps_message(cps("p1", "")).await, Code::InvalidArgument, "BODY_EMPTY");
        let odd = pb::RecordCpsMessageRequest { format: "lwac".into(), ..cps("p2", &pet()) };
        let status = refused(feed.record_cps_message(odd).await, Code::InvalidArgument, "FIELD_INVALID");
        assert_eq!(fields(&status), ["format"]);
        let large = " ".repeat(60 * 1024 * 1024);
        refused(feed.record_cps_message(cps("p3", &large)).await, Code::InvalidArgument, "BODY_TOO_LARGE");
        let bad = cps("p4", r#"{"cpsMessage": "hello", "version": 1}"#);
        let bad = feed.record_cps_message(bad).await.unwrap().into_inner().receipt.unwrap();
        assert_eq!(bad.outcome, pb::Outcome::Parked as i32);
        let mut officer = served.intake(Caller::OFFICER);
        let theirs = officer.record_cps_message(cps("p5", &pet())).await;
        assert_eq!(theirs.unwrap_err().code(), Code::PermissionDenied);
    }
}
