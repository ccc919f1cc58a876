//! A shared hearing result, put together from its parts.

use super::super::{Fault, Format, Read, Remark, Unusable};
use super::draft::{About, Draft};
use super::path::Path;
use super::wire::{DefendantResult, Envelope, Hearing};
use super::{applications, day, defendants, results, trial};
use crate::domain::court::{CaseShare, Defendant, Feed, Share};
use crate::domain::event::Payload;
use crate::domain::ids::{CourtHearingId, DefendantId, OffenceId};

/// More cases than any court hears together in a day.
const CASES_MAX: usize = 200;
/// More lines than a case of many defendants and counts gets in a day.
const LINES_MAX: usize = 10_000;
/// More hearings than a court orders in a case in a day.
const NEXT_HEARINGS_MAX: usize = 100;

/// Reads a share.
pub(super) fn share(envelope: &Envelope<'_>, hearing: &Hearing<'_>) -> Result<Read, Unusable> {
    let path = Path::root("hearing");
    let id: CourtHearingId = path.field("id").id(&hearing.id, "the hearing")?;
    let beside = Path::root("hearingId");
    match beside.id_if_any::<CourtHearingId>(&envelope.hearing_id, "the hearing")? {
        Some(other) if other != id => {
            return Err(beside.contradictory(format!("the hearing is {id}, and {other} beside it")));
        }
        _ => {}
    }
    let shared = Path::root("sharedTime");
    let shared_at = shared.instant(&envelope.shared_time)?.ok_or_else(|| {
        shared.incomplete(
            "missing: expected when the court shared it, for nothing else orders shares of one day",
        )
    })?;
    let jurisdiction = results::jurisdiction(&hearing.jurisdiction_type)
        .ok_or_else(|| path.field("jurisdictionType").incomplete("expected MAGISTRATES or CROWN"))?;
    let sitting = day::sitting(&path, envelope, hearing, shared_at)?;
    let draft = cases(&path, hearing)?;
    let share = Share {
        feed: Feed::CommonPlatform,
        hearing: id,
        day: sitting.day,
        shared_at,
        jurisdiction,
        hearing_type: hearing.kind.description.owned().unwrap_or_default(),
        court: results::court(&hearing.court_centre),
        sitting_at: sitting.at,
        cases: draft.cases,
    };
    let mut remarks: Vec<Remark> = sitting.derived.map(Remark::DayDerived).into_iter().collect();
    if hearing.is_box_hearing.0 || hearing.is_virtual_box_hearing.0 {
        remarks.push(Remark::BoxHearing);
    }
    if hearing.is_sjp_hearing.0 {
        remarks.push(Remark::SingleJustice);
    }
    if draft.left_out > 0 {
        remarks.push(Remark::ApplicationResultsLeftOut(draft.left_out));
    }
    let payload = Payload::HearingResulted { share: Box::new(share.canonical()) };
    Ok(Read { format: Format::HearingResulted, payload, remarks })
}

/// Every case that the hearing is about, with all that was said in it.
fn cases(path: &Path<'_>, hearing: &Hearing<'_>) -> Result<Draft, Unusable> {
    let mut draft = Draft::default();
    let list = path.field("prosecutionCases");
    for (index, wire) in hearing.prosecution_cases.iter().enumerate() {
        let here = list.index(index);
        draft.add(&here.field("id"), defendants::case(&here, wire)?)?;
    }
    let list = path.field("courtApplications");
    // Those that name no case come last: they are placed by the cases that the others bring.
    for names_a_case in [true, false] {
        for (index, wire) in hearing.court_applications.iter().enumerate() {
            if applications::names_a_case(wire) == names_a_case {
                applications::take(&list.index(index), wire, &mut draft)?;
            }
        }
    }
    if draft.cases.is_empty() {
        let reason = "no case: expected prosecutionCases, or an application that names a case";
        return Err(path.incomplete(reason));
    }
    let list = path.field("defendantJudicialResults");
    for (index, wire) in hearing.defendant_judicial_results.iter().enumerate() {
        whole_defendant(&list.index(index), wire, &mut draft)?;
    }
    if let Some(line) = trial::line(path, hearing)? {
        draft.cases.iter_mut().for_each(|case| case.lines.push(line.clone()));
    }
    results::spread_existing(&mut draft.cases);
    within_limits(path, &draft)?;
    Ok(draft)
}

/// A result for a defendant as a whole. The offence it names, if any, is where it was entered: it says which case it
/// is of, and the line is about that offence only if the result's level does not say defendant or case.
fn whole_defendant(path: &Path<'_>, wire: &DefendantResult<'_>, draft: &mut Draft) -> Result<(), Unusable> {
    let Some(result) = &wire.judicial_result else { return Ok(()) };
    let id: Option<DefendantId> = path.field("defendantId").id_if_any(&wire.defendant_id, "the defendant")?;
    let master: Option<DefendantId> =
        path.field("masterDefendantId").id_if_any(&wire.master_defendant_id, "the defendant")?;
    let here = path.field("judicialResult");
    let entered: Option<OffenceId> = here.field("offenceId").id_if_any(&result.offence_id, "the offence")?;
    let held = |draft: &Draft, is_meant: &dyn Fn(&Defendant) -> bool| -> Vec<(usize, DefendantId)> {
        let of_case = |(place, case): (usize, &CaseShare)| {
            let meant = case.defendants.iter().filter(|held| is_meant(held));
            meant.map(|held| (place, held.id)).collect::<Vec<_>>()
        };
        draft.cases.iter().enumerate().flat_map(of_case).collect()
    };
    let is_another =
        |held: &Defendant| held.master.is_some() && held.master != master && Some(held.id) != master;
    if master.is_some() && !held(draft, &|held| Some(held.id) == id && is_another(held)).is_empty() {
        return Err(path.contradictory("defendantId and masterDefendantId name different defendants"));
    }
    let mut whom = held(draft, &|held| Some(held.id) == id);
    if whom.is_empty() && master.is_some() {
        whom = held(draft, &|held| held.master == master || Some(held.id) == master);
    }
    if whom.is_empty() {
        return Err(path.contradictory("the result names a defendant who is in none of the hearing's cases"));
    }
    let mut about_offence = None;
    if let Some(entered) = entered {
        let owners = draft.owners_of(entered);
        let meant: Vec<_> = owners.iter().copied().filter(|owner| whom.contains(owner)).collect();
        match (owners.first(), meant.is_empty()) {
            (Some((_, owner)), true) => {
                let reason =
                    format!("offence {entered} is defendant {owner}'s, and the result names another");
                return Err(here.field("offenceId").contradictory(reason));
            }
            (Some(_), false) => {
                whom = meant;
                about_offence = Some(entered);
            }
            (None, _) => {}
        }
    }
    let level = result.level.get().unwrap_or_default();
    if ["D", "C", "DEFENDANT", "CASE"].iter().any(|whole| level.eq_ignore_ascii_case(whole)) {
        about_offence = None;
    }
    for (place, defendant) in whom {
        let about = About { defendant: Some(defendant), offence: about_offence };
        results::add(&here, result, about, &mut draft.cases[place])?;
    }
    Ok(())
}

pub(super) fn within_limits(path: &Path<'_>, draft: &Draft) -> Result<(), Unusable> {
    let too_large = |what: &str, max: usize| {
        let reason = format!("more than {max} {what}: expected one hearing day; have somebody look at it");
        Err(Unusable::new(Format::HearingResulted, Fault::TooLarge, reason).at(path.to_string()))
    };
    if draft.cases.len() > CASES_MAX {
        return too_large("cases", CASES_MAX);
    }
    for case in &draft.cases {
        if case.lines.len() > LINES_MAX {
            return too_large("results in one case", LINES_MAX);
        }
        let mut distinct = Vec::new();
        for next in case.lines.iter().filter_map(|line| line.next_hearing.as_ref()) {
            if !distinct.contains(&next) {
                distinct.push(next);
            }
            if distinct.len() > NEXT_HEARINGS_MAX {
                return too_large("hearings ordered in one case", NEXT_HEARINGS_MAX);
            }
        }
    }
    Ok(())
}
