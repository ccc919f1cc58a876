//! Where a pack's files come from: a folder, or the binary itself.
//!
//! Reading is kept apart from [`Pack::load`](crate::rules::pack::Pack::load), which knows no disk: what is loaded,
//! hashed and stored is the same map of files wherever they came from.

use include_dir::{Dir, include_dir};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// The pack for England and Wales, as it was when the binary was built.
static ENGLAND_AND_WALES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/config/packs/england-and-wales");

/// The most files a pack may have: more means that this is no pack's folder.
pub const FILES_MAX: usize = 2_000;

/// The most bytes a file of a pack may have.
pub const FILE_BYTES_MAX: u64 = 1_000_000;

/// The files of the pack that comes with usher, by path within it.
#[must_use]
pub fn embedded() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![&ENGLAND_AND_WALES];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files() {
            let text = file.contents_utf8().map(str::to_owned);
            files.extend(file.path().to_str().map(|path| path.replace('\\', "/")).zip(text));
        }
    }
    files
}

/// The files of a folder, by path within it with `/` between names. Files and folders whose name begins with a dot
/// are left out.
///
/// # Errors
/// What the disk says, with the path; `InvalidData` for a file that is not UTF-8, is longer than [`FILE_BYTES_MAX`],
/// or is one of more than [`FILES_MAX`].
pub fn read_dir(folder: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|error| at(&folder, &error))? {
            let entry = entry.map_err(|error| at(&folder, &error))?;
            let path = entry.path();
            let name = entry.file_name();
            let name = name.to_str().ok_or_else(|| bad(&path, "its name is not UTF-8"))?;
            if name.starts_with('.') {
                continue;
            }
            let inner = format!("{prefix}{name}");
            let about = std::fs::metadata(&path).map_err(|error| at(&path, &error))?;
            if about.is_dir() {
                folders.push((path, format!("{inner}/")));
                continue;
            }
            if about.len() > FILE_BYTES_MAX {
                return Err(bad(&path, "it is longer than a pack's file may be"));
            }
            if files.len() == FILES_MAX {
                return Err(bad(&folder, "it has more files than a pack may have"));
            }
            let text = std::fs::read_to_string(&path).map_err(|error| at(&path, &error))?;
            files.insert(inner, text);
        }
    }
    Ok(files)
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn bad(path: &Path, why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{}: {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::court::{Line, ResultLine};
    use crate::domain::ids::ResultId;
    use crate::rules::pack::Pack;
    use uuid::Uuid;

    #[test]
    fn the_pack_that_comes_with_usher_is_right() {
        if let Err(faults) = Pack::load(embedded()) {
            panic!("{faults}");
        }
    }

    /// A judicial line with these codes.
    fn line(cjs: &str, short: &str, qualifier: &str) -> ResultLine {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        ResultLine {
            id: ResultId(Uuid::nil()),
            line: Line::Judicial,
            defendant: None,
            offence: None,
            type_id: None,
            cjs_code: some(cjs),
            short_code: some(short),
            qualifiers: some(qualifier).into_iter().collect(),
            label: String::new(),
            category: None,
            ordered_on: None,
            text: None,
            prompts: Vec::new(),
            next_hearing: None,
            trial: None,
            trial_reason: None,
            urgent: false,
            terminates: false,
            source_id: None,
        }
    }

    #[test]
    fn the_court_s_codes_mean_what_a_victim_would_be_told() {
        let (pack, _) = Pack::load(embedded()).unwrap();
        for (cjs, short, qualifier, word) in [
            ("4575", "WOFD", "", "warrant-issued"),
            ("4577", "", "CG", "warrant-issued"),
            ("4575", "WOFD", "W", "witness-warrant"),
            ("4586", "", "", "witness-warrant"),
            ("2509", "WWDN", "", "warrant-withdrawn"),
            ("2509", "WNE", "", "warrant-not-executed"),
            ("2509", "", "", "warrant-withdrawn"),
            ("4506", "A", "GC", "adjourned"),
            ("4574", "RCBV", "", "bail-varied"),
            ("4574", "RCBV", "LI", "bail-lifted"),
            ("4028", "RI", "", "remanded-in-custody"),
            ("4559", "SendToCCOnCB", "", "sent-on-conditional-bail"),
            ("4010", "WDRNOU", "", "withdrawn-to-recharge"),
            ("2053", "disc", "", "discontinued"),
            ("3047", "RESTRAOP", "", "restraining-order"),
            ("1029", "RESTRAD", "", "restraining-order-ended"),
            ("1029", "", "", "order-revoked"),
            ("", "SMLL", "", "special-measures-granted"),
            ("4594", "", "", "urgent-notice"),
            ("4594", "", "LG", "domestic-violence-noted"),
            ("4594", "", "LH", "vulnerability-noted"),
            ("4583", "ERR", "", "entered-in-error"),
            ("9999", "XYZ", "", "unmapped"),
        ] {
            let meaning = pack.outcomes.of(&line(cjs, short, qualifier));
            assert_eq!(meaning.word, word, "{cjs} {short} {qualifier}");
        }
    }

    #[test]
    fn an_outcome_is_final_when_it_settles_the_offence() {
        let (pack, _) = Pack::load(embedded()).unwrap();
        for (short, settled) in [
            ("IMP", true),
            ("FO", true),
            ("DISM", true),
            ("WDRN", true),
            ("WDRNOS", false),
            ("IQUASH", false),
            ("A", false),
            ("DS", false),
            ("RESTRAOP", false),
        ] {
            assert_eq!(pack.outcomes.of(&line("", short, "")).is_final, settled, "{short}");
        }
    }

    #[test]
    fn a_folder_and_the_binary_hold_the_same_pack() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/packs/england-and-wales");
        assert_eq!(read_dir(&folder).unwrap(), embedded());
    }

    #[test]
    fn hidden_files_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("rules")).unwrap();
        std::fs::write(folder.path().join("rules/a.yaml"), "[]").unwrap();
        std::fs::write(folder.path().join("rules/.a.yaml.swp"), [0xff]).unwrap();
        let files = read_dir(folder.path()).unwrap();
        assert_eq!(Vec::from_iter(files.keys()), ["rules/a.yaml"]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = read_dir(Path::new("/no/such/pack")).unwrap_err();
        assert!(error.to_string().starts_with("/no/such/pack: "), "{error}");
    }
}
