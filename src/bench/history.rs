//! A year of ended tasks beside those that are open: rows as the engine writes them, without deciding each.

use crate::domain::ids::{TaskId, UnitId, derived};
use crate::domain::london::Instant;
use crate::domain::task::{Task, TaskState};
use crate::store::queries::tasks::{self, Filter};
use crate::store::queries::work;
use crate::store::seal::Keys;
use crate::store::write::Draft;
use crate::store::{Store, read};
use anyhow::{Context, ensure};
use chrono::TimeDelta;

/// Days over which they are spread, up to yesterday.
const DAYS: u64 = 365;
/// Open tasks whose ended fellows are written in one transaction.
const LOT: usize = 200;

/// Writes ended tasks until the unit has `wanted` in all: each is what an open one was, some days ago, in the same case.
/// Answers how many there are then.
pub(super) async fn write(store: &Store, unit: UnitId, wanted: u64, now: Instant) -> anyhow::Result<u64> {
    let open = work::open_all(store, unit).await?;
    let ids: Vec<TaskId> = open.iter().map(|task| task.id).collect();
    ensure!(!ids.is_empty(), "there is no open task to write ended ones beside");
    let missing = wanted.saturating_sub(ids.len() as u64);
    let mut nth = 0;
    for (lot, some) in ids.chunks(LOT).enumerate() {
        let until = missing * (lot * LOT + some.len()) as u64 / ids.len() as u64;
        let open = tasks::matching(store, unit, &Filter::default(), some).await?;
        let mut keys = Keys::new(store.ring());
        read::keys(store.reader(), &mut keys, open.iter().filter_map(|task| Some(task.case?.0))).await?;
        let mut past = Vec::new();
        while nth < until {
            let task = &open[(nth % open.len() as u64) as usize];
            past.push((task.case.context("a bench has no tasks of the desk")?, ended(task, nth, now)));
            nth += 1;
        }
        let mut draft = Draft::new(store.backend(), unit);
        draft.past_tasks(&past, &keys)?;
        let txn = store.begin().await?;
        draft.send(&txn).await?;
        txn.commit().await?;
    }
    Ok(ids.len() as u64 + nth)
}

/// The nth ended task, after the fashion of an open one.
fn ended(like: &Task, nth: u64, now: Instant) -> Task {
    let days = i64::try_from(1 + nth * 7_919 % DAYS).unwrap_or(1);
    let ago = TimeDelta::days(days);
    let raised_at = like.raised_at.min(now) - ago;
    Task {
        id: TaskId(derived(&[b"bench", b"ended", &nth.to_be_bytes()])),
        key: format!("{}/ended-{nth}", like.key),
        state: TaskState::Done,
        target_at: like.target_at.map(|at| at - ago),
        due_at: like.due_at.map(|at| at - ago),
        raised_at,
        ended_at: Some(raised_at + TimeDelta::hours(5)),
        version: like.version + 1,
        ..like.clone()
    }
}
