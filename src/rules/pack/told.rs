//! A pack as people read it: what a rule does in words, which limits it uses, which scenarios are about it.
//!
//! Conditions stay as the pack says them: they are what is decided by, and a paraphrase would be a second truth.

use super::{Clock, EffectRule, EmitAt, Pack, Rule, To};
use crate::rules::condition::Condition;

/// What a rule does, a line for each effect, in the pack's order.
#[must_use]
pub fn effects(pack: &Pack, rule: &Rule) -> Vec<String> {
    rule.effects.iter().map(|effect| told(pack, effect)).collect()
}

/// The limits that a rule's own text names, in order of name.
#[must_use]
pub fn limits(pack: &Pack, rule: &Rule) -> Vec<String> {
    let text = text_of(pack, rule);
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut names: Vec<String> = text
        .match_indices("limit.")
        .map(|(at, found)| text[at + found.len()..].chars().take_while(|c| is_part(*c)).collect::<String>())
        .chain(text.match_indices("limit(").filter_map(|(at, _)| {
            let name = text[at..].split(['\'', '"']).nth(1)?;
            Some(name.to_owned())
        }))
        .filter(|name| pack.limits.contains_key(name))
        .collect();
    names.sort();
    names.dedup();
    names
}

/// The names of the scenarios that say they are about a rule, by rule.
#[must_use]
pub fn scenarios(pack: &Pack) -> std::collections::HashMap<&str, Vec<&str>> {
    let mut about: std::collections::HashMap<&str, Vec<&str>> = std::collections::HashMap::new();
    for (_, file) in &pack.scenarios {
        for scenario in file.elements().unwrap_or_default() {
            let text = |key| scenario.get(key).and_then(super::yaml::Node::text);
            if let (Some(rule), Some(name)) = (text("rule"), text("scenario")) {
                about.entry(rule).or_default().push(name);
            }
        }
    }
    about
}

/// A rule as its file has it.
fn text_of(pack: &Pack, rule: &Rule) -> String {
    let file = pack.files.get(&rule.place.file).map(String::as_str).unwrap_or_default();
    let begins = |line: &str| line.trim_start().starts_with("- rule:");
    let lines = file.lines().skip(rule.place.line.saturating_sub(1));
    let own = lines.enumerate().take_while(|(nth, line)| *nth == 0 || !begins(line));
    own.map(|(_, line)| line).collect::<Vec<_>>().join("\n")
}

fn told(pack: &Pack, effect: &EffectRule) -> String {
    let whom =
        |of: &Option<Condition>| of.as_ref().map_or(String::new(), |of| format!(" about {}", of.source()));
    match effect {
        EffectRule::Owe { kind, to, target, due, .. } => {
            format!("Owe {} {}{}", to.source(), plain(kind), clocks(target.as_ref(), due.as_ref()))
        }
        EffectRule::Task { kind, about, target, due, .. } => {
            let title = pack.task_kinds.get(kind).map_or(kind.as_str(), |kind| kind.title.as_str());
            format!("Raise the task “{title}”{}{}", whom(about), clocks(target.as_ref(), due.as_ref()))
        }
        EffectRule::Message { template, to, after, .. } => {
            let to = match to {
                To::Participants(of) => of.source().to_owned(),
                To::ResourceTeamsOf(of) => format!("the resource teams of {}", of.source()),
                To::Directory(kind) => format!("the directory’s {kind}"),
            };
            let waits =
                after.as_ref().map_or(String::new(), |task| format!(", once {} is done", plain(task)));
            format!("Write “{}” to {to}{waits}", plain(template))
        }
        EffectRule::Diary { hearing, state } => {
            format!("Show {} in the diary as {}", hearing.source(), state.source())
        }
        EffectRule::Timer { raises, at, about, .. } => {
            format!("Come back at {} with {}{}", clock(at), plain(raises), whom(about))
        }
        EffectRule::StopTimer { raises, about, .. } => {
            format!("Stop waiting for {}{}", plain(raises), whom(about))
        }
        EffectRule::Attendance { of, hearing, state } => {
            format!("Set the attendance of {} at {} to {state}", of.source(), hearing.source())
        }
        EffectRule::Arrangement { hearing, kind, state, .. } => {
            format!("Set the {} for {} to {state}", plain(&kind.to_string()), hearing.source())
        }
        EffectRule::Phase(phase) => format!("Set the case’s phase to {phase}"),
        EffectRule::Excuse { duties, reason } => format!("Excuse {}: {reason}", duties.source()),
        EffectRule::Shorten { duties, target, due, .. } => {
            format!("Shorten the clocks of {}{}", duties.source(), clocks(target.as_ref(), due.as_ref()))
        }
        EffectRule::Stop { messages, reason } => format!("Stop {}: {reason}", messages.source()),
        EffectRule::Appointment { kind, at, .. } => {
            format!("Put {} into the diary at {}", plain(&kind.to_string()), clock(at))
        }
        EffectRule::CallOff { kind, .. } => format!("Take {} out of the diary", plain(&kind.to_string())),
        EffectRule::Withdraw { causes } => format!("Undo what followed from {}", causes.source()),
        EffectRule::Cancel { tasks, reason } => format!("Cancel {}: {reason}", tasks.source()),
        EffectRule::Hurry { tasks, priority } => format!("Raise {} to {}", tasks.source(), priority.source()),
        EffectRule::Propose { flag } => format!("Propose the flag {flag} for a person to confirm"),
        EffectRule::RaiseRisk(risk) => format!("Raise the case’s risk to {risk}"),
        EffectRule::ProposeEnhanced { to, category } => {
            format!(
                "Propose Enhanced Rights for {} ({}) for a person to confirm",
                to.source(),
                category.source()
            )
        }
        EffectRule::Emit { name, at, about, .. } => {
            let place = match at {
                EmitAt::Case => "",
                EmitAt::Desk => " at the desk",
                EmitAt::OtherCases => " on their other cases",
            };
            format!("Let {} happen{place}{}", plain(name), whom(about))
        }
    }
}

fn plain(word: &str) -> String {
    word.replace(['-', '.', '_'], " ")
}

/// Target and due, as far as they are set.
fn clocks(target: Option<&Clock>, due: Option<&Clock>) -> String {
    let said = |name: &str, of: Option<&Clock>| of.map(|of| format!(", {name} {}", clock(of)));
    [said("target", target), said("due", due)].into_iter().flatten().collect()
}

/// A deadline, or the choice between several.
fn clock(clock: &Clock) -> String {
    let choice = |(condition, reckonable): &(Option<Condition>, super::Reckonable)| match condition {
        Some(condition) => format!("{} if {}", reckonable.deadline, condition.source()),
        None => reckonable.deadline.to_string(),
    };
    clock.choices.iter().map(choice).collect::<Vec<_>>().join("; else ")
}
