//! Tells a journey as a page: day by day what happened, what it raised, what was met, what left, how the diary changed;
//! then what people read, who was told what and how, and what it all took.

use super::cast::Names;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use usher::domain::calendar::{Calendar, working_days_until};
use usher::domain::diary::{DiaryEntry, HEARING, TimerState};
use usher::domain::diary_look::Look;
use usher::domain::duty::DutyState;
use usher::domain::hearing::When;
use usher::domain::ids::{HearingId, MessageId, ParticipantId, StaffId};
use usher::domain::london;
use usher::domain::message::{Medium, Message, MessageState, Recipient};
use usher::domain::state::{CaseState, Tracked};
use usher::domain::task::{Task, TaskState};
use usher::rules::pack::Pack;

/// What begins a line that says that the script does not fit.
pub const WRONG: &str = "!!!!";

/// Whoever tells it.
pub struct Teller {
    names: Names,
    calendar: Calendar,
    text: String,
    day: Option<NaiveDate>,
    /// What the clock brought on the instant that is being told, until something comes of it.
    seen: Seen,
    work: BTreeMap<String, Work>,
    read: Vec<(String, String)>,
    templates: BTreeSet<String>,
}

/// How things stood when they were last looked at, each under its id in words that change when it does.
#[derive(Default)]
struct Seen {
    tasks: BTreeMap<u128, Task>,
    duties: BTreeMap<u128, DutyState>,
    messages: BTreeMap<MessageId, MessageState>,
    attendances: BTreeMap<u128, String>,
    arrangements: BTreeMap<u128, String>,
    diary: BTreeMap<u128, String>,
    case: String,
    briefings: usize,
}

/// What somebody took.
#[derive(Default)]
struct Work {
    tasks: usize,
    calls: usize,
    messages: usize,
}

impl Teller {
    pub fn new(title: &str, names: Names, pack: &Pack) -> Self {
        Self {
            names,
            calendar: pack.calendar.clone(),
            text: format!("{title}\n"),
            day: None,
            seen: Seen::default(),
            work: BTreeMap::new(),
            read: Vec::new(),
            templates: BTreeSet::new(),
        }
    }

    /// The script asks for what is not there: the page says so at that place.
    pub fn wrong(&mut self, line: usize, what: &str) {
        self.line(&format!("{WRONG} line {line} of the script: {what}"));
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn begins(&mut self, now: DateTime<Utc>) {
        let day = london::date(now);
        if self.day != Some(day) {
            self.day = Some(day);
            let heading = day.format("%A %-d %B %Y").to_string();
            self.line(&format!("\n── {heading} {}", "─".repeat(60_usize.saturating_sub(heading.len()))));
        }
    }

    /// Something in the script happens.
    pub fn step(&mut self, now: DateTime<Utc>, says: &str) {
        self.begins(now);
        self.line(&format!("{}  {says}", clock(now)));
    }

    /// Somebody works at a task.
    pub fn worked(&mut self, task: &Task, rung: bool) {
        if rung {
            let who = self.about(task.about);
            self.work.entry(who).or_default().calls += 1;
        }
    }

    fn about(&self, about: Option<ParticipantId>) -> String {
        about.map_or_else(|| "the case".into(), |id| self.person(id))
    }

    fn person(&self, id: ParticipantId) -> String {
        self.names.people.get(&id).cloned().unwrap_or_else(|| "somebody".into())
    }

    fn to(&self, to: Recipient) -> String {
        match to {
            Recipient::Participant(id) => self.person(id),
            Recipient::Directory(id) => {
                self.names.bodies.get(&id).cloned().unwrap_or_else(|| "a body".into())
            }
            Recipient::Staff(id) => by(Some(id)),
        }
    }

    /// Tells what has changed since it looked last.
    pub fn look(
        &mut self,
        desk: &CaseState,
        case: Option<&CaseState>,
        now: DateTime<Utc>,
        by_the_clock: bool,
    ) {
        let mut told = Vec::new();
        if let Some(case) = case {
            self.the_case(case, &mut told);
            self.tasks(&case.tasks, now, &mut told);
            self.duties(case, now, &mut told);
            self.attendances(case, &mut told);
            self.diary(case, now, &mut told);
            self.messages(&case.messages, now, &mut told);
        }
        self.tasks(&desk.tasks, now, &mut told);
        let briefings = desk.messages.iter().filter(|message| message.is_briefing()).count();
        self.seen.briefings = briefings;
        let others: Vec<_> = desk.messages.iter().filter(|message| !message.is_briefing()).cloned().collect();
        self.messages(&others, now, &mut told);
        if told.is_empty() {
            return;
        }
        self.begins(now);
        if by_the_clock {
            self.line(&format!("{}  (the clock)", clock(now)));
        }
        for line in told {
            self.line(&format!("         {line}"));
        }
    }

    fn the_case(&mut self, case: &CaseState, told: &mut Vec<String>) {
        let held = &case.case;
        let mut flags = held.flags.clone();
        flags.extend(held.proposed_flags.iter().map(|flag| format!("{flag} (proposed)")));
        let enhanced = case.participants.iter().filter_map(|one| {
            let enhanced = one.enhanced.as_ref()?;
            Some(format!("{} has Enhanced Rights ({})", self.person(one.id), enhanced.state))
        });
        let mut said =
            vec![held.phase.to_string(), format!("risk {}", held.risk), format!("with {}", by(held.owner))];
        said.extend((!flags.is_empty()).then(|| flags.join(", ")));
        said.extend(enhanced);
        let said = said.join("; ");
        if said != self.seen.case {
            told.push(format!("case     {said}"));
            self.seen.case = said;
        }
    }

    fn tasks(&mut self, tasks: &[Tracked<Task>], now: DateTime<Utc>, told: &mut Vec<String>) {
        // Ids say nothing of what came first: what came at once is told in one order everywhere.
        let mut tasks: Vec<_> = tasks.iter().collect();
        tasks.sort_by_key(|task| (task.raised_at, task.kind.clone(), self.about(task.about)));
        for task in tasks {
            let about = task.about.map(|id| format!(" · {}", self.person(id))).unwrap_or_default();
            let name = format!("{}{about}", task.kind);
            let before = self.seen.tasks.insert(task.id.0.as_u128(), (**task).clone());
            let clocks = format!("{}{}", task.priority, clocks(task.target_at, task.due_at, now));
            match before {
                None => {
                    let who = self.about(task.about);
                    self.work.entry(who).or_default().tasks += 1;
                    told.push(format!("+ task   {name} — {clocks}, {}", by(task.assignee)));
                    if !task.state.is_open() {
                        told.push(format!("- task   {name}: {}", ended(task)));
                    }
                }
                Some(before) if before.state.is_open() && !task.state.is_open() => {
                    told.push(format!("- task   {name}: {}", ended(task)));
                }
                Some(before) if before.attempts.len() < task.attempts.len() => {
                    let tried = task.attempts.last().unwrap();
                    let again = task.next_attempt_at.map(|at| format!(", again from {}", when(at, now)));
                    told.push(format!("~ task   {name}: {}{}", tried.outcome, again.unwrap_or_default()));
                }
                Some(before) if task.state.is_open() => {
                    let clocks_were = (before.priority, before.target_at, before.due_at);
                    if clocks_were != (task.priority, task.target_at, task.due_at) {
                        told.push(format!("~ task   {name} — {clocks}"));
                    }
                    if before.assignee != task.assignee {
                        told.push(format!("~ task   {name} goes to {}", by(task.assignee)));
                    }
                }
                Some(_) => {}
            }
        }
    }

    fn duties(&mut self, case: &CaseState, now: DateTime<Utc>, told: &mut Vec<String>) {
        let mut duties: Vec<_> = case.duties.iter().collect();
        duties.sort_by_key(|duty| (duty.arose_at, duty.kind.clone(), self.person(duty.to)));
        for duty in duties {
            let before = self.seen.duties.insert(duty.id.0.as_u128(), duty.state);
            let name = format!("{} to {}", duty.kind, self.person(duty.to));
            if before.is_none() {
                told.push(format!("+ owed   {name}{}", clocks(duty.target_at, duty.due_at, now)));
            }
            if before != Some(duty.state) && duty.state != DutyState::Open {
                let how = duty.met.as_ref().map(|met| met.channel.clone());
                told.push(match (duty.state, how) {
                    (DutyState::Met, Some(how)) => {
                        let target = duty.target_at.filter(|target| *target < now);
                        let past = if target.is_some() { ", past its target" } else { "" };
                        format!("= met    {name} by {how}{past}")
                    }
                    (state, Some(how)) => format!("= {state:<6} {name} by {how}"),
                    (state, None) => format!("= {state} {name}"),
                });
            }
        }
    }

    fn attendances(&mut self, case: &CaseState, told: &mut Vec<String>) {
        let mut attendances: Vec<_> = case.attendances.iter().collect();
        attendances.sort_by_key(|one| (one.steps.first().map(|step| step.at), self.person(one.participant)));
        for one in attendances {
            let measures: Vec<String> =
                one.measures.iter().map(|measure| format!("{} {}", measure.kind, measure.state)).collect();
            let mut said = one.state.to_string();
            if let Some(by) = one.told_by.as_ref() {
                write!(said, " by {by}").unwrap();
            }
            for more in measures.iter().chain(&one.phase) {
                write!(said, ", {more}").unwrap();
            }
            let before = self.seen.attendances.insert(one.id.0.as_u128(), said.clone());
            if before.as_ref() != Some(&said) {
                let hearing = hearing(case, one.hearing);
                told.push(format!("  court  {} at the {hearing}: {said}", self.person(one.participant)));
            }
        }
        let mut arrangements: Vec<_> = case.arrangements.iter().collect();
        arrangements.sort_by_key(|one| (one.kind, self.about(one.participant), one.listing));
        for one in arrangements {
            let said = one.state.to_string();
            let before = self.seen.arrangements.insert(one.id.0.as_u128(), said.clone());
            if before.as_ref() != Some(&said) {
                told.push(format!("  sheet  {} for {}: {said}", one.kind, self.about(one.participant)));
            }
        }
    }

    fn diary(&mut self, case: &CaseState, now: DateTime<Utc>, told: &mut Vec<String>) {
        let mut diary: Vec<_> = case.diary.iter().collect();
        diary.sort_by_key(|entry| (entry.when.day(), entry.kind.clone(), entry.key.clone()));
        for entry in diary {
            let look = look(case, entry, now, &self.calendar);
            let what = entry.hearing.map_or_else(|| entry.kind.clone(), |id| hearing(case, id));
            let date = match entry.when {
                When::At(at) => london::human(at),
                When::Week(monday) => format!("the week of {}", london::human_date(monday)),
                When::Unfixed => "no date".into(),
            };
            let said = format!("{what}, {date}: {}, {}", entry.state, look.colour);
            let before = self.seen.diary.insert(entry.id.0.as_u128(), said.clone());
            if before.as_ref() != Some(&said) {
                told.push(format!("  diary  {said} {} {}", look.sign, look.words));
            }
        }
    }

    fn messages(&mut self, messages: &[Tracked<Message>], now: DateTime<Utc>, told: &mut Vec<String>) {
        let mut messages: Vec<_> = messages.iter().collect();
        messages.sort_by_key(|message| (message.written_at, message.template.clone(), self.to(message.to)));
        for message in messages {
            let before = self.seen.messages.insert(message.id, message.state);
            if before == Some(message.state) {
                continue;
            }
            let name = format!("{} to {}", message.template, self.to(message.to));
            let reason = message.state_reason.as_deref().unwrap_or("no reason");
            match message.state {
                MessageState::Draft => told.push(format!("  draft  {}: {name}", message.medium)),
                MessageState::Sent | MessageState::Printed => {
                    let posted = if message.state == MessageState::Printed { "post" } else { "mail" };
                    let form = if message.medium == Medium::Form { " (form)" } else { "" };
                    told.push(format!("> {posted}   {name}{form}: “{}”", message.subject));
                    if let Some(calendar) = &message.calendar {
                        told.push(format!("         with a calendar entry: {}", calendar.does));
                    }
                    let who = self.to(message.to);
                    self.work.entry(who.clone()).or_default().messages += 1;
                    if self.templates.insert(message.template.clone()) {
                        let head = format!("{} to {who}, {}", message.template, london::human(now));
                        self.read.push((head, format!("{}\n\n{}", message.subject, message.text.trim())));
                    }
                }
                MessageState::Queued if message.medium == Medium::Letter => {
                    told.push(format!("  queue  letter: {name}"));
                }
                MessageState::Queued | MessageState::Sending => {}
                state => told.push(format!("! {state} {name}: {reason}")),
            }
        }
    }

    /// What people read, who was told what, what it took, and that nothing is open.
    pub fn end(mut self, desk: &CaseState, case: &CaseState, now: DateTime<Utc>) -> String {
        self.who_was_told(case);
        self.what_it_took();
        self.what_is_open(desk, case, now);
        self.line("\n══ What they read ══ (each template once)");
        for (head, text) in std::mem::take(&mut self.read) {
            self.line(&format!("\n── {head}"));
            for line in text.lines() {
                self.line(format!("   {line}").trim_end());
            }
        }
        self.text
    }

    fn who_was_told(&mut self, case: &CaseState) {
        self.line("\n══ Who was told what, how and when ══");
        let mut told: BTreeMap<String, Vec<(DateTime<Utc>, String)>> = BTreeMap::new();
        for duty in &case.duties {
            let Some(met) = duty.met.as_ref() else { continue };
            let by = met.by.map(|id| format!(", {}", by(Some(id)))).unwrap_or_default();
            let line = format!("{} ({}): {}{by}", duty.kind, duty.state, met.channel);
            told.entry(self.person(duty.to)).or_default().push((met.at, line));
        }
        for one in &case.attendances {
            for step in &one.steps {
                let by = step.told_by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
                let line = format!("{} at the {}{by}", step.state, hearing(case, one.hearing));
                told.entry(self.person(one.participant)).or_default().push((step.at, line));
            }
        }
        let left =
            case.messages.iter().filter(|m| matches!(m.state, MessageState::Sent | MessageState::Printed));
        for message in left {
            let at = message.not_before.max(message.written_at);
            let line = format!("{}: {}", message.medium, message.template);
            told.entry(self.to(message.to)).or_default().push((at, line));
        }
        for (who, mut lines) in told {
            lines.sort();
            self.line(&who);
            for (at, line) in lines {
                self.line(&format!("    {}  {line}", london::human(at)));
            }
        }
    }

    fn what_it_took(&mut self) {
        self.line("\n══ What it took ══");
        self.line(&format!("{:<44}{:>6}{:>7}{:>10}", "", "tasks", "calls", "messages"));
        let work = std::mem::take(&mut self.work);
        let mut all = Work::default();
        for (who, work) in &work {
            self.line(&format!("{who:<44}{:>6}{:>7}{:>10}", work.tasks, work.calls, work.messages));
            all.tasks += work.tasks;
            all.calls += work.calls;
            all.messages += work.messages;
        }
        self.line(&format!("{:<44}{:>6}{:>7}{:>10}", "all", all.tasks, all.calls, all.messages));
    }

    fn what_is_open(&mut self, desk: &CaseState, case: &CaseState, now: DateTime<Utc>) {
        self.line("\n══ What is open ══");
        let mut open: Vec<String> = Vec::new();
        let tasks = case.tasks.iter().chain(&desk.tasks).filter(|task| task.state.is_open());
        open.extend(tasks.map(|task| format!("task {} · {}", task.kind, self.about(task.about))));
        let duties = case.duties.iter().filter(|duty| duty.state == DutyState::Open);
        open.extend(duties.map(|duty| format!("owed {} to {}", duty.kind, self.person(duty.to))));
        let unsent = case.messages.iter().filter(|message| message.state.is_unsent());
        open.extend(
            unsent
                .map(|message| format!("{} {} to {}", message.state, message.template, self.to(message.to))),
        );
        if open.is_empty() {
            open.push("nothing".into());
        }
        for line in open {
            self.line(&line);
        }
        let waiting = case.timers.iter().filter(|timer| timer.state == TimerState::Waiting);
        let mut waiting: Vec<_> =
            waiting.filter_map(|timer| Some((timer.due_at?, timer.raises.clone()))).collect();
        waiting.sort();
        for (at, raises) in waiting {
            self.line(&format!("watched: {raises}, {}", when(at, now)));
        }
    }
}

/// The look of a line of the diary.
fn look(case: &CaseState, entry: &DiaryEntry, now: DateTime<Utc>, calendar: &Calendar) -> Look {
    let held = case.hearings.iter().find(|hearing| Some(hearing.id) == entry.hearing);
    let wanted = case.attendances.iter().filter(|one| {
        entry.kind == HEARING
            && held.is_some_and(|held| held.id == one.hearing && held.listing == one.listing)
    });
    let wanted: Vec<_> = wanted.map(|one| one.state).collect();
    let day = entry.when.day().and_then(|day| working_days_until(now, day, calendar).ok());
    Look::of(entry, held.is_some_and(|held| held.ambiguous), &wanted, day)
}

fn hearing(case: &CaseState, id: HearingId) -> String {
    let held = case.hearings.iter().find(|hearing| hearing.id == id);
    held.map_or_else(|| "hearing".into(), |hearing| hearing.hearing_type.clone())
}

fn ended(task: &Task) -> String {
    match task.state {
        TaskState::Done => task.outcome.clone().unwrap_or_else(|| "done".into()),
        state => state.to_string(),
    }
}

fn by(staff: Option<StaffId>) -> String {
    let name = |n: u128| staff == Some(crate::app::officer(n));
    match (1..=3).find(|n| name(*n)) {
        Some(1) => "Sam",
        Some(2) => "Kim",
        Some(_) => "Lee",
        None if staff.is_none() => "nobody yet",
        None => "somebody",
    }
    .to_owned()
}

fn clock(at: DateTime<Utc>) -> String {
    london::to_local(at).format("%H:%M").to_string()
}

/// The clocks of a task or a duty.
fn clocks(target: Option<DateTime<Utc>>, due: Option<DateTime<Utc>>, now: DateTime<Utc>) -> String {
    let target = target.map(|at| format!(", aim {}", when(at, now))).unwrap_or_default();
    let due = due.map(|at| format!(", due {}", when(at, now))).unwrap_or_default();
    format!("{target}{due}")
}

/// An instant in words: `end of today`, `tomorrow 16:10`, `Mon 30 Nov 10:00`.
fn when(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let (day, today) = (london::date(at), london::date(now));
    let named = match (day - today).num_days() {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        _ if day.year() == today.year() => day.format("%a %-d %b").to_string(),
        _ => day.format("%a %-d %b %Y").to_string(),
    };
    let time = london::to_local(at);
    if time.format("%H:%M:%S").to_string() == "23:59:59" {
        format!("end of {named}")
    } else {
        format!("{named} {}", time.format("%H:%M"))
    }
}
