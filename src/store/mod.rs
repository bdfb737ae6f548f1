//! Where an edition goes: a directory or an S3 bucket, behind one small trait.

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::object::{Key, Object};

/// What a store calls this very content of an object: an ETag, or its like. Opaque.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub String);

/// What must be true of a key for a write to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    Always,
    /// Nothing stands at the key (`If-None-Match: *`).
    Absent,
    /// This content stands at the key (`If-Match`).
    Is(Version),
}

/// An object as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its bytes.
    pub bytes: Bytes,
    /// Which content that was.
    pub version: Version,
}

/// What a store says of an object without giving its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Length in bytes.
    pub bytes: u64,
    /// Which content it is.
    pub version: Version,
    /// `Content-Type`, as the store will serve it.
    pub content_type: Option<String>,
    /// User metadata, names in lower case.
    pub metadata: std::collections::BTreeMap<String, String>,
}

/// An object in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Where it stands.
    pub key: Key,
    /// Length in bytes.
    pub bytes: u64,
}

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The condition of a write did not hold: somebody else wrote there.
    #[error("`{key}` was changed by somebody else")]
    Precondition {
        /// The key in question.
        key: Key,
    },
    /// An object is larger than the reader is willing to hold in memory.
    #[error("`{key}` is larger than {limit} bytes")]
    TooLarge {
        /// The key in question.
        key: Key,
        /// The reader's limit in bytes.
        limit: u64,
    },
    /// A host's file changed or vanished while it was being sent.
    #[error("{path}: {reason}")]
    Source {
        /// The host's file.
        path: std::path::PathBuf,
        /// What happened to it.
        reason: String,
    },
    /// The store cannot be reached, refuses, or fails.
    #[error("{message}")]
    Failed {
        /// What failed and why, in one line.
        message: String,
        /// What the host can do about it.
        help: Option<String>,
        /// Whether the same call may succeed later.
        transient: bool,
    },
}

/// Told of bytes as they are sent.
pub type Progress<'a> = &'a (dyn Fn(u64) + Send + Sync);

/// A place where objects are published.
///
/// Every write is whole or not at all: a reader sees the old content or the new, never a part.
#[async_trait]
pub trait Store: Send + Sync {
    /// The store as a host names it: `s3://bucket/prefix`, `public`.
    fn name(&self) -> String;

    /// Whether [`Condition`]s are honoured atomically. If not, they are checked just before a write.
    async fn conditional(&self) -> Result<bool, StoreError>;

    /// The object at `key`, if there is one and it is no larger than `limit` bytes.
    async fn read(&self, key: &Key, limit: u64) -> Result<Option<Stored>, StoreError>;

    /// What is known of the object at `key`, if there is one.
    async fn head(&self, key: &Key) -> Result<Option<Head>, StoreError>;

    /// Every object whose key starts with `prefix`, in order of key.
    async fn list(&self, prefix: &str) -> Result<Vec<Listed>, StoreError>;

    /// Sends an object, if `condition` holds.
    async fn put(
        &self,
        object: &Object,
        condition: &Condition,
        progress: Progress<'_>,
    ) -> Result<Version, StoreError>;

    /// Removes the object at `key`, if `condition` holds. Nothing there is no error.
    async fn delete(&self, key: &Key, condition: &Condition) -> Result<(), StoreError>;
}
