//! The outbox: takes messages that are due, asks once more whether they may go, sends them, and says how they fared.
//!
//! ```text
//! claim (lease) → check → send → note: an event (sent, refused, unknown, unaddressed) or a later attempt
//!       └──── the sender dies: the lease runs out ────→ unknown
//! ```
//!
//! Invariants
//! - A message is sent by one process at a time: claiming is one `UPDATE … WHERE` ([`crate::store::outbox`]).
//! - No lock and no transaction is held while a relay is talked to.
//! - What was said is what was decided: subject, text and Message-ID are never made here. Whether it may go, and
//!   where, is asked again for every attempt ([`crate::render::resolve`]).
//! - A mail that may have left is not sent again in silence. To the unit's own people it may be repeated under the
//!   same Message-ID; for everybody else it is an event, from which rules make a person's task.
//! - Rules hear of every end, never of an attempt that was merely put off.

mod bounce;
mod letter;
mod note;
mod settings;
mod verdict;

pub use bounce::Bounce;
pub use settings::{RepeatUnknown, Settings};

use crate::domain::event::Fate;
use crate::domain::ids::UnitId;
use crate::domain::london::Instant;
use crate::domain::message::{Audience, Message};
use crate::domain::staff::Roster;
use crate::domain::state::CaseState;
use crate::engine::{self, Engine};
use crate::mail::{Breaker, Fault, Mail, Outcome, Permit, Phase, Reason, ReturnPath, Transport};
use crate::rounds;
use crate::store::outbox::Leased;
use crate::store::{self, read};
use chrono::TimeDelta;
use futures::stream::{FuturesUnordered, StreamExt};
use letter::Checked;
use note::{Ended, Note, Seen};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use verdict::Verdict;

/// How much longer than the longest attempt a lease is, so that its end means that the sender is gone.
const LEASE_MARGIN: Duration = Duration::from_secs(60);

/// How often it is looked again for what has become due while mails are under way and none of them ends.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// After how long an attempt is told to the log, and how often again while it lasts.
const LONG: Duration = Duration::from_secs(60);

/// How many leases that ran out are looked at in one round.
const EXPIRED_MAX: u64 = 100;

/// Why a round of the outbox ended early. Nothing is lost: what was claimed is noted later, or its lease runs out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// An event was not recorded.
    #[error(transparent)]
    Engine(#[from] engine::Error),
}

/// Settings that no outbox can be made from.
#[derive(Debug, thiserror::Error)]
#[error("outbox.return_path cannot be used: {0}")]
pub struct BadReturnPath(#[from] crate::domain::email::Error);

/// What came of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    /// Taken by the relay.
    pub sent: u32,
    /// To be tried again.
    pub put_off: u32,
    /// Refused, or given up.
    pub refused: u32,
    /// Taken or not: nobody knows.
    pub unknown: u32,
    /// Not sent, because the recipient must not or cannot be written to.
    pub held: u32,
}

impl Round {
    /// How many messages it moved.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.sent + self.put_off + self.refused + self.unknown + self.held
    }

    fn count(&mut self, ended: &Ended) {
        let counter = match ended {
            Ended::Again(_) => &mut self.put_off,
            Ended::Unreadable => &mut self.held,
            Ended::Fared { fate, .. } => match fate {
                Fate::Sent | Fate::Printed => &mut self.sent,
                Fate::Refused { .. } | Fate::Bounced { .. } => &mut self.refused,
                Fate::Unknown { .. } => &mut self.unknown,
                Fate::Unaddressed { .. } => &mut self.held,
            },
        };
        *counter += 1;
    }
}

/// The outbox of one process. Cheap to clone; clones share the relay's breaker.
#[derive(Clone)]
pub struct Outbox {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    transport: Transport,
    settings: Settings,
    return_path: ReturnPath,
    breaker: Mutex<Breaker>,
    unnoted: Mutex<Vec<Note>>,
    rosters: Mutex<HashMap<UnitId, Arc<Roster>>>,
}

/// A leased message with all that its attempt needs.
struct InHand {
    leased: Leased,
    case: Arc<CaseState>,
    roster: Arc<Roster>,
}

impl InHand {
    fn message(&self) -> Option<&Message> {
        self.case.messages.iter().find(|held| held.id == self.leased.message).map(|held| &**held)
    }
}

impl Outbox {
    /// An outbox that sends by `transport` what `engine` decides.
    ///
    /// # Errors
    /// [`BadReturnPath`] if no return path for a message can be made under the one of the settings.
    pub fn new(engine: Engine, transport: Transport, settings: Settings) -> Result<Self, BadReturnPath> {
        let return_path = ReturnPath::new(settings.return_path.clone())?;
        let inner = Inner {
            engine,
            transport,
            return_path,
            breaker: Mutex::new(Breaker::new(settings.breaker)),
            settings,
            unnoted: Mutex::default(),
            rosters: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Sends everything that is due now, once; answers when each is noted.
    ///
    /// # Errors
    /// [`Error`] if the database is away; what was under way is finished first.
    pub async fn tick(&self) -> Result<Round, Error> {
        self.inner.send_due(&CancellationToken::new()).await
    }

    /// Sends until `closing`, woken by the engine's commits. Then nothing more is claimed, and what is under way is
    /// waited for, for as long as the settings say.
    pub async fn run(&self, closing: &CancellationToken) {
        let inner = &self.inner;
        let work = rounds::run("outbox", &**inner, closing, inner.engine.commits());
        let patience = async {
            closing.cancelled().await;
            tokio::time::sleep(inner.settings.closing).await;
        };
        tokio::select! {
            () = work => {}
            () = patience => tracing::warn!("mails are still under way at the end: they will end as unknown"),
        }
    }

    /// How many ends of attempts the database has not taken yet: not zero only while it is away.
    #[must_use]
    pub fn unnoted(&self) -> usize {
        self.inner.unnoted.lock().expect("no holder of the notes panics").len()
    }

    /// Whether the relay is believed to be well.
    #[must_use]
    pub fn relay_is_well(&self) -> bool {
        self.inner.breaker.lock().expect("no holder of the breaker panics").is_closed()
    }
}

impl rounds::Rounds for Inner {
    type Error = Error;

    async fn round(&self, closing: &CancellationToken) -> Result<Duration, Error> {
        self.send_due(closing).await?;
        self.idle().await
    }
}

impl Inner {
    fn now(&self) -> Instant {
        self.engine.clock().now()
    }

    /// A number in 0..1 from where ids come from: seeded in tests.
    fn jitter(&self) -> f64 {
        let low = self.engine.ids().next(self.now()).as_u64_pair().1;
        f64::from(u32::try_from(low & 0xffff_ffff).unwrap_or(0)) / f64::from(u32::MAX)
    }

    fn attempt_max(&self) -> Duration {
        match &self.transport {
            Transport::Smtp(relay) => relay.attempt_max(),
            Transport::Folder(_) | Transport::Memory(_) => Duration::from_secs(10),
        }
    }

    fn lease_until(&self, now: Instant) -> Instant {
        let lease = self.settings.lease.max(self.attempt_max() + LEASE_MARGIN);
        now + TimeDelta::from_std(lease).unwrap_or(TimeDelta::hours(1))
    }

    /// How long there is nothing to do.
    async fn idle(&self) -> Result<Duration, Error> {
        let next = store::outbox::next_at(self.engine.store()).await?;
        let now = self.now();
        if next.is_some_and(|next| next <= now) {
            // Due, and left where it is: the relay has a rest, or another process is at it.
            return Ok(rounds::SLEEP_MAX);
        }
        Ok(next.and_then(|next| (next - now).to_std().ok()).unwrap_or(rounds::SLEEP_MAX))
    }

    async fn send_due(&self, closing: &CancellationToken) -> Result<Round, Error> {
        let mut round = Round::default();
        let at_once = self.settings.at_once.max(1);
        let mut under_way = FuturesUnordered::new();
        let mut failed: Option<Error> = None;
        // Those under way of which none ended for a while: a silent relay may keep them for minutes.
        let mut slow = 0;
        let mut look = true;
        loop {
            let free = at_once - under_way.len();
            if free > 0 && !closing.is_cancelled() {
                // In lots of half: a claim and the reading of the cases cost the same for one mail as for several.
                let claimed = if look {
                    self.look(free, &mut round).await
                } else if failed.is_none() && free * 2 >= at_once - slow {
                    self.claim(free).await.map_err(Error::from)
                } else {
                    Ok(Vec::new())
                };
                match claimed {
                    Ok(hands) => {
                        failed = failed.filter(|_| !look);
                        under_way.extend(hands.into_iter().map(|hand| self.attempt(hand)));
                    }
                    // Never dropped in the middle: a mail under way would end as unknown.
                    Err(error) => {
                        if failed.is_none() && !under_way.is_empty() {
                            tracing::warn!(%error, "nothing more is claimed for the moment");
                        }
                        failed = Some(error);
                    }
                }
            }
            if under_way.is_empty() {
                break;
            }
            look = tokio::select! {
                Some(ended) = under_way.next() => {
                    round.count(&ended);
                    slow = slow.min(under_way.len());
                    false
                }
                () = tokio::time::sleep(LOOK_AGAIN) => {
                    slow = under_way.len();
                    true
                }
            };
        }
        failed.map_or(Ok(round), Err)
    }

    /// Notes what is left to note, ends what has expired, and claims what is due.
    async fn look(&self, free: usize, round: &mut Round) -> Result<Vec<InHand>, Error> {
        self.note_what_is_left().await?;
        // Asked of a reader first: rounds are many, and the one that writes has other things to do.
        let next = store::outbox::next_at(self.engine.store()).await?;
        if next.is_none_or(|next| next > self.now()) {
            return Ok(Vec::new());
        }
        self.end_expired(round).await?;
        Ok(self.claim(free).await?)
    }

    /// Claims at most `free` messages, as far as the breaker lets them, and reads what their attempts need.
    async fn claim(&self, free: usize) -> Result<Vec<InHand>, store::Error> {
        let now = self.now();
        let max = match self.breaker.lock().expect("no holder of the breaker panics").ask(now) {
            Permit::Wait { .. } => return Ok(Vec::new()),
            Permit::Probe => 1,
            Permit::Send => u64::try_from(free).unwrap_or(1),
        };
        let store = self.engine.store();
        let claimed = store::outbox::claim(store, now, self.lease_until(now), max).await;
        let leased = claimed.inspect_err(|_| self.learn_nothing())?;
        if leased.is_empty() {
            self.learn_nothing();
        }
        Ok(self.open(leased).await)
    }

    /// Gives a probe's permit back that no relay was asked with.
    fn learn_nothing(&self) {
        let unasked = Outcome::Refused { reason: Reason::own(Phase::Compose, "nothing was sent") };
        self.breaker.lock().expect("no holder of the breaker panics").note(&unasked, self.now(), 0.0);
    }

    /// Reads the cases of leased messages, all at once or, if one of them does not open, each by itself.
    async fn open(&self, leased: Vec<Leased>) -> Vec<InHand> {
        let mut hands = Vec::with_capacity(leased.len());
        if let Ok(all) = self.in_hand(&leased).await {
            return all;
        }
        for one in leased {
            match self.in_hand(&[one]).await {
                Ok(hand) if !hand.is_empty() => hands.extend(hand),
                Err(error) if !error.is_bug() => {
                    // The database went away between the claim and the look: certainly not sent.
                    let again = self.now() + TimeDelta::seconds(1);
                    tracing::warn!(id = %one.message, %error, "a leased message cannot be read just now");
                    self.note(Note { leased: one, ended: Ended::Again(again) }).await;
                }
                unreadable => {
                    let error =
                        unreadable.err().map_or_else(|| "it is not there".to_owned(), |e| e.to_string());
                    tracing::error!(id = %one.message, error, "a message cannot be read: it is held");
                    self.note(Note { leased: one, ended: Ended::Unreadable }).await;
                }
            }
        }
        hands
    }

    /// What the attempts at these messages need; one whose message is not found is left out.
    async fn in_hand(&self, leased: &[Leased]) -> Result<Vec<InHand>, store::Error> {
        let mut ids: Vec<_> = leased.iter().map(|leased| leased.case).collect();
        ids.sort_unstable();
        ids.dedup();
        let cases = read::cases(self.engine.store(), &ids).await?;
        let cases: HashMap<_, _> = cases.into_iter().map(|case| (case.case.id, Arc::new(case))).collect();
        let mut hands = Vec::with_capacity(leased.len());
        for leased in leased {
            let Some(case) = cases.get(&leased.case).cloned() else { continue };
            let hand = InHand { leased: *leased, case, roster: self.roster(leased.unit).await? };
            hands.extend(hand.message().is_some().then_some(hand));
        }
        Ok(hands)
    }

    async fn roster(&self, unit: UnitId) -> Result<Arc<Roster>, store::Error> {
        let store = self.engine.store();
        let version = read::roster_version(store.reader(), unit).await?;
        let held = self.rosters.lock().expect("no holder of the rosters panics").get(&unit).cloned();
        if let Some(held) = held.filter(|held| Some(held.unit.version) == version) {
            return Ok(held);
        }
        let roster = Arc::new(read::roster(store.reader(), store, unit).await?);
        self.rosters.lock().expect("no holder of the rosters panics").insert(unit, roster.clone());
        Ok(roster)
    }

    /// One attempt, from the second check to the note.
    async fn attempt(&self, hand: InHand) -> Ended {
        let leased = hand.leased;
        let Some(message) = hand.message() else { return Ended::Unreadable };
        let audience = message.audience;
        let checked =
            letter::check(message, &hand.case, &hand.roster, &self.settings, &self.return_path, self.now());
        drop(hand);
        let ended = match checked {
            Checked::Stays(reason) => {
                self.learn_nothing();
                Ended::Fared { fate: Fate::Unaddressed { reason }, at: self.now(), seen: Seen::BySender }
            }
            Checked::Leaves(mail) => {
                let outcome = self.send(&mail, leased).await;
                self.breaker.lock().expect("no holder of the breaker panics").note(
                    &outcome,
                    self.now(),
                    self.jitter(),
                );
                self.ended(&outcome, leased, audience, Seen::BySender)
            }
        };
        self.note(Note { leased, ended: ended.clone() }).await;
        ended
    }

    /// Sends, with a last limit over the transport's own: a lease must not end under a mail that is under way.
    async fn send(&self, mail: &Mail, leased: Leased) -> Outcome {
        let limit = self.attempt_max() + LEASE_MARGIN / 2;
        let sending = tokio::time::timeout(limit, self.transport.send(mail));
        let mut sending = std::pin::pin!(sending);
        let mut seconds = 0;
        loop {
            tokio::select! {
                ended = &mut sending => return ended.unwrap_or_else(|_| Outcome::Unknown {
                    reason: Reason::own(Phase::Reply, format!("the attempt did not end within {limit:?}")),
                }),
                () = tokio::time::sleep(LONG) => {
                    seconds += LONG.as_secs();
                    tracing::warn!(
                        id = %leased.message, attempt = leased.attempt, seconds, "an attempt takes long"
                    );
                }
            }
        }
    }

    fn ended(&self, outcome: &Outcome, leased: Leased, audience: Audience, seen: Seen) -> Ended {
        if let Outcome::Deferred { reason, fault: Fault::Relay } | Outcome::Unknown { reason } = outcome {
            tracing::warn!(id = %leased.message, attempt = leased.attempt, %reason, "the relay is at fault");
        }
        let at = self.now();
        match verdict::verdict(outcome, leased.attempt, audience, &self.settings, self.jitter()) {
            Verdict::Fared(fate) => Ended::Fared { fate, at, seen },
            Verdict::Again(after) => {
                Ended::Again(at + TimeDelta::from_std(after).unwrap_or(TimeDelta::hours(1)))
            }
        }
    }

    /// Ends the attempts whose sender is gone: they may have been sent, and nobody will ever say.
    async fn end_expired(&self, round: &mut Round) -> Result<(), store::Error> {
        let now = self.now();
        let expired =
            store::outbox::take_expired(self.engine.store(), now, self.lease_until(now), EXPIRED_MAX).await?;
        for hand in self.open(expired).await {
            let audience = hand.message().map_or(Audience::Victim, |message| message.audience);
            let reason = Reason::own(Phase::Reply, "the process that was sending it stopped");
            let ended = self.ended(&Outcome::Unknown { reason }, hand.leased, audience, Seen::AfterLease);
            round.count(&ended);
            self.note(Note { leased: hand.leased, ended }).await;
        }
        Ok(())
    }
}
