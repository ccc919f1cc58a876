//! What the CPS sends as JSON: its forms on Common Platform, and messages in a form of usher's own for what has no
//! public one.
//!
//! What is written there in words is not read at all: it stays in the raw body.

mod forms;
mod message;

use super::{Fault, Format, Read, Unusable, common_platform};
use crate::domain::case::{Reference, ReferenceKind};
use crate::domain::cps::CpsMessage;
use crate::domain::event::Payload;

/// More witnesses than a case has.
const WITNESSES_MAX: usize = 500;
/// The longest name, reference or phase.
const TEXT_MAX: usize = 200;

/// Reads a form of the CPS.
pub(super) fn form(format: Format, body: &[u8]) -> Result<Read, Unusable> {
    finish(format, common_platform::parse(body).and_then(|wire| forms::read(format, &wire)))
}

/// Reads a message in usher's own form.
pub(super) fn message(body: &[u8]) -> Result<Read, Unusable> {
    finish(Format::CpsMessage, common_platform::parse(body).and_then(|wire| message::read(&wire)))
}

fn finish(format: Format, read: Result<CpsMessage, Unusable>) -> Result<Read, Unusable> {
    let message = read.map_err(|bad| Unusable { format, ..bad })?;
    Ok(Read::plain(format, Payload::CpsReceived { message: Box::new(message) }))
}

/// Something missing or unreadable. Its format is put in once it is known.
fn incomplete(place: &str, reason: impl Into<String>) -> Unusable {
    Unusable::new(Format::Unknown, Fault::Incomplete, reason).at(place)
}

/// The URN by which the case is found.
fn urn(text: Option<&str>, place: &str) -> Result<String, Unusable> {
    let expected = "missing: expected the case's URN, by which it is found";
    let urn = text.ok_or_else(|| incomplete(place, expected))?;
    let plain = Reference::new(ReferenceKind::Urn, urn).value;
    if plain.is_empty() || plain.len() > TEXT_MAX {
        return Err(incomplete(place, expected));
    }
    Ok(urn.to_owned())
}

fn within(place: &str, count: usize) -> Result<(), Unusable> {
    if count <= WITNESSES_MAX {
        return Ok(());
    }
    let reason = format!("more than {WITNESSES_MAX} witnesses: have somebody look at it");
    Err(Unusable::new(Format::Unknown, Fault::TooLarge, reason).at(place))
}
