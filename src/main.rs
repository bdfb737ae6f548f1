//! Arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser as _;

/// Rendering allocates millions of small texts on all cores; this takes a quarter off its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    onair::cli::run(onair::cli::Args::parse())
}
