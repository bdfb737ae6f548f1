//! From a gathered show to the edition that is published: the edge that reads pictures, transcripts
//! and templates, and renders the tags.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bytes::Bytes;
use jiff::Timestamp;

use super::gather::{self, Gathered};
use super::{Exit, Failure};
use crate::audio::{Content, Mp3, Probe};
use crate::hash::Sha256;
use crate::object::{Body, Digest, Key, Kind, Object};
use crate::plan::Overrides;
use crate::rules::Evidence;
use crate::show::values::AudioName;
use crate::show::{Episode, enclosure, is_inside, read};
use crate::site::edition::{Edition, EditionEpisode};
use crate::site::{self, AssetFile, AudioFacts, EpisodeIn, Inputs, Templates, TranscriptFile};
use crate::store::record::Record;

/// The largest picture that is published.
const MAX_ASSET: u64 = 16 * 1024 * 1024;

/// Renders the edition. Every episode of `gathered` must have passed the checks.
pub fn build(
    gathered: &Gathered,
    record: Option<&Record>,
    allow: &Overrides,
    taken: &BTreeSet<Key>,
    now: Timestamp,
) -> Result<Edition, Failure> {
    let show = &gathered.show;
    let known: BTreeMap<&str, &EditionEpisode> = record
        .map(|record| {
            record.episodes.iter().map(|episode| (episode.guid.0.as_str(), episode)).collect()
        })
        .unwrap_or_default();
    let mut episodes = Vec::new();
    for episode in show.episodes.iter().filter(|episode| !episode.is_draft()) {
        let recorded = episode.effective_guid().and_then(|guid| known.get(guid).copied());
        let Some(audio) = audio(gathered, episode, recorded, allow, taken)? else { continue };
        let duration = std::time::Duration::from_millis(audio.milliseconds);
        let written = gathered.chapters.get(&episode.source.path);
        episodes.push(EpisodeIn {
            episode,
            audio,
            chapters: gather::publishable(episode, written, duration),
            transcript: transcript(&show.root, episode),
        });
    }
    let mut wanted = site::assets::wanted(&show.settings, &show.episodes);
    let chapters = episodes.iter().flat_map(|given| &given.chapters);
    let pictures = chapters.filter_map(|chapter| chapter.image.clone());
    wanted.extend(pictures.filter(|path| is_inside(path)));
    let assets = wanted
        .into_iter()
        .filter_map(|path| {
            let bytes = read::read_bytes(&show.root, &path, MAX_ASSET).ok()?;
            AssetFile::new(path, Bytes::from(bytes))
        })
        .collect();
    let inputs =
        Inputs { show: &show.settings, episodes, assets, templates: templates(gathered)?, now };
    site::build(&inputs).map_err(|error| Failure::new(Exit::Usage, error.to_string()))
}

/// What is published of an episode's audio: what stands there already where the payload is the same,
/// else the tag that front matter and settings give it.
fn audio(
    gathered: &Gathered,
    episode: &Episode,
    recorded: Option<&EditionEpisode>,
    allow: &Overrides,
    taken: &BTreeSet<Key>,
) -> Result<Option<AudioFacts>, Failure> {
    let evidence = gathered.audio.get(&episode.source.path);
    let Some(name) = episode.file.value() else { return Ok(None) };
    let (path, probe, mp3) = match evidence {
        Some(Evidence::Probed { path, probe, .. }) => match &probe.content {
            Content::Mp3(mp3) => (path, probe, mp3),
            _ => return Ok(recorded.map(published)),
        },
        _ => return Ok(recorded.map(published)),
    };
    let failed = |reason: String| Failure::new(Exit::Usage, format!("{path}: {reason}"));
    let payload_sha256 =
        mp3.payload_sha256.ok_or_else(|| failed("the audio was not hashed".to_owned()))?;
    if let Some(recorded) = recorded.filter(|recorded| recorded.payload_sha256 == payload_sha256) {
        return Ok(Some(published(recorded)));
    }
    let file =
        gather::resolve(&gathered.show, path).map_err(|trouble| failed(trouble.to_string()))?;
    let written = gathered.chapters.get(&episode.source.path);
    let cover = gathered.cover.as_ref();
    let tag =
        gather::render_tag(&gathered.show, episode, &file, mp3, written, cover).map_err(failed)?;
    let tag = Bytes::from(tag);
    let own = enclosure::place(&gathered.show.settings, episode).map(|place| place.name);
    let mut key = key(gathered, own.as_deref().unwrap_or(name.as_str()))?;
    let replaces = recorded.is_some_and(|recorded| allow.permit_audio_change(recorded));
    if replaces || taken.contains(&key) {
        key = self::key(gathered, &beside(name, &payload_sha256, &tag))?;
    }
    Ok(Some(new_audio(key, &file, probe, mp3, payload_sha256, tag)))
}

/// Where new audio goes.
fn key(gathered: &Gathered, name: &str) -> Result<Key, Failure> {
    Key::new(format!("{}{name}", gathered.show.settings.media_prefix()))
        .map_err(|error| Failure::new(Exit::Usage, error.to_string()))
}

/// A name of its own for audio whose file's name is taken: by what it replaces, or by what a release
/// that was cut off sent there. What stands under an audio key never changes.
fn beside(name: &AudioName, payload: &Sha256, tag: &[u8]) -> String {
    let (stem, ending) = name.as_str().rsplit_once('.').unwrap_or((name.as_str(), "mp3"));
    let both = Sha256::of(format!("{} {payload}", Sha256::of(tag)).as_bytes()).to_string();
    format!("{stem}-{}.{ending}", &both[..8])
}

fn new_audio(
    key: Key,
    file: &Path,
    probe: &Probe,
    mp3: &Mp3,
    payload_sha256: Sha256,
    tag: Bytes,
) -> AudioFacts {
    let tag_sha256 = Sha256::of(&tag);
    let milliseconds = mp3.time.milliseconds();
    let body = Body::Tagged { tag, file: file.to_owned(), payload: mp3.payload.clone() };
    let bytes = body.len();
    let metadata = BTreeMap::from([
        ("milliseconds".to_owned(), milliseconds.to_string()),
        ("payload-sha256".to_owned(), payload_sha256.to_string()),
        ("tag-sha256".to_owned(), tag_sha256.to_string()),
    ]);
    let object = Object {
        key: key.clone(),
        kind: Kind::Audio,
        content_type: "audio/mpeg",
        digest: Digest::Tagged { tag_sha256, payload_sha256 },
        body,
        metadata,
    };
    AudioFacts {
        key,
        bytes,
        milliseconds,
        tag_sha256,
        payload_sha256,
        source_sha256: probe.sha256,
        object: Some(object),
    }
}

/// Audio as the record has it.
fn published(recorded: &EditionEpisode) -> AudioFacts {
    AudioFacts {
        key: recorded.audio.clone(),
        bytes: recorded.bytes,
        milliseconds: recorded.milliseconds,
        tag_sha256: recorded.tag_sha256,
        payload_sha256: recorded.payload_sha256,
        source_sha256: recorded.source_sha256,
        object: None,
    }
}

/// The episode's transcript, if it can be read; the rules speak of one that cannot.
fn transcript(root: &Path, episode: &Episode) -> Option<TranscriptFile> {
    let path = episode.transcript.value()?;
    let source = read::read_text(root, path).ok()?;
    TranscriptFile::parse(&source).ok()
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
