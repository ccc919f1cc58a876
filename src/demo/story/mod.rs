//! A care officer's Monday, told step by step: what happens, what usher makes of it, who is told.
//!
//! Every step is an event by its own road, recorded when its time has come; between the steps the clock goes on, and
//! timers, the schedule, the courts' results and the mail take their course. What is told of a step is the difference
//! that it made ([`super::seen`]).
//!
//! - [`people`]: the cases and who is in them.
//! - `before`: the weeks before, in which trials were listed and witnesses warned.
//! - `morning`, `before_charge`, `afternoon`, `evening`: the day.

mod afternoon;
mod before;
mod before_charge;
mod evening;
mod morning;
pub(in crate::demo) mod people;

use super::cast::{case_id, participant};
use super::courts::{Bench, Sitting};
use super::monday::{self, Arrival, at};
use super::play::Stage;
use super::seen::{self, Eyes, Seen};
use super::unit;
use crate::clock::Ids;
use crate::domain::action::{Completion, TaskAction};
use crate::domain::contact::{CallerCheck, ContactKind};
use crate::domain::court::{ResultLine, Share};
use crate::domain::diary::TimerState;
use crate::domain::event::{Actor, Fate, Payload, Subject};
use crate::domain::ids::{CaseId, ContactId, ParticipantId, TaskId, TimerId};
use crate::domain::london::{self, Instant};
use crate::domain::message::{Medium, MessageState};
use crate::domain::receipt::Receipt;
use crate::domain::staff::Roster;
use crate::domain::state::CaseState;
use crate::domain::task::Priority;
use crate::intake::{self, Hints};
use crate::outbox::{Outbox, Round};
use crate::render::{Destination, resolve};
use crate::schedule::Tick;
use crate::store::queries::cases;
use crate::store::read;
use anyhow::{Context, ensure};
use chrono::{TimeDelta, Timelike};
use indicatif::ProgressBar;
use people::Nth;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

/// Ada Fennick, whose day it is; Bram Okoro-Vale, who is ill; Dilip Marrow, who leads their team.
pub(super) const ADA: usize = 0;
pub(super) const BRAM: usize = 1;
pub(super) const DILIP: usize = 3;

/// Where ids begin that callers of the API choose themselves.
const SEED: u64 = 20_261_124;
/// How often what is due now may be looked for before something is wrong.
const ROUNDS_MAX: usize = 100;

/// Something of the day.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Entry {
    /// When.
    #[serde(serialize_with = "rfc3339")]
    pub(super) at: Instant,
    /// Its case; none for what concerns the whole unit.
    pub(super) case: Option<String>,
    /// Who did it.
    pub(super) who: String,
    /// What happened.
    pub(super) what: String,
    /// What followed, a line each.
    pub(super) followed: Vec<String>,
    /// Who was told what, a line each.
    pub(super) told: Vec<String>,
    /// What was on the screen then: a table of witnesses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) shown: Vec<String>,
}

fn rfc3339<S: serde::Serializer>(at: &Instant, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&london::rfc3339(*at))
}

/// The day while it is played.
pub(super) struct Day<'a> {
    pub(super) stage: &'a Stage,
    outbox: Outbox,
    arrivals: VecDeque<Arrival>,
    progress: &'a ProgressBar,
    letters: Option<PathBuf>,
    ids: Ids,
    held: BTreeMap<CaseId, CaseState>,
    roster: Roster,
    /// What became of each result that came in.
    pub(super) receipts: Vec<(Instant, Receipt)>,
    /// What happened, in order.
    pub(super) log: Vec<Entry>,
}

impl<'a> Day<'a> {
    /// Plays the weeks before, whose mail is not kept, and then the Monday, whose mail goes through `outbox`.
    pub(super) async fn play(
        stage: &'a Stage,
        (past, outbox): (Outbox, Outbox),
        letters: &Path,
        progress: &'a ProgressBar,
    ) -> anyhow::Result<Self> {
        let store = stage.engine.store();
        let mut day = Self {
            stage,
            roster: read::roster(store.reader(), store, stage.unit.id).await?,
            outbox: past,
            arrivals: VecDeque::new(),
            progress,
            letters: None,
            ids: Ids::seeded(SEED),
            held: BTreeMap::new(),
            receipts: Vec::new(),
            log: Vec::new(),
        };
        day.weeks_before().await?;
        day.outbox = outbox;
        day.letters = Some(letters.to_owned());
        day.arrivals = monday::arrivals().into();
        day.morning().await?;
        day.before_charge().await?;
        day.afternoon().await?;
        day.evening().await?;
        Ok(day)
    }

    fn now(&self) -> Instant {
        self.stage.clock.now()
    }

    /// The clock goes on to a time of the Monday, such as `08:00`.
    async fn until(&mut self, time: &str) -> anyhow::Result<()> {
        self.go_to(at(&format!("2026-11-23T{time}"))).await
    }

    /// The clock goes on. What came due takes its course every hour, and at half past three, when the schedule looks at
    /// the day's hearings; in the end what may leave leaves.
    async fn go_to(&mut self, to: Instant) -> anyhow::Result<()> {
        while self.now() < to {
            let past = i64::from(self.now().minute() % 30);
            let half_hour = self.now() + TimeDelta::minutes(30 - past);
            let next = self.arrivals.front().map_or(to, |arrival| arrival.at.min(to));
            self.stage.clock.set(half_hour.min(next).max(self.now()));
            while self.arrivals.front().is_some_and(|arrival| arrival.at <= self.now()) {
                self.arrives().await?;
            }
            let on_the_hour = self.now().minute() == 0 || self.now() == at("2026-11-23T15:30");
            if self.now() == half_hour && on_the_hour {
                self.pass().await?;
            }
        }
        if self.send().await? > 0 {
            self.tell_what_changed(Whom::Cases).await?;
        }
        Ok(())
    }

    /// The clock is set without stopping on the way: nobody is at work in between.
    async fn jump(&mut self, to: &str) -> anyhow::Result<()> {
        self.stage.clock.set(at(to));
        self.pass().await
    }

    /// A court's result of the unit's other cases comes in.
    async fn arrives(&mut self) -> anyhow::Result<()> {
        let Some(Arrival { body, .. }) = self.arrivals.pop_front() else { return Ok(()) };
        let (subject, payload) = match intake::read(&body, &Hints::default()) {
            Ok(read) => (read.subject(), read.payload),
            Err(bad) => {
                let (format, reason) = (bad.format.to_string(), bad.to_string());
                (Subject::Desk, Payload::Unreadable { format, reason })
            }
        };
        let receipt = self.stage.record_body("feed:common-platform", body, subject, payload).await?;
        self.receipts.push((self.now(), receipt));
        self.progress.inc(1);
        Ok(())
    }

    /// What is due now takes its course, and is told.
    async fn pass(&mut self) -> anyhow::Result<()> {
        let timers = self.stage.clockwork.tick().await?;
        let sent = self.send().await?;
        if timers == Tick::default() && sent == 0 {
            return Ok(());
        }
        self.tell_what_changed(Whom::CasesAndDesk).await
    }

    /// Mail that may leave leaves; gives how much that was.
    async fn send(&mut self) -> anyhow::Result<u32> {
        let mut total = 0;
        for _ in 0..ROUNDS_MAX {
            let round = self.outbox.tick().await?;
            if round == Round::default() {
                return Ok(total);
            }
            total += round.total();
        }
        anyhow::bail!("what is due now never ends")
    }

    /// Tells what is different since each case was looked at, with what the clock brought.
    async fn tell_what_changed(&mut self, whom: Whom) -> anyhow::Result<()> {
        for id in self.changed(whom).await? {
            let waited: BTreeSet<TimerId> = self.held[&id]
                .timers
                .iter()
                .filter(|timer| timer.state == TimerState::Waiting)
                .map(|timer| timer.id)
                .collect();
            let seen = self.look(id).await?;
            if seen.is_empty() {
                continue;
            }
            let rang = self.held[&id].timers.iter();
            let rang = rang.filter(|timer| timer.state == TimerState::Fired && waited.contains(&timer.id));
            let rang: BTreeSet<String> = rang.map(|timer| timer.raises.replace(['.', '-'], " ")).collect();
            let looks = seen.followed.iter().any(|line| line.contains("Look for today's result"));
            let what = if !rang.is_empty() {
                let rang: Vec<String> = rang.into_iter().collect();
                format!("finds that the time has come: {}", rang.join(", "))
            } else if seen.followed.is_empty() {
                "sends what was due".to_owned()
            } else if looks {
                "looks for enhanced cases that are in court today".to_owned()
            } else {
                "has worked on what came in meanwhile".to_owned()
            };
            self.tell(id, "usher", &what, seen);
        }
        Ok(())
    }

    /// The told cases that were touched since they were looked at, and the desk where it is asked for.
    async fn changed(&self, whom: Whom) -> anyhow::Result<Vec<CaseId>> {
        let (store, unit) = (self.stage.engine.store(), self.stage.unit.id);
        let now = cases::list(store, unit, &cases::Filter::default(), None, people::CASES.len() * 10).await?;
        let is_new = |id: &CaseId| {
            let held = self.held.get(id).map(|held| held.case.sequence);
            let there = now.items.iter().find(|case| case.id == *id).map(|case| case.sequence);
            held.is_some() && held != there
        };
        let mut changed: Vec<CaseId> = people::CASES.map(case_id).into_iter().filter(is_new).collect();
        let desk = CaseState::desk_of(unit);
        if whom == Whom::CasesAndDesk && self.held.contains_key(&desk) {
            changed.push(desk);
        }
        Ok(changed)
    }

    /// Looks at a case anew; gives what is different.
    async fn look(&mut self, id: CaseId) -> anyhow::Result<Seen> {
        let after = self.stage.case(id).await?;
        let seen = self.eyes().see(self.held.get(&id), &after);
        self.held.insert(id, after);
        Ok(seen)
    }

    fn eyes(&self) -> Eyes<'_> {
        Eyes { roster: &self.roster, pack: &self.stage.ruleset.pack, now: self.now() }
    }

    /// Somebody as they are called on lists.
    fn name(&self, nth: Nth, part: &str) -> anyhow::Result<String> {
        Ok(seen::person(self.state(nth)?, participant(nth, part)))
    }

    /// Notes what happened and what followed.
    fn tell(&mut self, case: CaseId, who: &str, what: &str, seen: Seen) {
        let state = self.held.get(&case).filter(|state| !state.is_desk());
        self.log.push(Entry {
            at: self.now(),
            case: state.map(|state| state.case.label().to_owned()),
            who: who.to_owned(),
            what: what.to_owned(),
            followed: seen.followed,
            told: seen.told,
            shown: Vec::new(),
        });
    }

    /// Shows the table of witnesses of a case beside what was told last.
    fn show_sheet(&mut self, nth: Nth) -> anyhow::Result<()> {
        let shown = self.eyes().sheet(self.state(nth)?);
        self.show(shown);
        Ok(())
    }

    fn show(&mut self, shown: Vec<String>) {
        if let Some(last) = self.log.last_mut() {
            last.shown = shown;
        }
    }

    /// Something happens: it is recorded, mail that may leave at once leaves, and the cases that it touched are looked
    /// at. What is told stands with the first of them.
    async fn happens(
        &mut self,
        by: Actor,
        what: &str,
        subject: Subject,
        payload: Payload,
    ) -> anyhow::Result<()> {
        let who = by.name.clone();
        let receipt = self.stage.record("demo", by, subject, payload).await?;
        self.followed(&who, what, &receipt).await
    }

    async fn followed(&mut self, who: &str, what: &str, receipt: &Receipt) -> anyhow::Result<()> {
        self.send().await?;
        let desk = CaseState::desk_of(self.stage.unit.id);
        let touched: Vec<CaseId> =
            receipt.cases.iter().map(|one| one.case.unwrap_or(desk)).filter(|id| self.is_told(*id)).collect();
        ensure!(
            receipt.cases.iter().all(|one| one.outcome != crate::domain::receipt::Outcome::Parked),
            "{what}: parked"
        );
        if touched.contains(&desk) {
            let store = self.stage.engine.store();
            self.roster = read::roster(store.reader(), store, self.stage.unit.id).await?;
        }
        let mut first = true;
        for id in touched {
            let seen = self.look(id).await?;
            if first || !seen.is_empty() {
                self.tell(id, who, what, seen);
            }
            first = false;
        }
        if first {
            self.tell(desk, who, what, Seen::default());
        }
        Ok(())
    }

    fn is_told(&self, id: CaseId) -> bool {
        id == CaseState::desk_of(self.stage.unit.id) || people::CASES.map(case_id).contains(&id)
    }

    fn state(&self, nth: Nth) -> anyhow::Result<&CaseState> {
        self.held.get(&case_id(nth)).with_context(|| format!("case {nth} of the day is not open"))
    }

    /// The open task of a kind about somebody, or about the case.
    fn task(&self, nth: Nth, kind: &str, part: Option<&str>) -> anyhow::Result<(TaskId, Actor)> {
        let state = self.state(nth)?;
        let about = part.map(|part| participant(nth, part));
        let fits = |task: &&crate::domain::state::Tracked<crate::domain::task::Task>| {
            task.kind == kind && task.state.is_open() && (about.is_none() || task.about == about)
        };
        let task = state.tasks.iter().find(fits);
        let task = task.with_context(|| {
            let open = state.tasks.iter().filter(|task| task.state.is_open()).map(|task| task.kind.clone());
            format!(
                "case {nth} has no open {kind} about {part:?}; open: {}",
                open.collect::<Vec<_>>().join(", ")
            )
        })?;
        let place = task.assignee.and_then(unit::place).unwrap_or(ADA);
        Ok((task.id, unit::actor(place)))
    }

    /// Whoever has a task does something with it.
    async fn act(
        &mut self,
        (nth, kind, part): (Nth, &str, Option<&str>),
        what: &str,
        action: TaskAction,
    ) -> anyhow::Result<()> {
        let (task, by) = self.task(nth, kind, part)?;
        let payload = Payload::TaskActed { task, version: None, action };
        self.happens(by, what, Subject::Task(task), payload).await
    }

    /// Whoever has a task finishes it.
    async fn complete(
        &mut self,
        task: (Nth, &str, Option<&str>),
        outcome: &str,
        answers: Value,
        what: &str,
    ) -> anyhow::Result<()> {
        let answers = match answers {
            Value::Object(answers) => answers.into_iter().collect(),
            _ => BTreeMap::new(),
        };
        let completion = Completion {
            outcome: outcome.to_owned(),
            answers,
            words: Some(what.to_owned()),
            ..Completion::default()
        };
        self.act(task, what, TaskAction::Complete(completion)).await
    }

    /// Whoever has a task tries and does not reach anybody.
    async fn attempt(
        &mut self,
        task: (Nth, &str, Option<&str>),
        outcome: &str,
        what: &str,
    ) -> anyhow::Result<()> {
        let action =
            TaskAction::Attempt { outcome: outcome.to_owned(), at: None, words: Some(what.to_owned()) };
        self.act(task, what, action).await
    }

    /// Ada makes a task by hand.
    async fn create(&mut self, (nth, kind, part): (Nth, &str, &str), what: &str) -> anyhow::Result<()> {
        let id = TaskId(self.ids.next(self.now()));
        let payload = Payload::TaskCreated {
            id,
            task: kind.to_owned(),
            about: Some(participant(nth, part)),
            priority: Priority::P1,
            due_at: None,
            assignee: None,
            words: what.to_owned(),
        };
        self.happens(unit::actor(ADA), what, Subject::Case(case_id(nth)), payload).await
    }

    /// Ada logs that somebody turned to the unit.
    async fn logs(&mut self, nth: Nth, logged: Logged<'_>, what: &str) -> anyhow::Result<()> {
        let payload = Payload::ContactLogged {
            id: ContactId(self.ids.next(self.now())),
            contact: logged.kind,
            with: logged.with.map(|part| participant(nth, part)),
            at: None,
            incoming: true,
            check: logged.check,
            met: Vec::new(),
            told: Vec::new(),
            topics: logged.topics.iter().map(|topic| (*topic).to_owned()).collect(),
            words: what.to_owned(),
            corrects: None,
            hearing: None,
        };
        self.happens(unit::actor(ADA), what, Subject::Case(case_id(nth)), payload).await
    }

    /// The court shares what it decided in one of the told cases, as a body that is read.
    async fn shares(&mut self, share: &Share, what: &str) -> anyhow::Result<()> {
        let body = intake::common_platform::compose(share);
        let receipt = self.body("feed:common-platform", body).await?;
        self.receipts.push((self.now(), receipt.clone()));
        self.followed("Common Platform", what, &receipt).await
    }

    /// The CPS sends a message.
    async fn cps_says(&mut self, message: &Value, what: &str) -> anyhow::Result<()> {
        let receipt = self.body("feed:cps", serde_json::to_vec(message)?).await?;
        self.followed("CPS", what, &receipt).await
    }

    async fn body(&mut self, source: &str, body: Vec<u8>) -> anyhow::Result<Receipt> {
        let read = intake::read(&body, &Hints::default())?;
        self.stage.record_body(source, body, read.subject(), read.payload).await
    }

    /// Letters that wait are printed and posted: each is written into the folder, and its fate is told.
    async fn print_letters(&mut self, nths: &[Nth], by: Actor) -> anyhow::Result<()> {
        for nth in nths {
            let state = self.state(*nth)?.clone();
            let waits = state
                .messages
                .iter()
                .filter(|message| message.medium == Medium::Letter && message.state == MessageState::Queued);
            for message in waits {
                let at = resolve(message.to, &state, &self.roster, Medium::Letter, None, self.now());
                let (fate, what) = match at.map(|address| address.to) {
                    Ok(Destination::Post { name, lines }) => {
                        if let Some(folder) = &self.letters {
                            let text = format!("{name}\n{}\n\n{}\n", lines.join("\n"), message.text);
                            let stem = format!("{}-{}", state.case.label(), message.template);
                            std::fs::create_dir_all(folder)?;
                            std::fs::write(unused(folder, &stem), text)?;
                        }
                        (Fate::Printed, "prints and posts a letter")
                    }
                    Ok(Destination::Email(_)) => continue,
                    Err(why) => (Fate::Unaddressed { reason: why.to_string() }, "keeps a letter back"),
                };
                let payload = Payload::MessageFared { message: message.id, fate };
                self.happens(by.clone(), what, Subject::Message(message.id), payload).await?;
            }
        }
        Ok(())
    }

    /// Whoever has a task says that they have seen it.
    async fn acknowledge(&mut self, task: (Nth, &str, Option<&str>)) -> anyhow::Result<()> {
        self.act(task, "has seen what is urgent", TaskAction::Acknowledge).await
    }

    /// Somebody in a case.
    fn id(nth: Nth, part: &str) -> ParticipantId {
        participant(nth, part)
    }
}

/// A file in `folder` that is not there yet, with a number where several people get the same letter.
fn unused(folder: &Path, stem: &str) -> PathBuf {
    let names = (2..100).map(|nth| folder.join(format!("{stem}-{nth}.txt")));
    let first = folder.join(format!("{stem}.txt"));
    std::iter::once(first.clone()).chain(names).find(|file| !file.exists()).unwrap_or(first)
}

/// Whose changes are told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whom {
    /// Those of the told cases.
    Cases,
    /// Those of the desk as well: what is mailed to staff.
    CasesAndDesk,
}

/// How somebody turned to the unit.
struct Logged<'a> {
    kind: ContactKind,
    with: Option<&'a str>,
    check: CallerCheck,
    topics: &'a [&'a str],
}

/// A hearing of a told case, with what the court decided there.
fn sitting(
    (nth, hearing, kind): (Nth, &str, &str),
    bench: Bench,
    (sat, shared): (&str, &str),
    lines: Vec<ResultLine>,
) -> Share {
    let (charge, markers) = (people::charge(nth), people::markers(nth));
    let (at, shared_at) = (at(sat), at(shared));
    Sitting { nth, hearing, kind, bench, at, shared_at, charge, markers }.share(lines)
}
