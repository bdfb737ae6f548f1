//! `onair completions` and `onair man`: both made from the table of arguments.

use std::path::Path;

use clap_complete::env::Shells;

use super::ui::term::Term;
use super::{Args, Error, Exit, Outcome};

/// The variable by which a shell asks onair what may come next.
pub const COMPLETE: &str = "COMPLETE";

/// Prints what makes a shell ask onair itself, which knows rules and episodes.
pub fn completions(shell: clap_complete::Shell, term: &Term) -> Outcome {
    let mut out = Vec::new();
    let shells = Shells::builtins();
    let known = shells.completer(&shell.to_string());
    let known = known.ok_or_else(|| Error::usage(format!("{shell} is not known")))?;
    known
        .write_registration(COMPLETE, "onair", "onair", "onair", &mut out)
        .map_err(|error| Error::usage(format!("completions cannot be written: {error}")))?;
    term.data(&String::from_utf8_lossy(&out));
    Ok(Exit::Fine)
}

pub fn man(folder: Option<&Path>, term: &Term) -> Outcome {
    let failed = |error| Error::disk("the man page cannot be written", &error);
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder).map_err(failed)?;
        clap_mangen::generate_to(Args::grouped(), folder).map_err(failed)?;
        return Ok(Exit::Fine);
    }
    let mut out = Vec::new();
    clap_mangen::Man::new(Args::grouped()).render(&mut out).map_err(failed)?;
    term.data(&String::from_utf8_lossy(&out));
    Ok(Exit::Fine)
}
