//! `unpublish`: an episode leaves the feed, its page says that it is gone, and what else is public of it
//! is removed. What was released stays on record.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use super::check::{found, only_one};
use super::ears::Watch;
use super::fix::write_episode;
use super::release::{self, Preparation, ReleaseOptions};
use super::{Checkout, Class, Error, Options, target};
use crate::model::object::{Key, Kind};
use crate::plan::placement::is_beside;
use crate::plan::{Allow, EpisodeName, Overrides, Plan, left_of};
use crate::release::{ReleaseError, Run, read_record, release_numbers, take_away};
use crate::show::Episode;
use crate::show::set_key::{changed, set_key};
use crate::site::edition::{EditionEpisode, Guid};
use crate::store::Store;
use crate::store::audio::Found;
use crate::store::record::Record;

/// What is asked of it.
#[derive(Debug, Clone)]
pub struct UnpublishOptions {
    /// The episodes: numbers, names of files, or guids.
    pub episodes: Vec<String>,
    /// Leave audio, chapters and transcripts where they are.
    pub keep_files: bool,
    /// Only plan.
    pub dry_run: bool,
    /// The present instant.
    pub now: Timestamp,
}

/// Texts of episodes' files by path: as read, and as they are to be.
type Drafts = BTreeMap<String, (Arc<str>, Arc<str>)>;

/// What is to be done.
pub struct Prepared {
    /// The release without the episodes.
    pub release: release::Prepared,
    /// What is removed after it, each with its length in bytes.
    pub files: Vec<(Key, u64)>,
    /// Episodes' files by path: the text that was read, and the same with `draft: true`.
    pub drafts: Drafts,
}

impl Prepared {
    /// The plan of the release, if nothing stands in its way.
    pub fn plan(&self) -> Option<&Plan> {
        match &self.release.outcome {
            Preparation::Plan(plan) => Some(plan),
            _ => None,
        }
    }
}

/// Plans it. Nothing is written.
///
/// # Errors
/// If the show or the target cannot be read, or an episode was never published.
pub async fn prepare(
    options: &Options,
    asked: &UnpublishOptions,
    watch: &dyn Watch,
) -> Result<Prepared, Error> {
    let mut checkout = Checkout::load(&options.root)?;
    let (drafts, names) = hold_back(&mut checkout, &asked.episodes)?;
    let allow = names.iter().fold(Overrides::default(), |allow, name| {
        allow.with(Allow::Removal(EpisodeName(name.clone()))).with(Allow::FeedShrink)
    });
    let asked_of_release = ReleaseOptions {
        dry_run: asked.dry_run,
        repair: false,
        retag: Vec::new(),
        allow,
        now: asked.now,
    };
    let release = release::prepare_of(checkout, options, &asked_of_release, watch).await?;
    let mut prepared = Prepared { release, files: Vec::new(), drafts };
    let Some(plan) = prepared.plan() else { return Ok(prepared) };
    let store = prepared.release.target.store.as_ref();
    let mut keys = BTreeSet::new();
    for sought in left(plan, &names, store).await? {
        match sought.guid {
            Some(_) => keys.extend(sought.keys),
            None => keys.extend(sent_ahead(&prepared.release, plan, sought.name).await?),
        }
    }
    if !asked.keep_files {
        let mut files = Vec::new();
        for key in keys {
            let head = store.head(&key).await.map_err(target::failed)?;
            files.extend(head.map(|head| (key, head.bytes)));
        }
        prepared.files = files;
    }
    Ok(prepared)
}

/// Makes drafts of these episodes in memory. Gives their files' new texts, and how the target knows
/// the episodes: by guid, or as the host named one that has no file any more.
fn hold_back(checkout: &mut Checkout, names: &[String]) -> Result<(Drafts, Vec<String>), Error> {
    let (mut texts, mut held, mut known) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    for name in names {
        let mut paths = found(&checkout.show, name);
        only_one(name, &paths)?;
        if paths.is_empty() {
            let by_guid = |it: &&Episode| it.effective_guid() == Some(name);
            let by_guid = checkout.show.episodes.iter().find(by_guid);
            paths.extend(by_guid.map(|episode| episode.source.path.clone()));
        }
        if paths.is_empty() {
            known.push(name.trim_start_matches('#').to_owned());
        }
        for path in paths {
            let by_hand = || {
                Error::new(
                    Class::Findings,
                    format!("{path}: `draft: true` cannot be written there"),
                )
                .help("write it into the front matter yourself, and do this again")
            };
            let episode = checkout.show.episodes.iter().find(|it| it.source.path == path);
            let episode = episode.ok_or_else(by_hand)?;
            known.extend(episode.effective_guid().map(str::to_owned));
            if episode.is_draft() {
                continue;
            }
            let edit = set_key(episode, "draft", "true").ok_or_else(by_hand)?;
            let draft = changed(episode, &edit).ok_or_else(by_hand)?;
            texts.insert(path.clone(), (episode.source.text.clone(), draft.source.text.clone()));
            held.insert(path, draft);
        }
    }
    checkout.replace(held);
    Ok((texts, known))
}

/// An episode, and what is public of it.
struct Sought<'a> {
    /// As its host or the target names it.
    name: &'a str,
    /// Its guid, once a record knows it.
    guid: Option<Guid>,
    keys: BTreeSet<Key>,
}

impl Sought<'_> {
    /// Adds what a release has made public of it.
    fn add(&mut self, record: &Record) {
        // A guid may look like another episode's number.
        let by_number =
            |it: &&EditionEpisode| it.number.is_some_and(|it| it.to_string() == self.name);
        let by_guid = || record.listed().find(|it| it.guid.0 == self.name);
        let found = || by_guid().or_else(|| record.listed().find(by_number));
        let guid = self.guid.take().or_else(|| found().map(|it| it.guid.clone()));
        let its = record.episodes.iter().filter(|it| Some(&it.guid) == guid.as_ref());
        self.keys.extend(its.flat_map(|it| left_of(record, it).keys));
        self.guid = guid;
    }
}

/// Records read at a time; each may be a megabyte.
const RECORDS_AT_ONCE: usize = 4;

/// What is public of episodes that the release leaves out, or that an earlier one has left out: all that any
/// release has named, such as an earlier recording or what stood beside the page before it moved.
async fn left<'a>(
    plan: &Plan,
    names: &'a [String],
    store: &dyn Store,
) -> Result<Vec<Sought<'a>>, Error> {
    let sought = |name: &'a String| Sought { name, guid: None, keys: BTreeSet::new() };
    let mut all: Vec<Sought<'a>> = names.iter().map(sought).collect();
    let stays = stays(plan);
    if let Some(current) = &plan.base.record {
        // Its card, and pictures that no other page shows.
        let pictures = current.objects.iter().filter(|(_, it)| it.kind == Kind::Image);
        let pictures: Vec<&Key> = pictures.map(|(key, _)| key).collect();
        for sought in &mut all {
            sought.add(current);
            if sought.guid.is_some() {
                sought.keys.extend(pictures.iter().copied().cloned());
            }
        }
    }
    // The latest first: of an episode that has left the feed already, it is the last that listed it.
    let numbers = release_numbers(store).await.map_err(target::failed)?.into_iter().rev();
    let mut records =
        stream::iter(numbers).map(|number| read_record(store, number)).buffered(RECORDS_AT_ONCE);
    while let Some(record) = records.next().await {
        match record {
            Ok(record) => all.iter_mut().for_each(|sought| sought.add(&record)),
            Err(ReleaseError::NoRelease(_) | ReleaseError::BadRecord { .. }) => {}
            Err(error) => return Err(target::stopped(error)),
        }
    }
    for sought in &mut all {
        sought.keys.retain(|key| !stays.contains(key));
    }
    Ok(all)
}

/// What the release leaves in the target, sends there, or takes away itself.
fn stays(plan: &Plan) -> BTreeSet<&Key> {
    let sent = plan.steps().map(|(object, _)| &object.key);
    let audio = plan.episodes.iter().map(|episode| &episode.audio.key);
    let own = plan.unchanged.keys().chain(plan.leaves.keys()).chain([&plan.feed.key]);
    sent.chain(own).chain(audio).collect()
}

/// Audio that was sent ahead of a release that never came, under its episode's name or one that other audio
/// of that name was given.
async fn sent_ahead(
    release: &release::Prepared,
    plan: &Plan,
    name: &str,
) -> Result<Vec<Key>, Error> {
    let (show, target) = (&release.checkout.show, &release.target);
    let episode = show.episodes.iter().find(|it| it.effective_guid() == Some(name));
    let file = episode.and_then(|it| it.file.value()).map_or(name, |file| file.as_str());
    let prefix = show.settings.media_prefix();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let is_its = |key: &Key| {
        key.as_str().strip_prefix(&prefix) == Some(file) || is_beside(&prefix, file, key)
    };
    let stays = stays(plan);
    let mut keys = Vec::new();
    for listed in target.store.list(&format!("{prefix}{stem}")).await.map_err(target::failed)? {
        let key = listed.key;
        if is_its(&key)
            && !stays.contains(&key)
            && matches!(target.identify(&key).await.map_err(target::failed)?, Found::Audio(_))
        {
            keys.push(key);
        }
    }
    if keys.is_empty() {
        let target = target.store.name();
        return Err(Error::usage(format!("episode {name} was never published in {target}"))
            .help("name an episode by its number, its file or its guid"));
    }
    Ok(keys)
}

/// Writes `draft: true` into the episodes' files.
///
/// # Errors
/// If a file cannot be written, or its host has changed it since it was read.
pub fn write_drafts(options: &Options, drafts: &Drafts) -> Result<(), Error> {
    drafts
        .iter()
        .try_for_each(|(path, (read, text))| write_episode(&options.root, path, read, text))
}

/// Removes what is public of the episodes, once the release stands.
///
/// # Errors
/// If a release names one of the files after all, or the store fails; what was removed until then is
/// gone, and doing it again goes on.
pub async fn remove(files: &[(Key, u64)], run: &Run<'_>) -> Result<(), Error> {
    take_away(files, run).await.map_err(target::stopped)
}
