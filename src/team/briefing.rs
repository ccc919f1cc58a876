//! What the unit's people are told of work: their day as their shift begins, team leaders of what nobody has read or
//! nobody is there to do.
//!
//! Each briefing has a name made from what it is about, so that it is given once whatever is repeated: a shift by the
//! instant at which it began, an alert by the run of the schedule. Whoever is present and has not had theirs is found
//! anew at every run, so that one that was missed is given late and not never.

use super::listed;
use crate::domain::briefing::{BriefedNotice, BriefedTask, BriefedTrial, Briefing, BriefingKind, Counts};
use crate::domain::hearing::When;
use crate::domain::ids::{CaseId, StaffId, TeamId};
use crate::domain::london;
use crate::domain::notice::Notice;
use crate::domain::staff::{Roster, Staff};
use crate::domain::state::CaseState;
use crate::domain::task::{Priority, TaskState};
use crate::people::{fitness, leaders, presence};
use crate::store::queries::work::{self, Around, OpenTask};
use crate::store::queries::{hearings, messages, notices};
use crate::store::{self, Store, read};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// Tasks that a briefing names at most; its counts speak of all.
const TASKS_MAX: usize = 40;

/// A briefing to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What makes it the same briefing.
    pub reference: String,
    /// The briefing.
    pub briefing: Briefing,
}

/// Somebody who is at work, with the instants at which that began and ends.
struct AtWork<'a> {
    staff: &'a Staff,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
}

/// Those whose shift began at least `after` ago and goes on.
fn at_work(roster: &Roster, after: TimeDelta, now: DateTime<Utc>) -> Vec<AtWork<'_>> {
    let span = |staff: &Staff| {
        let mut spans = presence::spans(roster, staff, london::date(now)).into_iter();
        spans.find(|(from, until)| (*from..*until).contains(&now))
    };
    let people = roster.staff.iter().filter_map(|staff| {
        let (since, until) = span(staff)?;
        Some(AtWork { staff, since, until })
    });
    let mut people: Vec<AtWork<'_>> = people.filter(|one| one.since + after <= now).collect();
    people.sort_by_key(|one| one.staff.id);
    people
}

/// Which briefings the schedule wants.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Of what.
    pub kind: BriefingKind,
    /// How long after a shift began.
    pub after: TimeDelta,
    /// The instant at which they were to be given; none for what is told once, whenever that is.
    pub run: Option<DateTime<Utc>>,
    /// Where their events come from.
    pub source: &'a str,
    /// The schedule's line: what their references begin with.
    pub line: &'a str,
}

impl Wanted<'_> {
    fn reference(&self, name: &str) -> String {
        format!("{}/{name}", self.line)
    }

    /// Of these references, those whose briefing was not given yet.
    async fn not_given(
        &self,
        store: &Store,
        roster: &Roster,
        references: Vec<String>,
    ) -> Result<BTreeSet<String>, store::Error> {
        let asked: Vec<_> = references.iter().map(|reference| (self.source, reference.as_str())).collect();
        let known = read::events_known(store.reader(), roster.unit.id, &asked).await?;
        let given: BTreeSet<String> = known.into_keys().map(|(_, reference)| reference).collect();
        Ok(references.into_iter().filter(|reference| !given.contains(reference)).collect())
    }
}

/// The briefings that are to be given now and were not given yet.
///
/// # Errors
/// [`store::Error`].
pub async fn due(
    store: &Store,
    roster: &Roster,
    wanted: Wanted<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<Proposal>, store::Error> {
    let mut proposals = match wanted.kind {
        BriefingKind::ShiftBegins => return shifts_begin(store, roster, wanted, now).await,
        BriefingKind::ShiftEnds => return shifts_end(store, roster, wanted, now).await,
        BriefingKind::UrgentUnread => unread(store, roster, wanted, now).await?,
        BriefingKind::Uncovered => uncovered(store, roster, wanted, now).await?,
    };
    let references = proposals.iter().map(|one| one.reference.clone()).collect();
    let new = wanted.not_given(store, roster, references).await?;
    proposals.retain(|one| new.contains(&one.reference));
    Ok(proposals)
}

/// Everybody's day, as their shift begins.
async fn shifts_begin(
    store: &Store,
    roster: &Roster,
    wanted: Wanted<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<Proposal>, store::Error> {
    let reference =
        |one: &AtWork<'_>| wanted.reference(&format!("{}/{}", one.staff.id, one.since.timestamp_millis()));
    let mut people = at_work(roster, wanted.after, now);
    let new = wanted.not_given(store, roster, people.iter().map(reference).collect()).await?;
    people.retain(|one| new.contains(&reference(one)));
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let day = Day::read(store, roster, london::date(now), now).await?;
    let briefed = people.iter().map(|one| Proposal { reference: reference(one), briefing: day.of(one) });
    Ok(briefed.filter(|one| !one.briefing.is_empty()).collect())
}

/// What is left to everybody whose shift ends soon, and what comes on the day on which they are next at work.
async fn shifts_end(
    store: &Store,
    roster: &Roster,
    wanted: Wanted<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<Proposal>, store::Error> {
    let reference =
        |one: &AtWork<'_>| wanted.reference(&format!("{}/{}", one.staff.id, one.until.timestamp_millis()));
    let mut people = at_work(roster, TimeDelta::zero(), now);
    people.retain(|one| one.until - wanted.after <= now);
    let new = wanted.not_given(store, roster, people.iter().map(reference).collect()).await?;
    people.retain(|one| new.contains(&reference(one)));
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let letters = messages::letters_waiting(store, roster.unit.id, now).await?;
    let mut proposals = Vec::new();
    let mut days: BTreeMap<NaiveDate, Day<'_>> = BTreeMap::new();
    for one in &people {
        let next = presence::next_present(roster, one.staff, one.until).map_or(one.until, |next| next);
        let on = london::date(next);
        if let Entry::Vacant(place) = days.entry(on) {
            place.insert(Day::read(store, roster, on, now).await?);
        }
        let Some(day) = days.get(&on) else { continue };
        let letters = letters.get(&one.staff.id).copied().unwrap_or_default();
        proposals.push(Proposal { reference: reference(one), briefing: day.left(one, letters) });
    }
    Ok(proposals.into_iter().filter(|one| !one.briefing.is_empty()).collect())
}

/// What a unit's people have before them on a day.
struct Day<'a> {
    roster: &'a Roster,
    tasks: Vec<OpenTask>,
    around: BTreeMap<CaseId, Around>,
    trials: Vec<(Vec<StaffId>, BriefedTrial)>,
    notices: Vec<Notice>,
    on: NaiveDate,
    now: DateTime<Utc>,
}

impl<'a> Day<'a> {
    async fn read(
        store: &Store,
        roster: &'a Roster,
        on: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<Self, store::Error> {
        let unit = roster.unit.id;
        let tasks = work::open_all(store, unit).await?;
        let mut trials = Vec::new();
        for (case, hearing) in hearings::trials_on(store, unit, on).await? {
            let When::At(at) = hearing.when else { continue };
            let whose = case.owner.into_iter().chain(case.cover.map(|cover| cover.staff)).collect();
            let label = case.label().to_owned();
            trials.push((whose, BriefedTrial { case: label, court: hearing.court.name.clone(), at }));
        }
        trials.sort_by(|(_, a), (_, b)| (a.at, &a.case).cmp(&(b.at, &b.case)));
        let named = tasks.iter().filter(|task| is_pressing(task, on)).cloned().collect::<Vec<_>>();
        let around = work::around(store, &super::cases_of(&named, unit)).await?;
        let notices = notices::standing(store, unit, now).await?;
        Ok(Self { roster, tasks, around, trials, notices, on, now })
    }

    /// What is left to somebody as their shift ends; the day is the one on which they are next at work.
    fn left(&self, one: &AtWork<'_>, letters: u32) -> Briefing {
        let briefing = self.of(one);
        let counts = Counts { letters, ..briefing.counts };
        Briefing { kind: BriefingKind::ShiftEnds, counts, notices: Vec::new(), ..briefing }
    }

    fn of(&self, one: &AtWork<'_>) -> Briefing {
        let own = || self.tasks.iter().filter(|task| task.assignee == Some(one.staff.id));
        let pressing = own().filter(|task| is_pressing(task, self.on));
        let pressing = pressing.filter(|task| may_work(one.staff, task, &self.around, self.roster)).collect();
        let trials = self.trials.iter().filter(|(whose, _)| whose.contains(&one.staff.id));
        Briefing {
            kind: BriefingKind::ShiftBegins,
            to: one.staff.id,
            counts: counts(own(), self.on, self.now),
            tasks: lines(pressing, &self.around, one.staff.id),
            trials: trials.map(|(_, trial)| trial.clone()).collect(),
            notices: self.notices.iter().filter_map(|notice| self.notice(notice, one.staff)).collect(),
        }
    }

    /// A notice for whoever is to read it; for whoever posted it, as long as somebody who had a whole shift since has
    /// not read it.
    fn notice(&self, notice: &Notice, staff: &Staff) -> Option<BriefedNotice> {
        let own = notice.from == Some(staff.id);
        let waits = notice.is_for(staff) && notice.read_at(staff.id).is_none();
        let had_a_shift = |staff: &&Staff| ended_a_shift(self.roster, staff, notice.posted_at, self.now);
        let unread_by: Vec<StaffId> = if own {
            let waiting = notice.unread_by(self.roster, self.now).into_iter();
            waiting.filter(had_a_shift).map(|staff| staff.id).collect()
        } else {
            Vec::new()
        };
        let told =
            BriefedNotice { notice: notice.id, from: notice.from, words: notice.words.clone(), unread_by };
        Some(told).filter(|told| waits || !told.unread_by.is_empty())
    }
}

/// Whether a shift of somebody's ended between two instants.
fn ended_a_shift(roster: &Roster, staff: &Staff, from: DateTime<Utc>, until: DateTime<Utc>) -> bool {
    let (first, last) = (london::date(from), london::date(until));
    let mut days = first.iter_days().take_while(|day| *day <= last);
    days.any(|day| presence::spans(roster, staff, day).iter().any(|(_, ends)| *ends > from && *ends <= until))
}

/// Whether a task is named in a briefing on a day: urgent, due on that day or before, or to be tried again by then.
fn is_pressing(task: &OpenTask, on: NaiveDate) -> bool {
    is_urgent(task) || task.by().is_some_and(|by| by <= london::end_of_day(on))
}

fn is_urgent(task: &OpenTask) -> bool {
    matches!(task.priority, Priority::P1 | Priority::P2)
}

/// How much there is now, and by the end of a day that may be a later one.
fn counts<'a>(tasks: impl Iterator<Item = &'a OpenTask>, on: NaiveDate, now: DateTime<Utc>) -> Counts {
    let today = london::end_of_day(london::date(now));
    let next = london::end_of_day(on);
    let mut counts = Counts::default();
    for task in tasks {
        // What has no statutory clock is held to its target, as in a workload.
        let by = task.due_at.or(task.target_at);
        counts.open += 1;
        counts.urgent += u32::from(is_urgent(task));
        counts.overdue += u32::from(by.is_some_and(|by| by <= now));
        counts.due_today += u32::from(by.is_some_and(|by| by > now && by <= today));
        counts.due_next += u32::from(by.is_some_and(|by| by > today && by <= next));
    }
    counts
}

/// Tasks as a briefing names them: in the order in which they are to be done, the first of them alone where there are
/// very many.
fn lines(mut tasks: Vec<&OpenTask>, around: &BTreeMap<CaseId, Around>, reader: StaffId) -> Vec<BriefedTask> {
    tasks.sort_by_key(|task| (task.priority, task.by().is_none(), task.by(), task.id));
    let line = |task: &&OpenTask| BriefedTask {
        task: task.id,
        listed: listed(task, around),
        next_attempt_at: task.next_attempt_at,
        with: task.assignee.filter(|with| *with != reader),
    };
    tasks.iter().take(TASKS_MAX).map(line).collect()
}

/// Team leaders of P1 tasks whose owner has been at work for a while and has not looked at them.
async fn unread(
    store: &Store,
    roster: &Roster,
    wanted: Wanted<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<Proposal>, store::Error> {
    let mut tasks = work::open_of_priority(store, roster.unit.id, Priority::P1).await?;
    tasks.retain(|task| task.state == TaskState::Open && task.assignee.is_some());
    if tasks.is_empty() {
        return Ok(Vec::new());
    }
    let around = work::around(store, &super::cases_of(&tasks, roster.unit.id)).await?;
    let mut proposals = Vec::new();
    for one in at_work(roster, wanted.after, now) {
        // What came in later is told of by its kind's own policy.
        let theirs = |task: &&OpenTask| {
            task.assignee == Some(one.staff.id) && task.raised_at <= one.since + wanted.after
        };
        let theirs: Vec<&OpenTask> = tasks.iter().filter(theirs).collect();
        for told in alert(roster, BriefingKind::UrgentUnread, one.staff.team, &theirs, &around, now) {
            let name = format!("{}/{}/{}", told.to, one.staff.id, one.since.timestamp_millis());
            proposals.push(Proposal { reference: wanted.reference(&name), briefing: told });
        }
    }
    Ok(proposals)
}

/// Team leaders of work for today that is in a queue, or whose owner is not there before it is due.
async fn uncovered(
    store: &Store,
    roster: &Roster,
    wanted: Wanted<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<Proposal>, store::Error> {
    let today = london::end_of_day(london::date(now));
    let mut tasks = work::open_all(store, roster.unit.id).await?;
    tasks.retain(|task| task.by().is_some_and(|by| by <= today));
    let around = work::around(store, &super::cases_of(&tasks, roster.unit.id)).await?;
    tasks.retain(|task| {
        let until = task.by().filter(|by| *by > now).unwrap_or(today);
        let owner = task.assignee.and_then(|staff| roster.staff(staff));
        // A conflict may have come to light since it was given to them.
        let does = |owner: &Staff| {
            presence::works_before(roster, owner, now, until) && may_work(owner, task, &around, roster)
        };
        !owner.is_some_and(does)
    });
    let team = |task: &OpenTask| {
        let owner = task.assignee.and_then(|staff| roster.staff(staff)).map(|staff| staff.team);
        task.team.or(owner).or(around.get(&task.case).and_then(|case| case.team))
    };
    let teams: BTreeSet<_> = tasks.iter().map(team).collect();
    let mut told: BTreeMap<StaffId, Vec<&OpenTask>> = BTreeMap::new();
    for of in teams {
        for leader in leaders::present(roster, of, now) {
            told.entry(leader.id).or_default().extend(tasks.iter().filter(|task| team(task) == of));
        }
    }
    let proposal = |(leader, tasks): (StaffId, Vec<&OpenTask>)| {
        let briefing =
            to_leader(roster, BriefingKind::Uncovered, roster.staff(leader)?, &tasks, &around, now)?;
        let name = match wanted.run {
            Some(run) => format!("{leader}/{}", run.timestamp_millis()),
            None => leader.to_string(),
        };
        Some(Proposal { reference: wanted.reference(&name), briefing })
    };
    Ok(told.into_iter().filter_map(proposal).collect())
}

/// Whether no conflict of interest keeps somebody from a task.
fn may_work(staff: &Staff, task: &OpenTask, around: &BTreeMap<CaseId, Around>, roster: &Roster) -> bool {
    let people = around.get(&task.case).map_or(&[][..], |case| &case.people);
    let desk = CaseState::desk_of(roster.unit.id);
    task.case == desk || !fitness::is_in_conflict(staff, task.case, people)
}

/// An alert to each team leader of a team who is present.
fn alert(
    roster: &Roster,
    kind: BriefingKind,
    team: TeamId,
    tasks: &[&OpenTask],
    around: &BTreeMap<CaseId, Around>,
    now: DateTime<Utc>,
) -> Vec<Briefing> {
    let leaders = leaders::present(roster, Some(team), now).into_iter();
    leaders.filter_map(|leader| to_leader(roster, kind, leader, tasks, around, now)).collect()
}

/// What a team leader is told of tasks: of none in a case with which they are in conflict, nor of their own.
fn to_leader(
    roster: &Roster,
    kind: BriefingKind,
    leader: &Staff,
    tasks: &[&OpenTask],
    around: &BTreeMap<CaseId, Around>,
    now: DateTime<Utc>,
) -> Option<Briefing> {
    let may = |task: &&&OpenTask| may_work(leader, task, around, roster);
    let tasks: Vec<&OpenTask> = tasks.iter().filter(may).copied().collect();
    let told = Briefing {
        kind,
        to: leader.id,
        counts: counts(tasks.iter().copied(), london::date(now), now),
        tasks: lines(tasks, around, leader.id),
        trials: Vec::new(),
        notices: Vec::new(),
    };
    Some(told).filter(|told| !told.is_empty())
}
