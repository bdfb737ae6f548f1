//! `onair doctor`.

use serde_json::json;

use super::args::{Doctor, Format, Global};
use super::ui::term::Term;
use super::{Exit, Outcome, block_on};
use crate::model::checkup;
use crate::pipeline::doctor::{Examined, examine, print_policy};
use crate::report::checkup::{Tally, line};

pub fn run(global: &Global, args: &Doctor, term: &Term) -> Outcome {
    let options = global.options();
    if args.print_policy {
        term.data(&format!("{}\n", print_policy(&options)?));
        return Ok(Exit::Fine);
    }
    let examined = block_on(examine(&options))?;
    let tally = Tally::of(&examined.checks);
    report(&examined, tally, term);
    Ok(if tally.broken > 0 { Exit::Target } else { Exit::Fine })
}

/// Says each check with its fix, and their sum.
fn report(examined: &Examined, tally: Tally, term: &Term) {
    let Examined { target, checks, .. } = examined;
    if term.format() == Format::Json {
        term.answer("doctor", json!({ "target": target, "checks": checks, "summary": tally }));
        return;
    }
    term.say(&format!("Examining {target}"));
    for check in checks {
        let line = line(check, term.colour());
        match check.outcome {
            checkup::Outcome::Fine { .. } | checkup::Outcome::Skipped { .. } => term.say(&line),
            // What is wrong is said with --quiet, too.
            _ => term.data(&format!("{line}\n")),
        }
    }
    term.say(&tally.to_string());
}
