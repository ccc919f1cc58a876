//! AccountService: who signs in.
//!
//! A wrong name costs what a wrong password costs: a digest is checked in both cases, so that neither answer nor time tells
//! which names there are. Few digests are worked out at a time, since each takes some megabytes and milliseconds.

use crate::domain::ids::StaffId;
use crate::domain::staff::{Roster, UnitMode};
use crate::grpc::access::Identity;
use crate::grpc::access::guard::caller;
use crate::grpc::access::sessions::{LASTS, identity_of};
use crate::grpc::access::tokens::{TokenHash, bearer};
use crate::grpc::api::Api;
use crate::grpc::convert::field::{self, timestamp, timestamp_of};
use crate::grpc::convert::staff::{self, Shown};
use crate::grpc::page::Pages;
use crate::grpc::pb::account_service_server::AccountService;
use crate::grpc::pb::{self, Reason};
use crate::grpc::refused::Refused;
use crate::store::Store;
use crate::store::audit::Verb;
use crate::store::sign_ins::{self, Account};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use chrono::{DateTime, TimeDelta, Utc};
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;
use tokio::sync::Semaphore;
use tonic::{Request, Response, Status};

/// The service.
pub struct Accounts(pub Api);

/// Digests that are worked out at a time.
static AT_ONCE: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(2));
/// Wrong passwords in a row before an account waits.
const WRONG_MAX: i64 = 5;
/// How long it waits then; twice as long after each further one.
const WAIT: TimeDelta = TimeDelta::seconds(30);
/// And at most.
const WAIT_MAX: TimeDelta = TimeDelta::hours(1);
/// Characters of a password.
const LENGTH: std::ops::RangeInclusive<usize> = 12..=200;
/// Characters of an account's name, at most.
const NAME_MAX: usize = 100;

/// Names, each with how often it was tried in a row and until when it waits.
type Tried = LruCache<String, (i64, DateTime<Utc>)>;

/// Names that nobody has, with how often they were tried: they wait as accounts do, so that waiting tells nothing either. The
/// oldest are forgotten, and all of them when usher starts again.
static NOBODYS: LazyLock<Mutex<Tried>> =
    LazyLock::new(|| Mutex::new(LruCache::new(NonZeroUsize::new(10_000).expect("ten thousand is not zero"))));

/// Until when a name that nobody has waits, after one more try by it where it does not wait yet.
fn nobody_waits(name: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut names = NOBODYS.lock().expect("no holder of the names panics");
    let (wrong, until) = names.get(name).copied().unwrap_or((0, now));
    if until > now {
        return Some(until);
    }
    let next = waits_until(wrong + 1, now).unwrap_or(now);
    names.put(name.to_owned(), (wrong + 1, next));
    None
}

/// Works something out with passwords, away from the threads that serve.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refused> {
    let broken = || Refused::new(Reason::Internal, "working out the digest broke down; it is logged");
    let _turn = AT_ONCE.acquire().await.map_err(|_| broken())?;
    tokio::task::spawn_blocking(work).await.map_err(|_| broken())
}

/// The digest of a password: Argon2id with a salt of its own.
///
/// # Errors
/// [`Refused`] where the system gives no randomness.
pub async fn digest(password: String) -> Result<String, Refused> {
    let digest =
        apart(move || Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()));
    digest
        .await?
        .map_err(|_| Refused::new(Reason::Internal, "the system gives no randomness; nothing was made"))
}

/// Whether a password is the one of a digest. Without a digest one of nothing is checked, which takes as long.
async fn is_right(password: String, digest: Option<String>) -> Result<bool, Refused> {
    static OF_NOBODY: LazyLock<String> = LazyLock::new(|| {
        let digest = Argon2::default().hash_password(b"the password of nobody at all");
        digest.map(|digest| digest.to_string()).unwrap_or_default()
    });
    apart(move || {
        let known = digest.is_some();
        let digest = digest.unwrap_or_else(|| OF_NOBODY.clone());
        let right = PasswordHash::new(&digest)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        right && known
    })
    .await
}

/// A name to sign in with, as it is compared.
fn name_of(text: &str) -> Result<String, Refused> {
    let name = field::text("name", text.trim(), NAME_MAX)?.to_lowercase();
    let fits = |c: char| c.is_alphanumeric() || ".-_@".contains(c);
    if !name.chars().all(fits) {
        return Err(Refused::invalid("name", "must be letters, digits, dots, hyphens, underscores and @"));
    }
    Ok(name)
}

/// Why a password may not be taken; none where it may.
fn fault_of(password: &str, name: &str, old: Option<&str>) -> Option<&'static str> {
    if !LENGTH.contains(&password.chars().count()) {
        return Some("must have at least 12 characters, and at most 200");
    }
    if password.to_lowercase().contains(name) {
        return Some("must not hold the name that you sign in with");
    }
    if old == Some(password) {
        return Some("must be another than the old one");
    }
    let first = password.chars().next();
    password.chars().all(|c| Some(c) == first).then_some("must not be one character again and again")
}

/// A password for a first sign-in: short groups that can be read out over the telephone.
fn first_password(token: &str) -> String {
    // Without what looks or sounds alike.
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let bytes = token.trim_start_matches("usher_").as_bytes().chunks(2).take(16);
    let letters = bytes.map(|pair| {
        let value = usize::from(pair[0]) * 7 + usize::from(*pair.get(1).unwrap_or(&0)) * 13;
        char::from(LETTERS[value % LETTERS.len()])
    });
    let letters: Vec<char> = letters.collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

impl Accounts {
    fn session(
        &self,
        roster: &Roster,
        identity: &Identity,
        account: Option<&Account>,
        ends: Option<DateTime<Utc>>,
    ) -> pb::Session {
        let me = identity.staff.and_then(|id| roster.staff(id));
        pb::Session {
            staff: me.map(|me| staff::staff(me, Shown::Little)),
            role: identity.role.to_string(),
            account: account.map_or(String::new(), |account| account.name.clone()),
            must_change_password: account.is_some_and(|account| account.must_change),
            ends_at: timestamp_of(ends),
            unit_name: roster.unit.name.clone(),
            test_mode: roster.unit.mode == UnitMode::Test,
        }
    }

    async fn wrote(&self, caller: &Identity, staff: StaffId) -> Result<(), Refused> {
        self.0.wrote(caller, Verb::Alter, "account", staff.0).await
    }
}

fn shown(account: &Account, now: DateTime<Utc>) -> pb::Account {
    pb::Account {
        staff_id: account.staff.to_string(),
        name: account.name.clone(),
        closed: account.closed_at.is_some(),
        waits_until: timestamp_of(account.waits_until.filter(|until| *until > now)),
        signed_in_at: timestamp_of(account.signed_in_at),
    }
}

/// Until when an account waits after so many wrong passwords in a row.
fn waits_until(wrong: i64, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let over = u32::try_from(wrong - WRONG_MAX).ok()?;
    let wait = 2_i32.checked_pow(over).and_then(|times| WAIT.checked_mul(times)).unwrap_or(WAIT_MAX);
    Some(now + wait.min(WAIT_MAX))
}

fn too_many(until: DateTime<Utc>, now: DateTime<Utc>) -> Refused {
    let left = (until - now).to_std().unwrap_or(Duration::from_secs(1));
    let message = format!("too many wrong passwords: try again in {} seconds", left.as_secs().max(1));
    Refused::new(Reason::TooManyAttempts, message).after(left)
}

fn wrong() -> Refused {
    Refused::new(
        Reason::CredentialsInvalid,
        "name or password is wrong: check both, or ask a manager for a new password",
    )
}

/// An account as somebody wants it.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// Whose.
    pub staff: StaffId,
    /// The name to sign in with; as it stands where empty.
    pub name: &'a str,
    /// Whether nobody is to sign in by it.
    pub closed: bool,
}

/// Makes, changes or closes an account; answers it with the password that was made from `token`, which is kept nowhere.
///
/// # Errors
/// [`Refused`].
pub async fn put(
    store: &Store,
    roster: &Roster,
    wish: Wish<'_>,
    now: DateTime<Utc>,
    token: &str,
) -> Result<(Account, String), Refused> {
    let me = Api::found(roster.staff(wish.staff), "member of staff", wish.staff)?;
    if !wish.closed && me.left_at.is_some_and(|left| left <= now) {
        return Err(Refused::new(
            Reason::StateForbids,
            "they have left the unit: their account stays closed",
        ));
    }
    let held = sign_ins::account_of_staff(store, wish.staff).await?;
    let name = match (wish.name.trim(), &held) {
        ("", Some(held)) => held.name.clone(),
        (name, _) => name_of(name)?,
    };
    let other = sign_ins::account_named(store, roster.unit.id, &name).await?;
    if other.is_some_and(|other| other.staff != wish.staff) {
        return Err(Refused::invalid("name", "is another account's: choose another"));
    }
    let password = if wish.closed { String::new() } else { first_password(token) };
    let digest = match (&held, wish.closed) {
        (Some(held), true) => held.digest.clone(),
        _ => digest(password.clone()).await?,
    };
    let account = Account {
        staff: wish.staff,
        name,
        digest,
        must_change: !wish.closed,
        wrong: 0,
        waits_until: None,
        closed_at: wish.closed.then_some(now),
        signed_in_at: held.and_then(|held| held.signed_in_at),
    };
    sign_ins::put_account(store, roster.unit.id, &account).await?;
    Ok((account, password))
}

#[tonic::async_trait]
impl AccountService for Accounts {
    async fn sign_in(
        &self,
        request: Request<pb::SignInRequest>,
    ) -> Result<Response<pb::SignInResponse>, Status> {
        let asked = request.into_inner();
        let (store, now) = (self.0.store(), self.0.now());
        let unit = self.0.unit();
        // A name that cannot be one is nobody's: it is told no sooner than a wrong password.
        let name = name_of(&asked.name).unwrap_or_default();
        let held = sign_ins::account_named(store, unit, &name).await.map_err(Refused::from)?;
        if let Some(until) = held.as_ref().and_then(|held| held.waits_until).filter(|until| *until > now) {
            return Err(too_many(until, now).into());
        }
        if held.is_none()
            && let Some(until) = nobody_waits(&name, now)
        {
            return Err(too_many(until, now).into());
        }
        let digest = held.as_ref().map(|held| held.digest.clone());
        let right = is_right(asked.password, digest).await?;
        let roster = self.0.roster(unit).await?;
        let me = held.as_ref().and_then(|held| roster.staff(held.staff));
        let here = me.filter(|me| me.left_at.is_none_or(|left| left > now));
        let (Some(account), Some(me), true) = (held.as_ref(), here, right) else {
            if let Some(account) = &held {
                let wait = |wrong| waits_until(wrong, now);
                sign_ins::count_wrong(store, account.staff, wait).await.map_err(Refused::from)?;
                tracing::warn!(staff = %account.staff, "a sign-in was refused");
            }
            return Err(wrong().into());
        };
        if account.closed_at.is_some() {
            return Err(wrong().into());
        }
        let token = self.0.new_token()?;
        let session = sign_ins::Session { unit, staff: me.id, seen_at: now, ends_at: now + LASTS };
        sign_ins::begin(store, &TokenHash::of(&token).hex(), session).await.map_err(Refused::from)?;
        tracing::info!(staff = %me.id, "signed in");
        let identity = identity_of(me, unit);
        let session = Some(self.session(&roster, &identity, Some(account), Some(session.ends_at)));
        Ok(Response::new(pb::SignInResponse { token, session }))
    }

    async fn sign_out(
        &self,
        request: Request<pb::SignOutRequest>,
    ) -> Result<Response<pb::SignOutResponse>, Status> {
        if let Ok(token) = bearer(request.metadata().as_ref()) {
            let digest = TokenHash::of(token).hex();
            sign_ins::end(self.0.store(), &digest).await.map_err(Refused::from)?;
        }
        Ok(Response::new(pb::SignOutResponse {}))
    }

    async fn get_session(
        &self,
        request: Request<pb::GetSessionRequest>,
    ) -> Result<Response<pb::GetSessionResponse>, Status> {
        let caller = caller(&request)?;
        let digest = bearer(request.metadata().as_ref()).map(|token| TokenHash::of(token).hex()).ok();
        let store = self.0.store();
        let mut ends = None;
        if let Some(digest) = digest {
            ends = sign_ins::session(store, &digest)
                .await
                .map_err(Refused::from)?
                .map(|session| session.ends_at);
        }
        let account = match (caller.staff, ends) {
            (Some(staff), Some(_)) => {
                sign_ins::account_of_staff(store, staff).await.map_err(Refused::from)?
            }
            _ => None,
        };
        let roster = self.0.roster(caller.unit).await?;
        let session = Some(self.session(&roster, &caller, account.as_ref(), ends));
        Ok(Response::new(pb::GetSessionResponse { session, now: Some(timestamp(self.0.now())) }))
    }

    async fn change_password(
        &self,
        request: Request<pb::ChangePasswordRequest>,
    ) -> Result<Response<pb::ChangePasswordResponse>, Status> {
        let caller = caller(&request)?;
        let own =
            bearer(request.metadata().as_ref()).map(|token| TokenHash::of(token).hex()).unwrap_or_default();
        let asked = request.into_inner();
        let (store, now) = (self.0.store(), self.0.now());
        let held = match caller.staff {
            Some(staff) => sign_ins::account_of_staff(store, staff).await.map_err(Refused::from)?,
            None => None,
        };
        let Some(held) = held else {
            let message = "the caller has no account: the token is changed in the configuration";
            return Err(Refused::new(Reason::StateForbids, message).into());
        };
        if let Some(until) = held.waits_until.filter(|until| *until > now) {
            return Err(too_many(until, now).into());
        }
        if !is_right(asked.old_password.clone(), Some(held.digest.clone())).await? {
            let wait = |wrong| waits_until(wrong, now);
            sign_ins::count_wrong(store, held.staff, wait).await.map_err(Refused::from)?;
            let message = "the old password is wrong";
            return Err(Refused::new(Reason::CredentialsInvalid, message)
                .about("old_password", message)
                .into());
        }
        if let Some(fault) = fault_of(&asked.new_password, &held.name, Some(&asked.old_password)) {
            return Err(Refused::invalid("new_password", fault).into());
        }
        let digest = digest(asked.new_password).await?;
        sign_ins::change_password(store, held.staff, &digest, &own).await.map_err(Refused::from)?;
        self.wrote(&caller, held.staff).await?;
        Ok(Response::new(pb::ChangePasswordResponse {}))
    }

    async fn put_account(
        &self,
        request: Request<pb::PutAccountRequest>,
    ) -> Result<Response<pb::PutAccountResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let now = self.0.now();
        let id: StaffId = field::id("staff_id", &asked.staff_id)?;
        let roster = self.0.roster(caller.unit).await?;
        let wish = Wish { staff: id, name: &asked.name, closed: asked.closed };
        let (account, password) = put(self.0.store(), &roster, wish, now, &self.0.new_token()?).await?;
        self.wrote(&caller, id).await?;
        Ok(Response::new(pb::PutAccountResponse { account: Some(shown(&account, now)), password }))
    }

    async fn list_accounts(
        &self,
        request: Request<pb::ListAccountsRequest>,
    ) -> Result<Response<pb::ListAccountsResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let size = Pages::size(asked.page_size)?;
        let scope = format!("ListAccounts/{}", caller.unit);
        let mark: Option<String> = self.0.pages().read(&scope, &asked.page_token)?;
        let found = sign_ins::accounts(self.0.store(), caller.unit, mark.as_deref(), size as u64 + 1).await;
        let mut found = found.map_err(Refused::from)?;
        let more = found.len() > size;
        found.truncate(size);
        let next = found.last().filter(|_| more).map(|account| account.name.clone());
        self.0.listed(&caller, "accounts", found.len()).await?;
        let now = self.0.now();
        Ok(Response::new(pb::ListAccountsResponse {
            accounts: found.iter().map(|account| shown(account, now)).collect(),
            next_page_token: self.0.pages().write(&scope, next),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_waits_longer_after_each_further_wrong_password() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let seconds = |wrong| waits_until(wrong, now).map(|until| (until - now).num_seconds());
        assert_eq!([4, 5, 6, 7].map(seconds), [None, Some(30), Some(60), Some(120)]);
        assert_eq!(seconds(50), Some(3_600));
    }

    #[test]
    fn a_password_is_long_and_does_not_hold_the_name() {
        assert!(fault_of("short", "ada", None).is_some());
        assert!(fault_of("aaaaaaaaaaaaaa", "ada", None).is_some());
        assert!(fault_of("my name is Ada today", "ada", None).is_some());
        assert_eq!(fault_of("three words of a song", "ada", None), None);
        assert!(fault_of("three words of a song", "ada", Some("three words of a song")).is_some());
    }

    #[tokio::test]
    async fn a_password_is_known_by_its_digest_alone_and_no_two_digests_are_the_same() {
        let one = digest("three words of a song".to_owned()).await.unwrap();
        let other = digest("three words of a song".to_owned()).await.unwrap();
        assert!(one.starts_with("$argon2id$") && one != other);
        assert!(is_right("three words of a song".to_owned(), Some(one.clone())).await.unwrap());
        assert!(!is_right("three words of a sons".to_owned(), Some(one)).await.unwrap());
        assert!(!is_right("anything".to_owned(), None).await.unwrap());
    }

    #[test]
    fn a_first_password_can_be_read_out() {
        let password = first_password(&format!("usher_{}", "0123456789abcdef".repeat(4)));
        assert_eq!(password.len(), 19);
        assert!(password.split('-').all(|group| group.len() == 4));
    }
}
