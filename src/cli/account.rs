//! `usher account`: the account of a member of staff, from the command line: how the first one comes to be.

use super::database::Address;
use super::output::{Ended, Output, print, print_json};
use crate::clock::Clock;
use crate::domain::staff::Staff;
use crate::grpc::access::tokens;
use crate::grpc::services::accounts::{self, Wish};
use crate::store::read;
use anyhow::{Context, anyhow, bail};

/// Whose account.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Makes an account with which a member of staff signs in to the board, gives it a new password, or closes \
                  it. The password is printed this once and must be changed at the first sign-in. A manager does the same \
                  on the board.",
    after_help = "Examples:\n  usher account ada.fennick@force.example --name ada --database sqlite:usher.sqlite\n  \
                  usher account ada.fennick@force.example --close --database sqlite:usher.sqlite"
)]
pub(super) struct Args {
    /// The member of staff: their e-mail address, or their id
    #[arg(value_name = "STAFF")]
    staff: String,
    /// The name to sign in with; as it stands where left out
    #[arg(long, value_name = "NAME", default_value = "")]
    name: String,
    /// Close it: nobody signs in by it
    #[arg(long)]
    close: bool,
    #[command(flatten)]
    database: Address,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

pub(super) async fn run(args: Args) -> anyhow::Result<Ended> {
    let store = args.database.open().await?;
    let is_meant = |staff: &&Staff| {
        let email =
            staff.email.as_ref().is_some_and(|email| email.as_str().eq_ignore_ascii_case(&args.staff));
        email || staff.id.to_string() == args.staff
    };
    for unit in read::units(store.reader()).await? {
        let roster = read::roster(store.reader(), &store, unit.id).await?;
        let Some(staff) = roster.staff.iter().find(is_meant) else { continue };
        let wish = Wish { staff: staff.id, name: &args.name, closed: args.close };
        let token = tokens::generate().context("the system gives no randomness")?;
        let put = accounts::put(&store, &roster, wish, Clock::System.now(), &token).await;
        let (account, password) = put.map_err(|refused| anyhow!("{}", refused.message()))?;
        match args.output {
            Output::Json => print_json(&serde_json::json!({
                "staff": account.staff,
                "name": account.name,
                "password": password,
                "closed": account.closed_at.is_some(),
            }))?,
            Output::Text if args.close => print(&format!("{} is closed\n", account.name))?,
            Output::Text => print(&format!("name     {}\npassword {password}\n", account.name))?,
        }
        return Ok(Ended::Well);
    }
    bail!(
        "{} is nobody of the unit in {}: put them in first (usher import staff, or TeamService.PutStaff)",
        args.staff,
        args.database.database
    )
}
