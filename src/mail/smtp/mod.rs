//! The transport over SMTP to one relay.
//!
//! Each mail gets a connection of its own. A pooled connection on which a send was given up still has an unread reply
//! in it, and the next mail would read that as its own: a mail refused was reported as sent. lettre's client is driven
//! command by command, under our own timeouts, so that it is always known how far an attempt got; that is what
//! separates *deferred* from *unknown*.
//!
//! How many mails are sent at once is the caller's business.

mod session;
mod verdict;

#[cfg(test)]
mod tests;

use std::{fs, io, path::PathBuf, time::Duration};

use lettre::transport::smtp::{
    authentication::Credentials,
    client::{Certificate, CertificateStore, TlsParameters},
    extension::ClientId,
};

use super::{
    Mail, Outcome, Phase, Reason,
    mask::masked,
    settings::{SmtpSettings, Timeouts, TlsMode},
};

/// How long a finished conversation is given to say goodbye. The mail's fate is settled by then.
pub(super) const QUIT_MAX: Duration = Duration::from_secs(1);

/// A relay and how to talk to it.
#[derive(Clone)]
pub struct SmtpRelay {
    host: String,
    port: u16,
    line: Line,
    login: Option<Credentials>,
    hello: ClientId,
    timeouts: Timeouts,
}

/// How the line is protected.
#[derive(Clone)]
enum Line {
    Clear,
    Opportunistic(TlsParameters),
    StartTls(TlsParameters),
    Implicit(TlsParameters),
}

/// Settings that no relay can be reached with.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A user name without a password, or the other way round.
    #[error("username and password go together: give both or neither")]
    HalfALogin,
    /// A login over a line that may be in clear.
    #[error(
        "a password is never sent in clear: set tls to \"starttls\" or \"implicit\", or leave username out"
    )]
    LoginInClear,
    /// The file of authorities cannot be read.
    #[error("ca_file {path} cannot be read")]
    CaFile {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file of authorities has no usable certificate, or the host name cannot be in one.
    #[error(
        "TLS cannot be set up for {host}: {problem}; expected a host name, and PEM certificates in ca_file if given"
    )]
    Tls {
        /// The relay.
        host: String,
        /// What is wrong.
        problem: String,
    },
}

impl SmtpRelay {
    /// A relay as `settings` describe it. Reads `ca_file`; reaches for nobody yet.
    ///
    /// # Errors
    /// When the settings contradict themselves, would send a password in clear, or the authorities cannot be read.
    pub fn new(settings: &SmtpSettings) -> Result<Self, SettingsError> {
        let login = match (&settings.username, &settings.password) {
            (Some(name), Some(password)) => {
                Some(Credentials::new(name.clone(), password.expose().to_owned()))
            }
            (None, None) => None,
            _ => return Err(SettingsError::HalfALogin),
        };
        if login.is_some() && matches!(settings.tls, TlsMode::None | TlsMode::Opportunistic) {
            return Err(SettingsError::LoginInClear);
        }
        let line = match settings.tls {
            TlsMode::None => Line::Clear,
            TlsMode::Opportunistic => Line::Opportunistic(tls(settings)?),
            TlsMode::StartTls => Line::StartTls(tls(settings)?),
            TlsMode::Implicit => Line::Implicit(tls(settings)?),
        };
        let usual_port = if settings.tls == TlsMode::Implicit { 465 } else { 587 };
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port.unwrap_or(usual_port),
            line,
            login,
            hello: settings.hello_name.clone().map_or_else(ClientId::default, ClientId::Domain),
            timeouts: settings.timeouts,
        })
    }

    /// The longest a [`send`](Self::send) takes: a lease on a mail must be longer.
    pub fn attempt_max(&self) -> Duration {
        self.timeouts.attempt_max()
    }

    /// Makes one attempt at `mail`.
    pub async fn send(&self, mail: &Mail) -> Outcome {
        let bytes = match mail.to_bytes() {
            Ok(bytes) => bytes,
            Err(error) => return Outcome::Refused { reason: Reason::own(Phase::Compose, error.to_string()) },
        };
        // Boxed: a conversation is large, and outboxes keep several inside larger futures.
        match Box::pin(session::converse(self, mail, &bytes)).await {
            Ok(words) => Outcome::Sent { response: masked(&words, mail) },
            Err(halt) => verdict::outcome(halt, mail),
        }
    }
}

impl std::fmt::Debug for SmtpRelay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpRelay")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

fn tls(settings: &SmtpSettings) -> Result<TlsParameters, SettingsError> {
    let refused = |problem: String| SettingsError::Tls { host: settings.host.clone(), problem };
    let mut builder =
        TlsParameters::builder(settings.host.clone()).certificate_store(CertificateStore::WebpkiRoots);
    if let Some(path) = &settings.ca_file {
        let pem = fs::read(path).map_err(|source| SettingsError::CaFile { path: path.clone(), source })?;
        if !pem.windows(10).any(|window| window == b"-----BEGIN") {
            return Err(refused("ca_file holds no PEM certificate".to_owned()));
        }
        let authorities = Certificate::from_pem(&pem).map_err(|error| refused(error.to_string()))?;
        // Instead of the public authorities, not beside them: a private one is named to be the only one.
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(authorities);
    }
    builder.build().map_err(|error| refused(error.to_string()))
}
