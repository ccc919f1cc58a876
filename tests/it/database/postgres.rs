//! PostgreSQL: a database for each test, copied from a template that has been migrated once.
//!
//! The server is the one that `USHER_TEST_POSTGRES` names (`scripts/test` sets it), or else a private one that
//! `scripts/postgres` runs for as long as this process lives, or else none: then the tests pass without having run, and
//! one line says so. `USHER_TEST_POSTGRES=none` asks for that.

use super::{Address, Given, Schema};
use futures::FutureExt;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, Read, Write};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;

/// The advisory lock under which one process makes the template: "template" in ASCII.
const TEMPLATE_LOCK: i64 = 0x7465_6d70_6c61_7465;

/// Runs a test on a new PostgreSQL database, which is dropped even if the test fails; does nothing without a server.
pub async fn on_postgres<G: Given>(test: impl AsyncFnOnce(G)) {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let Some(server) = server() else { return };
    let admin = connect(server).await;
    let name = format!("usher_test_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    let template = match G::SCHEMA {
        Schema::Migrated => template(server, &admin).await,
        Schema::None => "template0",
    };
    run(&admin, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    let given = G::given(Address(within(server, &name))).await;
    let outcome = AssertUnwindSafe(test(given)).catch_unwind().await;
    run(&admin, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// The server's address, found or started once for the whole process.
fn server() -> Option<&'static str> {
    static SERVER: OnceLock<Option<String>> = OnceLock::new();
    let found = SERVER.get_or_init(|| {
        match std::env::var("USHER_TEST_POSTGRES") {
            Ok(none) if none == "none" => Err("USHER_TEST_POSTGRES=none asks for that".to_owned()),
            Ok(address) => Ok(address),
            Err(_) => started(),
        }
        .map_err(|why| {
            // Not eprintln!, which the test harness keeps to itself as long as tests pass.
            let line = format!("\nThe PostgreSQL half of the tests is not run: {why}\n");
            std::io::stderr().write_all(line.as_bytes()).expect("standard error takes a line");
        })
        .ok()
    });
    found.as_deref()
}

/// Starts a private server that stops when this process ends, however it ends.
///
/// # Errors
/// Why there is no server to start.
///
/// # Panics
/// If there is one and it does not start: that is a fault, not a machine without PostgreSQL.
fn started() -> Result<String, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/postgres");
    let mut child = Command::new(&script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|cause| format!("{} does not run here: {cause}", script.display()))?;
    let mut address = String::new();
    let output = child.stdout.take().expect("its standard output is a pipe");
    BufReader::new(output).read_line(&mut address).expect("the script writes text");
    if address.is_empty() {
        let mut said = String::new();
        child
            .stderr
            .take()
            .expect("its standard error is a pipe")
            .read_to_string(&mut said)
            .expect("it writes text");
        let status = child.wait().expect("it has been started");
        assert!(status.code() == Some(3), "scripts/postgres failed ({status}): {said}");
        return Err(said.trim().to_owned());
    }
    // The child's standard input is what keeps the server alive, so it is held until the process ends.
    std::mem::forget(child);
    Ok(address.trim().to_owned())
}

/// The name of a database with this binary's schema, made by the first process that needs it.
///
/// Its name holds a digest of the migrations: on a server that stays, a changed migration gets a new template.
async fn template(server: &str, admin: &DatabaseConnection) -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let make = async || {
        let name = format!("usher_template_{:016x}", digest_of_the_migrations());
        let making = format!("{name}_making");
        run(admin, &format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})")).await;
        let exists = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
        let exists = Statement::from_string(admin.get_database_backend(), exists);
        if admin.query_one_raw(exists).await.expect("the server lists its databases").is_none() {
            run(admin, &format!("DROP DATABASE IF EXISTS {making} WITH (FORCE)")).await;
            run(admin, &format!("CREATE DATABASE {making} TEMPLATE template0")).await;
            let store = Address(within(server, &making)).open().await;
            store.migrate().await.expect("an empty PostgreSQL database takes the schema");
            // A database that somebody is connected to is neither renamed nor copied.
            store.reader().clone().close().await.expect("connections close");
            run(admin, &format!("ALTER DATABASE {making} RENAME TO {name}")).await;
        }
        run(admin, &format!("SELECT pg_advisory_unlock({TEMPLATE_LOCK})")).await;
        name
    };
    TEMPLATE.get_or_init(make).await
}

fn digest_of_the_migrations() -> u64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/src");
    let files = std::fs::read_dir(folder).expect("the migrations are there");
    let mut files: Vec<_> = files.map(|file| file.expect("the folder is readable").path()).collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        std::fs::read(file).expect("a migration is readable").hash(&mut hasher);
    }
    hasher.finish()
}

/// One connection, for making and dropping databases.
async fn connect(server: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(server);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.unwrap_or_else(|cause| {
        panic!("the PostgreSQL server named by USHER_TEST_POSTGRES does not answer: {cause}; start it, or unset the variable")
    })
}

async fn run(admin: &DatabaseConnection, sql: &str) {
    admin.execute_unprepared(sql).await.unwrap_or_else(|cause| panic!("{sql}: {cause}"));
}

/// The address of another database on the same server.
fn within(server: &str, name: &str) -> String {
    let (address, options) =
        server.split_once('?').map_or((server, None), |(address, rest)| (address, Some(rest)));
    let scheme = address.find("://").map_or(0, |at| at + 3);
    let host = address[scheme..].find('/').map_or(address, |at| &address[..scheme + at]);
    options.map_or_else(|| format!("{host}/{name}"), |options| format!("{host}/{name}?{options}"))
}

#[test]
fn another_database_is_named_in_the_same_address() {
    for (server, other) in [
        ("postgres://me:word@127.0.0.1:5432/postgres", "postgres://me:word@127.0.0.1:5432/mine"),
        ("postgres://me@db", "postgres://me@db/mine"),
        ("postgres://me@db/postgres?sslmode=disable", "postgres://me@db/mine?sslmode=disable"),
    ] {
        assert_eq!(within(server, "mine"), other);
    }
}
