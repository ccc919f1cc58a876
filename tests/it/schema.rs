//! What the schema and the connections promise, on both databases.

use crate::database::{Empty, Migrated, on_both_databases, on_postgres, on_sqlite};
use futures::future::join_all;
use sea_orm::{ConnectionTrait, DbBackend, Statement, TryGetable};
use usher::store::{Error, Store};

/// The first column of every row.
async fn ask<T: TryGetable>(conn: &impl ConnectionTrait, sql: &str) -> Vec<T> {
    let rows = conn.query_all_raw(Statement::from_string(conn.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// The names of all tables but the migrations' own.
async fn tables(store: &Store) -> Vec<String> {
    let sql = match store.backend() {
        DbBackend::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
        _ => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
    };
    ask(store.reader(), sql).await
}

/// Every column as `table.column type`.
async fn columns(store: &Store) -> Vec<String> {
    let sql = match store.backend() {
        DbBackend::Sqlite => {
            "SELECT t.name || '.' || c.name || ' ' || lower(c.type) \
             FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY 1"
        }
        _ => {
            "SELECT table_name || '.' || column_name || ' ' || data_type \
             FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1"
        }
    };
    ask(store.reader(), sql).await
}

async fn pretend_tomorrows_version_was_here(store: &Store) {
    let sql = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_tomorrow', 0)";
    store.reader().execute_unprepared(sql).await.unwrap();
}

on_both_databases! {
    async fn migrating_twice_is_harmless(database: Empty) {
        let store = database.0.open().await;
        store.migrate().await.unwrap();
        let once = columns(&store).await;
        store.migrate().await.unwrap();
        assert_eq!(columns(&store).await, once);
        store.check_schema().await.unwrap();
    }

    async fn of_four_processes_that_migrate_at_once_all_succeed(database: Empty) {
        let processes = (0..4).map(|_| {
            let address = database.0.clone();
            tokio::spawn(async move { address.open().await.migrate().await })
        });
        for outcome in join_all(processes).await {
            outcome.unwrap().unwrap();
        }
        database.0.open().await.check_schema().await.unwrap();
    }

    async fn a_newer_schema_is_refused_by_the_name_of_its_migration(database: Migrated) {
        let store = database.0.open().await;
        pretend_tomorrows_version_was_here(&store).await;
        for refusal in [store.check_schema().await.unwrap_err(), store.migrate().await.unwrap_err()] {
            assert!(matches!(&refusal, Error::NewerSchema { found } if found == "m9999_tomorrow"), "{refusal}");
            assert!(refusal.to_string().contains("m9999_tomorrow"), "{refusal}");
        }
    }

    async fn an_older_schema_is_refused_by_the_name_of_what_it_lacks(database: Empty) {
        let refusal = database.0.open().await.check_schema().await.unwrap_err();
        assert!(matches!(&refusal, Error::OlderSchema { missing } if missing == "m0001_spine"), "{refusal}");
        assert!(refusal.to_string().contains("usher migrate"), "{refusal}");
    }

    async fn looking_at_a_schema_writes_nothing(database: Empty) {
        let store = database.0.open().await;
        store.check_schema().await.unwrap_err();
        assert_eq!(tables(&store).await, Vec::<String>::new());
    }

    async fn a_database_that_does_not_answer_is_not_taken_for_an_empty_one(database: Migrated) {
        let store = database.0.open().await;
        store.reader().execute_unprepared("ALTER TABLE seaql_migrations RENAME COLUMN version TO broken").await.unwrap();
        let refusal = store.check_schema().await.unwrap_err();
        assert!(matches!(refusal, Error::Database(_)), "{refusal}");
    }

    async fn instants_are_stored_as_integers(store: Store) {
        let whole = if store.backend() == DbBackend::Sqlite { "integer" } else { "bigint" };
        let columns = columns(&store).await;
        for column in &columns {
            let (name, kind) = column.split_once(' ').unwrap();
            assert!(!kind.contains("time") && !kind.contains("date"), "{column}: instants are numbers, days are text");
            let is_instant = ["_at", "_until", ".at", ".not_before"].iter().any(|ending| name.ends_with(ending));
            assert!(!is_instant || kind == whole, "{column}: an instant is {whole}, unix milliseconds");
        }
        assert!(columns.contains(&format!("tasks.due_at {whole}")), "{columns:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_databases_have_the_same_tables_and_columns() {
    let names = async |store: &Store| -> Vec<String> {
        columns(store).await.iter().filter_map(|column| column.split(' ').next()).map(str::to_owned).collect()
    };
    on_sqlite(async |sqlite: Store| {
        on_postgres(async |postgres: Store| assert_eq!(names(&sqlite).await, names(&postgres).await)).await;
    })
    .await;
}

async fn sqlite_keeps(pragma: &str, expected: &str) {
    on_sqlite(async |store: Store| {
        let sql = format!("SELECT CAST({pragma} AS TEXT) FROM pragma_{pragma}");
        let transaction = store.begin().await.unwrap();
        assert_eq!(ask::<String>(&transaction, &sql).await, [expected], "where it writes");
        transaction.rollback().await.unwrap();
        assert_eq!(ask::<String>(store.reader(), &sql).await, [expected], "where it reads");
    })
    .await;
}

#[tokio::test]
async fn sqlite_lets_readers_go_on_while_somebody_writes() {
    sqlite_keeps("journal_mode", "wal").await;
}

#[tokio::test]
async fn sqlite_has_what_is_committed_on_the_disk() {
    const FULL: &str = "2";
    sqlite_keeps("synchronous", FULL).await;
}

/// Versions before it can corrupt a database in WAL mode when a log is reset at the wrong moment:
/// <https://www.sqlite.org/releaselog/3_51_3.html>.
#[tokio::test]
async fn the_bundled_sqlite_is_one_that_keeps_its_log_whole() {
    on_sqlite(async |store: Store| {
        let version = ask::<String>(store.reader(), "SELECT sqlite_version()").await.remove(0);
        let numbers: Vec<u32> = version.split('.').map(|number| number.parse().unwrap()).collect();
        assert!(
            numbers >= vec![3, 51, 3],
            "SQLite {version} is bundled, at least 3.51.3 is wanted: update sqlx"
        );
    })
    .await;
}
