//! What an event came to, in words: a case as it was beside the case as it is.
//!
//! Nothing is told twice and nothing is made up: every line is a difference between two states that were read from the
//! database. People are initials and the part they play, as on everybody's list.

use crate::cli::titles;
use crate::domain::calendar::working_days_until;
use crate::domain::caller::CheckOutcome;
use crate::domain::diary::DiaryEntry;
use crate::domain::diary_look::Look;
use crate::domain::duty::DutyState;
use crate::domain::hearing::{AttendanceState, HearingState, When};
use crate::domain::ids::{ParticipantId, StaffId};
use crate::domain::london::{self, Instant};
use crate::domain::message::{Medium, Message, MessageState, Recipient};
use crate::domain::person::Role;
use crate::domain::staff::Roster;
use crate::domain::state::CaseState;
use crate::domain::task::{Task, TaskState};
use crate::rules::pack::Pack;
use std::collections::BTreeMap;

/// Whoever looks: they know the unit's people, the rules' words and what time it is.
pub(super) struct Eyes<'a> {
    pub(super) roster: &'a Roster,
    pub(super) pack: &'a Pack,
    pub(super) now: Instant,
}

/// What followed, and who was told what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Tasks, what is about to leave, the diary: a line each.
    pub(super) followed: Vec<String>,
    /// Who was told, how and what: a line each.
    pub(super) told: Vec<String>,
}

impl Seen {
    pub(super) fn is_empty(&self) -> bool {
        self.followed.is_empty() && self.told.is_empty()
    }
}

impl Eyes<'_> {
    /// What is different.
    pub(super) fn see(&self, before: Option<&CaseState>, after: &CaseState) -> Seen {
        let mut seen = Seen::default();
        self.case(before, after, &mut seen);
        self.duties(before, after, &mut seen);
        self.messages(before, after, &mut seen);
        self.tasks(before, after, &mut seen);
        self.attendances(before, after, &mut seen);
        self.diary(before, after, &mut seen);
        seen
    }

    fn case(&self, before: Option<&CaseState>, after: &CaseState, seen: &mut Seen) {
        let Some(before) = before else { return };
        if before.case.owner != after.case.owner {
            seen.followed.push(format!("the case is with {}", self.staff(after.case.owner)));
        }
        if before.case.risk != after.case.risk {
            seen.followed.push(format!("the risk is {} now", after.case.risk));
        }
        if before.case.phase != after.case.phase {
            seen.followed.push(format!("the case is {} now", after.case.phase));
        }
        for held in &after.participants {
            let was = before.participant(held.id);
            let label = || person(after, held.id);
            if was.is_some_and(|was| was.enhanced != held.enhanced)
                && let Some(enhanced) = &held.enhanced
            {
                seen.followed.push(format!("Enhanced Rights of {}: {}", label(), enhanced.state));
            }
            let checks = was.map_or(0, |was| was.caller_checks.len());
            for check in held.caller_checks.iter().skip(checks) {
                let what = match check.outcome {
                    CheckOutcome::Matched => "everything matches: it is",
                    CheckOutcome::NotMatched => "not everything matches: nothing is said to",
                    CheckOutcome::CallBack => "ring the number that is held of",
                };
                seen.followed.push(format!("{what} {}", label()));
            }
        }
    }

    fn duties(&self, before: Option<&CaseState>, after: &CaseState, seen: &mut Seen) {
        let mut met: BTreeMap<(ParticipantId, String), Vec<String>> = BTreeMap::new();
        for duty in &after.duties {
            let was = before.and_then(|before| before.duties.iter().find(|held| held.id == duty.id));
            if !matches!(duty.state, DutyState::Met | DutyState::Late)
                || was.is_some_and(|was| was.state == duty.state)
            {
                continue;
            }
            let title = self.pack.duty_kinds.get(&duty.kind).map_or(&duty.kind, |kind| &kind.title);
            let channel = duty.met.as_ref().map(|met| met.channel.clone()).unwrap_or_default();
            // What a message met is told with the message.
            if channel == "email" && duty.met.as_ref().is_some_and(|met| met.by.is_none()) {
                continue;
            }
            let mut title = uncapitalised(title);
            if duty.state == DutyState::Late {
                title.push_str(" (late)");
            }
            met.entry((duty.to, channel)).or_default().push(title);
        }
        for ((to, channel), titles) in met {
            seen.told.push(format!("{}, by {channel}: {}", person(after, to), titles.join("; ")));
        }
    }

    fn messages(&self, before: Option<&CaseState>, after: &CaseState, seen: &mut Seen) {
        for message in &after.messages {
            let was = before.and_then(|before| before.messages.iter().find(|held| held.id == message.id));
            if was.is_some_and(|was| was.state == message.state) {
                continue;
            }
            let (to, what) = (self.recipient(after, message), message.template.replace('-', " "));
            let medium = medium(message.medium);
            match message.state {
                MessageState::Sent => seen.told.push(format!("{to}: {medium}, {what}")),
                MessageState::Printed => seen.told.push(format!("{to}: letter in the post, {what}")),
                MessageState::Draft => {
                    seen.followed.push(format!("{medium} drafted, to leave after the task: {what}, to {to}"));
                }
                MessageState::Queued if message.medium == Medium::Letter => {
                    seen.followed.push(format!("letter to be printed: {what}, to {to}"));
                }
                MessageState::Queued if message.not_before > self.now => {
                    let at = short(message.not_before, self.now);
                    seen.followed.push(format!("{medium} leaves {at}: {what}, to {to}"));
                }
                MessageState::Held | MessageState::Refused | MessageState::Unknown => {
                    let why = message.state_reason.as_deref().unwrap_or("no reason");
                    seen.followed.push(format!("{medium} stays: {what}, to {to} ({why})"));
                }
                MessageState::Cancelled | MessageState::Superseded => {
                    seen.followed.push(format!("{medium} does not leave: {what}, to {to}"));
                }
                _ => {}
            }
        }
    }

    fn tasks(&self, before: Option<&CaseState>, after: &CaseState, seen: &mut Seen) {
        for task in &after.tasks {
            let was = before.and_then(|before| before.tasks.iter().find(|held| held.id == task.id));
            let title = titles::title(self.pack, after, task);
            let Some(was) = was else {
                if task.state.is_open() {
                    let line = format!("task {} {title}{}", task.priority, self.clocks(after, task));
                    seen.followed.push(line);
                }
                continue;
            };
            if was.state.is_open() && !task.state.is_open() {
                match task.state {
                    TaskState::Done => seen.followed.push(format!("done: {title}")),
                    _ => seen.followed.push(format!("not needed any more: {title}")),
                }
                continue;
            }
            if !task.state.is_open() {
                continue;
            }
            if was.assignee != task.assignee {
                let line = format!("{} {title}: goes to {}", task.priority, self.staff(task.assignee));
                seen.followed.push(line);
            }
            if was.next_attempt_at != task.next_attempt_at
                && let Some(next) = task.next_attempt_at
            {
                seen.followed.push(format!("{title}: again {}", short(next, self.now)));
            }
            let clocks = |task: &Task| (task.target_at, task.due_at, task.priority);
            if clocks(was) != clocks(task) {
                let line = format!("one call: {} {title}{}", task.priority, self.clocks(after, task));
                seen.followed.push(line);
            }
        }
    }

    /// Whose it is and when it is to be done.
    fn clocks(&self, state: &CaseState, task: &Task) -> String {
        let mut clocks = Vec::new();
        if let Some(target) = task.target_at {
            clocks.push(format!("target {}", short(target, self.now)));
        }
        if let Some(due) = task.due_at {
            clocks.push(format!("due {}", short(due, self.now)));
        }
        if task.assignee != state.case.owner || state.case.owner.is_none() {
            clocks.push(self.staff(task.assignee));
        }
        if clocks.is_empty() { String::new() } else { format!(" ({})", clocks.join(", ")) }
    }

    fn attendances(&self, before: Option<&CaseState>, after: &CaseState, seen: &mut Seen) {
        let mut changed: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for held in &after.attendances {
            let was = before.and_then(|before| before.attendances.iter().find(|was| was.id == held.id));
            if was.is_none_or(|was| was.state != held.state) {
                let who = person(after, held.participant);
                changed.entry(held.state.to_string()).or_default().push(who);
            }
        }
        let line = |(state, who): (String, Vec<String>)| format!("{state}: {}", who.join(", "));
        seen.followed.extend(changed.into_iter().map(line));
        for held in &after.arrangements {
            let was = before.and_then(|before| before.arrangements.iter().find(|was| was.id == held.id));
            if was.is_none_or(|was| was.state != held.state) {
                let whose = held.participant.map(|of| format!(" for {}", person(after, of)));
                let kind = held.kind.to_string().replace('-', " ");
                seen.followed.push(format!("{kind}{}: {}", whose.unwrap_or_default(), held.state));
            }
        }
    }

    fn diary(&self, before: Option<&CaseState>, after: &CaseState, seen: &mut Seen) {
        for entry in &after.diary {
            let line = self.diary_line(after, entry);
            let was = before.and_then(|before| {
                let was = before.diary.iter().find(|held| held.id == entry.id)?;
                Some(self.diary_line(before, was))
            });
            if was.as_ref() != Some(&line) {
                seen.followed.push(format!("diary: {line}"));
            }
        }
    }

    /// An entry of the diary, its colour and what that means.
    pub(super) fn diary_line(&self, state: &CaseState, entry: &DiaryEntry) -> String {
        let hearing = entry.hearing.and_then(|id| state.hearings.iter().find(|held| held.id == id));
        let here = |listing: i32| {
            let here = state.attendances.iter().filter(move |held| Some(held.hearing) == entry.hearing);
            here.filter(move |held| held.listing == listing).map(|held| held.state)
        };
        let comes: Vec<AttendanceState> =
            hearing.map(|held| here(held.listing).collect()).unwrap_or_default();
        let day = match entry.when {
            When::Week(monday) => Some(monday),
            when => when.day(),
        };
        let days = day.and_then(|day| working_days_until(self.now, day, &self.pack.calendar).ok());
        let ambiguous = hearing.is_some_and(|held| held.ambiguous);
        let what = match &entry.appointment {
            Some(appointment) => appointment.kind.to_string().replace('-', " "),
            None => hearing.map_or_else(|| entry.kind.clone(), |held| held.hearing_type.clone()),
        };
        let when = match entry.when {
            When::At(at) => long(at),
            When::Week(monday) => format!("week of {}", london::human_date(monday)),
            When::Unfixed => "no date".to_owned(),
        };
        let look = Look::of(entry, ambiguous, &comes, days);
        if entry.appointment.is_some() {
            return format!("{what}, {when}, {} {}", look.colour, look.sign);
        }
        format!("{what}, {when}, {} {} {}", look.colour, look.sign, look.words)
    }

    /// The table of witnesses of a case's hearing that is to come: what whoever covers opens first.
    pub(super) fn sheet(&self, state: &CaseState) -> Vec<String> {
        let mut lines = Vec::new();
        for hearing in &state.hearings {
            let of = |held: &&crate::domain::state::Tracked<crate::domain::hearing::Attendance>| {
                held.hearing == hearing.id && held.listing == hearing.listing
            };
            if hearing.state != HearingState::Listed || !state.attendances.iter().any(|held| of(&held)) {
                continue;
            }
            for entry in state.diary.iter().filter(|entry| entry.hearing == Some(hearing.id)) {
                lines.push(self.diary_line(state, entry));
            }
            let mut here: Vec<_> = state.attendances.iter().filter(of).collect();
            let number = |of: ParticipantId| state.participant(of).and_then(|held| held.witness_number);
            here.sort_by_key(|held| (number(held.participant), held.id));
            for held in here {
                let number = number(held.participant).map(|number| number.to_string()).unwrap_or_default();
                let since = long(held.since);
                let by = held.told_by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
                let helps = held.measures.iter().map(|one| format!("{} {}", one.kind, one.state));
                let booked =
                    state.arrangements.iter().filter(|one| one.participant == Some(held.participant));
                let booked = booked.map(|one| format!("{} {}", one.kind, one.state));
                let helps: Vec<String> = helps.chain(booked).collect();
                let who = person(state, held.participant);
                let (comes, helps) = (held.state.to_string(), helps.join(", "));
                let line = format!("{number:>2}  {who:<24} {comes:<10} {:<30} {helps}", since + &by);
                lines.push(line.trim_end().to_owned());
            }
        }
        lines
    }

    fn staff(&self, id: Option<StaffId>) -> String {
        let known = id.and_then(|id| self.roster.staff(id));
        known.map_or_else(|| "the team's queue".to_owned(), |staff| staff.name.clone())
    }

    fn recipient(&self, state: &CaseState, message: &Message) -> String {
        match message.to {
            Recipient::Participant(id) => person(state, id),
            Recipient::Staff(id) => self.staff(Some(id)),
            Recipient::Directory(id) => {
                let known = self.roster.directory.iter().find(|entry| entry.id == id);
                known.map(|entry| entry.name.clone()).unwrap_or_default()
            }
        }
    }
}

fn medium(medium: Medium) -> &'static str {
    match medium {
        Medium::Email => "e-mail",
        Medium::Letter => "letter",
        Medium::Form => "form",
    }
}

/// Somebody by their initials and the part they play.
pub(super) fn person(state: &CaseState, id: ParticipantId) -> String {
    let Some(held) = state.participant(id) else { return "somebody".to_owned() };
    let known = state.person(held.person).map(|person| person.identity.initials()).unwrap_or_default();
    let part = held.roles.iter().map(|role| match role {
        Role::Victim => "victim",
        Role::CivilianWitness | Role::ProfessionalWitness => "witness",
        Role::PoliceWitness => "police witness",
        Role::Parent => "parent",
        Role::Spokesperson => "spokesperson",
        Role::Adviser => "adviser",
        Role::OfficerInCase => "officer in the case",
        Role::FamilyLiaisonOfficer => "family liaison officer",
    });
    format!("{known} ({})", part.take(1).collect::<String>())
}

/// A time as it is said on the day: `15:49`, `end of today`, `Tue 24 Nov 07:40`.
pub(super) fn short(at: Instant, now: Instant) -> String {
    let local = london::to_local(at);
    let today = london::date(at) == london::date(now);
    let day = if today { "today".to_owned() } else { local.format("%a %-d %b").to_string() };
    match (at == london::end_of_day(london::date(at)), today) {
        (true, _) => format!("end of {day}"),
        (false, true) => local.format("%H:%M").to_string(),
        (false, false) => format!("{day} {}", local.format("%H:%M")),
    }
}

/// `Mon 1 Mar 2027 10:00`.
fn long(at: Instant) -> String {
    london::human(at)
}

fn uncapitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
