//! Every fault a relay can have, and what it must mean, against a real conversation on a local port.

use std::time::{Duration, Instant};

#[path = "../../../tests/it/smtp_server.rs"]
mod smtp_server;

use smtp_server::{Fault as Does, Offer, SmtpServer, Stage};

use super::*;
use crate::mail::{Attachment, Fault, example, secret::Secret};

/// Long enough on a busy machine where an answer comes, short enough where none does.
const PATIENCE: Duration = Duration::from_millis(250);

fn settings(server: &SmtpServer, tls: TlsMode) -> SmtpSettings {
    SmtpSettings {
        host: server.host().to_owned(),
        port: Some(server.port()),
        tls,
        ca_file: Some(server.ca_file()),
        username: None,
        password: None,
        hello_name: Some("usher.example.org".to_owned()),
        timeouts: Timeouts {
            connect: Duration::from_secs(5),
            command: Duration::from_secs(5),
            content: Duration::from_secs(5),
            reply: Duration::from_secs(5),
        },
    }
}

fn relay(server: &SmtpServer, tls: TlsMode) -> SmtpRelay {
    SmtpRelay::new(&settings(server, tls)).unwrap()
}

/// A relay that soon loses patience where `stage` belongs, and nowhere else.
fn hasty(server: &SmtpServer, tls: TlsMode, stage: Stage) -> SmtpRelay {
    let mut settings = settings(server, tls);
    let timeouts = &mut settings.timeouts;
    match stage {
        Stage::Greeting | Stage::Ehlo => timeouts.connect = PATIENCE,
        Stage::Dot => timeouts.reply = PATIENCE,
        _ => timeouts.command = PATIENCE,
    }
    SmtpRelay::new(&settings).unwrap()
}

fn with_login(server: &SmtpServer, tls: TlsMode) -> SmtpSettings {
    SmtpSettings {
        username: Some("usher".to_owned()),
        password: Some(Secret::from("hunter2".to_owned())),
        ..settings(server, tls)
    }
}

/// An outcome in short: what, at which phase, with which code.
fn short(outcome: &Outcome) -> (&'static str, Option<(Phase, Option<u16>)>) {
    let place = |reason: &Reason| Some((reason.at, reason.code));
    match outcome {
        Outcome::Sent { .. } => ("sent", None),
        Outcome::Deferred { reason, fault: Fault::Relay } => ("deferred, relay", place(reason)),
        Outcome::Deferred { reason, fault: Fault::Mail } => ("deferred, mail", place(reason)),
        Outcome::Refused { reason } => ("refused", place(reason)),
        Outcome::Unknown { reason } => ("unknown", place(reason)),
    }
}

async fn outcome_with(stage: Stage, does: Does) -> (Outcome, usize) {
    let server = SmtpServer::start().await;
    server.fail(stage, does);
    let relay =
        if does == Does::Hang { hasty(&server, TlsMode::None, stage) } else { relay(&server, TlsMode::None) };
    let outcome = relay.send(&example::mail()).await;
    (outcome, server.accepted().len())
}

#[tokio::test]
async fn a_mail_arrives_as_composed_under_its_own_envelope() {
    let server = SmtpServer::start().await;
    let mail = example::mail();
    let outcome = relay(&server, TlsMode::None).send(&mail).await;
    assert_eq!(outcome, Outcome::Sent { response: "2.0.0 Ok: queued as 4F2A".to_owned() });
    let accepted = &server.accepted()[0];
    assert_eq!(accepted.from, mail.envelope_from.as_str());
    assert_eq!(accepted.to, [mail.to.as_str()]);
    assert_eq!(accepted.data, mail.to_bytes().unwrap());
}

#[tokio::test]
async fn each_refusal_means_what_its_code_and_place_say() {
    let table = [
        (Stage::Greeting, "554 5.7.1 go away", "deferred, relay", Phase::Connect, 554),
        (Stage::Greeting, "421 4.3.2 not now", "deferred, relay", Phase::Connect, 421),
        (Stage::Ehlo, "502 5.5.1 what", "deferred, relay", Phase::Connect, 502),
        (Stage::MailFrom, "450 4.7.1 wait", "deferred, relay", Phase::Sender, 450),
        (Stage::MailFrom, "550 5.7.1 not you", "deferred, relay", Phase::Sender, 550),
        (Stage::MailFrom, "552 5.3.4 too large", "refused", Phase::Sender, 552),
        (Stage::RcptTo, "450 4.2.0 greylisted", "deferred, mail", Phase::Recipient, 450),
        (Stage::RcptTo, "550 5.1.1 no such user", "refused", Phase::Recipient, 550),
        (Stage::RcptTo, "554 5.7.1 Relay access denied", "deferred, relay", Phase::Recipient, 554),
        (Stage::Data, "451 4.3.0 later", "deferred, mail", Phase::Data, 451),
        (Stage::Data, "554 5.5.1 never", "refused", Phase::Data, 554),
        (Stage::Dot, "451 4.7.1 later", "deferred, mail", Phase::Reply, 451),
        (Stage::Dot, "554 5.6.0 content", "refused", Phase::Reply, 554),
    ];
    for (stage, reply, expected, phase, code) in table {
        let (outcome, accepted) = outcome_with(stage, Does::Reply(reply)).await;
        assert_eq!(short(&outcome), (expected, Some((phase, Some(code)))), "{reply} at {stage:?}");
        assert_eq!(accepted, 0);
    }
}

#[tokio::test]
async fn the_wait_for_the_answer_to_the_dot_is_as_long_as_it_is_reported() {
    let server = SmtpServer::start().await;
    server.fail(Stage::Dot, Does::Hang);
    let begun = Instant::now();
    let outcome = hasty(&server, TlsMode::None, Stage::Dot).send(&example::mail()).await;
    assert!(begun.elapsed() < Duration::from_secs(4), "the content's time is over with the dot");
    let Outcome::Unknown { reason } = outcome else { panic!("{outcome:?}") };
    assert!(reason.to_string().ends_with("no answer within 250ms"), "{reason}");
}

#[tokio::test]
async fn a_line_that_breaks_before_the_dot_defers() {
    let table = [
        (Stage::Greeting, Phase::Connect),
        (Stage::Ehlo, Phase::Connect),
        (Stage::MailFrom, Phase::Sender),
        (Stage::RcptTo, Phase::Recipient),
        (Stage::Data, Phase::Data),
    ];
    for (stage, phase) in table {
        let (outcome, accepted) = outcome_with(stage, Does::Drop).await;
        assert_eq!(short(&outcome), ("deferred, relay", Some((phase, None))), "{stage:?}");
        assert_eq!(accepted, 0);
    }
}

#[tokio::test]
async fn silence_before_the_dot_defers_in_good_time() {
    let table = [
        (Stage::Greeting, Phase::Connect),
        (Stage::MailFrom, Phase::Sender),
        (Stage::RcptTo, Phase::Recipient),
        (Stage::Data, Phase::Data),
    ];
    for (stage, phase) in table {
        let started = Instant::now();
        let (outcome, _) = outcome_with(stage, Does::Hang).await;
        assert_eq!(short(&outcome), ("deferred, relay", Some((phase, None))), "{stage:?}");
        assert!(started.elapsed() < 20 * PATIENCE, "took {:?}", started.elapsed());
    }
}

#[tokio::test]
async fn a_line_that_breaks_after_the_dot_leaves_the_outcome_unknown() {
    let (outcome, accepted) = outcome_with(Stage::Dot, Does::Drop).await;
    assert_eq!(short(&outcome), ("unknown", Some((Phase::Reply, None))));
    assert_eq!(accepted, 1, "the relay has it, though nobody said so");
}

#[tokio::test]
async fn silence_after_the_dot_leaves_the_outcome_unknown() {
    let (outcome, accepted) = outcome_with(Stage::Dot, Does::Hang).await;
    assert_eq!(short(&outcome), ("unknown", Some((Phase::Reply, None))));
    assert_eq!(accepted, 1);
}

#[tokio::test]
async fn an_answer_that_is_no_answer_after_the_dot_leaves_the_outcome_unknown() {
    for reply in ["354 go on", "999 what", "hello"] {
        let (outcome, _) = outcome_with(Stage::Dot, Does::Reply(reply)).await;
        assert_eq!(short(&outcome), ("unknown", Some((Phase::Reply, None))), "{reply}");
    }
}

#[tokio::test]
async fn a_positive_answer_to_another_question_is_not_taken_for_leave_to_send() {
    let (outcome, _) = outcome_with(Stage::Data, Does::Reply("250 2.0.0 ok")).await;
    assert_eq!(short(&outcome), ("deferred, relay", Some((Phase::Data, None))));
}

#[tokio::test]
async fn a_line_that_breaks_while_the_content_flows_defers() {
    let server = SmtpServer::start().await;
    server.fail(Stage::Content, Does::Drop);
    // More than the sockets' buffers hold, so that the break is felt before the dot.
    let bytes = vec![b'x'; 12 * 1024 * 1024];
    let attachment =
        Attachment { name: "big.bin".to_owned(), content_type: "application/octet-stream".to_owned(), bytes };
    let mail = Mail { attachments: vec![attachment], ..example::mail() };
    let outcome = relay(&server, TlsMode::None).send(&mail).await;
    assert_eq!(short(&outcome), ("deferred, relay", Some((Phase::Content, None))));
}

#[tokio::test]
async fn a_relay_that_is_not_there_defers() {
    let server = SmtpServer::start().await;
    let relay = relay(&server, TlsMode::None);
    drop(server);
    tokio::task::yield_now().await;
    let outcome = relay.send(&example::mail()).await;
    assert_eq!(short(&outcome), ("deferred, relay", Some((Phase::Connect, None))));
}

#[tokio::test]
async fn a_failed_send_does_not_spoil_the_next() {
    let server = SmtpServer::start().await;
    server.fail_next(1, Stage::RcptTo, Does::Reply("550 5.1.1 no such user"));
    server.fail_next(1, Stage::Dot, Does::Drop);
    let relay = relay(&server, TlsMode::None);
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(short(&relay.send(&example::mail()).await).0);
    }
    assert_eq!(seen, ["refused", "unknown", "sent"]);
    assert_eq!(server.accepted().len(), 2);
}

#[tokio::test]
async fn lines_that_begin_with_a_dot_arrive_whole() {
    let server = SmtpServer::start().await;
    let mail = Mail { text: ".\n..\n.x\n\n.\nRCPT TO:<x@y.org>\n.".to_owned(), ..example::mail() };
    relay(&server, TlsMode::None).send(&mail).await;
    let data = String::from_utf8(server.accepted()[0].data.clone()).unwrap();
    assert!(data.ends_with("\r\n\r\n.\r\n..\r\n.x\r\n\r\n.\r\nRCPT TO:<x@y.org>\r\n.\r\n"), "{data}");
    assert_eq!(server.accepted().len(), 1);
}

#[tokio::test]
async fn a_reply_that_names_the_recipient_is_masked() {
    let reply = "550 5.1.1 <pat.archer@northshire.example.org>: Pat Archer is unknown here";
    let (outcome, _) = outcome_with(Stage::RcptTo, Does::Reply(reply)).await;
    let shown = format!("{outcome:?}");
    assert!(!shown.contains("archer") && !shown.contains("Archer") && !shown.contains('@'), "{shown}");
}

#[tokio::test]
async fn both_kinds_of_tls_protect_the_mail() {
    for (offered, mode) in [
        (Offer::StartTls, TlsMode::StartTls),
        (Offer::StartTls, TlsMode::Opportunistic),
        (Offer::Implicit, TlsMode::Implicit),
    ] {
        let server = SmtpServer::start_with(offered, None).await;
        let outcome = relay(&server, mode).send(&example::mail()).await;
        assert_eq!(short(&outcome), ("sent", None), "{mode:?}: {outcome:?}");
        assert!(server.accepted()[0].encrypted, "{mode:?}");
    }
}

#[tokio::test]
async fn required_starttls_sends_nothing_in_clear() {
    let server = SmtpServer::start().await;
    let outcome = relay(&server, TlsMode::StartTls).send(&example::mail()).await;
    assert_eq!(short(&outcome), ("deferred, relay", Some((Phase::StartTls, None))));
    assert_eq!(server.accepted().len(), 0);
    let outcome = relay(&server, TlsMode::Opportunistic).send(&example::mail()).await;
    assert_eq!(short(&outcome), ("sent", None));
}

#[tokio::test]
async fn a_failed_starttls_defers() {
    for (does, code) in [
        (Does::Reply("454 4.7.0 not now"), Some(454)),
        (Does::Reply("220 go\r\nthis is no handshake"), None),
        (Does::Drop, None),
    ] {
        for mode in [TlsMode::StartTls, TlsMode::Opportunistic] {
            let server = SmtpServer::start_with(Offer::StartTls, None).await;
            server.fail(Stage::StartTls, does);
            let outcome = relay(&server, mode).send(&example::mail()).await;
            assert_eq!(short(&outcome), ("deferred, relay", Some((Phase::StartTls, code))), "{does:?}");
            assert_eq!(server.accepted().len(), 0);
        }
    }
}

#[tokio::test]
async fn replies_slipped_in_before_the_handshake_never_make_a_mail_sent() {
    for injected in [
        "220 go\r\n250 localhost",
        "220 go\r\n250 localhost\r\n250 ok",
        "220 go\r\n250 localhost\r\n250 ok\r\n250 ok\r\n354 go\r\n250 sent",
    ] {
        let server = SmtpServer::start_with(Offer::StartTls, None).await;
        server.fail(Stage::StartTls, Does::Reply(injected));
        let outcome = hasty(&server, TlsMode::StartTls, Stage::MailFrom).send(&example::mail()).await;
        assert_eq!(short(&outcome).0, "deferred, relay", "{injected:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_certificate_that_proves_nothing_defers() {
    let table = [
        (Offer::Implicit, TlsMode::Implicit, Phase::Connect),
        (Offer::StartTls, TlsMode::StartTls, Phase::StartTls),
        (Offer::StartTls, TlsMode::Opportunistic, Phase::StartTls),
    ];
    let other = SmtpServer::start().await;
    for (offered, mode, phase) in table {
        let server = SmtpServer::start_with(offered, None).await;
        let right = settings(&server, mode);
        let mistaken = [
            SmtpSettings { ca_file: Some(other.ca_file()), ..right.clone() },
            SmtpSettings { ca_file: None, ..right.clone() },
            SmtpSettings { host: "127.0.0.1".to_owned(), ..right },
        ];
        for settings in mistaken {
            let outcome = SmtpRelay::new(&settings).unwrap().send(&example::mail()).await;
            assert_eq!(short(&outcome), ("deferred, relay", Some((phase, None))), "{settings:?}");
        }
        assert_eq!(server.accepted().len(), 0);
    }
}

#[tokio::test]
async fn a_login_is_given_by_either_mechanism() {
    let table = [("PLAIN LOGIN", "PLAIN AHVzaGVyAGh1bnRlcjI="), ("LOGIN", "LOGIN dXNoZXI= aHVudGVyMg==")];
    for (mechanisms, expected) in table {
        let server = SmtpServer::start_with(Offer::StartTls, Some(mechanisms)).await;
        let relay = SmtpRelay::new(&with_login(&server, TlsMode::StartTls)).unwrap();
        let outcome = relay.send(&example::mail()).await;
        assert_eq!(short(&outcome), ("sent", None), "{outcome:?}");
        assert_eq!(server.accepted()[0].login.as_deref(), Some(expected));
    }
}

#[tokio::test]
async fn a_refused_or_missing_login_is_the_relays_affair() {
    let server = SmtpServer::start_with(Offer::Implicit, Some("PLAIN")).await;
    let outcome = relay(&server, TlsMode::Implicit).send(&example::mail()).await;
    assert_eq!(short(&outcome), ("deferred, relay", Some((Phase::Sender, Some(530)))));

    server.fail(Stage::Auth, Does::Reply("535 5.7.8 wrong"));
    let relay = SmtpRelay::new(&with_login(&server, TlsMode::Implicit)).unwrap();
    let outcome = relay.send(&example::mail()).await;
    assert_eq!(short(&outcome), ("deferred, relay", Some((Phase::Login, Some(535)))));

    let server = SmtpServer::start_with(Offer::Implicit, Some("GSSAPI")).await;
    let relay = SmtpRelay::new(&with_login(&server, TlsMode::Implicit)).unwrap();
    let outcome = relay.send(&example::mail()).await;
    assert_eq!(short(&outcome), ("deferred, relay", Some((Phase::Login, None))));
}

#[tokio::test]
async fn settings_that_would_show_a_password_or_miss_one_are_refused() {
    let server = SmtpServer::start().await;
    for mode in [TlsMode::None, TlsMode::Opportunistic] {
        assert!(matches!(SmtpRelay::new(&with_login(&server, mode)), Err(SettingsError::LoginInClear)));
    }
    let half = SmtpSettings { password: None, ..with_login(&server, TlsMode::StartTls) };
    assert!(matches!(SmtpRelay::new(&half), Err(SettingsError::HalfALogin)));
    let absent =
        SmtpSettings { ca_file: Some("no/such/file.pem".into()), ..settings(&server, TlsMode::StartTls) };
    assert!(matches!(SmtpRelay::new(&absent), Err(SettingsError::CaFile { .. })));
}

#[tokio::test]
async fn a_mail_that_cannot_be_written_is_refused_without_asking_the_relay() {
    let server = SmtpServer::start().await;
    let mail = Mail { subject: "Outcome\r\nBcc: x@y.org".to_owned(), ..example::mail() };
    let outcome = relay(&server, TlsMode::None).send(&mail).await;
    assert_eq!(short(&outcome), ("refused", Some((Phase::Compose, None))));
}
