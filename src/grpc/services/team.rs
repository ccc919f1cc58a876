//! TeamService: teams, staff, who is away, and notices.

use crate::domain::event::{Payload, Subject};
use crate::domain::ids::{AbsenceId, StaffId, TeamId};
use crate::domain::staff::{Absence, Staff, Team};
use crate::grpc::access::guard::caller;
use crate::grpc::access::{Identity, Role};
use crate::grpc::api::Api;
use crate::grpc::convert::staff::{self, Shown};
use crate::grpc::convert::{field, receipt};
use crate::grpc::page::Pages;
use crate::grpc::pb::team_service_server::TeamService;
use crate::grpc::pb::{self, Reason};
use crate::grpc::refused::Refused;
use tonic::{Request, Response, Status};

/// The service.
pub struct Teams(pub Api);

fn shown_to(caller: &Identity) -> Shown {
    match caller.role {
        Role::TeamLeader | Role::Manager => Shown::All,
        Role::Administrator => Shown::NoKinds,
        Role::Feed | Role::Service | Role::CareOfficer => Shown::Little,
    }
}

/// Refuses a care officer who records somebody else's absence.
fn own_absence(caller: &Identity, staff: StaffId) -> Result<(), Refused> {
    if caller.role == Role::CareOfficer && caller.staff != Some(staff) {
        let message = "care officers record their own absences only: ask a team leader";
        return Err(Refused::new(Reason::RoleForbids, message));
    }
    Ok(())
}

#[tonic::async_trait]
impl TeamService for Teams {
    async fn list_teams(
        &self,
        request: Request<pb::ListTeamsRequest>,
    ) -> Result<Response<pb::ListTeamsResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let size = Pages::size(asked.page_size)?;
        let scope = format!("ListTeams/{}", caller.unit);
        let mark: Option<(String, TeamId)> = self.0.pages().read(&scope, &asked.page_token)?;
        let roster = self.0.roster(caller.unit).await?;
        let place = |team: &Team| (team.name.to_lowercase(), team.id);
        let mut teams: Vec<&Team> = roster.teams.iter().collect();
        teams.sort_by_key(|team| place(team));
        teams.retain(|team| mark.as_ref().is_none_or(|mark| place(team) > *mark));
        let more = teams.len() > size;
        teams.truncate(size);
        let next = teams.last().filter(|_| more).map(|team| place(team));
        Ok(Response::new(pb::ListTeamsResponse {
            teams: teams.into_iter().map(staff::team).collect(),
            next_page_token: self.0.pages().write(&scope, next),
        }))
    }

    async fn put_team(
        &self,
        request: Request<pb::PutTeamRequest>,
    ) -> Result<Response<pb::PutTeamResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let request_id = Api::request_id(&asked.request_id)?;
        let given = field::given("team", asked.team.as_ref())?;
        let team = staff::team_from("team", given, Api::id("team", &caller, request_id))?;
        let id = team.id;
        if !given.id.is_empty() {
            let roster = self.0.roster(caller.unit).await?;
            Api::found(roster.teams.iter().find(|held| held.id == id), "team", id)?;
        }
        let done = self.0.write(&caller, request_id, Subject::Desk, Payload::TeamPut { team }).await?;
        let roster = self.0.roster(caller.unit).await?;
        let held = Api::found(roster.teams.iter().find(|held| held.id == id), "team", id)?;
        let team = Some(staff::team(held));
        Ok(Response::new(pb::PutTeamResponse { receipt: Some(receipt::receipt(&done)), team }))
    }

    async fn list_staff(
        &self,
        request: Request<pb::ListStaffRequest>,
    ) -> Result<Response<pb::ListStaffResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let size = Pages::size(asked.page_size)?;
        let team: Option<TeamId> = field::id_if_given("team_id", &asked.team_id)?;
        let scope = format!("ListStaff/{}/{team:?}/{}", caller.unit, asked.include_left);
        let mark: Option<StaffMark> = self.0.pages().read(&scope, &asked.page_token)?;
        let (roster, now) = (self.0.roster(caller.unit).await?, self.0.now());
        let wanted = |staff: &&Staff| {
            team.is_none_or(|team| staff.team == team)
                && (asked.include_left || staff.left_at.is_none_or(|left| left > now))
        };
        let place = |staff: &Staff| (staff.name.to_lowercase(), staff.id);
        let mut people: Vec<&Staff> = roster.staff.iter().filter(wanted).collect();
        people.sort_by_key(|staff| place(staff));
        if let Some(StaffMark(id)) = mark {
            // A token holds no name: the list goes on behind whoever bears the id.
            let behind = people.iter().position(|staff| staff.id == id).map_or(people.len(), |at| at + 1);
            people.drain(..behind);
        }
        let more = people.len() > size;
        people.truncate(size);
        let next = people.last().filter(|_| more).map(|staff| StaffMark(staff.id));
        self.0.listed(&caller, "staff", people.len()).await?;
        let seen = shown_to(&caller);
        let away = roster.absences.iter().filter(|absence| {
            absence.lasts_beyond(now) && people.iter().any(|staff| staff.id == absence.staff)
        });
        Ok(Response::new(pb::ListStaffResponse {
            absences: away.map(|held| staff::absence(held, seen)).collect(),
            staff: people.into_iter().map(|held| staff::staff(held, seen)).collect(),
            next_page_token: self.0.pages().write(&scope, next),
        }))
    }

    async fn put_staff(
        &self,
        request: Request<pb::PutStaffRequest>,
    ) -> Result<Response<pb::PutStaffResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let request_id = Api::request_id(&asked.request_id)?;
        let given = field::given("staff", asked.staff.as_ref())?;
        let member = staff::staff_from("staff", given, Api::id("staff", &caller, request_id))?;
        let id = member.id;
        if !given.id.is_empty() {
            let roster = self.0.roster(caller.unit).await?;
            let held = Api::found(roster.staff(id), "member of staff", id)?;
            let own = caller.staff == Some(id);
            if own && (held.role != member.role || held.left_at != member.left_at) {
                let message = "nobody changes their own role or leaves by themselves: ask another manager";
                return Err(Refused::invalid("staff.role", message).into());
            }
        }
        let payload = Payload::StaffPut { staff: Box::new(member) };
        let done = self.0.write(&caller, request_id, Subject::Desk, payload).await?;
        let roster = self.0.roster(caller.unit).await?;
        let held = staff::staff(Api::found(roster.staff(id), "member of staff", id)?, shown_to(&caller));
        let receipt = Some(receipt::receipt(&done));
        Ok(Response::new(pb::PutStaffResponse { receipt, staff: Some(held) }))
    }

    async fn record_absence(
        &self,
        request: Request<pb::RecordAbsenceRequest>,
    ) -> Result<Response<pb::RecordAbsenceResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let request_id = Api::request_id(&asked.request_id)?;
        let given = field::given("absence", asked.absence.as_ref())?;
        let absence = staff::absence_from("absence", given, Api::id("absence", &caller, request_id))?;
        own_absence(&caller, absence.staff)?;
        let id = absence.id;
        let is_away = caller.staff == Some(absence.staff) && absence.from <= self.0.now();
        let payload = Payload::AbsenceRecorded { absence };
        let done = self.0.write(&caller, request_id, Subject::Desk, payload).await?;
        if is_away {
            self.0.alert_of_absence(&caller, id).await?;
        }
        let held = staff::absence(&self.0.absence(&caller, id).await?, Shown::All);
        let receipt = Some(receipt::receipt(&done));
        Ok(Response::new(pb::RecordAbsenceResponse { receipt, absence: Some(held) }))
    }

    async fn end_absence(
        &self,
        request: Request<pb::EndAbsenceRequest>,
    ) -> Result<Response<pb::EndAbsenceResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let request_id = Api::request_id(&asked.request_id)?;
        let id: AbsenceId = field::id("absence_id", &asked.absence_id)?;
        own_absence(&caller, self.0.absence(&caller, id).await?.staff)?;
        let at = field::instant_if_given("ends_at", asked.ends_at.as_ref())?;
        let (done, handed_back) = self.0.end_the_absence(&caller, request_id, id, at).await?;
        let held = staff::absence(&self.0.absence(&caller, id).await?, Shown::All);
        let receipt = Some(receipt::receipt(&done));
        Ok(Response::new(pb::EndAbsenceResponse { receipt, absence: Some(held), handed_back }))
    }

    async fn list_absences(
        &self,
        request: Request<pb::ListAbsencesRequest>,
    ) -> Result<Response<pb::ListAbsencesResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let size = Pages::size(asked.page_size)?;
        let staff: Option<StaffId> = field::id_if_given("staff_id", &asked.staff_id)?;
        let staff = if caller.role == Role::CareOfficer { staff.or(caller.staff) } else { staff };
        if caller.role == Role::CareOfficer && staff != caller.staff {
            let message = "care officers see their own absences only: ask a team leader";
            return Err(Refused::new(Reason::RoleForbids, message).into());
        }
        let scope = format!("ListAbsences/{}/{staff:?}", caller.unit);
        let mark: Option<(i64, AbsenceId)> = self.0.pages().read(&scope, &asked.page_token)?;
        let roster = self.0.roster(caller.unit).await?;
        if let Some(staff) = staff {
            Api::found(roster.staff(staff), "member of staff", staff)?;
        }
        let place = |absence: &Absence| (absence.from.timestamp_millis(), absence.id);
        let mut absences: Vec<&Absence> = roster
            .absences
            .iter()
            .filter(|absence| staff.is_none_or(|staff| absence.staff == staff))
            .collect();
        absences.sort_by_key(|absence| std::cmp::Reverse(place(absence)));
        absences.retain(|absence| mark.as_ref().is_none_or(|mark| place(absence) < *mark));
        let more = absences.len() > size;
        absences.truncate(size);
        let next = absences.last().filter(|_| more).map(|absence| place(absence));
        let own = staff.is_some() && staff == caller.staff;
        let seen = if own { Shown::All } else { shown_to(&caller) };
        Ok(Response::new(pb::ListAbsencesResponse {
            absences: absences.into_iter().map(|absence| staff::absence(absence, seen)).collect(),
            next_page_token: self.0.pages().write(&scope, next),
        }))
    }

    async fn plan_cover(
        &self,
        request: Request<pb::PlanCoverRequest>,
    ) -> Result<Response<pb::PlanCoverResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.plan_cover(&caller, request.get_ref()).await?))
    }

    async fn apply_cover(
        &self,
        request: Request<pb::ApplyCoverRequest>,
    ) -> Result<Response<pb::ApplyCoverResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.apply_cover(&caller, request.get_ref()).await?))
    }

    async fn undo_cover(
        &self,
        request: Request<pb::UndoCoverRequest>,
    ) -> Result<Response<pb::UndoCoverResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.undo_cover(&caller, request.get_ref()).await?))
    }

    async fn allocate_pre_charge(
        &self,
        request: Request<pb::AllocatePreChargeRequest>,
    ) -> Result<Response<pb::AllocatePreChargeResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.allocate(&caller, request.get_ref()).await?))
    }

    async fn get_workload(
        &self,
        request: Request<pb::GetWorkloadRequest>,
    ) -> Result<Response<pb::GetWorkloadResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.workload(&caller, request.get_ref(), shown_to(&caller)).await?))
    }

    async fn post_notice(
        &self,
        request: Request<pb::PostNoticeRequest>,
    ) -> Result<Response<pb::PostNoticeResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.post_notice(&caller, request.get_ref()).await?))
    }

    async fn read_notice(
        &self,
        request: Request<pb::ReadNoticeRequest>,
    ) -> Result<Response<pb::ReadNoticeResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.read_notice(&caller, request.get_ref()).await?))
    }

    async fn withdraw_notice(
        &self,
        request: Request<pb::WithdrawNoticeRequest>,
    ) -> Result<Response<pb::WithdrawNoticeResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.withdraw_notice(&caller, request.get_ref()).await?))
    }

    async fn list_notices(
        &self,
        request: Request<pb::ListNoticesRequest>,
    ) -> Result<Response<pb::ListNoticesResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.list_notices(&caller, request.get_ref()).await?))
    }
}

/// Where somebody stands in the list of staff.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
struct StaffMark(StaffId);
