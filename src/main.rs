//! The command line: everything it can do is in [`usher::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    usher::cli::run()
}
