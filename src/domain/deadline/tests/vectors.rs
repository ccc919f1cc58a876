//! Dates worked out elsewhere and by hand.

use super::*;

#[test]
fn the_vectors_of_the_domain_reference_hold() {
    let table = [
        (
            "2026-11-20T16:10",
            "2026-11-21T16:10:00+00:00",
            ["2026-11-23", "2026-11-24", "2026-11-27", "2026-12-04"],
        ),
        (
            "2026-12-24T15:00",
            "2026-12-25T15:00:00+00:00",
            ["2026-12-29", "2026-12-30", "2027-01-05", "2027-01-12"],
        ),
        (
            "2027-03-27T14:00",
            "2027-03-28T15:00:00+01:00",
            ["2027-03-30", "2027-03-31", "2027-04-05", "2027-04-12"],
        ),
        (
            "2028-04-13T17:30",
            "2028-04-14T17:30:00+01:00",
            ["2028-04-18", "2028-04-19", "2028-04-24", "2028-05-02"],
        ),
    ];
    for (received, day_later, days) in table {
        let case = from(received);
        assert_eq!(case.due("24 hours after received"), day_later);
        for (count, day) in [1, 2, 5, 10].into_iter().zip(days) {
            let due = case.due(&format!("end of {count} working days after received"));
            assert_eq!(due.split_once('+').unwrap().0, format!("{day}T23:59:59"), "{received} + {count}");
        }
    }
}

#[test]
fn a_saturdays_first_working_day_is_monday() {
    assert_eq!(
        from("2026-11-21T09:00").due("end of 1 working day after received"),
        "2026-11-23T23:59:59+00:00"
    );
}

#[test]
fn every_form_comes_to_its_instant() {
    // Thursday before Christmas, in the afternoon; the hearing is on Monday 11 January at 10:00.
    let case = from("2026-12-24T13:20").with("hearing", Anchor::At(at("2027-01-11T10:00")));
    for (text, due) in [
        ("received", "2026-12-24T13:20:00+00:00"),
        ("15 minutes after received", "2026-12-24T13:35:00+00:00"),
        ("2 days after received", "2026-12-26T13:20:00+00:00"),
        ("2 weeks after received", "2027-01-07T13:20:00+00:00"),
        ("2 months after received", "2027-02-24T13:20:00+00:00"),
        ("end of 4 weeks after received", "2027-01-21T23:59:59+00:00"),
        ("5 working days after received", "2027-01-05T13:20:00+00:00"),
        ("end of 24 hours after received", "2026-12-25T23:59:59+00:00"),
        ("3 unit hours after received", "2026-12-24T16:20:00+00:00"),
        ("90 minutes on shift after received", "2026-12-24T14:50:00+00:00"),
        ("2 hours on shift after received", "2026-12-25T07:20:00+00:00"),
        ("10 working days before hearing", "2026-12-23T23:59:59+00:00"),
        ("end of 10 working days before hearing", "2026-12-23T23:59:59+00:00"),
        ("4 weeks before hearing", "2026-12-14T23:59:59+00:00"),
        ("24 hours before hearing", "2027-01-10T10:00:00+00:00"),
        ("17:00 on the working day before hearing", "2027-01-08T17:00:00+00:00"),
        ("12:00 on the day before hearing", "2027-01-10T12:00:00+00:00"),
        ("09:00 on the day after the hearing", "2027-01-12T09:00:00+00:00"),
        ("14:00 on hearing", "2027-01-11T14:00:00+00:00"),
        ("17:00 on 2 working days before hearing", "2027-01-07T17:00:00+00:00"),
        ("17:00 today", "2026-12-24T17:00:00+00:00"),
        ("end of day", "2026-12-24T23:59:59+00:00"),
        ("end of hearing", "2027-01-11T23:59:59+00:00"),
        ("end of the next working day", "2026-12-29T23:59:59+00:00"),
        ("next working day 14:00", "2026-12-29T14:00:00+00:00"),
        ("next working day at 14:00 after hearing", "2027-01-12T14:00:00+00:00"),
        ("next working day", "2026-12-29T08:00:00+00:00"),
        ("opening on hearing", "2027-01-11T08:00:00+00:00"),
        ("end of shift", "2026-12-24T15:00:00+00:00"),
        ("30 minutes before end of shift", "2026-12-24T14:30:00+00:00"),
        ("the other half of the next working day", "2026-12-29T08:00:00+00:00"),
        ("the other half of the next working day after hearing", "2027-01-12T12:00:00+00:00"),
        ("earlier of (24 hours after received, end of shift)", "2026-12-24T15:00:00+00:00"),
        ("later of (end of shift, earlier of (hearing, 2 days after now))", "2026-12-26T13:20:00+00:00"),
        ("limit.enhanced_outcome_target after received", "2026-12-25T13:20:00+00:00"),
        ("end of limit.other_outcome_due after received", "2027-01-05T23:59:59+00:00"),
        ("limit.listing before hearing", "2026-12-14T23:59:59+00:00"),
    ] {
        assert_eq!(case.due(text), due, "{text}");
    }
}

#[test]
fn hours_pass_over_the_clock_changes_and_days_keep_the_local_time() {
    let spring = from("2026-03-28T12:00");
    assert_eq!(spring.due("24 hours after received"), "2026-03-29T13:00:00+01:00");
    assert_eq!(spring.due("1 day after received"), "2026-03-29T12:00:00+01:00");
    let autumn = from("2026-10-24T12:00");
    assert_eq!(autumn.due("24 hours after received"), "2026-10-25T11:00:00+00:00");
    assert_eq!(autumn.due("1 day after received"), "2026-10-25T12:00:00+00:00");
}

#[test]
fn a_local_time_in_the_gap_moves_to_its_end_and_a_doubled_one_is_the_first() {
    assert_eq!(from("2026-03-28T01:30").due("1 day after received"), "2026-03-29T02:00:00+01:00");
    assert_eq!(from("2026-03-28T12:00").due("01:30 on the day after received"), "2026-03-29T02:00:00+01:00");
    assert_eq!(from("2026-10-24T01:30").due("1 day after received"), "2026-10-25T01:30:00+01:00");
}

#[test]
fn a_month_that_is_too_short_ends_on_its_last_day() {
    assert_eq!(from("2027-01-31T10:00").due("1 month after received"), "2027-02-28T10:00:00+00:00");
    assert_eq!(from("2027-03-31T10:00").due("1 month before received"), "2027-02-28T23:59:59+00:00");
}

#[test]
fn the_law_counts_a_day_only_the_unit_is_closed() {
    let mut case = from("2026-11-20T10:00");
    let own = r#""events": [{ "title": "Training day", "date": "2026-11-23" }]"#;
    case.calendar = Calendar::parse(&CALENDAR.replace("\"events\": []", own)).unwrap();
    assert_eq!(case.due("end of 1 working day after received"), "2026-11-23T23:59:59+00:00");
    assert_eq!(case.due("end of the next working day"), "2026-11-23T23:59:59+00:00");
    assert_eq!(case.due("next working day 14:00"), "2026-11-24T14:00:00+00:00");
    assert_eq!(case.due("the other half of the next working day"), "2026-11-24T12:00:00+00:00");
    let trial = case.with("hearing", Anchor::Day(day("2026-11-24")));
    assert_eq!(trial.due("17:00 on the working day before hearing"), "2026-11-20T17:00:00+00:00");
    assert_eq!(trial.due("1 working day before hearing"), "2026-11-20T23:59:59+00:00");
}

#[test]
fn an_anchor_that_is_a_day_keeps_no_time() {
    let case = Situation::new().with("hearing", Anchor::Day(day("2027-01-11")));
    for (text, due) in [
        ("hearing", "2027-01-11T00:00:00+00:00"),
        ("24 hours before hearing", "2027-01-10T00:00:00+00:00"),
        ("2 days after hearing", "2027-01-13T23:59:59+00:00"),
        ("1 working day after hearing", "2027-01-12T23:59:59+00:00"),
        ("10 working days before hearing", "2026-12-23T23:59:59+00:00"),
        ("end of hearing", "2027-01-11T23:59:59+00:00"),
    ] {
        assert_eq!(case.due(text), due, "{text}");
    }
}

#[test]
fn a_week_counts_from_its_monday() {
    let case = Situation::new().with("hearing", Anchor::Week(day("2027-01-13")));
    assert_eq!(case.due("10 working days before hearing"), "2026-12-23T23:59:59+00:00");
    assert_eq!(case.due("14:00 on hearing"), "2027-01-11T14:00:00+00:00");
}

#[test]
fn a_deadline_waits_for_a_date_and_a_calendar() {
    let unfixed = from("2026-11-20T10:00").with("hearing", Anchor::Unfixed);
    assert_eq!(unfixed.due("4 weeks before hearing"), "waits for the date of hearing");
    let far = from("2028-12-20T10:00");
    assert_eq!(far.due("end of 5 working days after received"), "2028-12-29T23:59:59+00:00");
    assert_eq!(far.due("end of 6 working days after received"), "waits for the bank holidays of 2029");
    assert_eq!(far.due("4 weeks after received"), "2029-01-17T10:00:00+00:00");
    assert_eq!(far.due("1000 hours after received"), "2029-01-31T02:00:00+00:00");
    assert_eq!(far.due("30 unit hours after received"), "2028-12-25T10:00:00+00:00");
}

#[test]
fn a_part_that_waits_does_not_hide_one_that_is_known() {
    let case = from("2026-11-20T10:00").with("hearing", Anchor::Unfixed);
    assert_eq!(
        case.due("earlier of (24 hours before hearing, 2 days after received)"),
        "2026-11-22T10:00:00+00:00"
    );
    assert_eq!(
        case.due("later of (2 days after received, 24 hours before hearing)"),
        "waits for the date of hearing"
    );
    assert_eq!(case.due("earlier of (hearing, end of hearing)"), "waits for the date of hearing");
}

#[test]
fn the_end_of_a_shift_is_that_of_the_running_else_of_the_next_one() {
    for (now, ends) in [
        ("2026-11-20T06:00", "2026-11-20T15:00:00+00:00"),
        ("2026-11-20T07:00", "2026-11-20T15:00:00+00:00"),
        ("2026-11-20T15:00", "2026-11-23T15:00:00+00:00"),
        ("2026-11-21T12:00", "2026-11-23T15:00:00+00:00"),
    ] {
        assert_eq!(from(now).due("end of shift"), ends, "{now}");
    }
    let mut nobodys = from("2026-11-20T06:00");
    nobodys.shifts = None;
    assert_eq!(nobodys.due("end of shift"), "2026-11-20T18:00:00+00:00");
}

#[test]
fn a_night_shift_ends_on_the_next_day_however_long_the_night() {
    let mut case = from("2026-10-25T00:30");
    let nights = WeeklyHours::monday_to_friday(time("22:00:00"), time("06:00:00"));
    case.shifts = Some(WeeklyHours { days: std::array::from_fn(|_| nights.days[0].clone()) });
    assert_eq!(case.due("end of shift"), "2026-10-25T06:00:00+00:00");
    assert_eq!(case.due("90 minutes on shift after now"), "2026-10-25T01:00:00+00:00");
    assert_eq!(case.due("7 hours on shift after now"), "2026-10-25T22:30:00+00:00");
    assert_eq!(case.due("1 hour on shift before now"), "2026-10-24T23:30:00+01:00");
    assert_eq!(case.due("3 hours on shift before now"), "2026-10-24T05:30:00+01:00");
}

#[test]
fn unit_hours_step_over_nights_and_weekends_in_both_directions() {
    let case = from("2026-11-20T17:00");
    assert_eq!(case.due("1 unit hour after received"), "2026-11-20T18:00:00+00:00");
    assert_eq!(case.due("61 unit minutes after received"), "2026-11-23T08:01:00+00:00");
    assert_eq!(case.due("10 unit hours before received"), "2026-11-19T17:00:00+00:00");
    let saturday = from("2026-11-21T12:00");
    assert_eq!(saturday.due("3 unit hours after received"), "2026-11-23T11:00:00+00:00");
    assert_eq!(saturday.due("3 unit hours before received"), "2026-11-20T15:00:00+00:00");
}

#[test]
fn overlapping_windows_count_once() {
    let mut case = from("2026-11-20T07:00");
    let both = vec![(time("08:00:00"), time("12:00:00")), (time("10:00:00"), time("18:00:00"))];
    case.shifts = Some(WeeklyHours { days: std::array::from_fn(|_| both.clone()) });
    assert_eq!(case.due("6 hours on shift after now"), "2026-11-20T14:00:00+00:00");
}

#[test]
fn a_unit_shut_on_bank_holidays_waits_for_a_calendar_it_needs() {
    let weekly = WeeklyHours::monday_to_friday(time("08:00:00"), time("18:00:00"));
    let calendar = calendar();
    let unit_hours = OpenExceptHolidays { weekly: &weekly, calendar: &calendar };
    let due = |now: &str, text: &str| {
        let now = at(now);
        let anchors = move |_: &str| Anchor::At(now);
        let with =
            Reckoning { calendar: &calendar, unit_hours: &unit_hours, shifts: None, anchors: &anchors };
        parse(text).due(&with).unwrap()
    };
    assert_eq!(due("2026-12-24T17:00", "3 unit hours after now"), Due::At(at("2026-12-29T10:00")));
    assert_eq!(due("2028-12-29T17:00", "3 unit hours after now"), Due::NeedsCalendar { year: 2029 });
}

#[test]
fn a_unit_open_on_saturdays_is_shut_on_a_saturday_it_names() {
    let saturday = day("2026-11-21");
    let weekly = WeeklyHours { days: std::array::from_fn(|_| vec![(time("08:00:00"), time("18:00:00"))]) };
    let own = r#""events": [{ "title": "Stocktaking", "date": "2026-11-21" }]"#;
    let calendar = Calendar::parse(&CALENDAR.replace("\"events\": []", own)).unwrap();
    let hours = OpenExceptHolidays { weekly: &weekly, calendar: &calendar };
    assert_eq!(hours.on(saturday), Ok(Vec::new()));
    assert_eq!(hours.on(day("2026-11-22")).unwrap().len(), 1);
}

#[test]
fn what_can_never_be_counted_is_an_error_that_says_what_to_do() {
    let mut case = from("2026-11-20T10:00");
    case.shifts = Some(WeeklyHours::default());
    case.unit_hours = WeeklyHours::default();
    let error = |text: &str| case.reckon(text).unwrap_err().to_string();
    assert_eq!(
        error("24 hours after p.attendance.hearing"),
        "the deadline counts from `p.attendance.hearing`, which these facts do not have"
    );
    assert_eq!(
        error("end of shift"),
        "no shift within 60 days of Fri 20 Nov 2026 10:00: give the owner shifts or count in unit hours"
    );
    assert_eq!(
        error("3 unit hours after now"),
        "the unit is not open within 60 days of Fri 20 Nov 2026 10:00: check its hours"
    );
    assert_eq!(error("earlier of (now, 1 day after nothing)").split_whitespace().count(), 11);
}

#[test]
fn the_end_of_all_dates_is_an_error_and_no_panic() {
    for moment in [Instant::MAX_UTC, Instant::MIN_UTC] {
        let case = Situation::new().with("x", Anchor::At(moment)).with("now", Anchor::At(moment));
        let case =
            case.with("d", Anchor::Day(london::date(moment))).with("w", Anchor::Week(london::date(moment)));
        for form in [
            "10000 days",
            "10000 weeks",
            "10000 months",
            "10000 hours",
            "10000 working days",
            "1 unit hour",
            "1 minute on shift",
        ] {
            for side in ["after", "before"] {
                for anchor in ["x", "d", "w"] {
                    let _ = case.reckon(&format!("{form} {side} {anchor}"));
                }
            }
        }
        for form in [
            "end of x",
            "12:00 on the day after x",
            "12:00 on the day before x",
            "end of shift after x",
            "next working day after x",
            "opening on x",
            "the other half of the next working day after x",
        ] {
            let _ = case.reckon(form);
        }
    }
}
