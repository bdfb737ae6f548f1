//! `onair completions` and `onair man`: both made from the table of arguments.

use clap::CommandFactory as _;

use super::ui::term::Term;
use super::{Args, Error, Exit, Outcome};

pub fn completions(shell: clap_complete::Shell, term: &Term) -> Outcome {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "onair", &mut out);
    term.data(&String::from_utf8_lossy(&out));
    Ok(Exit::Fine)
}

pub fn man(term: &Term) -> Outcome {
    let mut out = Vec::new();
    clap_mangen::Man::new(Args::command())
        .render(&mut out)
        .map_err(|error| Error::usage(format!("the man page cannot be written: {error}")))?;
    term.data(&String::from_utf8_lossy(&out));
    Ok(Exit::Fine)
}
