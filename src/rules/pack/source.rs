//! A pack's files as they were read: by path, without a disk, so that a pack from a folder, from the binary and from
//! a test are loaded the same way.

use super::Place;
use ring::digest::{Context, SHA256};
use std::collections::BTreeMap;

/// One file of a pack, with the starts of its lines.
#[derive(Debug, Clone)]
pub(super) struct SourceFile {
    pub(super) path: String,
    pub(super) text: String,
    starts: Vec<usize>,
}

impl SourceFile {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { path: path.to_owned(), text: text.to_owned(), starts }
    }

    /// The place of a byte.
    pub(super) fn place(&self, byte: usize) -> Place {
        let byte = byte.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = self.starts.get(line - 1).copied().unwrap_or_default();
        let column = self.text.get(start..byte).map_or(1, |head| head.chars().count() + 1);
        Place { file: self.path.clone(), line, column }
    }

    /// A line, from 1, without its end.
    pub(super) fn line(&self, line: usize) -> &str {
        self.text.lines().nth(line.saturating_sub(1)).unwrap_or_default()
    }

    /// The byte at which a line, from 1, begins.
    pub(super) fn start(&self, line: usize) -> usize {
        self.starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len())
    }
}

/// SHA-256, hex, over paths and contents in the order of paths, each after its length: no two packs share it unless
/// every file is the same.
pub(super) fn hash(files: &BTreeMap<String, String>) -> String {
    let mut sum = Context::new(&SHA256);
    for part in files.iter().flat_map(|(path, text)| [path, text]) {
        sum.update(&(part.len() as u64).to_be_bytes());
        sum.update(part.as_bytes());
    }
    sum.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
