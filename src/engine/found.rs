//! Founding a unit: its row, its key, its first active pack. Everything after that is an event.

use super::rulesets::Ruleset;
use crate::domain::staff::{Roster, Unit};
use crate::store::seal::Keys;
use crate::store::write::Draft;
use crate::store::{Error, Store, packs, read};
use chrono::{DateTime, Utc};

/// Makes a unit known, with `ruleset` as its active pack. A unit that is known keeps its people and its directory;
/// its name, codes and mode become `unit`'s.
///
/// # Errors
/// [`Error`].
pub async fn found(store: &Store, unit: &Unit, ruleset: &Ruleset, now: DateTime<Utc>) -> Result<(), Error> {
    let txn = store.begin().await?;
    let held = read::roster_version(&txn, unit.id).await?;
    let roster = match held {
        Some(version) => {
            let roster = read::roster(&txn, store, unit.id).await?;
            Roster { unit: Unit { version: version + 1, ..unit.clone() }, ..roster }
        }
        None => Roster {
            unit: Unit { version: 1, ..unit.clone() },
            teams: Vec::new(),
            staff: Vec::new(),
            absences: Vec::new(),
            directory: Vec::new(),
            work: Vec::new(),
        },
    };
    let mut keys = Keys::new(store.ring());
    read::keys(&txn, &mut keys, [unit.id.0]).await?;
    let mut draft = Draft::new(store.backend(), unit.id);
    draft.roster(&roster, &mut keys)?;
    draft.send(&txn).await?;
    activate(&txn, unit, ruleset, now).await?;
    txn.commit().await.map_err(Error::from)?;
    keys.keep();
    Ok(())
}

async fn activate(
    conn: &impl packs::Conn,
    unit: &Unit,
    ruleset: &Ruleset,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let pack = &ruleset.pack;
    let named = packs::Named { hash: &pack.hash, id: &pack.id, version: &pack.version, files: &pack.files };
    packs::store(conn, named, now).await?;
    packs::activate(conn, unit.id, &pack.hash, now).await
}
