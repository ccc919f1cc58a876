//! What a court's line means here: `outcomes.yaml`, by result type id, short code and CJS code, in that order.
//!
//! Meanings are data, so that a unit can map a code it has never seen without a release. A line that nothing maps
//! is `unmapped` and reaches a person; one that only goes with another result is `ancillary` and does not.

use crate::domain::court::{Category, Line, ResultLine, TrialOutcome};
use crate::words;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

words! {
    /// What a line is about, as people are told of it: each has a duty and a clock of its own.
    pub enum Topic as "topic" {
        /// What became of the case, or of this stage of it.
        Outcome = "outcome",
        /// Bail and custody before the end.
        Bail = "bail",
        /// A warrant for the defendant.
        Warrant = "warrant",
        /// An order that protects somebody.
        Protection = "protection",
        /// An appeal.
        Appeal = "appeal",
    }
}

/// What a line means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// Its word, such as `warrant-issued`.
    pub word: String,
    /// Its name in correspondence and lists, such as "Warrant issued".
    pub title: String,
    /// Whether it settles the outcome of the case for its offence.
    pub is_final: bool,
    /// Whether people who concern it are told of it at all.
    pub told: bool,
    /// What it is about.
    pub topic: Topic,
}

/// The codes by which a meaning is found; what is empty is not asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Codes {
    /// Ids of result definitions.
    pub types: Vec<Uuid>,
    /// CJS result codes.
    pub cjs: Vec<String>,
    /// Short codes, in any case.
    pub short: Vec<String>,
    /// Only with one of these qualifiers; with none listed, whatever the qualifiers.
    pub qualifiers: Vec<String>,
    /// Pleas, as the court writes their values.
    pub pleas: Vec<String>,
    /// Verdicts, by category or type.
    pub verdicts: Vec<String>,
    /// What became of a trial.
    pub trials: Vec<TrialOutcome>,
}

/// Every meaning of a pack, ready to be asked.
#[derive(Debug, Clone)]
pub struct Outcomes {
    meanings: Vec<(Arc<Meaning>, Codes)>,
    by_code: HashMap<Code, Vec<usize>>,
    unmapped: Arc<Meaning>,
    ancillary: Arc<Meaning>,
    next_hearing: Arc<Meaning>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Code {
    Type(Uuid),
    Cjs(String),
    Short(String),
    Plea(String),
    Verdict(String),
    Trial(TrialOutcome),
}

/// A value of the court's in the one spelling it is compared in: `CHANGE_TO_GUILTY_NO JURY` and
/// `change to guilty no jury` are one.
pub(super) fn spelling(text: &str) -> String {
    text.trim().to_uppercase().replace([' ', '-'], "_")
}

impl Outcomes {
    /// Words that every pack has, whatever it maps.
    pub const BUILT_IN: [&'static str; 3] = [Self::UNMAPPED, "ancillary", "next-hearing"];

    /// The word of a line for which the pack has none.
    pub const UNMAPPED: &'static str = "unmapped";

    /// The meanings, each with its codes; earlier ones win where two claim a code.
    #[must_use]
    pub fn new(meanings: Vec<(Meaning, Codes)>) -> Self {
        let mut by_code: HashMap<Code, Vec<usize>> = HashMap::new();
        for (index, (_, codes)) in meanings.iter().enumerate() {
            let all = codes.types.iter().map(|id| Code::Type(*id));
            let all = all.chain(codes.cjs.iter().map(|code| Code::Cjs(code.clone())));
            let all = all.chain(codes.short.iter().map(|code| Code::Short(code.to_uppercase())));
            let all = all.chain(codes.pleas.iter().map(|plea| Code::Plea(spelling(plea))));
            let all = all.chain(codes.verdicts.iter().map(|verdict| Code::Verdict(spelling(verdict))));
            for code in all.chain(codes.trials.iter().map(|trial| Code::Trial(*trial))) {
                by_code.entry(code).or_default().push(index);
            }
        }
        let built_in = |word: &str, title: &str| {
            Arc::new(Meaning {
                word: word.to_owned(),
                title: title.to_owned(),
                is_final: false,
                told: false,
                topic: Topic::Outcome,
            })
        };
        Self {
            meanings: meanings.into_iter().map(|(meaning, codes)| (Arc::new(meaning), codes)).collect(),
            by_code,
            unmapped: built_in(Self::UNMAPPED, "Result that usher does not know"),
            ancillary: built_in("ancillary", "Goes with another result"),
            next_hearing: built_in("next-hearing", "Next hearing"),
        }
    }

    /// What a line means.
    #[must_use]
    pub fn of(&self, line: &ResultLine) -> &Meaning {
        let short = line.short_code.as_deref();
        let found = match line.line {
            Line::NextHearing => return &self.next_hearing,
            Line::Plea => short.and_then(|value| self.find(&Code::Plea(spelling(value)), line)),
            Line::Verdict => short.and_then(|value| self.find(&Code::Verdict(spelling(value)), line)),
            Line::Trial => line.trial.and_then(|trial| self.find(&Code::Trial(trial), line)),
            Line::Judicial => line
                .type_id
                .and_then(|id| self.find(&Code::Type(id), line))
                .or_else(|| self.find(&Code::Short(short?.to_uppercase()), line))
                // Last, because it is the coarsest: 1029 is any order that was revoked, a restraining order or not.
                .or_else(|| self.find(&Code::Cjs(line.cjs_code.clone()?), line)),
        };
        match found {
            Some(meaning) => meaning,
            None if line.category == Some(Category::Ancillary) => &self.ancillary,
            None => &self.unmapped,
        }
    }

    fn find(&self, code: &Code, line: &ResultLine) -> Option<&Meaning> {
        let claims = self.by_code.get(code)?;
        let qualified = |index: &&usize| {
            let wanted = &self.meanings[**index].1.qualifiers;
            !wanted.is_empty() && wanted.iter().any(|qualifier| line.qualifiers.contains(qualifier))
        };
        let plain = |index: &&usize| self.meanings[**index].1.qualifiers.is_empty();
        let index = claims.iter().find(qualified).or_else(|| claims.iter().find(plain))?;
        Some(&self.meanings[*index].0)
    }

    /// Every word that a line may mean.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        Self::BUILT_IN.into_iter().chain(self.meanings.iter().map(|(meaning, _)| meaning.word.as_str()))
    }

    /// The codes by which lines come to mean `word`.
    pub fn codes_of<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a Codes> {
        self.meanings.iter().filter(move |(meaning, _)| meaning.word == word).map(|(_, codes)| codes)
    }

    /// The name of a word in correspondence and lists.
    #[must_use]
    pub fn title<'a>(&'a self, word: &'a str) -> &'a str {
        let all = [&self.unmapped, &self.ancillary, &self.next_hearing];
        let mut all = all.into_iter().chain(self.meanings.iter().map(|(meaning, _)| meaning));
        all.find(|meaning| meaning.word == word).map_or(word, |meaning| &meaning.title)
    }
}
