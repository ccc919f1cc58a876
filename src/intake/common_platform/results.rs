//! Judicial results, and the hearings they order.
//!
//! A result's text begins with its short code and its label, where it has a code at all ("WOFD - Warrant …"). Both
//! are said elsewhere in the line, so only what follows them is kept as text.

use super::super::Unusable;
use super::defendants::same_offence;
use super::draft::About;
use super::leaf::Text;
use super::path::Path;
use super::wire::{CourtCentre, JudicialPrompt, JudicialResult, NextHearing as WireNextHearing};
use crate::domain::court::{CaseShare, Category, Court, Jurisdiction, Line, NextHearing, Prompt, ResultLine};
use crate::domain::hearing::When;
use crate::domain::london::monday_of;

/// Prompts that only serve the court's own booking and posting, and change without the decision changing.
fn is_plumbing(reference: &str) -> bool {
    reference == "bookingReference"
        || reference.ends_with("EmailAddress1")
        || reference.ends_with("EmailAddress2")
}

/// Adds results to a case.
pub(super) fn take(
    path: &Path<'_>,
    results: &[JudicialResult<'_>],
    about: About,
    case: &mut CaseShare,
) -> Result<(), Unusable> {
    for (index, wire) in results.iter().enumerate() {
        let here = path.index(index);
        same_offence(&here, &wire.offence_id, about)?;
        add(&here, wire, about, case)?;
    }
    Ok(())
}

/// Adds one result to a case: its own line, and one for the hearing it orders. A deleted one only leaves word.
pub(super) fn add(
    path: &Path<'_>,
    wire: &JudicialResult<'_>,
    about: About,
    case: &mut CaseShare,
) -> Result<(), Unusable> {
    let line = judicial(path, wire, about)?;
    case.amended |= wire.is_deleted.0 || is_amended(wire) || undoes(&line);
    if wire.is_deleted.0 {
        return Ok(());
    }
    if let Some(next) = &wire.next_hearing {
        let next = next_hearing(&path.field("nextHearing"), next)?;
        // A hearing ordered for a whole case is ordered for each of its defendants.
        let whom = match about.defendant {
            Some(defendant) => vec![defendant],
            None => case.defendants.iter().map(|defendant| defendant.id).collect(),
        };
        case.lines.extend(whom.into_iter().map(|defendant| ResultLine {
            defendant: Some(defendant),
            label: "Next hearing".to_owned(),
            ordered_on: line.ordered_on,
            next_hearing: Some(next.clone()),
            ..ResultLine::blank(Line::NextHearing)
        }));
    }
    case.lines.push(line);
    Ok(())
}

fn judicial(path: &Path<'_>, wire: &JudicialResult<'_>, about: About) -> Result<ResultLine, Unusable> {
    let label = wire.label.owned().unwrap_or_default();
    let (short_code, text) = split(wire.result_text.get().unwrap_or_default(), &label);
    Ok(ResultLine {
        defendant: about.defendant,
        offence: about.offence,
        type_id: path
            .field("judicialResultTypeId")
            .id_if_any(&wire.judicial_result_type_id, "the definition")?,
        source_id: path.field("judicialResultId").id_if_any(&wire.judicial_result_id, "the result")?,
        cjs_code: wire.cjs_code.owned(),
        short_code: short_code.map(str::to_owned),
        qualifiers: qualifiers(&wire.qualifier),
        category: category(&wire.category),
        ordered_on: path.field("orderedDate").date(&wire.ordered_date)?,
        text: text.map(str::to_owned),
        prompts: prompts(&wire.judicial_result_prompts),
        urgent: wire.urgent.0,
        terminates: wire.terminates_offence_proceedings.0,
        label,
        ..ResultLine::blank(Line::Judicial)
    })
}

/// The short code before " - ", if that looks like one, and what follows code and label.
fn split<'t>(text: &'t str, label: &str) -> (Option<&'t str>, Option<&'t str>) {
    let is_code =
        |code: &str| (1..=12).contains(&code.len()) && code.bytes().all(|c| c.is_ascii_alphanumeric());
    let (code, rest) = match text.split_once(" - ") {
        Some((code, rest)) if is_code(code) => (Some(code), rest),
        _ => (None, text),
    };
    let after =
        rest.strip_prefix(label).filter(|after| after.is_empty() || after.starts_with(char::is_whitespace));
    let rest = after.unwrap_or(rest).trim();
    (code, (!rest.is_empty()).then_some(rest))
}

fn qualifiers(text: &Text<'_>) -> Vec<String> {
    let codes = text.get().unwrap_or_default().split(',').map(str::trim);
    codes.filter(|code| !code.is_empty()).map(str::to_owned).collect()
}

fn category(text: &Text<'_>) -> Option<Category> {
    match text.get()?.to_ascii_uppercase().as_str() {
        "FINAL" => Some(Category::Final),
        "INTERMEDIARY" => Some(Category::Interim),
        "ANCILLARY" => Some(Category::Ancillary),
        _ => None,
    }
}

/// Prompts in the court's own sequence, whatever order they were written in.
fn prompts(wire: &[JudicialPrompt<'_>]) -> Vec<Prompt> {
    let mut found: Vec<(f64, Prompt)> = Vec::with_capacity(wire.len());
    for prompt in wire {
        let label = prompt.label.owned().unwrap_or_default();
        let reference = prompt.prompt_reference.owned().unwrap_or_else(|| label.clone());
        if !is_plumbing(&reference) {
            let sequence =
                prompt.prompt_sequence.get().and_then(|text| text.parse().ok()).unwrap_or(f64::MAX);
            let value = prompt.value.owned().unwrap_or_default();
            found.push((sequence, Prompt { reference, label, value }));
        }
    }
    found.sort_by(|(a, x), (b, y)| {
        a.total_cmp(b)
            .then_with(|| (&x.reference, &x.value, &x.label).cmp(&(&y.reference, &y.value, &y.label)))
    });
    found.into_iter().map(|(_, prompt)| prompt).collect()
}

fn is_amended(wire: &JudicialResult<'_>) -> bool {
    let said = [&wire.amendment_date, &wire.amendment_reason, &wire.amendment_reason_id];
    said.into_iter().any(|text| text.get().is_some())
}

/// Whether a result takes back others: entered in error, or the case reopened.
fn undoes(line: &ResultLine) -> bool {
    let cjs = line.cjs_code.as_deref().is_some_and(|code| matches!(code, "4583" | "4584"));
    let short = line.short_code.as_deref();
    cjs || short.is_some_and(|code| matches!(code.to_ascii_uppercase().as_str(), "ERR" | "ROPENED"))
}

/// A hearing ordered. An instant counts before a week, a week before a date to be fixed; a week is known by its
/// Monday, whichever of its days is given.
fn next_hearing(path: &Path<'_>, wire: &WireNextHearing<'_>) -> Result<NextHearing, Unusable> {
    let at = path.field("listedStartDateTime").instant(&wire.listed_start_date_time)?;
    let week = path.field("weekCommencingDate").date(&wire.week_commencing_date)?;
    let when = at.map(When::At).or_else(|| week.map(|day| When::Week(monday_of(day))));
    Ok(NextHearing {
        hearing_type: wire.kind.description.owned().unwrap_or_default(),
        jurisdiction: jurisdiction(&wire.jurisdiction_type),
        court: court(&wire.court_centre),
        when: when.unwrap_or(When::Unfixed),
        existing: path.field("existingHearingId").id_if_any(&wire.existing_hearing_id, "the hearing")?,
    })
}

/// Which kind of court, where the text says.
pub(super) fn jurisdiction(text: &Text<'_>) -> Option<Jurisdiction> {
    match text.get()?.to_ascii_uppercase().as_str() {
        "MAGISTRATES" => Some(Jurisdiction::Magistrates),
        "CROWN" => Some(Jurisdiction::Crown),
        _ => None,
    }
}

/// A court; an id that is none is left out, for the name and the code say which it is.
pub(super) fn court(wire: &CourtCentre<'_>) -> Court {
    Court {
        id: wire.id.get().and_then(|id| id.parse().ok()),
        code: wire.code.owned(),
        name: wire.name.owned().unwrap_or_default(),
        room: wire.room_name.owned(),
    }
}

/// Gives the court's id of an existing hearing to every order for that same hearing: results of one offence carry it
/// and those of another do not.
pub(super) fn spread_existing(cases: &mut [CaseShare]) {
    let orders = || cases.iter().flat_map(|case| &case.lines).filter_map(|line| line.next_hearing.as_ref());
    let mut known: Vec<NextHearing> = orders().filter(|next| next.existing.is_some()).cloned().collect();
    known.sort_by_key(|next| next.existing);
    let orders =
        cases.iter_mut().flat_map(|case| &mut case.lines).filter_map(|line| line.next_hearing.as_mut());
    for next in orders.filter(|next| next.existing.is_none()) {
        let same = known.iter().find(|other| {
            (&other.hearing_type, &other.court, &other.when) == (&next.hearing_type, &next.court, &next.when)
        });
        next.existing = same.and_then(|same| same.existing);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_results_text_is_parted_from_its_code_and_label() {
        for (text, label, parted) in [
            ("AD - Absolute discharge", "Absolute discharge", (Some("AD"), None)),
            ("FO - Fine\nFined £250.00", "Fine", (Some("FO"), Some("Fined £250.00"))),
            ("Absolute discharge\n", "Absolute discharge", (None, None)),
            ("Fined £250.00", "Fine", (None, Some("Fined £250.00"))),
            ("vulnerability - Risk", "Risk", (None, Some("vulnerability - Risk"))),
            ("not a code - Risk", "Risk", (None, Some("not a code - Risk"))),
            ("", "Risk", (None, None)),
        ] {
            assert_eq!(split(text, label), parted, "{text:?}");
        }
    }
}
