//! The case and the person that a page of Record is about, as the address names them.
//!
//! Whoever is on the telephone may be anybody: until they are made sure of, a page that is about them shows initials, so
//! that nobody reads a name out, and nobody beside the screen sees one.

use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::form::{self, Posted};
use crate::web::pages::case::seen::Seen;
use crate::web::refusal::Refusal;
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Deref;

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
    /// The case.
    pub seen: Seen,
    /// The person; none where it is about the case.
    pub participant: Option<pb::Participant>,
}

impl Deref for About {
    type Target = Seen;

    fn deref(&self) -> &Seen {
        &self.seen
    }
}

impl About {
    /// Reads the case, and finds the person in it.
    ///
    /// # Errors
    /// What the API refuses, and a person who is not in the case.
    pub async fn read(visitor: &Visitor, of: &Of) -> Result<Self, Refusal> {
        let seen = Seen::read(visitor, &of.case).await?;
        let participant = seen.participant(&of.participant).cloned();
        if participant.is_none() && !of.participant.is_empty() {
            return Err(Refusal::not_here("nobody in this case has that id"));
        }
        Ok(Self { seen, participant })
    }

    /// Somebody's initials.
    #[must_use]
    pub fn initials(&self, participant: &pb::Participant) -> String {
        self.identity(participant)
            .map_or_else(|| "–".to_owned(), |identity| initials(&identity.first_name, &identity.last_name))
    }

    /// The one through whom alone somebody may be reached.
    #[must_use]
    pub fn through(&self, participant: &pb::Participant) -> Option<&pb::Participant> {
        Some(participant.contact_via_id.as_str())
            .filter(|id| !id.is_empty())
            .and_then(|id| self.participant(id))
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
