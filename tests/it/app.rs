//! An application for tests: an engine over a database of its own, a standing clock, seeded ids, an invented unit.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use std::sync::{Arc, LazyLock};
use usher::casework::Mode;
use usher::clock::{Clock, Ids};
use usher::domain::case::{Phase, Reference, ReferenceKind, Risk};
use usher::domain::court::{
    CaseShare, Court, Defendant, Feed, Jurisdiction, Line, NextHearing, Offence, Party, ResultLine, Share,
};
use usher::domain::event::{Actor, NewCase, NewParticipant, Payload, Subject};
use usher::domain::hearing::When;
use usher::domain::ids::*;
use usher::domain::london;
use usher::domain::person::{EnhancedCategory, EnhancedState, Identity, Role};
use usher::domain::receipt::Receipt;
use usher::domain::staff::{Shift, Staff, StaffRole, Team, Unit, UnitMode};
use usher::domain::state::CaseState;
use usher::engine::rulesets::{Ruleset, Rulesets};
use usher::engine::{Engine, Error, NewEvent, Settings, found};
use usher::mail::{Memory, Transport};
use usher::outbox::{Outbox, Round};
use usher::pack_files;
use usher::rules::pack::Pack;
use usher::schedule::{Clockwork, Tick};
use usher::store::{Store, read};
use uuid::Uuid;

/// The rules that come with usher, read once: checking every condition of them takes longer than most tests.
static OURS: LazyLock<Arc<Ruleset>> = LazyLock::new(|| {
    let (pack, _) = Pack::load(pack_files::embedded()).unwrap_or_else(|faults| panic!("{faults}"));
    Ruleset::new(pack).unwrap()
});

/// The pack that comes with usher.
pub fn the_pack() -> &'static Pack {
    &OURS.pack
}

/// The unit of every test.
pub fn unit() -> Unit {
    Unit {
        id: UnitId(Uuid::from_u128(1)),
        name: "Northgate Victim and Witness Care Unit".into(),
        urn_forces: vec!["52".into()],
        authorities: vec!["NGPF".into()],
        mode: UnitMode::Live,
        version: 0,
    }
}

/// Team 1's id.
pub fn team() -> TeamId {
    TeamId(Uuid::from_u128(0x10))
}

/// The nth care officer's id.
pub fn officer(n: u128) -> StaffId {
    StaffId(Uuid::from_u128(0x20 + n))
}

/// An instant by the clock of Europe/London.
pub fn at(text: &str) -> DateTime<Utc> {
    london::parse(text).unwrap()
}

/// An engine over `store` with the pack that comes with usher, at 09:00 on Friday 20 November 2026.
pub struct App {
    /// The engine.
    pub engine: Engine,
    /// Its clock.
    pub clock: Clock,
    /// Where its mail arrives.
    pub mail: Memory,
    /// What sends its mail.
    pub outbox: Outbox,
    /// What fires its timers.
    pub clockwork: Clockwork,
    counter: std::sync::atomic::AtomicU64,
}

impl App {
    /// Founds the unit with one team, two care officers and a team leader.
    pub async fn new(store: Store) -> Self {
        Self::with_rules(store, OURS.clone()).await
    }

    /// The same with the pack that comes with usher, some files of it replaced or added.
    pub async fn with_files(store: Store, files: &[(&str, &str)]) -> Self {
        let mut all = pack_files::embedded();
        all.extend(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
        let (pack, _) = Pack::load(all).unwrap_or_else(|faults| panic!("{faults}"));
        Self::with_pack(store, pack).await
    }

    /// A second process on the same database, with the rules the database says are active.
    pub fn beside(&self, store: Store) -> Engine {
        let settings = Settings { mail_domain: "unit.test".into(), ..Settings::default() };
        Engine::start(store, Rulesets::default(), self.clock.clone(), Ids::seeded(1 << 40), settings)
    }

    /// The same with another pack.
    pub async fn with_pack(store: Store, pack: Pack) -> Self {
        Self::with_rules(store, Ruleset::new(pack).unwrap()).await
    }

    async fn with_rules(store: Store, ruleset: Arc<Ruleset>) -> Self {
        let clock = Clock::standing_at(at("2026-11-20T09:00"));
        found::found(&store, &unit(), &ruleset, clock.now()).await.unwrap();
        let settings = Settings { mail_domain: "unit.test".into(), ..Settings::default() };
        let engine = Engine::start(store, Rulesets::with(ruleset), clock.clone(), Ids::seeded(7), settings);
        let app = Self::over(engine, clock);
        app.put(Payload::TeamPut { team: Team { id: team(), name: "East".into() } }).await;
        for (n, role) in
            [(1, StaffRole::CareOfficer), (2, StaffRole::CareOfficer), (3, StaffRole::TeamLeader)]
        {
            app.put(Payload::StaffPut { staff: Box::new(staff(n, role)) }).await;
        }
        app
    }

    fn over(engine: Engine, clock: Clock) -> Self {
        let mail = Memory::new();
        let transport = Transport::Memory(mail.clone());
        let outbox = Outbox::new(engine.clone(), transport, usher::outbox::Settings::default()).unwrap();
        let clockwork = Clockwork::new(engine.clone());
        Self { engine, clock, mail, outbox, clockwork, counter: 0.into() }
    }

    /// Another process over the same database, at the same time: it knows what the database says and nothing else.
    pub fn restarted(&self) -> Self {
        let other = Self::over(self.beside(self.engine.store().clone()), self.clock.clone());
        let counter = self.counter.load(std::sync::atomic::Ordering::Relaxed).into();
        Self { counter, ..other }
    }

    async fn put(&self, payload: Payload) {
        self.record(Subject::Desk, payload).await.unwrap();
    }

    /// Records a payload under a reference of its own.
    pub async fn record(&self, subject: Subject, payload: Payload) -> Result<Receipt, Error> {
        let n = self.counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.engine.record(self.event(&format!("test-{n}"), subject, payload)).await
    }

    /// An event as the tests' actor records it.
    pub fn event(&self, reference: &str, subject: Subject, payload: Payload) -> NewEvent {
        NewEvent {
            unit: unit().id,
            source: "test".into(),
            reference: reference.into(),
            actor: Actor { name: "test".into(), staff: Some(officer(1)) },
            occurred_at: None,
            received_at: None,
            subject,
            payload,
            raw: None,
            mode: Mode::Working,
        }
    }

    /// Opens a case.
    pub async fn open(&self, case: NewCase) -> CaseId {
        let id = case.id;
        let subject = Subject::Reference(case.references.clone());
        self.record(subject, Payload::CaseOpened { case: Box::new(case) }).await.unwrap();
        id
    }

    /// Records a share.
    pub async fn share(&self, share: Share) -> Receipt {
        self.record(Subject::Share, Payload::HearingResulted { share: Box::new(share) }).await.unwrap()
    }

    /// All that is held of a case.
    pub async fn case(&self, id: CaseId) -> CaseState {
        read::cases(self.engine.store(), &[id]).await.unwrap().remove(0)
    }

    /// Does all that is due now, and what follows from it at once: timers, lines of the schedule, mail.
    pub async fn tick(&self) {
        for _ in 0..100 {
            let ticked = self.clockwork.tick().await.unwrap();
            let sent = self.outbox.tick().await.unwrap();
            if ticked == Tick::default() && sent == Round::default() {
                return;
            }
        }
        panic!("what is due now never ends");
    }

    /// Moves the clock on.
    pub fn wait(&self, by: TimeDelta) {
        self.clock.advance(by);
    }
}

/// A member of staff who works 08:00 to 16:00, Monday to Friday.
pub fn staff(n: u128, role: StaffRole) -> Staff {
    let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    Staff {
        id: officer(n),
        team: team(),
        name: format!("Staff {n}"),
        email: Some(format!("staff{n}@unit.test").parse().unwrap()),
        role,
        skills: Vec::new(),
        shifts: (1..=5).map(|weekday| Shift { weekday, starts: time(8), ends: time(16) }).collect(),
        case_conflicts: Vec::new(),
        person_conflicts: Vec::new(),
        minutes_a_day: None,
        vetting_valid_until: None,
        left_at: None,
        version: 0,
    }
}

/// A defendant's id.
pub fn defendant(n: u128) -> DefendantId {
    DefendantId(Uuid::from_u128(0xd0 + n))
}

/// An offence's id.
pub fn offence(n: u128) -> OffenceId {
    OffenceId(Uuid::from_u128(0x0f00 + n))
}

/// The nth person of a case, in one part.
pub fn person(case: u128, n: u128, role: Role) -> NewParticipant {
    let id = case * 100 + n;
    NewParticipant {
        id: ParticipantId(Uuid::from_u128(0x7000 + id)),
        person: PersonId(Uuid::from_u128(0x9000 + id)),
        identity: Some(Identity {
            first_name: format!("First{n}"),
            last_name: format!("Last{n}"),
            phones: vec![format!("0770090{id:04}")],
            email: Some(format!("person{id}@people.test").parse().unwrap()),
            ..Identity::default()
        }),
        roles: vec![role],
        child: false,
        offences: vec![offence(1)],
        defendants: Vec::new(),
        enhanced: None,
        supports: Vec::new(),
        consent: None,
        contact_via: None,
        wants_updates: false,
        collar: None,
        resource_team: None,
        witness_number: None,
        awaits: Vec::new(),
    }
}

/// A victim with Enhanced Rights.
pub fn enhanced(mut participant: NewParticipant) -> NewParticipant {
    participant.enhanced = Some((EnhancedState::Confirmed, vec![EnhancedCategory::MostSerious]));
    participant
}

/// The nth case: URN 52AB000n26, one officer, owned by care officer 1.
pub fn case(n: u128, participants: Vec<NewParticipant>) -> NewCase {
    NewCase {
        id: CaseId(Uuid::from_u128(0xc000 + n)),
        references: vec![Reference::new(ReferenceKind::Urn, &urn(n))],
        phase: Phase::PostCharge,
        risk: Risk::High,
        flags: Vec::new(),
        owner: Some(officer(1)),
        team: Some(team()),
        participants,
    }
}

/// The nth case's URN.
pub fn urn(n: u128) -> String {
    format!("52AB{n:05}26")
}

/// A line by which the court lists a trial.
pub fn trial(when: &str) -> ResultLine {
    ResultLine {
        defendant: Some(defendant(1)),
        offence: Some(offence(1)),
        label: "Next hearing".into(),
        next_hearing: Some(NextHearing {
            hearing_type: "Trial".into(),
            jurisdiction: None,
            court: Court { id: None, code: Some("B52NG00".into()), name: "Northgate".into(), room: None },
            when: When::At(at(when)),
            existing: None,
        }),
        ..ResultLine::blank(Line::NextHearing)
    }
}

/// A share of the nth case's first hearing on 19 November 2026, with these lines.
pub fn share(n: u128, lines: Vec<ResultLine>) -> Share {
    let hearing = CourtHearingId(Uuid::from_u128(0x4000 + n));
    Share {
        feed: Feed::CommonPlatform,
        hearing,
        day: "2026-11-19".parse().unwrap(),
        shared_at: at("2026-11-19T15:00"),
        jurisdiction: Jurisdiction::Magistrates,
        hearing_type: "First hearing".into(),
        court: Court {
            id: None,
            code: Some("B52NG00".into()),
            name: "Northgate Magistrates' Court".into(),
            room: None,
        },
        sitting_at: Some(at("2026-11-19T10:00")),
        cases: vec![CaseShare {
            court_case: CourtCaseId(Uuid::from_u128(0x5000 + n)),
            urn: Some(urn(n)),
            authority_reference: None,
            authority: None,
            markers: Vec::new(),
            defendants: vec![Defendant {
                id: defendant(1),
                master: None,
                party: Party::Person {
                    first_name: Some("Dee".into()),
                    last_name: "Fendant".into(),
                    born_on: None,
                },
                youth: false,
                remand: None,
                bail_conditions: None,
                concluded: false,
                offences: vec![Offence {
                    id: offence(1),
                    code: "TH68001".into(),
                    title: "Theft".into(),
                    concluded: false,
                }],
            }],
            lines,
            amended: false,
        }],
    }
    .canonical()
}
