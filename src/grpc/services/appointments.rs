//! Appointments and reminders, as DiaryService answers them.

use crate::domain::diary::{Appointment, DiaryEntry};
use crate::domain::event::{Payload, Subject};
use crate::domain::ids::{CaseId, DiaryEntryId};
use crate::domain::london;
use crate::domain::staff::Roster;
use crate::domain::state::CaseState;
use crate::grpc::access::Identity;
use crate::grpc::api::Api;
use crate::grpc::convert::field::{self, REASON_MAX, text};
use crate::grpc::convert::hearing::{appointment_from, diary_entry};
use crate::grpc::convert::receipt::receipt;
use crate::grpc::pb;
use crate::grpc::refused::Refused;
use chrono::{DateTime, Utc};

impl Api {
    /// PutAppointment.
    pub(super) async fn put_appointment(
        &self,
        caller: &Identity,
        asked: &pb::PutAppointmentRequest,
    ) -> Result<pb::PutAppointmentResponse, Refused> {
        let request_id = Self::request_id(&asked.request_id)?;
        let case: CaseId = field::id("case_id", &asked.case_id)?;
        let given: Option<DiaryEntryId> = field::id_if_given("entry_id", &asked.entry_id)?;
        let at = field::instant("at", asked.at.as_ref())?;
        let appointment = appointment_from("appointment", asked.appointment.as_ref())?;
        let version = match given {
            Some(_) => field::version("version", asked.version)?,
            None if asked.version == 0 => 0,
            None => return Err(Refused::invalid("version", "must be 0 for a new entry")),
        };
        let entry = given.unwrap_or_else(|| Self::id("appointment", caller, request_id));
        self.case(caller, case).await?;
        let boxed = Box::new(appointment.clone());
        let payload = Payload::AppointmentPut { entry, at, appointment: boxed, version };
        let done = self.write(caller, request_id, Subject::Case(case), payload).await?;
        let state = self.case(caller, case).await?;
        let roster = self.roster(caller.unit).await?;
        Ok(pb::PutAppointmentResponse {
            receipt: Some(receipt(&done)),
            entry: Some(self.entry(&state, &roster, entry)?),
            warnings: warnings(&appointment, &state, &roster, at),
        })
    }

    /// CancelAppointment.
    pub(super) async fn cancel_appointment(
        &self,
        caller: &Identity,
        asked: &pb::CancelAppointmentRequest,
    ) -> Result<pb::CancelAppointmentResponse, Refused> {
        let request_id = Self::request_id(&asked.request_id)?;
        let case: CaseId = field::id("case_id", &asked.case_id)?;
        let entry: DiaryEntryId = field::id("entry_id", &asked.entry_id)?;
        let reason = text("words", &asked.words, REASON_MAX)?;
        let version = field::version("version", asked.version)?;
        self.case(caller, case).await?;
        let payload = Payload::AppointmentCancelled { entry, reason, version };
        let done = self.write(caller, request_id, Subject::Case(case), payload).await?;
        let state = self.case(caller, case).await?;
        let roster = self.roster(caller.unit).await?;
        Ok(pb::CancelAppointmentResponse {
            receipt: Some(receipt(&done)),
            entry: Some(self.entry(&state, &roster, entry)?),
        })
    }

    fn entry(&self, state: &CaseState, roster: &Roster, id: DiaryEntryId) -> Result<pb::DiaryEntry, Refused> {
        let held = state.diary.iter().find(|entry| entry.id == id);
        let held: &DiaryEntry = Self::found(held, "diary entry", id)?;
        Ok(diary_entry(held, &state.case, &roster.absences, self.now()))
    }
}

/// What there is to think of: whoever is to keep the appointment is away, or nobody is to keep it.
fn warnings(appointment: &Appointment, state: &CaseState, roster: &Roster, at: DateTime<Utc>) -> Vec<String> {
    let Some(keeper) = appointment.staff.or(state.case.owner) else {
        return vec!["nobody owns the case, and the appointment names nobody who is to keep it".to_owned()];
    };
    let away = roster.absences.iter().find(|absence| absence.staff == keeper && absence.covers(at));
    let Some(away) = away else { return Vec::new() };
    let until = match away.until {
        Some(until) => format!("until {}", london::human(until)),
        None => "with no end known".to_owned(),
    };
    vec![format!("whoever is to keep it ({keeper}) is away then, {until}")]
}
