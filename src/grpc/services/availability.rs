//! When the witnesses of a case can come to court, for whoever is asked for a date.

use super::diary::in_order;
use crate::domain::availability::{self, Row};
use crate::domain::ids::{CaseId, HearingId};
use crate::domain::london;
use crate::domain::person::Days;
use crate::grpc::access::Identity;
use crate::grpc::api::Api;
use crate::grpc::convert::field::{self, timestamp};
use crate::grpc::pb;
use crate::grpc::refused::Refused;
use chrono::Months;

impl Api {
    /// The grid of a case.
    ///
    /// # Errors
    /// [`Refused`].
    pub(super) async fn get_availability(
        &self,
        caller: &Identity,
        asked: &pb::GetAvailabilityRequest,
    ) -> Result<pb::GetAvailabilityResponse, Refused> {
        let id: CaseId = field::id("case_id", &asked.case_id)?;
        let wanted: Option<HearingId> = field::id_if_given("hearing_id", &asked.hearing_id)?;
        let today = london::date(self.now());
        let from = field::day_if_given("from_day", &asked.from_day)?;
        let from = from.or_else(|| today.succ_opt()).unwrap_or(today);
        let to = field::day_if_given("to_day", &asked.to_day)?;
        let to = to.or_else(|| from.checked_add_months(Months::new(6))).unwrap_or(from);
        in_order(from, to)?;
        let state = self.case(caller, id).await?;
        let held = |id| Self::found(state.hearings.iter().find(|held| held.id == id), "hearing", id);
        let hearing = wanted.map(held).transpose()?;
        let rules = self.rules(caller.unit).await?;
        let over = Days { from, to };
        let grid = availability::grid(&state, hearing.map(|held| &**held), over, &rules.pack.calendar);
        let grid = grid.map_err(|unknown| Refused::invalid("to_day", unknown.to_string()))?;
        self.looked(caller, "case", id.0).await?;
        let span = |days: &Days| pb::DaySpan { from_day: days.from.to_string(), to_day: days.to.to_string() };
        let line = |row: &Row| {
            let held = state.participant(row.participant);
            let name =
                held.and_then(|held| state.person(held.person)).map(|person| person.identity.full_name());
            pb::AvailabilityLine {
                participant_id: row.participant.to_string(),
                name: name.unwrap_or_default(),
                witness_number: held.and_then(|held| held.witness_number).unwrap_or_default(),
                asked_at: row.asked_at.map(timestamp),
                away: row.away.iter().map(span).collect(),
            }
        };
        Ok(pb::GetAvailabilityResponse {
            lines: grid.rows.iter().map(line).collect(),
            free: grid.free.iter().map(span).collect(),
            from_day: from.to_string(),
            to_day: to.to_string(),
        })
    }
}
