//! Making sure of a caller: part of CaseService.

use crate::domain::caller::{self, CallTopic, CheckOutcome, Stated};
use crate::domain::contact::DirectoryKind;
use crate::domain::event::{Payload, Subject};
use crate::domain::ids::{CaseId, ParticipantId};
use crate::domain::person::{Channel, Participant, Role};
use crate::domain::state::CaseState;
use crate::grpc::access::Identity;
use crate::grpc::api::Api;
use crate::grpc::convert::field::{self, NAME_MAX, text, text_if_given};
use crate::grpc::convert::receipt;
use crate::grpc::pb;
use crate::grpc::pb::verify_caller_request::Caller;
use crate::grpc::refused::Refused;

/// Checks a caller, or says on which number they are rung back.
///
/// # Errors
/// [`Refused`].
pub async fn verify(
    api: &Api,
    by: &Identity,
    asked: &pb::VerifyCallerRequest,
) -> Result<pb::VerifyCallerResponse, Refused> {
    let request_id = Api::request_id(&asked.request_id)?;
    let case: CaseId = field::id("case_id", &asked.case_id)?;
    let state = api.case(by, case).await?;
    let call_back = pb::CheckOutcome::CallBack as i32;
    let id = match &asked.caller {
        None => return Err(Refused::required("caller")),
        Some(Caller::ThirdParty(_)) => {
            return Ok(pb::VerifyCallerResponse { outcome: call_back, ..Default::default() });
        }
        Some(Caller::Body(body)) => {
            let body: DirectoryKind = field::word("body", *body)?;
            let roster = api.roster(by.unit).await?;
            let entries = roster.directory.iter().filter(|entry| entry.kind == body);
            return Ok(pb::VerifyCallerResponse {
                outcome: call_back,
                numbers: entries.filter_map(|entry| entry.phone.clone()).collect(),
                topics: numbers(caller::topics_for(body)),
                ..Default::default()
            });
        }
        Some(Caller::ParticipantId(id)) => field::id::<ParticipantId>("participant_id", id)?,
    };
    let held = Api::found(state.participant(id), "participant", id)?;
    let topics = caller::topics_of(held, api.now());
    if !caller::is_asked(held) {
        api.looked(by, "case", case.0).await?;
        return Ok(pb::VerifyCallerResponse {
            outcome: call_back,
            numbers: phones(&state, held),
            ..answer(held, &topics)
        });
    }
    let stated = stated(field::given("stated", asked.stated.as_ref())?)?;
    let payload = Payload::CallerChecked { participant: id, stated: Box::new(stated) };
    let done = api.write(by, request_id, Subject::Case(case), payload).await?;
    let state = api.case(by, case).await?;
    let held = Api::found(state.participant(id), "participant", id)?;
    let made = held.caller_checks.iter().find(|check| check.event == done.event);
    let outcome = Api::found(made, "check", done.event)?.outcome;
    let told = match outcome {
        CheckOutcome::Matched => answer(held, &topics),
        CheckOutcome::NotMatched => pb::VerifyCallerResponse::default(),
        CheckOutcome::CallBack => {
            pb::VerifyCallerResponse { numbers: phones(&state, held), ..answer(held, &topics) }
        }
    };
    Ok(pb::VerifyCallerResponse {
        receipt: Some(receipt::receipt(&done)),
        outcome: field::number(outcome),
        ..told
    })
}

/// What may be said, and on whose behalf.
fn answer(held: &Participant, topics: &[CallTopic]) -> pb::VerifyCallerResponse {
    let own = held.is(Role::Victim) || held.gives_evidence();
    let of: Vec<String> = if topics.is_empty() {
        Vec::new()
    } else {
        let own = own.then_some(held.id);
        own.into_iter().chain(held.supports.iter().copied()).map(|id| id.to_string()).collect()
    };
    pb::VerifyCallerResponse { topics: numbers(topics.to_vec()), on_behalf_of_ids: of, ..Default::default() }
}

fn numbers(topics: Vec<CallTopic>) -> Vec<i32> {
    topics.into_iter().map(field::number).collect()
}

/// The numbers on which somebody, or the one through whom alone they may be reached, is rung back.
fn phones(state: &CaseState, held: &Participant) -> Vec<String> {
    let reached = held.contact_via.and_then(|via| state.participant(via)).map_or(held, |via| via);
    let person = state.person(reached.person);
    let safe = person.filter(|person| !person.unsafe_channels.contains(&Channel::Phone));
    safe.map(|person| person.identity.phones.clone()).unwrap_or_default()
}

fn stated(given: &pb::StatedIdentity) -> Result<Stated, Refused> {
    Ok(Stated {
        name: text("stated.name", &given.name, NAME_MAX)?,
        born_on: field::day("stated.born_on", &given.born_on)?,
        address_line: text("stated.address_line", &given.address_line, NAME_MAX)?,
        postcode: text("stated.postcode", &given.postcode, NAME_MAX)?,
        safe_word: text_if_given("stated.safe_word", &given.safe_word, NAME_MAX)?,
    })
}
