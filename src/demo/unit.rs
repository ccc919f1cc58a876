//! The invented unit: two teams, nine staff, the bodies it writes to. Nobody here is real: addresses are in domains
//! reserved for examples, telephone numbers in the range that Ofcom keeps for drama (07700 900000 to 900999).

use crate::domain::contact::{DirectoryEntry, DirectoryKind};
use crate::domain::email::EmailAddress;
use crate::domain::event::{Actor, Payload};
use crate::domain::ids::{DirectoryId, StaffId, TeamId, UnitId, derived};
use crate::domain::staff::{Shift, Staff, StaffRole, Team, Unit, UnitMode};
use crate::engine::Engine;
use crate::grpc::services::accounts::digest;
use crate::store::sign_ins::{self, Account};
use chrono::{Days, NaiveDate, NaiveTime};

/// The two figures with which the unit's URNs begin: no force of England and Wales is known here by them.
pub const FORCE: &str = "52";
/// The domain of the unit's mail.
pub const DOMAIN: &str = "northgate.example";
/// The courts, by code and name.
pub const COURTS: [(&str, &str); 2] =
    [("B99NG00", "Northgate Magistrates' Court"), ("C99NG00", "Northgate Crown Court")];

/// Name, team, role, skills, first and last hour of the day.
type Member = (&'static str, usize, StaffRole, &'static [&'static str], (u32, u32));

/// The staff.
const STAFF: [Member; 9] = [
    ("Ada Fennick", 0, StaffRole::CareOfficer, &["domestic-violence", "rasso", "child"], (8, 16)),
    ("Bram Okoro-Vale", 0, StaffRole::CareOfficer, &["child"], (8, 16)),
    ("Cerys Tallow", 0, StaffRole::CareOfficer, &["domestic-violence", "child"], (10, 18)),
    ("Dilip Marrow", 0, StaffRole::TeamLeader, &["domestic-violence", "rasso", "child"], (8, 17)),
    ("Esme Quillfeather", 1, StaffRole::CareOfficer, &["rasso"], (8, 16)),
    ("Faisal Underhay", 1, StaffRole::CareOfficer, &["child"], (9, 17)),
    ("Gwen Pettibone", 1, StaffRole::CareOfficer, &["domestic-violence", "rasso"], (10, 18)),
    ("Hal Vanterpool", 1, StaffRole::TeamLeader, &["domestic-violence", "rasso", "child"], (9, 18)),
    ("Ines Wardlow", 1, StaffRole::Manager, &[], (9, 17)),
];

/// The teams.
const TEAMS: [&str; 2] = ["East", "West"];

/// The staff who own cases, by their place among the staff.
const OWNERS: [usize; 6] = [0, 1, 2, 4, 5, 6];

/// The unit.
#[must_use]
pub fn unit() -> Unit {
    Unit {
        id: UnitId(derived(&[b"demo", b"unit"])),
        name: "Northgate Victim and Witness Care Unit".to_owned(),
        urn_forces: vec![FORCE.to_owned()],
        authorities: vec!["NGPF".to_owned()],
        mode: UnitMode::Live,
        version: 0,
    }
}

/// A team's id.
#[must_use]
pub fn team(nth: usize) -> TeamId {
    TeamId(derived(&[b"demo", b"team", &nth.to_be_bytes()]))
}

/// Somebody's id, by their place among the staff.
pub(super) fn staff(nth: usize) -> StaffId {
    StaffId(derived(&[b"demo", b"staff", &nth.to_be_bytes()]))
}

/// A team leader, by id and name: the bearer of a token of the demo.
pub(super) fn leader() -> (StaffId, &'static str) {
    let place = STAFF.iter().position(|member| member.2 == StaffRole::TeamLeader).unwrap_or_default();
    (staff(place), STAFF[place].0)
}

/// Who owns the nth case, and their team.
#[must_use]
pub fn owner(nth: usize) -> (StaffId, TeamId) {
    let place = OWNERS[nth % OWNERS.len()];
    (staff(place), team(STAFF[place].1))
}

/// Somebody's place among the staff.
pub(super) fn place(id: StaffId) -> Option<usize> {
    (0..STAFF.len()).find(|nth| staff(*nth) == id)
}

/// The password of everybody in the demo: it opens nothing but this invented unit, on this machine.
const PASSWORD: &str = "northgate demo";

/// Makes an account for each of the staff, and answers the password that all of them have.
pub(super) async fn accounts(engine: &Engine) -> anyhow::Result<&'static str> {
    // One digest for all: it takes a while, and hides nothing here.
    let digest =
        digest(PASSWORD.to_owned()).await.map_err(|_| anyhow::anyhow!("the system gives no randomness"))?;
    for (nth, member) in STAFF.iter().enumerate() {
        let account = Account {
            staff: staff(nth),
            name: sign_in_name(member.0),
            digest: digest.clone(),
            must_change: false,
            wrong: 0,
            waits_until: None,
            closed_at: None,
            signed_in_at: None,
        };
        sign_ins::put_account(engine.store(), unit().id, &account).await?;
    }
    Ok(PASSWORD)
}

/// The names to sign in with, a line each, with who they are.
pub(super) fn names() -> String {
    STAFF.iter().fold(String::new(), |lines, (name, team, role, _, _)| {
        let team = TEAMS[*team];
        format!("{lines}  {:8} {name}, {}, {team}\n", sign_in_name(name), role.to_string().replace('-', " "))
    })
}

/// Somebody's first name.
fn sign_in_name(name: &str) -> String {
    name.split(' ').next().unwrap_or(name).to_lowercase()
}

/// Somebody who acts, by their place among the staff.
pub(super) fn actor(nth: usize) -> Actor {
    Actor { name: STAFF[nth].0.to_owned(), staff: Some(staff(nth)) }
}

/// A resource team of police witnesses.
#[must_use]
pub fn resource_team(nth: usize) -> DirectoryId {
    DirectoryId(derived(&[b"demo", b"resource-team", &(nth % 2).to_be_bytes()]))
}

/// An address in a domain for examples.
pub(super) fn address(local: &str, domain: &str) -> EmailAddress {
    EmailAddress::parse(&format!("{local}@{domain}")).expect("invented addresses are addresses")
}

/// The events by which the unit's people and directory come to be.
#[must_use]
pub fn founding() -> Vec<Payload> {
    let mut payloads: Vec<Payload> = TEAMS
        .iter()
        .enumerate()
        .map(|(nth, name)| Payload::TeamPut { team: Team { id: team(nth), name: (*name).to_owned() } })
        .collect();
    payloads.extend((0..STAFF.len()).map(|nth| Payload::StaffPut { staff: Box::new(member(nth)) }));
    payloads.extend(directory().into_iter().map(|entry| Payload::DirectoryPut { entry: Box::new(entry) }));
    payloads
}

fn member(nth: usize) -> Staff {
    let (name, in_team, role, skills, (from, to)) = STAFF[nth];
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("hours of a shift are hours of a day");
    let local = name.to_lowercase().replace(' ', ".");
    Staff {
        id: staff(nth),
        team: team(in_team),
        name: name.to_owned(),
        email: Some(address(&local, DOMAIN)),
        role,
        skills: skills.iter().map(|skill| (*skill).to_owned()).collect(),
        shifts: (1..=5).map(|weekday| Shift { weekday, starts: hour(from), ends: hour(to) }).collect(),
        case_conflicts: Vec::new(),
        person_conflicts: Vec::new(),
        minutes_a_day: None,
        vetting_valid_until: None,
        left_at: None,
        version: 0,
    }
}

fn directory() -> Vec<DirectoryEntry> {
    let entry = |id: DirectoryId, kind, name: &str, local: &str, court: Option<&str>| DirectoryEntry {
        id,
        kind,
        name: name.to_owned(),
        email: Some(address(local, "partners.example")),
        phone: None,
        court_code: court.map(str::to_owned),
        review_on: None,
        version: 0,
    };
    let named = |kind: DirectoryKind, name: &str, local: &str, court| {
        entry(DirectoryId(derived(&[b"demo", b"directory", local.as_bytes()])), kind, name, local, court)
    };
    let mut entries = vec![
        entry(resource_team(0), DirectoryKind::ResourceTeam, "East resource team", "resources.east", None),
        entry(resource_team(1), DirectoryKind::ResourceTeam, "West resource team", "resources.west", None),
        named(DirectoryKind::Cps, "CPS Northgate", "cps.northgate", None),
        named(DirectoryKind::Agency, "Northgate Victim Support", "support.northgate", None),
        named(DirectoryKind::Probation, "Victim Contact Scheme", "victim.contact", None),
        named(DirectoryKind::IdvaService, "Northgate IDVA service", "idva", None),
        named(DirectoryKind::IsvaService, "Northgate ISVA service", "isva", None),
        named(DirectoryKind::YoungVictimsService, "Northgate Young Victims' Service", "young.victims", None),
        named(DirectoryKind::SocialServices, "Northgate social services", "children", None),
        named(DirectoryKind::ControlRoom, "Northgate control room", "control.room", None),
        named(DirectoryKind::Carpenters, "Northgate police carpenters", "carpenters", None),
    ];
    for (nth, (code, name)) in COURTS.iter().enumerate() {
        entries.push(named(DirectoryKind::Court, name, &format!("court{nth}"), Some(code)));
        let service = format!("Witness Service at {name}");
        let local = format!("witness.service{nth}");
        entries.push(named(DirectoryKind::WitnessService, &service, &local, Some(code)));
    }
    // Looked over one after the other, a few weeks apart, from the January after the demo's Monday on.
    let first = NaiveDate::from_ymd_opt(2027, 1, 11).expect("a day of the calendar");
    for (entry, nth) in entries.iter_mut().zip(0..) {
        entry.review_on = Some(first + Days::new(nth * 14));
    }
    entries
}
