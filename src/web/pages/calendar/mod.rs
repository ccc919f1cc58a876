//! The court diary: a month as a table of weeks, a week as columns, a day as an agenda.
//!
//! Whose diary, which team's, which court's and which days are in the address, so that a part of the diary can be kept as a
//! bookmark. What a court lists for a week stands beside the week and on no day of it.

pub(super) mod appointment;
mod fit;
mod grid;
mod line;

use crate::domain::london;
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::clocks;
use crate::web::form::{Faults, Input, Posted, encode};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{Datelike as _, Days, Months, NaiveDate};
use futures::try_join;
use line::{LEGEND, Lines, Place, Told, is_moved, place};
use maud::{Markup, html};
use serde::Deserialize;

/// Lines that are asked for at once.
const PAGE: i32 = 500;
/// Entries without a date, at most: with more of them a person, a team or a court is to be chosen.
const UNDATED_MAX: i32 = 50;
/// How often more are asked for: what a month of a whole unit may hold.
const PAGES_MAX: usize = 6;
/// Lines of a day on one page.
const DAY_PAGE: i32 = 60;
/// How far ahead it is looked for where something went that is off.
const AHEAD: Days = Days::new(180);
/// Years that the calendar shows; an address that asks for others is answered with today.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2199;
/// Where everybody's diary is asked for.
const ALL: &str = "all";

pub(super) fn router() -> Router<Board> {
    Router::new().route("/calendar", get(show)).merge(appointment::router())
}

/// How much of the diary is shown at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    /// A month, as a table of weeks.
    Month,
    /// A week, as columns.
    Week,
    /// A day, as an agenda.
    Day,
}

/// All views: word of the address, words.
const VIEWS: [(View, &str, &str); 3] =
    [(View::Month, "month", "Month"), (View::Week, "week", "Week"), (View::Day, "day", "Day")];

impl View {
    fn word(self) -> &'static str {
        VIEWS.iter().find(|(view, _, _)| *view == self).map_or("month", |(_, word, _)| word)
    }
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    view: String,
    #[serde(default)]
    day: String,
    /// Whose; `all` for everybody's.
    #[serde(default)]
    staff: String,
    #[serde(default)]
    team: String,
    #[serde(default)]
    court: String,
    /// Where a long day goes on.
    #[serde(default)]
    page: String,
}

/// What is shown: the address with what it leaves open filled in.
#[derive(Debug, Clone)]
struct Shown {
    /// How much.
    pub view: View,
    /// The day around which.
    pub day: NaiveDate,
    staff: String,
    team: String,
    court: String,
}

impl Shown {
    /// Care officers see their own diary first, team leaders and managers everybody's.
    fn of(visitor: &Visitor, asked: &Asked) -> Self {
        let view =
            VIEWS.iter().find(|(_, word, _)| *word == asked.view).map_or(View::Month, |(view, _, _)| *view);
        let narrow = !asked.team.is_empty() || !asked.court.is_empty();
        let staff = match asked.staff.as_str() {
            "" if visitor.leads() || narrow => ALL.to_owned(),
            "" => visitor.me.id.clone(),
            staff => staff.to_owned(),
        };
        let day = clocks::day(&asked.day).filter(|day| YEARS.contains(&day.year()));
        let day = day.unwrap_or_else(|| london::date(visitor.now));
        Self { view, day, staff, team: asked.team.clone(), court: asked.court.clone() }
    }

    /// The address of the same part of the diary around another day.
    #[must_use]
    pub fn address(&self, view: View, day: NaiveDate) -> String {
        let mut address = format!("/calendar?view={}&day={day}&staff={}", view.word(), encode(&self.staff));
        for (name, value) in [("team", &self.team), ("court", &self.court)] {
            if !value.is_empty() {
                address.push_str(&format!("&{name}={}", encode(value)));
            }
        }
        address
    }

    fn one(&self) -> &str {
        if self.staff == ALL { "" } else { &self.staff }
    }

    /// The first day and the last.
    fn span(&self) -> (NaiveDate, NaiveDate) {
        match self.view {
            View::Day => (self.day, self.day),
            View::Week => (london::monday_of(self.day), london::monday_of(self.day) + Days::new(6)),
            View::Month => {
                let first = self.day.with_day(1).unwrap_or(self.day);
                let last = (first + Months::new(1)).pred_opt().unwrap_or(first);
                (london::monday_of(first), london::monday_of(last) + Days::new(6))
            }
        }
    }

    /// The same span before or after this one.
    fn beside(&self, later: bool) -> NaiveDate {
        match (self.view, later) {
            (View::Day, true) => self.day + Days::new(1),
            (View::Day, false) => self.day - Days::new(1),
            (View::Week, true) => self.day + Days::new(7),
            (View::Week, false) => self.day - Days::new(7),
            (View::Month, true) => self.day.with_day(1).unwrap_or(self.day) + Months::new(1),
            (View::Month, false) => self.day.with_day(1).unwrap_or(self.day) - Months::new(1),
        }
    }

    fn title(&self) -> String {
        match self.view {
            View::Day => london::written_date(self.day),
            View::Week => format!("Week of {}", london::monday_of(self.day).format("%-d %B %Y")),
            View::Month => self.day.format("%B %Y").to_string(),
        }
    }

    fn request(&self) -> pb::ListEntriesRequest {
        let (from, to) = self.span();
        pb::ListEntriesRequest {
            from_day: from.to_string(),
            to_day: to.to_string(),
            staff_id: self.one().to_owned(),
            team_id: self.team.clone(),
            court_code: self.court.clone(),
            page_size: PAGE,
            page_token: String::new(),
            undated: false,
        }
    }
}

async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    page::or_refused(&visitor, page(&visitor, &asked).await)
}

async fn page(visitor: &Visitor, asked: &Asked) -> Result<Response, Refusal> {
    let shown = Shown::of(visitor, asked);
    let (read, courts, people) = try_join!(
        read(visitor, &shown, &asked.page),
        visitor.contacts(vec![pb::DirectoryKind::Court.into()]),
        visitor.people(),
    )?;
    let one_persons = !shown.one().is_empty();
    let later = later(visitor, &shown, &read.lines).await?;
    let lines = Lines { all: &read.lines, later: &later, people: &people, now: visitor.now, one_persons };
    let today = london::date(visitor.now);
    let title = shown.title();
    let content = html! {
        div.heading {
            h1 { (title) }
            p { (whose(visitor, &shown, &people, &courts)) }
        }
        nav.calendar-steps aria-label="Days and views" {
            ul.steps {
                li { a href=(shown.address(shown.view, shown.beside(false))) rel="prev" { "Previous " (shown.view.word()) } }
                li { a href=(shown.address(shown.view, today)) { "Today" } }
                li { a href=(shown.address(shown.view, shown.beside(true))) rel="next" { "Next " (shown.view.word()) } }
            }
            ul.views {
                @for (view, _, words) in VIEWS {
                    li { a href=(shown.address(view, shown.day)) aria-current=[(view == shown.view).then_some("true")] { (words) } }
                }
            }
            a.button href=(format!("/calendar/new?day={}", shown.day.max(today))) { "New appointment" }
        }
        (filters(&shown, &people, &courts))
        @if !read.whole {
            p.warning { "Only the first " (read.lines.len()) " lines are shown: choose a person, a team or a court." }
        }
        @match shown.view {
            View::Month => (grid::month(&shown, &lines, shown.span(), today)),
            View::Week => (grid::week(&shown, &lines, london::monday_of(shown.day), today)),
            View::Day => (day(&shown, &lines, &read)),
        }
        (undated(&lines))
        (legend())
    };
    Ok(Page::new(visitor, &title, Part::Calendar, content).into_response())
}

/// What was read of the diary.
struct Read {
    lines: Vec<pb::DiaryLine>,
    /// Whether that is all there is in the span.
    whole: bool,
    /// Where a day goes on.
    next: String,
}

async fn read(visitor: &Visitor, shown: &Shown, page: &str) -> Result<Read, Refusal> {
    let mut diary = visitor.calls.diary();
    let mut request = shown.request();
    if shown.view == View::Day {
        // What is listed for the week stands at its Monday.
        let first = london::monday_of(shown.day).to_string();
        let week = pb::ListEntriesRequest { from_day: first.clone(), to_day: first, ..request.clone() };
        let day = pb::ListEntriesRequest { page_size: DAY_PAGE, page_token: page.to_owned(), ..request };
        let mut of_week = visitor.calls.diary();
        let (day, week) = try_join!(diary.list_entries(day), async {
            if page.is_empty() {
                of_week.list_entries(week).await.map(|week| week.into_inner().lines)
            } else {
                Ok(Vec::new())
            }
        })?;
        let day = day.into_inner();
        let is_week = |line: &pb::DiaryLine| matches!(place(line), Place::Week(_));
        let mut lines: Vec<pb::DiaryLine> = week.into_iter().filter(is_week).collect();
        lines.extend(day.lines.into_iter().filter(|line| !is_week(line)));
        lines.extend(dateless(visitor, shown).await?);
        return Ok(Read { lines, whole: true, next: day.next_page_token });
    }
    let mut lines = Vec::new();
    for _ in 0..PAGES_MAX {
        let answer = diary.list_entries(request.clone()).await?.into_inner();
        lines.extend(answer.lines);
        request.page_token = answer.next_page_token;
        if request.page_token.is_empty() {
            lines.extend(dateless(visitor, shown).await?);
            return Ok(Read { lines, whole: true, next: String::new() });
        }
    }
    Ok(Read { lines, whole: false, next: String::new() })
}

/// What has no date and is not over.
async fn dateless(visitor: &Visitor, shown: &Shown) -> Result<Vec<pb::DiaryLine>, Refusal> {
    let asked = pb::ListEntriesRequest { undated: true, page_size: UNDATED_MAX, ..shown.request() };
    let lines = visitor.calls.diary().list_entries(asked).await?.into_inner().lines;
    Ok(lines.into_iter().filter(|line| !line.struck_out).collect())
}

/// What follows the span, where something of it went to another day; nothing is asked for where nothing did.
async fn later(
    visitor: &Visitor,
    shown: &Shown,
    lines: &[pb::DiaryLine],
) -> Result<Vec<pb::DiaryLine>, Refusal> {
    if !lines.iter().any(is_moved) {
        return Ok(Vec::new());
    }
    let behind = shown.span().1 + Days::new(1);
    let asked = pb::ListEntriesRequest {
        from_day: behind.to_string(),
        to_day: (behind + AHEAD).to_string(),
        court_code: String::new(),
        ..shown.request()
    };
    Ok(visitor.calls.diary().list_entries(asked).await?.into_inner().lines)
}

/// Whose diary it is, in words.
fn whose(visitor: &Visitor, shown: &Shown, people: &People, courts: &[pb::DirectoryEntry]) -> String {
    let mut parts = vec![match shown.one() {
        "" => "Everybody’s diary".to_owned(),
        one if one == visitor.me.id => "My diary: cases I own or cover, and my appointments".to_owned(),
        one => format!("{}’s diary", people.name(one)),
    }];
    if !shown.team.is_empty() {
        parts.push(format!("cases of {}", people.team(&shown.team)));
    }
    if !shown.court.is_empty() {
        let court = courts.iter().find(|court| court.court_code == shown.court);
        parts.push(format!("at {}", court.map_or(shown.court.as_str(), |court| court.name.as_str())));
    }
    parts.join(", ")
}

fn filters(shown: &Shown, people: &People, courts: &[pb::DirectoryEntry]) -> Markup {
    let mut posted = Posted::default();
    posted.set("day", shown.day.to_string());
    posted.set("staff", &shown.staff);
    posted.set("team", &shown.team);
    posted.set("court", &shown.court);
    let none = Faults::none();
    let mut staff = vec![(ALL.to_owned(), "Everybody".to_owned())];
    staff.extend(people.staff_options());
    let teams = people.team_options();
    let courts = courts.iter().filter(|court| !court.court_code.is_empty());
    let courts: Vec<(String, String)> =
        courts.map(|court| (court.court_code.clone(), court.name.clone())).collect();
    html! {
        details.filters open[!shown.team.is_empty() || !shown.court.is_empty()] {
            summary { "Whose, which team, which court" }
            form method="get" action="/calendar" data-keep="no" {
                input type="hidden" name="view" value=(shown.view.word());
                (Input::new("day", "Day").required().line("date", &posted, &none))
                (Input::new("staff", "Whose").required().select("", &staff, &posted, &none))
                (Input::new("team", "Team").required().select("Any", &teams, &posted, &none))
                (Input::new("court", "Court").required().select("Any", &courts, &posted, &none))
                button type="submit" { "Show" }
            }
        }
    }
}

fn day(shown: &Shown, lines: &Lines<'_>, read: &Read) -> Markup {
    let week: Vec<&pb::DiaryLine> =
        lines.all.iter().filter(|line| matches!(place(line), Place::Week(_))).collect();
    let day: Vec<&pb::DiaryLine> =
        lines.all.iter().filter(|line| place(line) == Place::Day(shown.day)).collect();
    html! {
        section.agenda aria-labelledby="agenda" {
            h2 id="agenda" { "On this day " @if !day.is_empty() { span.count { (day.len()) } } }
            @if day.is_empty() {
                p.empty { "Nothing is on this day. Hearings come here as courts list them; appointments as staff make them." }
            } @else {
                ol.entries { @for line in day { (lines.line(line, Told::Fully)) } }
            }
            @if !read.next.is_empty() {
                p.pages { a rel="next" href=(format!("{}&page={}", shown.address(View::Day, shown.day), encode(&read.next))) { "More of this day" } }
            }
        }
        (this_week(lines, &week))
    }
}

/// What a court lists for a week without saying on which day.
#[must_use]
fn this_week(lines: &Lines<'_>, week: &[&pb::DiaryLine]) -> Markup {
    html! {
        @if !week.is_empty() {
            section.of-week aria-labelledby="of-week" {
                h2 id="of-week" { "Some time in this week " span.count { (week.len()) } }
                p.hint { "The court has named the week and not the day." }
                ul.entries { @for line in week { (lines.line(line, Told::Fully)) } }
            }
        }
    }
}

fn undated(lines: &Lines<'_>) -> Markup {
    let undated: Vec<&pb::DiaryLine> = lines.all.iter().filter(|line| place(line) == Place::NoDate).collect();
    html! {
        section.undated aria-labelledby="undated" {
            h2 id="undated" { "Without a date" }
            @if undated.is_empty() {
                p.hint { "Nothing: warrants, retrials to be decided and hearings on a date to be fixed would stand here." }
            } @else {
                ul.entries { @for line in undated { (lines.line(line, Told::Fully)) } }
            }
        }
    }
}

fn legend() -> Markup {
    html! {
        details.legend {
            summary { "What colours and signs mean" }
            ul.entries { @for (colour, sign, means) in LEGEND {
                li class={ "entry " (colour) } { span.sign aria-hidden="true" { (sign) } (means) }
            }
            li class="entry grey enhanced" { "A purple stripe on top, and the word Enhanced: somebody in the case has Enhanced Rights" } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(view: View, day: &str) -> Shown {
        let day = day.parse().unwrap();
        Shown { view, day, staff: ALL.into(), team: String::new(), court: "B01LY00".into() }
    }

    #[test]
    fn a_month_is_shown_in_whole_weeks() {
        let span = |day| shown(View::Month, day).span();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(span("2026-11-23"), (day("2026-10-26"), day("2026-12-06")));
        assert_eq!(span("2027-02-28"), (day("2027-02-01"), day("2027-02-28")));
    }

    #[test]
    fn the_next_month_is_reached_from_its_last_day_as_well() {
        let next = shown(View::Month, "2027-01-31").beside(true);
        assert_eq!(next.to_string(), "2027-02-01");
        assert_eq!(shown(View::Week, "2026-11-23").beside(false).to_string(), "2026-11-16");
    }

    #[test]
    fn the_address_keeps_every_filter() {
        let shown = shown(View::Week, "2026-11-23");
        let address = shown.address(View::Day, shown.day);
        assert_eq!(address, "/calendar?view=day&day=2026-11-23&staff=all&court=B01LY00");
    }
}
