//! `usher bench`: the engine under load, against the floor of its own rows.
//!
//! Each part runs on a database of its own, made for it and dropped after it. The floor is the same rows once more:
//! every statement that the run sent, in the same transactions, as many at a time, without deciding anything
//! ([`crate::store::tape`]). Keeping them costs the measured run a copy of each row, which is not taken off.

mod bodies;
mod cover;
mod history;
mod load;
mod machine;
mod mix;
mod pages;
mod report;
mod single;
mod town;
mod typed;

use crate::cli::output::{Ended, Output, print, print_json};
use crate::clock::{Clock, Ids};
use crate::engine::Settings;
use crate::store::scratch::Scratch;
use crate::store::seal::Keyring;
use crate::store::{DatabaseUrl, Store, tape::Tape};
use anyhow::{Context, ensure};
use report::Report;
use std::sync::Arc;

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
#[command(
    long_about = "Measures the engine: typed events (a named mix), real-looking Common Platform bodies, half of them of \
                  cases that are held, single calls at 500 a second, cover plans, and the board's pages over many tasks. Beside the rate of the typed events stands the \
                  floor: this run's own rows written again by the same statements and commits, without deciding.\n\n\
                  Each part makes a database of its own and drops it: in a temporary folder, in the folder that \
                  --database sqlite:FOLDER names, or on the server that --database postgres://… names (whose own \
                  database is not touched; the user must be allowed to create databases).",
    after_help = "Examples:\n  usher bench\n  usher bench --events 100000 --output json\n  \
                  usher bench --database postgres://postgres@localhost/postgres"
)]
pub struct Args {
    /// Where the databases are made: sqlite:FOLDER or postgres://USER@HOST/DATABASE
    #[arg(long, value_name = "URL")]
    database: Option<DatabaseUrl>,
    /// How many typed events are measured; as many again prepare for them
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(100..=5_000_000))]
    events: u32,
    /// How many callers wait for an answer at the same time
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    callers: u32,
    /// How many tasks the unit has while the board's pages are asked for: some two of each case are open, and the
    /// others ended in the year before
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
    tasks: u32,
    /// Measure this part alone
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// A part of the bench.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Typed events and their floor.
    Typed,
    /// Common Platform bodies.
    Bodies,
    /// Single calls.
    Single,
    /// Cover plans.
    Cover,
    /// The board's pages.
    Pages,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<Ended> {
    let place = Place::of(&args)?;
    let wanted = |part| args.only.is_none_or(|only| only == part);
    let callers = usize::try_from(args.callers)?;
    let events = usize::try_from(args.events)?;
    // Memory is read before the typed events, whose rows are all kept for the floor.
    let bodies = match wanted(Part::Bodies) {
        true => Some(bodies::measure(&place, events / 4, callers).await?),
        false => None,
    };
    let single = match wanted(Part::Single) {
        true => Some(single::measure(&place).await?),
        false => None,
    };
    let resident_mb = machine::resident_mb();
    let typed = match wanted(Part::Typed) {
        true => Some(typed::measure(&place, events, callers).await?),
        false => None,
    };
    let pages = match wanted(Part::Pages) {
        true => Some(pages::measure(&place, usize::try_from(args.tasks)?, callers).await?),
        false => None,
    };
    place.clear()?;
    let cover = wanted(Part::Cover).then(cover::measure);
    let report =
        Report { database: place.kind().to_owned(), typed, bodies, single, cover, pages, resident_mb };
    match args.output {
        Output::Json => print_json(&report)?,
        Output::Text => print(&report.to_string())?,
    }
    Ok(Ended::Well)
}

/// Where the databases of a run are made.
struct Place {
    address: String,
    /// A folder that was made for it.
    folder: Option<std::path::PathBuf>,
}

impl Place {
    fn of(args: &Args) -> anyhow::Result<Self> {
        if let Some(address) = &args.database {
            address.check()?;
            if let Some(folder) = address.file() {
                ensure!(
                    folder.is_dir(),
                    "{}: for the bench, sqlite: names a folder in which databases are made",
                    folder.display()
                );
            }
            return Ok(Self { address: address.expose().to_owned(), folder: None });
        }
        let folder = std::env::temp_dir().join(format!("usher-bench-{}", std::process::id()));
        std::fs::create_dir(&folder).with_context(|| folder.display().to_string())?;
        Ok(Self { address: format!("sqlite:{}", folder.display()), folder: Some(folder) })
    }

    fn kind(&self) -> &'static str {
        if self.address.starts_with("sqlite:") { "SQLite (WAL, synchronous=FULL)" } else { "PostgreSQL" }
    }

    /// A new database with the schema.
    async fn database(&self, name: &str) -> anyhow::Result<(Scratch, Store)> {
        let name = format!("usher_bench_{}_{name}", std::process::id());
        let scratch = Scratch::make(&self.address, &name).await?;
        let ring = Arc::new(Keyring::parse(&Keyring::generate()?)?);
        let store = Store::open(scratch.address(), ring).await?;
        store.migrate().await?;
        Ok((scratch, store))
    }

    fn clear(&self) -> anyhow::Result<()> {
        if let Some(folder) = &self.folder {
            std::fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        Ok(())
    }
}

/// The settings of every part: those of the service.
fn settings() -> Settings {
    Settings { mail_domain: crate::demo::unit::DOMAIN.to_owned(), ..Settings::default() }
}

/// A tape to keep what is written on.
fn tape() -> Arc<Tape> {
    Arc::new(Tape::default())
}

/// The clock and the ids of every part: the system's clock, and ids that need no randomness.
fn sources() -> (Clock, Ids) {
    (Clock::System, Ids::seeded(1))
}
