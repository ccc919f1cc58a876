//! `usher serve`: the service.

use super::output::Ended;
use std::path::{Path, PathBuf};

/// How to serve.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  usher serve --config config/usher.toml")]
pub(super) struct Args {
    /// The configuration's file
    #[arg(long, default_value = "config/usher.toml")]
    config: PathBuf,
}

pub(super) async fn run(args: Args) -> anyhow::Result<Ended> {
    serve(&args.config).await?;
    Ok(Ended::Well)
}

/// The one place where the command line meets the service.
async fn serve(config: &Path) -> anyhow::Result<()> {
    anyhow::bail!("this version of usher has no service yet: {} was not read", config.display())
}
