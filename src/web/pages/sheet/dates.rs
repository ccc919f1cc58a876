//! When the witnesses of a hearing can come: a row a witness, a column a week, and the spans in which all can; for the
//! listing office or the CPS, who ask for a date.

use super::Sheet;
use crate::domain::london;
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::clocks;
use crate::web::form::{Faults, Input, Posted, sentence};
use crate::web::page;
use crate::web::refusal::Refusal;
use chrono::NaiveDate;
use maud::{Markup, html};
use serde::Deserialize;

/// Spans in which all can come that are told, at most.
const FREE_MAX: usize = 12;
/// Working days of a week.
const WEEK: usize = 5;

/// The days that are looked at, as the address has them.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Span {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

/// The section; it says why where it cannot be shown, so that the sheet above it stands all the same.
pub(super) async fn shown(visitor: &Visitor, seen: &Sheet, span: &Span) -> Markup {
    let hearing_id = seen.hearing().id;
    let asked = pb::GetAvailabilityRequest {
        case_id: seen.sheet.case_id.clone(),
        hearing_id: hearing_id.clone(),
        from_day: span.from.clone(),
        to_day: span.to.clone(),
    };
    let answer = visitor.calls.diary().get_availability(asked).await;
    let answer = answer.map(tonic::Response::into_inner).map_err(Refusal::from);
    html! {
        section.noprint.dates aria-labelledby="dates" {
            h2 id="dates" { "When they can come" }
            @match answer {
                Ok(answer) => (grid(&hearing_id, &answer, visitor)),
                Err(refusal) => {
                    p.warning { "That cannot be shown: " (refusal.message) "." }
                    (asking(&hearing_id, &span.from, &span.to))
                }
            }
        }
    }
}

fn asking(hearing: &str, from: &str, to: &str) -> Markup {
    let mut posted = Posted::default();
    posted.set("from", from);
    posted.set("to", to);
    let none = Faults::none();
    html! {
        form.across method="get" action=(format!("/hearings/{hearing}#dates")) data-keep="no" {
            (Input::new("from", "From").line("date", &posted, &none))
            (Input::new("to", "To").line("date", &posted, &none))
            button type="submit" { "Show these days" }
        }
    }
}

fn grid(hearing: &str, answer: &pb::GetAvailabilityResponse, visitor: &Visitor) -> Markup {
    let (Some(from), Some(to)) = (clocks::day(&answer.from_day), clocks::day(&answer.to_day)) else {
        return html! {};
    };
    let first = london::monday_of(from);
    let mondays: Vec<NaiveDate> = first.iter_weeks().take_while(|monday| *monday <= to).collect();
    html! {
        (asking(hearing, &answer.from_day, &answer.to_day))
        @if answer.lines.is_empty() {
            p.empty { "The case has no witnesses yet." }
        } @else {
            p {
                @if answer.lines.iter().all(|line| line.asked_at.is_none()) { "Nobody has been asked yet." }
                @else if answer.free.is_empty() { "There is no day on which all who were asked can come." }
                @else { "All who were asked can come: " (free(&answer.free, visitor)) "." }
            }
            (page::scrolls("The table of dates", html! {
                table.availability {
                    caption { "Working days of each week on which they cannot come; an empty cell: they can" }
                    thead { tr {
                        th scope="col" { "Witness" }
                        th scope="col" { "Asked" }
                        @for monday in &mondays { th scope="col" { span.visually-hidden { "Week of " } (monday.format("%-d %b")) } }
                    } }
                    tbody { @for line in &answer.lines {
                        tr {
                            th scope="row" { @if line.witness_number > 0 { "W" (line.witness_number) " " } (line.name) }
                            @match clocks::instant_if(line.asked_at.as_ref()) {
                                Some(at) => {
                                    td { (clocks::near_day(london::date(at), visitor.now)) }
                                    @for monday in &mondays { (cell(away_in(&line.away, *monday))) }
                                }
                                None => {
                                    td { strong { "Not asked" } }
                                    td colspan=(mondays.len()) { "Their dates have not been obtained" }
                                }
                            }
                        }
                    } }
                }
            }))
        }
    }
}

fn cell(away: usize) -> Markup {
    match away {
        0 => html! { td {} },
        WEEK.. => html! { td.away { "■" span.visually-hidden { " away all week" } } },
        _ => html! { td.part { (away) span.visually-hidden { " days away" } } },
    }
}

/// On how many working days of a week somebody is away.
fn away_in(away: &[pb::DaySpan], monday: NaiveDate) -> usize {
    let days = monday.iter_days().take(WEEK);
    let spans: Vec<(NaiveDate, NaiveDate)> = away
        .iter()
        .filter_map(|span| Some((clocks::day(&span.from_day)?, clocks::day(&span.to_day)?)))
        .collect();
    days.filter(|day| spans.iter().any(|(from, to)| from <= day && day <= to)).count()
}

/// Spans of days in words.
fn free(spans: &[pb::DaySpan], visitor: &Visitor) -> String {
    let said = |span: &pb::DaySpan| {
        let (from, to) = (clocks::day(&span.from_day)?, clocks::day(&span.to_day)?);
        let from_words = clocks::short_day(from, visitor.now);
        Some(if from == to {
            from_words
        } else {
            format!("{from_words} to {}", clocks::short_day(to, visitor.now))
        })
    };
    let mut parts: Vec<String> = spans.iter().take(FREE_MAX).filter_map(said).collect();
    if spans.len() > FREE_MAX {
        parts.push(format!("and {} later spans", spans.len() - FREE_MAX));
    }
    sentence(&parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_days_away_are_counted_week_by_week() {
        let span = |from: &str, to: &str| pb::DaySpan { from_day: from.into(), to_day: to.into() };
        let away = [span("2027-01-08", "2027-01-12"), span("2027-01-16", "2027-01-24")];
        let weeks = ["2027-01-04", "2027-01-11", "2027-01-18", "2027-01-25"];
        let counted = weeks.map(|monday| away_in(&away, monday.parse().unwrap()));
        assert_eq!(counted, [1, 2, 5, 0]);
    }
}
