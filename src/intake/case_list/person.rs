//! Somebody in a case, as a line gives them.

use super::given::{Given, Object};
use super::{Attendance, Person, said};
use crate::domain::email::EmailAddress;
use crate::domain::hearing::AttendanceState;
use crate::domain::person::{Consent, EnhancedState, Identity, Role};
use crate::intake::table::Wrong;

/// Reads somebody; the names of their columns begin with `place` where something is wrong with them.
pub(super) fn read(line: u64, place: &str, object: &Object) -> Result<Person, Wrong> {
    let given = Given::new(object, place);
    let roles: Vec<Role> = given.words("roles")?;
    if roles.is_empty() {
        return Err(given.wrong("roles", "is needed"));
    }
    let is = |role: Role| roles.contains(&role);
    let enhanced: Option<EnhancedState> = given.word("enhanced")?;
    let categories = given.words("enhanced_categories")?;
    if enhanced.is_some() && !is(Role::Victim) {
        return Err(given.wrong("enhanced", "only victims have Enhanced Rights: say victim among the roles"));
    }
    if enhanced.is_some_and(|state| state != EnhancedState::Refused) && categories.is_empty() {
        return Err(given.wrong("enhanced_categories", "must name at least one category of Enhanced Rights"));
    }
    if enhanced.is_none() && !categories.is_empty() {
        return Err(given.wrong("enhanced", "is needed with categories: proposed or confirmed"));
    }
    let witness_number = given.text("witness_number")?.map(|text| text.parse::<i32>()).transpose();
    let list = |column: &str| given.list(column);
    let told = list("told")?.iter().map(|text| said::told(text)).collect::<Result<_, _>>();
    let owed = list("owed")?.iter().map(|text| said::owed(text)).collect::<Result<_, _>>();
    Ok(Person {
        line,
        place: place.to_owned(),
        identity: identity(&given)?,
        unsafe_channels: given.words("unsafe_channels")?,
        child: given.flag("child")?,
        enhanced: enhanced.map(|state| (state, categories)),
        concerns: list("concerns")?,
        supports: list("supports")?,
        consent: consent(&given)?,
        contact_via: given.name("contact_via")?,
        wants_updates: given.flag("wants_updates")?,
        collar: given.name("collar")?,
        resource_team: given.name("resource_team")?,
        witness_number: witness_number
            .map_err(|_| given.wrong("witness_number", "expected a whole number"))?,
        attendance: attendance(&given, &roles)?,
        told: told.map_err(|problem: String| given.wrong("told", &problem))?,
        owed: owed.map_err(|problem: String| given.wrong("owed", &problem))?,
        roles,
    })
}

fn identity(given: &Given<'_>) -> Result<Identity, Wrong> {
    let email = given.text("email")?.map(|text| text.parse::<EmailAddress>()).transpose();
    let last_name = given.name("last_name")?.ok_or_else(|| given.wrong("last_name", "is needed"))?;
    Ok(Identity {
        first_name: given.name("first_name")?.unwrap_or_default(),
        last_name,
        born_on: given.day("date_of_birth")?,
        phones: given.list("phones")?,
        email: email.map_err(|_| given.wrong("email", "expected one bare address"))?,
        address: given.list("address")?,
        postcode: given.name("postcode")?,
        language: given.name("language")?,
        safe_word: given.name("safe_word")?,
        contact_note: given.text("contact_note")?,
    })
}

fn consent(given: &Given<'_>) -> Result<Option<Consent>, Wrong> {
    match (given.instant("consent_from")?, given.instant("consent_until")?) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(given.wrong("consent_from", "is needed with consent_until")),
        (Some(from), Some(until)) if until <= from => {
            Err(given.wrong("consent_until", "must lie after consent_from"))
        }
        (Some(from), until) => Ok(Some(Consent { from, until })),
    }
}

fn attendance(given: &Given<'_>, roles: &[Role]) -> Result<Option<Attendance>, Wrong> {
    let hearing = given.day("attendance_hearing")?;
    let (at, by) = (given.instant("attendance_at")?, given.word("attendance_by")?);
    let Some(state) = given.word::<AttendanceState>("attendance")? else {
        return match hearing.is_some() || at.is_some() || by.is_some() {
            true => Err(given.wrong("attendance", "is needed: required, warned or confirmed")),
            false => Ok(None),
        };
    };
    use AttendanceState::{Confirmed, Required, Warned};
    if !matches!(state, Required | Warned | Confirmed) {
        return Err(given.wrong("attendance", "expected one of required, warned, confirmed"));
    }
    if !roles.iter().any(|role| role.gives_evidence()) {
        return Err(given.wrong("attendance", "only witnesses attend: say which witness among the roles"));
    }
    if state != Required && (at.is_none() || by.is_none()) {
        let missing = if at.is_none() { "attendance_at" } else { "attendance_by" };
        return Err(given.wrong(missing, "is needed: when and how they were warned"));
    }
    Ok(Some(Attendance { state, hearing, at, by }))
}
