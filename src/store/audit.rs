//! Who looked at, told, changed or erased what: append-only, chained, and written before the answer leaves.
//!
//! Data Protection Act 2018, section 62. Every process writes chains of its own, so that writers never wait for each
//! other: an entry's chain value is SHA-256 over the one before it and the entry's digest, so an entry that is
//! changed, removed or moved breaks every later one. A disclosure waits for its entry's commit, and entries that wait
//! together are committed together.

use super::entity::audit::{Column, Entity, Model};
use super::rows::{instant, millis};
use super::{Error, Store};
use crate::domain::ids::UnitId;
use crate::words;
use chrono::{DateTime, Utc};
use ring::digest;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

words! {
    /// What was done to personal data.
    pub enum Verb as "audit verb" {
        /// It was taken in.
        Collect = "collect",
        /// It was changed.
        Alter = "alter",
        /// It was looked at.
        Consult = "consult",
        /// It was told to somebody outside the unit.
        Disclose = "disclose",
        /// It was brought together with other data.
        Combine = "combine",
        /// It was erased.
        Erase = "erase",
    }
}

/// What is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: DateTime<Utc>,
    /// Whose unit's data.
    pub unit: UnitId,
    /// Who, by the name the access table knows them by.
    pub actor: String,
    /// What they did.
    pub verb: Verb,
    /// To what: case, task, message, event, list …
    pub subject_kind: &'static str,
    /// Its id; none for a list.
    pub subject: Option<Uuid>,
    /// How many things it was about.
    pub count: i64,
}

/// An entry as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The chain.
    pub writer: String,
    /// Its number in that chain, from 1.
    pub sequence: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// The verb's word.
    pub verb: String,
    /// To what.
    pub subject_kind: String,
    /// Its id.
    pub subject: Option<Uuid>,
    /// How many.
    pub count: i64,
    /// Why, where a reason was asked for.
    pub reason: Option<String>,
    /// SHA-256 of the entry.
    pub digest: Vec<u8>,
    /// SHA-256 over the chain value before and the digest.
    pub chain: Vec<u8>,
}

impl From<Model> for Written {
    fn from(row: Model) -> Self {
        Self {
            writer: row.writer,
            sequence: row.sequence,
            at: instant(row.at),
            actor: row.actor,
            verb: row.verb,
            subject_kind: row.subject_kind,
            subject: row.subject,
            count: row.count,
            reason: row.reason,
            digest: row.digest,
            chain: row.chain,
        }
    }
}

/// The end of a chain: what the next entry follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    writer: String,
    sequence: i64,
    value: Vec<u8>,
}

impl Chain {
    /// A chain that begins: `writer` must never have written before.
    #[must_use]
    pub fn new(writer: String) -> Self {
        Self { writer, sequence: 0, value: vec![0; 32] }
    }

    /// Who writes it: no two that write at the same time are the same.
    #[must_use]
    pub fn writer(&self) -> &str {
        &self.writer
    }

    /// Writes entries after the end, and gives the new end: keep it only once the entries are committed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn append(&self, conn: &impl ConnectionTrait, entries: &[Entry]) -> Result<Self, Error> {
        let mut end = self.clone();
        let mut rows = Vec::with_capacity(entries.len());
        for entry in entries {
            let mut row = Model {
                writer: end.writer.clone(),
                sequence: end.sequence + 1,
                at: millis(entry.at),
                unit: entry.unit.0,
                actor: entry.actor.clone(),
                verb: entry.verb.to_string(),
                subject_kind: entry.subject_kind.to_owned(),
                subject: entry.subject,
                count: entry.count,
                reason: None,
                digest: Vec::new(),
                chain: Vec::new(),
            };
            row.digest = digest_of(&row);
            row.chain = follow(&end.value, &row.digest);
            end = Self { writer: end.writer, sequence: row.sequence, value: row.chain.clone() };
            rows.push(row);
        }
        for some in rows.chunks(100) {
            let some = some.iter().cloned().map(IntoActiveModel::into_active_model);
            Entity::insert_many(some).exec_without_returning(conn).await?;
        }
        Ok(end)
    }
}

/// SHA-256 over every field but the digest and the chain, each after its length.
fn digest_of(row: &Model) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    let mut take = |bytes: &[u8]| {
        context.update(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(bytes);
    };
    take(row.writer.as_bytes());
    take(&row.sequence.to_be_bytes());
    take(&row.at.to_be_bytes());
    take(row.unit.as_bytes());
    take(row.actor.as_bytes());
    take(row.verb.as_bytes());
    take(row.subject_kind.as_bytes());
    take(row.subject.as_ref().map_or(&[][..], |id| &id.as_bytes()[..]));
    take(&row.count.to_be_bytes());
    take(row.reason.as_deref().unwrap_or_default().as_bytes());
    context.finish().as_ref().to_vec()
}

fn follow(before: &[u8], digest: &[u8]) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(before);
    context.update(digest);
    context.finish().as_ref().to_vec()
}

/// The entry could not be written, so what it would have told must not be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the audit cannot be written just now")]
pub struct NotWritten;

type Ask = (Vec<Entry>, oneshot::Sender<Result<(), NotWritten>>);

/// Writes one process's entries about reading. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Auditor {
    asks: mpsc::Sender<Ask>,
}

/// How many reads may wait for their entries.
const QUEUE_MAX: usize = 4_096;
/// How many are committed together.
const BATCH_MAX: usize = 256;

impl Auditor {
    /// Starts writing on the running tokio runtime, under a name that nobody has written under before.
    #[must_use]
    pub fn start(store: Store, writer: String) -> Self {
        let (asks, receiver) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(write(store, Chain::new(writer), receiver));
        Self { asks }
    }

    /// Writes entries; answers once they are committed.
    ///
    /// # Errors
    /// [`NotWritten`].
    pub async fn write(&self, entries: Vec<Entry>) -> Result<(), NotWritten> {
        let (reply, answer) = oneshot::channel();
        self.asks.send((entries, reply)).await.map_err(|_| NotWritten)?;
        answer.await.map_err(|_| NotWritten)?
    }
}

async fn write(store: Store, mut chain: Chain, mut asks: mpsc::Receiver<Ask>) {
    let mut waiting: Vec<Ask> = Vec::new();
    while asks.recv_many(&mut waiting, BATCH_MAX).await > 0 {
        let entries: Vec<Entry> = waiting.iter().flat_map(|(entries, _)| entries).cloned().collect();
        let written = commit(&store, &chain, &entries).await;
        let answer = match written {
            Ok(end) => {
                chain = end;
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, entries = entries.len(), "audit entries were not written");
                // Whether they were committed is not known where the line broke: the chain goes on from what is there.
                if let Ok(end) = last_of(&store, &chain.writer).await {
                    chain = end;
                }
                Err(NotWritten)
            }
        };
        for (_, reply) in waiting.drain(..) {
            reply.send(answer).ok();
        }
    }
}

async fn commit(store: &Store, chain: &Chain, entries: &[Entry]) -> Result<Chain, Error> {
    let txn = store.begin().await?;
    let end = chain.append(&txn, entries).await?;
    txn.commit().await.map_err(Error::from)?;
    Ok(end)
}

async fn last_of(store: &Store, writer: &str) -> Result<Chain, Error> {
    let find = Entity::find().filter(Column::Writer.eq(writer)).order_by_desc(Column::Sequence);
    let row = find.one(store.reader()).await?;
    Ok(row.map_or_else(
        || Chain::new(writer.to_owned()),
        |row| Chain { writer: row.writer, sequence: row.sequence, value: row.chain },
    ))
}

/// Which entries.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this caller.
    pub actor: Option<String>,
    /// With these verbs; any where none.
    pub verbs: Vec<Verb>,
    /// About this.
    pub subject: Option<Uuid>,
    /// From when, inclusive.
    pub from: Option<DateTime<Utc>>,
    /// Until when, exclusive.
    pub until: Option<DateTime<Utc>>,
}

/// Entries of a unit, newest first, after `mark` (instant, writer, sequence) of the last one seen.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(
    store: &Store,
    unit: UnitId,
    filter: &Filter,
    mark: Option<&(i64, String, i64)>,
    limit: u64,
) -> Result<Vec<Written>, Error> {
    use super::queries::after;
    let mut find = Entity::find().filter(Column::Unit.eq(unit.0));
    if let Some(actor) = &filter.actor {
        find = find.filter(Column::Actor.eq(actor));
    }
    if !filter.verbs.is_empty() {
        find = find.filter(Column::Verb.is_in(filter.verbs.iter().map(ToString::to_string)));
    }
    if let Some(subject) = filter.subject {
        find = find.filter(Column::Subject.eq(subject));
    }
    if let Some(from) = filter.from {
        find = find.filter(Column::At.gte(millis(from)));
    }
    if let Some(until) = filter.until {
        find = find.filter(Column::At.lt(millis(until)));
    }
    if let Some((at, writer, sequence)) = mark {
        let columns = [Column::At, Column::Writer, Column::Sequence];
        find = find
            .filter(after::below(&columns, vec![(*at).into(), writer.clone().into(), (*sequence).into()]));
    }
    let rows = find
        .order_by_desc(Column::At)
        .order_by_desc(Column::Writer)
        .order_by_desc(Column::Sequence)
        .limit(limit)
        .all(store.reader())
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// A place where a chain is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// The chain.
    pub writer: String,
    /// The first entry that does not follow.
    pub sequence: i64,
    /// What is wrong.
    pub what: &'static str,
}

/// What going through the chains found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// How many entries follow from the one before.
    pub entries: i64,
    /// Where a chain is broken, at most 100.
    pub breaks: Vec<Break>,
}

/// The most breaks that are told.
const BREAKS_MAX: usize = 100;
/// Entries read at a time.
const PAGE: u64 = 1_000;

/// Goes through the chains in which `unit` has entries between two instants, and counts what follows. A chain is
/// followed from its beginning, whatever the period: what stands before it is what the period rests on.
///
/// # Errors
/// [`Error::Database`].
pub async fn verify(
    store: &Store,
    unit: UnitId,
    from: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
) -> Result<Verified, Error> {
    let mut find = Entity::find().select_only().column(Column::Writer).filter(Column::Unit.eq(unit.0));
    if let Some(from) = from {
        find = find.filter(Column::At.gte(millis(from)));
    }
    if let Some(until) = until {
        find = find.filter(Column::At.lt(millis(until)));
    }
    let mut writers: Vec<String> = find.distinct().into_tuple().all(store.reader()).await?;
    writers.sort();
    let mut verified = Verified::default();
    for writer in writers {
        let mut chain = Chain::new(writer.clone());
        loop {
            let rows = Entity::find()
                .filter(Column::Writer.eq(&writer))
                .filter(Column::Sequence.gt(chain.sequence))
                .order_by_asc(Column::Sequence)
                .limit(PAGE)
                .all(store.reader())
                .await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                let what = if row.sequence != chain.sequence + 1 {
                    Some("an entry before it is missing")
                } else if digest_of(&row) != row.digest {
                    Some("it was changed")
                } else if follow(&chain.value, &row.digest) != row.chain {
                    Some("it does not follow from the entry before")
                } else {
                    None
                };
                let inside = from.is_none_or(|from| millis(from) <= row.at)
                    && until.is_none_or(|until| row.at < millis(until));
                match what {
                    Some(what) if verified.breaks.len() < BREAKS_MAX => {
                        verified.breaks.push(Break { writer: writer.clone(), sequence: row.sequence, what });
                    }
                    Some(_) => {}
                    None if inside => verified.entries += 1,
                    None => {}
                }
                chain = Chain { writer: chain.writer, sequence: row.sequence, value: row.chain };
            }
        }
    }
    Ok(verified)
}
