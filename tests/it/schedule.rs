//! What the clock promises: what comes due becomes an event, once, whatever is repeated, killed or set back.

use crate::app::{App, at, case, person, share, trial, unit};
use crate::database::{Migrated, on_both_databases, on_postgres};
use crate::small_pack;
use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use usher::clock::Ids;
use usher::domain::court::{Line, ResultLine};
use usher::domain::diary::TimerState;
use usher::domain::ids::CaseId;
use usher::domain::message::MessageState;
use usher::domain::person::Role;
use usher::engine::{Engine, Settings};
use usher::schedule::{Clockwork, Tick};
use usher::store::{Store, clock as cursors};

/// A look at each hearing of the day, and at a case half an hour after its results.
const CHANGES: &[(&str, &str)] = &[
    (
        "schedule.yaml",
        r#"- { line: look-at-today, cron: "0 30 15 * * *", missed: coalesce, over: hearings-today, raise: hearing.today }
- { line: look-back, cron: "0 30 1 * * *", missed: catch-up, over: hearings-without-result, raise: hearing.without-result }
"#,
    ),
    (
        "rules/clock.yaml",
        r#"- rule: look-at-todays-hearing
  on: hearing.today
  do: [{ task: ring-instead, hearing: event.hearing, key: '"today"', priority: P2 }]
- rule: look-back-at-a-hearing
  on: hearing.without-result
  do: [{ task: ring-instead, hearing: event.hearing, key: '"back"', priority: P2 }]
- rule: look-again
  on: hearing.resulted
  do: [{ timer: result.old, at: 30 minutes after now }]
- rule: look-now
  on: result.old
  do: [{ task: ring-instead, key: '"old"', priority: P3 }]
"#,
    ),
];

async fn app(store: Store) -> App {
    App::with_pack(store, small_pack::pack(CHANGES)).await
}

/// The nth case, with a trial listed.
async fn listed(app: &App, n: u128, when: &str) -> CaseId {
    let id = app.open(case(n, vec![])).await;
    app.share(share(n, vec![trial(when)])).await;
    id
}

/// How many tasks of the case have this in their key.
async fn tasks(app: &App, case: CaseId, word: &str) -> usize {
    app.case(case).await.tasks.iter().filter(|task| task.key.contains(word)).count()
}

on_both_databases! {
    async fn a_timer_becomes_an_event_at_its_instant_and_not_before(store: Store) {
        let app = app(store).await;
        let id = listed(&app, 1, "2026-12-01T10:00").await;
        app.wait(TimeDelta::minutes(30) - TimeDelta::milliseconds(1));
        assert_eq!(app.clockwork.tick().await.unwrap().timers, 0);
        app.wait(TimeDelta::milliseconds(1));
        assert_eq!(app.clockwork.tick().await.unwrap().timers, 1);
        assert_eq!(app.clockwork.tick().await.unwrap(), Tick::default());
        let held = app.case(id).await;
        assert_eq!((held.timers[0].state, held.tasks.len()), (TimerState::Fired, 1));
    }
}

on_both_databases! {
    async fn a_late_timer_fires_once_and_its_lateness_is_measured(store: Store) {
        let app = app(store).await;
        let id = listed(&app, 1, "2026-12-01T10:00").await;
        app.wait(TimeDelta::minutes(31));
        app.tick().await;
        app.tick().await;
        assert_eq!(tasks(&app, id, "old").await, 1);
        assert_eq!((app.clockwork.lag().fired(), app.clockwork.lag().max()), (1, Duration::from_secs(60)));
    }
}

on_both_databases! {
    async fn a_clock_that_is_set_back_fires_nothing_twice(store: Store) {
        let app = app(store).await;
        let id = listed(&app, 1, "2026-11-20T10:00").await;
        app.tick().await;
        app.clock.set(at("2026-11-20T16:00"));
        app.tick().await;
        app.clock.set(at("2026-11-20T09:05"));
        app.tick().await;
        app.clock.set(at("2026-11-20T16:00"));
        app.tick().await;
        assert_eq!((tasks(&app, id, "old").await, tasks(&app, id, "today").await), (1, 1));
        assert_eq!(app.clockwork.lag().fired(), 3, "the timer, the line, and the line again as a repeat");
    }
}

on_both_databases! {
    async fn a_clock_that_was_a_year_ahead_does_not_silence_the_schedule(store: Store) {
        let app = app(store).await;
        let id = listed(&app, 1, "2026-11-21T10:00").await;
        app.clock.set(at("2027-11-20T09:00"));
        app.tick().await;
        app.clock.set(at("2026-11-20T09:00"));
        app.tick().await;
        app.clock.set(at("2026-11-21T15:30"));
        app.tick().await;
        assert_eq!(tasks(&app, id, "today").await, 1);
    }
}

on_both_databases! {
    async fn a_line_tells_every_hearing_of_its_day_and_no_other(store: Store) {
        let app = app(store).await;
        app.tick().await;
        let today = listed(&app, 1, "2026-11-20T10:00").await;
        let tomorrow = listed(&app, 2, "2026-11-21T10:00").await;
        app.clock.set(at("2026-11-20T15:30"));
        app.tick().await;
        assert_eq!((tasks(&app, today, "today").await, tasks(&app, tomorrow, "today").await), (1, 0));
    }
}

on_both_databases! {
    async fn a_hearing_whose_day_passed_without_a_result_is_found(store: Store) {
        let app = app(store).await;
        app.tick().await;
        let id = listed(&app, 1, "2026-11-20T10:00").await;
        let later = listed(&app, 2, "2026-11-21T10:00").await;
        app.clock.set(at("2026-11-21T01:30"));
        app.tick().await;
        assert_eq!((tasks(&app, id, "back").await, tasks(&app, later, "back").await), (1, 0));
    }
}

on_both_databases! {
    async fn a_run_that_failed_half_way_is_done_again_and_doubles_nothing(store: Store) {
        let app = app(store.clone()).await;
        app.tick().await;
        let first = listed(&app, 1, "2026-11-20T10:00").await;
        app.clock.set(at("2026-11-20T15:30"));
        app.tick().await;
        // As if the process had been killed before it moved the cursor; another hearing has been listed meanwhile.
        let second = listed(&app, 2, "2026-11-20T14:00").await;
        let (name, due) = ("schedule/look-at-today", at("2026-11-20T15:30"));
        assert!(cursors::move_cursor(&store, unit().id, name, due, at("2026-11-20T09:00")).await.unwrap());
        app.tick().await;
        assert_eq!((tasks(&app, first, "today").await, tasks(&app, second, "today").await), (1, 1));
    }
}

on_both_databases! {
    async fn one_run_stands_for_those_missed_in_a_week(store: Store) {
        let app = app(store).await;
        let id = listed(&app, 1, "2026-11-27T10:00").await;
        app.tick().await;
        app.clock.set(at("2026-11-27T18:00"));
        let runs = app.clockwork.tick().await.unwrap().runs;
        // One for the line that coalesces, seven for the one that catches up.
        assert_eq!((runs, tasks(&app, id, "today").await), (8, 1));
    }
}

on_both_databases! {
    async fn lines_keep_to_the_wall_clock_when_the_clocks_change(store: Store) {
        let app = app(store).await;
        for (from, until, runs) in [
            // The doubled half past one: once.
            ("2026-10-24T12:00:00Z", "2026-10-25T00:29:59Z", 1),
            ("2026-10-25T00:29:59Z", "2026-10-25T00:30:00Z", 1),
            ("2026-10-25T00:30:00Z", "2026-10-25T12:00:00Z", 0),
            // Half past one that does not exist: at two.
            ("2027-03-27T12:00:00Z", "2027-03-28T00:59:59Z", 1),
            ("2027-03-28T00:59:59Z", "2027-03-28T01:00:00Z", 1),
        ] {
            app.clock.set(at(from));
            app.tick().await;
            app.clock.set(at(until));
            assert_eq!(app.clockwork.tick().await.unwrap().runs, runs, "{from} to {until}");
        }
    }
}

/// A further process on the same database, with ids of its own: seeded rows of ids overlap.
async fn beside(app: &App, store: Store) -> Clockwork {
    let rulesets = app.engine.rulesets().clone();
    Clockwork::new(Engine::start(store, rulesets, app.clock.clone(), Ids::Random, Settings::default()))
}

on_both_databases! {
    async fn two_clocks_at_once_fire_each_timer_and_each_line_once(given: Migrated) {
        let app = app(given.0.open().await).await;
        let other = beside(&app, given.0.open().await).await;
        app.tick().await;
        let mut cases = Vec::new();
        for n in 1..=12 {
            cases.push(listed(&app, n, "2026-11-20T10:00").await);
        }
        app.clock.set(at("2026-11-20T16:00"));
        let (one, two) = tokio::join!(app.clockwork.tick(), other.tick());
        assert_eq!(one.unwrap().timers + two.unwrap().timers, 12);
        app.tick().await;
        for id in cases {
            assert_eq!((tasks(&app, id, "old").await, tasks(&app, id, "today").await), (1, 1));
            assert_eq!(app.case(id).await.timers[0].state, TimerState::Fired);
        }
    }
}

on_both_databases! {
    async fn a_timer_whose_event_is_parked_does_not_come_due_for_ever(store: Store) {
        let app = App::with_pack(store, small_pack::failing("result.old", CHANGES)).await;
        let id = app.open(case(1, vec![person(1, 5, Role::OfficerInCase)])).await;
        app.share(share(1, vec![trial("2026-12-01T10:00")])).await;
        app.wait(TimeDelta::minutes(30));
        app.tick().await;
        let held = app.case(id).await;
        assert_eq!((held.timers[0].state, held.tasks.len()), (TimerState::Waiting, 0), "it is kept for a retry");
        assert_eq!(cursors::next_timer_at(app.engine.store()).await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_restarts_is_found_again() {
    on_postgres(async |given: Migrated| {
        let store = given.0.open().await;
        let app = app(store.clone()).await;
        let id = app.open(case(1, vec![person(1, 1, Role::OfficerInCase)])).await;
        let fine =
            ResultLine { cjs_code: Some("1015".into()), label: "Fine".into(), ..trial("2026-12-01T10:00") };
        let fine = ResultLine { next_hearing: None, line: Line::Judicial, ..fine };
        let closing = CancellationToken::new();
        let (clockwork, outbox, close) = (app.clockwork.clone(), app.outbox.clone(), closing.clone());
        let running = tokio::spawn(async move { tokio::join!(clockwork.run(&close), outbox.run(&close)) });
        app.share(share(1, vec![fine])).await;
        let killer = given.0.open().await;
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";
        killer.reader().execute_unprepared(kill).await.unwrap();
        app.clock.set(at("2026-11-20T12:00"));
        let done = async || {
            let held = app.case(id).await;
            held.messages[0].state == MessageState::Sent && held.timers[0].state == TimerState::Fired
        };
        let patience = std::time::Instant::now() + Duration::from_secs(20);
        while !done().await {
            assert!(std::time::Instant::now() < patience, "the loops did not come back");
            tokio::time::sleep(Duration::from_millis(20)).await;
            app.wait(TimeDelta::seconds(1));
        }
        assert_eq!(app.mail.arrived().len(), 1);
        closing.cancel();
        running.await.unwrap();
    })
    .await;
}
