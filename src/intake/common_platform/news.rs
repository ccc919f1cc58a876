//! What Common Platform says beside its shares: a hearing listed or taken out of the list, proceedings that have ended or
//! go on.

use super::super::{Fault, Format, Read, Unusable};
use super::day::sittings;
use super::path::Path;
use super::results;
use super::wire::{Conclusions, HearingListing, ListedHearing, VacatedTrial};
use crate::domain::court::NextHearing;
use crate::domain::court_news::{CaseConcluded, CaseName, Concluded, Conclusion, Vacated};
use crate::domain::event::Payload;
use crate::domain::hearing::When;
use crate::domain::listing::{CaseListed, CourtListing};
use crate::domain::london::monday_of;

/// More cases or defendants than one message is about.
const ITEMS_MAX: usize = 1_000;

/// A hearing that was taken out of the list.
pub(super) fn vacated(wire: &VacatedTrial<'_>) -> Result<Read, Unusable> {
    let vacated = of_vacated(wire).map_err(|bad| Unusable { format: Format::TrialVacated, ..bad })?;
    let payload = Payload::TrialVacated { vacated: Box::new(vacated) };
    Ok(Read::plain(Format::TrialVacated, payload))
}

fn of_vacated(wire: &VacatedTrial<'_>) -> Result<Vacated, Unusable> {
    let at = match Path::root("hearingDateTime").instant(&wire.hearing_date_time)? {
        None => Path::root("hearingDateTime:").instant(&wire.hearing_date_time_misspelt)?,
        at => at,
    };
    let list = Path::root("caseDetails");
    within(&list, wire.case_details.len())?;
    let mut cases = Vec::with_capacity(wire.case_details.len());
    for (index, case) in wire.case_details.iter().enumerate() {
        let here = list.index(index);
        let court_case = here.field("caseId").id(&case.case_id, "the case")?;
        cases.push(CaseName { court_case, urn: case.case_urn.owned() });
    }
    if cases.is_empty() {
        return Err(list.incomplete("no case: expected the cases that were to be heard"));
    }
    cases.sort_by_key(|case| case.court_case);
    cases.dedup();
    Ok(Vacated {
        hearing: Path::root("hearingId").id(&wire.hearing_id, "the hearing")?,
        at,
        reason: Path::root("vacatedTrialReasonId").id_if_any(&wire.vacated_trial_reason_id, "the reason")?,
        cases,
    })
}

/// A hearing that was listed, or listed otherwise, between court days.
pub(super) fn listed(wire: &HearingListing<'_>) -> Result<Read, Unusable> {
    let listed = of_listed(wire).map_err(|bad| Unusable { format: Format::HearingListed, ..bad })?;
    Ok(Read::plain(Format::HearingListed, Payload::CourtListed { listed: Box::new(listed) }))
}

fn of_listed(wire: &HearingListing<'_>) -> Result<CourtListing, Unusable> {
    let (name, hearing) = match (&wire.confirmed_hearing, &wire.updated_hearing) {
        (Some(hearing), None) => ("confirmedHearing", hearing),
        (None, Some(hearing)) => ("updatedHearing", hearing),
        _ => {
            let reason = "expected either `confirmedHearing` or `updatedHearing`";
            return Err(Path::root("confirmedHearing").incomplete(reason));
        }
    };
    let here = Path::root(name);
    let id = here.field("id").id(&hearing.id, "the hearing")?;
    let list = here.field("prosecutionCases");
    within(&list, hearing.prosecution_cases.len())?;
    let mut cases: Vec<CaseListed> = Vec::with_capacity(hearing.prosecution_cases.len());
    for (index, case) in hearing.prosecution_cases.iter().enumerate() {
        let path = list.index(index);
        let court_case = path.field("id").id(&case.id, "the case")?;
        let of_case = path.field("defendants");
        within(&of_case, case.defendants.len())?;
        let mut defendants = Vec::with_capacity(case.defendants.len());
        for (index, defendant) in case.defendants.iter().enumerate() {
            defendants.push(of_case.index(index).field("id").id(&defendant.id, "the defendant")?);
        }
        defendants.sort_unstable();
        defendants.dedup();
        let urn = case.prosecution_case_identifier.case_urn.owned();
        cases.push(CaseListed { name: CaseName { court_case, urn }, defendants });
    }
    if cases.is_empty() {
        return Err(list.incomplete("no case: expected the cases that are to be heard"));
    }
    cases.sort_by_key(|case| case.name.court_case);
    let hearing_type = hearing.kind.description.owned().unwrap_or_default();
    let is = NextHearing {
        hearing_type,
        jurisdiction: results::jurisdiction(&hearing.jurisdiction_type),
        court: results::court(&hearing.court_centre),
        when: listed_for(&here, hearing)?,
        existing: Some(id),
    };
    let said_at = match &wire.metadata {
        Some(metadata) => Path::root("_metadata").field("createdAt").instant(&metadata.created_at)?,
        None => None,
    };
    Ok(CourtListing { hearing: id, is, said_at, cases })
}

/// The first day on which it is to sit, else the week in which it is to begin.
fn listed_for(here: &Path<'_>, hearing: &ListedHearing<'_>) -> Result<When, Unusable> {
    let days = here.field("hearingDays");
    within(&days, hearing.hearing_days.len())?;
    if let Some(first) = sittings(&days, &hearing.hearing_days)?.first() {
        return Ok(When::At(*first));
    }
    let week = here.field("weekCommencingDate").date(&hearing.week_commencing_date)?;
    let Some(week) = week else {
        return Err(
            days.incomplete("no day to come: expected a sitting day that is not cancelled, or a week")
        );
    };
    Ok(When::Week(monday_of(week)))
}

/// Defendants against whom the proceedings have ended, or not after all.
pub(super) fn concluded(wire: &Conclusions<'_>) -> Result<Read, Unusable> {
    let format = Format::ProsecutionConcluded;
    let concluded = of_concluded(wire).map_err(|bad| Unusable { format, ..bad })?;
    Ok(Read::plain(format, Payload::ProsecutionConcluded { concluded: Box::new(concluded) }))
}

fn of_concluded(wire: &Conclusions<'_>) -> Result<Concluded, Unusable> {
    let list = Path::root("prosecutionConcluded");
    within(&list, wire.prosecution_concluded.len())?;
    let mut cases: Vec<CaseConcluded> = Vec::new();
    for (index, said) in wire.prosecution_concluded.iter().enumerate() {
        let here = list.index(index);
        let court_case = here.field("prosecutionCaseId").id(&said.prosecution_case_id, "the case")?;
        let conclusion = conclusion(&here, said)?;
        match cases.iter_mut().find(|case| case.name.court_case == court_case) {
            Some(case) => case.defendants.push(conclusion),
            None => cases.push(CaseConcluded {
                name: CaseName { court_case, urn: None },
                defendants: vec![conclusion],
            }),
        }
    }
    if cases.is_empty() {
        return Err(list.incomplete("empty: expected what is said of at least one defendant"));
    }
    cases.sort_by_key(|case| case.name.court_case);
    for case in &mut cases {
        case.defendants.sort_by_key(|one| one.defendant);
        let before = case.defendants.len();
        case.defendants.dedup_by_key(|one| one.defendant);
        if case.defendants.len() < before {
            let reason = format!("a defendant stands twice in case {}", case.name.court_case);
            return Err(list.contradictory(reason));
        }
    }
    Ok(Concluded { cases })
}

fn conclusion(here: &Path<'_>, said: &super::wire::Concluded<'_>) -> Result<Conclusion, Unusable> {
    let concluded = match said.is_concluded.get().map(str::to_ascii_lowercase).as_deref() {
        Some("true" | "y" | "yes") => true,
        Some("false" | "n" | "no") => false,
        _ => return Err(here.field("isConcluded").incomplete("missing: expected true or false")),
    };
    let list = here.field("offenceSummary");
    within(&list, said.offence_summary.len())?;
    let mut offences = Vec::with_capacity(said.offence_summary.len());
    let mut on = None;
    for (index, offence) in said.offence_summary.iter().enumerate() {
        let path = list.index(index);
        let changed = path.field("proceedingsConcludedChangedDate");
        on = on.max(changed.date(&offence.proceedings_concluded_changed_date)?);
        let id = path.field("offenceId").id(&offence.offence_id, "the offence")?;
        offences.push((id, offence.proceedings_concluded.0));
    }
    offences.sort_unstable();
    offences.dedup();
    let sat = &said.hearing_id_where_change_occurred;
    Ok(Conclusion {
        defendant: here.field("defendantId").id(&said.defendant_id, "the defendant")?,
        concluded,
        hearing: here.field("hearingIdWhereChangeOccurred").id_if_any(sat, "the hearing")?,
        on,
        offences,
    })
}

fn within(list: &Path<'_>, count: usize) -> Result<(), Unusable> {
    if count <= ITEMS_MAX {
        return Ok(());
    }
    let reason = format!("more than {ITEMS_MAX}: have somebody look at it");
    Err(Unusable::new(Format::Unknown, Fault::TooLarge, reason).at(list.to_string()))
}
