//! Seeded weeks at random: shares out of order, repeated, corrected; tasks completed; processes that die in between.
//! After every week the same things must hold, and the court facts must not depend on the order of anything.

use crate::app::{App, at, case, defendant, enhanced, offence, person, share, unit};
use crate::database::{Migrated, on_both_databases};
use chrono::TimeDelta;
use std::collections::BTreeSet;
use usher::domain::court::{Line, ResultLine, Share};
use usher::domain::duty::DutyState;
use usher::domain::event::{Completion, Payload, Subject, TaskAction};
use usher::domain::ids::{CaseId, CourtHearingId};
use usher::domain::person::Role;
use usher::domain::receipt::Outcome;
use usher::domain::record::Record;
use usher::domain::state::CaseState;
use uuid::Uuid;

/// How many cases a week has.
const CASES: u128 = 4;
/// How many hearing days each case has, and how often the court shares each.
const DAYS: u128 = 3;
const SHARES: u128 = 3;
/// CJS codes that the week draws from: fine, custody, conditional bail, adjourned, warrant, dismissed, nobody's.
const CODES: [&str; 7] = ["1015", "1002", "4027", "4506", "4575", "2006", "9999"];

/// A small generator: the same row for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % u64::try_from(sides).unwrap()).unwrap()
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.roll(last + 1));
        }
    }
}

fn line(code: &str) -> ResultLine {
    ResultLine {
        defendant: Some(defendant(1)),
        offence: Some(offence(1)),
        cjs_code: Some(code.into()),
        label: code.into(),
        ..ResultLine::blank(Line::Judicial)
    }
}

/// Every share of the week, each with the reference under which it is sent.
fn week(dice: &mut Dice) -> Vec<(String, Share)> {
    let mut shares = Vec::new();
    for n in 1..=CASES {
        for day in 0..DAYS {
            for nth in 0..SHARES {
                let lines = (0..=dice.roll(2)).map(|_| line(CODES[dice.roll(CODES.len())])).collect();
                let mut one = share(n, lines);
                one.hearing = CourtHearingId(Uuid::from_u128(0x4_0000 + n * 100 + day));
                one.day = "2026-11-16".parse().unwrap();
                one.day += TimeDelta::days(i64::try_from(day).unwrap());
                let minutes = i64::try_from(day * 1_440 + nth * 7).unwrap();
                one.shared_at = at("2026-11-16T15:00") + TimeDelta::minutes(minutes);
                one.sitting_at = Some(one.shared_at - TimeDelta::hours(5));
                one.cases[0].amended = nth > 0;
                shares.push((format!("{n}/{day}/{nth}"), one.canonical()));
            }
        }
    }
    shares
}

async fn send(app: &App, reference: &str, share: &Share) -> Outcome {
    let payload = Payload::HearingResulted { share: Box::new(share.clone()) };
    let receipt = app.engine.record(app.event(reference, Subject::Share, payload)).await.unwrap();
    assert_ne!(receipt.outcome, Outcome::Parked, "{reference}: {:?}", receipt.cases);
    receipt.outcome
}

async fn complete_something(app: &App, dice: &mut Dice, id: CaseId) {
    let held = app.case(id).await;
    let open: Vec<_> =
        held.tasks.iter().filter(|task| task.kind == "contact" && task.state.is_open()).collect();
    if open.is_empty() {
        return;
    }
    let task = open[dice.roll(open.len())];
    let action = TaskAction::Complete(Completion { outcome: "told".into(), ..Completion::default() });
    let payload = Payload::TaskActed { task: task.id, version: Some(task.version), action };
    app.record(Subject::Task(task.id), payload).await.unwrap();
}

/// What holds of every case, whatever happened.
fn check(held: &CaseState, seed: u64) {
    for duty in held.duties.iter().filter(|duty| duty.state == DutyState::Open) {
        let task = held.tasks.iter().find(|task| Some(task.id) == duty.task);
        let task = task.unwrap_or_else(|| panic!("seed {seed}: an open duty is in no task"));
        assert!(task.state.is_open(), "seed {seed}: an open duty is in a task that is {}", task.state);
        assert!(task.due_at <= duty.due_at, "seed {seed}: a task is due after a duty it gathers");
    }
    let keys: BTreeSet<&str> = held.tasks.iter().map(|task| task.key.as_str()).collect();
    assert_eq!(keys.len(), held.tasks.len(), "seed {seed}: two tasks with one key");
    for task in held.tasks.iter().filter(|task| task.kind == "contact" && task.state.is_open()) {
        let owes = held.duties.iter().any(|duty| duty.task == Some(task.id) && duty.state == DutyState::Open);
        assert!(owes, "seed {seed}: an open contact task has nothing to tell");
    }
    assert!(held.tasks.iter().all(|task| !task.because.is_empty()), "seed {seed}: a task without a reason");
}

/// Whether the case is remembered as of the latest event; if it is, then as it is stored.
fn is_remembered(app: &App, held: &CaseState, seed: u64) -> bool {
    let remembered = app.engine.remembered(held.case.id);
    let remembered = remembered.filter(|remembered| remembered.case.sequence == held.case.sequence);
    let Some(remembered) = remembered else { return false };
    let mut stored = held.clone();
    stored.forget_what_is_seldom_asked();
    stored.here = remembered.here;
    if !stored.here.snapshots {
        stored.snapshots.clear();
    }
    assert!(remembered == stored, "seed {seed}: a case is remembered otherwise than it is stored");
    true
}

async fn play(at: &Migrated, seed: u64) -> Vec<Record> {
    let mut dice = Dice(seed);
    let mut shares = week(&mut Dice(99));
    dice.shuffle(&mut shares);
    let repeats: Vec<_> = shares.iter().filter(|_| dice.roll(3) == 0).cloned().collect();
    shares.extend(repeats);
    dice.shuffle(&mut shares);
    let app = App::new(at.0.open().await).await;
    let mut ids = Vec::new();
    for n in 1..=CASES {
        // Some cases are opened only when half of their results are there.
        if dice.roll(2) == 0 {
            ids.push(app.open(case(n, vec![enhanced(person(n, 1, Role::Victim))])).await);
        }
    }
    let half = shares.len() / 2;
    let mut remembered = 0;
    for (nth, (reference, share)) in shares.iter().enumerate() {
        app.wait(TimeDelta::minutes(3));
        if nth == half {
            for n in 1..=CASES {
                let late = case(n, vec![enhanced(person(n, 1, Role::Victim))]);
                if !ids.contains(&late.id) {
                    ids.push(app.open(late).await);
                }
            }
        }
        // A process that dies before it answers: its caller repeats the call to another one.
        if dice.roll(8) == 0 {
            let dying = app.beside(at.0.open().await);
            let payload = Payload::HearingResulted { share: Box::new(share.clone()) };
            drop(dying.hand_over(app.event(reference, Subject::Share, payload)).await.unwrap());
        }
        send(&app, reference, share).await;
        if dice.roll(4) == 0 {
            let id = ids[dice.roll(ids.len())];
            complete_something(&app, &mut dice, id).await;
        }
        for id in &ids {
            let held = app.case(*id).await;
            check(&held, seed);
            remembered += usize::from(is_remembered(&app, &held, seed));
        }
    }
    assert!(remembered > shares.len(), "seed {seed}: hardly anything was remembered");
    ids.sort_unstable();
    let mut records = Vec::new();
    for id in ids {
        records.push((*app.case(id).await.record).clone());
    }
    let desk = app.case(CaseState::desk_of(unit().id)).await;
    assert!(desk.tasks.iter().all(|task| task.kind != "look-at-parked"), "seed {seed}: something was parked");
    records
}

on_both_databases! {
    async fn a_week_at_random_keeps_every_promise(at: Migrated) {
        play(&at, 1).await;
    }
}

on_both_databases! {
    async fn the_facts_of_a_week_do_not_depend_on_its_order(at: Migrated) {
        let mut dice = Dice(5);
        let mut shares = week(&mut Dice(99));
        dice.shuffle(&mut shares);
        let app = App::new(at.0.open().await).await;
        let mut records = Vec::new();
        for n in 1..=CASES {
            app.open(case(n, vec![])).await;
        }
        for (reference, share) in &shares {
            send(&app, reference, share).await;
        }
        for n in 1..=CASES {
            records.push((*app.case(case(n, vec![]).id).await.record).clone());
        }
        let mut latest: Vec<Share> = week(&mut Dice(99)).into_iter().map(|(_, share)| share).collect();
        latest.sort_by_key(|share| std::cmp::Reverse(share.shared_at));
        for (n, record) in (1..=CASES).zip(&records) {
            let mut seen = BTreeSet::new();
            let urn = crate::app::urn(n);
            let own = latest.iter().filter(|share| share.cases[0].urn.as_ref() == Some(&urn));
            let snapshots: Vec<_> = own
                .filter(|share| seen.insert(share.day))
                .map(|share| usher::domain::record::Snapshot::of(share, 0))
                .collect();
            assert_eq!(*record, Record::fold(&snapshots.iter().collect::<Vec<_>>()));
        }
    }
}
