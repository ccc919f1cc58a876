//! Puts everything together: from a configuration to a server that answers.
//!
//! One order, so that nothing is half there: the configuration is checked before anything is opened, the schema before
//! anything is read, the unit founded before anybody is served. Parts that run beside the server (the outbox, the
//! schedule, the mailboxes) are started in [`App::start`] and end with it.

use crate::cli::database::make_key;
use crate::clock::{Clock, Ids};
use crate::config::{Config, Database, Token};
use crate::domain::ids::StaffId;
use crate::domain::staff::{Roster, Unit, UnitMode};
use crate::engine::rulesets::{Ruleset, Rulesets};
use crate::engine::{Engine, found};
use crate::grpc::access::sessions::TokensAndSessions;
use crate::grpc::access::tokens::{TokenHash, Tokens};
use crate::grpc::access::{Authority, Identity};
use crate::grpc::api::{Api, Parts, ReadBody, Reading, ScenarioResult, TestPack};
use crate::grpc::settings::HasTokens;
use crate::mail::Transport;
use crate::mailbox::{Mailboxes, Post};
use crate::outbox::Outbox;
use crate::schedule::Clockwork;
use crate::store::audit::Auditor;
use crate::store::seal::Keyring;
use crate::store::{Store, packs, read};
use crate::web::board::Board;
use crate::{casework, grpc, intake, pack_files, render, web};
use anyhow::{Context, Result, bail};
use std::future::Future;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Whether the schema may be brought up to date on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Migrate {
    /// It is, behind a lock: for a fresh database and for demonstrations.
    Yes,
    /// It must be up to date: `usher migrate` does that.
    No,
}

/// Everything that runs, before it is served.
pub struct App {
    /// The configuration it was made from.
    pub config: Config,
    /// The unit.
    pub unit: Unit,
    /// Records and handles.
    pub engine: Engine,
}

impl App {
    /// Opens the store, checks its schema, founds the unit and starts the engine.
    ///
    /// # Errors
    /// What is wrong, where, and what to do.
    pub async fn start(config: Config, clock: Clock, ids: Ids, migrate: Migrate) -> Result<Self> {
        config.server.check(has_tokens(&config.tokens))?;
        config.database.address.check()?;
        if let Some(lacks) = lacks(&config, migrate, || ids.next(clock.now())) {
            bail!(lacks);
        }
        let unit = config.unit.unit()?;
        let ruleset = ruleset(&config)?;
        let ring = Arc::new(keyring(&config, migrate)?);
        let store = Store::open(config.database.address.expose(), ring).await?;
        if migrate == Migrate::Yes {
            store.migrate().await?;
        }
        store.check_schema().await?;
        found_if_new(&store, &unit, &ruleset, &clock).await?;
        let engine = Engine::start(store, Rulesets::with(ruleset), clock, ids, config.engine.settings());
        Ok(Self { config, unit, engine })
    }

    /// The API over this application, and who it knows: bearers of its tokens, and whoever signs in.
    ///
    /// # Errors
    /// Where a token is none.
    pub fn api(&self, test_pack: TestPack) -> Result<(Api, Arc<dyn Authority>)> {
        let writer = format!("api:{}", self.engine.ids().next(self.engine.clock().now()));
        let parts = Parts {
            engine: self.engine.clone(),
            auditor: Auditor::start(self.engine.store().clone(), writer),
            read_body: read_body(),
            test_pack,
            new_token: Arc::new(crate::grpc::access::tokens::generate),
            unit: self.unit.id,
            settings: self.config.server.clone(),
        };
        let api = Api::new(parts);
        let tokens = Arc::new(tokens(&self.config.tokens, &self.unit)?);
        Ok((api.clone(), Arc::new(TokensAndSessions::new(tokens, api))))
    }
}

/// Serves as configured by `clock` until `shutdown` ends; `ready` is told where, once callers are answered.
///
/// # Errors
/// What is wrong, where, and what to do.
pub async fn serve(
    config: Config,
    migrate: Migrate,
    clock: Clock,
    ready: impl FnOnce(std::net::SocketAddr),
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let app = App::start(config, clock, Ids::Random, migrate).await?;
    if app.config.tokens.is_empty() {
        tracing::warn!("no tokens are configured: every call but health and reflection is refused");
    }
    let roster = read::roster(app.engine.store().reader(), app.engine.store(), app.unit.id).await?;
    for token in of_nobody(&app.config.tokens, &roster) {
        tracing::warn!(
            token = token.name,
            "tokens: nobody of the unit has this token's staff id: its bearer has no list of their own"
        );
    }
    if app.unit.mode == UnitMode::Test && app.config.outbox.test_address.is_none() {
        tracing::warn!(
            "unit.mode is \"test\" and outbox.test_address is not set: every mail is held until one of them is otherwise"
        );
    }
    if app.unit.mode == UnitMode::Live && app.config.outbox.return_path.as_str().ends_with(".invalid") {
        tracing::warn!(
            "outbox.return_path is not set: mail says that it is from an address that nobody can answer, and bounces \
             are lost"
        );
    }
    let (api, authority) = app.api(test_pack())?;
    let closing = CancellationToken::new();
    let transport = Transport::open(&app.config.mail).context("mail")?;
    let outbox = Outbox::new(app.engine.clone(), transport, app.config.outbox.clone())?;
    let clockwork = Clockwork::new(app.engine.clone());
    let mailboxes = Mailboxes::open(Post::new(app.engine.clone(), app.unit.id), &app.config.mail_in)?;
    let beside = tokio::spawn({
        let closing = closing.clone();
        async move {
            tokio::join!(outbox.run(&closing), clockwork.run(&closing), mailboxes.run(&closing));
        }
    });
    let listen = app.config.server.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("server.listen: {listen} cannot be listened on: is another usher running?")
    })?;
    let address = listener.local_addr()?;
    tracing::info!(%address, unit = %app.unit.id, "serving");
    ready(address);
    let board = |services: axum::Router| web::router(board(&app, services, api.closing().clone()));
    let served = grpc::serve::serve(api.clone(), authority, listener, board, shutdown).await;
    closing.cancel();
    beside.await.context("the outbox, the clock and the mailboxes")?;
    served?;
    tracing::info!("stopped");
    Ok(())
}

/// The board over the services of this process.
pub fn board(app: &App, services: axum::Router, closing: CancellationToken) -> Board {
    let (clock, ids) = (app.engine.clock().clone(), app.engine.ids().clone());
    let ring = app.engine.store().ring();
    // Two halves: a token is half as long as a key.
    let key = [ring.token("forms of the board, 1"), ring.token("forms of the board, 2")].concat();
    Board::new(web::board::Parts {
        transport: web::calls::within(services),
        new_id: Arc::new(move || ids.next(clock.now())),
        key: key.try_into().expect("two tokens are as long as a key"),
        over_tls: app.config.server.tls_certificate.is_some(),
        closing,
    })
}

fn has_tokens(tokens: &[Token]) -> HasTokens {
    if tokens.is_empty() { HasTokens::No } else { HasTokens::Yes }
}

/// The tokens of a configuration, each in the one unit there is.
fn tokens(configured: &[Token], unit: &Unit) -> Result<Tokens> {
    let token = |token: &Token| {
        let hash = TokenHash::parse(&token.hash).context("tokens: a hash is not 64 hexadecimal figures")?;
        let (name, role, staff) = (token.name.clone(), token.role, token.staff);
        Ok((hash, Identity { name, role, unit: unit.id, staff }))
    };
    Ok(Tokens::new(configured.iter().map(token).collect::<Result<_>>()?))
}

/// The unit's pack, checked.
fn ruleset(config: &Config) -> Result<Arc<Ruleset>> {
    let files = match &config.unit.pack {
        Some(folder) => {
            pack_files::read_dir(folder).with_context(|| format!("unit.pack: {}", folder.display()))?
        }
        None => pack_files::embedded(),
    };
    let checked = render::load_checked(files);
    let (pack, _) = checked.map_err(|faults| anyhow::anyhow!("the pack has faults:\n{faults}"))?;
    Ruleset::new(pack).map_err(|failures| {
        let failures: Vec<String> = failures.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the pack's templates have faults:\n{}", failures.join("\n"))
    })
}

/// What a first start lacks that only whoever starts it can say, all of it at once, with the way in.
fn lacks(config: &Config, migrate: Migrate, new_id: impl FnOnce() -> uuid::Uuid) -> Option<String> {
    let mut lacks = Vec::new();
    if config.unit.id.is_none() {
        lacks.push(format!(
            "unit.id: must be set to a UUID, once and for ever: everything that is kept belongs to it. {} is a new one",
            new_id()
        ));
    }
    let Database { address, master_key, master_key_file } = &config.database;
    let beside = address.file().map(|path| path.with_extension("key"));
    let has_key = master_key.is_some() || master_key_file.is_some();
    match beside {
        Some(key) if !has_key && !key.exists() && migrate == Migrate::No => lacks.push(format!(
            "database.master_key_file: what is kept is sealed under a key, and {} is not there. `usher migrate \
             --database {address}` makes a new database and its key, and so does `usher serve --migrate`",
            key.display()
        )),
        None if !has_key => lacks.push(
            "database.master_key or database.master_key_file must be set: what is kept is sealed under it. \
             `openssl rand -hex 32` makes one"
                .to_owned(),
        ),
        _ => {}
    }
    if lacks.is_empty() {
        return None;
    }
    Some(format!(
        "the configuration does not say everything yet:\n  {}\nThe way in, from an empty folder to the first list, is \
         in README.md under \"A first start\"",
        lacks.join("\n  ")
    ))
}

/// The tokens of members of staff whom the unit does not have.
fn of_nobody<'a>(tokens: &'a [Token], roster: &Roster) -> Vec<&'a Token> {
    let is_known = |id: StaffId| roster.staff.iter().any(|staff| staff.id == id);
    tokens.iter().filter(|token| token.staff.is_some_and(|id| !is_known(id))).collect()
}

/// The master key: from the configuration, its file, or the file beside an SQLite database, which is made with it.
fn keyring(config: &Config, migrate: Migrate) -> Result<Keyring> {
    let database = config.database.address.file();
    let beside = database.map(|path| path.with_extension("key"));
    let has_key = config.database.master_key.is_some() || config.database.master_key_file.is_some();
    if let Some(key) = beside.as_ref().filter(|_| migrate == Migrate::Yes && !has_key) {
        make_key(key, database)?;
    }
    let beside = beside.filter(|path| path.exists());
    let file = match &config.database.master_key {
        Some(_) => config.database.master_key_file.clone(),
        None => config.database.master_key_file.clone().or(beside),
    };
    let text = match (&config.database.master_key, &file) {
        (Some(key), None) => key.expose().to_owned(),
        (None, Some(file)) => std::fs::read_to_string(file)
            .with_context(|| format!("database.master_key_file: {} cannot be read", file.display()))?,
        (Some(_), Some(_)) => bail!("set database.master_key or database.master_key_file, not both"),
        (None, None) => bail!(
            "database.master_key or database.master_key_file must be set: what is kept is sealed under it. \
             `openssl rand -hex 32` makes one"
        ),
    };
    Keyring::parse(&text).context("database.master_key")
}

/// Founds the unit where it is new, or where the configuration says something else of it than what is held.
async fn found_if_new(store: &Store, unit: &Unit, ruleset: &Ruleset, clock: &Clock) -> Result<()> {
    let units = read::units(store.reader()).await?;
    let held = units.into_iter().find(|held| held.id == unit.id);
    let same = held.is_some_and(|held| Unit { version: unit.version, ..held } == *unit);
    let active = packs::active_hash(store.reader(), unit.id).await?;
    if !same || active.as_deref() != Some(&ruleset.pack.hash) {
        found::found(store, unit, ruleset, clock.now()).await?;
    }
    Ok(())
}

/// How raw bodies are read, for the API.
#[must_use]
pub fn read_body() -> ReadBody {
    Arc::new(|body| match intake::read(body, &intake::Hints::default()) {
        Ok(read) => Reading { format: read.format.to_string(), payload: Ok(read.payload) },
        Err(unusable) => Reading { format: unusable.format.to_string(), payload: Err(unusable.to_string()) },
    })
}

/// How a pack's scenarios are run, for the API.
#[must_use]
pub fn test_pack() -> TestPack {
    Arc::new(|ruleset, wanted| {
        let results = casework::scenario::run(&ruleset.pack, &ruleset.templates);
        let results = results.into_iter().filter(|result| {
            let told = [Some(&result.name), Some(&result.file), result.row.as_ref(), result.rule.as_ref()];
            told.into_iter().flatten().any(|text| text.contains(wanted))
        });
        let results = results.map(|result| ScenarioResult {
            path: result.file,
            scenario: result.name,
            row: result.row.unwrap_or_default(),
            rule: result.rule.unwrap_or_default(),
            difference: (!result.passed).then(|| result.failures.join("\n")),
        });
        results.collect()
    })
}
