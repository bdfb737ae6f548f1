//! `onair doctor`.

use super::args::{Doctor, Global};
use super::ui::checkup_report::{self, Tally};
use super::ui::term::Term;
use super::{Exit, Outcome, block_on};
use crate::pipeline::doctor::{examine, print_policy};

pub fn run(global: &Global, args: &Doctor, term: &Term) -> Outcome {
    let options = global.options();
    if args.print_policy {
        term.data(&format!("{}\n", print_policy(&options)?));
        return Ok(Exit::Fine);
    }
    let examined = block_on(examine(&options))?;
    checkup_report::report("doctor", &examined.target, &examined.checks, term);
    Ok(if Tally::of(&examined.checks).broken > 0 { Exit::Target } else { Exit::Fine })
}
