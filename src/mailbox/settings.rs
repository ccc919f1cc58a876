//! The `[mail_in]` table of the configuration. Durations are written in seconds, fractions allowed.

use crate::mail::secret::Secret;
use crate::mail::settings::seconds;
use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;

/// Where mail comes from.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// A folder with a file for each mail.
    pub folder: Option<PathBuf>,
    /// How often it is looked into.
    #[serde(deserialize_with = "seconds")]
    pub every: Duration,
    /// The largest mail that is taken, in bytes.
    pub bytes_max: usize,
    /// A mailbox on a server.
    pub imap: Option<ImapSettings>,
}

/// A mailbox on a server that speaks IMAP (RFC 3501), always over TLS.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImapSettings {
    /// The server's name, which its certificate must bear.
    pub host: String,
    /// Its port.
    #[serde(default = "port")]
    pub port: u16,
    /// Who logs in.
    pub user: String,
    /// With what.
    pub password: Secret,
    /// The mailbox.
    #[serde(default = "inbox")]
    pub mailbox: String,
    /// How often it is asked.
    #[serde(default = "a_minute", deserialize_with = "seconds")]
    pub every: Duration,
    /// A PEM file of the only authorities to trust; the public ones where none.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
}

fn port() -> u16 {
    993
}

fn inbox() -> String {
    "INBOX".to_owned()
}

fn a_minute() -> Duration {
    Duration::from_secs(60)
}

impl Default for Settings {
    fn default() -> Self {
        Self { folder: None, every: Duration::from_secs(10), bytes_max: 26_214_400, imap: None }
    }
}
