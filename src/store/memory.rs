//! A store in memory that behaves like S3: for tests of whatever stands on a [`Store`].
//!
//! Reads see every acknowledged write. A version is made of the content alone, as an ETag is, so that
//! content which returns has its old version again.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;

use super::source::whole;
use super::{Condition, Head, Listed, Progress, Store, StoreError, Stored, Version};
use crate::model::hash::Sha256;
use crate::model::object::{Body, Digest, Key, Object};

/// A store in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    objects: Mutex<BTreeMap<Key, Entry>>,
}

/// An object in a [`MemoryStore`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Its bytes.
    pub bytes: Bytes,
    /// Its `Content-Type`.
    pub content_type: String,
    /// Its `Cache-Control`.
    pub cache_control: String,
    /// Its user metadata.
    pub metadata: BTreeMap<String, String>,
}

impl Entry {
    fn version(&self) -> Version {
        Version(Sha256::of(&self.bytes).to_string()[..32].to_owned())
    }
}

impl MemoryStore {
    /// All that it holds.
    pub fn objects(&self) -> MutexGuard<'_, BTreeMap<Key, Entry>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does a `read` at once.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn get(&self, key: &Key, limit: u64) -> Result<Option<Stored>, StoreError> {
        match self.objects().get(key) {
            Some(entry) if entry.bytes.len() as u64 > limit => {
                Err(StoreError::TooLarge { key: key.clone(), limit })
            }
            entry => {
                Ok(entry
                    .map(|entry| Stored { bytes: entry.bytes.clone(), version: entry.version() }))
            }
        }
    }

    /// Does a `head` at once.
    pub fn look(&self, key: &Key) -> Option<Head> {
        self.objects().get(key).map(|entry| Head {
            bytes: entry.bytes.len() as u64,
            version: entry.version(),
            content_type: Some(entry.content_type.clone()),
            cache_control: Some(entry.cache_control.clone()),
            metadata: entry.metadata.clone(),
        })
    }

    /// Does a `list` at once.
    pub fn under(&self, prefix: &str) -> Vec<Listed> {
        let objects = self.objects();
        let under = objects.iter().filter(|(key, _)| key.as_str().starts_with(prefix));
        under
            .map(|(key, entry)| Listed {
                key: key.clone(),
                bytes: entry.bytes.len() as u64,
                version: Some(entry.version()),
            })
            .collect()
    }

    /// Does a `put` at once.
    ///
    /// # Errors
    /// As [`Store::put`].
    pub fn write(&self, object: &Object, condition: &Condition) -> Result<Version, StoreError> {
        let bytes = load(object)?;
        let mut objects = self.objects();
        check(&objects, &object.key, condition)?;
        let entry = Entry {
            bytes,
            content_type: object.content_type.to_owned(),
            cache_control: object.kind.cache_control().to_owned(),
            metadata: object.user_metadata(),
        };
        let version = entry.version();
        objects.insert(object.key.clone(), entry);
        Ok(version)
    }

    /// Does a `delete` at once.
    ///
    /// # Errors
    /// As [`Store::delete`].
    pub fn remove(&self, key: &Key, condition: &Condition) -> Result<(), StoreError> {
        let mut objects = self.objects();
        if objects.contains_key(key) {
            check(&objects, key, condition)?;
            objects.remove(key);
        }
        Ok(())
    }
}

fn check(
    objects: &BTreeMap<Key, Entry>,
    key: &Key,
    condition: &Condition,
) -> Result<(), StoreError> {
    let stands = objects.get(key).map(Entry::version);
    let holds = match condition {
        Condition::Always => true,
        Condition::Absent => stands.is_none(),
        Condition::Is(version) => stands.as_ref() == Some(version),
    };
    if holds { Ok(()) } else { Err(StoreError::Precondition { key: key.clone() }) }
}

fn load(object: &Object) -> Result<Bytes, StoreError> {
    let (bytes, digest) = match &object.body {
        Body::Bytes(_) | Body::Shelved(_) | Body::Standing(_) => {
            let bytes = whole(object)?;
            let sha256 = Sha256::of(&bytes);
            (bytes, Digest::Whole { sha256 })
        }
        Body::Tagged { tag, file, payload } => {
            let failed = |error: std::io::Error| StoreError::Source {
                path: file.clone(),
                reason: error.to_string(),
            };
            let mut bytes = tag.to_vec().map_err(failed)?;
            let mut source = std::fs::File::open(file).map_err(failed)?;
            source.seek(SeekFrom::Start(payload.start)).map_err(failed)?;
            let length = payload.end - payload.start;
            source.take(length).read_to_end(&mut bytes).map_err(failed)?;
            let (tag_sha256, payload_sha256) =
                (Sha256::of(&bytes[..tag.len()]), Sha256::of(&bytes[tag.len()..]));
            (bytes.into(), Digest::Tagged { tag_sha256, payload_sha256 })
        }
    };
    // A tagged object may also come as bytes, and is then known by its own digest.
    let promised = match (&object.body, &object.digest) {
        (Body::Bytes(_), Digest::Tagged { .. }) => true,
        (_, promised) => *promised == digest,
    };
    if promised {
        return Ok(bytes);
    }
    Err(StoreError::Source {
        path: object.key.as_str().into(),
        reason: "its bytes are not those that were promised".into(),
    })
}

#[async_trait]
impl Store for MemoryStore {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    async fn conditional(&self) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn read(&self, key: &Key, limit: u64) -> Result<Option<Stored>, StoreError> {
        self.get(key, limit)
    }

    async fn head(&self, key: &Key) -> Result<Option<Head>, StoreError> {
        Ok(self.look(key))
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Listed>, StoreError> {
        Ok(self.under(prefix))
    }

    async fn put(
        &self,
        object: &Object,
        condition: &Condition,
        progress: Progress<'_>,
    ) -> Result<Version, StoreError> {
        let version = self.write(object, condition)?;
        progress(object.body.len());
        Ok(version)
    }

    async fn delete(&self, key: &Key, condition: &Condition) -> Result<(), StoreError> {
        self.remove(key, condition)
    }
}
