//! The case and the person that a page of Record is about, as the address names them.
//!
//! Whoever is on the telephone may be anybody: until they are made sure of, a page that is about them shows initials, so
//! that nobody reads a name out, and nobody beside the screen sees one.

use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::clocks;
use crate::web::form::{self, Posted};
use crate::web::refusal::Refusal;
use crate::web::words;
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What a page of Record is about, as its address or its form has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web::pages) struct Of {
    /// The case.
    pub case: String,
    /// The person in it.
    pub participant: String,
    /// What came: a word of [`WHATS`].
    pub what: String,
    /// What was typed to find whom it is about.
    pub q: String,
    /// Who rang whom: `in` or `out`.
    pub way: String,
    /// Since when what was raised is shown as raised by this call, in seconds.
    pub since: String,
    /// What was ticked as having come up in the call, once it is recorded.
    pub came: String,
    /// Of when the call is, once it is recorded, in seconds.
    pub at: String,
    /// Whether the caller failed the check of a call that is recorded: they may still be on the line.
    pub failed: String,
    /// The hearing.
    pub hearing: String,
    /// The defendant.
    pub defendant: String,
    /// The body for which somebody rings.
    pub body: String,
}

/// What may have come: its word, what it is called, and where it is recorded.
pub(super) const WHATS: [(&str, &str, &str); 6] = [
    ("call", "A call", "/record/call"),
    ("voicemail", "A voicemail", "/record/voicemail"),
    ("email", "An e-mail", "/record/email"),
    ("result", "A result seen on the live screen", "/record/result"),
    ("cps", "A message from the CPS", "/record/cps"),
    ("note", "A note", "/record/note"),
];

impl Of {
    /// The same from a form that carries it.
    #[must_use]
    pub fn posted(posted: &Posted) -> Self {
        let get = |name: &str| posted.get(name).to_owned();
        Self {
            case: get("case"),
            participant: get("participant"),
            way: get("way"),
            hearing: get("hearing"),
            defendant: get("defendant"),
            body: get("body"),
            ..Self::default()
        }
    }

    /// An address of a page about the same.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        let pairs = [
            ("case", self.case.as_str()),
            ("participant", self.participant.as_str()),
            ("what", self.what.as_str()),
            ("q", self.q.as_str()),
            ("way", self.way.as_str()),
            ("since", self.since.as_str()),
            ("came", self.came.as_str()),
            ("at", self.at.as_str()),
            ("failed", self.failed.as_str()),
            ("hearing", self.hearing.as_str()),
            ("defendant", self.defendant.as_str()),
            ("body", self.body.as_str()),
        ];
        form::address(path, &pairs)
    }

    /// The hidden fields by which a form says what it is about.
    #[must_use]
    pub fn hidden(&self) -> Markup {
        let pairs = [("case", &self.case), ("participant", &self.participant), ("way", &self.way)];
        html! {
            @for (name, value) in pairs { @if !value.is_empty() { input type="hidden" name=(name) value=(value); } }
        }
    }
}

/// A case with the person whom a page is about.
pub(in crate::web::pages) struct About {
    /// All that is held of the case.
    pub held: pb::GetCaseResponse,
    /// The case itself.
    pub case: pb::Case,
    /// The person; none where it is about the case.
    pub participant: Option<pb::Participant>,
}

impl About {
    /// Reads the case, and finds the person in it.
    ///
    /// # Errors
    /// What the API refuses, and a person who is not in the case.
    pub async fn read(visitor: &Visitor, of: &Of) -> Result<Self, Refusal> {
        let name = Some(pb::get_case_request::Name::CaseId(of.case.clone()));
        let held = visitor.calls.cases().get_case(pb::GetCaseRequest { name }).await?.into_inner();
        let found = held.participants.iter().find(|participant| participant.id == of.participant).cloned();
        if found.is_none() && !of.participant.is_empty() {
            return Err(Refusal::not_here("nobody in this case has that id"));
        }
        Ok(Self { case: held.case.clone().unwrap_or_default(), participant: found, held })
    }

    /// Somebody in the case.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&pb::Participant> {
        self.held.participants.iter().find(|participant| participant.id == id)
    }

    /// Who somebody is.
    #[must_use]
    pub fn person(&self, participant: &pb::Participant) -> Option<&pb::Person> {
        self.held.people.iter().find(|person| person.id == participant.person_id)
    }

    /// Somebody's name.
    #[must_use]
    pub fn name(&self, participant: &pb::Participant) -> String {
        words::name(self.person(participant).and_then(|person| person.identity.as_ref()))
    }

    /// Somebody's initials.
    #[must_use]
    pub fn initials(&self, participant: &pb::Participant) -> String {
        let identity = self.person(participant).and_then(|person| person.identity.as_ref());
        identity
            .map_or_else(|| "–".to_owned(), |identity| initials(&identity.first_name, &identity.last_name))
    }

    /// The one through whom alone somebody may be reached.
    #[must_use]
    pub fn through(&self, participant: &pb::Participant) -> Option<&pb::Participant> {
        Some(participant.contact_via_id.as_str()).filter(|id| !id.is_empty()).and_then(|id| self.find(id))
    }

    /// Those who are still in the case, as options of a form.
    #[must_use]
    pub fn options(&self) -> Vec<(String, String)> {
        let present = self.held.participants.iter().filter(|participant| participant.left_at.is_none());
        present
            .map(|one| (one.id.clone(), format!("{}, {}", self.name(one), words::roles(one).to_lowercase())))
            .collect()
    }

    /// The hearings that are to come, the next first; those without a date last.
    #[must_use]
    pub fn coming(&self) -> Vec<&pb::Hearing> {
        let listed = |hearing: &&pb::Hearing| hearing.state() == pb::HearingState::Listed;
        let mut coming: Vec<&pb::Hearing> = self.held.hearings.iter().filter(listed).collect();
        coming.sort_by_key(|hearing| clocks::order(hearing.when.as_ref()));
        coming
    }

    /// The way back: Record, and the case.
    #[must_use]
    pub fn crumbs(&self) -> Markup {
        html! {
            p.crumbs {
                a href="/record" { "Record" }
                " › " a href=(format!("/cases/{}", self.case.id)) { (self.case.label) }
            }
        }
    }
}

/// A hearing in one line: what for, when, where.
#[must_use]
pub(super) fn hearing_words(hearing: &pb::Hearing, now: chrono::DateTime<chrono::Utc>) -> String {
    let court = hearing.court.as_ref().map_or("", |court| court.name.as_str());
    format!("{}, {}, {court}", hearing.hearing_type, words::when(hearing.when.as_ref(), now))
}

/// Initials, as the API writes them: `K.G.`
#[must_use]
pub(super) fn initials(first: &str, last: &str) -> String {
    let letters = [first, last].into_iter().filter_map(|name| name.trim().chars().next());
    let initials: String = letters.map(|letter| format!("{letter}.")).collect();
    if initials.is_empty() { "–".to_owned() } else { initials }
}

/// What fits a field of the API to an input: `contact.words` to `words`, say. Paths are told by their last part.
pub(super) fn input_of<'a>(inputs: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
    let inputs: BTreeMap<&str, &str> = inputs.iter().copied().collect();
    move |path| {
        let last = path.rsplit('.').next().unwrap_or(path);
        let last = last.split('[').next().unwrap_or(last);
        inputs.get(last).map(|input| (*input).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_what_is_known_and_nothing_else() {
        assert_eq!(Of::default().address("/record"), "/record");
        let of = Of { case: "c".to_owned(), q: "O’Neill & co".to_owned(), ..Of::default() };
        assert_eq!(of.address("/record"), "/record?case=c&q=O%E2%80%99Neill+%26+co");
    }

    #[test]
    fn initials_are_of_names_as_they_are_held() {
        assert_eq!(initials("Ada", "Lovell"), "A.L.");
        assert_eq!(initials("", " Señor"), "S.");
        assert_eq!(initials("", ""), "–");
    }

    #[test]
    fn what_is_wrong_is_told_beside_the_input_that_says_it() {
        let input = input_of(&[("words", "words"), ("born_on", "born")]);
        assert_eq!(input("contact.words").as_deref(), Some("words"));
        assert_eq!(input("stated.born_on").as_deref(), Some("born"));
        assert_eq!(input("contact.topics[2]"), None);
    }
}
