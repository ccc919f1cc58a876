//! What good conditions come out as, why, and how they fail.

use expect_test::expect;

use super::*;
use crate::rules::condition::Selection;

#[test]
fn a_good_condition_has_the_value_it_says() {
    let example = example();
    // The first participant is the victim, the second the witness.
    for (text, victim, witness) in [
        ("event.added.exists(r, r.final && p.concerns(r))", "true", "true"),
        ("event.added.all(r, r.final)", "false", "false"),
        ("event.added.exists_one(r, r.final)", "true", "true"),
        ("event.added.filter(r, !r.final)", "[result r-2]", "[result r-2]"),
        ("event.added.map(r, r.outcome)", "['convicted', 'bailed']", "['convicted', 'bailed']"),
        ("event.added.exists(r, case.victims.exists(v, told(v, r)))", "true", "true"),
        ("event.added.exists(r, told(p, r))", "true", "false"),
        ("size(event.added) > 0", "true", "true"),
        ("event.added.size() - 1", "1", "1"),
        ("p.role == 'victim'", "true", "false"),
        ("'victim' != p.role", "false", "true"),
        ("p.role == victim", "true", "false"),
        ("p.role in ['witness', 'police-witness']", "false", "true"),
        ("'o-1' in p.offences", "true", "true"),
        ("'victim' in case.participants.map(x, x.role)", "true", "true"),
        ("p in case.victims", "true", "false"),
        ("has(p.attendance)", "false", "true"),
        ("p.attendance != null", "false", "true"),
        ("null == p.attendance", "true", "false"),
        ("has(p.attendance) && p.attendance.day == 2", "false", "true"),
        ("!has(p.attendance) || p.attendance.day == 2", "true", "true"),
        ("p.attendance == null ? 0 : p.attendance.day", "0", "2"),
        ("p.?attendance.day.orValue(7)", "7", "2"),
        ("p.?attendance.?warned_at.hasValue()", "false", "false"),
        ("case.participants.exists(x, has(x.attendance) && x.attendance.day > 1)", "true", "true"),
        ("case.officer_in_case != null && case.officer_in_case.role == 'police-witness'", "true", "true"),
        ("event.received_at + limit.outcome_target", "2026-11-03T09:00:00Z", "2026-11-03T09:00:00Z"),
        ("event.received_at > timestamp('2026-11-02T08:59:59Z')", "true", "true"),
        ("deadline('48h') - event.received_at", "48h", "48h"),
        ("limit.outcome_target < duration('1h30m')", "false", "false"),
        ("case.victims.exists(v, v.id == p.id)", "true", "false"),
        ("p.?attendance.hasValue() && p.attendance.day == 2", "false", "true"),
        ("p.?role.orValue('witness') == 'victim'", "true", "false"),
        ("'task:' + p.id + ':' + p.role", "'task:p-1:victim'", "'task:p-2:witness'"),
        ("'task:' + string(limit.attempts)", "'task:3'", "'task:3'"),
        ("p.id.startsWith('p-') && p.id.endsWith('1')", "true", "false"),
        ("limit.attempts * 7 / 2 % 4", "2", "2"),
        ("-limit.attempts", "-3", "-3"),
        ("false && 1 / 1 == 1", "false", "false"),
    ] {
        let condition = condition(text);
        assert_eq!(condition.value(&example.scope(0)).unwrap().to_string(), victim, "{text}, for the victim");
        assert_eq!(
            condition.value(&example.scope(1)).unwrap().to_string(),
            witness,
            "{text}, for the witness"
        );
    }
}

#[test]
fn a_bare_word_is_one_of_the_vocabulary_that_is_expected() {
    let priority = parse("p.enhanced ? P2 : P3", &[Type::word("priority")]).unwrap();
    assert_eq!(priority.value(&example().scope(0)).unwrap().text(), Some("P2"));
    assert_eq!(priority.value(&example().scope(1)).unwrap().text(), Some("P3"));
}

#[test]
fn a_list_of_objects_gives_back_which() {
    let example = example();
    let causes = parse("event.added.filter(r, p.concerns(r))", &[Type::object("result").list()]).unwrap();
    assert_eq!(causes.value(&example.scope(0)).unwrap().keys(), ["r-1"]);
}

#[test]
fn an_object_gives_back_the_struct() {
    let example = example();
    let whole = [Type::object("participant"), Type::object("participant").list()];
    let to = parse("case.participants", &whole).unwrap();
    assert_eq!(to.value(&example.scope(0)).unwrap().keys(), ["p-1", "p-2"]);
    let scope = example.scope(1);
    let to = parse("p", &whole).unwrap();
    assert_eq!(to.value(&scope).unwrap().fact::<Participant>().unwrap().role, Role::Witness);
}

#[test]
fn what_may_be_absent_is_taken_where_that_is_expected() {
    let mut example = example();
    let somebody = Type::object("participant");
    let to = parse("case.officer_in_case", &[somebody.clone().optional(), somebody.list()]).unwrap();
    assert_eq!(to.value(&example.scope(0)).unwrap().keys(), ["p-9"]);
    example.case.officer = None;
    assert_eq!(to.value(&example.scope(0)).unwrap(), Value::Absent);
}

#[test]
fn a_selection_gives_each_element_in_turn() {
    let example = example();
    let selection = Selection::parse("v in case.victims", &schema(), &[]).unwrap();
    assert_eq!(selection.variable(), ("v", Type::object("participant")));
    let scope = example.scope(0);
    let keys: Vec<_> = selection.each(&scope).unwrap().iter().flat_map(Value::keys).collect();
    assert_eq!(keys, ["p-1"]);
}

#[test]
fn a_function_that_fails_fails_the_condition() {
    let example = example();
    let asked = condition("p.enhanced && working_days_until(date('2028-01-04')) < 3");
    expect![[r#"
        `working_days_until(date('2028-01-04'))` in the condition `p.enhanced && working_days_until(date('2028-01-04')) < 3` could not be answered: the calendar ends in 2027"#]]
    .assert_eq(&asked.test(&example.scope(0)).unwrap_err().to_string());
    assert_eq!(asked.test(&example.scope(1)), Ok(false));
}

#[test]
fn a_number_that_grows_too_large_fails_the_condition() {
    let failure =
        condition("limit.attempts * 9223372036854775807 > 0").test(&example().scope(0)).unwrap_err();
    assert_eq!(
        (failure.part.as_str(), failure.reason.as_str()),
        ("limit.attempts * 9223372036854775807", "the result is too large")
    );
}

#[test]
fn a_fact_that_was_not_given_fails_the_condition() {
    let failure = condition("size(event.added) == 0").test(&Scope::new()).unwrap_err();
    assert_eq!(failure.reason, "`event` is not among the facts");
}

#[test]
fn looking_at_too_many_elements_fails_the_condition() {
    let mut example = example();
    example.case.participants = (0..120).map(|n| participant(&n.to_string(), Role::Witness)).collect();
    let all = "case.participants.all(a, case.participants.all(b, case.participants.all(c, a.id + b.id != c.id + 'x')))";
    assert_eq!(
        condition(all).test(&example.scope(0)).unwrap_err().reason,
        "it looks at more than 1000000 elements"
    );
}

#[test]
fn an_explanation_names_the_part_that_settled_it() {
    let example = example();
    let asked =
        condition("size(event.added) > 0 && has(p.attendance) && p.attendance.day == 1 && p.enhanced");
    expect![[r#"
        size(event.added) > 0 → true
            event.added → [result r-1, result r-2]
        has(p.attendance) → true
            p.attendance → attendance a-p-2
        p.attendance.day == 1 → false
            p.attendance.day → 2
        p.enhanced → not asked
    "#]]
    .assert_eq(&asked.explain(&example.scope(1)).to_string());
}

#[test]
fn an_explanation_shows_parts_as_they_were_written() {
    let asked =
        condition("(p.enhanced || p.role == 'witness') && event.added.exists(r, (r.final) && told(p, r))");
    expect![[r#"
        p.enhanced || p.role == 'witness' → true
            p.enhanced → false
            p.role → 'witness'
        event.added.exists(r, (r.final) && told(p, r)) → false
            event.added → [result r-1, result r-2]
    "#]]
    .assert_eq(&asked.explain(&example().scope(1)).to_string());
}

#[test]
fn a_condition_says_what_it_uses() {
    let asked =
        condition("event.added.exists(r, p.concerns(r) && r.outcome in ['convicted']) && limit.attempts > 1");
    let uses = asked.uses();
    assert_eq!(Vec::from_iter(&uses.variables), ["event", "limit", "p"]);
    assert_eq!(Vec::from_iter(&uses.fields), ["event.added", "limit.attempts", "result.outcome"]);
    assert_eq!(Vec::from_iter(&uses.functions), ["concerns"]);
    assert_eq!(Vec::from_iter(&uses.words), [&("outcome".to_owned(), "convicted".to_owned())]);
}

#[test]
fn a_fact_of_another_type_than_promised_fails_the_condition() {
    let example = example();
    let scope = example.scope(0).with("p", &example.event);
    assert_eq!(
        condition("p.enhanced").test(&scope).unwrap_err().reason,
        "it is event e-1, and should be participant"
    );
}
