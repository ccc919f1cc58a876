//! What the unit's people are told of work by the schedule: once, when they are there, of what is so.

use crate::app::{App, at, case, enhanced, officer, person, staff};
use crate::database::on_both_databases;
use chrono::TimeDelta;
use usher::domain::event::{Payload, Subject, TaskAction};
use usher::domain::ids::{AbsenceId, CaseId, NoticeId, TaskId};
use usher::domain::notice::{Addressees, Notice};
use usher::domain::person::Role;
use usher::domain::staff::{Absence, AbsenceKind, StaffRole};
use usher::domain::task::Priority;
use usher::store::Store;
use uuid::Uuid;

/// At seven in the morning of Monday 23 November 2026, when nobody is at work yet.
async fn early(store: Store) -> App {
    let app = App::new(store).await;
    app.clock.set(at("2026-11-23T07:00"));
    app.tick().await;
    app
}

/// Ticks every five minutes from now until `until`.
async fn until(app: &App, until: &str) {
    while app.clock.now() < at(until) {
        app.wait(TimeDelta::minutes(5));
        app.tick().await;
    }
}

/// Subjects of the mails to somebody, without those that `app` sends for other reasons.
fn subjects(app: &App, n: u128, begins: &str) -> Vec<String> {
    let to = format!("staff{n}@unit.test");
    let mails = app.mail.arrived().into_iter().filter(|mail| mail.to.as_str() == to);
    mails.map(|mail| mail.subject).filter(|subject| subject.starts_with(begins)).collect()
}

fn text(app: &App, n: u128, begins: &str) -> String {
    let to = format!("staff{n}@unit.test");
    let mails = app.mail.arrived().into_iter();
    let mut mails = mails.filter(|mail| mail.to.as_str() == to && mail.subject.starts_with(begins));
    mails.next_back().map(|mail| mail.text).unwrap_or_default()
}

const DAY: &str = "Your day";
const LEFT: &str = "Before you go";
const UNREAD: &str = "Not looked at";
const UNCOVERED: &str = "Nobody is there";

/// Makes a task of care officer 1 by hand.
async fn task(app: &App, n: u128, priority: Priority, due: &str) -> TaskId {
    let id = TaskId(Uuid::from_u128(0x7a5c + n));
    let case = CaseId(Uuid::from_u128(0xc000 + n));
    let payload = Payload::TaskCreated {
        id,
        task: "agree-the-wording".into(),
        about: None,
        priority,
        due_at: Some(at(due)),
        assignee: Some(officer(1)),
        words: "Ring back".into(),
    };
    app.record(Subject::Case(case), payload).await.unwrap();
    id
}

async fn away(app: &App, n: u128, until: Option<&str>) -> AbsenceId {
    let id = AbsenceId(Uuid::from_u128(0xab5 + n));
    let absence = Absence {
        id,
        staff: officer(n),
        kind: AbsenceKind::Sickness,
        from: app.clock.now(),
        until: until.map(at),
    };
    app.record(Subject::Desk, Payload::AbsenceRecorded { absence }).await.unwrap();
    id
}

on_both_databases! {
    async fn everybody_gets_their_day_as_their_shift_begins_and_once(store: Store) {
        let app = early(store).await;
        let mut late = staff(4, StaffRole::CareOfficer);
        for shift in &mut late.shifts {
            (shift.starts, shift.ends) = ("10:30:00".parse().unwrap(), "18:30:00".parse().unwrap());
        }
        app.record(Subject::Desk, Payload::StaffPut { staff: Box::new(late) }).await.unwrap();
        app.open(case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
        let mine = usher::domain::event::NewCase { owner: Some(officer(4)), ..case(2, vec![enhanced(person(2, 1, Role::Victim))]) };
        app.open(mine).await;
        until(&app, "2026-11-23T07:55").await;
        assert!(subjects(&app, 1, DAY).is_empty(), "not before the shift begins");
        until(&app, "2026-11-23T08:00").await;
        assert_eq!((subjects(&app, 1, DAY).len(), subjects(&app, 4, DAY).len()), (1, 0));
        until(&app, "2026-11-23T15:55").await;
        assert_eq!((subjects(&app, 1, DAY).len(), subjects(&app, 4, DAY).len()), (1, 1));
        assert!(subjects(&app, 2, DAY).is_empty(), "who has nothing is told nothing");
        let day = text(&app, 1, DAY);
        assert!(day.contains("1 open, 1 of them P1 or P2") && day.contains("52AB0000126"), "{day}");
        assert!(!day.contains("First1") && !day.contains("Last1"), "nobody's name");
    }
}

on_both_databases! {
    async fn half_an_hour_before_a_shift_ends_comes_what_is_left_and_what_the_next_day_brings(store: Store) {
        let app = early(store).await;
        app.open(case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
        until(&app, "2026-11-23T08:05").await;
        task(&app, 1, Priority::P3, "2026-11-24T12:00").await;
        let ends = crate::app::staff(1, StaffRole::CareOfficer).shifts[0].ends;
        let before = ends - TimeDelta::minutes(30);
        until(&app, &format!("2026-11-23T{}", (before - TimeDelta::minutes(5)).format("%H:%M"))).await;
        assert!(subjects(&app, 1, LEFT).is_empty(), "not an hour before");
        until(&app, &format!("2026-11-23T{}", (before + TimeDelta::minutes(20)).format("%H:%M"))).await;
        assert_eq!(subjects(&app, 1, LEFT).len(), 1, "once");
        let left = text(&app, 1, LEFT);
        assert!(left.contains("2 due by the end of your next day at work"), "{left}");
    }
}

on_both_databases! {
    async fn a_briefing_that_was_missed_is_given_late_and_to_nobody_who_is_away(store: Store) {
        let app = early(store).await;
        app.open(case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
        app.clock.set(at("2026-11-23T11:02"));
        app.tick().await;
        assert_eq!(subjects(&app, 1, DAY).len(), 1, "usher was down at eight");
        app.clock.set(at("2026-11-24T07:40"));
        let absence = away(&app, 1, None).await;
        until(&app, "2026-11-24T10:00").await;
        assert_eq!(subjects(&app, 1, DAY).len(), 1, "nothing while they are ill");
        let back = Payload::AbsenceEnded { absence, at: None, handover: None };
        app.record(Subject::Desk, back).await.unwrap();
        until(&app, "2026-11-24T10:05").await;
        assert_eq!(subjects(&app, 1, DAY).len(), 2, "their day, as they are back");
    }
}

on_both_databases! {
    async fn a_team_leader_hears_of_urgent_work_that_nobody_looked_at_in_half_an_hour(store: Store) {
        let app = early(store).await;
        for n in [1, 2] {
            app.open(case(n, vec![])).await;
        }
        let seen = task(&app, 1, Priority::P1, "2026-11-23T17:00").await;
        task(&app, 2, Priority::P1, "2026-11-23T17:00").await;
        until(&app, "2026-11-23T08:00").await;
        let acted = Payload::TaskActed { task: seen, version: None, action: TaskAction::Acknowledge };
        app.record(Subject::Task(seen), acted).await.unwrap();
        until(&app, "2026-11-23T08:25").await;
        assert!(subjects(&app, 3, UNREAD).is_empty());
        until(&app, "2026-11-23T12:00").await;
        assert_eq!(subjects(&app, 3, UNREAD), ["Not looked at: 1 urgent task"]);
        let told = text(&app, 3, UNREAD);
        assert!(told.contains("52AB0000226, with Staff 1") && !told.contains("52AB0000126"), "{told}");
    }
}

on_both_databases! {
    async fn team_leaders_hear_every_hour_of_work_for_today_that_nobody_is_there_to_do(store: Store) {
        let app = early(store).await;
        for n in [1, 2] {
            app.open(case(n, vec![])).await;
        }
        let covered = task(&app, 1, Priority::P3, "2026-11-23T15:00").await;
        task(&app, 2, Priority::P3, "2026-11-25T15:00").await;
        away(&app, 1, Some("2026-11-24T16:00")).await;
        until(&app, "2026-11-23T07:55").await;
        assert!(subjects(&app, 3, UNCOVERED).is_empty(), "no team leader is at work yet");
        until(&app, "2026-11-23T09:30").await;
        let one = "Nobody is there for 1 task due today";
        assert_eq!(subjects(&app, 3, UNCOVERED), [one, one], "at eight and at nine");
        assert!(text(&app, 3, UNCOVERED).contains("with Staff 1"));
        let given = TaskAction::Assign { staff: Some(officer(2)), team: None, reason: "covers".into() };
        let acted = Payload::TaskActed { task: covered, version: None, action: given };
        app.record(Subject::Task(covered), acted).await.unwrap();
        until(&app, "2026-11-23T15:55").await;
        assert_eq!(subjects(&app, 3, UNCOVERED).len(), 2, "somebody is there by now");
    }
}

on_both_databases! {
    async fn an_unread_notice_is_in_the_digest_and_its_author_hears_who_has_not_read_it(store: Store) {
        let app = early(store).await;
        app.clock.set(at("2026-11-23T09:00"));
        let notice = Notice {
            id: NoticeId(Uuid::from_u128(5)),
            from: Some(officer(3)),
            to: Addressees::These { teams: Vec::new(), staff: vec![officer(1), officer(2)] },
            words: "The court list comes at nine from now on".into(),
            posted_at: app.clock.now(),
            until: at("2026-11-30T09:00"),
            read: Vec::new(),
        };
        app.record(Subject::Desk, Payload::NoticePosted { notice: Box::new(notice) }).await.unwrap();
        let read = Payload::NoticeRead { notice: NoticeId(Uuid::from_u128(5)) };
        app.record(Subject::Desk, read).await.unwrap();
        until(&app, "2026-11-23T15:55").await;
        assert!(subjects(&app, 3, DAY).is_empty(), "their shift is not over yet");
        app.clock.set(at("2026-11-24T08:00"));
        app.tick().await;
        assert!(subjects(&app, 1, DAY).is_empty(), "care officer 1 has read it and has nothing to do");
        let unread = text(&app, 2, DAY);
        assert!(unread.contains("Notice from Staff 3: The court list comes at nine from now on"), "{unread}");
        let told = text(&app, 3, DAY);
        assert!(told.contains("Not read yet by:") && told.contains("- Staff 2"), "{told}");
    }
}

on_both_databases! {
    async fn a_digest_that_came_back_is_still_found(store: Store) {
        let app = early(store).await;
        app.open(case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
        until(&app, "2026-11-23T08:05").await;
        let desk = usher::domain::state::CaseState::desk_of(crate::app::unit().id);
        let held = app.case(desk).await;
        let message = held.messages.iter().find(|message| message.is_briefing()).unwrap().id;
        let fate = usher::domain::event::Fate::Bounced { reason: "550 no such mailbox".into() };
        app.record(Subject::Message(message), Payload::MessageFared { message, fate }).await.unwrap();
        let held = app.case(desk).await;
        let bounced = held.messages.iter().find(|held| held.id == message).unwrap();
        assert_eq!(bounced.state, usher::domain::message::MessageState::Bounced);
        assert_eq!(held.tasks.iter().filter(|task| task.state.is_open()).count(), 1, "somebody must see to it");
    }
}
