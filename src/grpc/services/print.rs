//! The print queue: letters that may go, as pages to be printed, and marked once they are: part of
//! CorrespondenceService.

use super::correspondence::{Correspondence, case_of};
use crate::domain::event::{Fate, Payload, Subject};
use crate::domain::ids::MessageId;
use crate::domain::london::{self, Instant};
use crate::domain::message::{Medium, Message, MessageState};
use crate::domain::staff::Roster;
use crate::domain::state::CaseState;
use crate::grpc::access::Identity;
use crate::grpc::api::Api;
use crate::grpc::convert::field;
use crate::grpc::convert::message::{self, Body};
use crate::grpc::convert::receipt;
use crate::grpc::page::Pages;
use crate::grpc::pb::{self, Reason};
use crate::grpc::refused::Refused;
use crate::render::address::{self, Address, Destination, Unaddressed};
use crate::render::paper::{self, Letter};
use crate::store::queries::messages;

/// Letters of one print job, at most.
const JOB_MAX: usize = 100;

impl Correspondence {
    /// The letters that may be printed now, each with why it cannot go if it cannot.
    pub(super) async fn print_queue(
        &self,
        caller: &Identity,
        asked: &pb::ListPrintQueueRequest,
    ) -> Result<pb::ListPrintQueueResponse, Refused> {
        let api = &self.0;
        let size = Pages::size(asked.page_size)?;
        let filter = messages::Filter {
            case: field::id_if_given("case_id", &asked.case_id)?,
            states: vec![MessageState::Queued],
            medium: Some(Medium::Letter),
            owner: field::id_if_given("owner_id", &asked.owner_id)?,
            ..messages::Filter::default()
        };
        let scope = format!("ListPrintQueue/{}/{filter:?}", caller.unit);
        let mark = api.pages().read(&scope, &asked.page_token)?;
        api.may_work_on(caller, filter.case.as_slice()).await?;
        let filter =
            messages::Filter { ready_at: Some(api.now()), not_cases: api.kept_from(caller).await?, ..filter };
        let page = messages::list(api.store(), caller.unit, &filter, mark, size).await?;
        api.listed(caller, "letters", page.items.len()).await?;
        let roster = api.roster(caller.unit).await?;
        let mut letters = Vec::with_capacity(page.items.len());
        for (case, held) in &page.items {
            let state = api.any_case(caller, *case).await?;
            letters.push(queued(&state, held, &address(&state, &roster, held, api.now())));
        }
        Ok(pb::ListPrintQueueResponse { letters, next_page_token: api.pages().write(&scope, page.next) })
    }

    /// Letters as one page; those that may not go are left out and named.
    pub(super) async fn printed_letters(
        &self,
        caller: &Identity,
        asked: &pb::PrintLettersRequest,
    ) -> Result<pb::PrintLettersResponse, Refused> {
        if asked.message_ids.is_empty() {
            return Err(Refused::required("message_ids"));
        }
        field::at_most("message_ids", &asked.message_ids, JOB_MAX)?;
        let ids: Vec<MessageId> = field::ids("message_ids", &asked.message_ids)?;
        let mut all = Vec::with_capacity(ids.len());
        for (nth, id) in ids.into_iter().enumerate() {
            let (state, held) = self.held(caller, id).await?;
            in_queue(&format!("message_ids[{nth}]"), &held)?;
            all.push((state, held));
        }
        let (roster, ruleset) = (self.0.roster(caller.unit).await?, self.0.rules(caller.unit).await?);
        let mut answer = pb::PrintLettersResponse::default();
        let mut going = Vec::with_capacity(all.len());
        for (state, held) in &all {
            match address(state, &roster, held, self.0.now()) {
                Ok(Address { to: Destination::Post { name, lines }, banner, .. }) => {
                    // A disclosure that cannot be logged does not happen.
                    self.0.looked(caller, "message", held.id.0).await?;
                    answer.printed_ids.push(held.id.to_string());
                    going.push((state, held, name, lines, banner));
                }
                other => answer.blocked.push(queued(state, held, &other)),
            }
        }
        let on = london::date(self.0.now());
        let letters: Vec<Letter<'_>> = going
            .iter()
            .map(|(state, held, name, lines, banner)| Letter {
                unit: &ruleset.pack.letterhead,
                name,
                address: lines,
                reference: state.case.label(),
                on,
                subject: &held.subject,
                text: &held.text,
                banner: *banner,
            })
            .collect();
        if !letters.is_empty() {
            answer.html = paper::page(&letters);
        }
        Ok(answer)
    }

    /// A letter is printed: what it was to tell is told.
    pub(super) async fn marked_printed(
        &self,
        caller: &Identity,
        asked: &pb::MarkPrintedRequest,
    ) -> Result<pb::MarkPrintedResponse, Refused> {
        let request_id = Api::request_id(&asked.request_id)?;
        let id: MessageId = field::id("message_id", &asked.message_id)?;
        let (state, held) = self.held(caller, id).await?;
        // A repeat finds it printed: that is answered as what it is.
        if self.0.recorded(caller, request_id).await?.is_none() {
            in_queue("message_id", &held)?;
            let roster = self.0.roster(caller.unit).await?;
            if let Err(why) = address(&state, &roster, &held, self.0.now()) {
                let message = format!("the letter may not go: {why}");
                return Err(Refused::new(Reason::StateForbids, message));
            }
        }
        let payload = Payload::MessageFared { message: id, fate: Fate::Printed };
        let done = self.0.write(caller, request_id, Subject::Message(id), payload).await?;
        let (state, held) = self.held(caller, id).await?;
        let shown = message::message(case_of(&state), &held, Body::Listed);
        Ok(pb::MarkPrintedResponse { receipt: Some(receipt::receipt(&done)), message: Some(shown) })
    }
}

/// Where a letter goes as things stand now.
fn address(state: &CaseState, roster: &Roster, held: &Message, now: Instant) -> Result<Address, Unaddressed> {
    address::resolve(held.to, state, roster, held.medium, None, now)
}

/// Refuses what is no letter, or not in the print queue.
fn in_queue(at: &str, held: &Message) -> Result<(), Refused> {
    if held.medium != Medium::Letter {
        return Err(Refused::invalid(at, "must be a letter: everything else leaves by mail"));
    }
    if held.state != MessageState::Queued {
        let message = format!("the letter is {}: only one that is queued is printed", held.state);
        return Err(Refused::new(Reason::StateForbids, message));
    }
    Ok(())
}

fn queued(state: &CaseState, held: &Message, address: &Result<Address, Unaddressed>) -> pb::QueuedLetter {
    let blocked_because = match address {
        Ok(_) => String::new(),
        Err(why) => why.to_string(),
    };
    let label = if state.is_desk() { String::new() } else { state.case.label().to_owned() };
    let message = pb::Message { case_label: label, ..message::message(case_of(state), held, Body::Listed) };
    pb::QueuedLetter { message: Some(message), blocked_because }
}
