//! Making sure of a caller over the wire: what matches, what does not, and who is rung back.

use super::{Caller, Served, fields, refused};
use crate::app::{case, enhanced, person};
use crate::database::on_both_databases;
use tonic::Code;
use usher::domain::contact::{DirectoryEntry, DirectoryKind};
use usher::domain::event::{NewParticipant, Payload, Subject};
use usher::domain::ids::{DirectoryId, ParticipantId};
use usher::domain::person::{Identity, Role};
use usher::grpc::pb;
use usher::grpc::pb::verify_caller_request::Caller as Who;
use usher::store::Store;

fn victim() -> NewParticipant {
    let victim = enhanced(person(1, 1, Role::Victim));
    let identity = Identity {
        first_name: "Vera".into(),
        last_name: "Vane".into(),
        born_on: "1990-02-03".parse().ok(),
        phones: vec!["01632 960001".into()],
        address: vec!["12 High Street".into(), "Exampleton".into()],
        postcode: Some("ZZ1 1ZZ".into()),
        ..Identity::default()
    };
    NewParticipant { identity: Some(identity), ..victim }
}

fn said(born_on: &str) -> Option<pb::StatedIdentity> {
    Some(pb::StatedIdentity {
        name: "vera vane".into(),
        born_on: born_on.into(),
        address_line: "12 High St".into(),
        postcode: "zz11zz".into(),
        safe_word: String::new(),
    })
}

fn ask(
    request_id: &str,
    case: &str,
    who: Who,
    stated: Option<pb::StatedIdentity>,
) -> pb::VerifyCallerRequest {
    pb::VerifyCallerRequest { request_id: request_id.into(), case_id: case.into(), caller: Some(who), stated }
}

fn themselves(id: ParticipantId) -> Who {
    Who::ParticipantId(id.to_string())
}

on_both_databases! {
    async fn a_caller_who_says_what_is_held_may_be_told_what_concerns_them(store: Store) {
        let served = Served::new(store).await;
        let victim = victim();
        let (id, case) = (victim.id, served.app.open(case(1, vec![victim])).await.to_string());
        let mut cases = served.cases(Caller::OFFICER);
        let right = ask("c1", &case, themselves(id), said("1990-02-03"));
        let first = cases.verify_caller(right.clone()).await.unwrap().into_inner();
        assert_eq!(first.outcome, pb::CheckOutcome::Matched as i32);
        assert!(first.topics.contains(&(pb::CallTopic::Outcomes as i32)));
        assert_eq!(first.on_behalf_of_ids, [id.to_string()]);
        assert!(first.numbers.is_empty(), "nobody need be rung back");
        let again = cases.verify_caller(right).await.unwrap().into_inner();
        assert_eq!(again.receipt.unwrap().outcome, pb::Outcome::Duplicate as i32);
        assert_eq!(again.outcome, pb::CheckOutcome::Matched as i32);
    }
}

on_both_databases! {
    async fn two_failures_end_in_a_call_back_on_the_held_number_and_no_hint(store: Store) {
        let served = Served::new(store).await;
        let victim = victim();
        let (id, case) = (victim.id, served.app.open(case(1, vec![victim])).await.to_string());
        let mut cases = served.cases(Caller::OFFICER);
        for request_id in ["c1", "c2"] {
            let wrong = ask(request_id, &case, themselves(id), said("1991-02-03"));
            let failed = cases.verify_caller(wrong).await.unwrap().into_inner();
            assert_eq!(failed.outcome, pb::CheckOutcome::NotMatched as i32);
            assert!(failed.topics.is_empty() && failed.numbers.is_empty() && failed.on_behalf_of_ids.is_empty());
        }
        let right = ask("c3", &case, themselves(id), said("1990-02-03"));
        let locked = cases.verify_caller(right).await.unwrap().into_inner();
        assert_eq!(locked.outcome, pb::CheckOutcome::CallBack as i32);
        assert_eq!(locked.numbers, ["01632 960001"]);
        let contact = pb::NewContact {
            kind: pb::ContactKind::Call as i32,
            participant_id: id.to_string(),
            check: pb::CallerCheck::Verified as i32,
            words: "asked about the trial".into(),
            ..Default::default()
        };
        let log = pb::LogContactRequest { request_id: "l1".into(), case_id: case, contact: Some(contact) };
        let status = refused(cases.log_contact(log).await, Code::InvalidArgument, "FIELD_INVALID");
        assert_eq!(fields(&status), ["contact.check"]);
    }
}

on_both_databases! {
    async fn a_body_is_rung_back_on_its_number_and_a_third_party_is_told_nothing(store: Store) {
        let served = Served::new(store).await;
        let victim = victim();
        let case = served.app.open(case(1, vec![victim])).await.to_string();
        let entry = DirectoryEntry {
            id: DirectoryId(uuid::Uuid::from_u128(0x77)),
            kind: DirectoryKind::Cps,
            name: "CPS Example".into(),
            email: None,
            phone: Some("01632 960077".into()),
            court_code: None,
            review_on: None,
            version: 0,
        };
        served.app.record(Subject::Desk, Payload::DirectoryPut { entry: Box::new(entry) }).await.unwrap();
        let mut cases = served.cases(Caller::OFFICER);
        let body = ask("c1", &case, Who::Body(pb::DirectoryKind::Cps as i32), None);
        let cps = cases.verify_caller(body).await.unwrap().into_inner();
        assert_eq!((cps.outcome, cps.numbers), (pb::CheckOutcome::CallBack as i32, vec!["01632 960077".to_owned()]));
        assert!(cps.topics.contains(&(pb::CallTopic::Attendance as i32)));
        let stranger = cases.verify_caller(ask("c2", &case, Who::ThirdParty(true), None)).await.unwrap().into_inner();
        assert!(stranger.topics.is_empty() && stranger.numbers.is_empty());
    }
}

on_both_databases! {
    async fn what_a_caller_must_say_is_required(store: Store) {
        let served = Served::new(store).await;
        let victim = victim();
        let (id, case) = (victim.id, served.app.open(case(1, vec![victim])).await.to_string());
        let mut cases = served.cases(Caller::OFFICER);
        let silent = cases.verify_caller(ask("c1", &case, themselves(id), None)).await;
        assert_eq!(fields(&refused(silent, Code::InvalidArgument, "FIELD_REQUIRED")), ["stated"]);
        let nobody = pb::VerifyCallerRequest { request_id: "c2".into(), case_id: case, ..Default::default() };
        refused(cases.verify_caller(nobody).await, Code::InvalidArgument, "FIELD_REQUIRED");
    }
}
