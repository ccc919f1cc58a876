//! Plans and handovers of work: what TeamService, TaskService and CaseService say about who does what.
//!
//! A proposal is made from what is read outside any lock, and the event that carries it names the version of
//! everything it is about. Where usher makes the proposal and carries it out in one call, it makes it anew if somebody
//! was there in between; where a person has looked at a plan, they are told.

use super::proposing::{Proposing, Tries, repeated};
use super::warnings;
use crate::domain::event::{Payload, Subject};
use crate::domain::handover::{CaseLine, Handover};
use crate::domain::ids::{AbsenceId, CaseId, StaffId};
use crate::domain::receipt::Receipt;
use crate::domain::staff::Absence;
use crate::grpc::access::Identity;
use crate::grpc::api::Api;
use crate::grpc::convert::cover::{handed, handed_back, planned, seat, unplaced, whole};
use crate::grpc::convert::field::{self, REASON_MAX, text, timestamp};
use crate::grpc::convert::receipt::receipt;
use crate::grpc::convert::staff::{self, Shown};
use crate::grpc::pb::{self, Reason};
use crate::grpc::refused::Refused;
use crate::store::queries::tasks;
use crate::store::queries::work::{self, OpenTask};
use crate::team::cover::Wish;
use crate::team::handback::Back;
use crate::team::reassign::To;
use crate::team::{cover, handback, reassign, workload};
use chrono::{DateTime, Utc};

/// Tasks of one handover, at most.
const TASKS_MAX: usize = 5_000;

/// Cases of one handover, at most.
const CASES_MAX: usize = 2_000;

/// Days of a workload: where none are asked for, and at most.
const DAYS: (u32, u32) = (5, 31);

/// Days of a trend: the same.
const TREND_DAYS: (u32, u32) = (14, 92);

impl Api {
    /// An absence of the caller's unit.
    pub(super) async fn absence(&self, caller: &Identity, id: AbsenceId) -> Result<Absence, Refused> {
        let roster = self.roster(caller.unit).await?;
        Self::found(roster.absences.iter().find(|held| held.id == id).cloned(), "absence", id)
    }

    /// PlanCover.
    pub(super) async fn plan_cover(
        &self,
        caller: &Identity,
        asked: &pb::PlanCoverRequest,
    ) -> Result<pb::PlanCoverResponse, Refused> {
        let id: AbsenceId = field::id("absence_id", &asked.absence_id)?;
        let absence = self.absence(caller, id).await?;
        let now = self.now();
        if !absence.lasts_beyond(now) {
            let message = format!("absence {id} is over: what is still with others comes back by EndAbsence");
            return Err(Refused::new(Reason::StateForbids, message));
        }
        let roster = self.roster(caller.unit).await?;
        let rules = self.rules(caller.unit).await?;
        let made = cover::plan(self.store(), &rules.pack, &roster, &absence, now).await?;
        self.listed(caller, "tasks", made.listed.len()).await?;
        let plan = &made.plan;
        Ok(pb::PlanCoverResponse {
            planned_at: Some(timestamp(plan.at)),
            lines: plan.lines.iter().map(|line| planned(line, made.listed.get(&line.task))).collect(),
            unplaced: plan.unplaced.iter().map(|left| unplaced(left, made.listed.get(&left.task))).collect(),
            seats: plan.seats.iter().map(seat).collect(),
            stays: i32::try_from(made.stays).unwrap_or(i32::MAX),
            cost: plan.cost,
        })
    }

    /// ApplyCover.
    pub(super) async fn apply_cover(
        &self,
        caller: &Identity,
        asked: &pb::ApplyCoverRequest,
    ) -> Result<pb::ApplyCoverResponse, Refused> {
        let request_id = Self::request_id(&asked.request_id)?;
        let id: AbsenceId = field::id("absence_id", &asked.absence_id)?;
        let wishes = wishes(&asked.lines)?;
        let proposing = Proposing::new(self, caller, "ApplyCover", request_id, asked);
        let tasks = |handover: &Handover| i32::try_from(handover.tasks.len()).unwrap_or(i32::MAX);
        if let Some((done, first)) = proposing.repeated().await? {
            return Ok(pb::ApplyCoverResponse { receipt: Some(receipt(&done)), tasks: tasks(&first) });
        }
        let absence = self.absence(caller, id).await?;
        let roster = self.roster(caller.unit).await?;
        let handover = cover::handover(self.store(), &roster, &absence, &wishes).await??;
        let tasks = tasks(&handover);
        let done = proposing.carry_out_as_it_is(handover).await?;
        Ok(pb::ApplyCoverResponse { receipt: Some(receipt(&done)), tasks })
    }

    /// UndoCover.
    pub(super) async fn undo_cover(
        &self,
        caller: &Identity,
        asked: &pb::UndoCoverRequest,
    ) -> Result<pb::UndoCoverResponse, Refused> {
        let request_id = Self::request_id(&asked.request_id)?;
        let id: AbsenceId = field::id("absence_id", &asked.absence_id)?;
        self.absence(caller, id).await?;
        let answer = |done: &Receipt, handover: &Handover| pb::UndoCoverResponse {
            receipt: Some(receipt(done)),
            handed_back: handed_back(handover),
        };
        let mut proposing = Proposing::new(self, caller, "UndoCover", request_id, asked);
        if let Some((done, first)) = proposing.repeated().await? {
            return Ok(answer(&done, &first));
        }
        loop {
            let (roster, now) = (self.roster(caller.unit).await?, self.now());
            let mut handover = handback::handover(self.store(), &roster, id, Back::Undone, now).await?;
            if let Some(done) = proposing.carry_out(&mut handover).await? {
                return Ok(answer(&done, &handover));
            }
        }
    }

    /// Ends an absence at `at`, and brings back what nobody has begun.
    pub(super) async fn end_the_absence(
        &self,
        caller: &Identity,
        request_id: &str,
        id: AbsenceId,
        at: Option<DateTime<Utc>>,
    ) -> Result<(Receipt, Vec<pb::HandedBack>), Refused> {
        let payload = |handover: Handover| {
            let handover = (!handover.tasks.is_empty()).then(|| Box::new(handover));
            Payload::AbsenceEnded { absence: id, at, handover }
        };
        let back = |payload: &Payload| payload.handover().map(handed_back).unwrap_or_default();
        if let Some(first) = self.recorded(caller, request_id).await?
            && matches!(&first.payload, Payload::AbsenceEnded { absence, at: then, .. } if *absence == id && *then == at)
        {
            let shown = back(&first.payload);
            let done = self.write(caller, request_id, first.subject, first.payload).await?;
            return Ok((done, shown));
        }
        let mut tries = Tries::default();
        loop {
            let (roster, now) = (self.roster(caller.unit).await?, self.now());
            let back_at = at.unwrap_or(now);
            let held = Self::found(roster.absences.iter().find(|held| held.id == id), "absence", id)?;
            if held.until.is_some_and(|until| until <= back_at) {
                let message = format!("absence {id} is over: only one that goes on can end");
                return Err(Refused::new(Reason::StateForbids, message));
            }
            let handover =
                handback::handover(self.store(), &roster, id, Back::Returned(back_at), now).await?;
            let payload = payload(handover);
            let shown = back(&payload);
            let answer = self.write(caller, request_id, Subject::Handover, payload).await;
            if let Some(done) = tries.settled(answer)? {
                return Ok((done, shown));
            }
        }
    }

    /// ReassignTasks.
    pub(super) async fn reassign_tasks(
        &self,
        caller: &Identity,
        asked: &pb::ReassignTasksRequest,
        filter: tasks::Filter,
    ) -> Result<pb::ReassignTasksResponse, Refused> {
        let words = text("words", &asked.words, REASON_MAX)?;
        let to = self.receiver(caller, "to_staff_id", &asked.to_staff_id).await?;
        let Ok(expected) = usize::try_from(asked.expected_count) else {
            return Err(Refused::invalid("expected_count", "must not be negative"));
        };
        let mut proposing =
            self.proposing(caller, "ReassignTasks", asked.validate_only, &asked.request_id, asked)?;
        if let Some((done, first)) = repeated(proposing.as_ref()).await? {
            return Ok(reassigned(Some(&done), &first, Vec::new(), Vec::new()));
        }
        loop {
            let found = work::open_by(self.store(), caller.unit, &filter, TASKS_MAX + 1).await?;
            if found.len() > TASKS_MAX {
                let message = format!("the filter finds more than {TASKS_MAX} tasks: narrow it");
                return Err(Refused::new(Reason::FieldInvalid, message));
            }
            let (roster, rules) = (self.roster(caller.unit).await?, self.rules(caller.unit).await?);
            let now = self.now();
            let proposal =
                reassign::tasks(self.store(), &rules.pack, &roster, &found, to, &words, now).await??;
            let mut handover = proposal.handover;
            self.listed(caller, "tasks", found.len()).await?;
            let left = proposal.unplaced.iter().map(|left| unplaced(left, proposal.listed.get(&left.task)));
            let left: Vec<pb::UnplacedTask> = left.collect();
            let given = |task: &&OpenTask| handover.tasks.iter().any(|line| line.task == task.id);
            let warnings = match to {
                To::One(staff) => {
                    warnings::of(&roster, staff, found.iter().filter(given).map(|task| task.due_at), now)
                }
                // Whoever may and can was chosen: they are there.
                To::Spread => Vec::new(),
            };
            if !asked.validate_only && expected != 0 && expected != handover.tasks.len() {
                let message = format!(
                    "{} tasks would go to somebody else now, not {expected}: look again, then decide again",
                    handover.tasks.len()
                );
                return Err(Refused::invalid("expected_count", &message));
            }
            let Some(proposing) = proposing.as_mut().filter(|_| !handover.tasks.is_empty()) else {
                return Ok(reassigned(None, &handover, left, warnings));
            };
            if let Some(done) = proposing.carry_out(&mut handover).await? {
                return Ok(reassigned(Some(&done), &handover, left, warnings));
            }
        }
    }

    /// TransferCases.
    pub(super) async fn transfer_cases(
        &self,
        caller: &Identity,
        asked: &pb::TransferCasesRequest,
    ) -> Result<pb::TransferCasesResponse, Refused> {
        let from: StaffId = field::id("from_staff_id", &asked.from_staff_id)?;
        let words = text("words", &asked.words, REASON_MAX)?;
        let given: Vec<CaseId> = field::ids("case_ids", &asked.case_ids)?;
        Self::found(self.roster(caller.unit).await?.staff(from), "member of staff", from)?;
        let to = self.receiver(caller, "to_staff_id", &asked.to_staff_id).await?;
        if to == To::One(from) {
            return Err(Refused::invalid("to_staff_id", "must be somebody else than from_staff_id"));
        }
        let mut proposing =
            self.proposing(caller, "TransferCases", asked.validate_only, &asked.request_id, asked)?;
        if let Some((done, first)) = repeated(proposing.as_ref()).await? {
            return Ok(transferred(Some(&done), &first, &[]));
        }
        loop {
            let owned = work::cases_of_owner(self.store(), caller.unit, from).await?;
            if let Some(nth) = given.iter().position(|case| !owned.contains(case)) {
                let message = "must be a case that from_staff_id owns and that is not concluded";
                return Err(Refused::invalid(&format!("case_ids[{nth}]"), message));
            }
            let cases = if given.is_empty() { owned } else { given.clone() };
            if cases.len() > CASES_MAX {
                let message = format!("{} cases at once are more than {CASES_MAX}: name some", cases.len());
                return Err(Refused::invalid("case_ids", &message));
            }
            let roster = self.roster(caller.unit).await?;
            let (mut handover, left) =
                reassign::cases(self.store(), &roster, from, &cases, to, &words, self.now()).await??;
            self.listed(caller, "cases", cases.len()).await?;
            let Some(proposing) = proposing.as_mut().filter(|_| !handover.cases.is_empty()) else {
                return Ok(transferred(None, &handover, &left));
            };
            if let Some(done) = proposing.carry_out(&mut handover).await? {
                return Ok(transferred(Some(&done), &handover, &left));
            }
        }
    }

    /// To whom work goes: a member of staff, or whoever may and can where the field is empty.
    async fn receiver(&self, caller: &Identity, field: &str, given: &str) -> Result<To, Refused> {
        match field::id_if_given(field, given)? {
            None => Ok(To::Spread),
            Some(staff) => {
                Self::found(self.roster(caller.unit).await?.staff(staff), "member of staff", staff)?;
                Ok(To::One(staff))
            }
        }
    }

    /// GetWorkload.
    pub(super) async fn workload(
        &self,
        caller: &Identity,
        asked: &pb::GetWorkloadRequest,
        seen: Shown,
    ) -> Result<pb::GetWorkloadResponse, Refused> {
        let team = field::id_if_given("team_id", &asked.team_id)?;
        let staff = field::id_if_given("staff_id", &asked.staff_id)?;
        let roster = self.roster(caller.unit).await?;
        if let Some(team) = team {
            Self::found(roster.teams.iter().find(|held| held.id == team), "team", team)?;
        }
        if let Some(staff) = staff {
            Self::found(roster.staff(staff), "member of staff", staff)?;
        }
        let span = workload::Span {
            days: days("days", asked.days, DAYS)?,
            trend_days: days("trend_days", asked.trend_days, TREND_DAYS)?,
        };
        let now = self.now();
        let loads = workload::of(self.store(), &roster, team, staff, span, now).await?;
        self.listed(caller, "workloads", loads.len()).await?;
        let workloads = loads.iter().map(|load| one_workload(load, seen)).collect();
        Ok(pb::GetWorkloadResponse { counted_at: Some(timestamp(now)), workloads })
    }
}

/// How many days were asked for.
fn days(field: &str, asked: Option<i32>, (usual, max): (u32, u32)) -> Result<u32, Refused> {
    match asked.map_or(Ok(usual), u32::try_from) {
        Ok(days) if days <= max => Ok(days),
        _ => Err(Refused::invalid(field, format!("must be 0 to {max}"))),
    }
}

fn one_workload(load: &workload::Load, seen: Shown) -> pb::Workload {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let [p1, p2, p3, p4] = load.by_priority;
    let day = |day: &workload::DayLoad| pb::WorkloadDay {
        day: day.day.to_string(),
        minutes_of_work: whole(day.work),
        minutes_present: whole(day.present),
    };
    let trend = |day: &workload::DayTrend| pb::WorkloadTrend {
        day: day.day.to_string(),
        raised: count(day.raised),
        ended: count(day.ended),
    };
    pb::Workload {
        staff_id: field::shown(load.staff),
        team_id: load.team.to_string(),
        open: count(load.open()),
        open_p1: count(p1),
        open_p2: count(p2),
        open_p3: count(p3),
        open_p4: count(p4),
        due_today: count(load.due_today),
        overdue: count(load.overdue),
        minutes: whole(load.minutes),
        days: load.days.iter().map(day).collect(),
        is_present: load.is_present,
        absences: load.absences.iter().map(|absence| staff::absence(absence, seen)).collect(),
        trend: load.trend.iter().map(trend).collect(),
    }
}

fn reassigned(
    done: Option<&Receipt>,
    handover: &Handover,
    unplaced: Vec<pb::UnplacedTask>,
    warnings: Vec<String>,
) -> pb::ReassignTasksResponse {
    pb::ReassignTasksResponse {
        receipt: done.map(receipt),
        count: i32::try_from(handover.tasks.len()).unwrap_or(i32::MAX),
        lines: handover.tasks.iter().map(handed).collect(),
        unplaced,
        warnings,
    }
}

fn transferred(done: Option<&Receipt>, handover: &Handover, left: &[CaseId]) -> pb::TransferCasesResponse {
    let case = |line: &CaseLine| pb::CaseTransfer {
        case_id: line.case.to_string(),
        to_staff_id: line.to.to_string(),
        because: line.because.clone(),
        tasks: whole(line.tasks),
    };
    pb::TransferCasesResponse {
        receipt: done.map(receipt),
        cases: handover.cases.iter().map(case).collect(),
        left_case_ids: field::texts(left),
    }
}

/// The lines of a plan as a team leader wants them.
fn wishes(lines: &[pb::PlanLine]) -> Result<Vec<Wish>, Refused> {
    if lines.is_empty() {
        return Err(Refused::required("lines"));
    }
    field::at_most("lines", lines, TASKS_MAX)?;
    let mut wishes: Vec<Wish> = Vec::with_capacity(lines.len());
    for (nth, line) in lines.iter().enumerate() {
        let at = format!("lines[{nth}]");
        let task = field::given(&format!("{at}.task"), line.task.as_ref())?;
        let id = field::id(&format!("{at}.task.id"), &task.id)?;
        if wishes.iter().any(|wish| wish.task == id) {
            return Err(Refused::invalid(
                &format!("{at}.task.id"),
                "is there twice: a task goes to one person",
            ));
        }
        let because = field::text_if_given(&format!("{at}.because"), &line.because, REASON_MAX)?;
        wishes.push(Wish {
            task: id,
            version: field::version(&format!("{at}.task.version"), task.version)?,
            to: field::id_if_given(&format!("{at}.to_staff_id"), &line.to_staff_id)?,
            because: because.unwrap_or_else(|| "covers, by a team leader's choice".to_owned()),
        });
    }
    Ok(wishes)
}
