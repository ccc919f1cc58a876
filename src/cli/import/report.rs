//! What became of each file, and of all of them.

use super::feeding::Fed;
use crate::cli::output::{counted, table};
use crate::domain::receipt::{Outcome, Receipt};
use crate::domain::words::Word;
use crate::intake::Format;
use crate::rules::outcomes::Outcomes;
use crate::store::CourtFacts;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// What became of one file.
#[derive(Debug, Serialize)]
pub(super) struct End {
    path: String,
    format: Option<Format>,
    /// A word of the receipts' outcomes; `failed` where it could not be handed over.
    outcome: String,
    event: Option<String>,
    effects: i64,
    /// What became of each case in it.
    cases: Vec<Value>,
    reason: Option<String>,
}

impl End {
    pub(super) fn failed(path: &Path, format: Option<Format>, why: String) -> Self {
        Self {
            path: path.display().to_string(),
            format,
            outcome: "failed".to_owned(),
            event: None,
            effects: 0,
            cases: Vec::new(),
            reason: Some(why),
        }
    }

    pub(super) fn received(path: &Path, format: Format, receipt: &Receipt) -> Self {
        let mut reasons: Vec<&str> = receipt.cases.iter().filter_map(|case| case.reason.as_deref()).collect();
        reasons.dedup();
        Self {
            path: path.display().to_string(),
            format: Some(format),
            outcome: receipt.outcome.to_string(),
            event: Some(receipt.event.to_string()),
            effects: receipt.effects(),
            cases: receipt.cases.iter().map(|case| json!(case)).collect(),
            reason: (!reasons.is_empty()).then(|| reasons.join("; ")),
        }
    }

    pub(super) fn is_failed(&self) -> bool {
        self.outcome == "failed"
    }
}

/// How many files came to which outcome; every outcome that a file can have is there.
fn summary(ends: &[End]) -> Vec<(&str, usize)> {
    let outcomes = [
        Outcome::Applied,
        Outcome::Nothing,
        Outcome::Duplicate,
        Outcome::Stale,
        Outcome::NotOurs,
        Outcome::Unlinked,
        Outcome::Parked,
    ];
    let words = outcomes.into_iter().map(Word::word).chain(["failed"]);
    words.map(|word| (word, ends.iter().filter(|end| end.outcome == word).count())).collect()
}

/// Why files were parked or failed, and how many for each reason.
fn reasons(ends: &[End]) -> BTreeMap<(&str, &str), usize> {
    let mut reasons = BTreeMap::new();
    for end in ends.iter().filter(|end| ["parked", "failed"].contains(&end.outcome.as_str())) {
        *reasons.entry((end.outcome.as_str(), end.reason.as_deref().unwrap_or_default())).or_default() += 1;
    }
    reasons
}

/// A code of the courts that the pack has no word for.
#[derive(Debug, Serialize)]
pub(super) struct Unmapped {
    /// The court's short code.
    short: Option<String>,
    /// The national result code.
    cjs: Option<String>,
    /// What sort of line it is.
    line: &'static str,
    /// How many lines have it.
    lines: usize,
}

/// The codes among these facts that the pack has no word for: each of these lines is work for a person.
pub(super) fn unmapped(facts: &CourtFacts, outcomes: &Outcomes) -> Vec<Unmapped> {
    let unknown = facts.codes.iter().filter(|(line, _)| outcomes.of(line).word == Outcomes::UNMAPPED);
    let told = unknown.map(|(line, lines)| Unmapped {
        short: line.short_code.clone(),
        cjs: line.cjs_code.clone(),
        line: line.line.word(),
        lines: *lines,
    });
    told.collect()
}

pub(super) fn json(fed: &Fed, facts: &CourtFacts, unmapped: &[Unmapped]) -> Value {
    let ends = &fed.ends;
    let summary: serde_json::Map<String, Value> =
        summary(ends).into_iter().map(|(word, count)| (word.to_owned(), json!(count))).collect();
    let reasons = reasons(ends)
        .into_iter()
        .map(|((outcome, reason), files)| json!({ "outcome": outcome, "reason": reason, "files": files }));
    json!({
        "files": ends,
        "summary": summary,
        "reasons": reasons.collect::<Vec<_>>(),
        "cases_opened": fed.opened,
        "waiting_results_taken_up": fed.taken_up,
        "court_facts": facts,
        "unmapped_codes": unmapped,
    })
}

pub(super) fn text(fed: &Fed, facts: &CourtFacts, unmapped: &[Unmapped]) -> String {
    let ends = &fed.ends;
    let mut text = String::new();
    for end in ends {
        text.push_str(&format!("{:9} {}", end.outcome, end.path));
        if end.effects > 0 {
            text.push_str(&format!(" ({} effects)", end.effects));
        }
        if let Some(reason) = &end.reason {
            text.push_str(&format!(": {reason}"));
        }
        text.push('\n');
    }
    let mut counts = table(&["outcome", "files"]);
    for (word, count) in summary(ends) {
        counts.add_row([word.to_owned(), count.to_string()]);
    }
    text.push_str(&format!("\n{counts}\n"));
    let reasons = reasons(ends);
    if !reasons.is_empty() {
        let mut why = table(&["files", "outcome", "reason"]);
        for ((outcome, reason), files) in reasons {
            why.add_row([files.to_string(), outcome.to_owned(), reason.to_owned()]);
        }
        text.push_str(&format!("{why}\n"));
    }
    if fed.opened > 0 {
        text.push_str(&format!("{} opened", counted(fed.opened, "case")));
        if fed.taken_up > 0 {
            let waited = counted(usize::try_from(fed.taken_up).unwrap_or(usize::MAX), "result");
            text.push_str(&format!("; {waited} that had waited for them taken up"));
        }
        text.push('\n');
    }
    if !unmapped.is_empty() {
        let mut codes = table(&["lines", "short code", "CJS code", "sort of line"]);
        for one in unmapped {
            let (short, cjs) = (one.short.clone().unwrap_or_default(), one.cjs.clone().unwrap_or_default());
            codes.add_row([one.lines.to_string(), short, cjs, one.line.to_owned()]);
        }
        text.push_str(&format!("codes that outcomes.yaml of the pack has no word for:\n{codes}\n"));
    }
    text.push_str(&format!(
        "court facts: {} cases, {} lines, {} hearings\ndigest {}\n",
        facts.cases, facts.lines, facts.hearings, facts.digest
    ));
    text
}
