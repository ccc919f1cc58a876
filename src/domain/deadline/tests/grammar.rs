//! What the grammar reads, how it writes it back, and how it says what is wrong.

use expect_test::{Expect, expect};

use super::*;

#[test]
fn every_form_is_written_back_in_canonical_words() {
    for (text, canonical) in [
        ("24 HOURS After received", "24 hours after received"),
        ("  1\n working days  after event.received_at ", "1 working day after event.received_at"),
        ("24hours after the hearing", "24 hours after hearing"),
        ("15 shift minutes after X", "15 minutes on shift after X"),
        ("15 minutes on shift after X", "15 minutes on shift after X"),
        ("3 unit hours after X", "3 unit hours after X"),
        ("end of day", "end of today"),
        ("end of the day", "end of today"),
        ("end of now", "end of today"),
        ("end of the day before hearing", "end of the day before hearing"),
        ("end of next working day", "end of the next working day"),
        ("end of the working day after X", "end of the next working day after X"),
        ("end of the shift", "end of shift"),
        ("end of shift after now", "end of shift"),
        ("9:00 on X", "09:00 on X"),
        ("17:00 on today", "17:00 today"),
        ("17:00 on the next working day after X", "next working day 17:00 after X"),
        ("opening on next working day", "next working day"),
        ("the next working day at 14:00", "next working day 14:00"),
        ("other half of next working day", "the other half of the next working day"),
        ("Earlier of(A,B)", "earlier of (A, B)"),
        ("end of limit.listing after X", "end of limit.listing after X"),
    ] {
        assert_eq!(parse(text).to_string(), canonical, "{text}");
        assert_eq!(parse(canonical), parse(text), "{text}");
    }
}

#[test]
fn a_deadline_knows_its_anchors_and_limits() {
    let deadline = parse(
        "earlier of (limit.enhanced_outcome_target after event.received_at, 30 minutes before end of shift, \
         limit.listing before p.attendance.hearing, limit.listing after event.received_at)",
    );
    assert_eq!(deadline.anchors(), ["event.received_at", "now", "p.attendance.hearing"]);
    assert_eq!(deadline.limits(), ["enhanced_outcome_target", "listing"]);
}

#[test]
fn mentions_say_where_anchors_stand() {
    let text = "earlier of (1 day after a.b, end of hearing)";
    let (_, mentions) = Deadline::parse_noting(text, &NoLimits).unwrap();
    let names: Vec<_> =
        mentions.iter().map(|mention| (mention.name.as_str(), &text[mention.span.clone()])).collect();
    assert_eq!(names, [("a.b", "a.b"), ("hearing", "hearing")]);
}

#[test]
fn an_amount_is_stored_as_its_words() {
    let amount: Amount = serde_json::from_str("\"1 working days\"").unwrap();
    assert_eq!(serde_json::to_string(&amount).unwrap(), "\"1 working day\"");
    assert_eq!(Amount::new(0, Unit::Hours), None);
    assert!(
        serde_json::from_str::<Amount>("\"4 weks\"")
            .unwrap_err()
            .to_string()
            .contains("did you mean `weeks`")
    );
    assert!("24 hours after x".parse::<Amount>().is_err());
}

fn errors(texts: &[&str], expected: Expect) {
    let told: String = texts
        .iter()
        .map(|text| match Deadline::parse(text, &limits()) {
            Ok(deadline) => panic!("`{text}` parsed as `{deadline}`"),
            Err(error) => format!("{}\n", error.excerpt(text)),
        })
        .collect();
    expected.assert_eq(&told);
}

#[test]
fn a_slip_is_shown_where_it_is_and_what_was_meant() {
    errors(
        &[
            "24 hours aftr received",
            "end of 5 workng days after received",
            "5 wd after received",
            "24 hrs after received",
            "ende of day",
            "earlir of (a, b)",
            "limit.enhanced_outcom_target after received",
            "17:00 onn hearing",
            "next workin day",
            "the other haf of the next working day",
        ],
        expect![[r#"
            24 hours aftr received
                     ^^^^ expected `after` or `before`, found `aftr`; did you mean `after`?
            end of 5 workng days after received
                     ^^^^^^ expected a unit such as `hours`, `days`, `working days`, `weeks` or `unit hours`, found `workng`; did you mean `working`?
            5 wd after received
              ^^ expected a unit such as `hours`, `days`, `working days`, `weeks` or `unit hours`, found `wd`; did you mean `working days`?
            24 hrs after received
               ^^^ expected a unit such as `hours`, `days`, `working days`, `weeks` or `unit hours`, found `hrs`; did you mean `hours`?
            ende of day
            ^^^^ expected a deadline (an amount, a time, `end of`, `next working day`, `earlier of`, …) or an anchor such as `received`, found `ende`; did you mean `end`?
            earlir of (a, b)
            ^^^^^^ expected a deadline (an amount, a time, `end of`, `next working day`, `earlier of`, …) or an anchor such as `received`, found `earlir`; did you mean `earlier`?
            limit.enhanced_outcom_target after received
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected a limit of the pack, found `limit.enhanced_outcom_target`; did you mean `limit.enhanced_outcome_target`?
            17:00 onn hearing
                  ^^^ expected `on` or `today`, found `onn`; did you mean `on`?
            next workin day
                 ^^^^^^ expected `working`, found `workin`; did you mean `working`?
            the other haf of the next working day
                      ^^^ expected `half`, found `haf`; did you mean `half`?
        "#]],
    );
}

#[test]
fn what_is_missing_or_too_much_is_said() {
    errors(
        &[
            "",
            "24",
            "24 hours",
            "24 hours after",
            "end of",
            "17:00",
            "25:00 on hearing",
            "0 days after x",
            "10001 days after x",
            "99999999999999999999 days after x",
            "15 minutes on call after x",
            "the day before hearing",
            "end of the other half of the next working day",
            "earlier of (a)",
            "earlier of (a, b",
            "earlier of a, b",
            "24 hours after limit",
            "end of the the hearing",
            "next working day at after hearing",
            "Limit.unknown after hearing",
            "24 hours after a..b",
            "24 hours after received tomorrow",
            "24 hours – after received",
            "limit.nothing_like_it after received",
            "earlier of (\n  a,\n  5 dais after b\n)",
        ],
        expect![[r#"

            ^ expected a deadline (an amount, a time, `end of`, `next working day`, `earlier of`, …) or an anchor such as `received`, found the end of the text
            24
              ^ expected a unit such as `hours`, `days`, `working days`, `weeks` or `unit hours`, found the end of the text
            24 hours
                    ^ expected `after` or `before`, found the end of the text
            24 hours after
                          ^ expected a deadline (an amount, a time, `end of`, `next working day`, `earlier of`, …) or an anchor such as `received`, found the end of the text
            end of
                  ^ expected a deadline (an amount, a time, `end of`, `next working day`, `earlier of`, …) or an anchor such as `received`, found the end of the text
            17:00
                 ^ expected `on` or `today`, found the end of the text
            25:00 on hearing
            ^^^^^ expected a time of day from 00:00 to 23:59, found `25:00`
            0 days after x
            ^ expected a number from 1 to 10000, found `0`
            10001 days after x
            ^^^^^ expected a number from 1 to 10000, found `10001`
            99999999999999999999 days after x
            ^^^^^^^^^^^^^^^^^^^^ expected a number from 1 to 10000, found `99999999999999999999`
            15 minutes on call after x
                          ^^^^ expected `shift`, found `call`
            the day before hearing
                ^^^ expected a moment of that day: `17:00 on the day before …`, `end of the day before …`, found `day`
            end of the other half of the next working day
                       ^^^^^ expected a day: the other half is a start, `end of the next working day` its end, found `other`
            earlier of (a)
                         ^ expected `,` and a second deadline, found `)`
            earlier of (a, b
                            ^ expected `,` or `)`, found the end of the text
            earlier of a, b
                       ^ expected `(`, found `a`
            24 hours after limit
                           ^^^^^ expected a deadline (an amount, a time, `end of`, `next working day`, `earlier of`, …) or an anchor such as `received`, found `limit`
            end of the the hearing
                       ^^^ expected a deadline (an amount, a time, `end of`, `next working day`, `earlier of`, …) or an anchor such as `received`, found `the`; did you mean `other`?
            next working day at after hearing
                                ^^^^^ expected a time such as `14:00`, found `after`
            Limit.unknown after hearing
            ^^^^^^^^^^^^^ expected a limit of the pack, found `Limit.unknown`
            24 hours after a..b
                           ^^^^ expected a dotted name such as `event.received_at`, found `a..b`
            24 hours after received tomorrow
                                    ^^^^^^^^ expected the end of the deadline, found `tomorrow`
            24 hours – after received
                     ^ expected words, numbers, times such as `17:00`, `(`, `)` and `,`, found `–`
            limit.nothing_like_it after received
            ^^^^^^^^^^^^^^^^^^^^^ expected a limit of the pack, found `limit.nothing_like_it`
              5 dais after b
                ^^^^ expected a unit such as `hours`, `days`, `working days`, `weeks` or `unit hours`, found `dais`; did you mean `days`?
        "#]],
    );
}

#[test]
fn depth_parts_and_length_are_limited() {
    let deep = |depth: usize| format!("{}x", "1 day after ".repeat(depth));
    assert!(Deadline::parse(&deep(DEPTH_MAX - 1), &NoLimits).is_ok());
    let refused = |text: &str| Deadline::parse(text, &NoLimits).unwrap_err().to_string();
    assert_eq!(refused(&deep(DEPTH_MAX)), "expected at most 12 deadlines inside one another, found `x`");
    let wide = |parts: usize| format!("later of ({})", vec!["x"; parts].join(", "));
    assert!(Deadline::parse(&wide(PARTS_MAX), &NoLimits).is_ok());
    assert_eq!(refused(&wide(PARTS_MAX + 1)), "expected at most 16 parts, found `x`");
    assert_eq!(refused(&" ".repeat(TEXT_MAX + 1)), "expected a text of at most 2000 bytes, found 2001 bytes");
}
