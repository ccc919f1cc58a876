//! Lines of the schedule that have come due: one event for each subject of the selection, one for the line itself.
//!
//! How far a line has come is a cursor in the database. The order makes every failure harmless: the subjects first,
//! then the line's own event, the cursor last and only if it still stands where it stood. Who is killed in between
//! does it all again, and the references (line, instant, subject) let nothing happen twice.

use super::cron::Line;
use super::{Clockwork, Error, recount};
use crate::domain::briefing::BriefingKind;
use crate::domain::event::{Actor, Payload, Subject};
use crate::domain::explanation::Cause;
use crate::domain::ids::{CaseId, HearingId, UnitId};
use crate::domain::london::{self, Instant};
use crate::engine::{self, Mode, NewEvent};
use crate::rules::pack::{List, Missed, Run, ScheduleLine, Subjects};
use crate::store::selections::{self, Selected};
use crate::store::{clock, read};
use crate::team::{allocation, briefing};
use chrono::TimeDelta;
use std::time::Duration;

/// Where the schedule's events come from.
const SOURCE: &str = "usher:schedule";

/// Subjects a page.
const PAGE: u64 = 250;

/// A run that is later than this was missed: a restart is shorter, an outage is not.
const MISSED_AFTER: TimeDelta = TimeDelta::minutes(1);

/// How many missed runs of one line are made up for in one round; the next round goes on.
const CATCH_UP_MAX: usize = 50;

/// A cursor that lies further ahead than this was left by a clock that was wrong.
const AHEAD_MAX: TimeDelta = TimeDelta::minutes(1);

/// What a round over the lines came to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ticked {
    /// How many runs there were.
    pub(super) runs: u64,
    /// How long until the next line is due.
    pub(super) idle: Option<Duration>,
}

/// Runs the lines of every unit's active pack that are due now. What fails in one unit or line is told at the end,
/// when all others have run.
pub(super) async fn tick(work: &Clockwork) -> Result<Ticked, Error> {
    let store = work.engine.store();
    let mut ticked = Ticked::default();
    let mut failed = None;
    for unit in read::units(store.reader()).await? {
        let ruleset = match work.engine.rulesets().active(store.reader(), unit.id).await {
            Ok(ruleset) => ruleset,
            Err(error) => {
                failed = Some(error.into());
                continue;
            }
        };
        if let Err(error) = recount::under(work, unit.id, &ruleset.pack.hash).await {
            failed = Some(error);
            continue;
        }
        for line in &ruleset.pack.schedule {
            match run_line(work, unit.id, line).await {
                Ok(one) => {
                    ticked.runs += one.runs;
                    ticked.idle = ticked.idle.into_iter().chain(one.idle).min();
                }
                Err(error) => failed = Some(error),
            }
        }
    }
    failed.map_or(Ok(ticked), Err)
}

async fn run_line(work: &Clockwork, unit: UnitId, line: &ScheduleLine) -> Result<Ticked, Error> {
    let store = work.engine.store();
    let Ok(cron) = Line::parse(&line.cron) else {
        tracing::error!(line = line.name, "a line of the active pack is no cron line: it does not run");
        return Ok(Ticked::default());
    };
    let name = format!("schedule/{}", line.name);
    let now = work.engine.clock().now();
    let mut from = clock::cursor(store, unit, &name, now).await?;
    if from > now + AHEAD_MAX {
        tracing::warn!(line = line.name, "the clock was set back: the line goes on from now");
        if clock::move_cursor(store, unit, &name, from, now).await? {
            from = now;
        }
    }
    let mut ticked = Ticked::default();
    for run in due_runs(&cron, line.missed, from, now) {
        if let Some(at) = run.fires {
            fire(work, unit, line, at).await?;
            work.lag.note(now - at);
            ticked.runs += 1;
        }
        if !clock::move_cursor(store, unit, &name, from, run.done_until).await? {
            // Another process did the same, under the same references.
            return Ok(Ticked { idle: Some(Duration::ZERO), ..ticked });
        }
        from = run.done_until;
    }
    ticked.idle = cron.next_fire(from).map(|next| (next - now).to_std().unwrap_or_default());
    Ok(ticked)
}

/// One run of a line, or a stretch in which none is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Due {
    /// At which instant it should have been; none where what was missed is left out.
    fires: Option<Instant>,
    /// Where the cursor stands afterwards.
    done_until: Instant,
}

/// The runs that are due after `from` and not after `now`, by the line's policy for those that were missed.
fn due_runs(cron: &Line, missed: Missed, from: Instant, now: Instant) -> Vec<Due> {
    let at = |at: Instant| Due { fires: Some(at), done_until: at };
    if missed == Missed::CatchUp {
        return cron.fires_after(from).take_while(|at| *at <= now).take(CATCH_UP_MAX).map(at).collect();
    }
    let Some(last) = cron.last_fire(from, now) else { return Vec::new() };
    if missed == Missed::Skip && now - last > MISSED_AFTER {
        return vec![Due { fires: None, done_until: last }];
    }
    vec![at(last)]
}

/// Tells every subject, then the desk.
async fn fire(work: &Clockwork, unit: UnitId, line: &ScheduleLine, at: Instant) -> Result<(), Error> {
    let (over, name) = match &line.does {
        Run::Raise { over, name } => (*over, name),
        // Whoever is told something has an event of their own, and the next run is never far.
        Run::Brief { kind, after } => return brief(work, unit, line, *kind, *after, at).await,
    };
    let store = work.engine.store();
    if over == Subjects::CasesBeforeCharge {
        share_out(work, unit, line, name, at).await?;
        return recorded(work.engine.record(line_event(unit, line, at)).await);
    }
    let day = london::date(at);
    let mut after: Option<HearingId> = None;
    loop {
        let page = match over {
            Subjects::HearingsToday => selections::hearings_on(store, unit, day, after, PAGE).await?,
            Subjects::HearingsWithoutResult => {
                selections::hearings_without_result_before(store, unit, day, after, PAGE).await?
            }
            Subjects::CasesBeforeCharge => Vec::new(),
        };
        let Some(last) = page.last() else { break };
        after = Some(last.hearing);
        let mut answers = Vec::with_capacity(page.len());
        for subject in &page {
            answers.push(work.engine.hand_over(subject_event(unit, line, name, at, subject)).await?);
        }
        for answer in answers {
            recorded(answer.await.map_err(|_| engine::Error::Closing)?)?;
        }
    }
    recorded(work.engine.record(line_event(unit, line, at)).await)
}

/// Shares out the cases before charge, and raises the line's event on the most pressing of those that wait on. A run
/// that is repeated finds what it gave out as given.
async fn share_out(
    work: &Clockwork,
    unit: UnitId,
    line: &ScheduleLine,
    raises: &str,
    at: Instant,
) -> Result<(), Error> {
    let (store, now) = (work.engine.store(), work.engine.clock().now());
    let roster = read::roster(store.reader(), store, unit).await?;
    let a_day = work.engine.rulesets().active(store.reader(), unit).await?.pack.cases_a_day;
    for nth in 1..=SHARES_MAX {
        let share = allocation::share(store, &roster, &[], a_day, now).await?;
        if !share.handover.cases.is_empty() {
            let payload = Payload::WorkHandedOver { handover: Box::new(share.handover) };
            let reference = format!("{}/{nth}", named(line, at));
            let given =
                NewEvent { subject: Subject::Handover, ..event(unit, &reference, at, Of::Desk, payload) };
            match work.engine.record(given).await {
                // Somebody took on or changed one of them meanwhile: the share is made anew.
                Err(engine::Error::Refused(_)) if nth < SHARES_MAX => continue,
                answer => recorded(answer)?,
            }
        }
        if let Some((case, _)) = share.left.first() {
            let payload = Payload::Raised {
                name: raises.to_owned(),
                about: None,
                person: None,
                hearing: None,
                causes: vec![Cause(at.timestamp_millis().to_string())],
            };
            let reference = format!("{}/{case}", named(line, at));
            recorded(work.engine.record(event(unit, &reference, at, Of::Case(*case), payload)).await)?;
        }
        return Ok(());
    }
    Ok(())
}

/// Briefs those whom it concerns and who have not been told yet.
async fn brief(
    work: &Clockwork,
    unit: UnitId,
    line: &ScheduleLine,
    kind: BriefingKind,
    after: TimeDelta,
    at: Instant,
) -> Result<(), Error> {
    let (store, now) = (work.engine.store(), work.engine.clock().now());
    let ruleset = work.engine.rulesets().active(store.reader(), unit).await?;
    if !ruleset.pack.lists.contains_key(&List::of(kind)) {
        return Ok(());
    }
    let roster = read::roster(store.reader(), store, unit).await?;
    let wanted = briefing::Wanted { kind, after, run: Some(at), source: SOURCE, line: &line.name };
    let mut answers = Vec::new();
    for told in briefing::due(store, &roster, wanted, now).await? {
        let payload = Payload::StaffBriefed { briefing: Box::new(told.briefing) };
        answers.push(work.engine.hand_over(event(unit, &told.reference, at, Of::Desk, payload)).await?);
    }
    for answer in answers {
        recorded(answer.await.map_err(|_| engine::Error::Closing)?)?;
    }
    Ok(())
}

/// How often a share is made anew that somebody was in the way of.
const SHARES_MAX: usize = 3;

/// Whether an event is kept, whatever came of it: what is refused would be refused again.
pub(super) fn recorded<R>(answer: Result<R, engine::Error>) -> Result<(), Error> {
    match answer {
        Ok(_) => Ok(()),
        Err(engine::Error::Refused(refusal)) => {
            tracing::error!(%refusal, "an event of the schedule was refused");
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

fn subject_event(
    unit: UnitId,
    line: &ScheduleLine,
    raises: &str,
    at: Instant,
    subject: &Selected,
) -> NewEvent {
    let cause = Cause(format!("{}/{}", subject.hearing, subject.listing));
    let payload = Payload::Raised {
        name: raises.to_owned(),
        about: None,
        person: None,
        hearing: Some(subject.hearing),
        causes: vec![cause],
    };
    event(unit, &format!("{}/{}", named(line, at), subject.hearing), at, Of::Case(subject.case), payload)
}

fn line_event(unit: UnitId, line: &ScheduleLine, at: Instant) -> NewEvent {
    let payload = Payload::ScheduleTicked { line: line.name.clone(), due_at: at };
    event(unit, &named(line, at), at, Of::Desk, payload)
}

fn named(line: &ScheduleLine, at: Instant) -> String {
    format!("{}/{}", line.name, at.timestamp_millis())
}

pub(super) enum Of {
    Desk,
    Case(CaseId),
}

pub(super) fn event(unit: UnitId, reference: &str, at: Instant, of: Of, payload: Payload) -> NewEvent {
    NewEvent {
        unit,
        source: SOURCE.to_owned(),
        reference: reference.to_owned(),
        actor: Actor::usher("schedule"),
        occurred_at: Some(at),
        received_at: None,
        subject: match of {
            Of::Desk => Subject::Desk,
            Of::Case(case) => Subject::Case(case),
        },
        payload,
        raw: None,
        mode: Mode::Working,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        london::parse(text).unwrap()
    }

    fn runs(missed: Missed, now: &str) -> Vec<Due> {
        let daily = Line::parse("0 0 8 * * *").unwrap();
        due_runs(&daily, missed, at("2026-11-17T08:00"), at(now))
    }

    fn run(text: &str) -> Due {
        Due { fires: Some(at(text)), done_until: at(text) }
    }

    #[test]
    fn one_run_stands_for_all_that_were_missed() {
        assert_eq!(runs(Missed::Coalesce, "2026-11-20T09:00"), [run("2026-11-20T08:00")]);
    }

    #[test]
    fn every_missed_run_is_made_up_for_oldest_first() {
        assert_eq!(
            runs(Missed::CatchUp, "2026-11-20T09:00"),
            [run("2026-11-18T08:00"), run("2026-11-19T08:00"), run("2026-11-20T08:00")]
        );
    }

    #[test]
    fn what_was_missed_is_left_out_and_what_is_on_time_is_not() {
        let left_out = Due { fires: None, done_until: at("2026-11-20T08:00") };
        assert_eq!(runs(Missed::Skip, "2026-11-20T09:00"), [left_out]);
        assert_eq!(runs(Missed::Skip, "2026-11-20T08:00:30"), [run("2026-11-20T08:00")]);
    }

    #[test]
    fn nothing_is_due_before_its_time() {
        for missed in [Missed::Coalesce, Missed::CatchUp, Missed::Skip] {
            assert_eq!(runs(missed, "2026-11-18T07:59:59"), []);
        }
    }
}
