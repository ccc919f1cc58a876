//! Mails as programs write them, and bytes that are none.

use super::*;
use crate::domain::case::ReferenceKind;
use proptest::prelude::*;

const OURS: &str = "0199aabb-ccdd-7eee-8fff-0123456789ab";

fn ours() -> Uuid {
    Uuid::parse_str(OURS).unwrap()
}

fn mail(headers: &str, body: &str) -> Mail {
    let text = format!("{headers}\n\n{body}").replace('\n', "\r\n");
    read(text.as_bytes()).unwrap()
}

#[test]
fn an_answer_names_the_message_that_it_answers_before_the_conversation() {
    let other = "0199aabb-ccdd-7eee-8fff-0123456789ac";
    let read = mail(
        &format!(
            "From: A Name <wit@people.test>\nTo: unit@force.test\nDate: Fri, 20 Nov 2026 09:00:00 +0000\n\
             Message-ID: <x@people.test>\nSubject: =?utf-8?q?Re=3A_Court?=\nIn-Reply-To: <{OURS}@unit.test>\n\
             References: <{other}@unit.test> <{OURS}@unit.test>"
        ),
        "I can come.",
    );
    assert_eq!(read.answers, [ours(), Uuid::parse_str(other).unwrap()]);
    assert_eq!((read.word(), read.subject.as_str()), (MailWord::Other, "Re: Court"));
    assert_eq!(read.from.unwrap().as_str(), "wit@people.test");
    assert_eq!(read.message_id.as_deref(), Some("x@people.test"));
    assert_eq!(read.date.unwrap().to_rfc3339(), "2026-11-20T09:00:00+00:00");
    assert_eq!(read.text.trim(), "I can come.");
}

#[test]
fn a_report_of_failure_is_a_bounce_with_its_status_and_a_delay_is_none() {
    let report = |action: &str, status: &str| {
        mail(
            "From: MAILER-DAEMON@relay.test\nTo: bounces+0199aabbccdd7eee8fff0123456789ab@unit.test\n\
             Subject: Undelivered Mail\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b",
            &format!(
                "--b\nContent-Type: text/plain\n\nIt did not arrive.\n--b\nContent-Type: message/delivery-status\n\n\
                 Reporting-MTA: dns; relay.test\n\nFinal-Recipient: rfc822; gone@people.test\nAction: {action}\n\
                 Status: {status}\nDiagnostic-Code: smtp; 550 gone@people.test is unknown\n--b--\n"
            ),
        )
    };
    let failed = report("failed", "5.1.1");
    assert_eq!(failed.kind, Kind::Bounce { status: Some("5.1.1".to_owned()) });
    assert_eq!(failed.answers, [ours()], "by the address that it came back to");
    assert_eq!(report("failed", "gone@people.test").status(), None);
    assert_eq!(report("delayed", "4.4.1").word(), MailWord::DeliveryNotice);
}

#[test]
fn a_bounce_is_matched_by_the_mail_that_it_brings_back() {
    let quoted = |kind: &str| {
        mail(
            "From: postmaster@relay.test\nDate: Fri, 20 Nov 2026 09:00:00 +0000\nMIME-Version: 1.0\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b",
            &format!(
                "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; r.test\n\nAction: failed\nStatus: 5.2.2\n\
                 --b\nContent-Type: {kind}\n\nFrom: unit@force.test\nMessage-ID: <{OURS}@unit.test>\nSubject: Court\n\nText\n--b--\n"
            ),
        )
    };
    assert_eq!(quoted("message/rfc822").answers, [ours()]);
    assert_eq!(quoted("text/rfc822-headers").answers, [ours()]);
}

#[test]
fn a_machine_that_answers_for_somebody_is_known_by_what_it_says_of_itself() {
    for line in ["Auto-Submitted: auto-replied", "X-Autoreply: yes", "Precedence: auto_reply"] {
        let read = mail(&format!("From: pc@force.test\nSubject: Away\n{line}"), "I am away.");
        assert_eq!(read.word(), MailWord::OutOfOffice, "{line}");
    }
    let by_subject = mail("From: pc@force.test\nSubject: Automatic reply: Court", "I am away.");
    assert_eq!(by_subject.word(), MailWord::OutOfOffice);
    let person =
        mail("From: pc@force.test\nSubject: Re: Automatic reply: Court\nAuto-Submitted: no", "Hello");
    assert_eq!(person.word(), MailWord::Other);
}

#[test]
fn an_answer_to_a_calendar_entry_names_entry_version_and_answer() {
    let answer = |method: &str, state: &str| {
        mail(
            "From: pc@force.test\nSubject: Accepted: Court\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b",
            &format!(
                "--b\nContent-Type: text/plain\n\nYes\n--b\nContent-Type: text/calendar; method={method}; charset=utf-8\n\n\
                 BEGIN:VCALENDAR\nMETHOD:{method}\nBEGIN:VTIMEZONE\nTZID:x\nEND:VTIMEZONE\nBEGIN:VEVENT\n\
                 ATTENDEE;CN=\"A: Name\";PARTSTAT={state}:MAILTO:pc@f\n orce.test\nUID:{OURS}\nSEQUENCE:201\nEND:VEVENT\n\
                 END:VCALENDAR\n--b--\n"
            ),
        )
    };
    let accepted = answer("REPLY", "ACCEPTED");
    assert_eq!(accepted.word(), MailWord::Accepted);
    assert_eq!(accepted.entry(), Some(EntryAnswered { uid: ours(), sequence: Some(201) }));
    assert_eq!(answer("REPLY", "DECLINED").word(), MailWord::Declined);
    assert_eq!(answer("REPLY", "TENTATIVE").word(), MailWord::Tentative);
    assert_eq!(answer("COUNTER", "DECLINED").word(), MailWord::Tentative);
    assert_eq!(answer("REQUEST", "NEEDS-ACTION").word(), MailWord::Other);
}

#[test]
fn a_urn_is_found_however_it_is_written() {
    for text in ["52AB0000126", "52 AB 00001 26", "52/AB/00001/26", "your ref. 52ab00001/26, please"] {
        let read = mail(&format!("From: x@y.test\nSubject: {text}"), "");
        let found = &read.references()[0];
        let is_it = found.iter().any(|one| one.kind == ReferenceKind::Urn && one.value == "52AB0000126");
        assert!(is_it, "{text}: {found:?}");
    }
    let nothing = mail("From: x@y.test\nSubject: Hello there", "");
    assert_eq!(nothing.references(), [vec![], vec![]]);
}

#[test]
fn what_is_no_mail_is_said_to_be_none() {
    for bytes in [&b""[..], b"{}", b"hello", b"\xff\xfe\x00", b"\r\n\r\n"] {
        assert_eq!(read(bytes), Err(NoMail::Other), "{bytes:?}");
    }
}

#[test]
fn messages_that_lie_in_messages_without_end_are_not_taken_apart() {
    let nested = format!("From: x@y.test\r\n{}", "Content-Type: message/rfc822\r\n\r\n".repeat(200_000));
    assert_eq!(read(nested.as_bytes()), Err(NoMail::TooManyParts));
    let some = format!("From: x@y.test\r\n{}", "Content-Type: message/rfc822\r\n\r\n".repeat(PARTS_MAX - 1));
    assert!(read(some.as_bytes()).is_ok());
}

#[test]
fn debug_shows_nothing_that_is_written_in_it() {
    let shown = format!("{:?}", mail("From: secret@y.test\nSubject: secret", "secret"));
    assert!(!shown.contains("secret"), "{shown}");
}

proptest! {
    #[test]
    fn no_bytes_end_in_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        drop(read(&bytes));
    }

    #[test]
    fn no_mail_that_was_cut_or_altered_ends_in_a_panic(
        lines in prop::collection::vec(
            prop::sample::select(vec![
                "From: a@b.test", "To: bounces+0199aabbccdd7eee8fff0123456789ab@x.test", "In-Reply-To: <", "Subject: =?utf-8?b?x",
                "Content-Type: multipart/report; boundary=b", "Content-Type: message/rfc822", "--b", "--b--", "",
                "Content-Type: text/calendar", "BEGIN:VEVENT", "METHOD:REPLY", "ATTENDEE;PARTSTAT=\"", "UID:\u{e9}",
                "Content-Transfer-Encoding: base64", "Content-Type: message/delivery-status", "Action: failed",
                "Status: \u{e9}.1.1", "Message-ID\u{e9}", " ", "\u{0}",
            ]),
            0..60,
        )
    ) {
        if let Ok(read) = read(lines.join("\r\n").as_bytes()) {
            drop((read.references(), read.word()));
        }
    }
}
