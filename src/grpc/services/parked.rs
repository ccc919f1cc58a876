//! A parked event looked at and handled with another body: part of OperationsService.

use super::operations::{Operations, parked};
use crate::domain::event::{Payload, Subject};
use crate::domain::ids::EventId;
use crate::domain::receipt::Outcome;
use crate::engine::NewEvent;
use crate::grpc::access::Identity;
use crate::grpc::api::Api;
use crate::grpc::convert::field::{self, REASON_MAX, text};
use crate::grpc::pb::{self, Reason};
use crate::grpc::refused::Refused;
use crate::store::queries::events::{self, Held, Name};

impl Operations {
    /// GetParked.
    pub(super) async fn get(
        &self,
        caller: &Identity,
        asked: &pb::GetParkedRequest,
    ) -> Result<pb::GetParkedResponse, Refused> {
        let id: EventId = field::id("event_id", &asked.event_id)?;
        let held = self.parked(caller, id).await?;
        let handlings = events::handlings(self.0.store(), &[id]).await?;
        let cases: Vec<_> = handlings.iter().map(|one| one.case).collect();
        self.0.may_work_on(caller, &cases).await?;
        let body = events::raw(self.0.store(), caller.unit, id).await?.unwrap_or_default();
        self.0.looked(caller, "event", id.0).await?;
        Ok(pb::GetParkedResponse { event: Some(parked(caller.unit, held, &handlings)), body })
    }

    /// CorrectParked.
    pub(super) async fn correct(
        &self,
        caller: &Identity,
        asked: pb::CorrectParkedRequest,
    ) -> Result<pb::CorrectParkedResponse, Refused> {
        let request_id = Api::request_id(&asked.request_id)?;
        let id: EventId = field::id("event_id", &asked.event_id)?;
        let words = text("words", &asked.words, REASON_MAX)?;
        if asked.body.is_empty() {
            return Err(Refused::new(Reason::BodyEmpty, "no body came: there is nothing to handle")
                .about("body", "must be given"));
        }
        if asked.body.len() > self.0.settings().body_bytes_max {
            return Err(Refused::new(Reason::BodyTooLarge, "the body is larger than the server takes")
                .about("body", "must be smaller"));
        }
        // A repeat finds the old event discarded: the new one says what became of it.
        let found = events::held(self.0.store(), caller.unit, &Name::Id(id)).await?;
        let held = Api::found(found, "event", id)?;
        let repeated = self.0.recorded(caller, request_id).await?.is_some();
        if !repeated {
            let held = self.parked(caller, id).await?;
            if events::raw(self.0.store(), caller.unit, held.id).await?.is_none() {
                let message =
                    "the event came without a body: record what should have happened, and discard this one";
                return Err(Refused::new(Reason::StateForbids, message));
            }
        }
        let raw = bytes::Bytes::from(asked.body);
        let payload = self.0.read_body(raw.clone()).await?.recorded();
        let subject = payload.own_subject().unwrap_or(Subject::Desk);
        let event = NewEvent {
            received_at: Some(held.received_at),
            raw: Some(raw),
            ..Api::event(caller, request_id, subject, payload)
        };
        let done = self.0.record(event).await?;
        if done.outcome != Outcome::Parked {
            let reason = format!("corrected as event {}: {words}", done.event);
            let reason: String = reason.chars().take(REASON_MAX).collect();
            let discard = format!("{request_id}-old").chars().take(128).collect::<String>();
            // One that was discarded by the first try of this call is done with.
            if self.is_parked(caller, id).await? {
                self.act(caller, &discard, Payload::ParkedDiscarded { event: id, reason }).await?;
            }
        }
        Ok(pb::CorrectParkedResponse { receipt: Some(self.standing(caller.unit, done.event).await?) })
    }

    async fn is_parked(&self, caller: &Identity, id: EventId) -> Result<bool, Refused> {
        let found = events::held(self.0.store(), caller.unit, &Name::Id(id)).await?;
        Ok(found.is_some_and(|held| held.outcome == Outcome::Parked))
    }

    async fn parked(&self, caller: &Identity, id: EventId) -> Result<Held, Refused> {
        let found = events::held(self.0.store(), caller.unit, &Name::Id(id)).await?;
        let held = Api::found(found, "event", id)?;
        if held.outcome != Outcome::Parked {
            return Err(Refused::new(
                Reason::StateForbids,
                format!("the event is not parked: it is {}", held.outcome),
            ));
        }
        Ok(held)
    }
}
