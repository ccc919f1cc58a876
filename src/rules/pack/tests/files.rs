//! What is said of the files that rules rest on: kinds, schedule, settings, figures, meanings, templates.

use super::faults::{check, rule};
use super::*;
use expect_test::expect;

#[test]
fn kinds() {
    let kind = |text: &str| format!("{}{text}", RIGHT[4].1);
    let kinds = |text: &str| [("kinds/contact.yaml", kind(text))];
    for (text, expected) in [
        (
            "- task: warn\n  title: Warn\n  gathers: true\n  outcomes: {}\n",
            expect![[r#"
            error: a second kind of task that gathers
              --> kinds/contact.yaml:14:12
               |
            14 |   gathers: true
               |            ^^^^ `contact` gathers already: one kind does

            1 error
        "#]],
        ),
        (
            "- task: contact\n  title: Again\n  outcomes: {}\n",
            expect![[r#"
            error: there is a second kind of task `contact`
              --> kinds/contact.yaml:12:9
               |
            12 | - task: contact
               |         ^^^^^^^

            1 error
        "#]],
        ),
        (
            "- task: warn\n  title: Warn\n  outcomes: { told: { title: Told } }\n",
            expect![[r#"
            error: no outcome ends the task
              --> kinds/contact.yaml:14:13
               |
            14 |   outcomes: { told: { title: Told } }
               |             ^ one needs `ends: true`

            1 error
        "#]],
        ),
        (
            "- task: warn\n  titel: Warn\n  owner: teamleader\n  minutes: 0\n  outcomes: {}\n",
            expect![[r#"
            error: a kind of task needs `title`
              --> kinds/contact.yaml:12:3
               |
            12 | - task: warn
               |   ^^^^

            error: a kind of task has no `titel`
              --> kinds/contact.yaml:13:3
               |
            13 |   titel: Warn
               |   ^^^^^ did you mean `title`?

            error: there is no owner `teamleader`
              --> kinds/contact.yaml:14:10
               |
            14 |   owner: teamleader
               |          ^^^^^^^^^^ did you mean `team-leader`?

            error: expected a number from 1 on, found 0
              --> kinds/contact.yaml:15:12
               |
            15 |   minutes: 0
               |            ^

            4 errors
        "#]],
        ),
        (
            "- task: warn\n  title: Warn\n  outcomes: {}\n  escalation: [{ at: 1 hour after received, tell: team, template: alert-overdue }]\n",
            expect![[r#"
                error: a policy of a kind cannot count from `received`
                  --> kinds/contact.yaml:15:35
                   |
                15 |   escalation: [{ at: 1 hour after received, tell: team, template: alert-overdue }]
                   |                                   ^^^^^^^^ count from `target`, `due` and `raised`

                1 error
            "#]],
        ),
        (
            "- task: warn\n  title: Warn\n  outcomes: {}\n  form: [{ question: safe to ring, asks: Safe?, answer: yesno }]\n",
            expect![[r#"
                error: a name is in kebab-case: small letters, digits and single dashes
                  --> kinds/contact.yaml:15:22
                   |
                15 |   form: [{ question: safe to ring, asks: Safe?, answer: yesno }]
                   |                      ^^^^^^^^^^^^ write `safe-to-ring`

                error: there is no answer `yesno`
                  --> kinds/contact.yaml:15:57
                   |
                15 |   form: [{ question: safe to ring, asks: Safe?, answer: yesno }]
                   |                                                         ^^^^^ did you mean `yes-no`?

                2 errors
            "#]],
        ),
    ] {
        let changed = kinds(text);
        check(&[(changed[0].0, &changed[0].1)], &expected);
    }
    check(
        &[("kinds/contact.yaml", &RIGHT[4].1.replace("gathers: true", "minutes: 5"))],
        &expect![[r#"
        error: no kind of task has `gathers: true`
          --> kinds/
           = one kind gathers all that one person is to be told, so that they are rung once

        1 error
    "#]],
    );
}

#[test]
fn the_schedule() {
    let line = |cron: &str| {
        format!(
            "- {{ line: early, cron: \"{cron}\", missed: coalesce, over: hearings-today, raise: early.bird }}\n"
        )
    };
    let listens = rule("  do: { propose: tried }\n").replace(
        "on: hearing.resulted\n  do: { propose: tried }",
        "on: early.bird\n  do: { propose: tried }",
    );
    for (cron, expected) in [
        ("0 0 8 * * Mon-Fri", expect![[""]]),
        (
            "0 0 8 * * 1-5",
            expect![[r#"
            error: a weekday by number is read in two ways (is 1 a Sunday or a Monday?)
              --> schedule.yaml:1:35
               |
             1 | - { line: early, cron: "0 0 8 * * 1-5", missed: coalesce, over: hearings-today, raise: early.bird }
               |                                   ^^^ write days by name: `Mon-Fri`

            1 error
        "#]],
        ),
        (
            "0 8 * * Mon-Fri",
            expect![[r#"
            error: a cron line has six fields, this has 5
              --> schedule.yaml:1:24
               |
             1 | - { line: early, cron: "0 8 * * Mon-Fri", missed: coalesce, over: hearings-today, raise: early.bird }
               |                        ^^^^^^^^^^^^^^^^^ seconds minutes hours day month weekday: `0 0 8 * * Mon-Fri`

            1 error
        "#]],
        ),
        (
            "0 0 25 * * Mon-Fri",
            expect![[r#"
            error: `25` is no hour
              --> schedule.yaml:1:29
               |
             1 | - { line: early, cron: "0 0 25 * * Mon-Fri", missed: coalesce, over: hearings-today, raise: early.bird }
               |                             ^^ write such as `8` or `8-17`

            1 error
        "#]],
        ),
        (
            "0 0 8 * * Moon",
            expect![[r#"
            error: `Moon` is no weekday
              --> schedule.yaml:1:35
               |
             1 | - { line: early, cron: "0 0 8 * * Moon", missed: coalesce, over: hearings-today, raise: early.bird }
               |                                   ^^^^ write such as `Mon-Fri` or `Sat,Sun`

            1 error
        "#]],
        ),
    ] {
        check(&[("schedule.yaml", &line(cron)), ("rules/outcomes.yaml", &listens)], &expected);
    }
    check(
        &[
            (
                "schedule.yaml",
                "- { line: early, cron: 0 0 8 * * Mon, missed: colesce, over: hearings, raise: case.opened }\n",
            ),
            ("rules/outcomes.yaml", &listens),
        ],
        &expect![[r#"
            error: there is no event `early.bird`
              --> rules/outcomes.yaml:16:7
               |
            16 |   on: early.bird
               |       ^^^^^^^^^^ there are `hearing.resulted`, `body.unreadable`, `event.retried`, `event.discarded`, `case.opened`, `case.brought`, `case.updated`, `case.linked`, `participant.added`, `participant.updated`, `participant.enhanced-rights-set`, `contact.logged` and 82 more

            error: there is no policy for missed runs `colesce`
              --> schedule.yaml:1:47
               |
             1 | - { line: early, cron: 0 0 8 * * Mon, missed: colesce, over: hearings, raise: case.opened }
               |                                               ^^^^^^^ did you mean `coalesce`?

            error: there is no selection `hearings`
              --> schedule.yaml:1:62
               |
             1 | - { line: early, cron: 0 0 8 * * Mon, missed: colesce, over: hearings, raise: case.opened }
               |                                                              ^^^^^^^^ there are `hearings-today`, `hearings-without-result` and `cases-before-charge`

            error: `case.opened` is usher's own event
              --> schedule.yaml:1:79
               |
             1 | - { line: early, cron: 0 0 8 * * Mon, missed: colesce, over: hearings, raise: case.opened }
               |                                                                               ^^^^^^^^^^^ usher's own events are not raised by a pack: choose another name

            4 errors
        "#]],
    );
}

#[test]
fn a_line_that_briefs_people() {
    check(
        &[(
            "schedule.yaml",
            "- { line: morning, cron: 0 */5 * * * *, missed: coalesce, brief: shift-begins, over: hearings-today }\n\
             - { line: later, cron: 0 */5 * * * *, missed: coalesce, brief: shift-ends }\n",
        )],
        &expect![[r#"
            error: nothing says how `shift-begins` is written
              --> schedule.yaml:1:66
               |
             1 | - { line: morning, cron: 0 */5 * * * *, missed: coalesce, brief: shift-begins, over: hearings-today }
               |                                                                  ^^^^^^^^^^^^ name its template under `lists` in pack.yaml

            error: `over` has no meaning beside `brief`
              --> schedule.yaml:1:86
               |
             1 | - { line: morning, cron: 0 */5 * * * *, missed: coalesce, brief: shift-begins, over: hearings-today }
               |                                                                                      ^^^^^^^^^^^^^^

            error: nothing says how `shift-ends` is written
              --> schedule.yaml:2:64
               |
             2 | - { line: later, cron: 0 */5 * * * *, missed: coalesce, brief: shift-ends }
               |                                                                ^^^^^^^^^^ name its template under `lists` in pack.yaml

            3 errors
        "#]],
    );
}

#[test]
fn settings_and_figures() {
    check(
        &[(
            "pack.yaml",
            "id: My Pack\nversion: 1.10\nsettle: 2 days\neffective_from: soon\nunit_hours: { munday: 8-18, friday: \"18:00-08:00\" }\n",
        )],
        &expect![[r#"
            error: pack.yaml needs `title`
              --> pack.yaml:1:1
               |
             1 | id: My Pack
               | ^^

            error: a name is in kebab-case: small letters, digits and single dashes
              --> pack.yaml:1:5
               |
             1 | id: My Pack
               |     ^^^^^^^ write `my-pack`

            error: expected minutes or hours, found 2 days
              --> pack.yaml:3:9
               |
             3 | settle: 2 days
               |         ^^^^^^

            error: expected a day such as 2027-01-04
              --> pack.yaml:4:17
               |
             4 | effective_from: soon
               |                 ^^^^

            error: unit_hours has no `munday`
              --> pack.yaml:5:15
               |
             5 | unit_hours: { munday: 8-18, friday: "18:00-08:00" }
               |               ^^^^^^ did you mean `monday`?

            error: expected opening hours such as "08:00-18:30"
              --> pack.yaml:5:37
               |
             5 | unit_hours: { munday: 8-18, friday: "18:00-08:00" }
               |                                     ^^^^^^^^^^^^^

            6 errors
        "#]],
    );
    check(
        &[("limits.yaml", "outcome_due: 1 working dya\nspare: 3 days\nBad-Name: { is: 1 day, why: x }\n")],
        &expect![[r#"
            error: expected `days`, found `dya`
              --> limits.yaml:1:24
               |
             1 | outcome_due: 1 working dya
               |                        ^^^

            error: `Bad-Name` is no name of a limit: small letters, digits and `_`
              --> limits.yaml:3:1
               |
             3 | Bad-Name: { is: 1 day, why: x }
               | ^^^^^^^^

            error: a limit has no `why`
              --> limits.yaml:3:24
               |
             3 | Bad-Name: { is: 1 day, why: x }
               |                        ^^^ it may have `is`, `cites` and `for`

            3 errors
        "#]],
    );
    check(
        &[(
            "outcomes.yaml",
            "- { outcome: warrant-issued, title: Warrant, cjs: [4575], types: [nonsense], trial: craked }\n- { outcome: warrant-issued, cjs: [4575], final: maybe }\n- { outcome: unmapped, title: x }\n",
        )],
        &expect![[r#"
            error: expected the id of a result definition, a UUID, found text
              --> outcomes.yaml:1:67
               |
             1 | - { outcome: warrant-issued, title: Warrant, cjs: [4575], types: [nonsense], trial: craked }
               |                                                                   ^^^^^^^^

            error: there is no trial outcome `craked`
              --> outcomes.yaml:1:85
               |
             1 | - { outcome: warrant-issued, title: Warrant, cjs: [4575], types: [nonsense], trial: craked }
               |                                                                                     ^^^^^^ did you mean `cracked`?

            error: an outcome needs `title`
              --> outcomes.yaml:2:5
               |
             2 | - { outcome: warrant-issued, cjs: [4575], final: maybe }
               |     ^^^^^^^

            error: there is a second outcome `warrant-issued`
              --> outcomes.yaml:2:14
               |
             2 | - { outcome: warrant-issued, cjs: [4575], final: maybe }
               |              ^^^^^^^^^^^^^^ give all its codes in one place

            error: `4575` has a meaning above already
              --> outcomes.yaml:2:36
               |
             2 | - { outcome: warrant-issued, cjs: [4575], final: maybe }
               |                                    ^^^^ a code means one thing

            error: expected true or false, found text
              --> outcomes.yaml:2:50
               |
             2 | - { outcome: warrant-issued, cjs: [4575], final: maybe }
               |                                                  ^^^^^

            error: `unmapped` is usher's own word, which every pack has
              --> outcomes.yaml:3:5
               |
             3 | - { outcome: unmapped, title: x }
               |     ^^^^^^^

            error: no code has this meaning
              --> outcomes.yaml:3:5
               |
             3 | - { outcome: unmapped, title: x }
               |     ^^^^^^^ it needs one of `types`, `cjs`, `short`, `pleas`, `verdicts` and `trial`

            8 errors
        "#]],
    );
    check(
        &[("calendar.json", "{\"england-and-wales\": {\n  \"division\": 1}}")],
        &expect![[r#"
        error: the calendar is not in the shape of GOV.UK's bank-holidays.json: missing field `events` at line 2 column 16
          --> calendar.json:2:16
           |
         2 |   "division": 1}}
           |                ^

        1 error
    "#]],
    );
}

#[test]
fn files() {
    check(
        &[("rules/outcomes.yaml", "- rule: a\n  on: [hearing.resulted\n  do: { propose: tried }\n")],
        &expect![[r#"
            error: this is not YAML: illegal placement of ':' indicator
              --> rules/outcomes.yaml:3:5
               |
             3 |   do: { propose: tried }
               |     ^

            1 error
        "#]],
    );
    check(
        &[("limits.yaml", "outcome_due: 1 working day\noutcome_due: 2 working days\n")],
        &expect![[r#"
        error: `outcome_due` stands twice in one map
          --> limits.yaml:2:1
           |
         2 | outcome_due: 2 working days
           | ^^^^^^^^^^^

        1 error
    "#]],
    );
    check(
        &[("notes.txt", "hello"), ("rules/old.yml", "[]"), ("README.md", "# A pack")],
        &expect![[r#"
        warning: nothing reads this file
          --> notes.txt

        warning: nothing reads this file
          --> rules/old.yml

    "#]],
    );
    check(
        &[("scenarios/a.yaml", "- given: 'x\n")],
        &expect![[r#"
        error: this is not YAML: invalid indentation in multiline quoted scalar
          --> scenarios/a.yaml:2:1
           |
         2 | 
           | ^

        1 error
    "#]],
    );
    check(
        &[("messages/lost/body.txt", "x")],
        &expect![[r#"
        error: this file is missing
          --> messages/lost/meta.yaml

        error: this file is missing
          --> messages/lost/subject.txt

        2 errors
    "#]],
    );
    let none = Pack::load(BTreeMap::new()).unwrap_err().to_string();
    expect![[r#"
        error: this file is missing
          --> calendar.json

        error: there are no kinds of task
          --> kinds/
           = a pack needs at least one, with `gathers: true`

        error: this file is missing
          --> limits.yaml

        error: this file is missing
          --> outcomes.yaml

        error: this file is missing
          --> pack.yaml

        5 errors"#]]
    .assert_eq(&none);
}

#[test]
fn the_text_of_a_template() {
    let check = |template: &Template| {
        let at = template.body.find("due").unwrap_or_default();
        vec![TemplateFault {
            part: TemplatePart::Body,
            span: at..at + 3,
            message: "staff see no `due`".to_owned(),
            suggestion: None,
        }]
    };
    let said = Pack::load_with(with(&[]), &check).unwrap_err().to_string();
    expect![[r#"
        error: staff see no `due`
          --> messages/alert-overdue/body.txt:1:5
           |
         1 | Overdue
           |     ^^^

        1 error"#]]
    .assert_eq(&said);
}

#[test]
fn the_calendar_of_a_template() {
    let meta = |audience: &str, medium: &str, calendar: &str| {
        let text =
            format!("medium: {medium}\naudience: {audience}\nmarking: OFFICIAL\ncalendar: {calendar}\n");
        [("messages/alert-overdue/meta.yaml", text)]
    };
    for (meta, expected) in [
        (
            meta("resource-team", "form", "invite"),
            expect![[r#"
            error: the template `alert-overdue` is for form, not for email
              --> kinds/contact.yaml:9:47
               |
             9 |     - { at: due, tell: team-leader, template: alert-overdue }
               |                                               ^^^^^^^^^^^^^ write `form: alert-overdue`

            error: there is no calendar `invite`
              --> messages/alert-overdue/meta.yaml:4:11
               |
             4 | calendar: invite
               |           ^^^^^^ there are `invitation` and `cancellation`

            2 errors
        "#]],
        ),
        (
            meta("victim", "email", "invitation"),
            expect![[r#"
            error: only an e-mail or a form to a police witness or a resource team carries a calendar entry
              --> messages/alert-overdue/meta.yaml:4:11
               |
             4 | calendar: invitation
               |           ^^^^^^^^^^ leave `calendar` out

            1 error
        "#]],
        ),
        (
            meta("police-witness", "letter", "cancellation"),
            expect![[r#"
            error: the template `alert-overdue` is for letter, not for email
              --> kinds/contact.yaml:9:47
               |
             9 |     - { at: due, tell: team-leader, template: alert-overdue }
               |                                               ^^^^^^^^^^^^^ write `letter: alert-overdue`

            error: only an e-mail or a form to a police witness or a resource team carries a calendar entry
              --> messages/alert-overdue/meta.yaml:4:11
               |
             4 | calendar: cancellation
               |           ^^^^^^^^^^^^ leave `calendar` out

            2 errors
        "#]],
        ),
    ] {
        let changes: Vec<(&str, &str)> = meta.iter().map(|(path, text)| (*path, text.as_str())).collect();
        check(&changes, &expected);
    }
}
