//! How much work came and went: the trend in a workload, by the days of London.

use super::tasks::{complete, outcome};
use super::{Caller, Served, fields, refused};
use crate::app::{at, officer};
use crate::database::on_both_databases;
use tonic::Code;
use usher::grpc::pb;
use usher::store::Store;

/// A day of somebody's trend: the day, what was raised, what ended.
type Day = (String, i64, i64);

/// The days of care officer `n`'s trend on which anything happened, or of the queue where none.
async fn trend(served: &Served, n: Option<u128>) -> Vec<Day> {
    let answer = served.teams(Caller::LEADER).get_workload(pb::GetWorkloadRequest::default()).await.unwrap();
    let whose = n.map(|n| officer(n).to_string()).unwrap_or_default();
    let load = answer.into_inner().workloads.into_iter().find(|load| load.staff_id == whose).unwrap();
    let days: Vec<&str> = load.trend.iter().map(|day| day.day.as_str()).collect();
    assert!(days.len() == 14 && days.is_sorted(), "the oldest first: {days:?}");
    let today = usher::domain::london::date(served.app.clock.now()).to_string();
    assert_eq!(*days.last().unwrap(), today);
    let some = load.trend.into_iter().filter(|day| (day.raised, day.ended) != (0, 0));
    some.map(|day| (day.day, day.raised, day.ended)).collect()
}

/// Makes a task for care officer 1.
async fn make(served: &Served, request_id: &str) -> pb::Task {
    let create = pb::CreateTaskRequest {
        request_id: request_id.into(),
        kind: "safety-check".into(),
        priority: pb::Priority::P3 as i32,
        words: "do this".into(),
        assignee_id: officer(1).to_string(),
        ..Default::default()
    };
    served.tasks(Caller::LEADER).create_task(create).await.unwrap().into_inner().task.unwrap()
}

fn day(day: &str, raised: i64, ended: i64) -> Day {
    (day.to_owned(), raised, ended)
}

on_both_databases! {
    async fn a_trend_says_what_came_and_went_by_the_days_of_london(store: Store) {
        let served = Served::new(store).await;
        let mut leader = served.tasks(Caller::LEADER);
        // In summer the day begins at 23:00 UTC.
        served.app.clock.set(at("2027-06-01T23:59"));
        let first = make(&served, "m1").await;
        served.app.clock.set(at("2027-06-02T00:01"));
        let second = make(&served, "m2").await;
        let third = make(&served, "m3").await;
        assert_eq!(trend(&served, Some(1)).await, [day("2027-06-01", 1, 0), day("2027-06-02", 2, 0)]);

        served.app.clock.set(at("2027-06-03T00:30"));
        let word = outcome(&served, &first).await;
        let done = leader.complete_task(complete("c1", &first, &word)).await.unwrap().into_inner().task.unwrap();
        let cancel = pb::CancelTaskRequest {
            request_id: "c2".into(),
            task_id: second.id.clone(),
            version: second.version,
            words: "not needed".into(),
        };
        leader.cancel_task(cancel).await.unwrap();
        let both = [day("2027-06-01", 1, 0), day("2027-06-02", 2, 0), day("2027-06-03", 0, 2)];
        assert_eq!(trend(&served, Some(1)).await, both);

        let reopen = pb::ReopenTaskRequest {
            request_id: "o1".into(),
            task_id: done.id.clone(),
            version: done.version,
            words: "needed".into(),
        };
        leader.reopen_task(reopen).await.unwrap();
        let one = [day("2027-06-01", 1, 0), day("2027-06-02", 2, 0), day("2027-06-03", 0, 1)];
        assert_eq!(trend(&served, Some(1)).await, one, "what is reopened has not ended");

        assert_eq!(trend(&served, None).await, []);
        let release =
            pb::ReleaseTaskRequest { request_id: "l1".into(), task_id: third.id, version: third.version };
        leader.release_task(release).await.unwrap();
        assert_eq!(trend(&served, None).await, [day("2027-06-02", 1, 0)], "it is the queue's now");
        let left = [day("2027-06-01", 1, 0), day("2027-06-02", 1, 0), day("2027-06-03", 0, 1)];
        assert_eq!(trend(&served, Some(1)).await, left);

        served.app.clock.set(at("2027-06-15T12:00"));
        assert_eq!(trend(&served, Some(1)).await, left[1..], "two weeks, where nothing else is asked for");
    }
}

on_both_databases! {
    async fn a_trend_goes_back_as_far_as_is_asked_and_92_days_at_most(store: Store) {
        let served = Served::new(store).await;
        make(&served, "m1").await;
        // Over the clock change: a day of 23 hours lies between.
        served.app.clock.set(at("2027-03-28T12:00"));
        make(&served, "m2").await;
        served.app.clock.set(at("2027-03-29T00:30"));
        make(&served, "m3").await;
        let ask = |trend_days| pb::GetWorkloadRequest { trend_days: Some(trend_days), staff_id: officer(1).to_string(), ..Default::default() };
        let mut teams = served.teams(Caller::LEADER);
        let answer = teams.get_workload(ask(92)).await.unwrap().into_inner();
        let trend = &answer.workloads[0].trend;
        assert_eq!((trend.len(), trend[0].day.as_str()), (92, "2026-12-28"));
        assert_eq!(trend.iter().map(|day| day.raised).sum::<i64>(), 2);
        assert_eq!([trend[90].raised, trend[91].raised], [1, 1]);
        let answer = teams.get_workload(ask(1)).await.unwrap().into_inner();
        assert_eq!(answer.workloads[0].trend.len(), 1);
        let none = pb::GetWorkloadRequest { days: Some(0), ..ask(0) };
        let answer = teams.get_workload(none).await.unwrap().into_inner();
        let load = &answer.workloads[0];
        assert_eq!((load.open, load.days.len(), load.trend.len()), (3, 0, 0), "counts alone");
        for refused_days in [-1, 93] {
            let status = refused(teams.get_workload(ask(refused_days)).await, Code::InvalidArgument, "FIELD_INVALID");
            assert_eq!(fields(&status), ["trend_days"]);
        }
    }
}
