//! Looks at the audio that is at hand, on all cores.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::cache::Cache;
use super::lfs;
use super::load::{Checkout, audio_path, resolve};
use crate::audio::{Content, Depth, Foreign, Probe};
use crate::model::audio::PublishedAudio;
use crate::rules::Evidence;
use crate::show::read::FileTrouble;
use crate::show::{Episode, Show, enclosure};

/// What is known of each episode's audio, by the episode file's path.
pub type AudioEvidence = BTreeMap<String, Evidence>;

/// Looks at the audio of every episode that is no draft.
pub fn look(checkout: &Checkout, depth: Depth) -> AudioEvidence {
    look_at(checkout, depth, |episode| !episode.is_draft())
}

/// Looks at the audio of the episodes that are `wanted`.
pub fn look_at(
    checkout: &Checkout,
    depth: Depth,
    wanted: impl Fn(&Episode) -> bool,
) -> AudioEvidence {
    let cache = Cache::open(&checkout.show);
    let episodes: Vec<&Episode> =
        checkout.show.episodes.iter().filter(|episode| wanted(episode)).collect();
    // One at a time: a file takes far longer than the handing out. Each has its place beforehand, for a
    // list of what came takes more room than what came.
    let mut found: Vec<Option<Evidence>> = Vec::new();
    let probed = episodes.par_iter().with_max_len(1);
    probed
        .map(|episode| probe(&checkout.show, episode, depth, &cache))
        .collect_into_vec(&mut found);
    cache.keep(&checkout.audio_paths());
    let paths = episodes.iter().map(|episode| &episode.source.path);
    paths.zip(found).filter_map(|(path, found)| Some((path.clone(), found?))).collect()
}

fn probe(show: &Show, episode: &Episode, depth: Depth, cache: &Cache) -> Option<Evidence> {
    let Some(name) = episode.file.value() else { return elsewhere(show, episode) };
    let path = audio_path(show, name);
    let file = match resolve(show, &path) {
        Ok(file) => file,
        Err(FileTrouble::Missing) => {
            return Some(elsewhere(show, episode).unwrap_or(Evidence::Absent { path }));
        }
        Err(trouble) => return Some(not_at_hand(path, trouble)),
    };
    Some(match cache.probe(&path, &file, depth) {
        Ok(probe) => Evidence::Probed { path, probe, published: None },
        Err(error) => Evidence::Unreadable { path, trouble: FileTrouble::Io(error.to_string()) },
    })
}

/// Audio that was published at an address outside of the target, and stays there: its length is the one
/// that its host knows, or 0 where nobody says it.
pub fn elsewhere(show: &Show, episode: &Episode) -> Option<Evidence> {
    let url = enclosure::foreign(&show.settings, episode)?;
    let milliseconds = episode.duration.value().map_or(0, |seconds| seconds.saturating_mul(1000));
    // A size that means nothing is a finding of its own.
    let bytes = match episode.size.value() {
        Some(bytes) => *bytes,
        None if episode.size.malformed().is_none() => 0,
        None => return None,
    };
    let audio = PublishedAudio::elsewhere(url, bytes, milliseconds)?;
    Some(Evidence::Recorded(Box::new(audio)))
}

/// What is known of audio that is no file inside the show's folder.
pub fn not_at_hand(path: String, trouble: FileTrouble) -> Evidence {
    match trouble {
        FileTrouble::Missing => Evidence::Absent { path },
        trouble => Evidence::Unreadable { path, trouble },
    }
}

/// Whether the audio itself is not at hand, or only as a Git LFS pointer.
pub fn is_absent(evidence: &Evidence) -> bool {
    match evidence {
        Evidence::Absent { .. } => true,
        Evidence::Probed { probe: Probe { content, .. }, .. } => {
            matches!(content, Content::Foreign(Foreign::GitLfsPointer(_)))
        }
        _ => false,
    }
}

/// Whether `size` is not that of the MP3 at hand: then only the target can tell whether it is that of
/// the audio as published.
pub fn is_doubtful(episode: &Episode, evidence: &Evidence) -> bool {
    let Evidence::Probed { probe: Probe { content: Content::Mp3(_), bytes, .. }, .. } = evidence
    else {
        return false;
    };
    episode.size.value().is_some_and(|size| size != bytes)
}

/// How deep a release looks: Git LFS knows a file by the hash of all its bytes, and all of them are
/// sent where no tag is written.
pub fn release_depth(checkout: &Checkout) -> Depth {
    let in_lfs = lfs::is_used(&checkout.show.root, &checkout.audio_paths());
    if in_lfs || checkout.show.settings.publishes_as_it_is() {
        Depth::HashFile
    } else {
        Depth::Hash
    }
}
