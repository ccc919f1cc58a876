//! IntakeService: what comes in.

use crate::domain::court::CaseShare;
use crate::domain::event::{Payload, Subject};
use crate::domain::ids::CaseId;
use crate::engine::{self, NewEvent};
use crate::grpc::access::guard::{Carries, caller};
use crate::grpc::access::{Identity, Role};
use crate::grpc::api::Api;
use crate::grpc::convert::event::{self, Told};
use crate::grpc::convert::field::{self, timestamp, timestamp_of};
use crate::grpc::convert::names;
use crate::grpc::convert::receipt::{expected, receipt};
use crate::grpc::page::Pages;
use crate::grpc::pb::intake_service_server::IntakeService;
use crate::grpc::pb::{self, Reason};
use crate::grpc::refused::Refused;
use crate::grpc::stream::{self, Acknowledgements, Answer, InHand, at_once};
use crate::store::queries::events::{self, Name};
use crate::store::queries::unlinked;
use crate::store::read;
use prost::Message;
use prost_types::Timestamp;
use tonic::{Request, Response, Status, Streaming};

/// The service.
pub struct Intake(pub Api);

/// How often an item that met its own repeat in the same batch is handed over again.
const TRIES_MAX: u32 = 40;

/// A raw body as it came.
struct Raw {
    request_id: String,
    body: Vec<u8>,
    format: String,
    /// What the sender may take it for.
    formats: &'static [&'static str],
    received_at: Option<Timestamp>,
}

/// What senders may take a court's body for.
const OF_COURTS: &[&str] = &["common-platform", "spi"];
/// What senders may take a body of the CPS for.
const OF_THE_CPS: &[&str] = &["pet", "ptph", "cotr", "cps-message"];

impl Intake {
    /// A typed event, read and named; refused where the caller may not tell it, or not about this case.
    async fn typed(
        &self,
        caller: &Identity,
        request_id: &str,
        given: Option<&pb::Event>,
    ) -> Result<NewEvent, Refused> {
        // An item of a stream may be larger than what is taken, so that the stream goes on after it.
        self.fits("event", given.map_or(0, Message::encoded_len))?;
        let request_id = field::request_id(request_id)?;
        let seed: [&[u8]; 2] = [caller.name.as_bytes(), request_id.as_bytes()];
        let told = event::told(given, caller, &seed, self.0.now())?;
        if caller.staff.is_some() {
            let cases = self.cases_of(caller, &told).await?;
            self.0.may_work_on(caller, &cases).await?;
        }
        Ok(NewEvent {
            occurred_at: told.occurred_at,
            received_at: told.received_at,
            ..Api::event(caller, request_id, told.subject, told.payload)
        })
    }

    /// The cases that are held of those that an event is about.
    async fn cases_of(&self, caller: &Identity, told: &Told) -> Result<Vec<CaseId>, Refused> {
        let reader = self.0.store().reader();
        let references = match (&told.subject, &told.payload) {
            (Subject::Case(case), _) => return Ok(vec![*case]),
            (Subject::Message(message), _) => {
                let found = read::cases_of_messages(reader, caller.unit, &[*message]).await?;
                return Ok(found.into_values().collect());
            }
            (Subject::Reference(references), _) => references.clone(),
            (_, Payload::HearingResulted { share }) => {
                share.cases.iter().flat_map(CaseShare::references).collect()
            }
            _ => return Ok(Vec::new()),
        };
        let found = read::cases_by_reference(reader, caller.unit, &references).await?;
        Ok(found.into_values().collect())
    }

    /// Refuses what is larger than the server takes.
    fn fits(&self, field: &str, bytes: usize) -> Result<(), Refused> {
        let max = self.0.settings().body_bytes_max;
        if bytes <= max {
            return Ok(());
        }
        let text =
            format!("the {field} is larger than the {max} bytes the server takes; nothing of it is kept");
        Err(Refused::new(Reason::BodyTooLarge, text).about(field, format!("must have at most {max} bytes")))
    }

    /// A body, read where it can be; kept to be parked where it cannot.
    async fn raw(&self, caller: &Identity, raw: Raw) -> Result<NewEvent, Refused> {
        let request_id = field::request_id(&raw.request_id)?;
        if raw.body.is_empty() {
            let text = "no body came, so there is nothing to keep: send it";
            return Err(Refused::new(Reason::BodyEmpty, text).about("body", "must be given"));
        }
        self.fits("body", raw.body.len())?;
        if !raw.format.is_empty() && !raw.formats.contains(&raw.format.as_str()) {
            let known = raw.formats.join(", ");
            return Err(Refused::invalid("format", format!("must be empty or one of {known}")));
        }
        let received_at = field::past_if_given("received_at", raw.received_at.as_ref(), self.0.now())?;
        let body = bytes::Bytes::from(raw.body);
        let payload = self.0.read_body(body.clone()).await?.recorded();
        let subject = payload.own_subject().unwrap_or(Subject::Desk);
        let event = Api::event(caller, request_id, subject, payload);
        Ok(NewEvent { received_at, raw: Some(body), ..event })
    }

    /// What a checked event is to expect.
    async fn foresee(&self, event: NewEvent) -> Result<pb::Receipt, Refused> {
        let names = names::of(&event.payload);
        let foreseen = self.0.engine().foresee(event).await;
        Ok(expected(&foreseen.map_err(|error| names.of_event(error.into()))?))
    }

    /// Hands an item over, and gives the place of its answer.
    async fn hand_over(&self, sequence: i64, event: Result<NewEvent, Refused>, check: Check) -> InHand {
        let event = match event {
            Ok(event) => event,
            Err(refused) => return at_once(sequence, Err(refused)),
        };
        if check == Check::Only {
            return at_once(sequence, self.foresee(event).await);
        }
        let engine = self.0.engine().clone();
        let names = names::of(&event.payload);
        let first = engine.hand_over(event.clone()).await;
        Box::pin(async move {
            let mut answer = match first {
                Ok(place) => place.await.unwrap_or(Err(engine::Error::Closing)),
                Err(error) => Err(error),
            };
            for _ in 0..TRIES_MAX {
                let Err(engine::Error::Busy { after }) = answer else { break };
                tokio::time::sleep(after).await;
                answer = engine.record(event.clone()).await;
            }
            (sequence, answer.map(|done| receipt(&done)).map_err(|error| names.of_event(error.into())))
        })
    }
}

/// Whether an event is only checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Check {
    Only,
    No,
}

impl From<bool> for Check {
    fn from(validate_only: bool) -> Self {
        if validate_only { Self::Only } else { Self::No }
    }
}

/// The four fields of every acknowledgement.
fn acknowledged((sequence, answer): Answer) -> (i64, i32, Option<pb::Receipt>, Option<pb::Refusal>) {
    match answer {
        Ok(receipt) => (sequence, receipt.outcome, Some(receipt), None),
        Err(refused) => (sequence, pb::Outcome::Rejected as i32, None, Some(refused.into())),
    }
}

#[tonic::async_trait]
impl IntakeService for Intake {
    async fn record_event(
        &self,
        request: Request<pb::RecordEventRequest>,
    ) -> Result<Response<pb::RecordEventResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let event = self.typed(&caller, &asked.request_id, asked.event.as_ref()).await?;
        let names = names::of(&event.payload);
        let receipt = match Check::from(asked.validate_only) {
            Check::Only => self.foresee(event).await?,
            Check::No => {
                let recorded = self.0.record(event).await;
                receipt(&recorded.map_err(|refused| names.of_event(refused))?)
            }
        };
        Ok(Response::new(pb::RecordEventResponse { receipt: Some(receipt) }))
    }

    type RecordEventsStream = Acknowledgements<pb::RecordEventsResponse>;

    async fn record_events(
        &self,
        request: Request<Streaming<pb::RecordEventsRequest>>,
    ) -> Result<Response<Self::RecordEventsStream>, Status> {
        let caller = caller(&request)?;
        let api = self.0.clone();
        let window = api.settings().stream_window;
        let hand_over = move |item: pb::RecordEventsRequest| {
            let (intake, caller) = (Intake(api.clone()), caller.clone());
            async move {
                let event = intake.typed(&caller, &item.request_id, item.event.as_ref()).await;
                intake.hand_over(item.sequence, event, item.validate_only.into()).await
            }
        };
        let acknowledge = |answer| {
            let (sequence, outcome, receipt, refusal) = acknowledged(answer);
            pb::RecordEventsResponse { sequence, outcome, receipt, refusal }
        };
        Ok(Response::new(stream::take(request.into_inner(), window, Carries::Fields, hand_over, acknowledge)))
    }

    async fn record_court_result(
        &self,
        request: Request<pb::RecordCourtResultRequest>,
    ) -> Result<Response<pb::RecordCourtResultResponse>, Status> {
        let caller = caller(&request)?;
        let pb::RecordCourtResultRequest { request_id, body, format, received_at, validate_only } =
            request.into_inner();
        let raw = Raw { request_id, body, format, formats: OF_COURTS, received_at };
        let event = self.raw(&caller, raw).await?;
        let receipt = match Check::from(validate_only) {
            Check::Only => self.foresee(event).await?,
            Check::No => receipt(&self.0.record(event).await?),
        };
        Ok(Response::new(pb::RecordCourtResultResponse { receipt: Some(receipt) }))
    }

    type RecordCourtResultsStream = Acknowledgements<pb::RecordCourtResultsResponse>;

    async fn record_court_results(
        &self,
        request: Request<Streaming<pb::RecordCourtResultsRequest>>,
    ) -> Result<Response<Self::RecordCourtResultsStream>, Status> {
        let caller = caller(&request)?;
        let api = self.0.clone();
        let window = api.settings().stream_window;
        let hand_over = move |item: pb::RecordCourtResultsRequest| {
            let (intake, caller) = (Intake(api.clone()), caller.clone());
            async move {
                let pb::RecordCourtResultsRequest {
                    sequence,
                    request_id,
                    body,
                    format,
                    received_at,
                    validate_only,
                } = item;
                let raw = Raw { request_id, body, format, formats: OF_COURTS, received_at };
                let event = intake.raw(&caller, raw).await;
                intake.hand_over(sequence, event, validate_only.into()).await
            }
        };
        let acknowledge = |answer| {
            let (sequence, outcome, receipt, refusal) = acknowledged(answer);
            pb::RecordCourtResultsResponse { sequence, outcome, receipt, refusal }
        };
        Ok(Response::new(stream::take(request.into_inner(), window, Carries::Body, hand_over, acknowledge)))
    }

    async fn record_cps_message(
        &self,
        request: Request<pb::RecordCpsMessageRequest>,
    ) -> Result<Response<pb::RecordCpsMessageResponse>, Status> {
        let caller = caller(&request)?;
        let pb::RecordCpsMessageRequest { request_id, body, format, received_at, validate_only } =
            request.into_inner();
        let raw = Raw { request_id, body, format, formats: OF_THE_CPS, received_at };
        let event = self.raw(&caller, raw).await?;
        let receipt = match Check::from(validate_only) {
            Check::Only => self.foresee(event).await?,
            Check::No => receipt(&self.0.record(event).await?),
        };
        Ok(Response::new(pb::RecordCpsMessageResponse { receipt: Some(receipt) }))
    }

    async fn get_receipt(
        &self,
        request: Request<pb::GetReceiptRequest>,
    ) -> Result<Response<pb::GetReceiptResponse>, Status> {
        use pb::get_receipt_request::Event;
        let caller = caller(&request)?;
        let name = match field::given("event", request.into_inner().event.as_ref())? {
            Event::EventId(id) => Name::Id(field::id("event_id", id)?),
            Event::RequestId(id) => Name::Reference(caller.name.clone(), field::request_id(id)?.to_owned()),
        };
        let held = events::held(self.0.store(), caller.unit, &name).await.map_err(Refused::from)?;
        // A feed or service is told of its own alone.
        let own = |held: &events::Held| {
            !matches!(caller.role, Role::Feed | Role::Service) || held.source == caller.name
        };
        let held = Api::found(held.filter(own), "event", "")?;
        let receipt = self.0.standing(caller.unit, &held).await?;
        Ok(Response::new(pb::GetReceiptResponse {
            receipt: Some(receipt),
            source: held.source,
            reference: held.reference,
            event_kind: held.kind,
            occurred_at: timestamp_of(held.occurred_at),
            received_at: Some(timestamp(held.received_at)),
            recorded_at: Some(timestamp(held.recorded_at)),
        }))
    }

    async fn list_unlinked(
        &self,
        request: Request<pb::ListUnlinkedRequest>,
    ) -> Result<Response<pb::ListUnlinkedResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let size = Pages::size(asked.page_size)?;
        let from = field::day_if_given("from_day", &asked.from_day)?;
        let to = field::day_if_given("to_day", &asked.to_day)?;
        let scope = format!("ListUnlinked/{}/{from:?}/{to:?}", caller.unit);
        let mark = self.0.pages().read(&scope, &asked.page_token)?;
        let page = unlinked::list(self.0.store(), caller.unit, (from, to), mark, size);
        let page = page.await.map_err(Refused::from)?;
        self.0.listed(&caller, "unlinked results", page.items.len()).await?;
        let result = |one: unlinked::Unlinked| pb::UnlinkedResult {
            event_id: one.event.to_string(),
            court_case_id: one.court_case.to_string(),
            urn: one.urn.unwrap_or_default(),
            day: one.day,
            received_at: Some(timestamp(one.received_at)),
        };
        Ok(Response::new(pb::ListUnlinkedResponse {
            results: page.items.into_iter().map(result).collect(),
            next_page_token: self.0.pages().write(&scope, page.next),
        }))
    }
}
