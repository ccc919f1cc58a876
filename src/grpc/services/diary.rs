//! DiaryService: the diary day by day, and the sheet of a trial.

use crate::domain::hearing::{AttendanceStep, When};
use crate::domain::ids::HearingId;
use crate::domain::london;
use crate::domain::person::Participant;
use crate::domain::state::CaseState;
use crate::grpc::access::guard::caller;
use crate::grpc::api::Api;
use crate::grpc::convert::field::{self, NAME_MAX, number, shown, text_if_given, timestamp};
use crate::grpc::convert::hearing;
use crate::grpc::page::Pages;
use crate::grpc::pb;
use crate::grpc::pb::diary_service_server::DiaryService;
use crate::grpc::refused::Refused;
use crate::store::queries::{diary, hearings};
use chrono::{Days, NaiveDate};
use tonic::{Request, Response, Status};

/// The service.
pub struct Diary(pub Api);

/// Days of one list, at most.
const DAYS_MAX: i64 = 366;

/// Days after the first where nobody says to which.
const WEEK: Days = Days::new(6);

#[tonic::async_trait]
impl DiaryService for Diary {
    async fn list_entries(
        &self,
        request: Request<pb::ListEntriesRequest>,
    ) -> Result<Response<pb::ListEntriesResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let size = Pages::size(asked.page_size)?;
        let (roster, now) = (self.0.roster(caller.unit).await?, self.0.now());
        let from = field::day_if_given("from_day", &asked.from_day)?.unwrap_or_else(|| london::date(now));
        let to = field::day_if_given("to_day", &asked.to_day)?;
        let to = to.or_else(|| from.checked_add_days(WEEK)).unwrap_or(from);
        in_order(from, to)?;
        let filter = diary::Filter {
            from,
            to,
            staff: field::id_if_given("staff_id", &asked.staff_id)?,
            team: field::id_if_given("team_id", &asked.team_id)?,
            court: text_if_given("court_code", &asked.court_code, NAME_MAX)?,
        };
        let scope = format!("ListEntries/{}/{filter:?}", caller.unit);
        let mark = self.0.pages().read(&scope, &asked.page_token)?;
        let page = diary::list(self.0.store(), caller.unit, &filter, mark, size).await;
        let page = page.map_err(Refused::from)?;
        self.0.listed(&caller, "diary entries", page.items.len()).await?;
        let line = |line: &diary::Line| pb::DiaryLine {
            entry: Some(hearing::diary_entry(&line.entry, &line.case, &roster.absences, now)),
            case_id: line.case.id.to_string(),
            case_label: line.case.label().to_owned(),
            owner_id: shown(line.case.owner),
            team_id: shown(line.case.team),
            hearing: line
                .hearing
                .as_ref()
                .map(|held| pb::Hearing { defendant_ids: Vec::new(), ..hearing::hearing(held) }),
        };
        Ok(Response::new(pb::ListEntriesResponse {
            lines: page.items.iter().map(line).collect(),
            next_page_token: self.0.pages().write(&scope, page.next),
        }))
    }

    async fn get_trial_sheet(
        &self,
        request: Request<pb::GetTrialSheetRequest>,
    ) -> Result<Response<pb::GetTrialSheetResponse>, Status> {
        let caller = caller(&request)?;
        let id: HearingId = field::id("hearing_id", &request.get_ref().hearing_id)?;
        let case = hearings::case_of(self.0.store(), caller.unit, id).await.map_err(Refused::from)?;
        let state = self.0.case(&caller, Api::found(case, "hearing", id)?).await?;
        self.0.looked(&caller, "hearing", id.0).await?;
        let held = Api::found(state.hearings.iter().find(|held| held.id == id), "hearing", id)?;
        let (roster, now) = (self.0.roster(caller.unit).await?, self.0.now());
        let at = if let When::At(at) = held.when { at } else { now };
        let arrangements = || {
            let here = state.arrangements.iter();
            here.filter(|one| one.hearing == id && one.listing == held.listing)
        };
        Ok(Response::new(pb::GetTrialSheetResponse {
            hearing: Some(hearing::hearing(held)),
            case_id: state.case.id.to_string(),
            case_label: state.case.label().to_owned(),
            owner_id: shown(state.case.owner),
            cover_id: shown(state.case.cover_at(&roster.absences, at)),
            lines: lines(&state, id, held.listing),
            arrangements: arrangements()
                .filter(|one| one.participant.is_none())
                .map(|one| hearing::arrangement(one))
                .collect(),
        }))
    }
}

fn in_order(from: NaiveDate, to: NaiveDate) -> Result<(), Refused> {
    if to < from {
        return Err(Refused::invalid("to_day", "must not lie before from_day"));
    }
    if (to - from).num_days() >= DAYS_MAX {
        return Err(Refused::invalid("to_day", format!("must be within {DAYS_MAX} days of from_day")));
    }
    Ok(())
}

/// Everybody at a listing of a hearing, in order of their numbers; those without one last.
fn lines(state: &CaseState, id: HearingId, listing: i32) -> Vec<pb::SheetLine> {
    let there = state.attendances.iter().filter(|held| held.hearing == id && held.listing == listing);
    let mut people: Vec<_> = there
        .filter_map(|attendance| Some((state.participant(attendance.participant)?, attendance)))
        .collect();
    let place = |who: &Participant| (who.witness_number.is_none(), who.witness_number, who.id);
    people.sort_by_key(|(who, _)| place(who));
    let line = |(who, attendance): (&crate::domain::state::Tracked<Participant>, _)| {
        let attendance: &crate::domain::hearing::Attendance = attendance;
        let name = state.person(who.person).map(|person| person.identity.full_name());
        let booked = state
            .arrangements
            .iter()
            .filter(|one| one.hearing == id && one.listing == listing && one.participant == Some(who.id));
        pb::SheetLine {
            participant_id: who.id.to_string(),
            name: name.unwrap_or_default(),
            witness_number: who.witness_number.unwrap_or(0),
            collar: who.collar.clone().unwrap_or_default(),
            roles: who.roles.iter().map(|role| number(*role)).collect(),
            state: number(attendance.state),
            phase: attendance.phase.clone().unwrap_or_default(),
            steps: attendance.steps.iter().map(step).collect(),
            arrangements: booked.map(|one| hearing::arrangement(one)).collect(),
        }
    };
    people.into_iter().map(|(who, attendance)| line((who, attendance))).collect()
}

fn step(step: &AttendanceStep) -> pb::AttendanceStep {
    pb::AttendanceStep {
        state: number(step.state),
        at: Some(timestamp(step.at)),
        told_by: step.told_by.clone().unwrap_or_default(),
    }
}
