//! `usher migrate`: the schema, behind a lock.

use super::database::Address;
use super::output::{Ended, print};

/// Which database.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Brings a database's schema up to this version. Several processes may start at once: one does it, \
                  behind a lock. A database whose schema is newer than this version is refused.",
    after_help = "Examples:\n  usher migrate --database sqlite:usher.sqlite\n  \
                  usher migrate --database postgres://usher@localhost/usher"
)]
pub(super) struct Args {
    #[command(flatten)]
    database: Address,
}

pub(super) async fn run(args: Args) -> anyhow::Result<Ended> {
    let store = args.database.make().await?;
    store.check_schema().await?;
    print("the schema is this version's\n")?;
    Ok(Ended::Well)
}
