//! What the author of a rule is told. The words are the product: each is shown whole.

use super::*;
use expect_test::{Expect, expect};

pub(super) fn check(changes: &[(&str, &str)], expected: &Expect) {
    expected.assert_eq(&said(changes));
}

/// A rule that listens to results, with these lines after `on`.
pub(super) fn rule(lines: &str) -> String {
    let right = RIGHT.iter().find(|(path, _)| *path == "rules/outcomes.yaml").unwrap().1;
    format!("{right}- rule: tried\n  on: hearing.resulted\n{lines}")
}

fn check_rule(lines: &str, expected: &Expect) {
    check(&[("rules/outcomes.yaml", &rule(lines))], expected);
}

#[test]
fn a_key_that_is_not_known() {
    check_rule(
        "  wen: size(event.added) > 0\n  do: { propose: tried }\n",
        &expect![[r#"
        error: a rule has no `wen`
          --> rules/outcomes.yaml:17:3
           |
        17 |   wen: size(event.added) > 0
           |   ^^^ did you mean `when`?

        1 error
    "#]],
    );
}

#[test]
fn a_condition_in_a_plain_scalar() {
    check_rule(
        "  when: event.aded.exists(r, r.final)\n  do: { propose: tried }\n",
        &expect![[r#"
        error: event has no field `aded`
          --> rules/outcomes.yaml:17:15
           |
        17 |   when: event.aded.exists(r, r.final)
           |               ^^^^ did you mean `added`?

        1 error
    "#]],
    );
}

#[test]
fn a_condition_in_quotes() {
    check_rule(
        "  when: 'event.added.exists(r, r.outcome == ''warrant-isued'')'\n  do: { propose: tried }\n",
        &expect![[r#"
            error: `warrant-isued` is no outcome word
              --> rules/outcomes.yaml:17:45
               |
            17 |   when: 'event.added.exists(r, r.outcome == ''warrant-isued'')'
               |                                             ^^^^^^^^^^^^^^^^^ did you mean `warrant-issued`?

            1 error
        "#]],
    );
    check_rule(
        "  when: \"event.added.exists(r, r.outcome == \\\"warrant-isued\\\")\"\n  do: { propose: tried }\n",
        &expect![[r#"
            error: `warrant-isued` is no outcome word
              --> rules/outcomes.yaml:17:45
               |
            17 |   when: "event.added.exists(r, r.outcome == \"warrant-isued\")"
               |                                             ^^^^^^^^^^^^^^^^^ did you mean `warrant-issued`?

            1 error
        "#]],
    );
}

#[test]
fn a_condition_in_a_block() {
    check_rule(
        "  when: |\n    size(event.added) > 0\n    && case.flagz.size() > 0\n  do: { propose: tried }\n",
        &expect![[r#"
            error: case has no field `flagz`
              --> rules/outcomes.yaml:19:13
               |
            19 |     && case.flagz.size() > 0
               |             ^^^^^ did you mean `flags`?

            1 error
        "#]],
    );
    check_rule(
        "  when: >-\n    size(event.added) > 0\n    && event.task.open\n  do: { propose: tried }\n",
        &expect![[r#"
            error: `event.task` may be absent
              --> rules/outcomes.yaml:19:8
               |
            19 |     && event.task.open
               |        ^^^^^^^^^^ guard it: `has(event.task) && …`

            1 error
        "#]],
    );
}

#[test]
fn every_fault_is_told_at_once() {
    check_rule(
        "  for: p in case.victim\n  do: { propose: tried }\n- rule: tried\n  on: [hearing.resultd, task.completed]\n  because: 7\n  when: size(event.added)\n  do:\n    - ow: outcome\n    - owe: outcom\n      to: case.victims\n      due: end of 1 workin day after received\n      priority: P7\n",
        &expect![[r#"
            error: case has no field `victim`
              --> rules/outcomes.yaml:17:18
               |
            17 |   for: p in case.victim
               |                  ^^^^^^ did you mean `victims`?

            error: there is no event `hearing.resultd`
              --> rules/outcomes.yaml:20:8
               |
            20 |   on: [hearing.resultd, task.completed]
               |        ^^^^^^^^^^^^^^^ did you mean `hearing.resulted`?

            error: expected text, found a number
              --> rules/outcomes.yaml:21:12
               |
            21 |   because: 7
               |            ^

            error: this is int, and should be bool
              --> rules/outcomes.yaml:22:9
               |
            22 |   when: size(event.added)
               |         ^^^^^^^^^^^^^^^^^

            error: there is no effect `ow`
              --> rules/outcomes.yaml:24:7
               |
            24 |     - ow: outcome
               |       ^^ there are `owe`, `task`, `email`, `letter`, `form`, `diary`, `timer`, `stop_timer`, `attendance`, `arrangement`, `phase`, `excuse` and 11 more

            error: there is no kind of duty `outcom`
              --> rules/outcomes.yaml:25:12
               |
            25 |     - owe: outcom
               |            ^^^^^^ did you mean `outcome`?

            error: expected a unit such as `hours`, `days`, `working days`, `weeks` or `unit hours`, found `workin`
              --> rules/outcomes.yaml:27:21
               |
            27 |       due: end of 1 workin day after received
               |                     ^^^^^^ did you mean `working`?

            error: there is no priority `P7`
              --> rules/outcomes.yaml:28:17
               |
            28 |       priority: P7
               |                 ^^ there are `P1`, `P2`, `P3` and `P4`

            8 errors
        "#]],
    );
}

#[test]
fn a_deadline_that_cannot_be_read() {
    check_rule(
        "  do: { task: contact, priority: P3, due: 24 hours aftr received }\n",
        &expect![[r#"
        error: expected `after` or `before`, found `aftr`
          --> rules/outcomes.yaml:17:52
           |
        17 |   do: { task: contact, priority: P3, due: 24 hours aftr received }
           |                                                    ^^^^ did you mean `after`?

        1 error
    "#]],
    );
    check_rule(
        "  do: { task: contact, priority: P3, due: limit.outcome_du after received }\n",
        &expect![[r#"
            error: expected a limit of the pack, found `limit.outcome_du`
              --> rules/outcomes.yaml:17:43
               |
            17 |   do: { task: contact, priority: P3, due: limit.outcome_du after received }
               |                                           ^^^^^^^^^^^^^^^^ did you mean `limit.outcome_due`?

            1 error
        "#]],
    );
    check_rule(
        "  do: { task: contact, priority: P3, due: 24 hours after recieved }\n",
        &expect![[r#"
        error: nothing here is called `recieved`
          --> rules/outcomes.yaml:17:58
           |
        17 |   do: { task: contact, priority: P3, due: 24 hours after recieved }
           |                                                          ^^^^^^^^ did you mean `received`?

        1 error
    "#]],
    );
    check_rule(
        "  do: { task: contact, priority: P3, due: 24 hours after event.recieved_at }\n",
        &expect![[r#"
            error: event has no field `recieved_at`
              --> rules/outcomes.yaml:17:64
               |
            17 |   do: { task: contact, priority: P3, due: 24 hours after event.recieved_at }
               |                                                                ^^^^^^^^^^^ did you mean `received_at`?

            1 error
        "#]],
    );
    check_rule(
        "  do: { task: contact, priority: P3, due: 24 hours after case.phase }\n",
        &expect![[r#"
        error: this is phase word, and should be a time, a day or a hearing
          --> rules/outcomes.yaml:17:58
           |
        17 |   do: { task: contact, priority: P3, due: 24 hours after case.phase }
           |                                                          ^^^^^^^^^^

        1 error
    "#]],
    );
    check_rule(
        "  do:\n    - task: contact\n      priority: P3\n      due:\n        - 1 hour after received\n        - { when: case.enhanced, by: 2 hours after received }\n",
        &expect![[r#"
            error: this deadline is never reached
              --> rules/outcomes.yaml:22:11
               |
            22 |         - { when: case.enhanced, by: 2 hours after received }
               |           ^ the one before it always holds

            1 error
        "#]],
    );
}

#[test]
fn what_an_effect_is_about() {
    check_rule(
        "  do:\n    - { owe: outcome, to: case.hearings, due: 1 hour after received, priority: P3, causes: case.flags }\n",
        &expect![[r#"
            error: this is list of hearing, and should be a participant or a list of them
              --> rules/outcomes.yaml:18:27
               |
            18 |     - { owe: outcome, to: case.hearings, due: 1 hour after received, priority: P3, causes: case.flags }
               |                           ^^^^^^^^^^^^^

            error: this is list of text, and should be results, or other things with an id, or one of them
              --> rules/outcomes.yaml:18:92
               |
            18 |     - { owe: outcome, to: case.hearings, due: 1 hour after received, priority: P3, causes: case.flags }
               |                                                                                            ^^^^^^^^^^

            2 errors
        "#]],
    );
    check_rule(
        "  do:\n    - { letter: alert-overdue, to: case.victims }\n",
        &expect![[r#"
        error: the template `alert-overdue` is for email, not for letter
          --> rules/outcomes.yaml:18:17
           |
        18 |     - { letter: alert-overdue, to: case.victims }
           |                 ^^^^^^^^^^^^^ write `email: alert-overdue`

        1 error
    "#]],
    );
    check_rule(
        "  do:\n    - { email: alert-overdeu, to: case.victims }\n",
        &expect![[r#"
        error: there is no template `alert-overdeu`
          --> rules/outcomes.yaml:18:16
           |
        18 |     - { email: alert-overdeu, to: case.victims }
           |                ^^^^^^^^^^^^^ did you mean `alert-overdue`?

        1 error
    "#]],
    );
    check_rule(
        "  do:\n    - { email: alert-overdue }\n",
        &expect![[r#"
        error: a message needs one of `to`, `resource_teams_of` and `directory`
          --> rules/outcomes.yaml:18:9
           |
        18 |     - { email: alert-overdue }
           |         ^^^^^

        1 error
    "#]],
    );
    check_rule(
        "  do:\n    - { email: alert-overdue, to: case.victims, directory: cps }\n",
        &expect![[r#"
        error: a message has one of `to`, `resource_teams_of` and `directory`, not several
          --> rules/outcomes.yaml:18:49
           |
        18 |     - { email: alert-overdue, to: case.victims, directory: cps }
           |                                                 ^^^^^^^^^ write two effects

        1 error
    "#]],
    );
    check_rule(
        "  do:\n    - diary: { hearing: event.hearing, state: cracket }\n",
        &expect![[r#"
        error: there is no diary state `cracket`
          --> rules/outcomes.yaml:18:47
           |
        18 |     - diary: { hearing: event.hearing, state: cracket }
           |                                               ^^^^^^^ did you mean `cracked`?

        1 error
    "#]],
    );
    check_rule(
        "  do:\n    - attendance: { of: case.witnesses, hearing: event.hearing, state: dewarned }\n",
        &expect![[r#"
            error: there is no attendance state `dewarned`
              --> rules/outcomes.yaml:18:72
               |
            18 |     - attendance: { of: case.witnesses, hearing: event.hearing, state: dewarned }
               |                                                                        ^^^^^^^^ did you mean `de-warned`?

            1 error
        "#]],
    );
    check_rule(
        "  do:\n    - cancel: { tasks: case.taks, reason: gone }\n",
        &expect![[r#"
        error: case has no field `taks`
          --> rules/outcomes.yaml:18:29
           |
        18 |     - cancel: { tasks: case.taks, reason: gone }
           |                             ^^^^ did you mean `tasks`?

        1 error
    "#]],
    );
    check_rule(
        "  do:\n    - emit: hearing.resulted\n",
        &expect![[r#"
        error: `hearing.resulted` is usher's own event
          --> rules/outcomes.yaml:18:13
           |
        18 |     - emit: hearing.resulted
           |             ^^^^^^^^^^^^^^^^ usher's own events are not raised by a pack: choose another name

        1 error
    "#]],
    );
    check_rule(
        "  do:\n    - stop_timer: vps-due\n",
        &expect![[r#"
            error: there is no event `vps-due`
              --> rules/outcomes.yaml:18:19
               |
            18 |     - stop_timer: vps-due
               |                   ^^^^^^^ there are `hearing.resulted`, `body.unreadable`, `event.retried`, `event.discarded`, `case.opened`, `case.brought`, `case.updated`, `case.linked`, `participant.added`, `participant.updated`, `participant.enhanced-rights-set`, `contact.logged` and 81 more

            1 error
        "#]],
    );
}

#[test]
fn two_rules_of_one_name() {
    check_rule(
        "  do: { propose: tried }\n- rule: tried\n  on: task.completed\n  do: { propose: tried }\n",
        &expect![[r#"
            error: there is a second rule `tried`
              --> rules/outcomes.yaml:18:9
               |
            18 | - rule: tried
               |         ^^^^^ the first is at rules/outcomes.yaml:15:9

            1 error
        "#]],
    );
}

#[test]
fn a_rule_that_would_fire_twice_or_do_nothing() {
    check(
        &[("rules/more.yaml", "- rule: tried\n  on: [task.completed, task.completed]\n  do: []\n")],
        &expect![[r#"
            error: the rule listens to `task.completed` already
              --> rules/more.yaml:2:24
               |
             2 |   on: [task.completed, task.completed]
               |                        ^^^^^^^^^^^^^^

            error: a rule that does nothing
              --> rules/more.yaml:3:7
               |
             3 |   do: []
               |       ^

            2 errors
        "#]],
    );
}

#[test]
fn a_word_that_cannot_be_read_does_not_make_rules_wrong() {
    check(
        &[("outcomes.yaml", "- outcome: [\n")],
        &expect![[r#"
        error: this is not YAML: unclosed bracket '['
          --> outcomes.yaml:1:12
           |
         1 | - outcome: [
           |            ^

        1 error
    "#]],
    );
    check(
        &[
            ("rules/a.yaml", "- rule: a\n  do: { emit: [\n"),
            ("rules/b.yaml", "- rule: b\n  on: from-a\n  do: { propose: x }\n"),
        ],
        &expect![[r#"
            error: this is not YAML: unclosed bracket '['
              --> rules/a.yaml:2:15
               |
             2 |   do: { emit: [
               |               ^

            1 error
        "#]],
    );
}

#[test]
fn events_that_never_end() {
    check_rule(
        "  do: { emit: a.first }\n- rule: go-on\n  on: a.first\n  do: { emit: b.second }\n- rule: go-back\n  on: b.second\n  do: { emit: a.first }\n",
        &expect![[r#"
            error: this never ends: `a.first` makes `go-on` emit `b.second`, which makes `go-back` emit `a.first`
              --> rules/outcomes.yaml:18:9
               |
            18 | - rule: go-on
               |         ^^^^^ let a timer stand between

            1 error
        "#]],
    );
}

#[test]
fn a_loop_through_a_timer_is_no_fault() {
    check_rule(
        "  do: { emit: a.first }\n- rule: go-on\n  on: a.first\n  do: { timer: again, at: 1 hour after now }\n- rule: go-back\n  on: again\n  do: { emit: a.first }\n",
        &expect![[""]],
    );
}

#[test]
fn an_event_that_nobody_listens_to() {
    check_rule(
        "  do: { timer: lonely, at: 1 hour after received }\n",
        &expect![[r#"
        warning: no rule listens to `lonely`
          --> rules/outcomes.yaml:17:16
           |
        17 |   do: { timer: lonely, at: 1 hour after received }
           |                ^^^^^^

    "#]],
    );
}
