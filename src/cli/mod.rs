//! The command line: one file a command. Each turns its arguments into options, calls the pipeline, and
//! prints the outcome.

mod apple;
mod args;
mod check;
mod docs;
mod doctor;
mod exit;
mod explain;
mod import;
mod init;
mod listen;
mod moving;
mod new;
mod preview;
mod prune;
mod rehost;
mod release;
mod rollback;
mod tag;
mod ui;
mod unpublish;
mod upload;

pub use args::Args;
pub use exit::Exit;

use std::process::ExitCode;

use args::{Apple, Command};
use exit::Outcome;
use ui::actions;
use ui::term::Term;

use crate::pipeline::{Class, Error};
use crate::report::summary;

/// Runs what waits for a store or a server.
fn block_on<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| {
        Error::new(Class::Target, format!("no threads can be started: {error}"))
    })?;
    let outcome = runtime.block_on(work);
    // The answer is known: nobody waits for what still blocks.
    runtime.shutdown_background();
    outcome
}

/// Runs the command that the arguments name.
pub fn run(args: Args) -> ExitCode {
    let term = Term::new(&args.global, actions::is_runner());
    let outcome = match &args.command {
        Command::Check(check) => check::run(&args.global, check, &term),
        Command::Listen(listen) => listen::run(&args.global, listen, &term),
        Command::Release(release) => release::run(&args.global, release, &term),
        Command::Doctor(doctor) => doctor::run(&args.global, doctor, &term),
        Command::Rollback(rollback) => rollback::run(&args.global, rollback, &term),
        Command::Prune(prune) => prune::run(&args.global, prune, &term),
        Command::Tag(tag) => tag::run(&args.global, tag, &term),
        Command::Preview(preview) => preview::run(&args.global, preview, &term),
        Command::Unpublish(unpublish) => unpublish::run(&args.global, unpublish, &term),
        Command::Upload(upload) => upload::run(&args.global, upload, &term),
        Command::Init(init) => init::run(&args.global, init, &term),
        Command::New(new) => new::run(&args.global, new, &term),
        Command::Import(import) => import::run(&args.global, import, &term),
        Command::Rehost(rehost) => rehost::run(&args.global, rehost, &term),
        Command::Move(moving) => moving::run(&args.global, moving, &term),
        Command::Apple(Apple::Sync(sync)) => apple::run(&args.global, sync, &term),
        Command::Explain(explain) => explain::run(explain, &term),
        Command::Completions { shell } => docs::completions(*shell, &term),
        Command::Man => docs::man(&term),
    };
    let exit = outcome.unwrap_or_else(|error| {
        let help = error.help.as_deref();
        if term.format() == args::Format::Github && error.class == Class::Findings {
            // The findings have their annotations, and there is room for ten.
            term.say(&error.message);
        } else {
            term.failure(&error.message, help);
        }
        actions::summarise(&term, |room| summary::failure(&error.message, help, room));
        error.class.into()
    });
    ExitCode::from(exit as u8)
}
