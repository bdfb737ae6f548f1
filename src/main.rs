//! Arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    onair::cli::complete();
    onair::cli::run(onair::cli::Args::read())
}
