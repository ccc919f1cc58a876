//! Correspondence over the wire: what people may let leave, and when.

use super::tasks::{result, told};
use super::{Caller, Served, refused};
use crate::app::{case, person, share};
use crate::database::on_both_databases;
use tonic::Code;
use usher::domain::person::Role;
use usher::grpc::pb;
use usher::store::Store;

/// The letter to the victim that waits for the call.
async fn draft(served: &Served) -> pb::Message {
    let drafts = pb::ListMessagesRequest {
        states: vec![pb::MessageState::Draft as i32],
        audiences: vec![pb::Audience::Victim as i32],
        ..Default::default()
    };
    let mut listed = served.correspondence(Caller::OFFICER).list_messages(drafts).await.unwrap().into_inner();
    listed.messages.remove(0)
}

fn release(request_id: &str, message: &pb::Message) -> pb::ReleaseMessageRequest {
    pb::ReleaseMessageRequest {
        request_id: request_id.into(),
        message_id: message.id.clone(),
        words: "cannot be rung".into(),
    }
}

on_both_databases! {
    async fn an_outcome_leaves_for_a_victim_only_after_somebody_has_tried_to_call(store: Store) {
        let served = Served::new(store).await;
        let (_, task) = told(&served).await;
        let letter = draft(&served).await;
        let mut messages = served.correspondence(Caller::OFFICER);
        let status = refused(messages.release_message(release("r1", &letter)).await, Code::FailedPrecondition, "STATE_FORBIDS");
        assert!(status.message().contains("nobody has tried to call"), "{status:?}");
        // Kept back and let go again, it is the same outcome.
        let hold = pb::HoldMessageRequest { request_id: "r2".into(), message_id: letter.id.clone(), words: "wait".into() };
        messages.hold_message(hold).await.unwrap();
        refused(messages.release_message(release("r3", &letter)).await, Code::FailedPrecondition, "STATE_FORBIDS");
        let attempt = pb::RecordAttemptRequest {
            request_id: "r4".into(),
            task_id: task.id.clone(),
            version: task.version,
            outcome: "no-answer".into(),
            ..Default::default()
        };
        served.tasks(Caller::OFFICER).record_attempt(attempt).await.unwrap();
        let gone = messages.release_message(release("r5", &letter)).await.unwrap().into_inner().message.unwrap();
        assert_eq!(gone.state, pb::MessageState::Queued as i32);
    }
}

on_both_databases! {
    async fn an_attempt_counts_though_the_task_was_cancelled_and_the_duties_gathered_anew(store: Store) {
        let served = Served::new(store).await;
        let (_, task) = told(&served).await;
        let letter = draft(&served).await;
        let mut leader = served.tasks(Caller::LEADER);
        let cancel = |request_id: &str, task: &pb::Task| pb::CancelTaskRequest {
            request_id: request_id.into(),
            task_id: task.id.clone(),
            version: task.version,
            words: "not now".into(),
        };
        leader.cancel_task(cancel("r1", &task)).await.unwrap();
        let moved = draft(&served).await;
        assert!(moved.id == letter.id && moved.after_task_id != task.id, "{moved:?}");
        let mut messages = served.correspondence(Caller::OFFICER);
        refused(messages.release_message(release("r2", &letter)).await, Code::FailedPrecondition, "STATE_FORBIDS");
        let get = pb::GetTaskRequest { task_id: moved.after_task_id.clone() };
        let fresh = leader.get_task(get.clone()).await.unwrap().into_inner().task.unwrap();
        let attempt = pb::RecordAttemptRequest {
            request_id: "r3".into(),
            task_id: fresh.id.clone(),
            version: fresh.version,
            outcome: "no-answer".into(),
            ..Default::default()
        };
        let tried = leader.record_attempt(attempt).await.unwrap().into_inner().task.unwrap();
        leader.cancel_task(cancel("r4", &tried)).await.unwrap();
        messages.release_message(release("r5", &letter)).await.unwrap();
    }
}

on_both_databases! {
    async fn every_try_to_send_a_message_is_shown_with_what_came_of_it(store: Store) {
        use usher::mail::{Fault, Outcome, Phase, Reason};
        let served = Served::new(store).await;
        let id = served.app.open(case(1, vec![person(1, 5, Role::OfficerInCase)])).await;
        served.app.share(share(1, vec![result("1015")])).await;
        served.app.wait(chrono::TimeDelta::minutes(16));
        let reason = || Reason::own(Phase::Recipient, "not now");
        served.app.mail.answer_next(1, Outcome::Deferred { reason: reason(), fault: Fault::Mail });
        served.app.tick().await;
        let mut messages = served.correspondence(Caller::OFFICER);
        let of_case = pb::ListMessagesRequest { case_id: id.to_string(), ..Default::default() };
        let listed = messages.list_messages(of_case).await.unwrap().into_inner().messages.remove(0);
        assert_eq!(listed.state, pb::MessageState::Deferred as i32);
        assert!(listed.state_reason.contains("tried again"), "{listed:?}");
        served.app.mail.answer_next(1, Outcome::Refused { reason: reason() });
        served.app.wait(chrono::TimeDelta::hours(1));
        served.app.tick().await;
        let get = pb::GetMessageRequest { message_id: listed.id.clone() };
        let held = messages.get_message(get.clone()).await.unwrap().into_inner();
        let states = |held: &pb::GetMessageResponse| held.attempts.iter().map(|one| one.state()).collect::<Vec<_>>();
        assert_eq!(states(&held), [pb::MessageState::Deferred, pb::MessageState::Refused]);
        assert!(held.attempts[1].answer.contains("not now") && held.attempts[1].at.is_some(), "{held:?}");
        let retry = pb::RetryMessageRequest { request_id: "r1".into(), message_id: listed.id, words: "again".into() };
        messages.retry_message(retry).await.unwrap();
        served.app.tick().await;
        let held = messages.get_message(get).await.unwrap().into_inner();
        assert_eq!(states(&held)[2..], [pb::MessageState::Sent]);
    }
}
