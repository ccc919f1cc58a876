//! The `[outbox]` table of the configuration, beside `[mail]`, which says by what way mail leaves.
//!
//! Durations are written in seconds, fractions allowed.

use crate::domain::email::EmailAddress;
use crate::mail::settings::seconds;
use crate::mail::{Backoff, BreakerPolicy};
use serde::Deserialize;
use std::time::Duration;

/// What the outbox may be told.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The mailbox that bounces come back to; every message gets a return path of its own under it. It is also
    /// what mail says it is from, where `from` is left out.
    pub return_path: EmailAddress,
    /// What mail says it is from.
    pub from: Option<EmailAddress>,
    /// Where answers go, if elsewhere.
    pub reply_to: Option<EmailAddress>,
    /// Where everything goes from units in test mode.
    pub test_address: Option<EmailAddress>,
    /// How many mails are under way at a time; 4 to 8 are best against one relay.
    pub at_once: usize,
    /// How long a mail is leased at least; never shorter than the longest attempt.
    #[serde(deserialize_with = "seconds")]
    pub lease: Duration,
    /// After how many attempts a mail that is put off again and again counts as refused.
    pub attempts_max: i64,
    /// Whether a mail is repeated that may have arrived.
    pub repeat_unknown: RepeatUnknown,
    /// Waits between the attempts at one mail.
    pub retry: Backoff,
    /// When the relay is given a rest.
    pub breaker: BreakerPolicy,
    /// How long mails under way are waited for at the end; those that are not done by then end as unknown.
    #[serde(deserialize_with = "seconds")]
    pub closing: Duration,
}

/// Whether a mail that may have arrived is sent once more, under the same Message-ID. Never to anybody outside: a
/// victim who is told twice is told badly, and a person decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RepeatUnknown {
    /// Never.
    Never,
    /// To the unit's own people.
    Staff,
}

impl Default for Settings {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            return_path: EmailAddress::parse("bounces@usher.invalid").expect("it is an address"),
            from: None,
            reply_to: None,
            test_address: None,
            at_once: 6,
            lease: seconds(300),
            attempts_max: 12,
            repeat_unknown: RepeatUnknown::Staff,
            retry: Backoff { first: seconds(60), cap: seconds(3600) },
            breaker: BreakerPolicy {
                faults_max: 5,
                open_for: Backoff { first: seconds(30), cap: seconds(600) },
            },
            closing: seconds(20),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_table_is_enough_and_a_misspelt_setting_is_refused() {
        let read = |toml: &str| {
            let source = config::File::from_str(toml, config::FileFormat::Toml);
            config::Config::builder().add_source(source).build()?.try_deserialize::<Settings>()
        };
        assert_eq!(read("").unwrap(), Settings::default());
        assert_eq!(read("repeat_unknown = \"never\"").unwrap().repeat_unknown, RepeatUnknown::Never);
        for toml in
            ["at_one = 3", "repeat_unknown = \"victims\"", "lease = 0", "retry = { first = 0, cap = 1 }"]
        {
            assert!(read(toml).is_err(), "{toml}");
        }
    }
}
