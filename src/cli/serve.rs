//! `usher serve`: the service.

use super::output::Ended;
use crate::app::{self, Migrate};
use crate::clock::Clock;
use crate::config::Config;
use std::path::PathBuf;
use tracing_subscriber::EnvFilter;

/// How to serve.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  usher serve --config config/usher.toml\n  usher serve --config usher.toml --migrate\n\n\
                        A first start: copy config/usher.toml, set unit.id to a new UUID and unit.urn_forces, add a \
                        manager's token (usher token), and start with --migrate, which makes an SQLite database and its \
                        key. The manager puts teams and staff in; then their tokens are added, with their ids, and usher \
                        is started again. Whatever is still missing is said at once.\n\nEvery setting can be given as a variable \
                        of the environment as well: USHER_SERVER__LISTEN=127.0.0.1:7878."
)]
pub(super) struct Args {
    /// The configuration's file; without it, defaults and the environment alone
    #[arg(long)]
    config: Option<PathBuf>,
    /// Make or update the database's schema first, as `usher migrate` does; for a new SQLite database, its key too
    #[arg(long)]
    migrate: bool,
}

pub(super) async fn run(args: Args) -> anyhow::Result<Ended> {
    log();
    let config = Config::read(args.config.as_deref(), std::env::vars())?;
    let migrate = if args.migrate { Migrate::Yes } else { Migrate::No };
    let ready = |address| tracing::info!(%address, "callers are answered");
    app::serve(config, migrate, Clock::System, ready, interrupted()).await?;
    Ok(Ended::Well)
}

/// Logs as JSON lines to standard error: ids and counts, never names. `RUST_LOG` sets how much.
fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // A second call in one process finds a log already there, which will do.
    drop(tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).try_init());
}

/// Ends when somebody asks the process to: by Ctrl-C or a signal to terminate.
pub(crate) async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        drop(tokio::signal::ctrl_c().await);
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
