//! `prune`: finds what no recent release names, and removes it.

use std::num::NonZeroUsize;

use super::target::{self, Seen, Target};
use super::{Error, Options, load};
use crate::release::{self, Prune, Run};
use crate::store::published::Standing;

/// What would be removed.
pub struct Prepared {
    /// Where.
    pub target: Target,
    /// What; nothing if nothing is published yet.
    pub plan: Option<Prune>,
}

/// Finds what none of the last `keep` releases names.
///
/// # Errors
/// If the target cannot be read.
pub async fn prepare(options: &Options, keep: NonZeroUsize) -> Result<Prepared, Error> {
    let settings = load::show(&options.root)?.settings;
    let Seen { target, published, .. } = target::read(options, &settings).await?;
    if published.standing == Standing::Empty {
        return Ok(Prepared { target, plan: None });
    }
    let planned = release::plan_prune(target.store.as_ref(), &published, keep).await;
    Ok(Prepared { target, plan: Some(planned.map_err(target::stopped)?) })
}

/// Removes it, unless it is more than `most` objects.
///
/// # Errors
/// Why it stopped; what was removed until then is gone.
pub async fn carry_out(plan: &Prune, most: usize, run: &Run<'_>) -> Result<(), Error> {
    release::prune(plan, most, run).await.map_err(target::stopped)
}
