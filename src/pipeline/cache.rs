//! The edge of [`crate::audio::Cache`]: where it is kept, and the files it is about.
//!
//! It is kept in the user's own folder for such things and never in the show's, where a stranger's
//! pull request could plant one. It may be deleted at any time. Two processes do not harm each other:
//! a whole file takes the place of a whole file, and what one did not see of the other is found out
//! again. Where it cannot be read or written, everything works as if there were none.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::chapters;
use crate::audio::{self, Content, Depth, Identity, Probe, probe_file};
use crate::model::hash::Sha256;
use crate::show::{Show, read};

/// A larger file is none of ours: a hundred thousand episodes take half as much.
const MAX_BYTES: u64 = 256 << 20;

/// What is remembered of a show's audio.
#[derive(Debug)]
pub struct Cache {
    file: Option<PathBuf>,
    known: Mutex<audio::Cache>,
}

impl Cache {
    /// Reads what is remembered of the show.
    pub fn open(show: &Show) -> Self {
        let file = place(&show.root);
        let json = file.as_deref().and_then(|file| read_file(file, MAX_BYTES));
        let known = json.map_or_else(audio::Cache::default, |json| audio::Cache::parse(&json));
        Self { file, known: Mutex::new(known) }
    }

    /// What [`probe_file`] says of `file`, which the show calls `path`.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn probe(&self, path: &str, file: &Path, depth: Depth) -> io::Result<Probe> {
        let now = SystemTime::now();
        let before = identity(file);
        if let Some(before) = &before
            && let Some(probe) = self.known().probe(path, before, depth)
        {
            return Ok(probe);
        }
        let mut probe = probe_file(file, depth)?;
        if let Content::Mp3(mp3) = &mut probe.content {
            mp3.chapters = chapters::in_tag(file, &mp3.payload);
        }
        if let Some(before) = before
            && identity(file) == Some(before)
        {
            self.known().note_probe(path, before, depth, &probe, now);
        }
        Ok(probe)
    }

    /// What is known of `file` at this depth without reading it.
    pub fn remembered(&self, path: &str, file: &Path, depth: Depth) -> Option<Probe> {
        self.known().probe(path, &identity(file)?, depth)
    }

    /// Keeps what is new, of these files and no others.
    pub fn keep(&self, paths: &BTreeSet<String>) {
        let mut known = self.known();
        known.retain(paths);
        let (Some(file), Some(json)) = (&self.file, known.to_json()) else { return };
        // What cannot be kept is found out again.
        let _ = replace(file, &json);
    }

    fn known(&self) -> MutexGuard<'_, audio::Cache> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// By what the file that stands here now is known, if one does.
pub fn identity(file: &Path) -> Option<Identity> {
    Some(Identity::of(&fs::metadata(file).ok()?))
}

/// Where onair keeps what it can make again. An empty `ONAIR_CACHE_DIR` means: nowhere.
pub(super) fn folder() -> Option<PathBuf> {
    match env::var_os("ONAIR_CACHE_DIR") {
        Some(folder) => (!folder.is_empty()).then(|| PathBuf::from(folder)),
        None => Some(caches()?.join("onair")),
    }
}

/// A file of ours that is kept there, if it is no longer than `limit` bytes.
pub(super) fn read_file(file: &Path, limit: u64) -> Option<Vec<u8>> {
    let (folder, name) = (file.parent()?, file.file_name()?.to_str()?);
    read::read_bytes(folder, name, limit).ok()
}

/// The file for the show in this folder.
fn place(root: &Path) -> Option<PathBuf> {
    let root = root.canonicalize().ok()?;
    let name = Sha256::of(root.as_os_str().as_encoded_bytes()).to_string();
    Some(folder()?.join(format!("probes-{}.json", &name[..16])))
}

/// The user's folder for what can be made again (XDG Base Directory Specification, section 3: a path
/// that is not absolute does not count).
fn caches() -> Option<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))
}

/// Puts a whole file in the place of whatever stands there.
pub(super) fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(bytes)?;
    new.persist(file)?;
    Ok(())
}
