//! A show's folder as it was read: every text parsed, every side file as a result.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::chapters::{self, ChaptersRead};
use super::memo::{Memo, Unusable};
use super::sidecars;
use super::templates::{self, TemplatesRead};
use super::{Error, find, scale};
use crate::audio::tag::Picture;
use crate::report::{Sources, human};
use crate::rules::picture::{lacks, picture};
use crate::rules::pictures::{self, Gone, Looks, MAX_PICTURE};
use crate::rules::show::Artwork;
use crate::rules::text::merge;
use crate::rules::{Finding, registry};
use crate::show::episode::TranscriptGiven;
use crate::show::files;
use crate::show::read::{self, FileTrouble, ShowError};
use crate::show::values::AudioName;
use crate::show::{Episode, Given, Settings, Show, Source};
use crate::site::TranscriptFile;

/// A show's folder as it was read. Findings are made from it alone, so none outlives its text.
#[derive(Debug)]
pub struct Checkout {
    /// What the host wrote.
    pub show: Show,
    /// What came of reading each episode's chapters, by the episode file's path.
    pub chapters: BTreeMap<String, Arc<ChaptersRead>>,
    /// What came of reading each episode's transcripts, likewise, in the order named.
    pub transcripts: BTreeMap<String, Vec<Result<Arc<TranscriptFile>, Unusable>>>,
    /// What came of looking for the files that the show names.
    pub looks: Looks,
    /// MP3s that no episode names.
    pub unused_audio: Vec<String>,
    /// The artwork's format and size.
    pub artwork: Artwork,
    /// The host's own templates.
    pub templates: TemplatesRead,
    /// The cover that goes into every tag.
    pub cover: Option<Picture>,
}

/// Reads the show; says where its settings are wrong.
///
/// # Errors
/// If the show cannot be read at all. What is wrong with one episode is a finding.
pub fn show(root: &Path) -> Result<Show, Error> {
    Show::read(root).map_err(failed)
}

/// Reads the settings alone.
///
/// # Errors
/// As [`show`].
pub fn settings(root: &Path) -> Result<(Source, Settings), Error> {
    read::read_settings(root).map_err(failed)
}

fn failed(error: ShowError) -> Error {
    match error {
        ShowError::Settings { ref path, trouble: FileTrouble::Missing } => {
            let error = Error::usage(format!("there is no {}", path.display()));
            let below = path.parent().map(find::below).unwrap_or_default();
            error.help(match &below[..] {
                [] => {
                    "run onair in the show's folder, name it with --show, or make one with `onair init`"
                        .to_owned()
                }
                shows => format!("name a show with --show: {}; --all-shows takes each", shows.join(", ")),
            })
        }
        ShowError::Wrong { source_text, error } => {
            let finding = merge(&source_text).unwrap_or_else(|| {
                let mut finding =
                    Finding::at(&registry::SETTINGS, &source_text, error.span, error.reason);
                finding.help = error.help;
                finding
            });
            let text = human::render(&[finding], &Sources::one(&source_text), false);
            Error::usage(format!("onair.toml cannot be used\n{}", text.trim_end()))
        }
        other => Error::usage(other.to_string()),
    }
}

impl Checkout {
    /// Reads the show in the folder `root`.
    ///
    /// # Errors
    /// As [`show`].
    pub fn load(root: &Path) -> Result<Self, Error> {
        Ok(Self::of(show(root)?, &Memo::default()))
    }

    /// Reads all that belongs to `show`; what `memo` knows is not read again.
    pub fn of(show: Show, memo: &Memo) -> Self {
        let (mut chapters, mut transcripts) = (BTreeMap::new(), BTreeMap::new());
        let mut known = chapters::Known::default();
        for episode in &show.episodes {
            let path = &episode.source.path;
            let read = chapters::read(&show, episode, &mut known);
            chapters.extend(read.map(|read| (path.clone(), read)));
            transcripts
                .extend(transcripts_of(&show, episode, memo).map(|read| (path.clone(), read)));
        }
        let looks = sidecars::look_for(&show, &chapters);
        let path = show.settings.show.artwork.get_ref();
        let artwork = read::read_bytes(&show.root, path, MAX_PICTURE)
            .map(|bytes| picture(&bytes).map(|found| (lacks(&bytes, &found), found)))
            .map_err(|trouble| {
                let near = pictures::instead(&looks, path, &show.settings_source, &trouble);
                Gone { trouble, near }
            });
        Self {
            looks,
            unused_audio: unused(&show),
            cover: cover(&show),
            templates: templates::read(&show),
            show,
            chapters,
            transcripts,
            artwork,
        }
    }

    /// Takes new texts in place of episodes' old ones, and reads again what they name.
    pub fn replace(&mut self, changed: BTreeMap<String, Episode>) {
        for episode in &mut self.show.episodes {
            if let Some(new) = changed.get(&episode.source.path) {
                *episode = new.clone();
            }
        }
        let mut known = chapters::Known::default();
        for (path, episode) in changed {
            self.chapters.remove(&path);
            self.transcripts.remove(&path);
            let chapters = chapters::read(&self.show, &episode, &mut known);
            let transcripts = transcripts_of(&self.show, &episode, &Memo::default());
            self.chapters.extend(chapters.map(|read| (path.clone(), read)));
            self.transcripts.extend(transcripts.map(|read| (path, read)));
        }
        self.looks = sidecars::look_for(&self.show, &self.chapters);
    }

    /// Findings of the files beside the episodes; `time` says how long an episode's audio plays,
    /// where that is known.
    pub fn side_findings(
        &self,
        time: impl Fn(&str) -> Option<std::time::Duration>,
    ) -> Vec<Finding> {
        let mut found = Vec::new();
        for episode in self.show.episodes.iter().filter(|episode| !episode.is_draft()) {
            let path = &episode.source.path;
            let time = time(path);
            if let Some(read) = self.chapters.get(path) {
                chapters::findings(episode, read, time, &self.looks, &mut found);
            }
            if let Some(read) = self.transcripts.get(path) {
                sidecars::transcripts(episode, read, time, &self.looks, &mut found);
            }
        }
        sidecars::files(&self.show, &self.chapters, &self.looks, &mut found);
        sidecars::links(&self.show, &mut found);
        found.extend(self.templates.findings());
        found
    }

    /// The texts beside the episodes' that findings stand in: chapters and templates.
    pub fn side_sources(&self) -> impl Iterator<Item = &Source> {
        self.chapters.values().filter_map(|it| it.source()).chain(self.templates.good.files())
    }

    /// The MP3 of every episode that names one, as paths below the show's folder.
    pub fn audio_paths(&self) -> BTreeSet<String> {
        let names = self.show.episodes.iter().filter_map(|episode| episode.file.value());
        names.map(|name| audio_path(&self.show, name)).collect()
    }
}

fn transcripts_of(
    show: &Show,
    episode: &Episode,
    memo: &Memo,
) -> Option<Vec<Result<Arc<TranscriptFile>, Unusable>>> {
    let read = |given: &TranscriptGiven| {
        let candidates = files::candidates(&given.file, &episode.source.path);
        let path = files::first_there(&show.root, &candidates)?;
        memo.transcript(&show.root, path)
    };
    Some(episode.transcripts.value()?.iter().map(read).collect())
}

/// The cover of every tag: its own file, or the artwork. A picture that no tag can hold is left out;
/// the rules speak of it.
fn cover(show: &Show) -> Option<Picture> {
    let path = show.settings.tags.cover.as_ref().unwrap_or(&show.settings.show.artwork);
    let candidates = files::candidates(path.get_ref(), &show.settings_source.path);
    let path = files::first_there(&show.root, &candidates).ok()?;
    let bytes = read::read_bytes(&show.root, path, MAX_PICTURE).ok()?;
    scale::for_tag(bytes).ok()
}

/// An episode's MP3: its path below the show's folder.
pub fn audio_path(show: &Show, name: &AudioName) -> String {
    format!("{}/{}", show.settings.audio_folder(), name.as_str())
}

/// The MP3 on disk, if it is a file inside the show's folder.
///
/// # Errors
/// [`FileTrouble`] if it is not there, is no file, or lies outside.
pub fn resolve(show: &Show, path: &str) -> Result<PathBuf, FileTrouble> {
    let file = read::resolve(&show.root, path)?;
    match fs::metadata(&file) {
        Ok(metadata) if metadata.is_file() => Ok(file),
        Ok(_) => Err(FileTrouble::NotAFile),
        Err(error) => Err(FileTrouble::Io(error.to_string())),
    }
}

/// MP3s in the audio folder that no episode names.
fn unused(show: &Show) -> Vec<String> {
    // What they name, nobody knows.
    if !show.unreadable.is_empty() {
        return Vec::new();
    }
    // A name that cannot be published is a finding of its own; the file is used all the same.
    let named = |episode: &'_ Episode| match &episode.file {
        Given::Good(file) => Some(file.value.as_str().to_owned()),
        _ => Some(episode.field("file")?.text()?.trim().to_owned()),
    };
    let used: BTreeSet<String> = show.episodes.iter().filter_map(named).collect();
    let folder = show.settings.audio_folder();
    let Ok(entries) = fs::read_dir(show.root.join(folder)) else { return Vec::new() };
    let mut unused: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|name| {
            name.to_ascii_lowercase().ends_with(".mp3")
                && !name.starts_with('.')
                && !used.contains(name)
        })
        .map(|name| format!("{folder}/{name}"))
        .collect();
    unused.sort();
    unused
}
