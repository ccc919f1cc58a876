//! What comes in: foreign formats, read into the domain's own words.
//!
//! Everything here is pure: bytes in, a [`Payload`] or a reason out. No clock, no database, no guess at what a result
//! *means* (that is the pack's). [`read`] never fails silently and never panics: a body ends as what happened, or as
//! an [`Unusable`] that says what is wrong and where, and the caller keeps it either way.
//!
//! Reading order: [`Format`] (what is it?), [`common_platform`] (the feed that counts), `spi` (what the police get
//! of a magistrates' court, by which they hear where Common Platform is silent), `cps` (forms and messages), [`mail`]
//! (what people write).

pub mod case_list;
pub mod common_platform;
mod cps;
mod format;
pub mod mail;
mod spi;
pub mod staff_list;
pub mod table;
mod unusable;

#[cfg(test)]
mod tests;

pub use format::Format;
pub use unusable::{Fault, Unusable};

use crate::domain::court::Share;
use crate::domain::event::{Payload, Subject};
use common_platform::DayRule;
use std::fmt;

/// What a caller knows of a body besides its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// The media type it was sent with, such as `application/vnd.stagingprosecutors.cps-serve-pet+json`.
    pub media_type: Option<&'a str>,
}

/// A body that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// What it was recognised as.
    pub format: Format,
    /// What happened; a share in canonical form.
    pub payload: Payload,
    /// What a person reading the receipt may want to know.
    pub remarks: Vec<Remark>,
}

impl Read {
    /// Something that is read, and that nothing is to be remarked of.
    fn plain(format: Format, payload: Payload) -> Self {
        Self { format, payload, remarks: Vec::new() }
    }

    /// What the event is about.
    #[must_use]
    pub fn subject(&self) -> Subject {
        self.payload.own_subject().unwrap_or(Subject::Desk)
    }

    /// What a court shared, where that is what came.
    #[must_use]
    pub fn share(&self) -> Option<&Share> {
        match &self.payload {
            Payload::HearingResulted { share } => Some(share),
            _ => None,
        }
    }
}

/// Something about a share that neither stops it nor changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// The hearing day was not stated and was derived.
    DayDerived(DayRule),
    /// Dealt with on the papers. Kept: what was decided must be told like anything else.
    BoxHearing,
    /// Dealt with under the single justice procedure. Kept, as for a box hearing.
    SingleJustice,
    /// So many results of applications name no case, and no defendant of one, and were left out.
    ApplicationResultsLeftOut(usize),
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DayDerived(rule) => write!(f, "the hearing day is not stated and was taken from {rule}"),
            Self::BoxHearing => f.write_str("a box hearing: decided on the papers"),
            Self::SingleJustice => f.write_str("a single justice procedure hearing"),
            Self::ApplicationResultsLeftOut(count) => {
                write!(f, "{count} results of applications that name no case of this hearing were left out")
            }
        }
    }
}

/// Recognises a body's format and reads it.
///
/// # Errors
/// [`Unusable`] for everything that is to be parked: malformed, incomplete or contradictory bodies, and formats that
/// are known and not yet read, or not known.
pub fn read(body: &[u8], hints: &Hints<'_>) -> Result<Read, Unusable> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let body = body.trim_ascii();
    match body.first() {
        None => Err(Unusable::new(Format::Unknown, Fault::Malformed, "the body is empty")),
        Some(b'<') => match format::of_xml(body) {
            Format::Spi => spi::read(body),
            other => Err(not_yet_read(other)),
        },
        Some(_) => common_platform::read(body, hints),
    }
}

/// The end of every format that is recognised and not read, and of those that are not recognised.
fn not_yet_read(format: Format) -> Unusable {
    if format == Format::Unknown {
        let reason = "format not recognised: expected a Common Platform hearing result (JSON with `hearing` and \
                      `sharedTime`), an SPI resulted case (XML), or a form or message of the CPS (JSON)";
        return Unusable::new(format, Fault::UnknownFormat, reason);
    }
    let reason = format!("format not yet read ({}); it is kept and can be read again later", format.title());
    Unusable::new(format, Fault::NotYetRead, reason)
}
