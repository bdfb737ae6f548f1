//! The edge to the host's folder: reads the show's texts, and nothing that lies outside of it.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::episode::Episode;
use super::frontmatter::FrontMatterError;
use super::settings::{self, Settings, SettingsError};
use super::source::Source;

/// The folder of episodes in the show's folder.
pub const EPISODES: &str = "episodes";
/// No host writes a longer text file.
const MAX_TEXT: u64 = 1024 * 1024;
/// Far more than any show has; a folder of more files is refused rather than read for minutes.
const MAX_EPISODES: usize = 100_000;

/// A show as it stands in the host's folder.
#[derive(Debug)]
pub struct Show {
    /// The show's folder.
    pub root: PathBuf,
    /// `onair.toml`.
    pub settings: Settings,
    /// `onair.toml` as text.
    pub settings_source: Source,
    /// Episodes that could be read, in the order of their file names.
    pub episodes: Vec<Episode>,
    /// Files in the folder of episodes that could not be read as an episode.
    pub unreadable: Vec<Unreadable>,
}

/// An episode file that could not be read, and why.
#[derive(Debug)]
pub struct Unreadable {
    /// The file; its text is empty where even that could not be read.
    pub source: Source,
    /// Why.
    pub reason: UnreadableReason,
}

/// Why an episode file could not be read.
#[derive(Debug)]
pub enum UnreadableReason {
    /// It is not a text file that may be read.
    File(FileTrouble),
    /// Its front matter cannot be read.
    FrontMatter(FrontMatterError),
}

/// Why a file of the show cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileTrouble {
    /// Nothing there.
    #[error("there is no such file")]
    Missing,
    /// A folder, device or pipe.
    #[error("this is not a file")]
    NotAFile,
    /// A symbolic link out of the show's folder.
    #[error("this is a link that leaves the show's folder")]
    Outside,
    /// Too large for what it should be.
    #[error("this is {bytes} bytes long; the limit is {limit}")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The most that is read.
        limit: u64,
    },
    /// No UTF-8.
    #[error("this is not UTF-8 text: byte {at} (line {line}) cannot be read")]
    NotUtf8 {
        /// How many bytes are good.
        at: usize,
        /// The line of the first bad byte, from 1.
        line: usize,
    },
    /// A character that no text file holds.
    #[error("there is a NUL character at byte {at} (line {line})")]
    Nul {
        /// Where.
        at: usize,
        /// The line, from 1.
        line: usize,
    },
    /// The system's own words.
    #[error("{0}")]
    Io(String),
}

/// Why a show cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ShowError {
    /// There is no `onair.toml`, or it cannot be read.
    #[error("{path}: {trouble}")]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is the matter with it.
        trouble: FileTrouble,
    },
    /// `onair.toml` says something that cannot be.
    #[error("{error}")]
    Wrong {
        /// The file.
        source_text: Source,
        /// What is wrong, and where.
        error: SettingsError,
    },
    /// There is no folder of episodes, or it cannot be read.
    #[error("{path}: {reason}")]
    Episodes {
        /// The folder.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
}

impl Show {
    /// Reads the show in the folder `root`.
    ///
    /// # Errors
    /// [`ShowError`] if there are no settings, or no folder of episodes. What is wrong with a single
    /// episode is no error: see [`Show::unreadable`].
    pub fn read(root: &Path) -> Result<Self, ShowError> {
        let settings_source = read_text(root, settings::FILE)
            .map_err(|trouble| ShowError::Settings { path: root.join(settings::FILE), trouble })?;
        let settings = Settings::parse(&settings_source)
            .map_err(|error| ShowError::Wrong { source_text: settings_source.clone(), error })?;
        let mut show = Self {
            root: root.to_owned(),
            settings,
            settings_source,
            episodes: Vec::new(),
            unreadable: Vec::new(),
        };
        let paths = episode_paths(root)?;
        let read: Vec<_> = paths.into_par_iter().map(|path| read_episode(root, path)).collect();
        for episode in read {
            match episode {
                Ok(episode) => show.episodes.push(episode),
                Err(unreadable) => show.unreadable.push(unreadable),
            }
        }
        Ok(show)
    }

    /// The name of the audio of the episode with this guid.
    pub fn audio_of(&self, guid: &str) -> Option<&str> {
        let episode = self.episodes.iter().find(|it| it.effective_guid() == Some(guid))?;
        episode.file.value().map(|file| file.as_str())
    }
}

fn read_episode(root: &Path, path: String) -> Result<Episode, Unreadable> {
    let source = read_text(root, &path).map_err(|trouble| Unreadable {
        source: Source::new(path, ""),
        reason: UnreadableReason::File(trouble),
    })?;
    Episode::parse(source.clone())
        .map_err(|error| Unreadable { source, reason: UnreadableReason::FrontMatter(error) })
}

/// Every `*.md` of the folder of episodes, in order; names only.
fn episode_paths(root: &Path) -> Result<Vec<String>, ShowError> {
    let path = root.join(EPISODES);
    let failed = |reason: String| ShowError::Episodes { path: path.clone(), reason };
    // The folder itself must not be a way out either.
    resolve(root, EPISODES).map_err(|trouble| failed(trouble.to_string()))?;
    let mut paths = Vec::new();
    for entry in fs::read_dir(&path).map_err(|error| failed(error.to_string()))? {
        let entry = entry.map_err(|error| failed(error.to_string()))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".md") && !name.starts_with('.') {
            paths.push(format!("{EPISODES}/{name}"));
        }
        if paths.len() > MAX_EPISODES {
            return Err(failed(format!("there are more than {MAX_EPISODES} episodes")));
        }
    }
    paths.sort();
    Ok(paths)
}

/// The file at `path` below `root`, if it truly lies there, links followed.
///
/// # Errors
/// [`FileTrouble`] if it is not there or leaves the show's folder.
pub fn resolve(root: &Path, path: &str) -> Result<PathBuf, FileTrouble> {
    if !super::is_inside(path) {
        return Err(FileTrouble::Outside);
    }
    let trouble = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => FileTrouble::Missing,
        _ => FileTrouble::Io(error.to_string()),
    };
    let home = root.canonicalize().map_err(trouble)?;
    let full = root.join(path);
    let real = full.canonicalize().map_err(trouble)?;
    if real.starts_with(&home) { Ok(real) } else { Err(FileTrouble::Outside) }
}

/// The bytes of the file at `path` below `root`, if it is one and no larger than `limit` bytes.
///
/// # Errors
/// [`FileTrouble`] if it cannot be read, or must not be.
pub fn read_bytes(root: &Path, path: &str, limit: u64) -> Result<Vec<u8>, FileTrouble> {
    let real = resolve(root, path)?;
    let io = |error: io::Error| FileTrouble::Io(error.to_string());
    // Looked at before it is opened: opening a pipe would wait for a writer.
    if !fs::metadata(&real).map_err(io)?.is_file() {
        return Err(FileTrouble::NotAFile);
    }
    let file = File::open(&real).map_err(io)?;
    let bytes = file.metadata().map_err(io)?.len();
    if bytes > limit {
        return Err(FileTrouble::TooLarge { bytes, limit });
    }
    let mut content = Vec::new();
    file.take(limit + 1).read_to_end(&mut content).map_err(io)?;
    let bytes = content.len() as u64;
    if bytes > limit { Err(FileTrouble::TooLarge { bytes, limit }) } else { Ok(content) }
}

/// A text file of the show.
///
/// # Errors
/// [`FileTrouble`] if it cannot be read, or is no text.
pub fn read_text(root: &Path, path: &str) -> Result<Source, FileTrouble> {
    let bytes = read_bytes(root, path, MAX_TEXT)?;
    let line = |at: usize| bytes[..at].iter().filter(|&&byte| byte == b'\n').count() + 1;
    if let Some(at) = bytes.iter().position(|&byte| byte == 0) {
        return Err(FileTrouble::Nul { at, line: line(at) });
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Source::new(path, text)),
        Err(error) => {
            let at = error.valid_up_to();
            Err(FileTrouble::NotUtf8 { at, line: line(at) })
        }
    }
}
