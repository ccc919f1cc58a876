//! People, and the parts they play in a case.
//!
//! A [`Person`] is the same across cases and carries identity and safe contact; a [`Participant`] is that person in
//! one case. A participant *concerns* particular offences and defendants: rules and messages see only the results
//! of those, so that the victim of a theft is never told the result of somebody else's rape.

use super::caller::Checked;
use super::court::ResultLine;
use super::email::EmailAddress;
use super::ids::{DefendantId, DirectoryId, OffenceId, ParticipantId, PersonId};
use crate::words;
use chrono::{DateTime, NaiveDate, Utc};
use deunicode::deunicode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

words! {
    /// A part that a person plays in a case. One person may play several: a victim is often a witness too.
    pub enum Role as "role" {
        /// Suffered harm directly caused by an offence, or a close relative where a death was caused.
        Victim = "victim",
        /// May give evidence: a member of the public.
        CivilianWitness = "civilian-witness",
        /// May give evidence: a police officer or police staff.
        PoliceWitness = "police-witness",
        /// May give evidence: a doctor, forensic scientist or other expert.
        ProfessionalWitness = "professional-witness",
        /// Speaks for a victim who is a child.
        Parent = "parent",
        /// Speaks for a bereaved family or a business.
        Spokesperson = "spokesperson",
        /// Supports a victim: IDVA, ISVA or another adviser.
        Adviser = "adviser",
        /// The police officer in the case.
        OfficerInCase = "officer-in-case",
        /// The police family liaison officer.
        FamilyLiaisonOfficer = "family-liaison-officer",
    }
}

impl Role {
    /// Whether somebody in this part may be called to give evidence.
    #[must_use]
    pub fn gives_evidence(self) -> bool {
        matches!(self, Self::CivilianWitness | Self::PoliceWitness | Self::ProfessionalWitness)
    }
}

words! {
    /// A way of reaching somebody.
    pub enum Channel as "channel" {
        /// A telephone call.
        Phone = "phone",
        /// A message left for them to hear later.
        Voicemail = "voicemail",
        /// E-mail.
        Email = "email",
        /// A letter.
        Post = "post",
    }
}

/// Who somebody is and how they may safely be reached. Sealed where it is stored; never shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Identity {
    /// Given names.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Date of birth.
    pub born_on: Option<NaiveDate>,
    /// Telephone numbers, the best first.
    pub phones: Vec<String>,
    /// E-mail address.
    pub email: Option<EmailAddress>,
    /// Postal address, a line each, without the postcode.
    pub address: Vec<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// The language they are best spoken to in, where not English.
    pub language: Option<String>,
    /// A word agreed with them, by which they know the caller or the caller knows them.
    pub safe_word: Option<String>,
    /// When and how to call, in words for staff.
    pub contact_note: Option<String>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(…)")
    }
}

impl Identity {
    /// Initials, such as `J.S.`: what lists and e-mails to police show instead of a name.
    #[must_use]
    pub fn initials(&self) -> String {
        let initial =
            |name: &str| name.chars().find(|c| c.is_alphabetic()).map(|c| c.to_uppercase().to_string());
        let mut initials = String::new();
        for letter in [initial(&self.first_name), initial(&self.last_name)].into_iter().flatten() {
            initials.push_str(&letter);
            initials.push('.');
        }
        initials
    }

    /// First and last name in the spelling of [`fold_name`], and each of their parts: whoever is called O’Neill-Price is
    /// also looked for as Neill, and as Price.
    #[must_use]
    pub fn names_to_find(&self) -> BTreeSet<String> {
        let whole = [&self.first_name, &self.last_name].into_iter();
        let parts = whole.clone().flat_map(|name| name.split(|c: char| !c.is_alphanumeric() && !is_mark(c)));
        let names = whole.map(String::as_str).chain(parts).map(fold_name);
        names.filter(|name| !name.is_empty()).collect()
    }

    /// What the person may be found by, as (kind, text): whole name and its beginnings, the name's sound, the last
    /// figures of each phone number, date of birth, postcode. The store keeps keyed tokens of these, never the text.
    #[must_use]
    pub fn search_terms(&self) -> Vec<(&'static str, String)> {
        let mut terms = Vec::new();
        for name in self.names_to_find() {
            let letters: Vec<char> = name.chars().collect();
            terms.extend(
                (*PREFIX.start()..=letters.len().min(*PREFIX.end()))
                    .map(|n| ("prefix", letters[..n].iter().collect())),
            );
            terms.push(("sound", soundex(&name)));
            terms.push(("name", name));
        }
        for phone in &self.phones {
            let figures: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
            let last = |n: usize| {
                figures.len().checked_sub(n).map(|from| figures[from..].iter().collect::<String>())
            };
            terms.extend(FIGURES.into_iter().filter_map(|n| Some(("phone", last(n)?))));
        }
        terms.extend(self.born_on.map(|on| ("born", on.to_string())));
        terms.extend(self.postcode.as_ref().map(|code| ("postcode", code.to_uppercase().replace(' ', ""))));
        terms.sort();
        terms.dedup();
        terms
    }

    /// First and last name as written in correspondence.
    #[must_use]
    pub fn full_name(&self) -> String {
        [self.first_name.trim(), self.last_name.trim()]
            .iter()
            .filter(|name| !name.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// How many letters of a name's beginning find it.
pub const PREFIX: std::ops::RangeInclusive<usize> = 2..=8;
/// How many of a telephone number's last figures find it, the most first.
pub const FIGURES: [usize; 3] = [10, 6, 4];

/// A name in the one spelling it is compared in: lower-case Latin letters only, without accents, so that Siân is found as
/// Sian, Łukasz as Lukasz and Олена as Olena.
#[must_use]
pub fn fold_name(name: &str) -> String {
    deunicode(name).chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether it is an accent that stands behind its letter, as some keyboards write it.
fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// The American Soundex code of a name: what sounds alike has the same one.
#[must_use]
pub fn soundex(name: &str) -> String {
    let code = |c: char| match c.to_ascii_lowercase() {
        'b' | 'f' | 'p' | 'v' => Some('1'),
        'c' | 'g' | 'j' | 'k' | 'q' | 's' | 'x' | 'z' => Some('2'),
        'd' | 't' => Some('3'),
        'l' => Some('4'),
        'm' | 'n' => Some('5'),
        'r' => Some('6'),
        _ => None,
    };
    let mut letters = name.chars().filter(|c| c.is_alphabetic());
    let Some(first) = letters.next() else { return String::new() };
    let mut sound: String = first.to_uppercase().collect();
    let mut last = code(first);
    for letter in letters {
        let this = code(letter);
        if let Some(figure) = this
            && this != last
        {
            sound.push(figure);
        }
        // H and W do not part letters of the same sound; vowels do.
        if !matches!(letter.to_ascii_lowercase(), 'h' | 'w') {
            last = this;
        }
        if sound.chars().count() == 4 {
            break;
        }
    }
    while sound.chars().count() < 4 {
        sound.push('0');
    }
    sound
}

/// A person across cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// Who they are and how they may be reached.
    pub identity: Identity,
    /// Ways of reaching them that are unsafe until a person clears them: an address or phone shared with a
    /// defendant, for instance.
    pub unsafe_channels: Vec<Channel>,
    /// Rises with every change.
    pub version: i64,
}

words! {
    /// Why a victim has Enhanced Rights. Victims' Code 2021, "Enhanced Rights".
    pub enum EnhancedCategory as "enhanced category" {
        /// Victim of the most serious crime.
        MostSerious = "most-serious",
        /// Persistently targeted.
        PersistentlyTargeted = "persistently-targeted",
        /// Vulnerable or intimidated.
        VulnerableOrIntimidated = "vulnerable-or-intimidated",
    }
}

words! {
    /// Where the question of Enhanced Rights stands. Proposed counts as enhanced until a person refuses.
    pub enum EnhancedState as "enhanced state" {
        /// A rule or a form proposed it.
        Proposed = "proposed",
        /// A person confirmed it.
        Confirmed = "confirmed",
        /// A person refused it.
        Refused = "refused",
    }
}

/// A victim's Enhanced Rights: dated, with evidence, decided by a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enhanced {
    /// Where it stands.
    pub state: EnhancedState,
    /// Why; a victim may be in several categories.
    pub categories: Vec<EnhancedCategory>,
    /// When it was last assessed.
    pub assessed_at: DateTime<Utc>,
    /// What it rests on: a form, a marker of the court, a member of staff.
    pub source: String,
}

/// A span of days in Europe/London, both ends included: `2026-12-01`, or `2026-12-01/2026-12-14`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// The first.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
}

impl Days {
    /// Whether `day` is one of them.
    #[must_use]
    pub fn has(&self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.to
    }
}

impl std::str::FromStr for Days {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (from, to) = text.split_once('/').unwrap_or((text, text));
        let (from, to): (NaiveDate, NaiveDate) = (from.parse()?, to.parse()?);
        // Said backwards, it is the same span.
        Ok(Self { from: from.min(to), to: from.max(to) })
    }
}

impl std::fmt::Display for Days {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.from == self.to { write!(f, "{}", self.from) } else { write!(f, "{}/{}", self.from, self.to) }
    }
}

/// When somebody cannot come to court, as they were last asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availability {
    /// When they were asked.
    pub asked_at: DateTime<Utc>,
    /// The days on which they cannot come; any day will do where there are none.
    pub unavailable: Vec<Days>,
}

/// Leave to tell an adviser about a person's case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// From when, inclusive.
    pub from: DateTime<Utc>,
    /// Until when, exclusive; open-ended where none.
    pub until: Option<DateTime<Utc>>,
}

impl Consent {
    /// Whether the consent is in force at `at`.
    #[must_use]
    pub fn covers(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// A defendant or an offence as people name it: "Jo Bloggs", "TH68001", "Theft", or "all" for every defendant. Never
/// shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Named(pub String);

impl std::fmt::Debug for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Named(…)")
    }
}

/// A person's part in one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// Their id in this case.
    pub id: ParticipantId,
    /// Who they are across cases.
    pub person: PersonId,
    /// The parts they play; never empty.
    pub roles: Vec<Role>,
    /// Whether they were under 18 at the time of the offence.
    pub child: bool,
    /// The offences that concern them.
    pub offences: Vec<OffenceId>,
    /// The defendants who concern them, whatever the offence.
    pub defendants: Vec<DefendantId>,
    /// Enhanced Rights; victims only.
    pub enhanced: Option<Enhanced>,
    /// Whom they support or speak for: advisers, parents, spokespersons and family liaison officers.
    pub supports: Vec<ParticipantId>,
    /// Leave to be told about those they support; advisers hear nothing without it.
    pub consent: Option<Consent>,
    /// Through whom alone they may be contacted: a family liaison officer or a parent.
    pub contact_via: Option<ParticipantId>,
    /// Whether they asked to hear of every hearing, though not warned for it.
    pub wants_updates: bool,
    /// Checks made when somebody rang who said they are this person, oldest first.
    #[serde(default)]
    pub caller_checks: Vec<Checked>,
    /// When they cannot come to court; none where nobody has asked them yet.
    #[serde(default)]
    pub availability: Option<Availability>,
    /// Defendants and offences that concern them, by name, as long as no court has shared who or what these are.
    #[serde(default)]
    pub awaits: Vec<Named>,
    /// What they want no more of: a participant who left the case keeps their history.
    pub left_at: Option<DateTime<Utc>>,
    /// Collar number; police witnesses and officers in the case.
    pub collar: Option<String>,
    /// The resource team that rosters them, an entry of the contact directory; police witnesses.
    pub resource_team: Option<DirectoryId>,
    /// Number on the CPS's list of witnesses.
    pub witness_number: Option<i32>,
    /// Rises with every change.
    pub version: i64,
}

impl Participant {
    /// Whether they play `role`.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether they may be called to give evidence.
    #[must_use]
    pub fn gives_evidence(&self) -> bool {
        self.roles.iter().any(|role| role.gives_evidence())
    }

    /// Whether they have Enhanced Rights; a proposal counts until a person refuses it.
    #[must_use]
    pub fn is_enhanced(&self) -> bool {
        self.enhanced.as_ref().is_some_and(|enhanced| enhanced.state != EnhancedState::Refused)
    }

    /// Whether nothing says yet which offence or defendant concerns them.
    #[must_use]
    pub fn is_unlinked(&self) -> bool {
        self.offences.is_empty() && self.defendants.is_empty()
    }

    /// Whether a line concerns them: it is about one of their offences; about a defendant of theirs; or about the
    /// defendant as a whole where `offences_of` says that one of their offences is that defendant's.
    #[must_use]
    pub fn concerns(&self, line: &ResultLine, offences_of: impl Fn(DefendantId) -> Vec<OffenceId>) -> bool {
        let Some(defendant) = line.defendant else { return !self.is_unlinked() };
        if self.defendants.contains(&defendant) {
            return true;
        }
        match line.offence {
            Some(offence) => self.offences.contains(&offence),
            None => offences_of(defendant).iter().any(|offence| self.offences.contains(offence)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_sound_alike_have_one_code() {
        for (name, code) in [
            ("Robert", "R163"),
            ("Rupert", "R163"),
            ("Ashcraft", "A261"),
            ("Tymczak", "T522"),
            ("Lee", "L000"),
        ] {
            assert_eq!(soundex(name), code, "{name}");
        }
    }

    #[test]
    fn a_name_is_compared_without_accents_marks_and_case() {
        for (name, folded) in [
            ("Siân", "sian"),
            ("Sia\u{302}n", "sian"),
            ("Łukasz", "lukasz"),
            ("Hořatio", "horatio"),
            ("Weiß", "weiss"),
            ("Олена", "olena"),
            ("O’Neill-Price", "oneillprice"),
            ("7", ""),
        ] {
            assert_eq!(fold_name(name), folded, "{name}");
        }
    }

    #[test]
    fn a_name_of_several_parts_is_found_by_each() {
        let identity = Identity {
            first_name: "Zoe\u{308} Ann".into(),
            last_name: "van der O’Neill-Price".into(),
            ..Identity::default()
        };
        let names: Vec<String> = identity.names_to_find().into_iter().collect();
        let expected = ["ann", "der", "neill", "o", "price", "van", "vanderoneillprice", "zoe", "zoeann"];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_person_is_found_by_beginnings_last_figures_and_postcode() {
        let identity = Identity {
            first_name: "Ada".into(),
            last_name: "Lo-Vell".into(),
            phones: vec!["07700 900123".into()],
            postcode: Some("zz1 1zz".into()),
            ..Identity::default()
        };
        let terms = identity.search_terms();
        for term in [("prefix", "lov"), ("name", "lovell"), ("phone", "0123"), ("postcode", "ZZ11ZZ")] {
            assert!(terms.contains(&(term.0, term.1.to_owned())), "{term:?} in {terms:?}");
        }
    }
}
