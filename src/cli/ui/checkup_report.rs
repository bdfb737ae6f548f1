//! How an examination is told: one line a check, and beneath it the fix.

use serde_json::json;

use super::term::Term;
use crate::cli::args::Format;
use crate::report::printable;
use crate::store::checkup::{Check, Outcome};

/// How many checks came out how.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    pub fine: usize,
    pub weak: usize,
    pub broken: usize,
    pub skipped: usize,
}

impl Tally {
    pub fn of(checks: &[Check]) -> Self {
        let mut tally = Self::default();
        for check in checks {
            *match check.outcome {
                Outcome::Fine { .. } => &mut tally.fine,
                Outcome::Weak { .. } => &mut tally.weak,
                Outcome::Broken { .. } => &mut tally.broken,
                Outcome::Skipped { .. } => &mut tally.skipped,
            } += 1;
        }
        tally
    }
}

/// All checks, and their sum.
pub fn report(command: &str, target: &str, checks: &[Check], term: &Term) {
    let tally = Tally::of(checks);
    if term.format() == Format::Json {
        let body = json!({
            "target": target,
            "checks": checks,
            "summary": tally,
        });
        term.answer(command, body);
        return;
    }
    term.say(&format!("Examining {target}"));
    for check in checks {
        match &check.outcome {
            Outcome::Fine { .. } | Outcome::Skipped { .. } => term.say(&line(check, term)),
            // With --quiet, too, what is wrong is said.
            _ => term.data(&format!("{}\n", line(check, term))),
        }
    }
    let Tally { fine, weak, broken, skipped } = tally;
    let skipped = if skipped > 0 { format!(", {skipped} skipped") } else { String::new() };
    term.say(&format!("{fine} fine, {weak} weak, {broken} broken{skipped}"));
}

fn line(check: &Check, term: &Term) -> String {
    let (word, colour, said, fix) = match &check.outcome {
        Outcome::Fine { seen } => ("fine", "32", seen, None),
        Outcome::Weak { seen, fix } => ("weak", "33", seen, Some(fix)),
        Outcome::Broken { seen, fix } => ("broken", "1;31", seen, Some(fix)),
        Outcome::Skipped { why } => ("skipped", "2", why, None),
    };
    let word = match term.colour() {
        true => format!("\x1b[{colour}m{word:<7}\x1b[0m"),
        false => format!("{word:<7}"),
    };
    let mut line = format!("  {word}  {}: {}", printable(&check.name), printable(said));
    if let Some(fix) = fix {
        line.push_str(&format!("\n           fix: {}", printable(fix)));
    }
    line
}
