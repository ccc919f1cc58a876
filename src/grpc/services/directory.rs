//! DirectoryService: the contact directory, and where correspondence would go.

use crate::domain::contact::{DirectoryEntry, DirectoryKind};
use crate::domain::event::{Payload, Subject};
use crate::domain::ids::{CaseId, DirectoryId, HearingId};
use crate::domain::message::{Audience, Medium, Recipient};
use crate::domain::person::Role;
use crate::domain::staff::Roster;
use crate::domain::state::CaseState;
use crate::grpc::access::guard::caller;
use crate::grpc::api::Api;
use crate::grpc::convert::field::{self, NAME_MAX, text_if_given};
use crate::grpc::convert::{contact, message, receipt};
use crate::grpc::page::Pages;
use crate::grpc::pb;
use crate::grpc::pb::directory_service_server::DirectoryService;
use crate::render::address;
use crate::render::view::BODIES;
use chrono::NaiveDate;
use tonic::{Request, Response, Status};

/// The service.
pub struct Directory(pub Api);

#[tonic::async_trait]
impl DirectoryService for Directory {
    async fn list_contacts(
        &self,
        request: Request<pb::ListContactsRequest>,
    ) -> Result<Response<pb::ListContactsResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let size = Pages::size(asked.page_size)?;
        let kinds: Vec<DirectoryKind> = field::words("kinds", &asked.kinds)?;
        let court = text_if_given("court_code", &asked.court_code, NAME_MAX)?;
        let before: Option<NaiveDate> = field::day_if_given("review_before", &asked.review_before)?;
        let scope = format!("ListContacts/{}/{kinds:?}/{court:?}/{before:?}", caller.unit);
        let mark: Option<(String, DirectoryId)> = self.0.pages().read(&scope, &asked.page_token)?;
        let roster = self.0.roster(caller.unit).await?;
        let wanted = |entry: &&DirectoryEntry| {
            (kinds.is_empty() || kinds.contains(&entry.kind))
                && court.as_ref().is_none_or(|court| entry.court_code.as_ref() == Some(court))
                && before.is_none_or(|before| entry.review_on.is_some_and(|on| on < before))
        };
        let place = |entry: &DirectoryEntry| (entry.name.to_lowercase(), entry.id);
        let mut entries: Vec<&DirectoryEntry> = roster.directory.iter().filter(wanted).collect();
        entries.sort_by_key(|entry| place(entry));
        entries.retain(|entry| mark.as_ref().is_none_or(|mark| place(entry) > *mark));
        let more = entries.len() > size;
        entries.truncate(size);
        let next = entries.last().filter(|_| more).map(|entry| place(entry));
        self.0.listed(&caller, "directory entries", entries.len()).await?;
        Ok(Response::new(pb::ListContactsResponse {
            entries: entries.into_iter().map(contact::entry).collect(),
            next_page_token: self.0.pages().write(&scope, next),
        }))
    }

    async fn put_contact(
        &self,
        request: Request<pb::PutContactRequest>,
    ) -> Result<Response<pb::PutContactResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let request_id = Api::request_id(&asked.request_id)?;
        let given = field::given("entry", asked.entry.as_ref())?;
        let entry = contact::entry_from("entry", given, Api::id("directory", &caller, request_id))?;
        let id = entry.id;
        if !given.id.is_empty() {
            let roster = self.0.roster(caller.unit).await?;
            Api::found(roster.directory.iter().find(|held| held.id == id), "directory entry", id)?;
        }
        let payload = Payload::DirectoryPut { entry: Box::new(entry) };
        let done = self.0.write(&caller, request_id, Subject::Desk, payload).await?;
        let roster = self.0.roster(caller.unit).await?;
        let held = Api::found(roster.directory.iter().find(|held| held.id == id), "directory entry", id)?;
        let entry = Some(contact::entry(held));
        Ok(Response::new(pb::PutContactResponse { receipt: Some(receipt::receipt(&done)), entry }))
    }

    async fn resolve_recipients(
        &self,
        request: Request<pb::ResolveRecipientsRequest>,
    ) -> Result<Response<pb::ResolveRecipientsResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let case: CaseId = field::id("case_id", &asked.case_id)?;
        let audience: Audience = field::word("audience", asked.audience)?;
        let hearing: Option<HearingId> = field::id_if_given("hearing_id", &asked.hearing_id)?;
        let state = self.0.case(&caller, case).await?;
        if let Some(id) = hearing {
            Api::found(state.hearings.iter().find(|held| held.id == id), "hearing", id)?;
        }
        self.0.looked(&caller, "case", case.0).await?;
        let roster = self.0.roster(caller.unit).await?;
        let medium = if audience == Audience::Victim { Medium::Letter } else { Medium::Email };
        let recipients = members(&state, &roster, audience, hearing).into_iter().map(|to| {
            message::resolved(to, address::resolve(to, &state, &roster, medium, None, self.0.now()))
        });
        Ok(Response::new(pb::ResolveRecipientsResponse { recipients: recipients.collect() }))
    }
}

/// Everybody in an audience of a case: of those who must attend a hearing, where one is named.
fn members(
    state: &CaseState,
    roster: &Roster,
    audience: Audience,
    hearing: Option<HearingId>,
) -> Vec<Recipient> {
    let attends = |id| {
        hearing.is_none_or(|hearing| {
            state.attendances.iter().any(|held| held.hearing == hearing && held.participant == id)
        })
    };
    let playing = |roles: &[Role], concerned: bool| {
        let playing = state.participants.iter().filter(|held| held.left_at.is_none());
        let playing = playing.filter(|held| roles.iter().any(|role| held.is(*role)));
        let playing = playing.filter(|held| !concerned || attends(held.id));
        playing.map(|held| Recipient::Participant(held.id)).collect::<Vec<_>>()
    };
    let court = hearing.and_then(|id| state.hearings.iter().find(|held| held.id == id));
    let court = court.and_then(|held| held.court.code.clone());
    let listed = |kinds: &[DirectoryKind]| {
        let entries = roster.directory.iter().filter(|entry| kinds.contains(&entry.kind));
        let entries = entries
            .filter(|entry| court.is_none() || entry.court_code.is_none() || entry.court_code == court);
        entries.map(|entry| Recipient::Directory(entry.id)).collect::<Vec<_>>()
    };
    match audience {
        Audience::OfficerInCase => playing(&[Role::OfficerInCase], false),
        Audience::PoliceWitness => playing(&[Role::PoliceWitness], true),
        Audience::Witness => playing(&[Role::CivilianWitness, Role::ProfessionalWitness], true),
        Audience::Victim => playing(&[Role::Victim], false),
        Audience::Adviser => playing(&[Role::Adviser], false),
        Audience::ResourceTeam => {
            let rostered = state.participants.iter().filter(|held| held.is(Role::PoliceWitness));
            let rostered = rostered.filter(|held| held.left_at.is_none() && attends(held.id));
            let mut teams: Vec<DirectoryId> = rostered.filter_map(|held| held.resource_team).collect();
            teams.sort_unstable();
            teams.dedup();
            teams.into_iter().map(Recipient::Directory).collect()
        }
        Audience::Agency => listed(&[DirectoryKind::WitnessService, DirectoryKind::Agency]),
        Audience::Referral => listed(&BODIES),
        Audience::Court => listed(&[DirectoryKind::Court]),
        Audience::Cps => listed(&[DirectoryKind::Cps]),
        Audience::Staff => state.case.owner.into_iter().map(Recipient::Staff).collect(),
    }
}
