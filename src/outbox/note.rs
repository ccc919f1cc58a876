//! Noting how an attempt ended, so that it is noted in the end: what the database did not take is kept and noted in
//! the next round. If this process dies before that, the lease runs out, and the message ends as unknown.

use super::Inner;
use crate::domain::event::{Actor, Fate, Payload, Subject};
use crate::domain::message::MessageState;
use crate::domain::receipt::Outcome;
use crate::engine::{self, Mode, NewEvent};
pub(super) use crate::store::outbox::Seen;
use crate::store::outbox::{self, Leased};
use chrono::{DateTime, Utc};

/// How an attempt ended.
#[derive(Debug, Clone)]
pub(super) struct Note {
    pub(super) leased: Leased,
    pub(super) ended: Ended,
}

/// What is to be noted.
#[derive(Debug, Clone)]
pub(super) enum Ended {
    /// It fared so, seen at this instant: an event.
    Fared {
        fate: Fate,
        at: DateTime<Utc>,
        /// Tells what a sender saw from what was concluded in its stead: both are kept.
        seen: Seen,
    },
    /// It is tried again from this instant on.
    Again(DateTime<Utc>),
    /// It cannot even be opened: kept back without an event, which could not be handled either.
    Unreadable,
}

impl Inner {
    /// Notes it, or keeps it for the next round.
    pub(super) async fn note(&self, note: Note) {
        if let Err(error) = self.write(&note).await {
            tracing::warn!(id = %note.leased.message, %error, "how a message fared is noted later");
            self.unnoted.lock().expect("no holder of the notes panics").push(note);
        }
    }

    /// Notes what the database did not take before.
    ///
    /// # Errors
    /// [`engine::Error`] if it still does not; what is left is kept.
    pub(super) async fn note_what_is_left(&self) -> Result<(), engine::Error> {
        loop {
            let next = self.unnoted.lock().expect("no holder of the notes panics").first().cloned();
            let Some(note) = next else { return Ok(()) };
            self.write(&note).await?;
            self.unnoted.lock().expect("no holder of the notes panics").remove(0);
        }
    }

    async fn write(&self, note: &Note) -> Result<(), engine::Error> {
        let store = self.engine.store();
        let unavailable = |error| engine::Error::Unavailable(std::sync::Arc::new(error));
        let aside = match &note.ended {
            Ended::Again(not_before) => {
                outbox::put_off(store, note.leased, *not_before).await.map_err(unavailable)?;
                return Ok(());
            }
            Ended::Unreadable => MessageState::Held,
            Ended::Fared { fate, at, seen } => {
                match self.engine.record(event(note.leased, fate, *at, *seen)).await {
                    // A rule that cannot be decided parks the event; the message has fared all the same.
                    Ok(receipt) if matches!(receipt.outcome, Outcome::Parked | Outcome::Duplicate) => {}
                    Ok(_) => return Ok(()),
                    Err(engine::Error::Refused(refusal)) => {
                        tracing::error!(id = %note.leased.message, %refusal, "an event of the outbox was refused");
                    }
                    Err(error) => return Err(error),
                }
                fate.brings().0
            }
        };
        outbox::set_aside(store, note.leased, aside).await.map_err(unavailable)?;
        Ok(())
    }
}

fn event(leased: Leased, fate: &Fate, at: DateTime<Utc>, seen: Seen) -> NewEvent {
    NewEvent {
        unit: leased.unit,
        source: outbox::SOURCE.to_owned(),
        reference: outbox::reference(leased.message, leased.attempt, seen),
        actor: Actor::usher("outbox"),
        occurred_at: Some(at),
        received_at: None,
        subject: Subject::Message(leased.message),
        payload: Payload::MessageFared { message: leased.message, fate: fate.clone() },
        raw: None,
        mode: Mode::Working,
    }
}
