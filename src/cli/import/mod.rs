//! `usher import`: files of courts and of the CPS into the engine, by the same road as a feed's.
//!
//! A file's reference is the digest of its bytes, so importing it again is a repeat and changes nothing, and an import
//! that was killed is finished by starting it again.

mod cases;
mod feeding;
mod files;
mod mail;
mod report;
mod staff;

use super::database::{self, Address};
use super::output::{Ended, Output, print, print_json};
use crate::casework::Mode;
use crate::clock::{Clock, Ids};
use crate::domain::ids::UnitId;
use crate::domain::london::{self, Instant};
use crate::domain::staff::{Unit, UnitMode};
use crate::engine::rulesets::{Ruleset, Rulesets};
use crate::engine::{Engine, Settings, found};
use crate::store::{Store, court_facts, read};
use crate::{config, pack_files, render};
use anyhow::ensure;
use feeding::{Feeding, Opening};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;

/// What to import.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    long_about = "Takes in files of court results and of CPS messages, or folders of them in the order of their names. \
                  What a file is, is told from the file: Common Platform hearing results, vacated trials and \
                  conclusions, SPI and police results, CPS forms and messages are recorded; every other file is kept \
                  and parked with the reason. Importing a file again changes nothing, and Common Platform results in any order end in the same court facts: the digest at the end \
                  says so. A file that cannot be taken is counted as failed with its reason, the others are taken, and \
                  the exit code is 1.\n\nWith --quiet facts and diary are kept, and no work or mail follows: for what happened \
                  before the unit began to use usher.",
    after_help = "Examples:\n  \
        usher import results/ --database sqlite:usher.sqlite\n  \
        usher import results/ --unit Northgate --urn-force 52 --authority NGPF --open-cases\n  \
        usher import monday.json --received-at 2026-11-20T16:10 --output json"
)]
pub(super) struct Args {
    #[command(subcommand)]
    of: Option<Of>,
    /// Files, or folders with files
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    database: Address,
    /// When the files first reached the unit: London time, or RFC 3339; now where left out
    #[arg(long, value_name = "TIME", value_parser = london::parse)]
    received_at: Option<Instant>,
    /// Facts and diary only: no tasks, no mail
    #[arg(long)]
    quiet: bool,
    /// Open a case for each of the unit's that is not held
    #[arg(long)]
    open_cases: bool,
    /// Take the files from last to first
    #[arg(long)]
    reverse: bool,
    /// The unit, by id or name; in a database without units, the name of a new one
    #[arg(long)]
    unit: Option<String>,
    /// For a new unit: the two figures with which its force's URNs begin; may be repeated
    #[arg(long = "urn-force", value_name = "FIGURES")]
    urn_forces: Vec<String>,
    /// For a new unit: the code of a prosecuting authority whose cases without a URN are its own; may be repeated
    #[arg(long = "authority", value_name = "CODE")]
    authorities: Vec<String>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// What else can be taken in.
#[derive(Debug, clap::Subcommand)]
enum Of {
    // No doc comment: it would take away the long text that the command has of its own.
    #[command(about = "Take in the unit's people from a table")]
    Staff(staff::Args),
    #[command(about = "Take in the live cases of a unit that begins to use usher")]
    Cases(Box<cases::Args>),
    #[command(about = "Take in mail from files")]
    Mail(mail::Args),
}

pub(super) async fn run(mut args: Args) -> anyhow::Result<Ended> {
    match args.of.take() {
        Some(Of::Staff(args)) => return staff::run(args).await,
        Some(Of::Cases(args)) => return cases::run(*args).await,
        Some(Of::Mail(args)) => return mail::run(args).await,
        None => {}
    }
    let clock = Clock::System;
    let now = clock.now();
    ensure!(
        args.received_at.is_none_or(|at| at <= now),
        "--received-at lies ahead: it is when the unit first had the files"
    );
    let mut files = files::find(&args.paths)?;
    if args.reverse {
        files.reverse();
    }
    for force in &args.urn_forces {
        ensure!(config::is_urn_force(force), "--urn-force {force}: {}", config::URN_FORCE_EXPECTED);
    }
    let (store, _lock) = args.database.make_to_write().await?;
    let unit = unit_of(&store, &args, now).await?;
    let engine = Engine::start(store, Rulesets::default(), clock, Ids::Random, Settings::default());
    let progress = ProgressBar::new(files.len() as u64).with_style(style());
    let feeding = Feeding {
        engine: &engine,
        unit: &unit,
        received_at: args.received_at,
        mode: if args.quiet { Mode::Quiet } else { Mode::Working },
        opening: if args.open_cases { Opening::Unknown } else { Opening::None },
        progress: &progress,
    };
    let fed = feeding.feed(files).await?;
    progress.finish_and_clear();
    let facts = court_facts(engine.store(), unit.id).await?;
    let ruleset = engine.rulesets().active(engine.store().reader(), unit.id).await?;
    let unmapped = report::unmapped(&facts, &ruleset.pack.outcomes);
    match args.output {
        Output::Json => print_json(&report::json(&fed, &facts, &unmapped))?,
        Output::Text => print(&report::text(&fed, &facts, &unmapped))?,
    }
    Ok(if fed.ends.iter().any(report::End::is_failed) { Ended::WithFaults } else { Ended::Well })
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:40} {pos}/{len} files, {per_sec}, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// The unit whose files they are: one that is held, or a new one in a database that has none.
async fn unit_of(store: &Store, args: &Args, now: Instant) -> anyhow::Result<Unit> {
    let new = !args.urn_forces.is_empty() || !args.authorities.is_empty();
    if !read::units(store.reader()).await?.is_empty() {
        let unit = database::unit(store, args.unit.as_deref()).await?;
        let is_its = |given: &[String], held: &[String]| given.iter().all(|given| held.contains(given));
        ensure!(
            is_its(&args.urn_forces, &unit.urn_forces) && is_its(&args.authorities, &unit.authorities),
            "the unit {} is there already, with the forces {} and the authorities {}",
            unit.name,
            unit.urn_forces.join(", "),
            unit.authorities.join(", ")
        );
        return Ok(unit);
    }
    ensure!(
        new,
        "the database has no unit yet: say which cases are its own, with --urn-force and --authority"
    );
    let unit = Unit {
        id: UnitId(Ids::Random.next(now)),
        name: args.unit.clone().unwrap_or_else(|| "Victim and Witness Care Unit".to_owned()),
        urn_forces: args.urn_forces.clone(),
        authorities: args.authorities.clone(),
        mode: UnitMode::Test,
        version: 0,
    };
    let (pack, _) = render::load_checked(pack_files::embedded())?;
    let ruleset = Ruleset::new(pack).map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
    found::found(store, &unit, &ruleset, now).await?;
    Ok(unit)
}
