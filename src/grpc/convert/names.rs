//! What casework calls a value, and where a caller finds it: a refusal names the field by its path in the request.

use crate::domain::event::{Payload, TaskAction};
use crate::grpc::refused::Refused;

/// Where the values of a payload stand in a request.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    /// The field of `Event.payload`; none for what is recorded by calls of its own alone.
    event: Option<&'static str>,
    /// The message of the request, and of the event's payload, that holds them; empty where they stand by themselves.
    within: &'static str,
    /// Casework's names of values that are called something else on the wire.
    renamed: &'static [(&'static str, &'static str)],
}

const PARTICIPANT: &[(&str, &str)] =
    &[("person", "person_id"), ("supports", "supports_ids"), ("contact_via", "contact_via_id")];

/// Where the values of this payload stand.
#[must_use]
pub fn of(payload: &Payload) -> Names {
    let names = |event, within, renamed| Names { event, within, renamed };
    match payload {
        Payload::CaseOpened { .. } => names(Some("case_opened"), "case", PARTICIPANT),
        Payload::CaseUpdated { .. } => names(Some("case_updated"), "", &[]),
        Payload::CaseLinked { .. } => names(Some("case_linked"), "", &[]),
        Payload::ParticipantAdded { .. } => names(Some("participant_added"), "participant", PARTICIPANT),
        Payload::ParticipantUpdated { .. } => names(Some("participant_updated"), "participant", PARTICIPANT),
        Payload::EnhancedRightsSet { .. } => names(Some("enhanced_rights_set"), "", &[]),
        Payload::ContactLogged { .. } => names(Some("contact_logged"), "contact", &[("met", "met_duty_ids")]),
        Payload::DocumentAdded { .. } => {
            names(None, "document", &[("participant", "participant_id"), ("task", "task_id")])
        }
        Payload::WitnessesRequired { .. } => names(
            Some("witnesses_required"),
            "",
            &[("hearing", "hearing_id"), ("participant", "participant_id")],
        ),
        Payload::AttendanceRecorded { .. } => {
            names(Some("attendance_recorded"), "", &[("hearing", "hearing_id")])
        }
        Payload::AttendancePlanned { .. } => names(
            Some("attendance_planned"),
            "",
            &[("hearing", "hearing_id"), ("participant", "participant_id")],
        ),
        Payload::AppointmentPut { .. } => {
            names(None, "", &[("with", "appointment.participant_id"), ("staff", "appointment.staff_id")])
        }
        Payload::HearingListed { .. } => names(Some("hearing_listed"), "", &[("hearing", "hearing_id")]),
        Payload::TrialTakenOut { .. } => names(Some("trial_taken_out"), "", &[("hearing", "hearing_id")]),
        Payload::TaskActed { action: TaskAction::Complete(_), .. } => {
            names(None, "", &[("duties", "met.ids")])
        }
        Payload::DutyExcused { .. } => names(None, "", &[("reason", "words")]),
        Payload::StaffPut { .. } => {
            names(None, "staff", &[("team", "team_id"), ("version", "staff.version")])
        }
        Payload::DirectoryPut { .. } => names(None, "entry", &[("version", "entry.version")]),
        Payload::AbsenceRecorded { .. } => {
            names(None, "absence", &[("until", "ends_at"), ("from", "starts_at")])
        }
        Payload::AbsenceEnded { .. } => names(None, "", &[("at", "ends_at")]),
        Payload::NoticePosted { .. } => names(None, "notice", &[("to", "team_ids")]),
        _ => names(None, "", &[]),
    }
}

impl Names {
    /// The refusal of a call that records this alone, in the words of its request.
    #[must_use]
    pub fn of_call(self, refused: Refused) -> Refused {
        refused.renamed(|field| self.path(field))
    }

    /// The refusal of an event that tells this, in the words of RecordEvent's request.
    #[must_use]
    pub fn of_event(self, refused: Refused) -> Refused {
        let Some(event) = self.event else { return refused };
        refused.renamed(|field| match field {
            "request_id" => field.to_owned(),
            "received_at" => format!("event.{field}"),
            _ => format!("event.{event}.{}", self.path(field)),
        })
    }

    fn path(self, field: &str) -> String {
        // What is put as a whole has its version inside; other calls have it beside what they change.
        let is_inside = self.renamed.iter().any(|(ours, _)| *ours == field);
        if matches!(field, "request_id" | "version" | "received_at") && !is_inside {
            return field.to_owned();
        }
        let step = |step: &str| {
            let (name, place) = step.split_at(step.find('[').unwrap_or(step.len()));
            let renamed = self.renamed.iter().find(|(ours, _)| *ours == name);
            format!("{}{place}", renamed.map_or(name, |(_, wire)| wire))
        };
        let path = field.split('.').map(step).collect::<Vec<_>>().join(".");
        let stands_within = path.split('.').next() == Some(self.within);
        if self.within.is_empty() || stands_within { path } else { format!("{}.{path}", self.within) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::Completion;
    use crate::domain::ids::{AbsenceId, TaskId};
    use crate::domain::refusal::Refusal;
    use crate::grpc::pb;
    use uuid::Uuid;

    fn field(refused: Refused) -> String {
        pb::Refusal::from(refused).fields.remove(0).field
    }

    fn stale() -> Refused {
        let (what, id) = ("member of staff".to_owned(), Uuid::nil().to_string());
        Refusal::Stale { what, id, held: 2, given: 1 }.into()
    }

    fn invalid(field: &str) -> Refused {
        Refusal::invalid(field, "must be otherwise").into()
    }

    #[test]
    fn a_refusal_names_the_field_by_its_path_from_the_request_down() {
        let taken_out = of(&Payload::TrialTakenOut { hearing: None, reason: String::new() });
        assert_eq!(field(taken_out.of_event(invalid("hearing"))), "event.trial_taken_out.hearing_id");
        let required = of(&Payload::WitnessesRequired { hearing: None, witnesses: Vec::new() });
        let third = required.of_event(invalid("witnesses[2].participant"));
        assert_eq!(field(third), "event.witnesses_required.witnesses[2].participant_id");
        let absence = AbsenceId(Uuid::nil());
        let ended = of(&Payload::AbsenceEnded { absence, at: None, handover: None });
        assert_eq!(field(ended.of_call(invalid("at"))), "ends_at");
        let action = TaskAction::Complete(Completion::default());
        let acted = of(&Payload::TaskActed { task: TaskId(Uuid::nil()), version: None, action });
        assert_eq!(field(acted.of_call(invalid("duties"))), "met.ids");
        assert_eq!(field(acted.of_call(invalid("answers.in_court"))), "answers.in_court");
    }

    #[test]
    fn a_stale_version_is_named_where_the_request_has_it() {
        let names = |within, renamed| Names { event: None, within, renamed };
        assert_eq!(field(names("staff", &[("version", "staff.version")]).of_call(stale())), "staff.version");
        assert_eq!(field(names("participant", PARTICIPANT).of_call(stale())), "version");
    }

    #[test]
    fn the_message_names_the_field_in_the_same_way() {
        let taken_out = of(&Payload::TrialTakenOut { hearing: None, reason: String::new() });
        let told = pb::Refusal::from(taken_out.of_event(invalid("hearing"))).message;
        assert_eq!(told, "event.trial_taken_out.hearing_id: must be otherwise");
    }
}
