//! `release`: check, read what is published, plan; then carry out the very plan that was made.

use jiff::Timestamp;

use super::check::find;
use super::ears::{Listening, Watch, listen_to};
use super::evidence;
use super::locate::{Located, locate};
use super::target::{self, Seen, Target};
use super::{Checkout, Error, Options, edition};
use crate::plan::{self, Allow, Guard, Overrides, Plan};
use crate::release::{self, Limits, Receipt, Run};
use crate::rules::{Finding, Severity};
use crate::show::Episode;
use crate::show::sound_settings::Listen;
use crate::store::record::Record;

/// What is asked of a release.
#[derive(Debug, Clone)]
pub struct ReleaseOptions {
    /// Only plan: then what everybody can see of the target is enough.
    pub dry_run: bool,
    /// Look at every published object, and send again what is gone or was changed.
    pub repair: bool,
    /// Guards that may be passed.
    pub allow: Overrides,
    /// The present instant.
    pub now: Timestamp,
}

/// A release, ready to be carried out, or what keeps it from being.
pub struct Prepared {
    /// The show.
    pub checkout: Checkout,
    /// Where its audio stands.
    pub located: Located,
    /// Where it goes.
    pub target: Target,
    /// How what is published was seen, where that is worth knowing.
    pub note: Option<String>,
    /// All findings, whatever their weight.
    pub findings: Vec<Finding>,
    /// Why recordings could not be listened to.
    pub unheard: Vec<String>,
    /// What came of it.
    pub outcome: Preparation,
}

/// What came of preparing a release.
pub enum Preparation {
    /// Findings at error level stand in the way.
    Findings,
    /// Guards do.
    Guards(Vec<Guard>),
    /// This is to be done.
    Plan(Box<Plan>),
}

/// Checks the show and plans its release. Nothing is written. What it publishes for the first time is
/// listened to, unless the settings say never.
///
/// # Errors
/// If the show or the target cannot be read.
pub async fn prepare(
    options: &Options,
    asked: &ReleaseOptions,
    watch: &dyn Watch,
) -> Result<Prepared, Error> {
    let checkout = Checkout::load(&options.root)?;
    let looked = evidence::look(&checkout, evidence::release_depth(&checkout));
    let settings = &checkout.show.settings;
    let seen = if asked.dry_run {
        target::see(options, settings).await?
    } else {
        // A release writes: it reads with the rights that it writes with.
        target::read(options, settings).await?
    };
    let Seen { target, mut published, note, only_the_feed } = seen;
    let allow = asked.allow.clone();
    // Nobody can tell whose feed it is.
    let allow = if only_the_feed { allow.with(Allow::ForeignFeed) } else { allow };
    if asked.repair {
        release::audit(target.store.as_ref(), &mut published, Limits::default().others)
            .await
            .map_err(target::failed)?;
    }
    let located = locate(&checkout, looked, published.record.as_ref(), &target).await?;
    let first = |episode: &Episode| is_first(episode, published.record.as_ref());
    let Listening { ears, notes: unheard } = match checkout.show.settings.sound.listen {
        Listen::Never => Listening::default(),
        Listen::Release | Listen::Check => listen_to(&checkout, &located.evidence, first, watch),
    };
    let findings = find(&checkout, &located.evidence, &ears, asked.now);
    let outcome = if findings.iter().any(|finding| finding.severity == Severity::Error) {
        Preparation::Findings
    } else {
        let edition = edition::build(&checkout, &located, &published.missing, asked.now)?;
        match plan::plan(edition, &published, &allow) {
            Ok(plan) => Preparation::Plan(Box::new(plan)),
            Err(guards) => Preparation::Guards(guards),
        }
    };
    Ok(Prepared { checkout, located, target, note, findings, unheard, outcome })
}

/// Whether no release has published the episode yet.
fn is_first(episode: &Episode, record: Option<&Record>) -> bool {
    let published = record.iter().flat_map(|record| &record.episodes);
    let guid = episode.effective_guid();
    !published.into_iter().any(|known| guid == Some(known.guid.0.as_str()))
}

/// Carries a plan out.
///
/// # Errors
/// Why it stopped; the promises of [`crate::release`] hold, and preparing and carrying out once more
/// goes on where it stopped.
pub async fn carry_out(plan: &Plan, run: &Run<'_>) -> Result<Receipt, Error> {
    release::execute(plan, run).await.map_err(target::stopped)
}
