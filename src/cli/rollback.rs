//! `onair rollback`: the feed of an earlier release becomes the public one again, by way of a new
//! release. Nothing is deleted, and the pages stay.

use std::collections::BTreeSet;

use serde_json::json;

use super::args::{Format, Global, Rollback};
use super::release::{self as releases, Named};
use super::target::{self, Seen};
use super::term::Term;
use super::{Exit, Failure, Outcome, block_on, gather, stop};
use crate::release::{self, ReleaseError};
use crate::report::{self, counted};
use crate::store::Store;
use crate::store::published::Published;
use crate::store::record::{Record, ReleaseNumber};

pub fn run(global: &Global, args: &Rollback, term: &Term) -> Outcome {
    block_on(rollback(global, args, term))
}

async fn rollback(global: &Global, args: &Rollback, term: &Term) -> Outcome {
    stop::end_until_something_is_written(term);
    let show = gather::show(global)?;
    let settings = &show.settings;
    let Seen { target, published, .. } = target::read(global, settings).await?;
    let store = target.store.as_ref();
    if args.list {
        return list(store, &published, term).await;
    }
    let to = match (args.release, published.record.as_ref().and_then(|record| record.parent)) {
        (Some(number), _) => ReleaseNumber(number),
        (None, Some(parent)) => parent,
        (None, None) => {
            let message = format!("{} has no release before the current one", store.name());
            return Err(Failure::new(Exit::Usage, message));
        }
    };
    let record = release::read_record(store, to).await.map_err(|error| unknown(error, store))?;
    let plan = release::plan_rollback(store, &published, to)
        .await
        .map_err(|error| unknown(error, store))?;
    let (dry, root) = (args.dry_run, show.root.as_path());
    let named = Named { command: "rollback", target: &store.name(), dry, root, note: None };
    let plan = plan.map_err(|guards| named.refused(&guards, term))?;
    term.say(&format!("Back to the feed of {}", described(&record)));
    let done = named.carry_out(&plan, global, &target, settings, term).await?;
    if done.is_some_and(|receipt| receipt.feed_published) {
        term.say(
            "The next `onair release` publishes what the repository says: mend it there first.",
        );
    }
    Ok(Exit::Fine)
}

fn unknown(error: ReleaseError, store: &dyn Store) -> Failure {
    match error {
        ReleaseError::NoRelease(_) | ReleaseError::NotKept { .. } => {
            Failure::new(Exit::Usage, error.to_string())
                .help(format!("`onair rollback --list` names the releases of {}", store.name()))
        }
        other => releases::stopped(other),
    }
}

/// `release 3 (2026-03-06T06:00:00Z, ann@studio, 12 episodes)`
fn described(record: &Record) -> String {
    format!(
        "release {} ({}, {}, {})",
        record.number.0,
        record.created,
        report::printable(&record.by.who),
        counted(record.listed().count(), "episode")
    )
}

async fn list(store: &dyn Store, published: &Published, term: &Term) -> Outcome {
    let current = published.record.as_ref().map(|record| record.number);
    let numbers: BTreeSet<ReleaseNumber> =
        release::release_numbers(store).await.map_err(target::failed)?.into_iter().collect();
    let mut listed = Vec::new();
    for number in numbers.into_iter().rev() {
        match release::read_record(store, number).await {
            Ok(record) => listed.push(record),
            // Gone since, or damaged: nothing to go back to.
            Err(ReleaseError::NoRelease(_) | ReleaseError::BadRecord { .. }) => {}
            Err(error) => return Err(releases::stopped(error)),
        }
    }
    if term.format() == Format::Json {
        let releases: Vec<_> = listed
            .iter()
            .map(|record| {
                json!({
                    "number": record.number,
                    "created": record.created.to_string(),
                    "by": record.by.who,
                    "episodes": record.listed().count(),
                    "current": Some(record.number) == current,
                })
            })
            .collect();
        let value = json!({
            "version": report::json::VERSION,
            "command": "rollback",
            "target": store.name(),
            "releases": releases,
        });
        term.json(&value);
        return Ok(Exit::Fine);
    }
    for record in &listed {
        let mark = if Some(record.number) == current { "  <- current" } else { "" };
        term.say(&format!("{}{mark}", described(record)));
    }
    if listed.is_empty() {
        term.say(&format!("{} has no releases", store.name()));
    }
    Ok(Exit::Fine)
}
