//! `release`: check, read what is published, plan; then carry out the very plan that was made.

use std::collections::HashSet;

use jiff::Timestamp;

use super::check::{find, select};
use super::ears::{Listening, Watch, listen_to};
use super::edition::Known;
use super::evidence::{self, AudioEvidence};
use super::local::{Local, tagged_audio};
use super::locate::{Located, locate};
use super::target::{self, Seen, Target};
use super::waveforms::Waveforms;
use super::{Checkout, Class, Error, Options, edition, revision};
use crate::audio::Content;
use crate::model::hash::Sha256;
use crate::model::object::Key;
use crate::plan::EpisodeName;
use crate::plan::placement::Placement;
use crate::plan::{self, Allow, Guard, Overrides, Plan};
use crate::release::{self, Receipt, Run};
use crate::rules::{Evidence, Finding, Severity};
use crate::show::sound_settings::Listen;
use crate::show::{Episode, waiting};

/// What is asked of a release.
#[derive(Debug, Clone)]
pub struct ReleaseOptions {
    /// Only plan: then what everybody can see of the target is enough.
    pub dry_run: bool,
    /// Look at every published object, and send again what is gone or was changed.
    pub repair: bool,
    /// Episodes whose audio is published anew, with a new tag at a new address.
    pub retag: Vec<String>,
    /// Guards that may be passed.
    pub allow: Overrides,
    /// The present instant.
    pub now: Timestamp,
}

/// A release, ready to be carried out, or what keeps it from being.
pub struct Prepared {
    /// The show.
    pub checkout: Checkout,
    /// Where its audio stands; where a plan was made, without what is known of the audio.
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
    prepare_of(Checkout::load(&options.root)?, options, asked, watch).await
}

/// As [`prepare`], of a checkout that was read already.
///
/// # Errors
/// As [`prepare`].
pub async fn prepare_of(
    checkout: Checkout,
    options: &Options,
    asked: &ReleaseOptions,
    watch: &dyn Watch,
) -> Result<Prepared, Error> {
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
        release::audit(target.store.as_ref(), &mut published).await.map_err(target::failed)?;
    }
    // What waits for its date and is at hand takes no place in the target yet.
    let waits = |episode: &&Episode| waiting::waits(settings, episode, asked.now);
    let later = checkout.show.episodes.iter().filter(waits);
    let later: HashSet<&str> = later.map(|episode| episode.source.path.as_str()).collect();
    let (aside, looked) = looked.into_iter().partition(|(path, evidence)| {
        let sound = matches!(evidence, Evidence::Probed { probe, .. } if matches!(probe.content, Content::Mp3(_)));
        sound && later.contains(path.as_str())
    });
    let mut located =
        locate(&checkout, looked, published.record.as_ref(), &target, |_| false).await?;
    located.evidence.extend::<AudioEvidence>(aside);
    published.adopted = std::mem::take(&mut located.adopted);
    let allow = retag(&checkout, &mut located, &asked.retag, allow)?;
    let guids = published.record.iter().flat_map(|record| &record.episodes);
    let guids: HashSet<&str> = guids.map(|episode| episode.guid.0.as_str()).collect();
    let first = |episode: &Episode| !episode.effective_guid().is_some_and(|it| guids.contains(it));
    let Listening { ears, notes: unheard } = match checkout.show.settings.sound.listen {
        Listen::Never => Listening::default(),
        Listen::Release | Listen::Check => listen_to(&checkout, &located.evidence, first, watch),
    };
    let findings = find(&checkout, &located.evidence, &ears, asked.now);
    // All else that was heard takes far more room.
    let waveforms = Waveforms::of(published.record.as_ref(), ears);
    let outcome = if findings.iter().any(|finding| finding.severity == Severity::Error) {
        Preparation::Findings
    } else {
        let unproved: Vec<&str> = unproved(&checkout, &located, asked.now);
        if let Some(first) = unproved.first() {
            let more = match unproved.len() {
                1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            let message = format!(
                "the audio of {first}{more} is neither at hand nor in the target: the feed cannot name it"
            );
            return Err(Error::new(Class::Findings, message).help(
                "put the audio there, send it ahead with `onair upload`, or write `draft: true`",
            ));
        }
        let known = Known { located: &located, published: &published, waveforms: &waveforms };
        let edition = edition::build(&checkout, &known, asked.now)?;
        // The edition holds what is needed of it.
        drop((std::mem::take(&mut located.evidence), waveforms));
        let revision = revision::current(&options.root);
        let released = published.record.as_ref().and_then(|record| record.revision.as_ref());
        let contained = match (&revision, released) {
            (Some(current), Some(released)) => revision::contains(&options.root, current, released),
            _ => true,
        };
        let source = plan::Source { revision, contained };
        let plan = match plan::plan_from(source, edition, &published, &allow) {
            Ok(plan) => release::hold(target.store.as_ref(), &published, plan).await,
            Err(guards) => Ok(Err(guards)),
        };
        match plan.map_err(target::stopped)? {
            Ok(plan) => Preparation::Plan(Box::new(plan)),
            Err(guards) => Preparation::Guards(guards),
        }
    };
    Ok(Prepared { checkout, located, target, note, findings, unheard, outcome })
}

/// Gives the audio of these episodes a new place, which its new tag and its payload name, and permits
/// the change. Audio that has that tag already stays.
fn retag(
    checkout: &Checkout,
    located: &mut Located,
    names: &[String],
    mut allow: Overrides,
) -> Result<Overrides, Error> {
    let settings = &checkout.show.settings;
    for path in select(&checkout.show, names)? {
        let absent =
            || Error::usage(format!("the audio of {path} is not at hand: nothing can be tagged"));
        let of_path = |it: &&Episode| it.source.path == path;
        let episode = checkout.show.episodes.iter().find(of_path).ok_or_else(absent)?;
        let (Some(file), Some(guid)) = (episode.file.value(), episode.effective_guid()) else {
            return Err(absent());
        };
        let local = located.evidence.get(&path).map(|it| Local::of(checkout, it)).transpose()?;
        let local = local.flatten().ok_or_else(absent)?;
        let key = |name: String| {
            let key = Key::new(format!("{}{name}", settings.media_prefix()));
            key.map_err(|error| Error::usage(error.to_string()))
        };
        let (audio, _) = tagged_audio(checkout, episode, &local, key(file.as_str().to_owned())?)?;
        let placement = located.placements.get(&path);
        if matches!(placement, Some(Placement::Standing(old)) if old.digest() == audio.digest()) {
            continue;
        }
        let both = format!("{} {}", audio.tag_sha256, audio.payload_sha256);
        let mark: String = Sha256::of(both.as_bytes()).to_string().chars().take(8).collect();
        let stem = file.as_str().rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem);
        let place = Placement::Free(key(format!("{stem}-{mark}.mp3"))?);
        located.placements.insert(path, place);
        allow = allow.with(Allow::AudioChange(EpisodeName(guid.to_owned())));
    }
    Ok(allow)
}

/// Episodes that are due and whose audio has no place.
fn unproved<'a>(checkout: &'a Checkout, located: &Located, now: Timestamp) -> Vec<&'a str> {
    let settings = &checkout.show.settings;
    let due = checkout
        .show
        .episodes
        .iter()
        .filter(|episode| !episode.is_draft() && !waiting::waits(settings, episode, now));
    due.map(|episode| episode.source.path.as_str())
        .filter(|path| !located.placements.contains_key(*path))
        .collect()
}

/// Carries a plan out.
///
/// # Errors
/// Why it stopped; the promises of [`crate::release`] hold, and preparing and carrying out once more
/// goes on where it stopped.
pub async fn carry_out(plan: &Plan, run: &Run<'_>) -> Result<Receipt, Error> {
    release::execute(plan, run).await.map_err(target::stopped)
}
