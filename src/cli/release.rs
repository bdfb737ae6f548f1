//! `onair release`: prints the plan and, unless it is a dry run, carries out that very plan.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::args::{Global, Release};
use super::ui::carry_out::{Named, say_proofs, stopped_by};
use super::ui::findings::{say_of_sound, say_waiting};
use super::ui::listening::ListeningProgress;
use super::ui::shows::Shows;
use super::ui::term::Term;
use super::ui::{
    actions,
    stop::{self, Stop},
};
use super::{Exit, Outcome, block_on};
use crate::pipeline::release::{Preparation, Prepared, ReleaseOptions, prepare};
use crate::pipeline::{Class, Error};
use crate::plan::{Allow, Guard, GuardKind, Overrides};
use crate::report::Counts;

/// Releases each show, and those whose episodes come due while it may wait.
pub fn run(shows: &mut Shows<'_>, args: &Release, term: &Term) -> Outcome {
    let begun = Instant::now();
    let mut woken = false;
    loop {
        // As if it were then: time goes on from there.
        let now = || {
            let now = args.now.unwrap_or_else(Timestamp::now);
            now.checked_add(begun.elapsed()).unwrap_or(now)
        };
        let left = || args.wait.unwrap_or_default().saturating_sub(begun.elapsed());
        let mut next: Option<Timestamp> = None;
        let exit = shows.each(|global| {
            let due = block_on(patiently(global, args, &now, &left, woken, term))?;
            next = due.into_iter().chain(next).min();
            Ok(Exit::Fine)
        })?;
        let until = next.map(|next| next.duration_since(now())).and_then(|it| it.try_into().ok());
        match until {
            Some(until) if until <= left() && !args.dry_run && exit != Exit::Interrupted => {
                block_on(nap(until))?;
            }
            _ => {
                shows.close();
                return Ok(exit);
            }
        }
        woken = true;
    }
}

/// One release, as soon as no other is at work.
async fn patiently(
    global: &Global,
    args: &Release,
    now: &impl Fn() -> Timestamp,
    left: &impl Fn() -> Duration,
    woken: bool,
    term: &Term,
) -> Result<Option<Timestamp>, Error> {
    stop::end_until_something_is_written(term);
    loop {
        match once(global, args, now(), woken, term).await {
            Err(error) if error.class == Class::Held && !left().is_zero() && !args.dry_run => {
                term.say(&format!("Waiting: {error}"));
                nap(left().min(AGAIN)).await?;
            }
            outcome => return outcome,
        }
    }
}

/// How often a release asks whether another one is done.
const AGAIN: Duration = Duration::from_secs(5);

/// Waits, unless somebody wishes otherwise. Nothing is held meanwhile.
async fn nap(time: Duration) -> Result<(), Error> {
    let mut stop = Stop::while_idle();
    tokio::select! {
        () = stop.wished() => return Err(Error::new(Class::Interrupted, "stopped while it waited")),
        () = tokio::time::sleep(time) => stop.over(),
    }
    Ok(())
}

/// One release; gives the time at which the next episode comes due. `woken` if it has waited for one.
async fn once(
    global: &Global,
    args: &Release,
    now: Timestamp,
    woken: bool,
    term: &Term,
) -> Result<Option<Timestamp>, Error> {
    let options = global.options();
    let asked = ReleaseOptions {
        dry_run: args.dry_run,
        repair: args.repair,
        // Once is enough.
        retag: if woken { Vec::new() } else { args.retag.clone() },
        allow: overrides(&args.allow)?,
        now,
    };
    let prepared = prepare(&options, &asked, &ListeningProgress::new(term)).await?;
    let Prepared { checkout, located, target, note, findings, unheard, idle, outcome } = prepared;
    for note in &unheard {
        term.warning(note, None);
    }
    for allow in idle {
        let help = "name it by its number (`109`, or `s2e3` where seasons count anew) or its guid";
        term.warning(&format!("--allow {allow}: no published episode is called so"), Some(help));
    }
    if let Some(note) = &note {
        term.say(note);
    }
    say_proofs(&checkout, &located, term);
    let name = target.store.name();
    let root = &checkout.show.root.clone();
    let named =
        Named { command: "release", target: &name, dry: args.dry_run, root, note, removes: &[] };
    let plan = match outcome {
        Preparation::Findings => {
            return Err(stopped_by(findings, &checkout, "release", "published", term));
        }
        Preparation::Guards(guards) => {
            let older = |guard: &Guard| guard.kind == GuardKind::OlderCheckout;
            if woken && guards.iter().all(older) {
                term.say("A later commit was released meanwhile: its own run goes on from here");
                return Ok(None);
            }
            return Err(named.refused(&guards, term));
        }
        Preparation::Plan(plan) => plan,
    };
    say_of_sound(&findings, &checkout, term);
    let waiting = plan.waiting.clone();
    let counts = Counts::of(&findings);
    // All that is left is in the plan; of a large show the rest takes as much room.
    let settings = checkout.show.settings.clone();
    drop((checkout, findings, located));
    named.carry_out(&plan, &options, &target, &settings, term).await?;
    say_waiting(&waiting, asked.now, term);
    actions::output("findings", (counts.errors + counts.warnings) as u64, term);
    Ok(waiting.first().map(|next| next.until))
}

/// What a host permits with `--allow`.
fn overrides(given: &[String]) -> Result<Overrides, Error> {
    let mut allowed = Vec::new();
    for text in given {
        let bad = |error| Error::new(Class::Usage, format!("--allow {text}: {error}"));
        allowed.extend(Allow::read(text).map_err(bad)?);
    }
    Ok(allowed.into_iter().collect())
}
