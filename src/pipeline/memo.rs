//! What was learned of a show's files, kept in memory as long as the files are the same: a preview
//! looks at a show again and again, and most of it has not changed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::cache::{Cache, identity};
use crate::audio::{Depth, Identity, Probe, WORTH};
use crate::model::hash::Sha256;
use crate::model::waveform::Waveform;
use crate::show::read::{self, FileTrouble};
use crate::site::artwork::Artwork;
use crate::site::transcript::TranscriptError;
use crate::site::{AssetFile, TranscriptFile};

/// Why a transcript cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It cannot be read.
    #[error(transparent)]
    File(#[from] FileTrouble),
    /// It is no transcript of a known form.
    #[error(transparent)]
    Form(#[from] TranscriptError),
}

/// What was learned so far.
#[derive(Debug, Default)]
pub struct Memo {
    transcripts: Values<Result<Arc<TranscriptFile>, Unusable>>,
    pictures: Values<Option<AssetFile>>,
    probes: Values<Result<Probe, String>>,
    /// Variants of pictures, by the hash of the host's file.
    artwork: Mutex<HashMap<Sha256, Option<Arc<Artwork>>>>,
    /// By the hash of the payload.
    waveforms: Mutex<HashMap<Sha256, Waveform>>,
    /// By the episode's file: what its tag is made from, hashed, and what it comes to.
    tags: Mutex<HashMap<String, (Sha256, Option<u64>)>>,
}

/// Values by the file that they were learned from.
#[derive(Debug)]
struct Values<T>(Mutex<HashMap<PathBuf, (Identity, T)>>);

impl<T> Default for Values<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Values<T> {
    fn get(&self, file: &Path, now: Identity) -> Option<T> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, value) = kept.get(file)?;
        (*known == now).then(|| value.clone())
    }

    fn put(&self, file: &Path, now: Identity, value: T) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(file.to_owned(), (now, value));
    }

    /// The value, learned now unless it is known. Files that changed meanwhile are not kept: their
    /// identity would be that of other bytes.
    fn learn(&self, file: &Path, learn: impl FnOnce() -> T) -> T {
        let Some(now) = identity(file) else { return learn() };
        if let Some(known) = self.get(file, now) {
            return known;
        }
        let value = learn();
        if identity(file) == Some(now) {
            self.put(file, now, value.clone());
        }
        value
    }
}

impl Memo {
    /// The transcript at `path` below `root`.
    pub fn transcript(&self, root: &Path, path: &str) -> Result<Arc<TranscriptFile>, Unusable> {
        read::resolve(root, path)?;
        self.transcripts.learn(&root.join(path), || {
            let source = read::read_other_text(root, path)?;
            Ok(Arc::new(TranscriptFile::parse(&source)?))
        })
    }

    /// The picture at `path` below `root`, if it is one of at most `limit` bytes.
    pub fn picture(&self, root: &Path, path: &str, limit: u64) -> Option<AssetFile> {
        read::resolve(root, path).ok()?;
        self.pictures.learn(&root.join(path), || {
            let bytes = read::read_bytes(root, path, limit).ok()?;
            AssetFile::new(path, Bytes::from(bytes))
        })
    }

    /// Variants of the picture of this hash, made unless they were before.
    pub fn artwork(
        &self,
        hash: Sha256,
        make: impl FnOnce() -> Option<Arc<Artwork>>,
    ) -> Option<Arc<Artwork>> {
        let lock = || self.artwork.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&hash) {
            return known.clone();
        }
        let made = make();
        lock().insert(hash, made.clone());
        made
    }

    /// What the MP3 at `file` turned out to be, if it was probed since it last changed.
    pub fn probe(&self, file: &Path) -> Option<Result<Probe, String>> {
        self.probes.get(file, identity(file)?)
    }

    /// Looks at the MP3 at `file`, which the show calls `path`, unless that is known already. Its hash
    /// is taken only where that costs little: it tells whether this machine has listened to the recording.
    pub fn look(&self, cache: &Cache, path: &str, file: &Path) {
        let is_small = identity(file).is_some_and(|it| it.bytes() < WORTH);
        let depth = if is_small { Depth::Hash } else { Depth::Walk };
        let probe = || match cache.remembered(path, file, Depth::Hash) {
            Some(hashed) => Ok(hashed),
            None => cache.probe(path, file, depth).map_err(|error| error.to_string()),
        };
        let _ = self.probes.learn(file, probe);
    }

    /// The waveform of the recording of this hash, looked for until there is one.
    pub fn waveform(
        &self,
        payload: Sha256,
        look: impl FnOnce(Sha256) -> Option<Waveform>,
    ) -> Option<Waveform> {
        let lock = || self.waveforms.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&payload) {
            return Some(known.clone());
        }
        let heard = look(payload)?;
        lock().insert(payload, heard.clone());
        Some(heard)
    }

    /// The length of an episode's tag, rendered unless it was made from the same before.
    pub fn tag_length(
        &self,
        episode: &str,
        made_from: Sha256,
        render: impl FnOnce() -> Option<u64>,
    ) -> Option<u64> {
        let lock = || self.tags.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, length)) = lock().get(episode)
            && *known == made_from
        {
            return *length;
        }
        let length = render();
        lock().insert(episode.to_owned(), (made_from, length));
        length
    }
}
