//! What the engine promises: once, together, in order, and nothing dropped.

use crate::app::{App, case, defendant, enhanced, offence, person, share, unit};
use crate::database::on_both_databases;
use usher::domain::court::{Line, ResultLine};
use usher::domain::duty::DutyState;
use usher::domain::event::{Payload, Subject};
use usher::domain::person::Role;
use usher::domain::receipt::Outcome;
use usher::domain::refusal::Refusal;
use usher::domain::state::CaseState;
use usher::engine::Error;
use usher::store::Store;

/// A judicial result about defendant 1 and offence 1, by its CJS code.
fn result(cjs: &str) -> ResultLine {
    ResultLine {
        defendant: Some(defendant(1)),
        offence: Some(offence(1)),
        cjs_code: Some(cjs.into()),
        label: cjs.into(),
        ..ResultLine::blank(Line::Judicial)
    }
}

on_both_databases! {
    async fn a_result_becomes_duties_gathered_in_one_task(store: Store) {
        let app = App::new(store).await;
        let id = app.open(case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
        let receipt = app.share(share(1, vec![result("1015")])).await;
        assert_eq!(receipt.outcome, Outcome::Applied, "{receipt:?}");
        let held = app.case(id).await;
        assert!(!held.duties.is_empty());
        assert!(held.duties.iter().all(|duty| duty.state == DutyState::Open && duty.task == Some(held.tasks[0].id)));
        assert_eq!(held.tasks.len(), 1);
        assert_eq!(held.tasks[0].assignee, Some(crate::app::officer(1)));
    }
}

on_both_databases! {
    async fn the_same_event_twice_has_its_effects_once(store: Store) {
        let app = App::new(store).await;
        let id = app.open(case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
        let payload = Payload::HearingResulted { share: Box::new(share(1, vec![result("1015")])) };
        let event = app.event("once", Subject::Share, payload);
        let first = app.engine.record(event.clone()).await.unwrap();
        let again = app.engine.record(event).await.unwrap();
        assert_eq!((again.event, again.outcome), (first.event, Outcome::Duplicate));
        assert_eq!(app.case(id).await.tasks.len(), 1);
    }
}

on_both_databases! {
    async fn a_reference_used_for_something_else_is_refused(store: Store) {
        let app = App::new(store).await;
        app.open(case(1, vec![])).await;
        let payload = |cjs| Payload::HearingResulted { share: Box::new(share(1, vec![result(cjs)])) };
        app.engine.record(app.event("once", Subject::Share, payload("1015"))).await.unwrap();
        let other = app.engine.record(app.event("once", Subject::Share, payload("1002"))).await;
        assert!(matches!(other, Err(Error::Refused(Refusal::Reused { .. }))), "{other:?}");
    }
}

on_both_databases! {
    async fn a_result_waits_for_its_case_and_is_handled_when_the_case_is_opened(store: Store) {
        let app = App::new(store).await;
        let receipt = app.share(share(1, vec![result("1015")])).await;
        assert_eq!(receipt.outcome, Outcome::Unlinked);
        let id = app.open(case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
        let held = app.case(id).await;
        assert_eq!(held.record.lines.len(), 1);
        assert_eq!(held.tasks.len(), 1);
    }
}

on_both_databases! {
    async fn another_forces_case_is_not_ours(store: Store) {
        let app = App::new(store).await;
        let mut theirs = share(1, vec![result("1015")]);
        theirs.cases[0].urn = Some("28AB0000126".into());
        assert_eq!(app.share(theirs).await.outcome, Outcome::NotOurs);
    }
}

on_both_databases! {
    async fn a_body_that_cannot_be_read_is_parked_and_raises_a_desk_task(store: Store) {
        let app = App::new(store).await;
        let payload = Payload::Unreadable { format: "common-platform".into(), reason: "no sharedTime".into() };
        let receipt = app.record(Subject::Desk, payload).await.unwrap();
        assert_eq!(receipt.outcome, Outcome::Parked);
        let desk = app.case(CaseState::desk_of(unit().id)).await;
        assert_eq!(desk.tasks.iter().filter(|task| task.kind == "look-at-parked").count(), 1);
    }
}

on_both_databases! {
    async fn many_callers_at_once_are_all_answered_and_committed_together(store: Store) {
        let app = App::new(store).await;
        for n in 1..=20 {
            app.open(case(n, vec![enhanced(person(n, 1, Role::Victim))])).await;
        }
        let before = app.engine.counts().commits.load(std::sync::atomic::Ordering::Relaxed);
        let shares = (1..=20).map(|n| app.share(share(n, vec![result("1015")])));
        let receipts = futures::future::join_all(shares).await;
        assert!(receipts.iter().all(|receipt| receipt.outcome == Outcome::Applied));
        let commits = app.engine.counts().commits.load(std::sync::atomic::Ordering::Relaxed) - before;
        assert!(commits < 20, "{commits} commits for 20 events");
    }
}
