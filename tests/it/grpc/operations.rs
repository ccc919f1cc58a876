//! What needs a hand, what is proved, and who looked: parked events, reconciliation, statistics, audit, packs, teams.

use super::{Caller, Served, fields, refused, wire};
use crate::app::{case, enhanced, officer, person, team};
use crate::database::on_both_databases;
use tonic::Code;
use usher::domain::person::Role;
use usher::grpc::pb;
use usher::store::Store;

fn body(request_id: &str, body: &[u8]) -> pb::RecordCourtResultRequest {
    pb::RecordCourtResultRequest { request_id: request_id.into(), body: body.to_vec(), ..Default::default() }
}

async fn parked(served: &Served) -> pb::ParkedEvent {
    served.intake(Caller::FEED).record_court_result(body("m1", b"nonsense")).await.unwrap();
    let list = served.operations(Caller::LEADER).list_parked(pb::ListParkedRequest::default()).await.unwrap();
    let mut events = list.into_inner().events;
    assert_eq!(events.len(), 1);
    events.remove(0)
}

on_both_databases! {
    async fn a_parked_event_says_why_and_can_be_retried_and_discarded(store: Store) {
        let served = Served::new(store).await;
        let event = parked(&served).await;
        assert_eq!((event.event_kind.as_str(), event.source.as_str()), ("body.unreadable", "feed:feed"));
        assert!(!event.words.is_empty());
        let mut leader = served.operations(Caller::LEADER);
        let retry = pb::RetryParkedRequest { request_id: "r1".into(), event_id: event.event_id.clone() };
        let retried = leader.retry_parked(retry.clone()).await.unwrap().into_inner().receipt.unwrap();
        assert_eq!((retried.event_id, retried.outcome), (event.event_id.clone(), pb::Outcome::Parked as i32));
        leader.retry_parked(retry).await.unwrap();
        let discard = |request_id: &str| pb::DiscardParkedRequest {
            request_id: request_id.into(),
            event_id: event.event_id.clone(),
            words: "a test of the feed".into(),
        };
        let discarded = leader.discard_parked(discard("r2")).await.unwrap().into_inner().receipt.unwrap();
        assert_eq!(discarded.outcome, pb::Outcome::Discarded as i32);
        leader.discard_parked(discard("r2")).await.unwrap();
        refused(leader.discard_parked(discard("r3")).await, Code::FailedPrecondition, "STATE_FORBIDS");
        let none = leader.list_parked(pb::ListParkedRequest::default()).await.unwrap().into_inner();
        assert!(none.events.is_empty());
    }
}

on_both_databases! {
    async fn a_reconciliation_names_what_never_came(store: Store) {
        let served = Served::new(store).await;
        parked(&served).await;
        let ask = |references: &[&str]| pb::ReconcileRequest {
            starts_at: Some(wire("2026-11-20T00:00")),
            ends_at: Some(wire("2026-11-21T00:00")),
            references: references.iter().map(|one| (*one).to_owned()).collect(),
            ..Default::default()
        };
        let mut feed = served.operations(Caller::FEED);
        let agrees = feed.reconcile(ask(&["m1"])).await.unwrap().into_inner();
        assert!(agrees.agrees);
        assert_eq!((agrees.recorded, agrees.outcomes[0].outcome), (1, pb::Outcome::Parked as i32));
        let differs = feed.reconcile(ask(&["m2"])).await.unwrap().into_inner();
        assert!(!differs.agrees);
        assert_eq!((differs.missing, differs.unlisted), (vec!["m2".to_owned()], vec!["m1".to_owned()]));
        let other = pb::ReconcileRequest { source: "service:service".into(), ..ask(&[]) };
        refused(feed.reconcile(other).await, Code::PermissionDenied, "ROLE_FORBIDS");
    }
}

on_both_databases! {
    async fn statistics_count_what_there_is(store: Store) {
        let served = Served::new(store).await;
        parked(&served).await;
        served.app.open(case(1, vec![])).await;
        let stats = served.operations(Caller::SERVICE).get_stats(pb::GetStatsRequest {}).await.unwrap().into_inner();
        assert_eq!((stats.events_parked, stats.cases_open), (1, 1));
        assert!(!stats.pack_hash.is_empty());
    }
}

on_both_databases! {
    async fn every_look_is_logged_and_the_chain_tells_of_changes(store: Store) {
        let served = Served::new(store).await;
        let id = served.app.open(case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
        let get = pb::GetCaseRequest { name: Some(pb::get_case_request::Name::CaseId(id.to_string())) };
        served.cases(Caller::OFFICER).get_case(get.clone()).await.unwrap();
        served.cases(Caller::SERVICE).get_case(get).await.unwrap();
        let mut manager = served.operations(Caller::MANAGER);
        let about = pb::ListAuditRequest { subject_id: id.to_string(), ..Default::default() };
        let entries = manager.list_audit(about).await.unwrap().into_inner().entries;
        let seen: Vec<_> = entries.iter().map(|entry| (entry.actor.as_str(), entry.verb())).collect();
        assert_eq!(seen, [
            ("service:service", pb::AuditVerb::Disclose),
            ("care-officer:officer", pb::AuditVerb::Consult),
        ]);
        let whole = manager.verify_audit(pb::VerifyAuditRequest::default()).await.unwrap().into_inner();
        assert!(whole.breaks.is_empty() && whole.verified >= 2, "{whole:?}");
        let change = "UPDATE audit SET actor = 'somebody else' WHERE writer = 'test' AND sequence = 1";
        use sea_orm::ConnectionTrait;
        served.app.engine.store().reader().execute_unprepared(change).await.unwrap();
        let broken = manager.verify_audit(pb::VerifyAuditRequest::default()).await.unwrap().into_inner();
        assert_eq!((broken.breaks[0].writer.as_str(), broken.breaks[0].sequence), ("test", 1));
    }
}

on_both_databases! {
    async fn the_active_pack_is_shown_checked_and_explains_events(store: Store) {
        let served = Served::new(store).await;
        let mut packs = served.packs(Caller::MANAGER);
        let held = packs.get_pack(pb::GetPackRequest::default()).await.unwrap().into_inner();
        let (pack, files) = (held.pack.unwrap(), held.files.unwrap());
        assert!(pack.active_from.is_some());
        let checked = packs.check_pack(pb::CheckPackRequest { files: Some(files.clone()) }).await.unwrap().into_inner();
        assert_eq!((checked.hash, checked.faults.len()), (pack.hash.clone(), 0));
        let mut untold = files.clone();
        let template = "messages/outcome-to-officer/body.txt";
        untold.files.iter_mut().find(|file| file.path == template).unwrap().content = b"{{ victims_address }}".to_vec();
        let checked = packs.check_pack(pb::CheckPackRequest { files: Some(untold) }).await.unwrap().into_inner();
        assert!(checked.faults.iter().any(|fault| fault.path == template), "{checked:?}");
        let mut broken = files;
        broken.files.iter_mut().find(|file| file.path == "pack.yaml").unwrap().content = b"id: [".to_vec();
        let checked = packs.check_pack(pb::CheckPackRequest { files: Some(broken) }).await.unwrap().into_inner();
        assert!(checked.hash.is_empty() && checked.faults[0].line > 0, "{checked:?}");
        let outside = pb::PackFile { path: "../secret".into(), content: Vec::new() };
        let outside = pb::CheckPackRequest { files: Some(pb::PackFiles { files: vec![outside] }) };
        refused(packs.check_pack(outside).await, Code::InvalidArgument, "FIELD_INVALID");
        let list = packs.list_packs(pb::ListPacksRequest::default()).await.unwrap().into_inner();
        assert_eq!(list.packs[0].hash, pack.hash);

        served.app.open(case(1, vec![])).await;
        let reference = pb::Reference { kind: pb::ReferenceKind::Urn as i32, value: crate::app::urn(1) };
        let change = pb::CaseChange { risk: pb::Risk::Low as i32, ..Default::default() };
        let event = pb::Event {
            references: vec![reference],
            payload: Some(pb::event::Payload::CaseUpdated(pb::CaseUpdated { change: Some(change) })),
            ..Default::default()
        };
        let record = pb::RecordEventRequest { request_id: "e1".into(), event: Some(event), validate_only: false };
        let receipt = served.intake(Caller::SERVICE).record_event(record).await.unwrap().into_inner().receipt.unwrap();
        let explain = pb::ExplainEventRequest { event_id: receipt.event_id };
        let explained = packs.explain_event(explain).await.unwrap().into_inner();
        assert_eq!((explained.event_kind.as_str(), explained.traces.len()), ("case.updated", 1));
        assert!(explained.text.contains("nothing, because"), "{}", explained.text);
    }
}

on_both_databases! {
    async fn teams_staff_absences_and_the_directory_are_kept(store: Store) {
        let served = Served::new(store).await;
        let mut teams = served.teams(Caller::MANAGER);
        let west = pb::Team { name: "West".into(), ..Default::default() };
        let put = pb::PutTeamRequest { request_id: "r1".into(), team: Some(west) };
        let west = teams.put_team(put.clone()).await.unwrap().into_inner().team.unwrap();
        let again = teams.put_team(put).await.unwrap().into_inner();
        assert_eq!(again.team.unwrap().id, west.id);
        let listed = teams.list_teams(pb::ListTeamsRequest::default()).await.unwrap().into_inner();
        assert_eq!(listed.teams.iter().map(|team| team.name.as_str()).collect::<Vec<_>>(), ["East", "West"]);

        let people = pb::ListStaffRequest { team_id: team().to_string(), page_size: 2, ..Default::default() };
        let page = teams.list_staff(people.clone()).await.unwrap().into_inner();
        let next = pb::ListStaffRequest { page_token: page.next_page_token.clone(), ..people };
        let rest = teams.list_staff(next).await.unwrap().into_inner();
        assert_eq!((page.staff.len(), rest.staff.len()), (2, 1));
        let mut first = page.staff[0].clone();
        first.skills = vec!["rasso".into()];
        let put = pb::PutStaffRequest { request_id: "r2".into(), staff: Some(first.clone()) };
        let changed = teams.put_staff(put).await.unwrap().into_inner().staff.unwrap();
        assert_eq!(changed.version, first.version + 1);
        let stale = pb::PutStaffRequest { request_id: "r3".into(), staff: Some(first) };
        let stale = refused(teams.put_staff(stale).await, Code::Aborted, "VERSION_STALE");
        assert_eq!(fields(&stale), ["staff.version"]);

        let mut mine = served.teams(Caller::OFFICER);
        let absence = |staff| pb::Absence {
            staff_id: officer(staff).to_string(),
            kind: pb::AbsenceKind::Sickness as i32,
            starts_at: Some(wire("2026-11-20T08:00")),
            ..Default::default()
        };
        let others = pb::RecordAbsenceRequest { request_id: "r4".into(), absence: Some(absence(2)) };
        refused(mine.record_absence(others).await, Code::PermissionDenied, "ROLE_FORBIDS");
        let own = pb::RecordAbsenceRequest { request_id: "r5".into(), absence: Some(absence(1)) };
        let away = mine.record_absence(own).await.unwrap().into_inner().absence.unwrap();
        let back = |request_id: &str| pb::EndAbsenceRequest {
            request_id: request_id.into(),
            absence_id: away.id.clone(),
            ends_at: None,
        };
        assert!(mine.end_absence(back("r6")).await.unwrap().into_inner().absence.unwrap().ends_at.is_some());
        refused(mine.end_absence(back("r7")).await, Code::FailedPrecondition, "STATE_FORBIDS");

        let mut directory = served.directory(Caller::OFFICER);
        let entry = pb::DirectoryEntry {
            kind: pb::DirectoryKind::Court as i32,
            name: "Northgate Crown Court".into(),
            email: "not an address".into(),
            ..Default::default()
        };
        let wrong = pb::PutContactRequest { request_id: "r8".into(), entry: Some(entry.clone()) };
        refused(directory.put_contact(wrong).await, Code::InvalidArgument, "FIELD_INVALID");
        let entry = pb::DirectoryEntry { email: "court@example.org".into(), ..entry };
        let put = pb::PutContactRequest { request_id: "r9".into(), entry: Some(entry) };
        let held = directory.put_contact(put).await.unwrap().into_inner().entry.unwrap();
        let listed = directory.list_contacts(pb::ListContactsRequest::default()).await.unwrap().into_inner();
        assert_eq!(listed.entries[0].id, held.id);
    }
}

on_both_databases! {
    async fn correspondence_is_listed_previewed_held_and_released(store: Store) {
        use usher::domain::court::{Line, ResultLine};
        let served = Served::new(store).await;
        let people = vec![enhanced(person(1, 1, Role::Victim)), person(1, 2, Role::OfficerInCase)];
        let id = served.app.open(case(1, people)).await;
        let line = ResultLine {
            defendant: Some(crate::app::defendant(1)),
            offence: Some(crate::app::offence(1)),
            cjs_code: Some("1015".into()),
            label: "1015".into(),
            ..ResultLine::blank(Line::Judicial)
        };
        served.app.share(crate::app::share(1, vec![line])).await;
        let mut mail = served.correspondence(Caller::OFFICER);
        let of_case = pb::ListMessagesRequest { case_id: id.to_string(), ..Default::default() };
        let listed = mail.list_messages(of_case).await.unwrap().into_inner().messages;
        let queued = listed.iter().find(|message| message.state() == pb::MessageState::Queued).expect("a queued message");
        assert!(queued.text.is_empty());
        let get = pb::GetMessageRequest { message_id: queued.id.clone() };
        let whole = mail.get_message(get).await.unwrap().into_inner().message.unwrap();
        assert!(!whole.text.is_empty() && !whole.because.is_empty());
        let preview = pb::PreviewMessageRequest { message_id: queued.id.clone() };
        let preview = mail.preview_message(preview).await.unwrap().into_inner();
        assert!(preview.recipient.unwrap().masked_address.contains("***@"), "masked");
        let hold = pb::HoldMessageRequest {
            request_id: "r1".into(),
            message_id: queued.id.clone(),
            words: "wait".into(),
        };
        let held = mail.hold_message(hold).await.unwrap().into_inner().message.unwrap();
        assert_eq!(held.state(), pb::MessageState::Held);
        let retry = pb::RetryMessageRequest {
            request_id: "r2".into(),
            message_id: queued.id.clone(),
            words: "again".into(),
        };
        refused(mail.retry_message(retry).await, Code::FailedPrecondition, "STATE_FORBIDS");
        let release = pb::ReleaseMessageRequest {
            request_id: "r3".into(),
            message_id: queued.id.clone(),
            words: "go".into(),
        };
        let released = mail.release_message(release).await.unwrap().into_inner().message.unwrap();
        assert_eq!(released.state(), pb::MessageState::Queued);
    }
}

on_both_databases! {
    async fn names_are_one_line_and_a_teams_name_is_its_own(store: Store) {
        let served = Served::new(store).await;
        let mut teams = served.teams(Caller::MANAGER);
        let put = |request_id: &str, id: &str, name: &str| pb::PutTeamRequest {
            request_id: request_id.into(),
            team: Some(pb::Team { id: id.into(), name: name.into() }),
        };
        for (nth, name) in ["West\nand more", "eAsT", "West\u{7}"].into_iter().enumerate() {
            let wrong = teams.put_team(put(&format!("w{nth}"), "", name)).await;
            assert_eq!(fields(&refused(wrong, Code::InvalidArgument, "FIELD_INVALID")), ["team.name"], "{name:?}");
        }
        let west = teams.put_team(put("t1", "", "West")).await.unwrap().into_inner().team.unwrap();
        refused(teams.put_team(put("t2", &west.id, "East")).await, Code::InvalidArgument, "FIELD_INVALID");
        let same = teams.put_team(put("t3", &west.id, "WEST")).await.unwrap().into_inner().team.unwrap();
        assert_eq!((same.id, same.name.as_str()), (west.id, "WEST"));

        let list = pb::ListStaffRequest { page_size: 1, ..Default::default() };
        let somebody = teams.list_staff(list).await.unwrap().into_inner().staff.remove(0);
        let put = |request_id: &str, staff: pb::Staff| pb::PutStaffRequest {
            request_id: request_id.into(),
            staff: Some(staff),
        };
        let broken = pb::Staff { name: "Ada\r\nBcc: all".into(), ..somebody.clone() };
        let wrong = refused(teams.put_staff(put("s1", broken)).await, Code::InvalidArgument, "FIELD_INVALID");
        assert_eq!(fields(&wrong), ["staff.name"]);
        assert!(!wrong.message().contains("Bcc"), "{wrong:?}");
        let skilled = pb::Staff { skills: vec![" RASSO ".into(), "Domestic Violence".into()], ..somebody };
        let held = teams.put_staff(put("s2", skilled)).await.unwrap().into_inner().staff.unwrap();
        assert_eq!(held.skills, ["rasso", "domestic-violence"]);
    }
}
