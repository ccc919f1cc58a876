//! CorrespondenceService: what was written, and what people do about it.

use crate::domain::event::{MessageAction, Payload, Subject};
use crate::domain::ids::{CaseId, MessageId};
use crate::domain::message::{Message, MessageState};
use crate::domain::state::CaseState;
use crate::grpc::access::guard::caller;
use crate::grpc::access::{Identity, Role};
use crate::grpc::api::Api;
use crate::grpc::convert::field::{self, NAME_MAX, REASON_MAX, text, text_if_given, timestamp};
use crate::grpc::convert::message::{self, Body};
use crate::grpc::convert::receipt;
use crate::grpc::page::Pages;
use crate::grpc::pb::correspondence_service_server::CorrespondenceService;
use crate::grpc::pb::{self, Reason};
use crate::grpc::refused::Refused;
use crate::render::address;
use crate::store::outbox;
use crate::store::queries::{cases, messages};
use crate::store::read;
use tonic::{Request, Response, Status};

/// The service.
pub struct Correspondence(pub Api);

impl Correspondence {
    pub(super) async fn held(
        &self,
        caller: &Identity,
        id: MessageId,
    ) -> Result<(CaseState, Message), Refused> {
        let found = read::cases_of_messages(self.0.store().reader(), caller.unit, &[id]).await?;
        let case: CaseId = Api::found(found.get(&id).copied(), "message", id)?;
        let state = self.0.any_case(caller, case).await?;
        let message = state.messages.iter().find(|held| held.id == id).map(|held| (**held).clone());
        Ok((state, Api::found(message, "message", id)?))
    }

    pub(super) async fn act(
        &self,
        caller: &Identity,
        request_id: &str,
        id: &str,
        words: &str,
        action: MessageAction,
    ) -> Result<(Option<pb::Receipt>, Option<pb::Message>), Refused> {
        let request_id = Api::request_id(request_id)?;
        let id: MessageId = field::id("message_id", id)?;
        let reason = text("words", words, REASON_MAX)?;
        self.held(caller, id).await?;
        let payload = Payload::MessageActed { message: id, action, reason };
        let done = self.0.write(caller, request_id, Subject::Message(id), payload).await?;
        let (state, held) = self.held(caller, id).await?;
        let shown = message::message(case_of(&state), &held, Body::Listed);
        Ok((Some(receipt::receipt(&done)), Some(shown)))
    }
}

/// The case of a message; none for the desk's.
pub(super) fn case_of(state: &CaseState) -> Option<CaseId> {
    (!state.is_desk()).then_some(state.case.id)
}

#[tonic::async_trait]
impl CorrespondenceService for Correspondence {
    async fn list_messages(
        &self,
        request: Request<pb::ListMessagesRequest>,
    ) -> Result<Response<pb::ListMessagesResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let size = Pages::size(asked.page_size)?;
        let to =
            asked.recipient.as_ref().map(|given| message::recipient_from("recipient", given)).transpose()?;
        let filter = messages::Filter {
            case: field::id_if_given("case_id", &asked.case_id)?,
            states: field::words("states", &asked.states)?,
            audiences: field::words("audiences", &asked.audiences)?,
            template: text_if_given("template", &asked.template, NAME_MAX)?,
            to,
            not_cases: self.0.kept_from(&caller).await?,
            ..messages::Filter::default()
        };
        let scope = format!("ListMessages/{}/{filter:?}", caller.unit);
        let mark = self.0.pages().read(&scope, &asked.page_token)?;
        self.0.may_work_on(&caller, filter.case.as_slice()).await?;
        let page = messages::list(self.0.store(), caller.unit, &filter, mark, size).await;
        let page = page.map_err(Refused::from)?;
        self.0.listed(&caller, "messages", page.items.len()).await?;
        let body = if caller.role == Role::Administrator { Body::Bare } else { Body::Listed };
        let desk = CaseState::desk_of(caller.unit);
        let labels = cases::labels(self.0.store(), page.items.iter().map(|(case, _)| *case)).await;
        let labels = labels.map_err(Refused::from)?;
        let shown = page.items.iter().map(|(case, held)| pb::Message {
            case_label: labels.get(case).cloned().unwrap_or_default(),
            ..message::message((*case != desk).then_some(*case), held, body)
        });
        Ok(Response::new(pb::ListMessagesResponse {
            messages: shown.collect(),
            next_page_token: self.0.pages().write(&scope, page.next),
        }))
    }

    async fn get_message(
        &self,
        request: Request<pb::GetMessageRequest>,
    ) -> Result<Response<pb::GetMessageResponse>, Status> {
        let caller = caller(&request)?;
        let id: MessageId = field::id("message_id", &request.into_inner().message_id)?;
        let (state, held) = self.held(&caller, id).await?;
        self.0.looked(&caller, "message", id.0).await?;
        let tried = outbox::attempts(self.0.store(), id).await.map_err(Refused::from)?;
        Ok(Response::new(pb::GetMessageResponse {
            message: Some(message::message(case_of(&state), &held, Body::Whole)),
            attempts: tried.iter().map(message::attempt).collect(),
        }))
    }

    async fn preview_message(
        &self,
        request: Request<pb::PreviewMessageRequest>,
    ) -> Result<Response<pb::PreviewMessageResponse>, Status> {
        let caller = caller(&request)?;
        let id: MessageId = field::id("message_id", &request.into_inner().message_id)?;
        let (state, held) = self.held(&caller, id).await?;
        if !held.state.is_unsent() {
            let message = format!("the message is {}: only one that has not left has a preview", held.state);
            return Err(Refused::new(Reason::StateForbids, message).into());
        }
        self.0.looked(&caller, "message", id.0).await?;
        let roster = self.0.roster(caller.unit).await?;
        let address = address::resolve(held.to, &state, &roster, held.medium, None, self.0.now());
        let leaves = matches!(held.state, MessageState::Queued | MessageState::Deferred);
        Ok(Response::new(pb::PreviewMessageResponse {
            message: Some(message::message(case_of(&state), &held, Body::Whole)),
            recipient: Some(message::resolved(held.to, address)),
            leaves_at: leaves.then(|| timestamp(held.not_before.max(self.0.now()))),
        }))
    }

    async fn retry_message(
        &self,
        request: Request<pb::RetryMessageRequest>,
    ) -> Result<Response<pb::RetryMessageResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let action = MessageAction::Retry;
        let acted = self.act(&caller, &asked.request_id, &asked.message_id, &asked.words, action);
        let (receipt, message) = acted.await?;
        Ok(Response::new(pb::RetryMessageResponse { receipt, message }))
    }

    async fn release_message(
        &self,
        request: Request<pb::ReleaseMessageRequest>,
    ) -> Result<Response<pb::ReleaseMessageResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let action = MessageAction::Release;
        let acted = self.act(&caller, &asked.request_id, &asked.message_id, &asked.words, action);
        let (receipt, message) = acted.await?;
        Ok(Response::new(pb::ReleaseMessageResponse { receipt, message }))
    }

    async fn hold_message(
        &self,
        request: Request<pb::HoldMessageRequest>,
    ) -> Result<Response<pb::HoldMessageResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let action = MessageAction::Hold;
        let acted = self.act(&caller, &asked.request_id, &asked.message_id, &asked.words, action);
        let (receipt, message) = acted.await?;
        Ok(Response::new(pb::HoldMessageResponse { receipt, message }))
    }

    async fn cancel_message(
        &self,
        request: Request<pb::CancelMessageRequest>,
    ) -> Result<Response<pb::CancelMessageResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let action = MessageAction::Cancel;
        let acted = self.act(&caller, &asked.request_id, &asked.message_id, &asked.words, action);
        let (receipt, message) = acted.await?;
        Ok(Response::new(pb::CancelMessageResponse { receipt, message }))
    }

    async fn list_print_queue(
        &self,
        request: Request<pb::ListPrintQueueRequest>,
    ) -> Result<Response<pb::ListPrintQueueResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.print_queue(&caller, request.get_ref()).await?))
    }

    async fn print_letters(
        &self,
        request: Request<pb::PrintLettersRequest>,
    ) -> Result<Response<pb::PrintLettersResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.printed_letters(&caller, request.get_ref()).await?))
    }

    async fn mark_printed(
        &self,
        request: Request<pb::MarkPrintedRequest>,
    ) -> Result<Response<pb::MarkPrintedResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.marked_printed(&caller, request.get_ref()).await?))
    }

    async fn unmark_printed(
        &self,
        request: Request<pb::UnmarkPrintedRequest>,
    ) -> Result<Response<pb::UnmarkPrintedResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let action = MessageAction::Unmark;
        let acted = self.act(&caller, &asked.request_id, &asked.message_id, &asked.words, action);
        let (receipt, message) = acted.await?;
        Ok(Response::new(pb::UnmarkPrintedResponse { receipt, message }))
    }
}
