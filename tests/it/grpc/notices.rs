//! Notices over the API: who sees one, who has read it, when it ends.

use super::{Caller, Served, fields, refused, wire};
use crate::app::{officer, team};
use crate::database::on_both_databases;
use chrono::TimeDelta;
use tonic::Code;
use usher::grpc::pb;
use usher::store::Store;

fn post(request_id: &str, words: &str) -> pb::PostNoticeRequest {
    let notice = pb::Notice { words: words.into(), ..Default::default() };
    pb::PostNoticeRequest { request_id: request_id.into(), notice: Some(notice) }
}

async fn posted(served: &Served, asked: pb::PostNoticeRequest) -> pb::Notice {
    served.teams(Caller::LEADER).post_notice(asked).await.unwrap().into_inner().notice.unwrap()
}

async fn seen(served: &Served, caller: Caller, unread_only: bool) -> Vec<pb::Notice> {
    let ask = pb::ListNoticesRequest { unread_only, ..Default::default() };
    served.teams(caller).list_notices(ask).await.unwrap().into_inner().notices
}

fn read(request_id: &str, notice: &pb::Notice) -> pb::ReadNoticeRequest {
    pb::ReadNoticeRequest { request_id: request_id.into(), notice_id: notice.id.clone() }
}

on_both_databases! {
    async fn a_notice_is_seen_by_whom_it_is_for_and_its_reading_by_team_leaders(store: Store) {
        let served = Served::new(store).await;
        let notice = posted(&served, post("n1", "Team meeting at noon")).await;
        assert_eq!(notice.from_staff_id, officer(3).to_string());
        assert_eq!(notice.unread_staff_ids, [officer(1).to_string(), officer(2).to_string()]);
        let mine = seen(&served, Caller::OFFICER, true).await;
        assert_eq!((mine.len(), mine[0].words.as_str(), mine[0].readers.len()), (1, "Team meeting at noon", 0));
        assert!(mine[0].unread_staff_ids.is_empty(), "care officers do not see who has read it");

        let mut own = served.teams(Caller::OFFICER);
        let done = own.read_notice(read("r1", &notice)).await.unwrap().into_inner();
        assert!(done.notice.unwrap().read_at.is_some());
        let again = own.read_notice(read("r1", &notice)).await.unwrap().into_inner();
        assert_eq!(again.receipt.unwrap().outcome, pb::Outcome::Duplicate as i32);
        own.read_notice(read("r2", &notice)).await.unwrap();
        assert!(seen(&served, Caller::OFFICER, true).await.is_empty());
        assert_eq!(seen(&served, Caller::OFFICER, false).await.len(), 1);
        let all = seen(&served, Caller::LEADER, false).await;
        assert_eq!(all[0].readers.len(), 1);
        assert_eq!(all[0].unread_staff_ids, [officer(2).to_string()]);
    }
}

on_both_databases! {
    async fn a_notice_for_one_person_is_nobody_elses(store: Store) {
        let served = Served::new(store).await;
        let mut asked = post("n1", "Please ring me");
        asked.notice.as_mut().unwrap().staff_ids = vec![officer(1).to_string()];
        let notice = posted(&served, asked).await;
        assert_eq!(seen(&served, Caller::OFFICER, false).await.len(), 1);
        assert!(seen(&served, Caller::COLLEAGUE, false).await.is_empty());
        let mut colleague = served.teams(Caller::COLLEAGUE);
        refused(colleague.read_notice(read("r1", &notice)).await, Code::NotFound, "NOT_HELD");
    }
}

on_both_databases! {
    async fn a_notice_is_gone_when_it_ends_or_is_withdrawn_and_can_still_be_looked_up(store: Store) {
        let served = Served::new(store).await;
        let mut short = post("n1", "Lifts are out today");
        short.notice.as_mut().unwrap().until = Some(wire("2026-11-20T17:00"));
        posted(&served, short).await;
        let other = posted(&served, post("n2", "Wrong team, sorry")).await;
        let withdraw = pb::WithdrawNoticeRequest { request_id: "w1".into(), notice_id: other.id };
        let mut leader = served.teams(Caller::LEADER);
        leader.withdraw_notice(withdraw.clone()).await.unwrap();
        let again = leader.withdraw_notice(withdraw).await.unwrap().into_inner();
        assert_eq!(again.receipt.unwrap().outcome, pb::Outcome::Duplicate as i32);
        assert_eq!(seen(&served, Caller::OFFICER, false).await.len(), 1);
        served.app.wait(TimeDelta::hours(8));
        assert!(seen(&served, Caller::OFFICER, false).await.is_empty());
        let ended = pb::ListNoticesRequest { include_ended: true, page_size: 1, ..Default::default() };
        let mut own = served.teams(Caller::OFFICER);
        let first = own.list_notices(ended.clone()).await.unwrap().into_inner();
        let next = pb::ListNoticesRequest { page_token: first.next_page_token, ..ended };
        let second = own.list_notices(next).await.unwrap().into_inner();
        let words = |page: &[pb::Notice]| page.iter().map(|notice| notice.words.clone()).collect::<Vec<_>>();
        assert_eq!(words(&first.notices), ["Wrong team, sorry"]);
        assert_eq!((words(&second.notices), second.next_page_token), (vec!["Lifts are out today".into()], "".into()));
    }
}

on_both_databases! {
    async fn a_notice_that_is_posted_twice_is_posted_once(store: Store) {
        let served = Served::new(store).await;
        let first = posted(&served, post("n1", "Team meeting at noon")).await;
        served.app.wait(TimeDelta::minutes(5));
        let mut leader = served.teams(Caller::LEADER);
        let again = leader.post_notice(post("n1", "Team meeting at noon")).await.unwrap().into_inner();
        assert_eq!(again.receipt.unwrap().outcome, pb::Outcome::Duplicate as i32);
        assert_eq!(again.notice.unwrap(), first);
        refused(leader.post_notice(post("n1", "At one")).await, Code::AlreadyExists, "REQUEST_ID_REUSED");
    }
}

on_both_databases! {
    async fn a_notice_that_reaches_nobody_or_has_no_sense_is_refused(store: Store) {
        let served = Served::new(store).await;
        let mut leader = served.teams(Caller::LEADER);
        let mut refuse = async |change: fn(&mut pb::Notice)| {
            let mut asked = post("n1", "Words");
            change(asked.notice.as_mut().unwrap());
            let status = leader.post_notice(asked).await.unwrap_err();
            (status.code(), fields(&status))
        };
        let invalid = |field: &str| (Code::InvalidArgument, vec![field.to_owned()]);
        assert_eq!(refuse(|notice| notice.words.clear()).await, invalid("notice.words"));
        let past = |notice: &mut pb::Notice| notice.until = Some(wire("2026-11-20T08:00"));
        assert_eq!(refuse(past).await, invalid("notice.until"));
        let far = |notice: &mut pb::Notice| notice.until = Some(wire("2027-11-20T08:00"));
        assert_eq!(refuse(far).await, invalid("notice.until"));
        let own = |notice: &mut pb::Notice| notice.staff_ids = vec![officer(3).to_string()];
        assert_eq!(refuse(own).await, invalid("notice.team_ids"));
        let nobody = |notice: &mut pb::Notice| notice.staff_ids = vec![officer(99).to_string()];
        assert_eq!(refuse(nobody).await.0, Code::NotFound);
        let team_alone = |notice: &mut pb::Notice| notice.team_ids = vec![team().to_string()];
        let mut asked = post("n2", "Words");
        team_alone(asked.notice.as_mut().unwrap());
        assert_eq!(posted(&served, asked).await.unread_staff_ids.len(), 2);
        let read = pb::ReadNoticeRequest { request_id: "r1".into(), notice_id: team().to_string() };
        let answer = served.teams(Caller::MANAGER).read_notice(read).await;
        refused(answer, Code::PermissionDenied, "ROLE_FORBIDS");
    }
}
