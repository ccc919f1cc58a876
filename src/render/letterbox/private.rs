//! What is private of a case: the words that a finished subject is searched for.

use crate::domain::court::Party;
use crate::domain::state::CaseState;
use std::fmt;

/// What must never stand in a subject: every name and every offence title of a case.
#[derive(Clone, Default)]
pub struct Private {
    /// Words of names, folded.
    words: Vec<String>,
    /// Offence titles and names of organisations, folded.
    phrases: Vec<String>,
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Private(…)")
    }
}

impl Private {
    /// All that is private of a case: the names of its people and defendants, its offences' titles.
    #[must_use]
    pub fn of(state: &CaseState) -> Self {
        let mut private = Self::default();
        for person in &state.people {
            private.add_name(&person.identity.first_name);
            private.add_name(&person.identity.last_name);
        }
        for defendant in &state.record.defendants {
            match &defendant.party {
                Party::Person { first_name, last_name, .. } => {
                    private.add_name(first_name.as_deref().unwrap_or_default());
                    private.add_name(last_name);
                }
                Party::Organisation { name } => private.phrases.push(folded(name)),
            }
            private.phrases.extend(defendant.offences.iter().map(|offence| folded(&offence.title)));
        }
        private.phrases.retain(|phrase| !phrase.trim().is_empty());
        private
    }

    fn add_name(&mut self, name: &str) {
        let folded = folded(name);
        self.words
            .extend(folded.split_whitespace().filter(|word| word.chars().count() > 1).map(str::to_owned));
    }

    /// Whether a folded text holds any of it; words of `harmless` stand for nobody.
    pub(super) fn is_in(&self, folded: &str, harmless: &[&str]) -> bool {
        let held = |word: &str| !harmless.contains(&word) && self.words.iter().any(|name| name == word);
        let spaced = format!(" {} ", folded.trim());
        folded.split_whitespace().any(held)
            || self.phrases.iter().any(|phrase| spaced.contains(&format!(" {} ", phrase.trim())))
    }
}

/// Text in the spelling it is compared in: lower case, everything but letters and figures a single space.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\'' | '’' => {}
            c if c.is_alphanumeric() => folded.extend(c.to_lowercase()),
            _ if folded.ends_with(' ') || folded.is_empty() => {}
            _ => folded.push(' '),
        }
    }
    folded
}
