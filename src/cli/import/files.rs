//! Which files an import takes: those named, and those in the folders named, in the order of their paths.

use crate::grpc::settings::BODY_BYTES_MAX;
use crate::intake::{self, Hints, Read, Unusable};
use anyhow::Context;
use bytes::Bytes;
use std::fs;
use std::path::{Path, PathBuf};

/// The most bytes of one file: as much as the service takes in one body where nothing else is configured.
const FILE_BYTES_MAX: u64 = BODY_BYTES_MAX as u64;

/// The files, each once. Names that begin with a dot are left out of folders, and links to folders are not followed.
///
/// # Errors
/// What the disk says of a path, with the path.
pub(super) fn find(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        let about = fs::metadata(path).with_context(|| path.display().to_string())?;
        if about.is_dir() { folder(path, &mut files)? } else { files.push(path.clone()) }
    }
    let mut seen = std::collections::HashSet::new();
    files.retain(|file| seen.insert(file.clone()));
    Ok(files)
}

fn folder(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).with_context(|| path.display().to_string())? {
        let entry = entry.with_context(|| path.display().to_string())?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            entries.push((entry.path(), entry.file_type().with_context(|| path.display().to_string())?));
        }
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    for (path, kind) in entries {
        if kind.is_dir() {
            folder(&path, files)?;
        } else if path.is_file() || !path.exists() {
            // A link to nothing fails by its name when it is read.
            files.push(path);
        }
    }
    Ok(())
}

/// A file as it was read.
pub(super) struct Body {
    /// Its bytes.
    pub(super) raw: Bytes,
    /// What they say.
    pub(super) read: Result<Read, Unusable>,
}

/// Reads one file.
///
/// # Errors
/// Why it cannot be taken at all.
pub(super) fn read(path: &Path) -> Result<Body, String> {
    let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > FILE_BYTES_MAX {
        return Err(format!("the file has {size} bytes, at most {FILE_BYTES_MAX} are taken"));
    }
    let raw = fs::read(path).map_err(|error| error.to_string())?;
    let read = intake::read(&raw, &Hints::default());
    Ok(Body { raw: raw.into(), read })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_link_to_nothing_is_a_file_that_cannot_be_read() {
        let place = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("gone.json", place.path().join("a.json")).unwrap();
        let found = find(&[place.path().to_owned()]).unwrap();
        assert!(found.len() == 1 && read(&found[0]).is_err(), "{found:?}");
    }

    #[test]
    fn a_folder_gives_its_files_in_the_order_of_their_paths() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("b")).unwrap();
        for name in ["c.json", "b/1.json", "a.json", ".hidden"] {
            fs::write(place.path().join(name), "{}").unwrap();
        }
        let found = find(&[place.path().to_owned()]).unwrap();
        let names: Vec<_> = found.iter().map(|file| file.strip_prefix(place.path()).unwrap()).collect();
        assert_eq!(names, [Path::new("a.json"), Path::new("b/1.json"), Path::new("c.json")]);
    }
}
