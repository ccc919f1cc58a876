//! How much everybody has to do: counts of open work, and minutes of it against the minutes they have, by day;
//! and how much came and went.

use crate::domain::ids::{StaffId, TeamId, UnitId};
use crate::domain::london;
use crate::domain::staff::{Absence, Roster, Staff, Work};
use crate::domain::task::Priority;
use crate::people::presence;
use crate::store::queries::stats::{self, OpenCount};
use crate::store::queries::trend::{self, DayCount};
use crate::store::queries::whose::Whose;
use crate::store::{self, Store, read};
use chrono::{DateTime, Days, NaiveDate, Utc};
use std::collections::HashMap;
use std::hash::Hash;

/// One day of somebody's: what must be done by its end, and how long they are there until then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayLoad {
    /// The day, in Europe/London.
    pub day: NaiveDate,
    /// Minutes of open work that must be done by its end.
    pub work: u32,
    /// Minutes that they are present from now until its end, no more than their capacity.
    pub present: u32,
}

/// One day of what came and went: tasks that are somebody's now, or in a queue, and those that they ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayTrend {
    /// The day, in Europe/London.
    pub day: NaiveDate,
    /// Tasks raised that day that are theirs now, open or ended.
    pub raised: u64,
    /// Tasks that ended that day, in whatever way, as theirs.
    pub ended: u64,
}

/// How far a workload looks: days ahead from today on, and days back up to today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Days of work and presence, today first; without any neither is looked at.
    pub days: u32,
    /// Days of the trend, today last.
    pub trend_days: u32,
}

/// What somebody, or a team's queue, has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// Whose; none for the team's queue.
    pub staff: Option<StaffId>,
    /// The team.
    pub team: TeamId,
    /// Open tasks by priority: P1 to P4.
    pub by_priority: [u64; 4],
    /// Of those: the statutory clock, or the target where there is none, runs out today.
    pub due_today: u64,
    /// Of those: it has run out.
    pub overdue: u64,
    /// Minutes of all open work.
    pub minutes: u32,
    /// Day by day, today first; none for a queue.
    pub days: Vec<DayLoad>,
    /// Whether they are at work now.
    pub is_present: bool,
    /// Absences that have not ended, the earliest first.
    pub absences: Vec<Absence>,
    /// Day by day what came and went, today last.
    pub trend: Vec<DayTrend>,
}

impl Load {
    /// All open tasks.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.by_priority.iter().sum()
    }
}

/// Everybody's load over a span around today, in order of team and id, each team's queue last.
///
/// # Errors
/// [`store::Error`].
pub async fn of(
    store: &Store,
    roster: &Roster,
    team: Option<TeamId>,
    staff: Option<StaffId>,
    span: Span,
    now: DateTime<Utc>,
) -> Result<Vec<Load>, store::Error> {
    let whose = whose(roster, team, staff, now);
    let unit = roster.unit.id;
    let counts = by_whose(stats::open_work(store, unit, &whose, now).await?, |count| count.assignee);
    let work = if span.days == 0 { Vec::new() } else { work_of(store, unit, &whose).await? };
    let work = by_whose(work, |work| work.staff);
    let today = london::date(now);
    let trend = trend::count(store, unit, &whose, today, span.trend_days).await?;
    let trend = by_whose(trend, |count| count.assignee);
    let mut teams: Vec<TeamId> = roster.teams.iter().map(|team| team.id).collect();
    teams.sort_unstable();
    let mut loads = Vec::new();
    for of in teams.into_iter().filter(|of| team.is_none_or(|team| team == *of)) {
        let mut people: Vec<&Staff> = roster.staff.iter().filter(|held| held.team == of).collect();
        people.sort_by_key(|staff| staff.id);
        let here = |held: &&Staff| {
            staff.is_none_or(|staff| staff == held.id) && held.left_at.is_none_or(|left| left > now)
        };
        for held in people.into_iter().filter(here) {
            let (own, whose) = (some(&work, &held.id), Some(held.id));
            loads.push(Load {
                trend: trend_of(some(&trend, &whose).iter(), today, span.trend_days),
                ..person(roster, held, some(&counts, &whose), own, span.days, now)
            });
        }
        if staff.is_none() {
            let in_queue = some(&counts, &None).iter().filter(|count| count.team == Some(of));
            let trend = some(&trend, &None).iter().filter(|count| count.team == Some(of));
            loads.push(Load { trend: trend_of(trend, today, span.trend_days), ..load(None, of, in_queue) });
        }
    }
    Ok(loads)
}

/// What was counted, by whose it is.
fn by_whose<K: Hash + Eq, V>(counted: Vec<V>, whose: impl Fn(&V) -> K) -> HashMap<K, Vec<V>> {
    let mut by: HashMap<K, Vec<V>> = HashMap::new();
    for one in counted {
        by.entry(whose(&one)).or_default().push(one);
    }
    by
}

fn some<'a, K: Hash + Eq, V>(by: &'a HashMap<K, Vec<V>>, whose: &K) -> &'a [V] {
    by.get(whose).map_or(&[], Vec::as_slice)
}

/// The open work of some people, by when it must be done.
async fn work_of(store: &Store, unit: UnitId, whose: &Whose) -> Result<Vec<Work>, store::Error> {
    let staff = match whose {
        Whose::Everybody => None,
        Whose::These { staff, .. } => Some(staff.as_slice()),
    };
    read::open_work(store.reader(), unit, staff).await
}

/// Whose work is to be counted: one team's is a small part of a force's.
fn whose(roster: &Roster, team: Option<TeamId>, staff: Option<StaffId>, now: DateTime<Utc>) -> Whose {
    let asked = |held: &&Staff| {
        team.is_none_or(|team| held.team == team)
            && staff.is_none_or(|staff| held.id == staff)
            && held.left_at.is_none_or(|left| left > now)
    };
    let queues = roster.teams.iter().map(|held| held.id).filter(|held| team.is_none_or(|team| team == *held));
    if team.is_none() && staff.is_none() {
        return Whose::Everybody;
    }
    Whose::These {
        staff: roster.staff.iter().filter(asked).map(|held| held.id).collect(),
        queues: if staff.is_none() { queues.collect() } else { Vec::new() },
    }
}

/// The trend of somebody, or of a team's queue, with the days on which nothing happened.
fn trend_of<'a>(
    theirs: impl Iterator<Item = &'a DayCount> + Clone,
    today: NaiveDate,
    days: u32,
) -> Vec<DayTrend> {
    let days = (0..days).rev().filter_map(|back| today.checked_sub_days(Days::new(back.into())));
    days.map(|day| {
        let that_day = || theirs.clone().filter(|count| count.day == day);
        DayTrend {
            day,
            raised: that_day().map(|count| count.raised).sum(),
            ended: that_day().map(|count| count.ended).sum(),
        }
    })
    .collect()
}

fn person(
    roster: &Roster,
    staff: &Staff,
    counts: &[OpenCount],
    work: &[Work],
    days: u32,
    now: DateTime<Utc>,
) -> Load {
    let today = london::date(now);
    let day = |nth: u32| {
        let day = today.checked_add_days(Days::new(nth.into())).unwrap_or(today);
        let ends = london::end_of_day(day);
        DayLoad {
            day,
            work: work.iter().filter(|work| work.is_due_by(ends)).map(|work| work.minutes).sum(),
            present: presence::minutes_between(roster, staff, now, ends),
        }
    };
    let going_on = |absence: &&Absence| absence.staff == staff.id && absence.lasts_beyond(now);
    Load {
        days: (0..days).map(day).collect(),
        is_present: presence::is_present(roster, staff, now),
        absences: roster.absences.iter().filter(going_on).cloned().collect(),
        ..load(Some(staff.id), staff.team, counts.iter())
    }
}

fn load<'a>(staff: Option<StaffId>, team: TeamId, counts: impl Iterator<Item = &'a OpenCount>) -> Load {
    let mut load = Load {
        staff,
        team,
        by_priority: [0; 4],
        due_today: 0,
        overdue: 0,
        minutes: 0,
        days: Vec::new(),
        is_present: false,
        absences: Vec::new(),
        trend: Vec::new(),
    };
    for count in counts {
        let place = match count.priority {
            Priority::P1 => 0,
            Priority::P2 => 1,
            Priority::P3 => 2,
            Priority::P4 => 3,
        };
        load.by_priority[place] += count.open;
        load.due_today += count.due_today;
        load.overdue += count.overdue;
        load.minutes = load.minutes.saturating_add(count.minutes);
    }
    load
}
