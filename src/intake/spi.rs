//! SPI `ResultedCaseMessage`: what a magistrates' court's results look like to the police, one message for each
//! defendant of a case.
//!
//! It is read into the same [`Share`] as Common Platform's own, with what it lacks left out. It has no ids of the
//! court's: those here follow from URN, reference and sequence number, and casework puts the held ones in their place.
//! It says not when it was shared: a metadata date that can be true is taken, else the time at which the court sat.
//! Qualifiers go with each result as they are, because they turn its meaning round (`W`: a witness, not the
//! defendant).
//!
//! XML from outside can be made to grow: document types, and so entities, are refused, and size, elements and depth
//! are limited.

use super::{Fault, Format, Read, Unusable};
use crate::domain::case::{Reference, ReferenceKind};
use crate::domain::court::{
    CaseShare, Category, Court, Defendant, Feed, Jurisdiction, Line, NextHearing, Offence, Party, Prompt,
    ResultLine, Share,
};
use crate::domain::event::Payload;
use crate::domain::hearing::{HearingKind, When};
use crate::domain::ids::{CourtCaseId, CourtHearingId, DefendantId, OffenceId, derived};
use crate::domain::london;
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};
use roxmltree::{Document, Node, ParsingOptions};

/// More than a case of one defendant with every count has: some thousand results.
const BYTES_MAX: usize = 4 * 1024 * 1024;
/// Elements, texts and attributes, at most.
const NODES_MAX: u32 = 200_000;
/// Elements within each other, at most; the schema has fewer than twenty.
const DEPTH_MAX: usize = 64;
/// Results of one message, at most.
const RESULTS_MAX: usize = 2_000;
/// What a hearing is called of which the police feed does not say what it is for.
pub(super) const HEARING: &str = "Hearing";
/// The hour at which courts begin to sit, where only a day is given.
const TEN: NaiveTime = NaiveTime::from_hms_opt(10, 0, 0).expect("ten is a time of day");

/// Reads a message, bare or delivered.
///
/// # Errors
/// [`Unusable`].
pub(super) fn read(body: &[u8]) -> Result<Read, Unusable> {
    let text = std::str::from_utf8(body).map_err(|_| malformed("not UTF-8: send the message in UTF-8"))?;
    let text = text.trim_start_matches('\u{feff}').trim();
    let document = parse(text)?;
    if let Some(message) = named(document.root(), "ResultedCaseMessage") {
        return share(&document, message);
    }
    // Delivered as text within the envelope.
    let inner = named(document.root(), "Message").and_then(|message| message.text()).map(str::trim);
    let Some(inner) = inner.filter(|inner| inner.starts_with('<')) else {
        return Err(malformed("no ResultedCaseMessage: expected one, bare or in a DeliverRequest"));
    };
    let inner = parse(inner)?;
    match named(inner.root(), "ResultedCaseMessage") {
        Some(message) => share(&inner, message),
        None => Err(malformed("no ResultedCaseMessage: expected one, bare or in a DeliverRequest")),
    }
}

fn malformed(reason: &str) -> Unusable {
    Unusable::new(Format::Spi, Fault::Malformed, reason)
}

fn incomplete(place: &str, reason: &str) -> Unusable {
    Unusable::new(Format::Spi, Fault::Incomplete, reason).at(place)
}

/// Parses within the limits. The parser's own words may quote the document, so only the place is passed on.
fn parse(text: &str) -> Result<Document<'_>, Unusable> {
    let too_large = |reason: String| Unusable::new(Format::Spi, Fault::TooLarge, reason);
    if text.len() > BYTES_MAX {
        return Err(too_large(format!("more than {BYTES_MAX} bytes: expected one defendant's results")));
    }
    // Counted on the text, before a parser builds anything of it.
    if deepest(text) > DEPTH_MAX {
        return Err(too_large(format!("elements stand in each other more than {DEPTH_MAX} deep")));
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES_MAX, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::DtdDetected => {
            malformed("it has a document type, which is refused because it can define entities: leave it out")
        }
        roxmltree::Error::NodesLimitReached => {
            too_large(format!("more than {NODES_MAX} elements: expected one defendant's results"))
        }
        error => {
            let at = error.pos();
            malformed("not well-formed XML").at(format!("line {}, column {}", at.row, at.col))
        }
    })
}

/// How deep elements stand in each other, at most; counted too high rather than too low.
fn deepest(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let bytes = text.as_bytes();
    for (at, _) in text.match_indices('<') {
        match bytes.get(at + 1) {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'!' | b'?') | None => {}
            Some(_) => {
                let end = text[at..].find('>').map_or(text.len(), |end| at + end);
                if bytes[end.saturating_sub(1)] != b'/' {
                    depth += 1;
                    deepest = deepest.max(depth);
                }
            }
        }
    }
    deepest
}

fn named<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.descendants().find(|node| node.is_element() && node.tag_name().name() == name)
}

fn children<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |node| node.is_element() && node.tag_name().name() == name)
}

/// The node along a path of element names.
fn at<'a, 'i>(node: Node<'a, 'i>, path: &str) -> Option<Node<'a, 'i>> {
    path.split('/').try_fold(node, |node, step| {
        node.children().find(|node| node.is_element() && node.tag_name().name() == step)
    })
}

/// The text at a path, without surrounding space; none where there is none.
fn text<'a>(node: Node<'a, '_>, path: &str) -> Option<&'a str> {
    at(node, path)?.text().map(str::trim).filter(|text| !text.is_empty())
}

fn owned(node: Node<'_, '_>, path: &str) -> Option<String> {
    text(node, path).map(str::to_owned)
}

/// The date that may stand at a path, but must then exist.
fn date(node: Node<'_, '_>, path: &str, place: &str) -> Result<Option<NaiveDate>, Unusable> {
    let Some(text) = text(node, path) else { return Ok(None) };
    let day = super::common_platform::path::date(text.get(..10).unwrap_or(text));
    let wrong = "no such date: expected a day that exists, as YYYY-MM-DD";
    day.map(Some).ok_or_else(|| incomplete(&format!("{place}/{path}"), wrong))
}

fn time(node: Node<'_, '_>, path: &str) -> Option<NaiveTime> {
    let text = text(node, path)?;
    let whole = text.get(..8).and_then(|text| NaiveTime::parse_from_str(text, "%H:%M:%S").ok());
    whole.or_else(|| NaiveTime::parse_from_str(text.get(..5)?, "%H:%M").ok())
}

/// Which kind of court a code is of: Crown Courts begin with `C`.
pub(super) fn jurisdiction(code: Option<&str>) -> Jurisdiction {
    match code.is_some_and(|code| code.starts_with(['C', 'c'])) {
        true => Jurisdiction::Crown,
        false => Jurisdiction::Magistrates,
    }
}

fn court(code: Option<&str>) -> Court {
    // The message knows courts by their codes alone; casework puts the name that the directory has.
    Court { id: None, code: code.map(str::to_owned), name: code.unwrap_or_default().to_owned(), room: None }
}

/// The one of a kind that must stand in a message.
fn only<'a, 'i>(node: Node<'a, 'i>, name: &'static str, place: &str) -> Result<Node<'a, 'i>, Unusable> {
    let mut all = children(node, name);
    let Some(one) = all.next() else {
        return Err(incomplete(place, &format!("missing: expected one {name}")));
    };
    if all.next().is_some() {
        let reason = format!("several of {name}: expected the results of one defendant in one case");
        return Err(Unusable::new(Format::Spi, Fault::Contradictory, reason).at(place));
    }
    Ok(one)
}

fn share(document: &Document<'_>, message: Node<'_, '_>) -> Result<Read, Unusable> {
    let session = only(message, "Session", "Session")?;
    let hearing = at(session, "CourtHearing/Hearing")
        .ok_or_else(|| incomplete("Session/CourtHearing/Hearing", "missing: expected the hearing"))?;
    let place = "Session/CourtHearing/Hearing";
    let day = date(hearing, "DateOfHearing", place)?
        .ok_or_else(|| incomplete("Session/CourtHearing/Hearing/DateOfHearing", "missing: expected a day"))?;
    let sitting_at = time(hearing, "TimeOfHearing").map(|time| london::from_local(day.and_time(time)));
    let code = text(hearing, "CourtHearingLocation");
    let case = only(session, "Case", "Session/Case")?;
    let urn = text(case, "PTIURN")
        .ok_or_else(|| incomplete("Session/Case/PTIURN", "missing: expected the case's URN"))?;
    let key = Reference::new(ReferenceKind::Urn, urn).value;
    let defendant = only(case, "Defendant", "Session/Case/Defendant")?;
    let mut part = CaseShare {
        court_case: CourtCaseId(derived(&[b"spi-case", key.as_bytes()])),
        urn: Some(urn.to_owned()),
        authority_reference: None,
        authority: None,
        markers: Vec::new(),
        defendants: Vec::new(),
        lines: Vec::new(),
        amended: false,
    };
    take(defendant, &key, day, &mut part)?;
    let sat_from = sitting_at.unwrap_or_else(|| london::start_of_day(day));
    let share = Share {
        feed: Feed::Spi,
        hearing: CourtHearingId(derived(&[
            b"spi-hearing",
            key.as_bytes(),
            code.unwrap_or_default().as_bytes(),
            day.to_string().as_bytes(),
        ])),
        day,
        shared_at: created_at(document).filter(|at| *at > sat_from).unwrap_or(sat_from),
        jurisdiction: jurisdiction(code),
        hearing_type: HEARING.to_owned(),
        court: court(code),
        sitting_at,
        cases: vec![part],
    };
    let payload = Payload::HearingResulted { share: Box::new(share.canonical()) };
    Ok(Read::plain(Format::Spi, payload))
}

/// When the message was made, by its envelope.
fn created_at(document: &Document<'_>) -> Option<DateTime<Utc>> {
    let metadata = named(document.root(), "MessageMetadata")?;
    super::common_platform::path::instant(text(metadata, "CreationDateTime")?)
}

/// The defendant with everything that is said of them.
fn take(node: Node<'_, '_>, urn: &str, day: NaiveDate, case: &mut CaseShare) -> Result<(), Unusable> {
    let place = "Session/Case/Defendant";
    let reference = text(node, "ProsecutorReference");
    let person = at(node, "CourtIndividualDefendant");
    let details = person.and_then(|person| at(person, "PersonDefendant/BasePersonDetails"));
    let name = |path: &str| details.and_then(|details| owned(details, &format!("PersonName/{path}")));
    let born_on = match details {
        Some(details) => text(details, "Birthdate").and_then(super::common_platform::path::date),
        None => None,
    };
    let corporate = at(node, "CourtCorporateDefendant").and_then(|held| named(held, "OrganisationName"));
    let organisation = corporate.and_then(|held| {
        let inner = text(held, "OrganisationName").or_else(|| held.text().map(str::trim));
        inner.filter(|name| !name.is_empty()).map(str::to_owned)
    });
    let party = match (details, organisation) {
        (None, Some(name)) => Party::Organisation { name },
        (None, None) => return Err(incomplete(place, "no name: expected a person or an organisation")),
        (Some(_), _) => Party::Person {
            first_name: name("PersonGivenName1"),
            last_name: name("PersonFamilyName")
                .ok_or_else(|| incomplete(place, "missing PersonFamilyName: expected the family name"))?,
            born_on,
        },
    };
    let who = match (reference, &party) {
        (Some(reference), _) => reference.to_owned(),
        (None, Party::Organisation { name }) => name.to_lowercase(),
        (None, Party::Person { first_name, last_name, born_on }) => {
            format!("{}/{last_name}/{born_on:?}", first_name.as_deref().unwrap_or_default()).to_lowercase()
        }
    };
    let id = DefendantId(derived(&[b"spi-defendant", urn.as_bytes(), who.as_bytes()]));
    let mut offences: Vec<Offence> = Vec::new();
    let mut results = 0;
    for (nth, wire) in children(node, "Offence").enumerate() {
        let place = format!("{place}/Offence[{}]", nth + 1);
        let base = at(wire, "BaseOffenceDetails");
        let field = |path: &str| base.and_then(|base| text(base, path));
        let code = field("OffenceCode")
            .ok_or_else(|| incomplete(&place, "missing OffenceCode: expected the CJS offence code"))?;
        let sequence = field("OffenceSequenceNumber").map_or(nth + 1, |text| text.parse().unwrap_or(nth + 1));
        let offence = OffenceId(derived(&[id.as_bytes(), sequence.to_string().as_bytes(), code.as_bytes()]));
        if offences.iter().any(|known| known.id == offence) {
            let reason = format!("the offence with number {sequence} stands twice");
            return Err(Unusable::new(Format::Spi, Fault::Contradictory, reason).at(place));
        }
        let concluded = text(wire, "FinalDisposalIndicator") == Some("Y");
        // The wording may name a victim: no title is made of it.
        offences.push(Offence { id: offence, code: code.to_owned(), title: String::new(), concluded });
        let about = ResultLine {
            defendant: Some(id),
            offence: Some(offence),
            ordered_on: Some(day),
            ..ResultLine::blank(Line::Judicial)
        };
        said(wire, &about, &place, &mut case.lines)?;
        let before = case.lines.len();
        for result in children(wire, "Result") {
            results += 1;
            if results > RESULTS_MAX {
                let reason = format!("more than {RESULTS_MAX} results: have somebody look at it");
                return Err(Unusable::new(Format::Spi, Fault::TooLarge, reason).at(place));
            }
            judicial(result, &about, &format!("{place}/Result"), &mut case.lines)?;
        }
        // Words without a code explain the results beside them; alone they are for a person to read.
        let results = &mut case.lines[before..];
        if results.iter().any(|line| line.cjs_code.is_some()) {
            let in_words = |line: &&mut ResultLine| line.line == Line::Judicial && line.cjs_code.is_none();
            results.iter_mut().filter(in_words).for_each(|line| line.category = Some(Category::Ancillary));
        }
    }
    case.amended = case.lines.iter().any(|line| matches!(line.cjs_code.as_deref(), Some("4583" | "4584")));
    let all_concluded = !offences.is_empty() && offences.iter().all(|offence| offence.concluded);
    case.defendants.push(Defendant {
        id,
        master: None,
        youth: born_on.is_some_and(|born_on| is_under_18(born_on, day)),
        party,
        remand: person.and_then(|person| owned(person, "BailStatus")),
        bail_conditions: person.and_then(|person| owned(person, "BailConditions")),
        concluded: all_concluded,
        offences,
    });
    Ok(())
}

fn is_under_18(born_on: NaiveDate, day: NaiveDate) -> bool {
    let before = (day.month(), day.day()) < (born_on.month(), born_on.day());
    day.year() - born_on.year() - i32::from(before) < 18
}

/// Plea and finding, in Common Platform's words for them.
fn said(
    wire: Node<'_, '_>,
    about: &ResultLine,
    place: &str,
    lines: &mut Vec<ResultLine>,
) -> Result<(), Unusable> {
    let plea = text(wire, "Plea").map(|code| match code {
        "1" => ("GUILTY", "Guilty"),
        "2" => ("NOT_GUILTY", "Not guilty"),
        "4" => ("CONSENTS", "Consents"),
        "5" => ("OPPOSES", "Opposes"),
        "6" => ("MCA_GUILTY", "Guilty, by post"),
        "7" => ("ADMITS", "Admits"),
        "8" => ("DENIES", "Denies"),
        // 0 and 3: none was taken.
        _ => ("NO_PLEA", "No plea"),
    });
    if let Some((value, label)) = plea {
        // Each message repeats the plea, and none says when it was entered.
        lines.push(ResultLine {
            line: Line::Plea,
            short_code: Some(value.to_owned()),
            label: label.to_owned(),
            ordered_on: None,
            ..about.clone()
        });
    }
    let pleaded = plea.is_some_and(|(value, _)| matches!(value, "GUILTY" | "MCA_GUILTY" | "ADMITS"));
    let finding = match text(wire, "Finding") {
        // Whoever pleads guilty is not tried, so the finding only says it again.
        Some("G") if pleaded => None,
        Some("G") => Some(("GUILTY", "Guilty")),
        Some("N") => Some(("NOT_GUILTY", "Not guilty")),
        Some("A") => Some(("NA", "Guilty of another offence")),
        Some("O") => Some(("NC", "No conviction")),
        _ => None,
    };
    if let Some((value, label)) = finding {
        let convicted_on = date(wire, "ConvictionDate", place)?.filter(|_| matches!(value, "GUILTY" | "NA"));
        lines.push(ResultLine {
            line: Line::Verdict,
            short_code: Some(value.to_owned()),
            label: label.to_owned(),
            ordered_on: convicted_on.or(about.ordered_on),
            ..about.clone()
        });
    }
    Ok(())
}

/// One result, and the hearing it orders.
fn judicial(
    wire: Node<'_, '_>,
    about: &ResultLine,
    place: &str,
    lines: &mut Vec<ResultLine>,
) -> Result<(), Unusable> {
    let cjs_code = owned(wire, "ResultCode");
    let qualifiers: Vec<String> = children(wire, "ResultCodeQualifier")
        .filter_map(|node| node.text())
        .flat_map(|text| text.split(','))
        .map(|code| code.trim().to_owned())
        .filter(|code| !code.is_empty())
        .collect();
    let label =
        cjs_code.as_ref().map_or_else(|| "Result in words".to_owned(), |code| format!("Result {code}"));
    let next = at(wire, "NextHearing").map(|next| next_hearing(next, &qualifiers, place)).transpose()?;
    if let Some(next) = next.flatten() {
        lines.push(ResultLine {
            line: Line::NextHearing,
            offence: None,
            label: "Next hearing".to_owned(),
            next_hearing: Some(next),
            ..about.clone()
        });
    }
    lines.push(ResultLine {
        text: owned(wire, "ResultText"),
        prompts: prompts(wire),
        urgent: cjs_code.as_deref() == Some("4594"),
        cjs_code,
        qualifiers,
        label,
        ..about.clone()
    });
    Ok(())
}

/// What a result amounts to, in figures.
fn prompts(wire: Node<'_, '_>) -> Vec<Prompt> {
    let mut found = Vec::new();
    let mut add = |reference: &str, label: &str, value: Option<String>| {
        found.extend(value.map(|value| Prompt {
            reference: reference.to_owned(),
            label: label.to_owned(),
            value,
        }));
    };
    for outcome in children(wire, "Outcome") {
        add("resultAmountSterling", "Amount", owned(outcome, "ResultAmountSterling"));
        add("penaltyPoints", "Penalty points", owned(outcome, "PenaltyPoints"));
        for duration in children(outcome, "Duration") {
            let length = text(duration, "DurationValue").zip(text(duration, "DurationUnit"));
            add("duration", "Duration", length.map(|(value, unit)| format!("{value} {unit}")));
            add("durationStartDate", "From", owned(duration, "DurationStartDate"));
            add("durationEndDate", "Until", owned(duration, "DurationEndDate"));
        }
    }
    found
}

/// A hearing that is ordered. The reason is free text, so only a word that is known is taken from it.
fn next_hearing(
    wire: Node<'_, '_>,
    qualifiers: &[String],
    place: &str,
) -> Result<Option<NextHearing>, Unusable> {
    let Some(details) = at(wire, "NextHearingDetails") else { return Ok(None) };
    let code = text(details, "CourtHearingLocation");
    let day = date(details, "DateOfHearing", &format!("{place}/NextHearing/NextHearingDetails"))?;
    if code.is_none() && day.is_none() {
        return Ok(None);
    }
    let time = time(details, "TimeOfHearing").unwrap_or(TEN);
    let when = day.map_or(When::Unfixed, |day| When::At(london::from_local(day.and_time(time))));
    let has = |code: &str| qualifiers.iter().any(|qualifier| qualifier == code);
    let reason = text(wire, "NextHearingReason").unwrap_or_default();
    let hearing_type = match HearingKind::from_type(reason) {
        _ if has("GC") => "Trial",
        _ if has("GJ") => "Sentence",
        HearingKind::Trial => "Trial",
        HearingKind::TrialWithoutWitnesses => "Trial - no witnesses",
        HearingKind::PleaAndTrialPreparation => "Plea and trial preparation",
        HearingKind::Sentence => "Sentence",
        _ => HEARING,
    };
    Ok(Some(NextHearing {
        hearing_type: hearing_type.to_owned(),
        jurisdiction: code.map(|code| jurisdiction(Some(code))),
        court: court(code),
        when,
        existing: None,
    }))
}
