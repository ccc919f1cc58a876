//! Typed events: what feeds and services may tell usher.

use super::field::{self, NAME_MAX, REASON_MAX, text, text_if_given};
use super::{case, contact, court, hearing, person};
use crate::domain::court::{Court, Feed, NextHearing};
use crate::domain::event::{Fate, Payload, Subject};
use crate::domain::ids::{ContactId, derived};
use crate::domain::listing::Listing;
use crate::domain::person::EnhancedState;
use crate::grpc::access::{Identity, Role, payloads};
use crate::grpc::pb::{self, Reason, event};
use crate::grpc::refused::Refused;
use chrono::{DateTime, Utc};

/// The last place in an order of evidence.
const EVIDENCE_ORDER_MAX: i32 = 999;

/// Witnesses named at once, at most.
const WITNESSES_MAX: usize = 500;

/// An event as it is recorded, but for who brought it.
#[derive(Debug, Clone)]
pub struct Told {
    /// When it happened.
    pub occurred_at: Option<DateTime<Utc>>,
    /// When it first reached the unit.
    pub received_at: Option<DateTime<Utc>>,
    /// What it is about.
    pub subject: Subject,
    /// What happened.
    pub payload: Payload,
}

/// An event; ids of new things follow from `seed`, the source and reference of the call.
///
/// # Errors
/// [`Refused`].
pub fn told(
    given: Option<&pb::Event>,
    caller: &Identity,
    seed: &[&[u8]],
    now: DateTime<Utc>,
) -> Result<Told, Refused> {
    let given = field::given("event", given)?;
    let occurred_at = field::past_if_given("event.occurred_at", given.occurred_at.as_ref(), now)?;
    let received_at = field::past_if_given("event.received_at", given.received_at.as_ref(), now)?;
    if received_at.is_some() && caller.role.is_staff() {
        let text = "staff may not say when an event reached the unit: leave received_at out";
        return Err(Refused::new(Reason::RoleForbids, text).about("event.received_at", "must be left out"));
    }
    let what = field::given("event.payload", given.payload.as_ref())?;
    let name = payloads::name(what);
    if !payloads::allows(caller.role, name) {
        let text =
            format!("the role {} may not tell usher this, as it may not make the call for it", caller.role);
        return Err(
            Refused::new(Reason::RoleForbids, text).about(&format!("event.{name}"), "must be left out")
        );
    }
    let payload = payload(what, caller, seed)?;
    let subject = subject(given, &payload)?;
    Ok(Told { occurred_at, received_at, subject, payload })
}

/// What the event says it is about, where its payload does not say it itself.
fn subject(given: &pb::Event, payload: &Payload) -> Result<Subject, Refused> {
    let own = match payload {
        Payload::HearingResulted { .. } => Some(Subject::Share),
        Payload::CaseOpened { case } => Some(Subject::Reference(case.references.clone())),
        Payload::MessageFared { message, .. } => Some(Subject::Message(*message)),
        _ => None,
    };
    match (own, given.case_id.is_empty(), given.references.is_empty()) {
        (Some(own), true, true) => Ok(own),
        (Some(_), ..) => {
            Err(Refused::invalid("event.case_id", "must be left out, and references too, for this payload"))
        }
        (None, false, true) => Ok(Subject::Case(field::id("event.case_id", &given.case_id)?)),
        (None, true, false) => {
            Ok(Subject::Reference(case::references_from("event.references", &given.references)?))
        }
        (None, true, true) => Err(Refused::required("event.case_id")),
        (None, false, false) => {
            Err(Refused::invalid("event.references", "must be left out where case_id is given"))
        }
    }
}

fn payload(given: &event::Payload, caller: &Identity, seed: &[&[u8]]) -> Result<Payload, Refused> {
    use event::Payload as Given;
    match given {
        Given::HearingResulted(given) => {
            let at = "event.hearing_resulted.share";
            let share = court::share(at, field::given(at, given.share.as_ref())?)?;
            if caller.role != Role::Feed && share.feed != Feed::Manual {
                let text =
                    "a caller that is not a feed may only enter results by hand: set feed to FEED_MANUAL";
                let field = "event.hearing_resulted.share.feed";
                return Err(Refused::new(Reason::FieldInvalid, text).about(field, "must be FEED_MANUAL"));
            }
            Ok(Payload::HearingResulted { share: Box::new(share) })
        }
        Given::CaseOpened(given) => {
            let at = "event.case_opened.case";
            let case = case::new_case(at, field::given(at, given.case.as_ref())?, seed)?;
            Ok(Payload::CaseOpened { case: Box::new(case) })
        }
        Given::CaseUpdated(given) => {
            let at = "event.case_updated.change";
            case::change(at, field::given(at, given.change.as_ref())?, None)
        }
        Given::CaseLinked(given) => {
            let references = case::references_from("event.case_linked.references", &given.references)?;
            Ok(Payload::CaseLinked { references })
        }
        Given::ParticipantAdded(given) => {
            let at = "event.participant_added.participant";
            let new = person::new_participant(at, field::given(at, given.participant.as_ref())?, seed)?;
            Ok(Payload::ParticipantAdded { participant: Box::new(new) })
        }
        Given::ParticipantUpdated(given) => {
            let at = "event.participant_updated.participant";
            let participant = field::given(at, given.participant.as_ref())?;
            participant_updated(at, participant, given.version, "event.participant_updated.version", seed)
        }
        Given::EnhancedRightsSet(given) => {
            let field = |name: &str| format!("event.enhanced_rights_set.{name}");
            let state = field::word(&field("state"), given.state)?;
            if state == EnhancedState::Proposed {
                let text = "must be confirmed or refused: a person decides";
                return Err(Refused::invalid(&field("state"), text));
            }
            Ok(Payload::EnhancedRightsSet {
                participant: field::id(&field("participant_id"), &given.participant_id)?,
                state,
                categories: field::words(&field("categories"), &given.categories)?,
                source: text(&field("source"), &given.source, REASON_MAX)?,
                version: None,
            })
        }
        Given::ContactLogged(given) => {
            let at = "event.contact_logged.contact";
            let id = ContactId(derived(&[&[&b"contact"[..]], seed].concat()));
            let corrects = field::id_if_given("event.contact_logged.corrects_id", &given.corrects_id)?;
            contact::logged(at, field::given(at, given.contact.as_ref())?, id, corrects)
        }
        Given::WitnessesRequired(given) => witnesses_required(given),
        Given::AttendanceRecorded(given) => {
            let field = |name: &str| format!("event.attendance_recorded.{name}");
            Ok(Payload::AttendanceRecorded {
                participant: field::id(&field("participant_id"), &given.participant_id)?,
                hearing: field::id(&field("hearing_id"), &given.hearing_id)?,
                state: field::word(&field("state"), given.state)?,
                told_by: text_if_given(&field("told_by"), &given.told_by, NAME_MAX)?,
            })
        }
        Given::AttendancePlanned(given) => attendance_planned(given),
        Given::TrialTakenOut(given) => Ok(Payload::TrialTakenOut {
            hearing: field::id_if_given("event.trial_taken_out.hearing_id", &given.hearing_id)?,
            reason: text("event.trial_taken_out.reason", &given.reason, NAME_MAX)?,
        }),
        Given::HearingListed(given) => hearing_listed(given),
        Given::MessageBounced(given) => {
            let reason = text_if_given("event.message_bounced.reason", &given.reason, REASON_MAX)?;
            Ok(Payload::MessageFared {
                message: field::id("event.message_bounced.message_id", &given.message_id)?,
                fate: Fate::Bounced { reason: reason.unwrap_or_default() },
            })
        }
    }
}

/// Somebody's part as it is to be: its id and the version it was changed from must be given.
///
/// # Errors
/// [`Refused`].
pub fn participant_updated(
    at: &str,
    given: &pb::NewParticipant,
    version: i64,
    version_at: &str,
    seed: &[&[u8]],
) -> Result<Payload, Refused> {
    for (name, id) in [("id", &given.id), ("person_id", &given.person_id)] {
        if id.is_empty() {
            return Err(Refused::required(&format!("{at}.{name}")));
        }
    }
    let participant = Box::new(person::new_participant(at, given, seed)?);
    Ok(Payload::ParticipantUpdated { participant, version: field::version(version_at, version)? })
}

fn attendance_planned(given: &pb::AttendancePlanned) -> Result<Payload, Refused> {
    let at = |name: &str| format!("event.attendance_planned.{name}");
    let order = given.evidence_order;
    if !(0..=EVIDENCE_ORDER_MAX).contains(&order) {
        let problem = format!("must be a place from 1 to {EVIDENCE_ORDER_MAX}, or 0 where it stays as it is");
        return Err(Refused::invalid(&at("evidence_order"), problem));
    }
    let measures = hearing::measures_from(&at("measures"), &given.measures)?;
    Ok(Payload::AttendancePlanned {
        participant: field::id(&at("participant_id"), &given.participant_id)?,
        hearing: field::id(&at("hearing_id"), &given.hearing_id)?,
        phase: text_if_given(&at("phase"), &given.phase, NAME_MAX)?,
        order: (order != 0).then_some(order),
        measures: (given.sets_measures || !measures.is_empty()).then_some(measures),
    })
}

fn hearing_listed(given: &pb::HearingListed) -> Result<Payload, Refused> {
    let field = |name: &str| format!("event.hearing_listed.{name}");
    let hearing = field::id_if_given(&field("hearing_id"), &given.hearing_id)?;
    let hearing_type = text_if_given(&field("hearing_type"), &given.hearing_type, NAME_MAX)?;
    if hearing.is_none() && hearing_type.is_none() {
        return Err(Refused::required(&field("hearing_type")));
    }
    let court = match &given.court {
        None if hearing.is_some() => Court::default(),
        given => hearing::court_from(&field("court"), given.as_ref())?,
    };
    let is = NextHearing {
        hearing_type: hearing_type.unwrap_or_default(),
        jurisdiction: field::word_if_given(&field("jurisdiction"), given.jurisdiction)?,
        court,
        when: hearing::when_from(&field("when"), given.when.as_ref())?,
        existing: None,
    };
    let defendants = given.defendant_ids.iter().enumerate();
    let defendants = defendants.map(|(nth, id)| field::id(&field(&format!("defendant_ids[{nth}]")), id));
    let listing = Listing {
        said_at: None,
        hearing,
        is,
        defendants: defendants.collect::<Result<_, _>>()?,
        whole_day: given.whole_day,
        anew: false,
    };
    Ok(Payload::HearingListed { listing: Box::new(listing) })
}

fn witnesses_required(given: &pb::WitnessesRequired) -> Result<Payload, Refused> {
    let at = "event.witnesses_required.witnesses";
    if given.witnesses.is_empty() {
        return Err(Refused::required(at));
    }
    field::at_most(at, &given.witnesses, WITNESSES_MAX)?;
    let witness = |(nth, one): (usize, &pb::RequiredWitness)| {
        let participant = field::id(&format!("{at}[{nth}].participant_id"), &one.participant_id)?;
        Ok((participant, text_if_given(&format!("{at}[{nth}].phase"), &one.phase, NAME_MAX)?))
    };
    Ok(Payload::WitnessesRequired {
        hearing: field::id_if_given("event.witnesses_required.hearing_id", &given.hearing_id)?,
        witnesses: given.witnesses.iter().enumerate().map(witness).collect::<Result<_, Refused>>()?,
    })
}
