//! What holds for every text: the checker answers, what it accepts can be asked, and CEL's own interpreter agrees.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

/// The facts as CEL's own values: maps and lists, absent fields left out.
fn cel_value(schema: &Schema, value: &Value<'_>) -> cel::Value {
    match value {
        Value::Absent => cel::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::Text(text) => text.as_ref().into(),
        Value::Instant(value) => cel::Value::Timestamp((*value).into()),
        Value::Date(value) => value.to_string().into(),
        Value::Duration(value) => cel::Value::Duration(*value),
        Value::List(list) => {
            cel::Value::List(Arc::new(list.iter().map(|value| cel_value(schema, &value)).collect()))
        }
        Value::Object(fact) => {
            let object = schema.object_named(fact.object()).unwrap();
            let fields = object.fields.iter().enumerate().map(|(index, field)| (field, fact.at(index)));
            let map: HashMap<String, cel::Value> = fields
                .filter(|(_, value)| *value != Value::Absent)
                .map(|(field, value)| (field.name.to_string(), cel_value(schema, &value)))
                .collect();
            cel::Value::Map(map.into())
        }
    }
}

fn as_cel_answers(text: &str, example: &Example, p: usize) -> bool {
    let schema = schema();
    let env = Arc::new(cel::Env::stdlib());
    let mut context = cel::Context::with_env(env.clone());
    let scope = example.scope(p);
    for name in ["case", "event", "limit", "p"] {
        context.add_variable_from_value(name, cel_value(&schema, scope.get(name).unwrap()));
    }
    let program = env.compile(text).unwrap();
    match program.execute(&context) {
        Ok(cel::Value::Bool(answer)) => answer,
        other => panic!("{text}: {other:?}"),
    }
}

/// Conditions that CEL knows too: no functions of ours, no bare words, no days.
fn a_bool() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        Just("size(event.added)".to_owned()),
        Just("limit.attempts".to_owned()),
        Just("p.?attendance.day.orValue(9)".to_owned()),
        Just("(has(p.attendance) ? p.attendance.day : -1)".to_owned()),
        Just("size(event.added.filter(r, r.final))".to_owned()),
        (-3..4_i64).prop_map(|n| n.to_string()),
    ];
    let number = (number.clone(), prop::sample::select(vec!["+", "-", "*"]), number.clone())
        .prop_map(|(a, operator, b)| format!("({a} {operator} {b})"))
        .boxed()
        .prop_union(number.boxed());
    let compared = (number.clone(), prop::sample::select(vec!["<", "<=", ">", ">=", "==", "!="]), number)
        .prop_map(|(a, operator, b)| format!("{a} {operator} {b}"));
    let atoms = prop::sample::select(vec![
        "p.enhanced",
        "true",
        "p.role == 'victim'",
        "p.role in ['witness', 'police-witness']",
        "'o-1' in p.offences",
        "has(p.attendance)",
        "has(p.attendance) && p.attendance.day == 2",
        "!has(p.attendance) || p.attendance.day > 1",
        "p.?attendance.?warned_at.hasValue()",
        "has(case.officer_in_case) && case.officer_in_case.enhanced",
        "event.received_at < timestamp('2026-11-03T00:00:00Z')",
        "event.received_at + limit.outcome_target > timestamp('2026-11-03T09:00:00Z')",
        "p.id + ':x' == 'p-1:x'",
        "p.id.startsWith('p-')",
        "event.added.map(r, r.outcome).exists(o, o == 'bailed')",
        "event.added.exists_one(r, r.final)",
    ]);
    let leaf = prop_oneof![atoms.prop_map(str::to_owned), compared];
    leaf.prop_recursive(3, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) && ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) || ({b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("({a}) ? ({b}) : ({c})")),
            inner.clone().prop_map(|a| format!("event.added.exists(r{}, r{0}.final || ({a}))", a.len())),
            inner.prop_map(|a| format!(
                "case.participants.all(q{}, q{0}.role == 'witness' || ({a}))",
                a.len()
            )),
        ]
    })
}

fn some_facts() -> impl Strategy<Value = Example> {
    let outcomes = prop::collection::vec((prop::sample::select(vec!["convicted", "bailed"]), 1..4_u8), 0..4);
    let roles = prop::collection::vec(
        prop::sample::select(vec![Role::Victim, Role::Witness, Role::PoliceWitness]),
        2..5,
    );
    (outcomes, roles, any::<bool>()).prop_map(|(outcomes, roles, with_officer)| {
        let mut example = example();
        let results = outcomes.iter().enumerate();
        example.event.added = results
            .map(|(n, (outcome, offence))| result(&format!("r-{n}"), outcome, &format!("o-{offence}")))
            .collect();
        let people = roles.iter().enumerate();
        example.case.participants = people.map(|(n, role)| participant(&format!("p-{n}"), *role)).collect();
        example.case.officer = example.case.officer.filter(|_| with_officer);
        example
    })
}

/// Pieces of the language in any order: most mean nothing, some do.
fn soup() -> impl Strategy<Value = String> {
    let pieces = vec![
        "p",
        "event",
        "case",
        "added",
        "role",
        "attendance",
        "day",
        ".",
        ".?",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        "==",
        "!=",
        "<",
        "&&",
        "||",
        "!",
        "-",
        "+",
        "/",
        "%",
        "?",
        ":",
        "in",
        "has",
        "size",
        "exists",
        "filter",
        "orValue",
        "r",
        "'victim'",
        "\"x",
        "1",
        "0",
        "1.5",
        "2u",
        "null",
        "true",
        " ",
        "\n",
        "//",
        "é",
        "“",
        "\\",
        "`",
        "b'x'",
        "victims",
        "participants",
        "@",
        "=",
        "&",
        "for",
        "0x",
        "9999999999999999999999",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..24).prop_map(|pieces| pieces.concat())
}

fn answered_in_bounds(text: &str) -> Result<(), TestCaseError> {
    match parse(text, &[Type::Bool]) {
        Ok(condition) => prop_assert!(condition.test(&example().scope(0)).is_ok(), "{text}"),
        Err(faults) => {
            prop_assert!(!faults.is_empty());
            for fault in faults {
                prop_assert!(text.get(fault.span.clone()).is_some(), "{fault:?}");
                prop_assert_ne!(fault.message, "this text cannot be read as a condition");
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,60}") {
        answered_in_bounds(&text)?;
    }

    #[test]
    fn any_pieces_of_the_language_get_an_answer(text in soup()) {
        answered_in_bounds(&text)?;
    }

    #[test]
    fn what_is_accepted_can_be_asked_and_cel_agrees(text in a_bool(), example in some_facts()) {
        if text.len() <= 2_000 {
            let condition = condition(&text);
            for p in 0..2 {
                let answer = condition.test(&example.scope(p)).unwrap();
                prop_assert_eq!(answer, as_cel_answers(&text, &example, p), "{}", text);
                condition.explain(&example.scope(p));
            }
        }
    }
}
