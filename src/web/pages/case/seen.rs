//! A case as its pages read it: what the API answers of it, with names for ids and the order in which people and hearings
//! are looked for.

use crate::grpc::pb::{self, HearingState, Role};
use crate::web::admit::Visitor;
use crate::web::clocks;
use crate::web::refusal::Refusal;
use crate::web::words;
use maud::{Markup, html};

/// A case with all that is held of it.
pub(in crate::web::pages) struct Seen {
    /// The case itself.
    pub case: pb::Case,
    /// People, defendants, hearings and what the court said.
    pub held: pb::GetCaseResponse,
}

impl Seen {
    /// Reads a case.
    ///
    /// # Errors
    /// What the API refuses.
    pub async fn read(visitor: &Visitor, id: &str) -> Result<Self, Refusal> {
        let name = pb::get_case_request::Name::CaseId(id.to_owned());
        let asked = pb::GetCaseRequest { name: Some(name) };
        let held = visitor.calls.cases().get_case(asked).await?.into_inner();
        Ok(Self { case: held.case.clone().unwrap_or_default(), held })
    }

    /// Somebody in it.
    #[must_use]
    pub fn participant(&self, id: &str) -> Option<&pb::Participant> {
        self.held.participants.iter().find(|participant| participant.id == id)
    }

    /// The person whom a participant is.
    #[must_use]
    pub fn person(&self, participant: &pb::Participant) -> Option<&pb::Person> {
        self.held.people.iter().find(|person| person.id == participant.person_id)
    }

    /// Who a participant is and how they may be reached.
    #[must_use]
    pub fn identity(&self, participant: &pb::Participant) -> Option<&pb::Identity> {
        self.person(participant).and_then(|person| person.identity.as_ref())
    }

    /// A participant's name.
    #[must_use]
    pub fn name_of(&self, participant: &pb::Participant) -> String {
        words::name(self.identity(participant))
    }

    /// The name of somebody in it, by their id.
    #[must_use]
    pub fn name(&self, participant_id: &str) -> String {
        words::name(self.participant(participant_id).and_then(|participant| self.identity(participant)))
    }

    /// Everybody, those who matter most on the telephone first: victims, who speaks for them, witnesses, the police.
    fn everybody(&self) -> Vec<&pb::Participant> {
        let mut all: Vec<_> = self.held.participants.iter().collect();
        all.sort_by_cached_key(|participant| {
            let number = participant.witness_number.unwrap_or(i32::MAX);
            (place(participant), number, self.name(&participant.id))
        });
        all
    }

    /// Those who are in it.
    #[must_use]
    pub fn present(&self) -> Vec<&pb::Participant> {
        self.everybody().into_iter().filter(|participant| participant.left_at.is_none()).collect()
    }

    /// Those who left it.
    #[must_use]
    pub fn left(&self) -> Vec<&pb::Participant> {
        self.everybody().into_iter().filter(|participant| participant.left_at.is_some()).collect()
    }

    /// Those who are in it, to be chosen from.
    #[must_use]
    pub fn choices(&self) -> Vec<(String, String)> {
        let shown = |participant: &pb::Participant| {
            let label =
                format!("{} ({})", self.name(&participant.id), words::roles(participant).to_lowercase());
            (participant.id.clone(), label)
        };
        self.present().into_iter().map(shown).collect()
    }

    /// Hearings to come or whose result is awaited, the next first.
    #[must_use]
    pub fn coming(&self) -> Vec<&pb::Hearing> {
        let mut coming: Vec<_> =
            self.held.hearings.iter().filter(|hearing| hearing.state() == HearingState::Listed).collect();
        coming.sort_by_key(|hearing| clocks::order(hearing.when.as_ref()));
        coming
    }

    /// Hearings that are over or were taken out, the latest first.
    #[must_use]
    pub fn past(&self) -> Vec<&pb::Hearing> {
        let mut past: Vec<_> =
            self.held.hearings.iter().filter(|hearing| hearing.state() != HearingState::Listed).collect();
        past.sort_by_key(|hearing| std::cmp::Reverse(clocks::order(hearing.when.as_ref())));
        past
    }

    /// A defendant's name.
    #[must_use]
    pub fn defendant(&self, id: &str) -> String {
        let found = self.held.defendants.iter().find(|defendant| defendant.id == id);
        found.map_or_else(|| "somebody whom no court has shared".to_owned(), words::defendant)
    }

    /// An offence's title, by whoever is charged with it.
    #[must_use]
    pub fn offence(&self, id: &str) -> String {
        let offences = self.held.defendants.iter().flat_map(|defendant| &defendant.offences);
        let found = offences.into_iter().find(|offence| offence.id == id);
        found.map_or_else(|| "an offence that no court has shared".to_owned(), offence_title)
    }

    /// What stands above a page of the case that is not its first: the way back, and what is on it.
    #[must_use]
    pub fn heading(&self, title: &str) -> Markup {
        html! {
            div.heading {
                p.crumbs {
                    a href="/cases" { "Cases" } " › "
                    a href=(format!("/cases/{}", self.case.id)) { (self.case.label) }
                }
                h1 { (title) }
            }
        }
    }
}

/// Whether somebody plays one of these parts.
#[must_use]
pub(super) fn is_one(participant: &pb::Participant, of: &[Role]) -> bool {
    participant.roles().any(|role| of.contains(&role))
}

/// Where somebody stands in the order of people.
fn place(participant: &pb::Participant) -> u8 {
    let place = |role: Role| match role {
        Role::Victim => 0,
        Role::Parent | Role::Spokesperson | Role::Adviser => 1,
        Role::CivilianWitness => 2,
        Role::ProfessionalWitness => 3,
        Role::OfficerInCase => 4,
        Role::FamilyLiaisonOfficer => 5,
        Role::PoliceWitness | Role::Unspecified => 6,
    };
    participant.roles().map(place).min().unwrap_or(6)
}

/// An offence's title, or its code where the court gave none.
#[must_use]
pub(super) fn offence_title(offence: &pb::Offence) -> String {
    if offence.title.is_empty() { format!("Offence {}", offence.code) } else { offence.title.clone() }
}

/// A hearing in a few words: what and when.
#[must_use]
pub(super) fn hearing_in_brief(hearing: &pb::Hearing, now: chrono::DateTime<chrono::Utc>) -> String {
    format!("{}, {}", hearing.hearing_type, words::when(hearing.when.as_ref(), now))
}

/// A message's template as people read it: `special-measures-late-to-cps` as "special measures late to CPS".
#[must_use]
pub(super) fn template(name: &str) -> String {
    let word = |word: &str| if matches!(word, "cps" | "vps") { word.to_uppercase() } else { word.to_owned() };
    name.split('-').map(word).collect::<Vec<_>>().join(" ")
}

/// A long text: its beginning, and the rest of it behind a line that opens.
#[must_use]
pub(super) fn shortened(text: &str, letters: usize) -> Markup {
    let head = head_of(text, letters);
    let rest = text[head.len()..].trim_start();
    html! {
        @if rest.is_empty() { p.words { (text) } }
        @else { details.words { summary { (head) " …" } p { "… " (rest) } } }
    }
}

/// The first words of a text, of about so many letters.
#[must_use]
pub(super) fn head_of(text: &str, letters: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(letters) else { return text };
    let head = &text[..end];
    head.rfind(char::is_whitespace).map_or(head, |blank| head[..blank].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_words() {
        assert_eq!(head_of("short", 10), "short");
        assert_eq!(head_of("They were told of the result", 12), "They were");
        assert_eq!(head_of("ééééé ééééé", 8), "ééééé");
        assert_eq!(head_of("unbroken", 3), "unb");
    }

    #[test]
    fn a_template_is_named_in_words() {
        assert_eq!(template("special-measures-late-to-cps"), "special measures late to CPS");
    }

    #[test]
    fn victims_stand_before_witnesses_and_the_police() {
        let of = |roles: &[Role]| pb::Participant {
            roles: roles.iter().map(|role| *role as i32).collect(),
            ..pb::Participant::default()
        };
        let both = of(&[Role::CivilianWitness, Role::Victim]);
        assert!(place(&both) < place(&of(&[Role::Parent])));
        assert!(place(&of(&[Role::CivilianWitness])) < place(&of(&[Role::PoliceWitness])));
    }
}
