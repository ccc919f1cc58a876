//! What a scenario takes as given: the case, its people, what the court listed and who was warned, taken in quietly.

use super::court;
use super::read::{Part, Wrong};
use super::world::{Named, World, defendant, offence, participant, staff, team_of};
use crate::domain::event::{NewCase, NewParticipant, Payload};
use crate::domain::hearing::{AttendanceState, HearingState};
use crate::domain::ids::{AbsenceId, PersonId};
use crate::domain::person::{Consent, EnhancedCategory, EnhancedState, Identity, Role};
use crate::domain::staff::{Absence, AbsenceKind};
use chrono::TimeDelta;

const KEYS: [&str; 7] = ["away", "case", "defendants", "people", "hearings", "attending", "results"];
const CASE: [&str; 4] = ["risk", "flags", "phase", "owner"];
const PERSON: [&str; 10] = [
    "roles",
    "enhanced",
    "child",
    "offences",
    "defendants",
    "supports",
    "consent",
    "contact_via",
    "wants_updates",
    "resource_team",
];

/// How long before the scenario the court last sat: long enough that nothing of it is news.
const BEFORE: TimeDelta = TimeDelta::days(14);

/// Sets the case up; it is opened now, unless a step of the scenario opens it.
pub(super) fn set_up(world: &mut World<'_>, given: Option<Part<'_>>, opens: bool) -> Result<(), Wrong> {
    let Some(given) = given else { return Ok(()) };
    given.only(&KEYS)?;
    if let Some(case) = given.get("case") {
        the_case(world, case)?;
    }
    for name in given.many("away")? {
        let staff = staff(name.text()?);
        if world.roster.staff(staff).is_none() {
            return name.wrong("expected one of the unit's people: sam, kim, lee, mo");
        }
        let id = AbsenceId(staff.0);
        let kind = AbsenceKind::Leave;
        world.roster.absences.push(Absence { id, staff, kind, from: world.now - BEFORE, until: None });
    }
    if let Some(defendants) = given.get("defendants") {
        for (name, offences) in defendants.entries()? {
            let offences = offences.list()?.into_iter().map(Part::text).collect::<Result<Vec<_>, _>>()?;
            world.defendants.push((name.to_owned(), offences.into_iter().map(str::to_owned).collect()));
        }
    }
    let mut participants = Vec::new();
    if let Some(people) = given.get("people") {
        world.people = people.entries()?.into_iter().map(|(name, _)| name.to_owned()).collect();
        for (nth, (name, part)) in people.entries()?.into_iter().enumerate() {
            participants.push(somebody(world, nth, name, part)?);
        }
    }
    let case = NewCase {
        id: world.state.case.id,
        references: world.state.case.references.clone(),
        phase: world.state.case.phase,
        risk: world.state.case.risk,
        flags: world.state.case.flags.clone(),
        owner: world.state.case.owner,
        team: world.state.case.team,
        participants,
    };
    let opening = Payload::CaseOpened { case: Box::new(case) };
    if opens {
        world.opening = Some(opening);
        return Ok(());
    }
    let now = world.now;
    world.now = now - BEFORE;
    world.happened(given, opening)?;
    listed(world, given)?;
    if let Some(attending) = given.get("attending") {
        for (hearing, people) in attending.entries()? {
            warned(world, attending, hearing, people)?;
        }
    }
    world.now = now;
    Ok(())
}

fn the_case(world: &mut World<'_>, part: Part<'_>) -> Result<(), Wrong> {
    part.only(&CASE)?;
    let flags = part.many("flags")?.into_iter().map(|flag| flag.text().map(str::to_owned));
    let flags = flags.collect::<Result<Vec<_>, _>>()?;
    let case = world.state.case.change();
    case.flags = flags;
    if let Some(risk) = part.get("risk") {
        case.risk = risk.word()?;
    }
    if let Some(phase) = part.get("phase") {
        case.phase = phase.word()?;
    }
    if let Some(owner) = part.get("owner") {
        case.owner = match owner.text()? {
            "nobody" => None,
            name => Some(staff(name)),
        };
    }
    Ok(())
}

pub(super) fn somebody(
    world: &World<'_>,
    nth: usize,
    name: &str,
    part: Part<'_>,
) -> Result<NewParticipant, Wrong> {
    part.only(&PERSON)?;
    let names =
        |key: &str| -> Result<Vec<&str>, Wrong> { part.many(key)?.into_iter().map(Part::text).collect() };
    let roles: Vec<Role> = part.words("roles")?;
    let police = roles.iter().any(|role| matches!(role, Role::PoliceWitness | Role::OfficerInCase));
    let consent = part.flag("consent")?.then(|| Consent { from: world.now - BEFORE, until: None });
    let enhanced =
        part.flag("enhanced")?.then(|| (EnhancedState::Confirmed, vec![EnhancedCategory::MostSerious]));
    let number = i32::try_from(nth).unwrap_or_default() + 1;
    Ok(NewParticipant {
        id: participant(name),
        person: PersonId(participant(name).0),
        identity: Some(Identity {
            first_name: format!("First{number}"),
            last_name: format!("Last{number}"),
            phones: vec![format!("07700 9000{number:02}")],
            email: format!("person{number}@people.test").parse().ok(),
            address: vec![format!("{number} Invented Street")],
            postcode: Some("ZZ1 1ZZ".to_owned()),
            ..Identity::default()
        }),
        roles,
        child: part.flag("child")?,
        offences: names("offences")?.into_iter().map(offence).collect(),
        defendants: names("defendants")?.into_iter().map(defendant).collect(),
        enhanced,
        supports: names("supports")?.into_iter().map(participant).collect(),
        consent,
        contact_via: part.get("contact_via").map(Part::text).transpose()?.map(participant),
        wants_updates: part.flag("wants_updates")?,
        collar: police.then(|| format!("43{number:02}")),
        resource_team: part.get("resource_team").map(Part::text).transpose()?.map(team_of),
        witness_number: (!police).then_some(number),
        awaits: Vec::new(),
    })
}

/// The court sat a fortnight ago: it listed the hearings and decided what is given as decided.
fn listed(world: &mut World<'_>, given: Part<'_>) -> Result<(), Wrong> {
    if world.defendants.is_empty() {
        return Ok(());
    }
    let hearings = given.get("hearings").map_or(Ok(Vec::new()), Part::entries)?;
    let share = court::listing(world, given, &hearings)?;
    world.happened(given, Payload::HearingResulted { share: Box::new(share) })?;
    for (name, part) in hearings {
        let order = court::next_hearing(part)?;
        let taken = |id| world.hearings.iter().any(|named: &Named| named.id == id);
        let found = world.state.hearings.iter().find(|hearing| {
            hearing.state == HearingState::Listed
                && hearing.hearing_type == order.hearing_type
                && hearing.when == order.when
                && !taken(hearing.id)
        });
        match found.map(|hearing| hearing.id) {
            Some(id) => world.hearings.push(Named { name: name.to_owned(), id }),
            None => return part.wrong(format!("the hearing `{name}` was not listed")),
        }
    }
    Ok(())
}

fn warned(world: &mut World<'_>, at: Part<'_>, hearing: &str, people: Part<'_>) -> Result<(), Wrong> {
    let found = world.hearings.iter().find(|named| named.name == hearing);
    let Some(hearing) = found.map(|named| named.id) else {
        return at.wrong(format!("there is no hearing `{hearing}`"));
    };
    for (name, part) in people.entries()? {
        let state: AttendanceState = part.word()?;
        if !world.people.iter().any(|known| known == name) {
            return part.wrong(format!("there is nobody called `{name}`"));
        }
        let participant = participant(name);
        let payload = Payload::AttendanceRecorded { participant, hearing, state, told_by: None };
        world.happened(part, payload)?;
    }
    Ok(())
}
