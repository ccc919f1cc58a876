//! Mail that comes in: each to its place, once, whatever is killed in between.

use crate::app::{App, unit, urn};
use crate::calendar::{WITNESS, arrived, of, warned};
use crate::database::on_both_databases;
use crate::imap_server::ImapServer;
use bytes::Bytes;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use usher::domain::hearing::AttendanceState;
use usher::domain::ids::CaseId;
use usher::domain::message::{Message, MessageState};
use usher::domain::state::CaseState;
use usher::domain::task::Task;
use usher::mailbox::{Folder, Imap, ImapSettings, Mailboxes, Place, Post, Round, Settings, Taken};
use usher::store::queries::documents;
use usher::store::{Store, read};

const BYTES_MAX: usize = 1_000_000;

fn post(app: &App) -> Post {
    Post::new(app.engine.clone(), unit().id)
}

/// A mail from the witness with these further headers.
fn mail(headers: &str, body: &str) -> Bytes {
    let text =
        format!("From: A Name <{WITNESS}>\nDate: Fri, 20 Nov 2026 09:00:00 +0000\n{headers}\n\n{body}\n");
    text.replace('\n', "\r\n").into()
}

async fn take(app: &App, bytes: Bytes) -> Taken {
    post(app).take(bytes).await.unwrap()
}

fn place(taken: &Taken) -> Place {
    let Taken::Recorded(_, place) = taken else { panic!("{taken:?}") };
    *place
}

async fn desk(app: &App) -> CaseState {
    app.case(CaseState::desk_of(unit().id)).await
}

fn open<'s>(state: &'s CaseState, kind: &str) -> Vec<&'s Task> {
    let is_it = |task: &&Task| task.kind == kind && task.state.is_open();
    state.tasks.iter().map(|held| &**held).filter(is_it).collect()
}

/// The warning that the witness got.
async fn warning(app: &App, case: CaseId) -> Message {
    let state = app.case(case).await;
    let is_it =
        |held: &&usher::domain::state::Tracked<Message>| held.template == "court-warning-to-police-witness";
    (**state.messages.iter().find(is_it).unwrap()).clone()
}

fn answer_to_entry(app: &App, state: &str, sequence: &str) -> Bytes {
    let entries = arrived(app);
    let (_, entry) = entries.iter().find(|(to, _)| to == WITNESS).unwrap();
    let uid = of(entry, "UID");
    mail(
        &format!(
            "Message-ID: <{state}@people.test>\nSubject: {state}\nContent-Type: text/calendar; method=REPLY"
        ),
        &format!(
            "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:{uid}\nSEQUENCE:{sequence}\nATTENDEE;PARTSTAT={state}:mailto:{WITNESS}\nEND:VEVENT\nEND:VCALENDAR"
        ),
    )
}

async fn attendance(app: &App, case: CaseId) -> AttendanceState {
    app.case(case).await.attendances[0].state
}

on_both_databases! {
    async fn an_answer_is_brought_to_its_message_and_kept_with_the_case(store: Store) {
        let (app, case) = warned(store).await;
        let message = warning(&app, case).await;
        let bytes = mail(&format!("Message-ID: <1@people.test>\nSubject: Re\nIn-Reply-To: <{}>", message.message_id), "I can come.");
        assert_eq!(place(&take(&app, bytes.clone()).await), Place::Message);
        let state = app.case(case).await;
        let tasks = open(&state, "read-mail");
        assert_eq!((tasks.len(), tasks[0].about), (1, Some(state.participants[0].id)));
        let all = read::cases(app.engine.store(), &[case]).await.unwrap().remove(0);
        let document = &all.documents[0].added;
        assert_eq!((document.name.as_str(), document.content_type.as_str()), ("mail.eml", "message/rfc822"));
        let kept = documents::content(app.engine.store(), case, document.id).await.unwrap();
        assert_eq!(kept.as_deref(), Some(&bytes[..]));
    }
}

on_both_databases! {
    async fn the_same_mail_is_taken_once_however_it_comes_again(store: Store) {
        let (app, case) = warned(store).await;
        let message = warning(&app, case).await;
        let headers = format!("Message-ID: <1@people.test>\nIn-Reply-To: <{}>", message.message_id);
        take(&app, mail(&headers, "Hello")).await;
        assert_eq!(take(&app, mail(&headers, "Hello")).await, Taken::Repeated);
        let passed_on = mail(&format!("Received: by another.test\n{headers}"), "Hello");
        assert_eq!(take(&app, passed_on).await, Taken::Repeated);
        assert_eq!(open(&app.case(case).await, "read-mail").len(), 1);
        let second = mail(&headers.replace("<1@", "<2@"), "Hello again");
        assert_eq!(place(&take(&app, second).await), Place::Message);
        assert_eq!(open(&app.case(case).await, "read-mail").len(), 2);
    }
}

on_both_databases! {
    async fn a_police_witness_who_accepts_the_entry_is_confirmed(store: Store) {
        let (app, case) = warned(store).await;
        assert_eq!(attendance(&app, case).await, AttendanceState::Warned);
        // It names neither message nor case: the entry's name alone says what is answered.
        assert_eq!(place(&take(&app, answer_to_entry(&app, "ACCEPTED", "100")).await), Place::Entry);
        let state = app.case(case).await;
        assert_eq!(state.attendances[0].state, AttendanceState::Confirmed);
        assert_eq!(state.attendances[0].told_by.as_deref(), Some("email"));
        assert_eq!(open(&state, "read-mail").len(), 0);
    }
}

on_both_databases! {
    async fn who_declines_or_answers_another_version_is_not_confirmed_and_a_person_finds_out(store: Store) {
        let (app, case) = warned(store).await;
        take(&app, answer_to_entry(&app, "ACCEPTED", "0")).await;
        assert_eq!(open(&app.case(case).await, "read-mail").len(), 1);
        take(&app, answer_to_entry(&app, "DECLINED", "100")).await;
        assert_eq!(open(&app.case(case).await, "find-a-remedy").len(), 1);
        assert_eq!(attendance(&app, case).await, AttendanceState::Warned);
    }
}

on_both_databases! {
    async fn a_report_of_failure_is_the_bounce_of_its_message(store: Store) {
        let (app, case) = warned(store).await;
        let message = warning(&app, case).await;
        let report = mail(
            &format!(
                "To: bounces+{}@usher.invalid\nContent-Type: multipart/report; report-type=delivery-status; boundary=b",
                message.id.0.simple()
            ),
            &format!(
                "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; r.test\n\nFinal-Recipient: rfc822; {WITNESS}\nAction: failed\nStatus: 5.1.1\n--b--"
            ),
        );
        take(&app, report).await;
        let message = warning(&app, case).await;
        assert_eq!(message.state, MessageState::Bounced);
        assert_eq!(message.state_reason.as_deref(), Some("it came back: 5.1.1"));
        let state = app.case(case).await;
        assert_eq!((open(&state, "message-not-delivered").len(), open(&state, "read-mail").len()), (1, 0));
    }
}

on_both_databases! {
    async fn what_answers_nothing_goes_to_the_case_that_it_names_else_to_the_desk(store: Store) {
        let (app, case) = warned(store).await;
        let named = mail(&format!("Message-ID: <1@x.test>\nSubject: About {}", urn(1)), "Hello");
        assert_eq!(place(&take(&app, named).await), Place::Reference);
        let of_nobody = mail("Message-ID: <2@x.test>\nSubject: Hello", "About 52ZZ9999926");
        assert_eq!(place(&take(&app, of_nobody).await), Place::Desk);
        assert_eq!(open(&app.case(case).await, "read-mail").len(), 1);
        assert_eq!(open(&desk(&app).await, "read-mail").len(), 1);
    }
}

on_both_databases! {
    async fn a_folder_is_emptied_into_what_is_taken_and_what_is_no_mail(store: Store) {
        let (app, _) = warned(store).await;
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path(), 2_000).unwrap();
        let write = |name: &str, bytes: &[u8]| std::fs::write(place.path().join(name), bytes).unwrap();
        write("a.eml", &mail("Message-ID: <1@x.test>", "Hello"));
        write("b.eml", b"no mail");
        write("c.eml", &mail("Message-ID: <2@x.test>", &"long ".repeat(1_000)));
        write("d.tmp", b"not whole yet");
        let open = CancellationToken::new();
        let round = folder.round(&post(&app), &open).await.unwrap();
        assert_eq!(round, Round { recorded: 1, unmatched: 1, repeated: 0, failed: 2 });
        let there = |name: &str| place.path().join(name).exists();
        assert!(there("taken/a.eml") && there("failed/b.eml") && there("failed/c.eml") && there("d.tmp"));
        // As if it had been killed between the commit and the move.
        write("a.eml", &mail("Message-ID: <1@x.test>", "Hello"));
        let round = folder.round(&post(&app), &open).await.unwrap();
        assert_eq!(round, Round { repeated: 1, ..Round::default() });
        assert!(there("taken/a-2.eml") && !there("a.eml"));
        assert_eq!(super::open(&desk(&app).await, "read-mail").len(), 1);
    }
}

fn imap(server: &ImapServer, password: &str) -> ImapSettings {
    ImapSettings {
        host: "localhost".into(),
        port: server.port(),
        user: "usher".into(),
        password: password.to_owned().into(),
        mailbox: "INBOX".into(),
        every: Duration::from_secs(60),
        ca_file: Some(server.ca_file()),
    }
}

on_both_databases! {
    async fn a_mailbox_is_read_and_marked_and_a_line_that_breaks_loses_nothing(store: Store) {
        let (app, _) = warned(store).await;
        let server = ImapServer::start().await;
        server.deliver(&mail("Message-ID: <1@x.test>", "Hello"));
        server.deliver(b"no mail {3}");
        server.deliver(&mail("Message-ID: <2@x.test>", &"long ".repeat(1_000)));
        let mailbox = Imap::new(&imap(&server, "hush\"hush"), 2_000).unwrap();
        let open = CancellationToken::new();
        server.break_at_marks(1);
        assert!(mailbox.round(&post(&app), &open).await.is_err());
        let round = mailbox.round(&post(&app), &open).await.unwrap();
        assert_eq!(round, Round { repeated: 1, failed: 1, ..Round::default() });
        let marks: Vec<Vec<String>> = server.held().into_iter().map(|held| held.marks).collect();
        assert_eq!(marks, [vec![r"\Seen".to_owned()], vec![r"\Seen".to_owned(), r"\Flagged".to_owned()], vec![]]);
        assert_eq!(super::open(&desk(&app).await, "read-mail").len(), 1);
        assert_eq!(mailbox.round(&post(&app), &open).await.unwrap(), Round::default());
        assert_eq!(server.commands().last().map(String::as_str), Some("LOGOUT"));
    }
}

#[tokio::test]
async fn a_password_that_is_wrong_is_said_without_what_the_server_answers() {
    crate::database::on_sqlite(async |store: Store| {
        let app = App::new(store).await;
        let server = ImapServer::start().await;
        let mailbox = Imap::new(&imap(&server, "wrong"), BYTES_MAX).unwrap();
        let error = mailbox.round(&post(&app), &CancellationToken::new()).await.unwrap_err().to_string();
        assert_eq!(
            error,
            "mail_in.imap: the server refuses LOGIN: see that user, password and mailbox are right"
        );
        let other = ImapServer::start().await;
        let stranger = ImapSettings { ca_file: Some(other.ca_file()), ..imap(&server, "hush\"hush") };
        assert!(
            Imap::new(&stranger, BYTES_MAX)
                .unwrap()
                .round(&post(&app), &CancellationToken::new())
                .await
                .is_err()
        );
    })
    .await;
}

on_both_databases! {
    async fn a_process_takes_in_what_comes_until_it_closes(store: Store) {
        let (app, _) = warned(store).await;
        let place = tempfile::tempdir().unwrap();
        let settings = Settings {
            folder: Some(place.path().to_owned()),
            every: Duration::from_millis(20),
            ..Settings::default()
        };
        let mailboxes = Mailboxes::open(post(&app), &settings).unwrap();
        let closing = CancellationToken::new();
        let running = tokio::spawn({
            let closing = closing.clone();
            async move { mailboxes.run(&closing).await }
        });
        std::fs::write(place.path().join("part"), mail("Message-ID: <1@x.test>", "Hello")).unwrap();
        std::fs::rename(place.path().join("part"), place.path().join("a.eml")).unwrap();
        while !place.path().join("taken/a.eml").exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        closing.cancel();
        running.await.unwrap();
        assert_eq!(open(&desk(&app).await, "read-mail").len(), 1);
    }
}
