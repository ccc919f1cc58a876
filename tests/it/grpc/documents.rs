//! Documents over the wire: added once, seen by whom they are for, and every look in the audit.

use super::server::Line;
use super::{Caller, Served, fields, refused};
use crate::app::{App, case, officer, person, staff, unit};
use crate::database::on_both_databases;
use sea_orm::{ConnectionTrait, Statement};
use tonic::{Code, Status};
use usher::domain::document::{DocumentReader, Marking, NewDocument};
use usher::domain::event::{Payload, Subject};
use usher::domain::ids::{CaseId, DocumentId};
use usher::domain::person::Role;
use usher::domain::receipt::Outcome;
use usher::domain::staff::StaffRole;
use usher::grpc::pb;
use usher::grpc::pb::case_service_client::CaseServiceClient;
use usher::grpc::settings::Settings;
use usher::mailbox::Post;
use usher::store::Store;
use usher::store::audit::{self, Filter, Verb};
use usher::store::queries::documents;

type Cases = CaseServiceClient<Line>;

const SAID: &[u8] = b"what the witness says of the evening, in words that nobody else writes";

fn statement() -> pb::NewDocument {
    pb::NewDocument {
        name: "statement.txt".into(),
        content_type: "text/plain".into(),
        content: SAID.to_vec(),
        marking: pb::Marking::OfficialSensitive as i32,
        ..Default::default()
    }
}

fn adding(request_id: &str, case: CaseId, document: pb::NewDocument) -> pb::AddDocumentRequest {
    pb::AddDocumentRequest {
        request_id: request_id.into(),
        case_id: case.to_string(),
        document: Some(document),
    }
}

async fn add(
    cases: &mut Cases,
    request_id: &str,
    case: CaseId,
    document: pb::NewDocument,
) -> pb::AddDocumentResponse {
    cases.add_document(adding(request_id, case, document)).await.unwrap().into_inner()
}

/// A document and its bytes, put together from their parts.
async fn get(cases: &mut Cases, case: CaseId, id: &str) -> Result<(pb::Document, Vec<u8>), Status> {
    use pb::get_document_response::Part;
    let asked = pb::GetDocumentRequest { case_id: case.to_string(), document_id: id.into() };
    let mut parts = cases.get_document(asked).await?.into_inner();
    let Some(Part::Document(document)) = parts.message().await?.unwrap().part else {
        panic!("it says what it is")
    };
    let mut bytes = Vec::new();
    while let Some(part) = parts.message().await? {
        let Some(Part::Content(content)) = part.part else { panic!("bytes follow") };
        bytes.extend(content);
    }
    Ok((document, bytes))
}

async fn list(cases: &mut Cases, case: CaseId) -> Vec<pb::Document> {
    let asked = pb::ListDocumentsRequest { case_id: case.to_string(), ..Default::default() };
    cases.list_documents(asked).await.unwrap().into_inner().documents
}

async fn served(store: Store) -> (Served, CaseId) {
    let served = Served::new(store).await;
    let id = served.app.open(case(1, vec![person(1, 1, Role::Victim)])).await;
    (served, id)
}

on_both_databases! {
    async fn a_document_is_kept_sealed_and_read_back_with_who_added_it(store: Store) {
        let (served, case) = served(store).await;
        let mut cases = served.cases(Caller::OFFICER);
        let about = served.app.case(case).await.participants[0].id.to_string();
        let document = pb::NewDocument { participant_id: about.clone(), ..statement() };
        let added = add(&mut cases, "r1", case, document).await.document.unwrap();
        let (document, bytes) = get(&mut cases, case, &added.id).await.unwrap();
        assert_eq!((&document, &bytes[..]), (&added, SAID));
        assert_eq!((document.participant_id, document.added_by_staff_id), (about, officer(1).to_string()));
        assert_eq!((document.sha256.len(), document.size_bytes), (64, i64::try_from(SAID.len()).unwrap()));
        assert_eq!(list(&mut cases, case).await, [added]);
        let conn = served.app.engine.store().reader();
        for table in ["documents", "document_contents", "events"] {
            let sql = format!("SELECT body FROM {table}");
            let rows = conn.query_all_raw(Statement::from_string(conn.get_database_backend(), sql)).await.unwrap();
            assert!(!rows.is_empty(), "{table}");
            for row in rows {
                let body: Vec<u8> = row.try_get_by_index(0).unwrap();
                assert!(!body.windows(12).any(|bytes| SAID.starts_with(bytes)), "{table}");
            }
        }
    }
}

on_both_databases! {
    async fn one_that_is_larger_than_a_clients_messages_comes_down_in_parts(store: Store) {
        let (served, case) = served(store).await;
        let mut cases = served.cases(Caller::OFFICER);
        let content: Vec<u8> = (0..6 * 1024 * 1024_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
        let document = pb::NewDocument { content: content.clone(), ..statement() };
        let added = add(&mut cases, "r1", case, document).await.document.unwrap();
        assert!(get(&mut cases, case, &added.id).await.unwrap().1 == content, "the bytes are not those that were added");
    }
}

on_both_databases! {
    async fn the_same_bytes_in_a_case_are_one_document(store: Store) {
        let (served, one) = served(store).await;
        let other = served.app.open(case(2, vec![])).await;
        let mut cases = served.cases(Caller::OFFICER);
        let first = add(&mut cases, "r1", one, statement()).await;
        let renamed = pb::NewDocument { name: "again.txt".into(), ..statement() };
        for (request_id, again) in [("r1", statement()), ("r2", renamed)] {
            let again = add(&mut cases, request_id, one, again).await;
            assert_eq!(again.receipt.unwrap().outcome, pb::Outcome::Duplicate as i32);
            assert_eq!(again.document, first.document);
        }
        let elsewhere = add(&mut cases, "r3", other, statement()).await;
        assert_eq!(elsewhere.receipt.unwrap().outcome, pb::Outcome::Applied as i32);
        assert_eq!((list(&mut cases, one).await.len(), list(&mut cases, other).await.len()), (1, 1));
        let changed = pb::NewDocument { content: b"something else".to_vec(), ..statement() };
        refused(cases.add_document(adding("r1", one, changed)).await, Code::AlreadyExists, "REQUEST_ID_REUSED");
    }
}

on_both_databases! {
    async fn who_may_not_see_a_document_is_answered_as_if_it_were_not_there(store: Store) {
        let (served, case) = served(store).await;
        let audience = vec![pb::DocumentReader::Manager as i32];
        let hidden = pb::NewDocument { audience, ..statement() };
        let hidden = add(&mut served.cases(Caller::MANAGER), "r1", case, hidden).await.document.unwrap();
        let mut cases = served.cases(Caller::OFFICER);
        assert!(list(&mut cases, case).await.is_empty());
        let nowhere = "00000000-0000-0000-0000-00000000abcd";
        let one = refused(get(&mut cases, case, &hidden.id).await, Code::NotFound, "NOT_HELD");
        let other = refused(get(&mut cases, case, nowhere).await, Code::NotFound, "NOT_HELD");
        assert_eq!(one.message().replace(&hidden.id, nowhere), other.message());
        let asked = pb::GetTimelineRequest { case_id: case.to_string(), ..Default::default() };
        let timeline = cases.get_timeline(asked).await.unwrap().into_inner().entries;
        assert!(timeline.iter().all(|entry| entry.event_kind != "document.added"), "{timeline:?}");
        // Adding the same bytes tells nothing of it either.
        let own = add(&mut cases, "r2", case, statement()).await;
        assert_eq!(own.receipt.unwrap().outcome, pb::Outcome::Applied as i32);
        assert_ne!(own.document.unwrap().id, hidden.id);
        assert_eq!(list(&mut served.cases(Caller::MANAGER), case).await.len(), 2);
        assert!(list(&mut served.cases(Caller::SERVICE), case).await.is_empty());
    }
}

on_both_databases! {
    async fn collecting_and_looking_are_in_the_audit(store: Store) {
        let (served, case) = served(store).await;
        let audience = vec![pb::DocumentReader::CareOfficer as i32, pb::DocumentReader::Service as i32];
        let document = pb::NewDocument { audience, ..statement() };
        let mut cases = served.cases(Caller::OFFICER);
        let id = add(&mut cases, "r1", case, document.clone()).await.document.unwrap().id;
        add(&mut cases, "r2", case, document).await;
        get(&mut cases, case, &id).await.unwrap();
        get(&mut served.cases(Caller::SERVICE), case, &id).await.unwrap();
        let filter = Filter { subject: Some(id.parse().unwrap()), ..Filter::default() };
        let written = audit::list(served.app.engine.store(), unit().id, &filter, None, 10).await.unwrap();
        let mut said: Vec<(String, String)> = written.into_iter().map(|entry| (entry.verb, entry.actor)).collect();
        said.sort();
        let entry = |verb: Verb, actor: &str| (verb.to_string(), actor.to_owned());
        assert_eq!(
            said,
            [
                entry(Verb::Collect, "care-officer:officer"),
                entry(Verb::Consult, "care-officer:officer"),
                entry(Verb::Disclose, "service:service"),
            ]
        );
    }
}

on_both_databases! {
    async fn a_conflict_of_interest_keeps_somebody_from_a_cases_documents(store: Store) {
        let (served, case) = served(store).await;
        let id = add(&mut served.cases(Caller::OFFICER), "r1", case, statement()).await.document.unwrap().id;
        let mut torn = staff(2, StaffRole::CareOfficer);
        torn.case_conflicts.push(case);
        torn.version = 1;
        served.app.record(Subject::Desk, Payload::StaffPut { staff: Box::new(torn) }).await.unwrap();
        let mut cases = served.cases(Caller::COLLEAGUE);
        refused(get(&mut cases, case, &id).await, Code::PermissionDenied, "CONFLICT_OF_INTEREST");
        let added = cases.add_document(adding("r2", case, statement())).await;
        refused(added, Code::PermissionDenied, "CONFLICT_OF_INTEREST");
    }
}

on_both_databases! {
    async fn what_is_no_document_is_refused_with_its_field(store: Store) {
        let served = Served::with(store, Settings { document_bytes_max: 1_000, ..Settings::default() }).await;
        let case = served.app.open(case(1, vec![])).await;
        let mut cases = served.cases(Caller::OFFICER);
        let nobody = "00000000-0000-0000-0000-00000000abcd".to_owned();
        for (document, code, reason, field) in [
            (pb::NewDocument { name: "../a.txt".into(), ..statement() }, Code::InvalidArgument, "FIELD_INVALID", "name"),
            (pb::NewDocument { name: String::new(), ..statement() }, Code::InvalidArgument, "FIELD_REQUIRED", "name"),
            (
                pb::NewDocument { content_type: "text/html".into(), ..statement() },
                Code::InvalidArgument,
                "FIELD_INVALID",
                "content_type",
            ),
            (pb::NewDocument { marking: 0, ..statement() }, Code::InvalidArgument, "FIELD_REQUIRED", "marking"),
            (pb::NewDocument { content: Vec::new(), ..statement() }, Code::InvalidArgument, "BODY_EMPTY", "content"),
            (
                pb::NewDocument { content: vec![1; 1_001], ..statement() },
                Code::InvalidArgument,
                "BODY_TOO_LARGE",
                "content",
            ),
        ] {
            let status = refused(cases.add_document(adding("r", case, document)).await, code, reason);
            assert_eq!(fields(&status), [format!("document.{field}")]);
        }
        let about = pb::NewDocument { participant_id: nobody.clone(), ..statement() };
        refused(cases.add_document(adding("r", case, about)).await, Code::NotFound, "NOT_HELD");
        let of_task = pb::NewDocument { task_id: nobody, ..statement() };
        refused(cases.add_document(adding("r", case, of_task)).await, Code::NotFound, "NOT_HELD");
        // Larger than is read at all.
        let huge = pb::NewDocument { content: vec![1; 200_000], ..statement() };
        refused(cases.add_document(adding("r", case, huge)).await, Code::InvalidArgument, "BODY_TOO_LARGE");
        assert!(list(&mut cases, case).await.is_empty());
    }
}

/// A rule that cannot be decided while the case has a flag.
const UNDECIDABLE: &str = "
- rule: ask-beyond-the-calendar
  because: A test.
  on: document.added
  when: case.flags.exists(f, f == 'stuck') && working_days_until(date('2090-01-02')) > 3
  do:
    - propose: never
";

on_both_databases! {
    async fn one_that_is_parked_keeps_its_bytes_until_it_is_retried(store: Store) {
        let app = App::with_files(store, &[("rules/undecidable.yaml", UNDECIDABLE)]).await;
        let id = app.open(usher::domain::event::NewCase { flags: vec!["stuck".into()], ..case(1, vec![]) }).await;
        let document = NewDocument {
            id: DocumentId(uuid::Uuid::from_u128(0xd0c)),
            name: "statement.txt".into(),
            content_type: "text/plain".into(),
            hash: "00".repeat(32),
            bytes: 3,
            marking: Marking::Official,
            audience: DocumentReader::STAFF.to_vec(),
            about: None,
            task: None,
            added_as: DocumentReader::Manager,
        };
        let mut event = app.event("d", Subject::Case(id), Payload::DocumentAdded { document: Box::new(document.clone()) });
        event.raw = Some(SAID.into());
        let parked = app.engine.record(event).await.unwrap();
        assert_eq!(parked.outcome, Outcome::Parked);
        let store = app.engine.store();
        assert_eq!(documents::content(store, id, document.id).await.unwrap(), None);
        let flags = Some(Vec::new());
        let update = Payload::CaseUpdated { phase: None, risk: None, flags, owner: None, team: None, version: None };
        app.record(Subject::Case(id), update).await.unwrap();
        let retry = Payload::ParkedRetried { event: parked.event, instead: None };
        app.record(Subject::Desk, retry).await.unwrap();
        assert_eq!(app.case(id).await.documents.len(), 1);
        assert_eq!(documents::content(store, id, document.id).await.unwrap().as_deref(), Some(SAID));
    }
}

on_both_databases! {
    async fn mail_that_belongs_to_no_case_is_read_at_the_desk(store: Store) {
        let (served, _) = served(store).await;
        let mail = b"From: a@x.test\r\nMessage-ID: <1@x.test>\r\n\r\nHello\r\n";
        Post::new(served.app.engine.clone(), unit().id).take(mail.to_vec().into()).await.unwrap();
        let mut cases = served.cases(Caller::OFFICER);
        let listed = cases.list_documents(pb::ListDocumentsRequest::default()).await.unwrap().into_inner().documents;
        assert_eq!(listed.iter().map(|document| document.name.as_str()).collect::<Vec<_>>(), ["mail.eml"]);
        let asked = pb::GetDocumentRequest { document_id: listed[0].id.clone(), ..Default::default() };
        let mut parts = cases.get_document(asked).await.unwrap().into_inner();
        let mut bytes = Vec::new();
        while let Some(part) = parts.message().await.unwrap() {
            if let Some(pb::get_document_response::Part::Content(content)) = part.part {
                bytes.extend(content);
            }
        }
        assert_eq!(bytes, mail);
    }
}
