//! How the Victims' Code is kept: part of OperationsService.

use crate::domain::ids::UnitId;
use crate::domain::london;
use crate::domain::london::monday_of;
use crate::grpc::api::Api;
use crate::grpc::convert::field;
use crate::grpc::pb;
use crate::grpc::refused::Refused;
use crate::store::queries::compliance;
use chrono::Days;

/// Weeks counted in one call, at most.
const WEEKS_MAX: i64 = 53;
/// How far back it goes where nobody says.
const BACK: Days = Days::new(7 * 8);

impl Api {
    /// GetCompliance.
    pub(super) async fn compliance(
        &self,
        unit: UnitId,
        asked: &pb::GetComplianceRequest,
    ) -> Result<pb::GetComplianceResponse, Refused> {
        let now = self.now();
        let to = field::day_if_given("to_day", &asked.to_day)?.unwrap_or_else(|| london::date(now));
        let from = field::day_if_given("from_day", &asked.from_day)?.unwrap_or_else(|| to - BACK);
        let (first, last) = (monday_of(from), monday_of(to));
        if last < first {
            return Err(Refused::invalid("to_day", "must not lie before from_day"));
        }
        if (last - first).num_weeks() >= WEEKS_MAX {
            return Err(Refused::invalid("to_day", format!("must be within {WEEKS_MAX} weeks of from_day")));
        }
        let period = (london::start_of_day(first), london::start_of_day(last + Days::new(7)));
        let counts = compliance::count(self.store(), unit, period, now).await?;
        let shown =
            |((kind, week), count): ((String, chrono::NaiveDate), compliance::Count)| pb::ComplianceCount {
                kind,
                week: week.to_string(),
                met: count.met,
                late: count.late,
                excused: count.excused,
                overdue: count.overdue,
                open: count.open,
            };
        Ok(pb::GetComplianceResponse { counts: counts.into_iter().map(shown).collect() })
    }
}
