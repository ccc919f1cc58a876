//! A pack's files side by side: those that are YAML as trees, and what is said of those that are not.

use crate::rules::pack::fault::Fault;
use crate::rules::pack::reader::{Findings, Reader};
use crate::rules::pack::source::SourceFile;
use crate::rules::pack::yaml::{self, Node, Value};
use std::collections::BTreeMap;

/// The pack's files, with the trees of those that are YAML.
pub(super) struct Sources<'a> {
    files: BTreeMap<String, (SourceFile, Option<Node>)>,
    pub(super) findings: &'a Findings,
}

/// Folders and files that are read, for the warning about others.
const READ: [&str; 10] = [
    "pack.yaml",
    "limits.yaml",
    "calendar.json",
    "outcomes.yaml",
    "schedule.yaml",
    "unit.yaml",
    "kinds/",
    "rules/",
    "messages/",
    "scenarios/",
];

impl<'a> Sources<'a> {
    pub(super) fn read(files: &BTreeMap<String, String>, findings: &'a Findings) -> Self {
        let read = |(path, text): (&String, &String)| {
            let file = SourceFile::new(path, text);
            let tree = path.ends_with(".yaml").then(|| yaml::parse(text));
            let tree = tree.and_then(|tree| match tree {
                Ok(node) => Some(node),
                Err(broken) => {
                    let start = match broken.at.bytes.is_empty() {
                        false => broken.at.bytes,
                        true => {
                            let line = file.start(broken.at.line);
                            let head =
                                file.line(broken.at.line).chars().take(broken.at.column.saturating_sub(1));
                            let at = line + head.map(char::len_utf8).sum::<usize>();
                            at..at
                        }
                    };
                    findings.note(Fault::on(&file, &start, broken.message));
                    None
                }
            });
            (path.clone(), (file, tree))
        };
        Self { files: files.iter().map(read).collect(), findings }
    }

    /// A YAML file that must be there.
    pub(super) fn need(&self, path: &str) -> Option<(Reader<'_>, &Node)> {
        if !self.files.contains_key(path) {
            self.findings.note(Fault::of_file(path, "this file is missing"));
        }
        self.yaml(path)
    }

    /// A YAML file, if it is there and can be read.
    pub(super) fn yaml(&self, path: &str) -> Option<(Reader<'_>, &Node)> {
        let (file, tree) = self.files.get(path)?;
        Some((Reader { file, findings: self.findings }, tree.as_ref()?))
    }

    /// A file that must be there, whatever is in it.
    pub(super) fn plain(&self, path: &str) -> Option<Reader<'_>> {
        let found = self.files.get(path).map(|(file, _)| Reader { file, findings: self.findings });
        if found.is_none() {
            self.findings.note(Fault::of_file(path, "this file is missing"));
        }
        found
    }

    /// The YAML files of a folder, by path.
    pub(super) fn under<'s>(&'s self, folder: &'s str) -> impl Iterator<Item = (Reader<'s>, &'s Node)> {
        self.files
            .range(folder.to_owned()..)
            .take_while(move |(path, _)| path.starts_with(folder))
            .filter_map(|(_, (file, tree))| Some((Reader { file, findings: self.findings }, tree.as_ref()?)))
    }

    /// The elements of the lists that a folder's YAML files are.
    pub(super) fn elements<'s>(
        &'s self,
        folder: &'s str,
        what: &'s str,
    ) -> impl Iterator<Item = (Reader<'s>, &'s Node)> {
        self.under(folder).flat_map(move |(reader, node)| {
            reader.list(node, what).iter().map(move |element| (reader, element))
        })
    }

    /// As [`Sources::elements`], noting nothing: for a first look.
    pub(super) fn peek<'s>(&'s self, folder: &'s str) -> impl Iterator<Item = (Reader<'s>, &'s Node)> {
        self.under(folder).flat_map(|(reader, node)| match &node.value {
            Value::List(elements) => elements.iter().map(|element| (reader, element)).collect(),
            _ => Vec::new(),
        })
    }

    /// The names of the folders within a folder.
    pub(super) fn folders(&self, folder: &str) -> Vec<String> {
        let inner = |path: &String| Some(path.strip_prefix(folder)?.split_once('/')?.0.to_owned());
        let mut folders: Vec<String> = self.files.keys().filter_map(inner).collect();
        folders.dedup();
        folders
    }

    /// Whether there is no such file.
    pub(super) fn absent(&self, path: &str) -> bool {
        !self.files.contains_key(path)
    }

    /// Whether the file, or every file of the folder, is there and is YAML where it should be.
    pub(super) fn whole(&self, path: &str) -> bool {
        let mut found =
            self.files.range(path.to_owned()..).take_while(|(known, _)| known.starts_with(path)).peekable();
        let there = path.ends_with('/') || found.peek().is_some();
        there && found.all(|(path, (_, tree))| tree.is_some() || !path.ends_with(".yaml"))
    }

    /// Warns of files that nothing reads.
    pub(super) fn check_all_read(&self) {
        for path in self.files.keys() {
            let read =
                READ.iter().any(|known| path == known || known.ends_with('/') && path.starts_with(known));
            let folder = path.split_once('/').map(|(folder, _)| folder);
            let listed = matches!(folder, Some("kinds" | "rules" | "scenarios")) && !path.ends_with(".yaml");
            if !path.ends_with(".md") && (!read || listed) {
                self.findings.note(Fault::of_file(path, "nothing reads this file").warning());
            }
        }
    }
}
