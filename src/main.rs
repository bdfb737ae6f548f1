//! Arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(code) = onair::pipeline::template_process::serve::serve() {
        return code;
    }
    onair::cli::complete();
    onair::cli::run(onair::cli::Args::read())
}
