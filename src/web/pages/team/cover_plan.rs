//! A plan of who covers, as a form: each line with why, who would be next and a choice; beside it how full everybody gets.

use super::absence;
use super::cover::presses;
use super::draw;
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::People;
use crate::web::clocks;
use crate::web::form::{self, Posted, id_of, sentence};
use crate::web::page;
use crate::web::tasks;
use crate::web::titles::Titles;
use crate::web::words;
use maud::{Markup, html};

/// The field with what a line is about.
pub(super) const LINE: &str = "line";
/// The choice of leaving a line out.
pub(super) const STAYS: &str = "stays";
/// Lines on one page: the rest is planned again once these are handed over.
const LINES_MAX: usize = 60;
/// Names to choose from on one page, at most; beyond that each line offers the planned, the next and the least full.
const CHOICES_MAX: usize = 300;
/// The least full that are offered then.
const LEAST_FULL: usize = 3;

/// The name of the field that says to whom a task goes.
#[must_use]
pub(super) fn to_name(task: &str) -> String {
    format!("to.{task}")
}

/// The name of the field with why the plan gives it there.
#[must_use]
pub(super) fn because_name(task: &str) -> String {
    format!("because.{task}")
}

/// The plan. `went` says how many tasks went to others just now.
#[must_use]
pub(super) fn shown(
    visitor: &Visitor,
    away: &pb::Absence,
    plan: &pb::PlanCoverResponse,
    people: &People,
    titles: &Titles,
    posted: &Posted,
    went: usize,
) -> Markup {
    let name = people.name(&away.staff_id);
    let lines = &plan.lines[..plan.lines.len().min(LINES_MAX)];
    let rest = plan.lines.len() - lines.len();
    html! {
        section aria-labelledby="plan" {
            h2 id="plan" { @if went > 0 && !plan.lines.is_empty() { "What is left to hand over" } @else { "Who could do what meanwhile" } }
            @let begun = clocks::instant_if(away.starts_at.as_ref()).is_none_or(|at| at <= visitor.now);
            p { (summary(plan, name, went, begun)) }
            @if !lines.is_empty() {
                form method="post" action=(format!("/team/cover/{}", away.id)) data-keep="no" {
                    (form::carried(visitor, posted))
                    div.buttons {
                        button.primary type="submit" { "Hand over " (lines.len()) @if lines.len() == 1 { " task" } @else { " tasks" } }
                        @if rest > 0 { span.hint { "The other " (rest) " are planned again after these." } }
                    }
                    (seats(plan, people))
                    (unplaced(plan, titles))
                    (lines_shown(visitor, lines, &plan.seats, people, titles, posted))
                }
            } @else { (unplaced(plan, titles)) }
        }
    }
}

/// The plan in one sentence; `begun` says that they are away already.
fn summary(plan: &pb::PlanCoverResponse, name: &str, went: usize, begun: bool) -> String {
    let mut parts = Vec::new();
    // Whoever is still here may do them first.
    let (done_or, done_or_that) =
        if begun { ("", "") } else { ("they do before they go, or ", "they do before they go, or that ") };
    let takers = plan.seats.iter().filter(|seat| seat.tasks > 0).count();
    let count =
        |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
    if !plan.lines.is_empty() {
        let tasks = count(plan.lines.len(), "task", "tasks");
        parts.push(format!("{tasks} for {}", count(takers, "colleague", "colleagues")));
    }
    if !plan.unplaced.is_empty() {
        parts.push(format!("{} that nobody may and can do in time", plan.unplaced.len()));
    }
    if plan.stays > 0 {
        parts.push(format!("{} that {done_or_that}can wait until {name} is back", plan.stays));
    }
    // How much others cover from before no plan says: only what went just now is known.
    let covered = match went {
        0 => "What others cover can be taken back below.".to_owned(),
        went => format!(
            "{} of theirs {} covered by others.",
            count(went, "task", "tasks"),
            if went == 1 { "is" } else { "are" }
        ),
    };
    if parts.is_empty() {
        return format!("Nothing of {name}’s is left to hand over. {covered}");
    }
    if plan.lines.is_empty() && plan.unplaced.is_empty() {
        let stay = count(usize::try_from(plan.stays).unwrap_or_default(), "task", "tasks");
        return format!(
            "Nothing is left to hand over now; {stay} {done_or}can wait until {name} is back. {covered}"
        );
    }
    let nothing = if plan.lines.is_empty() { "Nothing can be handed over now: " } else { "" };
    format!("{nothing}{}. Nothing changes before you hand it over; deadlines do not move.", parts.join(", "))
}

/// How full somebody gets, in parts of a thousand.
fn fullness(seat: &pb::PlanSeat) -> i32 {
    seat.minutes_after.saturating_mul(1_000) / seat.minutes_present.max(1)
}

/// Whom a line offers: everybody who may cover, or the likeliest where that would be too long a page.
fn offered<'a>(line: &'a pb::PlanLine, seats: &'a [pb::PlanSeat], lines: usize) -> Vec<&'a str> {
    if seats.len() * lines <= CHOICES_MAX {
        return seats.iter().map(|seat| seat.staff_id.as_str()).collect();
    }
    let mut by_fullness: Vec<&pb::PlanSeat> = seats.iter().collect();
    by_fullness.sort_by_key(|seat| fullness(seat));
    let mut offered = vec![line.to_staff_id.as_str(), line.next_staff_id.as_str()];
    offered.retain(|id| !id.is_empty());
    for seat in by_fullness.into_iter().take(LEAST_FULL) {
        if !offered.contains(&seat.staff_id.as_str()) {
            offered.push(&seat.staff_id);
        }
    }
    offered
}

fn lines_shown(
    visitor: &Visitor,
    lines: &[pb::PlanLine],
    seats: &[pb::PlanSeat],
    people: &People,
    titles: &Titles,
    posted: &Posted,
) -> Markup {
    html! {
        h3 { "Line by line" }
        (page::scrolls("The table of the plan", html! {
            table.plan {
                caption.visually-hidden { "The plan, the most urgent task first" }
                thead { tr {
                    th scope="col" { "Task" } th scope="col" { "By" } th scope="col" { "Goes to" } th scope="col" { "Why" }
                } }
                tbody { @for line in lines {
                    @if let Some(task) = &line.task { (line_row(visitor, line, task, &offered(line, seats, lines.len()), people, titles, posted)) }
                } }
            }
        }))
    }
}

/// What was chosen for a line: by hand on the plan before, else what this one says.
fn chosen<'a>(line: &'a pb::PlanLine, task: &str, posted: &'a Posted) -> &'a str {
    let before = posted.all(LINE).find(|sent| sent.starts_with(task)).and_then(|sent| sent.split('|').nth(2));
    match (before, posted.get(&to_name(task))) {
        (Some(planned), by_hand) if !by_hand.is_empty() && by_hand != planned => by_hand,
        _ => &line.to_staff_id,
    }
}

fn line_row(
    visitor: &Visitor,
    line: &pb::PlanLine,
    task: &pb::ListedTask,
    offered: &[&str],
    people: &People,
    titles: &Titles,
    posted: &Posted,
) -> Markup {
    let to = to_name(&task.id);
    let chosen = chosen(line, &task.id, posted);
    let by_hand = chosen != line.to_staff_id;
    let priority = words::priority(task.priority());
    let clock = [("target", &task.target_at), ("due", &task.due_at)]
        .into_iter()
        .filter_map(|(name, at)| Some((clocks::instant_if(at.as_ref())?, name)))
        .min();
    html! {
        tr.changed[by_hand] {
            th scope="row" {
                span class=(format!("priority {}", priority.to_lowercase())) { (priority) } " "
                a href=(format!("/tasks/{}", task.id)) { (titles.of(&task.id, &task.kind, &task.urn)) }
            }
            td.pressing[presses(task, visitor.now)] {
                @match clock {
                    Some((at, name)) => { @let (words, press) = clocks::clock(name, at, visitor.now); (tasks::clock(&words, press)) }
                    None => span.hint { "no clock yet" },
                }
            }
            td {
                input type="hidden" name=(LINE) value=(format!("{}|{}|{}|{}|{}", task.id, task.version, line.to_staff_id, task.urn, titles.of(&task.id, &task.kind, "")));
                input type="hidden" name=(because_name(&task.id)) value=(line.because);
                label.visually-hidden for=(id_of(&to)) { (titles.of(&task.id, &task.kind, &task.urn)) " goes to" }
                select id=(id_of(&to)) name=(to) {
                    @for id in offered { option value=(id) selected[*id == chosen] {
                        (absence::named(people, id, visitor.now))
                        @if *id == line.to_staff_id { " (planned)" } @else if *id == line.next_staff_id { " (next)" }
                    } }
                    option value=(STAYS) selected[chosen == STAYS] { "Leave it out" }
                }
                @if by_hand { " " span.tag { "changed" } }
                (absence::note(people, chosen, visitor.now))
            }
            td {
                (sentence(&line.because)) ". "
                @if line.over { strong.tag.bad { "more than they have time for" } " " }
                @if !line.next_staff_id.is_empty() { span.hint { "Next: " (people.name(&line.next_staff_id)) "." } }
            }
        }
    }
}

/// What the bars of a plan mean.
const MEANS: &str = "Minutes of work until the last day of the plan: solid before, striped what the plan adds; the line is the \
                     time they are there";

/// How full everybody is before and after: first those who get something.
fn seats(plan: &pb::PlanCoverResponse, people: &People) -> Markup {
    let most = plan.seats.iter().map(|seat| seat.minutes_after.max(seat.minutes_present)).max().unwrap_or(1);
    let (takers, others): (Vec<_>, Vec<_>) = plan.seats.iter().partition(|seat| seat.tasks > 0);
    html! {
        section aria-labelledby="seats" {
            h3 id="seats" { "Before and after" }
            (seat_table(MEANS, &takers, most, people))
            @if !others.is_empty() {
                details {
                    summary { (others.len()) @if others.len() == 1 { " colleague" } @else { " colleagues" } " could cover and get nothing" }
                    (seat_table("Those who get nothing", &others, most, people))
                }
            }
        }
    }
}

fn seat_table(caption: &str, seats: &[&pb::PlanSeat], most: i32, people: &People) -> Markup {
    html! {
        table.seats {
            caption { (caption) }
            thead { tr {
                th scope="col" { "Who" }
                th scope="col" { "Before and after" }
                th scope="col" { "Tasks" }
                th scope="col" { "Minutes" }
            } }
            tbody { @for seat in seats {
                tr {
                    th scope="row" { a href=(format!("/?staff={}", seat.staff_id)) { (people.name(&seat.staff_id)) } }
                    td { (draw::seat(seat, most)) }
                    td { @if seat.tasks > 0 { strong { "+" (seat.tasks) } } @else { "0" } }
                    td {
                        (seat.minutes_before) " → " (seat.minutes_after) " of " (seat.minutes_present)
                        @if seat.minutes_after > seat.minutes_present { " " strong.tag.bad { "too full" } }
                    }
                }
            } }
        }
    }
}

fn unplaced(plan: &pb::PlanCoverResponse, titles: &Titles) -> Markup {
    html! {
        @if !plan.unplaced.is_empty() {
            section aria-labelledby="unplaced" {
                h3 id="unplaced" { "What nobody may and can do in time" }
                ul { @for left in &plan.unplaced {
                    @if let Some(task) = &left.task {
                        li {
                            a href=(format!("/tasks/{}", task.id)) { (titles.of(&task.id, &task.kind, &task.urn)) }
                            ": " (left.because)
                        }
                    }
                } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(staff: &str, after: i32) -> pb::PlanSeat {
        pb::PlanSeat {
            staff_id: staff.into(),
            minutes_after: after,
            minutes_present: 400,
            tasks: 1,
            ..Default::default()
        }
    }

    fn line() -> pb::PlanLine {
        let task = pb::ListedTask { id: "t".into(), ..pb::ListedTask::default() };
        pb::PlanLine {
            task: Some(task),
            to_staff_id: "a".into(),
            next_staff_id: "b".into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_short_plan_offers_everybody_and_a_long_one_the_likeliest() {
        let seats: Vec<pb::PlanSeat> = ["a", "b", "c", "d", "e", "f"]
            .iter()
            .zip([90, 80, 70, 60, 50, 40])
            .map(|(id, after)| seat(id, after))
            .collect();
        assert_eq!(offered(&line(), &seats, 2).len(), 6);
        assert_eq!(offered(&line(), &seats, 60), ["a", "b", "f", "e", "d"]);
    }

    #[test]
    fn what_was_chosen_by_hand_stands_in_the_next_plan() {
        let by_hand = Posted::parse("line=t%7C3%7Ca%7C%7Ccontact&to.t=c");
        assert_eq!(chosen(&line(), "t", &by_hand), "c");
        let as_planned = Posted::parse("line=t%7C3%7Cb%7C%7Ccontact&to.t=b");
        assert_eq!(chosen(&line(), "t", &as_planned), "a");
    }

    #[test]
    fn a_plan_is_said_in_one_sentence() {
        let mut plan = pb::PlanCoverResponse {
            lines: vec![line()],
            seats: vec![seat("a", 1)],
            stays: 4,
            ..Default::default()
        };
        assert!(
            summary(&plan, "Ann", 0, true)
                .starts_with("1 task for 1 colleague, 4 that can wait until Ann is back.")
        );
        assert!(
            summary(&plan, "Ann", 0, false).contains("4 that they do before they go, or that can wait until")
        );
        plan = pb::PlanCoverResponse::default();
        assert_eq!(
            summary(&plan, "Ann", 0, true),
            "Nothing of Ann’s is left to hand over. What others cover can be taken back below."
        );
        assert!(summary(&plan, "Ann", 32, true).ends_with("32 tasks of theirs are covered by others."));
    }
}
