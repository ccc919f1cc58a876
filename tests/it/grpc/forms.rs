//! Forms over the wire: rendered from their definition, answered before and at the end, refused field by field.

use super::{Caller, Served, fields, refused};
use crate::app::{case, person};
use crate::database::on_both_databases;
use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value};
use tonic::Code;
use usher::domain::ids::{CaseId, ParticipantId};
use usher::domain::person::Role;
use usher::grpc::pb;
use usher::store::Store;

const KINDS: &str = r#"
- task: ask-what-helps
  title: Ask {about} what would help
  outcomes:
    asked: { title: Asked, ends: true }
    declined: { title: They do not want to say, ends: true }
  form:
    - question: support
      asks: What do they want?
      answer: { any-of: { adviser: An adviser, locks: Locks } }
      required: [asked]
    - { question: agreed, asks: "May the adviser ring them?", answer: yes-no, required: [asked],
        asked_if: support/adviser }
    - { question: away, asks: "When can they not come?", answer: dates, sets: unavailable }
    - { question: never-by, asks: "How may they not be reached?", answer: { any-of: [phone, post] },
        sets: unsafe-channels }
- task: plan
  title: Plan for {about}
  outcomes:
    written: { title: Written, ends: true }
  form:
    - { question: support, asks: "What is done?", answer: { any-of: [adviser, locks] }, from: ask-what-helps }
"#;

fn text(text: &str) -> Value {
    Value { kind: Some(Kind::StringValue(text.into())) }
}

fn list(texts: &[&str]) -> Value {
    let values = texts.iter().map(|word| text(word)).collect();
    Value { kind: Some(Kind::ListValue(ListValue { values })) }
}

fn answers(given: Vec<(&str, Value)>) -> Option<Struct> {
    Some(Struct { fields: given.into_iter().map(|(name, value)| (name.to_owned(), value)).collect() })
}

async fn served(store: Store) -> (Served, CaseId, ParticipantId) {
    let served = Served::with_files(store, &[("kinds/of-this-test.yaml", KINDS)]).await;
    let witness = person(1, 1, Role::CivilianWitness);
    let who = witness.id;
    let id = served.app.open(case(1, vec![witness])).await;
    (served, id, who)
}

async fn made(served: &Served, request_id: &str, kind: &str, case: CaseId, about: ParticipantId) -> pb::Task {
    let create = pb::CreateTaskRequest {
        request_id: request_id.into(),
        case_id: case.to_string(),
        kind: kind.into(),
        participant_id: about.to_string(),
        priority: pb::Priority::P3 as i32,
        words: "as agreed".into(),
        ..Default::default()
    };
    served.tasks(Caller::OFFICER).create_task(create).await.unwrap().into_inner().task.unwrap()
}

fn answer(request_id: &str, task: &pb::Task, given: Vec<(&str, Value)>) -> pb::AnswerTaskRequest {
    pb::AnswerTaskRequest {
        request_id: request_id.into(),
        task_id: task.id.clone(),
        version: task.version,
        answers: answers(given),
    }
}

fn complete(request_id: &str, task: &pb::Task, given: Vec<(&str, Value)>) -> pb::CompleteTaskRequest {
    pb::CompleteTaskRequest {
        request_id: request_id.into(),
        task_id: task.id.clone(),
        version: task.version,
        outcome: "asked".into(),
        answers: answers(given),
        ..Default::default()
    }
}

on_both_databases! {
    async fn a_form_says_all_that_a_client_needs_to_show_it(store: Store) {
        let (served, case, who) = served(store).await;
        let task = made(&served, "r1", "ask-what-helps", case, who).await;
        let get = pb::GetTaskRequest { task_id: task.id };
        let form = served.tasks(Caller::OFFICER).get_task(get).await.unwrap().into_inner().form.unwrap();
        let [support, agreed, away, _] = &form.questions[..] else { panic!("{form:?}") };
        assert_eq!((&support.choices, &support.choice_labels), (&vec!["adviser".to_owned(), "locks".into()], &vec!["An adviser".to_owned(), "Locks".into()]));
        assert_eq!(support.required_for, ["asked"]);
        assert_eq!(agreed.asked_if, ["support/adviser"]);
        assert_eq!(away.answer_type, pb::AnswerType::Dates as i32);
        assert_eq!(form.choices.iter().map(|choice| choice.label.as_str()).collect::<Vec<_>>(), ["Asked", "They do not want to say"]);
    }
}

on_both_databases! {
    async fn answers_are_kept_before_the_end_and_every_wrong_one_is_named(store: Store) {
        let (served, case, who) = served(store).await;
        let task = made(&served, "r1", "ask-what-helps", case, who).await;
        let mut tasks = served.tasks(Caller::OFFICER);
        let wrong = answer("r2", &task, vec![("support", list(&["lock"])), ("away", text("soon")), ("age", text("30"))]);
        let status = refused(tasks.answer_task(wrong).await, Code::InvalidArgument, "FIELD_INVALID");
        assert_eq!(fields(&status), ["answers.age", "answers.away", "answers.support"]);
        let kept = tasks.answer_task(answer("r3", &task, vec![("support", list(&["adviser"]))])).await.unwrap();
        let kept = kept.into_inner().task.unwrap();
        assert_eq!(kept.state, pb::TaskState::InProgress as i32);
        assert!(kept.answers.as_ref().unwrap().fields.contains_key("support"));
        // What was answered before counts; what follows from it is wanted now.
        let status = refused(tasks.complete_task(complete("r4", &kept, vec![])).await, Code::InvalidArgument, "FIELD_REQUIRED");
        assert_eq!(fields(&status), ["answers.agreed"]);
        let agreed = Value { kind: Some(Kind::BoolValue(true)) };
        let done = tasks.complete_task(complete("r5", &kept, vec![("agreed", agreed)])).await.unwrap().into_inner();
        assert_eq!(done.task.unwrap().outcome, "asked");
    }
}

on_both_databases! {
    async fn an_answer_sets_what_the_form_says_and_stands_in_the_next_form(store: Store) {
        let (served, case, who) = served(store).await;
        let task = made(&served, "r1", "ask-what-helps", case, who).await;
        let given = vec![
            ("support", list(&["locks"])),
            ("away", list(&["2026-12-01", "2026-12-07/2026-12-11"])),
            ("never-by", list(&["post"])),
        ];
        served.tasks(Caller::OFFICER).complete_task(complete("r2", &task, given)).await.unwrap();
        let state = served.app.case(case).await;
        let held = state.participant(who).unwrap();
        let days = held.availability.as_ref().unwrap().unavailable.iter().map(ToString::to_string);
        assert_eq!(days.collect::<Vec<_>>(), ["2026-12-01", "2026-12-07/2026-12-11"]);
        assert_eq!(state.person(held.person).unwrap().unsafe_channels, [usher::domain::person::Channel::Post]);
        let plan = made(&served, "r3", "plan", case, who).await;
        assert_eq!(plan.answers.unwrap().fields["support"], list(&["locks"]));
    }
}
