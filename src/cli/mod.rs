//! The command line: one file a command. Each gathers its inputs, calls the core, and hands the
//! result to [`crate::report`].

mod actions;
mod afterwards;
mod apple;
mod args;
mod beside;
mod cache;
mod chapters;
mod check;
mod checks;
mod docs;
mod doctor;
mod edition;
mod explain;
mod fetch;
mod gather;
mod import;
mod init;
mod kept;
mod mend;
mod moving;
mod new;
mod preview;
mod progress;
mod proof;
mod prune;
mod release;
mod rollback;
mod stop;
mod tag;
mod target;
mod term;
mod upload;
mod workflows;

pub use args::Args;

use std::process::ExitCode;

use args::{Apple, Command};
use term::Term;

use crate::report::summary;

/// What the exit code says. Documented in the README.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Fine = 0,
    /// Findings at error level.
    Findings = 1,
    /// Wrong use, or wrong settings.
    Usage = 2,
    /// The target or the network failed.
    Target = 3,
    /// A guard, or another release, stopped it.
    Stopped = 4,
    /// Whoever started it stopped it: 128 and SIGINT's number, as shells have it.
    Interrupted = 130,
}

/// Why a command ended early: what to say, and with which exit code.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    message: String,
    help: Option<String>,
}

impl Failure {
    fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// What a command comes to.
type Outcome = Result<Exit, Failure>;

/// Runs what waits for a store or a server.
fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| {
        Failure::new(Exit::Target, format!("no threads can be started: {error}"))
    })?;
    let outcome = runtime.block_on(work);
    // What still blocks is of no interest to anybody.
    runtime.shutdown_background();
    outcome
}

/// Runs the command that the arguments name.
pub fn run(args: Args) -> ExitCode {
    let term = Term::new(&args.global);
    let outcome = match &args.command {
        Command::Check(check) => check::run(&args.global, check, &term),
        Command::Release(release) => release::run(&args.global, release, &term),
        Command::Doctor(doctor) => doctor::run(&args.global, doctor, &term),
        Command::Rollback(rollback) => rollback::run(&args.global, rollback, &term),
        Command::Prune(prune) => prune::run(&args.global, prune, &term),
        Command::Tag(tag) => tag::run(&args.global, tag, &term),
        Command::Preview(preview) => preview::run(&args.global, preview, &term),
        Command::Upload(upload) => upload::run(&args.global, upload, &term),
        Command::Init(init) => init::run(&args.global, init, &term),
        Command::New(new) => new::run(&args.global, new, &term),
        Command::Import(import) => import::run(&args.global, import, &term),
        Command::Move(moving) => moving::run(&args.global, moving, &term),
        Command::Apple(Apple::Sync(sync)) => apple::run(&args.global, sync, &term),
        Command::Explain(explain) => explain::run(explain, &term),
        Command::Completions { shell } => docs::completions(*shell, &term),
        Command::Man => docs::man(&term),
    };
    let exit = outcome.unwrap_or_else(|failure| {
        let help = failure.help.as_deref();
        if term.format() == args::Format::Github && failure.exit == Exit::Findings {
            // The findings have their annotations, and there is room for ten.
            term.say(&failure.message);
        } else {
            term.failure(&failure.message, help);
        }
        actions::summarise(&term, |room| summary::failure(&failure.message, help, room));
        failure.exit
    });
    ExitCode::from(exit as u8)
}
