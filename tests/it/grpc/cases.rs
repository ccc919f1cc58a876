//! Cases over the wire: opened once, changed against a version, read with an audit entry.

use super::tasks::told;
use super::{Caller, Served, fields, reason, refused, wire};
use crate::app::{enhanced, officer, person, staff, team, urn};
use crate::database::on_both_databases;
use tonic::Code;
use usher::domain::event::{Payload, Subject};
use usher::domain::person::Role;
use usher::domain::staff::StaffRole;
use usher::grpc::pb;
use usher::store::Store;

fn new_case(n: u128) -> pb::NewCase {
    let victim = pb::NewParticipant {
        identity: Some(pb::Identity {
            first_name: "Vera".into(),
            last_name: "Vane".into(),
            ..Default::default()
        }),
        roles: vec![pb::Role::Victim as i32],
        enhanced_state: pb::EnhancedState::Confirmed as i32,
        enhanced_categories: vec![pb::EnhancedCategory::MostSerious as i32],
        ..Default::default()
    };
    pb::NewCase {
        references: vec![pb::Reference { kind: pb::ReferenceKind::Urn as i32, value: urn(n) }],
        phase: pb::Phase::PostCharge as i32,
        risk: pb::Risk::High as i32,
        owner_id: officer(1).to_string(),
        team_id: team().to_string(),
        participants: vec![victim],
        ..Default::default()
    }
}

fn open(request_id: &str, n: u128) -> pb::OpenCaseRequest {
    pb::OpenCaseRequest { request_id: request_id.into(), case: Some(new_case(n)) }
}

fn get(case: &str) -> pb::GetCaseRequest {
    pb::GetCaseRequest { name: Some(pb::get_case_request::Name::CaseId(case.into())) }
}

on_both_databases! {
    async fn a_repeated_call_answers_the_case_that_the_first_opened(store: Store) {
        let served = Served::new(store).await;
        let mut cases = served.cases(Caller::OFFICER);
        let first = cases.open_case(open("r1", 1)).await.unwrap().into_inner();
        let again = cases.open_case(open("r1", 1)).await.unwrap().into_inner();
        assert_eq!(again.case.unwrap().id, first.case.unwrap().id);
        assert_eq!(again.participants[0].id, first.participants[0].id);
        assert_eq!(again.receipt.unwrap().outcome, pb::Outcome::Duplicate as i32);
        refused(cases.open_case(open("r2", 1)).await, Code::AlreadyExists, "REFERENCE_TAKEN");
        refused(cases.open_case(open("r1", 2)).await, Code::AlreadyExists, "REQUEST_ID_REUSED");
    }
}

on_both_databases! {
    async fn a_case_is_found_by_its_reference_however_it_is_written(store: Store) {
        let served = Served::new(store).await;
        let mut cases = served.cases(Caller::OFFICER);
        let opened = cases.open_case(open("r1", 1)).await.unwrap().into_inner().case.unwrap();
        let value = format!(" {}/{} ", &urn(1)[..4].to_lowercase(), &urn(1)[4..]);
        let reference = pb::Reference { kind: pb::ReferenceKind::Urn as i32, value };
        let by = pb::GetCaseRequest { name: Some(pb::get_case_request::Name::Reference(reference)) };
        let found = cases.get_case(by).await.unwrap().into_inner();
        assert_eq!(found.case.unwrap().id, opened.id);
        assert_eq!(found.people[0].identity.as_ref().unwrap().last_name, "Vane");
        let unknown = get("00000000-0000-0000-0000-00000000abcd");
        refused(cases.get_case(unknown).await, Code::NotFound, "NOT_HELD");
    }
}

on_both_databases! {
    async fn a_change_against_an_old_version_is_refused(store: Store) {
        let served = Served::new(store).await;
        let mut cases = served.cases(Caller::OFFICER);
        let opened = cases.open_case(open("r1", 1)).await.unwrap().into_inner().case.unwrap();
        let change = |request_id: &str, version: i64, risk: pb::Risk| pb::UpdateCaseRequest {
            request_id: request_id.into(),
            case_id: opened.id.clone(),
            version,
            change: Some(pb::CaseChange { risk: risk as i32, ..Default::default() }),
        };
        let changed = cases.update_case(change("r2", opened.version, pb::Risk::Low)).await.unwrap().into_inner();
        assert_eq!(changed.case.unwrap().risk, pb::Risk::Low as i32);
        let stale = cases.update_case(change("r3", opened.version, pb::Risk::High)).await;
        assert_eq!(fields(&refused(stale, Code::Aborted, "VERSION_STALE")), ["version"]);
        // A repeat is not stale: it answers what the first call did.
        let again = cases.update_case(change("r2", opened.version, pb::Risk::Low)).await.unwrap().into_inner();
        assert_eq!(again.receipt.unwrap().outcome, pb::Outcome::Duplicate as i32);
    }
}

on_both_databases! {
    async fn an_unsuitable_owner_is_refused(store: Store) {
        let served = Served::new(store).await;
        let mut away = staff(2, StaffRole::CareOfficer);
        away.version = 1;
        away.left_at = Some(crate::app::at("2026-11-19T17:00"));
        served.app.record(Subject::Desk, Payload::StaffPut { staff: Box::new(away) }).await.unwrap();
        let mut request = open("r1", 1);
        request.case.as_mut().unwrap().owner_id = officer(2).to_string();
        let mut cases = served.cases(Caller::OFFICER);
        refused(cases.open_case(request).await, Code::FailedPrecondition, "ASSIGNEE_UNSUITABLE");
        let mut request = open("r1", 1);
        request.case.as_mut().unwrap().owner_id = officer(77).to_string();
        refused(cases.open_case(request).await, Code::NotFound, "NOT_HELD");
    }
}

on_both_databases! {
    async fn enhanced_rights_are_settled_by_a_person_for_victims_alone(store: Store) {
        let served = Served::new(store).await;
        let mut cases = served.cases(Caller::OFFICER);
        let id = served.app.open(crate::app::case(1, vec![person(1, 1, Role::Victim), person(1, 2, Role::CivilianWitness)])).await;
        let held = served.app.case(id).await;
        let settle = |request_id: &str, participant: usize, version| pb::SetEnhancedRightsRequest {
            request_id: request_id.into(),
            case_id: id.to_string(),
            participant_id: held.participants[participant].id.to_string(),
            version,
            state: pb::EnhancedState::Confirmed as i32,
            categories: vec![pb::EnhancedCategory::MostSerious as i32],
            source: "needs assessment".into(),
        };
        let settled = cases.set_enhanced_rights(settle("r1", 0, 1)).await.unwrap().into_inner();
        assert_eq!(settled.participant.unwrap().version, 2);
        refused(cases.set_enhanced_rights(settle("r2", 0, 1)).await, Code::Aborted, "VERSION_STALE");
        refused(cases.set_enhanced_rights(settle("r3", 1, 1)).await, Code::FailedPrecondition, "STATE_FORBIDS");
    }
}

on_both_databases! {
    async fn people_are_added_and_changed_and_contacts_are_logged(store: Store) {
        let served = Served::new(store).await;
        let mut cases = served.cases(Caller::OFFICER);
        let opened = cases.open_case(open("r1", 1)).await.unwrap().into_inner().case.unwrap();
        let mut who = new_case(1).participants.remove(0);
        let add = pb::AddParticipantRequest {
            request_id: "r2".into(),
            case_id: opened.id.clone(),
            participant: Some(who.clone()),
        };
        let added = cases.add_participant(add).await.unwrap().into_inner().participant.unwrap();
        who.id = added.id.clone();
        who.collar = "4711".into();
        let update = pb::UpdateParticipantRequest {
            request_id: "r3".into(),
            case_id: opened.id.clone(),
            version: added.version,
            participant: Some(who),
        };
        let updated = cases.update_participant(update).await.unwrap().into_inner().participant.unwrap();
        assert_eq!((updated.collar.as_str(), updated.version), ("4711", added.version + 1));
        let contact = pb::NewContact {
            kind: pb::ContactKind::Call as i32,
            participant_id: added.id,
            check: pb::CallerCheck::HeldNumber as i32,
            words: "rang to introduce ourselves".into(),
            ..Default::default()
        };
        let log = pb::LogContactRequest {
            request_id: "r4".into(),
            case_id: opened.id.clone(),
            contact: Some(contact),
        };
        let logged = cases.log_contact(log.clone()).await.unwrap().into_inner().contact.unwrap();
        assert_eq!(logged.staff_id, officer(1).to_string());
        // Time goes on, and the repeat still is the same call.
        served.app.wait(chrono::TimeDelta::minutes(5));
        let again = cases.log_contact(log).await.unwrap().into_inner();
        assert_eq!((again.contact.unwrap().id, again.receipt.unwrap().outcome), (logged.id.clone(), pb::Outcome::Duplicate as i32));
        let note = pb::AddNoteRequest {
            request_id: "r5".into(),
            case_id: opened.id.clone(),
            words: "prefers mornings".into(),
            ..Default::default()
        };
        cases.add_note(note).await.unwrap();
        let timeline = pb::GetTimelineRequest { case_id: opened.id, page_size: 2, ..Default::default() };
        let page = cases.get_timeline(timeline.clone()).await.unwrap().into_inner();
        assert_eq!(page.entries[0].contact.as_ref().unwrap().words, "prefers mornings");
        let next = pb::GetTimelineRequest { page_token: page.next_page_token, ..timeline };
        let rest = cases.get_timeline(next).await.unwrap().into_inner();
        assert!(rest.entries[0].sequence < page.entries[1].sequence);
    }
}

on_both_databases! {
    async fn nobody_sees_a_case_in_which_they_have_a_conflict(store: Store) {
        let served = Served::new(store).await;
        let id = served.app.open(crate::app::case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
        let mut colleague = staff(2, StaffRole::CareOfficer);
        colleague.version = 1;
        colleague.case_conflicts = vec![id];
        served.app.record(Subject::Desk, Payload::StaffPut { staff: Box::new(colleague) }).await.unwrap();
        let answer = served.cases(Caller::COLLEAGUE).get_case(get(&id.to_string())).await;
        refused(answer, Code::PermissionDenied, "CONFLICT_OF_INTEREST");
        let mut tasks = served.tasks(Caller::COLLEAGUE);
        let of_case = pb::ListTasksRequest { case_id: id.to_string(), ..Default::default() };
        refused(tasks.list_tasks(of_case).await, Code::PermissionDenied, "CONFLICT_OF_INTEREST");
        let of_case = pb::ListDutiesRequest { case_id: id.to_string(), ..Default::default() };
        refused(tasks.list_duties(of_case).await, Code::PermissionDenied, "CONFLICT_OF_INTEREST");
        let of_case = pb::ListMessagesRequest { case_id: id.to_string(), ..Default::default() };
        let mut messages = served.correspondence(Caller::COLLEAGUE);
        refused(messages.list_messages(of_case).await, Code::PermissionDenied, "CONFLICT_OF_INTEREST");
        tasks.list_tasks(pb::ListTasksRequest::default()).await.unwrap();
        let change = pb::CaseChange { risk: pb::Risk::Low as i32, ..Default::default() };
        let payload = pb::event::Payload::CaseUpdated(pb::CaseUpdated { change: Some(change) });
        for by_id in [true, false] {
            let reference = pb::Reference { kind: pb::ReferenceKind::Urn as i32, value: urn(1) };
            let event = pb::Event {
                case_id: if by_id { id.to_string() } else { String::new() },
                references: if by_id { Vec::new() } else { vec![reference] },
                payload: Some(payload.clone()),
                ..Default::default()
            };
            let record = pb::RecordEventRequest { request_id: "e1".into(), event: Some(event), validate_only: false };
            let answer = served.intake(Caller::COLLEAGUE).record_event(record).await;
            refused(answer, Code::PermissionDenied, "CONFLICT_OF_INTEREST");
        }
        served.cases(Caller::OFFICER).get_case(get(&id.to_string())).await.unwrap();
    }
}

on_both_databases! {
    async fn lists_go_on_where_the_page_ended_and_take_no_token_from_elsewhere(store: Store) {
        let served = Served::new(store).await;
        for n in 1..=5 {
            served.app.open(crate::app::case(n, vec![])).await;
            served.app.wait(chrono::TimeDelta::minutes(1));
        }
        let mut cases = served.cases(Caller::OFFICER);
        let mut asked = pb::ListCasesRequest { page_size: 2, ..Default::default() };
        let mut seen = Vec::new();
        loop {
            let page = cases.list_cases(asked.clone()).await.unwrap().into_inner();
            seen.extend(page.cases.into_iter().map(|case| case.label));
            if page.next_page_token.is_empty() {
                break;
            }
            asked.page_token = page.next_page_token;
        }
        assert_eq!(seen, [5, 4, 3, 2, 1].map(urn));
        let foreign = pb::ListCasesRequest { owner_id: officer(1).to_string(), ..asked.clone() };
        let status = refused(cases.list_cases(foreign).await, Code::InvalidArgument, "PAGE_TOKEN_INVALID");
        assert_eq!(fields(&status), ["page_token"]);
        let tasks = pb::ListTasksRequest { page_token: asked.page_token, ..Default::default() };
        let status = served.tasks(Caller::OFFICER).list_tasks(tasks).await.unwrap_err();
        assert_eq!(reason(&status), "PAGE_TOKEN_INVALID");
    }
}

/// A call that somebody made, to be logged.
fn call(request_id: &str, case: &str, participant: &str) -> pb::LogContactRequest {
    let contact = pb::NewContact {
        kind: pb::ContactKind::Call as i32,
        participant_id: participant.into(),
        check: pb::CallerCheck::HeldNumber as i32,
        words: "rang".into(),
        ..Default::default()
    };
    pb::LogContactRequest { request_id: request_id.into(), case_id: case.into(), contact: Some(contact) }
}

on_both_databases! {
    async fn the_same_call_at_once_is_one_contact_one_note_and_one_attempt(store: Store) {
        let served = Served::new(store).await;
        let (case, task) = told(&served).await;
        let id = case.to_string();
        let note = pb::AddNoteRequest { request_id: "n".into(), case_id: id.clone(), words: "once".into(), ..Default::default() };
        let attempt = pb::RecordAttemptRequest {
            request_id: "a".into(),
            task_id: task.id.clone(),
            version: task.version,
            outcome: "no-answer".into(),
            ..Default::default()
        };
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let (mut one, mut two, mut three) =
                (served.cases(Caller::OFFICER), served.cases(Caller::OFFICER), served.tasks(Caller::OFFICER));
            let (log, note, attempt) = (call("c", &id, &task.participant_id), note.clone(), attempt.clone());
            calls.spawn(async move { one.log_contact(log).await.map(|done| ("contact", done.into_inner().receipt)) });
            calls.spawn(async move { two.add_note(note).await.map(|done| ("note", done.into_inner().receipt)) });
            calls.spawn(async move { three.record_attempt(attempt).await.map(|done| ("attempt", done.into_inner().receipt)) });
            // The clock goes on between one repeat and the next.
            served.app.wait(chrono::TimeDelta::milliseconds(700));
        }
        let mut news = Vec::new();
        for answer in calls.join_all().await {
            let (what, receipt) = answer.unwrap();
            if receipt.unwrap().outcome != pb::Outcome::Duplicate as i32 {
                news.push(what);
            }
        }
        news.sort_unstable();
        assert_eq!(news, ["attempt", "contact", "note"]);
    }
}

on_both_databases! {
    async fn a_contact_that_cannot_have_been_is_refused(store: Store) {
        let served = Served::new(store).await;
        let (case, task) = told(&served).await;
        let id = case.to_string();
        let owed = pb::ListDutiesRequest { case_id: id.clone(), ..Default::default() };
        let owed = served.tasks(Caller::OFFICER).list_duties(owed).await.unwrap().into_inner().duties;
        let mut cases = served.cases(Caller::OFFICER);
        let with = |change: &dyn Fn(&mut pb::NewContact)| {
            let mut log = call("r1", &id, &task.participant_id);
            change(log.contact.as_mut().unwrap());
            log
        };
        let long_ago = with(&|contact| contact.at = Some(wire("1990-01-01T09:00")));
        let status = refused(cases.log_contact(long_ago).await, Code::InvalidArgument, "FIELD_INVALID");
        assert_eq!(fields(&status), ["contact.at"]);
        let ahead = with(&|contact| contact.at = Some(wire("2026-12-01T09:00")));
        assert_eq!(fields(&refused(cases.log_contact(ahead).await, Code::InvalidArgument, "TIME_IN_FUTURE")), ["contact.at"]);
        let failed = with(&|contact| {
            contact.check = pb::CallerCheck::Failed as i32;
            contact.met_duty_ids = owed.iter().map(|duty| duty.id.clone()).collect();
        });
        let status = refused(cases.log_contact(failed).await, Code::InvalidArgument, "FIELD_INVALID");
        assert_eq!(fields(&status), ["contact.met_duty_ids"]);
        let strange = with(&|contact| contact.met_duty_ids = vec![task.id.clone()]);
        let status = refused(cases.log_contact(strange).await, Code::InvalidArgument, "FIELD_INVALID");
        assert_eq!(fields(&status), ["contact.met_duty_ids[0]"]);
        cases.log_contact(with(&|contact| contact.at = Some(wire("2026-01-05T09:00")))).await.unwrap();
    }
}

on_both_databases! {
    async fn a_request_that_is_too_large_names_no_field_that_it_has_not(store: Store) {
        let served = Served::new(store).await;
        let note = pb::AddNoteRequest { request_id: "r1".into(), words: "x".repeat(60 << 20), ..Default::default() };
        let status = refused(served.cases(Caller::OFFICER).add_note(note).await, Code::InvalidArgument, "BODY_TOO_LARGE");
        assert!(fields(&status).is_empty(), "{:?}", fields(&status));
    }
}
