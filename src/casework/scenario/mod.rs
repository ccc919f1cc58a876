//! Scenarios: a pack's own sentences about itself, run without a database.
//!
//! A scenario builds an invented case in memory, lets things happen to it through [`super::handle`] under a clock
//! that stands still between steps, and compares what is then owed, to be done and to be sent with what its author
//! expects. They travel with the rules, so a unit that changes a rule sees at once what else changes; what they
//! say of dates and numbers is what people agreed with, not what the code happens to do.
//!
//! ```yaml
//! - scenario: a victim with Enhanced Rights hears of a fine within a day
//!   row: 51
//!   rule: owe-the-outcome
//!   now: 2026-11-20T16:10
//!   given:
//!     defendants: { d1: [o1] }
//!     people: { vic: { roles: [victim], enhanced: true, offences: [o1] } }
//!   when:
//!     - court: { results: [{ offence: o1, outcome: fine }] }
//!   then:
//!     duties: [{ kind: outcome, to: vic, target: 2026-11-21T16:10, due: 2026-11-23T23:59:59 }]
//! ```

mod by_hand;
mod check;
mod court;
mod given;
mod read;
mod steps;
#[cfg(test)]
mod tests;
mod world;

use crate::render::Letterbox;
use crate::rules::pack::Pack;
use crate::rules::pack::yaml::Node;
use read::{Part, Wrong};
use serde::Serialize;
use std::collections::BTreeSet;
use world::World;

/// What became of one scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScenarioResult {
    /// What it says.
    pub name: String,
    /// The file it stands in, by its path within the pack.
    pub file: String,
    /// The line it begins on.
    pub line: usize,
    /// The row of the acceptance table it is about, such as `51` or `4.2b`.
    pub row: Option<String>,
    /// The rule it is about.
    pub rule: Option<String>,
    /// Whether that rule is to speak in the last step, or to be silent.
    pub speaks: bool,
    /// Every rule that spoke in any step, in alphabetical order.
    pub spoke: Vec<String>,
    /// Whether everything came as expected.
    pub passed: bool,
    /// What did not, a sentence each.
    pub failures: Vec<String>,
}

/// Every key of a scenario.
const KEYS: [&str; 8] = ["scenario", "row", "rule", "speaks", "now", "given", "when", "then"];

/// Runs every scenario of a pack, in the order of files and lines. `templates` are the pack's own.
#[must_use]
pub fn run(pack: &Pack, templates: &Letterbox) -> Vec<ScenarioResult> {
    let mut results = Vec::new();
    for (file, tree) in &pack.scenarios {
        match tree.elements() {
            Some(elements) => {
                results.extend(elements.iter().map(|node| one(pack, templates, file, node)));
            }
            None => results.push(unreadable(file, tree, "expected a list of scenarios")),
        }
    }
    results
}

fn unreadable(file: &str, node: &Node, problem: &str) -> ScenarioResult {
    ScenarioResult {
        name: "(cannot be read)".to_owned(),
        file: file.to_owned(),
        line: node.at.line,
        row: None,
        rule: None,
        speaks: true,
        spoke: Vec::new(),
        passed: false,
        failures: vec![format!("{file}:{}: {problem}", node.at)],
    }
}

fn one(pack: &Pack, templates: &Letterbox, file: &str, node: &Node) -> ScenarioResult {
    let text = |key: &str| {
        let node = node.get(key)?;
        Some(node.text().map_or_else(|| Part::new(node).shown(), str::to_owned))
    };
    let mut result = unreadable(file, node, "");
    result.name = text("scenario").unwrap_or(result.name);
    (result.row, result.rule) = (text("row"), text("rule"));
    result.speaks = text("speaks").as_deref() != Some("false");
    result.failures = match play(pack, templates, Part::new(node), &result) {
        Ok(played) => {
            result.spoke = played.spoke.into_iter().collect();
            played.failures
        }
        Err(Wrong { at, problem }) => vec![format!("{file}:{at}: {problem}")],
    };
    result.passed = result.failures.is_empty();
    result
}

/// What came of playing a scenario.
struct Played {
    spoke: BTreeSet<String>,
    failures: Vec<String>,
}

/// Plays one scenario.
fn play(pack: &Pack, templates: &Letterbox, part: Part<'_>, about: &ScenarioResult) -> Result<Played, Wrong> {
    part.only(&KEYS)?;
    if let Some(rule) = &about.rule
        && !pack.rules.iter().any(|known| known.name == *rule)
    {
        return part.need("rule")?.wrong(format!("there is no rule `{rule}`"));
    }
    let mut world = World::new(pack, templates, part.need("now")?.instant()?);
    let steps = part.need("when")?.list()?;
    let opens = steps.iter().any(|step| step.get("open").is_some());
    given::set_up(&mut world, part.get("given"), opens)?;
    for step in &steps {
        steps::step(&mut world, *step)?;
    }
    let mut failures = Vec::new();
    if let Some(rule) = &about.rule {
        let spoke = world.last.iter().any(|heard| heard.rule == *rule && heard.spoke > 0);
        match (about.speaks, spoke) {
            (true, false) => failures.push(format!("the rule {rule} stayed silent in the last step")),
            (false, true) => failures.push(format!("the rule {rule} spoke in the last step")),
            _ => {}
        }
    }
    if let Some(then) = part.get("then") {
        failures.extend(check::check(&world, then)?);
    }
    Ok(Played { spoke: world.spoke, failures })
}
