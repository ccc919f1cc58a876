//! The cases of the told day and the people in them.

use super::super::cast::{case_id, own, participant, somebody, urn};
use super::super::unit::{owner, resource_team, staff, team};
use crate::domain::case::{Phase, Reference, ReferenceKind, Risk};
use crate::domain::event::{NewCase, NewParticipant};
use crate::domain::ids::PersonId;
use crate::domain::london::Instant;
use crate::domain::person::{Consent, EnhancedCategory, EnhancedState, Role};
use chrono::NaiveDate;

/// A case of the told day: its number among the invented cases.
pub(super) type Nth = usize;

/// A trial at the Crown Court today.
pub(super) const TRIAL_TODAY: Nth = 40;
/// Sentence was passed on Friday.
pub(super) const SENTENCED: Nth = 41;
/// A death: the family hears through its liaison officer.
pub(super) const BEREAVED: Nth = 42;
/// A trial in two days that will not be heard.
pub(super) const LATE_PLEA: Nth = 43;
/// Adjourned to a trial at the Crown Court.
pub(super) const TO_TRIAL: Nth = 44;
/// A trial in four weeks.
pub(super) const FOUR_WEEKS: Nth = 45;
/// Domestic violence, in court today.
pub(super) const IN_COURT: Nth = 46;
/// A theft from a shop, in court today.
pub(super) const THEFT: Nth = 47;
/// Two of a colleague who is ill.
pub(super) const COLLEAGUES: [Nth; 2] = [49, 55];
/// Before charge: domestic violence, children in the home.
pub(super) const VIOLENCE: Nth = 50;
/// Before charge: a sexual offence against somebody under 18.
pub(super) const CHILD: Nth = 51;
/// Before charge: rape and serious sexual assault.
pub(super) const ASSAULT: Nth = 52;
/// Before charge: criminal damage.
pub(super) const DAMAGE: Nth = 53;

/// All of them, in the order in which the day comes to them.
pub(in crate::demo) const CASES: [Nth; 14] = [
    COLLEAGUES[0],
    COLLEAGUES[1],
    VIOLENCE,
    CHILD,
    ASSAULT,
    DAMAGE,
    TRIAL_TODAY,
    SENTENCED,
    BEREAVED,
    LATE_PLEA,
    TO_TRIAL,
    FOUR_WEEKS,
    IN_COURT,
    THEFT,
];

/// What a case is about, in the words of its timeline.
pub(in crate::demo) fn title(nth: Nth) -> &'static str {
    match nth {
        TRIAL_TODAY => "trial today at the Crown Court",
        SENTENCED => "sexual assault, sentenced on Friday",
        BEREAVED => "causing death by dangerous driving",
        LATE_PLEA => "robbery, trial on Wednesday",
        TO_TRIAL => "wounding, adjourned to a trial at the Crown Court",
        FOUR_WEEKS => "stalking, trial in four weeks",
        IN_COURT => "domestic violence, in court today",
        THEFT => "theft from a shop, in court today",
        VIOLENCE => "before charge: domestic violence, children in the home",
        CHILD => "before charge: sexual offence against somebody under 18",
        ASSAULT => "before charge: rape and serious sexual assault",
        DAMAGE => "before charge: criminal damage",
        _ => "a case of the colleague who is ill",
    }
}

/// The charge: code and title.
pub(super) fn charge(nth: Nth) -> (&'static str, &'static str) {
    match nth {
        TRIAL_TODAY => ("OF61102", "Assault occasioning actual bodily harm"),
        SENTENCED => ("SX03007", "Sexual assault"),
        BEREAVED => ("RT88337", "Causing death by dangerous driving"),
        LATE_PLEA => ("TH68023", "Robbery"),
        TO_TRIAL => ("OF61016", "Wounding"),
        FOUR_WEEKS => ("PH97012", "Stalking"),
        THEFT => ("TH68010", "Theft from a shop"),
        _ => ("CJ88116", "Common assault"),
    }
}

/// What the court marks the case with.
pub(super) fn markers(nth: Nth) -> &'static [&'static str] {
    if nth == IN_COURT { &["Domestic Violence"] } else { &[] }
}

/// The cases after charge, as they were opened three weeks before.
pub(super) fn charged(now: Instant) -> Vec<NewCase> {
    let ours = |nth, risk, people| case(nth, Phase::PostCharge, risk, &[], people);
    let mut cases = vec![
        ours(TRIAL_TODAY, Risk::High, trial_today()),
        NewCase { flags: vec!["rasso".to_owned()], ..ours(SENTENCED, Risk::High, sentenced(now)) },
        ours(BEREAVED, Risk::Medium, bereaved()),
        ours(LATE_PLEA, Risk::Medium, late_plea()),
        ours(TO_TRIAL, Risk::Medium, to_trial()),
        ours(FOUR_WEEKS, Risk::Medium, four_weeks()),
        NewCase { flags: vec!["domestic-violence".to_owned()], ..ours(IN_COURT, Risk::High, in_court()) },
        ours(THEFT, Risk::Low, theft()),
    ];
    for nth in COLLEAGUES {
        let (owner, team) = owner(nth);
        let people = vec![somebody(nth, "victim", 1, Role::Victim), officer_in_case(nth)];
        cases.push(NewCase { owner: Some(owner), team: Some(team), ..ours(nth, Risk::Medium, people) });
    }
    cases
}

/// The four cases before charge that nobody owns yet.
pub(super) fn before_charge() -> Vec<NewCase> {
    let waits = |nth, risk, flags: &[&str], people| {
        let case = case(nth, Phase::PreCharge, risk, flags, people);
        NewCase { owner: None, team: None, ..case }
    };
    let plain = |nth| vec![somebody(nth, "victim", 1, Role::Victim), officer_in_case(nth)];
    vec![
        waits(VIOLENCE, Risk::High, &["domestic-violence"], plain(VIOLENCE)),
        waits(CHILD, Risk::High, &["rasso", "child"], child()),
        waits(ASSAULT, Risk::Medium, &["rasso"], plain(ASSAULT)),
        waits(DAMAGE, Risk::Low, &[], plain(DAMAGE)),
    ]
}

fn case(nth: Nth, phase: Phase, risk: Risk, flags: &[&str], participants: Vec<NewParticipant>) -> NewCase {
    NewCase {
        id: case_id(nth),
        references: vec![Reference::new(ReferenceKind::Urn, &urn(nth))],
        phase,
        risk,
        flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
        owner: Some(staff(0)),
        team: Some(team(0)),
        participants,
    }
}

fn officer_in_case(nth: Nth) -> NewParticipant {
    NewParticipant {
        collar: Some(format!("{}", 2_000 + nth)),
        ..somebody(nth, "officer-in-case", 2, Role::OfficerInCase)
    }
}

fn enhanced(why: EnhancedCategory, victim: NewParticipant) -> NewParticipant {
    NewParticipant { enhanced: Some((EnhancedState::Confirmed, vec![why])), ..victim }
}

/// A victim who gives evidence as the first witness.
fn victim_and_witness(nth: Nth) -> NewParticipant {
    NewParticipant {
        roles: vec![Role::Victim, Role::CivilianWitness],
        witness_number: Some(1),
        ..somebody(nth, "victim", 1, Role::Victim)
    }
}

fn witness(nth: Nth, number: i32) -> NewParticipant {
    let part = format!("witness-{number}");
    let of = 4 + usize::try_from(number).unwrap_or(0);
    NewParticipant { witness_number: Some(number), ..somebody(nth, &part, of, Role::CivilianWitness) }
}

fn police(nth: Nth, number: i32) -> NewParticipant {
    let part = format!("police-{number}");
    let of = 4 + usize::try_from(number).unwrap_or(0);
    NewParticipant {
        collar: Some(format!("{}", 4_000 + nth * 10 + of)),
        resource_team: Some(resource_team(0)),
        witness_number: Some(number),
        ..somebody(nth, &part, of, Role::PoliceWitness)
    }
}

fn trial_today() -> Vec<NewParticipant> {
    let victim = enhanced(EnhancedCategory::VulnerableOrIntimidated, victim_and_witness(TRIAL_TODAY));
    let mut people = vec![victim, officer_in_case(TRIAL_TODAY)];
    people.extend((2..=5).map(|number| police(TRIAL_TODAY, number)));
    people
}

fn sentenced(now: Instant) -> Vec<NewParticipant> {
    let victim = enhanced(EnhancedCategory::MostSerious, victim_and_witness(SENTENCED));
    let adviser = NewParticipant {
        supports: vec![victim.id],
        consent: Some(Consent { from: now, until: None }),
        ..somebody(SENTENCED, "adviser", 3, Role::Adviser)
    };
    vec![victim, officer_in_case(SENTENCED), adviser, witness(SENTENCED, 2)]
}

fn bereaved() -> Vec<NewParticipant> {
    let victim = enhanced(EnhancedCategory::MostSerious, somebody(BEREAVED, "victim", 1, Role::Victim));
    let liaison = NewParticipant {
        supports: vec![victim.id],
        ..somebody(BEREAVED, "family-liaison-officer", 2, Role::FamilyLiaisonOfficer)
    };
    let victim = NewParticipant { contact_via: Some(liaison.id), ..victim };
    let officer = NewParticipant {
        person: own::<PersonId>(BEREAVED, "person-officer"),
        ..somebody(BEREAVED, "officer-in-case", 3, Role::OfficerInCase)
    };
    vec![victim, liaison, officer]
}

fn late_plea() -> Vec<NewParticipant> {
    vec![
        victim_and_witness(LATE_PLEA),
        officer_in_case(LATE_PLEA),
        witness(LATE_PLEA, 2),
        witness(LATE_PLEA, 3),
        police(LATE_PLEA, 4),
        police(LATE_PLEA, 5),
    ]
}

fn to_trial() -> Vec<NewParticipant> {
    let victim = victim_and_witness(TO_TRIAL);
    vec![victim, officer_in_case(TO_TRIAL), witness(TO_TRIAL, 2), police(TO_TRIAL, 3)]
}

fn four_weeks() -> Vec<NewParticipant> {
    vec![victim_and_witness(FOUR_WEEKS), officer_in_case(FOUR_WEEKS)]
}

fn in_court() -> Vec<NewParticipant> {
    let victim = enhanced(EnhancedCategory::MostSerious, somebody(IN_COURT, "victim", 1, Role::Victim));
    vec![NewParticipant { wants_updates: true, ..victim }, officer_in_case(IN_COURT)]
}

fn theft() -> Vec<NewParticipant> {
    vec![officer_in_case(THEFT), witness(THEFT, 1), witness(THEFT, 2)]
}

fn child() -> Vec<NewParticipant> {
    let parent = NewParticipant {
        supports: vec![participant(CHILD, "victim")],
        ..somebody(CHILD, "parent", 5, Role::Parent)
    };
    let mut victim = NewParticipant {
        child: true,
        contact_via: Some(parent.id),
        ..somebody(CHILD, "victim", 1, Role::Victim)
    };
    if let Some(identity) = &mut victim.identity {
        identity.born_on = NaiveDate::from_ymd_opt(2011, 4, 25);
    }
    vec![victim, parent, officer_in_case(CHILD)]
}
