//! The edge to the host's folder: reads the show's texts, and nothing that lies outside of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::episode::Episode;
use super::frontmatter::FrontMatterError;
use super::layout;
use super::settings::{self, Settings, SettingsError};
use super::source::Source;

pub use super::layout::EPISODES;

/// No host writes a longer text file.
pub const MAX_TEXT: u64 = 1024 * 1024;
/// Far more than any show has; a folder of more files is refused rather than read for minutes.
pub const MAX_FILES: usize = 100_000;
/// Seasons, then an episode's own folder, then what belongs to it, and some to spare.
const MAX_DEPTH: usize = 6;

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
    /// Files in the folder of episodes that are none.
    pub others: Vec<Other>,
}

/// A file in the folder of episodes that is not an episode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// The file, below the show's folder.
    pub path: String,
    /// What it is.
    pub kind: OtherKind,
}

/// What a file is that is not an episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherKind {
    /// Markdown without the keys of an episode: a listing, or notes.
    Markdown,
    /// The text of an episode, under a name that does not end as Markdown does.
    Misnamed,
    /// Something else that lies there by itself.
    Foreign,
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
    /// A name that cannot be told from others, or does harm where it is shown.
    #[error("this name holds a control character, `\\`, `:`, or what is not UTF-8")]
    Name,
    /// A symbolic link to what another one leads to.
    #[error("this is a link to a file that another link leads to already")]
    Again,
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
    #[error(
        "this is not UTF-8 text: byte {at} (line {line}) cannot be read; save the file as UTF-8"
    )]
    NotUtf8 {
        /// How many bytes are good.
        at: usize,
        /// The line of the first bad byte, from 1.
        line: usize,
    },
    /// Text as some editors on Windows write it.
    #[error("this is UTF-16 text: save the file as UTF-8")]
    Utf16,
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
        let (settings_source, settings) = read_settings(root)?;
        let mut show = Self {
            root: root.to_owned(),
            settings,
            settings_source,
            episodes: Vec::new(),
            unreadable: Vec::new(),
            others: Vec::new(),
        };
        let mut paths = Vec::new();
        walk(root, EPISODES, 0, &mut paths)
            .map_err(|reason| ShowError::Episodes { path: root.join(EPISODES), reason })?;
        show.unreadable = take_repeats(root, &mut paths);
        let files = &Files::of(root, paths);
        // An episode takes some kilobytes: no more room than that for each, and none is there twice.
        let markdown = files.paths.iter().filter(|path| layout::is_markdown(path)).count();
        show.episodes.reserve_exact(markdown);
        for paths in files.paths.chunks(READ_AT_ONCE) {
            let read: Vec<_> =
                paths.par_iter().filter_map(|path| read_file(root, path, files)).collect();
            for file in read {
                match file {
                    Read::Episode(episode) => show.episodes.push(*episode),
                    Read::Unreadable(unreadable) => show.unreadable.push(unreadable),
                    Read::Other(other) => show.others.push(other),
                }
            }
        }
        Ok(show)
    }
}

/// Reads the settings of the show in the folder `root`, and nothing else.
///
/// # Errors
/// [`ShowError`] if they cannot be read, or say what cannot be.
pub fn read_settings(root: &Path) -> Result<(Source, Settings), ShowError> {
    let source = read_text(root, settings::FILE)
        .map_err(|trouble| ShowError::Settings { path: root.join(settings::FILE), trouble })?;
    let settings = Settings::parse(&source)
        .map_err(|error| ShowError::Wrong { source_text: source.clone(), error })?;
    Ok((source, settings))
}

/// Files that are read side by side before they take their place.
const READ_AT_ONCE: usize = 512;

/// What a file in the folder of episodes is.
enum Read {
    Episode(Box<Episode>),
    Unreadable(Unreadable),
    Other(Other),
}

/// The files in the folder of episodes, by their paths below the show's folder.
#[derive(Default)]
struct Files {
    paths: Vec<String>,
    /// By folder, what lies in it that is no Markdown, by its path from there.
    beside: BTreeMap<String, Arc<[String]>>,
    /// Folders that an episode has to itself.
    own: BTreeSet<String>,
}

impl Files {
    fn of(root: &Path, mut paths: Vec<String>) -> Self {
        paths.sort();
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let index = paths.iter().filter(|path| layout::is_index(path));
        let own: BTreeSet<String> = index.map(|path| layout::folder(path).to_owned()).collect();
        for path in paths.iter().filter(|path| !layout::is_markdown(path)) {
            // What the show's own folder has under the same path goes first, but for an episode with
            // a folder to itself, whose folders belong to it as well.
            let above = path.match_indices('/').map(|(at, _)| &path[..at]);
            for folder in above.filter(|folder| own.contains(*folder)) {
                found
                    .entry(folder.to_owned())
                    .or_default()
                    .push(path[folder.len() + 1..].to_owned());
            }
            let folder = layout::folder(path);
            let name = &path[folder.len() + 1..];
            if !own.contains(folder) && !root.join(name).exists() {
                found.entry(folder.to_owned()).or_default().push(name.to_owned());
            }
        }
        let beside = found.into_iter().map(|(folder, names)| (folder, Arc::from(names))).collect();
        Self { paths, beside, own }
    }

    fn beside(&self, path: &str) -> Arc<[String]> {
        self.beside.get(layout::folder(path)).cloned().unwrap_or_else(|| Arc::from([]))
    }
}

/// Every file of a folder and its folders; names only, hidden ones left out.
fn walk(root: &Path, folder: &str, depth: usize, paths: &mut Vec<String>) -> Result<(), String> {
    // The folder itself must not be a way out either.
    let real = match resolve(root, folder) {
        Err(FileTrouble::Outside) if depth > 0 => return Ok(()),
        other => other.map_err(|trouble| trouble.to_string())?,
    };
    for entry in fs::read_dir(&real).map_err(|error| error.to_string())? {
        let entry = entry.map_err(|error| error.to_string())?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        let path = format!("{folder}/{name}");
        let kind = entry.file_type().map_err(|error| error.to_string())?;
        // A link to a folder is not followed: it may lead back.
        if kind.is_dir() {
            if depth < MAX_DEPTH && !name.starts_with('_') {
                walk(root, &path, depth + 1, paths)?;
            }
        } else {
            paths.push(path);
        }
        if paths.len() > MAX_FILES {
            return Err(format!("there are more than {MAX_FILES} files"));
        }
    }
    Ok(())
}

/// Takes out links that lead where another one leads: a small repository could hold thousands of them to
/// one large file.
fn take_repeats(root: &Path, paths: &mut Vec<String>) -> Vec<Unreadable> {
    let mut known = BTreeSet::new();
    let is_again = |path: &mut String| {
        layout::is_markdown(path)
            && root.join(&*path).is_symlink()
            && resolve(root, path).is_ok_and(|real| !known.insert(real))
    };
    let repeats = paths.extract_if(.., is_again);
    let reason = || UnreadableReason::File(FileTrouble::Again);
    repeats.map(|path| Unreadable { source: Source::new(path, ""), reason: reason() }).collect()
}

fn read_file(root: &Path, path: &str, files: &Files) -> Option<Read> {
    if !layout::is_markdown(path) {
        return other(root, path, files)
            .map(|kind| Read::Other(Other { path: path.to_owned(), kind }));
    }
    let source = match read_text(root, path) {
        Ok(source) => source,
        Err(trouble) => {
            let reason = UnreadableReason::File(trouble);
            return Some(Read::Unreadable(Unreadable { source: Source::new(path, ""), reason }));
        }
    };
    let is_meant = layout::is_meant(&source.text);
    let none = || Read::Other(Other { path: path.to_owned(), kind: OtherKind::Markdown });
    Some(match Episode::parse_beside(source.clone(), files.beside(path)) {
        Ok(episode) if is_meant || episode.is_draft() => Read::Episode(Box::new(episode)),
        Err(error) if layout::may_be_meant(&source.text) => {
            Read::Unreadable(Unreadable { source, reason: UnreadableReason::FrontMatter(error) })
        }
        _ => none(),
    })
}

/// What a file is that does not end as Markdown does; nothing if it belongs to an episode.
fn other(root: &Path, path: &str, files: &Files) -> Option<OtherKind> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    // What is named as audio, pictures or transcripts are is not looked into.
    if layout::BELONGS.contains(&ending.as_str()) {
        return None;
    }
    let start = read_start(root, path).unwrap_or_default();
    if start.starts_with("---") && layout::is_meant(&start) {
        return Some(OtherKind::Misnamed);
    }
    // What a folder of an episode's own holds is that episode's.
    let mut above = path.match_indices('/').map(|(at, _)| &path[..at]);
    let is_own = above.any(|folder| files.own.contains(folder));
    (!is_own).then_some(OtherKind::Foreign)
}

/// The start of a text file.
fn read_start(root: &Path, path: &str) -> Option<String> {
    let real = resolve(root, path).ok()?;
    if !fs::metadata(&real).ok()?.is_file() {
        return None;
    }
    let mut start = Vec::new();
    File::open(&real).ok()?.take(layout::MAX_START).read_to_end(&mut start).ok()?;
    Some(String::from_utf8_lossy(&start).into_owned())
}

/// The file at `path` below `root`, if it truly lies there, links followed.
///
/// # Errors
/// [`FileTrouble`] if it is not there or leaves the show's folder.
pub fn resolve(root: &Path, path: &str) -> Result<PathBuf, FileTrouble> {
    if !super::is_inside(path) {
        let is_odd = path.contains(|c: char| c == '\\' || c == ':' || c.is_control());
        return Err(if is_odd { FileTrouble::Name } else { FileTrouble::Outside });
    }
    let trouble = |error: io::Error| match error.kind() {
        // What stands in a name for bytes that are no text.
        io::ErrorKind::NotFound if path.contains(char::REPLACEMENT_CHARACTER) => FileTrouble::Name,
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

/// The first bytes of the file at `path` below `root`, at most `limit`, and how many it has.
///
/// # Errors
/// [`FileTrouble`] if it cannot be read, or must not be.
pub fn read_head(root: &Path, path: &str, limit: u64) -> Result<(Vec<u8>, u64), FileTrouble> {
    let real = resolve(root, path)?;
    let io = |error: io::Error| FileTrouble::Io(error.to_string());
    if !fs::metadata(&real).map_err(io)?.is_file() {
        return Err(FileTrouble::NotAFile);
    }
    let file = File::open(&real).map_err(io)?;
    let bytes = file.metadata().map_err(io)?.len();
    let mut head = Vec::new();
    file.take(limit).read_to_end(&mut head).map_err(io)?;
    Ok((head, bytes))
}

/// The last bytes of the file at `path` below `root`, at most `limit`.
///
/// # Errors
/// As [`read_head`].
pub fn read_tail(root: &Path, path: &str, limit: u64) -> Result<Vec<u8>, FileTrouble> {
    let real = resolve(root, path)?;
    let io = |error: io::Error| FileTrouble::Io(error.to_string());
    let mut file = File::open(&real).map_err(io)?;
    let bytes = file.metadata().map_err(io)?.len();
    file.seek(io::SeekFrom::Start(bytes.saturating_sub(limit))).map_err(io)?;
    let mut tail = Vec::new();
    file.take(limit).read_to_end(&mut tail).map_err(io)?;
    Ok(tail)
}

/// A text file that another program wrote, and perhaps as UTF-16 (with its byte order mark), which
/// is read as the UTF-8 that it would be.
///
/// # Errors
/// [`FileTrouble`] if it cannot be read, or is not text.
pub fn read_other_text(root: &Path, path: &str) -> Result<Source, FileTrouble> {
    let bytes = read_bytes(root, path, MAX_TEXT)?;
    let unit: fn([u8; 2]) -> u16 = match bytes.get(..2) {
        Some([0xff, 0xfe]) => u16::from_le_bytes,
        Some([0xfe, 0xff]) => u16::from_be_bytes,
        _ => return read_text(root, path),
    };
    let units = bytes[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .filter(|&c| c != '\0')
        .collect();
    Ok(Source::new(path, text))
}

/// A text file of the show.
///
/// # Errors
/// [`FileTrouble`] if it cannot be read, or is not text.
pub fn read_text(root: &Path, path: &str) -> Result<Source, FileTrouble> {
    let bytes = read_bytes(root, path, MAX_TEXT)?;
    let line = |at: usize| bytes[..at].iter().filter(|&&byte| byte == b'\n').count() + 1;
    // Its mark, or Latin letters, every other byte of which is 0.
    if matches!(
        bytes[..],
        [0xFF, 0xFE, ..]
            | [0xFE, 0xFF, ..]
            | [0, 1..=0xFF, 0, 1..=0xFF, ..]
            | [1..=0xFF, 0, 1..=0xFF, 0, ..]
    ) {
        return Err(FileTrouble::Utf16);
    }
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
