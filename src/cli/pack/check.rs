//! `usher pack check`: everything that is wrong with a pack, at once.

use crate::cli::output::{Ended, Output, counted, print, print_json};
use crate::render;
use crate::rules::pack::{Fault, Pack};
use serde_json::{Value, json};
use std::path::PathBuf;

/// What to check.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Says everything that is wrong with a pack: each fault with its file, line and column, the line \
                  itself, and what was perhaps meant. Exits with 1 if there is an error; warnings alone leave 0.",
    after_help = "Examples:\n  usher pack check                     the pack that comes with usher\n  \
                  usher pack check config/packs/mine\n  usher pack check mine --output json"
)]
pub(in crate::cli) struct Args {
    /// The pack's folder; the pack that comes with usher where left out
    dir: Option<PathBuf>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

pub(super) fn run(args: Args) -> anyhow::Result<Ended> {
    let files = super::files(args.dir.as_deref())?;
    let (pack, faults) = match render::load_checked(files) {
        Ok((pack, warnings)) => (Some(pack), warnings),
        Err(faults) => (None, faults.0),
    };
    match args.output {
        Output::Json => print_json(&json!({
            "ok": pack.is_some(),
            "pack": pack.as_ref().map(about),
            "faults": faults.iter().map(of_fault).collect::<Vec<_>>(),
        }))?,
        Output::Text => print(&text(pack.as_ref(), &faults))?,
    }
    Ok(if pack.is_some() { Ended::Well } else { Ended::WithFaults })
}

/// What a pack is, in figures.
pub(super) fn about(pack: &Pack) -> Value {
    json!({
        "id": pack.id,
        "version": pack.version,
        "title": pack.title,
        "hash": pack.hash,
        "effective_from": pack.effective_from,
        "files": pack.files.len(),
        "rules": pack.rules.len(),
        "task_kinds": pack.task_kinds.len(),
        "duty_kinds": pack.duty_kinds.len(),
        "limits": pack.limits.len(),
        "templates": pack.templates.len(),
        "schedule": pack.schedule.len(),
        "scenario_files": pack.scenarios.len(),
    })
}

/// A fault, for programs.
fn of_fault(fault: &Fault) -> Value {
    json!({
        "file": fault.place.file,
        "line": fault.place.line,
        "column": fault.place.column,
        "severity": fault.severity.to_string(),
        "message": fault.message,
        "suggestion": fault.suggestion,
        "excerpt": fault.excerpt.as_ref().map(|excerpt| &excerpt.line),
        "marked": fault.excerpt.as_ref().map(|excerpt| [excerpt.marked.start, excerpt.marked.end]),
    })
}

fn text(pack: Option<&Pack>, faults: &[Fault]) -> String {
    use crate::rules::pack::Severity::{Error, Warning};
    let mut text: String = faults.iter().map(|fault| format!("{fault}\n\n")).collect();
    let count = |severity| faults.iter().filter(|fault| fault.severity == severity).count();
    match pack {
        Some(pack) => {
            text.push_str(&format!(
                "{} {}: {}, {}, {}, {}; no errors, {}\n{}\n",
                pack.id,
                pack.version,
                counted(pack.rules.len(), "rule"),
                counted(pack.task_kinds.len(), "kind of task"),
                counted(pack.limits.len(), "limit"),
                counted(pack.templates.len(), "template"),
                counted(count(Warning), "warning"),
                pack.hash,
            ));
        }
        None => text.push_str(&format!(
            "{}, {}\n",
            counted(count(Error), "error"),
            counted(count(Warning), "warning")
        )),
    }
    text.replace("kind of tasks", "kinds of task")
}
