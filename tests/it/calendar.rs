//! What goes into the calendars of police witnesses and of those who roster them.

use crate::app::{App, at, case, defendant, person, share, trial};
use crate::database::on_both_databases;
use usher::domain::contact::{DirectoryEntry, DirectoryKind};
use usher::domain::court::Share;
use usher::domain::event::{NewParticipant, Payload, Subject};
use usher::domain::ids::{CaseId, CourtHearingId, DirectoryId};
use usher::domain::person::Role;
use usher::mail::Mail;
use usher::store::Store;
use uuid::Uuid;

/// A case with a police witness whom a team rosters, required at a trial on 18 January 2027.
pub async fn warned(store: Store) -> (App, CaseId) {
    let app = App::new(store).await;
    let team = DirectoryId(Uuid::from_u128(0xd1));
    let entry = DirectoryEntry {
        id: team,
        kind: DirectoryKind::ResourceTeam,
        name: "Resource team".into(),
        email: Some("roster@unit.test".parse().unwrap()),
        phone: None,
        court_code: None,
        review_on: None,
        version: 0,
    };
    app.record(Subject::Desk, Payload::DirectoryPut { entry: Box::new(entry) }).await.unwrap();
    let police = NewParticipant {
        collar: Some("4321".into()),
        resource_team: Some(team),
        defendants: vec![defendant(1)],
        ..person(1, 1, Role::PoliceWitness)
    };
    let id = app.open(case(1, vec![police.clone()])).await;
    app.share(share(1, vec![trial("2027-01-18T10:00")])).await;
    let required = Payload::WitnessesRequired { hearing: None, witnesses: vec![(police.id, None)] };
    app.record(Subject::Case(id), required).await.unwrap();
    app.tick().await;
    (app, id)
}

/// The calendar objects that arrived, unfolded, by recipient: those to the police witness first.
pub fn arrived(app: &App) -> Vec<(String, String)> {
    let with = |mail: &Mail| {
        let part = mail.attachments.iter().find(|part| part.content_type.starts_with("text/calendar"))?;
        let text = String::from_utf8(part.bytes.clone()).unwrap().replace("\r\n ", "");
        let method = part.content_type.split(';').nth(1).unwrap().trim().replace("method=", "METHOD:");
        assert!(text.contains(&method), "{text}");
        Some((mail.to.as_str().to_owned(), text))
    };
    app.mail.arrived().iter().filter_map(with).collect()
}

pub fn of<'a>(calendar: &'a str, property: &str) -> &'a str {
    let line = calendar.lines().find(|line| line.split([':', ';']).next() == Some(property));
    line.unwrap_or_else(|| panic!("no {property} in {calendar}")).split_once(':').unwrap().1
}

fn numbers(calendars: &[(String, String)], to: &str) -> Vec<i64> {
    let theirs = calendars.iter().filter(|(address, _)| address == to);
    theirs.map(|(_, calendar)| of(calendar, "SEQUENCE").parse().unwrap()).collect()
}

pub const WITNESS: &str = "person101@people.test";
const TEAM: &str = "roster@unit.test";

on_both_databases! {
    async fn a_warning_puts_the_trial_into_the_calendars_of_the_witness_and_the_roster(store: Store) {
        let (app, _) = warned(store).await;
        let mut arrived = arrived(&app);
        arrived.sort();
        assert_eq!(arrived.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), [WITNESS, TEAM]);
        let invitation = &arrived[0].1;
        assert_eq!(of(invitation, "METHOD"), "REQUEST");
        assert_eq!(of(invitation, "DTSTART"), "20270118T100000Z");
        assert_eq!(of(invitation, "SUMMARY"), "Court attendance: 52AB0000126");
        assert_eq!(of(invitation, "ATTENDEE"), format!("mailto:{WITNESS}"));
        assert_eq!(of(invitation, "ORGANIZER"), "mailto:bounces@usher.invalid");
        assert_ne!(of(invitation, "UID"), of(&arrived[1].1, "UID"));
        for (_, calendar) in &arrived {
            for secret in ["First1", "Last1", "Fendant", "Theft", "4321"] {
                assert!(!calendar.contains(secret), "{secret}: {calendar}");
            }
        }
    }
}

on_both_databases! {
    async fn a_new_date_moves_the_entry_and_a_trial_taken_out_removes_it(store: Store) {
        let (app, id) = warned(store).await;
        let mention = share(1, vec![trial("2027-03-01T10:00")]);
        let mention = Share {
            hearing: CourtHearingId(Uuid::from_u128(0x4999)),
            hearing_type: "Mention".into(),
            day: "2026-11-20".parse().unwrap(),
            shared_at: at("2026-11-20T08:30"),
            ..mention
        };
        app.share(mention.canonical()).await;
        app.tick().await;
        let off = Payload::TrialTakenOut { hearing: None, reason: "late-guilty-plea".into() };
        app.record(Subject::Case(id), off).await.unwrap();
        app.tick().await;
        let arrived = arrived(&app);
        for to in [WITNESS, TEAM] {
            let theirs: Vec<&str> =
                arrived.iter().filter(|(address, _)| address == to).map(|(_, text)| text.as_str()).collect();
            let methods: Vec<&str> = theirs.iter().map(|text| of(text, "METHOD")).collect();
            assert_eq!(methods, ["REQUEST", "REQUEST", "CANCEL"], "{to}");
            assert_eq!(of(theirs[1], "DTSTART"), "20270301T100000Z");
            assert_eq!(of(theirs[2], "STATUS"), "CANCELLED");
            assert!(theirs.iter().all(|text| of(text, "UID") == of(theirs[0], "UID")));
            assert!(numbers(&arrived, to).is_sorted_by(|one, next| one < next), "{:?}", numbers(&arrived, to));
        }
    }
}
