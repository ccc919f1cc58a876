//! Who may call what: nobody unknown, nobody whose role may not, and before any body is read.

use super::{Caller, Served, refused};
use crate::app::{case, enhanced, person, staff};
use crate::database::on_both_databases;
use tonic::{Code, Request};
use usher::domain::event::{Payload, Subject};
use usher::domain::person::Role as PersonRole;
use usher::domain::staff::{Staff, StaffRole};
use usher::grpc::access::{Role, table};
use usher::grpc::pb;
use usher::store::Store;

fn role(caller: Caller) -> Role {
    match caller.token {
        "feed" => Role::Feed,
        "service" => Role::Service,
        "officer" | "colleague" => Role::CareOfficer,
        "leader" => Role::TeamLeader,
        "manager" => Role::Manager,
        _ => Role::Administrator,
    }
}

/// Calls a path with an empty message and gives the status.
async fn call(served: &Served, header: Option<&str>, path: &str) -> Code {
    let mut client = tonic::client::Grpc::new(served.line());
    client.ready().await.unwrap();
    let mut request = Request::new(pb::GetStatsRequest {});
    if let Some(header) = header {
        request.metadata_mut().insert("authorization", header.parse().unwrap());
    }
    let codec = tonic_prost::ProstCodec::<pb::GetStatsRequest, pb::GetStatsResponse>::default();
    match client.unary(request, path.parse().unwrap(), codec).await {
        Ok(_) => Code::Ok,
        Err(status) => status.code(),
    }
}

on_both_databases! {
    async fn every_call_is_open_to_the_roles_of_the_table_and_to_nobody_else(store: Store) {
        let served = Served::new(store).await;
        for (service, name, roles) in table::CALLERS {
            let path = format!("/usher.v1.{service}/{name}");
            if table::is_open(&path) {
                continue;
            }
            assert_eq!(call(&served, None, &path).await, Code::Unauthenticated, "{path}");
            for caller in Caller::ALL {
                let code = call(&served, Some(&format!("Bearer {}", caller.token)), &path).await;
                let denied = code == Code::PermissionDenied;
                assert_eq!(!denied, roles.contains(&role(caller)), "{path} {} {code:?}", caller.token);
                assert_ne!(code, Code::Unimplemented, "{path}");
            }
        }
    }
}

on_both_databases! {
    async fn a_call_without_a_token_of_ours_is_told_what_to_send(store: Store) {
        let served = Served::new(store).await;
        let mut nobody = pb::operations_service_client::OperationsServiceClient::new(served.line());
        refused(nobody.get_stats(pb::GetStatsRequest {}).await, Code::Unauthenticated, "CREDENTIALS_MISSING");
        let stranger = served.bearer("Bearer stranger");
        let mut stranger = pb::operations_service_client::OperationsServiceClient::new(stranger);
        refused(stranger.get_stats(pb::GetStatsRequest {}).await, Code::Unauthenticated, "CREDENTIALS_INVALID");
        let answer = served.operations(Caller::OFFICER).get_stats(pb::GetStatsRequest {}).await;
        refused(answer, Code::PermissionDenied, "ROLE_FORBIDS");
    }
}

on_both_databases! {
    async fn reflection_and_health_answer_everybody(store: Store) {
        use tonic_health::pb::health_client::HealthClient;
        use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus};
        use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
        use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
        use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
        use tonic_reflection::pb::v1::ServerReflectionRequest;

        let served = Served::new(store).await;
        let check = HealthCheckRequest { service: String::new() };
        let mut health = HealthClient::new(served.line());
        let health = health.check(check).await.unwrap().into_inner();
        assert_eq!(health.status(), ServingStatus::Serving);
        let ask = ServerReflectionRequest {
            host: String::new(),
            message_request: Some(MessageRequest::ListServices(String::new())),
        };
        let mut reflection = ServerReflectionClient::new(served.line());
        let asked = tokio_stream::iter([ask]);
        let mut answers = reflection.server_reflection_info(asked).await.unwrap().into_inner();
        let answer = answers.message().await.unwrap().unwrap().message_response;
        let Some(MessageResponse::ListServicesResponse(list)) = answer else { panic!("{answer:?}") };
        let names: Vec<&str> = list.service.iter().map(|service| service.name.as_str()).collect();
        assert!(names.contains(&"usher.v1.TaskService"), "{names:?}");
        // Python's client asks in the older version alone.
        use tonic_reflection::pb::v1alpha;
        let ask = v1alpha::ServerReflectionRequest {
            host: String::new(),
            message_request: Some(v1alpha::server_reflection_request::MessageRequest::ListServices(String::new())),
        };
        let mut older = v1alpha::server_reflection_client::ServerReflectionClient::new(served.line());
        let mut answers = older.server_reflection_info(tokio_stream::iter([ask])).await.unwrap().into_inner();
        assert!(answers.message().await.unwrap().unwrap().message_response.is_some());
    }
}

on_both_databases! {
    async fn the_token_of_somebody_who_has_left_is_good_for_nothing(store: Store) {
        let served = Served::new(store).await;
        let ask = || pb::ListTasksRequest::default();
        served.tasks(Caller::OFFICER).list_tasks(ask()).await.unwrap();
        let gone = Staff {
            left_at: Some(served.app.clock.now()),
            version: 1,
            ..staff(1, StaffRole::CareOfficer)
        };
        served.app.record(Subject::Desk, Payload::StaffPut { staff: Box::new(gone) }).await.unwrap();
        let answer = served.tasks(Caller::OFFICER).list_tasks(ask()).await;
        refused(answer, Code::Unauthenticated, "CREDENTIALS_INVALID");
        served.tasks(Caller::COLLEAGUE).list_tasks(ask()).await.unwrap();
    }
}

on_both_databases! {
    async fn a_list_leaves_out_the_work_of_cases_with_which_the_caller_is_in_conflict(store: Store) {
        let served = Served::new(store).await;
        for n in [1, 2] {
            served.app.open(case(n, vec![enhanced(person(n, 1, PersonRole::Victim))])).await;
        }
        let seen = async || {
            let answer = served.tasks(Caller::OFFICER).list_tasks(pb::ListTasksRequest::default()).await;
            answer.unwrap().into_inner().tasks.len()
        };
        let around = async || {
            let owed = served.tasks(Caller::OFFICER).list_duties(pb::ListDutiesRequest::default()).await.unwrap().into_inner();
            let written = served.correspondence(Caller::OFFICER).list_messages(pb::ListMessagesRequest::default()).await.unwrap();
            let cases = owed.duties.into_iter().map(|duty| duty.case_id);
            cases.chain(written.into_inner().messages.into_iter().map(|message| message.case_id)).collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!((seen().await, around().await.len()), (2, 2));
        let torn = Staff {
            person_conflicts: vec![person(1, 1, PersonRole::Victim).person],
            version: 1,
            ..staff(1, StaffRole::CareOfficer)
        };
        served.app.record(Subject::Desk, Payload::StaffPut { staff: Box::new(torn) }).await.unwrap();
        assert_eq!((seen().await, around().await.len()), (1, 1));
    }
}
