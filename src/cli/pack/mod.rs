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
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Say everything that is wrong with a pack, with file, line and column.
    Check(check::Args),
    /// Run a pack's scenarios.
    Test(scenarios::Args),
    /// Count a deadline out, and say how.
    When(when::Args),
    /// List the packs that a database holds, and which is active for which unit.
    List(list::ListArgs),
    /// Make a pack the active one of a unit.
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
