//! Work that went from one person to another, as the page after it says: whose it is now, line by line.
//!
//! The answer of a call is told by the page that the browser is led to, so it travels there sealed: nobody can make the
//! board say that something was done which was not.

use crate::grpc::pb;
use crate::web::board::{Board, People};
use crate::web::form::encode;
use crate::web::titles::Titles;
use maud::{Markup, html};

/// Lines that travel; of more only the number is told.
const LINES_MAX: usize = 80;

/// One piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web::pages) struct Handed {
    /// Who has it now; empty for a queue.
    pub to: String,
    /// What its case is known by; empty for work of the desk.
    pub urn: String,
    /// What it is called.
    pub title: String,
}

impl Handed {
    /// A task that `to` has now.
    #[must_use]
    pub fn of(task: Option<&pb::ListedTask>, to: &str, titles: &Titles) -> Self {
        let task = task.cloned().unwrap_or_default();
        let title = titles.of(&task.id, &task.kind, "");
        Self { to: to.to_owned(), urn: task.urn, title }
    }
}

/// What came back and what stays where it is.
#[must_use]
pub(in crate::web::pages) fn of_return(
    back: &[pb::HandedBack],
    titles: &Titles,
) -> (Vec<Handed>, Vec<Handed>) {
    let (came, stays): (Vec<_>, Vec<_>) = back.iter().partition(|line| line.returned);
    let handed = |lines: Vec<&pb::HandedBack>| {
        lines.into_iter().map(|line| Handed::of(line.task.as_ref(), &line.staff_id, titles)).collect()
    };
    (handed(came), handed(stays))
}

/// Lines in a form that travels in an address: whose, what; without a tab or a line's end, which no title has.
fn packed(lines: &[Handed]) -> String {
    let mut whose: Vec<&str> = Vec::new();
    let mut packed = String::new();
    for line in lines.iter().take(LINES_MAX) {
        let nth = whose.iter().position(|id| *id == line.to).unwrap_or_else(|| {
            whose.push(&line.to);
            whose.len() - 1
        });
        packed.push_str(&format!("{nth}\t{}\t{}\n", line.urn, line.title));
    }
    format!("{}\n{packed}", whose.join("\t"))
}

fn unpacked(packed: &str) -> Option<Vec<Handed>> {
    let (whose, lines) = packed.split_once('\n')?;
    let whose: Vec<&str> = whose.split('\t').collect();
    let line = |line: &str| {
        let mut parts = line.splitn(3, '\t');
        let nth: usize = parts.next()?.parse().ok()?;
        let (urn, title) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        Some(Handed { to: (*whose.get(nth)?).to_owned(), urn, title })
    };
    lines.lines().map(line).collect()
}

/// The lines as the value of a query, behind what they are about, so that they say nothing on another page.
#[must_use]
pub(in crate::web::pages) fn sealed(board: &Board, about: &str, lines: &[Handed]) -> String {
    let text = format!("{about}\n{}", packed(lines));
    board.seal(&text).map(|sealed| encode(&sealed)).unwrap_or_default()
}

/// The lines again; none where they are about something else, or not ours.
#[must_use]
pub(in crate::web::pages) fn opened(board: &Board, about: &str, sealed: &str) -> Vec<Handed> {
    let text = board.open(sealed).unwrap_or_default();
    text.strip_prefix(about).and_then(|text| text.strip_prefix('\n')).and_then(unpacked).unwrap_or_default()
}

/// The lines, person by person.
#[must_use]
pub(in crate::web::pages) fn shown(lines: &[Handed], people: &People) -> Markup {
    let mut whose: Vec<&str> = Vec::new();
    for line in lines {
        if !whose.contains(&line.to.as_str()) {
            whose.push(&line.to);
        }
    }
    html! {
        ul.handed { @for to in whose {
            @let of: Vec<&Handed> = lines.iter().filter(|line| line.to == to).collect();
            li {
                @if to.is_empty() { strong { "In the team’s queue" } }
                @else { a href=(format!("/?staff={to}")) { strong { (people.name(to)) } } }
                ": " (of.len()) @if of.len() == 1 { " task" } @else { " tasks" }
                ul { @for line in of { li { (line.title) @if !line.urn.is_empty() { ", " (line.urn) } } } }
            }
        } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_back_as_they_were_packed() {
        let line = |to: &str, urn: &str| Handed { to: to.into(), urn: urn.into(), title: "Tell A.F.".into() };
        let lines = [line("a", "52NG1"), line("b", ""), line("a", "52NG2"), line("", "52NG3")];
        assert_eq!(unpacked(&packed(&lines)).unwrap(), lines);
        assert_eq!(unpacked(&packed(&[])).unwrap(), []);
    }

    #[test]
    fn what_came_back_is_told_apart_from_what_stays() {
        let line = |staff: &str, returned| pb::HandedBack { task: None, staff_id: staff.into(), returned };
        let (came, stays) =
            of_return(&[line("a", true), line("b", false), line("a", true)], &Titles::default());
        assert_eq!((came.len(), stays.len(), stays[0].to.as_str()), (2, 1, "b"));
    }
}
