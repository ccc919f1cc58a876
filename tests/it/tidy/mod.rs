//! The project's habits, kept by tests, so that nobody has to remember them in a review.
//!
//! Each failure says where, what is expected, and what to do. [`layers`] says who may use whom; [`scan`] reads Rust.

mod layers;
mod scan;
mod tree;

use layers::{AT_THE_TOP, LAYERS, MayUse, Place, WORDS};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// The longest a file of ours may be; at 400 lines it is worth a look already.
const LINES_MAX: usize = 600;

/// Files that may be longer, each with the reason. An exception that is not needed any more fails too.
const LONG_FILES: &[(&str, &str)] = &[];

/// The largest a file may be: more belongs into a release, not into everybody's clone.
const BYTES_MAX: u64 = 300 * 1024;

/// Files that may be larger, each with the reason.
const LARGE_FILES: &[(&str, &str)] = &[];

/// What must not be in code that runs, with what to do instead.
const MACROS: &[(&str, &str)] = &[
    ("todo", "write it, or leave it out: no stub is called done"),
    ("unimplemented", "write it, or leave it out: no stub is called done"),
    ("dbg", "use tracing, with ids only: it may print personal data"),
];

/// What only the command line may do, with what to do instead.
const PRINTING: &[&str] = &["println", "print", "eprintln", "eprint"];

/// The modules that are the command line.
const COMMAND_LINE: &[&str] = &["main", "cli", "demo", "bench"];

/// Fails with all problems at once.
#[track_caller]
fn none(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

/// A source file of the crate.
struct Source {
    path: String,
    /// Its module's path from the top of the crate; `main` for the binary, empty for the library's root.
    module: Vec<String>,
    /// Without comments and strings.
    code: String,
    /// Without what is for tests, too; empty if the whole file is.
    product: String,
}

impl Source {
    fn top(&self) -> &str {
        self.module.first().map_or("", String::as_str)
    }
}

fn sources() -> Vec<Source> {
    let mut sources: Vec<Source> = tree::rust_files(&["src"])
        .into_iter()
        .map(|(path, text)| {
            let module = path.trim_start_matches("src/").trim_end_matches(".rs");
            let module = module.trim_end_matches("/mod").split('/').filter(|name| *name != "lib");
            let code = scan::code(&text);
            let product = scan::without_tests(&code);
            Source { module: module.map(str::to_owned).collect(), path, code, product }
        })
        .collect();
    let for_tests: BTreeSet<Vec<String>> = sources
        .iter()
        .flat_map(|source| {
            let inside = scan::test_modules(&source.code).into_iter();
            inside.map(|name| source.module.iter().cloned().chain([name]).collect())
        })
        .collect();
    for source in &mut sources {
        if for_tests.iter().any(|module| source.module.starts_with(module)) {
            source.product.clear();
        }
    }
    sources
}

/// The modules at the top of the crate.
fn tops(sources: &[Source]) -> BTreeSet<&str> {
    sources.iter().map(Source::top).filter(|top| !top.is_empty()).collect()
}

#[test]
fn every_module_has_its_place_among_the_layers() {
    let sources = sources();
    let placed: BTreeSet<&str> = LAYERS.iter().map(|(module, _)| *module).collect();
    let lost = tops(&sources).into_iter().filter(|top| !placed.contains(top));
    none(
        &lost
            .map(|top| format!("src/{top}: in no layer; give it a line in tests/it/tidy/layers.rs"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn the_layers_have_no_circle() {
    let uses: BTreeMap<&str, &[&str]> = LAYERS
        .iter()
        .filter_map(|(module, may_use)| match may_use {
            MayUse::Only(others) => Some((*module, *others)),
            MayUse::Everything => None,
        })
        .collect();
    // Take away whatever uses nothing that is left, until nothing is.
    let mut left: BTreeSet<&str> = uses.keys().copied().collect();
    while let Some(lowest) =
        left.iter().copied().find(|module| uses[module].iter().all(|other| !left.contains(other)))
    {
        left.remove(lowest);
    }
    assert!(
        left.is_empty(),
        "these layers use each other in a circle: {left:?}; see tests/it/tidy/layers.rs"
    );
}

#[test]
fn no_module_reaches_past_its_layer() {
    let sources = sources();
    let tops = tops(&sources);
    let mut problems = Vec::new();
    for source in sources.iter().filter(|source| !source.module.is_empty()) {
        let Some((top, MayUse::Only(others))) = LAYERS.iter().find(|(module, _)| *module == source.top())
        else {
            continue;
        };
        for named in scan::paths(&source.product, &source.module) {
            let Some(other) = named.ours() else { continue };
            let at = format!("{}:{}", source.path, named.line);
            if AT_THE_TOP.contains(&other) || named.path.len() < 2 {
                continue;
            } else if !tops.contains(other) {
                problems.push(format!(
                    "{at}: crate::{other} is no module; name it through the module that has it"
                ));
            } else if other != *top && !others.contains(&other) {
                problems.push(format!(
                    "{at}: {top} must not use {other}, only {others:?}; move what is needed to a layer below both, or \
                     pass it in"
                ));
            }
        }
    }
    none(&problems);
}

#[test]
fn each_crate_and_each_source_of_chance_stays_where_it_belongs() {
    let mut problems = Vec::new();
    for source in sources() {
        for named in scan::paths(&source.product, &source.module) {
            for (what, place, why) in WORDS.iter().filter(|(what, ..)| named.names(what)) {
                let (fits, expected) = match place {
                    Place::OnlyIn(modules) => {
                        (modules.contains(&source.top()), format!("only in {modules:?}"))
                    }
                    Place::NotIn(modules) => {
                        (!modules.contains(&source.top()), format!("nowhere in {modules:?}"))
                    }
                };
                if !fits {
                    problems
                        .push(format!("{}:{}: {what} belongs {expected}: {why}", source.path, named.line));
                }
            }
        }
    }
    none(&problems);
}

#[test]
fn no_stub_and_no_stray_print_is_left_in_the_code() {
    let mut problems = Vec::new();
    for source in sources() {
        let uses = |code: &str, name: &str| -> Vec<usize> {
            let call = format!("{name}!");
            let whole =
                |line: &str, at: usize| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            let calls = |line: &str| line.match_indices(&call).any(|(at, _)| whole(line, at));
            code.lines().enumerate().filter(|(_, line)| calls(line)).map(|(number, _)| number + 1).collect()
        };
        for (name, instead) in MACROS {
            for line in uses(&source.code, name) {
                problems.push(format!("{}:{line}: {name}! is not expected in src; {instead}", source.path));
            }
        }
        for name in PRINTING.iter().filter(|_| !COMMAND_LINE.contains(&source.top())) {
            for line in uses(&source.product, name) {
                let expected = format!("{name}! is expected only in {COMMAND_LINE:?}");
                problems.push(format!("{}:{line}: {expected}; use tracing, with ids only", source.path));
            }
        }
    }
    none(&problems);
}

#[test]
fn every_file_opens_by_saying_what_it_is() {
    let files = tree::rust_files(&["src", "tests", "migrations"]);
    let silent = files.iter().filter(|(_, text)| !text.starts_with("//! "));
    let problem =
        |(path, _): &(String, String)| format!("{path}:1: begin with `//!`: what it is, then why it is so");
    none(&silent.map(problem).collect::<Vec<_>>());
}

#[test]
fn no_file_outgrows_its_reader() {
    let mut problems = Vec::new();
    let mut excused: BTreeSet<&str> = LONG_FILES.iter().map(|(path, _)| *path).collect();
    for (path, text) in tree::rust_files(&["src"]) {
        let lines = text.lines().count();
        // Rows of tables are as long as their tables.
        let is_long = lines > LINES_MAX && !path.starts_with("src/store/entity/");
        if is_long && !excused.remove(path.as_str()) {
            problems.push(format!(
                "{path}:{LINES_MAX}: {lines} lines, at most {LINES_MAX} are expected; split it by subject, or give the \
                 reason in LONG_FILES of tests/it/tidy/mod.rs"
            ));
        }
    }
    problems.extend(
        excused.iter().map(|path| format!("{path}: not too long any more; take it out of LONG_FILES")),
    );
    none(&problems);
}

#[test]
fn no_file_is_too_heavy_to_clone() {
    let excused = |path: &str| LARGE_FILES.iter().any(|(excused, _)| *excused == path);
    let files = tree::files();
    let heavy = files.iter().filter(|file| file.bytes > BYTES_MAX && !excused(&file.path));
    let problem = |file: &tree::File| {
        let bytes = file.bytes;
        format!(
            "{}:1: {bytes} bytes, at most {BYTES_MAX} are expected; leave it out, or give the reason",
            file.path
        )
    };
    none(&heavy.map(problem).collect::<Vec<_>>());
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    // Put together here, or this file would be the first to be found.
    let folders = ["work", "root", "home"].map(|name| format!("/{name}/"));
    let mut problems = Vec::new();
    for file in tree::files() {
        for (number, line) in file.text.iter().flat_map(|text| text.lines()).enumerate() {
            for folder in folders.iter().filter(|folder| is_absolute(line, folder)) {
                let at = format!("{}:{}", file.path, number + 1);
                problems.push(format!(
                    "{at}: {folder}… is a path of one machine; say it relative to the repository"
                ));
            }
        }
    }
    none(&problems);
}

/// Whether the line names a path that begins with this folder, not one that has it further down.
fn is_absolute(line: &str, folder: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || "._-~}*".contains(c);
    line.match_indices(folder).any(|(at, _)| !line[..at].ends_with(inside))
}

#[test]
fn mail_is_not_logged_by_the_crate_that_sends_it() {
    let manifest = tree::text("Cargo.toml");
    let wanted = manifest.lines().enumerate().find(|(_, line)| line.starts_with("lettre "));
    let (number, line) = wanted.expect("Cargo.toml:1: lettre is expected on a line of its own");
    assert!(
        !line.contains("tracing") && line.contains("default-features = false"),
        "Cargo.toml:{}: lettre's feature `tracing` logs what mails say, and must stay off, defaults too",
        number + 1
    );
    let lock = tree::text("Cargo.lock");
    let package = lock.split("[[package]]").find(|package| package.contains("\nname = \"lettre\"\n"));
    assert!(
        !package.expect("lettre is locked").contains("\"tracing\""),
        "Cargo.lock: lettre depends on tracing, so something turns its feature `tracing` on, which logs what mails say"
    );
}

/// The commands in the README's blocks of shell, with their lines.
fn readme_commands() -> Vec<(usize, String)> {
    let mut commands = Vec::new();
    let mut block = None;
    for (number, line) in tree::text("README.md").lines().enumerate() {
        match (line.trim().strip_prefix("```"), block) {
            (Some(language), None) => block = Some(language == "sh"),
            (Some(_), Some(_)) => block = None,
            (None, Some(true)) => {
                commands.push((number + 1, line.split('#').next().unwrap_or_default().trim().to_owned()))
            }
            (None, _) => {}
        }
    }
    commands.retain(|(_, command)| !command.is_empty());
    commands
}

#[test]
fn every_command_of_the_readme_exists() {
    let commands = readme_commands();
    for expected in ["cargo run --release -- demo", "scripts/test"] {
        assert!(
            commands.iter().any(|(_, command)| command == expected),
            "README.md: `{expected}` is not in a block of sh"
        );
    }
    let mut problems = Vec::new();
    for (line, command) in commands {
        let words: Vec<&str> = command.split_whitespace().filter(|word| !word.contains('=')).collect();
        let ours = match words.as_slice() {
            ["cargo", "run", arguments @ ..] => arguments.iter().skip_while(|word| **word != "--").nth(1),
            ["usher", subcommand, ..] => Some(subcommand),
            _ => None,
        };
        if let Some(subcommand) = ours {
            let output =
                Command::new(env!("CARGO_BIN_EXE_usher")).args([*subcommand, "--help"]).output().unwrap();
            if !output.status.success() {
                problems.push(format!("README.md:{line}: `{command}`: usher has no command {subcommand}"));
            }
        }
        if let Some(script) = words.first().filter(|word| word.contains('/'))
            && !is_program(script)
        {
            problems.push(format!(
                "README.md:{line}: {script} is not there, or may not be executed; correct the text"
            ));
        }
    }
    none(&problems);
}

#[test]
fn every_script_may_be_executed() {
    let scripts = tree::files()
        .into_iter()
        .filter(|file| file.text.as_ref().is_some_and(|text| text.starts_with("#!/")));
    let problems = scripts.filter(|script| !is_program(&script.path));
    none(
        &problems
            .map(|script| format!("{}:1: begins with #! but may not be executed; chmod +x", script.path))
            .collect::<Vec<_>>(),
    );
}

#[cfg(unix)]
fn is_program(path: &str) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o100 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &str) -> bool {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path).is_file()
}

#[test]
fn every_file_the_readme_links_to_is_there() {
    let mut problems = Vec::new();
    for (number, line) in tree::text("README.md").lines().enumerate() {
        for (at, _) in line.match_indices("](") {
            let target = line[at + 2..].split([')', '#']).next().unwrap_or_default();
            let is_ours = !target.is_empty() && !target.contains("://");
            if is_ours && !std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(target).exists() {
                problems.push(format!("README.md:{}: {target} is not there; correct the link", number + 1));
            }
        }
    }
    none(&problems);
}
