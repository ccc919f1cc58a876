//! CaseService: cases, the people in them, and what passed with them.

use super::documents;
use crate::domain::case::Case;
use crate::domain::event::{Payload, Subject};
use crate::domain::ids::{CaseId, ContactId, MessageId, ParticipantId, TaskId};
use crate::domain::person::EnhancedState;
use crate::domain::receipt::Receipt;
use crate::domain::state::CaseState;
use crate::grpc::access::guard::caller;
use crate::grpc::access::{Identity, Role};
use crate::grpc::api::{Api, trace};
use crate::grpc::convert::field::{self, REASON_MAX, WORDS_MAX, number, text, timestamp, timestamp_of};
use crate::grpc::convert::{case, contact, court, document, event, explanation, hearing, person, receipt};
use crate::grpc::page::Pages;
use crate::grpc::pb;
use crate::grpc::pb::case_service_server::CaseService;
use crate::grpc::refused::Refused;
use crate::grpc::services::callers;
use crate::store::queries::{cases, events};
use crate::store::read;
use tonic::{Request, Response, Status};

/// The service.
pub struct Cases(pub Api);

impl Cases {
    /// A case with whoever covers it now.
    async fn shown(&self, caller: &Identity, held: &Case) -> Result<pb::Case, Refused> {
        let roster = self.0.roster(caller.unit).await?;
        Ok(case::case(held, &roster.absences, self.0.now()))
    }

    /// Records a contact under the id that follows from the call, and answers it.
    async fn contact(
        &self,
        caller: &Identity,
        request_id: &str,
        case: &str,
        given: Option<&pb::NewContact>,
        corrects: Option<ContactId>,
    ) -> Result<(Receipt, pb::Contact), Refused> {
        let request_id = Api::request_id(request_id)?;
        let case: CaseId = field::id("case_id", case)?;
        let given = field::given("contact", given)?;
        let id: ContactId = Api::id("contact", caller, request_id);
        let payload = contact::logged("contact", given, id, corrects)?;
        self.0.case(caller, case).await?;
        let receipt = self.0.write(caller, request_id, Subject::Case(case), payload).await?;
        let state = self.0.case(caller, case).await?;
        let held = state.contacts.iter().find(|held| held.id == id);
        let held = Api::found(held, "contact", id)?;
        Ok((receipt, contact::contact(held)))
    }

    /// Records a payload about a case and answers the case as it then stands.
    async fn changed(
        &self,
        caller: &Identity,
        request_id: &str,
        case: &str,
        payload: Payload,
    ) -> Result<(pb::Receipt, CaseState), Refused> {
        let case: CaseId = field::id("case_id", case)?;
        // Who may not see the case may not change it either.
        self.0.case(caller, case).await?;
        let done = self.0.write(caller, request_id, Subject::Case(case), payload).await?;
        Ok((receipt::receipt(&done), self.0.case(caller, case).await?))
    }
}

fn participant_of(state: &CaseState, id: ParticipantId) -> Result<pb::Participant, Refused> {
    let held = state.participant(id).map(|held| person::participant(held));
    Api::found(held, "participant", id)
}

#[tonic::async_trait]
impl CaseService for Cases {
    async fn open_case(
        &self,
        request: Request<pb::OpenCaseRequest>,
    ) -> Result<Response<pb::OpenCaseResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let request_id = Api::request_id(&asked.request_id)?;
        let seed: [&[u8]; 2] = [caller.name.as_bytes(), request_id.as_bytes()];
        let new = case::new_case("case", field::given("case", asked.case.as_ref())?, &seed)?;
        let (id, order) = (new.id, new.participants.iter().map(|one| one.id).collect::<Vec<_>>());
        let subject = Subject::Reference(new.references.clone());
        let payload = Payload::CaseOpened { case: Box::new(new) };
        let done = self.0.write(&caller, request_id, subject, payload).await?;
        let state = self.0.case(&caller, id).await?;
        let participants = order.into_iter().filter_map(|id| state.participant(id));
        Ok(Response::new(pb::OpenCaseResponse {
            receipt: Some(receipt::receipt(&done)),
            case: Some(self.shown(&caller, &state.case).await?),
            participants: participants.map(|held| person::participant(held)).collect(),
        }))
    }

    async fn get_case(
        &self,
        request: Request<pb::GetCaseRequest>,
    ) -> Result<Response<pb::GetCaseResponse>, Status> {
        use pb::get_case_request::Name;
        let caller = caller(&request)?;
        let id = match field::given("name", request.into_inner().name.as_ref())? {
            Name::CaseId(id) => field::id("case_id", id)?,
            Name::Reference(given) => {
                let reference = case::reference_from("reference", given)?;
                let known = [reference.clone()];
                let found = read::cases_by_reference(self.0.store().reader(), caller.unit, &known).await;
                let found = found.map_err(Refused::from)?.remove(&reference);
                Api::found(found, "case", "")?
            }
        };
        let state = self.0.case(&caller, id).await?;
        self.0.looked(&caller, "case", id.0).await?;
        let private =
            if caller.role == Role::Service { person::Private::Hidden } else { person::Private::Shown };
        let (roster, now) = (self.0.roster(caller.unit).await?, self.0.now());
        let away = &roster.absences;
        Ok(Response::new(pb::GetCaseResponse {
            case: Some(case::case(&state.case, away, now)),
            participants: state.participants.iter().map(|held| person::participant(held)).collect(),
            people: state.people.iter().map(|held| person::person(held, private)).collect(),
            defendants: state.record.defendants.iter().map(court::defendant).collect(),
            lines: state.record.lines.iter().map(court::standing).collect(),
            markers: state.record.markers.clone(),
            hearings: state.hearings.iter().map(|held| hearing::hearing(held)).collect(),
            attendances: state.attendances.iter().map(|held| hearing::attendance(held)).collect(),
            arrangements: state.arrangements.iter().map(|held| hearing::arrangement(held)).collect(),
            diary: state
                .diary
                .iter()
                .map(|held| hearing::diary_entry(held, &state.case, away, now))
                .collect(),
        }))
    }

    async fn search_cases(
        &self,
        request: Request<pb::SearchCasesRequest>,
    ) -> Result<Response<pb::SearchCasesResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.search_cases(&caller, &request.into_inner()).await?))
    }

    async fn list_uncopied(
        &self,
        request: Request<pb::ListUncopiedRequest>,
    ) -> Result<Response<pb::ListUncopiedResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.uncopied(&caller, &request.into_inner()).await?))
    }

    async fn mark_copied(
        &self,
        request: Request<pb::MarkCopiedRequest>,
    ) -> Result<Response<pb::MarkCopiedResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.mark_copied(&caller, &request.into_inner()).await?))
    }

    async fn list_cases(
        &self,
        request: Request<pb::ListCasesRequest>,
    ) -> Result<Response<pb::ListCasesResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let size = Pages::size(asked.page_size)?;
        let filter = cases::Filter {
            owner: field::id_if_given("owner_id", &asked.owner_id)?,
            team: field::id_if_given("team_id", &asked.team_id)?,
            phases: field::words("phases", &asked.phases)?,
            flags: asked.flags,
        };
        let scope = format!("ListCases/{}/{filter:?}", caller.unit);
        let mark = self.0.pages().read(&scope, &asked.page_token)?;
        let page =
            cases::list(self.0.store(), caller.unit, &filter, mark, size).await.map_err(Refused::from)?;
        self.0.listed(&caller, "cases", page.items.len()).await?;
        let (roster, now) = (self.0.roster(caller.unit).await?, self.0.now());
        Ok(Response::new(pb::ListCasesResponse {
            cases: page.items.iter().map(|held| case::case(held, &roster.absences, now)).collect(),
            next_page_token: self.0.pages().write(&scope, page.next),
        }))
    }

    async fn update_case(
        &self,
        request: Request<pb::UpdateCaseRequest>,
    ) -> Result<Response<pb::UpdateCaseResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let request_id = Api::request_id(&asked.request_id)?;
        let version = field::version("version", asked.version)?;
        let moves = asked.change.as_ref().is_some_and(|to| !to.owner_id.is_empty() || !to.team_id.is_empty());
        if moves && caller.role == Role::CareOfficer {
            let message = "a team leader gives a case to somebody else: ask one";
            return Err(Refused::new(pb::Reason::RoleForbids, message).into());
        }
        let payload = case::change("change", field::given("change", asked.change.as_ref())?, Some(version))?;
        let (receipt, state) = self.changed(&caller, request_id, &asked.case_id, payload).await?;
        let case = Some(self.shown(&caller, &state.case).await?);
        Ok(Response::new(pb::UpdateCaseResponse { receipt: Some(receipt), case }))
    }

    async fn link_case(
        &self,
        request: Request<pb::LinkCaseRequest>,
    ) -> Result<Response<pb::LinkCaseResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let request_id = Api::request_id(&asked.request_id)?;
        let references = case::references_from("references", &asked.references)?;
        let payload = Payload::CaseLinked { references };
        let (receipt, state) = self.changed(&caller, request_id, &asked.case_id, payload).await?;
        let case = Some(self.shown(&caller, &state.case).await?);
        Ok(Response::new(pb::LinkCaseResponse { receipt: Some(receipt), case }))
    }

    async fn transfer_cases(
        &self,
        request: Request<pb::TransferCasesRequest>,
    ) -> Result<Response<pb::TransferCasesResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.transfer_cases(&caller, request.get_ref()).await?))
    }

    async fn add_participant(
        &self,
        request: Request<pb::AddParticipantRequest>,
    ) -> Result<Response<pb::AddParticipantResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let request_id = Api::request_id(&asked.request_id)?;
        let seed: [&[u8]; 2] = [caller.name.as_bytes(), request_id.as_bytes()];
        let given = field::given("participant", asked.participant.as_ref())?;
        let new = person::new_participant("participant", given, &seed)?;
        let id = new.id;
        let payload = Payload::ParticipantAdded { participant: Box::new(new) };
        let (receipt, state) = self.changed(&caller, request_id, &asked.case_id, payload).await?;
        let participant = Some(participant_of(&state, id)?);
        Ok(Response::new(pb::AddParticipantResponse { receipt: Some(receipt), participant }))
    }

    async fn update_participant(
        &self,
        request: Request<pb::UpdateParticipantRequest>,
    ) -> Result<Response<pb::UpdateParticipantResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let request_id = Api::request_id(&asked.request_id)?;
        let mut given = field::given("participant", asked.participant.as_ref())?.clone();
        let id: ParticipantId = field::id("participant.id", &given.id)?;
        let case: CaseId = field::id("case_id", &asked.case_id)?;
        if given.person_id.is_empty() {
            // Who somebody is does not change; only the id of that may be left out.
            let state = self.0.case(&caller, case).await?;
            let held = Api::found(state.participant(id), "participant", id)?;
            given.person_id = held.person.to_string();
        }
        let payload = event::participant_updated("participant", &given, asked.version, "version", &[])?;
        let (receipt, state) = self.changed(&caller, request_id, &asked.case_id, payload).await?;
        let participant = Some(participant_of(&state, id)?);
        Ok(Response::new(pb::UpdateParticipantResponse { receipt: Some(receipt), participant }))
    }

    async fn set_enhanced_rights(
        &self,
        request: Request<pb::SetEnhancedRightsRequest>,
    ) -> Result<Response<pb::SetEnhancedRightsResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let request_id = Api::request_id(&asked.request_id)?;
        let participant: ParticipantId = field::id("participant_id", &asked.participant_id)?;
        let state: EnhancedState = field::word("state", asked.state)?;
        if state == EnhancedState::Proposed {
            return Err(Refused::invalid("state", "must be confirmed or refused: a person decides").into());
        }
        let payload = Payload::EnhancedRightsSet {
            participant,
            state,
            categories: field::words("categories", &asked.categories)?,
            source: text("source", &asked.source, REASON_MAX)?,
            version: Some(field::version("version", asked.version)?),
        };
        let (receipt, state) = self.changed(&caller, request_id, &asked.case_id, payload).await?;
        let participant = Some(participant_of(&state, participant)?);
        Ok(Response::new(pb::SetEnhancedRightsResponse { receipt: Some(receipt), participant }))
    }

    async fn verify_caller(
        &self,
        request: Request<pb::VerifyCallerRequest>,
    ) -> Result<Response<pb::VerifyCallerResponse>, Status> {
        let caller = caller(&request)?;
        let answer = callers::verify(&self.0, &caller, &request.into_inner()).await?;
        Ok(Response::new(answer))
    }

    async fn log_contact(
        &self,
        request: Request<pb::LogContactRequest>,
    ) -> Result<Response<pb::LogContactResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let logged = self.contact(&caller, &asked.request_id, &asked.case_id, asked.contact.as_ref(), None);
        let (done, contact) = logged.await?;
        let receipt = Some(receipt::receipt(&done));
        Ok(Response::new(pb::LogContactResponse { receipt, contact: Some(contact) }))
    }

    async fn correct_contact(
        &self,
        request: Request<pb::CorrectContactRequest>,
    ) -> Result<Response<pb::CorrectContactResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let corrects = Some(field::id("contact_id", &asked.contact_id)?);
        let logged =
            self.contact(&caller, &asked.request_id, &asked.case_id, asked.contact.as_ref(), corrects);
        let (done, contact) = logged.await?;
        let receipt = Some(receipt::receipt(&done));
        Ok(Response::new(pb::CorrectContactResponse { receipt, contact: Some(contact) }))
    }

    async fn add_note(
        &self,
        request: Request<pb::AddNoteRequest>,
    ) -> Result<Response<pb::AddNoteResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let note = pb::NewContact {
            kind: pb::ContactKind::Note as i32,
            participant_id: asked.participant_id,
            hearing_id: asked.hearing_id,
            words: text("words", &asked.words, WORDS_MAX)?,
            ..Default::default()
        };
        let (done, contact) =
            self.contact(&caller, &asked.request_id, &asked.case_id, Some(&note), None).await?;
        let receipt = Some(receipt::receipt(&done));
        Ok(Response::new(pb::AddNoteResponse { receipt, contact: Some(contact) }))
    }

    async fn add_document(
        &self,
        request: Request<pb::AddDocumentRequest>,
    ) -> Result<Response<pb::AddDocumentResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.added_document(&caller, request.into_inner()).await?))
    }

    type GetDocumentStream = documents::Parts;

    async fn get_document(
        &self,
        request: Request<pb::GetDocumentRequest>,
    ) -> Result<Response<Self::GetDocumentStream>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.document(&caller, request.get_ref()).await?))
    }

    async fn list_documents(
        &self,
        request: Request<pb::ListDocumentsRequest>,
    ) -> Result<Response<pb::ListDocumentsResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.documents(&caller, request.get_ref()).await?))
    }

    async fn get_proof(
        &self,
        request: Request<pb::GetProofRequest>,
    ) -> Result<Response<pb::GetProofResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.get_proof(&caller, request.get_ref()).await?))
    }

    async fn get_timeline(
        &self,
        request: Request<pb::GetTimelineRequest>,
    ) -> Result<Response<pb::GetTimelineResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let size = Pages::size(asked.page_size)?;
        let id: CaseId = field::id("case_id", &asked.case_id)?;
        let scope = format!("GetTimeline/{}/{id}", caller.unit);
        let before = self.0.pages().read(&scope, &asked.page_token)?;
        let state = self.0.case(&caller, id).await?;
        let page = events::timeline(self.0.store(), id, before, size).await.map_err(Refused::from)?;
        self.0.looked(&caller, "case", id.0).await?;
        let reader = document::reader(caller.role);
        let is_shown = |payload: &Payload| match payload {
            Payload::DocumentAdded { document } => {
                reader.is_some_and(|reader| document.audience.contains(&reader))
            }
            _ => true,
        };
        let shown = page.items.into_iter().filter(|(_, event)| is_shown(&event.payload));
        let entries = shown.map(|(handling, event)| {
            let logged = match &event.payload {
                Payload::ContactLogged { id, .. } => state.contacts.iter().find(|held| held.id == *id),
                _ => None,
            };
            let Acted { task, message, words } = acted(&event.payload);
            pb::TimelineEntry {
                sequence: handling.sequence,
                event_id: event.id.to_string(),
                event_kind: event.payload.kind().to_owned(),
                actor: event.actor.name.clone(),
                occurred_at: timestamp_of(event.occurred_at),
                received_at: Some(timestamp(event.received_at)),
                handled_at: Some(timestamp(handling.handled_at)),
                outcome: number(handling.outcome),
                effects: explanation::effects(&trace(&handling)),
                contact: logged.map(|held| contact::contact(held)),
                task_id: field::shown(task),
                message_id: field::shown(message),
                words: words.unwrap_or_default().to_owned(),
            }
        });
        Ok(Response::new(pb::GetTimelineResponse {
            entries: entries.collect(),
            next_page_token: self.0.pages().write(&scope, page.next),
        }))
    }
}

/// What an event says of a task or a message, and what whoever did it wrote.
#[derive(Default)]
struct Acted<'a> {
    task: Option<TaskId>,
    message: Option<MessageId>,
    words: Option<&'a str>,
}

fn acted(payload: &Payload) -> Acted<'_> {
    match payload {
        Payload::TaskCreated { id, words, .. } => {
            Acted { task: Some(*id), words: Some(words), ..Acted::default() }
        }
        Payload::TaskActed { task, action, .. } => {
            Acted { task: Some(*task), words: action.words(), ..Acted::default() }
        }
        Payload::DutyExcused { reason, .. } => Acted { words: Some(reason), ..Acted::default() },
        Payload::MessageActed { message, reason, .. } => {
            Acted { message: Some(*message), words: Some(reason), ..Acted::default() }
        }
        Payload::MessageFared { message, .. } => Acted { message: Some(*message), ..Acted::default() },
        _ => Acted::default(),
    }
}
