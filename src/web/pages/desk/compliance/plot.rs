//! The little plots of the compliance page: a bar a week, in layers. Each layer has a pattern of its own beside its
//! colour, and each plot says the same in words.

use super::Kind;
use super::list::State;
use crate::web::words;
use maud::{Markup, html};

/// The width of a week, of a bar in it, and the height of the bars.
const WEEK: i64 = 24;
const BAR: i64 = 16;
const HEIGHT: i64 = 80;
/// Room for the number beside the axis, above the bars and for the days below them.
const LEFT: i64 = 30;
const TOP: i64 = 12;
const FOOT: i64 = 18;

/// What each layer looks like, with the patterns that all plots of the page are filled with.
#[must_use]
pub(super) fn legend() -> Markup {
    html! {
        ul.legend aria-label="What the layers of the bars mean" { @for state in State::ALL {
            li {
                svg width="20" height="16" aria-hidden="true" focusable="false" {
                    (pattern(state))
                    rect class="layer" x="0.5" y="0.5" width="19" height="15" fill=(fill(state)) {}
                }
                " " (state.sign()) " " (state.words())
            }
        } }
    }
}

fn fill(state: State) -> String {
    format!("url(#layer-{})", state.word())
}

/// Filled, hatched, dotted, crossed, empty: told apart without colour too.
fn pattern(state: State) -> Markup {
    let id = format!("layer-{}", state.word());
    let class = format!("layer-{}", state.word());
    html! {
        defs { pattern id=(id) class=(class) width="6" height="6" patternUnits="userSpaceOnUse" {
            rect class="ground" width="6" height="6" {}
            @match state {
                State::Met | State::Open => {},
                State::Late => path class="mark" d="M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2" stroke-width="1.5" fill="none" {},
                State::Excused => circle class="mark-dot" cx="3" cy="3" r="1.2" {},
                State::Overdue => path class="mark" d="M0,0 l6,6 M6,0 l-6,6" stroke-width="1.3" fill="none" {},
            }
        } }
    }
}

/// The plot of one kind of duty.
#[must_use]
pub(super) fn plot(kind: &Kind) -> Markup {
    let most =
        kind.weeks.iter().map(|(_, count)| State::ALL.iter().map(|state| state.of(count)).sum::<i64>()).max();
    let most = most.unwrap_or_default().max(1);
    let weeks = i64::try_from(kind.weeks.len()).unwrap_or_default();
    let (width, height) = (LEFT + weeks * WEEK + 4, TOP + HEIGHT + FOOT);
    // A day every fourth week has room; in a short period every second.
    let every = if weeks > 12 { 4 } else { 2 };
    let id = format!("plot-{}", kind.name);
    html! {
        svg.plot viewBox=(format!("0 0 {width} {height}")) width=(width) height=(height) role="img" aria-labelledby=(id) {
            title id=(id) { (words::plain(&kind.name)) ", " (said(kind)) }
            line class="axis" x1=(LEFT) y1=(TOP) x2=(width) y2=(TOP) {}
            line class="axis" x1=(LEFT) y1=(TOP + HEIGHT) x2=(width) y2=(TOP + HEIGHT) {}
            text x=(LEFT - 4) y=(TOP + 4) text-anchor="end" { (most) }
            text x=(LEFT - 4) y=(TOP + HEIGHT + 4) text-anchor="end" { "0" }
            @for state in State::ALL {
                @let bars = bars(kind, state, most);
                @if !bars.is_empty() { path class="layer" d=(bars) fill=(fill(state)) {} }
            }
            @for (nth, (week, _)) in (0..).zip(&kind.weeks) {
                @if nth % every == 0 { text x=(left(nth)) y=(TOP + HEIGHT + 14) { (week.format("%-d %b")) } }
            }
        }
    }
}

/// Where the bar of a week begins.
fn left(nth: i64) -> i64 {
    LEFT + nth * WEEK + (WEEK - BAR) / 2
}

/// One layer of all bars, as one path.
fn bars(kind: &Kind, state: State, most: i64) -> String {
    let mut path = String::new();
    for (nth, (_, count)) in (0..).zip(&kind.weeks) {
        let layers = layers(&State::ALL.map(|state| state.of(count)), most);
        for (_, from, high) in layers.into_iter().filter(|(of, _, _)| *of == state) {
            path.push_str(&format!("M{},{}h{BAR}v-{high}h-{BAR}z", left(nth), TOP + HEIGHT - from));
        }
    }
    path
}

/// The layers of a bar: where each begins and how high it is. What is there at all can be seen.
fn layers(counts: &[i64; 5], most: i64) -> Vec<(State, i64, i64)> {
    let mut from = 0;
    let mut layers = Vec::new();
    for (state, count) in State::ALL.into_iter().zip(counts).filter(|(_, count)| **count > 0) {
        let high = (count * HEIGHT / most).max(2);
        layers.push((state, from, high));
        from += high;
    }
    layers
}

/// The plot in words: every week that has any duty.
fn said(kind: &Kind) -> String {
    let week = |(week, count): &(chrono::NaiveDate, crate::grpc::pb::ComplianceCount)| {
        let parts: Vec<String> = State::ALL
            .into_iter()
            .filter(|state| state.of(count) > 0)
            .map(|state| format!("{} {}", state.of(count), state.words().to_lowercase()))
            .collect();
        (!parts.is_empty()).then(|| format!("week of {}: {}", week.format("%-d %B"), parts.join(", ")))
    };
    let weeks: Vec<String> = kind.weeks.iter().filter_map(week).collect();
    if weeks.is_empty() { "nothing fell due".to_owned() } else { weeks.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grpc::pb::ComplianceCount;

    #[test]
    fn layers_stand_on_each_other_and_the_least_of_them_can_be_seen() {
        let layers = layers(&[40, 0, 0, 1, 39], 80);
        assert_eq!(layers, [(State::Met, 0, 40), (State::Overdue, 40, 2), (State::Open, 42, 39)]);
    }

    #[test]
    fn a_plot_says_in_words_what_it_shows() {
        let monday = chrono::NaiveDate::from_ymd_opt(2026, 11, 9).unwrap();
        let count = ComplianceCount { met: 3, overdue: 1, ..ComplianceCount::default() };
        let kind = Kind { name: "outcome".into(), weeks: vec![(monday, count)] };
        assert_eq!(said(&kind), "week of 9 November: 3 met in time, 1 overdue");
        assert!(plot(&kind).into_string().contains("role=\"img\""));
    }
}
