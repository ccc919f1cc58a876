//! What became of the day's messages: mail is in a folder by now, each as an `.eml` file, letters are in another.

use super::play::Stage;
use crate::cli::output::counted;
use crate::domain::london::{self, Instant};
use crate::domain::message::{Medium, Message, MessageState};
use crate::domain::state::CaseState;
use serde::Serialize;
use std::collections::BTreeMap;

/// A message of the day.
#[derive(Debug, Serialize)]
pub(super) struct Sent {
    /// Its template.
    template: String,
    /// How it travels.
    medium: Medium,
    /// For whom it is written.
    audience: String,
    /// Its case.
    case: String,
    /// When it may leave, London time.
    not_before: String,
    /// Where it stands at the end of the day.
    state: String,
    /// Its file's name, where it was written to one as a mail.
    pub(super) file: Option<String>,
}

/// What became of those that are no files, such as `; 17 letters are draft`.
pub(super) fn others(sent: &[Sent]) -> String {
    let mut counts: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for one in sent.iter().filter(|one| one.file.is_none()) {
        *counts.entry((one.medium.to_string(), &one.state)).or_default() += 1;
    }
    let said = counts.into_iter().map(|((medium, state), count)| {
        format!("; {} {} {state}", counted(count, &medium), if count == 1 { "is" } else { "are" })
    });
    said.collect()
}

/// The messages that were written on the day that begins at `from`, or wait from before.
pub(super) fn of(stage: &Stage, states: &[CaseState], from: Instant) -> Vec<Sent> {
    let of = |state: &CaseState, message: &Message| Sent {
        template: message.template.clone(),
        medium: message.medium,
        audience: message.audience.to_string(),
        case: if state.is_desk() { "desk".to_owned() } else { state.case.label().to_owned() },
        not_before: london::human(message.not_before),
        state: message.state.to_string(),
        file: (message.medium != Medium::Letter && message.state == MessageState::Sent)
            .then(|| format!("{}-{}.eml", message.written_at.format("%Y%m%dT%H%M%SZ"), message.message_id)),
    };
    let is_over = |message: &Message| {
        message.written_at < from && matches!(message.state, MessageState::Sent | MessageState::Printed)
    };
    let ours = states.iter().filter(|state| state.case.unit == stage.unit.id);
    let messages = ours.flat_map(|state| state.messages.iter().map(move |message| (state, message)));
    messages.filter(|(_, message)| !is_over(message)).map(|(state, message)| of(state, message)).collect()
}
