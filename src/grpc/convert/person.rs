//! People and the parts they play.

use super::field::{
    self, NAME_MAX, WORDS_MAX, number, shown, text, text_if_given, texts, timestamp, timestamp_of,
};
use crate::domain::email::EmailAddress;
use crate::domain::event::NewParticipant;
use crate::domain::ids::{ParticipantId, PersonId, derived};
use crate::domain::person::{Consent, EnhancedState, Identity, Named, Participant, Person};
use crate::grpc::pb;
use crate::grpc::refused::Refused;

/// Offences, defendants, telephone numbers or people supported, at most.
const LIST_MAX: usize = 200;
/// Figures of the shortest telephone number.
const FIGURES_MIN: usize = 3;

/// A participant on the wire.
#[must_use]
pub fn participant(participant: &Participant) -> pb::Participant {
    pb::Participant {
        id: participant.id.to_string(),
        person_id: participant.person.to_string(),
        roles: participant.roles.iter().map(|role| number(*role)).collect(),
        child: participant.child,
        offence_ids: texts(&participant.offences),
        defendant_ids: texts(&participant.defendants),
        enhanced: participant.enhanced.as_ref().map(|enhanced| pb::Enhanced {
            state: number(enhanced.state),
            categories: enhanced.categories.iter().map(|category| number(*category)).collect(),
            assessed_at: Some(timestamp(enhanced.assessed_at)),
            source: enhanced.source.clone(),
        }),
        supports_ids: texts(&participant.supports),
        consent: participant.consent.map(|consent| pb::Consent {
            starts_at: Some(timestamp(consent.from)),
            ends_at: timestamp_of(consent.until),
        }),
        contact_via_id: shown(participant.contact_via),
        wants_updates: participant.wants_updates,
        left_at: timestamp_of(participant.left_at),
        collar: participant.collar.clone().unwrap_or_default(),
        resource_team_id: shown(participant.resource_team),
        witness_number: participant.witness_number,
        version: participant.version,
        concerned_names: participant.awaits.iter().map(|named| named.0.clone()).collect(),
    }
}

/// Whether safe word and contact note are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Private {
    /// To the unit's own people.
    Shown,
    /// To other services they are not.
    Hidden,
}

/// A person on the wire.
#[must_use]
pub fn person(person: &Person, private: Private) -> pb::Person {
    let identity = &person.identity;
    let own = |text: &Option<String>| match private {
        Private::Shown => text.clone().unwrap_or_default(),
        Private::Hidden => String::new(),
    };
    pb::Person {
        id: person.id.to_string(),
        identity: Some(pb::Identity {
            first_name: identity.first_name.clone(),
            last_name: identity.last_name.clone(),
            born_on: shown(identity.born_on),
            phones: identity.phones.clone(),
            email: identity.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
            address: identity.address.clone(),
            postcode: identity.postcode.clone().unwrap_or_default(),
            language: identity.language.clone().unwrap_or_default(),
            safe_word: own(&identity.safe_word),
            contact_note: own(&identity.contact_note),
        }),
        unsafe_channels: person.unsafe_channels.iter().map(|channel| number(*channel)).collect(),
        version: person.version,
    }
}

/// Who somebody is.
///
/// # Errors
/// [`Refused`].
pub fn identity(at: &str, given: &pb::Identity) -> Result<Identity, Refused> {
    let field = |name: &str| format!("{at}.{name}");
    let first_name = text_if_given(&field("first_name"), &given.first_name, NAME_MAX)?.unwrap_or_default();
    let last_name = text_if_given(&field("last_name"), &given.last_name, NAME_MAX)?.unwrap_or_default();
    if first_name.is_empty() && last_name.is_empty() {
        return Err(Refused::required(&field("last_name")));
    }
    field::at_most(&field("phones"), &given.phones, LIST_MAX)?;
    field::at_most(&field("address"), &given.address, LIST_MAX)?;
    let lines = |name: &str, lines: &[String]| -> Result<Vec<String>, Refused> {
        let numbered = lines.iter().enumerate();
        numbered.map(|(nth, line)| text(&format!("{at}.{name}[{nth}]"), line, NAME_MAX)).collect()
    };
    Ok(Identity {
        first_name,
        last_name,
        born_on: field::day_if_given(&field("born_on"), &given.born_on)?,
        phones: phones(&field("phones"), lines("phones", &given.phones)?)?,
        email: email(&field("email"), &given.email)?,
        address: lines("address", &given.address)?,
        postcode: text_if_given(&field("postcode"), &given.postcode, NAME_MAX)?,
        language: text_if_given(&field("language"), &given.language, NAME_MAX)?,
        safe_word: text_if_given(&field("safe_word"), &given.safe_word, NAME_MAX)?,
        contact_note: text_if_given(&field("contact_note"), &given.contact_note, WORDS_MAX)?,
    })
}

/// Telephone numbers: whatever stands around the figures, such as an extension, but figures there must be.
fn phones(at: &str, given: Vec<String>) -> Result<Vec<String>, Refused> {
    let figures = |phone: &String| phone.chars().filter(char::is_ascii_digit).count();
    match given.iter().position(|phone| figures(phone) < FIGURES_MIN) {
        None => Ok(given),
        Some(nth) => {
            Err(Refused::invalid(&format!("{at}[{nth}]"), "must be a telephone number, such as 07700 900123"))
        }
    }
}

/// A bare ASCII address that may be left out.
///
/// # Errors
/// [`Refused`].
pub fn email(at: &str, given: &str) -> Result<Option<EmailAddress>, Refused> {
    if given.is_empty() {
        return Ok(None);
    }
    let refused = |_| Refused::invalid(at, "must be a bare ASCII e-mail address, such as name@example.org");
    EmailAddress::parse(given).map(Some).map_err(refused)
}

/// Somebody to be added, or their part as it is to be; ids left out follow from `seed`.
///
/// # Errors
/// [`Refused`].
pub fn new_participant(
    at: &str,
    new: &pb::NewParticipant,
    seed: &[&[u8]],
) -> Result<NewParticipant, Refused> {
    let field = |name: &str| format!("{at}.{name}");
    for (name, list) in [
        ("offence_ids", &new.offence_ids),
        ("defendant_ids", &new.defendant_ids),
        ("supports_ids", &new.supports_ids),
    ] {
        field::at_most(&field(name), list, LIST_MAX)?;
    }
    if new.roles.is_empty() {
        return Err(Refused::required(&field("roles")));
    }
    let id: Option<ParticipantId> = field::id_if_given(&field("id"), &new.id)?;
    let held: Option<PersonId> = field::id_if_given(&field("person_id"), &new.person_id)?;
    if held.is_none() && new.identity.is_none() {
        return Err(Refused::required(&field("identity")));
    }
    let state: Option<EnhancedState> = field::word_if_given(&field("enhanced_state"), new.enhanced_state)?;
    let categories = field::words(&field("enhanced_categories"), &new.enhanced_categories)?;
    let consent = new.consent.as_ref().map(|given| consent(&field("consent"), given)).transpose()?;
    let made = |what: &[u8]| derived(&[&[what], seed].concat());
    Ok(NewParticipant {
        id: id.unwrap_or_else(|| ParticipantId(made(b"participant"))),
        person: held.unwrap_or_else(|| PersonId(made(b"person"))),
        identity: new.identity.as_ref().map(|given| identity(&field("identity"), given)).transpose()?,
        roles: field::words(&field("roles"), &new.roles)?,
        child: new.child,
        offences: field::ids(&field("offence_ids"), &new.offence_ids)?,
        defendants: field::ids(&field("defendant_ids"), &new.defendant_ids)?,
        enhanced: state.map(|state| (state, categories)),
        supports: field::ids(&field("supports_ids"), &new.supports_ids)?,
        consent,
        contact_via: field::id_if_given(&field("contact_via_id"), &new.contact_via_id)?,
        wants_updates: new.wants_updates,
        collar: text_if_given(&field("collar"), &new.collar, NAME_MAX)?,
        resource_team: field::id_if_given(&field("resource_team_id"), &new.resource_team_id)?,
        witness_number: new.witness_number,
        awaits: concerned_names(&field("concerned_names"), &new.concerned_names)?,
    })
}

fn concerned_names(at: &str, given: &[String]) -> Result<Vec<Named>, Refused> {
    field::at_most(at, given, LIST_MAX)?;
    let name = |(nth, name): (usize, &String)| text(&format!("{at}[{nth}]"), name, NAME_MAX).map(Named);
    given.iter().enumerate().map(name).collect()
}

fn consent(at: &str, given: &pb::Consent) -> Result<Consent, Refused> {
    let from = field::instant(&format!("{at}.starts_at"), given.starts_at.as_ref())?;
    let until = field::instant_if_given(&format!("{at}.ends_at"), given.ends_at.as_ref())?;
    if until.is_some_and(|until| until <= from) {
        return Err(Refused::invalid(&format!("{at}.ends_at"), "must lie after starts_at"));
    }
    Ok(Consent { from, until })
}
