//! What the bench says.

use super::bodies::Bodies;
use super::cover::{Cover, Sized};
use super::load::Measured;
use super::pages::Pages;
use super::single::Single;
use super::typed::Typed;
use serde::Serialize;
use std::fmt;

/// Everything that was measured.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Report {
    pub(super) database: String,
    pub(super) typed: Option<Typed>,
    pub(super) bodies: Option<Bodies>,
    pub(super) single: Option<Single>,
    pub(super) cover: Option<Cover>,
    pub(super) pages: Option<Pages>,
    /// Memory in use before the typed events, whose rows are kept for the floor.
    pub(super) resident_mb: f64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.database)?;
        if let Some(typed) = &self.typed {
            writeln!(f, "\ntyped events, of ten: {}; {} cases", typed.mix, typed.cases)?;
            measured(f, &typed.measured)?;
            writeln!(
                f,
                "  floor     {:>9.0} events/s: the same rows without deciding",
                typed.floor_events_per_second
            )?;
            writeln!(f, "  of floor  {:>9.2}", typed.of_floor)?;
        }
        if let Some(bodies) = &self.bodies {
            writeln!(f, "\nCommon Platform bodies of {} bytes, half of them of held cases", bodies.bytes)?;
            measured(f, &bodies.measured)?;
        }
        if let Some(single) = &self.single {
            writeln!(f, "\nsingle calls, {} at {} a second", single.calls, single.calls_per_second)?;
            writeln!(
                f,
                "  p50 {:.2} ms, p99 {:.2} ms, longest {:.2} ms",
                single.p50_ms, single.p99_ms, single.max_ms
            )?;
        }
        if let Some(cover) = &self.cover {
            writeln!(f, "\ncover plans")?;
            sized(f, &cover.morning)?;
            sized(f, &cover.large)?;
        }
        if let Some(pages) = &self.pages {
            let Pages { tasks, open, cases, .. } = pages;
            writeln!(f, "\nthe board over {tasks} tasks of {cases} cases, {open} of them open")?;
            for page in &pages.pages {
                let (kb, name) = (page.bytes_max as f64 / 1e3, page.page);
                writeln!(
                    f,
                    "  {name:17} p50 {:>6.1} ms, p99 {:>6.1} ms, longest {:>6.1} ms; at most {kb:.0} kB",
                    page.p50_ms, page.p99_ms, page.max_ms
                )?;
            }
        }
        writeln!(f, "\nmemory {:.0} MB", self.resident_mb)
    }
}

fn sized(f: &mut fmt::Formatter<'_>, sized: &Sized) -> fmt::Result {
    writeln!(
        f,
        "  {} staff, {} tasks: {:.0} ms, {:.0} ms at most; cost {} against {} one by one; the fullest {:.0} % of \
         their time against {:.0} %",
        sized.staff,
        sized.tasks,
        sized.ms,
        sized.longest_ms,
        sized.cost,
        sized.cost_one_by_one,
        sized.fullest * 100.0,
        sized.fullest_one_by_one * 100.0
    )
}

fn measured(f: &mut fmt::Formatter<'_>, measured: &Measured) -> fmt::Result {
    let each = &measured.per_event;
    writeln!(
        f,
        "  rate      {:>9.0} events/s ({} in {:.2} s)",
        measured.events_per_second, measured.events, measured.seconds
    )?;
    let outcomes: Vec<String> =
        measured.outcomes.iter().map(|(word, count)| format!("{count} {word}")).collect();
    writeln!(f, "  outcomes  {}", outcomes.join(", "))?;
    writeln!(
        f,
        "  an event  {:.2} rows, {:.3} statements, {:.4} commits, {:.0} µs CPU",
        each.rows, each.statements, each.commits, each.cpu_us
    )?;
    writeln!(
        f,
        "  by stage  read {:.0} µs, work {:.0} µs, draft {:.0} µs, write {:.0} µs, commit {:.0} µs",
        each.read_us, each.work_us, each.draft_us, each.write_us, each.commit_us
    )
}
