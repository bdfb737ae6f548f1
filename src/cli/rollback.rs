//! `onair rollback`.

use jiff::tz::TimeZone;
use serde_json::json;

use super::args::{Format, Global, Rollback};
use super::ui::carry_out::Named;
use super::ui::stop;
use super::ui::term::Term;
use super::{Exit, Outcome, block_on};
use crate::pipeline::rollback::{self as pipeline, Releases};
use crate::report::{self, counted};
use crate::store::record::Record;

pub fn run(global: &Global, args: &Rollback, term: &Term) -> Outcome {
    block_on(rollback(global, args, term))
}

async fn rollback(global: &Global, args: &Rollback, term: &Term) -> Outcome {
    stop::end_until_something_is_written(term);
    let options = global.options();
    if args.list {
        list(&pipeline::list(&options).await?, term);
        return Ok(Exit::Fine);
    }
    let prepared = pipeline::prepare(&options, args.release).await?;
    let (name, root) = (prepared.target.store.name(), options.root.as_path());
    let named = Named {
        command: "rollback",
        target: &name,
        dry: args.dry_run,
        root,
        note: None,
        removes: &[],
    };
    let plan = prepared.plan.map_err(|guards| named.refused(&guards, term))?;
    term.say(&format!("Back to {}", described(&prepared.record)));
    let (target, settings) = (&prepared.target, &prepared.settings);
    let done = named.carry_out(&plan, &options, target, settings, term).await?;
    if done.is_some_and(|receipt| receipt.feed_published) {
        term.say(
            "It holds until the show changes: fix it there, and the next `onair release` goes on.",
        );
    }
    Ok(Exit::Fine)
}

/// `release 3 (2026-03-06 07:00 CET, ann@studio, 12 episodes)`
fn described(record: &Record) -> String {
    let created = record.created.to_zoned_datetime(TimeZone::system());
    format!(
        "release {} ({}, {}, {})",
        record.number.0,
        created.strftime("%Y-%m-%d %H:%M %Z"),
        report::printable(&record.by.who),
        counted(record.listed().count(), "episode")
    )
}

fn list(releases: &Releases, term: &Term) {
    let Releases { target, records, current } = releases;
    if term.format() == Format::Json {
        let releases: Vec<_> = records
            .iter()
            .map(|record| {
                json!({
                    "number": record.number,
                    "created": record.created.to_string(),
                    "by": record.by.who,
                    "episodes": record.listed().count(),
                    "current": Some(record.number) == *current,
                })
            })
            .collect();
        let body = json!({
            "target": target,
            "releases": releases,
        });
        term.answer("rollback", body);
        return;
    }
    for record in records {
        let mark = if Some(record.number) == *current { "  <- current" } else { "" };
        term.say(&format!("{}{mark}", described(record)));
    }
    if records.is_empty() {
        term.say(&format!("{target} has no releases"));
    }
}
