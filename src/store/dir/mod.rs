//! A folder as a target: the show as files, for any web server to serve.
//!
//! A file appears whole, under a rename, after its bytes have been made to last. Conditions hold
//! between processes too: writers take turns for the moment of comparing and renaming. A folder
//! keeps no types or caching: the web server adds them, and where a digest is asked for the bytes are
//! read. What audio says of itself is noted beside it, below `.onair/metadata/`.

mod doctor;
mod identity;
mod sandbox;
mod write;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bytes::Bytes;

use super::{
    Condition, Expected, Found, Head, Listed, Progress, Store, StoreError, Stored, Version,
};
use crate::model::hash::Sha256;
use crate::model::object::{Digest, Key, Object};
use sandbox::{Place, TEMPORARY, failed, walk};
use write::Turn;

/// A note is small; what is larger is none of ours.
const MAX_NOTE: u64 = 16 * 1024;

/// A folder in which a show is published.
#[derive(Debug, Clone)]
pub struct DirStore {
    base: PathBuf,
}

impl DirStore {
    /// The store in `folder`, which need not exist yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { base: folder.into() }
    }

    /// Lets `read` have the file at `key`, where blocking is allowed; none if there is none.
    ///
    /// # Errors
    /// If the file cannot be opened or read.
    pub async fn with_file<T: Send + 'static>(
        &self,
        key: &Key,
        read: impl FnOnce(File) -> io::Result<T> + Send + 'static,
    ) -> Result<Option<T>, StoreError> {
        let key = key.clone();
        self.blocking(move |base| {
            let Some(place) = Place::of(base, &key, false)? else { return Ok(None) };
            let Some(file) = place.open()? else { return Ok(None) };
            read(file).map(Some).map_err(|error| failed("read", &place.path, &error))
        })
        .await
    }

    /// What the object that was last put at `key` said of itself; whoever asks compares its hashes
    /// with the file, which others may have replaced since.
    ///
    /// # Errors
    /// If the note cannot be read.
    pub async fn metadata(&self, key: &Key) -> Result<BTreeMap<String, String>, StoreError> {
        let note = Store::read(self, &write::metadata_key(key), MAX_NOTE).await?;
        let said = note.and_then(|note| serde_json::from_slice(&note.bytes).ok());
        Ok(said.unwrap_or_default())
    }

    /// Does what blocks where blocking is allowed.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let base = self.base.clone();
        joined(tokio::task::spawn_blocking(move || work(&base)).await)
    }
}

fn joined<T>(
    outcome: Result<Result<T, StoreError>, tokio::task::JoinError>,
) -> Result<T, StoreError> {
    outcome.unwrap_or_else(|error| {
        let message = format!("a worker stopped: {error}");
        Err(StoreError::Failed { message, help: None, transient: false })
    })
}

/// Sets a flag when it is dropped: a worker whose future is gone should stop.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[async_trait]
impl Store for DirStore {
    fn name(&self) -> String {
        self.base.display().to_string()
    }

    async fn conditional(&self) -> Result<bool, StoreError> {
        self.blocking(|base| Ok(Turn::take(base)?.exclusive)).await
    }

    async fn read(&self, key: &Key, limit: u64) -> Result<Option<Stored>, StoreError> {
        let key = key.clone();
        self.blocking(move |base| read(base, &key, limit)).await
    }

    async fn head(&self, key: &Key) -> Result<Option<Head>, StoreError> {
        let key = key.clone();
        self.blocking(move |base| Ok(look(base, &key, None)?.map(|(head, _)| head))).await
    }

    async fn compare(&self, expected: &Expected<'_>) -> Result<Found, StoreError> {
        let (key, digest) = (expected.key.clone(), expected.digest.clone());
        let bytes = expected.bytes;
        let found = self.blocking(move |base| look(base, &key, Some((bytes, &digest)))).await?;
        Ok(match found {
            None => Found::Nothing,
            Some((head, same)) => expected.judge(Head { content_type: None, ..head }, same),
        })
    }

    async fn is_file(&self, key: &Key, path: &Path) -> Result<Option<Head>, StoreError> {
        let other = path.to_owned();
        let same = self.with_file(key, move |file| identity::are_alike(file, &other)).await?;
        if same == Some(true) { self.head(key).await } else { Ok(None) }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Listed>, StoreError> {
        let prefix = prefix.to_owned();
        self.blocking(move |base| list(base, &prefix)).await
    }

    async fn put(
        &self,
        object: &Object,
        condition: &Condition,
        progress: Progress<'_>,
    ) -> Result<Version, StoreError> {
        let (object, condition) = (object.clone(), condition.clone());
        let stop = StopOnDrop(Arc::default());
        let stopped = Arc::clone(&stop.0);
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let base = self.base.clone();
        let work = tokio::task::spawn_blocking(move || {
            // Nobody listens once the future is dropped.
            let mut sent = |bytes| {
                let _ = tell.send(bytes);
            };
            write::put(&base, &object, &condition, &stopped, &mut sent)
        });
        while let Some(bytes) = told.recv().await {
            progress(bytes);
        }
        joined(work.await)
    }

    async fn delete(&self, key: &Key, condition: &Condition) -> Result<(), StoreError> {
        let (key, condition) = (key.clone(), condition.clone());
        self.blocking(move |base| write::delete(base, &key, &condition)).await
    }

    async fn tidy(&self) -> Result<(), StoreError> {
        self.blocking(write::tidy).await
    }
}

fn read(base: &Path, key: &Key, limit: u64) -> Result<Option<Stored>, StoreError> {
    let Some(place) = Place::of(base, key, false)? else { return Ok(None) };
    let Some(file) = place.open()? else { return Ok(None) };
    let fail = |error| failed("read", &place.path, &error);
    let mut bytes = Vec::new();
    // Files are replaced, never rewritten: what is open stays what it is.
    (&file).take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(fail)?;
    if bytes.len() as u64 > limit {
        return Err(StoreError::TooLarge { key: key.clone(), limit });
    }
    let version = identity::version(&file, &place.path, || Ok(Sha256::of(&bytes)))?;
    Ok(Some(Stored { bytes: Bytes::from(bytes), version }))
}

/// What stands at a key, and whether its bytes are those expected.
fn look(
    base: &Path,
    key: &Key,
    expected: Option<(u64, &Digest)>,
) -> Result<Option<(Head, bool)>, StoreError> {
    let Some(place) = Place::of(base, key, false)? else { return Ok(None) };
    let Some(mut file) = place.open()? else { return Ok(None) };
    let bytes = file.metadata().map_err(|error| failed("read", &place.path, &error))?.len();
    let same = match expected {
        Some((length, digest)) if length == bytes => write::holds(&mut file, &place.path, digest)?,
        _ => false,
    };
    let head = Head {
        bytes,
        version: identity::version_of(&file, &place.path)?,
        content_type: content_type(key),
        cache_control: None,
        metadata: BTreeMap::new(),
    };
    Ok(Some((head, same)))
}

/// The type under which every web server serves a file with this ending, where they all agree.
fn content_type(key: &Key) -> Option<String> {
    let (_, ending) = key.as_str().rsplit_once('.')?;
    let known = match ending.to_ascii_lowercase().as_str() {
        "mp3" => "audio/mpeg",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        _ => return None,
    };
    Some(known.to_owned())
}

fn list(base: &Path, prefix: &str) -> Result<Vec<Listed>, StoreError> {
    let folder = prefix.rsplit_once('/').map_or("", |(folder, _)| folder);
    let turns = write::turns_key();
    let mut listed = Vec::new();
    walk(base, folder, &mut |path, folder, name| {
        let key = match Key::new(path) {
            Ok(key) if path.starts_with(prefix) && !name.starts_with(TEMPORARY) => key,
            _ => return Ok(()),
        };
        // It may have been removed since it was seen.
        let flags = rustix::fs::AtFlags::SYMLINK_NOFOLLOW;
        if let Ok(stat) = rustix::fs::statat(folder, name, flags) {
            let bytes = u64::try_from(stat.st_size).unwrap_or(0);
            listed.extend((key != turns).then_some(Listed { key, bytes, version: None }));
        }
        Ok(())
    })?;
    listed.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(listed)
}

#[cfg(test)]
mod tests;
