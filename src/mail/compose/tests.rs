//! What is written, and what is refused.

use super::*;
use crate::mail::{Sender, example};

fn written(mail: &Mail) -> String {
    String::from_utf8(mail.to_bytes().unwrap()).unwrap()
}

fn full() -> Mail {
    Mail {
        html: Some("<p>A result is ready – see below.</p>\n".to_owned()),
        reply_to: Some(EmailAddress::parse("desk@wcu.example.org").unwrap()),
        attachments: vec![Attachment {
            name: "Verhandlung – März.ics".to_owned(),
            content_type: "text/calendar; method=REQUEST; charset=utf-8".to_owned(),
            bytes: b"BEGIN:VCALENDAR\nEND:VCALENDAR\n".to_vec(),
        }],
        ..example::mail()
    }
}

#[test]
fn a_plain_mail_is_written_as_one_reads_it() {
    expect_test::expect![[r#"
        Date: Mon, 02 Mar 2026 09:15:00 +0000
        Message-ID: <00000000-0000-0000-0000-000000000001@wcu.example.org>
        From: "Northshire Witness Care" <wcu@wcu.example.org>
        To: pat.archer@northshire.example.org
        Subject: Court outcome
        Auto-Submitted: auto-generated
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 7bit

        A result is ready to be read.
    "#]]
    .assert_eq(&written(&example::mail()).replace("\r\n", "\n"));
}

#[test]
fn the_same_mail_gives_the_same_bytes() {
    assert_eq!(full().to_bytes().unwrap(), full().to_bytes().unwrap());
    let other = Mail { message_id: "x@wcu.example.org".to_owned().try_into().unwrap(), ..full() };
    assert_ne!(full().boundary("mixed"), other.boundary("mixed"));
}

#[test]
fn a_full_mail_nests_its_parts_under_boundaries_of_its_own() {
    let text = written(&full());
    let (mixed, alternative) = (full().boundary("mixed"), full().boundary("alternative"));
    assert_ne!(mixed, alternative);
    assert_eq!(text.matches(&format!("--{mixed}\r\n")).count(), 2);
    assert_eq!(text.matches(&format!("--{alternative}\r\n")).count(), 2);
    assert!(text.ends_with(&format!("--{mixed}--\r\n")));
    assert!(text.contains("Reply-To: desk@wcu.example.org\r\n"));
    assert!(text.contains("Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n"));
}

#[test]
fn a_boundary_never_occurs_in_the_text() {
    let first = full().boundary("mixed");
    let mail = Mail { text: format!("--{first}--\n"), ..full() };
    assert_ne!(mail.boundary("mixed"), first);
}

#[test]
fn letters_outside_ascii_travel_as_ascii() {
    let mail = Mail {
        subject: "Gwrandawiad – Llys y Goron, Caernarfon: ŵŷ".to_owned(),
        text: "Mae’r gwrandawiad ar 3 Mawrth.\n".to_owned(),
        from: Sender { name: Some("Uned Gofal Tystion – Gogledd".to_owned()), ..example::mail().from },
        ..full()
    };
    let bytes = mail.to_bytes().unwrap();
    assert!(bytes.is_ascii());
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("Subject: Gwrandawiad =?utf-8?b?"), "{text}");
    assert!(text.contains("Mae=E2=80=99r gwrandawiad ar 3 Mawrth."), "{text}");
}

#[test]
fn every_line_ends_in_crlf_and_none_is_too_long() {
    let text = format!("one\rtwo\nthree\r\nfour {}\n\n\n", "long ".repeat(500));
    let mail = Mail { text, subject: "word ".repeat(150), ..full() };
    let bytes = mail.to_bytes().unwrap();
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        assert!(line.ends_with(b"\r\n") && line.len() <= 1000);
        assert!(!line[..line.len() - 2].contains(&b'\r'));
    }
    assert!(!bytes.ends_with(b"\r\n\r\n"));
}

#[test]
fn nothing_can_add_a_header() {
    let sly = "x\r\nBcc: spy@example.org";
    let mails = [
        Mail { subject: sly.to_owned(), ..full() },
        Mail { from: Sender { name: Some(sly.to_owned()), ..full().from }, ..full() },
        Mail { headers: vec![("X-Case".to_owned(), sly.to_owned())], ..full() },
        Mail { headers: vec![(sly.to_owned(), "x".to_owned())], ..full() },
        Mail { headers: vec![("Bcc".to_owned(), "spy@example.org".to_owned())], ..full() },
        Mail { headers: vec![("SUBJECT".to_owned(), "other".to_owned())], ..full() },
        Mail { headers: vec![("Content-Type".to_owned(), "text/html".to_owned())], ..full() },
        Mail { headers: vec![(String::new(), "x".to_owned())], ..full() },
        Mail {
            attachments: vec![Attachment { name: sly.to_owned(), ..full().attachments[0].clone() }],
            ..full()
        },
        Mail {
            attachments: vec![Attachment { content_type: sly.to_owned(), ..full().attachments[0].clone() }],
            ..full()
        },
        Mail {
            attachments: vec![Attachment {
                content_type: format!("text/plain; charset=\"{sly}\""),
                ..full().attachments[0].clone()
            }],
            ..full()
        },
    ];
    for (index, mail) in mails.iter().enumerate() {
        let result = mail.to_bytes();
        assert!(result.is_err(), "number {index} was written");
        assert!(!result.unwrap_err().to_string().contains('\n'));
    }
}

#[test]
fn a_mail_larger_than_relays_take_is_refused() {
    let attachment = Attachment { bytes: vec![0; MAIL_BYTES_MAX], ..full().attachments[0].clone() };
    let mail = Mail { attachments: vec![attachment], ..full() };
    assert!(matches!(mail.to_bytes(), Err(Error::TooLarge { .. })));
}

#[test]
fn debug_shows_neither_recipient_nor_text() {
    let shown = format!("{:?}", full());
    for hidden in ["pat.archer", "Court outcome", "ready", "März"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}
