//! Cases, defendants and offences.

use super::super::Unusable;
use super::draft::{About, blank_case};
use super::leaf::{Flag, Text};
use super::path::{Path, date};
use super::wire;
use super::{pleas, results};
use crate::domain::court::{CaseShare, Defendant, Offence, Party};
use crate::domain::ids::{CourtCaseId, DefendantId, OffenceId};

/// A prosecution case with everything that stands in it.
pub(super) fn case(path: &Path<'_>, wire: &wire::Case<'_>) -> Result<CaseShare, Unusable> {
    let id: CourtCaseId = path.field("id").id(&wire.id, "the case")?;
    let mut case = blank_case(id, &wire.prosecution_case_identifier);
    case.markers =
        wire.case_markers.iter().filter_map(|marker| marker.marker_type_description.owned()).collect();
    let list = path.field("defendants");
    for (index, wire) in wire.defendants.iter().enumerate() {
        let path = list.index(index);
        let belongs = path.field("prosecutionCaseId");
        match belongs.id_if_any::<CourtCaseId>(&wire.prosecution_case_id, "the defendant's case")? {
            Some(stated) if stated != id => {
                return Err(
                    belongs.contradictory(format!("the defendant stands in case {id} and names {stated}"))
                );
            }
            _ => {}
        }
        defendant(&path, wire, &mut case)?;
    }
    Ok(case)
}

fn defendant(path: &Path<'_>, wire: &wire::Defendant<'_>, case: &mut CaseShare) -> Result<(), Unusable> {
    let here = path.field("id");
    let id: DefendantId = here.id(&wire.id, "the defendant")?;
    if case.defendants.iter().any(|known| known.id == id) {
        return Err(here.contradictory(format!("defendant {id} stands twice in case {}", case.court_case)));
    }
    let mut defendant = Defendant {
        id,
        master: path.field("masterDefendantId").id_if_any(&wire.master_defendant_id, "the defendant")?,
        concluded: wire.proceedings_concluded.0,
        ..person(id, &wire.person_defendant, &wire.legal_entity_defendant, wire.is_youth)
    };
    let list = path.field("offences");
    for (index, wire) in wire.offences.iter().enumerate() {
        let path = list.index(index);
        let offence = offence(&path, wire)?;
        if defendant.offences.iter().any(|known| known.id == offence.id) {
            let reason = format!("offence {} stands twice under defendant {id}", offence.id);
            return Err(path.field("id").contradictory(reason));
        }
        defendant.offences.push(offence);
    }
    case.defendants.push(defendant);
    let whole = About { defendant: Some(id), offence: None };
    for (index, wire) in wire.offences.iter().enumerate() {
        said_of(&list.index(index), wire, whole, case)?;
    }
    results::take(&path.field("judicialResults"), &wire.judicial_results, whole, case)?;
    let in_case = path.field("defendantCaseJudicialResults");
    results::take(&in_case, &wire.defendant_case_judicial_results, whole, case)
}

/// An offence as such.
pub(super) fn offence(path: &Path<'_>, wire: &wire::Offence<'_>) -> Result<Offence, Unusable> {
    Ok(Offence {
        id: path.field("id").id(&wire.id, "the offence")?,
        code: wire.offence_code.owned().unwrap_or_default(),
        title: wire.offence_title.owned().unwrap_or_default(),
        concluded: wire.proceedings_concluded.0,
    })
}

/// Pleas, verdict and results of one offence.
pub(super) fn said_of(
    path: &Path<'_>,
    wire: &wire::Offence<'_>,
    whole: About,
    case: &mut CaseShare,
) -> Result<(), Unusable> {
    let id: OffenceId = path.field("id").id(&wire.id, "the offence")?;
    let about = About { offence: Some(id), ..whole };
    if let Some(plea) = &wire.plea {
        pleas::plea(&path.field("plea"), plea, about, case)?;
    }
    if let Some(plea) = &wire.indicated_plea {
        pleas::indicated(&path.field("indicatedPlea"), plea, about, case)?;
    }
    if let Some(verdict) = &wire.verdict {
        pleas::verdict(&path.field("verdict"), verdict, about, case)?;
    }
    results::take(&path.field("judicialResults"), &wire.judicial_results, about, case)
}

/// Refuses an offence id that is not the one it stands under.
pub(super) fn same_offence(path: &Path<'_>, stated: &Text<'_>, about: About) -> Result<(), Unusable> {
    let here = path.field("offenceId");
    let stated: Option<OffenceId> = here.id_if_any(stated, "the offence")?;
    match (stated, about.offence) {
        (Some(stated), Some(stands)) if stated != stands => {
            Err(here.contradictory(format!("it stands under offence {stands} and names {stated}")))
        }
        _ => Ok(()),
    }
}

/// A defendant with who they are, and no offences yet. A date of birth that does not exist is left out: it is no
/// reason to keep a result from a victim.
pub(super) fn person(
    id: DefendantId,
    person: &Option<wire::PersonDefendant<'_>>,
    organisation: &Option<wire::LegalEntity<'_>>,
    youth: Flag,
) -> Defendant {
    let details = person.as_ref().map(|person| &person.person_details);
    let party = match (details, organisation) {
        (None, Some(entity)) => {
            Party::Organisation { name: entity.organisation.name.owned().unwrap_or_default() }
        }
        (details, _) => Party::Person {
            first_name: details.and_then(|details| details.first_name.owned()),
            last_name: details.and_then(|details| details.last_name.owned()).unwrap_or_default(),
            born_on: details.and_then(|details| details.date_of_birth.get().and_then(date)),
        },
    };
    Defendant {
        id,
        master: None,
        party,
        youth: youth.0,
        remand: person.as_ref().and_then(|person| person.bail_status.code.owned()),
        bail_conditions: person.as_ref().and_then(|person| person.bail_conditions.owned()),
        concluded: false,
        offences: Vec::new(),
    }
}
