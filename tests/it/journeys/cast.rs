//! Who is in a journey: the case, its people, its defendants, and the bodies that the unit writes to. Ids follow from
//! names and from the order in which they stand.

use super::play::{blank, the_team};
use super::script::{Action, plain, texts};
use crate::app::{at, defendant, offence, officer, urn};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::BTreeMap;
use usher::domain::case::{Phase, Reference, ReferenceKind, Risk};
use usher::domain::contact::{DirectoryEntry, DirectoryKind};
use usher::domain::court::{
    CaseShare, Court, Defendant, Feed, Jurisdiction, Line, NextHearing, Offence, Party, ResultLine, Share,
};
use usher::domain::event::{NewCase, NewParticipant};
use usher::domain::hearing::When;
use usher::domain::ids::{
    CaseId, CourtCaseId, CourtHearingId, DefendantId, DirectoryId, OffenceId, ParticipantId, derived,
};
use usher::domain::london;
use usher::domain::person::{EnhancedCategory, EnhancedState, Role};
use usher::domain::words::Word;
use uuid::Uuid;

/// An id that follows from a name.
pub fn derived_id(kind: &str, name: &str) -> Uuid {
    derived(&[b"journey", kind.as_bytes(), name.as_bytes()])
}

/// Everybody and everything by name.
pub struct Cast {
    /// The case.
    pub case: CaseId,
    nth: u128,
    about: Value,
    people: Vec<(String, NewParticipant)>,
    /// By name: the id, the last name, and the offences with their titles.
    defendants: Vec<Charged>,
    bodies: Vec<DirectoryEntry>,
}

/// Names for the page.
#[derive(Default)]
pub struct Names {
    /// Of people: their part and their initials.
    pub people: BTreeMap<ParticipantId, String>,
    /// Of bodies.
    pub bodies: BTreeMap<DirectoryId, String>,
}

impl Cast {
    /// Reads who is in it.
    pub fn read(cast: &Value) -> Self {
        let nth = cast["nth"].as_u64().expect("the cast has a number").into();
        let mut of = Self {
            case: CaseId(Uuid::from_u128(0xc000 + nth)),
            nth,
            about: cast.clone(),
            people: Vec::new(),
            defendants: Vec::new(),
            bodies: bodies(),
        };
        let mut offences = 0;
        for (n, (name, about)) in (1..).zip(entries(&cast["defendants"])) {
            let charges = about["offences"].as_object().expect("offences by name");
            let charges = charges.iter().map(|(name, title)| {
                offences += 1;
                (name.clone(), offence(offences), plain(title))
            });
            of.defendants.push((name.clone(), defendant(n), about.clone(), charges.collect()));
        }
        let names: Vec<String> = entries(&cast["people"]).map(|(name, _)| name.clone()).collect();
        let ids: BTreeMap<&String, ParticipantId> =
            (1..).zip(&names).map(|(n, name)| (name, blank(nth, n).id)).collect();
        for (n, (name, about)) in (1..).zip(entries(&cast["people"])) {
            let someone = of.somebody(n, about, &ids);
            of.people.push((name.clone(), someone));
        }
        of
    }

    fn somebody(&self, n: u128, about: &Value, ids: &BTreeMap<&String, ParticipantId>) -> NewParticipant {
        let mut one = blank(self.nth, n);
        let name = about["name"].as_str().expect("everybody has a name");
        let (first, last) = name.split_once(' ').unwrap_or(("", name));
        let identity = one.identity.as_mut().unwrap();
        (identity.first_name, identity.last_name) = (first.into(), last.into());
        identity.address = vec![format!("{n} Invented Street"), "Northgate".into()];
        identity.postcode = Some("ZZ1 1ZZ".into());
        if about.get("mail") == Some(&Value::Bool(false)) {
            identity.email = None;
        }
        identity.language = about["language"].as_str().map(str::to_owned);
        one.roles =
            texts(about.get("roles")).iter().map(|role| Role::from_word(role).expect("a role")).collect();
        let police = one.roles.iter().any(|role| matches!(role, Role::PoliceWitness | Role::OfficerInCase));
        let supports = texts(about.get("supports"));
        one.supports = supports.iter().map(|name| ids[name]).collect();
        if !matches!(one.roles[..], [Role::Adviser] | [Role::OfficerInCase]) {
            one.offences = self.offences(about.get("offences"));
        }
        one.enhanced = (about.get("enhanced") == Some(&Value::Bool(true)))
            .then(|| (EnhancedState::Confirmed, vec![EnhancedCategory::MostSerious]));
        one.wants_updates = about.get("wants-updates") == Some(&Value::Bool(true));
        one.collar = police.then(|| format!("43{n:02}"));
        let rostered = one.roles.contains(&Role::PoliceWitness);
        one.resource_team = rostered.then_some(DirectoryId(Uuid::from_u128(RESOURCE_TEAM)));
        one.witness_number =
            one.roles.iter().any(|role| role.gives_evidence()).then(|| i32::try_from(n).unwrap());
        one
    }

    /// The offences that are named; all of them where none is.
    fn offences(&self, names: Option<&Value>) -> Vec<OffenceId> {
        let names = texts(names);
        let all = self.defendants.iter().flat_map(|(_, _, _, charges)| charges);
        all.filter(|(name, _, _)| names.is_empty() || names.contains(name)).map(|(_, id, _)| *id).collect()
    }

    /// The names by which the page calls everybody.
    pub fn names(&self) -> Names {
        let people = self.people.iter().map(|(_, one)| {
            let role = match (one.roles[0], one.roles.contains(&Role::Victim)) {
                (_, true) => "victim",
                (Role::CivilianWitness, _) => "witness",
                (Role::PoliceWitness, _) => "police witness",
                (Role::OfficerInCase, _) => "officer in the case",
                (role, _) => role.word(),
            };
            let who = one.identity.as_ref().unwrap().initials();
            (one.id, format!("{role} {who}"))
        });
        let bodies = self.bodies.iter().map(|body| (body.id, body.name.clone()));
        Names { people: people.collect(), bodies: bodies.collect() }
    }

    /// The bodies.
    pub fn directory(&self) -> Vec<DirectoryEntry> {
        self.bodies.clone()
    }

    /// Somebody's id.
    pub fn person(&self, name: &str) -> ParticipantId {
        self.newcomer(name).id
    }

    /// Somebody, to be added.
    pub fn newcomer(&self, name: &str) -> NewParticipant {
        let found = self.people.iter().find(|(known, _)| known == name);
        found.unwrap_or_else(|| panic!("nobody is called `{name}`")).1.clone()
    }

    /// The case as it is opened: with everybody who does not join later.
    pub fn opening(&self) -> NewCase {
        let about = &self.about;
        let later = texts(about.get("later"));
        let text = |key: &str| about.get(key).and_then(Value::as_str);
        NewCase {
            id: self.case,
            references: vec![Reference::new(ReferenceKind::Urn, &urn(self.nth))],
            phase: text("phase").map_or(Phase::PostCharge, |word| Phase::from_word(word).expect("a phase")),
            risk: text("risk").map_or(Risk::Medium, |word| Risk::from_word(word).expect("a risk")),
            flags: texts(about.get("flags")),
            owner: (text("owner") != Some("nobody")).then(|| officer(1)),
            team: Some(the_team()),
            participants: self
                .people
                .iter()
                .filter(|(name, _)| !later.contains(name))
                .map(|(_, one)| one.clone())
                .collect(),
        }
    }

    /// What a court shares of one hearing day.
    pub fn share(&self, action: &Action, now: DateTime<Utc>) -> Share {
        let crown = action.word(0) == "crown";
        let name = action.text("hearing").expect("a hearing has a name").to_owned();
        let sits = action.text("sits").map_or(now, at);
        let day = london::date(sits);
        let lines = action.get("results").and_then(Value::as_array).expect("results");
        let lines = lines.iter().map(|line| self.line(line, day)).collect();
        let concluded = action.get("concluded") == Some(&Value::Bool(true));
        Share {
            feed: Feed::CommonPlatform,
            hearing: CourtHearingId(derived_id("hearing", &name)),
            day,
            shared_at: now,
            jurisdiction: if crown { Jurisdiction::Crown } else { Jurisdiction::Magistrates },
            hearing_type: action.text("type").unwrap_or(&name).to_owned(),
            court: court(crown),
            sitting_at: Some(sits),
            cases: vec![CaseShare {
                court_case: CourtCaseId(derived_id("case", &self.nth.to_string())),
                urn: Some(urn(self.nth)),
                authority_reference: None,
                authority: None,
                markers: Vec::new(),
                defendants: self.defendants.iter().map(|one| charged(one, concluded)).collect(),
                lines,
                amended: false,
            }],
        }
        .canonical()
    }

    fn line(&self, line: &Value, day: chrono::NaiveDate) -> ResultLine {
        let (_, whose, _, charges) = &self.defendants[0];
        let named = line.get("offence").and_then(Value::as_str);
        let offence = charges.iter().find(|(name, _, _)| named.is_none_or(|named| named == name));
        let blank = |kind: Line| ResultLine {
            defendant: Some(*whose),
            offence: offence.map(|(_, id, _)| *id),
            ordered_on: Some(day),
            ..ResultLine::blank(kind)
        };
        let text = |key: &str| line.get(key).map(plain);
        if let Some(next) = line.get("next") {
            let crown = next["court"] == "crown";
            return ResultLine {
                offence: None,
                label: "Next hearing".into(),
                next_hearing: Some(NextHearing {
                    hearing_type: plain(&next["type"]),
                    jurisdiction: Some(if crown { Jurisdiction::Crown } else { Jurisdiction::Magistrates }),
                    court: court(crown),
                    when: next["at"].as_str().map_or(When::Unfixed, |when| When::At(at(when))),
                    existing: None,
                }),
                ..blank(Line::NextHearing)
            };
        }
        if let Some(trial) = text("trial") {
            let trial = Word::from_word(&trial).expect("an outcome of a trial");
            return ResultLine { offence: None, trial: Some(trial), ..blank(Line::Trial) };
        }
        for (key, kind) in [("plea", Line::Plea), ("verdict", Line::Verdict)] {
            if let Some(value) = text(key) {
                return ResultLine { short_code: Some(value.clone()), label: value, ..blank(kind) };
            }
        }
        let code = text("code").expect("a line says a code, a plea, a verdict, a trial or what is next");
        let label = text("label").unwrap_or_else(|| code.clone());
        let figures = code.bytes().all(|byte| byte.is_ascii_digit());
        let (cjs_code, short_code) = if figures { (Some(code), None) } else { (None, Some(code)) };
        ResultLine { cjs_code, short_code, label, ..blank(Line::Judicial) }
    }
}

/// A defendant by name, with the id, what the script says of them, and the offences.
type Charged = (String, DefendantId, Value, Vec<(String, OffenceId, String)>);

fn charged((_, id, about, charges): &Charged, concluded: bool) -> Defendant {
    let name = about["name"].as_str().expect("a defendant has a name");
    let (first, last) = name.split_once(' ').unwrap_or(("", name));
    Defendant {
        id: *id,
        master: None,
        party: Party::Person { first_name: Some(first.into()), last_name: last.into(), born_on: None },
        youth: false,
        remand: None,
        bail_conditions: None,
        concluded,
        offences: charges
            .iter()
            .map(|(_, id, title)| Offence {
                id: *id,
                code: "OF61102".into(),
                title: title.clone(),
                concluded,
            })
            .collect(),
    }
}

fn court(crown: bool) -> Court {
    let (code, name) = if crown {
        ("C52NG00", "Northgate Crown Court")
    } else {
        ("B52NG00", "Northgate Magistrates' Court")
    };
    Court { id: None, code: Some(code.into()), name: name.into(), room: None }
}

const RESOURCE_TEAM: u128 = 0xd_1000;

/// One body of each kind.
fn bodies() -> Vec<DirectoryEntry> {
    let kinds = DirectoryKind::WORDS.iter().map(|word| DirectoryKind::from_word(word).unwrap());
    let named = |kind: DirectoryKind| {
        let words = match kind {
            DirectoryKind::Cps => "CPS".to_owned(),
            DirectoryKind::IdvaService => "IDVA service".to_owned(),
            DirectoryKind::IsvaService => "ISVA service".to_owned(),
            other => other.word().replace('-', " "),
        };
        let mut letters = words.chars();
        let first = letters.next().unwrap().to_uppercase();
        format!("{first}{} of Northgate", letters.as_str())
    };
    (0..)
        .zip(kinds)
        .map(|(n, kind): (u128, DirectoryKind)| DirectoryEntry {
            id: DirectoryId(Uuid::from_u128(if kind == DirectoryKind::ResourceTeam {
                RESOURCE_TEAM
            } else {
                0xd_2000 + n
            })),
            kind,
            name: named(kind),
            email: Some(format!("{}@bodies.test", kind.word()).parse().unwrap()),
            phone: Some(format!("01632 9600{n:02}")),
            court_code: None,
            review_on: None,
            version: 0,
        })
        .collect()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().expect("names with what they mean").iter()
}
