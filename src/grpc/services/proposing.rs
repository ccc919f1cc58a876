//! Calls in which usher proposes who does what and carries that out at once.
//!
//! The proposal is made from what is read outside any lock. If somebody was there in between, it is made anew, a few
//! times. A repeat of the call is known by what was asked for, not by what usher would propose by now.

use crate::domain::event::{Payload, Subject};
use crate::domain::handover::Handover;
use crate::domain::receipt::Receipt;
use crate::grpc::access::Identity;
use crate::grpc::api::Api;
use crate::grpc::pb::Reason;
use crate::grpc::refused::Refused;
use prost::Message;

/// How often a proposal is made that somebody was in the way of.
const TRIES_MAX: usize = 5;

/// How often something was tried.
#[derive(Debug, Default)]
pub(super) struct Tries(usize);

impl Tries {
    /// The answer; none where somebody was in the way and it is worth another try.
    ///
    /// # Errors
    /// [`Refused`], the last of them where every try failed.
    pub(super) fn settled<T>(&mut self, answer: Result<T, Refused>) -> Result<Option<T>, Refused> {
        self.0 += 1;
        let in_the_way =
            |refused: &Refused| matches!(refused.reason(), Reason::VersionStale | Reason::StateForbids);
        match answer {
            Err(refused) if in_the_way(&refused) && self.0 < TRIES_MAX => Ok(None),
            answer => answer.map(Some),
        }
    }
}

/// What a call came to before, where it is a repeat; a call that only looks repeats nothing.
///
/// # Errors
/// As [`Proposing::repeated`].
pub(super) async fn repeated(
    proposing: Option<&Proposing<'_>>,
) -> Result<Option<(Receipt, Handover)>, Refused> {
    match proposing {
        Some(proposing) => proposing.repeated().await,
        None => Ok(None),
    }
}

impl Api {
    /// A call that proposes and carries out; none where it only looks.
    pub(super) fn proposing<'a>(
        &'a self,
        caller: &'a Identity,
        call: &str,
        validate_only: bool,
        request_id: &'a str,
        request: &impl Message,
    ) -> Result<Option<Proposing<'a>>, Refused> {
        if validate_only {
            return Ok(None);
        }
        Ok(Some(Proposing::new(self, caller, call, Self::request_id(request_id)?, request)))
    }
}

/// One such call.
pub(super) struct Proposing<'a> {
    api: &'a Api,
    caller: &'a Identity,
    request_id: &'a str,
    asked: String,
    tries: Tries,
}

impl<'a> Proposing<'a> {
    /// A call of this name, with its request.
    pub(super) fn new(
        api: &'a Api,
        caller: &'a Identity,
        call: &str,
        request_id: &'a str,
        request: &impl Message,
    ) -> Self {
        let mut context = ring::digest::Context::new(&ring::digest::SHA256);
        context.update(call.as_bytes());
        context.update(&[0]);
        context.update(&request.encode_to_vec());
        let digest = context.finish();
        let asked = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        Self { api, caller, request_id, asked, tries: Tries::default() }
    }

    /// What the first call of this name came to, where this is a repeat of it.
    ///
    /// # Errors
    /// [`Refused`]; with `REQUEST_ID_REUSED` where the first call asked for something else.
    pub(super) async fn repeated(&self) -> Result<Option<(Receipt, Handover)>, Refused> {
        let first = self.api.recorded(self.caller, self.request_id).await?;
        let Some(handover) = first.and_then(|event| event.payload.handover().cloned()) else {
            return Ok(None);
        };
        if handover.asked != self.asked {
            let message = "this request_id named another call: choose a new one";
            return Err(Refused::new(Reason::RequestIdReused, message));
        }
        let receipt = self.record(&handover).await?;
        Ok(Some((receipt, handover)))
    }

    /// Carries a proposal out; none where somebody was in the way and it is to be made anew.
    ///
    /// # Errors
    /// [`Refused`].
    pub(super) async fn carry_out(&mut self, handover: &mut Handover) -> Result<Option<Receipt>, Refused> {
        handover.asked.clone_from(&self.asked);
        match self.record(handover).await {
            // Its twin was there first, and may have found other work.
            Err(refused) if refused.reason() == Reason::RequestIdReused => {
                let Some((receipt, first)) = self.repeated().await? else { return Err(refused) };
                *handover = first;
                Ok(Some(receipt))
            }
            answer => self.tries.settled(answer),
        }
    }

    /// The same for a proposal that a person has looked at: it is not made anew.
    ///
    /// # Errors
    /// [`Refused`].
    pub(super) async fn carry_out_as_it_is(&self, mut handover: Handover) -> Result<Receipt, Refused> {
        handover.asked.clone_from(&self.asked);
        self.record(&handover).await
    }

    async fn record(&self, handover: &Handover) -> Result<Receipt, Refused> {
        let payload = Payload::WorkHandedOver { handover: Box::new(handover.clone()) };
        self.api.write(self.caller, self.request_id, Subject::Handover, payload).await
    }
}
