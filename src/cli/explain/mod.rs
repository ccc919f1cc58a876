//! `usher explain`: "why do I have this?" and "why did nothing happen?".

mod event;
mod silent;
mod task;

use super::database::Address;
use super::output::{Ended, Output};
use crate::domain::ids::{EventId, TaskId};
use crate::engine::rulesets::Ruleset;
use crate::rules::pack::Pack;
use crate::store::{Store, accounts, packs, read};
use anyhow::{Context, bail};
use std::sync::Arc;
use uuid::Uuid;

/// What to explain.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "For a task: its title, why it went to whom it went to, each reason for it (event, rule, citation, \
                  causes, how its clocks were counted), its duties and the messages that wait for it.\n\nFor an event: \
                  what became of it for each case, which rules listened and spoke, and why the silent ones stayed \
                  silent, asked again on the facts that were kept.",
    after_help = "Examples:\n  \
        usher explain 019aa1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b --database sqlite:usher.sqlite\n  \
        usher explain 019aa1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b --output json"
)]
pub(super) struct Args {
    /// A task's or an event's id
    #[arg(value_name = "TASK|EVENT")]
    id: Uuid,
    #[command(flatten)]
    database: Address,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

pub(super) async fn run(args: Args) -> anyhow::Result<Ended> {
    let store = args.database.open().await?;
    for unit in read::units(store.reader()).await? {
        let owners = read::cases_of_tasks(store.reader(), unit.id, &[TaskId(args.id)]).await?;
        if let Some(case) = owners.get(&TaskId(args.id)) {
            return task::explain(&store, &unit, *case, TaskId(args.id), args.output).await;
        }
    }
    match accounts::account(&store, EventId(args.id)).await? {
        Some(account) => event::explain(&store, &account, args.output).await,
        None => bail!("{} is no task's and no event's id in {}", args.id, args.database.database),
    }
}

/// The pack with this content hash.
async fn pack(store: &Store, hash: &str) -> anyhow::Result<Arc<Ruleset>> {
    let files = packs::files(store.reader(), hash).await?;
    let (pack, _) = Pack::load(files).with_context(|| format!("pack {hash}"))?;
    Ruleset::new(pack).map_err(|faults| anyhow::anyhow!("pack {hash}: {faults:?}"))
}
