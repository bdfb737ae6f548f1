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
#[cfg(feature = "preview")]
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

use args::{Apple, Command, Format};
use exit::Outcome;
use ui::actions;
use ui::term::{self, Term};

use crate::pipeline::{Class, Error};
use crate::report::{json, summary};

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

/// Answers a shell that asks what may come next, if one does; then the process ends.
pub fn complete() {
    clap_complete::CompleteEnv::with_factory(Args::grouped).var(docs::COMPLETE).complete();
}

/// Says why the arguments cannot be, and ends the process.
fn refused(error: &clap::Error) -> ! {
    let asked: Vec<String> = std::env::args().collect();
    let is_json = asked.iter().any(|it| it == "--format=json")
        || asked.windows(2).any(|pair| pair == ["--format", "json"]);
    if is_json && error.use_stderr() {
        let text = error.to_string();
        let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        let failure = json::failure("onair", "usage", message, Some(text.trim()));
        Term::plain(Format::Json).json(&failure);
    }
    error.exit()
}

/// The forms in which a command answers.
fn formats(command: &Command) -> &'static [Format] {
    use Command as C;
    use Format::{Github, Human, Json, Sarif};
    match command {
        C::Check(_) | C::Listen(_) => &[Human, Json, Github, Sarif],
        C::Release(_) | C::Rollback(_) | C::Upload(_) | C::Unpublish(_) => &[Human, Json, Github],
        #[cfg(feature = "preview")]
        C::Preview(_) => &[Human],
        C::Import(_) | C::Rehost(_) | C::Move(_) => &[Human],
        C::Completions { .. } | C::Man { .. } => &[Human],
        _ => &[Human, Json],
    }
}

fn refuse_format(args: &Args, term: &Term) -> Result<(), Error> {
    let known = formats(&args.command);
    if known.contains(&term.format()) {
        return Ok(());
    }
    let words: Vec<String> = known.iter().map(|format| format.word()).collect();
    let said = |forms: &str| Error::usage(format!("`onair {}` reports {forms} only", args.name));
    Err(match &words[..] {
        [_] => said("as text").help("leave --format out"),
        words => said(&format!("as {}", words.join(" or "))),
    })
}

/// Runs the command that the arguments name.
pub fn run(args: Args) -> ExitCode {
    let term = Term::new(&args.global, actions::is_runner());
    let outcome = refuse_format(&args, &term).and_then(|()| command(&args, &term));
    let exit = outcome.unwrap_or_else(|error| {
        let help = error.help.as_deref();
        if term.format() == Format::Github && error.reported {
            // Each cause has its annotation, and there is room for ten.
            term.say(&error.message);
        } else {
            term.failure(&error.message, help);
        }
        if formats(&args.command).contains(&Format::Json)
            && term.format() == Format::Json
            && !term::has_answered()
        {
            let class = error.class.word();
            term.json(&json::failure(&args.name, class, &error.message, help));
        }
        actions::summarise(&term, |room| match error.reported {
            true => summary::closing(&error.message, room),
            false => summary::failure(&error.message, help, room),
        });
        error.class.into()
    });
    ExitCode::from(exit as u8)
}

fn command(args: &Args, term: &Term) -> Outcome {
    match &args.command {
        Command::Check(check) => check::run(&args.global, check, term),
        Command::Listen(listen) => listen::run(&args.global, listen, term),
        Command::Release(release) => release::run(&args.global, release, term),
        Command::Doctor(doctor) => doctor::run(&args.global, doctor, term),
        Command::Rollback(rollback) => rollback::run(&args.global, rollback, term),
        Command::Prune(prune) => prune::run(&args.global, prune, term),
        Command::Tag(tag) => tag::run(&args.global, tag, term),
        #[cfg(feature = "preview")]
        Command::Preview(preview) => preview::run(&args.global, preview, term),
        Command::Unpublish(unpublish) => unpublish::run(&args.global, unpublish, term),
        Command::Upload(upload) => upload::run(&args.global, upload, term),
        Command::Init(init) => init::run(&args.global, init, term),
        Command::New(new) => new::run(&args.global, new, term),
        Command::Import(import) => import::run(&args.global, import, term),
        Command::Rehost(rehost) => rehost::run(&args.global, rehost, term),
        Command::Move(moving) => moving::run(&args.global, moving, term),
        Command::Apple(Apple::Sync(sync)) => apple::run(&args.global, sync, term),
        Command::Explain(explain) => explain::run(explain, term),
        Command::Completions { shell } => docs::completions(*shell, term),
        Command::Man { dir } => docs::man(dir.as_deref(), term),
    }
}
