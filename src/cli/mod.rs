//! The command line: one file a command.
//!
//! A command answers with [`Ended`], or with an error that says what is wrong and what to do. Exit codes: 0 all is
//! well; 1 something failed, or faults were found; 2 the command line itself is wrong. What a command found goes to
//! standard output, as text or with `--output json` as JSON; what went wrong goes to standard error.

#![allow(clippy::print_stderr, reason = "the command line is where errors are printed")]

mod account;
pub mod database;
mod explain;
pub mod go_live;
mod import;
mod migrate;
pub mod output;
mod pack;
mod serve;
pub mod titles;
mod token;

pub(crate) use serve::interrupted;

use clap::{Parser, Subcommand};
use output::Ended;
use std::process::ExitCode;

/// The back office of a police Victim and Witness Care Unit.
#[derive(Debug, Parser)]
#[command(
    name = "usher",
    version,
    about = "The back office of a police Victim and Witness Care Unit: court results in, assigned tasks with deadlines \
             and e-mails out",
    after_help = "Exit codes: 0 all is well; 1 something failed, or faults were found; 2 the command line is wrong."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

// `about` and no doc comments: those would take away the long texts that the commands have of their own.
#[derive(Debug, Subcommand)]
enum Command {
    #[command(about = "Play an invented unit's Monday on a fresh database, then serve it")]
    Demo(crate::demo::Args),
    #[command(about = "Run the service")]
    Serve(serve::Args),
    #[command(about = "Take in court result files")]
    Import(import::Args),
    #[command(about = "Check, test and ask the pack of rules")]
    #[command(subcommand)]
    Pack(pack::Command),
    #[command(about = "Say why a task is there, or what became of an event")]
    Explain(explain::Args),
    #[command(about = "Bring a database's schema up to this version")]
    Migrate(migrate::Args),
    #[command(about = "Make a token for a caller")]
    Token(token::Args),
    #[command(about = "Make or close the account of a member of staff")]
    Account(account::Args),
    #[command(about = "Measure the engine")]
    Bench(crate::bench::Args),
}

/// Reads the command line, does what it says and gives the exit code.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match cli.command.run() {
        Ok(Ended::Well) => ExitCode::SUCCESS,
        Ok(Ended::WithFaults) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{}", said(&error));
            ExitCode::FAILURE
        }
    }
}

/// An error with what caused it, each thing said once: many an error says what its cause says.
fn said(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for part in error.chain().map(ToString::to_string) {
        if said.is_empty() {
            said = part;
        } else if !said.contains(&part) {
            said = format!("{said}: {part}");
        }
    }
    // The faults of a pack begin with the word themselves.
    if said.starts_with("error: ") { said } else { format!("error: {said}") }
}

impl Command {
    fn run(self) -> anyhow::Result<Ended> {
        match self {
            Self::Demo(args) => wait_for(crate::demo::run(args)),
            Self::Serve(args) => wait_for(serve::run(args)),
            Self::Import(args) => wait_for(import::run(args)),
            Self::Pack(command) => pack::run(command),
            Self::Explain(args) => wait_for(explain::run(args)),
            Self::Migrate(args) => wait_for(migrate::run(args)),
            Self::Token(args) => token::run(&args),
            Self::Account(args) => wait_for(account::run(args)),
            Self::Bench(args) => wait_for(crate::bench::run(args)),
        }
    }
}

/// Runs what waits for the database to its end.
fn wait_for(work: impl Future<Output = anyhow::Result<Ended>>) -> anyhow::Result<Ended> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(work)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::{Context, anyhow};

    #[test]
    fn an_error_says_everything_once() {
        let refused = || anyhow!("Connection Error: refused");
        assert_eq!(
            said(&refused().context("the database: Connection Error: refused")).matches("refused").count(),
            1
        );
        let outer: Result<(), _> = Err(refused());
        assert_eq!(said(&outer.context("mail").unwrap_err()), "error: mail: Connection Error: refused");
        assert_eq!(said(&anyhow!("error: the calendar is none")), "error: the calendar is none");
    }
}
