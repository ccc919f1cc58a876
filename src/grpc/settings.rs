//! The `[server]` table of the configuration: every limit of the gRPC edge, with its default.

use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// The largest raw body where nothing else is configured, in bytes.
pub const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How the server listens, and what it takes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where it listens. Anything but this machine itself wants TLS and tokens.
    pub listen: SocketAddr,
    /// A PEM file with the certificate and those it is signed by; without one the server speaks in clear.
    pub tls_certificate: Option<PathBuf>,
    /// A PEM file with the certificate's key.
    pub tls_key: Option<PathBuf>,
    /// The largest raw body, in bytes.
    pub body_bytes_max: usize,
    /// The largest document, in bytes.
    pub document_bytes_max: usize,
    /// The largest message of every other call, in bytes.
    pub message_bytes_max: usize,
    /// Calls at a time on one connection.
    pub concurrent_calls_max: u32,
    /// Items of one stream that may wait for their acknowledgement.
    pub stream_window: usize,
    /// The longest a single call may take, in seconds; a caller's own deadline may be shorter.
    pub call_seconds_max: u64,
    /// Changed tasks that a watch may lie behind, before it must begin again.
    pub watch_behind_max: u64,
    /// After how long of nothing a watch says that there was nothing, in seconds.
    pub watch_heartbeat_seconds: u64,
    /// How long calls under way may take to end when the server stops, in seconds.
    pub stop_seconds_max: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 7878)),
            tls_certificate: None,
            tls_key: None,
            body_bytes_max: BODY_BYTES_MAX,
            document_bytes_max: 10 * 1024 * 1024,
            message_bytes_max: 4 * 1024 * 1024,
            concurrent_calls_max: 512,
            stream_window: 256,
            call_seconds_max: 60,
            watch_behind_max: 10_000,
            watch_heartbeat_seconds: 30,
            stop_seconds_max: 10,
        }
    }
}

/// Why the server must not listen as it is told to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsafe {
    /// Personal data would cross the network in clear.
    #[error(
        "server.listen is {0}, which others can reach, and there is no TLS: set server.tls_certificate and \
         server.tls_key, or listen on 127.0.0.1"
    )]
    NoTls(SocketAddr),
    /// Nobody could ever be known.
    #[error(
        "server.listen is {0}, which others can reach, and no tokens are configured: add [[tokens]], or listen on \
         127.0.0.1"
    )]
    NoTokens(SocketAddr),
    /// Half of what TLS needs.
    #[error("server.tls_certificate and server.tls_key go together: set both or neither")]
    HalfTls,
}

/// Whether tokens are configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HasTokens {
    /// They are.
    Yes,
    /// They are not: every call but health and reflection is refused.
    No,
}

impl Settings {
    /// Refuses to listen where others could read along or walk in.
    ///
    /// # Errors
    /// [`Unsafe`].
    pub fn check(&self, tokens: HasTokens) -> Result<(), Unsafe> {
        if self.tls_certificate.is_some() != self.tls_key.is_some() {
            return Err(Unsafe::HalfTls);
        }
        if self.listen.ip().is_loopback() {
            return Ok(());
        }
        match (&self.tls_certificate, tokens) {
            (None, _) => Err(Unsafe::NoTls(self.listen)),
            (Some(_), HasTokens::No) => Err(Unsafe::NoTokens(self.listen)),
            (Some(_), HasTokens::Yes) => Ok(()),
        }
    }

    /// The longest a single call may take.
    #[must_use]
    pub fn call_max(&self) -> Duration {
        Duration::from_secs(self.call_seconds_max)
    }

    /// After how long of nothing a watch says so; never so short that it does nothing else.
    #[must_use]
    pub fn watch_heartbeat(&self) -> Duration {
        Duration::from_secs(self.watch_heartbeat_seconds.max(1))
    }

    /// How long calls under way may take to end.
    #[must_use]
    pub fn stop_max(&self) -> Duration {
        Duration::from_secs(self.stop_seconds_max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_listens_to_the_network_without_tls_and_tokens() {
        let everywhere = SocketAddr::from(([0, 0, 0, 0], 7878));
        let clear = Settings { listen: everywhere, ..Settings::default() };
        let tls = Settings {
            tls_certificate: Some("cert.pem".into()),
            tls_key: Some("key.pem".into()),
            ..clear.clone()
        };
        assert_eq!(clear.check(HasTokens::Yes), Err(Unsafe::NoTls(everywhere)));
        assert_eq!(tls.check(HasTokens::No), Err(Unsafe::NoTokens(everywhere)));
        assert_eq!(tls.check(HasTokens::Yes), Ok(()));
        assert_eq!(Settings::default().check(HasTokens::No), Ok(()));
    }

    #[test]
    fn a_certificate_without_its_key_is_refused() {
        let half = Settings { tls_certificate: Some("cert.pem".into()), ..Settings::default() };
        assert_eq!(half.check(HasTokens::Yes), Err(Unsafe::HalfTls));
    }
}
