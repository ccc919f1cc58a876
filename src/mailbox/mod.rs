//! Mail that comes in: from a folder and from a mailbox on a server, each mail to the case it belongs to.
//!
//! ```text
//! folder, IMAP → read (intake) → its place: a message of ours, an entry, a reference, else the desk → event → filed away
//! ```
//!
//! A mail is filed away (moved, or marked as seen) only after the commit that holds it. Whatever is killed in between
//! finds it again, and it is a repeat: what makes a mail the same is its Message-ID, or its bytes where it has none.
//! Several processes may look into the same place. Nothing of a mail is told to the log: a file's name may say who wrote.

mod folder;
mod imap;
mod settings;

pub use folder::Folder;
pub use imap::Imap;
pub use settings::{ImapSettings, Settings};

use crate::domain::event::{Actor, Payload, Subject};
use crate::domain::ids::{CaseId, DocumentId, MessageId, UnitId, derived};
use crate::domain::london::Instant;
use crate::domain::mail_in::MailIn;
use crate::domain::receipt::{Outcome, Receipt};
use crate::domain::refusal::Refusal;
use crate::engine::{self, Engine, Mode, NewEvent};
use crate::intake::mail::{self, Mail, NoMail};
use crate::store::queries::calendar_entries;
use crate::store::{self, read};
use bytes::Bytes;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Under which name mail is recorded, wherever it comes from: the same mail in two places is one.
pub const SOURCE: &str = "usher:mail";

/// How long a round may take to end once the process is to end: a server may be silent for longer.
const CLOSING: Duration = Duration::from_secs(10);

/// What became of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It is an event, of a case or of the desk where it belongs to none.
    Recorded(Receipt, Place),
    /// It was taken before.
    Repeated,
    /// It is no mail that usher can take apart.
    NoMail(NoMail),
    /// It is refused.
    Refused(Refusal),
}

/// By what the place of a mail was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It answers a message of ours.
    Message,
    /// It answers an entry in a calendar.
    Entry,
    /// It names a case.
    Reference,
    /// It belongs to no case that is known.
    Desk,
}

/// Why a round ended early. Nothing is lost: what is not filed away is found again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A mail was not recorded.
    #[error(transparent)]
    Engine(#[from] engine::Error),
    /// The folder.
    #[error("mail_in.folder: {what}: {source}")]
    Folder {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The server.
    #[error("mail_in.imap: {0}")]
    Imap(#[from] imap::Error),
}

/// What came of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    /// Mails that are new.
    pub recorded: u32,
    /// Of those, how many belong to no case that is known.
    pub unmatched: u32,
    /// Mails that were taken before.
    pub repeated: u32,
    /// What is no mail, or is too large.
    pub failed: u32,
}

impl Round {
    /// Counts one mail.
    pub fn count(&mut self, taken: &Taken) {
        match taken {
            Taken::Recorded(_, place) => {
                self.recorded += 1;
                self.unmatched += u32::from(*place == Place::Desk);
            }
            Taken::Repeated => self.repeated += 1,
            Taken::NoMail(_) | Taken::Refused(_) => self.failed += 1,
        }
    }
}

/// Takes mail in for one unit. Cheap to clone.
#[derive(Clone)]
pub struct Post {
    engine: Engine,
    unit: UnitId,
    received_at: Option<Instant>,
    mode: Mode,
}

impl Post {
    /// Mail of a unit that comes in now, and from which work follows.
    #[must_use]
    pub fn new(engine: Engine, unit: UnitId) -> Self {
        Self { engine, unit, received_at: None, mode: Mode::Working }
    }

    /// The same for mail that first reached the unit at another time, or before it began to use usher.
    #[must_use]
    pub fn of_before(self, received_at: Option<Instant>, mode: Mode) -> Self {
        Self { received_at, mode, ..self }
    }

    /// Takes one mail in; answers once it is committed.
    ///
    /// # Errors
    /// [`engine::Error`] where it is to be tried again.
    pub async fn take(&self, bytes: Bytes) -> Result<Taken, engine::Error> {
        let mail = match mail::read(&bytes) {
            Ok(mail) => mail,
            Err(why) => return Ok(Taken::NoMail(why)),
        };
        let found = self.place_of(&mail).await;
        let (answers, subject, place) = found.map_err(|error| engine::Error::Unavailable(Arc::new(error)))?;
        let hash = digest(&bytes);
        let reference = mail.message_id.as_ref().map_or_else(|| hash.clone(), |id| digest(id.as_bytes()));
        let document = [b"mail", self.unit.as_bytes().as_slice(), reference.as_bytes()];
        let payload = MailIn {
            document: DocumentId(derived(&document)),
            word: mail.word(),
            answers,
            entry: mail.entry(),
            status: mail.status().map(str::to_owned),
            from: mail.from,
            hash,
            bytes: bytes.len() as u64,
        };
        let event = NewEvent {
            unit: self.unit,
            source: SOURCE.to_owned(),
            reference,
            actor: Actor::usher("mail"),
            occurred_at: None,
            received_at: self.received_at,
            subject,
            payload: Payload::MailReceived { mail: Box::new(payload) },
            raw: Some(bytes),
            mode: self.mode,
        };
        match self.engine.record(event).await {
            Ok(receipt) if receipt.outcome == Outcome::Duplicate => Ok(Taken::Repeated),
            Ok(receipt) => Ok(Taken::Recorded(receipt, place)),
            // The same mail as another server passed it on.
            Err(engine::Error::Refused(Refusal::Reused { .. })) => Ok(Taken::Repeated),
            Err(engine::Error::Refused(refusal)) => Ok(Taken::Refused(refusal)),
            Err(error) => Err(error),
        }
    }

    /// Where a mail belongs: to the message that it answers; else to the case whose entry it answers; else to the one
    /// case that its subject names, or its text; else to the desk.
    async fn place_of(&self, mail: &Mail) -> Result<(Option<MessageId>, Subject, Place), store::Error> {
        let store = self.engine.store();
        let ids: Vec<MessageId> = mail.answers.iter().map(|id| MessageId(*id)).collect();
        if !ids.is_empty() {
            let held = read::cases_of_messages(store.reader(), self.unit, &ids).await?;
            if let Some(message) = ids.into_iter().find(|id| held.contains_key(id)) {
                return Ok((Some(message), Subject::Message(message), Place::Message));
            }
        }
        if let Some(entry) = mail.entry()
            && let Some(case) = calendar_entries::case_of(store, self.unit, entry.uid).await?
        {
            return Ok((None, Subject::Case(case), Place::Entry));
        }
        for references in mail.references() {
            let held = read::cases_by_reference(store.reader(), self.unit, &references).await?;
            let cases: BTreeSet<CaseId> = held.into_values().collect();
            match cases.into_iter().collect::<Vec<_>>()[..] {
                [] => {}
                [case] => return Ok((None, Subject::Case(case), Place::Reference)),
                _ => break,
            }
        }
        Ok((None, Subject::Desk, Place::Desk))
    }
}

fn digest(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The mailboxes of one process.
pub struct Mailboxes {
    folder: Option<(Folder, Duration)>,
    imap: Option<(Imap, Duration)>,
    post: Post,
}

impl Mailboxes {
    /// The mailboxes as `settings` describe them. Makes the folder, reads `ca_file`; reaches for nobody yet.
    ///
    /// # Errors
    /// Where the folder cannot be made, or TLS cannot be set up.
    pub fn open(post: Post, settings: &Settings) -> Result<Self, Error> {
        let folder =
            settings.folder.as_ref().map(|path| Folder::open(path, settings.bytes_max)).transpose()?;
        let imap = settings.imap.as_ref().map(|imap| Imap::new(imap, settings.bytes_max)).transpose()?;
        let every = settings.imap.as_ref().map_or(settings.every, |imap| imap.every);
        Ok(Self {
            folder: folder.map(|folder| (folder, settings.every)),
            imap: imap.map(|imap| (imap, every)),
            post,
        })
    }

    /// Takes in what comes until `closing`; the mail in hand is finished, unless its server is silent.
    pub async fn run(&self, closing: &CancellationToken) {
        let folder = async {
            if let Some((folder, every)) = &self.folder {
                rounds("folder", folder, &self.post, *every, closing).await;
            }
        };
        let imap = async {
            if let Some((imap, every)) = &self.imap {
                rounds("imap", imap, &self.post, *every, closing).await;
            }
        };
        tokio::join!(folder, imap);
    }
}

/// A place that mail comes from.
trait Source: Sync {
    /// Takes in what is there, and files each mail away when it is committed. From `closing` on, none is begun.
    fn round(
        &self,
        post: &Post,
        closing: &CancellationToken,
    ) -> impl Future<Output = Result<Round, Error>> + Send;
}

impl Source for Folder {
    async fn round(&self, post: &Post, closing: &CancellationToken) -> Result<Round, Error> {
        Self::round(self, post, closing).await
    }
}

impl Source for Imap {
    async fn round(&self, post: &Post, closing: &CancellationToken) -> Result<Round, Error> {
        Self::round(self, post, closing).await
    }
}

/// Looks again and again. A fault is told once, and once more when it is over.
async fn rounds(
    place: &'static str,
    source: &impl Source,
    post: &Post,
    every: Duration,
    closing: &CancellationToken,
) {
    let mut failures: u32 = 0;
    while !closing.is_cancelled() {
        // What a round leaves when its patience ends is found again.
        let patience = async {
            closing.cancelled().await;
            tokio::time::sleep(CLOSING).await;
        };
        let round = tokio::select! {
            round = source.round(post, closing) => round,
            () = patience => return,
        };
        match round {
            Ok(done) => {
                if failures > 0 {
                    tracing::info!(place, failures, "mail comes in again");
                }
                failures = 0;
                let Round { recorded, unmatched, repeated, failed } = done;
                if recorded + repeated > 0 {
                    tracing::info!(place, recorded, unmatched, repeated, "mail was taken in");
                }
                if failed > 0 {
                    tracing::warn!(
                        place,
                        failed,
                        "mail could not be taken in and is set aside: a person must look at it"
                    );
                }
            }
            Err(error) => {
                if failures == 0 {
                    tracing::error!(place, %error, "no mail can be taken in: trying again until it succeeds");
                }
                failures = failures.saturating_add(1);
            }
        }
        tokio::select! {
            () = closing.cancelled() => {}
            () = tokio::time::sleep(every) => {}
        }
    }
}
