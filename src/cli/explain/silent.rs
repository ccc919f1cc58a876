//! Why a rule stayed silent: its conditions asked again, on the facts that were decided on.

use crate::rules::condition::Explanation;
use crate::rules::decide;
use crate::rules::facts::Facts;
use crate::rules::pack::Rule;
use serde_json::{Value, json};

/// The most of those a rule asks for that are shown.
const SHOWN_MAX: usize = 20;

/// Why a rule stayed silent.
pub(super) enum Silence {
    /// There was nobody, or nothing, to ask it for.
    Nobody {
        /// The list that was empty.
        list: String,
    },
    /// Its condition did not hold: for each it was asked for, or once.
    Condition(Vec<Explanation>),
    /// It cannot be said.
    Unknown(String),
}

/// Asks a silent rule again.
pub(super) fn ask(rule: &Rule, facts: &Facts) -> Silence {
    let scope = decide::scope(facts);
    let Some(each) = &rule.each else {
        return match &rule.when {
            Some(when) => Silence::Condition(vec![when.explain(&scope)]),
            None => Silence::Unknown("it has no condition".to_owned()),
        };
    };
    match each.each(&scope) {
        Err(failure) => Silence::Unknown(failure.to_string()),
        Ok(elements) if elements.is_empty() => Silence::Nobody { list: each.list().source().to_owned() },
        Ok(elements) => {
            let Some(when) = &rule.when else {
                return Silence::Unknown("it has no condition".to_owned());
            };
            let explain = |element| {
                let mut scope = scope.clone();
                scope.bind(each.variable().0, element);
                when.explain(&scope)
            };
            Silence::Condition(elements.into_iter().take(SHOWN_MAX).map(explain).collect())
        }
    }
}

impl Silence {
    pub(super) fn json(&self) -> Value {
        let part = |part: &crate::rules::condition::Part| {
            let facts: Vec<Value> =
                part.facts.iter().map(|(text, value)| json!({ "asks": text, "is": value })).collect();
            json!({ "part": part.text, "is": part.value, "facts": facts })
        };
        match self {
            Self::Nobody { list } => json!({ "nobody_in": list }),
            Self::Unknown(why) => json!({ "unknown": why }),
            Self::Condition(asked) => {
                let asked = asked.iter().map(|one| {
                    json!({ "answer": one.answer, "parts": one.parts.iter().map(part).collect::<Vec<_>>() })
                });
                json!({ "asked": asked.collect::<Vec<_>>() })
            }
        }
    }

    pub(super) fn text(&self, indent: &str) -> String {
        match self {
            Self::Nobody { list } => format!("{indent}nobody is in `{list}`\n"),
            Self::Unknown(why) => format!("{indent}{why}\n"),
            Self::Condition(asked) => {
                let mut text = String::new();
                for one in asked {
                    one.to_string().lines().for_each(|line| text.push_str(&format!("{indent}{line}\n")));
                }
                text
            }
        }
    }
}
