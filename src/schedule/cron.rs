//! When a cron line fires, by the clock on the wall in Europe/London.
//!
//! The `cron` crate finds the wall-clock times, on a calendar without clock changes; the mapping to instants is ours
//! ([`london::from_local`]): a time in the spring gap fires at the first instant after it, a doubled autumn time
//! once, the first time round. (Left to the crate, a line at 01:30 is skipped in March and fires twice in October.)

use crate::domain::london::{self, Instant};
use chrono::TimeDelta;
use cron::Schedule;
use std::str::FromStr;

/// A line of the schedule that can be asked when it fires.
#[derive(Debug, Clone)]
pub struct Line(Schedule);

/// The line does not parse. A checked pack has none such.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no cron line: expected seconds minutes hours day month weekday, as in `0 0 8 * * Mon-Fri`")]
pub struct NotALine(String);

/// How far back [`Line::last_fire`] looks first, and then further: one step for lines of a day, of a month, of a
/// year.
const LOOK_BACK: [TimeDelta; 3] = [TimeDelta::days(1), TimeDelta::days(32), TimeDelta::days(367)];

impl Line {
    /// Reads a cron line of six fields.
    ///
    /// # Errors
    /// [`NotALine`].
    pub fn parse(text: &str) -> Result<Self, NotALine> {
        Schedule::from_str(text).map(Self).map_err(|_| NotALine(text.to_owned()))
    }

    /// The instants at which it fires after `after`, in order, each once.
    pub fn fires_after(&self, after: Instant) -> impl Iterator<Item = Instant> + '_ {
        // Wall-clock times are handed to the crate as if they were UTC, which has no clock changes. Their instants
        // rise with them but for the doubled hour, which repeats the instants of its first time round.
        let wall = london::to_local(after).and_utc();
        let mut last = after;
        self.0.after(&wall).map(|wall| london::from_local(wall.naive_utc())).filter(move |at| {
            let news = *at > last;
            last = last.max(*at);
            news
        })
    }

    /// The first instant after `after` at which it fires; none where it never does again.
    #[must_use]
    pub fn next_fire(&self, after: Instant) -> Option<Instant> {
        self.fires_after(after).next()
    }

    /// The last instant after `after`, and not after `until`, at which it fires.
    #[must_use]
    pub fn last_fire(&self, after: Instant, until: Instant) -> Option<Instant> {
        let within = |from: Instant| self.fires_after(from).take_while(|at| *at <= until).last();
        let near = LOOK_BACK.iter().map(|back| until - *back).take_while(|from| *from > after);
        near.map(within).find(Option::is_some).unwrap_or_else(|| within(after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Instant {
        london::parse(text).unwrap()
    }

    fn line(text: &str) -> Line {
        Line::parse(text).unwrap()
    }

    fn shown(line: &Line, after: &str, count: usize) -> Vec<String> {
        line.fires_after(at(after)).take(count).map(london::human_with_zone).collect()
    }

    #[test]
    fn a_line_fires_by_the_clock_on_the_wall() {
        let daily = line("0 30 15 * * *");
        assert_eq!(
            shown(&daily, "2026-03-27T15:30", 3),
            ["Sat 28 Mar 2026 15:30 GMT", "Sun 29 Mar 2026 15:30 BST", "Mon 30 Mar 2026 15:30 BST"]
        );
    }

    #[test]
    fn a_time_in_the_spring_gap_fires_at_the_first_instant_after_it() {
        let daily = line("0 30 1 * * *");
        assert_eq!(
            shown(&daily, "2026-03-28T01:30", 2),
            ["Sun 29 Mar 2026 02:00 BST", "Mon 30 Mar 2026 01:30 BST"]
        );
    }

    #[test]
    fn all_that_fall_into_the_gap_fire_together_once() {
        let quarters = line("0 */15 * * * *");
        assert_eq!(
            shown(&quarters, "2026-03-29T00:40", 3),
            ["Sun 29 Mar 2026 00:45 GMT", "Sun 29 Mar 2026 02:00 BST", "Sun 29 Mar 2026 02:15 BST"]
        );
    }

    #[test]
    fn a_doubled_time_fires_once_the_first_time_round() {
        let daily = line("0 30 1 * * *");
        assert_eq!(
            shown(&daily, "2026-10-24T01:30", 2),
            ["Sun 25 Oct 2026 01:30 BST", "Mon 26 Oct 2026 01:30 GMT"]
        );
        // Asked in the second hour, it has fired.
        let in_the_second_hour = "2026-10-25T01:10:00Z";
        assert_eq!(shown(&daily, in_the_second_hour, 1), ["Mon 26 Oct 2026 01:30 GMT"]);
    }

    #[test]
    fn weekdays_are_meant_by_name() {
        let weekdays = line("0 0 8 * * Mon-Fri");
        assert_eq!(
            shown(&weekdays, "2026-11-20T08:00", 2),
            ["Mon 23 Nov 2026 08:00 GMT", "Tue 24 Nov 2026 08:00 GMT"]
        );
    }

    #[test]
    fn the_last_of_many_missed_is_found() {
        let table = [
            ("0 0 8 * * *", "2026-01-05T08:00", "2026-11-20T09:00", Some("2026-11-20T08:00")),
            ("0 0 8 1 * *", "2026-01-05T08:00", "2026-11-20T09:00", Some("2026-11-01T08:00")),
            ("0 0 8 5 Jan *", "2020-01-05T08:00", "2026-11-20T09:00", Some("2026-01-05T08:00")),
            ("0 0 8 * * *", "2026-11-20T08:00", "2026-11-20T09:00", None),
            ("0 0 8 * * *", "2026-11-20T07:59", "2026-11-20T08:00", Some("2026-11-20T08:00")),
        ];
        for (text, after, until, expected) in table {
            assert_eq!(line(text).last_fire(at(after), at(until)), expected.map(at), "{text} {after}");
        }
    }

    /// Minute by minute: a minute fires if a wall-clock time of it fires, the gap's at its end, a doubled one at its
    /// first time round.
    fn by_the_minute(minutes: &[u32], hours: &[u32], after: Instant, count: usize) -> Vec<Instant> {
        let mut found = Vec::new();
        let mut at = after + TimeDelta::minutes(1);
        while found.len() < count {
            let fits = |local: chrono::NaiveDateTime| {
                use chrono::Timelike;
                minutes.contains(&local.minute()) && hours.contains(&local.hour())
            };
            let before = london::to_local(at - TimeDelta::minutes(1)) + TimeDelta::minutes(1);
            let now = london::to_local(at);
            let first_time = london::from_local(now) == at;
            // Everything that the clock jumped over falls due where it landed.
            let mut jumped = before;
            let mut fires = first_time && fits(now);
            while jumped < now {
                fires = fires || fits(jumped);
                jumped += TimeDelta::minutes(1);
            }
            found.extend(fires.then_some(at));
            at += TimeDelta::minutes(1);
        }
        found
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn it_fires_when_going_minute_by_minute_says_so(
            minutes in proptest::collection::btree_set(0u32..60, 1..4),
            hours in proptest::collection::btree_set(0u32..5, 1..4),
            // Around the clock changes of 2026 and on an ordinary day.
            start in proptest::sample::select(vec!["2026-03-28T22:00", "2026-10-24T22:00", "2026-06-10T22:00"]),
            offset in 0i64..300,
        ) {
            let text = |set: &std::collections::BTreeSet<u32>| {
                set.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
            };
            let line = line(&format!("0 {} {} * * *", text(&minutes), text(&hours)));
            let after = at(start) + TimeDelta::minutes(offset);
            let (minutes, hours): (Vec<u32>, Vec<u32>) = (minutes.into_iter().collect(), hours.into_iter().collect());
            let expected = by_the_minute(&minutes, &hours, after, 4);
            prop_assert_eq!(line.fires_after(after).take(4).collect::<Vec<_>>(), expected);
        }
    }
}
