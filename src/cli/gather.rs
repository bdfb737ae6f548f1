//! What every command starts with: the show as it stands in its folder, and what is known of its
//! audio. The edge between files and the pure stages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rayon::prelude::*;

use super::args::Global;
use super::beside;
use super::cache::Memory;
use super::chapters::{self, Written};
use super::kept::Kept;
use super::proof::{Place, Proof};
use super::{Exit, Failure};
use crate::audio::tag::{self, Picture, TagSpec};
use crate::audio::{Content, Depth, Mp3};
use crate::model::chapter::Chapter;
use crate::model::hash::Sha256;
use crate::report::{Sources, human};
use crate::rules::show::{Artwork, picture};
use crate::rules::{Evidence, Finding, chapters as judge, registry};
use crate::show::read::{self, FileTrouble, ShowError};
use crate::show::values::AudioName;
use crate::show::{Episode, Show, is_inside};
use crate::site::{TranscriptFile, tagging};

/// The largest picture that is read.
const MAX_PICTURE: u64 = 16 * 1024 * 1024;

/// A show, and what is known of its audio.
pub struct Gathered {
    /// What the host wrote.
    pub show: Show,
    /// What is known of each episode's audio, by the episode file's path.
    pub audio: BTreeMap<String, Evidence>,
    /// Chapters as written, by the episode file's path.
    pub chapters: BTreeMap<String, Written>,
    /// Transcripts that can be read, by the episode file's path.
    pub transcripts: BTreeMap<String, Arc<TranscriptFile>>,
    /// MP3s that no episode names.
    pub unused_audio: Vec<String>,
    /// The artwork's format and size.
    pub artwork: Artwork,
    /// The cover that goes into every tag.
    pub cover: Option<Picture>,
    /// Findings of files beside the episodes.
    pub others: Vec<Finding>,
    /// Where each episode's audio stands in the target, by the episode file's path; empty before
    /// [`prove`](super::proof::prove).
    pub places: BTreeMap<String, Place>,
    /// By what each episode's audio is proved, likewise.
    pub proofs: BTreeMap<String, Proof>,
    memory: Arc<Memory>,
}

/// Reads the show; says where its settings are wrong.
pub fn show(global: &Global) -> Result<Show, Failure> {
    Show::read(&global.show).map_err(|error| match error {
        ShowError::Settings { ref path, trouble: FileTrouble::Missing } => Failure::new(
            Exit::Usage,
            format!("there is no {}", path.display()),
        )
        .help("run onair in the show's folder, name it with --show, or make one with `onair init`"),
        ShowError::Wrong { source_text, error } => {
            let mut finding =
                Finding::at(&registry::SETTINGS, &source_text, error.span, error.reason);
            finding.help = error.help;
            let text = human::render(&[finding], &Sources::one(&source_text), false);
            Failure::new(Exit::Usage, format!("onair.toml cannot be used\n{}", text.trim_end()))
        }
        other => Failure::new(Exit::Usage, other.to_string()),
    })
}

/// Looks at the audio of every episode that is no draft, on all cores.
pub fn gather(show: Show, depth: Depth) -> Gathered {
    gather_only(show, depth, |episode| !episode.is_draft())
}

/// Looks at the audio of the episodes that are `wanted`, on all cores.
pub fn gather_only(show: Show, depth: Depth, wanted: impl Fn(&Episode) -> bool) -> Gathered {
    let memory = Arc::new(Memory::open(&show));
    let look = |asked: &Asked<'_>| Some(probe(asked, depth, &memory));
    let gathered = gather_with(show, &Kept::default(), wanted, look, Arc::clone(&memory));
    memory.keep(&audio_paths(&gathered.show));
    gathered
}

/// Gathers with what is kept from before; `look` says what is known of an episode's audio, if anything.
pub fn gather_with(
    show: Show,
    kept: &Kept,
    wanted: impl Fn(&Episode) -> bool,
    look: impl Fn(&Asked<'_>) -> Option<Evidence> + Sync,
    memory: Arc<Memory>,
) -> Gathered {
    let settings = &show.settings;
    let artwork = read::read_bytes(&show.root, settings.show.artwork.get_ref(), MAX_PICTURE)
        .map(|bytes| picture(&bytes));
    let cover = cover(&show);
    let mut others = Vec::new();
    let mut chapters = BTreeMap::new();
    let wanted: Vec<&Episode> = show.episodes.iter().filter(|episode| wanted(episode)).collect();
    for episode in &wanted {
        if let Some(written) = chapters::read(&show, episode, &mut others) {
            chapters.insert(episode.source.path.clone(), written);
        }
    }
    let audio = look_at_all(&show, &wanted, &chapters, cover.as_ref(), look);
    let mut transcripts = BTreeMap::new();
    for episode in show.episodes.iter().filter(|episode| !episode.is_draft()) {
        let Some(path) = episode.transcript.value() else { continue };
        let time = audio.get(&episode.source.path).and_then(Evidence::time);
        let read = kept.transcript(&show.root, path);
        others.extend(beside::transcript(episode, &read, time));
        if let Ok(transcript) = read {
            transcripts.insert(episode.source.path.clone(), transcript);
        }
    }
    beside::pictures(&show, &mut others);
    for (path, written) in &chapters {
        let time = audio.get(path).and_then(Evidence::time);
        judge::judge(&written.source, &written.list, time, &mut others);
    }
    let unused_audio = unused(&show);
    let (places, proofs) = (BTreeMap::new(), BTreeMap::new());
    Gathered {
        show,
        audio,
        chapters,
        transcripts,
        unused_audio,
        artwork,
        cover,
        others,
        places,
        proofs,
        memory,
    }
}

impl Gathered {
    /// Looks again at the audio of episodes that were changed.
    pub fn refresh(&mut self, changed: &BTreeSet<String>) {
        let episodes: Vec<&Episode> = self
            .show
            .episodes
            .iter()
            .filter(|episode| changed.contains(&episode.source.path))
            .filter(|episode| self.audio.contains_key(&episode.source.path))
            .collect();
        let cover = self.cover.as_ref();
        let look = |asked: &Asked<'_>| Some(probe(asked, Depth::Walk, &self.memory));
        let audio = look_at_all(&self.show, &episodes, &self.chapters, cover, look);
        self.memory.keep(&audio_paths(&self.show));
        for (path, evidence) in audio {
            // What the target says of audio that is not at hand is as true as before.
            if !matches!(self.audio.get(&path), Some(Evidence::Recorded { .. })) {
                self.audio.insert(path, evidence);
            }
        }
    }
}

/// The cover of every tag: its own file, or the artwork. A picture that no tag can hold is left out;
/// the rules speak of it.
pub fn cover(show: &Show) -> Option<Picture> {
    let path = show.settings.tags.cover.as_ref().unwrap_or(&show.settings.show.artwork);
    let bytes = read::read_bytes(&show.root, path.get_ref(), MAX_PICTURE).ok()?;
    Picture::new(bytes).ok()
}

/// How deep a release looks: Git LFS knows a file by the hash of all its bytes.
pub fn release_depth(show: &Show) -> Depth {
    let attributes = read::read_text(&show.root, ".gitattributes");
    let lfs = attributes.is_ok_and(|attributes| attributes.text.contains("filter=lfs"));
    if lfs { Depth::HashFile } else { Depth::Hash }
}

/// An episode's MP3: its path below the show's folder.
pub fn audio_path(show: &Show, name: &AudioName) -> String {
    format!("{}/{}", show.settings.audio_folder(), name.as_str())
}

/// The MP3 of every episode that names one.
pub fn audio_paths(show: &Show) -> BTreeSet<String> {
    let names = show.episodes.iter().filter_map(|episode| episode.file.value());
    names.map(|name| audio_path(show, name)).collect()
}

/// An episode whose audio is asked for, and what its tag is made from.
pub struct Asked<'a> {
    pub show: &'a Show,
    pub episode: &'a Episode,
    pub name: &'a AudioName,
    pub chapters: Option<&'a Written>,
    pub cover: Option<&'a Picture>,
}

impl Asked<'_> {
    /// The tag that the episode is published with, if it can be made.
    pub fn tag(&self, file: &Path, mp3: &Mp3) -> Option<Vec<u8>> {
        render_tag(self.show, self.episode, file, mp3, self.chapters, self.cover).ok()
    }
}

fn look_at_all(
    show: &Show,
    episodes: &[&Episode],
    chapters: &BTreeMap<String, Written>,
    cover: Option<&Picture>,
    look: impl Fn(&Asked<'_>) -> Option<Evidence> + Sync,
) -> BTreeMap<String, Evidence> {
    let look = |episode: &&Episode| {
        let &episode = episode;
        let (name, path) = (episode.file.value()?, &episode.source.path);
        let chapters = chapters.get(path);
        Some((path.clone(), look(&Asked { show, episode, name, chapters, cover })?))
    };
    // One at a time: a file takes far longer than the handing out.
    episodes.par_iter().with_max_len(1).filter_map(look).collect()
}

fn probe(asked: &Asked<'_>, depth: Depth, memory: &Memory) -> Evidence {
    let &Asked { show, episode, name, chapters, cover } = asked;
    let path = audio_path(show, name);
    let file = match resolve(show, &path) {
        Ok(file) => file,
        Err(trouble) => return not_at_hand(path, trouble),
    };
    match memory.probe(&path, &file, depth) {
        Err(error) => Evidence::Unreadable { path, trouble: FileTrouble::Io(error.to_string()) },
        Ok(probed) => {
            let published = match &probed.probe.content {
                Content::Mp3(mp3) => {
                    let spec = tag_spec(show, episode, mp3, chapters, cover);
                    let render = || render_spec(&spec, &file, mp3);
                    memory
                        .tag_length(&path, &probed, Sha256::of_value(&spec), render)
                        .ok()
                        .map(|tag| published(mp3, tag))
                }
                _ => None,
            };
            Evidence::Probed { path, probe: probed.probe, published, recorded: None }
        }
    }
}

/// Bytes of an MP3 as published behind a tag of so many bytes.
pub fn published(mp3: &Mp3, tag: u64) -> u64 {
    tag + (mp3.payload.end - mp3.payload.start)
}

/// What is known of audio that is no file inside the show's folder.
pub fn not_at_hand(path: String, trouble: FileTrouble) -> Evidence {
    match trouble {
        FileTrouble::Missing => Evidence::Absent { path },
        trouble => Evidence::Unreadable { path, trouble },
    }
}

/// The MP3 on disk, if it is a file inside the show's folder.
pub fn resolve(show: &Show, path: &str) -> Result<PathBuf, FileTrouble> {
    let file = read::resolve(&show.root, path)?;
    match fs::metadata(&file) {
        Ok(metadata) if metadata.is_file() => Ok(file),
        Ok(_) => Err(FileTrouble::NotAFile),
        Err(error) => Err(FileTrouble::Io(error.to_string())),
    }
}

/// The tag that an episode is published with.
pub fn render_tag(
    show: &Show,
    episode: &Episode,
    file: &Path,
    mp3: &Mp3,
    chapters: Option<&Written>,
    cover: Option<&Picture>,
) -> Result<Vec<u8>, String> {
    render_spec(&tag_spec(show, episode, mp3, chapters, cover), file, mp3)
}

fn render_spec(spec: &TagSpec, file: &Path, mp3: &Mp3) -> Result<Vec<u8>, String> {
    let existing = tag::existing_tag(file, &mp3.payload).map_err(|error| error.to_string())?;
    tag::render(spec, &existing).map_err(|error| error.to_string())
}

fn tag_spec(
    show: &Show,
    episode: &Episode,
    mp3: &Mp3,
    chapters: Option<&Written>,
    cover: Option<&Picture>,
) -> TagSpec {
    let duration = Duration::from_millis(mp3.time.milliseconds());
    let chapters = publishable(episode, chapters, duration);
    let mut spec = tagging::spec(&show.settings, episode, &chapters, cover, duration);
    for entry in &mut spec.chapters {
        // A picture on the web stays there: players that want it fetch it by the chapter list.
        let image = entry.chapter.image.as_deref().filter(|path| is_inside(path));
        let bytes = image.and_then(|path| read::read_bytes(&show.root, path, MAX_PICTURE).ok());
        entry.picture = bytes.and_then(|bytes| Picture::new(bytes).ok());
    }
    spec
}

/// An episode's chapters as tag, feed and page have them.
pub fn publishable(
    episode: &Episode,
    written: Option<&Written>,
    duration: Duration,
) -> Vec<Chapter> {
    let intro = episode.title.value().map_or("", String::as_str);
    written
        .map_or_else(Vec::new, |written| judge::publishable(&written.list, Some(duration), intro))
}

/// MP3s in the audio folder that no episode names.
fn unused(show: &Show) -> Vec<String> {
    let used: BTreeSet<&str> =
        show.episodes.iter().filter_map(|episode| Some(episode.file.value()?.as_str())).collect();
    let folder = show.settings.audio_folder();
    let Ok(entries) = fs::read_dir(show.root.join(folder)) else { return Vec::new() };
    let mut unused: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|name| {
            name.to_ascii_lowercase().ends_with(".mp3")
                && !name.starts_with('.')
                && !used.contains(name.as_str())
        })
        .map(|name| format!("{folder}/{name}"))
        .collect();
    unused.sort();
    unused
}
