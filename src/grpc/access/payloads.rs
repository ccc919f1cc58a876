//! Which role may tell what by RecordEvent and RecordEvents: one table, and what is not in it is denied.
//!
//! An event is no way round the access table: a payload is taken from the roles that may make the call which records
//! the same. What has no call of its own names its roles here. The contract says the same at each payload.

use super::Role::{self, CareOfficer, Feed, Manager, Service, TeamLeader};
use super::table;
use crate::grpc::pb::event::Payload;

/// Who may tell something.
#[derive(Debug, Clone, Copy)]
pub enum Tellers {
    /// Whoever may make this call of this service.
    AsFor(&'static str, &'static str),
    /// These.
    Roles(&'static [Role]),
}
use Tellers::{AsFor, Roles};

/// Field of `Event.payload`, and who may tell it.
#[rustfmt::skip]
pub const TELLERS: &[(&str, Tellers)] = &[
    ("hearing_resulted", Roles(&[Feed, Service, CareOfficer, TeamLeader, Manager])),
    ("case_opened", AsFor("CaseService", "OpenCase")),
    ("case_updated", AsFor("CaseService", "UpdateCase")),
    ("case_linked", AsFor("CaseService", "LinkCase")),
    ("participant_added", AsFor("CaseService", "AddParticipant")),
    ("participant_updated", AsFor("CaseService", "UpdateParticipant")),
    ("enhanced_rights_set", AsFor("CaseService", "SetEnhancedRights")),
    ("contact_logged", AsFor("CaseService", "LogContact")),
    ("contact_logged.corrects_id", AsFor("CaseService", "CorrectContact")),
    ("witnesses_required", Roles(&[Feed, Service, CareOfficer, TeamLeader, Manager])),
    ("attendance_recorded", Roles(&[Service, CareOfficer, TeamLeader, Manager])),
    ("trial_taken_out", Roles(&[Feed, Service, CareOfficer, TeamLeader, Manager])),
    ("hearing_listed", Roles(&[Feed, Service, CareOfficer, TeamLeader, Manager])),
    ("attendance_planned", Roles(&[Service, CareOfficer, TeamLeader, Manager])),
    ("message_bounced", Roles(&[Feed, Service, CareOfficer, TeamLeader, Manager])),
];

/// The name under which a payload stands in the table.
#[must_use]
pub fn name(payload: &Payload) -> &'static str {
    match payload {
        Payload::HearingResulted(_) => "hearing_resulted",
        Payload::CaseOpened(_) => "case_opened",
        Payload::CaseUpdated(_) => "case_updated",
        Payload::CaseLinked(_) => "case_linked",
        Payload::ParticipantAdded(_) => "participant_added",
        Payload::ParticipantUpdated(_) => "participant_updated",
        Payload::EnhancedRightsSet(_) => "enhanced_rights_set",
        Payload::ContactLogged(given) if !given.corrects_id.is_empty() => "contact_logged.corrects_id",
        Payload::ContactLogged(_) => "contact_logged",
        Payload::WitnessesRequired(_) => "witnesses_required",
        Payload::AttendanceRecorded(_) => "attendance_recorded",
        Payload::AttendancePlanned(_) => "attendance_planned",
        Payload::TrialTakenOut(_) => "trial_taken_out",
        Payload::HearingListed(_) => "hearing_listed",
        Payload::MessageBounced(_) => "message_bounced",
    }
}

/// Whether a role may tell what stands in the table under this name.
#[must_use]
pub fn allows(role: Role, name: &str) -> bool {
    TELLERS.iter().filter(|(told, _)| *told == name).any(|(_, tellers)| match tellers {
        AsFor(service, call) => table::allows(role, &format!("/usher.v1.{service}/{call}")),
        Roles(roles) => roles.contains(&role),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_brings_what_courts_and_relays_say_and_decides_nothing() {
        let told: Vec<&str> =
            TELLERS.iter().map(|(name, _)| *name).filter(|name| allows(Feed, name)).collect();
        let expected = [
            "hearing_resulted",
            "witnesses_required",
            "trial_taken_out",
            "hearing_listed",
            "message_bounced",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn nobody_tells_what_their_role_may_not_call() {
        assert!(!allows(Service, "enhanced_rights_set") && allows(CareOfficer, "enhanced_rights_set"));
        assert!(!allows(Service, "contact_logged.corrects_id") && allows(Service, "contact_logged"));
        assert!(!allows(Manager, "something_else") && !allows(Role::Administrator, "hearing_resulted"));
    }

    #[test]
    fn every_call_that_the_table_names_is_one() {
        for (name, tellers) in TELLERS {
            if let AsFor(service, call) = tellers {
                let known = table::CALLERS.iter().any(|(of, named, _)| (of, named) == (service, call));
                assert!(known, "{name}: there is no {service}/{call}");
            }
        }
    }
}
