//! The ways a mail can leave, behind one call.

use std::{io, path::PathBuf};

use super::{
    Folder, Mail, Memory, Outcome, SmtpRelay,
    settings::{Settings, TransportKind},
    smtp,
};

/// One way for mails to leave. A closed set: tests use [`Memory`], not a mock.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Over SMTP to a relay.
    Smtp(SmtpRelay),
    /// Into a folder.
    Folder(Folder),
    /// Into memory.
    Memory(Memory),
}

/// Settings no transport can be made from.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// `transport = "smtp"` without a relay.
    #[error("mail.transport is \"smtp\", but there is no mail.smtp: give at least mail.smtp.host")]
    NoRelay,
    /// The relay's settings.
    #[error("mail.smtp cannot be used")]
    Smtp(#[from] smtp::SettingsError),
    /// The folder.
    #[error("mail.folder {path} cannot be made")]
    Folder {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Transport {
    /// The transport `settings` ask for. Reads the authority's certificate and makes the folder; reaches for no relay.
    ///
    /// # Errors
    /// When the settings contradict themselves, or a file cannot be read or made.
    pub fn open(settings: &Settings) -> Result<Self, OpenError> {
        match settings.transport {
            TransportKind::Smtp => {
                let relay = settings.smtp.as_ref().ok_or(OpenError::NoRelay)?;
                Ok(Self::Smtp(SmtpRelay::new(relay)?))
            }
            TransportKind::Folder => {
                let path = settings.folder.clone();
                let folder = Folder::open(&path).map_err(|source| OpenError::Folder { path, source })?;
                Ok(Self::Folder(folder))
            }
            TransportKind::Memory => Ok(Self::Memory(Memory::new())),
        }
    }

    /// Makes one attempt at `mail`. Never fails: what went wrong is in the outcome.
    pub async fn send(&self, mail: &Mail) -> Outcome {
        match self {
            Self::Smtp(relay) => relay.send(mail).await,
            Self::Folder(folder) => folder.send(mail).await,
            Self::Memory(memory) => memory.send(mail).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smtp_without_a_relay_is_refused_at_the_start() {
        let settings = Settings { transport: TransportKind::Smtp, ..Settings::default() };
        assert!(matches!(Transport::open(&settings), Err(OpenError::NoRelay)));
    }

    #[test]
    fn a_folder_is_made() {
        let place = tempfile::tempdir().unwrap();
        let settings = Settings { folder: place.path().join("outbox"), ..Settings::default() };
        assert!(matches!(Transport::open(&settings), Ok(Transport::Folder(_))));
        assert!(settings.folder.is_dir());
    }
}
