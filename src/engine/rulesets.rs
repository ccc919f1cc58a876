//! Which rules are in force for which unit.
//!
//! A pack is immutable and known by its content hash. What is active for a unit is a row of the database, looked at
//! with every batch, so that every process changes over at its next event.

use crate::domain::ids::UnitId;
use crate::render::Letterbox;
use crate::rules::pack::Pack;
use crate::store::{self, packs};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

/// A pack with its templates ready to render.
#[derive(Debug)]
pub struct Ruleset {
    /// The pack.
    pub pack: Pack,
    /// Its templates.
    pub templates: Letterbox,
}

impl Ruleset {
    /// A pack, ready for use.
    ///
    /// # Errors
    /// The faults of templates that do not parse; a checked pack has none.
    pub fn new(pack: Pack) -> Result<Arc<Self>, Vec<crate::render::Failure>> {
        let templates = Letterbox::new(pack.templates.values())?;
        Ok(Arc::new(Self { pack, templates }))
    }
}

/// The rulesets this process holds, and which is active for which unit as far as it knows.
#[derive(Clone, Debug, Default)]
pub struct Rulesets {
    held: Arc<RwLock<HashMap<String, Arc<Ruleset>>>>,
}

impl Rulesets {
    /// The rules that a process starts with.
    #[must_use]
    pub fn with(ruleset: Arc<Ruleset>) -> Self {
        let rulesets = Self::default();
        rulesets.hold(ruleset);
        rulesets
    }

    /// Holds a ruleset, so that it can be active.
    pub fn hold(&self, ruleset: Arc<Ruleset>) {
        let mut held = self.held.write().expect("no holder of the rulesets panics");
        held.insert(ruleset.pack.hash.clone(), ruleset);
    }

    /// The ruleset with this content hash, if it is held.
    #[must_use]
    pub fn by_hash(&self, hash: &str) -> Option<Arc<Ruleset>> {
        self.held.read().expect("no holder of the rulesets panics").get(hash).cloned()
    }

    /// Every ruleset that is held.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Ruleset>> {
        self.held.read().expect("no holder of the rulesets panics").values().cloned().collect()
    }

    /// The ruleset active for a unit, read from the database and compiled where this process does not hold it yet.
    ///
    /// # Errors
    /// [`store::Error`]; [`store::Error::Missing`] where no pack is active for the unit.
    pub async fn active(&self, conn: &impl packs::Conn, unit: UnitId) -> Result<Arc<Ruleset>, store::Error> {
        let hash = packs::active_hash(conn, unit).await?;
        let hash =
            hash.ok_or_else(|| store::Error::Missing { what: "active pack for unit", id: unit.to_string() })?;
        if let Some(held) = self.by_hash(&hash) {
            return Ok(held);
        }
        let files = packs::files(conn, &hash).await?;
        let broken = || store::Error::Missing { what: "readable pack", id: hash.clone() };
        let (pack, _) = Pack::load(files).map_err(|_| broken())?;
        let ruleset = Ruleset::new(pack).map_err(|_| broken())?;
        self.hold(ruleset.clone());
        Ok(ruleset)
    }
}
