//! GetProof, as CaseService answers it: who was told what, how, when and by whom, and when it was tried in vain.
//!
//! Three things prove that somebody was told: a duty that was met, a message that left, a contact that was logged. One
//! telling often makes two of them (a call meets a duty and is logged; a mail meets a duty and is sent); it is one line,
//! the duty's, which names the others. What a contact or a message told beyond that has a line of its own.

use crate::domain::contact::{CallerCheck, Contact, ContactKind};
use crate::domain::duty::{Duty, DutyState};
use crate::domain::event::{Fate, MessageAction, Payload};
use crate::domain::explanation::Cause;
use crate::domain::hearing::{Hearing, HearingKind, When};
use crate::domain::ids::{CaseId, HearingId, MessageId, ParticipantId, StaffId};
use crate::domain::london;
use crate::domain::message::{Message, Recipient};
use crate::domain::state::{CaseState, Tracked};
use crate::domain::task::Task;
use crate::domain::words::Word;
use crate::grpc::access::Identity;
use crate::grpc::api::Api;
use crate::grpc::convert::field::{self, number, shown, timestamp, timestamp_of};
use crate::grpc::page::Pages;
use crate::grpc::pb;
use crate::grpc::refused::Refused;
use crate::rules::pack::Pack;
use crate::store::Store;
use crate::store::queries::events as queries;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Events of a case read at a time.
const EVENTS: usize = 200;

/// Where a line stands: its instant, and what it was made from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Mark(i64, String);

/// A line with its place.
struct Line {
    mark: Mark,
    line: pb::ProofLine,
}

impl Line {
    fn new(at: DateTime<Utc>, from: String, kind: pb::ProofKind, to: &impl ToString) -> Self {
        let line = pb::ProofLine {
            at: Some(timestamp(at)),
            participant_id: to.to_string(),
            kind: kind.into(),
            ..Default::default()
        };
        Self { mark: Mark(at.timestamp_millis(), from), line }
    }
}

impl Api {
    /// GetProof.
    pub(super) async fn get_proof(
        &self,
        caller: &Identity,
        asked: &pb::GetProofRequest,
    ) -> Result<pb::GetProofResponse, Refused> {
        let size = Pages::size(asked.page_size)?;
        let id: CaseId = field::id("case_id", &asked.case_id)?;
        let of: Option<ParticipantId> = field::id_if_given("participant_id", &asked.participant_id)?;
        let scope = format!("GetProof/{}/{id}/{of:?}", caller.unit);
        let mark: Option<Mark> = self.pages().read(&scope, &asked.page_token)?;
        let state = self.case(caller, id).await?;
        if let Some(of) = of {
            Self::found(state.participant(of), "participant", of)?;
        }
        let rules = self.rules(caller.unit).await?;
        let history = history(self.store(), id).await?;
        self.looked(caller, "proof", of.map_or(id.0, |of| of.0)).await?;
        let mut lines = Proof { state: &state, pack: &rules.pack, history: &history }.lines();
        lines.retain(|line| of.is_none_or(|of| line.line.participant_id == of.to_string()));
        lines.retain(|line| mark.as_ref().is_none_or(|mark| line.mark > *mark));
        lines.sort_by(|one, other| one.mark.cmp(&other.mark));
        let next = (lines.len() > size).then(|| lines[size - 1].mark.clone());
        lines.truncate(size);
        Ok(pb::GetProofResponse {
            lines: lines.into_iter().map(|line| line.line).collect(),
            next_page_token: self.pages().write(&scope, next),
        })
    }
}

/// What became of a message, and who let it go.
struct Fared {
    at: DateTime<Utc>,
    fate: Fate,
    by: Option<StaffId>,
}

/// What the events of a case tell.
#[derive(Default)]
struct History {
    /// How each message fared, in the order in which that was handled.
    fates: BTreeMap<MessageId, Vec<Fared>>,
    /// What each event was, and when it reached the unit.
    events: BTreeMap<String, String>,
    /// Whose attendance at which hearing somebody recorded by itself, and when.
    attendances: Vec<(ParticipantId, HearingId, DateTime<Utc>)>,
    /// Whether the unit brought the case with what had been told before.
    brought: bool,
}

async fn history(store: &Store, case: CaseId) -> Result<History, Refused> {
    let History { mut fates, mut events, mut attendances, mut brought } = History::default();
    let mut released: BTreeMap<MessageId, StaffId> = BTreeMap::new();
    let mut before = None;
    loop {
        let page = queries::timeline(store, case, before, EVENTS).await?;
        for (_, event) in page.items {
            let received_on = london::human_date(london::date(event.received_at));
            events.insert(event.id.to_string(), format!("{}, {received_on}", event.payload.kind()));
            match event.payload {
                Payload::MessageFared { message, fate } => {
                    let at = event.occurred_at.unwrap_or(event.recorded_at);
                    fates.entry(message).or_default().push(Fared { at, fate, by: event.actor.staff });
                }
                Payload::MessageActed { message, action: MessageAction::Release, .. } => {
                    released.extend(event.actor.staff.map(|staff| (message, staff)));
                }
                Payload::AttendanceRecorded { participant, hearing, .. } => {
                    attendances.push((participant, hearing, event.recorded_at));
                }
                Payload::CaseBrought { .. } => brought = true,
                _ => {}
            }
        }
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    for (message, fared) in &mut fates {
        fared.reverse();
        for one in fared.iter_mut() {
            one.by = one.by.or_else(|| released.get(message).copied());
        }
    }
    Ok(History { fates, events, attendances, brought })
}

/// What a proof is made from.
struct Proof<'a> {
    state: &'a CaseState,
    pack: &'a Pack,
    history: &'a History,
}

impl Proof<'_> {
    fn lines(&self) -> Vec<Line> {
        let mut lines: Vec<Line> = self.state.duties.iter().filter_map(|duty| self.of_duty(duty)).collect();
        let proved: BTreeSet<String> = lines
            .iter()
            .flat_map(|line| [line.line.message_id.clone(), line.line.contact_id.clone()])
            .collect();
        for contact in &self.state.contacts {
            lines.extend(self.of_contact(contact, &lines_of(&lines, &contact.id.to_string())));
        }
        for message in &self.state.messages {
            self.of_message(message, proved.contains(&message.id.to_string()), &mut lines);
        }
        self.of_attempts(&mut lines);
        self.of_attendances(&mut lines);
        for Line { line, .. } in &mut lines {
            let contact = line.contact_id.parse().ok();
            line.corrected_by_id = shown(contact.and_then(|contact| self.state.correction_of(contact)));
        }
        lines
    }

    /// A duty that was met or excused.
    fn of_duty(&self, duty: &Duty) -> Option<Line> {
        let met = duty.met.as_ref()?;
        let kind = match duty.state {
            DutyState::Met | DutyState::Late => pb::ProofKind::Told,
            DutyState::Excused => pb::ProofKind::Excused,
            DutyState::Open | DutyState::Withdrawn => return None,
        };
        let mut line = Line::new(met.at, format!("duty/{}", duty.id), kind, &duty.to);
        let known = self.pack.duty_kinds.get(&duty.kind);
        let cites = duty.because.iter().find_map(|why| why.cites.clone());
        let contact = self.contact_of(duty, met.at, &met.channel);
        let told = &mut line.line;
        told.channel.clone_from(&met.channel);
        told.title = known.map_or_else(|| duty.kind.clone(), |kind| kind.title.clone());
        told.causes = self.causes(duty.causes());
        told.staff_id = shown(met.by);
        told.words = met.words.clone().unwrap_or_default();
        told.duty_id = duty.id.to_string();
        told.task_id = shown(duty.task);
        told.contact_id = shown(contact.map(|contact| contact.id));
        told.check = contact.map_or(0, |contact| number(contact.check));
        if kind == pb::ProofKind::Told {
            told.message_id = shown(self.message_of(duty));
            told.clock = Some(pb::ProofClock {
                due_at: timestamp_of(duty.due_at),
                target_at: timestamp_of(duty.target_at),
                cites: cites.or_else(|| known.and_then(|kind| kind.cites.clone())).unwrap_or_default(),
                late: duty.due_at.is_some_and(|due| met.at > due),
                target_missed: duty.target_at.is_some_and(|target| met.at > target),
            });
        }
        Some(line)
    }

    /// The contact in which a duty was met.
    fn contact_of(&self, duty: &Duty, at: DateTime<Utc>, channel: &str) -> Option<&Contact> {
        let is_it = |contact: &&Contact| {
            contact.at == at
                && contact.kind.word() == channel
                && contact.with.is_none_or(|with| with == duty.to)
                && duty.causes().all(|cause| contact.told.contains(cause))
        };
        self.state.contacts.iter().map(|contact| &**contact).find(is_it)
    }

    /// The message by which a duty was met: it left for whom the duty is owed to, and tells all that it rests on.
    fn message_of(&self, duty: &Duty) -> Option<MessageId> {
        let met = duty.met.as_ref().filter(|met| met.by.is_none())?;
        let is_it = |message: &&Message| {
            message.to == Recipient::Participant(duty.to)
                && message.medium.word() == met.channel
                && self.left(message.id).is_some()
                && duty.causes().all(|cause| causes_of(message).any(|other| other == cause))
        };
        self.state.messages.iter().map(|message| &**message).find(is_it).map(|message| message.id)
    }

    fn left(&self, message: MessageId) -> Option<&Fared> {
        let fared = self.history.fates.get(&message)?;
        fared.iter().find(|one| matches!(one.fate, Fate::Sent | Fate::Printed))
    }

    /// A contact, as far as no duty's line says the same; a try where nobody was told anything.
    fn of_contact(&self, contact: &Contact, said: &BTreeSet<String>) -> Option<Line> {
        let with = contact.with?;
        // What was corrected proves nothing: the record that stands in its place does.
        if self.state.correction_of(contact.id).is_some() || contact.kind == ContactKind::Note {
            return None;
        }
        let failed = contact.check == CallerCheck::Failed;
        let told: Vec<&Cause> = contact.told.iter().filter(|cause| !said.contains(&cause.0)).collect();
        let kind = match contact.kind {
            ContactKind::NoAnswer => pb::ProofKind::Tried,
            ContactKind::Voicemail if contact.told.is_empty() => pb::ProofKind::Tried,
            _ if failed => pb::ProofKind::Tried,
            _ if told.is_empty() => return None,
            _ => pb::ProofKind::Told,
        };
        // A try at a task has a line of its own, and one who left us a message was not tried.
        let attempted = |task: &Tracked<Task>| {
            task.about == Some(with) && task.attempts.iter().any(|attempt| attempt.at == contact.at)
        };
        let is_try = kind == pb::ProofKind::Tried && !failed;
        if is_try && (contact.incoming || self.state.tasks.iter().any(attempted)) {
            return None;
        }
        let mut line = Line::new(contact.at, format!("contact/{}", contact.id), kind, &with);
        line.line.channel = contact.kind.to_string();
        line.line.title = match contact.kind {
            _ if failed => "The check of the caller failed",
            ContactKind::NoAnswer => "No answer",
            ContactKind::Voicemail if kind == pb::ProofKind::Tried => "Voicemail",
            _ => "Told in a contact",
        }
        .to_owned();
        line.line.causes = self.causes(told);
        line.line.staff_id = shown(contact.by);
        line.line.check = number(contact.check);
        line.line.words.clone_from(&contact.words);
        line.line.contact_id = contact.id.to_string();
        line.line.corrects_id = shown(contact.corrects);
        Some(line)
    }

    /// What became of a message to somebody in the case; that it left only where no duty's line says so.
    fn of_message(&self, message: &Message, proved: bool, lines: &mut Vec<Line>) {
        let to = match message.to {
            Recipient::Participant(to) => to.to_string(),
            Recipient::Directory(_) => String::new(),
            Recipient::Staff(_) => return,
        };
        for (nth, fared) in self.history.fates.get(&message.id).into_iter().flatten().enumerate() {
            let left = matches!(fared.fate, Fate::Sent | Fate::Printed);
            if left && proved {
                continue;
            }
            let kind = if left { pb::ProofKind::Told } else { pb::ProofKind::Tried };
            let mut line = Line::new(fared.at, format!("message/{}/{nth}", message.id), kind, &to);
            line.line.channel = message.medium.to_string();
            line.line.title.clone_from(&message.template);
            line.line.causes = self.causes(causes_of(message));
            line.line.staff_id = shown(fared.by);
            line.line.message_id = message.id.to_string();
            if let Recipient::Directory(body) = message.to {
                line.line.directory_id = body.to_string();
            }
            let (state, reason) = fared.fate.brings();
            line.line.words = match reason {
                Some(reason) => format!("{state}: {reason}"),
                None => String::new(),
            };
            lines.push(line);
        }
    }

    /// Attempts at tasks about somebody.
    fn of_attempts(&self, lines: &mut Vec<Line>) {
        for task in &self.state.tasks {
            let Some(about) = task.about else { continue };
            let kind = self.pack.task_kinds.get(&task.kind);
            for (nth, attempt) in task.attempts.iter().enumerate() {
                let from = format!("task/{}/{nth}", task.id);
                let mut line = Line::new(attempt.at, from, pb::ProofKind::Tried, &about);
                let outcome = kind.and_then(|kind| kind.outcomes.get(&attempt.outcome));
                line.line.title =
                    outcome.map_or_else(|| attempt.outcome.clone(), |outcome| outcome.title.clone());
                let gathered = self.state.duties.iter().filter(|duty| duty.task == Some(task.id));
                line.line.causes = self.causes(gathered.flat_map(|duty| duty.causes()));
                line.line.staff_id = shown(attempt.by);
                line.line.task_id = task.id.to_string();
                lines.push(line);
            }
        }
    }

    /// Steps of attendances that somebody recorded by itself and that say by what means they were told. The others follow
    /// from a duty, a message or a contact that has its own line.
    fn of_attendances(&self, lines: &mut Vec<Line>) {
        for held in &self.state.attendances {
            for (nth, step) in held.steps.iter().enumerate() {
                let Some(told_by) = &step.told_by else { continue };
                let at = Some(timestamp(step.at));
                let who = held.participant.to_string();
                let recorded = |(of, at, when): &(ParticipantId, HearingId, DateTime<Utc>)| {
                    (*of, *at) == (held.participant, held.hearing) && (*when - step.at).num_seconds() == 0
                };
                if !self.history.brought && !self.history.attendances.iter().any(recorded) {
                    continue;
                }
                if lines.iter().any(|line| line.line.at == at && line.line.participant_id == who) {
                    continue;
                }
                let from = format!("attendance/{}/{nth}", held.id);
                let mut line = Line::new(step.at, from, pb::ProofKind::Told, &held.participant);
                line.line.channel.clone_from(told_by);
                line.line.title = format!("Court attendance: {}", step.state);
                line.line.causes = self.causes([&Cause(format!("{}/{}", held.hearing, held.listing))]);
                lines.push(line);
            }
        }
    }

    fn causes<'c>(&self, causes: impl IntoIterator<Item = &'c Cause>) -> Vec<pb::ProofCause> {
        let causes: BTreeSet<&Cause> = causes.into_iter().collect();
        let said = |cause: &Cause| pb::ProofCause {
            id: cause.0.clone(),
            words: self.words(&cause.0).unwrap_or_default(),
        };
        causes.into_iter().map(said).collect()
    }

    /// What a cause is: a result by the pack's title of it, a hearing's listing by its kind, court and date, an event or
    /// a task by its kind.
    fn words(&self, cause: &str) -> Option<String> {
        let (id, listing) = cause.split_once('/').map_or((cause, None), |(id, listing)| (id, Some(listing)));
        if let Some(standing) = id.parse().ok().and_then(|id| self.state.record.line(id)) {
            let title = &self.pack.outcomes.of(&standing.line).title;
            return Some(format!("{title}, {}", london::human_date(standing.day)));
        }
        if let Some(hearing) = id.parse().ok().and_then(|id: HearingId| self.hearing(id)) {
            let nth = listing.and_then(|listing| listing.parse::<usize>().ok());
            let earlier = nth.and_then(|nth| hearing.earlier.get(nth.checked_sub(1)?));
            let when = match earlier.unwrap_or(&hearing.when) {
                When::At(at) => london::human(*at),
                When::Week(monday) => format!("week of {}", london::human_date(*monday)),
                When::Unfixed => "date to be fixed".to_owned(),
            };
            return Some(format!("{}, {}, {when}", kind_of(hearing), hearing.court.name));
        }
        if let Some(event) = self.history.events.get(id) {
            return Some(event.clone());
        }
        let task = id.parse().ok().and_then(|id| self.state.tasks.iter().find(|task| task.id == id));
        Some(format!("task {}", task?.kind))
    }

    fn hearing(&self, id: HearingId) -> Option<&Hearing> {
        self.state.hearings.iter().find(|held| held.id == id).map(|held| &**held)
    }
}

/// The kind of a hearing in our words: a court's own words of it are free text.
fn kind_of(hearing: &Hearing) -> String {
    match hearing.kind {
        HearingKind::Other => "hearing".to_owned(),
        kind => kind.word().replace('-', " "),
    }
}

fn causes_of(message: &Message) -> impl Iterator<Item = &Cause> {
    message.because.iter().flat_map(|why| &why.causes)
}

/// What the lines of duties that were met in a contact say already.
fn lines_of(lines: &[Line], contact: &str) -> BTreeSet<String> {
    let met = lines.iter().filter(|line| line.line.contact_id == contact);
    met.flat_map(|line| line.line.causes.iter().map(|cause| cause.id.clone())).collect()
}
