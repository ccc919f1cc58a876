//! `usher import mail`: a folder of mails, once. The files stay where they are.

use super::files;
use crate::casework::Mode;
use crate::cli::database::{self, Address};
use crate::cli::output::{Ended, Output, print, print_json, table};
use crate::clock::{Clock, Ids};
use crate::domain::london::{self, Instant};
use crate::engine::rulesets::Rulesets;
use crate::engine::{Engine, Settings};
use crate::mailbox::{self, Post, Round, Taken};
use anyhow::{Context, ensure};
use serde_json::json;
use std::path::PathBuf;

/// Which mails.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Takes in mails: files named ….eml (RFC 5322), or folders of them in the order of their names. A mail is \
                  brought to the message of usher's that it answers, else to the one case that it names, else to the \
                  unit's desk, and rules make work of it as they do of mail that `usher serve` takes in by itself \
                  (mail_in in config/usher.toml). The files stay where they are; taking a mail in again changes nothing. \
                  A file that is no mail is counted as failed, the others are taken, and the exit code is 1.",
    after_help = "Examples:\n  \
        usher import mail inbox/ --database sqlite:usher.sqlite\n  \
        usher import mail inbox/ --received-at 2026-11-20T08:00 --output json"
)]
pub(super) struct Args {
    /// Files, or folders with files
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    database: Address,
    /// The unit, by id or name, where the database has several
    #[arg(long)]
    unit: Option<String>,
    /// When the mails first reached the unit: London time, or RFC 3339; now where left out
    #[arg(long, value_name = "TIME", value_parser = london::parse)]
    received_at: Option<Instant>,
    /// Keep them with their cases only: no tasks, no mail
    #[arg(long)]
    quiet: bool,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

pub(super) async fn run(args: Args) -> anyhow::Result<Ended> {
    let clock = Clock::System;
    ensure!(
        args.received_at.is_none_or(|at| at <= clock.now()),
        "--received-at lies ahead: it is when the unit first had the mails"
    );
    let is_mail = |path: &PathBuf| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("eml"));
    let files: Vec<PathBuf> = files::find(&args.paths)?.into_iter().filter(is_mail).collect();
    let bytes_max = mailbox::Settings::default().bytes_max as u64;
    let (store, _lock) = args.database.open_to_write().await?;
    let unit = database::unit(&store, args.unit.as_deref()).await?;
    let engine = Engine::start(store, Rulesets::default(), clock, Ids::Random, Settings::default());
    let mode = if args.quiet { Mode::Quiet } else { Mode::Working };
    let post = Post::new(engine, unit.id).of_before(args.received_at, mode);
    let mut round = Round::default();
    let mut reasons: Vec<(String, String)> = Vec::new();
    for file in files {
        let shown = file.display().to_string();
        let size = std::fs::metadata(&file).with_context(|| shown.clone())?.len();
        if size > bytes_max {
            round.failed += 1;
            reasons.push((shown, format!("it has {size} bytes, at most {bytes_max} are taken")));
            continue;
        }
        let bytes = std::fs::read(&file).with_context(|| shown.clone())?;
        let taken = post.take(bytes.into()).await.with_context(|| shown.clone())?;
        round.count(&taken);
        match taken {
            Taken::NoMail(why) => reasons.push((shown, why.to_string())),
            Taken::Refused(why) => reasons.push((shown, why.to_string())),
            Taken::Recorded(..) | Taken::Repeated => {}
        }
    }
    let Round { recorded, unmatched, repeated, failed } = round;
    match args.output {
        Output::Json => {
            let failures = reasons.iter().map(|(file, reason)| json!({ "file": file, "reason": reason }));
            print_json(&json!({
                "recorded": recorded,
                "unmatched": unmatched,
                "repeated": repeated,
                "failed": failed,
                "failures": failures.collect::<Vec<_>>(),
            }))?;
        }
        Output::Text => {
            let mut counts = table(&["mails", "outcome"]);
            counts.add_row([(recorded - unmatched).to_string(), "brought to their cases".to_owned()]);
            counts.add_row([unmatched.to_string(), "of no case that is known: to the desk".to_owned()]);
            counts.add_row([repeated.to_string(), "taken before".to_owned()]);
            counts.add_row([failed.to_string(), "failed".to_owned()]);
            let failures: String = reasons.iter().map(|(file, why)| format!("{file}: {why}\n")).collect();
            print(&format!("{failures}{counts}\n"))?;
        }
    }
    Ok(if failed > 0 { Ended::WithFaults } else { Ended::Well })
}
