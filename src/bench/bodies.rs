//! Common Platform bodies of the size that courts send, read and recorded; every other one of a case that is held.

use super::Place;
use super::load::{self, Measured};
use super::town::Town;
use crate::domain::court::Share;
use crate::domain::event::{Payload, Subject};
use crate::engine::NewEvent;
use crate::intake::{self, Hints};
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Bodies that are made before the clock runs; the load goes round them with other ids.
const BYTES: [usize; 4] = [20_000, 35_000, 50_000, 100_000];

/// What bodies came to.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Bodies {
    /// Bytes of a body, on average.
    pub(super) bytes: usize,
    #[serde(flatten)]
    pub(super) measured: Measured,
}

pub(super) async fn measure(place: &Place, events: usize, callers: usize) -> anyhow::Result<Bodies> {
    let (scratch, store) = place.database("bodies").await?;
    let town = Arc::new(Town::found(store.clone()).await?);
    let held = events.div_ceil(2);
    let opening = town.clone();
    load::run(&town.engine, held, callers, move |nth| opening.opening(nth)).await?;
    // Even numbers are held, odd ones wait for their case.
    let number = move |nth: usize| if nth.is_multiple_of(2) { nth / 2 } else { 10_000_000 + nth };
    let padding: Vec<Value> = BYTES.iter().map(|bytes| padding(*bytes)).collect();
    let share = move |town: &Town, nth| town.listing(number(nth));
    let sizes: usize = (0..BYTES.len()).map(|nth| body(&share(&town, nth), &padding[nth]).len()).sum();
    let bringing = town.clone();
    let measured = load::run(&town.engine, events, callers, move |nth| {
        let body = body(&share(&bringing, nth), &padding[nth % BYTES.len()]);
        event(&bringing, nth, body)
    })
    .await?;
    drop(town);
    scratch.destroy(store).await?;
    Ok(Bodies { bytes: sizes / BYTES.len(), measured })
}

/// A body with what courts send and nobody here reads beside what is read.
fn body(share: &Share, padding: &Value) -> Vec<u8> {
    let mut body = intake::common_platform::compose(share);
    // Into the outermost object, before its last brace.
    body.pop();
    body.extend_from_slice(b",\"defenceCounsels\":");
    body.extend_from_slice(padding.to_string().as_bytes());
    body.push(b'}');
    body
}

/// So many bytes of counsel, attendance and address.
fn padding(bytes: usize) -> Value {
    let counsel = |nth: usize| {
        json!({
            "id": crate::domain::ids::derived(&[b"counsel", &nth.to_be_bytes()]),
            "firstName": "Invented", "lastName": format!("Counsel-{nth}"), "status": "Junior",
            "attendanceDays": ["2026-11-19", "2026-11-20", "2026-11-23"],
            "address": { "address1": format!("{nth} Example Row"), "postcode": "ZZ1 1ZZ" },
            "defendants": [crate::domain::ids::derived(&[b"client", &nth.to_be_bytes()])],
        })
    };
    let one = counsel(1_000).to_string().len() + 1;
    Value::Array((0..bytes / one).map(counsel).collect())
}

fn event(town: &Town, nth: usize, body: Vec<u8>) -> NewEvent {
    let reference = format!("body-{nth}");
    match intake::read(&body, &Hints::default()) {
        Ok(read) => {
            let subject = read.subject();
            NewEvent { raw: Some(body.into()), ..town.event(reference, subject, read.payload) }
        }
        Err(bad) => {
            let payload = Payload::Unreadable { format: bad.format.to_string(), reason: bad.to_string() };
            NewEvent { raw: Some(body.into()), ..town.event(reference, Subject::Desk, payload) }
        }
    }
}
