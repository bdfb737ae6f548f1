//! `onair rehost`.

use super::args::{Global, Rehost};
use super::ui::term::Term;
use super::{Exit, Outcome};
use crate::pipeline::rehost::rehost;

pub fn run(global: &Global, args: &Rehost, term: &Term) -> Outcome {
    let rehosted = rehost(&global.options(), &args.episodes, args.allow_private, term)?;
    term.say(&rehosted.report());
    Ok(if rehosted.complete { Exit::Fine } else { Exit::Target })
}
