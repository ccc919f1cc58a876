//! The day and the timeline of each case as text, for a terminal of 120 columns.

use super::cast::urn;
use super::seen::short;
use super::story::Entry;
use super::story::people::{CASES, title};
use crate::cli::output::table;
use crate::domain::london::{self, Instant};
use comfy_table::{ColumnConstraint, Width};
use serde::Serialize;

/// How wide a line may be.
const COLUMNS: usize = 118;

/// The timeline of a case.
#[derive(Debug, Serialize)]
pub(super) struct Timeline<'a> {
    /// Its URN.
    pub(super) case: String,
    /// What it is about.
    pub(super) about: &'static str,
    /// What happened, in order.
    pub(super) entries: Vec<&'a Entry>,
}

/// The timelines of the told cases.
pub(super) fn timelines(log: &[Entry]) -> Vec<Timeline<'_>> {
    let timeline = |nth| {
        let case = urn(nth);
        let entries = log.iter().filter(|entry| entry.case.as_deref() == Some(&case)).collect();
        Timeline { case, about: title(nth), entries }
    };
    CASES.into_iter().map(timeline).collect()
}

/// What happened from `from` on, in order.
pub(super) fn day(log: &[Entry], from: Instant) -> String {
    let mut text = String::new();
    for entry in log.iter().filter(|entry| entry.at >= from) {
        let time = london::time_of_day(entry.at).format("%H:%M");
        let case = entry.case.as_deref().unwrap_or("the unit");
        push(&mut text, &format!("{time}  {case:<11}  "), 20, &format!("{} {}", entry.who, entry.what));
        for line in &entry.followed {
            push(&mut text, &format!("{:20}- ", ""), 22, line);
        }
        for line in &entry.told {
            push(&mut text, &format!("{:20}> ", ""), 22, line);
        }
        for line in &entry.shown {
            text.push_str(format!("{:20}| {line}", "").trim_end());
            text.push('\n');
        }
    }
    text
}

/// The timelines as tables.
pub(super) fn tables(timelines: &[Timeline<'_>], today: Instant) -> String {
    let mut text = String::new();
    for timeline in timelines {
        text.push_str(&format!("\n{}: {}\n", timeline.case, timeline.about));
        let mut rows = table(&["London", "what happened", "what followed", "who was told"]);
        let widths = [10, 31, 41, 32];
        rows.set_width(120);
        rows.set_constraints(widths.map(|width| ColumnConstraint::Absolute(Width::Fixed(width))));
        for entry in &timeline.entries {
            let when = if entry.at < today {
                london::to_local(entry.at).format("%-d %b\n%H:%M").to_string()
            } else {
                short(entry.at, entry.at)
            };
            let what = format!("{}: {}", entry.who, entry.what);
            rows.add_row([when, what, entry.followed.join("\n"), entry.told.join("\n")]);
        }
        text.push_str(&format!("{rows}\n"));
    }
    text
}

/// A line, broken between words where it is too long.
fn push(text: &mut String, head: &str, indent: usize, line: &str) {
    text.push_str(head);
    let mut at = head.chars().count();
    let mut first = true;
    for word in line.split(' ') {
        let width = word.chars().count();
        if !first && at + 1 + width > COLUMNS {
            text.push_str(&format!("\n{:indent$}", ""));
            at = indent;
        } else if !first {
            text.push(' ');
            at += 1;
        }
        text.push_str(word);
        at += width;
        first = false;
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_broken_between_words_and_nothing_is_lost() {
        let line = "word ".repeat(60);
        let mut text = String::new();
        push(&mut text, "09:00  ", 20, line.trim());
        assert!(text.lines().all(|line| line.chars().count() <= COLUMNS), "{text}");
        assert_eq!(text.split_whitespace().filter(|word| *word == "word").count(), 60);
    }
}
