//! Plays a script on an application: what people and courts do is recorded, and between steps the clock goes on as it
//! does outside, stopping wherever something is due.

use super::cast::{Cast, derived_id};
use super::script::{Action, Script};
use super::tell::Teller;
use crate::app::{App, at, officer, person, staff, team, unit};
use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, Utc, Weekday};
use std::collections::BTreeMap;
use usher::domain::case::Phase;
use usher::domain::contact::{CallerCheck, ContactKind};
use usher::domain::diary::TimerState;
use usher::domain::event::{Actor, Completion, Fate, Payload, Subject, TaskAction};
use usher::domain::ids::{CaseId, ContactId, HearingId, StaffId, TaskId};
use usher::domain::london;
use usher::domain::message::{Medium, MessageState};
use usher::domain::person::{Consent, EnhancedCategory, EnhancedState};
use usher::domain::staff::StaffRole;
use usher::domain::state::CaseState;
use usher::domain::task::{Priority, Task};
use usher::domain::words::Word;
use usher::engine::NewEvent;
use usher::rules::pack::Pack;

/// When, on working days, the clock stops whatever is due: what the schedule raises is raised then.
const STOPS: [(u32, u32); 6] = [(8, 0), (8, 15), (8, 30), (12, 0), (15, 30), (17, 0)];

/// How long what is due at one instant may go on by itself.
const ROUNDS: usize = 10_000;

/// A script in play.
pub struct Play<'a> {
    app: &'a App,
    cast: Cast,
    teller: Teller,
    case: CaseId,
    is_open: bool,
    events: usize,
}

/// Plays a script and tells what came of it.
pub async fn play(app: &App, script: &Script, pack: &Pack) -> String {
    let cast = Cast::read(&script.cast);
    let case = cast.case;
    let teller = Teller::new(&script.title, cast.names(), pack);
    let mut play = Play { app, cast, teller, case, is_open: false, events: 0 };
    play.set_the_stage().await;
    for step in &script.steps {
        play.go_on(step.at).await;
        play.teller.step(step.at, &step.says);
        for action in &step.actions {
            play.act(action).await;
        }
        play.look().await;
        app.tick().await;
        play.look().await;
    }
    let (desk, held) = play.held().await;
    play.teller.end(&desk, held.as_ref().expect("the case was opened"), app.clock.now())
}

impl Play<'_> {
    /// The unit's people by name, and the bodies it writes to.
    async fn set_the_stage(&mut self) {
        let roles = [StaffRole::CareOfficer, StaffRole::CareOfficer, StaffRole::TeamLeader];
        for (n, (role, name)) in
            (1..).zip(roles.into_iter().zip(["Sam Ferrier", "Kim Oyelaran", "Lee Marchbanks"]))
        {
            let mut one = staff(n, role);
            name.clone_into(&mut one.name);
            one.version = 1;
            let held = Payload::StaffPut { staff: Box::new(one) };
            self.record(Subject::Desk, held, None).await;
        }
        for entry in self.cast.directory() {
            self.record(Subject::Desk, Payload::DirectoryPut { entry: Box::new(entry) }, None).await;
        }
    }

    async fn record(&mut self, subject: Subject, payload: Payload, by: Option<StaffId>) {
        self.events += 1;
        let event = self.app.event(&format!("journey-{}", self.events), subject, payload);
        let actor = match by {
            Some(by) => Actor { name: "journey".into(), staff: Some(by) },
            None => Actor { name: "feed:journey".into(), staff: None },
        };
        let kind = event.payload.kind().to_owned();
        let receipt = self.app.engine.record(NewEvent { actor, ..event }).await;
        let receipt = receipt.unwrap_or_else(|error| panic!("{kind} was refused: {error}"));
        assert_ne!(
            receipt.outcome,
            usher::domain::receipt::Outcome::Parked,
            "{kind} was parked: {:?}",
            receipt.cases
        );
    }

    async fn in_case(&mut self, payload: Payload) {
        self.record(Subject::Case(self.case), payload, Some(officer(1))).await;
    }

    /// The desk and the case. Duties that arose at one instant come in the order of their keys: of two with ids of the same
    /// millisecond either may be read first.
    async fn held(&self) -> (CaseState, Option<CaseState>) {
        let (desk, mut held) = self.as_held().await;
        if let Some(held) = &mut held {
            held.duties.sort_by(|one, other| (one.arose_at, &one.key).cmp(&(other.arose_at, &other.key)));
        }
        (desk, held)
    }

    async fn as_held(&self) -> (CaseState, Option<CaseState>) {
        // What the engine remembers is what is stored, and reading that at every stop is most of a journey's time.
        let desk = CaseState::desk_of(unit().id);
        let desk = match self.remembered(desk).await {
            Some(desk) => desk,
            None => self.app.case(desk).await,
        };
        if !self.is_open {
            return (desk, None);
        }
        if let Some(held) = self.remembered(self.case).await {
            return (desk, Some(held));
        }
        let cases = usher::store::read::cases(self.app.engine.store(), &[self.case]).await.unwrap();
        (desk, cases.into_iter().next())
    }

    /// A case as the engine remembers it. It is out of its hands for a moment after each event, and what is read instead is
    /// in another order.
    async fn remembered(&self, case: CaseId) -> Option<CaseState> {
        for _ in 0..200 {
            if let Some(held) = self.app.engine.remembered(case) {
                return Some(held);
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        None
    }

    /// Tells what has changed.
    async fn look(&mut self) {
        let (desk, held) = self.held().await;
        self.teller.look(&desk, held.as_ref(), self.app.clock.now(), false);
    }

    /// The clock goes on to `to`.
    async fn go_on(&mut self, to: DateTime<Utc>) {
        let (mut desk, mut held) = self.held().await;
        for _ in 0..ROUNDS {
            let now = self.app.clock.now();
            let next = next_stop(&desk, held.as_ref(), now).min(to);
            if next > now {
                self.app.clock.advance(next - now);
            }
            self.app.tick().await;
            (desk, held) = self.held().await;
            self.teller.look(&desk, held.as_ref(), next, true);
            if next >= to {
                return;
            }
        }
        panic!("the clock never gets to {}", london::human(to));
    }

    async fn act(&mut self, action: &Action) {
        match action.verb.as_str() {
            "opens" => {
                let case = self.cast.opening();
                let subject = Subject::Reference(case.references.clone());
                self.record(subject, Payload::CaseOpened { case: Box::new(case) }, None).await;
                self.is_open = true;
            }
            "charged" => {
                let payload = Payload::CaseUpdated {
                    phase: Some(Phase::PostCharge),
                    risk: None,
                    flags: None,
                    owner: None,
                    team: None,
                    version: None,
                };
                self.in_case(payload).await;
            }
            "court" => {
                let share = self.cast.share(action, self.app.clock.now());
                self.record(Subject::Share, Payload::HearingResulted { share: Box::new(share) }, None).await;
            }
            "confirms" => {
                let payload = Payload::EnhancedRightsSet {
                    participant: self.cast.person(action.word(0)),
                    state: EnhancedState::Confirmed,
                    categories: vec![EnhancedCategory::MostSerious],
                    source: "the needs assessment".into(),
                    version: None,
                };
                self.in_case(payload).await;
            }
            "required" => {
                let who = action.words.iter().map(|name| (self.cast.person(name), None)).collect();
                let payload = Payload::WitnessesRequired { hearing: None, witnesses: who };
                self.record(Subject::Case(self.case), payload, None).await;
            }
            "taken-out" => {
                let payload = Payload::TrialTakenOut { hearing: None, reason: action.word(0).to_owned() };
                self.record(Subject::Case(self.case), payload, None).await;
            }
            "rings" | "does" => self.completes(action).await,
            "tries" => self.tries(action).await,
            "makes" => self.makes(action).await,
            "hears" => self.hears(action).await,
            "comes" => {
                let hearing = self.trial().await;
                let state = action.word(1);
                let payload = Payload::AttendanceRecorded {
                    participant: self.cast.person(action.word(0)),
                    hearing,
                    state: Word::from_word(state).unwrap_or_else(|| panic!("line {}: {state}?", action.line)),
                    told_by: action.text("by").map(str::to_owned),
                };
                self.in_case(payload).await;
            }
            "wanted" => {
                let hearing = self.trial().await;
                let order = action.get("order").and_then(serde_json::Value::as_i64);
                let payload = Payload::AttendancePlanned {
                    participant: self.cast.person(action.word(0)),
                    hearing,
                    phase: action.text("phase").map(str::to_owned),
                    order: order.map(|order| i32::try_from(order).unwrap()),
                    measures: None,
                };
                self.in_case(payload).await;
            }
            "joins" => {
                let mut participant = self.cast.newcomer(action.word(0));
                if action.text("consent").is_some() {
                    participant.consent = Some(Consent { from: self.app.clock.now(), until: None });
                }
                let payload = Payload::ParticipantAdded { participant: Box::new(participant) };
                self.in_case(payload).await;
            }
            "posts" => self.posts(action).await,
            other => panic!("line {}: there is no action `{other}`", action.line),
        }
        self.look().await;
    }

    async fn state(&self) -> CaseState {
        self.held().await.1.expect("the case was opened")
    }

    /// The trial that is listed, or was listed last.
    async fn trial(&self) -> HearingId {
        let held = self.state().await;
        let trials = held.hearings.iter().filter(|hearing| hearing.hearing_type.contains("rial"));
        trials.max_by_key(|hearing| (hearing.when.day(), hearing.id)).expect("a trial is listed").id
    }

    /// The open task that an action names by its kind and whom it is about; `-` where it is about nobody. Where there is
    /// none the page says so, and the journey has failed.
    async fn task(&mut self, action: &Action) -> Option<Task> {
        let (desk, held) = self.held().await;
        let (kind, who) = (action.word(0), action.word(1));
        let about = (who != "-").then(|| self.cast.person(who));
        let held = held.expect("the case was opened");
        let all = || held.tasks.iter().chain(desk.tasks.iter()).filter(|task| task.state.is_open());
        let found = all().find(|task| task.kind == kind && task.about == about);
        if found.is_none() {
            let open = all().map(|task| task.kind.clone()).collect::<Vec<_>>().join(", ");
            self.teller.wrong(action.line, &format!("no task {kind} of {who} is open, only {open}"));
        }
        found.map(|task| (**task).clone())
    }

    async fn completes(&mut self, action: &Action) {
        let Some(task) = self.task(action).await else { return };
        let answers = match action.with.as_object() {
            Some(answers) => answers.iter().map(|(name, answer)| (name.clone(), answer.clone())).collect(),
            None => BTreeMap::new(),
        };
        let rung = action.verb == "rings";
        let completion = Completion {
            outcome: action.word(2).to_owned(),
            answers,
            channel: rung.then(|| "call".to_owned()),
            words: rung.then(|| "As the script says.".to_owned()),
            ..Completion::default()
        };
        self.teller.worked(&task, rung);
        self.acts(&task, TaskAction::Complete(completion), action).await;
    }

    async fn tries(&mut self, action: &Action) {
        let Some(task) = self.task(action).await else { return };
        let mut task = task;
        if let Some(answers) = action.with.as_object() {
            let answers = answers.iter().map(|(name, answer)| (name.clone(), answer.clone())).collect();
            self.acts(&task, TaskAction::Answer { answers }, action).await;
            let Some(answered) = self.task(action).await else { return };
            task = answered;
        }
        self.teller.worked(&task, true);
        let attempt = TaskAction::Attempt { outcome: action.word(2).to_owned(), at: None, words: None };
        self.acts(&task, attempt, action).await;
    }

    async fn acts(&mut self, task: &Task, action: TaskAction, from: &Action) {
        let payload = Payload::TaskActed { task: task.id, version: Some(task.version), action };
        self.events += 1;
        let by = task.assignee.unwrap_or(officer(1));
        let event = self.app.event(&format!("journey-{}", self.events), Subject::Task(task.id), payload);
        let actor = Actor { name: "journey".into(), staff: Some(by) };
        if let Err(error) = self.app.engine.record(NewEvent { actor, ..event }).await {
            self.teller.wrong(from.line, &format!("{} was refused: {error}", task.kind));
        }
    }

    async fn makes(&mut self, action: &Action) {
        let who = action.word(1);
        let priority = action.text("priority").and_then(Priority::from_word).unwrap_or(Priority::P3);
        let payload = Payload::TaskCreated {
            id: TaskId(derived_id("task", &self.events.to_string())),
            task: action.word(0).to_owned(),
            about: (who != "-").then(|| self.cast.person(who)),
            priority,
            due_at: action.text("due").map(at),
            assignee: None,
            words: "As the script says.".to_owned(),
        };
        self.in_case(payload).await;
    }

    /// Somebody turns to the unit.
    async fn hears(&mut self, action: &Action) {
        let payload = Payload::ContactLogged {
            id: ContactId(derived_id("contact", &self.events.to_string())),
            contact: action.text("kind").and_then(ContactKind::from_word).unwrap_or(ContactKind::Call),
            with: Some(self.cast.person(action.word(0))),
            at: None,
            incoming: true,
            check: CallerCheck::Verified,
            met: Vec::new(),
            told: Vec::new(),
            topics: action.texts("topics"),
            words: "As the script says.".to_owned(),
            corrects: None,
            hearing: None,
        };
        self.in_case(payload).await;
    }

    /// Every letter that waits is printed and posted.
    async fn posts(&mut self, action: &Action) {
        let held = self.state().await;
        let letters = held.messages.iter().filter(|message| {
            message.medium == Medium::Letter
                && matches!(message.state, MessageState::Queued)
                && message.not_before <= self.app.clock.now()
        });
        let letters: Vec<_> = letters.map(|message| message.id).collect();
        if letters.is_empty() {
            self.teller.wrong(action.line, "no letter waits to be posted");
        }
        for message in letters {
            let payload = Payload::MessageFared { message, fate: Fate::Printed };
            self.record(Subject::Message(message), payload, Some(officer(1))).await;
        }
    }
}

/// When something is due next after `now`.
fn next_stop(desk: &CaseState, held: Option<&CaseState>, now: DateTime<Utc>) -> DateTime<Utc> {
    let mut due: Vec<DateTime<Utc>> = Vec::new();
    for state in [Some(desk), held].into_iter().flatten() {
        let waiting = state.timers.iter().filter(|timer| timer.state == TimerState::Waiting);
        due.extend(waiting.filter_map(|timer| timer.due_at));
        let queued = state.messages.iter().filter(|message| message.state == MessageState::Queued);
        due.extend(
            queued.filter(|message| message.medium != Medium::Letter).map(|message| message.not_before),
        );
    }
    let today = london::date(now);
    for day in (0..4).map(|days| today + TimeDelta::days(days)) {
        if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            let stops =
                STOPS.iter().map(|(hour, minute)| NaiveTime::from_hms_opt(*hour, *minute, 0).unwrap());
            due.extend(stops.map(|stop| london::from_local(day.and_time(stop))));
        }
    }
    due.into_iter().filter(|due| *due > now).min().expect("another working day comes")
}

/// The team and the first person of the cast, for those who build it.
pub fn blank(nth: u128, n: u128) -> usher::domain::event::NewParticipant {
    let mut blank = person(nth, n, usher::domain::person::Role::Victim);
    blank.roles.clear();
    blank.offences.clear();
    blank
}

/// The team that holds every journey's case.
pub fn the_team() -> usher::domain::ids::TeamId {
    team()
}
