//! Why something is there, and what an event led to.

use super::field::{said, texts, timestamp};
use crate::domain::deadline::Step;
use crate::domain::explanation::Explanation;
use crate::engine::Trace;
use crate::grpc::pb;

/// A reason on the wire.
#[must_use]
pub fn explanation(why: &Explanation) -> pb::Explanation {
    pb::Explanation {
        event_id: why.event.to_string(),
        event_kind: why.event_kind.clone(),
        rule: why.rule.clone(),
        cites: why.cites.clone().unwrap_or_default(),
        pack_hash: why.pack.clone(),
        decided_at: Some(timestamp(why.decided_at)),
        causes: why.causes.iter().map(|cause| cause.0.clone()).collect(),
        target_steps: texts(&why.target_steps),
        due_steps: texts(&why.due_steps),
    }
}

/// Reasons on the wire.
#[must_use]
pub fn explanations(because: &[Explanation]) -> Vec<pb::Explanation> {
    because.iter().map(explanation).collect()
}

/// A reason as text that can be read out.
#[must_use]
pub fn told(why: &Explanation) -> String {
    let mut text =
        format!("{} asked for it, decided on {} at {}.", why.rule, why.event_kind, said(why.decided_at));
    if let Some(cites) = &why.cites {
        text.push_str(&format!(" It rests on {cites}."));
    }
    if !why.causes.is_empty() {
        let causes: Vec<&str> = why.causes.iter().map(|cause| cause.0.as_str()).collect();
        text.push_str(&format!(" Causes: {}.", causes.join(", ")));
    }
    for (clock, steps) in [("target", &why.target_steps), ("due time", &why.due_steps)] {
        if !steps.is_empty() {
            let steps: Vec<&str> = steps.iter().map(Step::as_str).collect();
            text.push_str(&format!(" The {clock} was counted so: {}.", steps.join("; ")));
        }
    }
    text
}

/// What a handling did, on the wire.
#[must_use]
pub fn effects(trace: &Trace) -> Vec<pb::Effect> {
    trace.done.iter().map(|line| effect(line)).collect()
}

/// What a line of a trace may end with; a line that does not says that something was made.
const CHANGES: [&str; 5] = ["merged", "changed", "withdrawn", "cancelled", "re-dated"];

/// One line of a trace: `task contact-victim merged`.
fn effect(line: &str) -> pb::Effect {
    let mut words = line.split_whitespace();
    let subject = words.next().unwrap_or_default().to_owned();
    let said = words.next_back().filter(|word| CHANGES.contains(word));
    let change = said.unwrap_or("made");
    pb::Effect { subject, change: change.to_owned(), summary: line.to_owned(), ..Default::default() }
}

/// The rules that were asked and stayed silent.
#[must_use]
pub fn silent(trace: &Trace) -> Vec<pb::SilentRule> {
    let silent = trace.heard.iter().filter(|heard| heard.spoke == 0);
    silent
        .map(|heard| pb::SilentRule {
            rule: heard.rule.clone(),
            participant_id: String::new(),
            because: "it was asked, and its condition held for nobody".to_owned(),
        })
        .collect()
}
