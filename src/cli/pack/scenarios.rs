//! `usher pack test`: a pack's scenarios, each with its row, its rule and how it came out.

use crate::casework;
use crate::cli::output::{Ended, Output, counted, print, print_json};
use crate::render::{self, Letterbox};
use std::path::PathBuf;

/// What to test.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Runs the scenarios that travel with a pack: given a case, when an event, then what must follow. \
                  Exits with 1 if one of them comes out otherwise.",
    after_help = "Examples:\n  usher pack test\n  usher pack test config/packs/mine --output json"
)]
pub(in crate::cli) struct Args {
    /// The pack's folder; the pack that comes with usher where left out
    dir: Option<PathBuf>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

pub(super) fn run(args: Args) -> anyhow::Result<Ended> {
    let (pack, _) = render::load_checked(super::files(args.dir.as_deref())?)?;
    let templates =
        Letterbox::new(pack.templates.values()).map_err(|failures| anyhow::anyhow!("{failures:?}"))?;
    let results = casework::scenario::run(&pack, &templates);
    let failed = results.iter().filter(|result| !result.passed).count();
    match args.output {
        Output::Json => {
            print_json(&serde_json::json!({ "ok": failed == 0, "hash": pack.hash, "scenarios": results }))?;
        }
        Output::Text => {
            let mut text = String::new();
            for result in &results {
                let row = result.row.as_ref().map(|row| format!("row {row}, ")).unwrap_or_default();
                let rule = result.rule.as_deref().unwrap_or_default();
                let word = if result.passed { "ok    " } else { "FAILED" };
                text.push_str(&format!("{word} {} ({row}{rule})\n", result.name));
                for fault in &result.failures {
                    text.push_str(&format!("         {fault}\n"));
                }
            }
            text.push_str(&format!("{}, {failed} failed\n", counted(results.len(), "scenario")));
            print(&text)?;
        }
    }
    Ok(if failed == 0 { Ended::Well } else { Ended::WithFaults })
}
