//! Pleas, indications of plea and verdicts, as lines.
//!
//! The value is the line's short code, as the court spells it: the lists of values are open. An indication of plea is
//! a plea line too; its values (`INDICATED_GUILTY`, `NO_INDICATION`) say that it is one.

use super::super::Unusable;
use super::defendants::same_offence;
use super::draft::About;
use super::path::Path;
use super::wire;
use crate::domain::court::{CaseShare, Line, ResultLine};

/// A plea; without a value it says nothing.
pub(super) fn plea(
    path: &Path<'_>,
    wire: &wire::Plea<'_>,
    about: About,
    case: &mut CaseShare,
) -> Result<(), Unusable> {
    same_offence(path, &wire.offence_id, about)?;
    let ordered_on = path.field("pleaDate").date(&wire.plea_date)?;
    let Some(value) = wire.plea_value.get() else { return Ok(()) };
    case.lines.push(ResultLine { ordered_on, ..line(Line::Plea, about, value, in_words(value)) });
    Ok(())
}

/// An indication of plea.
pub(super) fn indicated(
    path: &Path<'_>,
    wire: &wire::IndicatedPlea<'_>,
    about: About,
    case: &mut CaseShare,
) -> Result<(), Unusable> {
    same_offence(path, &wire.offence_id, about)?;
    let ordered_on = path.field("indicatedPleaDate").date(&wire.indicated_plea_date)?;
    let Some(value) = wire.indicated_plea_value.get() else { return Ok(()) };
    case.lines.push(ResultLine { ordered_on, ..line(Line::Plea, about, value, in_words(value)) });
    Ok(())
}

/// A verdict; without a category and a description it says nothing.
pub(super) fn verdict(
    path: &Path<'_>,
    wire: &wire::Verdict<'_>,
    about: About,
    case: &mut CaseShare,
) -> Result<(), Unusable> {
    same_offence(path, &wire.offence_id, about)?;
    let ordered_on = path.field("verdictDate").date(&wire.verdict_date)?;
    let kind = &wire.verdict_type;
    let value = kind.category_type.get().or(kind.category.get());
    let Some(label) = kind.description.get().or(kind.category.get()).or(value) else { return Ok(()) };
    let value = value.unwrap_or(label).to_uppercase().replace([' ', '-'], "_");
    let type_id = path.field("verdictType").field("id").id_if_any(&kind.id, "the verdict type")?;
    let said = line(Line::Verdict, about, &value, label.to_owned());
    case.lines.push(ResultLine { ordered_on, type_id, ..said });
    Ok(())
}

fn line(line: Line, about: About, value: &str, label: String) -> ResultLine {
    ResultLine {
        defendant: about.defendant,
        offence: about.offence,
        short_code: Some(value.to_owned()),
        label,
        ..ResultLine::blank(line)
    }
}

/// `NOT_GUILTY` as "Not guilty".
fn in_words(value: &str) -> String {
    let mut words = value.replace('_', " ").to_lowercase();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}
