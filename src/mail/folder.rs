//! The transport that writes `.eml` files: the default, so that a fresh installation can send nothing by mistake.
//!
//! A file is named `<date, UTC>-<Message-ID>.eml`, both frozen in the mail, so a repeated send finds its own file. It
//! appears under that name whole or not at all, and never replaces another.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU64, Ordering},
};

use super::{Fault, Mail, Outcome, Phase, Reason};

/// A folder that takes mails.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

/// Tells apart the temporary files of this process.
static NEXT: AtomicU64 = AtomicU64::new(0);

impl Folder {
    /// Uses the folder at `path`, made if absent.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        fs::create_dir_all(&path)?;
        Ok(Self { path })
    }

    /// Where `mail` is, or will be.
    pub fn file_of(&self, mail: &Mail) -> PathBuf {
        self.path.join(format!("{}-{}.eml", mail.date.format("%Y%m%dT%H%M%SZ"), mail.message_id))
    }

    /// Writes `mail`. Sent means that it is on the disk.
    pub async fn send(&self, mail: &Mail) -> Outcome {
        let bytes = match mail.to_bytes() {
            Ok(bytes) => bytes,
            Err(error) => return Outcome::Refused { reason: Reason::own(Phase::Compose, error.to_string()) },
        };
        let file = self.file_of(mail);
        let written = tokio::task::spawn_blocking(move || place(&file, &bytes)).await;
        match written.unwrap_or_else(|stopped| Err(io::Error::other(stopped))) {
            Ok(Placed::New) => Outcome::Sent { response: "written".to_owned() },
            Ok(Placed::SameAsBefore) => Outcome::Sent { response: "already written".to_owned() },
            Ok(Placed::TakenByAnother) => Outcome::Refused {
                reason: Reason::own(Phase::Folder, "a different mail has this Message-ID already"),
            },
            // An io::Error of these calls holds no path and nothing of the mail.
            Err(error) => Outcome::Deferred {
                reason: Reason::own(Phase::Folder, error.to_string()),
                fault: Fault::Relay,
            },
        }
    }
}

enum Placed {
    New,
    SameAsBefore,
    TakenByAnother,
}

fn place(file: &Path, bytes: &[u8]) -> io::Result<Placed> {
    if let Some(found) = compare(file, bytes)? {
        return Ok(found);
    }
    let serial = NEXT.fetch_add(1, Ordering::Relaxed);
    let temporary = file.with_extension(format!("{}-{serial}.tmp", process::id()));
    let placed = write_through(&temporary, bytes).and_then(|()| name_once(&temporary, file, bytes));
    // After a rename it is gone already; after a failure it may never have been there.
    let _ = fs::remove_file(&temporary);
    placed
}

fn compare(file: &Path, bytes: &[u8]) -> io::Result<Option<Placed>> {
    match fs::read(file) {
        Ok(there) if there == bytes => Ok(Some(Placed::SameAsBefore)),
        Ok(_) => Ok(Some(Placed::TakenByAnother)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn write_through(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut handle = fs::File::create(file)?;
    handle.write_all(bytes)?;
    handle.sync_all()
}

/// Gives the finished file its name. A hard link fails where the name is taken, and a rename would replace; where the
/// file system has no links, the rename after one more look is the best there is.
fn name_once(temporary: &Path, file: &Path, bytes: &[u8]) -> io::Result<Placed> {
    match fs::hard_link(temporary, file) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Ok(compare(file, bytes)?.unwrap_or(Placed::TakenByAnother));
        }
        Err(_) => match compare(file, bytes)? {
            Some(found) => return Ok(found),
            None => fs::rename(temporary, file)?,
        },
    }
    // The name itself must survive a power cut; not every system lets a folder be opened for that.
    if let Some(folder) = file.parent().and_then(|folder| fs::File::open(folder).ok()) {
        let _ = folder.sync_all();
    }
    Ok(Placed::New)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::example;

    fn files(folder: &tempfile::TempDir) -> Vec<String> {
        let entries = fs::read_dir(folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[tokio::test]
    async fn a_mail_becomes_one_file_named_by_date_and_message_id() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path().join("made/for/it")).unwrap();
        let mail = example::mail();
        assert_eq!(folder.send(&mail).await, Outcome::Sent { response: "written".to_owned() });
        let file = folder.file_of(&mail);
        assert_eq!(
            file.file_name().unwrap().to_str().unwrap(),
            "20260302T091500Z-00000000-0000-0000-0000-000000000001@wcu.example.org.eml"
        );
        assert_eq!(fs::read(file).unwrap(), mail.to_bytes().unwrap());
    }

    #[tokio::test]
    async fn the_same_mail_again_leaves_one_file_and_is_sent() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path()).unwrap();
        folder.send(&example::mail()).await;
        assert_eq!(
            folder.send(&example::mail()).await,
            Outcome::Sent { response: "already written".to_owned() }
        );
        assert_eq!(files(&place).len(), 1);
    }

    #[tokio::test]
    async fn a_different_mail_of_the_same_name_overwrites_nothing() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path()).unwrap();
        let first = example::mail();
        folder.send(&first).await;
        let second = Mail { text: "Something else.".to_owned(), ..example::mail() };
        assert!(matches!(folder.send(&second).await, Outcome::Refused { .. }));
        assert_eq!(fs::read(folder.file_of(&first)).unwrap(), first.to_bytes().unwrap());
        assert_eq!(files(&place).len(), 1);
    }

    #[tokio::test]
    async fn many_writers_of_one_mail_leave_one_file() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path()).unwrap();
        let mail = example::mail();
        let outcomes = futures::future::join_all((0..8).map(|_| folder.send(&mail))).await;
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Sent { .. })), "{outcomes:?}");
        assert_eq!(files(&place).len(), 1);
    }

    #[tokio::test]
    async fn a_vanished_folder_defers() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path().join("sub")).unwrap();
        fs::remove_dir(place.path().join("sub")).unwrap();
        assert!(matches!(folder.send(&example::mail()).await, Outcome::Deferred { fault: Fault::Relay, .. }));
    }
}
