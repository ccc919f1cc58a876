//! Every published sample ends somewhere, and where is written down here.
//!
//! The samples are test payloads that HMCTS and the Ministry of Justice publish; they are not part of this
//! project. The tests run where they are at hand: in the folder that `USHER_SAMPLES` names, else in
//! `../shared/samples` beside the checkout. Elsewhere they pass without saying anything.

use crate::domain::event::Payload;
use crate::domain::ids::CaseId;
use crate::domain::record::{Record, Snapshot, hearings};
use crate::intake::{Hints, Read, Unusable, read};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use uuid::Uuid;

fn samples() -> Vec<(String, Vec<u8>)> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples");
    let named = std::env::var_os("USHER_SAMPLES").is_some();
    let root = std::env::var_os("USHER_SAMPLES").map_or(beside, PathBuf::from);
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path != root.join("index.json") {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                found.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty() || !named, "USHER_SAMPLES names a folder without files");
    found.sort();
    found
}

/// How a sample ends, in a line: the day, cases and lines that were read, or the fault and its place.
fn end(result: &Result<Read, Unusable>) -> String {
    match result {
        Ok(Read { payload: Payload::HearingResulted { share }, .. }) => {
            let lines: usize = share.cases.iter().map(|case| case.lines.len()).sum();
            format!("{} cases {} lines {lines}", share.day, share.cases.len())
        }
        Ok(Read { payload: Payload::CpsReceived { message }, .. }) => {
            let said: usize = message.witnesses.iter().map(|witness| witness.news.len()).sum();
            let (witnesses, news) = (message.witnesses.len(), said + message.news.len());
            format!("{} witnesses {witnesses} news {news}", message.kind)
        }
        Ok(Read { payload, .. }) => format!("{} cases {}", payload.kind(), payload.court_cases().len()),
        Err(Unusable { format, fault, place, .. }) => match place {
            Some(place) => format!("{fault} at {place}"),
            None => format!("{fault}: {format}"),
        },
    }
}

/// Where each sample ends; of what is not written down every file is not yet read.
const ENDS: &str = include_str!("samples.txt");

#[test]
fn every_sample_ends_as_written_down() {
    let mut unwritten = Vec::new();
    for (name, body) in samples() {
        let result = read(&body, &Hints::default());
        let end = end(&result);
        println!(
            "{name}: {end}{}",
            result.err().map(|unusable| format!(" ({})", unusable.reason)).unwrap_or_default()
        );
        let written = ENDS.lines().find_map(|line| line.strip_prefix(name.as_str())?.strip_prefix(": "));
        match written {
            Some(written) => assert_eq!(end, written, "{name}"),
            None if end.starts_with("not-yet-read: ") => {}
            None => unwritten.push(format!("{name}: {end}")),
        }
    }
    assert!(unwritten.is_empty(), "not written down:\n{}", unwritten.join("\n"));
}

/// The snapshots that count for each case: the latest of each hearing day, whatever order they came in.
fn import<'a>(reads: impl Iterator<Item = &'a Read>) -> BTreeMap<Uuid, Vec<Snapshot>> {
    let mut held: BTreeMap<Uuid, Vec<Snapshot>> = BTreeMap::new();
    for read in reads {
        let Some(share) = read.share() else { continue };
        for index in 0..share.cases.len() {
            let snapshot = Snapshot::of(share, index);
            let slots = held.entry(snapshot.case().court_case.0).or_default();
            match slots.iter_mut().find(|known| known.slot() == snapshot.slot()) {
                Some(known) if known.version() >= snapshot.version() => {}
                Some(known) => *known = snapshot,
                None => slots.push(snapshot),
            }
        }
    }
    held
}

#[test]
fn importing_the_samples_in_any_order_and_twice_ends_in_the_same_facts() {
    let reads: Vec<Read> =
        samples().iter().filter_map(|(_, body)| read(body, &Hints::default()).ok()).collect();
    let facts = |held: BTreeMap<Uuid, Vec<Snapshot>>| -> Vec<_> {
        held.iter()
            .map(|(case, snapshots)| {
                let snapshots: Vec<&Snapshot> = snapshots.iter().collect();
                (*case, Record::fold(&snapshots), hearings(CaseId(*case), &snapshots))
            })
            .collect()
    };
    let forward = facts(import(reads.iter()));
    assert_eq!(forward, facts(import(reads.iter().rev())));
    assert_eq!(forward, facts(import(reads.iter().chain(reads.iter()))));
}
