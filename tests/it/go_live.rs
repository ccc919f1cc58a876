//! A unit goes live: it brings its live cases, and nobody is told again what they were told before.

use crate::app::{App, at, defendant, share, trial, unit};
use crate::database::on_both_databases;
use std::collections::HashMap;
use usher::cli::go_live::{Plan, Unit};
use usher::domain::court::ResultLine;
use usher::domain::duty::DutyState;
use usher::domain::event::{Payload, Subject};
use usher::domain::hearing::{Attendance, AttendanceState};
use usher::domain::ids::CaseId;
use usher::domain::state::CaseState;
use usher::intake::case_list;
use usher::store::Store;
use usher::store::read;

const FILE: &[u8] = include_bytes!("../fixtures/go-live/live-cases.csv");

/// The events by which the cases of the file come in.
async fn brought(app: &App) -> Vec<Payload> {
    let entries = case_list::read(FILE, app.clock.now()).unwrap();
    let store = app.engine.store();
    let roster = read::roster(store.reader(), store, unit().id).await.unwrap();
    let rules = app.engine.rulesets().active(store.reader(), unit().id).await.unwrap();
    let unit = Unit { roster: &roster, rules: &rules, held: &HashMap::new(), now: app.clock.now() };
    let plan = Plan::of(entries, &unit);
    assert!(!plan.is_wrong(), "{:#?}", plan.told);
    plan.cases.into_iter().map(|planned| planned.payload).collect()
}

/// Records one of them; its case's id.
async fn record(app: &App, payload: Payload) -> CaseId {
    let case = payload.opening().unwrap();
    let (id, subject) = (case.id, Subject::Reference(case.references.clone()));
    app.record(subject, payload).await.unwrap();
    id
}

/// The unit with the cases of the file, and their ids.
async fn live(store: Store) -> (App, Vec<CaseId>) {
    let app = App::new(store).await;
    let mut ids = Vec::new();
    for payload in brought(&app).await {
        ids.push(record(&app, payload).await);
    }
    (app, ids)
}

/// A share of a hearing some days after the unit went live, with these lines.
fn later(day: &str, lines: Vec<ResultLine>) -> usher::domain::court::Share {
    let mut later = share(1, lines);
    later.day = day.parse().unwrap();
    later.shared_at = at(&format!("{day}T15:00"));
    later.sitting_at = Some(at(&format!("{day}T10:00")));
    later.hearing_type = "Mention".into();
    later.canonical()
}

fn open(state: &CaseState) -> Vec<(&str, String)> {
    let name = |duty: &usher::domain::duty::Duty| {
        let person = state.participant(duty.to).unwrap().person;
        state.person(person).unwrap().identity.full_name()
    };
    let open = state.duties.iter().filter(|duty| duty.state == DutyState::Open);
    let mut open: Vec<_> = open.map(|duty| (duty.kind.as_str(), name(duty))).collect();
    open.sort();
    open
}

fn attendances(state: &CaseState, name: &str) -> Vec<(i32, AttendanceState)> {
    let is = |held: &Attendance| {
        let person = state.participant(held.participant).unwrap().person;
        state.person(person).unwrap().identity.full_name() == name
    };
    let mut held: Vec<_> =
        state.attendances.iter().filter(|held| is(held)).map(|held| (held.listing, held.state)).collect();
    held.sort();
    held
}

on_both_databases! {
    async fn what_is_known_and_done_comes_in_without_work_or_mail(store: Store) {
        let (app, ids) = live(store).await;
        let held = app.case(ids[0]).await;
        assert_eq!((held.participants.len(), held.hearings.len(), held.diary.len()), (4, 1, 1));
        assert_eq!((open(&held).len(), held.tasks.len(), held.messages.len()), (0, 0, 0));
        assert_eq!(held.case.opened_at, at("2026-09-01T00:00"));
        assert_eq!(attendances(&held, "Bo Brook"), [(1, AttendanceState::Warned)]);
        let warned = held.attendances.iter().find(|held| held.told_by.as_deref() == Some("call")).unwrap();
        assert_eq!(warned.since, at("2026-11-03T11:00"));
        app.tick().await;
        assert!(app.mail.arrived().is_empty());
    }
}

on_both_databases! {
    async fn what_is_still_owed_is_work_at_once(store: Store) {
        let (app, ids) = live(store).await;
        let held = app.case(ids[1]).await;
        assert_eq!(open(&held), [("date", "Eve Elm".to_owned()), ("required-to-attend", "Fay Fell".to_owned())]);
        assert!(held.duties.iter().all(|duty| duty.task.is_some()));
        let date = held.duties.iter().find(|duty| duty.kind == "date").unwrap();
        assert_eq!(date.due_at, Some(at("2026-11-24T23:59:59")));
        assert_eq!(attendances(&held, "Fay Fell"), [(1, AttendanceState::Required)]);
    }
}

on_both_databases! {
    async fn a_share_that_repeats_the_listing_has_nobody_rung_again(store: Store) {
        let (app, ids) = live(store).await;
        app.wait(chrono::TimeDelta::days(5));
        app.share(later("2026-11-24", vec![trial("2027-02-01T10:00")])).await;
        let held = app.case(ids[0]).await;
        assert_eq!((held.hearings.iter().filter(|hearing| hearing.by_hand.is_some()).count(), open(&held).len()), (1, 0));
        let to_come: Vec<_> = held.hearings.iter().filter(|hearing| hearing.sat_on.is_empty()).collect();
        assert_eq!((to_come.len(), to_come[0].listing, &to_come[0].defendants[..]), (1, 1, &[defendant(1)][..]));
        assert!(held.tasks.is_empty(), "{:?}", held.tasks);
        assert_eq!(attendances(&held, "Bo Brook"), [(1, AttendanceState::Warned)]);
    }
}

on_both_databases! {
    async fn a_share_that_moves_the_date_has_the_warned_rung_and_warned_anew(store: Store) {
        let (app, ids) = live(store).await;
        app.wait(chrono::TimeDelta::days(5));
        app.share(later("2026-11-24", vec![trial("2027-03-01T10:00")])).await;
        let held = app.case(ids[0]).await;
        assert_eq!(open(&held), [("date", "Ada Ashcroft".to_owned()), ("required-to-attend", "Bo Brook".to_owned())]);
        assert_eq!(
            attendances(&held, "Bo Brook"),
            [(1, AttendanceState::Warned), (2, AttendanceState::Required)]
        );
        let rung = held.tasks.iter().find(|task| {
            held.duties.iter().any(|duty| duty.task == Some(task.id) && duty.kind == "required-to-attend")
        });
        let completion = usher::domain::event::Completion {
            outcome: "told".into(),
            channel: Some("call".into()),
            ..Default::default()
        };
        let action = usher::domain::event::TaskAction::Complete(completion);
        let task = rung.unwrap().id;
        app.record(Subject::Task(task), Payload::TaskActed { task, version: None, action }).await.unwrap();
        assert_eq!(
            attendances(&app.case(ids[0]).await, "Bo Brook"),
            [(1, AttendanceState::DeWarned), (2, AttendanceState::Warned)]
        );
    }
}

on_both_databases! {
    async fn a_result_that_waited_for_the_case_finds_everybody_told(store: Store) {
        let app = App::new(store).await;
        app.share(share(1, vec![trial("2027-02-01T10:00")])).await;
        let payload = brought(&app).await.remove(0);
        let id = record(&app, payload).await;
        let held = app.case(id).await;
        assert_eq!((held.record.lines.len(), open(&held).len(), held.tasks.len()), (1, 0, 0));
        assert_eq!(held.hearings.iter().filter(|hearing| hearing.sat_on.is_empty()).count(), 1);
    }
}
