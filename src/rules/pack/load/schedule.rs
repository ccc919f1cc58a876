//! `schedule.yaml`: cron lines that become events over named selections.

use super::Sources;
use super::settings::length;
use super::terms::Terms;
use crate::domain::briefing::BriefingKind;
use crate::domain::words::Word;
use crate::rules::pack::reader::{Fields, Reader};
use crate::rules::pack::yaml::Node;
use crate::rules::pack::{List, Missed, Run, ScheduleLine, Subjects};
use chrono::TimeDelta;
use std::collections::BTreeMap;
use std::str::FromStr;

const KEYS: [&str; 8] = ["line", "cron", "missed", "over", "raise", "brief", "after", "before"];

pub(super) fn read(
    sources: &Sources<'_>,
    terms: &Terms,
    lists: &BTreeMap<List, String>,
) -> Vec<ScheduleLine> {
    let Some((reader, node)) = sources.yaml("schedule.yaml") else { return Vec::new() };
    let mut lines: Vec<ScheduleLine> = Vec::new();
    for node in reader.list(node, "schedule.yaml: a list of lines") {
        let Some(fields) = reader.fields(node, "a line of the schedule", &KEYS) else { continue };
        let name = fields.need("line").and_then(|node| reader.name(node));
        if let Some((name, node)) = name.zip(fields.node("line"))
            && lines.iter().any(|line| line.name == name)
        {
            reader.fault(&node.at, format!("there is a second line `{name}`"), None);
        }
        let cron = fields.need("cron").and_then(|node| cron(reader, node));
        let missed = fields.need("missed").and_then(|node| reader.word::<Missed>(node));
        let does = run(reader, &fields, terms, lists);
        let line =
            || Some(ScheduleLine { name: name?.to_owned(), cron: cron?, missed: missed?, does: does? });
        lines.extend(line());
    }
    lines
}

/// What a line does: it raises an event over a selection, or briefs people.
fn run(
    reader: Reader<'_>,
    fields: &Fields<'_>,
    terms: &Terms,
    lists: &BTreeMap<List, String>,
) -> Option<Run> {
    let misplaced = |keys: &[&str], with: &str| {
        let found = keys.iter().filter_map(|key| Some((key, fields.node(key)?))).next();
        found.is_some_and(|(key, node)| {
            reader.fault(&node.at, format!("`{key}` has no meaning beside `{with}`"), None);
            true
        })
    };
    if let Some(node) = fields.node("brief") {
        let kind = reader.word::<BriefingKind>(node)?;
        if !lists.contains_key(&List::of(kind)) {
            let message = format!("nothing says how `{kind}` is written");
            reader.fault(&node.at, message, Some("name its template under `lists` in pack.yaml".to_owned()));
        }
        // What is told before a shift ends is told so long before it, everything else so long after one began.
        let (key, other) =
            if kind == BriefingKind::ShiftEnds { ("before", "after") } else { ("after", "before") };
        let after = match fields.node(key) {
            Some(node) => length(reader, node)?,
            None => TimeDelta::zero(),
        };
        if misplaced(&[other], kind.word()) {
            return None;
        }
        return (!misplaced(&["over", "raise"], "brief")).then_some(Run::Brief { kind, after });
    }
    let over = fields.need("over").and_then(|node| reader.word::<Subjects>(node));
    let name = fields.need("raise").and_then(|node| terms.raise(reader, node));
    let wrong = misplaced(&["after", "before"], "raise");
    Some(Run::Raise { over: over?, name: name? }).filter(|_| !wrong)
}

/// A cron line that means what its author thinks: six fields, weekdays by name. By number, `1` is Sunday to one
/// program and Monday to the next, and nobody sees the difference before the first Sunday.
fn cron(reader: Reader<'_>, node: &Node) -> Option<String> {
    let text = reader.text(node)?;
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() != 6 {
        let message = format!("a cron line has six fields, this has {}", fields.len());
        let form = "seconds minutes hours day month weekday: `0 0 8 * * Mon-Fri`".to_owned();
        reader.fault(&node.at, message, Some(form));
        return None;
    }
    let weekdays = fields[5];
    // A step such as `*/2` counts days; only what stands before it names one.
    let numeric = weekdays.split(',').any(|part| {
        part.split('/')
            .next()
            .unwrap_or_default()
            .split('-')
            .any(|day| day.bytes().any(|b| b.is_ascii_digit()))
    });
    if numeric {
        let start = text.trim_end().len() - weekdays.len();
        let advice = "write days by name: `Mon-Fri`".to_owned();
        let message = "a weekday by number is read in two ways (is 1 a Sunday or a Monday?)";
        reader.fault_in(node, start..start + weekdays.len(), message, Some(advice));
        return None;
    }
    if cron::Schedule::from_str(text).is_ok() {
        return Some(text.to_owned());
    }
    let mut start = 0;
    for (index, field) in fields.iter().enumerate() {
        start += text[start..].find(field).unwrap_or_default();
        if !is_read(index, field) {
            let (what, example) = FIELDS[index];
            let advice = Some(format!("write such as {example}"));
            reader.fault_in(node, start..start + field.len(), format!("`{field}` is no {what}"), advice);
        }
        start += field.len();
    }
    if fields.iter().enumerate().all(|(index, field)| is_read(index, field)) {
        reader.fault(&node.at, "this cron line never comes", None);
    }
    None
}

/// The fields of a cron line, in order, with examples.
const FIELDS: [(&str, &str); 6] = [
    ("second", "`0`"),
    ("minute", "`0`, `30` or `*/15`"),
    ("hour", "`8` or `8-17`"),
    ("day of the month", "`*` or `1`"),
    ("month", "`*` or `Jan`"),
    ("weekday", "`Mon-Fri` or `Sat,Sun`"),
];

/// Whether the field at `index` can be read by itself.
fn is_read(index: usize, field: &str) -> bool {
    let line: Vec<&str> = (0..FIELDS.len()).map(|at| if at == index { field } else { "*" }).collect();
    cron::Schedule::from_str(&line.join(" ")).is_ok()
}
