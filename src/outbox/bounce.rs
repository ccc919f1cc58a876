//! A mail that came back: the address it came back to names the message.

use super::Outbox;
use crate::domain::email::EmailAddress;
use crate::domain::event::{Actor, Fate, Payload, Subject};
use crate::domain::ids::MessageId;
use crate::domain::receipt::{Outcome, Receipt};
use crate::domain::refusal::Refusal;
use crate::engine::{self, Mode, NewEvent};
use crate::store;
use std::sync::Arc;

/// Longest reason that is kept, in characters: relays quote whole mails.
const REASON_CHARS_MAX: usize = 300;

/// What became of a bounce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bounce {
    /// It is an event.
    Recorded(Receipt),
    /// It was recorded before.
    Repeated,
    /// The address names no message of ours.
    NotOurs,
}

impl Outbox {
    /// Records that the mail sent under `return_path` came back. Addresses in `reason` are masked, and one bounce an
    /// attempt is an event: relays repeat themselves.
    ///
    /// # Errors
    /// [`engine::Error`].
    pub async fn bounced(&self, return_path: &EmailAddress, reason: &str) -> Result<Bounce, engine::Error> {
        let Some(id) = self.inner.return_path.message_of(return_path) else { return Ok(Bounce::NotOurs) };
        let message = MessageId(id);
        let tried = store::outbox::tried(self.inner.engine.store(), message).await;
        let Some((unit, attempts)) = tried.map_err(|error| engine::Error::Unavailable(Arc::new(error)))?
        else {
            return Ok(Bounce::NotOurs);
        };
        let event = NewEvent {
            unit,
            source: "usher:bounces".to_owned(),
            reference: format!("{message}/{attempts}"),
            actor: Actor::usher("bounces"),
            occurred_at: None,
            received_at: None,
            subject: Subject::Message(message),
            payload: Payload::MessageFared { message, fate: Fate::Bounced { reason: masked(reason) } },
            raw: None,
            mode: Mode::Working,
        };
        match self.inner.engine.record(event).await {
            Ok(receipt) if receipt.outcome == Outcome::Duplicate => Ok(Bounce::Repeated),
            // The same bounce in another relay's words.
            Err(engine::Error::Refused(Refusal::Reused { .. })) => Ok(Bounce::Repeated),
            fared => fared.map(Bounce::Recorded),
        }
    }
}

/// A reason on one line, without addresses, of bounded length.
fn masked(reason: &str) -> String {
    let words = reason.split_whitespace().map(|word| if word.contains('@') { "[address]" } else { word });
    words.collect::<Vec<_>>().join(" ").chars().take(REASON_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_names_no_address_and_has_an_end() {
        assert_eq!(masked("550 5.1.1\r\n <pat@x.test>: unknown"), "550 5.1.1 [address] unknown");
        assert_eq!(masked(&"word ".repeat(1_000)).chars().count(), REASON_CHARS_MAX);
    }
}
