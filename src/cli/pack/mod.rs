//! `usher pack …`: what can be asked of a pack of rules without a database.

mod check;
mod list;
mod scenarios;
mod when;

use super::output::Ended;
use crate::pack_files;
use clap::Subcommand;
use std::collections::BTreeMap;
use std::path::Path;

/// What is asked of a pack.
// `about` and no doc comments: those would take away the long texts that the commands have of their own.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    #[command(about = "Say everything that is wrong with a pack, with file, line and column")]
    Check(check::Args),
    #[command(about = "Run a pack's scenarios")]
    Test(scenarios::Args),
    #[command(about = "Count a deadline out, and say how")]
    When(when::Args),
    #[command(about = "List the packs that a database holds, and which is active for which unit")]
    List(list::ListArgs),
    #[command(about = "Make a pack the active one of a unit")]
    Activate(list::ActivateArgs),
}

pub(super) fn run(command: Command) -> anyhow::Result<Ended> {
    match command {
        Command::Check(args) => check::run(args),
        Command::Test(args) => scenarios::run(args),
        Command::When(args) => when::run(args),
        Command::List(args) => super::wait_for(list::list(args)),
        Command::Activate(args) => super::wait_for(list::activate(args)),
    }
}

/// The files of the pack in `folder`, or of the one that comes with usher.
fn files(folder: Option<&Path>) -> anyhow::Result<BTreeMap<String, String>> {
    Ok(match folder {
        Some(folder) => pack_files::read_dir(folder)?,
        None => pack_files::embedded(),
    })
}
