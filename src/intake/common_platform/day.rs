//! Which day a share is of.
//!
//! The internal shape says (`hearingDay`). The external one does not, and its hearing lists every day it sits, so the
//! day is derived, by the first of these that answers; days that are cancelled do not count:
//!
//! 1. the sitting day on which results were ordered, the latest if there are several;
//! 2. the only sitting day;
//! 3. the last sitting day that is not after the day it was shared;
//! 4. the first sitting day, where all are still to come;
//! 5. without sitting days, the latest day on which a result was ordered.
//!
//! All days are London days: a court that sits at 23:30 UTC in July sits on the next day.

use super::super::Unusable;
use super::path::Path;
use super::wire::{Envelope, Hearing, HearingDay, JudicialResult};
use crate::domain::london;
use crate::words;
use chrono::{DateTime, NaiveDate, Utc};

words! {
    /// What a hearing day was taken from, where it is not stated.
    pub enum DayRule as "day rule" {
        /// The sitting day on which results were ordered.
        OrderedOn = "the day its results were ordered",
        /// The only sitting day.
        OnlySittingDay = "its only sitting day",
        /// The last sitting day that is not after the day it was shared.
        LastSittingDay = "its last sitting day before it was shared",
        /// The first sitting day, where all are still to come.
        FirstSittingDay = "its first sitting day",
    }
}

/// When a share's hearing sat.
pub(super) struct Sitting {
    /// The day.
    pub(super) day: NaiveDate,
    /// When it was listed to start on that day.
    pub(super) at: Option<DateTime<Utc>>,
    /// What the day was taken from, if it was not stated.
    pub(super) derived: Option<DayRule>,
}

/// The days on which a hearing sits and that are not cancelled, the earliest first.
pub(super) fn sittings(path: &Path<'_>, days: &[HearingDay<'_>]) -> Result<Vec<DateTime<Utc>>, Unusable> {
    let mut sittings = Vec::with_capacity(days.len());
    for (index, day) in days.iter().enumerate() {
        let at = path.index(index).field("sittingDay").instant(&day.sitting_day)?;
        sittings.extend(at.filter(|_| !day.is_cancelled.0));
    }
    sittings.sort_unstable();
    Ok(sittings)
}

/// When the hearing sat, by the rules above.
pub(super) fn sitting(
    path: &Path<'_>,
    envelope: &Envelope<'_>,
    hearing: &Hearing<'_>,
    shared_at: DateTime<Utc>,
) -> Result<Sitting, Unusable> {
    let days = path.field("hearingDays");
    let sittings = sittings(&days, &hearing.hearing_days)?;
    let stated = Path::root("hearingDay").date(&envelope.hearing_day)?;
    let (day, derived) = match stated {
        Some(day) => (day, None),
        None => {
            let (day, rule) =
                derive(&sittings, &ordered_on(hearing), london::date(shared_at)).ok_or_else(|| {
                    let expected =
                        "`hearingDay` beside the hearing, a sitting day, or a result's orderedDate";
                    days.incomplete(format!("no hearing day: expected {expected}"))
                })?;
            (day, Some(rule))
        }
    };
    let at = sittings.into_iter().find(|at| london::date(*at) == day);
    Ok(Sitting { day, at, derived })
}

pub(super) fn derive(
    sittings: &[DateTime<Utc>],
    ordered: &[NaiveDate],
    shared_on: NaiveDate,
) -> Option<(NaiveDate, DayRule)> {
    let days: Vec<NaiveDate> = sittings.iter().copied().map(london::date).collect();
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return ordered.iter().max().map(|day| (*day, DayRule::OrderedOn));
    };
    if let Some(day) = ordered.iter().filter(|day| days.contains(day)).max() {
        return Some((*day, DayRule::OrderedOn));
    }
    if first == last {
        return Some((*first, DayRule::OnlySittingDay));
    }
    let sat = days.iter().rev().find(|day| **day <= shared_on);
    Some(sat.map_or((*first, DayRule::FirstSittingDay), |day| (*day, DayRule::LastSittingDay)))
}

/// The days on which the hearing's results were ordered; those that do not exist are refused where they are read.
fn ordered_on(hearing: &Hearing<'_>) -> Vec<NaiveDate> {
    let mut days = Vec::new();
    let mut take = |results: &[JudicialResult<'_>]| {
        for result in results.iter().filter(|result| !result.is_deleted.0) {
            days.extend(result.ordered_date.get().and_then(super::path::date));
        }
    };
    for defendant in hearing.prosecution_cases.iter().flat_map(|case| case.defendants.iter()) {
        take(&defendant.judicial_results);
        take(&defendant.defendant_case_judicial_results);
        defendant.offences.iter().for_each(|offence| take(&offence.judicial_results));
    }
    for result in hearing.defendant_judicial_results.iter() {
        take(result.judicial_result.as_slice());
    }
    for application in hearing.court_applications.iter() {
        take(&application.judicial_results);
        let cases = application.court_application_cases.iter();
        cases.flat_map(|case| case.offences.iter()).for_each(|offence| take(&offence.judicial_results));
        let order = application.court_order.iter().flat_map(|order| order.court_order_offences.iter());
        order.filter_map(|entry| entry.offence.as_ref()).for_each(|offence| take(&offence.judicial_results));
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, day).unwrap()
    }

    fn sits(days: &[u32]) -> Vec<DateTime<Utc>> {
        days.iter().map(|day| on(*day).and_hms_opt(10, 0, 0).unwrap().and_utc()).collect()
    }

    #[test]
    fn a_day_that_is_not_stated_is_derived_by_the_first_rule_that_answers() {
        for (sittings, ordered, shared_on, day, rule) in [
            (vec![2, 3, 4], vec![3], 5, 3, DayRule::OrderedOn),
            (vec![2, 3, 4], vec![2, 3], 5, 3, DayRule::OrderedOn),
            (vec![2], vec![9], 5, 2, DayRule::OnlySittingDay),
            (vec![2], vec![], 1, 2, DayRule::OnlySittingDay),
            (vec![2, 3, 4], vec![], 3, 3, DayRule::LastSittingDay),
            (vec![2, 3, 4], vec![], 1, 2, DayRule::FirstSittingDay),
            (vec![], vec![6, 7], 8, 7, DayRule::OrderedOn),
        ] {
            let ordered: Vec<NaiveDate> = ordered.into_iter().map(on).collect();
            assert_eq!(
                derive(&sits(&sittings), &ordered, on(shared_on)),
                Some((on(day), rule)),
                "{sittings:?}"
            );
        }
        assert_eq!(derive(&[], &[], on(1)), None);
    }
}
