//! Where a message goes, or why it goes nowhere.
//!
//! Asked when a message is decided, and again when it is leased or printed: a message decided on Friday may leave on
//! Monday, and by then the consent may have ended, the witness may have left, or the address may have turned out to
//! be the defendant's as well. The text is frozen; this is not. A reason is a word and a sentence for staff, without
//! personal data; what to do instead is a person's decision.

use super::view::needs_consent;
use crate::domain::email::EmailAddress;
use crate::domain::ids::ParticipantId;
use crate::domain::london::Instant;
use crate::domain::message::{Medium, Recipient};
use crate::domain::person::{Channel, Participant, Person};
use crate::domain::staff::{Roster, UnitMode};
use crate::domain::state::CaseState;
use crate::render::paper::ADDRESS_LINES_MAX;

/// Where a message goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// The address itself.
    pub to: Destination,
    /// Through whom it goes in place of its recipient: a family liaison officer or a parent.
    pub via: Option<ParticipantId>,
    /// What must stand above the text: a unit in test mode says so.
    pub banner: Option<&'static str>,
}

/// An address of either kind. Personal data: never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub enum Destination {
    /// By e-mail or form.
    Email(EmailAddress),
    /// By post.
    Post {
        /// The name on the envelope.
        name: String,
        /// The address, a line each, the postcode last.
        lines: Vec<String>,
    },
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self.to {
            Destination::Email(_) => "e-mail",
            Destination::Post { .. } => "post",
        };
        write!(f, "Address({kind}{})", if self.via.is_some() { ", via somebody else" } else { "" })
    }
}

/// What stands above every text of a unit in test mode.
pub const TEST_BANNER: &str = "TEST: this message was not sent to the person it is for.";

/// Why a message has no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unaddressed {
    /// The case, directory or roster has no such recipient.
    #[error("the recipient is not on the case, in the directory or on the roster: choose another recipient")]
    Unknown,
    /// The recipient left the case or the unit.
    #[error("the recipient has left: choose who takes their place")]
    Left,
    /// No e-mail address is held.
    #[error("no e-mail address is held for the recipient: ring them, or add an address")]
    NoEmail,
    /// No postal address is held.
    #[error("no postal address is held for the recipient: ring them, or add an address")]
    NoPostalAddress,
    /// More lines than the window of an envelope shows: some would be lost.
    #[error("the postal address has more lines than an envelope shows: put some of them together")]
    AddressTooLong,
    /// The way is marked unsafe.
    #[error(
        "this way of reaching the recipient is marked unsafe: ring them, or clear the mark if it is wrong"
    )]
    Unsafe,
    /// The one through whom alone they may be contacted may themselves be contacted only through somebody else.
    #[error(
        "the recipient's contact is themselves contacted through somebody else: name one person to contact"
    )]
    ViaSomebodyElse,
    /// An adviser for whom no consent is held.
    #[error("the adviser has no consent to be told: ask the person they support, and record the consent")]
    NoConsent,
    /// An adviser whose consent has not begun or has ended.
    #[error("the adviser's consent is not in force: ask the person they support, and renew the consent")]
    ConsentNotInForce,
    /// An adviser who supports nobody who is still on the case.
    #[error("the adviser supports nobody who is still on the case: link them to the person they support")]
    SupportsNobody,
    /// The unit is in test mode and has no address for its tests.
    #[error("the unit is in test mode and no test address is set: set one in the configuration")]
    NoTestAddress,
}

impl Unaddressed {
    /// The reason's word, for tables and metrics.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown-recipient",
            Self::Left => "left",
            Self::NoEmail => "no-email",
            Self::NoPostalAddress => "no-postal-address",
            Self::AddressTooLong => "address-too-long",
            Self::Unsafe => "unsafe-channel",
            Self::ViaSomebodyElse => "via-somebody-else",
            Self::NoConsent => "no-consent",
            Self::ConsentNotInForce => "consent-not-in-force",
            Self::SupportsNobody => "supports-nobody",
            Self::NoTestAddress => "no-test-address",
        }
    }
}

/// Where a message to `recipient` goes by `medium` at `now`. In test mode the same checks are made, and then an
/// e-mail goes to `test_address` and a letter bears a banner.
///
/// # Errors
/// [`Unaddressed`] where it must not or cannot go: the message is held, and a person decides.
pub fn resolve(
    recipient: Recipient,
    state: &CaseState,
    roster: &Roster,
    medium: Medium,
    test_address: Option<&EmailAddress>,
    now: Instant,
) -> Result<Address, Unaddressed> {
    let (to, via) = match recipient {
        Recipient::Participant(id) => to_participant(id, state, medium, now)?,
        Recipient::Directory(id) => {
            let entry = roster.directory.iter().find(|entry| entry.id == id).ok_or(Unaddressed::Unknown)?;
            (by_email_alone(medium, entry.email.as_ref())?, None)
        }
        Recipient::Staff(id) => {
            let staff = roster.staff(id).ok_or(Unaddressed::Unknown)?;
            if staff.left_at.is_some_and(|left| left <= now) {
                return Err(Unaddressed::Left);
            }
            (by_email_alone(medium, staff.email.as_ref())?, None)
        }
    };
    match (roster.unit.mode, to) {
        (UnitMode::Live, to) => Ok(Address { to, via, banner: None }),
        (UnitMode::Test, Destination::Email(_)) => {
            let to = Destination::Email(test_address.ok_or(Unaddressed::NoTestAddress)?.clone());
            Ok(Address { to, via, banner: Some(TEST_BANNER) })
        }
        (UnitMode::Test, to @ Destination::Post { .. }) => Ok(Address { to, via, banner: Some(TEST_BANNER) }),
    }
}

/// The address of a body or a colleague: they have no post of ours.
fn by_email_alone(medium: Medium, email: Option<&EmailAddress>) -> Result<Destination, Unaddressed> {
    match medium {
        Medium::Email | Medium::Form => Ok(Destination::Email(email.ok_or(Unaddressed::NoEmail)?.clone())),
        Medium::Letter => Err(Unaddressed::NoPostalAddress),
    }
}

fn to_participant(
    id: ParticipantId,
    state: &CaseState,
    medium: Medium,
    now: Instant,
) -> Result<(Destination, Option<ParticipantId>), Unaddressed> {
    let recipient = present(id, state, now)?;
    let via = recipient.contact_via;
    let reader = match via {
        Some(via) => present(via, state, now)?,
        None => recipient,
    };
    if via.is_some() && reader.contact_via.is_some() {
        return Err(Unaddressed::ViaSomebodyElse);
    }
    check_consent(reader, state, now)?;
    let person = state.person(reader.person).ok_or(Unaddressed::Unknown)?;
    Ok((destination(person, medium)?, via))
}

/// A participant who has not left.
fn present(id: ParticipantId, state: &CaseState, now: Instant) -> Result<&Participant, Unaddressed> {
    let found = state.participant(id).ok_or(Unaddressed::Unknown)?;
    if found.left_at.is_some_and(|left| left <= now) { Err(Unaddressed::Left) } else { Ok(found) }
}

fn check_consent(reader: &Participant, state: &CaseState, now: Instant) -> Result<(), Unaddressed> {
    if !needs_consent(reader) {
        return Ok(());
    }
    let consent = reader.consent.ok_or(Unaddressed::NoConsent)?;
    if !consent.covers(now) {
        return Err(Unaddressed::ConsentNotInForce);
    }
    let supports_somebody = reader.supports.iter().any(|id| present(*id, state, now).is_ok());
    if supports_somebody { Ok(()) } else { Err(Unaddressed::SupportsNobody) }
}

fn destination(person: &Person, medium: Medium) -> Result<Destination, Unaddressed> {
    let identity = &person.identity;
    let channel = match medium {
        Medium::Email | Medium::Form => Channel::Email,
        Medium::Letter => Channel::Post,
    };
    if person.unsafe_channels.contains(&channel) {
        return Err(Unaddressed::Unsafe);
    }
    match channel {
        Channel::Email => Ok(Destination::Email(identity.email.clone().ok_or(Unaddressed::NoEmail)?)),
        _ => {
            let lines: Vec<String> = identity.address.iter().chain(&identity.postcode).cloned().collect();
            if identity.address.is_empty() {
                return Err(Unaddressed::NoPostalAddress);
            }
            if lines.len() >= ADDRESS_LINES_MAX {
                return Err(Unaddressed::AddressTooLong);
            }
            Ok(Destination::Post { name: identity.full_name(), lines })
        }
    }
}

#[cfg(test)]
mod tests;
