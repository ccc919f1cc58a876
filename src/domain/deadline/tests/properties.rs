//! What must hold for every deadline, checked on many.

use chrono::{Datelike, TimeDelta, Weekday};
use proptest::prelude::*;

use super::*;

fn amount() -> impl Strategy<Value = Quantity> {
    let unit = prop::sample::select(vec![
        Unit::Minutes,
        Unit::Hours,
        Unit::UnitMinutes,
        Unit::UnitHours,
        Unit::ShiftMinutes,
        Unit::ShiftHours,
        Unit::Days,
        Unit::WorkingDays,
        Unit::Weeks,
        Unit::Months,
    ]);
    let plain =
        (1..=COUNT_MAX, unit).prop_map(|(count, unit)| Quantity::Plain(Amount::new(count, unit).unwrap()));
    let limit = prop::sample::select(limits().into_iter().collect::<Vec<_>>())
        .prop_map(|(name, amount)| Quantity::Limit { name, amount });
    prop_oneof![4 => plain, 1 => limit]
}

fn moment() -> impl Strategy<Value = Moment> {
    let time = (0u32..24, 0u32..60).prop_map(|(h, m)| Moment::At(NaiveTime::from_hms_opt(h, m, 0).unwrap()));
    prop_oneof![2 => time, 1 => Just(Moment::Opening), 2 => Just(Moment::End)]
}

fn which() -> impl Strategy<Value = Which> {
    prop::sample::select(vec![
        Which::Same,
        Which::DayBefore,
        Which::DayAfter,
        Which::WorkingDayBefore,
        Which::NextWorkingDay,
    ])
}

/// Any deadline the parser can make. On one day, the next working day's forms are written as that day's own.
fn deadline() -> impl Strategy<Value = Deadline> {
    let names = vec!["received", "event.received_at", "p.attendance.hearing", "now", "Hearing_2"];
    let anchor = prop::sample::select(names).prop_map(|name| Deadline::Anchor(name.to_owned()));
    anchor.prop_recursive(5, 24, 4, |inner| {
        let from = inner.clone().prop_map(Box::new);
        let of = (moment(), which(), inner.clone()).prop_map(|(moment, day, of)| {
            let own =
                matches!(of, Deadline::On { day: Which::NextWorkingDay, .. } | Deadline::OtherHalf { .. });
            let day = if own && day == Which::Same { Which::DayAfter } else { day };
            Deadline::On { moment, day, of: Box::new(of) }
        });
        prop_oneof![
            (amount(), from.clone()).prop_map(|(amount, from)| Deadline::After { amount, from }),
            (amount(), from.clone()).prop_map(|(amount, from)| Deadline::Before { amount, from }),
            of,
            from.clone().prop_map(|from| Deadline::EndOfShift { from }),
            from.prop_map(|from| Deadline::OtherHalf { from }),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Deadline::EarlierOf),
            prop::collection::vec(inner, 2..4).prop_map(Deadline::LaterOf),
        ]
    })
}

/// The n-th working day, one day at a time, from the file's own words.
fn walk(from: NaiveDate, n: u32, step: fn(&NaiveDate) -> Option<NaiveDate>) -> Option<NaiveDate> {
    let (mut today, mut left) = (from, n);
    while left > 0 {
        today = step(&today)?;
        if !(2024..=2028).contains(&today.year()) {
            return None;
        }
        let weekend = matches!(today.weekday(), Weekday::Sat | Weekday::Sun);
        left -= u32::from(!weekend && !CALENDAR.contains(&format!("\"date\": \"{today}\"")));
    }
    Some(today)
}

/// Open minutes of 08:00–18:00 on weekdays, one minute at a time.
fn walk_open_minutes(from: Instant, n: u32) -> Instant {
    let (mut now, mut left) = (from, n);
    while left > 0 {
        let local = london::to_local(now);
        let open = local.weekday().num_days_from_monday() < 5
            && (time("08:00:00")..time("18:00:00")).contains(&local.time());
        left -= u32::from(open);
        now += TimeDelta::minutes(1);
    }
    now
}

fn moments() -> impl Strategy<Value = Instant> {
    let (first, last) = (at("2024-01-01T00:00").timestamp() / 60, at("2028-12-31T23:59").timestamp() / 60);
    (first..last).prop_map(|minutes| Instant::from_timestamp(minutes * 60, 0).unwrap())
}

proptest! {
    #[test]
    fn canonical_words_parse_to_the_same_deadline(deadline in deadline()) {
        let words = deadline.to_string();
        prop_assume!(words.len() <= TEXT_MAX);
        prop_assert_eq!(Deadline::parse(&words, &limits()).map_err(|error| error.excerpt(&words)), Ok(deadline));
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,60}") {
        if let Err(error) = Deadline::parse(&text, &limits()) {
            let _ = error.excerpt(&text);
            prop_assert!(text.get(error.span.clone()).is_some(), "the span lies on letters: {error:?}");
        }
    }

    #[test]
    fn any_heap_of_words_is_read_or_refused(
        words in prop::collection::vec(prop::sample::select(vec![
            "24", "hours", "end", "of", "the", "working", "days", "day", "after", "before", "on", "17:00", "shift",
            "next", "other", "half", "earlier", "later", "(", ")", ",", "received", "limit.listing", "unit", "today",
            "opening", "é", "0", "25:99",
        ]), 0..14)
    ) {
        let text = words.join(" ");
        match Deadline::parse(&text, &limits()) {
            Ok(deadline) => {
                let again = Deadline::parse(&deadline.to_string(), &limits());
                prop_assert_eq!(again, Ok(deadline));
            }
            Err(error) => prop_assert!(error.excerpt(&text).contains("expected")),
        }
    }

    #[test]
    fn any_deadline_reckons_without_panicking(deadline in deadline(), now in moments()) {
        let case = Situation::new();
        let anchors = |_: &str| Anchor::At(now);
        let with = Reckoning {
            calendar: &case.calendar,
            unit_hours: &case.unit_hours,
            shifts: None,
            anchors: &anchors,
        };
        let reckoned = deadline.reckon(&with);
        prop_assert_eq!(deadline.due(&with), reckoned.map(|reckoned| reckoned.due));
    }

    #[test]
    fn working_days_agree_with_walking(now in moments(), n in 1u32..80) {
        let case = Situation::new().with("received", Anchor::At(now));
        let today = london::date(now);
        let said = |day: Option<NaiveDate>| day.map(|day| Due::At(london::end_of_day(day)));
        let known = |text: String| Some(case.reckon(&text).unwrap().due).filter(|due| due.at().is_some());
        prop_assert_eq!(
            known(format!("end of {n} working days after received")),
            said(walk(today, n, NaiveDate::succ_opt))
        );
        prop_assert_eq!(
            known(format!("{n} working days before received")),
            said(walk(today, n, NaiveDate::pred_opt))
        );
    }

    #[test]
    fn the_steps_count_up_to_the_number_asked_for(now in moments(), n in 1u32..40) {
        let case = Situation::new().with("received", Anchor::At(now));
        let reckoned = case.reckon(&format!("end of {n} working days after received")).unwrap();
        prop_assume!(reckoned.due.at().is_some());
        let last = format!("is working day {n}");
        prop_assert!(reckoned.steps.iter().any(|step| step.as_str().ends_with(&last)));
    }

    #[test]
    fn hours_are_always_as_long_as_they_say(now in moments(), n in 1u32..=COUNT_MAX) {
        let case = Situation::new().with("received", Anchor::At(now));
        let later = case.reckon(&format!("{n} hours after received")).unwrap().due;
        prop_assert_eq!(later, Due::At(now + TimeDelta::hours(i64::from(n))));
    }

    #[test]
    fn unit_minutes_agree_with_walking(now in moments(), n in 1u32..3_000) {
        let case = Situation::new().with("received", Anchor::At(now));
        let later = case.reckon(&format!("{n} unit minutes after received")).unwrap().due;
        prop_assert_eq!(later, Due::At(walk_open_minutes(now, n)));
    }
}
