//! Cases are opened and linked, people are added to them and change.

use super::super::{Desk, Unhandled};
use super::{Happened, Verdict, linking, participant_of};
use crate::domain::case::{Phase, Reference};
use crate::domain::contact::DirectoryKind;
use crate::domain::duty::DutyState;
use crate::domain::event::{NewCase, NewParticipant, Payload};
use crate::domain::ids::{ParticipantId, StaffId, TeamId};
use crate::domain::person::{Enhanced, EnhancedState, Identity, Participant, Person, Role};
use crate::domain::refusal::Refusal;
use crate::domain::state::{CaseState, Mark, Tracked};
use crate::people::fitness;
use crate::rules::facts::Occurrence;

/// A case is opened: the engine has made the empty state, its people follow here.
pub(super) fn opened(state: &mut CaseState, new: &NewCase, desk: Desk<'_>) -> Result<Happened, Unhandled> {
    if state.case.mark() != Mark::New {
        return Err(
            Refusal::AlreadyExists { what: "case".to_owned(), id: state.case.label().to_owned() }.into()
        );
    }
    let people: Vec<_> = new.participants.iter().map(|participant| participant.person).collect();
    may_hold(state, &people, new.owner, new.team, desk)?;
    for (nth, participant) in new.participants.iter().enumerate() {
        check(state, participant, &new.participants, &format!("participants[{nth}]"), desk)?;
    }
    for participant in &new.participants {
        add(state, participant, desk);
    }
    Ok(Happened::news(Occurrence { word: Some(new.phase.to_string()), ..Occurrence::default() }))
}

/// Refuses an owner who cannot take the case, and a team that is not the unit's.
fn may_hold(
    state: &CaseState,
    people: &[crate::domain::ids::PersonId],
    owner: Option<StaffId>,
    team: Option<TeamId>,
    desk: Desk<'_>,
) -> Result<(), Refusal> {
    if let Some(owner) = owner {
        let staff = desk.roster.staff(owner).ok_or_else(|| Refusal::not_found("member of staff", owner))?;
        if fitness::is_in_conflict(staff, state.case.id, people) {
            return Err(Refusal::unsuitable(owner, "a conflict of interest with this case is recorded"));
        }
        if staff.left_at.is_some_and(|left| left <= desk.now) {
            return Err(Refusal::unsuitable(owner, "they have left the unit"));
        }
    }
    match team {
        Some(team) if !desk.roster.teams.iter().any(|held| held.id == team) => {
            Err(Refusal::not_found("team", team))
        }
        _ => Ok(()),
    }
}

/// Phase, risk, flags, owner or team change. Flags that were proposed are settled by the flags that are given.
pub(super) fn updated(
    state: &mut CaseState,
    payload: &Payload,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    let Payload::CaseUpdated { phase, risk, flags, owner, team, version } = payload else {
        unreachable!("called for this payload alone")
    };
    if let Some(given) = *version
        && given != state.case.version
    {
        let (what, id) = ("case".to_owned(), state.case.id.to_string());
        return Err(Refusal::Stale { what, id, held: state.case.version, given }.into());
    }
    let people: Vec<_> = state.people.iter().map(|person| person.id).collect();
    may_hold(state, &people, *owner, *team, desk)?;
    let before = state.case.phase;
    let open = state.duties.iter().filter(|duty| duty.state == DutyState::Open).count();
    if *phase == Some(Phase::Concluded) && before != Phase::Concluded && open > 0 {
        let (what, id) = ("case".to_owned(), state.case.id.to_string());
        let wanted = format!("{open} duties are still owed: meet or excuse them before it is concluded");
        return Err(Refusal::IllegalMove { what, id, state: before.to_string(), wanted }.into());
    }
    let case = state.case.change();
    case.phase = phase.unwrap_or(case.phase);
    case.risk = risk.unwrap_or(case.risk);
    if let Some(flags) = flags {
        case.flags.clone_from(flags);
        case.proposed_flags.clear();
    }
    case.owner = owner.or(case.owner);
    let own = owner.and_then(|owner| desk.roster.staff(owner)).map(|staff| staff.team);
    case.team = team.or(case.team).or(own);
    case.version += 1;
    let word = (case.phase != before).then(|| case.phase.to_string());
    Ok(Happened::news(Occurrence { word, ..Occurrence::default() }))
}

/// Further references are found to be the case's.
pub(super) fn linked(state: &mut CaseState, references: &[Reference]) -> Happened {
    let new: Vec<Reference> =
        references.iter().filter(|reference| !state.case.references.contains(reference)).cloned().collect();
    if new.is_empty() {
        return Happened::nothing_new(Verdict::Duplicate, "the case has these references already");
    }
    let case = state.case.change();
    case.references.extend(new.iter().cloned());
    case.references.sort();
    case.version += 1;
    state.new_references.extend(new);
    Happened::news(Occurrence::default())
}

/// Somebody is added.
pub(super) fn participant_added(
    state: &mut CaseState,
    new: &NewParticipant,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    check(state, new, &[], "participant", desk)?;
    add(state, new, desk);
    linking::link_by_name(state);
    Ok(Happened::news(Occurrence { about: Some(new.id), ..Occurrence::default() }))
}

/// Somebody's part or identity is replaced by what is now known.
pub(super) fn participant_updated(
    state: &mut CaseState,
    new: &NewParticipant,
    version: i64,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    let held = participant_of(state, new.id)?;
    if held.version != version {
        let (what, id) = ("participant".to_owned(), new.id.to_string());
        return Err(Refusal::Stale { what, id, held: held.version, given: version }.into());
    }
    rostered(new, "participant.resource_team", desk)?;
    if held.person != new.person {
        return Err(Refusal::invalid("participant.person", "a participant's person does not change").into());
    }
    if new.roles.is_empty() {
        return Err(
            Refusal::invalid("participant.roles", "must name at least one part that they play").into()
        );
    }
    let linked = !new.offences.is_empty() || !new.defendants.is_empty();
    // Whoever links them by hand knows better than a name in a list.
    let awaits = match (linked, new.awaits.is_empty()) {
        (_, false) => new.awaits.clone(),
        (true, true) => Vec::new(),
        (false, true) => held.awaits.clone(),
    };
    let participant = Participant {
        enhanced: held.enhanced.clone(),
        caller_checks: held.caller_checks.clone(),
        availability: held.availability.clone(),
        awaits,
        left_at: held.left_at,
        version: version + 1,
        ..participant(new, desk)
    };
    let place = state.participants.iter_mut().find(|held| held.id == new.id);
    *place.expect("it was found above").change() = participant;
    let (mut word, mut changed) = (None, Vec::new());
    if let Some(identity) = &new.identity
        && let Some(person) = state.people.iter_mut().find(|person| person.id == new.person)
        && person.identity != *identity
    {
        changed = changes(&person.identity, identity);
        let reached = |word: &String| matches!(word.as_str(), "phone" | "email" | "address");
        word = changed.iter().any(reached).then(|| CONTACT_DETAILS.to_owned());
        let person = person.change();
        person.identity = identity.clone();
        person.version += 1;
    }
    linking::link_by_name(state);
    Ok(Happened::news(Occurrence { about: Some(new.id), word, changed, ..Occurrence::default() }))
}

/// What changed of who somebody is and how they are reached, in words for rules.
fn changes(before: &Identity, after: &Identity) -> Vec<String> {
    let name = |of: &Identity| (of.first_name.clone(), of.last_name.clone());
    let address = |of: &Identity| (of.address.clone(), of.postcode.clone());
    let all = [
        ("name", name(before) != name(after)),
        ("born-on", before.born_on != after.born_on),
        ("phone", before.phones != after.phones),
        ("email", before.email != after.email),
        ("address", address(before) != address(after)),
        ("language", before.language != after.language),
        ("safe-word", before.safe_word != after.safe_word),
    ];
    all.into_iter().filter(|(_, changed)| *changed).map(|(word, _)| word.to_owned()).collect()
}

/// The word of an update that changes how somebody is reached.
const CONTACT_DETAILS: &str = "contact-details";

/// A person settles whether somebody has Enhanced Rights.
pub(super) fn enhanced_rights_set(
    state: &mut CaseState,
    payload: &Payload,
    desk: Desk<'_>,
) -> Result<Happened, Unhandled> {
    let Payload::EnhancedRightsSet { participant: id, state: settled, categories, source, version } = payload
    else {
        unreachable!("called for this payload alone")
    };
    let held = participant_of(state, *id)?;
    if let Some(given) = *version
        && given != held.version
    {
        let (what, id) = ("participant".to_owned(), id.to_string());
        return Err(Refusal::Stale { what, id, held: held.version, given }.into());
    }
    if !held.is(Role::Victim) {
        let (what, id) = ("participant".to_owned(), id.to_string());
        let (state, wanted) = ("no victim".to_owned(), "only victims have Enhanced Rights".to_owned());
        return Err(Refusal::IllegalMove { what, id, state, wanted }.into());
    }
    if *settled != EnhancedState::Refused && categories.is_empty() {
        return Err(
            Refusal::invalid("categories", "must name at least one category of Enhanced Rights").into()
        );
    }
    let held =
        state.participants.iter_mut().find(|held| held.id == *id).expect("it was found above").change();
    held.enhanced = Some(Enhanced {
        state: *settled,
        categories: categories.clone(),
        assessed_at: desk.now,
        source: source.clone(),
    });
    held.version += 1;
    Ok(Happened::news(Occurrence { about: Some(*id), ..Occurrence::default() }))
}

/// Refuses a participant who cannot be added, naming the field.
fn check(
    state: &CaseState,
    new: &NewParticipant,
    beside: &[NewParticipant],
    at: &str,
    desk: Desk<'_>,
) -> Result<(), Refusal> {
    let field = |name: &str| format!("{at}.{name}");
    if new.roles.is_empty() {
        return Err(Refusal::invalid(&field("roles"), "must name at least one part that they play"));
    }
    rostered(new, &field("resource_team"), desk)?;
    if state.participant(new.id).is_some() {
        return Err(Refusal::AlreadyExists { what: "participant".to_owned(), id: new.id.to_string() });
    }
    if new.identity.is_none() && state.person(new.person).is_none() {
        return Err(Refusal::invalid(&field("identity"), "is needed for a person who is not held yet"));
    }
    let known =
        |id: &ParticipantId| state.participant(*id).is_some() || beside.iter().any(|other| other.id == *id);
    for (list, name) in [(&new.supports, "supports"), (&new.contact_via.into_iter().collect(), "contact_via")]
    {
        if let Some(missing) = list.iter().find(|id| !known(id)) {
            return Err(Refusal::invalid(&field(name), format!("{missing} is nobody in this case")));
        }
    }
    Ok(())
}

/// Refuses whoever rosters nobody as the resource team of an officer.
fn rostered(new: &NewParticipant, at: &str, desk: Desk<'_>) -> Result<(), Refusal> {
    let Some(team) = new.resource_team else { return Ok(()) };
    let entry = desk.roster.directory.iter().find(|entry| entry.id == team);
    if entry.is_some_and(|entry| matches!(entry.kind, DirectoryKind::ResourceTeam | DirectoryKind::Force)) {
        return Ok(());
    }
    let problem = "must be a resource team of the directory, or the force of an officer of another one";
    Err(Refusal::invalid(at, problem))
}

fn add(state: &mut CaseState, new: &NewParticipant, desk: Desk<'_>) {
    if state.person(new.person).is_none()
        && let Some(identity) = &new.identity
    {
        let person =
            Person { id: new.person, identity: identity.clone(), unsafe_channels: Vec::new(), version: 1 };
        state.people.push(Tracked::new(person));
    }
    state.participants.push(Tracked::new(participant(new, desk)));
}

fn participant(new: &NewParticipant, desk: Desk<'_>) -> Participant {
    let enhanced = new.enhanced.as_ref().map(|(state, categories)| Enhanced {
        state: *state,
        categories: categories.clone(),
        assessed_at: desk.now,
        source: "as first assessed".to_owned(),
    });
    Participant {
        id: new.id,
        person: new.person,
        roles: new.roles.clone(),
        child: new.child,
        offences: new.offences.clone(),
        defendants: new.defendants.clone(),
        enhanced,
        supports: new.supports.clone(),
        consent: new.consent,
        contact_via: new.contact_via,
        wants_updates: new.wants_updates,
        caller_checks: Vec::new(),
        availability: None,
        left_at: None,
        collar: new.collar.clone(),
        resource_team: new.resource_team,
        witness_number: new.witness_number,
        awaits: new.awaits.clone(),
        version: 1,
    }
}
