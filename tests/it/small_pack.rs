//! A pack that says no more than the tests of the outbox and the clock need, so that what they expect does not move
//! with the rules that come with usher.

use usher::rules::pack::Pack;

const FILES: &[(&str, &str)] = &[
    (
        "pack.yaml",
        r#"id: small
version: "1"
title: A small pack
settle: 15 minutes
unit_hours: { monday: "08:00-18:00", tuesday: "08:00-18:00", wednesday: "08:00-18:00", thursday: "08:00-18:00", friday: "08:00-18:00" }
"#,
    ),
    ("calendar.json", include_str!("../../config/packs/england-and-wales/calendar.json")),
    ("limits.yaml", "outcome_due: { is: 1 working day, for: telling an outcome }\n"),
    (
        "outcomes.yaml",
        "- { outcome: fine, title: Fine, final: true, told: true, cjs: [1015] }\n- { outcome: custody, title: Custody, final: true, told: true, cjs: [1002] }\n",
    ),
    (
        "kinds/all.yaml",
        r"- task: contact
  title: Tell {about}
  gathers: true
  outcomes:
    told: { title: Told, ends: true, meets: true }
- task: ring-instead
  title: Reach {about} in another way
  owner: team
  outcomes:
    done: { title: Done, ends: true }
- duty: outcome
  title: The outcome
",
    ),
    (
        "rules/all.yaml",
        r"- rule: tell-the-officer-in-the-case
  on: hearing.resulted
  when: size(event.added) > 0
  do:
    - { email: to-officer, to: case.officer_in_case, causes: event.added }
- rule: tell-advisers
  on: hearing.resulted
  when: size(event.added) > 0
  do:
    - { email: to-adviser, to: case.advisers, causes: event.added }
- rule: tell-victims
  on: hearing.resulted
  when: size(event.added) > 0
  do:
    - { email: to-victim, to: case.victims, causes: event.added }
- rule: take-back-what-was-removed
  on: hearing.resulted
  when: size(event.removed) > 0
  do:
    - withdraw: { causes: event.removed }
- rule: reach-them-in-another-way
  on: [message.refused, message.unknown, message.bounced, message.unaddressed]
  do:
    - { task: ring-instead, about: event.about, priority: P2 }
",
    ),
    (
        "messages/to-officer/meta.yaml",
        "medium: email\naudience: officer-in-case\nmarking: OFFICIAL\nsettles: true\n",
    ),
    ("messages/to-officer/subject.txt", "Court outcome: {{ urn }}\n"),
    ("messages/to-officer/body.txt", "{% for outcome in outcomes %}\n- {{ outcome.title }}\n{% endfor %}\n"),
    ("messages/to-adviser/meta.yaml", "medium: email\naudience: adviser\nmarking: OFFICIAL\nsettles: true\n"),
    ("messages/to-adviser/subject.txt", "Court update: {{ urn }}\n"),
    ("messages/to-adviser/body.txt", "{% for outcome in outcomes %}\n- {{ outcome.title }}\n{% endfor %}\n"),
    ("messages/to-victim/meta.yaml", "medium: email\naudience: victim\nmarking: OFFICIAL\n"),
    ("messages/to-victim/subject.txt", "Your case\n"),
    ("messages/to-victim/body.txt", "There is news from the court.\n"),
    ("messages/alert/meta.yaml", "medium: email\naudience: staff\nmarking: OFFICIAL\n"),
    ("messages/alert/subject.txt", "Overdue: {{ count }}\n"),
    (
        "messages/alert/body.txt",
        "{% for task in tasks %}\n- {{ task.priority }} {{ task.title }}\n{% endfor %}\n",
    ),
];

/// The small pack with these files in place of its own, or beside them.
pub fn pack(changes: &[(&str, &str)]) -> Pack {
    let files = FILES.iter().chain(changes).map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    Pack::load(files.collect()).unwrap_or_else(|faults| panic!("{faults}")).0
}

/// The small pack with a rule that cannot be carried out: on this event, a mail of more pages than any may have.
/// Whatever brings the event about is parked.
pub fn failing(on: &str, changes: &[(&str, &str)]) -> Pack {
    let rule =
        format!("- {{ rule: fail, on: {on}, do: [{{ email: endless, to: case.officer_in_case }}] }}\n");
    let endless = "Many words. ".repeat(20_000);
    let mut changes = changes.to_vec();
    changes.extend([
        ("rules/failing.yaml", rule.as_str()),
        ("messages/endless/meta.yaml", "medium: email\naudience: officer-in-case\nmarking: OFFICIAL\n"),
        ("messages/endless/subject.txt", "News\n"),
        ("messages/endless/body.txt", endless.as_str()),
    ]);
    pack(&changes)
}
