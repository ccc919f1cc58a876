//! Appointments and reminders in the diary, what else stands there, and how each line looks.

use super::{Caller, Served, fields, refused, wire};
use crate::app::{at, case, defendant, enhanced, officer, person, share, staff, trial};
use crate::database::on_both_databases;
use tonic::Code;
use usher::domain::event::{NewParticipant, Payload, Subject};
use usher::domain::hearing::AttendanceState;
use usher::domain::ids::{AbsenceId, CaseId};
use usher::domain::person::{Consent, Role};
use usher::domain::staff::{Absence, AbsenceKind, Staff, StaffRole};
use usher::grpc::pb;
use usher::store::Store;

/// A server with the first case, its victim and a witness, and a trial on Wednesday.
async fn served(store: Store) -> (Served, CaseId) {
    let served = Served::new(store).await;
    let concerned = |who| NewParticipant { defendants: vec![defendant(1)], ..who };
    let victim = concerned(enhanced(person(1, 1, Role::Victim)));
    let witness = concerned(person(1, 2, Role::CivilianWitness));
    let id = served.app.open(case(1, vec![victim, witness])).await;
    served.app.share(share(1, vec![trial("2026-11-25T10:00")])).await;
    (served, id)
}

fn visit(case: CaseId, request_id: &str, when: &str) -> pb::PutAppointmentRequest {
    pb::PutAppointmentRequest {
        request_id: request_id.into(),
        case_id: case.to_string(),
        at: Some(wire(when)),
        appointment: Some(pb::Appointment {
            kind: pb::AppointmentKind::PreTrialVisit as i32,
            participant_id: person(1, 1, Role::Victim).id.to_string(),
            minutes: 45,
            words: "Ask at the back door".into(),
            ..Default::default()
        }),
        ..Default::default()
    }
}

async fn put(served: &Served, ask: pb::PutAppointmentRequest) -> pb::PutAppointmentResponse {
    served.diary(Caller::OFFICER).put_appointment(ask).await.unwrap().into_inner()
}

async fn week(served: &Served) -> Vec<pb::DiaryLine> {
    let ask = pb::ListEntriesRequest {
        from_day: "2026-11-23".into(),
        to_day: "2026-11-29".into(),
        ..Default::default()
    };
    served.diary(Caller::OFFICER).list_entries(ask).await.unwrap().into_inner().lines
}

fn looks(lines: &[pb::DiaryLine]) -> Vec<String> {
    let look = |line: &pb::DiaryLine| {
        let colour =
            pb::DiaryColour::try_from(line.colour).unwrap().as_str_name().replace("DIARY_COLOUR_", "");
        let struck = if line.struck_out { ", struck out" } else { "" };
        format!(
            "{} {} {} {}{struck}",
            line.entry.as_ref().unwrap().kind,
            colour.to_lowercase(),
            line.sign,
            line.words
        )
    };
    lines.iter().map(look).collect()
}

on_both_databases! {
    async fn an_appointment_stands_in_the_diary_without_its_words(store: Store) {
        let (served, case) = served(store).await;
        let made = put(&served, visit(case, "visit", "2026-11-24T14:00")).await;
        let entry = made.entry.unwrap();
        assert_eq!((entry.kind.as_str(), entry.version, made.warnings.len()), ("appointment", 1, 0));
        assert_eq!(entry.appointment.as_ref().unwrap().words, "Ask at the back door");
        let lines = week(&served).await;
        assert_eq!(looks(&lines), ["appointment grey ◇ appointment", "hearing grey ○ nobody is to be warned yet"]);
        let shown = lines[0].entry.as_ref().unwrap().appointment.as_ref().unwrap();
        assert_eq!((shown.words.as_str(), shown.minutes), ("", 45));
        let again = put(&served, visit(case, "visit", "2026-11-24T14:00")).await;
        assert_eq!(again.receipt.unwrap().outcome, pb::Outcome::Duplicate as i32);
        assert_eq!(week(&served).await.len(), 2);
    }

    async fn an_appointment_that_moves_is_struck_out_on_its_old_day(store: Store) {
        let (served, case) = served(store).await;
        let entry = put(&served, visit(case, "visit", "2026-11-24T14:00")).await.entry.unwrap();
        let moves = pb::PutAppointmentRequest {
            entry_id: entry.id.clone(),
            version: 1,
            ..visit(case, "move", "2026-11-26T14:00")
        };
        let moved = put(&served, moves.clone()).await.entry.unwrap();
        assert_eq!((moved.id.clone(), moved.version, moved.earlier.len()), (entry.id.clone(), 2, 1));
        let lines = week(&served).await;
        assert_eq!(
            looks(&lines),
            [
                "appointment grey ╱ moved, struck out",
                "hearing grey ○ nobody is to be warned yet",
                "appointment grey ◇ appointment",
            ]
        );
        let stale = pb::PutAppointmentRequest { request_id: "stale".into(), ..moves };
        refused(served.diary(Caller::OFFICER).put_appointment(stale).await, Code::Aborted, "VERSION_STALE");
        let old = pb::PutAppointmentRequest {
            entry_id: lines[0].entry.as_ref().unwrap().id.clone(),
            version: 1,
            ..visit(case, "old", "2026-11-27T14:00")
        };
        refused(served.diary(Caller::OFFICER).put_appointment(old).await, Code::FailedPrecondition, "STATE_FORBIDS");
    }

    async fn an_appointment_that_is_called_off_stays_struck_out(store: Store) {
        let (served, case) = served(store).await;
        let entry = put(&served, visit(case, "visit", "2026-11-24T14:00")).await.entry.unwrap();
        let cancel = pb::CancelAppointmentRequest {
            request_id: "cancel".into(),
            case_id: case.to_string(),
            entry_id: entry.id,
            words: "She would rather not".into(),
            version: 1,
        };
        let cancelled = served.diary(Caller::OFFICER).cancel_appointment(cancel.clone()).await.unwrap();
        assert_eq!(cancelled.into_inner().entry.unwrap().state, pb::DiaryState::Vacated as i32);
        assert_eq!(looks(&week(&served).await)[0], "appointment grey ╱ taken out, struck out");
        let twice = pb::CancelAppointmentRequest { request_id: "twice".into(), version: 2, ..cancel };
        let twice = served.diary(Caller::OFFICER).cancel_appointment(twice).await;
        refused(twice, Code::FailedPrecondition, "STATE_FORBIDS");
    }

    async fn what_cannot_be_kept_is_refused(store: Store) {
        let (served, case) = served(store).await;
        let nobody = person(9, 1, Role::Victim).id.to_string();
        let with = |change: fn(&mut pb::Appointment, String), value: String| {
            let mut ask = visit(case, "wrong", "2026-11-24T14:00");
            change(ask.appointment.as_mut().unwrap(), value);
            ask
        };
        for (ask, code, reason) in [
            (visit(case, "past", "2026-11-20T08:59"), Code::InvalidArgument, "FIELD_INVALID"),
            (visit(case, "far", "2064-01-01T10:00"), Code::InvalidArgument, "FIELD_INVALID"),
            (with(|asked, id| asked.participant_id = id, nobody.clone()), Code::NotFound, "NOT_HELD"),
            (with(|asked, id| asked.staff_id = id, nobody), Code::NotFound, "NOT_HELD"),
        ] {
            refused(served.diary(Caller::OFFICER).put_appointment(ask).await, code, reason);
        }
        let ask = visit(case, "past", "2026-11-20T08:59");
        let status = refused(
            served.diary(Caller::OFFICER).put_appointment(ask).await,
            Code::InvalidArgument,
            "FIELD_INVALID",
        );
        assert_eq!(fields(&status), ["at"]);
        let left = Staff { left_at: Some(at("2026-11-23T17:00")), version: 1, ..staff(2, StaffRole::CareOfficer) };
        served.app.record(Subject::Desk, Payload::StaffPut { staff: Box::new(left) }).await.unwrap();
        let gone = with(|asked, id| asked.staff_id = id, officer(2).to_string());
        let status = refused(
            served.diary(Caller::OFFICER).put_appointment(gone).await,
            Code::InvalidArgument,
            "FIELD_INVALID",
        );
        assert_eq!(fields(&status), ["appointment.staff_id"]);
    }

    async fn whoever_is_away_then_is_warned_of_and_who_covers_is_named(store: Store) {
        let (served, case) = served(store).await;
        let absence = Absence {
            id: AbsenceId(uuid::Uuid::from_u128(0xab)),
            staff: officer(1),
            kind: AbsenceKind::Leave,
            from: at("2026-11-23T08:00"),
            until: Some(at("2026-11-27T17:00")),
        };
        served.app.record(Subject::Desk, Payload::AbsenceRecorded { absence }).await.unwrap();
        let made = put(&served, visit(case, "visit", "2026-11-24T14:00")).await;
        let expected = format!("whoever is to keep it ({}) is away then, until Fri 27 Nov 2026 17:00", officer(1));
        assert_eq!(made.warnings, [expected]);
        let reminder = pb::PutAppointmentRequest {
            appointment: Some(pb::Appointment {
                kind: pb::AppointmentKind::Reminder as i32,
                staff_id: officer(2).to_string(),
                ..Default::default()
            }),
            ..visit(case, "reminder", "2026-11-24T09:00")
        };
        let made = put(&served, reminder).await;
        assert_eq!((made.entry.unwrap().kind.as_str(), made.warnings.len()), ("reminder", 0));
        let own = pb::ListEntriesRequest {
            from_day: "2026-11-23".into(),
            staff_id: officer(2).to_string(),
            ..Default::default()
        };
        let own = served.diary(Caller::COLLEAGUE).list_entries(own).await.unwrap().into_inner().lines;
        assert_eq!(looks(&own), ["reminder grey ◇ reminder"]);
    }

    async fn a_trial_shows_how_far_its_witnesses_are_and_that_an_enhanced_victim_is_there(store: Store) {
        let (served, case) = served(store).await;
        let witness = person(1, 2, Role::CivilianWitness).id;
        let hearing = |lines: &[pb::DiaryLine]| lines[0].hearing.as_ref().unwrap().id.parse().unwrap();
        let hearing = hearing(&week(&served).await);
        let required = Payload::WitnessesRequired { hearing: None, witnesses: vec![(witness, None)] };
        served.app.record(Subject::Case(case), required).await.unwrap();
        let lines = week(&served).await;
        assert_eq!(looks(&lines), ["hearing red ! 0 of 1 confirmed, 3 working days to go"]);
        assert!(lines[0].enhanced);
        let confirmed = Payload::AttendanceRecorded {
            participant: witness,
            hearing,
            state: AttendanceState::Confirmed,
            told_by: None,
        };
        served.app.record(Subject::Case(case), confirmed).await.unwrap();
        assert_eq!(looks(&week(&served).await), ["hearing green ● confirmed"]);
    }

    async fn the_day_on_which_an_advisers_consent_ends_stands_in_the_diary(store: Store) {
        let (served, case) = served(store).await;
        let consent = |until: Option<&str>| Consent { from: at("2026-11-01T00:00"), until: until.map(at) };
        let adviser = |until| NewParticipant {
            consent: Some(consent(until)),
            supports: vec![person(1, 1, Role::Victim).id],
            ..person(1, 3, Role::Adviser)
        };
        let joins = Payload::ParticipantAdded { participant: Box::new(adviser(Some("2026-11-27T12:00"))) };
        served.app.record(Subject::Case(case), joins).await.unwrap();
        assert_eq!(looks(&week(&served).await)[1], "expiry grey ◇ expiry");
        let open_ended = Payload::ParticipantUpdated { participant: Box::new(adviser(None)), version: 1 };
        served.app.record(Subject::Case(case), open_ended).await.unwrap();
        assert_eq!(looks(&week(&served).await)[1], "expiry grey ╱ taken out, struck out");
    }
}
