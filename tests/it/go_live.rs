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

const FILE: &str = include_str!("../fixtures/go-live/live-cases.csv");

/// The events by which the cases of a file come in.
async fn brought(app: &App, file: &str) -> Vec<Payload> {
    let entries = case_list::read(file.as_bytes(), app.clock.now()).unwrap();
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

/// The unit with the cases of the example, and their ids.
async fn live(store: Store) -> (App, Vec<CaseId>) {
    live_with(store, FILE).await
}

/// The same with the cases of another file.
async fn live_with(store: Store, file: &str) -> (App, Vec<CaseId>) {
    let app = App::new(store).await;
    let mut ids = Vec::new();
    for payload in brought(&app, file).await {
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
        let payload = brought(&app, FILE).await.remove(0);
        let id = record(&app, payload).await;
        let held = app.case(id).await;
        assert_eq!((held.record.lines.len(), open(&held).len(), held.tasks.len()), (1, 0, 0));
        assert_eq!(held.hearings.iter().filter(|hearing| hearing.sat_on.is_empty()).count(), 1);
    }
}

/// A case with one victim of whom the columns `told` and `hearings` say this.
fn one_victim(hearings: &str, told: &str) -> String {
    format!(
        "urn,phase,hearings,roles,first_name,last_name,concerns,told\n\
         52AB0000126,post-charge,{hearings},victim,Ada,Ashcroft,all,{told}\n"
    )
}

/// A trial that the court lists elsewhere.
fn elsewhere(when: &str) -> ResultLine {
    let mut line = trial(when);
    let next = line.next_hearing.as_mut().unwrap();
    next.court.name = "Southgate Magistrates' Court".into();
    line
}

fn to_come(state: &CaseState) -> Vec<(i32, String)> {
    let to_come = state.hearings.iter().filter(|hearing| hearing.sat_on.is_empty());
    to_come.map(|hearing| (hearing.listing, hearing.when.to_string())).collect()
}

on_both_databases! {
    async fn a_victim_of_whom_nothing_is_said_is_told_when_the_court_lists_the_trial(store: Store) {
        let file = one_victim("trial on 2027-02-01 10:00 at Northgate", "");
        let (app, ids) = live_with(store, &file).await;
        assert!(open(&app.case(ids[0]).await).is_empty());
        app.wait(chrono::TimeDelta::days(5));
        app.share(later("2026-11-24", vec![trial("2027-02-01T10:00")])).await;
        let held = app.case(ids[0]).await;
        assert_eq!(open(&held), [("date", "Ada Ashcroft".to_owned())]);
        assert_eq!(held.participants[0].defendants, [defendant(1)]);
    }
}

on_both_databases! {
    async fn the_courts_hour_of_a_day_that_was_known_is_no_other_listing_and_another_place_is(store: Store) {
        let file = one_victim("trial on 2027-02-01 at Northgate", "date about 2027-02-01 on 2026-11-02 by call");
        let (app, ids) = live_with(store, &file).await;
        app.wait(chrono::TimeDelta::days(5));
        app.share(later("2026-11-24", vec![trial("2027-02-01T14:00")])).await;
        let held = app.case(ids[0]).await;
        assert_eq!(to_come(&held), [(1, "2027-02-01T14:00:00+00:00".to_owned())]);
        assert!(open(&held).is_empty());
        // Once the court has spoken, its hour counts.
        app.wait(chrono::TimeDelta::days(1));
        let mut again = later("2026-11-25", vec![trial("2027-02-01T10:00")]);
        again.hearing = usher::domain::ids::CourtHearingId(uuid::Uuid::from_u128(0x4999));
        app.share(again.canonical()).await;
        let held = app.case(ids[0]).await;
        assert_eq!(to_come(&held), [(2, "2027-02-01T10:00:00+00:00".to_owned())]);
        assert_eq!(open(&held), [("date", "Ada Ashcroft".to_owned())]);
    }
}

on_both_databases! {
    async fn a_trial_that_the_court_lists_elsewhere_is_told_though_the_date_is_the_same(store: Store) {
        let file =
            one_victim("trial on 2027-02-01 10:00 at Northgate", "date about 2027-02-01 on 2026-11-02 by call");
        let (app, ids) = live_with(store, &file).await;
        app.wait(chrono::TimeDelta::days(5));
        let mut line = elsewhere("2027-02-01T10:00");
        line.next_hearing.as_mut().unwrap().court.code = None;
        app.share(later("2026-11-24", vec![line])).await;
        let held = app.case(ids[0]).await;
        assert_eq!(to_come(&held), [(2, "2027-02-01T10:00:00+00:00".to_owned())]);
        assert_eq!(open(&held), [("date", "Ada Ashcroft".to_owned())]);
    }
}

on_both_databases! {
    async fn an_older_listing_that_waited_does_not_take_the_place_of_the_one_that_is_known(store: Store) {
        let app = App::new(store).await;
        app.share(share(1, vec![trial("2027-01-04T10:00")])).await;
        let file =
            one_victim("trial on 2027-02-01 10:00 at Northgate", "date about 2027-02-01 on 2026-11-02 by call");
        let id = record(&app, brought(&app, &file).await.remove(0)).await;
        let held = app.case(id).await;
        assert_eq!(to_come(&held), [(1, "2027-02-01T10:00:00+00:00".to_owned())]);
        assert!(open(&held).is_empty(), "{:?}", open(&held));
    }
}

on_both_databases! {
    async fn what_a_court_decided_on_a_day_of_which_they_were_told_is_told_again_only_where_it_is_new(store: Store) {
        let app = App::new(store).await;
        let custody = |code: &str| ResultLine {
            defendant: Some(defendant(1)),
            offence: Some(crate::app::offence(1)),
            cjs_code: Some(code.into()),
            label: code.into(),
            ..ResultLine::blank(usher::domain::court::Line::Judicial)
        };
        let file = one_victim("", "outcome about 2026-11-19 on 2026-11-19 17:00 by call");
        let id = record(&app, brought(&app, &file).await.remove(0)).await;
        app.share(share(1, vec![custody("1002")])).await;
        assert!(open(&app.case(id).await).is_empty());
        app.wait(chrono::TimeDelta::hours(1));
        let mut amended = share(1, vec![custody("1002"), custody("1015")]);
        amended.shared_at = at("2026-11-20T09:30");
        app.share(amended).await;
        assert_eq!(open(&app.case(id).await), [("outcome", "Ada Ashcroft".to_owned())]);
    }
}

on_both_databases! {
    async fn a_trial_that_sits_on_its_day_is_the_one_that_was_listed_by_hand(store: Store) {
        let file = one_victim("trial on 2026-11-24 at Northgate", "date about 2026-11-24 on 2026-11-02 by call");
        let (app, ids) = live_with(store, &file).await;
        app.wait(chrono::TimeDelta::days(5));
        let mut sat = later("2026-11-24", vec![]);
        sat.hearing_type = "Trial".into();
        app.share(sat).await;
        let held = app.case(ids[0]).await;
        assert_eq!((held.hearings.len(), held.hearings[0].sat_on.len()), (1, 1));
    }
}
