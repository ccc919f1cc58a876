//! `usher token`: a new token for a caller.

use super::output::{Ended, Output, print, print_json};
use crate::grpc::access::tokens::{self, TokenHash};
use anyhow::Context;

/// What to make.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Give the token to the caller, and put the hash into the configuration: the token itself is \
                        kept nowhere."
)]
pub(super) struct Args {
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Ended> {
    let token = tokens::generate().context("the system gives no randomness")?;
    let hash = TokenHash::of(&token).hex();
    match args.output {
        Output::Json => print_json(&serde_json::json!({ "token": token, "hash": hash }))?,
        Output::Text => print(&format!("token {token}\nhash  {hash}\n"))?,
    }
    Ok(Ended::Well)
}
