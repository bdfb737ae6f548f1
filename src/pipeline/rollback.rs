//! `rollback`: an earlier release becomes the public one again, by way of a new release: feed, pages,
//! chapters and pictures. Nothing is deleted.

use std::collections::BTreeSet;

use super::target::{self, Seen, Target};
use super::{Error, Options, load};
use crate::plan::{Guard, Plan};
use crate::release::{self, ReleaseError};
use crate::show::Settings;
use crate::store::Store;
use crate::store::record::{Record, ReleaseNumber};

/// The way back, or what stands in it.
pub struct Prepared {
    /// The show's settings.
    pub settings: Settings,
    /// Where it is done.
    pub target: Target,
    /// The release to go back to.
    pub record: Record,
    /// What is to be done, or the guards against it.
    pub plan: Result<Plan, Vec<Guard>>,
}

/// Plans the way back to release `to`, or to the one before the current one.
///
/// # Errors
/// If the target cannot be read, or there is no such release.
pub async fn prepare(options: &Options, to: Option<u32>) -> Result<Prepared, Error> {
    let settings = load::show(&options.root)?.settings;
    let Seen { target, published, .. } = target::read(options, &settings).await?;
    let store = target.store.as_ref();
    let to = match (to, published.record.as_ref().and_then(|record| record.parent)) {
        (Some(number), _) => ReleaseNumber(number),
        (None, Some(parent)) => parent,
        (None, None) => {
            let message = format!("{} has no release before the current one", store.name());
            return Err(Error::usage(message));
        }
    };
    let unknown = |error| unknown(error, store);
    let record = release::read_record(store, to).await.map_err(unknown)?;
    let plan = release::plan_rollback(store, &published, to).await.map_err(unknown)?;
    if let Ok(plan) = &plan {
        release::prove(plan, store).await.map_err(taken_down)?;
    }
    Ok(Prepared { settings, target, record, plan })
}

/// The releases that one can go back to, the newest first, and which is the current one.
pub struct Releases {
    /// The target's name.
    pub target: String,
    /// The releases.
    pub records: Vec<Record>,
    /// The current one.
    pub current: Option<ReleaseNumber>,
}

/// Lists the releases that one can go back to.
///
/// # Errors
/// If the target cannot be read.
pub async fn list(options: &Options) -> Result<Releases, Error> {
    let settings = load::show(&options.root)?.settings;
    let Seen { target, published, .. } = target::read(options, &settings).await?;
    let store = target.store.as_ref();
    let numbers: BTreeSet<ReleaseNumber> =
        release::release_numbers(store).await.map_err(target::failed)?.into_iter().collect();
    let mut records = Vec::new();
    for number in numbers.into_iter().rev() {
        match release::read_record(store, number).await {
            Ok(record) => records.push(record),
            // Gone since, or damaged: nothing to go back to.
            Err(ReleaseError::NoRelease(_) | ReleaseError::BadRecord { .. }) => {}
            Err(error) => return Err(target::stopped(error)),
        }
    }
    let current = published.record.as_ref().map(|record| record.number);
    Ok(Releases { target: store.name(), records, current })
}

fn taken_down(error: ReleaseError) -> Error {
    let unproved = matches!(error, ReleaseError::Unproved { .. });
    let error = target::stopped(error);
    match unproved {
        true => error.help(
            "`onair unpublish` or `onair prune` has taken it down: go back to a release without it \
             (`onair rollback --list`), or publish the episode again",
        ),
        false => error,
    }
}

fn unknown(error: ReleaseError, store: &dyn Store) -> Error {
    match error {
        ReleaseError::NoRelease(_) | ReleaseError::NotKept { .. } => {
            Error::usage(error.to_string())
                .help(format!("`onair rollback --list` names the releases of {}", store.name()))
        }
        other => target::stopped(other),
    }
}
