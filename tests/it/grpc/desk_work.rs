//! What the board asks beside the work itself: search, own lines, what waits to be copied, the pack in words, compliance,
//! past absences, parked bodies.

use super::{Caller, Served, fields, refused, result, wire};
use crate::app::{case, enhanced, officer, person, share, urn};
use crate::database::on_both_databases;
use tonic::Code;
use usher::domain::event::NewParticipant;
use usher::domain::ids::CaseId;
use usher::domain::person::{Identity, Role};
use usher::grpc::pb;
use usher::intake::common_platform::compose;
use usher::store::Store;

/// A case of care officer 1's with a victim of this name.
async fn with_victim(served: &Served, n: u128, first: &str, last: &str, phone: &str) -> CaseId {
    let identity = Identity {
        first_name: first.into(),
        last_name: last.into(),
        phones: vec![phone.into()],
        ..Identity::default()
    };
    let victim = NewParticipant { identity: Some(identity), ..person(n, 1, Role::Victim) };
    served.app.open(case(n, vec![victim])).await
}

fn hits(found: &pb::SearchCasesResponse) -> Vec<(pb::FoundBy, &str)> {
    found.hits.iter().map(|hit| (hit.found_by(), hit.initials.as_str())).collect()
}

async fn searched(served: &Served, words: &str) -> pb::SearchCasesResponse {
    let asked = pb::SearchCasesRequest { words: words.into(), page_size: 0 };
    served.cases(Caller::OFFICER).search_cases(asked).await.unwrap().into_inner()
}

fn lines(listed: &pb::ListOwnLinesResponse) -> Vec<&str> {
    listed.lines.iter().map(|line| line.words.as_str()).collect()
}

on_both_databases! {
    async fn a_case_is_found_by_name_sound_number_or_reference_and_shows_initials_alone(store: Store) {
        use pb::FoundBy::{Name, Phone, Reference, Sound};
        let served = Served::new(store).await;
        with_victim(&served, 1, "Vera", "Smythe", "07700 900123").await;
        with_victim(&served, 2, "Walter", "Smith", "01632 960456").await;
        assert_eq!(hits(&searched(&served, "smyth").await), [(Name, "V.S."), (Sound, "W.S.")]);
        assert_eq!(hits(&searched(&served, "vera smith").await), [(Sound, "V.S.")]);
        assert_eq!(hits(&searched(&served, "0123").await), [(Phone, "V.S.")]);
        assert_eq!(hits(&searched(&served, &urn(2)[..9]).await)[0].0, Reference);
        assert!(searched(&served, "nobody").await.hits.is_empty());
        let short = pb::SearchCasesRequest { words: "s".into(), page_size: 0 };
        let status = served.cases(Caller::OFFICER).search_cases(short).await.unwrap_err();
        assert_eq!(fields(&status), ["words"]);
    }

    async fn a_name_is_found_without_its_accents_and_by_each_of_its_parts(store: Store) {
        let served = Served::new(store).await;
        with_victim(&served, 1, "Łucja", "O’Neill-Price", "07700 900123").await;
        with_victim(&served, 2, "Sia\u{302}n", "Prydderch", "07700 900124").await;
        for (words, initials) in
            [("lucja", "Ł.O."), ("neill", "Ł.O."), ("o neill", "Ł.O."), ("o'neill", "Ł.O."), ("oneill-price", "Ł.O."), ("siân", "S.P."), ("sian pryd", "S.P.")]
        {
            let found = searched(&served, words).await;
            assert_eq!(hits(&found)[0], (pb::FoundBy::Name, initials), "{words}");
        }
    }

    async fn a_reference_is_found_however_it_is_written_and_by_its_end(store: Store) {
        let served = Served::new(store).await;
        with_victim(&served, 1, "Vera", "Smythe", "07700 900123").await;
        with_victim(&served, 2, "Walter", "Smith", "01632 960456").await;
        let held = urn(2);
        let (force, rest) = held.split_at(4);
        let end = &held[held.len() - 7..];
        for words in [held.clone(), held.to_lowercase(), format!("{force}/{rest}"), format!("{force} {rest}"), format!("{force}-{rest}"), end.to_owned()] {
            let found = searched(&served, &words).await;
            assert_eq!(found.hits.first().map(|hit| hit.case_label.as_str()), Some(held.as_str()), "{words}");
        }
    }

    async fn a_reminder_is_for_today_or_a_later_day(store: Store) {
        let served = Served::new(store).await;
        let mut mine = served.tasks(Caller::OFFICER);
        let put = |id: &str, day: &str| pb::PutOwnLineRequest {
            line: Some(pb::OwnLine { id: id.into(), words: "ring them".into(), day: day.into(), ..Default::default() }),
            ..Default::default()
        };
        let status = refused(mine.put_own_line(put("", "2026-11-19")).await, Code::InvalidArgument, "FIELD_INVALID");
        assert_eq!(fields(&status), ["line.day"]);
        let held = mine.put_own_line(put("", "2026-11-20")).await.unwrap().into_inner().line.unwrap();
        served.app.wait(chrono::TimeDelta::days(1));
        // Whoever mends its words on a later day need not move it.
        mine.put_own_line(put(&held.id, "2026-11-20")).await.unwrap();
    }

    async fn own_lines_keep_their_order_and_are_nobody_elses(store: Store) {
        let served = Served::new(store).await;
        let mut mine = served.tasks(Caller::OFFICER);
        let mut ids = Vec::new();
        for words in ["one", "two", "three"] {
            let line = pb::OwnLine { words: words.into(), ..Default::default() };
            let put = pb::PutOwnLineRequest { line: Some(line), ..Default::default() };
            ids.push(mine.put_own_line(put).await.unwrap().into_inner().line.unwrap().id);
        }
        let moved = pb::PutOwnLineRequest {
            line: Some(pb::OwnLine { id: ids[2].clone(), ..Default::default() }),
            before_id: ids[0].clone(),
            ..Default::default()
        };
        mine.put_own_line(moved).await.unwrap();
        let all = pb::ListOwnLinesRequest::default();
        assert_eq!(lines(&mine.list_own_lines(all.clone()).await.unwrap().into_inner()), ["three", "one", "two"]);
        let page = pb::ListOwnLinesRequest { page_size: 2, ..all.clone() };
        let first = mine.list_own_lines(page.clone()).await.unwrap().into_inner();
        let next = pb::ListOwnLinesRequest { page_token: first.next_page_token.clone(), ..page };
        assert_eq!(lines(&mine.list_own_lines(next).await.unwrap().into_inner()), ["two"]);
        let done = pb::PutOwnLineRequest {
            line: Some(pb::OwnLine { id: ids[0].clone(), ..Default::default() }),
            done: true,
            ..Default::default()
        };
        mine.put_own_line(done).await.unwrap();
        assert_eq!(lines(&mine.list_own_lines(all.clone()).await.unwrap().into_inner()), ["three", "two"]);
        let theirs = served.tasks(Caller::COLLEAGUE).list_own_lines(all).await.unwrap().into_inner();
        assert!(theirs.lines.is_empty());
    }

    async fn what_was_logged_waits_to_be_copied_until_it_is_marked(store: Store) {
        let served = Served::new(store).await;
        let case = with_victim(&served, 1, "Vera", "Smythe", "07700 900123").await.to_string();
        let mut cases = served.cases(Caller::OFFICER);
        let note = pb::AddNoteRequest {
            request_id: "n1".into(),
            case_id: case.clone(),
            words: "Rang back about the date.".into(),
            ..Default::default()
        };
        let note = cases.add_note(note).await.unwrap().into_inner().contact.unwrap().id;
        let asked = pb::ListUncopiedRequest::default();
        let waiting = cases.list_uncopied(asked.clone()).await.unwrap().into_inner().contacts;
        assert_eq!(waiting.len(), 1);
        assert!(waiting[0].text.ends_with("Note. Rang back about the date."), "{}", waiting[0].text);
        let mark = |request_id: &str, undo| pb::MarkCopiedRequest {
            request_id: request_id.into(),
            case_id: case.clone(),
            contact_ids: vec![note.clone()],
            undo,
        };
        cases.mark_copied(mark("m1", false)).await.unwrap();
        assert!(cases.list_uncopied(asked.clone()).await.unwrap().into_inner().contacts.is_empty());
        cases.mark_copied(mark("m2", true)).await.unwrap();
        assert_eq!(cases.list_uncopied(asked.clone()).await.unwrap().into_inner().contacts.len(), 1);
        let others = pb::ListUncopiedRequest { staff_id: officer(1).to_string(), ..asked };
        let colleague = served.cases(Caller::COLLEAGUE).list_uncopied(others.clone()).await;
        refused(colleague, Code::PermissionDenied, "ROLE_FORBIDS");
        assert_eq!(served.cases(Caller::LEADER).list_uncopied(others).await.unwrap().into_inner().contacts.len(), 1);
    }

    async fn the_pack_is_read_in_words_with_where_limits_are_used_and_how_often_rules_spoke(store: Store) {
        let served = Served::new(store).await;
        let spoke = |read: &pb::ReadPackResponse| read.rules.iter().map(|rule| rule.spoke).sum::<i64>();
        let asked = pb::ReadPackRequest::default();
        let mut packs = served.packs(Caller::OFFICER);
        let before = packs.read_pack(asked).await.unwrap().into_inner();
        with_victim(&served, 1, "Vera", "Smythe", "07700 900123").await;
        let after = packs.read_pack(asked).await.unwrap().into_inner();
        assert!(spoke(&after) > spoke(&before));
        let rule = after.rules.iter().find(|rule| rule.name == "owe-the-outcome").unwrap();
        assert!(!rule.cites.is_empty() && !rule.scenarios.is_empty() && rule.effects[0].starts_with("Owe "));
        let limit = after.limits.iter().find(|limit| rule.limits.contains(&limit.name)).unwrap();
        assert!(limit.used_by.contains(&rule.name) && !limit.value.is_empty());
        assert!(after.rules.iter().all(|rule| !rule.effects.is_empty() && !rule.on.is_empty()));
        let little = packs.read_pack(pb::ReadPackRequest { without_rules: true }).await.unwrap().into_inner();
        assert!(little.rules.is_empty() && !little.kinds.is_empty() && !little.topics.is_empty());
    }

    async fn compliance_counts_duties_by_the_week_in_which_they_fell_due(store: Store) {
        let served = Served::new(store).await;
        served.app.open(case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
        served.app.share(share(1, vec![result("1015")])).await;
        let owed = served.tasks(Caller::OFFICER).list_duties(pb::ListDutiesRequest::default()).await;
        let duties = owed.unwrap().into_inner().duties.len();
        assert!(duties > 0);
        let mut operations = served.operations(Caller::OFFICER);
        let asked = pb::GetComplianceRequest { from_day: "2026-11-16".into(), to_day: "2026-12-04".into() };
        let counted = operations.get_compliance(asked.clone()).await.unwrap().into_inner().counts;
        let total = |of: fn(&pb::ComplianceCount) -> i64| counted.iter().map(of).sum::<i64>();
        assert_eq!(total(|count| count.open), i64::try_from(duties).unwrap());
        assert!(counted.iter().all(|count| ["2026-11-16", "2026-11-23"].contains(&count.week.as_str())));
        served.app.wait(chrono::TimeDelta::days(14));
        let late = operations.get_compliance(asked).await.unwrap().into_inner().counts;
        assert_eq!(late.iter().map(|count| count.overdue).sum::<i64>(), i64::try_from(duties).unwrap());
        let turned = pb::GetComplianceRequest { from_day: "2026-12-04".into(), to_day: "2026-11-16".into() };
        assert_eq!(fields(&operations.get_compliance(turned).await.unwrap_err()), ["to_day"]);
    }

    async fn past_absences_are_listed_the_latest_first_and_a_care_officer_sees_their_own(store: Store) {
        let served = Served::new(store).await;
        let mut teams = served.teams(Caller::LEADER);
        for (n, from, to) in [(1, "2026-09-07T00:00", "2026-09-12T00:00"), (2, "2026-10-05T00:00", "2026-10-06T00:00")] {
            let absence = pb::Absence {
                staff_id: officer(n).to_string(),
                kind: pb::AbsenceKind::Leave as i32,
                starts_at: Some(wire(from)),
                ends_at: Some(wire(to)),
                ..Default::default()
            };
            let record = pb::RecordAbsenceRequest { request_id: format!("a{n}"), absence: Some(absence) };
            teams.record_absence(record).await.unwrap();
        }
        let all = teams.list_absences(pb::ListAbsencesRequest::default()).await.unwrap().into_inner().absences;
        let whose: Vec<String> = all.into_iter().map(|absence| absence.staff_id).collect();
        assert_eq!(whose, [officer(2).to_string(), officer(1).to_string()]);
        let own = pb::ListAbsencesRequest::default();
        let own = served.teams(Caller::OFFICER).list_absences(own).await.unwrap().into_inner().absences;
        assert_eq!((own.len(), own[0].kind()), (1, pb::AbsenceKind::Leave));
        let others = pb::ListAbsencesRequest { staff_id: officer(2).to_string(), ..Default::default() };
        let others = served.teams(Caller::OFFICER).list_absences(others).await;
        refused(others, Code::PermissionDenied, "ROLE_FORBIDS");
    }

    async fn team_leaders_hear_at_once_when_somebody_reports_themselves_ill(store: Store) {
        let served = Served::new(store).await;
        let case_id = served.app.open(case(1, Vec::new())).await.to_string();
        let task = pb::CreateTaskRequest {
            request_id: "t1".into(),
            case_id,
            kind: "agree-the-wording".into(),
            priority: pb::Priority::P3 as i32,
            due_at: Some(wire("2026-11-20T15:00")),
            assignee_id: officer(1).to_string(),
            words: "Ring back".into(),
            ..Default::default()
        };
        served.tasks(Caller::LEADER).create_task(task.clone()).await.unwrap();
        let given = |request_id: &str, from| pb::RecordAbsenceRequest {
            request_id: request_id.into(),
            absence: Some(pb::Absence {
                staff_id: officer(1).to_string(),
                kind: pb::AbsenceKind::Sickness as i32,
                starts_at: Some(wire(from)),
                ends_at: Some(wire("2026-11-30T18:00")),
                ..Default::default()
            }),
        };
        let mut own = served.teams(Caller::OFFICER);
        own.record_absence(given("later", "2026-11-27T08:00")).await.unwrap();
        served.app.tick().await;
        let alerts = || {
            let arrived = served.app.mail.arrived().into_iter();
            arrived.filter(|mail| mail.subject.starts_with("Nobody is there for")).count()
        };
        assert_eq!(alerts(), 0, "who will be away is not away yet");
        own.record_absence(given("now", "2026-11-20T08:00")).await.unwrap();
        served.app.tick().await;
        assert_eq!(alerts(), 1);
        let more = pb::CreateTaskRequest { request_id: "t2".into(), assignee_id: String::new(), ..task };
        served.tasks(Caller::LEADER).create_task(more).await.unwrap();
        own.record_absence(given("now", "2026-11-20T08:00")).await.expect("a repeat is answered as before");
        served.app.tick().await;
        assert_eq!(alerts(), 1, "an absence is told once");
    }

    async fn a_parked_body_can_be_looked_at_mended_and_handled(store: Store) {
        let served = Served::new(store).await;
        let send = pb::RecordCourtResultRequest {
            request_id: "b1".into(),
            body: br#"{"hearing": 5}"#.to_vec(),
            ..Default::default()
        };
        let receipt = served.intake(Caller::FEED).record_court_result(send).await.unwrap().into_inner().receipt.unwrap();
        assert_eq!(receipt.outcome(), pb::Outcome::Parked);
        let mut leader = served.operations(Caller::LEADER);
        let get = pb::GetParkedRequest { event_id: receipt.event_id.clone() };
        let held = leader.get_parked(get.clone()).await.unwrap().into_inner();
        assert_eq!(held.body, br#"{"hearing": 5}"#);
        let correct = |request_id: &str, body: &[u8]| pb::CorrectParkedRequest {
            request_id: request_id.into(),
            event_id: receipt.event_id.clone(),
            body: body.to_vec(),
            words: "the hearing was missing".into(),
        };
        let still = leader.correct_parked(correct("c1", b"{}")).await.unwrap().into_inner().receipt.unwrap();
        assert_eq!(still.outcome(), pb::Outcome::Parked);
        leader.get_parked(get.clone()).await.unwrap();
        let body = compose(&share(7, vec![result("1015")]));
        let mended = leader.correct_parked(correct("c2", &body)).await.unwrap().into_inner().receipt.unwrap();
        assert_eq!(mended.outcome(), pb::Outcome::Unlinked);
        let again = leader.correct_parked(correct("c2", &body)).await.unwrap().into_inner().receipt.unwrap();
        assert_eq!(again.event_id, mended.event_id);
        refused(leader.get_parked(get).await, Code::FailedPrecondition, "STATE_FORBIDS");
    }
}
