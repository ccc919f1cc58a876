//! Work over the wire: from a court's result to a finished task, and everything that may not be done.

use super::{Caller, Served, fields, reason, refused, wire};
use crate::app::{case, defendant, enhanced, offence, officer, person, share, team};
use crate::database::on_both_databases;
use chrono::TimeDelta;
use tonic::Code;
use usher::domain::court::{Line, ResultLine};
use usher::domain::ids::CaseId;
use usher::domain::person::Role;
use usher::grpc::pb;
use usher::store::Store;

pub fn result(cjs: &str) -> ResultLine {
    ResultLine {
        defendant: Some(defendant(1)),
        offence: Some(offence(1)),
        cjs_code: Some(cjs.into()),
        label: cjs.into(),
        ..ResultLine::blank(Line::Judicial)
    }
}

/// A case whose victim must be told of a final result, and the task to do so.
pub async fn told(served: &Served) -> (CaseId, pb::Task) {
    let id = served.app.open(case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
    served.app.share(share(1, vec![result("1015")])).await;
    let mine = pb::ListTasksRequest { assignee_id: officer(1).to_string(), ..Default::default() };
    let mut listed = served.tasks(Caller::OFFICER).list_tasks(mine).await.unwrap().into_inner();
    assert_eq!(listed.tasks.len(), 1);
    (id, listed.tasks.remove(0))
}

/// A word with which a task of this kind may be completed so that its duties are met.
pub async fn outcome(served: &Served, task: &pb::Task) -> String {
    let get = pb::GetTaskRequest { task_id: task.id.clone() };
    let form = served.tasks(Caller::OFFICER).get_task(get).await.unwrap().into_inner().form.unwrap();
    form.outcomes.iter().find(|word| word.contains("told")).unwrap_or(&form.outcomes[0]).clone()
}

pub fn complete(request_id: &str, task: &pb::Task, outcome: &str) -> pb::CompleteTaskRequest {
    pb::CompleteTaskRequest {
        request_id: request_id.into(),
        task_id: task.id.clone(),
        version: task.version,
        outcome: outcome.into(),
        channel: "call".into(),
        words: "told by telephone".into(),
        ..Default::default()
    }
}

on_both_databases! {
    async fn a_result_becomes_a_task_that_is_explained_and_finished(store: Store) {
        let served = Served::new(store).await;
        let (case, task) = told(&served).await;
        assert!(task.title.contains("F.L."), "the title shows initials: {}", task.title);
        let mut tasks = served.tasks(Caller::OFFICER);
        let ask = pb::ExplainTaskRequest { task_id: task.id.clone() };
        let explained = tasks.explain_task(ask).await.unwrap().into_inner();
        let duty = &explained.duties[0].because[0];
        assert!(!duty.rule.is_empty() && duty.cites.contains("Right") && !duty.causes.is_empty(), "{duty:?}");
        assert!(!duty.due_steps.is_empty(), "{duty:?}");
        assert!(explained.text.contains(&duty.rule) && explained.text.contains(&duty.cites));
        let word = outcome(&served, &task).await;
        let done = tasks.complete_task(complete("r1", &task, &word)).await.unwrap().into_inner();
        assert_eq!(done.task.unwrap().state, pb::TaskState::Done as i32);
        let owed = pb::ListDutiesRequest { case_id: case.to_string(), ..Default::default() };
        assert!(tasks.list_duties(owed.clone()).await.unwrap().into_inner().duties.is_empty());
        let met = pb::ListDutiesRequest { states: vec![pb::DutyState::Met as i32], ..owed };
        assert!(!tasks.list_duties(met).await.unwrap().into_inner().duties.is_empty());
        let again = tasks.complete_task(complete("r1", &task, &word)).await.unwrap().into_inner();
        assert_eq!(again.receipt.unwrap().outcome, pb::Outcome::Duplicate as i32);
    }
}

on_both_databases! {
    async fn what_may_not_be_done_to_a_task_is_refused_with_its_reason(store: Store) {
        let served = Served::new(store).await;
        let (_, task) = told(&served).await;
        let mut tasks = served.tasks(Caller::OFFICER);
        let wrong = complete("r1", &task, "no-such-word");
        assert_eq!(fields(&refused(tasks.complete_task(wrong).await, Code::InvalidArgument, "WORD_UNKNOWN")), ["outcome"]);
        let stale = pb::StartTaskRequest { request_id: "r2".into(), task_id: task.id.clone(), version: task.version + 1 };
        refused(tasks.start_task(stale).await, Code::Aborted, "VERSION_STALE");
        let claim = pb::ClaimTaskRequest { request_id: "r3".into(), task_id: task.id.clone(), version: task.version, ..Default::default() };
        refused(served.tasks(Caller::COLLEAGUE).claim_task(claim).await, Code::FailedPrecondition, "STATE_FORBIDS");
        let release = pb::ReleaseTaskRequest { request_id: "r4".into(), task_id: task.id.clone(), version: task.version };
        refused(served.tasks(Caller::COLLEAGUE).release_task(release.clone()).await, Code::PermissionDenied, "ROLE_FORBIDS");
        let unknown = pb::GetTaskRequest { task_id: "00000000-0000-0000-0000-00000000abcd".into() };
        refused(tasks.get_task(unknown).await, Code::NotFound, "NOT_HELD");
        let released = tasks.release_task(release).await.unwrap().into_inner().task.unwrap();
        assert_eq!((released.assignee_id.as_str(), released.due_at), ("", task.due_at));
    }
}

on_both_databases! {
    async fn of_two_who_claim_at_once_one_is_told_that_it_is_stale(store: Store) {
        let served = Served::new(store).await;
        let (_, task) = told(&served).await;
        let release = pb::ReleaseTaskRequest { request_id: "r1".into(), task_id: task.id.clone(), version: task.version };
        let queued = served.tasks(Caller::OFFICER).release_task(release).await.unwrap().into_inner().task.unwrap();
        let claim = |request_id: &str| pb::ClaimTaskRequest {
            request_id: request_id.into(),
            task_id: task.id.clone(),
            version: queued.version,
            ..Default::default()
        };
        let (mut one, mut two) = (served.tasks(Caller::OFFICER), served.tasks(Caller::COLLEAGUE));
        let (one, two) = tokio::join!(one.claim_task(claim("r2")), two.claim_task(claim("r3")));
        let lost = [one.err(), two.err()].into_iter().flatten().collect::<Vec<_>>();
        assert_eq!(lost.len(), 1);
        assert_eq!(reason(&lost[0]), "VERSION_STALE");
    }
}

on_both_databases! {
    async fn a_task_is_made_by_hand_assigned_deferred_tried_and_cancelled(store: Store) {
        let served = Served::new(store).await;
        let (case, contact) = told(&served).await;
        let mut leader = served.tasks(Caller::LEADER);
        let create = pb::CreateTaskRequest {
            request_id: "r1".into(),
            case_id: case.to_string(),
            kind: "needs-assessment".into(),
            priority: pb::Priority::P4 as i32,
            words: "send the leaflet".into(),
            ..Default::default()
        };
        let made = leader.create_task(create.clone()).await.unwrap().into_inner().task.unwrap();
        let again = leader.create_task(create.clone()).await.unwrap().into_inner();
        assert_eq!((again.task.unwrap().id, again.receipt.unwrap().outcome), (made.id.clone(), pb::Outcome::Duplicate as i32));
        for kind in ["juggle", contact.kind.as_str(), "link-result"] {
            let unfit = pb::CreateTaskRequest { request_id: "r2".into(), kind: kind.into(), ..create.clone() };
            let status = refused(leader.create_task(unfit).await, Code::InvalidArgument, "WORD_UNKNOWN");
            assert_eq!(fields(&status), ["kind"], "{kind}");
        }
        let assign = pb::AssignTaskRequest {
            request_id: "r3".into(),
            task_id: made.id.clone(),
            version: made.version,
            staff_id: officer(2).to_string(),
            words: "has the time".into(),
            ..Default::default()
        };
        let given = leader.assign_task(assign).await.unwrap().into_inner().task.unwrap();
        assert_eq!((given.assignee_id.clone(), given.team_id.clone()), (officer(2).to_string(), team().to_string()));
        let defer = pb::DeferTaskRequest {
            request_id: "r4".into(),
            task_id: made.id.clone(),
            version: given.version,
            until: Some(wire("2026-11-23T09:00")),
            words: "waits for a letter".into(),
        };
        let later = leader.defer_task(defer).await.unwrap().into_inner().task.unwrap();
        assert!(later.deferred_until.is_some());
        let attempt = pb::RecordAttemptRequest {
            request_id: "r5".into(),
            task_id: made.id.clone(),
            version: later.version,
            outcome: "no-answer".into(),
            ..Default::default()
        };
        let tried = leader.record_attempt(attempt).await.unwrap().into_inner().task.unwrap();
        assert_eq!(tried.attempts.len(), 1);
        let cancel = pb::CancelTaskRequest {
            request_id: "r6".into(),
            task_id: made.id.clone(),
            version: tried.version,
            words: "not needed".into(),
        };
        let gone = leader.cancel_task(cancel).await.unwrap().into_inner().task.unwrap();
        assert_eq!(gone.state, pb::TaskState::Cancelled as i32);
        let reopen = pb::ReopenTaskRequest {
            request_id: "r7".into(),
            task_id: made.id,
            version: gone.version,
            words: "needed".into(),
        };
        refused(leader.reopen_task(reopen).await, Code::FailedPrecondition, "STATE_FORBIDS");
    }
}

on_both_databases! {
    async fn a_duty_that_is_not_owed_is_excused_once(store: Store) {
        let served = Served::new(store).await;
        let (case, _) = told(&served).await;
        let mut leader = served.tasks(Caller::LEADER);
        let owed = pb::ListDutiesRequest { case_id: case.to_string(), ..Default::default() };
        let duties = leader.list_duties(owed).await.unwrap().into_inner().duties;
        let excuse = |request_id: &str| pb::ExcuseDutyRequest {
            request_id: request_id.into(),
            duty_id: duties[0].id.clone(),
            words: "asked not to be told".into(),
        };
        let excused = leader.excuse_duty(excuse("r1")).await.unwrap().into_inner().duty.unwrap();
        assert_eq!(excused.state, pb::DutyState::Excused as i32);
        refused(leader.excuse_duty(excuse("r2")).await, Code::FailedPrecondition, "STATE_FORBIDS");
    }
}

on_both_databases! {
    async fn a_list_is_in_the_order_in_which_work_is_to_be_done(store: Store) {
        let served = Served::new(store).await;
        let mut leader = served.tasks(Caller::LEADER);
        told(&served).await;
        for (n, priority) in [(1, pb::Priority::P4), (2, pb::Priority::P1), (3, pb::Priority::P3)] {
            leader.create_task(by_hand(n, priority)).await.unwrap();
        }
        let mut asked = pb::ListTasksRequest { page_size: 1, assignee_id: officer(1).to_string(), ..Default::default() };
        let mut seen = Vec::new();
        loop {
            let page = leader.list_tasks(asked.clone()).await.unwrap().into_inner();
            seen.extend(page.tasks.iter().map(|task| task.priority));
            asked.page_token = page.next_page_token;
            if asked.page_token.is_empty() {
                break;
            }
        }
        let mut sorted = seen.clone();
        sorted.sort_unstable();
        assert_eq!(seen.len(), 4);
        assert_eq!(seen, sorted);
    }

    async fn what_has_ended_is_listed_the_latest_first_page_by_page(store: Store) {
        let served = Served::new(store).await;
        let mut leader = served.tasks(Caller::LEADER);
        // The most urgent ends neither first nor last.
        for (n, priority) in [(1, pb::Priority::P3), (2, pb::Priority::P1), (3, pb::Priority::P4)] {
            let made = leader.create_task(by_hand(n, priority)).await.unwrap().into_inner().task.unwrap();
            served.app.wait(TimeDelta::minutes(5));
            let outcome = outcome(&served, &made).await;
            leader.complete_task(complete(&format!("done-{n}"), &made, &outcome)).await.unwrap();
        }
        let mut asked = pb::ListTasksRequest {
            states: vec![pb::TaskState::Done.into()],
            page_size: 1,
            latest_ended_first: true,
            ..Default::default()
        };
        let mut seen = Vec::new();
        loop {
            let page = leader.list_tasks(asked.clone()).await.unwrap().into_inner();
            seen.extend(page.tasks.iter().map(|task| task.priority()));
            asked.page_token = page.next_page_token;
            if asked.page_token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, [pb::Priority::P4, pb::Priority::P1, pb::Priority::P3]);
    }

    async fn what_is_to_be_tried_again_or_was_raised_since_can_be_asked_for(store: Store) {
        let served = Served::new(store).await;
        let mut leader = served.tasks(Caller::LEADER);
        let (_, contact) = told(&served).await;
        served.app.wait(TimeDelta::minutes(5));
        let new = leader.create_task(by_hand(1, pb::Priority::P3)).await.unwrap().into_inner().task.unwrap();
        let attempt = pb::RecordAttemptRequest {
            request_id: "tried".into(),
            task_id: contact.id.clone(),
            version: contact.version,
            outcome: "no-answer".into(),
            ..Default::default()
        };
        let tried = leader.record_attempt(attempt).await.unwrap().into_inner().task.unwrap();
        let again = tried.next_attempt_at.unwrap();
        let found = async |asked: pb::ListTasksRequest| -> Vec<String> {
            let listed = served.tasks(Caller::LEADER).list_tasks(asked).await.unwrap().into_inner();
            listed.tasks.into_iter().map(|task| task.id).collect()
        };
        let before = |at| pb::ListTasksRequest { try_before: Some(at), ..Default::default() };
        assert!(found(before(again)).await.is_empty());
        let later = prost_types::Timestamp { seconds: again.seconds + 1, ..again };
        assert_eq!(found(before(later)).await, [contact.id]);
        let since = pb::ListTasksRequest { raised_after: contact.raised_at, ..Default::default() };
        assert_eq!(found(since).await, [new.id]);
    }
}

/// A desk task that somebody makes by hand.
fn by_hand(n: u8, priority: pb::Priority) -> pb::CreateTaskRequest {
    pb::CreateTaskRequest {
        request_id: format!("made-{n}"),
        kind: "safety-check".into(),
        priority: priority.into(),
        words: "do this".into(),
        assignee_id: officer(1).to_string(),
        ..Default::default()
    }
}

on_both_databases! {
    async fn what_a_cancelled_task_gathered_is_owed_in_a_fresh_one(store: Store) {
        let served = Served::new(store).await;
        let (case, task) = told(&served).await;
        let cancel = pb::CancelTaskRequest {
            request_id: "r1".into(),
            task_id: task.id.clone(),
            version: task.version,
            words: "opened by mistake".into(),
        };
        let mut leader = served.tasks(Caller::LEADER);
        let gone = leader.cancel_task(cancel).await.unwrap().into_inner().task.unwrap();
        assert_eq!(gone.state, pb::TaskState::Cancelled as i32);
        let owed = pb::ListDutiesRequest { case_id: case.to_string(), ..Default::default() };
        let duties = leader.list_duties(owed).await.unwrap().into_inner().duties;
        assert!(!duties.is_empty() && duties.iter().all(|duty| duty.task_id != task.id && !duty.task_id.is_empty()));
        let get = pb::GetTaskRequest { task_id: duties[0].task_id.clone() };
        let fresh = leader.get_task(get).await.unwrap().into_inner().task.unwrap();
        assert_eq!((fresh.due_at, fresh.assignee_id.clone()), (task.due_at, task.assignee_id));
        assert_eq!(fresh.state, pb::TaskState::Open as i32);
    }
}

on_both_databases! {
    async fn what_cannot_have_happened_to_a_task_is_refused(store: Store) {
        let served = Served::new(store).await;
        let (_, task) = told(&served).await;
        let word = outcome(&served, &task).await;
        let mut tasks = served.tasks(Caller::OFFICER);
        let early = pb::CompleteTaskRequest { at: Some(wire("2020-01-01T09:00")), ..complete("r1", &task, &word) };
        assert_eq!(fields(&refused(tasks.complete_task(early).await, Code::InvalidArgument, "FIELD_INVALID")), ["at"]);
        let smoke = pb::CompleteTaskRequest { channel: "smoke-signal".into(), ..complete("r2", &task, &word) };
        assert_eq!(fields(&refused(tasks.complete_task(smoke).await, Code::InvalidArgument, "WORD_UNKNOWN")), ["channel"]);
        let attempt = pb::RecordAttemptRequest {
            request_id: "r3".into(),
            task_id: task.id.clone(),
            version: task.version,
            outcome: "no-answer".into(),
            at: Some(wire("2026-11-20T08:00")),
            ..Default::default()
        };
        assert_eq!(fields(&refused(tasks.record_attempt(attempt).await, Code::InvalidArgument, "FIELD_INVALID")), ["at"]);
        let other = pb::DutyIds { ids: vec!["00000000-0000-0000-0000-00000000abcd".into()] };
        let wrong = pb::CompleteTaskRequest { met: Some(other), ..complete("r4", &task, &word) };
        assert_eq!(fields(&refused(tasks.complete_task(wrong).await, Code::InvalidArgument, "FIELD_INVALID")), ["met.ids"]);
    }
}
