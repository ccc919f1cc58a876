//! A folder with a file for each mail, named `….eml`. What is taken is moved into `taken` in it, what is no mail into
//! `failed`. Whoever puts mail there gives a file its name once it is whole.

use super::{Error, Post, Round, Taken};
use bytes::Bytes;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;

/// How many files are looked at in one round.
const TOGETHER: usize = 1_000;
/// How many files of one name are kept.
const SAME_NAME_MAX: u32 = 10_000;

/// A folder that mail is put into.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
    bytes_max: u64,
}

impl Folder {
    /// Uses the folder at `path`, made if absent, with its two folders.
    ///
    /// # Errors
    /// [`Error::Folder`] where they cannot be made.
    pub fn open(path: impl Into<PathBuf>, bytes_max: usize) -> Result<Self, Error> {
        let path = path.into();
        for folder in ["taken", "failed"] {
            fs::create_dir_all(path.join(folder)).map_err(|source| failed("it cannot be made", source))?;
        }
        Ok(Self { path, bytes_max: bytes_max as u64 })
    }

    /// Takes in what is there, oldest name first, and moves each file when its mail is committed.
    ///
    /// # Errors
    /// [`Error`]: the files that are left are found again.
    pub async fn round(&self, post: &Post, closing: &CancellationToken) -> Result<Round, Error> {
        let mut round = Round::default();
        for file in files(&self.path)?.into_iter().take(TOGETHER) {
            if closing.is_cancelled() {
                break;
            }
            let taken = match read(&file, self.bytes_max)? {
                Content::Gone => continue,
                Content::TooLarge => None,
                Content::Whole(bytes) => Some(post.take(bytes).await?),
            };
            let to = match &taken {
                Some(Taken::Recorded(..) | Taken::Repeated) => "taken",
                Some(Taken::NoMail(_) | Taken::Refused(_)) | None => "failed",
            };
            file_away(&file, &self.path.join(to))?;
            match taken {
                Some(taken) => round.count(&taken),
                None => round.failed += 1,
            }
        }
        Ok(round)
    }
}

fn failed(what: &'static str, source: io::Error) -> Error {
    Error::Folder { what, source }
}

/// The mails in a folder, in the order of their names; links are not followed.
///
/// # Errors
/// [`Error::Folder`].
pub(super) fn files(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let unread = |source| failed("it cannot be read", source);
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(unread)? {
        let entry = entry.map_err(unread)?;
        let name = entry.path();
        let is_mail = name.extension().is_some_and(|end| end.eq_ignore_ascii_case("eml"))
            && !entry.file_name().to_string_lossy().starts_with('.');
        if is_mail && entry.file_type().map_err(unread)?.is_file() {
            files.push(name);
        }
    }
    files.sort_unstable();
    Ok(files)
}

enum Content {
    /// Another process took it.
    Gone,
    TooLarge,
    Whole(Bytes),
}

fn read(file: &Path, bytes_max: u64) -> Result<Content, Error> {
    let unread = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => Ok(Content::Gone),
        _ => Err(failed("a mail cannot be read", source)),
    };
    match fs::metadata(file) {
        Ok(about) if about.len() > bytes_max => Ok(Content::TooLarge),
        Ok(_) => fs::read(file).map(|bytes| Content::Whole(bytes.into())).or_else(unread),
        Err(error) => unread(error),
    }
}

/// Moves a file into a folder, beside one of the same name that is there.
fn file_away(file: &Path, folder: &Path) -> Result<(), Error> {
    let Some(name) = file.file_name() else { return Ok(()) };
    let stem = file.file_stem().unwrap_or(name).to_string_lossy().into_owned();
    let mut to = folder.join(name);
    for nth in 2..SAME_NAME_MAX {
        if !to.exists() {
            break;
        }
        to = folder.join(format!("{stem}-{nth}.eml"));
    }
    match fs::rename(file, &to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(failed("a mail that was taken cannot be moved", error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_are_found_in_the_order_of_their_names_and_nothing_else_is() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("folder.eml")).unwrap();
        for name in ["b.EML", "a.eml", "c.tmp", ".hidden.eml"] {
            fs::write(place.path().join(name), "x").unwrap();
        }
        let found = files(place.path()).unwrap();
        let names: Vec<_> = found.iter().filter_map(|file| file.file_name()?.to_str()).collect();
        assert_eq!(names, ["a.eml", "b.EML"]);
    }

    #[test]
    fn a_file_replaces_none_of_its_name() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path(), 10).unwrap();
        for text in ["one", "two", "three"] {
            let file = folder.path.join("mail.eml");
            fs::write(&file, text).unwrap();
            file_away(&file, &folder.path.join("taken")).unwrap();
        }
        assert_eq!(files(&folder.path.join("taken")).unwrap().len(), 3);
    }
}
