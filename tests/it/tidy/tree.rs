//! The repository's files, as they lie on the disk.

use std::fs;
use std::path::Path;

/// A file of the repository.
pub struct File {
    /// Its path from the top, with `/` between folders.
    pub path: String,
    /// How long it is, in bytes.
    pub bytes: u64,
    /// What is in it, where that is text.
    pub text: Option<String>,
}

/// Every file that belongs to the repository, in order of path.
///
/// Git is not asked, because the sources may have come without it: what is built or fetched is left out by name.
pub fn files() -> Vec<File> {
    let mut files = Vec::new();
    collect(Path::new(env!("CARGO_MANIFEST_DIR")), "", &mut files);
    files.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(files.iter().any(|file| file.path == "Cargo.toml"), "this is not the top of the repository");
    files
}

/// The Rust files under one of these folders, with their text.
pub fn rust_files(folders: &[&str]) -> Vec<(String, String)> {
    let under = |path: &str| folders.iter().any(|folder| path.starts_with(&format!("{folder}/")));
    let rust = files().into_iter().filter(|file| file.path.ends_with(".rs") && under(&file.path));
    rust.map(|file| (file.path, file.text.expect("Rust is text"))).collect()
}

/// The text of one file.
pub fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
        .unwrap_or_else(|why| panic!("{path}: {why}"))
}

fn collect(folder: &Path, path: &str, files: &mut Vec<File>) {
    // Cargo marks its target folder, whatever its name.
    if folder.join("CACHEDIR.TAG").exists() {
        return;
    }
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().expect("names in the repository are UTF-8");
        let left_out = [".git", "target", "tmp", "node_modules", "__pycache__"].contains(&name.as_str());
        if left_out || name.contains(".sqlite") {
            continue;
        }
        let path = if path.is_empty() { name } else { format!("{path}/{name}") };
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &path, files);
        } else {
            let content = fs::read(entry.path()).unwrap();
            files.push(File { path, bytes: content.len() as u64, text: String::from_utf8(content).ok() });
        }
    }
}
