//! SQLite: a file in a temporary folder, on the disk because that is where it runs.

use super::{Address, Given, Schema};

/// Runs a test on a new SQLite database, which goes away with its folder even if the test fails.
pub async fn on_sqlite<G: Given>(test: impl AsyncFnOnce(G)) {
    let folder = tempfile::tempdir().expect("there is room for a temporary folder");
    let file = folder.path().join("usher.sqlite");
    let address = Address(format!("sqlite:{}", file.display()));
    if G::SCHEMA == Schema::Migrated {
        address.open().await.migrate().await.expect("an empty SQLite database takes the schema");
    }
    test(G::given(address).await).await;
}
