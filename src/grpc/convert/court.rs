//! What courts share.

use super::field::{self, NAME_MAX, WORDS_MAX, number, number_of, shown, text, text_if_given};
use super::hearing::{court, court_from, when, when_from};
use crate::domain::court::{
    CaseShare, Defendant, Feed, Line, NextHearing, Offence, Party, Prompt, ResultLine, Share,
};
use crate::domain::record::Standing;
use crate::grpc::pb;
use crate::grpc::refused::Refused;

/// Cases of a share, defendants of a case, or lines of one, at most.
const LIST_MAX: usize = 5_000;

/// A defendant on the wire.
#[must_use]
pub fn defendant(defendant: &Defendant) -> pb::Defendant {
    let party = match &defendant.party {
        Party::Person { first_name, last_name, born_on } => {
            pb::defendant::Party::Person(pb::DefendantPerson {
                first_name: first_name.clone().unwrap_or_default(),
                last_name: last_name.clone(),
                born_on: shown(*born_on),
            })
        }
        Party::Organisation { name } => {
            pb::defendant::Party::Organisation(pb::DefendantOrganisation { name: name.clone() })
        }
    };
    let offence = |offence: &Offence| pb::Offence {
        id: offence.id.to_string(),
        code: offence.code.clone(),
        title: offence.title.clone(),
        concluded: offence.concluded,
    };
    pb::Defendant {
        id: defendant.id.to_string(),
        master_id: shown(defendant.master),
        party: Some(party),
        youth: defendant.youth,
        remand: defendant.remand.clone().unwrap_or_default(),
        bail_conditions: defendant.bail_conditions.clone().unwrap_or_default(),
        concluded: defendant.concluded,
        offences: defendant.offences.iter().map(offence).collect(),
    }
}

/// A line that stands, on the wire.
#[must_use]
pub fn standing(standing: &Standing) -> pb::Standing {
    pb::Standing {
        line: Some(line(&standing.line)),
        court_hearing_id: standing.hearing.to_string(),
        day: standing.day.to_string(),
    }
}

fn line(line: &ResultLine) -> pb::ResultLine {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let prompt = |prompt: &Prompt| pb::Prompt {
        reference: prompt.reference.clone(),
        label: prompt.label.clone(),
        value: prompt.value.clone(),
    };
    pb::ResultLine {
        id: line.id.to_string(),
        line: number(line.line),
        defendant_id: shown(line.defendant),
        offence_id: shown(line.offence),
        type_id: shown(line.type_id),
        cjs_code: text(&line.cjs_code),
        short_code: text(&line.short_code),
        qualifiers: line.qualifiers.clone(),
        label: line.label.clone(),
        category: number_of(line.category),
        ordered_on: shown(line.ordered_on),
        text: text(&line.text),
        prompts: line.prompts.iter().map(prompt).collect(),
        next_hearing: line.next_hearing.as_ref().map(|next| pb::NextHearing {
            hearing_type: next.hearing_type.clone(),
            jurisdiction: number_of(next.jurisdiction),
            court: Some(court(&next.court)),
            when: Some(when(&next.when)),
            existing_court_hearing_id: shown(next.existing),
        }),
        trial: number_of(line.trial),
        trial_reason_id: shown(line.trial_reason),
        urgent: line.urgent,
        terminates: line.terminates,
        source_id: shown(line.source_id),
    }
}

/// A share in canonical form.
///
/// # Errors
/// [`Refused`].
pub fn share(at: &str, given: &pb::Share) -> Result<Share, Refused> {
    let field = |name: &str| format!("{at}.{name}");
    if given.cases.is_empty() {
        return Err(Refused::required(&field("cases")));
    }
    field::at_most(&field("cases"), &given.cases, LIST_MAX)?;
    let case = |(nth, case)| case_share(&format!("{at}.cases[{nth}]"), case);
    let share = Share {
        feed: field::word::<Feed>(&field("feed"), given.feed)?,
        hearing: field::id(&field("court_hearing_id"), &given.court_hearing_id)?,
        day: field::day(&field("day"), &given.day)?,
        shared_at: field::instant(&field("shared_at"), given.shared_at.as_ref())?,
        jurisdiction: field::word(&field("jurisdiction"), given.jurisdiction)?,
        hearing_type: text(&field("hearing_type"), &given.hearing_type, NAME_MAX)?,
        court: court_from(&field("court"), given.court.as_ref())?,
        sitting_at: field::instant_if_given(&field("sitting_at"), given.sitting_at.as_ref())?,
        cases: given.cases.iter().enumerate().map(case).collect::<Result<_, _>>()?,
    };
    Ok(share.canonical())
}

fn case_share(at: &str, given: &pb::CaseShare) -> Result<CaseShare, Refused> {
    let field = |name: &str| format!("{at}.{name}");
    field::at_most(&field("defendants"), &given.defendants, LIST_MAX)?;
    field::at_most(&field("lines"), &given.lines, LIST_MAX)?;
    let defendants = given.defendants.iter().enumerate();
    let lines = given.lines.iter().enumerate();
    let marker = |(nth, marker): (usize, &String)| text(&format!("{at}.markers[{nth}]"), marker, NAME_MAX);
    Ok(CaseShare {
        court_case: field::id(&field("court_case_id"), &given.court_case_id)?,
        urn: text_if_given(&field("urn"), &given.urn, NAME_MAX)?,
        authority_reference: text_if_given(
            &field("authority_reference"),
            &given.authority_reference,
            NAME_MAX,
        )?,
        authority: text_if_given(&field("authority"), &given.authority, NAME_MAX)?,
        markers: given.markers.iter().enumerate().map(marker).collect::<Result<_, _>>()?,
        defendants: defendants
            .map(|(nth, one)| defendant_from(&format!("{at}.defendants[{nth}]"), one))
            .collect::<Result<_, _>>()?,
        lines: lines
            .map(|(nth, one)| line_from(&format!("{at}.lines[{nth}]"), one))
            .collect::<Result<_, _>>()?,
        amended: false,
    })
}

fn defendant_from(at: &str, given: &pb::Defendant) -> Result<Defendant, Refused> {
    let field = |name: &str| format!("{at}.{name}");
    let party = match &given.party {
        Some(pb::defendant::Party::Person(person)) => Party::Person {
            first_name: text_if_given(&field("person.first_name"), &person.first_name, NAME_MAX)?,
            last_name: text(&field("person.last_name"), &person.last_name, NAME_MAX)?,
            born_on: field::day_if_given(&field("person.born_on"), &person.born_on)?,
        },
        Some(pb::defendant::Party::Organisation(organisation)) => {
            Party::Organisation { name: text(&field("organisation.name"), &organisation.name, NAME_MAX)? }
        }
        None => return Err(Refused::required(&field("party"))),
    };
    let offence = |(nth, offence): (usize, &pb::Offence)| -> Result<Offence, Refused> {
        let at = field(&format!("offences[{nth}]"));
        Ok(Offence {
            id: field::id(&format!("{at}.id"), &offence.id)?,
            code: text(&format!("{at}.code"), &offence.code, NAME_MAX)?,
            title: text_if_given(&format!("{at}.title"), &offence.title, WORDS_MAX)?.unwrap_or_default(),
            concluded: offence.concluded,
        })
    };
    Ok(Defendant {
        id: field::id(&field("id"), &given.id)?,
        master: field::id_if_given(&field("master_id"), &given.master_id)?,
        party,
        youth: given.youth,
        remand: text_if_given(&field("remand"), &given.remand, NAME_MAX)?,
        bail_conditions: text_if_given(&field("bail_conditions"), &given.bail_conditions, WORDS_MAX)?,
        concluded: given.concluded,
        offences: given.offences.iter().enumerate().map(offence).collect::<Result<_, _>>()?,
    })
}

fn line_from(at: &str, given: &pb::ResultLine) -> Result<ResultLine, Refused> {
    let field = |name: &str| format!("{at}.{name}");
    let prompt = |(nth, prompt): (usize, &pb::Prompt)| -> Result<Prompt, Refused> {
        let at = field(&format!("prompts[{nth}]"));
        Ok(Prompt {
            reference: text(&format!("{at}.reference"), &prompt.reference, NAME_MAX)?,
            label: text_if_given(&format!("{at}.label"), &prompt.label, NAME_MAX)?.unwrap_or_default(),
            value: text_if_given(&format!("{at}.value"), &prompt.value, WORDS_MAX)?.unwrap_or_default(),
        })
    };
    let kind: Line = field::word(&field("line"), given.line)?;
    let next = given.next_hearing.as_ref();
    Ok(ResultLine {
        defendant: field::id_if_given(&field("defendant_id"), &given.defendant_id)?,
        offence: field::id_if_given(&field("offence_id"), &given.offence_id)?,
        type_id: field::id_if_given(&field("type_id"), &given.type_id)?,
        cjs_code: text_if_given(&field("cjs_code"), &given.cjs_code, NAME_MAX)?,
        short_code: text_if_given(&field("short_code"), &given.short_code, NAME_MAX)?,
        qualifiers: given.qualifiers.clone(),
        label: text_if_given(&field("label"), &given.label, NAME_MAX)?.unwrap_or_default(),
        category: field::word_if_given(&field("category"), given.category)?,
        ordered_on: field::day_if_given(&field("ordered_on"), &given.ordered_on)?,
        text: text_if_given(&field("text"), &given.text, WORDS_MAX)?,
        prompts: given.prompts.iter().enumerate().map(prompt).collect::<Result<_, _>>()?,
        next_hearing: next.map(|next| next_hearing(&field("next_hearing"), next)).transpose()?,
        trial: field::word_if_given(&field("trial"), given.trial)?,
        trial_reason: field::id_if_given(&field("trial_reason_id"), &given.trial_reason_id)?,
        urgent: given.urgent,
        terminates: given.terminates,
        source_id: field::id_if_given(&field("source_id"), &given.source_id)?,
        ..ResultLine::blank(kind)
    })
}

fn next_hearing(at: &str, given: &pb::NextHearing) -> Result<NextHearing, Refused> {
    let field = |name: &str| format!("{at}.{name}");
    Ok(NextHearing {
        hearing_type: text(&field("hearing_type"), &given.hearing_type, NAME_MAX)?,
        jurisdiction: field::word_if_given(&field("jurisdiction"), given.jurisdiction)?,
        court: court_from(&field("court"), given.court.as_ref())?,
        when: when_from(&field("when"), given.when.as_ref())?,
        existing: field::id_if_given(&field("existing_court_hearing_id"), &given.existing_court_hearing_id)?,
    })
}
