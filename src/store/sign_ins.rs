//! Accounts by which the unit's people sign in, and their sessions.
//!
//! Neither is a fact of casework, so they are rows of their own beside the engine: an account by its member of staff, a
//! session by the digest of its token. What a wrong password adds to is changed by the database itself, so that two who
//! guess at once are both counted.

use super::entity::{account, session};
use super::rows::{instant, millis};
use super::{Error, Store};
use crate::domain::ids::{StaffId, UnitId};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

/// An account.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Whose.
    pub staff: StaffId,
    /// The name to sign in with, in lower case.
    pub name: String,
    /// The password's digest, in the form of the Password Hashing Competition.
    pub digest: String,
    /// Whether the password must be changed first.
    pub must_change: bool,
    /// Wrong passwords in a row.
    pub wrong: i64,
    /// Until when it waits after these.
    pub waits_until: Option<DateTime<Utc>>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// When somebody last signed in by it.
    pub signed_in_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Account({})", self.staff)
    }
}

/// A session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Its unit.
    pub unit: UnitId,
    /// Whose.
    pub staff: StaffId,
    /// When it was last used, to the minute.
    pub seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub ends_at: DateTime<Utc>,
}

fn account_of(row: account::Model) -> Account {
    Account {
        staff: StaffId(row.staff),
        name: row.name,
        digest: row.digest,
        must_change: row.must_change != 0,
        wrong: row.wrong,
        waits_until: row.waits_until.map(instant),
        closed_at: row.closed_at.map(instant),
        signed_in_at: row.signed_in_at.map(instant),
    }
}

/// The account with this name, which must be in lower case.
///
/// # Errors
/// [`Error::Database`].
pub async fn account_named(store: &Store, unit: UnitId, name: &str) -> Result<Option<Account>, Error> {
    use account::Column;
    let find = account::Entity::find().filter(Column::Unit.eq(unit.0)).filter(Column::Name.eq(name));
    Ok(find.one(store.reader()).await?.map(account_of))
}

/// Somebody's account.
///
/// # Errors
/// [`Error::Database`].
pub async fn account_of_staff(store: &Store, staff: StaffId) -> Result<Option<Account>, Error> {
    Ok(account::Entity::find_by_id(staff.0).one(store.reader()).await?.map(account_of))
}

/// At most `size` accounts of a unit by name, after this one.
///
/// # Errors
/// [`Error::Database`].
pub async fn accounts(
    store: &Store,
    unit: UnitId,
    after: Option<&str>,
    size: u64,
) -> Result<Vec<Account>, Error> {
    use account::Column;
    let mut find = account::Entity::find().filter(Column::Unit.eq(unit.0));
    if let Some(after) = after {
        find = find.filter(Column::Name.gt(after));
    }
    let rows = find.order_by_asc(Column::Name).limit(size).all(store.reader()).await?;
    Ok(rows.into_iter().map(account_of).collect())
}

/// Keeps an account as it is to be; every session of its member of staff ends.
///
/// # Errors
/// [`Error::Database`].
pub async fn put_account(store: &Store, unit: UnitId, held: &Account) -> Result<(), Error> {
    use account::Column;
    let row = account::Model {
        staff: held.staff.0,
        unit: unit.0,
        name: held.name.clone(),
        digest: held.digest.clone(),
        must_change: i64::from(held.must_change),
        wrong: held.wrong,
        waits_until: held.waits_until.map(millis),
        closed_at: held.closed_at.map(millis),
        signed_in_at: held.signed_in_at.map(millis),
    };
    let columns = [
        Column::Name,
        Column::Digest,
        Column::MustChange,
        Column::Wrong,
        Column::WaitsUntil,
        Column::ClosedAt,
        Column::SignedInAt,
    ];
    let tx = store.begin().await?;
    account::Entity::insert(row.into_active_model())
        .on_conflict(OnConflict::column(Column::Staff).update_columns(columns).to_owned())
        .exec_without_returning(&tx)
        .await?;
    end_others(&tx, held.staff, "").await?;
    Ok(tx.commit().await?)
}

/// Counts a wrong password, and lets the account wait.
///
/// # Errors
/// [`Error::Database`].
pub async fn count_wrong(
    store: &Store,
    staff: StaffId,
    waits_until: impl Fn(i64) -> Option<DateTime<Utc>>,
) -> Result<(), Error> {
    use account::{Column, Entity};
    let tx = store.begin().await?;
    Entity::update_many()
        .col_expr(Column::Wrong, Expr::col(Column::Wrong).add(1))
        .filter(Column::Staff.eq(staff.0))
        .exec(&tx)
        .await?;
    let wrong = Entity::find_by_id(staff.0).one(&tx).await?.map_or(0, |row| row.wrong);
    if let Some(until) = waits_until(wrong) {
        Entity::update_many()
            .col_expr(Column::WaitsUntil, millis(until).into())
            .filter(Column::Staff.eq(staff.0))
            .exec(&tx)
            .await?;
    }
    Ok(tx.commit().await?)
}

/// Begins a session under the digest of its token: wrong passwords before it are forgotten, and sessions that are over are
/// swept away.
///
/// # Errors
/// [`Error::Database`].
pub async fn begin(store: &Store, digest: &str, session: Session) -> Result<(), Error> {
    use account::Column;
    let row = session::Model {
        digest: digest.to_owned(),
        unit: session.unit.0,
        staff: session.staff.0,
        made_at: millis(session.seen_at),
        seen_at: millis(session.seen_at),
        ends_at: millis(session.ends_at),
    };
    let tx = store.begin().await?;
    session::Entity::insert(row.into_active_model()).exec_without_returning(&tx).await?;
    session::Entity::delete_many()
        .filter(session::Column::EndsAt.lt(millis(session.seen_at)))
        .exec(&tx)
        .await?;
    account::Entity::update_many()
        .col_expr(Column::Wrong, 0.into())
        .col_expr(Column::WaitsUntil, Option::<i64>::None.into())
        .col_expr(Column::SignedInAt, millis(session.seen_at).into())
        .filter(Column::Staff.eq(session.staff.0))
        .exec(&tx)
        .await?;
    Ok(tx.commit().await?)
}

/// The session whose token has this digest.
///
/// # Errors
/// [`Error::Database`].
pub async fn session(store: &Store, digest: &str) -> Result<Option<Session>, Error> {
    let row = session::Entity::find_by_id(digest.to_owned()).one(store.reader()).await?;
    Ok(row.map(|row| Session {
        unit: UnitId(row.unit),
        staff: StaffId(row.staff),
        seen_at: instant(row.seen_at),
        ends_at: instant(row.ends_at),
    }))
}

/// Says that a session is used.
///
/// # Errors
/// [`Error::Database`].
pub async fn seen(store: &Store, digest: &str, now: DateTime<Utc>) -> Result<(), Error> {
    let tx = store.begin().await?;
    session::Entity::update_many()
        .col_expr(session::Column::SeenAt, millis(now).into())
        .filter(session::Column::Digest.eq(digest))
        .exec(&tx)
        .await?;
    Ok(tx.commit().await?)
}

/// Ends a session.
///
/// # Errors
/// [`Error::Database`].
pub async fn end(store: &Store, digest: &str) -> Result<(), Error> {
    let tx = store.begin().await?;
    session::Entity::delete_by_id(digest.to_owned()).exec(&tx).await?;
    Ok(tx.commit().await?)
}

/// Gives an account another password, and ends every session of its member of staff but this one.
///
/// # Errors
/// [`Error::Database`].
pub async fn change_password(store: &Store, staff: StaffId, password: &str, but: &str) -> Result<(), Error> {
    use account::Column;
    let tx = store.begin().await?;
    account::Entity::update_many()
        .col_expr(Column::Digest, password.into())
        .col_expr(Column::MustChange, 0.into())
        .filter(Column::Staff.eq(staff.0))
        .exec(&tx)
        .await?;
    end_others(&tx, staff, but).await?;
    Ok(tx.commit().await?)
}

async fn end_others(conn: &impl sea_orm::ConnectionTrait, staff: StaffId, but: &str) -> Result<(), Error> {
    use session::Column;
    let others =
        session::Entity::delete_many().filter(Column::Staff.eq(staff.0)).filter(Column::Digest.ne(but));
    others.exec(conn).await?;
    Ok(())
}
