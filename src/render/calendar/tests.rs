//! Calendar objects to the byte; other programs' parsers read them in the clients' tests.

use super::*;
use expect_test::expect;
use proptest::prelude::*;

fn at(text: &str) -> Instant {
    london::parse(text).unwrap()
}

fn entry() -> Entry {
    Entry {
        uid: Uuid::from_u128(7),
        stamp: at("2026-11-20T09:00"),
        sequence: 100,
        span: Span::of(When::At(at("2027-07-05T10:30"))).unwrap(),
        standing: Standing::Confirmed,
        summary: "Court attendance: 52AB0000126".into(),
        description: "Case: 52AB0000126\nCourt: Llys y Goron Caerdydd, Neuadd y Ddinas; Parc Cathays".into(),
        location: "Northgate, court 3".into(),
    }
}

#[test]
fn an_invitation_is_written_in_utc_escaped_and_folded() {
    let written = write(Method::Request, None, &[entry()]);
    assert_eq!(written.matches("\r\n").count(), written.matches('\n').count());
    expect![[r"
        BEGIN:VCALENDAR
        VERSION:2.0
        PRODID:-//usher//court diary//EN
        CALSCALE:GREGORIAN
        METHOD:REQUEST
        BEGIN:VEVENT
        UID:00000000-0000-0000-0000-000000000007
        DTSTAMP:20261120T090000Z
        SEQUENCE:100
        DTSTART:20270705T093000Z
        DTEND:20270705T160000Z
        STATUS:CONFIRMED
        SUMMARY:Court attendance: 52AB0000126
        DESCRIPTION:Case: 52AB0000126\nCourt: Llys y Goron Caerdydd\, Neuadd y Ddin
         as\; Parc Cathays
        LOCATION:Northgate\, court 3
        CLASS:PRIVATE
        END:VEVENT
        END:VCALENDAR
    "]]
    .assert_eq(&written.replace("\r\n", "\n"));
}

#[test]
fn who_asks_and_who_is_asked_are_written_when_it_leaves() {
    let [unit, witness] =
        ["unit@unit.test", "o'brien+{1}@people.test"].map(|text| EmailAddress::parse(text).unwrap());
    let written = addressed(&write(Method::Cancel, None, &[entry()]), "The \"East\" unit", &unit, &witness);
    let unfolded = written.replace("\r\n ", "");
    assert!(
        unfolded.contains("\r\nORGANIZER;CN=\"The 'East' unit\":mailto:unit@unit.test\r\n"),
        "{unfolded}"
    );
    assert!(
        unfolded.contains("RSVP=TRUE:mailto:o'brien+%7B1%7D@people.test\r\nEND:VEVENT\r\n"),
        "{unfolded}"
    );
}

#[test]
fn a_hearing_takes_its_day_its_week_or_no_time_at_all() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    for (when, span) in [
        (When::Week(day("2027-01-11")), Some(Span::Days(day("2027-01-11"), day("2027-01-16")))),
        (When::At(at("2027-07-05T00:00")), Some(Span::Days(day("2027-07-05"), day("2027-07-06")))),
        (When::At(at("2027-01-11T16:30")), Some(Span::Times(at("2027-01-11T16:30"), at("2027-01-11T17:30")))),
        (When::Unfixed, None),
    ] {
        assert_eq!(Span::of(when), span, "{when:?}");
    }
}

proptest! {
    #[test]
    fn no_text_breaks_out_of_its_line(said in "\\PC{0,200}|[a-z;,\\\\\n\r\t]{0,80}|[é£€😀]{0,80}") {
        let written = write(Method::Request, None, &[Entry { summary: said, ..entry() }]);
        let lines: Vec<&str> = written.split("\r\n").collect();
        prop_assert!(lines.iter().all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])));
        let properties = lines.iter().filter(|line| !line.starts_with(' ') && !line.is_empty()).count();
        prop_assert_eq!(properties, 18);
    }
}
