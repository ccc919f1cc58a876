//! Typed events through the whole engine, and the floor.

use super::load::{self, Measured};
use super::mix::{self, Mix};
use super::town::Town;
use super::{Place, tape};
use crate::demo::cast;
use crate::domain::ids::TaskId;
use crate::store::{Backend, read};
use anyhow::ensure;
use serde::Serialize;
use std::sync::Arc;
use std::time::Instant;

/// Cases that are read at a time while preparing.
const PAGE: usize = 500;

/// Events that come in before the tasks they are about are done: more than are under way at a time.
const HALF_HOUR: usize = 1_000;

/// What typed events came to.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Typed {
    /// What they were.
    pub(super) mix: &'static str,
    /// How many cases they were spread over.
    pub(super) cases: usize,
    #[serde(flatten)]
    pub(super) measured: Measured,
    /// The same rows written again: events a second.
    pub(super) floor_events_per_second: f64,
    /// The engine's rate over the floor's.
    pub(super) of_floor: f64,
}

pub(super) async fn measure(place: &Place, events: usize, callers: usize) -> anyhow::Result<Typed> {
    let (scratch, store) = place.database("typed").await?;
    let tape = tape();
    let town = Arc::new(Town::found(store.clone().taped(tape.clone())).await?);
    let cases = (events * mix::COMPLETED_OF_TEN).div_ceil(10).max(1);
    let opening = town.clone();
    load::run(&town.engine, cases, callers, move |nth| opening.opening(nth)).await?;
    let listing = town.clone();
    load::run(&town.engine, cases, callers, move |nth| {
        listing.shared(format!("listing-{nth}"), listing.listing(nth))
    })
    .await?;
    let tasks = tasks(&town, cases).await?;
    let before = tape.len();
    let mix = Mix { town: town.clone(), tasks, half_hour: HALF_HOUR.min(cases) };
    let measured = load::run(&town.engine, events, callers, move |nth| mix.event(nth)).await?;
    // SQLite has one writer, whoever waits for it.
    let lanes = if store.backend() == Backend::Sqlite { 1 } else { super::settings().lanes };
    drop(town);
    scratch.destroy(store).await?;

    let (scratch, store) = place.database("floor").await?;
    let mut begun = Instant::now();
    tape.replay(&store, lanes, before, || begun = Instant::now()).await?;
    let floor = events as f64 / begun.elapsed().as_secs_f64();
    scratch.destroy(store).await?;
    Ok(Typed {
        mix: mix::NAME,
        cases,
        floor_events_per_second: floor,
        of_floor: measured.events_per_second / floor,
        measured,
    })
}

/// An open task of each case that the mix can complete.
async fn tasks(town: &Town, cases: usize) -> anyhow::Result<Vec<(TaskId, String)>> {
    let mut tasks = Vec::with_capacity(cases);
    let ids: Vec<_> = (0..cases).map(cast::case_id).collect();
    for page in ids.chunks(PAGE) {
        for state in read::cases(town.engine.store(), page).await? {
            let open = state
                .tasks
                .iter()
                .find(|task| task.state.is_open() && mix::can_complete(&town.ruleset.pack, &task.kind));
            tasks.extend(open.map(|task| (task.id, task.kind.clone())));
        }
    }
    ensure!(
        tasks.len() == cases,
        "only {} of {cases} cases have a task after their first result: the pack owes nobody the outcome",
        tasks.len()
    );
    Ok(tasks)
}
