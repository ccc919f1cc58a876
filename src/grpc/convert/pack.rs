//! Packs and what is wrong with them.

use crate::grpc::pb;
use crate::grpc::refused::Refused;
use crate::rules::pack::{Fault, Severity};
use std::collections::BTreeMap;

/// Files of a pack, at most.
const FILES_MAX: usize = 1_000;
/// Bytes of a pack, at most.
const BYTES_MAX: usize = 3 * 1024 * 1024;

/// The files of a pack by path.
///
/// # Errors
/// [`Refused`] for a path outside the folder, for text that is not UTF-8, and beyond the limits.
pub fn files_from(at: &str, given: Option<&pb::PackFiles>) -> Result<BTreeMap<String, String>, Refused> {
    let given = super::field::given(at, given)?;
    super::field::at_most(&format!("{at}.files"), &given.files, FILES_MAX)?;
    if given.files.iter().map(|file| file.content.len()).sum::<usize>() > BYTES_MAX {
        return Err(Refused::invalid(&format!("{at}.files"), "must hold at most 3 MiB in all"));
    }
    let mut files = BTreeMap::new();
    for (nth, file) in given.files.iter().enumerate() {
        let field = format!("{at}.files[{nth}]");
        let inside = !file.path.is_empty()
            && !file.path.contains('\\')
            && file.path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        if !inside {
            return Err(Refused::invalid(
                &format!("{field}.path"),
                "must be a path within the pack's folder, with forward slashes",
            ));
        }
        let content = String::from_utf8(file.content.clone())
            .map_err(|_| Refused::invalid(&format!("{field}.content"), "must be UTF-8"))?;
        if files.insert(file.path.clone(), content).is_some() {
            return Err(Refused::invalid(&format!("{field}.path"), "must not be named twice"));
        }
    }
    Ok(files)
}

/// The files of a pack on the wire.
#[must_use]
pub fn files(files: &BTreeMap<String, String>) -> pb::PackFiles {
    let file = |(path, content): (&String, &String)| pb::PackFile {
        path: path.clone(),
        content: content.clone().into_bytes(),
    };
    pb::PackFiles { files: files.iter().map(file).collect() }
}

/// Whether a fault stops the pack from being used.
#[must_use]
pub fn stops(fault: &Fault) -> bool {
    fault.severity == Severity::Error
}

/// A fault on the wire.
#[must_use]
pub fn fault(fault: &Fault) -> pb::Fault {
    let number = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    pb::Fault {
        path: fault.place.file.clone(),
        line: number(fault.place.line),
        column: number(fault.place.column),
        excerpt: fault.excerpt.as_ref().map(|excerpt| excerpt.line.clone()).unwrap_or_default(),
        message: fault.message.clone(),
        suggestion: fault.suggestion.clone().unwrap_or_default(),
    }
}
