//! What the default pack's messages read like, each for the invented case.

use super::*;
use crate::domain::message::Recipient;
use expect_test::{Expect, expect};

fn rendered(name: &str, example: &Example, to: Recipient) -> Rendered {
    let template = packed(name);
    let view = example.subject(to, |subject| view(template.audience, subject)).unwrap();
    let letterbox = Letterbox::new([&template]).unwrap();
    letterbox.render(&template, &view, &Private::of(&example.state)).unwrap()
}

fn check(name: &str, example: &Example, to: Recipient, expected: Expect) {
    let rendered = rendered(name, example, to);
    expected.assert_eq(&format!("Subject: {}\n\n{}", rendered.subject, rendered.text));
}

#[test]
fn the_officer_in_the_case_reads_initials_outcomes_and_who_is_being_told() {
    check(
        "outcome-to-officer",
        &example(),
        to(OFFICER),
        expect![[r#"
            Subject: Court outcome: 01ZZ0000126

            Dear colleague,

            The court has sent these results for case 01ZZ0000126:

            - Z.V., offence ZZ00001: Warrant issued (Friday 20 November 2026)
            - Y.R., offence ZZ00002: Guilty verdict (Friday 20 November 2026)

            The trial is listed at Exampleton Crown Court on Monday 29 March 2027 at 10:00.

            We are telling:

            - A.L., by Saturday 21 November 2026 at 16:10
            - B.M., by the end of Monday 23 November 2026

            Please leave it to us to tell them first, and let us know if you have already spoken to them.

            Exampleton Victim and Witness Care Unit · 01632 960000 · Monday to Saturday, 8am to 6pm
            OFFICIAL-SENSITIVE
        "#]],
    );
}

#[test]
fn the_adviser_reads_of_the_person_they_support() {
    check(
        "outcome-to-adviser",
        &example(),
        to(ADVISER),
        expect![[r#"
            Subject: Court update: 01ZZ0000126

            Dear Fay Quill,

            You support A.L. in case 01ZZ0000126. We are writing to you with their consent.

            The court has decided:

            - Z.V.: Warrant issued (Friday 20 November 2026)

            The trial is listed at Exampleton Crown Court on Monday 29 March 2027 at 10:00.

            We ring the person you support ourselves. Please do not pass this on before they have heard from us; if you are with them sooner, or know of a better time to call, tell us.

            Exampleton Victim and Witness Care Unit · 01632 960000 · Monday to Saturday, 8am to 6pm
            OFFICIAL-SENSITIVE
        "#]],
    );
}

#[test]
fn the_family_liaison_officer_is_asked_to_tell_the_family() {
    check(
        "outcome-to-family-liaison-officer",
        &example(),
        to(FAMILY_LIAISON),
        expect![[r#"
            Subject: Court update for the family: 01ZZ0000126

            Dear Hal Stott,

            The court has decided in case 01ZZ0000126, for the family you support (B.M.):

            - Y.R.: Guilty verdict (Friday 20 November 2026)

            We do not contact the family ourselves while you are their single point of contact. Please tell them, and let us know when you have, so that we can record it.

            Exampleton Victim and Witness Care Unit · 01632 960000 · Monday to Saturday, 8am to 6pm
            OFFICIAL-SENSITIVE
        "#]],
    );
}

#[test]
fn a_witness_reads_what_became_of_the_case() {
    check(
        "outcome-to-witness",
        &example(),
        to(WITNESS),
        expect![[r#"
            Subject: An update on your case: 01ZZ0000126

            Dear Cai Norwood,

            Thank you for your help with case 01ZZ0000126.

            The court has decided:

            - Z.V.: Warrant issued (Friday 20 November 2026)

            The next date is the trial at Exampleton Crown Court on Monday 29 March 2027 at 10:00. You do not need to come to court unless we have told you that you are required.

            If you would like to know what this means, or if anything has changed for you, please get in touch. Our number may show as withheld when we ring you.

            Exampleton Victim and Witness Care Unit · 01632 960000 · Monday to Saturday, 8am to 6pm
            OFFICIAL-SENSITIVE
        "#]],
    );
}

#[test]
fn a_witness_reads_that_a_warrant_was_issued() {
    check(
        "warrant-to-witness",
        &example(),
        to(WITNESS),
        expect![[r#"
            Subject: An update on your case: 01ZZ0000126

            Dear Cai Norwood,

            We are writing about case 01ZZ0000126, in which you are a witness.

            The defendant did not come to court, and the court has issued a warrant for their arrest. I will update you once the defendant has been arrested and brought to court.

            The trial at Exampleton Crown Court on Monday 29 March 2027 at 10:00 still stands. If we have told you to come to it, please still come.

            If somebody troubles you about this case, ring 101, or 999 in an emergency, and then let us know.

            Exampleton Victim and Witness Care Unit · 01632 960000 · Monday to Saturday, 8am to 6pm
            OFFICIAL-SENSITIVE
        "#]],
    );
}

#[test]
fn a_hearing_that_has_sat_is_not_told_as_the_next_one() {
    let mut example = example();
    example.hearing.as_mut().unwrap().state = crate::domain::hearing::HearingState::Resulted;
    for (name, recipient) in
        [("outcome-to-officer", OFFICER), ("outcome-to-adviser", ADVISER), ("warrant-to-witness", WITNESS)]
    {
        let text = rendered(name, &example, to(recipient)).text;
        assert!(!text.contains("March 2027"), "{name}: {text}");
    }
}

#[test]
fn the_letter_after_the_call_gives_the_old_date_and_the_new() {
    check(
        "hearing-moved-letter",
        &example(),
        to(WITNESS),
        expect![[r#"
            Subject: A new date for your case: 01ZZ0000126

            Dear Cai Norwood,

            Thank you for talking to us. As we told you, the trial in case 01ZZ0000126 has been moved.

            Old date: Monday 11 January 2027 at 10:00. Please do not come to court on that date.
            New date: Monday 29 March 2027 at 10:00
            You are needed: day 2, morning
            Court: Exampleton Crown Court, Courtroom 2

            Bring this letter with you. What we wrote about the day itself still holds, and what was arranged to help you is moved to the new date as far as we can; we ring you if something cannot be.

            If the new date is difficult for you, or if you need help to come to court, such as with travel, childcare or an interpreter, please ring us as soon as you can. You can claim expenses for coming to court. If you have already spent money for the old date, keep the receipts.

            You do not have to speak to anybody about your evidence. If somebody troubles you about this case, ring 101, or 999 in an emergency, and then let us know.

            If anything in this letter is unclear, ring us on 01632 960000 (Monday to Saturday, 8am to 6pm) and say the number 01ZZ0000126. When we ring you, our number may show as withheld.

            Yours sincerely,

            Exampleton Victim and Witness Care Unit

            Exampleton Victim and Witness Care Unit · 01632 960000 · Monday to Saturday, 8am to 6pm
            OFFICIAL-SENSITIVE
        "#]],
    );
}

#[test]
fn a_witness_is_warned_for_court() {
    check(
        "court-warning-letter",
        &example(),
        to(WITNESS),
        expect![[r#"
            Subject: You are required at court: 01ZZ0000126

            Dear Cai Norwood,

            You are required to give evidence in case 01ZZ0000126. We said so when we rang you, and this letter has what you need to know.

            Hearing: trial
            Court: Exampleton Crown Court, Courtroom 2
            Date: Monday 29 March 2027 at 10:00
            You are needed: day 2, morning

            BEFORE THE DAY

            Please let us know straight away that you have received this letter and can come. If you are ill, or something else comes up, ring us at once: do not wait for the day.

            Please tell us what would help you: somebody to sit with you from the Witness Service, a visit to the court beforehand, a screen so that you need not see the defendant, an interpreter, help because of a disability or your health, or help with travel or childcare. All of it is free.

            ON THE DAY

            Bring this letter and something that shows who you are. Bring your glasses, your medicine, something to read and something to eat. Tell the staff at the door of the court that you are a witness: they show you to the waiting room for witnesses, away from the defendant. The Witness Service is there to help you.

            You may have to wait, and sometimes a trial is put off at the last moment. We are sorry when that happens. You can read your statement again before you give evidence. Please do not talk to other witnesses about what you are going to say.

            MONEY

            You can claim for your travel, for meals and, up to a limit, for lost earnings and childcare. Keep the receipts. You get the form at court, and we send it to you if you ask.

            IF SOMETHING CHANGES

            If the date changes we ring you; our number may show as withheld. If somebody troubles you about this case, ring 101, or 999 in an emergency, and then let us know.

            If anything in this letter is unclear, ring us on 01632 960000 (Monday to Saturday, 8am to 6pm) and say the number 01ZZ0000126.

            Yours sincerely,

            Exampleton Victim and Witness Care Unit

            Exampleton Victim and Witness Care Unit · 01632 960000 · Monday to Saturday, 8am to 6pm
            OFFICIAL-SENSITIVE
        "#]],
    );
}

#[test]
fn a_resource_team_reads_one_form_for_all_of_its_officers() {
    let mut example = example();
    example.participants = vec![participant_id(CONSTABLE), participant_id(SERGEANT)];
    let team = Recipient::Directory(resource_team());
    check(
        "trial-moved-to-resource-team",
        &example,
        team,
        expect![[r#"
            Subject: Changed court attendance: 01ZZ0000126, Exampleton Crown Court

            NOTICE OF CHANGED COURT ATTENDANCE

            Reason: M1, moved to another date
            Trial reference: 01ZZ0000126
            Hearing: trial
            Court: Exampleton Crown Court, Courtroom 2
            Date cancelled: Monday 11 January 2027 at 10:00
            New date: Monday 29 March 2027 at 10:00

            Officers required on the new date:

            - collar 4321
            - witness 5

            Number of officers: 2
            Sent: at the date and time of this message
            Confirm by: the end of the third working day after that, or before the hearing where that is sooner

            Please change the roster and confirm by return that it is done, or tell us which officer is not available. We are telling the officers ourselves.

            Exampleton Victim and Witness Care Unit · 01632 960000 · Monday to Saturday, 8am to 6pm
            OFFICIAL-SENSITIVE
        "#]],
    );
    check(
        "trial-taken-out-to-resource-team",
        &example,
        team,
        expect![[r#"
            Subject: Cancellation of court attendance: 01ZZ0000126, Exampleton Crown Court

            NOTICE OF CANCELLED COURT ATTENDANCE

            Reason: C1, not required at this hearing on this date
            Trial reference: 01ZZ0000126
            Hearing: trial
            Court: Exampleton Crown Court
            Date cancelled: Monday 29 March 2027 at 10:00

            These officers are no longer required:

            - collar 4321
            - witness 5

            Number of officers: 2
            Sent: at the date and time of this message
            Confirm by: the end of the next working day after that, or before the date cancelled where that is sooner

            Please take this attendance out of the roster and confirm by return that it is done. We are telling the officers ourselves.

            Exampleton Victim and Witness Care Unit · 01632 960000 · Monday to Saturday, 8am to 6pm
            OFFICIAL-SENSITIVE
        "#]],
    );
}

#[test]
fn a_police_witness_reads_where_and_when() {
    check(
        "trial-moved-to-police-witness",
        &example(),
        to(CONSTABLE),
        expect![[r#"
            Subject: New court date: 01ZZ0000126, Exampleton Crown Court

            Dear colleague,

            The trial in case 01ZZ0000126 has been moved (collar 4321).

            Old date: Monday 11 January 2027 at 10:00. You are not required on that date.
            Reason: M1, moved to another date
            Trial reference: 01ZZ0000126
            New date: Monday 29 March 2027 at 10:00
            Court: Exampleton Crown Court, Courtroom 2

            Confirm by: the end of the third working day after this was sent, or before the hearing where that is sooner

            Please confirm that you can attend on the new date, or tell us by then why you cannot: training, leave or sickness. We are telling your resource team.

            Exampleton Victim and Witness Care Unit · 01632 960000 · Monday to Saturday, 8am to 6pm
            OFFICIAL-SENSITIVE
        "#]],
    );
    check(
        "trial-taken-out-to-police-witness",
        &example(),
        to(CONSTABLE),
        expect![[r#"
            Subject: Not required at court: 01ZZ0000126, Exampleton Crown Court

            Dear colleague,

            You are no longer required at court in case 01ZZ0000126 (collar 4321).

            Reason: C1, not required at this hearing on this date
            Trial reference: 01ZZ0000126
            Court: Exampleton Crown Court
            Date on which you are not required: Monday 29 March 2027 at 10:00

            Please do not attend on that date. We are telling your resource team. If there is a new date, we will tell you.

            Exampleton Victim and Witness Care Unit · 01632 960000 · Monday to Saturday, 8am to 6pm
            OFFICIAL-SENSITIVE
        "#]],
    );
}

#[test]
fn the_witness_service_reads_whom_it_was_asked_to_help() {
    let mut example = example();
    example.participants = vec![participant_id(WITNESS)];
    check(
        "witness-service-trial-moved",
        &example,
        Recipient::Directory(witness_service()),
        expect![[r#"
            Subject: Changed trial date: 01ZZ0000126, Exampleton Crown Court

            Dear colleague,

            The trial in case 01ZZ0000126 at Exampleton Crown Court has been moved.

            Old date: Monday 11 January 2027 at 10:00
            New date: Monday 29 March 2027 at 10:00

            Those who were to come:

            - C.N., witness 3

            Please move your arrangements, pre-trial visits included, to the new date and tell us if you cannot. We tell the witnesses ourselves.

            Exampleton Victim and Witness Care Unit · 01632 960000 · Monday to Saturday, 8am to 6pm
            OFFICIAL-SENSITIVE
        "#]],
    );
}

#[test]
fn a_team_leader_reads_what_is_overdue_and_what_nobody_has() {
    let leader = Recipient::Staff(team_leader());
    check(
        "alert-overdue",
        &example(),
        leader,
        expect![[r#"
            Subject: Overdue: 1 task, 01ZZ0000126

            Dear Kit Leader,

            Work in case 01ZZ0000126 has passed its due time:

            - P2 Ring A.L. about the trial, due by the end of Monday 23 November 2026, with Kit Leader

            The clocks do not move with reassignment. Please see that it is done, or excuse it with a reason.

            Exampleton Victim and Witness Care Unit · 01632 960000 · Monday to Saturday, 8am to 6pm
            OFFICIAL-SENSITIVE
        "#]],
    );
    check(
        "alert-unassigned",
        &example(),
        leader,
        expect![[r#"
            Subject: Nobody assigned: 1 task, 01ZZ0000126

            Dear Kit Leader,

            Nobody who is present has this work in case 01ZZ0000126:

            - P2 Ring A.L. about the trial, due by the end of Monday 23 November 2026

            Please assign it, or take it yourself.

            Exampleton Victim and Witness Care Unit · 01632 960000 · Monday to Saturday, 8am to 6pm
            OFFICIAL-SENSITIVE
        "#]],
    );
}
