//! HMCTS Common Platform: shared hearing results, and the messages around them.
//!
//! A body is parsed once, into structs that borrow from it and hold only what witness care reads (`wire`, with
//! its tolerant leaves in `leaf`); then it is read part by part, each part with the path it stands at, so that
//! every refusal says where. [`compose()`] is the way back: it writes a share as Common Platform would.
//!
//! What is asked of a payload is little: `sharedTime`, the ids of hearing, cases, defendants and offences, and which
//! kind of court sat. Dates that are there must exist. And what it says of *who* and *which offence* must not
//! contradict itself, for a result told to the wrong victim cannot be taken back. These are refused:
//!
//! - `hearingId` beside the hearing differs from the hearing's own id;
//! - a case stands twice, or within it a defendant, or under a defendant an offence;
//! - a defendant's `prosecutionCaseId` is another case's;
//! - the `offenceId` of a plea, an indicated plea, a verdict or a result is not the offence it stands in;
//! - a result for a defendant as a whole names an offence of somebody else, a defendant who is in no case, or two
//!   who are not the same person;
//! - a trial is both effective and cracked, ineffective or vacated.

mod applications;
mod compose;
mod day;
mod defendants;
mod draft;
pub(super) mod leaf;
mod news;
pub(super) mod path;
mod place;
mod pleas;
mod police;
mod read;
mod results;
mod trial;
mod wire;

pub use compose::compose;
pub use day::DayRule;

use super::{Fault, Format, Hints, Read, Unusable, cps, format, not_yet_read, spi};
use wire::{Captured, Envelope, Hearing};

/// Recognises a JSON body and reads it: a shared hearing result, what Common Platform says beside it, and what others
/// send as JSON.
///
/// # Errors
/// [`Unusable`] for every other.
pub(super) fn read(body: &[u8], hints: &Hints<'_>) -> Result<Read, Unusable> {
    if body.first() == Some(&b'[') {
        return Err(list(body));
    }
    let envelope: Envelope<'_> = parse(body)?;
    if let Some(hearing) = &envelope.hearing {
        return read::share(&envelope, hearing);
    }
    if envelope.jurisdiction_type.0 && (envelope.prosecution_cases.0 || envelope.court_applications.0) {
        let bare: Hearing<'_> = parse(body)?;
        return read::share(&envelope, &bare);
    }
    match recognise(body, &envelope, hints) {
        Format::TrialVacated => news::vacated(&parse(body)?),
        Format::HearingListed => news::listed(&parse(body)?),
        Format::ProsecutionConcluded => news::concluded(&parse(body)?),
        Format::PoliceResult => police::read(&parse(body)?),
        Format::Spi => {
            let captured: Captured<'_> = parse(body)?;
            spi::read(captured.incoming_message.get().unwrap_or_default().as_bytes())
        }
        form @ (Format::CpsPet | Format::CpsPtph | Format::CpsCotr) => cps::form(form, body),
        Format::CpsMessage => cps::message(body),
        other => Err(not_yet_read(other)),
    }
}

/// Which of the formats without a hearing in it this is.
fn recognise(body: &[u8], envelope: &Envelope<'_>, hints: &Hints<'_>) -> Format {
    if envelope.cps_message.0 {
        Format::CpsMessage
    } else if envelope.vacated_trial_reason_id.0 {
        Format::TrialVacated
    } else if envelope.confirmed_hearing.0 || envelope.updated_hearing.0 {
        Format::HearingListed
    } else if envelope.prosecution_concluded.0 {
        Format::ProsecutionConcluded
    } else if envelope.judicial_result_type_id.0 {
        Format::JudicialResult
    } else if envelope.court_centre_with_lja.0 && envelope.session_days.0 {
        Format::PoliceResult
    } else if envelope.incoming_message.0 {
        format::of_xml(body)
    } else if is_pointer(envelope) {
        Format::HearingPointer
    } else if envelope.prosecution_case_subject.0 {
        let names = |name: &str| body.windows(name.len()).any(|window| window == name.as_bytes());
        format::of_cps_form(hints, names).unwrap_or(Format::Unknown)
    } else {
        Format::Unknown
    }
}

fn is_pointer(envelope: &Envelope<'_>) -> bool {
    let kind = envelope.event_type.get().or(envelope.kind.get());
    kind.is_some_and(|kind| kind.ends_with("Hearing_Resulted"))
        || envelope.data.as_ref().is_some_and(|data| data.hearing_id.0)
}

/// The end of a list: only an event grid sends one, and then of pointers.
fn list(body: &[u8]) -> Unusable {
    match parse::<Vec<Envelope<'_>>>(body) {
        Err(unusable) => unusable,
        Ok(items) if !items.is_empty() && items.iter().all(is_pointer) => {
            not_yet_read(Format::HearingPointer)
        }
        Ok(_) => Unusable::new(
            Format::Unknown,
            Fault::UnknownFormat,
            "a list: expected one message; send each item by itself",
        ),
    }
}

/// Parses JSON. The parser's own words quote the document, so only its place and what *we* expected are passed on.
pub(super) fn parse<'a, T: serde::Deserialize<'a>>(body: &'a [u8]) -> Result<T, Unusable> {
    use serde_json::error::Category;
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let mut place = format!("line {line}, column {column}");
        let mut format = Format::Unknown;
        let reason = match error.classify() {
            Category::Eof => "not JSON: it ends too early, so part of it was lost on the way".to_owned(),
            Category::Syntax | Category::Io => "not well-formed JSON".to_owned(),
            Category::Data => {
                if let Some(field) = place::of(body, line, column) {
                    // What is of another shape within a hearing is of a hearing result.
                    if field.starts_with("hearing.") || field == "hearing" {
                        format = Format::HearingResulted;
                    }
                    place = format!("{field}, {place}");
                }
                let message = error.to_string();
                match expected(&message) {
                    Some(expected) => format!("JSON of another shape: expected {expected}"),
                    None if message.starts_with("duplicate field") => "a field stands twice".to_owned(),
                    None => "JSON of another shape than expected".to_owned(),
                }
            }
        };
        Unusable::new(format, Fault::Malformed, reason).at(place)
    })
}

/// What was expected, by our own words in `wire`: the last part of the parser's message.
fn expected(message: &str) -> Option<&str> {
    let (_, expected) = message.rsplit_once(", expected ")?;
    let (expected, _) = expected.rsplit_once(" at line ")?;
    Some(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parsers_quotation_is_not_passed_on() {
        let body = br#"{"hearing":{"prosecutionCases":[{"defendants":["Mallory Invented"]}]}}"#;
        let unusable = read(body, &Hints::default()).unwrap_err();
        let message = unusable.to_string();
        assert_eq!(
            message,
            "common-platform-hearing-resulted: JSON of another shape: expected a defendant (object) (at \
             hearing.prosecutionCases[0].defendants[0], line 1, column 65)"
        );
    }

    #[test]
    fn a_value_of_another_shape_is_told_with_its_field() {
        for (body, field) in [
            (r#"{"hearing":{"id":"h","type":"x"},"sharedTime":"t"}"#, "hearing.type"),
            (r#"{"hearing":{"prosecutionCases":7}}"#, "hearing.prosecutionCases"),
            (r#"{"sharedTime":"t","hearing":"none"}"#, "hearing"),
            ("{\"hearing\":{\n\"courtCentre\":\n true}}", "hearing.courtCentre"),
        ] {
            let unusable = read(body.as_bytes(), &Hints::default()).unwrap_err();
            let place = unusable.place.clone().unwrap();
            assert!(place.starts_with(&format!("{field}, line ")), "{unusable}");
            assert!(!unusable.reason.contains("send it again"));
        }
    }
}
