//! Single calls at a steady rate: how long one caller waits when nobody else is in a hurry.
//!
//! Calls begin by the clock, whether or not earlier ones were answered, and each is measured from when it should have
//! begun: a stall is seen by every call that it delays.

use super::Place;
use super::load;
use super::mix::Mix;
use super::town::Town;
use serde::Serialize;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Calls a second.
const RATE: u32 = 500;
/// Calls in all.
const CALLS: usize = 2_500;
/// Cases they are spread over.
const CASES: usize = 500;

/// How long callers waited, in milliseconds.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Single {
    pub(super) calls: usize,
    pub(super) calls_per_second: u32,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) max_ms: f64,
}

pub(super) async fn measure(place: &Place) -> anyhow::Result<Single> {
    let (scratch, store) = place.database("single").await?;
    let town = Arc::new(Town::found(store.clone()).await?);
    let opening = town.clone();
    load::run(&town.engine, CASES, 64, move |nth| opening.opening(nth)).await?;
    let mix = Mix { town: town.clone(), tasks: Vec::new(), half_hour: 1 };
    let step = Duration::from_secs(1) / RATE;
    let begun = tokio::time::Instant::now();
    let mut calls = Vec::with_capacity(CALLS);
    for nth in 0..CALLS {
        let should = begun + step * u32::try_from(nth)?;
        tokio::time::sleep_until(should).await;
        // Contacts: the sort of event that a person waits for.
        let event = mix.contact(format!("single-{nth}"), nth, nth % CASES);
        let engine = town.engine.clone();
        calls.push(tokio::spawn(async move {
            let recorded = engine.record(event).await;
            recorded.map(|_| Instant::now().duration_since(should.into_std()))
        }));
    }
    let mut waits = Vec::with_capacity(CALLS);
    for call in calls {
        waits.push(call.await??);
    }
    waits.sort_unstable();
    let at = |share: f64| {
        let place = (waits.len() as f64 * share) as usize;
        waits[place.min(waits.len() - 1)].as_secs_f64() * 1e3
    };
    let single =
        Single { calls: CALLS, calls_per_second: RATE, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: at(1.0) };
    drop((mix, town));
    scratch.destroy(store).await?;
    Ok(single)
}
