//! A share written as Common Platform would write it: the inverse of reading, for tests, the demo and the bench.
//!
//! Reading what was composed gives the same share again, if the share is canonical and is one that Common Platform
//! could have sent:
//!
//! - a line's defendant is in the case and its offence is that defendant's; an offence has at most one plea, one
//!   indicated plea and one verdict;
//! - the case's lines about the trial are the same in each case, and have neither defendant nor offence;
//! - a next hearing was ordered by some judicial line of the same defendant and day (where there is none, one is
//!   written for it);
//! - only people have a remand status and bail conditions; `sitting_at` is on the hearing's day.

use crate::domain::court::{
    CaseShare, Category, Court, Defendant, Jurisdiction, Line, NextHearing, Party, ResultLine, Share,
    TrialOutcome,
};
use crate::domain::hearing::When;
use crate::domain::ids::{DefendantId, OffenceId, derived};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

/// The body in which Common Platform would have shared this, in the internal shape.
#[must_use]
pub fn compose(share: &Share) -> Vec<u8> {
    let mut hearing = json!({
        "id": share.hearing,
        "jurisdictionType": jurisdiction(share.jurisdiction),
        "type": { "description": share.hearing_type },
        "courtCentre": court(&share.court),
        "hearingDays": share.sitting_at.iter().map(|at| json!({ "sittingDay": instant(*at) })).collect::<Vec<_>>(),
        "hasSharedResults": true,
        "prosecutionCases": share.cases.iter().map(case).collect::<Vec<_>>(),
        "courtApplications": share.cases.iter().filter_map(application).collect::<Vec<_>>(),
    });
    let trial = share.cases.iter().flat_map(|case| &case.lines).find(|line| line.line == Line::Trial);
    match trial.and_then(|line| Some((line, line.trial?))) {
        Some((_, TrialOutcome::Effective)) => hearing["isEffectiveTrial"] = json!(true),
        Some((line, outcome)) => hearing["crackedIneffectiveTrial"] = cracked(line, outcome),
        None => {}
    }
    let body = json!({
        "hearing": hearing,
        "hearingDay": share.day,
        "sharedTime": instant(share.shared_at),
        "isReshare": share.cases.iter().any(|case| case.amended),
    });
    body.to_string().into_bytes()
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn jurisdiction(jurisdiction: Jurisdiction) -> &'static str {
    match jurisdiction {
        Jurisdiction::Magistrates => "MAGISTRATES",
        Jurisdiction::Crown => "CROWN",
    }
}

fn court(court: &Court) -> Value {
    json!({ "id": court.id, "code": court.code, "name": court.name, "roomName": court.room })
}

fn cracked(line: &ResultLine, outcome: TrialOutcome) -> Value {
    let kind = match outcome {
        TrialOutcome::Effective | TrialOutcome::Cracked => "Cracked",
        TrialOutcome::Ineffective => "Ineffective",
        TrialOutcome::Vacated => "Vacated",
    };
    json!({ "id": line.trial_reason, "description": line.label, "type": kind, "date": line.ordered_on })
}

fn identifier(case: &CaseShare) -> Value {
    json!({
        "caseURN": case.urn,
        "prosecutionAuthorityReference": case.authority_reference,
        "prosecutionAuthorityCode": case.authority,
    })
}

fn case(case: &CaseShare) -> Value {
    let mut next: Vec<&ResultLine> =
        case.lines.iter().filter(|line| line.line == Line::NextHearing).collect();
    let mut defendants: Vec<Value> =
        case.defendants.iter().map(|held| defendant(case, held, &mut next)).collect();
    // An amendment shows in a deleted line: it takes nothing from what stands.
    if case.amended
        && let Some(first) = defendants.first_mut()
    {
        push(first, "defendantCaseJudicialResults", json!({ "label": "Deleted", "isDeleted": true }));
    }
    let markers: Vec<Value> =
        case.markers.iter().map(|marker| json!({ "markerTypeDescription": marker })).collect();
    json!({
        "id": case.court_case,
        "prosecutionCaseIdentifier": identifier(case),
        "caseMarkers": markers,
        "defendants": defendants,
    })
}

fn defendant(case: &CaseShare, held: &Defendant, next: &mut Vec<&ResultLine>) -> Value {
    let offences: Vec<Value> = held.offences.iter().map(|charge| {
        let said = |line: Line| {
            let of = case.lines.iter().filter(move |said| said.line == line);
            of.filter(|said| said.offence == Some(charge.id))
        };
        let mut offence = json!({
            "id": charge.id,
            "offenceCode": charge.code,
            "offenceTitle": charge.title,
            "proceedingsConcluded": charge.concluded,
            "judicialResults": judicial(case, Some(held.id), Some(charge.id), next),
        });
        for plea in said(Line::Plea) {
            let value = plea.short_code.as_deref().unwrap_or_default();
            if value.starts_with("INDICATED_") || value == "NO_INDICATION" {
                offence["indicatedPlea"] = json!({
                    "offenceId": charge.id, "indicatedPleaDate": plea.ordered_on, "indicatedPleaValue": value,
                });
            } else {
                offence["plea"] =
                    json!({ "offenceId": charge.id, "pleaDate": plea.ordered_on, "pleaValue": value });
            }
        }
        for verdict in said(Line::Verdict) {
            offence["verdict"] = json!({
                "offenceId": charge.id,
                "verdictDate": verdict.ordered_on,
                "verdictType": {
                    "id": verdict.type_id, "categoryType": verdict.short_code, "description": verdict.label,
                },
            });
        }
        offence
    }).collect();
    let mut wire = json!({
        "id": held.id,
        "masterDefendantId": held.master,
        "prosecutionCaseId": case.court_case,
        "isYouth": held.youth,
        "proceedingsConcluded": held.concluded,
        "offences": offences,
        "defendantCaseJudicialResults": judicial(case, Some(held.id), None, next),
    });
    next.retain(|line| {
        let left = line.defendant == Some(held.id);
        if left && let Some(order) = &line.next_hearing {
            let carrier = json!({
                "label": "Next hearing", "category": "ANCILLARY", "orderedDate": line.ordered_on,
                "resultText": "NEXH - Next hearing", "nextHearing": next_hearing(order),
            });
            push(&mut wire, "defendantCaseJudicialResults", carrier);
        }
        !left
    });
    match &held.party {
        Party::Person { first_name, last_name, born_on } => {
            wire["personDefendant"] = json!({
                "personDetails": { "firstName": first_name, "lastName": last_name, "dateOfBirth": born_on },
                "bailStatus": { "code": held.remand },
                "bailConditions": held.bail_conditions,
            });
        }
        Party::Organisation { name } => {
            wire["legalEntityDefendant"] = json!({ "organisation": { "name": name } });
        }
    }
    wire
}

/// The results of a defendant and offence. Each takes with it one of the hearings still to be ordered for them.
fn judicial(
    case: &CaseShare,
    defendant: Option<DefendantId>,
    offence: Option<OffenceId>,
    next: &mut Vec<&ResultLine>,
) -> Vec<Value> {
    let lines = case.lines.iter().filter(|line| line.line == Line::Judicial);
    let mine = lines.filter(|line| line.defendant == defendant && line.offence == offence);
    mine.map(|line| {
        let mut wire = result(line);
        let mut waiting = next.iter();
        let fits = |order: &&ResultLine| order.defendant == defendant && order.ordered_on == line.ordered_on;
        if let Some(place) = waiting.position(fits).filter(|_| defendant.is_some()) {
            wire["nextHearing"] = next.remove(place).next_hearing.as_ref().map(next_hearing).into();
        }
        wire
    })
    .collect()
}

fn result(line: &ResultLine) -> Value {
    let heading = match &line.short_code {
        Some(code) => format!("{code} - {}", line.label),
        None => line.label.clone(),
    };
    let text = line.text.as_ref().map(|text| format!("{heading}\n{text}"));
    let prompts: Vec<Value> = line
        .prompts
        .iter()
        .enumerate()
        .map(|(index, prompt)| {
            json!({
                "promptReference": prompt.reference,
                "label": prompt.label,
                "value": prompt.value,
                "promptSequence": (index + 1) * 100,
            })
        })
        .collect();
    json!({
        "judicialResultId": line.source_id,
        "judicialResultTypeId": line.type_id,
        "cjsCode": line.cjs_code,
        "label": line.label,
        "category": line.category.map(|category| match category {
            Category::Final => "FINAL",
            Category::Interim => "INTERMEDIARY",
            Category::Ancillary => "ANCILLARY",
        }),
        "qualifier": line.qualifiers.join(","),
        "orderedDate": line.ordered_on,
        "resultText": text.unwrap_or(heading),
        "urgent": line.urgent,
        "terminatesOffenceProceedings": line.terminates,
        "isDeleted": false,
        "judicialResultPrompts": prompts,
    })
}

fn next_hearing(next: &NextHearing) -> Value {
    let mut wire = json!({
        "type": { "description": next.hearing_type },
        "courtCentre": court(&next.court),
        "jurisdictionType": next.jurisdiction.map(jurisdiction),
        "existingHearingId": next.existing,
    });
    match next.when {
        When::At(at) => wire["listedStartDateTime"] = json!(instant(at)),
        When::Week(monday) => wire["weekCommencingDate"] = json!(monday),
        When::Unfixed => wire["dateToBeFixed"] = json!(true),
    }
    wire
}

/// Results about a case as a whole: an application in it that names no defendant.
fn application(case: &CaseShare) -> Option<Value> {
    let results = judicial(case, None, None, &mut Vec::new());
    (!results.is_empty()).then(|| {
        json!({
            "id": derived(&[b"application", case.court_case.as_bytes()]),
            "applicationStatus": "FINALISED",
            "judicialResults": results,
            "courtApplicationCases": [
                { "prosecutionCaseId": case.court_case, "prosecutionCaseIdentifier": identifier(case) },
            ],
        })
    })
}

fn push(wire: &mut Value, list: &str, item: Value) {
    let object = wire.as_object_mut().map(|object: &mut Map<String, Value>| object.entry(list));
    if let Some(entry) = object
        && let Some(items) = entry.or_insert_with(|| json!([])).as_array_mut()
    {
        items.push(item);
    }
}
