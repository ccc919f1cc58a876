//! What escalation promises: whoever should hear that a clock passed hears of it, once, when they are there.

use crate::app::{App, at, case, officer, unit};
use crate::database::on_both_databases;
use crate::small_pack;
use chrono::{DateTime, Utc};
use usher::domain::diary::{Timer, TimerState};
use usher::domain::event::{Completion, Payload, Subject, TaskAction};
use usher::domain::ids::{AbsenceId, CaseId, StaffId, TaskId};
use usher::domain::message::{Message, MessageState, Recipient};
use usher::domain::staff::{Absence, AbsenceKind};
use usher::domain::state::CaseState;
use usher::domain::task::Priority;
use usher::store::Store;
use uuid::Uuid;

/// A kind of work whose owner hears when it is due, and the team leader an hour later.
const CHANGES: &[(&str, &str)] = &[(
    "kinds/chase.yaml",
    r"- task: chase
  title: Chase it
  outcomes: { done: { title: Done, ends: true } }
  escalation:
    - { at: due, tell: case-owner, template: alert }
    - { at: 1 hour after due, tell: team-leader, template: alert }
",
)];

/// Care officer 1 owns the case; 3 leads the team. All work 08:00 to 16:00, Monday to Friday.
const OWNER: u128 = 1;
const LEADER: u128 = 3;

/// An app on Friday 20 November 2026 at 09:00, with a case.
async fn app(store: Store) -> (App, CaseId) {
    let app = App::with_pack(store, small_pack::pack(CHANGES)).await;
    let id = app.open(case(1, vec![])).await;
    (app, id)
}

fn task(n: u128) -> TaskId {
    TaskId(Uuid::from_u128(0x7a50 + n))
}

/// The nth piece of work, due at an instant, with care officer 1.
async fn chase(app: &App, subject: Subject, n: u128, priority: Priority, due_at: &str) {
    let payload = Payload::TaskCreated {
        id: task(n),
        task: "chase".into(),
        about: None,
        priority,
        due_at: Some(at(due_at)),
        assignee: Some(officer(OWNER)),
        words: "call them".into(),
    };
    app.record(subject, payload).await.unwrap();
}

async fn done(app: &App, n: u128) {
    let action = TaskAction::Complete(Completion { outcome: "done".into(), ..Completion::default() });
    app.record(Subject::Task(task(n)), Payload::TaskActed { task: task(n), version: None, action })
        .await
        .unwrap();
}

async fn away(app: &App, staff: StaffId, from: &str, until: &str) {
    let absence = Absence {
        id: AbsenceId(Uuid::from_u128(staff.0.as_u128() + 0xab00)),
        staff,
        kind: AbsenceKind::Leave,
        from: at(from),
        until: Some(at(until)),
    };
    app.record(Subject::Desk, Payload::AbsenceRecorded { absence }).await.unwrap();
}

/// Does all that is due at an instant; gives whom alerts have reached so far, in order.
async fn told_by(app: &App, when: &str) -> Vec<String> {
    app.clock.set(at(when));
    app.tick().await;
    let who = |mail: &usher::mail::Mail| mail.to.as_str().split('@').next().unwrap().to_owned();
    app.mail.arrived().iter().map(who).collect()
}

async fn timer_of(app: &App, case: CaseId, n: u128) -> Timer {
    let key = format!("escalate/{}", task(n));
    (**app.case(case).await.timers.iter().find(|timer| timer.key == key).unwrap()).clone()
}

fn waiting(timer: &Timer) -> Option<DateTime<Utc>> {
    timer.due_at.filter(|_| timer.state == TimerState::Waiting)
}

on_both_databases! {
    async fn each_step_tells_whom_it_names_when_its_clock_passes(store: Store) {
        let (app, id) = app(store).await;
        chase(&app, Subject::Case(id), 1, Priority::P3, "2026-11-20T11:00").await;
        assert_eq!(told_by(&app, "2026-11-20T10:59").await, [""; 0]);
        assert_eq!(told_by(&app, "2026-11-20T11:00").await, ["staff1"]);
        assert_eq!(waiting(&timer_of(&app, id, 1).await), Some(at("2026-11-20T12:00")), "one timer, moved");
        assert_eq!(told_by(&app, "2026-11-20T12:00").await, ["staff1", "staff3"]);
        assert_eq!(told_by(&app, "2026-11-23T12:00").await, ["staff1", "staff3"]);
        assert_eq!(waiting(&timer_of(&app, id, 1).await), None);
        assert!(app.mail.arrived()[0].text.contains("- P3 Chase it"));
    }
}

on_both_databases! {
    async fn several_steps_missed_fire_as_one(store: Store) {
        let (app, id) = app(store).await;
        // The leader owns the work, and so hears of both steps.
        chase(&app, Subject::Case(id), 1, Priority::P3, "2026-11-20T11:00").await;
        let action = TaskAction::Assign { staff: Some(officer(LEADER)), team: None, reason: "by hand".into() };
        app.record(Subject::Task(task(1)), Payload::TaskActed { task: task(1), version: None, action }).await.unwrap();
        assert_eq!(told_by(&app, "2026-11-20T15:00").await, ["staff3"]);
        assert_eq!(told_by(&app, "2026-11-20T15:59").await, ["staff3"]);
    }
}

on_both_databases! {
    async fn a_task_that_ends_stops_its_timer_and_one_that_is_reopened_starts_it(store: Store) {
        let (app, id) = app(store).await;
        chase(&app, Subject::Case(id), 1, Priority::P3, "2026-11-20T11:00").await;
        done(&app, 1).await;
        assert_eq!(timer_of(&app, id, 1).await.state, TimerState::Stopped);
        assert_eq!(told_by(&app, "2026-11-20T11:30").await, [""; 0]);
        let action = TaskAction::Reopen { reason: "not done".into() };
        app.record(Subject::Task(task(1)), Payload::TaskActed { task: task(1), version: None, action }).await.unwrap();
        assert_eq!(told_by(&app, "2026-11-20T11:30").await, ["staff1"]);
    }
}

on_both_databases! {
    async fn nobody_is_told_who_is_not_there_and_the_first_who_comes_is(store: Store) {
        let (app, id) = app(store).await;
        chase(&app, Subject::Case(id), 1, Priority::P3, "2026-11-20T17:00").await;
        away(&app, officer(OWNER), "2026-11-23T00:00", "2026-11-24T12:00").await;
        assert_eq!(told_by(&app, "2026-11-20T18:30").await, [""; 0]);
        // The leader's shift begins on Monday at eight; the owner is back on Tuesday at noon.
        assert_eq!(waiting(&timer_of(&app, id, 1).await), Some(at("2026-11-23T08:00")));
        assert_eq!(told_by(&app, "2026-11-23T08:00").await, ["staff3"]);
        assert_eq!(waiting(&timer_of(&app, id, 1).await), Some(at("2026-11-24T12:00")));
        assert_eq!(told_by(&app, "2026-11-24T12:00").await, ["staff3", "staff1"]);
    }
}

on_both_databases! {
    async fn alerts_within_an_hour_are_told_together(store: Store) {
        let (app, id) = app(store).await;
        for (n, due) in [(1, "2026-11-20T09:30"), (2, "2026-11-20T09:40"), (3, "2026-11-20T09:50")] {
            chase(&app, Subject::Case(id), n, Priority::P3, due).await;
        }
        for when in ["2026-11-20T09:30", "2026-11-20T09:40", "2026-11-20T09:50", "2026-11-20T10:29"] {
            assert_eq!(told_by(&app, when).await, ["staff1"], "{when}");
        }
        assert_eq!(told_by(&app, "2026-11-20T10:30").await[..2], ["staff1", "staff1"]);
        let subjects: Vec<String> = app.mail.arrived().into_iter().map(|mail| mail.subject).collect();
        assert_eq!(subjects[..2], ["Overdue: 1", "Overdue: 2"]);
    }
}

on_both_databases! {
    async fn what_is_most_urgent_is_told_at_once(store: Store) {
        let (app, id) = app(store).await;
        chase(&app, Subject::Case(id), 1, Priority::P3, "2026-11-20T09:30").await;
        chase(&app, Subject::Case(id), 2, Priority::P1, "2026-11-20T09:40").await;
        assert_eq!(told_by(&app, "2026-11-20T09:30").await, ["staff1"]);
        assert_eq!(told_by(&app, "2026-11-20T09:40").await, ["staff1", "staff1"]);
    }
}

on_both_databases! {
    async fn an_alert_kept_back_is_stopped_when_its_work_is_done(store: Store) {
        let (app, id) = app(store).await;
        chase(&app, Subject::Case(id), 1, Priority::P3, "2026-11-20T09:30").await;
        chase(&app, Subject::Case(id), 2, Priority::P3, "2026-11-20T09:40").await;
        told_by(&app, "2026-11-20T09:30").await;
        told_by(&app, "2026-11-20T09:40").await;
        done(&app, 2).await;
        let stopped: Vec<MessageState> = app.case(id).await.messages.iter().map(|held| held.state).collect();
        assert_eq!(stopped, [MessageState::Sent, MessageState::Superseded]);
    }
}

on_both_databases! {
    async fn an_alert_says_what_it_rests_on(store: Store) {
        let (app, id) = app(store).await;
        chase(&app, Subject::Case(id), 1, Priority::P3, "2026-11-20T11:00").await;
        told_by(&app, "2026-11-20T11:00").await;
        let alert: Message = (*app.case(id).await.messages.remove(0)).clone();
        assert_eq!(alert.to, Recipient::Staff(officer(OWNER)));
        let why = &alert.because[0];
        assert_eq!((why.rule.as_str(), why.causes[0].0.clone()), ("escalation", task(1).to_string()));
        assert!(!why.due_steps.is_empty());
    }
}

on_both_databases! {
    async fn work_of_the_desk_is_escalated_too(store: Store) {
        let (app, _) = app(store).await;
        chase(&app, Subject::Desk, 1, Priority::P3, "2026-11-20T11:00").await;
        assert_eq!(told_by(&app, "2026-11-20T11:00").await, ["staff1"]);
        let desk = app.case(CaseState::desk_of(unit().id)).await;
        assert_eq!(desk.messages.len(), 1);
    }
}

on_both_databases! {
    async fn an_alert_that_may_have_arrived_is_sent_once_more_under_the_same_message_id(store: Store) {
        let (app, id) = app(store).await;
        app.mail.lose_reply_next(1);
        chase(&app, Subject::Case(id), 1, Priority::P3, "2026-11-20T11:00").await;
        told_by(&app, "2026-11-20T11:00").await;
        assert_eq!(told_by(&app, "2026-11-20T11:01").await, ["staff1", "staff1"]);
        let arrived = app.mail.arrived();
        assert_eq!(arrived[0].message_id, arrived[1].message_id);
        assert_eq!(app.case(id).await.messages[0].state, MessageState::Sent);
    }
}
