//! `usher pack list` and `usher pack activate`: which packs a database holds, and which is in force.

use crate::cli::database::{self, Address};
use crate::cli::output::{Ended, Output, print, print_json, table};
use crate::clock::Clock;
use crate::domain::london;
use crate::engine::found;
use crate::engine::rulesets::Ruleset;
use crate::render;
use crate::store::rows::instant;
use crate::store::{packs, read};
use serde_json::json;
use std::path::PathBuf;

/// Which packs to list.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  usher pack list --database sqlite:usher.sqlite")]
pub(in crate::cli) struct ListArgs {
    #[command(flatten)]
    database: Address,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// Which pack to make active.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Checks a pack, stores it, and makes it the active one of a unit: from the next event on it decides. \
                  Tasks keep the pack they were raised by for their form, retry and escalation.",
    after_help = "Example:\n  usher pack activate config/packs/mine --database sqlite:usher.sqlite"
)]
pub(in crate::cli) struct ActivateArgs {
    /// The pack's folder; the pack that comes with usher where left out
    dir: Option<PathBuf>,
    #[command(flatten)]
    database: Address,
    /// The unit, by id or name; needed where the database has several
    #[arg(long)]
    unit: Option<String>,
}

pub(super) async fn list(args: ListArgs) -> anyhow::Result<Ended> {
    let store = args.database.open().await?;
    let stored = packs::list(store.reader()).await?;
    let mut active = Vec::new();
    for unit in read::units(store.reader()).await? {
        if let Some(hash) = packs::active_hash(store.reader(), unit.id).await? {
            active.push((unit.name, hash));
        }
    }
    let of = |hash: &str| -> Vec<&str> {
        active.iter().filter(|(_, active)| active == hash).map(|(unit, _)| unit.as_str()).collect()
    };
    match args.output {
        Output::Json => {
            let packs = stored.iter().map(|(hash, id, version, at)| {
                json!({
                    "hash": hash, "id": id, "version": version,
                    "stored_at": london::rfc3339(instant(*at)), "active_for": of(hash),
                })
            });
            print_json(&json!({ "packs": packs.collect::<Vec<_>>() }))?;
        }
        Output::Text => {
            let mut rows = table(&["pack", "version", "stored", "active for", "hash"]);
            for (hash, id, version, at) in &stored {
                rows.add_row([id, version, &london::human(instant(*at)), &of(hash).join(", "), hash]);
            }
            print(&format!("{rows}\n"))?;
        }
    }
    Ok(Ended::Well)
}

pub(super) async fn activate(args: ActivateArgs) -> anyhow::Result<Ended> {
    let (pack, _) = render::load_checked(super::files(args.dir.as_deref())?)?;
    let ruleset = Ruleset::new(pack).map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
    let (store, _lock) = args.database.open_to_write().await?;
    let unit = database::unit(&store, args.unit.as_deref()).await?;
    found::found(&store, &unit, &ruleset, Clock::System.now()).await?;
    print(&format!(
        "{} {} is active for {}\n{}\n",
        ruleset.pack.id, ruleset.pack.version, unit.name, ruleset.pack.hash
    ))?;
    Ok(Ended::Well)
}
