//! What must be known before anything else is said or sent in a case: banners, derived from its flags, its people and what
//! the court said. Each says what it means, and where the rest of it stands.

use super::court::is_final;
use super::seen::{Seen, head_of, is_one};
use crate::grpc::pb::{self, DiaryState, Risk, Role};
use crate::web::board::People;
use crate::web::clocks;
use crate::web::form;
use crate::web::words;
use chrono::{DateTime, Utc};
use maud::{Markup, html};

/// Lines of one banner that are shown, at most.
const LINES_MAX: usize = 6;
/// Letters of a defendant's bail conditions that a banner tells.
const CONDITIONS_LETTERS: usize = 240;

/// Flags as people read them, with what they mean for whoever works the case.
const FLAGS: [(&str, &str, &str); 8] = [
    (
        "domestic-violence",
        "Domestic abuse",
        "Ring and write only by ways that are safe: the suspect may live there or read it.",
    ),
    ("rasso", "Rape or serious sexual offence", "Offer an ISVA, and ask who should ring them."),
    ("hate-crime", "Hate crime", "Offer support for it, and ask about special measures."),
    ("child", "Child", "Speak with whoever speaks for the child, unless that is not safe."),
    (
        "intimidation",
        "Intimidation",
        "Somebody is being put under pressure. Tell the officer in the case of anything new at once.",
    ),
    (
        "attendance-at-risk",
        "Attendance at risk",
        "A witness may not come to court. Ask why, and what would help.",
    ),
    ("vulnerable-or-intimidated", "Vulnerable or intimidated", "Ask about special measures."),
    (
        "protected",
        "Protected person",
        "Handled outside the unit: tell nobody anything before you have asked.",
    ),
];

/// The court's codes of an order that restricts what may be reported, and the CJS code of all of them.
const RESTRICTING: [&str; 11] =
    ["D45", "D45A", "D46", "D39", "D11", "D11FO", "D4", "D58", "D58FO", "DSOA", "REPC"];
/// The CJS code of the same.
const RESTRICTING_CJS: &str = "4510";
/// The CJS code of an order that lifts such a restriction, and the court's codes of it.
const LIFTING_CJS: &str = "4509";
/// The court's codes of the same.
const LIFTING: [&str; 6] = ["D49", "D49Y", "DALLOW", "DPR", "DP", "DST"];
/// What the codes of sexual offences begin with.
const SEXUAL: &str = "SX";

/// The flags that may be chosen, with what they are called.
#[must_use]
pub(super) fn known_flags() -> Vec<(String, String)> {
    FLAGS.iter().map(|(word, label, _)| ((*word).to_owned(), (*label).to_owned())).collect()
}

/// A flag as people read it.
#[must_use]
pub(super) fn flag(word: &str) -> String {
    let known = FLAGS.iter().find(|(of, _, _)| *of == word);
    known.map_or_else(|| words::plain(word), |(_, label, _)| (*label).to_owned())
}

/// One banner.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Banner {
    /// How it is shown: `stop`, `care` or `note`.
    pub class: &'static str,
    /// What it is.
    pub title: String,
    /// What it means.
    pub meaning: String,
    /// Whom or what it is about, each with where that stands.
    pub lines: Vec<(String, Option<String>)>,
}

impl Banner {
    fn new(class: &'static str, title: impl Into<String>, meaning: impl Into<String>) -> Self {
        Self { class, title: title.into(), meaning: meaning.into(), lines: Vec::new() }
    }

    fn about(self, lines: Vec<(String, Option<String>)>) -> Self {
        Self { lines, ..self }
    }

    fn shown(&self) -> Markup {
        let sign = match self.class {
            "stop" => "✕",
            "care" => "!",
            _ => "i",
        };
        html! {
            div class=(format!("case-banner {}", self.class)) {
                span.sign aria-hidden="true" { (sign) }
                div {
                    p { strong { (self.title) "." } " " (self.meaning) }
                    @if !self.lines.is_empty() {
                        ul {
                            @for (words, to) in self.lines.iter().take(LINES_MAX) {
                                li { @match to { Some(to) => a href=(to) { (words) }, None => (words) } }
                            }
                            @if self.lines.len() > LINES_MAX { li { "and " (self.lines.len() - LINES_MAX) " more, below" } }
                        }
                    }
                }
            }
        }
    }
}

/// All banners of a case, what forbids something first. `staff` are the unit's people with their conflicts, for those who
/// may see these.
#[must_use]
pub(super) fn of(seen: &Seen, staff: &[pb::Staff], people: &People, now: DateTime<Utc>) -> Vec<Banner> {
    let mut banners: Vec<Banner> =
        [reporting(seen), contact(seen, now), conflict(seen, staff)].into_iter().flatten().collect();
    banners.extend(children(seen));
    banners.extend(risk(seen));
    banners.extend(freedom(seen));
    banners.extend(work(seen, people));
    banners
}

/// The banners as they stand on top of the page, with what decides a proposed flag.
#[must_use]
pub(super) fn shown(banners: &[Banner], settle: &Markup) -> Markup {
    html! {
        section.case-banners aria-label="What to know first" {
            @for banner in banners { (banner.shown()) }
            (settle)
        }
    }
}

fn at(participant: &pb::Participant) -> Option<String> {
    Some(format!("#p-{}", participant.id))
}

/// What may not be reported, and who may not be named.
fn reporting(seen: &Seen) -> Option<Banner> {
    let is = |line: &pb::ResultLine, short: &[&str], cjs: &str| {
        line.cjs_code == cjs || short.contains(&line.short_code.to_uppercase().as_str())
    };
    let mut lines = Vec::new();
    for standing in seen.held.lines.iter().rev() {
        let Some(line) = &standing.line else { continue };
        let day = clocks::day(&standing.day).map(crate::domain::london::written_date).unwrap_or_default();
        let about =
            if line.defendant_id.is_empty() { None } else { Some(format!("#d-{}", line.defendant_id)) };
        if is(line, &RESTRICTING, RESTRICTING_CJS) {
            lines.push((format!("Restricted: {}, {day}", line.label), about));
        } else if is(line, &LIFTING, LIFTING_CJS) {
            lines.push((format!("Allowed again: {}, {day}", line.label), about));
        }
    }
    let offences = seen.held.defendants.iter().flat_map(|defendant| &defendant.offences);
    let sexual = seen.case.flags.iter().chain(&seen.case.proposed_flags).any(|flag| flag == "rasso")
        || offences.into_iter().any(|offence| offence.code.to_uppercase().starts_with(SEXUAL));
    let mut meaning = Vec::new();
    if sexual {
        meaning.push("A sexual offence: nothing may be published that could identify the victim, for life.");
    }
    if seen.held.defendants.iter().any(|defendant| defendant.youth) {
        meaning.push("A defendant is under 18: a youth court’s reports name nobody under 18.");
    }
    if !lines.is_empty() {
        meaning.push("The court made orders about what may be reported. Read them before you confirm anything to the press.");
    }
    (!meaning.is_empty())
        .then(|| Banner::new("stop", "Reporting restrictions", meaning.join(" ")).about(lines))
}

/// How people may not be reached, and who may not be told.
fn contact(seen: &Seen, now: DateTime<Utc>) -> Option<Banner> {
    let mut lines = Vec::new();
    for participant in seen.present() {
        let mut rules = Vec::new();
        if !participant.contact_via_id.is_empty() {
            rules.push(format!("only through {}", seen.name(&participant.contact_via_id)));
        }
        let channels = seen.person(participant).map(not_by).unwrap_or_default();
        if !channels.is_empty() {
            rules.push(format!("never by {channels}"));
        }
        if is_one(participant, &[Role::Adviser]) && !may_hear(participant, now) {
            rules.push("told nothing, no consent covers today".to_owned());
        }
        if !rules.is_empty() {
            lines.push((format!("{}: {}", seen.name(&participant.id), rules.join(", ")), at(participant)));
        }
    }
    (!lines.is_empty()).then(|| {
        Banner::new(
            "stop",
            "Contact rules",
            "What is not safe is left out of mail by itself; keep to it on the telephone.",
        )
        .about(lines)
    })
}

/// The ways by which somebody must not be reached; empty where all are safe.
#[must_use]
pub(super) fn not_by(person: &pb::Person) -> String {
    person.unsafe_channels().map(words::channel).collect::<Vec<_>>().join(", ")
}

/// Whether a consent covers this instant.
#[must_use]
pub(super) fn may_hear(participant: &pb::Participant, now: DateTime<Utc>) -> bool {
    participant.consent.as_ref().is_some_and(|consent| {
        clocks::instant_if(consent.starts_at.as_ref()).is_some_and(|starts| starts <= now)
            && clocks::instant_if(consent.ends_at.as_ref()).is_none_or(|ends| now < ends)
    })
}

/// Who of the unit must not work the case.
fn conflict(seen: &Seen, staff: &[pb::Staff]) -> Option<Banner> {
    let people: Vec<&str> =
        seen.held.participants.iter().map(|participant| participant.person_id.as_str()).collect();
    let in_conflict = |staff: &&pb::Staff| {
        staff.left_at.is_none()
            && (staff.case_conflict_ids.contains(&seen.case.id)
                || staff.person_conflict_ids.iter().any(|id| people.contains(&id.as_str())))
    };
    let lines: Vec<(String, Option<String>)> = staff
        .iter()
        .filter(in_conflict)
        .map(|staff| {
            let works = staff.id == seen.case.owner_id || staff.id == seen.case.cover_id;
            let words = if works {
                format!("{} works it now: give it to somebody else", staff.name)
            } else {
                staff.name.clone()
            };
            (words, None)
        })
        .collect();
    (!lines.is_empty()).then(|| {
        Banner::new(
            "stop",
            "Conflict of interest",
            "These colleagues must not work the case and are not shown it.",
        )
        .about(lines)
    })
}

/// Children among the people and the defendants.
fn children(seen: &Seen) -> Option<Banner> {
    let present = seen.present();
    let mut lines: Vec<(String, Option<String>)> = present
        .iter()
        .filter(|participant| participant.child)
        .map(|participant| {
            let name = seen.name(&participant.id);
            let speaks = present.iter().find(|other| {
                other.supports_ids.contains(&participant.id)
                    && is_one(other, &[Role::Parent, Role::Spokesperson])
            });
            let words = match speaks {
                Some(other) => format!("{name}: {} speaks for them", seen.name(&other.id)),
                None => name,
            };
            (words, at(participant))
        })
        .collect();
    let youths = seen.held.defendants.iter().filter(|defendant| defendant.youth);
    lines.extend(youths.map(|defendant| {
        (format!("{}, defendant", words::defendant(defendant)), Some(format!("#d-{}", defendant.id)))
    }));
    (!lines.is_empty()).then(|| {
        Banner::new(
            "care",
            "Under 18",
            "Whoever speaks for a child is told, unless that is not safe. Ask about special measures.",
        )
        .about(lines)
    })
}

/// Risk and the flags, with how to go about it, in one banner; and what the court marked the case with.
fn risk(seen: &Seen) -> Vec<Banner> {
    let mut banners = Vec::new();
    let (mut titles, mut meaning) = (Vec::new(), Vec::new());
    if seen.case.risk() == Risk::High {
        titles.push("High risk");
        meaning.push("Before you call, look at bail, addresses and who may be listening.");
    }
    for (word, label, means) in FLAGS {
        if seen.case.flags.iter().any(|flag| flag == word) {
            titles.push(label);
            meaning.push(means);
        }
    }
    if !titles.is_empty() {
        let title = form::sentence(&titles.join(", ").to_lowercase());
        banners.push(Banner::new("care", title, meaning.join(" ")));
    }
    if !seen.held.markers.is_empty() {
        let markers = seen.held.markers.join(", ");
        banners.push(Banner::new("note", "The court’s markers", format!("{markers}.")));
    }
    banners
}

/// Who of the defendants is at large, and under which conditions.
fn freedom(seen: &Seen) -> Vec<Banner> {
    let mut banners = Vec::new();
    if seen.held.diary.iter().any(|entry| entry.state() == DiaryState::Warrant) {
        banners.push(Banner::new(
            "care",
            "A warrant is out",
            "There is no date until the defendant is brought to court.",
        ));
    }
    let conditions: Vec<(String, Option<String>)> = seen
        .held
        .defendants
        .iter()
        .filter(|defendant| !defendant.bail_conditions.is_empty() && !is_final(seen, defendant))
        .map(|defendant| {
            let head = head_of(&defendant.bail_conditions, CONDITIONS_LETTERS);
            let more = if head.len() < defendant.bail_conditions.len() { " …" } else { "" };
            let words = format!("{}: {head}{more}", words::defendant(defendant));
            (words, Some(format!("#d-{}", defendant.id)))
        })
        .collect();
    if !conditions.is_empty() {
        let meaning = "A breach is for the police at once: 999 where somebody is in danger, else 101 and the officer in the case.";
        banners.push(Banner::new("care", "Bail conditions", meaning).about(conditions));
    }
    banners
}

/// What stands in the way of the case's work.
fn work(seen: &Seen, people: &People) -> Vec<Banner> {
    let mut banners = Vec::new();
    if seen.case.owner_id.is_empty() && seen.case.phase() != pb::Phase::Concluded {
        banners.push(Banner::new("note", "Nobody owns this case", "Its work waits in the team’s queue."));
    }
    if !seen.case.cover_id.is_empty() {
        let meaning = format!(
            "{} does its work while {} is away.",
            people.name(&seen.case.cover_id),
            people.name(&seen.case.owner_id)
        );
        banners.push(Banner::new("note", "Covered", meaning));
    }
    banners
}

/// What decides flags that a rule proposed: one by two buttons, several by the form.
#[must_use]
pub(super) fn settle(visitor: &crate::web::admit::Visitor, seen: &Seen) -> Markup {
    let case = &seen.case;
    let meaning = "A rule proposed it and it counts until somebody refuses it.";
    html! {
        @match case.proposed_flags.as_slice() {
            [] => {}
            [one] => form.case-banner.note method="post" action=(format!("/cases/{}/facts", case.id)) data-keep="no" {
                span.sign aria-hidden="true" { "?" }
                div {
                    p { strong { "Proposed: " (flag(one)) "." } " " (meaning) }
                    (form::carried(visitor, &form::Posted::default()))
                    input type="hidden" name="version" value=(case.version);
                    input type="hidden" name="what" value="flags";
                    @for held in &case.flags { input type="hidden" name="flags" value=(held); }
                    div.buttons {
                        button type="submit" name="flags" value=(one) { "Confirm it" }
                        button type="submit" { "Refuse it" }
                    }
                }
            },
            several => div.case-banner.note {
                span.sign aria-hidden="true" { "?" }
                div {
                    p { strong { "Proposed: " (several.iter().map(|word| flag(word)).collect::<Vec<_>>().join(", ")) "." }
                        " Rules proposed them, and they count until somebody refuses them. "
                        a href=(format!("/cases/{}/facts#flags", case.id)) { "Confirm or refuse the flags" } }
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(participants: Vec<pb::Participant>, people: Vec<pb::Person>) -> Seen {
        let held = pb::GetCaseResponse { participants, people, ..pb::GetCaseResponse::default() };
        Seen { case: pb::Case { id: "c".to_owned(), ..pb::Case::default() }, held }
    }

    fn somebody(id: &str, role: Role) -> pb::Participant {
        pb::Participant {
            id: id.to_owned(),
            person_id: format!("{id}-person"),
            roles: vec![role as i32],
            ..pb::Participant::default()
        }
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    #[test]
    fn an_unsafe_way_and_contact_through_somebody_are_said_by_name() {
        let mut victim = somebody("v", Role::Victim);
        victim.contact_via_id = "p".to_owned();
        let identity = pb::Identity {
            first_name: "Ann".to_owned(),
            last_name: "Lee".to_owned(),
            ..pb::Identity::default()
        };
        let person = pb::Person {
            id: "v-person".to_owned(),
            identity: Some(identity),
            unsafe_channels: vec![pb::Channel::Post as i32, pb::Channel::Voicemail as i32],
            version: 1,
        };
        let banner = contact(&case(vec![victim, somebody("p", Role::Parent)], vec![person]), now()).unwrap();
        let words: Vec<&str> = banner.lines.iter().map(|(words, _)| words.as_str()).collect();
        assert_eq!(words, ["Ann Lee: only through name not known, never by post, voicemail"]);
    }

    #[test]
    fn an_adviser_without_a_consent_that_covers_today_is_told_nothing() {
        let mut adviser = somebody("a", Role::Adviser);
        assert!(contact(&case(vec![adviser.clone()], Vec::new()), now()).is_some());
        let starts_at = Some(clocks::timestamp(now()));
        adviser.consent = Some(pb::Consent { starts_at, ends_at: None });
        assert!(contact(&case(vec![adviser], Vec::new()), now()).is_none());
    }

    #[test]
    fn somebody_with_a_conflict_who_owns_the_case_is_told_apart() {
        let mut seen = case(vec![somebody("v", Role::Victim)], Vec::new());
        seen.case.owner_id = "s".to_owned();
        let staff = pb::Staff {
            id: "s".to_owned(),
            name: "Kim".to_owned(),
            person_conflict_ids: vec!["v-person".to_owned()],
            ..pb::Staff::default()
        };
        assert!(conflict(&seen, &[staff]).unwrap().lines[0].0.contains("works it now"));
        assert!(conflict(&seen, &[]).is_none());
    }

    #[test]
    fn a_sexual_offence_restricts_reporting_though_no_flag_says_so() {
        let mut seen = case(Vec::new(), Vec::new());
        assert!(reporting(&seen).is_none());
        let offence = pb::Offence { code: "SX03007".to_owned(), ..pb::Offence::default() };
        seen.held.defendants.push(pb::Defendant { offences: vec![offence], ..pb::Defendant::default() });
        assert!(reporting(&seen).unwrap().meaning.contains("for life"));
    }
}
