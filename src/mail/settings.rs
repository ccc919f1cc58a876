//! The `[mail]` table of the configuration. Every field has a default but the relay's name.
//!
//! Durations are written in seconds, fractions allowed: `reply = 600`.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Deserializer, de};

use super::secret::Secret;

/// How mail leaves.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Which transport is used.
    pub transport: TransportKind,
    /// Where `transport = "folder"` writes.
    pub folder: PathBuf,
    /// The relay for `transport = "smtp"`.
    pub smtp: Option<SmtpSettings>,
}

/// The transports there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransportKind {
    /// A relay over SMTP.
    Smtp,
    /// A folder of `.eml` files: nothing leaves the machine.
    Folder,
    /// Kept in memory and lost at the end: for tests.
    Memory,
}

/// One relay.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// Its host name, which its certificate must bear.
    pub host: String,
    /// Its port; by default 465 for implicit TLS, else 587.
    pub port: Option<u16>,
    /// How the line is protected.
    #[serde(default)]
    pub tls: TlsMode,
    /// A PEM file of the only authorities to trust, for a relay under a private one; public authorities otherwise.
    pub ca_file: Option<PathBuf>,
    /// Account at the relay. Refused unless the line is certain to be encrypted.
    pub username: Option<String>,
    /// Its password.
    pub password: Option<Secret>,
    /// The name we greet with; this machine's host name by default.
    pub hello_name: Option<String>,
    /// How long each step may take.
    #[serde(default)]
    pub timeouts: Timeouts,
}

/// How the line to the relay is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsMode {
    /// `STARTTLS`, or no mail at all.
    #[default]
    StartTls,
    /// `STARTTLS` if the relay offers it, else in clear. Once offered it must succeed, certificate included.
    Opportunistic,
    /// TLS from the first byte (port 465).
    Implicit,
    /// In clear: for a relay on this machine.
    None,
}

/// How long each step may take. Before the final dot a timeout only defers the mail; after it the outcome is unknown
/// and may cost a person's time, hence RFC 5321's ten minutes there (4.5.3.2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// Name resolution, connection, implicit TLS, greeting and `EHLO` together.
    #[serde(deserialize_with = "seconds")]
    pub connect: Duration,
    /// Each command: `STARTTLS` with its handshake, `AUTH`, `MAIL`, `RCPT`, `DATA`.
    #[serde(deserialize_with = "seconds")]
    pub command: Duration,
    /// Handing over the content.
    #[serde(deserialize_with = "seconds")]
    pub content: Duration,
    /// The answer to the final dot.
    #[serde(deserialize_with = "seconds")]
    pub reply: Duration,
}

impl Timeouts {
    /// The longest one attempt can take: a lease on a mail must be longer.
    pub fn attempt_max(&self) -> Duration {
        let commands = self.command.saturating_mul(5);
        [commands, self.content, self.reply, super::smtp::QUIT_MAX]
            .iter()
            .fold(self.connect, |sum, d| sum.saturating_add(*d))
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(30), command: seconds(60), content: seconds(180), reply: seconds(600) }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self { transport: TransportKind::Folder, folder: PathBuf::from("outbox"), smtp: None }
    }
}

/// Reads a duration from a number of seconds, fractions allowed; zero and less is refused.
pub(crate) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let number = f64::deserialize(deserializer)?;
    match Duration::try_from_secs_f64(number) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err(de::Error::custom(format!(
            "{number} is not a duration: expected a number of seconds above 0"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> Result<Settings, config::ConfigError> {
        let source = config::File::from_str(toml, config::FileFormat::Toml);
        config::Config::builder().add_source(source).build()?.try_deserialize()
    }

    #[test]
    fn an_empty_table_means_a_folder() {
        assert_eq!(read("").unwrap(), Settings::default());
    }

    #[test]
    fn a_relay_is_read_whole() {
        let settings = read(
            r#"
            transport = "smtp"
            [smtp]
            host = "relay.example.org"
            tls = "implicit"
            username = "usher"
            password = "hunter2"
            timeouts = { connect = 0.25, reply = 300 }
            "#,
        )
        .unwrap();
        let smtp = settings.smtp.as_ref().unwrap();
        assert_eq!((smtp.tls, smtp.timeouts.connect), (TlsMode::Implicit, Duration::from_millis(250)));
        assert_eq!(smtp.timeouts.command, Duration::from_secs(60));
        assert_eq!(smtp.password.as_ref().unwrap().expose(), "hunter2");
    }

    #[test]
    fn debug_of_the_settings_shows_no_password() {
        let settings = read("smtp = { host = \"relay.example.org\", password = \"hunter2\" }").unwrap();
        assert!(!format!("{settings:?}").contains("hunter2"));
    }

    #[test]
    fn a_misspelt_setting_is_refused() {
        for toml in [
            "trasport = \"smtp\"",
            "smtp = { host = \"x\", pasword = \"y\" }",
            "smtp = { host = \"x\", timeouts = { reply = 0 } }",
        ] {
            assert!(read(toml).is_err(), "{toml}");
        }
    }

    #[test]
    fn an_attempt_has_an_upper_bound() {
        assert_eq!(Timeouts::default().attempt_max(), Duration::from_secs(30 + 5 * 60 + 180 + 600 + 1));
    }
}
