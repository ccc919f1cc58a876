//! What whoever gives work to somebody should know: that they are away, or not at work before it is due.

use crate::domain::ids::StaffId;
use crate::domain::london;
use crate::grpc::access::Identity;
use crate::grpc::api::Api;
use crate::grpc::convert::field;
use crate::grpc::refused::Refused;
use crate::people::presence;
use prost_types::Timestamp;

impl Api {
    /// Warnings about giving work that is due then to somebody, in words; none where they are there to do it.
    ///
    /// # Errors
    /// [`Refused`].
    pub(super) async fn warnings<'a>(
        &self,
        caller: &Identity,
        staff: &str,
        due: impl IntoIterator<Item = Option<&'a Timestamp>>,
    ) -> Result<Vec<String>, Refused> {
        let Some(id) = field::id_if_given::<StaffId>("staff_id", staff)? else { return Ok(Vec::new()) };
        let (roster, now) = (self.roster(caller.unit).await?, self.now());
        let Some(staff) = roster.staff(id) else { return Ok(Vec::new()) };
        let mut warnings = Vec::new();
        if let Some(away) = roster.absences.iter().find(|away| away.staff == id && away.covers(now)) {
            warnings.push(match away.until {
                Some(until) => format!("they are away until {}", london::human(until)),
                None => "they are away, and nobody knows until when".to_owned(),
            });
        }
        let mut late = 0;
        for due in due {
            let due = field::instant_if_given("due_at", due)?;
            late += usize::from(
                due.is_some_and(|due| due > now && !presence::works_before(&roster, staff, now, due)),
            );
        }
        match late {
            0 => {}
            1 => warnings.push("they are not at work before it is due".to_owned()),
            late => warnings.push(format!("they are not at work before {late} of the tasks are due")),
        }
        Ok(warnings)
    }
}
