//! What the outbox promises: what was decided is what is sent, once, to whom it may still be sent; and what became of
//! it is known.

use crate::app::{App, at, case, defendant, offence, person, share, unit};
use crate::database::{Migrated, on_both_databases};
use crate::small_pack;
use crate::smtp_server::{Fault, SmtpServer, Stage};
use chrono::TimeDelta;
use std::time::Duration;
use usher::domain::court::{Line, ResultLine};
use usher::domain::event::{MessageAction, NewParticipant, Payload, Subject};
use usher::domain::ids::CaseId;
use usher::domain::message::{Message, MessageState};
use usher::domain::person::{Consent, Role};
use usher::domain::staff::{Unit, UnitMode};
use usher::engine::found;
use usher::mail::settings::{SmtpSettings, Timeouts, TlsMode, TransportKind};
use usher::mail::{Backoff, BreakerPolicy, Fault as RelayFault, Outcome, Phase, Reason, Transport};
use usher::outbox::{Bounce, Outbox, Round, Settings};
use usher::store::{Store, outbox as leases};

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

fn deferred(fault: RelayFault) -> Outcome {
    Outcome::Deferred { reason: Reason::own(Phase::Recipient, "not now"), fault }
}

fn refused() -> Outcome {
    Outcome::Refused { reason: Reason::own(Phase::Recipient, "no such mailbox") }
}

async fn app(store: Store) -> App {
    App::with_pack(store, small_pack::pack(&[])).await
}

/// A case with these people, and a result that has settled.
async fn told(app: &App, people: Vec<NewParticipant>) -> CaseId {
    let id = app.open(case(1, people)).await;
    app.share(share(1, vec![result("1015")])).await;
    app.wait(TimeDelta::minutes(15));
    id
}

async fn the_message(app: &App, case: CaseId) -> Message {
    let mut held = app.case(case).await.messages;
    assert_eq!(held.len(), 1, "{held:?}");
    (*held.remove(0)).clone()
}

async fn tasks_to_ring(app: &App, case: CaseId) -> usize {
    app.case(case).await.tasks.iter().filter(|task| task.kind == "ring-instead").count()
}

fn officer_in_case() -> Vec<NewParticipant> {
    vec![person(1, 5, Role::OfficerInCase)]
}

on_both_databases! {
    async fn the_frozen_text_and_message_id_are_what_is_sent(store: Store) {
        let app = app(store).await;
        let id = told(&app, officer_in_case()).await;
        let decided = the_message(&app, id).await;
        app.tick().await;
        let arrived = app.mail.arrived();
        assert_eq!(arrived.len(), 1);
        assert_eq!(arrived[0].message_id.as_str(), decided.message_id);
        assert_eq!((&arrived[0].subject, &arrived[0].text), (&decided.subject, &decided.text));
        assert_eq!(arrived[0].date, decided.written_at);
        assert_eq!(arrived[0].to.as_str(), "person105@people.test");
        assert!(arrived[0].envelope_from.as_str().contains(&decided.id.0.simple().to_string()));
        assert_eq!(the_message(&app, id).await.state, MessageState::Sent);
    }
}

on_both_databases! {
    async fn nothing_leaves_before_the_court_has_settled(store: Store) {
        let app = app(store).await;
        let id = app.open(case(1, officer_in_case())).await;
        app.share(share(1, vec![result("1015")])).await;
        app.wait(TimeDelta::minutes(14));
        app.tick().await;
        assert_eq!(app.mail.arrived().len(), 0);
        assert_eq!(the_message(&app, id).await.state, MessageState::Queued);
    }
}

on_both_databases! {
    async fn a_corrected_result_stops_the_mail_that_has_not_left(store: Store) {
        let app = app(store).await;
        let id = app.open(case(1, officer_in_case())).await;
        app.share(share(1, vec![result("1015")])).await;
        let mut corrected = share(1, vec![result("1002")]);
        corrected.shared_at = at("2026-11-19T15:10");
        corrected.cases[0].amended = true;
        app.share(corrected).await;
        app.wait(TimeDelta::minutes(15));
        app.tick().await;
        let texts: Vec<String> = app.mail.arrived().into_iter().map(|mail| mail.text).collect();
        assert_eq!(texts.len(), 1, "{:?}", app.case(id).await.messages);
        assert!(texts[0].contains("Custody") && !texts[0].contains("Fine"), "{texts:?}");
    }
}

on_both_databases! {
    async fn two_processes_send_one_message_once(given: Migrated) {
        let app = app(given.0.open().await).await;
        let people = (1..=8).map(|n| person(1, n, Role::Victim)).collect();
        let id = told(&app, people).await;
        let now = app.clock.now();
        let stores = [given.0.open().await, given.0.open().await];
        let until = now + TimeDelta::minutes(5);
        let claims = stores.iter().map(|store| leases::claim(store, now, until, 5));
        let claims = futures::future::try_join_all(claims).await.unwrap();
        assert!(claims.iter().all(|claim| claim.len() <= 5), "{claims:?}");
        let mut claimed: Vec<_> = claims.iter().flatten().map(|leased| leased.message).collect();
        claimed.sort_unstable();
        claimed.dedup();
        assert_eq!(claimed.len(), claims.iter().map(Vec::len).sum::<usize>(), "one was claimed twice");
        // What neither claimed is claimed by one of two outboxes that tick together.
        let other = Outbox::new(app.engine.clone(), Transport::Memory(app.mail.clone()), Settings::default()).unwrap();
        let rounds = futures::future::try_join(app.outbox.tick(), other.tick()).await.unwrap();
        assert_eq!(usize::try_from(rounds.0.sent + rounds.1.sent).unwrap(), 8 - claimed.len());
        let sent = app.case(id).await.messages.iter().filter(|held| held.state == MessageState::Sent).count();
        assert_eq!((sent, app.mail.arrived().len()), (8 - claimed.len(), 8 - claimed.len()));
    }
}

on_both_databases! {
    async fn a_refused_mail_is_an_event_from_which_a_task_follows(store: Store) {
        let app = app(store).await;
        app.mail.answer_next(1, refused());
        let id = told(&app, officer_in_case()).await;
        app.tick().await;
        let message = the_message(&app, id).await;
        assert_eq!(message.state, MessageState::Refused);
        assert_eq!(message.state_reason.as_deref(), Some("at RCPT TO: no such mailbox"));
        assert_eq!(tasks_to_ring(&app, id).await, 1);
    }
}

on_both_databases! {
    async fn a_refused_mail_that_is_tried_again_by_hand_leaves_under_the_same_message_id(store: Store) {
        let app = app(store).await;
        app.mail.answer_next(1, refused());
        let id = told(&app, officer_in_case()).await;
        app.tick().await;
        let message = the_message(&app, id).await.id;
        let retry = Payload::MessageActed { message, action: MessageAction::Retry, reason: "address mended".into() };
        app.record(Subject::Message(message), retry).await.unwrap();
        app.tick().await;
        assert_eq!(app.mail.arrived()[0].message_id.as_str(), the_message(&app, id).await.message_id);
        assert_eq!(the_message(&app, id).await.state, MessageState::Sent);
    }
}

on_both_databases! {
    async fn a_mail_put_off_is_tried_again_later_and_nobody_is_told(store: Store) {
        let app = app(store).await;
        app.mail.answer_next(2, deferred(RelayFault::Mail));
        let id = told(&app, officer_in_case()).await;
        app.tick().await;
        assert_eq!(the_message(&app, id).await.state, MessageState::Deferred);
        assert_eq!(app.outbox.tick().await.unwrap(), Round::default(), "not before its time");
        app.wait(TimeDelta::minutes(1));
        app.tick().await;
        assert_eq!(app.mail.arrived().len(), 0);
        app.wait(TimeDelta::minutes(2));
        app.tick().await;
        assert_eq!(app.mail.arrived().len(), 1);
        assert_eq!(tasks_to_ring(&app, id).await, 0);
    }
}

on_both_databases! {
    async fn a_mail_put_off_for_ever_is_given_up_and_becomes_a_task(store: Store) {
        let app = app(store).await;
        app.mail.answer_next(20, deferred(RelayFault::Mail));
        let id = told(&app, officer_in_case()).await;
        for _ in 0..20 {
            app.tick().await;
            app.wait(TimeDelta::hours(1));
        }
        let message = the_message(&app, id).await;
        assert_eq!(message.state, MessageState::Refused);
        assert!(message.state_reason.unwrap().starts_with("given up after 12 attempts"));
        assert_eq!(tasks_to_ring(&app, id).await, 1);
    }
}

on_both_databases! {
    async fn a_mail_that_may_have_arrived_is_put_before_a_person(store: Store) {
        let app = app(store).await;
        app.mail.lose_reply_next(1);
        let id = told(&app, vec![person(1, 1, Role::Victim)]).await;
        app.tick().await;
        app.wait(TimeDelta::days(1));
        app.tick().await;
        assert_eq!(the_message(&app, id).await.state, MessageState::Unknown);
        assert_eq!((app.mail.arrived().len(), tasks_to_ring(&app, id).await), (1, 1));
    }
}

on_both_databases! {
    async fn a_crash_between_sending_and_noting_ends_as_unknown_and_is_never_sent_twice(store: Store) {
        let app = app(store.clone()).await;
        let id = told(&app, vec![person(1, 1, Role::Victim)]).await;
        // Another process claims it, and is killed.
        let now = app.clock.now();
        let gone = leases::claim(&store, now, now + TimeDelta::minutes(5), 10).await.unwrap();
        assert_eq!(gone.len(), 1);
        app.tick().await;
        assert_eq!(the_message(&app, id).await.state, MessageState::Sending, "its lease still runs");
        app.wait(TimeDelta::minutes(5));
        app.tick().await;
        assert_eq!(the_message(&app, id).await.state, MessageState::Unknown);
        app.wait(TimeDelta::days(1));
        app.tick().await;
        assert_eq!((app.mail.arrived().len(), tasks_to_ring(&app, id).await), (0, 1));
    }
}

on_both_databases! {
    async fn a_sender_that_was_only_slow_is_believed(store: Store) {
        let app = app(store.clone()).await;
        let id = told(&app, vec![person(1, 1, Role::Victim)]).await;
        let server = SmtpServer::start().await;
        server.fail_next(1, Stage::Dot, Fault::Hang);
        // Its attempt is dropped in the middle: the server has the mail, and nobody notes it.
        let slow = over(&app, &server, Settings::default());
        let has_it = async {
            while server.accepted().is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::select! {
            _ = slow.tick() => panic!("the server answers nothing, so that the attempt cannot end"),
            had = tokio::time::timeout(Duration::from_secs(30), has_it) => had.expect("the server has the mail"),
        }
        app.wait(TimeDelta::hours(1));
        app.tick().await;
        let message = the_message(&app, id).await;
        assert_eq!(message.state, MessageState::Unknown);
        let fared = Payload::MessageFared { message: message.id, fate: usher::domain::event::Fate::Sent };
        app.record(Subject::Message(message.id), fared).await.unwrap();
        assert_eq!(the_message(&app, id).await.state, MessageState::Sent);
        let fate = usher::domain::event::Fate::Unknown { reason: "too late".into() };
        app.record(Subject::Message(message.id), Payload::MessageFared { message: message.id, fate }).await.unwrap();
        assert_eq!(the_message(&app, id).await.state, MessageState::Sent);
        assert_eq!(server.accepted().len() + app.mail.arrived().len(), 1);
    }
}

on_both_databases! {
    async fn a_consent_that_ended_between_decision_and_lease_holds_the_mail_with_its_reason(store: Store) {
        let app = app(store).await;
        let victim = person(1, 1, Role::Victim);
        let until = Some(at("2026-11-20T09:10"));
        let adviser = NewParticipant {
            supports: vec![victim.id],
            consent: Some(Consent { from: at("2026-11-01T00:00"), until }),
            ..person(1, 2, Role::Adviser)
        };
        let id = told(&app, vec![NewParticipant { identity: None, ..victim }, adviser].into_iter().map(named).collect()).await;
        app.tick().await;
        let held = app.case(id).await;
        let message = held.messages.iter().find(|held| held.template == "to-adviser").unwrap();
        assert_eq!(message.state, MessageState::Held);
        assert!(message.state_reason.as_ref().unwrap().contains("consent is not in force"), "{:?}", message.state_reason);
        assert!(app.mail.arrived().iter().all(|mail| mail.to.as_str() != "person102@people.test"));
        assert_eq!(tasks_to_ring(&app, id).await, 2, "the adviser's, and the victim's who has no address");
    }
}

/// Somebody with a name, and without an address where nothing is known of them.
fn named(participant: NewParticipant) -> NewParticipant {
    let nameless = usher::domain::person::Identity { last_name: "Last".into(), ..Default::default() };
    NewParticipant { identity: participant.identity.clone().or(Some(nameless)), ..participant }
}

on_both_databases! {
    async fn a_unit_in_test_mode_sends_everything_to_one_address_with_a_banner(store: Store) {
        let pack = small_pack::pack(&[]);
        let app = App::with_pack(store.clone(), pack.clone()).await;
        let ruleset = usher::engine::rulesets::Ruleset::new(pack).unwrap();
        let test = Unit { mode: UnitMode::Test, ..unit() };
        found::found(&store, &test, &ruleset, app.clock.now()).await.unwrap();
        let id = told(&app, officer_in_case()).await;
        let settings = Settings { test_address: Some("tests@unit.test".parse().unwrap()), ..Settings::default() };
        let outbox = Outbox::new(app.engine.clone(), Transport::Memory(app.mail.clone()), settings).unwrap();
        outbox.tick().await.unwrap();
        let arrived = app.mail.arrived();
        assert_eq!(arrived[0].to.as_str(), "tests@unit.test");
        assert!(arrived[0].text.starts_with("TEST: "));
        assert!(arrived[0].text.ends_with(&the_message(&app, id).await.text));
    }
}

on_both_databases! {
    async fn a_bounce_names_its_message_and_is_one_event(store: Store) {
        let app = app(store).await;
        let id = told(&app, officer_in_case()).await;
        app.tick().await;
        let path = app.mail.arrived()[0].envelope_from.clone();
        let first = app.outbox.bounced(&path, "550 5.1.1 <person105@people.test> unknown").await.unwrap();
        assert!(matches!(first, Bounce::Recorded(_)), "{first:?}");
        let again = app.outbox.bounced(&path, "mailbox is gone").await.unwrap();
        assert_eq!(again, Bounce::Repeated);
        let foreign = app.outbox.bounced(&"bounces@elsewhere.test".parse().unwrap(), "?").await.unwrap();
        assert_eq!(foreign, Bounce::NotOurs);
        let message = the_message(&app, id).await;
        assert_eq!(message.state, MessageState::Bounced);
        assert_eq!(message.state_reason.as_deref(), Some("550 5.1.1 [address] unknown"));
        assert_eq!(tasks_to_ring(&app, id).await, 1);
    }
}

on_both_databases! {
    async fn the_breaker_spares_a_relay_that_is_down_and_lets_one_mail_try(store: Store) {
        let app = app(store).await;
        let people = (1..=8).map(|n| person(1, n, Role::Victim)).collect();
        let id = told(&app, people).await;
        let minute = Backoff { first: Duration::from_secs(60), cap: Duration::from_secs(60) };
        let settings = Settings {
            at_once: 1,
            retry: minute,
            breaker: BreakerPolicy { faults_max: 3, open_for: minute },
            ..Settings::default()
        };
        let outbox = Outbox::new(app.engine.clone(), Transport::Memory(app.mail.clone()), settings).unwrap();
        app.mail.answer_next(4, deferred(RelayFault::Relay));
        assert_eq!(outbox.tick().await.unwrap().put_off, 3, "then it is open");
        assert!(!outbox.relay_is_well());
        app.wait(TimeDelta::minutes(1));
        assert_eq!(outbox.tick().await.unwrap().put_off, 1, "one alone tries");
        app.wait(TimeDelta::minutes(2));
        assert_eq!(outbox.tick().await.unwrap().sent, 8, "and then all pass");
        assert!(outbox.relay_is_well());
        assert!(app.case(id).await.messages.iter().all(|held| held.state == MessageState::Sent));
    }
}

/// An outbox that sends to a real server, with short patience.
fn over(app: &App, server: &SmtpServer, settings: Settings) -> Outbox {
    let short = Duration::from_millis(400);
    let smtp = SmtpSettings {
        host: "127.0.0.1".into(),
        port: Some(server.port()),
        tls: TlsMode::None,
        ca_file: None,
        username: None,
        password: None,
        hello_name: None,
        timeouts: Timeouts { connect: short, command: short, content: short, reply: Duration::from_secs(5) },
    };
    let mail =
        usher::mail::Settings { transport: TransportKind::Smtp, smtp: Some(smtp), ..Default::default() };
    Outbox::new(app.engine.clone(), Transport::open(&mail).unwrap(), settings).unwrap()
}

on_both_databases! {
    async fn a_server_that_hangs_puts_the_mail_off(store: Store) {
        let app = app(store).await;
        let id = told(&app, officer_in_case()).await;
        let server = SmtpServer::start().await;
        server.fail_next(1, Stage::Greeting, Fault::Hang);
        let outbox = over(&app, &server, Settings::default());
        assert_eq!(outbox.tick().await.unwrap().put_off, 1);
        app.wait(TimeDelta::minutes(1));
        assert_eq!(outbox.tick().await.unwrap().sent, 1);
        assert_eq!(server.accepted().len(), 1);
        assert_eq!(the_message(&app, id).await.state, MessageState::Sent);
    }
}

on_both_databases! {
    async fn a_mail_with_a_silent_relay_keeps_no_other_waiting(store: Store) {
        let app = app(store).await;
        told(&app, officer_in_case()).await;
        let server = SmtpServer::start().await;
        server.fail_next(1, Stage::Dot, Fault::Hang);
        // The standing clock is moved on below, and the first mail is still under way.
        let lease = Duration::from_secs(24 * 3600);
        let outbox = over(&app, &server, Settings { lease, ..Settings::default() });
        let sending = tokio::spawn(async move { outbox.tick().await });
        let arrived = |n| {
            let server = &server;
            async move {
                while server.accepted().len() < n {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        };
        arrived(1).await;
        let later = app.open(case(2, vec![person(2, 5, Role::OfficerInCase)])).await;
        app.share(share(2, vec![result("1015")])).await;
        app.wait(TimeDelta::minutes(15));
        tokio::time::timeout(Duration::from_secs(4), arrived(2)).await.expect("it waits for the first");
        assert!(!sending.is_finished());
        let round = sending.await.unwrap().unwrap();
        assert_eq!((round.sent, the_message(&app, later).await.state), (1, MessageState::Sent));
    }
}

on_both_databases! {
    async fn a_server_that_refuses_the_address_makes_a_task_and_names_nobody(store: Store) {
        let app = app(store).await;
        let id = told(&app, officer_in_case()).await;
        let server = SmtpServer::start().await;
        server.fail(Stage::RcptTo, Fault::Reply("550 5.1.1 <person105@people.test> unknown"));
        assert_eq!(over(&app, &server, Settings::default()).tick().await.unwrap().refused, 1);
        let reason = the_message(&app, id).await.state_reason.unwrap();
        assert!(reason.contains("5.1.1") && !reason.contains("person105"), "{reason}");
        assert_eq!(tasks_to_ring(&app, id).await, 1);
    }
}

on_both_databases! {
    async fn a_line_that_breaks_after_the_text_leaves_the_mail_unknown(store: Store) {
        let app = app(store).await;
        let id = told(&app, officer_in_case()).await;
        let server = SmtpServer::start().await;
        server.fail_next(1, Stage::Dot, Fault::Drop);
        let outbox = over(&app, &server, Settings::default());
        assert_eq!(outbox.tick().await.unwrap().unknown, 1);
        app.wait(TimeDelta::days(1));
        assert_eq!(outbox.tick().await.unwrap(), Round::default());
        assert_eq!(server.accepted().len(), 1);
        assert_eq!((the_message(&app, id).await.state, tasks_to_ring(&app, id).await), (MessageState::Unknown, 1));
    }
}

on_both_databases! {
    async fn mails_go_into_a_folder_under_their_message_id(store: Store) {
        let app = app(store).await;
        let id = told(&app, officer_in_case()).await;
        let place = tempfile::tempdir().unwrap();
        let mail = usher::mail::Settings { folder: place.path().join("out"), ..Default::default() };
        let outbox = Outbox::new(app.engine.clone(), Transport::open(&mail).unwrap(), Settings::default()).unwrap();
        assert_eq!(outbox.tick().await.unwrap().sent, 1);
        let files: Vec<_> = std::fs::read_dir(&mail.folder).unwrap().map(|file| file.unwrap().file_name()).collect();
        let wanted = format!("{}.eml", the_message(&app, id).await.message_id);
        assert!(files.len() == 1 && files[0].to_str().unwrap().ends_with(&wanted), "{files:?}");
    }
}

on_both_databases! {
    async fn the_list_of_the_unsent_goes_page_by_page(store: Store) {
        let app = app(store.clone()).await;
        app.mail.answer_next(3, refused());
        let people = (1..=3).map(|n| person(1, n, Role::Victim)).collect();
        told(&app, people).await;
        app.tick().await;
        let page = |after| leases::unsent(&store, unit().id, &[MessageState::Refused], after, 2);
        let first = page(None).await.unwrap();
        let second = page(first.last().map(|row| row.message)).await.unwrap();
        assert_eq!((first.len(), second.len(), second[0].attempts), (2, 1, 1));
        let standing = leases::standing(&store, app.clock.now()).await.unwrap();
        assert_eq!((standing.by_state, standing.oldest_due), (vec![(MessageState::Refused, 3)], None));
    }
}

on_both_databases! {
    async fn a_rule_that_fails_afterwards_does_not_send_the_mail_again(store: Store) {
        let app = App::with_pack(store, small_pack::failing("message.sent", &[])).await;
        let id = told(&app, officer_in_case()).await;
        app.tick().await;
        app.wait(TimeDelta::days(1));
        app.tick().await;
        assert_eq!((app.mail.arrived().len(), the_message(&app, id).await.state), (1, MessageState::Sent));
    }
}
