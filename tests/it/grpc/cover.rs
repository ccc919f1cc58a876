//! Who covers when somebody is away, and what comes back: a team leader's morning over the API.

use super::{Caller, Served, refused, wire};
use crate::app::{case, enhanced, officer, person, share, staff, trial};
use crate::database::on_both_databases;
use chrono::TimeDelta;
use std::collections::BTreeMap;
use tonic::Code;
use usher::domain::case::{Phase, Risk};
use usher::domain::event::{NewCase, Payload, Subject};
use usher::domain::person::Role;
use usher::domain::staff::StaffRole;
use usher::grpc::pb;
use usher::store::Store;

/// Five cases of care officer 1, in each a victim with Enhanced Rights who is owed the charge by Monday night.
pub async fn with_work(store: Store) -> Served {
    let served = Served::new(store).await;
    for n in 1..=5 {
        served.app.open(case(n, vec![enhanced(person(n, 1, Role::Victim))])).await;
    }
    served
}

fn away(request_id: &str, n: u128, ends: Option<&str>) -> pb::RecordAbsenceRequest {
    let absence = pb::Absence {
        staff_id: officer(n).to_string(),
        kind: pb::AbsenceKind::Sickness as i32,
        starts_at: Some(wire("2026-11-20T07:40")),
        ends_at: ends.map(wire),
        ..Default::default()
    };
    pb::RecordAbsenceRequest { request_id: request_id.into(), absence: Some(absence) }
}

async fn absence(served: &Served, n: u128, ends: Option<&str>) -> String {
    let mut leader = served.teams(Caller::LEADER);
    let recorded = leader.record_absence(away(&format!("away-{n}"), n, ends)).await.unwrap().into_inner();
    recorded.absence.unwrap().id
}

pub async fn plan(served: &Served, absence: &str) -> pb::PlanCoverResponse {
    let ask = pb::PlanCoverRequest { absence_id: absence.into() };
    served.teams(Caller::LEADER).plan_cover(ask).await.unwrap().into_inner()
}

pub fn apply(request_id: &str, absence: &str, lines: Vec<pb::PlanLine>) -> pb::ApplyCoverRequest {
    pb::ApplyCoverRequest { request_id: request_id.into(), absence_id: absence.into(), lines }
}

/// Every open task by its id.
async fn open(served: &Served) -> BTreeMap<String, pb::Task> {
    let ask = pb::ListTasksRequest { page_size: 500, ..Default::default() };
    let list = served.tasks(Caller::LEADER).list_tasks(ask).await.unwrap().into_inner();
    list.tasks.into_iter().map(|task| (task.id.clone(), task)).collect()
}

async fn with(served: &Served, n: u128) -> Vec<String> {
    let owner = officer(n).to_string();
    open(served).await.into_values().filter(|task| task.assignee_id == owner).map(|task| task.id).collect()
}

fn mails_to(served: &Served, n: u128) -> Vec<(String, String)> {
    let to = format!("staff{n}@unit.test");
    let mails = served.app.mail.arrived().into_iter().filter(|mail| mail.to.as_str() == to);
    mails.map(|mail| (mail.subject, mail.text)).collect()
}

on_both_databases! {
    async fn a_morning_with_somebody_ill_ends_with_their_work_covered_and_comes_back(store: Store) {
        let served = with_work(store).await;
        let before = open(&served).await;
        assert_eq!(with(&served, 1).await.len(), 5);
        let absence = absence(&served, 1, None).await;

        let plan = plan(&served, &absence).await;
        assert_eq!((plan.lines.len(), plan.unplaced.len(), plan.stays), (5, 0, 0));
        let colleague = officer(2).to_string();
        assert!(plan.lines.iter().all(|line| line.to_staff_id == colleague && !line.over));
        assert_eq!(open(&served).await, before, "a plan changes nothing");

        let mut leader = served.teams(Caller::LEADER);
        let done = leader.apply_cover(apply("c1", &absence, plan.lines.clone())).await.unwrap().into_inner();
        assert_eq!(done.tasks, 5);
        assert_eq!(with(&served, 2).await.len(), 5);
        for (id, task) in open(&served).await {
            assert_eq!((task.target_at, task.due_at), (before[&id].target_at, before[&id].due_at));
        }
        let again = leader.apply_cover(apply("c1", &absence, plan.lines)).await.unwrap().into_inner();
        assert_eq!(again.receipt.unwrap().outcome, pb::Outcome::Duplicate as i32);
        served.app.tick().await;
        let mails = mails_to(&served, 2);
        assert_eq!(mails.len(), 1, "one list, whatever number of cases");
        assert_eq!(mails[0].0, "You cover for a colleague: 5 tasks");
        assert!(mails[0].1.contains("You cover for Staff 1") && mails[0].1.contains("52AB0000326"));

        // What arises meanwhile goes to cover without another plan.
        served.app.open(case(6, vec![enhanced(person(6, 1, Role::Victim))])).await;
        assert_eq!(with(&served, 2).await.len(), 6);

        // One is begun; on return it stays, and the others come back.
        let begun = with(&served, 2).await.remove(0);
        let version = open(&served).await[&begun].version;
        let start =
            pb::StartTaskRequest { request_id: "s1".into(), task_id: begun.clone(), version };
        served.tasks(Caller::COLLEAGUE).start_task(start).await.unwrap();
        served.app.wait(TimeDelta::hours(3));
        let end = pb::EndAbsenceRequest {
            request_id: "e1".into(),
            absence_id: absence.clone(),
            ..Default::default()
        };
        let ended = leader.end_absence(end.clone()).await.unwrap().into_inner();
        let (back, stays): (Vec<_>, Vec<_>) = ended.handed_back.iter().partition(|line| line.returned);
        assert_eq!((back.len(), stays.len()), (5, 1));
        assert_eq!(stays[0].task.as_ref().unwrap().id, begun);
        assert_eq!((with(&served, 1).await.len(), with(&served, 2).await), (5, vec![begun]));
        let again = leader.end_absence(end).await.unwrap().into_inner();
        assert_eq!(again.handed_back, ended.handed_back, "a repeat answers the same");
        served.app.tick().await;
        let mails = mails_to(&served, 1);
        let list = mails.iter().find(|(subject, _)| subject.starts_with("Work that was covered")).unwrap();
        assert_eq!(list.0, "Work that was covered for you: 6 tasks");
        assert_eq!((list.1.matches("yours again").count(), list.1.matches("stays with Staff 2, who has begun it").count()), (5, 1));
    }
}

on_both_databases! {
    async fn a_plan_is_good_for_a_server_that_was_started_after_it_was_made(store: Store) {
        let served = with_work(store).await;
        let absence = absence(&served, 1, None).await;
        let plan = plan(&served, &absence).await;
        let served = served.restarted().await;
        let mut leader = served.teams(Caller::LEADER);
        let done = leader.apply_cover(apply("c1", &absence, plan.lines)).await.unwrap().into_inner();
        assert_eq!((done.tasks, with(&served, 2).await.len()), (5, 5));
    }
}

on_both_databases! {
    async fn a_covered_case_and_its_diary_say_who_covers_while_the_absence_lasts(store: Store) {
        let served = with_work(store).await;
        served.app.share(share(1, vec![trial("2026-11-24T10:00")])).await;
        served.app.share(share(2, vec![trial("2026-12-08T10:00")])).await;
        let absence = absence(&served, 1, Some("2026-11-27T16:00")).await;
        let plan = plan(&served, &absence).await;
        served.teams(Caller::LEADER).apply_cover(apply("c1", &absence, plan.lines)).await.unwrap();
        let shown = async |n: u128| {
            let name = pb::get_case_request::Name::CaseId(case(n, vec![]).id.to_string());
            let get = pb::GetCaseRequest { name: Some(name) };
            let answer = served.cases(Caller::LEADER).get_case(get).await.unwrap().into_inner();
            let diary: Vec<String> = answer.diary.into_iter().map(|entry| entry.cover_id).collect();
            (answer.case.unwrap().cover_id, diary.into_iter().filter(|cover| !cover.is_empty()).count())
        };
        let colleague = officer(2).to_string();
        assert_eq!(shown(1).await, (colleague.clone(), 1));
        assert_eq!(shown(2).await, (colleague, 0), "that trial is after the absence");
        served.app.clock.set(crate::app::at("2026-11-30T09:00"));
        assert_eq!(shown(1).await.0, "");
    }
}

on_both_databases! {
    async fn undoing_cover_restores_everything_that_nobody_touched(store: Store) {
        let served = with_work(store).await;
        let before = open(&served).await;
        let absence = absence(&served, 1, Some("2026-11-27T16:00")).await;
        let plan = plan(&served, &absence).await;
        let mut leader = served.teams(Caller::LEADER);
        leader.apply_cover(apply("c1", &absence, plan.lines)).await.unwrap();
        let undo = pb::UndoCoverRequest { request_id: "u1".into(), absence_id: absence };
        let undone = leader.undo_cover(undo.clone()).await.unwrap().into_inner();
        assert!(undone.handed_back.iter().all(|line| line.returned));
        assert_eq!(undone.handed_back.len(), 5);
        let plain = |tasks: BTreeMap<String, pb::Task>| -> Vec<pb::Task> {
            tasks.into_values().map(|task| pb::Task { version: 0, ..task }).collect()
        };
        assert_eq!(plain(open(&served).await), plain(before));
        let again = leader.undo_cover(undo).await.unwrap().into_inner();
        assert_eq!(again.handed_back, undone.handed_back);
    }
}

on_both_databases! {
    async fn a_plan_is_refused_as_a_whole_when_the_world_moved(store: Store) {
        let served = with_work(store).await;
        let absence = absence(&served, 1, None).await;
        let plan = plan(&served, &absence).await;
        // Of the case that the handover comes to last: the others have taken their lines in by then.
        let last = plan.lines.iter().filter_map(|line| line.task.clone());
        let task = last.max_by_key(|task| task.urn.clone()).unwrap();
        let acknowledge =
            pb::AcknowledgeTaskRequest { request_id: "a1".into(), task_id: task.id, version: task.version };
        served.tasks(Caller::OFFICER).acknowledge_task(acknowledge).await.unwrap();
        let mut leader = served.teams(Caller::LEADER);
        let asked = apply("c1", &absence, plan.lines.clone());
        refused(leader.apply_cover(asked).await, Code::Aborted, "VERSION_STALE");
        assert_eq!(with(&served, 2).await.len(), 0, "all of it or nothing");
        let plan = self::plan(&served, &absence).await;
        let asked = apply("c2", &absence, plan.lines);
        assert_eq!(leader.apply_cover(asked).await.unwrap().into_inner().tasks, 5);
    }
}

on_both_databases! {
    async fn of_two_team_leaders_who_apply_a_plan_at_once_one_is_told(store: Store) {
        let served = with_work(store).await;
        let absence = absence(&served, 1, None).await;
        let plan = plan(&served, &absence).await;
        let (mut leader, mut manager) = (served.teams(Caller::LEADER), served.teams(Caller::MANAGER));
        let (one, other) = tokio::join!(
            leader.apply_cover(apply("c1", &absence, plan.lines.clone())),
            manager.apply_cover(apply("c1", &absence, plan.lines.clone())),
        );
        let failed: Vec<_> = [one.err(), other.err()].into_iter().flatten().collect();
        assert_eq!(failed.len(), 1);
        assert!(matches!(failed[0].code(), Code::Aborted | Code::FailedPrecondition), "{:?}", failed[0]);
        assert_eq!(with(&served, 2).await.len(), 5);
    }
}

on_both_databases! {
    async fn nobody_who_fell_ill_since_the_plan_is_given_anything(store: Store) {
        let served = with_work(store).await;
        let first = absence(&served, 1, None).await;
        let planned = plan(&served, &first).await;
        absence(&served, 2, None).await;
        let asked = apply("c1", &first, planned.lines);
        let mut leader = served.teams(Caller::LEADER);
        refused(leader.apply_cover(asked).await, Code::FailedPrecondition, "ASSIGNEE_UNSUITABLE");
        let again = plan(&served, &first).await;
        assert_eq!((again.lines.len(), again.unplaced.len()), (0, 5));
        assert_eq!(again.unplaced[0].because, "nobody who may and can: 1 not at work before it is due");
    }
}

on_both_databases! {
    async fn who_covers_for_a_coverer_gives_it_back_to_whose_it_was(store: Store) {
        let served = with_work(store).await;
        let third = Payload::StaffPut { staff: Box::new(staff(4, StaffRole::CareOfficer)) };
        let first = absence(&served, 1, None).await;
        let plan_1 = plan(&served, &first).await;
        let mut leader = served.teams(Caller::LEADER);
        leader.apply_cover(apply("c1", &first, plan_1.lines)).await.unwrap();
        served.app.record(Subject::Desk, third).await.unwrap();
        let second = absence(&served, 2, None).await;
        let plan_2 = plan(&served, &second).await;
        assert_eq!(plan_2.lines.len(), 5);
        leader.apply_cover(apply("c2", &second, plan_2.lines)).await.unwrap();
        assert_eq!(with(&served, 4).await.len(), 5);
        served.app.wait(TimeDelta::hours(1));
        let end = |request_id: &str, absence: &str| pb::EndAbsenceRequest {
            request_id: request_id.into(),
            absence_id: absence.into(),
            ..Default::default()
        };
        leader.end_absence(end("e1", &first)).await.unwrap();
        assert_eq!(with(&served, 1).await.len(), 5, "whose it was is back, whoever covered last");
        let ended = leader.end_absence(end("e2", &second)).await.unwrap().into_inner();
        assert!(ended.handed_back.is_empty());
        assert_eq!(with(&served, 1).await.len(), 5);
    }
}

on_both_databases! {
    async fn whoever_is_back_this_afternoon_does_not_get_what_is_due_this_morning(store: Store) {
        let served = Served::new(store).await;
        served.app.open(case(1, vec![])).await;
        for (n, due) in [(1, "2026-11-20T11:30"), (2, "2026-11-20T15:30")] {
            by_hand(&served, n, due).await;
        }
        let absence = absence(&served, 1, None).await;
        let plan = plan(&served, &absence).await;
        let mut leader = served.teams(Caller::LEADER);
        leader.apply_cover(apply("c1", &absence, plan.lines)).await.unwrap();
        let end = pb::EndAbsenceRequest {
            request_id: "e1".into(),
            absence_id: absence,
            ends_at: Some(wire("2026-11-20T13:00")),
        };
        let ended = leader.end_absence(end).await.unwrap().into_inner();
        let back = |due: &str| {
            let due = Some(wire(due));
            ended.handed_back.iter().find(|line| line.task.as_ref().unwrap().due_at == due).unwrap().returned
        };
        assert_eq!((back("2026-11-20T11:30"), back("2026-11-20T15:30")), (false, true));
        served.app.tick().await;
        assert!(mails_to(&served, 1).iter().all(|(subject, _)| !subject.starts_with("Work that")), "not at work yet");
        served.app.clock.set(crate::app::at("2026-11-20T13:00"));
        served.app.tick().await;
        let mails = mails_to(&served, 1);
        let list = mails.iter().find(|(subject, _)| subject.starts_with("Work that was covered")).unwrap();
        assert!(list.1.contains("stays with Staff 2, as it is due before you are back at work"), "{}", list.1);
        let taken = mails_to(&served, 2);
        assert!(taken.iter().any(|(subject, _)| subject == "No longer on your list: 1 task"));
    }
}

on_both_databases! {
    async fn work_of_somebody_away_for_two_reasons_comes_back_when_both_are_over(store: Store) {
        let served = with_work(store).await;
        let first = absence(&served, 1, None).await;
        let mut longer = away("longer", 1, Some("2026-12-04T16:00"));
        longer.absence.as_mut().unwrap().kind = pb::AbsenceKind::Leave as i32;
        let mut leader = served.teams(Caller::LEADER);
        let second = leader.record_absence(longer).await.unwrap().into_inner().absence.unwrap().id;
        let plan = plan(&served, &first).await;
        leader.apply_cover(apply("c1", &first, plan.lines)).await.unwrap();
        let end = |request_id: &str, absence: &str| pb::EndAbsenceRequest {
            request_id: request_id.into(),
            absence_id: absence.into(),
            ..Default::default()
        };
        let ended = leader.end_absence(end("e1", &first)).await.unwrap().into_inner();
        assert!(ended.handed_back.iter().all(|line| !line.returned));
        assert_eq!(with(&served, 2).await.len(), 5, "on leave still");
        served.app.wait(TimeDelta::hours(1));
        let ended = leader.end_absence(end("e2", &second)).await.unwrap().into_inner();
        assert_eq!(ended.handed_back.iter().filter(|line| line.returned).count(), 5);
        assert_eq!(with(&served, 1).await.len(), 5);
    }
}

on_both_databases! {
    async fn leave_that_has_not_begun_can_be_called_off(store: Store) {
        let served = Served::new(store).await;
        let mut leave = away("leave", 1, Some("2026-12-04T16:00"));
        leave.absence.as_mut().unwrap().starts_at = Some(wire("2026-12-01T08:00"));
        let mut leader = served.teams(Caller::LEADER);
        let id = leader.record_absence(leave).await.unwrap().into_inner().absence.unwrap().id;
        let end =
            pb::EndAbsenceRequest { request_id: "e1".into(), absence_id: id, ..Default::default() };
        let ended = leader.end_absence(end).await.unwrap().into_inner().absence.unwrap();
        assert_eq!(ended.ends_at, ended.starts_at);
        let ask = pb::GetWorkloadRequest { days: Some(14), ..Default::default() };
        let loads = leader.get_workload(ask).await.unwrap().into_inner().workloads;
        let mine = loads.into_iter().find(|load| load.staff_id == officer(1).to_string()).unwrap();
        assert!(mine.absences.is_empty() && mine.days.last().unwrap().minutes_present > 8 * 480);
    }
}

on_both_databases! {
    async fn nobody_is_written_to_who_has_no_address_and_nobody_has_to_look_into_that(store: Store) {
        let served = with_work(store).await;
        let silent = usher::domain::staff::Staff { email: None, version: 1, ..staff(2, StaffRole::CareOfficer) };
        served.app.record(Subject::Desk, Payload::StaffPut { staff: Box::new(silent) }).await.unwrap();
        let absence = absence(&served, 1, None).await;
        let plan = plan(&served, &absence).await;
        served.teams(Caller::LEADER).apply_cover(apply("c1", &absence, plan.lines)).await.unwrap();
        served.app.tick().await;
        assert!(mails_to(&served, 2).is_empty());
        assert!(open(&served).await.values().all(|task| task.kind != "message-not-delivered"));
    }
}

on_both_databases! {
    async fn what_somebody_must_not_have_is_refused_in_the_preview_and_moves_nothing(store: Store) {
        let served = with_work(store).await;
        let torn = usher::domain::staff::Staff {
            case_conflicts: vec![case(5, vec![]).id],
            version: 1,
            ..staff(2, StaffRole::CareOfficer)
        };
        served.app.record(Subject::Desk, Payload::StaffPut { staff: Box::new(torn) }).await.unwrap();
        let to = officer(2).to_string();
        let mut leader = served.tasks(Caller::LEADER);
        for look in [true, false] {
            let asked = pb::ReassignTasksRequest { validate_only: look, ..reassign("r1", &to) };
            let answer = leader.reassign_tasks(asked).await;
            refused(answer, Code::FailedPrecondition, "ASSIGNEE_UNSUITABLE");
        }
        let transfer = |validate_only| pb::TransferCasesRequest {
            request_id: "t1".into(),
            from_staff_id: officer(1).to_string(),
            to_staff_id: to.clone(),
            words: "leaves".into(),
            validate_only,
            ..Default::default()
        };
        for look in [true, false] {
            let answer = served.cases(Caller::LEADER).transfer_cases(transfer(look)).await;
            refused(answer, Code::FailedPrecondition, "ASSIGNEE_UNSUITABLE");
        }
        assert_eq!((with(&served, 1).await.len(), with(&served, 2).await.len()), (5, 0));
        let all = pb::ReassignTasksRequest { expected_count: -1, ..reassign("r2", "") };
        refused(leader.reassign_tasks(all).await, Code::InvalidArgument, "FIELD_INVALID");
        let none = pb::ReassignTasksRequest {
            assignee_id: officer(2).to_string(),
            expected_count: 5,
            ..reassign("r3", "")
        };
        refused(leader.reassign_tasks(none).await, Code::InvalidArgument, "FIELD_INVALID");
    }
}

/// Makes a task of care officer 1 in case 1 by hand.
async fn by_hand(served: &Served, n: u128, due: &str) {
    let payload = Payload::TaskCreated {
        id: usher::domain::ids::TaskId(uuid::Uuid::from_u128(0x7a5c + n)),
        task: "agree-the-wording".into(),
        about: None,
        priority: usher::domain::task::Priority::P3,
        due_at: Some(crate::app::at(due)),
        assignee: Some(officer(1)),
        words: "Agree it".into(),
    };
    served.app.record(Subject::Case(case(1, vec![]).id), payload).await.unwrap();
}

fn reassign(request_id: &str, to: &str) -> pb::ReassignTasksRequest {
    pb::ReassignTasksRequest {
        request_id: request_id.into(),
        assignee_id: officer(1).to_string(),
        to_staff_id: to.into(),
        words: "a project week".into(),
        ..Default::default()
    }
}

on_both_databases! {
    async fn tasks_are_reassigned_by_a_filter_with_a_preview_and_audited_one_by_one(store: Store) {
        let served = with_work(store).await;
        let mut leader = served.tasks(Caller::LEADER);
        let to = officer(2).to_string();
        let look = pb::ReassignTasksRequest { validate_only: true, ..reassign("", &to) };
        let preview = leader.reassign_tasks(look).await.unwrap().into_inner();
        assert_eq!((preview.count, preview.receipt), (5, None));
        assert_eq!(with(&served, 1).await.len(), 5, "looking changes nothing");
        let other = pb::ReassignTasksRequest { expected_count: 4, ..reassign("r0", &to) };
        refused(leader.reassign_tasks(other).await, Code::InvalidArgument, "FIELD_INVALID");
        let asked = pb::ReassignTasksRequest { expected_count: 5, ..reassign("r1", &to) };
        let done = leader.reassign_tasks(asked.clone()).await.unwrap().into_inner();
        assert_eq!(done.count, 5);
        assert_eq!(with(&served, 2).await.len(), 5);
        let again = leader.reassign_tasks(asked).await.unwrap().into_inner();
        assert_eq!(again.receipt.unwrap().outcome, pb::Outcome::Duplicate as i32);
        let narrower = pb::ReassignTasksRequest { kinds: vec!["contact".into()], ..reassign("r1", &to) };
        refused(leader.reassign_tasks(narrower).await, Code::AlreadyExists, "REQUEST_ID_REUSED");
        let ask = pb::ListAuditRequest { page_size: 500, ..Default::default() };
        let audit = served.operations(Caller::MANAGER).list_audit(ask).await.unwrap().into_inner().entries;
        let of = |kind: &str| {
            let own = |entry: &&pb::AuditEntry| {
                entry.subject_kind == kind && entry.actor == "team-leader:leader" && entry.verb == 2
            };
            audit.iter().filter(own).map(|entry| entry.count).collect::<Vec<_>>()
        };
        assert_eq!((of("handover"), of("task")), (vec![5], vec![1; 5]));
    }
}

on_both_databases! {
    async fn whoever_gives_tasks_to_somebody_who_is_away_is_warned_before_they_do(store: Store) {
        let served = with_work(store).await;
        let look = pb::ReassignTasksRequest { validate_only: true, ..reassign("", &officer(2).to_string()) };
        let preview = served.tasks(Caller::LEADER).reassign_tasks(look.clone()).await.unwrap().into_inner();
        assert!(preview.warnings.is_empty());
        absence(&served, 2, None).await;
        let preview = served.tasks(Caller::LEADER).reassign_tasks(look).await.unwrap().into_inner();
        let late = "they are not at work before 5 of the tasks are due";
        assert_eq!(preview.warnings, ["they are away, and nobody knows until when", late]);
    }
}

on_both_databases! {
    async fn the_cases_of_a_leaver_go_to_others_with_their_work(store: Store) {
        let served = with_work(store).await;
        let ask = pb::TransferCasesRequest {
            request_id: "t1".into(),
            from_staff_id: officer(1).to_string(),
            words: "leaves on Friday".into(),
            ..Default::default()
        };
        let mut leader = served.cases(Caller::LEADER);
        let look = pb::TransferCasesRequest { validate_only: true, ..ask.clone() };
        let preview = leader.transfer_cases(look).await.unwrap().into_inner();
        assert_eq!((preview.cases.len(), preview.left_case_ids.len()), (5, 0));
        assert!(preview.cases.iter().all(|case| case.tasks == 1));
        leader.transfer_cases(ask.clone()).await.unwrap();
        assert_eq!(with(&served, 2).await.len(), 5);
        let name = pb::get_case_request::Name::CaseId(preview.cases[0].case_id.clone());
        let get = pb::GetCaseRequest { name: Some(name) };
        let case = leader.get_case(get).await.unwrap().into_inner().case.unwrap();
        assert_eq!(case.owner_id, officer(2).to_string());
        let again = leader.transfer_cases(ask).await.unwrap().into_inner();
        assert_eq!(again.receipt.unwrap().outcome, pb::Outcome::Duplicate as i32);
    }
}

on_both_databases! {
    async fn the_workload_counts_tasks_and_minutes_against_the_time_there_is(store: Store) {
        let served = with_work(store).await;
        let ask = pb::GetWorkloadRequest { days: Some(4), ..Default::default() };
        let answer = served.teams(Caller::LEADER).get_workload(ask.clone()).await.unwrap().into_inner();
        let of = |n: u128| {
            let id = officer(n).to_string();
            answer.workloads.iter().find(|load| load.staff_id == id).unwrap().clone()
        };
        let (mine, colleague) = (of(1), of(2));
        assert_eq!((mine.open, mine.open_p2, mine.overdue, colleague.open), (5, 5, 0, 0));
        // Friday 09:00: seven hours are left of today, none at the weekend, eight on Monday.
        let present: Vec<i32> = mine.days.iter().map(|day| day.minutes_present).collect();
        assert_eq!(present, [420, 420, 420, 900]);
        let work: Vec<i32> = mine.days.iter().map(|day| day.minutes_of_work).collect();
        assert_eq!(work[3], mine.minutes);
        assert!(mine.is_present && mine.minutes > 0 && mine.absences.is_empty());
        assert!(answer.workloads.iter().any(|load| load.staff_id.is_empty()), "the queue is there too");
        // Counted for a team or for one person alone, the numbers are the same.
        for (team_id, staff_id) in [(mine.team_id.clone(), String::new()), (String::new(), mine.staff_id.clone())] {
            let narrow = pb::GetWorkloadRequest { team_id: team_id.clone(), staff_id: staff_id.clone(), ..ask.clone() };
            let narrow = served.teams(Caller::LEADER).get_workload(narrow).await.unwrap().into_inner();
            let same = |load: &&pb::Workload| {
                load.team_id == mine.team_id && (staff_id.is_empty() || load.staff_id == staff_id)
            };
            assert_eq!(narrow.workloads, answer.workloads.iter().filter(same).cloned().collect::<Vec<_>>());
        }
        absence(&served, 1, None).await;
        let answer = served.teams(Caller::LEADER).get_workload(ask).await.unwrap().into_inner();
        let mine = answer.workloads.iter().find(|load| load.staff_id == officer(1).to_string()).unwrap();
        assert!(!mine.is_present && mine.days.iter().all(|day| day.minutes_present == 0));
        assert_eq!(mine.absences.len(), 1);
    }
}

on_both_databases! {
    async fn cases_before_charge_are_shared_out_four_a_person_with_the_most_pressing_left_named(store: Store) {
        let served = Served::new(store).await;
        for n in 1..=10 {
            let risk = if n <= 2 { Risk::High } else { Risk::Medium };
            let new = case(n, vec![person(n, 1, Role::Victim)]);
            served.app.open(NewCase { phase: Phase::PreCharge, owner: None, risk, ..new }).await;
        }
        let mut leader = served.teams(Caller::LEADER);
        let look = pb::AllocatePreChargeRequest { validate_only: true, ..Default::default() };
        let preview = leader.allocate_pre_charge(look).await.unwrap().into_inner();
        assert_eq!((preview.given.len(), preview.left.len(), preview.receipt), (8, 2, None));
        let ask = pb::AllocatePreChargeRequest { request_id: "p1".into(), ..Default::default() };
        let done = leader.allocate_pre_charge(ask.clone()).await.unwrap().into_inner();
        assert_eq!((done.given.clone(), done.left.len()), (preview.given, 2));
        let of = |n: u128, risk: pb::Risk| {
            let theirs = |case: &&pb::PreChargeCase| case.to_staff_id == officer(n).to_string();
            done.given.iter().filter(theirs).filter(|case| case.risk() == risk).count()
        };
        assert_eq!([of(1, pb::Risk::High), of(2, pb::Risk::High)], [1, 1]);
        assert_eq!([of(1, pb::Risk::Medium), of(2, pb::Risk::Medium)], [3, 3]);
        assert_eq!(with(&served, 1).await.len(), 4, "what is to be done first is on their list");
        let again = leader.allocate_pre_charge(ask).await.unwrap().into_inner();
        assert_eq!(again.receipt.unwrap().outcome, pb::Outcome::Duplicate as i32);
        // Today's share is taken; a team leader may give somebody more.
        let more = pb::AllocatePreChargeRequest { request_id: "p2".into(), ..Default::default() };
        assert!(leader.allocate_pre_charge(more).await.unwrap().into_inner().given.is_empty());
        let wish = pb::PreChargeCase {
            case_id: done.left[0].case_id.clone(),
            to_staff_id: officer(1).to_string(),
            ..Default::default()
        };
        let by_hand = pb::AllocatePreChargeRequest {
            request_id: "p3".into(),
            lines: vec![wish],
            ..Default::default()
        };
        leader.allocate_pre_charge(by_hand).await.unwrap();
        assert_eq!(with(&served, 1).await.len(), 5);
        served.app.tick().await;
        assert!(mails_to(&served, 2).iter().any(|(subject, _)| subject == "Cases for today: 4"));
    }
}

on_both_databases! {
    async fn the_morning_run_shares_out_what_waits_and_tells_the_team_leader_of_the_rest(store: Store) {
        let served = Served::new(store).await;
        for n in 1..=9 {
            let new = case(n, vec![person(n, 1, Role::Victim)]);
            served.app.open(NewCase { phase: Phase::PreCharge, owner: None, risk: Risk::High, ..new }).await;
        }
        served.app.tick().await;
        // Friday 09:00 is behind the line's time; Monday 08:15 is the next run.
        served.app.wait(TimeDelta::days(2) + TimeDelta::hours(23) + TimeDelta::minutes(20));
        served.app.tick().await;
        assert_eq!((with(&served, 1).await.len(), with(&served, 2).await.len()), (4, 4));
        let open = open(&served).await;
        let waits: Vec<_> = open.values().filter(|task| task.kind == "find-room-before-charge").collect();
        assert_eq!(waits.len(), 1, "the most pressing case is named, and no other");
        assert_eq!(waits[0].assignee_id, officer(3).to_string());
    }
}
