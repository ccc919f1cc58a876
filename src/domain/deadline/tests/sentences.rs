//! How a deadline explains itself, word for word.

use expect_test::{Expect, expect};

use super::*;

fn check(case: &Situation, text: &str, steps: Expect) {
    steps.assert_eq(&case.steps(text));
}

#[test]
fn christmas_is_counted_out_day_by_day() {
    check(
        &from("2026-12-24T15:00"),
        "end of 5 working days after received",
        expect![[r#"
        received Thu 24 Dec 2026 15:00 is day 0
        Fri 25 Dec 2026 is Christmas Day, not counted
        Sat 26 Dec – Sun 27 Dec 2026: weekend, not counted
        Mon 28 Dec 2026 is Boxing Day (substitute day), not counted
        Tue 29 Dec 2026 is working day 1
        Wed 30 Dec 2026 is working day 2
        Thu 31 Dec 2026 is working day 3
        Fri 1 Jan 2027 is New Year’s Day, not counted
        Sat 2 Jan – Sun 3 Jan 2027: weekend, not counted
        Mon 4 Jan 2027 is working day 4
        Tue 5 Jan 2027 is working day 5
        end of day: Tue 5 Jan 2027 23:59:59 GMT
    "#]],
    );
}

#[test]
fn a_count_back_is_told_in_its_own_order() {
    let case = Situation::new().with("hearing", Anchor::At(at("2027-01-05T10:00")));
    check(
        &case,
        "4 working days before hearing",
        expect![[r#"
        hearing Tue 5 Jan 2027 10:00 is day 0
        Mon 4 Jan 2027 is working day 1
        Sat 2 Jan – Sun 3 Jan 2027: weekend, not counted
        Fri 1 Jan 2027 is New Year’s Day, not counted
        Thu 31 Dec 2026 is working day 2
        Wed 30 Dec 2026 is working day 3
        Tue 29 Dec 2026 is working day 4
        end of day: Tue 29 Dec 2026 23:59:59 GMT
    "#]],
    );
}

#[test]
fn a_long_count_names_only_what_interrupts_it() {
    check(
        &from("2026-12-03T15:00"),
        "end of 20 working days after received",
        expect![[r#"
        received Thu 3 Dec 2026 15:00 is day 0
        weekends are not counted
        Fri 25 Dec 2026 is Christmas Day, not counted
        Mon 28 Dec 2026 is Boxing Day (substitute day), not counted
        Fri 1 Jan 2027 is New Year’s Day, not counted
        Tue 5 Jan 2027 is working day 20
        end of day: Tue 5 Jan 2027 23:59:59 GMT
    "#]],
    );
}

#[test]
fn hours_over_a_clock_change_say_so() {
    check(
        &from("2027-03-27T14:00"),
        "limit.enhanced_outcome_target after received",
        expect![[r#"
        limit.enhanced_outcome_target is 24 hours
        counted from received, Sat 27 Mar 2027 14:00 GMT
        the clocks go forward on Sun 28 Mar 2027; time is counted as it passes
        24 hours later is Sun 28 Mar 2027 15:00 BST
    "#]],
    );
}

#[test]
fn other_forms_are_told_too() {
    let case = from("2026-11-20T10:00").with("hearing", Anchor::Week(day("2027-01-11")));
    let told: String = [
        "end of received",
        "14:00 on hearing",
        "17:00 on the working day before hearing",
        "12:00 on the day before hearing",
        "3 months after received",
        "5 working days after received",
        "4 weeks before hearing",
        "30 minutes before end of shift",
        "the other half of the next working day",
        "next working day",
        "15 minutes on shift after received",
        "6 hours on shift after received",
        "100 unit hours before received",
        "hearing",
    ]
    .iter()
    .map(|text| format!("# {text}\n{}", case.steps(text)))
    .collect();
    expect![[r#"
        # end of received
        counted from received Fri 20 Nov 2026 10:00
        end of day: Fri 20 Nov 2026 23:59:59 GMT
        # 14:00 on hearing
        hearing is in the week of Mon 11 Jan 2027, counted from its Monday
        counted from hearing Mon 11 Jan 2027
        at that time: Mon 11 Jan 2027 14:00 GMT
        # 17:00 on the working day before hearing
        hearing is in the week of Mon 11 Jan 2027, counted from its Monday
        hearing Mon 11 Jan 2027 is day 0
        Sat 9 Jan – Sun 10 Jan 2027: weekend, not counted
        Fri 8 Jan 2027 is working day 1
        at that time: Fri 8 Jan 2027 17:00 GMT
        # 12:00 on the day before hearing
        hearing is in the week of Mon 11 Jan 2027, counted from its Monday
        counted from hearing Mon 11 Jan 2027
        the day before is Sun 10 Jan 2027
        at that time: Sun 10 Jan 2027 12:00 GMT
        # 3 months after received
        received Fri 20 Nov 2026 10:00 is day 0
        3 months later is Sat 20 Feb 2027
        same time of day: Sat 20 Feb 2027 10:00 GMT
        # 5 working days after received
        received Fri 20 Nov 2026 10:00 is day 0
        Sat 21 Nov – Sun 22 Nov 2026: weekend, not counted
        Mon 23 Nov 2026 is working day 1
        Tue 24 Nov 2026 is working day 2
        Wed 25 Nov 2026 is working day 3
        Thu 26 Nov 2026 is working day 4
        Fri 27 Nov 2026 is working day 5
        same time of day: Fri 27 Nov 2026 10:00 GMT
        # 4 weeks before hearing
        hearing is in the week of Mon 11 Jan 2027, counted from its Monday
        hearing Mon 11 Jan 2027 is day 0
        4 weeks earlier is Mon 14 Dec 2026
        end of day: Mon 14 Dec 2026 23:59:59 GMT
        # 30 minutes before end of shift
        now Fri 20 Nov 2026 10:00 is in the shift that began Fri 20 Nov 2026 07:00
        end of shift: Fri 20 Nov 2026 15:00 GMT
        counted from Fri 20 Nov 2026 15:00 GMT
        30 minutes earlier is Fri 20 Nov 2026 14:30 GMT
        # the other half of the next working day
        now Fri 20 Nov 2026 10:00 is in the morning, so the afternoon is meant
        now Fri 20 Nov 2026 10:00 is day 0
        Sat 21 Nov – Sun 22 Nov 2026: weekend, not counted
        Mon 23 Nov 2026 is working day 1
        the afternoon starts: Mon 23 Nov 2026 12:00 GMT
        # next working day
        now Fri 20 Nov 2026 10:00 is day 0
        Sat 21 Nov – Sun 22 Nov 2026: weekend, not counted
        Mon 23 Nov 2026 is working day 1
        the unit opens: Mon 23 Nov 2026 08:00 GMT
        # 15 minutes on shift after received
        counted from received, Fri 20 Nov 2026 10:00 GMT
        15 minutes on shift later is Fri 20 Nov 2026 10:15 GMT
        # 6 hours on shift after received
        counted from received, Fri 20 Nov 2026 10:00 GMT
        Fri 20 Nov 2026 10:00–15:00: 300 minutes counted
        Mon 23 Nov 2026 07:00–08:00: 60 minutes counted
        6 hours on shift later is Mon 23 Nov 2026 08:00 GMT
        # 100 unit hours before received
        counted from received, Fri 20 Nov 2026 10:00 GMT
        Fri 20 Nov 2026 08:00–10:00: 120 minutes counted
        Thu 19 Nov 2026 08:00–18:00: 600 minutes counted
        Wed 18 Nov 2026 08:00–18:00: 600 minutes counted
        Tue 17 Nov 2026 08:00–18:00: 600 minutes counted
        Mon 16 Nov 2026 08:00–18:00: 600 minutes counted
        and 6 more such stretches
        100 unit hours earlier is Fri 6 Nov 2026 10:00 GMT
        # hearing
        hearing is in the week of Mon 11 Jan 2027, counted from its Monday
        hearing Mon 11 Jan 2027, from its first moment
    "#]]
    .assert_eq(&told);
}

#[test]
fn what_is_waited_for_is_said() {
    let case = from("2028-12-28T10:00").with("hearing", Anchor::Unfixed);
    check(
        &case,
        "earlier of (24 hours before hearing, end of 2 working days after received, 3 days after received)",
        expect![[r#"
            (1) 24 hours before hearing
            hearing has no date yet, so this waits for it
            (2) end of 2 working days after received
            received Thu 28 Dec 2028 10:00 is day 0
            the bank holidays of 2029 are not loaded, so this waits for the calendar
            (3) 3 days after received
            received Thu 28 Dec 2028 10:00 is day 0
            3 days later is Sun 31 Dec 2028
            same time of day: Sun 31 Dec 2028 10:00 GMT
            the earlier of those known so far is (3): Sun 31 Dec 2028 10:00 GMT
        "#]],
    );
}

#[test]
fn nobodys_work_counts_in_the_units_hours_and_says_so() {
    let mut case = from("2026-11-20T06:00");
    case.shifts = None;
    check(
        &case,
        "end of shift",
        expect![[r#"
        no shifts are known here, so the unit's hours are used
        now Fri 20 Nov 2026 06:00 is before the shift that begins Fri 20 Nov 2026 08:00
        end of shift: Fri 20 Nov 2026 18:00 GMT
    "#]],
    );
}

#[test]
fn a_summary_is_one_line() {
    let case = from("2026-12-24T15:00").with("hearing", Anchor::Unfixed);
    let summary = |text: &str| case.reckon(text).unwrap().summary();
    assert_eq!(summary("end of 5 working days after received"), "due Tue 5 Jan 2027 23:59");
    assert_eq!(summary("end of hearing"), "waits for the date of hearing");
    assert_eq!(summary("600 working days after received"), "waits for the bank holidays of 2029");
}

#[test]
fn an_explanation_is_stored_and_read_back() {
    let case = from("2026-11-20T10:00").with("hearing", Anchor::Unfixed);
    for text in ["24 hours after received", "end of hearing", "1000 working days after received"] {
        let reckoned = case.reckon(text).unwrap();
        let stored = serde_json::to_string(&reckoned).unwrap();
        assert_eq!(serde_json::from_str::<Reckoned>(&stored).unwrap(), reckoned);
    }
    expect![[r#"{"due":{"at":"2026-11-20T11:00:00Z"},"steps":["counted from now, Fri 20 Nov 2026 10:00 GMT","1 hour later is Fri 20 Nov 2026 11:00 GMT"]}"#]].assert_eq(&serde_json::to_string(&case.reckon("1 hour after now").unwrap()).unwrap());
}
