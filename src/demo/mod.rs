//! `usher demo`: an invented unit's Monday on a fresh database.
//!
//! Everything goes by the roads of the real thing: the unit and its cases are events, the courts' results are bodies
//! that are read, calls and forms are what staff record, timers and mail take their course, and lists come from what is
//! stored. Clock and ids are given, so that every run shows the same.
//!
//! - `story`: one care officer's day, told step by step, with `seen` for what each step came to and `telling` for how
//!   that is printed.
//! - `monday`: what the courts share of the unit's other cases meanwhile.

#![allow(clippy::print_stderr, reason = "where it serves is told beside what it printed")]

pub mod cast;
pub mod courts;
mod lists;
mod mails;
mod monday;
mod play;
mod seen;
mod story;
mod telling;
pub mod unit;

use crate::cli::database::Address;
use crate::cli::output::{Ended, Output, counted, print, print_json};
use crate::clock::Clock;
use crate::config::{Config, Token};
use crate::domain::london::{self, Instant};
use crate::domain::receipt::Receipt;
use crate::grpc::access::Role;
use crate::grpc::access::tokens::{self, TokenHash};
use crate::mail::{Folder, Memory, Transport};
use crate::store::read;
use anyhow::{Context, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use play::Stage;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use story::Day;

/// When the demo goes on once it is served: the morning after the day it plays.
const MORNING_AFTER: &str = "2026-11-24T08:30";

/// How to play.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Plays an invented unit's Monday on a fresh database: two teams, nine staff, cases with victims, \
                  witnesses and advisers. One care officer's day is told step by step, from the digest of the morning \
                  to the letters of the evening: what happens, which tasks, mails, letters and diary entries follow \
                  (-), and who is told (>). The court results of the unit's other cases come in meanwhile. Then \
                  everybody's list for tomorrow and the timeline of each told case are printed; mails and letters are \
                  in folders. In the end it serves until it is interrupted.\n\nNobody in it is real.",
    after_help = "Examples:\n  usher demo\n  usher demo --no-serve --output json\n  \
                  usher demo --folder my-demo --no-serve && usher explain TASK --database sqlite:my-demo/usher.sqlite"
)]
pub struct Args {
    /// End when everything is printed
    #[arg(long)]
    no_serve: bool,
    /// Where database and mails go: an empty folder, or one that is not there yet; a temporary one where left out
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Serve on this port of this machine; a free one where left out
    #[arg(long, value_name = "PORT", conflicts_with = "no_serve")]
    port: Option<u16>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<Ended> {
    let folder = fresh(args.folder)?;
    let database = Address::sqlite(&folder.join("usher.sqlite"));
    let (mail_folder, letters) = (folder.join("mail"), folder.join("letters"));
    let stage = Stage::set(database.make().await?).await?;
    let mailbox = Folder::open(&mail_folder).with_context(|| mail_folder.display().to_string())?;
    let past = stage.outbox(Transport::Memory(Memory::new()))?;
    let outbox = stage.outbox(Transport::Folder(mailbox))?;
    let progress = ProgressBar::new(monday::arrivals().len() as u64).with_style(style());
    let Day { receipts, log, .. } = Day::play(&stage, (past, outbox), &letters, &progress).await?;
    progress.finish_and_clear();

    let states = stage.states().await?;
    let today = monday::at("2026-11-23T00:00");
    let sent = mails::of(&stage, &states, today);
    let roster = read::roster(stage.engine.store().reader(), stage.engine.store(), stage.unit.id).await?;
    let lists = lists::of(&states, &roster, &stage.ruleset.pack);
    let timelines = telling::timelines(&log);
    let written = sent.iter().filter(|mail| mail.file.is_some()).count();
    match args.output {
        Output::Json => print_json(&json!({
            "unit": stage.unit.name,
            "now": london::rfc3339(stage.clock.now()),
            "database": database.database.to_string(),
            "mail_folder": mail_folder,
            "letter_folder": letters,
            "results": outcomes(&receipts),
            "day": log.iter().filter(|entry| entry.at >= today).collect::<Vec<_>>(),
            "lists": lists,
            "cases": timelines,
            "messages": sent,
            "mails_written": written,
        }))?,
        Output::Text => {
            let mut text = format!("{}, {}\n\n", stage.unit.name, london::human_date(london::date(today)));
            text.push_str(&telling::day(&log, today));
            text.push_str("\nAt 17:00, the lists for tomorrow:\n");
            text.push_str(&lists::text(&lists));
            text.push_str("\nThe timeline of each case of the day:\n");
            text.push_str(&telling::tables(&timelines, today));
            let counts = outcomes(&receipts);
            let counts: Vec<String> = counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
            let came = counted(receipts.len(), "result");
            text.push_str(&format!("\n{came} came in: {}\n", counts.join(", ")));
            text.push_str(&format!(
                "{}: {} written to {}{}\nprinted letters are in {}\ndatabase {}\n",
                counted(sent.len(), "message"),
                counted(written, "mail"),
                mail_folder.display(),
                mails::others(&sent),
                letters.display(),
                database.database
            ));
            if let Some(task) = lists.iter().find_map(|list| list.tasks.first()) {
                text.push_str(&format!(
                    "every task's id is in --output json; ask why: usher explain {} --database {}\n",
                    task.id, database.database
                ));
            }
            print(&text)?;
        }
    }
    if !args.no_serve {
        serve(&database, &stage, &mail_folder, args.port).await?;
    }
    Ok(Ended::Well)
}

/// Serves what was played until it is interrupted, to whoever holds one of the demo's own tokens.
async fn serve(
    database: &Address,
    stage: &Stage,
    mail_folder: &Path,
    port: Option<u16>,
) -> anyhow::Result<()> {
    let mut config = Config::default();
    config.database.address.clone_from(&database.database);
    config.unit.id = Some(stage.unit.id.0);
    config.unit.name.clone_from(&stage.unit.name);
    config.unit.urn_forces.clone_from(&stage.unit.urn_forces);
    config.unit.authorities.clone_from(&stage.unit.authorities);
    config.unit.mode = stage.unit.mode;
    config.mail.folder = mail_folder.to_owned();
    let (leader, name) = unit::leader();
    let callers = [
        (Role::Feed, None, "sends court results: tests/clients/feed.py ADDRESS TOKEN FILE...".to_owned()),
        (Role::Service, None, "sees the list: tests/clients/worklist.py ADDRESS TOKEN".to_owned()),
        (Role::TeamLeader, Some(leader), format!("{name}'s: sees why each task is there as well")),
    ];
    let mut told = String::new();
    for (role, staff, what_for) in callers {
        let token = tokens::generate().context("the system gives no randomness")?;
        let (name, hash) = (format!("{role}:demo"), TokenHash::of(&token).hex());
        told.push_str(&format!("{:11} {token} {what_for}\n", role.to_string()));
        config.tokens.push(Token { name, hash, role, staff });
    }
    let password = unit::accounts(&stage.engine).await?;
    // Another usher may be at home on the usual port.
    if let Some(port) = port {
        config.server.listen.set_port(port);
    } else {
        config.server.listen.set_port(0);
    }
    let names = unit::names();
    let ready = |address: std::net::SocketAddr| {
        eprintln!(
            "the board: http://{address}\nsign in as one of the unit's people, with the password \"{password}\":\n{names}\
             it is {} there, and time goes on\nthe API on the same port, with one of these tokens:\n{told}press Ctrl-C to end",
            london::human(monday::at(MORNING_AFTER))
        );
    };
    let clock = Clock::going_from(monday::at(MORNING_AFTER));
    crate::app::serve(config, crate::app::Migrate::No, clock, ready, crate::cli::interrupted()).await
}

fn outcomes(receipts: &[(Instant, Receipt)]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (_, receipt) in receipts {
        *counts.entry(receipt.outcome.to_string()).or_default() += 1;
    }
    counts
}

/// The folder, empty: what is in it already is never touched.
fn fresh(folder: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    let folder = match folder {
        Some(folder) => folder,
        None => {
            let names = (0..1_000).map(|nth| format!("usher-demo-{}-{nth}", std::process::id()));
            let mut folders = names.map(|name| std::env::temp_dir().join(name));
            folders.find(|folder| !folder.exists()).context("the temporary folder is full of demos")?
        }
    };
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    ensure!(is_empty(&folder)?, "{}: the folder is not empty", folder.display());
    Ok(folder)
}

fn is_empty(folder: &Path) -> anyhow::Result<bool> {
    Ok(std::fs::read_dir(folder).with_context(|| folder.display().to_string())?.next().is_none())
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("Monday {bar:40} {pos}/{len} results")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
