//! What the unit's people record by hand in a scenario: tasks they make, contacts, people who come into the case, whose
//! details change, or whose Enhanced Rights are settled; and mail that comes in.

use super::given;
use super::read::{Part, Wrong};
use super::world::World;
use crate::domain::contact::{CallerCheck, ContactKind};
use crate::domain::duty::DutyState;
use crate::domain::event::{NewParticipant, Payload};
use crate::domain::ids::{ContactId, DocumentId, DutyId, TaskId, derived};
use crate::domain::mail_in::{EntryAnswered, MailIn, MailWord};
use crate::domain::message::Message;
use crate::domain::person::{EnhancedCategory, EnhancedState, Identity, Participant};
use crate::domain::state::Tracked;
use crate::domain::task::Priority;

/// Lets one of these steps happen.
pub(super) fn step(world: &mut World<'_>, name: &str, step: Part<'_>) -> Result<(), Wrong> {
    match name {
        "create" => create(world, step),
        "contact" => contact(world, step),
        "add" => add(world, step),
        "moved" => moved(world, step),
        "mail_in" => mail_in(world, step),
        _ => enhanced(world, step),
    }
}

/// An id that follows from how much has happened.
fn nth_id(world: &World<'_>, what: &str) -> uuid::Uuid {
    derived(&[b"scenario", what.as_bytes(), &world.state.case.sequence.to_be_bytes()])
}

fn create(world: &mut World<'_>, step: Part<'_>) -> Result<(), Wrong> {
    step.only(&["task", "about", "priority", "due"])?;
    let payload = Payload::TaskCreated {
        id: TaskId(nth_id(world, "task")),
        task: step.need("task")?.text()?.to_owned(),
        about: step.get("about").map(|about| world.person(about)).transpose()?,
        priority: step.get("priority").map_or(Ok(Priority::P3), Part::word)?,
        due_at: step.get("due").map(Part::instant).transpose()?,
        assignee: None,
        words: "as the scenario says".to_owned(),
    };
    world.happens(step, payload)
}

fn contact(world: &mut World<'_>, step: Part<'_>) -> Result<(), Wrong> {
    step.only(&["with", "kind", "check", "topics", "met", "incoming"])?;
    let with = step.get("with").map(|with| world.person(with)).transpose()?;
    let mut met: Vec<DutyId> = Vec::new();
    for kind in step.many("met")? {
        let word = kind.text()?;
        let open = world
            .state
            .duties
            .iter()
            .filter(|duty| duty.kind == word && Some(duty.to) == with && duty.state == DutyState::Open);
        let found: Vec<DutyId> = open.map(|duty| duty.id).collect();
        if found.is_empty() {
            return kind.wrong(format!("no open duty {word} is owed to them"));
        }
        met.extend(found);
    }
    let topics = step.many("topics")?.into_iter().map(|topic| topic.text().map(str::to_owned));
    let payload = Payload::ContactLogged {
        id: ContactId(nth_id(world, "contact")),
        contact: step.get("kind").map_or(Ok(ContactKind::Call), Part::word)?,
        with,
        at: None,
        check: step.get("check").map_or(Ok(CallerCheck::Verified), Part::word)?,
        incoming: step.flag("incoming")?,
        met,
        told: Vec::new(),
        topics: topics.collect::<Result<_, _>>()?,
        words: "as the scenario says".to_owned(),
        corrects: None,
        hearing: None,
    };
    world.happens(step, payload)
}

fn add(world: &mut World<'_>, step: Part<'_>) -> Result<(), Wrong> {
    for (name, part) in step.entries()? {
        if world.people.iter().any(|known| known == name) {
            return part.wrong(format!("`{name}` is in the case already"));
        }
        let participant = given::somebody(world, world.people.len(), name, part)?;
        world.people.push(name.to_owned());
        world.happens(part, Payload::ParticipantAdded { participant: Box::new(participant) })?;
    }
    Ok(())
}

/// Somebody has another address and telephone number.
fn moved(world: &mut World<'_>, step: Part<'_>) -> Result<(), Wrong> {
    step.only(&["who"])?;
    let id = world.person(step.need("who")?)?;
    let Some(held) = world.state.participant(id) else { return step.wrong("they are not in the case yet") };
    let Some(person) = world.state.person(held.person) else {
        return step.wrong("nobody knows who they are");
    };
    let identity = Identity {
        phones: vec!["07700 900999".to_owned()],
        address: vec!["9 Another Street".to_owned()],
        ..person.identity.clone()
    };
    let version = held.version;
    let participant = NewParticipant { identity: Some(identity), ..as_held(held) };
    world.happens(step, Payload::ParticipantUpdated { participant: Box::new(participant), version })
}

/// Mail comes in: what it is, which message it answers, and who wrote it. An answer to a calendar entry is to the version
/// that went with that message.
fn mail_in(world: &mut World<'_>, step: Part<'_>) -> Result<(), Wrong> {
    step.only(&["word", "answers", "to", "from"])?;
    let word: MailWord = step.need("word")?.word()?;
    let to = step.get("to").map(Part::text).transpose()?;
    let answers = match step.get("answers") {
        None => None,
        Some(part) => {
            let template = part.text()?;
            let fits = |held: &&Tracked<Message>| {
                held.template == template && to.is_none_or(|to| world.recipient(held.to) == to)
            };
            match world.state.messages.iter().rev().find(fits) {
                Some(message) => Some(message),
                None => return part.wrong(format!("there is no message {template}")),
            }
        }
    };
    let from = match step.get("from") {
        None => None,
        Some(part) => {
            let who = world.person(part)?;
            let held = world.state.participant(who).and_then(|held| world.state.person(held.person));
            held.and_then(|person| person.identity.email.clone())
        }
    };
    let is_meeting = matches!(word, MailWord::Accepted | MailWord::Declined | MailWord::Tentative);
    let entry = answers.filter(|_| is_meeting).and_then(|message| {
        Some(EntryAnswered { uid: message.to.calendar_entry(message.hearing?), sequence: None })
    });
    let mail = MailIn {
        document: DocumentId(nth_id(world, "mail")),
        word,
        answers: answers.map(|message| message.id),
        entry,
        from,
        status: None,
        hash: nth_id(world, "mail").to_string(),
        bytes: 1,
    };
    world.happens(step, Payload::MailReceived { mail: Box::new(mail) })
}

fn enhanced(world: &mut World<'_>, step: Part<'_>) -> Result<(), Wrong> {
    step.only(&["who", "state", "categories"])?;
    let state: EnhancedState = step.need("state")?.word()?;
    let mut categories: Vec<EnhancedCategory> = step.words("categories")?;
    if categories.is_empty() && state != EnhancedState::Refused {
        categories.push(EnhancedCategory::VulnerableOrIntimidated);
    }
    let payload = Payload::EnhancedRightsSet {
        participant: world.person(step.need("who")?)?,
        state,
        categories,
        source: "as the scenario says".to_owned(),
        version: None,
    };
    world.happens(step, payload)
}

/// Somebody's part as it is held, to be changed.
pub(super) fn as_held(held: &Participant) -> NewParticipant {
    NewParticipant {
        id: held.id,
        person: held.person,
        identity: None,
        roles: held.roles.clone(),
        child: held.child,
        offences: held.offences.clone(),
        defendants: held.defendants.clone(),
        enhanced: None,
        supports: held.supports.clone(),
        consent: held.consent,
        contact_via: held.contact_via,
        wants_updates: held.wants_updates,
        collar: held.collar.clone(),
        resource_team: held.resource_team,
        witness_number: held.witness_number,
        awaits: Vec::new(),
    }
}
