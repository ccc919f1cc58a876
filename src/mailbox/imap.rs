//! A mailbox on a server: as much of IMAP (RFC 3501) as it takes to fetch what nobody has seen and to mark it as seen.
//!
//! The line is always encrypted, from its first byte. A mail is fetched without marking it, and marked once its commit
//! is done. One that cannot be taken in is marked as seen and flagged, so that whoever opens the mailbox finds it; one
//! that is too large is left as it is. No answer of the server's is repeated in an error: it may quote addresses.

use super::settings::ImapSettings;
use super::{Post, Round, Taken};
use crate::mail::secret::Secret;
use bytes::Bytes;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::sync::CancellationToken;

/// How long the server may take for each step.
const STEP_MAX: Duration = Duration::from_secs(60);
/// The longest line of an answer, in bytes.
const LINE_MAX: usize = 1024 * 1024;
/// The most lines of one answer.
const LINES_MAX: usize = 10_000;
/// How many mails are fetched in one round.
const TOGETHER: usize = 500;

/// Why a mailbox cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting.
    #[error("{setting}: {expected}")]
    Setting {
        /// Which.
        setting: &'static str,
        /// What is expected there.
        expected: &'static str,
    },
    /// The file of authorities.
    #[error("ca_file {}: {problem}", path.display())]
    CaFile {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The line.
    #[error("the line to the server broke at {at}: {source}")]
    Line {
        /// While what was done.
        at: &'static str,
        /// How.
        source: std::io::Error,
    },
    /// It did not answer in time.
    #[error("the server did not answer to {0} in time")]
    Silent(&'static str),
    /// It said no.
    #[error("the server refuses {0}: see that user, password and mailbox are right")]
    Refused(&'static str),
    /// It said what is no answer.
    #[error("the server's answer to {0} is none that IMAP knows")]
    OutOfStep(&'static str),
}

/// A mailbox.
pub struct Imap {
    host: String,
    port: u16,
    name: ServerName<'static>,
    tls: TlsConnector,
    user: String,
    password: Secret,
    mailbox: String,
    bytes_max: usize,
}

impl Imap {
    /// A mailbox as `settings` describe it. Reads `ca_file`; reaches for nobody yet.
    ///
    /// # Errors
    /// Where a setting is missing or wrong, or the certificates that are trusted cannot be read.
    pub fn new(settings: &ImapSettings, bytes_max: usize) -> Result<Self, Error> {
        let setting = |setting, expected| Error::Setting { setting, expected };
        let name = ServerName::try_from(settings.host.clone())
            .map_err(|_| setting("host", "must be the server's name or address"))?;
        let plain = |text: &str| text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if !plain(&settings.mailbox) || settings.mailbox.is_empty() {
            return Err(setting("mailbox", "must be a name in ASCII (others as in RFC 3501, 5.1.3)"));
        }
        if settings.user.is_empty() || !plain(&settings.user) || settings.password.expose().is_empty() {
            return Err(setting("user", "user and password must be set, the user in ASCII"));
        }
        let mut roots = RootCertStore::empty();
        match &settings.ca_file {
            None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
            Some(path) => {
                let wrong = |problem: String| Error::CaFile { path: path.clone(), problem };
                let certificates =
                    CertificateDer::pem_file_iter(path).map_err(|error| wrong(error.to_string()))?;
                for certificate in certificates {
                    let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
                    roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
                }
                if roots.is_empty() {
                    return Err(wrong("it holds no PEM certificate".to_owned()));
                }
            }
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions()?.with_root_certificates(roots);
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port,
            name,
            tls: TlsConnector::from(Arc::new(config.with_no_client_auth())),
            user: settings.user.clone(),
            password: settings.password.clone(),
            mailbox: settings.mailbox.clone(),
            bytes_max,
        })
    }

    /// Takes in what nobody has seen, and marks each mail when it is committed.
    ///
    /// # Errors
    /// [`super::Error`]: what is not marked is found again.
    pub async fn round(&self, post: &Post, closing: &CancellationToken) -> Result<Round, super::Error> {
        let mut round = Round::default();
        let mut session = self.open().await?;
        for uid in session.unseen().await?.into_iter().take(TOGETHER) {
            if closing.is_cancelled() {
                break;
            }
            let Some(bytes) = session.fetch(uid, self.bytes_max).await? else { continue };
            let taken = post.take(bytes).await?;
            let marks = match &taken {
                Taken::Recorded(..) | Taken::Repeated => r"\Seen",
                Taken::NoMail(_) | Taken::Refused(_) => r"\Seen \Flagged",
            };
            session.ask("STORE", &format!("UID STORE {uid} +FLAGS.SILENT ({marks})")).await?;
            round.count(&taken);
        }
        // It is all done; a server that does not say goodbye takes nothing back.
        drop(session.ask("LOGOUT", "LOGOUT").await);
        Ok(round)
    }

    async fn open(&self) -> Result<Session, Error> {
        let reach = async {
            let line = TcpStream::connect((self.host.as_str(), self.port)).await?;
            self.tls.connect(self.name.clone(), line).await
        };
        let line = timeout(STEP_MAX, reach).await.map_err(|_| Error::Silent("the connection"))?;
        let line = line.map_err(|source| Error::Line { at: "the connection", source })?;
        let mut session = Session { line: BufReader::new(line), tags: 0, bytes_max: self.bytes_max };
        let greeting = session.line("the greeting").await?;
        if !begins(&greeting.text, "* OK") {
            return Err(Error::Refused("the connection"));
        }
        let login = format!("LOGIN {} {}", quoted(&self.user), quoted_password(self.password.expose())?);
        session.ask("LOGIN", &login).await?;
        session.ask("SELECT", &format!("SELECT {}", quoted(&self.mailbox))).await?;
        Ok(session)
    }
}

/// A text as IMAP quotes it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn quoted_password(password: &str) -> Result<String, Error> {
    let expected = "must be in ASCII and without line breaks";
    if password.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        Ok(quoted(password))
    } else {
        Err(Error::Setting { setting: "password", expected })
    }
}

fn begins(line: &str, with: &str) -> bool {
    line.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with))
}

/// A conversation with the server.
struct Session {
    line: BufReader<TlsStream<TcpStream>>,
    tags: u32,
    bytes_max: usize,
}

/// A line of an answer, with what it carries whole.
#[derive(Debug, Default)]
struct Line {
    text: String,
    literal: Option<Bytes>,
}

impl Session {
    /// The mails that nobody has seen, by the ids that the server gave them, oldest first.
    async fn unseen(&mut self) -> Result<Vec<u32>, Error> {
        let lines = self.ask("SEARCH", "UID SEARCH UNSEEN").await?;
        let found = lines.iter().filter(|line| begins(&line.text, "* SEARCH"));
        let mut uids: Vec<u32> =
            found.flat_map(|line| line.text.split_whitespace().filter_map(|uid| uid.parse().ok())).collect();
        uids.sort_unstable();
        Ok(uids)
    }

    /// A mail's bytes; none where it is gone, or larger than is taken.
    async fn fetch(&mut self, uid: u32, bytes_max: usize) -> Result<Option<Bytes>, Error> {
        let lines = self.ask("FETCH", &format!("UID FETCH {uid} (RFC822.SIZE)")).await?;
        let size = lines.iter().find_map(|line| {
            let (_, after) = line.text.split_once("RFC822.SIZE ")?;
            after.split(|c: char| !c.is_ascii_digit()).next()?.parse::<usize>().ok()
        });
        match size {
            Some(size) if size <= bytes_max => {}
            Some(size) => {
                tracing::warn!(size, bytes_max, "a mail is larger than mail_in.bytes_max and is left unseen");
                return Ok(None);
            }
            None => return Ok(None),
        }
        let lines = self.ask("FETCH", &format!("UID FETCH {uid} (BODY.PEEK[])")).await?;
        let fetched = |line: Line| if line.text.contains("FETCH") { line.literal } else { None };
        Ok(lines.into_iter().find_map(fetched))
    }

    /// Says a command, and gives the lines of its answer.
    async fn ask(&mut self, what: &'static str, command: &str) -> Result<Vec<Line>, Error> {
        self.tags += 1;
        let tag = format!("u{}", self.tags);
        let bytes = format!("{tag} {command}\r\n");
        let say = async {
            self.line.write_all(bytes.as_bytes()).await?;
            self.line.flush().await
        };
        let said = timeout(STEP_MAX, say).await.map_err(|_| Error::Silent(what))?;
        said.map_err(|source| Error::Line { at: what, source })?;
        let mut lines = Vec::new();
        loop {
            let line = self.line(what).await?;
            if let Some(answer) = line.text.strip_prefix(&tag).and_then(|rest| rest.strip_prefix(' ')) {
                return if begins(answer, "OK") { Ok(lines) } else { Err(Error::Refused(what)) };
            }
            if lines.len() == LINES_MAX {
                return Err(Error::OutOfStep(what));
            }
            lines.push(line);
        }
    }

    async fn line(&mut self, what: &'static str) -> Result<Line, Error> {
        timeout(STEP_MAX, self.read(what)).await.map_err(|_| Error::Silent(what))?
    }

    /// A line up to its end, through everything that it carries by length.
    async fn read(&mut self, what: &'static str) -> Result<Line, Error> {
        let broken = |source| Error::Line { at: what, source };
        let mut whole = Line::default();
        loop {
            let mut bytes = Vec::new();
            let limit = (LINE_MAX - whole.text.len().min(LINE_MAX)) as u64;
            (&mut self.line).take(limit).read_until(b'\n', &mut bytes).await.map_err(broken)?;
            if bytes.pop() != Some(b'\n') {
                return Err(Error::OutOfStep(what));
            }
            let text = String::from_utf8_lossy(&bytes);
            let text = text.trim_end_matches('\r');
            whole.text.push_str(text);
            let length = text.strip_suffix('}').and_then(|text| text.rsplit_once('{'));
            let Some(length) = length.and_then(|(_, length)| length.parse::<usize>().ok()) else {
                return Ok(whole);
            };
            if length > self.bytes_max {
                return Err(Error::OutOfStep(what));
            }
            let mut carried = vec![0; length];
            self.line.read_exact(&mut carried).await.map_err(broken)?;
            whole.literal.get_or_insert(carried.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(change: impl FnOnce(&mut ImapSettings)) -> ImapSettings {
        let mut settings = ImapSettings {
            host: "mail.unit.test".to_owned(),
            port: 993,
            user: "usher".to_owned(),
            password: Secret::from("hush".to_owned()),
            mailbox: "INBOX".to_owned(),
            every: Duration::from_secs(60),
            ca_file: None,
        };
        change(&mut settings);
        settings
    }

    #[test]
    fn settings_that_could_slip_in_another_command_are_refused() {
        assert!(Imap::new(&settings(|_| {}), 1).is_ok());
        let line = "x\r\nu2 DELETE y".to_owned();
        assert!(Imap::new(&settings(|it| it.mailbox = line.clone()), 1).is_err());
        assert!(Imap::new(&settings(|it| it.user = line.clone()), 1).is_err());
        assert!(quoted_password(&line).is_err());
        assert_eq!(quoted("a\"b\\c"), "\"a\\\"b\\\\c\"");
    }

    #[test]
    fn the_password_is_shown_by_nothing() {
        let shown = format!("{:?}", settings(|_| {}));
        assert!(!shown.contains("hush"), "{shown}");
    }
}
