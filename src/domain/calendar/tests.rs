//! The calendar against the figures of the domain reference, and against a slow day-by-day count.

use chrono::{Datelike, NaiveDate};
use proptest::prelude::*;

use super::*;

const FILE: &str = include_str!("../../../config/packs/england-and-wales/calendar.json");

fn calendar() -> Calendar {
    Calendar::parse(FILE).unwrap()
}

fn with_training_day_on(text: &str) -> Calendar {
    let own = FILE.replace(
        "\"events\": []",
        &format!("\"events\": [{{ \"title\": \"Training day\", \"date\": \"{text}\" }}]"),
    );
    assert_ne!(own, FILE);
    Calendar::parse(&own).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn the_packs_calendar_has_the_known_number_of_working_days_a_year() {
    let calendar = calendar();
    let counted: Vec<_> = calendar
        .years()
        .map(|year| (year, calendar.statutory.iter().filter(|day| day.year() == year).count()))
        .collect();
    assert_eq!(counted, [(2024, 254), (2025, 253), (2026, 253), (2027, 253), (2028, 252)]);
}

#[test]
fn a_bank_holiday_is_not_a_working_day() {
    let calendar = calendar();
    assert_eq!(calendar.is_working_day(Days::Statutory, day("2026-12-25")), Ok(false));
    assert_eq!(calendar.rest(day("2026-12-28")), Some(Rest::BankHoliday("Boxing Day (substitute day)")));
    assert_eq!(calendar.rest(day("2026-12-26")), Some(Rest::Weekend));
    assert_eq!(calendar.is_working_day(Days::Statutory, day("2026-12-29")), Ok(true));
}

#[test]
fn a_year_that_is_not_loaded_is_never_free_of_holidays() {
    let calendar = calendar();
    assert_eq!(
        calendar.is_working_day(Days::Statutory, day("2029-06-05")),
        Err(NeedsCalendar { year: 2029 })
    );
    let after = |from, n| calendar.working_day_after(Days::Statutory, day(from), n);
    assert_eq!(after("2028-12-28", 1), Ok(day("2028-12-29")));
    assert_eq!(after("2028-12-28", 2), Err(NeedsCalendar { year: 2029 }));
    assert_eq!(after("2031-01-01", 1), Err(NeedsCalendar { year: 2031 }));
    assert_eq!(after("2023-12-31", 1), Ok(day("2024-01-02")), "day 0 need not be covered");
    let before = |from, n| calendar.working_day_before(Days::Statutory, day(from), n);
    assert_eq!(before("2024-01-03", 1), Ok(day("2024-01-02")));
    assert_eq!(before("2024-01-03", 2), Err(NeedsCalendar { year: 2023 }));
    assert_eq!(before("2029-01-01", 1), Ok(day("2028-12-29")));
}

#[test]
fn a_year_missing_in_the_middle_is_not_jumped_over() {
    let kept = calendar().bank_holidays.into_iter().filter(|(day, _)| day.year() != 2026);
    let calendar = Calendar::new(kept, []).unwrap();
    assert_eq!(
        calendar.working_day_after(Days::Statutory, day("2025-12-31"), 1),
        Err(NeedsCalendar { year: 2026 })
    );
    assert_eq!(
        calendar.working_day_before(Days::Statutory, day("2027-01-04"), 1),
        Err(NeedsCalendar { year: 2026 })
    );
}

#[test]
fn one_early_proclamation_does_not_make_a_year_known() {
    let mut holidays = calendar().bank_holidays;
    holidays.insert(day("2029-05-08"), "Proclaimed holiday".to_owned());
    assert!(!Calendar::new(holidays, []).unwrap().covers(2029));
}

#[test]
fn a_day_only_the_unit_is_closed_still_counts_in_law() {
    let calendar = with_training_day_on("2026-11-23");
    let friday = day("2026-11-20");
    assert_eq!(calendar.working_day_after(Days::Statutory, friday, 1), Ok(day("2026-11-23")));
    assert_eq!(calendar.working_day_after(Days::Unit, friday, 1), Ok(day("2026-11-24")));
    assert_eq!(calendar.rest(day("2026-11-23")), Some(Rest::UnitClosed("Training day")));
}

#[test]
fn the_working_days_until_a_day_are_those_after_today() {
    let calendar = calendar();
    let until = |from, to| working_days_until(london::parse(from).unwrap(), day(to), &calendar);
    assert_eq!(until("2026-12-24T15:00", "2026-12-24"), Ok(0));
    assert_eq!(until("2026-12-24T15:00", "2026-12-28"), Ok(0));
    assert_eq!(until("2026-12-24T15:00", "2027-01-05"), Ok(5));
    assert_eq!(until("2027-01-05T09:00", "2026-12-24"), Ok(-5));
    assert_eq!(until("2028-12-29T09:00", "2029-01-05"), Err(NeedsCalendar { year: 2029 }));
    assert_eq!(until("2030-06-01T09:00", "2030-06-01"), Ok(0));
    assert_eq!(until("2023-12-31T09:00", "2024-01-02"), Ok(1), "day 0 need not be covered");
    assert_eq!(until("2029-01-01T09:00", "2028-12-29"), Ok(-1));
}

#[test]
fn a_file_of_another_shape_is_refused_with_what_to_do() {
    let refused = |text| Calendar::parse(text).unwrap_err();
    assert!(matches!(refused("[]"), CalendarError::Shape(_)));
    assert!(matches!(
        refused(r#"{"division": "england-and-wales", "events": []}"#),
        CalendarError::NoDivision
    ));
    assert!(matches!(refused(r#"{"england-and-wales": {"events": []}}"#), CalendarError::NoYear));
    let wrong = r#"{"england-and-wales": {"events": [{"title": "x", "date": "25/12/2026"}]}}"#;
    let CalendarError::Shape(cause) = refused(wrong) else { panic!("a date in another shape") };
    assert!(cause.to_string().contains("line 1 column"), "{cause}");
}

#[test]
fn scotland_and_unknown_fields_do_not_disturb() {
    let text = FILE.replacen('{', r#"{ "scotland": { "division": "scotland", "events": [] },"#, 1);
    assert_eq!(Calendar::parse(&text).unwrap(), calendar());
}

/// Counts one day at a time and looks every day up in the file's own words.
fn walk(
    from: NaiveDate,
    n: u32,
    step: fn(&NaiveDate) -> Option<NaiveDate>,
) -> Result<NaiveDate, NeedsCalendar> {
    let (mut today, mut left) = (from, n);
    while left > 0 {
        today = step(&today).unwrap();
        if !(2024..=2028).contains(&today.year()) {
            return Err(NeedsCalendar { year: today.year() });
        }
        let listed = FILE.contains(&format!("\"date\": \"{today}\""));
        if today.weekday().number_from_monday() <= 5 && !listed {
            left -= 1;
        }
    }
    Ok(today)
}

proptest! {
    #[test]
    fn counting_agrees_with_walking_day_by_day(offset in 0u64..2_200, n in 0u32..60) {
        let calendar = calendar();
        let from = day("2023-09-01") + chrono::Days::new(offset);
        prop_assert_eq!(
            calendar.working_day_after(Days::Statutory, from, n),
            walk(from, n, NaiveDate::succ_opt)
        );
        prop_assert_eq!(
            calendar.working_day_before(Days::Statutory, from, n),
            walk(from, n, NaiveDate::pred_opt)
        );
    }

    #[test]
    fn until_is_the_inverse_of_after_and_before(offset in 0u64..2_200, n in 1u32..60) {
        let calendar = calendar();
        let from = day("2023-09-01") + chrono::Days::new(offset);
        let at = london::end_of_day(from);
        if let Ok(later) = calendar.working_day_after(Days::Statutory, from, n) {
            prop_assert_eq!(working_days_until(at, later, &calendar), Ok(i64::from(n)));
        }
        if let Ok(earlier) = calendar.working_day_before(Days::Statutory, from, n) {
            prop_assert_eq!(working_days_until(at, earlier, &calendar), Ok(-i64::from(n)));
        }
    }
}
