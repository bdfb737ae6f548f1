//! `onair new`.

use super::args::{Global, New};
use super::ui::term::Term;
use super::{Exit, Outcome};
use crate::pipeline::new::{NewOptions, new};

pub fn run(global: &Global, args: &New, term: &Term) -> Outcome {
    let asked = NewOptions {
        file: args.file.clone(),
        title: args.title.clone(),
        episode: args.episode,
        date: args.date.clone(),
    };
    let made = new(&global.options(), &asked)?;
    for warning in &made.warnings {
        term.say(&format!("warning: {warning}"));
    }
    if let Some(copied) = &made.copied {
        term.say(&format!("Copied {} to {copied}", args.file.display()));
    }
    term.say(&format!(
        "Made {}: write its title, description and notes, then run `onair check`",
        made.path
    ));
    Ok(Exit::Fine)
}
