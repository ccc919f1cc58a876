//! The default pack's scenarios, and what a scenario's author is told.

use super::{ScenarioResult, run};
use crate::render::Letterbox;
use crate::rules::pack::{EffectRule, Pack};
use include_dir::{Dir, include_dir};
use std::collections::BTreeMap;

static PACK: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/config/packs/england-and-wales");

fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![&PACK];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files() {
            let path = file.path().to_str().unwrap().to_owned();
            files.insert(path, file.contents_utf8().unwrap().to_owned());
        }
    }
    files
}

fn pack() -> Pack {
    Pack::load(files()).unwrap_or_else(|faults| panic!("{faults}")).0
}

fn results(pack: &Pack) -> Vec<ScenarioResult> {
    run(pack, &Letterbox::new(pack.templates.values()).unwrap())
}

#[test]
fn every_scenario_of_the_default_pack_passes() {
    let pack = pack();
    let failed: Vec<String> = results(&pack)
        .into_iter()
        .filter(|result| !result.passed)
        .map(|r| format!("{}:{}: {}\n    {}", r.file, r.line, r.name, r.failures.join("\n    ")))
        .collect();
    assert!(failed.is_empty(), "{} failed\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn the_default_pack_is_loaded_without_a_warning() {
    let warnings = Pack::load(files()).unwrap_or_else(|faults| panic!("{faults}")).1;
    let told: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn every_template_of_the_default_pack_can_be_filled() {
    for template in pack().templates.values() {
        let faults = crate::render::template_faults(template);
        assert!(faults.is_empty(), "{}: {faults:?}", template.name);
    }
}

/// The rows of the acceptance table that the pack works, and the seven ways in which rows combine.
const ROWS: [&str; 81] = [
    "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20",
    "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32", "33", "34", "35", "36", "37",
    "38", "39", "40", "41", "42", "43", "44", "45", "46", "47", "48", "49", "50", "51", "52", "53", "54",
    "55", "56", "57", "58", "59", "60", "61", "62", "63", "64", "65", "66", "67", "68", "69", "70", "71",
    "72", "74", "75", "76", "4.2b-1", "4.2b-2", "4.2b-3", "4.2b-4", "4.2b-5", "4.2b-6", "4.2b-7",
];

#[test]
fn every_row_has_a_scenario_in_which_its_rule_speaks_and_one_in_which_it_is_silent() {
    let results = results(&pack());
    let has = |row: &str, speaks| {
        let mut of_row = results.iter().filter(|result| result.row.as_deref() == Some(row));
        of_row.any(|result| result.speaks == speaks && result.rule.is_some())
    };
    let missing: Vec<&str> = ROWS.into_iter().filter(|row| !has(row, true) || !has(row, false)).collect();
    assert!(missing.is_empty(), "rows without one of the two: {missing:?}");
}

#[test]
fn every_rule_of_the_default_pack_speaks_in_a_scenario() {
    let pack = pack();
    let results = results(&pack);
    let spoke = |rule: &str| results.iter().any(|result| result.spoke.iter().any(|name| name == rule));
    let silent: Vec<&str> =
        pack.rules.iter().map(|rule| rule.name.as_str()).filter(|rule| !spoke(rule)).collect();
    assert!(silent.is_empty(), "no scenario makes these speak: {silent:?}");
}

#[test]
fn every_template_of_the_default_pack_is_used_by_a_rule_a_kind_or_a_list() {
    let pack = pack();
    let effects = pack.rules.iter().flat_map(|rule| &rule.effects);
    let of_rules = effects.filter_map(|effect| match effect {
        EffectRule::Message { template, .. } => Some(template),
        _ => None,
    });
    let steps = pack.task_kinds.values().flat_map(|kind| &kind.escalation);
    let used: Vec<&String> =
        of_rules.chain(steps.map(|step| &step.template)).chain(pack.lists.values()).collect();
    let unused: Vec<&String> = pack.templates.keys().filter(|name| !used.contains(name)).collect();
    assert!(unused.is_empty(), "nothing uses these templates: {unused:?}");
}

#[test]
fn every_rule_of_the_default_pack_says_why_it_is_there() {
    let pack = pack();
    let mute = pack.rules.iter().filter(|rule| rule.because.is_none());
    let mute: Vec<&str> = mute.map(|rule| rule.name.as_str()).collect();
    assert!(mute.is_empty(), "these do not say why: {mute:?}");
}

/// The failures of one scenario run in the default pack.
fn failures_of(scenario: &str) -> String {
    let mut files = files();
    files.retain(|path, _| !path.starts_with("scenarios/"));
    files.insert("scenarios/one.yaml".to_owned(), scenario.to_owned());
    let pack = Pack::load(files).unwrap_or_else(|faults| panic!("{faults}")).0;
    results(&pack).into_iter().flat_map(|result| result.failures).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_misspelt_step_is_told_with_its_place() {
    let told = failures_of("- scenario: x\n  now: 2026-11-20T16:10\n  when:\n    - cuort: {}\n");
    assert!(told.starts_with("scenarios/one.yaml:4:7: there is no step `cuort`: there are court,"), "{told}");
}

#[test]
fn an_unknown_rule_is_told_with_its_place() {
    let told = failures_of("- scenario: x\n  rule: owe-nothing\n  now: 2026-11-20T16:10\n  when: []\n");
    assert_eq!(told, "scenarios/one.yaml:2:9: there is no rule `owe-nothing`");
}

#[test]
fn what_is_missing_and_what_is_too_much_are_both_told() {
    let told = failures_of(concat!(
        "- scenario: x\n  now: 2026-11-20T16:10\n",
        "  given:\n    defendants: { d1: [o1] }\n    people: { vic: { roles: [victim], offences: [o1] } }\n",
        "  when:\n    - court: { results: [{ outcome: fine, offence: o1 }] }\n",
        "  then: { duties: [{ kind: bail, to: vic }] }\n",
    ));
    assert!(told.starts_with("a duty { kind: bail, to: vic } was expected; there are"), "{told}");
    assert!(told.contains("there is a further duty: kind outcome, to vic"), "{told}");
}

#[test]
fn a_rule_that_speaks_where_it_should_be_silent_is_told() {
    let told = failures_of(concat!(
        "- scenario: x\n  rule: owe-the-outcome\n  speaks: false\n  now: 2026-11-20T16:10\n",
        "  given:\n    defendants: { d1: [o1] }\n    people: { vic: { roles: [victim], offences: [o1] } }\n",
        "  when:\n    - court: { results: [{ outcome: fine, offence: o1 }] }\n",
    ));
    assert_eq!(told, "the rule owe-the-outcome spoke in the last step");
}
