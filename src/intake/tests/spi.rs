//! SPI messages: what is made of an invented one, and how it is kept from growing.

use crate::domain::court::{Category, Feed, Jurisdiction, Line, Party, ResultLine, Share};
use crate::domain::hearing::{HearingKind, When};
use crate::domain::london;
use crate::intake::{Fault, Format, Hints, Read, Unusable, read};
use chrono::NaiveDate;

fn of(body: &str) -> Result<Read, Unusable> {
    read(body.as_bytes(), &Hints::default())
}

fn share(body: &str) -> Share {
    of(body).unwrap_or_else(|bad| panic!("{bad}")).share().unwrap().clone()
}

fn result(inner: &str) -> String {
    format!("<Result>{inner}</Result>")
}

fn offence(number: &str, inner: &str) -> String {
    format!(
        "<Offence><BaseOffenceDetails><OffenceSequenceNumber>{number}</OffenceSequenceNumber>\
         <OffenceCode>CJ88116</OffenceCode><OffenceWording>Hit an invented person</OffenceWording>\
         </BaseOffenceDetails>{inner}</Offence>"
    )
}

fn message(offences: &str) -> String {
    format!(
        "<m:ResultedCaseMessage xmlns:m='urn:invented' xmlns='urn:invented'><Session><CourtHearing><Hearing>\
         <CourtHearingLocation>B99NG01</CourtHearingLocation><DateOfHearing>2026-07-06</DateOfHearing>\
         <TimeOfHearing>10:00:00</TimeOfHearing></Hearing><PSAcode>9999</PSAcode></CourtHearing>\
         <Case><PTIURN>52NG0000126</PTIURN><Defendant><ProsecutorReference>26NGPF0100000000001A</ProsecutorReference>\
         <CourtIndividualDefendant><PersonDefendant><BasePersonDetails><PersonName>\
         <PersonGivenName1>Percival</PersonGivenName1><PersonFamilyName>Inventedson</PersonFamilyName></PersonName>\
         <Birthdate>1990-02-28</Birthdate></BasePersonDetails></PersonDefendant><BailStatus>B</BailStatus>\
         <BailConditions>Not to go near the station</BailConditions></CourtIndividualDefendant>{offences}\
         </Defendant></Case></Session></m:ResultedCaseMessage>"
    )
}

fn lines(inner: &str, kind: Line) -> Vec<ResultLine> {
    let share = share(&message(&offence("001", inner)));
    share.cases[0].lines.iter().filter(|line| line.line == kind).cloned().collect()
}

#[test]
fn a_message_is_a_share_of_one_defendant() {
    let share = share(&message(&offence("001", "<FinalDisposalIndicator>Y</FinalDisposalIndicator>")));
    assert_eq!((share.feed, share.jurisdiction), (Feed::Spi, Jurisdiction::Magistrates));
    assert_eq!(share.day, NaiveDate::from_ymd_opt(2026, 7, 6).unwrap());
    assert_eq!(share.sitting_at, Some(london::parse("2026-07-06T10:00").unwrap()));
    let case = &share.cases[0];
    assert_eq!(case.urn.as_deref(), Some("52NG0000126"));
    let defendant = &case.defendants[0];
    let born_on = NaiveDate::from_ymd_opt(1990, 2, 28);
    let (first_name, last_name) = (Some("Percival".to_owned()), "Inventedson".to_owned());
    assert_eq!(defendant.party, Party::Person { first_name, last_name, born_on });
    assert_eq!(defendant.remand.as_deref(), Some("B"));
    assert!(defendant.bail_conditions.is_some() && defendant.concluded && !defendant.youth);
}

#[test]
fn the_wording_of_an_offence_is_no_title() {
    let share = share(&message(&offence("001", "")));
    assert!(!serde_json::to_string(&share).unwrap().contains("Hit an invented person"));
}

#[test]
fn results_keep_their_qualifiers_figures_and_words() {
    let inner = result(
        "<ResultCode>1002</ResultCode><ResultText>Prison.</ResultText>\
         <ResultCodeQualifier>LG</ResultCodeQualifier><ResultCodeQualifier>W</ResultCodeQualifier>\
         <Outcome><Duration><DurationValue>12</DurationValue><DurationUnit>M</DurationUnit></Duration></Outcome>",
    );
    let found = lines(&inner, Line::Judicial);
    assert_eq!(found[0].cjs_code.as_deref(), Some("1002"));
    assert_eq!(found[0].qualifiers, ["LG", "W"]);
    assert_eq!(
        (found[0].prompts[0].reference.as_str(), found[0].prompts[0].value.as_str()),
        ("duration", "12 M")
    );
    assert_eq!(found[0].text.as_deref(), Some("Prison."));
}

#[test]
fn words_without_a_code_go_with_the_results_beside_them() {
    let words = result("<ResultText>Only words.</ResultText>");
    let both = lines(&format!("{}{words}", result("<ResultCode>1015</ResultCode>")), Line::Judicial);
    let of_words = both.iter().find(|line| line.cjs_code.is_none()).unwrap();
    assert_eq!(of_words.category, Some(Category::Ancillary));
    assert_eq!(lines(&words, Line::Judicial)[0].category, None);
}

#[test]
fn pleas_and_findings_come_in_common_platforms_words() {
    for (inner, plea, verdict) in [
        ("<Plea>1</Plea><Finding>G</Finding>", "GUILTY", None),
        ("<Plea>2</Plea><Finding>G</Finding>", "NOT_GUILTY", Some("GUILTY")),
        ("<Plea>2</Plea><Finding>N</Finding>", "NOT_GUILTY", Some("NOT_GUILTY")),
        ("<Plea>3</Plea>", "NO_PLEA", None),
        ("<Plea>8</Plea><Finding>A</Finding>", "DENIES", Some("NA")),
    ] {
        let pleas = lines(inner, Line::Plea);
        assert_eq!(pleas[0].short_code.as_deref(), Some(plea), "{inner}");
        let verdicts = lines(inner, Line::Verdict);
        assert_eq!(verdicts.first().and_then(|line| line.short_code.as_deref()), verdict, "{inner}");
    }
}

#[test]
fn a_next_hearing_is_what_a_known_word_or_qualifier_says_and_else_a_hearing() {
    for (reason, qualifier, kind) in [
        ("for trial", "", HearingKind::Trial),
        ("to come back", "GC", HearingKind::Trial),
        ("to come back", "GJ", HearingKind::Sentence),
        ("to come back with his mother", "", HearingKind::Other),
    ] {
        let inner = result(&format!(
            "<ResultCode>4506</ResultCode><ResultCodeQualifier>{qualifier}</ResultCodeQualifier><NextHearing>\
             <NextHearingDetails><CourtHearingLocation>C99NG00</CourtHearingLocation>\
             <DateOfHearing>2026-08-03</DateOfHearing><TimeOfHearing>14:00:00</TimeOfHearing></NextHearingDetails>\
             <NextHearingReason>{reason}</NextHearingReason></NextHearing>"
        ));
        let orders = lines(&inner, Line::NextHearing);
        let next = orders[0].next_hearing.clone().unwrap();
        assert_eq!(next.kind(), kind, "{reason} {qualifier}");
        assert_eq!(next.jurisdiction, Some(Jurisdiction::Crown));
        assert_eq!(next.when, When::At(london::parse("2026-08-03T14:00").unwrap()));
        assert!(!next.hearing_type.contains("mother"));
    }
}

#[test]
fn a_delivered_message_is_found_in_its_envelope_and_says_when_it_was_made() {
    let delivered = |created: &str, inner: &str| {
        format!(
            "<?xml version='1.0' encoding='UTF-8'?><DeliverRequest><MessageMetadata><CreationDateTime>{created}\
             </CreationDateTime></MessageMetadata><Message>{inner}</Message></DeliverRequest>"
        )
    };
    let inner = message(&offence("001", ""));
    let made = share(&delivered("2026-07-06T13:00:00+01:00", &inner));
    assert_eq!(made.shared_at, london::parse("2026-07-06T13:00").unwrap());
    let escaped = inner.replace('<', "&lt;");
    assert_eq!(share(&delivered("2001-01-01T00:00:00Z", &escaped)), share(&inner));
    let captured = serde_json::json!({ "incomingMessage": inner }).to_string();
    assert_eq!(share(&captured), share(&inner));
}

#[test]
fn what_could_grow_is_refused_before_it_does() {
    let entity = "<!DOCTYPE a [<!ENTITY x \"xxxxxxxxxx\">]><ResultedCaseMessage>&x;</ResultedCaseMessage>";
    assert!(of(entity).unwrap_err().reason.contains("document type"));
    let deep = format!(
        "<ResultedCaseMessage>{}{}</ResultedCaseMessage>",
        "<a>".repeat(200_000),
        "</a>".repeat(200_000)
    );
    assert_eq!(of(&deep).unwrap_err().fault, Fault::TooLarge);
    let wide = format!("<ResultedCaseMessage>{}</ResultedCaseMessage>", "<a/>".repeat(300_000));
    assert_eq!(of(&wide).unwrap_err().fault, Fault::TooLarge);
    let large = message(&offence("001", &result(&"x".repeat(5 * 1024 * 1024))));
    assert_eq!(of(&large).unwrap_err().fault, Fault::TooLarge);
}

#[test]
fn what_is_missing_twice_or_broken_is_named_by_its_place() {
    let whole = message(&offence("001", ""));
    for (body, fault, place) in [
        (whole.replace("PTIURN", "URN"), Fault::Incomplete, "Session/Case/PTIURN"),
        (
            whole.replace("2026-07-06", "2026-02-30"),
            Fault::Incomplete,
            "Session/CourtHearing/Hearing/DateOfHearing",
        ),
        (whole.replace("PersonFamilyName", "Name"), Fault::Incomplete, "Session/Case/Defendant"),
        (whole.replace("OffenceCode", "Code"), Fault::Incomplete, "Session/Case/Defendant/Offence[1]"),
        (
            message(&(offence("001", "") + &offence("001", ""))),
            Fault::Contradictory,
            "Session/Case/Defendant/Offence[2]",
        ),
        (
            whole.replace("</Defendant>", "</Defendant><Defendant/>"),
            Fault::Contradictory,
            "Session/Case/Defendant",
        ),
        (whole.replace("</Defendant>", ""), Fault::Malformed, "line 1"),
    ] {
        let unusable = of(&body).unwrap_err();
        assert_eq!((unusable.format, unusable.fault), (Format::Spi, fault), "{unusable}");
        assert!(unusable.place.as_deref().unwrap().starts_with(place), "{unusable}");
        assert!(!unusable.to_string().contains("Inventedson"));
    }
    assert_eq!(of("<DeliverRequest/>").unwrap_err().fault, Fault::Malformed);
}
