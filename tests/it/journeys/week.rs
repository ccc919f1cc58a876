//! An ordinary week of a small unit, counted: what lands on everybody's list and what leaves, by kind, and which rule wants
//! it. Two care officers have fifty cases each of the invented unit's; the mix is the bench's (two court results, two
//! contacts, one list of witnesses of the CPS, and the most urgent task done after each), at the volume that is expected of
//! a force: seven or eight results a care officer a day.

use crate::app::{App, at, officer, team, the_pack};
use chrono::{Datelike, TimeDelta};
use expect_test::expect_file;
use std::collections::BTreeMap;
use std::fmt::Write;
use usher::casework::Mode;
use usher::demo::cast;
use usher::demo::courts::{Bench, COMMON_ASSAULT, Sitting, adjourned, plea, result, verdict};
use usher::domain::contact::{CallerCheck, ContactKind};
use usher::domain::court::{Category, ResultLine};
use usher::domain::event::{Completion, Fate, Payload, Subject, TaskAction};
use usher::domain::explanation::Explanation;
use usher::domain::ids::{CaseId, ContactId, derived};
use usher::domain::message::{Medium, Message, MessageState};
use usher::domain::state::{CaseState, Tracked};
use usher::engine::NewEvent;
use usher::rules::form::{Answer, Required};
use usher::rules::pack::TaskKind;

const CASES: usize = 100;
/// Events a day from outside, one every twelve minutes from eight o'clock.
const A_DAY: usize = 38;
const CARE_OFFICERS: usize = 2;
/// From which event of a day on letters are posted: a quarter to three.
const POST_FROM: usize = 34;
/// What comes up in one contact of five.
const TOPICS: [&str; 5] = ["expenses", "availability", "fear", "travel", "question"];

async fn quietly(app: &App, reference: &str, subject: Subject, payload: Payload) {
    let event = NewEvent { mode: Mode::Quiet, ..app.event(reference, subject, payload) };
    app.engine.record(event).await.unwrap();
}

/// What the court says the nth time.
fn lines(nth: usize) -> (&'static str, Vec<ResultLine>) {
    let conditional = || result("4027", "RCB", "Conditional bail", Category::Interim);
    match nth % 6 {
        0 => {
            let mut lines = vec![plea("NOT_GUILTY"), conditional()];
            lines.extend(adjourned("Trial", Bench::Magistrates, at("2027-02-22T10:00")));
            ("First hearing", lines)
        }
        1 => {
            let mut lines = vec![plea("GUILTY"), conditional()];
            lines.extend(adjourned("Sentence", Bench::Magistrates, at("2026-12-21T10:00")));
            ("First hearing", lines)
        }
        2 => ("Case management", adjourned("Case management", Bench::Magistrates, at("2027-01-11T10:00"))),
        3 => ("Sentence", vec![result("1116", "CO", "Community order", Category::Final)]),
        4 => ("Sentence", vec![verdict("GUILTY"), result("1002", "IMP", "Imprisonment", Category::Final)]),
        _ => ("First hearing", vec![result("4575", "WBB", "Warrant", Category::Interim)]),
    }
}

/// How a task is done: by the first outcome that ends it, with what the form asks.
fn done(kind: &TaskKind) -> Completion {
    let ends = || kind.outcomes.iter().filter(|(_, outcome)| outcome.ends);
    let outcome = ends().find(|(_, outcome)| outcome.meets).or_else(|| ends().next()).unwrap();
    let answer = |answer: &Answer| match answer {
        Answer::YesNo => serde_json::json!(false),
        Answer::Entry(_) => serde_json::Value::Null,
        Answer::Text => serde_json::json!("as agreed"),
        Answer::Number => serde_json::json!(1),
        Answer::Dates => serde_json::json!([]),
        Answer::Date => serde_json::json!("2026-12-14"),
        Answer::OneOf(choices) => serde_json::json!(choices[0].word),
        Answer::AnyOf(choices) => serde_json::json!([choices[0].word]),
    };
    let asked = kind.form.iter().filter(|question| question.required != Required::No);
    let asked = asked.filter(|question| question.asked_if.is_empty());
    Completion {
        outcome: outcome.0.clone(),
        answers: asked.map(|question| (question.name.clone(), answer(&question.answer))).collect(),
        channel: Some("call".into()),
        ..Completion::default()
    }
}

async fn held(app: &App) -> Vec<CaseState> {
    let mut ids: Vec<CaseId> = (0..CASES).map(cast::case_id).collect();
    ids.push(CaseState::desk_of(crate::app::unit().id));
    usher::store::read::cases(app.engine.store(), &ids).await.unwrap()
}

/// The most urgent open task of a care officer is done, if the form allows it to be done in this plain way.
async fn work(app: &App, nth: usize) {
    let states = held(app).await;
    let who = officer(u128::try_from(nth % CARE_OFFICERS).unwrap() + 1);
    let tasks = states.iter().flat_map(|state| &state.tasks);
    let mut open: Vec<_> = tasks
        .filter(|task| task.state.is_open() && task.assignee == Some(who) && task.attempts.is_empty())
        .collect();
    open.sort_by_key(|task| (task.priority, task.clock(), task.id));
    for task in open.into_iter().take(5) {
        let action = TaskAction::Complete(done(&the_pack().task_kinds[&task.kind]));
        let payload = Payload::TaskActed { task: task.id, version: None, action };
        let event = app.event(&format!("done-{nth}-{}", task.id), Subject::Task(task.id), payload);
        if app.engine.record(event).await.is_ok() {
            return;
        }
    }
}

/// The letters that wait are printed and posted.
async fn post(app: &App) {
    for state in held(app).await {
        let waits = |message: &&Tracked<Message>| {
            message.medium == Medium::Letter && message.state == MessageState::Queued
        };
        for message in state.messages.iter().filter(waits) {
            let payload = Payload::MessageFared { message: message.id, fate: Fate::Printed };
            app.record(Subject::Message(message.id), payload).await.unwrap();
        }
    }
}

async fn happens(app: &App, nth: usize) {
    // Each case comes up in turn, whatever it is about.
    let case = (nth * 37) % CASES;
    let subject = Subject::Case(cast::case_id(case));
    let reference = format!("week-{nth}");
    let now = app.clock.now();
    let payload = match nth % 5 {
        0 | 1 => {
            let (kind, lines) = lines(nth / 5 * 2 + nth % 5);
            let hearing = format!("week-{nth}");
            let at = now - TimeDelta::hours(2);
            let sitting = Sitting {
                nth: case,
                hearing: &hearing,
                kind,
                bench: Bench::Magistrates,
                at,
                shared_at: now,
                charge: COMMON_ASSAULT,
                markers: &[],
            };
            let payload = Payload::HearingResulted { share: Box::new(sitting.share(lines)) };
            app.engine.record(app.event(&reference, Subject::Share, payload)).await.unwrap();
            return;
        }
        2 | 3 => Payload::ContactLogged {
            id: ContactId(derived(&[b"week", &nth.to_be_bytes()])),
            contact: ContactKind::Call,
            with: Some(cast::participant(case, "victim")),
            at: None,
            incoming: true,
            check: CallerCheck::Verified,
            met: Vec::new(),
            told: Vec::new(),
            topics: (nth / 5)
                .is_multiple_of(5)
                .then(|| TOPICS[nth / 25 % 5].to_owned())
                .into_iter()
                .collect(),
            words: "Asked how the case stands.".into(),
            corrects: None,
            hearing: None,
        },
        _ => {
            // The CPS lists the witnesses of a trial that is fixed, and not listed by it yet.
            let states = held(app).await;
            let waits = states.iter().find(|state| {
                state.attendances.is_empty()
                    && state.hearings.iter().any(|hearing| {
                        hearing.hearing_type == "Trial"
                            && hearing.when.day().is_some_and(|day| day.year() == 2027)
                    })
            });
            let Some(waits) = waits else { return };
            let evidence =
                waits.participants.iter().filter(|one| one.gives_evidence()).map(|one| (one.id, None));
            let payload = Payload::WitnessesRequired { hearing: None, witnesses: evidence.collect() };
            app.engine.record(app.event(&reference, Subject::Case(waits.case.id), payload)).await.unwrap();
            return;
        }
    };
    app.engine.record(app.event(&reference, subject, payload)).await.unwrap();
}

#[derive(Default)]
struct Count {
    all: usize,
    rules: BTreeMap<String, usize>,
}

impl Count {
    fn add(&mut self, because: &[Explanation]) {
        self.all += 1;
        if let Some(first) = because.first() {
            *self.rules.entry(first.rule.clone()).or_default() += 1;
        }
    }
}

fn table(title: &str, counts: BTreeMap<String, Count>, text: &mut String) {
    let all: usize = counts.values().map(|count| count.all).sum();
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(name, count)| (std::cmp::Reverse(count.all), name.clone()));
    let each = |count: usize| count as f64 / CARE_OFFICERS as f64;
    writeln!(text, "\n{title}: {all}, {:.1} a care officer, {:.1} a day\n", each(all), each(all) / 5.0)
        .unwrap();
    for (name, count) in counts.into_iter().take(20) {
        let rule =
            count.rules.iter().max_by_key(|(_, times)| **times).map(|(rule, _)| rule.as_str()).unwrap_or("");
        let because = the_pack().rules.iter().find(|known| known.name == rule);
        let because = because.and_then(|rule| rule.because.as_deref()).unwrap_or("by the unit itself");
        writeln!(text, "{:>5} {:>6.1}  {name:<36} {because}", count.all, each(count.all)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it counts, and takes a minute: cargo test --test it week -- --ignored"]
async fn an_ordinary_week_is_counted() {
    crate::database::on_sqlite(counted).await;
}

async fn counted(store: usher::store::Store) {
    let app = App::new(store).await;
    for (nth, payload) in usher::demo::unit::founding().into_iter().enumerate() {
        if let Payload::DirectoryPut { .. } = payload {
            quietly(&app, &format!("found-{nth}"), Subject::Desk, payload).await;
        }
    }
    for nth in 0..CASES {
        let mut case = cast::case(nth, app.clock.now());
        (case.owner, case.team) =
            (Some(officer(u128::try_from(nth % CARE_OFFICERS).unwrap() + 1)), Some(team()));
        if !cast::goes_to_trial(nth) {
            case.participants.extend(cast::witnesses(nth));
        }
        let subject = Subject::Reference(case.references.clone());
        quietly(&app, &format!("open-{nth}"), subject, Payload::CaseOpened { case: Box::new(case) }).await;
    }
    let begins = at("2026-11-30T08:00");
    app.clock.advance(begins - app.clock.now());
    for day in 0..5 {
        for nth in 0..A_DAY {
            let now = begins + TimeDelta::days(day) + TimeDelta::minutes(12 * i64::try_from(nth).unwrap());
            app.clock.advance(now - app.clock.now());
            let nth = usize::try_from(day).unwrap() * A_DAY + nth;
            happens(&app, nth).await;
            work(&app, nth).await;
            if nth % A_DAY >= POST_FROM {
                post(&app).await;
            }
            app.tick().await;
        }
    }
    let (mut tasks, mut messages) = (BTreeMap::<String, Count>::new(), BTreeMap::<String, Count>::new());
    for state in held(&app).await {
        for task in state.tasks.iter().filter(|task| task.raised_at >= begins) {
            tasks.entry(task.kind.clone()).or_default().add(&task.because);
        }
        let left = state.messages.iter().filter(|message| message.written_at >= begins);
        for message in left.filter(|message| {
            matches!(message.state, MessageState::Sent | MessageState::Printed | MessageState::Queued)
        }) {
            messages.entry(message.template.clone()).or_default().add(&message.because);
        }
    }
    let mut text = format!(
        "An ordinary week: {CASES} cases, {CARE_OFFICERS} care officers, {A_DAY} events from outside a day: of five, two court results, two contacts, one list of witnesses\n"
    );
    table("Tasks", tasks, &mut text);
    table("Messages", messages, &mut text);
    expect_file!["week.page"].assert_eq(&text);
}
