//! Court applications: appeals, variations, breaches of an order.
//!
//! An application's results concern the defendants it is about: its subject; where that is no defendant its
//! applicant; else its respondents. They concern them in the cases the application is made in
//! (`courtApplicationCases`), and in those whose order it is about (`courtOrder`): a breach that ends a community
//! order is news for the victims of the offence the order was made for. A hearing that has only applications gets
//! its cases from there. The order's case is there even when nothing is said in it, so that a result removed by a
//! later share is seen to be gone.

use super::super::Unusable;
use super::defendants::{offence, person, said_of};
use super::draft::{About, Draft, owners_in};
use super::path::Path;
use super::wire::{Application, CourtOrder, MasterDefendant, Offence};
use super::{pleas, results};
use crate::domain::court::{CaseShare, Defendant, Line};
use crate::domain::ids::{CourtCaseId, DefendantId};

/// The qualifier of our own that results of an application itself bear, beside the court's.
const OF_APPLICATION: &str = "application";

/// A case that an application concerns, with whom it concerns there.
struct Target {
    case: usize,
    defendants: Vec<DefendantId>,
}

/// Whether an application says itself which cases it concerns.
pub(super) fn names_a_case(wire: &Application<'_>) -> bool {
    let order = wire.court_order.as_ref().is_some_and(|order| !order.court_order_offences.is_empty());
    order || !wire.court_application_cases.is_empty()
}

/// Adds what an application says to the cases it concerns, adding those that are not there yet.
pub(super) fn take(path: &Path<'_>, wire: &Application<'_>, draft: &mut Draft) -> Result<(), Unusable> {
    let parties = parties(wire);
    let mut targets: Vec<Target> = Vec::new();
    let list = path.field("courtApplicationCases");
    for (index, entry) in wire.court_application_cases.iter().enumerate() {
        let here = list.index(index);
        let id = here.field("prosecutionCaseId").id(&entry.prosecution_case_id, "the application's case")?;
        let place = draft.place_of(id, &entry.prosecution_case_identifier);
        let whom = whom(path, &parties, &[], &mut draft.cases[place])?;
        for (index, wire) in entry.offences.iter().enumerate() {
            heard(&here.field("offences").index(index), wire, &whom, &mut draft.cases[place])?;
        }
        aim(&mut targets, place, whom);
    }
    if let Some(order) = &wire.court_order {
        order_of(&path.field("courtOrder"), order, &parties, draft, &mut targets)?;
    }
    if targets.is_empty() {
        for (place, case) in draft.cases.iter().enumerate() {
            let whom = known(path, &parties, case)?;
            if !whom.is_empty() {
                aim(&mut targets, place, whom);
            }
        }
    }
    if targets.is_empty() {
        draft.left_out += wire.judicial_results.len();
    }
    for target in targets {
        let case = &mut draft.cases[target.case];
        let whom = target.defendants.iter().map(|id| Some(*id));
        let whom: Vec<Option<DefendantId>> =
            if target.defendants.is_empty() { vec![None] } else { whom.collect() };
        for defendant in whom {
            let about = About { defendant, offence: None };
            let before = case.lines.len();
            for (index, result) in wire.judicial_results.iter().enumerate() {
                results::add(&path.field("judicialResults").index(index), result, about, case)?;
            }
            // "Withdrawn" of an application is not "withdrawn" of the charge: the pack can tell them apart by this.
            for line in case.lines[before..].iter_mut().filter(|line| line.line == Line::Judicial) {
                if line.qualifiers.iter().all(|qualifier| qualifier != OF_APPLICATION) {
                    line.qualifiers.push(OF_APPLICATION.to_owned());
                }
            }
            if let Some(plea) = &wire.plea {
                pleas::plea(&path.field("plea"), plea, about, case)?;
            }
            if let Some(verdict) = &wire.verdict {
                pleas::verdict(&path.field("verdict"), verdict, about, case)?;
            }
        }
    }
    Ok(())
}

/// The offences for which the order was made, each in its own case.
fn order_of(
    path: &Path<'_>,
    order: &CourtOrder<'_>,
    parties: &[&MasterDefendant<'_>],
    draft: &mut Draft,
    targets: &mut Vec<Target>,
) -> Result<(), Unusable> {
    let mut stated: Vec<DefendantId> = Vec::new();
    let ids = path.field("defendantIds");
    for (index, id) in order.defendant_ids.iter().enumerate() {
        stated.extend(ids.index(index).id_if_any::<DefendantId>(id, "the defendant")?);
    }
    let master: Option<DefendantId> =
        path.field("masterDefendantId").id_if_any(&order.master_defendant_id, "the defendant")?;
    let list = path.field("courtOrderOffences");
    for (index, entry) in order.court_order_offences.iter().enumerate() {
        let here = list.index(index);
        let id: CourtCaseId =
            here.field("prosecutionCaseId").id(&entry.prosecution_case_id, "the order's case")?;
        let place = draft.place_of(id, &entry.prosecution_case_identifier);
        let case = &mut draft.cases[place];
        let mut whom = whom(path, parties, &stated, case)?;
        if whom.is_empty()
            && let Some(id) = stated.first().copied().or(master)
        {
            if case.defendants.iter().all(|known| known.id != id) {
                case.defendants.push(Defendant { master, ..person(id, &None, &None, Default::default()) });
            }
            whom.push(id);
        }
        if let Some(wire) = &entry.offence {
            heard(&here.field("offence"), wire, &whom, case)?;
        }
        aim(targets, place, whom);
    }
    Ok(())
}

/// What an application says of an offence: it is its owner's, or of the one defendant it can be.
fn heard(
    path: &Path<'_>,
    wire: &Offence<'_>,
    whom: &[DefendantId],
    case: &mut CaseShare,
) -> Result<(), Unusable> {
    let offence = offence(path, wire)?;
    let owners: Vec<DefendantId> = owners_in(case, offence.id).collect();
    let owner = owners.iter().find(|owner| whom.contains(owner)).or(owners.first()).copied();
    let defendant = owner.or(whom.first().copied());
    if owner.is_none()
        && let Some(held) = case.defendants.iter_mut().find(|held| Some(held.id) == defendant)
    {
        held.offences.push(offence);
    }
    said_of(path, wire, About { defendant, offence: None }, case)
}

/// The defendants that the application is about.
fn parties<'w, 'a>(wire: &'w Application<'a>) -> Vec<&'w MasterDefendant<'a>> {
    let first = wire.subject.master_defendant.as_ref().or(wire.applicant.master_defendant.as_ref());
    match first {
        Some(party) => vec![party],
        None => wire.respondents.iter().filter_map(|party| party.master_defendant.as_ref()).collect(),
    }
}

/// Those of the parties who are defendants in a case already: by the id they have across cases, or in this one.
fn known(
    path: &Path<'_>,
    parties: &[&MasterDefendant<'_>],
    case: &CaseShare,
) -> Result<Vec<DefendantId>, Unusable> {
    let mut found = Vec::new();
    for party in parties {
        let (master, own) = ids_of(path, party, case.court_case)?;
        let is_party = |held: &&Defendant| {
            master.is_some() && (held.master == master || Some(held.id) == master) || own == Some(held.id)
        };
        found.extend(case.defendants.iter().filter(is_party).map(|held| held.id));
    }
    Ok(found)
}

/// The parties as defendants of a case, added to it where they are not there yet. `stated` are ids that an order
/// gives for its defendants.
fn whom(
    path: &Path<'_>,
    parties: &[&MasterDefendant<'_>],
    stated: &[DefendantId],
    case: &mut CaseShare,
) -> Result<Vec<DefendantId>, Unusable> {
    let known = known(path, parties, case)?;
    if !known.is_empty() {
        return Ok(known);
    }
    let held = stated.iter().filter(|id| case.defendants.iter().any(|held| held.id == **id));
    let held: Vec<DefendantId> = held.copied().collect();
    if !held.is_empty() {
        return Ok(held);
    }
    let mut added = Vec::new();
    for party in parties {
        let (master, own) = ids_of(path, party, case.court_case)?;
        let of_order = match stated {
            [one] => Some(*one),
            _ => None,
        };
        let Some(id) = own.or(of_order).or(master) else { continue };
        if case.defendants.iter().all(|held| held.id != id) {
            let person = person(id, &party.person_defendant, &party.legal_entity_defendant, party.is_youth);
            case.defendants.push(Defendant { master, ..person });
        }
        added.push(id);
    }
    Ok(added)
}

/// A party's id across cases, and in this one.
fn ids_of(
    path: &Path<'_>,
    party: &MasterDefendant<'_>,
    case: CourtCaseId,
) -> Result<(Option<DefendantId>, Option<DefendantId>), Unusable> {
    let here = path.field("masterDefendant");
    let master = here.field("masterDefendantId").id_if_any(&party.master_defendant_id, "the defendant")?;
    let list = here.field("defendantCase");
    let mut own = None;
    for (index, entry) in party.defendant_case.iter().enumerate() {
        let here = list.index(index);
        let of: Option<CourtCaseId> = here.field("caseId").id_if_any(&entry.case_id, "the case")?;
        if of == Some(case) {
            own = here.field("defendantId").id_if_any(&entry.defendant_id, "the defendant")?;
        }
    }
    Ok((master, own))
}

fn aim(targets: &mut Vec<Target>, case: usize, defendants: Vec<DefendantId>) {
    match targets.iter_mut().find(|target| target.case == case) {
        Some(target) => {
            let new: Vec<_> = defendants.into_iter().filter(|id| !target.defendants.contains(id)).collect();
            target.defendants.extend(new);
        }
        None => targets.push(Target { case, defendants }),
    }
}
