//! What a pack can ask for beyond duties, tasks and messages, through the engine and a small pack.

use crate::app::{App, at, case, defendant, offence, officer, person, share, trial, unit};
use crate::database::on_both_databases;
use crate::small_pack;
use chrono::TimeDelta;
use serde_json::json;
use std::collections::BTreeMap;
use usher::domain::contact::{DirectoryEntry, DirectoryKind};
use usher::domain::court::{Line, ResultLine};
use usher::domain::diary::{APPOINTMENT, DiaryState, EXPIRY};
use usher::domain::duty::DutyState;
use usher::domain::event::{Completion, Payload, Subject, TaskAction};
use usher::domain::hearing::{AttendanceState, MeasureState};
use usher::domain::ids::*;
use usher::domain::message::{MessageState, Recipient};
use usher::domain::person::{EnhancedState, Role};
use usher::domain::state::CaseState;
use usher::domain::task::Priority;
use usher::store::Store;
use uuid::Uuid;

const VICTIM: ParticipantId = ParticipantId(Uuid::from_u128(0x7000 + 101));

/// The small pack with rules of the test's own.
fn with(rules: &str) -> usher::rules::pack::Pack {
    small_pack::pack(&[
        ("rules/own.yaml", rules),
        (
            "limits.yaml",
            "outcome_due: { is: 5 working days, for: telling an outcome }\nsooner: { is: 1 working day, for: telling it sooner }\n",
        ),
        ("kinds/own.yaml", KINDS),
    ])
}

const KINDS: &str = "
- task: plan
  title: Plan
  by_hand: true
  outcomes: { done: { title: Done, ends: true } }
  form:
    - { question: call-on, asks: On what day?, answer: date, day: future }
    - { question: prison, asks: Which prison?, answer: { directory: prison } }
    - { question: ticks, asks: How many?, answer: number, between: [0, 24] }
    - { question: measures, asks: Which measures?, answer: { any-of: [screens, live-link] }, sets: measures-wanted }
    - { question: granted, asks: Which were granted?, answer: { any-of: [screens, live-link] }, sets: measures-granted }
";

fn fine() -> ResultLine {
    ResultLine {
        defendant: Some(defendant(1)),
        offence: Some(offence(1)),
        cjs_code: Some("1015".into()),
        label: "Fine".into(),
        ..ResultLine::blank(Line::Judicial)
    }
}

async fn opened(store: Store, rules: &str) -> (App, CaseId) {
    let app = App::with_pack(store, with(rules)).await;
    let id = app.open(case(1, vec![person(1, 1, Role::Victim)])).await;
    (app, id)
}

/// Makes a task by hand and completes it with these answers.
async fn plan(app: &App, id: CaseId, nth: u128, answers: serde_json::Value) -> Result<(), String> {
    let task = TaskId(Uuid::from_u128(0x7a00 + nth));
    let made = Payload::TaskCreated {
        id: task,
        task: "plan".into(),
        about: Some(VICTIM),
        priority: Priority::P3,
        due_at: None,
        assignee: Some(officer(1)),
        words: "as the test says".into(),
    };
    app.record(Subject::Case(id), made).await.unwrap();
    let answers: BTreeMap<String, serde_json::Value> = serde_json::from_value(answers).unwrap();
    let completion = Completion { outcome: "done".into(), answers, ..Completion::default() };
    let action = TaskAction::Complete(completion);
    let done = app.record(Subject::Task(task), Payload::TaskActed { task, version: None, action }).await;
    done.map(drop).map_err(|error| error.to_string())
}

fn appointments(state: &CaseState, kind: &str) -> Vec<(String, DiaryState)> {
    let shown = state.diary.iter().filter(|entry| entry.kind == kind && entry.appointment.is_some());
    let mut shown: Vec<_> = shown.map(|entry| (entry.when.day().unwrap().to_string(), entry.state)).collect();
    shown.sort_by_key(|(day, _)| day.clone());
    shown
}

const APPOINT: &str = r#"
- rule: make-the-appointment
  on: task.completed
  for: "t in (event.task != null ? [event.task] : [])"
  when: event.about != null && t.kind == 'plan' && t.day('call-on').hasValue()
  do:
    - appointment:
        kind: call
        words: The call that was agreed
        at: 10:00 on t.day("call-on")
        with: event.about
        key: "'call'"
    - appointment: { kind: expiry, words: It ends, at: end of t.day("call-on"), with: event.about }
- rule: call-it-off
  on: trial.taken-out
  do:
    - call_off: { kind: call, with: event.about }
"#;

on_both_databases! {
    async fn an_appointment_that_a_rule_makes_moves_with_its_answer_and_can_be_called_off(store: Store) {
        let (app, id) = opened(store, APPOINT).await;
        app.share(share(1, vec![trial("2027-02-01T10:00")])).await;
        plan(&app, id, 1, json!({ "call-on": "2026-11-30" })).await.unwrap();
        let state = app.case(id).await;
        assert_eq!(appointments(&state, APPOINTMENT), [("2026-11-30".to_owned(), DiaryState::Listed)]);
        assert_eq!(appointments(&state, EXPIRY).len(), 1);
        plan(&app, id, 2, json!({ "call-on": "2026-12-02" })).await.unwrap();
        let moved = [("2026-11-30".to_owned(), DiaryState::Moved), ("2026-12-02".to_owned(), DiaryState::Listed)];
        assert_eq!(appointments(&app.case(id).await, APPOINTMENT), moved);
        let off = Payload::TrialTakenOut { hearing: None, reason: "no-court-time".into() };
        app.record(Subject::Case(id), off).await.unwrap();
        let shown = appointments(&app.case(id).await, APPOINTMENT);
        assert_eq!(shown[1], ("2026-12-02".to_owned(), DiaryState::Vacated));
    }
}

const SHORTEN: &str = "
- rule: owe-it
  on: hearing.resulted
  for: p in case.victims
  do:
    - { owe: outcome, to: p, causes: event.added, due: end of limit.outcome_due after received, priority: P3 }
- rule: owe-it-sooner
  on: participant.enhanced-rights-set
  for: u in case.duties
  when: u.open && event.about != null && u.to == event.about.id && event.about.enhanced
  do:
    - shorten: { duties: u, target: limit.sooner after u.arose, due: end of limit.sooner after u.arose, priority: P2 }
";

on_both_databases! {
    async fn rights_that_are_confirmed_later_shorten_what_is_owed_already(store: Store) {
        let (app, id) = opened(store, SHORTEN).await;
        app.share(share(1, vec![fine()])).await;
        let before = app.case(id).await.duties[0].clone();
        assert_eq!(before.due_at, Some(at("2026-11-27T23:59:59")));
        app.wait(TimeDelta::hours(1));
        let set = Payload::EnhancedRightsSet {
            participant: VICTIM,
            state: EnhancedState::Confirmed,
            categories: vec![usher::domain::person::EnhancedCategory::MostSerious],
            source: "as the test says".into(),
            version: None,
        };
        app.record(Subject::Case(id), set).await.unwrap();
        let state = app.case(id).await;
        let duty = &state.duties[0];
        assert_eq!(duty.due_at, Some(at("2026-11-23T23:59:59")), "one working day after it arose");
        assert_eq!((duty.target_at, duty.priority), (Some(at("2026-11-23T09:00")), Priority::P2));
        let task = state.tasks.iter().find(|task| Some(task.id) == duty.task).unwrap();
        assert_eq!((task.due_at, task.priority), (duty.due_at, Priority::P2));
    }
}

const STOP: &str = "
- rule: stop-what-is-not-true-any-more
  on: trial.taken-out
  do:
    - stop: { messages: 'case.messages.filter(m, m.unsent)', reason: The trial is off }
";

on_both_databases! {
    async fn messages_that_are_stopped_do_not_leave(store: Store) {
        let (app, id) = opened(store, STOP).await;
        app.share(share(1, vec![fine(), trial("2027-02-01T10:00")])).await;
        let off = Payload::TrialTakenOut { hearing: None, reason: "no-court-time".into() };
        app.record(Subject::Case(id), off).await.unwrap();
        let state = app.case(id).await;
        assert!(!state.messages.is_empty());
        assert!(state.messages.iter().all(|message| message.state == MessageState::Cancelled));
        app.wait(TimeDelta::hours(2));
        app.tick().await;
        assert_eq!(app.mail.arrived().len(), 0);
    }
}

const PRISON: &str = r#"
- rule: write-to-the-prison
  on: task.completed
  when: event.task != null && event.task.kind == 'plan'
  do:
    - { email: to-prison, directory: prison, about: event.about, causes: event.task }
"#;

on_both_databases! {
    async fn what_is_for_one_of_several_bodies_goes_to_the_one_that_was_named_and_else_to_none(store: Store) {
        let pack = small_pack::pack(&[
            ("rules/own.yaml", PRISON),
            ("kinds/own.yaml", KINDS),
            ("messages/to-prison/meta.yaml", "medium: email\naudience: referral\nmarking: OFFICIAL\n"),
            ("messages/to-prison/subject.txt", "A witness\n"),
            ("messages/to-prison/body.txt", "One of yours is needed.\n"),
        ]);
        let app = App::with_pack(store, pack).await;
        let id = app.open(case(1, vec![person(1, 1, Role::Victim)])).await;
        for nth in [1_u128, 2] {
            let entry = DirectoryEntry {
                id: DirectoryId(Uuid::from_u128(0xe0 + nth)),
                kind: DirectoryKind::Prison,
                name: format!("Prison {nth}"),
                email: Some(format!("prison{nth}@example.org").parse().unwrap()),
                phone: None,
                court_code: None,
                review_on: None,
                version: 0,
            };
            app.record(Subject::Desk, Payload::DirectoryPut { entry: Box::new(entry) }).await.unwrap();
        }
        let second = DirectoryId(Uuid::from_u128(0xe2));
        plan(&app, id, 1, json!({ "prison": second })).await.unwrap();
        let state = app.case(id).await;
        assert_eq!((state.messages[0].to, state.messages[0].state), (Recipient::Directory(second), MessageState::Queued));
        plan(&app, id, 2, json!({})).await.unwrap();
        let state = app.case(id).await;
        let held = state.messages.iter().find(|message| message.state == MessageState::Held).unwrap();
        assert!(held.state_reason.as_deref().unwrap().contains("nobody said which"));
        let refused = plan(&app, id, 3, json!({ "prison": unit().id })).await.unwrap_err();
        assert!(refused.contains("the id of a prison of the contact directory"), "{refused}");
    }
}

on_both_databases! {
    async fn what_is_ticked_stands_on_the_sheet_and_what_the_court_granted_is_not_taken_back_by_a_wish(store: Store) {
        let (app, id) = opened(store, "[]").await;
        app.share(share(1, vec![trial("2027-02-01T10:00")])).await;
        let required = Payload::WitnessesRequired { hearing: None, witnesses: vec![(VICTIM, None)] };
        app.record(Subject::Case(id), required).await.unwrap();
        plan(&app, id, 1, json!({ "measures": ["screens", "live-link"] })).await.unwrap();
        plan(&app, id, 2, json!({ "granted": ["screens"] })).await.unwrap();
        plan(&app, id, 3, json!({ "measures": ["screens"] })).await.unwrap();
        let state = app.case(id).await;
        let measures: Vec<_> = state.attendances[0].measures.iter().map(|measure| measure.state).collect();
        assert_eq!(measures, [MeasureState::Granted, MeasureState::Wanted]);
    }
}

on_both_databases! {
    async fn an_answer_beyond_its_bounds_is_refused_and_the_task_stays_open(store: Store) {
        let (app, id) = opened(store, "[]").await;
        let refused = plan(&app, id, 1, json!({ "ticks": 25, "call-on": "2026-11-19" })).await.unwrap_err();
        assert!(refused.contains("2 fields") && refused.contains("not before today"), "{refused}");
        assert!(app.case(id).await.tasks[0].state.is_open());
    }
}

const AGAIN: &str = "
- rule: warn
  on: witnesses.required
  for: p in case.victims
  when: event.hearing != null && p.is_wanted_at(event.hearing)
  do:
    - { owe: outcome, to: p, causes: event.hearing, hearing: event.hearing, due: end of limit.outcome_due after received, priority: P3 }
- rule: note
  on: task.completed
  when: event.about != null && event.hearing != null
  do:
    - attendance: { of: event.about, hearing: event.hearing, state: warned }
";

on_both_databases! {
    async fn whoever_was_stood_down_and_is_required_again_is_told_again_and_it_stands_by_what_means(store: Store) {
        let (app, id) = opened(store, AGAIN).await;
        app.share(share(1, vec![trial("2027-02-01T10:00")])).await;
        let trial = app.case(id).await.hearings.iter().find(|held| held.hearing_type == "Trial").unwrap().id;
        let required = || Payload::WitnessesRequired { hearing: Some(trial), witnesses: vec![(VICTIM, None)] };
        app.record(Subject::Case(id), required()).await.unwrap();
        let tell = async || {
            let state = app.case(id).await;
            let task = state.tasks.iter().find(|task| task.state.is_open()).unwrap().id;
            let completion =
                Completion { outcome: "told".into(), channel: Some("visit".into()), ..Completion::default() };
            let action = TaskAction::Complete(completion);
            app.record(Subject::Task(task), Payload::TaskActed { task, version: None, action }).await.unwrap();
        };
        tell().await;
        let held = app.case(id).await.attendances[0].clone();
        assert_eq!((held.state, held.told_by.as_deref()), (AttendanceState::Warned, Some("visit")));
        app.wait(TimeDelta::hours(1));
        let off = Payload::AttendanceRecorded {
            participant: VICTIM,
            hearing: trial,
            state: AttendanceState::DeWarned,
            told_by: Some("call".into()),
        };
        app.record(Subject::Case(id), off).await.unwrap();
        app.wait(TimeDelta::hours(1));
        app.record(Subject::Case(id), required()).await.unwrap();
        let open = |state: &CaseState| state.duties.iter().filter(|duty| duty.state == DutyState::Open).count();
        assert_eq!(open(&app.case(id).await), 1, "it is owed again");
        tell().await;
        app.record(Subject::Case(id), required()).await.unwrap();
        assert_eq!(open(&app.case(id).await), 0, "and not a third time");
    }
}
