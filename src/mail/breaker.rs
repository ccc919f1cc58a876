//! The relay breaker: when the relay itself is at fault, stop trying with every mail.
//!
//! A pure state machine; "now" comes in by argument. Only faults of the relay count
//! ([`Outcome::is_relay_fault`](super::Outcome::is_relay_fault)): one refused address says nothing about the next.
//! *Unknown* outcomes count too, and matter most: each puts a mail before a person, so a relay that falls silent
//! after the final dot must not be fed the whole queue.
//!
//! ```text
//!            n faults in a row                    wait is over: one may pass
//!   closed ────────────────────▶ open ─────────────────────────▶ half-open
//!     ▲                           ▲                                  │ │
//!     │                           └───── fault: wait longer ─────────┘ │
//!     └──────────────────────────────── success ───────────────────────┘
//! ```

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::{Backoff, Outcome, Phase, Reason};

/// When the breaker opens and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreakerPolicy {
    /// Relay faults in a row that open it.
    pub faults_max: u32,
    /// How long it stays open, by how often it has opened without a success between.
    pub open_for: Backoff,
}

/// May a mail be handed to the relay now?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permit {
    /// Yes.
    Send,
    /// Yes, this one alone: it shows whether the relay is back.
    Probe,
    /// No; ask again at this instant.
    Wait {
        /// When it is worth asking again.
        until: DateTime<Utc>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed { faults: u32 },
    Open { openings: u32, since: DateTime<Utc>, until: DateTime<Utc> },
    // A probe whose sender dies tells nothing; after `until` the next mail is the probe.
    HalfOpen { openings: u32, since: DateTime<Utc>, until: DateTime<Utc> },
}

/// The breaker of one relay.
#[derive(Debug, Clone)]
pub struct Breaker {
    policy: BreakerPolicy,
    state: State,
}

impl Breaker {
    /// A closed breaker.
    pub fn new(policy: BreakerPolicy) -> Self {
        Self { policy, state: State::Closed { faults: 0 } }
    }

    /// Asks leave to send one mail at `now`. `Probe` is given to one caller until its outcome is noted.
    pub fn ask(&mut self, now: DateTime<Utc>) -> Permit {
        match self.state {
            State::Closed { .. } => Permit::Send,
            State::Open { openings, since, until } | State::HalfOpen { openings, since, until } => {
                // A clock set back to before the wait began would otherwise lengthen it without bound.
                if now < until && now >= since {
                    return Permit::Wait { until };
                }
                let until = self.wait_from(now, openings, 1.0);
                self.state = State::HalfOpen { openings, since: now, until };
                Permit::Probe
            }
        }
    }

    /// Notes what became of a mail; `jitter` in 0..1 spreads the processes that share a relay.
    ///
    /// Late news is welcome: any success closes the breaker, and a fault while it is open changes nothing, because
    /// that mail had left before.
    pub fn note(&mut self, outcome: &Outcome, now: DateTime<Utc>, jitter: f64) {
        if let Outcome::Refused { reason: Reason { at: Phase::Compose, .. } } = outcome {
            // The relay was never asked: nothing is learnt, and a probe spent on this mail may be repeated at once.
            if let State::HalfOpen { openings, since, .. } = self.state {
                self.state = State::HalfOpen { openings, since, until: now };
            }
            return;
        }
        if !outcome.is_relay_fault() {
            self.state = State::Closed { faults: 0 };
            return;
        }
        self.state = match self.state {
            State::Closed { faults } if faults + 1 < self.policy.faults_max => {
                State::Closed { faults: faults + 1 }
            }
            State::Closed { .. } => self.open(1, now, jitter),
            State::HalfOpen { openings, .. } => self.open(openings.saturating_add(1), now, jitter),
            open @ State::Open { .. } => open,
        };
    }

    /// Whether mails pass freely.
    pub fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }

    fn open(&self, openings: u32, now: DateTime<Utc>, jitter: f64) -> State {
        State::Open { openings, since: now, until: self.wait_from(now, openings, jitter) }
    }

    fn wait_from(&self, now: DateTime<Utc>, openings: u32, jitter: f64) -> DateTime<Utc> {
        let wait =
            TimeDelta::from_std(self.policy.open_for.delay(openings, jitter)).unwrap_or(TimeDelta::days(1));
        now.checked_add_signed(wait).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::mail::Fault;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn fault() -> Outcome {
        Outcome::Deferred { reason: Reason::own(Phase::Connect, "no route"), fault: Fault::Relay }
    }

    fn unknown() -> Outcome {
        Outcome::Unknown { reason: Reason::own(Phase::Reply, "silence") }
    }

    fn refused() -> Outcome {
        Outcome::Refused { reason: Reason::own(Phase::Recipient, "no such user") }
    }

    fn sent() -> Outcome {
        Outcome::Sent { response: String::new() }
    }

    fn breaker() -> Breaker {
        let open_for = Backoff { first: Duration::from_secs(60), cap: Duration::from_secs(200) };
        Breaker::new(BreakerPolicy { faults_max: 3, open_for })
    }

    fn opened_at_zero() -> Breaker {
        let mut breaker = breaker();
        (0..3).for_each(|_| breaker.note(&fault(), at(0), 1.0));
        breaker
    }

    #[test]
    fn three_relay_faults_in_a_row_open_it() {
        let mut breaker = breaker();
        for outcome in [fault(), fault(), sent(), fault(), unknown()] {
            breaker.note(&outcome, at(0), 1.0);
            assert_eq!(breaker.ask(at(0)), Permit::Send);
        }
        breaker.note(&fault(), at(0), 1.0);
        assert_eq!(breaker.ask(at(0)), Permit::Wait { until: at(60) });
        assert_eq!(breaker.ask(at(59)), Permit::Wait { until: at(60) });
    }

    #[test]
    fn a_refused_mail_proves_the_relay_well() {
        let mut breaker = breaker();
        for outcome in [fault(), fault(), refused(), fault(), fault()] {
            breaker.note(&outcome, at(0), 1.0);
        }
        assert!(breaker.is_closed());
    }

    #[test]
    fn half_open_lets_exactly_one_through() {
        let mut breaker = opened_at_zero();
        assert_eq!(breaker.ask(at(60)), Permit::Probe);
        assert_eq!(breaker.ask(at(60)), Permit::Wait { until: at(120) });
        breaker.note(&sent(), at(61), 1.0);
        assert_eq!(breaker.ask(at(61)), Permit::Send);
    }

    #[test]
    fn each_failed_probe_waits_longer_up_to_the_cap() {
        let mut breaker = opened_at_zero();
        let mut now = 60;
        for wait in [120, 200, 200] {
            assert_eq!(breaker.ask(at(now)), Permit::Probe);
            breaker.note(&fault(), at(now), 1.0);
            assert_eq!(breaker.ask(at(now)), Permit::Wait { until: at(now + wait) });
            now += wait;
        }
    }

    #[test]
    fn a_probe_that_never_reports_is_replaced() {
        let mut breaker = opened_at_zero();
        assert_eq!(breaker.ask(at(60)), Permit::Probe);
        assert_eq!(breaker.ask(at(120)), Permit::Probe);
    }

    #[test]
    fn faults_of_mails_that_had_left_before_do_not_lengthen_the_wait() {
        let mut breaker = opened_at_zero();
        (0..5).for_each(|_| breaker.note(&fault(), at(30), 1.0));
        assert_eq!(breaker.ask(at(31)), Permit::Wait { until: at(60) });
    }

    #[test]
    fn a_mail_that_never_reached_the_relay_proves_nothing() {
        let unwritable = Outcome::Refused { reason: Reason::own(Phase::Compose, "no such header") };
        let mut breaker = opened_at_zero();
        breaker.note(&unwritable, at(1), 1.0);
        assert_eq!(breaker.ask(at(2)), Permit::Wait { until: at(60) });
        assert_eq!(breaker.ask(at(60)), Permit::Probe);
        breaker.note(&unwritable, at(61), 1.0);
        assert_eq!(breaker.ask(at(61)), Permit::Probe);
    }

    #[test]
    fn a_clock_set_back_does_not_keep_it_open() {
        assert_eq!(opened_at_zero().ask(at(-86_400)), Permit::Probe);
    }
}
