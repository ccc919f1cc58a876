//! What came up in a contact: under headings and in people's words, with special measures and the Victim Personal
//! Statement first, and the kinds of work by which it is told afterwards what came of each.
//!
//! The words are those of the pack of England and Wales; what another pack adds stands under the last heading.

use crate::grpc::pb;
use crate::web::board::Pack;
use crate::web::form::{self, Faults, Posted};
use maud::{Markup, html};

/// The name of the input.
pub(super) const INPUT: &str = "topics";
/// What stands between topics in an address.
const BETWEEN: char = '.';
/// The heading of what is under no other.
const OTHER: &str = "Other";

/// Headings, each with what stands under it, in order.
const GROUPS: [(&str, &[&str]); 5] = [
    (
        "At court",
        &[
            "special-measures",
            "victim-personal-statement",
            "pre-trial-visit",
            "availability",
            "cannot-attend",
            "reluctant",
        ],
    ),
    ("Safety", &["fear", "intimidation"]),
    ("Support and needs", &["support", "witness-service", "needs", "interpreter"]),
    ("Contact and money", &["contact-details", "call-back", "travel", "expenses"]),
    (OTHER, &["question", "sentence-question", "evidence", "complaint", "breach", "third-party"]),
];

/// What the unit calls a topic, before what the pack says of it.
const CALLED: [(&str, &str); 2] =
    [("special-measures", "Special measures"), ("victim-personal-statement", "Victim Personal Statement")];

/// The kinds of work that a topic raises.
const RAISES: [(&str, &[&str]); 21] = [
    ("special-measures", &["special-measures-form", "special-measures-decision"]),
    ("fear", &["special-measures-form", "special-measures-decision"]),
    (
        "victim-personal-statement",
        &["personal-statement", "take-personal-statement", "send-personal-statement"],
    ),
    ("needs", &["needs-assessment"]),
    ("witness-service", &["refer-to-witness-service", "hear-from-witness-service"]),
    ("pre-trial-visit", &["pre-trial-visit", "book-pre-trial-visit", "hear-of-the-visit"]),
    ("travel", &["book-travel"]),
    ("availability", &["availability-changed"]),
    ("cannot-attend", &["find-a-remedy", "hear-about-a-problem"]),
    ("reluctant", &["explore-reluctance", "review-a-reluctant-witness"]),
    (
        "intimidation",
        &[
            "act-on-intimidation",
            "safeguarding-action-plan",
            "ask-for-treat-as-urgent-marker",
            "confirm-enhanced-rights",
        ],
    ),
    ("contact-details", &["update-contact-details"]),
    ("support", &["support-action-plan"]),
    ("interpreter", &["record-communication-needs"]),
    ("expenses", &["advise-on-expenses", "ask-about-unpaid-expenses"]),
    ("question", &["find-out-and-answer"]),
    ("sentence-question", &["find-out-and-answer"]),
    ("complaint", &["look-at-a-complaint"]),
    ("breach", &["look-at-a-breach"]),
    ("evidence", &["pass-on-what-was-said"]),
    ("third-party", &["answer-a-third-party"]),
];
/// The topic for which something is owed, and no task is raised of its own.
const OWED: &str = "call-back";

/// What came of a tick.
#[derive(Debug, PartialEq)]
pub(super) enum Came<'a> {
    /// This call raised these tasks.
    Raised(Vec<&'a pb::Task>),
    /// These were open already.
    Open(Vec<&'a pb::Task>),
    /// Something is owed to them from now on.
    Owed,
    /// Nothing follows.
    Nothing,
}

/// What came of a tick, told by the kinds of the open tasks about them and about the case: what was raised by the call is
/// in `raised`, what was there before in `others`.
pub(super) fn came<'a>(
    topic: &str,
    raised: &[&'a pb::Task],
    others: &[&'a pb::Task],
    duties: &[pb::Duty],
) -> Came<'a> {
    let kinds = RAISES.iter().find(|(of, _)| *of == topic).map_or(&[][..], |(_, kinds)| kinds);
    let fitting = |tasks: &[&'a pb::Task]| -> Vec<&'a pb::Task> {
        tasks.iter().filter(|task| kinds.contains(&task.kind.as_str())).copied().collect()
    };
    let (new, open) = (fitting(raised), fitting(others));
    match (new.is_empty(), open.is_empty()) {
        (false, _) => Came::Raised(new),
        (true, false) => Came::Open(open),
        _ if topic == OWED && duties.iter().any(|duty| duty.kind == OWED) => Came::Owed,
        _ => Came::Nothing,
    }
}

/// Topics as an address carries them.
pub(super) fn joined<'a>(topics: impl Iterator<Item = &'a str>) -> String {
    topics.collect::<Vec<_>>().join(&BETWEEN.to_string())
}

/// The same read back.
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(BETWEEN).filter(|topic| !topic.is_empty())
}

/// A topic in people's words.
pub(super) fn label(pack: &Pack, topic: &str) -> String {
    let held = pack.topics.iter().find(|held| held.name == topic);
    let said = held.map_or(topic, |held| held.label.as_str());
    match CALLED.iter().find(|(of, _)| *of == topic) {
        Some((_, called)) => {
            let mut letters = said.chars();
            let rest: String = letters
                .next()
                .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect());
            format!("{called}: {rest}")
        }
        None => said.to_owned(),
    }
}

/// The topics of a pack under their headings; what no heading names is under the last one.
fn grouped(pack: &Pack) -> Vec<(&'static str, Vec<&str>)> {
    let known = |topic: &str| GROUPS.iter().any(|(_, topics)| topics.contains(&topic));
    let names = || pack.topics.iter().map(|topic| topic.name.as_str());
    let group = |(heading, topics): &(&'static str, &'static [&'static str])| {
        let of_pack = topics.iter().filter_map(|topic| names().find(|name| name == topic));
        let others = names().filter(|name| *heading == OTHER && !known(name));
        (*heading, of_pack.chain(others).collect::<Vec<&str>>())
    };
    GROUPS.iter().map(group).filter(|(_, topics)| !topics.is_empty()).collect()
}

/// The ticks, under their headings.
pub(super) fn ticks(pack: &Pack, posted: &Posted, faults: &Faults) -> Markup {
    let groups = grouped(pack);
    let id = form::id_of(INPUT);
    // The first has the field's own id, so that the summary's link leads to it.
    let first = groups.first().and_then(|(_, topics)| topics.first()).copied().unwrap_or_default();
    let own = |topic: &str| if topic == first { id.clone() } else { format!("{id}-{topic}") };
    html! {
        @if !groups.is_empty() {
            fieldset.field.topics.wrong[faults.is_about(INPUT)] {
                legend { "What came up" span.optional { " (optional)" } }
                p.hint { "Each tick raises its work when you save" }
                (faults.beside(INPUT))
                @for (heading, topics) in &groups {
                    fieldset.field {
                        legend { (heading) }
                        div.choices { @for topic in topics {
                            div.choice {
                                input id=(own(topic)) type="checkbox" name=(INPUT) value=(topic) checked[posted.holds(INPUT, topic)];
                                label for=(own(topic)) { (label(pack, topic)) }
                            }
                        } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(topics: &[(&str, &str)]) -> Pack {
        let text = |(name, label): &(&str, &str)| pb::TopicText {
            name: (*name).to_owned(),
            label: (*label).to_owned(),
        };
        Pack { topics: topics.iter().map(text).collect(), ..Pack::default() }
    }

    fn task(kind: &str) -> pb::Task {
        pb::Task { kind: kind.to_owned(), ..pb::Task::default() }
    }

    #[test]
    fn topics_stand_under_headings_and_those_of_another_pack_under_the_last() {
        let pack = pack(&[
            ("dog", "They have a dog"),
            ("fear", "They are afraid"),
            ("victim-personal-statement", "They want to say it"),
            ("special-measures", "They want help"),
        ]);
        let groups = grouped(&pack);
        assert_eq!(
            groups,
            [
                ("At court", vec!["special-measures", "victim-personal-statement"]),
                ("Safety", vec!["fear"]),
                ("Other", vec!["dog"])
            ]
        );
        assert_eq!(label(&pack, "special-measures"), "Special measures: they want help");
        assert_eq!(label(&pack, "fear"), "They are afraid");
    }

    #[test]
    fn of_every_tick_it_is_told_what_came_of_it() {
        let (form, needs) = (task("special-measures-form"), task("needs-assessment"));
        let (raised, others) = ([&form], [&needs]);
        let duty = pb::Duty { kind: OWED.to_owned(), ..pb::Duty::default() };
        assert_eq!(came("fear", &raised, &others, &[]), Came::Raised(vec![&form]));
        assert_eq!(came("needs", &raised, &others, &[]), Came::Open(vec![&needs]));
        assert_eq!(came("call-back", &raised, &others, &[duty]), Came::Owed);
        assert_eq!(came("victim-personal-statement", &raised, &others, &[]), Came::Nothing);
        assert_eq!(came("dog", &raised, &others, &[]), Came::Nothing);
    }

    #[test]
    fn topics_are_read_back_from_an_address() {
        let text = joined(["fear", "needs"].into_iter());
        assert_eq!(split(&text).collect::<Vec<_>>(), ["fear", "needs"]);
        assert_eq!(split("").count(), 0);
    }
}
