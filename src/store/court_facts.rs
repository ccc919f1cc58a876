//! One digest over everything that courts have shared: the same for the same files, in whatever order they came.
//!
//! It is taken for each case of the court's, from the shares that are kept for it: those in the slots of a held case,
//! and those that wait for a case to be opened. They are folded as a case's own record is, under an id that follows
//! from the court's, so that neither ids of ours nor times of ours are in it.

use super::entity::{case, event, snapshot, unlinked};
use super::rows::Stored;
use super::seal::Keys;
use super::{Error, Store, read, waiting};
use crate::domain::court::{ResultLine, Share};
use crate::domain::event::Payload;
use crate::domain::ids::{CaseId, CourtCaseId, CourtHearingId, UnitId, derived};
use crate::domain::record::{self, Record, Snapshot};
use crate::domain::words::Word;
use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Rows read at a time.
const PAGE: u64 = 500;

/// What courts have shared, in one digest and some figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CourtFacts {
    /// SHA-256, hex, over every case's record and hearings, in the order of the court's case ids.
    pub digest: String,
    /// Cases of the courts'.
    pub cases: usize,
    /// Lines that stand in them.
    pub lines: usize,
    /// Their hearings, sat and to come.
    pub hearings: usize,
    /// A line for each code that courts used, with how many lines have it: in order of the codes.
    #[serde(skip)]
    pub codes: Vec<(ResultLine, usize)>,
}

/// The latest share of each hearing day, by the court's case.
#[derive(Default)]
struct Shared(BTreeMap<CourtCaseId, BTreeMap<(CourtHearingId, NaiveDate), Snapshot>>);

/// Folds everything that courts have shared with a unit.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn court_facts(store: &Store, unit: UnitId) -> Result<CourtFacts, Error> {
    let mut shared = Shared::default();
    held(store, unit, &mut shared).await?;
    waiting(store, unit, &mut shared).await?;
    Ok(shared.facts())
}

async fn held(store: &Store, unit: UnitId, shared: &mut Shared) -> Result<(), Error> {
    let mut last = Uuid::nil();
    loop {
        let page = case::Entity::find()
            .select_only()
            .column(case::Column::Id)
            .filter(case::Column::Unit.eq(unit.0))
            .filter(case::Column::Id.gt(last))
            .order_by_asc(case::Column::Id)
            .limit(PAGE);
        let ids: Vec<Uuid> = page.into_tuple().all(store.reader()).await?;
        let Some(end) = ids.last() else { return Ok(()) };
        last = *end;
        let mut keys = Keys::new(store.ring());
        read::keys(store.reader(), &mut keys, ids.iter().copied()).await?;
        let find = snapshot::Entity::find().filter(snapshot::Column::CaseId.is_in(ids));
        for row in find.all(store.reader()).await? {
            shared.take(Snapshot::value(&row, &keys)?);
        }
    }
}

async fn waiting(store: &Store, unit: UnitId, shared: &mut Shared) -> Result<(), Error> {
    let mut last = Uuid::nil();
    loop {
        let page = unlinked::Entity::find()
            .select_only()
            .column(unlinked::Column::Event)
            .distinct()
            .filter(unlinked::Column::Unit.eq(unit.0))
            .filter(unlinked::Column::Event.gt(last))
            .order_by_asc(unlinked::Column::Event)
            .limit(PAGE);
        let ids: Vec<Uuid> = page.into_tuple().all(store.reader()).await?;
        let Some(end) = ids.last() else { return Ok(()) };
        last = *end;
        let find = unlinked::Entity::find().filter(unlinked::Column::Event.is_in(ids.iter().copied()));
        let mut waits: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
        for row in find.all(store.reader()).await? {
            waits.entry(row.event).or_default().push(row.court_case);
        }
        let rows = event::Entity::find().filter(event::Column::Id.is_in(ids)).all(store.reader()).await?;
        let mut keys = Keys::new(store.ring());
        for event in waiting::opened(store.reader(), &mut keys, &rows).await? {
            let Payload::HearingResulted { share } = &event.payload else { continue };
            for court_case in waits.remove(&event.id.0).unwrap_or_default() {
                shared.take_part(share, CourtCaseId(court_case));
            }
        }
    }
}

impl Shared {
    fn take_part(&mut self, share: &Share, court_case: CourtCaseId) {
        if let Some(index) = share.cases.iter().position(|case| case.court_case == court_case) {
            self.take(Snapshot::of(share, index));
        }
    }

    fn take(&mut self, snapshot: Snapshot) {
        let days = self.0.entry(snapshot.case().court_case).or_default();
        match days.get_mut(&snapshot.slot()) {
            Some(held) if held.version() >= snapshot.version() => {}
            Some(held) => *held = snapshot,
            None => drop(days.insert(snapshot.slot(), snapshot)),
        }
    }

    fn facts(&self) -> CourtFacts {
        let mut sum = ring::digest::Context::new(&ring::digest::SHA256);
        let (mut lines, mut hearings) = (0, 0);
        let mut codes: BTreeMap<_, (ResultLine, usize)> = BTreeMap::new();
        for (court_case, days) in &self.0 {
            let days: Vec<&Snapshot> = days.values().collect();
            let record = Record::fold(&days);
            let sat = record::hearings(CaseId(derived(&[b"court-facts", court_case.as_bytes()])), &days);
            lines += record.lines.len();
            hearings += sat.len();
            for line in record.lines.iter().map(|standing| &standing.line) {
                let code = (line.line.word(), line.short_code.clone(), line.cjs_code.clone(), line.type_id);
                codes.entry(code).or_insert_with(|| (line.clone(), 0)).1 += 1;
            }
            let body = serde_json::to_vec(&(court_case, &record, &sat)).expect("court facts are plain data");
            sum.update(&(body.len() as u64).to_be_bytes());
            sum.update(&body);
        }
        let digest = sum.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        CourtFacts { digest, cases: self.0.len(), lines, hearings, codes: codes.into_values().collect() }
    }
}
