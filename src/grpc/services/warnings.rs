//! What whoever gives work to somebody should know: that they are away, or not at work before it is due.

use crate::domain::ids::StaffId;
use crate::domain::london;
use crate::domain::staff::Roster;
use crate::grpc::access::Identity;
use crate::grpc::api::Api;
use crate::grpc::convert::field;
use crate::grpc::refused::Refused;
use crate::people::presence;
use chrono::{DateTime, Utc};
use prost_types::Timestamp;

impl Api {
    /// Warnings about giving a task that is due then to somebody, in words; none where they are there to do it.
    ///
    /// # Errors
    /// [`Refused`].
    pub(super) async fn warnings(
        &self,
        caller: &Identity,
        staff: &str,
        due: Option<&Timestamp>,
    ) -> Result<Vec<String>, Refused> {
        let Some(staff) = field::id_if_given::<StaffId>("staff_id", staff)? else { return Ok(Vec::new()) };
        let due = field::instant_if_given("due_at", due)?;
        Ok(of(&*self.roster(caller.unit).await?, staff, [due], self.now()))
    }
}

/// Warnings about giving tasks that are due then to somebody, in words.
pub(super) fn of(
    roster: &Roster,
    staff: StaffId,
    due: impl IntoIterator<Item = Option<DateTime<Utc>>>,
    now: DateTime<Utc>,
) -> Vec<String> {
    let Some(staff) = roster.staff(staff) else { return Vec::new() };
    let mut warnings = Vec::new();
    if let Some(away) = roster.absences.iter().find(|away| away.staff == staff.id && away.covers(now)) {
        warnings.push(match away.until {
            Some(until) => format!("they are away until {}", london::human(until)),
            None => "they are away, and nobody knows until when".to_owned(),
        });
    }
    let is_late = |due: &DateTime<Utc>| *due > now && !presence::works_before(roster, staff, now, *due);
    match due.into_iter().flatten().filter(is_late).count() {
        0 => {}
        1 => warnings.push("they are not at work before it is due".to_owned()),
        late => warnings.push(format!("they are not at work before {late} of the tasks are due")),
    }
    warnings
}
