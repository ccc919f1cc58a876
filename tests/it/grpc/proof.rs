//! Who was told what, how, when and by whom; and the sheet of a trial with its measures and notes.

use super::{Caller, Served, refused};
use crate::app::{case, defendant, enhanced, offence, person, share, trial};
use crate::database::on_both_databases;
use chrono::TimeDelta;
use tonic::Code;
use usher::domain::court::{Line, ResultLine};
use usher::domain::event::{NewParticipant, Payload, Subject};
use usher::domain::ids::{CaseId, HearingId};
use usher::domain::person::Role;
use usher::grpc::pb;
use usher::store::Store;
use usher::store::audit;

fn victim() -> NewParticipant {
    NewParticipant { defendants: vec![defendant(1)], ..enhanced(person(1, 1, Role::Victim)) }
}

/// A case whose victim is owed the outcome, told in a call after one that nobody answered.
async fn told(store: Store, after: TimeDelta) -> (Served, CaseId) {
    let served = Served::new(store).await;
    let id = served.app.open(case(1, vec![victim(), person(1, 5, Role::OfficerInCase)])).await;
    let fine = ResultLine {
        defendant: Some(defendant(1)),
        offence: Some(offence(1)),
        cjs_code: Some("1015".into()),
        label: "Fine".into(),
        ..ResultLine::blank(Line::Judicial)
    };
    served.app.share(share(1, vec![fine])).await;
    let contact = |kind: pb::ContactKind, check: pb::CallerCheck| pb::NewContact {
        kind: kind.into(),
        participant_id: victim().id.to_string(),
        check: check.into(),
        ..Default::default()
    };
    let log = |request_id: &str, contact: pb::NewContact| pb::LogContactRequest {
        request_id: request_id.into(),
        case_id: id.to_string(),
        contact: Some(contact),
    };
    served.app.wait(TimeDelta::minutes(30));
    let mut cases = served.cases(Caller::OFFICER);
    let nobody = contact(pb::ContactKind::NoAnswer, pb::CallerCheck::NotNeeded);
    cases.log_contact(log("first", nobody)).await.unwrap();
    served.app.wait(after);
    let state = served.app.case(id).await;
    let owed = state.duties.iter().filter(|duty| duty.to == victim().id);
    let reached = pb::NewContact {
        met_duty_ids: owed.map(|duty| duty.id.to_string()).collect(),
        words: "She was glad to hear it".into(),
        ..contact(pb::ContactKind::Call, pb::CallerCheck::Verified)
    };
    cases.log_contact(log("second", reached)).await.unwrap();
    served.app.tick().await;
    (served, id)
}

async fn proof(served: &Served, ask: pb::GetProofRequest) -> pb::GetProofResponse {
    served.cases(Caller::OFFICER).get_proof(ask).await.unwrap().into_inner()
}

fn of(case: CaseId, participant: &str) -> pb::GetProofRequest {
    pb::GetProofRequest {
        case_id: case.to_string(),
        participant_id: participant.into(),
        ..Default::default()
    }
}

fn said(lines: &[pb::ProofLine]) -> Vec<(&str, &str)> {
    let kind = |line: &pb::ProofLine| match pb::ProofKind::try_from(line.kind).unwrap() {
        pb::ProofKind::Told => "told",
        pb::ProofKind::Tried => "tried",
        pb::ProofKind::Excused => "excused",
        pb::ProofKind::Unspecified => "nothing",
    };
    lines.iter().map(|line| (kind(line), line.channel.as_str())).collect()
}

on_both_databases! {
    async fn what_a_victim_was_told_is_proved_with_every_try_before(store: Store) {
        let (served, id) = told(store, TimeDelta::hours(1)).await;
        let lines = proof(&served, of(id, &victim().id.to_string())).await.lines;
        assert_eq!(said(&lines), [("tried", "no-answer"), ("told", "call"), ("told", "call")], "{lines:?}");
        let about = |title: &str| lines.iter().find(|line| line.title == title).unwrap();
        let charged = about("The charge, the first hearing and bail");
        assert_eq!(charged.causes[0].words, "case.opened, Fri 20 Nov 2026");
        let told = about("What the court decided");
        let causes: Vec<&str> = told.causes.iter().map(|cause| cause.words.as_str()).collect();
        assert_eq!(causes, ["Fined, Thu 19 Nov 2026"]);
        assert_eq!((told.staff_id.clone(), told.check), (crate::app::officer(1).to_string(), pb::CallerCheck::Verified as i32));
        assert_eq!(told.words, "She was glad to hear it");
        let clock = told.clock.as_ref().unwrap();
        assert!(!clock.late && !clock.target_missed && clock.cites.contains("Victims' Code"), "{clock:?}");
        assert!(!told.duty_id.is_empty() && !told.contact_id.is_empty());
    }

    async fn what_was_told_too_late_says_against_which_clock(store: Store) {
        let (served, id) = told(store, TimeDelta::days(4)).await;
        let lines = proof(&served, of(id, &victim().id.to_string())).await.lines;
        let told = lines.iter().find(|line| line.title == "What the court decided").unwrap();
        let clock = told.clock.as_ref().unwrap();
        assert!(clock.late && clock.target_missed && clock.due_at.is_some(), "{clock:?}");
    }

    async fn a_telling_whose_record_was_corrected_says_by_which(store: Store) {
        let (served, id) = told(store, TimeDelta::hours(1)).await;
        let whose = of(id, &victim().id.to_string());
        let before = proof(&served, whose.clone()).await.lines;
        assert!(before.iter().all(|line| line.corrected_by_id.is_empty()), "{before:?}");
        let told = before.iter().find(|line| line.title == "What the court decided").unwrap();
        let correction = pb::NewContact {
            kind: pb::ContactKind::NoAnswer.into(),
            participant_id: victim().id.to_string(),
            check: pb::CallerCheck::NotNeeded.into(),
            words: "It was somebody else who picked up".into(),
            ..Default::default()
        };
        let ask = pb::CorrectContactRequest {
            request_id: "corrected".into(),
            case_id: id.to_string(),
            contact_id: told.contact_id.clone(),
            contact: Some(correction),
        };
        served.cases(Caller::OFFICER).correct_contact(ask).await.unwrap();
        let state = served.app.case(id).await;
        let by = state.contacts.iter().find(|held| held.corrects.is_some()).unwrap().id.to_string();
        let lines = proof(&served, whose).await.lines;
        let correction = lines.iter().find(|line| line.contact_id == by).unwrap();
        assert_eq!(correction.corrects_id, told.contact_id);
        for line in lines {
            let is_corrected = line.contact_id == told.contact_id;
            assert_eq!(line.corrected_by_id, if is_corrected { by.clone() } else { String::new() }, "{line:?}");
        }
    }

    async fn the_proof_of_a_case_has_everybody_and_what_left_by_mail_in_pages(store: Store) {
        let (served, id) = told(store, TimeDelta::hours(1)).await;
        let all = proof(&served, of(id, "")).await.lines;
        assert!(said(&all).contains(&("told", "email")), "{all:?}");
        assert!(all.windows(2).all(|pair| pair[0].at.unwrap().seconds <= pair[1].at.unwrap().seconds));
        let mut paged = Vec::new();
        let mut ask = pb::GetProofRequest { page_size: 1, ..of(id, "") };
        loop {
            let page = proof(&served, ask.clone()).await;
            paged.extend(page.lines);
            if page.next_page_token.is_empty() {
                break;
            }
            ask.page_token = page.next_page_token;
        }
        assert_eq!(paged, all);
    }

    async fn a_proof_is_a_consultation(store: Store) {
        let (served, id) = told(store.clone(), TimeDelta::hours(1)).await;
        proof(&served, of(id, "")).await;
        let filter = audit::Filter { subject: Some(id.0), ..audit::Filter::default() };
        let written = audit::list(&store, crate::app::unit().id, &filter, None, 100).await.unwrap();
        let proofs = written.iter().filter(|entry| entry.subject_kind == "proof" && entry.verb == "consult");
        assert_eq!(proofs.count(), 1, "{written:?}");
        let unknown = of(id, &person(9, 9, Role::Victim).id.to_string());
        refused(served.cases(Caller::OFFICER).get_proof(unknown).await, Code::NotFound, "NOT_HELD");
    }
}

/// A case with a trial at which the victim and a witness are required.
async fn required(store: Store) -> (Served, CaseId, HearingId) {
    let served = Served::new(store).await;
    let witness = NewParticipant {
        witness_number: Some(1),
        awaits: Vec::new(),
        defendants: vec![defendant(1)],
        ..person(1, 2, Role::CivilianWitness)
    };
    let id = served.app.open(case(1, vec![victim(), witness.clone()])).await;
    served.app.share(share(1, vec![trial("2027-01-18T10:00")])).await;
    let witnesses = vec![(victim().id, None), (witness.id, Some("day 1".into()))];
    let required = Payload::WitnessesRequired { hearing: None, witnesses };
    served.app.record(Subject::Case(id), required).await.unwrap();
    let hearing = served.app.case(id).await.attendances[0].hearing;
    (served, id, hearing)
}

async fn sheet(served: &Served, hearing: HearingId) -> pb::GetTrialSheetResponse {
    let ask = pb::GetTrialSheetRequest { hearing_id: hearing.to_string() };
    served.diary(Caller::OFFICER).get_trial_sheet(ask).await.unwrap().into_inner()
}

fn planned(case: CaseId, request_id: &str, planned: pb::AttendancePlanned) -> pb::RecordEventRequest {
    pb::RecordEventRequest {
        request_id: request_id.into(),
        event: Some(pb::Event {
            case_id: case.to_string(),
            payload: Some(pb::event::Payload::AttendancePlanned(planned)),
            ..Default::default()
        }),
        ..Default::default()
    }
}

on_both_databases! {
    async fn the_sheet_shows_measures_the_order_of_evidence_and_the_risk(store: Store) {
        let (served, case, hearing) = required(store).await;
        let measure = |kind: pb::MeasureKind, state: pb::MeasureState| pb::Measure {
            kind: kind.into(),
            state: state.into(),
        };
        let plan = pb::AttendancePlanned {
            participant_id: victim().id.to_string(),
            hearing_id: hearing.to_string(),
            phase: "day 2, morning".into(),
            evidence_order: 1,
            measures: vec![
                measure(pb::MeasureKind::LiveLink, pb::MeasureState::AppliedFor),
                measure(pb::MeasureKind::Screens, pb::MeasureState::Granted),
            ],
            sets_measures: true,
        };
        let mut intake = served.intake(Caller::OFFICER);
        intake.record_event(planned(case, "plan", plan.clone())).await.unwrap();
        let shown = sheet(&served, hearing).await;
        assert_eq!(shown.risk, pb::Risk::High as i32);
        let first = &shown.lines[0];
        assert_eq!((first.name.as_str(), first.evidence_order, first.phase.as_str()), ("First1 Last1", 1, "day 2, morning"));
        assert!(first.enhanced && !shown.lines[1].enhanced);
        let measures: Vec<i32> = first.measures.iter().map(|measure| measure.kind).collect();
        assert_eq!(measures, [pb::MeasureKind::Screens as i32, pb::MeasureKind::LiveLink as i32]);
        let emptied = pb::AttendancePlanned { measures: Vec::new(), evidence_order: 0, ..plan.clone() };
        intake.record_event(planned(case, "emptied", emptied)).await.unwrap();
        let shown = sheet(&served, hearing).await;
        assert_eq!((shown.lines[0].measures.len(), shown.lines[0].evidence_order), (0, 1));
        let twice = pb::AttendancePlanned { measures: vec![plan.measures[0], plan.measures[0]], ..plan.clone() };
        let answer = intake.record_event(planned(case, "twice", twice)).await;
        refused(answer, Code::InvalidArgument, "FIELD_INVALID");
        let nobody = pb::AttendancePlanned { participant_id: person(1, 9, Role::Victim).id.to_string(), ..plan };
        refused(intake.record_event(planned(case, "nobody", nobody)).await, Code::NotFound, "NOT_HELD");
    }

    async fn notes_stand_on_the_sheet_beside_those_they_are_about(store: Store) {
        let (served, case, hearing) = required(store).await;
        let note = |request_id: &str, about: String, words: &str| pb::AddNoteRequest {
            request_id: request_id.into(),
            case_id: case.to_string(),
            words: words.into(),
            participant_id: about,
            hearing_id: hearing.to_string(),
        };
        let mut cases = served.cases(Caller::OFFICER);
        cases.add_note(note("one", victim().id.to_string(), "Comes by the side door")).await.unwrap();
        cases.add_note(note("two", String::new(), "The court sits late")).await.unwrap();
        let elsewhere = pb::AddNoteRequest { hearing_id: String::new(), ..note("three", String::new(), "Not here") };
        cases.add_note(elsewhere).await.unwrap();
        let shown = sheet(&served, hearing).await;
        let words = |notes: &[pb::Contact]| notes.iter().map(|note| note.words.clone()).collect::<Vec<_>>();
        assert_eq!(words(&shown.notes), ["The court sits late"]);
        let theirs: Vec<_> = shown.lines.iter().map(|line| words(&line.notes)).collect();
        assert!(theirs.contains(&vec!["Comes by the side door".to_owned()]), "{theirs:?}");
        let unknown = pb::AddNoteRequest { hearing_id: case.to_string(), ..note("four", String::new(), "x") };
        refused(cases.add_note(unknown).await, Code::NotFound, "NOT_HELD");
    }
}
