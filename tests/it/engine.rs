//! What the engine promises: once, together, in order, and nothing dropped.

use crate::app::{App, case, defendant, enhanced, offence, person, share, unit};
use crate::database::{Migrated, on_both_databases, on_postgres};
use crate::small_pack;
use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use usher::casework::Mode;
use usher::domain::court::{Line, ResultLine};
use usher::domain::duty::DutyState;
use usher::domain::event::{Payload, Subject};
use usher::domain::person::Role;
use usher::domain::receipt::Outcome;
use usher::domain::refusal::Refusal;
use usher::domain::state::CaseState;
use usher::engine::rulesets::Ruleset;
use usher::engine::{Error, Keep, found};
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

/// A rule that cannot be decided for one case: it asks about a day far beyond the calendar.
const UNDECIDABLE: &str = "
- rule: ask-beyond-the-calendar
  because: A test.
  on: hearing.resulted
  for: p in case.victims
  when: p.child && working_days_until(date('2090-01-02')) > 3
  do:
    - propose: never
";

on_both_databases! {
    async fn one_event_that_cannot_be_decided_is_parked_alone(store: Store) {
        let app = App::with_files(store, &[("rules/undecidable.yaml", UNDECIDABLE)]).await;
        let mut child = enhanced(person(1, 1, Role::Victim));
        child.child = true;
        let stuck = app.open(case(1, vec![child])).await;
        let fine = app.open(case(2, vec![enhanced(person(2, 1, Role::Victim))])).await;
        let (one, two) =
            tokio::join!(app.share(share(1, vec![result("1015")])), app.share(share(2, vec![result("1015")])));
        assert_eq!((one.outcome, two.outcome), (Outcome::Parked, Outcome::Applied));
        let why = one.cases[0].reason.as_ref().unwrap();
        assert!(why.contains("ask-beyond-the-calendar") && why.contains("rules/undecidable.yaml"), "{why}");
        let owed = async |id| app.case(id).await.duties.iter().filter(|duty| duty.kind == "outcome").count();
        assert_eq!((owed(stuck).await, owed(fine).await), (0, 1));
        let desk = app.case(CaseState::desk_of(unit().id)).await;
        assert_eq!(desk.tasks.iter().filter(|task| task.kind == "look-at-parked").count(), 1);
    }
}

on_both_databases! {
    async fn a_parked_event_put_right_counts_from_when_it_first_reached_the_unit(store: Store) {
        let app = App::new(store).await;
        let id = app.open(case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
        let received = app.clock.now();
        let unreadable = Payload::Unreadable { format: "common-platform".into(), reason: "no sharedTime".into() };
        let parked = app.record(Subject::Desk, unreadable).await.unwrap();
        app.wait(TimeDelta::hours(5));
        let instead = Payload::HearingResulted { share: Box::new(share(1, vec![result("1015")])) };
        let retry = Payload::ParkedRetried { event: parked.event, instead: Some(Box::new(instead)) };
        app.record(Subject::Desk, retry.clone()).await.unwrap();
        let held = app.case(id).await;
        let outcome = held.duties.iter().find(|duty| duty.kind == "outcome").unwrap();
        assert_eq!(outcome.target_at, Some(received + TimeDelta::hours(24)));
        let again = app.record(Subject::Desk, retry).await;
        assert!(matches!(again, Err(Error::Refused(Refusal::IllegalMove { .. }))), "{again:?}");
    }
}

on_both_databases! {
    async fn an_older_share_changes_nothing(store: Store) {
        let app = App::new(store).await;
        let id = app.open(case(1, vec![])).await;
        app.share(share(1, vec![result("1015")])).await;
        let mut older = share(1, vec![result("1002")]);
        older.shared_at -= TimeDelta::minutes(5);
        assert_eq!(app.share(older).await.outcome, Outcome::Stale);
        assert_eq!(app.case(id).await.record.lines[0].line.cjs_code.as_deref(), Some("1015"));
    }
}

on_both_databases! {
    async fn results_that_vanish_without_a_word_are_held_for_a_person(store: Store) {
        let app = App::new(store).await;
        let id = app.open(case(1, vec![])).await;
        app.share(share(1, vec![result("1015")])).await;
        let mut empty = share(1, vec![]);
        empty.shared_at += TimeDelta::minutes(5);
        assert_eq!(app.share(empty.clone()).await.outcome, Outcome::Parked);
        assert_eq!(app.case(id).await.record.lines.len(), 1);
        empty.cases[0].amended = true;
        assert_ne!(app.share(empty).await.outcome, Outcome::Parked);
        assert!(app.case(id).await.record.lines.is_empty());
    }
}

on_both_databases! {
    async fn one_payload_is_one_transaction_over_all_its_cases(store: Store) {
        let app = App::new(store).await;
        let ids = [app.open(case(1, vec![])).await, app.open(case(2, vec![])).await];
        let mut both = share(1, vec![result("1015")]);
        both.cases.extend(share(2, vec![result("1015")]).cases);
        let receipt = app.share(both).await;
        assert_eq!(receipt.cases.len(), 2);
        for id in ids {
            assert_eq!(app.case(id).await.record.lines.len(), 1);
        }
    }
}

on_both_databases! {
    async fn a_case_numbers_its_events_in_order_without_a_gap(store: Store) {
        let app = App::new(store).await;
        let id = app.open(case(1, vec![])).await;
        let notes = (0..30).map(|n| {
            let flags = Some(vec![format!("flag-{n}")]);
            let payload = Payload::CaseUpdated { phase: None, risk: None, flags, owner: None, team: None, version: None };
            app.record(Subject::Case(id), payload)
        });
        let receipts = futures::future::join_all(notes).await;
        assert!(receipts.iter().all(Result::is_ok));
        assert_eq!(app.case(id).await.case.sequence, 31);
    }
}

on_both_databases! {
    async fn a_caller_who_goes_away_changes_nothing(store: Store) {
        let app = App::new(store).await;
        let id = app.open(case(1, vec![])).await;
        let payload = Payload::HearingResulted { share: Box::new(share(1, vec![result("1015")])) };
        let answer = app.engine.hand_over(app.event("gone", Subject::Share, payload.clone())).await.unwrap();
        drop(answer);
        let again = app.engine.record(app.event("gone", Subject::Share, payload)).await.unwrap();
        assert_eq!(again.outcome, Outcome::Duplicate);
        assert_eq!(app.case(id).await.record.lines.len(), 1);
    }
}

on_both_databases! {
    async fn what_is_refused_leaves_nothing_behind(store: Store) {
        let app = App::new(store).await;
        let nobody = person(1, 1, Role::Victim);
        let mut wrong = case(1, vec![nobody]);
        wrong.participants[0].roles.clear();
        let subject = Subject::Reference(wrong.references.clone());
        let refused = app.record(subject, Payload::CaseOpened { case: Box::new(wrong) }).await;
        let Err(Error::Refused(Refusal::Invalid { field, .. })) = refused else { panic!("{refused:?}") };
        assert_eq!(field, "participants[0].roles");
        app.open(case(1, vec![])).await;
    }
}

on_both_databases! {
    async fn a_quiet_import_takes_facts_in_without_work(store: Store) {
        let app = App::new(store).await;
        let id = app.open(case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
        let before = app.case(id).await;
        let payload = Payload::HearingResulted { share: Box::new(share(1, vec![result("1015")])) };
        let mut event = app.event("quiet", Subject::Share, payload);
        event.mode = Mode::Quiet;
        app.engine.record(event).await.unwrap();
        let held = app.case(id).await;
        assert_eq!(held.record.lines.len(), 1);
        assert_eq!((held.tasks.len(), held.messages.len()), (before.tasks.len(), before.messages.len()));
    }
}

on_both_databases! {
    async fn two_processes_that_are_sent_the_same_events_have_each_once(at: Migrated) {
        let app = App::new(at.0.open().await).await;
        let other = app.beside(at.0.open().await);
        let ids: Vec<_> = futures::future::join_all((1..=12).map(|n| {
            app.open(case(n, vec![enhanced(person(n, 1, Role::Victim))]))
        }))
        .await;
        let events: Vec<_> = (1..=12)
            .map(|n| {
                let payload = Payload::HearingResulted { share: Box::new(share(n, vec![result("1015")])) };
                app.event(&format!("share-{n}"), Subject::Share, payload)
            })
            .collect();
        let here = futures::future::join_all(events.iter().cloned().map(|event| app.engine.record(event)));
        let there = futures::future::join_all(events.iter().cloned().map(|event| other.record(event)));
        let (here, there) = tokio::join!(here, there);
        for (one, two) in here.iter().zip(&there) {
            let outcomes = [one.as_ref().unwrap().outcome, two.as_ref().unwrap().outcome];
            assert!(outcomes.contains(&Outcome::Applied) && outcomes.contains(&Outcome::Duplicate), "{outcomes:?}");
        }
        for id in ids {
            assert_eq!(app.case(id).await.tasks.len(), 1);
        }
    }
}

on_both_databases! {
    async fn a_result_and_the_opening_of_its_case_at_the_same_instant_do_not_miss_each_other(at: Migrated) {
        let app = App::new(at.0.open().await).await;
        let other = app.beside(at.0.open().await);
        for n in 1..=25 {
            let payload = Payload::HearingResulted { share: Box::new(share(n, vec![result("1015")])) };
            let shared = other.record(app.event(&format!("share-{n}"), Subject::Share, payload));
            let opened = app.open(case(n, vec![enhanced(person(n, 1, Role::Victim))]));
            let (id, shared) = tokio::join!(opened, shared);
            let outcome = shared.unwrap().outcome;
            assert_eq!(app.case(id).await.record.lines.len(), 1, "case {n}, the result was {outcome}");
        }
    }
}

/// A rule that tells the desk, and the other cases of whoever it is about, of a changed flag.
const ELSEWHERE: &str = "
- rule: tell-elsewhere
  because: A test.
  on: case.updated
  do:
    - emit: flag.changed
      at: desk
    - emit: flag.changed
      at: other-cases

- rule: note-at-the-other-end
  because: A test.
  on: flag.changed
  do:
    - propose: heard
";

on_both_databases! {
    async fn what_follows_elsewhere_is_kept_with_its_cause_and_handled_once(store: Store) {
        let app = App::with_files(store, &[("rules/elsewhere.yaml", ELSEWHERE)]).await;
        let one = app.open(case(1, vec![person(1, 1, Role::Victim)])).await;
        let mut elsewhere = person(2, 1, Role::CivilianWitness);
        elsewhere.person = person(1, 1, Role::Victim).person;
        let two = app.open(case(2, vec![elsewhere])).await;
        let mut commits = app.engine.commits();
        let update = Payload::CaseUpdated { phase: None, risk: None, flags: None, owner: None, team: None, version: None };
        app.record(Subject::Case(one), update).await.unwrap();
        while app.case(two).await.case.proposed_flags.is_empty() {
            commits.changed().await.unwrap();
        }
        assert!(app.case(one).await.case.proposed_flags.is_empty());
        let desk = app.case(CaseState::desk_of(unit().id)).await;
        assert_eq!(desk.case.proposed_flags, ["heard"]);
    }
}

on_both_databases! {
    async fn an_event_that_cannot_be_written_is_parked_rather_than_lost(store: Store) {
        let app = App::new(store).await;
        app.open(case(1, vec![person(1, 1, Role::Victim)])).await;
        // The same participant in another case: nothing but the database notices.
        let twice = case(2, vec![person(1, 1, Role::Victim)]);
        let subject = Subject::Reference(twice.references.clone());
        let receipt = app.record(subject, Payload::CaseOpened { case: Box::new(twice) }).await.unwrap();
        assert_eq!(receipt.outcome, Outcome::Parked);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_went_away_and_came_back_loses_nothing() {
    on_postgres(async |at: Migrated| {
        let app = App::new(at.0.open().await).await;
        let id = app.open(case(1, vec![])).await;
        let admin = at.0.open().await;
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";
        for n in 0..5 {
            admin.reader().execute_unprepared(kill).await.unwrap();
            let mut lines = share(1, vec![result("1015")]);
            lines.shared_at += TimeDelta::minutes(n);
            lines.cases[0].amended = true;
            lines.cases[0].lines[0].cjs_code = Some(format!("100{n}"));
            let payload = Payload::HearingResulted { share: Box::new(lines.canonical()) };
            let event = app.event(&format!("after-{n}"), Subject::Share, payload);
            // A caller who is told to repeat does so, under the same reference.
            let mut answer = app.engine.record(event.clone()).await;
            for _ in 0..20 {
                if !matches!(answer, Err(Error::Unavailable(_))) {
                    break;
                }
                answer = app.engine.record(event.clone()).await;
            }
            assert!(answer.is_ok(), "{answer:?}");
        }
        assert_eq!(app.case(id).await.case.sequence, 6);
    })
    .await;
}

on_both_databases! {
    async fn work_that_nobody_owns_is_spread_even_within_one_batch(store: Store) {
        let app = App::new(store).await;
        for n in 1..=8 {
            let mut unowned = case(n, vec![enhanced(person(n, 1, Role::Victim))]);
            unowned.owner = None;
            app.open(unowned).await;
        }
        futures::future::join_all((1..=8).map(|n| app.share(share(n, vec![result("1015")])))).await;
        let mut given = [0; 2];
        for n in 1..=8 {
            let task = &app.case(case(n, vec![]).id).await.tasks[0];
            given[usize::from(task.assignee == Some(crate::app::officer(2)))] += 1;
        }
        assert_eq!(given, [4, 4]);
    }
}

on_both_databases! {
    async fn a_share_from_a_clock_that_runs_ahead_is_parked_and_keeps_nothing_out(store: Store) {
        let app = App::new(store).await;
        let id = app.open(case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
        let parked = |receipt: usher::domain::receipt::Receipt| {
            assert_eq!(receipt.outcome, Outcome::Parked, "{receipt:?}");
            receipt.cases[0].reason.clone().unwrap()
        };
        let mut ahead = share(1, vec![result("1015")]);
        ahead.shared_at = app.clock.now() + TimeDelta::minutes(6);
        let why = parked(app.share(ahead).await);
        assert!(why.starts_with("sharedTime is Fri 20 Nov 2026 09:06"), "{why}");
        let mut far = share(1, vec![result("1015")]);
        far.day = "2062-11-19".parse().unwrap();
        let why = parked(app.share(far.canonical()).await);
        assert!(why.starts_with("hearingDay is 2062-11-19"), "{why}");
        // A court's clock that is a little fast, and the true news, are taken.
        let mut fast = share(1, vec![result("1015")]);
        fast.shared_at = app.clock.now() + TimeDelta::minutes(4);
        assert_eq!(app.share(fast).await.outcome, Outcome::Applied);
        assert!(!app.case(id).await.duties.is_empty());
    }
}

/// Somebody sees to what is final; in the first pack nothing says that 1015 is.
const LATE: (&str, &str) = (
    "rules/late.yaml",
    "- rule: see-to-what-is-final\n  on: hearing.resulted\n  when: event.added.exists(r, r.final)\n  do: [{ task: ring-instead, \
     key: '\"final\"', priority: P2 }]\n",
);
const UNMAPPED: (&str, &str) =
    ("outcomes.yaml", "- { outcome: custody, title: Custody, final: true, told: true, cjs: [1002] }\n");

on_both_databases! {
    async fn a_code_that_is_mapped_late_is_handled_again_and_nobody_is_told_twice(store: Store) {
        let app = App::with_pack(store.clone(), small_pack::pack(&[LATE, UNMAPPED])).await;
        let id = app.open(case(1, vec![person(1, 1, Role::OfficerInCase)])).await;
        let receipt = app.share(share(1, vec![result("1015")])).await;
        app.wait(TimeDelta::minutes(20));
        app.tick().await;
        assert!(app.case(id).await.tasks.is_empty());
        assert_eq!(app.mail.arrived().len(), 1);

        let later = Ruleset::new(small_pack::pack(&[LATE])).unwrap();
        found::found(&store, &unit(), &later, app.clock.now()).await.unwrap();
        app.engine.rulesets().hold(later);
        let again = |keep| app.engine.again(unit().id, receipt.event, None, keep);
        let (foreseen, lines) = again(Keep::Nothing).await.unwrap();
        assert_eq!((foreseen.outcome, lines), (Outcome::Applied, vec!["task ring-instead".to_owned()]));
        assert!(app.case(id).await.tasks.is_empty(), "a preview changes nothing");
        again(Keep::Changes).await.unwrap();
        assert_eq!(app.case(id).await.tasks.len(), 1);
        let (_, lines) = again(Keep::Changes).await.unwrap();
        assert!(lines.is_empty(), "{lines:?}");
        app.wait(TimeDelta::minutes(20));
        app.tick().await;
        let held = app.case(id).await;
        assert_eq!((held.tasks.len(), held.messages.len(), app.mail.arrived().len()), (1, 1, 1));
    }
}
