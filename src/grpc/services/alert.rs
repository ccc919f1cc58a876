//! Team leaders hear at once of work for today that nobody is there to do: when one of the unit's people reports
//! themselves ill, and not only when the clock strikes the hour.

use crate::domain::briefing::BriefingKind;
use crate::domain::event::{Payload, Subject};
use crate::domain::ids::AbsenceId;
use crate::engine::NewEvent;
use crate::grpc::access::Identity;
use crate::grpc::api::Api;
use crate::grpc::refused::Refused;
use crate::rules::pack::List;
use crate::team::briefing;
use chrono::TimeDelta;

/// Where these alerts come from.
const SOURCE: &str = "usher:absence";

impl Api {
    /// Briefs the team leaders who are at work of what an absence leaves undone today, once for each absence.
    ///
    /// # Errors
    /// [`Refused`].
    pub(super) async fn alert_of_absence(
        &self,
        caller: &Identity,
        absence: AbsenceId,
    ) -> Result<(), Refused> {
        let kind = BriefingKind::Uncovered;
        if !self.rules(caller.unit).await?.pack.lists.contains_key(&List::of(kind)) {
            return Ok(());
        }
        let (roster, now) = (self.roster(caller.unit).await?, self.now());
        let line = format!("absence/{absence}");
        let wanted =
            briefing::Wanted { kind, after: TimeDelta::zero(), run: None, source: SOURCE, line: &line };
        for told in briefing::due(self.store(), &roster, wanted, now).await? {
            let payload = Payload::StaffBriefed { briefing: Box::new(told.briefing) };
            let event = Api::event(caller, &told.reference, Subject::Desk, payload);
            self.record(NewEvent { source: SOURCE.to_owned(), ..event }).await?;
        }
        Ok(())
    }
}
