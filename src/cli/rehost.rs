//! `onair rehost`.

use super::args::{Format, Global, Rehost};
use super::ui::term::Term;
use super::{Error, Exit, Outcome};
use crate::pipeline::rehost::rehost;

pub fn run(global: &Global, args: &Rehost, term: &Term) -> Outcome {
    if term.format() != Format::Human {
        let error = Error::usage("`onair rehost` reports to persons only");
        return Err(error.help("leave --format out"));
    }
    let rehosted = rehost(&global.options(), &args.episodes, term)?;
    term.say(&rehosted.report());
    Ok(if rehosted.complete { Exit::Fine } else { Exit::Target })
}
