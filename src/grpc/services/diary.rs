//! DiaryService: the diary day by day, and the sheet of a trial.

use crate::domain::contact::Contact;
use crate::domain::hearing::{Attendance, AttendanceStep, When};
use crate::domain::ids::{HearingId, ParticipantId};
use crate::domain::london;
use crate::domain::person::Participant;
use crate::domain::state::CaseState;
use crate::grpc::access::guard::caller;
use crate::grpc::api::Api;
use crate::grpc::convert::field::{self, NAME_MAX, number, shown, text_if_given, timestamp};
use crate::grpc::convert::{contact, hearing};
use crate::grpc::look;
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
            days: (!asked.undated).then_some((from, to)),
            staff: field::id_if_given("staff_id", &asked.staff_id)?,
            team: field::id_if_given("team_id", &asked.team_id)?,
            court: text_if_given("court_code", &asked.court_code, NAME_MAX)?,
        };
        let scope = format!("ListEntries/{}/{filter:?}", caller.unit);
        let mark = self.0.pages().read(&scope, &asked.page_token)?;
        let rules = self.0.rules(caller.unit).await.ok();
        let page = diary::list(self.0.store(), caller.unit, &filter, mark, size).await;
        let page = page.map_err(Refused::from)?;
        self.0.listed(&caller, "diary entries", page.items.len()).await?;
        let calendar = rules.as_ref().map(|rules| &rules.pack.calendar);
        let line = |line: &diary::Line| {
            let look = look::of(line, now, calendar);
            let mut entry = hearing::diary_entry(&line.entry, &line.case, &roster.absences, now);
            if let Some(appointment) = &mut entry.appointment {
                appointment.words.clear();
            }
            let at = if let When::At(at) = line.entry.when { at } else { now };
            let cover = line.case.cover_at(&roster.absences, at).and_then(|cover| roster.staff(cover));
            pb::DiaryLine {
                entry: Some(entry),
                case_id: line.case.id.to_string(),
                case_label: line.case.label().to_owned(),
                owner_id: shown(line.case.owner),
                team_id: shown(line.case.team),
                hearing: line
                    .hearing
                    .as_ref()
                    .map(|held| pb::Hearing { defendant_ids: Vec::new(), ..hearing::hearing(held) }),
                colour: number(look.colour),
                sign: look.sign.to_owned(),
                words: look.words,
                struck_out: look.struck_out,
                enhanced: line.enhanced,
                cover: cover.map(|cover| format!("cover: {}", cover.name)).unwrap_or_default(),
            }
        };
        Ok(Response::new(pb::ListEntriesResponse {
            lines: page.items.iter().map(line).collect(),
            next_page_token: self.0.pages().write(&scope, page.next),
        }))
    }

    async fn get_availability(
        &self,
        request: Request<pb::GetAvailabilityRequest>,
    ) -> Result<Response<pb::GetAvailabilityResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.get_availability(&caller, request.get_ref()).await?))
    }

    async fn put_appointment(
        &self,
        request: Request<pb::PutAppointmentRequest>,
    ) -> Result<Response<pb::PutAppointmentResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.put_appointment(&caller, request.get_ref()).await?))
    }

    async fn cancel_appointment(
        &self,
        request: Request<pb::CancelAppointmentRequest>,
    ) -> Result<Response<pb::CancelAppointmentResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.cancel_appointment(&caller, request.get_ref()).await?))
    }

    async fn create_feed(
        &self,
        request: Request<pb::CreateFeedRequest>,
    ) -> Result<Response<pb::CreateFeedResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.create_feed(&caller, request.get_ref()).await?))
    }

    async fn list_feeds(
        &self,
        request: Request<pb::ListFeedsRequest>,
    ) -> Result<Response<pb::ListFeedsResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.list_feeds(&caller, request.get_ref()).await?))
    }

    async fn revoke_feed(
        &self,
        request: Request<pb::RevokeFeedRequest>,
    ) -> Result<Response<pb::RevokeFeedResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.revoke_feed(&caller, request.get_ref()).await?))
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
            risk: number(state.case.risk),
            notes: notes(&state, id, |about| {
                !about.is_some_and(|about| on_it(&state, id, held.listing, about))
            }),
        }))
    }
}

pub(super) fn in_order(from: NaiveDate, to: NaiveDate) -> Result<(), Refused> {
    if to < from {
        return Err(Refused::invalid("to_day", "must not lie before from_day"));
    }
    if (to - from).num_days() >= DAYS_MAX {
        return Err(Refused::invalid("to_day", format!("must be within {DAYS_MAX} days of from_day")));
    }
    Ok(())
}

/// Whether somebody is or was to attend a listing of a hearing.
fn on_it(state: &CaseState, id: HearingId, listing: i32, who: ParticipantId) -> bool {
    let theirs = |held: &Attendance| (held.participant, held.hearing, held.listing) == (who, id, listing);
    state.attendances.iter().any(|held| theirs(held))
}

/// The notes on the sheet of a hearing about whom it is asked, in order of time; what was corrected gives way.
fn notes(
    state: &CaseState,
    id: HearingId,
    about: impl Fn(Option<ParticipantId>) -> bool,
) -> Vec<pb::Contact> {
    let mut notes: Vec<&Contact> = state
        .contacts
        .iter()
        .map(|held| &**held)
        .filter(|held| held.hearing == Some(id) && about(held.with))
        .filter(|held| state.correction_of(held.id).is_none())
        .collect();
    notes.sort_by_key(|note| (note.at, note.id));
    notes.into_iter().map(contact::contact).collect()
}

/// Everybody at a listing of a hearing, by their place in the order of evidence, then by number; those without one last.
fn lines(state: &CaseState, id: HearingId, listing: i32) -> Vec<pb::SheetLine> {
    let there = state.attendances.iter().filter(|held| held.hearing == id && held.listing == listing);
    let mut people: Vec<_> = there
        .filter_map(|attendance| Some((state.participant(attendance.participant)?, attendance)))
        .collect();
    let place = |who: &Participant, order: Option<i32>| {
        (order.is_none(), order, who.witness_number.is_none(), who.witness_number, who.id)
    };
    people.sort_by_key(|(who, attendance)| place(who, attendance.order));
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
            evidence_order: attendance.order.unwrap_or(0),
            measures: hearing::measures(&attendance.measures),
            enhanced: who.is_enhanced(),
            child: who.child,
            notes: notes(state, id, |about| about == Some(who.id)),
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
