//! Which format a body is in, told from the body itself.
//!
//! The folders and topics that messages come from do not say it reliably (an internal and an external share, and
//! a share and a list of pointers to shares, travel the same roads), and the fields do.

use super::Hints;
use crate::words;

words! {
    /// A format that a feed may bring.
    pub enum Format as "format" {
        /// Common Platform `hearing-resulted`, internal or external.
        HearingResulted = "common-platform-hearing-resulted",
        /// Common Platform: a pointer to a share that is to be fetched.
        HearingPointer = "common-platform-hearing-pointer",
        /// Common Platform: a trial taken out of the list.
        TrialVacated = "common-platform-trial-vacated",
        /// Common Platform: a hearing listed, or listed otherwise, between court days.
        HearingListed = "common-platform-hearing-listed",
        /// Common Platform: a case concluded, or no longer concluded.
        ProsecutionConcluded = "common-platform-prosecution-concluded",
        /// Common Platform: a judicial result by itself.
        JudicialResult = "common-platform-judicial-result",
        /// Common Platform to police: results of one defendant in one case.
        PoliceResult = "common-platform-police-result",
        /// SPI `ResultedCaseMessage`, bare or wrapped.
        Spi = "spi-resulted-case",
        /// CPS: preparation for effective trial.
        CpsPet = "cps-pet",
        /// CPS: plea and trial preparation hearing form.
        CpsPtph = "cps-ptph",
        /// CPS: certificate of trial readiness.
        CpsCotr = "cps-cotr",
        /// CPS: a message in usher's own form, for what has no public one.
        CpsMessage = "cps-message",
        /// None of these.
        Unknown = "unknown",
    }
}

impl Format {
    /// What its people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::HearingResulted => "Common Platform hearing result",
            Self::HearingPointer => "Common Platform pointer to a hearing result",
            Self::TrialVacated => "Common Platform vacated trial",
            Self::HearingListed => "Common Platform listing",
            Self::ProsecutionConcluded => "Common Platform prosecution concluded",
            Self::JudicialResult => "single Common Platform result without its hearing",
            Self::PoliceResult => "Common Platform police result",
            Self::Spi => "SPI resulted case",
            Self::CpsPet => "CPS preparation for effective trial (PET)",
            Self::CpsPtph => "CPS plea and trial preparation form (PTPH)",
            Self::CpsCotr => "CPS certificate of trial readiness (COTR)",
            Self::CpsMessage => "CPS message",
            Self::Unknown => "unknown format",
        }
    }
}

/// The format of a body that begins like XML.
pub(super) fn of_xml(body: &[u8]) -> Format {
    let names = |name: &str| body.windows(name.len()).any(|window| window == name.as_bytes());
    if names("ResultedCaseMessage") || names("DeliverRequest") { Format::Spi } else { Format::Unknown }
}

/// The CPS form whose media type a caller stated, or whose own questions stand in the body.
pub(super) fn of_cps_form(hints: &Hints<'_>, names: impl Fn(&str) -> bool) -> Option<Format> {
    let stated = |word: &str| hints.media_type.is_some_and(|media| media.contains(word));
    if stated("cps-serve-pet") || names("doesTheProsecutorIntendToServeMoreEvidence") {
        Some(Format::CpsPet)
    } else if stated("cps-serve-ptph") || names("ptphAdvocate") {
        Some(Format::CpsPtph)
    } else if stated("cotr") || names("certifyThatTheProsecutionIsTrialReady") {
        Some(Format::CpsCotr)
    } else {
        None
    }
}
