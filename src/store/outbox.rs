//! The outbox's own moves of a message: claimed, put off, set aside.
//!
//! The state, the lease, the count of attempts and `not_before` of a message are columns, and the columns are the
//! truth, because the outbox moves them without opening the sealed body and without the case's lock. Every move is
//! an `UPDATE … WHERE` that names the state it moves from, so that of several processes at most one makes it, on
//! either database; `SKIP LOCKED` only spares PostgreSQL's processes the wait for each other.

use super::entity::message::{Column, Entity};
use super::queries::events;
use super::rows::{instant, millis};
use super::{Error, Store};
use crate::domain::event::Payload;
use crate::domain::ids::{CaseId, MessageId, UnitId};
use crate::domain::message::{Medium, MessageState};
use crate::domain::words::{self, Word};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// A message that this process may send, until its lease ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leased {
    /// The message.
    pub message: MessageId,
    /// Its unit.
    pub unit: UnitId,
    /// Its case, or the unit's desk.
    pub case: CaseId,
    /// The number of this attempt, from 1; tries by hand after a refusal are counted on.
    pub attempt: i64,
}

/// What leaves by mail; letters leave by the printer.
const BY_MAIL: [Medium; 2] = [Medium::Email, Medium::Form];

/// States from which a message may be claimed.
const MAY_LEAVE: [MessageState; 2] = [MessageState::Queued, MessageState::Deferred];

fn due(now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(Column::State.is_in(MAY_LEAVE.map(Word::word)))
        .add(Column::NotBefore.lte(millis(now)))
        .add(Column::Medium.is_in(BY_MAIL.map(Word::word)))
}

fn expired(now: DateTime<Utc>) -> Condition {
    let sending = Column::State.eq(MessageState::Sending.word());
    Condition::all().add(sending).add(Column::LeaseUntil.lte(millis(now)))
}

/// Claims at most `max` messages that are due, oldest first: each is now *sending*, leased until `lease_until`.
///
/// # Errors
/// [`Error::Database`]; nothing was claimed, or it is not known, and then the leases run out.
pub async fn claim(
    store: &Store,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    max: u64,
) -> Result<Vec<Leased>, Error> {
    let attempt = Expr::col(Column::Attempts).add(1);
    take(store, due(now), attempt, lease_until, max).await
}

/// Takes over at most `max` messages whose sender has not said in time how they fared. The attempt stays the one
/// that is in doubt; the lease is drawn out, so that one process alone says that it is.
///
/// # Errors
/// [`Error::Database`].
pub async fn take_expired(
    store: &Store,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    max: u64,
) -> Result<Vec<Leased>, Error> {
    take(store, expired(now), Expr::col(Column::Attempts), lease_until, max).await
}

async fn take(
    store: &Store,
    which: Condition,
    attempts: Expr,
    lease_until: DateTime<Utc>,
    max: u64,
) -> Result<Vec<Leased>, Error> {
    let txn = store.begin().await?;
    let find = Entity::find().select_only().column(Column::Id).filter(which.clone());
    let find = find.order_by_asc(Column::NotBefore).order_by_asc(Column::Id).limit(max);
    let oldest: Vec<Uuid> =
        find.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).into_tuple().all(&txn).await?;
    if oldest.is_empty() {
        return Ok(Vec::new());
    }
    // Two statements, because PostgreSQL may ask a subquery with a limit more than once. The condition stands in
    // both: where nothing is locked by the first, a row that another process has moved no longer fits the second.
    let mut rows = Entity::update_many()
        .col_expr(Column::State, Expr::value(MessageState::Sending.word()))
        .col_expr(Column::LeaseUntil, Expr::value(millis(lease_until)))
        .col_expr(Column::Attempts, attempts)
        .filter(Column::Id.is_in(oldest))
        .filter(which)
        .exec_with_returning(&txn)
        .await?;
    txn.commit().await?;
    rows.sort_by_key(|row| (row.not_before, row.id));
    Ok(rows
        .into_iter()
        .map(|row| Leased {
            message: MessageId(row.id),
            unit: UnitId(row.unit),
            case: CaseId(row.case_id),
            attempt: row.attempts,
        })
        .collect())
}

/// Gives a leased message back, to be tried again at `not_before`; gives whether it was still this attempt's.
///
/// # Errors
/// [`Error::Database`].
pub async fn put_off(store: &Store, leased: Leased, not_before: DateTime<Utc>) -> Result<bool, Error> {
    let moved = Entity::update_many()
        .col_expr(Column::State, Expr::value(MessageState::Deferred.word()))
        .col_expr(Column::NotBefore, Expr::value(millis(not_before)))
        .col_expr(Column::LeaseUntil, Expr::value(None::<i64>))
        .filter(of_attempt(leased))
        .exec(&store.write);
    Ok(moved.await?.rows_affected > 0)
}

/// Moves a leased message to `state` without an event: where the event that would have moved it was parked, or its
/// case cannot be opened. Gives whether it was still this attempt's.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_aside(store: &Store, leased: Leased, state: MessageState) -> Result<bool, Error> {
    let moved = Entity::update_many()
        .col_expr(Column::State, Expr::value(state.word()))
        .col_expr(Column::LeaseUntil, Expr::value(None::<i64>))
        .filter(of_attempt(leased))
        .exec(&store.write);
    Ok(moved.await?.rows_affected > 0)
}

fn of_attempt(leased: Leased) -> Condition {
    Condition::all()
        .add(Column::Id.eq(leased.message.0))
        .add(Column::State.eq(MessageState::Sending.word()))
        .add(Column::Attempts.eq(leased.attempt))
}

/// The unit of a message and how often it was tried; none where there is no such message.
///
/// # Errors
/// [`Error::Database`].
pub async fn tried(store: &Store, message: MessageId) -> Result<Option<(UnitId, i64)>, Error> {
    let find = Entity::find_by_id(message.0).select_only().columns([Column::Unit, Column::Attempts]);
    let row = find.into_tuple::<(Uuid, i64)>().one(&store.read).await?;
    Ok(row.map(|(unit, attempts)| (UnitId(unit), attempts)))
}

/// Under which name the outbox says how messages fare.
pub const SOURCE: &str = "usher:outbox";

/// Who says how an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Whoever made it.
    BySender,
    /// Whoever found its lease run out.
    AfterLease,
}

/// The reference under which it is recorded how an attempt ended: what a sender saw is told from what was concluded
/// in its stead, and both are kept.
#[must_use]
pub fn reference(message: MessageId, attempt: i64, seen: Seen) -> String {
    let of = match seen {
        Seen::BySender => "",
        Seen::AfterLease => "/lease",
    };
    format!("{message}/{attempt}{of}")
}

/// A try to send a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// When it ended; not kept of one that the relay put off.
    pub at: Option<DateTime<Utc>>,
    /// What came of it: sent, deferred, refused, unknown, or held where it was to go to nobody.
    pub state: MessageState,
    /// What the relay answered.
    pub answer: Option<String>,
}

/// Every try to send a message that has ended, oldest first.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`], [`Error::Word`].
pub async fn attempts(store: &Store, message: MessageId) -> Result<Vec<Tried>, Error> {
    let find = Entity::find_by_id(message.0).select_only();
    let find = find.columns([Column::Unit, Column::State, Column::Attempts]);
    let row = find.into_tuple::<(Uuid, String, i64)>().one(&store.read).await?;
    let Some((unit, state, made)) = row else { return Ok(Vec::new()) };
    let under_way = words::parse::<MessageState>(&state)? == MessageState::Sending;
    let ended = if under_way { made - 1 } else { made };
    let both = |nth| [Seen::BySender, Seen::AfterLease].map(|seen| reference(message, nth, seen));
    let references: Vec<String> = (1..=ended).flat_map(both).collect();
    let events = events::of_references(store, UnitId(unit), SOURCE, &references).await?;
    let tried = |nth| {
        let event = both(nth).iter().find_map(|of| events.iter().find(|event| event.reference == *of));
        let Some(event) = event else {
            return Tried { at: None, state: MessageState::Deferred, answer: None };
        };
        let (state, answer) = match &event.payload {
            Payload::MessageFared { fate, .. } => fate.brings(),
            _ => (MessageState::Unknown, None),
        };
        let at = event.occurred_at.unwrap_or(event.recorded_at);
        Tried { at: Some(at), state, answer: answer.map(str::to_owned) }
    };
    Ok((1..=ended).map(tried).collect())
}

/// The next instant at which something may leave or a lease runs out; none where nothing waits.
///
/// # Errors
/// [`Error::Database`].
pub async fn next_at(store: &Store) -> Result<Option<DateTime<Utc>>, Error> {
    let first = |state: MessageState, by: Column| {
        let find = Entity::find().select_only().column(by).filter(Column::State.eq(state.word()));
        let by_mail = Column::Medium.is_in(BY_MAIL.map(Word::word));
        let find = find.filter(by.is_not_null()).filter(by_mail).order_by_asc(by).limit(1);
        find.into_tuple::<i64>().one(&store.read)
    };
    // A query a state: the index is over state and time, and gives one state's in the order of time.
    let queued = first(MessageState::Queued, Column::NotBefore).await?;
    let deferred = first(MessageState::Deferred, Column::NotBefore).await?;
    let runs_out = first(MessageState::Sending, Column::LeaseUntil).await?;
    Ok([queued, deferred, runs_out].into_iter().flatten().min().map(instant))
}

/// A message in the list of those that did not, or not yet, leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// The message.
    pub message: MessageId,
    /// Its case, or the unit's desk.
    pub case: CaseId,
    /// Its template.
    pub template: String,
    /// How it travels.
    pub medium: Medium,
    /// Where it stands.
    pub state: MessageState,
    /// When it may leave, or be tried again.
    pub not_before: DateTime<Utc>,
    /// Tries so far.
    pub attempts: i64,
}

/// A page of a unit's messages in these states, in the order of their ids; `after` is the last of the page before.
///
/// # Errors
/// [`Error::Database`], [`Error::Word`].
pub async fn unsent(
    store: &Store,
    unit: UnitId,
    states: &[MessageState],
    after: Option<MessageId>,
    max: u64,
) -> Result<Vec<Unsent>, Error> {
    type Row = (Uuid, Uuid, String, String, String, i64, i64);
    let columns = [
        Column::Id,
        Column::CaseId,
        Column::Template,
        Column::Medium,
        Column::State,
        Column::NotBefore,
        Column::Attempts,
    ];
    let mut find = Entity::find()
        .select_only()
        .columns(columns)
        .filter(Column::Unit.eq(unit.0))
        .filter(Column::State.is_in(states.iter().map(|state| state.word())))
        .order_by_asc(Column::Id)
        .limit(max);
    if let Some(after) = after {
        find = find.filter(Column::Id.gt(after.0));
    }
    let rows = find.into_tuple::<Row>().all(&store.read).await?;
    let row = |(id, case, template, medium, state, not_before, attempts): Row| {
        Ok(Unsent {
            message: MessageId(id),
            case: CaseId(case),
            template,
            medium: words::parse(&medium)?,
            state: words::parse(&state)?,
            not_before: instant(not_before),
            attempts,
        })
    };
    rows.into_iter().map(row).collect()
}

/// How many messages stand in which state, and which has waited longest past its time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// How many stand in which state; states without any are left out.
    pub by_state: Vec<(MessageState, i64)>,
    /// Since when the oldest message that may leave could have left.
    pub oldest_due: Option<DateTime<Utc>>,
}

/// Counts the messages of all units.
///
/// # Errors
/// [`Error::Database`], [`Error::Word`].
pub async fn standing(store: &Store, now: DateTime<Utc>) -> Result<Standing, Error> {
    let by_state = Entity::find()
        .select_only()
        .column(Column::State)
        .column_as(Expr::col(Column::Id).count(), "held")
        .group_by(Column::State)
        .order_by_asc(Column::State)
        .into_tuple::<(String, i64)>()
        .all(&store.read)
        .await?;
    let by_state = by_state.into_iter().map(|(state, held)| Ok((words::parse(&state)?, held)));
    let oldest = Entity::find()
        .select_only()
        .column(Column::NotBefore)
        .filter(due(now))
        .order_by_asc(Column::NotBefore)
        .limit(1)
        .into_tuple::<i64>()
        .one(&store.read);
    Ok(Standing { by_state: by_state.collect::<Result<_, Error>>()?, oldest_due: oldest.await?.map(instant) })
}
