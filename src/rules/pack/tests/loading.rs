//! What a whole pack comes to once it is loaded.

use super::*;
use crate::domain::task::Priority;
use crate::domain::words::Word;
use crate::rules::condition::Scope;

#[test]
fn a_right_pack_loads_without_a_word() {
    assert_eq!(said(&[]), "");
}

#[test]
fn a_pack_knows_its_rules_by_the_events_they_listen_to() {
    let (pack, _) = Pack::load(with(&[])).unwrap();
    let names = |event: &str| -> Vec<&str> {
        pack.listening.to(event, None).iter().map(|index| pack.rules[*index].name.as_str()).collect()
    };
    assert_eq!(names("hearing.resulted"), ["owe-final-outcome"]);
    assert_eq!(names("contact.not-reached"), ["try-another-way"]);
    assert_eq!(Vec::from_iter(&pack.raises), ["contact.not-reached"]);
}

/// Rules that listen to the same event, each with its condition.
fn rules(on: &str, conditions: &[(&str, &str)]) -> String {
    let rule = |(name, when): &(&str, &str)| {
        let when = if when.is_empty() { String::new() } else { format!("  when: {when}\n") };
        format!("- rule: {name}\n  on: {on}\n{when}  do: {{ task: contact, priority: P3 }}\n")
    };
    conditions.iter().map(rule).collect()
}

#[test]
fn a_rule_that_names_kinds_of_task_is_asked_only_for_those() {
    let kinds = "- task: other\n  title: Other\n  outcomes: { done: { title: Done, ends: true } }\n";
    let guarded = |test: &str| format!("event.task != null && {test}");
    let text = rules(
        "task.completed",
        &[
            ("always", ""),
            ("one", &guarded("event.task.kind == 'contact'")),
            ("either", &guarded("(event.task.kind == 'other' || event.task.kind in ['contact'])")),
            ("all-but-one", &guarded("event.task.kind != 'contact'")),
            (
                "one-or-whatever-was-tried",
                &guarded("(event.task.kind == 'other' || event.task.attempts > 1)"),
            ),
            ("other", &guarded("(event.task.attempts > 1) == false && 'other' == event.task.kind")),
        ],
    );
    let (pack, _) = Pack::load(with(&[("kinds/other.yaml", kinds), ("rules/more.yaml", &text)])).unwrap();
    let asked = |task: Option<&str>| -> Vec<&str> {
        pack.listening
            .to("task.completed", task)
            .iter()
            .map(|index| pack.rules[*index].name.as_str())
            .collect()
    };
    assert_eq!(asked(None), ["always", "all-but-one", "one-or-whatever-was-tried"]);
    assert_eq!(
        asked(Some("contact")),
        ["always", "one", "either", "all-but-one", "one-or-whatever-was-tried"]
    );
    assert_eq!(
        asked(Some("other")),
        ["always", "either", "all-but-one", "one-or-whatever-was-tried", "other"]
    );
    assert_eq!(asked(Some("a-third")), asked(None));
}

#[test]
fn a_plain_priority_is_a_word() {
    let (pack, _) = Pack::load(with(&[])).unwrap();
    let EffectRule::Owe { priority, .. } = &pack.rules[0].effects[0] else { panic!("the first rule owes") };
    let value = priority.value(&Scope::new()).unwrap();
    assert_eq!(value, crate::rules::condition::Value::Text(Priority::P3.word().into()));
}

#[test]
fn an_anchor_is_a_condition() {
    let (pack, _) = Pack::load(with(&[])).unwrap();
    let EffectRule::Owe { due, .. } = &pack.rules[0].effects[0] else { panic!("the first rule owes") };
    let (when, by) = &due.as_ref().unwrap().choices[0];
    assert!(when.is_none());
    assert_eq!(by.deadline.to_string(), "end of limit.outcome_due after received");
    assert_eq!(by.anchors[0].0, "received");
    assert_eq!(by.anchors[0].1.source(), "event.received_at");
}

#[test]
fn the_hash_changes_with_every_file_and_with_nothing_else() {
    let hash = |changes: &[(&str, &str)]| Pack::load(with(changes)).unwrap().0.hash;
    assert_eq!(hash(&[]), hash(&[]));
    assert_eq!(hash(&[]).len(), 64);
    assert_ne!(hash(&[]), hash(&[("scenarios/a.yaml", "[]\n")]));
    assert_ne!(hash(&[("scenarios/a.yaml", "[]\n")]), hash(&[("scenarios/b.yaml", "[]\n")]));
}

#[test]
fn scenarios_are_kept_as_trees_with_their_places() {
    let (pack, _) = Pack::load(with(&[("scenarios/a.yaml", "- scenario: one\n  row: 22\n")])).unwrap();
    let (path, tree) = &pack.scenarios[0];
    assert_eq!(path, "scenarios/a.yaml");
    let row = tree.elements().unwrap()[0].get("row").unwrap();
    assert_eq!((row.value.clone(), row.at.to_string()), (yaml::Value::Int(22), "2:8".to_owned()));
}

/// Every effect, in each of its forms.
const EVERY_EFFECT: &str = r#"
- rule: ask-for-everything
  because: One rule that uses all there is.
  cites: Victims' Code 2021, Right 9
  rows: [19, 51]
  on: [hearing.resulted, vps-due, trial.vacated]
  for: p in case.victims
  when: event.added.exists(r, r.final && p.concerns(r))
  do:
    - owe: outcome
      to: p
      causes: event.added.filter(r, r.final && p.concerns(r))
      hearing: event.hearing
      target: { when: p.enhanced, by: limit.outcome_due after received }
      due:
        - { when: p.child, by: 1 hour after received }
        - end of 1 working day after occurred
      priority: 'p.enhanced ? "P2" : "P3"'
    - task: contact
      about: p
      hearing: event.hearing
      key: p.id
      due: earlier of (24 hours after event.received_at, end of shift)
      priority: P1
      owner: team-leader
    - task: contact
      priority: P4
      owner: { skill: rasso }
    - email: alert-overdue
      to: case.officer_in_case
      causes: event.added
      hearing: event.hearing
      after: contact
    - email: alert-overdue
      resource_teams_of: case.police_witnesses.filter(w, !w.unlinked)
    - email: alert-overdue
      directory: witness-service
    - diary: { hearing: event.hearing, state: closed }
    - diary: { hearing: case.hearings, state: 'case.enhanced ? "warrant" : "listed"' }
    - timer: vps-due
      at: 10 working days before hearing
      about: p
      hearing: event.hearing
    - stop_timer: vps-due
      about: p
    - attendance: { of: p, hearing: event.hearing, state: de-warned }
    - withdraw: { causes: event.removed }
    - cancel: { tasks: "case.tasks.filter(t, t.open && t.kind == 'contact')", reason: No longer needed }
    - propose: domestic-violence
    - propose_enhanced: { to: p, category: most-serious }
- rule: raise-something
  on: contact.not-reached
  for: h in case.hearings
  do:
    emit: trial.vacated
    hearing: h
    causes: h
- rule: count-from-the-variable
  on: contact.not-reached
  for: hearing in event.listed
  do:
    task: contact
    due: 17:00 on the working day before hearing
    priority: P3
"#;

#[test]
fn every_effect_can_be_asked_for() {
    assert_eq!(said(&[("rules/more.yaml", EVERY_EFFECT)]), "");
    let (pack, _) = Pack::load(with(&[("rules/more.yaml", EVERY_EFFECT)])).unwrap();
    assert_eq!(pack.rules.iter().map(|rule| rule.effects.len()).sum::<usize>(), 2 + 15 + 2);
}

#[test]
fn the_hearing_is_the_variable_of_that_name_where_there_is_one() {
    let (pack, _) = Pack::load(with(&[("rules/more.yaml", EVERY_EFFECT)])).unwrap();
    let anchors: Vec<&str> = pack
        .rules
        .iter()
        .flat_map(|rule| &rule.effects)
        .filter_map(|effect| match effect {
            EffectRule::Timer { at, .. } => Some(at),
            EffectRule::Task { due, .. } => due.as_ref(),
            _ => None,
        })
        .flat_map(|clock| &clock.choices)
        .flat_map(|(_, by)| by.anchors.iter().filter(|(name, _)| name == "hearing"))
        .map(|(_, condition)| condition.source())
        .collect();
    assert_eq!(anchors, ["event.hearing", "hearing"]);
}

#[test]
fn an_author_half_way_through_a_line_is_told_something() {
    let files = with(&[("rules/more.yaml", EVERY_EFFECT)]);
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".yaml")) {
        for (cut, _) in text.char_indices().step_by(97) {
            let mut broken = files.clone();
            broken.insert(path.clone(), text[..cut].to_owned());
            if let Err(faults) = Pack::load(broken) {
                assert!(!faults.0.is_empty() && !faults.to_string().is_empty(), "{path} cut at {cut}");
            }
        }
    }
}

#[test]
fn any_value_may_stand_where_another_belongs() {
    let files = with(&[("rules/more.yaml", EVERY_EFFECT)]);
    let mut values = ["7", "[x]", "{x: y}", "~", "''", "\"\\u00e9 '\""].into_iter().cycle();
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".yaml")) {
        for (at, _) in text.match_indices(": ") {
            let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
            let value = values.next().unwrap();
            let mut broken = files.clone();
            broken.insert(path.clone(), format!("{}: {value}{}", &text[..at], &text[end..]));
            if let Err(faults) = Pack::load(broken) {
                assert!(!faults.to_string().is_empty());
            }
        }
    }
}
