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

use args::{Apple, Command, Format, Global};
use exit::Outcome;
use ui::actions;
use ui::shows::{Shows, tell};
use ui::term::Term;

use crate::pipeline::{Class, Error};
use crate::report::json;

/// Threads that read, hash and ask at once. What they have taken of memory each of them keeps.
const BLOCKING: usize = 16;

/// Runs what waits for a store or a server.
fn block_on<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.enable_all().max_blocking_threads(BLOCKING).build().map_err(|error| {
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

/// Refuses all shows at once where a command, or one of its options, is about one show.
fn refuse_all_shows(args: &Args) -> Result<(), Error> {
    use Command as C;
    if !args.global.all_shows {
        return Ok(());
    }
    let of_one = |what: &str| Error::usage(format!("--all-shows does not go with {what}"));
    let named = |episodes: &[String]| {
        let error = || of_one("the names of episodes").help("name the show with --show instead");
        if episodes.is_empty() { Ok(()) } else { Err(error()) }
    };
    if args.global.target.is_some() {
        let help = "leave --target and ONAIR_TARGET out: each show's onair.toml says where it goes";
        return Err(of_one("one target").help(help));
    }
    match &args.command {
        C::Check(check) => named(&check.episodes),
        C::Tag(tag) => named(&tag.episodes),
        C::Release(release) if !release.allow.is_empty() => {
            Err(of_one("--allow").help("let a guard pass for one show, which --show names"))
        }
        C::Release(release) => named(&release.retag),
        C::Doctor(doctor) if doctor.print_policy => {
            Err(of_one("--print-policy").help("print it for one show, which --show names"))
        }
        C::Apple(Apple::Sync(sync)) if sync.from_file.is_some() => {
            Err(of_one("--from-file").help("read it for one show, which --show names"))
        }
        C::Doctor(_) | C::Prune(_) | C::Apple(_) => Ok(()),
        _ => Err(of_one(&format!("`onair {}`", args.name)).help("name one show with --show")),
    }
}

/// Runs the command that the arguments name.
pub fn run(args: Args) -> ExitCode {
    let term = Term::new(&args.global, actions::is_runner());
    let refused = refuse_format(&args, &term).and_then(|()| refuse_all_shows(&args));
    let outcome = refused.and_then(|()| command(&args, &term));
    let in_json = formats(&args.command).contains(&Format::Json);
    let exit = outcome.unwrap_or_else(|error| tell(&error, &args.name, in_json, &term));
    ExitCode::from(exit as u8)
}

/// Does `work` for the show that is meant, or for each.
fn each(args: &Args, term: &Term, work: impl FnMut(&Global) -> Outcome) -> Outcome {
    let mut shows = Shows::of(&args.global, &args.name, term)?;
    let exit = shows.each(work)?;
    shows.close();
    Ok(exit)
}

fn command(args: &Args, term: &Term) -> Outcome {
    match &args.command {
        Command::Check(check) => each(args, term, |global| check::run(global, check, term)),
        Command::Listen(listen) => listen::run(&args.global, listen, term),
        Command::Release(release) => {
            let mut shows = Shows::of(&args.global, &args.name, term)?;
            release::run(&mut shows, release, term)
        }
        Command::Doctor(doctor) => each(args, term, |global| doctor::run(global, doctor, term)),
        Command::Rollback(rollback) => rollback::run(&args.global, rollback, term),
        Command::Prune(prune) => each(args, term, |global| prune::run(global, prune, term)),
        Command::Tag(tag) => each(args, term, |global| tag::run(global, tag, term)),
        #[cfg(feature = "preview")]
        Command::Preview(preview) => preview::run(&args.global, preview, term),
        Command::Unpublish(unpublish) => unpublish::run(&args.global, unpublish, term),
        Command::Upload(upload) => upload::run(&args.global, upload, term),
        Command::Init(init) => init::run(&args.global, init, term),
        Command::New(new) => new::run(&args.global, new, term),
        Command::Import(import) => import::run(&args.global, import, term),
        Command::Rehost(rehost) => rehost::run(&args.global, rehost, term),
        Command::Move(moving) => moving::run(&args.global, moving, term),
        Command::Apple(Apple::Sync(sync)) => {
            each(args, term, |global| apple::run(global, sync, term))
        }
        Command::Explain(explain) => explain::run(explain, term),
        Command::Completions { shell } => docs::completions(*shell, term),
        Command::Man { dir } => docs::man(dir.as_deref(), term),
    }
}
