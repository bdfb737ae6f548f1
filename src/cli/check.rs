//! `onair check`.

use super::args::{Check, Global};
use super::ui::findings::{report, report_all, say_waiting};
use super::ui::listening::ListeningProgress;
use super::ui::term::Term;
use super::{Exit, Outcome, block_on};
use crate::pipeline::check::{CheckOptions, Checked, Fixing, check};
use crate::pipeline::fix::Fixed;
use crate::pipeline::{Class, Error};
use crate::report::{Counts, counted};
use crate::rules::Evidence;
use crate::show::waiting;

pub fn run(global: &Global, args: &Check, term: &Term) -> Outcome {
    let fix = match (args.fix, args.dry_run) {
        (false, _) => Fixing::Off,
        (true, true) => Fixing::DryRun,
        (true, false) => Fixing::On,
    };
    let (episodes, now) = (args.episodes.clone(), jiff::Timestamp::now());
    let asked = CheckOptions { episodes, listen: args.listen, fix, now };
    let watch = ListeningProgress::new(term);
    let checked = block_on(check(&global.options(), &asked, &watch))?;
    say_of_absent(&checked, term);
    if let Some(fixed) = &checked.fixed {
        if fix == Fixing::DryRun {
            term.data(&fixed.diff);
            return Ok(Exit::Fine);
        }
        say_fixed(fixed, term);
    }
    let say = if args.all { report_all } else { report };
    say("check", &checked.findings, &checked.checkout, term);
    say_waiting(&waiting::waiting(&checked.checkout.show, asked.now), asked.now, term);
    let counts = Counts::of(&checked.findings);
    if counts.errors > 0 {
        return Ok(Exit::Findings);
    }
    match args.max_warnings {
        Some(most) if counts.warnings > most => Err(Error::new(
            Class::Findings,
            format!("{}, and at most {most} are allowed", counted(counts.warnings, "warning")),
        )
        .reported()),
        _ => Ok(Exit::Fine),
    }
}

/// Says how the target was asked, and what proves audio that is not at hand.
fn say_of_absent(checked: &Checked, term: &Term) {
    for note in &checked.notes {
        term.say(note);
    }
    let located = &checked.located;
    for (path, proof) in &located.proofs {
        if matches!(located.evidence.get(path), Some(Evidence::Recorded(_))) {
            term.say(&format!("{path}: audio proved by {proof}"));
        }
    }
}

fn say_fixed(fixed: &Fixed, term: &Term) {
    if fixed.edits > 0 {
        let (values, files) = (counted(fixed.edits, "value"), counted(fixed.files.len(), "file"));
        term.say(&format!("Fixed {values} in {files}"));
    }
}
