//! Drawings of how much somebody has to do, as inline SVG: each says in words what it shows, and no colour stands alone.

use crate::grpc::pb;
use crate::web::clocks;
use maud::{Markup, html};

/// How wide the bar of whoever has most is.
const WIDTH: i64 = 220;
/// How high bars are.
const HEIGHT: i64 = 18;
/// How high days and trends are drawn.
const TALL: i64 = 36;

/// Open work by priority.
#[must_use]
pub(super) fn by_priority(load: &pb::Workload) -> [i64; 4] {
    [load.open_p1, load.open_p2, load.open_p3, load.open_p4]
}

/// Counts by priority in words: "1 P1, 4 P2".
#[must_use]
pub(super) fn counted(counts: [i64; 4]) -> String {
    let parts: Vec<String> = counts
        .iter()
        .zip(1..)
        .filter(|(count, _)| **count > 0)
        .map(|(count, nth)| format!("{count} P{nth}"))
        .collect();
    if parts.is_empty() { "nothing open".to_owned() } else { parts.join(", ") }
}

/// Open work as one bar, stacked by priority; a digit in each part says which. `most` is what the longest bar stands for.
#[must_use]
pub(super) fn stacked(counts: [i64; 4], most: i64) -> Markup {
    let mut from = 0;
    let parts: Vec<(usize, i64, i64)> = counts
        .iter()
        .enumerate()
        .map(|(nth, count)| {
            let wide = count * WIDTH / most.max(1);
            let at = from;
            from += wide;
            (nth + 1, at, wide)
        })
        .filter(|(_, _, wide)| *wide > 0)
        .collect();
    html! {
        svg.load viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) width=(WIDTH) height=(HEIGHT) role="img" aria-label=(counted(counts)) {
            rect.ground x="0" y="0" width=(WIDTH) height=(HEIGHT) {}
            @for (priority, at, wide) in parts {
                rect class={ "p" (priority) } x=(at) y="0" width=(wide) height=(HEIGHT) {}
                @if wide >= 14 { text class={ "on-p" (priority) } x=(at + wide / 2) y="13" { (priority) } }
            }
        }
    }
}

/// Whether there is time for the work, in words: by the first day on which there is not.
#[must_use]
pub(super) fn fits(days: &[pb::WorkloadDay]) -> (bool, String) {
    match days.iter().find(|day| day.minutes_of_work > day.minutes_present) {
        None if days.iter().all(|day| day.minutes_present == 0) => {
            (true, "not at work on these days".to_owned())
        }
        None => (true, "fits".to_owned()),
        Some(day) => {
            let over = day.minutes_of_work - day.minutes_present;
            let name = clocks::day(&day.day).map_or_else(String::new, |day| day.format("%a").to_string());
            (false, format!("{over} min too much by {name}"))
        }
    }
}

/// Minutes of work against minutes present, day by day: a frame is the time there is, what stands in it is the work.
#[must_use]
pub(super) fn days(days: &[pb::WorkloadDay]) -> Markup {
    let most = days.iter().map(|day| day.minutes_of_work.max(day.minutes_present)).max().unwrap_or(0).max(1);
    let high = |minutes: i32| i64::from(minutes) * TALL / i64::from(most);
    let words: Vec<String> = days
        .iter()
        .map(|day| {
            let name = clocks::day(&day.day).map_or_else(String::new, |day| day.format("%a").to_string());
            format!("by {name} {} of {} minutes", day.minutes_of_work, day.minutes_present)
        })
        .collect();
    let wide = 18 * i64::try_from(days.len()).unwrap_or_default();
    html! {
        svg.days viewBox=(format!("0 0 {wide} {TALL}")) width=(wide) height=(TALL) role="img" aria-label=(words.join(", ")) {
            @for (nth, day) in (0i64..).zip(days) {
                @let (work, time) = (high(day.minutes_of_work), high(day.minutes_present));
                @let over = day.minutes_of_work > day.minutes_present;
                rect class=(if over { "work over" } else { "work" }) x=(nth * 18 + 3) y=(TALL - work) width="10" height=(work) {}
                rect.time x=(nth * 18 + 1) y=(TALL - time) width="14" height=(time) {}
                @if over { text.sign x=(nth * 18 + 8) y=(TALL - 3) { "!" } }
            }
        }
    }
}

/// What came and went over the trend, in words.
#[must_use]
pub(super) fn came_and_went(trend: &[pb::WorkloadTrend]) -> String {
    let raised: i64 = trend.iter().map(|day| day.raised).sum();
    let ended: i64 = trend.iter().map(|day| day.ended).sum();
    format!("{raised} came, {ended} done")
}

/// What came (the dashed line) and went (the full one), day by day.
#[must_use]
pub(super) fn trend(trend: &[pb::WorkloadTrend]) -> Markup {
    let most = trend.iter().map(|day| day.raised.max(day.ended)).max().unwrap_or(0).max(1);
    let points = |of: fn(&pb::WorkloadTrend) -> i64| {
        let at = |(nth, day): (usize, &pb::WorkloadTrend)| {
            format!("{},{}", nth * 7 + 2, TALL - 2 - of(day) * (TALL - 4) / most)
        };
        trend.iter().enumerate().map(at).collect::<Vec<_>>().join(" ")
    };
    let wide = 7 * trend.len();
    html! {
        svg.trend viewBox=(format!("0 0 {wide} {TALL}")) width=(wide) height=(TALL) role="img"
            aria-label={ "In " (trend.len()) " days " (came_and_went(trend)) } {
            polyline.raised points=(points(|day| day.raised)) fill="none" stroke-dasharray="3 2" {}
            polyline.ended points=(points(|day| day.ended)) fill="none" {}
        }
    }
}

/// How full somebody is before and after a plan, against the time they have.
#[must_use]
pub(super) fn seat(seat: &pb::PlanSeat, most: i32) -> Markup {
    let long = |minutes: i32| i64::from(minutes) * WIDTH / i64::from(most.max(1));
    let (before, after, time) =
        (long(seat.minutes_before), long(seat.minutes_after), long(seat.minutes_present));
    let words = format!(
        "{} minutes before, {} after, of {} present",
        seat.minutes_before, seat.minutes_after, seat.minutes_present
    );
    html! {
        svg.seat viewBox=(format!("0 0 {} {HEIGHT}", WIDTH + 4)) width=(WIDTH + 4) height=(HEIGHT) role="img" aria-label=(words) {
            rect.after x="0" y="2" width=(after) height=(HEIGHT - 4) {}
            rect.before x="0" y="2" width=(before.min(after)) height=(HEIGHT - 4) {}
            line.time x1=(time + 1) x2=(time + 1) y1="0" y2=(HEIGHT) {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_said_in_words_without_what_is_not_there() {
        assert_eq!(counted([1, 0, 12, 0]), "1 P1, 12 P3");
        assert_eq!(counted([0; 4]), "nothing open");
    }

    #[test]
    fn parts_of_a_bar_stand_beside_each_other() {
        let drawn = stacked([10, 0, 12, 0], 44).into_string();
        assert!(
            drawn.contains(r#"x="0" y="0" width="50""#) && drawn.contains(r#"x="50" y="0" width="60""#),
            "{drawn}"
        );
        assert!(drawn.contains(r#"aria-label="10 P1, 12 P3""#), "{drawn}");
    }

    #[test]
    fn the_first_day_without_time_is_named() {
        let day = |day: &str, work, present| pb::WorkloadDay {
            day: day.into(),
            minutes_of_work: work,
            minutes_present: present,
        };
        let days = [day("2026-11-23", 100, 200), day("2026-11-24", 500, 420)];
        assert_eq!(fits(&days), (false, "80 min too much by Tue".to_owned()));
        assert_eq!(fits(&days[..1]), (true, "fits".to_owned()));
        assert_eq!(fits(&[day("2026-11-23", 0, 0)]), (true, "not at work on these days".to_owned()));
    }

    #[test]
    fn a_trend_is_summed_for_whoever_cannot_see_it() {
        let day = |raised, ended| pb::WorkloadTrend { day: String::new(), raised, ended };
        assert_eq!(came_and_went(&[day(3, 1), day(4, 6)]), "7 came, 7 done");
    }
}
