//! The command line: everything it can do is in [`usher::cli`].

use std::process::ExitCode;

/// Work on a case is many small values: a fifth of the time went to the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    usher::cli::run()
}
