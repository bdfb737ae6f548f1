//! From a gathered show to the edition that is published: the edge that reads pictures, transcripts
//! and templates, and renders the tags.

use std::collections::BTreeSet;
use std::path::PathBuf;

use bytes::Bytes;
use jiff::Timestamp;

use super::gather::{self, Gathered};
use super::kept::Kept;
use super::proof::{self, Place};
use super::{Exit, Failure};
use crate::audio::{Content, Mp3, Probe};
use crate::model::chapter::Chapter;
use crate::model::hash::Sha256;
use crate::model::object::{Body, Digest, Key, Kind, Object};
use crate::rules::Evidence;
use crate::show::{Episode, Show, is_inside, read};
use crate::site::edition::Edition;
use crate::site::{self, AudioFacts, EpisodeIn, Inputs, Templates};

/// The largest picture that is published.
const MAX_ASSET: u64 = 16 * 1024 * 1024;

/// Renders the edition. Every episode of `gathered` must have passed the checks, and have its audio's
/// place; `missing` names published objects that are gone.
pub fn build(
    gathered: &Gathered,
    missing: &BTreeSet<Key>,
    now: Timestamp,
) -> Result<Edition, Failure> {
    assemble(gathered, &Kept::default(), now, |episode| audio(gathered, episode, missing))
}

/// Renders the edition of the episodes that have audio, by what is known of it.
pub fn assemble(
    gathered: &Gathered,
    kept: &Kept,
    now: Timestamp,
    audio: impl Fn(&Episode) -> Result<Option<AudioFacts>, Failure>,
) -> Result<Edition, Failure> {
    let show = &gathered.show;
    let mut episodes = Vec::new();
    for episode in show.episodes.iter().filter(|episode| !episode.is_draft()) {
        let Some(audio) = audio(episode)? else { continue };
        let duration = std::time::Duration::from_millis(audio.milliseconds);
        let path = &episode.source.path;
        episodes.push(EpisodeIn {
            episode,
            audio,
            chapters: gather::publishable(episode, gathered.chapters.get(path), duration),
            transcript: gathered.transcripts.get(path).cloned(),
        });
    }
    let chapters = episodes.iter().flat_map(|given| &given.chapters);
    let assets = pictures(show, chapters)
        .into_iter()
        .filter_map(|path| kept.picture(&show.root, &path, MAX_ASSET))
        .collect();
    let inputs =
        Inputs { show: &show.settings, episodes, assets, templates: templates(gathered)?, now };
    site::build(&inputs).map_err(|error| Failure::new(Exit::Usage, error.to_string()))
}

/// The pictures that a show and these chapters name, as paths below its folder. What only a draft
/// names is not published.
pub fn pictures<'a>(show: &Show, chapters: impl Iterator<Item = &'a Chapter>) -> BTreeSet<String> {
    let episodes = show.episodes.iter().filter(|episode| !episode.is_draft());
    let mut wanted = site::assets::wanted(&show.settings, episodes);
    let pictures = chapters.filter_map(|chapter| chapter.image.as_deref());
    wanted.extend(pictures.filter(|path| is_inside(path)).map(str::to_owned));
    wanted
}

/// What is published of an episode's audio: what stands there already where the payload is the same,
/// else the tag that front matter and settings give it.
fn audio(
    gathered: &Gathered,
    episode: &Episode,
    missing: &BTreeSet<Key>,
) -> Result<Option<AudioFacts>, Failure> {
    let path = &episode.source.path;
    let Some(place) = gathered.places.get(path) else { return Ok(None) };
    let local = match gathered.audio.get(path) {
        Some(Evidence::Probed { path, probe, .. }) => Local::of(gathered, path, probe)?,
        _ => None,
    };
    Ok(match (place, local) {
        (Place::There(known), Some(local)) if missing.contains(&known.key) => {
            let made = new_audio(gathered, episode, &local, known.key.clone())?;
            // Only the very bytes that the feed promises can take the place of what is gone.
            let same =
                made.tag_sha256 == known.tag_sha256 && made.payload_sha256 == known.payload_sha256;
            Some(if same { made } else { known.facts() })
        }
        (Place::There(known), _) => Some(known.facts()),
        (Place::Free(key), Some(local)) => Some(new_audio(gathered, episode, &local, key.clone())?),
        (Place::Free(_), None) => None,
    })
}

/// An MP3 at hand.
pub struct Local<'a> {
    file: PathBuf,
    /// As a host knows it, below the show's folder.
    path: &'a str,
    probe: &'a Probe,
    mp3: &'a Mp3,
}

impl<'a> Local<'a> {
    /// The file at `path`, if it was probed as an MP3.
    pub fn of(
        gathered: &Gathered,
        path: &'a str,
        probe: &'a Probe,
    ) -> Result<Option<Self>, Failure> {
        let Content::Mp3(mp3) = &probe.content else { return Ok(None) };
        let file = gather::resolve(&gathered.show, path)
            .map_err(|trouble| Failure::new(Exit::Usage, format!("{path}: {trouble}")))?;
        Ok(Some(Self { file, path, probe, mp3 }))
    }
}

/// Audio that is to be sent to `key`.
pub fn new_audio(
    gathered: &Gathered,
    episode: &Episode,
    local: &Local<'_>,
    key: Key,
) -> Result<AudioFacts, Failure> {
    let failed = |reason: String| Failure::new(Exit::Usage, format!("{}: {reason}", local.path));
    let Local { file, probe, mp3, .. } = local;
    let payload_sha256 =
        mp3.payload_sha256.ok_or_else(|| failed("the audio was not hashed".to_owned()))?;
    let written = gathered.chapters.get(&episode.source.path);
    let cover = gathered.cover.as_ref();
    let tag =
        gather::render_tag(&gathered.show, episode, file, mp3, written, cover).map_err(failed)?;
    let tag_sha256 = Sha256::of(&tag);
    let body =
        Body::Tagged { tag: Bytes::from(tag), file: file.clone(), payload: mp3.payload.clone() };
    let mut audio = AudioFacts {
        key: key.clone(),
        bytes: body.len(),
        milliseconds: mp3.time.milliseconds(),
        tag_sha256,
        payload_sha256,
        source_bytes: Some(probe.bytes),
        source_sha256: probe.sha256,
        object: None,
    };
    let metadata = proof::metadata(&audio);
    let digest = Digest::Tagged { tag_sha256, payload_sha256 };
    let kind = Kind::Audio;
    audio.object = Some(Object { key, kind, content_type: "audio/mpeg", digest, body, metadata });
    Ok(audio)
}

/// The host's own templates.
fn templates(gathered: &Gathered) -> Result<Templates, Failure> {
    let Some(folder) = &gathered.show.settings.site.templates else {
        return Ok(Templates::default());
    };
    let folder = folder.get_ref().trim_end_matches('/');
    let failed = |reason: String| Failure::new(Exit::Usage, format!("{folder}: {reason}"));
    let root = &gathered.show.root;
    let entries = read::resolve(root, folder)
        .map_err(|trouble| failed(trouble.to_string()))
        .and_then(|path| std::fs::read_dir(path).map_err(|error| failed(error.to_string())))?;
    let mut files = Vec::new();
    for entry in entries {
        let name = entry.map_err(|error| failed(error.to_string()))?.file_name();
        let path = format!("{folder}/{}", name.to_string_lossy());
        if !path.ends_with('~') && !name.to_string_lossy().starts_with('.') {
            files.push(
                read::read_text(root, &path)
                    .map_err(|trouble| failed(format!("{path}: {trouble}")))?,
            );
        }
    }
    Ok(Templates::new(files))
}
