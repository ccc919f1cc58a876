//! The day's mail into a folder: what may leave by the end of the day, each as an `.eml` file, and told to the engine.

use super::play::Stage;
use super::unit::{DOMAIN, address};
use crate::cli::output::counted;
use crate::domain::event::{Fate, Payload, Subject};
use crate::domain::london;
use crate::domain::message::{Medium, Message, MessageState};
use crate::domain::state::CaseState;
use crate::mail::{Folder, Mail, MessageId, Outcome, Sender};
use crate::render::{Destination, resolve};
use crate::store::read;
use anyhow::Context;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

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
    pub(super) not_before: String,
    /// Where it stands at the end of the day.
    pub(super) state: String,
    /// Its file's name, where it was written to one.
    pub(super) file: Option<String>,
}

/// What became of those that were not written, such as `; 17 letters are draft`.
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

/// Writes what may leave into `folder`.
pub(super) async fn write(stage: &Stage, states: &[CaseState], folder: &Path) -> anyhow::Result<Vec<Sent>> {
    let store = stage.engine.store();
    let roster = read::roster(store.reader(), store, stage.unit.id).await?;
    let mailbox = Folder::open(folder).with_context(|| folder.display().to_string())?;
    let now = stage.clock.now();
    let mut sent = Vec::new();
    for state in states {
        for message in &state.messages {
            let leaves = message.state == MessageState::Queued
                && message.not_before <= now
                && message.medium != Medium::Letter;
            let (mut file, mut word) = (None, message.state.to_string());
            if leaves {
                let fate = match resolve(message.to, state, &roster, message.medium, None, now) {
                    Err(why) => Fate::Unaddressed { reason: why.to_string() },
                    Ok(to) => {
                        let mail = mail(stage, message, &to.to)?;
                        file = mailbox.file_of(&mail).file_name().map(|name| name.to_string_lossy().into());
                        match mailbox.send(&mail).await {
                            Outcome::Sent { .. } => Fate::Sent,
                            other => anyhow::bail!(
                                "a mail could not be written to {}: {other:?}",
                                folder.display()
                            ),
                        }
                    }
                };
                word = if fate == Fate::Sent { "sent" } else { "held" }.to_owned();
                let payload = Payload::MessageFared { message: message.id, fate };
                stage.record("outbox", Subject::Message(message.id), payload).await?;
            }
            sent.push(Sent {
                template: message.template.clone(),
                medium: message.medium,
                audience: message.audience.to_string(),
                case: state.case.label().to_owned(),
                not_before: london::human(message.not_before),
                state: word,
                file,
            });
        }
    }
    Ok(sent)
}

fn mail(stage: &Stage, message: &Message, to: &Destination) -> anyhow::Result<Mail> {
    let Destination::Email(to) = to else { anyhow::bail!("a letter is printed, not mailed") };
    Ok(Mail {
        message_id: MessageId::parse(&message.message_id)?,
        date: message.written_at,
        envelope_from: address("bounces", DOMAIN),
        from: Sender { name: Some(stage.unit.name.clone()), address: address("witness.care", DOMAIN) },
        reply_to: None,
        to: to.clone(),
        subject: message.subject.clone(),
        text: message.text.clone(),
        html: None,
        attachments: Vec::new(),
        headers: vec![("Auto-Submitted".to_owned(), "auto-generated".to_owned())],
    })
}
