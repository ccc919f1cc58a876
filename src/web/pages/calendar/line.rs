//! A line of the diary as the calendar shows it: its colour, beside it a sign and words that say the same, where a line
//! that is struck out went, and who covers.

use crate::domain::london;
use crate::grpc::pb::{self, DiaryColour, DiaryState};
use crate::web::board::People;
use crate::web::clocks;
use crate::web::words;
use chrono::{DateTime, NaiveDate, Utc};
use maud::{Markup, html};
use pb::when::Kind;

/// Where on the calendar a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// On a day.
    Day(NaiveDate),
    /// On no day of the week that begins on this Monday, as long as the court names none.
    Week(NaiveDate),
    /// Nowhere yet.
    NoDate,
}

/// Where a line stands.
#[must_use]
pub(super) fn place(line: &pb::DiaryLine) -> Place {
    match when(line).and_then(|when| when.kind.as_ref()) {
        Some(Kind::At(at)) => clocks::instant(*at).map_or(Place::NoDate, |at| Place::Day(london::date(at))),
        Some(Kind::WeekOf(monday)) => clocks::day(monday).map_or(Place::NoDate, Place::Week),
        Some(Kind::Unfixed(_)) | None => Place::NoDate,
    }
}

fn when(line: &pb::DiaryLine) -> Option<&pb::When> {
    line.entry.as_ref()?.when.as_ref()
}

/// The time of day, where the line has one.
#[must_use]
pub(super) fn time(line: &pb::DiaryLine) -> Option<String> {
    let Some(Kind::At(at)) = when(line)?.kind.as_ref() else { return None };
    let time = london::time_of_day(clocks::instant(*at)?).format("%H:%M").to_string();
    // Where only the day is known the court's instant is its midnight.
    (time != "00:00").then_some(time)
}

/// What it is: the court's word for the hearing, or what staff put down.
#[must_use]
pub(super) fn what(line: &pb::DiaryLine) -> String {
    let appointment = line.entry.as_ref().and_then(|entry| entry.appointment.as_ref());
    match (&line.hearing, appointment) {
        (Some(hearing), _) => hearing.hearing_type.clone(),
        (None, Some(appointment)) => words::appointment_kind(appointment.kind()).to_owned(),
        (None, None) => words::plain(line.entry.as_ref().map_or("", |entry| entry.kind.as_str())),
    }
}

/// Where it leads.
#[must_use]
pub(super) fn address(line: &pb::DiaryLine) -> String {
    let appointment = line.entry.as_ref().filter(|entry| entry.appointment.is_some());
    match (&line.hearing, appointment) {
        (Some(hearing), _) => format!("/hearings/{}", hearing.id),
        (None, Some(entry)) => format!("/calendar/entries/{}?case={}", entry.id, line.case_id),
        (None, None) => format!("/cases/{}", line.case_id),
    }
}

/// The class that gives it its colour.
#[must_use]
pub(super) fn colour(line: &pb::DiaryLine) -> &'static str {
    match line.colour() {
        DiaryColour::Unspecified | DiaryColour::Grey => "grey",
        DiaryColour::Amber => "amber",
        DiaryColour::Green => "green",
        DiaryColour::Red => "red",
        DiaryColour::Blue => "blue",
        DiaryColour::Black => "black",
    }
}

/// Whether a line says that something is on another day now.
#[must_use]
pub(super) fn is_moved(line: &pb::DiaryLine) -> bool {
    line.struck_out && line.entry.as_ref().is_some_and(|entry| entry.state() == DiaryState::Moved)
}

/// Where a line that moved went: by its hearing, by the line among `others` that was on this day before, or, where a court
/// put a hearing off, by the case's next one. None where none of them tells.
#[must_use]
pub(super) fn went<'a>(
    line: &pb::DiaryLine,
    others: impl Iterator<Item = &'a pb::DiaryLine>,
    now: DateTime<Utc>,
) -> Option<String> {
    let (entry, this) = (line.entry.as_ref()?, at(line));
    let listed = line.hearing.as_ref().and_then(|hearing| hearing.when.as_ref());
    if let Some(listed) = listed.filter(|listed| Some(*listed) != entry.when.as_ref()) {
        return Some(day_of(listed, this, now));
    }
    let of_case: Vec<&pb::DiaryLine> = others.filter(|other| other.case_id == line.case_id).collect();
    let was_here = |other: &&&pb::DiaryLine| {
        let held = other.entry.as_ref();
        held.is_some_and(|held| {
            entry.when.as_ref().is_some_and(|when| held.earlier.contains(when)) && !is_moved(other)
        })
    };
    let later =
        of_case.iter().filter(|other| line.hearing.is_some() && other.hearing.is_some() && at(other) > this);
    let next = of_case.iter().find(was_here).or_else(|| later.min_by_key(|other| at(other)));
    next.copied().and_then(when).map(|when| day_of(when, this, now))
}

/// The day of something that is not where it was; with its time where only that is another.
fn day_of(when: &pb::When, was: Option<DateTime<Utc>>, now: DateTime<Utc>) -> String {
    let Some(Kind::At(at)) = when.kind.as_ref() else { return words::when(Some(when), now) };
    match clocks::instant(*at) {
        Some(at) if was.is_some_and(|was| london::date(was) == london::date(at)) => clocks::near(at, at),
        Some(at) => clocks::short_day(london::date(at), now),
        None => words::when(Some(when), now),
    }
}

/// When a line is, for what comes after what: a week counts as its Monday.
fn at(line: &pb::DiaryLine) -> Option<DateTime<Utc>> {
    match when(line)?.kind.as_ref()? {
        Kind::At(at) => clocks::instant(*at),
        Kind::WeekOf(monday) => clocks::day(monday).map(london::start_of_day),
        Kind::Unfixed(_) => None,
    }
}

/// What comes first where there is no room for all: what is to be heard, then what is over, then what is off.
#[must_use]
pub(super) fn rank(line: &pb::DiaryLine) -> (bool, bool) {
    let is_over = line.entry.as_ref().is_some_and(|entry| entry.state() == DiaryState::Closed);
    (line.struck_out, is_over)
}

/// How far a line is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// What there is room for in a cell of a month.
    Briefly,
    /// With the court, whose case it is and who covers.
    Fully,
}

/// What lines are shown with.
pub(super) struct Lines<'a> {
    /// All that were asked for.
    pub all: &'a [pb::DiaryLine],
    /// Later ones, for where something went.
    pub later: &'a [pb::DiaryLine],
    /// The unit's people.
    pub people: &'a People,
    /// What time it is.
    pub now: DateTime<Utc>,
    /// Whether all are one person's, so that nobody need be told whose a case is.
    pub one_persons: bool,
}

impl Lines<'_> {
    /// What colour and sign mean; for a line that moved, where to.
    fn means(&self, line: &pb::DiaryLine) -> String {
        if !is_moved(line) {
            return line.words.clone();
        }
        let to = went(line, self.all.iter().chain(self.later), self.now);
        to.map_or_else(|| "moved: the case says to when".to_owned(), |to| format!("moved to {to}"))
    }

    /// One line.
    #[must_use]
    pub fn line(&self, line: &pb::DiaryLine, told: Told) -> Markup {
        let (what, time) = (what(line), time(line));
        let means = self.means(line);
        let fully = told == Told::Fully;
        let court = line.hearing.as_ref().and_then(|hearing| hearing.court.as_ref());
        html! {
            li.entry.(colour(line)) .struck[line.struck_out] .enhanced[line.enhanced] {
                a href=(address(line)) {
                    span.sign aria-hidden="true" { (line.sign) }
                    @if line.struck_out { s { (head(time.as_deref(), line)) } } @else { (head(time.as_deref(), line)) }
                    " " span.kind { (what) }
                }
                span.means { (means) }
                @if line.enhanced { span.rights { "Enhanced" } }
                @if !line.cover.is_empty() { span.covers { (line.cover) } }
                @if fully {
                    @if let Some(court) = court {
                        span.court { (court.name) @if !court.room.is_empty() { ", " (court.room) } }
                    }
                    @if !self.one_persons && !line.owner_id.is_empty() { span.owner { (self.people.name(&line.owner_id)) } }
                }
            }
        }
    }
}

fn head(time: Option<&str>, line: &pb::DiaryLine) -> Markup {
    html! { @if let Some(time) = time { b { (time) } " " } (line.case_label) }
}

/// Colours, signs and what they mean, for the legend.
pub(super) const LEGEND: [(&str, &str, &str); 8] = [
    ("grey", "○", "listed, nobody warned yet"),
    ("amber", "◐", "warning is in progress"),
    ("green", "●", "everybody who is wanted has confirmed, or came"),
    ("red", "!", "a problem: not confirmed five working days before, did not come, or not heard"),
    ("blue", "?", "its result is awaited"),
    ("black", "■", "no date: a warrant, or a retrial to be decided"),
    ("grey", "✓", "over"),
    ("grey", "╱", "struck through: moved, taken out or cracked"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn on(text: &str) -> pb::When {
        pb::When { kind: Some(Kind::At(clocks::timestamp(london::parse(text).unwrap()))) }
    }

    fn line(case: &str, when: pb::When, state: DiaryState, earlier: Vec<pb::When>) -> pb::DiaryLine {
        let entry =
            pb::DiaryEntry { when: Some(when), state: state as i32, earlier, ..pb::DiaryEntry::default() };
        let struck_out = state == DiaryState::Moved;
        pb::DiaryLine { entry: Some(entry), case_id: case.into(), struck_out, ..pb::DiaryLine::default() }
    }

    #[test]
    fn an_appointment_that_moved_says_where_to() {
        let now = london::parse("2026-11-23T09:00").unwrap();
        let old = line("a", on("2026-11-24T10:00"), DiaryState::Moved, vec![]);
        let elsewhere = line("b", on("2026-11-25T10:00"), DiaryState::Listed, vec![on("2026-11-24T10:00")]);
        let new = line("a", on("2026-11-26T11:00"), DiaryState::Listed, vec![on("2026-11-24T10:00")]);
        let to = |others: &[pb::DiaryLine]| went(&old, others.iter(), now);
        assert_eq!(to(&[old.clone(), elsewhere.clone(), new]).unwrap(), "Thu 26 Nov");
        assert_eq!(to(&[old.clone(), elsewhere]), None);
    }

    #[test]
    fn a_hearing_that_was_listed_again_says_its_new_date() {
        let now = london::parse("2026-11-23T09:00").unwrap();
        let mut old = line("a", on("2026-11-24T10:00"), DiaryState::Moved, vec![]);
        let week = pb::When { kind: Some(Kind::WeekOf("2027-01-11".into())) };
        old.hearing = Some(pb::Hearing { when: Some(week), ..pb::Hearing::default() });
        assert_eq!(went(&old, [].iter(), now).unwrap(), "week of Mon 11 Jan 2027");
    }

    #[test]
    fn a_hearing_that_was_put_off_says_the_next_of_its_case() {
        let now = london::parse("2026-11-23T09:00").unwrap();
        let hearing = |day: &str, state| {
            let when = Some(on(day));
            pb::DiaryLine {
                hearing: Some(pb::Hearing { when, ..pb::Hearing::default() }),
                ..line("a", on(day), state, vec![])
            }
        };
        let old = hearing("2026-11-02T10:00", DiaryState::Moved);
        let others = [
            hearing("2026-12-16T10:00", DiaryState::Listed),
            old.clone(),
            hearing("2026-11-20T10:00", DiaryState::Moved),
        ];
        assert_eq!(went(&old, others.iter(), now).unwrap(), "Fri 20 Nov");
    }

    #[test]
    fn what_a_court_lists_for_a_week_stands_on_no_day_of_it() {
        let week = pb::When { kind: Some(Kind::WeekOf("2027-01-11".into())) };
        let monday = "2027-01-11".parse().unwrap();
        assert_eq!(place(&line("a", week, DiaryState::Listed, vec![])), Place::Week(monday));
        let day = line("a", on("2027-01-11T00:00"), DiaryState::Listed, vec![]);
        assert_eq!((place(&day), time(&day)), (Place::Day(monday), None));
        assert_eq!(time(&line("a", on("2027-07-01T10:30"), DiaryState::Listed, vec![])).unwrap(), "10:30");
    }
}
