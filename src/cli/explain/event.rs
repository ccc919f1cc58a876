//! What became of an event, and why nothing did.

use super::silent::{self, Silence};
use super::task::short;
use crate::casework::Trace;
use crate::cli::output::{Ended, Output, print, print_json};
use crate::domain::london;
use crate::engine::rulesets::Ruleset;
use crate::rules::facts::Facts;
use crate::rules::pack::Rule;
use crate::store::accounts::{Account, KeptHandling};
use crate::store::{Store, read};
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) async fn explain(store: &Store, account: &Account, output: Output) -> anyhow::Result<Ended> {
    let mut handled = Vec::new();
    for handling in &account.handlings {
        let state = read::cases(store, &[handling.case]).await?.pop();
        let case = match state {
            Some(state) if state.is_desk() => "the desk".to_owned(),
            Some(state) => state.case.label().to_owned(),
            None => handling.case.to_string(),
        };
        let ruleset = super::pack(store, &handling.pack).await?;
        handled.push(Told::new(handling, case, ruleset));
    }
    match output {
        Output::Json => print_json(&json(account, &handled))?,
        Output::Text => print(&text(account, &handled))?,
    }
    Ok(Ended::Well)
}

/// A handling with its rules at hand.
struct Told<'a> {
    handling: &'a KeptHandling,
    case: String,
    ruleset: Arc<Ruleset>,
    trace: Trace,
    facts: Option<Facts>,
}

impl<'a> Told<'a> {
    fn new(handling: &'a KeptHandling, case: String, ruleset: Arc<Ruleset>) -> Self {
        // A trace or an input of an older version that cannot be read is left out: the rest can still be told.
        let trace = serde_json::from_slice(&handling.trace).unwrap_or_default();
        let facts = handling.input.as_ref().and_then(|input| serde_json::from_slice(input).ok());
        Self { handling, case, ruleset, trace, facts }
    }

    /// The rules that listened and stayed silent, each with why.
    fn silent(&self) -> impl Iterator<Item = (&Rule, Option<Silence>)> {
        self.trace.heard.iter().filter(|heard| heard.spoke == 0).filter_map(|heard| {
            let rule = self.ruleset.pack.rules.iter().find(|rule| rule.name == heard.rule)?;
            Some((rule, self.facts.as_ref().map(|facts| silent::ask(rule, facts))))
        })
    }
}

fn json(account: &Account, handled: &[Told<'_>]) -> Value {
    let event = &account.event;
    let one = |told: &Told<'_>| {
        let silent = told.silent().map(|(rule, silence)| {
            json!({
                "rule": rule.name, "place": rule.place.to_string(),
                "why": silence.as_ref().map(Silence::json),
            })
        });
        json!({
            "case": told.case, "case_id": told.handling.case, "sequence": told.handling.sequence,
            "outcome": told.handling.outcome, "effects": told.handling.effects,
            "handled_at": london::rfc3339(told.handling.handled_at), "pack": told.handling.pack,
            "heard": told.trace.heard, "done": told.trace.done,
            "nothing_because": told.trace.nothing_because, "silent": silent.collect::<Vec<_>>(),
            "input_kept": told.facts.is_some(),
        })
    };
    let waits = account
        .waits
        .iter()
        .map(|wait| json!({ "court_case": wait.court_case, "urn": wait.urn, "handled_for": wait.case }));
    let followed = account.followed.iter().map(|(id, kind)| json!({ "event": id, "kind": kind }));
    json!({
        "event": {
            "id": event.id, "kind": event.payload.kind(), "source": event.source,
            "reference": event.reference, "actor": event.actor.name,
            "received_at": london::rfc3339(event.received_at),
            "recorded_at": london::rfc3339(event.recorded_at),
            "outcome": account.outcome, "effects": account.effects,
        },
        "cases": handled.iter().map(one).collect::<Vec<_>>(),
        "waits": waits.collect::<Vec<_>>(),
        "followed": followed.collect::<Vec<_>>(),
    })
}

fn text(account: &Account, handled: &[Told<'_>]) -> String {
    let event = &account.event;
    let mut text = format!("{} ({}, {} effects)\n", event.payload.kind(), account.outcome, account.effects);
    text.push_str(&format!("  event     {}\n", event.id));
    text.push_str(&format!("  from      {}, under {}\n", event.source, event.reference));
    text.push_str(&format!("  received  {}\n", london::human_with_zone(event.received_at)));
    for wait in &account.waits {
        let name = wait.urn.clone().unwrap_or_else(|| wait.court_case.to_string());
        text.push_str(&match wait.case {
            Some(case) => format!("  waited    for case {name}, handled since for {case}\n"),
            None => format!("  waits     for case {name} to be opened or linked\n"),
        });
    }
    for (id, kind) in &account.followed {
        text.push_str(&format!("  led to    {kind} {id}\n"));
    }
    for told in handled {
        one(&mut text, told);
    }
    if handled.is_empty() && account.waits.is_empty() {
        text.push_str("  no case handled it\n");
    }
    text
}

fn one(text: &mut String, told: &Told<'_>) {
    let handling = told.handling;
    text.push_str(&format!(
        "\ncase {}: {}, {} effects, number {} of the case, pack {}\n",
        told.case,
        handling.outcome,
        handling.effects,
        handling.sequence,
        short(&handling.pack)
    ));
    told.trace.done.iter().for_each(|done| text.push_str(&format!("  done      {done}\n")));
    if let Some(why) = &told.trace.nothing_because {
        text.push_str(&format!("  nothing   because {why}\n"));
    }
    for heard in told.trace.heard.iter().filter(|heard| heard.spoke > 0) {
        text.push_str(&format!("  spoke     {} ({} times)\n", heard.rule, heard.spoke));
    }
    for (rule, silence) in told.silent() {
        text.push_str(&format!("  silent    {} ({})\n", rule.name, rule.place));
        match silence {
            Some(silence) => text.push_str(&silence.text("              ")),
            None => text.push_str("              the facts it was asked on are no longer kept\n"),
        }
    }
}
