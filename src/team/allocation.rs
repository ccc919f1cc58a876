//! The daily share of cases before charge: what waits, who took on what lately, and the handover that gives it out.

use super::cover::of_lines;
use crate::domain::case::{Case, Phase};
use crate::domain::handover::{CaseLine, Handover, HandoverKind};
use crate::domain::ids::{CaseId, StaffId};
use crate::domain::london;
use crate::domain::staff::Roster;
use crate::people::allocation::{self, Allocation, Taken, Waiting};
use crate::store::queries::{cases, work};
use crate::store::{self, Store};
use chrono::{DateTime, Days, Utc};

/// Cases before charge that are looked at, at most.
const CASES_MAX: usize = 20_000;

/// Who takes on what today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The handover that gives it out.
    pub handover: Handover,
    /// What waits on, the highest risk and the longest waiting first, each with the reason.
    pub left: Vec<(CaseId, String)>,
}

/// A team leader's word about a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// The case.
    pub case: CaseId,
    /// Who takes it on.
    pub to: StaffId,
}

/// Shares out the cases before charge that nobody owns, `a_day` to each person at most; where there are wishes, exactly
/// those.
///
/// # Errors
/// [`store::Error`].
pub async fn share(
    store: &Store,
    roster: &Roster,
    wishes: &[Wish],
    a_day: usize,
    now: DateTime<Utc>,
) -> Result<Share, store::Error> {
    let unit = roster.unit.id;
    let filter = cases::Filter { phases: vec![Phase::PreCharge], ..cases::Filter::default() };
    let held: Vec<Case> = cases::list(store, unit, &filter, None, CASES_MAX).await?.items;
    let waits: Vec<&Case> = held.iter().filter(|case| case.owner.is_none()).collect();
    let around = work::around(store, &waits.iter().map(|case| case.id).collect()).await?;
    let allocation = if wishes.is_empty() {
        let roster = super::roster_now(store, roster).await?;
        let waiting = waits.iter().map(|case| Waiting {
            case: case.id,
            risk: case.risk,
            flags: case.flags.iter().chain(&case.proposed_flags).cloned().collect(),
            people: around.get(&case.id).map(|case| case.people.clone()).unwrap_or_default(),
            team: case.team,
            since: case.opened_at,
        });
        allocation::allocate(&roster, waiting.collect(), &taken(&held, now), a_day, now)
    } else {
        let given = wishes.iter().map(|wish| allocation::Allocated {
            case: wish.case,
            to: wish.to,
            because: "by a team leader's word".to_owned(),
        });
        Allocation { given: given.collect(), left: Vec::new() }
    };
    let line = |given: &allocation::Allocated| {
        let case = held.iter().find(|case| case.id == given.case)?;
        Some(CaseLine {
            case: given.case,
            version: case.version,
            to: given.to,
            because: given.because.clone(),
            tasks: 0,
            label: Some(case.label().to_owned()),
            risk: case.risk,
        })
    };
    let cases = allocation.given.iter().filter_map(line).collect();
    let handover = Handover { cases, ..of_lines(HandoverKind::Allocation, None, String::new(), Vec::new()) };
    Ok(Share { handover, left: allocation.left })
}

/// What was taken on today and on the day before.
fn taken(held: &[Case], now: DateTime<Utc>) -> Vec<Taken> {
    let today = london::date(now);
    let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    let taken = held.iter().filter_map(|case| {
        let (staff, day) = (case.owner?, london::date(case.owned_since?));
        (day >= yesterday).then_some(Taken { staff, risk: case.risk, today: day == today })
    });
    taken.collect()
}
