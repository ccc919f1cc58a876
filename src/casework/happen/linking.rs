//! Who concerns whom, where that was known by name before a court shared who is charged with what.

use crate::domain::court::{Defendant, Party};
use crate::domain::ids::{DefendantId, OffenceId};
use crate::domain::person::{Participant, fold_name};
use crate::domain::record::Record;
use crate::domain::state::CaseState;

/// What stands for every defendant of the case.
const ALL: &str = "all";

/// Links people to the defendants and offences that they named, as far as courts have shared them by now. A name that
/// fits nobody, or several, stays: nobody is told of another's result because of a likeness.
pub(super) fn link_by_name(state: &mut CaseState) {
    let record = &state.record;
    for held in state.participants.iter_mut().filter(|held| !held.awaits.is_empty()) {
        let mut linked = (**held).clone();
        linked.awaits.retain(|named| match find(record, &named.0) {
            Found::Everybody(all) => {
                add(&mut linked.defendants, all);
                // Whoever is charged later concerns them as well.
                true
            }
            Found::Defendant(id) => {
                add(&mut linked.defendants, [id]);
                false
            }
            Found::Offences(ids) => {
                add(&mut linked.offences, ids);
                false
            }
            Found::Nothing => true,
        });
        if linked != **held {
            *held.change() = Participant { version: linked.version + 1, ..linked };
        }
    }
}

fn add<T: PartialEq>(to: &mut Vec<T>, new: impl IntoIterator<Item = T>) {
    for one in new {
        if !to.contains(&one) {
            to.push(one);
        }
    }
}

enum Found {
    Everybody(Vec<DefendantId>),
    Defendant(DefendantId),
    Offences(Vec<OffenceId>),
    Nothing,
}

fn find(record: &Record, named: &str) -> Found {
    if named.trim().eq_ignore_ascii_case(ALL) {
        return Found::Everybody(record.defendants.iter().map(|defendant| defendant.id).collect());
    }
    let mut called = record.defendants.iter().filter(|defendant| is_called(defendant, named));
    match (called.next(), called.next()) {
        (Some(only), None) => return Found::Defendant(only.id),
        (Some(_), Some(_)) => return Found::Nothing,
        (None, _) => {}
    }
    let is = |text: &str| fold(text) == fold(named);
    let offences = record.defendants.iter().flat_map(|defendant| &defendant.offences);
    let offences: Vec<OffenceId> = offences
        .filter(|offence| is(&offence.code) || is(&offence.title))
        .map(|offence| offence.id)
        .collect();
    if offences.is_empty() { Found::Nothing } else { Found::Offences(offences) }
}

fn is_called(defendant: &Defendant, named: &str) -> bool {
    match &defendant.party {
        Party::Organisation { name } => fold(name) == fold(named),
        Party::Person { first_name, last_name, .. } => {
            let named = fold_name(named);
            let (first, last) = (fold_name(first_name.as_deref().unwrap_or_default()), fold_name(last_name));
            // A list may name them by the family name alone, or with it in front.
            [format!("{first}{last}"), format!("{last}{first}"), last].contains(&named)
        }
    }
}

fn fold(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
