//! A small pack that is right, and what is said of it once a file is changed.

mod faults;
mod files;
mod loading;

use super::*;

/// A pack that loads without a word.
const RIGHT: &[(&str, &str)] = &[
    (
        "pack.yaml",
        r#"id: small
version: "1"
title: A small pack
settle: 15 minutes
unit_hours: { monday: "08:00-18:30" }
"#,
    ),
    ("calendar.json", include_str!("../../../../config/packs/england-and-wales/calendar.json")),
    (
        "limits.yaml",
        "outcome_due: { is: 1 working day, cites: \"Victims' Code 2021, Right 9\", for: telling an outcome }\n",
    ),
    (
        "outcomes.yaml",
        "- { outcome: warrant-issued, title: Warrant issued, cjs: [4575] }\n- { outcome: fine, title: Fine, final: true, short: [FO] }\n",
    ),
    (
        "kinds/contact.yaml",
        r#"- task: contact
  title: Tell {about}
  gathers: true
  outcomes:
    told: { title: Told, ends: true, meets: true }
    no-answer: { title: No answer }
  retry: { again: the other half of the next working day, attempts_max: 3, then: contact.not-reached }
  escalation:
    - { at: due, tell: team-leader, template: alert-overdue }
- duty: outcome
  title: The outcome
"#,
    ),
    (
        "rules/outcomes.yaml",
        r"- rule: owe-final-outcome
  on: hearing.resulted
  for: p in case.victims
  when: event.added.exists(r, r.final && p.concerns(r))
  do:
    - owe: outcome
      to: p
      due: end of limit.outcome_due after received
      priority: P3
- rule: try-another-way
  on: contact.not-reached
  do:
    - task: contact
      priority: P2
",
    ),
    ("messages/alert-overdue/meta.yaml", "medium: email\naudience: staff\nmarking: OFFICIAL\n"),
    ("messages/alert-overdue/subject.txt", "Overdue\n"),
    ("messages/alert-overdue/body.txt", "Overdue\n"),
];

/// The small pack with these files in place of its own, or beside them.
fn with(changes: &[(&str, &str)]) -> BTreeMap<String, String> {
    RIGHT.iter().chain(changes).map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// What is said of the small pack with these changes; nothing where it is right.
fn said(changes: &[(&str, &str)]) -> String {
    match Pack::load(with(changes)) {
        Ok((_, warnings)) => warnings.iter().map(|warning| format!("{warning}\n\n")).collect(),
        Err(faults) => format!("{faults}\n"),
    }
}
