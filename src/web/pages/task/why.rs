//! Why a task is there: what happened, which rule spoke, what it rests on, and how each clock was counted, day by day.

use crate::domain::london;
use crate::grpc::pb;
use crate::web::clocks;
use crate::web::words;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use maud::{Markup, html};
use std::collections::HashSet;

/// Weeks that a little calendar shows, at most.
const WEEKS_MAX: usize = 9;

/// Why it is there.
#[must_use]
pub fn shown(task: &pb::Task, why: &pb::ExplainTaskResponse, now: DateTime<Utc>) -> Markup {
    // Several duties may rest on one decision, counted alike.
    let mut told = HashSet::new();
    let of_duties = why.duties.iter().flat_map(|duty| &duty.because);
    let becauses = why
        .because
        .iter()
        .chain(of_duties)
        .filter(|one| told.insert((&one.rule, &one.event_id, &one.target_steps, &one.due_steps)));
    html! {
        section.why {
            h2 { "Why" }
            @for because in becauses {
                details {
                    summary { (rule_words(&because.rule)) }
                    dl {
                        dt { "What happened" }
                        dd { (words::event_kind(&because.event_kind)) ", " (clocks::full_if(because.decided_at.as_ref())) " "
                            a href=(format!("/events/{}", because.event_id)) { "all that followed" } }
                        @if !because.cites.is_empty() { dt { "Rests on" } dd { (because.cites) } }
                        @if !because.rule.is_empty() && !because.rule.contains(':') { dt { "Rule" } dd { a href=(format!("/rules/{}", because.rule)) { (rule_words(&because.rule)) } } }
                        @for (name, steps) in [("Target", &because.target_steps), ("Due", &because.due_steps)] {
                            @if !steps.is_empty() { dt { (name) } dd { ol.steps { @for step in steps { li { (limits_named(step)) } } } (calendar(name, steps)) } }
                        }
                    }
                }
            }
            @if why.because.is_empty() { p { "It was made by hand." } }
            @if let Some(raised) = clocks::instant_if(task.raised_at.as_ref()) { p { "Raised " (clocks::near(raised, now)) "." } }
        }
    }
}

/// A rule's name as people read it; what usher itself does by no rule has its own prefix.
fn rule_words(rule: &str) -> String {
    match rule.strip_prefix("usher:") {
        Some(own) => format!("{}, by usher itself", words::plain(own)),
        None => words::plain(rule),
    }
}

/// A step of a count with its limits as people read them: `limit.outcome_due is 5 working days` as "the limit “Outcome due”
/// is 5 working days".
fn limits_named(step: &str) -> String {
    let named = |word: &str| match word.strip_prefix("limit.") {
        Some(limit) => format!("the limit “{}”", words::plain(limit)),
        None => word.to_owned(),
    };
    step.split(' ').map(named).collect::<Vec<_>>().join(" ")
}

/// The days that were counted, as weeks: each day that a step names carries what the step says of it.
fn calendar(name: &str, steps: &[String]) -> Markup {
    let mut days: Vec<(NaiveDate, &str)> =
        steps.iter().filter_map(|step| Some((day_in(step)?, step.as_str()))).collect();
    days.sort_by_key(|(day, _)| *day);
    let (Some((first, _)), Some((last, _))) = (days.first(), days.last()) else { return html! {} };
    if first == last {
        return html! {};
    }
    let monday = london::monday_of(*first);
    let weeks: Vec<NaiveDate> = monday.iter_weeks().take_while(|monday| monday <= last).collect();
    if weeks.len() > WEEKS_MAX {
        return html! {};
    }
    let mark = |day: NaiveDate| -> Option<String> {
        let said: Vec<&str> = days.iter().filter(|(of, _)| *of == day).map(|(_, step)| *step).collect();
        let step = said.first()?;
        let count = step.split_whitespace().last().filter(|word| word.parse::<u32>().is_ok());
        Some(match count {
            Some(count) => count.to_owned(),
            None if day == *last => "end".to_owned(),
            None if step.contains("day 0") => "0".to_owned(),
            None => "–".to_owned(),
        })
    };
    html! {
        table.little-calendar {
            caption { (name) ", counted day by day" }
            thead { tr { @for day in ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] { th scope="col" { (day) } } } }
            tbody { @for monday in weeks { tr { @for day in monday.iter_days().take(7) {
                @match mark(day) {
                    Some(said) => td.counted { (day.format("%-d %b")) strong { (said) } },
                    None => td.off[day < *first || day > *last || day.weekday().num_days_from_monday() > 4] { (day.format("%-d %b")) },
                }
            } } } }
        }
    }
}

/// The first day that a step names, as usher writes days.
fn day_in(step: &str) -> Option<NaiveDate> {
    let words: Vec<&str> = step.split_whitespace().collect();
    words.windows(4).find_map(|four| {
        let text = four.join(" ");
        let text = text.trim_end_matches([',', ':', '.']);
        let day = NaiveDate::parse_from_str(text, "%a %-d %b %Y").ok()?;
        (london::human_date(day) == text).then_some(day)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_named_as_people_read_it() {
        assert_eq!(
            limits_named("limit.needs_assessment_due is 1 working day"),
            "the limit “Needs assessment due” is 1 working day"
        );
        assert_eq!(limits_named("Fri 20 Nov 2026: day 0"), "Fri 20 Nov 2026: day 0");
    }

    #[test]
    fn the_day_that_a_step_names_is_found() {
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        assert_eq!(day_in("Wed 4 Nov 2026 is working day 1"), day("2026-11-04"));
        assert_eq!(day_in("end of day: Wed 4 Nov 2026 23:59:59 GMT"), day("2026-11-04"));
        assert_eq!(day_in("limit.needs_assessment_due is 1 working day"), None);
    }
}
