//! `police-result-generated`: the results of one defendant in one case, from which Common Platform writes the SPI
//! message to the police.
//!
//! It has the court's own ids, and says neither when it was shared nor on which of its days. So it is a share of the
//! SPI feed: it counts until Common Platform's own share of the day is held.

use super::super::{Format, Read, Unusable, spi};
use super::draft::{About, Draft};
use super::path::Path;
use super::read::within_limits;
use super::wire::{PoliceDefendant, PoliceResult};
use super::{day, defendants, results};
use crate::domain::court::{CaseShare, Court, Defendant, Feed, Offence, Party, Share};
use crate::domain::event::Payload;
use crate::domain::ids::{CourtHearingId, DefendantId};
use crate::domain::london;
use chrono::NaiveDate;

/// Reads one.
pub(super) fn read(wire: &PoliceResult<'_>) -> Result<Read, Unusable> {
    let share = share(wire).map_err(|bad| Unusable { format: Format::PoliceResult, ..bad })?;
    Ok(Read::plain(Format::PoliceResult, Payload::HearingResulted { share: Box::new(share) }))
}

fn share(wire: &PoliceResult<'_>) -> Result<Share, Unusable> {
    let hearing: CourtHearingId = Path::root("id").id(&wire.id, "the hearing")?;
    let here = Path::root("defendant");
    let Some(defendant) = &wire.defendant else {
        return Err(here.incomplete("missing: expected the defendant whose results these are"));
    };
    let mut sittings = Vec::new();
    let days = Path::root("sessionDays");
    for (index, day) in wire.session_days.iter().enumerate() {
        sittings.extend(days.index(index).field("sittingDay").instant(&day.sitting_day)?);
    }
    sittings.sort_unstable();
    let ordered = ordered_on(defendant);
    let last = sittings.last().copied().map(london::date).or(ordered.iter().max().copied());
    let derived = last.and_then(|last| day::derive(&sittings, &ordered, last));
    let (day, _) = derived.ok_or_else(|| days.incomplete("no hearing day: expected a sitting day"))?;
    let sitting_at = sittings.into_iter().find(|at| london::date(*at) == day);
    let code = wire.court_centre_with_lja.court_hearing_location.owned();
    let mut court = results::court(&wire.court_centre_with_lja.court_centre);
    court = Court { code: court.code.or(code), ..court };
    let mut case = CaseShare {
        court_case: Path::root("caseId").id(&wire.case_id, "the case")?,
        urn: wire.urn.owned(),
        authority_reference: None,
        authority: None,
        markers: wire
            .case_markers
            .iter()
            .filter_map(|marker| marker.marker_type_description.owned())
            .collect(),
        defendants: Vec::new(),
        lines: Vec::new(),
        amended: false,
    };
    take(&here, defendant, &mut case)?;
    let mut draft = Draft { cases: vec![case], ..Draft::default() };
    results::spread_existing(&mut draft.cases);
    within_limits(&here, &draft)?;
    let share = Share {
        feed: Feed::Spi,
        hearing,
        day,
        shared_at: sitting_at.unwrap_or_else(|| london::start_of_day(day)),
        jurisdiction: spi::jurisdiction(court.code.as_deref()),
        hearing_type: spi::HEARING.to_owned(),
        court,
        sitting_at,
        cases: draft.cases,
    };
    Ok(share.canonical())
}

/// The defendant with everything that is said of them.
fn take(here: &Path<'_>, wire: &PoliceDefendant<'_>, case: &mut CaseShare) -> Result<(), Unusable> {
    let id: DefendantId = here.field("defendantId").id(&wire.defendant_id, "the defendant")?;
    let person = wire.individual_defendant.as_ref();
    let details = person.map(|held| &held.person);
    let organisation = wire.corporate_defendant.as_ref().and_then(|held| held.organisation_name.owned());
    let party = match (details, organisation) {
        (None, Some(name)) => Party::Organisation { name },
        (details, _) => Party::Person {
            first_name: details.and_then(|details| details.first_name.owned()),
            last_name: details.and_then(|details| details.last_name.owned()).unwrap_or_default(),
            born_on: details.and_then(|details| super::path::date(details.date_of_birth.get()?)),
        },
    };
    let list = here.field("offences");
    let mut offences: Vec<Offence> = Vec::with_capacity(wire.offences.len());
    for (index, offence) in wire.offences.iter().enumerate() {
        let held = defendants::offence(&list.index(index), offence)?;
        let concluded = held.concluded || offence.final_disposal.0;
        if offences.iter().any(|known| known.id == held.id) {
            let reason = format!("offence {} stands twice under defendant {id}", held.id);
            return Err(list.index(index).field("id").contradictory(reason));
        }
        offences.push(Offence { concluded, ..held });
    }
    case.defendants.push(Defendant {
        id,
        master: None,
        party,
        youth: false,
        remand: person.and_then(|held| held.bail_status.code.owned()),
        bail_conditions: person.and_then(|held| held.bail_conditions.owned()),
        concluded: !offences.is_empty() && offences.iter().all(|offence| offence.concluded),
        offences,
    });
    let whole = About { defendant: Some(id), offence: None };
    for (index, offence) in wire.offences.iter().enumerate() {
        defendants::said_of(&list.index(index), offence, whole, case)?;
    }
    results::take(&here.field("judicialResults"), &wire.judicial_results, whole, case)
}

/// The days on which its results were ordered.
fn ordered_on(wire: &PoliceDefendant<'_>) -> Vec<NaiveDate> {
    let of_offences = wire.offences.iter().flat_map(|offence| offence.judicial_results.iter());
    let all = of_offences.chain(wire.judicial_results.iter());
    all.filter_map(|result| super::path::date(result.ordered_date.get()?)).collect()
}
