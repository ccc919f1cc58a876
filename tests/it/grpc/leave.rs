//! Absences that are known beforehand: their cover is planned while whoever will be away is still here.

use super::cover::{apply, plan, with_work};
use super::{Caller, refused, wire};
use crate::app::officer;
use crate::database::on_both_databases;
use tonic::Code;
use usher::grpc::pb;
use usher::store::Store;

on_both_databases! {
    async fn whoever_will_be_away_is_not_planned_to_cover_for_themself(store: Store) {
        let served = with_work(store).await;
        let leave = pb::Absence {
            staff_id: officer(1).to_string(),
            kind: pb::AbsenceKind::Leave as i32,
            starts_at: Some(wire("2026-11-21T00:00")),
            ends_at: None,
            ..Default::default()
        };
        let mut leader = served.teams(Caller::LEADER);
        let ask = pb::RecordAbsenceRequest { request_id: "leave".into(), absence: Some(leave) };
        let id = leader.record_absence(ask).await.unwrap().into_inner().absence.unwrap().id;
        let planned = plan(&served, &id).await;
        assert!(!planned.lines.is_empty());
        let me = officer(1).to_string();
        assert!(planned.lines.iter().all(|line| line.to_staff_id != me && line.next_staff_id != me), "{planned:?}");
        assert!(planned.seats.iter().all(|seat| seat.staff_id != me));
        let to_myself = planned.lines.into_iter().map(|line| pb::PlanLine { to_staff_id: me.clone(), ..line });
        let asked = apply("c1", &id, to_myself.collect());
        refused(leader.apply_cover(asked).await, Code::FailedPrecondition, "ASSIGNEE_UNSUITABLE");
    }
}
