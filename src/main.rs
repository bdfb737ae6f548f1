//! Arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    onair::cli::run(onair::cli::Args::parse())
}
