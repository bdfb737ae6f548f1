//! `onair release`: prints the plan and, unless it is a dry run, carries out that very plan.

use jiff::Timestamp;

use super::args::{Global, Release};
use super::ui::carry_out::{Named, say_proofs};
use super::ui::findings::{report, say_of_sound};
use super::ui::listening::ListeningProgress;
use super::ui::term::Term;
use super::ui::{actions, stop};
use super::{Exit, Outcome, block_on};
use crate::pipeline::release::{Preparation, Prepared, ReleaseOptions, prepare};
use crate::pipeline::{Class, Error};
use crate::plan::{Allow, Overrides};
use crate::report::Counts;
use crate::rules::{Finding, Severity};

pub fn run(global: &Global, args: &Release, term: &Term) -> Outcome {
    block_on(release(global, args, term))
}

async fn release(global: &Global, args: &Release, term: &Term) -> Outcome {
    stop::end_until_something_is_written(term);
    let options = global.options();
    let asked = ReleaseOptions {
        dry_run: args.dry_run,
        repair: args.repair,
        allow: overrides(&args.allow)?,
        now: args.now.unwrap_or_else(Timestamp::now),
    };
    let prepared = prepare(&options, &asked, &ListeningProgress::new(term)).await?;
    let Prepared { checkout, located, target, note, findings, unheard, outcome } = prepared;
    for note in &unheard {
        term.warning(note, None);
    }
    if let Some(note) = &note {
        term.say(note);
    }
    say_proofs(&checkout, &located, term);
    let name = target.store.name();
    let root = checkout.show.root.as_path();
    let named = Named { command: "release", target: &name, dry: args.dry_run, root, note };
    let plan = match outcome {
        Preparation::Findings => {
            let wrong: Vec<Finding> =
                findings.into_iter().filter(|it| it.severity == Severity::Error).collect();
            report("release", &wrong, &checkout, term);
            let counts = Counts { errors: wrong.len(), ..Counts::default() };
            return Err(Error::new(Class::Findings, format!("{counts}: nothing was published")));
        }
        Preparation::Guards(guards) => return Err(named.refused(&guards, term)),
        Preparation::Plan(plan) => plan,
    };
    say_of_sound(&findings, &checkout, term);
    named.carry_out(&plan, &options, &target, &checkout.show.settings, term).await?;
    let counts = Counts::of(&findings);
    actions::output("findings", (counts.errors + counts.warnings) as u64, term);
    Ok(Exit::Fine)
}

/// What a host permits with `--allow`.
fn overrides(given: &[String]) -> Result<Overrides, Error> {
    given
        .iter()
        .map(|text| {
            text.parse::<Allow>().map_err(|error| Error::usage(format!("--allow {text}: {error}")))
        })
        .collect()
}
