//! What comes in beside Common Platform's shares, through the engine: each message once, in its place, nothing dropped.

use crate::app::{App, at, case, defendant, enhanced, offence, person, share, trial, unit, urn};
use crate::database::on_both_databases;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use usher::domain::case::{Reference, ReferenceKind};
use usher::domain::court::{Line, ResultLine};
use usher::domain::duty::DutyState;
use usher::domain::event::{Payload, Subject};
use usher::domain::hearing::{AttendanceState, HearingKind, HearingState};
use usher::domain::ids::*;
use usher::domain::person::Role;
use usher::domain::receipt::{Outcome, Receipt};
use usher::domain::state::CaseState;
use usher::intake;
use usher::store::Store;
use uuid::Uuid;

/// Records a body as a feed would.
async fn receive(app: &App, body: &str) -> Receipt {
    let read = intake::read(body.as_bytes(), &Default::default()).unwrap_or_else(|bad| panic!("{bad}"));
    app.record(read.subject(), read.payload).await.unwrap()
}

/// A judicial result about defendant 1 and offence 1, by its CJS code.
fn result(cjs: &str) -> ResultLine {
    ResultLine {
        defendant: Some(defendant(1)),
        offence: Some(offence(1)),
        cjs_code: Some(cjs.into()),
        label: cjs.into(),
        ..ResultLine::blank(Line::Judicial)
    }
}

async fn desk_tasks(app: &App, kind: &str) -> usize {
    let desk = app.case(CaseState::desk_of(unit().id)).await;
    desk.tasks.iter().filter(|task| task.kind == kind).count()
}

fn open_tasks(state: &CaseState, kind: &str) -> usize {
    state.tasks.iter().filter(|task| task.kind == kind && task.state.is_open()).count()
}

fn open_duties<'a>(state: &'a CaseState, kind: &'a str) -> impl Iterator<Item = ParticipantId> + 'a {
    state
        .duties
        .iter()
        .filter(move |duty| duty.kind == kind && duty.state == DutyState::Open)
        .map(|duty| duty.to)
}

// ── Vacated trials ─────────────────────────────────────────────────────────────────────────────────────────────────

fn vacated(hearing: u128, at: DateTime<Utc>) -> String {
    json!({
        "hearingId": Uuid::from_u128(hearing),
        "vacatedTrialReasonId": "d82c8d16-19ad-3176-9665-453cfb2e55f0",
        "hearingDateTime": at.to_rfc3339(),
        "caseDetails": [{ "caseId": Uuid::from_u128(0x5001), "caseUrn": urn(1) }],
    })
    .to_string()
}

on_both_databases! {
    async fn a_trial_that_the_court_vacates_is_found_by_its_day_and_taken_out(store: Store) {
        let app = App::new(store).await;
        let id = app.open(case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
        app.share(share(1, vec![trial("2026-12-01T10:00")])).await;
        let receipt = receive(&app, &vacated(0x77, at("2026-12-01T10:00"))).await;
        assert!(matches!(receipt.outcome, Outcome::Applied | Outcome::Nothing), "{receipt:?}");
        let held = app.case(id).await;
        let taken = held.hearings.iter().find(|hearing| hearing.kind == HearingKind::Trial).unwrap();
        assert_eq!(taken.state, HearingState::Vacated);
        let again = receive(&app, &vacated(0x77, at("2026-12-01T10:00"))).await;
        assert_eq!(again.outcome, Outcome::Duplicate);
    }
}

on_both_databases! {
    async fn a_vacated_hearing_is_found_by_the_courts_id_whatever_its_day(store: Store) {
        let app = App::new(store).await;
        let id = app.open(case(1, vec![])).await;
        let mut line = trial("2026-12-01T10:00");
        line.next_hearing.as_mut().unwrap().existing = Some(CourtHearingId(Uuid::from_u128(0x77)));
        app.share(share(1, vec![line])).await;
        receive(&app, &vacated(0x77, at("2027-05-05T10:00"))).await;
        let states: Vec<_> = app.case(id).await.hearings.iter().map(|hearing| hearing.state).collect();
        assert!(states.contains(&HearingState::Vacated), "{states:?}");
    }
}

on_both_databases! {
    async fn a_vacated_hearing_that_nobody_knows_is_parked_with_what_to_do(store: Store) {
        let app = App::new(store).await;
        app.open(case(1, vec![])).await;
        app.share(share(1, vec![trial("2026-12-01T10:00")])).await;
        let receipt = receive(&app, &vacated(0x77, at("2026-12-08T10:00"))).await;
        assert_eq!(receipt.outcome, Outcome::Parked);
        let why = receipt.cases[0].reason.as_deref().unwrap();
        assert!(why.contains("no hearing is listed for that day") && why.contains("2026-12-08"), "{why}");
        assert_eq!(desk_tasks(&app, "look-at-parked").await, 1);
    }
}

on_both_databases! {
    async fn a_vacated_trial_waits_for_its_case_and_comes_after_the_share_that_listed_it(store: Store) {
        let app = App::new(store).await;
        assert_eq!(receive(&app, &vacated(0x77, at("2026-12-01T10:00"))).await.outcome, Outcome::Unlinked);
        assert_eq!(app.share(share(1, vec![trial("2026-12-01T10:00")])).await.outcome, Outcome::Unlinked);
        let id = app.open(case(1, vec![])).await;
        let held = app.case(id).await;
        let taken = held.hearings.iter().find(|hearing| hearing.kind == HearingKind::Trial).unwrap();
        assert_eq!(taken.state, HearingState::Vacated);
    }
}

// ── Listings ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// The court's message that its hearing is listed for a time.
fn listing(name: &str, hearing: u128, kind: &str, at: DateTime<Utc>, said: &str) -> String {
    json!({
        "_metadata": { "createdAt": crate::app::at(said).to_rfc3339() },
        name: {
            "id": Uuid::from_u128(hearing),
            "type": { "description": kind },
            "jurisdictionType": "MAGISTRATES",
            "courtCentre": { "id": Uuid::from_u128(0xC0), "name": "Northgate Magistrates' Court" },
            "hearingDays": [{ "sittingDay": at.to_rfc3339() }],
            "prosecutionCases": [{ "id": Uuid::from_u128(0x5001), "prosecutionCaseIdentifier": { "caseURN": urn(1) },
                                   "defendants": [{ "id": defendant(1) }] }],
        },
    })
    .to_string()
}

fn moved(at: DateTime<Utc>, said: &str) -> String {
    listing("updatedHearing", 0x77, "Trial", at, said)
}

/// The day, listing number and state of the one trial of a case.
async fn the_trial(app: &App, id: CaseId) -> (String, i32, HearingState) {
    let held = app.case(id).await;
    let stands = |hearing: &&usher::domain::state::Tracked<usher::domain::hearing::Hearing>| {
        hearing.kind == HearingKind::Trial && hearing.state != HearingState::Withdrawn
    };
    let mut trials = held.hearings.iter().filter(stands);
    let trial = trials.next().unwrap();
    assert!(trials.next().is_none(), "there is one trial");
    (trial.when.day().unwrap().to_string(), trial.listing, trial.state)
}

on_both_databases! {
    async fn a_listing_of_the_court_moves_the_planned_trial_and_is_told(store: Store) {
        let app = App::new(store).await;
        let id = app.open(case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
        app.share(share(1, vec![trial("2026-12-01T10:00")])).await;
        let before = open_duties(&app.case(id).await, "date").count();
        let app = app.restarted();
        let receipt = receive(&app, &moved(at("2027-02-02T10:00"), "2026-11-19T18:00")).await;
        assert_eq!(receipt.outcome, Outcome::Applied, "{receipt:?}");
        assert_eq!(the_trial(&app, id).await, ("2027-02-02".into(), 2, HearingState::Listed));
        assert_eq!((before, open_duties(&app.case(id).await, "date").count()), (1, 1), "one call, the new date");
        let again = receive(&app, &moved(at("2027-02-02T10:00"), "2026-11-19T18:30")).await;
        assert!(matches!(again.outcome, Outcome::Duplicate | Outcome::Nothing | Outcome::Applied), "{again:?}");
        assert_eq!(the_trial(&app, id).await, ("2027-02-02".into(), 2, HearingState::Listed));
    }
}

on_both_databases! {
    async fn a_listing_stands_against_older_days_shared_again_and_falls_to_a_later_order(store: Store) {
        let app = App::new(store).await;
        app.wait(chrono::TimeDelta::days(3));
        let id = app.open(case(1, vec![])).await;
        app.share(share(1, vec![trial("2026-12-01T10:00")])).await;
        receive(&app, &moved(at("2027-02-02T10:00"), "2026-11-20T09:00")).await;
        let mut again = share(1, vec![trial("2026-12-01T10:00"), result("3117")]);
        again.shared_at = at("2026-11-20T12:00");
        app.share(again).await;
        assert_eq!(the_trial(&app, id).await, ("2027-02-02".into(), 2, HearingState::Listed));
        let mut later = share(1, vec![trial("2027-03-03T10:00")]);
        (later.hearing, later.day) = (CourtHearingId(Uuid::from_u128(0x4441)), "2026-11-21".parse().unwrap());
        later.shared_at = at("2026-11-21T12:00");
        app.share(later).await;
        assert_eq!(the_trial(&app, id).await, ("2027-03-03".into(), 3, HearingState::Listed));
    }
}

on_both_databases! {
    async fn a_listing_that_comes_before_the_order_ends_in_the_same_hearing(store: Store) {
        let app = App::new(store).await;
        let id = app.open(case(1, vec![])).await;
        receive(&app, &moved(at("2027-02-02T10:00"), "2026-11-20T09:00")).await;
        app.share(share(1, vec![trial("2026-12-01T10:00")])).await;
        let (day, _, state) = the_trial(&app, id).await;
        assert_eq!((day.as_str(), state), ("2027-02-02", HearingState::Listed));
        let receipt = receive(&app, &vacated(0x77, at("2027-02-02T10:00"))).await;
        assert_ne!(receipt.outcome, Outcome::Parked, "the court's id is known");
    }
}

on_both_databases! {
    async fn a_hearing_that_the_court_lists_first_is_a_new_one(store: Store) {
        let app = App::new(store).await;
        let id = app.open(case(1, vec![])).await;
        app.share(share(1, vec![trial("2026-12-01T10:00")])).await;
        let body = listing("confirmedHearing", 0x78, "Sentence", at("2027-02-02T10:00"), "2026-11-20T09:00");
        receive(&app, &body).await;
        let held = app.case(id).await;
        let sentence = held.hearings.iter().find(|hearing| hearing.kind == HearingKind::Sentence).unwrap();
        assert_eq!((sentence.listing, &*sentence.court.name), (1, "Northgate Magistrates' Court"));
        assert_eq!(the_trial(&app, id).await, ("2026-12-01".into(), 1, HearingState::Listed));
    }
}

// ── Conclusions ────────────────────────────────────────────────────────────────────────────────────────────────────

fn conclusion(concluded: bool, on: &str) -> String {
    json!({ "prosecutionConcluded": [{
        "prosecutionCaseId": Uuid::from_u128(0x5001),
        "defendantId": defendant(1),
        "isConcluded": concluded,
        "hearingIdWhereChangeOccurred": Uuid::from_u128(0x4001),
        "offenceSummary": [{ "offenceId": offence(1), "offenceCode": "TH68001", "proceedingsConcluded": concluded,
                             "proceedingsConcludedChangedDate": on }],
    }] })
    .to_string()
}

/// Rules that say aloud what the court said of a case's end.
const AFTER_THE_END: &str = "
- rule: note-the-end
  because: A test.
  on: case.court-concluded
  when: case.defendants.all(d, d.concluded)
  do:
    - propose: over
- rule: note-that-it-goes-on
  because: A test.
  on: case.court-unconcluded
  do:
    - propose: goes-on
";

on_both_databases! {
    async fn proceedings_that_the_court_says_have_ended_may_go_on_after_all(store: Store) {
        let app = App::with_files(store, &[("rules/after-the-end.yaml", AFTER_THE_END)]).await;
        let mut new = case(1, vec![]);
        let court_case = Uuid::from_u128(0x5001).to_string();
        new.references.push(Reference::new(ReferenceKind::CourtCase, &court_case));
        let id = app.open(new).await;
        app.share(share(1, vec![result("1015")])).await;
        receive(&app, &conclusion(true, "2026-11-19")).await;
        let held = app.case(id).await;
        assert!(held.record.defendants[0].concluded && held.record.defendants[0].offences[0].concluded);
        assert_eq!(held.case.proposed_flags, ["over"]);
        receive(&app, &conclusion(false, "2026-11-20")).await;
        let held = app.case(id).await;
        assert!(!held.record.defendants[0].concluded);
        assert_eq!(held.case.proposed_flags, ["over", "goes-on"]);
        let late = receive(&app, &conclusion(true, "2026-11-18")).await;
        assert_eq!(late.outcome, Outcome::Stale);
    }
}

on_both_databases! {
    async fn a_conclusion_stands_until_a_share_of_a_later_day_says_otherwise(store: Store) {
        let app = App::new(store).await;
        let mut new = case(1, vec![]);
        let court_case = Uuid::from_u128(0x5001).to_string();
        new.references.push(Reference::new(ReferenceKind::CourtCase, &court_case));
        let id = app.open(new).await;
        app.share(share(1, vec![result("1015")])).await;
        receive(&app, &conclusion(true, "2026-11-19")).await;
        let mut again = share(1, vec![result("1015"), result("3117")]);
        again.shared_at = at("2026-11-19T16:00");
        app.share(again).await;
        assert!(app.case(id).await.record.defendants[0].concluded);
        let mut later = share(1, vec![result("4506")]);
        (later.hearing, later.day) = (CourtHearingId(Uuid::from_u128(0x4441)), "2026-11-20".parse().unwrap());
        later.shared_at = at("2026-11-20T08:00");
        app.share(later).await;
        assert!(!app.case(id).await.record.defendants[0].concluded);
    }
}

// ── The police feed ────────────────────────────────────────────────────────────────────────────────────────────────

/// An SPI message of the first case about somebody, with results for an offence of this code.
fn spi_of(name: (&str, &str), code: &str, results: &str) -> String {
    let (first, last) = name;
    format!(
        "<ResultedCaseMessage><Session><CourtHearing><Hearing><CourtHearingLocation>B52NG01</CourtHearingLocation>\
         <DateOfHearing>2026-11-19</DateOfHearing><TimeOfHearing>10:00:00</TimeOfHearing></Hearing></CourtHearing>\
         <Case><PTIURN>{}</PTIURN><Defendant><ProsecutorReference>{first}{last}</ProsecutorReference>\
         <CourtIndividualDefendant><PersonDefendant><BasePersonDetails><PersonName>\
         <PersonGivenName1>{first}</PersonGivenName1><PersonFamilyName>{last}</PersonFamilyName></PersonName>\
         </BasePersonDetails></PersonDefendant><BailStatus>A</BailStatus></CourtIndividualDefendant>\
         <Offence><BaseOffenceDetails><OffenceSequenceNumber>001</OffenceSequenceNumber>\
         <OffenceCode>{code}</OffenceCode></BaseOffenceDetails>{results}</Offence></Defendant></Case></Session>\
         </ResultedCaseMessage>",
        urn(1)
    )
}

fn spi(results: &str) -> String {
    spi_of(("Dee", "FENDANT"), "TH68001", results)
}

const FINED: &str = "<Result><ResultCode>1015</ResultCode><ResultText>Fined.</ResultText></Result>";

/// The first case, its defendant known from a hearing a fortnight ago.
async fn known(store: Store) -> (App, CaseId) {
    let app = App::new(store).await;
    let id = app.open(case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
    let mut earlier = share(1, vec![]);
    (earlier.hearing, earlier.day) = (CourtHearingId(Uuid::from_u128(0x4888)), "2026-11-05".parse().unwrap());
    (earlier.shared_at, earlier.sitting_at) = (at("2026-11-05T15:00"), Some(at("2026-11-05T10:00")));
    app.share(earlier).await;
    (app, id)
}

on_both_databases! {
    async fn a_result_of_the_police_feed_concerns_whom_the_courts_own_would(store: Store) {
        let (app, id) = known(store).await;
        let receipt = receive(&app, &spi(FINED)).await;
        assert_eq!(receipt.outcome, Outcome::Applied, "{receipt:?}");
        let held = app.case(id).await;
        assert_eq!(open_duties(&held, "outcome").count(), 1);
        assert_eq!(held.record.defendants.len(), 1);
        let line = &held.record.lines[0].line;
        assert_eq!((line.defendant, line.offence), (Some(defendant(1)), Some(offence(1))));
    }
}

on_both_databases! {
    async fn what_the_police_feed_said_is_not_told_again_when_common_platform_says_it(store: Store) {
        let (app, id) = known(store).await;
        receive(&app, &spi(FINED)).await;
        let before = app.case(id).await;
        let receipt = app.share(share(1, vec![result("1015")])).await;
        assert_eq!(receipt.outcome, Outcome::Duplicate, "{receipt:?}");
        assert_eq!(app.case(id).await.duties.len(), before.duties.len());
        let mut again = share(1, vec![result("1015"), result("3012")]);
        again.shared_at = at("2026-11-19T16:00");
        assert_eq!(app.share(again).await.outcome, Outcome::Applied);
        let after = app.case(id).await;
        assert_eq!(after.record.lines.len(), 2);
        let fine = before.record.lines[0].line.id;
        assert!(after.record.line(fine).is_some(), "the fine is the fact that people were told of");
        assert_eq!(after.hearings.len(), before.hearings.len());
    }
}

on_both_databases! {
    async fn common_platform_counts_before_the_police_feed_whichever_comes_first(store: Store) {
        let (app, id) = known(store).await;
        app.share(share(1, vec![result("1015")])).await;
        let receipt = receive(&app, &spi("<Result><ResultCode>1002</ResultCode></Result>")).await;
        assert_eq!(receipt.outcome, Outcome::Stale);
        assert!(receipt.cases[0].reason.as_deref().unwrap().contains("Common Platform"));
        assert_eq!(app.case(id).await.record.lines.len(), 1);
    }
}

on_both_databases! {
    async fn what_common_platform_says_otherwise_replaces_what_the_police_feed_said(store: Store) {
        let (app, id) = known(store).await;
        receive(&app, &spi(FINED)).await;
        app.share(share(1, vec![result("1002")])).await;
        let held = app.case(id).await;
        let codes: Vec<_> = held.record.lines.iter().map(|one| one.line.cjs_code.as_deref().unwrap()).collect();
        assert_eq!(codes, ["1002"]);
    }
}

on_both_databases! {
    async fn a_defendant_whom_the_police_feed_named_first_gets_the_courts_ids_and_keeps_the_links(store: Store) {
        let app = App::new(store).await;
        let mut victim = person(1, 1, Role::Victim);
        victim.offences.clear();
        let id = app.open(case(1, vec![victim.clone()])).await;
        receive(&app, &spi(FINED)).await;
        let named = app.case(id).await.record.defendants[0].clone();
        let linked = usher::domain::event::NewParticipant {
            offences: vec![named.offences[0].id], defendants: vec![named.id], ..victim
        };
        let payload = Payload::ParticipantUpdated { participant: Box::new(linked), version: 1 };
        app.record(Subject::Case(id), payload).await.unwrap();
        let mut next_day = share(1, vec![result("4506")]);
        (next_day.hearing, next_day.day) = (CourtHearingId(Uuid::from_u128(0x4441)), "2026-11-20".parse().unwrap());
        next_day.shared_at = at("2026-11-20T08:30");
        app.share(next_day).await;
        let held = app.case(id).await;
        assert_eq!(held.record.defendants.len(), 1);
        assert_eq!(held.participants[0].offences, [offence(1)]);
        assert_eq!(held.participants[0].defendants, [defendant(1)]);
        assert!(held.record.lines.iter().all(|one| one.line.offence == Some(offence(1))));
    }
}

on_both_databases! {
    async fn two_messages_of_one_hearing_order_one_next_hearing(store: Store) {
        let (app, id) = known(store).await;
        let next = "<Result><ResultCode>4506</ResultCode><ResultCodeQualifier>GC</ResultCodeQualifier><NextHearing>\
                    <NextHearingDetails><CourtHearingLocation>B52NG00</CourtHearingLocation>\
                    <DateOfHearing>2027-01-11</DateOfHearing><TimeOfHearing>10:00:00</TimeOfHearing>\
                    </NextHearingDetails></NextHearing></Result>";
        receive(&app, &spi(next)).await;
        receive(&app, &spi_of(("Abe", "Other"), "TH68010", next)).await;
        let held = app.case(id).await;
        let trials: Vec<_> = held.hearings.iter().filter(|hearing| hearing.kind == HearingKind::Trial).collect();
        assert_eq!(trials.len(), 1);
        assert_eq!((trials[0].defendants.len(), trials[0].listing), (2, 1));
        let sat = held.hearings.iter().filter(|hearing| hearing.sat_on.len() == 1).count();
        assert_eq!(sat, 2, "the earlier one, and one for both messages");
        // Common Platform's share of that day, with the same trial: it is the same hearing, listed once.
        let mut theirs = share(1, vec![result("4506"), trial("2027-01-11T10:00")]);
        theirs.cases[0].lines[0].qualifiers = vec!["GC".into()];
        app.share(theirs.canonical()).await;
        let after = app.case(id).await;
        let trials: Vec<_> = after.hearings.iter().filter(|hearing| hearing.kind == HearingKind::Trial).collect();
        let listed: Vec<_> = trials.iter().map(|trial| (trial.id, trial.state, trial.listing)).collect();
        assert!(listed.iter().all(|(_, state, listing)| *state == HearingState::Listed && *listing == 1), "{listed:?}");
    }
}

on_both_databases! {
    async fn a_warrant_for_a_witness_is_none_for_the_defendant(store: Store) {
        let (app, id) = known(store).await;
        let warrant = "<Result><ResultCode>4575</ResultCode><ResultCodeQualifier>W</ResultCodeQualifier></Result>";
        receive(&app, &spi(warrant)).await;
        let held = app.case(id).await;
        assert_eq!(open_tasks(&held, "warrant-for-a-witness"), 1);
        assert_eq!(open_duties(&held, "warrant").count(), 0);
    }
}

on_both_databases! {
    async fn the_courts_notes_of_domestic_violence_and_vulnerability_become_flags(store: Store) {
        let (app, id) = known(store).await;
        let notes = "<Result><ResultCode>4594</ResultCode><ResultCodeQualifier>LG</ResultCodeQualifier>\
                     <ResultCodeQualifier>LH</ResultCodeQualifier></Result>";
        receive(&app, &spi(notes)).await;
        let mut flags = app.case(id).await.case.proposed_flags.clone();
        flags.sort();
        assert_eq!(flags, ["domestic-violence", "vulnerable-or-intimidated"]);
    }
}

on_both_databases! {
    async fn a_code_that_could_be_one_of_several_offences_is_parked_for_a_person(store: Store) {
        let app = App::new(store).await;
        app.open(case(1, vec![])).await;
        let mut earlier = share(1, vec![]);
        earlier.day = "2026-11-05".parse().unwrap();
        (earlier.shared_at, earlier.sitting_at) = (at("2026-11-05T15:00"), Some(at("2026-11-05T10:00")));
        let mut second = earlier.cases[0].defendants[0].offences[0].clone();
        second.id = offence(2);
        earlier.cases[0].defendants[0].offences.push(second);
        app.share(earlier).await;
        let receipt = receive(&app, &spi(FINED)).await;
        assert_eq!(receipt.outcome, Outcome::Parked);
        assert!(receipt.cases[0].reason.as_deref().unwrap().contains("TH68001"));
    }
}

// ── The CPS ────────────────────────────────────────────────────────────────────────────────────────────────────────

/// The first case with a trial on 1 February 2027, a victim, two witnesses and a police witness with numbers 1 to 4.
async fn with_trial(store: Store) -> (App, CaseId) {
    let app = App::new(store).await;
    let roles = [Role::Victim, Role::CivilianWitness, Role::CivilianWitness, Role::PoliceWitness];
    let people = roles.into_iter().zip(1..).map(|(role, n)| {
        let mut one = person(1, n, role);
        one.witness_number = Some(i32::try_from(n).unwrap());
        one
    });
    let id = app.open(case(1, people.collect())).await;
    app.share(share(1, vec![trial("2027-02-01T10:00")])).await;
    (app, id)
}

fn participant(n: u128) -> ParticipantId {
    ParticipantId(Uuid::from_u128(0x7000 + 100 + n))
}

fn pet(witnesses: Value) -> String {
    json!({ "prosecutionCaseSubject": { "urn": urn(1) }, "doesTheProsecutorIntendToServeMoreEvidence": "N",
            "Witnesses": witnesses })
    .to_string()
}

fn message(kind: &str, more: Value) -> String {
    let mut body = json!({ "cpsMessage": kind, "version": 1, "urn": urn(1), "witnesses": [{ "number": 2 }] });
    for (field, value) in more.as_object().unwrap() {
        body[field] = value.clone();
    }
    body.to_string()
}

fn states(state: &CaseState) -> Vec<(ParticipantId, AttendanceState)> {
    let mut all: Vec<_> = state.attendances.iter().map(|held| (held.participant, held.state)).collect();
    all.sort_by_key(|(who, _)| *who);
    all
}

on_both_databases! {
    async fn whom_a_form_requires_is_found_by_name_and_warned(store: Store) {
        let (app, id) = with_trial(store).await;
        let receipt = receive(&app, &pet(json!([
            { "forename": "FIRST2", "surname": "last2", "prosecutionRequireAttendance": true, "interpreterRequired": true },
            { "forename": "First3", "surname": "Last3", "prosecutionRequireAttendance": false },
        ]))).await;
        assert_eq!(receipt.outcome, Outcome::Applied, "{receipt:?}");
        let held = app.case(id).await;
        assert_eq!(states(&held), [(participant(2), AttendanceState::Required)]);
        assert_eq!(open_duties(&held, "required-to-attend").collect::<Vec<_>>(), [participant(2)]);
        let interpreter = held.tasks.iter().find(|task| task.kind == "record-communication-needs").unwrap();
        assert_eq!(interpreter.about, Some(participant(2)));
    }
}

on_both_databases! {
    async fn whoever_could_be_two_people_or_nobody_is_a_question_for_a_person(store: Store) {
        let app = App::new(store).await;
        let mut twin = person(1, 2, Role::CivilianWitness);
        twin.identity.as_mut().unwrap().first_name = "First1".into();
        twin.identity.as_mut().unwrap().last_name = "Last1".into();
        let id = app.open(case(1, vec![person(1, 1, Role::CivilianWitness), twin])).await;
        app.share(share(1, vec![trial("2027-02-01T10:00")])).await;
        receive(&app, &pet(json!([
            { "forename": "First1", "surname": "Last1", "prosecutionRequireAttendance": true },
            { "forename": "Nobody", "surname": "Known", "prosecutionRequireAttendance": true },
        ]))).await;
        let held = app.case(id).await;
        assert_eq!(open_tasks(&held, "which-witness"), 1);
        assert!(held.attendances.is_empty());
    }
}

on_both_databases! {
    async fn a_date_of_birth_tells_two_of_one_name_apart(store: Store) {
        let app = App::new(store).await;
        let named = |n: u128, born_on: &str| {
            let mut one = person(1, n, Role::CivilianWitness);
            let identity = one.identity.as_mut().unwrap();
            (identity.first_name, identity.last_name) = ("First1".into(), "Last1".into());
            identity.born_on = Some(born_on.parse().unwrap());
            one
        };
        let id = app.open(case(1, vec![named(1, "1980-01-01"), named(2, "1990-01-01")])).await;
        app.share(share(1, vec![trial("2027-02-01T10:00")])).await;
        receive(&app, &pet(json!([{ "forename": "First1", "surname": "Last1", "dateOfBirth": "1990-01-01",
                                     "prosecutionRequireAttendance": true }]))).await;
        assert_eq!(states(&app.case(id).await), [(participant(2), AttendanceState::Required)]);
    }
}

on_both_databases! {
    async fn witnesses_who_are_required_before_there_is_a_trial_are_a_question_for_a_person(store: Store) {
        let app = App::new(store).await;
        let id = app.open(case(1, vec![person(1, 1, Role::CivilianWitness)])).await;
        let required = json!([{ "forename": "First1", "surname": "Last1", "prosecutionRequireAttendance": true }]);
        receive(&app, &pet(required)).await;
        let held = app.case(id).await;
        assert_eq!(open_tasks(&held, "which-trial"), 1);
        assert!(held.attendances.is_empty() && held.duties.is_empty());
    }
}

on_both_databases! {
    async fn a_list_of_witnesses_requires_them_by_number_with_day_and_order(store: Store) {
        let (app, id) = with_trial(store).await;
        receive(&app, &message("witnesses-required", json!({
            "trialDate": "2027-02-01", "witnesses": [{ "number": 2, "day": "2027-02-02", "order": 1 },
                                                     { "participantId": participant(3) }],
        }))).await;
        let held = app.case(id).await;
        let both = [participant(2), participant(3)].map(|who| (who, AttendanceState::Required));
        assert_eq!(states(&held), both);
        let phase = held.attendances.iter().find_map(|held| held.phase.clone());
        assert_eq!(phase.as_deref(), Some("Tuesday 2 February 2027, number 1 to be heard"));
    }
}

on_both_databases! {
    async fn whoever_is_not_required_is_told_only_where_they_had_been_told_to_come(store: Store) {
        let (app, id) = with_trial(store).await;
        let numbers = json!({ "witnesses": [{ "number": 2 }, { "number": 3 }] });
        receive(&app, &message("witnesses-required", numbers)).await;
        let hearing = app.case(id).await.attendances[0].hearing;
        let warned = Payload::AttendanceRecorded {
            participant: participant(2), hearing, state: AttendanceState::Warned, told_by: Some("call".into()),
        };
        app.record(Subject::Case(id), warned).await.unwrap();
        let agreed = json!({ "reason": "agreed-section-9", "witnesses": [{ "number": 2 }, { "number": 3 }] });
        receive(&app, &message("witnesses-not-required", agreed)).await;
        let held = app.case(id).await;
        assert_eq!(states(&held)[1], (participant(3), AttendanceState::DeWarned));
        assert_eq!(open_duties(&held, "not-required").collect::<Vec<_>>(), [participant(2)]);
        assert_eq!(open_duties(&held, "required-to-attend").count(), 0);
        let excused = held.duties.iter().find(|duty| duty.to == participant(3)).unwrap();
        assert!(excused.met.as_ref().unwrap().words.as_deref().unwrap().contains("section 9"));
    }
}

on_both_databases! {
    async fn decisions_summonses_and_questions_are_work_with_their_own_time(store: Store) {
        let (app, id) = with_trial(store).await;
        receive(&app, &message("witnesses-required", json!({}))).await;
        let granted = json!({ "decision": "granted", "measures": ["screen"] });
        receive(&app, &message("special-measures", granted)).await;
        receive(&app, &message("summons", json!({ "action": "issued" }))).await;
        receive(&app, &message("question", json!({ "replyBy": "2026-12-04", "witnesses": [] }))).await;
        let ended = receive(&app, &message("acknowledgement", json!({ "witnesses": [] }))).await;
        assert_eq!(ended.outcome, Outcome::Applied);
        let held = app.case(id).await;
        let about = |kind: &str| held.tasks.iter().find(|task| task.kind == kind).unwrap_or_else(|| panic!("{kind}"));
        assert_eq!(about("special-measures-decision").about, Some(participant(2)));
        assert_eq!(about("serve-the-summons").about, Some(participant(2)));
        assert_eq!(about("answer-the-cps").due_at, Some(at("2026-12-04T23:59:59")));
    }
}

on_both_databases! {
    async fn a_message_about_a_case_that_is_not_held_is_parked_until_it_is(store: Store) {
        let app = App::new(store).await;
        let receipt = receive(&app, &message("summons", json!({ "action": "issued" }))).await;
        assert_eq!(receipt.outcome, Outcome::Parked);
        assert!(receipt.cases[0].reason.as_deref().unwrap().contains("open or link the case"));
    }
}
