//! The diary day by day, and the sheet that a trial is worked from.

use super::{Caller, Served, fields, refused};
use crate::app::{case, defendant, officer, person, share, trial};
use crate::database::on_both_databases;
use chrono::TimeDelta;
use tonic::Code;
use usher::domain::event::{NewParticipant, Payload, Subject};
use usher::domain::hearing::{AttendanceState, When};
use usher::domain::ids::StaffId;
use usher::domain::person::Role;
use usher::grpc::pb;
use usher::store::Store;

/// Three cases, whose trials are listed for these days; the last is care officer 2's.
async fn listed(store: Store, days: [&str; 3]) -> Served {
    let served = Served::new(store).await;
    for (n, day) in (1..).zip(days) {
        let owner: StaffId = officer(if n == 3 { 2 } else { 1 });
        let new = case(n, vec![witness(n, 1, 7), witness(n, 2, 3)]);
        served.app.open(usher::domain::event::NewCase { owner: Some(owner), ..new }).await;
        served.app.share(share(n, vec![trial(day)])).await;
    }
    served
}

fn witness(n: u128, who: u128, number: i32) -> NewParticipant {
    let witness = person(n, who, Role::CivilianWitness);
    NewParticipant { witness_number: Some(number), defendants: vec![defendant(1)], ..witness }
}

async fn entries(served: &Served, ask: pb::ListEntriesRequest) -> pb::ListEntriesResponse {
    served.diary(Caller::OFFICER).list_entries(ask).await.unwrap().into_inner()
}

fn labels(answer: &pb::ListEntriesResponse) -> Vec<&str> {
    answer.lines.iter().map(|line| line.case_label.as_str()).collect()
}

fn week() -> pb::ListEntriesRequest {
    pb::ListEntriesRequest {
        from_day: "2026-11-23".into(),
        to_day: "2026-11-29".into(),
        ..Default::default()
    }
}

const DAYS: [&str; 3] = ["2026-11-25T10:00", "2026-11-24T14:00", "2026-11-24T10:00"];

on_both_databases! {
    async fn what_has_no_date_comes_by_itself_and_on_no_day(store: Store) {
        let served = listed(store, DAYS).await;
        let later = NewParticipant { defendants: vec![defendant(1)], ..person(9, 1, Role::CivilianWitness) };
        served.app.open(case(9, vec![later])).await;
        let mut line = trial("2026-11-24T10:00");
        if let Some(next) = &mut line.next_hearing {
            next.when = When::Unfixed;
        }
        served.app.share(share(9, vec![line])).await;
        let undated = entries(&served, pb::ListEntriesRequest { undated: true, ..week() }).await;
        assert_eq!(labels(&undated), ["52AB0000926"]);
        assert!(!labels(&entries(&served, week()).await).contains(&"52AB0000926"));
    }

    async fn the_diary_comes_day_by_day_in_pages_and_names_nobody(store: Store) {
        let served = listed(store, DAYS).await;
        let all = entries(&served, week()).await;
        assert_eq!(labels(&all), ["52AB0000326", "52AB0000226", "52AB0000126"]);
        let hearing = all.lines[0].hearing.as_ref().unwrap();
        assert_eq!((hearing.court.as_ref().unwrap().name.as_str(), hearing.defendant_ids.len()), ("Northgate", 0));
        let first = entries(&served, pb::ListEntriesRequest { page_size: 2, ..week() }).await;
        let more = pb::ListEntriesRequest {
            page_size: 2,
            page_token: first.next_page_token.clone(),
            ..week()
        };
        let second = entries(&served, more).await;
        assert_eq!((labels(&first), labels(&second)), (vec!["52AB0000326", "52AB0000226"], vec!["52AB0000126"]));
        assert!(second.next_page_token.is_empty());
    }
}

on_both_databases! {
    async fn the_diary_is_asked_by_person_team_and_court(store: Store) {
        let served = listed(store, DAYS).await;
        let mine = pb::ListEntriesRequest { staff_id: officer(2).to_string(), ..week() };
        assert_eq!(labels(&entries(&served, mine).await), ["52AB0000326"]);
        let team = pb::ListEntriesRequest { team_id: crate::app::team().to_string(), ..week() };
        assert_eq!(entries(&served, team).await.lines.len(), 3);
        let court = pb::ListEntriesRequest { court_code: "B01XX00".into(), ..week() };
        assert!(entries(&served, court).await.lines.is_empty());
        let backwards = pb::ListEntriesRequest { to_day: "2026-11-01".into(), ..week() };
        let answer = served.diary(Caller::OFFICER).list_entries(backwards).await;
        let status = refused(answer, Code::InvalidArgument, "FIELD_INVALID");
        assert_eq!(fields(&status), ["to_day"]);
    }
}

on_both_databases! {
    async fn the_sheet_of_a_trial_says_who_was_told_what_and_when(store: Store) {
        let served = listed(store, DAYS).await;
        let id = case(1, vec![]).id;
        let hearing = served.app.case(id).await.hearings.iter().find(|held| held.kind == usher::domain::hearing::HearingKind::Trial).unwrap().id;
        let (first, second) = (witness(1, 1, 7).id, witness(1, 2, 3).id);
        let required = Payload::WitnessesRequired {
            hearing: Some(hearing),
            witnesses: vec![(first, Some("day 1, morning".into())), (second, None)],
        };
        served.app.record(Subject::Case(id), required).await.unwrap();
        served.app.wait(TimeDelta::minutes(20));
        for (state, by) in [(AttendanceState::Warned, Some("call")), (AttendanceState::Confirmed, None)] {
            let recorded = Payload::AttendanceRecorded {
                participant: first,
                hearing,
                state,
                told_by: by.map(str::to_owned),
            };
            served.app.record(Subject::Case(id), recorded).await.unwrap();
        }
        let ask = pb::GetTrialSheetRequest { hearing_id: hearing.to_string() };
        let sheet = served.diary(Caller::OFFICER).get_trial_sheet(ask).await.unwrap().into_inner();
        assert_eq!((sheet.case_label.as_str(), sheet.owner_id), ("52AB0000126", officer(1).to_string()));
        let numbers: Vec<i32> = sheet.lines.iter().map(|line| line.witness_number).collect();
        assert_eq!(numbers, [3, 7]);
        let warned = &sheet.lines[1];
        assert_eq!((warned.name.as_str(), warned.phase.as_str()), ("First1 Last1", "day 1, morning"));
        let steps: Vec<(i32, &str)> =
            warned.steps.iter().map(|step| (step.state, step.told_by.as_str())).collect();
        use pb::AttendanceState::{Confirmed, Required, Warned};
        assert_eq!(steps, [(Required as i32, ""), (Warned as i32, "call"), (Confirmed as i32, "")]);
        assert!(warned.steps[0].at.unwrap().seconds < warned.steps[1].at.unwrap().seconds);
        let unknown = pb::GetTrialSheetRequest { hearing_id: id.to_string() };
        refused(served.diary(Caller::OFFICER).get_trial_sheet(unknown).await, Code::NotFound, "NOT_HELD");
    }
}
