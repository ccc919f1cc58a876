//! What the form of somebody does: it adds them to a case, or puts their whole part and identity as it now is.

use super::form::{Known, known, new_page, page_of};
use crate::domain::london;
use crate::grpc::pb::{self, EnhancedCategory, EnhancedState, Role};
use crate::web::admit::Visitor;
use crate::web::clocks;
use crate::web::form::{Faults, Posted, REQUEST};
use crate::web::page;
use crate::web::pages::record::born::born;
use crate::web::pages::record::mended;
use crate::web::question::british;
use crate::web::refusal::Refusal;
use axum::extract::Path;
use axum::response::Response;
use chrono::NaiveDate;

/// The inputs of the form, by the fields that they fill.
const INPUTS: [(&str, &str); 25] = [
    ("first_name", "first_name"),
    ("last_name", "last_name"),
    ("born_on", "born_on"),
    ("phones", "phones"),
    ("email", "email"),
    ("address", "address"),
    ("postcode", "postcode"),
    ("language", "language"),
    ("safe_word", "safe_word"),
    ("contact_note", "contact_note"),
    ("roles", "roles"),
    ("offence_ids", "offences"),
    ("offences", "offences"),
    ("defendant_ids", "defendants"),
    ("defendants", "defendants"),
    ("supports_ids", "supports"),
    ("supports", "supports"),
    ("starts_at", "consent_from"),
    ("ends_at", "consent_to"),
    ("contact_via_id", "via"),
    ("contact_via", "via"),
    ("collar", "collar"),
    ("resource_team_id", "resource_team"),
    ("witness_number", "number"),
    ("concerned_names", "concerned"),
];

/// Lines of a text, without the empty ones.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Who somebody is, as the form says it.
fn identity(posted: &Posted, today: NaiveDate, faults: &mut Faults) -> pb::Identity {
    let get = |name: &str| posted.get(name).to_owned();
    let born_on = match get("born_on") {
        text if text.is_empty() => text,
        text => born(&text, today).map_or_else(
            || {
                faults.field("born_on", "Enter a date of birth such as 31/3/1980, not one in the future");
                String::new()
            },
            |day| day.to_string(),
        ),
    };
    if get("first_name").is_empty() && get("last_name").is_empty() {
        faults.field("last_name", "Enter a name");
    }
    pb::Identity {
        first_name: get("first_name"),
        last_name: get("last_name"),
        born_on,
        phones: lines(posted.get("phones")),
        email: get("email"),
        address: lines(posted.get("address")),
        postcode: get("postcode"),
        language: get("language"),
        safe_word: get("safe_word"),
        contact_note: get("contact_note"),
    }
}

/// Somebody's whole part, as the form says it.
fn part(posted: &Posted, faults: &mut Faults) -> pb::NewParticipant {
    let all = |name: &str| posted.all(name).map(str::to_owned).collect::<Vec<_>>();
    let roles: Vec<i32> = posted.all("roles").filter_map(Role::from_str_name).map(Into::into).collect();
    if roles.is_empty() {
        faults.field("roles", "Tick at least one part that they play");
    }
    let mut day = |name: &str| match posted.get(name) {
        "" => None,
        text => {
            let day = british(text);
            if day.is_none() {
                faults.field(name, "Enter a day such as 31/3/2027");
            }
            day
        }
    };
    let (from, to) = (day("consent_from"), day("consent_to"));
    let consent = from.map(|from| pb::Consent {
        starts_at: Some(clocks::timestamp(london::start_of_day(from))),
        // The last day counts whole.
        ends_at: to.and_then(|to| to.succ_opt()).map(|to| clocks::timestamp(london::start_of_day(to))),
    });
    if from.is_none() && to.is_some() {
        faults.field("consent_from", "Enter from when they may be told");
    }
    let number = match posted.get("number") {
        "" => None,
        text => {
            let number = text.parse::<i32>().ok().filter(|number| *number > 0);
            if number.is_none() {
                faults.field("number", "Enter a number from 1 on");
            }
            number
        }
    };
    let categories = posted.all("enhanced_categories").filter_map(EnhancedCategory::from_str_name);
    let state = EnhancedState::from_str_name(posted.get("enhanced_state")).unwrap_or_default();
    pb::NewParticipant {
        roles,
        child: posted.get("child") == "yes",
        offence_ids: all("offences"),
        defendant_ids: all("defendants"),
        enhanced_state: state.into(),
        enhanced_categories: categories.map(Into::into).collect(),
        supports_ids: all("supports"),
        consent,
        contact_via_id: posted.get("via").to_owned(),
        wants_updates: posted.get("wants_updates") == "yes",
        collar: posted.get("collar").to_owned(),
        resource_team_id: posted.get("resource_team").to_owned(),
        witness_number: number,
        concerned_names: lines(posted.get("concerned")),
        ..pb::NewParticipant::default()
    }
}

/// Adds somebody.
pub(super) async fn add(visitor: Visitor, Path(case): Path<String>, posted: Posted) -> Response {
    let from = posted.get("from").to_owned();
    let page = match added(&visitor, &case, &from, &posted).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(faults)) => new_page(&visitor, &case, &from, "", Some(&posted), &faults).await,
        Err(refusal) => Err(refusal),
    };
    page::or_refused(&visitor, page)
}

async fn added(
    visitor: &Visitor,
    case: &str,
    from: &str,
    posted: &Posted,
) -> Result<Result<Response, Faults>, Refusal> {
    let mut faults = Faults::none();
    let held: Option<Known> = known(visitor, from).await?;
    let mut participant = part(posted, &mut faults);
    match held {
        Some(held) => participant.person_id = held.person.id,
        None => participant.identity = Some(identity(posted, london::date(visitor.now), &mut faults)),
    }
    let assessed = !matches!(
        EnhancedState::try_from(participant.enhanced_state),
        Ok(EnhancedState::Unspecified | EnhancedState::Refused)
    );
    if assessed && participant.enhanced_categories.is_empty() {
        faults.field("enhanced_categories", "Tick why they have Enhanced Rights");
    }
    if !faults.is_none() {
        return Ok(Err(faults));
    }
    let asked = pb::AddParticipantRequest {
        request_id: posted.get(REQUEST).to_owned(),
        case_id: case.to_owned(),
        participant: Some(participant),
    };
    match visitor.calls.cases().add_participant(asked).await {
        Ok(answer) => {
            let id = answer.into_inner().participant.map(|one| one.id).unwrap_or_default();
            Ok(Ok(page::done(visitor, &format!("/cases/{case}#p-{id}"), "They are in the case.")))
        }
        Err(status) => mended(status.into(), &INPUTS).map(Err),
    }
}

/// Puts somebody's part and identity as they now are.
pub(super) async fn change(
    visitor: Visitor,
    Path((case, id)): Path<(String, String)>,
    posted: Posted,
) -> Response {
    let page = match changed(&visitor, &case, &id, &posted).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(faults)) => page_of(&visitor, &case, &id, Some(&posted), &faults).await,
        Err(refusal) => Err(refusal),
    };
    page::or_refused(&visitor, page)
}

async fn changed(
    visitor: &Visitor,
    case: &str,
    id: &str,
    posted: &Posted,
) -> Result<Result<Response, Faults>, Refusal> {
    let mut faults = Faults::none();
    let identity = identity(posted, london::date(visitor.now), &mut faults);
    let participant = pb::NewParticipant {
        id: id.to_owned(),
        person_id: posted.get("person").to_owned(),
        identity: Some(identity),
        ..part(posted, &mut faults)
    };
    if !faults.is_none() {
        return Ok(Err(faults));
    }
    let asked = pb::UpdateParticipantRequest {
        request_id: posted.get(REQUEST).to_owned(),
        case_id: case.to_owned(),
        version: posted.version(),
        participant: Some(participant),
    };
    match visitor.calls.cases().update_participant(asked).await {
        Ok(_) => Ok(Ok(page::done(
            visitor,
            &format!("/cases/{case}#p-{id}"),
            "It is saved. Letters that wait go the new way.",
        ))),
        Err(status) => mended(status.into(), &INPUTS).map(Err),
    }
}

#[cfg(test)]
mod tests {
    use super::super::form::filled_in;
    use super::*;

    /// A Tuesday.
    const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();

    #[test]
    fn nobody_is_born_in_the_future() {
        for (text, wrong) in [("2026-11-24", false), ("2026-11-25", true), ("31/2/1980", true)] {
            let (posted, mut faults) =
                (Posted::of(vec![("born_on".to_owned(), text.to_owned())]), Faults::none());
            identity(&posted, TODAY, &mut faults);
            assert_eq!(faults.is_about("born_on"), wrong, "{text}");
        }
    }

    #[test]
    fn what_is_held_goes_through_the_form_unchanged() {
        let one = pb::Participant {
            roles: vec![Role::Victim.into(), Role::CivilianWitness.into()],
            child: true,
            offence_ids: vec!["o".to_owned(), "p".to_owned()],
            contact_via_id: "q".to_owned(),
            witness_number: Some(7),
            ..pb::Participant::default()
        };
        let held = pb::Identity {
            first_name: "Ada".to_owned(),
            last_name: "Lovell".to_owned(),
            born_on: "1980-03-31".to_owned(),
            phones: vec!["01".to_owned(), "02".to_owned()],
            address: vec!["12 High Street".to_owned(), "Exampleton".to_owned()],
            ..pb::Identity::default()
        };
        let (posted, mut faults) = (filled_in(&one, &held), Faults::none());
        assert_eq!(identity(&posted, TODAY, &mut faults), held);
        let read = part(&posted, &mut faults);
        assert!(faults.is_none());
        assert_eq!((read.roles, read.child, read.offence_ids), (one.roles, true, one.offence_ids));
        assert_eq!((read.contact_via_id, read.witness_number), (one.contact_via_id, Some(7)));
    }

    #[test]
    fn leave_to_be_told_counts_its_last_day() {
        let mut faults = Faults::none();
        let read = part(
            &Posted::parse("roles=ROLE_ADVISER&consent_from=1/12/2026&consent_to=31/12/2026"),
            &mut faults,
        );
        let ends = clocks::instant_if(read.consent.unwrap().ends_at.as_ref()).unwrap();
        assert_eq!(london::date(ends).to_string(), "2027-01-01");
        part(&Posted::parse("consent_to=31/12/2026"), &mut faults);
        assert!(faults.is_about("roles") && faults.is_about("consent_from"));
    }
}
