//! What bad conditions are told.

use expect_test::{Expect, expect};

use super::*;
use crate::rules::condition::Selection;

/// Each fault with the text it points at.
fn shown(text: &str, outcome: Result<(), Vec<Fault>>) -> String {
    let Err(faults) = outcome else { return "accepted".to_owned() };
    let lines: Vec<String> =
        faults.iter().map(|fault| format!("«{}» {fault}", &text[fault.span.clone()])).collect();
    lines.join(" ‖ ")
}

fn told_of(texts: &[&str], kind: &[Type], expected: Expect) {
    let lines: Vec<String> = texts
        .iter()
        .map(|text| format!("{text}\n    {}\n", shown(text, parse(text, kind).map(drop))))
        .collect();
    expected.assert_eq(&lines.concat());
}

#[test]
fn a_syntax_error_is_told_in_plain_words() {
    told_of(
        &[
            "",
            "p.enhanced &&",
            "p.enhanced and p.enhanced",
            "not p.enhanced",
            "p.role = 'victim'",
            "p.enhanced & p.enhanced",
            "p.role == 'victim",
            "p.role == “victim”",
            "event.added.exists(r, r.final",
            "(p.enhanced",
            "p.enhanced)",
            "p.enhanced ? 1",
            "p.",
            "p enhanced",
            "for == 1",
            "p.enhanced; true",
            "99999999999999999999 > 1",
            "p.`enhanced`",
        ],
        &[Type::Bool],
        expect![[r#"

                «» the condition is empty
            p.enhanced &&
                «» the condition ends too early
            p.enhanced and p.enhanced
                «and» `and` is not an operator; write `&&`
            not p.enhanced
                «p» `not` is not an operator; write `!`
            p.role = 'victim'
                «=» `=` is not an operator; write `==` to compare
            p.enhanced & p.enhanced
                «&» `&` is not an operator; write `&&`
            p.role == 'victim
                «'» the text that ' opens is never closed, or holds a wrong \ sequence
            p.role == “victim”
                «“» curly quotes do not make a text; write '…' ‖ «”» curly quotes do not make a text; write '…'
            event.added.exists(r, r.final
                «» the condition ends too early; a bracket is still open
            (p.enhanced
                «» the condition ends too early; a bracket is still open
            p.enhanced)
                «)» `)` does not belong here
            p.enhanced ? 1
                «p» a choice needs both answers; write `a ? b : c`
            p.
                «» the condition ends too early
            p enhanced
                «enhanced» `enhanced` does not belong here
            for == 1
                «for» `for` is a reserved word
            p.enhanced; true
                «;» `;` means nothing in a condition
            99999999999999999999 > 1
                «99999999999999999999» this number is too large
            p.`enhanced`
                «.» names are written without backticks
        "#]],
    );
}

#[test]
fn an_unknown_name_field_or_function_is_told_with_the_nearest() {
    told_of(
        &[
            "evnt.added.exists(r, r.final)",
            "event.added.exists(r, r.finale)",
            "event.added.exists(r, x.final)",
            "case.victim.exists(v, v.enhanced)",
            "p.name == 'x'",
            "p.concern(event.added)",
            "tolt(p, p)",
            "event.concerns(p)",
            "p.role.upper() == 'X'",
            "zzz",
            "event.added.final",
            "p.enhanced.x",
            "foo(1)",
            "p.exist(x, true)",
            "limit.atempts > 1",
        ],
        &[Type::Bool],
        expect![[r#"
            evnt.added.exists(r, r.final)
                «evnt» there is no `evnt` here; did you mean `event`?
            event.added.exists(r, r.finale)
                «finale» result has no field `finale`; did you mean `final`?
            event.added.exists(r, x.final)
                «x» there is no `x` here, only `r`, `p`, `case`, `event` and `limit`
            case.victim.exists(v, v.enhanced)
                «victim» case has no field `victim`; did you mean `victims`?
            p.name == 'x'
                «name» participant has no field `name`, only `id`, `role`, `enhanced`, `attendance` and `offences`
            p.concern(event.added)
                «concern» participant has no method `concern`; did you mean `concerns`?
            tolt(p, p)
                «tolt» there is no function `tolt`; did you mean `told`?
            event.concerns(p)
                «concerns» `concerns` is not a method of event
            p.role.upper() == 'X'
                «upper» participant-role word has no method `upper`
            zzz
                «zzz» there is no `zzz` here, only `p`, `case`, `event` and `limit`
            event.added.final
                «final» list of result has no field `final`; ask its elements: `….exists(x, x.…)`
            p.enhanced.x
                «x» bool has no fields
            foo(1)
                «foo» there is no function `foo`, only `has`, `size`, `string`, `duration`, `timestamp`, `date`, `told`, `working_days_until` and `deadline`
            p.exist(x, true)
                «exist» participant has no method `exist`; did you mean `exists`?
            limit.atempts > 1
                «atempts» limit has no field `atempts`; did you mean `attempts`?
        "#]],
    );
}

#[test]
fn a_misspelt_word_is_told_wherever_it_stands() {
    told_of(
        &[
            "p.role == 'victm'",
            "'victm' == p.role",
            "p.role != 'suspect'",
            "p.role in ['victim', 'witnes']",
            "event.added.exists(r, r.outcome in ['convicted', 'remanded in custody'])",
            "p.role == victm",
            "p.role == (p.enhanced ? 'victim' : 'wittness')",
            "'victm' in case.participants.map(x, x.role)",
            "event.added.exists(r, r.outcome == p.role)",
        ],
        &[Type::Bool],
        expect![[r#"
            p.role == 'victm'
                «'victm'» `victm` is no participant-role word; did you mean `victim`?
            'victm' == p.role
                «'victm'» `victm` is no participant-role word; did you mean `victim`?
            p.role != 'suspect'
                «'suspect'» `suspect` is no participant-role word, only `victim`, `witness` and `police-witness`
            p.role in ['victim', 'witnes']
                «'witnes'» `witnes` is no participant-role word; did you mean `witness`?
            event.added.exists(r, r.outcome in ['convicted', 'remanded in custody'])
                «'remanded in custody'» `remanded in custody` is no outcome word; did you mean `remanded-in-custody`?
            p.role == victm
                «victm» `victm` is no participant-role word; did you mean `victim`?
            p.role == (p.enhanced ? 'victim' : 'wittness')
                «'wittness'» `wittness` is no participant-role word; did you mean `witness`?
            'victm' in case.participants.map(x, x.role)
                «'victm'» `victm` is no participant-role word; did you mean `victim`?
            event.added.exists(r, r.outcome == p.role)
                «r.outcome == p.role» outcome word is compared with participant-role word
        "#]],
    );
    told_of(
        &["p.enhanced ? P2 : P5", "'P9'", "p.role"],
        &[Type::word("priority")],
        expect![[r#"
            p.enhanced ? P2 : P5
                «P5» `P5` is no priority word, only `P1`, `P2`, `P3` and `P4`
            'P9'
                «'P9'» `P9` is no priority word, only `P1`, `P2`, `P3` and `P4`
            p.role
                «p.role» this is participant-role word, and should be priority word
        "#]],
    );
}

#[test]
fn things_of_different_types_are_neither_compared_nor_reckoned_with() {
    told_of(
        &[
            "event.received_at == 5",
            "p.enhanced == 'yes'",
            "p.enhanced > false",
            "event.received_at > limit.outcome_target",
            "size(p)",
            "size(event.added) == '1'",
            "event.added == event.added",
            "p < p",
            "1 in 2",
            "1 in p.offences",
            "[1, 'a'].exists(x, true)",
            "limit.attempts / size(event.added) == 1",
            "limit.attempts % 0 == 1",
            "event.received_at * 2 == 1",
            "date('2026-11-02') - date('2026-11-01') > 1",
            "1.5 > 1",
            "1u == 1",
            "p.enhanced ? 1 : 'a'",
            "p.id.contains(5)",
            "p.role == p.id",
            "p.role in p.offences",
            "-p.id == 'x'",
        ],
        &[Type::Bool],
        expect![[r#"
            event.received_at == 5
                «event.received_at == 5» instant is compared with int
            p.enhanced == 'yes'
                «p.enhanced == 'yes'» bool is compared with text
            p.enhanced > false
                «p.enhanced > false» bool has no order, only `==` and `!=`
            event.received_at > limit.outcome_target
                «event.received_at > limit.outcome_target» instant is compared with duration
            size(p)
                «p» `size` takes a list or a text, and this is participant
            size(event.added) == '1'
                «size(event.added) == '1'» int is compared with text
            event.added == event.added
                «event.added == event.added» lists are not compared; ask `size(…)`, `….all(x, …)` or `… in …`
            p < p
                «p < p» participant has no order, only `==` and `!=`
            1 in 2
                «2» `in` takes a list, and this is int
            1 in p.offences
                «1 in p.offences» int is looked for in a list of text
            [1, 'a'].exists(x, true)
                «'a'» each element here is int, and this is text
            limit.attempts / size(event.added) == 1
                «size(event.added)» a divisor is written out, and not 0
            limit.attempts % 0 == 1
                «0» a divisor is written out, and not 0
            event.received_at * 2 == 1
                «event.received_at * 2» `*` does not go with instant and int
            date('2026-11-02') - date('2026-11-01') > 1
                «date('2026-11-02') - date('2026-11-01')» `-` does not go with date and date; days have functions of their own
            1.5 > 1
                «1.5» conditions have whole numbers only
            1u == 1
                «1u» numbers are written without `u`
            p.enhanced ? 1 : 'a'
                «p.enhanced ? 1 : 'a'» one answer is int, the other text
            p.id.contains(5)
                «5» what is looked for is text, and this is int
            p.role == p.id
                «p.role == p.id» participant-role word is compared with text
            p.role in p.offences
                «p.role in p.offences» participant-role word is looked for in a list of text
            -p.id == 'x'
                «p.id» `-` takes int or duration, and this is text
        "#]],
    );
}

#[test]
fn an_optional_fact_must_be_guarded() {
    told_of(
        &[
            "p.attendance.day == 1",
            "has(p.attendance) || p.attendance.day == 1",
            "!has(p.attendance) && p.attendance.day == 1",
            "p.attendance.day == 1 && has(p.attendance)",
            "has(p.attendance) && p.attendance.warned_at > event.received_at",
            "p.attendance == null || p.attendance.day == 1 || p.attendance.warned_at == null",
            "p.?attendance.day == 1",
            "case.officer_in_case.enhanced",
            "has(p.attendance) ? p.enhanced : p.attendance.day == 1",
            "case.participants.exists(x, has(x.attendance)) && case.participants.exists(x, x.attendance.day == 1)",
            "has(p.attendance) && (p.attendance.warned_at != null && has(p.attendance) || p.attendance.warned_at > event.received_at)",
            "has(p.role)",
            "p.role != null",
            "has(p)",
            "has(p.attendance.warned_at)",
            "event.added.map(r, r.sentenced_on).size() > 0",
            "p.attendance.orValue(1) == 1",
            "null",
        ],
        &[Type::Bool],
        expect![[r#"
            p.attendance.day == 1
                «p.attendance» `p.attendance` may be absent; guard it: `has(p.attendance) && …`
            has(p.attendance) || p.attendance.day == 1
                «p.attendance» `p.attendance` may be absent; guard it: `has(p.attendance) && …`
            !has(p.attendance) && p.attendance.day == 1
                «p.attendance» `p.attendance` may be absent; guard it: `has(p.attendance) && …`
            p.attendance.day == 1 && has(p.attendance)
                «p.attendance» `p.attendance` may be absent; guard it: `has(p.attendance) && …`
            has(p.attendance) && p.attendance.warned_at > event.received_at
                «p.attendance.warned_at» `p.attendance.warned_at` may be absent; guard it: `has(p.attendance.warned_at) && …`
            p.attendance == null || p.attendance.day == 1 || p.attendance.warned_at == null
                accepted
            p.?attendance.day == 1
                «p.?attendance.day» `p.?attendance.day` may be absent; say what else to take: `.orValue(…)`
            case.officer_in_case.enhanced
                «case.officer_in_case» `case.officer_in_case` may be absent; guard it: `has(case.officer_in_case) && …`
            has(p.attendance) ? p.enhanced : p.attendance.day == 1
                «p.attendance» `p.attendance` may be absent; guard it: `has(p.attendance) && …`
            case.participants.exists(x, has(x.attendance)) && case.participants.exists(x, x.attendance.day == 1)
                «x.attendance» `x.attendance` may be absent; guard it: `has(x.attendance) && …`
            has(p.attendance) && (p.attendance.warned_at != null && has(p.attendance) || p.attendance.warned_at > event.received_at)
                «p.attendance.warned_at» `p.attendance.warned_at` may be absent; guard it: `has(p.attendance.warned_at) && …`
            has(p.role)
                «p.role» `p.role` is never absent: there is nothing to ask
            p.role != null
                «p.role» `p.role` is never absent: there is nothing to ask
            has(p)
                «p» `has` asks for a field; write `has(x.field)`
            has(p.attendance.warned_at)
                «p.attendance» `p.attendance` may be absent; guard it: `has(p.attendance) && …`
            event.added.map(r, r.sentenced_on).size() > 0
                «r.sentenced_on» `r.sentenced_on` may be absent; guard it: `has(r.sentenced_on) && …`
            p.attendance.orValue(1) == 1
                «p.attendance» `orValue` follows an optional field; write `x.?f.orValue(…)`
            null
                «null» `null` is no value of its own; compare an optional fact with it: `x.f != null`
        "#]],
    );
}

#[test]
fn a_call_takes_what_its_signature_says() {
    told_of(
        &[
            "p.concerns(p)",
            "p.concerns()",
            "told(p)",
            "working_days_until(event.received_at) < 3",
            "deadline('soon') > event.received_at",
            "deadline(p.id) > event.received_at",
            "duration('1 day') > limit.outcome_target",
            "timestamp(p.id) > event.received_at",
            "event.added.exists(r)",
            "event.added.exists(p, p.final)",
            "event.added.exists(r.final, true)",
            "event.added.exists(r, event.added.exists(r, r.final))",
            "p.exists(x, true)",
            "event.added.map(r, r.final, r.outcome)",
            "size(1, 2) == 1",
        ],
        &[Type::Bool],
        expect![[r#"
            p.concerns(p)
                «p» what `participant.concerns(result) → bool` takes here is result, and this is participant
            p.concerns()
                «p.concerns()» `participant.concerns(result) → bool` is given 0 of its 1 arguments
            told(p)
                «told(p)» `told(participant, result) → bool` is given 1 of its 2 arguments
            working_days_until(event.received_at) < 3
                «event.received_at» what `working_days_until(date) → int` takes here is date, and this is instant
            deadline('soon') > event.received_at
                «'soon'» `soon` is not a deadline
            deadline(p.id) > event.received_at
                «p.id» `deadline` takes a text that is written out
            duration('1 day') > limit.outcome_target
                «'1 day'» this is not a duration; write `duration('24h')`
            timestamp(p.id) > event.received_at
                «timestamp(p.id)» `timestamp` takes one text, written out; write `timestamp('2026-11-02T09:00:00Z')`
            event.added.exists(r)
                «event.added.exists(r)» `exists` takes a name and an expression; write `….exists(x, …)`
            event.added.exists(p, p.final)
                «p» `p` is already something else; choose another name
            event.added.exists(r.final, true)
                «r.final» this should be a new name for each element
            event.added.exists(r, event.added.exists(r, r.final))
                «r» `r` is already something else; choose another name
            p.exists(x, true)
                «p» this is participant, and should be a list
            event.added.map(r, r.final, r.outcome)
                «event.added.map(r, r.final, r.outcome)» `map` takes a name and an expression; write `….map(x, …)`
            size(1, 2) == 1
                «size(1, 2)» `size` takes 1 argument, and this gives 2
        "#]],
    );
}

#[test]
fn what_would_undo_the_checking_is_refused() {
    told_of(
        &[
            "p.id.matches('.*')",
            "type(p) == p",
            "dyn(p) == 1",
            "{'a': 1}.a == 1",
            "event.added[0].final",
            "int('1') == 1",
            "Participant{id: 'x'} == p",
            "[].size() == 0",
            ".p.enhanced",
        ],
        &[Type::Bool],
        expect![[r#"
            p.id.matches('.*')
                «matches» regular expressions are not used in conditions
            type(p) == p
                «type» `type` is not used in conditions: everything has its type
            dyn(p) == 1
                «dyn» `dyn` is not used in conditions: everything has its type
            {'a': 1}.a == 1
                «{'a': 1}» conditions have no `{…}`
            event.added[0].final
                «event.added[0]» a list has no numbered elements here; ask `….exists(x, …)` or take `….filter(x, …)`
            int('1') == 1
                «int» there is no function `int`, only `has`, `size`, `string`, `duration`, `timestamp`, `date`, `told`, `working_days_until` and `deadline`
            Participant{id: 'x'} == p
                «{id: 'x'}» conditions have no `{…}`
            [].size() == 0
                «[]» an empty list has no use here
            .p.enhanced
                «p» there is no `.p` here, only `p`, `case`, `event` and `limit`
        "#]],
    );
}

#[test]
fn the_result_must_be_what_is_expected() {
    told_of(
        &["event.added", "p.id", "p.attendance"],
        &[Type::Bool],
        expect![[r#"
        event.added
            «event.added» this is list of result, and should be bool; ask `size(…) > 0` or `….exists(x, …)`
        p.id
            «p.id» this is text, and should be bool
        p.attendance
            «p.attendance» `p.attendance` may be absent; guard it: `has(p.attendance) && …`
    "#]],
    );
    told_of(
        &["true", "case.victims"],
        &[Type::object("result").list()],
        expect![[r#"
        true
            «true» this is bool, and should be list of result
        case.victims
            «case.victims» this is list of participant, and should be list of result
    "#]],
    );
    told_of(
        &["event", "case.officer_in_case"],
        &[Type::object("participant"), Type::object("participant").list()],
        expect![[r#"
            event
                «event» this is event, and should be participant or list of participant
            case.officer_in_case
                «case.officer_in_case» `case.officer_in_case` may be absent; guard it: `has(case.officer_in_case) && …`
        "#]],
    );
}

#[test]
fn all_faults_are_told_at_once() {
    told_of(
        &[
            "p.rle == 'victim' && event.added.exists(r, r.fnal || r.outcome == 'acquited') && p.attendance.day == 'x'",
        ],
        &[Type::Bool],
        expect![[r#"
            p.rle == 'victim' && event.added.exists(r, r.fnal || r.outcome == 'acquited') && p.attendance.day == 'x'
                «rle» participant has no field `rle`; did you mean `role`? ‖ «fnal» result has no field `fnal`; did you mean `final`? ‖ «'acquited'» `acquited` is no outcome word; did you mean `acquitted`? ‖ «p.attendance» `p.attendance` may be absent; guard it: `has(p.attendance) && …`
        "#]],
    );
}

#[test]
fn a_selection_must_be_a_name_in_a_list() {
    let texts = [
        "case.victims",
        "p in case.victims",
        "q in case",
        "q in case.victms",
        "1 in case.victims",
        "q in",
        "q == p",
    ];
    let lines: Vec<String> = texts
        .iter()
        .map(|text| format!("{text}\n    {}\n", shown(text, Selection::parse(text, &schema(), P).map(drop))))
        .collect();
    expect![[r#"
        case.victims
            «case.victims» this selects nothing; write `name in list`, such as `p in case.victims`
        p in case.victims
            «p» `p` is already something else; choose another name
        q in case
            «case» this is case, and should be a list
        q in case.victms
            «victms» case has no field `victms`; did you mean `victims`?
        1 in case.victims
            «1» this should be a new name for each element; write `name in list`, such as `p in case.victims`
        q in
            «» the condition ends too early
        q == p
            «q == p» this selects nothing; write `name in list`, such as `p in case.victims`
    "#]]
    .assert_eq(&lines.concat());
}

#[test]
fn an_expression_that_lies_too_deep_is_refused() {
    let faults = parse(&format!("1{} > 0", "+1".repeat(990)), &[Type::Bool]).unwrap_err();
    assert_eq!(faults[0].message, "this lies too deep in the condition");
}

#[test]
fn a_text_past_the_limits_is_refused_unread() {
    let deep = format!("{}true{}", "(".repeat(17), ")".repeat(17));
    let long = format!("true{}", " && true".repeat(300));
    for text in [deep, long, "[".repeat(1_900)] {
        let faults = parse(&text, &[Type::Bool]).unwrap_err();
        assert_eq!(faults[0].suggestion.as_deref(), Some("split it in two"), "{faults:?}");
    }
}

#[test]
fn a_text_at_the_limits_is_read() {
    let deep = format!("{}true{}", "(".repeat(16), ")".repeat(16));
    let chained = format!("1{} > 0", "+1".repeat(95));
    let choices = format!("{}true", "true ? true : ".repeat(90));
    for text in [deep, chained, choices] {
        assert_eq!(condition(&text).test(&Scope::new()), Ok(true), "{text}");
    }
}
