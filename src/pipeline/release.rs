//! `release`: check, read what is published, plan; then carry out the very plan that was made.

use std::collections::{BTreeSet, HashMap, HashSet};

use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use super::check::{find, found, only_one, select};
use super::ears::{Listening, Watch, listen_to};
use super::edition::Known;
use super::evidence::{self, AudioEvidence};
use super::locate::{Located, locate, renew, with_tag_of_today};
use super::target::{self, Seen, Target};
use super::waveforms::Waveforms;
use super::{Checkout, Class, Error, Options, edition, revision, tag};
use crate::audio::Content;
use crate::model::audio::PublishedAudio;
use crate::plan::placement::Placement;
use crate::plan::{self, Allow, EpisodeName, Guard, OldTag, Overrides, Plan};
use crate::release::{self, Receipt, Run};
use crate::rules::{Evidence, Finding, Severity};
use crate::show::sound_settings::Listen;
use crate::show::{Episode, Settings, enclosure, waiting};
use crate::site::edition::{Edition, EditionEpisode, Guid, SharedNumbers};
use crate::store::QUESTIONS;
use crate::store::published::Standing;

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
    /// Permissions for episodes that are not public.
    pub idle: Vec<Allow>,
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
    let Seen { target, mut published, mut note, only_the_feed } = seen;
    let record = published.record.as_ref().filter(|_| published.standing != Standing::Foreign);
    let public = record.map(|record| &record.episodes[..]);
    let idle = public.map(|public| asked.allow.of_nobody(public)).unwrap_or_default();
    let idle = idle.into_iter().cloned().collect();
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
    let allow = retag(&checkout, &mut located, &target, &asked.retag, allow).await?;
    let guids = published.record.iter().flat_map(|record| &record.episodes);
    let guids: HashSet<&str> = guids.map(|episode| episode.guid.0.as_str()).collect();
    let first = |episode: &Episode| !episode.effective_guid().is_some_and(|it| guids.contains(it));
    let unnamed = || checkout.show.episodes.iter().filter(|episode| first(episode));
    // A feed that is not ours may name what stands there.
    if published.standing != Standing::Foreign {
        renew(&checkout, &mut located, &target, unnamed()).await?;
    }
    let Listening { ears, notes: unheard } = match checkout.show.settings.sound.listen {
        Listen::Never => Listening::default(),
        Listen::Release | Listen::Check => listen_to(&checkout, &located.evidence, first, watch),
    };
    let findings = find(&checkout, &located.evidence, &ears, asked.now);
    let due = unnamed().filter(|episode| !later.contains(episode.source.path.as_str()));
    let old_tags = old_tags(&checkout, &located, due);
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
        // From outside, another site may stand at the address until this one does.
        if !target.public {
            let places = || edition.of_any_site();
            let looked = release::look_for_others(target.store.as_ref(), &mut published, places);
            looked.await.map_err(target::failed)?;
        }
        let left = match target.bucket.is_some() && published.standing == Standing::Empty {
            true => what_another_target_has(options, settings, &edition, &allow).await?,
            false => Vec::new(),
        };
        let source = plan::Source { revision, contained };
        let plan = match plan::plan_from(source, edition, &published, &allow) {
            Ok(_) if !left.is_empty() => {
                note = Some(format!(
                    "{} has no release, but the feed at {} has one: copy its target here first, with \
                     `.onair/` (`aws s3 sync s3://OLD s3://NEW`)",
                    target.store.name(),
                    settings.feed_url()
                ));
                Ok(Err(left))
            }
            Ok(mut plan) => {
                look_into_tags(&checkout, &target, &mut plan).await;
                plan.old_tags.extend(old_tags);
                release::hold(target.store.as_ref(), &published, plan).await
            }
            Err(guards) => Ok(Err(guards)),
        };
        match plan.map_err(target::stopped)? {
            Ok(plan) => Preparation::Plan(Box::new(plan)),
            Err(guards) => Preparation::Guards(guards),
        }
    };
    Ok(Prepared { checkout, located, target, note, findings, unheard, idle, outcome })
}

/// What would change for subscribers whose feed comes from another target still, as far as guards forbid it.
async fn what_another_target_has(
    options: &Options,
    settings: &Settings,
    edition: &Edition,
    allow: &Overrides,
) -> Result<Vec<Guard>, Error> {
    let seen = target::see_from_outside(options, settings, &target::feed_key(settings)?).await?;
    // An old host's feed has no target that could be copied.
    if !seen.published.is_by_onair() {
        return Ok(Vec::new());
    }
    let allow = allow.clone().with(Allow::ForeignFeed);
    Ok(plan::plan(edition.clone(), &seen.published, &allow).err().unwrap_or_default())
}

/// Publishes the audio of these episodes anew, and permits the change. Audio that has its tag of today
/// already stays.
async fn retag(
    checkout: &Checkout,
    located: &mut Located,
    target: &Target,
    names: &[String],
    mut allow: Overrides,
) -> Result<Overrides, Error> {
    let all = |name: &String| name == EpisodeName::ALL;
    let (every, names): (Vec<String>, Vec<String>) = names.iter().cloned().partition(all);
    for name in &names {
        only_one(name, &found(&checkout.show, name))?;
    }
    let mut paths = select(&checkout.show, &names)?;
    let named = paths.len();
    if !every.is_empty() {
        // What onair never gave a tag is the host's.
        let tagged = |placement: &Placement| match placement {
            Placement::Standing(audio) => !audio.is_as_it_was() && !audio.is_elsewhere(),
            Placement::Free(_) => false,
        };
        let standing = located.placements.iter().filter(|(_, placement)| tagged(placement));
        paths.extend(standing.map(|(path, _)| path.clone()));
    }
    let episodes = checkout.show.episodes.iter().filter(|_| !paths.is_empty());
    let episodes: HashMap<&str, &Episode> =
        episodes.map(|episode| (episode.source.path.as_str(), episode)).collect();
    for (at, path) in paths.iter().enumerate() {
        let episode = episodes.get(path.as_str()).copied();
        let of_today = match episode {
            Some(episode) => with_tag_of_today(checkout, located, target, episode).await?,
            None => None,
        };
        match (of_today, episode.and_then(Episode::effective_guid)) {
            (Some(true), Some(guid)) => {
                allow = allow.with(Allow::AudioChange(EpisodeName(guid.to_owned())));
            }
            (Some(_), _) => {}
            (None, _) if at >= named => {}
            (None, _) => {
                let message = format!("the audio of {path} is not at hand: nothing can be tagged");
                let away = episode.and_then(|it| enclosure::foreign(&checkout.show.settings, it));
                let error = Error::usage(message);
                return Err(match away {
                    Some(_) => error.help(format!(
                        "it stands at its old address still: `onair rehost {path}` brings it home"
                    )),
                    None => error,
                });
            }
        }
    }
    Ok(allow)
}

/// What the tags say that differs from what they would say now, of audio that stood in the target before
/// any release has named it.
fn old_tags<'a>(
    checkout: &Checkout,
    located: &Located,
    first: impl Iterator<Item = &'a Episode>,
) -> Vec<OldTag> {
    let mut tags = Vec::new();
    let shared = SharedNumbers::of(&checkout.show.episodes);
    for episode in first {
        let placement = located.placements.get(&episode.source.path);
        let Some(Placement::Standing(PublishedAudio { tag_texts: Some(then), .. })) = placement
        else {
            continue;
        };
        let texts = then.differing(&tag::texts(checkout, episode));
        let guid = episode.effective_guid().filter(|_| !texts.is_empty());
        tags.extend(guid.map(|guid| {
            let name = EpisodeName::of(&Guid(guid.to_owned()), shared.name(episode));
            OldTag { episode: name.0, texts }
        }));
    }
    tags
}

/// The feed tells what an episode says otherwise, its audio what of that the tag has.
async fn look_into_tags(checkout: &Checkout, target: &Target, plan: &mut Plan) {
    /// So many are looked at; what none of them says any more is said of no other.
    const MOST: usize = 20;
    let (all, mut single): (Vec<OldTag>, Vec<OldTag>) =
        plan.old_tags.drain(..).partition(|old| old.episode == EpisodeName::ALL);
    let look = async |old: &OldTag| {
        let is_its = |it: &&EditionEpisode| EpisodeName::of(&it.guid, it.number).0 == old.episode;
        let known = plan.episodes.iter().find(is_its)?;
        let episode = checkout.show.episodes.iter().find(|it| it.source.path == known.source)?;
        let then = target.tag_texts(&known.audio).await?;
        let mut texts = then.differing(&tag::texts(checkout, episode));
        texts.retain(|text| !all.iter().any(|old| old.texts.contains(text)));
        Some(texts)
    };
    let looks = stream::iter(single.iter().take(MOST)).map(look).buffered(QUESTIONS);
    let looks: Vec<Option<Vec<&'static str>>> = looks.collect().await;
    let all_seen = looks.iter().all(Option::is_some);
    let (mut said, mut old_still) = (BTreeSet::new(), BTreeSet::new());
    for (old, texts) in single.iter_mut().zip(looks) {
        let Some(texts) = texts else { continue };
        said.extend(std::mem::replace(&mut old.texts, texts));
        old_still.extend(old.texts.iter().copied());
    }
    // One that cannot be looked at may still say them.
    let rest = if all_seen { MOST } else { usize::MAX };
    for old in single.iter_mut().skip(rest) {
        old.texts.retain(|text| !said.contains(text) || old_still.contains(text));
    }
    single.retain(|old| !old.texts.is_empty());
    plan.old_tags = all.into_iter().chain(single).collect();
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
